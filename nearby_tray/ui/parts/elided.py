"""One line of text, cut with an ellipsis."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy

from ..text.translate import is_from_right
from .basics import plain_tip
from .style import set_scale


class Elided(QLabel):
    """A name or address on one line, cut with an ellipsis. The tool tip and screen readers have all of it."""

    def __init__(self, role: str = "", *, scale: float = 1.0) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        if role:
            self.setProperty("role", role)
        if scale != 1.0:
            set_scale(self, scale)

    def setText(self, words: str) -> None:
        if words != self.text():
            super().setText(words)
            self.setAccessibleName(words)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        # Qt guesses whether a tool tip is rich text; `plain_tip` makes either guess harmless.
        self.setToolTip(plain_tip(self.text()) if shown != self.text() else "")
        painter.setPen(self.palette().color(self.foregroundRole()))
        draw_line(painter, self.rect(), shown, self.layoutDirection())
        painter.end()


def draw_line(painter: QPainter, where: QRect, words: str, reading: Qt.LayoutDirection) -> None:
    """Draw one line at the side where reading begins. The words run in the direction of their own letters."""
    from_right = reading == Qt.LayoutDirection.RightToLeft
    painter.setLayoutDirection(Qt.LayoutDirection.RightToLeft if is_from_right(words) else Qt.LayoutDirection.LeftToRight)
    side = Qt.AlignmentFlag.AlignRight if from_right else Qt.AlignmentFlag.AlignLeft
    painter.drawText(where, side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, words)
