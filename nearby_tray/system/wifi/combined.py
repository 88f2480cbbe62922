"""Wi-Fi Direct through NetworkManager with wpa_supplicant beside it: profile and addresses are NetworkManager's, the negotiation is ours.

NetworkManager destroys a group that forms while it is not activating (lab findings), so each group is formed while it is: both machines
activate a profile. When NetworkManager reaches CONFIG (50) we cancel its negotiation and start ours; it adopts the resulting group.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass, replace

from ...core.model import (
    INTENT,
    Abilities,
    Asks,
    EdgeEvent,
    FormGroup,
    Group,
    GroupLost,
    Method,
    PeerFound,
    PeerLost,
    Reason,
    Way,
    WifiChanged,
)
from ...edges import Sink
from ...errors import Unavailable
from ...tasks import outcome
from ..bus import BusError, BusGone
from .events import Asked, Changed, Event, FindStopped, NegotiationFailed, Provisioned, Started
from .managed import Managed
from .negotiation import Answers, Formation, Kept, Requests, connect, negotiate, reject
from .supplicant import Supplicant

log = logging.getLogger(__name__)

_SCANS = 25  # tries to begin a scan: the longest take 5 s
_LATER = 10.0  # seconds: our own limit ends first, and with a better reason


@dataclass(frozen=True, slots=True)
class _Theirs:
    """NetworkManager's own negotiation will do; nothing takes its place."""


@dataclass(slots=True)
class _Replacing:
    """NetworkManager's request is about to be cancelled, and ours sent."""

    cancelling: asyncio.Task[bool] | None = None


@dataclass(frozen=True, slots=True)
class _Holding:
    """NetworkManager's request is held off the air by a scan, until ours is sent."""


@dataclass(frozen=True, slots=True)
class _Releasing:
    """Ours is sent. wpa_supplicant may give it up before the scan has ended; then it is sent again."""


@dataclass(frozen=True, slots=True)
class _Ours:
    """Our negotiation is in the place of NetworkManager's."""


@dataclass(slots=True)
class _Forming:
    order: FormGroup
    formation: Formation
    negotiation: _Theirs | _Replacing | _Holding | _Releasing | _Ours

    def is_void(self, failed: NegotiationFailed) -> bool:
        """Whether this is the failure of NetworkManager's own request, before ours took its place, or of one that was never sent."""
        match self.negotiation:
            case _Replacing() | _Holding():
                return True
            case _Releasing():
                return failed.status == -1
            case _:
                return False


