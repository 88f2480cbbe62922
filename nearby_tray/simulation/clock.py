"""A clock that tests can turn: an asyncio loop on which waiting takes no time.

Whenever nothing is ready the loop's time jumps to the next timer. An hour of protocol passes in milliseconds, and the same seed gives
the same order of everything.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


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
        self._turned.now = 1000.0
        super().__init__(self._turned)

    def time(self) -> float:
        return self._turned.now


def run_turned(work: Coroutine[Any, Any, T]) -> T:
    """Run `work` on a loop of its own and close that."""
    with asyncio.Runner(loop_factory=TurnedLoop) as runner:
        return runner.run(work)
