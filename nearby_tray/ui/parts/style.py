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
    """From the application's palette; a widget's own one may be coloured by the style sheet."""
    global _palette_tones
    palette = QGuiApplication.palette()
    if _palette_tones is None or _palette_tones[0] != palette.cacheKey():
        _palette_tones = palette.cacheKey(), tones(palette)
    return _palette_tones[1]


def _in_force() -> str:
    """What a sheet is made for."""
    return f"{QGuiApplication.palette().cacheKey()} {QGuiApplication.font().toString()}"


def restyle(window: QWidget) -> None:
    """Put the sheet of the palette in force on a window, its colour on the icons of its buttons, and the font's size on the texts."""
    tones = colours()
    window.setProperty("styledFor", _in_force())
    window.setStyleSheet(sheet(tones))  # also the same one anew: below a sheet nothing else makes a new font known
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
    """Text of `scale` times the size that the application's has, now and after that has changed (`restyle_after`)."""
    font = QFont(widget.font())
    font.setPointSizeF(QGuiApplication.font().pointSizeF() * scale)
    widget.setFont(font)
    widget.setProperty("scale", scale)


def set_fixed(widget: QWidget, scale: float = 1.0) -> None:
    """Digits and addresses under each other, in the size of other text: the system's fixed font has one of its own."""
    widget.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
    set_scale(widget, scale)


def set_role(widget: QWidget, role: str) -> None:
    """Change the role of a widget and let the style sheet see it."""
    if widget.property("role") != role:
        widget.setProperty("role", role)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def set_glyph(made: QAbstractButton, glyph: str) -> None:
    made.setProperty("glyph", glyph)
    made.setIcon(icon(glyph, colours().text))
