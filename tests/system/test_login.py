"""Is somebody there, and does the machine sleep: against a logind and screen savers on a private bus."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from dbus_next.signature import Variant

from nearby_tray.system import login as module
from nearby_tray.system import logind
from nearby_tray.system.login import SAVERS, Login

from .conftest import Daemon
from .fake_logind import LOGIN, FakeLogind, FakeSaver

Run = Callable[[Coroutine[Any, Any, None]], None]
Until = Callable[..., Awaitable[None]]

FAILED = "org.freedesktop.DBus.Error.Failed"
DENIED = "org.freedesktop.DBus.Error.AccessDenied"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_SESSION_ID", raising=False)
    for each in (module, logind):
        monkeypatch.setattr(each, "CALL", 0.2)
    monkeypatch.setattr(module, "_AGAIN", (0.02, 0.1))


class Watched:
    """A `Login` and what it reported."""

    def __init__(self) -> None:
        self.reports: list[bool] = []
        self.steps: list[str] = []
        self.goodbye = asyncio.Event()
        self.goodbye.set()
        self.login = Login(self.reports.append, suspend=self._suspend, wake=lambda: self.steps.append("wake"))

    @property
    def away(self) -> bool:
        return self.reports[-1] if self.reports else False

    async def _suspend(self) -> None:
        self.steps.append("suspend")
        await self.goodbye.wait()
        self.steps.append("said")


@asynccontextmanager
async def watched(*fakes: FakeLogind | FakeSaver) -> Any:
    for fake in fakes:
        await fake.start()
    ours = Watched()
    await ours.login.open()
    try:
        yield ours
    finally:
        await ours.login.close()
        for fake in fakes:
            await fake.stop()


def in_session(**facts: Any) -> FakeLogind:
    logind = FakeLogind()
    logind.add("2", **facts)
    logind.by_pid = logind.display = "2"
    return logind


# --- whose session ---


@pytest.mark.parametrize("locked", [False, True])
@pytest.mark.parametrize(
    ("named", "by_pid", "display"),
    [
        ("2", "", ""),
        ("", "2", ""),
        ("", "", "2"),
        ("c7", "", "2"),  # one that has ended
        ("3", "", "2"),  # that of the user's manager
        ("", "3", "2"),
        ("c7", "3", "2"),
        ("4", "", "2"),  # a greeter's
        ("5", "", "2"),  # another user's, kept over sudo
        ("6", "", "2"),  # over the network, while there is a screen as well
        ("7", "", "2"),  # one that is being closed
    ],
)
def test_the_session_with_the_users_screen_decides(
    daemon: Daemon, run: Run, monkeypatch: pytest.MonkeyPatch, named: str, by_pid: str, display: str, locked: bool
) -> None:
    async def main() -> None:
        logind = FakeLogind()
        logind.add("2", locked=locked)
        logind.add("3", "manager", "unspecified", locked=not locked)
        logind.add("4", "greeter", locked=not locked)
        logind.add("5", locked=not locked, user=os.getuid() + 1)
        logind.add("6", type="tty", locked=not locked)
        logind.add("7", locked=not locked)
        logind.sessions["7"]["State"].value = "closing"
        logind.by_pid, logind.display = by_pid, display
        if named:
            monkeypatch.setenv("XDG_SESSION_ID", named)
        async with watched(logind) as ours:
            assert ours.away is locked
            logind.change("2", LockedHint=not locked)
            await until_away(ours, not locked)

    run(main())


async def until_away(ours: Watched, away: bool) -> None:
    async with asyncio.timeout(30):
        while ours.away is not away:  # noqa: ASYNC110
            await asyncio.sleep(0.005)


@pytest.mark.parametrize(
    ("facts", "away"),
    [
        ({}, False),
        ({"locked": True}, True),
        ({"active": False}, True),  # somebody else is in front, or another console
        ({"type": "tty"}, False),
        ({"type": "tty", "active": False}, True),
        ({"kind": "user-early"}, False),
        ({"kind": "background"}, True),
    ],
)
def test_what_a_session_says(daemon: Daemon, run: Run, facts: dict[str, Any], away: bool) -> None:
    async def main() -> None:
        async with watched(in_session(**facts)) as ours:
            assert ours.away is away

    run(main())


def test_nobody_is_there_without_a_session_and_somebody_with_a_new_one(daemon: Daemon, run: Run) -> None:
    async def main() -> None:
        logind = FakeLogind()
        logind.known_user = False
        async with watched(logind) as ours:
            assert ours.reports == [True]
            logind.known_user = True
            logind.add("9")
            logind.display = "9"
            logind.send("/org/freedesktop/login1", LOGIN + ".Manager", "SessionNew", "so", "9", logind.path("9"))
            await until_away(ours, False)
            logind.display = ""
            del logind.sessions["9"]
            logind.send("/org/freedesktop/login1", LOGIN + ".Manager", "SessionRemoved", "so", "9", logind.path("9"))
            await until_away(ours, True)

    run(main())


def test_where_there_is_nobody_to_ask_somebody_is_there(daemon: Daemon, run: Run, caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        async with watched() as ours:
            assert ours.reports == []

    with caplog.at_level("INFO"):
        run(main())
    assert "nothing here tells" in caplog.text


def test_with_no_bus_somebody_is_there(daemon: Daemon, run: Run) -> None:
    daemon.stop()

    async def main() -> None:
        async with watched() as ours:
            assert ours.reports == []

    run(main())


# --- who does not answer ---


@pytest.mark.parametrize("member", ["GetSessionByPID", "GetAll"])
@pytest.mark.parametrize("error", ["", FAILED, DENIED, "org.freedesktop.DBus.Error.NoReply", "org.freedesktop.DBus.Error.LimitsExceeded"])
def test_nobody_is_there_until_logind_has_answered(daemon: Daemon, run: Run, member: str, error: str) -> None:
    async def main() -> None:
        logind = in_session()
        logind.refused[member] = error
        async with watched(logind) as ours:
            assert ours.reports == [True]
            logind.refused.clear()
            await until_away(ours, False)  # nothing has said that it changed: it was asked again

    run(main())


@pytest.mark.parametrize("error", ["", FAILED, DENIED])
def test_nobody_is_there_until_a_screen_saver_has_answered(daemon: Daemon, run: Run, error: str) -> None:
    async def main() -> None:
        saver = FakeSaver("org.gnome.ScreenSaver", "/org/gnome/ScreenSaver")
        saver.refused["GetActive"] = error
        async with watched(in_session(), saver) as ours:
            assert ours.reports == [True]
            saver.refused.clear()
            await until_away(ours, False)

    run(main())


def test_nobody_is_there_while_logind_is_lost(daemon: Daemon, run: Run) -> None:
    async def main() -> None:
        logind = in_session()
        async with watched(logind) as ours:
            assert ours.reports == []
            await logind.stop()
            await until_away(ours, True)
            again = in_session()
            await again.start()
            await until_away(ours, False)
            await again.stop()

    run(main())


def test_nobody_is_there_while_the_bus_is_lost(daemon: Daemon, run: Run) -> None:
    async def main() -> None:
        async with watched(in_session()) as ours:
            daemon.stop()
            await until_away(ours, True)
            daemon.start()
            again = in_session()
            await again.start()
            await until_away(ours, False)
            await again.stop()

    run(main())


def test_other_users_cannot_hold_up_what_is_told(daemon: Daemon, run: Run) -> None:
    """A session that changes all the time is asked for at once, and believed at last."""

    async def main() -> None:
        logind = in_session()
        logind.add("8", user=os.getuid() + 1)
        async with watched(logind) as ours:
            asked = len(logind.calls)
            for _ in range(50):
                logind.change("8", IdleHint=True)
            logind.change("2", LockedHint=True)
            await until_away(ours, True)
            assert len(logind.calls) - asked < 20

    run(main())


@pytest.mark.parametrize(
    "facts", [{}, {"LockedHint": Variant("s", "no"), "Active": Variant("u", 1)}, {"User": Variant("s", "me")}, {"Class": Variant("u", 7)}]
)
def test_nobody_is_there_when_logind_says_something_else(daemon: Daemon, run: Run, facts: dict[str, Variant]) -> None:
    async def main() -> None:
        logind = in_session()
        logind.sessions["2"] = facts and logind.sessions["2"] | facts
        async with watched(logind) as ours:
            assert ours.away

    run(main())


# --- screen savers ---


@pytest.mark.parametrize(("name", "path"), [(name, path) for name, paths in SAVERS.items() for path in paths])
@pytest.mark.parametrize("with_logind", [True, False])
def test_a_screen_saver_is_believed(daemon: Daemon, run: Run, name: str, path: str, with_logind: bool) -> None:
    async def main() -> None:
        saver = FakeSaver(name, path)
        async with watched(*([in_session()] if with_logind else []), saver) as ours:
            assert ours.reports == []
            saver.show(True)
            await until_away(ours, True)
            saver.show(False)
            await until_away(ours, False)

    run(main())


def test_one_that_shows_already_is_heard_at_the_start_and_when_it_comes(daemon: Daemon, run: Run) -> None:
    async def main() -> None:
        saver = FakeSaver("org.freedesktop.ScreenSaver", "/ScreenSaver", active=True)
        async with watched(in_session(), saver) as ours:
            assert ours.reports == [True]
            await saver.stop()  # with the saver goes what it said
            await until_away(ours, False)
            late = FakeSaver("org.cinnamon.ScreenSaver", "/org/cinnamon/ScreenSaver", active=True)
            await late.start()
            await until_away(ours, True)
            await late.stop()

    run(main())


def test_all_have_to_say_that_somebody_is_there(daemon: Daemon, run: Run) -> None:
    async def main() -> None:
        logind, one = in_session(), FakeSaver("org.freedesktop.ScreenSaver", "/ScreenSaver")
        other = FakeSaver("org.gnome.ScreenSaver", "/org/gnome/ScreenSaver")
        async with watched(logind, one, other) as ours:
            logind.change("2", LockedHint=True)
            await until_away(ours, True)
            one.show(True)
            other.show(True)
            one.show(False)
            logind.change("2", LockedHint=False)
            other.show(False)
            await until_away(ours, False)
            assert ours.reports == [True, False]

    run(main())


def test_one_that_never_tells_counts_for_nothing(daemon: Daemon, run: Run) -> None:
    """GNOME's owner of the common name only takes requests to stay awake."""

    async def main() -> None:
        for error in ("UnknownMethod", "UnknownObject", "UnknownInterface", "NotSupported"):
            saver = FakeSaver("org.freedesktop.ScreenSaver", "/ScreenSaver")
            saver.refused["GetActive"] = f"org.freedesktop.DBus.Error.{error}"
            async with watched(in_session(), saver) as ours:
                assert ours.reports == []

    run(main())


