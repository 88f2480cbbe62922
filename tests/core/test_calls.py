"""A call that goes round: whose turn it is, and what whoever listens can count."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from nearby_tray.core import calls
from nearby_tray.core.conversation import Conversation, Introduction, Marking
from nearby_tray.core.keys import Entropy, Identity, Role, SessionKeys, TrustedPeer, derive, exchange_public, hint, resume_hint
from nearby_tray.core.model import Method
from nearby_tray.core.wire import ANYONE, Call, Kind

AT = 1.7e9
LOST: SessionKeys = derive(b"p" * 32, exchange_public(b"o" * 32), bytes(32))


def peers(count: int, previous: bool = False) -> list[TrustedPeer]:
    random = Random(count)
    return [
        TrustedPeer(random.randbytes(32), random.randbytes(32), f"P{n}", float(n), None, random.randbytes(32) if previous else None)
        for n in range(count)
    ]


# spec: 1.5
@given(st.integers(0, 20), st.booleans(), st.booleans(), st.integers(0, 2**32))
def test_any_call_to_anyone(count: int, previous: bool, restores: bool, seed: int) -> None:
    trusted = peers(count, previous)
    round = calls.to_anyone(trusted, Random(seed).randbytes, 100.0, AT, LOST if restores else None)
    hints = round.hints[1::2] if restores else round.hints
    assert round.open and ANYONE in hints
    if restores:
        assert set(round.hints[::2]) == {resume_hint(LOST, round.call_id)} and ANYONE not in round.hints[::2]
        assert round.resumes is not None and round.resumes.key == LOST.resume
    if not trusted:
        assert hints == (ANYONE,)
        return
    assert len(hints) == 2 * calls.PLACES + 1 and hints[::2] == (ANYONE,) * (calls.PLACES + 1), "their number does not show"
    keys = [key for peer in sorted(trusted, key=lambda peer: peer.since, reverse=True) for key in peer.keys][: calls.PLACES]
    assert hints[1 : 2 * len(keys) : 2] == tuple(hint(key, round.call_id, AT) for key in keys)
    assert [marking.key for _, marking in round.marks] == keys
    for _, marking in round.marks:
        assert Call.decode(marking.call).hint == hint(marking.key, round.call_id, AT)


def test_each_hint_has_its_turn_and_they_begin_anew() -> None:
    round = calls.to_anyone(peers(2), Random(1).randbytes, 100.0, AT)
    now, on_air = 100.0, []
    for _ in range(2 * len(round.hints)):
        on_air.append(round.call(now).hint)
        assert round.call(now + calls.TURN - 0.01).hint == on_air[-1]
        following = round.next_turn(now)
        assert following == now + calls.TURN
        now = following
    assert tuple(on_air) == round.hints * 2
    assert len({round.call(100.0 + n).call_id for n in range(30)}) == 1, "the call stays the same"


def test_a_call_to_one_is_for_that_one() -> None:
    (peer,) = peers(1, previous=True)
    round = calls.to_one(peer, Random(1).randbytes, 0.0, AT)
    assert round.hints == tuple(hint(key, round.call_id, AT) for key in peer.keys) and not round.open
    assert [(known, marking.key) for known, marking in round.marks] == [(peer, key) for key in peer.keys]
    assert [Call.decode(marking.call) for _, marking in round.marks] == [round.call(calls.TURN * n) for n in range(2)]
    assert round.resumes is None
    shown = repr(round)
    assert not any(repr(key) in shown for key in peer.keys)


# spec: 1.4
def test_a_call_that_would_say_anyone_by_accident_is_drawn_again() -> None:
    """One call id in 65 536 gives the hint that means anyone."""
    (peer,) = peers(1)
    unlucky = next(n.to_bytes(3) for n in range(2**24) if hint(peer.trust_key, n.to_bytes(3), AT) == ANYONE)
    assert calls.to_one(peer, drawing(unlucky, b"abc"), 0.0, AT).call_id == b"abc"
    assert calls.to_anyone([peer], drawing(unlucky, b"abc"), 0.0, AT).call_id == b"abc"
    older = replace(peer, trust_key=bytes(32), previous_key=peer.trust_key)
    assert calls.to_one(older, drawing(unlucky, b"abc"), 0.0, AT).call_id == b"abc", "the key before has hints too"
    unlucky = next(n.to_bytes(3) for n in range(2**24) if resume_hint(LOST, n.to_bytes(3)) == ANYONE)
    assert calls.to_restore(LOST, drawing(unlucky, b"abc"), 0.0).call_id == b"abc"
    assert calls.to_anyone([], drawing(unlucky, b"abc"), 0.0, AT, LOST).call_id == b"abc"


def drawing(*first: bytes) -> Entropy:
    """These bytes first, then any."""
    drawn, random = list(first), Random(3)
    return lambda size: drawn.pop(0) if drawn else random.randbytes(size)


def test_a_place_that_no_peer_takes_never_says_anyone() -> None:
    round = calls.to_anyone(peers(1), drawing(b"abc", ANYONE, b"xy", ANYONE), 0.0, AT)
    assert round.hints[2::2] == (ANYONE,) * calls.PLACES and round.hints[3] == b"xy" and ANYONE not in round.hints[1::2]


@given(st.floats(0.0, 1e9), st.integers(1, 40))
def test_the_next_turn_is_never_now(began: float, turns: int) -> None:
    """Whoever waits until then would otherwise wait for no time at all, again and again."""
    round = calls.Round(b"abc", (ANYONE, b"one", b"two"), began)
    now = began
    for turn in range(turns):
        assert round.call(now).hint == round.hints[turn % 3]
        following = round.next_turn(now)
        assert following is not None and following > now
        now = following


def test_a_turn_that_rounding_would_repeat() -> None:
    round = calls.Round(b"abc", (ANYONE, b"one"), 32756.809782392247)
    began = 32756.809782392247 + 6 * calls.TURN
    assert round.next_turn(began) == began + calls.TURN and round.call(began).hint == ANYONE


def test_a_call_that_restores_only_does_not_turn() -> None:
    round = calls.to_restore(LOST, Random(1).randbytes, 5.0)
    assert round.hints == (resume_hint(LOST, round.call_id),) and round.next_turn(7.0) is None and not round.open
    assert round.resumes is not None and round.resumes.key == LOST.resume and not round.marks
    assert Call.decode(round.resumes.call) == round.call(100.0)


def test_answers_to_the_last_calls_are_known_by_their_marks() -> None:
    (peer,) = peers(1)
    kept = calls.Calls(Random(1).randbytes, lambda: AT)
    old = kept.to_one(peer, 100.0)
    lost = kept.to_restore(LOST, 130.0)
    new = kept.to_anyone([], 160.0)

    def answer(marking: Marking | None) -> Conversation:
        random = Random(2).randbytes
        me = Introduction("Ben", Kind.LAPTOP, bytes(6), 47476, (Method.PBC,))
        ends = [
            Conversation(role=role, channel=b"chan", me=me, identity=Identity.from_seed(random(32)), entropy=random, marking=mark)
            for role, mark in ((Role.CALLER, None), (Role.LISTENER, marking))
        ]
        for message in ends[1].greet():
            ends[0].receive(message)
        return ends[0]

    ((_, marking),) = old.marks
    assert kept.marked_by(answer(marking)) == (peer, peer.trust_key)
    assert not kept.restored_by(answer(marking))
    assert lost.resumes is not None and kept.restored_by(answer(lost.resumes))
    assert kept.marked_by(answer(None)) is None and new.open
    for _ in range(16):
        kept.to_anyone([], 200.0)
    assert kept.marked_by(answer(marking)) is None, "it is too long ago"
