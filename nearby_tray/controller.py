"""Runs the core on asyncio: events in, commands to coroutines, one `Snapshot` out. No Qt, no D-Bus, no sockets.

What it needs of the machine it states here as Protocols; `system/` serves them with real daemons, `simulation/` with simulated air.

The session says what should exist (`Wants`); four tasks make it so, each in its own order and one step at a time: `_radio`
(find, clearing, group), `_air` (call, listening), `_ping` (the link) and `_probe` (who is on a group without our protocol). What a
daemon's restart took away they make again, because they compare what is wanted with what is. Frames leave through one queue for each
connection, so that a goodbye is sent before the hang-up.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Coroutine, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Protocol, assert_never

import msgspec

from .core import orders as o
from .core import session as s
from .core.keys import Entropy, Identity, Role, TrustedPeer
from .core.link import FAREWELL_GAP, FAREWELLS, Echo, Link, LinkLost
from .core.model import (
    Admission,
    AdmissionFailed,
    Asker,
    BluetoothChanged,
    DatagramArrived,
    Disconnected,
    EdgeEvent,
    FormGroup,
    Group,
    Health,
    HostGroup,
    Member,
    Method,
    Probe,
    ProbeAnswered,
    Reason,
    Snapshot,
    Stage,
    Visibility,
    WifiChanged,
)
from .core.wire import Kind
from .errors import Unavailable
from .settings import Band, Settings

log = logging.getLogger(__name__)

Sink = Callable[[EdgeEvent], None]


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
        """Connect to a caller's GATT service and subscribe to its outbox. Returns the bytes that one frame may have."""

    async def send(self, origin: str, frame: bytes, role: Role) -> None:
        """Send one frame of a conversation in which we are `role`: a caller notifies by its outbox, a listener writes to that one's inbox.

        Two who called each other have both kinds over one radio link.
        """

    async def disconnect(self, origin: str) -> None:
        """End the connection with `origin`, whoever made it."""


class Wifi(Protocol):
    """Wi-Fi Direct: finding peers and forming one group. Methods raise `errors.Unavailable` when they cannot; all are idempotent."""

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
        """Remove the group that `form` or `host` made and its profile; returns when they are gone."""

    async def provision(self, address: str, method: Method) -> None:
        """Ask a machine without our protocol to get ready (provision discovery).

        `method`: what *we* shall do, so `KEYPAD` has it show a PIN.

        Returns when it has answered.
        """

    async def reject(self, address: str) -> None:
        """Tell a machine without our protocol no, where the daemon can; what `admit` has allowed it is taken back."""

    async def host(self, order: HostGroup) -> Group:
        """Be the owner of a group; returns when it is up. Who joins and leaves is reported (`MemberJoined`, `MemberLeft`)."""

    async def admit(self, admission: Admission) -> None:
        """Let one machine in, for two minutes at most; `AdmissionFailed` when it did not come."""

    async def invite(self, address: str) -> None:
        """Invite a machine into the group that we host; it needs an `admit` as well."""

    async def expel(self, address: str) -> None:
        """Send a member out of the group that we host."""

    async def read_counters(self, group: Group) -> tuple[int, int, int | None]:
        """Bytes received and sent on the group interface, and the peer's signal in percent where it is known."""


class Pinger(Protocol):
    """One UDP socket on the group interface."""

    async def open(self, sink: Sink, group: Group, own: tuple[str, ...], port: int) -> None:
        """Bind `port` on the group interface and report datagrams to `sink`."""

    def send(self, datagram: bytes, address: str, port: int) -> None:
        """Send from the bound port; what the network answers (unreachable, refused) is weather and not reported."""

    async def close(self) -> None: ...


class Prober(Protocol):
    """Is a machine without our protocol there? By ICMP echo where this user may send it, otherwise by the kernel's neighbour table."""

    async def open(self, sink: Sink, group: Group) -> Probe:
        """Report who answers on the group interface as `ProbeAnswered`. Returns what is used."""

    def probe(self, address: str, sequence: int) -> None:
        """Ask `address`, or everybody on the link when it is empty."""

    async def close(self) -> None: ...


