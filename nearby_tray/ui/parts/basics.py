"""Labels, buttons and layouts, made the same way everywhere."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLayout, QPushButton, QScrollArea, QToolButton, QVBoxLayout, QWidget

from .style import set_glyph, set_scale


def label(words: str = "", role: str = "", *, wrap: bool = True, scale: float = 1.0) -> QLabel:
    """A label that shows its text as plain text, never as markup."""
    made = QLabel()
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setText(words)
    made.setWordWrap(wrap)
    if wrap and QGuiApplication.layoutDirection() == Qt.LayoutDirection.RightToLeft:
        # Qt keeps the space at which it wraps a line; in a right-to-left line that space would push the text out of the label.
        made.setContentsMargins(made.fontMetrics().horizontalAdvance(" "), 0, 0, 0)
    if role:
        made.setProperty("role", role)
    if scale != 1.0:
        set_scale(made, scale)
    return made


def plain_tip(words: str) -> str:
    """A tool tip that shows exactly these words. Qt guesses whether a tip is markup, so this makes it markup with everything escaped."""
    escaped = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"<span>{escaped}</span>" if escaped != words else words


def button(words: str, clicked: Callable[[], object], *, role: str = "", name: str = "", accessible: str = "") -> QPushButton:
    made = QPushButton(words)
    made.setAutoDefault(False)
    if role:
        made.setProperty("role", role)
    if name:
        made.setObjectName(name)
    made.setAccessibleName(accessible or words.replace("&", ""))
    made.clicked.connect(lambda _checked=False: clicked())
    return made


def card(role: str = "card", *, spacing: int = 6) -> tuple[QFrame, QVBoxLayout]:
    frame = QFrame()
    frame.setProperty("role", role)
    inside = QVBoxLayout(frame)
    inside.setContentsMargins(14, 12, 14, 12)
    inside.setSpacing(spacing)
    return frame, inside


def column(parent: QWidget, *, spacing: int = 10) -> QVBoxLayout:
    layout = QVBoxLayout(parent)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(spacing)
    return layout


def row(*items: QWidget | int, spacing: int = 8) -> QHBoxLayout:
    """Widgets side by side. A number is a stretch of that weight."""
    layout = QHBoxLayout()
    layout.setSpacing(spacing)
    for item in items:
        if isinstance(item, int):
            layout.addStretch(item)
        else:
            layout.addWidget(item)
    return layout


def scrolling(body: QWidget) -> QScrollArea:
    """An area in which `body` can be scrolled, without a frame or a background of its own."""
    made = QScrollArea()
    made.setWidgetResizable(True)
    made.setFrameShape(QFrame.Shape.NoFrame)
    made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    made.setWidget(body)
    made.viewport().setAutoFillBackground(False)
    body.setAutoFillBackground(False)
    return made


def empty(layout: QLayout) -> None:
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()


def height_for(layout: QLayout, width: int) -> int:
    """The height that the layout needs at this width."""
    return layout.totalHeightForWidth(width) if layout.hasHeightForWidth() else layout.totalSizeHint().height()


def width_for(layout: QLayout, wanted: int) -> int:
    """`wanted`, or more for long words that cannot wrap, up to a limit: a name from the air must not widen a window without end."""
    return max(wanted, min(layout.totalMinimumSize().width(), wanted * 7 // 4))


class Fitting(QWidget):
    """Calls `changed` when its content needs another size: after Qt has computed the size, before it paints."""

    def __init__(self, changed: Callable[[], None]) -> None:
        super().__init__()
        self._changed = changed

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._changed()
        return done


def tool(glyph: str, accessible: str, clicked: Callable[[], object], *, name: str = "") -> QToolButton:
    made = QToolButton()
    set_glyph(made, glyph)
    made.setIconSize(QSize(18, 18))
    made.setAccessibleName(accessible)
    made.setToolTip(accessible)
    made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    if name:
        made.setObjectName(name)
    made.clicked.connect(lambda _checked=False: clicked())
    return made
