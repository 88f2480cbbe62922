"""A clock that tests can turn: an asyncio loop on which waiting takes no time.

Whenever nothing is ready the loop's time jumps to the next timer. An hour of protocol passes in milliseconds, and the same seed gives
the same order of everything. The wall's clock is turned along, also from one run to the next: what a program writes down in one of them has
the right age when it is started again in another.
"""

from __future__ import annotations

import asyncio
import selectors
import time
from collections.abc import Coroutine
from typing import Any, TypeVar
from unittest.mock import patch

T = TypeVar("T")
_BEGIN = 1000.0
_passed = 0.0  # seconds of the runs before


class Stuck(RuntimeError):
    """Everybody waits and no timer is left: without this the run would hang for ever."""


class _Selector(selectors.SelectSelector):
    """Never waits: what would be waited for has passed."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise Stuck("nothing is left that could happen")
        self.now += max(timeout, 0)
        return super().select(0) if timeout == 0 else []


class TurnedLoop(asyncio.SelectorEventLoop):
    """An event loop whose `time()` starts at 1000 and stands still while anything is ready."""

    def __init__(self) -> None:
        self._turned = _Selector()
        self._turned.now = _BEGIN
        super().__init__(self._turned)

    def time(self) -> float:
        return self._turned.now


def run_turned(work: Coroutine[Any, Any, T]) -> T:
    """Run `work` on a loop of its own and close that."""
    global _passed
    real = time.time
    with asyncio.Runner(loop_factory=TurnedLoop) as runner:
        loop, before = runner.get_loop(), _passed
        with patch.object(time, "time", lambda: real() + before + loop.time() - _BEGIN):
            try:
                return runner.run(work)
            finally:
                _passed = before + loop.time() - _BEGIN
