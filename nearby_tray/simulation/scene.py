"""What a journey is about, who takes part, and what goes wrong on the way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass, field
from enum import Enum
from random import Random
from typing import Any

import msgspec

from ..core.model import Reason, Snapshot, Visibility
from ..tasks import Tasks
from .air import ALL, Air, Faults
from .hostile import Hostile
from .people import Person
from .phone import Phone
from .rough import REFUSALS, Rough

PAIR = frozenset(("ada", "ben"))
CROWDED = 50  # of so many journeys one has a crowd


class Plan(Enum):
    """What a journey is about. Each is drawn with the same chance, but for the crowd, which takes long."""

    PLAIN = "plain"
    DECLINED = "declined"
    AWAY = "the user is away"
    CANCELLED = "the caller cancels"
    BOTH_CALL = "both call at once"
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
    REMEMBERED = "they trust each other"
    TRUSTING = "they trust, forget and trust again"
    PAIRED = "they are paired, and one accepts such callers unasked"
    OTHERS = "others are around"
    OWN_PIN = "both can use a PIN"
    APPLET_RESTARTS = "an applet is started again"
    ASLEEP = "a machine sleeps"
    ADAPTER = "a Bluetooth adapter goes and comes"
    SMALL_FRAMES = "frames are as small as can be"
    MISSED = "a missed request is called back"
    PROGRAM = "a program asks for it"
    HIDDEN = "the other is visible to trusted computers, or nobody"
    CLONED = "one disk was copied from the other"
    SAME_ADDRESS = "two have one P2P address"
    ROUGH = "daemons hang, fail and lie"
    HOSTILE = "somebody hostile is around"
    PLAIN_PEER = "a machine without our protocol"
    PLAIN_PEER_ASKS = "such a machine asks"
    PLAIN_PEER_HOSTS = "such a machine owns a group"
    WRONG_PIN = "a PIN is mistyped"
    HOSTING = "a group of our own"
    OVERLAP = "two push the button at once"
    CROWD = "a crowd of 5 to 20"


PHONES = {Plan.PLAIN_PEER: 1, Plan.PLAIN_PEER_ASKS: 1, Plan.PLAIN_PEER_HOSTS: 1, Plan.WRONG_PIN: 1, Plan.HOSTING: 3, Plan.OVERLAP: 3}


@dataclass(slots=True)
class Report:
    """How one journey went."""

    seed: int
    plan: Plan
    fair: bool = True  # nothing goes wrong but what the plan is about
    linked: bool = False
    tries: int = 0
    seconds: float = 0.0
    reasons: set[Reason] = field(default_factory=set)
    broken: list[str] = field(default_factory=list)  # invariants, as sentences
    story: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Journey:
    """All that is there on one journey."""

    report: Report
    random: Random
    air: Air
    say: Callable[[str], None]
    people: list[Person] = field(default_factory=list)
    phones: list[Phone] = field(default_factory=list)
    hostile: Hostile | None = None
    tasks: Tasks = field(default_factory=Tasks)
    forgot: bool = False  # somebody forgot somebody

    @property
    def plan(self) -> Plan:
        return self.report.plan

    def do(self, work: Coroutine[Any, Any, None]) -> None:
        """Something that takes its time, beside the rest."""
        self.tasks.do(work, "an incident")

    def soon(self, least: float, most: float, what: Callable[[], None]) -> None:
        asyncio.get_running_loop().call_later(self.random.uniform(least, most), what)


def draw(random: Random) -> Plan:
    """What a journey is about."""
    return Plan.CROWD if random.random() < 1 / CROWDED else random.choice([plan for plan in Plan if plan is not Plan.CROWD])


def faults_of(plan: Plan, random: Random) -> Faults:
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


def gather(journey: Journey) -> None:
    plan, random, air, seed = journey.plan, journey.random, journey.air, journey.report.seed
    names = ["ada"] if plan in PHONES else ["ada", "ben"]
    if plan in (Plan.OTHERS, Plan.SAME_ADDRESS):
        names += ["cy", "dot"]
    elif plan is Plan.CROWD:
        names += [f"p{number}" for number in range(random.randint(3, 18))]
    same = random.randbytes(32) if plan is Plan.CLONED else None
    people = journey.people
    people += [Person(air, air.machine(name), seed, journey.say, same) for name in names]
    for person in people:
        person.others = {other.machine.name: other for other in people if other is not person}
        person.trusts = random.random() < 0.3
        if plan in PHONES:
            person.machine.wifi.abilities = ALL
    for number in range(PHONES.get(plan, 0)):
        phone = Phone(air.machine(f"phone-{number}"), random, people[0].machine, lambda: people[0].snapshot, journey.say)
        journey.phones.append(phone)
        people[0].phones.append(phone)
    if plan in PHONES:
        return
    ada, ben = people[:2]
    known = plan in (Plan.REMEMBERED, Plan.PAIRED, Plan.HIDDEN) or (plan in (Plan.HOSTILE, Plan.LINK_CUT) and random.random() < 0.5)
    if known:
        key = random.randbytes(32)
        ada.know(ben, key)
        ben.know(ada, key)
    match plan:
        case Plan.OWN_PIN:
            for person in random.choice((people, people[:1], people[1:])):
                person.machine.wifi.abilities = ALL
        case Plan.PAIRED:
            # What is chosen in the settings is consent to those it can be known of, and to nobody else: who is asked is not there.
            air.bonds[PAIR] = random.random() < 0.7
            ben.accepts = None
            ben.controller.apply(msgspec.structs.replace(ben.controller.settings, accept_paired=True))
        case Plan.HIDDEN:
            ben.controller.set_visibility(random.choice((Visibility.TRUSTED, Visibility.NOBODY)))
        case Plan.SMALL_FRAMES:
            for person in people:
                person.machine.bluetooth.room = random.choice((20, 23, 61))
        case Plan.ADAPTER:
            for person in people:
                person.machine.bluetooth.adapters = random.choice((1, 2))
        case Plan.SAME_ADDRESS:
            people[2].machine.address = random.choice((ada, ben)).machine.address
        case Plan.ROUGH:
            _roughen(journey)
        case Plan.HOSTILE:
            journey.hostile = Hostile(air.machine("mallory"), random, {p.machine.name: p.machine for p in people}, lambda: _screens(people))
        case _:
            pass


def _screens(people: Iterable[Person]) -> list[Snapshot]:
    return [person.snapshot for person in people]


def _roughen(journey: Journey) -> None:
    """Daemons of one or of all of them are not kind."""
    random = journey.random
    for person in random.choice((journey.people, journey.people[:1], journey.people[-1:])):
        calls, signals = random.choice((0.02, 0.05, 0.2)), random.choice((0.0, 0.05, 0.3))
        only = random.choice(("", "", "", *REFUSALS))
        if random.random() < 0.4:
            step = random.choice(list(REFUSALS))
            refusal = random.choice(REFUSALS[step])
            person.rough = Rough(person.machine, journey.report.seed, calls=1.0, only=step, refusal=refusal)
        else:
            person.rough = Rough(person.machine, journey.report.seed, calls=0.5 if only else calls, signals=signals, only=only)


def add_trouble(journey: Journey) -> None:
    """Several things go wrong, whatever the journey is about."""
    random, faults, people = journey.random, journey.air.faults, journey.people
    if random.random() < 0.4:
        faults.frame_lost = faults.frame_bent = faults.frame_twice = random.choice((0.0, 0.003, 0.02))
        faults.connect_fails, faults.datagram_lost = random.choice((0.0, 0.1, 0.4)), random.choice((0.0, 0.02, 0.1))
        faults.one_sided, faults.sticks, faults.provision_fails = (random.choice((0.0, 0.2)) for _ in range(3))
    for person in people:
        person.clicks_again = random.choice((0.0, 0.5))
        person.changes_mind = random.choice((0.0, 0.0, 0.2))
        person.calls_back = random.random() < 0.5
        if random.random() < 0.1:
            person.pause = (20, 75)
    if random.random() < 0.3:
        _roughen(journey)


def let_happen(journey: Journey) -> None:
    """Things happen to them from now on."""
    random = journey.random
    for _ in range(random.choice((0, 1, 1, 2, 3, 5))):
        journey.soon(0.5, 90, _incident(journey, random.choice(journey.people)))


def _incident(journey: Journey, person: Person) -> Callable[[], None]:
    """One thing that happens to somebody."""
    random, machine = journey.random, person.machine
    bluetooth, wifi = machine.bluetooth, machine.wifi
    seconds = random.choice((random.uniform(0.1, 3), random.uniform(3, 90)))

    def radio_off() -> None:
        wifi.switch(random.choice((Reason.WIFI_OFF, Reason.WIFI_NO_P2P)))
        journey.air.later(seconds, seconds, lambda: wifi.switch(None))

    def bluetooth_off() -> None:
        bluetooth.lose(Reason.BLUETOOTH_OFF, seconds)

    def lock() -> None:
        person.controller.set_away(True)
        person.later(seconds, seconds, lambda: person.controller.set_away(False))

    def cut() -> None:
        machine.pinger.cut = True
        journey.air.later(seconds, seconds, lambda: setattr(machine.pinger, "cut", False))

    return random.choice(
        (
            bluetooth.restart,
            wifi.restart,
            bluetooth.cut,
            lambda: bluetooth.unplug(seconds),
            radio_off,
            bluetooth_off,
            lock,
            cut,
            person.controller.cancel,
            lambda: journey.do(person.sleep(seconds)),
            lambda: journey.do(person.restart(killed=random.random() < 0.5)),
        )
    )
