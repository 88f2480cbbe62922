"""A question that has only just come up takes no answer, in any window, by any key or click; later it does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from nearby_tray.core.model import Snapshot
from nearby_tray.ui import patience
from nearby_tray.ui.dialogs import DIALOGS
from nearby_tray.ui.dialogs.dialog import Dialog
from nearby_tray.ui.pages.page import Doors
from nearby_tray.ui.panel import Panel
from nearby_tray.ui.patience import Patience

from .scenes import SCENES, FakeController

ANSWERS = ("accept", "decline", "allow", "forbid", "match", "enter_pin", "cancel")
DIALOG_SCENES = (
    "asked",
    "asked-changed",
    "asked-remembered",
    "asked-button",
    "asked-enter-pin",
    "hosting-asked",
    "wish",
    "wish-host",
    "entering",
)
KEYS = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape, Qt.Key.Key_Tab, Qt.Key.Key_A, Qt.Key.Key_Y)
Make = Callable[[str], tuple[QWidget, FakeController]]


@pytest.fixture
def make(bot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Make:
    """The window of a scene, in its first moment, which lasts until `end` ends it."""
    monkeypatch.setattr(patience, "MILLISECONDS", 3_600_000)

    def made(scene: str) -> tuple[QWidget, FakeController]:
        controller = FakeController(SCENES[scene])
        window: QWidget
        if scene in DIALOG_SCENES:
            prompt = SCENES[scene].prompt
            assert prompt is not None
            window = DIALOGS[prompt](controller)
        else:
            window = Panel(controller, lambda: "Ben", Doors(lambda: None, lambda: None, lambda: None))
        bot.addWidget(window)
        controller.subscribe(window.render_snapshot)
        window.show()
        return window, controller

    return made


def moment(window: QWidget) -> Patience:
    (found,) = window.findChildren(Patience)
    return found


def end(window: QWidget) -> None:
    """The moment is over."""
    its = moment(window)
    its._timer.stop()
    its._changed()
    assert its.over


def answers(window: QWidget) -> list[QAbstractButton]:
    names = ("acceptButton", "declineButton", "allowButton", "forbidButton", "matchButton", "sendPinButton")
    return [each for each in window.findChildren(QAbstractButton) if each.objectName() in names and each.isVisible()]


def pester(window: QWidget) -> None:
    """Every key to the window and to each of its widgets, a click on each, Alt with each letter, the window's cross."""
    for widget in (window, *(each for each in window.findChildren(QWidget) if each.isVisible() and each.objectName() != "cancelButton")):
        if isinstance(widget, QAbstractButton) and widget not in answers(window):
            continue
        for key in KEYS:
            QTest.keyClick(widget, key)
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton)
    for button in answers(window):
        QTest.mouseClick(window, Qt.MouseButton.LeftButton, pos=button.mapTo(window, button.rect().center()))
        button.click()
        button.animateClick()
    for letter in range(Qt.Key.Key_A, Qt.Key.Key_Z + 1):
        QTest.keyClick(window, Qt.Key(letter), Qt.KeyboardModifier.AltModifier)
    if isinstance(window, Dialog):
        window.close()


def answered(controller: FakeController) -> list[object]:
    return [call for call in controller.calls if call[0] in ANSWERS]


@pytest.mark.parametrize("scene", [*DIALOG_SCENES, "asking-compare"])
def test_what_has_only_just_come_up_takes_no_answer(make: Make, scene: str) -> None:
    window, controller = make(scene)
    assert answers(window) and not moment(window).over
    pester(window)
    assert answered(controller) == [] and (window.isVisible() or isinstance(window, Panel))


def elsewhere(window: QWidget, controller: FakeController) -> None:
    window.move(window.pos() + QPoint(7, 7))


def other_size(window: QWidget, controller: FakeController) -> None:
    window.setFixedSize(window.width() + 20, window.height() + 20)


def another_question(window: QWidget, controller: FakeController) -> None:
    asked = controller.snapshot
    wish = replace(asked.wish, id="another", since=asked.wish.since + 1) if asked.wish is not None else None
    controller.show(replace(asked, question="another", code="111 111" if asked.code else None, started=asked.started + 1, wish=wish))


def again(window: QWidget, controller: FakeController) -> None:
    if isinstance(window, Panel):
        window.hide()
        window.show()
    else:
        assert isinstance(window, Dialog)
        window.bring_up()


@pytest.mark.parametrize("change", [elsewhere, other_size, another_question, again], ids=lambda each: each.__name__)
@pytest.mark.parametrize("scene", [*DIALOG_SCENES, "asking-compare"])
def test_the_moment_begins_again(make: Make, scene: str, change: Callable[[QWidget, FakeController], None]) -> None:
    window, controller = make(scene)
    window.setFocus()  # not in a field: whoever types is in this window
    end(window)
    change(window, controller)
    assert not moment(window).over
    pester(window)
    assert answered(controller) == [] and (window.isVisible() or isinstance(window, Panel))


@pytest.mark.parametrize("scene", [*DIALOG_SCENES, "asking-compare"])
def test_after_it_one_click_answers(make: Make, scene: str) -> None:
    window, controller = make(scene)
    end(window)
    for field in window.findChildren(QLineEdit):
        if field.isVisible():
            field.setFocus()
            QTest.keyClicks(field, "12345670")
    button = next(each for each in answers(window) if each.objectName() in ("acceptButton", "allowButton", "matchButton", "sendPinButton"))
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert len(answered(controller)) == 1


@pytest.mark.parametrize("scene", ["asked", "asked-button", "wish"])
def test_a_window_that_nobody_opened_takes_no_focus(make: Make, scene: str) -> None:
    window, _ = make(scene)
    assert window.testAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
    assert isinstance(window, Dialog)
    window.bring_up()
    assert not window.testAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating), "the user's own click"


def test_the_moment_of_the_product_is_a_second_long() -> None:
    assert patience.MILLISECONDS == 1000


def snapshots() -> list[Snapshot]:
    return [SCENES[scene] for scene in DIALOG_SCENES]


def test_every_question_that_there_is_has_its_row_here() -> None:
    assert {snapshot.prompt for snapshot in snapshots()} == set(DIALOGS) - {"pin"}


def test_who_types_into_another_window_has_not_read_this_one(bot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "MILLISECONDS", 3_600_000)
    other = QLineEdit()
    bot.addWidget(other)
    other.show()
    other.activateWindow()
    other.setFocus()
    bot.waitUntil(other.hasFocus)
    seen = Patience(window := QWidget(), lambda: None)
    bot.addWidget(window)
    window.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
    window.show()
    assert not seen.over
