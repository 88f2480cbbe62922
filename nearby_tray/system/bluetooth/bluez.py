"""Bluetooth as the controller sees it, served by the bluetoothd on the system bus.

Nothing is assumed to have outlived bluetoothd, the adapter or its power. When one of them goes, everything here is forgotten at once (each
conversation ends with a `Disconnected`), and what is then asked for is made anew.

The server side is this program's own; hearing and the GATT client are bleak's, which is imported when first needed.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from ...core.keys import Role
from ...core.model import BluetoothChanged, EdgeEvent, Reason
from ...tasks import Tasks, in_turn
from ..journal import Journal
from .adapter import CALL_LIMIT, DEVICE, AdapterWatch
from .bleak_calls import drop_connection, quietly
from .client import Client
from .links import MAX_ROOM, Links, Peripheral
from .scanner import Scanner
from .server import Application, Server

if TYPE_CHECKING:
    from bleak import BleakScanner


class BlueZ:
    """Serves `edges.Bluetooth`."""

    def __init__(
        self, adapter: str | None = None, journal: Journal | None = None, on_chosen: Callable[[str], None] = lambda _address: None
    ) -> None:
        """`adapter` and `on_chosen`: see `AdapterWatch`. `journal`: see `Links`."""
        self._sink: Callable[[EdgeEvent], None] | None = None
        self._tasks, self._tidying = Tasks(), Tasks()
        self._watch = AdapterWatch(
            adapter, on_chosen=on_chosen, on_lost=self._on_lost, on_changed=self._on_changed, on_removed=self._on_removed
        )
        self._links = Links(self._watch, self._tell, journal)
        self._server = Server(self._watch, self._links, self._tell, self._tasks, self._tidying)
        self._scanner = Scanner(self._watch, self._links, self._tell, self._tasks, self._tidying)
        self._client = Client(self._watch, self._links, self._server, self._scanner, self._tell, self._tasks, self._tidying)

        self.choose = self._watch.choose
        self.serve, self.unserve = self._server.serve, self._server.unserve
        self.listen, self.unlisten = self._scanner.listen, self._scanner.unlisten
        self.connect, self.disconnect = self._client.connect, self._client.disconnect

    @property
    def listening_by(self) -> str:
        """See `Scanner`."""
        return self._scanner.listening_by

    @property
    def adapters(self) -> tuple[tuple[str, str], ...]:
        """Address and name ("hci0") of each adapter that could be used, as last seen."""
        return tuple((adapter.address, adapter.name) for adapter in self._watch.known)

    async def open(self, sink: Callable[[EdgeEvent], None]) -> None:
        self._sink = sink
        if not self._watch.is_open:
            await self._watch.open()
            await self._links.end_leftovers()

    async def close(self) -> None:
        if not self._watch.is_open:
            return
        # What is on the air first, then the conversations: each step may use up its limits.
        await in_turn(
            ("the call", self.unserve),
            ("listening", self.unlisten),
            *((f"the connection with {origin}", partial(self.disconnect, origin)) for origin in list(self._links.peripherals)),
            ("what is being tidied", partial(self._tidying.gone, CALL_LIMIT)),
            ("bleak's own connection", partial(drop_connection, quietly=True)),
        )
        self._sink = None
        await self._tasks.end()
        await self._tidying.end()
        await self._watch.close()

    async def send(self, origin: str, frame: bytes, role: Role) -> None:
        """See `edges.Bluetooth`. Raises `ValueError` for a frame longer than the room, and `Unavailable(PEER_GONE)` when `origin` does
        not listen (any more)."""
        other = self._links.centrals.get(origin) if role is Role.CALLER else self._links.peripherals.get(origin)
        room = other.room if other is not None else MAX_ROOM
        if not 0 < len(frame) <= room:
            raise ValueError(f"a frame of {len(frame)} bytes where {room} fit")
        await (self._server.notify(origin, frame) if role is Role.CALLER else self._client.write(origin, frame))

    # --- what the rooms report ---

    def _tell(self, event: EdgeEvent) -> None:
        if self._sink is not None:
            self._sink(event)

    def _on_changed(self, reason: Reason | None, fresh: bool) -> None:
        self._tell(BluetoothChanged(reason, fresh))

    def _on_removed(self, path: str, interfaces: list[object]) -> None:
        if path in self._links.centrals and DEVICE in interfaces:
            self._links.lose(path)
        self._client.on_removed(path)

    def _on_lost(self) -> None:
        """bluetoothd, the adapter or its power went: what was made there is gone, or of no use."""
        application, scanner, peripherals = self._server.forget(), self._scanner.forget(), list(self._links.peripherals.values())
        self._links.lose_all()
        self._tidying.do(self._tidy(self._watch.is_running, application, scanner, peripherals), "bluez-tidy")

    async def _tidy(
        self, there: bool, application: Application | None, scanner: BleakScanner | None, peripherals: list[Peripheral]
    ) -> None:
        """Clear away what was forgotten here; with bluetoothd still `there`, also at its end."""
        if application is not None:
            await self._server.withdraw(application, there=there)
        if there:
            if scanner is not None:
                await quietly(scanner.stop(), "stop of the scan")
            for peripheral in peripherals:
                await quietly(peripheral.client.disconnect(), "disconnection")
        else:
            # bleak does not notice that bluetoothd was replaced and would go on with the devices of the old one.
            await drop_connection()
            for peripheral in peripherals:
                if not peripheral.client.is_connected:  # else it would call, and by that start, a bluetoothd
                    await quietly(peripheral.client.disconnect(), "release")
