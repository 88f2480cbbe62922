"""Runs the core on asyncio: events in, commands to coroutines, one `Snapshot` out. No Qt, no D-Bus, no sockets.

What it needs of the machine it states here as Protocols; `system/` serves them with real daemons, `simulation/` with simulated air.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from .core.model import EdgeEvent, FormGroup, Group

Sink = Callable[[EdgeEvent], None]


class Bluetooth(Protocol):
    """Calls and conversations over Bluetooth LE. Methods raise `errors.Unavailable` when they cannot; all are idempotent."""

    async def open(self, sink: Sink) -> None:
        """Watch the daemon and report to `sink` from now on; first a `BluetoothChanged`. Never raises for an absent daemon."""

    async def close(self) -> None:
        """Undo everything: advertisement, service, scan, connections."""

    async def serve(self, advertisement: bytes | None) -> None:
        """Export the GATT service (inbox, outbox) and advertise these 6 bytes of manufacturer data; `None`: serve without advertising."""

    async def unserve(self) -> None:
        """Withdraw advertisement and service, and end the connections that came by them."""

    async def listen(self) -> None:
        """Report each call heard as `CallHeard` (again when its data changes), as cheaply as the machine allows."""

    async def unlisten(self) -> None: ...

    async def connect(self, origin: str) -> int:
        """Connect to a caller's GATT service and subscribe to its outbox. Returns the bytes that one frame may have."""

    async def send(self, origin: str, frame: bytes) -> None:
        """Write one frame: to the inbox of `origin` when we connected to it, otherwise as a notification of our outbox."""

    async def disconnect(self, origin: str) -> None:
        """End the connection with `origin`, whoever made it."""


class Wifi(Protocol):
    """Wi-Fi Direct: finding peers and forming one group. Methods raise `errors.Unavailable` when they cannot; all are idempotent."""

    async def open(self, sink: Sink) -> None:
        """Watch the daemon and report to `sink` from now on; first clean up what an earlier run left (journal), then a `WifiChanged`."""

    async def close(self) -> None:
        """Undo everything: find, profile, group."""

    async def find(self) -> None:
        """Find peers, renewed until `hold_find` or `stop_find`. Peers already known are reported again first."""

    async def hold_find(self) -> None:
        """Renew the find no more, but leave it running: while a group forms nothing may start or stop it."""

    async def stop_find(self) -> None: ...

    async def clear(self) -> None:
        """The cure between two tries: stop finding, scan the Wi-Fi interface, wait for the end of that (bounded)."""

    async def form(self, order: FormGroup) -> Group:
        """Form the group; returns when it is up with addresses. Cancelled or failed, it leaves nothing behind."""

    async def remove(self) -> None:
        """Remove the group that `form` made and its profile; returns when they are gone."""

    async def read_counters(self, group: Group) -> tuple[int, int, int | None]:
        """Bytes received and sent on the group interface, and the peer's signal in percent where it is known."""


class Pinger(Protocol):
    """One UDP socket on the group interface."""

    async def open(self, sink: Sink, group: Group, own: tuple[str, ...], port: int) -> None:
        """Bind `port` on the group interface and report datagrams to `sink`."""

    def send(self, datagram: bytes, address: str, port: int) -> None:
        """Send from the bound port; what the network answers (unreachable, refused) is weather and not reported."""

    async def close(self) -> None: ...
