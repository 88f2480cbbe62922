"""What logind tells: the session in which the user sees the applet, and the sleep of the machine.

https://www.freedesktop.org/software/systemd/man/latest/org.freedesktop.login1.html
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable, Mapping

from .bus import Bus, BusError, BusGone, BusTimeout, Signal, open_descriptor, values

log = logging.getLogger(__name__)

LOGIN = "org.freedesktop.login1"
SESSION = LOGIN + ".Session"
ROOT = "/org/freedesktop/login1"
MANAGER = LOGIN + ".Manager"

CALL = 3.0  # seconds for one answer

_ERROR = "org.freedesktop.DBus.Error."
NO_SUCH = {_ERROR + name for name in ("UnknownMethod", "UnknownObject", "UnknownInterface", "NotSupported")}  # it never tells
NOBODY = {_ERROR + name for name in ("ServiceUnknown", "NameHasNoOwner")}


class Sleep:
    """Delays the machine's sleep until `suspend` has ended (logind waits 5 s at most), and calls `wake` after the sleep.

    logind waits for every program that holds an inhibitor lock of the kind "delay".
    """

    def __init__(self, which: str, suspend: Callable[[], Awaitable[None]], wake: Callable[[], None]) -> None:
        self._which = which
        self._suspend, self._wake = suspend, wake
        self._bus: Bus | None = None
        self._lock: int | None = None
        self._asleep = False
        self._steps: asyncio.Queue[bool | None] = asyncio.Queue()  # True: before a sleep; False: after it; None: logind has to be asked

    async def up(self, bus: Bus) -> None:
        """The bus is there. Raises `BusError`, `BusGone`."""
        await bus.subscribe(self._on_prepare, sender=LOGIN, path=ROOT, interface=MANAGER, member="PrepareForSleep")
        self._bus = bus
        await bus.watch_name(LOGIN, self._on_owner)

    def down(self) -> None:
        self._bus = None  # the lock does not depend on the bus and stays

    def release(self) -> None:
        """Let the machine sleep."""
        lock, self._lock = self._lock, None
        if lock is not None:
            os.close(lock)

    async def run(self) -> None:
        """Take the steps in order, until cancelled."""
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
                await self._take_lock()

    def _on_prepare(self, signal: Signal) -> None:
        if signal.body in ((True,), (False,)):
            self._steps.put_nowait(bool(signal.body[0]))

    def _on_owner(self, owner: str | None) -> None:
        if owner is not None:
            self._steps.put_nowait(None)  # a logind that was restarted knows nothing of the lock

    async def _ask(self) -> bool:
        """True if the machine is about to sleep."""
        if self._bus is None:
            return False
        try:
            return await self._bus.get(LOGIN, ROOT, MANAGER, "PreparingForSleep", timeout=CALL) is True
        except (BusError, BusGone) as error:
            log.info("logind does not say whether the machine is about to sleep: %s", error)
            return False

    async def _take_lock(self) -> None:
        self.release()
        words = ("sleep", "Nearby Tray", "Says goodbye to the other computer", "delay")
        try:
            self._lock = await open_descriptor(self._which, LOGIN, ROOT, MANAGER, "Inhibit", "ssss", *words, timeout=CALL)
        except (BusError, BusGone) as error:
            log.info("the machine will not wait for a goodbye before it sleeps: %s", error)


async def find_session(bus: Bus, named: str) -> tuple[str, Mapping[str, object]] | None:
    """The path and properties of the session in which this user sees windows; `None` when the user has none. `named`: XDG_SESSION_ID.

    That is the session of this process, if it has a screen; otherwise the one that logind takes for the user's display. What the user's
    systemd has started is in no session at all, or in the manager's own, and XDG_SESSION_ID may be that of a session long ended. Raises
    `BusError`, `BusGone`.
    """
    own = None
    for member, signature, argument in (("GetSession", "s", named), ("GetSessionByPID", "u", os.getpid())):
        path = await _object(bus, member, signature, argument) if argument else None
        facts = await bus.get_all(LOGIN, path, SESSION, timeout=CALL) if path is not None else {}
        if path is not None and _is_users(facts):
            own = path, facts
            if facts.get("Type", "x11") in ("x11", "wayland", "mir"):
                return own
            break
    user = await _object(bus, "GetUser", "u", os.getuid())
    display = await bus.get(LOGIN, user, f"{LOGIN}.User", "Display", timeout=CALL) if user is not None else None
    match display:
        case [str(name), str(path)] if name:
            facts = await bus.get_all(LOGIN, path, SESSION, timeout=CALL)
            if _is_users(facts):
                return path, facts
    return own


async def _object(bus: Bus, member: str, signature: str, argument: object) -> str | None:
    """The path with which a method of logind answers; `None` when it has no such object."""
    try:
        return values.only(str, await bus.call(LOGIN, ROOT, MANAGER, member, signature, argument, timeout=CALL))
    except BusTimeout:
        raise
    except BusError as error:
        if error.name in NO_SUCH or error.name.startswith(f"{LOGIN}.No"):
            return None
        raise


def _is_users(facts: Mapping[str, object]) -> bool:
    """True for a session of this very user: no greeter's, no manager's, none that ends, none inherited over sudo."""
    user = facts.get("User", [os.getuid()])
    mine = isinstance(user, list) and user[:1] == [os.getuid()]
    return mine and values.text(facts.get("Class", "user")).startswith("user") and facts.get("State") != "closing"
