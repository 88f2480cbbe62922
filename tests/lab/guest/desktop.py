"""The desktop of one node as far as programs notice it: the tray that icons register with, and the notification bubbles.

Nothing is drawn. What an applet shows can be read here, and pressed as a user would press it.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from typing import Any

from dbus_fast import Message, MessageType, Variant
from guest.bus import DBUS, DBUS_PATH, PROPERTIES, Bus, BusError, no_reply, plain

WATCHER = "org.kde.StatusNotifierWatcher"
ITEM = "org.kde.StatusNotifierItem"
MENU = "com.canonical.dbusmenu"
NOTIFICATIONS = "org.freedesktop.Notifications"

INTROSPECTION = {
    WATCHER: f"""<node><interface name="{WATCHER}">
        <method name="RegisterStatusNotifierItem"><arg type="s" direction="in"/></method>
        <method name="RegisterStatusNotifierHost"><arg type="s" direction="in"/></method>
        <property name="RegisteredStatusNotifierItems" type="as" access="read"/>
        <property name="IsStatusNotifierHostRegistered" type="b" access="read"/>
        <property name="ProtocolVersion" type="i" access="read"/>
        <signal name="StatusNotifierItemRegistered"><arg type="s"/></signal>
        <signal name="StatusNotifierItemUnregistered"><arg type="s"/></signal>
        <signal name="StatusNotifierHostRegistered"/>
      </interface></node>""",
    NOTIFICATIONS: f"""<node><interface name="{NOTIFICATIONS}">
        <method name="GetCapabilities"><arg type="as" direction="out"/></method>
        <method name="GetServerInformation"><arg type="s" direction="out"/><arg type="s" direction="out"/><arg type="s" direction="out"/>
          <arg type="s" direction="out"/></method>
        <method name="Notify"><arg type="s" direction="in"/><arg type="u" direction="in"/><arg type="s" direction="in"/>
          <arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="as" direction="in"/><arg type="a{{sv}}" direction="in"/>
          <arg type="i" direction="in"/><arg type="u" direction="out"/></method>
        <method name="CloseNotification"><arg type="u" direction="in"/></method>
        <signal name="NotificationClosed"><arg type="u"/><arg type="u"/></signal>
        <signal name="ActionInvoked"><arg type="u"/><arg type="s"/></signal>
      </interface></node>""",
}
PATHS = {"/StatusNotifierWatcher": WATCHER, "/org/freedesktop/Notifications": NOTIFICATIONS}


def readable(label: str) -> str:
    """A label without its mnemonic."""
    return re.sub(r"[_&](?=\S)", "", label)


@dataclass(slots=True)
class Notification:
    number: int
    summary: str
    body: str
    actions: dict[str, str]  # key → label
    sender: str


@dataclass(frozen=True, slots=True)
class MenuEntry:
    number: int
    label: str
    enabled: bool
    checked: bool | None  # None: cannot be checked


@dataclass
class Desktop:
    bus: Bus
    items: list[str] = field(default_factory=list)  # bus name + path
    notifications: dict[int, Notification] = field(default_factory=dict)
    shown: list[str] = field(default_factory=list)  # every notification's text, also of those gone
    _sending: set[asyncio.Future[Any]] = field(default_factory=set)

    @classmethod
    async def take(cls, bus: Bus) -> Desktop:
        """Become the desktop of the session that `bus` belongs to."""
        desktop = cls(bus)
        bus.connection.add_message_handler(desktop._on_message)
        await bus.call(DBUS, DBUS_PATH, DBUS, "AddMatch", "s", f"type='signal',sender='{DBUS}',member='NameOwnerChanged'")
        for name in (WATCHER, NOTIFICATIONS):
            await bus.call(DBUS, DBUS_PATH, DBUS, "RequestName", "su", name, 4)
        desktop._signal("/StatusNotifierWatcher", WATCHER, "StatusNotifierHostRegistered")
        return desktop

    # --- the tray ---

    async def menu(self) -> list[MenuEntry]:
        """The applet's menu as it is now, submenus flattened; empty without an icon."""
        if not self.items:
            return []
        name, path = await self._menu_at()
        await self.bus.call(name, path, MENU, "AboutToShow", "i", 0)  # a menu may be filled only now
        _, root = await self.bus.call(name, path, MENU, "GetLayout", "iias", 0, -1, [])
        return [
            MenuEntry(
                number,
                readable(props["label"]),
                props.get("enabled", True),
                props["toggle-state"] == 1 if "toggle-state" in props and props.get("toggle-type") else None,
            )
            for number, props in _flattened(root)
            if props.get("visible", True) and props.get("label") and props.get("type") != "separator"
        ]

    async def click(self, pattern: str) -> str:
        """Click the one enabled entry whose label matches; entries' numbers change with the menu, so it is looked up each time."""
        entries = [entry for entry in await self.menu() if entry.enabled]
        found = [entry for entry in entries if re.search(pattern, entry.label)]
        if len(found) != 1:
            raise LookupError(f"no single {pattern!r} in {[entry.label for entry in entries]}")
        name, path = await self._menu_at()
        await self.bus.call(name, path, MENU, "Event", "isvu", found[0].number, "clicked", Variant("s", ""), 0)
        return found[0].label

    async def activate(self) -> None:
        """A left click on the icon."""
        name, path = self._item()
        await self.bus.call(name, path, ITEM, "Activate", "ii", 0, 0)

    async def tooltip(self) -> str:
        name, path = self._item()
        tip = await self.bus.get(name, path, ITEM, "ToolTip")
        return " ".join(part for part in tip[2:] if part)

    def _item(self) -> tuple[str, str]:
        if not self.items:
            raise LookupError("no icon in the tray")
        name, _, path = self.items[-1].partition("/")
        return name, f"/{path}" if path else "/StatusNotifierItem"

    async def _menu_at(self) -> tuple[str, str]:
        name, path = self._item()
        return name, await self.bus.get(name, path, ITEM, "Menu")

    # --- notifications ---

    def press(self, action: str) -> None:
        """Press a button of the newest notification that has one with this label."""
        for note in sorted(self.notifications.values(), key=lambda item: -item.number):
            for key, label in note.actions.items():
                if readable(label) == action:
                    self._signal("/org/freedesktop/Notifications", NOTIFICATIONS, "ActionInvoked", "us", note.number, key)
                    return
        raise LookupError(f"no notification offers {action!r}: {list(self.notifications.values())}")

    # --- what programs call ---

    def _on_message(self, message: Message) -> Message | bool | None:
        if message.message_type is MessageType.SIGNAL and message.member == "NameOwnerChanged":
            name, _, owner = message.body
            for item in [item for item in self.items if item.partition("/")[0] == name and not owner]:
                self.items.remove(item)
                self._signal("/StatusNotifierWatcher", WATCHER, "StatusNotifierItemUnregistered", "s", item)
            return None
        serves = PATHS.get(message.path or "")
        if message.message_type is not MessageType.METHOD_CALL or serves is None:
            return None
        try:
            signature, body = self._answer(serves, message)
        except BusError as error:
            return Message.new_error(message, error.name, str(error))
        return True if no_reply(message) else Message.new_method_return(message, signature, body)

    def _answer(self, serves: str, message: Message) -> tuple[str, list[Any]]:
        match message.interface, message.member:
            case "org.freedesktop.DBus.Introspectable", "Introspect":
                return "s", [INTROSPECTION[serves]]
            case i, "Get" if i == PROPERTIES and message.body[1] in self._tray_properties():
                return "v", [self._tray_properties()[message.body[1]]]
            case i, "GetAll" if i == PROPERTIES:
                return "a{sv}", [self._tray_properties() if serves == WATCHER else {}]
            case _, "RegisterStatusNotifierItem":
                # A bus name by the specification, an object path by libappindicator.
                given, sender = message.body[0], message.sender or ""
                item = sender + given if given.startswith("/") else given
                if item not in self.items:
                    self.items.append(item)
                self._signal("/StatusNotifierWatcher", WATCHER, "StatusNotifierItemRegistered", "s", item)
                return "", []
            case _, "RegisterStatusNotifierHost":
                return "", []
            case _, "GetCapabilities":
                return "as", [["actions", "body", "persistence"]]
            case _, "GetServerInformation":
                return "ssss", ["nearby-lab", "nearby-tray", "1", "1.2"]
            case _, "Notify":
                return "u", [self._notify(message)]
            case _, "CloseNotification":
                if self.notifications.pop(message.body[0], None):
                    self._signal("/org/freedesktop/Notifications", NOTIFICATIONS, "NotificationClosed", "uu", message.body[0], 3)
                return "", []
        raise BusError("org.freedesktop.DBus.Error.UnknownMethod", f"no {message.member} here")

    def _tray_properties(self) -> dict[str, Variant]:
        return {
            "RegisteredStatusNotifierItems": Variant("as", self.items),
            "IsStatusNotifierHostRegistered": Variant("b", True),
            "ProtocolVersion": Variant("i", 0),
        }

    def _notify(self, message: Message) -> int:
        _, replaces, _, summary, body, actions, _, _ = plain(message.body)
        number: int = replaces or len(self.shown) + 1
        self.notifications[number] = Notification(
            number, summary, body, dict(zip(actions[::2], actions[1::2], strict=True)), message.sender or ""
        )
        self.shown.append(f"{summary}: {body}")
        return number

    def _signal(self, path: str, interface: str, member: str, signature: str = "", *body: Any) -> None:
        task = asyncio.ensure_future(self.bus.connection.send(Message.new_signal(path, interface, member, signature, list(body))))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)


def _flattened(node: Any) -> list[tuple[int, dict[str, Any]]]:
    number, props, children = node
    return [(number, props), *(item for child in children for item in _flattened(child))]
