"""Wi-Fi Direct through NetworkManager, as an ordinary user: finds peers and forms one group. Serves `edges.Wifi`.

What NetworkManager 1.42 to 1.60 can do and this uses: the wifi-p2p device (`Device.WifiP2P`, type 30), a find of at most 30 s at a
time, and the mirrored activation, in which both machines activate a profile for each other; since 1.60 also with a WPS PIN. The rules it
keeps:

- State comes from signals and is read again whenever the daemon, the device or the bus is new; nothing is taken over from before.
- A group is made only on an idle device: neither a foreign connection nor one of ours is ever replaced (NetworkManager would do so
  without a word, and both would die).
- The profile is read back and compared: NetworkManager drops a dictionary it does not like without a word and makes one of its own.
- Nothing starts or stops a find between the order to form and its outcome: wpa_supplicant would forget the negotiation.
- What is made is journaled first, bound to our bus connection, and gone when `form` fails, is cancelled, or `remove` returns.
- What a machine that is not ours says of addresses is judged (`terms`) before it takes effect, and a group that would change more of this
  computer's network than its own is taken down. NetworkManager never shares our connection, whoever owns the group.
- The device's own state reasons are reported, not the coarser ones of the active connection.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import os
import pwd
import re
import secrets
import socket
import time
import uuid
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ...core.model import (
    Abilities,
    EdgeEvent,
    FormGroup,
    Group,
    GroupLost,
    Method,
    PeerFound,
    PeerLost,
    Reason,
    Way,
    WifiChanged,
)
from ...core.names import clean_name
from ...errors import Unavailable
from ...tasks import Tasks, ended, in_turn, outcome
from .. import nl80211
from ..addresses import Address
from ..bus import Bus, BusError, BusGone, BusTimeout, Signal, Supervised, Variant, if_there
from ..journal import Journal
from . import terms
from .terms import Given, Keeper

log = logging.getLogger(__name__)

_FOLLOWER, _READER = "NetworkManager", "read NetworkManager"

# NetworkManager: introspection, and nm-dbus-interface.h for the numbers.
_NM = "org.freedesktop.NetworkManager"
_MANAGER = "/org/freedesktop/NetworkManager"
_SETTINGS_PATH = "/org/freedesktop/NetworkManager/Settings"
_SETTINGS = "org.freedesktop.NetworkManager.Settings"
_PROFILE = "org.freedesktop.NetworkManager.Settings.Connection"
_ACTIVE = "org.freedesktop.NetworkManager.Connection.Active"
_DEVICE = "org.freedesktop.NetworkManager.Device"
_WIRELESS = "org.freedesktop.NetworkManager.Device.Wireless"
_P2P = "org.freedesktop.NetworkManager.Device.WifiP2P"
_PEER = "org.freedesktop.NetworkManager.WifiP2PPeer"
_PROPERTIES = "org.freedesktop.DBus.Properties"

_TYPE_WIFI, _TYPE_P2P = 2, 30

_UNMANAGED, _UNAVAILABLE, _DISCONNECTED, _PREPARE, _CONFIG, _IP_CONFIG = 10, 20, 30, 40, 50, 70
_ACTIVATED, _DEACTIVATING, _FAILED = 100, 110, 120

_REASONS = {
    0: "none",
    2: "now-managed",
    3: "now-unmanaged",
    4: "config-failed",
    5: "ip-config-unavailable",
    6: "ip-config-expired",
    7: "no-secrets",
    8: "supplicant-disconnect",
    9: "supplicant-config-failed",
    10: "supplicant-failed",
    11: "supplicant-timeout",
    15: "dhcp-start-failed",
    16: "dhcp-error",
    17: "dhcp-failed",
    18: "shared-start-failed",
    19: "shared-failed",
    36: "removed",
    37: "sleeping",
    38: "connection-removed",
    39: "user-requested",
    40: "carrier",
    42: "supplicant-available",
    60: "new-activation",
    65: "ip-method-unsupported",
    67: "peer-not-found",
}

# The names of errors that mean something to us; seen in the lab with 1.42 and 1.52, or read in NetworkManager's sources.
_DENIED = {
    "org.freedesktop.NetworkManager.PermissionDenied",
    "org.freedesktop.NetworkManager.Settings.PermissionDenied",
    "org.freedesktop.DBus.Error.AccessDenied",
    "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired",
}
_OFF = {
    "org.freedesktop.NetworkManager.Device.NotActive",
    "org.freedesktop.NetworkManager.UnknownConnection",  # the answer to an activation while the radio is off
    "org.freedesktop.NetworkManager.UnknownDevice",
    "org.freedesktop.DBus.Error.UnknownMethod",  # the device object has gone
    "org.freedesktop.DBus.Error.UnknownObject",
}
_MISSING = {"org.freedesktop.DBus.Error.ServiceUnknown", "org.freedesktop.DBus.Error.NameHasNoOwner"}
_BAD_PROFILE = {
    "org.freedesktop.NetworkManager.InvalidArguments",
    "org.freedesktop.NetworkManager.Device.InvalidConnection",
    "org.freedesktop.NetworkManager.Settings.InvalidConnection",
}
_NO_SUCH_PEER = "org.freedesktop.NetworkManager.Device.SpecificObjectNotFound"

_NETWORK_CONTROL = "org.freedesktop.NetworkManager.network-control"

_PEER_FACTS = ("HwAddress", "Name", "Strength", "LastSeen", "Manufacturer", "Model", "ModelNumber", "WfdIEs")

_MOST_PEERS = 200
_MOST_DEVICES = 64
_MOST_ADDRESSES = 16
_MOST_ROUTES = 256

# No rule sends anybody to this table of routes: what is in it has no effect. An arbitrary number.
_ASIDE = 47476
_MAC = re.compile(r"[0-9a-f]{2}(:[0-9a-f]{2}){5}")
_INTERFACE = re.compile(r"[^/\s]{1,15}")

# `wifi-p2p.wps-method`; they came with `wps-pin` during 1.59.2-dev. Before, NetworkManager took 8 and pushed the button all the same.
_WPS_PIN, _WPS_PIN_DISPLAY = 8, 16
_PIN_SINCE = (1, 59, 2)
_SEND_SINCE = (1, 52, 0)  # `dhcp-send-hostname-v2`, whose default in NetworkManager.conf wins over `dhcp-send-hostname` of a profile
_NO_SECRETS = 7

_FIREWALL = "org.fedoraproject.FirewallD1"
_ZONE = "nearby-tray"

# Kinds in the journal.
_MADE_PROFILE, _MADE_FIND = "nm-profile", "nm-find"

ReadAddress = Callable[[str], Awaitable[bytes | None]]
ReadParent = Callable[[str, tuple[str, ...]], Awaitable[str | None]]
ReadSignal = Callable[[int], Awaitable[int | None]]
ReadLink = Callable[[int], Awaitable[nl80211.GroupRadio | None]]
ReadGroups = Callable[[], Awaitable[frozenset[int] | None]]


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds; tests turn them."""

    open: float = 15.0  # until the first report
    find: float = 30.0  # what StartFind is asked for; NetworkManager takes whole seconds from 1 to 600
    renew: float = 20.0
    scan: float = 15.0
    scan_trap: float = 1.2  # a change of LastScan this soon after the request only says that the scan was queued
    scan_retry: float = 1.0
    activate: float = 25.0  # AddAndActivateConnection2; polkit may be slow
    form: float = 75.0  # NetworkManager itself gives up after 10 + 45 s and the addresses' own limits
    settle: float = 10.0  # until the device is idle again
    dhcp: float = 12.0  # for an address from the owner of the group
    gather: float = 0.1  # how long peers' changes are gathered before they are told
    again: float = 1.0  # after the daemon gave an unexpected answer
    signal: float = 5.0  # how old a signal reading may be
    pause: float = 0.5  # before the bus is tried again, at first
    watch: float = 0.25  # between two looks at the group's interface
    nearly: float = 3.0  # for a group that is coming about when it is no longer wanted
    # A group that goes sooner after it appeared has failed in WPS. wpa_supplicant gives up all else after 10 s as the client, 15 s as the
    # owner (p2p_supplicant.h, P2P_MAX_INITIAL_CONN_WAIT), but a failed WPS after 50 ms (p2p_supplicant.c, wpas_p2p_wps_failed).
    wps: float = 8.0


