"""A logind and screen savers, as far as presence and sleep go: plain tables on a private bus, and pipes for the locks."""

from __future__ import annotations

import asyncio
import os
from typing import Any

from dbus_next.aio.message_bus import MessageBus
from dbus_next.constants import MessageType
from dbus_next.message import Message
from dbus_next.signature import Variant

LOGIN = "org.freedesktop.login1"
ROOT = "/org/freedesktop/login1"
SESSION = ROOT + "/session/_32"
USER = f"{ROOT}/user/_{os.getuid()}"
PROPERTIES = "org.freedesktop.DBus.Properties"
UNKNOWN_METHOD = "org.freedesktop.DBus.Error.UnknownMethod"


class _Fake:
    """`refused`: member → the error to answer with, "" for no answer at all."""

    def __init__(self) -> None:
        self.refused: dict[str, str] = {}
        self.calls: list[str] = []
        self.bus: MessageBus

    async def _connect(self, name: str) -> None:
        self.bus = await MessageBus(bus_address=os.environ["DBUS_SYSTEM_BUS_ADDRESS"], negotiate_unix_fd=True).connect()
        self.bus.add_message_handler(self._handle)
        await self.bus.request_name(name)

    async def stop(self) -> None:
        bus: Any = self.bus
        bus.disconnect()
        await asyncio.gather(bus.wait_for_disconnect(), return_exceptions=True)
        bus._stream.close()  # the library leaves both open
        bus._sock.close()

    def send(self, path: str, interface: str, member: str, signature: str, *body: object) -> None:
        self.bus.send(Message.new_signal(path, interface, member, signature, list(body)))

    def _handle(self, message: Any) -> Message | bool | None:
        if message.message_type is not MessageType.METHOD_CALL:
            return None
        self.calls.append(message.member)
        error = self.refused.get(message.member)
        if error == "":
            return True
        if error is not None:
            return Message.new_error(message, error, "refused")
        return self.answer(message) or Message.new_error(message, UNKNOWN_METHOD, message.member)

    def answer(self, message: Any) -> Message | bool | None:
        raise NotImplementedError


class FakeLogind(_Fake):
    """`sessions`: name → properties. `by_pid`: the session that our process is in; `display`: the one of the user's display."""

    def __init__(self) -> None:
        super().__init__()
        self.sessions: dict[str, dict[str, Variant]] = {}
        self.by_pid = self.display = ""
        self.known_user = True
        self.preparing = False
        self.locks: list[int] = []  # our end of each lock that was taken

    async def start(self) -> None:
        await self._connect(LOGIN)

    async def stop(self) -> None:
        await super().stop()
        for end in self.locks:
            os.close(end)
        self.locks.clear()

    def add(
        self, name: str, kind: str = "user", type: str = "wayland", *, locked: bool = False, active: bool = True, user: int = -1
    ) -> None:
        uid = os.getuid() if user < 0 else user
        self.sessions[name] = {
            "Id": Variant("s", name),
            "Class": Variant("s", kind),
            "Type": Variant("s", type),
            "LockedHint": Variant("b", locked),
            "Active": Variant("b", active),
            "State": Variant("s", "active" if active else "online"),
            "User": Variant("(uo)", [uid, f"{ROOT}/user/_{uid}"]),
        }

    def change(self, name: str, **facts: object) -> None:
        """Change booleans of a session, and say so."""
        changed = {key: Variant("b", value) for key, value in facts.items()}
        self.sessions[name].update(changed)
        self.send(self.path(name), PROPERTIES, "PropertiesChanged", "sa{sv}as", LOGIN + ".Session", changed, [])

    def prepare(self, sleeps: bool) -> None:
        self.preparing = sleeps
        self.send(ROOT, LOGIN + ".Manager", "PrepareForSleep", "b", sleeps)

    @property
    def held(self) -> int:
        """How many of the locks that were taken are still held."""
        return sum(_is_open(end) for end in self.locks)

    @staticmethod
    def path(name: str) -> str:
        return f"{ROOT}/session/_{name}"

    def answer(self, message: Any) -> Message | bool | None:
        match message.member:
            case "GetSession":
                return self._session(message, message.body[0])
            case "GetSessionByPID":
                return self._session(message, self.by_pid)
            case "GetUser":
                if not self.known_user:
                    return Message.new_error(message, LOGIN + ".NoSuchUser", "not logged in or lingering")
                return Message.new_method_return(message, "o", [USER])
            case "Inhibit":
                reading, writing = os.pipe()
                os.set_blocking(reading, False)
                self.locks.append(reading)
                answer = Message.new_method_return(message, "h", [0], unix_fds=[writing])
                self.bus.send(answer).add_done_callback(lambda _: os.close(writing))
                return True
            case "GetAll":
                found = next((facts for name, facts in self.sessions.items() if self.path(name) == message.path), None)
                return Message.new_method_return(message, "a{sv}", [found]) if found is not None else None
            case "Get" if message.body[1] == "Display":
                path = self.path(self.display) if self.display else "/"
                return Message.new_method_return(message, "v", [Variant("(so)", [self.display, path])])
            case "Get" if message.body[1] == "PreparingForSleep":
                return Message.new_method_return(message, "v", [Variant("b", self.preparing)])
            case _:
                return None

    def _session(self, message: Any, name: str) -> Message:
        if name not in self.sessions:
            return Message.new_error(message, LOGIN + ".NoSuchSession", f"No session '{name}' known")
        return Message.new_method_return(message, "o", [self.path(name)])


class FakeSaver(_Fake):
    """One screen saver under `name`, at `path`."""

    def __init__(self, name: str, path: str, *, active: bool = False) -> None:
        super().__init__()
        self.name, self.path, self.active = name, path, active

    async def start(self) -> None:
        await self._connect(self.name)

    def show(self, active: bool, *, say: bool = True) -> None:
        self.active = active
        if say:
            self.send(self.path, self.name, "ActiveChanged", "b", active)

    def answer(self, message: Any) -> Message | bool | None:
        if message.member == "GetActive" and message.path == self.path:
            return Message.new_method_return(message, "b", [self.active])
        return None


def _is_open(reading: int) -> bool:
    try:
        return os.read(reading, 1) != b""
    except BlockingIOError:
        return True
