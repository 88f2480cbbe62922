"""No task ends alone: what fails is logged and told, what has to go on goes on; and no task is made anywhere else."""

from __future__ import annotations

import ast
import asyncio
import gc
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from nearby_tray.core.model import Reason
from nearby_tray.errors import Unavailable
from nearby_tray.simulation.clock import run_turned
from nearby_tray.tasks import FIRST_PAUSE, GRACE, LONGEST_PAUSE, Pause, Tasks, close_each, ended, outcome, within

PACKAGE = Path(__file__).parent.parent / "nearby_tray"

# What makes a task, by whatever name it was imported. `gather` and `wait_for` make some too, which end before whoever awaits them.
_MAKERS = {"create_task", "ensure_future", "TaskGroup", "Task", "eager_task_factory", "run_coroutine_threadsafe", "asyncSlot", "asyncClose"}


def _gives_a_task(made: ast.expr) -> bool:
    return getattr(made, "id", getattr(made, "attr", "")) in ("outcome", "_undo_later")


def makers(source: str) -> list[int]:
    """The lines that make tasks or get hold of what does."""
    lines = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Attribute(attr=name) | ast.Name(id=name) if name in _MAKERS:
                # A type is no maker, and is written without being called.
                lines += [node.lineno] if name != "Task" else []
            case ast.ImportFrom(names=names) if any(alias.name in _MAKERS for alias in names):
                lines.append(node.lineno)
            # Of a coroutine it would make a task that nobody has when whoever waits is cancelled.
            case ast.Call(func=ast.Attribute(attr="shield") | ast.Name(id="shield"), args=[ast.Call(func=made)]) if not _gives_a_task(made):
                lines.append(node.lineno)
            case ast.Call(func=ast.Attribute(attr="Task") | ast.Name(id="Task")):
                lines.append(node.lineno)
            case ast.Call(func=ast.Name(id="getattr"), args=[_, ast.Constant(value=str(name)), *_]) if name in _MAKERS:
                lines.append(node.lineno)
    return lines


def test_tasks_are_made_in_one_place_only() -> None:
    found = {str(path.relative_to(PACKAGE)): makers(path.read_text()) for path in sorted(PACKAGE.rglob("*.py"))}
    assert len(found) > 40
    assert {path: lines for path, lines in found.items() if lines} == {"tasks.py": found["tasks.py"]}
    assert len(found["tasks.py"]) == 1


@pytest.mark.parametrize(
    "line",
    [
        "asyncio.create_task(work())",
        "asyncio.get_running_loop().create_task(work())",
        "from asyncio import ensure_future",
        "make = loop.create_task",
        "asyncio.Task(work())",
        "async def f():\n    async with asyncio.TaskGroup() as group: ...",
        "getattr(loop, 'create_task')(work())",
        "asyncio.shield(self._work())",
    ],
)
def test_another_place_would_be_noticed(line: str) -> None:
    assert makers(f"import asyncio\n{line}\n")


def test_naming_the_type_makes_none() -> None:
    assert not makers("import asyncio\ntask: asyncio.Task[None] | None = None\n")


class Told:
    """Who hears of failures, and when."""

    def __init__(self) -> None:
        self.heard: list[tuple[float, str, str]] = []

    def __call__(self, name: str, error: Exception) -> None:
        self.heard.append((asyncio.get_running_loop().time() - 1000, name, repr(error)))


def played(play: Callable[[Tasks, Told], Coroutine[Any, Any, None]]) -> Told:
    """On the turned clock, which begins at 1000; nothing is left, and the loop has had to complain of nothing."""
    told = Told()

    async def run() -> None:
        complaints: list[object] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
        tasks = Tasks(told)
        await play(tasks, told)
        await tasks.end()
        assert [task for task in asyncio.all_tasks() if task is not asyncio.current_task()] == []
        assert complaints == []

    run_turned(run())
    return told


