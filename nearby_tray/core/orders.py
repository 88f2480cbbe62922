"""What the session is told and what it orders: events in, commands and wants out, and the limits and the policy that it goes by."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from .keys import Role, SessionKeys, TrustedPeer
from .link import Verdict
from .model import (
    PORT,
    Admission,
    AdmissionFailed,
    Asker,
    BluetoothChanged,
    CallHeard,
    Disconnected,
    FormGroup,
    FrameArrived,
    Group,
    GroupLost,
    HostGroup,
    MemberJoined,
    MemberLeft,
    Method,
    PeerFound,
    PeerLost,
    Reason,
    Visibility,
    WifiChanged,
    WifiRequest,
)
from .wire import Kind, Purpose


@dataclass(frozen=True, slots=True)
class Limits:
    """How long each stage may last, in seconds, and how often something may be tried."""

    seek: float = 30.0  # our call is on the air
    choose: float = 90.0  # after that, with answers in the list: for the user to pick one
    ask: float = 60.0  # for the listener's user; the caller waits `slack` longer, so that the listener's word comes first
    slack: float = 6.0
    prove: float = 3.0  # from our offer to the caller's proof
    greet: float = 120.0  # a conversation that nobody made a request of
    meet: float = 75.0  # until each sees the other; the first find after boot waits for NetworkManager's own scans
    form: float = 12.0  # good ones on a free radio are up in 2–7 s
    lead: float = 1.0  # the second side starts this much later: at the same instant the requests collide
    lead_again: float = 4.0  # after a failed try: the first one's request must have been heard, and answered "not yet", see `Session._form`
    settle: float = 5.0  # after a failed try: a find begins with a scan of all channels (4 s in the lab), in which nobody is heard
    check: float = 4.0  # the first authenticated answer comes within 1.5 s; until then nobody on the group is known
    clear: float = 25.0
    end: float = 10.0  # for NetworkManager to take the group down
    farewell: float = 1.0
    linger: float = 1.0  # serve on after a goodbye, so that it is heard
    hang_up: float = 4.0  # the conversation goes on for a while after linked: `linked` may be on its way
    call_again: float = 30.0  # one call of a lost session
    restore: float = 150.0  # the called side of a lost session waits this long in all
    connect_gap: float = 2.0  # between two connections to callers
    tries: int = 3
    guests: int = 4  # callers that we are connected to at once
    refusals: int = 3  # requests of unknown machines, or dialogs of one identity, in `refusal_span`: the rest is missed quietly
    wake: float = 60.0  # after sleep, for the radios to come back so that what was linked is called for
    refusal_span: float = 120.0
    consent: float = 60.0  # for our user to allow what a program asks for
    provision: float = 110.0  # for the plain peer's user to agree: its wpa_supplicant waits 120 s (p2p_go_neg.c)
    type: float = 110.0  # for our user to type the PIN that it shows; WPS keeps one for 120 s
    look: float = 20.0  # for the group of a peer whose confirmation was missed: it gives up after some 15 s (p2p_supplicant.c)
    pins: int = 3  # PINs tried with one machine
    probe: float = 30.0  # until a plain peer answers on the group
    host: float = 30.0  # until the hosted group is up
    admit: float = 120.0  # for a machine that was let in to come in: the WPS walk time (wps_defs.h, WPS_PBC_WALK_TIME)


@dataclass(frozen=True, slots=True)
class Policy:
    """What the user's settings say, as far as it decides something here."""

    name: str
    kind: Kind = Kind.OTHER
    port: int = PORT
    visibility: Visibility = Visibility.EVERYONE
    away: bool = False  # nobody is there to answer
    trusted: tuple[TrustedPeer, ...] = ()
    accept_paired: bool = False  # trusted peers that call over an encrypted link of a Bluetooth bond need no `Accept`
    intent: int = 7  # GO intent 0…15
    frequency: int | None = None  # MHz, or 2 or 5 for the band

    def known(self, identity: bytes) -> TrustedPeer | None:
        """The trusted peer with this identity."""
        return next((peer for peer in self.trusted if peer.identity == identity), None)


