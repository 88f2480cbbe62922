"""Runs the core on asyncio: events in, commands to coroutines, one `Snapshot` out. No Qt, no D-Bus, no sockets.

What it needs of the machine it states here as Protocols; `system/` serves them with real daemons, `simulation/` with simulated air.

The session says what should exist (`Wants`); three tasks make it so, each in its own order and one step at a time: `_radio`
(find, clearing, group), `_air` (call, listening) and `_ping` (the link). What a daemon's restart took away they make again, because they
compare what is wanted with what is. Frames leave through one queue for each connection, so that a goodbye is sent before the hang-up.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Coroutine, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Protocol

import msgspec

from .core import session as s
from .core.keys import Entropy, Identity, TrustedPeer
from .core.link import FAREWELL_GAP, FAREWELLS, Link, LinkLost
from .core.model import (
    BluetoothChanged,
    DatagramArrived,
    Disconnected,
    EdgeEvent,
    FormGroup,
    Group,
    Health,
    Reason,
    Snapshot,
    Stage,
    Visibility,
    WifiChanged,
)
from .core.wire import Kind
from .errors import Unavailable
from .settings import Settings

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

    async def send(self, origin: str, frame: bytes) -> None:
        """Write one frame: to the inbox of `origin` when we connected to it, otherwise as a notification of our outbox."""

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
        """Form the group; returns when it is up with addresses. Cancelled or failed, it leaves nothing behind."""

    async def remove(self) -> None:
        """Remove the group that `form` made and its profile; returns when they are gone."""

    async def read_counters(self, group: Group) -> tuple[int, int, int | None]:
        """Bytes received and sent on the group interface, and the peer's signal in percent where it is known."""


class Pinger(Protocol):
    """One UDP socket on the group interface."""

    async def open(self, sink: Sink, group: Group, own: tuple[str, ...], port: int) -> None:
        """Bind `port` on the group interface and report datagrams to `sink`."""

    def send(self, datagram: bytes, address: str, port: int) -> None:
        """Send from the bound port; what the network answers (unreachable, refused) is weather and not reported."""

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
    trust: TrustStore


Listener = Callable[[Snapshot], None]

