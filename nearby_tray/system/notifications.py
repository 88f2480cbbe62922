"""Notifications of the desktop (org.freedesktop.Notifications, Desktop Notifications Specification 1.2), and when there is reason for one.

`Notifications` keeps at most one notification for each key and survives its server: one that is absent, hangs, restarts or lies costs a
notification, never more. Nothing it signals is believed but an action that was offered on a notification that is shown; and what opens
something is offered only by a server that was installed: where there is none, any program of the user may take its name and press the
buttons.
`Notifier` decides from the Snapshots: a request, the link, its loss and its return, a failure, who comes into a group of ours and leaves
it; each withdrawn when the matter is settled. A PIN is in none of them: they are kept, and shown on locked screens.
"""

from __future__ import annotations

import asyncio
import html
import logging
import os
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol

from ..core.model import Missed, Reason, Snapshot, Stage
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
        self._called: str | None = None  # and whom it was said to; None: nobody yet, the bus starts a server for it
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
        """Notify, for `CALL` seconds. What a slow server shows after that is ours still, or closed when it is not wanted any more."""
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


# --- when there is reason for one ----------------------------------------------------------------------------------------------


class Texts(Protocol):
    """The words, (title, body) as plain text; `ui/text.py` has them."""

    def request_notice(self, snapshot: Snapshot) -> tuple[str, str]: ...

    def wish_notice(self, snapshot: Snapshot) -> tuple[str, str]: ...

    def missed_notice(self, missed: Missed) -> tuple[str, str]: ...

    def linked_notice(self, snapshot: Snapshot) -> tuple[str, str]: ...

    def restoring_notice(self, snapshot: Snapshot) -> tuple[str, str]: ...

    def restored_notice(self, snapshot: Snapshot) -> tuple[str, str]: ...

    def failed_notice(self, snapshot: Snapshot) -> tuple[str, str]: ...

    def entry_notice(self, snapshot: Snapshot) -> tuple[str, str]: ...

    def group_notice(self, before: Snapshot, now: Snapshot) -> tuple[str, str] | None: ...

    def tr(self, english: str, **values: object) -> str: ...


async def _is_installed(bus: Bus, owner: str) -> bool:
    """Is that program one that only root can change?"""
    process = await process_of(bus, owner)
    return process is not None and is_installed(process)


class Board(Protocol):
    """Where the `Notifier` pins its notifications: `Notifications`, or a fake."""

    def notify(
        self,
        key: str,
        title: str,
        body: str = "",
        *,
        actions: Sequence[tuple[str, str]] = (),
        urgent: bool = False,
        on_action: Callable[[str], None] | None = None,
    ) -> None: ...

    def withdraw(self, key: str) -> None: ...


REQUEST, WISH, MISSED, LINK, GROUP = "request", "wish", "missed", "link", "group"
PATIENCE = 1.0  # seconds from seeing a question to having read it


