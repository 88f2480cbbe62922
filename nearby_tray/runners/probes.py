"""Which plain peers are there on a group: one series of probes for each."""

from __future__ import annotations

import logging
from dataclasses import replace

from ..core import orders as o
from ..core.link import Echo
from ..core.model import ProbeAnswered, Snapshot
from ..edges import Sink
from .steps import Runner, Shared, now

log = logging.getLogger(__name__)


class ProbeRunner(Runner):
    """Probes for as long as the session wants it."""

    def __init__(self, shared: Shared, sink: Sink) -> None:
        super().__init__(shared)
        self._sink = sink
        self._plan: o.ProbePlan | None = None
        self._open = False  # or not known to be closed
        self._echoes: dict[str, Echo] = {}  # by P2P device address

    def attend(self) -> None:
        """Measure as often as `Shared.attended` says."""
        for echo in self._echoes.values():
            echo.attend(self.shared.attended)

    def receive(self, answer: ProbeAnswered) -> None:
        plan = self.shared.wants.probe
        if plan is None:
            return
        for echo in list(self._echoes.values()):
            for verdict in echo.answered(answer, now()):
                log.info("somebody is there: %s", answer.source)
                self.shared.feed(o.LinkSaid(plan.attempt, verdict))

    def added_to(self, snapshot: Snapshot) -> Snapshot:
        """`snapshot` with what was heard of plain peers: the peer of the link, or the members of the hosted group."""
        if not self._echoes:
            return snapshot
        members = tuple(
            replace(member, addresses=echo.addresses, health=echo.health(now()))
            if (echo := self._echoes.get(member.peer.address))
            else member
            for member in snapshot.members
        )
        echo = self._echoes.get(snapshot.peer.address) if snapshot.peer is not None else None
        if echo is None or snapshot.link is None or members:
            return replace(snapshot, members=members)
        return replace(snapshot, members=members, health=echo.health(now()), link=replace(snapshot.link, peer=echo.addresses))

    async def take_step(self) -> float | None:
        plan, wanted = self._plan, self.shared.wants.probe
        if plan is not None and (wanted is None or wanted.attempt != plan.attempt):
            self._plan = plan = None
            self._echoes.clear()
        if wanted is None:
            if not self._open or not self.may("close the probes' socket"):
                return None
            self._open = await self.attempt("close the probes' socket", self.shared.edges.prober.close()) is not None
            return now()
        if plan is None:
            if not self.may("look for machines on the group", wanted.attempt):
                return None
            self._open = True
            opening = self.shared.edges.prober.open(self._sink, wanted.group)
            if await self.attempt("look for machines on the group", opening, wanted.attempt) is None:
                self._plan = wanted
            return now()
        self._follow(wanted)
        return self._probe()

    def unsure(self) -> None:
        self._open = True
        self.shared.stir()

    def _follow(self, plan: o.ProbePlan) -> None:
        """Have a series of probes for each machine of the plan, and for no other."""
        for gone in self._echoes.keys() - {address for address, _ in plan.peers}:
            del self._echoes[gone]
        for address, station in plan.peers:
            if address not in self._echoes:
                self._echoes[address] = Echo(station, now())
                self._echoes[address].attend(self.shared.attended)

    def _probe(self) -> float:
        """Send the probes that are due. Returns when the next one is."""
        for echo in self._echoes.values():
            for sequence, address in echo.due(now()):
                try:
                    self.shared.edges.prober.probe(address, sequence)
                except Exception:
                    log.exception("a probe could not be sent")
        self.shared.publish()
        due = min((echo.deadline() for echo in self._echoes.values()), default=now() + 1)
        return max(due, now() + 0.01)
