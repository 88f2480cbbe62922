"""The one door to D-Bus: the only importer of dbus-next, whose flaws end here.

The rule it keeps: whatever happens on the bus, a caller gets a value, a `BusError`, a `BusTimeout` or a `BusGone` within a limit. Values
are plain Python (variants unwrapped, structs as lists). A signal reaches its handler only when it comes from the present owner of the
name it was subscribed for; anybody may send anything on a system bus. So the header decides first (`incoming.Reader`): the body of a
message that nobody here waits for, or whose sender may not send it, is never parsed and never kept. A connection that broke is never
mended: `Supervised` makes a new one, and everything made on the old one is gone.

WORKAROUND dbus-next 0.2.3 (no release since 2021, see its issues #101, #119, #137, #168): a short write is taken for a lost bus; an end
of file while authenticating spins for ever; sockets are not closed; pending calls end with EOFError or OSError and later ones never
end; an error raised in an exported method is answered *and* logged as a bug of the library, with a traceback sent to the stranger.
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import logging
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, cast
from urllib.parse import quote, unquote

from dbus_next._private.constants import BIG_ENDIAN, LITTLE_ENDIAN
from dbus_next._private.unmarshaller import Unmarshaller
from dbus_next.aio.message_bus import MessageBus, _MessageWriter
from dbus_next.constants import MessageFlag, MessageType, PropertyAccess
from dbus_next.errors import DBusError as _DBusError
from dbus_next.message import Message
from dbus_next.service import ServiceInterface
from dbus_next.service import dbus_property as _dbus_property
from dbus_next.service import method as _method
from dbus_next.service import signal as _signal
from dbus_next.signature import SignatureTree, Variant

from .incoming import CALL, CHUNK, ERROR, NO_REPLY, RETURN, SIGNAL, Broken, Header, Reader

__all__ = [
    "Bus",
    "BusError",
    "BusGone",
    "BusTimeout",
    "DBusError",
    "PropertyAccess",
    "ServiceInterface",
    "Signal",
    "Subscription",
    "Supervised",
    "Variant",
    "caller",
    "dbus_property",
    "method",
    "open_descriptor",
    "plain",
    "signal",
]

log = logging.getLogger(__name__)

_DAEMON = "org.freedesktop.DBus"
_DAEMON_PATH = "/org/freedesktop/DBus"
_PROPERTIES = "org.freedesktop.DBus.Properties"

# dbus-daemon refuses more than 128 pending replies of one connection, dbus-next loses messages in bursts: stay far below both.
_IN_FLIGHT = 32
_CONNECT_TIMEOUT = 10.0
_NAME_DO_NOT_QUEUE = 0x4
_NAME_REPLACE = 0x2
_NAME_ALLOW_REPLACEMENT = 0x1

# How much is read before others have their turn, and the longest bodies that are parsed; bytes. A reply comes from a daemon that was asked.
_MESSAGES = 16
_CALL_LIMIT, _SIGNAL_LIMIT, _REPLY_LIMIT = 80 * 1024, 256 * 1024, 8 * 1024 * 1024
_DESCRIPTORS = 253  # SCM_MAX_FD, unix(7)
_LIMITS_EXCEEDED = "org.freedesktop.DBus.Error.LimitsExceeded"
_ACCESS_DENIED = "org.freedesktop.DBus.Error.AccessDenied"

F = TypeVar("F", bound=Callable[..., Any])

caller: ContextVar[str] = ContextVar("caller", default="")
"""In an exported method: the unique name of whoever called it."""


class BusError(Exception):
    """The bus or a peer on it answered with an error. `name` is the D-Bus error name, `text` the other's words."""

    def __init__(self, name: str, text: str = "") -> None:
        super().__init__(f"{name}: {text}" if text else name)
        self.name = name
        self.text = text


class BusTimeout(BusError):
    """Nobody answered within the limit of the call."""

    def __init__(self, text: str) -> None:
        super().__init__("org.freedesktop.DBus.Error.NoReply", text)