# --- sleep ---


def test_the_machine_sleeps_when_the_goodbye_is_said(daemon: Daemon, run: Run, until: Until) -> None:
    async def main() -> None:
        logind = in_session()
        async with watched(logind) as ours:
            await until(lambda: logind.held == 1)
            ours.goodbye.clear()
            logind.prepare(True)
            await until(lambda: ours.steps == ["suspend"])
            assert logind.held == 1
            logind.prepare(True)  # again: nothing more
            ours.goodbye.set()
            await until(lambda: logind.held == 0)
            logind.prepare(False)
            await until(lambda: logind.held == 1)
            assert ours.steps == ["suspend", "said", "wake"]
            logind.prepare(True)
            await until(lambda: logind.held == 0)
            assert ours.steps == ["suspend", "said", "wake", "suspend", "said"]
        assert logind.held == 0

    run(main())


def test_a_sleep_that_is_given_up_is_followed_in_order(daemon: Daemon, run: Run, until: Until) -> None:
    async def main() -> None:
        logind = in_session()
        async with watched(logind) as ours:
            await until(lambda: logind.held == 1)
            ours.goodbye.clear()
            for sleeps in (True, False, True, False):
                logind.prepare(sleeps)
            await until(lambda: ours.steps == ["suspend"])
            ours.goodbye.set()
            await until(lambda: ours.steps == ["suspend", "said", "wake"] * 2 and logind.held == 1)

    run(main())


