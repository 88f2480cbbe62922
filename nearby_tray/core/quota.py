"""Not too often: `Quota` counts within a span of time, `Bucket` allows a burst and then a steady rate. The caller says what time it is."""

from __future__ import annotations

from collections import OrderedDict, deque


class Quota:
    """At most `limit` in any `span` seconds."""

    __slots__ = ("_span", "_times")

    def __init__(self, limit: int, span: float) -> None:
        self._span = span
        self._times: deque[float] = deque(maxlen=limit)

    def take(self, now: float) -> None:
        """Count one; beyond the limit the oldest is forgotten."""
        self._times.append(now)

    def give_back(self) -> None:
        """Uncount the last one."""
        if self._times:
            self._times.pop()

    def clear(self) -> None:
        self._times.clear()

    def full(self, now: float) -> bool:
        """True while one more would exceed the limit."""
        return len(self._times) == self._times.maxlen and now < self._times[0] + self._span

    def ends(self, now: float) -> float | None:
        """When it will not be full any more; `None` when it is not full."""
        return self._times[0] + self._span if self.full(now) else None


class Bucket:
    """`burst` at once, and then `rate` a second."""

    __slots__ = ("_at", "_burst", "_left", "_rate")

    def __init__(self, burst: float, rate: float, now: float) -> None:
        self._burst, self._rate, self._left, self._at = burst, rate, burst, now

    def take(self, now: float) -> bool:
        """True if one more is allowed; then it is counted."""
        self._left = min(self._burst, self._left + (now - self._at) * self._rate)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


class Quotas:
    """A quota for each key; beyond `most` keys the one that was used least recently is forgotten."""

    __slots__ = ("_each", "_limit", "_most", "_span")

    def __init__(self, limit: int, span: float, most: int = 64) -> None:
        self._limit, self._span, self._most = limit, span, most
        self._each: OrderedDict[object, Quota] = OrderedDict()

    def of(self, key: object) -> Quota:
        quota = self._each.pop(key, None) or Quota(self._limit, self._span)
        self._each[key] = quota
        if len(self._each) > self._most:
            self._each.popitem(last=False)
        return quota