@contextlib.contextmanager
def if_there() -> Iterator[None]:
    """For one thing of many, which may be gone by now. A daemon that does not answer is not asked for the others: limits add up."""
    try:
        yield
    except BusTimeout:
        raise
    except BusError as error:
        log.debug("%s", error)


class BusGone(Exception):
    """There is no bus, or the connection to it has been lost."""


@dataclass(frozen=True, slots=True)
class Signal:
    """A signal from the air of the bus; `sender` is the unique name, `body` is plain Python."""

    sender: str
    path: str
    interface: str
    member: str
    body: tuple[object, ...]


class Subscription:
    """A promise to be told; `cancel` ends it (idempotent, at once, also on a bus that is gone)."""

    def __init__(self, cancel: Callable[[], None]) -> None:
        self._cancel: Callable[[], None] | None = cancel

    def cancel(self) -> None:
        cancel, self._cancel = self._cancel, None
        if cancel is not None:
            cancel()


def plain(value: object) -> object:
    """`value` without `Variant`s, with lists for arrays and structs alike (dbus-next and its fork differ there)."""
    if isinstance(value, Variant):
        return plain(value.value)
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value


# --- exporting ---------------------------------------------------------------------------------------------------------------
# dbus-next reads D-Bus signatures from the annotations, which type checkers take for types. Given here as arguments, the
# annotations stay honest; without them the library's own way still works.


class DBusError(_DBusError):
    """Raise it in an exported method or property to answer with this error."""

    def __init__(self, name: str, text: str = "") -> None:
        cast("Any", super()).__init__(name, text)


def _declare(function: Any, takes: Sequence[str] | None, gives: str | None) -> None:
    """Give `function` the signature that dbus-next looks for; a `-> None` of ours is its "answers nothing"."""
    given = inspect.signature(function)
    owner, *rest = given.parameters.values()
    if takes is None and gives is not None:
        takes = ()
    if takes is not None:
        rest = [parameter.replace(annotation=kind, default=parameter.empty) for parameter, kind in zip(rest, takes, strict=True)]
    result = given.return_annotation if gives is None and takes is None else gives
    function.__signature__ = inspect.Signature([owner, *rest], return_annotation="" if result in (None, "None") else result)


def method(name: str | None = None, *, takes: Sequence[str] | None = None, gives: str | None = None) -> Callable[[F], F]:
    """An exported method, sync or async; raise `DBusError` to answer with an error. `takes`: one signature an argument;
    `gives`: the signature of the answer (several values: return a list). Without both, the annotations are the signatures."""

    def decorate(function: F) -> F:
        _declare(function, takes, gives)
        return cast("F", cast("Any", _method)(name)(function))

    return decorate


def signal(name: str | None = None, *, gives: str | None = None) -> Callable[[F], F]:
    """An exported signal: calling the method emits what it returns (several values: a list)."""

    def decorate(function: F) -> F:
        # The arguments of the Python method are nobody's business; only what it returns goes out.
        given = inspect.signature(function)
        result = given.return_annotation if gives is None else gives
        cast("Any", function).__signature__ = given.replace(return_annotation="" if result in (None, "None") else result)
        return cast("F", cast("Any", _signal)(name)(function))

    return decorate


def dbus_property(access: PropertyAccess = PropertyAccess.READ, name: str | None = None, *, gives: str | None = None) -> Callable[[F], Any]:
    """An exported property, read-only unless said otherwise; `gives` is its signature (without it: the annotation)."""

    def decorate(function: F) -> Any:
        if gives is not None:
            _declare(function, (), gives)
        return cast("Any", _dbus_property)(access, name)(function)

    return decorate


# --- the library, with its flaws repaired ------------------------------------------------------------------------------------


