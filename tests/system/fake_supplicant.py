"""A wpa_supplicant with one Wi-Fi radio, as far as Wi-Fi Direct goes, on a private bus. After the lab's recordings of 2.10.

The rule: it is as particular as the real one. What it exports has the signatures of the recorded introspection
(`wifi/wpa_supplicant.xml`, a test compares); every key of a dictionary is checked with its type and answered with InvalidArgs otherwise,
as dbus_new_handlers_p2p.c does; a restart means another unique name and other object paths. What other machines do, the test does
(`ask`, `invite`, `answer` …).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from nearby_tray.system.bus import Bus, DBusError, PropertyAccess, ServiceInterface, Subscription, Variant, dbus_property, method, signal

WPA = "fi.w1.wpa_supplicant1"
ROOT = "/fi/w1/wpa_supplicant1"
OWN = bytes.fromhex("420000000000")

Dictionary = dict[str, Variant]

_SCAN = {"Type": "s", "AllowRoam": "b"}
_FIND = {"Timeout": "i", "RequestedDeviceTypes": "aay", "DiscoveryType": "s", "freq": "i"}
_CONNECT = {
    "peer": "o",
    "persistent": "b",
    "join": "b",
    "authorize_only": "b",
    "frequency": "i",
    "go_intent": "i",
    "wps_method": "s",
    "pin": "s",
}
_GROUP_ADD = {"persistent": "b", "frequency": "i", "persistent_group_object": "o"}
_INVITE = {"peer": "o", "persistent_group_object": "o"}
_REMOVE_CLIENT = {"peer": "o", "iface": "s"}
_WPS_START = {"Role": "s", "Type": "s", "Bssid": "ay", "Pin": "s", "P2PDeviceAddress": "ay"}
_IP_KEYS = ("IpAddrGo", "IpAddrMask", "IpAddrStart", "IpAddrEnd")


def invalid(text: str = "Did not receive correct message arguments.") -> DBusError:
    return DBusError(f"{WPA}.InvalidArgs", text)


def unknown(text: str) -> DBusError:
    return DBusError(f"{WPA}.UnknownError", text)


def checked(arguments: Dictionary, allowed: dict[str, str]) -> dict[str, Any]:
    for key, value in arguments.items():
        if allowed.get(key) != value.signature:
            raise invalid()
    return {key: value.value for key, value in arguments.items()}


def compact(address: str) -> str:
    return address.replace(":", "")


class Root(ServiceInterface):
    def __init__(self, world: FakeSupplicant) -> None:
        super().__init__(WPA)
        self.world = world

    @dbus_property(gives="ao", name="Interfaces")
    def interfaces(self) -> list[str]:
        return list(self.world.interfaces)

    @dbus_property(gives="as", name="Capabilities")
    def capabilities(self) -> list[str]:
        return ["ap", "p2p"] if self.world.p2p_capable else ["ap"]

    @signal("InterfaceAdded", gives="oa{sv}")
    def interface_added(self, path: str) -> list[Any]:
        return [path, {"Ifname": Variant("s", self.world.interfaces[path].name_of)}]

    @signal("InterfaceRemoved", gives="o")
    def interface_removed(self, path: str) -> str:
        return path


class Iface(ServiceInterface):
    def __init__(self, world: FakeSupplicant, path: str, name: str, modes: list[str]) -> None:
        super().__init__(f"{WPA}.Interface")
        self.world = world
        self.path = path
        self.name_of = name
        self.modes = modes
        self.state_now = "disconnected"

    @dbus_property(gives="a{sv}", name="Capabilities")
    def capabilities(self) -> Dictionary:
        return {"Modes": Variant("as", self.modes), "MaxScanSSID": Variant("i", 255)}

    @dbus_property(gives="s", name="State")
    def state(self) -> str:
        return self.state_now

    @dbus_property(gives="s", name="Ifname")
    def ifname(self) -> str:
        return self.name_of

    @method("Scan", takes=["a{sv}"])
    def scan(self, arguments: Dictionary) -> None:
        self.world.calls.append(("Scan", checked(arguments, _SCAN)))
        if self.world.scanning:
            raise DBusError(f"{WPA}.Interface.ScanError", "Scan request rejected")
        self.world.scanning = True
        self.world.on_scan()

    @method("AbortScan")
    def abort_scan(self) -> None:
        self.world.calls.append(("AbortScan",))
        if not self.world.scanning:
            raise DBusError(f"{WPA}.Interface.ScanError", "Abort failed or no scan in progress")
        asyncio.get_running_loop().call_later(0.02, self.world.scanned)

    @signal("StaAuthorized", gives="s")
    def sta_authorized(self, name: str) -> str:
        return name

    @signal("StaDeauthorized", gives="s")
    def sta_deauthorized(self, name: str) -> str:
        return name


class Wps(ServiceInterface):
    def __init__(self, world: FakeSupplicant, path: str) -> None:
        super().__init__(f"{WPA}.Interface.WPS")
        self.world = world
        self.path = path

    @method("Start", takes=["a{sv}"], gives="a{sv}")
    def start(self, arguments: Dictionary) -> Dictionary:
        given = checked(arguments, _WPS_START)
        self.world.calls.append(("WPS.Start", self.path, given))
        if given.get("Type") not in ("pbc", "pin") or given.get("Role") not in ("enrollee", "registrar"):
            raise invalid()
        if given["Type"] == "pin" and "Pin" not in given:
            raise invalid("Pin required for registrar role.")
        return {"Pin": Variant("s", given["Pin"])} if "Pin" in given else {}

    @method("Cancel")
    def cancel(self) -> None:
        self.world.calls.append(("WPS.Cancel", self.path))

    @signal("Event", gives="sa{sv}")
    def event(self, name: str) -> list[Any]:
        return [name, {}]


class P2P(ServiceInterface):
    """P2PDevice: of the main interface and of each group's; calls go to the one radio all the same."""

    def __init__(self, world: FakeSupplicant, path: str, role: str = "device", group: str = "/", owner: str = "/") -> None:
        super().__init__(f"{WPA}.Interface.P2PDevice")
        self.world = world
        self.path = path
        self.role_now = role
        self.group_now = group
        self.owner_now = owner

    @dbus_property(PropertyAccess.READWRITE, gives="a{sv}", name="P2PDeviceConfig")
    def config(self) -> Dictionary:
        return {
            "DeviceName": Variant("s", ""),
            "GOIntent": Variant("u", 7),
            **{key: Variant("ay", value) for key, value in self.world.ip.items() if any(value)},
        }

    @config.setter  # type: ignore[untyped-decorator]
    def set_config(self, value: Dictionary) -> None:
        for key, one in value.items():
            if key not in _IP_KEYS or one.signature != "ay" or len(one.value) != 4:
                raise DBusError("org.freedesktop.DBus.Error.InvalidArgs", "invalid message format")
            self.world.ip[key] = bytes(one.value)
        self.world.calls.append(("P2PDeviceConfig", dict(self.world.ip)))

    @dbus_property(gives="ao", name="Peers")
    def peers(self) -> list[str]:
        return list(self.world.peers)

    @dbus_property(gives="s", name="Role")
    def role(self) -> str:
        return self.role_now

    @dbus_property(gives="o", name="Group")
    def group(self) -> str:
        return self.group_now

    @dbus_property(gives="o", name="PeerGO")
    def peer_go(self) -> str:
        return self.owner_now

    @dbus_property(gives="ao", name="PersistentGroups")
    def persistent_groups(self) -> list[str]:
        return list(self.world.remembered)

    @method("Find", takes=["a{sv}"])
    def find(self, arguments: Dictionary) -> None:
        given = checked(arguments, _FIND)
        if given.get("DiscoveryType", "social") not in ("start_with_full", "social", "progressive"):
            raise invalid()
        self.world.calls.append(("Find", given))
        if self.world.find_error is not None:
            raise self.world.find_error
        if given.get("freq", 2412) in self.world.forbidden:
            raise unknown("Could not start P2P find")
        self.world.finding = True
        self.world.on_find(given)

    @method("StopFind")
    def stop_find(self) -> None:
        self.world.calls.append(("StopFind",))
        self.world.finding = False

    @method("Listen", takes=["i"])
    def listen(self, timeout: int) -> None:
        self.world.calls.append(("Listen", timeout))
        self.world.on_listen()

    @method("Flush")
    def flush(self) -> None:
        self.world.calls.append(("Flush",))
        self.world.agreed.clear()
        for path in list(self.world.peers):
            self.world.remove_peer(path)

    @method("Cancel")
    def cancel(self) -> None:
        self.world.calls.append(("Cancel",))
        self.world.finding = False
        if not self.world.pending:
            raise unknown("P2P cancel failed")
        self.world.pending = False

    @method("Connect", takes=["a{sv}"], gives="s")
    def connect(self, arguments: Dictionary) -> str:
        world = self.world
        given = checked(arguments, _CONNECT)
        world.calls.append(("Connect", given))
        if given.get("wps_method") not in ("pbc", "display", "pin", "keypad") or given.get("peer") not in world.peers:
            raise invalid()
        if given["wps_method"] == "keypad" and not given.get("pin"):
            raise invalid()
        if not 0 <= given.get("go_intent", 7) <= 15 or given.get("frequency", 1) <= 0:
            raise invalid()
        frequency = given.get("frequency")
        if frequency in world.taken:
            raise DBusError(f"{WPA}.ConnectChannelUnavailable", "connect failed due to channel unavailability.")
        if frequency is not None and (frequency in world.forbidden or frequency < 2000):
            raise DBusError(f"{WPA}.ConnectChannelUnsupported", "connect failed due to unsupported channel.")
        world.pending = True
        if given.get("authorize_only"):
            world.agreed[given["peer"]] = given
        else:
            world.finding = False
            world.device.find_stopped()
            if not world.scanning:
                world.on_connect(given)
            elif world.queued:
                world.refused(given["peer"][-12:], -1)  # there is room for one
            world.queued = world.scanning
        return "00000000" if given["wps_method"] != "display" or "pin" in given else "24637473"

    @method("GroupAdd", takes=["a{sv}"])
    def group_add(self, arguments: Dictionary) -> None:
        given = checked(arguments, _GROUP_ADD)
        self.world.calls.append(("GroupAdd", given))
        if given.get("frequency") in self.world.forbidden | self.world.taken:
            raise invalid()
        if "persistent_group_object" in given and given["persistent_group_object"] not in self.world.remembered:
            raise invalid(given["persistent_group_object"])
        self.world.on_group_add(given)

    @method("Invite", takes=["a{sv}"])
    def invite(self, arguments: Dictionary) -> None:
        given = checked(arguments, _INVITE)
        self.world.calls.append(("Invite", self.path, given))
        if given.get("peer") not in self.world.peers:
            raise invalid()
        self.world.on_invite(given)

    @method("Disconnect")
    def disconnect(self) -> None:
        self.world.calls.append(("Disconnect", self.path))
        if self.group_now == "/":
            raise unknown("failed to disconnect")
        if self.world.stuck_groups:
            return
        self.world.end_group(self.path)

    @method("RejectPeer", takes=["o"])
    def reject_peer(self, peer: str) -> None:
        self.world.calls.append(("RejectPeer", peer))

    @method("RemoveClient", takes=["a{sv}"])
    def remove_client(self, arguments: Dictionary) -> None:
        given = checked(arguments, _REMOVE_CLIENT)
        self.world.calls.append(("RemoveClient", given))
        if not given:
            raise invalid("Invalid address format")

    @method("ProvisionDiscoveryRequest", takes=["o", "s"])
    def provision(self, peer: str, what: str) -> None:
        self.world.calls.append(("ProvisionDiscoveryRequest", peer, what))
        if what not in ("display", "keypad", "pbc", "pushbutton"):
            raise invalid()
        if peer not in self.world.peers:
            raise unknown("Failed to send provision discovery request")
        self.world.on_provision(peer, what)

    @signal("DeviceFound", gives="o")
    def device_found(self, path: str) -> str:
        return path

    @signal("DeviceFoundProperties", gives="oa{sv}")
    def device_found_properties(self, path: str, facts: Dictionary) -> list[Any]:
        return [path, facts]

    @signal("DeviceLost", gives="o")
    def device_lost(self, path: str) -> str:
        return path

    @signal("FindStopped")
    def find_stopped(self) -> None:
        return None

    @signal("ProvisionDiscoveryRequestDisplayPin", gives="os")
    def asked_display(self, peer: str, pin: str) -> list[str]:
        return [peer, pin]

    @signal("ProvisionDiscoveryResponseDisplayPin", gives="os")
    def answered_display(self, peer: str, pin: str) -> list[str]:
        return [peer, pin]

    @signal("ProvisionDiscoveryRequestEnterPin", gives="o")
    def asked_enter(self, peer: str) -> str:
        return peer

    @signal("ProvisionDiscoveryResponseEnterPin", gives="o")
    def answered_enter(self, peer: str) -> str:
        return peer

    @signal("ProvisionDiscoveryPBCRequest", gives="o")
    def asked_pbc(self, peer: str) -> str:
        return peer

    @signal("ProvisionDiscoveryPBCResponse", gives="o")
    def answered_pbc(self, peer: str) -> str:
        return peer

    @signal("ProvisionDiscoveryFailure", gives="oi")
    def provision_failed(self, peer: str, status: int) -> list[Any]:
        return [peer, status]

    @signal("GONegotiationRequest", gives="oqy")
    def negotiation_request(self, peer: str, password: int, intent: int) -> list[Any]:
        return [peer, password, intent]

    @signal("GONegotiationSuccess", gives="a{sv}")
    def negotiation_success(self, facts: Dictionary) -> Dictionary:
        return facts

    @signal("GONegotiationFailure", gives="a{sv}")
    def negotiation_failure(self, facts: Dictionary) -> Dictionary:
        return facts

    @signal("GroupStarted", gives="a{sv}")
    def group_started(self, facts: Dictionary) -> Dictionary:
        return facts

    @signal("GroupFinished", gives="a{sv}")
    def group_finished(self, facts: Dictionary) -> Dictionary:
        return facts

    @signal("GroupFormationFailure", gives="s")
    def formation_failure(self, reason: str) -> str:
        return reason

    @signal("WpsFailed", gives="sa{sv}")
    def wps_failed(self, name: str, facts: Dictionary) -> list[Any]:
        return [name, facts]

    @signal("InvitationReceived", gives="a{sv}")
    def invitation_received(self, facts: Dictionary) -> Dictionary:
        return facts

    @signal("InvitationResult", gives="a{sv}")
    def invitation_result(self, facts: Dictionary) -> Dictionary:
        return facts

    @signal("PersistentGroupAdded", gives="oa{sv}")
    def persistent_added(self, path: str, facts: Dictionary) -> list[Any]:
        return [path, facts]

    @signal("PersistentGroupRemoved", gives="o")
    def persistent_removed(self, path: str) -> str:
        return path