# --- events: things that happened ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Seek:
    """The user wants to connect: to anyone, or to the one remembered peer with this identity."""

    identity: bytes | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """The user chose a peer of the list."""

    peer: str
    purpose: Purpose = Purpose.LINK
    method: Method | None = None  # for one that does not run Nearby Tray, which needs one
    remember: bool = False  # the group, so that it can be formed again with no WPS


@dataclass(frozen=True, slots=True)
class EnterPin:
    """The user typed the PIN that the other machine shows."""

    question: str
    pin: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Host:
    """The user wants a group of our own. `persistent`: one to be remembered."""

    persistent: bool = False


@dataclass(frozen=True, slots=True)
class Invite:
    peer: str


@dataclass(frozen=True, slots=True)
class Expel:
    """`address`: the member's P2P device address."""

    address: str


@dataclass(frozen=True, slots=True)
class AskedFor:
    """A program of this computer wants this. Unless it is the user's own command, or only looks around, the user is asked first."""

    asker: Asker
    event: Seek | Ask | Host | Invite


@dataclass(frozen=True, slots=True)
class Allow:
    """The user consents to what a program asked for: the `Wish` with this id and no other."""

    wish: str


@dataclass(frozen=True, slots=True)
class Forbid:
    wish: str


@dataclass(frozen=True, slots=True)
class Tick:
    """Time has passed."""


@dataclass(frozen=True, slots=True)
class Accept:
    """Yes to `Snapshot.question`. `trust`: no code next time, if the other side wants that too; with a plain peer: remember the group."""

    question: str
    trust: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """While asking: our user says that both screens show the same code."""

    question: str
    trust: bool = False


@dataclass(frozen=True, slots=True)
class Decline:
    """No. To `question`, or to whatever is asked now when it is empty: a no opens nothing."""

    question: str = ""


@dataclass(frozen=True, slots=True)
class CallBack:
    """Call the one whose request was missed."""

    missed: str


@dataclass(frozen=True, slots=True)
class ForgetMissed:
    """The user has seen that request; empty: all of them."""

    missed: str = ""


@dataclass(frozen=True, slots=True)
class Suspend:
    """The machine is about to sleep: say goodbye and take down what is there."""


@dataclass(frozen=True, slots=True)
class Wake:
    """It is awake again: what was linked when it fell asleep is called for."""


@dataclass(frozen=True, slots=True)
class Cancel:
    """Stop whatever is going on; a link is ended, with a goodbye."""


@dataclass(frozen=True, slots=True)
class Dismiss:
    """The user has read the failure."""


@dataclass(frozen=True, slots=True)
class Configure:
    policy: Policy


@dataclass(frozen=True, slots=True)
class Connected:
    """The GATT connection to a caller is up. `room`: bytes one frame may have."""

    origin: str
    room: int


@dataclass(frozen=True, slots=True)
class ConnectFailed:
    origin: str


@dataclass(frozen=True, slots=True)
class SayFailed:
    """What was to be said to `origin` could not be, in a conversation in which we are `role`; the other direction may still stand."""

    origin: str
    role: Role
    reason: Reason = Reason.PEER_GONE


@dataclass(frozen=True, slots=True)
class CallFailed:
    """Our call could not be put on the air."""

    reason: Reason
    detail: str = ""


@dataclass(frozen=True, slots=True)
class FindSaid:
    """Whether the find is as wanted; `reason`: why it is not. It is tried again."""

    reason: Reason | None


@dataclass(frozen=True, slots=True)
class GroupFormed:
    attempt: int
    group: Group


@dataclass(frozen=True, slots=True)
class GroupFailed:
    attempt: int
    reason: Reason
    detail: str = ""


@dataclass(frozen=True, slots=True)
class GroupRemoved:
    attempt: int


@dataclass(frozen=True, slots=True)
class Cleared:
    number: int


@dataclass(frozen=True, slots=True)
class LinkSaid:
    """What the pings of the group `attempt` show."""

    attempt: int
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class FarewellSaid:
    attempt: int