class _Writer(_MessageWriter):
    """Writes until the socket is full and then waits, where the library's own takes EAGAIN for the end."""

    def write_callback(self) -> None:
        try:
            while True:
                if self.buf is None:
                    if self.messages.empty():
                        self.loop.remove_writer(self.fd)
                        return
                    data, _, self.fut = self.messages.get_nowait()
                    self.buf = memoryview(data)
                    self.offset = 0
                self.offset += self.sock.send(self.buf[self.offset :])
                if self.offset >= len(self.buf):
                    self.buf = None
                    if self.fut is not None and not self.fut.done():
                        self.fut.set_result(None)
        except (BlockingIOError, InterruptedError):
            return  # the loop calls again when there is room
        except OSError as error:
            self.bus._finalize(error)


class _Reply:
    """Answers one method call: the error that was raised, or the value. A bug is logged here and told without its traceback."""

    def __init__(self, bus: _Connection, call: Any) -> None:
        self._bus: Any = bus
        self._call = call

    def __enter__(self) -> _Reply:
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        if error is not None:
            self.send_error(error)
        return error is None or isinstance(error, Exception | asyncio.CancelledError)

    def __call__(self, reply: Any) -> None:
        if not self._call.flags & MessageFlag.NO_REPLY_EXPECTED and self._bus.connected:
            self._bus.send(reply)

    def send_error(self, error: BaseException) -> None:
        if isinstance(error, _DBusError):
            self(Message.new_error(self._call, error.type, error.text))
        else:
            if not isinstance(error, asyncio.CancelledError):
                log.error("%s.%s failed", self._call.interface, self._call.member, exc_info=error)
            self(Message.new_error(self._call, "org.freedesktop.DBus.Error.Failed", "internal error"))


