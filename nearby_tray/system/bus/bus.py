"""One connection to one bus: calling, listening, and being called.

A signal reaches its handler only when it comes from the present owner of the name it was subscribed for; every program may send anything on
a system bus. So the header decides first (`incoming.Reader`): the body of a message that nothing here waits for, or whose sender may not
send it, is never parsed and never kept.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from .address import each_address
from .errors import BusError, BusGone, BusTimeout
from .incoming import CALL, SIGNAL, Header
from .library import PROPERTIES, Connection, DBusError, ServiceInterface, Variant, check_text, names_objects, plain
from .values import only, table

log = logging.getLogger(__name__)

_DAEMON = "org.freedesktop.DBus"
_DAEMON_PATH = "/org/freedesktop/DBus"

# dbus-daemon refuses more than 128 pending replies of one connection, dbus-next loses messages in bursts: stay far below both.
_IN_FLIGHT = 32
_CONNECT_TIMEOUT = 10.0
_NAME_DO_NOT_QUEUE = 0x4
_NAME_REPLACE = 0x2
_NAME_ALLOW_REPLACEMENT = 0x1

# The longest bodies that are parsed; bytes. A reply comes from a daemon that was asked.
_CALL_LIMIT, _SIGNAL_LIMIT, _REPLY_LIMIT = 80 * 1024, 256 * 1024, 8 * 1024 * 1024
_LIMITS_EXCEEDED = "org.freedesktop.DBus.Error.LimitsExceeded"
_ACCESS_DENIED = "org.freedesktop.DBus.Error.AccessDenied"
_UNKNOWN_OBJECT = "org.freedesktop.DBus.Error.UnknownObject"


@dataclass(frozen=True, slots=True)
class Signal:
    """A signal; `sender` is a unique name, `body` is plain Python."""

    sender: str
    path: str
    interface: str
    member: str
    body: tuple[object, ...]

    @property
    def changed(self) -> dict[str, object]:
        """The new values in a PropertiesChanged."""
        return table(self.body[1]) if len(self.body) == 3 else {}


class Subscription:
    """What `subscribe` and the like return: `cancel` ends it (idempotent, at once, also on a bus that is gone)."""

    def __init__(self, cancel: Callable[[], None]) -> None:
        self._cancel: Callable[[], None] | None = cancel

    def cancel(self) -> None:
        cancel, self._cancel = self._cancel, None
        if cancel is not None:
            cancel()


def _is_below(path: str | None, root: str) -> bool:
    """True if `path` is `root` or below it."""
    return path is not None and (path == root or path.startswith(root.rstrip("/") + "/"))


@dataclass(eq=False, slots=True)
class _Match:
    """One subscription: the signals that it wants, and its rule at the bus daemon."""

    handler: Callable[[Signal], None]
    rule: str
    sender: str | None
    path: str | None
    namespace: str | None
    interface: str | None
    member: str | None
    arg0: str | None

    def wants(self, message: Any, owner: str | None) -> bool:
        """Judges the header of a message; `owner` is the present owner of the name `sender`."""
        return (
            (self.sender is None or (owner is not None and message.sender == owner))
            and (self.interface is None or message.interface == self.interface)
            and (self.member is None or message.member == self.member)
            and (self.path is None or message.path == self.path)
            and (self.namespace is None or _is_below(message.path, self.namespace))
        )

    def accepts(self, body: list[object]) -> bool:
        return self.arg0 is None or (bool(body) and body[0] == self.arg0)


def _is_owner_news(message: Any) -> bool:
    """True if the message with this header is the bus daemon's news of an owner."""
    return bool(message.sender == _DAEMON and message.interface == _DAEMON and message.member == "NameOwnerChanged")


@dataclass(eq=False, slots=True)
class _Name:
    """A well-known name that is followed, and its present owner (`None`: none)."""

    owner: str | None
    changes: int
    users: int
    watchers: list[Callable[[str | None], None]]


