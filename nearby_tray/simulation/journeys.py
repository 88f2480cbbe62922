"""Journeys of simulated people through whole controllers, on air that is not kind, and what must hold after each.

    python -m nearby_tray.simulation.journeys --count 2000 --seed 0                          any number from any seed
    python -m nearby_tray.simulation.journeys --count 5000 --seed 1 --first 20000            a piece of a long run
    python -m nearby_tray.simulation.journeys --count 100000 --seed 1 --processes 2          on more than one core
    python -m nearby_tray.simulation.journeys --replay 4711                                  one, step by step

A seed decides everything: what the journey is about, who does what when, which daemons fail at which call, how long each radio takes. More
than half of the journeys have several troubles beside the one that they are about. What must hold: no group without both people's consent;
nobody is linked with somebody hostile; both ends agree on the outcome, the code and the trust; every stage ends within its bound; when all
is calm again every task lives and listens, and nothing but what was made to go wrong is in the log as an error, and no secret at all; the
same two people then link; and in the end nothing is left.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from random import Random

from ..core import pin as pins
from ..core.model import Admission, HostGroup, Method, Reason, Stage, Visibility, Way
from ..core.peers import text_address
from ..errors import Unavailable
from .air import Air, Faults
from .clock import run_turned
from .invariants import RESTING, check, check_log, check_trust, logged, witnessed
from .people import PROGRAM, Person
from .phone import Phone
from .scene import Journey, Plan, Report, add_trouble, draw, faults_of, gather, let_happen

LIMIT = 1500.0  # seconds of simulated time after which a journey is stuck
REST = 700.0  # … within which everybody rests when nobody wants anything any more
GLANCE = 5.0  # … between two looks at everybody
QUIET = 45.0  # … of rest after which nobody will click any more
CALM = 130.0  # until every limit on strangers is over, and every call that hung is given up
KEPT = {"radio", "air", "ping", "count", "probe", "trust"}  # tasks of one controller, from the start to the end


def run(seed: int, plan: Plan | None = None, story: Callable[[str], None] | None = None, *, fair: bool | None = None) -> Report:
    """One journey. `story`: gets each step as it happens. `fair`: without other troubles than the plan's, or with them."""
    random = Random(seed)
    drawn, share = draw(random), random.random()
    report = Report(seed, plan or drawn, fair=share < 0.4 if fair is None else fair)
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
    air = Air(report.seed, faults_of(report.plan, random))
    air.story = say
    journey = Journey(report, random, air, say)
    gather(journey)
    air.witness = lambda one, other: witnessed(journey, one, other)
    if not report.fair:
        add_trouble(journey)
    with logged() as records:
        for person in journey.people:
            await person.start()
        for phone in journey.phones:
            await phone.start()
        if journey.hostile is not None:
            await journey.hostile.start()
        if not report.fair:
            let_happen(journey)
        try:
            async with asyncio.timeout(LIMIT):
                await (_act_with_phones(journey) if journey.phones else _act(journey))
                if journey.hostile is not None:
                    await asyncio.sleep(random.uniform(5, 120))
                    await journey.hostile.stop()
                await _rest(journey)
        except TimeoutError:
            report.broken.append(f"it did not end within {LIMIT:.0f} s")
        check(journey)
        await _calm(journey)
        await _again(journey)
        for person in journey.people:
            await person.stop()
        for phone in journey.phones:
            await phone.stop()
        await asyncio.sleep(7)  # what the other side's daemons still have to notice
    left = air.left() + [task.get_name() for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    report.broken += [f"left behind: {what}" for what in left]
    check_log(journey, records)
    for person in journey.people:
        report.broken += person.broken
        report.reasons |= person.reasons
    report.seconds = loop.time() - began
    return report


# --- who clicks what -------------------------------------------------------------------------------------------------------------


async def _act_with_phones(journey: Journey) -> None:
    """Journeys with machines that do not run Nearby Tray."""
    plan, random, ada, phone = journey.plan, journey.random, journey.people[0], journey.phones[0]
    ada.method = random.choice(list(Method))
    match plan:
        case Plan.PLAIN_PEER | Plan.WRONG_PIN:
            if plan is Plan.WRONG_PIN:
                ada.method = random.choice((Method.DISPLAY, Method.KEYPAD))
                ada.slips = phone.slips = random.choice((1, 2, 3))
            phone.agrees = plan is Plan.WRONG_PIN or random.random() < 0.8
            if plan is Plan.PLAIN_PEER and random.random() < 0.2:
                phone.machine.wifi.methods = frozenset((random.choice(list(Method)),))
            ada.phone = phone
            ada.controller.seek()
        case Plan.PLAIN_PEER_ASKS:
            ada.accepts = random.choice((True, True, False, None))
            ada.controller.seek()
            phone.begin(1, 10, random.choice(list(Method)))
        case Plan.PLAIN_PEER_HOSTS:
            await phone.machine.wifi.host(HostGroup(1))
            ada.phone = phone
            ada.controller.seek()
            await ada.until(lambda snapshot: snapshot.stage in (Stage.FORMING, Stage.ENTERING), 60)
            await asyncio.sleep(random.uniform(1, 5))
            await _admit_ada(phone, ada)
        case _:
            await _host(journey)
            return
    await ada.until(lambda snapshot: snapshot.stage is not Stage.IDLE, 60)
    if await _settled(ada):
        await asyncio.sleep(random.uniform(1, 10))
        if random.random() < 0.5:
            journey.say("phone-0 leaves")
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


async def _host(journey: Journey) -> None:
    plan, random, ada, phones = journey.plan, journey.random, journey.people[0], journey.phones
    ada.allows = random.random() < 0.8
    ada.controller.host(asker=PROGRAM if random.random() < 0.3 else None)
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
        journey.say(f"{member.peer.address} is sent out")
        ada.controller.expel(member.peer.address)
    await asyncio.sleep(random.uniform(5, 20))
    ada.accepts = False
    ada.controller.disconnect()


async def _act(journey: Journey) -> None:
    """The journey itself: who clicks what, and what goes wrong meanwhile."""
    plan, random, say, people = journey.plan, journey.random, journey.say, journey.people
    ada, ben = people[:2]
    someone = random.choice((ada, ben))
    machine = someone.machine
    match plan:
        case Plan.DECLINED:
            ben.accepts = False
        case Plan.AWAY:
            ben.accepts = None
        case Plan.CANCELLED:
            ada.later(1, 40, ada.controller.cancel)
        case Plan.BOTH_CALL:
            ben.later(0, 3, lambda: ben.seek("ada"))
        case Plan.BLUETOOTH_RESTARTS:
            journey.soon(0.5, 30, machine.bluetooth.restart)
        case Plan.WIFI_RESTARTS:
            journey.soon(0.5, 60, machine.wifi.restart)
        case Plan.WALKS_AWAY:
            journey.soon(0.5, 30, machine.bluetooth.cut)
        case Plan.RADIO_OFF:
            off = random.uniform(1, 50)
            journey.soon(off, off, lambda: machine.wifi.switch(Reason.WIFI_OFF))
            back = off + random.uniform(2, 120)
            journey.soon(back, back, lambda: machine.wifi.switch(None))
        case Plan.ADAPTER:
            seconds = random.uniform(0.5, 60)
            journey.soon(0.5, 40, lambda: machine.bluetooth.unplug(seconds))
        case Plan.VANISHES:
            journey.soon(0.5, 60, someone.vanish)
        case Plan.APPLET_RESTARTS:
            killed = random.random() < 0.5
            journey.soon(0.5, 80, lambda: journey.do(someone.restart(killed=killed)))
        case Plan.ASLEEP:
            asleep = random.uniform(1, 300)
            journey.soon(0.5, 80, lambda: journey.do(someone.sleep(asleep)))
        case Plan.MISSED:
            ada.later(4, 50, ada.controller.cancel)
            ben.accepts, ben.calls_back = None, True
        case Plan.PROGRAM:
            ada.by_program, ada.allows = True, random.random() < 0.7
        case Plan.CROWD:
            await _crowd(journey)
        case Plan.OTHERS:
            people[2].later(10, 60, lambda: people[2].seek("dot") if people[2].snapshot.stage is Stage.IDLE else None)
        case _:
            pass
    for link in range(random.randint(2, 4) if plan is Plan.TRUSTING else 1):
        if plan is Plan.TRUSTING:
            _trust_or_not(journey, ada, ben, link)
        await _link(journey, ada, ben)
    if plan is Plan.MISSED:
        ben.accepts = True
        await ben.until(lambda snapshot: snapshot.stage is Stage.LINKED, 120)
        await asyncio.sleep(5)
    for person in people:
        if person.alive and await _settled(person):
            await asyncio.sleep(random.uniform(1, 5))
        if person.alive and person.snapshot.stage is not Stage.IDLE:
            say(f"{person.machine.name} disconnects")
            person.controller.disconnect()


async def _link(journey: Journey, ada: Person, ben: Person) -> None:
    """One link from the click to the disconnecting, and what happens to it."""
    random, say = journey.random, journey.say
    identity = ben.identity.public if journey.plan in (Plan.REMEMBERED, Plan.HIDDEN) and random.random() < 0.6 else None
    ada.seek("ben", identity)
    await ada.until(lambda snapshot: snapshot.stage is not Stage.IDLE, 5)
    if not await _settled(ada) or not ada.alive:
        return
    if journey.plan is Plan.LINK_CUT:
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
    await asyncio.sleep(random.choice((random.uniform(1, 3), random.uniform(1, 10), random.uniform(1, 40))))
    ender = random.choice([person for person in (ada, ben) if person.alive])
    say(f"{ender.machine.name} disconnects")
    ender.controller.disconnect()
    for person in (ada, ben):
        if person.alive and journey.report.fair:
            await person.until(lambda snapshot: snapshot.stage in RESTING, 60)


def _trust_or_not(journey: Journey, ada: Person, ben: Person, link: int) -> None:
    """Between two links somebody forgets the other, or does not."""
    for person, other in ((ada, ben), (ben, ada)):
        person.trusts = journey.random.random() < 0.8
        if link and journey.random.random() < 0.3:
            journey.say(f"{person.machine.name} forgets {other.machine.name}")
            journey.forgot = True
            person.controller.forget(other.identity.public.hex())


async def _crowd(journey: Journey) -> None:
    """Everybody calls somebody, at about the same time."""
    random, others = journey.random, journey.people[2:]
    names = [person.machine.name for person in journey.people]
    for person in others:
        name = random.choice([name for name in names if name != person.machine.name])

        def seek(person: Person = person, name: str = name) -> None:
            if person.snapshot.stage is Stage.IDLE:
                person.seek(name)

        person.later(0, 60, seek)
        person.later(100, 200, person.controller.cancel)
        if random.random() < 0.3:
            person.accepts = random.choice((False, None))


async def _settled(person: Person) -> bool:
    """Wait until it is linked or at rest again; is it linked?"""
    await person.until(lambda snapshot: snapshot.stage in (Stage.LINKED, *RESTING), 900)
    return person.snapshot.stage is Stage.LINKED


# --- what must hold --------------------------------------------------------------------------------------------------------------


async def _rest(journey: Journey) -> None:
    """Nobody wants anything any more: each stage ends by itself, but for a link, which somebody ends."""
    await journey.tasks.gone(REST)
    quiet = 0.0
    linked: list[Person] = []
    for _ in range(int(REST / GLANCE)):
        await asyncio.sleep(GLANCE)
        people = [person for person in journey.people if person.alive]
        # A link that came about just now may have its first pong on one side only: it is ended at the next glance.
        lasting, linked = linked, [person for person in people if person.snapshot.stage is Stage.LINKED]
        for person in linked:
            if person in lasting:
                person.controller.disconnect()
        quiet = quiet + GLANCE if all(person.snapshot.stage in RESTING for person in people) else 0.0
        if quiet > QUIET:
            return
    restless = [f"{person.machine.name}, {person.snapshot.stage.value}" for person in people if person.snapshot.stage not in RESTING]
    journey.report.broken.append(f"they never came to rest: {'; '.join(restless)}")


async def _calm(journey: Journey) -> None:
    """Everything works again; after a while every task lives, and everybody hears."""
    people = journey.people
    if journey.hostile is not None:
        await journey.hostile.stop()  # in case that the journey did not end
        journey.hostile.machine.address = bytes(6)
    if journey.plan is Plan.SAME_ADDRESS:
        people[2].machine.address = bytes((0x02, 0x4E, 0x54, 0, 1, 3))
        people[2].machine.wifi.switch(Reason.WIFI_OFF)
    journey.air.faults = Faults()
    for person in people:
        if person.rough is not None:
            person.rough.on = False
        person.accepts, person.allows, person.by_program, person.calls_back = True, True, False, False
        person.clicks_again, person.changes_mind, person.pause, person.slips = 0.0, 0.0, (2.0, 15.0), 0
        person.asked_for = person.phone = None
    if journey.plan is Plan.CROWD:
        for person in people[4:]:  # go home: a call has room for eight answers
            person.machine.wifi.switch(Reason.WIFI_OFF)
    for phone in journey.phones:
        phone.agrees, phone.slips, phone.machine.wifi.methods = True, 0, frozenset(Method)
    await asyncio.sleep(CALM)
    await _rest(journey)
    for person in people:
        machine, gone = person.machine, journey.plan is Plan.CROWD and person in people[4:]
        machine.pinger.cut = False
        if not gone:
            machine.wifi.switch(None)
        if not person.alive:
            await person.restart(killed=True)
        person.controller.cancel()
        person.controller.set_away(False)
        person.controller.set_visibility(Visibility.EVERYONE)
        person.controller.dismiss()
    await asyncio.sleep(CALM)
    running = Counter(task.get_name() for task in asyncio.all_tasks())
    for name in KEPT:
        if running[name] != len(people):
            journey.report.broken.append(f"{running[name]} of {len(people)} tasks are there: {name}")
    unknown = [name for name in running if name not in KEPT and not name.startswith(("Task-", "phone-"))]
    if unknown:
        journey.report.broken.append(f"at rest, and yet there is still: {', '.join(sorted(unknown))}")
    for person in people:
        if not person.snapshot.listening and person.snapshot.radios.wifi is None:
            journey.report.broken.append(f"{person.machine.name} does not listen at rest")


async def _again(journey: Journey) -> None:
    """Whatever happened: the same two link now, and part."""
    ada = journey.people[0]
    ada.linked_with.clear()
    if journey.phones:
        phone = journey.phones[0]
        await phone.machine.wifi.remove()
        await phone.machine.wifi.find()
        ada.phone, ada.method = phone, Method.PBC
        ada.controller.seek()
    elif journey.plan is Plan.CLONED:
        return
    else:
        ada.seek("ben")
    await ada.until(lambda snapshot: snapshot.stage is not Stage.IDLE, 5)
    if not await _settled(ada):
        why = ada.snapshot.failure
        journey.report.broken.append(f"all is well again, and yet the two do not link: {why.reason.value if why else 'no reason'}")
    await asyncio.sleep(2)
    if not journey.phones and ada.snapshot.stage is Stage.LINKED:
        ben = journey.people[1]
        if ben.snapshot.stage is not Stage.LINKED or ben.snapshot.code != ada.snapshot.code:
            journey.report.broken.append("the second time only one is linked, or they show two codes")
        check_trust(journey)
    ada.controller.disconnect()
    await ada.until(lambda snapshot: snapshot.stage in RESTING, 60)
    for person in journey.people:
        if not await person.until(lambda snapshot: snapshot.stage in RESTING, 60):
            journey.report.broken.append(f"{person.machine.name} does not come to rest again: {person.snapshot.stage.value}")


# --- many of them ----------------------------------------------------------------------------------------------------------------

# Reasons that no journey reaches, each with the test that does.
ELSEWHERE: dict[Reason, str] = {
    Reason.METHODS_DIFFER: "test_a_negotiation_that_fails_is_told_early_with_its_reason",
    Reason.NOT_READY: "test_one_that_does_not_get_ready_is_named",
    Reason.NOT_OURS: "test_who_has_no_such_service_is_let_go",
    Reason.CANCELLED: "test_what_the_user_did_is_no_news",
}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m nearby_tray.simulation.journeys", description="Run simulated journeys.")
    parser.add_argument("--count", type=int, default=2000, help="how many (default 2000)")
    parser.add_argument("--seed", type=int, default=0, help="the seed of the first (default 0)")
    parser.add_argument("--first", type=int, default=0, metavar="N", help="leave out so many: the rest of a run that was stopped")
    parser.add_argument("--processes", type=int, default=1, help="how many at once (default 1)")
    parser.add_argument("--plan", choices=[plan.name.lower() for plan in Plan], help="only this kind")
    parser.add_argument("--replay", type=int, metavar="SEED", help="run this one and print each step")
    options = parser.parse_args(arguments)
    plan = Plan[options.plan.upper()] if options.plan else None
    if options.replay is not None:
        return _replay(options.replay, plan)
    seeds = range(options.seed + options.first, options.seed + options.count)
    table = _Table()
    try:
        for report, spent in _reports(seeds, plan, options.processes):
            table.add(report, spent)
            for broken in report.broken:
                print(f"{_command(report, plan)}    # {report.plan.value}: {broken}", flush=True)
    except KeyboardInterrupt:
        print(f"stopped; to go on: --first {options.first + table.count}")
    table.show(f"seeds {seeds.start} to {seeds.start + table.count - 1}")
    return 1 if table.bad else 0


def _command(report: Report, plan: Plan | None) -> str:
    only = f" --plan {plan.name.lower()}" if plan is not None else ""
    return f"python -m nearby_tray.simulation.journeys --replay {report.seed}{only}"


def _replay(seed: int, plan: Plan | None) -> int:
    report = run(seed, plan, print)
    for broken in report.broken:
        print(f"BROKEN: {broken}")
    print(f"seed {report.seed}: {report.plan.value}, {'linked' if report.linked else 'not linked'}")
    return 1 if report.broken else 0


def _one(seed: int, plan: Plan | None) -> tuple[Report, float]:
    began = time.process_time()
    report = run(seed, plan)
    report.story.clear()
    return report, time.process_time() - began


def _reports(seeds: range, plan: Plan | None, processes: int) -> Iterator[tuple[Report, float]]:
    """Each journey with the CPU seconds that it took."""
    if processes == 1:
        gc.freeze()
        yield from (_one(seed, plan) for seed in seeds)
        return
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(processes) as pool:
        yield from pool.map(partial(_one, plan=plan), seeds, chunksize=20)


class _Table:
    """What came of them."""

    def __init__(self) -> None:
        self.count = self.bad = 0
        self._spent = 0.0
        self._linked: Counter[Plan] = Counter()
        self._total: Counter[Plan] = Counter()
        self._fair: Counter[Plan] = Counter()
        self._reasons: Counter[Reason] = Counter()

    def add(self, report: Report, spent: float) -> None:
        self.count += 1
        self.bad += bool(report.broken)
        self._spent += spent
        self._total[report.plan] += 1
        self._linked[report.plan] += report.linked
        self._fair[report.plan] += report.fair
        self._reasons.update(report.reasons)

    def show(self, which: str) -> None:
        for kind in sorted(self._total, key=lambda kind: kind.name):
            fair = f"{self._fair[kind]:5} with no other trouble"
            print(f"{kind.value:60} {self._linked[kind]:5} of {self._total[kind]:5} linked, {fair}")
        print()
        for reason in Reason:
            seen = self._reasons[reason]
            where = f"{seen:6} journeys" if seen else ELSEWHERE.get(reason, "no journey of this run")
            print(f"{reason.value:24} {where}")
        reached = sum(self._reasons[reason] > 0 for reason in Reason)
        rate = self.count / self._spent if self._spent else 0.0
        print(f"\n{reached} of {len(Reason)} reasons reached; {rate:.1f} journeys for each second of a processor")
        print(f"{self.count} journeys, {which}: {self.bad} broken")


if __name__ == "__main__":
    sys.exit(main())
