"""What is said once, when the panel is closed and there is no tray icon to come back by."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from . import theme
from .parts import button, label, restyle, row
from .text import tr


class StillRunning(QWidget):
    """The program stays, reachable for others; or not, from now on."""

    def __init__(self, quit: Callable[[], None]) -> None:
        super().__init__(None, Qt.WindowType.Dialog)
        self.setObjectName("face")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWindowTitle(tr("Nearby Tray is still running"))
        self.setWindowIcon(theme.application_icon())
        words = tr("This desktop has no tray, so there is no icon. Others still find this computer, and requests still come up.")
        back = tr("Start Nearby Tray again to see its window. The settings have a switch for what closing it does.")
        keep = button(tr("&Keep running"), self.leave, role="primary", name="keepButton")
        inside = QVBoxLayout(self)
        inside.setContentsMargins(18, 16, 18, 14)
        inside.setSpacing(10)
        inside.addWidget(label(tr("Nearby Tray is still running"), "title"))
        inside.addWidget(label(words))
        inside.addWidget(label(back, "dim"))
        inside.addLayout(row(1, button(tr("&Quit, now and from now on"), quit, name="quitButton"), keep))
        self.setFixedWidth(max(400, self.fontMetrics().averageCharWidth() * 56))
        restyle(self)
        keep.setFocus()

    def leave(self) -> None:
        self.close()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)