class Bus:
    """One connection to one bus. Made with `connect`; once `gone` is set it stays gone and every call raises `BusGone`."""

    def __init__(self, address: str, *, descriptors: bool = False) -> None:
        """Use `connect`."""
        self.gone = asyncio.Event()
        self._in_flight = asyncio.Semaphore(_IN_FLIGHT)
        self._asked: dict[int, str] = {}  # serial of each call under way → its destination
        self._matches: list[_Match] = []
        self._names: dict[str, _Name] = {}
        self._guards: dict[str, str] = {}  # exported path → the only name that may call it
        self._screens: dict[str, Callable[[str, str], DBusError | None]] = {}  # exported path → see `screen`
        self._closing = False
        self._connection = Connection(address, wants=self._wants, on_signal=self._on_signal, on_lost=self._on_lost, descriptors=descriptors)

    @classmethod
    async def connect(cls, which: str, *, descriptors: bool = False) -> Bus:
        """Connect to the "system" or the "session" bus, or to a D-Bus address; of several, the first that answers. Raises `BusGone`.

        `descriptors`: take the file descriptors that others send, see `open_descriptor`.
        """
        why = "no address that can be used"
        try:
            async with asyncio.timeout(_CONNECT_TIMEOUT):
                for address in each_address(which):
                    try:
                        bus = cls(address, descriptors=descriptors)
                        await bus._connection.open()
                        return bus
                    except Exception as error:
                        why = repr(error)
        except TimeoutError:
            why = f"no answer in {_CONNECT_TIMEOUT:g} s"
        raise BusGone(f"no {which} bus: {why}")

    @property
    def unique_name(self) -> str:
        return str(self._connection.unique_name or "")

    async def wait_gone(self) -> None:
        await self.gone.wait()

    async def close(self) -> None:
        """Leave the bus; what was exported and bound to this connection goes with it."""
        self._closing = True
        self._connection.close()

    # --- calling ---

    async def call(
        self, destination: str, path: str, interface: str, member: str, signature: str = "", *body: object, timeout: float = 10.0
    ) -> list[object]:
        """Call a method; returns the plain values of the answer. Raises `BusError`, `BusTimeout` (`timeout` seconds), `BusGone`.

        A call that is cancelled or times out may still be carried out: a caller that must know takes care of it.
        """
        return (await self._ask(destination, path, interface, member, signature, body, timeout))[0]

    async def _ask(
        self, destination: str, path: str, interface: str, member: str, signature: str, body: tuple[object, ...], timeout: float
    ) -> tuple[list[object], list[int]]:
        """The values of the answer, and its file descriptors."""
        check_text(body)
        what = f"{interface}.{member}"
        if not names_objects(path, signature, body):
            raise BusError(_UNKNOWN_OBJECT, f"{what}: no such object")
        serial = self._connection.next_serial()
        try:
            async with asyncio.timeout(timeout), self._in_flight:
                self._check_there(what)
                self._asked[serial] = destination
                return await self._connection.ask(serial, destination, path, interface, member, signature, body)
        except TimeoutError:
            raise BusTimeout(f"{what}: no answer in {timeout:g} s") from None
        finally:
            self._asked.pop(serial, None)
            self._connection.forget(serial)

    async def get(self, destination: str, path: str, interface: str, name: str, *, timeout: float = 10.0) -> object:
        """The plain value of a property."""
        answer = await self.call(destination, path, PROPERTIES, "Get", "ss", interface, name, timeout=timeout)
        return answer[0] if answer else None

    async def get_all(self, destination: str, path: str, interface: str, *, timeout: float = 10.0) -> dict[str, object]:
        """The plain values of all properties of an interface."""
        answer = await self.call(destination, path, PROPERTIES, "GetAll", "s", interface, timeout=timeout)
        return table(answer[0]) if answer else {}

    async def set(self, destination: str, path: str, interface: str, name: str, value: Variant, *, timeout: float = 10.0) -> None:
        """Write a property."""
        await self.call(destination, path, PROPERTIES, "Set", "ssv", interface, name, value, timeout=timeout)

    def _check_there(self, what: str) -> None:
        if self.gone.is_set() or not self._connection.connected:
            raise BusGone(f"{what}: no bus")

    # --- listening ---

    async def subscribe(
        self,
        handler: Callable[[Signal], None],
        *,
        sender: str | None = None,
        path: str | None = None,
        path_namespace: str | None = None,
        interface: str | None = None,
        member: str | None = None,
        arg0: str | None = None,
    ) -> Subscription:
        """Tell `handler` of each signal that fits, from the moment this returns. `arg0`: the first value, a string.

        `sender` is a well-known name (only its present owner is believed) or a unique name. The handler is sync and quick; an exception in
        it is logged and does not keep the signal from other handlers.
        """
        wanted = {"sender": sender, "path": path, "path_namespace": path_namespace, "interface": interface, "member": member, "arg0": arg0}
        rule = ",".join(["type='signal'", *(f"{key}='{value}'" for key, value in wanted.items() if value is not None)])
        match = _Match(handler, rule, sender, path, path_namespace, interface, member, arg0)
        self._matches.append(match)
        followed = False
        try:
            if sender is not None and not sender.startswith(":") and sender != _DAEMON:
                followed = True
                await self._follow(sender)
            await self._add_rule(rule)
        except BaseException:
            self._matches.remove(match)
            if followed and sender is not None:
                self._unfollow(sender)
            raise

        def cancel() -> None:
            self._matches.remove(match)
            self._drop_rule(rule)
            if followed and sender is not None:
                self._unfollow(sender)

        return Subscription(cancel)

    async def watch_name(self, name: str, on_owner: Callable[[str | None], None]) -> Subscription:
        """Tell `on_owner` the owner of `name` (a unique name, or `None`): once before this returns, then at each change."""
        entry = await self._follow(name)
        entry.watchers.append(on_owner)

        def cancel() -> None:
            entry.watchers.remove(on_owner)
            self._unfollow(name)

        try:
            on_owner(entry.owner)
        except BaseException:
            cancel()
            raise
        return Subscription(cancel)

    async def name_owner(self, name: str) -> str | None:
        """The present owner of `name`; asking starts no service."""
        try:
            return only(str, await self.call(_DAEMON, _DAEMON_PATH, _DAEMON, "GetNameOwner", "s", name))
        except BusTimeout:
            raise
        except BusError as error:
            if error.name.endswith("NameHasNoOwner"):
                return None
            raise

    async def _follow(self, name: str) -> _Name:
        entry = self._names.get(name)
        if entry is None:
            entry = self._names[name] = _Name(None, 0, 0, [])
        entry.users += 1
        try:
            # Every follower asks anew, because the first one may still be waiting. Subscribed first, read second.
            await self.call(_DAEMON, _DAEMON_PATH, _DAEMON, "AddMatch", "s", self._owner_rule(name))
            changes = entry.changes
            owner = await self.name_owner(name)
            if changes == entry.changes:  # otherwise a change has overtaken the answer
                entry.owner = owner
        except BaseException:
            self._unfollow(name)
            raise
        return entry

    def _unfollow(self, name: str) -> None:
        entry = self._names.get(name)
        if entry is None:
            return
        entry.users -= 1
        self._drop_rule(self._owner_rule(name))
        if entry.users <= 0:
            del self._names[name]

    @staticmethod
    def _owner_rule(name: str) -> str:
        return f"type='signal',sender='{_DAEMON}',path='{_DAEMON_PATH}',interface='{_DAEMON}',member='NameOwnerChanged',arg0='{name}'"

    async def _add_rule(self, rule: str) -> None:
        try:
            # The daemon counts equal rules, so nothing here has to.
            await self.call(_DAEMON, _DAEMON_PATH, _DAEMON, "AddMatch", "s", rule)
        except BaseException:
            self._drop_rule(rule)
            raise

    def _drop_rule(self, rule: str) -> None:
        if self.gone.is_set() or not self._connection.connected:
            return
        self._connection.tell(_DAEMON, _DAEMON_PATH, _DAEMON, "RemoveMatch", "s", rule)

    def _wants(self, header: Header) -> bool:
        """True if the body of this message is to be read. A call that is refused is answered here."""
        if self._may_send(header):
            return True
        for descriptor in self._connection.claim(header):
            os.close(descriptor)
        return False

    def _may_send(self, header: Header) -> bool:
        if header.kind == CALL:
            return self._may_call(header)
        if header.kind == SIGNAL:
            wanted = _is_owner_news(header) or any(match.wants(header, self._owner_of(match.sender)) for match in self._matches)
            return wanted and header.size <= _SIGNAL_LIMIT
        if not self._connection.awaits(header.reply_serial):
            return False
        # The owner of a well-known name may change between the call and the answer; a system bus itself refuses answers to no call.
        asked = self._asked.get(header.reply_serial, _DAEMON)
        if header.sender != _DAEMON and (asked == _DAEMON or asked.startswith(":")) and header.sender != asked:
            return False
        if header.size > _REPLY_LIMIT:
            self._connection.fail(header, _LIMITS_EXCEEDED, "the answer is too long")
            return False
        return True

    def _may_call(self, header: Header) -> bool:
        sender = header.sender or ""
        refusal = self._refusal(header)
        if refusal is None:
            screen = self._screens.get(header.path or "")
            refusal = screen(sender, header.member or "") if screen is not None else None
        if refusal is None and header.size > _CALL_LIMIT:
            refusal = DBusError(_LIMITS_EXCEEDED, f"At most {_CALL_LIMIT} bytes.")
        if refusal is not None:
            self._connection.refuse(header, refusal)
            return False
        if not self._connection.serves(header) and header.size:
            text = f"no {header.interface}.{header.member} with “{header.signature}”"
            self._connection.refuse(header, DBusError("org.freedesktop.DBus.Error.UnknownMethod", text))
            return False
        return True

    def _refusal(self, header: Header) -> DBusError | None:
        """The answer to a caller that a guard keeps out."""
        for path, name in self._guards.items():
            if _is_below(header.path, path) and header.sender != self._owner_of(name):
                return DBusError(_ACCESS_DENIED, "not for you")
        return None

    def _on_signal(self, message: Any) -> None:
        """Runs inside the library's reader: never raises."""
        if _is_owner_news(message) and message.signature == "sss":
            self._on_owner_changed(*message.body)
        told: Signal | None = None
        for match in list(self._matches):
            if match.wants(message, self._owner_of(match.sender)) and match.accepts(message.body):
                if told is None:
                    body = tuple(cast("list[object]", plain(message.body)))
                    told = Signal(message.sender or "", message.path or "", message.interface or "", message.member or "", body)
                try:
                    match.handler(told)
                except Exception:
                    log.exception("handler of %s.%s failed", told.interface, told.member)

    def _owner_of(self, sender: str | None) -> str | None:
        if sender is None or sender.startswith(":") or sender == _DAEMON:
            return sender
        entry = self._names.get(sender)
        return entry.owner if entry is not None else None

    def _on_owner_changed(self, name: str, _old: str, new: str) -> None:
        entry = self._names.get(name)
        if entry is None:
            return
        entry.owner = new or None
        entry.changes += 1
        for watcher in list(entry.watchers):
            try:
                watcher(entry.owner)
            except Exception:
                log.exception("watcher of %s failed", name)

    # --- being called ---

    def export(self, path: str, interface: ServiceInterface) -> None:
        """Serve an object; every program that the bus's policy lets through may call it (see `guard`)."""
        self._check_there(f"export of {path}")
        self._connection.export(path, interface)

    def unexport(self, path: str, interface: ServiceInterface | str | None = None) -> None:
        """Stop serving `interface` (or everything) at `path`. Idempotent, also on a bus that is gone."""
        if not self.gone.is_set():
            self._connection.unexport(path, interface)
        if interface is None:
            self._guards.pop(path, None)

    async def guard(self, path: str, name: str) -> Subscription:
        """Let only the present owner of `name` call methods of the object at `path` and below; other callers get AccessDenied."""
        await self._follow(name)
        self._guards[path] = name

        def cancel() -> None:
            self._guards.pop(path, None)
            self._unfollow(name)

        return Subscription(cancel)

    def screen(self, path: str, refusal: Callable[[str, str], DBusError | None]) -> None:
        """Before each call of the object at `path`, `refusal(sender, member)` may return the error to answer with. It must be quick."""
        self._screens[path] = refusal

    async def request_name(self, name: str, *, replace: bool = False, allow_replacement: bool = False) -> bool:
        """Own a well-known name; `False` when another connection has it and keeps it."""
        flags = _NAME_DO_NOT_QUEUE | (_NAME_REPLACE if replace else 0) | (_NAME_ALLOW_REPLACEMENT if allow_replacement else 0)
        answer = only(int, await self.call(_DAEMON, _DAEMON_PATH, _DAEMON, "RequestName", "su", name, flags))
        return answer in (1, 4)  # primary owner, already owner

    async def release_name(self, name: str) -> None:
        await self.call(_DAEMON, _DAEMON_PATH, _DAEMON, "ReleaseName", "s", name)

    def _on_lost(self) -> None:
        if not self._closing:
            log.info("connection to the bus lost")
        self.gone.set()


async def open_descriptor(
    which: str, destination: str, path: str, interface: str, member: str, signature: str, *body: object, timeout: float = 10.0
) -> int:
    """Call a method that answers with a file descriptor; the caller closes it. Raises `BusError`, `BusTimeout`, `BusGone`.

    On a connection of its own that is closed again: to one that receives descriptors and stays, any program could send them until no more
    can be opened here.
    """
    bus = await Bus.connect(which, descriptors=True)
    given: list[int] = []
    try:
        given += (await bus._ask(destination, path, interface, member, signature, body, timeout))[1]
        if not given:
            raise BusError("org.freedesktop.DBus.Error.InvalidArgs", f"{interface}.{member} answered without a file descriptor")
        os.set_inheritable(given[0], False)  # as received, every child process would inherit it
        return given.pop(0)
    finally:
        for other in given:
            os.close(other)
        await bus.close()
