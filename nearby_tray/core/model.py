"""The values that travel from the radio to the screen: frozen, comparable, free of secrets.

A `Snapshot` says everything a face may draw; a `Failure` says what went wrong as stage, reason and advice (the advice is
chosen by the reason, its sentences are written in `ui/text/reasons.py`). Times are seconds of the controller's monotonic clock unless a
name says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, StrEnum

PORT = 47476  # UDP, for the pings, unless the user chooses another one


class Stage(Enum):
    """Where in the journey something happens; the `state` word of the command line's JSON."""

    IDLE = "idle"
    SEEKING = "seeking"
    ASKING = "asking"
    ASKED = "asked"
    MEETING = "meeting"  # agreed; waiting until each sees the other on Wi-Fi
    FORMING = "forming"
    CHECKING = "checking"
    LINKED = "linked"
    RESTORING = "restoring"
    ENDING = "ending"
    ENTERING = "entering"  # our user types the PIN that the other machine shows
    HOSTING = "hosting"  # a group of our own is up, others may join


class Reason(Enum):
    """Why something is not possible or did not work. Each has its sentence and advice in `ui/text/reasons.py`."""

    # the machine
    BLUETOOTH_MISSING = "bluetooth-missing"  # no bluetoothd on the bus
    BLUETOOTH_NO_ADAPTER = "bluetooth-no-adapter"
    BLUETOOTH_OFF = "bluetooth-off"
    BLUETOOTH_REFUSED = "bluetooth-refused"  # advertising or GATT refused by BlueZ
    WIFI_MISSING = "wifi-missing"  # no NetworkManager on the bus
    WIFI_NO_P2P = "wifi-no-p2p"  # NetworkManager has no wifi-p2p device
    WIFI_OFF = "wifi-off"  # radio switched off or the device unavailable
    WIFI_NOT_ALLOWED = "wifi-not-allowed"  # polkit refused
    WIFI_BUSY = "wifi-busy"  # somebody else uses the P2P device
    WIFI_PROFILE = "wifi-profile"  # NetworkManager did not take the profile as written
    # the other side
    NOBODY_ANSWERED = "nobody-answered"
    NO_ANSWER = "no-answer"  # asked, and nobody answered in time
    NOT_COMPARED = "not-compared"  # accepted, but the asking side never said that the codes match
    DECLINED = "declined"
    PEER_BUSY = "peer-busy"
    PEER_POLICY = "peer-policy"
    PEER_UNAVAILABLE = "peer-unavailable"  # a radio is off there
    PEER_CANCELLED = "peer-cancelled"
    PEER_FAILED = "peer-failed"  # the other side could not go on
    PEER_GONE = "peer-gone"  # the Bluetooth conversation broke off
    CLONED = "cloned"  # it has this computer's identity: one disk was copied from the other
    PROTOCOL = "protocol"  # it said something that cannot be understood, or a check failed
    NOT_OURS = "not-ours"  # the peer does not run Nearby Tray
    # forming and keeping the link
    NOT_SEEN = "not-seen"  # the two did not find each other on Wi-Fi
    NOT_FORMED = "not-formed"  # no group in time, all tries used
    NOT_CHECKED = "not-checked"  # group formed, no authenticated pong
    NO_ADDRESS = "no-address"
    PORT_IN_USE = "port-in-use"  # another program here has our UDP port
    LINK_LOST = "link-lost"
    GROUP_ENDED = "group-ended"  # the group went away under us
    DAEMON_RESTARTED = "daemon-restarted"
    # provisioning
    WRONG_PIN = "wrong-pin"
    PBC_OVERLAP = "pbc-overlap"  # two machines pushed the button within two minutes (WPS session overlap)
    METHODS_DIFFER = "methods-differ"  # one wants the button, the other a PIN
    REJECTED = "rejected"  # the other machine's user or settings refused on Wi-Fi itself
    NOT_READY = "not-ready"  # it answers on Wi-Fi, and nobody there has agreed yet
    CHANNEL_FORBIDDEN = "channel-forbidden"  # by regulation, or the radio cannot
    CHANNEL_TAKEN = "channel-taken"  # the radio can be on one channel only and the ordinary network is on another
    NO_COMMON_CHANNEL = "no-common-channel"
    BOTH_OWN = "both-own"  # both insist on owning the group
    NOT_OFFERED = "not-offered"  # the Wi-Fi back end in use cannot do it
    GROUP_FORGOTTEN = "group-forgotten"  # the other machine no longer knows the remembered group
    PEER_LEFT = "peer-left"  # the other side ended the link, with a goodbye
    CANCELLED = "cancelled"  # by our own user
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True)
class Failure:
    """A stage that did not end well. `detail` is what the daemon said, for the curious; never a secret."""

    stage: Stage
    reason: Reason
    detail: str = ""
    port: int = PORT  # UDP, in use here: what a firewall has to let through


