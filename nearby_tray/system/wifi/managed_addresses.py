"""Addresses of a group that NetworkManager keeps: read back, and in a group with a plain peer chosen or taken with care.

What a machine that does not run Nearby Tray says of addresses is judged (`terms`) before it takes effect. NetworkManager never shares our
connection, whoever owns the group.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import secrets
import socket
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress

from ...core.model import Group, Reason
from ...errors import Unavailable
from .. import nl80211
from ..bus import Bus, BusError, BusGone, Variant, values
from ..routing import Network
from . import nm, profile, terms
from .networkmanager import Device, NetworkManager
from .nm import DEVICE, NM
from .profile import Dictionary
from .shapes import INTERFACE, MOST_ADDRESSES
from .terms import Given, Keeper

log = logging.getLogger(__name__)

_MOST_ROUTES = 256

States = asyncio.Queue[tuple[int, int] | Unavailable]
ReadLink = Callable[[int], Awaitable[nl80211.GroupRadio | None]]


class Addressing:
    def __init__(self, networkmanager: NetworkManager, keeper: Keeper, read_link: ReadLink, patience: float) -> None:
        """`patience`: seconds for the DHCP server of the group's owner."""
        self._networkmanager, self._keeper, self.read_link, self._patience = networkmanager, keeper, read_link, patience

    async def choose(self, states: States, bus: Bus, device: Device, settings: Dictionary) -> tuple[str, ...]:
        """In a group with a plain peer, have an IPv4 address where there is one to be had. Returns what we have chosen ourselves.

        With "auto" from the start NetworkManager would share our connection where we own the group: forwarding would be switched on for all
        of this computer, and never off again, and a DHCP server and name server of ours would answer the stranger. So IPv4 begins when it
        is known who owns the group: as the owner with an address of our own choice; as the client with one from the owner's DHCP server or
        the 4-way handshake. A peer that reaches us by link-local addresses can do so from the start.
        """
        interface, index = await self._interface(bus, device)
        radio = await self.read_link(index) if index else None
        if radio is None or radio.owner is None:
            return ()
        if not radio.owner:
            await self._take(states, bus, device, settings, interface)
            return ()
        # Not by "link-local": with it comes a route for all IPv4 multicast of this computer (seen in the lab).
        own = terms.free(await self._keeper.read(), (_made_up(),))
        if own is None or not await self._reapply(bus, device, settings, profile.manual([ipaddress.ip_interface(own)])):
            return ()
        return (own.partition("/")[0],)

    async def _take(self, states: States, bus: Bus, device: Device, settings: Dictionary, interface: str) -> None:
        """Take an IPv4 address from the owner of the group.

        It is put aside at first, into a table of routes that no traffic is sent to, and judged there. When it is good it is kept as it is,
        and the DHCP client ends: nothing that the owner sends later changes anything.
        """
        aside = {"method": Variant("s", "auto"), "route-table": Variant("u", profile.ASIDE), **profile.DHCP}
        if not await self._reapply(bus, device, settings, aside):
            return
        given = Given()
        with suppress(TimeoutError):
            async with asyncio.timeout(self._patience):
                while states.empty():
                    moved = self._networkmanager.moved.next
                    given = await self.given(bus, device)
                    if any(address.version == 4 for address in given.addresses):
                        break
                    await moved.wait()
        while not states.empty():
            nm.progress(states.get_nowait(), nm.ACTIVATED)
        await self._keeper.check(interface, given)
        kept = [address for address in given.addresses if address.version == 4]
        # Without an address the DHCP client ends as well.
        await self._reapply(bus, device, settings, profile.manual(kept) if kept else {"method": Variant("s", "disabled")})

    async def _reapply(self, bus: Bus, device: Device, settings: Dictionary, ipv4: dict[str, Variant]) -> bool:
        """Give the group that is up another IPv4; whether NetworkManager does so. IPv6 goes on without it."""
        changed = {**settings, "ipv4": {**profile.private(4, self._networkmanager.version), **ipv4}}
        try:
            await bus.call(NM, device.path, DEVICE, "Reapply", "a{sa{sv}}tu", changed, 0, 0)
        except BusError as error:
            if error.name in nm.MISSING | nm.OFF:
                raise
            log.info("no IPv4 %s: %s", ipv4["method"].value, error)
            return False
        return True

    async def _interface(self, bus: Bus, device: Device) -> tuple[str, int]:
        """The group's interface, and its index, 0 when there is none (any more). Raises `Unavailable`."""
        interface = values.text(await bus.get(NM, device.path, DEVICE, "IpInterface"))
        if not INTERFACE.fullmatch(interface):
            raise Unavailable(Reason.NO_ADDRESS, "the group has no interface")
        try:
            return interface, socket.if_nametoindex(interface)
        except OSError:
            return interface, 0

    async def given(self, bus: Bus, device: Device) -> Given:
        """What NetworkManager has put on the group's interface, or would. Raises `BusError`, `BusGone`."""
        properties = await bus.get_all(NM, device.path, DEVICE)
        found = Given()
        for version in ("4", "6"):
            path = values.text(properties.get(f"Ip{version}Config"))
            if len(path) < 2:
                continue
            try:
                config = await bus.get_all(NM, path, f"{NM}.IP{version}Config")
            except BusError as error:
                log.debug("%s: %s", path, error)
                continue
            found = Given(
                found.addresses + profile.addresses(config.get("AddressData")),
                found.routes + _routes(config.get("RouteData")),
                found.names + _names(config),
            )
        return found

    async def given_if_there(self, bus: Bus, device: Device) -> Given:
        """As `given`; nothing when the group goes."""
        try:
            return await self.given(bus, device)
        except (BusError, BusGone) as error:
            log.debug("%s: %s", device.path, error)
            return Given()

    async def group(self, bus: Bus, device: Device) -> Group:
        """The group that is up. Raises `Unavailable` when it has no address, `BusError`, `BusGone`."""
        interface, index = await self._interface(bus, device)
        addresses = tuple(str(address.ip) for address in (await self.given(bus, device)).addresses)[:MOST_ADDRESSES]
        if not addresses:
            raise Unavailable(Reason.NO_ADDRESS, f"none on {interface}")
        radio = await self.read_link(index) if index else None
        if radio is None:
            return Group(interface, addresses, index)
        return Group(interface, addresses, index, radio.owner, radio.frequency, radio.width)


