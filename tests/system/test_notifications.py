"""Notifications on a private bus with servers of all manners."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from nearby_tray.system import notifications as module
from nearby_tray.system.bus import Bus, ServiceInterface, Variant, method, signal
from nearby_tray.system.notifications import PATH, SERVER, Notifications

Until = Callable[..., Awaitable[None]]
Run = Callable[..., Any]


class Server(ServiceInterface):
    """A notification server; what it may do wrong is chosen by the test."""

    def __init__(self, *capabilities: str) -> None:
        super().__init__(SERVER)
        self.capabilities = list(capabilities)
        self.asked = 0
        self.last_id = 10
        self.open: dict[int, dict[str, Any]] = {}
        self.closed: list[int] = []
        self.hang: asyncio.Event | None = None
        self.early: str | None = None
        self.number: int | None = None

    @method(gives="as")
    def GetCapabilities(self) -> list[str]:
        self.asked += 1
        return self.capabilities

    @method(takes=["s", "u", "s", "s", "s", "as", "a{sv}", "i"], gives="u")
    async def Notify(
        self, app: str, replaces: int, icon: str, title: str, body: str, actions: list[str], hints: dict[str, Variant], expires: int
    ) -> int:
        if self.hang is not None:
            await self.hang.wait()
        if self.number is not None:
            return self.number
        number = replaces
        if number not in self.open:
            self.last_id += 1
            number = self.last_id
        pairs = dict(zip(actions[::2], actions[1::2], strict=True))
        self.open[number] = {"title": title, "body": body, "actions": pairs, "urgency": hints["urgency"].value, "expires": expires}
        if self.early is not None:
            self.ActionInvoked(number, self.early)
        return number

    @method(takes=["u"])
    def CloseNotification(self, number: int) -> None:
        self.closed.append(number)
        if self.open.pop(number, None) is not None:
            self.NotificationClosed(number, 3)

    @signal(gives="us")
    def ActionInvoked(self, number: int, action: str) -> list[object]:
        return [number, action]

    @signal(gives="us")
    def ActivationToken(self, number: int, token: str) -> list[object]:
        return [number, token]

    @signal(gives="uu")
    def NotificationClosed(self, number: int, reason: int) -> list[int]:
        return [number, reason]

    def titles(self) -> list[str]:
        return [note["title"] for note in self.open.values()]


async def installed(bus: Bus, owner: str) -> bool:
    """These servers run in the test's own process, which nobody installed."""
    return True


@asynccontextmanager
async def on_bus(*servers: Server, judge: Any = installed) -> Any:
    """Notifications and one server that has the name; yields both, and the server's connection."""
    bus = await Bus.connect("session")
    for server in servers:
        bus.export(PATH, server)
    if servers:
        assert await bus.request_name(SERVER)
    notifications = Notifications(judge=judge)
    await notifications.open()
    try:
        yield notifications, bus
    finally:
        await notifications.close()
        await bus.close()


YES_NO = [("accept", "Accept"), ("decline", "Decline")]


def test_a_server_that_was_not_installed_is_offered_no_consent(daemon: object, run: Run, until: Until) -> None:
    """Any program takes the name where nobody has it, and presses what it is offered, or what it is not."""

    async def main() -> None:
        server = Server("actions")
        chosen: list[str] = []
        async with on_bus(server, judge=None) as (notes, _):
            for key, actions in (("a", YES_NO), ("b", [("allow", "Allow"), ("forbid", "Do not allow")])):
                notes.notify(key, key, actions=actions, urgent=True, on_action=chosen.append)
            await until(lambda: set(notes.shown) == {"a", "b"})
            assert [list(note["actions"]) for note in server.open.values()] == [["default", "decline"], ["default", "forbid"]]
            for number in list(server.open):
                server.ActionInvoked(number, "accept")
                server.ActionInvoked(number, "allow")
                server.ActionInvoked(number, "default")
            await until(lambda: len(chosen) == 2)
            assert chosen == ["default", "default"]

    run(main())


def test_shown_replaced_chosen_withdrawn(daemon: object, run: Run, until: Until) -> None:
    async def main() -> None:
        server = Server("actions", "body", "body-markup")
        chosen: list[str] = []
        async with on_bus(server) as (notes, _):
            notes.notify("a", "Title", "1 < 2 & <b>x</b>", actions=YES_NO, urgent=True, on_action=chosen.append)
            await until(lambda: notes.shown)
            assert server.open == {
                11: {
                    "title": "Title",
                    "body": "1 &lt; 2 &amp; &lt;b&gt;x&lt;/b&gt;",
                    "actions": {"default": "Open", "accept": "Accept", "decline": "Decline"},
                    "urgency": 2,
                    "expires": 0,
                }
            }
            notes.notify("a", "Other", actions=YES_NO, on_action=chosen.append)
            await until(lambda: server.titles() == ["Other"])
            assert list(server.open) == [11] and server.asked == 1
            server.ActionInvoked(11, "accept")
            await until(lambda: chosen == ["accept"])
            server.ActionInvoked(11, "accept")  # once is enough
            notes.withdraw("a")
            notes.withdraw("a")
            await until(lambda: server.closed == [11] and not notes.shown)
            assert chosen == ["accept"]
            notes.notify("b", "left at the end")
            await until(lambda: notes.shown)
        assert server.closed == [11, 12]

    run(main())