class Visibility(Enum):
    NOBODY = "nobody"
    TRUSTED = "trusted"
    EVERYONE = "everyone"


class Grade(Enum):
    GOOD = "good"
    FAIR = "fair"
    WEAK = "weak"
    LOST = "lost"


class Method(StrEnum):
    """WPS provisioning, as one side does it: push button, show a PIN, type a PIN. The other side does the `counterpart`."""

    PBC = "pbc"
    DISPLAY = "display"
    KEYPAD = "keypad"

    @property
    def counterpart(self) -> Method:
        return {Method.DISPLAY: Method.KEYPAD, Method.KEYPAD: Method.DISPLAY}.get(self, self)


INTENT = 7  # wpa_supplicant's own GO intent, and what NetworkManager always asks for


class Way(StrEnum):
    """How a group of two comes about."""

    NEGOTIATE = "negotiate"  # GO negotiation
    JOIN = "join"  # the other owns a group already
    REINVOKE = "reinvoke"  # a group that both remember, without WPS


class Prompt(StrEnum):
    """What the user has to answer, or to look at, at once."""

    REQUEST = "request"  # a peer asks for a link
    WISH = "wish"  # a program of this computer asks for something
    ENTRY = "entry"  # the other machine shows a PIN, to be typed here
    PIN = "pin"  # this computer shows a PIN, to be typed there


class Probe(StrEnum):
    """What the figures of a link are measured with."""

    PINGS = "pings"  # authenticated, with our own protocol
    ECHO = "echo"  # ICMP
    NEIGHBOUR = "neighbour"  # the kernel's neighbour table: there or not, no times


@dataclass(frozen=True, slots=True)
class Abilities:
    """What the Wi-Fi back end in use can do beyond a negotiated group with push button."""

    backend: str = "NetworkManager"  # its name, for the link's details
    pin: bool = False  # WPS PIN, shown and typed
    intent: bool = False  # GO intent may be chosen
    frequency: bool = False  # so may the channel
    host: bool = False  # groups of our own, invitations, joining those of others
    hears: bool = False  # requests of plain peers arrive here
    persistent: bool = False  # groups can be remembered and formed again with no WPS

    def obstacle(self, peer: Peer, method: Method) -> Reason | None:
        """Why we cannot do `method` with a peer that does not run Nearby Tray; `None`: we can. One that says no methods may do any."""
        if peer.remembered and self.persistent:
            return None
        if (method is not Method.PBC and not self.pin) or (peer.owner and not self.host):
            return Reason.NOT_OFFERED
        return Reason.METHODS_DIFFER if peer.methods and method.counterpart not in peer.methods else None


@dataclass(frozen=True, slots=True)
class Health:
    """The link as the pings of the last 30 s show it. Times in milliseconds, `loss` as a share 0…1; `None`: nothing measured yet."""

    grade: Grade
    rtt_last: float | None = None
    rtt_p50: float | None = None
    rtt_p95: float | None = None
    jitter: float | None = None
    loss: float = 0.0
    silence: float = 0.0  # seconds since the last valid answer
    pongs: int = 0  # valid answers in all
    power_save: bool = False  # round trips gather near multiples of the beacon interval
    history: tuple[float | None, ...] = ()  # one round trip a second, oldest first, None where lost: the sparkline
    signal: int | None = None  # percent, as NetworkManager knows it
    bytes_in: int | None = None
    bytes_out: int | None = None
    probe: Probe = Probe.PINGS


