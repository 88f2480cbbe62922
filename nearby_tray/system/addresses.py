"""Addresses of a network interface, through rtnetlink: what is in force, and, where this process may, adding and removing.

The rule: reading is for everybody and never raises; changing needs CAP_NET_ADMIN and says so with `PermissionError`. Four messages and
four attributes are spoken by hand, in the manner of `nl80211`; the answer of each is waited for, within a limit.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import os
import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

log = logging.getLogger(__name__)

# linux/netlink.h, linux/rtnetlink.h
_ROUTE = 0
_REQUEST, _ACK, _DUMP, _CREATE, _REPLACE = 0x1, 0x4, 0x300, 0x400, 0x100
_ERROR, _DONE = 2, 3
_NEW, _DELETE, _GET = 20, 21, 22
_HEADER = struct.Struct("=IHHII")  # length, type, flags, sequence, port
_ATTRIBUTE = struct.Struct("=HH")

# linux/if_addr.h
_MESSAGE = struct.Struct("=BBBBI")  # family, prefix, flags, scope, index
_ADDRESS, _LOCAL, _FLAGS = 1, 2, 8
_NO_DAD, _DAD_FAILED, _TENTATIVE = 0x02, 0x08, 0x40

_CAP_NET_ADMIN = 12
_LIMIT = 2.0  # seconds for one answer
_MOST = 4096  # messages of one answer

Address = ipaddress.IPv4Interface | ipaddress.IPv6Interface


@dataclass(frozen=True, slots=True)
class Assigned:
    """An address of the interface. `ready`: it may be used; an IPv6 one is looked for on the link first."""

    address: Address
    ready: bool


def may_change() -> bool:
    """Whether this process has CAP_NET_ADMIN. procfs: proc_pid_status(5)."""
    try:
        line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("CapEff:"))
        return bool(int(line.split()[1], 16) >> _CAP_NET_ADMIN & 1)
    except (OSError, ValueError, IndexError, StopIteration):
        return False


def deafen(interface: str) -> None:
    """Have the kernel take nothing from routers on this interface: no address, route or redirection. Raises `OSError`.

    Linux: Documentation/networking/ip-sysctl.rst. CAP_NET_ADMIN suffices (net/sysctl_net.c, net_ctl_permissions).
    """
    for key in ("accept_ra", "accept_redirects"):
        Path("/proc/sys/net/ipv6/conf", interface, key).write_text("0")


async def read(index: int) -> list[Assigned]:
    """What is assigned to the interface; empty when it cannot be read."""
    try:
        return await asyncio.to_thread(_read, index)
    except (OSError, struct.error) as error:
        log.debug("rtnetlink does not say: %r", error)
        return []


async def read_all() -> tuple[tuple[str, Address], ...]:
    """What is assigned on this computer, each with the name of its interface. Raises `OSError` when the kernel does not say."""
    return await asyncio.to_thread(_read_all)


async def add(index: int, address: str) -> None:
    """Assign `address` ("192.168.49.1/24"), at once and without looking for another owner of it. Raises `OSError`."""
    await asyncio.to_thread(_change, _NEW, _REQUEST | _ACK | _CREATE | _REPLACE, index, ipaddress.ip_interface(address))


async def remove(index: int, address: str) -> None:
    """Take `address` away. Raises `OSError`, also when it is not there."""
    await asyncio.to_thread(_change, _DELETE, _REQUEST | _ACK, index, ipaddress.ip_interface(address))


def _change(kind: int, flags: int, index: int, address: Address) -> None:
    packed = address.ip.packed
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    body = _MESSAGE.pack(family, address.network.prefixlen, _NO_DAD if address.version == 6 else 0, 0, index)
    for attribute in (_LOCAL, _ADDRESS):
        body += _ATTRIBUTE.pack(_ATTRIBUTE.size + len(packed), attribute) + packed
    list(_talk(kind, flags, body))


def _read(index: int) -> list[Assigned]:
    return [assigned for where, assigned in _assigned() if where == index]


def _read_all() -> tuple[tuple[str, Address], ...]:
    names = dict(socket.if_nameindex())
    return tuple((names[where], assigned.address) for where, assigned in _assigned() if where in names)


def _assigned() -> Iterator[tuple[int, Assigned]]:
    """Everything that the kernel has not found to be taken, with the index of its interface."""
    for body in _talk(_GET, _REQUEST | _DUMP, _MESSAGE.pack(socket.AF_UNSPEC, 0, 0, 0, 0)):
        if len(body) < _MESSAGE.size:
            continue
        _family, bits, short_flags, _scope, where = _MESSAGE.unpack_from(body)
        attributes = dict(_attributes(body[_MESSAGE.size :]))
        packed = attributes.get(_LOCAL) or attributes.get(_ADDRESS) or b""
        flags = struct.unpack("=I", attributes[_FLAGS])[0] if len(attributes.get(_FLAGS, b"")) == 4 else short_flags
        if len(packed) in (4, 16) and not flags & _DAD_FAILED:
            address = ipaddress.ip_interface((packed, bits))
            yield where, Assigned(address, not flags & _TENTATIVE)


def _talk(kind: int, flags: int, body: bytes) -> Iterator[bytes]:
    """One request, and the bodies of its answer. Raises `OSError` with what the kernel said."""
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, _ROUTE) as kernel:
        kernel.settimeout(_LIMIT)
        kernel.bind((0, 0))
        kernel.sendto(_HEADER.pack(_HEADER.size + len(body), kind, flags, 1, 0) + body, (0, 0))
        for _ in range(_MOST):
            data, (port, _groups) = kernel.recvfrom(1 << 16)
            if port != 0:
                continue  # not from the kernel
            while len(data) >= _HEADER.size:
                length, what, *_rest = _HEADER.unpack_from(data)
                if not _HEADER.size <= length <= len(data):
                    return
                if what == _DONE:
                    return
                if what == _ERROR:
                    code = struct.unpack_from("=i", data, _HEADER.size)[0]
                    if code:
                        raise OSError(-code, os.strerror(-code))
                    return
                yield data[_HEADER.size : length]
                data = data[(length + 3) & ~3 :]


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    while len(data) >= _ATTRIBUTE.size:
        length, kind = _ATTRIBUTE.unpack_from(data)
        if not _ATTRIBUTE.size <= length <= len(data):
            return
        yield kind & 0x3FFF, data[_ATTRIBUTE.size : length]
        data = data[(length + 3) & ~3 :]


# --- neighbours -------------------------------------------------------------------------------------------------------------

# linux/neighbour.h
_GET_NEIGHBOURS = 30
_NEIGHBOUR = struct.Struct("=BBHiHBB")  # family, padding, index, state, flags, type
_DESTINATION, _LINK_LAYER, _IFINDEX = 1, 2, 8
_REACHABLE, _STALE, _DELAY, _PROBE, _FAILED = 0x02, 0x04, 0x08, 0x10, 0x20
_KNOWN = _REACHABLE | _STALE | _DELAY | _PROBE


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Somebody in the kernel's neighbour table (ARP, neighbour discovery) with an address that has been resolved."""

    address: str  # textual, without scope
    station: str  # link-layer address "aa:bb:…"
    confirmed: bool  # it has answered within the kernel's reachable time, 15 to 45 s
    checking: bool  # it had, some time ago; something was sent to it and the kernel waits 5 s for a sign before it asks again


