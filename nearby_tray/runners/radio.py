"""The Wi-Fi radio: find, clearing, the group, and errands to plain peers and members."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Coroutine
from contextlib import suppress
from functools import partial
from typing import Any, assert_never

from ..core import orders as o
from ..core import states as s
from ..core.model import AdmissionFailed, FormGroup, HostGroup, Reason, WifiChanged
from ..edges import Hosting, Sink
from ..errors import Unavailable
from ..tasks import ended
from .steps import STEP, Runner, Shared, TooLate, now

log = logging.getLogger(__name__)

OPEN = "open Wi-Fi Direct"
CLEARING = 3  # times that clearing is tried before the radio counts as clear
MOST_ERRANDS = 32  # that may wait: an edge that hangs must not gather them
INSISTING = 5  # times that a refusal, or the expulsion of a member, is tried

Errand = o.Provision | o.Reject | o.Admit | o.InvitePeer | o.ExpelMember


class RadioRunner(Runner):
    """Takes its steps in this order, for nothing may disturb a group that is being formed: remove the group, clear, find, form, errands."""

    def __init__(self, shared: Shared, sink: Sink) -> None:
        super().__init__(shared)
        self._sink = sink
        self._open = False
        self._era = 0  # ends when the daemon was lost, with all that was made there
        self._found: o.Find | None = o.Find.OFF  # None: not known
        self._order: FormGroup | HostGroup | None = None  # being formed, up, or not known to be gone
        self._forming: asyncio.Task[None] | None = None
        self._cleared = 0
        self._errands: deque[Errand] = deque()
        self._insisted: dict[Errand, int] = {}  # how often it was tried in vain

    @property
    def is_clear(self) -> bool:
        """True if neither a group nor a find is there."""
        return self._order is None and self._found is o.Find.OFF

    @property
    def was_opened(self) -> bool:
        """True once opening was tried, with success or not."""
        return self.tried(OPEN)

    def daemon_changed(self, fresh: bool) -> None:
        """`fresh`: what was made in the daemon is gone."""
        self.news()
        if fresh:
            self._era += 1
            self._found = None

    def run_errand(self, errand: Errand) -> None:
        """Carry it out after those that wait already."""
        if len(self._errands) >= MOST_ERRANDS:
            log.warning("too much is waiting for the radio")
            self._errand_failed(errand, Unavailable(Reason.INTERNAL, "too much is waiting for the radio"))
            return
        self._errands.append(errand)

    async def take_step(self) -> float | None:
        wants, wifi = self.shared.wants, self.shared.edges.wifi
        if not self._open:
            if not self.may(OPEN):
                return None
            error = await self.attempt(OPEN, wifi.open(self._sink))
            self._open = error is None
            if error is not None:
                self.shared.feed(WifiChanged(error.reason))
        elif self._order is not None and wants.group != self._order and self.may("remove the group", wants.group):
            await self._remove(self._order)
        elif wants.clear > self._cleared and self.may("clear the radio", wants.clear):
            await self._clear(wants.clear)
        elif wants.find is not self._found and self.may("find", wants.find):
            await self._find(wants.find)
        elif wants.group is not None and self._order is None:
            self._order = wants.group
            self._forming = self.shared.tasks.do(self._form(wants.group), "form")
        elif errand := next((errand for errand in self._errands if self.may(errand)), None):
            await self._carry_out(errand)
        else:
            state = self.shared.session.state
            if isinstance(state, s.Ending) and state.farewell is None and self._order is None:
                self.shared.feed(o.GroupRemoved(state.order.attempt))  # it was never begun
            return None
        return now()

    def unsure(self) -> None:
        self._found = None
        self.shared.stir()

    async def _clear(self, number: int) -> None:
        self._found = None
        error = await self.attempt("clear the radio", self.shared.edges.wifi.clear(), number)
        if error is None or self.failures("clear the radio") >= CLEARING:
            self._cleared = number
            self._found = o.Find.OFF if error is None else None
            self.shared.feed(o.Cleared(number))

    async def _find(self, wanted: o.Find) -> None:
        era, wifi = self._era, self.shared.edges.wifi
        said, find = {
            o.Find.ON: ("find", wifi.find),
            o.Find.HELD: ("hold the find", wifi.hold_find),
            o.Find.OFF: ("stop the find", wifi.stop_find),
        }[wanted]
        error = await self.attempt("find", find(), wanted, said=said)
        self._found = wanted if error is None and era == self._era else None
        self.shared.feed(o.FindSaid(error.reason if error is not None else None))

    # --- the group ---

    async def _remove(self, order: FormGroup | HostGroup) -> None:
        wanted = self.shared.wants.group
        if self._forming is not None and not self._forming.done():
            self._forming.cancel()
            await ended(self._forming, limit=STEP)
        error = await self.attempt("remove the group", self.shared.edges.wifi.remove(), wanted)
        if error is None:
            self._order = self._forming = None
            self.shared.feed(o.GroupRemoved(order.attempt))
        elif wanted is not None:
            self.shared.feed(o.GroupFailed(wanted.attempt, error.reason, error.detail))  # there is no place for it

    async def _form(self, order: FormGroup | HostGroup) -> None:
        limit = self.shared.limits.host if isinstance(order, HostGroup) else order.patience
        try:
            work = self._hosting().host(order) if isinstance(order, HostGroup) else self.shared.edges.wifi.form(order)
            group = await self.shared.step("form the group", work, limit + STEP, late=partial(self._formed_late, order))
        except Unavailable as error:
            reason = Reason.NOT_FORMED if isinstance(error, TooLate) else error.reason
            self.shared.feed(o.GroupFailed(order.attempt, reason, error.detail))
        else:
            self.shared.feed(o.GroupFormed(order.attempt, group))

    def _formed_late(self, order: FormGroup | HostGroup) -> None:
        """Forming was given up and has ended after all, nobody knows how: it is to be removed. A later group removes it at its own end."""
        if self._order is None:
            self._order = order
            self.shared.stir()

    def _hosting(self) -> Hosting:
        hosting = self.shared.edges.wifi.hosting
        if hosting is None:
            raise Unavailable(Reason.NOT_OFFERED, "the back end in use hosts no groups")
        return hosting

    # --- errands ---

    async def _carry_out(self, errand: Errand) -> None:
        what, work = self._work(errand)
        try:
            await self.shared.step(what, work())
        except Unavailable as error:
            log.warning("could not %s: %s", what, error)
            self._errand_failed(errand, error)
            if isinstance(errand, o.Reject | o.ExpelMember):  # the session does not order it again
                self._insisted[errand] = self._insisted.get(errand, 0) + 1
                if self._insisted[errand] < INSISTING and not (isinstance(errand, o.ExpelMember) and self.shared.wants.group is None):
                    self.failed(errand)
                    return
        self.went_well(errand)
        self._insisted.pop(errand, None)
        with suppress(ValueError):
            self._errands.remove(errand)

    def _work(self, errand: Errand) -> tuple[str, Callable[[], Coroutine[Any, Any, None]]]:
        """What the errand is, for the log, and what carries it out."""
        wifi = self.shared.edges.wifi
        match errand:
            case o.Provision(address, method):
                return "ask it to get ready", lambda: wifi.provision(address, method)
            case o.Reject(address):
                return "refuse", lambda: wifi.reject(address)
            case o.Admit(_, admission):
                return "let it in", lambda: self._hosting().admit(admission)
            case o.InvitePeer(address):
                return "invite", lambda: self._hosting().invite(address)
            case o.ExpelMember(address):
                return "send it out", lambda: self._hosting().expel(address)

    def _errand_failed(self, errand: Errand, error: Unavailable) -> None:
        match errand:
            case o.Provision(address):
                self.shared.feed(o.ProvisionFailed(address, error.reason, error.detail))
            case o.Admit(attempt, admission):
                self.shared.feed(AdmissionFailed(attempt, admission.address, error.reason))
            case o.InvitePeer(address):
                group = self.shared.wants.group
                if group is not None:
                    self.shared.feed(AdmissionFailed(group.attempt, address, error.reason))
            case o.Reject() | o.ExpelMember():
                pass
            case _:
                assert_never(errand)
