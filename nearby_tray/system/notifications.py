"""Notifications of the desktop (org.freedesktop.Notifications, Desktop Notifications Specification 1.2).

Shows at most one notification for each key, and survives its server: a server that is absent, hangs, restarts or lies costs a
notification, never more. Nothing that the server signals is believed but an action that was offered on a notification that is shown. What
lets another computer or a program in (`CONSENTS`) is offered only by a server that was installed: where there is none, any program of the
user may take its name and press the buttons.
"""

from __future__ import annotations

import asyncio
import html
import logging
import os
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from ..tasks import Tasks, outcome
from .asker import is_installed, process_of
from .bus import Bus, BusError, BusGone, BusTimeout, Signal, Supervised, Variant

log = logging.getLogger(__name__)

SERVER = "org.freedesktop.Notifications"
PATH = "/org/freedesktop/Notifications"
DESKTOP_ENTRY = "nearby-tray"  # desktop/nearby-tray.desktop
CALL = 3.0  # seconds that the server may take to answer
LATE = 60.0  # seconds in which a late answer is still taken, so that what it shows can be closed
MOST_LATE = 4
MOST = 16  # keys
DEFAULT = "default"  # the action of a click on the notification itself
CONSENTS = frozenset({"accept", "allow"})  # actions that open something

_TITLE, _BODY = 200, 1000  # characters


@dataclass(frozen=True, slots=True)
class _Note:
    title: str
    body: str
    actions: tuple[tuple[str, str], ...]
    urgent: bool
    on_action: Callable[[str], None] | None = field(compare=False)


@dataclass(slots=True)
class _Shown:
    id: int
    offered: frozenset[str]
    note: _Note