@pytest.mark.logs("ERROR nearby_tray.tasks: looker failed")
def test_what_is_kept_goes_on_after_pauses_that_grow_and_is_told_each_time() -> None:
    begun: list[float] = []

    async def look() -> None:
        begun.append(asyncio.get_running_loop().time() - 1000)
        raise KeyError(len(begun))

    async def play(tasks: Tasks, told: Told) -> None:
        tasks.keep(look, "looker")
        await asyncio.sleep(100)

    told = played(play)
    assert begun == [0, 1, 3, 7, 15, 31, 61, 91] and LONGEST_PAUSE == 30 and FIRST_PAUSE == 1
    assert [(at, name) for at, name, _ in told.heard] == [(at, "looker") for at in begun]


@pytest.mark.logs("looker failed")
def test_the_same_failure_again_and_again_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    async def look() -> None:
        raise KeyError("x")

    async def play(tasks: Tasks, told: Told) -> None:
        tasks.keep(look, "looker")
        await asyncio.sleep(1000)

    played(play)
    assert [record.levelname for record in caplog.records] == ["ERROR"]


@pytest.mark.logs("looker failed")
def test_after_a_while_that_went_well_the_pause_is_short_again() -> None:
    begun: list[float] = []

    async def look() -> None:
        begun.append(asyncio.get_running_loop().time() - 1000)
        await asyncio.sleep(100 if len(begun) == 4 else 0)
        raise KeyError

    async def play(tasks: Tasks, told: Told) -> None:
        tasks.keep(look, "looker")
        await asyncio.sleep(109)

    played(play)
    assert begun == [0, 1, 3, 7, 108]


def test_what_is_kept_and_returns_is_over() -> None:
    async def look() -> None:
        pass

    async def play(tasks: Tasks, told: Told) -> None:
        task = tasks.keep(look, "looker")
        await asyncio.sleep(0.1)
        assert task.done()

    assert not played(play).heard


@pytest.mark.logs("looker failed", "worker failed")
def test_who_is_cancelled_from_inside_was_not_told_to_end() -> None:
    """An await inside may be cancelled by others: without this it would be a task that has silently gone."""
    begun: list[str] = []

    async def look() -> None:
        begun.append("again")
        raise asyncio.CancelledError

    async def play(tasks: Tasks, told: Told) -> None:
        tasks.keep(look, "looker")
        tasks.do(look(), "worker")
        await asyncio.sleep(2)

    told = played(play)
    assert len(begun) == 3 and {name for _, name, _ in told.heard} == {"looker", "worker"}


@pytest.mark.logs("worker failed")
def test_what_nobody_waits_for_is_logged_and_told_when_it_fails() -> None:
    async def work() -> None:
        raise ZeroDivisionError

    async def play(tasks: Tasks, told: Told) -> None:
        tasks.do(work(), "worker")
        await asyncio.sleep(0.1)

    assert [name for _, name, _ in played(play).heard] == ["worker"]


@pytest.mark.logs("worker failed", "could not be told")
def test_whoever_is_told_may_fail_as_well() -> None:
    async def run() -> None:
        def broken(name: str, error: Exception) -> None:
            raise RuntimeError

        async def work() -> None:
            raise ZeroDivisionError

        Tasks(broken).do(work(), "worker")
        await asyncio.sleep(0.1)

    run_turned(run())


@pytest.mark.logs("stubborn does not end")
def test_the_end_is_bounded_and_does_not_end_who_says_so() -> None:
    async def play(tasks: Tasks, told: Told) -> None:
        loop = asyncio.get_running_loop()
        ended_at: list[float] = []

        async def stubborn() -> None:
            until = loop.time() + 20
            while loop.time() < until:
                try:
                    await asyncio.sleep(until - loop.time())
                except asyncio.CancelledError:
                    continue

        async def end() -> None:
            await tasks.end(limit=3)
            ended_at.append(loop.time() - 1000)

        tasks.do(stubborn(), "stubborn")
        tasks.do(asyncio.sleep(1000), "sleeper")
        tasks.do(end(), "end")
        await asyncio.sleep(30)
        assert ended_at == [3]

    played(play)


