"""Machines that do not run Nearby Tray: a group with one of them, and a group of our own that several join.

Nothing proves who a stranger is, so everything here is `verified=False` to the face, and two things replace the conversation: WPS (push
button, or a PIN that one side shows and the other types) and the same consent as always: nothing is formed and nobody is let in before our
user clicked the machine, or accepted it in a dialog that nothing opens twice. A PIN is made anew after one that was wrong, three at most.
Whoever comes into a group of our own without that, because it once had the group's passphrase, is put out again.

A frame gets lost, and the other machine waits on: its push button is open for two minutes. So a try that came to nothing, and was no
answer, is repeated until our user's one consent is that old, with pauses. The other's group is looked for first: a confirmation that never
reached us has made one all the same.

`step` takes a state of this module, one event and the rules, and returns the next state with the commands to carry out. It never
waits and knows no conversation; `session.Session` decides when a state of this module begins (idle, or while seeking) and what
follows when it is `Over`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import ClassVar

from . import pin as pins
from .keys import Entropy
from .link import LinkUp
from .model import (
    Abilities,
    Admission,
    AdmissionFailed,
    Asks,
    Failure,
    FormGroup,
    Group,
    GroupLost,
    HostGroup,
    Member,
    MemberJoined,
    MemberLeft,
    Method,
    Peer,
    Reason,
    Stage,
    Way,
    WifiChanged,
    WifiRequest,
)
from .orders import (
    Accept,
    Admit,
    Cancel,
    Command,
    Decline,
    Dismiss,
    EnterPin,
    Event,
    Expel,
    ExpelMember,
    GroupFailed,
    GroupFormed,
    Invite,
    InvitePeer,
    Limits,
    LinkSaid,
    Policy,
    ProbePlan,
    Provision,
    ProvisionFailed,
    Reject,
    Seek,
)


@dataclass(frozen=True, slots=True)
class Rules:
    """What a step may know besides state and event."""

    now: float
    limits: Limits
    policy: Policy
    abilities: Abilities
    entropy: Entropy
    number: Callable[[], int]  # a new attempt's
    peer: Callable[[str], Peer]  # what is known of a P2P address


# --- states -----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Petitioned:
    """A stranger asks: the dialog is open. The only ways on from here are our user's, and time."""

    stage: ClassVar[Stage] = Stage.ASKED
    peer: Peer
    request: WifiRequest
    until: float
    question: str = ""  # names this dialog


@dataclass(frozen=True, slots=True)
class Entering:
    """The stranger shows a PIN, or will; our user types it. `tries`: how many are left, this one included."""

    stage: ClassVar[Stage] = Stage.ENTERING
    peer: Peer
    until: float
    tries: int
    remember: bool = False
    question: str = ""  # names this dialog
    again: float | None = None  # when the stranger is asked once more to show it
    failure: Failure | None = None  # why it did not


@dataclass(frozen=True, slots=True)
class Pairing:
    """A group with the stranger is being formed; with `DISPLAY` the PIN in the order is on our screen meanwhile.

    `until` is the end of all tries that our user's consent is good for. Between two of them nothing is ordered and we look around:
    `again` is when the next begins.
    """

    stage: ClassVar[Stage] = Stage.FORMING
    peer: Peer
    order: FormGroup  # of the last try
    until: float
    tries: int
    began: float
    way: Way  # how; one that only looks whether the stranger's group stands joins it whatever this is
    where: int | None = None  # MHz: the channel of the stranger's group, if that was said
    again: float | None = None
    failure: Failure | None = None  # why the tries so far came to nothing


@dataclass(frozen=True, slots=True)
class Probing:
    """The group is up; something must answer on it."""

    stage: ClassVar[Stage] = Stage.CHECKING
    peer: Peer
    order: FormGroup
    group: Group
    until: float
    since: float


@dataclass(frozen=True, slots=True)
class Paired:
    """Linked with a stranger."""

    stage: ClassVar[Stage] = Stage.LINKED
    peer: Peer
    order: FormGroup
    group: Group
    since: float


@dataclass(frozen=True, slots=True)
class Admitting:
    """One machine may come into our group until `until`."""

    peer: Peer
    admission: Admission
    until: float
    invited: bool = False
    again: float | None = None  # when it is invited once more: it did not hear us, or we not its answer


