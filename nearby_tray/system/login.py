"""Is somebody there? And does the machine sleep? Told by logind and by the desktop's screen savers.

The rule: a dialog is only of use to somebody who sees it, so whatever cannot be told counts as "nobody is there" and is asked again: a
question that failed, a daemon that was lost. Only where there is nobody to ask at all, neither logind nor a screen saver, is somebody taken
to be there, and the log says so.

https://www.freedesktop.org/software/systemd/man/latest/org.freedesktop.login1.html
https://specifications.freedesktop.org/idle-inhibit-spec/latest/
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from enum import Enum

from ..tasks import Tasks
from .bus import Bus, BusError, BusGone, BusTimeout, Signal, Supervised, open_descriptor

log = logging.getLogger(__name__)

LOGIN = "org.freedesktop.login1"
SESSION = LOGIN + ".Session"
_ROOT = "/org/freedesktop/login1"
_MANAGER = LOGIN + ".Manager"
_PROPERTIES = "org.freedesktop.DBus.Properties"

# Who shows a locked or blanked screen on the session bus: name and interface, and where it is found.
SAVERS = {
    "org.freedesktop.ScreenSaver": ("/org/freedesktop/ScreenSaver", "/ScreenSaver"),
    "org.gnome.ScreenSaver": ("/org/gnome/ScreenSaver",),
    "org.cinnamon.ScreenSaver": ("/org/cinnamon/ScreenSaver",),
    "org.mate.ScreenSaver": ("/org/mate/ScreenSaver", "/"),
    "org.xfce.ScreenSaver": ("/org/xfce/ScreenSaver", "/"),
}

_CALL = 3.0  # seconds for one answer
_FIRST_WORD = 4.0  # seconds that `open` takes at most
_AGAIN = (0.5, 30.0)  # seconds until what was not answered is asked again: first, and at most

_OVERTAKEN = 3  # answers in a row that something has changed meanwhile, then it is believed all the same

_ERROR = "org.freedesktop.DBus.Error."
_NO_SUCH = {_ERROR + name for name in ("UnknownMethod", "UnknownObject", "UnknownInterface", "NotSupported")}  # of one that never tells
_NOBODY = {_ERROR + name for name in ("ServiceUnknown", "NameHasNoOwner")}


class Told(Enum):
    """What one source says of the user."""

    THERE = "somebody is there"
    AWAY = "nobody is there"
    UNKNOWN = "no answer"
    NOTHING = "it does not tell"


class Login:
    """Reports whether the user is away, and carries the machine's sleep through: a goodbye before it, a word after it."""

    def __init__(
        self,
        on_away: Callable[[bool], None],
        *,
        suspend: Callable[[], Awaitable[None]] | None = None,
        wake: Callable[[], None] | None = None,
        system: str = "system",
        session: str = "session",
    ) -> None:
        """`suspend` is awaited while the machine waits to sleep (logind: 5 s at most), `wake` is called when it has slept."""
        self._on_away = on_away
        self._away = False
        self._logind = _Logind(self._heard)
        self._savers = [_Saver(name, paths, self._heard) for name, paths in SAVERS.items()]
        self._sleep = _Sleep(system, suspend, wake) if suspend is not None and wake is not None else None
        self._buses = [
            Supervised(system, self._system_up, self._system_down, on_absent=self._system_down),
            Supervised(session, self._session_up, self._session_down, on_absent=self._session_down),
        ]
        self._known = asyncio.Event()
        self._tasks = Tasks()

    async def open(self) -> None:
        """Ask; returns when everybody was asked once. Whoever has not answered counts as "nobody is there"."""
        works: list[Supervised | _Source | _Sleep] = [*self._buses, *self._sources()]
        if self._sleep is not None:
            works.append(self._sleep)
        for work in works:
            self._tasks.keep(work.run, f"login {type(work).__name__}")
        with suppress(TimeoutError):
            async with asyncio.timeout(_FIRST_WORD):
                await self._known.wait()
        self._known.set()
        self._heard()

    async def close(self) -> None:
        await self._tasks.end()
        if self._sleep is not None:
            self._sleep.release()

    def _sources(self) -> list[_Source]:
        return [self._logind, *self._savers]

    async def _system_up(self, bus: Bus) -> None:
        if self._sleep is not None:
            await self._sleep.up(bus)
        await self._logind.up(bus)

    def _system_down(self) -> None:
        self._logind.down()
        if self._sleep is not None:
            self._sleep.down()

    async def _session_up(self, bus: Bus) -> None:
        for saver in self._savers:
            await saver.up(bus)

    def _session_down(self) -> None:
        for saver in self._savers:
            saver.down()

    def _heard(self) -> None:
        told = {source: source.told for source in self._sources()}
        if not self._known.is_set():
            if not all(source.asked for source in told):
                return
            self._known.set()
            if set(told.values()) == {Told.NOTHING}:
                log.info("nothing here tells whether somebody is at this computer, so somebody is taken to be")
        away = [source.name for source, said in told.items() if said in (Told.AWAY, Told.UNKNOWN)]
        if bool(away) is not self._away:
            self._away = bool(away)
            log.info("%s (%s)", (Told.AWAY if away else Told.THERE).value, ", ".join(away) or "as all say")
            self._on_away(self._away)


