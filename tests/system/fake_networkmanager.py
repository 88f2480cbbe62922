"""A NetworkManager with one Wi-Fi radio, as far as Wi-Fi Direct goes, on a private bus. Hand-written after the lab's recordings of 1.42.4.

With `version` "1.60.0" it also does WPS PINs as the sources have it (main after 1.59.2-dev, which nobody ships yet): nm-device-wifi-p2p.c,
act_stage2_config and handle_wps_pin_fail; nm-setting-wifi-p2p.c, need_secrets; nm-active-connection.c, _set_applied_connection_take;
nm-agent-manager.c, _con_get_try_complete_early. No secret agent is registered, so whoever asks one gets nothing.

The rule: it is as particular as the real one. Signatures and values of every argument are checked as `nm-errors.txt` of the recordings has
them; a settings dictionary with an unknown key or a wrong type is dropped without a word and replaced by a default one; a second
activation replaces the first; a restart means another unique name and another device path. What takes time in the world (the 45 s of a
one-sided attempt, a scan) takes as long as the test says, or waits for the test.
"""

from __future__ import annotations

import asyncio
import re
import time
import uuid
from collections.abc import Callable
from typing import Any

from nearby_tray.system.bus import Bus, DBusError, ServiceInterface, Subscription, Variant, dbus_property, method, signal

NM = "org.freedesktop.NetworkManager"
MANAGER = "/org/freedesktop/NetworkManager"
DEVICE = f"{NM}.Device"

_IP = {
    "method": "s",
    "address-data": "aa{sv}",
    "never-default": "b",
    "ignore-auto-dns": "b",
    "may-fail": "b",
    "ignore-auto-routes": "b",
    "required-timeout": "i",
    "route-table": "u",
    "dhcp-send-hostname": "b",
    "dhcp-send-hostname-v2": "i",
}

# What each key may be. NetworkManager: nm-setting-*.c; only what somebody could sensibly send here.
_KEYS: dict[str, dict[str, str]] = {
    "connection": {
        "id": "s",
        "uuid": "s",
        "type": "s",
        "autoconnect": "b",
        "permissions": "as",
        "zone": "s",
        "interface-name": "s",
        "auth-retries": "i",
        "mdns": "i",
        "llmnr": "i",
    },
    "wifi-p2p": {"peer": "s", "wps-method": "u", "wfd-ies": "ay", "wps-pin": "s", "wps-pin-flags": "u"},
    "hostname": {"priority": "i", "from-dhcp": "i", "from-dns-lookup": "i", "only-from-default": "i"},
    "ipv4": {**_IP, "dhcp-client-id": "s"},
    "ipv6": {**_IP, "addr-gen-mode": "i", "ip6-privacy": "i"},
}
_SINCE_1_52 = {"dhcp-send-hostname-v2"}
_MAC = re.compile(r"[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5}")

Settings = dict[str, dict[str, Variant]]


