"""The panel draws every moment, and each of its buttons calls the controller once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QLineEdit, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from nearby_tray.core.model import Failure, Radios, Reason, Snapshot, Stage, Visibility
from nearby_tray.ui import text, theme
from nearby_tray.ui.panel import Doors, Panel, scoped
from nearby_tray.ui.parts import Code, Countdown, PeerRow, Sparkline

from .scenes import ANNA, HOSTILE, LONG, PHONE, SCENES, STUDIO, FakeController, idle


class Opened:
    def __init__(self) -> None:
        self.calls: list[str] = []

    def doors(self) -> Doors:
        return Doors(*(lambda name=name: self.calls.append(name) for name in ("settings", "request", "closed")))


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


def check_named(window: QWidget) -> None:
    for control in window.findChildren(QWidget):
        if (
            isinstance(control, QAbstractButton | QLineEdit | QComboBox)
            and control.isVisible()
            and control.objectName() != "qt_spinbox_lineedit"
        ):
            assert control.accessibleName(), f"{type(control).__name__} {control.objectName()} has no accessible name"


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("name", SCENES)
def test_every_moment_is_drawn(make: Make, qapp: QApplication, name: str, dark: bool) -> None:
    qapp.setPalette(theme.our_palette(dark))
    panel, _ = make(SCENES[name])
    assert not panel.grab().isNull()
    assert text.state_line(SCENES[name]) in words(panel)
    check_named(panel)


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_is_shown_with_its_advice(make: Make, reason: Reason) -> None:
    panel, controller = make(idle(failure=Failure(Stage.FORMING, reason, "what the <b>daemon</b> said")))
    said = text.failure_text(Failure(Stage.FORMING, reason))
    shown = words(panel)
    assert said.title in shown and said.sentence in shown and said.advice in shown
    assert any("what the <b>daemon</b> said" in each for each in shown)
    named(panel, "tryAgainButton").click()
    named(panel, "dismissButton").click()
    assert controller.calls == [("seek",), ("dismiss",)]


@pytest.mark.parametrize("moment", ["forming", "linked"])
def test_what_came_about_without_asking_says_so(make: Make, moment: str) -> None:
    panel, _ = make(SCENES[f"{moment}-unasked"])
    assert text.UNASKED in words(panel)
    panel.render_snapshot(replace(SCENES[f"{moment}-unasked"], unasked=False))
    assert text.UNASKED not in words(panel)


def test_a_failure_names_the_other_computer(make: Make) -> None:
    panel, _ = make(SCENES["declined"])
    assert any(text.quoted(ANNA.name) in each for each in words(panel))


@pytest.mark.parametrize(
    ("scene", "button", "call"),
    [
        ("idle", "connectButton", ("seek",)),
        ("seeking", "stopButton", ("stop_seeking",)),
        ("asking", "cancelButton", ("cancel",)),
        ("asked", "declineRequestButton", ("decline",)),
        ("forming", "cancelButton", ("cancel",)),
        ("meeting", "cancelButton", ("cancel",)),
        ("checking", "cancelButton", ("cancel",)),
        ("linked-good", "disconnectButton", ("disconnect",)),
        ("restoring", "giveUpButton", ("disconnect",)),
        ("restoring-forming", "giveUpButton", ("disconnect",)),
        ("idle", "visible-trusted", ("set_visibility", Visibility.TRUSTED, None)),
        ("idle", "visibleLimit", ("set_visibility", Visibility.EVERYONE, 10)),
        ("idle-limited", "visibleLimit", ("set_visibility", Visibility.EVERYONE, None)),
    ],
)
def test_a_click_calls_the_controller(bot: QtBot, make: Make, scene: str, button: str, call: tuple[object, ...]) -> None:
    panel, controller = make(SCENES[scene])
    controller.calls.clear()
    QTest.mouseClick(named(panel, button), Qt.MouseButton.LeftButton)
    assert controller.calls == [call]


def test_doors_lead_out(bot: QtBot, make: Make, opened: Opened) -> None:
    panel, _ = make(SCENES["asked"])
    named(panel, "showRequestButton").click()
    named(panel, "settingsButton").click()
    QTest.keyClick(panel, Qt.Key.Key_Escape)
    assert opened.calls == ["request", "settings", "closed"]
    assert not panel.isVisible()


def test_visibility_shown_is_the_snapshots(make: Make) -> None:
    panel, controller = make(idle())
    named(panel, "visible-nobody").click()  # the controller has not said so yet
    controller.show(idle(visibility=Visibility.TRUSTED))
    assert [v for v in Visibility if named(panel, f"visible-{v.value}").isChecked()] == [Visibility.TRUSTED]


def test_nothing_to_click_without_radios(make: Make) -> None:
    panel, _ = make(idle(radios=Radios(Reason.BLUETOOTH_OFF, None)))
    assert not named(panel, "connectButton").isEnabled()
    assert text.reason_text(Reason.BLUETOOTH_OFF).advice in words(panel)
    assert text.reason_text(Reason.WIFI_MISSING).title not in words(panel)


# --- the list ---


def rows(panel: Panel) -> list[PeerRow]:
    found = [row for row in panel.findChildren(PeerRow) if row.isVisible()]
    return sorted(found, key=lambda row: row.mapTo(panel, QPoint(0, 0)).y())


def test_a_click_on_a_peer_asks_it_and_nothing_else_can_be_asked(bot: QtBot, make: Make) -> None:
    panel, controller = make(SCENES["seeking"])
    by_id = {row.peer.id: row for row in rows(panel)}
    bot.waitUntil(lambda: len({row.y() for row in by_id.values()}) == len(by_id))
    QTest.mouseClick(by_id[STUDIO.id], Qt.MouseButton.LeftButton)
    QTest.mouseClick(by_id[PHONE.id], Qt.MouseButton.LeftButton)
    QTest.keyClick(by_id[ANNA.id], Qt.Key.Key_Space)
    assert controller.calls == [("ask", STUDIO.id), ("ask", ANNA.id)]
    assert by_id[PHONE.id].accessibleDescription()
    assert "Trusted" in by_id[ANNA.id].accessibleName()


def test_the_list_keeps_its_order_and_its_rows(make: Make) -> None:
    panel, controller = make(SCENES["seeking"])
    before = rows(panel)
    stronger = tuple(replace(peer, strength=99) for peer in SCENES["seeking"].peers)
    controller.show(replace(SCENES["seeking"], peers=stronger))
    assert rows(panel) == before
    assert all(row.peer.strength == 99 for row in before)


def test_no_row_moves_under_the_pointer(bot: QtBot, make: Make) -> None:
    panel, controller = make(replace(SCENES["seeking"], peers=(ANNA, STUDIO, LONG)))
    bot.waitExposed(panel)
    listing = panel.findChild(QWidget, "list")
    assert isinstance(listing, QWidget)
    listing.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, True)
    controller.show(replace(SCENES["seeking"], peers=(STUDIO, LONG)))
    assert [row.peer.id for row in rows(panel)] == [ANNA.id, STUDIO.id, LONG.id]
    assert [row.isEnabled() for row in rows(panel)] == [False, True, True]
    listing.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, False)
    QApplication.sendEvent(listing, QEvent(QEvent.Type.Leave))
    assert [row.peer.id for row in rows(panel)] == [STUDIO.id, LONG.id]


def test_a_new_search_starts_with_an_empty_list(make: Make) -> None:
    panel, controller = make(SCENES["seeking"])
    controller.show(idle())
    controller.show(SCENES["seeking-empty"])
    assert rows(panel) == []


def test_a_crowd_fits_into_the_window(make: Make) -> None:
    crowd = tuple(replace(STUDIO, id=f"c{k}", name=f"computer {k}") for k in range(64))
    panel, _ = make(replace(SCENES["seeking"], peers=crowd))
    assert len(rows(panel)) == 64
    screen = QGuiApplication.primaryScreen().availableGeometry()
    assert panel.height() <= screen.height()


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("scene", ["seeking", "asking", "asking-changed", "asked", "forming", "linked-good", "restoring"])
def test_a_hostile_name_is_only_text(make: Make, scene: str, name: str) -> None:
    snapshot = SCENES[scene]
    peer = replace(snapshot.peer or ANNA, name=name)
    panel, _ = make(replace(snapshot, peer=peer if snapshot.peer else None, peers=(replace(peer, id="h"),)))
    assert not panel.grab().isNull()
    for each in panel.findChildren(QLabel):
        assert each.textFormat() == Qt.TextFormat.PlainText or not each.text() or name not in each.text()
    shown = " ".join([*words(panel), *(row.accessibleName() for row in rows(panel))])
    assert text.clean(name) in shown


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


def test_light_becomes_dark_while_open(bot: QtBot, make: Make, qapp: QApplication) -> None:
    panel, _ = make(SCENES["linked-good"])
    light = panel.grab().toImage().pixelColor(5, 5).lightness()
    qapp.setPalette(theme.our_palette(dark=True))
    bot.waitUntil(lambda: panel.grab().toImage().pixelColor(5, 5).lightness() < light - 100, timeout=10_000)


def test_mnemonics_are_told_apart_on_each_page(make: Make) -> None:
    for name, scene in SCENES.items():
        panel, _ = make(scene)
        keys = []
        for button in panel.findChildren(QPushButton):
            at = button.text().replace("&&", "").find("&")
            if button.isVisible() and at >= 0:
                keys.append(button.text().replace("&&", "")[at + 1].lower())
        assert len(keys) == len(set(keys)), f"{name}: {keys}"


def test_the_caller_may_remember_too_and_a_new_request_begins_without(make: Make) -> None:
    panel, controller = make(SCENES["asking"])
    box = named(panel, "rememberBox")
    box.click()
    assert controller.calls[-1] == ("remember", True)
    panel.render_snapshot(replace(SCENES["asking"], code=None))
    assert not box.isChecked()
