"""The controller on the turned clock: snapshots out, every user method, edges that fail or hang, and nothing left behind."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import replace
from random import Random
from typing import Any

import msgspec
import pytest

from nearby_tray.controller import Controller
from nearby_tray.core import orders as o
from nearby_tray.core.keys import Identity, Role, TrustedPeer
from nearby_tray.core.link import Link
from nearby_tray.core.model import BluetoothChanged, Failure, FormGroup, Group, Reason, Snapshot, Stage, Visibility, WifiChanged
from nearby_tray.edges import Edges
from nearby_tray.errors import Unavailable
from nearby_tray.runners.steps import STEP
from nearby_tray.settings import Settings
from nearby_tray.simulation.air import Air, Faults, Machine
from nearby_tray.simulation.clock import run_turned
from nearby_tray.ui.text.reasons import failure_text


class Person:
    """A controller on a simulated machine, the snapshots it showed, and waiting for one."""

    def __init__(self, machine: Machine, *, settings: Settings | None = None, trusted: tuple[TrustedPeer, ...] = ()) -> None:
        random = Random(machine.name)
        self.machine = machine
        self.identity = Identity.from_seed(random.randbytes(32))
        self.shown: list[Snapshot] = []
        self.trusts = False
        self.kept: list[Settings] = []
        self.controller = Controller(
            lambda: Edges(machine.bluetooth, machine.wifi, machine.pinger, machine.prober, machine.trust),
            identity=self.identity,
            trusted=trusted,
            settings=settings or Settings(name=machine.name),
            entropy=random.randbytes,
            on_settings=self._keep,
            wall_clock=lambda: 1.7e9,
        )

    def _keep(self, settings: Settings) -> str:
        self.kept.append(settings)
        return ""

    def look(self) -> Snapshot:
        return self.controller.snapshot

    async def until(self, holds: Callable[[Snapshot], bool], within: float = 120) -> Snapshot:
        """The first snapshot from now on that is as described."""
        came: asyncio.Future[Snapshot] = asyncio.get_running_loop().create_future()

        def check(snapshot: Snapshot) -> None:
            if holds(snapshot) and not came.done():
                came.set_result(snapshot)

        unsubscribe = self.controller.subscribe(check)
        try:
            async with asyncio.timeout(within):
                return await came
        finally:
            unsubscribe()

    async def at(self, stage: Stage, within: float = 120) -> Snapshot:
        return await self.until(lambda snapshot: snapshot.stage is stage, within)

    async def ask(self, name: str) -> None:
        self.controller.seek()
        found = await self.until(lambda snapshot: any(peer.reachable and peer.name == name for peer in snapshot.peers))
        self.controller.ask(next(peer.id for peer in found.peers if peer.name == name))

    def compares(self, snapshot: Snapshot) -> None:
        """At once, and finds that the codes are the same."""
        if snapshot.may_match:
            self.controller.match(snapshot.question, self.trusts)

    async def link(self, other: Person, *, trust: bool = False) -> None:
        self.trusts = trust
        await self.ask(other.machine.name)
        await other.at(Stage.ASKED)
        other.controller.accept(other.controller.snapshot.question, trust)
        await asyncio.gather(self.at(Stage.LINKED), other.at(Stage.LINKED))


def played(play: Callable[[Person, Person], Coroutine[Any, Any, None]], *, faults: Faults | None = None, **settings: Any) -> Air:
    """Two people, a play, both closed, and nothing left: no profile, no socket, no task, no exception that nobody caught."""
    air = Air(7, faults or Faults(collision=0, scan_in_the_way=0))

    async def run() -> None:
        uncaught: list[object] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, context: uncaught.append(context))
        people = [Person(air.machine(name), settings=Settings(name=name, **settings)) for name in ("ada", "ben")]
        for person in people:
            await person.controller.open()
            person.controller.subscribe(person.shown.append)
            person.controller.subscribe(person.compares)
        try:
            await play(*people)
        finally:
            for person in people:
                await person.controller.close()
        await asyncio.sleep(7)
        assert uncaught == []
        left = [task.get_name() for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        assert left == [], "tasks are left"

    run_turned(run())
    assert air.left() == []
    return air


# --- snapshots -------------------------------------------------------------------------------------------------------------


def test_the_first_snapshot_comes_at_once() -> None:
    async def play(ada: Person, ben: Person) -> None:
        assert {snapshot.stage for snapshot in ada.shown} == {Stage.IDLE}
        first = ada.shown[0]
        assert first.radios.bluetooth is None and first.radios.wifi is None and first.radios.p2p_address == ada.machine.address
        await ada.until(lambda snapshot: snapshot.listening)

    played(play)


def test_the_same_snapshot_is_not_shown_twice() -> None:
    async def play(ada: Person, ben: Person) -> None:
        await ada.until(lambda snapshot: snapshot.listening)
        before = len(ada.shown)
        ada.controller.dismiss()
        ada.controller.set_away(False)
        await asyncio.sleep(100)
        assert len(ada.shown) == before

    played(play)


@pytest.mark.logs("a listener failed")
def test_a_listener_that_raises_does_not_stop_the_others(caplog: pytest.LogCaptureFixture) -> None:
    async def play(ada: Person, ben: Person) -> None:
        seen: list[Stage] = []

        def bad(snapshot: Snapshot) -> None:
            if snapshot.stage is Stage.SEEKING:
                raise ValueError("cannot draw")

        ada.controller.subscribe(bad)
        ada.controller.subscribe(lambda snapshot: seen.append(snapshot.stage))
        ada.controller.seek()
        await asyncio.sleep(1)
        assert Stage.SEEKING in seen
        assert await ada.at(Stage.SEEKING)

    played(play)
    assert "a listener failed" in caplog.text


def test_a_listener_that_acts_does_not_leave_the_others_with_an_older_snapshot() -> None:
    async def play(ada: Person, ben: Person) -> None:
        def act(snapshot: Snapshot) -> None:
            if snapshot.stage is Stage.SEEKING:
                ada.controller.cancel()

        last: list[Stage] = []
        ada.controller.subscribe(act)
        ada.controller.subscribe(lambda snapshot: last.append(snapshot.stage))
        ada.controller.seek()
        assert last[-1] is Stage.IDLE is ada.look().stage

    played(play)


def test_who_has_unsubscribed_hears_nothing_more() -> None:
    async def play(ada: Person, ben: Person) -> None:
        seen: list[Snapshot] = []
        unsubscribe = ada.controller.subscribe(seen.append)
        unsubscribe()
        unsubscribe()
        ada.controller.seek()
        assert len(seen) == 1

    played(play)


# --- what a user can do ----------------------------------------------------------------------------------------------------


def test_the_whole_journey_and_its_end() -> None:
    async def play(ada: Person, ben: Person) -> None:
        await ada.link(ben)
        snapshot = await ada.until(lambda snapshot: snapshot.health is not None and snapshot.health.pongs > 3)
        assert snapshot.health is not None and snapshot.health.bytes_in == 4096 and snapshot.health.signal == 80
        assert snapshot.link is not None and snapshot.link.own and snapshot.link.peer
        assert snapshot.peer is not None and snapshot.peer.name == "ben"
        ada.controller.disconnect()
        done = await asyncio.gather(ada.at(Stage.IDLE, 10), ben.at(Stage.IDLE, 10))
        assert [snapshot.failure for snapshot in done] == [None, Failure(Stage.LINKED, Reason.PEER_LEFT)]
        assert ada.look().health is None
        stages = [one.stage for one, two in zip(ada.shown, ada.shown[1:], strict=False) if one.stage is not two.stage]
        assert stages == [
            Stage.IDLE, Stage.SEEKING, Stage.ASKING, Stage.MEETING, Stage.FORMING, Stage.CHECKING, Stage.LINKED, Stage.ENDING,
        ]  # fmt: skip

    air = played(play)
    assert len(air.formed) == 1


def test_declining_and_dismissing() -> None:
    async def play(ada: Person, ben: Person) -> None:
        await ada.ask("ben")
        await ben.at(Stage.ASKED)
        ben.controller.decline()
        ended = await ada.at(Stage.IDLE)
        assert ended.failure == Failure(Stage.ASKING, Reason.DECLINED)
        assert ended.peer is not None and ended.peer.name == "ben"
        ada.controller.dismiss()
        assert ada.look().failure is None and ada.look().peer is None

    assert played(play).formed == []


def test_stopping_to_seek_stops_nothing_else() -> None:
    async def play(ada: Person, ben: Person) -> None:
        ada.controller.seek()
        ada.controller.stop_seeking()
        assert ada.look().stage is Stage.IDLE
        await asyncio.sleep(3)
        await ada.link(ben)
        ada.controller.stop_seeking()
        assert ada.look().stage is Stage.LINKED

    played(play)


def test_asking_whom_nobody_knows_does_nothing() -> None:
    async def play(ada: Person, ben: Person) -> None:
        ada.controller.ask("nobody")
        assert ada.look().stage is Stage.IDLE
        ada.controller.seek()
        ada.controller.ask("nobody")
        assert ada.look().stage is Stage.SEEKING

    played(play)


def test_both_remember_and_meet_again_without_a_code_and_forget() -> None:
    async def play(ada: Person, ben: Person) -> None:
        await ada.link(ben, trust=True)
        (known,) = ada.controller.trusted
        assert (known.identity, known.label, known.since, known.last_linked) == (ben.identity.public, "ben", 1.7e9, 1.7e9)
        assert known.trust_key == ben.controller.trusted[0].trust_key
        ada.controller.disconnect()
        await asyncio.gather(ada.at(Stage.IDLE), ben.at(Stage.IDLE))
        await asyncio.sleep(5)
        assert ada.machine.trust.peers == ada.controller.trusted
        await ada.ask("ben")
        asked = await ben.until(lambda snapshot: snapshot.stage is Stage.ASKED and not snapshot.needs_code)
        assert asked.peer is not None and asked.peer.trusted and asked.agreed_there, "nobody had to compare anything"
        ben.controller.decline()
        ada.controller.forget("ff" * 32)
        assert list(ada.controller.trusted) == [known]
        ada.controller.forget(known.identity.hex())
        assert not ada.controller.trusted
        await asyncio.sleep(1)
        assert ada.machine.trust.peers == ()

    played(play)


def test_what_is_to_be_remembered_is_kept_although_it_closes_at_once() -> None:
    peer = TrustedPeer(b"i" * 32, b"k" * 32, "Ben", 0.0)

    async def play(ada: Person, ben: Person) -> None:
        ada.controller.know(peer)

    assert played(play).machines[0].trust.peers == (peer,)


@pytest.mark.logs("no space left")
def test_a_store_that_cannot_be_written_is_said_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    async def play(ada: Person, ben: Person) -> None:
        async def save(peers: tuple[TrustedPeer, ...]) -> None:
            raise OSError(28, "no space left")

        ada.machine.trust.save = save  # type: ignore[method-assign]
        ada.controller.know(TrustedPeer(b"i" * 32, b"k" * 32, "Ben", 0.0))
        await asyncio.sleep(1)
        assert len(ada.controller.trusted) == 1

    played(play)
    assert "no space left" in caplog.text


def test_the_figures_come_faster_while_they_are_looked_at() -> None:
    async def play(ada: Person, ben: Person) -> None:
        await ada.link(ben)
        await asyncio.sleep(10)

        async def pongs_in(seconds: float) -> int:
            before = ada.look().health
            await asyncio.sleep(seconds)
            after = ada.look().health
            assert before is not None and after is not None
            return after.pongs - before.pongs

        assert await pongs_in(10) in (9, 10, 11)
        ada.controller.health_window(True)
        assert await pongs_in(10) >= 45
        ada.controller.health_window(False)
        await asyncio.sleep(2)
        assert await pongs_in(10) in (9, 10, 11)

    played(play)


def test_addresses_said_before_our_group_is_up_are_tried_too(monkeypatch: pytest.MonkeyPatch) -> None:
    added: list[tuple[str, ...]] = []
    add = Link.add_addresses

    def note(link: Link, addresses: tuple[str, ...]) -> None:
        added.append(addresses)
        add(link, addresses)

    monkeypatch.setattr(Link, "add_addresses", note)

    async def play(ada: Person, ben: Person) -> None:
        await ada.link(ben)

    played(play)
    assert len(added) == 2


# --- settings --------------------------------------------------------------------------------------------------------------


def test_settings_are_in_force_at_once_and_kept() -> None:
    async def play(ada: Person, ben: Person) -> None:
        new = Settings(name="Kitchen", visibility=Visibility.NOBODY)
        ada.controller.apply(new)
        ada.controller.apply(new)
        assert ada.kept == [new] and ada.controller.settings == new
        assert ada.look().visibility is Visibility.NOBODY
        await ada.until(lambda snapshot: not snapshot.listening)
        ada.controller.seek()
        await asyncio.sleep(20)
        assert not ada.machine.bluetooth.listening and ada.look().stage is Stage.SEEKING
        assert ben.look().stage is Stage.IDLE

    played(play)


def test_everyone_for_ten_minutes_then_trusted_peers() -> None:
    async def play(ada: Person, ben: Person) -> None:
        loop = asyncio.get_running_loop()
        ada.controller.set_visibility(Visibility.EVERYONE, 10)
        assert ada.look().visible_until == pytest.approx(loop.time() + 600)
        await asyncio.sleep(599)
        assert ada.look().visibility is Visibility.EVERYONE
        await asyncio.sleep(2)
        assert ada.look().visibility is Visibility.TRUSTED and ada.look().visible_until is None
        assert ada.kept[-1].visibility is Visibility.TRUSTED and ada.kept[-1].visible_minutes is None
        ada.controller.set_visibility(Visibility.EVERYONE)
        await asyncio.sleep(10_000)
        assert ada.look().visibility is Visibility.EVERYONE

    played(play)


def test_a_limit_in_the_settings_counts_from_the_start() -> None:
    async def play(ada: Person, ben: Person) -> None:
        await asyncio.sleep(61)
        assert ada.look().visibility is Visibility.TRUSTED

    played(play, visible_minutes=1)


def test_two_computers_with_one_identity_are_told_so_and_one_can_get_another() -> None:
    async def play(ada: Person, ben: Person) -> None:
        twin = Person(ada.machine.air.machine("Cy"))
        twin.controller._session.renew(ada.identity)
        await twin.controller.open()
        twin.controller.subscribe(twin.compares)
        await ada.ask("Cy")
        told = await ada.until(lambda snapshot: snapshot.failure is not None)
        assert told.failure == Failure(Stage.ASKING, Reason.CLONED) and twin.look().stage is Stage.IDLE
        twin.controller.know(TrustedPeer(ben.identity.public, bytes(32), "Ben", 0.0))
        twin.controller.renew_identity()
        assert twin.controller.trusted == () and twin.machine.trust.renewed == 1
        await ada.link(twin)
        await twin.controller.close()

    played(play)


def test_the_advice_names_the_port_in_use() -> None:
    async def play(ada: Person, ben: Person) -> None:
        ada.controller.apply(msgspec.structs.replace(ada.controller.settings, port=5123))
        ben.controller.set_visibility(Visibility.NOBODY)
        ada.controller.seek()
        failed = (await ada.until(lambda snapshot: snapshot.failure is not None)).failure
        assert failed is not None and failed.port == 5123
        assert "UDP port 5123" in failure_text(replace(failed, reason=Reason.NOT_CHECKED)).advice

    played(play)


class Clock:
    """A wall clock and one that goes on during sleep, both set by hand; the loop's goes by itself."""

    def __init__(self) -> None:
        self.wall, self.boot = 1.7e9, 500.0

    def controller(self, settings: Settings, kept: list[Settings]) -> Controller:
        m = Air(1).machine("me")

        def keep(settings: Settings) -> str:
            kept.append(settings)
            return ""

        return Controller(
            lambda: Edges(m.bluetooth, m.wifi, m.pinger, m.prober, m.trust),
            identity=Identity.from_seed(bytes(32)),
            settings=settings,
            entropy=os.urandom,
            on_settings=keep,
            wall_clock=lambda: self.wall,
            boot_clock=lambda: self.boot,
        )


