"""Addresses of a group where no NetworkManager keeps it: offered to clients, assigned to this computer, and taken back.

With the right to (CAP_NET_ADMIN) the planned ones, and with a plain peer those of the 4-way handshake; otherwise the kernel's own
link-local one. Routers on the group are not listened to where this process may say so.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Protocol

from ...core.model import Group, Reason
from ...errors import Unavailable
from .. import addresses, nl80211
from ..bus import BusError, BusGone, Variant, values
from ..journal import Journal
from . import made, terms
from .events import Started
from .made import Made
from .shapes import INTERFACE, MOST_ADDRESSES
from .supplicant import Supplicant
from .wpa import GROUP, IFACE, P2P, as_frequency

log = logging.getLogger(__name__)

# Android's own choice for its owners, and others where that is in use; clients get theirs in the 4-way handshake.
_OWN_NETS = ("192.168.49.1/24", "192.168.249.1/24", "172.29.49.1/24", "10.249.49.1/24")
_IP_KEYS = ("IpAddrGo", "IpAddrMask", "IpAddrStart", "IpAddrEnd")

ReadLink = Callable[[int], Awaitable[nl80211.GroupRadio | None]]
ReadIndex = Callable[[str], int]


class Kernel(Protocol):
    """Addresses of interfaces (`system/addresses.py`)."""

    def may_change(self) -> bool: ...

    async def read(self, index: int) -> list[addresses.Assigned]: ...

    async def add(self, index: int, address: str) -> None: ...

    async def remove(self, index: int, address: str) -> None: ...

    def deafen(self, interface: str) -> None: ...


class Addressing:
    def __init__(
        self,
        supplicant: Supplicant,
        journal: Journal,
        keeper: terms.Keeper,
        *,
        kernel: Kernel = addresses,
        read_link: ReadLink = nl80211.link,
        read_index: ReadIndex = socket.if_nametoindex,
    ) -> None:
        self._supplicant, self._journal, self._keeper = supplicant, journal, keeper
        self._kernel, self._read_link, self._read_index = kernel, read_link, read_index

    async def offer(self, order: Made) -> None:
        """Where this process may, have clients of a group that it owns given addresses in the 4-way handshake: there is no DHCP server."""
        if not self._kernel.may_change():
            return
        try:
            if "IpAddrGo" in await self._configuration():
                return  # another program has chosen
            own = terms.free(await self._keeper.read(), _OWN_NETS)
            if own is None:
                return
            await order.note(self._journal, made.NET, self._supplicant.name)
            order.net = own
            network = ipaddress.IPv4Interface(own).network
            ends = (own.partition("/")[0], network.netmask, network[2], network[-2])
            await self._supplicant.configure({key: _bytes(str(address)) for key, address in zip(_IP_KEYS, ends, strict=True)})
        except BusError as error:
            log.info("no addresses for clients: %s", error)

    async def take_back(self) -> None:
        """Clients are given no addresses any more, unless another program has chosen some meanwhile."""
        with suppress(BusError, BusGone):
            given = (await self._configuration()).get("IpAddrGo")
            if any(given == ipaddress.IPv4Interface(own).ip.packed for own in _OWN_NETS):
                await self._supplicant.configure({key: _bytes("0.0.0.0") for key in _IP_KEYS})

    async def _configuration(self) -> dict[str, object]:
        return values.table((await self._supplicant.properties(self._supplicant.path or "/", P2P)).get("P2PDeviceConfig"))

    async def assign(self, order: Made, started: Started, planned: tuple[str, ...]) -> Group:
        """Give the interface of the group its addresses, and wait until one can be used. Raises `Unavailable`, `BusError`, `BusGone`."""
        name, index = await self._interface(started)
        placed = await self._place(order, name, index, await self._wanted(order, started, name, planned))
        found = await self._usable(index, placed, alone=bool(planned))
        if not found:
            raise Unavailable(Reason.NO_ADDRESS, f"none on {name}")
        await self._keeper.check(name, planned=planned)
        found.sort(key=lambda address: address not in placed)  # the planned ones first
        radio = await self._read_link(index)
        frequency = (radio.frequency if radio is not None else None) or order.formation.frequency
        with suppress(BusError):
            frequency = frequency or as_frequency((await self._supplicant.properties(started.group, GROUP)).get("Frequency"))
        return Group(name, tuple(found[:MOST_ADDRESSES]), index, started.owner, frequency, radio.width if radio is not None else None)

    async def _interface(self, started: Started) -> tuple[str, int]:
        name = values.text((await self._supplicant.properties(started.interface, IFACE)).get("Ifname"))
        if not INTERFACE.fullmatch(name):
            raise Unavailable(Reason.NO_ADDRESS, "the group has no interface")
        try:
            return name, self._read_index(name)
        except OSError as error:
            raise Unavailable(Reason.GROUP_ENDED, f"{name}: {error}") from error

    async def _wanted(self, order: Made, started: Started, name: str, planned: tuple[str, ...]) -> list[str]:
        """The addresses that this computer is to have on the interface `name`, with their networks."""
        if not self._kernel.may_change():
            return []
        try:
            self._kernel.deafen(name)
        except OSError as error:
            log.info("routers on %s are listened to: %s", name, error)
        if planned:
            return [f"{planned[0]}/30", *(f"{address}/64" for address in planned[1:2])]
        if started.owner and order.net:
            return [order.net]
        if started.given is not None:
            return [await self._judged(name, started.given[:2])]
        return []

    async def _judged(self, group: str, given: tuple[str, str]) -> str:
        """The address and mask that the owner of the group gives. Raises `Unavailable` when they may not be taken (`terms`)."""
        try:
            address = terms.masked(*given)
        except ValueError as error:
            raise Unavailable(Reason.NO_ADDRESS, str(error)) from error
        await self._keeper.check(group, terms.Given((address,)))
        return str(address)

    async def _place(self, order: Made, name: str, index: int, wanted: list[str]) -> list[str]:
        """Assign the addresses; returns those that could be, without their networks."""
        placed: list[str] = []
        for address in wanted:
            try:
                await self._kernel.add(index, address)
            except OSError as error:
                log.info("could not assign an address to %s: %s", name, error)
            else:
                order.assigned.append((index, address))
                placed.append(address.partition("/")[0])
        return placed

    async def _usable(self, index: int, placed: list[str], *, alone: bool) -> list[str]:
        """Wait until the placed addresses can be used (bounded); returns all that can. `alone`: no other address need be ready.

        A peer that runs Nearby Tray knows where this computer is. Other peers are found by IPv6, so that address must be usable as well.
        """
        limits = self._supplicant.limits
        found: list[str] = []
        with suppress(TimeoutError):
            async with asyncio.timeout(limits.address):
                while True:
                    there = await self._kernel.read(index)
                    found = [str(one.address.ip) for one in there if one.ready]
                    if found and set(placed) <= set(found) and (alone or len(found) == len(there)):
                        break
                    await asyncio.sleep(limits.poll)
        return found

    async def remove(self, order: Made) -> None:
        """Take away the addresses that were assigned."""
        while order.assigned:
            index, address = order.assigned.pop()
            with suppress(OSError):
                await self._kernel.remove(index, address)


def _bytes(address: str) -> Variant:
    return Variant("ay", bytes(int(part) for part in address.split(".")))