class Manager(ServiceInterface):
    def __init__(self, world: FakeNetworkManager) -> None:
        super().__init__(NM)
        self.world = world

    @dbus_property(gives="ao", name="Devices")
    def devices(self) -> list[str]:
        return self.world.device_paths

    @dbus_property(gives="b", name="WirelessEnabled")
    def wireless_enabled(self) -> bool:
        return self.world.radio_on

    @dbus_property(gives="b", name="WirelessHardwareEnabled")
    def wireless_hardware_enabled(self) -> bool:
        return True

    @dbus_property(gives="b", name="NetworkingEnabled")
    def networking_enabled(self) -> bool:
        return True

    @dbus_property(gives="ao", name="ActiveConnections")
    def active_connections(self) -> list[str]:
        return [self.world.active.path] if self.world.active is not None else []

    @dbus_property(gives="s", name="Version")
    def version(self) -> str:
        return self.world.version

    @method("GetPermissions", gives="a{ss}")
    def get_permissions(self) -> dict[str, str]:
        return {f"{NM}.network-control": self.world.permission, f"{NM}.wifi.scan": "yes"}

    @method("AddAndActivateConnection2", takes=["a{sa{sv}}", "o", "o", "a{sv}"], gives="ooa{sv}")
    async def add_and_activate(self, connection: Settings, device: str, specific: str, options: dict[str, Variant]) -> list[Any]:
        return await self.world.add_and_activate(connection, device, specific, options, self.world.caller)

    @method("DeactivateConnection", takes=["o"])
    def deactivate(self, path: str) -> None:
        self.world.calls.append(("DeactivateConnection", path))
        if self.world.active is None or self.world.active.path != path:
            raise DBusError(f"{NM}.ConnectionNotActive", "The connection was not active.")
        self.world.end(39)

    @signal("DeviceAdded", gives="o")
    def device_added(self, path: str) -> str:
        return path

    @signal("DeviceRemoved", gives="o")
    def device_removed(self, path: str) -> str:
        return path

    @signal("CheckPermissions")
    def check_permissions(self) -> None:
        return None


class SettingsObject(ServiceInterface):
    def __init__(self, world: FakeNetworkManager) -> None:
        super().__init__(f"{NM}.Settings")
        self.world = world

    @method("GetConnectionByUuid", takes=["s"], gives="o")
    def get_by_uuid(self, name: str) -> str:
        for profile in self.world.profiles:
            if profile.settings["connection"]["uuid"].value == name:
                return profile.path
        raise DBusError(f"{NM}.Settings.InvalidConnection", "No connection with the UUID was found.")


class Profile(ServiceInterface):
    def __init__(self, world: FakeNetworkManager, path: str, settings: Settings) -> None:
        super().__init__(f"{NM}.Settings.Connection")
        self.world = world
        self.path = path
        self.settings = settings

    @method("GetSettings", gives="a{sa{sv}}")
    def get_settings(self) -> Settings:
        # As the real one: with things nobody asked for, defaults left out, everything else as it was understood.
        back = {name: dict(keys) for name, keys in self.settings.items()}
        back["connection"]["timestamp"] = Variant("t", 1)
        back["wifi-p2p"].pop("wps-pin", None)  # secrets are for GetSecrets
        for family in ("ipv4", "ipv6"):
            back[family]["dns-search"] = Variant("as", [])
            back[family]["addresses"] = Variant("aau", [])
            if "may-fail" in back[family] and back[family]["may-fail"].value is True:
                del back[family]["may-fail"]
        return back

    @method("Delete")
    def delete(self) -> None:
        self.world.calls.append(("Delete", self.path))
        if self.world.active is not None and self.world.active.profile is self:
            self.world.end(38)
        else:
            self.world.remove_profile(self)


class Active(ServiceInterface):
    def __init__(self, path: str, profile: Profile) -> None:
        super().__init__(f"{NM}.Connection.Active")
        self.path = path
        self.profile = profile
        self.binding: Subscription | None = None

    @dbus_property(gives="s", name="Uuid")
    def uuid(self) -> str:
        return str(self.profile.settings["connection"]["uuid"].value)

    @dbus_property(gives="o", name="Connection")
    def connection(self) -> str:
        return self.profile.path


