"""Talking to the applet that runs."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeVar

import msgspec

from .. import BUS_INTERFACE, BUS_NAME, BUS_PATH
from ..status import Status
from ..system.asker import vouch
from ..system.bus import Bus, BusError, BusGone, Signal
from .exits import NO_APPLET, NO_BUS, NOT_POSSIBLE, Failed, not_understood, one_line

T = TypeVar("T")


_OWN_ERRORS = "org.nearbytray.Error."


class Remote:
    """The applet that runs, by its unique name: a call must not make the bus start another one."""

    def __init__(self, bus: Bus, owner: str) -> None:
        self._bus, self._owner = bus, owner
        self.said: dict[str, object] = {}  # the last status, as it came

    async def ask(self, member: str, signature: str = "", *body: object) -> Any:
        """Call a method of the applet; returns its answer, decoded from JSON. Raises `Failed`."""
        try:
            values = await self._bus.call(self._owner, BUS_PATH, BUS_INTERFACE, member, signature, *body)
        except BusGone:
            raise Failed(NO_BUS, "The session bus went away.") from None
        except BusError as error:
            if error.name.startswith(_OWN_ERRORS):
                raise Failed(NOT_POSSIBLE, one_line(error.text)) from None
            if error.name.endswith((".NameHasNoOwner", ".ServiceUnknown")):
                raise Failed(NO_APPLET, "Nearby Tray has just ended.") from None
            raise Failed(NOT_POSSIBLE, f"Nearby Tray did not answer as it should: {one_line(str(error))}") from None
        if not values:
            return None
        try:
            return json.loads(str(values[0]))
        except (ValueError, RecursionError):
            raise not_understood() from None

    async def status(self) -> Status:
        """How things are now; `said` is the same as it came, for `--json`."""
        said = await self.ask("Status")
        status = understood(said, Status)
        self.said = said
        return status

    async def follow(self, done: Callable[[Status], bool], limit: float) -> Status:
        """Wait for a status that satisfies `done`. `Failed` when none comes within `limit` seconds."""
        changed = asyncio.Event()

        def heard(_: Signal) -> None:
            changed.set()

        try:
            async with asyncio.timeout(limit):
                subscription = await self._bus.subscribe(heard, sender=self._owner, interface=BUS_INTERFACE, member="Changed")
                try:
                    while True:
                        changed.clear()
                        said = await self.status()
                        if done(said):
                            return said
                        with suppress(TimeoutError):
                            async with asyncio.timeout(2):  # an applet that has ended tells nobody
                                await changed.wait()
                finally:
                    subscription.cancel()
        except TimeoutError:
            raise Failed(NOT_POSSIBLE, f"Not within {limit:.0f} s.") from None
        except BusGone:
            raise Failed(NO_BUS, "The session bus went away.") from None
        except BusError as error:
            raise Failed(NOT_POSSIBLE, one_line(str(error))) from None

    async def ended(self, limit: float) -> None:
        """Wait until the applet has left the bus."""
        gone = asyncio.Event()
        try:
            async with asyncio.timeout(limit):
                await self._bus.watch_name(self._owner, lambda owner: None if owner else gone.set())
                await gone.wait()
        except TimeoutError:
            raise Failed(NOT_POSSIBLE, f"Nearby Tray has not ended within {limit:.0f} s.") from None
        except (BusError, BusGone):
            pass


@asynccontextmanager
async def applet() -> AsyncIterator[Remote]:
    """The applet that runs. `Failed` where there is none, or no bus."""
    try:
        bus = await Bus.connect("session")
    except BusGone:
        raise Failed(NO_BUS, "There is no session bus here (DBUS_SESSION_BUS_ADDRESS); log in on the desktop first.") from None
    try:
        try:
            owner = await bus.name_owner(BUS_NAME)
        except (BusError, BusGone) as error:
            raise Failed(NO_BUS, f"The session bus does not answer: {one_line(str(error))}") from None
        if owner is None:
            raise Failed(NO_APPLET, "Nearby Tray is not running. Start it with: nearby-tray")
        vouch(bus.unique_name)
        yield Remote(bus, owner)
    finally:
        await bus.close()


def understood(said: object, shape: type[T]) -> T:
    """An answer of the applet as a value of this shape; `Failed` when it is of another."""
    try:
        return msgspec.convert(said, shape)
    except (msgspec.ValidationError, RecursionError):
        raise not_understood() from None
