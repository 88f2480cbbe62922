"""Bluetooth LE through BlueZ: our calls and our GATT service, the calls of others, and the conversations that come of both.

The rule it keeps: what BlueZ has of us is exactly what was asked for, and nothing is assumed to have outlived bluetoothd, the adapter
or its power. When one of them goes, everything here is forgotten at once (each conversation ends with a `Disconnected`), and what is then
asked for is made anew. No radio is ever switched on, and bluetoothd is never called while nobody owns its name: a call would start it.

The server side is ours (`bus.py`); hearing and the GATT client are bleak's, imported when first needed. An `origin` is BlueZ's path of the
Device1, for callers heard and for listeners that have written to us alike; there is one radio link for both directions.

BlueZ: doc/org.bluez.LEAdvertisement.rst, org.bluez.GattManager.rst, org.bluez.GattCharacteristic.rst, org.bluez.Device.rst.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import sys
from collections import OrderedDict
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from ..core.keys import Role
from ..core.model import BluetoothChanged, CallHeard, Disconnected, EdgeEvent, FrameArrived, Reason
from ..core.wire import COMPANY_ID, INBOX_UUID, OUTBOX_UUID, SERVICE_UUID
from ..errors import Unavailable
from ..tasks import Tasks, in_turn, within
from .bus import (
    Bus,
    BusError,
    BusGone,
    BusTimeout,
    DBusError,
    ServiceInterface,
    Signal,
    Subscription,
    Supervised,
    Variant,
    dbus_property,
    method,
    plain,
)
from .hci import is_encrypted
from .journal import Journal

if TYPE_CHECKING:
    from collections.abc import Callable

    from bleak import BleakClient, BleakScanner
    from bleak.backends.device import BLEDevice
    from bleak.backends.scanner import AdvertisementData

log = logging.getLogger(__name__)

T = TypeVar("T")

_BLUEZ = "org.bluez"
_ADAPTER = "org.bluez.Adapter1"
_DEVICE = "org.bluez.Device1"
_ADVERTISING = "org.bluez.LEAdvertisingManager1"
_GATT = "org.bluez.GattManager1"
_MONITORS = "org.bluez.AdvertisementMonitorManager1"
_OBJECTS = "org.freedesktop.DBus.ObjectManager"
_PROPERTIES = "org.freedesktop.DBus.Properties"

_ADAPTER_PATH = re.compile(r"/org/bluez/hci\d{1,4}")
_DEVICE_PATH = re.compile(r"/org/bluez/hci\d{1,4}/dev((?:_[0-9A-F]{2}){6})")

_CONNECTION = "bluetooth-connection"  # in the journal
_CALL_LIMIT = 8.0  # seconds for one call to bluetoothd; RegisterApplication asks us back several times
_CONNECT_LIMIT = 10.0
_OPEN_LIMIT = 10.0  # until the first word about Bluetooth is said, whatever the bus does
_LAST_WORDS = 0.5  # for what was said before a service was withdrawn, and for other news that explains it
_STRAYS = (1.0, 5.0, 15.0)  # between looks for a connection that was given up
_SCAN_AGAIN = 2.0  # after a scan that was wanted did not start; twice as long after each further one
_SCAN_AGAIN_MOST = 30.0
_READ_AGAIN = 5.0  # after bluetoothd did not tell what it has

_MIN_INTERVAL, _MAX_INTERVAL = 100, 150  # ms; the kernel's own choice would be 1.28 s
_GIVE_WAY = 2.0  # s that one of two who call each other lets the other connect first
_SERVICES_LIMIT = 6.0  # s for bluetoothd to find the services of one who connected to us

_VALUE_LIMIT = 512  # bytes: ATT, no attribute value is longer
# The smallest MTU is 23. BlueZ 5.66 refuses to be written 511 bytes: it counts the handle (src/shared/gatt-server.c, `write_cb`).
_MIN_ROOM, _MAX_ROOM = 20, 510
_ORIGINS = 16  # that talk at once
_WAITING_FRAMES = 64  # of a new origin, while BlueZ is asked whether it is bonded
_NOTIFY_PAUSE = 0.005  # s between two notifications, which have no flow control

_REPORTS = 20  # calls heard, per second, from all
_SAME_REPORT_PAUSE = 5.0  # s until an unchanged call of the same origin is reported again
_NEW_REPORT_PAUSE = 0.25  # s until a changed one is
_HEARD_ORIGINS = 256


# Once BlueZ has been connected to a device, its `UUIDs` are those of the services it had then, not the advertised ones (src/device.c,
# `dev_property_get_uuids`), and ours is not among them if it was withdrawn before the connection ended (seen in the lab). Such a device
# shows one of these, which nobody advertises; it is believed by the shape of its data, since bluetoothd's filter has seen the UUID.
_GENERIC_UUIDS = {"00001800-0000-1000-8000-00805f9b34fb", "00001801-0000-1000-8000-00805f9b34fb"}
_CALL_SIZE = 6


@dataclass(frozen=True, slots=True)
class _Adapter:
    path: str
    address: str
    powered: bool
    monitors: bool  # offers advertisement monitors (bluetoothd's experimental flag, up to 5.87)

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]


# --- what bluetoothd sees of us ------------------------------------------------------------------------------------------------


class _Advertisement(ServiceInterface):
    """BlueZ: doc/org.bluez.LEAdvertisement.rst. 28 bytes in the air, so that its 3 bytes of flags still fit: no `Discoverable`."""

    def __init__(self, data: bytes, on_release: Callable[[], None]) -> None:
        super().__init__("org.bluez.LEAdvertisement1")
        self._data = data
        self._on_release = on_release

    @method("Release")
    def release(self) -> None:
        self._on_release()

    @dbus_property(name="Type", gives="s")
    def kind(self) -> str:
        return "peripheral"

    @dbus_property(name="ServiceUUIDs", gives="as")
    def service_uuids(self) -> list[str]:
        return [SERVICE_UUID]

    @dbus_property(name="ManufacturerData", gives="a{qv}")
    def manufacturer_data(self) -> dict[int, Variant]:
        return {COMPANY_ID: Variant("ay", self._data)}


class _PacedAdvertisement(_Advertisement):
    """The same, asking for an interval: both bounds, or BlueZ ignores them."""

    @dbus_property(name="MinInterval", gives="u")
    def min_interval(self) -> int:
        return _MIN_INTERVAL

    @dbus_property(name="MaxInterval", gives="u")
    def max_interval(self) -> int:
        return _MAX_INTERVAL


class _Service(ServiceInterface):
    def __init__(self) -> None:
        super().__init__("org.bluez.GattService1")

    @dbus_property(name="UUID", gives="s")
    def uuid(self) -> str:
        return SERVICE_UUID

    @dbus_property(name="Primary", gives="b")
    def primary(self) -> bool:
        return True


class _Characteristic(ServiceInterface):
    def __init__(self, service: str, uuid: str, flags: list[str]) -> None:
        super().__init__("org.bluez.GattCharacteristic1")
        self._service = service
        self._uuid = uuid
        self._flags = flags

    @dbus_property(name="UUID", gives="s")
    def uuid(self) -> str:
        return self._uuid

    @dbus_property(name="Service", gives="o")
    def service(self) -> str:
        return self._service

    @dbus_property(name="Flags", gives="as")
    def flags(self) -> list[str]:
        return self._flags


class _Inbox(_Characteristic):
    def __init__(self, service: str, on_write: Callable[[bytes, dict[str, object]], None]) -> None:
        super().__init__(service, INBOX_UUID, ["write"])
        self._on_write = on_write

    @method("WriteValue", takes=("ay", "a{sv}"))
    def write_value(self, value: bytes, options: dict[str, Variant]) -> None:
        given = plain(options)
        self._on_write(bytes(value), given if isinstance(given, dict) else {})


class _Outbox(_Characteristic):
    """BlueZ makes one notification of each change of `Value`, to everybody who subscribed."""

    def __init__(self, service: str) -> None:
        super().__init__(service, OUTBOX_UUID, ["notify"])
        self._value = b""
        self.subscribed = False

    def notify(self, frame: bytes) -> None:
        self._value = frame
        self.emit_properties_changed({"Value": frame})

    @dbus_property(name="Value", gives="ay")
    def value(self) -> bytes:
        return self._value

    @dbus_property(name="Notifying", gives="b")
    def notifying(self) -> bool:
        return self.subscribed

    @method("StartNotify")
    def start_notify(self) -> None:
        self.subscribed = True

    @method("StopNotify")
    def stop_notify(self) -> None:
        self.subscribed = False


@dataclass(slots=True)
class _Application:
    """Our GATT service, as registered. `advertised`: the path and the data of the advertisement in force, if there is one."""

    adapter: str
    root: str
    inbox: _Inbox
    outbox: _Outbox
    guard: Subscription
    advertised: tuple[str, bytes] | None = None
    left: list[str] = field(default_factory=list)  # advertisements of before, which bluetoothd has not said to have ended
    pacing: asyncio.Lock = field(default_factory=asyncio.Lock)


# --- who talks -------------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Visitor:
    """A listener that connected to us and has written. Its frames wait until BlueZ has said whether it is bonded."""

    origin: str
    room: int
    bonded: bool | None = None
    waiting: list[bytes] = field(default_factory=list)
    subscription: Subscription | None = None


@dataclass(slots=True)
class _Host:
    """A caller that we connected to."""

    client: BleakClient
    room: int
    bonded: bool
    encrypted: bool  # by the key of a bond that was there before the connection (`hci.py`)
    inbox: str  # BlueZ's path of it


@dataclass(slots=True)
class _Report:
    """What was last said of one origin, and what is still to be said."""

    data: bytes
    at: float
    pending: CallHeard | None = None


class _ScanIsBusy(Unavailable):
    """The kernel still runs the discovery of a bluetoothd that was killed, for up to 10 s (seen in the lab)."""


class BlueZ:
    """Serves `edges.Bluetooth` with the bluetoothd on the system bus.

    `adapter`: the address of the one to use; `None`: the first that will do. A name such as "hci0" is good until the adapter of that name
    is there: the kernel gives the numbers anew at each start and plugging in, so from then on its address is meant.
    """

    def __init__(
        self, adapter: str | None = None, journal: Journal | None = None, on_chosen: Callable[[str], None] = lambda _address: None
    ) -> None:
        """`journal`: keeps account of connections, which outlive a killed applet, so that the next start can end them. `on_chosen`: told
        the address of the adapter that was chosen by name."""
        self._wanted = _lower(adapter)
        self._journal = journal
        self._on_chosen = on_chosen
        self._known: tuple[_Adapter, ...] = ()
        self._sink: Callable[[EdgeEvent], None] | None = None
        self._bus: Bus | None = None
        self._tasks = Tasks(self._broke)
        self._tidying: set[asyncio.Task[Any]] = set()
        self._resuming = False  # listening is tried again soon
        self._resume_pause = _SCAN_AGAIN
        self._supervisor: asyncio.Task[None] | None = None

        # what bluetoothd is
        self._owner: str | None = None
        self._adapter: _Adapter | None = None  # usable, when `_reason` is None
        self._reason: Reason | None = Reason.BLUETOOTH_MISSING
        self._judged = asyncio.Event()
        self._stale = asyncio.Event()
        self._lost_since_ready = False
        self._era = 0  # counts how often everything was lost

        # what we made there
        self._serving = asyncio.Lock()
        self._application: _Application | None = None
        self._not_withdrawn: _Application | None = None  # bluetoothd did not answer when told to
        self._made = 0  # paths are never used twice: bluetoothd may still be busy with the old
        self._visitors: dict[str, _Visitor] = {}
        self._hosts: dict[str, _Host] = {}
        self._connecting = asyncio.Lock()

        # hearing
        self._hearing = asyncio.Lock()
        self._listening = False
        self._scanner: BleakScanner | None = None
        self._scan_left = False  # one did not end when told to
        self._reports: OrderedDict[str, _Report] = OrderedDict()
        self._report_times: list[float] = []
        self._report_timer: asyncio.TimerHandle | None = None
        self._listening_by = ""

    @property
    def listening_by(self) -> str:
        """How calls are heard now: "AdvertisementMonitor" (passive), "discovery" (active, filtered), or "" while not listening."""
        return self._listening_by

    @property
    def adapters(self) -> tuple[tuple[str, str], ...]:
        """Address and name ("hci0") of each adapter that could be used, as last seen."""
        return tuple((adapter.address, adapter.name) for adapter in self._known)

    def choose(self, adapter: str | None) -> None:
        """Use that one from now on, see `BlueZ`; what is going on over another one ends."""
        if _lower(adapter) != self._wanted:
            self._wanted = _lower(adapter)
            self._stale.set()

    # --- open and close ---

    async def open(self, sink: Callable[[EdgeEvent], None]) -> None:
        self._sink = sink
        if self._supervisor is not None:
            return
        self._judged.clear()
        supervised = Supervised("system", self._on_up, self._on_down, on_absent=lambda: self._settle(None, Reason.BLUETOOTH_MISSING))
        self._supervisor = self._tasks.keep(supervised.run, "bluez-bus")
        self._tasks.keep(self._keep_looking, "bluez-look")
        try:
            async with asyncio.timeout(_OPEN_LIMIT):
                await self._judged.wait()
        except TimeoutError:
            self._settle(None, Reason.BLUETOOTH_MISSING)
        if self._journal is not None:
            for origin in self._journal.leftovers(_CONNECTION):
                log.info("ending the connection with %s of an earlier run", origin)
                if _DEVICE_PATH.fullmatch(origin):
                    await self._hang_up(origin)
                self._journal.settle(_CONNECTION, origin)

    async def close(self) -> None:
        if self._supervisor is None:
            return
        # What is on the air first, then whom we talk to: all that the rest may take is theirs.
        await in_turn(
            ("the call", self.unserve),
            ("listening", self.unlisten),
            *((f"the connection with {origin}", partial(self.disconnect, origin)) for origin in list(self._hosts)),
            ("what is being tidied", self._tidied),
            ("bleak's own connection", partial(_drop_bleak, quietly=True)),
        )
        self._sink = None
        await self._tasks.end()
        self._supervisor = None
        self._reason, self._adapter, self._lost_since_ready = Reason.BLUETOOTH_MISSING, None, False

    # --- the daemon and its adapter ---

    async def _on_up(self, bus: Bus) -> None:
        self._bus = bus
        await bus.subscribe(self._on_objects, sender=_BLUEZ, path="/", interface=_OBJECTS)
        await bus.subscribe(
            self._on_adapter, sender=_BLUEZ, path_namespace="/org/bluez", interface=_PROPERTIES, member="PropertiesChanged", arg0=_ADAPTER
        )
        await bus.watch_name(_BLUEZ, self._on_owner)

    def _on_down(self) -> None:
        self._bus = None
        self._owner = None
        self._settle(None, Reason.BLUETOOTH_MISSING)

    def _on_owner(self, owner: str | None) -> None:
        if owner == self._owner and self._judged.is_set():
            return
        if self._owner is not None or owner is None:
            self._owner = None  # also when another has taken its place: that one knows nothing of us
            self._settle(None, Reason.BLUETOOTH_MISSING)
        if owner is not None:
            self._owner = owner
            self._stale.set()

    def _on_objects(self, signal: Signal) -> None:
        path = signal.body[0] if signal.body else None
        if not isinstance(path, str):
            return
        if _ADAPTER_PATH.fullmatch(path):
            self._stale.set()
            if signal.member == "InterfacesRemoved" and self._adapter is not None and path == self._adapter.path:
                self._settle(None, Reason.BLUETOOTH_NO_ADAPTER)  # at once: it may be back before it is looked for
        elif signal.member == "InterfacesRemoved":
            if path in self._visitors and _DEVICE in _listed(signal.body[1:]):
                self._lose(path)
            for origin in [origin for origin, host in self._hosts.items() if host.inbox == path]:
                self._clear_away(self._abandon(origin, self._era))

    def _on_adapter(self, signal: Signal) -> None:
        match signal.body:
            case (_, dict(changed), *_) if changed.keys() & {"Powered", "Address"}:
                self._stale.set()
                if changed.get("Powered", True) is not True and self._adapter is not None and signal.path == self._adapter.path:
                    self._settle(None, Reason.BLUETOOTH_OFF)

    async def _keep_looking(self) -> None:
        """Read bluetoothd's adapters anew whenever something says that they have changed."""
        self._stale.set()  # also when begun anew after a failure
        while True:
            await self._stale.wait()
            self._stale.clear()
            bus, owner = self._bus, self._owner
            if bus is None or owner is None:
                continue
            try:
                adapters = await self._read_adapters(bus)
            except BusGone:
                continue
            except BusError as error:
                log.warning("bluetoothd does not say what it has: %s", error)
                asyncio.get_running_loop().call_later(_READ_AGAIN, self._stale.set)
                adapters = None
            if self._owner != owner or self._bus is not bus:
                continue  # all of this is history; whoever changed it has set `_stale`
            self._judge(adapters)

    async def _read_adapters(self, bus: Bus) -> dict[str, _Adapter]:
        """The adapters that can advertise and serve."""
        objects = (await bus.call(_BLUEZ, "/", _OBJECTS, "GetManagedObjects", timeout=_CALL_LIMIT))[0]
        return {
            path: _Adapter(
                path, str(properties[_ADAPTER].get("Address")), properties[_ADAPTER].get("Powered") is True, _has_monitors(properties)
            )
            for path, properties in (objects.items() if isinstance(objects, dict) else ())
            if _ADAPTER_PATH.fullmatch(path) and {_ADAPTER, _ADVERTISING, _GATT} <= properties.keys()
        }

    def _judge(self, adapters: dict[str, _Adapter] | None) -> None:
        if adapters is None:
            self._settle(None, Reason.BLUETOOTH_MISSING)
            return
        self._known = tuple(adapter for _, adapter in sorted(adapters.items()))
        fitting = [adapter for adapter in self._known if self._wanted in (None, adapter.name, adapter.address.lower())]
        if fitting and self._wanted == fitting[0].name and fitting[0].address.strip("0:"):
            self._wanted = fitting[0].address.lower()
            self._on_chosen(fitting[0].address)
        # The one in use stays the one in use as long as it can be used.
        fitting.sort(key=lambda adapter: (not adapter.powered, self._adapter is None or adapter.path != self._adapter.path))
        if not fitting:
            self._settle(None, Reason.BLUETOOTH_NO_ADAPTER)
        elif not fitting[0].powered:
            self._settle(None, Reason.BLUETOOTH_OFF)
        else:
            self._settle(fitting[0], None)

    def _settle(self, adapter: _Adapter | None, reason: Reason | None) -> None:
        """Everything that is known is known: forget what was lost, and say what has changed."""
        before, first = self._reason, not self._judged.is_set()
        moved = self._adapter is not None and (adapter is None or adapter.path != self._adapter.path)
        if moved:
            self._lost_since_ready = True
            self._adapter, self._reason = adapter, reason
            self._forget()
        self._adapter, self._reason = adapter, reason
        self._judged.set()
        if first or before is not reason or (moved and reason is None):
            log.info("Bluetooth: %s", f"ready on {adapter.name}" if adapter is not None else reason.value if reason is not None else "")
            fresh = reason is None and self._lost_since_ready
            if fresh:
                self._lost_since_ready = False
            self._tell(BluetoothChanged(reason, fresh))

    def _forget(self) -> None:
        """bluetoothd, the adapter or its power went: what we had there is gone, or of no use."""
        self._era += 1
        application, self._application = self._application, None
        self._not_withdrawn, self._scan_left = None, False
        scanner, self._scanner = self._scanner, None
        self._listening, self._listening_by = False, ""
        self._resume_pause = _SCAN_AGAIN
        self._forget_reports()
        hosts = dict(self._hosts)
        for origin in [*self._visitors, *self._hosts.keys() - self._visitors.keys()]:
            self._lose(origin)
        self._clear_away(self._tidy(self._owner is not None, application, scanner, hosts))

    def _clear_away(self, work: Coroutine[Any, Any, object]) -> None:
        task = self._tasks.do(work, "bluez-tidy")
        self._tidying.add(task)
        task.add_done_callback(self._tidying.discard)

    async def _tidy(self, there: bool, application: _Application | None, scanner: BleakScanner | None, hosts: dict[str, _Host]) -> None:
        """Clear away what `_forget` has forgotten; with bluetoothd still `there`, also at its end."""
        if application is not None:
            await self._withdraw(application, there=there)
        if there:
            if scanner is not None:
                await self._quietly(scanner.stop(), "stop of the scan")
            for host in hosts.values():
                await self._quietly(host.client.disconnect(), "disconnection")
        else:
            # bleak does not notice that bluetoothd was replaced and would go on with the devices of the old one.
            await _drop_bleak()
            for host in hosts.values():
                if not host.client.is_connected:  # else it would call, and by that start, a bluetoothd
                    await self._quietly(host.client.disconnect(), "release")

    async def _tidied(self) -> None:
        if self._tidying:
            await asyncio.wait(self._tidying, timeout=_CALL_LIMIT)

    # --- serving ---

    async def serve(self, advertisement: bytes | None) -> None:
        async with self._serving:
            await self._tidied()
            bus, adapter = self._usable()
            era = self._era
            if self._not_withdrawn is not None and await self._withdraw(self._not_withdrawn, there=True):
                self._not_withdrawn = None
            with self._refusals(era):
                served = self._application
                application = served or await self._register(bus, adapter)
                try:
                    self._check(era)
                    self._application = application
                    await self._advertise(bus, adapter, application, advertisement)
                    self._check(era)
                except BaseException:
                    if served is None:
                        if self._application is application:
                            self._application = None
                        await self._withdraw(application, there=self._owner is not None)
                    raise

    async def unserve(self) -> None:
        async with self._serving:
            await self._tidied()
            application, self._application = self._application or self._not_withdrawn, None
            if application is None:
                return
            self._not_withdrawn = application
            withdrawn = await self._withdraw(application, there=self._owner is not None)
            for origin in self._visitors.keys() & self._hosts.keys():  # their radio link is also that of our own conversation with them
                self._forget_visitor(origin)
            # bluetoothd takes 2 s for each (src/device.c, DISCONNECT_TIMER).
            gone = await asyncio.gather(*(self._hang_up(origin) for origin in list(self._visitors)))
            if not withdrawn or not all(gone):
                raise Unavailable(Reason.BLUETOOTH_REFUSED, "bluetoothd does not say that it has withdrawn everything")
            self._not_withdrawn = None
            log.info("serving no more")

    async def _register(self, bus: Bus, adapter: _Adapter) -> _Application:
        self._made += 1
        root = f"/org/nearby_tray/application{self._made}"
        service = f"{root}/service0"
        inbox, outbox = _Inbox(service, self._on_write), _Outbox(service)
        # The system bus lets only root call these interfaces anyway (BlueZ: src/bluetooth.conf); a private bus need not.
        guard = await bus.guard(root, _BLUEZ)
        application = _Application(adapter.path, root, inbox, outbox, guard)
        try:
            # Complete before it is registered: BlueZ ignores what comes later.
            bus.export(service, _Service())
            bus.export(f"{service}/char0", inbox)
            bus.export(f"{service}/char1", outbox)
            await bus.call(_BLUEZ, adapter.path, _GATT, "RegisterApplication", "oa{sv}", root, {}, timeout=_CALL_LIMIT)
        except BaseException:
            await self._withdraw(application, there=self._owner is not None)
            raise
        log.info("serving on %s", adapter.name)
        return application

    async def _advertise(self, bus: Bus, adapter: _Adapter, application: _Application, data: bytes | None) -> None:
        if application.advertised is not None:
            if application.advertised[1] == data:
                return
            await self._silence(application, there=True)
        if data is None:
            return
        error: BusError | None = None
        for kind in (_PacedAdvertisement, _Advertisement):
            self._made += 1
            path = f"{application.root}/advertisement{self._made}"
            bus.export(path, kind(data, lambda path=path: self._on_release(path)))  # type: ignore[misc]
            application.advertised = path, data
            try:
                await bus.call(_BLUEZ, adapter.path, _ADVERTISING, "RegisterAdvertisement", "oa{sv}", path, {}, timeout=_CALL_LIMIT)
            except BaseException as caught:
                await self._silence(application, there=isinstance(caught, BusTimeout) or not isinstance(caught, BusError))
                # "NotPermitted" is no free instance; without intervals there would be none either.
                if not isinstance(caught, BusError) or not _is_about_the_data(caught):
                    raise
                log.info("advertising refused: %s", caught)
                error = caught
            else:
                log.info("advertising")
                return
        assert error is not None
        raise error

    def _on_release(self, path: str) -> None:
        application = self._application
        if application is not None and application.advertised is not None and application.advertised[0] == path:
            log.info("bluetoothd has ended the advertisement")
            application.advertised = None
            if self._bus is not None:
                self._bus.unexport(path)

    async def _silence(self, application: _Application, *, there: bool) -> bool:
        """Withdraw the advertisement; never raises. Whether bluetoothd has none of ours now."""
        if application.advertised is not None:
            application.left.append(application.advertised[0])
            application.advertised = None
        for path in list(application.left):
            if await self._unregister(application.adapter, _ADVERTISING, "UnregisterAdvertisement", path, there=there):
                application.left.remove(path)
            if self._bus is not None:
                self._bus.unexport(path)
        return not application.left

    async def _withdraw(self, application: _Application, *, there: bool) -> bool:
        """Take advertisement and service back; never raises. Whether bluetoothd has neither now."""
        silent = await self._silence(application, there=there)
        gone = await self._unregister(application.adapter, _GATT, "UnregisterApplication", application.root, there=there)
        application.guard.cancel()
        if self._bus is not None:
            for path in (f"{application.root}/service0/char1", f"{application.root}/service0/char0", f"{application.root}/service0"):
                self._bus.unexport(path)
        return silent and gone

    async def _unregister(self, adapter: str, interface: str, member: str, path: str, *, there: bool) -> bool:
        """Whether bluetoothd does not have it any more, as far as anybody can say."""
        if not there or self._bus is None:
            return True
        try:
            await self._bus.call(_BLUEZ, adapter, interface, member, "o", path, timeout=_CALL_LIMIT)
        except BusTimeout as error:
            log.info("%s: %s", member, error)
            return False
        except (BusError, BusGone) as error:
            # "DoesNotExist": it had been refused or was gone already, which is what is wanted.
            log.debug("%s: %s", member, error)
        return True

    # --- those who come to us ---

    def _on_write(self, value: bytes, options: dict[str, object]) -> None:
        """A write to our inbox. BlueZ: src/gatt-database.c, `send_write`; each refusal here becomes an ATT error at the other side."""
        device = options.get("device")
        if not isinstance(device, str) or not _DEVICE_PATH.fullmatch(device):
            raise DBusError("org.bluez.Error.Failed", "who?")
        if options.get("offset", 0) != 0:
            raise DBusError("org.bluez.Error.InvalidOffset", "no long writes")
        if options.get("prepare-authorize") is True:
            return
        mtu = options.get("mtu")
        room = _room(mtu - 3 if isinstance(mtu, int) and not isinstance(mtu, bool) else 0)
        if not 0 < len(value) <= _VALUE_LIMIT:
            raise DBusError("org.bluez.Error.InvalidValueLength", f"1 to {_VALUE_LIMIT} bytes")
        visitor = self._visitors.get(device)
        if visitor is None:
            if self._application is None or len(self._visitors) >= _ORIGINS:
                raise DBusError("org.bluez.Error.NotPermitted", "too many talk already")
            visitor = self._visitors[device] = _Visitor(device, room)
            self._note(device)
            log.info("%s talks to us", device)
            self._tasks.do(self._meet(visitor), "bluez-meet")
        visitor.room = room
        if visitor.bonded is not None:
            self._tell(FrameArrived(device, value, room, visitor.bonded))
        elif len(visitor.waiting) < _WAITING_FRAMES:
            visitor.waiting.append(value)
        else:
            raise DBusError("org.bluez.Error.Failed", "too fast")

    async def _meet(self, visitor: _Visitor) -> None:
        """Find out whether a newcomer is bonded, and when it leaves; then pass on what it said meanwhile."""
        origin, bus = visitor.origin, self._bus
        bonded, connected = False, True

        def on_changed(signal: Signal) -> None:
            match signal.body:
                case (_, dict(changed), *_) if changed.get("Connected") is False:
                    if self._visitors.get(origin) is visitor:
                        self._lose(origin)

        if bus is None:
            return
        try:
            watch = await bus.subscribe(
                on_changed, sender=_BLUEZ, path=origin, interface=_PROPERTIES, member="PropertiesChanged", arg0=_DEVICE
            )
            if self._visitors.get(origin) is not visitor:
                watch.cancel()
                return
            visitor.subscription = watch
            properties = await bus.get_all(_BLUEZ, origin, _DEVICE, timeout=_CALL_LIMIT)
            bonded, connected = _is_bonded(properties), properties.get("Connected") is True
        except BusError as error:
            log.warning("bluetoothd does not tell about %s: %s", origin, error)
        except BusGone:
            return
        except Exception:
            log.exception("what bluetoothd tells about %s cannot be read", origin)
        if self._visitors.get(origin) is not visitor:
            return
        if not connected:
            self._lose(origin)
            return
        visitor.bonded = bonded
        waiting, visitor.waiting = visitor.waiting, []
        for frame in waiting:
            self._tell(FrameArrived(origin, frame, visitor.room, bonded))

    def _forget_visitor(self, origin: str) -> bool:
        visitor = self._visitors.pop(origin, None)
        if visitor is None:
            return False
        if visitor.subscription is not None:
            visitor.subscription.cancel()
        return True

    def _note(self, origin: str) -> None:
        if self._journal is not None:
            self._journal.add(_CONNECTION, origin)

    def _lose(self, origin: str) -> None:
        """The radio link with `origin` is no more, in whichever direction it was used."""
        visited = self._forget_visitor(origin)
        hosted = self._hosts.pop(origin, None) is not None
        if visited or hosted:
            if self._journal is not None:
                self._journal.remove(_CONNECTION, origin)
            log.info("%s is disconnected", origin)
            self._tell(Disconnected(origin))

    # --- conversations ---

    async def connect(self, origin: str) -> int:
        await self._tidied()
        async with self._connecting:  # a controller makes one connection at a time anyway
            _, adapter = self._usable()
            address = _DEVICE_PATH.fullmatch(origin)
            if address is None or not origin.startswith(f"{adapter.path}/"):
                raise Unavailable(Reason.PEER_GONE, f"{origin!r} is not a device of {adapter.name}")
            host = self._hosts.get(origin)
            if host is not None:
                return host.room
            if len(self._hosts) >= _ORIGINS:
                raise Unavailable(Reason.BLUETOOTH_REFUSED, f"{_ORIGINS} connections are made already")
            era = self._era
            peer = address[1][1:].replace("_", ":")
            if self._application is not None:
                await self._mind_visit(origin, give_way=self._application.advertised is not None and adapter.address > peer)
                self._check(era)
            # A controller that scans while it connects often aborts ("le-connection-abort-by-local").
            await self._pause()
            try:
                host = await self._make_connection(origin, peer, adapter, era)
            except BaseException:
                self._tasks.do(self._end_stray(origin, era), "bluez-stray")
                raise
            finally:
                await self._resume(era)
            return host.room

    async def _abandon(self, origin: str, era: int) -> None:
        """A caller has withdrawn its service, or its program has died: nothing more can be said. The radio link would outlast that.

        Of two who have called each other one withdraws its call, and goes on talking to us on the same link.
        """
        await asyncio.sleep(_LAST_WORDS)
        host = self._hosts.get(origin)
        # In the same era bluetoothd is there, and no call of ours starts another.
        if host is not None and origin not in self._visitors and self._era == era:
            log.info("%s serves no more", origin)
            await self._quietly(host.client.disconnect(), "disconnection")
            self._lose(origin)

    async def _end_stray(self, origin: str, era: int) -> None:
        """A connection that we gave up may come about later, or be one that bluetoothd did not end when told (both seen in the lab)."""
        for pause in _STRAYS:
            await asyncio.sleep(pause)
            if self._era != era or origin in self._hosts:
                return
            # While we serve, or connect anew, it may be wanted.
            if self._application is None and not self._connecting.locked() and (await self._read_device(origin)).get("Connected") is True:
                log.info("%s is connected, and nobody wants that", origin)
                await self._hang_up(origin)

    async def _mind_visit(self, origin: str, *, give_way: bool) -> None:
        """We serve, so `origin` may be connected to us, or be about to be. There is one link for both directions: its conversation with us
        must not suffer from ours with it.

        Two who connect at the same moment get one link on which neither finds services (BlueZ 5.66, seen in the lab), so one of the two has
        to `give_way` for a while. And on a link that the other made bluetoothd sometimes finds no services at all (seen too); bleak would
        then hang up, so it gets such a link only when our service is there. Otherwise: `Unavailable`, and the link stays.
        """
        bus, loop = self._bus, asyncio.get_running_loop()
        if bus is None:
            return
        news = asyncio.Event()
        begin = loop.time()
        watches: list[Subscription] = []
        try:
            for path, interface in (("/", _OBJECTS), (origin, _PROPERTIES)):
                watches.append(await bus.subscribe(lambda _: news.set(), sender=_BLUEZ, path=path, interface=interface))
            while True:
                news.clear()
                objects = (await bus.call(_BLUEZ, "/", _OBJECTS, "GetManagedObjects", timeout=_CALL_LIMIT))[0]
                connected, ours = _look_at(objects, origin)
                if ours or (not connected and not give_way):
                    return
                left = begin + (_SERVICES_LIMIT if connected else _GIVE_WAY) - loop.time()
                if left <= 0:
                    if connected:
                        raise Unavailable(Reason.PEER_GONE, "it is connected to us, and bluetoothd does not find its service")
                    return
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(left):
                        await news.wait()
        except (BusError, BusGone) as error:
            raise Unavailable(Reason.PEER_GONE, str(error)) from error
        finally:
            for watch in watches:
                watch.cancel()

    async def _make_connection(self, origin: str, address: str, adapter: _Adapter, era: int) -> _Host:
        from bleak.exc import BleakDeviceNotFoundError, BleakError

        last: Exception | None = None
        deadline = asyncio.get_running_loop().time() + _CONNECT_LIMIT
        for _ in range(2):
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0:
                break
            try:
                return await self._within(left, self._talk_to(origin, address, adapter, era))
            except TimeoutError:
                self._check(era)
                raise Unavailable(Reason.PEER_GONE, f"no connection within {_CONNECT_LIMIT:g} s") from last
            except BleakDeviceNotFoundError as error:
                raise Unavailable(Reason.PEER_GONE, str(error)) from error
            except (BleakError, EOFError, OSError, Unavailable) as error:
                # Interference, a link that was just ending, services remembered from an earlier call: the second time usually goes well.
                self._check(era)
                log.info("connecting to %s: %s", origin, _said(error))
                last = error
        raise last if isinstance(last, Unavailable) else Unavailable(Reason.PEER_GONE, _said(last)) from last

    async def _talk_to(self, origin: str, address: str, adapter: _Adapter, era: int) -> _Host:
        """Connect, and subscribe to the outbox. Leaves no connection behind when it raises."""
        from bleak import BleakClient
        from bleak.backends.device import BLEDevice

        _spare_bluetoothctl()
        details = {"path": origin, "props": {"Address": address, "Alias": address, "Adapter": adapter.path}}

        def on_gone(gone: BleakClient) -> None:
            host = self._hosts.get(origin)
            if host is not None and host.client is gone:
                self._lose(origin)
            # Only this closes the D-Bus connection that bleak has for each client.
            self._clear_away(self._quietly(gone.disconnect(), "release"))

        client = BleakClient(BLEDevice(address, None, details), on_gone, services=[SERVICE_UUID], timeout=_CONNECT_LIMIT)
        try:
            before = await self._read_device(origin)
            await client.connect()
            inbox, outbox = client.services.get_characteristic(INBOX_UUID), client.services.get_characteristic(OUTBOX_UUID)
            if inbox is None or outbox is None:
                raise Unavailable(Reason.NOT_OURS, "it has no such service")
            now = await self._read_device(origin)
            # Before the first frame: what comes over an encrypted link comes from its other end. BlueZ before 5.65 has no `Bonded`, and its
            # `Paired` is also true for those that have paired in passing.
            encrypted = before.get("Bonded") is True and now.get("Bonded") is True and is_encrypted(adapter.name, str(now.get("Address")))
            host = _Host(client, _room(inbox.max_write_without_response_size), _is_bonded(now), encrypted, str(inbox.obj[0]))

            def on_frame(_: object, data: bytearray) -> None:
                if client.is_connected and 0 < len(data) <= _VALUE_LIMIT:
                    self._tell(FrameArrived(origin, bytes(data), host.room, host.bonded, host.encrypted))

            # Not AcquireNotify: BlueZ gives that to one client only, and flushes each PropertiesChanged(Value) (src/gatt-client.c).
            await client.start_notify(outbox, on_frame, bluez={"use_start_notify": True})
            self._check(era)
            if not client.is_connected:
                raise Unavailable(Reason.PEER_GONE, "it has disconnected at once")
        except BaseException:
            if client.is_connected:
                await self._quietly(client.disconnect(), "disconnection")
            raise
        self._hosts[origin] = host
        self._note(origin)
        kind = "encrypted by its bond" if host.encrypted else "bonded, not known to be encrypted" if host.bonded else "not bonded"
        log.info("connected to %s, %s, %d bytes a frame", origin, kind, host.room)
        return host

    async def _read_device(self, origin: str) -> dict[str, Any]:
        """bluetoothd's properties of `origin`; none when it does not tell."""
        try:
            return await self._bus.get_all(_BLUEZ, origin, _DEVICE, timeout=_CALL_LIMIT) if self._bus is not None else {}
        except (BusError, BusGone) as error:
            log.info("bluetoothd does not tell about %s: %s", origin, error)
            return {}

    async def send(self, origin: str, frame: bytes, role: Role) -> None:
        """See `edges.Bluetooth`. Raises `ValueError` for a frame longer than the room, and `Unavailable(PEER_GONE)` when `origin` does
        not listen (any more)."""
        from_us, host, visitor = self._application, self._hosts.get(origin), self._visitors.get(origin)
        other = visitor if role is Role.CALLER else host
        room = other.room if other is not None else _MAX_ROOM
        if not 0 < len(frame) <= room:
            raise ValueError(f"a frame of {len(frame)} bytes where {room} fit")
        if role is Role.LISTENER:
            if host is None:
                raise Unavailable(Reason.PEER_GONE, "not connected")
            await self._write(host.client, frame)
        elif visitor is None or from_us is None:
            raise Unavailable(Reason.PEER_GONE, "not connected")
        else:
            async with from_us.pacing:
                if self._visitors.get(origin) is not visitor or self._application is not from_us:
                    raise Unavailable(Reason.PEER_GONE, "disconnected meanwhile")
                if not from_us.outbox.subscribed:
                    raise Unavailable(Reason.PEER_GONE, "nobody is subscribed to the outbox")
                from_us.outbox.notify(frame)
                await asyncio.sleep(_NOTIFY_PAUSE)

    async def _write(self, client: BleakClient, frame: bytes) -> None:
        from bleak.exc import BleakError

        try:
            await self._within(_CALL_LIMIT, client.write_gatt_char(INBOX_UUID, frame, response=True))
        except TimeoutError:
            raise Unavailable(Reason.PEER_GONE, f"not written within {_CALL_LIMIT:g} s") from None
        except (BleakError, EOFError, OSError) as error:
            raise Unavailable(Reason.PEER_GONE, _said(error)) from error

    async def disconnect(self, origin: str) -> None:
        host = self._hosts.get(origin)
        if host is not None and await self._quietly(host.client.disconnect(), "disconnection"):
            self._lose(origin)
        elif (host is not None or origin in self._visitors) and not await self._hang_up(origin):
            raise Unavailable(Reason.BLUETOOTH_REFUSED, "bluetoothd does not say that it has disconnected")

    async def _hang_up(self, origin: str) -> bool:
        """End the radio link with `origin`; whether it is ended, as far as anybody can say."""
        if self._bus is not None and self._owner is not None:
            try:
                await self._bus.call(_BLUEZ, origin, _DEVICE, "Disconnect", timeout=_CALL_LIMIT)
            except BusTimeout as error:
                log.info("disconnection of %s: %s", origin, error)
                return False
            except (BusError, BusGone) as error:
                log.info("disconnection of %s: %s", origin, error)
        self._lose(origin)
        return True

    # --- hearing ---

    async def listen(self) -> None:
        async with self._hearing:
            await self._tidied()
            self._usable()
            if self._listening:
                return
            self._listening = True  # the first call may be heard before the scan is said to run
            try:
                await self._scan()
            except _ScanIsBusy as error:
                log.info("listening begins later: %s", error)
                self._tasks.do(self._resume_later(self._era), "bluez-resume")
            except BaseException:
                self._listening = False
                raise

    async def unlisten(self) -> None:
        async with self._hearing:
            self._listening = False
            await self._stop_scan()
            self._forget_reports()

    async def _scan(self) -> None:
        from bleak import BleakScanner
        from bleak.exc import BleakError

        _, adapter = self._usable()
        era = self._era
        # Not bleak's own `service_uuids`: it judges by what BlueZ has stored of the device, which for one that was connected is not what it
        # advertises. bluetoothd's filter looks at the advertisement itself. A duplicate is not asked for: each scan of bluetoothd (some
        # 10 s) begins with an empty filter, and so does each of ours after a connection.
        discovery: dict[str, Any] = {"adapter": adapter.name, "filters": {"UUIDs": [SERVICE_UUID], "DuplicateData": False}}
        uuid = bytes.fromhex(SERVICE_UUID.replace("-", ""))[::-1]
        # The two AD types that list 128-bit UUIDs: incomplete, complete.
        monitor: dict[str, Any] = {"adapter": adapter.name, "or_patterns": [(0, 0x06, uuid), (0, 0x07, uuid)]}
        ways = [("discovery", "active", discovery)]
        if adapter.monitors:
            ways.insert(0, ("AdvertisementMonitor", "passive", monitor))
        for name, mode, arguments in ways:
            scanner = BleakScanner(self._on_advertisement, scanning_mode=mode, bluez=arguments)  # type: ignore[arg-type]
            try:
                await self._within(_CALL_LIMIT, scanner.start())
            except (BleakError, EOFError, OSError, TimeoutError) as error:
                self._check(era)
                if getattr(error, "dbus_error", "") == "org.bluez.Error.InProgress":
                    raise _ScanIsBusy(Reason.BLUETOOTH_REFUSED, str(error)) from error
                if name == ways[-1][0]:
                    raise Unavailable(self._reason or Reason.BLUETOOTH_REFUSED, _said(error)) from error
                log.info("%s: %s", name, error)
                continue
            if self._era != era:
                await self._quietly(scanner.stop(), "stop of the scan")
                self._check(era)
            self._scanner, self._listening_by = scanner, name
            self._resume_pause = _SCAN_AGAIN
            log.info("listening by %s", name)
            return

    async def _stop_scan(self) -> None:
        scanner, self._scanner = self._scanner, None
        if scanner is not None:
            log.info("listening no more by %s", self._listening_by)
            self._listening_by = ""
            self._scan_left = not await self._quietly(scanner.stop(), "stop of the scan")
        if self._scan_left:
            # bleak does not try again. Its scan ends with its connection, which those that we are connected to need.
            if self._hosts:
                raise Unavailable(Reason.BLUETOOTH_REFUSED, "the scan does not end")
            await _drop_bleak(quietly=True)
            self._scan_left = False

    async def _pause(self) -> None:
        async with self._hearing:
            if self._listening_by == "discovery":
                with contextlib.suppress(Unavailable):
                    await self._stop_scan()

    async def _resume(self, era: int) -> None:
        """Listen again, if that is still wanted; when it does not go at once, somewhat later."""
        async with self._hearing:
            if not self._listening or self._scanner is not None or self._era != era:
                return
            try:
                await self._scan()
            except Exception as error:
                # Nobody waits for this: whatever it is, it is tried again.
                log.log(logging.INFO if isinstance(error, _ScanIsBusy) else logging.WARNING, "listening does not go on: %s", _said(error))
                if self._era == era and not self._resuming:
                    self._resuming = True
                    self._tasks.do(self._resume_later(era), "bluez-resume")

    async def _resume_later(self, era: int) -> None:
        pause, self._resume_pause = self._resume_pause, min(2 * self._resume_pause, _SCAN_AGAIN_MOST)
        try:
            await asyncio.sleep(pause)
        finally:
            self._resuming = False
        await self._resume(era)

    def _on_advertisement(self, device: BLEDevice, advertisement: AdvertisementData) -> None:
        """bleak's word that something of a device has changed: not necessarily that it was heard just now."""
        path, properties = advertisement.platform_data[:2]
        data = advertisement.manufacturer_data.get(COMPANY_ID)
        if not isinstance(path, str) or not _DEVICE_PATH.fullmatch(path) or not isinstance(data, bytes) or not self._listening:
            return
        bonded = _is_bonded(properties)
        uuids = advertisement.service_uuids
        if SERVICE_UUID not in uuids and not (len(data) == _CALL_SIZE and (bonded or not _GENERIC_UUIDS.isdisjoint(uuids))):
            return
        rssi = advertisement.rssi
        strength = rssi if isinstance(rssi, int) and -127 < rssi < 21 else None  # 127 and bleak's -127 are "not known"
        self._report(CallHeard(path, data[:31], bonded, strength))

    def _report(self, call: CallHeard) -> None:
        """Pass a call on, or keep the latest of each origin for when its turn comes."""
        now = asyncio.get_running_loop().time()
        report = self._reports.pop(call.origin, None)
        if report is None:
            report = _Report(b"", float("-inf"))
        self._reports[call.origin] = report
        while len(self._reports) > _HEARD_ORIGINS:
            self._reports.popitem(last=False)
        if call.data == report.data and report.pending is None and now - report.at < _SAME_REPORT_PAUSE:
            return
        report.pending = call
        self._pass_on()

    def _pass_on(self) -> None:
        now = asyncio.get_running_loop().time()
        if self._report_timer is not None:
            self._report_timer.cancel()
            self._report_timer = None
        self._report_times = [at for at in self._report_times if now - at < 1.0]
        later: float | None = None
        for report in list(self._reports.values()):
            if report.pending is None:
                continue
            due = report.at + _NEW_REPORT_PAUSE
            if len(self._report_times) >= _REPORTS:
                due = max(due, self._report_times[0] + 1.0)
            if due > now:
                later = due if later is None else min(later, due)
                continue
            call, report.pending = report.pending, None
            report.data, report.at = call.data, now
            self._report_times.append(now)
            self._tell(call)
        if later is not None:
            self._report_timer = asyncio.get_running_loop().call_at(later, self._pass_on)

    def _forget_reports(self) -> None:
        self._reports.clear()
        if self._report_timer is not None:
            self._report_timer.cancel()
            self._report_timer = None

    # --- manners ---

    def _usable(self) -> tuple[Bus, _Adapter]:
        if self._reason is not None or self._adapter is None or self._bus is None:
            raise Unavailable(self._reason or Reason.BLUETOOTH_MISSING)
        return self._bus, self._adapter

    def _check(self, era: int) -> None:
        if era != self._era:
            raise Unavailable(self._reason or Reason.BLUETOOTH_MISSING, "Bluetooth went away meanwhile")

    @contextlib.contextmanager
    def _refusals(self, era: int) -> Iterator[None]:
        try:
            yield
        except BusGone as error:
            raise Unavailable(Reason.BLUETOOTH_MISSING, str(error)) from error
        except BusError as error:
            self._check(era)
            raise Unavailable(_REFUSALS.get(error.name, Reason.BLUETOOTH_REFUSED), str(error)) from error

    def _tell(self, event: EdgeEvent) -> None:
        if self._sink is not None:
            self._sink(event)

    def _broke(self, name: str, error: Exception) -> None:
        """One of our tasks failed. While what bluetoothd says cannot be read, it cannot be used."""
        if name in ("bluez-bus", "bluez-look"):
            self._settle(None, Reason.INTERNAL)

    async def _within(self, seconds: float, work: Coroutine[Any, Any, T]) -> T:
        """The outcome of bleak's `work`, or `TimeoutError`. Its calls have no limit, not even those it makes when cancelled."""
        return await within(seconds, work, "bleak")

    async def _quietly(self, work: Coroutine[Any, Any, object], what: str) -> bool:
        """Do what can only be wished for at an end: bounded, and without complaint. Whether it went well."""
        try:
            await self._within(_CALL_LIMIT, work)
            return True
        except Exception as error:  # bleak's own, and whatever else it may stumble over
            log.info("%s: %s", what, _said(error))
            return False


