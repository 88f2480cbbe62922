"""Addresses of a network interface, through rtnetlink: what is in force, and, where this process may, adding and removing.

Reading needs no privilege and never raises; changing needs CAP_NET_ADMIN and raises `PermissionError` without it.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .netlink import ACK, CREATE, DUMP, REPLACE, ROUTE, exchange, pack, u32, unpack

log = logging.getLogger(__name__)

_NEW, _DELETE, _GET = 20, 21, 22  # linux/rtnetlink.h

# linux/if_addr.h
_MESSAGE = struct.Struct("=BBBBI")  # family, prefix, flags, scope, index
_ADDRESS, _LOCAL, _FLAGS = 1, 2, 8
_NO_DAD, _DAD_FAILED, _TENTATIVE = 0x02, 0x08, 0x40

_CAP_NET_ADMIN = 12

Address = ipaddress.IPv4Interface | ipaddress.IPv6Interface


@dataclass(frozen=True, slots=True)
class Assigned:
    """An address of the interface. `ready`: it can be used; an IPv6 one only after duplicate address detection."""

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
    """The addresses of the interface; empty when they cannot be read."""
    try:
        return await asyncio.to_thread(_read, index)
    except (OSError, struct.error) as error:
        log.debug("rtnetlink does not say: %r", error)
        return []


async def read_all() -> tuple[tuple[str, Address], ...]:
    """All addresses of this computer, each with the name of its interface. Raises `OSError` when the kernel does not tell them."""
    return await asyncio.to_thread(_read_all)


async def add(index: int, address: str) -> None:
    """Assign `address` ("192.168.49.1/24"), at once and without duplicate address detection. Raises `OSError`."""
    await asyncio.to_thread(_change, _NEW, ACK | CREATE | REPLACE, index, ipaddress.ip_interface(address))


async def remove(index: int, address: str) -> None:
    """Take `address` away. Raises `OSError`, also when it is not there."""
    await asyncio.to_thread(_change, _DELETE, ACK, index, ipaddress.ip_interface(address))


def _change(kind: int, flags: int, index: int, address: Address) -> None:
    packed = address.ip.packed
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    body = _MESSAGE.pack(family, address.network.prefixlen, _NO_DAD if address.version == 6 else 0, 0, index)
    exchange(ROUTE, kind, body + pack({_LOCAL: packed, _ADDRESS: packed}), flags)


def _read(index: int) -> list[Assigned]:
    return [assigned for where, assigned in _assigned() if where == index]


def _read_all() -> tuple[tuple[str, Address], ...]:
    names = dict(socket.if_nameindex())
    return tuple((names[where], assigned.address) for where, assigned in _assigned() if where in names)


def _assigned() -> Iterator[tuple[int, Assigned]]:
    """Everything that the kernel has not found to be taken, with the index of its interface."""
    for body in exchange(ROUTE, _GET, _MESSAGE.pack(socket.AF_UNSPEC, 0, 0, 0, 0), DUMP):
        if len(body) < _MESSAGE.size:
            continue
        _family, bits, short_flags, _scope, where = _MESSAGE.unpack_from(body)
        facts = unpack(body[_MESSAGE.size :])
        packed = facts.get(_LOCAL) or facts.get(_ADDRESS) or b""
        long_flags = u32(facts.get(_FLAGS))
        flags = short_flags if long_flags is None else long_flags
        if len(packed) in (4, 16) and not flags & _DAD_FAILED:
            address = ipaddress.ip_interface((packed, bits))
            yield where, Assigned(address, not flags & _TENTATIVE)


# --- neighbours -------------------------------------------------------------------------------------------------------------

# linux/neighbour.h
_GET_NEIGHBOURS = 30
_NEIGHBOUR = struct.Struct("=BBHiHBB")  # family, padding, index, state, flags, type
_DESTINATION, _LINK_LAYER, _IFINDEX = 1, 2, 8
_REACHABLE, _STALE, _DELAY, _PROBE, _FAILED = 0x02, 0x04, 0x08, 0x10, 0x20
_KNOWN = _REACHABLE | _STALE | _DELAY | _PROBE


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A station in the kernel's neighbour table (ARP, neighbour discovery) with an address that has been resolved."""

    address: str  # textual, without scope
    station: str  # link-layer address "aa:bb:…"
    confirmed: bool  # it has answered within the kernel's reachable time, 15 to 45 s
    checking: bool  # it had answered, some time ago; traffic was sent to it and the kernel waits 5 s for a sign before it asks again


async def neighbours(index: int) -> list[Neighbour]:
    """The resolved neighbours on the interface; empty when they cannot be read."""
    try:
        return await asyncio.to_thread(_read_neighbours, index)
    except (OSError, struct.error) as error:
        log.debug("rtnetlink does not say: %r", error)
        return []


def _read_neighbours(index: int) -> list[Neighbour]:
    body = _NEIGHBOUR.pack(socket.AF_UNSPEC, 0, 0, 0, 0, 0, 0) + pack({_IFINDEX: struct.pack("=I", index)})
    found = []
    for answer in exchange(ROUTE, _GET_NEIGHBOURS, body, DUMP):
        if len(answer) < _NEIGHBOUR.size:
            continue
        _family, _pad, _pad2, where, state, _flags, _type = _NEIGHBOUR.unpack_from(answer)
        facts = unpack(answer[_NEIGHBOUR.size :])
        packed, station = facts.get(_DESTINATION, b""), facts.get(_LINK_LAYER, b"")
        if where != index or not state & _KNOWN or len(packed) not in (4, 16) or len(station) != 6 or station[0] & 1 or not any(station):
            continue
        address = ipaddress.ip_address(packed)
        if not (address.is_multicast or address.is_unspecified or address.is_loopback):
            found.append(Neighbour(str(address), station.hex(":"), bool(state & _REACHABLE), bool(state & _DELAY)))
    return found