def test_the_pause_grows_to_its_bound() -> None:
    pause = Pause(0.5, 3)
    assert [pause.longer() for _ in range(5)] == [0.5, 1, 2, 3, 3]
    pause.short()
    assert pause.longer() == 0.5


# --- within a limit ---


def test_a_result_and_an_error_come_to_whoever_waits() -> None:
    async def run() -> None:
        async def fail() -> None:
            raise Unavailable(Reason.WIFI_OFF)

        async def give() -> int:
            await asyncio.sleep(1)
            return 5

        assert await within(2, give(), "give") == 5
        with pytest.raises(Unavailable):
            await within(2, fail(), "fail")
        with pytest.raises(TimeoutError):
            await within(0.5, give(), "give")
        await ended(outcome(give(), "give"), None)

    run_turned(run())


@pytest.mark.logs("deaf does not end")
def test_the_limit_holds_for_what_does_not_let_itself_be_cancelled() -> None:
    async def run() -> None:
        loop = asyncio.get_running_loop()
        late: list[float] = []

        async def deaf() -> None:
            while loop.time() < 1050:
                try:
                    await asyncio.sleep(1050 - loop.time())
                except asyncio.CancelledError:
                    continue
            raise KeyError("which nobody waits for")

        with pytest.raises(TimeoutError):
            await within(5, deaf(), "deaf", late=lambda: late.append(loop.time()))
        assert loop.time() == 1005 + GRACE and not late
        await asyncio.sleep(100)
        assert late == [1050]

    run_turned(run())


def test_what_comes_at_the_last_moment_counts() -> None:
    async def run() -> None:
        async def slow() -> str:
            try:
                await asyncio.sleep(10)
            except asyncio.CancelledError:
                return "made all the same"
            return ""

        assert await within(5, slow(), "slow") == "made all the same"

    run_turned(run())


def test_who_waits_and_is_told_to_end_takes_the_work_along() -> None:
    async def run() -> None:
        ends: list[str] = []

        async def work() -> None:
            try:
                await asyncio.sleep(10)
            finally:
                ends.append("work")

        waiting = outcome(within(5, work(), "work"), "waiting")
        await asyncio.sleep(1)
        waiting.cancel()
        await ended(waiting)
        assert waiting.cancelled() and ends == ["work"]

    run_turned(run())


def test_an_error_in_the_moment_in_which_nobody_waits_any_more_is_no_complaint() -> None:
    async def play(tasks: Tasks, told: Told) -> None:
        go = asyncio.Event()

        async def work() -> None:
            await go.wait()
            raise KeyError

        waiting = outcome(within(5, work(), "work"), "waiting")
        await asyncio.sleep(1)
        go.set()
        await asyncio.sleep(0)  # the work has ended, and who waits for it has not been told
        waiting.cancel()
        await ended(waiting)
        assert waiting.cancelled()
        gc.collect()

    played(play)


def test_a_work_that_was_cancelled_by_others_is_an_error_and_no_order_to_end() -> None:
    async def run() -> None:
        async def work() -> None:
            raise asyncio.CancelledError

        with pytest.raises(RuntimeError, match="cancelled from inside"):
            await within(5, work(), "work")

    run_turned(run())


@pytest.mark.logs("could not undo everything: one: close one took", "could not undo everything: two", "could not undo everything: three")
def test_all_are_closed_whatever_one_of_them_does() -> None:
    async def run() -> None:
        closed: list[str] = []

        async def hang() -> None:
            await asyncio.Event().wait()

        async def fail() -> None:
            raise OSError(9, "Bad file descriptor")

        async def cancelled() -> None:
            raise asyncio.CancelledError

        async def close() -> None:
            closed.append("four")

        began = asyncio.get_running_loop().time()
        await close_each(("one", hang), ("two", fail), ("three", cancelled), ("four", close), limit=5)
        assert closed == ["four"] and asyncio.get_running_loop().time() - began == 5

    run_turned(run())