@dataclass(frozen=True, slots=True)
class Hosting:
    """A group of our own. `group` is `None` until it is up; `asking`: the dialog that is open; `problem`: what went wrong last.

    `admitted`: P2P device addresses of those whom our user has let into this group and not sent out: they may lose it and come back.
    """

    stage: ClassVar[Stage] = Stage.HOSTING
    order: HostGroup
    since: float
    until: float | None
    group: Group | None = None
    members: tuple[Member, ...] = ()
    stations: tuple[tuple[str, str], ...] = ()  # P2P device address → link-layer address on the group
    admitted: frozenset[str] = frozenset()
    asking: Petitioned | None = None
    admitting: Admitting | None = None
    finding: float | None = None  # we look for machines to invite, until then
    problem: Failure | None = None


@dataclass(frozen=True, slots=True)
class Over:
    """It has ended; what was ordered is to be taken down."""

    failure: Failure | None
    peer: Peer | None = None
    order: FormGroup | HostGroup | None = None


Strange = Petitioned | Entering | Pairing | Probing | Paired | Hosting

Step = tuple[Strange | Over, list[Command]]


def question(state: Strange) -> str:
    """Names what our user is asked in this state; empty when nothing."""
    match state:
        case Petitioned() | Entering():
            return state.question
        case Hosting(asking=Petitioned() as asking):
            return asking.question
        case _:
            return ""


def _question(rules: Rules) -> str:
    return rules.entropy(4).hex()


# --- beginnings -------------------------------------------------------------------------------------------------------------


def ask(peer: Peer, method: Method, remember: bool, rules: Rules) -> Step:
    """Our user clicked a stranger and chose a method. Without one, somebody of ours whose conversation broke off would be taken for it."""
    if peer.remembered and rules.abilities.persistent and method is Method.PBC:
        return _pair(peer, Method.PBC, None, rules.limits.pins, remember, rules, way=Way.REINVOKE), []
    if not _possible(peer, method, rules.abilities):
        return Over(Failure(Stage.FORMING, Reason.NOT_OFFERED), peer), []
    if method is Method.KEYPAD:
        return _enter(peer, rules.limits.pins, remember, rules)
    return _pair(peer, method, None, rules.limits.pins, remember, rules), []


def petition(request: WifiRequest, rules: Rules) -> Petitioned:
    """A stranger asks us."""
    return Petitioned(rules.peer(request.address), request, rules.now + rules.limits.ask, _question(rules))


def host(persistent: bool, rules: Rules) -> Step:
    """Our user wants a group of our own."""
    if not rules.abilities.host:
        return Over(Failure(Stage.HOSTING, Reason.NOT_OFFERED)), []
    frequency = rules.policy.frequency if rules.abilities.frequency else None
    order = HostGroup(rules.number(), frequency, persistent and rules.abilities.persistent)
    return Hosting(order, rules.now, rules.now + rules.limits.host), []


# --- what happens -----------------------------------------------------------------------------------------------------------


def step(state: Strange, event: Event, rules: Rules) -> Step:
    """The next state after `event`, and what to do."""
    now, limits = rules.now, rules.limits
    match state, event:
        # asked
        case Petitioned(peer, request), Accept(trust=remember) if request.method is not Method.KEYPAD:
            way = Way.JOIN if request.asks is Asks.INVITE else Way.NEGOTIATE
            return _pair(peer, request.method, request.pin, limits.pins, remember, rules, way=way, where=request.frequency), []
        case Petitioned(peer, request), EnterPin(pin=text) if request.method is Method.KEYPAD and (typed := pins.valid(text)):
            way = Way.JOIN if request.asks is Asks.INVITE else Way.NEGOTIATE
            return _pair(peer, Method.KEYPAD, typed, limits.pins, False, rules, way=way, where=request.frequency), []
        case Petitioned(peer, request), Decline() | Cancel():
            return Over(None, peer), [Reject(request.address)]

        case ((Petitioned(peer) | Entering(peer)), WifiChanged(reason)) if reason is not None:
            return Over(Failure(state.stage, reason), peer), []

        # a PIN to type
        case Entering(peer, _, tries, remember), EnterPin(pin=text) if typed := pins.valid(text):
            return _pair(peer, Method.KEYPAD, typed, tries, remember, rules), []
        case Entering(peer), ProvisionFailed(address, reason, detail) if address == peer.address:
            failure = Failure(Stage.ENTERING, reason, detail)
            if reason not in _PASSING or now + limits.settle >= state.until:
                return Over(failure, peer), []
            return replace(state, again=now + limits.settle, failure=failure), []
        case Entering(peer), Cancel():
            return Over(None, peer), []

        # the group
        case Pairing(peer, order, again=None), GroupFormed(attempt, group) if attempt == order.attempt:
            return Probing(peer, order, group, now + limits.probe, now), []
        case Pairing(order=order, again=None), GroupFailed(attempt, reason, detail) | GroupLost(attempt, reason, detail) if (
            attempt == order.attempt
        ):
            return _failed(state, Failure(Stage.FORMING, reason, detail), rules)
        case Pairing(peer, again=float()), WifiRequest(address) if address == peer.address:
            return replace(state, again=now), []  # its user tries again as well
        case Pairing(peer, again=float()), WifiChanged(reason) if reason is not None:
            return Over(Failure(Stage.FORMING, reason), peer), []
        case Pairing(peer, order), Cancel():
            return Over(None, peer, order), []
        case Probing(peer, order, group), LinkSaid(attempt, LinkUp()) if attempt == order.attempt:
            return Paired(peer, order, group, now), []
        case ((Probing(peer, order) | Paired(peer, order)), GroupLost(attempt, reason, detail)) if attempt == order.attempt:
            return Over(Failure(state.stage, reason, detail), peer, order), []
        case ((Probing(peer, order) | Paired(peer, order)), Cancel()):
            return Over(None, peer, order), []
        case Hosting(), _:
            return _host(state, event, rules)
        case _:
            return state, []