class TrustStore(Protocol):
    """Where remembered peers are kept."""

    async def save(self, peers: tuple[TrustedPeer, ...]) -> None: ...


@dataclass(frozen=True, slots=True)
class Edges:
    """What a controller runs on."""

    bluetooth: Bluetooth
    wifi: Wifi
    pinger: Pinger
    prober: Prober
    trust: TrustStore


Listener = Callable[[Snapshot], None]
_Errand = o.Provision | o.Reject | o.Admit | o.InvitePeer | o.ExpelMember

# Seconds that one step of an edge may take before it counts as failed. Each edge has closer limits of its own: these only
# keep a hanging daemon from stopping the machine.
STEP = 20.0
SAVING = "save trust"
_BANDS = {Band.AUTO: None, Band.GHZ_2: 2, Band.GHZ_5: 5}  # as wpa_supplicant names them


class Controller:
    """One applet's worth of session. Everything a user can do is one plain method, which returns at once."""

    def __init__(
        self,
        edges: Callable[[], Edges],
        *,
        identity: Identity,
        trusted: Iterable[TrustedPeer] = (),
        settings: Settings,
        entropy: Entropy,
        kind: Kind = Kind.OTHER,
        on_settings: Callable[[Settings], None] | None = None,
        wall_clock: Callable[[], float] = time.time,
        limits: o.Limits | None = None,
    ) -> None:
        """`edges` is called by `open`, so that a face can be there before the daemons' libraries are loaded. `on_settings`: called with the
        new ones when they changed, to keep them. `wall_clock`: POSIX seconds."""
        self._make_edges = edges
        self._bluetooth: Bluetooth
        self._wifi: Wifi
        self._pinger: Pinger
        self._prober: Prober
        self._trust: TrustStore | None = None
        self._trusted = tuple(trusted)
        self._settings = settings
        self._kind = kind
        self._on_settings = on_settings
        self._wall_clock = wall_clock
        self._away = False
        self._visible_until: float | None = None
        self._visibility = settings.visibility
        self._limits = limits or o.Limits()
        self._session = s.Session(identity=identity, entropy=entropy, policy=self._policy(), limits=self._limits)

        self._events: deque[o.Event] = deque()
        self._handling = False
        self._listeners: list[Listener] = []
        self._published: Snapshot | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._visible_timer: asyncio.TimerHandle | None = None
        self._wake_radio, self._wake_air, self._wake_ping = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._wake_probe = asyncio.Event()
        self._errands: deque[_Errand] = deque()  # for the radio, in order
        self._echoes: dict[str, Echo] = {}  # by P2P device address: who is looked for on a group without our protocol
        self._lines: dict[str, _Line] = {}
        self._found: o.Find | None = o.Find.OFF  # what the radio does now; None: not known any more
        self._served: tuple[bytes | None] | None = None
        self._listening = False
        self._relisten: asyncio.TimerHandle | None = None
        self._link: Link | None = None
        self._link_attempt = 0
        self._correction: o.CorrectAddresses | None = None  # the peer's side of a group may be up before ours
        self._counters: tuple[int, int, int | None] | None = None
        self._attended = False
        self._closing = False

    # --- life ---

    async def open(self) -> None:
        """Start; the edges report what they are before this returns."""
        made = self._make_edges()
        self._bluetooth, self._wifi, self._pinger, self._trust = made.bluetooth, made.wifi, made.pinger, made.trust
        self._prober = made.prober
        self._visible_for(self._settings.visible_minutes)
        for name, run in (("radio", self._radio), ("air", self._air), ("ping", self._ping), ("probe", self._probe)):
            self._start(run(), name)
        await asyncio.gather(
            self._try("open Wi-Fi Direct", self._wifi.open(self._sink)),
            self._try("open Bluetooth", self._bluetooth.open(self._sink)),
        )
        self._publish()

    async def close(self) -> None:
        """End whatever is going on, with a goodbye, undo everything, stop. Takes a few seconds at most."""
        self._feed(o.Cancel())
        with suppress(TimeoutError):
            async with asyncio.timeout(4):
                while not isinstance(self._session.state, s.Idle):
                    await self._next_change()
                for line in list(self._lines.values()):
                    await line.drained()
        saving = [task for task in self._tasks if task.get_name() == SAVING]
        if saving:
            await asyncio.wait(saving, timeout=STEP)
        tasks = list(self._tasks)
        self.halt()
        if tasks:
            await asyncio.wait(tasks, timeout=STEP)
        for close in (self._pinger.close, self._prober.close, self._bluetooth.close, self._wifi.close):
            try:
                async with asyncio.timeout(STEP):
                    await close()
            except (Unavailable, TimeoutError) as error:
                log.warning("could not undo everything: %s", error)

    def halt(self) -> None:
        """Stop at once and undo nothing: the last step of `close`, and what a kill looks like to the simulation."""
        self._closing = True
        for timer in (self._timer, self._visible_timer, self._relisten):
            if timer is not None:
                timer.cancel()
        for task in self._tasks:
            task.cancel()

    # --- what a user can do ---

    @property
    def snapshot(self) -> Snapshot:
        """How things are now."""
        return self._snapshot()

    @property
    def settings(self) -> Settings:
        return self._settings

    @property
    def trusted(self) -> tuple[TrustedPeer, ...]:
        """The peers that both users wanted remembered."""
        return self._trusted

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with the snapshot now and after each change, until the function that this returns is called."""
        self._listeners.append(listener)
        listener(self._snapshot())

        def unsubscribe() -> None:
            with suppress(ValueError):
                self._listeners.remove(listener)

        return unsubscribe

    # `asker`: the program that wants it; None: the user. Unless it only looks around, the user is asked first (`Snapshot.wish`).

    def seek(self, identity: bytes | None = None, *, asker: Asker | None = None) -> None:
        """Connect nearby: call everyone, or one remembered peer."""
        self._wanted(o.Seek(identity), asker)

    def stop_seeking(self) -> None:
        if isinstance(self._session.state, s.Seeking):
            self._feed(o.Cancel())

    def ask(self, peer_id: str, method: Method | None = None, remember: bool = False, *, asker: Asker | None = None) -> None:
        """Ask a peer of the list for a link. One that cannot be asked stays in the list and nothing happens.

        `method`: for one that does not run Nearby Tray, which needs one: what *we* do, push button, show a PIN, type the one that it shows.
        `remember`: the group with it, so that it can be formed again with no WPS.
        """
        self._wanted(o.Ask(peer_id, method=method, remember=remember), asker)

    # `question`: the `Snapshot.question` that was on the screen. An answer to something else, which is asked no longer, does nothing.

    def enter_pin(self, question: str, pin: str) -> None:
        """The PIN that the other machine shows, as typed: spaces and dashes do not count. One with a wrong checksum is not tried."""
        self._feed(o.EnterPin(question, pin))

    def host(self, persistent: bool = False, *, asker: Asker | None = None) -> None:
        """Own a group that others join; band and channel are settings. `persistent`: remember it."""
        self._wanted(o.Host(persistent), asker)

    def invite(self, peer_id: str, *, asker: Asker | None = None) -> None:
        """Invite a peer of the list into the group that we host."""
        self._wanted(o.Invite(peer_id), asker)

    def _wanted(self, event: o.Seek | o.Ask | o.Host | o.Invite, asker: Asker | None) -> None:
        self._feed(event if asker is None else o.AskedFor(asker, event))

    def allow(self, wish: str) -> None:
        """Yes to what a program of this computer asks for; `wish`: its id."""
        self._feed(o.Allow(wish))

    def forbid(self, wish: str) -> None:
        self._feed(o.Forbid(wish))

    def expel(self, address: str) -> None:
        """Send a member, by its P2P address, out of the group that we host."""
        self._feed(o.Expel(address))

    def match(self, question: str, trust: bool = False) -> None:
        """While asking: both screens show the same code. `trust`: no code next time, if the other side wants that too."""
        self._feed(o.Match(question, trust))

    def accept(self, question: str, trust: bool = False) -> None:
        """Yes to the peer that asks."""
        self._feed(o.Accept(question, trust))

    def decline(self, question: str = "") -> None:
        """No, to `question` or to whatever is asked now."""
        self._feed(o.Decline(question))

    def call_back(self, missed: str) -> None:
        """Call the one whose request was missed, by the id of that."""
        self._feed(o.CallBack(missed))

    def forget_missed(self, missed: str = "") -> None:
        """The missed request has been seen; empty: all of them."""
        self._feed(o.ForgetMissed(missed))

    def cancel(self) -> None:
        """Stop whatever is going on."""
        self._feed(o.Cancel())

    def disconnect(self) -> None:
        """End the link, with a goodbye."""
        self._feed(o.Cancel())

    def dismiss(self) -> None:
        """The failure has been read."""
        self._feed(o.Dismiss())

    def set_visibility(self, visibility: Visibility, minutes: int | None = None) -> None:
        """Who may see us; `minutes`: everyone only for so long, then trusted peers."""
        self.apply(msgspec.structs.replace(self._settings, visibility=visibility, visible_minutes=minutes))

    def set_away(self, away: bool) -> None:
        """Nobody is there to answer (the session is locked): hear nobody."""
        self._away = away
        self._configure()

    def know(self, peer: TrustedPeer) -> None:
        """Add a remembered peer, or replace what was known of it."""
        self._set_trusted((*(known for known in self._trusted if known.identity != peer.identity), peer))

    def forget(self, identity_id: str) -> None:
        """Forget a remembered peer, named by its identity in hexadecimal digits."""
        self._set_trusted(tuple(peer for peer in self._trusted if peer.identity.hex() != identity_id))

    def health_window(self, open: bool) -> None:
        """The link's figures are being looked at: measure five times a second."""
        self._attended = open
        for meter in (self._link, *self._echoes.values()):
            if meter is not None:
                meter.attend(open)
        self._wake_ping.set()

    def apply(self, settings: Settings) -> None:
        """New settings, in force at once and kept."""
        if settings == self._settings:
            return
        visible = (settings.visibility, settings.visible_minutes) != (self._settings.visibility, self._settings.visible_minutes)
        self._settings = settings
        if visible:
            self._visibility = settings.visibility
            self._visible_for(settings.visible_minutes)
        self._configure()
        if self._on_settings is not None:
            self._on_settings(settings)

    # --- events in, commands out ---

    def _sink(self, event: EdgeEvent) -> None:
        """What the edges report."""
        match event:
            case DatagramArrived(data, source, received):
                self._datagram(data, source, received)
                return
            case ProbeAnswered():
                self._probe_answered(event)
                return
            case BluetoothChanged(reason, fresh):
                if reason is None and self._relisten is not None:
                    self._relisten.cancel()
                    self._relisten = None
                if fresh:
                    self._served, self._listening = None, False
                    for origin in list(self._lines):
                        self._cut(origin)
            case Disconnected(origin):
                self._cut(origin)
            case WifiChanged(_, _, fresh):
                if fresh:
                    self._found = None
            case _:
                pass
        self._feed(event)

    def _feed(self, event: o.Event) -> None:
        """Handle one event and whatever follows from it; what arrives meanwhile waits its turn."""
        if self._closing:
            return
        self._events.append(event)
        if self._handling:
            return
        self._handling = True
        try:
            while self._events:
                event = self._events.popleft()
                before = self._session.state
                for command in self._session.handle(event, self._now()):
                    self._carry_out(command)
                after = self._session.state
                if type(before) is not type(after):
                    log.info("%s → %s on %s", type(before).__name__, type(after).__name__, type(event).__name__)
                    if isinstance(after, s.Meeting) and after.bond.unasked and after.bond.lost is None:
                        log.info("accepted without asking: %s, paired", after.bond.peer.address)
                    if isinstance(after, s.Idle) and after.failure is not None:
                        log.info("failed: %s", after.failure)
        finally:
            self._handling = False
        for wake in (self._wake_radio, self._wake_air, self._wake_ping, self._wake_probe):
            wake.set()
        self._set_timer()
        self._publish()

    def _carry_out(self, command: o.Command) -> None:
        match command:
            case o.Connect(origin) | o.Say(origin) | o.HangUp(origin):
                line = self._lines.get(origin)
                if line is None:
                    line = self._lines[origin] = _Line(origin)
                    line.task = self._start(self._talk(line), f"line {origin}")
                line.queue.put_nowait(command)
            case o.Remember(identity, trust_key, label):
                since = next((peer.since for peer in self._trusted if peer.identity == identity), self._wall_clock())
                self.know(TrustedPeer(identity, trust_key, label, since, self._wall_clock()))
            case o.Provision() | o.Reject() | o.Admit() | o.InvitePeer() | o.ExpelMember():
                self._errands.append(command)
            case o.CorrectAddresses(attempt, addresses):
                self._correction = command
                if self._link is not None and attempt == self._link_attempt:
                    self._link.add_addresses(addresses)

    async def _talk(self, line: _Line) -> None:
        """Carry out, in order, what concerns one connection."""
        while True:
            command = await line.queue.get()
            try:
                async with asyncio.timeout(STEP):
                    match command:
                        case o.Connect(origin):
                            room = await self._bluetooth.connect(origin)
                            self._feed(o.Connected(origin, room))
                        case o.Say(origin, role, frames):
                            for frame in frames:
                                await self._bluetooth.send(origin, frame, role)
                        case o.HangUp(origin):
                            await self._bluetooth.disconnect(origin)
            except (Unavailable, TimeoutError) as error:
                log.info("Bluetooth, %s to %s: %s", type(command).__name__, line.origin, error or "took too long")
                if isinstance(command, o.Connect):
                    self._feed(o.ConnectFailed(line.origin))
                elif isinstance(command, o.Say):
                    self._feed(o.SayFailed(line.origin, command.role))
            finally:
                line.queue.task_done()
            if line.queue.empty() and not isinstance(command, o.Say) and self._lines.get(line.origin) is line:
                del self._lines[line.origin]
                return

    def _cut(self, origin: str) -> None:
        """The connection is gone: nothing more can be said on it."""
        line = self._lines.pop(origin, None)
        if line is not None and line.task is not None and line.task is not asyncio.current_task():
            line.task.cancel()
        elif line is not None:
            while not line.queue.empty():
                line.queue.get_nowait()
                line.queue.task_done()

    # --- making it so: the radio ---

    async def _radio(self) -> None:
        """Group, clearing and find, in this order: nothing may disturb a group that is being formed."""
        forming: asyncio.Task[None] | None = None
        order: FormGroup | HostGroup | None = None
        cleared = 0
        while True:
            self._wake_radio.clear()
            wants = self._session.wants
            if order is not None and wants.group != order:
                if forming is not None and not forming.done():
                    forming.cancel()
                    await asyncio.wait([forming], timeout=STEP)
                await self._try("remove the group", self._wifi.remove())
                removed, order, forming = order, None, None
                self._feed(o.GroupRemoved(removed.attempt))
            elif wants.clear > cleared:
                cleared, self._found = wants.clear, o.Find.OFF
                await self._try("clear the radio", self._wifi.clear())
                self._feed(o.Cleared(cleared))
            elif wants.find is not self._found:
                self._found = wants.find
                match wants.find:
                    case o.Find.ON:
                        await self._try("find", self._wifi.find())
                    case o.Find.HELD:
                        await self._try("hold the find", self._wifi.hold_find())
                    case o.Find.OFF:
                        await self._try("stop the find", self._wifi.stop_find())
            elif wants.group is not None and order is None:
                order = wants.group
                forming = self._start(self._form(order), "form")
            elif self._errands:
                await self._run_errand(self._errands.popleft())
            else:
                state = self._session.state
                if isinstance(state, s.Ending) and state.farewell is None and order is None:
                    self._feed(o.GroupRemoved(state.order.attempt))  # it was never begun
                await self._wake_radio.wait()

    async def _form(self, order: FormGroup | HostGroup) -> None:
        limit = self._limits.host if isinstance(order, HostGroup) else order.patience
        try:
            async with asyncio.timeout(limit + STEP):
                group = await (self._wifi.host(order) if isinstance(order, HostGroup) else self._wifi.form(order))
        except Unavailable as error:
            self._feed(o.GroupFailed(order.attempt, error.reason, error.detail))
        except TimeoutError:
            self._feed(o.GroupFailed(order.attempt, Reason.NOT_FORMED))
        else:
            self._feed(o.GroupFormed(order.attempt, group))

    async def _run_errand(self, errand: _Errand) -> None:
        match errand:
            case o.Provision(address, method):
                error = await self._try("ask it to get ready", self._wifi.provision(address, method))
                if error is not None:
                    self._feed(o.ProvisionFailed(address, error.reason, error.detail))
            case o.Reject(address):
                await self._try("refuse", self._wifi.reject(address))
            case o.Admit(attempt, admission):
                error = await self._try("let it in", self._wifi.admit(admission))
                if error is not None:
                    self._feed(AdmissionFailed(attempt, admission.address, error.reason))
            case o.InvitePeer(address):
                error = await self._try("invite", self._wifi.invite(address))
                group = self._session.wants.group
                if error is not None and group is not None:
                    self._feed(AdmissionFailed(group.attempt, address, error.reason))
            case o.ExpelMember(address):
                await self._try("send it out", self._wifi.expel(address))
            case _:
                assert_never(errand)

    # --- making it so: the air ---

    async def _air(self) -> None:
        """The call with its service, and listening."""
        while True:
            self._wake_air.clear()
            wants = self._session.wants
            if wants.serve and self._served != (wants.advertisement,):
                self._served = (wants.advertisement,)
                error = await self._try("call", self._bluetooth.serve(wants.advertisement))
                if error is not None and wants.advertisement is not None:
                    self._feed(o.CallFailed(error.reason, error.detail))
            elif not wants.serve and self._served is not None:
                self._served = None
                await self._try("end the call", self._bluetooth.unserve())
            elif wants.listen and not self._listening and self._relisten is None:
                self._listening = True
                if await self._try("listen", self._bluetooth.listen()) is not None:
                    self._listening = False
                    self._relisten = asyncio.get_running_loop().call_later(30, self._listen_again)
                self._publish()
            elif not wants.listen and self._listening:
                self._listening = False
                await self._try("stop listening", self._bluetooth.unlisten())
                self._publish()
            else:
                await self._wake_air.wait()

    def _listen_again(self) -> None:
        self._relisten = None
        self._wake_air.set()

    async def _try(self, what: str, step: Coroutine[Any, Any, None]) -> Unavailable | None:
        """Take one step of an edge, within a limit. What it cannot do is said once in the log and returned."""
        try:
            async with asyncio.timeout(STEP):
                await step
        except Unavailable as error:
            log.warning("could not %s: %s", what, error)
            return error
        except TimeoutError:
            log.warning("could not %s: it took longer than %.0f s", what, STEP)
            return Unavailable(Reason.INTERNAL, f"{what}: no answer within {STEP:.0f} s")
        return None

    # --- making it so: the link ---

    async def _ping(self) -> None:
        """Pings for as long as the session wants a link; a goodbye when it is to be left."""
        plan: o.LinkPlan | None = None
        left = False
        loop = asyncio.get_running_loop()
        while True:
            self._wake_ping.clear()
            wanted = self._session.wants.link
            if plan is not None and (wanted is None or wanted.attempt != plan.attempt):
                self._link = plan = None
                await self._try("close the socket", self._pinger.close())
            elif plan is None and wanted is not None:
                plan, left = wanted, False
                try:
                    async with asyncio.timeout(STEP):
                        await self._pinger.open(self._sink, plan.group, plan.group.addresses, plan.port)
                except (Unavailable, TimeoutError) as error:
                    reason = error.reason if isinstance(error, Unavailable) else Reason.INTERNAL
                    self._feed(o.LinkBroken(plan.attempt, reason, str(error)))
                    continue
                self._link = Link(role=plan.role, keys=plan.keys, addresses=plan.addresses, now=self._now())
                self._link.attend(self._attended)
                if self._correction is not None and self._correction.attempt == plan.attempt:
                    self._link.add_addresses(self._correction.addresses)
                self._link_attempt = plan.attempt
                self._counters = None
                counting = loop.time()
            elif plan is not None and wanted is not None and wanted.leaving and not left:
                left = True
                if self._link is not None:
                    for _ in range(FAREWELLS):
                        for datagram, address in self._link.farewell(self._now()):
                            self._pinger.send(datagram, address, plan.peer_port)
                        await asyncio.sleep(FAREWELL_GAP)
                self._feed(o.FarewellSaid(plan.attempt))
            elif plan is not None and self._link is not None and not left:
                for verdict in self._link.tick(self._now()):
                    log.info("link: %s", type(verdict).__name__)
                    self._feed(o.LinkSaid(plan.attempt, verdict))
                    if isinstance(verdict, LinkLost):
                        left = True  # no more pings; the session takes it from here
                for datagram, address in self._link.due(self._now()):
                    self._pinger.send(datagram, address, plan.peer_port)
                if loop.time() >= counting:
                    counting = loop.time() + (2.0 if self._attended else 15.0)
                    with suppress(Unavailable):
                        self._counters = await self._wifi.read_counters(plan.group)
                self._publish()
                with suppress(TimeoutError):
                    async with asyncio.timeout_at(max(self._link.deadline(), loop.time() + 0.01)):
                        await self._wake_ping.wait()
            else:
                await self._wake_ping.wait()

    # --- making it so: who is there without our protocol ---

    async def _probe(self) -> None:
        """Probes for as long as the session wants them, one series for each machine on the group."""
        plan: o.ProbePlan | None = None
        loop = asyncio.get_running_loop()
        while True:
            self._wake_probe.clear()
            wanted = self._session.wants.probe
            if plan is not None and (wanted is None or wanted.attempt != plan.attempt):
                plan = None
                self._echoes.clear()
                await self._try("close the probes' socket", self._prober.close())
            elif plan is None and wanted is not None:
                plan = wanted
                try:
                    async with asyncio.timeout(STEP):
                        await self._prober.open(self._sink, plan.group)
                except (Unavailable, TimeoutError) as error:
                    log.warning("could not look for machines on the group: %s", error or "took too long")
            elif plan is not None and wanted is not None:
                for gone in self._echoes.keys() - {address for address, _ in wanted.peers}:
                    del self._echoes[gone]
                for address, station in wanted.peers:
                    if address not in self._echoes:
                        self._echoes[address] = Echo(station, self._now())
                        self._echoes[address].attend(self._attended)
                for echo in self._echoes.values():
                    for sequence, address in echo.due(self._now()):
                        self._prober.probe(address, sequence)
                self._publish()
                due = min((echo.deadline() for echo in self._echoes.values()), default=loop.time() + 1)
                with suppress(TimeoutError):
                    async with asyncio.timeout_at(max(due, loop.time() + 0.01)):
                        await self._wake_probe.wait()
            else:
                await self._wake_probe.wait()

    def _probe_answered(self, answer: ProbeAnswered) -> None:
        plan = self._session.wants.probe
        if plan is None:
            return
        for echo in list(self._echoes.values()):
            for verdict in echo.answered(answer, self._now()):
                log.info("somebody is there: %s", answer.source)
                self._feed(o.LinkSaid(plan.attempt, verdict))

    def _datagram(self, data: bytes, source: str, received: float) -> None:
        link = self._link
        plan = self._session.wants.link
        if link is None or plan is None:
            return
        verdicts, answers = link.receive(data, source, received, self._now())
        for answer, address in answers:
            self._pinger.send(answer, address, plan.peer_port)
        for verdict in verdicts:
            log.info("link: %s", type(verdict).__name__)
            self._feed(o.LinkSaid(self._link_attempt, verdict))

    # --- snapshots out ---

    def _snapshot(self) -> Snapshot:
        now = self._now()
        snapshot = replace(
            self._session.snapshot(),
            now=now,
            listening=self._listening,
            visibility=self._visibility,
            visible_until=self._visible_until,
        )
        if self._link is not None and snapshot.stage in (Stage.LINKED, Stage.CHECKING):
            snapshot = replace(snapshot, health=self._health(self._link, now))
        if self._echoes:
            snapshot = self._with_echoes(snapshot, now)
        return snapshot

    def _with_echoes(self, snapshot: Snapshot, now: float) -> Snapshot:
        """What was heard of machines without our protocol: the one that we are linked with, or the members of our group."""
        members = tuple(
            replace(member, addresses=echo.addresses, health=echo.health(now))
            if (echo := self._echoes.get(member.peer.address))
            else member
            for member in snapshot.members
        )
        echo = self._echoes.get(snapshot.peer.address) if snapshot.peer is not None else None
        if echo is None or snapshot.link is None or members:
            return replace(snapshot, members=members)
        return replace(snapshot, members=members, health=echo.health(now), link=replace(snapshot.link, peer=echo.addresses))

    def _with_echo(self, member: Member, now: float) -> Member:
        echo = self._echoes.get(member.peer.address)
        return replace(member, addresses=echo.addresses, health=echo.health(now)) if echo is not None else member

    def _health(self, link: Link, now: float) -> Health:
        health = link.health(now)
        if self._counters is not None:
            received, sent, signal = self._counters
            health = replace(health, bytes_in=received, bytes_out=sent, signal=signal)
        return health

    def _publish(self) -> None:
        snapshot = self._snapshot()
        if self._published is not None and replace(snapshot, now=self._published.now) == self._published:
            return
        self._published = snapshot
        for listener in list(self._listeners):
            if self._published is not snapshot:
                return  # a listener did something: all have had a newer one since
            try:
                listener(snapshot)
            except Exception:
                # A face that cannot draw must not stop the link under it.
                log.exception("a listener failed")

    # --- small things ---

    def _policy(self) -> o.Policy:
        return o.Policy(
            name=self._settings.shown_name,
            kind=self._kind,
            port=self._settings.port,
            visibility=Visibility.NOBODY if self._away else self._visibility,
            trusted=self._trusted,
            intent=14 if self._settings.prefer_owner else self._settings.go_intent,  # not 15: two of those refuse each other
            frequency=self._settings.frequency or _BANDS[self._settings.band],
            accept_paired=self._settings.accept_paired,
        )

    def _configure(self) -> None:
        self._feed(o.Configure(self._policy()))

    def _visible_for(self, minutes: int | None) -> None:
        if self._visible_timer is not None:
            self._visible_timer.cancel()
        self._visible_timer = self._visible_until = None
        if self._visibility is Visibility.EVERYONE and minutes is not None:
            self._visible_until = self._now() + minutes * 60
            self._visible_timer = asyncio.get_running_loop().call_at(self._visible_until, self._visible_no_more)

    def _visible_no_more(self) -> None:
        self.set_visibility(Visibility.TRUSTED)

    def _set_trusted(self, peers: tuple[TrustedPeer, ...]) -> None:
        self._trusted = peers
        self._configure()
        self._start(self._save(peers), SAVING)

    async def _save(self, peers: tuple[TrustedPeer, ...]) -> None:
        if self._trust is None:
            return  # not open yet: what is known came from there
        try:
            await self._trust.save(peers)
        except OSError as error:
            log.error("could not keep the remembered peers: %s", error)

    def _set_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        deadline = self._session.deadline()
        if deadline is not None:
            # A deadline that has passed already waits a little: a bug there must not become a busy loop.
            at = max(deadline, self._now() + 0.005)
            self._timer = asyncio.get_running_loop().call_at(at, self._feed, o.Tick())

    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    async def _next_change(self) -> None:
        changed = asyncio.Event()
        unsubscribe = self.subscribe(lambda _: changed.set())
        try:
            changed.clear()
            await changed.wait()
        finally:
            unsubscribe()

    def _start(self, work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        """The one place where tasks begin: named and kept (the loop holds only weak references)."""
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("%s failed", task.get_name(), exc_info=task.exception())


class _Line:
    """What is to be done on one connection, in order."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.queue: asyncio.Queue[o.Connect | o.Say | o.HangUp] = asyncio.Queue()
        self.task: asyncio.Task[None] | None = None

    async def drained(self) -> None:
        await self.queue.join()
