"""The terms on which this computer stays in a group: it changes nothing of this computer's network but its own interface.

A DHCP server, a router's advertisements and the 4-way handshake are the word of a stranger. The terms: a group has private or link-local
addresses of a network that is not too large and overlaps nothing that this computer reaches already; no route besides that network; no
name server, no domain. A default route does not count as reaching, nor a VPN's two halves of it: the link takes only its own network out
of these. A group that breaks the terms, at once or later, is taken down.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ...core.model import Reason
from ...errors import Unavailable
from .. import addresses, routing
from ..addresses import Address
from ..netlink import Changes
from ..routing import Network, Route

log = logging.getLogger(__name__)

_PRIVATE = tuple(map(ipaddress.ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "fc00::/7", "fe80::/10")))
_LINK_LOCAL = ipaddress.ip_network("fe80::/10")
_MULTICAST = ipaddress.ip_network("ff00::/8")  # each interface has its own; IPv4 has one for all interfaces, which is not the link's
_WIDEST = {4: 16, 6: 48}  # bits of the prefix; RFC 4193 gives a site 48
# Everything: the default route, and what VPNs use in its place because it wins over that.
_EVERYTHING = set(map(ipaddress.ip_network, ("0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1", "::/0", "::/1", "8000::/1")))

_RESOLVERS = (Path("/etc/resolv.conf"), Path("/run/systemd/resolve/resolv.conf"))
_SERVER = re.compile(r"^\s*nameserver\s+([0-9a-fA-F.:]+)", re.M)
_LONGEST = 64 * 1024  # bytes read of such a file

_PAUSE = 0.2  # seconds between two checks, however much changes meanwhile


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What this computer reaches: the routes of all tables, its addresses by interface, and the name servers that it asks."""

    routes: tuple[Route, ...] = ()
    addresses: tuple[tuple[str, Address], ...] = ()
    servers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Given:
    """What a group has by the word of the daemon that manages its interface, besides what the kernel tells."""

    addresses: tuple[Address, ...] = ()
    routes: tuple[Network, ...] = ()
    names: tuple[str, ...] = ()  # name servers and domains


NOTHING = Given()


def objection(there: Surroundings, group: str, given: Given = NOTHING, planned: tuple[str, ...] = ()) -> str | None:
    """Why the group with this interface may not stay, in words for Details; `None` when it may.

    `planned`: addresses that this computer has chosen, alone or together with the peer; they are not judged.
    """
    own = {address for name, address in there.addresses if name == group} | set(given.addresses)
    ours = set(map(ipaddress.ip_address, planned))
    given_here = [address for address in own if address.ip not in ours and address.ip not in _LINK_LOCAL]
    for address in sorted(given_here, key=str):
        why = refusal(there, address, group)
        if why is not None:
            return why
    networks = [address.network for address in own]
    ways = [route.to for route in there.routes if group in route.interfaces and not route.gateway]
    for to in (*ways, *given.routes):
        if not (to == _MULTICAST or _lies_in(to, _LINK_LOCAL) or any(_lies_in(to, network) for network in networks)):
            return f"a route to {to} by {group}"
    for route in there.routes:
        if group in route.interfaces and route.gateway:
            return f"a route to {route.to} by {route.gateway} on {group}"
    if given.names:
        return f"name servers or domains of {group}: {', '.join(given.names)}"
    return None


def refusal(there: Surroundings, address: Address, group: str = "") -> str | None:
    """Why a group may not have `address`; `None` when it may. `group`: its interface, whose own routes do not count."""
    network = address.network
    if not any(_lies_in(network, private) for private in _PRIVATE):
        if network.prefixlen >= _WIDEST[network.version]:
            return f"{address} is not private"
        return f"{address} is too large a network"
    if network.prefixlen < _WIDEST[network.version]:
        return f"{address} is too large a network"
    for route in there.routes:
        if group in route.interfaces or route.passes or route.to in _EVERYTHING:
            continue
        if route.to.version == network.version and network.overlaps(route.to):
            return f"{address} overlaps {route.to}" + "".join(f" on {name}" for name in route.interfaces[:1])
    for route in there.routes:
        if route.gateway and group not in route.interfaces and _holds(network, route.gateway):
            return f"{address} overlaps the gateway {route.gateway}"
    for name, other in there.addresses:
        if name != group and other.version == network.version and network.overlaps(other.network):
            return f"{address} overlaps {other} on {name}"
    for server in there.servers:
        if _holds(network, server):
            return f"{address} overlaps the name server {server}"
    return None


