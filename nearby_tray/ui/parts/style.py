"""The palette's colours, the style sheet and the sizes of texts, put on widgets and kept when the desktop changes them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QTimer
from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QWidget

from ..icons import icon
from ..sheet import sheet
from ..theme import Tones, tones

_palette_tones: tuple[int, Tones] | None = None


def colours() -> Tones:
    """The colours of the application's palette. A widget's own palette may be coloured by the style sheet."""
    global _palette_tones
    palette = QGuiApplication.palette()
    if _palette_tones is None or _palette_tones[0] != palette.cacheKey():
        _palette_tones = palette.cacheKey(), tones(palette)
    return _palette_tones[1]


def _in_force() -> str:
    """The palette and font that a style sheet is made for."""
    return f"{QGuiApplication.palette().cacheKey()} {QGuiApplication.font().toString()}"


def restyle(window: QWidget) -> None:
    """Give a window the style sheet, the colour of its buttons' icons and the sizes of its texts for the palette and font in force."""
    tones = colours()
    window.setProperty("styledFor", _in_force())
    window.setStyleSheet(sheet(tones))  # also if it is the same: under a style sheet nothing else makes widgets take a new font
    for each in window.findChildren(QWidget):
        if isinstance(each, QAbstractButton) and (glyph := each.property("glyph")):
            each.setIcon(icon(glyph, tones.text))
        if (scale := each.property("scale")) is not None:
            set_scale(each, scale)


def restyle_after(window: QWidget, event: QEvent) -> None:
    """For `changeEvent`: follow the application from light to dark, and from one font to another.

    Our own sheet changes palettes and fonts, too, and is told apart by what it was made for.
    """
    if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange) and window.property("styledFor") not in (None, _in_force()):
        QTimer.singleShot(0, window, lambda: restyle(window))


def set_scale(widget: QWidget, scale: float) -> None:
    """Make the text `scale` times as large as the application's, and keep that when the application's size changes (`restyle_after`)."""
    font = QFont(widget.font())
    font.setPointSizeF(QGuiApplication.font().pointSizeF() * scale)
    widget.setFont(font)
    widget.setProperty("scale", scale)


def set_fixed(widget: QWidget, scale: float = 1.0) -> None:
    """Use the system's fixed-width font in the size of other text, for digits and addresses below each other."""
    widget.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
    set_scale(widget, scale)


def set_role(widget: QWidget, role: str) -> None:
    """Change the role of a widget, and have the style sheet applied to it again."""
    if widget.property("role") != role:
        widget.setProperty("role", role)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def set_glyph(made: QAbstractButton, glyph: str) -> None:
    made.setProperty("glyph", glyph)
    made.setIcon(icon(glyph, colours().text))
