"""Runs the core on asyncio: events in, commands to coroutines, one `Snapshot` out. No Qt, no D-Bus, no sockets.

What it needs of the machine is stated in `edges`, and so is what a user can do (`Actions`), which it serves.

The session says what should exist (`Wants`); four tasks make it so, each in its own order and one step at a time: `_radio`
(find, clearing, group), `_air` (call, listening), `_ping` (the link) and `_probe` (who is on a group without our protocol). What a
daemon's restart took away they make again, because they compare what is wanted with what is; and what is, is what an edge has confirmed:
a step that failed is taken again. Frames leave through one queue for each connection, so that a goodbye is sent before the hang-up.

The edges are not trusted: each step has a limit, and an error that no contract names is logged and counts as `Reason.INTERNAL`.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Coroutine, Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, TypeVar, assert_never

import msgspec

from .core import orders as o
from .core import states as s
from .core.keys import Entropy, Identity, Role, TrustedPeer
from .core.link import FAREWELL_GAP, FAREWELLS, Echo, Link, LinkLost
from .core.model import (
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
    ProbeAnswered,
    Reason,
    Snapshot,
    Stage,
    Visibility,
    WifiChanged,
)
from .core.promise import SLACK, Clocks, Promise
from .core.session import Session
from .core.wire import Kind
from .edges import Actions, Bluetooth, Edges, Hosting, Listener, Pinger, Prober, TrustStore, Wifi
from .errors import Unavailable
from .settings import Band, Settings
from .tasks import Pause, Tasks, close_each, ended, told_to_end, within

log = logging.getLogger(__name__)

T = TypeVar("T")

_Errand = o.Provision | o.Reject | o.Admit | o.InvitePeer | o.ExpelMember

# Seconds that one step of an edge may take before it counts as failed. Each edge has closer limits of its own: these only
# keep a hanging daemon from stopping the machine.
STEP = 20.0
SOCKET = 6.0  # the same for a socket: its addresses may be new
COUNT = 5.0  # the same for figures: without them the link goes on
GOODBYE = 4.0  # until the other side was told, at the end and before a sleep
SAVE = 3.0  # at the end, for what is to be kept
CLOSE = 12.0  # for each edge at the end, which has four bounds like it in all: under half a minute

# What may wait here to be carried out. What the air makes us do is bounded in the core; these keep an edge that hangs from gathering it.
MOST_ERRANDS = 32
MOST_LINES = 64
MOST_WAITING = 64  # on one line
INSISTING = 5  # times that a refusal, or the sending out of a member, is tried
HANGING_UP = 3
CLEARING = 3

WIFI, BLUETOOTH = "open Wi-Fi Direct", "open Bluetooth"
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
        self._bluetooth: Bluetooth
        self._wifi: Wifi
        self._pinger: Pinger
        self._prober: Prober
        self._trust: TrustStore | None = None
        self._trusted = tuple(trusted)
        self._settings = settings
        self._kind = kind
        self._on_settings = on_settings
        self._problems = tuple(problems)
        self._wall_clock = wall_clock or time.time
        self._boot_clock = boot_clock or _boot_time
        self._away = False
        self._promise: Promise | None = None  # how long EVERYONE lasts
        self._visible_until: float | None = None  # that by the loop's clock
        self._visibility = settings.visibility
        self._limits = limits or o.Limits()
        self._session = Session(identity=identity, entropy=entropy, policy=self._policy(), posix=self._wall_clock, limits=self._limits)

        self._events: deque[o.Event] = deque()
        self._handling = False
        self._listeners: list[Listener] = []
        self._published: Snapshot | None = None
        self._tasks = Tasks(self._broke)
        self._timer: asyncio.TimerHandle | None = None
        self._stumbled = False  # over an event that the session could not handle
        self._visible_timer: asyncio.TimerHandle | None = None
        self._stirred = asyncio.Event()  # something happened; see `_until`
        self._radio_steps, self._air_steps = _Steps(self._unsure_of_radio), _Steps(self._unsure_of_air)
        self._ping_steps, self._probe_steps = _Steps(self._unsure_of_sockets), _Steps(self._unsure_of_sockets)
        self._count_steps, self._trust_steps = _Steps(), _Steps()
        self._errands: deque[_Errand] = deque()  # for the radio, in order
        self._insisted: dict[_Errand, int] = {}  # how often it was tried in vain
        self._echoes: dict[str, Echo] = {}  # by P2P device address: who is looked for on a group without our protocol
        self._lines: dict[str, _Line] = {}
        self._unsaved: tuple[TrustedPeer, ...] | None = None

        # What is there now, as confirmed. An era ends when a daemon was lost with all that it had of us.
        self._wifi_open = self._bluetooth_open = False
        self._wifi_era = self._bluetooth_era = 0
        self._found: o.Find | None = o.Find.OFF  # None: not known
        self._order: FormGroup | HostGroup | None = None  # being formed, up, or not known to be gone
        self._forming: asyncio.Task[None] | None = None
        self._cleared = 0
        self._served: tuple[bytes | None, ...] | None = ()  # the advertisement; empty: no service; None: not known
        self._listening: bool | None = False  # None: not known
        self._link_plan: o.LinkPlan | None = None
        self._socket = self._probing = False  # opened, or not known to be closed
        self._left = False  # the goodbye of the link was said, or is of no use
        self._link: Link | None = None
        self._probe_plan: o.ProbePlan | None = None
        self._correction: o.CorrectAddresses | None = None  # the peer's side of a group may be up before ours
        self._counters: tuple[int, int, int | None] | None = None
        self._attended = False
        self._closing = False

    # --- life ---

    async def open(self) -> None:
        """Start; the edges report what they are before this returns, if they can."""
        made = self._make_edges()
        self._bluetooth, self._wifi, self._pinger, self._trust = made.bluetooth, made.wifi, made.pinger, made.trust
        self._prober = made.prober
        self._keep_promise()
        for name, run in (
            ("radio", self._radio),
            ("air", self._air),
            ("ping", self._ping),
            ("count", self._count),
            ("probe", self._probe),
            ("trust", self._keep_trust),
        ):
            self._tasks.keep(run, name)
        await self._until(lambda: self._radio_steps.tried(WIFI) and self._air_steps.tried(BLUETOOTH), STEP + 5)
        self._publish()

    async def close(self) -> None:
        """End whatever is going on, with a goodbye, undo everything, stop. Takes a few seconds, and under half a minute in any case."""
        self._feed(o.Cancel())
        await self._until(lambda: isinstance(self._session.state, s.Idle) and self._all_said(), GOODBYE)
        await self._until(lambda: self._unsaved is None, SAVE)
        self.halt()
        await self._tasks.gone(SAVE)
        # First what uses the group, then the group, and with it what only talks.
        await close_each(("the pings", self._pinger.close), ("the probes", self._prober.close), limit=GOODBYE / 2)
        await close_each(("Wi-Fi Direct", self._wifi.close), ("Bluetooth", self._bluetooth.close), limit=CLOSE)

    def halt(self) -> None:
        """Stop at once and undo nothing: a part of `close`, and what a kill looks like to the simulation."""
        self._closing = True
        for timer in (self._timer, self._visible_timer):
            if timer is not None:
                timer.cancel()
        self._tasks.cancel()

    async def suspend(self) -> None:
        """The machine is about to sleep. Returns when the goodbye is said and what we made is gone, or after four seconds."""
        self._feed(o.Suspend())
        await self._until(self._is_quiet, GOODBYE)

    def wake(self) -> None:
        """The machine has slept."""
        self._feed(o.Wake())

    def _is_quiet(self) -> bool:
        """Nothing of ours is there, or is about to be."""
        wants = self._session.wants
        wanted = wants.group is not None or wants.link is not None or wants.serve
        there = self._order is not None or self._link_plan is not None or self._served != () or self._found is not o.Find.OFF
        return not wanted and not there and self._all_said()

    def _all_said(self) -> bool:
        return not self._lines

    async def _until(self, condition: Callable[[], bool], limit: float) -> None:
        """Wait for what some step or event brings about, so many seconds at most."""
        with suppress(TimeoutError):
            async with asyncio.timeout(limit):
                while not condition():
                    self._stirred.clear()
                    await self._stirred.wait()

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
        if self._trust is None:
            return  # not open yet
        self._feed(o.Cancel())
        self._session.renew(self._trust.renew())
        self._set_trusted(())

    def health_window(self, open: bool) -> None:
        self._attended = open
        for meter in (self._link, *self._echoes.values()):
            if meter is not None:
                meter.attend(open)
        self._stir()

    def apply(self, settings: Settings) -> str:
        if settings == self._settings:
            return ""
        self._problems = ()
        visible = _visible(settings) != _visible(self._settings)
        if visible:
            settings = self._promised(settings)
        self._settings = settings
        if visible:
            self._visibility = settings.visibility
        self._configure()
        return self._on_settings(settings) if self._on_settings is not None else ""

    def _wanted(self, event: o.Seek | o.Ask | o.Host | o.Invite, asker: Asker | None) -> None:
        self._feed(event if asker is None else o.AskedFor(asker, event))

    # --- what the machine does ---

    def set_away(self, away: bool) -> None:
        """Nobody is there to answer (the session is locked): hear nobody."""
        self._away = away
        self._configure()

    def know(self, peer: TrustedPeer) -> None:
        """Add a trusted peer, or replace what was known of it."""
        self._set_trusted((*(known for known in self._trusted if known.identity != peer.identity), peer))

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
            case BluetoothChanged(_, fresh):
                self._air_steps.news()
                if fresh:
                    self._bluetooth_era += 1
                    self._served, self._listening = (), False
                    for origin in list(self._lines):
                        self._cut(origin)
            case Disconnected(origin):
                self._cut(origin)
            case WifiChanged(_, _, fresh):
                self._radio_steps.news()
                if fresh:
                    self._wifi_era += 1
                    self._found = None
            case _:
                pass
        self._feed(event)

    def _feed(self, event: o.Event) -> None:
        """Handle one event and whatever follows from it; what arrives meanwhile waits its turn."""
        if self._closing:
            return
        if not self._handling:
            self._mind_promise()  # before anybody is heard
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
                after = self._session.state
                if type(before) is not type(after):
                    log.info("%s → %s on %s", type(before).__name__, type(after).__name__, type(event).__name__)
                    if isinstance(after, s.Meeting) and after.bond.unasked and after.bond.lost is None:
                        log.info("accepted without asking: %s, paired", after.bond.peer.address)
                    if isinstance(after, s.Idle) and after.failure is not None:
                        log.info("failed: %s", after.failure)
        finally:
            self._handling = False
        self._stir()
        self._set_timer()
        self._publish()

    def _handled(self, event: o.Event) -> list[o.Command]:
        """What the session orders. A bug there costs the event; when that is time itself, what is going on, which nothing would end."""
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

    def _stir(self) -> None:
        """Something is otherwise: let everything that waits look."""
        self._stirred.set()
        for steps in (self._radio_steps, self._air_steps, self._ping_steps, self._count_steps, self._probe_steps):
            steps.wake.set()

    def _carry_out(self, command: o.Command) -> None:
        match command:
            case o.Connect(origin) | o.Say(origin) | o.HangUp(origin):
                line = self._lines.get(origin)
                # A connection is always ended, however much is waiting.
                full = len(self._lines) >= MOST_LINES if line is None else line.queue.qsize() >= MOST_WAITING
                if full and not isinstance(command, o.HangUp):
                    log.warning("too much waits to be said by Bluetooth")
                    self._unsaid(command, Reason.INTERNAL)
                    return
                if line is None:
                    line = self._lines[origin] = _Line(origin)
                    line.task = self._tasks.do(self._talk(line), f"line {origin}")
                line.queue.put_nowait(command)
            case o.Trust(identity, trust_key, label, previous_key):
                since = next((peer.since for peer in self._trusted if peer.identity == identity), self._wall_clock())
                self.know(TrustedPeer(identity, trust_key, label, since, self._wall_clock(), previous_key))
            case o.Provision() | o.Reject() | o.Admit() | o.InvitePeer() | o.ExpelMember():
                if len(self._errands) >= MOST_ERRANDS:
                    log.warning("too much is waiting for the radio")
                    self._errand_failed(command, Unavailable(Reason.INTERNAL, "too much is waiting for the radio"))
                    return
                self._errands.append(command)
            case o.CorrectAddresses(attempt, addresses):
                self._correction = command
                if self._link is not None and self._link_plan is not None and attempt == self._link_plan.attempt:
                    self._link.add_addresses(addresses)

    def _unsaid(self, command: o.Connect | o.Say | o.HangUp, reason: Reason) -> None:
        match command:
            case o.Connect(origin):
                self._feed(o.ConnectFailed(origin))
            case o.Say(origin, role):
                # Whatever the daemon calls it, the other one is not there; but what is wrong in here is not the other's fault.
                self._feed(o.SayFailed(origin, role, reason if reason is Reason.INTERNAL else Reason.PEER_GONE))
            case o.HangUp():
                pass  # it was tried, and there is nothing more to be done

    async def _talk(self, line: _Line) -> None:
        """Carry out, in order, what concerns one connection, until there is nothing more."""
        while not line.queue.empty():
            command = line.command = line.queue.get_nowait()
            try:
                await self._speak(line, command)
            except Unavailable as error:
                log.info("Bluetooth, %s to %s: %s", type(command).__name__, line.origin, error)
                self._unsaid(command, error.reason)
        if self._lines.get(line.origin) is line:
            del self._lines[line.origin]
        self._stir()

    async def _speak(self, line: _Line, command: o.Connect | o.Say | o.HangUp) -> None:
        match command:
            case o.Connect(origin):
                # One that comes about when nobody waits any more is ended.
                late = partial(self._carry_out, o.HangUp(origin))
                self._feed(o.Connected(origin, await self._step("connect", self._bluetooth.connect(origin), late=late)))
            case o.Say(origin, role, frames):
                await self._step("say it", self._send_frames(origin, role, frames))
            case o.HangUp(origin):
                pause = Pause()
                for left in reversed(range(HANGING_UP)):
                    try:
                        await self._step("hang up", self._bluetooth.disconnect(origin))
                        break
                    except Unavailable:
                        if not left:
                            raise
                    await asyncio.sleep(pause.longer())
                    if self._lines.get(origin) is not line:
                        break  # it is gone, and another one may be there

    async def _send_frames(self, origin: str, role: Role, frames: tuple[bytes, ...]) -> None:
        for frame in frames:
            if told_to_end():
                raise Unavailable(Reason.INTERNAL, "given up before all was sent")
            await self._bluetooth.send(origin, frame, role)

    def _cut(self, origin: str) -> None:
        """The connection is gone: nothing more can be said on it. Hanging up is gone through with, which may be what this came of."""
        line = self._lines.pop(origin, None)
        if line is not None:
            line.queue = asyncio.Queue()
            if line.task is not None and not isinstance(line.command, o.HangUp):
                line.task.cancel()

    # --- making it so ---

    async def _step(self, what: str, step: Coroutine[Any, Any, T], limit: float = STEP, *, late: Callable[[], None] | None = None) -> T:
        """Take one step of an edge. Whatever goes wrong is an `Unavailable`: what took too long or was not foreseen is `INTERNAL`."""
        try:
            return await within(limit, step, what, late=partial(self._ended_late, late))
        except Unavailable:
            raise
        except TimeoutError:
            raise _TooLate(Reason.INTERNAL, f"{what}: no answer within {limit:.0f} s") from None
        except Exception as error:
            log.error("could not %s", what, exc_info=error)
            raise Unavailable(Reason.INTERNAL, f"{what}: {type(error).__name__}") from error

    def _ended_late(self, then: Callable[[], None] | None) -> None:
        """A step that took too long has ended after all, and may have changed what is there."""
        if then is not None and not self._closing:
            then()

    async def _try(
        self, steps: _Steps, key: str, step: Coroutine[Any, Any, object], wanted: object = None, *, said: str = ""
    ) -> Unavailable | None:
        """Take one of `steps`; what it cannot do is said once in the log (as `said`), and returned. See `_Steps.may`."""
        error: Unavailable | None = None
        try:
            await self._step(said or key, step, late=steps.unsure)
        except Unavailable as caught:
            error = caught
        if error is None:
            steps.went_well(key)
        else:
            radios = self._session.radios
            known = error.reason in (radios.wifi, radios.bluetooth)  # the radio is off: that is no news
            first = steps.failed(key, wanted)
            log.log(logging.WARNING if first and not known else logging.DEBUG, "could not %s: %s", said or key, error)
        self._stirred.set()
        return error

    def _broke(self, name: str, error: Exception) -> None:
        """One of our own tasks failed, which is begun anew: what depends on it is told."""
        why = f"{name}: {type(error).__name__}"
        wants = self._session.wants
        if name in ("radio", "form") and wants.group is not None:
            self._feed(o.GroupFailed(wants.group.attempt, Reason.INTERNAL, why))
        elif name == "ping" and wants.link is not None:
            self._feed(o.LinkBroken(wants.link.attempt, Reason.INTERNAL, why))
        elif name == "air" and wants.advertisement is not None:
            self._feed(o.CallFailed(Reason.INTERNAL, why))

    # --- making it so: the radio ---

    async def _radio(self) -> None:
        """Group, clearing and find, in this order: nothing may disturb a group that is being formed."""
        steps = self._radio_steps
        while True:
            steps.begin()
            if not await self._radio_step(steps):
                await steps.rest()

    async def _radio_step(self, steps: _Steps) -> bool:
        """Take the first step that is due; whether there was one."""
        wants = self._session.wants
        if not self._wifi_open:
            if not steps.may(WIFI):
                return False
            error = await self._try(steps, WIFI, self._wifi.open(self._sink))
            self._wifi_open = error is None
            if error is not None:
                self._feed(WifiChanged(error.reason))
        elif self._order is not None and wants.group != self._order and steps.may("remove the group", wants.group):
            await self._remove(steps, self._order)
        elif wants.clear > self._cleared and steps.may("clear the radio", wants.clear):
            self._found = None
            error = await self._try(steps, "clear the radio", self._wifi.clear(), wants.clear)
            if error is None or steps.failures("clear the radio") >= CLEARING:  # then it is as clear as it gets
                self._cleared = wants.clear
                self._found = o.Find.OFF if error is None else None
                self._feed(o.Cleared(wants.clear))
        elif wants.find is not self._found and steps.may("find", wants.find):
            era = self._wifi_era
            said, find = {
                o.Find.ON: ("find", self._wifi.find),
                o.Find.HELD: ("hold the find", self._wifi.hold_find),
                o.Find.OFF: ("stop the find", self._wifi.stop_find),
            }[wants.find]
            error = await self._try(steps, "find", find(), wants.find, said=said)
            self._found = wants.find if error is None and era == self._wifi_era else None
            self._feed(o.FindSaid(error.reason if error is not None else None))
        elif wants.group is not None and self._order is None:
            self._order = wants.group
            self._forming = self._tasks.do(self._form(wants.group), "form")
        elif errand := next((errand for errand in self._errands if steps.may(errand)), None):
            await self._run_errand(steps, errand)
        else:
            state = self._session.state
            if isinstance(state, s.Ending) and state.farewell is None and self._order is None:
                self._feed(o.GroupRemoved(state.order.attempt))  # it was never begun
            return False
        return True

    async def _remove(self, steps: _Steps, order: FormGroup | HostGroup) -> None:
        wanted = self._session.wants.group
        if self._forming is not None and not self._forming.done():
            self._forming.cancel()
            await ended(self._forming, limit=STEP)
        error = await self._try(steps, "remove the group", self._wifi.remove(), wanted)
        if error is None:
            self._order = self._forming = None
            self._feed(o.GroupRemoved(order.attempt))
        elif wanted is not None:
            self._feed(o.GroupFailed(wanted.attempt, error.reason, error.detail))  # there is no place for it

    def _formed_late(self, order: FormGroup | HostGroup) -> None:
        """It was given up, and has ended after all, who knows how: unless another is there, which takes it away at its own end."""
        if self._order is None:
            self._order = order
            self._stir()

    def _unsure_of_radio(self) -> None:
        self._found = None
        self._stir()

    async def _form(self, order: FormGroup | HostGroup) -> None:
        limit = self._limits.host if isinstance(order, HostGroup) else order.patience
        try:
            work = self._hosting().host(order) if isinstance(order, HostGroup) else self._wifi.form(order)
            group = await self._step("form the group", work, limit + STEP, late=partial(self._formed_late, order))
        except Unavailable as error:
            reason = Reason.NOT_FORMED if isinstance(error, _TooLate) else error.reason
            self._feed(o.GroupFailed(order.attempt, reason, error.detail))
        else:
            self._feed(o.GroupFormed(order.attempt, group))

    def _hosting(self) -> Hosting:
        hosting = self._wifi.hosting
        if hosting is None:
            raise Unavailable(Reason.NOT_OFFERED, "the back end in use hosts no groups")
        return hosting

    async def _run_errand(self, steps: _Steps, errand: _Errand) -> None:
        what, work = self._errand(errand)
        try:
            await self._step(what, work())
        except Unavailable as error:
            log.warning("could not %s: %s", what, error)
            self._errand_failed(errand, error)
            if isinstance(errand, o.Reject | o.ExpelMember):  # nobody else would notice
                self._insisted[errand] = self._insisted.get(errand, 0) + 1
                if self._insisted[errand] < INSISTING and not (isinstance(errand, o.ExpelMember) and self._session.wants.group is None):
                    steps.failed(errand)
                    return
        steps.went_well(errand)
        self._insisted.pop(errand, None)
        with suppress(ValueError):
            self._errands.remove(errand)

    def _errand(self, errand: _Errand) -> tuple[str, Callable[[], Coroutine[Any, Any, None]]]:
        """What it is, for the log, and what does it."""
        match errand:
            case o.Provision(address, method):
                return "ask it to get ready", lambda: self._wifi.provision(address, method)
            case o.Reject(address):
                return "refuse", lambda: self._wifi.reject(address)
            case o.Admit(_, admission):
                return "let it in", lambda: self._hosting().admit(admission)
            case o.InvitePeer(address):
                return "invite", lambda: self._hosting().invite(address)
            case o.ExpelMember(address):
                return "send it out", lambda: self._hosting().expel(address)

    def _errand_failed(self, errand: _Errand, error: Unavailable) -> None:
        match errand:
            case o.Provision(address):
                self._feed(o.ProvisionFailed(address, error.reason, error.detail))
            case o.Admit(attempt, admission):
                self._feed(AdmissionFailed(attempt, admission.address, error.reason))
            case o.InvitePeer(address):
                group = self._session.wants.group
                if group is not None:
                    self._feed(AdmissionFailed(group.attempt, address, error.reason))
            case o.Reject() | o.ExpelMember():
                pass
            case _:
                assert_never(errand)

    # --- making it so: the air ---

    async def _air(self) -> None:
        """The call with its service, and listening."""
        steps = self._air_steps
        while True:
            steps.begin()
            if not await self._air_step(steps):
                await steps.rest()

    async def _air_step(self, steps: _Steps) -> bool:
        """Take the first step that is due; whether there was one."""
        wants, era = self._session.wants, self._bluetooth_era
        call = (wants.advertisement,) if wants.serve else ()
        if not self._bluetooth_open:
            if not steps.may(BLUETOOTH):
                return False
            error = await self._try(steps, BLUETOOTH, self._bluetooth.open(self._sink))
            self._bluetooth_open = error is None
            if error is not None:
                self._feed(BluetoothChanged(error.reason))
        elif self._served != call and steps.may("call", call):
            work = self._bluetooth.serve(wants.advertisement) if wants.serve else self._bluetooth.unserve()
            error = await self._try(steps, "call", work, call, said="" if wants.serve else "end the call")
            if era == self._bluetooth_era:
                self._served = call if error is None else None
            if error is not None and wants.advertisement is not None:
                self._feed(o.CallFailed(error.reason, error.detail))
        elif self._listening is not wants.listen and steps.may("listen", wants.listen):
            work = self._bluetooth.listen() if wants.listen else self._bluetooth.unlisten()
            error = await self._try(steps, "listen", work, wants.listen, said="" if wants.listen else "stop listening")
            if era == self._bluetooth_era:
                self._listening = wants.listen if error is None else None
            self._publish()
        else:
            return False
        return True

    def _unsure_of_air(self) -> None:
        self._served = self._listening = None
        self._stir()

    # --- making it so: the link ---

    async def _ping(self) -> None:
        """Pings for as long as the session wants a link; a goodbye when it is to be left."""
        steps = self._ping_steps
        while True:
            steps.begin()
            until = await self._ping_step(steps)
            if until is None or until > self._now():
                await steps.rest(until)

    async def _ping_step(self, steps: _Steps) -> float | None:
        """Take the first step that is due; when the next one is."""
        plan, wanted = self._link_plan, self._session.wants.link
        if plan is not None and (wanted is None or wanted.attempt != plan.attempt):
            self._link = self._link_plan = plan = None
            self._counters = None
        if wanted is None:
            if not self._socket or not steps.may("close the socket"):
                return None
            self._socket = await self._try(steps, "close the socket", self._pinger.close()) is not None
            return self._now()
        if plan is None:
            await self._open_link(wanted)
            return self._now()
        if wanted.leaving:
            if not self._left:
                self._left = True
                await self._say_farewell(plan)
                self._feed(o.FarewellSaid(plan.attempt))
            return None
        link = self._link
        if link is None or self._left:
            return None
        for verdict in link.tick(self._now()):
            log.info("link: %s", type(verdict).__name__)
            self._feed(o.LinkSaid(plan.attempt, verdict))
            if isinstance(verdict, LinkLost):
                self._left = True  # no more pings; the session takes it from here
        for datagram, address in link.due(self._now()):
            self._send(datagram, address, plan)
        self._publish()
        return max(link.deadline(), self._now() + 0.01)

    async def _open_link(self, plan: o.LinkPlan) -> None:
        self._link_plan, self._left, self._socket = plan, False, True
        try:
            opening = self._pinger.open(self._sink, plan.group, plan.group.addresses, plan.port)
            limit = min(SOCKET, 0.9 * self._limits.check)  # else nobody would hear why there is no answer
            await self._step("open the socket", opening, limit, late=self._unsure_of_sockets)
        except Unavailable as error:
            self._feed(o.LinkBroken(plan.attempt, error.reason, error.detail))
            return
        self._link = Link(role=plan.role, keys=plan.keys, addresses=plan.addresses, now=self._now())
        self._link.attend(self._attended)
        if self._correction is not None and self._correction.attempt == plan.attempt:
            self._link.add_addresses(self._correction.addresses)

    def _unsure_of_sockets(self) -> None:
        self._socket = self._probing = True
        self._stir()

    async def _say_farewell(self, plan: o.LinkPlan) -> None:
        if self._link is not None:
            for _ in range(FAREWELLS):
                for datagram, address in self._link.farewell(self._now()):
                    self._send(datagram, address, plan)
                await asyncio.sleep(FAREWELL_GAP)

    def _send(self, datagram: bytes, address: str, plan: o.LinkPlan) -> None:
        try:
            self._pinger.send(datagram, address, plan.peer_port)
        except Exception:
            # One that is not sent is one that is lost: how the link is, the answers say.
            log.exception("a datagram could not be sent")

    async def _count(self) -> None:
        """The group's figures, for as long as there are pings. Nothing waits for them."""
        steps, due = self._count_steps, float("-inf")
        while True:
            steps.begin()
            plan = self._link_plan
            if plan is None or self._link is None or self._left:
                due = float("-inf")
                await steps.rest()
                continue
            due = min(due, self._now() + (2.0 if self._attended else 15.0))
            if self._now() >= due:
                await self._read_counters(plan.group)
                due = float("inf")
            else:
                await steps.rest(due)

    async def _read_counters(self, group: Group) -> None:
        try:
            self._counters = await self._step("read the counters", self._wifi.read_counters(group), COUNT)
        except Unavailable as error:
            self._counters = None
            log.debug("%s", error)
        self._publish()

    # --- making it so: who is there without our protocol ---

    async def _probe(self) -> None:
        """Probes for as long as the session wants them, one series for each machine on the group."""
        steps = self._probe_steps
        while True:
            steps.begin()
            until = await self._probe_step(steps)
            if until is None or until > self._now():
                await steps.rest(until)

    async def _probe_step(self, steps: _Steps) -> float | None:
        """Take the first step that is due; when the next one is."""
        plan, wanted = self._probe_plan, self._session.wants.probe
        if plan is not None and (wanted is None or wanted.attempt != plan.attempt):
            self._probe_plan = plan = None
            self._echoes.clear()
        if wanted is None:
            if not self._probing or not steps.may("close the probes' socket"):
                return None
            self._probing = await self._try(steps, "close the probes' socket", self._prober.close()) is not None
            return self._now()
        if plan is None:
            if not steps.may("look for machines on the group", wanted.attempt):
                return None
            self._probing = True
            opening = self._prober.open(self._sink, wanted.group)
            if await self._try(steps, "look for machines on the group", opening, wanted.attempt) is None:
                self._probe_plan = wanted
            return self._now()
        for gone in self._echoes.keys() - {address for address, _ in wanted.peers}:
            del self._echoes[gone]
        for address, station in wanted.peers:
            if address not in self._echoes:
                self._echoes[address] = Echo(station, self._now())
                self._echoes[address].attend(self._attended)
        for echo in self._echoes.values():
            for sequence, address in echo.due(self._now()):
                try:
                    self._prober.probe(address, sequence)
                except Exception:
                    log.exception("a probe could not be sent")
        self._publish()
        due = min((echo.deadline() for echo in self._echoes.values()), default=self._now() + 1)
        return max(due, self._now() + 0.01)

    def _probe_answered(self, answer: ProbeAnswered) -> None:
        plan = self._session.wants.probe
        if plan is None:
            return
        for echo in list(self._echoes.values()):
            for verdict in echo.answered(answer, self._now()):
                log.info("somebody is there: %s", answer.source)
                self._feed(o.LinkSaid(plan.attempt, verdict))

    def _datagram(self, data: bytes, source: str, received: float) -> None:
        link, plan = self._link, self._link_plan
        if link is None or plan is None:
            return
        verdicts, answers = link.receive(data, source, received, self._now())
        for answer, address in answers:
            self._send(answer, address, plan)
        for verdict in verdicts:
            log.info("link: %s", type(verdict).__name__)
            self._feed(o.LinkSaid(plan.attempt, verdict))

    # --- snapshots out ---

    def _snapshot(self) -> Snapshot:
        now, snapshot = self._now(), self._session.snapshot()
        link = self._link if snapshot.stage in (Stage.LINKED, Stage.CHECKING) else None
        snapshot = replace(
            snapshot,
            now=now,
            listening=self._listening is True,
            visibility=self._visibility,
            visible_until=self._visible_until,
            problems=self._problems,
            failure=replace(snapshot.failure, port=self._settings.port) if snapshot.failure is not None else None,
            health=self._health(link, now) if link is not None else None,
        )
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
            visibility=Visibility.NOBODY if self._away else self._visibility,
            away=self._away,
            trusted=self._trusted,
            intent=14 if self._settings.prefer_owner else self._settings.go_intent,  # not 15: two of those refuse each other
            frequency=self._settings.frequency or _BANDS[self._settings.band],
            accept_paired=self._settings.accept_paired,
        )

    def _configure(self) -> None:
        self._feed(o.Configure(self._policy()))

    def _promised(self, settings: Settings) -> Settings:
        """The settings with the moment at which EVERYONE ends, if it does; from now on that is minded."""
        if settings.visibility is Visibility.EVERYONE and settings.visible_minutes is not None:
            promise = Promise.made(settings.visible_minutes * 60, self._clocks())
            self._mind(promise)
            return msgspec.structs.replace(settings, visible_until=promise.end.wall)
        self._mind(None)
        return msgspec.structs.replace(settings, visible_until=None)

    def _keep_promise(self) -> None:
        """At the start: what is left of the time that was promised before. Where none is written down, it begins now."""
        kept = self._settings
        if kept.visibility is not Visibility.EVERYONE or kept.visible_minutes is None:
            return
        if kept.visible_until is None:
            self._settings = self._promised(kept)
            if self._on_settings is not None:
                self._on_settings(self._settings)
            return
        promise = Promise.kept(kept.visible_until, kept.visible_minutes * 60, self._clocks())
        if promise is not None:
            self._mind(promise)
        else:
            self._visible_no_more()

    def _mind(self, promise: Promise | None) -> None:
        self._promise = promise
        if self._visible_timer is not None:
            self._visible_timer.cancel()
        self._visible_timer = self._visible_until = None
        if promise is not None:
            self._visible_until = self._now() + promise.left(self._clocks())
            self._visible_timer = asyncio.get_running_loop().call_at(self._visible_until, self._visible_no_more)

    def _mind_promise(self) -> None:
        """The loop's clock may have stood still, and the wall's may have been set."""
        if self._promise is not None and self._visible_until is not None:
            left = self._promise.left(self._clocks())
            if left <= 0:
                self._visible_no_more()
            elif self._visible_until - self._now() - left > SLACK:
                self._mind(self._promise)

    def _visible_no_more(self) -> None:
        self._mind(None)
        self.set_visibility(Visibility.TRUSTED)

    def _clocks(self) -> Clocks:
        return Clocks(self._now(), self._boot_clock(), self._wall_clock())

    def _set_trusted(self, peers: tuple[TrustedPeer, ...]) -> None:
        self._trusted = peers
        self._configure()
        if self._trust is not None:  # else it is not open yet: what is known came from there
            self._unsaved = peers
            self._trust_steps.news()
            self._trust_steps.wake.set()

    async def _keep_trust(self) -> None:
        """Have what is remembered on disk, the latest of it."""
        steps = self._trust_steps
        while True:
            steps.begin()
            peers = self._unsaved
            if peers is not None and self._trust is not None and steps.may("keep the remembered peers"):
                error = await self._try(steps, "keep the remembered peers", self._saved(self._trust, peers))
                if error is None and self._unsaved is peers:
                    self._unsaved = None
            else:
                await steps.rest()

    @staticmethod
    async def _saved(trust: TrustStore, peers: tuple[TrustedPeer, ...]) -> None:
        try:
            await trust.save(peers)
        except PermissionError as error:
            log.error("the remembered peers cannot be kept: %s", error)  # nor the next moment
        except OSError as error:
            raise Unavailable(Reason.INTERNAL, str(error)) from error

    def _set_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        deadline = self._session.deadline()
        if deadline is not None:
            # A deadline that has passed already waits a little: a bug there must not become a busy loop.
            at = max(deadline, self._now() + (1.0 if self._stumbled else 0.005))
            self._timer = asyncio.get_running_loop().call_at(at, self._feed, o.Tick())

    def _now(self) -> float:
        return asyncio.get_running_loop().time()


