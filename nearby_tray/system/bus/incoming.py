"""Reads D-Bus messages in two steps: the header, and the body only when the header shows that it is wanted.

Every program on a system bus may send a signal of 32 MiB to a connection, and to parse it takes a Python program 20 s and 25 times its size
(measured, dbus-next 0.2.3). Here the body of an unwanted message is dropped as it arrives: no more than one chunk of it is ever kept. A
malformed message is dropped alone; only bytes in which the next message cannot be found end the connection.

Layout: D-Bus Specification 0.43, "Message Format". A bus checks all of it before it passes a message on.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass, field

CALL, RETURN, ERROR, SIGNAL = 1, 2, 3, 4  # types of messages; others are ignored, as the specification says
NO_REPLY = 0x1

CHUNK = 64 * 1024  # bytes that are read from the socket at once
HEADER_LIMIT = 8 * 1024  # bytes; a longer one has a path or fields that no program here uses, and its message is left unread
_FIELDS_LIMIT, _MESSAGE_LIMIT = 1 << 26, 1 << 27  # of the specification

# Field code → name in `Header` and type. Others are ignored, as the specification says.
_FIELDS = {
    1: ("path", "o"),
    2: ("interface", "s"),
    3: ("member", "s"),
    4: ("error_name", "s"),
    5: ("reply_serial", "u"),
    6: ("destination", "s"),
    7: ("sender", "s"),
    8: ("signature", "g"),
    9: ("descriptors", "u"),
}
_SIZES = {"y": 1, "n": 2, "q": 2, "b": 4, "i": 4, "u": 4, "x": 8, "t": 8, "d": 8, "h": 4}


class Broken(Exception):
    """The beginning of the next message cannot be found any more."""


@dataclass(slots=True)
class Header:
    """The header of a message. `size`: bytes of the body; `descriptors`: how many file descriptors come with it."""

    kind: int
    flags: int
    serial: int
    size: int
    little: bool
    path: str | None = None
    interface: str | None = None
    member: str | None = None
    error_name: str | None = None
    reply_serial: int = 0
    destination: str | None = None
    sender: str | None = None
    signature: str = ""
    descriptors: int = 0


@dataclass(slots=True)
class Reader:
    """Cuts the bytes that arrive into messages. `wants` decides by the header; `take` is given a wanted message, with its body.

    `strict`: a header that cannot be read raises `Broken`. For connections that receive file descriptors: nothing would tell to which
    message they belong.
    """

    wants: Callable[[Header], bool]
    take: Callable[[Header, bytes], None]
    strict: bool = False
    _kept: bytearray = field(default_factory=bytearray)
    _drop: int = 0  # bytes of unwanted messages that are still to come
    _header: Header | None = None  # of the message whose body is being collected
    _need: int = 16  # bytes until the next step

    @property
    def kept(self) -> int:
        """Bytes that are held."""
        return len(self._kept)

    def feed(self, data: bytes) -> None:
        """Bytes from the socket."""
        if self._drop:
            dropped = min(self._drop, len(data))
            self._drop -= dropped
            data = data[dropped:]
        self._kept += data

    def step(self) -> bool:
        """Process one message or part of one; `False` when more bytes are needed for it. Raises `Broken`, and what `take` raises."""
        if len(self._kept) < self._need:
            return False
        if self._header is not None:
            header, self._header = self._header, None
            body = bytes(self._kept[: self._need])
            self._skip(self._need)
            self.take(header, body)
        elif self._need == 16:
            self._begin()
        else:
            self._judge()
        return True

    def _begin(self) -> None:
        """Read the lengths in the first 16 bytes."""
        order = "<" if self._kept[:1] == b"l" else ">"
        body, _, fields = struct.unpack_from(f"{order}III", self._kept, 4)
        head = 16 + fields + -fields % 8
        if self._kept[0] not in b"lB" or self._kept[3] != 1 or fields > _FIELDS_LIMIT or head + body > _MESSAGE_LIMIT:
            raise Broken("no D-Bus message")
        if 16 < head <= HEADER_LIMIT:
            self._need = head
        else:
            self._skip_unread(head + body)

    def _judge(self) -> None:
        head = self._need
        size: int = struct.unpack_from("<I" if self._kept[:1] == b"l" else ">I", self._kept, 4)[0]
        try:
            header: Header | None = parse(bytes(self._kept[:head]))
        except (struct.error, ValueError, IndexError):
            header = None
        if header is None:
            self._skip_unread(head + size)
        elif not self.wants(header):
            self._skip(head + size)
        else:
            self._skip(head)
            self._header, self._need = header, size

    def _skip_unread(self, count: int) -> None:
        if self.strict:
            raise Broken("a header that cannot be read")
        self._skip(count)

    def _skip(self, count: int) -> None:
        """Drop so many bytes, also those that have not arrived yet; the next message begins after them."""
        here = min(count, len(self._kept))
        del self._kept[:here]
        self._drop += count - here
        self._need = 16


def parse(data: bytes) -> Header | None:
    """The header of a message, `None` for a type that is not known. Raises `struct.error`, `ValueError` or `IndexError`."""
    order = "<" if data[:1] == b"l" else ">"
    kind, flags = data[1], data[2]
    size, serial, length = struct.unpack_from(f"{order}III", data, 4)
    header = Header(kind, flags, serial, size, order == "<")
    at, end = 16, 16 + length
    while at < end:
        at += -at % 8
        code, signed = data[at], data[at + 1]
        kinds = data[at + 2 : at + 2 + signed].decode("ascii")
        value, at = _value(data, at + 3 + signed, kinds, order)
        if code in _FIELDS:
            name, wanted = _FIELDS[code]
            if kinds != wanted:
                raise ValueError(f"{name} is no {wanted}")
            setattr(header, name, value)
    return header if kind in (CALL, RETURN, ERROR, SIGNAL) else None


def _value(data: bytes, at: int, kind: str, order: str) -> tuple[object, int]:
    """A value of a basic type, and where it ends. No field has another type yet."""
    if kind == "g":
        at, length = at + 1, data[at]
    elif kind in ("s", "o"):
        at += -at % 4
        length = struct.unpack_from(f"{order}I", data, at)[0]
        at += 4
    elif kind == "u":
        at += -at % 4
        return struct.unpack_from(f"{order}I", data, at)[0], at + 4
    else:
        size = _SIZES.get(kind, 0)
        if not size:
            raise ValueError("a field of no basic type")
        return None, at + -at % size + size
    if at + length >= len(data):
        raise ValueError("longer than its message")
    return data[at : at + length].decode(), at + length + 1
