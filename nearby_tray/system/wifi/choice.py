"""Chooses at run time which back end serves Wi-Fi Direct on this machine. Serves `edges.Wifi` and `edges.Hosting`.

NetworkManager where it has the radio (`Managed`), together with wpa_supplicant where this user may talk to that (`Combined`);
wpa_supplicant alone (`Standalone`) where NetworkManager is absent or does not manage the radio, and this user may talk to it.

The rule: while a find runs, or a group is being formed or is up, the back end stays; afterwards a change is reported as if the daemon were
a new one (`WifiChanged(fresh=True)`).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import Enum

from ...core.model import Admission, EdgeEvent, FormGroup, Group, HostGroup, Method, Reason, WifiChanged
from ...edges import Hosting, Sink
from ...errors import Unavailable
from ...tasks import Tasks, in_turn
from ..journal import Journal
from .combined import Combined
from .events import Changed, Event
from .managed import Managed
from .standalone import Standalone
from .supplicant import Supplicant

log = logging.getLogger(__name__)

_GRACE = 10.0  # seconds that a NetworkManager that went away may take to return before its radio is taken

BackEnd = Managed | Combined | Standalone


class _Use(Enum):
    """What keeps the present back end chosen."""

    FIND = "find"
    GROUP = "group"  # being formed, or up


class _News(Enum):
    """Why the next report is sent even if nothing in it has changed."""

    FIRST = "first"
    SWITCHED = "switched"  # to another back end


@dataclass(frozen=True, slots=True)
class _Absent:
    """NetworkManager was never there, or says nothing yet."""

    report = WifiChanged(Reason.WIFI_MISSING)


@dataclass(frozen=True, slots=True)
class _Present:
    report: WifiChanged


@dataclass(frozen=True, slots=True)
class _Left:
    """NetworkManager went away, and may only be restarting. `since`: the loop's time."""

    report: WifiChanged
    since: float


