"""The tray icon: its menu, and how it survives the desktop's panel.

On X11 Qt chooses between the two kinds of tray (StatusNotifierItem over D-Bus, XEmbed) once, when the icon is made: an icon made before
the desktop's panel never appears there. So this module watches the watcher's bus name and makes the icon anew when it comes. It asks the
watcher whether the icon is really in the tray (`RegisteredStatusNotifierItems`, and whether any host draws the items), never `isVisible()`.
An XEmbed tray that goes takes Qt's docked window with it, and Qt announces a new one to nobody: while there is none, this module looks.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import SLOT, QObject, QRect, QTimer, Signal, Slot
from PySide6.QtDBus import QDBusConnection, QDBusMessage, QDBusPendingCallWatcher, QDBusServiceWatcher, QDBusVariant
from PySide6.QtGui import QAction, QActionGroup, QGuiApplication
from PySide6.QtWidgets import QApplication, QMenu, QSystemTrayIcon, QWidget

from ..core.model import Method, Radios, Snapshot, Visibility
from .icons import tray_icon
from .menu import Entry, for_the_bus, plan
from .text.states import tooltip
from .timers import timer
from .tray_state import state_of

if TYPE_CHECKING:
    from ..edges import Actions


log = logging.getLogger(__name__)
WATCHER = "org.kde.StatusNotifierWatcher"
WATCHER_PATH = "/StatusNotifierWatcher"
SETTLE = 300  # ms from the watcher's name to a new icon: hosts own the name before they listen
PATIENCE = 4000  # ms to wait for a tray at start
LOOK = 5000  # ms between looks for an XEmbed tray, which Qt announces to nobody, while there is none
CHECKS = 3  # new icons for one watcher that does not list us, before believing it


def _value(call: QDBusPendingCallWatcher) -> object:
    """The answer of `Properties.Get`; `None` for an error."""
    reply = call.reply()
    call.deleteLater()
    if reply.type() != QDBusMessage.MessageType.ReplyMessage or not reply.arguments():
        return None
    found: object = reply.arguments()[0]
    return found.variant() if isinstance(found, QDBusVariant) else found


class Tray(QObject):
    """`homed`: whether a tray shows the icon. False not before `PATIENCE`, True whenever a tray takes the icon."""

    homed = Signal(bool)

    def __init__(
        self,
        *,
        open_panel: Callable[[], object],
        toggle_panel: Callable[[], None],
        open_settings: Callable[[], object],
        open_host: Callable[[], None],
        open_question: Callable[[], None],
        quit: Callable[[], None],
        troubleshoot: Callable[[], object] | None = None,
        parent: QObject | None = None,
    ) -> None:
        """`troubleshoot`: opens the doctor's window; without one the menu does not offer it."""
        super().__init__(parent)
        self._controller: Actions | None = None
        self._open_panel = open_panel
        self._actions: dict[str, Callable[[Actions, str], object]] = {
            "seek": lambda controller, _: self._seek(controller),
            "stop_seeking": lambda controller, _: controller.stop_seeking(),
            "ask": self._ask,
            "question": lambda *_: open_question(),
            "open_host": lambda *_: open_host(),
            "expel": lambda controller, address: controller.expel(address),
            "cancel": lambda controller, _: controller.cancel(),
            "disconnect": lambda controller, _: controller.disconnect(),
            "visibility": self._set_visibility,
            "open": lambda *_: open_panel(),
            "toggle": lambda *_: toggle_panel(),
            "settings": lambda *_: open_settings(),
            "quit": lambda *_: quit(),
        }
        self._chosen: tuple[str, str] | None = None  # before `serve`
        if troubleshoot is not None:
            self._actions["troubleshoot"] = lambda *_: troubleshoot()
        self._snapshot = Snapshot(radios=Radios(None, None))
        self._plan: tuple[Entry, ...] = ()
        self._shown: tuple[str, str] | None = None
        self._menu = QMenu()
        self._menu.aboutToHide.connect(lambda: QTimer.singleShot(0, self, self._draw_menu))  # once it is hidden
        self._icon: QSystemTrayIcon | None = None
        self._dock: QWidget | None = None  # Qt's window in an XEmbed tray
        self._made = 0  # icons so far: Qt numbers its connections to the bus by it
        self._checks = 0
        self._registered: bool | None = None  # None: not known
        self._hosted = True  # a host draws the registered items
        self._home: bool | None = None
        self._again = timer(self, SETTLE, self._make, once=True)
        self._check = timer(self, 2 * SETTLE, self._ask_watcher, once=True)
        self._patience = timer(self, PATIENCE, self._judge, once=True)
        self._look = timer(self, LOOK, self._set_home)
        self._bus = QDBusConnection.sessionBus()
        self._watch()
        self._make()
        self._patience.start()

    def _watch(self) -> None:
        """Watch for trays that come and go."""
        if self._bus.isConnected():
            self._watcher = QDBusServiceWatcher(WATCHER, self._bus, QDBusServiceWatcher.WatchModeFlag.WatchForOwnerChange, self)
            self._watcher.serviceOwnerChanged.connect(self._owner_changed)
            # The stubs say bytes, the runtime takes the str that SLOT() makes and nothing else.
            slot: Any = SLOT("hosts_changed()")
            for signal in ("StatusNotifierHostRegistered", "StatusNotifierHostUnregistered"):
                self._bus.connect("", WATCHER_PATH, WATCHER, signal, self, slot)

    @property
    def home(self) -> bool | None:
        """Whether a tray shows the icon; `None` while not known."""
        return self._home

    @property
    def menu(self) -> QMenu:
        """The menu, whose entries follow the snapshot."""
        return self._menu

    def geometry(self) -> QRect:
        """The place of the icon; invalid if the desktop does not tell it (D-Bus trays never do)."""
        return self._icon.geometry() if self._icon is not None else QRect()

    def serve(self, controller: Actions) -> None:
        """Hand the user's choices to the controller, also the last one from before there was a controller."""
        self._controller = controller
        if self._chosen is not None:
            self.choose(*self._chosen)

    def choose(self, name: str, argument: str = "") -> None:
        """Carry out an entry of the menu."""
        if self._controller is None:
            self._chosen = name, argument
        elif name in self._actions:
            self._actions[name](self._controller, argument)

    def render_snapshot(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._draw_icon()
        self._draw_menu()

    def close(self) -> None:
        for each in (self._again, self._check, self._patience, self._look):
            each.stop()
        if self._icon is not None:
            self._icon.hide()
            self._icon.setContextMenu(None)  # type: ignore[arg-type]  # Qt takes null, the stubs do not say so
            self._icon.deleteLater()
            self._icon = None
        self._menu.deleteLater()

    def reword(self) -> None:
        """Write everything anew with the next snapshot, because the language has changed."""
        self._shown, self._plan = None, ()

    def theme_changed(self) -> None:
        self._shown = None
        self._draw_icon()

    # --- drawing ---

    def _draw_icon(self) -> None:
        shown = state_of(self._snapshot), tooltip(self._snapshot)
        if self._icon is None or shown == self._shown:
            return
        if self._shown is None or shown[0] != self._shown[0]:
            self._icon.setIcon(tray_icon(shown[0]))
        self._icon.setToolTip(shown[1])
        self._shown = shown

    def _draw_menu(self) -> None:
        wanted = tuple(entry for entry in plan(self._snapshot) if entry.name != "troubleshoot" or "troubleshoot" in self._actions)
        if self._registered:
            wanted = for_the_bus(wanted)
        # An open menu stays as it is; it is drawn again once it has closed.
        if wanted == self._plan or self._menu.isVisible():
            return
        self._plan = wanted
        self._fill(self._menu, wanted)

    def _fill(self, menu: QMenu, entries: tuple[Entry, ...]) -> None:
        """Change the menu to these entries. Lines that stay are kept: a host on D-Bus knows lines by number, and may be clicking one."""
        for place, entry in enumerate(entries):
            left = menu.actions()[place:]
            action = next((there for there in left if there.data() == entry.key()), None) or self._line(menu, entry)
            if not left:
                menu.addAction(action)
            elif action is not left[0]:
                menu.insertAction(left[0], action)
            if entry.words:
                action.setText(entry.words if entry.name not in ("headline", "code") else entry.words.replace("&", "&&"))
                action.setEnabled(entry.enabled)
            if entry.checked is not None:
                action.setChecked(entry.checked)
            submenu = action.menu()
            if isinstance(submenu, QMenu):
                self._fill(submenu, entry.entries)
        for action in menu.actions()[len(entries) :]:
            menu.removeAction(action)
            for gone in (action.menu(), action):
                if gone is not None:
                    gone.deleteLater()

    def _line(self, menu: QMenu, entry: Entry) -> QAction:
        action = QAction(menu)
        action.setData(entry.key())
        action.setObjectName(f"{entry.name} {entry.argument}".strip())
        if not entry.words:
            action.setSeparator(True)
        elif entry.entries:
            action.setMenu(QMenu(menu))
        if entry.checked is not None:
            group = menu.findChild(QActionGroup) or QActionGroup(menu)
            action.setCheckable(True)
            group.addAction(action)
        if entry.name in self._actions:
            action.triggered.connect(lambda _checked=False, name=entry.name, argument=entry.argument: self.choose(name, argument))
        return action

    def _seek(self, controller: Actions) -> None:
        controller.seek()
        self._open_panel()  # it shows the list

    @staticmethod
    def _ask(controller: Actions, argument: str) -> None:
        """`argument`: the id of a peer; for a plain peer a method comes before it."""
        method, _, peer = argument.rpartition(" ")
        controller.ask(peer, Method(method) if method else None)

    @staticmethod
    def _set_visibility(controller: Actions, argument: str) -> None:
        word, _, minutes = argument.partition(" ")
        controller.set_visibility(Visibility(word), int(minutes) if minutes else None)

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason in (QSystemTrayIcon.ActivationReason.Trigger, QSystemTrayIcon.ActivationReason.DoubleClick):
            self.choose("toggle")

    # --- survival ---

    def _make(self) -> None:
        if self._icon is not None:
            self._icon.hide()
            self._icon.setContextMenu(None)  # type: ignore[arg-type]
            self._icon.deleteLater()
        self._icon = QSystemTrayIcon(self)
        self._made += 1
        self._shown = None
        self._plan = ()
        self._draw_icon()
        self._draw_menu()
        self._icon.setContextMenu(self._menu)
        self._icon.activated.connect(self._activated)
        self._icon.show()
        log.debug("Tray icon %d made", self._made)
        self._check.start()

    @Slot(str, str, str)
    def _owner_changed(self, _name: str, _old: str, new: str) -> None:
        self._registered, self._hosted = None, True
        self._checks = 0
        if not new:
            self._set_home()
        elif QGuiApplication.platformName() == "xcb":
            self._again.start()
        else:  # on Wayland Qt registers by itself
            self._check.start()

    @Slot()
    def hosts_changed(self) -> None:
        if not self._again.isActive():
            self._checks = 0
            self._check.start()

    def _ask_watcher(self) -> None:
        if not self._bus.isConnected():
            self._set_home()
            return
        for name, heard in (
            ("IsStatusNotifierHostRegistered", self._watcher_said_hosted),
            ("RegisteredStatusNotifierItems", self._watcher_said_items),
        ):
            message = QDBusMessage.createMethodCall(WATCHER, WATCHER_PATH, "org.freedesktop.DBus.Properties", "Get")
            message.setAutoStartService(False)
            message.setArguments([WATCHER, name])
            watcher = QDBusPendingCallWatcher(self._bus.asyncCall(message, 3000), self)
            watcher.finished.connect(heard)

    @Slot(QDBusPendingCallWatcher)
    def _watcher_said_hosted(self, call: QDBusPendingCallWatcher) -> None:
        self._hosted = _value(call) is not False  # a watcher without this property is taken to have a host

    @Slot(QDBusPendingCallWatcher)
    def _watcher_said_items(self, call: QDBusPendingCallWatcher) -> None:
        items = _value(call)
        if not isinstance(items, list):
            self._registered = None
        else:
            self._registered = any(self._is_ours(str(item)) for item in items)
            if not self._registered and QGuiApplication.platformName() == "xcb" and self._checks < CHECKS:
                self._checks += 1
                self._again.start()
        self._draw_menu()
        self._set_home()

    def _is_ours(self, item: str) -> bool:
        """Items are "bus-name" or "bus-name/path"; Qt gives each icon a bus connection of its own, named by its number."""
        service = item.partition("/")[0]
        names = [f"org.kde.StatusNotifierItem-{os.getpid()}-{number}" for number in range(1, self._made + 1)]
        return service in names or service in {self._bus.baseService(), *(QDBusConnection(name).baseService() for name in names)} - {""}

    def _set_home(self) -> None:
        # XEmbed has no registration to ask for; there the manager selection is the tray.
        if (self._registered and self._hosted) or self._docked():
            self._patience.stop()
            self._tell(True)
        elif not self._patience.isActive() and self._home is not False:
            self._patience.start()

    def _docked(self) -> bool:
        """True if the icon is in an XEmbed tray."""
        if self._registered or QGuiApplication.platformName() != "xcb" or not QSystemTrayIcon.isSystemTrayAvailable():
            return False
        for widget in QApplication.topLevelWidgets():
            if widget.metaObject().className() == "QSystemTrayIconSys":
                if widget is not self._dock:
                    self._dock = widget
                    widget.destroyed.connect(self._check.start)
                return True
        return False

    def _judge(self) -> None:
        """`PATIENCE` is over: without a tray by now, say that there is none."""
        self._tell(bool(self._registered and self._hosted) or self._docked())

    def _tell(self, home: bool) -> None:
        if home or QGuiApplication.platformName() != "xcb":
            self._look.stop()
        else:
            self._look.start()
        if home is not self._home:
            self._home = home
            log.info("Tray: %s", "shown" if home else "none here, the panel is a window")
            self.homed.emit(home)