@dataclass(frozen=True, slots=True)
class Peer:
    """Another machine, merged from what Bluetooth and Wi-Fi Direct know of it.

    `id` is stable while it is in the list and means nothing else. `reachable`: it answered our call, so it can be asked.
    """

    id: str
    name: str
    kind: str = "other"
    address: str = ""  # P2P device address "aa:bb:…", empty while unknown
    reachable: bool = False
    on_wifi: bool = False  # seen by our own P2P find
    strength: int | None = None  # percent
    trusted: bool = False
    bonded: bool = False
    identity_changed: bool = False  # a remembered name with another key: loud
    model: str = ""  # what it says it is made as; a claim
    methods: frozenset[Method] | None = None  # what *it* can do for provisioning, as Wi-Fi Direct says; None: it does not say
    owner: bool = False  # it owns a group that can be joined
    remembered: bool = False  # a group with it is remembered, so no WPS is needed

    @property
    def plain(self) -> bool:
        """True if it can be linked with by Wi-Fi Direct alone, without Nearby Tray on its side."""
        return self.on_wifi and not self.reachable and bool(self.address)


@dataclass(frozen=True, slots=True)
class Radios:
    """What this machine offers now; `None` means ready, otherwise why not."""

    bluetooth: Reason | None = Reason.BLUETOOTH_MISSING
    wifi: Reason | None = Reason.WIFI_MISSING
    p2p_address: bytes | None = None  # our own, from nl80211
    abilities: Abilities = Abilities()

    @property
    def trouble(self) -> Reason | None:
        """Why this computer cannot link at all; Wi-Fi first, for without it there is nothing to ask for."""
        return self.wifi or self.bluetooth

    @property
    def host_obstacle(self) -> Reason | None:
        """Why this computer cannot host a group; `None`: it can."""
        return self.wifi or (None if self.abilities.host else Reason.NOT_OFFERED)


@dataclass(frozen=True, slots=True)
class LinkInfo:
    """The addresses in force on the group interface, for the user to copy, and how the group came about."""

    interface: str
    own: tuple[str, ...] = ()
    peer: tuple[str, ...] = ()
    since: float = 0.0
    method: Method = Method.PBC  # how the Wi-Fi layer was provisioned
    pin: bool = False  # … with a PIN, so that it is authenticated too
    backend: str = ""
    owner: bool | None = None  # whether we own the group; None: not known
    frequency: int | None = None  # MHz
    width: int | None = None  # MHz


@dataclass(frozen=True, slots=True)
class Member:
    """A machine in a group of our own. `health` is `None` until something of it was heard on the link."""

    peer: Peer
    since: float
    addresses: tuple[str, ...] = ()
    health: Health | None = None


@dataclass(frozen=True, slots=True)
class Timings:
    """Seconds that the steps of the current or last link took; `None` while not reached."""

    find: float | None = None  # agreed → each sees the other
    form: float | None = None  # "go" → group formed
    check: float | None = None  # group formed → first authenticated pong


@dataclass(frozen=True, slots=True)
class Asker:
    """A program of this computer that asked us for something. Nothing of it is proven: it runs as our user and may say what it likes."""

    name: str  # one harmless line
    path: str = ""  # what runs, as the kernel names it
    pid: int = 0
    own: bool = False  # a `nearby-tray` command: typing it is the user's consent


class WishKind(StrEnum):
    """What a program may ask for that needs our user's consent."""

    LINK = "link"
    HOST = "host"  # a group of our own
    INVITE = "invite"


@dataclass(frozen=True, slots=True)
class Wish:
    """What a program asks for, until our user has said yes or no. Until then nothing of it is told to anybody."""

    asker: Asker
    what: WishKind
    peer: Peer | None  # whom it is about; None: a group of our own
    since: float
    until: float
    id: str = ""  # names this question, new for each: an answer carries it


