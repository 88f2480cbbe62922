"""What the back end on wpa_supplicant alone makes: journaled first, and recognised and undone by the next start after a crash."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from ..bus import BusError, BusGone, values
from ..journal import Journal
from .negotiation import Formation
from .shapes import MOST_PEERS
from .supplicant import Supplicant
from .wpa import GROUP, IFACE, P2P, as_address

log = logging.getLogger(__name__)

# Kinds in the journal: a find on an interface; an order to form a group with an address; a group "interface ssid"; addresses for clients.
FIND, ORDER, GROUP_UP, NET = "wpa-find", "wpa-order", "wpa-group", "wpa-net"
HOSTING = "host"  # in place of the address

Left = Mapping[str, tuple[str, ...]]  # kind → ids


@dataclass(eq=False, slots=True)
class Made:
    """What an order has led to so far: enough to undo it at any moment."""

    formation: Formation
    noted: list[tuple[str, str]] = field(default_factory=list)  # in the journal
    assigned: list[tuple[int, str]] = field(default_factory=list)  # addresses of this computer: interface, address
    net: str = ""  # its own address, "192.168.49.1/24", in the network from which clients are given theirs

    @property
    def attempt(self) -> int:
        return self.formation.attempt

    async def note(self, journal: Journal, kind: str, name: str) -> None:
        """Note in the journal what is about to be made."""
        self.noted.append((kind, name))
        await asyncio.to_thread(journal.add, kind, name)

    async def strike_out(self, journal: Journal) -> None:
        """All of it is undone."""
        for kind, name in self.noted:
            await asyncio.to_thread(journal.remove, kind, name)


async def mark(supplicant: Supplicant, interface: str, group: str) -> str | None:
    """What tells this group from another one of the same interface name."""
    try:
        name = values.text((await supplicant.properties(interface, IFACE)).get("Ifname"))
        ssid = (await supplicant.properties(group, GROUP)).get("SSID")
    except BusError as error:
        log.debug("%s: %s", interface, error)
        return None
    return f"{name} {bytes(ssid).hex()}" if isinstance(ssid, bytes | list) and len(ssid) <= 32 else None


class Cleaner:
    """Undoes what an earlier run left behind, and what this one made before the daemon was lost to it."""

    def __init__(
        self,
        supplicant: Supplicant,
        journal: Journal,
        take_back: Callable[[], Awaitable[None]],
        *,
        is_idle: Callable[[], bool],
        is_finding: Callable[[], bool],
    ) -> None:
        """`take_back` has clients given no addresses any more. `is_idle`: no order is being carried out and no group is up."""
        self._supplicant, self._journal, self._take_back = supplicant, journal, take_back
        self._is_idle, self._is_finding = is_idle, is_finding
        self.is_done = False

    async def clean(self) -> bool:
        """Once for each daemon. Returns whether it must be tried again."""
        if self.is_done or self._supplicant.reason is not None:
            return False
        self.is_done = True
        left = {kind: await asyncio.to_thread(self._journal.leftovers, kind) for kind in (FIND, ORDER, GROUP_UP, NET)}
        if self._is_idle():
            for kind in (ORDER, GROUP_UP, NET):
                left[kind] = (*left[kind], *self._journal.mine(kind))
        if not any(left.values()):
            return False
        if left[ORDER]:
            await self._supplicant.try_p2p("Cancel")
            await self._supplicant.try_p2p("Flush")  # of what was agreed beforehand
        try:
            for interface, (group, owner) in list(self._supplicant.groups.items()):
                if await self._is_left(interface, group, owner, left):
                    log.info("ending a group of an earlier run")
                    await self._supplicant.try_p2p("Disconnect", path=interface)
            if left[FIND] and not self._is_finding():
                await self._supplicant.try_p2p("StopFind")
            if left[NET]:
                await self._take_back()
        except (BusError, BusGone) as error:
            log.info("could not clean up: %s", error)
            self.is_done = False
            return True
        for kind, names in left.items():
            for name in names:
                await asyncio.to_thread(self._journal.settle, kind, name)
                if kind != FIND:
                    await asyncio.to_thread(self._journal.remove, kind, name)
        return False

    async def _is_left(self, interface: str, group: str, owner: bool, left: Left) -> bool:
        """Whether an earlier run made this group: noted by name, or, where none was, formed with the peer of an order."""
        if left[GROUP_UP]:
            return await mark(self._supplicant, interface, group) in left[GROUP_UP]
        if owner:
            members = values.paths((await self._supplicant.properties(group, GROUP)).get("Members"), MOST_PEERS)
            return any(as_address(member) in left[ORDER] for member in members) or (not members and HOSTING in left[ORDER])
        return as_address((await self._supplicant.properties(interface, P2P)).get("PeerGO")) in left[ORDER]