def free(there: Surroundings, wanted: tuple[str, ...]) -> str | None:
    """The first of these addresses ("192.168.49.1/24") whose network overlaps nothing here."""
    return next((text for text in wanted if refusal(there, ipaddress.ip_interface(text)) is None), None)


def masked(address: str, mask: str) -> Address:
    """The address with a mask as DHCP and the 4-way handshake write it, "255.255.255.0". Raises `ValueError` for one with holes."""
    bits = int(ipaddress.IPv4Address(mask))
    length = bits.bit_count()
    if bits != (0xFFFFFFFF << (32 - length)) & 0xFFFFFFFF:
        raise ValueError(f"the mask {mask} has holes")
    return ipaddress.ip_interface(f"{address}/{length}")


async def read() -> Surroundings:
    """The surroundings of now. Raises `OSError` when the kernel does not tell."""
    ways, everywhere = await routing.read(), await addresses.read_all()
    return Surroundings(ways.routes, everywhere, await asyncio.to_thread(_servers))


class Listens(Protocol):
    """Waits for changes of addresses and routes (`netlink.Changes`)."""

    async def next(self) -> None: ...

    def close(self) -> None: ...


class Keeper:
    """Checks a group when it is made, and again whenever an address or a route of this computer changes."""

    def __init__(self, *, read: Callable[[], Awaitable[Surroundings]] = read, listen: Callable[[], Listens] = Changes) -> None:
        self._read = read
        self._listen = listen

    async def check(self, group: str, given: Given = NOTHING, planned: tuple[str, ...] = ()) -> None:
        """Raise `Unavailable` when the group with this interface may not stay, or when the kernel does not tell its routes."""
        try:
            there = await self._read()
        except OSError as error:
            raise Unavailable(Reason.NO_ADDRESS, f"the kernel does not tell its routes: {error}") from error
        why = objection(there, group, given, planned)
        if why is not None:
            raise Unavailable(Reason.NO_ADDRESS, why)

    async def watch(self, group: str, given: Callable[[], Awaitable[Given]], planned: tuple[str, ...] = ()) -> Unavailable:
        """Wait until the group may not stay; returns why. `given` is called before each check."""
        changes: Listens | None = None
        try:
            changes = self._listen()
            while True:
                await self.check(group, await given(), planned)
                await asyncio.sleep(_PAUSE)
                await changes.next()
        except Unavailable as error:
            return error
        except OSError as error:
            return Unavailable(Reason.NO_ADDRESS, f"the kernel does not tell its routes: {error}")
        finally:
            if changes is not None:
                changes.close()

    async def read(self) -> Surroundings:
        """The surroundings of now; empty when the kernel does not tell."""
        try:
            return await self._read()
        except OSError as error:
            log.info("the kernel does not tell its routes: %s", error)
            return Surroundings()


async def nothing() -> Given:
    """For `watch`, where no daemon manages the interface and the kernel knows all."""
    return NOTHING


def _servers() -> tuple[str, ...]:
    """The name servers that this computer asks, by resolv.conf."""
    found: list[str] = []
    for path in _RESOLVERS:
        with suppress(OSError), path.open("rb") as file:
            found += _SERVER.findall(file.read(_LONGEST).decode(errors="replace"))
    return tuple(dict.fromkeys(found))


def _lies_in(network: Network, other: Network) -> bool:
    return network.version == other.version and other.supernet_of(network)  # type: ignore[arg-type]


def _holds(network: Network, text: str) -> bool:
    with suppress(ValueError):
        return ipaddress.ip_address(text) in network
    return False
