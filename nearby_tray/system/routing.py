"""The kernel's policy rules and routes, read by rtnetlink, and which way they send traffic for the peer of a link.

It only reads. A policy rule that asks for more than the destination (a mark, an interface, a port) is taken not to match, because
what ordinary programs send has none of these.
"""

from __future__ import annotations

import asyncio
import ipaddress
import os
import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from .netlink import DUMP, ROUTE, Attributes, exchange, u32, unpack

# linux/rtnetlink.h, linux/fib_rules.h
_GET_ROUTE, _GET_RULE = 26, 34
_BODY = struct.Struct("=BBBBBBBBI")  # rtmsg and fib_rule_hdr alike: family, dst_len, src_len, tos, table, …, type or action, flags
_MAIN, _LOCAL = 254, 255
_ROUTE_DST, _ROUTE_OUT, _ROUTE_GATEWAY, _ROUTE_SEVERAL, _ROUTE_TABLE, _ROUTE_VIA = 1, 4, 5, 9, 15, 18
_NEXT_HOP = struct.Struct("=HBBi")  # rtnexthop: length, flags, hops, interface; then its attributes
_CLONED = 0x200  # a cached answer, not a route
_UNICAST, _BLACKHOLE, _UNREACHABLE, _PROHIBIT, _THROW = 1, 6, 7, 8, 9
_RULE_DST, _RULE_PRIORITY, _RULE_SUPPRESS, _RULE_TABLE = 1, 6, 14, 15
_RULE_MARK, _RULE_MASK, _RULE_USERS = 10, 16, 20
_RULE_OTHERS = {2, 3, 12, 17, 19, 22, 23, 24}  # source, interfaces, tunnel, l3mdev, protocol, ports
_TO_TABLE, _RULE_BLACKHOLE, _RULE_UNREACHABLE, _RULE_PROHIBIT = 1, 6, 7, 8
_INVERT = 0x2

_SIZES: dict[int, int] = {socket.AF_INET: 4, socket.AF_INET6: 16}  # bytes of an address