class Device(ServiceInterface):
    def __init__(self, path: str, kind: int, interface: str) -> None:
        super().__init__(DEVICE)
        self.path = path
        self.kind = kind
        self.name_of = interface
        self.now = (30, 0)
        self.active = "/"
        self.ip: tuple[str, str, str] = ("", "/", "/")
        self.on_reapply: Callable[[Settings], None] = lambda _settings: None

    @method("Reapply", takes=["a{sa{sv}}", "t", "u"])
    def reapply(self, settings: Settings, version: int, flags: int) -> None:
        assert version == flags == 0
        self.on_reapply(settings)

    @dbus_property(gives="u", name="DeviceType")
    def device_type(self) -> int:
        return self.kind

    @dbus_property(gives="s", name="Interface")
    def interface(self) -> str:
        return self.name_of

    @dbus_property(gives="u", name="State")
    def state(self) -> int:
        return self.now[0]

    @dbus_property(gives="(uu)", name="StateReason")
    def state_reason(self) -> list[int]:
        return list(self.now)

    @dbus_property(gives="o", name="ActiveConnection")
    def active_connection(self) -> str:
        return self.active

    @dbus_property(gives="s", name="IpInterface")
    def ip_interface(self) -> str:
        return self.ip[0]

    @dbus_property(gives="o", name="Ip4Config")
    def ip4_config(self) -> str:
        return self.ip[1]

    @dbus_property(gives="o", name="Ip6Config")
    def ip6_config(self) -> str:
        return self.ip[2]

    @dbus_property(gives="s", name="HwAddress")
    def hw_address(self) -> str:
        return ""

    @signal("StateChanged", gives="uuu")
    def state_changed(self, new: int, old: int, reason: int) -> list[int]:
        return [new, old, reason]

    def go(self, state: int, reason: int = 0) -> None:
        """Another state, told in the order of the recordings."""
        old, self.now = self.now[0], (state, reason)
        self.emit_properties_changed({"State": state})
        self.emit_properties_changed({"StateReason": [state, reason]})
        self.state_changed(state, old, reason)

    def hold(self, active: str) -> None:
        self.active = active
        self.emit_properties_changed({"ActiveConnection": active})


class Wireless(ServiceInterface):
    def __init__(self, world: FakeNetworkManager) -> None:
        super().__init__(f"{DEVICE}.Wireless")
        self.world = world
        self.last = 1000

    @dbus_property(gives="x", name="LastScan")
    def last_scan(self) -> int:
        return self.last

    @method("RequestScan", takes=["a{sv}"])
    def request_scan(self, options: dict[str, Variant]) -> None:
        assert not options, f"unexpected scan options {options}"
        self.world.calls.append(("RequestScan",))
        if self.world.scan_refusals > 0:
            self.world.scan_refusals -= 1
            raise DBusError(f"{DEVICE}.NotAllowed", "Scanning not allowed immediately following previous scan")
        self.world.on_scan(self)

    def ended(self) -> None:
        self.last += 1000
        self.emit_properties_changed({"LastScan": self.last})


class WifiP2P(ServiceInterface):
    def __init__(self, world: FakeNetworkManager) -> None:
        super().__init__(f"{DEVICE}.WifiP2P")
        self.world = world

    @dbus_property(gives="s", name="HwAddress")
    def hw_address(self) -> str:
        return ""

    @dbus_property(gives="ao", name="Peers")
    def peers(self) -> list[str]:
        return list(self.world.peers)

    @method("StartFind", takes=["a{sv}"])
    def start_find(self, options: dict[str, Variant]) -> None:
        world = self.world
        timeout = options.pop("timeout", Variant("i", 30))
        if options:
            raise DBusError(f"{DEVICE}.InvalidArgument", "Unsupported options key")
        if timeout.signature != "i":
            raise DBusError(f"{DEVICE}.InvalidArgument", '"timeout" must be an integer "i"')
        if not 1 <= timeout.value <= 600:
            raise DBusError(f"{DEVICE}.NotAllowed", "The timeout for a find operation needs to be in the range of 1-600s.")
        world.calls.append(("StartFind", timeout.value))
        if world.find_error is not None:
            raise world.find_error
        if world.p2p.now[0] < 30:
            raise DBusError(f"{DEVICE}.NotActive", "WPA Supplicant management interface is currently unavailable.")

    @method("StopFind")
    def stop_find(self) -> None:
        self.world.calls.append(("StopFind",))

    @signal("PeerAdded", gives="o")
    def peer_added(self, path: str) -> str:
        return path

    @signal("PeerRemoved", gives="o")
    def peer_removed(self, path: str) -> str:
        return path


