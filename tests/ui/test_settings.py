"""Each setting applies at once; what is not valid is said and not applied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import msgspec
import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from nearby_tray.core.model import Visibility
from nearby_tray.settings import AutostartBy, Band, LogLevel, Settings
from nearby_tray.ui.settings.trusted import remembered_words
from nearby_tray.ui.settings.valid import frequency_error, name_error, port_error
from nearby_tray.ui.settings.window import SettingsWindow
from nearby_tray.ui.text.choices import ACCEPT_PAIRED_HINT
from nearby_tray.ui.text.names import clean

from .scenes import ABLE, HOSTILE, PEOPLE, FakeController, idle


@pytest.fixture
def controller() -> FakeController:
    return FakeController()


@pytest.fixture
def window(bot: QtBot, controller: FakeController) -> SettingsWindow:
    made = SettingsWindow(
        controller,
        settings=lambda: controller.settings,
        adapters=lambda: [("hci0", "hci0"), ("hci1", "hci1 <b>")],
        remembered=lambda: controller.trusted,
        autostart_note=lambda: "By the autostart folder.",
        languages=lambda: [("en", "English"), ("de", "Deutsch")],
    )
    bot.addWidget(made)
    made.fit()
    made.show()
    return made


def applied(controller: FakeController) -> Sequence[object]:
    return [call for call in controller.calls if call[0] == "apply"]


def shown(window: SettingsWindow) -> list[str]:
    return [each.text() for each in window.findChildren(QLabel) if each.isVisible()]


def test_opening_it_changes_nothing(window: SettingsWindow, controller: FakeController) -> None:
    assert not window.grab().isNull()
    assert controller.calls == []
    assert "By the autostart folder." in shown(window)
    assert not window.accept_paired.isChecked() and ACCEPT_PAIRED_HINT in shown(window)


def test_each_control_applies_its_setting(bot: QtBot, window: SettingsWindow, controller: FakeController) -> None:
    window.name.setText("  Anna  ")
    QTest.keyClick(window.name, Qt.Key.Key_Return)
    window.limit.setCurrentIndex(window.limit.findData(30))
    window.visibility.setCurrentIndex(window.visibility.findData("trusted"))
    window.accept_paired.click()
    window.autostart.click()
    window.notifications.click()
    window.close_quits.click()
    window.port.setText("50000")
    QTest.keyClick(window.port, Qt.Key.Key_Return)
    window.adapter.setCurrentIndex(window.adapter.findData("hci1"))
    window.autostart_by.setCurrentIndex(window.autostart_by.findData("service"))
    window.language.setCurrentIndex(window.language.findData("de"))
    window.log_level.setCurrentIndex(window.log_level.findData("debug"))
    assert controller.settings == Settings(
        name="Anna", visibility=Visibility.TRUSTED, visible_minutes=30, accept_paired=True, autostart=True,
        notifications=False, port=50000, adapter="hci1", close_quits=True,
        autostart_by=AutostartBy.SERVICE, language="de", log_level=LogLevel.DEBUG,
    )  # fmt: skip
    msgspec.convert(msgspec.to_builtins(controller.settings), Settings)  # within the limits of the file, too
    assert len(applied(controller)) == 12


@pytest.mark.parametrize("port", ["", "80", "1023", "65536", "٤٧٤٧٦", "1e5", "-5000", "999999999999999999999"])
def test_a_port_that_cannot_be_is_said(bot: QtBot, window: SettingsWindow, controller: FakeController, port: str) -> None:
    window.port.clear()
    QTest.keyClicks(window.port, port) if port.isascii() else window.port.setText(port)
    QTest.keyClick(window.port, Qt.Key.Key_Return)
    assert applied(controller) == []
    assert port_error(port)


@pytest.mark.parametrize("name", ["x" * 33, "ü" * 17, "a\u202eb", "tab\there"])
def test_a_name_that_cannot_be_is_said(bot: QtBot, window: SettingsWindow, controller: FakeController, name: str) -> None:
    window.name.setText(name)
    window.name.textEdited.emit(name)
    assert name_error(name) in shown(window)
    QTest.keyClick(window.name, Qt.Key.Key_Return)
    assert applied(controller) == []


@pytest.mark.parametrize("name", ["", "x" * 32, "ü" * 16, "Anna's <b>"])
def test_a_name_that_can_be(name: str) -> None:
    assert name_error(name) == ""


@pytest.mark.parametrize("port", ["1024", "47476", "65535"])
def test_a_port_that_can_be(port: str) -> None:
    assert port_error(port) == ""


def test_forgetting_a_computer(bot: QtBot, window: SettingsWindow, controller: FakeController) -> None:
    first, second = window.findChildren(QPushButton, "forgetButton")
    assert second.accessibleName() == "Forget studio <b>"
    first.click()
    assert controller.calls == [("forget", PEOPLE[0].identity.hex())]
    bot.waitUntil(lambda: len([b for b in window.findChildren(QPushButton, "forgetButton") if b.isVisible()]) == 1)


def test_a_new_identity_is_asked_for_twice(window: SettingsWindow, controller: FakeController) -> None:
    def button(name: str) -> QPushButton:
        (found,) = window.findChildren(QPushButton, name)
        return found

    button("newIdentityButton").click()
    button("keepIdentityButton").click()
    assert controller.calls == [] and not button("makeIdentityButton").isVisible()
    button("newIdentityButton").click()
    button("makeIdentityButton").click()
    assert controller.calls == [("renew_identity",)]
    assert not button("makeIdentityButton").isVisible() and button("newIdentityButton").isVisible()


def test_a_remembered_computer_says_since_when_and_when_last(window: SettingsWindow) -> None:
    anna, studio = [words for words in shown(window) if words.startswith("Since ")]
    assert "last linked" in anna and "not linked since" in studio


NOON = datetime(2026, 5, 3, 12, 0)


@pytest.mark.parametrize(
    ("since", "last", "said"),
    [
        (NOON - timedelta(days=400), NOON - timedelta(hours=2), "Since 3/29/25 · last linked today, 10:00 AM"),
        (NOON - timedelta(days=1), NOON - timedelta(hours=20), "Since 5/2/26 · last linked yesterday, 4:00 PM"),
        (NOON - timedelta(days=9), NOON - timedelta(days=2), "Since 4/24/26 · last linked 5/1/26"),
        (NOON, NOON + timedelta(days=3), "Since 5/3/26 · last linked 5/6/26"),  # a clock that was wrong
        (NOON, None, "Since 5/3/26 · not linked since"),
        (1e300, 0.0, "Since an unknown day · last linked an unknown day"),
    ],
)
def test_days_are_in_the_users_words(since: datetime | float, last: datetime | float | None, said: str) -> None:
    before = QLocale()
    QLocale.setDefault(QLocale("en_US"))
    try:
        moments = [each.timestamp() if isinstance(each, datetime) else each for each in (since, last)]
        peer = replace(PEOPLE[0], since=moments[0] or 0.0, last_linked=moments[1])
        assert remembered_words(peer, NOON).replace("\u202f", " ") == said
    finally:
        QLocale.setDefault(before)


def test_the_last_linked_come_first_whatever_they_are_called(bot: QtBot, window: SettingsWindow, controller: FakeController) -> None:
    controller.trusted = tuple(
        replace(PEOPLE[0], identity=bytes([n]) * 32, label=name, last_linked=1e9 + n) for n, name in enumerate(HOSTILE)
    )
    window.fill()
    bot.waitUntil(lambda: len([each for each in window.findChildren(QPushButton, "forgetButton") if each.isVisible()]) == len(HOSTILE))
    buttons = [each for each in window.findChildren(QPushButton, "forgetButton") if each.isVisible()]
    assert [each.accessibleName() for each in buttons] == [f"Forget {clean(name)}" for name in reversed(HOSTILE)]


def test_a_language_without_words_here_stays_chosen(window: SettingsWindow, controller: FakeController) -> None:
    assert [window.language.itemText(k) for k in range(window.language.count())] == ["As the system", "English", "Deutsch"]
    controller.settings = Settings(language="tlh")
    window.fill()
    assert window.language.currentData() == "tlh" and "tlh" in window.language.currentText()
    assert applied(controller) == []


def test_what_starts_it_matters_only_when_it_is_started(window: SettingsWindow, controller: FakeController) -> None:
    assert not window.autostart_by.isVisible()
    controller.settings = Settings(autostart=True, autostart_by=AutostartBy.SERVICE)
    window.fill()
    assert window.autostart_by.isVisible() and window.autostart_by.currentData() == "service"


def test_an_adapter_that_is_gone_stays_chosen(bot: QtBot, window: SettingsWindow, controller: FakeController) -> None:
    controller.settings = Settings(adapter="hci7")
    window.fill()
    assert window.adapter.currentData() == "hci7"
    assert applied(controller) == []


def test_the_time_limit_belongs_to_everyone(window: SettingsWindow, controller: FakeController) -> None:
    assert window.limit.isVisible()
    controller.settings = Settings(visibility=Visibility.NOBODY)
    window.fill()
    assert not window.limit.isVisible()


def test_an_odd_time_limit_is_shown_as_it_is(window: SettingsWindow, controller: FakeController) -> None:
    controller.settings = Settings(visible_minutes=7)
    window.fill()
    assert window.limit.currentData() == 7
    assert applied(controller) == []


def test_escape_closes(bot: QtBot, window: SettingsWindow) -> None:
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert not window.isVisible()


# --- groups ---


def test_each_choice_about_groups_applies(bot: QtBot, window: SettingsWindow, controller: FakeController) -> None:
    groups = window.groups
    groups.band.setCurrentIndex(groups.band.findData("5"))
    groups.prefer.click()
    groups.intent.setCurrentIndex(0)
    QTest.keyClicks(groups.frequency, "5180")
    QTest.keyClick(groups.frequency, Qt.Key.Key_Return)
    assert controller.settings == msgspec.structs.replace(
        FakeController().settings, band=Band.GHZ_5, prefer_owner=True, go_intent=0, frequency=5180
    )
    msgspec.convert(msgspec.to_builtins(controller.settings), Settings)
    assert len(applied(controller)) == 4
    bot.waitUntil(lambda: not groups.band.isEnabled() and not groups.intent.isEnabled())
    groups.frequency.clear()
    QTest.keyClick(groups.frequency, Qt.Key.Key_Return)
    assert controller.settings.frequency is None


@pytest.mark.parametrize("typed", ["1", "5181", "5190", "5400", "2400", "2477", "7116", "99999", "9" * 15, "abc", "-5180", "٥١٨٠", "51 80"])
def test_a_channel_that_is_none_is_said(bot: QtBot, window: SettingsWindow, controller: FakeController, typed: str) -> None:
    window.groups.findChild(QPushButton, "advancedButton").click()  # type: ignore[union-attr]
    window.groups.frequency.setText(typed)
    window.groups.frequency.textEdited.emit(typed)
    assert frequency_error(typed) in shown(window)
    QTest.keyClick(window.groups.frequency, Qt.Key.Key_Return)
    assert applied(controller) == []


@pytest.mark.parametrize("typed", ["", "2412", "2472", "2484", "5180", "5745", "5955", "7115"])
def test_a_channel_that_is_one(window: SettingsWindow, typed: str) -> None:
    assert frequency_error(typed) == ""
    if typed:
        msgspec.convert({"frequency": int(typed)}, Settings)


def test_what_most_people_do_not_need_is_folded_unless_it_is_used(window: SettingsWindow, controller: FakeController) -> None:
    assert window.groups.band.isVisible() and not window.groups.frequency.isVisible() and not window.groups.intent.isVisible()
    controller.settings = Settings(frequency=5180)
    window.fill()
    assert window.groups.frequency.isVisible() and window.groups.frequency.text() == "5180"
    assert any("36 (5180 MHz, 5 GHz band)" in words for words in shown(window))
    assert applied(controller) == []


def test_it_says_where_a_choice_has_no_effect(window: SettingsWindow, controller: FakeController) -> None:
    assert any("NetworkManager chooses band and owner by itself" in words for words in shown(window))
    controller.snapshot = idle(radios=ABLE)
    window.fill()
    assert not any("by itself" in words for words in shown(window))
