"""wpa_supplicant over its D-Bus interface: every way to form a group, and what other machines ask of us.

`Supplicant` is the daemon as it is now: is it there, may we talk to it, which interface does Wi-Fi Direct, who is around, and its signals
as typed values. Two edges are built on it: `Alone` serves `controller.Wifi` with no NetworkManager on the radio; `Beside` serves it
together with NetworkManager, which activates, adopts the group and gives it addresses, while the negotiation itself is ours.

The rules they keep:

- Nothing of the daemon is taken over from before: when its name has another owner, everything is read again and what we made is lost.
- A group is made only when none is there. Whose group it is says the order that was given, or nobody's of ours.
- Of two that form a group together one begins, the other answers (`_Turn`): two requests at the same moment make both fail.
- Signals are hostile until checked: paths, addresses, sizes, numbers, PINs; requests are counted. A PIN or passphrase is never logged.
- What is made is journaled first and undone when an order fails, is cancelled, or at the next start after a crash.

Behaviour is that of wpa_supplicant 2.10 as recorded in the lab, and of its sources: dbus_new_handlers_p2p.c, p2p_supplicant.c.
"""

from __future__ import annotations

import asyncio
import logging
import re
import socket
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

from ..core.model import (
    Abilities,
    Admission,
    AdmissionFailed,
    Asks,
    EdgeEvent,
    FormGroup,
    Group,
    GroupLost,
    HostGroup,
    MemberJoined,
    MemberLeft,
    Method,
    PeerFound,
    PeerLost,
    Reason,
    Way,
    WifiChanged,
    WifiRequest,
)
from ..core.wire import clean_name
from ..errors import Unavailable
from . import addresses, nl80211
from .bus import Bus, BusError, BusGone, Signal, Supervised, Variant
from .journal import Journal
from .networkmanager import NetworkManager

log = logging.getLogger(__name__)

# wpa_supplicant: dbus_new.h
WPA = "fi.w1.wpa_supplicant1"
_ROOT = "/fi/w1/wpa_supplicant1"
_IFACE = f"{WPA}.Interface"
_P2P = f"{WPA}.Interface.P2PDevice"
_WPS = f"{WPA}.Interface.WPS"
_GROUP = f"{WPA}.Group"
_PEER = f"{WPA}.Peer"
_PERSISTENT = f"{WPA}.PersistentGroup"
_PROPERTIES = "org.freedesktop.DBus.Properties"

_INVALID = f"{WPA}.InvalidArgs"
_TAKEN = f"{WPA}.ConnectChannelUnavailable"
_FORBIDDEN = f"{WPA}.ConnectChannelUnsupported"
_DENIED = {"org.freedesktop.DBus.Error.AccessDenied"}
_MISSING = {"org.freedesktop.DBus.Error.ServiceUnknown", "org.freedesktop.DBus.Error.NameHasNoOwner"}
_GONE = {"org.freedesktop.DBus.Error.UnknownMethod", "org.freedesktop.DBus.Error.UnknownObject", f"{WPA}.InterfaceUnknown"}

# wps_defs.h
_WRONG_PASSWORD, _MULTIPLE_PBC = 18, 12
_DISPLAY, _KEYPAD = 0x0008, 0x0100

_METHODS = {1: Method.DISPLAY, 4: Method.PBC, 5: Method.KEYPAD}  # device password id of a request: what we would do
_KINDS = {1: "desktop", 10: "phone"}  # category of the primary device type (wps_defs.h)
_IS_OWNER = 0x01  # group capability
_PERSISTENT_OWNER = "3"  # mode of a remembered group that we own

# A band as frequencies that `Connect` takes (it knows no bands, unlike GroupAdd): free of radar and allowed almost everywhere first.
_BANDS = {2: (2437, 2412, 2462), 5: (5180, 5220, 5745, 5785)}

# Android's own choice for its owners; clients get theirs in the 4-way handshake.
_OWN_NET = ("192.168.49.1", "255.255.255.0", "192.168.49.2", "192.168.49.254")
_IP_KEYS = ("IpAddrGo", "IpAddrMask", "IpAddrStart", "IpAddrEnd")

_MOST_PEERS = 200
_MOST_OBJECTS = 64
_MOST_ADDRESSES = 16
_MAC = re.compile(r"[0-9a-f]{2}(:[0-9a-f]{2}){5}")
_PEER_PATH = re.compile(r"(/fi/w1/wpa_supplicant1/Interfaces/\d{1,9})/Peers/([0-9a-f]{12})")
_PIN = re.compile(r"[0-9]{4}([0-9]{4})?")
_INTERFACE = re.compile(r"[^/\s]{1,15}")

# Kinds in the journal: a find on an interface; an order to form a group with an address; a group "interface ssid"; addresses for clients.
_MADE_FIND, _MADE_ORDER, _MADE_GROUP, _MADE_NET = "wpa-find", "wpa-order", "wpa-group", "wpa-net"
_HOSTING = "host"

ReadAddress = Callable[[str], Awaitable[bytes | None]]
ReadSignal = Callable[[int], Awaitable[int | None]]


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds; tests turn them."""

    open: float = 15.0  # until the first report
    find: float = 60.0  # what Find is asked for
    renew: float = 20.0
    call: float = 10.0
    turn: float = 6.0  # how long the one that answers waits for the other to begin
    asked: float = 30.0  # how long a request that was heard counts as one to be answered
    provision: float = 20.0  # provision discovery: the other may be on another channel
    invite: float = 8.0
    host: float = 20.0  # GroupAdd → GroupStarted
    member: float = 15.0  # a group of two is up → the other is in it
    address: float = 8.0  # duplicate detection takes 1 to 2 s
    poll: float = 0.1
    settle: float = 5.0  # until a group is gone
    admission: float = 120.0  # WPS walk time
    rejoin: float = 5.0  # a member of a group of two that left may come back
    takeover: float = 2.0  # until NetworkManager's own Connect was there to be cancelled
    again: float = 1.0
    signal: float = 5.0
    pause: float = 0.5


# --- what the daemon says ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Changed:
    """Whether it can be used has changed, or all of it is new (`fresh`)."""

    fresh: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A machine asks. `remembered`: it means a group that both know."""

    request: WifiRequest
    remembered: bool = False


@dataclass(frozen=True, slots=True)
class Negotiated:
    address: str
    frequency: int | None


@dataclass(frozen=True, slots=True)
class NegotiationFailed:
    address: str
    status: int


@dataclass(frozen=True, slots=True)
class Provisioned:
    """The other answered our provision discovery; `status` is not 0 when it refused or was silent."""

    address: str
    status: int = 0


@dataclass(frozen=True, slots=True)
class Invited:
    """How the other took our invitation."""

    status: int


@dataclass(frozen=True, slots=True)
class WpsFailed:
    interface: str
    reason: Reason | None
    detail: str


@dataclass(frozen=True, slots=True)
class FormationFailed:
    detail: str


@dataclass(frozen=True, slots=True)
class Started:
    """A group is up. `given`: address, mask and the owner's address, from the 4-way handshake."""

    interface: str
    group: str
    owner: bool
    given: tuple[str, str, str] | None = None


@dataclass(frozen=True, slots=True)
class Finished:
    interface: str


@dataclass(frozen=True, slots=True)
class Joined:
    """A machine is in a group of ours; `station`: its address there."""

    interface: str
    address: str
    station: str


@dataclass(frozen=True, slots=True)
class Left:
    interface: str
    address: str


Heard = (
    Changed
    | Asked
    | Negotiated
    | NegotiationFailed
    | Provisioned
    | Invited
    | WpsFailed
    | FormationFailed
    | Started
    | Finished
    | Joined
    | Left
    | PeerFound
    | PeerLost
)