async def neighbours(index: int) -> list[Neighbour]:
    """The resolved neighbours on the interface; empty when they cannot be read."""
    try:
        return await asyncio.to_thread(_read_neighbours, index)
    except (OSError, struct.error) as error:
        log.debug("rtnetlink does not say: %r", error)
        return []


def _read_neighbours(index: int) -> list[Neighbour]:
    body = _NEIGHBOUR.pack(socket.AF_UNSPEC, 0, 0, 0, 0, 0, 0) + _ATTRIBUTE.pack(8, _IFINDEX) + struct.pack("=I", index)
    found = []
    for answer in _talk(_GET_NEIGHBOURS, _REQUEST | _DUMP, body):
        if len(answer) < _NEIGHBOUR.size:
            continue
        _family, _pad, _pad2, where, state, _flags, _type = _NEIGHBOUR.unpack_from(answer)
        attributes = dict(_attributes(answer[_NEIGHBOUR.size :]))
        packed, station = attributes.get(_DESTINATION, b""), attributes.get(_LINK_LAYER, b"")
        if where != index or not state & _KNOWN or len(packed) not in (4, 16) or len(station) != 6 or station[0] & 1 or not any(station):
            continue
        address = ipaddress.ip_address(packed)
        if not (address.is_multicast or address.is_unspecified or address.is_loopback):
            found.append(Neighbour(str(address), station.hex(":"), bool(state & _REACHABLE), bool(state & _DELAY)))
    return found
