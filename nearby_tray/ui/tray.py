"""The tray icon: a shape for each state, the menu rebuilt from the Snapshot, and its own survival.

On X11 Qt chooses between the two kinds of tray (StatusNotifierItem over D-Bus, XEmbed) once, when the icon is made: an icon made
before the panel of the desktop is never seen there. So the watcher's bus name is watched and the icon made anew when it comes; whether
we are really in the tray is asked of the watcher (`RegisteredStatusNotifierItems`, and whether anybody draws them), never of
`isVisible()`. An XEmbed tray that goes takes Qt's docked window with it, and one that comes is looked for while there is none.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import SLOT, QObject, QRect, QTimer, Signal, Slot
from PySide6.QtDBus import QDBusConnection, QDBusMessage, QDBusPendingCallWatcher, QDBusServiceWatcher, QDBusVariant
from PySide6.QtGui import QAction, QActionGroup, QGuiApplication
from PySide6.QtWidgets import QApplication, QMenu, QSystemTrayIcon, QWidget

from ..core.model import Grade, Method, Peer, Prompt, Radios, Snapshot, Stage, Visibility
from . import theme
from .text import plain
from .text.choices import VISIBILITIES
from .text.names import clean
from .text.peers import badges
from .text.states import headline, tooltip
from .text.translate import isolated, listed, tr

if TYPE_CHECKING:
    from ..edges import Actions

log = logging.getLogger(__name__)

WATCHER, WATCHER_PATH = "org.kde.StatusNotifierWatcher", "/StatusNotifierWatcher"
SETTLE = 300  # ms from the watcher's name to a new icon: hosts own the name before they listen
PATIENCE = 4000  # ms to wait for a tray at start
LOOK = 5000  # ms between looks for an XEmbed tray, which Qt announces to nobody, while there is none
CHECKS = 3  # new icons for one watcher that does not list us, before believing it
MOST_PEERS = 12  # in the menu; the panel has all


def state_of(snapshot: Snapshot) -> str:
    """The shape: one of `theme.TRAY`."""
    match snapshot.stage:
        case Stage.IDLE:
            if snapshot.failure:
                return "problem"
            return "off" if snapshot.radios.trouble else "idle"
        case Stage.SEEKING:
            return "seeking"
        case Stage.ASKED | Stage.ENTERING:
            return "asked"
        case Stage.HOSTING:
            grades = [member.health.grade for member in snapshot.members if member.health is not None]
            if not grades:
                return "working" if snapshot.link is None else "seeking" if not snapshot.members else "good"
            return "problem" if Grade.LOST in grades else max(grades, key=_WORSE.index).value
        case _ if snapshot.restoring_because:
            return "restoring"
        case Stage.ASKING | Stage.MEETING | Stage.FORMING | Stage.CHECKING | Stage.ENDING:
            return "working"
        case Stage.RESTORING:
            return "restoring"
        case Stage.LINKED:
            grade = snapshot.health.grade if snapshot.health else Grade.GOOD
            return "problem" if grade is Grade.LOST else grade.value
    raise AssertionError(snapshot.stage)


_WORSE = (Grade.GOOD, Grade.FAIR, Grade.WEAK)


class Entry(NamedTuple):
    """One line of the menu. Without an action of its own it is a heading; `entries` make it a submenu; no words: a separator."""

    words: str = ""
    name: str = ""
    argument: str = ""
    enabled: bool = True
    checked: bool | None = None
    entries: tuple[Entry, ...] = ()
    about: str = ""  # which question it answers: a click that was meant for another one must not count for this

    def key(self) -> str:
        """Two entries of the same key are one line that says something else now."""
        kind = "submenu" if self.entries else "choice" if self.checked is not None else "line" if self.words else "separator"
        return "\n".join((kind, self.name, self.argument, self.about))


def plan(snapshot: Snapshot) -> tuple[Entry, ...]:
    """What the menu of this snapshot says. Two equal plans need no new menu."""
    entries: list[Entry] = [Entry(headline(snapshot), "headline", enabled=False)]
    ready = snapshot.radios.trouble is None
    if snapshot.prompt is Prompt.WISH:
        entries.append(Entry(tr("&A program asks…"), "question"))
    match snapshot.stage:
        case Stage.IDLE:
            entries.append(Entry(tr("&Connect nearby"), "seek", enabled=ready))
            entries.append(Entry(tr("&Host a group…"), "open_host", enabled=not snapshot.radios.host_obstacle))
        case Stage.SEEKING:
            for peer in snapshot.peers[:MOST_PEERS]:
                words = listed((isolated(clean(peer.name, 40)), *badges(peer))).replace("&", "&&")
                if peer.plain:
                    entries.append(Entry(words, "ways", peer.id, entries=_ways(peer, snapshot)))
                else:
                    entries.append(Entry(words, "ask", peer.id, enabled=peer.reachable))
            entries.append(Entry(tr("&Stop looking"), "stop_seeking"))
        case Stage.ASKED:
            # The whole dialog, not a quick yes or no: a line that comes up under the pointer is clicked by accident.
            if snapshot.code and snapshot.needs_code:
                entries.append(Entry(tr("Code {code}", code=snapshot.code), "code", enabled=False))
            if snapshot.agreed_here:
                entries.append(Entry(tr("&Cancel"), "cancel"))
            else:
                name = isolated(clean(snapshot.peer.name if snapshot.peer else "", 40)).replace("&", "&&")
                entries.append(Entry(tr("Answer {peer}…", peer=name), "question", about=snapshot.question))
        case Stage.ENTERING:
            entries += [Entry(tr("&Enter the PIN…"), "question"), Entry(tr("&Cancel"), "cancel")]
        case Stage.HOSTING:
            if snapshot.pin is not None:
                entries.append(Entry(tr("Show the &PIN"), "question"))
            for member in snapshot.members[:MOST_PEERS]:
                words = tr("Disconnect {peer}", peer=clean(member.peer.name, 40)).replace("&", "&&")
                entries.append(Entry(words, "expel", member.peer.address))
            entries.append(Entry(tr("&End the group"), "disconnect"))
        case Stage.RESTORING:
            entries.append(Entry(tr("&Connect nearby"), "seek", enabled=ready))
            entries.append(Entry(tr("&Disconnect"), "disconnect"))
        case Stage.LINKED:
            entries.append(Entry(tr("&Disconnect"), "disconnect"))
        case Stage.ASKING | Stage.MEETING | Stage.FORMING | Stage.CHECKING:
            if snapshot.stage is Stage.ASKING and snapshot.code and snapshot.needs_code:
                entries.append(Entry(tr("Code {code}", code=snapshot.code), "code", enabled=False))
                if snapshot.may_match:
                    entries.append(Entry(tr("Compare the codes…"), "open"))
            if snapshot.pin is not None:
                entries.append(Entry(tr("Show the &PIN"), "question"))
            entries.append(Entry(tr("&Disconnect"), "disconnect") if snapshot.restoring_because else Entry(tr("&Cancel"), "cancel"))
        case Stage.ENDING:
            pass
    choices = tuple(
        Entry(tr(VISIBILITIES[v]), "visibility", v.value, checked=snapshot.visibility is v and snapshot.visible_until is None)
        for v in (Visibility.EVERYONE, Visibility.TRUSTED, Visibility.NOBODY)
    )
    minutes = Entry(
        tr("Everyone, for 10 minutes"),
        "visibility",
        "everyone 10",
        checked=snapshot.visibility is Visibility.EVERYONE and snapshot.visible_until is not None,
    )
    entries += [
        Entry(),
        Entry(tr("&Visible to"), "visible", entries=(choices[0], minutes, *choices[1:])),
        Entry(tr("&Open Nearby Tray"), "open"),
        Entry(tr("Se&ttings…"), "settings"),
        Entry(tr("Trou&bleshoot…"), "troubleshoot"),
        Entry(),
        Entry(tr("&Quit"), "quit"),
    ]
    return tuple(entries)


def _for_the_bus(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    return tuple(entry._replace(words=_bus_words(entry.words), entries=_for_the_bus(entry.entries)) for entry in entries)


def _bus_words(words: str) -> str:
    """A menu over D-Bus marks its mnemonic with an underscore, and a & is a &. Qt makes an underscore of the first & that is not the last
    character, and leaves the others alone (QDBusMenuItem::convertMnemonic): one & is given to it, those of a name stay single."""
    said, given = "", False
    for part in re.findall("&&|&|[^&]+", words):
        if part == "&&":
            said += "&" if given else "&&"
            given = True
        elif part != "&":
            said += part.replace("_", "__")
        elif not given:
            said, given = said + "&", True
    return said


def _value(call: QDBusPendingCallWatcher) -> object:
    """What `Properties.Get` answered; None when it did not."""
    reply = call.reply()
    call.deleteLater()
    if reply.type() != QDBusMessage.MessageType.ReplyMessage or not reply.arguments():
        return None
    found: object = reply.arguments()[0]
    return found.variant() if isinstance(found, QDBusVariant) else found


def _ways(peer: Peer, snapshot: Snapshot) -> tuple[Entry, ...]:
    """How a machine without Nearby Tray can be linked with; what cannot be done says why in the panel."""
    if peer.remembered and snapshot.radios.abilities.persistent:
        return (Entry(tr("Remembered group"), "ask", f"{Method.PBC} {peer.id}"),)
    offers = plain.offers(peer, snapshot.radios.abilities)
    return tuple(Entry(offer.words, "ask", f"{offer.method} {peer.id}", enabled=not offer.obstacle) for offer in offers)


class Tray(QObject):
    """`homed` says whether there is a tray that shows us; False first after `PATIENCE`, True whenever one takes us in."""

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
        self._hosted = True  # somebody draws what is registered
        self._home: bool | None = None
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(SETTLE)
        self._again.timeout.connect(self._make)
        self._check = QTimer(self)
        self._check.setSingleShot(True)
        self._check.setInterval(2 * SETTLE)
        self._check.timeout.connect(self._ask_watcher)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE)
        self._patience.timeout.connect(self._judge)
        self._look = QTimer(self)
        self._look.setInterval(LOOK)
        self._look.timeout.connect(self._set_home)
        self._bus = QDBusConnection.sessionBus()
        if self._bus.isConnected():
            self._watcher = QDBusServiceWatcher(WATCHER, self._bus, QDBusServiceWatcher.WatchModeFlag.WatchForOwnerChange, self)
            self._watcher.serviceOwnerChanged.connect(self._owner_changed)
            # The stubs say bytes, the runtime takes the str that SLOT() makes and nothing else.
            slot: Any = SLOT("hosts_changed()")
            for signal in ("StatusNotifierHostRegistered", "StatusNotifierHostUnregistered"):
                self._bus.connect("", WATCHER_PATH, WATCHER, signal, self, slot)
        self._make()
        self._patience.start()

    @property
    def home(self) -> bool | None:
        """Is there a tray that shows us? `None` while not known."""
        return self._home

    @property
    def menu(self) -> QMenu:
        """The menu as it is now; its entries are made anew whenever the snapshot asks for others."""
        return self._menu

    def geometry(self) -> QRect:
        """Where the icon is; invalid where the desktop does not tell (always with D-Bus trays)."""
        return self._icon.geometry() if self._icon is not None else QRect()

    def serve(self, controller: Actions) -> None:
        """Hand it what the user chooses; also what was chosen last before it was there."""
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
        for timer in (self._again, self._check, self._patience, self._look):
            timer.stop()
        if self._icon is not None:
            self._icon.hide()
            self._icon.setContextMenu(None)  # type: ignore[arg-type]  # Qt takes null, the stubs do not say so
            self._icon.deleteLater()
            self._icon = None
        self._menu.deleteLater()

    def reword(self) -> None:
        """Say everything anew with the next snapshot: the language is another one."""
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
            self._icon.setIcon(theme.tray_icon(shown[0]))
        self._icon.setToolTip(shown[1])
        self._shown = shown

    def _draw_menu(self) -> None:
        wanted = tuple(entry for entry in plan(self._snapshot) if entry.name != "troubleshoot" or "troubleshoot" in self._actions)
        if self._registered:
            wanted = _for_the_bus(wanted)
        # A menu that is open on the screen is left as it is; it is drawn anew when it closes.
        if wanted == self._plan or self._menu.isVisible():
            return
        self._plan = wanted
        self._fill(self._menu, wanted)

    def _fill(self, menu: QMenu, entries: tuple[Entry, ...]) -> None:
        """Make the menu say this, with the lines that stay: whoever shows it over D-Bus knows them by number, and may be clicking one."""
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
        self._open_panel()  # the list is there

    @staticmethod
    def _ask(controller: Actions, argument: str) -> None:
        """`argument`: a peer's id, after a method where it is a plain peer."""
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
        self._hosted = _value(call) is not False  # a watcher that has no such property is believed to have a host

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
        """In an XEmbed tray."""
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
        """No tray in all that time."""
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