class Combined:
    """Serves `edges.Wifi` with NetworkManager for finding, profile, addresses and counters, and wpa_supplicant for the negotiation."""

    ABILITIES = Abilities("NetworkManager, wpa_supplicant", pin=True, intent=True, frequency=True, hears=True)
    hosting = None  # NetworkManager would destroy the group

    def __init__(self, managed: Managed, supplicant: Supplicant) -> None:
        self._managed = managed
        self._supplicant = supplicant
        self._sink: Sink | None = None
        self._requests = Requests(supplicant.limits)
        self._answers = Answers()
        self._forming: _Forming | None = None
        self._up: str | None = None  # our group's interface
        self._ending: asyncio.Task[bool] | None = None
        self._told: dict[str, PeerFound] = {}  # as NetworkManager knows them

    async def open(self, sink: Sink) -> None:
        """See `edges.Wifi`; NetworkManager and the supplicant are opened by their makers, whose events come by `from_manager`."""
        if self._sink is None:
            self._sink = sink
            self._supplicant.listeners.append(self._on_event)

    async def close(self) -> None:
        """Stop telling; see `open`."""
        if self._sink is not None:
            self._sink = None
            self._told.clear()
            with suppress(ValueError):
                self._supplicant.listeners.remove(self._on_event)
        if self._ending is not None:
            await asyncio.wait({self._ending})  # one call, with its limit

    # --- what the daemons tell ---

    def from_manager(self, event: EdgeEvent) -> None:
        """Report what NetworkManager tells, with what the supplicant knows besides."""
        if self._sink is None:
            return
        match event:
            case WifiChanged():
                self._sink(replace(event, abilities=self.ABILITIES))
            case PeerFound(address):
                self._told[address] = event
                self._sink(self._merged(event))
            case PeerLost(address):
                self._told.pop(address, None)
                self._sink(event)
            case GroupLost(_, reason):
                # wpa_supplicant keeps a group that we own when NetworkManager is killed; the next one does not know it (seen in the lab).
                if reason is Reason.DAEMON_RESTARTED and self._up in self._supplicant.groups:
                    ending = self._supplicant.try_p2p("Disconnect", path=self._up)
                    self._ending = outcome(ending, "end what NetworkManager left")
                self._up = None
                self._sink(event)
            case _:
                self._sink(event)

    def _merged(self, peer: PeerFound) -> PeerFound:
        more = self._supplicant.peers.get(peer.address)
        if more is None:
            return peer
        kind = more.kind if more.kind != "other" else peer.kind
        return replace(peer, name=peer.name or more.name, kind=kind, model=more.model or peer.model, methods=more.methods, owner=False)

    def _on_event(self, event: Event) -> None:
        if self._sink is None:
            return
        match event:
            case PeerFound(address) if address in self._told:
                self._sink(self._merged(self._told[address]))
            case Asked():
                self._on_asked(event, self._sink)
            case Provisioned():
                self._answers.hear(event)
            case _:
                pass
        if self._forming is not None and not isinstance(event, PeerFound | PeerLost | Changed):
            self._on_formation(self._forming, event)

    def _on_asked(self, asked: Asked, sink: Sink) -> None:
        request = asked.request
        self._requests.note(asked)
        # The group of another machine cannot be joined beside NetworkManager.
        mine = self._forming is not None and self._forming.order.address == request.address
        if not mine and request.asks is not Asks.INVITE and self._requests.is_news(request):
            if request.address not in self._told and request.address in self._supplicant.peers:
                sink(self._supplicant.peers[request.address])
            sink(request)

    def _on_formation(self, forming: _Forming, event: Event) -> None:
        """Something happened to the group that is being formed. A failure ends the attempt before NetworkManager knows."""
        formation, negotiation = forming.formation, forming.negotiation
        formation.hear(event)
        if isinstance(event, Started):
            formation.up(event)
        if isinstance(event, FindStopped) and isinstance(negotiation, _Replacing) and negotiation.cancelling is None:
            # By NetworkManager's Connect. A peer that has agreed beforehand answers within 0.1 s: NetworkManager's state, which follows,
            # would be late.
            cancel = self._supplicant.try_p2p("Cancel")
            negotiation.cancelling = outcome(cancel, "cancel NetworkManager's")
        if isinstance(event, NegotiationFailed) and forming.is_void(event):
            return
        try:
            formation.judge(forming.order, event)
        except Unavailable as error:
            self._managed.give_up(error)

    # --- finding ---

    async def find(self) -> None:
        await self._managed.find()

    async def hold_find(self) -> None:
        await self._managed.hold_find()

    async def stop_find(self) -> None:
        await self._managed.stop_find()

    async def clear(self) -> None:
        """See `edges.Wifi`: NetworkManager's scan out of the way, then every peer's entry with whatever was noted there."""
        await self._managed.clear()
        await self._supplicant.try_p2p("Flush")

    # --- the group ---

    async def form(self, order: FormGroup) -> Group:
        """See `edges.Wifi`. NetworkManager activates for push button, whatever is negotiated in its place."""
        if order.way is not Way.NEGOTIATE:
            raise Unavailable(Reason.NOT_OFFERED, f"{order.way.value} beside NetworkManager")
        order = replace(order, address=order.address.lower())
        forming = _Forming(order, Formation(order.attempt, order.address), _Theirs() if _is_managers(order) else _Replacing())
        plain = replace(order, method=Method.PBC, pin=None, intent=None, frequency=None, persistent=False, patience=order.patience + _LATER)
        asked = self._requests.of(order.address)
        try:
            async with asyncio.timeout(order.patience):
                waits = not order.own and asked is not None and asked.request.asks is Asks.NEGOTIATE
                if waits and isinstance(forming.negotiation, _Replacing):
                    await self._hold_back()
                    forming.negotiation = _Holding()
                self._forming = forming
                takeover = None if isinstance(forming.negotiation, _Theirs) else lambda: self._take_over(forming)
                group = await self._managed.form(plain, takeover=takeover)
        except BaseException as error:
            await asyncio.shield(outcome(self._take_back(forming.formation), "take back"))
            if isinstance(error, TimeoutError):
                raise Unavailable(Reason.NOT_FORMED if order.own else Reason.NO_ANSWER, f"nothing in {order.patience:g} s") from None
            raise
        finally:
            self._forming = None
        started = forming.formation.started
        self._up = started.interface if started is not None else None
        return replace(
            group,
            owner=started.owner if started is not None and group.owner is None else group.owner,
            frequency=group.frequency or forming.formation.frequency,
        )

    async def _hold_back(self) -> None:
        """Keep NetworkManager's request off the air until it is taken over.

        A peer that is waiting for ours would answer it, and a push button that meets a PIN ends its waiting (seen in the lab). Nothing is
        sent while the station looks for access points. What waits for that is not taken back by a `Cancel`, but cut short by the next
        request, which is tried without a pause (p2p_supplicant.c, wpas_send_action; p2p.c, p2p_timeout_connect).
        """
        await self._supplicant.try_p2p("StopFind")
        for _ in range(_SCANS):  # one that runs already, NetworkManager's, would end too soon
            await asyncio.sleep(self._supplicant.limits.scan)
            if await self._supplicant.scan():
                return

    async def _take_back(self, formation: Formation) -> None:
        await self._supplicant.try_p2p("Cancel")
        if formation.kept is Kept.AGREEMENT and formation.started is None:
            await self._supplicant.try_p2p("Flush")

    async def _take_over(self, forming: _Forming) -> None:
        """NetworkManager is waiting for a group: put our negotiation in the place of its own."""
        order, limits = forming.order, self._supplicant.limits
        holding = isinstance(forming.negotiation, _Holding)
        # NetworkManager's Connect follows its state, and stops the find where one runs. Ours must not come before.
        await forming.formation.skip_to(FindStopped, limits.scan if holding else limits.takeover)
        cancelling = forming.negotiation.cancelling if isinstance(forming.negotiation, _Replacing) else None
        # A refusal says nothing: seen in the lab right after NetworkManager's Connect.
        if cancelling is None or not await cancelling:
            await self._supplicant.try_p2p("Cancel")
        if order.begins and not holding:
            # wpa_supplicant would take an answer to that request for one to ours, and wait no more for the answer to ours (seen in the lab;
            # p2p_go_neg.c, p2p_process_go_neg_resp compares tokens last).
            await asyncio.sleep(limits.answer)
        self._requests.answered(order.address)
        try:
            if holding:
                await self._release(forming)
            else:
                forming.negotiation = _Ours()
                await negotiate(self._supplicant, order, forming.formation)
        except (BusError, BusGone) as error:
            raise self._supplicant.typed(error, Reason.NOT_FORMED) from error

    async def _release(self, forming: _Forming) -> None:
        """Send ours and end the scan. wpa_supplicant gives it up after 120 tries, maybe before the scan has ended: then send it again."""
        forming.negotiation = _Releasing()
        await negotiate(self._supplicant, forming.order, forming.formation)
        await self._supplicant.abort_scan()
        while await forming.formation.is_given_up(self._supplicant.limits.answer):
            await connect(self._supplicant, forming.order)
        forming.negotiation = _Ours()

    async def remove(self) -> None:
        self._up = None
        await self._managed.remove()

    async def read_counters(self, group: Group) -> tuple[int, int, int | None]:
        return await self._managed.read_counters(group)

    # --- requests of plain peers ---

    async def provision(self, address: str, method: Method) -> None:
        """See `edges.Wifi`."""
        await self._answers.provision(self._supplicant, address.lower(), method)

    async def reject(self, address: str) -> None:
        """See `edges.Wifi`."""
        self._requests.answered(address.lower())
        await reject(self._supplicant, address.lower())


def _is_managers(order: FormGroup) -> bool:
    """Whether NetworkManager's own push button will do.

    It is not taken over where ours would be the same, or where a Nearby Tray peer is waiting for it: that has answered NetworkManager's
    request before ours is said (seen in the lab).
    """
    plain = order.intent in (None, INTENT) and order.frequency is None and not order.persistent
    return order.method is Method.PBC and (plain or bool(order.own and order.begins))
