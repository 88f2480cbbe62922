"""Is somebody there? The session's lock, as logind tells it: a locked machine hears nobody."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable
from contextlib import suppress

from .bus import Bus, BusError, Signal, Supervised

log = logging.getLogger(__name__)

LOGIN = "org.freedesktop.login1"
SESSION = LOGIN + ".Session"


class Login:
    """Reports `LockedHint` of our session. Where there is no logind, or we are in no session, somebody is taken to be there.

    https://www.freedesktop.org/software/systemd/man/latest/org.freedesktop.login1.html
    """

    def __init__(self, on_away: Callable[[bool], None], *, bus: str = "system") -> None:
        self._on_away = on_away
        self._away = False
        self._bus: Bus | None = None
        self._supervised = Supervised(bus, self._up, lambda: self._set(False))
        self._task: asyncio.Task[None] | None = None

    async def open(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._supervised.run(), name="login")

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _up(self, bus: Bus) -> None:
        with suppress(BusError):
            path = await self._session(bus)
            await bus.subscribe(
                self._changed, sender=LOGIN, path=path, interface="org.freedesktop.DBus.Properties", member="PropertiesChanged"
            )
            self._set(await bus.get(LOGIN, path, SESSION, "LockedHint", timeout=3.0) is True)

    @staticmethod
    async def _session(bus: Bus) -> str:
        """The object of the session we are in: by name where the environment tells it, otherwise by our process."""
        name = os.environ.get("XDG_SESSION_ID")
        manager = ("/org/freedesktop/login1", LOGIN + ".Manager")
        if name:
            (path,) = await bus.call(LOGIN, *manager, "GetSession", "s", name, timeout=3.0)
        else:
            (path,) = await bus.call(LOGIN, *manager, "GetSessionByPID", "u", os.getpid(), timeout=3.0)
        return str(path)

    def _changed(self, signal: Signal) -> None:
        match signal.body:
            case [str(interface), dict(changed), _] if interface == SESSION and isinstance(changed.get("LockedHint"), bool):
                self._set(changed["LockedHint"])
            case _:
                pass

    def _set(self, away: bool) -> None:
        if away is not self._away:
            self._away = away
            log.info("the session is %s", "locked" if away else "open")
            self._on_away(away)