def seen(controller: Controller) -> tuple[Visibility, int | None]:
    """Who may see us, and for how many seconds."""
    snapshot = controller.snapshot
    until = snapshot.visible_until
    return snapshot.visibility, None if until is None else round(until - snapshot.now)


def test_ten_minutes_are_ten_minutes_over_sleep_and_restart_and_whatever_the_clocks_do() -> None:
    everyone = Settings(visibility=Visibility.EVERYONE, visible_minutes=10)
    over, until = (Visibility.TRUSTED, None), 1.7e9 + 600

    async def started_again(after: float, *, until: float | None = until) -> tuple[Visibility, int | None]:
        clock, kept = Clock(), list[Settings]()
        clock.wall += after
        controller = clock.controller(msgspec.structs.replace(everyone, visible_until=until), kept)
        await controller.open()
        result = seen(controller)
        assert [one.visibility for one in kept] == ([Visibility.TRUSTED] if result == over else [])
        await controller.close()
        return result

    async def play() -> None:
        assert await started_again(0) == (Visibility.EVERYONE, 600)
        assert await started_again(540) == (Visibility.EVERYONE, 60)
        for after in (600, 601, 1e6, -60, -1e6):  # also where the clock was set back: nobody knows how much is left
            assert await started_again(after) == over
        assert await started_again(0, until=0.0) == over

        for wall, boot in ((3600.0, 3600.0), (-7200.0, 3600.0), (600.0, 0.0)):  # slept; slept and set back; set forward
            clock, kept = Clock(), list[Settings]()
            controller = clock.controller(everyone, kept)
            await controller.open()
            assert kept[-1].visible_until == until and seen(controller) == (Visibility.EVERYONE, 600)
            clock.wall, clock.boot = clock.wall + wall, clock.boot + boot
            controller.wake()  # any event does it: it is looked at before anybody is heard
            assert seen(controller) == over and kept[-1].visibility is Visibility.TRUSTED
            await controller.close()

        clock, kept = Clock(), list[Settings]()
        controller = clock.controller(everyone, kept)
        await controller.open()
        await asyncio.sleep(60)
        clock.boot += 60
        clock.wall -= 3000  # set back, and five minutes of sleep
        clock.boot += 300
        controller.wake()
        assert seen(controller) == (Visibility.EVERYONE, 240)
        await asyncio.sleep(241)
        assert seen(controller) == over
        controller.set_visibility(Visibility.EVERYONE, 10)
        await asyncio.sleep(300)
        controller.set_visibility(Visibility.EVERYONE, 10)  # the user wants it anew
        assert seen(controller) == (Visibility.EVERYONE, 600)
        controller.set_visibility(Visibility.EVERYONE)
        assert kept[-1].visible_until is None
        await controller.close()

    run_turned(play())