def _made_up() -> str:
    """An address for a machine that gives itself one when no DHCP server answers, as Windows does (RFC 3927, 2.1)."""
    third = 1 + secrets.randbelow(253)
    return f"169.254.{third + (third >= 169)}.{1 + secrets.randbelow(254)}/16"  # 169: where clouds have their secrets


def _routes(data: object) -> tuple[Network, ...]:
    found: list[Network] = []
    for entry in data[:_MOST_ROUTES] if isinstance(data, list) else []:
        if isinstance(entry, dict):
            with suppress(ValueError):
                found.append(ipaddress.ip_network(f"{entry.get('dest')}/{entry.get('prefix')}", strict=False))
    return tuple(found)


def _names(config: Mapping[str, object]) -> tuple[str, ...]:
    """Name servers and domains in a configuration."""
    found: list[str] = []
    for key in ("NameserverData", "Nameservers", "WinsServerData", "Domains", "Searches"):
        value = config.get(key)
        if key == "Nameservers" and "NameserverData" in config:
            continue  # the same, as numbers
        for entry in value if isinstance(value, list) else []:
            if isinstance(entry, bytes) and len(entry) == 16:
                entry = str(ipaddress.ip_address(entry))
            found.append(values.text(entry.get("address")) if isinstance(entry, dict) else str(entry))
    return tuple(dict.fromkeys(name[:256] for name in found[:MOST_ADDRESSES]))