class _Connection(MessageBus):
    """A connection that reads the headers first, closes its socket, says once that it is gone, and neither spins nor swallows."""

    def __init__(self, address: str, on_gone: Callable[[], None], wants: Callable[[Header], bool], descriptors: bool = False) -> None:
        self._on_gone = on_gone
        self._incoming = Reader(wants, self._take, strict=descriptors)
        self._received: list[int] = []  # file descriptors that belong to messages still to come
        super().__init__(bus_address=address, negotiate_unix_fd=descriptors)
        self._writer: Any = cast("Any", _Writer)(self)
        # Nobody waits for this future (`_finalize` tells us itself), so nobody may miss its exception.
        self._disconnect_future.add_done_callback(lambda future: future.cancelled() or future.exception())

    def _setup_socket(self) -> None:
        ((_, options),) = self._bus_address
        self._sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self._sock.setblocking(False)  # a daemon that accepts nobody must not hold us
            self._sock.connect(options["path"] if "path" in options else "\0" + options["abstract"])
        except BaseException:
            self._sock.close()
            raise
        self._stream = self._sock.makefile("rwb")
        self._fd = self._sock.fileno()

    async def _auth_readline(self) -> str:
        line = b""
        while not line.endswith(b"\r\n"):
            data = await self._loop.sock_recv(self._sock, 1)
            if not data or len(line) > 4096:
                raise EOFError("closed while authenticating")
            line += data
        return line[:-2].decode(errors="replace")

    def _message_reader(self) -> None:
        """The socket has something, or there is something left of the last time."""
        if self._disconnected:
            return
        try:
            for _ in range(_MESSAGES):
                if self._incoming.step():
                    continue
                data = self._receive()
                if data is None:
                    return
                self._incoming.feed(data)
        except (OSError, EOFError, Broken) as error:
            self._finalize(error)
            return
        self._loop.call_soon(self._message_reader)

    def _receive(self) -> bytes | None:
        """What the socket has; `None` for nothing now."""
        try:
            if not self._negotiate_unix_fd:
                data: bytes = self._sock.recv(CHUNK)
            else:
                data, descriptors, flags, _ = socket.recv_fds(self._sock, CHUNK, _DESCRIPTORS, socket.MSG_CMSG_CLOEXEC)
                self._received += descriptors
                if flags & socket.MSG_CTRUNC:
                    raise Broken("file descriptors were lost")
        except (BlockingIOError, InterruptedError):
            return None
        if not data:
            raise EOFError
        return data

    def claim(self, header: Header) -> list[int]:
        """The file descriptors that come with this message, which the caller closes."""
        mine, self._received = self._received[: header.descriptors], self._received[header.descriptors :]
        return mine

    def _take(self, header: Header, body: bytes) -> None:
        """A message that is wanted. One that cannot be understood is dropped; who waits for it is told so."""
        descriptors = self.claim(header)
        try:
            message = _message(header, body, descriptors)
        except Exception as error:
            log.info("a message of %s cannot be understood: %r", header.sender, error)
            for each in descriptors:
                os.close(each)
            if header.kind not in (RETURN, ERROR):
                return
            message = _unusable(header, "org.freedesktop.DBus.Error.InconsistentMessage", "the answer cannot be understood")
        self._dispatch(message)

    def _dispatch(self, message: Any) -> None:
        cast("Any", super())._on_message(message)

    def fail(self, header: Header, name: str, text: str) -> None:
        """End the call that `header` would answer with an error."""
        self._dispatch(_unusable(header, name, text))

    def refuse(self, header: Header, name: str, text: str) -> None:
        """Answer the call of `header` with an error, if it wants an answer."""
        if not header.flags & NO_REPLY and self.connected:
            self.send(_error(name, text, reply_serial=header.serial, destination=header.sender))

    def reads(self, header: Header) -> bool:
        """Is there a method of this signature? Without one the answer needs no body."""
        if header.interface == _PROPERTIES:
            return (header.member, header.signature) in (("Get", "ss"), ("GetAll", "s"), ("Set", "ssv"))
        return any(
            header.interface in (None, interface.name) and header.member == method.name and header.signature == method.in_signature
            for interface in self._path_exports.get(header.path, ())
            for method in cast("Any", ServiceInterface)._get_methods(interface)
        )

    def awaits(self, serial: int) -> bool:
        """Is there a call of ours with this serial, still unanswered?"""
        return serial in self._method_return_handlers

    def forget(self, serial: int) -> None:
        """Nobody waits for the answer to this call any more."""
        self._method_return_handlers.pop(serial, None)

    def _send_reply(self, msg: Any) -> _Reply:
        return _Reply(self, msg)

    def _finalize(self, err: BaseException | None = None) -> None:
        if not self._disconnected:
            cast("Any", super())._finalize(err)
            self.drop()
            self._on_gone()

    def drop(self) -> None:
        received, self._received = self._received, []
        for descriptor in received:
            os.close(descriptor)
        for thing in (getattr(self, "_stream", None), getattr(self, "_sock", None)):
            if thing is not None:
                with contextlib.suppress(OSError):
                    thing.close()


def _message(header: Header, body: bytes, descriptors: list[int]) -> Any:
    """The library's own message. Raises whatever the library does for what it cannot read."""
    tree = cast("Any", SignatureTree)._get(header.signature)
    parser: Any = cast("Any", Unmarshaller)(_Ended())
    parser.buf, parser.endian = bytearray(body), LITTLE_ENDIAN if header.little else BIG_ENDIAN
    return cast("Any", Message)(
        destination=header.destination,
        path=header.path,
        interface=header.interface,
        member=header.member,
        message_type=MessageType(header.kind),
        flags=MessageFlag(header.flags),
        error_name=header.error_name,
        reply_serial=header.reply_serial or None,
        sender=header.sender,
        unix_fds=descriptors,
        signature=tree,
        body=[parser.read_argument(kind) for kind in tree.types] if body else [],
        serial=header.serial,
    )


class _Ended:
    """The stream of a parser that has all of its message already."""

    def read(self, _count: int) -> bytes:
        return b""


def _error(name: str, text: str, **header: object) -> Any:
    return cast("Any", Message)(message_type=MessageType.ERROR, error_name=name, signature="s", body=[text], **header)