def test_another_setting_does_not_prolong_the_limit() -> None:
    async def play(ada: Person, ben: Person) -> None:
        until = ada.look().visible_until
        await asyncio.sleep(30)
        ada.controller.apply(msgspec.structs.replace(ada.controller.settings, name="Other"))
        assert ada.look().visible_until == until is not None

    played(play, visible_minutes=1)


def test_a_question_that_is_open_when_the_screen_is_locked_is_missed() -> None:
    """Nobody who passes by, and no notification on the lock screen, answers it."""

    async def play(ada: Person, ben: Person) -> None:
        await ada.ask("ben")
        asked = await ben.at(Stage.ASKED)
        ben.controller.set_away(True)
        assert ben.look().stage is Stage.IDLE and [missed.peer.name for missed in ben.look().missed] == ["ada"]
        ben.controller.accept(asked.question)
        assert ben.look().stage is Stage.IDLE
        assert (await ada.at(Stage.IDLE)).failure is not None
        ben.controller.set_away(False)
        await ada.link(ben)

    played(play)


def test_time_that_a_turned_loop_has_passed_is_over_in_the_next() -> None:
    async def wall() -> float:
        before = time.time()
        await asyncio.sleep(3600)
        return before

    first = run_turned(wall())
    assert 3600 <= run_turned(wall()) - first < 3660 and time.time() < first + 3600