_REFUSALS = {
    "org.freedesktop.DBus.Error.ServiceUnknown": Reason.BLUETOOTH_MISSING,
    "org.freedesktop.DBus.Error.NameHasNoOwner": Reason.BLUETOOTH_MISSING,
    "org.bluez.Error.NotReady": Reason.BLUETOOTH_OFF,
}


def _lower(adapter: str | None) -> str | None:
    return adapter.lower() if adapter is not None else None


def _said(error: Exception | None) -> str:
    """What happened; bleak's `EOFError` and `TimeoutError` say nothing of themselves."""
    return str(error) or type(error).__name__


def _is_about_the_data(error: BusError) -> bool:
    """Whether another advertisement might be taken. BlueZ: src/advertising.c; an older one fails at parsing, an odd kernel at mgmt."""
    return error.name in {
        "org.bluez.Error.InvalidArguments",
        "org.bluez.Error.InvalidLength",
        "org.bluez.Error.Failed",
        "org.bluez.Error.NotSupported",
    }


def _look_at(objects: Any, origin: str) -> tuple[bool, bool]:
    """Whether `origin` is connected, and whether its services are known and ours is among them."""
    device = objects.get(origin, {}).get(_DEVICE, {})
    connected = device.get("Connected") is True
    services = [below for path, below in objects.items() if path.startswith(f"{origin}/service")]
    found = any(below.get("org.bluez.GattService1", {}).get("UUID") == SERVICE_UUID for below in services)
    return connected, connected and device.get("ServicesResolved") is True and found


