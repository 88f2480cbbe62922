"""The request opens for a request, gives one answer, and closes because the snapshot moved on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QLabel, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from nearby_tray.core.model import Method, Snapshot, Stage
from nearby_tray.ui.dialogs import DIALOGS
from nearby_tray.ui.dialogs.dialog import Dialog
from nearby_tray.ui.dialogs.entry import EntryDialog
from nearby_tray.ui.dialogs.pin import PinDialog
from nearby_tray.ui.dialogs.request import RequestDialog
from nearby_tray.ui.dialogs.wish import WishDialog
from nearby_tray.ui.parts.countdown import Countdown
from nearby_tray.ui.parts.digits import Code, PinField
from nearby_tray.ui.parts.steps import Steps
from nearby_tray.ui.text.names import clean
from nearby_tray.ui.text.plain import unverified_text, wants_words
from nearby_tray.ui.text.requests import WISH_HINT, identity_changed_text

from .scenes import ABLE, HOSTILE, PIN, SCENES, FakeController, foreign, idle


@pytest.fixture
def controller() -> FakeController:
    return FakeController(SCENES["asked"])


@pytest.fixture
def dialog(bot: QtBot, controller: FakeController) -> RequestDialog:
    made = RequestDialog(controller)
    bot.addWidget(made)
    controller.subscribe(made.render_snapshot)
    return made


def button(dialog: Dialog, name: str) -> QPushButton:
    found = dialog.findChild(QPushButton, name)
    assert isinstance(found, QPushButton)
    return found


def test_it_says_who_why_and_which_code(dialog: RequestDialog) -> None:
    assert dialog.isVisible() and not dialog.isModal()
    assert dialog.windowTitle() == "Incoming request"
    shown = [each.text() for each in dialog.findChildren(QLabel)]
    assert "Anna's ThinkPad" in shown and "wants to connect to this computer" in shown
    code = dialog.findChild(Code)
    assert isinstance(code, Code) and code.code == "042 719"
    assert button(dialog, "acceptButton").accessibleName() == "Accept"
    assert button(dialog, "declineButton").accessibleName() == "Decline"
    assert dialog.windowFlags() & Qt.WindowType.WindowStaysOnTopHint


@pytest.mark.parametrize("remember", [False, True])
def test_accept(bot: QtBot, dialog: RequestDialog, controller: FakeController, remember: bool) -> None:
    box = dialog.findChild(QCheckBox, "trustBox")
    assert isinstance(box, QCheckBox) and not box.isChecked()
    box.setChecked(remember)
    QTest.mouseClick(button(dialog, "acceptButton"), Qt.MouseButton.LeftButton)
    QTest.mouseClick(button(dialog, "acceptButton"), Qt.MouseButton.LeftButton)
    assert controller.calls == [("accept", remember)]
    controller.show(SCENES["asked-waiting"])
    code = dialog.findChild(Code)
    assert dialog.isVisible() and isinstance(code, Code) and code.isVisible(), "the other one compares, too"
    for scene in ("meeting", "forming", "checking"):
        controller.show(SCENES[scene])
        assert dialog.isVisible() and not code.isVisible() and button(dialog, "cancelButton").isVisible()
        assert not button(dialog, "acceptButton").isVisible() and dialog.findChildren(Steps)[0].isVisible()
    controller.show(SCENES["linked-good"])
    assert not dialog.isVisible()
    assert controller.calls == [("accept", remember)]


@pytest.mark.parametrize("way", ["cancel", "escape"])
def test_what_was_accepted_can_be_stopped_or_put_away(dialog: RequestDialog, controller: FakeController, way: str) -> None:
    button(dialog, "acceptButton").click()
    controller.show(SCENES["meeting"])
    if way == "cancel":
        button(dialog, "cancelButton").click()
    else:
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    controller.show(SCENES["forming"])
    assert not dialog.isVisible() and controller.calls[1:] == ([("cancel",)] if way == "cancel" else [])


def test_no_answer_is_the_default_or_has_the_focus(dialog: RequestDialog) -> None:
    for name in ("acceptButton", "declineButton", "cancelButton"):
        assert not button(dialog, name).isDefault() and not button(dialog, name).autoDefault()
    assert not isinstance(dialog.focusWidget(), QPushButton)


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
    box = dialog.findChild(QCheckBox, "trustBox")
    assert isinstance(box, QCheckBox)
    box.setChecked(True)
    button(dialog, "declineButton").click()
    controller.show(idle())
    controller.show(replace(SCENES["asked"], code="111 222", started=300.0))
    assert dialog.isVisible() and not box.isChecked()
    button(dialog, "acceptButton").click()
    assert controller.calls == [("decline",), ("accept", False)]


def test_each_request_comes_up_in_the_size_that_it_needs(dialog: RequestDialog, controller: FakeController) -> None:
    """Also after a smaller one: a window that grows once it is there is not where it was centred, and its buttons move."""

    def place(scene: str) -> tuple[QPoint, QSize]:
        controller.show(SCENES["idle"])
        controller.show(SCENES[scene])
        QGuiApplication.processEvents()
        return dialog.pos(), dialog.size()

    first = place("asked")
    place("asked-remembered")
    assert place("asked") == first


def test_a_declined_request_does_not_come_back(bot: QtBot, dialog: RequestDialog, controller: FakeController) -> None:
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    controller.show(replace(SCENES["asked"], now=113.0))  # the same request, a second later
    assert not dialog.isVisible()


def test_a_changed_identity_is_loud(dialog: RequestDialog, controller: FakeController) -> None:
    controller.show(SCENES["asked-changed"])
    said = identity_changed_text("Anna's ThinkPad")
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
    assert clean(name) in [each.text() for each in dialog.findChildren(QLabel)]
    for each in dialog.findChildren(QLabel):
        assert each.textFormat() == Qt.TextFormat.PlainText


# --- requests of machines that do not run Nearby Tray ---


Open = Callable[[str], tuple[Dialog, FakeController]]


@pytest.fixture
def open(bot: QtBot) -> Open:
    """The dialog of a scene, following its controller."""

    def opened(scene: str) -> tuple[Dialog, FakeController]:
        controller = FakeController(SCENES[scene])
        prompt = SCENES[scene].prompt
        assert prompt is not None
        made = DIALOGS[prompt](controller)
        bot.addWidget(made)
        controller.subscribe(made.render_snapshot)
        assert made.isVisible() and not made.isModal()
        return made, controller

    return opened


def shown(dialog: Dialog) -> list[str]:
    return [each.text() for each in dialog.findChildren(QLabel) if each.isVisible()]


def field(dialog: Dialog) -> PinField:
    (found,) = dialog.findChildren(PinField)
    return found


def type_(dialog: Dialog, digits: str) -> None:
    edit = field(dialog).edit
    edit.setFocus()
    QTest.keyClicks(edit, digits)


def paste(dialog: Dialog, what: str) -> None:
    edit = field(dialog).edit
    edit.setFocus()
    QGuiApplication.clipboard().setText(what)
    edit.paste()


@pytest.mark.parametrize("scene", ["asked-button", "asked-show-pin", "asked-enter-pin", "hosting-asked"])
def test_a_strangers_request_is_marked_and_declined_by_default(open: Open, scene: str) -> None:
    dialog, controller = open(scene)
    peer = SCENES[scene].peer
    assert peer is not None
    said = unverified_text(SCENES[scene])
    assert {said.title, said.sentence, said.advice, wants_words(SCENES[scene].method)} <= set(shown(dialog))
    assert not button(dialog, "declineButton").isDefault() and not isinstance(dialog.focusWidget(), QPushButton)
    assert not next(iter(dialog.findChildren(Code))).isVisible()
    assert next(iter(dialog.findChildren(Countdown))).isVisible()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert controller.calls == [("decline",)]


def test_a_verified_request_has_no_such_mark(dialog: RequestDialog) -> None:
    assert not any("erified" in each for each in shown(dialog))
    assert not field(dialog).isVisible()


@pytest.mark.parametrize("scene", ["asked-button", "asked-show-pin"])
@pytest.mark.parametrize("remember", [False, True])
def test_a_stranger_is_accepted_by_a_click(open: Open, scene: str, remember: bool) -> None:
    dialog, controller = open(scene)
    box = dialog.findChild(QCheckBox, "trustBox")
    assert isinstance(box, QCheckBox) and "group" in box.text()
    box.setChecked(remember)
    button(dialog, "acceptButton").click()
    assert controller.calls == [("accept", remember)]


def test_a_group_is_not_remembered_where_that_cannot_be(open: Open) -> None:
    dialog, controller = open("asked-button")
    controller.show(replace(SCENES["asked-button"], radios=idle().radios))
    box = dialog.findChild(QCheckBox, "trustBox")
    assert isinstance(box, QCheckBox) and not box.isVisible()


def test_to_accept_with_the_others_pin_is_to_type_it(open: Open) -> None:
    dialog, controller = open("asked-enter-pin")
    accept = button(dialog, "acceptButton")
    assert not accept.isEnabled()
    type_(dialog, "12345671")
    assert not accept.isEnabled() and "The last digit does not fit: check the number." in shown(dialog)
    QTest.keyClick(field(dialog).edit, Qt.Key.Key_Return)
    QTest.keyClick(field(dialog).edit, Qt.Key.Key_Backspace)
    QTest.keyClicks(field(dialog).edit, "0")
    assert accept.isEnabled()
    accept.click()
    accept.click()
    assert controller.calls == [("enter_pin", PIN)]


def test_the_next_request_begins_with_an_empty_field(open: Open) -> None:
    dialog, controller = open("asked-enter-pin")
    type_(dialog, "1234")
    controller.show(replace(SCENES["asked-enter-pin"], deadline=300.0))
    assert field(dialog).edit.text() == ""


# --- a PIN to type ---


@pytest.mark.parametrize("by", ["button", "enter"])
def test_a_pin_that_fits_is_sent_once(open: Open, by: str) -> None:
    dialog, controller = open("entering")
    assert dialog.focusWidget() is field(dialog).edit and not button(dialog, "sendPinButton").isEnabled()
    type_(dialog, PIN)
    assert field(dialog).edit.text() == "1234 5670"
    for _ in range(2):
        if by == "button":
            button(dialog, "sendPinButton").click()
        else:
            QTest.keyClick(field(dialog).edit, Qt.Key.Key_Enter)
    assert controller.calls == [("enter_pin", PIN)]
    controller.show(SCENES["forming-typed"])
    assert not dialog.isVisible() and field(dialog).edit.text() == "", "nothing of it stays"


@pytest.mark.parametrize("what", ["1234-5670", " 1234 5670\n", "12 34 56 70", "1234\u20115670", "12345670"])
def test_pasting_takes_a_pin_as_it_is_written(open: Open, what: str) -> None:
    dialog, controller = open("entering")
    paste(dialog, what)
    button(dialog, "sendPinButton").click()
    assert controller.calls == [("enter_pin", PIN)]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "8 digits; spaces do not matter."),
        ("123", "5 digits missing."),
        ("1234", "4 digits missing, unless it shows only 4."),
        ("1234567", "One digit missing."),
        ("12345670", "The digits fit together."),
        ("12345671", "The last digit does not fit: check the number."),
        ("123456700", "A PIN has 8 digits."),
        ("12a", "A PIN has digits only."),
        ("<b>1</b>", "A PIN has digits only."),
    ],
)
def test_it_says_while_one_types_what_is_missing_or_wrong(open: Open, typed: str, said: str) -> None:
    dialog, controller = open("entering")
    type_(dialog, typed)
    assert said in shown(dialog)
    assert button(dialog, "sendPinButton").isEnabled() == (typed in ("1234", "12345670"))
    QTest.keyClick(field(dialog).edit, Qt.Key.Key_Return)
    assert bool(controller.calls) == (typed in ("1234", "12345670"))


def test_a_digit_in_the_middle_is_corrected_where_it_stands(open: Open) -> None:
    dialog, _ = open("entering")
    type_(dialog, "1234967")
    edit = field(dialog).edit
    assert edit.text() == "1234 967"
    edit.setCursorPosition(6)
    QTest.keyClick(edit, Qt.Key.Key_Backspace)
    assert (edit.text(), edit.cursorPosition()) == ("1234 67", 5)
    QTest.keyClicks(edit, "5")
    assert (edit.text(), edit.cursorPosition()) == ("1234 567", 6)
    edit.setCursorPosition(0)
    QTest.keyClick(edit, Qt.Key.Key_Delete)
    assert (edit.text(), edit.cursorPosition()) == ("2345 67", 0)


@pytest.mark.parametrize(("tries", "left"), [(2, "two tries left"), (1, "the last try")])
def test_a_wrong_pin_is_said_with_the_tries_left(open: Open, tries: int, left: str) -> None:
    dialog, controller = open("entering")
    assert "Wrong PIN" not in shown(dialog)
    type_(dialog, PIN)
    button(dialog, "sendPinButton").click()
    controller.show(SCENES["forming-typed"])
    controller.show(replace(SCENES["entering"], tries_left=tries))
    assert dialog.isVisible() and "Wrong PIN" in shown(dialog) and left in " ".join(shown(dialog))
    assert field(dialog).edit.text() == "" and not button(dialog, "sendPinButton").isEnabled()
    type_(dialog, "46264848")
    button(dialog, "sendPinButton").click()
    assert controller.calls == [("enter_pin", PIN), ("enter_pin", "46264848")]


@pytest.mark.parametrize("way", ["button", "escape", "close"])
def test_every_way_out_of_typing_cancels_once(open: Open, way: str) -> None:
    dialog, controller = open("entering")
    type_(dialog, PIN)
    assert button(dialog, "cancelPinButton").isDefault()
    match way:
        case "button":
            button(dialog, "cancelPinButton").click()
        case "escape":
            QTest.keyClick(dialog, Qt.Key.Key_Escape)
        case "close":
            dialog.close()
    controller.show(idle())
    assert controller.calls == [("cancel",)]


def test_a_pin_that_is_typed_is_kept_from_what_learns_words(open: Open) -> None:
    dialog, _ = open("entering")
    hints = field(dialog).edit.inputMethodHints()
    assert hints & Qt.InputMethodHint.ImhSensitiveData and hints & Qt.InputMethodHint.ImhNoPredictiveText


# --- a PIN to show ---


@pytest.mark.parametrize("scene", ["forming-pin", "hosting-pin"])
def test_a_pin_is_shown_large_and_grouped_until_it_is_gone(open: Open, scene: str) -> None:
    dialog, controller = open(scene)
    (code,) = dialog.findChildren(Code)
    assert isinstance(dialog, PinDialog) and code.code == "1234 5670" and code.accessibleName() == "PIN 1 2 3 4 5 6 7 0"
    assert code.height() >= 72, "to be read from where the other machine stands"
    peer = SCENES[scene].peer
    assert peer is not None and f"Type this PIN on “{peer.name}”" in shown(dialog)
    controller.show(replace(SCENES[scene], pin=None))
    assert not dialog.isVisible() and code.code == "" and controller.calls == []
    assert "1234" not in " ".join(each.text() for each in dialog.findChildren(QLabel))


def test_a_pin_is_copied_as_digits(open: Open) -> None:
    dialog, controller = open("forming-pin")
    copy = dialog.findChild(QToolButton, "copyPinButton")
    assert isinstance(copy, QToolButton)
    clipboard = QGuiApplication.clipboard()
    copy.click()
    assert clipboard.text() == PIN
    assert clipboard.mimeData().data("x-kde-passwordManagerHint").data() == b"secret"
    controller.show(SCENES["checking-foreign"])
    assert clipboard.text() == "", "gone when it is used"
    controller.show(SCENES["forming-pin-again"])
    copy.click()
    clipboard.setText("something else that the user copied")
    controller.show(SCENES["checking-foreign"])
    assert clipboard.text() == "something else that the user copied"


@pytest.mark.parametrize("way", ["button", "escape", "close", "enter"])
def test_closing_a_pin_only_hides_it(open: Open, way: str) -> None:
    dialog, controller = open("forming-pin")
    match way:
        case "button":
            button(dialog, "hidePinButton").click()
        case "escape":
            QTest.keyClick(dialog, Qt.Key.Key_Escape)
        case "close":
            dialog.close()
        case "enter":
            QTest.keyClick(button(dialog, "hidePinButton"), Qt.Key.Key_Return)
    assert not dialog.isVisible()
    controller.show(replace(SCENES["forming-pin"], now=113.0))
    assert not dialog.isVisible() and controller.calls == []
    dialog.bring_up()  # "Show it large", in the panel
    assert dialog.isVisible()


def test_the_next_pin_shows_itself_and_says_why(open: Open) -> None:
    dialog, controller = open("forming-pin")
    button(dialog, "hidePinButton").click()
    controller.show(SCENES["forming-pin-again"])
    assert dialog.isVisible() and dialog.findChildren(Code)[0].code == "4626 4848"
    assert "Wrong PIN" in shown(dialog)


def test_a_pin_can_be_cancelled_and_that_of_a_group_keeps_the_one_out_and_ends_no_group(open: Open) -> None:
    dialog, controller = open("forming-pin")
    button(dialog, "cancelPinButton").click()
    assert controller.calls == [("cancel",)] and not dialog.isVisible()
    dialog, controller = open("hosting-pin")
    button(dialog, "cancelPinButton").click()
    assert controller.calls == [("decline",)] and not dialog.isVisible()


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("scene", ["asked-enter-pin", "entering", "forming-pin"])
def test_a_hostile_name_is_only_text_beside_a_pin(open: Open, scene: str, name: str) -> None:
    dialog, controller = open(scene)
    snapshot = SCENES[scene]
    assert snapshot.peer is not None
    controller.show(replace(snapshot, peer=replace(snapshot.peer, name=name, model=name)))
    assert not dialog.grab().isNull()
    for each in dialog.findChildren(QLabel):
        assert each.textFormat() == Qt.TextFormat.PlainText
    assert clean(name) in " ".join(shown(dialog))


# --- a program's wish ---


def test_a_wish_names_the_program_what_it_wants_and_with_whom(open: Open) -> None:
    dialog, _ = open("wish")
    assert isinstance(dialog, WishDialog) and dialog.isVisible() and not dialog.isModal()
    shown = [each.text() for each in dialog.findChildren(QLabel) if each.isVisible()]
    assert "“Files” asks to connect this computer to “Anna's ThinkPad”." in shown
    assert "/usr/bin/nautilus --gapplication-service" in shown and WISH_HINT in shown
    assert not button(dialog, "forbidButton").isDefault() and not isinstance(dialog.focusWidget(), QPushButton)


def test_a_program_that_cannot_be_named_is_a_program(open: Open) -> None:
    dialog, _ = open("wish-host")
    shown = [each.text() for each in dialog.findChildren(QLabel) if each.isVisible()]
    assert "A program asks to open a Wi-Fi Direct group on this computer." in shown
    path = dialog.findChild(QLabel, "programPath")
    assert isinstance(path, QLabel) and not path.isVisible()


def test_a_wish_is_allowed_by_a_click_once(open: Open) -> None:
    dialog, controller = open("wish")
    for _ in range(2):
        QTest.mouseClick(button(dialog, "allowButton"), Qt.MouseButton.LeftButton)
    assert controller.calls == [("allow",)] and dialog.isVisible()
    controller.show(SCENES["asking"])
    assert not dialog.isVisible() and controller.calls == [("allow",)]


@pytest.mark.parametrize("way", ["button", "escape", "enter", "cross"])
def test_every_other_way_out_of_a_wish_forbids_it_once(open: Open, way: str) -> None:
    dialog, controller = open("wish")
    match way:
        case "button":
            QTest.mouseClick(button(dialog, "forbidButton"), Qt.MouseButton.LeftButton)
        case "escape":
            QTest.keyClick(dialog, Qt.Key.Key_Escape)
        case "enter":
            QTest.keyClick(dialog, Qt.Key.Key_Return)
        case "cross":
            dialog.close()
    dialog.close()
    assert controller.calls == [("forbid",)]


def test_a_wish_that_is_over_is_answered_by_nobody_and_the_next_is_a_new_question(open: Open) -> None:
    dialog, controller = open("wish")
    controller.show(SCENES["seeking"])
    assert not dialog.isVisible() and controller.calls == []
    controller.show(SCENES["wish"])
    QTest.mouseClick(button(dialog, "forbidButton"), Qt.MouseButton.LeftButton)
    wish = SCENES["wish"].wish
    assert wish is not None
    controller.show(replace(SCENES["wish"], wish=replace(wish, since=200.0, until=260.0)))
    assert dialog.isVisible() and button(dialog, "allowButton").isEnabled()


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_program_is_only_text(open: Open, name: str) -> None:
    dialog, controller = open("wish")
    wish = SCENES["wish"].wish
    assert wish is not None
    asker = replace(wish.asker, name=name, path="/tmp/" + name)
    assert wish.peer is not None
    controller.show(replace(SCENES["wish"], wish=replace(wish, asker=asker, peer=replace(wish.peer, name=name))))
    for each in dialog.findChildren(QLabel):
        assert each.textFormat() is Qt.TextFormat.PlainText and all(c.isprintable() or c == "\n" for c in each.text().translate(ISOLATES))
    assert dialog.width() < 700 and not dialog.grab().isNull()


ISOLATES = dict.fromkeys(map(ord, "\u2068\u2069\u200c\u200d"))


def test_each_moment_has_at_most_one_dialog(open: Open) -> None:
    for scene, snapshot in SCENES.items():
        assert snapshot.prompt in (None, *DIALOGS), scene
    assert foreign_asked_with_pin().prompt == "request"
    assert {kind.PROMPT for kind in (RequestDialog, WishDialog, EntryDialog, PinDialog)} == set(DIALOGS)


def foreign_asked_with_pin() -> Snapshot:
    return foreign(Stage.ASKED, method=Method.KEYPAD, pin_wanted=True, pin=PIN, radios=ABLE)
