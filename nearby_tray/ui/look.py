"""What the desktop prefers: light or dark, which font, how much motion."""

from __future__ import annotations

import os
from typing import Any

from PySide6.QtCore import SLOT, QObject, Signal, Slot
from PySide6.QtDBus import QDBusConnection, QDBusMessage, QDBusPendingCallWatcher, QDBusVariant
from PySide6.QtGui import QFont, QGuiApplication
from PySide6.QtWidgets import QApplication

from .theme import is_dark, our_palette

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
    """Set whether decorative motion stops. Widgets check it (`is_motion_reduced`) each time before they begin to move."""
    app = QGuiApplication.instance()
    if app is not None and app.property(_REDUCED) is not on:
        app.setProperty(_REDUCED, on)


def is_motion_reduced() -> bool:
    app = QGuiApplication.instance()
    return app is not None and app.property(_REDUCED) is True


class Look(QObject):
    """Palette and font for platform themes that have none, from the desktop portal. Asks it without waiting."""

    changed = Signal()  # from light to dark, or back

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        self._ours: bool | None = None  # None: not looked yet
        self._still: dict[str, bool] = {}  # which of `_MOTION` ask for it
        # Without its argument, which PySide cannot convert before the enumerations of `Qt` are made (see `prepare`).
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
    """True for a zero, also as text: KDE's portal returns numbers as its file has them."""
    try:
        return isinstance(value, int | float | str) and float(value) == 0
    except ValueError:
        return False