class _Source:
    """One that is asked whether somebody is there: again whenever that may have changed, and as long as it does not answer."""

    def __init__(self, name: str, heard: Callable[[], None]) -> None:
        self.name = name
        self.told = Told.UNKNOWN
        self.asked = False  # once; it may not have answered
        self._heard = heard
        self._bus: Bus | None = None
        self._told_before = False  # it has said something once, so its silence is no sign that there is nobody to ask
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
        pause, overtaken = _AGAIN[0], 0
        while True:
            await self._stale.wait()
            self._stale.clear()
            told = await self._answer()
            if told is Told.THERE and self._stale.is_set() and overtaken < _OVERTAKEN:
                overtaken += 1
                continue
            overtaken = 0
            self._say(told)
            if told is Told.UNKNOWN and self._bus is not None:
                with suppress(TimeoutError):
                    async with asyncio.timeout(pause):
                        await self._stale.wait()
                pause = min(2 * pause, _AGAIN[1])
                self._stale.set()
            else:
                pause = _AGAIN[0]

    async def _answer(self) -> Told:
        bus = self._bus
        try:
            return await self._ask(bus) if bus is not None else self._absent()
        except BusGone:
            return self._absent()
        except BusError as error:
            if error.name in _NOBODY:
                return self._absent()
            log.info("%s does not say whether somebody is there: %s", self.name, error)
            return Told.UNKNOWN
        except Exception:
            log.warning("%s says something else than whether somebody is there", self.name, exc_info=True)
            return Told.UNKNOWN

    async def _ask(self, bus: Bus) -> Told:
        """What it says now. Raises `BusError`, `BusGone`."""
        raise NotImplementedError

    def _absent(self) -> Told:
        return Told.UNKNOWN if self._told_before else Told.NOTHING

    def _say(self, told: Told) -> None:
        self._told_before = self._told_before or told in (Told.THERE, Told.AWAY)
        self.told, self.asked = told, True
        self._heard()


class _Logind(_Source):
    """The user's session: locked, or not the one in front."""

    def __init__(self, heard: Callable[[], None]) -> None:
        super().__init__(LOGIN, heard)
        self._path = ""

    async def up(self, bus: Bus) -> None:
        for interface, member in ((_PROPERTIES, "PropertiesChanged"), (_MANAGER, "SessionNew"), (_MANAGER, "SessionRemoved")):
            await bus.subscribe(self._changed, sender=LOGIN, path_namespace=_ROOT, interface=interface, member=member)
        self._bus = bus
        await bus.watch_name(LOGIN, lambda _: self._stale.set())

    def _changed(self, signal: Signal) -> None:
        # Other users' sessions may change as often as they like.
        if signal.member != "PropertiesChanged" or signal.path == self._path or signal.path.endswith(f"/user/_{os.getuid()}"):
            self._stale.set()

    async def _ask(self, bus: Bus) -> Told:
        found = await find_session(bus, os.environ.get("XDG_SESSION_ID", ""))
        if found is None:
            self._path = ""
            return Told.AWAY  # logged out: what lingers has nobody to show anything to
        self._path, facts = found
        said = [facts[name] for name in ("LockedHint", "Active") if name in facts]
        if not said or not all(isinstance(value, bool) for value in said):
            raise BusError(_ERROR + "InvalidArgs", "a session that does not tell whether it is locked or active")
        return Told.AWAY if facts.get("LockedHint") is True or facts.get("Active") is False else Told.THERE


class _Saver(_Source):
    """A screen saver of the desktop."""

    def __init__(self, name: str, paths: tuple[str, ...], heard: Callable[[], None]) -> None:
        super().__init__(name, heard)
        self._paths = paths
        self._owner: str | None = None

    async def up(self, bus: Bus) -> None:
        await bus.subscribe(self._changed, sender=self.name, interface=self.name, member="ActiveChanged")
        self._bus = bus
        await bus.watch_name(self.name, self._owned)

    def down(self) -> None:
        self._owner = None
        super().down()

    def _owned(self, owner: str | None) -> None:
        self._owner = owner
        # One that ends takes its lock along; one that comes has said nothing yet.
        self._told_before = False
        self._stale.set()

    def _changed(self, signal: Signal) -> None:
        if signal.body[:1] == (True,):
            self._say(Told.AWAY)  # at once
        self._stale.set()

    async def _ask(self, bus: Bus) -> Told:
        if self._owner is None:
            return Told.NOTHING  # never called while nobody has its name: that might start one
        for path in self._paths:
            try:
                (active,) = await bus.call(self.name, path, self.name, "GetActive", timeout=_CALL)
            except BusError as error:
                if error.name in _NO_SUCH:
                    continue
                raise
            return Told.AWAY if active is True else Told.THERE
        return Told.NOTHING  # GNOME's one of the common name only takes requests to stay awake


