"""Plain peers, machines that do not run Nearby Tray: a group with one of them, and a group of this machine that several join.

Nothing proves a plain peer's identity, so all states here are shown with `verified=False`. WPS (push button, or a PIN that one side shows
and the other types) and the user's consent replace the conversation: no group is formed and no machine let in before the user has clicked
it, or accepted it in a dialog that nothing opens twice. After a wrong PIN a new one is made, three at most. A machine that joins the hosted
group without consent, because it once had the group's passphrase, is put out again.

A frame may get lost while the peer waits on: its push button is open for two minutes. So a try that failed without an answer is repeated,
with pauses, until the user's one consent is that old. The peer's group is looked for first: a confirmation that was lost on the way has
formed one all the same.

`step` takes a state of this module, one event and the rules, and returns the next state with the commands to carry out. It never waits and
knows no conversation; `session.Session` decides when a state of this module begins (idle, or while seeking) and what follows `PlainOver`.
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
class PlainAsked:
    """A plain peer asks: the dialog is open. Only the user's answer, or time, leads on."""

    stage: ClassVar[Stage] = Stage.ASKED
    peer: Peer
    request: WifiRequest
    until: float
    question: str = ""  # names this dialog


@dataclass(frozen=True, slots=True)
class PlainEntering:
    """The peer shows a PIN, or will; the user types it. `tries`: how many are left, this one included."""

    stage: ClassVar[Stage] = Stage.ENTERING
    peer: Peer
    until: float
    tries: int
    remember: bool = False
    question: str = ""  # names this dialog
    again: float | None = None  # when the peer is asked once more to show it
    failure: Failure | None = None  # why it did not


@dataclass(frozen=True, slots=True)
class PlainForming:
    """A group with the peer is being formed; with `DISPLAY` the PIN in the order is on the screen meanwhile.

    `until` is the end of all tries that the user's consent is good for. Between two tries nothing is ordered and the find goes on; the next
    begins at `again`.
    """

    stage: ClassVar[Stage] = Stage.FORMING
    peer: Peer
    order: FormGroup  # of the last try
    until: float
    tries: int
    began: float
    way: Way  # how; a try that only looks whether the peer's group stands joins it whatever this is
    where: int | None = None  # MHz: the channel of the peer's group, if that was said
    again: float | None = None
    failure: Failure | None = None  # why the tries so far came to nothing


@dataclass(frozen=True, slots=True)
class PlainChecking:
    """The group is up; some machine must answer on it."""

    stage: ClassVar[Stage] = Stage.CHECKING
    peer: Peer
    order: FormGroup
    group: Group
    until: float
    since: float


@dataclass(frozen=True, slots=True)
class PlainLinked:
    """Linked with a plain peer."""

    stage: ClassVar[Stage] = Stage.LINKED
    peer: Peer
    order: FormGroup
    group: Group
    since: float


@dataclass(frozen=True, slots=True)
class Admitting:
    """One machine may come into the hosted group until `until`."""

    peer: Peer
    admission: Admission
    until: float
    invited: bool = False
    again: float | None = None  # when it is invited once more: the invitation or its answer was not heard


@dataclass(frozen=True, slots=True)
class Hosting:
    """A group of this machine. `group` is `None` until it is up; `asking`: the dialog that is open; `problem`: what went wrong last.

    `admitted`: P2P device addresses of the machines that the user has let in and not sent out: they may lose the group and come back.
    """

    stage: ClassVar[Stage] = Stage.HOSTING
    order: HostGroup
    since: float
    until: float | None
    group: Group | None = None
    members: tuple[Member, ...] = ()
    stations: tuple[tuple[str, str], ...] = ()  # P2P device address → link-layer address on the group
    admitted: frozenset[str] = frozenset()
    asking: PlainAsked | None = None
    admitting: Admitting | None = None
    finding: float | None = None  # until when machines to invite are looked for
    problem: Failure | None = None


@dataclass(frozen=True, slots=True)
class PlainOver:
    """It has ended; what was ordered is to be taken down."""

    failure: Failure | None
    peer: Peer | None = None
    order: FormGroup | HostGroup | None = None


PlainState = PlainAsked | PlainEntering | PlainForming | PlainChecking | PlainLinked | Hosting

Step = tuple[PlainState | PlainOver, list[Command]]


def question(state: PlainState) -> str:
    """Names what the user is asked in this state; empty: nothing."""
    match state:
        case PlainAsked() | PlainEntering():
            return state.question
        case Hosting(asking=PlainAsked() as asking):
            return asking.question
        case _:
            return ""