_MOST = 20_000  # rules or routes; a router of the internet's core has more and no applet

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of `ip rule`, as far as it can concern ordinary traffic."""

    priority: int
    table: int | None  # None: it drops what it matches
    to: Network
    suppress: int = -1  # routes with a prefix up to this long do not count


@dataclass(frozen=True, slots=True)
class Route:
    """One route of any table.

    `interface`: empty where the route drops, or sends to several. `passes`: the search goes on in the next table (throw). `gateway`: empty
    for what is on the link. `several`: the interfaces of a route that sends to more than one.
    """

    table: int
    to: Network
    interface: str = ""
    passes: bool = False
    gateway: str = ""
    several: tuple[str, ...] = ()

    @property
    def interfaces(self) -> tuple[str, ...]:
        """All interfaces that the route may send to."""
        return (self.interface,) if self.interface else self.several


@dataclass(frozen=True, slots=True)
class Swallowed:
    """Ordinary traffic for the link goes elsewhere: into `interface`, or nowhere when that is empty, by the rule of this priority."""

    interface: str
    rule: int
    table: int | None


@dataclass(frozen=True, slots=True)
class Routing:
    """All rules, in order, and all routes."""

    rules: tuple[Rule, ...] = ()
    routes: tuple[Route, ...] = ()

    def swallows(self, address: str) -> Swallowed | None:
        """What takes the traffic to this address away from the link, whose own route is in the main table; `None` when nothing does."""
        target = ipaddress.ip_address(address)
        for rule in self.rules:
            if rule.to.version != target.version or target not in rule.to or rule.table == _LOCAL:
                continue
            if rule.table == _MAIN:
                return None  # a link's network is smaller than anything that is suppressed there
            if rule.table is None:
                return Swallowed("", rule.priority, None)
            fitting = [
                route for route in self.routes if route.table == rule.table and route.to.version == target.version and target in route.to
            ]
            best = max(fitting, key=lambda route: route.to.prefixlen, default=None)
            if best is not None and not best.passes and best.to.prefixlen > rule.suppress:
                return Swallowed(best.interface, rule.priority, rule.table)
        return None


async def read() -> Routing:
    """The rules and routes of now. Raises `OSError` when the kernel does not tell them."""
    return await asyncio.to_thread(_read)


def _read() -> Routing:
    rules: list[Rule] = []
    routes: list[Route] = []
    for family in (socket.AF_INET, socket.AF_INET6):
        body = _BODY.pack(family, 0, 0, 0, 0, 0, 0, 0, 0)
        rules += filter(None, map(_rule, exchange(ROUTE, _GET_RULE, body, DUMP, most=_MOST)))
        routes += filter(None, map(_route, exchange(ROUTE, _GET_ROUTE, body, DUMP, most=_MOST)))
    return Routing(tuple(sorted(rules, key=lambda rule: rule.priority)), tuple(routes))


def _rule(body: bytes) -> Rule | None:
    """The rule, when it can match ordinary traffic."""
    if len(body) < _BODY.size:
        return None
    family, bits, source_bits, _, table, _, _, action, flags = _BODY.unpack_from(body)
    facts = unpack(body[_BODY.size :])
    if source_bits or _RULE_OTHERS & facts.keys() or not _matches_us(facts.get(_RULE_USERS)):
        return None
    marked = bool((u32(facts.get(_RULE_MARK)) or 0) or (u32(facts.get(_RULE_MASK)) or 0))
    if marked is not bool(flags & _INVERT):
        return None  # for marked traffic only; the other way round, with "not", it is for all that is not marked
    to = _network(family, facts.get(_RULE_DST, b""), bits)
    priority = u32(facts.get(_RULE_PRIORITY)) or 0
    if to is None:
        return None
    if action in (_RULE_BLACKHOLE, _RULE_UNREACHABLE, _RULE_PROHIBIT):
        return Rule(priority, None, to)
    if action != _TO_TABLE:
        return None
    suppress = facts.get(_RULE_SUPPRESS, b"")
    longest = struct.unpack("=i", suppress)[0] if len(suppress) == 4 else -1
    return Rule(priority, u32(facts.get(_RULE_TABLE)) or table, to, longest)


def _route(body: bytes) -> Route | None:
    if len(body) < _BODY.size:
        return None
    family, bits, _, _, table, _, _, kind, flags = _BODY.unpack_from(body)
    if flags & _CLONED or kind not in (_UNICAST, _BLACKHOLE, _UNREACHABLE, _PROHIBIT, _THROW):
        return None
    facts = unpack(body[_BODY.size :])
    to = _network(family, facts.get(_ROUTE_DST, b""), bits)
    if to is None:
        return None
    index = u32(facts.get(_ROUTE_OUT))
    interface = ""
    several: list[str] = []
    gateway = _gateway(facts)
    try:
        if index and kind == _UNICAST:
            interface = socket.if_indextoname(index)
        for hop, more in _hops(facts.get(_ROUTE_SEVERAL, b"")):
            several.append(socket.if_indextoname(hop))
            gateway = gateway or _gateway(more)
    except OSError:  # the interface went away meanwhile
        return None
    return Route(u32(facts.get(_ROUTE_TABLE)) or table, to, interface, kind == _THROW, gateway, tuple(several))


def _gateway(facts: Attributes) -> str:
    """The gateway of a route; `_ROUTE_VIA` has one of the other family."""
    via = facts.get(_ROUTE_VIA, b"")[2:]
    packed = facts.get(_ROUTE_GATEWAY, b"") or via
    return str(ipaddress.ip_address(packed)) if len(packed) in (4, 16) and any(packed) else ""


def _hops(data: bytes) -> Iterator[tuple[int, Attributes]]:
    while len(data) >= _NEXT_HOP.size:
        length, _flags, _weight, index = _NEXT_HOP.unpack_from(data)
        if not _NEXT_HOP.size <= length <= len(data):
            return
        yield index, unpack(data[_NEXT_HOP.size : length])
        data = data[(length + 3) & ~3 :]


def _matches_us(users: bytes | None) -> bool:
    if users is None or len(users) != 8:
        return users is None
    first, last = struct.unpack("=II", users)
    return bool(first <= os.getuid() <= last)


def _network(family: int, packed: bytes, bits: int) -> Network | None:
    size = _SIZES.get(family)
    if size is None or bits > 8 * size or len(packed) not in (0, size):
        return None
    return ipaddress.ip_network((packed or bytes(size), bits), strict=False)
