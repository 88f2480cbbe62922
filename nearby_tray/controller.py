"""Runs the core on asyncio: events in, commands to the edges, one `Snapshot` out. No Qt, no D-Bus, no sockets.

What it needs of the machine is stated in `edges`, and so is what a user can do (`Actions`), which it serves. The session says what should
exist (`Wants`), and the `runners` make it so.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace

import msgspec

from .core import orders as o
from .core import states as s
from .core.keys import Entropy, Identity, TrustedPeer
from .core.model import (
    Asker,
    BluetoothChanged,
    DatagramArrived,
    Disconnected,
    EdgeEvent,
    Health,
    Method,
    ProbeAnswered,
    Reason,
    Snapshot,
    Stage,
    Visibility,
    WifiChanged,
)
from .core.session import Session
from .core.wire import Kind
from .edges import Actions, Edges, Listener
from .runners.air import AirRunner
from .runners.lines import Lines
from .runners.link import CountRunner, PingRunner
from .runners.probes import ProbeRunner
from .runners.radio import RadioRunner
from .runners.steps import STEP, Runner, Shared
from .runners.trust import TrustRunner
from .runners.visibility import VisibilityLimit
from .settings import Band, Settings
from .tasks import Tasks, close_each

log = logging.getLogger(__name__)

GOODBYE = 4.0  # seconds until the other side was told, at the end and before a sleep
SAVE = 3.0  # seconds at the end, for what is to be kept
CLOSE = 12.0  # seconds for each edge at the end, which has four bounds like it in all: under half a minute

_BANDS = {Band.AUTO: None, Band.GHZ_2: 2, Band.GHZ_5: 5}  # as wpa_supplicant names them


class Controller(Actions):
    """One applet's worth of session."""

    def __init__(
        self,
        edges: Callable[[], Edges],
        *,
        identity: Identity,
        trusted: Iterable[TrustedPeer] = (),
        settings: Settings,
        entropy: Entropy,
        kind: Kind = Kind.OTHER,
        on_settings: Callable[[Settings], str] | None = None,
        wall_clock: Callable[[], float] | None = None,
        boot_clock: Callable[[], float] | None = None,
        problems: Iterable[str] = (),
        limits: o.Limits | None = None,
    ) -> None:
        """`edges` is called by `open`, so that a face can be there before the daemons' libraries are loaded.

        `on_settings`: called with the new settings when they changed; keeps them and returns why that did not work, empty when it did.
        `wall_clock`: POSIX seconds; `boot_clock`: seconds that go on while the machine sleeps. `problems`: see `Snapshot`.
        """
        self._make_edges = edges
        self._trusted = tuple(trusted)
        self._settings = settings
        self._kind = kind
        self._on_settings = on_settings
        self._problems = tuple(problems)
        self._wall_clock = wall_clock or time.time
        self._away = False
        limits = limits or o.Limits()
        self._session = Session(identity=identity, entropy=entropy, policy=self._policy(), posix=self._wall_clock, limits=limits)

        self._events: deque[o.Event] = deque()
        self._handling = False
        self._listeners: list[Listener] = []
        self._published: Snapshot | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._stumbled = False  # over an event that the session could not handle

        self._tasks = Tasks(self._broke)
        self._shared = shared = Shared(self._session, limits, self._feed, self._publish, self._tasks)
        self._limit = VisibilityLimit(self._wall_clock, boot_clock or _boot_time, lambda: self.set_visibility(Visibility.TRUSTED))
        self._lines = Lines(shared)
        self._radio = RadioRunner(shared, self._sink)
        self._air = AirRunner(shared, self._sink)
        self._pings = PingRunner(shared, self._sink)
        self._counts = CountRunner(shared, self._pings)
        self._probes = ProbeRunner(shared, self._sink)
        self._trust = TrustRunner(shared)

    # --- life ---

    async def open(self) -> None:
        """Start; the edges report what they are before this returns, if they can."""
        self._shared.open(self._make_edges())
        begun = self._limit.resume(self._settings)
        if begun is not None:
            self._settings = begun
            if self._on_settings is not None:
                self._on_settings(begun)
        runners: dict[str, Runner] = {
            "radio": self._radio,
            "air": self._air,
            "ping": self._pings,
            "count": self._counts,
            "probe": self._probes,
            "trust": self._trust,
        }
        for name, runner in runners.items():
            self._tasks.keep(runner.run, name)
        await self._until(lambda: self._radio.was_opened and self._air.was_opened, STEP + 5)
        self._publish()

    async def close(self) -> None:
        """End whatever is going on, with a goodbye, undo everything, stop. Takes a few seconds, and under half a minute in any case."""
        self._feed(o.Cancel())
        await self._until(lambda: isinstance(self._session.state, s.Idle) and not self._lines, GOODBYE)
        await self._until(lambda: self._trust.is_saved, SAVE)
        self.halt()
        await self._tasks.gone(SAVE)
        # First what uses the group, then the group, and with it what only talks.
        edges = self._shared.edges
        await close_each(("the pings", edges.pinger.close), ("the probes", edges.prober.close), limit=GOODBYE / 2)
        await close_each(("Wi-Fi Direct", edges.wifi.close), ("Bluetooth", edges.bluetooth.close), limit=CLOSE)

    def halt(self) -> None:
        """Stop at once and undo nothing: a part of `close`, and what a kill looks like to the simulation."""
        self._shared.closing = True
        self._limit.close()
        if self._timer is not None:
            self._timer.cancel()
        self._tasks.cancel()

    async def suspend(self) -> None:
        """The machine is about to sleep. Returns when the goodbye is said and everything made is gone, or after four seconds."""
        self._feed(o.Suspend())
        await self._until(self._is_quiet, GOODBYE)

    def wake(self) -> None:
        """The machine has slept."""
        self._feed(o.Wake())

    def _is_quiet(self) -> bool:
        """True if nothing is there, or is about to be."""
        wants = self._session.wants
        wanted = wants.group is not None or wants.link is not None or wants.serve
        return not wanted and self._radio.is_clear and self._air.is_clear and self._pings.is_clear and not self._lines

    async def _until(self, condition: Callable[[], bool], limit: float) -> None:
        """Wait for what a step or an event brings about, `limit` seconds at most."""
        with suppress(TimeoutError):
            async with asyncio.timeout(limit):
                while not condition():
                    self._shared.changed.clear()
                    await self._shared.changed.wait()

    # --- what a user can do: see `Actions` ---

    @property
    def snapshot(self) -> Snapshot:
        return self._snapshot()

    @property
    def settings(self) -> Settings:
        return self._settings

    @property
    def trusted(self) -> tuple[TrustedPeer, ...]:
        return self._trusted

    def subscribe(self, listener: Listener, /) -> Callable[[], None]:
        self._listeners.append(listener)
        listener(self._snapshot())

        def unsubscribe() -> None:
            with suppress(ValueError):
                self._listeners.remove(listener)

        return unsubscribe

    def seek(self, identity: bytes | None = None, *, asker: Asker | None = None) -> None:
        self._wanted(o.Seek(identity), asker)

    def stop_seeking(self) -> None:
        if isinstance(self._session.state, s.Seeking):
            self._feed(o.Cancel())

    def ask(self, peer_id: str, method: Method | None = None, remember: bool = False, *, asker: Asker | None = None) -> None:
        self._wanted(o.Ask(peer_id, method=method, remember=remember), asker)

    def match(self, question: str, trust: bool = False) -> None:
        self._feed(o.Match(question, trust))

    def accept(self, question: str, trust: bool = False) -> None:
        self._feed(o.Accept(question, trust))

    def decline(self, question: str = "") -> None:
        self._feed(o.Decline(question))

    def enter_pin(self, question: str, pin: str) -> None:
        self._feed(o.EnterPin(question, pin))

    def allow(self, wish: str) -> None:
        self._feed(o.Allow(wish))

    def forbid(self, wish: str) -> None:
        self._feed(o.Forbid(wish))

    def host(self, persistent: bool = False, *, asker: Asker | None = None) -> None:
        self._wanted(o.Host(persistent), asker)

    def invite(self, peer_id: str, *, asker: Asker | None = None) -> None:
        self._wanted(o.Invite(peer_id), asker)

    def expel(self, address: str) -> None:
        self._feed(o.Expel(address))

    def call_back(self, missed: str) -> None:
        self._feed(o.CallBack(missed))

    def forget_missed(self, missed: str = "") -> None:
        self._feed(o.ForgetMissed(missed))

    def cancel(self) -> None:
        self._feed(o.Cancel())

    def disconnect(self) -> None:
        self._feed(o.Cancel())

    def dismiss(self) -> None:
        self._problems = ()
        self._feed(o.Dismiss())

    def set_visibility(self, visibility: Visibility, minutes: int | None = None) -> None:
        self.apply(msgspec.structs.replace(self._settings, visibility=visibility, visible_minutes=minutes, visible_until=None))

    def forget(self, identity_id: str) -> None:
        self._set_trusted(tuple(peer for peer in self._trusted if peer.identity.hex() != identity_id))

    def renew_identity(self) -> None:
        if not self._shared.is_open:
            return
        self._feed(o.Cancel())
        self._session.renew(self._shared.edges.trust.renew())
        self._set_trusted(())

    def health_window(self, open: bool) -> None:
        self._shared.attended = open
        self._pings.attend()
        self._probes.attend()
        self._shared.stir()

    def apply(self, settings: Settings) -> str:
        if settings == self._settings:
            return ""
        self._problems = ()
        if _visible(settings) != _visible(self._settings):
            settings = self._limit.begin(settings)
        self._settings = settings
        self._configure()
        return self._on_settings(settings) if self._on_settings is not None else ""

    def _wanted(self, event: o.Seek | o.Ask | o.Host | o.Invite, asker: Asker | None) -> None:
        self._feed(event if asker is None else o.AskedFor(asker, event))

    # --- what the machine does ---

    def set_away(self, away: bool) -> None:
        """`away`: nobody is there to answer (the session is locked), so no caller is heard."""
        self._away = away
        self._configure()

    def know(self, peer: TrustedPeer) -> None:
        """Add a trusted peer, or replace what was known of it."""
        self._set_trusted((*(known for known in self._trusted if known.identity != peer.identity), peer))

    # --- events in, commands out ---

    def _sink(self, event: EdgeEvent) -> None:
        """Takes what the edges report."""
        match event:
            case DatagramArrived(data, source, received):
                self._pings.receive(data, source, received)
                return
            case ProbeAnswered():
                self._probes.receive(event)
                return
            case BluetoothChanged(_, fresh):
                self._air.daemon_changed(fresh)
                if fresh:
                    self._lines.cut_all()
            case Disconnected(origin):
                self._lines.cut(origin)
            case WifiChanged(_, _, fresh):
                self._radio.daemon_changed(fresh)
            case _:
                pass
        self._feed(event)

    def _feed(self, event: o.Event) -> None:
        """Handle one event and whatever follows from it; an event that arrives meanwhile waits for its turn."""
        if self._shared.closing:
            return
        if not self._handling:
            self._limit.check()  # before anybody is heard
        self._events.append(event)
        if self._handling:
            return
        self._handling = True
        try:
            while self._events:
                event = self._events.popleft()
                before = self._session.state
                for command in self._handled(event):
                    self._carry_out(command)
                _log_transition(before, self._session.state, event)
        finally:
            self._handling = False
        self._shared.stir()
        self._set_timer()
        self._publish()

    def _handled(self, event: o.Event) -> list[o.Command]:
        """The commands of the session. A fault there costs the event; when that is `Tick`, what is going on, which nothing would end."""
        try:
            commands = self._session.handle(event, self._now())
            self._stumbled = False
        except Exception:
            log.exception("%s could not be handled", type(event).__name__)
            commands = []
            if isinstance(event, o.Tick) and not self._stumbled:
                self._stumbled = True
                self._events.appendleft(o.Cancel())
        return commands

    def _carry_out(self, command: o.Command) -> None:
        match command:
            case o.Connect() | o.Say() | o.HangUp():
                self._lines.carry_out(command)
            case o.Trust(identity, trust_key, label, previous_key):
                since = next((peer.since for peer in self._trusted if peer.identity == identity), self._wall_clock())
                self.know(TrustedPeer(identity, trust_key, label, since, self._wall_clock(), previous_key))
            case o.Provision() | o.Reject() | o.Admit() | o.InvitePeer() | o.ExpelMember():
                self._radio.run_errand(command)
            case o.CorrectAddresses():
                self._pings.correct(command)

    def _broke(self, name: str, error: Exception) -> None:
        """A runner failed and is begun anew: the session is told, where it waits for something of it."""
        why = f"{name}: {type(error).__name__}"
        wants = self._session.wants
        if name in ("radio", "form") and wants.group is not None:
            self._feed(o.GroupFailed(wants.group.attempt, Reason.INTERNAL, why))
        elif name == "ping" and wants.link is not None:
            self._feed(o.LinkBroken(wants.link.attempt, Reason.INTERNAL, why))
        elif name == "air" and wants.advertisement is not None:
            self._feed(o.CallFailed(Reason.INTERNAL, why))

    # --- snapshots out ---

    def _snapshot(self) -> Snapshot:
        snapshot = self._session.snapshot()
        return self._probes.added_to(
            replace(
                snapshot,
                now=self._now(),
                listening=self._air.listening,
                visibility=self._settings.visibility,
                visible_until=self._limit.until,
                problems=self._problems,
                failure=replace(snapshot.failure, port=self._settings.port) if snapshot.failure is not None else None,
                health=self._health() if snapshot.stage in (Stage.LINKED, Stage.CHECKING) else None,
            )
        )

    def _health(self) -> Health | None:
        health = self._pings.health()
        return self._counts.added_to(health) if health is not None else None

    def _publish(self) -> None:
        snapshot = self._snapshot()
        if snapshot == self._published:
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
            visibility=Visibility.NOBODY if self._away else self._settings.visibility,
            away=self._away,
            trusted=self._trusted,
            intent=14 if self._settings.prefer_owner else self._settings.go_intent,  # not 15: two of those refuse each other
            frequency=self._settings.frequency or _BANDS[self._settings.band],
            accept_paired=self._settings.accept_paired,
        )

    def _configure(self) -> None:
        self._feed(o.Configure(self._policy()))

    def _set_trusted(self, peers: tuple[TrustedPeer, ...]) -> None:
        self._trusted = peers
        self._configure()
        if self._shared.is_open:  # before that everything known came from the disk
            self._trust.keep(peers)

    def _set_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        deadline = self._session.deadline()
        if deadline is not None:
            # A deadline that has passed already waits a little: a fault there must not become a busy loop.
            at = max(deadline, self._now() + (1.0 if self._stumbled else 0.005))
            self._timer = asyncio.get_running_loop().call_at(at, self._feed, o.Tick())

    def _now(self) -> float:
        return asyncio.get_running_loop().time()


def _log_transition(before: object, after: object, event: o.Event) -> None:
    if type(before) is type(after):
        return
    log.info("%s → %s on %s", type(before).__name__, type(after).__name__, type(event).__name__)
    if isinstance(after, s.Meeting) and after.bond.unasked and after.bond.lost is None:
        log.info("accepted without asking: %s, paired", after.bond.peer.address)
    if isinstance(after, s.Idle) and after.failure is not None:
        log.info("failed: %s", after.failure)


def _visible(settings: Settings) -> tuple[object, ...]:
    return settings.visibility, settings.visible_minutes, settings.visible_until


def _boot_time() -> float:
    return time.clock_gettime(time.CLOCK_BOOTTIME)