def _question(rules: Rules) -> str:
    return rules.entropy(4).hex()


# --- beginnings -------------------------------------------------------------------------------------------------------------


def ask(peer: Peer, method: Method, remember: bool, rules: Rules) -> Step:
    """The user clicked a plain peer and chose a method. A click without a method means a peer whose conversation broke off."""
    if peer.remembered and rules.abilities.persistent and method is Method.PBC:
        return _form(peer, Method.PBC, None, rules.limits.pins, remember, rules, way=Way.REINVOKE), []
    if not _possible(peer, method, rules.abilities):
        return PlainOver(Failure(Stage.FORMING, Reason.NOT_OFFERED), peer), []
    if method is Method.KEYPAD:
        return _enter(peer, rules.limits.pins, remember, rules)
    return _form(peer, method, None, rules.limits.pins, remember, rules), []


def asked(request: WifiRequest, rules: Rules) -> PlainAsked:
    """A plain peer asks for a link."""
    return PlainAsked(rules.peer(request.address), request, rules.now + rules.limits.ask, _question(rules))


def host(persistent: bool, rules: Rules) -> Step:
    """The user wants this machine to own a group."""
    if not rules.abilities.host:
        return PlainOver(Failure(Stage.HOSTING, Reason.NOT_OFFERED)), []
    frequency = rules.policy.frequency if rules.abilities.frequency else None
    order = HostGroup(rules.number(), frequency, persistent and rules.abilities.persistent)
    return Hosting(order, rules.now, rules.now + rules.limits.host), []


# --- what happens -----------------------------------------------------------------------------------------------------------


def step(state: PlainState, event: Event, rules: Rules) -> Step:
    """The next state after `event`, and what to do."""
    now, limits = rules.now, rules.limits
    match state, event:
        # asked
        case PlainAsked(peer, request), Accept(trust=remember) if request.method is not Method.KEYPAD:
            way = Way.JOIN if request.asks is Asks.INVITE else Way.NEGOTIATE
            return _form(peer, request.method, request.pin, limits.pins, remember, rules, way=way, where=request.frequency), []
        case PlainAsked(peer, request), EnterPin(pin=text) if request.method is Method.KEYPAD and (typed := pins.valid(text)):
            way = Way.JOIN if request.asks is Asks.INVITE else Way.NEGOTIATE
            return _form(peer, Method.KEYPAD, typed, limits.pins, False, rules, way=way, where=request.frequency), []
        case PlainAsked(peer, request), Decline() | Cancel():
            return PlainOver(None, peer), [Reject(request.address)]

        case ((PlainAsked(peer) | PlainEntering(peer)), WifiChanged(reason)) if reason is not None:
            return PlainOver(Failure(state.stage, reason), peer), []

        # a PIN to type
        case PlainEntering(peer, _, tries, remember), EnterPin(pin=text) if typed := pins.valid(text):
            return _form(peer, Method.KEYPAD, typed, tries, remember, rules), []
        case PlainEntering(peer), ProvisionFailed(address, reason, detail) if address == peer.address:
            failure = Failure(Stage.ENTERING, reason, detail)
            if reason not in _PASSING or now + limits.settle >= state.until:
                return PlainOver(failure, peer), []
            return replace(state, again=now + limits.settle, failure=failure), []
        case PlainEntering(peer), Cancel():
            return PlainOver(None, peer), []

        # the group
        case PlainForming(peer, order, again=None), GroupFormed(attempt, group) if attempt == order.attempt:
            return PlainChecking(peer, order, group, now + limits.probe, now), []
        case PlainForming(order=order, again=None), GroupFailed(attempt, reason, detail) | GroupLost(attempt, reason, detail) if (
            attempt == order.attempt
        ):
            return _failed(state, Failure(Stage.FORMING, reason, detail), rules)
        case PlainForming(peer, again=float()), WifiRequest(address) if address == peer.address:
            return replace(state, again=now), []  # the peer's user tries again as well
        case PlainForming(peer, again=float()), WifiChanged(reason) if reason is not None:
            return PlainOver(Failure(Stage.FORMING, reason), peer), []
        case PlainForming(peer, order), Cancel():
            return PlainOver(None, peer, order), []
        case PlainChecking(peer, order, group), LinkSaid(attempt, LinkUp()) if attempt == order.attempt:
            return PlainLinked(peer, order, group, now), []
        case ((PlainChecking(peer, order) | PlainLinked(peer, order)), GroupLost(attempt, reason, detail)) if attempt == order.attempt:
            return PlainOver(Failure(state.stage, reason, detail), peer, order), []
        case ((PlainChecking(peer, order) | PlainLinked(peer, order)), Cancel()):
            return PlainOver(None, peer, order), []
        case Hosting(), _:
            return _host(state, event, rules)
        case _:
            return state, []