@pytest.mark.parametrize("error", ["", FAILED, DENIED, "org.freedesktop.DBus.Error.UnknownMethod"])
def test_without_a_lock_the_goodbye_is_said_all_the_same(daemon: Daemon, run: Run, until: Until, error: str) -> None:
    async def main() -> None:
        logind = in_session()
        logind.refused["Inhibit"] = error
        async with watched(logind) as ours:
            logind.prepare(True)
            await until(lambda: ours.steps == ["suspend", "said"])
            logind.refused.clear()
            logind.prepare(False)
            await until(lambda: ours.steps[2:] == ["wake"] and logind.held == 1)

    run(main())


def test_a_logind_that_comes_back_gets_a_new_lock(daemon: Daemon, run: Run, until: Until) -> None:
    async def main() -> None:
        logind = in_session()
        async with watched(logind) as ours:
            await until(lambda: logind.held == 1)
            await logind.stop()
            again = in_session()
            await again.start()
            await until(lambda: again.held == 1)
            assert ours.steps == []
            await again.stop()

    run(main())


def test_one_that_comes_back_in_the_middle_of_a_sleep_is_asked(daemon: Daemon, run: Run, until: Until) -> None:
    async def main() -> None:
        logind = in_session()
        async with watched(logind) as ours:
            await until(lambda: logind.held == 1)
            logind.prepare(True)
            await until(lambda: ours.steps == ["suspend", "said"])
            await logind.stop()
            again = in_session()
            again.preparing = True
            await again.start()
            await until(lambda: "Get" in again.calls)
            again.preparing = False
            assert "wake" not in ours.steps
            await again.stop()
            last = in_session()
            await last.start()
            await until(lambda: ours.steps == ["suspend", "said", "wake"] and last.held == 1)
            await last.stop()

    run(main())


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_no_lock_is_left_open_at_the_end(daemon: Daemon, run: Run, until: Until) -> None:
    async def main() -> None:
        logind = in_session()
        before = open_files()
        async with watched(logind):
            await until(lambda: logind.held == 1)
        assert logind.held == 0
        assert open_files() <= before

    run(main())