class _TooLate(Unavailable):
    """A step took longer than its limit."""


class _Steps:
    """The steps of one of our tasks: its wish to be woken, and when what failed may be tried again.

    A step that failed waits for a pause of its own, longer each time; unless something else is wanted of it by then, or there is `news`.
    """

    def __init__(self, unsure: Callable[[], None] | None = None) -> None:
        """`unsure` is called when one that took too long ends after all, which may have changed what is there."""
        self.unsure = unsure
        self.wake = asyncio.Event()
        self._failed: dict[object, _Failed] = {}
        self._tried: set[object] = set()
        self._next: float | None = None

    def begin(self) -> None:
        """Before looking what is due."""
        self.wake.clear()
        self._next = None

    def may(self, what: object, wanted: object = None) -> bool:
        """Whether this step, which is wanted, may be taken now."""
        failed = self._failed.get(what)
        if failed is None or failed.wanted != wanted:
            return True
        if asyncio.get_running_loop().time() >= failed.until:
            return True
        self._next = failed.until if self._next is None else min(self._next, failed.until)
        return False

    def failed(self, what: object, wanted: object = None) -> bool:
        """Note it; whether it is the first time that this, as wanted, has failed."""
        self._tried.add(what)
        known = self._failed.get(what)
        first = known is None or known.wanted != wanted
        if known is None or first:
            known = self._failed[what] = _Failed(wanted)
        known.times += 1
        known.until = asyncio.get_running_loop().time() + known.pause.longer()
        return first

    def failures(self, what: str) -> int:
        """How often it has failed since it went well."""
        known = self._failed.get(what)
        return known.times if known is not None else 0

    def went_well(self, what: object) -> None:
        self._tried.add(what)
        self._failed.pop(what, None)

    def tried(self, what: str) -> bool:
        """Whether it was ever taken to its end, good or bad."""
        return what in self._tried

    def news(self) -> None:
        """What could not be done may go now."""
        for known in self._failed.values():
            known.until = float("-inf")

    async def rest(self, until: float | None = None) -> None:
        """Until woken, or that time, or something may be tried again."""
        if self._next is not None:
            until = self._next if until is None else min(until, self._next)
        if until is None:
            await self.wake.wait()
            return
        with suppress(TimeoutError):
            async with asyncio.timeout_at(until):
                await self.wake.wait()


@dataclass(slots=True)
class _Failed:
    wanted: object
    times: int = 0
    until: float = 0.0
    pause: Pause = field(default_factory=Pause)


def _visible(settings: Settings) -> tuple[object, ...]:
    return settings.visibility, settings.visible_minutes, settings.visible_until


def _boot_time() -> float:
    return time.clock_gettime(time.CLOCK_BOOTTIME)


class _Line:
    """What is to be done on one connection, in order."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.queue: asyncio.Queue[o.Connect | o.Say | o.HangUp] = asyncio.Queue()
        self.command: o.Connect | o.Say | o.HangUp | None = None  # being carried out
        self.task: asyncio.Task[None] | None = None
