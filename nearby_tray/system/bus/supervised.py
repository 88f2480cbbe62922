"""One connection kept alive for as long as the program runs."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable

from .bus import Bus
from .errors import BusError, BusGone

log = logging.getLogger(__name__)

_absent: set[str] = set()  # the buses whose absence has been logged


class Supervised:
    """Connects with growing pauses, calls `on_up` with the new bus, `on_down` when it is lost, and begins again.

    When `on_up` raises `BusError` or `BusGone` the connection is closed and made anew after a pause. `on_down` follows each `on_up`, also
    one that failed half way, and also at the end of `run`.
    """

    FIRST_PAUSE = 0.5
    LONGEST_PAUSE = 30.0

    def __init__(
        self,
        which: str,
        on_up: Callable[[Bus], Awaitable[None]],
        on_down: Callable[[], None],
        *,
        on_absent: Callable[[], None] | None = None,
        first_pause: float = FIRST_PAUSE,
    ) -> None:
        """`on_absent` is called each time no bus could be reached."""
        self._which = which
        self._on_up = on_up
        self._on_down = on_down
        self._on_absent = on_absent
        self._first_pause = first_pause

    async def run(self) -> None:
        """Until cancelled. The same error is logged once in a row; that a bus is absent, once for all connections to it."""
        pause = self._first_pause
        said = ""
        while True:
            try:
                async with connected(self._which) as bus:
                    _absent.discard(self._which)
                    try:
                        await self._on_up(bus)
                        pause, said = self._first_pause, ""
                        await bus.wait_gone()
                    finally:
                        self._on_down()
            except BusGone as error:
                log.log(logging.DEBUG if self._which in _absent else logging.INFO, "%s; next try in %g s", error, pause)
                _absent.add(self._which)
                if self._on_absent is not None:
                    self._on_absent()
            except BusError as error:
                level = logging.DEBUG if said == str(error) else logging.WARNING
                log.log(level, "setting up on the %s bus failed: %s; next try in %g s", self._which, error, pause)
                said = str(error)
            await asyncio.sleep(pause)
            pause = min(pause * 2, self.LONGEST_PAUSE)


@contextlib.asynccontextmanager
async def connected(which: str) -> AsyncIterator[Bus]:
    """A bus for as long as the block runs. Raises `BusGone` when there is none."""
    bus = await Bus.connect(which)
    try:
        yield bus
    finally:
        await bus.close()
