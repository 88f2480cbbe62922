"""Calls that were heard, passed on no faster than the session can use them; of each origin the latest is never lost."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from ...core.model import CallHeard, EdgeEvent
from ...core.quota import Quota

_PER_SECOND = 20  # of all origins
_SAME_PAUSE = 5.0  # s until an unchanged call of the same origin is reported again
_NEW_PAUSE = 0.25  # s until a changed one is
_MOST_ORIGINS = 256


@dataclass(slots=True)
class _Report:
    """The last reported call of one origin, and one that is still to be reported."""

    data: bytes = b""
    at: float = float("-inf")
    pending: CallHeard | None = None


class Reports:
    def __init__(self, tell: Callable[[EdgeEvent], None]) -> None:
        self._tell = tell
        self._of: OrderedDict[str, _Report] = OrderedDict()
        self._quota = Quota(_PER_SECOND, 1.0)
        self._timer: asyncio.TimerHandle | None = None

    def add(self, call: CallHeard) -> None:
        """Pass a call on, or keep the latest of each origin until its turn comes."""
        now = asyncio.get_running_loop().time()
        report = self._of[call.origin] = self._of.pop(call.origin, _Report())
        while len(self._of) > _MOST_ORIGINS:
            self._of.popitem(last=False)
        if call.data == report.data and report.pending is None and now - report.at < _SAME_PAUSE:
            return
        report.pending = call
        self._pass_on()

    def forget(self) -> None:
        self._of.clear()
        self._stop_timer()

    def _pass_on(self) -> None:
        now = asyncio.get_running_loop().time()
        self._stop_timer()
        later: float | None = None
        for report in list(self._of.values()):
            if report.pending is None:
                continue
            due = max(report.at + _NEW_PAUSE, self._quota.ends(now) or now)
            if due > now:
                later = due if later is None else min(later, due)
                continue
            call, report.pending = report.pending, None
            report.data, report.at = call.data, now
            self._quota.take(now)
            self._tell(call)
        if later is not None:
            self._timer = asyncio.get_running_loop().call_at(later, self._pass_on)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
