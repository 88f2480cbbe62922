"""Hearing the calls of others, by bleak's scanner: passively where bluetoothd offers advertisement monitors, otherwise by discovery."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ...core.model import CallHeard, EdgeEvent, Reason
from ...core.wire import COMPANY_ID, SERVICE_UUID
from ...errors import Unavailable
from ...tasks import Pause, Tasks
from . import bleak_calls
from .adapter import CALL_LIMIT, DEVICE_PATH, AdapterWatch
from .bleak_calls import bounded, quietly, said
from .links import Links, is_bonded
from .reports import Reports

if TYPE_CHECKING:
    from bleak import BleakScanner
    from bleak.backends.device import BLEDevice
    from bleak.backends.scanner import AdvertisementData

log = logging.getLogger(__name__)

_SCAN_AGAIN = 2.0  # s after a scan that was wanted did not start; twice as long after each further one
_SCAN_AGAIN_MOST = 30.0

# Once BlueZ has been connected to a device, its `UUIDs` are those of the services it had then, not the advertised ones (src/device.c,
# `dev_property_get_uuids`), and this program's is not among them if it was withdrawn before the connection ended (seen in the lab). Such a
# device shows one of these, which nobody advertises; it is believed by the shape of its data, since bluetoothd's filter has seen the UUID.
_GENERIC_UUIDS = {"00001800-0000-1000-8000-00805f9b34fb", "00001801-0000-1000-8000-00805f9b34fb"}
_CALL_SIZE = 6


class _ScanIsBusy(Unavailable):
    """The kernel still runs the discovery of a bluetoothd that was killed, for up to 10 s (seen in the lab)."""


class Scanner:
    """`tidying`: tasks that clear away what was lost; no scan is started before they have ended."""

    def __init__(self, watch: AdapterWatch, links: Links, tell: Callable[[EdgeEvent], None], tasks: Tasks, tidying: Tasks) -> None:
        self._watch, self._links, self._tasks, self._tidying = watch, links, tasks, tidying
        self._hearing = asyncio.Lock()
        self._wanted = False
        self._scanner: BleakScanner | None = None
        self._left_running = False  # a scan did not end when told to
        self._reports = Reports(tell)
        self._resuming = False  # another try is due
        self._pause = Pause(_SCAN_AGAIN, _SCAN_AGAIN_MOST)
        self.listening_by = ""
        """How calls are heard now: "AdvertisementMonitor" (passive), "discovery" (active, filtered), or "" while not listening."""

    async def listen(self) -> None:
        """See `edges.Bluetooth`."""
        async with self._hearing:
            await self._tidying.gone(CALL_LIMIT)
            self._watch.usable()
            if self._wanted:
                return
            self._wanted = True  # the first call may be heard before the scan is said to run
            try:
                await self._scan()
            except _ScanIsBusy as error:
                log.info("listening begins later: %s", error)
                self._tasks.do(self._resume_later(self._watch.era), "bluez-resume")
            except BaseException:
                self._wanted = False
                raise

    async def unlisten(self) -> None:
        """See `edges.Bluetooth`."""
        async with self._hearing:
            self._wanted = False
            await self._stop_scan()
            self._reports.forget()

    def forget(self) -> BleakScanner | None:
        """Everything was lost; the caller stops the scanner that is returned."""
        scanner, self._scanner = self._scanner, None
        self._wanted, self._left_running, self.listening_by = False, False, ""
        self._pause.short()
        self._reports.forget()
        return scanner

    async def pause(self) -> None:
        """Stop an active scan until `resume`."""
        async with self._hearing:
            if self.listening_by == "discovery":
                with contextlib.suppress(Unavailable):
                    await self._stop_scan()

    async def resume(self, era: int) -> None:
        """Listen again, if that is still wanted; when it fails, somewhat later."""
        async with self._hearing:
            if not self._wanted or self._scanner is not None or self._watch.era != era:
                return
            try:
                await self._scan()
            except Exception as error:
                # No caller awaits the outcome: whatever failed, it is tried again.
                log.log(logging.INFO if isinstance(error, _ScanIsBusy) else logging.WARNING, "listening does not go on: %s", said(error))
                if self._watch.era == era and not self._resuming:
                    self._resuming = True
                    self._tasks.do(self._resume_later(era), "bluez-resume")

    async def _resume_later(self, era: int) -> None:
        try:
            await asyncio.sleep(self._pause.longer())
        finally:
            self._resuming = False
        await self.resume(era)

    async def _scan(self) -> None:
        from bleak import BleakScanner
        from bleak.exc import BleakError

        _, adapter = self._watch.usable()
        era = self._watch.era
        # Not bleak's own `service_uuids`: it judges by what BlueZ has stored of the device, which for one that was connected is not what it
        # advertises. bluetoothd's filter looks at the advertisement itself. A duplicate is not asked for: each scan of bluetoothd (some
        # 10 s) begins with an empty filter, and so does each one here after a connection.
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
                await bounded(scanner.start())
            except (BleakError, EOFError, OSError, TimeoutError) as error:
                self._watch.check(era)
                if getattr(error, "dbus_error", "") == "org.bluez.Error.InProgress":
                    raise _ScanIsBusy(Reason.BLUETOOTH_REFUSED, str(error)) from error
                if name == ways[-1][0]:
                    raise Unavailable(self._watch.reason or Reason.BLUETOOTH_REFUSED, said(error)) from error
                log.info("%s: %s", name, error)
                continue
            if self._watch.era != era:
                await quietly(scanner.stop(), "stop of the scan")
                self._watch.check(era)
            self._scanner, self.listening_by = scanner, name
            self._pause.short()
            log.info("listening by %s", name)
            return

    async def _stop_scan(self) -> None:
        scanner, self._scanner = self._scanner, None
        if scanner is not None:
            log.info("listening no more by %s", self.listening_by)
            self.listening_by = ""
            self._left_running = not await quietly(scanner.stop(), "stop of the scan")
        if self._left_running:
            # bleak does not try again. Its scan ends with its connection, which connected peripherals need.
            if self._links.peripherals:
                raise Unavailable(Reason.BLUETOOTH_REFUSED, "the scan does not end")
            await bleak_calls.drop_connection(quietly=True)
            self._left_running = False

    def _on_advertisement(self, device: BLEDevice, advertisement: AdvertisementData) -> None:
        """bleak's word that something of a device has changed: not necessarily that it was heard just now."""
        path, properties = advertisement.platform_data[:2]
        data = advertisement.manufacturer_data.get(COMPANY_ID)
        if not isinstance(path, str) or not DEVICE_PATH.fullmatch(path) or not isinstance(data, bytes) or not self._wanted:
            return
        bonded = is_bonded(properties)
        uuids = advertisement.service_uuids
        if SERVICE_UUID not in uuids and not (len(data) == _CALL_SIZE and (bonded or not _GENERIC_UUIDS.isdisjoint(uuids))):
            return
        rssi = advertisement.rssi
        strength = rssi if isinstance(rssi, int) and -127 < rssi < 21 else None  # 127 and bleak's -127 are "not known"
        self._reports.add(CallHeard(path, data[:31], bonded, strength))