@dataclass(frozen=True, slots=True)
class Missed:
    """A request that ended without an answer of our user: nobody was there, it was withdrawn, or too many came."""

    id: str
    peer: Peer
    at: float  # seconds of the controller's clock
    identity: bytes | None = field(default=None, repr=False)  # as far as the peer has proven it


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything a face may show, at one moment."""

    stage: Stage = Stage.IDLE
    visibility: Visibility = Visibility.EVERYONE
    visible_until: float | None = None  # clock time at which EVERYONE ends
    radios: Radios = field(default_factory=Radios)
    listening: bool = False
    peers: tuple[Peer, ...] = ()
    peer: Peer | None = None  # the one this stage is about; at rest the one that `failure` is about
    question: str = ""  # names what our user is asked now (accept, "they match", a PIN), new for each question; an answer carries it
    code: str | None = field(default=None, repr=False)  # "042 719", to be compared
    needs_code: bool = True  # False: each trusts the other's identity, nothing to compare
    may_match: bool = False  # asking: our user may say now that both codes are the same
    agreed_here: bool = False  # asking, asked: our user (or trust) has said yes, the other side's word is waited for
    agreed_there: bool = False  # … the other side's has
    purpose: str = "link"
    attempt: int = 0  # 1…3 while forming or restoring
    link: LinkInfo | None = None
    health: Health | None = None
    deadline: float | None = None  # when this stage ends by itself
    started: float = 0.0  # when this stage began
    now: float = field(default=0.0, compare=False)  # the clock when this was made: countdowns start here
    failure: Failure | None = None  # why the last journey ended, or what last went wrong in our group; until the next, or dismissed
    restoring_because: Reason | None = None
    verified: bool = True  # False: the peer does not run Nearby Tray, nothing proves who it is
    pin: str | None = field(default=None, repr=False)  # to be shown, 8 digits; gone when it is used
    pin_wanted: bool = False  # the user is to type the PIN that the other machine shows
    tries_left: int = 0  # for the PIN
    method: Method = Method.PBC
    members: tuple[Member, ...] = ()  # of the group that we host
    unasked: bool = False  # the link came about without asking our user, because the other is paired
    asker: Asker | None = None  # the program that asked for what is going on; None: the user did, or another machine
    wish: Wish | None = None  # beside what is going on: our user's answer is waited for
    missed: tuple[Missed, ...] = ()  # requests that nobody answered, oldest first, until dismissed
    deaf: bool = False  # programs were told no, or nothing, so often that their wishes are not heard for a while
    timings: Timings = Timings()
    problems: tuple[str, ...] = ()  # with the user's own files, an English sentence each; until dismissed or chosen anew

    @property
    def prompt(self) -> Prompt | None:
        """The dialog that this moment needs. A request and a wish come before a PIN that is only to be typed."""
        if self.stage is Stage.ASKED and not self.agreed_here:
            return Prompt.REQUEST
        if self.wish is not None:
            return Prompt.WISH
        if self.pin_wanted:
            return Prompt.ENTRY
        return Prompt.PIN if self.pin is not None else None


# --- what the edges report -------------------------------------------------------------------------------------------------
# `system/` and `simulation/` hand these to the controller's sink; each is a fact, not a wish.


@dataclass(frozen=True, slots=True)
class BluetoothChanged:
    """Bluetooth became usable (`None`) or not. After a daemon restart everything that was made there is gone: `fresh`."""

    reason: Reason | None
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class CallHeard:
    """An advertisement with our service UUID. `origin` names the sender for `Bluetooth.connect` until it is out of range."""

    origin: str
    data: bytes  # the manufacturer data under company 0xFFFF, unchecked
    bonded: bool = False
    strength: int | None = None  # dBm


@dataclass(frozen=True, slots=True)
class FrameArrived:
    """One ATT write (we are the caller) or notification (we are the listener), unchecked. `room`: bytes one frame back may have.

    `bonded` is what an address is known for, and an address proves nothing; `encrypted` is true only for a notification over a radio link
    that was known to be encrypted for a device bonded before, since the first frame.
    """

    origin: str
    frame: bytes
    room: int
    bonded: bool = False
    encrypted: bool = False


@dataclass(frozen=True, slots=True)
class Disconnected:
    """The Bluetooth connection with `origin` has ended, on either side's wish or by itself."""

    origin: str


@dataclass(frozen=True, slots=True)
class WifiChanged:
    """Wi-Fi Direct became usable (`None`) or not. `fresh`: NetworkManager or the device is new, nothing we made is there any more."""

    reason: Reason | None
    p2p_address: bytes | None = None
    fresh: bool = False
    abilities: Abilities = Abilities()


@dataclass(frozen=True, slots=True)
class PeerFound:
    """A peer in the daemon's list; again whenever something of it changed."""

    address: str  # "aa:bb:cc:dd:ee:ff"
    name: str = ""  # unauthenticated, often empty
    strength: int | None = None  # percent
    kind: str = "other"  # by its primary device type
    model: str = ""
    methods: frozenset[Method] | None = None
    owner: bool = False
    remembered: bool = False