def test_away_hears_nobody_and_still_says_what_is_chosen() -> None:
    async def play(ada: Person, ben: Person) -> None:
        ada.controller.set_away(True)
        await ada.until(lambda snapshot: not snapshot.listening)
        assert ada.look().visibility is Visibility.EVERYONE
        ada.controller.set_away(False)
        await ada.until(lambda snapshot: snapshot.listening)

    played(play)


def test_paired_callers_need_no_answer_when_the_setting_says_so(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")

    async def play(ada: Person, ben: Person) -> None:
        ada.machine.air.bonds[frozenset(("ada", "ben"))] = True
        await ada.ask("ben")
        await ben.at(Stage.ASKED)
        ben.controller.decline()
        await ada.at(Stage.IDLE)
        asked = len(ben.shown)
        ben.controller.know(TrustedPeer(ada.identity.public, b"k" * 32, "ada", 0.0))
        ben.controller.apply(msgspec.structs.replace(ben.controller.settings, accept_paired=True))
        await ada.ask("ben")
        here, there = await asyncio.gather(ada.at(Stage.LINKED), ben.at(Stage.LINKED))
        assert all(snapshot.agreed_here for snapshot in ben.shown[asked:] if snapshot.stage is Stage.ASKED), "nobody was asked"
        assert there.unasked and not here.unasked

    played(play)
    assert caplog.text.count("accepted without asking") == 1


def test_paired_callers_too_are_not_heard_while_nobody_is_there() -> None:
    async def play(ada: Person, ben: Person) -> None:
        ada.machine.air.bonds[frozenset(("ada", "ben"))] = True
        ben.controller.set_away(True)
        await ben.until(lambda snapshot: not snapshot.listening)
        ada.controller.seek()
        ended = await ada.until(lambda snapshot: snapshot.failure is not None, 200)
        assert ended.failure == Failure(Stage.SEEKING, Reason.NOBODY_ANSWERED)

    assert played(play, accept_paired=True).formed == []


# --- edges that fail -------------------------------------------------------------------------------------------------------


def raises(reason: Reason, detail: str = "") -> Callable[..., Coroutine[Any, Any, Any]]:
    async def step(*_: object) -> None:
        raise Unavailable(reason, detail)

    return step


async def hangs(*_: object) -> Any:
    await asyncio.Event().wait()


@pytest.mark.logs("could not call: bluetooth-refused")
def test_a_daemon_that_refuses_the_call_is_a_named_failure() -> None:
    async def play(ada: Person, ben: Person) -> None:
        ada.machine.bluetooth.serve = raises(Reason.BLUETOOTH_REFUSED, "org.bluez.Error.NotPermitted")  # type: ignore[method-assign]
        ada.controller.seek()
        await ada.at(Stage.SEEKING)
        ended = await ada.at(Stage.IDLE)
        assert ended.failure == Failure(Stage.SEEKING, Reason.BLUETOOTH_REFUSED, "org.bluez.Error.NotPermitted")

    played(play)


def test_a_daemon_that_refuses_the_group_is_a_named_failure() -> None:
    async def play(ada: Person, ben: Person) -> None:
        ada.machine.wifi.form = raises(Reason.WIFI_NOT_ALLOWED, "polkit")  # type: ignore[method-assign]
        await ada.ask("ben")
        await ben.at(Stage.ASKED)
        ben.controller.accept(ben.controller.snapshot.question)
        ended = await ada.until(lambda snapshot: snapshot.failure is not None, 300)
        assert ended.failure == Failure(Stage.FORMING, Reason.WIFI_NOT_ALLOWED, "polkit")
        await ben.at(Stage.IDLE)

    played(play)


def test_a_socket_that_cannot_be_opened_is_a_named_failure() -> None:
    async def play(ada: Person, ben: Person) -> None:
        ada.machine.pinger.open = raises(Reason.INTERNAL, "the port is taken")  # type: ignore[method-assign]
        await ada.ask("ben")
        await ben.at(Stage.ASKED)
        ben.controller.accept(ben.controller.snapshot.question)
        ended = await ada.until(lambda snapshot: snapshot.failure is not None, 300)
        assert ended.failure is not None
        assert (ended.failure.stage, ended.failure.reason) == (Stage.CHECKING, Reason.INTERNAL)
        await ben.at(Stage.IDLE)

    played(play)


@pytest.mark.logs("could not listen: bluetooth-refused")
def test_listening_that_fails_is_tried_again_and_at_once_when_bluetooth_is_back() -> None:
    async def play(ada: Person, ben: Person) -> None:
        await ada.until(lambda snapshot: snapshot.listening)
        listen = ada.machine.bluetooth.listen
        ada.machine.bluetooth.listen = raises(Reason.BLUETOOTH_REFUSED)  # type: ignore[method-assign]
        ada.controller._sink(BluetoothChanged(None, fresh=True))
        await ada.until(lambda snapshot: not snapshot.listening)
        await asyncio.sleep(5)
        ada.machine.bluetooth.listen = listen  # type: ignore[method-assign]
        await ada.until(lambda snapshot: snapshot.listening, 31)
        ada.machine.bluetooth.listen = raises(Reason.BLUETOOTH_REFUSED)  # type: ignore[method-assign]
        ada.controller._sink(BluetoothChanged(None, fresh=True))
        await ada.until(lambda snapshot: not snapshot.listening)
        ada.machine.bluetooth.listen = listen  # type: ignore[method-assign]
        ada.controller._sink(BluetoothChanged(None, fresh=True))
        await ada.until(lambda snapshot: snapshot.listening, 1)

    played(play)


def test_what_a_restart_took_away_is_made_again() -> None:
    async def play(ada: Person, ben: Person) -> None:
        await ada.until(lambda snapshot: snapshot.listening)
        ada.machine.bluetooth.restart()
        await ada.until(lambda snapshot: not snapshot.listening)
        await ada.until(lambda snapshot: snapshot.listening)
        assert ada.machine.bluetooth.listening
        ada.controller.seek()
        await asyncio.sleep(1)
        ada.machine.bluetooth.restart()
        await asyncio.sleep(3)
        assert ada.machine.bluetooth.advertisement is not None
        ada.machine.wifi.restart()
        await ada.until(lambda snapshot: snapshot.radios.wifi is not None)
        await ada.until(lambda snapshot: snapshot.radios.wifi is None)
        await asyncio.sleep(0.1)
        assert ada.machine.wifi.finding

    played(play)


@pytest.mark.may_log("no answer within 20 s")
@pytest.mark.parametrize("method", ["find", "clear", "form", "stop_find", "hold_find", "read_counters"])
def test_wifi_that_hangs_does_not_keep_the_session_from_its_end(method: str) -> None:
    async def play(ada: Person, ben: Person) -> None:
        working = getattr(ada.machine.wifi, method)
        setattr(ada.machine.wifi, method, hangs)
        await ada.ask("ben")
        await ben.at(Stage.ASKED)
        ben.controller.accept(ben.controller.snapshot.question)
        await ada.until(lambda snapshot: snapshot.stage in (Stage.IDLE, Stage.LINKED), 600)
        await ben.until(lambda snapshot: snapshot.stage in (Stage.IDLE, Stage.LINKED, Stage.RESTORING), 600)
        setattr(ada.machine.wifi, method, working)
        ada.controller.cancel()
        await ada.at(Stage.IDLE, 60)
        await ben.at(Stage.IDLE, 600)

    played(play)


@pytest.mark.may_log("no answer within 20 s")
@pytest.mark.parametrize("method", ["serve", "unserve", "listen", "unlisten", "connect", "send", "disconnect"])
def test_bluetooth_that_hangs_does_not_keep_the_session_from_its_end(method: str) -> None:
    async def play(ada: Person, ben: Person) -> None:
        working = getattr(ben.machine.bluetooth, method)
        setattr(ben.machine.bluetooth, method, hangs)
        ada.controller.seek()
        for _ in range(300):
            await asyncio.sleep(1)
            row = next((peer for peer in ada.look().peers if peer.reachable), None)
            if row is not None:
                ada.controller.ask(row.id)
            ben.controller.accept(ben.controller.snapshot.question)
        await ada.until(lambda snapshot: snapshot.stage in (Stage.IDLE, Stage.LINKED), 600)
        await ben.until(lambda snapshot: snapshot.stage in (Stage.IDLE, Stage.LINKED), 600)
        setattr(ben.machine.bluetooth, method, working)

    played(play)


@pytest.mark.may_log("no answer within 20 s")
def test_removing_a_group_that_hangs_is_bounded() -> None:
    async def play(ada: Person, ben: Person) -> None:
        await ada.link(ben)
        remove = ada.machine.wifi.remove
        ada.machine.wifi.remove = hangs  # type: ignore[method-assign]
        ada.controller.disconnect()
        await ada.at(Stage.IDLE, o.Limits().end + 2)
        ada.machine.wifi.remove = remove  # type: ignore[method-assign]

    played(play)


@pytest.mark.logs("form the group does not end")
def test_forming_that_ignores_being_cancelled_is_bounded() -> None:
    async def play(ada: Person, ben: Person) -> None:
        go = asyncio.Event()

        async def stubborn(order: FormGroup) -> Group:
            while not go.is_set():
                try:
                    await go.wait()
                except asyncio.CancelledError:
                    continue
            raise Unavailable(Reason.NOT_FORMED)

        ada.machine.wifi.form = stubborn  # type: ignore[method-assign]
        await ada.ask("ben")
        await ben.at(Stage.ASKED)
        ben.controller.accept(ben.controller.snapshot.question)
        await ada.at(Stage.FORMING)
        await ada.at(Stage.IDLE, 600)
        go.set()
        await ben.at(Stage.IDLE)

    played(play)


@pytest.mark.logs("could not open Wi-Fi Direct")
def test_opening_is_bounded_and_one_edge_does_not_wait_for_the_other() -> None:
    async def run() -> None:
        person = Person(Air(1).machine("ada"))
        person.machine.wifi.open = hangs  # type: ignore[method-assign, assignment]
        began = asyncio.get_running_loop().time()
        await person.controller.open()
        assert asyncio.get_running_loop().time() - began <= STEP + 1
        assert person.look().radios.bluetooth is None
        person.controller.seek()
        assert person.look().failure == Failure(Stage.SEEKING, Reason.INTERNAL)
        await person.controller.close()

    run_turned(run())


# --- the end ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", [Stage.SEEKING, Stage.ASKING, Stage.MEETING, Stage.FORMING, Stage.CHECKING, Stage.LINKED])
def test_closing_undoes_everything_at_any_stage(stage: Stage) -> None:
    async def play(ada: Person, ben: Person) -> None:
        if stage is Stage.SEEKING:
            ada.controller.seek()
            await asyncio.sleep(1)
        else:
            await ada.ask("ben")
        if stage not in (Stage.SEEKING, Stage.ASKING):
            await ben.at(Stage.ASKED)
            ben.controller.accept(ben.controller.snapshot.question)
        await ada.at(stage)
        began = asyncio.get_running_loop().time()
        await ada.controller.close()
        assert asyncio.get_running_loop().time() - began < 8
        assert ada.machine.left() == []
        await ben.at(Stage.IDLE, 200)
        if stage is Stage.LINKED:
            assert ben.look().failure == Failure(Stage.LINKED, Reason.PEER_LEFT), "a goodbye was said"

    played(play)


@pytest.mark.logs("could not undo everything")
def test_closing_with_edges_that_hang_is_bounded(caplog: pytest.LogCaptureFixture) -> None:
    async def run() -> None:
        person = Person(Air(1).machine("ada"))
        await person.controller.open()
        for edge in (person.machine.bluetooth, person.machine.wifi, person.machine.pinger):
            setattr(edge, "close", hangs)  # noqa: B010
        await person.controller.close()
        assert [task for task in asyncio.all_tasks() if task is not asyncio.current_task()] == []

    run_turned(run())
    assert "could not undo everything" in caplog.text


def test_halting_undoes_nothing_and_nothing_happens_after_it() -> None:
    async def run() -> None:
        air = Air(3)
        person = Person(air.machine("ada"))
        await person.controller.open()
        person.controller.seek()
        await asyncio.sleep(2)
        before = person.look()
        person.controller.halt()
        assert person.machine.left() == ["ada: advertisement", "ada: service", "ada: find"]
        person.controller.cancel()
        person.controller._sink(WifiChanged(Reason.WIFI_OFF))
        await asyncio.sleep(100)
        assert person.look().stage is before.stage is Stage.SEEKING
        assert [task for task in asyncio.all_tasks() if task is not asyncio.current_task()] == []

    run_turned(run())


@pytest.mark.logs("something failed")
def test_a_task_that_fails_is_said_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    async def play(ada: Person, ben: Person) -> None:
        async def broken() -> None:
            raise ZeroDivisionError("a bug")

        ada.controller._tasks.do(broken(), "something")
        await asyncio.sleep(0.1)

    played(play)
    assert "something failed" in caplog.text


def test_each_transition_is_logged_once_and_without_secrets(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "nearby_tray")
    codes: list[str] = []

    async def play(ada: Person, ben: Person) -> None:
        await ada.link(ben)
        code = ada.look().code
        assert code is not None
        codes.append(code)

    played(play)
    assert caplog.messages.count("Idle → Seeking on Seek") == 1
    assert sum(message.startswith("Asked → Meeting on ") for message in caplog.messages) == 1
    assert codes[0] not in caplog.text and codes[0].replace(" ", "") not in caplog.text


@pytest.mark.logs("say it does not end")
def test_what_is_given_up_says_no_more_frames() -> None:
    """A send that does not heed being cancelled comes back after all: what was still to be said then is not said any more."""

    async def story() -> None:
        ada = Person(Air(1).machine("ada"))
        await ada.controller.open()
        sent: list[bytes] = []

        async def send(origin: str, frame: bytes, role: Role) -> None:
            sent.append(frame)
            until = asyncio.get_running_loop().time() + 60
            while asyncio.get_running_loop().time() < until:
                with suppress(asyncio.CancelledError):
                    await asyncio.sleep(until - asyncio.get_running_loop().time())

        ada.machine.bluetooth.send = send  # type: ignore[method-assign]
        ada.controller._carry_out(o.Say("bt-ben", Role.CALLER, (b"one", b"two")))
        await asyncio.sleep(200)
        assert sent == [b"one"]
        await ada.controller.close()

    run_turned(story())
