"""The panel draws every moment, and each of its buttons calls the controller once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QPushButton, QScrollArea, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from nearby_tray.core.model import Failure, Method, Peer, Probe, Radios, Reason, Snapshot, Stage, Visibility
from nearby_tray.ui.pages.addresses import scoped
from nearby_tray.ui.pages.page import Doors
from nearby_tray.ui.pages.peer_list import PeerList
from nearby_tray.ui.panel import Panel
from nearby_tray.ui.parts.countdown import Countdown
from nearby_tray.ui.parts.digits import Code
from nearby_tray.ui.parts.peer_row import PeerRow
from nearby_tray.ui.parts.sparkline import Sparkline
from nearby_tray.ui.text import plain
from nearby_tray.ui.text.links import PROBES, UNASKED
from nearby_tray.ui.text.names import clean, quoted
from nearby_tray.ui.text.plain import NEEDS_HOST, NEEDS_PIN, NOT_VERIFIED
from nearby_tray.ui.text.reasons import REASONS, failure_text, reason_text
from nearby_tray.ui.text.states import state_line
from nearby_tray.ui.theme import our_palette

from .scenes import ABLE, ANNA, HOSTILE, MEMBERS, OLD, PHONE, SCENES, STUDIO, TV, FakeController, idle


class Opened:
    def __init__(self) -> None:
        self.calls: list[str] = []

    def doors(self) -> Doors:
        return Doors(*(lambda name=name: self.calls.append(name) for name in ("settings", "question", "closed")))


Make = Callable[[Snapshot], tuple[Panel, FakeController]]


@pytest.fixture
def opened() -> Opened:
    return Opened()


@pytest.fixture
def make(bot: QtBot, opened: Opened) -> Iterator[Make]:
    def made(snapshot: Snapshot) -> tuple[Panel, FakeController]:
        controller = FakeController(snapshot)
        panel = Panel(controller, lambda: "Ben's laptop", opened.doors())
        bot.addWidget(panel)
        controller.subscribe(panel.render_snapshot)
        panel.show()
        return panel, controller

    yield made


def named(panel: QWidget, name: str) -> QAbstractButton:
    (found,) = [b for b in panel.findChildren(QAbstractButton, name) if b.isVisible()]
    return found


def words(panel: QWidget) -> list[str]:
    return [each.text() for each in panel.findChildren(QLabel) if each.isVisible()]


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("name", SCENES)
def test_every_moment_is_drawn(make: Make, qapp: QApplication, name: str, dark: bool) -> None:
    qapp.setPalette(our_palette(dark))
    panel, _ = make(SCENES[name])
    assert not panel.grab().isNull()
    assert state_line(SCENES[name]) in words(panel)


def test_files_that_could_not_be_read_are_shown_until_dismissed(make: Make) -> None:
    panel, controller = make(idle(problems=("The settings file is damaged.", "So is\u202e the other.")))
    assert "The settings file is damaged.\nSo is the other." in words(panel)
    named(panel, "dismissProblems").click()
    assert controller.calls[-1] == ("dismiss",)
    controller.show(idle())
    assert not any("damaged" in said for said in words(panel))


@pytest.mark.parametrize("reason", [reason for reason in Reason if reason is not Reason.PEER_LEFT])
def test_every_reason_is_shown_with_its_advice(make: Make, reason: Reason) -> None:
    panel, controller = make(idle(failure=Failure(Stage.FORMING, reason, "what the <b>daemon</b> said")))
    said = failure_text(Failure(Stage.FORMING, reason))
    shown = words(panel)
    assert said.title in shown and said.sentence in shown and said.advice in shown
    assert any("what the <b>daemon</b> said" in each for each in shown)
    named(panel, "tryAgainButton").click()
    named(panel, "dismissButton").click()
    assert controller.calls == [("seek",), ("dismiss",)]


@pytest.mark.parametrize("moment", ["forming", "linked"])
def test_what_came_about_without_asking_says_so(make: Make, moment: str) -> None:
    panel, _ = make(SCENES[f"{moment}-unasked"])
    assert UNASKED in words(panel)
    panel.render_snapshot(replace(SCENES[f"{moment}-unasked"], unasked=False))
    assert UNASKED not in words(panel)


def test_a_failure_names_the_other_computer(make: Make) -> None:
    panel, _ = make(SCENES["declined"])
    assert any(quoted(ANNA.name) in each for each in words(panel))


@pytest.mark.parametrize(
    ("scene", "button", "call"),
    [
        ("idle", "connectButton", ("seek",)),
        ("seeking", "stopButton", ("stop_seeking",)),
        ("asking", "cancelButton", ("cancel",)),
        ("asked-waiting", "cancelButton", ("cancel",)),
        ("asking-compare", "matchButton", ("match", False)),
        ("left", "connectAgainButton", ("seek",)),
        ("left", "dismissLeft", ("dismiss",)),
        ("forming", "cancelButton", ("cancel",)),
        ("meeting", "cancelButton", ("cancel",)),
        ("checking", "cancelButton", ("cancel",)),
        ("linked-good", "disconnectButton", ("disconnect",)),
        ("restoring", "giveUpButton", ("disconnect",)),
        ("restoring-forming", "giveUpButton", ("disconnect",)),
        ("entering", "cancelButton", ("cancel",)),
        ("forming-pin", "cancelButton", ("cancel",)),
        ("linked-foreign", "disconnectButton", ("disconnect",)),
        ("hosting", "endGroupButton", ("disconnect",)),
        ("hosting-invited", "keepOutButton", ("decline",)),
        ("idle", "visible-trusted", ("set_visibility", Visibility.TRUSTED, None)),
        ("idle", "visibleLimit", ("set_visibility", Visibility.EVERYONE, 10)),
        ("idle-limited", "visibleLimit", ("set_visibility", Visibility.EVERYONE, None)),
    ],
)
def test_a_click_calls_the_controller(bot: QtBot, make: Make, scene: str, button: str, call: tuple[object, ...]) -> None:
    panel, controller = make(SCENES[scene])
    controller.calls.clear()
    QCoreApplication.processEvents()  # laid out, that is
    QTest.mouseClick(named(panel, button), Qt.MouseButton.LeftButton)
    assert controller.calls == [call]


def test_doors_lead_out(bot: QtBot, make: Make, opened: Opened) -> None:
    panel, _ = make(SCENES["asked"])
    named(panel, "showRequestButton").click()
    named(panel, "settingsButton").click()
    QTest.keyClick(panel, Qt.Key.Key_Escape)
    assert opened.calls == ["question", "settings", "closed"]
    assert not panel.isVisible()


def test_visibility_shown_is_the_snapshots(make: Make) -> None:
    panel, controller = make(idle())
    named(panel, "visible-nobody").click()  # the controller has not said so yet
    controller.show(idle(visibility=Visibility.TRUSTED))
    assert [v for v in Visibility if named(panel, f"visible-{v.value}").isChecked()] == [Visibility.TRUSTED]


def test_nothing_to_click_without_radios(make: Make) -> None:
    panel, _ = make(idle(radios=Radios(Reason.BLUETOOTH_OFF, None)))
    assert not named(panel, "connectButton").isEnabled()
    assert reason_text(Reason.BLUETOOTH_OFF).advice in words(panel)
    assert reason_text(Reason.WIFI_MISSING).title not in words(panel)


# --- the list ---


def rows(panel: Panel) -> list[PeerRow]:
    found = [row for row in panel.findChildren(PeerRow) if row.isVisible()]
    return sorted(found, key=lambda row: row.mapTo(panel, QPoint(0, 0)).y())


def test_a_click_on_a_peer_asks_it_and_nothing_else_can_be_asked(bot: QtBot, make: Make) -> None:
    gone = replace(PHONE, on_wifi=False)
    panel, controller = make(replace(SCENES["seeking"], peers=(ANNA, STUDIO, gone)))
    by_id = {row.peer.id: row for row in rows(panel)}
    bot.waitUntil(lambda: len({row.y() for row in by_id.values()}) == len(by_id))
    QTest.mouseClick(by_id[STUDIO.id], Qt.MouseButton.LeftButton)
    QTest.mouseClick(by_id[PHONE.id], Qt.MouseButton.LeftButton)
    QTest.keyClick(by_id[ANNA.id], Qt.Key.Key_Space)
    assert controller.calls == [("ask", STUDIO.id), ("ask", ANNA.id)]
    assert by_id[PHONE.id].accessibleDescription()
    assert "Trusted" in by_id[ANNA.id].accessibleName()


# --- machines that do not run Nearby Tray ---


def ways(panel: Panel) -> dict[str, bool]:
    found = [b for b in panel.findChildren(QPushButton) if b.objectName().startswith("way-") and b.isVisible()]
    return {b.objectName().removeprefix("way-"): b.isEnabled() for b in found}


def choose(panel: Panel, id: str) -> None:
    next(row for row in rows(panel) if row.peer.id == id).click()


def test_a_click_on_a_phone_offers_the_ways_and_asks_nothing(make: Make) -> None:
    panel, controller = make(SCENES["seeking-foreign"])
    choose(panel, PHONE.id)
    assert controller.calls == [] and not rows(panel)
    assert ways(panel) == {"pbc": True, "display": True, "keypad": True}
    shown = words(panel)
    assert plain.PHONE in shown and NOT_VERIFIED in shown
    named(panel, "way-display").click()
    named(panel, "rememberGroupBox").click()
    named(panel, "way-keypad").click()
    assert controller.calls == [("ask", PHONE.id, Method.DISPLAY, False), ("ask", PHONE.id, Method.KEYPAD, True)]
    named(panel, "backButton").click()
    assert {row.peer.id for row in rows(panel)} == {peer.id for peer in SCENES["seeking-foreign"].peers}


def test_a_way_that_cannot_be_says_what_would_make_it_possible(make: Make) -> None:
    panel, controller = make(SCENES["seeking"])
    choose(panel, PHONE.id)
    assert ways(panel) == {"pbc": True, "display": False, "keypad": False}
    assert NEEDS_PIN in words(panel)
    named(panel, "way-keypad").click()
    assert controller.calls == []


def test_a_remembered_group_needs_no_way(make: Make) -> None:
    panel, controller = make(SCENES["seeking-foreign"])
    choose(panel, OLD.id)
    assert ways(panel) == {"pbc": True} and named(panel, "way-pbc").text() == "&Connect again"
    named(panel, "way-pbc").click()
    assert controller.calls == [("ask", OLD.id, Method.PBC, False)]


@pytest.mark.parametrize(("now", "said"), [((), "No longer here"), ((replace(PHONE, reachable=True),), "Nearby Tray answers there")])
def test_a_chosen_machine_that_changed_is_not_asked(make: Make, now: tuple[Peer, ...], said: str) -> None:
    panel, controller = make(SCENES["seeking-foreign"])
    choose(panel, PHONE.id)
    controller.show(replace(SCENES["seeking-foreign"], peers=now))
    assert not any(ways(panel).values()) and said in words(panel)


def test_the_next_search_begins_with_the_list(make: Make) -> None:
    panel, controller = make(SCENES["seeking-foreign"])
    choose(panel, PHONE.id)
    controller.show(idle())
    controller.show(SCENES["seeking-foreign"])
    assert not ways(panel) and len(rows(panel)) == 4


def test_what_cannot_be_hosted_says_why(make: Make) -> None:
    panel, _ = make(idle())
    assert not named(panel, "hostButton").isEnabled() and NEEDS_HOST in words(panel)
    panel, _ = make(idle(radios=Radios(None, Reason.WIFI_OFF)))
    assert not named(panel, "hostButton").isEnabled()


def test_a_group_is_begun_on_its_own_page(make: Make) -> None:
    panel, controller = make(SCENES["idle-able"])
    named(panel, "hostButton").click()
    named(panel, "backButton").click()
    named(panel, "hostButton").click()
    named(panel, "rememberGroupBox").click()
    named(panel, "startGroupButton").click()
    assert controller.calls == [("host", True)]
    controller.show(SCENES["hosting-starting"])
    controller.show(idle(radios=ABLE))
    assert named(panel, "connectButton").isVisible(), "and left when it has begun"


def test_a_page_of_hosting_that_became_impossible_says_so(make: Make) -> None:
    panel, controller = make(SCENES["idle-able"])
    panel.offer_host()
    controller.show(idle())
    assert not named(panel, "startGroupButton").isEnabled() and NEEDS_HOST in words(panel)


def test_each_member_has_a_row_that_can_be_sent_away(make: Make) -> None:
    panel, controller = make(SCENES["hosting"])
    controller.calls.clear()
    out = [b for b in panel.findChildren(QPushButton, "expelButton") if b.isVisible()]
    assert len(out) == 3
    shown = words(panel)
    assert {"Good", "Waiting", "Pixel 9", "[TV] Living room", "Heard by the neighbour table", "Not heard of yet"} <= set(shown)
    out[1].click()
    assert controller.calls == [("expel", TV.address)]
    controller.show(replace(SCENES["hosting"], members=MEMBERS[:1]))
    left = [b for b in panel.findChildren(QPushButton, "expelButton") if b.isVisible()]
    assert left == out[:1], "the others keep their rows"


def test_members_are_measured_closely_while_they_are_looked_at(make: Make) -> None:
    panel, controller = make(SCENES["hosting"])
    panel.hide()
    assert controller.calls == [("health_window", True), ("health_window", False)]


def test_inviting_looks_for_machines_and_offers_those_that_are_not_in(make: Make) -> None:
    panel, controller = make(SCENES["hosting-empty"])
    named(panel, "inviteButton").click()
    controller.show(SCENES["hosting-finding"])
    assert [row.peer.id for row in rows(panel)] == [TV.id, STUDIO.id]
    choose(panel, TV.id)
    assert [call for call in controller.calls if call[0] != "health_window"] == [("seek",), ("invite", TV.id)]
    controller.show(SCENES["hosting-invited"])
    assert not rows(panel) and not named(panel, "inviteButton").isEnabled()


def test_what_went_wrong_in_a_group_is_said_in_it_until_dismissed(make: Make) -> None:
    panel, controller = make(SCENES["hosting-problem"])
    controller.calls.clear()
    assert REASONS[Reason.WRONG_PIN].title in words(panel)
    named(panel, "dismissButton").click()
    assert controller.calls == [("dismiss",)]
    controller.show(replace(SCENES["hosting-problem"], failure=None))
    assert REASONS[Reason.WRONG_PIN].title not in words(panel)


@pytest.mark.parametrize("scene", ["forming-pin", "hosting-pin"])
def test_a_pin_is_in_the_panel_too_while_it_is_shown(make: Make, opened: Opened, scene: str) -> None:
    panel, controller = make(SCENES[scene])
    code = next(each for each in panel.findChildren(Code) if each.isVisible())
    assert code.code == "1234 5670" and code.accessibleName() == "PIN 1 2 3 4 5 6 7 0"
    named(panel, "showPinButton").click()
    assert opened.calls == ["question"]
    controller.show(replace(SCENES[scene], pin=None))
    assert code.code == "" and not code.isVisible()


def test_a_pin_to_type_leads_to_its_window(make: Make, opened: Opened) -> None:
    panel, _ = make(SCENES["entering"])
    named(panel, "enterPinButton").click()
    assert opened.calls == ["question"]


@pytest.mark.parametrize(
    ("scene", "said"),
    [
        ("linked-pin", ["Verified by Nearby Tray on both sides.", "Authenticated with a PIN, too", "36 (5180 MHz, 5 GHz band)", "80 MHz"]),
        ("linked-good", ["Push button: the Wi-Fi layer itself is not authenticated; Nearby Tray's own check is"]),
        ("linked-foreign", [NOT_VERIFIED, "Push button: not authenticated", "6 (2437 MHz, 2.4 GHz band)", "wpa_supplicant"]),
        ("linked-neighbour", ["Authenticated with a PIN", PROBES[Probe.NEIGHBOUR]]),
        ("hosting", ["This computer", "36 (5180 MHz, 5 GHz band)", "20 MHz", "p2p-wlan0-2"]),
    ],
)
def test_the_details_say_what_the_link_is_made_of(make: Make, scene: str, said: list[str]) -> None:
    panel, _ = make(SCENES[scene])
    button = named(panel, "detailsButton")
    assert not set(said) & set(words(panel)) - {"This computer"}
    button.click()
    assert set(said) <= set(words(panel))
    button.click()
    assert "Channel" not in words(panel)


def test_a_link_that_is_not_verified_says_so_beside_its_name(make: Make) -> None:
    for scene in ("linked-foreign", "forming-button", "checking-foreign", "entering", "hosting"):
        panel, _ = make(SCENES[scene])
        assert any(each.startswith("Not verified") for each in words(panel)), scene
    for scene in ("linked-good", "forming", "checking"):
        panel, _ = make(SCENES[scene])
        assert not any("erified" in each for each in words(panel)), scene


def test_the_list_keeps_its_order_and_its_rows(make: Make) -> None:
    panel, controller = make(SCENES["seeking"])
    before = rows(panel)
    stronger = tuple(replace(peer, strength=99) for peer in SCENES["seeking"].peers)
    controller.show(replace(SCENES["seeking"], peers=stronger))
    assert rows(panel) == before
    assert all(row.peer.strength == 99 for row in before)


def crowd(*numbers: int) -> tuple[Peer, ...]:
    return tuple(replace(STUDIO, id=f"c{k}", name=f"computer {k}") for k in numbers)


def ids(panel: Panel) -> list[str]:
    return [row.peer.id for row in rows(panel)]


def places(panel: Panel) -> dict[str, int]:
    """How far down the screen each row is."""
    return {row.peer.id: row.mapToGlobal(QPoint(0, 0)).y() for row in rows(panel)}


Point = Callable[[Panel, str], None]


@pytest.fixture
def point(bot: QtBot) -> Point:
    """Move the pointer onto the row of that peer, or with "" away from the list."""

    def pointed(panel: Panel, id: str) -> None:
        listing = panel.findChild(QWidget, "list")
        assert isinstance(listing, QWidget)
        bot.waitExposed(panel)
        row = next((row for row in rows(panel) if row.peer.id == id), None)

        def there() -> bool:
            QTest.mouseMove(row or panel, QPoint(20, 9 if row is not None else 5))
            return row.underMouse() if row is not None else not listing.underMouse()

        bot.waitUntil(lambda: len({row.y() for row in rows(panel)}) == len(rows(panel)))
        bot.waitUntil(there)

    return pointed


def seeking(*peers: Peer) -> Snapshot:
    return replace(SCENES["seeking"], peers=peers)


def test_no_row_moves_under_the_pointer(bot: QtBot, make: Make, point: Point) -> None:
    panel, controller = make(seeking(*crowd(0, 1, 2, 3)))
    point(panel, "c2")
    before = places(panel)
    controller.show(seeking(*crowd(3, 1, 2, 5)))
    QApplication.processEvents()
    assert ids(panel) == ["c0", "c1", "c2", "c3", "c5"], "gone ones stay, new ones come below, others keep their order"
    assert {id: y for id, y in places(panel).items() if id in before} == before
    assert [row.isEnabled() for row in rows(panel)] == [False, True, True, True, True]
    controller.show(seeking(*crowd(3, 1, 2, 0, 5)))
    assert all(row.isEnabled() for row in rows(panel)), "one that comes back is in its old place"
    controller.show(seeking(*crowd(3, 1, 5)))
    QTest.mouseClick(next(row for row in rows(panel) if row.peer.id == "c2"), Qt.MouseButton.LeftButton)
    assert controller.calls == [], "nobody else is asked in the place of one that is gone"
    point(panel, "")
    bot.waitUntil(lambda: ids(panel) == ["c3", "c1", "c5"])  # without the pointer it is the snapshot's order


class Seen(QObject):
    """Counts events of one type, and does something at each."""

    def __init__(self, wanted: QEvent.Type, then: Callable[[], object] = lambda: None) -> None:
        super().__init__()
        self.wanted, self.then, self.count = wanted, then, 0

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        if event.type() == self.wanted:
            self.count += 1
            self.then()
        return False


def test_a_pointer_that_leaves_while_rows_go_is_no_surprise(make: Make) -> None:
    """Qt says that it left, and that it came again, in the middle of hiding a row."""
    panel, controller = make(seeking(*crowd(0, 1, 2, 3)))
    listing = panel.findChild(QWidget, "list")
    assert isinstance(listing, QWidget)
    left = Seen(QEvent.Type.Hide, lambda: QApplication.sendEvent(listing, QEvent(QEvent.Type.Leave)))
    rows(panel)[0].installEventFilter(left)
    controller.show(seeking(*crowd(3)))
    assert left.count == 1 and ids(panel) == ["c3"]


def test_a_pointer_that_rests_lets_go_what_is_below_it(bot: QtBot, make: Make, point: Point, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PeerList, "REST", 20)
    panel, controller = make(seeking(*crowd(0, 1, 2, 3, 4)))
    point(panel, "c2")
    before, moves = places(panel), Seen(QEvent.Type.Move)
    rows(panel)[2].installEventFilter(moves)
    controller.show(seeking(*crowd(1, 4)))
    bot.waitUntil(lambda: ids(panel) == ["c0", "c1", "c2", "c4"])
    bot.waitUntil(lambda: places(panel)["c4"] == before["c3"])
    assert {id: y for id, y in places(panel).items() if id != "c4"} == {id: before[id] for id in ("c0", "c1", "c2")}
    assert moves.count == 0, "not even for a moment"


def test_a_panel_at_the_lower_edge_grows_upwards_only_without_the_pointer(bot: QtBot, make: Make, point: Point) -> None:
    panel, controller = make(seeking(*crowd(0, 1)))
    point(panel, "")
    free = QGuiApplication.primaryScreen().availableGeometry()
    panel.move(free.left(), free.bottom() - panel.height() - 5)
    point(panel, "c1")
    before, top = places(panel), panel.y()
    controller.show(seeking(*crowd(*range(8))))
    bot.waitUntil(lambda: panel.frameGeometry().bottom() >= free.bottom() - 1)
    assert panel.y() == top
    assert {id: places(panel)[id] for id in before} == before
    point(panel, "")
    bot.waitUntil(lambda: panel.y() < top)
    assert panel.frameGeometry().bottom() <= free.bottom()


def test_who_joins_a_group_does_not_push_the_list_away_from_the_pointer(bot: QtBot, make: Make, point: Point) -> None:
    finding = replace(SCENES["hosting-finding"], members=(), peers=crowd(0, 1))
    panel, controller = make(finding)
    point(panel, "c1")
    before = places(panel)
    controller.show(replace(finding, members=MEMBERS[:2], failure=Failure(Stage.HOSTING, Reason.WRONG_PIN), peers=crowd(0, 1, 2)))
    QApplication.processEvents()
    assert ids(panel) == ["c0", "c1", "c2"] and {id: places(panel)[id] for id in before} == before
    assert not [b for b in panel.findChildren(QPushButton, "expelButton") if b.isVisible()]
    point(panel, "")
    bot.waitUntil(lambda: len([b for b in panel.findChildren(QPushButton, "expelButton") if b.isVisible()]) == 2)
    assert REASONS[Reason.WRONG_PIN].title in words(panel)


def test_the_keyboard_stays_on_its_row(bot: QtBot, make: Make) -> None:
    panel, controller = make(seeking(*crowd(0, 1, 2)))
    bot.waitExposed(panel)
    QApplication.processEvents()
    mine = rows(panel)[1]
    mine.setFocus()
    controller.show(seeking(*crowd(2, 1, 7, 0)))
    QApplication.processEvents()
    assert ids(panel) == ["c2", "c1", "c7", "c0"] and panel.focusWidget() is mine
    reached = []
    for row in rows(panel)[:-1]:
        row.setFocus()
        row.focusNextChild()
        reached.append(panel.focusWidget())
    assert reached == rows(panel)[1:], "Tab goes through them as they are seen"
    mine.setFocus()
    for left in (crowd(2, 7, 0), (crowd(2)[0], replace(crowd(1)[0], reachable=False, on_wifi=False), *crowd(7, 0))):
        controller.show(seeking(*left))
        QApplication.processEvents()
        assert ids(panel) == ["c2", "c1", "c7", "c0"] and panel.focusWidget() is mine
        QTest.keyClick(mine, Qt.Key.Key_Space)
        assert controller.calls == [], "and Space asks nobody else when it is gone"
    rows(panel)[2].setFocus()
    bot.waitUntil(lambda: not mine.isEnabled())
    controller.show(seeking(*crowd(2, 7, 0)))
    assert ids(panel) == ["c2", "c7", "c0"]


def test_a_crowd_comes_a_few_rows_at_a_time(bot: QtBot, make: Make) -> None:
    panel, controller = make(seeking())
    controller.show(seeking(*crowd(*range(200))))
    assert ids(panel) == [f"c{k}" for k in range(PeerList.AT_ONCE)]
    bot.waitUntil(lambda: len(rows(panel)) == 200)
    bot.waitUntil(lambda: ids(panel) == [f"c{k}" for k in range(200)])
    controller.show(seeking(*crowd(*range(1, 40))))
    controller.show(seeking(*crowd(*range(1, 40), *range(300, 350))))
    controller.show(seeking(*crowd(*range(1, 3))))
    bot.wait(2 * PeerList.SOON)
    QApplication.processEvents()
    assert ids(panel) == ["c1", "c2"], "those that were still to come are not made"


def test_a_new_search_starts_with_an_empty_list(make: Make) -> None:
    panel, controller = make(SCENES["seeking"])
    controller.show(idle())
    controller.show(SCENES["seeking-empty"])
    assert rows(panel) == []


def test_a_crowd_fits_into_the_window(bot: QtBot, make: Make) -> None:
    panel, _ = make(seeking(*crowd(*range(64))))
    bot.waitUntil(lambda: len(rows(panel)) == 64)
    screen = QGuiApplication.primaryScreen().availableGeometry()
    assert panel.height() <= screen.height()


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize(
    "scene",
    ["seeking", "asking", "asking-changed", "asked", "forming", "linked-good", "restoring", "entering", "forming-pin", "hosting-invited"],
)
def test_a_hostile_name_is_only_text(make: Make, scene: str, name: str) -> None:
    snapshot = SCENES[scene]
    peer = replace(snapshot.peer or ANNA, name=name)
    panel, _ = make(replace(snapshot, peer=peer if snapshot.peer else None, peers=(replace(peer, id="h"),)))
    assert not panel.grab().isNull()
    for each in panel.findChildren(QLabel):
        assert each.textFormat() == Qt.TextFormat.PlainText or not each.text() or name not in each.text()
    shown = " ".join([*words(panel), *(row.accessibleName() for row in rows(panel))])
    assert clean(name) in shown


def test_a_page_that_fits_has_no_scroll_bar(bot: QtBot, make: Make) -> None:
    """It would take width, wrap more text, and so keep itself needed."""
    room = QGuiApplication.primaryScreen().availableGeometry().height() - 48
    small = 0
    for scene in SCENES.values():
        panel, _ = make(scene)
        bot.waitExposed(panel)
        QApplication.processEvents()
        bar = panel.findChild(QScrollArea).verticalScrollBar()  # type: ignore[union-attr]
        if panel.height() < room:
            small += 1
            assert not bar.isVisible()
    assert small > 20


# --- the link ---


def test_the_code_is_large_and_spoken_digit_by_digit(make: Make) -> None:
    panel, _ = make(SCENES["asking"])
    code = panel.findChild(Code)
    assert isinstance(code, Code)
    assert code.isVisible() and code.code == "042 719"
    assert code.accessibleName().endswith("0 4 2 7 1 9")


def test_a_remembered_computer_has_no_code_to_compare(make: Make) -> None:
    panel, _ = make(SCENES["asking-remembered"])
    assert not [code for code in panel.findChildren(Code) if code.isVisible()]


def test_addresses_are_copied_and_it_is_said(bot: QtBot, make: Make) -> None:
    panel, _ = make(SCENES["linked-good"])
    copies = panel.findChildren(QToolButton, "copyButton")
    bot.waitUntil(lambda: len([b for b in copies if b.isVisible()]) == 4)
    QTest.mouseClick(copies[0], Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "169.254.17.42"
    assert "Copied" in words(panel)


def test_a_link_local_address_comes_with_its_interface() -> None:
    assert scoped(("fe80::1", "FE80::2%x", "fd00::1"), "p2p0") == ("fe80::1%p2p0", "FE80::2%x", "fd00::1")
    assert len(scoped(("1.2.3.4",) * 50, "p2p0")) == 3


def test_a_visible_link_is_looked_at_closely_and_a_hidden_one_is_not(make: Make) -> None:
    panel, controller = make(idle())
    assert controller.calls == []
    controller.show(SCENES["linked-good"])
    controller.show(SCENES["linked-fair"])
    assert controller.calls == [("health_window", True)]
    panel.hide()
    controller.show(SCENES["linked-good"])
    panel.show()
    controller.show(idle())
    assert [call[1] for call in controller.calls] == [True, False, True, False]


def test_the_grade_is_a_word_beside_its_shape(make: Make) -> None:
    for scene, word in (("linked-good", "Good"), ("linked-fair", "Fair"), ("linked-weak", "Weak"), ("linked-lost", "No answer")):
        panel, _ = make(SCENES[scene])
        assert word in words(panel)


def test_the_sparkline_draws_what_it_gets(bot: QtBot) -> None:
    line = Sparkline()
    bot.addWidget(line)
    line.resize(300, 56)
    for history in ((), (None,), (5.0,), (None, 3.0, None), tuple(float(k) for k in range(500)), (1e9, 0.0, -1.0)):
        line.show_history(history)
        assert not line.grab().isNull()


def test_a_hidden_panel_has_no_running_timer(make: Make) -> None:
    from PySide6.QtCore import QTimer

    panel, controller = make(SCENES["idle-limited"])
    for scene in SCENES.values():
        controller.show(scene)
    panel.hide()
    running = [t for t in panel.findChildren(QTimer) if t.isActive() and not t.isSingleShot()]
    assert running == []
    assert not panel.isVisible()


def test_a_panel_at_rest_has_no_running_timer(make: Make) -> None:
    from PySide6.QtCore import QTimer

    panel, controller = make(SCENES["forming"])
    for scene in ("linked-good", "idle"):
        controller.show(SCENES[scene])
        assert [t for t in panel.findChildren(QTimer) if t.isActive() and not t.isSingleShot()] == []


def test_a_countdown_ends_at_zero(bot: QtBot) -> None:
    bar = Countdown()
    bot.addWidget(bar)
    bar.follow(replace(SCENES["asking"], deadline=5.0, now=9.0))
    assert "0:00" in bar.accessibleName()
    assert not bar.grab().isNull()


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_model_and_a_hostile_member_are_only_text(make: Make, name: str) -> None:
    hostile = replace(PHONE, name=name, model=name)
    panel, controller = make(replace(SCENES["seeking-foreign"], peers=(hostile,)))
    choose(panel, hostile.id)
    assert not panel.grab().isNull()
    controller.show(replace(SCENES["hosting"], members=(replace(MEMBERS[0], peer=hostile, addresses=(name,)),)))
    assert not panel.grab().isNull()
    for each in panel.findChildren(QLabel):
        assert each.textFormat() == Qt.TextFormat.PlainText or not each.text() or name not in each.text()
    assert clean(name) in " ".join(words(panel))


def test_light_becomes_dark_while_open(bot: QtBot, make: Make, qapp: QApplication) -> None:
    panel, _ = make(SCENES["linked-good"])
    light = panel.grab().toImage().pixelColor(5, 5).lightness()
    qapp.setPalette(our_palette(dark=True))
    bot.waitUntil(lambda: panel.grab().toImage().pixelColor(5, 5).lightness() < light - 100, timeout=10_000)


def test_who_asked_is_said_while_it_goes_on(make: Make) -> None:
    panel, _ = make(SCENES["asking-for-a-program"])
    said = panel.findChild(QLabel, "askedBy")
    assert isinstance(said, QLabel) and said.isVisible() and said.text() == "Asked for by “Files”." and "nautilus" in said.toolTip()
    panel.render_snapshot(SCENES["asking"])
    assert not said.isVisible()


def test_the_caller_may_remember_too_and_a_new_request_begins_without(make: Make) -> None:
    panel, controller = make(replace(SCENES["asking"], may_match=True))
    box = named(panel, "trustBox")
    box.click()
    named(panel, "matchButton").click()
    assert controller.calls[-1] == ("match", True)
    panel.render_snapshot(replace(SCENES["asking"], code=None))
    assert not box.isChecked()