class PeerObject(ServiceInterface):
    def __init__(self, address: str, facts: dict[str, Any]) -> None:
        super().__init__(f"{WPA}.Peer")
        self.facts: dict[str, Any] = {
            "DeviceName": "",
            "Manufacturer": " ",
            "ModelName": " ",
            "PrimaryDeviceType": bytes(8),
            "config_method": 4360,
            "level": -50,
            "groupcapability": 0,
            "DeviceAddress": bytes.fromhex(compact(address)),
            **facts,
        }

    def as_dictionary(self) -> Dictionary:
        kinds = {"config_method": "q", "level": "i", "groupcapability": "y", "PrimaryDeviceType": "ay", "DeviceAddress": "ay"}
        return {key: Variant(kinds.get(key, "s"), value) for key, value in self.facts.items()}

    @dbus_property(gives="s", name="DeviceName")
    def device_name(self) -> str:
        return str(self.facts["DeviceName"])

    @dbus_property(gives="s", name="Manufacturer")
    def manufacturer(self) -> str:
        return str(self.facts["Manufacturer"])

    @dbus_property(gives="s", name="ModelName")
    def model_name(self) -> str:
        return str(self.facts["ModelName"])

    @dbus_property(gives="ay", name="PrimaryDeviceType")
    def primary_device_type(self) -> bytes:
        return bytes(self.facts["PrimaryDeviceType"])

    @dbus_property(gives="q", name="config_method")
    def config_method(self) -> int:
        return int(self.facts["config_method"])

    @dbus_property(gives="i", name="level")
    def level(self) -> int:
        return int(self.facts["level"])

    @dbus_property(gives="y", name="groupcapability")
    def groupcapability(self) -> int:
        return int(self.facts["groupcapability"])

    @dbus_property(gives="ay", name="DeviceAddress")
    def device_address(self) -> bytes:
        return bytes(self.facts["DeviceAddress"])