class Notifier:
    """Fed with Snapshots, says what is worth saying. Nothing while `enabled()` is false, except that what is shown is still withdrawn."""

    def __init__(
        self,
        board: Board,
        *,
        texts: Texts,
        accept: Callable[[str], Any],
        decline: Callable[[str], Any],
        allow: Callable[[str], Any],
        forbid: Callable[[str], Any],
        disconnect: Callable[[], Any],
        seek: Callable[[], Any],
        copy: Callable[[str], Any] | None,
        raise_: Callable[[], Any],
        enabled: Callable[[], bool] = lambda: True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`copy`: to the clipboard; None where there is none to copy to."""
        self._board, self._texts = board, texts
        self._accept, self._decline, self._disconnect, self._seek = accept, decline, disconnect, seek
        self._allow, self._forbid = allow, forbid
        self._copy, self._raise = copy, raise_
        self._enabled = enabled
        self._clock = clock
        self._shown_at: dict[str, float] = {}  # when a question came up last
        self._last = Snapshot()
        self._linked = False  # a link was there and has not been given up

    def show(self, snapshot: Snapshot) -> None:
        """The state of things."""
        before, self._last = self._last, snapshot
        self._show_request(before, snapshot)
        self._show_wish(before, snapshot)
        self._show_missed(before, snapshot)
        self._show_link(before, snapshot)
        self._show_group(before, snapshot)

    def _too_soon(self, tag: str) -> bool:
        """Nobody can have read it yet: a click was meant for what was there before."""
        return self._clock() < self._shown_at.get(tag, -PATIENCE) + PATIENCE

    def _show_request(self, before: Snapshot, now: Snapshot) -> None:
        asked = _request(now)
        if asked == _request(before):
            return
        if asked is None:
            self._board.withdraw(REQUEST)
        elif self._enabled():
            self._ask(now)

    def _ask(self, now: Snapshot) -> None:
        tr = self._texts.tr
        actions = [("accept", tr("Accept")), ("decline", tr("Decline"))]
        if not now.verified or (now.peer is not None and now.peer.identity_changed):
            # Whoever claims a trusted name, or proves nothing, deserves the whole dialog, not a quick yes.
            actions = [("open", tr("Show the request")), ("decline", tr("Decline"))]
        if now.stage is Stage.ENTERING:
            actions = [("open", tr("Open"))]
        title, body = (self._texts.entry_notice if now.stage is Stage.ENTERING else self._texts.request_notice)(now)
        self._shown_at[REQUEST] = self._clock()
        self._board.notify(REQUEST, title, body, actions=actions, urgent=True, on_action=partial(self._answer, now))

    def _answer(self, asked: Snapshot, action: str) -> None:
        if _request(self._last) != _request(asked):
            return  # a late click must not answer the next request
        if action not in ("accept", "decline"):
            self._raise()
        elif self._too_soon(REQUEST):
            self._ask(asked)  # the server has closed it
        elif action == "accept":
            self._accept(asked.question)
        else:
            self._decline(asked.question)

    def _show_wish(self, before: Snapshot, now: Snapshot) -> None:
        if now.wish == before.wish:
            return
        if now.wish is None:
            self._board.withdraw(WISH)
        elif self._enabled():
            self._ask_for_program(now)

    def _ask_for_program(self, now: Snapshot) -> None:
        tr = self._texts.tr
        actions = [("allow", tr("Allow")), ("forbid", tr("Do not allow"))]
        title, body = self._texts.wish_notice(now)
        self._shown_at[WISH] = self._clock()
        self._board.notify(WISH, title, body, actions=actions, urgent=True, on_action=partial(self._answer_wish, now))

    def _answer_wish(self, asked: Snapshot, action: str) -> None:
        wish = asked.wish
        if wish is None or self._last.wish != wish:
            return  # a late click must not answer the next one
        if action not in ("allow", "forbid"):
            self._raise()
        elif self._too_soon(WISH):
            self._ask_for_program(asked)
        elif action == "allow":
            self._allow(wish.id)
        else:
            self._forbid(wish.id)

    def _show_missed(self, before: Snapshot, now: Snapshot) -> None:
        """Said once; the line in the panel stays."""
        if not now.missed:
            if before.missed:
                self._board.withdraw(MISSED)
            return
        new = [missed for missed in now.missed if missed.id not in {known.id for known in before.missed}]
        if new and self._enabled():
            title, body = self._texts.missed_notice(new[-1])
            self._board.notify(MISSED, title, body, actions=[("open", self._texts.tr("Open"))], on_action=lambda _: self._raise())

    def _show_link(self, before: Snapshot, now: Snapshot) -> None:
        restoring = now.restoring_because is not None and now.stage is not Stage.LINKED
        match now.stage:
            case Stage.LINKED if before.stage is not Stage.LINKED:
                words = self._texts.restored_notice(now) if self._linked else self._texts.linked_notice(now)
                self._linked = True
                self._pin(words, *(["copy"] if self._copy is not None and _address(now) else []), "disconnect")
            case Stage.IDLE:
                failed = now.failure is not None and now.failure.reason is not Reason.CANCELLED
                if now.failure != before.failure or before.stage is not Stage.IDLE:
                    if failed:
                        self._pin(self._texts.failed_notice(now), "again")
                    else:
                        self._board.withdraw(LINK)
                self._linked = False
            case _ if restoring:
                if before.restoring_because is None:
                    self._linked = True
                    self._pin(self._texts.restoring_notice(now), "disconnect")
            case Stage.LINKED:
                pass
            case _:
                if before.stage in (Stage.IDLE, Stage.LINKED):  # a new journey, or a goodbye
                    self._board.withdraw(LINK)

    def _show_group(self, before: Snapshot, now: Snapshot) -> None:
        if _is_hosting(now):
            words = self._texts.group_notice(before, now)
            if words is not None and self._enabled():
                actions = [("disconnect", self._texts.tr("End the group"))]
                self._board.notify(GROUP, *words, actions=actions, on_action=self._on_group_action)
        elif _is_hosting(before):
            self._board.withdraw(GROUP)

    def _on_group_action(self, action: str) -> None:
        if action != "disconnect":
            self._raise()
        elif _is_hosting(self._last):
            self._disconnect()

    def _pin(self, words: tuple[str, str], *actions: str) -> None:
        if not self._enabled():
            self._board.withdraw(LINK)
            return
        tr = self._texts.tr
        labels = {"copy": tr("Copy address"), "disconnect": tr("Disconnect"), "again": tr("Try again")}
        self._board.notify(LINK, *words, actions=[(action, labels[action]) for action in actions], on_action=self._on_link_action)

    def _on_link_action(self, action: str) -> None:
        """What was chosen, if it still fits: a server may say so long after."""
        now = self._last
        match action:
            case "disconnect":
                if self._linked:
                    self._disconnect()
            case "copy":
                if self._copy is not None and now.stage is Stage.LINKED and (address := _address(now)):
                    self._copy(address)
            case "again":
                if now.stage is Stage.IDLE:
                    self._seek()
                    self._raise()  # the list is there
            case _:
                self._raise()


def _address(snapshot: Snapshot) -> str:
    """The other machine's, on this link; empty when not known."""
    return snapshot.link.peer[0] if snapshot.link is not None and snapshot.link.peer else ""


def _is_hosting(snapshot: Snapshot) -> bool:
    """Is there a group of our own? Also while somebody asks to join it."""
    return snapshot.link is not None and snapshot.stage in (Stage.HOSTING, Stage.ASKED)


def _request(snapshot: Snapshot) -> tuple[object, ...] | None:
    """What tells one request from another; `None` when nothing is asked, or it is answered."""
    if snapshot.stage not in (Stage.ASKED, Stage.ENTERING) or snapshot.agreed_here:
        return None
    return (snapshot.question, snapshot.stage, snapshot.tries_left)
