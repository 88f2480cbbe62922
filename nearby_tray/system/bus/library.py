"""The only importer of dbus-next, whose flaws end here: its values, its exported interfaces, and one connection.

WORKAROUND dbus-next 0.2.3 (no release since 2021, see its issues #101, #119, #137, #168): a short write is taken for a lost bus; an end
of file while authenticating spins for ever; sockets are not closed; pending calls end with EOFError or OSError and later ones never
end; an error raised in an exported method is answered *and* logged as a bug of the library, with a traceback sent to the caller.
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import logging
import os
import re
import socket
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from typing import Any, TypeVar, cast

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

from .errors import BusError, BusGone
from .incoming import CHUNK, ERROR, NO_REPLY, RETURN, Broken, Header, Reader

__all__ = [
    "Connection",
    "DBusError",
    "PropertyAccess",
    "ServiceInterface",
    "Variant",
    "caller",
    "dbus_property",
    "method",
    "plain",
    "signal",
]

log = logging.getLogger(__name__)

PROPERTIES = "org.freedesktop.DBus.Properties"

_MESSAGES = 16  # that are read before other tasks have their turn
_DESCRIPTORS = 253  # SCM_MAX_FD, unix(7)

F = TypeVar("F", bound=Callable[..., Any])

# --- values ------------------------------------------------------------------------------------------------------------------


def plain(value: object) -> object:
    """`value` without `Variant`s, with lists for arrays and structs alike (dbus-next and its fork differ there)."""
    if isinstance(value, Variant):
        return plain(value.value)
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value


def check_text(value: object) -> None:
    """Raise `ValueError` for a NUL inside a string: the daemon would close the connection, and no error would name the call."""
    if isinstance(value, str):
        if "\0" in value:
            raise ValueError("NUL in a D-Bus string")
        value.encode()
    elif isinstance(value, Variant):
        check_text(value.value)
    elif isinstance(value, list | tuple):
        for item in value:
            check_text(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            check_text(key)
            check_text(item)


_PATH = re.compile(r"/|(/[A-Za-z0-9_]+)+")


def names_objects(path: object, signature: str, body: Sequence[object]) -> bool:
    """True if `path`, and each argument that is to name an object, is an object path. What a daemon gave for one may be anything."""
    named = [value for kind, value in zip(SignatureTree(signature).types, body, strict=False) if kind.token == "o"]
    return all(isinstance(each, str) and _PATH.fullmatch(each) for each in (path, *named))


# --- exporting ---------------------------------------------------------------------------------------------------------------
# dbus-next reads D-Bus signatures from the annotations, which type checkers take for types. Given here as arguments, the annotations
# stay honest; without them the library's own way still works.

caller: ContextVar[str] = ContextVar("caller", default="")
"""In an exported method: the unique name of its caller."""


class DBusError(_DBusError):
    """Raise it in an exported method or property to answer with this error."""

    def __init__(self, name: str, text: str = "") -> None:
        cast("Any", super()).__init__(name, text)


def method(name: str | None = None, *, takes: Sequence[str] | None = None, gives: str | None = None) -> Callable[[F], F]:
    """An exported method, sync or async; raise `DBusError` to answer with an error.

    `takes`: the signature of each argument; `gives`: the signature of the answer (several values: return a list). Without both, the
    annotations are the signatures.
    """

    def decorate(function: F) -> F:
        _declare(function, takes, gives)
        return cast("F", cast("Any", _method)(name)(function))

    return decorate


def signal(name: str | None = None, *, gives: str | None = None) -> Callable[[F], F]:
    """An exported signal: calling the method emits what it returns (several values: a list)."""

    def decorate(function: F) -> F:
        # The arguments of the Python method are not part of the signal; only what it returns is sent.
        given = inspect.signature(function)
        result = given.return_annotation if gives is None else gives
        cast("Any", function).__signature__ = given.replace(return_annotation="" if result in (None, "None") else result)
        return cast("F", cast("Any", _signal)(name)(function))

    return decorate


def dbus_property(access: PropertyAccess = PropertyAccess.READ, name: str | None = None, *, gives: str | None = None) -> Callable[[F], Any]:
    """An exported property, read-only unless `access` says otherwise; `gives` is its signature (without it: the annotation)."""

    def decorate(function: F) -> Any:
        if gives is not None:
            _declare(function, (), gives)
        return cast("Any", _dbus_property)(access, name)(function)

    return decorate


def _declare(function: Any, takes: Sequence[str] | None, gives: str | None) -> None:
    """Give `function` the signature that dbus-next looks for; `-> None` becomes its "answers nothing"."""
    given = inspect.signature(function)
    owner, *rest = given.parameters.values()
    if takes is None and gives is not None:
        takes = ()
    if takes is not None:
        rest = [parameter.replace(annotation=kind, default=parameter.empty) for parameter, kind in zip(rest, takes, strict=True)]
    result = given.return_annotation if gives is None and takes is None else gives
    function.__signature__ = inspect.Signature([owner, *rest], return_annotation="" if result in (None, "None") else result)


# --- the connection ----------------------------------------------------------------------------------------------------------


class Connection(MessageBus):
    """A connection that reads headers first, closes its socket, says once that it is lost, and neither spins nor swallows errors.

    `wants`: whether the body of a message is read. `on_signal` is given each message with a signal whose body was read. `on_lost` is called
    once. `descriptors`: file descriptors are received.
    """

    def __init__(
        self,
        address: str,
        *,
        wants: Callable[[Header], bool],
        on_signal: Callable[[Any], None],
        on_lost: Callable[[], None],
        descriptors: bool = False,
    ) -> None:
        self._on_signal = on_signal
        self._on_lost = on_lost
        self._incoming = Reader(wants, self._take, strict=descriptors)
        self._received: list[int] = []  # file descriptors that belong to messages still to come
        super().__init__(bus_address=address, negotiate_unix_fd=descriptors)
        self._writer: Any = cast("Any", _Writer)(self)
        # Nothing awaits this future (`_finalize` reports the loss itself), so asyncio would report its exception as never retrieved.
        self._disconnect_future.add_done_callback(lambda future: future.cancelled() or future.exception())

    async def open(self) -> None:
        try:
            await cast("Any", super()).connect()
        except BaseException:
            self.close()
            raise
        self.add_message_handler(self._on_wanted)

    def close(self) -> None:
        """Idempotent."""
        self._finalize(None)

    # --- sending ---

    async def ask(
        self, serial: int, destination: str, path: str, interface: str, member: str, signature: str, body: Sequence[object]
    ) -> tuple[list[object], list[int]]:
        """The values that a method answers with, and its file descriptors. Raises `BusError`, `BusGone`."""
        message = Message(destination=destination, path=path, interface=interface, member=member, signature=signature, body=list(body))
        message.serial = serial
        try:
            reply: Any = await self.call(message)
        except (EOFError, OSError) as error:
            raise BusGone(f"{interface}.{member}: the bus went away") from error
        if reply is None:  # the library's way to end pending calls when this side closes
            raise BusGone(f"{interface}.{member}: the bus was closed")
        if reply.message_type is MessageType.ERROR:
            raise BusError(str(reply.error_name), str(plain(reply.body[0])) if reply.body else "")
        return cast("list[object]", plain(reply.body)), reply.unix_fds

    def tell(self, destination: str, path: str, interface: str, member: str, signature: str, *body: object) -> None:
        """Call a method and want no answer."""
        arguments: Any = {"destination": destination, "path": path, "interface": interface, "member": member, "signature": signature}
        self.send(Message(**arguments, body=list(body), flags=MessageFlag.NO_REPLY_EXPECTED))

    def refuse(self, header: Header, error: DBusError) -> None:
        """Answer the call of `header` with an error, if it wants an answer."""
        if not header.flags & NO_REPLY and self.connected:
            self.send(_error(error.type, error.text, reply_serial=header.serial, destination=header.sender))

    # --- receiving ---

    def awaits(self, serial: int) -> bool:
        """True while the call with this serial is unanswered."""
        return serial in self._method_return_handlers

    def forget(self, serial: int) -> None:
        """Ignore the answer to the call with this serial from now on."""
        self._method_return_handlers.pop(serial, None)

    def fail(self, header: Header, name: str, text: str) -> None:
        """End the call that `header` would answer with an error."""
        self._dispatch(_in_place_of(header, name, text))

    def serves(self, header: Header) -> bool:
        """True if a method of this name and signature is exported. Otherwise the answer needs no body."""
        if header.interface == PROPERTIES:
            return (header.member, header.signature) in (("Get", "ss"), ("GetAll", "s"), ("Set", "ssv"))
        return any(
            header.interface in (None, interface.name) and header.member == method.name and header.signature == method.in_signature
            for interface in self._path_exports.get(header.path, ())
            for method in cast("Any", ServiceInterface)._get_methods(interface)
        )

    def claim(self, header: Header) -> list[int]:
        """The file descriptors that come with this message; the caller closes them."""
        mine, self._received = self._received[: header.descriptors], self._received[header.descriptors :]
        return mine

    def _take(self, header: Header, body: bytes) -> None:
        """A wanted message. One that cannot be parsed is dropped; the caller that awaits it as an answer gets an error."""
        descriptors = self.claim(header)
        try:
            message = _message(header, body, descriptors)
        except Exception as error:
            log.info("a message of %s cannot be understood: %r", header.sender, error)
            for each in descriptors:
                os.close(each)
            if header.kind not in (RETURN, ERROR):
                return
            message = _in_place_of(header, "org.freedesktop.DBus.Error.InconsistentMessage", "the answer cannot be understood")
        self._dispatch(message)

    def _dispatch(self, message: Any) -> None:
        cast("Any", super())._on_message(message)

    def _on_wanted(self, message: Any) -> None:
        """Runs inside the library's reader: never raises."""
        if message.message_type is MessageType.METHOD_CALL:
            caller.set(message.sender or "")
        elif message.message_type is MessageType.SIGNAL:
            self._on_signal(message)

    # --- the library's own methods, repaired ---

    def _setup_socket(self) -> None:
        ((_, options),) = self._bus_address
        self._sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self._sock.setblocking(False)  # a daemon that accepts no connection must not block the loop
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
        """Called when the socket is readable, or when the previous call left something."""
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

    def _send_reply(self, msg: Any) -> _Reply:
        return _Reply(self, msg)

    def _finalize(self, err: BaseException | None = None) -> None:
        if not self._disconnected:
            cast("Any", super())._finalize(err)
            self._release()
            self._on_lost()

    def _release(self) -> None:
        received, self._received = self._received, []
        for descriptor in received:
            os.close(descriptor)
        for thing in (getattr(self, "_stream", None), getattr(self, "_sock", None)):
            if thing is not None:
                with contextlib.suppress(OSError):
                    thing.close()


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
    """Answers one method call: with the raised error, or with the value. A bug is logged here; its traceback is not sent."""

    def __init__(self, connection: Connection, call: Any) -> None:
        self._connection: Any = connection
        self._call = call

    def __enter__(self) -> _Reply:
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        if error is not None:
            self.send_error(error)
        return error is None or isinstance(error, Exception | asyncio.CancelledError)

    def __call__(self, reply: Any) -> None:
        if not self._call.flags & MessageFlag.NO_REPLY_EXPECTED and self._connection.connected:
            self._connection.send(reply)

    def send_error(self, error: BaseException) -> None:
        if isinstance(error, _DBusError):
            self(Message.new_error(self._call, error.type, error.text))
        else:
            if not isinstance(error, asyncio.CancelledError):
                log.error("%s.%s failed", self._call.interface, self._call.member, exc_info=error)
            self(Message.new_error(self._call, "org.freedesktop.DBus.Error.Failed", "internal error"))


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


def _in_place_of(header: Header, name: str, text: str) -> Any:
    """An error instead of the answer with this header."""
    return _error(name, text, reply_serial=header.reply_serial, sender=header.sender)
