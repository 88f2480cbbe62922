"""The GATT service and the advertisement of this computer, and the conversations with peers that connect to it.

What bluetoothd has of this program is exactly what was asked for. An advertisement or service that bluetoothd did not say to have
withdrawn is withdrawn again before the next one is made.

BlueZ: doc/org.bluez.LEAdvertisingManager.rst, org.bluez.GattManager.rst.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from ...core.model import EdgeEvent, FrameArrived, Reason
from ...errors import Unavailable
from ...tasks import Tasks
from ..bus import PROPERTIES, Bus, BusError, BusGone, BusTimeout, DBusError, Signal, Subscription
from .adapter import ADVERTISING, BLUEZ, CALL_LIMIT, DEVICE, DEVICE_PATH, GATT, Adapter, AdapterWatch
from .exports import Advertisement, Inbox, Outbox, PacedAdvertisement, Service
from .links import MOST, VALUE_LIMIT, Central, Links, is_bonded, room

log = logging.getLogger(__name__)

_WAITING_FRAMES = 64  # of a new central, while BlueZ is asked whether it is bonded
_NOTIFY_PAUSE = 0.005  # s between two notifications, which have no flow control


@dataclass(slots=True)
class Application:
    """The GATT service, as registered. `advertised`: the path and the data of the advertisement in force, if there is one."""

    adapter: str
    root: str
    inbox: Inbox
    outbox: Outbox
    guard: Subscription
    advertised: tuple[str, bytes] | None = None
    left: list[str] = field(default_factory=list)  # earlier advertisements that bluetoothd has not said to have ended
    pacing: asyncio.Lock = field(default_factory=asyncio.Lock)


class Server:
    """`tidying`: tasks that clear away what was lost; nothing new is made before they have ended."""

    def __init__(self, watch: AdapterWatch, links: Links, tell: Callable[[EdgeEvent], None], tasks: Tasks, tidying: Tasks) -> None:
        self._watch, self._links, self._tell, self._tasks, self._tidying = watch, links, tell, tasks, tidying
        self._serving = asyncio.Lock()
        self._application: Application | None = None
        self._not_withdrawn: Application | None = None  # bluetoothd did not answer when told to
        self._made = 0  # paths are never used twice: bluetoothd may still be busy with the old object

    @property
    def is_serving(self) -> bool:
        return self._application is not None

    @property
    def is_advertising(self) -> bool:
        return self._application is not None and self._application.advertised is not None

    async def serve(self, advertisement: bytes | None) -> None:
        """See `edges.Bluetooth`."""
        async with self._serving:
            await self._tidying.gone(CALL_LIMIT)
            bus, adapter = self._watch.usable()
            era = self._watch.era
            if self._not_withdrawn is not None and await self.withdraw(self._not_withdrawn, there=True):
                self._not_withdrawn = None
            with self._watch.refusals(era):
                served = self._application
                application = served or await self._register(bus, adapter)
                try:
                    self._watch.check(era)
                    self._application = application
                    await self._advertise(bus, application, advertisement)
                    self._watch.check(era)
                except BaseException:
                    if served is None:
                        if self._application is application:
                            self._application = None
                        await self.withdraw(application, there=self._watch.is_running)
                    raise

    async def unserve(self) -> None:
        """See `edges.Bluetooth`."""
        async with self._serving:
            await self._tidying.gone(CALL_LIMIT)
            application, self._application = self._application or self._not_withdrawn, None
            if application is None:
                return
            self._not_withdrawn = application
            withdrawn = await self.withdraw(application, there=self._watch.is_running)
            links = self._links
            for origin in links.centrals.keys() & links.peripherals.keys():  # the other direction still needs the link
                links.forget_central(origin)
            # bluetoothd takes 2 s for each (src/device.c, DISCONNECT_TIMER).
            gone = await asyncio.gather(*(links.hang_up(origin) for origin in list(links.centrals)))
            if not withdrawn or not all(gone):
                raise Unavailable(Reason.BLUETOOTH_REFUSED, "bluetoothd does not say that it has withdrawn everything")
            self._not_withdrawn = None
            log.info("serving no more")

    def forget(self) -> Application | None:
        """Everything was lost; the caller clears away what is returned, see `withdraw`."""
        application, self._application = self._application, None
        self._not_withdrawn = None
        return application

    async def notify(self, origin: str, frame: bytes) -> None:
        """Send a frame to a central. Raises `Unavailable(PEER_GONE)` when it does not listen (any more)."""
        application, central = self._application, self._links.centrals.get(origin)
        if central is None or application is None:
            raise Unavailable(Reason.PEER_GONE, "not connected")
        async with application.pacing:
            if self._links.centrals.get(origin) is not central or self._application is not application:
                raise Unavailable(Reason.PEER_GONE, "disconnected meanwhile")
            if not application.outbox.subscribed:
                raise Unavailable(Reason.PEER_GONE, "nobody is subscribed to the outbox")
            application.outbox.notify(frame)
            await asyncio.sleep(_NOTIFY_PAUSE)

    # --- making and withdrawing ---

    async def _register(self, bus: Bus, adapter: Adapter) -> Application:
        self._made += 1
        root = f"/org/nearby_tray/application{self._made}"
        service = f"{root}/service0"
        inbox, outbox = Inbox(service, self._on_write), Outbox(service)
        # The system bus lets only root call these interfaces anyway (BlueZ: src/bluetooth.conf); a private bus need not.
        guard = await bus.guard(root, BLUEZ)
        application = Application(adapter.path, root, inbox, outbox, guard)
        try:
            # Complete before it is registered: BlueZ ignores what comes later.
            bus.export(service, Service())
            bus.export(f"{service}/char0", inbox)
            bus.export(f"{service}/char1", outbox)
            await self._watch.call(adapter.path, GATT, "RegisterApplication", "oa{sv}", root, {})
        except BaseException:
            await self.withdraw(application, there=self._watch.is_running)
            raise
        log.info("serving on %s", adapter.name)
        return application

    async def _advertise(self, bus: Bus, application: Application, data: bytes | None) -> None:
        if application.advertised is not None:
            if application.advertised[1] == data:
                return
            await self._silence(application, there=True)
        if data is None:
            return
        error: BusError | None = None
        for kind in (PacedAdvertisement, Advertisement):
            self._made += 1
            path = f"{application.root}/advertisement{self._made}"
            bus.export(path, kind(data, lambda path=path: self._on_release(path)))  # type: ignore[misc]
            application.advertised = path, data
            try:
                await self._watch.call(application.adapter, ADVERTISING, "RegisterAdvertisement", "oa{sv}", path, {})
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
            self._unexport(path)

    async def withdraw(self, application: Application, *, there: bool) -> bool:
        """Withdraw advertisement and service from a bluetoothd that is `there`; never raises. True if bluetoothd has neither now."""
        silent = await self._silence(application, there=there)
        gone = await self._unregister(application.adapter, GATT, "UnregisterApplication", application.root, there=there)
        application.guard.cancel()
        for path in ("/service0/char1", "/service0/char0", "/service0"):
            self._unexport(application.root + path)
        return silent and gone

    async def _silence(self, application: Application, *, there: bool) -> bool:
        """Withdraw the advertisement; never raises. True if bluetoothd has none of this program now."""
        if application.advertised is not None:
            application.left.append(application.advertised[0])
            application.advertised = None
        for path in list(application.left):
            if await self._unregister(application.adapter, ADVERTISING, "UnregisterAdvertisement", path, there=there):
                application.left.remove(path)
            self._unexport(path)
        return not application.left

    async def _unregister(self, adapter: str, interface: str, member: str, path: str, *, there: bool) -> bool:
        """False if bluetoothd does not answer, so that it may still have the object."""
        if not there or self._watch.bus is None:
            return True
        try:
            await self._watch.call(adapter, interface, member, "o", path)
        except BusTimeout as error:
            log.info("%s: %s", member, error)
            return False
        except (BusError, BusGone) as error:
            # "DoesNotExist": it had been refused or was gone already, which is what is wanted.
            log.debug("%s: %s", member, error)
        return True

    def _unexport(self, path: str) -> None:
        if self._watch.bus is not None:
            self._watch.bus.unexport(path)

    # --- the centrals ---

    def _on_write(self, value: bytes, options: dict[str, object]) -> None:
        """A write to the inbox. BlueZ: src/gatt-database.c, `send_write`; each refusal here becomes an ATT error at the other side."""
        device = options.get("device")
        if not isinstance(device, str) or not DEVICE_PATH.fullmatch(device):
            raise DBusError("org.bluez.Error.Failed", "who?")
        if options.get("offset", 0) != 0:
            raise DBusError("org.bluez.Error.InvalidOffset", "no long writes")
        if options.get("prepare-authorize") is True:
            return
        mtu = options.get("mtu")
        bytes_left = room(mtu - 3 if isinstance(mtu, int) and not isinstance(mtu, bool) else 0)
        if not 0 < len(value) <= VALUE_LIMIT:
            raise DBusError("org.bluez.Error.InvalidValueLength", f"1 to {VALUE_LIMIT} bytes")
        central = self._links.centrals.get(device) or self._admit(device, bytes_left)
        central.room = bytes_left
        if central.bonded is not None:
            self._tell(FrameArrived(device, value, bytes_left, central.bonded))
        elif len(central.waiting) < _WAITING_FRAMES:
            central.waiting.append(value)
        else:
            raise DBusError("org.bluez.Error.Failed", "too fast")

    def _admit(self, origin: str, bytes_left: int) -> Central:
        """A central has written for the first time."""
        if self._application is None or len(self._links.centrals) >= MOST:
            raise DBusError("org.bluez.Error.NotPermitted", "too many talk already")
        central = self._links.centrals[origin] = Central(origin, bytes_left)
        self._links.note(origin)
        log.info("%s talks to us", origin)
        self._tasks.do(self._meet(central), "bluez-meet")
        return central

    async def _meet(self, central: Central) -> None:
        """Find out whether a new central is bonded, watch for its end, then pass on the frames that waited for that."""
        origin, bus = central.origin, self._watch.bus
        bonded, connected = False, True

        def on_changed(signal: Signal) -> None:
            if signal.changed.get("Connected") is False and self._links.centrals.get(origin) is central:
                self._links.lose(origin)

        if bus is None:
            return
        try:
            watch = await bus.subscribe(
                on_changed, sender=BLUEZ, path=origin, interface=PROPERTIES, member="PropertiesChanged", arg0=DEVICE
            )
            if self._links.centrals.get(origin) is not central:
                watch.cancel()
                return
            central.subscription = watch
            device = await bus.get_all(BLUEZ, origin, DEVICE, timeout=CALL_LIMIT)
            bonded, connected = is_bonded(device), device.get("Connected") is True
        except BusError as error:
            log.warning("bluetoothd does not tell about %s: %s", origin, error)
        except BusGone:
            return
        except Exception:
            log.exception("what bluetoothd tells about %s cannot be read", origin)
        if self._links.centrals.get(origin) is not central:
            return
        if not connected:
            self._links.lose(origin)
            return
        central.bonded = bonded
        waiting, central.waiting = central.waiting, []
        for frame in waiting:
            self._tell(FrameArrived(origin, frame, central.room, bonded))


def _is_about_the_data(error: BusError) -> bool:
    """True if another advertisement might be taken. BlueZ: src/advertising.c; an older one fails at parsing, an odd kernel at mgmt."""
    return error.name in {
        "org.bluez.Error.InvalidArguments",
        "org.bluez.Error.InvalidLength",
        "org.bluez.Error.Failed",
        "org.bluez.Error.NotSupported",
    }
