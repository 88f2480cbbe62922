"""A bluetoothd for tests, on whatever bus `DBUS_SYSTEM_BUS_ADDRESS` names: it has the manners of the real one, and checks what it is given.

The rule: it takes nothing that bluetoothd would not take (`RegisterAdvertisement` reads the object back and checks each property's type,
the 31 bytes, both interval bounds; `RegisterApplication` the same for services and characteristics), and forgets everything when stopped.
What it was asked is in `calls`. Objects and signals are as in the lab's recordings of BlueZ 5.66.
"""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import Callable, Coroutine
from typing import Any

from dbus_fast import BusType, Message, MessageType, Variant
from dbus_fast.aio import MessageBus

BLUEZ = "org.bluez"
ADAPTER, DEVICE = "org.bluez.Adapter1", "org.bluez.Device1"
ADVERTISING, GATT, MONITORS = "org.bluez.LEAdvertisingManager1", "org.bluez.GattManager1", "org.bluez.AdvertisementMonitorManager1"
ADVERTISEMENT, MONITOR = "org.bluez.LEAdvertisement1", "org.bluez.AdvertisementMonitor1"
SERVICE, CHARACTERISTIC = "org.bluez.GattService1", "org.bluez.GattCharacteristic1"
PROPERTIES, OBJECTS = "org.freedesktop.DBus.Properties", "org.freedesktop.DBus.ObjectManager"

SERVICE_UUID = "a0d4226a-8728-4dbc-9526-447b4e134047"
INBOX_UUID = "e9e51c10-4c19-4e91-b75f-6e319de8198b"
OUTBOX_UUID = "7763aabb-cb58-4869-9114-3c2eb6aaa506"

_ADVERTISEMENT_TYPES = {
    "Type": "s",
    "ServiceUUIDs": "as",
    "ManufacturerData": "a{qv}",
    "ServiceData": "a{sv}",
    "Includes": "as",
    "LocalName": "s",
    "MinInterval": "u",
    "MaxInterval": "u",
}
_CHARACTERISTIC_TYPES = {"UUID": "s", "Service": "o", "Flags": "as", "Value": "ay", "Notifying": "b"}
_FLAGS = {"read", "write", "write-without-response", "notify", "indicate"}


class Refused(Exception):
    """Answered as this D-Bus error."""

    def __init__(self, name: str, text: str = "") -> None:
        super().__init__(f"{name}: {text}")
        self.name, self.text = name, text


def device_path(address: str, adapter: str = "hci0") -> str:
    return f"/org/bluez/{adapter}/dev_{address.replace(':', '_')}"


