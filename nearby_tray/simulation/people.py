"""Somebody at a simulated machine: looks at each snapshot, walks over to look at the other's screen, clicks, and has whims."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from random import Random

from ..controller import Controller
from ..core import consent, peers, wps
from ..core import pin as pins
from ..core.keys import Identity, TrustedPeer
from ..core.model import Asker, Method, Reason, Snapshot, Stage
from ..core.orders import Limits
from ..edges import Edges
from ..settings import Settings
from .air import Air, Machine
from .phone import Phone
from .rough import Rough

PROGRAM = Asker("some program", "/usr/bin/some-program", 4711)
_LIMITS = Limits()
# Seconds that each stage may last with one of ours, however its time was prolonged by a word of the other side; and a little for the loop.
_BOUNDS = {
    Stage.SEEKING: _LIMITS.seek + _LIMITS.choose,
    Stage.ASKING: 2 * _LIMITS.ask + _LIMITS.slack,
    Stage.ASKED: 2 * _LIMITS.ask + _LIMITS.slack,
    Stage.MEETING: _LIMITS.meet,
    Stage.FORMING: _LIMITS.lead_again + _LIMITS.form + _LIMITS.clear,
    Stage.CHECKING: _LIMITS.check,
    Stage.RESTORING: _LIMITS.restore + 2 * (_LIMITS.call_again + _LIMITS.form + _LIMITS.clear),
    Stage.ENDING: _LIMITS.farewell + _LIMITS.end,
}
_SOON = 0.5
_PATIENCE = 40  # times that it looks for the code on the other's screen


class Person:
    """A whole controller with somebody who acts on what it shows."""

    def __init__(self, air: Air, machine: Machine, seed: int, say: Callable[[str], None], identity: bytes | None = None) -> None:
        self.air, self.machine, self.say = air, machine, say
        self.random = Random(f"{seed} {machine.name}")
        self.identity = Identity.from_seed(identity or self.random.randbytes(32))
        self.settings = Settings(name=machine.name)
        self.secrets: set[str] = set()
        self.controller = self._begin(())
        self.rough: Rough | None = None
        self.others: dict[str, Person] = {}  # whose screens it can walk over to
        self.broken: list[str] = []

        # what it has in mind
        self.asked_for: str | None = None  # whom it looks for
        self.accepts: bool | None = True  # None: nobody is there to answer
        self.trusts = False
        self.pause = (2.0, 15.0)  # seconds before it answers a dialog
        self.clicks_again = 0.0  # how often it clicks twice
        self.changes_mind = 0.0  # how often it cancels what it has just agreed to
        self.allows = True  # what programs want
        self.calls_back = False  # who was missed, two times
        self.by_program = False  # it is a program that chooses
        self.phone: Phone | None = None  # a machine without our protocol that it has in mind
        self.method = Method.PBC  # with that
        self.slips = 0  # PINs it will mistype
        self.phones: list[Phone] = []  # whose screens it can read

        # what came of it
        self.snapshot = Snapshot()
        self.seen: list[Stage] = []
        self.reasons: set[Reason] = set()
        self.consents: set[str] = set()  # with whom it wants a group now
        self.agreed: set[str] = set()  # P2P addresses of machines without our protocol that it said yes to
        self.members: set[str] = set()  # that were in its group
        self.linked_with: set[str] = set()
        self.codes: dict[str, str | None] = {}  # of the last link with each
        self.dialogs: list[float] = []  # when somebody unknown asked, and since then had no yes
        self.tries = 0
        self.alive = False
        self._restarting = False
        self._entered = 0.0
        self._choosing = False
        self._called_back = 0
        self._acting: set[asyncio.TimerHandle] = set()
        self._watchers: list[tuple[Callable[[Snapshot], bool], asyncio.Event]] = []

    def _begin(self, trusted: Sequence[TrustedPeer]) -> Controller:
        loop = asyncio.get_running_loop()
        return Controller(
            self._edges,
            identity=self.identity,
            trusted=trusted,
            settings=self.settings,
            entropy=self._draw,
            wall_clock=lambda: 1.7e9 + loop.time(),
            boot_clock=loop.time,
        )

    def _edges(self) -> Edges:
        machine = self.machine
        if self.rough is not None:
            return self.rough.edges()
        return Edges(machine.bluetooth, machine.wifi, machine.pinger, machine.prober, machine.trust)

    def _draw(self, size: int) -> bytes:
        drawn = self.random.randbytes(size)
        if size >= 16:
            self.secrets |= {drawn.hex(), repr(drawn)[2:-1]}
        return drawn

    # its applet

    async def start(self) -> None:
        self.alive = True
        await self.controller.open()
        self.controller.subscribe(self._look)

    async def restart(self, *, killed: bool) -> None:
        """The applet ends, or is killed, and is started again with what it has on disk."""
        if self._restarting:
            return
        self._restarting = True
        self.say(f"the applet of {self.machine.name} is {'killed' if killed else 'ended'} and started again")
        self.alive = False
        if not killed:
            await self.controller.close()
        if self.rough is not None:
            self.rough.gone()
        self.machine.vanish()
        self.controller.halt()
        self.consents.clear()
        self.dialogs.clear()
        self._choosing = False
        self.snapshot = Snapshot()
        self.controller = self._begin(self.machine.trust.peers)
        await self.start()
        self._restarting = False

    def know(self, other: Person, key: bytes) -> None:
        """They have been linked before, and both ticked the box."""
        peer = TrustedPeer(other.identity.public, key, other.machine.name, 1.6e9)
        self.machine.trust.peers = (*self.machine.trust.peers, peer)
        self.controller.know(peer)

    def vanish(self) -> None:
        """SIGKILL: nothing is said and nothing undone by ourselves."""
        self.alive = False
        self.machine.vanish()
        self.controller.halt()

    async def sleep(self, seconds: float) -> None:
        """The lid is closed, and opened again."""
        self.say(f"{self.machine.name} falls asleep")
        controller = self.controller
        await controller.suspend()
        self.machine.sleep(seconds)
        await asyncio.sleep(seconds)
        self.say(f"{self.machine.name} is awake")
        controller.wake()

    async def stop(self) -> None:
        for handle in self._acting:
            handle.cancel()
        if self.alive:
            self.alive = False
            await self.controller.close()

    # its eyes

    def _look(self, snapshot: Snapshot) -> None:
        before, self.snapshot = self.snapshot, snapshot
        self.reasons |= {
            reason
            for reason in (
                snapshot.failure.reason if snapshot.failure else None,
                snapshot.restoring_because,
                snapshot.radios.bluetooth,
                snapshot.radios.wifi,
            )
            if reason is not None
        }
        if snapshot.stage is not before.stage:
            self._stage_changed(before, snapshot)
        elif snapshot.stage is Stage.ASKED and snapshot.question != before.question:
            self._dialog_opened(snapshot)
        if snapshot.may_match and not before.may_match:
            self.later(*self.pause, self._compare)
        if snapshot.stage in (Stage.ASKING, Stage.ASKED) and snapshot.agreed_here and snapshot.peer is not None and snapshot.peer.trusted:
            self.consents.add(snapshot.peer.name)  # who has proven to be trusted, or was accepted by a setting
        self.tries = max(self.tries, snapshot.attempt)
        if snapshot.code is not None:
            self.secrets.add(snapshot.code)
        if snapshot.pin is not None:
            self.secrets.add(snapshot.pin)
        self.members |= {member.peer.address for member in snapshot.members}
        if snapshot.wish is not None and before.wish is None:
            wish = snapshot.wish.id
            self.later(1, 20, lambda: self._answer_wish(wish))
        if snapshot.missed and self.calls_back and not before.missed:
            missed = snapshot.missed[-1]
            self.later(2, 40, lambda: self._call_back(missed.id, missed.peer.name))
        self._bounded(snapshot)
        if snapshot.stage is Stage.SEEKING and not self._choosing:
            self._choose(snapshot)
        for holds, came in self._watchers:
            if holds(snapshot):
                came.set()

    def _stage_changed(self, before: Snapshot, snapshot: Snapshot) -> None:
        now = asyncio.get_running_loop().time()
        self.seen.append(snapshot.stage)
        why = f" ({snapshot.failure.reason.value})" if snapshot.failure else ""
        self.say(f"{self.machine.name}: {snapshot.stage.value}{why}")
        lasted, bound = now - self._entered, _BOUNDS.get(before.stage)
        if before.verified and bound is not None and lasted > bound + _SOON and before.stage is not Stage.SEEKING:
            self.broken.append(f"{self.machine.name} was {before.stage.value} for {lasted:.0f} s")
        self._entered = now
        if snapshot.stage in (Stage.ASKED, Stage.ENTERING):
            self._dialog_opened(snapshot)
        if snapshot.stage is Stage.LINKED:
            self._linked(snapshot)
        if snapshot.stage in (Stage.IDLE, Stage.SEEKING):
            self.consents.clear()

    def _dialog_opened(self, snapshot: Snapshot) -> None:
        now = asyncio.get_running_loop().time()
        if snapshot.verified and snapshot.peer is not None and not snapshot.peer.trusted and self.asked_for is None:
            self.dialogs = [at for at in self.dialogs if at > now - _LIMITS.refusal_span] + [now]
            if len(self.dialogs) > _LIMITS.refusals:
                self.broken.append(f"{len(self.dialogs)} dialogs of unknown people in {_LIMITS.refusal_span:.0f} s")
        if self.accepts is not None:
            self.later(*self.pause, self._answer)

    def _linked(self, snapshot: Snapshot) -> None:
        """Whom is it linked with, really?"""
        if not snapshot.verified:
            if snapshot.peer is not None:
                self.linked_with.add(snapshot.peer.name)
            return
        group = self.machine.wifi.group
        for machine in group.members if group is not None else []:
            if machine is self.machine:
                continue
            other = self.others.get(machine.name)
            if other is None:
                self.broken.append(f"{self.machine.name} is linked with {machine.name}, who is hostile")
            elif not self.wants(other):
                self.broken.append(f"{self.machine.name} is linked with {machine.name} without having agreed")
            else:
                self.linked_with.add(machine.name)
                self.codes[machine.name] = snapshot.code
                theirs = other.codes.get(self.machine.name)
                linked = other.snapshot.stage is Stage.LINKED and other.machine.wifi.group is group
                if linked and theirs != snapshot.code:
                    self.broken.append(f"{self.machine.name} and {machine.name} are linked and show two codes")

    def wants(self, other: Person) -> bool:
        """Has it agreed to a group with this one?"""
        name = other.machine.name
        return name in self.consents or any(known.identity == other.identity.public for known in self.controller.trusted)

    def _bounded(self, snapshot: Snapshot) -> None:
        """What others can make long is bounded."""
        if len(snapshot.peers) > peers.MOST or len(snapshot.missed) > consent.MISSED or len(snapshot.members) > wps.MOST:
            self.broken.append(f"{self.machine.name} shows a list without end")

    # its hands

    def _choose(self, snapshot: Snapshot) -> None:
        if self.phone is not None:
            phone = next((p for p in snapshot.peers if p.address == self.phone.address and p.on_wifi), None)
            if phone is not None:
                id = phone.id
                self._choosing = True
                self.later(0.5, 8, lambda: self._ask_phone(id))
        elif self.asked_for is not None:
            named = [p for p in snapshot.peers if p.name == self.asked_for and p.reachable]
            if named:
                peer = self.random.choice(named)  # two of one name look alike
                self._choosing = True
                self.later(0.5, 8, lambda: self._ask(peer.id))

    def _ask(self, id: str) -> None:
        self._choosing = False
        if any(peer.id == id and peer.reachable for peer in self.snapshot.peers):
            self._click(lambda: self.controller.ask(id, asker=PROGRAM if self.by_program else None))

    def _ask_phone(self, id: str) -> None:
        self._choosing = False
        if self.snapshot.stage is Stage.SEEKING and any(peer.id == id for peer in self.snapshot.peers):
            self.agreed.add(id)
            self._click(lambda: self.controller.ask(id, self.method))

    def _click(self, what: Callable[[], None]) -> None:
        what()
        if self.random.random() < self.clicks_again:
            self.later(0.05, 3, what)

    def _answer(self) -> None:
        snapshot = self.snapshot
        if snapshot.stage not in (Stage.ASKED, Stage.ENTERING) or snapshot.peer is None or snapshot.agreed_here:
            return
        question = snapshot.question
        if self.random.random() < self.clicks_again:
            self.controller.accept("what was asked before")  # a click that comes too late answers nothing
        if not snapshot.verified and self.accepts:
            self.agreed.add(snapshot.peer.address)
            if snapshot.pin_wanted:
                self._type(snapshot.peer.address)
            else:
                self._click(lambda: self.controller.accept(question))
        elif not self.accepts:
            self.controller.decline(question if self.random.random() < 0.5 else "")
        else:
            self._compared(snapshot.peer.name, lambda: self.controller.accept(question, self.trusts), self.controller.decline)

    def _compare(self) -> None:
        snapshot = self.snapshot
        if snapshot.may_match and snapshot.peer is not None:
            question = snapshot.question
            self._compared(snapshot.peer.name, lambda: self.controller.match(question, self.trusts), self.controller.cancel)

    def _compared(self, name: str, yes: Callable[[], None], no: Callable[[], None], looked: int = 0) -> None:
        """Walk over to whoever has that name, and say yes only when the same code is on both screens."""
        snapshot, other = self.snapshot, self.others.get(name)
        if snapshot.stage not in (Stage.ASKING, Stage.ASKED) or snapshot.peer is None:
            return
        if snapshot.needs_code:
            theirs = other.snapshot.code if other is not None else None
            if other is not None and theirs is None and looked < _PATIENCE:
                self.later(1, 2, lambda: self._compared(name, yes, no, looked + 1))
                return
            if other is None or theirs != snapshot.code:
                self.say(f"{self.machine.name}: the codes differ")
                no()
                return
        elif not snapshot.peer.trusted:
            self.broken.append(f"{self.machine.name} need not compare anything with {name}, who is not trusted")
        self.consents.add(name)
        self.dialogs.clear()
        self._click(yes)
        if self.random.random() < self.changes_mind:
            self.later(0.1, 20, self.controller.cancel)

    def _type(self, address: str) -> None:
        """Read the PIN on the other's screen and type it; now and then it is another one, which no checksum tells."""
        shown = next((phone.pin for phone in self.phones if phone.address == address), None)
        if shown is None:
            self.later(1, 3, self._answer)
            return
        if self.slips > 0:
            self.slips -= 1
            shown = pins.make(self.random.randbytes)
        self.secrets.add(shown)
        self.controller.enter_pin(self.snapshot.question, shown)

    def _answer_wish(self, wish: str) -> None:
        (self.controller.allow if self.allows else self.controller.forbid)(wish)

    def _call_back(self, missed: str, name: str) -> None:
        if self.snapshot.stage is Stage.IDLE and name in self.others and self._called_back < 2:
            self._called_back += 1
            self.asked_for = name
            self.controller.call_back(missed)
        else:
            self.controller.forget_missed(missed)

    def later(self, least: float, most: float, do: Callable[[], None]) -> None:
        controller = self.controller

        def act() -> None:
            self._acting.discard(handle)
            if self.alive and self.controller is controller:
                do()

        handle = asyncio.get_running_loop().call_later(self.random.uniform(least, most), act)
        self._acting.add(handle)

    def seek(self, name: str, identity: bytes | None = None) -> None:
        self.asked_for = name
        self._choosing = False
        self._click(lambda: self.controller.seek(identity))

    async def until(self, holds: Callable[[Snapshot], bool], limit: float) -> bool:
        """Wait until a snapshot is as described; `False` when it was not within `limit` seconds. Goes on over a restart of the applet."""
        if holds(self.snapshot):
            return True
        watcher = holds, asyncio.Event()
        self._watchers.append(watcher)
        try:
            async with asyncio.timeout(limit):
                await watcher[1].wait()
        except TimeoutError:
            return False
        finally:
            self._watchers.remove(watcher)
        return True
