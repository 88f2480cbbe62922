"""Icons in the colours of the theme, and notices with an icon."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from ..icons import pixmap
from ..text.reasons import Said
from .basics import label
from .style import colours


class Glyph(QWidget):
    """An icon in one colour of the theme."""

    def __init__(self, name: str, size: int = 20, tone: str = "text") -> None:
        super().__init__()
        self._name, self._size, self._tone = name, size, tone
        self.setFixedSize(size, size)

    def show_glyph(self, name: str, tone: str = "text") -> None:
        if (name, tone) != (self._name, self._tone):
            self._name, self._tone = name, tone
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        draw_glyph(painter, self._name, self.rect(), getattr(colours(), self._tone), self.devicePixelRatioF())
        painter.end()


def draw_glyph(painter: QPainter, name: str, where: QRect, colour: str, ratio: float) -> None:
    painter.drawPixmap(where.topLeft(), pixmap(name, colour, where.width(), ratio))


class Notice(QFrame):
    """A notice: an icon, a title, a sentence, an advice, and details."""

    def __init__(self, role: str, glyph: str) -> None:
        super().__init__()
        self.setProperty("role", role)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(12, 11, 14, 12)
        outer.setSpacing(10)
        outer.addWidget(Glyph(glyph, 20, role if role in ("bad", "fair") else "accent"), 0, Qt.AlignmentFlag.AlignTop)
        self.inside = QVBoxLayout()
        self.inside.setSpacing(4)
        outer.addLayout(self.inside, 1)
        self._title, self._sentence, self._advice = label(role="title"), label(), label(role="dim")
        self._detail = label(role="dim", scale=0.9)
        self._detail.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        for each in (self._title, self._sentence, self._advice, self._detail):
            self.inside.addWidget(each)

    def say(self, said: Said, detail: str = "") -> None:
        labels = (self._title, self._sentence, self._advice, self._detail)
        for each, words in zip(labels, (*said, detail), strict=True):
            each.setText(words)
            each.setVisible(bool(words))
        self.setAccessibleName(said.title)
        self.setAccessibleDescription(f"{said.sentence} {said.advice}")
