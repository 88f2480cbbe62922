"""How netlink messages are put together and taken apart, for those who speak a few of them by hand.

The rule: what comes from the kernel is read by its own lengths, and a length that cannot be ends the reading, never the program.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Iterator

# linux/netlink.h
HEADER = struct.Struct("=IHHII")  # length, type, flags, sequence, port
ATTRIBUTE = struct.Struct("=HH")  # length, type
REQUEST, DUMP = 0x1, 0x300
ERROR, DONE = 2, 3
_TYPE_MASK = 0x3FFF  # without the flags "nested" and "byte order"

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


def attributes(data: bytes) -> Attributes:
    """The attributes of a body, by type; of equal ones the last."""
    found: Attributes = {}
    while len(data) >= ATTRIBUTE.size:
        length, kind = ATTRIBUTE.unpack_from(data)
        if not ATTRIBUTE.size <= length <= len(data):
            break
        found[kind & _TYPE_MASK] = data[ATTRIBUTE.size : length]
        data = data[(length + 3) & ~3 :]
    return found


def number(value: bytes | None) -> int | None:
    """An unsigned 32-bit value; `None` when it is none."""
    return int(struct.unpack("=I", value)[0]) if value is not None and len(value) == 4 else None


class Changes:
    """What happens to this computer's addresses and routes, as far as that something does. Anybody may listen. Raises `OSError`.

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
