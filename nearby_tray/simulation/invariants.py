"""What must hold: in each group that is formed, when all are at rest, and in the log."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from ..core.keys import TrustedPeer
from ..core.model import Stage
from .people import Person
from .scene import PAIR, Journey, Plan

RESTING = (Stage.IDLE,)
# With nothing else going wrong these end in a link.
LINKS = {
    Plan.PLAIN,
    Plan.OTHERS,
    Plan.REMEMBERED,
    Plan.TRUSTING,
    Plan.LINK_CUT,
    Plan.BOTH_CALL,
    Plan.OWN_PIN,
    Plan.SMALL_FRAMES,
    Plan.PROGRAM,
}
# A machine that goes away, or whose user ends it, between the two first pongs was linked for the other one only.
ONE_SIDED = {
    Plan.VANISHES,
    Plan.RADIO_OFF,
    Plan.WIFI_RESTARTS,
    Plan.LOSSY,
    Plan.CANCELLED,
    Plan.APPLET_RESTARTS,
    Plan.ASLEEP,
    Plan.ROUGH,
    Plan.HOSTILE,
    Plan.SAME_ADDRESS,
    Plan.CROWD,
}


def witnessed(journey: Journey, *names: str) -> None:
    """Two machines have come into one group: both people must want that."""
    people = {person.machine.name: person for person in journey.people}
    phones = {phone.machine.name: phone.address for phone in journey.phones}
    if not all(name in people or name in phones for name in names):
        return  # a hostile machine may be in a group under the address of another one, but never be linked
    for name, other in (names, names[::-1]):
        if (person := people.get(name)) is None:
            continue
        if other in phones and phones[other] not in person.agreed:
            journey.report.broken.append(f"{name} is in a group with {other} without having agreed")
        elif other in people and not person.wants(people[other]) and journey.plan is not Plan.SAME_ADDRESS:
            journey.report.broken.append(f"a group with {other} was formed although {name} had not agreed")


def check(journey: Journey) -> None:
    """What must hold when all people are at rest, whatever happened."""
    report, people = journey.report, journey.people
    if journey.phones:
        _check_phones(journey)
        return
    ada, ben = people[:2]
    report.linked = "ben" in ada.linked_with and "ada" in ben.linked_with
    report.tries = max(ada.tries, ben.tries)
    by_name = {person.machine.name: person for person in people}
    for person in people:
        for name in person.linked_with:
            if person.machine.name not in by_name[name].linked_with and report.fair and report.plan not in ONE_SIDED:
                report.broken.append(f"{person.machine.name} was linked with {name}, {name} never with {person.machine.name}")
        _check_rest(journey, person)
    proven = journey.air.bonds.get(PAIR)
    must = report.plan in LINKS and not (report.plan is Plan.PROGRAM and not ada.allows)
    if report.fair and (must or proven is True) and not report.linked:
        report.broken.append("nothing went wrong, and yet they were not linked")
    must_not = report.plan in (Plan.DECLINED, Plan.AWAY, Plan.CLONED) or proven is False
    if must_not and not ben.calls_back and any("ben" in names for names in journey.air.formed):
        report.broken.append("a group was formed although ben had said no, or nothing")
    if journey.hostile is not None:
        report.broken += journey.hostile.broken
    check_trust(journey)


def _check_rest(journey: Journey, person: Person) -> None:
    shown = person.snapshot
    if not person.alive:
        return
    if shown.stage not in RESTING:
        journey.report.broken.append(f"{person.machine.name} is still {shown.stage.value}")
    if shown.pin is not None or shown.code is not None or shown.members or shown.question:
        journey.report.broken.append(f"{person.machine.name} is at rest, and something is shown or asked still")


def check_trust(journey: Journey) -> None:
    """Trust is mutual, and by one key."""
    ada, ben = journey.people[:2]
    one, two = _trusted(ada, ben), _trusted(ben, ada)
    sure = journey.report.fair and journey.report.plan not in ONE_SIDED and not journey.forgot
    if sure and (one is None) != (two is None):
        journey.report.broken.append("one trusts the other, the other does not")
    if sure and one is not None and two is not None and one.trust_key != two.trust_key:
        journey.report.broken.append("they trust each other by two keys")


def _trusted(person: Person, other: Person) -> TrustedPeer | None:
    return next((known for known in person.controller.trusted if known.identity == other.identity.public), None)


def _check_phones(journey: Journey) -> None:
    report, ada = journey.report, journey.people[0]
    report.linked = bool(ada.linked_with or ada.members)
    _check_rest(journey, ada)
    if ada.accepts is not True and report.plan is Plan.PLAIN_PEER_ASKS and report.linked:
        report.broken.append("linked with a plain peer although ada had said no, or nothing")


# What daemons that hang and fail may make the controller say.
_EXPECTED = (
    "could not ",
    "does not end",
    "too much",
    "could not undo everything",
)


class _Records(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.kept: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.kept.append(record)


@contextmanager
def logged() -> Iterator[list[logging.LogRecord]]:
    """Collect what the program logs meanwhile, and keep it from other handlers."""
    log, records = logging.getLogger("nearby_tray"), _Records()
    level, log.propagate = log.level, False
    log.addHandler(records)
    log.setLevel(logging.DEBUG)
    try:
        yield records.kept
    finally:
        log.removeHandler(records)
        log.setLevel(level)
        log.propagate = True


def check_log(journey: Journey, records: list[logging.LogRecord]) -> None:
    """Nothing but what was made to go wrong is an error, and no secret is in it."""
    raised = [error for person in journey.people if person.rough is not None for error in person.rough.raised]
    for record in records:
        if record.levelno < logging.WARNING:
            continue
        error = record.exc_info[1] if record.exc_info else None
        made = any(error is each for each in raised) or (bool(raised) and "cancelled from inside" in str(error))
        expected = record.levelno < logging.ERROR and any(words in record.getMessage() for words in _EXPECTED)
        if not made and not expected:
            journey.report.broken.append(f"in the log, {record.levelname}: {record.getMessage()} {error or ''}")
    text = "\n".join(f"{record.getMessage()} {record.exc_info[1] if record.exc_info else ''}" for record in records)
    secrets = {secret for person in journey.people for secret in person.secrets} | {phone.pin for phone in journey.phones if phone.pin}
    journey.report.broken += [f"a secret is in the log: {secret}" for secret in secrets if secret in text]
