"""The session: from a click to a linked, checked and ended link, decided by one machine that never waits.

The rules in prose. Nothing is formed before both people agreed: the caller by clicking a peer, the listener by accepting, both by
comparing the code. Both sides find each other first, then say so (`seen`), then form the group together on the caller's `go`, one a
second after the other. Whoever sees a try fail tells the other (`again`): both undo, clear the radio, meet again and swap the order; three
tries in all. Linked is what an authenticated pong says. A lost link is called for again with the keys of the session, three
times; the other side waits to be called. A goodbye is no loss. What a program of this computer asks for begins when our user allows it, as
if the user had clicked; only the user's own commands need no second yes. Every state says how long it may last. Machines that do not run
Nearby Tray, and groups of our own, are `strangers`' part of the story.

The machine answers each event with commands (things to send now) and with `wants`: what should exist from now on (advertisement, find,
group, pings). The controller makes it so and reports back; after a daemon's restart it only has to look at the wants again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import assert_never

from . import pin as pins
from . import strangers
from .conversation import (
    Conversation,
    Failed,
    Greeted,
    Heard,
    Introduction,
    Left,
    Requested,
    Resumed,
    Said,
    Secured,
)
from .keys import Entropy, Identity, Role, SessionKeys, hint
from .link import LinkLeft, LinkLost, LinkUp
from .model import (
    INTENT,
    Asker,
    BluetoothChanged,
    CallHeard,
    Disconnected,
    Failure,
    FormGroup,
    FrameArrived,
    Group,
    GroupLost,
    HostGroup,
    LinkInfo,
    Method,
    Peer,
    PeerFound,
    PeerLost,
    Radios,
    Reason,
    Snapshot,
    Stage,
    Timings,
    Visibility,
    WifiChanged,
    WifiRequest,
    Wish,
    WishKind,
)
from .names import clean_name
from .orders import (
    Accept,
    Admit,
    Allow,
    Ask,
    AskedFor,
    CallFailed,
    Cancel,
    Cleared,
    Command,
    Configure,
    Connect,
    Connected,
    ConnectFailed,
    CorrectAddresses,
    Decline,
    Dismiss,
    EnterPin,
    Event,
    FarewellSaid,
    Find,
    FindSaid,
    Forbid,
    GroupFailed,
    GroupFormed,
    GroupRemoved,
    HangUp,
    Host,
    Invite,
    Limits,
    LinkBroken,
    LinkPlan,
    LinkSaid,
    Match,
    Policy,
    Reject,
    Remember,
    Say,
    SayFailed,
    Seek,
    Wants,
)
from .peers import Peers, text_address
from .wire import (
    ANYONE,
    Again,
    Answer,
    AnswerReason,
    Assembly,
    Broken,
    Call,
    Go,
    GoodbyeReason,
    Hello,
    Joined,
    Owner,
    Purpose,
    Seen,
    WireError,
    decode,
    split,
)
from .wire import Linked as LinkedMessage

SMALLEST_ROOM = 20  # bytes of one frame at the least MTU there is (Bluetooth Core, Vol 3 Part F, 3.2.8: 23)


# --- states: conditions -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Idle:
    """Nothing is going on. `failure`: why the last journey ended, until it is dismissed; `peer`: with whom, so that it can be named."""

    failure: Failure | None = None
    peer: Peer | None = None


@dataclass(frozen=True, slots=True)
class Seeking:
    """Our call is on the air (`call`), or was and we wait for the user to pick one of those who answered."""

    call: Call | None
    identity: bytes | None
    until: float


@dataclass(frozen=True, slots=True)
class Asking:
    """We asked `peer`; before `secured` the keys are being agreed, after it both users compare the code."""

    channel: bytes
    peer: Peer
    until: float
    secured: Secured | None = field(default=None, repr=False)
    remember: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """We are asked: the dialog is open. The only way into `Meeting` for a listener is from here: the user's `Accept`, or at once for a
    paired caller when the user wants that (`Policy.accept_paired`)."""

    channel: bytes
    peer: Peer
    purpose: Purpose
    secured: Secured = field(repr=False)
    until: float = 0.0


@dataclass(frozen=True, slots=True)
class Bond:
    """What two sides agreed on, from consent to the end; the keys change when a lost link is called for again."""

    role: Role
    channel: bytes
    peer: Peer
    introduction: Introduction
    identity: bytes
    keys: SessionKeys = field(repr=False)
    code: str = field(repr=False)  # stays to be compared while linked; the caller is not asked to confirm it
    purpose: Purpose = Purpose.LINK
    remember: bool = False
    pin: str | None = field(default=None, repr=False)  # for the group that is being formed or is up
    unasked: bool = False  # accepted by `Policy.accept_paired`
    lost: Reason | None = None  # why the link is being restored
    restores: SessionKeys | None = field(default=None, repr=False)  # the lost link's keys: they call until it is back
    lost_at: float = 0.0
    calls: int = 0  # calls made to restore it


@dataclass(frozen=True, slots=True)
class Meeting:
    """Agreed; each finds until it sees the other. `number`: which try this is."""

    bond: Bond
    number: int
    until: float
    since: float
    listens: float  # from then on our find has us listening, too
    here: bool = False  # we see the peer, and said so
    there: bool = False  # it sees us


@dataclass(frozen=True, slots=True)
class Forming:
    """Both form the group; ours is ordered at `start`."""

    bond: Bond
    number: int
    order: FormGroup
    start: float
    until: float


@dataclass(frozen=True, slots=True)
class Checking:
    """The group is up here; pings look for the peer on it."""

    bond: Bond
    number: int
    order: FormGroup
    group: Group
    until: float
    since: float


@dataclass(frozen=True, slots=True)
class Linked:
    """An authenticated pong came back, at try `number`. `hang_up`: when the Bluetooth conversation ends."""

    bond: Bond
    number: int
    order: FormGroup
    group: Group
    since: float
    hang_up: float | None


@dataclass(frozen=True, slots=True)
class Clearing:
    """A try failed: undo it, clear the radio, then meet for try `number`."""

    bond: Bond
    number: int
    until: float
    there: bool = False


@dataclass(frozen=True, slots=True)
class Restoring:
    """The link was lost. The caller of the session calls again (`call`), the listener waits for that call."""

    bond: Bond
    call: Call | None
    until: float


@dataclass(frozen=True, slots=True)
class Ending:
    """Say goodbye on the link if there is one, take the group down, then rest with `failure` (or without)."""

    order: FormGroup | HostGroup
    until: float
    failure: Failure | None
    peer: Peer | None
    farewell: LinkPlan | None = None


Ours = Idle | Seeking | Asking | Asked | Meeting | Forming | Checking | Linked | Clearing | Restoring | Ending
State = Ours | strangers.Strange

_STAGES: dict[type[object], Stage] = {
    Idle: Stage.IDLE,
    Seeking: Stage.SEEKING,
    Asking: Stage.ASKING,
    Asked: Stage.ASKED,
    Meeting: Stage.MEETING,
    Forming: Stage.FORMING,
    Checking: Stage.CHECKING,
    Linked: Stage.LINKED,
    Clearing: Stage.FORMING,
    Restoring: Stage.RESTORING,
    Ending: Stage.ENDING,
    **strangers.STAGES,
}


@dataclass(frozen=True, slots=True)
class _Calling:
    """A call that we answer, or will: until when it is worth it, and which try this is."""

    call: Call
    until: float
    tries: int = 1


@dataclass(slots=True)
class _Talk:
    """A conversation and the connection it runs over."""

    origin: str
    conversation: Conversation
    room: int
    until: float
    bonded: bool = False
    encrypted: bool = True  # each frame of it so far
    purpose: Purpose = Purpose.LINK
    peer: str | None = None  # its row in the list


class Session:
    """The machine. `handle` takes one event and the time; `wants`, `state`, `deadline` and `snapshot` say what follows."""

    def __init__(self, *, identity: Identity, entropy: Entropy, policy: Policy, limits: Limits | None = None) -> None:
        self.state: State = Idle()
        self.radios = Radios()
        self._find_reason: Reason | None = None  # why the find is not as wanted
        self.timings = Timings()
        self._identity = identity
        self._entropy = entropy
        self._policy = policy
        self._limits = limits or Limits()
        self._peers = Peers()
        self._assembly = Assembly()
        self._talks: dict[bytes, _Talk] = {}
        self._connecting: dict[str, _Calling] = {}
        self._hosts: set[str] = set()  # origins that we are connected to
        self._waiting: dict[str, _Calling] = {}  # calls to be answered when it is time to connect
        self._heard: deque[bytes] = deque(maxlen=256)  # call ids that we answered
        self._nonces: set[bytes] = set()  # of resume messages, for the session that may be resumed
        self._last_connect = -1e9
        self._refused: deque[float] = deque(maxlen=self._limits.refusals)
        self._serve_until = 0.0
        self._asker: Asker | None = None  # of what is going on
        self._wish: tuple[Wish, Ask | Host | Invite] | None = None  # beside what is going on
        self._forbidden: deque[float] = deque(maxlen=self._limits.refusals)
        self._attempt = 0
        self._met: dict[str, float] = {}  # P2P addresses of sessions just ended, until when their stray requests are no strangers'
        self._go_at = 0.0
        self._now = 0.0
        self._entered = 0.0
        self._out: list[Command] = []

    # --- what follows from the state ---

    @property
    def wants(self) -> Wants:
        """What should exist now."""
        state, listens = self.state, self._listens()
        lingering = self._now < self._serve_until
        calls = self.radios.bluetooth is None  # a daemon that restarts is waited for, not called upon
        match state:
            case Idle() | Asked():
                return Wants(listen=listens, serve=lingering)
            case Seeking(call):
                return Wants(listen=listens, serve=calls, advertisement=call.encode() if call and calls else None, find=Find.ON)
            case Asking():
                return Wants(serve=True, find=Find.ON)
            case Meeting(bond):
                return Wants(serve=bond.role is Role.CALLER, find=Find.ON)
            case Forming(bond):
                order = state.order if self._now >= state.start else None
                return Wants(serve=bond.role is Role.CALLER, find=Find.HELD, group=order)
            case Checking(bond):
                return Wants(serve=bond.role is Role.CALLER, find=Find.HELD, group=state.order, link=self._link_plan(state))
            case Linked(bond):
                talking = bond.role is Role.CALLER and state.hang_up is not None
                return Wants(serve=talking, group=state.order, link=self._link_plan(state))
            case Clearing(bond):
                return Wants(serve=bond.role is Role.CALLER, clear=self._attempt)
            case Restoring(bond, call):
                if bond.role is Role.CALLER:
                    return Wants(serve=calls, advertisement=call.encode() if call and calls else None, find=Find.ON)
                return Wants(listen=True)
            case Ending():
                group = state.order if state.farewell else None
                return Wants(serve=lingering, group=group, link=state.farewell)
            case strangers.Petitioned() | strangers.Entering():
                return Wants(serve=lingering, find=Find.ON)
            case strangers.Pairing(order=order, again=again):
                between = again is not None  # two tries
                return Wants(serve=lingering, find=Find.ON if between else Find.HELD, group=None if between else order)
            case strangers.Probing(order=order) | strangers.Paired(order=order):
                return Wants(serve=lingering, group=order, probe=strangers.probes(state))
            case strangers.Hosting():
                find = Find.ON if state.finding is not None and state.group is not None else Find.OFF
                return Wants(serve=lingering, find=find, group=state.order, probe=strangers.probes(state))
            case _:
                assert_never(state)

    @property
    def stage(self) -> Stage:
        """The word for the state; a lost link is `RESTORING` until it is back, whatever step that is at."""
        if isinstance(self.state, Meeting | Forming | Clearing | Checking) and self.state.bond.lost is not None:
            return Stage.RESTORING
        if isinstance(self.state, strangers.Hosting) and self.state.asking is not None:
            return Stage.ASKED
        return _STAGES[type(self.state)]

    def deadline(self) -> float | None:
        """When `Tick` is due, unless something happens before."""
        times = [t for t in (self._peers.deadline(), self._assembly.deadline()) if t is not None]
        times += [talk.until for channel, talk in self._talks.items() if channel != self._channel()]
        if self._next_waiting() is not None:
            times.append(self._last_connect + self._limits.connect_gap)
        if self._now < self._serve_until:
            times.append(self._serve_until)
        if self._quiet():
            times.append(self._refused[0] + self._limits.refusal_span)
        if self._wish is not None:
            times.append(self._wish[0].until)
        if self._deaf():
            times.append(self._forbidden[0] + self._limits.refusal_span)
        match self.state:
            case Idle():
                pass
            case Linked(hang_up=hang_up):
                times += [hang_up] if hang_up is not None else []
            case Forming() as state if self._now < state.start:
                times.append(state.start)
            case Meeting() as state if self._now < state.listens:
                times.append(state.listens)
            case state if isinstance(state, strangers.Strange):
                ends = strangers.deadline(state)
                times += [ends] if ends is not None else []
            case state:
                times.append(state.until)
        return min(times, default=None)

    def snapshot(self) -> Snapshot:
        """What the machine knows; the controller adds the link's health and what it knows of the machine's clock."""
        state = self.state
        snapshot = Snapshot(
            stage=self.stage,
            visibility=self._policy.visibility,
            radios=self.radios,
            listening=self.wants.listen,
            peers=self._peers.list() if isinstance(state, Seeking | Asking) else (),
            deadline=None if isinstance(state, Idle | Linked | strangers.Paired) else state.until,
            started=self._entered,
            now=self._now,
            timings=self.timings,
            peer=self._peer(),
            asker=self._asker,
            question=self._question(),
            wish=self._wish[0] if self._wish is not None else None,
            deaf=self._deaf(),
        )
        trusted = snapshot.peer is not None and snapshot.peer.trusted
        match state:
            case Idle(failure=failure) | Ending(failure=failure):
                return replace(snapshot, failure=failure)
            case Seeking():
                return snapshot
            case Asking(secured=secured):
                return replace(snapshot, code=secured.code if secured else None, needs_code=not trusted)
            case Asked(secured=secured, purpose=purpose):
                return replace(snapshot, code=secured.code, needs_code=not trusted, purpose=purpose.value)
            case Meeting() | Forming() | Checking() | Linked() | Clearing() | Restoring():
                bond = state.bond
                number = bond.calls if bond.lost is not None or isinstance(state, Restoring) else state.number
                link = None
                if isinstance(state, Checking | Linked):
                    plan = self._link_plan(state)
                    link = self._link_info(state.order, state.group, plan.addresses, state.since)
                return replace(
                    snapshot,
                    code=bond.code,
                    needs_code=not trusted,
                    purpose=bond.purpose.value,
                    attempt=number,
                    unasked=bond.unasked,
                    restoring_because=bond.lost if not isinstance(state, Linked) else None,
                    link=link,
                )
            case strangers.Hosting():
                return self._hosting(state, snapshot)
            case strangers.Petitioned(peer=peer, request=request):
                wanted = request.method is Method.KEYPAD
                return replace(snapshot, peer=peer, needs_code=False, verified=False, method=request.method, pin_wanted=wanted)
            case strangers.Entering(peer=peer):
                return replace(
                    snapshot, peer=peer, needs_code=False, verified=False, method=Method.KEYPAD, pin_wanted=True, tries_left=state.tries
                )
            case strangers.Pairing(peer=peer, order=order):
                shown = order.pin if order.method is Method.DISPLAY else None
                left = state.tries if order.pin is not None else 0
                return replace(
                    snapshot, peer=peer, needs_code=False, verified=False, method=order.method, pin=shown, tries_left=left, attempt=1
                )
            case strangers.Probing() | strangers.Paired():
                link = self._link_info(state.order, state.group, (), state.since)
                return replace(snapshot, peer=state.peer, needs_code=False, verified=False, method=state.order.method, link=link)
            case _:
                assert_never(state)

    def _link_info(self, order: FormGroup, group: Group, theirs: tuple[str, ...], since: float) -> LinkInfo:
        return LinkInfo(
            interface=group.interface,
            own=group.addresses,
            peer=theirs,
            since=since,
            method=order.method,
            pin=order.pin is not None,
            backend=self.radios.abilities.backend,
            owner=group.owner,
            frequency=group.frequency,
            width=group.width,
        )

    def _hosting(self, state: strangers.Hosting, snapshot: Snapshot) -> Snapshot:
        group = state.group
        link = self._link_info(FormGroup(state.order.attempt, ""), group, (), state.since) if group is not None else None
        peers = self._peers.list() if state.finding is not None else ()
        shown = replace(
            snapshot,
            needs_code=False,
            verified=False,
            members=state.members,
            link=link,
            peers=peers,
            failure=state.problem,
            deadline=strangers.deadline(state),
        )
        if state.asking is not None:
            request = state.asking.request
            wanted = request.method is Method.KEYPAD
            until = state.asking.until
            began = until - self._limits.ask
            return replace(shown, peer=state.asking.peer, method=request.method, pin_wanted=wanted, deadline=until, started=began)
        if state.admitting is not None:
            admission = state.admitting.admission
            pin = admission.pin if admission.method is Method.DISPLAY else None
            until = state.admitting.until
            began = until - self._limits.admit
            return replace(shown, peer=state.admitting.peer, method=admission.method, pin=pin, deadline=until, started=began)
        return shown

    # --- what happens ---

    def handle(self, event: Event, now: float) -> list[Command]:
        """Take one event at `now` (seconds, never backwards); returns the commands to carry out, in order."""
        self._now = max(now, self._now)
        self._out = []
        before = self.state
        self._expire()
        match event:
            case Configure(policy):
                self._policy = policy
            case BluetoothChanged(reason, fresh):
                self._bluetooth_changed(reason, fresh)
            case WifiChanged(reason, address, fresh, abilities):
                self.radios = replace(self.radios, wifi=reason, p2p_address=address or self.radios.p2p_address, abilities=abilities)
                if fresh or reason is not None:
                    self._peers.forget_wifi()
                self._decide(event)
            case FindSaid(reason):
                self._find_reason = reason
            case CallHeard():
                self._call_heard(event)
            case Connected(origin, room):
                self._connected(origin, room)
            case ConnectFailed(origin):
                self._connect_failed(origin)
            case FrameArrived():
                self._frame_arrived(event)
            case SayFailed(origin, role, reason):
                for channel in [c for c, t in self._talks.items() if t.origin == origin and t.conversation.role is role]:
                    self._drop(channel, reason)
                if role is Role.LISTENER:
                    self._let_go(origin)
            case Disconnected(origin):
                for channel in [c for c, talk in self._talks.items() if talk.origin == origin]:
                    self._drop(channel)
                self._connecting.pop(origin, None)
                self._hosts.discard(origin)
            case PeerFound():
                self._peers.found(event)
                self._decide(event)
            case PeerLost(address):
                self._peers.lost(address, self._now)
                self._decide(event)
            case AskedFor():
                self._asked_for(event)
            case Allow(id) if self._wish is not None and id == self._wish[0].id:
                wish, wanted = self._wish
                self._wish = None
                self._forbidden.clear()
                self._begin_for(wish.asker, wanted)
            case Forbid(id) if self._wish is not None and id == self._wish[0].id:
                self._forbid()
            case Accept(question) | Match(question) | EnterPin(question) if question != self._question():
                pass  # an answer to what is asked no longer
            case Decline(question) if question not in ("", self._question()):
                pass
            case _:
                if isinstance(event, Seek | Ask | Host):
                    self._asker = None  # the user's own click
                self._decide(event)
        if self.stage in (Stage.IDLE, Stage.ASKED):
            self._asker = None
        if self._wish is not None and not self._stands(self._wish[1]):
            self._wish = None
        self._connect_waiting()
        if type(self.state) is not type(before):
            self._entered = self._now
        return self._out

    def _decide(self, event: Event | Heard) -> None:
        """The story: who starts, the answer, the meeting, the group, the link, the end."""
        state, limits, now = self.state, self._limits, self._now
        if isinstance(state, strangers.Strange):
            if not isinstance(event, Heard) and not (isinstance(event, WifiRequest) and self._quiet()):
                self._strange(*strangers.step(state, event, self._rules()))
            return
        match state, event:
            # who starts
            case Idle(), Seek(identity):
                reason = self.radios.bluetooth or self.radios.wifi
                if reason is not None or self.radios.p2p_address is None:
                    self.state = Idle(Failure(Stage.SEEKING, reason or Reason.WIFI_NO_P2P))
                else:
                    self._peers.clear()
                    self.timings = Timings()
                    self.state = Seeking(self._call(identity), identity, now + limits.seek)
            case Seeking(call=None), Seek(identity):
                self.state = Seeking(self._call(identity), identity, now + limits.seek)
            case Idle(), Dismiss():
                self.state = Idle()
            case ((Idle() | Seeking()), Host(persistent)):
                self._begin(*strangers.host(persistent, self._rules()))
            case ((Idle() | Seeking()), WifiRequest(address)):
                if self._may_petition(address):
                    self._begin(strangers.petition(event, self._rules()), [])
            case Seeking(), Cancel():
                self._leave_all(GoodbyeReason.CANCELLED, serving=True)
                self.state = Idle()
            case Seeking(call=Call()), CallFailed(reason, detail):
                self._fail(Failure(Stage.SEEKING, reason, detail), GoodbyeReason.CANCELLED)
            case Seeking(), Ask():
                self._ask(event)

            # the answer
            case Asking(), Secured() as secured:
                self.state = replace(state, secured=secured)
            case Asking(secured=Secured()), Match(trust=trust):
                self.state = replace(state, remember=trust)
            case Asking(secured=Secured() as secured), Said(Answer(accepted=True) as answer):
                both = state.remember and answer.remember
                self._meet(self._bond(Role.CALLER, state.channel, self._secured_peer(state.peer, secured.identity), secured, both))
            case Asking(), Said(Answer(reason=reason)):
                self._fail(Failure(Stage.ASKING, _REFUSALS[reason]), GoodbyeReason.FINISHED)
            case Asking(), Cancel():
                self._fail(None, GoodbyeReason.CANCELLED)
            case Asked(), Accept(trust=remember):
                self._refused.clear()
                self._accept(state, remember)
            case Asked(), Decline() | Cancel():
                self._refuse(state, AnswerReason.USER)

            # the meeting
            case Meeting(), PeerFound() | PeerLost() | WifiChanged():
                self._look()
            case Meeting(), Said(Seen()):
                self.state = replace(state, there=True)
                self._look()
            case Clearing(), Said(Seen()):
                self.state = replace(state, there=True)
            case Meeting(bond=Bond(role=Role.LISTENER)), Said(Go() as go):
                self._go(state, go)

            # the group
            case Forming(order=order), GroupFormed(attempt, group) if attempt == order.attempt:
                self.timings = replace(self.timings, form=now - self._go_at)
                self._say(state.bond.channel, LinkedMessage(addresses=group.addresses[:8], port=self._policy.port))
                self.state = Checking(state.bond, state.number, order, group, now + limits.check, now)
            case Forming(order=order), GroupFailed(attempt, reason, detail) if attempt == order.attempt:
                self._again(Failure(Stage.FORMING, reason, detail))
            case Checking(order=order), GroupLost() | LinkBroken() if event.attempt == order.attempt:
                self._again(Failure(Stage.CHECKING, event.reason, event.detail))
            case ((Forming() | Checking()), Said(Again(number))) if number == state.number + 1:
                self._clear(number)
            case Forming() | Checking() | Linked(), Said(LinkedMessage(addresses=addresses)):
                self._out.append(CorrectAddresses(self._attempt, addresses))
            case Clearing(), Cleared(cleared) if cleared == self._attempt:
                self._meet(state.bond, state.number, there=state.there)

            # the link
            case Checking(order=order), LinkSaid(attempt, LinkUp()) if attempt == order.attempt:
                self.timings = replace(self.timings, check=now - state.since)
                self._linked(state)
            case Linked(order=order), LinkSaid(attempt, LinkLost()) if attempt == order.attempt:
                self._restore(state.bond, Reason.LINK_LOST)
            case Linked(order=order), GroupLost() | LinkBroken() if event.attempt == order.attempt:
                self._restore(state.bond, event.reason)

            # the end
            case ((Linked(order=order) | Checking(order=order)), LinkSaid(attempt, LinkLeft())) if attempt == order.attempt:
                self._fail(None, None)
            case Meeting() | Forming() | Checking() | Linked() | Clearing() | Restoring(), Cancel():
                self._fail(None, GoodbyeReason.FINISHED if isinstance(state, Linked) else GoodbyeReason.CANCELLED)
            case ((Forming() | Checking() | Linked()), Left(reason=GoodbyeReason.PROTOCOL)):
                pass  # the conversation is over, the group does not need it
            case ((Meeting() | Forming() | Checking() | Clearing()), Left(reason=GoodbyeReason.FAILED)):
                self._fail(Failure(self.stage, self._or_radio(Reason.NOT_FORMED), "the other side gave up"), None)
            case ((Asking() | Asked() | Meeting() | Forming() | Checking() | Linked() | Clearing() | Restoring()), Left(reason)):
                self._fail(None if reason is GoodbyeReason.FINISHED else Failure(self.stage, _LEAVINGS[reason]), None)
            case Ending(farewell=LinkPlan()), FarewellSaid(attempt) if attempt == state.order.attempt:
                self.state = replace(state, farewell=None, until=now + limits.end)
            case Ending(), GroupRemoved(attempt) if attempt == state.order.attempt:
                self._rest(state.failure)
            case _:
                pass  # late, repeated or not for this state: an answer to a question that is no longer asked

    # --- time ---

    def _expire(self) -> None:
        """What ends because time has passed."""
        now = self._now
        if self._wish is not None and now >= self._wish[0].until:
            self._forbid()
        self._peers.expire(now)
        for broken in self._assembly.expire(now):
            self._broken(broken)
        current = self._channel()
        for channel in [c for c, talk in self._talks.items() if c != current and now >= talk.until]:
            self._leave(channel, GoodbyeReason.CANCELLED)
        for origin in [origin for origin, calling in self._waiting.items() if now >= calling.until]:
            del self._waiting[origin]
        state = self.state
        if isinstance(state, strangers.Strange):
            self._strange(*strangers.expire(state, self._rules()))
            return
        match state:
            case Idle():
                pass
            case Meeting() if now < state.until:
                self._look()
            case Linked():
                if state.hang_up is not None and now >= state.hang_up:
                    self._hang_up(state.bond.channel)
                    self.state = replace(state, hang_up=None)
            case _ if now < state.until:
                pass
            case Seeking():
                if state.call is not None and (self._talks or self._peers.list()):
                    self.state = replace(state, call=None, until=now + self._limits.choose)
                else:
                    reason = self.radios.bluetooth or self._or_radio(Reason.NOBODY_ANSWERED)
                    self._fail(Failure(Stage.SEEKING, reason), GoodbyeReason.CANCELLED)
            case Asking():
                self._fail(Failure(Stage.ASKING, Reason.NO_ANSWER), GoodbyeReason.CANCELLED)
            case Asked():
                self._refuse(state, AnswerReason.TIMEOUT)
            case Meeting():
                self._again(Failure(Stage.MEETING, self._or_radio(Reason.NOT_SEEN)))
            case Forming():
                self._again(Failure(Stage.FORMING, self._or_radio(Reason.NOT_FORMED)))
            case Checking():
                self._again(Failure(Stage.CHECKING, Reason.NOT_CHECKED))
            case Clearing():
                # The scan did not end in time: the radio is as clear as it gets.
                self._meet(state.bond, state.number, there=state.there)
            case Restoring():
                self._call_again(state.bond)
            case Ending():
                if state.farewell is not None:
                    self.state = replace(state, farewell=None, until=now + self._limits.end)
                else:
                    self._rest(state.failure)
            case _:
                assert_never(state)

    # --- the conversation's carrier ---

    def _bluetooth_changed(self, reason: Reason | None, fresh: bool) -> None:
        self.radios = replace(self.radios, bluetooth=reason)
        if reason is None and not fresh:
            return
        self._connecting.clear()
        self._hosts.clear()
        self._waiting.clear()
        for channel in list(self._talks):
            self._drop(channel)
        if isinstance(self.state, Seeking) and self.state.call is not None:
            # Listeners answer a call once: those who were cut off need a new one.
            self.state = replace(self.state, call=self._call(self.state.identity))

    def _call_heard(self, heard: CallHeard) -> None:
        """Decide whether to answer a call; connecting is all that follows, no radio is switched on and no dialog opens."""
        try:
            call = Call.decode(heard.data)
        except WireError:
            return
        if call.call_id in self._heard or heard.origin in self._connecting or not self._may_answer(call):
            return
        if len(self._waiting) < 8:
            self._waiting[heard.origin] = _Calling(call, self._now + self._limits.seek)

    def _may_answer(self, call: Call) -> bool:
        match self.state:
            case Restoring(bond=bond) if bond.role is Role.LISTENER:
                return call.hint == hint(_restores(bond).resume, call.call_id)
            case Idle() | Seeking():
                if not self._listens() or not call.wants_link:
                    return False
                if call.hint == ANYONE:
                    return self._policy.visibility is Visibility.EVERYONE
                return any(hint(peer.trust_key, call.call_id) == call.hint for peer in self._policy.trusted)
            case _:
                return False

    def _next_waiting(self) -> str | None:
        """Whose call is answered next. Who calls anew while the connection of before is still ending is heard once only, so it waits."""
        return next((origin for origin in self._waiting if origin not in self._hosts), None)

    def _connect_waiting(self) -> None:
        """Answer the next waiting call, at most one in two seconds."""
        origin = self._next_waiting()
        if origin is None or self._now < self._last_connect + self._limits.connect_gap:
            return
        calling = self._waiting.pop(origin)
        if not self._may_answer(calling.call) or len(self._talks) + len(self._connecting) >= self._limits.guests + 8:
            return
        self._last_connect = self._now
        self._heard.append(calling.call.call_id)
        self._connecting[origin] = calling
        self._out.append(Connect(origin))

    def _connect_failed(self, origin: str) -> None:
        """A connection that breaks while it is made has answered nobody: the same call may be answered again, within its time."""
        calling = self._connecting.pop(origin, None)
        if calling is not None and calling.tries < self._limits.tries and len(self._waiting) < 8:
            self._waiting[origin] = replace(calling, tries=calling.tries + 1)

    def _connected(self, origin: str, room: int) -> None:
        self._hosts.add(origin)
        if origin not in self._connecting:
            self._let_go(origin)  # nobody asks for it any more
            return
        del self._connecting[origin]
        resumable = None
        if isinstance(self.state, Restoring) and self.state.bond.role is Role.LISTENER:
            resumable = _restores(self.state.bond)
        elif not isinstance(self.state, Idle | Seeking) or not self._listens():
            self._let_go(origin)
            return
        channel = self._entropy(4)
        self._assembly.keep(channel)
        conversation = self._conversation(Role.LISTENER, channel, resumable)
        self._talks[channel] = _Talk(origin, conversation, room, self._now + self._limits.greet)
        self._send(channel, conversation.greet())

    def _frame_arrived(self, arrived: FrameArrived) -> None:
        """One frame: joined to a message, understood by its conversation, and only then something that happened."""
        channel = arrived.frame[:4]
        talk = self._talks.get(channel)
        if talk is None and not isinstance(self.state, Seeking | Restoring):
            return  # notifications reach every central: a channel we do not know is somebody else's
        if talk is not None and talk.origin != arrived.origin:
            return
        if talk is not None:
            talk.encrypted = talk.encrypted and arrived.encrypted
        joined = self._assembly.feed(arrived.frame, self._now)
        if isinstance(joined, Broken):
            self._broken(joined)
        elif isinstance(joined, Joined):
            if talk is None and arrived.origin in self._hosts and not _is_hello(joined.message):
                self._assembly.forget(channel)  # its word to another of its listeners
            elif talk is None:
                talk = self._answered(joined.channel, arrived)
            if talk is not None:
                talk.room, talk.bonded = arrived.room, arrived.bonded
                self._understand(channel, talk, joined.message)

    def _answered(self, channel: bytes, arrived: FrameArrived) -> _Talk | None:
        """Somebody answers our call on a new channel."""
        if not self.wants.serve or len([t for t in self._talks.values() if t.conversation.role is Role.CALLER]) >= 8:
            return None
        resumable = _restores(self.state.bond) if isinstance(self.state, Restoring) else None
        conversation = self._conversation(Role.CALLER, channel, resumable)
        talk = _Talk(arrived.origin, conversation, arrived.room, self._now + self._limits.greet)
        self._talks[channel] = talk
        return talk

    def _understand(self, channel: bytes, talk: _Talk, message: bytes) -> None:
        heard, replies = talk.conversation.receive(message)
        self._send(channel, replies)
        for what in heard:
            self._heard_on(channel, talk, what)
        if talk.conversation.ended and channel in self._talks:
            self._hang_up(channel)

    def _heard_on(self, channel: bytes, talk: _Talk, what: Heard) -> None:
        current = channel == self._channel()
        match what:
            case Greeted(hello):
                if isinstance(self.state, Restoring):
                    if text_address(hello.p2p_address) != self.state.bond.peer.address:
                        self._leave(channel, GoodbyeReason.CANCELLED)
                        return
                    self._send(channel, talk.conversation.resume())
                    self._resumed(channel, talk)
                elif isinstance(self.state, Seeking):
                    name = clean_name(hello.name)
                    talk.peer = self._peers.greeted(channel, name, hello.kind.value, hello.p2p_address, bonded=talk.bonded)
                    if talk.peer is None:
                        self._leave(channel, GoodbyeReason.CANCELLED)
                else:
                    self._leave(channel, GoodbyeReason.CANCELLED)
            case Requested(request):
                talk.purpose = request.purpose
                self._send(channel, talk.conversation.offer())
            case Resumed():
                self._resumed(channel, talk)
            case Secured() if talk.conversation.role is Role.LISTENER:
                self._requested(channel, talk, what)
            case Failed():
                self._hang_up(channel)
                if current:
                    self._talk_ended(Reason.PROTOCOL)
            case Left():
                self._hang_up(channel)
                restoring = isinstance(self.state, Meeting | Clearing) and self.state.bond.lost is not None
                if current and restoring and not what.sealed:
                    # Anybody near may have said it: it ends this call, not the session.
                    self._talk_ended(Reason.PEER_GONE)
                elif current:
                    self._decide(what)
            case Secured() | Said():
                if current:
                    self._decide(what)
            case _:
                assert_never(what)

    def _requested(self, channel: bytes, talk: _Talk, secured: Secured) -> None:
        """A listener's conversation is secured: this is the moment, and not before, at which a dialog may open."""
        introduction = talk.conversation.peer
        assert introduction is not None
        peer = Peer(
            id=text_address(introduction.p2p_address),
            name=clean_name(introduction.name),
            kind=introduction.kind.value,
            address=text_address(introduction.p2p_address),
            reachable=True,
            bonded=talk.bonded,
        )
        state = self.state
        if isinstance(state, Asking) and state.peer.address == peer.address:
            # Both clicked each other. The lower address stays the caller; the other one yields and is asked.
            if (self.radios.p2p_address or b"") < introduction.p2p_address:
                return
            self._leave(state.channel, GoodbyeReason.CANCELLED)
            self.state = state = Idle()
        peer = self._secured_peer(peer, secured.identity)
        # A hint is two bytes that anybody may have overheard: who may ask is decided by the proven identity.
        may_ask = self._listens() and (peer.trusted or self._policy.visibility is Visibility.EVERYONE)
        if not isinstance(state, Idle | Seeking) or not may_ask:
            reason = AnswerReason.POLICY if isinstance(state, Idle | Seeking) else AnswerReason.BUSY
            self._say(channel, Answer(accepted=False, reason=reason, remember=False))
            self._hang_up(channel)
            return
        self.timings = Timings()
        self.state = asked = Asked(channel, peer, talk.purpose, secured, self._now + self._limits.ask)
        self._leave_all(GoodbyeReason.CANCELLED, serving=False)
        # Not by the bond alone: it is known for an address. And whoever claims a remembered name is looked at.
        if self._policy.accept_paired and talk.bonded and talk.encrypted and not peer.identity_changed:
            self._accept(asked, remember=False, unasked=True)

    def _resumed(self, channel: bytes, talk: _Talk) -> None:
        """The conversation of a lost session stands again, with new keys; the consent was for this session."""
        state, keys = self.state, talk.conversation.keys
        if not isinstance(state, Restoring) or keys is None:
            self._leave(channel, GoodbyeReason.CANCELLED)
            return
        calls = state.bond.calls + (1 if state.bond.role is Role.LISTENER else 0)
        bond = replace(state.bond, channel=channel, keys=keys, introduction=talk.conversation.peer or state.bond.introduction, calls=calls)
        self._meet(bond)

    # --- steps ---

    def _ask(self, ask: Ask) -> None:
        row, channel = self._peers.row(ask.peer), self._peers.channel(ask.peer)
        if row is not None and channel is None and row.on_wifi and ask.method is not None:
            self._begin(*strangers.ask(row, ask.method, ask.remember, self._rules()))
            return
        if row is None or channel is None or channel not in self._talks:
            # The list keeps showing; only this row cannot be asked.
            return
        talk = self._talks[channel]
        talk.purpose = ask.purpose
        self._assembly.keep(channel)
        self.state = Asking(channel, row, self._now + self._limits.ask + self._limits.slack)
        introduction = talk.conversation.peer
        method = Method.DISPLAY if introduction is not None and self._pin_with(introduction) else Method.PBC
        self._send(channel, talk.conversation.request(ask.purpose, method))
        self._leave_all(GoodbyeReason.CANCELLED, serving=True)

    def _asked_for(self, asked: AskedFor) -> None:
        """A program's wish: begun at once when the user typed it or when it only looks around; otherwise the user is asked, one by one."""
        asker, event = asked.asker, asked.event
        if asker.own or isinstance(event, Seek):
            self._begin_for(asker, event)
            return
        if self._wish is not None or self._deaf() or not self._stands(event):
            return
        peer = None if isinstance(event, Host) else self._peers.row(event.peer)
        what = WishKind.HOST if isinstance(event, Host) else WishKind.INVITE if isinstance(event, Invite) else WishKind.LINK
        self._wish = Wish(asker, what, peer, self._now, self._now + self._limits.consent, self._entropy(4).hex()), event

    def _begin_for(self, asker: Asker, event: Seek | Ask | Host | Invite) -> None:
        before = type(self.state)
        self._decide(event)
        if type(self.state) is not before:
            self._asker = asker

    def _stands(self, event: Ask | Host | Invite) -> bool:
        """Could it still be begun?"""
        match event:
            case Ask(peer):
                return isinstance(self.state, Seeking) and self._peers.row(peer) is not None
            case Invite(peer):
                hosting = isinstance(self.state, strangers.Hosting) and self.state.asking is None
                return hosting and self._peers.row(peer) is not None
            case Host():
                return isinstance(self.state, Idle | Seeking)

    def _forbid(self) -> None:
        self._wish = None
        self._forbidden.append(self._now)

    def _deaf(self) -> bool:
        """Programs were told no, or nothing, so often that they are not heard for a while."""
        often = len(self._forbidden) == self._limits.refusals
        return often and self._now < self._forbidden[0] + self._limits.refusal_span

    def _begin(self, after: strangers.Strange | strangers.Over, commands: list[Command]) -> None:
        """From idle or seeking to a stranger: those who answered our call are told that it is over."""
        self._strange(after, commands)
        if isinstance(self.state, strangers.Strange):
            self.timings = Timings()
            self._go_at = self._now
        self._leave_all(GoodbyeReason.CANCELLED, serving=False)

    def _strange(self, after: strangers.Strange | strangers.Over, commands: list[Command]) -> None:
        """What a step of `strangers` leads to."""
        before = self.state
        self._out += commands
        if any(isinstance(command, Reject) for command in commands):
            self._refused.append(self._now)
        elif any(isinstance(command, Admit) for command in commands):
            self._refused.clear()
        if isinstance(after, strangers.Over):
            if after.order is not None:
                self.state = Ending(after.order, self._now + self._limits.end, after.failure, after.peer)
            else:
                self.state = Idle(after.failure, after.peer if after.failure is not None else None)
            return
        if isinstance(before, strangers.Petitioned) and isinstance(after, strangers.Pairing):
            self._refused.clear()
            self._go_at = self._now
        if isinstance(before, strangers.Pairing) and isinstance(after, strangers.Probing):
            self.timings = replace(self.timings, form=self._now - self._go_at)
        if isinstance(before, strangers.Probing) and isinstance(after, strangers.Paired):
            self.timings = replace(self.timings, check=self._now - before.since)
        self.state = after

    def _rules(self) -> strangers.Rules:
        return strangers.Rules(
            self._now, self._limits, self._policy, self.radios.abilities, self._entropy, self._next_attempt, self._stranger
        )

    def _next_attempt(self) -> int:
        self._attempt += 1
        return self._attempt

    def _stranger(self, id: str) -> Peer:
        """What is known of a row, or of a P2P address; an unknown address is its own name."""
        return self._peers.row(id) or next((p for p in self._peers.list() if p.address == id), None) or Peer(id=id, name=id, address=id)

    def _may_petition(self, address: str) -> bool:
        """May a stranger's request open a dialog? Not that of somebody who is talking with us, or with whom a session has just ended."""
        if self.radios.wifi is not None or self._quiet() or self._policy.visibility is not Visibility.EVERYONE:
            return False
        talking = any(row.address == address and row.reachable for row in self._peers.list())
        return not talking and self._now >= self._met.get(address, 0.0)

    def _accept(self, asked: Asked, remember: bool, *, unasked: bool = False) -> None:
        self._say(asked.channel, Answer(accepted=True, reason=AnswerReason.USER, remember=remember))
        bond = self._bond(Role.LISTENER, asked.channel, asked.peer, asked.secured, remember)
        self._meet(replace(bond, purpose=asked.purpose, unasked=unasked))

    def _bond(self, role: Role, channel: bytes, peer: Peer, secured: Secured, remember: bool) -> Bond:
        introduction = self._talks[channel].conversation.peer
        assert introduction is not None
        return Bond(role, channel, peer, introduction, secured.identity, secured.keys, secured.code, self._talks[channel].purpose, remember)

    def _meet(self, bond: Bond, number: int = 1, *, there: bool = False) -> None:
        now = self._now
        limit = self._limits.meet if bond.lost is None else self._limits.call_again
        self.state = Meeting(bond, number, now + limit, now, now if number == 1 else now + self._limits.settle, there=there)
        self._look()

    def _look(self) -> None:
        """Do we see the peer? Say so; and when both do, the caller says go."""
        state = self.state
        if not isinstance(state, Meeting):
            return
        sees = self._now >= state.listens and self.radios.wifi is None and self._peers.sees(state.bond.peer.address)
        if not state.here and sees:
            state = replace(state, here=True)
            self.state = state
            self._say(state.bond.channel, Seen())
        if state.here and state.there and state.bond.role is Role.CALLER:
            with_pin = self._pin_with(state.bond.introduction)
            go = Go(
                method=Method.DISPLAY if with_pin else Method.PBC,
                pin=pins.make(self._entropy) if with_pin else None,
                owner=self._owner(),
                remember=state.bond.remember,
            )
            self._say(state.bond.channel, go)
            self._form(state, go)

    def _pin_with(self, introduction: Introduction) -> bool:
        """Can both back ends use a PIN? Then the Wi-Fi layer is authenticated by this conversation too, and nobody types anything."""
        return self.radios.abilities.pin and {Method.DISPLAY, Method.KEYPAD} <= set(introduction.methods)

    def _owner(self) -> Owner:
        """Who shall own the group, as our user likes it; only a back end that can say so asks for it."""
        if not self.radios.abilities.intent or self._policy.intent == INTENT:
            return Owner.EITHER
        return Owner.CALLER if self._policy.intent > INTENT else Owner.LISTENER

    def _intent(self, role: Role, owner: Owner) -> int | None:
        """GO intent for this side of the agreement; 15 against 15 would be refused by both, so ours are never."""
        if not self.radios.abilities.intent:
            return None
        if role is Role.CALLER:
            return min(self._policy.intent, 14)
        return {Owner.EITHER: INTENT, Owner.CALLER: 1, Owner.LISTENER: 14}[owner]

    def _go(self, state: Meeting, go: Go) -> None:
        """The caller says go. What it asks for must be what we said that we can do."""
        bond = replace(state.bond, remember=state.bond.remember and go.remember)
        self.state = replace(state, bond=bond)
        if (go.method is Method.PBC) != (go.pin is None):
            self._fail(Failure(Stage.MEETING, Reason.PROTOCOL), GoodbyeReason.PROTOCOL)
        elif go.pin is not None and not self.radios.abilities.pin:
            self._fail(Failure(Stage.MEETING, Reason.NOT_OFFERED), GoodbyeReason.FAILED)
        else:
            self._form(self.state, go)

    def _form(self, state: Meeting, go: Go) -> None:
        """The one who leads starts now, the other one a little later; the lead changes with each try.

        After a failed try wpa_supplicant may keep the note that the other waits for us. Two that both have it, and both have sent a
        request of their own, ignore each other's for ever; a Cancel does not take it away (hostap, p2p_go_neg.c,
        p2p_process_go_neg_req; lab findings). Who was answered "not yet" has sent none, and answers. So from the second try on the other
        one listens long enough to say that before it starts.
        """
        bond, now = state.bond, self._now
        bond = replace(bond, pin=go.pin)
        leads = (bond.role is Role.CALLER) == (state.number % 2 == 1)
        lead = self._limits.lead if state.number == 1 else self._limits.lead_again
        start = now if leads else now + lead
        self._attempt += 1
        if state.number == 1:  # what is told as formation is the whole of it, with its retries
            self._go_at = now
            self.timings = replace(self.timings, find=now - state.since)
        self.timings = replace(self.timings, form=None, check=None)
        plan = bond.keys.plan
        calls = bond.role is Role.CALLER
        order = FormGroup(
            self._attempt,
            bond.peer.address,
            plan.mine(bond.role),
            plan.theirs(bond.role),
            bond.peer.name,
            method=go.method if calls else go.method.counterpart,
            pin=go.pin,
            intent=self._intent(bond.role, go.owner),
            # One side's wish only: two different channels would have nothing in common.
            frequency=self._policy.frequency if calls and self.radios.abilities.frequency else None,
            begins=not leads,  # who starts first is there to be asked
        )
        self.state = Forming(bond, state.number, order, start, now + lead + self._limits.form)

    def _again(self, failure: Failure) -> None:
        """This try has failed here. Tell the other side and try again, or end with `failure` when there is no way on."""
        state = self.state
        assert isinstance(state, Meeting | Forming | Checking)
        bond, talking = state.bond, state.bond.channel in self._talks
        in_time = bond.lost is None or self._now < bond.lost_at + self._limits.restore
        if talking and in_time and state.number < self._limits.tries and not isinstance(state, Meeting):
            self._say(bond.channel, Again(state.number + 1))
            self._clear(state.number + 1)
        elif bond.lost is not None:
            if talking:
                self._hang_up(bond.channel)
            self._call_again(bond)
        else:
            self._fail(failure, GoodbyeReason.FAILED)

    def _clear(self, number: int) -> None:
        state = self.state
        assert isinstance(state, Forming | Checking)
        self._attempt += 1  # also numbers the clearing
        self.state = Clearing(state.bond, number, self._now + self._limits.clear)

    def _linked(self, state: Checking) -> None:
        bond = state.bond
        known = next((peer for peer in self._policy.trusted if peer.identity == bond.identity), None)
        if known is not None:
            self._out.append(Remember(known.identity, known.trust_key, known.label))
        elif bond.remember:
            self._out.append(Remember(bond.identity, bond.keys.trust, bond.peer.name))
            bond = replace(bond, peer=replace(bond.peer, trusted=True))
        hang_up = self._now + self._limits.hang_up if bond.channel in self._talks else None
        bond = replace(bond, lost=None, restores=None, calls=0)
        self.state = Linked(bond, state.number, state.order, state.group, self._now, hang_up)

    def _restore(self, bond: Bond, because: Reason) -> None:
        """The link is lost without a goodbye: the caller calls again, the listener waits for that."""
        if bond.channel in self._talks:
            self._hang_up(bond.channel)
        self._nonces.clear()
        self._call_again(replace(bond, lost=because, restores=bond.keys, lost_at=self._now, calls=0))

    def _call_again(self, bond: Bond) -> None:
        assert bond.lost is not None
        over = bond.lost_at + self._limits.restore
        if bond.role is Role.LISTENER:
            if self._now >= over:
                self._fail(Failure(Stage.RESTORING, self._or_radio(bond.lost)), None)
            else:
                self.state = Restoring(bond, None, over)
        elif bond.calls >= self._limits.tries or self._now >= over:
            self._fail(Failure(Stage.RESTORING, self._or_radio(bond.lost)), GoodbyeReason.FAILED)
        else:
            call_id = self._entropy(3)
            # Not by newer keys: a `resume` that did not arrive renewed them on our side only.
            call = Call(wants_link=True, call_id=call_id, hint=hint(_restores(bond).resume, call_id))
            self.state = Restoring(replace(bond, calls=bond.calls + 1), call, self._now + self._limits.call_again)

    def _refuse(self, state: Asked, reason: AnswerReason) -> None:
        self._refused.append(self._now)
        self._say(state.channel, Answer(accepted=False, reason=reason, remember=False))
        self._hang_up(state.channel)
        self._rest(Failure(Stage.ASKED, Reason.NO_ANSWER) if reason is AnswerReason.TIMEOUT else None)

    def _fail(self, failure: Failure | None, goodbye: GoodbyeReason | None) -> None:
        """End the journey: tell the other side (unless it told us), take down what was made, then rest."""
        state, now = self.state, self._now
        if isinstance(state, Meeting | Forming | Checking | Linked | Clearing | Restoring):
            self._met = {address: until for address, until in self._met.items() if until > now} | {
                state.bond.peer.address: now + self._limits.ask
            }
        channel = self._channel()
        if channel is not None:
            if goodbye is not None:
                self._leave(channel, goodbye)
            else:
                self._hang_up(channel)
        self._leave_all(GoodbyeReason.CANCELLED, serving=True)
        match state:
            case Forming(order=order) if now >= state.start:
                self.state = Ending(order, now + self._limits.end, failure, state.bond.peer)
            case Checking(order=order) | Linked(order=order):
                farewell = replace(self._link_plan(state), leaving=True) if goodbye is not None else None
                limit = self._limits.farewell if farewell else self._limits.end
                self.state = Ending(order, now + limit, failure, state.bond.peer, farewell)
            case Ending():
                pass
            case _:
                self._rest(failure)

    def _rest(self, failure: Failure | None) -> None:
        """Nothing is to be taken down (any more)."""
        self.state = Idle(failure, self._peer() if failure is not None else None)

    def _talk_ended(self, reason: Reason) -> None:
        """The conversation of this stage is gone. A group that is being formed may still make it; before that it is the end."""
        state = self.state
        match state:
            case Asking() | Asked():
                self._rest(Failure(self.stage, reason))
            case Meeting() | Clearing():
                if state.bond.lost is not None:
                    self._call_again(state.bond)
                else:
                    self._rest(Failure(self.stage, reason))
            case _:
                pass

    # --- talking ---

    def _conversation(self, role: Role, channel: bytes, resumable: SessionKeys | None) -> Conversation:
        me = Introduction(
            name=clean_name(self._policy.name),
            kind=self._policy.kind,
            p2p_address=self.radios.p2p_address or bytes(6),
            port=self._policy.port,
            methods=tuple(Method) if self.radios.abilities.pin else (Method.PBC,),
        )
        return Conversation(
            role=role,
            channel=channel,
            me=me,
            identity=self._identity,
            entropy=self._entropy,
            resumable=resumable,
            used_nonces=self._nonces,
        )

    def _say(self, channel: bytes, message: Answer | Seen | Go | LinkedMessage | Again) -> None:
        talk = self._talks.get(channel)
        if talk is not None and not talk.conversation.ended:
            self._send(channel, talk.conversation.say(message))

    def _send(self, channel: bytes, messages: Sequence[bytes]) -> None:
        talk = self._talks.get(channel)
        if talk is None or not messages:
            return
        room = max(talk.room, SMALLEST_ROOM)
        frames = tuple(frame for message in messages for frame in split(channel, message, room))
        self._out.append(Say(talk.origin, talk.conversation.role, frames))

    def _leave(self, channel: bytes, reason: GoodbyeReason) -> None:
        """Say goodbye on a conversation and hang up."""
        talk = self._talks.get(channel)
        if talk is not None:
            self._send(channel, talk.conversation.goodbye(reason))
            self._hang_up(channel)

    def _leave_all(self, reason: GoodbyeReason, *, serving: bool) -> None:
        """Leave every conversation but the one this state is about; as a caller also those of listeners, which answered in vain.

        Two who click each other at the same moment are in two conversations: the one that we were called in stays until decided.
        """
        current = self._channel()
        asked = self.state.peer.address if isinstance(self.state, Asking) else None
        for channel, talk in list(self._talks.items()):
            if channel == current:
                continue
            listener = talk.conversation.role is Role.LISTENER
            if listener and serving and isinstance(self.state, Idle | Seeking):
                continue
            if listener and asked is not None and talk.conversation.peer is None:
                continue
            if listener and asked is not None and talk.conversation.peer and text_address(talk.conversation.peer.p2p_address) == asked:
                continue
            self._leave(channel, reason)

    def _hang_up(self, channel: bytes) -> None:
        """The listener ends the connection; the caller lingers, so that its last word is heard, and then serves no more.

        Two who called each other have two conversations over one radio link: it ends with the last of them.
        """
        talk = self._talks.get(channel)
        if talk is not None:
            self._forget(channel)
            if talk.conversation.role is Role.CALLER:
                self._serve_until = self._now + self._limits.linger
            self._let_go(talk.origin)

    def _let_go(self, origin: str) -> None:
        """End our connection to `origin`, unless a conversation still runs over that radio link."""
        if origin in self._hosts and not any(talk.origin == origin for talk in self._talks.values()):
            self._hosts.discard(origin)
            self._out.append(HangUp(origin))

    def _forget(self, channel: bytes) -> None:
        self._talks.pop(channel, None)
        self._assembly.forget(channel)
        self._peers.hung_up(channel, self._now)

    def _drop(self, channel: bytes, reason: Reason = Reason.PEER_GONE) -> None:
        """The connection under a conversation is gone."""
        current = channel == self._channel()
        self._forget(channel)
        if current:
            self._talk_ended(reason)
        elif isinstance(self.state, Seeking) and self.state.call is not None:
            self.state = replace(self.state, call=self._call(self.state.identity))  # so that it may answer again

    def _broken(self, broken: Broken) -> None:
        if broken.channel in self._talks:
            current = broken.channel == self._channel()
            self._leave(broken.channel, GoodbyeReason.PROTOCOL)
            if current:
                self._talk_ended(Reason.PROTOCOL)

    # --- small facts ---

    def _channel(self) -> bytes | None:
        """The conversation this state is about."""
        match self.state:
            case Asking(channel=channel) | Asked(channel=channel):
                return channel
            case Meeting(bond) | Forming(bond) | Checking(bond) | Linked(bond) | Clearing(bond):
                return bond.channel
            case _:
                return None

    def _question(self) -> str:
        """Names what our user is asked now; empty when nothing."""
        match self.state:
            case Asking(secured=Secured(keys=keys)) | Asked(secured=Secured(keys=keys)):
                return keys.session.hex()
            case state if isinstance(state, strangers.Strange):
                return strangers.question(state)
            case _:
                return ""

    def _peer(self) -> Peer | None:
        """The one this state is about, as far as it is proven who that is."""
        match self.state:
            case Asking(peer=peer, secured=Secured(identity=identity)):
                return self._secured_peer(peer, identity)
            case Asking(peer=peer) | Asked(peer=peer) | Ending(peer=peer) | Idle(peer=peer):
                return peer
            case Meeting(bond) | Forming(bond) | Checking(bond) | Linked(bond) | Clearing(bond) | Restoring(bond):
                return bond.peer
            case _:
                return None

    def _listens(self) -> bool:
        """May calls be heard now?"""
        if self.radios.bluetooth is not None or self.radios.wifi is not None or self.radios.p2p_address is None:
            return False
        return isinstance(self.state, Idle | Seeking) and self._policy.visibility is not Visibility.NOBODY and not self._quiet()

    def _quiet(self) -> bool:
        full = len(self._refused) == self._limits.refusals
        return full and self._now < self._refused[0] + self._limits.refusal_span

    def _call(self, identity: bytes | None) -> Call:
        trusted = next((peer for peer in self._policy.trusted if peer.identity == identity), None)
        return self._call_for(trusted.trust_key) if trusted else Call(call_id=self._entropy(3), hint=ANYONE)

    def _call_for(self, key: bytes) -> Call:
        """A call meant for whoever has this key; one id in 65 536 would say "anyone" by accident."""
        while True:
            call_id = self._entropy(3)
            if (hinted := hint(key, call_id)) != ANYONE:
                return Call(call_id=call_id, hint=hinted)

    def _secured_peer(self, peer: Peer, identity: bytes) -> Peer:
        known = next((trusted for trusted in self._policy.trusted if trusted.identity == identity), None)
        if known is not None:
            return replace(peer, trusted=True, name=known.label)
        changed = any(trusted.label == peer.name for trusted in self._policy.trusted)
        return replace(peer, identity_changed=changed)

    def _link_plan(self, state: Checking | Linked) -> LinkPlan:
        bond = state.bond
        return LinkPlan(
            attempt=state.order.attempt,
            role=bond.role,
            keys=bond.keys,
            group=state.group,
            port=self._policy.port,
            peer_port=bond.introduction.port,
            addresses=state.order.peer,
        )

    def _or_radio(self, reason: Reason) -> Reason:
        """A radio that went away, or does not do what it is told, explains more than the time-out it caused."""
        return self.radios.wifi or self._find_reason or reason


def _restores(bond: Bond) -> SessionKeys:
    """The keys that call for, and resume, a lost link."""
    return bond.restores or bond.keys


def _is_hello(message: bytes) -> bool:
    try:
        return isinstance(decode(message), Hello)
    except WireError:
        return False


_REFUSALS = {
    AnswerReason.USER: Reason.DECLINED,
    AnswerReason.BUSY: Reason.PEER_BUSY,
    AnswerReason.POLICY: Reason.PEER_POLICY,
    AnswerReason.TIMEOUT: Reason.NO_ANSWER,
}

_LEAVINGS = {
    GoodbyeReason.CANCELLED: Reason.PEER_CANCELLED,
    GoodbyeReason.DECLINED: Reason.DECLINED,
    GoodbyeReason.FAILED: Reason.PEER_FAILED,
    GoodbyeReason.PROTOCOL: Reason.PROTOCOL,
    GoodbyeReason.FINISHED: Reason.CANCELLED,
}