def _unusable(header: Header, name: str, text: str) -> Any:
    """An error in the place of an answer."""
    return _error(name, text, reply_serial=header.reply_serial, sender=header.sender)


def _address(which: str) -> str:
    if which == "system":
        return os.environ.get("DBUS_SYSTEM_BUS_ADDRESS") or "unix:path=/run/dbus/system_bus_socket"
    if which == "session":
        return os.environ.get("DBUS_SESSION_BUS_ADDRESS") or f"unix:path={_runtime() / 'bus'}"
    return which


def _runtime() -> Path:
    return Path(os.environ.get("XDG_RUNTIME_DIR") or f"/run/user/{os.getuid()}")


def _each_address(text: str) -> Iterator[str]:
    """The addresses in `text` that a client can use here, in their order and as the library reads them.

    D-Bus Specification, "Server Addresses". Left out: other transports, and forms that are for servers only.
    """
    for address in text.split(";"):
        transport, _, options = address.strip().partition(":")
        given = dict(option.partition("=")[::2] for option in options.split(","))
        if transport != "unix":
            continue
        if given.get("runtime") == "yes":
            kind, value = "path", os.fspath(_runtime() / "bus")
        else:
            kind = next((name for name in ("path", "abstract") if given.get(name)), "")
            value = unquote(given.get(kind, ""), errors="surrogateescape")
        if value and "\0" not in value:
            yield f"unix:{kind}={quote(value, safe='/', errors='surrogateescape').replace('~', '%7E')}"