@dataclass(slots=True)
class _Device:
    """The wifi-p2p device of now, and the Wi-Fi device it belongs to. Followed by signals."""

    path: str
    name: str
    parent: str | None
    parent_name: str
    state: int = 0
    active: str = "/"


@dataclass(slots=True)
class _Seen:
    """A peer object: its properties as last heard, and as last told."""

    properties: dict[str, object] = field(default_factory=dict)
    told: tuple[object, ...] | None = None
    address: str = ""


@dataclass(slots=True)
class _Made:
    """What an order has led to so far, enough to undo it at any moment."""

    attempt: int
    address: str
    uuid: str
    others: frozenset[int] | None = None  # interfaces of groups that were there before
    noted: asyncio.Task[None] | None = None  # in the journal
    call: asyncio.Task[list[object]] | None = None
    active: str | None = None
    keeping: asyncio.Task[None] | None = None  # looks after what the group does to this computer's network


@dataclass(slots=True)
class _Forming:
    """An order being carried out, and the device's states since, in order; an `Unavailable` when there is no device any more."""

    order: FormGroup
    states: asyncio.Queue[tuple[int, int] | Unavailable] = field(default_factory=asyncio.Queue)
    lost: Unavailable | None = None
    made: _Made | None = None
    takeover: Callable[[], Awaitable[None]] | None = None

    def lose(self, why: Unavailable) -> None:
        self.lost = self.lost or why
        self.states.put_nowait(why)


