"""The doctor's window draws every finding, asks only when opened or told to, and does nothing by itself."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QPushButton, QScrollArea, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from nearby_tray.core.checks import Action, Finding, Fix, Status, Verdict, fail, ok, say
from nearby_tray.ui import doctor as module
from nearby_tray.ui.doctor import Doctor, DoctorWindow
from nearby_tray.ui.face import Face
from nearby_tray.ui.text.doctor import ACTIONS, SECTIONS, STATUSES, findings_summary
from nearby_tray.ui.text.translate import bind
from nearby_tray.ui.theme import our_palette

from .scenes import FINDINGS, SCENES, FakeController, FakeDoctor
from .test_face import actions


@pytest.fixture
def doctor() -> FakeDoctor:
    return FakeDoctor()


@pytest.fixture
def settings() -> list[bool]:
    return []


@pytest.fixture
def window(bot: QtBot, doctor: FakeDoctor, settings: list[bool]) -> DoctorWindow:
    made = DoctorWindow(doctor, lambda: settings.append(True))
    bot.addWidget(made)
    made.fit()
    made.show()
    return made


def shown(window: QWidget) -> list[str]:
    return [each.text() for each in window.findChildren(QLabel) if each.isVisible()]


def rows(window: QWidget) -> dict[str, QWidget]:
    found = [w for w in window.findChildren(QWidget) if w.objectName().startswith("finding-") and w.isVisible()]
    return {w.objectName().removeprefix("finding-"): w for w in found}


def button(window: QWidget, name: str) -> QAbstractButton:
    (found,) = [b for b in window.findChildren(QAbstractButton, name) if b.isVisible()]
    return found


def summary(window: QWidget) -> str:
    found = window.findChild(QLabel, "summary")
    assert isinstance(found, QLabel)
    return found.text()


def test_the_fake_has_the_shape_of_the_doctor(doctor: FakeDoctor) -> None:
    served: Doctor = doctor  # the type checker is the test
    assert served.checks


def test_it_asks_when_opened_and_only_then(bot: QtBot, doctor: FakeDoctor, window: DoctorWindow) -> None:
    assert doctor.calls == [("examine",)]
    doctor.finish()
    window.close()
    assert doctor.calls == [("examine",), ("close",)]
    window.show()
    assert doctor.calls == [("examine",), ("close",), ("examine",)]
    button(window, "checkAgainButton").click()
    assert doctor.calls[-1] == ("examine",) and len(doctor.calls) == 4


@pytest.mark.parametrize("dark", [False, True])
def test_every_finding_is_drawn(qapp: QApplication, doctor: FakeDoctor, window: DoctorWindow, dark: bool) -> None:
    qapp.setPalette(our_palette(dark))
    doctor.finish()
    qapp.processEvents()
    assert not window.grab().isNull()
    assert set(rows(window)) == {finding.name for finding in FINDINGS}
    for finding in FINDINGS:
        row = rows(window)[finding.name]
        said = "\n".join(shown(row))
        assert finding.title in said and STATUSES[finding.status.value] in said, "a word, not only a colour"
        for sentence in (*finding.verdict.evidence, *filter(None, [finding.verdict.fix.words])):
            assert str(sentence) in said
        assert finding.verdict.fix.command in said
        assert row.accessibleName() == f"{finding.title}: {STATUSES[finding.status.value]}"
        assert str(finding.verdict.evidence[0]) in row.accessibleDescription()
    assert summary(window) == "3 problems, 2 warnings, 1 thing not seen."


def test_findings_come_one_by_one_in_the_order_of_the_checks(doctor: FakeDoctor, window: DoctorWindow, qapp: QApplication) -> None:
    for finding in reversed(FINDINGS):
        doctor.found(finding)
    assert summary(window) == f"Looking… {len(FINDINGS)} of {len(FINDINGS)}"
    qapp.processEvents()
    tops = {name: row.mapTo(window, row.rect().topLeft()).y() for name, row in rows(window).items()}
    drawn = sorted(tops, key=lambda name: tops[name])
    assert drawn == [f.name for status in (Status.FAIL, Status.WARN, Status.UNKNOWN, Status.OK) for f in FINDINGS if f.status is status]


def test_a_new_look_begins_with_nothing(doctor: FakeDoctor, window: DoctorWindow) -> None:
    doctor.finish()
    button(window, "checkAgainButton").click()
    assert rows(window) == {} and summary(window) == f"Looking… 0 of {len(FINDINGS)}"
    doctor.findings = FINDINGS[-2:]
    doctor.finish()
    assert set(rows(window)) == {"tray", "applet"} and summary(window) == "Everything is in order."


def test_a_command_is_copied(bot: QtBot, doctor: FakeDoctor, window: DoctorWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "COPIED", 30)
    doctor.finish()
    row = rows(window)["regulatory-domain"]
    assert not row.findChildren(QToolButton, "copyButton"), "words are not copied"
    row = rows(window)["bluetooth-adapter"]
    copy = row.findChild(QToolButton, "copyButton")
    assert isinstance(copy, QToolButton) and copy.accessibleName() == "Copy bluetoothctl power on"
    copy.setFocus()
    QTest.keyClick(copy, Qt.Key.Key_Space)
    assert QGuiApplication.clipboard().text() == "bluetoothctl power on"
    assert "Copied" in shown(row)
    bot.waitUntil(lambda: "Copied" not in shown(row))


def test_a_click_mends_and_looks_again(bot: QtBot, doctor: FakeDoctor, window: DoctorWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SETTLE", 0)
    doctor.finish()
    made = button(window, "action-wifi-on")
    assert made.text() == "Switch Wi-Fi on" and made.accessibleName() == "Switch Wi-Fi on (Wi-Fi radio)"
    made.click()
    assert doctor.calls[-1] == ("mend", Action.WIFI_ON)
    doctor.mended("org.example.Denied: <b>no</b>")
    assert "That did not work: org.example.Denied: <b>no</b>" in shown(window)
    assert doctor.calls[-1] == ("mend", Action.WIFI_ON), "what did not work changes nothing"
    doctor.mended("")
    assert not any("did not work" in words for words in shown(window))
    bot.waitUntil(lambda: doctor.calls[-1] == ("examine",))


def test_a_window_that_was_closed_meanwhile_asks_no_more(
    bot: QtBot, doctor: FakeDoctor, window: DoctorWindow, monkeypatch: pytest.MonkeyPatch, qapp: QApplication
) -> None:
    monkeypatch.setattr(module, "SETTLE", 0)
    doctor.finish()
    button(window, "action-bluetooth-on").click()
    doctor.mended("")
    window.close()
    qapp.processEvents()
    assert doctor.calls[-1] == ("close",)


def test_the_settings_are_opened_by_the_face(doctor: FakeDoctor, window: DoctorWindow, settings: list[bool]) -> None:
    doctor.finish()
    button(window, "action-open-settings").click()
    assert settings == [True] and ("mend", Action.OPEN_SETTINGS) not in doctor.calls


def test_a_report_in_one_click(doctor: FakeDoctor, window: DoctorWindow) -> None:
    save = button(window, "saveReportButton")
    save.click()
    save.click()
    assert doctor.calls.count(("save_report",)) == 1, "one at a time"
    doctor.saved("/home/x/Documents/nearby-tray-report.txt", "")
    assert "Saved as /home/x/Documents/nearby-tray-report.txt. Read it before you pass it on." in shown(window)
    save.click()
    doctor.saved("", "No space left on device")
    assert "The report could not be saved: No space left on device" in shown(window)
    assert save.isEnabled()


def test_everything_is_reached_by_the_keys(bot: QtBot, doctor: FakeDoctor, window: DoctorWindow, qapp: QApplication) -> None:
    doctor.finish()
    window.activateWindow()
    qapp.processEvents()
    button(window, "checkAgainButton").setFocus()
    reached: list[QWidget] = []
    for _ in range(60):
        focused = window.focusWidget()
        if focused is None or focused in reached:
            break
        reached.append(focused)
        QTest.keyClick(focused, Qt.Key.Key_Tab)
    wanted = [b for b in window.findChildren(QPushButton) + window.findChildren(QToolButton) if b.isVisible()]
    assert set(wanted) <= set(reached)
    assert any(isinstance(widget, QScrollArea) for widget in reached), "read by the keys, too"
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert not window.isVisible()


HOSTILE = say("{x}", x="<b>&amp;</b> " + "y" * 500 + "\u202e\n")


@pytest.mark.parametrize("status", Status)
def test_what_others_wrote_is_only_text(bot: QtBot, status: Status) -> None:
    finding = Finding("tray", "Tray", Verdict(status, (HOSTILE,), Fix(HOSTILE, "echo '<b>'", Action.WIFI_ON)))
    doctor = FakeDoctor((finding,), at_once=True)
    window = DoctorWindow(doctor, lambda: None)
    bot.addWidget(window)
    window.fit()
    window.show()
    assert not window.grab().isNull()
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in window.findChildren(QLabel) if label.text())
    assert any("<b>&amp;</b>" in words for words in shown(window))


def test_sentences_are_translated_with_their_values(bot: QtBot) -> None:
    german = {"{name}: off.": "{name} ist aus.", "Bluetooth adapter": "Bluetooth-Adapter", "Problem": "Fehler"}
    bind(lambda english: german.get(english, english))
    try:
        finding = Finding("tray", "Bluetooth adapter", fail(say("{name}: off.", name="hci0")))
        window = DoctorWindow(FakeDoctor((finding,), at_once=True), lambda: None)
        bot.addWidget(window)
        window.show()
        assert {"hci0 ist aus.", "Bluetooth-Adapter", "Fehler"} <= set(shown(window))
    finally:
        bind(str)


PROGRAM = """
import asyncio, sys
import qasync
from PySide6.QtWidgets import QApplication
from nearby_tray.settings import Settings
from nearby_tray.system.doctor.examination import Doctor
from nearby_tray.system.doctor.report import Applet
from nearby_tray.ui.doctor import DoctorWindow
app = QApplication([])
app.setQuitOnLastWindowClosed(False)
async def main():
    window = DoctorWindow(Doctor(Settings, lambda: Applet(log=["a line of the log"])), lambda: None)
    window.show()
    while not window._worst.isVisible():
        await asyncio.sleep(0.05)
    window._save.click()
    while not window._said.isVisible():
        await asyncio.sleep(0.05)
    print(window._summary.text())
    window.close()
    await asyncio.sleep(0.1)
    print([task.get_name() for task in asyncio.all_tasks() if task is not asyncio.current_task()])
