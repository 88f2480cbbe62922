"""Is the user at this computer? As logind and the desktop's screen savers tell.

A dialog is only of use to a user who sees it, so a source that does not answer (a question that failed, a daemon that was lost) counts as
"away" and is asked again. Only where there is no source at all, neither logind nor a screen saver, the user is taken to be there, and the
log says so.

https://www.freedesktop.org/software/systemd/man/latest/org.freedesktop.login1.html
https://specifications.freedesktop.org/idle-inhibit-spec/latest/
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable
from contextlib import suppress
from enum import Enum

from ..tasks import Pause, Tasks
from .bus import PROPERTIES, Bus, BusError, BusGone, Signal, Supervised, values
from .logind import CALL, LOGIN, MANAGER, NO_SUCH, NOBODY, ROOT, Sleep, find_session

log = logging.getLogger(__name__)

# What shows a locked or blanked screen on the session bus: name and interface, and the paths where it may be found.
SAVERS = {
    "org.freedesktop.ScreenSaver": ("/org/freedesktop/ScreenSaver", "/ScreenSaver"),
    "org.gnome.ScreenSaver": ("/org/gnome/ScreenSaver",),
    "org.cinnamon.ScreenSaver": ("/org/cinnamon/ScreenSaver",),
    "org.mate.ScreenSaver": ("/org/mate/ScreenSaver", "/"),
    "org.xfce.ScreenSaver": ("/org/xfce/ScreenSaver", "/"),
}

_FIRST_WORD = 4.0  # seconds that `open` takes at most
_AGAIN = (0.5, 30.0)  # seconds until a source that did not answer is asked again: first, and at most
_OVERTAKEN = 3  # answers in a row during which something has changed; after so many an answer counts all the same


class Told(Enum):
    """What one source says of the user."""

    THERE = "somebody is there"
    AWAY = "nobody is there"
    UNKNOWN = "no answer"
    NOTHING = "it does not tell"


class Login:
    """Calls `on_away` when the user has gone or is back, and `suspend` and `wake` around the machine's sleep, see `Sleep`."""

    def __init__(
        self,
        on_away: Callable[[bool], None],
        *,
        suspend: Callable[[], Awaitable[None]],
        wake: Callable[[], None],
        system: str = "system",
        session: str = "session",
    ) -> None:
        self._on_away = on_away
        self._away = False
        self._logind = _Logind(self._on_told)
        self._savers = [_Saver(name, paths, self._on_told) for name, paths in SAVERS.items()]
        self._sources: list[_Source] = [self._logind, *self._savers]
        self._sleep = Sleep(system, suspend, wake)
        self._buses = [
            Supervised(system, self._system_up, self._system_down, on_absent=self._system_down),
            Supervised(session, self._session_up, self._session_down, on_absent=self._session_down),
        ]
        self._known = asyncio.Event()
        self._tasks = Tasks()

    async def open(self) -> None:
        """Returns when every source was asked once. One that has not answered counts as "away"."""
        works: list[Supervised | _Source | Sleep] = [*self._buses, *self._sources, self._sleep]
        for work in works:
            self._tasks.keep(work.run, f"login {type(work).__name__}")
        with suppress(TimeoutError):
            async with asyncio.timeout(_FIRST_WORD):
                await self._known.wait()
        self._known.set()
        self._on_told()

    async def close(self) -> None:
        await self._tasks.end()
        self._sleep.release()

    async def _system_up(self, bus: Bus) -> None:
        await self._sleep.up(bus)
        await self._logind.up(bus)

    def _system_down(self) -> None:
        self._logind.down()
        self._sleep.down()

    async def _session_up(self, bus: Bus) -> None:
        for saver in self._savers:
            await saver.up(bus)

    def _session_down(self) -> None:
        for saver in self._savers:
            saver.down()

    def _on_told(self) -> None:
        """Weigh all sources, and report a change."""
        if not self._known.is_set():
            if not all(source.asked for source in self._sources):
                return
            self._known.set()
            if all(source.told is Told.NOTHING for source in self._sources):
                log.info("nothing here tells whether somebody is at this computer, so somebody is taken to be")
        away = [source.name for source in self._sources if source.told in (Told.AWAY, Told.UNKNOWN)]
        if bool(away) is not self._away:
            self._away = bool(away)
            log.info("%s (%s)", (Told.AWAY if away else Told.THERE).value, ", ".join(away) or "as all say")
            self._on_away(self._away)