@dataclass(frozen=True, slots=True)
class PeerLost:
    address: str


@dataclass(frozen=True, slots=True)
class Group:
    """A group that is up on our side, with addresses."""

    interface: str
    addresses: tuple[str, ...]  # in force on it, textual, without scope
    index: int = 0  # kernel interface index, the scope of link-local addresses
    owner: bool | None = None
    frequency: int | None = None  # MHz
    width: int | None = None  # MHz


@dataclass(frozen=True, slots=True)
class FormGroup:
    """The order to form a group with one peer; with one of ours, both machines get the mirror image of it.

    `own` and `peer` are the planned addresses, IPv4 (/30) and IPv6 (/64), textual; empty: it does not run Nearby Tray, so automatic
    ones, without default route and DNS.
    """

    attempt: int
    address: str  # the other's P2P device address
    own: tuple[str, ...] = ()
    peer: tuple[str, ...] = ()
    name: str = ""  # a label for the connection profile
    way: Way = Way.NEGOTIATE
    method: Method = Method.PBC
    pin: str | None = field(default=None, repr=False)  # 8 digits, with `DISPLAY` and `KEYPAD`
    intent: int | None = None  # 0…15; None: the daemon's own
    frequency: int | None = None  # MHz, or 2 or 5 for the band; None: the daemon chooses. With `JOIN`: where the group is, if known
    persistent: bool = False
    begins: bool = True  # says the first word of the negotiation, where the back end can choose; of two mirror images one does
    patience: float = 60.0  # seconds after which the edge gives up by itself


@dataclass(frozen=True, slots=True)
class HostGroup:
    """The order to be the owner of a group that others join."""

    attempt: int
    frequency: int | None = None
    persistent: bool = False


@dataclass(frozen=True, slots=True)
class Admission:
    """Let one machine into the group that we host: by push button, with the PIN that we show, or with the one that it shows."""

    address: str
    method: Method
    pin: str | None = field(default=None, repr=False)


class Asks(StrEnum):
    """What a plain peer wants."""

    NEGOTIATE = "negotiate"  # GO negotiation request
    PROVISION = "provision"  # provision discovery: it will connect, or join our group, when we agree
    INVITE = "invite"  # come into its group


@dataclass(frozen=True, slots=True)
class WifiRequest:
    """A plain peer asks for a link, on Wi-Fi itself. `method`: what *this side* would do. Nothing of it is verified."""

    address: str
    asks: Asks
    method: Method
    pin: str | None = field(default=None, repr=False)  # the one to show, where the daemon made it up
    frequency: int | None = None  # MHz: where the group is that it invites to, if it says so


@dataclass(frozen=True, slots=True)
class MemberJoined:
    """A machine is in the group `attempt` that we host. `station`: its address on the group, by which the neighbour table knows it."""

    attempt: int
    address: str
    station: str = ""


@dataclass(frozen=True, slots=True)
class MemberLeft:
    attempt: int
    address: str


@dataclass(frozen=True, slots=True)
class AdmissionFailed:
    """One that we let in did not come in: wrong PIN, overlap, or too late."""

    attempt: int
    address: str  # empty where the daemon does not say whom it means
    reason: Reason


@dataclass(frozen=True, slots=True)
class ProbeAnswered:
    """Somebody on the group interface is there. `sequence`: of the probe that it answers, `None` by the neighbour table."""

    source: str  # textual, without scope
    station: str  # link-layer address "aa:bb:…", empty where not known
    sequence: int | None
    received: float


@dataclass(frozen=True, slots=True)
class GroupLost:
    """The group that `Wifi.form` had made is gone without our doing."""

    attempt: int
    reason: Reason
    detail: str = ""


@dataclass(frozen=True, slots=True)
class DatagramArrived:
    """One datagram on the group interface, unchecked. `received`: seconds of the controller's clock, by the kernel's stamp where
    it has one."""

    data: bytes
    source: str  # the sender's address, textual, without scope
    received: float


EdgeEvent = (
    BluetoothChanged
    | CallHeard
    | FrameArrived
    | Disconnected
    | WifiChanged
    | PeerFound
    | PeerLost
    | GroupLost
    | DatagramArrived
    | WifiRequest
    | MemberJoined
    | MemberLeft
    | AdmissionFailed
    | ProbeAnswered
)
