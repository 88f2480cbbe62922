"""What the two edges on wpa_supplicant share: the formation of a group, from the first word to the peer until it is up or has failed.

The rule: of two machines that form a group one asks and the other has agreed beforehand, because two requests at the same moment make both
fail (lab: 0 of 3). Requests of other machines are counted before they are reported.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum

from ...core.model import FormGroup, Method, Reason, Way, WifiRequest
from ...core.quota import Quota
from ...errors import Unavailable
from ..bus import BusError, BusGone, Variant
from .events import Asked, Event, Finished, FormationFailed, Invited, Negotiated, NegotiationFailed, Provisioned, Started, WpsFailed
from .shapes import MOST_PEERS
from .supplicant import Limits, Supplicant
from .wpa import CHANNEL_UNSUPPORTED, INVALID_ARGS, P2P, PIN

log = logging.getLogger(__name__)

# A band as frequencies that `Connect` takes (it knows no bands, unlike GroupAdd): free of radar and allowed almost everywhere first.
_BANDS = {2: (2437, 2412, 2462), 5: (5180, 5220, 5745, 5785)}


class Requests:
    """Requests of peers: kept for a while to be answered, and reported no faster than a person can look at them."""

    PER_PEER = 3.0  # seconds between two reports of one peer: wpa_supplicant repeats a request while it waits
    MOST, SPAN = 10, 20.0  # reports of all peers within so many seconds

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._heard: dict[str, tuple[float, Asked]] = {}
        self._told: dict[str, tuple[float, WifiRequest]] = {}
        self._quota = Quota(self.MOST, self.SPAN)

    def note(self, asked: Asked) -> None:
        now = _now()
        self._heard = {address: known for address, known in self._heard.items() if now - known[0] < self._limits.asked}
        if len(self._heard) < MOST_PEERS:
            self._heard[asked.request.address] = now, asked

    def of(self, address: str) -> Asked | None:
        """What the peer asked lately."""
        at, asked = self._heard.get(address, (float("-inf"), None))
        return asked if _now() - at < self._limits.asked else None

    def answered(self, address: str) -> None:
        self._heard.pop(address, None)

    def is_news(self, request: WifiRequest) -> bool:
        """Whether to report the request; counts it if so."""
        now = _now()
        self._told = {address: told for address, told in self._told.items() if now - told[0] < self.PER_PEER}
        if request.address in self._told and self._told[request.address][1].asks is request.asks:
            return False
        if self._quota.full(now):
            return False
        self._quota.take(now)
        self._told[request.address] = now, request
        return True


class Kept(Enum):
    """What wpa_supplicant keeps of a formation after a `Cancel`, and until a `Flush`."""

    NOTHING = "nothing"
    AGREEMENT = "agreement"  # given to the peer beforehand
    INVITATION = "invitation"  # into a remembered group: from then on the daemon takes invitations of the peer by itself


@dataclass(frozen=True, slots=True)
class Silent:
    """Nothing was said to the peer yet, or the daemon no longer knew it."""


@dataclass(frozen=True, slots=True)
class Said:
    """The peer was asked, agreed with beforehand, or invited."""


@dataclass(frozen=True, slots=True)
class Up:
    """The group is up; the owner may still wait for the peer to come in."""

    started: Started


class Formation:
    """A group formation in progress, and the supplicant events received for it, which wait until `judge` has seen them."""

    def __init__(self, attempt: int, address: str) -> None:
        """`address`: the peer's, empty while hosting."""
        self.attempt, self.address = attempt, address
        self.state: Silent | Said | Up = Silent()
        self.kept = Kept.NOTHING
        self.frequency: int | None = None  # MHz, as negotiated
        self.lost: Unavailable | None = None  # the daemon is gone, or another one is there
        self._events: asyncio.Queue[Event | Unavailable] = asyncio.Queue()

    @property
    def started(self) -> Started | None:
        return self.state.started if isinstance(self.state, Up) else None

    def said(self, kept: Kept = Kept.NOTHING) -> None:
        """The peer is being told now. `kept`: what of it outlasts a `Cancel`."""
        self.state = Said()
        if kept is not Kept.NOTHING:
            self.kept = kept

    def unsaid(self) -> None:
        """The daemon did not know the peer: nothing was said."""
        self.state = Silent()

    def up(self, started: Started) -> None:
        self.state = Up(started)

    def hear(self, event: Event | Unavailable) -> None:
        self._events.put_nowait(event)

    def lose(self, why: Unavailable) -> None:
        self.lost = why
        self.hear(why)

    async def next(self) -> Event | Unavailable:
        """The next event that was not looked at."""
        return await self._events.get()

    def take_all(self) -> list[Event | Unavailable]:
        """All events that were not looked at, without waiting for more."""
        return [self._events.get_nowait() for _ in range(self._events.qsize())]

    async def wait_for(self, kinds: tuple[type, ...], seconds: float) -> bool:
        """Wait up to `seconds` for an event of these kinds. Consumes nothing: all events stay queued for `judge`."""
        said: list[Event | Unavailable] = []
        try:
            async with asyncio.timeout(seconds):
                while not said or not isinstance(said[-1], kinds):
                    said.append(await self.next())
        except TimeoutError:
            return False
        finally:
            for event in said + self.take_all():
                self.hear(event)
        return True

    async def skip_to(self, kind: type, seconds: float) -> None:
        """Wait up to `seconds` for an event of this kind. Consumes it, and all before it."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not isinstance(await self.next(), kind):
                    pass

    async def is_given_up(self, seconds: float) -> bool:
        """Wait up to `seconds` for wpa_supplicant to say that it stopped trying. Consumes what it says before."""
        try:
            async with asyncio.timeout(seconds):
                while True:
                    match await self.next():
                        case NegotiationFailed(_, -1):
                            return True
                        case Negotiated() | Started():
                            return False
                        case _:
                            pass
        except TimeoutError:
            return False

    def judge(self, order: FormGroup, event: Event | Unavailable) -> None:
        """Raise what `event` means for the formation, when it is the end of it."""
        match event:
            case Unavailable():
                raise event
            case Negotiated(address, frequency) if address == order.address:
                self.frequency = frequency
            case NegotiationFailed(address, status) if address == order.address:
                raise Unavailable(_why_not_negotiated(status, bool(order.own)), f"GO negotiation status {status}")
            case Provisioned(address, status) if address == order.address and status != 0 and order.way is Way.JOIN:
                # 2: its push button is not open yet, or the daemon asked for a group that it had before (p2p_pd.c,
                # p2p_process_prov_disc_req).
                raise Unavailable(Reason.NOT_READY if status == 2 else Reason.NO_ANSWER, f"provision discovery status {status}")
            case Invited(status) if order.way is Way.REINVOKE and status not in (0, 1):
                # 1: its user is asked, and it invites us in turn when they agree.
                raise Unavailable(why_not_invited(status), f"invitation status {status}")
            case WpsFailed(_, reason, detail):
                if reason is not None:
                    raise Unavailable(reason, detail)
            case FormationFailed(detail):
                raise Unavailable(Reason.NOT_FORMED, detail or "group formation failed")
            case Finished(interface) if self.started is not None and self.started.interface == interface:
                raise Unavailable(Reason.NOT_FORMED, "the group ended at once")
            case _:
                pass


async def connect(supplicant: Supplicant, order: FormGroup, *, join: bool = False, agree: bool = False) -> None:
    """Start a negotiation, agree to one beforehand (`agree`), or join the peer's group (`join`). Raises `Unavailable`."""
    arguments = {"peer": Variant("o", supplicant.peer_path(order.address)), "wps_method": Variant("s", order.method.value)}
    if order.method is not Method.PBC:
        if order.pin is None or not PIN.fullmatch(order.pin):
            raise Unavailable(Reason.WRONG_PIN, "not four or eight digits")
        arguments["pin"] = Variant("s", order.pin)
    if agree:
        arguments["authorize_only"] = Variant("b", True)
    if join:
        arguments["join"] = Variant("b", True)
    elif order.intent is not None:
        arguments["go_intent"] = Variant("i", max(0, min(15, order.intent)))
    if order.persistent:
        arguments["persistent"] = Variant("b", True)
    wanted: tuple[int | None, ...] = (order.frequency,)
    if order.frequency is not None and not join:
        wanted = _BANDS.get(order.frequency, (order.frequency,))
    for place, frequency in enumerate(wanted):
        if frequency is not None:
            arguments["frequency"] = Variant("i", frequency)
        try:
            await supplicant.p2p("Connect", arguments)
            return
        except (BusError, BusGone) as error:
            if isinstance(error, BusError) and error.name == CHANNEL_UNSUPPORTED and place + 1 < len(wanted):
                continue
            # The peer's entry has expired, or the daemon is busy with something else.
            gone = isinstance(error, BusError) and error.name == INVALID_ARGS
            raise supplicant.typed(error, Reason.NOT_SEEN if gone else Reason.NOT_FORMED) from error


