"""What the controller needs of this machine, and what a user can do: each stated here once.

The controller runs on `Edges`. `system/` serves them with real daemons, `simulation/` with simulated air.
`Actions` is the other side: the controller serves it, and the face, the session bus, the notifications and the simulation call it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from .core.keys import Identity, Role, TrustedPeer
from .core.model import Admission, Asker, EdgeEvent, FormGroup, Group, HostGroup, Method, Probe, Snapshot, Visibility
from .settings import Settings

Sink = Callable[[EdgeEvent], None]
"""Where an edge reports what happened."""

Listener = Callable[[Snapshot], None]


class Actions(Protocol):
    """What a user can do. Each method returns at once; what comes of it is in a later `Snapshot`.

    `asker`: the program that wants it; `None`: the user. Unless a program only looks around, the user is asked first (`Snapshot.wish`).
    `question`: the `Snapshot.question` that was on the screen. An answer to a question that is no longer asked does nothing.
    """

    @property
    def snapshot(self) -> Snapshot:
        """How things are now."""

    @property
    def settings(self) -> Settings: ...

    @property
    def trusted(self) -> tuple[TrustedPeer, ...]:
        """The peers that both users wanted remembered."""

    def subscribe(self, listener: Listener, /) -> Callable[[], None]:
        """Call `listener` with the snapshot now and after each change, until the returned function is called."""

    def seek(self, identity: bytes | None = None, *, asker: Asker | None = None) -> None:
        """Call everyone nearby, or one trusted peer."""

    def stop_seeking(self) -> None:
        """Stop calling; does nothing in any other stage."""

    def ask(self, peer_id: str, method: Method | None = None, remember: bool = False, *, asker: Asker | None = None) -> None:
        """Ask a peer of the list for a link. A peer that cannot be asked stays in the list, and nothing happens.

        `method`: required for a plain peer: what this computer does: push button, show a PIN, type the PIN that the peer shows.
        `remember`: remember the group, so that it can be formed again without WPS.
        """

    def match(self, question: str, trust: bool = False) -> None:
        """While asking: both screens show the same code. `trust`: no code next time, if the other side wants that too."""

    def accept(self, question: str, trust: bool = False) -> None:
        """Yes to the peer that asks."""

    def decline(self, question: str = "") -> None:
        """No to `question`; empty: to whatever is asked now."""

    def enter_pin(self, question: str, pin: str) -> None:
        """The PIN that the other machine shows, as typed: spaces and dashes do not count. A PIN with a wrong checksum is not tried."""

    def allow(self, wish: str) -> None:
        """Yes to what a program of this computer asks for, the `Wish` with this id."""

    def forbid(self, wish: str) -> None:
        """No to that `Wish`."""

    def host(self, persistent: bool = False, *, asker: Asker | None = None) -> None:
        """Own a group that others join; band and channel are settings. `persistent`: remember the group."""

    def invite(self, peer_id: str, *, asker: Asker | None = None) -> None:
        """Invite a peer of the list into the hosted group."""

    def expel(self, address: str) -> None:
        """Send a member, named by its P2P device address, out of the hosted group."""

    def call_back(self, missed: str) -> None:
        """Call the peer of a missed request, named by the id of that."""

    def forget_missed(self, missed: str = "") -> None:
        """The missed request has been seen; empty: all of them."""

    def cancel(self) -> None:
        """Stop whatever is going on."""

    def disconnect(self) -> None:
        """End the link or the group, with a goodbye."""

    def dismiss(self) -> None:
        """Forget the last failure, and the problems with the user's files: the user has read them."""

    def set_visibility(self, visibility: Visibility, minutes: int | None = None) -> None:
        """Who may see this computer; `minutes`: everyone only for so long, then trusted peers."""

    def forget(self, identity_id: str) -> None:
        """Forget a trusted peer, named by its identity in hexadecimal digits."""

    def renew_identity(self) -> None:
        """Become unknown to all others, and trust nobody; what is going on ends. For one of two computers whose disks were copied."""

    def health_window(self, open: bool) -> None:
        """The link's figures are being looked at: measure five times a second."""

    def apply(self, settings: Settings) -> str:
        """Put new settings in force and keep them. Returns why they could not be kept; empty: they were."""


