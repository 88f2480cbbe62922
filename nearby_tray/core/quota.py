"""So many in so long: what may happen a limited number of times within a span, and no more than that."""

from __future__ import annotations

from collections import OrderedDict, deque


class Quota:
    """At most `limit` in any `span` seconds."""

    __slots__ = ("_span", "_times")

    def __init__(self, limit: int, span: float) -> None:
        self._span = span
        self._times: deque[float] = deque(maxlen=limit)

    def take(self, now: float) -> None:
        """One more; beyond the limit the oldest is forgotten."""
        self._times.append(now)

    def give_back(self) -> None:
        """The last one did not count after all."""
        if self._times:
            self._times.pop()

    def clear(self) -> None:
        self._times.clear()

    def full(self, now: float) -> bool:
        return len(self._times) == self._times.maxlen and now < self._times[0] + self._span

    def ends(self, now: float) -> float | None:
        """When it is full no longer; `None` when it is not."""
        return self._times[0] + self._span if self.full(now) else None


class Quotas:
    """A quota for each of those whom one limit is about; the one that was seen least recently is forgotten beyond `most`."""

    __slots__ = ("_each", "_limit", "_most", "_span")

    def __init__(self, limit: int, span: float, most: int = 64) -> None:
        self._limit, self._span, self._most = limit, span, most
        self._each: OrderedDict[object, Quota] = OrderedDict()

    def of(self, whom: object) -> Quota:
        quota = self._each.pop(whom, None) or Quota(self._limit, self._span)
        self._each[whom] = quota
        if len(self._each) > self._most:
            self._each.popitem(last=False)
        return quota