async def negotiate(supplicant: Supplicant, order: FormGroup, formation: Formation) -> None:
    """Ask the peer, or agree beforehand and listen for the peer to ask; when it does not, ask. Raises `Unavailable`, `BusError`.

    Only one of two asks: otherwise both are left waiting for each other as soon as an answer is lost (lab; hostap, p2p_go_neg.c,
    p2p_process_go_neg_req).
    """
    formation.said(Kept.NOTHING if order.begins else Kept.AGREEMENT)
    if not order.begins:
        await connect(supplicant, order, agree=True)
        turn = supplicant.limits.turn
        await supplicant.call(P2P, "Listen", "i", max(1, round(turn)))
        if await formation.wait_for((Negotiated, NegotiationFailed, Started, Unavailable), turn):
            return
    await connect(supplicant, order)


class Answers:
    """Answers of peers to our provision discovery, for every call that waits for one."""

    def __init__(self) -> None:
        self._waiting: list[asyncio.Queue[Provisioned]] = []

    def hear(self, answer: Provisioned) -> None:
        for answers in self._waiting:
            answers.put_nowait(answer)

    async def provision(self, supplicant: Supplicant, address: str, method: Method) -> None:
        """Provision discovery; named by what the *peer* is to do. Raises `Unavailable`."""
        wanted = {Method.PBC: "pbc", Method.KEYPAD: "display", Method.DISPLAY: "keypad"}[method]
        answers: asyncio.Queue[Provisioned] = asyncio.Queue()
        self._waiting.append(answers)
        try:
            async with asyncio.timeout(supplicant.limits.provision):
                await supplicant.call(P2P, "ProvisionDiscoveryRequest", "os", supplicant.peer_path(address), wanted)
                while (answer := await answers.get()).address != address:
                    pass
        except TimeoutError:
            raise Unavailable(Reason.NO_ANSWER, "provision discovery") from None
        except (BusError, BusGone) as error:
            raise supplicant.typed(error, Reason.NOT_SEEN) from error
        finally:
            self._waiting.remove(answers)
        if answer.status != 0:
            raise Unavailable(Reason.REJECTED if answer.status == 2 else Reason.NO_ANSWER, f"provision discovery status {answer.status}")