class Bluetooth(Protocol):
    """Calls and conversations over Bluetooth LE. Methods raise `errors.Unavailable` when they cannot; all are idempotent."""

    async def open(self, sink: Sink) -> None:
        """Watch the daemon and report to `sink` from now on; first a `BluetoothChanged`. Never raises for an absent daemon."""

    async def close(self) -> None:
        """Undo everything: advertisement, service, scan, connections."""

    async def serve(self, advertisement: bytes | None) -> None:
        """Export the GATT service (inbox, outbox) and advertise these 6 bytes of manufacturer data; `None`: serve without advertising."""

    async def unserve(self) -> None:
        """Withdraw advertisement and service, and end the connections that came by them."""

    async def listen(self) -> None:
        """Report each call heard as `CallHeard` (again when its data changes), as cheaply as the machine allows."""

    async def unlisten(self) -> None: ...

    async def connect(self, origin: str) -> int:
        """Connect to a caller's GATT service and subscribe to its outbox. Returns how many bytes a frame may have."""

    async def send(self, origin: str, frame: bytes, role: Role) -> None:
        """Send one frame of a conversation in which this computer is `role`.

        A caller notifies by its own outbox, a listener writes to the caller's inbox. Two computers that called each other have both kinds
        of conversation over one radio link.
        """

    async def disconnect(self, origin: str) -> None:
        """End the connection with `origin`, whichever side made it."""


class Wifi(Protocol):
    """Wi-Fi Direct: finding peers and forming one group. Methods raise `errors.Unavailable` when they cannot; all are idempotent."""

    @property
    def hosting(self) -> Hosting | None:
        """What hosts groups here now; `None`: the back end in use cannot (`Abilities.host`)."""

    async def open(self, sink: Sink) -> None:
        """Watch the daemon and report to `sink` from now on; first clean up what an earlier run left (journal), then a `WifiChanged`."""

    async def close(self) -> None:
        """Undo everything: find, profile, group."""

    async def find(self) -> None:
        """Find peers, renewed until `hold_find` or `stop_find`. Peers already known are reported again first."""

    async def hold_find(self) -> None:
        """Renew the find no more, but leave it running: while a group forms nothing may start or stop it."""

    async def stop_find(self) -> None: ...

    async def clear(self) -> None:
        """The cure between two tries: stop finding, scan the Wi-Fi interface, wait for the end of that (bounded)."""

    async def form(self, order: FormGroup) -> Group:
        """Form the group; returns when it is up with addresses. Cancelled or failed, it leaves nothing behind.

        A failure that the daemon knows early (wrong PIN, overlap, refused, channel) is raised early, with its reason.
        """

    async def remove(self) -> None:
        """Remove the group that `form` or `Hosting.host` made and its profile; returns when they are gone."""

    async def provision(self, address: str, method: Method) -> None:
        """Ask a plain peer to get ready (provision discovery); returns when it has answered.

        `method`: what *this* computer shall do, so `KEYPAD` has the peer show a PIN.
        """

    async def reject(self, address: str) -> None:
        """Tell a plain peer no, where the daemon can, and take back what `Hosting.admit` has allowed it."""

    async def read_counters(self, group: Group) -> tuple[int, int, int | None]:
        """Bytes received and sent on the group interface, and the peer's signal in percent where it is known."""


class Hosting(Protocol):
    """A group that others join, owned by this computer. Raises and repeats as `Wifi` does, and `Wifi.remove` ends it."""

    async def host(self, order: HostGroup) -> Group:
        """Own a group; returns when it is up. Members that join and leave are reported (`MemberJoined`, `MemberLeft`)."""

    async def admit(self, admission: Admission) -> None:
        """Let one machine in, for two minutes at most; `AdmissionFailed` when it did not come."""

    async def invite(self, address: str) -> None:
        """Invite a machine into the group; it needs an `admit` as well."""

    async def expel(self, address: str) -> None:
        """Send a member out of the group."""


class Pinger(Protocol):
    """One UDP socket on the group interface."""

    async def open(self, sink: Sink, group: Group, own: tuple[str, ...], port: int) -> None:
        """Bind `port` on the group interface and report datagrams to `sink`."""

    def send(self, datagram: bytes, address: str, port: int) -> None:
        """Send from the bound port. What the network answers (unreachable, refused) is not reported: the link's figures show it."""

    async def close(self) -> None: ...


class Prober(Protocol):
    """Whether a plain peer is there: by ICMP echo where this user may send it, otherwise by the kernel's neighbour table."""

    async def open(self, sink: Sink, group: Group) -> Probe:
        """Report each answer on the group interface as `ProbeAnswered`. Returns which of the two is used."""

    def probe(self, address: str, sequence: int) -> None:
        """Probe `address`, or everybody on the link when it is empty."""

    async def close(self) -> None: ...


class TrustStore(Protocol):
    """Where trusted peers are kept."""

    async def save(self, peers: tuple[TrustedPeer, ...]) -> None: ...

    def renew(self) -> Identity:
        """Another identity for this computer, kept by the next `save`."""


@dataclass(frozen=True, slots=True)
class Edges:
    """What a controller runs on."""

    bluetooth: Bluetooth
    wifi: Wifi
    pinger: Pinger
    prober: Prober
    trust: TrustStore
