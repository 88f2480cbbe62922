"""wpa_supplicant on D-Bus as it is now: may this user talk to it, which peers and groups there are, and its signals as typed events.

Two edges are built on it, `standalone.Standalone` and `combined.Combined`, with what they share in `negotiation`. The rules it keeps:

- Nothing of the daemon is taken over from before: when its name has another owner, everything is read again and what was made is lost.
- Signals are hostile until checked: paths, addresses, sizes, numbers, PINs; how many there may be is limited. A PIN or passphrase is never
  logged.

Behaviour is that of wpa_supplicant 2.10 as recorded in the lab, and of its sources: dbus_new_handlers_p2p.c, p2p_supplicant.c.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from ...core.model import PeerFound, PeerLost, Reason
from ...errors import Unavailable
from ...tasks import Tasks
from .. import nl80211
from ..bus import PROPERTIES, Bus, BusError, BusGone, BusTimeout, Signal, Supervised, Variant, if_there, values
from . import wpa
from .events import Changed, Event, Finished, Joined, Left, Started, WpsFailed
from .shapes import INTERFACE, MAC, MOST_PEERS

log = logging.getLogger(__name__)

ReadAddress = Callable[[str], Awaitable[bytes | None]]


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds; tests turn them."""

    open: float = 15.0  # until the first report
    find: float = 60.0  # what Find is asked for
    renew: float = 20.0
    look: float = 6.0  # after a find on all channels that did not meet the owner of a group, until the next: the scan takes 4 s in the lab
    call: float = 10.0
    turn: float = 8.0  # how long a side that has agreed waits for the peer to ask, which starts later (`core.orders.Limits.lead_again`)
    asked: float = 30.0  # how long a request that was heard counts as one to be answered
    provision: float = 20.0  # provision discovery: the peer may be on another channel
    invite: float = 8.0
    join: float = 10.0  # until the owner of a group has let us in: then joining is begun anew
    enter: float = 25.0  # from there until we are in it: the daemon itself gives that up sooner
    host: float = 20.0  # GroupAdd → GroupStarted
    member: float = 15.0  # a group of two is up → the peer is in it
    address: float = 8.0  # duplicate detection takes 1 to 2 s
    poll: float = 0.1
    settle: float = 5.0  # until a group is gone
    admission: float = 120.0  # WPS walk time
    rejoin: float = 5.0  # a member of a group of two that left may come back
    takeover: float = 0.5  # until NetworkManager's own Connect is known to be there when no find tells of it
    scan: float = 0.2  # until a scan of the three channels for finding each other is over
    answer: float = 0.6  # until no answer to a cancelled request can come any more (p2p_go_neg.c, p2p_connect_send: 500 ms)
    again: float = 1.0
    signal: float = 5.0
    pause: float = 0.5


