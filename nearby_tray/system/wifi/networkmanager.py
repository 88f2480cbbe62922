"""NetworkManager on D-Bus as it is now: may this user use it, which device does Wi-Fi Direct, and what are its state and its peers.

`managed.Managed` makes groups with it. The rules it keeps:

- State comes from signals and is read again whenever the daemon, the device or the bus is new; nothing is taken over from before.
- The device's own state reasons are reported, not the coarser ones of the active connection.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Protocol

from ...core.model import Abilities, EdgeEvent, Reason, WifiChanged
from ...errors import Unavailable
from ...tasks import Tasks
from ..bus import PROPERTIES, Bus, BusError, BusGone, BusTimeout, Signal, Supervised, Variant, if_there, values
from . import nm
from .managed_peers import Peers
from .nm import DEVICE, DISCONNECTED, MANAGER, NM, P2P, TYPE_P2P, TYPE_WIFI, UNMANAGED, WIRELESS
from .pulse import Pulse

log = logging.getLogger(__name__)

_FOLLOWER, _READER = "NetworkManager", "read NetworkManager"

ReadAddress = Callable[[str], Awaitable[bytes | None]]
ReadParent = Callable[[str, tuple[str, ...]], Awaitable[str | None]]


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
    nearly: float = 3.0  # for a group that is about to start when it is no longer wanted
    # A group that goes sooner after it appeared has failed in WPS. wpa_supplicant gives up all else after 10 s as the client, 15 s as the
    # owner (p2p_supplicant.h, P2P_MAX_INITIAL_CONN_WAIT), but a failed WPS after 50 ms (p2p_supplicant.c, wpas_p2p_wps_failed).
    wps: float = 8.0


@dataclass(slots=True)
class Device:
    """The wifi-p2p device in use, and the Wi-Fi device it belongs to. Followed by signals."""

    path: str
    name: str
    parent: str | None
    parent_name: str
    state: int = 0
    active: str = "/"


class Groups(Protocol):
    """The edge that makes groups with the device: what it is told, and asked."""

    @property
    def is_none(self) -> bool:
        """No group is up or being formed, so that another device may be used."""

    @property
    def awaits_activation(self) -> bool:
        """An activation was asked for and not answered yet: an active connection on the device may be the one."""

    def on_event(self, event: EdgeEvent) -> None:
        """`WifiChanged`, `PeerFound`, `PeerLost`."""

    def on_state(self, new: int, reason: int) -> None:
        """The device has entered this state."""

    def on_device_lost(self, why: Unavailable) -> None:
        """The device is gone, or the daemon with it, and every group."""

    async def clean(self, bus: Bus) -> None:
        """The daemon is there, for the first time or anew: undo what an earlier run or a lost connection of ours left."""


class NetworkManager:
    """The NetworkManager on the system bus, as it is now."""

    def __init__(self, groups: Groups, *, bus: str, limits: Limits, read_address: ReadAddress, read_parent: ReadParent) -> None:
        """`bus`: "system" or an address. `read_…`: where the kernel is asked."""
        self._groups = groups
        self._which = bus
        self._limits = limits
        self._read_address = read_address
        self._read_parent = read_parent

        self.bus: Bus | None = None
        self.owner: str | None = None
        self.device: Device | None = None
        self.version = (0, 0, 0)
        self.abilities = Abilities()
        self.ours: deque[str] = deque(maxlen=16)  # active connections that are or were ours
        self.peers = Peers(groups.on_event)
        self.moved = Pulse()  # the device's state, active connection or addresses have changed

        self._tasks = Tasks(self._broke)
        self._broken = False  # what it says could not be understood
        self._supervisor: asyncio.Task[None] | None = None
        self._worker: asyncio.Task[None] | None = None
        self._opened = asyncio.Event()
        self._closing = False

        self._read = False  # what follows has been read from this owner
        self._radio = True
        self._forbidden = False
        self._p2p_address: bytes | None = None
        self._known: dict[str, tuple[int, str]] = {}  # device path → type and interface
        self._managed: set[str] = set()  # Wi-Fi interfaces that NetworkManager has
        self._cleaned = False
        self._fresh = False
        self._reported: WifiChanged | None = None
        self._dirty = asyncio.Event()
        self._stale_machine = True
        self._stale_peers = True
        self._stale_address = False

    # --- life ---

    async def open(self) -> None:
        """Follow the daemon from now on; returns after the first `WifiChanged`. Idempotent."""
        if self._supervisor is not None:
            return
        self._closing = False
        supervised = Supervised(self._which, self._on_up, self._on_down, on_absent=self.report, first_pause=self._limits.pause)
        self._supervisor = self._tasks.keep(supervised.run, _FOLLOWER)
        try:
            async with asyncio.timeout(self._limits.open):
                await self._opened.wait()
        except TimeoutError:
            log.warning("NetworkManager says nothing")
            self._read = True
            self.report()

    async def close(self) -> None:
        """Stop following, and report nothing more."""
        self._closing = True
        await self._tasks.end()
        self._supervisor = None
        self._opened.clear()
        self._reported = None

    @property
    def reason(self) -> Reason | None:
        """Why Wi-Fi Direct cannot be used; `None` when it can."""
        device = self.device
        if self._broken:
            return Reason.INTERNAL
        if self.bus is None or self.owner is None:
            return Reason.WIFI_MISSING
        if not self._radio:
            return Reason.WIFI_OFF
        if device is None:
            return Reason.WIFI_NO_P2P
        if device.state < DISCONNECTED:
            return Reason.WIFI_OFF
        if self._forbidden:
            return Reason.WIFI_NOT_ALLOWED
        if device.active != "/" and device.active not in self.ours and not self._groups.awaits_activation:
            return Reason.WIFI_BUSY
        return None

    def require(self) -> None:
        """Raise `Unavailable` when Wi-Fi Direct cannot be used."""
        reason = self.reason
        if reason is not None:
            raise Unavailable(reason)

    def there(self) -> tuple[Bus, Device]:
        """Bus and device, whatever the state of that. Raises `Unavailable` when there is none."""
        if self.bus is None or self.device is None:
            raise Unavailable(self.reason or Reason.WIFI_OFF)
        return self.bus, self.device

    def manages(self, interface: str) -> bool:
        """Whether NetworkManager has the Wi-Fi interface of this name."""
        return interface in self._managed

    @property
    def manages_wifi(self) -> bool:
        """Whether NetworkManager has any Wi-Fi interface."""
        return bool(self._managed)

    def why_lost(self, new: int, reason: int) -> Reason:
        """Why a group that was up has ended when the device enters this state."""
        return nm.why_lost(new, reason, radio=self._radio)

    def without_pin(self, detail: str) -> Unavailable:
        """This NetworkManager cannot use a PIN, whatever its version says; none is offered before another one is there."""
        self.abilities = replace(self.abilities, pin=False)
        return Unavailable(Reason.NOT_OFFERED, detail)

    def typed(self, error: BusError | BusGone, otherwise: Reason) -> Unavailable:
        """The error of a call as a reason that the user can act on."""
        detail = str(error)[:300]
        if isinstance(error, BusGone) or error.name in nm.MISSING or self.owner is None:
            return Unavailable(Reason.WIFI_MISSING, detail)
        if error.name in nm.DENIED:
            return Unavailable(Reason.WIFI_NOT_ALLOWED, detail)
        if error.name in nm.OFF:
            return Unavailable(self.reason or Reason.WIFI_OFF, detail)
        if error.name in nm.BAD_PROFILE or error.name.startswith("org.freedesktop.NetworkManager.Settings.Connection."):
            return Unavailable(Reason.WIFI_PROFILE, detail)
        return Unavailable(otherwise, detail)

    def report(self) -> None:
        """Tell whether Wi-Fi Direct can be used, when that has changed, or all of it is new."""
        if self._closing or (self.owner is not None and not self._read and not self._broken):
            return
        reason = self.reason
        report = WifiChanged(reason, self._p2p_address if self.device is not None else None, self._fresh, self.abilities)
        if self._reported is not None and not self._fresh and report == self._reported:
            return
        self._fresh = False
        self._reported = replace(report, fresh=False)
        log.info("Wi-Fi Direct is %s%s", reason.value if reason else "ready", ", anew" if report.fresh else "")
        self._groups.on_event(report)
        self._opened.set()

    # --- asking it ---

    async def start_find(self, *, again: bool) -> None:
        """Find for `Limits.find` seconds. Raises `Unavailable`."""
        bus, device = self.there()
        options = {"timeout": Variant("i", max(1, round(self._limits.find)))}
        try:
            await bus.call(NM, device.path, P2P, "StartFind", "a{sv}", options)
        except (BusError, BusGone) as error:
            raise self.typed(error, Reason.WIFI_OFF) from error

    async def stop_find(self) -> None:
        """End the find, if one runs. Raises `Unavailable` when the daemon does not answer: the find may go on then."""
        if self.bus is None or self.device is None:
            return
        try:
            await self.bus.call(NM, self.device.path, P2P, "StopFind")
        except BusTimeout as error:
            raise self.typed(error, Reason.INTERNAL) from error
        except (BusError, BusGone) as error:
            log.debug("StopFind: %s", error)  # no device, no find

    async def scan(self) -> None:
        """Ask for a scan of the Wi-Fi device and wait until it is over (bounded). Raises `Unavailable`.

        NetworkManager refuses a scan now and then; that is no failure, it is asked again until the limit.
        """
        bus, device = self.there()
        if device.parent is None:
            return
        began = asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout(self._limits.scan):
                await self._scan(bus, device.parent)
        except TimeoutError:
            log.info("no end of the scan seen within %g s", self._limits.scan)
        except (BusError, BusGone) as error:
            raise self.typed(error, Reason.WIFI_OFF) from error
        else:
            log.info("scan over after %.1f s", asyncio.get_running_loop().time() - began)

    async def _scan(self, bus: Bus, wifi: str) -> None:
        loop = asyncio.get_running_loop()
        changes: asyncio.Queue[float] = asyncio.Queue()

        def on_changed(signal: Signal) -> None:
            if "LastScan" in signal.changed:
                changes.put_nowait(loop.time())

        watch = await bus.subscribe(on_changed, sender=NM, path=wifi, interface=PROPERTIES, member="PropertiesChanged", arg0=WIRELESS)
        try:
            while True:
                try:
                    await bus.call(NM, wifi, WIRELESS, "RequestScan", "a{sv}", {})
                    asked = loop.time()
                    break
                except BusError as error:
                    if error.name in nm.MISSING | nm.OFF:
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

    async def deactivate(self, bus: Bus, active: str) -> None:
        try:
            await bus.call(NM, MANAGER, NM, "DeactivateConnection", "o", active)
        except BusError as error:
            log.debug("DeactivateConnection: %s", error)  # it had ended by itself

    async def delete(self, bus: Bus, name: str) -> None:
        """Delete the profile with this uuid and end what is active with it; fine when there is none. Raises `BusError`, `BusGone`."""
        try:
            path = values.text(values.first(await bus.call(NM, nm.SETTINGS_PATH, nm.SETTINGS, "GetConnectionByUuid", "s", name)))
        except BusError as error:
            if error.name in nm.MISSING:
                raise
            return
        actives = await bus.get(NM, MANAGER, NM, "ActiveConnections")
        for active in values.paths(actives, nm.MOST_DEVICES):
            with if_there():
                if await bus.get(NM, active, nm.ACTIVE, "Uuid") == name:
                    self.ours.append(active)
                    await self.deactivate(bus, active)
        try:
            await bus.call(NM, path, nm.PROFILE, "Delete")
        except BusError as error:
            log.debug("Delete: %s", error)  # a volatile profile goes by itself

    # --- following it ---

    async def _on_up(self, bus: Bus) -> None:
        self.bus = bus
        changed = {"sender": NM, "interface": PROPERTIES, "member": "PropertiesChanged"}
        await bus.subscribe(self._on_manager_changed, path=MANAGER, arg0=NM, **changed)
        await bus.subscribe(self._on_device_changed, path_namespace=MANAGER, arg0=DEVICE, **changed)
        for version in ("4", "6"):
            await bus.subscribe(self._on_ip_changed, path_namespace=MANAGER, arg0=f"{NM}.IP{version}Config", **changed)
        await bus.subscribe(self._on_peers_changed, path_namespace=MANAGER, arg0=P2P, **changed)
        await bus.subscribe(self._on_peer_changed, path_namespace=MANAGER, arg0=nm.PEER, **changed)
        await bus.subscribe(self._on_state, sender=NM, interface=DEVICE, member="StateChanged")
        for member in ("DeviceAdded", "DeviceRemoved", "CheckPermissions"):
            await bus.subscribe(self._on_devices, sender=NM, path=MANAGER, interface=NM, member=member)
        await bus.watch_name(NM, self._on_owner)
        self._worker = self._tasks.keep(lambda: self._work(bus), _READER)

    def _on_down(self) -> None:
        if self._worker is not None:
            self._worker.cancel()
        self.bus = self._worker = None
        self._on_owner(None)

    def _on_owner(self, owner: str | None) -> None:
        """NetworkManager came, went, or is another one: nothing from before counts."""
        if owner != self.owner:
            log.info("NetworkManager is %s", "there" if owner else "gone")
            self._forget_device(Unavailable(Reason.DAEMON_RESTARTED, "NetworkManager went away"))
        self.owner = owner
        self._read = self._cleaned = False
        self._known.clear()
        self._managed.clear()
        self._stale_machine = True
        self._fresh = self._reported is not None and owner is not None
        self._dirty.set()
        if owner is None:
            self.report()

    def _on_devices(self, signal: Signal) -> None:
        self._stale_machine = True
        if signal.member == "DeviceRemoved" and signal.body:
            self._known.pop(str(signal.body[0]), None)
            if self.device is not None and signal.body[0] == self.device.path:
                self._forget_device(Unavailable(Reason.WIFI_OFF, "the Wi-Fi Direct device was removed"))
        self._dirty.set()

    def _on_manager_changed(self, signal: Signal) -> None:
        changed = signal.changed
        if changed.keys() & {"WirelessEnabled", "WirelessHardwareEnabled", "NetworkingEnabled", "Devices"}:
            if any(changed.get(key) is False for key in ("WirelessEnabled", "WirelessHardwareEnabled", "NetworkingEnabled")):
                self._radio = False  # at once: the device's own complaints follow and should find it so
            self._stale_machine = True
            self._dirty.set()

    def _on_ip_changed(self, _signal: Signal) -> None:
        self.moved.beat()

    def _on_device_changed(self, signal: Signal) -> None:
        changed = signal.changed
        active = changed.get("ActiveConnection")
        if "Ip4Config" in changed:
            self.moved.beat()
        if self.device is not None and signal.path == self.device.path and isinstance(active, str):
            self.device.active = active
            self._on_moved()

    def _on_peers_changed(self, signal: Signal) -> None:
        if self.device is not None and signal.path == self.device.path and "Peers" in signal.changed:
            self._stale_peers = True
            self._dirty.set()

    def _on_peer_changed(self, signal: Signal) -> None:
        if self.peers.update(signal.path, signal.changed):
            self._dirty.set()

    def _on_state(self, signal: Signal) -> None:
        device = self.device
        kind, name = self._known.get(signal.path, (0, ""))
        if kind == TYPE_P2P and (device is None or device.state < DISCONNECTED):
            self._stale_machine = True  # another one may be usable now
            self._dirty.set()
        if kind == TYPE_WIFI and len(signal.body) == 3:
            (self._managed.add if values.number(signal.body[0]) > UNMANAGED else self._managed.discard)(name)
            self._dirty.set()
        if device is None or signal.path != device.path or len(signal.body) != 3:
            return
        new, _old, reason = (values.number(value) for value in signal.body)
        old, device.state = device.state, new
        log.info("Wi-Fi Direct device: state %d → %d, reason %d (%s)", old, new, reason, nm.REASONS.get(reason, "?"))
        self._groups.on_state(new, reason)
        if new < DISCONNECTED:
            self._stale_machine = True
        if new == DISCONNECTED and self._p2p_address is None:
            self._stale_address = True
        self._on_moved()
        self._dirty.set()

    def _on_moved(self) -> None:
        self.moved.beat()
        self.report()

    def _forget_device(self, why: Unavailable) -> None:
        """The device, or the daemon with it, is gone, and all that was there."""
        self._groups.on_device_lost(why)
        self.device = self._p2p_address = None
        self.peers.forget()
        self.moved.beat()

    # --- reading it ---

    async def _work(self, bus: Bus) -> None:
        """Read what has become stale, and report; changes that come meanwhile are read in one more round."""
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
            self.report()
            self.peers.tell()
            await asyncio.sleep(self._limits.gather)

    async def _refresh(self, bus: Bus) -> None:
        owner = self.owner
        if owner is None:
            return
        if self._stale_machine:
            self._stale_machine = False
            await self._read_machine(bus)
        if self._stale_address and self.device is not None:
            self._stale_address = False
            self._p2p_address = await self._read_address(self.device.parent_name)
        if not self._cleaned:
            await self._groups.clean(bus)
            self._cleaned = self.owner == owner
        if self.owner == owner:
            self._read = True
        device = self.device
        if device is not None and self._stale_peers:
            self._stale_peers = False
            await self.peers.read(bus, device.path)

    async def _read_machine(self, bus: Bus) -> None:
        """Read the radio switch, this user's permissions, and which device is the wifi-p2p one."""
        machine = await bus.get_all(NM, MANAGER, NM)
        if not self._read:
            self.version = nm.version(machine.get("Version"))
            self.abilities = Abilities(pin=self.version >= nm.PIN_SINCE)
        self._radio = all(machine.get(key) is not False for key in ("WirelessEnabled", "WirelessHardwareEnabled", "NetworkingEnabled"))
        try:
            allowed = values.first(await bus.call(NM, MANAGER, NM, "GetPermissions"))
            # "auth" may still become a yes in polkit's dialog, "unknown" is what a machine without polkit says.
            self._forbidden = isinstance(allowed, dict) and allowed.get(nm.NETWORK_CONTROL) == "no"
        except BusError as error:
            log.debug("GetPermissions: %s", error)
        paths = values.paths(machine.get("Devices"), nm.MOST_DEVICES)
        await self._read_devices(bus, paths)
        candidates = [path for path in paths if self._known.get(path, (0, ""))[0] == TYPE_P2P]
        if self.device is not None and self.device.path not in candidates:
            self._forget_device(Unavailable(Reason.WIFI_OFF, "the Wi-Fi Direct device went away"))
        if self._stays():
            return
        best = await self._best(bus, candidates)
        if (self.device is not None and best == self.device.path) or self._stays():
            return
        if self.device is not None:
            self._forget_device(Unavailable(Reason.WIFI_OFF, "another Wi-Fi Direct device is used"))
        if best is not None:
            await self._take(bus, best, paths)

    async def _read_devices(self, bus: Bus, paths: tuple[str, ...]) -> None:
        """Type and interface of the devices that are new."""
        for path in paths:
            if path not in self._known:
                with if_there():
                    properties = await bus.get_all(NM, path, DEVICE)
                    self._known[path] = values.number(properties.get("DeviceType")), values.text(properties.get("Interface"))
                    if self._known[path][0] == TYPE_WIFI and values.number(properties.get("State")) > UNMANAGED:
                        self._managed.add(self._known[path][1])

    def _stays(self) -> bool:
        """Whether the device is to be kept: it works, or a group is on it."""
        return self.device is not None and (self.device.state >= DISCONNECTED or not self._groups.is_none)

    async def _best(self, bus: Bus, candidates: list[str]) -> str | None:
        """The Wi-Fi Direct device to use: one that works, if possible without a foreign connection; of equals the present or the first."""
        if len(candidates) < 2:
            return next(iter(candidates), None)
        worth: dict[str, tuple[bool, bool, bool]] = {}
        for path in candidates:
            with if_there():
                facts = await bus.get_all(NM, path, DEVICE)
                active = values.text(facts.get("ActiveConnection")) or "/"
                present = self.device is not None and path == self.device.path
                worth[path] = values.number(facts.get("State")) >= DISCONNECTED, active == "/" or active in self.ours, present
        return max(worth, key=lambda path: worth[path], default=None)

    async def _take(self, bus: Bus, path: str, paths: tuple[str, ...]) -> None:
        """Use the device `path` from now on."""
        name = self._known[path][1]
        wifis = {other: known[1] for other in paths if (known := self._known.get(other)) and known[0] == TYPE_WIFI}
        on = await self._read_parent(name, tuple(wifis.values()))
        parent = next((other for other, wifi in wifis.items() if wifi == on), None)
        # From here to the answer every state change is noted in the object itself, so the answer counts only if none came.
        device = self.device = Device(path, name, parent, wifis.get(parent or "", ""))
        try:
            properties = await bus.get_all(NM, path, DEVICE)
        except BusError:
            self.device = None
            raise
        if device.state == 0:
            device.state = values.number(properties.get("State"))
        if device.active == "/":
            device.active = values.text(properties.get("ActiveConnection")) or "/"
        self._stale_address = self._stale_peers = True
        self._fresh = self._reported is not None
        log.info("Wi-Fi Direct device %s (%s), state %d", name, path, device.state)

    def _broke(self, _name: str, _error: Exception) -> None:
        """Following or reading failed: while what the daemon says cannot be understood, it cannot be used."""
        self._broken = True
        self.report()