class _Sleep:
    """The sleep of the machine. It is held up until the goodbye is said: logind waits for whoever has a lock of the kind "delay"."""

    def __init__(self, which: str, suspend: Callable[[], Awaitable[None]], wake: Callable[[], None]) -> None:
        self._which = which
        self._suspend, self._wake = suspend, wake
        self._bus: Bus | None = None
        self._lock: int | None = None
        self._asleep = False
        self._steps: asyncio.Queue[bool | None] = asyncio.Queue()  # True: before a sleep; False: after it; None: logind has to be asked

    async def up(self, bus: Bus) -> None:
        await bus.subscribe(self._prepares, sender=LOGIN, path=_ROOT, interface=_MANAGER, member="PrepareForSleep")
        self._bus = bus
        await bus.watch_name(LOGIN, self._owned)

    def down(self) -> None:
        self._bus = None  # the lock is no affair of the bus and stays

    def release(self) -> None:
        """Let the machine sleep."""
        lock, self._lock = self._lock, None
        if lock is not None:
            os.close(lock)

    async def run(self) -> None:
        """What is told, in order, until cancelled."""
        while True:
            step = await self._steps.get()
            sleeps = await self._ask() if step is None else step
            if sleeps and not self._asleep:
                self._asleep = True
                log.info("the machine is about to sleep")
                try:
                    await self._suspend()
                finally:
                    self.release()
            elif not sleeps:
                if self._asleep or step is False:
                    self._asleep = False
                    log.info("the machine has slept")
                    self._wake()
                await self._take()

    def _prepares(self, signal: Signal) -> None:
        if signal.body in ((True,), (False,)):
            self._steps.put_nowait(bool(signal.body[0]))

    def _owned(self, owner: str | None) -> None:
        if owner is not None:
            self._steps.put_nowait(None)  # a logind that has come back knows nothing of our lock

    async def _ask(self) -> bool:
        """Whether the machine is about to sleep."""
        if self._bus is None:
            return False
        try:
            return await self._bus.get(LOGIN, _ROOT, _MANAGER, "PreparingForSleep", timeout=_CALL) is True
        except (BusError, BusGone) as error:
            log.info("logind does not say whether the machine is about to sleep: %s", error)
            return False

    async def _take(self) -> None:
        self.release()
        words = ("sleep", "Nearby Tray", "Says goodbye to the other computer", "delay")
        try:
            self._lock = await open_descriptor(self._which, LOGIN, _ROOT, _MANAGER, "Inhibit", "ssss", *words, timeout=_CALL)
        except (BusError, BusGone) as error:
            log.info("the machine will not wait for a goodbye before it sleeps: %s", error)


async def find_session(bus: Bus, named: str) -> tuple[str, Mapping[str, object]] | None:
    """The path and properties of the session in which this user sees what we show; `None` when the user has none. `named`: XDG_SESSION_ID.

    That is the session we are in, if it has a screen; otherwise the one that logind takes for the user's display. What the user's systemd
    has started is in no session at all, or in the manager's own, and XDG_SESSION_ID may be that of a session long ended. Raises `BusError`,
    `BusGone`.
    """
    own = None
    for member, signature, argument in (("GetSession", "s", named), ("GetSessionByPID", "u", os.getpid())):
        path = await _path(bus, member, signature, argument) if argument else None
        facts = await bus.get_all(LOGIN, path, SESSION, timeout=_CALL) if path is not None else {}
        if path is not None and _is_users(facts):
            own = path, facts
            if facts.get("Type", "x11") in ("x11", "wayland", "mir"):
                return own
            break
    user = await _path(bus, "GetUser", "u", os.getuid())
    display = await bus.get(LOGIN, user, f"{LOGIN}.User", "Display", timeout=_CALL) if user is not None else None
    match display:
        case [str(name), str(path)] if name:
            facts = await bus.get_all(LOGIN, path, SESSION, timeout=_CALL)
            if _is_users(facts):
                return path, facts
        case _:
            pass
    return own


async def _path(bus: Bus, member: str, signature: str, argument: object) -> str | None:
    """The object that logind names; `None` when it has none."""
    try:
        (path,) = await bus.call(LOGIN, _ROOT, _MANAGER, member, signature, argument, timeout=_CALL)
    except BusTimeout:
        raise
    except BusError as error:
        if error.name in _NOBODY or not (error.name in _NO_SUCH or error.name.startswith(f"{LOGIN}.No")):
            raise
        return None
    return str(path)


def _is_users(facts: Mapping[str, object]) -> bool:
    """Whether it is a session of a person, and of this one: no greeter, no manager, none that ends, none inherited over sudo."""
    user = facts.get("User", [os.getuid()])
    kind = facts.get("Class", "user")
    mine = isinstance(user, list) and user[:1] == [os.getuid()]
    return mine and isinstance(kind, str) and kind.startswith("user") and facts.get("State") != "closing"
