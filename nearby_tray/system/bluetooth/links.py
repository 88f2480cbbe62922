"""The radio links of this computer: which peer is connected, in which direction, and what ends a link.

An `origin` is BlueZ's path of the Device1. There is one radio link for both directions, so a peer may be a central (it has connected and
written to the inbox here) and a peripheral (this computer has connected to its inbox) at once, and both end together.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ...core.model import Disconnected, EdgeEvent
from ..bus import BusError, BusGone, BusTimeout, Subscription
from ..journal import Journal
from .adapter import DEVICE, DEVICE_PATH, AdapterWatch

if TYPE_CHECKING:
    from bleak import BleakClient

log = logging.getLogger(__name__)

_CONNECTION = "bluetooth-connection"  # in the journal

MOST = 16  # peers of one direction that talk at once
VALUE_LIMIT = 512  # bytes: ATT, no attribute value is longer
# The smallest MTU is 23. BlueZ 5.66 refuses to be written 511 bytes: it counts the handle (src/shared/gatt-server.c, `write_cb`).
MIN_ROOM, MAX_ROOM = 20, 510


@dataclass(slots=True)
class Central:
    """A peer that has written to the inbox. Its frames wait until BlueZ has said whether it is bonded."""

    origin: str
    room: int
    bonded: bool | None = None
    waiting: list[bytes] = field(default_factory=list)
    subscription: Subscription | None = None


@dataclass(slots=True)
class Peripheral:
    """A peer that this computer has connected to."""

    client: BleakClient
    room: int
    bonded: bool
    encrypted: bool  # by the key of a bond that was there before the connection (`hci.py`)
    inbox: str  # BlueZ's path of it


class Links:
    """`journal` keeps account of connections, which outlive a killed applet, so that the next start can end them."""

    def __init__(self, watch: AdapterWatch, tell: Callable[[EdgeEvent], None], journal: Journal | None) -> None:
        self._watch = watch
        self._tell = tell
        self._journal = journal
        self.centrals: dict[str, Central] = {}
        self.peripherals: dict[str, Peripheral] = {}

    def note(self, origin: str) -> None:
        """A link with `origin` is in use."""
        if self._journal is not None:
            self._journal.add(_CONNECTION, origin)

    def lose(self, origin: str) -> None:
        """The radio link with `origin` has ended, in whichever direction it was used."""
        was_central = self.forget_central(origin)
        was_peripheral = self.peripherals.pop(origin, None) is not None
        if was_central or was_peripheral:
            if self._journal is not None:
                self._journal.remove(_CONNECTION, origin)
            log.info("%s is disconnected", origin)
            self._tell(Disconnected(origin))

    def lose_all(self) -> None:
        for origin in [*self.centrals, *self.peripherals.keys() - self.centrals.keys()]:
            self.lose(origin)

    def forget_central(self, origin: str) -> bool:
        """The link is not used in this direction any more. True if it was."""
        central = self.centrals.pop(origin, None)
        if central is not None and central.subscription is not None:
            central.subscription.cancel()
        return central is not None

    async def hang_up(self, origin: str) -> bool:
        """End the radio link with `origin`. False if bluetoothd does not answer, so that the link may still be there."""
        if self._watch.bus is not None and self._watch.is_running:
            try:
                await self._watch.call(origin, DEVICE, "Disconnect")
            except BusTimeout as error:
                log.info("disconnection of %s: %s", origin, error)
                return False
            except (BusError, BusGone) as error:
                log.info("disconnection of %s: %s", origin, error)
        self.lose(origin)
        return True

    async def end_leftovers(self) -> None:
        """End the connections of applets that were killed."""
        if self._journal is None:
            return
        for origin in self._journal.leftovers(_CONNECTION):
            log.info("ending the connection with %s of an earlier run", origin)
            if DEVICE_PATH.fullmatch(origin):
                await self.hang_up(origin)
            self._journal.settle(_CONNECTION, origin)


def room(bytes_left: int) -> int:
    """The longest frame where ATT leaves so many bytes for a value."""
    return min(max(bytes_left, MIN_ROOM), MAX_ROOM)


def is_bonded(device: Mapping[str, object]) -> bool:
    """BlueZ before 5.65 has no `Bonded`, and its `Paired` meant that."""
    return device.get("Bonded", device.get("Paired")) is True
