"""How it looks: the platform theme chosen before Qt starts, light or dark, colours, fonts, icons.

The windows are drawn by Qt's own style with our sheet over it, from the palette in force; icons are the SVG files of `resources/icons`,
recoloured and cached as pixmaps. Qt's GTK theme doubles the memory of the program (44 → 92 MiB measured), so on GTK desktops
the generic one is used and what it would have told is asked of the desktop portal, which answers later or not at all.
"""

from __future__ import annotations

import os
from collections.abc import MutableMapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from PySide6.QtCore import SLOT, QBuffer, QByteArray, QIODevice, QObject, QPointF, QRectF, QSize, Signal, Slot
from PySide6.QtDBus import QDBusConnection, QDBusMessage, QDBusPendingCallWatcher, QDBusVariant
from PySide6.QtGui import QColor, QFont, QGuiApplication, QIcon, QImage, QImageReader, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import QApplication

INK = b"#2e3436"  # the one colour in the symbolic icons, replaced by the wanted one
SIZES = (16, 22, 24, 32, 48)
TRAY = ("idle", "off", "seeking", "asked", "working", "good", "fair", "weak", "restoring", "problem")

_GTK_DESKTOPS = {"gnome", "unity", "xfce", "x-cinnamon", "cinnamon", "mate", "budgie", "pantheon", "lxde", "ubuntu", "pop"}
_DARK_PANELS = {"gnome", "unity", "ubuntu", "pop", "xfce"}  # their panel is dark in the light theme too, unless changed


def _desktop(environment: MutableMapping[str, str]) -> set[str]:
    return {part.strip().lower() for part in environment.get("XDG_CURRENT_DESKTOP", "").split(":") if part.strip()}


def prepare_environment(environment: MutableMapping[str, str] = os.environ) -> None:
    """Before QApplication is made: keep the GTK platform theme out, unless the user chose a theme by hand."""
    if "QT_QPA_PLATFORMTHEME" not in environment and _desktop(environment) & _GTK_DESKTOPS:
        environment["QT_QPA_PLATFORMTHEME"] = "generic"


# --- colours ---------------------------------------------------------------------------------------------------------------


class Tones(NamedTuple):
    """The colours of the windows, all from one palette, so that any desktop's light or dark theme fits."""

    dark: bool
    window: str
    card: str
    field: str
    line: str
    hover: str
    text: str
    dim: str
    accent: str
    accent_hover: str
    on_accent: str
    good: str
    fair: str
    bad: str
    bad_wash: str
    fair_wash: str


def _mix(one: QColor, other: QColor, share: float) -> QColor:
    return QColor.fromRgbF(
        one.redF() + (other.redF() - one.redF()) * share,
        one.greenF() + (other.greenF() - one.greenF()) * share,
        one.blueF() + (other.blueF() - one.blueF()) * share,
    )


def is_dark(palette: QPalette) -> bool:
    return palette.color(QPalette.ColorRole.Window).lightness() < palette.color(QPalette.ColorRole.WindowText).lightness()


def tones(palette: QPalette) -> Tones:
    window, text = palette.color(QPalette.ColorRole.Window), palette.color(QPalette.ColorRole.WindowText)
    accent, on_accent = palette.color(QPalette.ColorRole.Highlight), palette.color(QPalette.ColorRole.HighlightedText)
    dark = is_dark(palette)
    good, fair, bad = (QColor(c) for c in (("#57cc7d", "#e8b84a", "#ff8278") if dark else ("#1b7a39", "#8a5a00", "#c0271d")))
    card = _mix(window, text, 0.06) if dark else palette.color(QPalette.ColorRole.Base)
    return Tones(
        dark=dark,
        window=window.name(),
        card=card.name(),
        field=palette.color(QPalette.ColorRole.Base).name(),
        line=_mix(window, text, 0.16).name(),
        hover=_mix(card, text, 0.07).name(),
        text=text.name(),
        dim=_mix(text, window, 0.32).name(),
        accent=accent.name(),
        accent_hover=_mix(accent, text, 0.12).name(),
        on_accent=on_accent.name(),
        good=good.name(),
        fair=fair.name(),
        bad=bad.name(),
        bad_wash=_mix(window, QColor("#ff4a3d"), 0.12 if dark else 0.09).name(),
        fair_wash=_mix(window, QColor("#ffb020"), 0.11 if dark else 0.14).name(),
    )