async def reject(supplicant: Supplicant, address: str) -> None:
    """Tell a peer no, if the daemon can."""
    try:
        await supplicant.call(P2P, "RejectPeer", "o", supplicant.peer_path(address))
    except (BusError, BusGone) as error:
        log.debug("RejectPeer: %s", error)


def _why_not_negotiated(status: int, ours: bool) -> Reason:
    """ieee802_11_defs.h: p2p_status_code; -1 is "no answer in time", or a lost confirmation."""
    reasons = {1: Reason.NOT_READY, 7: Reason.NO_COMMON_CHANNEL, 9: Reason.BOTH_OWN, 10: Reason.METHODS_DIFFER, 11: Reason.REJECTED}
    reasons |= {2: Reason.METHODS_DIFFER, 3: Reason.PEER_BUSY, 5: Reason.PEER_BUSY, 8: Reason.GROUP_FORGOTTEN}
    return reasons.get(status, Reason.NOT_FORMED if ours or status != -1 else Reason.NO_ANSWER)


def why_not_invited(status: int) -> Reason:
    reasons = {7: Reason.NO_COMMON_CHANNEL, 8: Reason.GROUP_FORGOTTEN, 11: Reason.REJECTED, 3: Reason.PEER_BUSY, 5: Reason.PEER_BUSY}
    return reasons.get(status, Reason.NO_ANSWER)


def _now() -> float:
    return asyncio.get_running_loop().time()