# Seconds that one step of an edge may take before it counts as failed. Each edge has closer limits of its own: these only
# keep a hanging daemon from stopping the machine.
STEP = 20.0
SAVING = "save trust"
FORM = 60.0


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
        limits: s.Limits | None = None,
    ) -> None:
        """`edges` is called by `open`, so that a face can be there before the daemons' libraries are loaded. `on_settings`: called with the
        new ones when they changed, to keep them. `wall_clock`: POSIX seconds."""
        self._make_edges = edges
        self._bluetooth: Bluetooth
        self._wifi: Wifi
        self._pinger: Pinger
        self._trust: TrustStore
        self._trusted = tuple(trusted)
        self._settings = settings
        self._kind = kind
        self._on_settings = on_settings
        self._wall_clock = wall_clock
        self._away = False
        self._visible_until: float | None = None
        self._visibility = settings.visibility
        self._session = s.Session(identity=identity, entropy=entropy, policy=self._policy(), limits=limits)

        self._events: deque[s.Event] = deque()
        self._handling = False
        self._listeners: list[Listener] = []
        self._published: Snapshot | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._visible_timer: asyncio.TimerHandle | None = None
        self._wake_radio, self._wake_air, self._wake_ping = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._lines: dict[str, _Line] = {}
        self._found: s.Find | None = s.Find.OFF  # what the radio does now; None: not known any more
        self._served: tuple[bytes | None] | None = None
        self._listening = False
        self._relisten: asyncio.TimerHandle | None = None
        self._link: Link | None = None
        self._link_attempt = 0
        self._correction: s.CorrectAddresses | None = None  # the peer's side of a group may be up before ours
        self._counters: tuple[int, int, int | None] | None = None
        self._attended = False
        self._closing = False

    # --- life ---

    async def open(self) -> None:
        """Start; the edges report what they are before this returns."""
        made = self._make_edges()
        self._bluetooth, self._wifi, self._pinger, self._trust = made.bluetooth, made.wifi, made.pinger, made.trust
        self._visible_for(self._settings.visible_minutes)
        for name, run in (("radio", self._radio), ("air", self._air), ("ping", self._ping)):
            self._start(run(), name)
        await asyncio.gather(
            self._try("open Wi-Fi Direct", self._wifi.open(self._sink)),
            self._try("open Bluetooth", self._bluetooth.open(self._sink)),
        )
        self._publish()

    async def close(self) -> None:
        """End whatever is going on, with a goodbye, undo everything, stop. Takes a few seconds at most."""
        self._feed(s.Cancel())
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
        for close in (self._pinger.close, self._bluetooth.close, self._wifi.close):
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

    def seek(self, identity: bytes | None = None) -> None:
        """Connect nearby: call everyone, or one remembered peer."""
        self._feed(s.Seek(identity))

    def stop_seeking(self) -> None:
        if isinstance(self._session.state, s.Seeking):
            self._feed(s.Cancel())

    def ask(self, peer_id: str) -> None:
        """Ask a peer of the list for a link. One that cannot be asked stays in the list and nothing happens."""
        self._feed(s.Ask(peer_id))

    def remember(self, on: bool) -> None:
        """The caller's tick at "remember", while asking."""
        self._feed(s.RememberChosen(on))

    def accept(self, remember: bool = False) -> None:
        """Yes to the peer that asks."""
        self._feed(s.Accept(remember))

    def decline(self) -> None:
        self._feed(s.Decline())

    def cancel(self) -> None:
        """Stop whatever is going on."""
        self._feed(s.Cancel())

    def disconnect(self) -> None:
        """End the link, with a goodbye."""
        self._feed(s.Cancel())

    def dismiss(self) -> None:
        """The failure has been read."""
        self._feed(s.Dismiss())

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
        if self._link is not None:
            self._link.attend(open)
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

    def _feed(self, event: s.Event) -> None:
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
        for wake in (self._wake_radio, self._wake_air, self._wake_ping):
            wake.set()
        self._set_timer()
        self._publish()

    def _carry_out(self, command: s.Command) -> None:
        match command:
            case s.Connect(origin) | s.Say(origin) | s.HangUp(origin):
                line = self._lines.get(origin)
                if line is None:
                    line = self._lines[origin] = _Line(origin)
                    line.task = self._start(self._talk(line), f"line {origin}")
                line.queue.put_nowait(command)
            case s.Remember(identity, trust_key, label):
                since = next((peer.since for peer in self._trusted if peer.identity == identity), self._wall_clock())
                self.know(TrustedPeer(identity, trust_key, label, since, self._wall_clock()))
            case s.CorrectAddresses(attempt, addresses):
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
                        case s.Connect(origin):
                            room = await self._bluetooth.connect(origin)
                            self._feed(s.Connected(origin, room))
                        case s.Say(origin, frames):
                            for frame in frames:
                                await self._bluetooth.send(origin, frame)
                        case s.HangUp(origin):
                            await self._bluetooth.disconnect(origin)
            except (Unavailable, TimeoutError) as error:
                log.info("Bluetooth, %s to %s: %s", type(command).__name__, line.origin, error or "took too long")
                if isinstance(command, s.Connect):
                    self._feed(s.ConnectFailed(line.origin))
                elif isinstance(command, s.Say):
                    self._feed(Disconnected(line.origin))
            finally:
                line.queue.task_done()
            if line.queue.empty() and not isinstance(command, s.Say) and self._lines.get(line.origin) is line:
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
        order: FormGroup | None = None
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
                self._feed(s.GroupRemoved(removed.attempt))
            elif wants.clear > cleared:
                cleared, self._found = wants.clear, s.Find.OFF
                await self._try("clear the radio", self._wifi.clear())
                self._feed(s.Cleared(cleared))
            elif wants.find is not self._found:
                self._found = wants.find
                match wants.find:
                    case s.Find.ON:
                        await self._try("find", self._wifi.find())
                    case s.Find.HELD:
                        await self._try("hold the find", self._wifi.hold_find())
                    case s.Find.OFF:
                        await self._try("stop the find", self._wifi.stop_find())
            elif wants.group is not None and order is None:
                order = wants.group
                forming = self._start(self._form(order), "form")
            else:
                state = self._session.state
                if isinstance(state, s.Ending) and state.farewell is None and order is None:
                    self._feed(s.GroupRemoved(state.order.attempt))  # it was never begun
                await self._wake_radio.wait()

    async def _form(self, order: FormGroup) -> None:
        try:
            async with asyncio.timeout(FORM):
                group = await self._wifi.form(order)
        except Unavailable as error:
            self._feed(s.GroupFailed(order.attempt, error.reason, error.detail))
        except TimeoutError:
            self._feed(s.GroupFailed(order.attempt, Reason.NOT_FORMED))
        else:
            self._feed(s.GroupFormed(order.attempt, group))

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
                    self._feed(s.CallFailed(error.reason, error.detail))
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
        plan: s.LinkPlan | None = None
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
                    self._feed(s.LinkBroken(plan.attempt, reason, str(error)))
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
                self._feed(s.FarewellSaid(plan.attempt))
            elif plan is not None and self._link is not None and not left:
                for verdict in self._link.tick(self._now()):
                    log.info("link: %s", type(verdict).__name__)
                    self._feed(s.LinkSaid(plan.attempt, verdict))
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
            self._feed(s.LinkSaid(self._link_attempt, verdict))

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
        return snapshot

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

    def _policy(self) -> s.Policy:
        return s.Policy(
            name=self._settings.shown_name,
            kind=self._kind,
            port=self._settings.port,
            visibility=Visibility.NOBODY if self._away else self._visibility,
            trusted=self._trusted,
            accept_paired=self._settings.accept_paired,
        )

    def _configure(self) -> None:
        self._feed(s.Configure(self._policy()))

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
            self._timer = asyncio.get_running_loop().call_at(at, self._feed, s.Tick())

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
        self.queue: asyncio.Queue[s.Connect | s.Say | s.HangUp] = asyncio.Queue()
        self.task: asyncio.Task[None] | None = None

    async def drained(self) -> None:
        await self.queue.join()
