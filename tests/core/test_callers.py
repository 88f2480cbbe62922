"""Calls that are heard: which of them are answered, in which order, how often."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from nearby_tray.core.callers import ANSWERS, WAITING, Answering, Audience, Callers
from nearby_tray.core.keys import SessionKeys, TrustedPeer, derive, exchange_public, hint, resume_hint
from nearby_tray.core.model import CallHeard
from nearby_tray.core.orders import Limits
from nearby_tray.core.wire import Call

LIMITS = Limits()
POSIX = 1.7e9
LOST: SessionKeys = derive(b"p" * 32, exchange_public(b"o" * 32), bytes(32))
BEN = TrustedPeer(b"b" * 32, b"k" * 32, "Ben", since=0.0)
EVERYONE = Audience(open=True, everyone=True, trusted=(BEN,))
TRUSTED = replace(EVERYONE, everyone=False)


@pytest.fixture
def callers() -> Callers:
    return Callers(LIMITS, lambda: POSIX)


def heard(origin: str, call: Call) -> CallHeard:
    return CallHeard(origin, call.encode())


def to_anyone(number: int = 1) -> Call:
    return Call(call_id=bytes((0, 0, number)))


def to_us(number: int = 1) -> Call:
    call_id = bytes((1, 0, number))
    return Call(call_id=call_id, hint=hint(BEN.trust_key, call_id, POSIX))


def wait(callers: Callers, origin: str, call: Call, audience: Audience = EVERYONE) -> bool:
    calling = callers.consider(heard(origin, call), audience, 0.0)
    if calling is not None:
        callers.wait(origin, calling)
    return calling is not None


# spec: 1.3
def test_whose_calls_are_answered(callers: Callers) -> None:
    assert wait(callers, "a", to_anyone())
    assert not wait(callers, "b", to_anyone(), TRUSTED)
    assert not wait(callers, "c", to_us(), Audience()), "nothing is open"
    assert not wait(callers, "d", Call(call_id=b"abc", wants_link=False)), "it wants no link"
    assert not callers.consider(CallHeard("e", b"noise!!"), EVERYONE, 0.0)
    calling = callers.consider(heard("f", to_us()), TRUSTED, 0.0)
    assert calling is not None and calling.trusted is BEN and calling.marking is not None
    assert calling.marking.key == BEN.trust_key


def test_the_call_of_a_lost_link_is_answered_when_nothing_else_is(callers: Callers) -> None:
    call = Call(call_id=b"abc", hint=resume_hint(LOST, b"abc"))
    assert callers.consider(heard("a", call), EVERYONE, 0.0) is None
    calling = callers.consider(heard("a", call), Audience(lost=LOST), 0.0)
    assert calling is not None and calling.resumes is LOST and calling.key == LOST.resume


def test_one_connection_at_a_time_and_those_meant_for_us_first(callers: Callers) -> None:
    assert wait(callers, "a", to_anyone()) and wait(callers, "b", to_us())
    assert callers.connect(EVERYONE, 0, 0.0) == "b"
    assert callers.connect(EVERYONE, 0, LIMITS.connect_gap - 0.1) is None
    assert callers.deadline() == LIMITS.connect_gap
    assert callers.connect(EVERYONE, 0, LIMITS.connect_gap) == "a"
    assert callers.deadline() is None
    assert not wait(callers, "b", to_us(2)), "it is being connected to"


def test_a_caller_whose_connection_still_ends_stays_in_the_queue(callers: Callers) -> None:
    wait(callers, "a", to_us())
    callers.connected.add("a")
    assert callers.connect(EVERYONE, 0, 0.0) is None and callers.deadline() is None
    callers.gone("a")
    assert callers.connect(EVERYONE, 0, 0.0) == "a"


def test_what_may_be_answered_is_looked_at_anew_before_and_after_connecting(callers: Callers) -> None:
    wait(callers, "a", to_anyone())
    assert callers.connect(TRUSTED, 0, 0.0) is None and callers.deadline() is None
    wait(callers, "b", to_anyone())
    assert callers.connect(EVERYONE, 0, 0.0) == "b"
    assert callers.arrived("b", TRUSTED, 1.0) is None
    assert callers.arrived("c", EVERYONE, 1.0) is None, "nobody asked for this connection"


def test_a_crowd_of_calls_to_anyone_does_not_keep_out_one_meant_for_us(callers: Callers) -> None:
    for number in range(WAITING):
        assert wait(callers, f"{number}", to_anyone(number))
    wait(callers, "late", to_anyone(99))
    wait(callers, "ben", to_us())
    assert callers.connect(EVERYONE, 0, 0.0) == "ben"
    answered = [callers.connect(EVERYONE, 0, LIMITS.connect_gap * turn) for turn in range(1, WAITING + 1)]
    assert answered == [str(number) for number in range(1, WAITING)] + [None], "the oldest made room"


def test_the_other_side_of_a_lost_link_comes_before_trusted_peers(callers: Callers) -> None:
    """A hint of a trusted peer may be overheard and said again, by as many as fit."""
    audience = replace(EVERYONE, lost=LOST)
    for number in range(WAITING):
        assert wait(callers, f"{number}", to_us(number), audience)
        callers._hints.clear()
    assert wait(callers, "late", to_us(99), audience)
    wait(callers, "ben", Call(call_id=b"abc", hint=resume_hint(LOST, b"abc")), audience)
    assert [callers.connect(audience, 0, LIMITS.connect_gap * turn) for turn in range(3)] == ["ben", "1", "2"]


def test_too_many_conversations_are_not_added_to(callers: Callers) -> None:
    wait(callers, "a", to_us())
    assert callers.turn(LIMITS.guests + ANSWERS - 1, 0.0) is None
    assert callers.turn(LIMITS.guests + ANSWERS, 0.0) is not None, "so that room may be made for it"
    assert callers.connect(EVERYONE, LIMITS.guests + ANSWERS, 0.0) is None


def test_a_connection_that_breaks_is_tried_again_and_not_for_ever(callers: Callers) -> None:
    wait(callers, "a", to_us())
    for turn in range(LIMITS.tries):
        assert callers.connect(EVERYONE, 0, turn * LIMITS.connect_gap) == "a"
        callers.failed("a")
    assert callers.deadline() is None


def test_one_call_is_answered_so_often_and_no_more(callers: Callers) -> None:
    calling = callers.consider(heard("a", to_us()), EVERYONE, 0.0)
    assert calling is not None
    for _ in range(LIMITS.tries):
        assert callers.consider(heard("a", to_us()), EVERYONE, 0.0) is not None
        callers.answered(Answering.of("a", calling), 1)
    assert callers.consider(heard("a", to_us()), EVERYONE, 0.0) is None
    assert callers.consider(heard("a", to_us(2)), EVERYONE, 0.0) is not None, "another call"


def test_a_call_that_waits_too_long_is_forgotten(callers: Callers) -> None:
    wait(callers, "a", to_us())
    callers.expire(LIMITS.seek - 0.1)
    assert callers.deadline() is not None
    callers.expire(LIMITS.seek)
    assert callers.deadline() is None


def test_hints_are_not_compared_without_end(callers: Callers) -> None:
    random = Random(1)
    for number in range(8):
        callers.consider(heard(f"{number}", Call(call_id=random.randbytes(3), hint=b"xx")), EVERYONE, 0.0)
    assert callers.consider(heard("ben", to_us()), EVERYONE, 0.0) is None
    assert callers.consider(heard("ben", to_us()), EVERYONE, 1.0) is not None


def test_when_bluetooth_is_new_nothing_of_before_is_kept(callers: Callers) -> None:
    wait(callers, "a", to_us())
    wait(callers, "b", to_us(2))
    callers.connect(EVERYONE, 0, 0.0)
    callers.connected.add("c")
    callers.forget()
    assert not callers.connected and callers.deadline() is None
    assert wait(callers, "a", to_us()), "it is not being connected to any more"