class Peer(ServiceInterface):
    def __init__(self, address: str, name: str, strength: int, seen: int) -> None:
        super().__init__(f"{NM}.WifiP2PPeer")
        self.facts: dict[str, Any] = {"HwAddress": address, "Name": name, "Strength": strength, "LastSeen": seen}
        self.facts |= {"Manufacturer": "", "Model": "", "ModelNumber": "", "WfdIEs": b""}

    @dbus_property(gives="s", name="HwAddress")
    def hw_address(self) -> str:
        return str(self.facts["HwAddress"])

    @dbus_property(gives="s", name="Name")
    def peer_name(self) -> str:
        return str(self.facts["Name"])

    @dbus_property(gives="y", name="Strength")
    def strength(self) -> int:
        return int(self.facts["Strength"])

    @dbus_property(gives="i", name="LastSeen")
    def last_seen(self) -> int:
        return int(self.facts["LastSeen"])

    @dbus_property(gives="s", name="Manufacturer")
    def manufacturer(self) -> str:
        return str(self.facts["Manufacturer"])

    @dbus_property(gives="s", name="Model")
    def model(self) -> str:
        return str(self.facts["Model"])

    @dbus_property(gives="s", name="ModelNumber")
    def model_number(self) -> str:
        return str(self.facts["ModelNumber"])

    @dbus_property(gives="ay", name="WfdIEs")
    def wfd_ies(self) -> bytes:
        return bytes(self.facts["WfdIEs"])


class Config(ServiceInterface):
    """`routes`, `names`: what NetworkManager took from the link besides addresses, in spite of what the profile says."""

    def __init__(self, version: int, data: list[dict[str, Variant]], routes: list[dict[str, Variant]], names: dict[str, list[str]]) -> None:
        super().__init__(f"{NM}.IP{version}Config")
        self.data = data
        self.routes = routes
        self.names = names

    @dbus_property(gives="aa{sv}", name="AddressData")
    def address_data(self) -> list[dict[str, Variant]]:
        return self.data

    @dbus_property(gives="aa{sv}", name="RouteData")
    def route_data(self) -> list[dict[str, Variant]]:
        return self.routes

    @dbus_property(gives="aa{sv}", name="NameserverData")
    def nameserver_data(self) -> list[dict[str, Variant]]:
        return [{"address": Variant("s", address)} for address in self.names.get("servers", [])]

    @dbus_property(gives="as", name="Domains")
    def domains(self) -> list[str]:
        return self.names.get("domains", [])

    @dbus_property(gives="as", name="Searches")
    def searches(self) -> list[str]:
        return self.names.get("searches", [])


class Firewall(ServiceInterface):
    """firewalld, as much of it as a zone needs. `zones`: None, when polkit does not let us ask."""

    def __init__(self, zones: list[str] | None) -> None:
        super().__init__("org.fedoraproject.FirewallD1.zone")
        self.zones = zones

    @method("getZones", gives="as")
    def get_zones(self) -> list[str]:
        if self.zones is None:
            raise DBusError(
                "org.fedoraproject.FirewallD1.NotAuthorizedException", "Not Authorized(polkit): org.fedoraproject.FirewallD1.info"
            )
        return self.zones


