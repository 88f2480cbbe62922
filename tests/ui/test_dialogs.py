"""The request opens for a request, gives one answer, and closes because the snapshot moved on."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from nearby_tray.ui import text
from nearby_tray.ui.dialogs import RequestDialog
from nearby_tray.ui.parts import Code

from .scenes import HOSTILE, SCENES, FakeController, idle
from .test_panel import check_named


@pytest.fixture
def controller() -> FakeController:
    return FakeController(SCENES["asked"])


@pytest.fixture
def dialog(bot: QtBot, controller: FakeController) -> RequestDialog:
    made = RequestDialog(controller)
    bot.addWidget(made)
    controller.subscribe(made.render_snapshot)
    return made


def button(dialog: RequestDialog, name: str) -> QPushButton:
    found = dialog.findChild(QPushButton, name)
    assert isinstance(found, QPushButton)
    return found


def test_it_says_who_why_and_which_code(dialog: RequestDialog) -> None:
    assert dialog.isVisible() and not dialog.isModal()
    assert dialog.windowTitle() == "Incoming request"
    shown = [each.text() for each in dialog.findChildren(QLabel)]
    assert "Anna's ThinkPad" in shown and "wants to link with this computer" in shown
    code = dialog.findChild(Code)
    assert isinstance(code, Code) and code.code == "042 719"
    assert button(dialog, "acceptButton").accessibleName() == "Accept"
    assert button(dialog, "declineButton").accessibleName() == "Decline"
    assert dialog.windowFlags() & Qt.WindowType.WindowStaysOnTopHint
    check_named(dialog)


@pytest.mark.parametrize("remember", [False, True])
def test_accept(bot: QtBot, dialog: RequestDialog, controller: FakeController, remember: bool) -> None:
    box = dialog.findChild(QCheckBox, "rememberBox")
    assert isinstance(box, QCheckBox) and not box.isChecked()
    box.setChecked(remember)
    QTest.mouseClick(button(dialog, "acceptButton"), Qt.MouseButton.LeftButton)
    QTest.mouseClick(button(dialog, "acceptButton"), Qt.MouseButton.LeftButton)
    assert controller.calls == [("accept", remember)]
    assert dialog.isVisible()  # until the snapshot moves on
    controller.show(SCENES["meeting"])
    assert not dialog.isVisible()
    assert controller.calls == [("accept", remember)]


def test_a_screen_reader_finds_and_presses_the_buttons(bot: QtBot, dialog: RequestDialog, controller: FakeController) -> None:
    face = QAccessible.queryAccessibleInterface(button(dialog, "acceptButton"))
    assert face.text(QAccessible.Text.Name) == "Accept"
    actions = face.actionInterface()
    actions.doAction(actions.pressAction())
    bot.waitUntil(lambda: controller.calls == [("accept", False)])


def test_decline_is_the_default(dialog: RequestDialog) -> None:
    assert button(dialog, "declineButton").isDefault()
    assert not button(dialog, "acceptButton").isDefault() and not button(dialog, "acceptButton").autoDefault()


@pytest.mark.parametrize("way", ["button", "escape", "close"])
def test_every_way_out_declines_once(bot: QtBot, dialog: RequestDialog, controller: FakeController, way: str) -> None:
    match way:
        case "button":
            button(dialog, "declineButton").click()
        case "escape":
            QTest.keyClick(dialog, Qt.Key.Key_Escape)
        case "close":
            dialog.close()
    controller.show(idle())
    dialog.close()
    assert controller.calls == [("decline",)]


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_enter_never_accepts(bot: QtBot, dialog: RequestDialog, controller: FakeController, key: Qt.Key) -> None:
    button(dialog, "acceptButton").setFocus()
    QTest.keyClick(button(dialog, "acceptButton"), key)
    QTest.keyClick(dialog, key)
    assert ("accept", False) not in controller.calls


def test_the_space_bar_on_the_button_accepts(bot: QtBot, dialog: RequestDialog, controller: FakeController) -> None:
    QTest.keyClick(button(dialog, "acceptButton"), Qt.Key.Key_Space)
    assert controller.calls == [("accept", False)]


@pytest.mark.parametrize("after", ["idle", "meeting", "linked-good", "failed"])
def test_it_closes_without_an_answer_when_the_moment_is_over(dialog: RequestDialog, controller: FakeController, after: str) -> None:
    controller.show(SCENES[after])
    assert not dialog.isVisible()
    assert controller.calls == []


def test_the_next_request_is_a_new_question(bot: QtBot, dialog: RequestDialog, controller: FakeController) -> None:
    box = dialog.findChild(QCheckBox, "rememberBox")
    assert isinstance(box, QCheckBox)
    box.setChecked(True)
    button(dialog, "declineButton").click()
    controller.show(idle())
    controller.show(replace(SCENES["asked"], code="111 222", started=300.0))
    assert dialog.isVisible() and not box.isChecked()
    button(dialog, "acceptButton").click()
    assert controller.calls == [("decline",), ("accept", False)]


def test_a_declined_request_does_not_come_back(bot: QtBot, dialog: RequestDialog, controller: FakeController) -> None:
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    controller.show(replace(SCENES["asked"], now=113.0))  # the same request, a second later
    assert not dialog.isVisible()


def test_a_changed_identity_is_loud(dialog: RequestDialog, controller: FakeController) -> None:
    controller.show(SCENES["asked-changed"])
    said = text.identity_changed_text("Anna's ThinkPad")
    shown = [each.text() for each in dialog.findChildren(QLabel) if each.isVisible()]
    assert said.title in shown and said.advice in shown


def test_a_remembered_computer_brings_no_code(dialog: RequestDialog, controller: FakeController) -> None:
    controller.show(SCENES["asked-remembered"])
    code = dialog.findChild(Code)
    assert isinstance(code, Code) and not code.isVisible()


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_only_text(dialog: RequestDialog, controller: FakeController, name: str) -> None:
    asked = SCENES["asked-changed"]
    assert asked.peer is not None
    controller.show(replace(asked, peer=replace(asked.peer, name=name)))
    assert not dialog.grab().isNull()
    assert text.clean(name) in [each.text() for each in dialog.findChildren(QLabel)]
    for each in dialog.findChildren(QLabel):
        assert each.textFormat() == Qt.TextFormat.PlainText
