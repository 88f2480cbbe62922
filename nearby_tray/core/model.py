"""The values that travel from the radio to the screen: frozen, comparable, free of secrets.

A `Snapshot` says everything a face may draw; a `Failure` says what went wrong as stage, reason and advice (the advice is
chosen by the reason, its sentences are written in `ui/text.py`). Times are seconds of the controller's monotonic clock unless a
name says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum


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


class Reason(Enum):
    """Why something is not possible or did not work. Each has its sentence and advice in `ui/text.py`."""

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
    DECLINED = "declined"
    PEER_BUSY = "peer-busy"
    PEER_POLICY = "peer-policy"
    PEER_CANCELLED = "peer-cancelled"
    PEER_FAILED = "peer-failed"  # the other side could not go on
    PEER_GONE = "peer-gone"  # the Bluetooth conversation broke off
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
    CANCELLED = "cancelled"  # by our own user
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True)
class Failure:
    """A stage that did not end well. `detail` is what the daemon said, for the curious; never a secret."""

    stage: Stage
    reason: Reason
    detail: str = ""


class Visibility(Enum):
    NOBODY = "nobody"
    TRUSTED = "trusted"
    EVERYONE = "everyone"


class Grade(Enum):
    GOOD = "good"
    FAIR = "fair"
    WEAK = "weak"
    LOST = "lost"


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


@dataclass(frozen=True, slots=True)
class Radios:
    """What this machine offers now; `None` means ready, otherwise why not."""

    bluetooth: Reason | None = Reason.BLUETOOTH_MISSING
    wifi: Reason | None = Reason.WIFI_MISSING
    p2p_address: bytes | None = None  # our own, from nl80211


@dataclass(frozen=True, slots=True)
class LinkInfo:
    """The addresses in force on the group interface, for the user to copy, and how the group came about."""

    interface: str
    own: tuple[str, ...] = ()
    peer: tuple[str, ...] = ()
    since: float = 0.0


@dataclass(frozen=True, slots=True)
class Timings:
    """Seconds that the steps of the current or last link took; `None` while not reached."""

    find: float | None = None  # agreed → each sees the other
    form: float | None = None  # "go" → group formed
    check: float | None = None  # group formed → first authenticated pong


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
    code: str | None = field(default=None, repr=False)  # "042 719", to be compared
    needs_code: bool = True  # False: the identity is remembered, nothing to compare
    purpose: str = "link"
    attempt: int = 0  # 1…3 while forming or restoring
    link: LinkInfo | None = None
    health: Health | None = None
    deadline: float | None = None  # when this stage ends by itself
    started: float = 0.0  # when this stage began
    now: float = 0.0  # the clock when this was made: countdowns start here
    failure: Failure | None = None  # why the last journey ended, until the next begins or it is dismissed
    restoring_because: Reason | None = None
    unasked: bool = False  # the link came about without asking our user, because the other is paired
    timings: Timings = Timings()
    notes: Mapping[str, str] = field(default_factory=dict)  # open-ended details, by name


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


@dataclass(frozen=True, slots=True)
class PeerFound:
    """A peer in NetworkManager's list; again whenever something of it changed."""

    address: str  # "aa:bb:cc:dd:ee:ff"
    name: str = ""  # unauthenticated, often empty
    strength: int | None = None  # percent
    last_seen: float | None = None  # seconds of the controller's clock


@dataclass(frozen=True, slots=True)
class PeerLost:
    address: str


@dataclass(frozen=True, slots=True)
class Group:
    """A group that is up on our side, with addresses."""

    interface: str
    addresses: tuple[str, ...]  # in force on it, textual, without scope
    index: int = 0  # kernel interface index, the scope of link-local addresses


@dataclass(frozen=True, slots=True)
class FormGroup:
    """The order to form a group with one peer; both machines get the mirror image of it.

    `own` and `peer` are the planned addresses, IPv4 (/30) and IPv6 (/64), textual.
    """

    attempt: int
    address: str  # the other's P2P device address
    own: tuple[str, str]
    peer: tuple[str, str]
    name: str = ""  # a label for the connection profile


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
)
