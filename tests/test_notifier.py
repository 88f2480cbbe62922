"""When the Notifier finds reason for a notification, and what a click on one does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import msgspec
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
from nearby_tray.notifier import GROUP, LINK, REQUEST, Notifier
from nearby_tray.ui.text.links import UNASKED
from nearby_tray.ui.text.names import quoted
from nearby_tray.ui.text.notices import failed_notice, linked_notice, restored_notice, restoring_notice

from .no_actions import NoActions


class User(NoActions):
    """Writes down what was answered."""

    def __init__(self, told: list[str]) -> None:
        self._told = told

    def accept(self, question: str, trust: bool = False) -> None:
        self._told.append("accept")

    def decline(self, question: str = "") -> None:
        self._told.append("decline")

    def allow(self, wish: str) -> None:
        self._told.append("allow")

    def forbid(self, wish: str) -> None:
        self._told.append("forbid")

    def disconnect(self) -> None:
        self._told.append("disconnect")

    def seek(self, identity: bytes | None = None, *, asker: Asker | None = None) -> None:
        self._told.append("seek")


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

    return Notifier(wall, User(told), copy=told.append, raise_window=lambda: told.append("raise"), clock=now)


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
        (LINKED, linked_notice(LINKED)[0]),
        (replace(LINKED, health=Health(Grade.WEAK)), linked_notice(LINKED)[0]),
        (RESTORING, restoring_notice(RESTORING)[0]),
        (replace(RESTORING, stage=Stage.MEETING, attempt=2), restoring_notice(RESTORING)[0]),
        (replace(RESTORING, stage=Stage.CHECKING, attempt=2), restoring_notice(RESTORING)[0]),
        (LINKED, restored_notice(LINKED)[0]),
        (RESTORING, restoring_notice(RESTORING)[0]),
        (lost, failed_notice(lost)[0]),
        (replace(lost, now=9.0), failed_notice(lost)[0]),
        (Snapshot(stage=Stage.SEEKING), None),
        (Snapshot(stage=Stage.CHECKING, peer=KITCHEN), None),
        (LINKED, linked_notice(LINKED)[0]),
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
    assert wall.pinned[LINK][0] == f"Linked with {KITCHEN.name}" and UNASKED in wall.pinned[LINK][1]
    notifier.show(IDLE)
    notifier.show(LINKED)
    assert UNASKED not in wall.pinned[LINK][1]


def test_a_failure_says_with_whom(notifier: Notifier, wall: Wall) -> None:
    notifier.show(Snapshot(stage=Stage.ASKING, peer=KITCHEN))
    notifier.show(replace(IDLE, failure=Failure(Stage.ASKING, Reason.DECLINED), peer=KITCHEN))
    assert quoted(KITCHEN.name) in wall.pinned[LINK][1]


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
    user = NoActions()
    notifier = Notifier(wall, user, raise_window=lambda: None)
    notifier.show(LINKED)
    assert wall.pinned
    user.settings = msgspec.structs.replace(user.settings, notifications=False)
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
    user = NoActions()
    user.settings = msgspec.structs.replace(user.settings, notifications=False)
    quiet = Notifier(wall, user, raise_window=lambda: None)
    for snapshot in (GROUP_UP, replace(GROUP_UP, members=(Member(PHONE, 1.0),)), STRANGE, IDLE):
        quiet.show(snapshot)
    assert not wall.pinned
