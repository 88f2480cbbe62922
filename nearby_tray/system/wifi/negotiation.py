"""What the two edges on wpa_supplicant share: who begins, how a negotiation is started, and what its signals mean for it.

The rule: of two that form a group together one asks and the other has agreed beforehand, because two requests at the same moment make both
fail (lab: 0 of 3). What other machines ask is counted before anybody is told of it.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field

from ...core.model import (
    FormGroup,
    Method,
    Reason,
    Way,
    WifiRequest,
)
from ...core.quota import Quota
from ...errors import Unavailable
from ..bus import BusError, BusGone, Variant
from .supplicant import (
    CHANNEL_UNSUPPORTED,
    INVALID_ARGS,
    MOST_PEERS,
    P2P,
    PIN,
    Asked,
    Finished,
    FormationFailed,
    Heard,
    Invited,
    Limits,
    Negotiated,
    NegotiationFailed,
    Provisioned,
    Started,
    Supplicant,
    WpsFailed,
)

log = logging.getLogger(__name__)

# A band as frequencies that `Connect` takes (it knows no bands, unlike GroupAdd): free of radar and allowed almost everywhere first.
_BANDS = {2: (2437, 2412, 2462), 5: (5180, 5220, 5745, 5785)}


class Requests:
    """What others ask of us: remembered for a while to be answered, and told onwards no faster than a person can look at it."""

    PER_PEER = 3.0  # seconds between two of one machine: wpa_supplicant repeats a request while it waits
    MOST, SPAN = 10, 20.0  # in all

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
        """What this machine asked lately."""
        at, asked = self._heard.get(address, (float("-inf"), None))
        return asked if _now() - at < self._limits.asked else None

    def answered(self, address: str) -> None:
        self._heard.pop(address, None)

    def is_news(self, request: WifiRequest) -> bool:
        """Whether to tell it onwards; counts it if so."""
        now = _now()
        self._told = {address: told for address, told in self._told.items() if now - told[0] < self.PER_PEER}
        if request.address in self._told and self._told[request.address][1].asks is request.asks:
            return False
        if self._quota.full(now):
            return False
        self._quota.take(now)
        self._told[request.address] = now, request
        return True


@dataclass(eq=False, slots=True)
class Doing:
    """An order being carried out, and what the daemon has said since."""

    attempt: int
    address: str  # "" while hosting
    heard: asyncio.Queue[Heard | Unavailable] = field(default_factory=asyncio.Queue)
    frequency: int | None = None
    why: Reason | None = None  # said before a failure that gives no reason
    started: Started | None = None
    noted: list[tuple[str, str]] = field(default_factory=list)  # in the journal
    assigned: list[tuple[int, str]] = field(default_factory=list)  # addresses of ours
    net: str = ""  # our own address, "192.168.49.1/24", in the network from which clients are given theirs
    spoken: bool = False  # our part of the negotiation has been said
    cancelling: asyncio.Task[bool] | None = None  # of what another has said in our place
    held: bool = False  # nothing is sent before a scan has ended
    agreed: bool = False  # beforehand: a `Cancel` alone does not take that back
    invited: bool = False  # the other into a remembered group: from then on the daemon takes invitations of its by itself
    lost: Unavailable | None = None  # the daemon is gone, or another one is there

    def lose(self, why: Unavailable) -> None:
        self.lost = why
        self.heard.put_nowait(why)

    async def hears(self, kinds: tuple[type, ...], seconds: float) -> bool:
        """Whether one of these is said in time. Whatever is said is kept for who judges it."""
        said: list[Heard | Unavailable] = []
        try:
            async with asyncio.timeout(seconds):
                while not said or not isinstance(said[-1], kinds):
                    said.append(await self.heard.get())
        except TimeoutError:
            return False
        finally:
            said += [self.heard.get_nowait() for _ in range(self.heard.qsize())]
            for one in said:
                self.heard.put_nowait(one)
        return True

    async def is_given_up(self, seconds: float) -> bool:
        """Whether wpa_supplicant says in time that it stopped trying. What it says before is forgotten."""
        try:
            async with asyncio.timeout(seconds):
                while True:
                    match await self.heard.get():
                        case NegotiationFailed(_, -1):
                            return True
                        case Negotiated() | Started():
                            return False
                        case _:
                            pass
        except TimeoutError:
            return False


async def connect(supplicant: Supplicant, order: FormGroup, *, join: bool = False, agree: bool = False) -> None:
    """Start a negotiation, agree to one beforehand, or join the other's group. Raises `Unavailable`."""
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


async def negotiate(supplicant: Supplicant, order: FormGroup, doing: Doing) -> None:
    """Say our part: ask, or agree beforehand and listen for the other to ask. Who listens in vain asks. Raises `Unavailable`, `BusError`.

    Only one of two asks, because both are then left waiting for each other as soon as an answer is lost (lab; hostap, p2p_go_neg.c,
    p2p_process_go_neg_req).
    """
    doing.spoken = True
    if not order.begins:
        doing.agreed = True
        await connect(supplicant, order, agree=True)
        turn = supplicant.limits.turn
        await supplicant.call(P2P, "Listen", "i", max(1, round(turn)))
        if await doing.hears((Negotiated, NegotiationFailed, Started, Unavailable), turn):
            return
    await connect(supplicant, order)


def judge(order: FormGroup, doing: Doing, heard: Heard | Unavailable) -> None:
    """Raise what `heard` means for a group that is being formed, when it is the end of it."""
    match heard:
        case Unavailable():
            raise heard
        case Negotiated(address, frequency) if address == order.address:
            doing.frequency = frequency
        case NegotiationFailed(address, status) if address == order.address:
            raise Unavailable(_why_not_negotiated(status, bool(order.own)), f"GO negotiation status {status}")
        case Provisioned(address, status) if address == order.address and status != 0 and order.way is Way.JOIN:
            # 2: its push button is not open yet, or the daemon asked for a group that it had before (p2p_pd.c, p2p_process_prov_disc_req).
            raise Unavailable(Reason.NOT_READY if status == 2 else Reason.NO_ANSWER, f"provision discovery status {status}")
        case Invited(status) if order.way is Way.REINVOKE and status not in (0, 1):
            # 1: it is asked to agree, and invites us in turn when it does.
            raise Unavailable(why_not_invited(status), f"invitation status {status}")
        case WpsFailed(_, reason, detail):
            if reason is not None:
                raise Unavailable(reason, detail)
        case FormationFailed(detail):
            raise Unavailable(Reason.NOT_FORMED, detail or "group formation failed")
        case Finished(interface) if doing.started is not None and doing.started.interface == interface:
            raise Unavailable(Reason.NOT_FORMED, "the group ended at once")
        case _:
            pass


async def provision(supplicant: Supplicant, listeners: list[asyncio.Queue[Provisioned]], address: str, method: Method) -> None:
    """Provision discovery; named by what the *other* is to do. Raises `Unavailable`."""
    wanted = {Method.PBC: "pbc", Method.KEYPAD: "display", Method.DISPLAY: "keypad"}[method]
    answers: asyncio.Queue[Provisioned] = asyncio.Queue()
    listeners.append(answers)
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
        listeners.remove(answers)
    if answer.status != 0:
        raise Unavailable(Reason.REJECTED if answer.status == 2 else Reason.NO_ANSWER, f"provision discovery status {answer.status}")


async def reject(supplicant: Supplicant, address: str) -> None:
    """Tell a machine no. What cannot be told is not told."""
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