def expire(state: Strange, rules: Rules) -> Step:
    """What ends because time has passed."""
    now = rules.now
    match state:
        case Petitioned(peer, request, until) if now >= until:
            return Over(Failure(Stage.ASKED, Reason.NO_ANSWER), peer), [Reject(request.address)]
        case Entering(peer, until) if now >= until:
            return Over(state.failure or Failure(Stage.ENTERING, Reason.NO_ANSWER), peer), []
        case Entering(peer, again=float() as again) if now >= again:
            return replace(state, again=None), [Provision(peer.address, Method.KEYPAD)]
        case Pairing(peer, order, until) if now >= until:
            return Over(state.failure or Failure(Stage.FORMING, Reason.NOT_READY), peer, order), []
        case Pairing(again=float() as again) if now >= again:
            return _try(state, state.way, rules), []
        case Probing(peer, order, _, until) if now >= until:
            return Over(Failure(Stage.CHECKING, Reason.NOT_CHECKED), peer, order), []
        case Hosting(order, until=until) if until is not None and now >= until:
            return Over(Failure(Stage.HOSTING, Reason.NOT_FORMED), None, order), []
        case Hosting():
            commands: list[Command] = []
            if state.asking is not None and now >= state.asking.until:
                commands.append(Reject(state.asking.request.address))
                state = replace(state, asking=None)
            if state.admitting is not None and now >= state.admitting.until:
                state = replace(state, admitting=None, problem=Failure(Stage.HOSTING, Reason.NOT_READY))
            if state.admitting is not None and state.admitting.again is not None and now >= state.admitting.again:
                commands.append(InvitePeer(state.admitting.peer.address))
                state = replace(state, admitting=replace(state.admitting, again=None))
            if state.finding is not None and now >= state.finding:
                state = replace(state, finding=None)
            return state, commands
        case _:
            return state, []


def deadline(state: Strange) -> float | None:
    """When `expire` has something to do."""
    match state:
        case Paired():
            return None
        case Hosting():
            times = [open.until for open in (state.asking, state.admitting) if open is not None]
            invites = state.admitting.again if state.admitting is not None else None
            times += [at for at in (state.until, state.finding, invites) if at is not None]
            return min(times, default=None)
        case Pairing() | Entering():
            return state.until if state.again is None else min(state.until, state.again)
        case _:
            return state.until


def probes(state: Strange) -> ProbePlan | None:
    """Whom to look for on the group."""
    match state:
        case Probing(peer, order, group) | Paired(peer, order, group):
            return ProbePlan(order.attempt, group, ((peer.address, ""),))
        case Hosting(order, group=Group() as group) if state.members:
            stations = dict(state.stations)
            return ProbePlan(order.attempt, group, tuple((m.peer.address, stations.get(m.peer.address, "")) for m in state.members))
        case _:
            return None


# --- hosting ----------------------------------------------------------------------------------------------------------------


