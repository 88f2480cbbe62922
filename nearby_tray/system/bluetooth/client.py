"""Connecting to a peer that calls, as a GATT client (bleak's), and the conversation over that connection.

BlueZ: doc/org.bluez.Device.rst.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from ...core.model import EdgeEvent, FrameArrived, Reason
from ...core.wire import INBOX_UUID, OUTBOX_UUID, SERVICE_UUID
from ...errors import Unavailable
from ...tasks import Tasks
from ..bus import PROPERTIES, BusError, BusGone, Subscription
from ..bus.values import Objects
from . import bleak_calls
from .adapter import BLUEZ, CALL_LIMIT, DEVICE, DEVICE_PATH, OBJECTS, Adapter, AdapterWatch
from .bleak_calls import bounded, quietly, said
from .hci import is_encrypted
from .links import MOST, VALUE_LIMIT, Links, Peripheral, is_bonded, room
from .scanner import Scanner
from .server import Server

if TYPE_CHECKING:
    from bleak import BleakClient

log = logging.getLogger(__name__)

_CONNECT_LIMIT = 10.0
_LAST_WORDS = 0.5  # s for frames sent before a service was withdrawn, and for other news that explains it
_LATE_LOOKS = (1.0, 5.0, 15.0)  # s between looks for a connection that was given up
_GIVE_WAY = 2.0  # s that one of two peers that call each other lets the other connect first
_SERVICES_LIMIT = 6.0  # s for bluetoothd to find the services of a peer that connected to this computer


class Client:
    """`tidying`: tasks that clear away what was lost; no connection is made before they have ended."""

    def __init__(
        self,
        watch: AdapterWatch,
        links: Links,
        server: Server,
        scanner: Scanner,
        tell: Callable[[EdgeEvent], None],
        tasks: Tasks,
        tidying: Tasks,
    ) -> None:
        self._watch, self._links, self._server, self._scanner = watch, links, server, scanner
        self._tell, self._tasks, self._tidying = tell, tasks, tidying
        self._connecting = asyncio.Lock()

    async def connect(self, origin: str) -> int:
        """See `edges.Bluetooth`."""
        await self._tidying.gone(CALL_LIMIT)
        async with self._connecting:  # a controller makes one connection at a time anyway
            _, adapter = self._watch.usable()
            address = DEVICE_PATH.fullmatch(origin)
            if address is None or not origin.startswith(f"{adapter.path}/"):
                raise Unavailable(Reason.PEER_GONE, f"{origin!r} is not a device of {adapter.name}")
            connected = self._links.peripherals.get(origin)
            if connected is not None:
                return connected.room
            if len(self._links.peripherals) >= MOST:
                raise Unavailable(Reason.BLUETOOTH_REFUSED, f"{MOST} connections are made already")
            era = self._watch.era
            peer = address[1][1:].replace("_", ":")
            if self._server.is_serving:
                await self._spare_its_connection(origin, give_way=self._server.is_advertising and adapter.address > peer)
                self._watch.check(era)
            # A controller that scans while it connects often aborts ("le-connection-abort-by-local").
            await self._scanner.pause()
            try:
                return (await self._make_connection(origin, peer, adapter, era)).room
            except BaseException:
                self._tasks.do(self._end_late_connection(origin, era), "bluez-stray")
                raise
            finally:
                await self._scanner.resume(era)

    async def write(self, origin: str, frame: bytes) -> None:
        """Send a frame to a peripheral. Raises `Unavailable(PEER_GONE)` when it does not take it."""
        from bleak.exc import BleakError

        peripheral = self._links.peripherals.get(origin)
        if peripheral is None:
            raise Unavailable(Reason.PEER_GONE, "not connected")
        try:
            await bounded(peripheral.client.write_gatt_char(INBOX_UUID, frame, response=True))
        except TimeoutError:
            raise Unavailable(Reason.PEER_GONE, f"not written within {CALL_LIMIT:g} s") from None
        except (BleakError, EOFError, OSError) as error:
            raise Unavailable(Reason.PEER_GONE, said(error)) from error

    async def disconnect(self, origin: str) -> None:
        """See `edges.Bluetooth`."""
        peripheral = self._links.peripherals.get(origin)
        if peripheral is not None and await quietly(peripheral.client.disconnect(), "disconnection"):
            self._links.lose(origin)
        elif (peripheral is not None or origin in self._links.centrals) and not await self._links.hang_up(origin):
            raise Unavailable(Reason.BLUETOOTH_REFUSED, "bluetoothd does not say that it has disconnected")

    def on_removed(self, path: str) -> None:
        """An object of bluetoothd is gone."""
        for origin in [origin for origin, peripheral in self._links.peripherals.items() if peripheral.inbox == path]:
            self._tidying.do(self._end_without_service(origin, self._watch.era), "bluez-tidy")

    async def _end_without_service(self, origin: str, era: int) -> None:
        """End the connection with a caller that withdrew its service or whose program died: the radio link would outlast that.

        Of two peers that have called each other one withdraws its call, and goes on talking to the server here over the same link.
        """
        await asyncio.sleep(_LAST_WORDS)
        peripheral = self._links.peripherals.get(origin)
        # In the same era bluetoothd is there, so this call does not start another.
        if peripheral is not None and origin not in self._links.centrals and self._watch.era == era:
            log.info("%s serves no more", origin)
            await quietly(peripheral.client.disconnect(), "disconnection")
            self._links.lose(origin)

    async def _end_late_connection(self, origin: str, era: int) -> None:
        """A connection that was given up may come about later, or be one that bluetoothd did not end when told (both seen in the lab)."""
        for pause in _LATE_LOOKS:
            await asyncio.sleep(pause)
            if self._watch.era != era or origin in self._links.peripherals:
                return
            # While serving or connecting anew the link may be wanted.
            wanted = self._server.is_serving or self._connecting.locked()
            if not wanted and (await self._read_device(origin)).get("Connected") is True:
                log.info("%s is connected, and nobody wants that", origin)
                await self._links.hang_up(origin)

    async def _spare_its_connection(self, origin: str, *, give_way: bool) -> None:
        """Wait until connecting to `origin` cannot harm its own connection to the server here. Otherwise raises `Unavailable`.

        There is one link for both directions. Two peers that connect at the same moment get one link on which neither finds services
        (BlueZ 5.66, seen in the lab), so one of the two has to `give_way` for a while. And on a link that the other side made bluetoothd
        sometimes finds no services at all (seen too); bleak would then hang up, so it is given such a link only when the peer's service is
        there.
        """
        bus, loop = self._watch.bus, asyncio.get_running_loop()
        if bus is None:
            return
        news = asyncio.Event()
        begin = loop.time()
        subscriptions: list[Subscription] = []
        try:
            for path, interface in (("/", OBJECTS), (origin, PROPERTIES)):
                subscriptions.append(await bus.subscribe(lambda _: news.set(), sender=BLUEZ, path=path, interface=interface))
            while True:
                news.clear()
                connected, has_service = _look_at(await self._watch.objects(), origin)
                if has_service or (not connected and not give_way):
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
            for subscription in subscriptions:
                subscription.cancel()

    async def _make_connection(self, origin: str, address: str, adapter: Adapter, era: int) -> Peripheral:
        from bleak.exc import BleakDeviceNotFoundError, BleakError

        last: Exception | None = None
        deadline = asyncio.get_running_loop().time() + _CONNECT_LIMIT
        for _ in range(2):
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0:
                break
            try:
                return await bounded(self._try_to_connect(origin, address, adapter, era), left)
            except TimeoutError:
                self._watch.check(era)
                raise Unavailable(Reason.PEER_GONE, f"no connection within {_CONNECT_LIMIT:g} s") from last
            except BleakDeviceNotFoundError as error:
                raise Unavailable(Reason.PEER_GONE, str(error)) from error
            except (BleakError, EOFError, OSError, Unavailable) as error:
                # Interference, a link that was just ending, services remembered from an earlier call: the second time usually goes well.
                self._watch.check(era)
                log.info("connecting to %s: %s", origin, said(error))
                last = error
        raise last if isinstance(last, Unavailable) else Unavailable(Reason.PEER_GONE, said(last)) from last

    async def _try_to_connect(self, origin: str, address: str, adapter: Adapter, era: int) -> Peripheral:
        """Connect, and subscribe to the outbox. Leaves no connection behind when it raises."""
        from bleak import BleakClient
        from bleak.backends.device import BLEDevice

        bleak_calls.skip_version_check()
        details = {"path": origin, "props": {"Address": address, "Alias": address, "Adapter": adapter.path}}

        def on_gone(gone: BleakClient) -> None:
            peripheral = self._links.peripherals.get(origin)
            if peripheral is not None and peripheral.client is gone:
                self._links.lose(origin)
            # Only this closes the D-Bus connection that bleak has for each client.
            self._tidying.do(quietly(gone.disconnect(), "release"), "bluez-tidy")

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
            made = Peripheral(client, room(inbox.max_write_without_response_size), is_bonded(now), encrypted, str(inbox.obj[0]))

            def on_frame(_: object, data: bytearray) -> None:
                if client.is_connected and 0 < len(data) <= VALUE_LIMIT:
                    self._tell(FrameArrived(origin, bytes(data), made.room, made.bonded, made.encrypted))

            # Not AcquireNotify: BlueZ gives that to one client only, and flushes each PropertiesChanged(Value) (src/gatt-client.c).
            await client.start_notify(outbox, on_frame, bluez={"use_start_notify": True})
            self._watch.check(era)
            if not client.is_connected:
                raise Unavailable(Reason.PEER_GONE, "it has disconnected at once")
        except BaseException:
            if client.is_connected:
                await quietly(client.disconnect(), "disconnection")
            raise
        self._links.peripherals[origin] = made
        self._links.note(origin)
        kind = "encrypted by its bond" if made.encrypted else "bonded, not known to be encrypted" if made.bonded else "not bonded"
        log.info("connected to %s, %s, %d bytes a frame", origin, kind, made.room)
        return made

    async def _read_device(self, origin: str) -> dict[str, object]:
        """bluetoothd's properties of `origin`; none when it does not tell."""
        bus = self._watch.bus
        try:
            return await bus.get_all(BLUEZ, origin, DEVICE, timeout=CALL_LIMIT) if bus is not None else {}
        except (BusError, BusGone) as error:
            log.info("bluetoothd does not tell about %s: %s", origin, error)
            return {}


def _look_at(objects: Objects, origin: str) -> tuple[bool, bool]:
    """Whether `origin` is connected, and whether its services are known and Nearby Tray's is among them."""
    device = objects.get(origin, {}).get(DEVICE, {})
    connected = device.get("Connected") is True
    services = [below for path, below in objects.items() if path.startswith(f"{origin}/service")]
    found = any(below.get("org.bluez.GattService1", {}).get("UUID") == SERVICE_UUID for below in services)
    return connected, connected and device.get("ServicesResolved") is True and found