@dataclass(frozen=True, slots=True)
class _Remembered:
    """A group that the daemon keeps, without its secret."""

    path: str
    owner: bool  # ours to own
    peers: frozenset[str]  # the owner, or those who were clients


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
        self.listeners: list[Callable[[Heard], None]] = []
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
        self._facts: dict[str, dict[str, object]] = {}  # peers' properties by path
        self._remembered: dict[str, _Remembered] = {}
        self._groups: dict[str, tuple[str, bool]] = {}  # interface of a group → its object, whether we own it
        self._arriving: dict[str, str] = {}  # interface → who was said to join; its station follows
        self._stations: dict[str, str] = {}  # station → who it is
        self._dirty = asyncio.Event()
        self._stale = True
        self._stale_remembered = False
        self._reported: tuple[Reason | None, bytes | None] | None = None
        self._fresh = False
        self._opened = asyncio.Event()
        self._supervisor: asyncio.Task[None] | None = None
        self._worker: asyncio.Task[None] | None = None

    # --- life ---

    async def open(self) -> None:
        """Follow the daemon from now on; returns when it is known how it is (within a limit). Idempotent."""
        if self._supervisor is not None:
            return
        supervised = Supervised(self._which, self._on_up, self._on_down, on_absent=self._opened.set, first_pause=self.limits.pause)
        self._supervisor = asyncio.get_running_loop().create_task(supervised.run(), name="wpa_supplicant")
        try:
            async with asyncio.timeout(self.limits.open):
                await self._opened.wait()
        except TimeoutError:
            log.warning("wpa_supplicant says nothing")

    async def close(self) -> None:
        """Stop following. What was made by others on top is theirs to undo before."""
        self.listeners.clear()
        tasks = [task for task in (self._supervisor, self._worker) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._supervisor = self._worker = None
        self._opened.clear()

    @property
    def reason(self) -> Reason | None:
        """Why it cannot be used; `None` when it can."""
        if self._bus is None or self._owner is None:
            return Reason.WIFI_MISSING
        if not self._allowed:
            return Reason.WIFI_NOT_ALLOWED
        if not self._read or self.path is None:
            return Reason.WIFI_NO_P2P
        return None if self._enabled else Reason.WIFI_OFF

    @property
    def is_denied(self) -> bool:
        """It is there, and this user may not talk to it."""
        return self._owner is not None and not self._allowed

    @property
    def groups(self) -> tuple[str, ...]:
        """The interfaces of all groups that are up, whosever they are."""
        return tuple(self._groups)

    # --- asking it ---

    async def call(self, interface: str, member: str, signature: str = "", *body: object, path: str | None = None) -> list[object]:
        """Call a method of the interface object `path` (otherwise of the one that does Wi-Fi Direct). Raises `BusError`, `BusGone`."""
        where = path or self.path
        if self._bus is None or where is None:
            raise BusGone("no wpa_supplicant")
        return await self._bus.call(WPA, where, interface, member, signature, *body, timeout=self.limits.call)

    async def p2p(self, member: str, arguments: Mapping[str, Variant] | None = None, *, path: str | None = None) -> list[object]:
        """Call a method of P2PDevice that takes a dictionary, or nothing when none is given."""
        if arguments is None:
            return await self.call(_P2P, member, path=path)
        return await self.call(_P2P, member, "a{sv}", dict(arguments), path=path)

    async def try_p2p(self, member: str, *, path: str | None = None) -> bool:
        """Call where a refusal only says that there was nothing to do. Returns whether there was."""
        try:
            await self.p2p(member, path=path)
        except (BusError, BusGone) as error:
            log.debug("%s: %s", member, error)
            return False
        return True

    async def properties(self, path: str, interface: str) -> dict[str, object]:
        if self._bus is None:
            raise BusGone("no wpa_supplicant")
        return await self._bus.get_all(WPA, path, interface, timeout=self.limits.call)

    async def configure(self, values: Mapping[str, Variant]) -> None:
        """Set keys of P2PDeviceConfig."""
        if self._bus is None or self.path is None:
            raise BusGone("no wpa_supplicant")
        await self._bus.set(WPA, self.path, _P2P, "P2PDeviceConfig", Variant("a{sv}", dict(values)), timeout=self.limits.call)

    def peer_path(self, address: str) -> str:
        """The object path of a peer; the daemon parses the address out of it."""
        return f"{self.path}/Peers/{address.replace(':', '')}"

    def remembered(self, address: str, *, owner: bool | None = None) -> str | None:
        """The group that is remembered with `address`, the newest; `owner`: only one that we own, or only one that we do not."""
        fitting = [group for group in self._remembered.values() if address in group.peers and (owner is None or group.owner is owner)]
        return max(fitting, key=lambda group: _tail_number(group.path)).path if fitting else None

    def remembered_own(self) -> str | None:
        """The newest remembered group that we own."""
        own = [group.path for group in self._remembered.values() if group.owner]
        return max(own, key=_tail_number) if own else None

    def read_remembered(self) -> None:
        """Read the remembered groups again: members come in without a signal."""
        self._stale_remembered = True
        self._dirty.set()

    def typed(self, error: BusError | BusGone, otherwise: Reason) -> Unavailable:
        """The error of a call as a reason that the user can act on."""
        detail = str(error)[:300]
        if isinstance(error, BusGone) or error.name in _MISSING or self._owner is None:
            return Unavailable(Reason.WIFI_MISSING, detail)
        if error.name in _DENIED:
            return Unavailable(Reason.WIFI_NOT_ALLOWED, detail)
        if error.name == _TAKEN:
            return Unavailable(Reason.CHANNEL_TAKEN, detail)
        if error.name == _FORBIDDEN:
            return Unavailable(Reason.CHANNEL_FORBIDDEN, detail)
        if error.name in _GONE:
            return Unavailable(self.reason or Reason.WIFI_OFF, detail)
        return Unavailable(otherwise, detail)

    # --- following it ---

    async def _on_up(self, bus: Bus) -> None:
        self._bus = bus
        below = {"sender": WPA, "path_namespace": _ROOT}
        await bus.subscribe(self._on_p2p, interface=_P2P, **below)
        await bus.subscribe(self._on_group, interface=_GROUP, **below)
        for member in ("StaAuthorized", "StaDeauthorized"):
            await bus.subscribe(self._on_station, interface=_IFACE, member=member, **below)
        await bus.subscribe(self._on_wps, interface=_WPS, member="Event", **below)
        for member in ("InterfaceAdded", "InterfaceRemoved"):
            await bus.subscribe(self._on_interfaces, sender=WPA, path=_ROOT, interface=WPA, member=member)
        for arg0 in (_PEER, _IFACE):
            await bus.subscribe(self._on_changed, interface=_PROPERTIES, member="PropertiesChanged", arg0=arg0, **below)
        await bus.watch_name(WPA, self._on_owner)
        self._worker = asyncio.get_running_loop().create_task(self._work(bus), name="read wpa_supplicant")

    def _on_down(self) -> None:
        if self._worker is not None:
            self._worker.cancel()
        self._bus = self._worker = None
        self._on_owner(None)

    def _on_owner(self, owner: str | None) -> None:
        """It came, went, or is another one: nothing from before counts."""
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
        self._groups.clear()  # `Changed` tells that they are lost
        self._remembered.clear()
        self._arriving.clear()
        self._stations.clear()

    async def _work(self, bus: Bus) -> None:
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
            self._report()

    async def _refresh(self, bus: Bus) -> None:
        owner = self._owner
        if owner is None:
            return
        if self._stale:
            self._stale = False
            try:
                root = await bus.get_all(WPA, _ROOT, WPA)
            except BusError as error:
                if error.name not in _DENIED:
                    raise
                self._allowed = False
                return
            self._allowed = True
            await self._read_interfaces(bus, _paths(root.get("Interfaces")))
        if self._stale_remembered and self.path is not None:
            self._stale_remembered = False
            await self._read_remembered(bus, self.path)
        self._read = self._owner == owner

    async def _read_interfaces(self, bus: Bus, paths: tuple[str, ...]) -> None:
        """Choose the first interface by name that does Wi-Fi Direct; note what groups there are."""
        candidates: list[tuple[str, str, dict[str, object]]] = []
        for path in paths:
            with suppress(BusError):  # it may vanish while we ask, or do no Wi-Fi Direct at all
                facts = await bus.get_all(WPA, path, _IFACE)
                p2p = await bus.get_all(WPA, path, _P2P)
                group = _text(p2p.get("Group"))
                if len(group) > 1 and p2p.get("Role") in ("GO", "client"):
                    self._groups.setdefault(path, (group, p2p.get("Role") == "GO"))
                capabilities = facts.get("Capabilities")
                modes = capabilities.get("Modes") if isinstance(capabilities, dict) else None
                name = _text(facts.get("Ifname"))
                if isinstance(modes, list) and "p2p" in modes and _INTERFACE.fullmatch(name):
                    candidates.append((name, path, {**facts, "Peers": p2p.get("Peers"), "Group": group}))
        # A group has an interface of its own, unless the driver cannot: then it is on the main one.
        main = [found for found in candidates if found[1] not in self._groups] or candidates
        chosen = min(main, default=None)
        if chosen is None or (self.path is not None and self.path not in (found[1] for found in main)):
            self._fresh = self._reported is not None
            self._forget()
        if chosen is None or self.path is not None:
            return
        name, path, facts = chosen
        self.path, self.name = path, name
        self._enabled = facts.get("State") != "interface_disabled"
        self.p2p_address = await self._read_address(name)
        self._stale_remembered = True
        for peer in _paths(facts.get("Peers"))[:_MOST_PEERS]:
            with suppress(BusError):
                self._note_peer(peer, await bus.get_all(WPA, peer, _PEER))
        log.info("Wi-Fi Direct by wpa_supplicant on %s", name)

    async def _read_remembered(self, bus: Bus, path: str) -> None:
        paths = _paths(await bus.get(WPA, path, _P2P, "PersistentGroups"))
        groups: dict[str, _Remembered] = {}
        for one in paths:
            with suppress(BusError):
                properties = await bus.get(WPA, one, _PERSISTENT, "Properties")
                if isinstance(properties, dict):
                    groups[one] = _remembered(one, properties)
        self._remembered = groups
        for known in list(self._facts):
            self._tell_peer(known)

    def _report(self) -> None:
        now = (self.reason, self.p2p_address)
        if self._owner is not None and not self._read and self._allowed:
            return
        if now != self._reported or self._fresh:
            fresh, self._fresh = self._fresh, False
            self._reported = now
            self._tell(Changed(fresh))
        self._opened.set()

    def _tell(self, heard: Heard) -> None:
        for listener in list(self.listeners):
            listener(heard)

    # --- its signals ---

    def _on_interfaces(self, signal: Signal) -> None:
        path = _text(signal.body[0]) if signal.body else ""
        if signal.member == "InterfaceRemoved":
            self._end_group(path)
            if path == self.path:
                self._fresh = True
                self._forget()
        self._stale = True
        self._dirty.set()

    def _on_changed(self, signal: Signal) -> None:
        changed = signal.body[1] if len(signal.body) == 3 else None
        if not isinstance(changed, dict):
            return
        if signal.path == self.path and "State" in changed:
            self._enabled = changed["State"] != "interface_disabled"
            self._dirty.set()
        elif signal.path in self._facts:
            self._facts[signal.path].update(changed)
            self._tell_peer(signal.path)

    def _on_p2p(self, signal: Signal) -> None:
        body = signal.body
        first = body[0] if body else None
        facts: Mapping[Any, object] = first if isinstance(first, dict) else {}
        peer = _address_of(first)
        match signal.member:
            case "DeviceFoundProperties" if len(body) == 2 and isinstance(body[1], dict) and isinstance(first, str):
                self._note_peer(first, body[1])
            case "DeviceLost" if isinstance(first, str):
                self._drop_peer(first)
            case "GONegotiationRequest" if peer and len(body) == 3 and body[1] in _METHODS:
                self._asked(peer, Asks.NEGOTIATE, _METHODS[_number(body[1])])
            case "ProvisionDiscoveryPBCRequest" if peer:
                self._asked(peer, Asks.PROVISION, Method.PBC)
            case "ProvisionDiscoveryRequestEnterPin" if peer:
                self._asked(peer, Asks.PROVISION, Method.KEYPAD)
            case "ProvisionDiscoveryRequestDisplayPin" if peer and len(body) == 2:
                pin = _text(body[1])
                self._asked(peer, Asks.PROVISION, Method.DISPLAY, pin if _PIN.fullmatch(pin) else None)
            case "InvitationReceived":
                owner = _mac(facts.get("go_dev_addr")) or _mac(facts.get("sa"))
                if owner:
                    self._asked(owner, Asks.INVITE, Method.PBC, remembered="persistent_id" in facts)
            case "ProvisionDiscoveryPBCResponse" | "ProvisionDiscoveryResponseEnterPin" | "ProvisionDiscoveryResponseDisplayPin" if peer:
                self._tell(Provisioned(peer))
            case "ProvisionDiscoveryFailure" if peer:
                self._tell(Provisioned(peer, _number(body[1]) if len(body) == 2 else -1))
            case "InvitationResult":
                self._tell(Invited(_number(facts.get("status"))))
            case "GONegotiationSuccess":
                address = _mac(facts.get("peer_device_addr"))
                if address:
                    self._tell(Negotiated(address, _frequency(facts.get("frequency"))))
            case "GONegotiationFailure":
                address = _address_of(facts.get("peer_object"))
                if address:
                    self._tell(NegotiationFailed(address, _number(facts.get("status"))))
            case "GroupFormationFailure":
                self._tell(FormationFailed(_text(first)[:100]))
            case "WpsFailed" if len(body) == 2 and isinstance(body[1], dict):
                self._tell(_wps_failed(signal.path, body[1]))
            case "GroupStarted":
                self._start_group(facts)
            case "GroupFinished":
                self._end_group(_text(facts.get("interface_object")))
            case "PersistentGroupAdded" | "PersistentGroupRemoved":
                self.read_remembered()
            case _:
                pass

    def _on_wps(self, signal: Signal) -> None:
        if signal.body and signal.body[0] == "pbc-overlap":
            self._tell(WpsFailed(signal.path, Reason.PBC_OVERLAP, "pbc-overlap"))

    def _on_group(self, signal: Signal) -> None:
        """Who joins is told by two signals, the second with its address there (wpa_supplicant: notify.c, sta_authorized)."""
        address = _address_of(signal.body[0]) if signal.body else None
        interface = next((path for path, (group, _) in self._groups.items() if group == signal.path), signal.path.partition("/Groups/")[0])
        if address is None:
            return
        if signal.member == "PeerJoined":
            self._arriving[interface] = address
        elif signal.member == "PeerDisconnected":
            self._tell(Left(interface, address))

    def _on_station(self, signal: Signal) -> None:
        station = _text(signal.body[0]).lower() if signal.body else ""
        if not _MAC.fullmatch(station):
            return
        if signal.member == "StaAuthorized":
            address = self._arriving.pop(signal.path, station)  # one that does no Wi-Fi Direct is known by this address alone
            if len(self._stations) < _MOST_PEERS:
                self._stations[station] = address
            self._tell(Joined(signal.path, address, station))
        elif self._stations.pop(station, None) == station:
            self._tell(Left(signal.path, station))

    def _asked(self, address: str, asks: Asks, method: Method, pin: str | None = None, *, remembered: bool = False) -> None:
        if address not in self.peers and len(self.peers) < _MOST_PEERS:
            self._note_peer(self.peer_path(address), {})  # it asked before it was found
        self._tell(Asked(WifiRequest(address, asks, method, pin), remembered))

    def _start_group(self, facts: Mapping[Any, object]) -> None:
        interface, group = _text(facts.get("interface_object")), _text(facts.get("group_object"))
        role = facts.get("role")
        if not interface.startswith(_ROOT) or not group.startswith(_ROOT) or role not in ("GO", "client"):
            return
        if len(self._groups) >= _MOST_OBJECTS:
            return
        given = tuple(_ipv4(facts.get(key)) for key in ("IpAddr", "IpAddrMask", "IpAddrGo"))
        self._groups[interface] = (group, role == "GO")
        self._tell(Started(interface, group, role == "GO", (given[0], given[1], given[2]) if all(given) else None))

    def _end_group(self, interface: str) -> None:
        if self._groups.pop(interface, None) is not None:
            self._arriving.pop(interface, None)
            self._tell(Finished(interface))

    # --- peers ---

    def _note_peer(self, path: str, facts: Mapping[Any, object]) -> None:
        if _address_of(path) is None or (path not in self._facts and len(self._facts) >= _MOST_PEERS):
            return
        self._facts.setdefault(path, {}).update({str(key): value for key, value in facts.items()})
        self._tell_peer(path)

    def _tell_peer(self, path: str) -> None:
        address = _address_of(path)
        if address is None:
            return
        found = _peer(address, self._facts[path], remembered=self.remembered(address) is not None)
        if self.peers.get(address) != found:
            self.peers[address] = found
            self._tell(found)

    def _drop_peer(self, path: str) -> None:
        address = _address_of(path)
        if self._facts.pop(path, None) is not None and address is not None and self.peers.pop(address, None) is not None:
            self._tell(PeerLost(address))


# --- what both edges do ------------------------------------------------------------------------------------------------------


class Kernel(Protocol):
    """Addresses of interfaces (`system/addresses.py`)."""

    def may_change(self) -> bool: ...

    async def read(self, index: int) -> list[addresses.Assigned]: ...

    async def add(self, index: int, address: str) -> None: ...

    async def remove(self, index: int, address: str) -> None: ...


class _Requests:
    """What others ask of us: remembered for a while to be answered, and told onwards no faster than a person can look at it."""

    PER_PEER = 3.0  # seconds between two of one machine: wpa_supplicant repeats a request while it waits
    MOST, SPAN = 10, 20.0  # in all

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._heard: dict[str, tuple[float, Asked]] = {}
        self._told: dict[str, tuple[float, WifiRequest]] = {}
        self._times: deque[float] = deque(maxlen=self.MOST)

    def note(self, asked: Asked) -> None:
        now = _now()
        self._heard = {address: known for address, known in self._heard.items() if now - known[0] < self._limits.asked}
        if len(self._heard) < _MOST_PEERS:
            self._heard[asked.request.address] = now, asked

    def of(self, address: str) -> Asked | None:
        """What this machine asked lately."""
        at, asked = self._heard.get(address, (float("-inf"), None))
        return asked if _now() - at < self._limits.asked else None

    def answered(self, address: str) -> None:
        self._heard.pop(address, None)

    def is_news(self, request: WifiRequest) -> bool:
        """Whether to tell it onwards; counts it if so."""
        now = _now()
        self._told = {address: told for address, told in self._told.items() if now - told[0] < self.PER_PEER}
        if request.address in self._told and self._told[request.address][1].asks is request.asks:
            return False
        if len(self._times) == self.MOST and now - self._times[0] < self.SPAN:
            return False
        self._times.append(now)
        self._told[request.address] = now, request
        return True


@dataclass(slots=True)
class _Order:
    """An order being carried out, and what the daemon has said since."""

    attempt: int
    address: str  # "" while hosting
    heard: asyncio.Queue[Heard | Unavailable] = field(default_factory=asyncio.Queue)
    frequency: int | None = None
    why: Reason | None = None  # said before a failure that gives no reason
    started: Started | None = None
    noted: list[tuple[str, str]] = field(default_factory=list)  # in the journal
    assigned: list[tuple[int, str]] = field(default_factory=list)  # addresses of ours
    net: bool = False  # clients' addresses are configured

    def lose(self, why: Unavailable) -> None:
        self.heard.put_nowait(why)


def begins(own: bytes | None, order: FormGroup) -> bool:
    """Whether it is we who begin. Two of ours begin in turns: the higher address at odd attempts. Nobody else waits for us."""
    if not order.own or own is None:
        return True
    return (own > bytes.fromhex(order.address.replace(":", ""))) == bool(order.attempt % 2)


async def connect(supplicant: Supplicant, order: FormGroup, *, join: bool = False) -> None:
    """Start a negotiation, or join the other's group. Raises `Unavailable`."""
    arguments = {"peer": Variant("o", supplicant.peer_path(order.address)), "wps_method": Variant("s", order.method.value)}
    if order.method is not Method.PBC:
        if order.pin is None or not _PIN.fullmatch(order.pin):
            raise Unavailable(Reason.WRONG_PIN, "not four or eight digits")
        arguments["pin"] = Variant("s", order.pin)
    if join:
        arguments["join"] = Variant("b", True)
    elif order.intent is not None:
        arguments["go_intent"] = Variant("i", max(0, min(15, order.intent)))
    if order.persistent:
        arguments["persistent"] = Variant("b", True)
    wanted: tuple[int | None, ...] = (order.frequency,)
    if order.frequency is not None and not join:
        wanted = _BANDS.get(order.frequency, (order.frequency,))
    for place, frequency in enumerate(wanted):
        if frequency is not None and not join:
            arguments["frequency"] = Variant("i", frequency)
        try:
            await supplicant.p2p("Connect", arguments)
            return
        except (BusError, BusGone) as error:
            if isinstance(error, BusError) and error.name == _FORBIDDEN and place + 1 < len(wanted):
                continue
            # The peer's entry has expired, or the daemon is busy with something else.
            gone = isinstance(error, BusError) and error.name == _INVALID
            raise supplicant.typed(error, Reason.NOT_SEEN if gone else Reason.NOT_FORMED) from error


async def take_turn(supplicant: Supplicant, requests: _Requests, order: FormGroup, heard: asyncio.Queue[Heard | Unavailable]) -> None:
    """Return when it is time to say our part: at once when we begin or were asked already, otherwise when the other has begun."""
    if begins(supplicant.p2p_address, order) or requests.of(order.address) is not None:
        return
    seconds = supplicant.limits.turn
    await supplicant.call(_P2P, "Listen", "i", max(1, round(seconds)))
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while True:
                match await heard.get():
                    case Asked(request) if request.address == order.address:
                        return
                    case Unavailable() as why:
                        raise why
                    case _:
                        pass


def judge(order: FormGroup, doing: _Order, heard: Heard | Unavailable) -> None:
    """Raise what `heard` means for a group that is being formed, when it is the end of it."""
    match heard:
        case Unavailable():
            raise heard
        case Negotiated(address, frequency) if address == order.address:
            doing.frequency = frequency
        case NegotiationFailed(address, status) if address == order.address:
            raise Unavailable(_why_not_negotiated(status, bool(order.own)), f"GO negotiation status {status}")
        case Provisioned(address, status) if address == order.address and status != 0 and order.way is Way.JOIN:
            raise Unavailable(Reason.REJECTED if status == 2 else Reason.NO_ANSWER, f"provision discovery status {status}")
        case Invited(status) if order.way is Way.REINVOKE and status not in (0, 1):
            # 1: it is asked to agree, and invites us in turn when it does.
            raise Unavailable(_why_not_invited(status), f"invitation status {status}")
        case WpsFailed(_, reason, detail):
            if reason is not None:
                raise Unavailable(reason, detail)
        case FormationFailed(detail):
            raise Unavailable(Reason.NOT_FORMED, detail or "group formation failed")
        case Finished(interface) if doing.started is not None and doing.started.interface == interface:
            raise Unavailable(Reason.NOT_FORMED, "the group ended at once")
        case _:
            pass


async def provision(supplicant: Supplicant, listeners: list[asyncio.Queue[Provisioned]], address: str, method: Method) -> None:
    """Provision discovery; named by what the *other* is to do. Raises `Unavailable`."""
    wanted = {Method.PBC: "pbc", Method.KEYPAD: "display", Method.DISPLAY: "keypad"}[method]
    answers: asyncio.Queue[Provisioned] = asyncio.Queue()
    listeners.append(answers)
    try:
        async with asyncio.timeout(supplicant.limits.provision):
            await supplicant.call(_P2P, "ProvisionDiscoveryRequest", "os", supplicant.peer_path(address), wanted)
            while (answer := await answers.get()).address != address:
                pass
    except TimeoutError:
        raise Unavailable(Reason.NO_ANSWER, "provision discovery") from None
    except (BusError, BusGone) as error:
        raise supplicant.typed(error, Reason.NOT_SEEN) from error
    finally:
        listeners.remove(answers)
    if answer.status != 0:
        raise Unavailable(Reason.REJECTED if answer.status == 2 else Reason.NO_ANSWER, f"provision discovery status {answer.status}")


async def reject(supplicant: Supplicant, address: str) -> None:
    """Tell a machine no. What cannot be told is not told."""
    try:
        await supplicant.call(_P2P, "RejectPeer", "o", supplicant.peer_path(address))
    except (BusError, BusGone) as error:
        log.debug("RejectPeer: %s", error)


# --- alone -------------------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Admitted:
    """One that may come in, until then."""

    admission: Admission
    timer: asyncio.TimerHandle


class Alone:
    """Serves `controller.Wifi` with wpa_supplicant only: no NetworkManager has the radio."""

    ABILITIES = Abilities("wpa_supplicant", pin=True, intent=True, frequency=True, host=True, hears=True, persistent=True)

    def __init__(
        self,
        supplicant: Supplicant,
        journal: Journal,
        *,
        kernel: Kernel = addresses,
        read_signal: ReadSignal = nl80211.signal,
        read_index: Callable[[str], int] = socket.if_nametoindex,
        interfaces: Path = Path("/sys/class/net"),
    ) -> None:
        self._supplicant = supplicant
        self._limits = supplicant.limits
        self._journal = journal
        self._kernel = kernel
        self._read_signal = read_signal
        self._read_index = read_index
        self._interfaces = interfaces
        self._sink: Callable[[EdgeEvent], None] | None = None
        self._reported: WifiChanged | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._cleanups: set[asyncio.Task[None]] = set()
        self._cleaned = False
        self._requests = _Requests(self._limits)
        self._provisioning: list[asyncio.Queue[Provisioned]] = []
        self._invitations: list[asyncio.Queue[Invited]] = []
        self._doing: _Order | None = None  # being carried out
        self._up: _Order | None = None  # a group of ours that is up
        self._ours: set[str] = set()  # interfaces of groups of ours, until they have ended
        self._undoing = 0
        self._admitted: dict[str, _Admitted] = {}
        self._rejoin: asyncio.TimerHandle | None = None
        self._pulse = asyncio.Event()
        self._finder: asyncio.Task[None] | None = None
        self._finding = False
        self._kick = asyncio.Event()
        self._signal_read: tuple[float, int | None] = (float("-inf"), None)

    # --- life ---

    async def open(self, sink: Callable[[EdgeEvent], None]) -> None:
        """See `controller.Wifi`. The `Supplicant` is opened if it is not; closing it is its maker's."""
        if self._sink is not None:
            return
        self._sink = sink
        await self._supplicant.open()
        self._supplicant.listeners.append(self._on_heard)
        await self._clean()
        self._report(fresh=False)

    async def close(self) -> None:
        """See `controller.Wifi`."""
        if self._sink is None:
            return
        await self.stop_find()
        await self.remove()
        await self._settled()
        self._sink = None
        with suppress(ValueError):
            self._supplicant.listeners.remove(self._on_heard)
        tasks = [task for task in self._tasks if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._reported = None
        self._cleaned = False

    @property
    def reason(self) -> Reason | None:
        reason = self._supplicant.reason
        if reason is None and self._doing is None and set(self._supplicant.groups) - self._ours:
            return Reason.WIFI_BUSY  # somebody else's group
        return reason

    def _report(self, *, fresh: bool) -> None:
        if self._sink is None:
            return
        report = WifiChanged(self.reason, self._supplicant.p2p_address, abilities=self.ABILITIES)
        if report != self._reported or fresh:
            self._reported = report
            self._sink(replace(report, fresh=fresh))
            if report.reason is None:
                self._kick.set()

    def _require(self) -> None:
        reason = self.reason
        if reason is not None:
            raise Unavailable(reason)

    # --- finding ---

    async def find(self) -> None:
        """See `controller.Wifi`."""
        self._require()
        for peer in list(self._supplicant.peers.values()):
            self._tell(peer)
        first = not self._finding
        if first:
            self._finding = True
            await asyncio.to_thread(self._journal.add, _MADE_FIND, self._supplicant.name)
        if self._doing is None:
            try:
                await self._start_find(again=not first)
            except Unavailable:
                await self.stop_find()
                raise
        if self._finder is None or self._finder.done():
            self._finder = self._start(self._renew(), "find")

    async def hold_find(self) -> None:
        """See `controller.Wifi`."""
        finder, self._finder = self._finder, None
        if finder is not None:
            finder.cancel()
            await asyncio.wait({finder})

    async def stop_find(self) -> None:
        """See `controller.Wifi`. While a group forms the find is left to end by itself."""
        await self.hold_find()
        if not self._finding:
            return
        self._finding = False
        if self._doing is None:
            await self._supplicant.try_p2p("StopFind")
        for name in self._journal.mine(_MADE_FIND):
            await asyncio.to_thread(self._journal.remove, _MADE_FIND, name)

    async def clear(self) -> None:
        """See `controller.Wifi`. Forgets every peer with whatever was noted of it: the cure for a negotiation that sticks."""
        await self._settled()
        self._require()
        await self.stop_find()
        try:
            await self._supplicant.try_p2p("StopFind")
            await self._supplicant.p2p("Flush")
        except (BusError, BusGone) as error:
            raise self._supplicant.typed(error, Reason.WIFI_OFF) from error

    async def _renew(self) -> None:
        while True:
            self._kick.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(self._limits.renew):
                    await self._kick.wait()
            if self._doing is None and self.reason is None:
                try:
                    await self._start_find(again=True)
                except Unavailable as error:
                    log.info("the find could not be renewed: %s", error)

    async def _start_find(self, *, again: bool) -> None:
        # The first looks through all channels once (owners of groups are anywhere), later ones add a channel at a time.
        arguments = {"Timeout": Variant("i", max(1, round(self._limits.find)))}
        if again:
            arguments["DiscoveryType"] = Variant("s", "progressive")
        try:
            await self._supplicant.p2p("Find", arguments)
        except (BusError, BusGone) as error:
            raise self._supplicant.typed(error, Reason.WIFI_OFF) from error

    # --- a group of two ---

    async def form(self, order: FormGroup) -> Group:
        """See `controller.Wifi`."""
        await self._settled()
        order = replace(order, address=order.address.lower())
        if not _MAC.fullmatch(order.address):
            raise Unavailable(Reason.PROTOCOL, "not a P2P address")
        doing = self._begin(order.attempt, order.address)
        try:
            try:
                async with asyncio.timeout(order.patience):
                    group = await self._form(order, doing)
            except TimeoutError:
                raise Unavailable(Reason.NOT_FORMED if order.own else Reason.NO_ANSWER, f"nothing in {order.patience:g} s") from None
            except (BusError, BusGone) as error:
                raise self._supplicant.typed(error, Reason.NOT_FORMED) from error
        except BaseException as error:
            if isinstance(error, Unavailable):
                log.info("try %d: %s", order.attempt, error)
            await self._finish(doing)
            raise
        finally:
            self._doing = None
            self._report(fresh=False)
        log.info("group %s formed at try %d", group.interface, order.attempt)
        return group

    def _begin(self, attempt: int, address: str) -> _Order:
        if self._doing is not None or self._up is not None:
            raise Unavailable(Reason.WIFI_BUSY, "a group of ours is there already")
        self._require()
        self._doing = _Order(attempt, address)
        return self._doing

    async def _form(self, order: FormGroup, doing: _Order) -> Group:
        await self._note(doing, _MADE_ORDER, order.address)
        asked = self._requests.of(order.address)
        if order.way is Way.JOIN and asked is not None and asked.remembered:
            order = replace(order, way=Way.REINVOKE)  # that is what it invited us to
        remembered = self._supplicant.remembered(order.address) if order.way is Way.REINVOKE else None
        if order.way is Way.REINVOKE and remembered is None:
            raise Unavailable(Reason.GROUP_FORGOTTEN, "here")
        if not order.own:
            await self._offer_addresses(doing)
        if order.way is not Way.JOIN:
            await take_turn(self._supplicant, self._requests, order, doing.heard)
        self._requests.answered(order.address)
        if remembered is not None:
            peer = Variant("o", self._supplicant.peer_path(order.address))
            await self._supplicant.p2p("Invite", {"peer": peer, "persistent_group_object": Variant("o", remembered)})
        else:
            await connect(self._supplicant, order, join=order.way is Way.JOIN)
        started = await self._reach(order, doing)
        group = await self._assign(doing, started, order.own)
        while not doing.heard.empty():
            judge(order, doing, doing.heard.get_nowait())
        # Nothing is awaited from here on: what happens to the group now happens to a group that is up.
        self._up = doing
        if order.persistent:
            self._supplicant.read_remembered()
        return group

    async def _reach(self, order: FormGroup, doing: _Order) -> Started:
        """Until the group is up and, where we own it, the other is in it."""
        while True:
            if doing.started is not None and doing.started.owner:
                try:
                    async with asyncio.timeout(self._limits.member):
                        heard = await doing.heard.get()
                except TimeoutError:
                    raise Unavailable(Reason.NOT_FORMED, "the group is up, and the other did not come in") from None
            else:
                heard = await doing.heard.get()
            judge(order, doing, heard)
            match heard:
                case Started() if doing.started is None:
                    doing.started = heard
                    await self._note_group(doing, heard)
                    if not heard.owner:
                        return heard
                case Joined(interface, address) if doing.started is not None and interface == doing.started.interface:
                    if address == order.address:
                        return doing.started
                    await self._send_out(interface, address)  # a third one that answered first
                case _:
                    pass

    # --- a group of our own ---

    async def host(self, order: HostGroup) -> Group:
        """See `controller.Wifi`."""
        await self._settled()
        doing = self._begin(order.attempt, "")
        try:
            try:
                group = await self._host(order, doing)
            except (BusError, BusGone) as error:
                raise self._supplicant.typed(error, Reason.NOT_FORMED) from error
        except BaseException:
            await self._finish(doing)
            raise
        finally:
            self._doing = None
            self._report(fresh=False)
        log.info("hosting %s", group.interface)
        return group

    async def _host(self, order: HostGroup, doing: _Order) -> Group:
        await self._note(doing, _MADE_ORDER, _HOSTING)
        await self._offer_addresses(doing)
        arguments: dict[str, Variant] = {}
        remembered = self._supplicant.remembered_own() if order.persistent else None
        if remembered is not None:
            arguments["persistent_group_object"] = Variant("o", remembered)
        elif order.persistent:
            arguments["persistent"] = Variant("b", True)
        if order.frequency is not None:
            arguments["frequency"] = Variant("i", order.frequency)
        try:
            await self._supplicant.p2p("GroupAdd", arguments)
        except BusError as error:
            if error.name == _INVALID and order.frequency is not None:
                raise Unavailable(await self._why_not_on(order.frequency), f"{order.frequency}: {error}") from error
            raise
        try:
            async with asyncio.timeout(self._limits.host):
                while doing.started is None:
                    match await doing.heard.get():
                        case Unavailable() as why:
                            raise why
                        case Started(owner=True) as started:
                            doing.started = started
                        case FormationFailed(detail):
                            raise Unavailable(Reason.NOT_FORMED, detail)
                        case _:
                            pass
        except TimeoutError:
            raise Unavailable(Reason.NOT_FORMED, "the group did not start") from None
        await self._note_group(doing, doing.started)
        group = await self._assign(doing, doing.started, ())
        self._up = doing
        while not doing.heard.empty():
            self._on_group(doing.heard.get_nowait())
        if order.persistent:
            self._supplicant.read_remembered()
        return group

    async def _why_not_on(self, frequency: int) -> Reason:
        """GroupAdd says no more than InvalidArgs: the radio may be held elsewhere by the ordinary network, or the channel is forbidden."""
        try:
            facts = await self._supplicant.properties(self._supplicant.path or "/", _IFACE)
            network = _text(facts.get("CurrentBSS"))
            if len(network) > 1:
                there = (await self._supplicant.properties(network, f"{WPA}.BSS")).get("Frequency")
                if there != frequency and (frequency > 5 or (there or 0) // 1000 != frequency):  # type: ignore[operator]
                    return Reason.CHANNEL_TAKEN
        except (BusError, BusGone, TypeError) as error:
            log.debug("where the radio is: %s", error)
        return Reason.CHANNEL_FORBIDDEN

    async def admit(self, admission: Admission) -> None:
        """See `controller.Wifi`."""
        up = self._hosted()
        address = admission.address.lower()
        arguments = {"Role": Variant("s", "registrar"), "Type": Variant("s", "pbc" if admission.method is Method.PBC else "pin")}
        if admission.method is Method.PBC:
            if _MAC.fullmatch(address):
                arguments["P2PDeviceAddress"] = Variant("ay", bytes.fromhex(address.replace(":", "")))
        elif admission.pin is None or not _PIN.fullmatch(admission.pin):
            raise Unavailable(Reason.WRONG_PIN, "not four or eight digits")
        else:
            arguments["Pin"] = Variant("s", admission.pin)
        for other in list(self._admitted):
            await self._end_admission(other)  # the daemon keeps one window open at a time
        try:
            await self._supplicant.call(_WPS, "Start", "a{sv}", arguments, path=up.interface)
        except (BusError, BusGone) as error:
            raise self._supplicant.typed(error, Reason.NOT_FORMED) from error
        timer = asyncio.get_running_loop().call_later(self._limits.admission, self._admission_over, address)
        self._admitted[address] = _Admitted(admission, timer)
        self._requests.answered(address)

    async def invite(self, address: str) -> None:
        """See `controller.Wifi`."""
        up = self._hosted()
        answers: asyncio.Queue[Invited] = asyncio.Queue()
        self._invitations.append(answers)
        try:
            async with asyncio.timeout(self._limits.invite):
                await self._supplicant.p2p("Invite", {"peer": Variant("o", self._supplicant.peer_path(address.lower()))}, path=up.interface)
                status = (await answers.get()).status
        except TimeoutError:
            raise Unavailable(Reason.NO_ANSWER, "invitation") from None
        except (BusError, BusGone) as error:
            raise self._supplicant.typed(error, Reason.NOT_SEEN) from error
        finally:
            self._invitations.remove(answers)
        if status not in (0, 1):  # 1: its user is asked now
            raise Unavailable(_why_not_invited(status), f"invitation status {status}")

    async def expel(self, address: str) -> None:
        """See `controller.Wifi`."""
        await self._send_out(self._hosted().interface, address.lower())

    def _hosted(self) -> Started:
        if self._up is None or self._up.started is None or not self._up.started.owner:
            raise Unavailable(Reason.GROUP_ENDED, "no group of ours")
        return self._up.started

    async def _send_out(self, interface: str, address: str) -> None:
        if address in self._supplicant.peers:
            who = {"peer": Variant("o", self._supplicant.peer_path(address))}
        else:
            who = {"iface": Variant("s", address)}
        try:
            await self._supplicant.p2p("RemoveClient", who, path=interface)
        except (BusError, BusGone) as error:
            raise self._supplicant.typed(error, Reason.GROUP_ENDED) from error

    def _admission_over(self, address: str) -> None:
        self._start(self._end_admission(address), "admission")
        if self._up is not None:
            self._tell(AdmissionFailed(self._up.attempt, address, Reason.NO_ANSWER))

    async def _end_admission(self, address: str) -> None:
        admitted = self._admitted.pop(address, None)
        if admitted is None:
            return
        admitted.timer.cancel()
        if self._up is not None and self._up.started is not None:
            # The daemon closes a push button window by itself, but not a PIN for anybody.
            with suppress(BusError, BusGone):
                await self._supplicant.call(_WPS, "Cancel", path=self._up.started.interface)

    # --- requests of others ---

    async def provision(self, address: str, method: Method) -> None:
        """See `controller.Wifi`."""
        self._require()
        await provision(self._supplicant, self._provisioning, address.lower(), method)

    async def reject(self, address: str) -> None:
        """See `controller.Wifi`."""
        self._requests.answered(address.lower())
        await reject(self._supplicant, address.lower())

    # --- addresses ---

    async def _offer_addresses(self, doing: _Order) -> None:
        """Where we may, have clients of a group that we own given addresses in the 4-way handshake: there is no DHCP server here."""
        if not self._kernel.may_change():
            return
        try:
            config = (await self._supplicant.properties(self._supplicant.path or "/", _P2P)).get("P2PDeviceConfig")
            if isinstance(config, dict) and "IpAddrGo" in config:
                return  # somebody else has chosen
            await self._note(doing, _MADE_NET, self._supplicant.name)
            doing.net = True
            await self._supplicant.configure({key: _bytes(address) for key, address in zip(_IP_KEYS, _OWN_NET, strict=True)})
        except BusError as error:
            log.info("no addresses for clients: %s", error)

    async def _assign(self, doing: _Order, started: Started, own: tuple[str, ...]) -> Group:
        """Give the interface of the group its addresses, and wait until one can be used."""
        facts = await self._supplicant.properties(started.interface, _IFACE)
        name = _text(facts.get("Ifname"))
        if not _INTERFACE.fullmatch(name):
            raise Unavailable(Reason.NO_ADDRESS, "the group has no interface")
        try:
            index = self._read_index(name)
        except OSError as error:
            raise Unavailable(Reason.GROUP_ENDED, f"{name}: {error}") from error
        wanted: list[str] = []
        if self._kernel.may_change():
            if own:
                wanted = [f"{own[0]}/30", *(f"{address}/64" for address in own[1:2])]
            elif started.owner and doing.net:
                wanted = [f"{_OWN_NET[0]}/24"]
            elif started.given is not None:
                wanted = [_with_mask(started.given[0], started.given[1])]
        placed: list[str] = []
        for address in wanted:
            try:
                await self._kernel.add(index, address)
            except OSError as error:
                log.info("could not assign an address to %s: %s", name, error)
            else:
                doing.assigned.append((index, address))
                placed.append(address.partition("/")[0])
        found: list[str] = []
        with suppress(TimeoutError):
            async with asyncio.timeout(self._limits.address):
                while True:
                    there = await self._kernel.read(index)
                    found = [str(one.address.ip) for one in there if one.ready]
                    if found and set(placed) <= set(found):
                        break
                    await asyncio.sleep(self._limits.poll)
        if not found:
            raise Unavailable(Reason.NO_ADDRESS, f"none on {name}")
        found.sort(key=lambda address: address not in placed)  # the planned ones first
        frequency = doing.frequency
        with suppress(BusError):
            frequency = _frequency((await self._supplicant.properties(started.group, _GROUP)).get("Frequency")) or frequency
        return Group(name, tuple(found[:_MOST_ADDRESSES]), index, started.owner, frequency)

    async def read_counters(self, group: Group) -> tuple[int, int, int | None]:
        """See `controller.Wifi`. Raises `Unavailable` when the interface is gone."""
        folder = self._interfaces / group.interface / "statistics"
        try:
            received, sent = (int((folder / name).read_text()) for name in ("rx_bytes", "tx_bytes"))
        except (OSError, ValueError) as error:
            raise Unavailable(Reason.GROUP_ENDED, f"{group.interface}: {error}") from error
        if _now() - self._signal_read[0] >= self._limits.signal:
            self._signal_read = _now(), await self._read_signal(group.index) if group.index else None
        return received, sent, self._signal_read[1]

    # --- undoing ---

    async def remove(self) -> None:
        """See `controller.Wifi`."""
        up, self._up = self._up, None
        if up is not None:
            await self._finish(up)
        await self._settled()
        self._report(fresh=False)

    async def _finish(self, order: _Order) -> None:
        """Undo, even when we are cancelled meanwhile: it then goes on by itself and `_settled` waits for it."""
        await asyncio.shield(self._undo_later(order))

    def _undo_later(self, order: _Order) -> asyncio.Task[None]:
        for admitted in self._admitted.values():
            admitted.timer.cancel()
        self._admitted.clear()
        if self._rejoin is not None:
            self._rejoin.cancel()
            self._rejoin = None
        task = self._start(self._undo(order), "undo")
        self._cleanups.add(task)
        task.add_done_callback(self._cleanups.discard)
        return task

    async def _settled(self) -> None:
        while self._cleanups:
            await asyncio.wait(self._cleanups)

    async def _undo(self, order: _Order) -> None:
        """Cancel what is being formed, take the group down and wait until it is gone."""
        while order.started is None and not order.heard.empty():
            heard = order.heard.get_nowait()
            order.started = heard if isinstance(heard, Started) else None
        self._undoing += 1
        try:
            if order.started is None:
                # Told again a group that comes up all the same is ended by `_on_heard`.
                await self._supplicant.try_p2p("Cancel")
            else:
                for index, address in order.assigned:
                    with suppress(OSError):
                        await self._kernel.remove(index, address)
                interface = order.started.interface
                await self._supplicant.try_p2p("Disconnect", path=interface)
                if not await self._wait(lambda: interface not in self._supplicant.groups, self._limits.settle):
                    log.warning("the group does not end")
            if order.net:
                await self._unconfigure()
            if self._supplicant.reason is Reason.WIFI_MISSING:
                return  # gone with the daemon; the journal is settled when it is back
            for kind, name in order.noted:
                await asyncio.to_thread(self._journal.remove, kind, name)
        finally:
            self._undoing -= 1

    async def _unconfigure(self) -> None:
        with suppress(BusError, BusGone):
            await self._supplicant.configure({key: _bytes("0.0.0.0") for key in _IP_KEYS})

    async def _wait(self, condition: Callable[[], bool], limit: float) -> bool:
        with suppress(TimeoutError):
            async with asyncio.timeout(limit):
                while not condition():
                    await self._pulse.wait()
        return condition()

    async def _note(self, order: _Order, kind: str, name: str) -> None:
        order.noted.append((kind, name))
        await asyncio.to_thread(self._journal.add, kind, name)

    async def _note_group(self, order: _Order, started: Started) -> None:
        self._ours.add(started.interface)
        mark = await self._mark(started.interface, started.group)
        if mark is not None:
            await self._note(order, _MADE_GROUP, mark)

    async def _mark(self, interface: str, group: str) -> str | None:
        """What tells this group from another one of the same interface name."""
        try:
            name = _text((await self._supplicant.properties(interface, _IFACE)).get("Ifname"))
            ssid = (await self._supplicant.properties(group, _GROUP)).get("SSID")
        except BusError as error:
            log.debug("%s: %s", interface, error)
            return None
        return f"{name} {bytes(ssid).hex()}" if isinstance(ssid, bytes | list) and len(ssid) <= 32 else None

    async def _clean_first(self, fresh: bool) -> None:
        await self._clean()
        self._report(fresh=fresh)

    async def _clean(self) -> None:
        """Undo what an earlier run left behind, and what we made before the daemon was lost to us."""
        if self._cleaned or self._supplicant.reason is not None:
            return
        self._cleaned = True
        left = {kind: await asyncio.to_thread(self._journal.leftovers, kind) for kind in (_MADE_FIND, _MADE_ORDER, _MADE_GROUP, _MADE_NET)}
        if self._doing is None and self._up is None:
            for kind in (_MADE_ORDER, _MADE_GROUP, _MADE_NET):
                left[kind] = (*left[kind], *self._journal.mine(kind))
        if not any(left.values()):
            return
        if left[_MADE_ORDER]:
            await self._supplicant.try_p2p("Cancel")
        try:
            for interface, (group, owner) in list(self._supplicant._groups.items()):
                if await self._is_left(interface, group, owner, left):
                    log.info("ending a group of an earlier run")
                    await self._supplicant.try_p2p("Disconnect", path=interface)
            if left[_MADE_FIND] and not self._finding:
                await self._supplicant.try_p2p("StopFind")
            if left[_MADE_NET]:
                await self._unconfigure()
        except (BusError, BusGone) as error:
            log.info("could not clean up: %s", error)
            return
        for kind, names in left.items():
            for name in names:
                await asyncio.to_thread(self._journal.settle, kind, name)
                if kind != _MADE_FIND:
                    await asyncio.to_thread(self._journal.remove, kind, name)

    async def _is_left(self, interface: str, group: str, owner: bool, left: Mapping[str, tuple[str, ...]]) -> bool:
        """Whether an earlier run made this group: noted by name, or it is with whom an order was for."""
        if await self._mark(interface, group) in left[_MADE_GROUP]:
            return True
        if owner:
            members = _paths((await self._supplicant.properties(group, _GROUP)).get("Members"))
            return any(_address_of(member) in left[_MADE_ORDER] for member in members) or (not members and _HOSTING in left[_MADE_ORDER])
        return _address_of((await self._supplicant.properties(interface, _P2P)).get("PeerGO")) in left[_MADE_ORDER]

    # --- what the daemon says ---

    def _on_heard(self, heard: Heard) -> None:
        match heard:
            case PeerFound() | PeerLost():
                self._tell(heard)
            case Changed(fresh):
                if self._supplicant.reason is not None or fresh:
                    self._cleaned = False
                self._lose_all(fresh)
                if self._supplicant.reason is None and not self._cleaned:
                    self._start(self._clean_first(fresh), "clean")
                else:
                    self._report(fresh=fresh)
            case Asked(request):
                self._on_asked(heard, request)
            case Provisioned():
                for answers in self._provisioning:
                    answers.put_nowait(heard)
            case Invited():
                for invited in self._invitations:
                    invited.put_nowait(heard)
            case Started():
                if self._doing is not None:
                    self._ours.add(heard.interface)
                elif self._undoing:
                    self._ours.add(heard.interface)
                    self._start(self._drop(heard.interface), "drop")  # it was cancelled, and came up all the same
                else:
                    self._report(fresh=False)
            case Finished(interface):
                self._ours.discard(interface)
            case _:
                pass
        if self._doing is not None and not isinstance(heard, PeerFound | PeerLost | Changed):
            self._doing.heard.put_nowait(heard)
        elif self._up is not None:
            self._on_group(heard)
        if isinstance(heard, Finished | Changed):
            self._pulse.set()
            self._pulse = asyncio.Event()
        if isinstance(heard, Finished):
            self._report(fresh=False)

    async def _drop(self, interface: str) -> None:
        await self._supplicant.try_p2p("Disconnect", path=interface)

    def _lose_all(self, fresh: bool) -> None:
        """The daemon is gone, or another one is there: so is what we made."""
        reason = self._supplicant.reason
        if reason is None and not fresh:
            return
        self._ours.clear()
        why = Unavailable(Reason.DAEMON_RESTARTED if reason in (None, Reason.WIFI_MISSING) else reason, "wpa_supplicant")
        if self._doing is not None:
            self._doing.lose(why)
        self._lose_group(why.reason, why.detail)

    def _lose_group(self, reason: Reason, detail: str) -> None:
        up, self._up = self._up, None
        if up is not None:
            self._tell(GroupLost(up.attempt, reason, detail))
            self._undo_later(up)

    def _on_asked(self, asked: Asked, request: WifiRequest) -> None:
        self._requests.note(asked)
        if self._doing is not None and self._doing.address == request.address:
            return  # it answers us, or we are about to answer it
        if request.address in self._admitted:
            return
        if self._requests.is_news(request):
            self._tell(request)

    def _on_group(self, heard: Heard | Unavailable) -> None:
        """Something happened to the group that is up."""
        up = self._up
        if up is None or up.started is None:
            return
        interface = up.started.interface
        match heard:
            case Unavailable():
                self._lose_group(heard.reason, heard.detail)
            case Finished(where) if where == interface:
                self._lose_group(Reason.GROUP_ENDED, "the group ended")
            case Joined(where, address, station) if where == interface:
                if not up.address:
                    admitted = self._admitted.pop(address, None) or self._admitted.pop("", None)
                    if admitted is not None:
                        admitted.timer.cancel()
                    self._tell(MemberJoined(up.attempt, address, station))
                elif address == up.address and self._rejoin is not None:
                    self._rejoin.cancel()
                    self._rejoin = None
                elif address != up.address:
                    self._start(self._keep_out(interface, address), "keep out")
            case Left(where, address) if where == interface:
                if not up.address:
                    self._tell(MemberLeft(up.attempt, address))
                elif address == up.address and self._rejoin is None:
                    loop = asyncio.get_running_loop()
                    self._rejoin = loop.call_later(self._limits.rejoin, self._lose_group, Reason.LINK_LOST, "the other left the group")
            case WpsFailed(where, reason, _) if where == interface and not up.address:
                address = next(iter(self._admitted), "")
                self._start(self._end_admission(address), "admission")
                self._tell(AdmissionFailed(up.attempt, address, reason or Reason.NOT_FORMED))
            case _:
                pass

    async def _keep_out(self, interface: str, address: str) -> None:
        with suppress(Unavailable):
            await self._send_out(interface, address)

    def _tell(self, event: EdgeEvent) -> None:
        if self._sink is not None:
            self._sink(event)

    def _start(self, work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        """The one place where tasks begin: named, kept, and a bug in one is logged."""
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("%s failed", task.get_name(), exc_info=task.exception())


# --- beside NetworkManager ---------------------------------------------------------------------------------------------------


class Beside:
    """Serves `controller.Wifi` with NetworkManager for finding, profile, addresses and counters, and wpa_supplicant for the negotiation.

    NetworkManager destroys a group that forms while it is not activating, so each is formed while it is; hosting is not possible.
    """

    ABILITIES = Abilities("NetworkManager, wpa_supplicant", pin=True, intent=True, frequency=True, hears=True)

    def __init__(self, networkmanager: NetworkManager, supplicant: Supplicant) -> None:
        self._manager = networkmanager
        self._supplicant = supplicant
        self._sink: Callable[[EdgeEvent], None] | None = None
        self._requests = _Requests(supplicant.limits)
        self._provisioning: list[asyncio.Queue[Provisioned]] = []
        self._forming: tuple[FormGroup, _Order] | None = None
        self._told: dict[str, PeerFound] = {}  # as NetworkManager knows them

    async def open(self, sink: Callable[[EdgeEvent], None]) -> None:
        """See `controller.Wifi`; NetworkManager and the supplicant are opened by their makers, whose events come by `from_manager`."""
        if self._sink is None:
            self._sink = sink
            self._supplicant.listeners.append(self._on_heard)

    async def close(self) -> None:
        """Stop telling; see `open`."""
        if self._sink is not None:
            self._sink = None
            self._told.clear()
            with suppress(ValueError):
                self._supplicant.listeners.remove(self._on_heard)

    def from_manager(self, event: EdgeEvent) -> None:
        """What NetworkManager tells, with what the supplicant knows besides."""
        if self._sink is None:
            return
        match event:
            case WifiChanged():
                self._sink(replace(event, abilities=self.ABILITIES))
            case PeerFound(address):
                self._told[address] = event
                self._sink(self._merged(event))
            case PeerLost(address):
                self._told.pop(address, None)
                self._sink(event)
            case _:
                self._sink(event)

    def _merged(self, peer: PeerFound) -> PeerFound:
        more = self._supplicant.peers.get(peer.address)
        if more is None:
            return peer
        return replace(peer, name=peer.name or more.name, kind=more.kind, model=more.model, methods=more.methods, owner=False)

    def _on_heard(self, heard: Heard) -> None:
        if self._sink is None:
            return
        match heard:
            case PeerFound(address) if address in self._told:
                self._sink(self._merged(self._told[address]))
            case Asked(request):
                self._requests.note(heard)
                # Into a group of somebody else there is no way beside NetworkManager.
                mine = self._forming is not None and self._forming[0].address == request.address
                if not mine and request.asks is not Asks.INVITE and self._requests.is_news(request):
                    if request.address not in self._told and request.address in self._supplicant.peers:
                        self._sink(self._supplicant.peers[request.address])
                    self._sink(request)
            case Provisioned():
                for answers in self._provisioning:
                    answers.put_nowait(heard)
            case _:
                pass
        if self._forming is not None and not isinstance(heard, PeerFound | PeerLost | Changed):
            order, doing = self._forming
            doing.heard.put_nowait(heard)
            if isinstance(heard, Started):
                doing.started = heard
            try:
                judge(order, doing, heard)
            except Unavailable as error:
                self._manager.give_up(error)

    async def find(self) -> None:
        await self._manager.find()

    async def hold_find(self) -> None:
        await self._manager.hold_find()

    async def stop_find(self) -> None:
        await self._manager.stop_find()

    async def clear(self) -> None:
        """See `controller.Wifi`: NetworkManager's scan out of the way, then every peer's entry with whatever was noted there."""
        await self._manager.clear()
        await self._supplicant.try_p2p("Flush")

    async def form(self, order: FormGroup) -> Group:
        """See `controller.Wifi`. NetworkManager activates for push button; what really is negotiated is ours."""
        if order.way is not Way.NEGOTIATE:
            raise Unavailable(Reason.NOT_OFFERED, f"{order.way.value} beside NetworkManager")
        order = replace(order, address=order.address.lower())
        doing = _Order(order.attempt, order.address)
        self._forming = order, doing
        plain = replace(order, method=Method.PBC, pin=None, intent=None, frequency=None, persistent=False)
        try:
            async with asyncio.timeout(order.patience):
                group = await self._manager.form(plain, takeover=lambda: self._take_over(order, doing))
        except TimeoutError:
            raise Unavailable(Reason.NOT_FORMED if order.own else Reason.NO_ANSWER, f"nothing in {order.patience:g} s") from None
        except BaseException:
            await asyncio.shield(self._supplicant.try_p2p("Cancel"))
            raise
        finally:
            self._forming = None
        role = doing.started
        return replace(
            group,
            owner=role.owner if role is not None and group.owner is None else group.owner,
            frequency=group.frequency or doing.frequency,
        )

    async def _take_over(self, order: FormGroup, doing: _Order) -> None:
        """NetworkManager is waiting for a group: put our negotiation in the place of its own."""
        limits = self._supplicant.limits
        ended = asyncio.get_running_loop().time() + limits.takeover
        # Its Connect follows its state; as long as there is nothing to cancel it has not come yet.
        while not await self._supplicant.try_p2p("Cancel") and asyncio.get_running_loop().time() < ended:  # noqa: ASYNC110 — no signal tells
            await asyncio.sleep(limits.poll)
        try:
            await take_turn(self._supplicant, self._requests, order, doing.heard)
            self._requests.answered(order.address)
            await connect(self._supplicant, order)
        except (BusError, BusGone) as error:
            raise self._supplicant.typed(error, Reason.NOT_FORMED) from error

    async def remove(self) -> None:
        await self._manager.remove()

    async def provision(self, address: str, method: Method) -> None:
        """See `controller.Wifi`."""
        await provision(self._supplicant, self._provisioning, address.lower(), method)

    async def reject(self, address: str) -> None:
        """See `controller.Wifi`."""
        self._requests.answered(address.lower())
        await reject(self._supplicant, address.lower())

    async def host(self, order: HostGroup) -> Group:
        return await self._manager.host(order)

    async def admit(self, admission: Admission) -> None:
        await self._manager.admit(admission)

    async def invite(self, address: str) -> None:
        await self._manager.invite(address)

    async def expel(self, address: str) -> None:
        await self._manager.expel(address)

    async def read_counters(self, group: Group) -> tuple[int, int, int | None]:
        return await self._manager.read_counters(group)


# --- pure parts --------------------------------------------------------------------------------------------------------------


def _why_not_negotiated(status: int, ours: bool) -> Reason:
    """ieee802_11_defs.h: p2p_status_code; -1 is "no answer in time", or a lost confirmation."""
    reasons = {1: Reason.NOT_READY, 7: Reason.NO_COMMON_CHANNEL, 9: Reason.BOTH_OWN, 10: Reason.METHODS_DIFFER, 11: Reason.REJECTED}
    reasons |= {2: Reason.METHODS_DIFFER, 3: Reason.PEER_BUSY, 5: Reason.PEER_BUSY, 8: Reason.GROUP_FORGOTTEN}
    return reasons.get(status, Reason.NOT_FORMED if ours or status != -1 else Reason.NO_ANSWER)


def _why_not_invited(status: int) -> Reason:
    reasons = {7: Reason.NO_COMMON_CHANNEL, 8: Reason.GROUP_FORGOTTEN, 11: Reason.REJECTED, 3: Reason.PEER_BUSY, 5: Reason.PEER_BUSY}
    return reasons.get(status, Reason.NO_ANSWER)


def _wps_failed(path: str, facts: Mapping[Any, object]) -> WpsFailed:
    error = facts.get("config_error")
    reason = {_WRONG_PASSWORD: Reason.WRONG_PIN, _MULTIPLE_PBC: Reason.PBC_OVERLAP}.get(_number(error))
    return WpsFailed(path, reason, f"WPS message {_number(facts.get('msg'))}, error {_number(error)}")


def _peer(address: str, facts: Mapping[str, object], *, remembered: bool) -> PeerFound:
    """A peer's properties as a fact of ours; every one of them is a claim of somebody on the air."""
    level = facts.get("level")
    category = _octets(facts.get("PrimaryDeviceType"))
    methods = facts.get("config_method")
    known: frozenset[Method] | None = None
    if isinstance(methods, int) and methods:
        # Push button is everybody's, also of those that do not list it: wpa_supplicant's own default is 0x1108 and takes it.
        words = {Method.PBC, *((Method.DISPLAY,) if methods & _DISPLAY else ()), *((Method.KEYPAD,) if methods & _KEYPAD else ())}
        known = frozenset(words)
    model = " ".join(word for word in (_label(facts.get("Manufacturer")), _label(facts.get("ModelName"))) if word)
    return PeerFound(
        address,
        _label(facts.get("DeviceName")),
        nl80211.percent(level) if isinstance(level, int) and level < 0 else None,
        None,
        _KINDS.get(int.from_bytes(category[:2], "big"), "other") if len(category) == 8 else "other",
        model,
        known,
        bool(_number(facts.get("groupcapability")) & _IS_OWNER),
        remembered,
    )


def _remembered(path: str, properties: Mapping[Any, object]) -> _Remembered:
    """wpa_supplicant: config.c, the keys of a network block; all of them text."""
    owner = _text(properties.get("mode")) == _PERSISTENT_OWNER
    who = _text(properties.get("p2p_client_list" if owner else "bssid")).lower()
    return _Remembered(path, owner, frozenset(word for word in who.split() if _MAC.fullmatch(word)))


def _label(value: object) -> str:
    name = clean_name(_text(value)[:256])
    return "" if name == "unnamed" else name


def _address_of(path: object) -> str | None:
    """The address in a peer's object path, when it is one that a machine can have."""
    found = _PEER_PATH.fullmatch(path) if isinstance(path, str) else None
    return _mac(bytes.fromhex(found[2])) if found else None


def _mac(value: object) -> str | None:
    octets = _octets(value)
    return octets.hex(":") if len(octets) == 6 and any(octets) and not octets[0] & 1 else None


def _ipv4(value: object) -> str:
    octets = _octets(value)
    return ".".join(map(str, octets)) if len(octets) == 4 and any(octets) else ""


def _with_mask(address: str, mask: str) -> str:
    return f"{address}/{sum(int(part).bit_count() for part in mask.split('.'))}"


def _bytes(address: str) -> Variant:
    return Variant("ay", bytes(int(part) for part in address.split(".")))


def _octets(value: object) -> bytes:
    if isinstance(value, bytes):
        return value
    if isinstance(value, list) and len(value) <= 64 and all(isinstance(one, int) and 0 <= one < 256 for one in value):
        return bytes(value)
    return b""


def _frequency(value: object) -> int | None:
    return value if isinstance(value, int) and 2000 <= value <= 100_000 else None


def _tail_number(path: str) -> int:
    tail = path.rpartition("/")[2]
    return int(tail) if tail.isdecimal() and len(tail) < 10 else -1


def _paths(value: object) -> tuple[str, ...]:
    """The object paths in a reply, each once."""
    paths = [path for path in value if isinstance(path, str) and path.startswith("/")] if isinstance(value, list) else []
    return tuple(dict.fromkeys(paths))[:_MOST_PEERS]


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def _now() -> float:
    return asyncio.get_running_loop().time()
