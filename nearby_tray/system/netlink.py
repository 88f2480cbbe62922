"""Netlink, by which the kernel is asked about radios, routes and addresses: messages, one exchange, and the news of changes.

What the kernel sends is read by its own lengths; a length that cannot be ends the reading, never the program. Written by hand: pyroute2
does the same with a loop of its own, 25 MB and 0.2 s of import, which in the lab's emulated machine delayed the first report by 20 s.
"""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import struct
from collections.abc import Iterator

# linux/netlink.h
HEADER = struct.Struct("=IHHII")  # length, type, flags, sequence, port
ATTRIBUTE = struct.Struct("=HH")  # length, type
ROUTE, GENERIC = 0, 16  # protocols
ACK, REPLACE, DUMP, CREATE = 0x4, 0x100, 0x300, 0x400
_REQUEST = 0x1
_ERROR, _DONE = 2, 3
_TYPE_MASK = 0x3FFF  # without the flags "nested" and "byte order"

_LIMIT = 2.0  # seconds for one answer; the kernel needs microseconds

Attributes = dict[int, bytes]


def pack(attributes: Attributes) -> bytes:
    """The attributes as they stand in a message."""
    return b"".join(
        ATTRIBUTE.pack(ATTRIBUTE.size + len(value), kind) + value + bytes(-len(value) % 4) for kind, value in attributes.items()
    )


def messages(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The type and body of each message in what one read has brought."""
    while len(data) >= HEADER.size:
        length, kind, *_ = HEADER.unpack_from(data)
        if not HEADER.size <= length <= len(data):
            return
        yield kind, data[HEADER.size : length]
        data = data[(length + 3) & ~3 :]


def unpack(data: bytes) -> Attributes:
    """The attributes of a body, by type; of several of one type the last."""
    found: Attributes = {}
    while len(data) >= ATTRIBUTE.size:
        length, kind = ATTRIBUTE.unpack_from(data)
        if not ATTRIBUTE.size <= length <= len(data):
            break
        found[kind & _TYPE_MASK] = data[ATTRIBUTE.size : length]
        data = data[(length + 3) & ~3 :]
    return found


def u32(value: bytes | None) -> int | None:
    """An unsigned 32-bit value; `None` when it is none."""
    return int(struct.unpack("=I", value)[0]) if value is not None and len(value) == 4 else None


def exchange(protocol: int, kind: int, body: bytes, flags: int = 0, *, most: int = 4096) -> list[bytes]:
    """One request, and the bodies of at most so many messages of the answer. Waits: call it in a thread.

    Raises `OSError` with what the kernel said, `TimeoutError` when it says nothing.
    """
    answer: list[bytes] = []
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, protocol) as kernel:
        kernel.settimeout(_LIMIT)
        kernel.bind((0, 0))
        kernel.sendto(HEADER.pack(HEADER.size + len(body), kind, _REQUEST | flags, 1, 0) + body, (0, 0))
        while len(answer) < most:
            data, (port, _groups) = kernel.recvfrom(1 << 16)
            if port != 0:
                continue  # not from the kernel
            for what, part in messages(data):
                if what == _DONE:
                    return answer
                if what == _ERROR:
                    code: int = struct.unpack_from("=i", part)[0] if len(part) >= 4 else -errno.EBADMSG
                    if code:
                        raise OSError(-code, os.strerror(-code))
                    return answer  # the ACK
                answer.append(part)
            if answer and not flags & (DUMP | ACK):
                return answer
    return answer[:most]


class Changes:
    """Tells that something happened to this computer's addresses or routes, not what. Needs no privilege. Raises `OSError`.

    rtnetlink(7); the groups are RTMGRP_IPV4_IFADDR, RTMGRP_IPV4_ROUTE, RTMGRP_IPV6_IFADDR and RTMGRP_IPV6_ROUTE of linux/rtnetlink.h.
    """

    _GROUPS = 0x10 | 0x40 | 0x100 | 0x400

    def __init__(self) -> None:
        self._kernel = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK, 0)
        self._happened = asyncio.Event()
        try:
            self._kernel.bind((0, self._GROUPS))
            asyncio.get_running_loop().add_reader(self._kernel.fileno(), self._read)
        except BaseException:
            self._kernel.close()
            raise

    async def next(self) -> None:
        """Until something has happened since the last time this was asked."""
        await self._happened.wait()
        self._happened.clear()

    def close(self) -> None:
        """Idempotent."""
        if self._kernel.fileno() >= 0:
            asyncio.get_running_loop().remove_reader(self._kernel.fileno())
            self._kernel.close()

    def _read(self) -> None:
        self._happened.set()
        try:
            for _ in range(64):
                self._kernel.recv(1 << 16)
        except OSError:
            pass  # no more, or more than it could keep: something has happened either way
