"""Shown once, when the user closes the panel and there is no tray icon to open it again."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QVBoxLayout

from .parts.basics import button, height_for, label, row, width_for
from .parts.style import restyle
from .parts.window import Window
from .text.translate import tr


class StillRunning(Window):
    """Says that the program goes on, and offers to quit from now on whenever the panel is closed."""

    def __init__(self, quit: Callable[[], None]) -> None:
        super().__init__(Qt.WindowType.Dialog)
        self.setWindowTitle(tr("Nearby Tray is still running"))
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
        restyle(self)
        self.fit()
        keep.setFocus()

    def fit(self) -> None:
        if (layout := self.layout()) is not None:
            width = width_for(layout, max(400, self.fontMetrics().averageCharWidth() * 56))
            self.setFixedSize(width, height_for(layout, width))

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Show):
            self.fit()
        return done

    def leave(self) -> None:
        self.close()
