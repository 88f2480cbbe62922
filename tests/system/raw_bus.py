"""A client of D-Bus that sends whatever bytes it likes, as another program of the machine may."""

from __future__ import annotations

import array
import os
import socket
import struct
from collections.abc import Iterable

CALL, RETURN, ERROR, SIGNAL = 1, 2, 3, 4
PATH, INTERFACE, MEMBER, ERROR_NAME, REPLY_SERIAL, DESTINATION, SENDER, SIGNATURE, DESCRIPTORS = range(1, 10)
Field = tuple[int, str, object]  # code, type, value


def fields(path: str = "", interface: str = "", member: str = "", destination: str = "", signature: str = "") -> list[Field]:
    given = [(PATH, "o", path), (INTERFACE, "s", interface), (MEMBER, "s", member), (DESTINATION, "s", destination)]
    return [field for field in (*given, (SIGNATURE, "g", signature)) if field[2]]


def message(
    kind: int, header: Iterable[Field], body: bytes = b"", *, serial: int = 7, flags: int = 0, order: str = "<", version: int = 1
) -> bytes:
    """A message in the form in which it goes over the wire."""
    packed = b""
    for code, type_, value in header:
        packed += b"\0" * (-len(packed) % 8) + bytes((code, len(type_))) + type_.encode() + b"\0"
        if type_ == "g":
            packed += bytes((len(str(value)),)) + str(value).encode() + b"\0"
        elif type_ in "so":
            text = str(value).encode()
            packed += b"\0" * (-len(packed) % 4) + struct.pack(f"{order}I", len(text)) + text + b"\0"
        elif type_ == "u":
            packed += b"\0" * (-len(packed) % 4) + struct.pack(f"{order}I", value)
        else:
            assert isinstance(value, bytes)
            packed += value
    fixed = (b"l" if order == "<" else b"B") + bytes((kind, flags, version))
    fixed += struct.pack(f"{order}III", len(body), serial, len(packed))
    return fixed + packed + b"\0" * (-len(packed) % 8) + body


def variants(count: int) -> bytes:
    """The body of a message of the signature "av": so many variants of a byte, four bytes each, which are costly to parse."""
    return struct.pack("<I", 4 * count) + b"\x01y\0\x07" * count


def string(value: str) -> bytes:
    """The body of a message of the signature "s"."""
    encoded = value.encode()
    return struct.pack("<I", len(encoded)) + encoded + b"\0"


class Raw:
    """A connection to the bus at `address`; everything blocks."""

    def __init__(self, address: str, *, descriptors: bool = False) -> None:
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(30)
        self.socket.connect(address.removeprefix("unix:path="))
        self.socket.sendall(b"\0AUTH EXTERNAL " + str(os.getuid()).encode().hex().encode() + b"\r\n")
        assert self.socket.recv(4096).startswith(b"OK")
        if descriptors:
            self.socket.sendall(b"NEGOTIATE_UNIX_FD\r\n")
            assert self.socket.recv(4096).startswith(b"AGREE")
        self.socket.sendall(b"BEGIN\r\n")
        bus = "org.freedesktop.DBus"
        self.send(message(CALL, fields("/org/freedesktop/DBus", bus, "Hello", bus), serial=1))
        assert self.socket.recv(4096)

    def send(self, *messages: bytes) -> None:
        self.socket.sendall(b"".join(messages))

    def send_descriptors(self, data: bytes, *descriptors: int) -> None:
        sent = self.socket.sendmsg([data], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))])
        self.socket.sendall(data[sent:])

    def ping(self, target: str) -> None:
        """Wait until `target` has read what was sent to it before: messages of one connection keep their order."""
        self.send(message(CALL, fields("/", "org.freedesktop.DBus.Peer", "Ping", target), serial=4711))
        said = b""
        while struct.pack("<I", 4711) not in said:  # its reply names it
            more = self.socket.recv(65536)
            assert more, "the bus hung up"
            said += more

    def close(self) -> None:
        self.socket.close()