with qasync.QEventLoop(app) as loop:
    loop.run_until_complete(main())
"""


def test_the_real_doctor_in_the_real_loop(tmp_path: Path) -> None:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "XDG_DOCUMENTS_DIR": str(tmp_path), "HOME": str(tmp_path)}
    environment |= {f"DBUS_{which}_BUS_ADDRESS": f"unix:path={tmp_path / 'none'}" for which in ("SYSTEM", "SESSION")}
    done = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr
    counted, left = done.stdout.splitlines()
    assert "problem" in counted and left == "[]"
    assert "a line of the log" in (tmp_path / "nearby-tray-report.txt").read_text()


# --- the ways to it ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def face(bot: QtBot, qapp: QApplication, doctor: FakeDoctor) -> Iterator[Face]:
    controller = FakeController(SCENES["failed"])
    made = Face(qapp, quit=lambda: None, doctor=lambda: doctor)
    made.serve(controller)
    yield made
    made.close()


def titles(qapp: QApplication) -> set[str]:
    return {w.windowTitle() for w in qapp.topLevelWidgets() if w.isVisible()}


def test_from_the_trays_menu(face: Face, doctor: FakeDoctor, qapp: QApplication) -> None:
    assert doctor.calls == [], "looking begins when somebody opens it"
    actions(face)["troubleshoot"].trigger()
    assert titles(qapp) == {"Nearby Tray: Troubleshoot"} and doctor.calls == [("examine",)]
    actions(face)["troubleshoot"].trigger()
    assert doctor.calls == [("examine",)], "it is open already"
    face.close()
    assert doctor.calls == [("examine",), ("close",)] and titles(qapp) == set()


@pytest.mark.parametrize(("scene", "links"), [("failed", 1), ("radios-off", 2), ("idle", 0)])
def test_from_the_panel_and_beside_a_failure(face: Face, doctor: FakeDoctor, qapp: QApplication, scene: str, links: int) -> None:
    face._controller.show(SCENES[scene])  # type: ignore[attr-defined]
    face.show_panel()
    (panel,) = [w for w in qapp.topLevelWidgets() if w.isVisible()]
    found = [b for b in panel.findChildren(QPushButton, "troubleshootLink") if b.isVisible()]
    assert len(found) == links
    for each in (*found, button(panel, "troubleshootButton")):
        each.click()
        assert "Nearby Tray: Troubleshoot" in titles(qapp)
        face._doctor_window.close()  # type: ignore[union-attr]


def test_a_face_without_a_doctor_offers_none(bot: QtBot, qapp: QApplication) -> None:
    controller = FakeController(SCENES["failed"])
    face = Face(qapp, quit=lambda: None)
    face.serve(controller)
    face.show_panel()
    (panel,) = [w for w in qapp.topLevelWidgets() if w.isVisible()]
    assert not panel.findChildren(QAbstractButton, "troubleshootButton") and not panel.findChildren(QAbstractButton, "troubleshootLink")
    assert "troubleshoot" not in actions(face)
    face.close()


def test_the_summary_counts() -> None:
    def findings(*statuses: Status) -> list[Finding]:
        return [Finding(str(n), "T", Verdict(status, ())) for n, status in enumerate(statuses)]

    assert findings_summary(findings(Status.OK)) == "Everything is in order."
    assert findings_summary(findings(Status.FAIL, Status.WARN, Status.OK)) == "1 problem, 1 warning."
    assert findings_summary(findings(Status.UNKNOWN, Status.UNKNOWN)) == "2 things not seen."
    assert set(STATUSES) == set(SECTIONS) == {status.value for status in Status}
    assert set(ACTIONS) == {action.value for action in Action}
    assert ok() == Verdict(Status.OK, ())
