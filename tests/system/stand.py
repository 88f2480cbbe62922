"""Any daemon, as far as one question and its answer go: objects with properties and methods on a private bus, given as plain tables.

The rule: it answers what it was given, with the error of a real daemon for everything else, and writes down what was set or called.
"""

from __future__ import annotations

import asyncio
import os
from typing import Any

from dbus_next.aio.message_bus import MessageBus
from dbus_next.constants import MessageType
from dbus_next.message import Message
from dbus_next.signature import Variant

PROPERTIES = "org.freedesktop.DBus.Properties"


class Stand:
    """`objects`: path → interface → property → value. `methods`: "interface.Member" → (signature, values) or an error's name."""

    def __init__(self, *names: str) -> None:
        self.names = names
        self.objects: dict[str, dict[str, dict[str, Variant]]] = {}
        self.methods: dict[str, tuple[str, list[Any]] | str] = {}
        self.silent: set[str] = set()  # "interface.Member": never answered
        self.calls: list[tuple[str, list[Any]]] = []

    async def start(self) -> None:
        # The library's own: ours reads nothing that it does not serve.
        self.bus = await MessageBus(bus_address=os.environ["DBUS_SYSTEM_BUS_ADDRESS"]).connect()
        self.bus.add_message_handler(self._answer)
        for name in self.names:
            await self.bus.request_name(name)

    async def stop(self) -> None:
        bus: Any = self.bus
        bus.disconnect()
        await asyncio.gather(bus.wait_for_disconnect(), return_exceptions=True)
        bus._stream.close()  # the library leaves both open
        bus._sock.close()

    def put(self, path: str, interface: str, **properties: Variant) -> None:
        self.objects.setdefault(path, {}).setdefault(interface, {}).update(properties)

    def _answer(self, message: Any) -> Message | bool | None:
        if message.message_type is not MessageType.METHOD_CALL:
            return None
        what = f"{message.interface}.{message.member}"
        self.calls.append((what, list(message.body)))
        if what in self.silent:
            return True
        answer = self.methods.get(what)
        if isinstance(answer, str):
            return Message.new_error(message, answer, "refused")
        if answer is not None:
            return Message.new_method_return(message, answer[0], answer[1])
        if message.interface == PROPERTIES:
            return self._property(message)
        if what.endswith("ObjectManager.GetManagedObjects"):
            return Message.new_method_return(message, "a{oa{sa{sv}}}", [self.objects])
        return Message.new_error(message, "org.freedesktop.DBus.Error.UnknownMethod", what)

    def _property(self, message: Any) -> Message:
        interface = message.body[0]
        facts = self.objects.get(message.path, {}).get(interface)
        if facts is None:
            return Message.new_error(message, "org.freedesktop.DBus.Error.UnknownObject", message.path)
        if message.member == "GetAll":
            return Message.new_method_return(message, "a{sv}", [facts])
        name = message.body[1]
        if message.member == "Set":
            facts[name] = message.body[2]
            return Message.new_method_return(message)
        if name not in facts:
            return Message.new_error(message, "org.freedesktop.DBus.Error.UnknownProperty", name)
        return Message.new_method_return(message, "v", [facts[name]])