class FakeBlueZ:
    def __init__(self, *, adapters: tuple[str, ...] = ("hci0",), powered: bool = True, monitors: bool = False) -> None:
        self._adapters, self._powered, self._monitors_offered = adapters, powered, monitors
        self.calls: list[tuple[str, str, list[Any]]] = []
        self.refuse: dict[str, list[Refused]] = {}  # member → what the next calls of it get
        self.hang: set[str] = set()  # members that are never answered
        self.refuse_intervals = False
        self.services_of: dict[str, tuple[str, ...]] = {}  # address → its services (default: ours)
        self.mtu = 517
        self.encrypts = True  # links with bonded devices; what only the kernel tells
        self.on_connect: Callable[[str], None] = lambda path: None  # happens between a Connect and its answer
        self._bus: MessageBus | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._reset()

    def _reset(self) -> None:
        self.objects: dict[str, dict[str, dict[str, Variant]]] = {}
        self.advertisements: dict[str, dict[str, Any]] = {}
        self.application: dict[str, dict[str, dict[str, Variant]]] | None = None
        self.application_root = ""
        self.monitors: dict[str, list[Any]] = {}
        self.filter: dict[str, Any] | None = None
        self.discovering = False
        self._seeker = "", ""  # the unique name of who began it, and the adapter
        self.notified: list[bytes] = []  # what our peers got from the application's outbox
        self.written: list[tuple[str, bytes]] = []  # (address, what was written to its inbox)
        self._client = ""  # the unique name of who registered the application
        self.links: dict[str, bool] = {}  # address → whether its link is encrypted

    # --- life ---

    async def start(self) -> None:
        self._reset()
        bus = self._bus = await MessageBus(bus_type=BusType.SYSTEM).connect()
        bus.add_message_handler(self._on_message)
        for name in self._adapters:
            self._add_adapter(name)
        daemon = ("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus")
        await self._call(*daemon, "RequestName", "su", BLUEZ, 4)
        await self._call(*daemon, "AddMatch", "s", f"type='signal',interface='{PROPERTIES}'")
        await self._call(*daemon, "AddMatch", "s", "type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged'")

    async def breathe(self) -> None:
        """Wait until the bus has taken everything sent so far: dbus-fast takes a full socket for the end of the bus."""
        await self._call("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus.Peer", "Ping")

    def _add_adapter(self, name: str) -> None:
        interfaces: dict[str, dict[str, Variant]] = {
            ADAPTER: {
                "Address": Variant("s", f"00:AA:01:00:00:{int(name.removeprefix('hci')):02X}"),
                "Powered": Variant("b", self._powered),
                "Discovering": Variant("b", False),
                "Roles": Variant("as", ["central", "peripheral"]),
            },
            ADVERTISING: {"ActiveInstances": Variant("y", 0), "SupportedInstances": Variant("y", 5)},
            GATT: {},
        }
        if self._monitors_offered:
            interfaces[MONITORS] = {"SupportedMonitorTypes": Variant("as", ["or_patterns"]), "SupportedFeatures": Variant("as", [])}
        self._add(f"/org/bluez/{name}", interfaces)

    async def stop(self) -> None:
        """As by kill -9: no word to anybody."""
        bus, self._bus = self._bus, None
        if bus is not None:
            bus.disconnect()
            with contextlib.suppress(EOFError, OSError):  # the bus was gone already
                await bus.wait_for_disconnect()  # type: ignore[no-untyped-call]
        for task in list(self._tasks):
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        self._reset()

    async def restart(self) -> None:
        await self.stop()
        await self.start()

    # --- what happens in the air ---

    def power(self, on: bool, adapter: str = "hci0") -> None:
        for path in [path for path in self.objects if path.startswith(f"/org/bluez/{adapter}/dev_") and path.count("/") == 4]:
            if self.objects[path][DEVICE]["Connected"].value:
                self.link_lost(_address(path))
        self.change(f"/org/bluez/{adapter}", ADAPTER, {"Powered": Variant("b", on)})

    def add_adapter(self, name: str) -> None:
        self._add_adapter(name)

    def remove_adapter(self, name: str) -> None:
        self._remove(f"/org/bluez/{name}")

    def device(self, address: str, more: dict[str, Variant] | None = None, *, bonded: bool = False, connected: bool = False) -> str:
        """The Device1 of `address`, made when it is not there."""
        path = device_path(address)
        if path not in self.objects:
            properties = {
                "Address": Variant("s", address),
                "AddressType": Variant("s", "public"),
                "Alias": Variant("s", address.replace(":", "-")),
                "Paired": Variant("b", bonded),
                "Bonded": Variant("b", bonded),
                "Trusted": Variant("b", False),
                "Connected": Variant("b", connected),
                "UUIDs": Variant("as", []),
                "Adapter": Variant("o", "/org/bluez/hci0"),
                "ServicesResolved": Variant("b", False),
            }
            self._add(path, {DEVICE: properties | (more or {})})
        return path

    def advertise(
        self,
        address: str,
        data: bytes | None,
        *,
        company: int = 0xFFFF,
        uuids: tuple[str, ...] = (SERVICE_UUID,),
        rssi: int = -60,
        bonded: bool = False,
    ) -> None:
        """An advertisement arrives; who does not scan does not hear it, and a filter lets through only its UUIDs."""
        heard_by_scan = self.discovering and (not (self.filter or {}).get("UUIDs") or set(uuids) & set(self.filter["UUIDs"]))  # type: ignore[index]
        if not heard_by_scan and not self.monitors:
            return
        news = {"RSSI": Variant("n", rssi), "UUIDs": Variant("as", list(uuids))}
        if data is not None:
            news["ManufacturerData"] = Variant("a{qv}", {company: Variant("ay", data)})
        path = device_path(address)
        if path in self.objects:
            self.change(path, DEVICE, news)
        else:
            self.device(address, news, bonded=bonded)

    def link_lost(self, address: str) -> None:
        path = device_path(address)
        self.links.pop(self.objects[path][DEVICE]["Address"].value, None)
        for below in [p for p in self.objects if p.startswith(path + "/")]:
            self._remove(below)
        self.change(path, DEVICE, {"ServicesResolved": Variant("b", False), "Connected": Variant("b", False)})

    def forget(self, address: str) -> None:
        self._remove(device_path(address))

    async def write(self, address: str, frame: bytes, **options: Variant) -> str | None:
        """A connected central writes to the application's inbox; returns the name of the error, if there is one."""
        assert self.application is not None
        path = self._own_characteristic(INBOX_UUID)
        given = {
            "device": Variant("o", device_path(address)),
            "link": Variant("s", "LE"),
            "mtu": Variant("q", self.mtu),
            "offset": Variant("q", 0),
        } | options
        try:
            await self._call(self._client, path, CHARACTERISTIC, "WriteValue", "aya{sv}", frame, given)
        except Refused as refused:
            return refused.name
        return None

    async def subscribe(self) -> None:
        """A central writes the outbox's CCC."""
        await self._call(self._client, self._own_characteristic(OUTBOX_UUID), CHARACTERISTIC, "StartNotify")

    def notify(self, address: str, frame: bytes) -> None:
        """A caller that is connected to notifies us."""
        self.change(f"{device_path(address)}/service0020/char0023", CHARACTERISTIC, {"Value": Variant("ay", frame)})

    def withdraw(self, address: str) -> None:
        """A caller that is connected to serves no more: its service has changed, the radio link stays."""
        service = f"{device_path(address)}/service0020"
        for path in (f"{service}/char0021", f"{service}/char0023", service):
            self._remove(path)

    def _own_characteristic(self, wanted: str) -> str:
        assert self.application is not None
        return next(path for path, found in self.application.items() if found.get(CHARACTERISTIC, {}).get("UUID") == Variant("s", wanted))

    # --- objects ---

    def _add(self, path: str, interfaces: dict[str, dict[str, Variant]]) -> None:
        self.objects.setdefault(path, {}).update(interfaces)
        self._signal("/", OBJECTS, "InterfacesAdded", "oa{sa{sv}}", path, interfaces)

    def _remove(self, path: str) -> None:
        interfaces = self.objects.pop(path, None)
        if interfaces is not None:
            self._signal("/", OBJECTS, "InterfacesRemoved", "oas", path, list(interfaces))

    def change(self, path: str, interface: str, news: dict[str, Variant]) -> None:
        self.objects[path][interface].update(news)
        self._signal(path, PROPERTIES, "PropertiesChanged", "sa{sv}as", interface, news, [])

    def _signal(self, path: str, interface: str, member: str, signature: str, *body: Any) -> None:
        if self._bus is not None:
            self._bus.send(Message.new_signal(path, interface, member, signature, list(body)))

    # --- being called ---

    def _on_message(self, message: Message) -> Message | bool | None:
        if message.message_type is MessageType.SIGNAL:
            changed = message.member == "PropertiesChanged" and message.sender == self._client and message.body[0] == CHARACTERISTIC
            if changed and self.application is not None and message.path in self.application:
                self.notified.append(bytes(message.body[1]["Value"].value))
            gone = message.member == "NameOwnerChanged" and message.body[0] == self._seeker[0] and not message.body[2]
            if gone and self.discovering:
                self._end_discovery()
            return None
        if message.message_type is not MessageType.METHOD_CALL or message.interface == "org.freedesktop.DBus.Peer":
            return None
        body = list(message.body)
        self.calls.append((message.path or "", message.member or "", body))
        if message.member in self.hang:
            return True
        self._run(self._answer(message, body))
        return True

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work, name="fake-bluez")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, message: Message, body: list[Any]) -> None:
        try:
            waiting = self.refuse.get(message.member or "")
            if waiting:
                raise waiting.pop(0)
            name = f"_{(message.interface or '').rpartition('.')[2]}_{message.member}"
            function: Callable[..., Coroutine[Any, Any, tuple[str, list[Any]] | None]] | None = getattr(self, name, None)
            if function is None or (message.path != "/" and message.path not in self.objects):
                raise Refused("org.freedesktop.DBus.Error." + ("UnknownMethod" if function is None else "UnknownObject"))
            signature, answer = await function(message, *body) or ("", [])
            reply = Message.new_method_return(message, signature, answer)
        except Refused as refused:
            reply = Message.new_error(message, refused.name, refused.text)
        if self._bus is not None:
            self._bus.send(reply)

    async def _call(self, destination: str, path: str, interface: str, member: str, signature: str = "", *body: Any) -> list[Any]:
        assert self._bus is not None
        message = Message(destination=destination, path=path, interface=interface, member=member, signature=signature, body=list(body))
        reply = await self._bus.call(message)
        assert reply is not None
        if reply.message_type is MessageType.ERROR:
            raise Refused(reply.error_name or "", str(reply.body[0]) if reply.body else "")
        return list(reply.body)

    async def _ObjectManager_GetManagedObjects(self, message: Message) -> tuple[str, list[Any]]:
        return "a{oa{sa{sv}}}", [self.objects]

    async def _Properties_GetAll(self, message: Message, interface: str) -> tuple[str, list[Any]]:
        return "a{sv}", [self.objects[message.path or ""].get(interface, {})]

    # --- advertising ---

    async def _LEAdvertisingManager1_RegisterAdvertisement(self, message: Message, path: str, options: dict[str, Variant]) -> None:
        assert message.signature == "oa{sv}" and options == {}
        if path in self.advertisements:
            raise Refused("org.bluez.Error.AlreadyExists")
        properties = (await self._call(message.sender or "", path, PROPERTIES, "GetAll", "s", ADVERTISEMENT))[0]
        for name, value in properties.items():
            if _ADVERTISEMENT_TYPES.get(name) != value.signature:
                raise Refused("org.bluez.Error.Failed", f"Failed to parse advertisement: {name} {value.signature}")
        given = {name: value.value for name, value in properties.items()}
        if given.get("Type") != "peripheral" or ("MinInterval" in given) != ("MaxInterval" in given):
            raise Refused("org.bluez.Error.Failed", "Failed to parse advertisement.")
        if "MinInterval" in given and (self.refuse_intervals or not 20 <= given["MinInterval"] <= given["MaxInterval"] <= 10485):
            raise Refused("org.bluez.Error.Failed", "Failed to parse advertisement.")
        size = sum(2 + 16 for _ in map(uuid.UUID, given.get("ServiceUUIDs", [])))
        for company, data in given.get("ManufacturerData", {}).items():
            assert data.signature == "ay" and 0 <= company <= 0xFFFF
            size += 4 + len(data.value)
        if size > 31 - 3:
            raise Refused("org.bluez.Error.InvalidLength", "Advertising data too long or couldn't be generated.")
        self.advertisements[path] = given
        self._count(message)

    async def _LEAdvertisingManager1_UnregisterAdvertisement(self, message: Message, path: str) -> None:
        if self.advertisements.pop(path, None) is None:
            raise Refused("org.bluez.Error.DoesNotExist")
        self._count(message)

    def _count(self, message: Message) -> None:
        self.change(message.path or "", ADVERTISING, {"ActiveInstances": Variant("y", len(self.advertisements))})

    async def release(self, path: str, client: str | None = None) -> None:
        self.advertisements.pop(path)
        await self._call(client or self._client, path, ADVERTISEMENT, "Release")

    # --- our service ---

    async def _GattManager1_RegisterApplication(self, message: Message, root: str, options: dict[str, Variant]) -> None:
        assert message.signature == "oa{sv}" and options == {}
        if self.application is not None:
            raise Refused("org.bluez.Error.AlreadyExists")
        objects = (await self._call(message.sender or "", root, OBJECTS, "GetManagedObjects"))[0]
        services = {path for path, interfaces in objects.items() if SERVICE in interfaces}
        if not services:
            raise Refused("org.bluez.Error.Failed", "No object received")
        for path, interfaces in objects.items():
            assert path.startswith(root + "/")
            service, characteristic = interfaces.get(SERVICE), interfaces.get(CHARACTERISTIC)
            if service is not None:
                assert {name: value.signature for name, value in service.items()} == {"UUID": "s", "Primary": "b"}
                uuid.UUID(service["UUID"].value)
            if characteristic is not None:
                assert {"UUID", "Service", "Flags"} <= characteristic.keys()
                assert all(_CHARACTERISTIC_TYPES[name] == value.signature for name, value in characteristic.items())
                uuid.UUID(characteristic["UUID"].value)
                assert characteristic["Service"].value in services and set(characteristic["Flags"].value) <= _FLAGS
        self.application, self.application_root, self._client = objects, root, message.sender or ""

    async def _GattManager1_UnregisterApplication(self, message: Message, root: str) -> None:
        if self.application is None or root != self.application_root:
            raise Refused("org.bluez.Error.DoesNotExist")
        self.application = None

    # --- hearing ---

    async def _Adapter1_SetDiscoveryFilter(self, message: Message, given: dict[str, Variant]) -> None:
        types = {"UUIDs": "as", "Transport": "s", "DuplicateData": "b", "RSSI": "n"}
        assert all(types[name] == value.signature for name, value in given.items())
        self.filter = {name: value.value for name, value in given.items()}

    async def _Adapter1_StartDiscovery(self, message: Message) -> None:
        if self.discovering:
            raise Refused("org.bluez.Error.InProgress")
        self.discovering = True
        self._seeker = message.sender or "", message.path or ""
        self.change(message.path or "", ADAPTER, {"Discovering": Variant("b", True)})

    async def _Adapter1_StopDiscovery(self, message: Message) -> None:
        if not self.discovering:
            raise Refused("org.bluez.Error.Failed", "No discovery started")
        self._end_discovery()

    def _end_discovery(self) -> None:
        """When told to, and when the program that began it is gone from the bus."""
        self.discovering = False
        self.change(self._seeker[1], ADAPTER, {"Discovering": Variant("b", False)})

    async def _AdvertisementMonitorManager1_RegisterMonitor(self, message: Message, root: str) -> None:
        if not self._monitors_offered:
            raise Refused("org.freedesktop.DBus.Error.UnknownMethod")

        async def read() -> None:
            while True:  # it is exported after it is registered
                try:
                    monitor = (await self._call(message.sender or "", root, PROPERTIES, "GetAll", "s", MONITOR))[0]
                    break
                except Refused:
                    await asyncio.sleep(0.005)
            assert monitor["Type"] == Variant("s", "or_patterns") and monitor["Patterns"].signature == "a(yyay)"
            self.monitors[root] = monitor["Patterns"].value

        self._run(read())

    async def _AdvertisementMonitorManager1_UnregisterMonitor(self, message: Message, root: str) -> None:
        if self.monitors.pop(root, None) is None:
            raise Refused("org.bluez.Error.DoesNotExist")

    # --- being a caller that is connected to ---

    def comes(self, address: str) -> None:
        """A central connects to us; bluetoothd looks at its services too."""
        self._link(device_path(address))

    async def _Device1_Connect(self, message: Message) -> None:
        self._link(message.path or "")

    def _link(self, path: str) -> None:
        self.change(path, DEVICE, {"Connected": Variant("b", True)})
        device = self.objects[path][DEVICE]
        self.links[device["Address"].value] = self.encrypts and device["Paired"].value
        self.on_connect(path)
        if SERVICE_UUID in self.services_of.get(_address(path), (SERVICE_UUID,)):
            service = f"{path}/service0020"
            self._add(service, {SERVICE: {"UUID": Variant("s", SERVICE_UUID), "Device": Variant("o", path), "Primary": Variant("b", True)}})
            for handle, kind, flag in (("0021", INBOX_UUID, "write"), ("0023", OUTBOX_UUID, "notify")):
                properties = {
                    "UUID": Variant("s", kind),
                    "Service": Variant("o", service),
                    "Value": Variant("ay", b""),
                    "Flags": Variant("as", [flag]),
                    "MTU": Variant("q", self.mtu),
                }
                self._add(f"{service}/char{handle}", {CHARACTERISTIC: properties})
        self.change(path, DEVICE, {"ServicesResolved": Variant("b", True)})

    async def _Device1_Disconnect(self, message: Message) -> None:
        if not self.objects[message.path or ""][DEVICE]["Connected"].value:
            raise Refused("org.bluez.Error.NotConnected")
        self.link_lost(_address(message.path or ""))

    async def _GattCharacteristic1_WriteValue(self, message: Message, value: bytes, options: dict[str, Variant]) -> None:
        assert options["type"] == Variant("s", "request")
        if len(value) > 510:
            raise Refused("org.bluez.Error.InvalidValueLength")
        self.written.append((_address(message.path or ""), bytes(value)))

    async def _GattCharacteristic1_StartNotify(self, message: Message) -> None:
        self.objects[message.path or ""][CHARACTERISTIC]["Notifying"] = Variant("b", True)


def _address(path: str) -> str:
    return path.split("/")[4].removeprefix("dev_").replace("_", ":")
