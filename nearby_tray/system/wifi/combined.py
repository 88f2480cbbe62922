"""Wi-Fi Direct through NetworkManager with wpa_supplicant beside it: profile and addresses are NetworkManager's, the negotiation is ours.

NetworkManager destroys a group that forms while it is not activating (lab findings), so each is formed while it is: both machines activate,
and in the state in which it waits for its group ours takes the place of its own. It adopts what comes of that.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

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
from ...errors import Unavailable
from ...tasks import outcome
from ..bus import BusError, BusGone
from .managed import Managed
from .negotiation import Doing, Requests, connect, judge, negotiate, provision, reject
from .supplicant import (
    Asked,
    Changed,
    FindStopped,
    Heard,
    NegotiationFailed,
    Provisioned,
    Started,
    Supplicant,
)

log = logging.getLogger(__name__)

_SCANS = 25  # tries to begin one: the longest take 5 s
_LATER = 10.0  # seconds: our own patience ends first, and knows why


class Combined:
    """Serves `edges.Wifi` with NetworkManager for finding, profile, addresses and counters, and wpa_supplicant for the negotiation.

    NetworkManager destroys a group that forms while it is not activating, so each is formed while it is; hosting is not possible.
    """

    ABILITIES = Abilities("NetworkManager, wpa_supplicant", pin=True, intent=True, frequency=True, hears=True)

    def __init__(self, managed: Managed, supplicant: Supplicant) -> None:
        self._managed = managed
        self._supplicant = supplicant
        self._sink: Callable[[EdgeEvent], None] | None = None
        self._requests = Requests(supplicant.limits)
        self._provisioning: list[asyncio.Queue[Provisioned]] = []
        self._forming: tuple[FormGroup, Doing] | None = None
        self._up: str | None = None  # our group's interface
        self._ending: asyncio.Task[bool] | None = None
        self._told: dict[str, PeerFound] = {}  # as NetworkManager knows them

    async def open(self, sink: Callable[[EdgeEvent], None]) -> None:
        """See `edges.Wifi`; NetworkManager and the supplicant are opened by their makers, whose events come by `from_manager`."""
        if self._sink is None:
            self._sink = sink
            self._supplicant.listeners.append(self._on_heard)

    async def close(self) -> None:
        """Stop telling; see `open`."""
        if self._sink is not None:
            self._sink = None
            self._told.clear()
            with suppress(ValueError):
                self._supplicant.listeners.remove(self._on_heard)
        if self._ending is not None:
            await asyncio.wait({self._ending})  # one call, with its limit

    def from_manager(self, event: EdgeEvent) -> None:
        """What NetworkManager tells, with what the supplicant knows besides."""
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

    def _on_heard(self, heard: Heard) -> None:
        if self._sink is None:
            return
        match heard:
            case PeerFound(address) if address in self._told:
                self._sink(self._merged(self._told[address]))
            case Asked(request):
                self._requests.note(heard)
                # Into a group of somebody else there is no way beside NetworkManager.
                mine = self._forming is not None and self._forming[0].address == request.address
                if not mine and request.asks is not Asks.INVITE and self._requests.is_news(request):
                    if request.address not in self._told and request.address in self._supplicant.peers:
                        self._sink(self._supplicant.peers[request.address])
                    self._sink(request)
            case Provisioned():
                for answers in self._provisioning:
                    answers.put_nowait(heard)
            case _:
                pass
        if self._forming is not None and not isinstance(heard, PeerFound | PeerLost | Changed):
            order, doing = self._forming
            doing.heard.put_nowait(heard)
            if isinstance(heard, Started):
                doing.started = heard
            if isinstance(heard, FindStopped) and not doing.spoken and not doing.held and doing.cancelling is None:
                # By NetworkManager's Connect. One who has agreed beforehand answers within 0.1 s: its state, which follows, would be late.
                cancel = self._supplicant.try_p2p("Cancel")
                doing.cancelling = outcome(cancel, "cancel NetworkManager's")
            if isinstance(heard, NegotiationFailed) and (not doing.spoken or (doing.held and heard.status == -1)):
                return  # NetworkManager's own, before it was taken over; or one that was never sent
            try:
                judge(order, doing, heard)
            except Unavailable as error:
                self._managed.give_up(error)

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

    async def form(self, order: FormGroup) -> Group:
        """See `edges.Wifi`. NetworkManager activates for push button; what really is negotiated is ours."""
        if order.way is not Way.NEGOTIATE:
            raise Unavailable(Reason.NOT_OFFERED, f"{order.way.value} beside NetworkManager")
        order = replace(order, address=order.address.lower())
        doing = Doing(order.attempt, order.address, spoken=_is_managers(order))
        plain = replace(order, method=Method.PBC, pin=None, intent=None, frequency=None, persistent=False, patience=order.patience + _LATER)
        asked = self._requests.of(order.address)
        try:
            async with asyncio.timeout(order.patience):
                if not doing.spoken and not order.own and asked is not None and asked.request.asks is Asks.NEGOTIATE:
                    await self._hold_back()
                    doing.held = True
                self._forming = order, doing
                group = await self._managed.form(plain, takeover=None if doing.spoken else lambda: self._take_over(order, doing))
        except BaseException as error:
            await asyncio.shield(outcome(self._take_back(doing), "take back"))
            if isinstance(error, TimeoutError):
                raise Unavailable(Reason.NOT_FORMED if order.own else Reason.NO_ANSWER, f"nothing in {order.patience:g} s") from None
            raise
        finally:
            self._forming = None
        role = doing.started
        self._up = role.interface if role is not None else None
        return replace(
            group,
            owner=role.owner if role is not None and group.owner is None else group.owner,
            frequency=group.frequency or doing.frequency,
        )

    async def _hold_back(self) -> None:
        """Keep NetworkManager's request off the air until it is taken over: one who is waiting for ours would answer it, and a push button
        that meets a PIN ends its waiting (seen in the lab).

        Nothing is sent while the station looks for access points. What waits for that is not taken back by a `Cancel`, but cut short by
        the next request, which is tried without a pause (p2p_supplicant.c, wpas_send_action; p2p.c, p2p_timeout_connect).
        """
        await self._supplicant.try_p2p("StopFind")
        for _ in range(_SCANS):  # one that runs already, NetworkManager's, would end too soon
            await asyncio.sleep(self._supplicant.limits.scan)
            if await self._supplicant.scan():
                return

    async def _take_back(self, doing: Doing) -> None:
        await self._supplicant.try_p2p("Cancel")
        if doing.agreed and doing.started is None:
            await self._supplicant.try_p2p("Flush")

    async def _take_over(self, order: FormGroup, doing: Doing) -> None:
        """NetworkManager is waiting for a group: put our negotiation in the place of its own."""
        limits = self._supplicant.limits
        with suppress(TimeoutError):
            # Its Connect follows its state, and stops the find where there is one. Ours must not come before.
            async with asyncio.timeout(limits.takeover if not doing.held else limits.scan):
                while not isinstance(await doing.heard.get(), FindStopped):
                    pass
        # A refusal says nothing: seen in the lab right after NetworkManager's Connect.
        if doing.cancelling is None or not await doing.cancelling:
            await self._supplicant.try_p2p("Cancel")
        if order.begins and not doing.held:
            # An answer to that request would be taken for one to ours and end our waiting for ours, for good (seen in the lab;
            # p2p_go_neg.c, p2p_process_go_neg_resp compares tokens last).
            await asyncio.sleep(limits.answer)
        self._requests.answered(order.address)
        try:
            if doing.held:
                await self._let_go(order, doing)
            else:
                await negotiate(self._supplicant, order, doing)
        except (BusError, BusGone) as error:
            raise self._supplicant.typed(error, Reason.NOT_FORMED) from error

    async def _let_go(self, order: FormGroup, doing: Doing) -> None:
        """Say ours and end the scan. It is given up after 120 tries, which may be before the scan has ended: then it is said again."""
        await negotiate(self._supplicant, order, doing)
        await self._supplicant.abort_scan()
        while await doing.is_given_up(self._supplicant.limits.answer):
            await connect(self._supplicant, order)
        doing.held = False

    async def remove(self) -> None:
        self._up = None
        await self._managed.remove()

    async def provision(self, address: str, method: Method) -> None:
        """See `edges.Wifi`."""
        await provision(self._supplicant, self._provisioning, address.lower(), method)

    async def reject(self, address: str) -> None:
        """See `edges.Wifi`."""
        self._requests.answered(address.lower())
        await reject(self._supplicant, address.lower())

    async def read_counters(self, group: Group) -> tuple[int, int, int | None]:
        return await self._managed.read_counters(group)


def _is_managers(order: FormGroup) -> bool:
    """Whether NetworkManager's own push button will do.

    It is not taken over where ours would be the same, or where one of ours is waiting for it: whoever waits for us has answered it before
    ours is said (seen in the lab).
    """
    plain = order.intent in (None, INTENT) and order.frequency is None and not order.persistent
    return order.method is Method.PBC and (plain or bool(order.own and order.begins))
