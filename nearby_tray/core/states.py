"""The states of the session, one class for each: what it knows while it is in it, and how long that may last.

A state is a value: the session replaces it, nothing changes it. The functions below say what states have in common.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from . import calls, wps
from .conversation import Introduction, Secured
from .keys import Role, SessionKeys
from .model import Failure, FormGroup, Group, HostGroup, Peer, Reason, Stage
from .orders import LinkPlan
from .wire import Answer, By, MatchMessage, Purpose
from .wps import Hosting


@dataclass(frozen=True, slots=True)
class Idle:
    """Nothing is going on. `failure`: why the last journey ended, until it is dismissed; `peer`: with whom, so that it can be named."""

    stage: ClassVar[Stage] = Stage.IDLE
    failure: Failure | None = None
    peer: Peer | None = None


@dataclass(frozen=True, slots=True)
class Seeking:
    """Our call is on the air (`round`), or was and we wait for the user to pick one of those who answered.

    `bond`: a lost link that goes on being restored meanwhile. `then`: whoever is asked without another click, because our user was linked
    with it when this computer fell asleep.
    """

    stage: ClassVar[Stage] = Stage.SEEKING
    round: calls.Round | None
    identity: bytes | None
    until: float
    bond: Bond | None = None
    then: Asleep | None = None


@dataclass(frozen=True, slots=True)
class Asking:
    """We asked `peer`. `keys`: agreed, so the code is on the screen; `secured`: the other has proven itself, so our user may compare.

    Both have agreed when it has accepted and our user said that the codes match; for a trusted peer that was picked nobody has to.
    """

    stage: ClassVar[Stage] = Stage.ASKING
    channel: bytes
    peer: Peer
    until: float
    picked: bytes | None = None  # the identity of the trusted peer that our user meant
    keys: SessionKeys | None = field(default=None, repr=False)
    secured: Secured | None = field(default=None, repr=False)
    matched: bool = False
    trust: bool = False
    answer: Answer | None = None

    # spec: 2.17
    @property
    def knows(self) -> bool:
        """Whether the peer that the user picked has proven to be a computer that it trusts: then there is nothing to compare."""
        return self.secured is not None and self.peer.trusted and self.picked == self.secured.identity


@dataclass(frozen=True, slots=True)
class Asked:
    """We are asked: the dialog is open. The only way into `Meeting` for a listener is from here: the user's `Accept`, or at once for a
    trusted caller that is paired, when the user wants that (`Policy.accept_paired`), or whose lost link is being restored; and the caller's
    word that the codes match."""

    stage: ClassVar[Stage] = Stage.ASKED
    channel: bytes
    peer: Peer
    purpose: Purpose
    secured: Secured = field(repr=False)
    until: float = 0.0
    by: By | None = None  # what has accepted
    trust: bool = False
    match: MatchMessage | None = None


@dataclass(frozen=True, slots=True)
class Asleep:
    """Whom we were linked with when the machine fell asleep."""

    identity: bytes
    address: str


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
    trust: bool = False  # both chose to need no code next time
    used: bytes | None = field(default=None, repr=False)  # the trust key by which one knew the other beforehand
    pin: str | None = field(default=None, repr=False)  # for the group that is being formed or is up
    unasked: bool = False  # accepted by `Policy.accept_paired`
    lost: Reason | None = None  # why the link is being restored
    restores: SessionKeys | None = field(default=None, repr=False)  # the lost link's keys: they call until it is back
    lost_at: float = 0.0
    calls: int = 0  # calls made to restore it

    # spec: 6.5
    @property
    def resumes(self) -> SessionKeys:
        """The keys that call for, and resume, the lost link: newer ones may have come about on one side only."""
        return self.restores or self.keys


@dataclass(frozen=True, slots=True)
class Meeting:
    """Agreed; each finds until it sees the other. `number`: which try this is."""

    stage: ClassVar[Stage] = Stage.MEETING
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

    stage: ClassVar[Stage] = Stage.FORMING
    bond: Bond
    number: int
    order: FormGroup
    start: float
    until: float


# spec: 4.4
@dataclass(frozen=True, slots=True)
class Checking:
    """The group is up here; pings look for the peer on it."""

    stage: ClassVar[Stage] = Stage.CHECKING
    bond: Bond
    number: int
    order: FormGroup
    group: Group
    until: float
    since: float


@dataclass(frozen=True, slots=True)
class Linked:
    """An authenticated pong came back, at try `number`. `hang_up`: when the Bluetooth conversation ends."""

    stage: ClassVar[Stage] = Stage.LINKED
    bond: Bond
    number: int
    order: FormGroup
    group: Group
    since: float
    hang_up: float | None


@dataclass(frozen=True, slots=True)
class Clearing:
    """A try failed: undo it, clear the radio, then meet for try `number`."""

    stage: ClassVar[Stage] = Stage.FORMING
    bond: Bond
    number: int
    attempt: int  # names this clearing
    until: float
    there: bool = False


# spec: 6.6
@dataclass(frozen=True, slots=True)
class Restoring:
    """The link was lost. The caller of the session calls again (`round`), the listener waits for that call; both also hear the other call
    anew, for its applet may have been restarted. Nothing that is not authenticated ends this."""

    stage: ClassVar[Stage] = Stage.RESTORING
    bond: Bond
    round: calls.Round | None
    until: float


@dataclass(frozen=True, slots=True)
class Ending:
    """Say goodbye on the link if there is one, take the group down, then rest with `failure` (or without)."""

    stage: ClassVar[Stage] = Stage.ENDING
    order: FormGroup | HostGroup
    until: float
    failure: Failure | None
    peer: Peer | None
    farewell: LinkPlan | None = None


Bonded = Meeting | Forming | Checking | Linked | Clearing | Restoring
State = Idle | Seeking | Asking | Asked | Bonded | Ending | wps.PlainState


def stage(state: State) -> Stage:
    """The word for a state. A lost link is `RESTORING` until it is back, whatever step that is at."""
    if isinstance(state, Bonded) and state.bond.lost is not None:
        return Stage.RESTORING
    if isinstance(state, Hosting) and state.asking is not None:
        return Stage.ASKED
    return state.stage


def begins_anew(before: State, after: State) -> bool:
    """Whether the countdown of `after` begins: also with the yes to a caller, which then compares the codes."""
    if isinstance(before, Asked) and isinstance(after, Asked):
        return before.by is not after.by
    return type(after) is not type(before)


def deadline(state: State, now: float) -> float | None:
    """When something happens in this state by itself."""
    match state:
        case Idle():
            return None
        case Linked():
            return state.hang_up
        case Forming() if now < state.start:
            return state.start
        case Meeting() if now < state.listens:
            return state.listens
        case Seeking(round=calls.Round() as round) | Restoring(round=calls.Round() as round):
            turn = round.next_turn(now)
            return state.until if turn is None else min(turn, state.until)
        case _ if isinstance(state, wps.PlainState):
            return wps.deadline(state)
        case _:
            return state.until


def channel(state: State) -> bytes | None:
    """The conversation that a state is about."""
    if isinstance(state, Asking | Asked):
        return state.channel
    return state.bond.channel if isinstance(state, Bonded) else None


# spec: 2.26
def question(state: State) -> str:
    """Names what the user is asked in a state; empty: nothing."""
    match state:
        case Asking(secured=Secured(keys=keys)) | Asked(secured=Secured(keys=keys)):
            return keys.session.hex()
        case _ if isinstance(state, wps.PlainState):
            return wps.question(state)
        case _:
            return ""


def peer(state: State) -> Peer | None:
    """The peer that a state is about, as far as it is proven who that is."""
    if isinstance(state, Bonded):
        return state.bond.peer
    return state.peer if isinstance(state, Idle | Asking | Asked | Ending) else None
