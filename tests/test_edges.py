"""Whatever an edge does, once or for good, in whichever of its methods: the next journey works, nothing is believed, nothing is left.

The rule of the controller behind it: each step of an edge has a limit, its error is an outcome like others, and what is there is what was
confirmed. The table is made from the edges' own Protocols, so that a new method is in it.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from dataclasses import replace
from itertools import pairwise
from random import Random
from typing import Any

import pytest

from nearby_tray.controller import GOODBYE, Controller
from nearby_tray.core import orders as o
from nearby_tray.core.keys import Identity, Role, TrustedPeer
from nearby_tray.core.model import CallHeard, Disconnected, Reason, Snapshot, Stage
from nearby_tray.edges import Bluetooth, Edges, Hosting, Pinger, Prober, TrustStore, Wifi
from nearby_tray.errors import Unavailable
from nearby_tray.runners.lines import MOST_LINES, MOST_WAITING
from nearby_tray.runners.radio import MOST_ERRANDS
from nearby_tray.settings import Settings
from nearby_tray.simulation.air import Air, Faults, Machine
from nearby_tray.simulation.clock import run_turned

EDGES = {"bluetooth": (Bluetooth,), "wifi": (Wifi, Hosting), "pinger": (Pinger,), "prober": (Prober,), "trust": (TrustStore,)}
STEPS = sorted(
    f"{edge}.{name}"
    for edge, shapes in EDGES.items()
    for shape in shapes
    for name, member in vars(shape).items()
    if inspect.iscoroutinefunction(member)
)

Hook = Callable[[str], Awaitable[None]]


class Gate:
    """An edge each of whose steps passes a hook first."""

    def __init__(self, inner: object, name: str, hook: Hook) -> None:
        self._inner, self._name, self._hook = inner, name, hook

    @property
    def hosting(self) -> Gate | None:
        return self if getattr(self._inner, "hosting", None) is not None else None

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._inner, name)
        if not inspect.iscoroutinefunction(real):
            return real

        async def gated(*arguments: object) -> object:
            await self._hook(f"{self._name}.{name}")
            return await real(*arguments)

        return gated


class Person:
    """A controller on a simulated machine; everybody agrees to everything."""

    def __init__(self, machine: Machine, hook: Hook | None = None) -> None:
        async def nothing(step: str) -> None:
            pass

        gates = {name: Gate(getattr(machine, name), name, hook or nothing) for name in EDGES}
        random = Random(machine.name)
        self.machine = machine
        self.wanted = ""
        self.controller = Controller(
            lambda: Edges(**gates),
            identity=Identity.from_seed(random.randbytes(32)),
            settings=Settings(name=machine.name),
            entropy=random.randbytes,
            wall_clock=lambda: 1.7e9,
        )
        self._asked = ""

    async def open(self) -> None:
        await self.controller.open()
        self.controller.subscribe(lambda _: self._act())

    @property
    def shown(self) -> Snapshot:
        return self.controller.snapshot

    def _act(self) -> None:
        shown = self.shown
        if shown.question and shown.stage is Stage.ASKED:
            self.controller.accept(shown.question, True)
        elif shown.question:
            self.controller.match(shown.question, True)
        for peer in shown.peers:
            if shown.stage is Stage.SEEKING and peer.name == self.wanted and peer.reachable and self._asked != peer.id:
                self._asked = peer.id
                self.controller.ask(peer.id)

    def seek(self, name: str) -> None:
        self.wanted, self._asked = name, ""
        self.controller.dismiss()
        self.controller.seek()

    async def until(self, holds: Callable[[Snapshot], bool], within: float) -> bool:
        came = asyncio.Event()
        unsubscribe = self.controller.subscribe(lambda snapshot: came.set() if holds(snapshot) else None)
        try:
            async with asyncio.timeout(within):
                await came.wait()
        except TimeoutError:
            return False
        finally:
            unsubscribe()
        return True

    async def at(self, stage: Stage, within: float) -> bool:
        return await self.until(lambda snapshot: snapshot.stage is stage, within)


async def journey(ada: Person, ben: Person) -> str:
    """Ada seeks ben, and both go back to rest; what came of it for her."""
    ada.seek("ben")
    linked = await ada.at(Stage.LINKED, 200)
    if linked:
        await asyncio.sleep(5)
    said = "linked" if linked else str(ada.shown.failure)
    ada.controller.cancel()
    await asyncio.sleep(40)
    ben.controller.cancel()
    assert await ada.at(Stage.IDLE, 60) and await ben.at(Stage.IDLE, 60)
    await asyncio.sleep(30)
    return said


async def raise_an_error_of_ours(step: str) -> None:
    raise Unavailable(Reason.WIFI_BUSY if step.startswith("wifi") else Reason.BLUETOOTH_REFUSED, "for once")


async def raise_what_no_contract_names(step: str) -> None:
    raise KeyError("Peers")


async def hang(step: str) -> None:
    await asyncio.Event().wait()


async def hang_and_ignore_the_end(step: str) -> None:
    deaf_until = asyncio.get_running_loop().time() + 60
    while (left := deaf_until - asyncio.get_running_loop().time()) > 0:
        try:
            await asyncio.sleep(left)
        except asyncio.CancelledError:
            continue


async def end_as_cancelled(step: str) -> None:
    raise asyncio.CancelledError


# What is not reached in a journey of two of ours.
_ELSEWHERE = [
    *(f"wifi.{name}" for name in ("provision", "reject", "host", "admit", "invite", "expel", "clear")),
    *(f"{edge}.close" for edge in ("bluetooth", "wifi", "prober")),
    "prober.open",
]
_NOT_BY = {"caller": ["bluetooth.connect", "bluetooth.disconnect"], "listener": ["bluetooth.serve", "bluetooth.unserve"]}
REACHED = [(who, step) for who, others in _NOT_BY.items() for step in STEPS if step not in (*_ELSEWHERE, *others)]

FAULTS = [raise_an_error_of_ours, raise_what_no_contract_names, hang, hang_and_ignore_the_end, end_as_cancelled]


@pytest.mark.may_log("")
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
@pytest.mark.parametrize(("who", "step"), REACHED)
def test_a_step_that_fails_once_spoils_one_journey_at_most(who: str, step: str, fault: Hook) -> None:
    async def run() -> None:
        complaints: list[object] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
        failed: list[str] = []

        async def hook(which: str) -> None:
            if which == step and not failed:
                failed.append(which)
                await fault(which)

        air = Air(1, Faults(collision=0, scan_in_the_way=0))
        ada = Person(air.machine("ada"), hook if who == "caller" else None)
        ben = Person(air.machine("ben"), hook if who == "listener" else None)
        await ada.open()
        await ben.open()
        await asyncio.sleep(60)
        await journey(ada, ben)
        assert await journey(ada, ben) == "linked"
        assert ada.shown.listening and ben.shown.listening
        # At rest nothing is left on the air: what was to go is gone.
        assert air.left() == []
        assert failed
        for person in (ada, ben):
            await person.controller.close()
        await asyncio.sleep(100)
        assert air.left() == []
        assert [task.get_name() for task in asyncio.all_tasks() if task is not asyncio.current_task()] == []
        assert complaints == []

    run_turned(run())


@pytest.mark.may_log("")
@pytest.mark.parametrize("seed", range(40))
def test_after_any_faults_of_both_everything_works_again(seed: int) -> None:
    """For some minutes each step of each edge fails now and then, in whichever way; after that nothing is wrong any more."""
    _weather(seed)


def _weather(seed: int) -> None:
    async def run() -> None:
        complaints: list[object] = []
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: complaints.append(context))
        random = Random(seed)
        share = random.choice((0.02, 0.1, 0.3))

        async def hook(which: str) -> None:
            if loop.time() < 1600 and random.random() < share:
                await random.choice(FAULTS)(which)

        async def bounded(which: str) -> None:
            try:
                async with asyncio.timeout_at(max(1600, loop.time() + 1)):  # what hangs does so until the good days come
                    await hook(which)
            except TimeoutError:
                raise Unavailable(Reason.INTERNAL, "hung") from None

        air = Air(seed, Faults())
        ada, ben = Person(air.machine("ada"), bounded), Person(air.machine("ben"), bounded)
        await ada.open()
        await ben.open()
        while loop.time() < 1600:
            one, two = (ada, ben) if random.random() < 0.5 else (ben, ada)
            one.seek(two.machine.name)
            await asyncio.sleep(random.uniform(5, 120))
            random.choice((one, two)).controller.cancel()
            await asyncio.sleep(random.uniform(0, 20))
        ada.controller.cancel()
        await asyncio.sleep(200)
        ben.controller.cancel()
        await asyncio.sleep(60)
        assert air.left() == [], air.left()
        assert await journey(ada, ben) == "linked"
        assert ada.shown.listening and ben.shown.listening and air.left() == []
        for person in (ada, ben):
            await person.controller.close()
        await asyncio.sleep(100)
        assert air.left() == []
        assert [task.get_name() for task in asyncio.all_tasks() if task is not asyncio.current_task()] == []
        assert complaints == []

    run_turned(run())


@pytest.mark.may_log("could not")
@pytest.mark.parametrize(
    ("who", "step", "stage"),
    [
        ("caller", "bluetooth.serve", Stage.SEEKING),
        ("caller", "bluetooth.send", Stage.ASKING),
        ("caller", "wifi.find", Stage.MEETING),
        ("caller", "wifi.form", Stage.FORMING),
        ("caller", "pinger.open", Stage.CHECKING),
        ("caller", "bluetooth.open", Stage.SEEKING),
        ("caller", "wifi.open", Stage.SEEKING),
        ("listener", "wifi.find", Stage.MEETING),
        ("listener", "wifi.form", Stage.FORMING),
        ("listener", "pinger.open", Stage.CHECKING),
    ],
)
@pytest.mark.parametrize("fault", [raise_what_no_contract_names, hang], ids=lambda fault: fault.__name__)
def test_whoever_has_the_fault_is_told_it_by_its_name(who: str, step: str, stage: Stage, fault: Hook) -> None:
    """For good, so that the journey cannot work: not as if the other one had not answered, or not been seen."""

    async def run() -> None:
        async def hook(which: str) -> None:
            if which == step:
                await fault(which)

        air = Air(1, Faults(collision=0, scan_in_the_way=0))
        ada = Person(air.machine("ada"), hook if who == "caller" else None)
        ben = Person(air.machine("ben"), hook if who == "listener" else None)
        await ada.open()
        await ben.open()
        await asyncio.sleep(60)
        ada.seek("ben")
        person = ada if who == "caller" else ben
        assert await person.until(lambda snapshot: snapshot.failure is not None, 300)
        assert person.shown.failure is not None
        if step == "wifi.form" and fault is hang:  # the radio is slow, too, where nobody comes
            assert person.shown.failure.reason is Reason.NOT_FORMED
        else:
            assert (person.shown.failure.stage, person.shown.failure.reason) == (stage, Reason.INTERNAL)
        for person in (ada, ben):
            await person.controller.close()

    run_turned(run())


CLOSING = {"bluetooth", "wifi", "pinger", "prober"}


@pytest.mark.logs("could not undo everything")
@pytest.mark.may_log("does not end", "could not")
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
@pytest.mark.parametrize("which", [{"pinger"}, {"prober"}, {"bluetooth"}, {"wifi"}, CLOSING], ids=lambda which: "+".join(sorted(which)))
@pytest.mark.parametrize("linked", [False, True])
def test_closing_goes_on_past_each_edge_and_is_bounded_in_all(linked: bool, which: set[str], fault: Hook) -> None:
    async def run() -> None:
        loop = asyncio.get_running_loop()
        closed: set[str] = set()
        began = float("inf")

        async def hook(step: str) -> None:
            edge, name = step.split(".")
            if loop.time() < began:
                return
            if edge in which:
                await fault(step)  # closing, and whatever is done on the way there
            elif name == "close":
                closed.add(edge)

        air = Air(1, Faults(collision=0, scan_in_the_way=0))
        ada, ben = Person(air.machine("ada"), hook), Person(air.machine("ben"))
        await ada.open()
        await ben.open()
        if linked:
            ada.seek("ben")
            assert await ada.at(Stage.LINKED, 200)
        began = loop.time()
        await ada.controller.close()
        assert closed == CLOSING - which
        assert loop.time() - began < 30
        await ben.controller.close()
        await asyncio.sleep(200)
        assert [task.get_name() for task in asyncio.all_tasks() if task is not asyncio.current_task() and not _is_hung(task)] == []

    run_turned(run())


def _is_hung(task: asyncio.Task[Any]) -> bool:
    return task.get_name().startswith(("close ", "hang"))


@pytest.mark.may_log("could not", "does not end")
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
@pytest.mark.parametrize(
    ("step", "left"),
    [
        ("wifi.remove", "group"),
        ("wifi.stop_find", "find"),
        ("bluetooth.unserve", "service"),
        ("pinger.close", "socket"),
    ],
)
def test_what_could_not_be_undone_is_tried_until_it_is(step: str, left: str, fault: Hook) -> None:
    """Three times in vain; and meanwhile nothing claims that it is done."""

    async def run() -> None:
        failed: list[float] = []

        async def hook(which: str) -> None:
            if which == step and len(failed) < 3:
                failed.append(asyncio.get_running_loop().time())
                await fault(which)

        air = Air(1, Faults(collision=0, scan_in_the_way=0))
        ada, ben = Person(air.machine("ada"), hook), Person(air.machine("ben"))
        await ada.open()
        await ben.open()
        ada.seek("ben")
        assert await ada.at(Stage.LINKED, 300)
        ada.controller.cancel()
        await asyncio.sleep(150)
        assert len(failed) == 3
        assert all(two - one >= 1 for one, two in pairwise(failed))
        assert air.left() == []
        for person in (ada, ben):
            await person.controller.close()

    run_turned(run())


@pytest.mark.may_log("could not")
def test_what_is_remembered_is_written_until_it_is_and_the_latest_of_it() -> None:
    async def run() -> None:
        tries: list[int] = []

        async def hook(which: str) -> None:
            if which == "trust.save":
                tries.append(1)
                if len(tries) < 5:
                    raise OSError(28, "no space left")

        ada = Person(Air(1).machine("ada"), hook)
        await ada.open()
        for number in range(3):
            ada.controller.know(TrustedPeer(bytes([number]) * 32, b"k" * 32, "Ben", 0.0))
            await asyncio.sleep(0.5)
        await asyncio.sleep(60)
        assert ada.machine.trust.peers == ada.controller.trusted and len(ada.controller.trusted) == 3
        assert len(tries) == 5
        await ada.controller.close()

    run_turned(run())


@pytest.mark.parametrize("gone", [False, True])
def test_a_connection_is_ended_until_it_is_and_not_the_one_after_it(gone: bool) -> None:
    async def run() -> None:
        tries: list[float] = []

        async def hook(which: str) -> None:
            if which == "bluetooth.disconnect":
                tries.append(asyncio.get_running_loop().time())
                if len(tries) < 3:
                    raise Unavailable(Reason.BLUETOOTH_REFUSED, "no answer")

        ada = Person(Air(1).machine("ada"), hook)
        await ada.open()
        ada.controller._carry_out(o.HangUp("bt-ben"))
        await asyncio.sleep(0.5)
        if gone:
            ada.controller._sink(Disconnected("bt-ben"))
        await asyncio.sleep(100)
        assert len(tries) == (1 if gone else 3)
        await ada.controller.close()

    run_turned(run())


async def deaf(seconds: float) -> None:
    """Ends by itself only."""
    until = asyncio.get_running_loop().time() + seconds
    while (left := until - asyncio.get_running_loop().time()) > 0:
        try:
            await asyncio.sleep(left)
        except asyncio.CancelledError:
            continue


@pytest.mark.logs("does not end")
@pytest.mark.may_log("could not")
@pytest.mark.parametrize(
    ("step", "undone"), [("wifi.form", "wifi.remove"), ("bluetooth.connect", "bluetooth.disconnect"), ("pinger.open", "pinger.close")]
)
@pytest.mark.parametrize("closed", [False, True])
def test_what_comes_about_after_it_was_given_up_is_taken_back(step: str, undone: str, closed: bool) -> None:
    async def run() -> None:
        loop = asyncio.get_running_loop()
        late: list[float] = []
        after: list[float] = []

        async def hook(which: str) -> None:
            if which == step and not late:
                late.append(loop.time() + 300)
                await deaf(300)
            elif which == undone and late and loop.time() >= late[0]:
                after.append(loop.time())

        air = Air(1, Faults(collision=0, scan_in_the_way=0))
        ada, ben = Person(air.machine("ada")), Person(air.machine("ben"), hook)
        await ada.open()
        await ben.open()
        ada.seek("ben")
        assert await ada.until(lambda _: bool(late), 200)
        await asyncio.sleep(30)
        ada.controller.cancel()
        await asyncio.sleep(200)
        ada.controller.cancel()
        ben.controller.cancel()
        if closed:
            await ben.controller.close()
        await asyncio.sleep(200)
        assert bool(after) is not closed
        assert closed or air.left() == []
        for person in (ada, *([] if closed else [ben])):
            await person.controller.close()

    run_turned(run())


# --- what waits to be carried out ---


@pytest.mark.logs("too much waits to be said", "too much is waiting for the radio", "could not refuse")
def test_what_waits_for_an_edge_that_hangs_is_bounded() -> None:
    async def run() -> None:
        async def hook(which: str) -> None:
            if which in ("bluetooth.connect", "bluetooth.send", "wifi.reject"):
                await asyncio.Event().wait()

        ada = Person(Air(1).machine("ada"), hook)
        await ada.open()
        held = ada.controller
        for number in range(1000):
            held._carry_out(o.Connect(f"bt-{number}"))
            held._carry_out(o.Say("bt-0", Role.LISTENER, (b"frame",)))
            held._carry_out(o.Reject(f"02:00:00:00:{number // 256:02x}:{number % 256:02x}"))
        assert len(held._lines._lines) == MOST_LINES
        assert held._lines._lines["bt-0"].queue.qsize() == MOST_WAITING
        assert len(held._radio._errands) == MOST_ERRANDS
        held._carry_out(o.HangUp("bt-0"))  # a connection is always ended
        assert held._lines._lines["bt-0"].queue.qsize() == MOST_WAITING + 1
        # What has no room is told as failed, and what has waited in vain makes room.
        await asyncio.sleep(10_000)
        assert not held._lines._lines and not held._radio._errands
        await held.close()

    run_turned(run())


# --- a bug of our own ---


@pytest.mark.logs("could not be handled")
def test_an_event_that_the_session_stumbles_over_costs_that_event(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> None:
        air = Air(1, Faults(collision=0, scan_in_the_way=0))
        ada, ben = Person(air.machine("ada")), Person(air.machine("ben"))
        await ada.open()
        await ben.open()
        session = ada.controller._session
        handle = session.handle

        def stumbles(event: o.Event, now: float) -> list[o.Command]:
            if isinstance(event, CallHeard):
                raise ZeroDivisionError
            return handle(event, now)

        monkeypatch.setattr(session, "handle", stumbles)
        ada.controller._feed(CallHeard("bt-ben", b"", False))
        assert await journey(ada, ben) == "linked"
        for person in (ada, ben):
            await person.controller.close()

    run_turned(run())


@pytest.mark.logs("Tick could not be handled")
def test_time_that_the_session_stumbles_over_ends_what_is_going_on_and_is_no_busy_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> None:
        ada = Person(Air(1).machine("ada"))
        await ada.open()
        session = ada.controller._session
        handle, ticks = session.handle, 0

        def stumbles(event: o.Event, now: float) -> list[o.Command]:
            nonlocal ticks
            if isinstance(event, o.Tick):
                ticks += 1
                raise ZeroDivisionError
            return handle(event, now)

        monkeypatch.setattr(session, "handle", stumbles)
        ada.seek("ben")
        await asyncio.sleep(100)
        assert ada.shown.stage is Stage.IDLE
        assert 1 <= ticks < 110
        await ada.controller.close()

    run_turned(run())


@pytest.mark.logs("failed")
@pytest.mark.parametrize("task", ["_radio", "_air", "_pings", "_probes", "_counts"])
def test_our_own_tasks_go_on_after_a_bug_in_them(monkeypatch: pytest.MonkeyPatch, task: str) -> None:
    async def run() -> None:
        air = Air(1, Faults(collision=0, scan_in_the_way=0))
        ada, ben = Person(air.machine("ada")), Person(air.machine("ben"))
        await ada.open()
        await ben.open()
        runner = getattr(ada.controller, task)
        real = runner.take_step
        failed: list[str] = []

        async def fails_once(*arguments: object) -> object:
            if not failed:
                failed.append(task)
                raise ZeroDivisionError
            return await real(*arguments)

        monkeypatch.setattr(runner, "take_step", fails_once)
        await journey(ada, ben)
        assert failed
        assert await journey(ada, ben) == "linked"
        for person in (ada, ben):
            await person.controller.close()
        await asyncio.sleep(10)
        assert air.left() == []

    run_turned(run())


# --- sleep ---


@pytest.mark.parametrize("stage", [Stage.IDLE, Stage.SEEKING, Stage.ASKING, Stage.MEETING, Stage.FORMING, Stage.LINKED])
def test_before_a_sleep_the_goodbye_is_said_and_nothing_of_ours_is_left(stage: Stage) -> None:
    async def run() -> None:
        air = Air(1, Faults(collision=0, scan_in_the_way=0))
        ada, ben = Person(air.machine("ada")), Person(air.machine("ben"))
        await ada.open()
        await ben.open()
        if stage is not Stage.IDLE:
            ada.seek("ben")
        assert await ada.at(stage, 200)
        began = asyncio.get_running_loop().time()
        await ada.controller.suspend()
        assert asyncio.get_running_loop().time() - began <= GOODBYE
        assert ada.machine.left() == []
        await asyncio.sleep(3000)  # who was told goodbye does not wait
        ada.controller.wake()
        if stage is Stage.LINKED:
            assert await ada.at(Stage.LINKED, 200)
        ada.controller.cancel()
        await asyncio.sleep(60)
        ben.controller.cancel()
        await asyncio.sleep(60)
        assert await journey(ada, ben) == "linked"
        for person in (ada, ben):
            await person.controller.close()

    run_turned(run())


@pytest.mark.may_log("could not", "does not end")
@pytest.mark.parametrize("step", ["wifi.remove", "bluetooth.send", "bluetooth.unserve", "pinger.close"])
def test_an_edge_that_hangs_does_not_hold_the_sleep_back(step: str) -> None:
    async def run() -> None:
        async def hook(which: str) -> None:
            if which == step:
                await asyncio.Event().wait()

        air = Air(1, Faults(collision=0, scan_in_the_way=0))
        ada, ben = Person(air.machine("ada")), Person(air.machine("ben"))
        await ada.open()
        await ben.open()
        ada.seek("ben")
        assert await ada.at(Stage.LINKED, 200)
        shared = ada.controller._shared
        for edge in EDGES:
            gate: Any = Gate(getattr(ada.machine, edge), edge, hook)
            shared.open(replace(shared.edges, **{edge: gate}))
        began = asyncio.get_running_loop().time()
        await ada.controller.suspend()
        assert asyncio.get_running_loop().time() - began <= GOODBYE
        for person in (ada, ben):
            await person.controller.close()

    run_turned(run())