def our_palette(dark: bool) -> QPalette:
    """For platforms that tell nothing of their colours."""
    role, group = QPalette.ColorRole, QPalette.ColorGroup
    if dark:
        window, base, text, accent, on_accent = "#242428", "#1c1c20", "#f2f2f4", "#78aeff", "#0d1b33"
    else:
        window, base, text, accent, on_accent = "#f4f5f7", "#ffffff", "#1f2328", "#2b62d9", "#ffffff"
    button = _mix(QColor(window), QColor(text), 0.06)
    palette = QPalette(button, QColor(window))
    for one, colour in (
        (role.Window, window), (role.WindowText, text), (role.Base, base), (role.AlternateBase, window), (role.Text, text),
        (role.Button, button.name()), (role.ButtonText, text), (role.ToolTipBase, base), (role.ToolTipText, text),
        (role.Highlight, accent), (role.HighlightedText, on_accent), (role.Link, accent), (role.Accent, accent),
    ):  # fmt: skip
        palette.setColor(one, QColor(colour))
    faint = _mix(QColor(text), QColor(window), 0.55)
    palette.setColor(role.PlaceholderText, faint)
    for one in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(group.Disabled, one, faint)
    return palette


def sheet(t: Tones) -> str:
    """The windows' style sheet. Names of roles are set with `setProperty("role", …)`."""
    check = (icons_folder() / ("check-white.svg" if QColor(t.on_accent).lightness() > 127 else "check.svg")).as_posix()
    chevron = (icons_folder() / ("chevron-white.svg" if t.dark else "chevron.svg")).as_posix()
    return f"""
    QWidget#face {{ background: {t.window}; color: {t.text}; }}
    QScrollArea, QWidget#body, QWidget#list {{ background: transparent; border: none; }}
    QScrollArea[role="reading"] {{ border: 2px solid transparent; border-radius: 8px; }}
    QScrollArea[role="reading"]:focus {{ border-color: {t.accent}; }}
    QLabel {{ color: {t.text}; background: transparent; }}
    QLabel[role="dim"] {{ color: {t.dim}; }}
    QLabel[role="error"] {{ color: {t.bad}; }}
    QLabel[role="command"] {{ background: {t.window}; border: 1px solid {t.line}; border-radius: 6px; padding: 4px 8px; }}
    QLabel[role="grade-good"] {{ color: {t.good}; font-weight: 600; }}
    QLabel[role="grade-fair"] {{ color: {t.fair}; font-weight: 600; }}
    QLabel[role="grade-bad"] {{ color: {t.bad}; font-weight: 600; }}
    QLabel[role="title"] {{ font-weight: 600; }}
    QFrame[role="card"] {{ background: {t.card}; border: 1px solid {t.line}; border-radius: 10px; }}
    QFrame[role="bad"] {{ background: {t.bad_wash}; border: 1px solid {t.bad}; border-radius: 10px; }}
    QFrame[role="fair"] {{ background: {t.fair_wash}; border: 1px solid {t.fair}; border-radius: 10px; }}
    QPushButton {{ background: {t.card}; color: {t.text}; border: 1px solid {t.line}; border-radius: 8px; padding: 6px 14px; }}
    QPushButton:hover {{ background: {t.hover}; }}
    QPushButton:pressed {{ background: {t.line}; }}
    QPushButton:focus {{ border: 2px solid {t.accent}; padding: 5px 13px; }}
    QPushButton:disabled {{ color: {t.dim}; background: transparent; }}
    QPushButton[role="primary"] {{ background: {t.accent}; color: {t.on_accent}; border: 1px solid {t.accent}; font-weight: 600; }}
    QPushButton[role="primary"]:hover, QPushButton[role="primary"]:pressed {{ background: {t.accent_hover}; }}
    QPushButton[role="primary"]:focus {{ border: 2px solid {t.text}; }}
    QPushButton[role="primary"]:disabled {{ background: {t.line}; color: {t.dim}; border-color: {t.line}; }}
    QPushButton[role="flat"], QToolButton {{ background: transparent; color: {t.text}; border: 1px solid transparent; border-radius: 6px;
        padding: 4px; }}
    QPushButton[role="flat"]:hover, QToolButton:hover {{ background: {t.hover}; border-color: {t.line}; }}
    QPushButton[role="flat"]:disabled {{ color: {t.dim}; }}
    QPushButton[role="flat"]:focus, QToolButton:focus {{ border: 1px solid {t.accent}; }}
    QPushButton[role="link"] {{ background: transparent; border: 1px solid transparent; color: {t.accent}; padding: 1px 3px; }}
    QPushButton[role="link"]:hover {{ text-decoration: underline; }}
    QPushButton[role="link"]:focus {{ border: 1px solid {t.accent}; }}
    QPushButton[role="segment"] {{ background: transparent; border: 1px solid transparent; border-radius: 7px; padding: 4px 6px;
        color: {t.dim}; }}
    QPushButton[role="segment"]:hover {{ background: {t.hover}; }}
    QPushButton[role="segment"]:checked {{ background: {t.accent}; color: {t.on_accent}; }}
    QPushButton[role="segment"]:focus {{ border: 1px solid {t.accent}; }}
    QPushButton[role="segment"]:checked:focus {{ border: 2px solid {t.text}; padding: 3px 5px; }}
    QProgressBar {{ background: {t.line}; border: none; border-radius: 2px; max-height: 4px; min-height: 4px; }}
    QProgressBar::chunk {{ background: {t.accent}; border-radius: 2px; }}
    QCheckBox {{ color: {t.text}; spacing: 8px; }}
    QCheckBox::indicator {{ width: 16px; height: 16px; border: 1px solid {t.dim}; border-radius: 4px; background: {t.field}; }}
    QCheckBox::indicator:checked {{ background: {t.accent}; border-color: {t.accent}; image: url("{check}"); }}
    QCheckBox::indicator:focus {{ border: 2px solid {t.accent}; }}
    QCheckBox::indicator:checked:focus {{ border: 2px solid {t.text}; }}
    QLineEdit {{ background: {t.field}; color: {t.text}; border: 1px solid {t.line}; border-radius: 7px; padding: 5px 8px;
        selection-background-color: {t.accent}; selection-color: {t.on_accent}; }}
    QLineEdit:focus {{ border: 2px solid {t.accent}; padding: 4px 7px; }}
    QComboBox {{ background: {t.field}; color: {t.text}; border: 1px solid {t.line}; border-radius: 7px; padding: 5px 8px; }}
    QComboBox:focus {{ border: 2px solid {t.accent}; padding: 4px 7px; }}
    QComboBox::drop-down {{ border: none; width: 26px; }}
    QComboBox::down-arrow {{ image: url("{chevron}"); width: 16px; height: 16px; }}
    QComboBox QAbstractItemView {{ background: {t.field}; color: {t.text}; border: 1px solid {t.line}; padding: 3px;
        selection-background-color: {t.accent}; selection-color: {t.on_accent}; }}
    QScrollBar:vertical {{ background: transparent; width: 10px; margin: 2px; }}
    QScrollBar::handle:vertical {{ background: {t.line}; border-radius: 3px; min-height: 24px; }}
    QScrollBar::handle:vertical:hover {{ background: {t.dim}; }}
    QScrollBar::add-line:vertical, QScrollBar::sub-line:vertical {{ height: 0; }}
    QScrollBar::add-page:vertical, QScrollBar::sub-page:vertical {{ background: transparent; }}
    QToolTip {{ background: {t.card}; color: {t.text}; border: 1px solid {t.line}; }}
    """