class NetworkManager:
    """Serves `edges.Wifi` with the NetworkManager on the system bus."""

    def __init__(
        self,
        journal: Journal,
        *,
        bus: str = "system",
        limits: Limits | None = None,
        read_address: ReadAddress = nl80211.own_p2p_address,
        read_parent: ReadParent = nl80211.parent,
        read_signal: ReadSignal = nl80211.signal,
        read_link: ReadLink = nl80211.link,
        read_groups: ReadGroups = nl80211.groups,
        interfaces: Path = Path("/sys/class/net"),
        keeper: Keeper | None = None,
        zone_file: Path = Path(f"/usr/lib/firewalld/zones/{_ZONE}.xml"),
    ) -> None:
        """`bus`: "system" or an address. `read_…`, `interfaces`, `keeper`: where the kernel is asked. `zone_file`: ours."""
        self._journal = journal
        self._which = bus
        self._limits = limits or Limits()
        self._read_address = read_address
        self._read_parent = read_parent
        self._read_signal = read_signal
        self._read_link = read_link
        self._read_groups = read_groups
        self._interfaces = interfaces
        self._keeper = keeper or Keeper()
        self._zone_file = zone_file

        self._sink: Callable[[EdgeEvent], None] = lambda _event: None
        self._tasks = Tasks(self._broke)
        self._broken = False  # we could not make sense of what it says
        self._supervisor: asyncio.Task[None] | None = None
        self._worker: asyncio.Task[None] | None = None
        self._opened = asyncio.Event()
        self._closing = False

        self._bus: Bus | None = None
        self._owner: str | None = None
        self._read = False  # whether what follows has been read from this owner
        self._radio = True
        self._forbidden = False
        self._device: _Device | None = None
        self._p2p_address: bytes | None = None
        self._known: dict[str, tuple[int, str]] = {}  # device path → type and interface
        self._managed: set[str] = set()  # Wi-Fi interfaces that NetworkManager has
        self._abilities = Abilities()
        self._version = (0, 0, 0)
        self._cleaned = False
        self._fresh = False
        self._reported: WifiChanged | None = None

        self._dirty = asyncio.Event()
        self._stale_machine = True
        self._stale_peers = True
        self._stale_address = False
        self._pulse = asyncio.Event()
        self._seen: dict[str, _Seen] = {}
        self._too_many = False

        self._finder: asyncio.Task[None] | None = None
        self._finding = False
        self._kick = asyncio.Event()

        self._forming: _Forming | None = None
        self._made: _Made | None = None  # the group that is up
        self._left: deque[_Made] = deque(maxlen=4)  # could not be undone
        self._ours: deque[str] = deque(maxlen=16)  # active connections that are or were ours
        self._cleanups: set[asyncio.Task[None]] = set()
        self._signal_read: tuple[float, int | None] = (float("-inf"), None)

    # --- life ---

    async def open(self, sink: Callable[[EdgeEvent], None]) -> None:
        """See `edges.Wifi`. Returns after the first `WifiChanged`."""
        if self._supervisor is not None:
            return
        self._closing = False
        self._sink = sink
        supervised = Supervised(self._which, self._on_up, self._on_down, on_absent=self._report, first_pause=self._limits.pause)
        self._supervisor = self._tasks.keep(supervised.run, _FOLLOWER)
        try:
            async with asyncio.timeout(self._limits.open):
                await self._opened.wait()
        except TimeoutError:
            log.warning("NetworkManager says nothing")
            self._read = True
            self._report()

    async def close(self) -> None:
        """See `edges.Wifi`."""
        await in_turn(("the find", self.stop_find), ("the group", self.remove), ("what is being undone", self._settled))
        self._closing = True
        self._sink = lambda _event: None
        await self._tasks.end()
        self._supervisor = None
        self._opened.clear()
        self._reported = None

    # --- finding ---

    async def find(self) -> None:
        """See `edges.Wifi`."""
        self._require()
        for seen in self._seen.values():
            seen.told = None
        self._tell_peers()
        if not self._finding:
            self._finding = True
            await asyncio.to_thread(self._journal.add, _MADE_FIND, "find")
        if self._forming is None:
            try:
                await self._start_find()
            except Unavailable:
                await self.stop_find()
                raise
        if self._finder is None or self._finder.done():
            self._finder = self._tasks.keep(self._renew, "find")

    async def hold_find(self) -> None:
        """See `edges.Wifi`."""
        finder, self._finder = self._finder, None
        if finder is not None:
            finder.cancel()
            await ended(finder)

    async def stop_find(self) -> None:
        """See `edges.Wifi`. While a group forms the find is left to end by itself."""
        await self.hold_find()
        if not self._finding:
            return
        if self._forming is None:
            await self._stop_find()
        self._finding = False
        await asyncio.to_thread(self._journal.remove, _MADE_FIND, "find")

    async def _renew(self) -> None:
        while True:
            self._kick.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(self._limits.renew):
                    await self._kick.wait()
            if self._forming is None and self._reason() is None:
                try:
                    await self._start_find()
                except Unavailable as error:
                    log.info("the find could not be renewed: %s", error)

    async def _start_find(self) -> None:
        bus, device = self._there()
        options = {"timeout": Variant("i", max(1, round(self._limits.find)))}
        try:
            await bus.call(_NM, device.path, _P2P, "StartFind", "a{sv}", options)
        except (BusError, BusGone) as error:
            raise self._typed(error, Reason.WIFI_OFF) from error

    async def _stop_find(self) -> None:
        if self._bus is None or self._device is None:
            return
        try:
            await self._bus.call(_NM, self._device.path, _P2P, "StopFind")
        except BusTimeout as error:
            raise self._typed(error, Reason.INTERNAL) from error
        except (BusError, BusGone) as error:
            log.debug("StopFind: %s", error)  # no device, no find

    async def clear(self) -> None:
        """See `edges.Wifi`. NetworkManager refuses a scan now and then; that is not our failure, it is asked again until the limit."""
        await self._settled()
        self._require()
        await self.hold_find()
        if self._forming is None:
            await self._stop_find()
        if self._finding:
            self._finding = False
            await asyncio.to_thread(self._journal.remove, _MADE_FIND, "find")
        bus, device = self._there()
        if device.parent is None:
            return
        began = asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout(self._limits.scan):
                await self._scan(bus, device.parent)
        except TimeoutError:
            log.info("no end of the scan seen within %g s", self._limits.scan)
        except (BusError, BusGone) as error:
            raise self._typed(error, Reason.WIFI_OFF) from error
        else:
            log.info("scan over after %.1f s", asyncio.get_running_loop().time() - began)

    # --- what NetworkManager cannot do ---

    async def provision(self, address: str, method: Method) -> None:
        """See `edges.Wifi`. A machine that shows its PIN unasked, as televisions do, needs none; any other cannot be asked."""
        if method is not Method.KEYPAD or not self._abilities.pin:
            raise Unavailable(Reason.NOT_OFFERED, "NetworkManager has no provision discovery")

    async def reject(self, address: str) -> None:
        """Nobody is heard here, so there is nobody to tell."""

    async def _scan(self, bus: Bus, wifi: str) -> None:
        """Ask for a scan of the Wi-Fi device and wait until it is over."""
        loop = asyncio.get_running_loop()
        changes: asyncio.Queue[float] = asyncio.Queue()

        def on_changed(signal: Signal) -> None:
            if "LastScan" in _changed(signal):
                changes.put_nowait(loop.time())

        watch = await bus.subscribe(on_changed, sender=_NM, path=wifi, interface=_PROPERTIES, member="PropertiesChanged", arg0=_WIRELESS)
        try:
            while True:
                try:
                    await bus.call(_NM, wifi, _WIRELESS, "RequestScan", "a{sv}", {})
                    asked = loop.time()
                    break
                except BusError as error:
                    if error.name in _MISSING | _OFF:
                        raise
                    log.debug("RequestScan: %s", error)
                # Refused mostly because a scan is running: its end will do.
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._limits.scan_retry):
                        await changes.get()
                        return
            while await changes.get() < asked + self._limits.scan_trap:
                pass
        finally:
            watch.cancel()

    # --- the group ---

    async def form(self, order: FormGroup, *, takeover: Callable[[], Awaitable[None]] | None = None) -> Group:
        """See `edges.Wifi`. Raises `Unavailable`; after that, and after a cancellation, the device is idle again (bounded).

        `takeover` is run as soon as NetworkManager waits for its group: from then on it takes any, also one negotiated by others. What it
        raises is the outcome.
        """
        await self._settled()
        if self._forming is not None or self._made is not None:
            raise Unavailable(Reason.WIFI_BUSY, "a group of ours is there already")
        self._require()
        if takeover is None:
            _refuse(order, self._abilities)
        forming = self._forming = _Forming(order, takeover=takeover)
        try:
            group = await self._form(forming)
            log.info("group %s formed at try %d", group.interface, order.attempt)
            return group
        except BaseException as error:
            if isinstance(error, Unavailable):
                log.info("try %d: %s", order.attempt, error)
            if forming.made is not None:
                await self._finish(forming.made)
            raise
        finally:
            self._forming = None
            self._report()

    async def _form(self, forming: _Forming) -> Group:
        order = forming.order
        bus, device = self._there()
        if not _MAC.fullmatch(order.address.lower()):
            raise Unavailable(Reason.PROTOCOL, "not a P2P address")
        await self._idle(bus, device)
        made = forming.made = _Made(order.attempt, order.address.lower(), str(uuid.uuid4()))
        made.noted = self._tasks.do(asyncio.to_thread(self._journal.add, _MADE_PROFILE, made.uuid), "journal")
        await asyncio.shield(made.noted)
        profile = _profile(order, made.uuid, _user(), await self._zone(bus), self._version)
        made.others = await self._read_groups()
        peer = next((path for path, seen in self._seen.items() if seen.address == made.address), "/")
        try:
            try:
                path = await self._activate(bus, device, made, profile, peer)
            except BusError as error:
                if error.name != _NO_SUCH_PEER or peer == "/":
                    raise
                path = await self._activate(bus, device, made, profile, "/")  # it went away; NetworkManager will look for it
            different = await self._compare(bus, path, profile)
            if any(key.startswith("wifi-p2p.wps-") for key in different):
                raise self._without_pin(f"NetworkManager did not take {', '.join(different)}")
            if different:
                raise Unavailable(Reason.WIFI_PROFILE, ", ".join(different))
            await self._reach(forming, device, made.others if order.pin is not None else None)
            chosen = order.own or await self._take_addresses(forming, bus, device, profile)
            group = await self._group(bus, device)
            await self._keeper.check(group.interface, await self._given(bus, device), chosen)
        except Unavailable as error:
            raise forming.lost or error from None
        except (BusError, BusGone) as error:
            why = self._typed(error, Reason.NOT_FORMED)
            if why.reason is Reason.WIFI_PROFILE and order.pin is not None:
                why = self._without_pin(why.detail)  # one without would do
            raise forming.lost or why from error
        # Nothing is awaited from here on: what happens to the group now happens to a group that is up.
        while not forming.states.empty():
            _check(forming.states.get_nowait(), _ACTIVATED)
        self._made = made
        made.keeping = self._tasks.keep(lambda: self._keep(made, bus, device, group.interface, chosen), "keep our network")
        return group

    async def _idle(self, bus: Bus, device: _Device) -> None:
        """Make sure that the device is idle; waits for the end of something of ours, refuses when it is somebody else's."""
        try:
            properties = await bus.get_all(_NM, device.path, _DEVICE)
        except (BusError, BusGone) as error:
            raise self._typed(error, Reason.WIFI_OFF) from error
        state, active = _number(properties.get("State")), _text(properties.get("ActiveConnection")) or "/"
        if state == _DISCONNECTED and active == "/":
            return
        if active not in self._ours and active != "/":
            raise Unavailable(Reason.WIFI_BUSY, f"state {state}, {active}")
        if not await self._wait(lambda: device.state == _DISCONNECTED, self._limits.settle):
            raise Unavailable(Reason.WIFI_BUSY, f"state {device.state} does not end")

    async def _activate(self, bus: Bus, device: _Device, made: _Made, profile: _Dictionary, peer: str) -> str:
        """Call AddAndActivateConnection2; returns the path of the profile. Not cancelled itself: `_undo` must know what came of it."""
        options = {"persist": Variant("s", "volatile"), "bind-activation": Variant("s", "dbus-client")}
        call = bus.call(
            _NM,
            _MANAGER,
            _NM,
            "AddAndActivateConnection2",
            "a{sa{sv}}ooa{sv}",
            profile,
            device.path,
            peer,
            options,
            timeout=self._limits.activate,
        )
        made.call = outcome(call, "activate")
        answer = await asyncio.shield(made.call)
        path, active = (_text(value) for value in answer[:2])
        made.active = active
        self._ours.append(active)
        return path

    async def _compare(self, bus: Bus, path: str, profile: _Dictionary) -> list[str]:
        """The keys of the profile that NetworkManager did not take as written."""
        try:
            back = (await bus.call(_NM, path, _PROFILE, "GetSettings"))[0]
        except BusError as error:
            if error.name in _MISSING:
                raise
            if error.name in _OFF:  # a volatile profile whose activation has failed already; the device's state says why
                return []
            return [str(error)]
        return _differences(profile, back if isinstance(back, dict) else {})

    async def _reach(self, forming: _Forming, device: _Device, others: frozenset[int] | None) -> None:
        """Follow the device to ACTIVATED. `others`: the groups that there were before, when a PIN is tried."""
        before = 0
        watching = None if others is None else self._tasks.do(self._watch(forming, device, others), "watch the radio")
        taking: asyncio.Task[None] | None = None
        try:
            async with asyncio.timeout(min(self._limits.form, forming.order.patience)):
                while before != _ACTIVATED:
                    state = await forming.states.get()
                    if state == (_FAILED, _NO_SECRETS) and forming.order.pin is not None:
                        raise self._without_pin(_detail(*state))
                    before = _check(state, before)
                    if before == _CONFIG and taking is None and forming.takeover is not None:
                        taking = self._tasks.do(self._take_over(forming, forming.takeover), "take over")
        except TimeoutError:
            raise Unavailable(Reason.NOT_FORMED, f"state {device.state} for too long") from None
        finally:
            for task in (taking, watching):
                if task is not None:
                    task.cancel()

    @staticmethod
    async def _take_over(forming: _Forming, takeover: Callable[[], Awaitable[None]]) -> None:
        try:
            await takeover()
        except Unavailable as error:
            forming.lose(error)

    def give_up(self, why: Unavailable) -> None:
        """Somebody who sees more than NetworkManager knows that the group being formed will not be."""
        if self._forming is not None:
            self._forming.lose(why)

    def manages(self, interface: str) -> bool:
        """Whether NetworkManager has the Wi-Fi interface of this name."""
        return interface in self._managed

    @property
    def manages_wifi(self) -> bool:
        """Whether NetworkManager has any Wi-Fi interface."""
        return bool(self._managed)

    async def _watch(self, forming: _Forming, device: _Device, before: frozenset[int]) -> None:
        """End an attempt with a PIN when the group's interface has come and gone.

        NetworkManager does not hear of a failed WPS: it waits 45 s for the group and then takes the PIN for a wrong one, also when nobody
        answered (nm-device-wifi-p2p.c, supplicant_connection_timeout_cb). But the interface is there only after a negotiation that went
        well, and goes at once when WPS fails.
        """
        loop = asyncio.get_running_loop()
        seen: dict[int, float] = {}
        while True:
            groups = await self._read_groups()
            if groups is not None:
                gone = seen.keys() - groups
                if gone and device.state == _CONFIG:
                    lasted = loop.time() - min(seen[index] for index in gone)
                    reason = Reason.WRONG_PIN if lasted < self._limits.wps else Reason.NOT_FORMED
                    forming.lose(Unavailable(reason, f"the group's interface went after {lasted:.1f} s"))
                    return
                for index in groups - before:
                    seen.setdefault(index, loop.time())
            await asyncio.sleep(self._limits.watch)

    def _without_pin(self, detail: str) -> Unavailable:
        """This NetworkManager cannot use a PIN, whatever its version says; no other one is offered before another is there."""
        self._abilities = replace(self._abilities, pin=False)
        return Unavailable(Reason.NOT_OFFERED, detail)

    # --- addresses from a machine that is not ours ---

    async def _take_addresses(self, forming: _Forming, bus: Bus, device: _Device, profile: _Dictionary) -> tuple[str, ...]:
        """Have an IPv4 address where there is one to be had: in a group of the other's, from its DHCP server or the 4-way handshake.

        With "auto" from the start NetworkManager would share our connection where we own the group: forwarding would be switched on for all
        of this computer, and never off again, and a DHCP server and name server of ours would answer the stranger. So IPv4 begins when we
        know who owns it. What comes is put aside at first, into a table of routes that nobody is sent to, and judged there; when it is good
        it is kept as it is, and the DHCP client ends: nothing that the other sends later changes anything. Whoever reaches us by
        link-local addresses can do so from the start. Returns what we have chosen ourselves.
        """
        interface, index = await self._interface(bus, device)
        radio = await self._read_link(index) if index else None
        if radio is None or radio.owner is None:
            return ()
        if radio.owner:
            # Not by "link-local": with it comes a route for all IPv4 multicast of this computer (seen in the lab).
            own = terms.free(await self._keeper.read(), (_made_up(),))
            if own is None or not await self._reapply(bus, device, profile, _manual([ipaddress.ip_interface(own)])):
                return ()
            return (own.partition("/")[0],)
        if not await self._reapply(bus, device, profile, {"method": Variant("s", "auto"), "route-table": Variant("u", _ASIDE), **_DHCP}):
            return ()
        given = Given()
        with suppress(TimeoutError):
            async with asyncio.timeout(self._limits.dhcp):
                while forming.states.empty():
                    pulse = self._pulse
                    given = await self._given(bus, device)
                    if any(address.version == 4 for address in given.addresses):
                        break
                    await pulse.wait()
        while not forming.states.empty():
            _check(forming.states.get_nowait(), _ACTIVATED)
        await self._keeper.check(interface, given)
        kept = [address for address in given.addresses if address.version == 4]
        if kept:
            await self._reapply(bus, device, profile, _manual(kept))
        else:  # nobody gives any, and nobody is asked any more
            await self._reapply(bus, device, profile, {"method": Variant("s", "disabled")})
        return ()

    async def _reapply(self, bus: Bus, device: _Device, profile: _Dictionary, ipv4: dict[str, Variant]) -> bool:
        """Give the group that is up another IPv4; whether NetworkManager does so. IPv6 goes on without it."""
        changed = {**profile, "ipv4": {**_private(4, self._version), **ipv4}}
        try:
            await bus.call(_NM, device.path, _DEVICE, "Reapply", "a{sa{sv}}tu", changed, 0, 0)
        except BusError as error:
            if error.name in _MISSING | _OFF:
                raise
            log.info("no IPv4 %s: %s", ipv4["method"].value, error)
            return False
        return True

    async def _interface(self, bus: Bus, device: _Device) -> tuple[str, int]:
        """Of the group, and its index, 0 when there is none (any more)."""
        interface = _text(await bus.get(_NM, device.path, _DEVICE, "IpInterface"))
        if not _INTERFACE.fullmatch(interface):
            raise Unavailable(Reason.NO_ADDRESS, "the group has no interface")
        try:
            return interface, socket.if_nametoindex(interface)
        except OSError:
            return interface, 0

    async def _given(self, bus: Bus, device: _Device) -> Given:
        """What NetworkManager has put on the group's interface, or would."""
        properties = await bus.get_all(_NM, device.path, _DEVICE)
        found = Given()
        for version in ("4", "6"):
            path = _text(properties.get(f"Ip{version}Config"))
            if len(path) < 2:
                continue
            try:
                config = await bus.get_all(_NM, path, f"{_NM}.IP{version}Config")
            except BusError as error:
                log.debug("%s: %s", path, error)
                continue
            found = Given(
                found.addresses + tuple(map(ipaddress.ip_interface, _networks(config.get("AddressData")))),
                found.routes + _routes(config.get("RouteData")),
                found.names + _names(config),
            )
        return found

    async def _keep(self, made: _Made, bus: Bus, device: _Device, interface: str, planned: tuple[str, ...]) -> None:
        """Take the group down when something changes with it that may not be."""

        async def given() -> Given:
            try:
                return await self._given(bus, device)
            except (BusError, BusGone) as error:
                log.debug("%s: %s", device.path, error)  # it goes
                return Given()

        why = await self._keeper.watch(interface, given, planned)
        if self._made is made:
            log.warning("the group is taken down: %s", why.detail)
            self._lose_group(why.reason, why.detail)

    async def _group(self, bus: Bus, device: _Device) -> Group:
        interface, index = await self._interface(bus, device)
        addresses = [str(address.ip) for address in (await self._given(bus, device)).addresses]
        if not addresses:
            raise Unavailable(Reason.NO_ADDRESS, f"none on {interface}")
        radio = await self._read_link(index) if index else None
        if radio is None:
            return Group(interface, tuple(addresses[:_MOST_ADDRESSES]), index)
        return Group(interface, tuple(addresses[:_MOST_ADDRESSES]), index, radio.owner, radio.frequency, radio.width)

    async def remove(self) -> None:
        """See `edges.Wifi`."""
        made, self._made = self._made, None
        for one in ([made] if made is not None else []) + list(self._left):
            await self._finish(one)
        await self._settled()
        self._report()
        if self._left:
            raise Unavailable(Reason.WIFI_BUSY, "NetworkManager has not taken our group down")

    async def _finish(self, made: _Made) -> None:
        """Undo, even when we are cancelled meanwhile: it then goes on by itself and `_settled` waits for it."""
        await asyncio.shield(self._undo_later(made))

    def _undo_later(self, made: _Made) -> asyncio.Task[None]:
        task = self._tasks.do(self._undo(made), "undo")
        self._cleanups.add(task)
        task.add_done_callback(self._cleanups.discard)
        return task

    async def _settled(self) -> None:
        """Until all undoing is over; each has its limits."""
        while self._cleanups:
            await asyncio.wait(self._cleanups)

    async def _undo(self, made: _Made) -> None:
        """Take the group down, wait for the device to be idle, and see that the profile is gone; else it is `_left` for later."""
        if made in self._left:
            self._left.remove(made)
        if made.keeping is not None and made.keeping is not asyncio.current_task():
            made.keeping.cancel()
        if made.noted is not None:
            await asyncio.wait({made.noted})
        if made.call is not None:
            await asyncio.wait({made.call})  # has its own limit
            if not made.call.cancelled() and made.call.exception() is None and made.active is None:
                made.active = _text(made.call.result()[1])
                self._ours.append(made.active)
        bus = self._bus
        if bus is None or self._owner is None:
            return  # bound to the connection that is lost; the entry stays in the journal for `_clean`
        try:
            if made.active is not None and made.active != "/":
                await self._let_come(made)
                await self._deactivate(bus, made.active)
                if not await self._wait(lambda: self._is_rid_of(made), self._limits.settle):
                    log.warning("the Wi-Fi Direct device is still busy with our group")
                    self._left.append(made)
            await self._delete(bus, made.uuid)
        except BusGone:
            return
        except BusError as error:
            log.warning("could not undo everything: %s", error)
            if made not in self._left:
                self._left.append(made)
            return
        if made in self._left:
            return
        await asyncio.to_thread(self._journal.remove, _MADE_PROFILE, made.uuid)

    async def _let_come(self, made: _Made) -> None:
        """Give a group that is coming about the time to do so, before it is ended.

        One that is up a moment after NetworkManager was told to stop leaves its interface in the kernel for good: NetworkManager has
        wpa_supplicant forget it instead of ending the group (seen in the lab; nm-device-wifi-p2p.c, supplicant_iface_group_started_cb).
        """
        loop, device = asyncio.get_running_loop(), self._device
        end = loop.time() + self._limits.nearly
        while device is not None and device is self._device and device.state == _CONFIG and loop.time() < end:
            new = (await self._read_groups() or frozenset()) - (made.others or frozenset())
            radios = [await self._read_link(index) for index in new]
            if all(radio is None or radio.frequency is None for radio in radios):
                return  # an interface that is only set aside is on no channel
            await asyncio.sleep(self._limits.watch)

    def _is_rid_of(self, made: _Made) -> bool:
        device = self._device
        return device is None or device.state <= _DISCONNECTED or device.active not in ("/", made.active)

    async def _deactivate(self, bus: Bus, active: str) -> None:
        try:
            await bus.call(_NM, _MANAGER, _NM, "DeactivateConnection", "o", active)
        except BusError as error:
            log.debug("DeactivateConnection: %s", error)  # it had ended by itself

    async def _delete(self, bus: Bus, name: str) -> None:
        """Delete the profile with this uuid and end what is active with it; fine when there is none."""
        try:
            path = _text((await bus.call(_NM, _SETTINGS_PATH, _SETTINGS, "GetConnectionByUuid", "s", name))[0])
        except BusError as error:
            if error.name in _MISSING:
                raise
            return
        actives = await bus.get(_NM, _MANAGER, _NM, "ActiveConnections")
        for active in _paths(actives, _MOST_DEVICES):
            with if_there():
                if await bus.get(_NM, active, _ACTIVE, "Uuid") == name:
                    self._ours.append(active)
                    await self._deactivate(bus, active)
        try:
            await bus.call(_NM, path, _PROFILE, "Delete")
        except BusError as error:
            log.debug("Delete: %s", error)  # a volatile profile goes by itself

    async def _zone(self, bus: Bus) -> str | None:
        """Our firewalld zone, when firewalld runs and knows it: an unknown zone would silently mean the default one.

        A session that polkit does not call active is told nothing; for it the installed file stands for the answer.
        """
        try:
            if await bus.name_owner(_FIREWALL) is None:
                return None
            zones = (await bus.call(_FIREWALL, "/org/fedoraproject/FirewallD1", f"{_FIREWALL}.zone", "getZones", timeout=3.0))[0]
        except BusError as error:
            log.debug("firewalld does not say: %s", error)
            return _ZONE if await asyncio.to_thread(self._zone_file.is_file) else None
        return _ZONE if isinstance(zones, list) and _ZONE in zones else None

    async def read_counters(self, group: Group) -> tuple[int, int, int | None]:
        """See `edges.Wifi`. Raises `Unavailable` when the interface is gone."""
        folder = self._interfaces / group.interface / "statistics"
        try:
            received, sent = (int((folder / name).read_text()) for name in ("rx_bytes", "tx_bytes"))
        except (OSError, ValueError) as error:
            raise Unavailable(Reason.GROUP_ENDED, f"{group.interface}: {error}") from error
        now = asyncio.get_running_loop().time()
        if now - self._signal_read[0] >= self._limits.signal:
            signal = await self._read_signal(group.index) if group.index else None
            if signal is None and self._made is not None:
                # What NetworkManager last heard of the peer; not kept up to date while a group is up, better than nothing.
                address = self._made.address
                signal = next((_percent(seen.properties) for seen in self._seen.values() if seen.address == address), None)
            self._signal_read = now, signal
        return received, sent, self._signal_read[1]

    # --- following the daemon ---

    async def _on_up(self, bus: Bus) -> None:
        self._bus = bus
        changed = {"sender": _NM, "interface": _PROPERTIES, "member": "PropertiesChanged"}
        await bus.subscribe(self._on_manager_changed, path=_MANAGER, arg0=_NM, **changed)
        await bus.subscribe(self._on_device_changed, path_namespace=_MANAGER, arg0=_DEVICE, **changed)
        for version in ("4", "6"):
            await bus.subscribe(self._on_ip_changed, path_namespace=_MANAGER, arg0=f"{_NM}.IP{version}Config", **changed)
        await bus.subscribe(self._on_peers_changed, path_namespace=_MANAGER, arg0=_P2P, **changed)
        await bus.subscribe(self._on_peer_changed, path_namespace=_MANAGER, arg0=_PEER, **changed)
        await bus.subscribe(self._on_state, sender=_NM, interface=_DEVICE, member="StateChanged")
        for member in ("DeviceAdded", "DeviceRemoved", "CheckPermissions"):
            await bus.subscribe(self._on_devices, sender=_NM, path=_MANAGER, interface=_NM, member=member)
        await bus.watch_name(_NM, self._on_owner)
        self._worker = self._tasks.keep(lambda: self._work(bus), _READER)

    def _on_down(self) -> None:
        if self._worker is not None:
            self._worker.cancel()
        self._bus = self._worker = None
        self._on_owner(None)

    def _on_owner(self, owner: str | None) -> None:
        """NetworkManager came, went, or is another one: whatever it was, nothing from before counts."""
        if owner != self._owner:
            log.info("NetworkManager is %s", "there" if owner else "gone")
            self._forget_device(Unavailable(Reason.DAEMON_RESTARTED, "NetworkManager went away"))
            self._left.clear()  # `_clean` knows them by the journal
        self._owner = owner
        self._read = self._cleaned = False
        self._known.clear()
        self._managed.clear()
        self._stale_machine = True
        self._fresh = self._reported is not None and owner is not None
        self._dirty.set()
        if owner is None:
            self._report()

    def _on_devices(self, signal: Signal) -> None:
        self._stale_machine = True
        if signal.member == "DeviceRemoved" and signal.body:
            self._known.pop(str(signal.body[0]), None)
            if self._device is not None and signal.body[0] == self._device.path:
                self._forget_device(Unavailable(Reason.WIFI_OFF, "the Wi-Fi Direct device was removed"))
        self._dirty.set()

    def _on_manager_changed(self, signal: Signal) -> None:
        changed = _changed(signal)
        if changed.keys() & {"WirelessEnabled", "WirelessHardwareEnabled", "NetworkingEnabled", "Devices"}:
            if any(changed.get(key) is False for key in ("WirelessEnabled", "WirelessHardwareEnabled", "NetworkingEnabled")):
                self._radio = False  # at once: the device's own complaints follow and should find it so
            self._stale_machine = True
            self._dirty.set()

    def _on_ip_changed(self, _signal: Signal) -> None:
        if self._forming is not None:
            self._beat()

    def _on_device_changed(self, signal: Signal) -> None:
        changed = _changed(signal)
        active = changed.get("ActiveConnection")
        if "Ip4Config" in changed:
            self._beat()
        if self._device is not None and signal.path == self._device.path and isinstance(active, str):
            self._device.active = active
            self._moved()

    def _on_peers_changed(self, signal: Signal) -> None:
        if self._device is not None and signal.path == self._device.path and "Peers" in _changed(signal):
            self._stale_peers = True
            self._dirty.set()

    def _on_peer_changed(self, signal: Signal) -> None:
        seen = self._seen.get(signal.path)
        if seen is not None:
            seen.properties.update(_changed(signal))
            self._dirty.set()

    def _on_state(self, signal: Signal) -> None:
        device = self._device
        kind, name = self._known.get(signal.path, (0, ""))
        if kind == _TYPE_P2P and (device is None or device.state < _DISCONNECTED):
            self._stale_machine = True  # another one may be usable now
            self._dirty.set()
        if kind == _TYPE_WIFI and len(signal.body) == 3:
            (self._managed.add if _number(signal.body[0]) > _UNMANAGED else self._managed.discard)(name)
            self._dirty.set()
        if device is None or signal.path != device.path or len(signal.body) != 3:
            return
        new, _old, reason = (_number(value) for value in signal.body)
        old, device.state = device.state, new
        log.info("Wi-Fi Direct device: state %d → %d, reason %d (%s)", old, new, reason, _REASONS.get(reason, "?"))
        if self._forming is not None:
            self._forming.states.put_nowait((new, reason))
        elif self._made is not None and new != _ACTIVATED:
            self._lose_group(_why_lost(new, reason, self._radio), _detail(new, reason))
        if new < _DISCONNECTED:
            self._stale_machine = True
        if new == _DISCONNECTED and self._p2p_address is None:
            self._stale_address = True
        self._moved()
        self._dirty.set()

    def _moved(self) -> None:
        self._beat()
        self._report()

    def _beat(self) -> None:
        """Wake who waits for the device."""
        self._pulse.set()
        self._pulse = asyncio.Event()

    def _lose_group(self, reason: Reason, detail: str) -> None:
        made, self._made = self._made, None
        if made is not None:
            self._sink(GroupLost(made.attempt, reason, detail))
            self._undo_later(made)

    def _forget_device(self, why: Unavailable) -> None:
        """The device, or the daemon with it, is gone, and all that was there."""
        if self._forming is not None:
            self._forming.lose(why)
        self._lose_group(why.reason, why.detail)
        self._device = self._p2p_address = None
        self._drop_peers(set(self._seen))
        self._beat()

    async def _work(self, bus: Bus) -> None:
        """Read what has become stale, and tell; changes that come while it reads are one more round."""
        self._stale_machine = self._stale_peers = True  # also when begun anew after a failure
        self._dirty.set()
        while True:
            await self._dirty.wait()
            self._dirty.clear()
            try:
                await self._refresh(bus)
            except BusGone:
                return
            except BusError as error:
                # Seen in the lab: after a restart the name is there a moment before the objects are.
                log.info("reading from NetworkManager: %s; next try in %g s", error, self._limits.again)
                await asyncio.sleep(self._limits.again)
                self._stale_machine = self._stale_peers = True
                self._dirty.set()
                continue
            self._broken = False
            self._report()
            self._tell_peers()
            await asyncio.sleep(self._limits.gather)

    async def _refresh(self, bus: Bus) -> None:
        owner = self._owner
        if owner is None:
            return
        if self._stale_machine:
            self._stale_machine = False
            await self._read_machine(bus)
        if self._stale_address and self._device is not None:
            self._stale_address = False
            self._p2p_address = await self._read_address(self._device.parent_name)
        if not self._cleaned:
            await self._clean(bus)
            self._cleaned = self._owner == owner
        if self._owner == owner:
            self._read = True
        device = self._device
        if device is not None and self._stale_peers:
            self._stale_peers = False
            await self._read_peers(bus, device)

    async def _read_machine(self, bus: Bus) -> None:
        """The radio switch, what we may, and which device is the wifi-p2p one."""
        machine = await bus.get_all(_NM, _MANAGER, _NM)
        if not self._read:
            self._version = _version(machine.get("Version"))
            self._abilities = Abilities(pin=self._version >= _PIN_SINCE)
        self._radio = all(machine.get(key) is not False for key in ("WirelessEnabled", "WirelessHardwareEnabled", "NetworkingEnabled"))
        try:
            allowed = (await bus.call(_NM, _MANAGER, _NM, "GetPermissions"))[0]
            # "auth" may still become a yes in polkit's dialog, "unknown" is what a machine without polkit says.
            self._forbidden = isinstance(allowed, dict) and allowed.get(_NETWORK_CONTROL) == "no"
        except BusError as error:
            log.debug("GetPermissions: %s", error)
        paths = _paths(machine.get("Devices"), _MOST_DEVICES)
        for path in paths:
            if path not in self._known:
                with if_there():
                    properties = await bus.get_all(_NM, path, _DEVICE)
                    self._known[path] = _number(properties.get("DeviceType")), _text(properties.get("Interface"))
                    if self._known[path][0] == _TYPE_WIFI and _number(properties.get("State")) > _UNMANAGED:
                        self._managed.add(self._known[path][1])
        candidates = [path for path in paths if self._known.get(path, (0, ""))[0] == _TYPE_P2P]
        if self._device is not None and self._device.path not in candidates:
            self._forget_device(Unavailable(Reason.WIFI_OFF, "the Wi-Fi Direct device went away"))
        if self._device is not None and (self._device.state >= _DISCONNECTED or not self._is_free()):
            return
        best = await self._best(bus, candidates)
        if self._device is not None and (best == self._device.path or self._device.state >= _DISCONNECTED or not self._is_free()):
            return
        if self._device is not None:
            self._forget_device(Unavailable(Reason.WIFI_OFF, "another Wi-Fi Direct device is used"))
        if best is not None:
            await self._take(bus, best, paths)

    def _is_free(self) -> bool:
        """Whether nothing of ours is on the device, so that another may take its place."""
        return self._forming is None and self._made is None

    async def _best(self, bus: Bus, candidates: list[str]) -> str | None:
        """The Wi-Fi Direct device to use: one that works, if possible one that nobody else uses; of equal ones the present or the first."""
        if len(candidates) < 2:
            return next(iter(candidates), None)
        worth: dict[str, tuple[bool, bool, bool]] = {}
        for path in candidates:
            with if_there():
                facts = await bus.get_all(_NM, path, _DEVICE)
                active = _text(facts.get("ActiveConnection")) or "/"
                ours = self._device is not None and path == self._device.path
                worth[path] = _number(facts.get("State")) >= _DISCONNECTED, active == "/" or active in self._ours, ours
        return max(worth, key=lambda path: worth[path], default=None)

    async def _take(self, bus: Bus, path: str, paths: tuple[str, ...]) -> None:
        """Make `path` our device."""
        name = self._known[path][1]
        wifis = {other: known[1] for other in paths if (known := self._known.get(other)) and known[0] == _TYPE_WIFI}
        on = await self._read_parent(name, tuple(wifis.values()))
        parent = next((other for other, wifi in wifis.items() if wifi == on), None)
        # From here to the answer every state change is noted in the object itself, so the answer counts only if none came.
        device = self._device = _Device(path, name, parent, wifis.get(parent or "", ""))
        try:
            properties = await bus.get_all(_NM, path, _DEVICE)
        except BusError:
            self._device = None
            raise
        if device.state == 0:
            device.state = _number(properties.get("State"))
        if device.active == "/":
            device.active = _text(properties.get("ActiveConnection")) or "/"
        self._stale_address = self._stale_peers = True
        self._fresh = self._reported is not None
        log.info("Wi-Fi Direct device %s (%s), state %d", name, path, device.state)

    async def _clean(self, bus: Bus) -> None:
        """Undo what an earlier run left behind, and what a lost connection of ours did."""
        keep = {made.uuid for made in (self._made, self._forming and self._forming.made) if made}
        leftovers = await asyncio.to_thread(self._journal.leftovers, _MADE_PROFILE)
        for name in dict.fromkeys((*leftovers, *self._journal.mine(_MADE_PROFILE))):
            if name in keep:
                continue
            log.info("removing the profile %.36s of an earlier run", name)
            await self._delete(bus, name)
            await asyncio.to_thread(self._journal.settle, _MADE_PROFILE, name)
            await asyncio.to_thread(self._journal.remove, _MADE_PROFILE, name)
        for name in await asyncio.to_thread(self._journal.leftovers, _MADE_FIND):
            if not self._finding:
                await self._stop_find()
            await asyncio.to_thread(self._journal.settle, _MADE_FIND, name)

    def _reason(self) -> Reason | None:
        """Why Wi-Fi Direct cannot be used; `None` when it can."""
        device = self._device
        if self._broken:
            return Reason.INTERNAL
        if self._bus is None or self._owner is None:
            return Reason.WIFI_MISSING
        if not self._radio:
            return Reason.WIFI_OFF
        if device is None:
            return Reason.WIFI_NO_P2P
        if device.state < _DISCONNECTED:
            return Reason.WIFI_OFF
        if self._forbidden:
            return Reason.WIFI_NOT_ALLOWED
        if device.active != "/" and device.active not in self._ours and not (self._forming is not None and self._is_unanswered()):
            return Reason.WIFI_BUSY
        return None

    def _is_unanswered(self) -> bool:
        """Whether an active connection on the device may be the one we have just asked for."""
        made = self._forming.made if self._forming is not None else None
        return made is not None and made.call is not None and made.active is None

    def _report(self) -> None:
        if self._closing or (self._owner is not None and not self._read and not self._broken):
            return
        reason = self._reason()
        report = WifiChanged(reason, self._p2p_address if self._device is not None else None, self._fresh, self._abilities)
        if self._reported is not None and not self._fresh and report == self._reported:
            return
        self._fresh = False
        self._reported = replace(report, fresh=False)
        log.info("Wi-Fi Direct is %s%s", reason.value if reason else "ready", ", anew" if report.fresh else "")
        self._sink(report)
        self._opened.set()
        if reason is None:
            self._kick.set()

    async def _wait(self, condition: Callable[[], bool], limit: float) -> bool:
        """Until `condition` holds, looked at whenever the device has moved; `False` after `limit` seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(limit):
                while not condition():
                    await self._pulse.wait()
        return condition()

    # --- peers ---

    async def _read_peers(self, bus: Bus, device: _Device) -> None:
        try:
            paths = _paths(await bus.get(_NM, device.path, _P2P, "Peers"), 100_000)
        except BusError as error:
            if error.name in _OFF:
                return
            raise
        if len(paths) > _MOST_PEERS and not self._too_many:
            log.warning("%d peers around; the first %d count", len(paths), _MOST_PEERS)
        self._too_many = len(paths) > _MOST_PEERS
        now = [path for path in paths if path in self._seen]  # whom we know stays, whatever else is made up around us
        now += [path for path in paths if path not in self._seen][: max(0, _MOST_PEERS - len(now))]
        self._drop_peers(set(self._seen) - set(now))
        new = [path for path in now if path not in self._seen]
        for path in new:
            self._seen[path] = _Seen()
        for answer, path in zip(await asyncio.gather(*(self._read_peer(bus, path) for path in new)), new, strict=True):
            seen = self._seen.get(path)
            if seen is None:
                continue
            if answer is None:
                del self._seen[path]
            else:
                seen.properties = {**answer, **seen.properties}

    @staticmethod
    async def _read_peer(bus: Bus, path: str) -> dict[str, object] | None:
        try:
            return await bus.get_all(_NM, path, _PEER)
        except BusError as error:
            log.debug("%s: %s", path, error)  # peers come and go between two calls
            return None

    def _tell_peers(self) -> None:
        for seen in self._seen.values():
            found = seen.properties
            facts = tuple(found.get(key) for key in _PEER_FACTS)
            if not found or facts == seen.told:
                continue
            seen.told = facts
            address = _text(found.get("HwAddress")).lower()
            if not _MAC.fullmatch(address) or address == "00:00:00:00:00:00" or int(address[:2], 16) & 1:
                continue
            seen.address = address
            name = clean_name(_text(found.get("Name"))[:256])
            self._sink(
                PeerFound(
                    address,
                    "" if name == "unnamed" else name,
                    _percent(found),
                    _loop_time(found.get("LastSeen")),
                    kind="tv" if _is_display(found.get("WfdIEs")) else "other",
                    model=_model(found),
                )
            )

    def _drop_peers(self, paths: set[str]) -> None:
        gone = [self._seen.pop(path).address for path in paths]
        left = {seen.address for seen in self._seen.values()}
        for address in dict.fromkeys(gone):
            if address and address not in left:
                self._sink(PeerLost(address))

    # --- small things ---

    def _there(self) -> tuple[Bus, _Device]:
        if self._bus is None or self._device is None:
            raise Unavailable(self._reason() or Reason.WIFI_OFF)
        return self._bus, self._device

    def _require(self) -> None:
        reason = self._reason()
        if reason is not None:
            raise Unavailable(reason)

    def _typed(self, error: BusError | BusGone, otherwise: Reason) -> Unavailable:
        """The error of a call as a reason that the user can act on."""
        detail = str(error)[:300]
        if isinstance(error, BusGone) or error.name in _MISSING or self._owner is None:
            return Unavailable(Reason.WIFI_MISSING, detail)
        if error.name in _DENIED:
            return Unavailable(Reason.WIFI_NOT_ALLOWED, detail)
        if error.name in _OFF:
            return Unavailable(self._reason() or Reason.WIFI_OFF, detail)
        if error.name in _BAD_PROFILE or error.name.startswith("org.freedesktop.NetworkManager.Settings.Connection."):
            return Unavailable(Reason.WIFI_PROFILE, detail)
        return Unavailable(otherwise, detail)

    def _broke(self, name: str, error: Exception) -> None:
        """One of our tasks failed. While what it says cannot be read, it cannot be used."""
        if name in (_FOLLOWER, _READER):
            self._broken = True
            self._report()
        elif name == "take over" and self._forming is not None:
            self._forming.lose(Unavailable(Reason.INTERNAL, f"{name}: {type(error).__name__}"))


# --- pure parts -------------------------------------------------------------------------------------------------------------

_Dictionary = Mapping[str, Mapping[str, Variant]]


def _profile(order: FormGroup, name: str, user: str | None, zone: str | None, version: tuple[int, int, int]) -> _Dictionary:
    """The connection profile. NetworkManager: nm-settings-dbus(5) has the keys; one wrong type drops the whole of it."""
    connection = {
        "id": Variant("s", f"Nearby Tray: {clean_name(order.name) if order.name else order.address}"),
        "uuid": Variant("s", name),
        "type": Variant("s", "wifi-p2p"),
        "autoconnect": Variant("b", False),
        # systemd-resolved would answer by our host's name.
        "mdns": Variant("i", 0),
        "llmnr": Variant("i", 0),
    }
    if user is not None:
        # An ordinary user may add a profile of their own (settings.modify.own) but not one for everybody.
        connection["permissions"] = Variant("as", [f"user:{user}:"])
    if zone is not None:
        connection["zone"] = Variant("s", zone)
    if order.pin is not None:
        # The one try is to fetch the PIN. With more, NetworkManager would ask a secret agent for another one when this was wrong.
        connection["auth-retries"] = Variant("i", 1)
    return {
        "connection": connection,
        "wifi-p2p": {"peer": Variant("s", order.address.upper()), **_provisioning(order)},
        # Nor does this computer take its own name from there.
        "hostname": {"from-dhcp": Variant("i", 0), "from-dns-lookup": Variant("i", 0)},
        **(_planned(order, version) if order.own else _unplanned(version)),
    }


def _made_up() -> str:
    """An address for a machine that gives itself one when no DHCP server answers, as Windows does (RFC 3927, 2.1)."""
    third = 1 + secrets.randbelow(253)
    return f"169.254.{third + (third >= 169)}.{1 + secrets.randbelow(254)}/16"  # 169: where clouds have their secrets


def _manual(addresses: Sequence[Address]) -> dict[str, Variant]:
    data = [{"address": Variant("s", str(one.ip)), "prefix": Variant("u", one.network.prefixlen)} for one in addresses]
    return {"method": Variant("s", "manual"), "address-data": Variant("aa{sv}", data)}


# How DHCP is asked: the client is named by the interface, whose address the other knows, whatever NetworkManager.conf has for others.
_DHCP = {"dhcp-client-id": Variant("s", "mac"), "may-fail": Variant("b", True)}


def _private(family: int, version: tuple[int, int, int]) -> dict[str, Variant]:
    """What holds for each way to get addresses: nothing besides them is taken from the link, and nothing of this computer is told there."""
    keys = {"never-default": True, "ignore-auto-dns": True, "ignore-auto-routes": True, "dhcp-send-hostname": False}
    found = {key: Variant("b", value) for key, value in keys.items()}
    if version >= _SEND_SINCE:
        found["dhcp-send-hostname-v2"] = Variant("i", 0)
    if family == 6:
        found["addr-gen-mode"] = Variant("i", 1)  # made up for this profile, instead of the radio's own address
        found["ip6-privacy"] = Variant("i", 2)
    return found


def _planned(order: FormGroup, version: tuple[int, int, int]) -> _Dictionary:
    """The addresses that both applets have agreed on."""
    ipv4, ipv6 = order.own[:2]

    return {
        # IPv4 carries the pings: without it there is no link. IPv6 may come later (duplicate detection) or not at all.
        "ipv4": {**_manual([ipaddress.ip_interface(f"{ipv4}/30")]), **_private(4, version), "may-fail": Variant("b", False)},
        "ipv6": {**_manual([ipaddress.ip_interface(f"{ipv6}/64")]), **_private(6, version)},
    }


def _unplanned(version: tuple[int, int, int]) -> _Dictionary:
    """Addresses with a machine that knows nothing of ours: link-local IPv6, which needs nobody; IPv4 when we know whose group it is.

    IPv6 "auto" would wait for a router that is not there, and as the owner hand our uplink's prefix to a stranger (NetworkManager:
    nm-device-wifi-p2p.c, get_auto_ip_config_method).
    """
    return {
        "ipv4": {"method": Variant("s", "disabled"), **_private(4, version)},
        "ipv6": {"method": Variant("s", "link-local"), **_private(6, version)},
    }


def _provisioning(order: FormGroup) -> dict[str, Variant]:
    """WPS: nothing for push button, which every version understands.

    The PIN belongs to the system (no `wps-pin-flags`), not to the user (2, "not-saved"), although it is good for one try only: of what a
    profile brings along, NetworkManager keeps for the activation what belongs to the system, and asks a secret agent for the rest, such as
    the desktop's (nm-active-connection.c, _set_applied_connection_take; nm-agent-manager.c, _con_get_try_complete_early). It is kept as
    the volatile profile is, in a file of root's in /run, until the group ends.
    """
    if order.method is Method.PBC or order.pin is None:
        return {}
    method = _WPS_PIN if order.method is Method.KEYPAD else _WPS_PIN_DISPLAY
    return {"wps-method": Variant("u", method), "wps-pin": Variant("s", order.pin)}


def _refuse(order: FormGroup, abilities: Abilities) -> None:
    """Raise `Unavailable` for what NetworkManager cannot do; nothing that was asked for is ever left out without a word."""
    asked = {
        f"{order.way.value} with a group": order.way is not Way.NEGOTIATE,
        "a PIN": order.method is not Method.PBC and not (abilities.pin and order.pin),
        # nm-supplicant-interface.c, nm_supplicant_interface_p2p_connect: 7, not persistent, no frequency, always.
        f"GO intent {order.intent}": order.intent not in (None, 7),
        "a channel of one's choice": order.frequency is not None,
        "a group that is remembered": order.persistent,
    }
    for what, is_asked in asked.items():
        if is_asked:
            raise Unavailable(Reason.NOT_OFFERED, f"NetworkManager does not offer {what}")


def _differences(sent: _Dictionary, back: Mapping[Any, object]) -> list[str]:
    """The keys whose value is not the one sent. Addresses and MACs count as equal however they are spelled."""
    wrong = []
    for setting, keys in sent.items():
        got = back.get(setting)
        for key, variant in keys.items():
            if key == "wps-pin":
                continue  # secrets are never read back
            value = got.get(key) if isinstance(got, dict) else None
            if key == "address-data":
                want = [(entry["address"].value, entry["prefix"].value) for entry in variant.value]
                same = _networks(value) == [str(ipaddress.ip_interface(f"{address}/{bits}")) for address, bits in want]
            elif key == "peer":
                same = _text(value).lower() == variant.value.lower()
            else:
                same = value == variant.value
            if not same:
                wrong.append(f"{setting}.{key}")
    return wrong


def _networks(data: object) -> list[str]:
    found = []
    for entry in data if isinstance(data, list) else []:
        if isinstance(entry, dict):
            with suppress(ValueError):
                found.append(str(ipaddress.ip_interface(f"{entry.get('address')}/{entry.get('prefix')}")))
    return found


def _routes(data: object) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    found = []
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
            found.append(_text(entry.get("address")) if isinstance(entry, dict) else str(entry))
    return tuple(dict.fromkeys(name[:256] for name in found[:_MOST_ADDRESSES]))


def _user() -> str | None:
    """Our login name. Root needs no permission entry, and NetworkManager hides a profile from root without a login session."""
    uid = os.geteuid()
    if uid == 0:
        return None
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return None


def _check(state: tuple[int, int] | Unavailable, before: int) -> int:
    """The state, when it is one on the way to a group; raises what it means otherwise. `before`: the one that it left."""
    if isinstance(state, Unavailable):
        raise state
    new, reason = state
    if before == 0 and new == _DISCONNECTED:
        return 0  # the tail of what was before: we have seen the device idle already
    if _DISCONNECTED < new <= _ACTIVATED and not (before == _ACTIVATED and new != _ACTIVATED):
        return new
    raise Unavailable(_why_not_formed(new, reason, before), _detail(new, reason))


def _why_not_formed(new: int, reason: int, before: int) -> Reason:
    if new <= _UNAVAILABLE or reason in (36, 37):
        return Reason.WIFI_OFF
    if reason == 60:
        return Reason.WIFI_BUSY
    if reason == 67 and before in (0, _PREPARE):
        return Reason.NOT_SEEN
    if reason in (5, 6, 15, 16, 17, 18, 19, 65):
        return Reason.NO_ADDRESS
    return Reason.NOT_FORMED


def _why_lost(new: int, reason: int, radio: bool) -> Reason:
    """Why a group that was up has ended; as far as this side can tell (8 is what a peer's hang-up looks like, 67 what its loss does)."""
    if not radio or reason in (36, 37):
        return Reason.WIFI_OFF
    if reason == 10:
        return Reason.DAEMON_RESTARTED  # wpa_supplicant went away
    if new <= _UNAVAILABLE:
        return Reason.WIFI_OFF
    if reason == 60:
        return Reason.WIFI_BUSY
    return Reason.LINK_LOST if reason == 67 else Reason.GROUP_ENDED


def _detail(state: int, reason: int) -> str:
    return f"state {state} reason {reason} ({_REASONS.get(reason, 'unknown')})"


def _version(text: object) -> tuple[int, int, int]:
    """NetworkManager's `Version`: "1.52.1", "1.59.2-dev", "1.60"."""
    found = re.match(r"(\d{1,4})\.(\d{1,4})(?:\.(\d{1,4}))?", text, re.ASCII) if isinstance(text, str) else None
    return (int(found[1]), int(found[2]), int(found[3] or 0)) if found is not None else (0, 0, 0)


def _changed(signal: Signal) -> dict[str, object]:
    changed = signal.body[1] if len(signal.body) == 3 else None
    return changed if isinstance(changed, dict) else {}


def _paths(value: object, most: int) -> tuple[str, ...]:
    """The object paths in a reply, each once."""
    paths = [path for path in value if isinstance(path, str) and path.startswith("/")] if isinstance(value, list) else []
    return tuple(dict.fromkeys(paths))[:most]


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def _percent(properties: Mapping[str, object]) -> int | None:
    strength = properties.get("Strength")
    return strength if isinstance(strength, int) and 0 <= strength <= 100 else None


def _model(properties: Mapping[str, object]) -> str:
    """What the peer says it is made as. `Model` is empty with wpa_supplicant, which names it `ModelName` where NetworkManager asks for
    another name (nm-supplicant-interface.c, _peer_info_properties_changed); many put the maker into the model as well."""
    texts = (clean_name(_text(properties.get(key))[:256]) for key in ("Manufacturer", "Model", "ModelNumber"))
    words: list[str] = []
    for text in texts:
        if text != "unnamed" and not any(text.casefold() in word.casefold() for word in words):
            words.append(text)
    if len(words) > 1 and words[1].casefold().startswith(words[0].casefold()):
        del words[0]
    return clean_name(" ".join(words)) if words else ""


def _is_display(elements: object) -> bool:
    """Whether the Wi-Fi Display subelements say that the peer shows pictures (a primary sink) and does not send them.

    Wi-Fi Display Technical Specification 2.1, 5.1.2: subelement 0, its device type in the two lowest bits of the first 16.
    """
    data = bytes(elements) if isinstance(elements, bytes | bytearray) else b""
    while len(data) >= 3:
        body = data[3 : 3 + int.from_bytes(data[1:3])]
        if data[0] == 0 and len(body) >= 2:
            return body[1] & 0b11 == 1
        data = data[3 + int.from_bytes(data[1:3]) :]
    return False


def _loop_time(seen: object) -> float | None:
    """`LastSeen`, seconds of CLOCK_BOOTTIME or -1, on the clock of the running loop; never later than now."""
    if not isinstance(seen, int) or seen < 0:
        return None
    now = asyncio.get_running_loop().time()
    return min(now, now - (time.clock_gettime(time.CLOCK_BOOTTIME) - seen))
