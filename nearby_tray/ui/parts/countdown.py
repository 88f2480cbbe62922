"""How long something still lasts."""

from __future__ import annotations

import time

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHideEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ...core.model import Snapshot
from ..text import numbers
from ..text.translate import tr
from ..timers import run_while, timer
from .style import colours


class TimeLeft:
    """Seconds until a moment of the controller's clock. That clock is read once, at `now`; from then on this process's clock counts."""

    def __init__(self) -> None:
        self._until = 0.0

    def follow(self, until: float | None, now: float) -> None:
        self._until = time.monotonic() + (until - now if until is not None else 0.0)

    def seconds(self) -> float:
        return max(0.0, self._until - time.monotonic())


class Countdown(QWidget):
    """The time left of a stage: a bar that gets shorter, and m:ss beside it."""

    def __init__(self) -> None:
        super().__init__()
        self._left, self._span = TimeLeft(), 0.0
        self._timer = timer(self, 250, self._tick)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def follow(self, snapshot: Snapshot) -> None:
        self.setVisible(snapshot.deadline is not None)
        if snapshot.deadline is None:
            self._timer.stop()
            return
        self._left.follow(snapshot.deadline, snapshot.now)
        self._span = max(1.0, snapshot.deadline - snapshot.started)
        self._tick()

    def sizeHint(self) -> QSize:
        return QSize(120, max(16, self.fontMetrics().height()))

    def showEvent(self, event: QShowEvent) -> None:
        self._tick()

    def hideEvent(self, event: QHideEvent) -> None:
        self._timer.stop()

    def _tick(self) -> None:
        run_while(self.isVisible() and self._left.seconds() > 0, self._timer)
        self.setAccessibleName(tr("Time left {time}", time=numbers.clock(self._left.seconds())))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        tones, painter = colours(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        words = numbers.clock(self._left.seconds())
        room = self.fontMetrics().horizontalAdvance("00:00")
        painter.setPen(QColor(tones.dim))
        painter.drawText(
            self.rect(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, words
        )  # at the left in a right-to-left window
        if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            painter.translate(self.width(), 0)
            painter.scale(-1, 1)
        track = QRectF(0, self.height() / 2 - 2, self.width() - room - 8, 4)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tones.line))
        painter.drawRoundedRect(track, 2, 2)
        share = min(1.0, self._left.seconds() / self._span) if self._span else 0.0
        if share > 0:
            painter.setBrush(QColor(tones.accent))
            painter.drawRoundedRect(QRectF(track.x(), track.y(), max(4.0, track.width() * share), 4), 2, 2)
        painter.end()