def _room(bytes_left: int) -> int:
    return min(max(bytes_left, _MIN_ROOM), _MAX_ROOM)


def _is_bonded(properties: Any) -> bool:
    """BlueZ before 5.65 has no `Bonded`, and its `Paired` meant that."""
    return properties.get("Bonded", properties.get("Paired")) is True


def _has_monitors(interfaces: dict[str, Any]) -> bool:
    return "or_patterns" in _listed((interfaces.get(_MONITORS, {}).get("SupportedMonitorTypes"),))


def _listed(body: tuple[object, ...]) -> list[object]:
    return body[0] if body and isinstance(body[0], list) else []


# --- bleak's inside ----------------------------------------------------------------------------------------------------------
# WORKAROUND bleak (seen in 3.1): two things it has no public way for. Both do nothing where it is built otherwise.


async def _drop_bleak(*, quietly: bool = False) -> None:
    """Close bleak's own bus connection, so that its picture of bluetoothd is read anew; `quietly` when nobody is connected any more."""
    module = sys.modules.get("bleak.backends.bluezdbus.manager")
    manager = getattr(module, "_global_instances", {}).pop(asyncio.get_running_loop(), None)
    bus, watcher = getattr(manager, "_bus", None), getattr(manager, "_bus_watcher_task", None)
    if quietly and watcher is not None:
        watcher.cancel()
    if bus is not None:
        bus.disconnect()
    if watcher is not None:
        await asyncio.wait({watcher}, timeout=2.0)


def _spare_bluetoothctl() -> None:
    """bleak runs `bluetoothctl --version` to refuse a BlueZ before 5.55; ours has shown by its interfaces that it is none."""
    with contextlib.suppress(ImportError, AttributeError):
        from bleak.backends.bluezdbus.version import BlueZFeatures

        BlueZFeatures.checked_bluez_version = True