def expire(state: PlainState, rules: Rules) -> Step:
    """What ends because time has passed."""
    now = rules.now
    match state:
        case PlainAsked(peer, request, until) if now >= until:
            return PlainOver(Failure(Stage.ASKED, Reason.NO_ANSWER), peer), [Reject(request.address)]
        case PlainEntering(peer, until) if now >= until:
            return PlainOver(state.failure or Failure(Stage.ENTERING, Reason.NO_ANSWER), peer), []
        case PlainEntering(peer, again=float() as again) if now >= again:
            return replace(state, again=None), [Provision(peer.address, Method.KEYPAD)]
        case PlainForming(peer, order, until) if now >= until:
            return PlainOver(state.failure or Failure(Stage.FORMING, Reason.NOT_READY), peer, order), []
        case PlainForming(again=float() as again) if now >= again:
            return _try(state, state.way, rules), []
        case PlainChecking(peer, order, _, until) if now >= until:
            return PlainOver(Failure(Stage.CHECKING, Reason.NOT_CHECKED), peer, order), []
        case Hosting(order, until=until) if until is not None and now >= until:
            return PlainOver(Failure(Stage.HOSTING, Reason.NOT_FORMED), None, order), []
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


def deadline(state: PlainState) -> float | None:
    """When `expire` has something to do."""
    match state:
        case PlainLinked():
            return None
        case Hosting():
            times = [open.until for open in (state.asking, state.admitting) if open is not None]
            invites = state.admitting.again if state.admitting is not None else None
            times += [at for at in (state.until, state.finding, invites) if at is not None]
            return min(times, default=None)
        case PlainForming() | PlainEntering():
            return state.until if state.again is None else min(state.until, state.again)
        case _:
            return state.until


def probes(state: PlainState) -> ProbePlan | None:
    """Which machines to look for on the group."""
    match state:
        case PlainChecking(peer, order, group) | PlainLinked(peer, order, group):
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
            return PlainOver(Failure(Stage.HOSTING, reason, detail), None, state.order), []
        case GroupLost(number, reason, detail) if number == attempt:
            return PlainOver(Failure(Stage.HOSTING, reason, detail), None, state.order), []
        case Cancel():
            rejections: list[Command] = [Reject(state.asking.request.address)] if state.asking else []
            return PlainOver(None, None, state.order), rejections
        case MemberJoined(number, address, station) if number == attempt:
            return _joined(state, address, station, rules)
        case _ if state.group is None:
            return state, []

        case Dismiss():
            return replace(state, problem=None), []

        # a machine wants in
        case WifiRequest(address, asks) if _may_ask(state, address) and asks is not Asks.INVITE:
            return replace(state, asking=asked(event, rules), problem=None), []
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
        case Decline() if state.admitting is not None:  # the user thought better of it
            return replace(state, admitting=None), [Reject(state.admitting.peer.address)]
        case AdmissionFailed(number, address, reason) if number == attempt and state.admitting is not None:
            if address not in ("", state.admitting.peer.address):
                return state, []
            if state.admitting.invited and reason is Reason.NO_ANSWER and now + limits.settle < state.admitting.until:
                return replace(state, admitting=replace(state.admitting, again=now + limits.settle)), []
            return replace(state, admitting=None, problem=Failure(Stage.HOSTING, reason)), []

        # the members
        case MemberLeft(number, address) if number == attempt:
            members = tuple(member for member in state.members if member.peer.address != address)
            return replace(state, members=members, stations=tuple(s for s in state.stations if s[0] != address)), []
        case Expel(address) if any(member.peer.address == address for member in state.members):
            return replace(state, admitted=state.admitted - {address}), [ExpelMember(address)]

        # invitations
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


MOST = 16  # members: no known radio takes more stations in a P2P group


def _joined(state: Hosting, address: str, station: str, rules: Rules) -> Step:
    """A machine has come in: it becomes a member when the user has let it in, otherwise it is put out. The passphrase alone is no consent:
    every former member has it, and every machine of a remembered group (so this is checked before the group is up, too)."""
    others = tuple(member for member in state.members if member.peer.address != address)
    admitting = state.admitting if state.admitting is not None and state.admitting.peer.address == address else None
    if (admitting is None and address not in state.admitted) or len(others) >= MOST:
        asked = state.asking is not None and state.asking.request.address == address  # the user's answer is still to come
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
    """One dialog at a time, and none for a machine that is in, or may come in already."""
    known = any(member.peer.address == address for member in state.members)
    return state.asking is None and state.admitting is None and not known