class Notifications:
    """The session's notification server. `notify` and `withdraw` return at once; one task says it to the server, in order."""

    def __init__(
        self, *, icon: str = "nearby-tray", open_label: str = "Open", judge: Callable[[Bus, str], Awaitable[bool]] | None = None
    ) -> None:
        """`icon`: a name of the icon theme or a file's URI. `open_label`: for the click on a notification, a button with some servers.

        `judge`: may the owner of this unique name answer for the user? By default one that was installed.
        """
        self._icon, self._open_label = icon, open_label
        self._judge = judge or _is_installed
        self._bus: Bus | None = None
        self._owner: str | None = None
        self._capabilities: frozenset[str] | None = None  # of the present owner
        self._may_consent = False  # the present owner
        self._wanted: dict[str, _Note] = {}
        self._dirty: dict[str, None] = {}  # keys to tell the server of, in order
        self._shown: dict[str, _Shown] = {}
        self._calling: str | None = None  # the key whose Notify is under way
        self._called: str | None = None  # the server that was called; None: none yet, the bus starts one for the call
        self._early: list[Signal] = []  # signals that overtook the answer with their id
        self._wake = asyncio.Event()
        self._following, self._telling, self._late = Tasks(), Tasks(), Tasks()  # late: what comes of answers that were not in time
        self._open = False
        self._complained = False

    async def open(self) -> None:
        """Begin; whether there is a bus or a server shows later and is not reported."""
        supervised = Supervised("session", self._up, self._down)
        self._following.keep(supervised.run, "notifications bus")
        self._telling.keep(self._work, "notifications")
        self._open = True

    async def close(self) -> None:
        """Withdraw everything (within a second) and stop. Idempotent."""
        await self._late.end()
        await self._telling.end()
        if self._open:
            self._open = False
            self._wanted.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(1):
                    for key in list(self._shown):
                        await self._tell(key)
        await self._following.end()
        self._shown.clear()
        self._dirty.clear()

    def notify(
        self,
        key: str,
        title: str,
        body: str = "",
        *,
        actions: Sequence[tuple[str, str]] = (),
        urgent: bool = False,
        on_action: Callable[[str], None] | None = None,
    ) -> None:
        """Show this as the notification of `key`, in the place of the one before. Plain text; `actions`: id and label.

        `on_action` is told the id of the action chosen (`DEFAULT`: the notification was clicked), at most once, and only while shown.
        `urgent`: stays until it is dealt with, and is shown again by a server that restarts.
        """
        if key not in self._wanted and len(self._wanted) >= MOST:
            log.warning("too many notifications at once")
            return
        labels = tuple((action, _clean(label, _TITLE)) for action, label in actions)
        note = _Note(_clean(title, _TITLE), _clean(body, _BODY), labels, urgent, on_action)
        if self._wanted.get(key) == note and key not in self._dirty:
            shown = self._shown.get(key)
            if shown is not None:
                shown.note = note  # the same words, a newer callback
        else:
            self._dirty[key] = None
        self._wanted[key] = note
        self._wake.set()

    def withdraw(self, key: str) -> None:
        """Take the notification of `key` away. Idempotent."""
        if self._wanted.pop(key, None) is not None or key in self._shown:
            self._dirty[key] = None
            self._wake.set()

    @property
    def shown(self) -> tuple[str, ...]:
        """The keys that the server is showing, as far as it says."""
        return tuple(self._shown)

    # --- the server ---

    async def _up(self, bus: Bus) -> None:
        await bus.subscribe(self._on_signal, sender=SERVER, path=PATH, interface=SERVER)
        await bus.watch_name(SERVER, self._on_owner)
        self._bus = bus
        self._wake.set()

    def _down(self) -> None:
        self._bus = None
        self._on_owner(None)

    def _on_owner(self, owner: str | None) -> None:
        if owner == self._owner:
            return
        self._shown.clear()
        self._owner, self._capabilities, self._may_consent = owner, None, False
        if owner is not None:
            for key, note in self._wanted.items():
                if note.urgent and (key != self._calling or self._called is not None):
                    self._dirty[key] = None
            self._wake.set()

    async def _work(self) -> None:
        self._wake.set()  # also when begun anew after a failure
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._dirty and self._bus is not None:
                key = next(iter(self._dirty))
                del self._dirty[key]
                await self._tell(key)

    async def _tell(self, key: str) -> None:
        """Make the server show what is wanted for `key`, or nothing."""
        note = self._wanted.get(key)
        bus = self._bus
        if bus is None:
            return
        try:
            if note is None:
                shown = self._shown.pop(key, None)
                if shown is not None:
                    await bus.call(SERVER, PATH, SERVER, "CloseNotification", "u", shown.id, timeout=CALL)
            else:
                await self._show(bus, key, note)
            self._complained = False
        except (BusError, BusGone) as error:
            # Told once: without a server (or while it hangs) there is one such error for each notification.
            if note is not None and not self._complained:
                self._complained = True
                log.log(logging.WARNING if isinstance(error, BusTimeout) else logging.INFO, "a notification was not shown: %s", error)

    async def _show(self, bus: Bus, key: str, note: _Note) -> None:
        self._calling, self._called, self._early = key, self._owner, []
        try:
            if self._capabilities is None:
                found = await bus.call(SERVER, PATH, SERVER, "GetCapabilities", timeout=CALL)
                said = found[0] if found and isinstance(found[0], list) else []
                self._capabilities = frozenset(word for word in said[:100] if isinstance(word, str))
                log.debug("the notification server offers %s", sorted(self._capabilities))
                owner = self._owner
                self._may_consent = owner is not None and await self._judge(bus, owner) and owner == self._owner
            with_actions = "actions" in self._capabilities and note.on_action is not None
            offered = [action for action in note.actions if self._may_consent or action[0] not in CONSENTS]
            actions = [(DEFAULT, self._open_label), *offered] if with_actions else []
            before = self._shown.get(key)
            answer = await self._notify(
                bus,
                key,
                _Shown(0, frozenset(action for action, _ in actions), note),
                SERVER,
                PATH,
                SERVER,
                "Notify",
                "susssasa{sv}i",
                "Nearby Tray",
                before.id if before is not None else 0,
                self._icon,
                note.title,
                html.escape(note.body, quote=False) if "body-markup" in self._capabilities else note.body,
                [word for action in actions for word in action],
                {
                    "urgency": Variant("y", 2 if note.urgent else 1),
                    "desktop-entry": Variant("s", DESKTOP_ENTRY),
                    "category": Variant("s", "network"),
                },
                0 if note.urgent else -1,
            )
        finally:
            self._calling = None
            early, self._early = self._early, []
        number = answer[0] if answer else None
        if self._called is not None and self._called != self._owner:
            return  # that server is no more
        if not isinstance(number, int) or isinstance(number, bool) or number <= 0:
            self._shown.pop(key, None)
            log.debug("the notification server gave no id: %r", number)
            return
        for other in [k for k, shown in self._shown.items() if shown.id == number and k != key]:
            del self._shown[other]  # a server that gives an id twice
        self._shown[key] = _Shown(number, frozenset(action for action, _ in actions), note)
        for signal in early:
            self._on_signal(signal)

    async def _notify(self, bus: Bus, key: str, shown: _Shown, *call: Any) -> list[object]:
        """Notify, for `CALL` seconds. What a slow server shows later is kept track of, and closed when it is not wanted any more."""
        if len(self._late) >= MOST_LATE:
            return await bus.call(*call, timeout=CALL)
        asked = outcome(bus.call(*call, timeout=LATE), "notify")
        try:
            await asyncio.wait({asked}, timeout=CALL)
        except asyncio.CancelledError:
            asked.cancel()
            raise
        if asked.done():
            return asked.result()
        self._late.do(self._take_late(bus, self._owner, key, shown, asked), "late notification")
        raise BusTimeout(f"{SERVER}.Notify: no answer in {CALL:g} s")

    async def _take_late(self, bus: Bus, owner: str | None, key: str, shown: _Shown, asked: asyncio.Task[list[object]]) -> None:
        with suppress(BusError, BusGone):
            answer = await asked
            number = answer[0] if answer else None
            if not isinstance(number, int) or isinstance(number, bool) or number <= 0 or (owner is not None and owner != self._owner):
                return
            if self._find(number) is not None:
                return
            if self._wanted.get(key) == shown.note and key not in self._shown and key != self._calling:
                shown.id = number
                self._shown[key] = shown
            else:
                await bus.call(SERVER, PATH, SERVER, "CloseNotification", "u", number, timeout=CALL)

    def _on_signal(self, signal: Signal) -> None:
        match signal.member, signal.body:
            case "ActionInvoked", (int(number), str(action)):
                found = self._find(number)
                if found is None:
                    self._keep_early(signal)
                    return
                _, shown = found
                if action in shown.offered and shown.note.on_action is not None:
                    shown.offered = frozenset()  # once
                    shown.note.on_action(action)
            case "ActivationToken", (int(number), str(token)):
                if "WAYLAND_DISPLAY" in os.environ and self._find(number) is not None and len(token) < 256 and token.isprintable():
                    # The compositor lets a window come to the front for it; Qt takes it from here when one next wants to.
                    os.environ["XDG_ACTIVATION_TOKEN"] = token
            case "NotificationClosed", (int(number), int(_)):
                found = self._find(number)
                if found is None:
                    self._keep_early(signal)
                    return
                key, shown = found
                del self._shown[key]
                if key not in self._dirty and self._wanted.get(key) == shown.note:
                    del self._wanted[key]
            case _:
                pass

    def _find(self, number: int) -> tuple[str, _Shown] | None:
        return next(((key, shown) for key, shown in self._shown.items() if shown.id == number), None)

    def _keep_early(self, signal: Signal) -> None:
        if self._calling is not None and len(self._early) < 8:
            self._early.append(signal)


_INVISIBLE = "\u00a0\u2068\u2069\u200c\u200d\u200e\u200f"


def _clean(text: str, limit: int) -> str:
    """Printable, without what the bus refuses, at most `limit` characters. The signs that say how a line runs are kept."""
    kept = "".join(c if c.isprintable() or c == "\n" or c in _INVISIBLE else " " for c in text[: limit + 1])
    return kept if len(kept) <= limit else kept[: limit - 1] + "…"


async def _is_installed(bus: Bus, owner: str) -> bool:
    """True if the program with this unique name is one that only root can change."""
    process = await process_of(bus, owner)
    return process is not None and is_installed(process)
