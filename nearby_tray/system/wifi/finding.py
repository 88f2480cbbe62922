"""The find of an edge: begun, renewed until it is held or stopped, and noted in the journal while it may run.

Both daemons end a find by themselves after a while. While a group forms none may start or stop, because wpa_supplicant would forget the
negotiation.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from ...errors import Unavailable
from ...tasks import Tasks, ended
from ..journal import Journal

log = logging.getLogger(__name__)


class Daemon(Protocol):
    """What the daemon must be able to do."""

    async def start_find(self, *, again: bool) -> None:
        """Raises `Unavailable`. `again`: one has looked through all channels a moment ago."""

    async def stop_find(self) -> None:
        """Raises `Unavailable` when the daemon does not answer: the find may go on then."""


class Finder:
    def __init__(
        self,
        daemon: Daemon,
        tasks: Tasks,
        journal: Journal,
        kind: str,
        *,
        renew: float,
        is_forming: Callable[[], bool],
        is_usable: Callable[[], bool],
    ) -> None:
        """`kind`: in the journal. `renew`: seconds until the find is started again."""
        self._daemon, self._tasks, self._journal, self._kind, self._pause = daemon, tasks, journal, kind, renew
        self._is_forming, self._is_usable = is_forming, is_usable
        self._renewing: asyncio.Task[None] | None = None
        self._kick = asyncio.Event()
        self.is_wanted = False

    async def begin(self, name: str) -> None:
        """Start finding and go on until `hold` or `stop`. `name`: in the journal. Raises `Unavailable`."""
        if not self.is_wanted:
            self.is_wanted = True
            await asyncio.to_thread(self._journal.add, self._kind, name)
        running = self._renewing is not None and not self._renewing.done()
        if not self._is_forming():
            try:
                await self._daemon.start_find(again=running)
            except Unavailable:
                await self.stop()
                raise
        if self._renewing is None or self._renewing.done():
            self._renewing = self._tasks.keep(self._renew, "find")

    async def hold(self) -> None:
        """Renew the find no more, and leave it running."""
        renewing, self._renewing = self._renewing, None
        if renewing is not None:
            renewing.cancel()
            await ended(renewing)

    async def stop(self) -> None:
        """End the find; while a group forms, leave it to end by itself. Raises `Unavailable`."""
        await self.hold()
        if not self.is_wanted:
            return
        if not self._is_forming():
            await self._daemon.stop_find()
        await self.forget()

    async def forget(self) -> None:
        """Strike the find out of the journal: it is over."""
        self.is_wanted = False
        for name in self._journal.mine(self._kind):
            await asyncio.to_thread(self._journal.remove, self._kind, name)

    def renew_now(self) -> None:
        """Start it again at once: the daemon has become usable."""
        self._kick.set()

    async def _renew(self) -> None:
        while True:
            self._kick.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(self._pause):
                    await self._kick.wait()
            if not self._is_forming() and self._is_usable():
                try:
                    await self._daemon.start_find(again=True)
                except Unavailable as error:
                    log.info("the find could not be renewed: %s", error)
