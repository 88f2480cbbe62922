"""bluetoothd and the adapter in use, or why there is none.

No radio is ever switched on, and bluetoothd is never called while its name has no owner: a call would start it.

BlueZ: doc/org.bluez.Adapter.rst.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from ...core.model import Reason
from ...errors import Unavailable
from ...tasks import Tasks
from ..bus import PROPERTIES, Bus, BusError, BusGone, Signal, Supervised, values

log = logging.getLogger(__name__)

BLUEZ = "org.bluez"
DEVICE = "org.bluez.Device1"
ADVERTISING = "org.bluez.LEAdvertisingManager1"
GATT = "org.bluez.GattManager1"
OBJECTS = "org.freedesktop.DBus.ObjectManager"
_ADAPTER = "org.bluez.Adapter1"
_MONITORS = "org.bluez.AdvertisementMonitorManager1"

DEVICE_PATH = re.compile(r"/org/bluez/hci\d{1,4}/dev((?:_[0-9A-F]{2}){6})")
_ADAPTER_PATH = re.compile(r"/org/bluez/hci\d{1,4}")

CALL_LIMIT = 8.0  # seconds for one call to bluetoothd; during RegisterApplication it calls back several times
_OPEN_LIMIT = 10.0  # until the first report about Bluetooth, whatever the bus does
_READ_AGAIN = 5.0  # after bluetoothd did not tell what it has

_REFUSALS = {
    "org.freedesktop.DBus.Error.ServiceUnknown": Reason.BLUETOOTH_MISSING,
    "org.freedesktop.DBus.Error.NameHasNoOwner": Reason.BLUETOOTH_MISSING,
    "org.bluez.Error.NotReady": Reason.BLUETOOTH_OFF,
}


@dataclass(frozen=True, slots=True)
class Adapter:
    path: str
    address: str
    powered: bool
    monitors: bool  # offers advertisement monitors (bluetoothd's experimental flag, up to 5.87)

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]


class AdapterWatch:
    """Follows bluetoothd and its adapters, and chooses the one to use.

    `wanted`: the address of the adapter to use; `None`: the first that can be used. A name such as "hci0" is good until the adapter of
    that name is there: the kernel gives the numbers anew at each start and plugging in, so from then on its address is meant, and
    `on_chosen` is told it.

    `on_lost`: bluetoothd, the adapter or its power went, and with it everything that was made there. `on_changed`: Bluetooth can be used
    now (`None`) or not for this reason; whether it had been lost since it could last be used. `on_removed`: an object of bluetoothd is
    gone, with these interfaces.
    """

    def __init__(
        self,
        wanted: str | None,
        *,
        on_chosen: Callable[[str], None],
        on_lost: Callable[[], None],
        on_changed: Callable[[Reason | None, bool], None],
        on_removed: Callable[[str, list[object]], None],
    ) -> None:
        self._wanted = _lower(wanted)
        self._on_chosen, self._on_lost, self._on_changed, self._on_removed = on_chosen, on_lost, on_changed, on_removed
        self._tasks = Tasks(self._broke)
        self.is_open = False
        self.bus: Bus | None = None
        self._owner: str | None = None
        self.adapter: Adapter | None = None  # can be used, when `reason` is None
        self.reason: Reason | None = Reason.BLUETOOTH_MISSING
        self.known: tuple[Adapter, ...] = ()
        self.era = 0  # counts how often everything was lost
        self._judged = asyncio.Event()
        self._stale = asyncio.Event()
        self._lost_since_ready = False

    def choose(self, wanted: str | None) -> None:
        """Use that adapter from now on; what is going on over another one ends."""
        if _lower(wanted) != self._wanted:
            self._wanted = _lower(wanted)
            self._stale.set()

    async def open(self) -> None:
        """Returns when `on_changed` has been called."""
        self.is_open = True
        self._judged.clear()
        self._tasks.keep(Supervised("system", self._on_up, self._on_down, on_absent=self._on_absent).run, "bluez-bus")
        self._tasks.keep(self._keep_looking, "bluez-look")
        try:
            async with asyncio.timeout(_OPEN_LIMIT):
                await self._judged.wait()
        except TimeoutError:
            self._on_absent()

    async def close(self) -> None:
        await self._tasks.end()
        self.is_open = False
        self.reason, self.adapter, self._lost_since_ready = Reason.BLUETOOTH_MISSING, None, False

    # --- for the other rooms ---

    @property
    def is_running(self) -> bool:
        """True while bluetoothd owns its name."""
        return self._owner is not None

    def usable(self) -> tuple[Bus, Adapter]:
        """Raises `Unavailable` when Bluetooth cannot be used now."""
        if self.reason is not None or self.adapter is None or self.bus is None:
            raise Unavailable(self.reason or Reason.BLUETOOTH_MISSING)
        return self.bus, self.adapter

    def check(self, era: int) -> None:
        """Raises `Unavailable` when everything was lost since `era`."""
        if era != self.era:
            raise Unavailable(self.reason or Reason.BLUETOOTH_MISSING, "Bluetooth went away meanwhile")

    @contextmanager
    def refusals(self, era: int) -> Iterator[None]:
        """Turns errors of the bus into `Unavailable`."""
        try:
            yield
        except BusGone as error:
            raise Unavailable(Reason.BLUETOOTH_MISSING, str(error)) from error
        except BusError as error:
            self.check(era)
            raise Unavailable(_REFUSALS.get(error.name, Reason.BLUETOOTH_REFUSED), str(error)) from error

    async def call(self, path: str, interface: str, member: str, signature: str = "", *body: object) -> list[object]:
        """Call bluetoothd. Raises `BusError`, `BusTimeout`, `BusGone`."""
        if self.bus is None:
            raise BusGone(f"{interface}.{member}: no bus")
        return await self.bus.call(BLUEZ, path, interface, member, signature, *body, timeout=CALL_LIMIT)

    async def objects(self) -> values.Objects:
        """Everything that bluetoothd has. Raises `BusError`, `BusTimeout`, `BusGone`."""
        return values.objects(values.only(dict, await self.call("/", OBJECTS, "GetManagedObjects")))

    # --- bluetoothd ---

    async def _on_up(self, bus: Bus) -> None:
        self.bus = bus
        await bus.subscribe(self._on_objects, sender=BLUEZ, path="/", interface=OBJECTS)
        await bus.subscribe(
            self._on_properties, sender=BLUEZ, path_namespace="/org/bluez", interface=PROPERTIES, member="PropertiesChanged", arg0=_ADAPTER
        )
        await bus.watch_name(BLUEZ, self._on_owner)

    def _on_down(self) -> None:
        self.bus = None
        self._owner = None
        self._on_absent()

    def _on_absent(self) -> None:
        self._set_adapter(None, Reason.BLUETOOTH_MISSING)

    def _on_owner(self, owner: str | None) -> None:
        if owner == self._owner and self._judged.is_set():
            return
        if self._owner is not None or owner is None:
            self._owner = None  # also when another bluetoothd has taken its place: that one knows nothing of what was made
            self._on_absent()
        if owner is not None:
            self._owner = owner
            self._stale.set()

    def _on_objects(self, signal: Signal) -> None:
        path = signal.body[0] if signal.body else None
        if not isinstance(path, str):
            return
        removed = signal.member == "InterfacesRemoved"
        if _ADAPTER_PATH.fullmatch(path):
            self._stale.set()
            if removed and self.adapter is not None and path == self.adapter.path:
                self._set_adapter(None, Reason.BLUETOOTH_NO_ADAPTER)  # at once: it may be back before `_keep_looking` looks
        elif removed:
            self._on_removed(path, values.items(signal.body[1] if len(signal.body) > 1 else None))

    def _on_properties(self, signal: Signal) -> None:
        if signal.changed.keys() & {"Powered", "Address"}:
            self._stale.set()
            if signal.changed.get("Powered", True) is not True and self.adapter is not None and signal.path == self.adapter.path:
                self._set_adapter(None, Reason.BLUETOOTH_OFF)

    async def _keep_looking(self) -> None:
        """Read bluetoothd's adapters anew whenever a signal says that they have changed."""
        self._stale.set()  # also when begun anew after a failure
        while True:
            await self._stale.wait()
            self._stale.clear()
            bus, owner = self.bus, self._owner
            if bus is None or owner is None:
                continue
            try:
                adapters = await self._read_adapters()
            except BusGone:
                continue
            except BusError as error:
                log.warning("bluetoothd does not say what it has: %s", error)
                asyncio.get_running_loop().call_later(_READ_AGAIN, self._stale.set)
                adapters = None
            if self._owner != owner or self.bus is not bus:
                continue  # the answer is out of date, and `_stale` was set by what made it so
            self._judge(adapters)

    async def _read_adapters(self) -> list[Adapter]:
        """The adapters that can advertise and serve, by path."""
        return [
            Adapter(path, values.text(found[_ADAPTER].get("Address")), found[_ADAPTER].get("Powered") is True, _has_monitors(found))
            for path, found in sorted((await self.objects()).items())
            if _ADAPTER_PATH.fullmatch(path) and {_ADAPTER, ADVERTISING, GATT} <= found.keys()
        ]

    def _judge(self, adapters: list[Adapter] | None) -> None:
        """Choose among the adapters; `None`: bluetoothd did not tell."""
        if adapters is None:
            self._on_absent()
            return
        self.known = tuple(adapters)
        fitting = [adapter for adapter in self.known if self._wanted in (None, adapter.name, adapter.address.lower())]
        if fitting and self._wanted == fitting[0].name and fitting[0].address.strip("0:"):
            self._wanted = fitting[0].address.lower()
            self._on_chosen(fitting[0].address)
        # The adapter in use stays in use as long as it can be used.
        fitting.sort(key=lambda adapter: (not adapter.powered, self.adapter is None or adapter.path != self.adapter.path))
        if not fitting:
            self._set_adapter(None, Reason.BLUETOOTH_NO_ADAPTER)
        elif not fitting[0].powered:
            self._set_adapter(None, Reason.BLUETOOTH_OFF)
        else:
            self._set_adapter(fitting[0], None)

    def _set_adapter(self, adapter: Adapter | None, reason: Reason | None) -> None:
        """Make `adapter` (or `reason`) current, drop what belonged to the old adapter, and report the change."""
        before, first = self.reason, not self._judged.is_set()
        moved = self.adapter is not None and (adapter is None or adapter.path != self.adapter.path)
        self.adapter, self.reason = adapter, reason
        if moved:
            self._lost_since_ready = True
            self.era += 1
            self._on_lost()
        self._judged.set()
        if first or before is not reason or (moved and reason is None):
            log.info("Bluetooth: %s", f"ready on {adapter.name}" if adapter is not None else reason.value if reason is not None else "")
            fresh = reason is None and self._lost_since_ready
            if fresh:
                self._lost_since_ready = False
            self._on_changed(reason, fresh)

    def _broke(self, _name: str, _error: Exception) -> None:
        """A task here failed: while what bluetoothd says cannot be read, Bluetooth cannot be used."""
        self._set_adapter(None, Reason.INTERNAL)


def _lower(adapter: str | None) -> str | None:
    return adapter.lower() if adapter is not None else None


def _has_monitors(interfaces: dict[str, dict[str, object]]) -> bool:
    return "or_patterns" in values.items(interfaces.get(_MONITORS, {}).get("SupportedMonitorTypes"))