# --- icons -----------------------------------------------------------------------------------------------------------------


@cache
def icons_folder() -> Path:
    """Inside the package when installed, beside it in a checkout."""
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
    """By name where the icon theme has it, otherwise the file's URI."""
    return "nearby-tray" if QIcon.hasThemeIcon("nearby-tray") else (icons_folder() / "nearby-tray.svg").as_uri()


def tray_icon(state: str) -> QIcon:
    """`state`: one of `TRAY`. Light on a dark panel, dark on a light one, as good as can be guessed.

    No panel says its colour (LXQt's and Xfce's have another than the windows), so a rim of the other shade keeps a wrong guess readable.
    """
    dark = bool(_desktop(os.environ) & _DARK_PANELS) or is_dark(QGuiApplication.palette())
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


# --- what the desktop prefers ----------------------------------------------------------------------------------------------

_PORTAL = ("org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop", "org.freedesktop.portal.Settings")
_SCHEME = ("org.freedesktop.appearance", "color-scheme")
_FONT = ("org.gnome.desktop.interface", "font-name")
_MOTION = (  # what each desktop calls it
    ("org.freedesktop.appearance", "reduced-motion"),
    ("org.gnome.desktop.interface", "enable-animations"),
    ("org.kde.kdeglobals.KDE", "AnimationDurationFactor"),
)

