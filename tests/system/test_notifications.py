"""Notifications on a private bus with servers of all manners; and when the Notifier finds reason for one."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from nearby_tray.core.model import (
    Asker,
    Failure,
    Grade,
    Health,
    LinkInfo,
    Member,
    Method,
    Missed,
    Peer,
    Reason,
    Snapshot,
    Stage,
    Wish,
    WishKind,
)
from nearby_tray.system import notifications as module
from nearby_tray.system.bus import Bus, ServiceInterface, Variant, method, signal
from nearby_tray.system.notifications import GROUP, LINK, PATH, REQUEST, SERVER, Notifications, Notifier
from nearby_tray.ui import text

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


# --- the Notifier ------------------------------------------------------------------------------------------------------------


class Wall:
    """Pins notifications where a test can see them."""

    def __init__(self) -> None:
        self.pinned: dict[str, tuple[str, str, tuple[str, ...], Callable[[str], None]]] = {}
        self.times = 0

    def notify(
        self,
        key: str,
        title: str,
        body: str = "",
        *,
        actions: Sequence[tuple[str, str]] = (),
        urgent: bool = False,
        on_action: Callable[[str], None] | None = None,
    ) -> None:
        assert on_action is not None and urgent == (key in (REQUEST, "wish"))
        self.times += 1
        self.pinned[key] = (title, body, tuple(action for action, _ in actions), on_action)

    def withdraw(self, key: str) -> None:
        self.pinned.pop(key, None)


KITCHEN = Peer("1", "Kitchen", reachable=True)
IDLE = Snapshot()
ASKED = Snapshot(stage=Stage.ASKED, peer=KITCHEN, code="042 719", started=1.0)
LINKED = Snapshot(stage=Stage.LINKED, peer=KITCHEN, link=LinkInfo("p2p0", ("fd00::1",), ("fd00::2",)))
RESTORING = Snapshot(stage=Stage.RESTORING, peer=KITCHEN, restoring_because=Reason.LINK_LOST, attempt=1)


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def wall() -> Wall:
    return Wall()


@pytest.fixture
def clock() -> list[float]:
    """The time; each look at it is two seconds later, unless a test holds it."""
    return [0.0, 2.0]


@pytest.fixture
def notifier(wall: Wall, told: list[str], clock: list[float]) -> Notifier:
    def now() -> float:
        clock[0] += clock[1]
        return clock[0]

    return Notifier(
        wall,
        texts=text,
        accept=lambda _: told.append("accept"),
        decline=lambda _: told.append("decline"),
        allow=lambda _: told.append("allow"),
        forbid=lambda _: told.append("forbid"),
        disconnect=lambda: told.append("disconnect"),
        seek=lambda: told.append("seek"),
        copy=lambda address: told.append(address),
        raise_=lambda: told.append("raise"),
        clock=now,
    )


def test_a_request_can_be_answered_in_its_notification(notifier: Notifier, wall: Wall, told: list[str]) -> None:
    for snapshot in (IDLE, ASKED, replace(ASKED, now=2.0)):
        notifier.show(snapshot)
    title, body, actions, act = wall.pinned[REQUEST]
    assert "Kitchen" in title and "042\u00a0719" in body and actions == ("accept", "decline") and wall.times == 1
    for action in ("accept", "decline", "default"):
        act(action)
    assert told == ["accept", "decline", "raise"]
    notifier.show(replace(ASKED, stage=Stage.MEETING))
    assert not wall.pinned
    act("accept")
    assert told == ["accept", "decline", "raise"], "a late click answers nothing"


def test_a_late_click_does_not_answer_the_next_request(notifier: Notifier, wall: Wall, told: list[str]) -> None:
    notifier.show(ASKED)
    old = wall.pinned[REQUEST][3]
    notifier.show(replace(ASKED, question="q2", code="111 222", started=5.0))
    assert "111\u00a0222" in wall.pinned[REQUEST][1]
    old("accept")
    assert told == []


@pytest.mark.parametrize("action", ["accept", "decline"])
@pytest.mark.parametrize("before", [IDLE, "another request"])
def test_a_request_that_has_only_just_come_up_takes_no_answer(
    notifier: Notifier, wall: Wall, told: list[str], clock: list[float], before: object, action: str
) -> None:
    """It comes up under a moving pointer: ten clicks a second through the whole second, and it is still there."""
    clock[1] = 0.0
    notifier.show(IDLE if before is IDLE else replace(ASKED, question="q0"))
    notifier.show(replace(ASKED, question="q1"))
    for _ in range(10):
        clock[0] += 0.1
        wall.pinned[REQUEST][3](action)  # each brings it up anew: the server has closed it
        assert told == [] and REQUEST in wall.pinned
    clock[0] += 1.0
    wall.pinned[REQUEST][3](action)
    assert told == [action]


def test_a_missed_request_is_said_once_and_leads_to_the_panel(notifier: Notifier, wall: Wall, told: list[str]) -> None:
    missed = Missed("m1", Peer("1", "Kitchen"), 1.0)
    for _ in range(3):
        notifier.show(replace(IDLE, missed=(missed,)))
    title, body, actions, act = wall.pinned["missed"]
    assert "Missed" in title and "Kitchen" in body and actions == ("open",) and wall.times == 1
    act("open")
    assert told == ["raise"]
    notifier.show(IDLE)
    assert "missed" not in wall.pinned


WISH = Wish(Asker("Fi\x1bles", "/usr/bin/files"), WishKind.LINK, Peer("1", "Kitchen"), 1.0, 61.0)
WISHED = replace(IDLE, stage=Stage.SEEKING, wish=WISH)


def test_a_programs_wish_is_answered_in_its_notification_while_it_stands(notifier: Notifier, wall: Wall, told: list[str]) -> None:
    notifier.show(WISHED)
    notifier.show(replace(WISHED, now=3.0))
    title, body, actions, act = wall.pinned["wish"]
    assert title == "“Files” asks to connect this computer to “Kitchen”." and "/usr/bin/files" in body and wall.times == 1
    assert actions == ("allow", "forbid")
    for action in ("allow", "forbid", "default"):
        act(action)
    assert told == ["allow", "forbid", "raise"]
    notifier.show(replace(WISHED, wish=replace(WISH, since=5.0)))
    act("allow")
    assert told == ["allow", "forbid", "raise"], "a late click does not answer the next wish"
    notifier.show(replace(WISHED, wish=None))
    assert not wall.pinned


def test_a_changed_identity_is_not_accepted_by_a_quick_click(notifier: Notifier, wall: Wall, told: list[str]) -> None:
    notifier.show(replace(ASKED, peer=replace(KITCHEN, identity_changed=True)))
    assert wall.pinned[REQUEST][2] == ("open", "decline")
    wall.pinned[REQUEST][3]("open")
    assert told == ["raise"]


def test_the_story_of_a_link(notifier: Notifier, wall: Wall, told: list[str]) -> None:
    lost = replace(IDLE, failure=Failure(Stage.RESTORING, Reason.LINK_LOST))
    story: list[tuple[Snapshot, str | None]] = [
        (IDLE, None),
        (Snapshot(stage=Stage.SEEKING), None),
        (Snapshot(stage=Stage.FORMING, peer=KITCHEN), None),
        (LINKED, text.linked_notice(LINKED)[0]),
        (replace(LINKED, health=Health(Grade.WEAK)), text.linked_notice(LINKED)[0]),
        (RESTORING, text.restoring_notice(RESTORING)[0]),
        (replace(RESTORING, stage=Stage.MEETING, attempt=2), text.restoring_notice(RESTORING)[0]),
        (replace(RESTORING, stage=Stage.CHECKING, attempt=2), text.restoring_notice(RESTORING)[0]),
        (LINKED, text.restored_notice(LINKED)[0]),
        (RESTORING, text.restoring_notice(RESTORING)[0]),
        (lost, text.failed_notice(lost)[0]),
        (replace(lost, now=9.0), text.failed_notice(lost)[0]),
        (Snapshot(stage=Stage.SEEKING), None),
        (Snapshot(stage=Stage.CHECKING, peer=KITCHEN), None),
        (LINKED, text.linked_notice(LINKED)[0]),
        (Snapshot(stage=Stage.ENDING, peer=KITCHEN), None),
        (IDLE, None),
    ]
    for n, (snapshot, title) in enumerate(story):
        notifier.show(snapshot)
        assert (wall.pinned[LINK][0] if LINK in wall.pinned else None) == title, n
        if n == 3:
            assert wall.pinned[LINK][2] == ("copy", "disconnect")
            for action in ("copy", "disconnect", "default"):
                wall.pinned[LINK][3](action)
            assert told == ["fd00::2", "disconnect", "raise"]
            told.clear()
        if wall.pinned and wall.pinned[LINK][2] == ("again",):
            wall.pinned[LINK][3]("again")
            wall.pinned[LINK][3]("disconnect")  # there is no link any more
            wall.pinned[LINK][3]("copy")
    assert wall.times == 6
    assert told == ["seek", "raise"] * 2


def test_a_link_that_nobody_was_asked_for_says_why(notifier: Notifier, wall: Wall) -> None:
    notifier.show(Snapshot(stage=Stage.MEETING, peer=KITCHEN, unasked=True))
    assert not wall.pinned
    notifier.show(replace(LINKED, unasked=True))
    assert wall.pinned[LINK][0] == f"Linked with {KITCHEN.name}" and text.UNASKED in wall.pinned[LINK][1]
    notifier.show(IDLE)
    notifier.show(LINKED)
    assert text.UNASKED not in wall.pinned[LINK][1]


def test_a_failure_says_with_whom(notifier: Notifier, wall: Wall) -> None:
    notifier.show(Snapshot(stage=Stage.ASKING, peer=KITCHEN))
    notifier.show(replace(IDLE, failure=Failure(Stage.ASKING, Reason.DECLINED), peer=KITCHEN))
    assert text.quoted(KITCHEN.name) in wall.pinned[LINK][1]


def test_what_the_user_did_is_no_news(notifier: Notifier, wall: Wall) -> None:
    notifier.show(Snapshot(stage=Stage.SEEKING))
    notifier.show(replace(IDLE, failure=Failure(Stage.SEEKING, Reason.CANCELLED)))
    assert not wall.pinned
    notifier.show(Snapshot(stage=Stage.SEEKING))
    notifier.show(replace(IDLE, failure=Failure(Stage.SEEKING, Reason.NOBODY_ANSWERED)))
    assert LINK in wall.pinned
    notifier.show(IDLE)  # dismissed
    assert not wall.pinned


def test_switched_off_nothing_is_shown(wall: Wall) -> None:
    on = [True]
    notifier = Notifier(
        wall,
        texts=text,
        accept=list,
        decline=list,
        allow=list,
        forbid=list,
        disconnect=list,
        seek=list,
        copy=None,
        raise_=list,
        enabled=lambda: on[0],
    )
    notifier.show(LINKED)
    assert wall.pinned
    on[0] = False
    notifier.show(RESTORING)
    assert not wall.pinned
    notifier.show(ASKED)
    assert not wall.pinned


def test_any_order_of_stages_is_survived(notifier: Notifier, wall: Wall) -> None:
    snapshots = [replace(base, stage=stage) for base in (IDLE, ASKED, LINKED, RESTORING) for stage in Stage]
    for first in snapshots:
        for second in snapshots:
            notifier.show(first)
            notifier.show(second)
            assert (REQUEST in wall.pinned) == (second.stage in (Stage.ASKED, Stage.ENTERING))


PHONE = Peer("2", "Pixel", "phone", on_wifi=True)
STRANGE = Snapshot(stage=Stage.ASKED, peer=PHONE, verified=False, needs_code=False, started=1.0, deadline=61.0)
GROUP_UP = Snapshot(stage=Stage.HOSTING, verified=False, link=LinkInfo("p2p1", ("10.42.7.1",)))


def test_a_stranger_is_not_accepted_by_a_quick_click(notifier: Notifier, wall: Wall, told: list[str]) -> None:
    for ours in Method:
        wanted = ours is Method.KEYPAD
        notifier.show(
            replace(STRANGE, question=ours.value, method=ours, deadline=70.0, peer=replace(PHONE, id=ours.value), pin_wanted=wanted)
        )
        title, body, actions, act = wall.pinned[REQUEST]
        assert "Pixel" in title and "Not verified" in body and actions == ("open", "decline")
    act("open")
    act("decline")
    assert told == ["raise", "decline"]
    notifier.show(IDLE)
    assert REQUEST not in wall.pinned


def test_the_next_request_of_the_same_stranger_is_another_one(notifier: Notifier, wall: Wall, told: list[str]) -> None:
    notifier.show(STRANGE)
    old = wall.pinned[REQUEST][3]
    notifier.show(replace(STRANGE, now=2.0))
    assert wall.times == 1
    notifier.show(replace(STRANGE, question="q2", deadline=90.0))
    assert wall.times == 2
    old("decline")
    assert told == []


def test_a_pin_to_type_is_said_and_each_wrong_one(notifier: Notifier, wall: Wall, told: list[str]) -> None:
    entering = replace(STRANGE, stage=Stage.ENTERING, pin_wanted=True, tries_left=3)
    notifier.show(entering)
    title, body, actions, act = wall.pinned[REQUEST]
    assert title == "Pixel shows a PIN" and body == "Type it in Nearby Tray." and actions == ("open",)
    act("open")
    notifier.show(replace(entering, stage=Stage.FORMING, pin_wanted=False))
    assert REQUEST not in wall.pinned
    notifier.show(replace(entering, tries_left=2))
    assert "two tries left" in wall.pinned[REQUEST][1]
    assert told == ["raise"]


def test_the_story_of_a_group(notifier: Notifier, wall: Wall, told: list[str]) -> None:
    member = Member(PHONE, 1.0)
    notifier.show(replace(GROUP_UP, link=None))
    assert not wall.pinned
    notifier.show(GROUP_UP)
    assert wall.pinned[GROUP][0] == "Your group is up"
    notifier.show(replace(GROUP_UP, stage=Stage.ASKED, peer=PHONE, deadline=60.0))
    assert set(wall.pinned) == {GROUP, REQUEST}
    notifier.show(replace(GROUP_UP, members=(member,)))
    assert set(wall.pinned) == {GROUP} and wall.pinned[GROUP][0] == "Pixel joined your group"
    times = wall.times
    notifier.show(replace(GROUP_UP, members=(replace(member, health=Health(Grade.GOOD)),)))
    assert wall.times == times
    notifier.show(GROUP_UP)
    assert wall.pinned[GROUP][0] == "Pixel left your group"
    end = wall.pinned[GROUP][3]
    end("default")
    end("disconnect")
    notifier.show(IDLE)
    assert not wall.pinned
    end("disconnect")
    assert told == ["raise", "disconnect"], "a late click ends nothing"


def test_no_notification_holds_a_pin(notifier: Notifier, wall: Wall) -> None:
    pin = "12345670"
    shown = replace(STRANGE, stage=Stage.FORMING, method=Method.DISPLAY, pin=pin, tries_left=2)
    for snapshot in (shown, replace(GROUP_UP, pin=pin, peer=PHONE), replace(STRANGE, pin=pin), replace(LINKED, pin=pin), IDLE):
        notifier.show(snapshot)
        assert pin not in "".join(f"{title}{body}" for title, body, _, _ in wall.pinned.values()).replace(" ", "")


def test_nothing_of_a_group_is_said_when_notifications_are_off(wall: Wall) -> None:
    nothing: Any = lambda *_: None  # noqa: E731
    does: Any = dict.fromkeys(("accept", "decline", "allow", "forbid", "disconnect", "seek", "copy", "raise_"), nothing)
    quiet = Notifier(wall, texts=text, enabled=lambda: False, **does)
    for snapshot in (GROUP_UP, replace(GROUP_UP, members=(Member(PHONE, 1.0),)), STRANGE, IDLE):
        quiet.show(snapshot)
    assert not wall.pinned