class FakeNetworkManager:
    """The daemon. Attributes are set by tests at any time; `calls` has what was asked of it, in order."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []
        self.caller = ""
        self.permission = "yes"
        self.privileged = False  # whether the caller may add a profile for everybody
        self.radio_on = True
        self.answers = True  # whether the other machine activates too
        self.one_sided = 45.0  # seconds until an unanswered attempt is given up
        self.stop_at: int | None = None  # stay in this state while activating, until `resume`
        self.resume = asyncio.Event()
        self.interface = "p2p-wlan0-0"  # of the group
        # What DHCP, or we as the owner, and IPv6's own way give, by version of IP.
        self.automatic: dict[int, list[dict[str, Variant]]] = {
            4: [{"address": Variant("s", "10.42.0.1"), "prefix": Variant("u", 24)}],
            6: [{"address": Variant("s", "fe80::1"), "prefix": Variant("u", 64)}],
        }
        self.extra_routes: list[dict[str, Variant]] = []  # what an automatic configuration brings besides
        self.names: dict[str, list[str]] = {}
        self.configs: dict[str, Config] = {}
        self.leased = asyncio.Event()  # DHCP answers only then
        self.leased.set()
        self.owner = False  # of the group
        self.reapply_error: DBusError | None = None
        self.shared = False  # NetworkManager switched on forwarding, and would leave it on
        self.answer_late: asyncio.Event | None = None  # AddAndActivateConnection2 answers only then
        self.deactivates: asyncio.Event | None = None  # 110 becomes 30 only then
        self.version = "1.42.4"
        self.peer_pin: str | None = None  # the one that the other machine shows or has been given
        self.groups: set[int] = set()  # interface indexes that nl80211 would tell
        self.looks = 0  # how often they were looked at while the one that we form was among them
        self.failing = asyncio.Event()  # after a wrong PIN the group's interface goes only then
        self.failing.set()
        self.drops: set[str] = set()  # keys this version does not know, "ipv4.never-default"
        self.activation_error: DBusError | None = None
        self.find_error: DBusError | None = None
        self.scan_refusals = 0
        self.on_scan: Callable[[Wireless], None] = lambda wireless: wireless.ended()
        self.peers: dict[str, Peer] = {}
        self.profiles: list[Profile] = []
        self.active: Active | None = None
        self._number = 0
        self._paths: list[str] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._run: asyncio.Task[None] | None = None

    # --- life ---

    async def start(self, *, wifi: bool = True, p2p: bool = True) -> None:
        self.bus = await Bus.connect("system")
        self.bus._connection.add_message_handler(self._note_caller)
        self.device_paths: list[str] = []
        self.manager = Manager(self)
        self._export(MANAGER, self.manager)
        self._export(f"{MANAGER}/Settings", SettingsObject(self))
        self._add_device(1, "eth0")
        if wifi:
            self.wlan = self._add_device(2, "wlan0")
            self.wireless = Wireless(self)
            self._export(self.wlan.path, self.wireless)
        if p2p:
            self.add_p2p()
        assert await self.bus.request_name(NM)

    async def stop(self) -> None:
        """End without a goodbye, as a crash does."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.peers.clear()
        self.profiles.clear()
        self.active = None
        await self.bus.close()

    async def restart(self) -> None:
        await self.stop()
        await self.start()

    def _note_caller(self, message: Any) -> None:
        self.caller = message.sender

    def _export(self, path: str, thing: ServiceInterface) -> None:
        self.bus.export(path, thing)
        self._paths.append(path)

    def _next(self, kind: str) -> str:
        self._number += 1
        return f"{MANAGER}/{kind}/{self._number}"

    def _start(self, work: Any) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    # --- devices and the radio ---

    def _add_device(self, kind: int, interface: str) -> Device:
        device = Device(self._next("Devices"), kind, interface)
        self._export(device.path, device)
        self.device_paths.append(device.path)
        self.manager.device_added(device.path)
        self.manager.emit_properties_changed({"Devices": self.device_paths})
        return device

    def add_p2p(self) -> None:
        self.p2p = self._add_device(30, "p2p-dev-wlan0")
        self.find_interface = WifiP2P(self)
        self._export(self.p2p.path, self.find_interface)

    def remove_p2p(self) -> None:
        for path in list(self.peers):
            self.remove_peer(path)
        self.device_paths.remove(self.p2p.path)
        self.bus.unexport(self.p2p.path)
        self.manager.device_removed(self.p2p.path)
        self.manager.emit_properties_changed({"Devices": self.device_paths})

    def radio(self, on: bool) -> None:
        """The switch: off takes the P2P device away, on brings another one. As recorded: 20 with reason 10, then gone."""
        self.radio_on = on
        self.manager.emit_properties_changed({"WirelessEnabled": on})
        if on:
            self.add_p2p()
        else:
            if self._run is not None:
                self._run.cancel()
            self._drop_active()
            self.p2p.go(20, 10)
            self.remove_p2p()

    # --- peers ---

    def add_peer(self, address: str, name: str = "", strength: int = 84, seen: int | None = None) -> str:
        path = self._next("WifiP2PPeer")
        self.peers[path] = Peer(address, name, strength, int(time.clock_gettime(time.CLOCK_BOOTTIME)) if seen is None else seen)
        self._export(path, self.peers[path])
        self.find_interface.peer_added(path)
        self.find_interface.emit_properties_changed({"Peers": list(self.peers)})
        return path

    def change_peer(self, path: str, **facts: Any) -> None:
        self.peers[path].facts.update(facts)
        self.peers[path].emit_properties_changed(facts)

    def remove_peer(self, path: str) -> None:
        del self.peers[path]
        self.bus.unexport(path)
        self.find_interface.peer_removed(path)
        self.find_interface.emit_properties_changed({"Peers": list(self.peers)})

    # --- connections ---

    async def add_and_activate(
        self, connection: Settings, device: str, specific: str, options: dict[str, Variant], caller: str
    ) -> list[Any]:
        self.calls.append(("AddAndActivateConnection2", connection, device, specific, options))
        if self.answer_late is not None:
            await self.answer_late.wait()
        if self.permission != "yes":
            raise DBusError(f"{NM}.PermissionDenied", "Not authorized to control networking.")
        if self.activation_error is not None:
            raise self.activation_error
        for key, value in options.items():
            allowed = {"persist": ("disk", "memory", "volatile"), "bind-activation": ("none", "dbus-client")}.get(key, ())
            if value.signature != "s" or value.value not in allowed:
                raise DBusError(f"{NM}.InvalidArguments", "Unknown extra option passed")
        if device != self.p2p.path or self.p2p.now[0] < 30:
            raise DBusError(f"{NM}.UnknownConnection", "No suitable device found")
        settings = connection if self._understands(connection) else {}
        if specific != "/":
            if specific not in self.peers:
                raise DBusError(f"{DEVICE}.SpecificObjectNotFound", f"The P2P peer {specific} is unknown")
        elif "wifi-p2p" not in settings:
            raise DBusError(f"{DEVICE}.InvalidConnection", "A 'wifi-p2p' setting is required if no Peer path was given")
        settings = self._complete(settings, specific)
        if not _MAC.fullmatch(str(settings["wifi-p2p"]["peer"].value)):
            raise DBusError(f"{NM}.Settings.Connection.InvalidProperty", "wifi-p2p.peer: property is invalid")
        if "permissions" not in settings["connection"] and not self.privileged:
            raise DBusError(f"{NM}.Settings.PermissionDenied", "Insufficient privileges")
        method = settings["wifi-p2p"].get("wps-method", Variant("u", 0)).value
        if method & 1 or (method > 8 and not (method == 0x10 and self.has_pins)):
            raise DBusError(f"{NM}.Settings.Connection.InvalidProperty", "wifi-p2p.wps-method: property is invalid")
        profile = Profile(self, self._next("Settings"), settings)
        self._export(profile.path, profile)
        self.profiles.append(profile)
        active = await self.activate(profile)
        if options.get("bind-activation", Variant("s", "none")).value == "dbus-client":
            active.binding = await self.bus.watch_name(caller, lambda owner: None if owner else self._unbind(active))
        return [profile.path, active.path, {}]

    @property
    def has_pins(self) -> bool:
        return not self.version.startswith(("1.4", "1.50", "1.52", "1.54", "1.56", "1.58")) and "wifi-p2p.wps-pin" not in self.drops

    def _understands(self, settings: Settings) -> bool:
        """Whether NetworkManager could parse it; if not, nobody is told."""
        return all(
            setting in _KEYS
            and key in _KEYS[setting]
            and value.signature == _KEYS[setting][key]
            and f"{setting}.{key}" not in self.drops
            and (self.has_pins or not key.startswith("wps-pin"))
            and (key not in _SINCE_1_52 or not self.version.startswith("1.4"))
            for setting, keys in settings.items()
            for key, value in keys.items()
        )

    def _complete(self, settings: Settings, specific: str) -> Settings:
        full: Settings = {name: dict(settings.get(name, {})) for name in _KEYS if name in settings or name != "hostname"}
        if specific != "/":
            full["wifi-p2p"].setdefault("peer", Variant("s", self.peers[specific].facts["HwAddress"]))
        defaults = {"id": f"Wi-Fi P2P Peer {full['wifi-p2p'].get('peer')}", "uuid": str(uuid.uuid4()), "type": "wifi-p2p"}
        for key, text in defaults.items():
            full["connection"].setdefault(key, Variant("s", text))
        for family in ("ipv4", "ipv6"):
            full[family].setdefault("method", Variant("s", "auto"))
        return full

    async def activate(self, profile: Profile) -> Active:
        """Begin; whatever was active on the device is replaced without a word."""
        if self.active is not None:
            if self._run is not None:
                self._run.cancel()
            self.p2p.go(110, 60)
            self._drop_active()
            self.p2p.go(30, 60)
        active = self.active = Active(self._next("ActiveConnection"), profile)
        self._export(active.path, active)
        self.p2p.hold(active.path)
        self._run = self._start(self._activate(active))
        return active

    async def foreign(self) -> Active:
        """Somebody else's connection on the P2P device."""
        settings = self._complete({"wifi-p2p": {"peer": Variant("s", "02:00:00:00:00:99")}}, "/")
        profile = Profile(self, self._next("Settings"), settings)
        self._export(profile.path, profile)
        self.profiles.append(profile)
        return await self.activate(profile)

    async def _step(self, state: int) -> None:
        self.p2p.go(state)
        if self.stop_at == state:
            await self.resume.wait()
        await asyncio.sleep(0)

    async def _activate(self, active: Active) -> None:
        await self._step(40)
        await self._step(50)
        if not await self._provision(active.profile.settings):
            return
        if not self.answers:
            await asyncio.sleep(self.one_sided)
            self.fail(11)
            return
        settings = active.profile.settings
        self.p2p.ip = (self.interface, self._configure(4, settings["ipv4"]), self._configure(6, settings["ipv6"]))
        self.p2p.on_reapply = lambda changed: self._reapply(active, changed)
        for state in (70, 80, 90, 100):
            await self._step(state)

    def _configure(self, version: int, given: dict[str, Variant]) -> str:
        """The object for what this part of a profile comes to."""
        method, data, routes, names = given["method"].value, self.automatic[version], self.extra_routes, self.names
        if method != "auto":
            routes, names = [], {}
        if method == "manual":
            data = given["address-data"].value
        elif method == "disabled":
            data = []
        elif method == "link-local" and version == 4:
            data = [{"address": Variant("s", "169.254.33.7"), "prefix": Variant("u", 16)}]
            routes = [{"dest": Variant("s", "224.0.0.0"), "prefix": Variant("u", 4)}]
        elif method == "auto" and self.owner:
            self.shared = True
        path = self._next(f"IP{version}Config")
        self.configs[path] = Config(version, data, routes, names)
        self._export(path, self.configs[path])
        return path

    def _reapply(self, active: Active, changed: Settings) -> None:
        """Another IPv4 for the group that is up. As in the lab: the profile stays what it is, and DHCP takes its time."""
        self.calls.append(("Reapply", changed))
        if self.reapply_error is not None:
            raise self.reapply_error
        if self.active is not active or self.p2p.now[0] != 100:
            raise DBusError(f"{DEVICE}.NotActive", "Device is not activated")
        if not self._understands(changed):
            raise DBusError(f"{NM}.Settings.Connection.InvalidProperty", "unknown property")
        for name, keys in changed.items():
            if name != "ipv4" and keys != {key: active.profile.settings[name].get(key) for key in keys}:
                raise DBusError(f"{DEVICE}.IncompatibleConnection", f"Can't reapply changes to '{name}'")
        self._start(self._give(active, changed["ipv4"]))

    async def _give(self, active: Active, given: dict[str, Variant]) -> None:
        if given["method"].value == "auto":
            await self.leased.wait()
        if self.active is active:
            self.p2p.ip = (self.interface, self._configure(4, given), self.p2p.ip[2])
            self.p2p.emit_properties_changed({"Ip4Config": self.p2p.ip[1]})

    async def _provision(self, settings: Settings) -> bool:
        """What happens in state 50 until wpa_supplicant tries for a group; whether that has the right PIN."""
        p2p = {key: value.value for key, value in settings["wifi-p2p"].items()}
        method, retries = p2p.get("wps-method", 0), settings["connection"].get("auth-retries", Variant("i", 3)).value
        if not self.has_pins or method not in (8, 0x10):
            self.calls.append(("Connect", "pbc", None))
            return True
        # The activation's copy of the profile has no secrets; those of the system come back without an agent.
        retries -= 1
        await self._step(60)
        if p2p.get("wps-pin-flags", 0) or not p2p.get("wps-pin"):
            self.fail(7)
            return False
        await self._step(40)
        await self._step(50)
        self.calls.append(("Connect", {8: "keypad", 0x10: "display"}[method], p2p["wps-pin"]))
        if not self.answers or p2p["wps-pin"] == self.peer_pin:
            if self.answers:
                self.groups.add(77)
            return True
        self.groups.add(77)  # the negotiation went well, WPS does not
        await self.failing.wait()
        self.groups.discard(77)
        await asyncio.sleep(self.one_sided)
        if retries > 0:  # another PIN, which nobody has
            await self._step(60)
            self.fail(7)
        else:
            self.fail(11)
        return False

    def fail(self, reason: int) -> None:
        """120, then idle."""
        self.p2p.go(120, reason)
        self._drop_active()
        self.p2p.go(30, 0)

    def peer_leaves(self) -> None:
        """The group owner at the other end has left: straight to 30, as recorded."""
        self._drop_active()
        self.p2p.go(30, 8)

    def end(self, reason: int) -> None:
        """Deactivate what is active."""
        if self._run is not None:
            self._run.cancel()
        self.p2p.go(110, reason)
        self._start(self._end(reason))

    async def _end(self, reason: int) -> None:
        if self.deactivates is not None:
            await self.deactivates.wait()
        self._drop_active()
        self.p2p.go(30, reason)

    def _unbind(self, active: Active) -> None:
        if self.active is active:
            self.end(39)

    def _drop_active(self) -> None:
        active, self.active = self.active, None
        self.p2p.ip = ("", "/", "/")
        self.p2p.hold("/")
        if active is not None:
            if active.binding is not None:
                active.binding.cancel()
            self.bus.unexport(active.path)
            self.remove_profile(active.profile)

    def remove_profile(self, profile: Profile) -> None:
        if profile in self.profiles:
            self.profiles.remove(profile)
            self.bus.unexport(profile.path)

    def named(self, name: str) -> list[tuple[Any, ...]]:
        """The calls of one member, in order."""
        return [call for call in self.calls if call[0] == name]