def _host(state: Hosting, event: Event, rules: Rules) -> Step:
    now, limits, attempt = rules.now, rules.limits, state.order.attempt
    match event:
        case GroupFormed(number, group) if number == attempt:
            return replace(state, group=group, until=None, since=now), []
        case GroupFailed(number, reason, detail) if number == attempt:
            return Over(Failure(Stage.HOSTING, reason, detail), None, state.order), []
        case GroupLost(number, reason, detail) if number == attempt:
            return Over(Failure(Stage.HOSTING, reason, detail), None, state.order), []
        case Cancel():
            rejections: list[Command] = [Reject(state.asking.request.address)] if state.asking else []
            return Over(None, None, state.order), rejections
        case MemberJoined(number, address, station) if number == attempt:
            return _joined(state, address, station, rules)
        case _ if state.group is None:
            return state, []

        case Dismiss():
            return replace(state, problem=None), []

        # somebody wants in
        case WifiRequest(address, asks) if _may_ask(state, address) and asks is not Asks.INVITE:
            return replace(state, asking=petition(event, rules), problem=None), []
        case Accept() if state.asking is not None and state.asking.request.method is not Method.KEYPAD:
            request = state.asking.request
            shown = (request.pin or pins.make(rules.entropy)) if request.method is Method.DISPLAY else None
            return _admit(state, state.asking.peer, Admission(request.address, request.method, shown), rules)
        case EnterPin(pin=text) if state.asking is not None and state.asking.request.method is Method.KEYPAD:
            if (typed := pins.valid(text)) is None:
                return state, []
            return _admit(state, state.asking.peer, Admission(state.asking.request.address, Method.KEYPAD, typed), rules)
        case Decline() if state.asking is not None:
            return replace(state, asking=None), [Reject(state.asking.request.address)]
        case Decline() if state.admitting is not None:  # our user thought better of it
            return replace(state, admitting=None), [Reject(state.admitting.peer.address)]
        case AdmissionFailed(number, address, reason) if number == attempt and state.admitting is not None:
            if address not in ("", state.admitting.peer.address):
                return state, []
            if state.admitting.invited and reason is Reason.NO_ANSWER and now + limits.settle < state.admitting.until:
                return replace(state, admitting=replace(state.admitting, again=now + limits.settle)), []
            return replace(state, admitting=None, problem=Failure(Stage.HOSTING, reason)), []

        # who is in
        case MemberLeft(number, address) if number == attempt:
            members = tuple(member for member in state.members if member.peer.address != address)
            return replace(state, members=members, stations=tuple(s for s in state.stations if s[0] != address)), []
        case Expel(address) if any(member.peer.address == address for member in state.members):
            return replace(state, admitted=state.admitted - {address}), [ExpelMember(address)]

        # whom we want in
        case Seek():
            return replace(state, finding=now + limits.seek), []
        case Invite(id):
            peer = rules.peer(id)
            if not peer.address or state.admitting is not None or any(m.peer.address == peer.address for m in state.members):
                return state, []
            invited, commands = _admit(state, peer, Admission(peer.address, Method.PBC), rules, invited=True)
            return invited, [*commands, InvitePeer(peer.address)]
        case _:
            return state, []


MOST = 16  # members: no radio that we know of takes more stations in a P2P group


def _joined(state: Hosting, address: str, station: str, rules: Rules) -> Step:
    """Somebody has come in: a member when our user has let it in, otherwise put out. The passphrase alone is nobody's consent: every
    former member has it, and so has whoever was in a remembered group (the reason why this is asked before the group is up, too)."""
    others = tuple(member for member in state.members if member.peer.address != address)
    admitting = state.admitting if state.admitting is not None and state.admitting.peer.address == address else None
    if (admitting is None and address not in state.admitted) or len(others) >= MOST:
        asked = state.asking is not None and state.asking.request.address == address  # our user's answer is still to come
        return state, [ExpelMember(address), *([] if asked else [Reject(address)])]
    here = next((member for member in state.members if member.peer.address == address), None)
    return replace(
        state,
        members=state.members if here is not None else (*others, Member(rules.peer(address), rules.now)),
        stations=(*((known, at) for known, at in state.stations if known != address), (address, station)),
        admitted=state.admitted | {address},
        admitting=state.admitting if admitting is None else None,
        asking=None if state.asking is not None and state.asking.request.address == address else state.asking,
    ), []


def _may_ask(state: Hosting, address: str) -> bool:
    """One dialog at a time, and none for whoever is in or may come in already."""
    known = any(member.peer.address == address for member in state.members)
    return state.asking is None and state.admitting is None and not known


