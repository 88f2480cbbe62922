"""Journeys of two (or more) simulated people through whole controllers, with faults, and what must hold after each.

    python -m nearby_tray.simulation.journeys --count 2000 --seed 0     any number from any seed
    python -m nearby_tray.simulation.journeys --replay 4711             one, step by step

A seed decides everything: who does what when, what goes wrong, how long each radio takes. After each journey:
no group without consent on both sides; both ends agree on the outcome; every stage ended; no advertisement, service, connection, find,
profile, group, socket or task is left.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from random import Random

import msgspec

from ..controller import Controller, Edges
from ..core import pin as pins
from ..core.keys import Identity, TrustedPeer
from ..core.model import Admission, HostGroup, Method, Reason, Snapshot, Stage, Way
from ..core.peers import text_address
from ..errors import Unavailable
from ..settings import Settings
from .air import ALL, Air, Faults, Machine
from .clock import run_turned
from .phone import Phone

LIMIT = 1500.0  # seconds of simulated time after which a journey is stuck
RESTING = (Stage.IDLE,)
PAIR = frozenset(("ada", "ben"))


class Plan(Enum):
    """What a journey is about. Each is drawn with the same chance."""

    PLAIN = "plain"
    DECLINED = "declined"
    AWAY = "the user is away"
    CANCELLED = "the caller cancels"
    BOTH_CALL = "both call at once"
    WRONG_CODE = "somebody is in between"
    BAD_FRAMES = "frames are lost, repeated, bent"
    STICKS = "the failure that sticks"
    ONE_SIDED = "one side's start is lost"
    BLUETOOTH_RESTARTS = "bluetoothd restarts"
    WIFI_RESTARTS = "NetworkManager restarts"
    VANISHES = "a machine vanishes"
    WALKS_AWAY = "Bluetooth breaks"
    RADIO_OFF = "a radio goes off for a while"
    LINK_CUT = "the link is cut and comes back"
    LOSSY = "the link loses datagrams"
    REMEMBERED = "they know each other"
    PAIRED = "they are paired, and one accepts such callers unasked"
    CROWD = "others are around"
    OWN_PIN = "both can use a PIN"
    STRANGER = "a machine without our protocol"
    STRANGER_ASKS = "such a machine asks"
    STRANGER_HOSTS = "such a machine owns a group"
    WRONG_PIN = "a PIN is mistyped"
    HOSTING = "a group of our own"
    OVERLAP = "two push the button at once"


@dataclass(slots=True)
class Report:
    """How one journey went."""

    seed: int
    plan: Plan
    linked: bool = False
    tries: int = 0
    seconds: float = 0.0
    broken: list[str] = field(default_factory=list)  # invariants, as sentences
    story: list[str] = field(default_factory=list)


class Person:
    """Somebody at a machine: looks at each snapshot and does what the journey's plan says."""

    def __init__(self, air: Air, machine: Machine, seed: int, say: Callable[[str], None], trusted: Sequence[TrustedPeer] = ()) -> None:
        self.air, self.machine, self.say = air, machine, say
        self.random = Random(f"{seed} {machine.name}")
        self.identity = Identity.from_seed(self.random.randbytes(32))
        self.controller = Controller(
            lambda: Edges(machine.bluetooth, machine.wifi, machine.pinger, machine.prober, machine.trust),
            identity=self.identity,
            trusted=trusted,
            settings=Settings(name=machine.name),
            entropy=self.random.randbytes,
            wall_clock=lambda: 1.7e9,
        )
        self.seen: list[Stage] = []
        self.snapshot = Snapshot()
        self.asked_for: str | None = None  # whom we asked
        self.consented = False  # we asked somebody, or accepted
        self.linked_with: set[str] = set()
        self.code: str | None = None
        self.tries = 0
        self.alive = True
        self.accepts: bool | None = True  # None: nobody is there to answer
        self.remembers = False
        self.pause = (2.0, 15.0)  # seconds before it answers a dialog
        self.reads_code: Callable[[], str | None] | None = None  # looks at the other's screen
        self.phone: Phone | None = None  # a machine without our protocol that it has in mind
        self.method = Method.PBC  # with that
        self.slips = 0  # PINs it will mistype
        self.agreed: set[str] = set()  # P2P addresses of machines without our protocol that it said yes to
        self.members: set[str] = set()  # that were in its group
        self.phones: list[Phone] = []  # whose screens it can read
        self._choosing = False
        self._acting: set[asyncio.TimerHandle] = set()

    async def start(self) -> None:
        await self.controller.open()
        self.controller.subscribe(self._look)

    def _look(self, snapshot: Snapshot) -> None:
        before, self.snapshot = self.snapshot, snapshot
        if snapshot.stage is not before.stage:
            self.seen.append(snapshot.stage)
            why = f" ({snapshot.failure.reason.value})" if snapshot.failure else ""
            self.say(f"{self.machine.name}: {snapshot.stage.value}{why}")
            if snapshot.stage in (Stage.ASKED, Stage.ENTERING) and self.accepts is not None:
                self.later(*self.pause, self._answer)
        if snapshot.may_match and not before.may_match:
            self.later(*self.pause, self._compare)
        self.tries = max(self.tries, snapshot.attempt)
        if snapshot.code is not None:
            self.code = snapshot.code
        if snapshot.stage is Stage.ASKING and snapshot.agreed_here:
            self.consented = True  # the one that was asked is trusted, and has proven itself
        if snapshot.stage is Stage.LINKED and snapshot.peer is not None:
            self.linked_with.add(snapshot.peer.name)
        self.members |= {member.peer.address for member in snapshot.members}
        if snapshot.stage is Stage.SEEKING and self.phone is not None:
            there = next((p for p in snapshot.peers if p.address == self.phone.address and p.on_wifi), None)
            if there is not None and not self._choosing:
                self._choosing = True
                self.later(0.5, 8, lambda: self._ask_phone(there.id))
        if snapshot.stage is Stage.SEEKING and self.asked_for is not None:
            peer = next((p for p in snapshot.peers if p.name == self.asked_for and p.reachable), None)
            if peer is not None and not self._choosing:
                self._choosing = True
                self.later(0.5, 8, lambda: self._ask(peer.id))

    def _ask(self, id: str) -> None:
        self._choosing = False
        if any(peer.id == id and peer.reachable for peer in self.snapshot.peers):
            self.controller.ask(id)

    def _ask_phone(self, id: str) -> None:
        self._choosing = False
        if self.snapshot.stage is Stage.SEEKING and any(peer.id == id for peer in self.snapshot.peers):
            self.agreed.add(id)
            self.controller.ask(id, self.method)

    def _answer(self) -> None:
        snapshot = self.snapshot
        if snapshot.stage not in (Stage.ASKED, Stage.ENTERING) or snapshot.peer is None:
            return
        if not snapshot.verified and self.accepts:
            self.agreed.add(snapshot.peer.address)
            if snapshot.pin_wanted:
                self._type(snapshot.peer.address)
            else:
                self.controller.accept(snapshot.question)
            return
        if self.reads_code is not None and self.snapshot.needs_code and self.reads_code() != self.snapshot.code:
            self.say(f"{self.machine.name}: the codes differ")
            self.controller.decline()
        elif self.accepts:
            self.consented = True
            self.controller.accept(snapshot.question, self.remembers)
        else:
            self.controller.decline()

    def _compare(self) -> None:
        snapshot = self.snapshot
        if not snapshot.may_match:
            return
        if self.reads_code is not None and self.reads_code() != snapshot.code:
            self.say(f"{self.machine.name}: the codes differ")
            self.controller.cancel()
        else:
            self.consented = True
            self.controller.match(snapshot.question, self.remembers)

    def _type(self, address: str) -> None:
        """Read the PIN on the other's screen and type it; now and then it is another one, which no checksum tells."""
        shown = next((phone.pin for phone in self.phones if phone.address == address), None)
        if shown is None:
            self.later(1, 3, self._answer)
            return
        if self.slips > 0:
            self.slips -= 1
            shown = pins.make(self.random.randbytes)
        self.controller.enter_pin(self.snapshot.question, shown)

    def later(self, least: float, most: float, do: Callable[[], None]) -> None:
        def act() -> None:
            if self.alive:
                do()

        self._acting.add(asyncio.get_running_loop().call_later(self.random.uniform(least, most), act))

    def seek(self, name: str, identity: bytes | None = None) -> None:
        self.asked_for = name
        self.controller.seek(identity)

    def vanish(self) -> None:
        """SIGKILL: nothing is said and nothing undone by ourselves."""
        self.alive = False
        self.machine.vanish()
        self.controller.halt()

    async def stop(self) -> None:
        for handle in self._acting:
            handle.cancel()
        if self.alive:
            self.alive = False
            await self.controller.close()

    async def until(self, holds: Callable[[Snapshot], bool], limit: float) -> bool:
        """Wait until a snapshot is as described; `False` when it was not within `limit` seconds."""
        came = asyncio.Event()
        unsubscribe = self.controller.subscribe(lambda snapshot: came.set() if holds(snapshot) else None)
        try:
            async with asyncio.timeout(limit):
                await came.wait()
        except TimeoutError:
            return False
        finally:
            unsubscribe()
        return True