class GroupObject(ServiceInterface):
    def __init__(self, path: str, role: str, frequency: int) -> None:
        super().__init__(f"{WPA}.Group")
        self.path = path
        self.role_now = role
        self.frequency_now = frequency
        self.members_now: list[str] = []

    @dbus_property(gives="ao", name="Members")
    def members(self) -> list[str]:
        return self.members_now

    @dbus_property(gives="s", name="Role")
    def role(self) -> str:
        return self.role_now

    @dbus_property(gives="ay", name="SSID")
    def ssid(self) -> bytes:
        return b"DIRECT-" + self.path[-2:].encode()

    @dbus_property(gives="q", name="Frequency")
    def frequency(self) -> int:
        return self.frequency_now

    @dbus_property(gives="s", name="Passphrase")
    def passphrase(self) -> str:
        return "kVTrZNXF"

    @signal("PeerJoined", gives="o")
    def peer_joined(self, peer: str) -> str:
        return peer

    @signal("PeerDisconnected", gives="o")
    def peer_disconnected(self, peer: str) -> str:
        return peer


class Remembered(ServiceInterface):
    def __init__(self, properties: dict[str, str]) -> None:
        super().__init__(f"{WPA}.PersistentGroup")
        self.properties_now = properties

    @dbus_property(gives="a{sv}", name="Properties")
    def properties(self) -> Dictionary:
        return {key: Variant("s", value) for key, value in self.properties_now.items()}