class _Source:
    """A daemon that is asked whether the user is there: again whenever that may have changed, and as long as it does not answer."""

    def __init__(self, name: str, on_told: Callable[[], None]) -> None:
        self.name = name
        self.told = Told.UNKNOWN
        self.asked = False  # once; it may not have answered
        self._on_told = on_told
        self._bus: Bus | None = None
        self._told_before = False  # it has answered once, so its silence does not mean that it does not exist
        self._stale = asyncio.Event()

    async def up(self, bus: Bus) -> None:
        """The bus is there. Raises `BusError`, `BusGone`."""
        raise NotImplementedError

    def down(self) -> None:
        """There is no bus (any more)."""
        self._bus = None
        self._stale.set()

    async def run(self) -> None:
        """Ask, until cancelled."""
        pause, overtaken = Pause(*_AGAIN), 0
        while True:
            await self._stale.wait()
            self._stale.clear()
            told = await self._answer()
            if told is Told.THERE and self._stale.is_set() and overtaken < _OVERTAKEN:
                overtaken += 1
                continue
            overtaken = 0
            self._tell(told)
            if told is Told.UNKNOWN and self._bus is not None:
                with suppress(TimeoutError):
                    async with asyncio.timeout(pause.longer()):
                        await self._stale.wait()
                self._stale.set()
            else:
                pause.short()

    async def _answer(self) -> Told:
        bus = self._bus
        try:
            return await self._ask(bus) if bus is not None else self._absent()
        except BusGone:
            return self._absent()
        except BusError as error:
            if error.name in NOBODY:
                return self._absent()
            log.info("%s does not say whether somebody is there: %s", self.name, error)
            return Told.UNKNOWN
        except Exception:
            log.warning("%s says something else than whether somebody is there", self.name, exc_info=True)
            return Told.UNKNOWN

    def _absent(self) -> Told:
        return Told.UNKNOWN if self._told_before else Told.NOTHING

    async def _ask(self, bus: Bus) -> Told:
        """What it says now. Raises `BusError`, `BusGone`."""
        raise NotImplementedError

    def _tell(self, told: Told) -> None:
        self._told_before = self._told_before or told in (Told.THERE, Told.AWAY)
        self.told, self.asked = told, True
        self._on_told()


class _Logind(_Source):
    """The user's session: away when it is locked, or not the one in front."""

    def __init__(self, on_told: Callable[[], None]) -> None:
        super().__init__(LOGIN, on_told)
        self._path = ""

    async def up(self, bus: Bus) -> None:
        for interface, member in ((PROPERTIES, "PropertiesChanged"), (MANAGER, "SessionNew"), (MANAGER, "SessionRemoved")):
            await bus.subscribe(self._on_signal, sender=LOGIN, path_namespace=ROOT, interface=interface, member=member)
        self._bus = bus
        await bus.watch_name(LOGIN, lambda _: self._stale.set())

    def _on_signal(self, signal: Signal) -> None:
        # Other users' sessions may change as often as they like.
        if signal.member != "PropertiesChanged" or signal.path == self._path or signal.path.endswith(f"/user/_{os.getuid()}"):
            self._stale.set()

    async def _ask(self, bus: Bus) -> Told:
        found = await find_session(bus, os.environ.get("XDG_SESSION_ID", ""))
        if found is None:
            self._path = ""
            return Told.AWAY  # logged out: this process lingers and has no user to show anything to
        self._path, facts = found
        said = [facts[name] for name in ("LockedHint", "Active") if name in facts]
        if not said or not all(isinstance(value, bool) for value in said):
            raise BusError("org.freedesktop.DBus.Error.InvalidArgs", "a session that does not tell whether it is locked or active")
        return Told.AWAY if facts.get("LockedHint") is True or facts.get("Active") is False else Told.THERE


class _Saver(_Source):
    """A screen saver of the desktop: away while it shows."""

    def __init__(self, name: str, paths: tuple[str, ...], on_told: Callable[[], None]) -> None:
        super().__init__(name, on_told)
        self._paths = paths
        self._owner: str | None = None

    async def up(self, bus: Bus) -> None:
        await bus.subscribe(self._on_signal, sender=self.name, interface=self.name, member="ActiveChanged")
        self._bus = bus
        await bus.watch_name(self.name, self._on_owner)

    def down(self) -> None:
        self._owner = None
        super().down()

    def _on_owner(self, owner: str | None) -> None:
        self._owner = owner
        # A saver that ends takes its lock along; a new one has not told anything yet.
        self._told_before = False
        self._stale.set()

    def _on_signal(self, signal: Signal) -> None:
        if signal.body[:1] == (True,):
            self._tell(Told.AWAY)  # at once
        self._stale.set()

    async def _ask(self, bus: Bus) -> Told:
        if self._owner is None:
            return Told.NOTHING  # never called while its name has no owner: that might start one
        for path in self._paths:
            try:
                active = values.only(bool, await bus.call(self.name, path, self.name, "GetActive", timeout=CALL))
            except BusError as error:
                if error.name in NO_SUCH:
                    continue
                raise
            return Told.AWAY if active else Told.THERE
        return Told.NOTHING  # GNOME's owner of the common name only takes requests to stay awake
