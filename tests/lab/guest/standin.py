"""Stands in for the applet, so that the lab's own tools can be tried without it: a tray icon, its menu, a dialog, a status.

The menu asks, the dialog answers, the status tells; no radio is touched.
"""

from __future__ import annotations

import json
import sys

from PySide6.QtCore import ClassInfo, QObject, Slot
from PySide6.QtDBus import QDBusConnection
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import QApplication, QDialog, QHBoxLayout, QLabel, QMenu, QPushButton, QSystemTrayIcon, QVBoxLayout


@ClassInfo({"D-Bus Interface": "org.nearbytray.Nearby1"})  # type: ignore[call-arg]  # the stub knows no dictionary
class Standin(QObject):  # type: ignore[operator]
    def __init__(self) -> None:
        super().__init__()
        self.state = "idle"
        self.dialog: QDialog | None = None
        pixmap = QPixmap(22, 22)
        pixmap.fill()
        self.icon = QSystemTrayIcon(QIcon(pixmap))
        self.menu = QMenu()
        self.menu.addAction("&Connect nearby", self.ask)
        self.menu.addAction("&Quit", QApplication.quit)
        self.icon.setContextMenu(self.menu)
        self.icon.show()

    def ask(self) -> None:
        self.state = "asked"
        self.dialog = dialog = QDialog()
        dialog.setWindowTitle("A request")
        lines, buttons = QVBoxLayout(dialog), QHBoxLayout()
        lines.addWidget(QLabel("nodeB wants a link. Compare: 042 719"))
        lines.addLayout(buttons)
        for name, state in (("&Accept", "linked"), ("&Decline", "idle")):
            button = QPushButton(name)
            button.clicked.connect(lambda _=False, state=state: self.answer(state))
            buttons.addWidget(button)
        dialog.open()

    def answer(self, state: str) -> None:
        self.state = state
        if self.dialog is not None:
            self.dialog.close()

    @Slot(result=str)
    def Status(self) -> str:
        return json.dumps({"state": self.state, "code": "042 719", "peer": {"name": "nodeB"}, "peers": [], "health": None})


app = QApplication(sys.argv)
app.setQuitOnLastWindowClosed(False)
standin = Standin()
bus = QDBusConnection.sessionBus()
bus.registerObject("/org/nearbytray/Nearby1", standin, QDBusConnection.RegisterOption.ExportAllSlots)
bus.registerService("org.nearbytray.Nearby")
sys.exit(app.exec())