class FakeSupplicant:
    """The daemon. Attributes are set by tests at any time; `calls` has what was asked of it, in order."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []
        self.p2p_capable = True
        self.forbidden: set[int] = set()
        self.taken: set[int] = set()
        self.stuck_groups = False
        self.find_error: DBusError | None = None
        self.on_connect: Callable[[dict[str, Any]], object] = lambda given: None
        self.on_group_add: Callable[[dict[str, Any]], object] = self._group_added
        self.on_invite: Callable[[dict[str, Any]], object] = lambda given: None
        self.on_provision: Callable[[str, str], object] = lambda peer, what: None
        self.on_scan: Callable[[], object] = lambda: None
        self.on_listen: Callable[[], object] = lambda: None
        self.on_find: Callable[[dict[str, Any]], object] = lambda given: None
        self.agreed: dict[str, dict[str, Any]] = {}  # `authorize_only`, by peer, until it asks or all is flushed
        self.ip: dict[str, bytes] = {}
        self.pending = False
        self.finding = False
        self.scanning = False  # the station
        self.queued = False  # a request waits for that
        self.interfaces: dict[str, Iface] = {}
        self.peers: dict[str, PeerObject] = {}
        self.groups: dict[str, GroupObject] = {}  # by the group's interface
        self.remembered: dict[str, Remembered] = {}
        self._devices: dict[str, P2P] = {}
        self._number = 0
        self._letters = 0
        self._stations: dict[tuple[str, str], str] = {}
        self._guard: Subscription | None = None

    # --- life ---

    async def start(self, *, names: tuple[str, ...] = ("wlan0",), modes: tuple[str, ...] = ("infrastructure", "ap", "p2p")) -> None:
        self.bus = await Bus.connect("system")
        self.root = Root(self)
        self.bus.export(ROOT, self.root)
        for name in names:
            self.add_interface(name, list(modes))
        self.main = next(iter(self.interfaces), "")
        assert await self.bus.request_name(WPA)

    async def stop(self) -> None:
        """End without a goodbye, as a crash does."""
        for things in (self.interfaces, self.peers, self.groups, self.remembered, self._devices, self.ip):
            things.clear()
        self.pending = self.finding = self.scanning = self.queued = False
        await self.bus.close()

    async def restart(self) -> None:
        await self.stop()
        await self.start()

    async def deny(self) -> None:
        """The bus's policy lets nobody call."""
        self._guard = await self.bus.guard(ROOT, "org.example.Nobody")

    @property
    def device(self) -> P2P:
        return self._devices[self.main]

    def add_interface(self, name: str, modes: list[str], p2p: P2P | None = None) -> str:
        path = p2p.path if p2p is not None else self.next_interface()
        iface = self.interfaces[path] = Iface(self, path, name, modes)
        self._devices[path] = p2p or P2P(self, path)
        self.bus.export(path, iface)
        self.bus.export(path, self._devices[path])
        self.bus.export(path, Wps(self, path))
        self.root.interface_added(path)
        return path

    def next_interface(self) -> str:
        self._number += 1
        return f"{ROOT}/Interfaces/{self._number - 1}"

    def remove_interface(self, path: str) -> None:
        del self.interfaces[path]
        del self._devices[path]
        self.bus.unexport(path)
        self.root.interface_removed(path)

    def state(self, state: str) -> None:
        self.interfaces[self.main].state_now = state
        self.interfaces[self.main].emit_properties_changed({"State": state})

    # --- peers, and what they do ---

    def path_of(self, address: str) -> str:
        return f"{self.main}/Peers/{compact(address)}"

    def add_peer(self, address: str, **facts: Any) -> str:
        path = self.path_of(address)
        if path in self.peers:
            return path
        peer = self.peers[path] = PeerObject(address, facts)
        self.bus.export(path, peer)
        self.device.device_found(path)
        self.device.device_found_properties(path, peer.as_dictionary())
        return path

    def change_peer(self, path: str, **facts: Any) -> None:
        self.peers[path].facts.update(facts)
        self.peers[path].emit_properties_changed(facts)

    def forget_peer(self, path: str) -> None:
        """Its entry has expired, and nobody was told yet."""
        del self.peers[path]
        self.bus.unexport(path)

    def remove_peer(self, path: str) -> None:
        self.forget_peer(path)
        self.device.device_lost(path)

    def ask(self, address: str, password: int = 4, intent: int = 7) -> None:
        """GO negotiation request: 4 push button, 5 it shows a PIN, 1 it typed one that we show."""
        path = self.path_of(address)
        if path in self.agreed:
            if self.agreed[path]["wps_method"] == {4: "pbc", 5: "keypad", 1: "display"}[password]:
                self.on_connect(self.agreed.pop(path))
            return  # otherwise refused, and nobody is told
        self.device.negotiation_request(self.path_of(address), password, intent)

    def invitation(self, address: str, persistent: int | None = None, frequency: int = 5180) -> None:
        facts = {"sa": Variant("ay", bytes.fromhex(compact(address))), "go_dev_addr": Variant("ay", bytes.fromhex(compact(address)))}
        if persistent is not None:
            facts["persistent_id"] = Variant("i", persistent)
        self.device.invitation_received({**facts, "op_freq": Variant("i", frequency)})

    def negotiated(self, address: str, role: str, frequency: int = 5180) -> None:
        self.device.negotiation_success(
            {
                "peer_object": Variant("o", self.path_of(address)),
                "status": Variant("i", 0),
                "role_go": Variant("s", role),
                "frequency": Variant("i", frequency),
                "peer_device_addr": Variant("ay", bytes.fromhex(compact(address))),
                "wps_method": Variant("s", "PBC"),
                **({"passphrase": Variant("s", "kVTrZNXF")} if role == "GO" else {}),
            }
        )

    def scanned(self) -> None:
        self.scanning = self.queued = False

    def refused(self, address: str, status: int) -> None:
        self.pending = False
        self.device.negotiation_failure({"peer_object": Variant("o", self.path_of(address)), "status": Variant("i", status)})

    def wps_fails(self, error: int, where: str | None = None) -> None:
        """A registration protocol that failed, on the group's interface."""
        path = where or self.next_interface()
        temporary = self._devices.get(path) or P2P(self, path)
        if path not in self._devices:
            self.bus.export(path, temporary)
        temporary.wps_failed("fail", {"msg": Variant("i", 8), "config_error": Variant("n", error)})
        if where is None:
            self.pending = False
            temporary.formation_failure("")
            self.bus.unexport(path)

    def invited(self, status: int) -> None:
        self.device.invitation_result({"status": Variant("i", status)})

    # --- groups ---

    def start_group(self, role: str, owner: str = "", frequency: int = 5180, given: tuple[bytes, bytes, bytes] | None = None) -> str:
        """A group comes up; returns the path of its interface. `owner`: whose it is when not ours."""
        self.pending = False
        path = self.next_interface()
        self._letters += 1
        group = GroupObject(f"{path}/Groups/{chr(97 + self._letters % 26)}{self._letters % 10}", role, frequency)
        p2p = P2P(self, path, role, group.path, self.path_of(owner) if owner else "/")
        self.add_interface(f"p2p-wlan0-{self._letters - 1}", ["ap", "p2p"], p2p)
        self.bus.export(group.path, group)
        self.groups[path] = group
        more = {key: Variant("ay", value) for key, value in zip(("IpAddr", "IpAddrMask", "IpAddrGo"), given or (), strict=False)}
        self.device.group_started(
            {
                "interface_object": Variant("o", path),
                "role": Variant("s", role),
                "persistent": Variant("b", False),
                "group_object": Variant("o", group.path),
                **more,
            }
        )
        return path

    def _group_added(self, given: dict[str, Any]) -> None:
        self.start_group("GO", frequency=given.get("frequency", 5180))

    def join(self, path: str, address: str, station: str) -> None:
        group = self.groups[path]
        group.members_now.append(self.path_of(address))
        self._stations[path, address] = station
        group.peer_joined(self.path_of(address))
        self.interfaces[path].sta_authorized(station)

    def leave(self, path: str, address: str) -> None:
        group = self.groups[path]
        group.members_now.remove(self.path_of(address))
        group.peer_disconnected(self.path_of(address))
        self.interfaces[path].sta_deauthorized(self._stations.pop((path, address)))

    def end_group(self, path: str) -> None:
        group = self.groups.pop(path)
        self.device.group_finished(
            {"interface_object": Variant("o", path), "role": Variant("s", group.role_now), "group_object": Variant("o", group.path)}
        )
        self.bus.unexport(group.path)
        self.remove_interface(path)

    def remember(self, **properties: str) -> str:
        path = f"{self.main}/PersistentGroups/{len(self.remembered)}"
        self.remembered[path] = Remembered({"disabled": "2", "ssid": '"DIRECT-xy"', "psk": "*", **properties})
        self.bus.export(path, self.remembered[path])
        self.device.persistent_added(path, {})
        return path

    def named(self, name: str) -> list[tuple[Any, ...]]:
        """The calls of one member, in order."""
        return [call for call in self.calls if call[0] == name]

    def connects(self, role: str, address: str, **how: Any) -> Callable[[dict[str, Any]], None]:
        """What happens after `Connect` when the other agrees: negotiated, group, and the other in it when it is ours."""

        def work(_given: dict[str, Any]) -> None:
            asyncio.get_running_loop().call_soon(self.agree, role, address, how)

        return work

    def agree(self, role: str, address: str, how: dict[str, Any]) -> None:
        self.negotiated(address, role)
        path = self.start_group(role, "" if role == "GO" else address, **how)
        if role == "GO":
            self.join(path, address, "46" + address[2:])
