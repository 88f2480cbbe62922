"""Tray and windows together: made when needed, one subscription, the menu as the snapshot has it. And rules for all of ui/."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QPushButton, QSystemTrayIcon, QWidget
from pytestqt.qtbot import QtBot

import nearby_tray.ui
from nearby_tray.core.model import Method, Snapshot, Visibility
from nearby_tray.edges import Actions
from nearby_tray.settings import Settings
from nearby_tray.ui import language
from nearby_tray.ui.face import Face
from nearby_tray.ui.icons import TRAY
from nearby_tray.ui.menu import _bus_words, plan
from nearby_tray.ui.text.states import tooltip
from nearby_tray.ui.theme import our_palette
from nearby_tray.ui.tray_state import state_of

from .scenes import HOSTILE, PHONE, SCENES, FakeController, idle

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def controller() -> FakeController:
    return FakeController()


@pytest.fixture
def quits() -> list[bool]:
    return []


@pytest.fixture
def face(bot: QtBot, qapp: QApplication, controller: FakeController, quits: list[bool]) -> Iterator[Face]:
    made = Face(qapp, quit=lambda: quits.append(True))
    made.serve(controller)
    yield made
    made.close()


def actions(face: Face) -> dict[str, QAction]:
    found: dict[str, QAction] = {}

    def walk(menu: QMenu) -> None:
        for action in menu.actions():
            submenu = action.menu()
            if isinstance(submenu, QMenu):
                walk(submenu)
            elif action.objectName():
                found[action.objectName()] = action

    walk(face.tray._menu)
    return found


def test_the_fake_serves_the_actions_of_a_user(controller: FakeController) -> None:
    served: Actions = controller  # the type checker is the test
    assert served.snapshot is controller.snapshot


@pytest.mark.parametrize("name", SCENES)
def test_every_moment_has_an_icon_and_a_menu(face: Face, controller: FakeController, name: str) -> None:
    controller.show(SCENES[name])
    assert state_of(SCENES[name]) in TRAY
    menu = actions(face)
    assert {"open", "settings", "quit"} <= set(menu)
    assert not menu["headline"].isEnabled()


def test_every_icon_has_its_moment() -> None:
    assert {state_of(snapshot) for snapshot in SCENES.values()} == set(TRAY)


@pytest.mark.parametrize(
    ("scene", "entry", "call"),
    [
        ("idle", "seek", ("seek",)),
        ("seeking", "stop_seeking", ("stop_seeking",)),
        ("seeking", "ask p2", ("ask", "p2")),
        ("asking", "cancel", ("cancel",)),
        ("forming", "cancel", ("cancel",)),
        ("linked-good", "disconnect", ("disconnect",)),
        ("restoring", "disconnect", ("disconnect",)),
        ("restoring-forming", "disconnect", ("disconnect",)),
        ("seeking-foreign", "ask display p3", ("ask", "p3", Method.DISPLAY, False)),
        ("asked-waiting", "cancel", ("cancel",)),
        ("entering", "cancel", ("cancel",)),
        ("forming-pin", "cancel", ("cancel",)),
        ("hosting", "expel 02:00:00:00:06:00", ("expel", "02:00:00:00:06:00")),
        ("hosting", "disconnect", ("disconnect",)),
        ("idle", "visibility nobody", ("set_visibility", Visibility.NOBODY, None)),
        ("idle", "visibility everyone 10", ("set_visibility", Visibility.EVERYONE, 10)),
    ],
)
def test_a_menu_entry_calls_the_controller(
    face: Face, controller: FakeController, scene: str, entry: str, call: tuple[object, ...]
) -> None:
    controller.show(SCENES[scene])
    actions(face)[entry].trigger()
    assert controller.calls[:1] == [call]


def test_what_is_chosen_before_the_controller_is_there_is_done_then(bot: QtBot, qapp: QApplication, controller: FakeController) -> None:
    """The icon comes first, and somebody is quick."""
    face = Face(qapp, quit=lambda: None)
    actions(face)["open"].trigger()
    face.tray._activated(QSystemTrayIcon.ActivationReason.Trigger)
    actions(face)["seek"].trigger()
    assert not [w for w in qapp.topLevelWidgets() if w.isVisible()]
    face.serve(controller)
    assert controller.calls == [("seek",)] and [w.windowTitle() for w in qapp.topLevelWidgets() if w.isVisible()] == ["Nearby Tray"]
    face.close()


def test_a_machine_without_nearby_tray_has_its_ways_in_the_menu(face: Face, controller: FakeController) -> None:
    controller.show(SCENES["seeking"])  # NetworkManager before 1.60: no PIN
    ways = {name: action.isEnabled() for name, action in actions(face).items() if name.endswith(" p3")}
    assert ways == {"ask pbc p3": True, "ask display p3": False, "ask keypad p3": False}
    assert "ask p3" not in actions(face) and "Trusted" in actions(face)["ask p1"].text()
    controller.show(SCENES["seeking-foreign"])
    ways = {name: action.isEnabled() for name, action in actions(face).items() if name.startswith("ask ")}
    assert ways == {
        "ask p1": True, "ask pbc p3": True, "ask display p3": True, "ask keypad p3": True,
        "ask pbc p6": True, "ask display p6": False, "ask keypad p6": False, "ask pbc p7": True,
    }  # fmt: skip


def test_a_peer_that_is_nowhere_now_cannot_be_asked(face: Face, controller: FakeController) -> None:
    controller.show(replace(SCENES["seeking"], peers=(replace(PHONE, on_wifi=False),)))
    assert not actions(face)["ask p3"].isEnabled()


def test_a_group_of_our_own_is_offered_where_it_can_be(face: Face, controller: FakeController, qapp: QApplication) -> None:
    assert not actions(face)["open_host"].isEnabled()
    controller.show(SCENES["idle-able"])
    actions(face)["open_host"].trigger()
    (panel,) = [w for w in qapp.topLevelWidgets() if w.isVisible()]
    start = panel.findChild(QPushButton, "startGroupButton")
    assert isinstance(start, QPushButton) and start.isVisible()
    start.click()
    assert controller.calls == [("host", False)]


@pytest.mark.parametrize(
    ("scene", "title"),
    [
        ("asked-enter-pin", "Incoming request"),
        ("wish-host", "A program asks"),
        ("entering", "Enter a PIN"),
        ("forming-pin", "PIN to type there"),
    ],
)
def test_each_question_opens_its_window_and_only_it(
    face: Face, controller: FakeController, qapp: QApplication, scene: str, title: str
) -> None:
    def titles() -> set[str]:
        return {w.windowTitle() for w in qapp.topLevelWidgets() if w.isVisible()}

    controller.show(SCENES[scene])
    assert titles() == {title}
    controller.show(idle())
    assert titles() == set()
    controller.show(SCENES[scene])
    face.raise_()
    assert titles() == {title}, "whoever starts the program again sees the question"
    controller.show(idle())
    assert controller.calls == []


def test_the_menu_is_made_anew_only_when_it_says_something_else(face: Face, controller: FakeController) -> None:
    controller.show(SCENES["linked-good"])
    before = actions(face)["disconnect"]
    controller.show(replace(SCENES["linked-good"], now=200.0))
    assert actions(face)["disconnect"] is before
    assert plan(SCENES["linked-good"]) == plan(replace(SCENES["linked-good"], now=200.0))


def test_lines_of_the_menu_stay_the_same_ones_while_others_come_and_go(face: Face, controller: FakeController) -> None:
    """A panel knows them by number: a click just after a change must not be lost, nor mean something else."""
    seeking = SCENES["seeking"]
    controller.show(replace(seeking, peers=seeking.peers[1:2]))
    before, quits = actions(face)["ask p2"], actions(face)["quit"]
    controller.show(replace(seeking, peers=(seeking.peers[0], replace(seeking.peers[1], name="renamed"))))
    assert list(actions(face))[1:3] == ["ask p1", "ask p2"] and "renamed" in before.text()
    before.trigger()
    assert actions(face)["ask p2"] is before and controller.calls == [("ask", "p2")]
    controller.show(replace(seeking, peers=(seeking.peers[1], seeking.peers[0])))
    assert list(actions(face))[1:3] == ["ask p2", "ask p1"]
    controller.show(SCENES["idle"])
    assert actions(face)["quit"] is quits and "ask p2" not in actions(face)
    everyone = actions(face)["visibility everyone"]
    controller.show(replace(SCENES["idle"], visibility=Visibility.NOBODY))
    assert actions(face)["visibility everyone"] is everyone and not everyone.isChecked() and actions(face)["visibility nobody"].isChecked()


@pytest.mark.parametrize("scene", ["asked", "asked-button", "asked-changed", "asked-remembered", "hosting-asked"])
def test_the_menu_leads_to_the_request_and_answers_nothing(face: Face, controller: FakeController, scene: str) -> None:
    """A line that comes up under the pointer is clicked by accident: the whole dialog, not a quick yes or no."""
    asked = SCENES[scene]
    controller.show(asked)
    before = actions(face)["question"]
    controller.show(replace(asked, now=asked.now + 1))
    assert actions(face)["question"] is before and before.text().startswith("Answer ")
    controller.show(replace(asked, question="another"))
    assert actions(face)["question"] is not before
    for action in actions(face).values():
        if action.isEnabled() and not action.text().replace("&", "").startswith(("Quit", "End")):
            action.trigger()
    assert not [call for call in controller.calls if call[0] in ("accept", "decline", "match", "enter_pin")]


def test_the_code_is_on_the_screen_of_whoever_asks_wherever_that_began(face: Face, controller: FakeController) -> None:
    controller.show(SCENES["asking"])
    panel = face._panel
    assert panel is not None and panel.isVisible()
    panel.hide()
    controller.show(replace(SCENES["asking"], may_match=True))
    assert not panel.isVisible(), "once: the user may put it away"
    assert [action.text() for name, action in actions(face).items() if name == "code"] == ["Code 042 719"]
    actions(face)["open"].trigger()
    assert panel.isVisible() and controller.calls == []


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_in_the_menu_is_only_text(face: Face, controller: FakeController, name: str) -> None:
    seeking = SCENES["seeking"]
    controller.show(replace(seeking, peers=tuple(replace(peer, name=name) for peer in seeking.peers)))
    entry = actions(face)["ask p2"].text()
    assert "\n" not in entry and "\t" not in entry and "\u202e" not in entry
    assert "&" not in entry.replace("&&", "")


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_in_the_tooltip_is_only_text_in_any_tray(name: str) -> None:
    linked = SCENES["linked-good"]
    assert linked.peer is not None
    said = tooltip(replace(linked, peer=replace(linked.peer, name=name)))
    assert said.startswith("Nearby Tray: Linked with") and not set(said) & set("<>&\n\u202e")


def test_in_a_menu_over_the_bus_an_underscore_stays_one(face: Face, controller: FakeController) -> None:
    seeking = SCENES["seeking"]
    face.tray._registered = True
    controller.show(replace(seeking, peers=(replace(seeking.peers[1], name="my_own_pc"),)))
    assert actions(face)["ask p2"].text().startswith("my__own__pc")


def test_windows_and_what_they_need_are_made_when_first_needed() -> None:
    program = (
        "import os, sys; os.environ['QT_QPA_PLATFORM'] = 'offscreen'\n"
        "from PySide6 import QtCore; lazy = 'Qt' not in vars(QtCore)\n"
        "from PySide6.QtWidgets import QApplication; app = QApplication([])\n"
        "from nearby_tray.ui.face import Face\n"
        "from tests.ui.scenes import FakeController\n"
        "face = Face(app, quit=None); face.serve(FakeController()); app.processEvents()\n"
        "late = [m for m in ('panel', 'dialogs', 'settings', 'doctor', 'parts') if f'nearby_tray.ui.{m}' in sys.modules]\n"
        "late += ['the Qt namespace'] if lazy and 'Qt' in vars(QtCore) else []\n"
        "os.write(2, ' '.join(late).encode()); os._exit(bool(late))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, timeout=60, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_before_the_first_window_or_menu_the_palette_is_ours(face: Face, qapp: QApplication) -> None:
    theirs, ours = our_palette(dark=True), our_palette(dark=False)
    for first in (face.tray.menu.aboutToShow.emit, face.show_panel, face.show_settings):
        qapp.setPalette(theirs)
        face.look._ours = None
        first()
        assert qapp.palette().color(QPalette.ColorRole.Highlight) == ours.color(QPalette.ColorRole.Highlight)


def test_a_request_opens_its_window_and_only_it(face: Face, controller: FakeController, qapp: QApplication) -> None:
    controller.show(SCENES["asked"])
    titles = [w.windowTitle() for w in qapp.topLevelWidgets() if w.isVisible()]
    assert titles == ["Incoming request"]
    controller.show(idle())
    assert not [w for w in qapp.topLevelWidgets() if w.isVisible()]
    assert controller.calls == []


def test_raising_shows_the_waiting_request_first(face: Face, controller: FakeController, qapp: QApplication) -> None:
    face.raise_()
    assert [w.windowTitle() for w in qapp.topLevelWidgets() if w.isVisible()] == ["Nearby Tray"]
    controller.show(SCENES["asked"])
    face.raise_()
    assert {w.windowTitle() for w in qapp.topLevelWidgets() if w.isVisible()} == {"Nearby Tray", "Incoming request"}


def test_settings_open_from_the_menu(face: Face, qapp: QApplication) -> None:
    actions(face)["settings"].trigger()
    assert [w.windowTitle() for w in qapp.topLevelWidgets() if w.isVisible()] == ["Nearby Tray Settings"]


def test_without_a_tray_the_panel_is_a_window_and_closing_it_ends_the_program(
    bot: QtBot, face: Face, controller: FakeController, quits: list[bool], qapp: QApplication
) -> None:
    controller.settings = Settings(close_quits=True)
    homeless(face, qapp).close()
    bot.waitUntil(lambda: quits == [True])


def test_without_a_tray_a_closed_panel_hides_and_that_is_said_once(
    bot: QtBot, face: Face, controller: FakeController, quits: list[bool], qapp: QApplication
) -> None:
    panel = homeless(face, qapp)
    panel.close()
    bot.waitUntil(lambda: [w.windowTitle() for w in qapp.topLevelWidgets() if w.isVisible()] == ["Nearby Tray is still running"])
    assert controller.settings.close_quits is False and quits == []
    (notice,) = [w for w in qapp.topLevelWidgets() if w.isVisible()]
    QTest.keyClick(notice, Qt.Key.Key_Escape)
    face.raise_()
    panel.close()
    bot.wait(50)
    assert not [w for w in qapp.topLevelWidgets() if w.isVisible()] and quits == []


def test_what_is_said_when_the_panel_closes_offers_to_quit_instead(
    bot: QtBot, face: Face, controller: FakeController, quits: list[bool], qapp: QApplication
) -> None:
    homeless(face, qapp).close()
    bot.waitUntil(lambda: any(w.objectName() == "quitButton" and w.isVisible() for w in qapp.allWidgets()))
    (button,) = [w for w in qapp.allWidgets() if w.objectName() == "quitButton" and w.isVisible()]
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert quits == [True] and controller.settings.close_quits is True


def homeless(face: Face, qapp: QApplication) -> QWidget:
    """There is no tray: the panel, a window now."""
    face.tray.homed.emit(False)
    face.tray._home = False
    (panel,) = [w for w in qapp.topLevelWidgets() if w.isVisible()]
    assert panel.windowTitle() == "Nearby Tray"
    return panel


def test_an_address_is_copied(face: Face, qapp: QApplication) -> None:
    face.copy("fd3a:1b2c:3d4e::2")
    assert qapp.clipboard().text() == "fd3a:1b2c:3d4e::2"
    assert not [w for w in qapp.topLevelWidgets() if w.isVisible()]


def test_with_a_tray_a_closed_panel_is_only_hidden(bot: QtBot, face: Face, quits: list[bool], qapp: QApplication) -> None:
    face.tray._home = True
    face.show_panel()
    (panel,) = [w for w in qapp.topLevelWidgets() if w.isVisible()]
    panel.close()
    qapp.processEvents()
    assert quits == []


def test_started_hidden_it_stays_hidden_without_a_tray(bot: QtBot, qapp: QApplication, controller: FakeController) -> None:
    face = Face(qapp, quit=lambda: None, hidden=True)
    face.serve(controller)
    face.tray.homed.emit(False)
    assert not [w for w in qapp.topLevelWidgets() if w.isVisible()]
    face.close()


def test_a_closed_face_listens_no_more(bot: QtBot, qapp: QApplication, controller: FakeController) -> None:
    face = Face(qapp, quit=lambda: None)
    face.serve(controller)
    face.show_panel()
    controller.show(SCENES["asked"])
    assert controller.listeners == 1
    face.close()
    face.close()
    assert controller.listeners == 0
    controller.show(SCENES["linked-good"])
    assert ("decline",) not in controller.calls


def test_the_journey_in_one_go(face: Face, controller: FakeController) -> None:
    face.show_panel()
    for snapshot in (*SCENES.values(), *reversed(SCENES.values())):
        controller.show(snapshot)
    assert {call[0] for call in controller.calls} == {"health_window"}


NAMES = ("my_laptop_2", "Tom & Jerry", "Tom & Jerry & Co", "R&D_lab", "a&b", "_start", "end_", "&end&", "__", "&&", "a&&b", "&", "x &")


@pytest.mark.parametrize("before", ["", "&Show "])
@pytest.mark.parametrize("name", NAMES)
def test_a_name_in_a_menu_over_the_bus_is_that_name(name: str, before: str) -> None:
    """By the rules of Qt and of com.canonical.dbusmenu, written down here once more."""
    words = _bus_words(before + name.replace("&", "&&"))
    at = words.find("&")
    on_the_bus = words if at in (-1, len(words) - 1) else f"{words[:at]}_{words[at + 1 :]}"
    shown = on_the_bus.replace("__", "\0").replace("_", "").replace("\0", "_")
    assert shown == before.replace("&", "") + name


# --- rules for the whole of ui/ ---

SOURCES = sorted(Path(nearby_tray.ui.__file__).parent.glob("*.py"))


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_no_nested_event_loops_and_no_tasks(source: Path) -> None:
    code = source.read_text(encoding="utf-8")
    for pattern in (r"\.exec_?\(", r"QEventLoop", r"processEvents", r"\basyncio\b", r"create_task", r"time\.sleep", r"RichText"):
        assert not re.search(pattern, code), f"{source.name}: {pattern}"


def test_buttons_of_a_snapshot_do_not_stay_pressed_from_the_last(face: Face, controller: FakeController, qapp: QApplication) -> None:
    def accept() -> QPushButton:
        (dialog,) = [w for w in qapp.topLevelWidgets() if w.windowTitle() == "Incoming request"]
        found = dialog.findChild(QPushButton, "acceptButton")
        assert isinstance(found, QPushButton)
        return found

    def ask(started: float) -> Snapshot:
        return replace(SCENES["asked"], started=started)

    controller.show(ask(1.0))
    accept().click()
    assert not accept().isEnabled()
    controller.show(idle())
    controller.show(ask(2.0))
    assert accept().isEnabled()


def test_another_language_makes_what_is_open_anew(face: Face, controller: FakeController, qapp: QApplication) -> None:
    controller.show(SCENES["asked"])
    face.show_panel()
    face.show_settings()
    (dialog,) = face._dialogs.values()
    try:
        assert language.install(qapp, "de")
        face.reword()
        titles = sorted(window.windowTitle() for window in qapp.topLevelWidgets() if window.isVisible() and window.windowTitle())
        assert titles == ["Eingehende Anfrage", "Nearby Tray", "Nearby Tray: Einstellungen"]
        assert actions(face)["quit"].text() == "B&eenden"
        (made,) = face._dialogs.values()
        assert made is not dialog and not controller.calls  # still a question
        made.close()
        assert controller.calls == [("decline",)]
        face.reword()
        assert not any(each.isVisible() for each in face._dialogs.values())  # answered once
        assert controller.calls == [("decline",)]
    finally:
        language.install(qapp, "en")
