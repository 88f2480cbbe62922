"""Which moment deserves a notification of the desktop, and what a click on it does.

Decided from the snapshots: a request, what a program asks for, a missed request, the link, its loss and its return, a failure, and who
joins and leaves the hosted group. Each notification is withdrawn when its matter is settled. None of them contains a PIN: servers keep
notifications and show them on locked screens. `system/notifications.py` shows them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol

from .core.model import Reason, Snapshot, Stage
from .edges import Actions
from .ui.text.notices import (
    entry_notice,
    failed_notice,
    group_notice,
    linked_notice,
    missed_notice,
    request_notice,
    restored_notice,
    restoring_notice,
    wish_notice,
)
from .ui.text.translate import tr

REQUEST, WISH, MISSED, LINK, GROUP = "request", "wish", "missed", "link", "group"
PATIENCE = 1.0  # seconds from seeing a question to having read it


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


class Notifier:
    """Shows on `board` what the snapshots give reason for, and hands the user's answers to `actions`.

    Shows nothing while the setting `notifications` is off, but still withdraws what is shown.
    """

    def __init__(
        self,
        board: Board,
        actions: Actions,
        *,
        raise_window: Callable[[], None],
        copy: Callable[[str], object] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`copy`: to the clipboard; `None` where there is no clipboard."""
        self._board, self._actions = board, actions
        self._copy, self._raise = copy, raise_window
        self._clock = clock
        self._shown_at: dict[str, float] = {}  # when a question came up last
        self._last = Snapshot()
        self._linked = False  # a link was there and has not been given up

    def show(self, snapshot: Snapshot) -> None:
        """Take the next snapshot."""
        before, self._last = self._last, snapshot
        self._show_request(before, snapshot)
        self._show_wish(before, snapshot)
        self._show_missed(before, snapshot)
        self._show_link(before, snapshot)
        self._show_group(before, snapshot)

    def _too_soon(self, tag: str) -> bool:
        """True while the user cannot have read the question yet: the click was meant for what was there before."""
        return self._clock() < self._shown_at.get(tag, -PATIENCE) + PATIENCE

    def _show_request(self, before: Snapshot, now: Snapshot) -> None:
        asked = _request(now)
        if asked == _request(before):
            return
        if asked is None:
            self._board.withdraw(REQUEST)
        elif self._actions.settings.notifications:
            self._ask(now)

    def _ask(self, now: Snapshot) -> None:
        actions = [("accept", tr("Accept")), ("decline", tr("Decline"))]
        if not now.verified or (now.peer is not None and now.peer.identity_changed):
            # A peer that claims a trusted name, or that proves nothing, deserves the whole dialog, not a quick yes.
            actions = [("open", tr("Show the request")), ("decline", tr("Decline"))]
        if now.stage is Stage.ENTERING:
            actions = [("open", tr("Open"))]
        title, body = (entry_notice if now.stage is Stage.ENTERING else request_notice)(now)
        self._shown_at[REQUEST] = self._clock()
        self._board.notify(REQUEST, title, body, actions=actions, urgent=True, on_action=partial(self._answer, now))

    def _answer(self, asked: Snapshot, action: str) -> None:
        if _request(self._last) != _request(asked):
            return  # a late click must not answer the next request
        if action not in ("accept", "decline"):
            self._raise()
        elif self._too_soon(REQUEST):
            self._ask(asked)  # again: the server has closed it
        elif action == "accept":
            self._actions.accept(asked.question)
        else:
            self._actions.decline(asked.question)

    def _show_wish(self, before: Snapshot, now: Snapshot) -> None:
        if now.wish == before.wish:
            return
        if now.wish is None:
            self._board.withdraw(WISH)
        elif self._actions.settings.notifications:
            self._ask_for_program(now)

    def _ask_for_program(self, now: Snapshot) -> None:
        actions = [("allow", tr("Allow")), ("forbid", tr("Do not allow"))]
        title, body = wish_notice(now)
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
            self._actions.allow(wish.id)
        else:
            self._actions.forbid(wish.id)

    def _show_missed(self, before: Snapshot, now: Snapshot) -> None:
        """Shown once; the line in the panel stays."""
        if not now.missed:
            if before.missed:
                self._board.withdraw(MISSED)
            return
        new = [missed for missed in now.missed if missed.id not in {known.id for known in before.missed}]
        if new and self._actions.settings.notifications:
            title, body = missed_notice(new[-1])
            self._board.notify(MISSED, title, body, actions=[("open", tr("Open"))], on_action=lambda _: self._raise())

    def _show_link(self, before: Snapshot, now: Snapshot) -> None:
        restoring = now.restoring_because is not None and now.stage is not Stage.LINKED
        match now.stage:
            case Stage.LINKED if before.stage is not Stage.LINKED:
                words = restored_notice(now) if self._linked else linked_notice(now)
                self._linked = True
                self._pin(words, *(["copy"] if self._copy is not None and _address(now) else []), "disconnect")
            case Stage.IDLE:
                failed = now.failure is not None and now.failure.reason is not Reason.CANCELLED
                if now.failure != before.failure or before.stage is not Stage.IDLE:
                    if failed:
                        self._pin(failed_notice(now), "again")
                    else:
                        self._board.withdraw(LINK)
                self._linked = False
            case _ if restoring:
                if before.restoring_because is None:
                    self._linked = True
                    self._pin(restoring_notice(now), "disconnect")
            case Stage.LINKED:
                pass
            case _:
                if before.stage in (Stage.IDLE, Stage.LINKED):  # a new journey, or a goodbye
                    self._board.withdraw(LINK)

    def _show_group(self, before: Snapshot, now: Snapshot) -> None:
        if _is_hosting(now):
            words = group_notice(before, now)
            if words is not None and self._actions.settings.notifications:
                actions = [("disconnect", tr("End the group"))]
                self._board.notify(GROUP, *words, actions=actions, on_action=self._on_group_action)
        elif _is_hosting(before):
            self._board.withdraw(GROUP)

    def _on_group_action(self, action: str) -> None:
        if action != "disconnect":
            self._raise()
        elif _is_hosting(self._last):
            self._actions.disconnect()

    def _pin(self, words: tuple[str, str], *actions: str) -> None:
        if not self._actions.settings.notifications:
            self._board.withdraw(LINK)
            return
        labels = {"copy": tr("Copy address"), "disconnect": tr("Disconnect"), "again": tr("Try again")}
        self._board.notify(LINK, *words, actions=[(action, labels[action]) for action in actions], on_action=self._on_link_action)

    def _on_link_action(self, action: str) -> None:
        """Carry out the chosen action if it still fits: a server may report it long after."""
        now = self._last
        match action:
            case "disconnect":
                if self._linked:
                    self._actions.disconnect()
            case "copy":
                if self._copy is not None and now.stage is Stage.LINKED and (address := _address(now)):
                    self._copy(address)
            case "again":
                if now.stage is Stage.IDLE:
                    self._actions.seek()
                    self._raise()  # the list is there
            case _:
                self._raise()


def _address(snapshot: Snapshot) -> str:
    """The peer's first address on this link; empty when not known."""
    return snapshot.link.peer[0] if snapshot.link is not None and snapshot.link.peer else ""


def _is_hosting(snapshot: Snapshot) -> bool:
    """True while this computer hosts a group, also while a peer asks to join it."""
    return snapshot.link is not None and snapshot.stage in (Stage.HOSTING, Stage.ASKED)


def _request(snapshot: Snapshot) -> tuple[object, ...] | None:
    """What distinguishes one request from another; `None` when nothing is asked, or it is answered."""
    if snapshot.stage not in (Stage.ASKED, Stage.ENTERING) or snapshot.agreed_here:
        return None
    return (snapshot.question, snapshot.stage, snapshot.tries_left)
