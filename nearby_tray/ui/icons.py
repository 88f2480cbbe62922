"""Icons: the SVG files of `resources/icons`, recoloured and cached as pixmaps."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPointF, QRectF, QSize
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QImage, QImageReader, QPainter, QPixmap

from .theme import desktops, is_dark

INK = b"#2e3436"  # the one colour in the symbolic icons, replaced by the wanted one
SIZES = (16, 22, 24, 32, 48)
TRAY = ("idle", "off", "seeking", "asked", "working", "good", "fair", "weak", "restoring", "problem")
_DARK_PANELS = {"gnome", "unity", "ubuntu", "pop", "xfce"}  # their default panel is dark in the light theme, too


@cache
def icons_folder() -> Path:
    """In the package if it is installed, beside the package in a checkout."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "resources" / "icons"
    return installed if installed.is_dir() else package.parent / "resources" / "icons"


@cache
def _source(name: str) -> bytes:
    return (icons_folder() / f"{name}.svg").read_bytes()


@cache
def _image(name: str, colour: str, pixels: int) -> QImage:
    buffer = QBuffer()
    buffer.setData(QByteArray(_source(name).replace(INK, colour.encode())))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    # The image format plugin reads SVG: no import of PySide6.QtSvg, and no renderer kept.
    reader = QImageReader(buffer, QByteArray(b"svg"))
    reader.setScaledSize(QSize(pixels, pixels))
    image = reader.read()
    if not image.isNull():
        return image
    # Without the plugin (a distribution that packs QtSvg apart) there is still a shape to click on.
    image = QImage(pixels, pixels, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(QColor(colour))
    painter.drawEllipse(QRectF(pixels * 0.2, pixels * 0.2, pixels * 0.6, pixels * 0.6))
    painter.end()
    return image


def pixmap(name: str, colour: str, size: int, ratio: float = 1.0) -> QPixmap:
    """The icon `name` of `size` logical pixels; `ratio`: device pixels in each."""
    result = QPixmap.fromImage(_image(name, colour, round(size * ratio)))
    result.setDevicePixelRatio(ratio)
    return result


@cache
def icon(name: str, colour: str) -> QIcon:
    result = QIcon()
    for pixels in SIZES:
        result.addPixmap(QPixmap.fromImage(_image(name, colour, pixels)))
    return result


def application_icon() -> QIcon:
    found = QIcon.fromTheme("nearby-tray")
    if not found.isNull():
        return found
    result = QIcon()
    for pixels in (16, 32, 48, 128):
        result.addPixmap(QPixmap.fromImage(_image("nearby-tray", INK.decode(), pixels)))
    return result


def application_icon_name() -> str:
    """The name of the icon if the icon theme has it, otherwise the URI of its file."""
    return "nearby-tray" if QIcon.hasThemeIcon("nearby-tray") else (icons_folder() / "nearby-tray.svg").as_uri()


def tray_icon(state: str) -> QIcon:
    """`state`: one of `TRAY`. Light on a dark panel, dark on a light one; the panel's colour is guessed.

    No panel says its colour (LXQt's and Xfce's have another than the windows), so a rim of the other shade keeps a wrong guess readable.
    """
    dark = bool(desktops(os.environ) & _DARK_PANELS) or is_dark(QGuiApplication.palette())
    return _rimmed(f"tray-{state}", *(("#ffffff", INK.decode()) if dark else (INK.decode(), "#ffffff")))


@cache
def _rimmed(name: str, colour: str, rim: str) -> QIcon:
    result = QIcon()
    for pixels in SIZES:
        image = _image(name, rim, pixels).copy()  # `QImage.fill` would have PySide make all enumerations of `Qt`, 25 ms
        painter = QPainter(image)
        far = max(1.0, pixels / 22)
        painter.setOpacity(0.6)
        for x, y in ((-far, 0), (far, 0), (0, -far), (0, far), (-0.7, -0.7), (0.7, -0.7), (-0.7, 0.7), (0.7, 0.7)):
            painter.drawImage(QPointF(x, y), _image(name, rim, pixels))
        painter.setOpacity(1.0)
        painter.drawImage(QPointF(0, 0), _image(name, colour, pixels))
        painter.end()
        result.addPixmap(QPixmap.fromImage(image))
    return result
