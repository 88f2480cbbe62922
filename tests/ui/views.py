"""Every window in every state that it can be in: what the gallery draws, and what is walked by the tests of words and accessibility."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QSocketNotifier
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QPushButton, QScrollArea, QWidget

from nearby_tray.settings import AutostartBy, Settings
from nearby_tray.ui.closing import StillRunning
from nearby_tray.ui.dialogs import DIALOGS
from nearby_tray.ui.doctor import DoctorWindow
from nearby_tray.ui.language import available
from nearby_tray.ui.pages.page import Doors
from nearby_tray.ui.panel import Panel
from nearby_tray.ui.parts.digits import PinField
from nearby_tray.ui.parts.elided import Elided
from nearby_tray.ui.parts.peer_row import PeerRow
from nearby_tray.ui.settings.window import SettingsWindow
from nearby_tray.ui.text.translate import tr

from .scenes import FINDINGS, SCENES, FakeController, FakeDoctor


def settle() -> None:
    """Layouts are done."""
    for _ in range(3):
        QCoreApplication.processEvents()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def _typed(field: QLineEdit, words: str) -> None:
    field.setText(words)
    field.textEdited.emit(words)


def _visible(window: QWidget, name: str) -> QPushButton | None:
    return next((button for button in window.findChildren(QPushButton, name) if button.isVisible()), None)


def _click(window: QWidget, name: str) -> bool:
    found = _visible(window, name)
    if found is not None:
        found.click()
    return found is not None


def panels() -> Iterator[tuple[str, Panel]]:
    doors = Doors(*[lambda: None] * 4)
    for name, snapshot in SCENES.items():
        panel = Panel(FakeController(snapshot), lambda: "Ben's laptop", doors)
        panel.show()
        yield f"panel-{name}", panel
        if name == "idle-able":
            panel.offer_host()
            yield "panel-host", panel
        for peer in snapshot.peers if name == "seeking-foreign" else ():
            if not peer.reachable:
                next(row for row in panel.findChildren(PeerRow) if row.peer == peer and row.isVisible()).click()
                yield f"panel-ways-{peer.kind}", panel
                _click(panel, "backButton")
        if _click(panel, "detailsButton"):
            yield f"panel-{name}-details", panel
        _away(panel)


def dialogs() -> Iterator[tuple[str, QWidget]]:
    for name, snapshot in SCENES.items():
        prompt = snapshot.prompt
        if prompt is None:
            continue
        dialog = DIALOGS[prompt](FakeController(snapshot))
        dialog.render_snapshot(snapshot)
        yield f"{prompt}-{name}", dialog
        for field in dialog.findChildren(PinField) if snapshot.pin_wanted else ():
            for typed in ("12345671", "12345670", "123"):
                _typed(field.edit, typed)
                yield f"{prompt}-{name}-{typed}", dialog
        _away(dialog)


def settings() -> Iterator[tuple[str, QWidget]]:
    controller = FakeController()
    window = SettingsWindow(
        controller,
        settings=lambda: controller.settings,
        adapters=lambda: [("hci0", "hci0: built in"), ("hci1", "hci1: dongle")],
        remembered=lambda: controller.trusted,
        autostart_note=lambda: tr("Started at login by the systemd user service {path}.", path="~/.config/systemd/user/it.service"),
        languages=available,
    )
    controller.settings = Settings(name="Ben's laptop", autostart=True, autostart_by=AutostartBy.SERVICE)
    window.fit()
    window.show()
    yield "settings", window
    _typed(window.name, "x" * 40)
    _typed(window.port, "80")
    yield "settings-errors", window
    _click(window.groups, "advancedButton")
    window.resize(window.width(), 1400)
    yield "settings-advanced", window
    _typed(window.groups.frequency, "5180")
    yield "settings-channel", window
    _typed(window.groups.frequency, "5181")
    yield "settings-channel-wrong", window
    _away(window)


def doctors() -> Iterator[tuple[str, QWidget]]:
    for name, findings in (("", FINDINGS), ("-well", FINDINGS[-2:])):
        window = DoctorWindow(FakeDoctor(findings, at_once=True), lambda: None)
        window.fit()
        window.show()
        yield f"doctor{name}", window
        window.resize(window.width(), 1100)
        window._saved("/home/ben/Documents/nearby-tray-report.txt", "")
        yield f"doctor{name}-tall", window
        _away(window)


def others() -> Iterator[tuple[str, QWidget]]:
    window = StillRunning(lambda: None)
    window.show()
    yield "still-running", window
    _away(window)


def views() -> Iterator[tuple[str, QWidget]]:
    """A name and the window in that state, laid out; it is gone when the next one is asked for."""
    for kind in (panels, dialogs, settings, doctors, others):
        for name, window in kind():
            settle()
            yield name, window


def _away(window: QWidget) -> None:
    window.hide()
    window.deleteLater()
    settle()


def longer(english: str) -> str:
    """A language with 40 % more letters, in words of the same kind."""
    bare = re.sub(r"{\w+}|&", "", english)
    return english + " loremipsumdolor"[: len(bare) * 2 // 5 + 1] * (len(bare) > 3) + " lorem" * ((len(bare) * 2 // 5 - 15) // 6)


def cut(window: QWidget) -> Iterator[str]:
    """Words of ours that cannot be seen whole. Names and addresses of others may be cut: the tool tip has the whole of them."""
    for each in window.findChildren(QWidget):
        if not each.isVisible() or not getattr(each, "text", str)():
            continue
        if isinstance(each, QLabel) and not isinstance(each, Elided):
            hint = each.sizeHint()
            wide = each.minimumSizeHint().width() if each.wordWrap() else hint.width()
            tall = each.heightForWidth(each.width()) if each.wordWrap() else hint.height()
            if wide > each.width() + 1 or tall > each.height() + 1:
                yield f"{each.text()!r}: needs {wide}×{tall}, has {each.width()}×{each.height()}"
        elif isinstance(each, QAbstractButton) and not isinstance(each, PeerRow) and each.minimumSizeHint().width() > each.width() + 1:
            yield f"{each.text()!r}: needs {each.minimumSizeHint().width()}, has {each.width()} pixels"
    for area in window.findChildren(QScrollArea):
        content = area.widget()
        if area.isVisible() and content is not None and content.minimumSizeHint().width() > area.viewport().width():
            yield f"{area.objectName()} is {content.minimumSizeHint().width()} wide in {area.viewport().width()} pixels"
    # What stands outside its parent is not seen either, unless it can be scrolled to.
    for each in window.findChildren(QWidget):
        parent = each.parentWidget()
        if parent is None or not each.isVisible() or not isinstance(each, QLabel | QAbstractButton):
            continue
        if each.geometry().right() > parent.width() or each.x() < 0:
            yield f"{each.text()!r} stands out of its {type(parent).__name__}"


def stays_cut(window: QWidget) -> list[str]:
    """What is cut still when the layouts had their time: a window fits itself a moment after its words."""
    found = list(cut(window))
    for _ in range(100):
        if not found:
            break
        QTest.qWait(10)
        found = list(cut(window))
    return found


def main() -> None:
    """The views that are named, in turn, on a real screen; says each one's name as a JSON line, and goes on at a byte on stdin."""
    app = QApplication(["views"])
    app.setQuitOnLastWindowClosed(False)
    loop = QEventLoop()
    told = QSocketNotifier(0, QSocketNotifier.Type.Read)
    told.activated.connect(lambda *_: loop.exit(len(os.read(0, 1))))
    for name, window in views():
        if name not in sys.argv[1:]:
            continue
        window.activateWindow()
        print(json.dumps({"view": name, "title": window.windowTitle()}), flush=True)
        loop.exec()
    print(json.dumps({"event": "ended"}), flush=True)


if __name__ == "__main__":
    main()