@dataclass(frozen=True, slots=True)
class ProvisionFailed:
    """The machine at `address` did not get ready (`Provision`)."""

    address: str
    reason: Reason
    detail: str = ""


@dataclass(frozen=True, slots=True)
class LinkBroken:
    """The pinger could not be opened."""

    attempt: int
    reason: Reason
    detail: str = ""


Event = (
    Seek
    | Ask
    | EnterPin
    | Host
    | Invite
    | Expel
    | AskedFor
    | Allow
    | Forbid
    | Accept
    | Decline
    | Match
    | CallBack
    | ForgetMissed
    | Suspend
    | Wake
    | Cancel
    | Dismiss
    | Configure
    | Tick
    | BluetoothChanged
    | WifiChanged
    | CallHeard
    | Connected
    | ConnectFailed
    | SayFailed
    | CallFailed
    | FindSaid
    | FrameArrived
    | Disconnected
    | PeerFound
    | PeerLost
    | GroupFormed
    | GroupFailed
    | GroupLost
    | GroupRemoved
    | WifiRequest
    | MemberJoined
    | MemberLeft
    | AdmissionFailed
    | Cleared
    | LinkSaid
    | LinkBroken
    | FarewellSaid
    | ProvisionFailed
)


# --- commands: orders to carry out now --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Connect:
    """Connect to a caller's GATT service; answered by `Connected` or `ConnectFailed`."""

    origin: str


@dataclass(frozen=True, slots=True)
class Say:
    """Send these frames to `origin`, in order, in a conversation in which we are `role`."""

    origin: str
    role: Role
    frames: tuple[bytes, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class HangUp:
    """End the connection with `origin`, after what was said to it is sent."""

    origin: str


@dataclass(frozen=True, slots=True)
class Trust:
    """Both users trust the other (or have met again): keep this peer. The time is the clock's at that moment."""

    identity: bytes
    trust_key: bytes = field(repr=False)
    label: str = ""
    previous_key: bytes | None = field(default=None, repr=False)  # that it may use still


@dataclass(frozen=True, slots=True)
class CorrectAddresses:
    """The peer says where it is on the group `attempt`."""

    attempt: int
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Provision:
    """Have a plain peer get ready; `method` is what this side does. Answered by `ProvisionFailed`, or not at all."""

    address: str
    method: Method


@dataclass(frozen=True, slots=True)
class Reject:
    """Tell a plain peer no, where that can be told."""

    address: str


@dataclass(frozen=True, slots=True)
class Admit:
    """Let one machine into the group `attempt` that we host; answered by `MemberJoined` or `AdmissionFailed`."""

    attempt: int
    admission: Admission


@dataclass(frozen=True, slots=True)
class InvitePeer:
    address: str


@dataclass(frozen=True, slots=True)
class ExpelMember:
    address: str


Command = Connect | Say | HangUp | Trust | CorrectAddresses | Provision | Reject | Admit | InvitePeer | ExpelMember


# --- wants: what should exist -----------------------------------------------------------------------------------------------


class Find(Enum):
    OFF = "off"
    ON = "on"  # renewed
    HELD = "held"  # as it is: nothing may start or stop it while a group forms


@dataclass(frozen=True, slots=True)
class LinkPlan:
    """Pings on a group: where from, where to, and with which keys. `leaving`: say goodbye instead."""

    attempt: int
    role: Role
    keys: SessionKeys = field(repr=False)
    group: Group
    port: int
    peer_port: int
    addresses: tuple[str, ...]
    leaving: bool = False


@dataclass(frozen=True, slots=True)
class ProbePlan:
    """Plain peers to look for on a group: their P2P device addresses, and their stations where known."""

    attempt: int
    group: Group
    peers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Wants:
    """What should exist now; nothing, unless said."""

    listen: bool = False
    serve: bool = False
    advertisement: bytes | None = None
    find: Find = Find.OFF
    clear: int = 0  # a new number: clear the radio once, and say so with `Cleared`
    group: FormGroup | HostGroup | None = None
    link: LinkPlan | None = None
    probe: ProbePlan | None = None
