"""Which of the three ways serves Wi-Fi Direct on this machine, found out at run time. Serves `edges.Wifi`.

NetworkManager where it has the radio, together with wpa_supplicant where this user may talk to that (`Combined`); wpa_supplicant alone
(`Standalone`) where NetworkManager is absent or leaves the radio to others, and this user may.

The rule: never another way in the middle of something. While a find runs, or a group is being formed or is up, what was chosen stays;
afterwards the change is told as if the daemon were a new one (`WifiChanged(fresh=True)`).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace

from ...core.model import Admission, EdgeEvent, FormGroup, Group, HostGroup, Method, Reason, WifiChanged
from ...edges import Hosting
from ...errors import Unavailable
from ...tasks import Tasks, in_turn
from ..journal import Journal
from .combined import Combined
from .managed import Managed
from .standalone import Standalone
from .supplicant import Changed, Heard, Supplicant

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds; tests turn them."""

    grace: float = 10.0  # how long a NetworkManager that went away may take to return before its radio is taken


class ChosenWifi:
    """The one of the three that fits, as one `edges.Wifi`."""

    def __init__(self, managed: Managed, supplicant: Supplicant, alone: Standalone, *, limits: Limits | None = None) -> None:
        self._managed = managed
        self._supplicant = supplicant
        self._alone = alone
        self._beside = Combined(managed, supplicant)
        self._limits = limits or Limits()
        self._sink: Callable[[EdgeEvent], None] = lambda _event: None
        self._current: Managed | Combined | Standalone = managed
        self._by_manager: WifiChanged | None = None  # as NetworkManager sees it
        self._reported: WifiChanged | None = None
        self._switched = False  # and not told yet
        self._finding = False
        self._group = False  # being formed, or up
        self._lost_manager: float | None = None  # when NetworkManager went away
        self._wanted = asyncio.Event()
        self._choosing = asyncio.Lock()
        self._tasks = Tasks()
        self._worker: asyncio.Task[None] | None = None

    # --- life ---

    async def open(self, sink: Callable[[EdgeEvent], None]) -> None:
        """See `edges.Wifi`."""
        if self._worker is not None:
            return
        self._sink = sink
        self._supplicant.listeners.append(self._from_supplicant)
        await asyncio.gather(self._managed.open(self._from_manager), self._supplicant.open())
        await self._choose(first=True)
        self._worker = self._tasks.keep(self._follow, "choose Wi-Fi")

    async def close(self) -> None:
        """See `edges.Wifi`."""
        await self._tasks.end()
        self._worker = None
        self._sink = lambda _event: None
        await in_turn(
            ("wpa_supplicant alone", self._alone.close),
            ("what is beside NetworkManager", self._beside.close),
            ("NetworkManager", self._managed.close),
            ("wpa_supplicant", self._supplicant.close),
        )

    # --- choosing ---

    def _fitting(self) -> Managed | Combined | Standalone:
        manager = self._by_manager.reason if self._by_manager is not None else Reason.WIFI_MISSING
        usable = self._supplicant.path is not None and self._supplicant.reason in (None, Reason.WIFI_OFF)
        managed = self._managed.networkmanager.manages(self._supplicant.name)
        if manager not in (Reason.WIFI_MISSING, Reason.WIFI_NO_P2P) or managed:
            if self._current is self._beside and self._supplicant.reason is Reason.WIFI_NO_P2P:
                return self._beside  # switched off, NetworkManager takes the interface from wpa_supplicant, and gives it back later
            # Of several radios the one that NetworkManager does not have would be another machine to its peers.
            return self._beside if usable and managed else self._managed
        return self._alone if usable else self._managed

    async def _follow(self) -> None:
        self._wanted.set()  # also when begun anew after a failure
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            wait = self._lost_manager
            if wait is not None and self._current is not self._alone:
                # It may only be restarting. What it leaves is not taken before it had the time to return.
                with suppress(TimeoutError):
                    async with asyncio.timeout_at(wait + self._limits.grace):
                        while self._lost_manager is not None:
                            await self._wanted.wait()
                            self._wanted.clear()
            await self._choose()

    async def _choose(self, *, first: bool = False) -> None:
        async with self._choosing:
            fitting = self._fitting()
            if fitting is self._current and not first:
                self._report()
                return
            if self._finding or self._group:
                return
            before, self._current = self._current, fitting
            if not first:
                log.info("Wi-Fi Direct by %s", _name(fitting))
                if isinstance(before, Standalone | Combined):
                    await before.close()
            self._switched = not first
            if isinstance(fitting, Standalone | Combined):
                await fitting.open(self._heard)
            self._report()

    def _report(self, *, fresh: bool = False) -> None:
        """Tell how NetworkManager is, as the present way knows it; `Standalone` tells for itself."""
        event = self._by_manager or WifiChanged(Reason.WIFI_MISSING)
        if self._current is self._alone:
            return
        if event.reason is Reason.WIFI_MISSING:
            self._finding = False  # with the daemon
        # A radio that NetworkManager has and finds no Wi-Fi Direct on has none, whoever may talk to wpa_supplicant.
        left = event.reason is Reason.WIFI_MISSING or (event.reason is Reason.WIFI_NO_P2P and not self._managed.networkmanager.manages_wifi)
        if self._current is self._managed and left and self._supplicant.is_denied:
            event = replace(event, reason=Reason.WIFI_NOT_ALLOWED)  # there would be a way
        elif event.reason is Reason.WIFI_MISSING and self._supplicant.knows_no_p2p:
            event = replace(event, reason=Reason.WIFI_NO_P2P)  # a NetworkManager would not help
        event = replace(event, fresh=event.fresh or fresh)
        if self._current is self._beside:
            event = replace(event, abilities=Combined.ABILITIES)
        self._tell_change(event)

    def _tell_change(self, event: WifiChanged) -> None:
        if self._switched:
            self._switched, event = False, replace(event, fresh=True)
        if event.fresh or self._reported is None or replace(event, fresh=False) != self._reported:
            self._reported = replace(event, fresh=False)
            self._sink(event)

    # --- what they tell ---

    def _from_manager(self, event: EdgeEvent) -> None:
        if isinstance(event, WifiChanged):
            gone = event.reason is Reason.WIFI_MISSING
            if gone and self._by_manager is not None and self._by_manager.reason is not Reason.WIFI_MISSING:
                self._lost_manager = asyncio.get_running_loop().time()
            elif not gone:
                self._lost_manager = None
            self._by_manager = replace(event, fresh=False)
            if self._worker is not None and self._current is not self._alone:
                self._report(fresh=event.fresh)
            self._wanted.set()
        elif self._current is self._beside:
            self._beside.from_manager(event)
        elif self._current is self._managed:
            self._heard(event)

    def _from_supplicant(self, heard: Heard) -> None:
        if isinstance(heard, Changed):
            self._wanted.set()

    def _heard(self, event: EdgeEvent) -> None:
        """What the present way tells."""
        if isinstance(event, WifiChanged):
            if event.reason is not None or event.fresh:
                self._finding = False  # whatever ran there runs no more
                self._wanted.set()
            self._tell_change(event)
        else:
            self._sink(event)

    # --- passing on ---

    async def find(self) -> None:
        async with self._choosing:
            before, self._finding = self._finding, True
        try:
            await self._current.find()
        except BaseException:
            self._finding = before
            raise

    async def hold_find(self) -> None:
        await self._current.hold_find()

    async def stop_find(self) -> None:
        await self._current.stop_find()
        self._ended(finding=False)

    async def clear(self) -> None:
        await self._current.clear()
        self._ended(finding=False)

    async def form(self, order: FormGroup) -> Group:
        return await self._grouping(lambda way: way.form(order))

    @property
    def hosting(self) -> Hosting | None:
        return self if self._current is self._alone else None

    def _host(self) -> Standalone:
        """What hosts, also when the choice has changed since `hosting` was read."""
        if self._current is not self._alone:
            raise Unavailable(Reason.NOT_OFFERED, f"{_name(self._current)} keeps no group without a peer")
        return self._alone

    async def host(self, order: HostGroup) -> Group:
        return await self._grouping(lambda _: self._host().host(order))

    async def _grouping(self, make: Callable[[Managed | Combined | Standalone], Awaitable[Group]]) -> Group:
        async with self._choosing:
            self._group = True
        try:
            return await make(self._current)
        except BaseException:
            self._ended(group=False)
            raise

    async def remove(self) -> None:
        await self._current.remove()
        self._ended(group=False)

    def _ended(self, *, finding: bool | None = None, group: bool | None = None) -> None:
        self._finding = self._finding if finding is None else finding
        self._group = self._group if group is None else group
        self._wanted.set()

    async def provision(self, address: str, method: Method) -> None:
        await self._current.provision(address, method)

    async def reject(self, address: str) -> None:
        await self._current.reject(address)

    async def admit(self, admission: Admission) -> None:
        await self._host().admit(admission)

    async def invite(self, address: str) -> None:
        await self._host().invite(address)

    async def expel(self, address: str) -> None:
        await self._host().expel(address)

    async def read_counters(self, group: Group) -> tuple[int, int, int | None]:
        return await self._current.read_counters(group)


def choose(journal: Journal, *, bus: str = "system") -> ChosenWifi:
    """The real thing. `bus`: "system" or an address."""
    supplicant = Supplicant(bus=bus)
    return ChosenWifi(Managed(journal, bus=bus), supplicant, Standalone(supplicant, journal))


def _name(way: Managed | Combined | Standalone) -> str:
    return way.ABILITIES.backend if isinstance(way, Standalone | Combined) else "NetworkManager"
