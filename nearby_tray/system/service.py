"""The applet's place on the session bus: it has the name once, exports the interface, and tells of changes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable

from ..core.model import Snapshot
from ..edges import Actions
from ..status import Describe, Status, encode
from ..tasks import Tasks
from .bus import Bus, BusError, BusGone, Supervised, connected
from .gate import Gate
from .interface import INTERFACE, NAME, PATH, Autostart, Interface, Program

log = logging.getLogger(__name__)

PAUSE = 0.2  # seconds between two `Changed`


class AlreadyRunning(Exception):
    """Another applet of this user has the name; it was asked to raise its window."""


class Service:
    """Serves `actions` and `program` on the session bus; a bus that is lost is found again."""

    def __init__(
        self,
        actions: Actions,
        program: Program,
        describe: Describe,
        log_lines: Callable[[], Iterable[str]] = tuple,
        autostart: Autostart | None = None,
    ) -> None:
        """`log_lines`: the last lines of the log, oldest first."""
        self._actions, self._program = actions, program
        self._describe = describe
        self._log_lines = log_lines
        self._autostart = autostart
        self._gate = Gate()
        self._interface: Interface | None = None  # of the present connection; the library signals on each it ever knew
        self._tasks = Tasks()
        self._opened: asyncio.Future[bool] | None = None
        self._latest: Snapshot | None = None
        self._told: tuple[Status, str | None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._not_before = 0.0

    async def open(self, *, raise_other: bool = True) -> None:
        """Take the name. Raises `AlreadyRunning` (after asking the other one to show itself, if `raise_other`) or `BusGone`."""
        loop = asyncio.get_running_loop()
        opened = self._opened = loop.create_future()

        def absent() -> None:
            if not opened.done():
                opened.set_exception(BusGone("no session bus"))

        supervised = Supervised("session", self._up, self._down, on_absent=absent)
        self._tasks.keep(supervised.run, "session bus service")
        try:
            async with asyncio.timeout(30):
                taken = await opened
        except TimeoutError:
            await self.close()
            raise BusGone("the session bus does not answer") from None
        except BaseException:
            await self.close()
            raise
        if not taken:
            await self.close()
            if raise_other:
                await _raise_other()
            raise AlreadyRunning

    async def close(self) -> None:
        """Leave the bus. Idempotent."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        await self._tasks.end()

    def show(self, snapshot: Snapshot) -> None:
        """The state of things; listeners on the bus hear of it soon, if it differs from what they know."""
        self._latest = snapshot
        if self._timer is None and self._interface is not None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_at(max(self._not_before, loop.time()), self._tell)

    def _tell(self) -> None:
        self._timer = None
        if self._latest is None or self._interface is None:
            return
        said = Status.of(self._latest, self._describe)
        news = said.news(), self._latest.pin  # another PIN is news, but a signal says it to nobody
        if news == self._told:
            return
        self._told = news
        self._not_before = asyncio.get_running_loop().time() + PAUSE
        self._interface.changed(encode(said))

    async def _up(self, bus: Bus) -> None:
        assert self._opened is not None
        interface = Interface(bus, self._actions, self._program, self._describe, self._log_lines, self._autostart, self._gate)
        bus.screen(PATH, self._gate.refusal)
        bus.export(PATH, interface)
        taken = await bus.request_name(NAME)
        if not self._opened.done():
            self._opened.set_result(taken)
        elif not taken:
            log.warning("another applet has taken %s meanwhile; this one cannot be asked by the command line", NAME)
        if taken:
            self._interface, self._told = interface, None
            if self._latest is not None:
                self.show(self._latest)

    def _down(self) -> None:
        self._interface = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


async def _raise_other() -> None:
    try:
        async with connected("session") as bus:
            await bus.call(NAME, PATH, INTERFACE, "Raise", timeout=5)
    except (BusError, BusGone) as error:
        log.info("the other applet could not be raised: %s", error)