def _check_text(value: object) -> None:
    """A NUL inside a string makes the daemon close the connection; refuse it here, where it can be traced."""
    if isinstance(value, str):
        if "\0" in value:
            raise ValueError("NUL in a D-Bus string")
        value.encode()
    elif isinstance(value, Variant):
        _check_text(value.value)
    elif isinstance(value, list | tuple):
        for item in value:
            _check_text(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            _check_text(key)
            _check_text(item)


def _is_below(path: str | None, root: str) -> bool:
    """Is `path` this one or below it?"""
    return path is not None and (path == root or path.startswith(root.rstrip("/") + "/"))


@dataclass(eq=False, slots=True)
class _Match:
    """One subscription: what it wants, and the rule the daemon knows it by."""

    handler: Callable[[Signal], None]
    rule: str
    sender: str | None
    path: str | None
    namespace: str | None
    interface: str | None
    member: str | None
    arg0: str | None

    def wants(self, message: Any, owner: str | None) -> bool:
        """By a message's header; `owner`: who has the name of `sender` now."""
        return (
            (self.sender is None or (owner is not None and message.sender == owner))
            and (self.interface is None or message.interface == self.interface)
            and (self.member is None or message.member == self.member)
            and (self.path is None or message.path == self.path)
            and (self.namespace is None or _is_below(message.path, self.namespace))
        )

    def tells(self, body: list[object]) -> bool:
        return self.arg0 is None or (bool(body) and body[0] == self.arg0)


def _tells_owner(message: Any) -> bool:
    """Of a message or its header: does the bus say who owns a name now?"""
    return bool(message.sender == _DAEMON and message.interface == _DAEMON and message.member == "NameOwnerChanged")


@dataclass(eq=False, slots=True)
class _Name:
    """A well-known name that somebody here cares about, and who owns it now (`None`: nobody)."""

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
        self._asked: dict[int, str] = {}  # serials of our calls under way, and whom they ask
        self._matches: list[_Match] = []
        self._names: dict[str, _Name] = {}
        self._guards: dict[str, str] = {}  # exported path → the only name that may call it
        self._screens: dict[str, Callable[[str, str], DBusError | None]] = {}  # exported path → what may refuse a call
        self._closing = False
        self._connection = _Connection(address, self._on_gone, self._wants, descriptors)

    @classmethod
    async def connect(cls, which: str, *, descriptors: bool = False) -> Bus:
        """Connect to the "system" or the "session" bus, or to a D-Bus address; of several, the first that answers. Raises `BusGone`.

        `descriptors`: take the file descriptors that others send, see `open_descriptor`.
        """
        why = "no address that can be used"
        try:
            async with asyncio.timeout(_CONNECT_TIMEOUT):
                for address in _each_address(_address(which)):
                    try:
                        return await cls._connect(address, descriptors)
                    except Exception as error:
                        why = repr(error)
        except TimeoutError:
            why = f"no answer in {_CONNECT_TIMEOUT:g} s"
        raise BusGone(f"no {which} bus: {why}")

    @classmethod
    async def _connect(cls, address: str, descriptors: bool) -> Bus:
        bus = cls(address, descriptors=descriptors)
        try:
            await bus._connection.connect()
        except BaseException:
            bus._connection._finalize(None)
            raise
        bus._connection.add_message_handler(bus._on_message)
        return bus

    @property
    def unique_name(self) -> str:
        return str(self._connection.unique_name or "")

    async def wait_gone(self) -> None:
        await self.gone.wait()

    async def close(self) -> None:
        """Leave the bus; what was exported and bound to this connection goes with it."""
        self._closing = True
        self._connection._finalize(None)

    # --- calling ---

    async def call(
        self, destination: str, path: str, interface: str, member: str, signature: str = "", *body: object, timeout: float = 10.0
    ) -> list[object]:
        """Call a method; returns the plain values of the answer. Raises `BusError`, `BusTimeout` (`timeout` seconds), `BusGone`.

        A call that is cancelled or times out may still be carried out: a caller that must know takes care of it.
        """
        reply = await self._ask(destination, path, interface, member, signature, body, timeout)
        return cast("list[object]", plain(reply.body))

    async def _ask(
        self, destination: str, path: str, interface: str, member: str, signature: str, body: tuple[object, ...], timeout: float
    ) -> Any:
        _check_text(body)
        message = Message(destination=destination, path=path, interface=interface, member=member, signature=signature, body=list(body))
        what = f"{interface}.{member}"
        message.serial = serial = self._connection.next_serial()
        try:
            async with asyncio.timeout(timeout), self._in_flight:
                self._check_there(what)
                self._asked[serial] = destination
                reply: Any = await self._connection.call(message)
        except TimeoutError:
            raise BusTimeout(f"{what}: no answer in {timeout:g} s") from None
        except (EOFError, OSError) as error:
            raise BusGone(f"{what}: the bus went away") from error
        finally:
            self._asked.pop(serial, None)
            self._connection.forget(serial)
        if reply is None:  # the library's way to end pending calls when it was closed by us
            raise BusGone(f"{what}: the bus was closed")
        if reply.message_type is MessageType.ERROR:
            raise BusError(str(reply.error_name), str(plain(reply.body[0])) if reply.body else "")
        return reply

    async def get(self, destination: str, path: str, interface: str, name: str, *, timeout: float = 10.0) -> object:
        """The plain value of a property."""
        values = await self.call(destination, path, _PROPERTIES, "Get", "ss", interface, name, timeout=timeout)
        return values[0] if values else None

    async def get_all(self, destination: str, path: str, interface: str, *, timeout: float = 10.0) -> dict[str, object]:
        """The plain values of all properties of an interface."""
        values = await self.call(destination, path, _PROPERTIES, "GetAll", "s", interface, timeout=timeout)
        return dict(values[0]) if values and isinstance(values[0], dict) else {}

    async def set(self, destination: str, path: str, interface: str, name: str, value: Variant, *, timeout: float = 10.0) -> None:
        """Write a property."""
        await self.call(destination, path, _PROPERTIES, "Set", "ssv", interface, name, value, timeout=timeout)

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

        `sender` is a well-known name (only its present owner is believed) or a unique name. The handler is sync and quick; an
        exception in it is logged and harms nobody else.
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
        """Tell `on_owner` who owns `name` (a unique name, or `None`): once before this returns, then at each change."""
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
        """Who owns `name` now, without starting anybody."""
        try:
            return str((await self.call(_DAEMON, _DAEMON_PATH, _DAEMON, "GetNameOwner", "s", name))[0])
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
            # Each comer asks anew, because the first one may still be waiting. Subscribed first, read second.
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
            # The daemon counts equal rules, so we need not.
            await self.call(_DAEMON, _DAEMON_PATH, _DAEMON, "AddMatch", "s", rule)
        except BaseException:
            self._drop_rule(rule)
            raise

    def _drop_rule(self, rule: str) -> None:
        if self.gone.is_set() or not self._connection.connected:
            return
        self._connection.send(
            Message(
                destination=_DAEMON,
                path=_DAEMON_PATH,
                interface=_DAEMON,
                member="RemoveMatch",
                signature="s",
                body=[rule],
                flags=MessageFlag.NO_REPLY_EXPECTED,
            )
        )

    def _wants(self, header: Header) -> bool:
        """Shall the body be read? What is refused is answered here."""
        if self._may_send(header):
            return True
        for descriptor in self._connection.claim(header):
            os.close(descriptor)
        return False

    def _may_send(self, header: Header) -> bool:
        if header.kind == CALL:
            return self._may_call(header)
        if header.kind == SIGNAL:
            wanted = _tells_owner(header) or any(match.wants(header, self._owner_of(match.sender)) for match in self._matches)
            return wanted and header.size <= _SIGNAL_LIMIT
        if not self._connection.awaits(header.reply_serial):
            return False
        # A name has one owner when it is asked and maybe another when it answers; the bus looks after that on a system bus.
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
            self._connection.refuse(header, refusal.type, refusal.text)
            return False
        if not self._connection.reads(header) and header.size:
            self._connection.refuse(
                header, "org.freedesktop.DBus.Error.UnknownMethod", f"no {header.interface}.{header.member} with “{header.signature}”"
            )
            return False
        return True

    def _refusal(self, header: Header) -> DBusError | None:
        """Of one who may not call what is guarded."""
        for path, name in self._guards.items():
            if _is_below(header.path, path) and header.sender != self._owner_of(name):
                return DBusError(_ACCESS_DENIED, "not for you")
        return None

    def _on_message(self, message: Any) -> Any:
        """Runs inside the library's reader: never raises. What comes here is wanted by its header."""
        if message.message_type is MessageType.METHOD_CALL:
            caller.set(message.sender or "")
            return None
        if message.message_type is not MessageType.SIGNAL:
            return None
        if _tells_owner(message) and message.signature == "sss":
            self._on_owner_changed(*message.body)
        told: Signal | None = None
        for match in list(self._matches):
            if match.wants(message, self._owner_of(match.sender)) and match.tells(message.body):
                if told is None:
                    body = tuple(cast("list[object]", plain(message.body)))
                    told = Signal(message.sender or "", message.path or "", message.interface or "", message.member or "", body)
                try:
                    match.handler(told)
                except Exception:
                    log.exception("handler of %s.%s failed", told.interface, told.member)
        return None

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
        """Serve an object; anybody whom the bus's policy lets through may call it (see `guard`)."""
        self._check_there(f"export of {path}")
        self._connection.export(path, interface)

    def unexport(self, path: str, interface: ServiceInterface | str | None = None) -> None:
        """Serve `interface` (or everything) at `path` no more. Idempotent, also on a bus that is gone."""
        if not self.gone.is_set():
            self._connection.unexport(path, interface)
        if interface is None:
            self._guards.pop(path, None)

    async def guard(self, path: str, name: str) -> Subscription:
        """Let only the present owner of `name` call methods of the object at `path` and below; others get AccessDenied."""
        await self._follow(name)
        self._guards[path] = name

        def cancel() -> None:
            self._guards.pop(path, None)
            self._unfollow(name)

        return Subscription(cancel)

    def screen(self, path: str, refusal: Callable[[str, str], DBusError | None]) -> None:
        """Ask `refusal(sender, member)` before each call of the object at `path`; what it returns is the answer then. It must be quick."""
        self._screens[path] = refusal

    async def request_name(self, name: str, *, replace: bool = False, allow_replacement: bool = False) -> bool:
        """Own a well-known name; `False` when somebody else has it and keeps it."""
        flags = _NAME_DO_NOT_QUEUE | (_NAME_REPLACE if replace else 0) | (_NAME_ALLOW_REPLACEMENT if allow_replacement else 0)
        answer = (await self.call(_DAEMON, _DAEMON_PATH, _DAEMON, "RequestName", "su", name, flags))[0]
        return answer in (1, 4)  # primary owner, already owner

    async def release_name(self, name: str) -> None:
        await self.call(_DAEMON, _DAEMON_PATH, _DAEMON, "ReleaseName", "s", name)

    def _on_gone(self) -> None:
        if not self._closing:
            log.info("connection to the bus lost")
        self.gone.set()


async def open_descriptor(
    which: str, destination: str, path: str, interface: str, member: str, signature: str, *body: object, timeout: float = 10.0
) -> int:
    """Call a method that answers with a file descriptor; the caller closes it. Raises `BusError`, `BusTimeout`, `BusGone`.

    On a connection of its own, for just so long: to one that takes descriptors and stays, any program could send them until no more can be
    opened here.
    """
    bus = await Bus.connect(which, descriptors=True)
    given: list[int] = []
    try:
        given += (await bus._ask(destination, path, interface, member, signature, body, timeout)).unix_fds
        if not given:
            raise BusError("org.freedesktop.DBus.Error.InvalidArgs", f"{interface}.{member} answered without a file descriptor")
        os.set_inheritable(given[0], False)  # as received it would go to every program that is started
        return given.pop(0)
    finally:
        for other in given:
            os.close(other)
        await bus.close()


_absent: set[str] = set()  # the buses of which it was said that they are not there


class Supervised:
    """Keeps one connection alive: connects with growing pauses, reports it up, reports it down when it is lost, and begins again.

    `on_up` sets everything up on the new bus; when it raises `BusError` or `BusGone` the connection is dropped and made anew after a
    pause. `on_down` follows each `on_up`, also one that failed half way; also at the end of `run`.
    """

    FIRST_PAUSE = 0.5
    LONGEST_PAUSE = 30.0

    def __init__(
        self,
        which: str,
        on_up: Callable[[Bus], Awaitable[None]],
        on_down: Callable[[], None],
        *,
        on_absent: Callable[[], None] | None = None,
        first_pause: float = FIRST_PAUSE,
    ) -> None:
        """`on_absent` is told each time no bus could be reached."""
        self._which = which
        self._on_up = on_up
        self._on_down = on_down
        self._on_absent = on_absent
        self._first_pause = first_pause

    async def run(self) -> None:
        """Until cancelled. What goes wrong alike again and again is said once; of a bus that is not there, once by all together."""
        pause = self._first_pause
        said = ""
        while True:
            try:
                async with _connected(self._which) as bus:
                    _absent.discard(self._which)
                    try:
                        await self._on_up(bus)
                        pause, said = self._first_pause, ""
                        await bus.wait_gone()
                    finally:
                        self._on_down()
            except BusGone as error:
                log.log(logging.DEBUG if self._which in _absent else logging.INFO, "%s; next try in %g s", error, pause)
                _absent.add(self._which)
                if self._on_absent is not None:
                    self._on_absent()
            except BusError as error:
                level = logging.DEBUG if said == str(error) else logging.WARNING
                log.log(level, "setting up on the %s bus failed: %s; next try in %g s", self._which, error, pause)
                said = str(error)
            await asyncio.sleep(pause)
            pause = min(pause * 2, self.LONGEST_PAUSE)


@contextlib.asynccontextmanager
async def _connected(which: str) -> AsyncIterator[Bus]:
    bus = await Bus.connect(which)
    try:
        yield bus
    finally:
        await bus.close()