def _admit(state: Hosting, peer: Peer, admission: Admission, rules: Rules, *, invited: bool = False) -> tuple[Hosting, list[Command]]:
    admitting = Admitting(peer, admission, rules.now + rules.limits.admit, invited)
    return replace(state, asking=None, admitting=admitting, problem=None, finding=None), [Admit(state.order.attempt, admission)]


# --- steps ------------------------------------------------------------------------------------------------------------------


def _possible(peer: Peer, method: Method, abilities: Abilities) -> bool:
    return (method is Method.PBC or abilities.pin) and (not peer.owner or abilities.host)


def _pair(
    peer: Peer,
    method: Method,
    pin: str | None,
    tries: int,
    remember: bool,
    rules: Rules,
    *,
    way: Way | None = None,
    where: int | None = None,
) -> Pairing:
    """Order the group. A PIN that we show is made here, a new one each time, unless the daemon made one up already.

    `where`: the channel of the stranger's group, if that was said.
    """
    way = way or (Way.JOIN if peer.owner else Way.NEGOTIATE)
    if method is Method.DISPLAY and pin is None:
        pin = pins.make(rules.entropy)
    persistent = remember and rules.abilities.persistent
    order = FormGroup(rules.number(), peer.address, name=peer.name, method=method, pin=pin, persistent=persistent)
    until = rules.now + rules.limits.pair + rules.limits.slack
    return Pairing(peer, _by(way, order, where, rules.limits.pair, rules), until, tries, rules.now, way, where)


def _by(way: Way, order: FormGroup, where: int | None, patience: float, rules: Rules) -> FormGroup:
    """The order, done this way. Only who negotiates chooses intent and channel: a group that stands has both."""
    intent, frequency = None, where if way is Way.JOIN else None
    if way is Way.NEGOTIATE:
        abilities, policy = rules.abilities, rules.policy
        intent, frequency = policy.intent if abilities.intent else None, policy.frequency if abilities.frequency else None
    return replace(order, way=way, intent=intent, frequency=frequency, patience=patience)


def _try(state: Pairing, way: Way, rules: Rules, most: float = float("inf")) -> Pairing:
    """The next try: the same method, the same PIN, in the time that is left, or in the seconds that this may take at `most`."""
    patience = min(most, state.until - rules.limits.slack - rules.now)
    order = _by(way, replace(state.order, attempt=rules.number()), state.where, patience, rules)
    return replace(state, order=order, again=None)


def _enter(peer: Peer, tries: int, remember: bool, rules: Rules) -> Step:
    """Have the stranger show a PIN, and wait for our user to type it."""
    return Entering(peer, rules.now + rules.limits.type, tries, remember, _question(rules)), [Provision(peer.address, Method.KEYPAD)]


# The other did not hear us, or we not it, or it needs a moment more. Everything else is an answer, or will be the same the next time.
_PASSING = frozenset({Reason.NO_ANSWER, Reason.NOT_READY, Reason.NOT_SEEN, Reason.NOT_FORMED, Reason.GROUP_ENDED})
_MISSED = frozenset({Reason.NO_ANSWER, Reason.NOT_FORMED})  # the other may believe that there is a group


def _failed(state: Pairing, failure: Failure, rules: Rules) -> Step:
    """A wrong PIN may be tried again with a new one, a group that is remembered here only is formed anew, and what was lost on the way is
    repeated in the time that is left; everything else is the end."""
    order, tries, limits = state.order, state.tries - 1, rules.limits
    if order.way is Way.REINVOKE and failure.reason is Reason.GROUP_FORGOTTEN:
        return _pair(state.peer, order.method, None, state.tries, True, rules), []
    if failure.reason is Reason.WRONG_PIN and tries > 0:
        if order.method is Method.KEYPAD:
            return _enter(state.peer, tries, order.persistent, rules)
        return _pair(state.peer, order.method, None, tries, order.persistent, rules, way=state.way, where=state.where), []
    again = rules.now + limits.settle
    if failure.reason not in _PASSING:
        return Over(failure, state.peer, order), []
    if order.way is state.way:  # otherwise it only looked
        state = replace(state, failure=failure)
        if order.way is Way.NEGOTIATE and failure.reason in _MISSED and rules.abilities.host and again < state.until - limits.slack:
            return _try(state, Way.JOIN, rules, limits.look), []
    if again >= state.until - limits.slack:
        return Over(state.failure, state.peer, order), []
    return replace(state, again=again), []