class ChosenWifi:
    """The back end that fits, as one `edges.Wifi`."""

    def __init__(self, managed: Managed, supplicant: Supplicant, standalone: Standalone, *, grace: float = _GRACE) -> None:
        self._managed = managed
        self._supplicant = supplicant
        self._standalone = standalone
        self._combined = Combined(managed, supplicant)
        self._grace = grace
        self._sink: Sink = lambda _event: None
        self._current: BackEnd = managed
        self._manager: _Absent | _Present | _Left = _Absent()
        self._uses: set[_Use] = set()
        self._reported: WifiChanged | _News = _News.FIRST
        self._wanted = asyncio.Event()
        self._choosing = asyncio.Lock()
        self._tasks = Tasks()
        self._worker: asyncio.Task[None] | None = None

    # --- life ---

    async def open(self, sink: Sink) -> None:
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
            ("wpa_supplicant alone", self._standalone.close),
            ("what is beside NetworkManager", self._combined.close),
            ("NetworkManager", self._managed.close),
            ("wpa_supplicant", self._supplicant.close),
        )

    # --- choosing ---

    def _fitting(self) -> BackEnd:
        usable = self._supplicant.path is not None and self._supplicant.reason in (None, Reason.WIFI_OFF)
        managed = self._managed.networkmanager.manages(self._supplicant.name)
        if self._manager.report.reason not in (Reason.WIFI_MISSING, Reason.WIFI_NO_P2P) or managed:
            if self._current is self._combined and self._supplicant.reason is Reason.WIFI_NO_P2P:
                return self._combined  # switched off, NetworkManager takes the interface from wpa_supplicant, and gives it back later
            # Of several radios the one that NetworkManager does not have would be another machine to its peers.
            return self._combined if usable and managed else self._managed
        return self._standalone if usable else self._managed

    async def _follow(self) -> None:
        self._wanted.set()  # also when begun anew after a failure
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            if isinstance(self._manager, _Left) and self._current is not self._standalone:
                # NetworkManager may only be restarting: its radio is not taken before it had the time to return.
                with suppress(TimeoutError):
                    async with asyncio.timeout_at(self._manager.since + self._grace):
                        while isinstance(self._manager, _Left):
                            await self._wanted.wait()
                            self._wanted.clear()
            await self._choose()

    async def _choose(self, *, first: bool = False) -> None:
        async with self._choosing:
            fitting = self._fitting()
            if fitting is self._current and not first:
                self._report()
                return
            if self._uses:
                return
            before, self._current = self._current, fitting
            if not first:
                log.info("Wi-Fi Direct by %s", _name(fitting))
                if isinstance(before, Standalone | Combined):
                    await before.close()
                self._reported = _News.SWITCHED
            if isinstance(fitting, Standalone | Combined):
                await fitting.open(self._from_current)
            self._report()

    def _report(self, *, fresh: bool = False) -> None:
        """Report the state of NetworkManager with what the present back end adds; `Standalone` reports for itself."""
        event = self._manager.report
        if self._current is self._standalone:
            return
        if event.reason is Reason.WIFI_MISSING:
            self._uses.discard(_Use.FIND)  # with the daemon
        # A radio on which NetworkManager finds no Wi-Fi Direct has none; the right to talk to wpa_supplicant would not help.
        left = event.reason is Reason.WIFI_MISSING or (event.reason is Reason.WIFI_NO_P2P and not self._managed.networkmanager.manages_wifi)
        if self._current is self._managed and left and self._supplicant.is_denied:
            event = replace(event, reason=Reason.WIFI_NOT_ALLOWED)  # there would be a way
        elif event.reason is Reason.WIFI_MISSING and self._supplicant.knows_no_p2p:
            event = replace(event, reason=Reason.WIFI_NO_P2P)  # a NetworkManager would not help
        event = replace(event, fresh=event.fresh or fresh)
        if self._current is self._combined:
            event = replace(event, abilities=Combined.ABILITIES)
        self._report_change(event)

    def _report_change(self, event: WifiChanged) -> None:
        if self._reported is _News.SWITCHED:
            event = replace(event, fresh=True)
        if event.fresh or replace(event, fresh=False) != self._reported:
            self._reported = replace(event, fresh=False)
            self._sink(event)

    # --- what they tell ---

    def _from_manager(self, event: EdgeEvent) -> None:
        if isinstance(event, WifiChanged):
            report = replace(event, fresh=False)
            if event.reason is not Reason.WIFI_MISSING:
                self._manager = _Present(report)
            elif not isinstance(self._manager, _Absent):
                since = self._manager.since if isinstance(self._manager, _Left) else asyncio.get_running_loop().time()
                self._manager = _Left(report, since)
            if self._worker is not None and self._current is not self._standalone:
                self._report(fresh=event.fresh)
            self._wanted.set()
        elif self._current is self._combined:
            self._combined.from_manager(event)
        elif self._current is self._managed:
            self._from_current(event)

    def _from_supplicant(self, event: Event) -> None:
        if isinstance(event, Changed):
            self._wanted.set()

    def _from_current(self, event: EdgeEvent) -> None:
        """The present back end reports."""
        if isinstance(event, WifiChanged):
            if event.reason is not None or event.fresh:
                self._uses.discard(_Use.FIND)  # whatever ran there runs no more
                self._wanted.set()
            self._report_change(event)
        else:
            self._sink(event)

    # --- passing on ---

    async def find(self) -> None:
        async with self._choosing:
            before = _Use.FIND in self._uses
            self._uses.add(_Use.FIND)
        try:
            await self._current.find()
        except BaseException:
            (self._uses.add if before else self._uses.discard)(_Use.FIND)
            raise

    async def hold_find(self) -> None:
        await self._current.hold_find()

    async def stop_find(self) -> None:
        await self._current.stop_find()
        self._ended(_Use.FIND)

    async def clear(self) -> None:
        await self._current.clear()
        self._ended(_Use.FIND)

    async def form(self, order: FormGroup) -> Group:
        return await self._grouping(lambda: self._current.form(order))

    async def _grouping(self, make: Callable[[], Awaitable[Group]]) -> Group:
        async with self._choosing:
            self._uses.add(_Use.GROUP)
        try:
            return await make()
        except BaseException:
            self._ended(_Use.GROUP)
            raise

    async def remove(self) -> None:
        await self._current.remove()
        self._ended(_Use.GROUP)

    def _ended(self, use: _Use) -> None:
        self._uses.discard(use)
        self._wanted.set()

    async def provision(self, address: str, method: Method) -> None:
        await self._current.provision(address, method)

    async def reject(self, address: str) -> None:
        await self._current.reject(address)

    async def read_counters(self, group: Group) -> tuple[int, int, int | None]:
        return await self._current.read_counters(group)

    # --- hosting ---

    @property
    def hosting(self) -> Hosting | None:
        return self if self._current.hosting is not None else None

    def _host(self) -> Hosting:
        """The back end that hosts. Raises `Unavailable` when the choice has changed since `hosting` was read."""
        hosting = self._current.hosting
        if hosting is None:
            raise Unavailable(Reason.NOT_OFFERED, f"{_name(self._current)} keeps no group without a peer")
        return hosting

    async def host(self, order: HostGroup) -> Group:
        return await self._grouping(lambda: self._host().host(order))

    async def admit(self, admission: Admission) -> None:
        await self._host().admit(admission)

    async def invite(self, address: str) -> None:
        await self._host().invite(address)

    async def expel(self, address: str) -> None:
        await self._host().expel(address)


def choose(journal: Journal, *, bus: str = "system") -> ChosenWifi:
    """The choice among the real back ends. `bus`: "system" or an address."""
    supplicant = Supplicant(bus=bus)
    return ChosenWifi(Managed(journal, bus=bus), supplicant, Standalone(supplicant, journal))


def _name(way: BackEnd) -> str:
    return way.ABILITIES.backend if isinstance(way, Standalone | Combined) else "NetworkManager"
