"""The one place where tasks begin, so that none can end unnoticed: each is named and kept, and its failure is logged and reported.

Three kinds, by what happens on a failure. `Tasks.keep`: work that has to go on for good; it is begun anew, after growing pauses.
`Tasks.do`: one piece of work that no caller awaits; its failure is logged. `outcome` and `within`: the caller that awaits
them gets the error.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from .errors import Unavailable

log = logging.getLogger(__name__)

T = TypeVar("T")

FIRST_PAUSE = 1.0  # seconds before what failed is begun again; twice as long each time
LONGEST_PAUSE = 30.0
GRACE = 2.0  # seconds that a cancelled task may take to end, before it is left to itself

# The loop itself holds only weak references.
_alive: set[asyncio.Task[Any]] = set()


class Pause:
    """How long to wait before the next try: longer after each failure, short again after a success. Seconds."""

    def __init__(self, first: float = FIRST_PAUSE, longest: float = LONGEST_PAUSE) -> None:
        self._first, self._longest = first, longest
        self._next = first

    def longer(self) -> float:
        """The pause after one more failure."""
        pause, self._next = self._next, min(2 * self._next, self._longest)
        return pause

    def short(self) -> None:
        """It went well."""
        self._next = self._first


class Tasks:
    """The tasks of one owner."""

    def __init__(self, broken: Callable[[str, Exception], None] | None = None) -> None:
        """`broken` is called with the name of each task that failed and its error, after it was logged."""
        self._broken = broken
        self._tasks: dict[asyncio.Task[Any], None] = {}  # in the order in which they began, which is that in which they are told to end

    def keep(self, work: Callable[[], Coroutine[Any, Any, None]], name: str) -> asyncio.Task[None]:
        """Run `work` until it returns or is cancelled; when it fails, run it again after a pause."""
        return self._mine(outcome(self._kept(work, name), name))

    def do(self, work: Coroutine[Any, Any, T], name: str) -> asyncio.Task[T]:
        """Run `work` once."""
        task = self._mine(outcome(work, name))
        task.add_done_callback(self._done)
        return task

    def cancel(self) -> None:
        """Cancel all, but the calling task."""
        for task in self._others():
            task.cancel()

    async def end(self, limit: float = GRACE) -> None:
        """Cancel all, but the calling task, and wait so many seconds at most for their end."""
        self.cancel()
        await self.gone(limit)

    async def gone(self, limit: float = GRACE) -> None:
        """Wait so many seconds at most for the end of all, but the calling task."""
        await ended(*self._others(), limit=limit)

    def __len__(self) -> int:
        return len(self._tasks)

    def _others(self) -> list[asyncio.Task[Any]]:
        return [task for task in self._tasks if task is not asyncio.current_task()]

    def _mine(self, task: asyncio.Task[T]) -> asyncio.Task[T]:
        self._tasks[task] = None
        task.add_done_callback(self._forget)
        return task

    def _forget(self, task: asyncio.Task[Any]) -> None:
        self._tasks.pop(task, None)

    async def _kept(self, work: Callable[[], Coroutine[Any, Any, None]], name: str) -> None:
        pause, loop, said = Pause(), asyncio.get_running_loop(), ""
        while True:
            began = loop.time()
            try:
                await work()
                return
            except asyncio.CancelledError:
                if told_to_end():
                    raise
                error: Exception = _cancelled_by_nobody(name)
            except Exception as caught:
                error = caught
            if loop.time() - began > LONGEST_PAUSE:
                pause.short()
                said = ""
            # What fails alike again and again is said once.
            self._failed(name, error, logging.DEBUG if repr(error) == said else logging.ERROR)
            said = repr(error)
            await asyncio.sleep(pause.longer())

    def _done(self, task: asyncio.Task[Any]) -> None:
        if not task.cancelled():
            error = task.exception()
            if isinstance(error, Exception):
                self._failed(task.get_name(), error, logging.ERROR)
        elif not task.cancelling():
            self._failed(task.get_name(), _cancelled_by_nobody(task.get_name()), logging.ERROR)

    def _failed(self, name: str, error: Exception, level: int) -> None:
        log.log(level, "%s failed", name, exc_info=error)
        if self._broken is not None:
            try:
                self._broken(name, error)
            except Exception:
                log.exception("the failure of %s could not be told", name)


def outcome(work: Coroutine[Any, Any, T], name: str, loop: asyncio.AbstractEventLoop | None = None) -> asyncio.Task[T]:
    """A task for a caller that awaits its result or error. `loop`: one that does not run yet."""
    task = (loop or asyncio.get_running_loop()).create_task(work, name=name)
    _alive.add(task)
    task.add_done_callback(_alive.discard)
    return task


async def within(seconds: float, work: Coroutine[Any, Any, T], name: str, *, late: Callable[[], None] | None = None) -> T:
    """The result of `work`, or `TimeoutError` after so many seconds; then it is cancelled, and left to itself when that does not end it.

    `late` is called when one that was left to itself ends after all. Work that ends as cancelled although nothing cancelled it is a
    `RuntimeError`: the caller was not told to end.
    """
    task = outcome(work, name)
    cancelled = False
    try:
        await asyncio.wait({task}, timeout=seconds)
    except BaseException:
        task.add_done_callback(_note_late_error)  # also when it has ended in the same moment
        raise
    finally:
        if not task.done():
            cancelled = True
            task.add_done_callback(_note_late_error)
            task.cancel()
            await ended(task)
            if not task.done() and late is not None:
                task.add_done_callback(lambda _: late())
    if task.done() and not task.cancelled():
        return task.result()  # also one that came at the last moment
    if not cancelled:
        raise _cancelled_by_nobody(name)
    raise TimeoutError(f"{name} took longer than {seconds:g} s")


async def ended(*tasks: asyncio.Task[Any] | None, limit: float = GRACE) -> None:
    """Wait so many seconds at most for the end of tasks that were cancelled. Their errors are not raised."""
    waiting = [task for task in tasks if task is not None and not task.done()]
    if waiting:
        _, left = await asyncio.wait(waiting, timeout=limit)
        for task in left:
            log.warning("%s does not end", task.get_name())


async def in_turn(*steps: tuple[str, Callable[[], Coroutine[Any, Any, None]]]) -> None:
    """Close one after the other, each of which has limits of its own. A failure is logged, and the next one is closed all the same."""
    for name, step in steps:
        try:
            await step()
        except Exception as error:
            log.warning("could not undo everything: %s: %s", name, error or type(error).__name__, exc_info=_unforeseen(error))


async def close_each(*steps: tuple[str, Callable[[], Coroutine[Any, Any, None]]], limit: float) -> None:
    """Close all of them at once, within so many seconds, whatever one of them does. A failure is logged under its name."""

    async def close(name: str, step: Callable[[], Coroutine[Any, Any, None]]) -> None:
        try:
            await within(limit, step(), f"close {name}")
        except Exception as error:
            log.warning("could not undo everything: %s: %s", name, error or type(error).__name__, exc_info=_unforeseen(error))

    await asyncio.gather(*(close(name, step) for name, step in steps))


def _note_late_error(task: asyncio.Task[Any]) -> None:
    """Log the error of a task that is not awaited any more."""
    if not task.cancelled() and task.exception() is not None:
        log.debug("%s, given up: %r", task.get_name(), task.exception())


def _unforeseen(error: Exception) -> Exception | None:
    """The error, if its traceback says more than its words."""
    return None if isinstance(error, Unavailable | TimeoutError) else error


def told_to_end() -> bool:
    """True if the running task was cancelled. It may go on all the same, when something that it awaited did not heed that."""
    task = asyncio.current_task()
    return task is None or task.cancelling() > 0


def _cancelled_by_nobody(name: str) -> RuntimeError:
    """Something that was awaited inside was cancelled: for a task that was not told to end, that is an error like others."""
    return RuntimeError(f"{name}: cancelled from inside")
