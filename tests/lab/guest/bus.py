"""D-Bus as the lab needs it: any node's bus from one process, plain values, errors by name, and a look at everybody's talk.

Uses dbus-fast (bleak brings it along), not the applet's own door to D-Bus: a mistake in that one must not hide itself.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dbus_fast import Message, MessageFlag, MessageType, Variant
from dbus_fast.aio import MessageBus

PROPERTIES = "org.freedesktop.DBus.Properties"
DBUS, DBUS_PATH = "org.freedesktop.DBus", "/org/freedesktop/DBus"


class BusError(Exception):
    """A D-Bus error reply; `name` is the error's name on the bus."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__(f"{name}: {text}")
        self.name = name


def plain(value: Any) -> Any:
    """Without the variants."""
    match value:
        case Variant():
            return plain(value.value)
        case dict():
            return {key: plain(item) for key, item in value.items()}
        case list() | tuple():
            return [plain(item) for item in value]
        case _:
            return value


class Bus:
    def __init__(self, connection: MessageBus) -> None:
        self.connection = connection

    @classmethod
    async def connect(cls, address: str) -> Bus:
        return cls(await MessageBus(bus_address=address).connect())

    async def call(self, to: str, path: str, interface: str, member: str, signature: str = "", *body: Any, limit: float = 30) -> Any:
        """The reply's only value, or the list of them."""
        message = Message(destination=to, path=path, interface=interface, member=member, signature=signature, body=list(body))
        reply = await asyncio.wait_for(self.connection.call(message), limit)
        assert reply is not None
        if reply.message_type is MessageType.ERROR:
            raise BusError(reply.error_name or "", str(reply.body[0]) if reply.body else "")
        return plain(reply.body[0] if len(reply.body) == 1 else reply.body)

    async def get(self, to: str, path: str, interface: str, name: str) -> Any:
        return await self.call(to, path, PROPERTIES, "Get", "ss", interface, name)

    async def set(self, to: str, path: str, interface: str, name: str, value: Variant) -> None:
        await self.call(to, path, PROPERTIES, "Set", "ssv", interface, name, value)

    async def properties(self, to: str, path: str, interface: str) -> dict[str, Any]:
        found: dict[str, Any] = await self.call(to, path, PROPERTIES, "GetAll", "s", interface)
        return found

    async def objects(self, to: str, path: str = "/") -> dict[str, dict[str, dict[str, Any]]]:
        found: dict[str, dict[str, dict[str, Any]]] = await self.call(to, path, "org.freedesktop.DBus.ObjectManager", "GetManagedObjects")
        return found

    async def has(self, name: str) -> bool:
        return bool(await self.call(DBUS, DBUS_PATH, DBUS, "NameHasOwner", "s", name))

    async def pid_of(self, name: str) -> int:
        return int(await self.call(DBUS, DBUS_PATH, DBUS, "GetConnectionUnixProcessID", "s", name))

    def close(self) -> None:
        self.connection.disconnect()


@dataclass(frozen=True, slots=True)
class Heard:
    """One message on a tapped bus. `at` is this process's monotonic clock."""

    at: float
    kind: MessageType
    path: str
    interface: str
    member: str
    body: list[Any]


class Tap:
    """What the daemons of one node say to each other and are told, from now on."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self.heard: list[Heard] = []
        self.listeners: list[Callable[[Heard], None]] = []

    @classmethod
    async def connect(cls, address: str, *rules: str) -> Tap:
        tap = cls(await Bus.connect(address))
        tap._bus.connection.add_message_handler(tap._on_message)
        await tap._bus.call(DBUS, DBUS_PATH, "org.freedesktop.DBus.Monitoring", "BecomeMonitor", "asu", list(rules), 0)
        return tap

    def _on_message(self, message: Message) -> bool:
        """Always True: a monitor that answers what it overhears is thrown off the bus."""
        if message.message_type in (MessageType.METHOD_CALL, MessageType.SIGNAL) and message.sender != DBUS:
            item = Heard(
                time.monotonic(),
                message.message_type,
                message.path or "",
                message.interface or "",
                message.member or "",
                plain(message.body),
            )
            self.heard.append(item)
            for listener in self.listeners:
                listener(item)
            return True
        return message.message_type is MessageType.METHOD_CALL

    def since(self, moment: float, member: str) -> list[Heard]:
        return [item for item in self.heard if item.at >= moment and item.member == member]


def no_reply(message: Message) -> bool:
    return bool(message.flags & MessageFlag.NO_REPLY_EXPECTED)