def _admit(state: Hosting, peer: Peer, admission: Admission, rules: Rules, *, invited: bool = False) -> tuple[Hosting, list[Command]]:
    admitting = Admitting(peer, admission, rules.now + rules.limits.admit, invited)
    return replace(state, asking=None, admitting=admitting, problem=None, finding=None), [Admit(state.order.attempt, admission)]


# --- steps ------------------------------------------------------------------------------------------------------------------


def _possible(peer: Peer, method: Method, abilities: Abilities) -> bool:
    return (method is Method.PBC or abilities.pin) and (not peer.owner or abilities.host)


def _form(
    peer: Peer,
    method: Method,
    pin: str | None,
    tries: int,
    remember: bool,
    rules: Rules,
    *,
    way: Way | None = None,
    where: int | None = None,
) -> PlainForming:
    """Order the group. A PIN to be shown is made here, a new one each time, unless the daemon has made one already.

    `where`: the channel of the peer's group, if that was said.
    """
    way = way or (Way.JOIN if peer.owner else Way.NEGOTIATE)
    if method is Method.DISPLAY and pin is None:
        pin = pins.make(rules.entropy)
    persistent = remember and rules.abilities.persistent
    order = FormGroup(rules.number(), peer.address, name=peer.name, method=method, pin=pin, persistent=persistent)
    until = rules.now + rules.limits.provision + rules.limits.slack
    return PlainForming(peer, _by(way, order, where, rules.limits.provision, rules), until, tries, rules.now, way, where)


def _by(way: Way, order: FormGroup, where: int | None, patience: float, rules: Rules) -> FormGroup:
    """The order, done this way. Intent and channel are chosen only in a negotiation: a group that stands has both."""
    intent, frequency = None, where if way is Way.JOIN else None
    if way is Way.NEGOTIATE:
        abilities, policy = rules.abilities, rules.policy
        intent, frequency = policy.intent if abilities.intent else None, policy.frequency if abilities.frequency else None
    return replace(order, way=way, intent=intent, frequency=frequency, patience=patience)


def _try(state: PlainForming, way: Way, rules: Rules, most: float = float("inf")) -> PlainForming:
    """The next try: same method and PIN, in the time that is left, `most` seconds at most."""
    patience = min(most, state.until - rules.limits.slack - rules.now)
    order = _by(way, replace(state.order, attempt=rules.number()), state.where, patience, rules)
    return replace(state, order=order, again=None)


def _enter(peer: Peer, tries: int, remember: bool, rules: Rules) -> Step:
    """Have the peer show a PIN, and wait for the user to type it."""
    return PlainEntering(peer, rules.now + rules.limits.type, tries, remember, _question(rules)), [Provision(peer.address, Method.KEYPAD)]


# A frame was lost, or the peer needs a moment more. Every other reason is an answer, or will be the same the next time.
_PASSING = frozenset({Reason.NO_ANSWER, Reason.NOT_READY, Reason.NOT_SEEN, Reason.NOT_FORMED, Reason.GROUP_ENDED})
_MISSED = frozenset({Reason.NO_ANSWER, Reason.NOT_FORMED})  # the peer may believe that there is a group


def _failed(state: PlainForming, failure: Failure, rules: Rules) -> Step:
    """What a failed try leads to: a wrong PIN is tried again with a new one, a group that only this machine remembers is formed anew, and
    what was lost on the way is repeated in the time that is left. Every other failure is the end."""
    order, tries, limits = state.order, state.tries - 1, rules.limits
    if order.way is Way.REINVOKE and failure.reason is Reason.GROUP_FORGOTTEN:
        return _form(state.peer, order.method, None, state.tries, True, rules), []
    if failure.reason is Reason.WRONG_PIN and tries > 0:
        if order.method is Method.KEYPAD:
            return _enter(state.peer, tries, order.persistent, rules)
        return _form(state.peer, order.method, None, tries, order.persistent, rules, way=state.way, where=state.where), []
    again = rules.now + limits.settle
    if failure.reason not in _PASSING:
        return PlainOver(failure, state.peer, order), []
    if order.way is state.way:  # otherwise it only looked
        state = replace(state, failure=failure)
        if order.way is Way.NEGOTIATE and failure.reason in _MISSED and rules.abilities.host and again < state.until - limits.slack:
            return _try(state, Way.JOIN, rules, limits.look), []
    if again >= state.until - limits.slack:
        return PlainOver(state.failure, state.peer, order), []
    return replace(state, again=again), []