_REDUCED = "reducedMotion"


def reduce_motion(on: bool) -> None:
    """Whether what moves for the eye only keeps still; asked by the widgets each time they would begin to move."""
    app = QGuiApplication.instance()
    if app is not None and app.property(_REDUCED) is not on:
        app.setProperty(_REDUCED, on)


def is_motion_reduced() -> bool:
    app = QGuiApplication.instance()
    return app is not None and app.property(_REDUCED) is True


class Look(QObject):
    """Palette and font where the platform theme knows none, following the desktop portal. Asks without waiting."""

    changed = Signal()  # light became dark, or the other way round

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        self._ours: bool | None = None  # None: not looked yet
        self._still: dict[str, bool] = {}  # which of `_MOTION` ask for it
        # Without its argument, which PySide cannot convert while nobody has asked for `Qt` (see `prepare`).
        app.styleHints().colorSchemeChanged.connect(lambda: self.changed.emit())
        if os.environ.get("QT_QPA_PLATFORMTHEME") == "generic":
            self._ours = True
            self._dress(is_dark(app.palette()))
        self._bus = QDBusConnection.sessionBus()
        if not self._bus.isConnected():
            return
        service, path, interface = _PORTAL
        # The stubs say bytes, the runtime takes the str that SLOT() makes and nothing else.
        slot: Any = SLOT("setting_changed(QDBusMessage)")
        self._bus.connect(service, path, interface, "SettingChanged", self, slot)
        for namespace, key in (_SCHEME, _FONT, *_MOTION):
            message = QDBusMessage.createMethodCall(service, path, interface, "Read")
            message.setArguments([namespace, key])
            watcher = QDBusPendingCallWatcher(self._bus.asyncCall(message, 3000), self)
            watcher.setProperty("key", key)
            watcher.finished.connect(self._read)

    def prepare(self) -> None:
        """Before the first window or menu.

        Not before the icon: PySide makes all of `Qt`'s enumerations when the first one is asked for, which takes a tenth of the start and
        1 MiB.
        """
        if self._ours is not None:
            return
        from PySide6.QtCore import Qt

        # A platform theme that knows colours says its scheme (KDE, Windows-like styles, GTK if chosen by hand): leave it alone.
        self._ours = self._app.styleHints().colorScheme() == Qt.ColorScheme.Unknown
        if self._ours:
            self._dress(dark=False)

    def _dress(self, dark: bool) -> None:
        self._app.setPalette(our_palette(dark))
        if self._app.font().pointSizeF() < 10:
            self._use_font(QFont(self._app.font().family(), 10))

    @Slot(QDBusPendingCallWatcher)
    def _read(self, watcher: QDBusPendingCallWatcher) -> None:
        reply = watcher.reply()
        if reply.type() == QDBusMessage.MessageType.ReplyMessage and reply.arguments():
            self._set(str(watcher.property("key")), reply.arguments()[0])
        watcher.deleteLater()

    @Slot(QDBusMessage)
    def setting_changed(self, message: QDBusMessage) -> None:
        arguments = message.arguments()
        if len(arguments) == 3 and (arguments[0], arguments[1]) in (_SCHEME, _FONT, *_MOTION):
            self._set(arguments[1], arguments[2])

    def _set(self, key: str, value: object) -> None:
        for _ in range(3):  # the old `Read` wraps its answer twice
            if isinstance(value, QDBusVariant):
                value = value.variant()
        if key in (name for _, name in _MOTION):
            self._still[key] = {"reduced-motion": value == 1, "enable-animations": value is False}.get(key, _is_zero(value))
            reduce_motion(any(self._still.values()))
            return
        self.prepare()
        if not self._ours:
            return
        if key == _SCHEME[1] and isinstance(value, int):
            self._app.setPalette(our_palette(dark=value == 1))
            self.changed.emit()
        elif key == _FONT[1] and isinstance(value, str) and len(value) <= 100:
            family, _, points = value.rpartition(" ")
            if family and points.replace(".", "", 1).isdigit() and 6 <= float(points) <= 32:
                font = QFont(family.split(",")[0])
                font.setPointSizeF(float(points))
                self._use_font(font)

    def _use_font(self, font: QFont) -> None:
        self._app.setFont(font)


def _is_zero(value: object) -> bool:
    """KDE's portal hands out what stands in its file, as text."""
    try:
        return isinstance(value, int | float | str) and float(value) == 0
    except ValueError:
        return False
