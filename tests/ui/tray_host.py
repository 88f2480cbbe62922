"""A tray host for tests, run as a program: owns org.kde.StatusNotifierWatcher, prints a JSON line for each item that comes or goes.

With `click LABEL` it is a driver instead: it clicks that entry of the one registered item's menu; `drop LABEL` clicks and is gone at once,
`activate` is a left click, `menu` prints the labels, `properties` what the item says of itself. `hostless` and `liar` are watchers as one
does not want them. With `portal` it is a desktop portal that prefers a dark scheme and a certain font, and later a light one.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from typing import Any

from dbus_fast import Message, MessageType, PropertyAccess, Variant
from dbus_fast.aio import MessageBus
from dbus_fast.service import ServiceInterface, dbus_method, dbus_property, dbus_signal

WATCHER, PATH = "org.kde.StatusNotifierWatcher", "/StatusNotifierWatcher"
ITEM, MENU = "org.kde.StatusNotifierItem", "com.canonical.dbusmenu"


def say(**values: object) -> None:
    print(json.dumps(values), flush=True)


class Watcher(ServiceInterface):
    def __init__(self) -> None:
        super().__init__(WATCHER)
        self.items: list[str] = []
        self.sender = ""
        self.hosted = True

    @dbus_method()
    def RegisterStatusNotifierItem(self, service: s):  # type: ignore[name-defined,no-untyped-def]  # noqa: F821
        item = self.sender + service if service.startswith("/") else service
        if item not in self.items:
            self.items.append(item)
        say(event="registered", item=item)
        self.StatusNotifierItemRegistered(item)

    @dbus_method()
    def RegisterStatusNotifierHost(self, service: s):  # type: ignore[name-defined,no-untyped-def]  # noqa: F821
        pass

    @dbus_property(access=PropertyAccess.READ)
    def RegisteredStatusNotifierItems(self) -> "as":  # type: ignore[valid-type]  # noqa: F722
        return self.items

    @dbus_property(access=PropertyAccess.READ)
    def IsStatusNotifierHostRegistered(self) -> b:  # type: ignore[name-defined]  # noqa: F821
        return self.hosted

    @dbus_property(access=PropertyAccess.READ)
    def ProtocolVersion(self) -> i:  # type: ignore[name-defined]  # noqa: F821
        return 0

    @dbus_signal()
    def StatusNotifierItemRegistered(self, item: Any) -> s:  # type: ignore[name-defined]  # noqa: F821
        return item

    @dbus_signal()
    def StatusNotifierItemUnregistered(self, item: Any) -> s:  # type: ignore[name-defined]  # noqa: F821
        return item

    @dbus_signal()
    def StatusNotifierHostRegistered(self) -> None:
        return

    @dbus_signal()
    def StatusNotifierHostUnregistered(self) -> None:
        return


class Liar(ServiceInterface):
    """A watcher by name, whose properties are of other types than they should be."""

    def __init__(self) -> None:
        super().__init__(WATCHER)

    @dbus_method()
    def RegisterStatusNotifierItem(self, service: s):  # type: ignore[name-defined,no-untyped-def]  # noqa: F821
        say(event="registered", item=service)

    @dbus_property(access=PropertyAccess.READ)
    def RegisteredStatusNotifierItems(self) -> s:  # type: ignore[name-defined]  # noqa: F821
        return "all of them"

    @dbus_property(access=PropertyAccess.READ)
    def IsStatusNotifierHostRegistered(self) -> s:  # type: ignore[name-defined]  # noqa: F821
        return "sometimes"


async def liar() -> None:
    bus = await MessageBus().connect()
    bus.export(PATH, Liar())
    await bus.request_name(WATCHER)
    say(event="up")
    await bus.wait_for_disconnect()  # type: ignore[no-untyped-call]


class Portal(ServiceInterface):
    def __init__(self) -> None:
        super().__init__("org.freedesktop.portal.Settings")

    @dbus_method()
    def Read(self, namespace: s, key: s) -> v:  # type: ignore[name-defined]  # noqa: F821
        say(event="read", key=key)
        # The real one wraps its answer twice.
        return Variant("v", Variant("u", 1) if key == "color-scheme" else Variant("s", "DejaVu Sans 13"))

    @dbus_signal()
    def SettingChanged(self) -> ssv:  # type: ignore[name-defined]  # noqa: F821
        return ["org.freedesktop.appearance", "color-scheme", Variant("u", 0)]


async def portal() -> None:
    bus = await MessageBus().connect()
    served = Portal()
    bus.export("/org/freedesktop/portal/desktop", served)
    await bus.request_name("org.freedesktop.portal.Desktop")
    say(event="up")
    await asyncio.to_thread(sys.stdin.readline)
    served.SettingChanged()
    await bus.wait_for_disconnect()  # type: ignore[no-untyped-call]


async def host(hosted: bool = True) -> None:
    """`hosted` false: nobody draws the items, until a line comes on stdin; the next line takes the host away again."""
    bus = await MessageBus().connect()
    watcher = Watcher()
    watcher.hosted = hosted

    def before(message: Message) -> None:
        if message.interface == WATCHER:
            watcher.sender = message.sender or ""
        if message.message_type is MessageType.SIGNAL and message.member == "NameOwnerChanged" and not message.body[2]:
            for item in [i for i in watcher.items if i.partition("/")[0] == message.body[0]]:
                watcher.items.remove(item)
                watcher.StatusNotifierItemUnregistered(item)
                say(event="gone", item=item)

    bus.add_message_handler(before)
    rule = "type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged'"
    await call(bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "AddMatch", "s", [rule])
    bus.export(PATH, watcher)
    await bus.request_name(WATCHER)
    say(event="up")
    if not hosted:
        for _ in range(2):
            await asyncio.to_thread(sys.stdin.readline)
            watcher.hosted = not watcher.hosted
            if watcher.hosted:
                watcher.StatusNotifierHostRegistered()
            else:
                watcher.StatusNotifierHostUnregistered()
    else:
        watcher.StatusNotifierHostRegistered()
    await bus.wait_for_disconnect()  # type: ignore[no-untyped-call]


async def call(bus: MessageBus, to: str, path: str, interface: str, member: str, signature: str = "", body: list[Any] | None = None) -> Any:
    message = Message(destination=to, path=path, interface=interface, member=member, signature=signature, body=body or [])
    reply = await asyncio.wait_for(bus.call(message), 10)
    assert reply is not None
    if reply.message_type is MessageType.ERROR:
        raise SystemExit(f"{member}: {reply.error_name}: {reply.body}")
    return reply.body


async def drive(verb: str, label: str = "") -> None:
    bus = await MessageBus().connect()
    properties = "org.freedesktop.DBus.Properties"
    ((items),) = [v.value for v in await call(bus, WATCHER, PATH, properties, "Get", "ss", [WATCHER, "RegisteredStatusNotifierItems"])]
    name, _, path = items[-1].partition("/")
    path = f"/{path}" if path else "/StatusNotifierItem"
    if verb == "activate":
        await call(bus, name, path, ITEM, "Activate", "ii", [0, 0])
        return
    if verb == "properties":
        found = (await call(bus, name, path, properties, "GetAll", "s", [ITEM]))[0]
        say(**{key: found[key].value for key in ("Id", "Status", "Title", "Category")}, ToolTip=found["ToolTip"].value[2])
        return
    menu = (await call(bus, name, path, properties, "Get", "ss", [ITEM, "Menu"]))[0].value
    await call(bus, name, menu, MENU, "AboutToShow", "i", [0])
    _, root = await call(bus, name, menu, MENU, "GetLayout", "iias", [0, -1, []])
    nodes = [root]
    while nodes:
        ident, values, children = nodes.pop()
        words = values["label"].value.replace("_", "") if "label" in values else ""
        if verb == "menu" and words:
            say(label=words)
        if verb in ("click", "drop") and words == label:
            if verb == "drop":  # the click is on its way, and the host is gone before any answer
                event = Message(destination=name, path=menu, interface=MENU, member="Event", signature="isvu")
                event.body = [ident, "clicked", Variant("s", ""), 0]
                await bus.send(event)
                os._exit(0)
            await call(bus, name, menu, MENU, "Event", "isvu", [ident, "clicked", Variant("s", ""), 0])
            return
        nodes += [child.value for child in children]
    if verb in ("click", "drop"):
        raise SystemExit(f"no entry {label!r}")


if __name__ == "__main__":
    match sys.argv[1:]:
        case []:
            asyncio.run(host())
        case ["hostless"]:
            asyncio.run(host(hosted=False))
        case ["liar"]:
            asyncio.run(liar())
        case ["portal"]:
            asyncio.run(portal())
        case [verb, *rest]:
            asyncio.run(drive(verb, *rest))