def run(seed: int, plan: Plan | None = None, story: Callable[[str], None] | None = None) -> Report:
    """One journey. `story`: gets each step as it happens."""
    random = Random(seed)
    drawn = random.choice(list(Plan))
    report = Report(seed, plan or drawn)
    return run_turned(_journey(report, random, story))


async def _journey(report: Report, random: Random, story: Callable[[str], None] | None) -> Report:
    loop = asyncio.get_running_loop()
    began = loop.time()

    def say(line: str) -> None:
        text = f"{loop.time() - began:8.3f}  {line}"
        report.story.append(text)
        if story is not None:
            story(text)

    def unhandled(_: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
        report.broken.append(f"an exception nobody caught: {context.get('exception') or context.get('message')!r}")

    loop.set_exception_handler(unhandled)
    air = Air(report.seed, _faults(report.plan, random))
    air.story = say
    people = _people(report, air, random, say)
    phones = [_phone(air, n, random, say, people[0]) for n in range(_phones(report.plan))]
    for person in people:
        await person.start()
    for phone in phones:
        await phone.start()
    try:
        async with asyncio.timeout(LIMIT):
            if phones:
                await _act_with_phones(report.plan, random, people[0], phones, say)
            else:
                await _act(report.plan, random, air, people, say)
            for person in people:
                if person.alive and not await person.until(lambda snapshot: snapshot.stage in RESTING, 600) and person.alive:
                    report.broken.append(f"{person.machine.name} never came to rest: {person.snapshot.stage.value}")
    except TimeoutError:
        report.broken.append(f"it did not end within {LIMIT:.0f} s")
    _check(report, air, people, phones)
    for person in people:
        await person.stop()
    for phone in phones:
        await phone.stop()
    await asyncio.sleep(7)  # what the other side's daemons still have to notice
    left = air.left() + [task.get_name() for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    report.broken += [f"left behind: {what}" for what in left]
    report.seconds = loop.time() - began
    return report


def _faults(plan: Plan, random: Random) -> Faults:
    match plan:
        case Plan.BAD_FRAMES:
            share = random.choice((0.01, 0.05, 0.2))
            return Faults(frame_lost=share, frame_twice=share, frame_bent=share, connect_fails=share)
        case Plan.STICKS:
            return Faults(sticks=random.choice((0.5, 0.9)))
        case Plan.ONE_SIDED:
            return Faults(one_sided=random.choice((0.3, 0.7, 1.0)))
        case Plan.LOSSY:
            return Faults(datagram_lost=random.choice((0.05, 0.2, 0.5)))
        case _:
            return Faults()


def _people(report: Report, air: Air, random: Random, say: Callable[[str], None]) -> list[Person]:
    names = ["ada"] if _phones(report.plan) else ["ada", "ben"]
    if report.plan is Plan.WRONG_CODE:
        names = ["ada", "ben", "mallory-1", "mallory-2"]
    elif report.plan is Plan.CROWD:
        names += ["cy", "dot"]
    people = [Person(air, air.machine(name), report.seed, say) for name in names]
    if report.plan in (Plan.REMEMBERED, Plan.PAIRED):
        ada, ben = people[:2]
        key = random.randbytes(32)
        for one, two in ((ada, ben), (ben, ada)):
            one.controller.know(TrustedPeer(two.identity.public, key, two.machine.name, 1.6e9))
    if report.plan is Plan.OWN_PIN:
        for person in random.choice((people, people[:1], people[1:])):
            person.machine.wifi.abilities = ALL
    for person in people:
        person.remembers = random.random() < 0.3
        if _phones(report.plan):
            person.machine.wifi.abilities = ALL
    if report.plan is Plan.PAIRED:
        # What is chosen in the settings is consent to those it can be known of, and to nobody else: who is asked is not there.
        ben = people[1]
        ben.consented = air.bonds[PAIR] = random.random() < 0.7
        ben.accepts = None
        ben.controller.apply(msgspec.structs.replace(ben.controller.settings, accept_paired=True))
    return people


def _phones(plan: Plan) -> int:
    """How many machines without our protocol are around."""
    if plan in (Plan.HOSTING, Plan.OVERLAP):
        return 3
    return int(plan in (Plan.STRANGER, Plan.STRANGER_ASKS, Plan.STRANGER_HOSTS, Plan.WRONG_PIN))


def _phone(air: Air, number: int, random: Random, say: Callable[[str], None], ada: Person) -> Phone:
    phone = Phone(air.machine(f"phone-{number}"), random, ada.machine, lambda: ada.snapshot, say)
    ada.phones.append(phone)
    return phone


async def _act_with_phones(plan: Plan, random: Random, ada: Person, phones: list[Phone], say: Callable[[str], None]) -> None:
    """Journeys with machines that do not run Nearby Tray."""
    phone = phones[0]
    ada.method = random.choice(list(Method))
    match plan:
        case Plan.STRANGER | Plan.WRONG_PIN:
            if plan is Plan.WRONG_PIN:
                ada.method = random.choice((Method.DISPLAY, Method.KEYPAD))
                ada.slips = phone.slips = random.choice((1, 2, 3))
            phone.agrees = plan is Plan.WRONG_PIN or random.random() < 0.8
            ada.phone = phone
            ada.controller.seek()
        case Plan.STRANGER_ASKS:
            ada.accepts = random.choice((True, True, False, None))
            ada.controller.seek()
            phone.begin(1, 10, random.choice(list(Method)))
        case Plan.STRANGER_HOSTS:
            await phone.machine.wifi.host(HostGroup(1))
            ada.phone = phone
            ada.controller.seek()
            await ada.until(lambda snapshot: snapshot.stage in (Stage.FORMING, Stage.ENTERING), 60)
            await asyncio.sleep(random.uniform(1, 5))
            await _admit_ada(phone, ada)
        case _:
            await _host(plan, random, ada, phones, say)
            return
    await ada.until(lambda snapshot: snapshot.stage is not Stage.IDLE, 60)
    if await _settled(ada):
        await asyncio.sleep(random.uniform(1, 30))
        if random.random() < 0.5:
            say("phone-0 leaves")
            await phone.machine.wifi.remove()
        else:
            ada.controller.disconnect()


async def _admit_ada(phone: Phone, ada: Person) -> None:
    """The phone's user lets ada into the phone's group."""
    method, pin = ada.method.counterpart, ada.snapshot.pin
    if method is Method.DISPLAY:
        pin = phone.pin = pins.make(phone.random.randbytes)
    with suppress(Unavailable):
        await phone.machine.wifi.admit(Admission(text_address(ada.machine.address), method, pin))
    await asyncio.sleep(60)
    phone.pin = None


async def _host(plan: Plan, random: Random, ada: Person, phones: list[Phone], say: Callable[[str], None]) -> None:
    ada.controller.host()
    if not await ada.until(lambda snapshot: snapshot.stage is Stage.HOSTING and snapshot.link is not None, 40):
        return
    if plan is Plan.OVERLAP:
        for phone in phones:
            phone.begin(0, 1, Method.PBC, Way.JOIN)
    else:
        ada.accepts = random.random() < 0.8
        for phone in phones[:2]:
            phone.begin(0, 90, random.choice(list(Method)), Way.JOIN)
        ada.later(20, 60, lambda: ada.controller.seek() if ada.snapshot.stage is Stage.HOSTING else None)

        def invite() -> None:
            if ada.snapshot.stage is Stage.HOSTING:
                ada.agreed.add(phones[2].address)
                ada.controller.invite(phones[2].address)

        ada.later(60, 85, invite)
    await asyncio.sleep(random.uniform(60, 200))
    for member in ada.snapshot.members[:1]:
        say(f"{member.peer.address} is sent out")
        ada.controller.expel(member.peer.address)
    await asyncio.sleep(random.uniform(5, 20))
    ada.accepts = False
    ada.controller.disconnect()


async def _act(plan: Plan, random: Random, air: Air, people: list[Person], say: Callable[[str], None]) -> None:
    """The journey itself: who clicks what, and what goes wrong meanwhile."""
    ada, ben = people[:2]
    loop = asyncio.get_running_loop()

    def soon(least: float, most: float, fault: Callable[[], None]) -> None:
        loop.call_later(random.uniform(least, most), fault)

    someone = random.choice((ada, ben))
    match plan:
        case Plan.DECLINED:
            ben.accepts = False
        case Plan.AWAY:
            ben.accepts = None
        case Plan.CANCELLED:
            ada.later(1, 40, ada.controller.cancel)
        case Plan.BOTH_CALL:
            ben.later(0, 3, lambda: ben.seek("ada"))
        case Plan.WRONG_CODE:
            two = people[3]  # mallory: the one ada asks accepts everything, the other asks ben in her place
            ben.reads_code = lambda: ada.code
            ada.asked_for = None
            two.later(0, 5, lambda: two.seek("ben"))
            ada.seek("mallory-1")
            await ada.until(lambda snapshot: snapshot.stage is not Stage.IDLE, 5)
            await ben.until(lambda snapshot: snapshot.stage is Stage.ASKED, 60)
            await asyncio.sleep(20)
            for person in people:
                person.controller.cancel()
            return
        case Plan.BLUETOOTH_RESTARTS:
            soon(0.5, 30, someone.machine.bluetooth.restart)
        case Plan.WIFI_RESTARTS:
            soon(0.5, 60, someone.machine.wifi.restart)
        case Plan.WALKS_AWAY:
            soon(0.5, 30, someone.machine.bluetooth.cut)
        case Plan.RADIO_OFF:
            off = random.uniform(1, 50)
            soon(off, off, lambda: someone.machine.wifi.switch(Reason.WIFI_OFF))
            back = off + random.uniform(2, 120)
            soon(back, back, lambda: someone.machine.wifi.switch(None))
        case Plan.VANISHES:
            soon(0.5, 60, someone.vanish)
        case _:
            pass

    identity = ben.identity.public if plan is Plan.REMEMBERED else None
    ada.seek("ben", identity)
    await ada.until(lambda snapshot: snapshot.stage is not Stage.IDLE, 5)
    if not await _settled(ada) or not ada.alive:
        return
    if plan is Plan.LINK_CUT:
        await asyncio.sleep(random.uniform(1, 20))
        say("the air between them is cut")
        for person in (ada, ben):
            person.machine.pinger.cut = True
        await ada.until(lambda snapshot: snapshot.stage is not Stage.LINKED, 10)
        await asyncio.sleep(random.uniform(0, 90))
        say("the air is back")
        for person in (ada, ben):
            person.machine.pinger.cut = False
        await _settled(ada)
    await asyncio.sleep(random.uniform(1, 40))
    ender = random.choice([person for person in (ada, ben) if person.alive])
    if plan is Plan.CROWD:
        people[2].controller.seek()
        await asyncio.sleep(5)
        people[2].controller.cancel()
    say(f"{ender.machine.name} disconnects")
    ender.controller.disconnect()


async def _settled(person: Person) -> bool:
    """Wait until it is linked or at rest again; is it linked?"""
    await person.until(lambda snapshot: snapshot.stage in (Stage.LINKED, *RESTING), 900)
    return person.snapshot.stage is Stage.LINKED


def _check(report: Report, air: Air, people: list[Person], phones: list[Phone]) -> None:
    """What must hold, whatever happened."""
    by_name = {person.machine.name: person for person in people}
    addresses = {phone.machine.name: phone.address for phone in phones}
    for names in air.formed:
        strange = {addresses[name] for name in names if name in addresses}
        for name in (name for name in names if name in by_name):
            if not strange <= by_name[name].agreed:
                report.broken.append(f"{name} is in a group with {strange} without having agreed")
            if not strange and not by_name[name].consented:
                report.broken.append(f"a group was formed although {name} had not agreed")
    if phones:
        _check_phones(report, people[0], phones)
        return
    ada, ben = by_name["ada"], by_name["ben"]
    report.linked = "ben" in ada.linked_with and "ada" in ben.linked_with
    report.tries = max(ada.tries, ben.tries)
    for person in people:
        for name in person.linked_with:
            other = by_name[name]
            if other.alive and person.machine.name not in other.linked_with and not _one_sided_allowed(report.plan):
                report.broken.append(f"{person.machine.name} was linked with {name}, {name} never with {person.machine.name}")
        if person.alive and person.snapshot.stage not in RESTING:
            report.broken.append(f"{person.machine.name} is still {person.snapshot.stage.value}")
    proven = air.bonds.get(PAIR)
    must_link = report.plan in (Plan.PLAIN, Plan.CROWD, Plan.REMEMBERED, Plan.LINK_CUT, Plan.BOTH_CALL, Plan.OWN_PIN) or proven is True
    if must_link and not report.linked:
        report.broken.append("nothing went wrong, and yet they were not linked")
    must_not = report.plan in (Plan.DECLINED, Plan.AWAY, Plan.WRONG_CODE) or proven is False
    if must_not and any("ben" in names for names in air.formed):
        report.broken.append("a group was formed although ben had said no, or nothing")


def _check_phones(report: Report, ada: Person, phones: list[Phone]) -> None:
    report.linked = bool(ada.linked_with or ada.members)
    if ada.snapshot.stage not in RESTING:
        report.broken.append(f"ada is still {ada.snapshot.stage.value}")
    if ada.snapshot.pin is not None or ada.snapshot.members:
        report.broken.append("a PIN or a member is shown although nothing goes on")
    refused = ada.accepts is not True and report.plan is Plan.STRANGER_ASKS
    if refused and report.linked:
        report.broken.append("linked with a stranger although ada had said no, or nothing")


def _one_sided_allowed(plan: Plan) -> bool:
    """A machine that goes away, or whose user ends it, between the two first pongs was linked for the other one only."""
    return plan in (Plan.VANISHES, Plan.RADIO_OFF, Plan.WIFI_RESTARTS, Plan.LOSSY, Plan.CANCELLED, Plan.WRONG_CODE)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m nearby_tray.simulation.journeys", description="Run simulated journeys.")
    parser.add_argument("--count", type=int, default=2000, help="how many (default 2000)")
    parser.add_argument("--seed", type=int, default=0, help="the first seed (default 0)")
    parser.add_argument("--plan", choices=[plan.name.lower() for plan in Plan], help="only this kind")
    parser.add_argument("--replay", type=int, metavar="SEED", help="run this one and print each step")
    options = parser.parse_args(arguments)
    plan = Plan[options.plan.upper()] if options.plan else None
    if options.replay is not None:
        report = run(options.replay, plan, print)
        for broken in report.broken:
            print(f"BROKEN: {broken}")
        print(f"seed {report.seed}: {report.plan.value}, {'linked' if report.linked else 'not linked'}")
        return 1 if report.broken else 0
    bad = 0
    linked: Counter[Plan] = Counter()
    total: Counter[Plan] = Counter()
    for seed in range(options.seed, options.seed + options.count):
        report = run(seed, plan)
        total[report.plan] += 1
        linked[report.plan] += report.linked
        for broken in report.broken:
            print(f"seed {seed} ({report.plan.value}): {broken}")
        bad += bool(report.broken)
    for kind in sorted(total, key=lambda kind: kind.name):
        print(f"{kind.value:40} {linked[kind]:5} of {total[kind]:5} linked")
    print(f"{options.count} journeys from seed {options.seed}: {bad} broken")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
