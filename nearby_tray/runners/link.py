"""The link between two computers with Nearby Tray: its pings, its goodbye, and the figures of the group interface."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace

from ..core import orders as o
from ..core.link import FAREWELL_GAP, FAREWELLS, Link, LinkLost
from ..core.model import Health
from ..edges import Sink
from ..errors import Unavailable
from .steps import Runner, Shared, now

log = logging.getLogger(__name__)

SOCKET = 6.0  # seconds for a socket: its addresses may be new
COUNT = 5.0  # seconds for the figures: without them the link goes on


class PingRunner(Runner):
    """Pings for as long as the session wants a link, and says goodbye when the link is to be left."""

    def __init__(self, shared: Shared, sink: Sink) -> None:
        super().__init__(shared)
        self._sink = sink
        self.plan: o.LinkPlan | None = None  # of the link that is there
        self._link: Link | None = None
        self._socket = False  # opened, or not known to be closed
        self._left = False  # the goodbye was said, or is of no use
        self._correction: o.CorrectAddresses | None = None  # kept, for the peer's side of a group may be up before ours

    @property
    def is_clear(self) -> bool:
        """True if there is no link."""
        return self.plan is None

    @property
    def pings(self) -> bool:
        return self._link is not None and not self._left

    def health(self) -> Health | None:
        return self._link.health(now()) if self._link is not None else None

    def attend(self) -> None:
        """Measure as often as `Shared.attended` says."""
        if self._link is not None:
            self._link.attend(self.shared.attended)

    def correct(self, correction: o.CorrectAddresses) -> None:
        """The peer has said where it is on the group."""
        self._correction = correction
        if self._link is not None and self.plan is not None and correction.attempt == self.plan.attempt:
            self._link.add_addresses(correction.addresses)

    def receive(self, data: bytes, source: str, received: float) -> None:
        """Take a datagram."""
        link, plan = self._link, self.plan
        if link is None or plan is None:
            return
        verdicts, answers = link.receive(data, source, received, now())
        for answer, address in answers:
            self._send(answer, address, plan)
        for verdict in verdicts:
            log.info("link: %s", type(verdict).__name__)
            self.shared.feed(o.LinkSaid(plan.attempt, verdict))

    async def take_step(self) -> float | None:
        plan, wanted = self.plan, self.shared.wants.link
        if plan is not None and (wanted is None or wanted.attempt != plan.attempt):
            self._link = self.plan = plan = None
        if wanted is None:
            if not self._socket or not self.may("close the socket"):
                return None
            self._socket = await self.attempt("close the socket", self.shared.edges.pinger.close()) is not None
            return now()
        if plan is None:
            await self._open(wanted)
            return now()
        if wanted.leaving:
            if not self._left:
                self._left = True
                await self._say_farewell(plan)
                self.shared.feed(o.FarewellSaid(plan.attempt))
            return None
        if self._link is None or self._left:
            return None
        return self._ping(self._link, plan)

    def unsure(self) -> None:
        self._socket = True
        self.shared.stir()

    def _ping(self, link: Link, plan: o.LinkPlan) -> float:
        """Send the pings that are due. Returns when the next one is."""
        for verdict in link.tick(now()):
            log.info("link: %s", type(verdict).__name__)
            self.shared.feed(o.LinkSaid(plan.attempt, verdict))
            if isinstance(verdict, LinkLost):
                self._left = True  # no more pings; the session takes it from here
        for datagram, address in link.due(now()):
            self._send(datagram, address, plan)
        self.shared.publish()
        return max(link.deadline(), now() + 0.01)

    async def _open(self, plan: o.LinkPlan) -> None:
        self.plan, self._left, self._socket = plan, False, True
        try:
            opening = self.shared.edges.pinger.open(self._sink, plan.group, plan.group.addresses, plan.port)
            limit = min(SOCKET, 0.9 * self.shared.limits.check)  # else nobody would hear why there is no answer
            await self.shared.step("open the socket", opening, limit, late=self.unsure)
        except Unavailable as error:
            self.shared.feed(o.LinkBroken(plan.attempt, error.reason, error.detail))
            return
        self._link = Link(role=plan.role, keys=plan.keys, addresses=plan.addresses, now=now())
        self.attend()
        if self._correction is not None and self._correction.attempt == plan.attempt:
            self._link.add_addresses(self._correction.addresses)

    async def _say_farewell(self, plan: o.LinkPlan) -> None:
        if self._link is not None:
            for _ in range(FAREWELLS):
                for datagram, address in self._link.farewell(now()):
                    self._send(datagram, address, plan)
                await asyncio.sleep(FAREWELL_GAP)

    def _send(self, datagram: bytes, address: str, plan: o.LinkPlan) -> None:
        try:
            self.shared.edges.pinger.send(datagram, address, plan.peer_port)
        except Exception:
            # A datagram that is not sent is one that is lost: the link's figures show it.
            log.exception("a datagram could not be sent")


class CountRunner(Runner):
    """Reads the figures of the group interface for as long as there are pings. Nothing waits for them."""

    def __init__(self, shared: Shared, pings: PingRunner) -> None:
        super().__init__(shared)
        self._pings = pings
        self._due = float("-inf")
        self._counted: tuple[o.LinkPlan, tuple[int, int, int | None]] | None = None

    def added_to(self, health: Health) -> Health:
        """`health` with the figures of the link that is there."""
        if self._counted is None or self._counted[0] is not self._pings.plan:
            return health
        received, sent, signal = self._counted[1]
        return replace(health, bytes_in=received, bytes_out=sent, signal=signal)

    async def take_step(self) -> float | None:
        plan = self._pings.plan
        if plan is None or not self._pings.pings:
            self._due = float("-inf")
            return None
        self._due = min(self._due, now() + (2.0 if self.shared.attended else 15.0))
        if now() < self._due:
            return self._due
        await self._read(plan)
        self._due = float("inf")
        return now()

    async def _read(self, plan: o.LinkPlan) -> None:
        try:
            self._counted = plan, await self.shared.step("read the counters", self.shared.edges.wifi.read_counters(plan.group), COUNT)
        except Unavailable as error:
            self._counted = None
            log.debug("%s", error)
        self.shared.publish()