def test_no_markup_and_no_buttons_where_the_server_has_none(daemon: object, run: Run, until: Until) -> None:
    async def main() -> None:
        server = Server("body")
        async with on_bus(server) as (notes, _):
            notes.notify("a", "x\0\ud800y", "1 < 2", actions=YES_NO, on_action=print)
            await until(lambda: notes.shown)
            (note,) = server.open.values()
            assert note["title"] == "x  y" and note["body"] == "1 < 2" and note["actions"] == {} and note["urgency"] == 1

    run(main())


def test_nothing_but_what_was_offered_is_believed(daemon: object, run: Run, until: Until) -> None:
    async def main() -> None:
        server = Server("actions")
        chosen: list[str] = []
        async with on_bus(server) as (notes, _):
            notes.notify("a", "Title", actions=YES_NO, on_action=chosen.append)
            await until(lambda: notes.shown)
            server.ActionInvoked(11, "format-disk")
            server.ActionInvoked(99, "accept")
            server.NotificationClosed(99, 1)
            stranger = await Bus.connect("session")
            fake = Server()
            stranger.export(PATH, fake)
            fake.ActionInvoked(11, "accept")
            await stranger.call("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "GetId")  # its signal is out
            server.ActionInvoked(11, "decline")
            await until(lambda: chosen)
            assert chosen == ["decline"]
            await stranger.close()

    run(main())


class WrongTypes(ServiceInterface):
    def __init__(self) -> None:
        super().__init__(SERVER)

    @method(gives="s")
    def GetCapabilities(self) -> str:
        return "actions"

    @method(takes=["s", "u", "s", "s", "s", "as", "a{sv}", "i"], gives="s")
    def Notify(self, a: str, b: int, c: str, d: str, e: str, f: list[str], g: dict[str, Variant], h: int) -> str:
        return "yes"

    @signal(gives="ss")
    def ActionInvoked(self) -> list[str]:
        return ["11", "accept"]

    @signal(gives="s")
    def NotificationClosed(self) -> str:
        return "all"


def test_wrong_types_are_survived(daemon: object, run: Run, until: Until) -> None:
    async def main() -> None:
        server = WrongTypes()
        async with on_bus(server) as (notes, _):  # type: ignore[arg-type]
            for n in range(3):
                notes.notify("a", f"Title {n}", actions=YES_NO, on_action=print)
                server.ActionInvoked()
                server.NotificationClosed()
                await until(lambda: not notes._dirty and notes._calling is None)
            assert notes.shown == ()

    run(main())


@pytest.mark.parametrize("number", [0, 7])
def test_an_id_given_twice_or_none(daemon: object, run: Run, until: Until, number: int) -> None:
    async def main() -> None:
        server = Server("actions")
        server.number = number
        async with on_bus(server) as (notes, _):
            notes.notify("a", "A")
            notes.notify("b", "B")
            await until(lambda: not notes._dirty and notes._calling is None)
            assert notes.shown == (("b",) if number else ())

    run(main())


def test_a_choice_that_overtakes_the_id(daemon: object, run: Run, until: Until) -> None:
    async def main() -> None:
        server = Server("actions")
        server.early = "accept"
        chosen: list[str] = []
        async with on_bus(server) as (notes, _):
            notes.notify("a", "Title", actions=YES_NO, on_action=chosen.append)
            await until(lambda: chosen == ["accept"])

    run(main())


def test_closed_by_the_user_is_not_wanted_any_more(daemon: object, run: Run, until: Until) -> None:
    async def main() -> None:
        server = Server("actions")
        async with on_bus(server) as (notes, _):
            notes.notify("a", "Title", urgent=True)
            await until(lambda: notes.shown)
            server.NotificationClosed(11, 2)
            await until(lambda: not notes.shown)
            notes.withdraw("a")
            notes.notify("a", "Again")
            await until(lambda: notes.shown)
            assert server.closed == []

    run(main())


@pytest.mark.logs("a notification was not shown: .*no answer")
def test_a_server_that_hangs_holds_up_one_notification(daemon: object, run: Run, until: Until, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CALL", 0.2)

    async def main() -> None:
        server = Server("actions")
        server.hang = asyncio.Event()
        async with on_bus(server) as (notes, _):
            notes.notify("a", "lost")
            await until(lambda: notes._calling == "a")
            await until(lambda: notes._calling is None)
            server.hang.set()
            notes.notify("b", "shown")
            await until(lambda: "b" in notes.shown)

    run(main())


@pytest.mark.logs("a notification was not shown: .*no answer")
def test_what_a_slow_server_shows_at_last_is_ours_or_closed(
    daemon: object, run: Run, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CALL", 0.2)

    async def main() -> None:
        server = Server("actions")
        server.hang = asyncio.Event()
        chosen: list[str] = []
        async with on_bus(server) as (notes, _):
            notes.notify("kept", "Title", actions=YES_NO, on_action=chosen.append)
            notes.notify("settled", "Title")
            await until(lambda: len(notes._late) == 2)
            assert notes.shown == ()
            notes.withdraw("settled")
            server.hang.set()
            await until(lambda: notes.shown == ("kept",) and len(server.open) == 1)
            (number,) = server.open
            server.ActionInvoked(number, "accept")
            await until(lambda: chosen == ["accept"])

    run(main())


@pytest.mark.logs("a notification was not shown: .*no answer")
def test_a_server_that_never_answers_holds_nothing_up(daemon: object, run: Run, until: Until, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CALL", 0.05)

    async def main() -> None:
        server = Server("actions")
        server.hang = asyncio.Event()
        async with on_bus(server) as (notes, _):
            for n in range(12):
                notes.notify(f"{n % 3}", f"Title {n}", on_action=print)
                await until(lambda: not notes._dirty and notes._calling is None)
            assert len(notes._late) <= module.MOST_LATE
            await notes.close()
            assert not notes._late and notes.shown == ()
            server.hang.set()

    run(main())


def test_the_token_of_a_click_lets_the_window_come_up(daemon: object, run: Run, until: Until, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-1")
    monkeypatch.setenv("XDG_ACTIVATION_TOKEN", "")

    async def main() -> None:
        server = Server("actions")
        chosen: list[str] = []
        async with on_bus(server) as (notes, _):
            notes.notify("a", "Title", on_action=chosen.append)
            await until(lambda: notes.shown)
            for number, token in ((99, "another's"), (11, "x" * 1000), (11, "line\nbreak"), (11, "token-1")):
                server.ActivationToken(number, token)
            server.ActionInvoked(11, "default")
            await until(lambda: chosen == ["default"])
            assert os.environ["XDG_ACTIVATION_TOKEN"] == "token-1"

    run(main())


def test_an_urgent_one_is_shown_again_by_a_new_server(daemon: object, run: Run, until: Until) -> None:
    async def main() -> None:
        first, second = Server("actions"), Server()
        chosen: list[str] = []
        async with on_bus() as (notes, _):
            notes.notify("request", "Request", actions=YES_NO, urgent=True, on_action=chosen.append)
            notes.notify("link", "Linked")
            await until(lambda: not notes._dirty)  # there is nobody to show it
            bus = await Bus.connect("session")
            bus.export(PATH, first)
            await bus.request_name(SERVER)
            await until(lambda: first.titles() == ["Request"])
            await bus.close()
            await until(lambda: not notes.shown)
            bus = await Bus.connect("session")
            bus.export(PATH, second)
            await bus.request_name(SERVER)
            await until(lambda: second.titles() == ["Request"])
            assert (first.asked, second.asked) == (1, 1)
            assert second.open[11]["actions"] == {}
            notes.withdraw("request")
            await until(lambda: second.closed == [11])
            await bus.close()

    run(main())


def test_a_bus_that_comes_back(daemon: Any, run: Run, until: Until) -> None:
    async def main() -> None:
        async with on_bus(Server()) as (notes, _):
            notes.notify("request", "Request", urgent=True)
            await until(lambda: notes.shown)
            daemon.stop()
            await until(lambda: not notes.shown)
            daemon.start()
            bus = await Bus.connect("session")
            server = Server()
            bus.export(PATH, server)
            await bus.request_name(SERVER)
            await until(lambda: server.titles() == ["Request"])
            await bus.close()

    run(main())


@pytest.mark.logs("too many notifications at once")
def test_no_bus_at_all(monkeypatch: pytest.MonkeyPatch, tmp_path: Any, run: Run) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path / 'none'}")

    async def main() -> None:
        notes = Notifications()
        await notes.open()
        for n in range(100):
            notes.notify(f"{n}", "x" * 10_000, "y" * 10_000)
        notes.withdraw("1")
        await asyncio.sleep(0)
        await notes.close()
        await notes.close()

    run(main())