class Supplicant:
    """wpa_supplicant on the system bus, as it is now. What happens is told to `listeners`."""

    def __init__(
        self,
        *,
        bus: str = "system",
        limits: Limits | None = None,
        read_address: ReadAddress = nl80211.own_p2p_address,
    ) -> None:
        """`bus`: "system" or an address."""
        self.listeners: list[Callable[[Event], None]] = []
        self.limits = limits or Limits()
        self.path: str | None = None  # the interface that does Wi-Fi Direct
        self.name = ""  # its kernel name
        self.p2p_address: bytes | None = None
        self.peers: dict[str, PeerFound] = {}
        self._which = bus
        self._read_address = read_address
        self._bus: Bus | None = None
        self._owner: str | None = None
        self._read = False
        self._allowed = True
        self._enabled = True
        self._interfaces = False
        self._facts: dict[str, dict[str, object]] = {}  # peers' properties by path
        self._remembered: dict[str, wpa.Remembered] = {}
        self.groups: dict[str, tuple[str, bool]] = {}  # all that are up: interface → its object, whether this computer owns it
        self._ended: set[str] = set()  # interfaces of groups that ended since the last reading began
        self._arriving: dict[str, str] = {}  # interface → the peer that was said to join; its station follows
        self._stations: dict[str, str] = {}  # station → P2P device address
        self._dirty = asyncio.Event()
        self._stale = True
        self._stale_remembered = False
        self._reported: tuple[Reason | None, bytes | None] | None = None
        self._fresh = False
        self._opened = asyncio.Event()
        self._tasks = Tasks(self._broke)
        self._broken = False  # what it says could not be understood
        self._supervisor: asyncio.Task[None] | None = None
        self._worker: asyncio.Task[None] | None = None

    # --- life ---

    async def open(self) -> None:
        """Follow the daemon from now on; returns when it is known how it is (within a limit). Idempotent."""
        if self._supervisor is not None:
            return
        supervised = Supervised(self._which, self._on_up, self._on_down, on_absent=self._opened.set, first_pause=self.limits.pause)
        self._supervisor = self._tasks.keep(supervised.run, "wpa_supplicant")
        try:
            async with asyncio.timeout(self.limits.open):
                await self._opened.wait()
        except TimeoutError:
            log.warning("wpa_supplicant says nothing")

    async def close(self) -> None:
        """Stop following. The edges have undone what they made before."""
        self.listeners.clear()
        await self._tasks.end()
        self._supervisor = self._worker = None
        self._opened.clear()

    @property
    def reason(self) -> Reason | None:
        """Why it cannot be used; `None` when it can."""
        if self._broken:
            return Reason.INTERNAL
        if self._bus is None or self._owner is None:
            return Reason.WIFI_MISSING
        if not self._allowed:
            return Reason.WIFI_NOT_ALLOWED
        if not self._read or self.path is None:
            return Reason.WIFI_NO_P2P
        return None if self._enabled else Reason.WIFI_OFF

    @property
    def is_denied(self) -> bool:
        """Whether it is there, and this user may not talk to it."""
        return self._owner is not None and not self._allowed

    @property
    def knows_no_p2p(self) -> bool:
        """Whether it has interfaces, and none that does Wi-Fi Direct."""
        return self.reason is Reason.WIFI_NO_P2P and self._read and self._interfaces

    # --- asking it ---

    async def call(self, interface: str, member: str, signature: str = "", *body: object, path: str | None = None) -> list[object]:
        """Call a method of the interface object `path` (otherwise of the one that does Wi-Fi Direct). Raises `BusError`, `BusGone`."""
        where = path or self.path
        if self._bus is None or where is None:
            raise BusGone("no wpa_supplicant")
        return await self._bus.call(wpa.WPA, where, interface, member, signature, *body, timeout=self.limits.call)

    async def p2p(self, member: str, arguments: Mapping[str, Variant] | None = None, *, path: str | None = None) -> list[object]:
        """Call a method of P2PDevice that takes a dictionary, or nothing when none is given."""
        if arguments is None:
            return await self.call(wpa.P2P, member, path=path)
        return await self.call(wpa.P2P, member, "a{sv}", dict(arguments), path=path)

    async def try_p2p(self, member: str, *, path: str | None = None) -> bool:
        """Call a method whose refusal only says that there was nothing to do. Returns whether it was accepted."""
        try:
            await self.p2p(member, path=path)
        except (BusError, BusGone) as error:
            log.debug("%s: %s", member, error)
            return False
        return True

    async def start_find(self, *, again: bool) -> None:
        """Find for `Limits.find` seconds. Raises `Unavailable`.

        The first looks through all channels once (owners of groups are anywhere), later ones (`again`) add a channel at a time.
        """
        arguments = {"Timeout": Variant("i", max(1, round(self.limits.find)))}
        if again:
            arguments["DiscoveryType"] = Variant("s", "progressive")
        try:
            await self.p2p("Find", arguments)
        except (BusError, BusGone) as error:
            raise self.typed(error, Reason.WIFI_OFF) from error

    async def stop_find(self) -> None:
        """End the find, if one runs. Raises `Unavailable` when the daemon does not answer: the find may go on then."""
        try:
            await self.p2p("StopFind")
        except BusTimeout as error:
            raise self.typed(error, Reason.INTERNAL) from error
        except (BusError, BusGone) as error:
            log.debug("StopFind: %s", error)

    async def scan(self) -> bool:
        """Have the station look for access points, which keeps the radio busy for some seconds. Returns whether it begins now."""
        try:
            await self.call(wpa.IFACE, "Scan", "a{sv}", {"Type": Variant("s", "active"), "AllowRoam": Variant("b", False)})
        except (BusError, BusGone) as error:
            log.debug("Scan: %s", error)
            return False
        return True

    async def abort_scan(self) -> None:
        """End the scan, if it is not over."""
        with suppress(BusError, BusGone):
            await self.call(wpa.IFACE, "AbortScan")

    async def properties(self, path: str, interface: str) -> dict[str, object]:
        if self._bus is None:
            raise BusGone("no wpa_supplicant")
        return await self._bus.get_all(wpa.WPA, path, interface, timeout=self.limits.call)

    async def configure(self, values: Mapping[str, Variant]) -> None:
        """Set keys of P2PDeviceConfig."""
        if self._bus is None or self.path is None:
            raise BusGone("no wpa_supplicant")
        await self._bus.set(wpa.WPA, self.path, wpa.P2P, "P2PDeviceConfig", Variant("a{sv}", dict(values)), timeout=self.limits.call)

    def peer_path(self, address: str) -> str:
        """The object path of a peer; the daemon parses the address out of it."""
        return f"{self.path}/Peers/{address.replace(':', '')}"

    def remembered(self, address: str) -> str | None:
        """The newest group that is remembered with `address`."""
        fitting = [group.path for group in self._remembered.values() if address in group.peers]
        return max(fitting, key=wpa.tail_number, default=None)

    def remembered_own(self) -> str | None:
        """The newest remembered group that this computer owns."""
        own = [group.path for group in self._remembered.values() if group.owner]
        return max(own, key=wpa.tail_number, default=None)

    def read_remembered(self) -> None:
        """Read the remembered groups again: members come in without a signal."""
        self._stale_remembered = True
        self._dirty.set()

    def typed(self, error: BusError | BusGone, otherwise: Reason) -> Unavailable:
        """The error of a call as a reason that the user can act on."""
        detail = str(error)[:300]
        if isinstance(error, BusGone) or error.name in wpa.MISSING or self._owner is None:
            return Unavailable(Reason.WIFI_MISSING, detail)
        if error.name in wpa.DENIED:
            return Unavailable(Reason.WIFI_NOT_ALLOWED, detail)
        if error.name == wpa.TAKEN:
            return Unavailable(Reason.CHANNEL_TAKEN, detail)
        if error.name == wpa.CHANNEL_UNSUPPORTED:
            return Unavailable(Reason.CHANNEL_FORBIDDEN, detail)
        if error.name in wpa.GONE:
            return Unavailable(self.reason or Reason.WIFI_OFF, detail)
        return Unavailable(otherwise, detail)

    # --- following it ---

    async def _on_up(self, bus: Bus) -> None:
        self._bus = bus
        below = {"sender": wpa.WPA, "path_namespace": wpa.ROOT}
        await bus.subscribe(self._on_p2p, interface=wpa.P2P, **below)
        await bus.subscribe(self._on_group, interface=wpa.GROUP, **below)
        for member in ("StaAuthorized", "StaDeauthorized"):
            await bus.subscribe(self._on_station, interface=wpa.IFACE, member=member, **below)
        await bus.subscribe(self._on_wps, interface=wpa.WPS, member="Event", **below)
        for member in ("InterfaceAdded", "InterfaceRemoved"):
            await bus.subscribe(self._on_interfaces, sender=wpa.WPA, path=wpa.ROOT, interface=wpa.WPA, member=member)
        for arg0 in (wpa.PEER, wpa.IFACE):
            await bus.subscribe(self._on_changed, interface=PROPERTIES, member="PropertiesChanged", arg0=arg0, **below)
        await bus.watch_name(wpa.WPA, self._on_owner)
        self._worker = self._tasks.keep(lambda: self._work(bus), "read wpa_supplicant")

    def _on_down(self) -> None:
        if self._worker is not None:
            self._worker.cancel()
        self._bus = self._worker = None
        self._on_owner(None)

    def _on_owner(self, owner: str | None) -> None:
        """The daemon came, went, or is another one: nothing from before counts."""
        if owner != self._owner:
            log.info("wpa_supplicant is %s", "there" if owner else "gone")
        self._owner = owner
        self._read, self._allowed, self._enabled, self._stale = False, True, True, True
        self._fresh = self._reported is not None
        self._forget()
        self._dirty.set()
        if owner is None:
            self._report()

    def _forget(self) -> None:
        self.path, self.name, self.p2p_address = None, "", None
        for path in list(self._facts):
            self._drop_peer(path)
        self.groups.clear()  # `Changed` tells that they are lost
        self._remembered.clear()
        self._arriving.clear()
        self._stations.clear()

    async def _work(self, bus: Bus) -> None:
        self._stale = True  # also when begun anew after a failure
        self._dirty.set()
        while True:
            await self._dirty.wait()
            self._dirty.clear()
            try:
                await self._refresh(bus)
            except BusGone:
                return
            except BusError as error:
                log.info("reading from wpa_supplicant: %s; next try in %g s", error, self.limits.again)
                await asyncio.sleep(self.limits.again)
                self._stale = True
                self._dirty.set()
                continue
            self._broken = False
            self._report()

    def _broke(self, name: str, error: Exception) -> None:
        """Following or reading failed: while what the daemon says cannot be understood, it cannot be used."""
        self._broken = True
        self._report()

    async def _refresh(self, bus: Bus) -> None:
        owner = self._owner
        if owner is None:
            return
        if self._stale:
            self._stale = False
            try:
                root = await bus.get_all(wpa.WPA, wpa.ROOT, wpa.WPA)
            except BusError as error:
                if error.name not in wpa.DENIED:
                    raise
                self._allowed = False
                return
            self._allowed = True
            paths = values.paths(root.get("Interfaces"), MOST_PEERS)
            self._interfaces = bool(paths)
            await self._read_interfaces(bus, paths)
        if self._stale_remembered and self.path is not None:
            self._stale_remembered = False
            await self._read_remembered(bus, self.path)
        self._read = self._owner == owner

    async def _read_interfaces(self, bus: Bus, paths: tuple[str, ...]) -> None:
        """Use the first interface by name that does Wi-Fi Direct; note what groups there are."""
        candidates = await self._read_candidates(bus, paths)
        # A group has an interface of its own, unless the driver cannot: then it is on the main one.
        main = [found for found in candidates if found[1] not in self.groups] or candidates
        chosen = min(main, default=None)
        if chosen is None or (self.path is not None and self.path not in (found[1] for found in candidates)):
            self._fresh = self._reported is not None
            self._forget()
        if chosen is None or self.path is not None:
            return
        name, path, facts = chosen
        self.path, self.name = path, name
        self._enabled = facts.get("State") != "interface_disabled"
        self.p2p_address = await self._read_address(name)
        self._stale_remembered = True
        try:
            for peer in values.paths(facts.get("Peers"), MOST_PEERS):
                with if_there():
                    self._note_peer(peer, await bus.get_all(wpa.WPA, peer, wpa.PEER))
        except BusTimeout:
            self._forget()  # to be read anew as a whole
            raise
        log.info("Wi-Fi Direct by wpa_supplicant on %s", name)

    async def _read_candidates(self, bus: Bus, paths: tuple[str, ...]) -> list[tuple[str, str, dict[str, object]]]:
        """The interfaces that do Wi-Fi Direct: name, path and properties; notes the groups that there are."""
        candidates = []
        self._ended.clear()
        for path in paths:
            with if_there():  # or it does no Wi-Fi Direct at all
                facts = await bus.get_all(wpa.WPA, path, wpa.IFACE)
                p2p = await bus.get_all(wpa.WPA, path, wpa.P2P)
                group = values.text(p2p.get("Group"))
                # What has ended while we asked is not there, whatever was answered before.
                if len(group) > 1 and p2p.get("Role") in ("GO", "client") and path not in self._ended:
                    self.groups.setdefault(path, (group, p2p.get("Role") == "GO"))
                capabilities = facts.get("Capabilities")
                modes = capabilities.get("Modes") if isinstance(capabilities, dict) else None
                name = values.text(facts.get("Ifname"))
                if isinstance(modes, list) and "p2p" in modes and INTERFACE.fullmatch(name):
                    candidates.append((name, path, {**facts, "Peers": p2p.get("Peers"), "Group": group}))
        return candidates

    async def _read_remembered(self, bus: Bus, path: str) -> None:
        paths = values.paths(await bus.get(wpa.WPA, path, wpa.P2P, "PersistentGroups"), MOST_PEERS)
        groups: dict[str, wpa.Remembered] = {}
        for one in paths:
            with if_there():
                properties = await bus.get(wpa.WPA, one, wpa.PERSISTENT, "Properties")
                if isinstance(properties, dict):
                    groups[one] = wpa.remembered_group(one, properties)
        self._remembered = groups
        for known in list(self._facts):
            self._tell_peer(known)

    def _report(self) -> None:
        now = (self.reason, self.p2p_address)
        if self._owner is not None and not self._read and self._allowed and not self._broken:
            return
        if now != self._reported or self._fresh:
            fresh, self._fresh = self._fresh, False
            self._reported = now
            self._tell(Changed(fresh))
        self._opened.set()

    def _tell(self, heard: Event) -> None:
        for listener in list(self.listeners):
            listener(heard)

    # --- its signals ---

    def _on_interfaces(self, signal: Signal) -> None:
        path = values.text(signal.body[0]) if signal.body else ""
        if signal.member == "InterfaceRemoved":
            self._end_group(path)
            if path == self.path:
                self._fresh = True
                self._forget()
        self._stale = True
        self._dirty.set()

    def _on_changed(self, signal: Signal) -> None:
        if signal.path == self.path and "State" in signal.changed:
            self._enabled = signal.changed["State"] != "interface_disabled"
            self._dirty.set()
        elif signal.path in self._facts:
            self._facts[signal.path].update(signal.changed)
            self._tell_peer(signal.path)

    def _on_p2p(self, signal: Signal) -> None:
        body = signal.body
        first = body[0] if body else None
        facts: Mapping[Any, object] = first if isinstance(first, dict) else {}
        match signal.member:
            case "DeviceFoundProperties" if len(body) == 2 and isinstance(body[1], dict) and isinstance(first, str):
                self._note_peer(first, body[1])
            case "DeviceLost" if isinstance(first, str):
                self._drop_peer(first)
            case "GroupStarted":
                self._start_group(facts)
            case "GroupFinished":
                self._end_group(values.text(facts.get("interface_object")))
            case "PersistentGroupAdded" | "PersistentGroupRemoved":
                self.read_remembered()
            case member:
                asked = wpa.request(member, body)
                if asked is not None:
                    self._note_asking(asked.request.address)
                event = asked or wpa.answer(member, body) or wpa.failure(member, body, signal.path)
                if event is not None:
                    self._tell(event)

    def _on_wps(self, signal: Signal) -> None:
        if signal.body and signal.body[0] == "pbc-overlap":
            self._tell(WpsFailed(signal.path, Reason.PBC_OVERLAP, "pbc-overlap"))

    def _on_group(self, signal: Signal) -> None:
        """Two signals tell that a peer joins, the second with its address in the group (wpa_supplicant: notify.c, sta_authorized)."""
        address = wpa.as_address(signal.body[0]) if signal.body else None
        interface = next((path for path, (group, _) in self.groups.items() if group == signal.path), signal.path.partition("/Groups/")[0])
        if address is None:
            return
        if signal.member == "PeerJoined":
            self._arriving[interface] = address
        elif signal.member == "PeerDisconnected":
            self._tell(Left(interface, address))

    def _on_station(self, signal: Signal) -> None:
        station = values.text(signal.body[0]).lower() if signal.body else ""
        if not MAC.fullmatch(station):
            return
        if signal.member == "StaAuthorized":
            address = self._arriving.pop(signal.path, station)  # a machine without Wi-Fi Direct has this address only
            if len(self._stations) < MOST_PEERS:
                self._stations[station] = address
            self._tell(Joined(signal.path, address, station))
        elif self._stations.pop(station, None) == station:
            self._tell(Left(signal.path, station))

    def _note_asking(self, address: str) -> None:
        """A peer may ask before it is found."""
        if address not in self.peers and len(self.peers) < MOST_PEERS:
            self._note_peer(self.peer_path(address), {})

    def _start_group(self, facts: Mapping[Any, object]) -> None:
        interface, group = values.text(facts.get("interface_object")), values.text(facts.get("group_object"))
        role = facts.get("role")
        if not interface.startswith(wpa.ROOT) or not group.startswith(wpa.ROOT) or role not in ("GO", "client"):
            return
        if len(self.groups) >= wpa.MOST_OBJECTS:
            return
        given = tuple(wpa.as_ipv4(facts.get(key)) for key in ("IpAddr", "IpAddrMask", "IpAddrGo"))
        self.groups[interface] = (group, role == "GO")
        self._tell(Started(interface, group, role == "GO", (given[0], given[1], given[2]) if all(given) else None))

    def _end_group(self, interface: str) -> None:
        self._ended.add(interface)
        if self.groups.pop(interface, None) is not None:
            self._arriving.pop(interface, None)
            self._tell(Finished(interface))

    # --- peers ---

    def _note_peer(self, path: str, facts: Mapping[Any, object]) -> None:
        if wpa.as_address(path) is None or (path not in self._facts and len(self._facts) >= MOST_PEERS):
            return
        self._facts.setdefault(path, {}).update({str(key): value for key, value in facts.items()})
        self._tell_peer(path)

    def _tell_peer(self, path: str) -> None:
        address = wpa.as_address(path)
        if address is None:
            return
        found = wpa.peer_found(address, self._facts[path], remembered=self.remembered(address) is not None)
        if self.peers.get(address) != found:
            self.peers[address] = found
            self._tell(found)

    def forget(self, address: str) -> None:
        """The daemon no longer knows this peer: it is news when it is found again."""
        self._drop_peer(self.peer_path(address))

    def _drop_peer(self, path: str) -> None:
        address = wpa.as_address(path)
        if self._facts.pop(path, None) is not None and address is not None and self.peers.pop(address, None) is not None:
            self._tell(PeerLost(address))
