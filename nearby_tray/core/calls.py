"""A call on the air: whom it is meant for, and how its hint goes round.

A call that is meant for anyone is heard by those who are visible to everyone. Those who are visible to trusted computers only hear a
hint of theirs. So a call goes round: anyone, the first trusted peer, anyone, the second. Places that no peer takes get random hints, so
that nobody who listens can count the peers.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from .conversation import Conversation, Marking
from .keys import Entropy, SessionKeys, TrustedPeer, hint, resume_hint
from .wire import ANYONE, Call

TURN = 2.0  # seconds for each hint
PLACES = 7  # hints between the turns of anyone: 15 turns fill the 30 s of a call


@dataclass(frozen=True, slots=True)
class Round:
    """One call id with the hints that take turns since `began`. `marks`: by which key whoever answers one of them is known."""

    call_id: bytes
    hints: tuple[bytes, ...]
    began: float
    marks: tuple[tuple[TrustedPeer, Marking], ...] = field(default=(), repr=False)
    resumes: Marking | None = field(default=None, repr=False)  # … and of whom a lost link is restored with

    @property
    def open(self) -> bool:
        """Whether anyone may answer."""
        return ANYONE in self.hints

    def call(self, now: float) -> Call:
        """What is on the air at `now`."""
        return _call(self.call_id, self.hints[self._turn(now) % len(self.hints)])

    def next_turn(self, now: float) -> float | None:
        """When the hint changes; `None`: never."""
        if len(self.hints) == 1:
            return None
        return self._starts(self._turn(now) + 1)

    def _turn(self, now: float) -> int:
        turn = int((now - self.began) / TURN)
        return turn + (self._starts(turn + 1) <= now)  # the division rounds: a turn that has come must not be the next one

    def _starts(self, turn: int) -> float:
        return self.began + TURN * turn


# spec: 1.4, 1.5
def to_anyone(trusted: Sequence[TrustedPeer], entropy: Entropy, now: float, at: float, lost: SessionKeys | None = None) -> Round:
    """A call to anyone, trusted peers included, the last linked first; `lost`: keys of a lost link that the call also restores."""
    while True:
        call_id = entropy(3)
        meant = [(peer, key) for peer in _last_linked_first(trusted) for key in peer.keys][:PLACES]
        hinted = [hint(key, call_id, at) for _, key in meant]
        resume = [] if lost is None else [resume_hint(lost, call_id)]
        if ANYONE in hinted or ANYONE in resume:
            continue
        marks = tuple((peer, Marking(key, _call(call_id, each).encode())) for (peer, key), each in zip(meant, hinted, strict=True))
        while trusted and len(hinted) < PLACES:
            if (random := entropy(2)) != ANYONE:
                hinted.append(random)
        turns = [ANYONE] + [each for hinted_one in hinted for each in (hinted_one, ANYONE)]
        if lost is None:
            return Round(call_id, tuple(turns), now, marks)
        restores = Marking(lost.resume, _call(call_id, resume[0]).encode())
        return Round(call_id, tuple(each for turn in turns for each in (resume[0], turn)), now, marks, restores)


# spec: 1.4
def to_one(peer: TrustedPeer, entropy: Entropy, now: float, at: float) -> Round:
    """A call to one trusted peer: nobody else may answer."""
    while True:
        call_id = entropy(3)
        hinted = tuple(hint(key, call_id, at) for key in peer.keys)
        if ANYONE not in hinted:
            marks = tuple((peer, Marking(key, _call(call_id, each).encode())) for key, each in zip(peer.keys, hinted, strict=True))
            return Round(call_id, hinted, now, marks)


def to_restore(lost: SessionKeys, entropy: Entropy, now: float) -> Round:
    """A call to the other side of a lost link."""
    while True:
        call_id = entropy(3)
        if (hinted := resume_hint(lost, call_id)) != ANYONE:
            return Round(call_id, (hinted,), now, resumes=Marking(lost.resume, _call(call_id, hinted).encode()))


class Calls:
    """The calls of this machine. The last of them are kept in mind: a listener may answer one a moment after the next has begun."""

    def __init__(self, entropy: Entropy, posix: Callable[[], float]) -> None:
        """`posix`: the wall clock in POSIX seconds, for hints that are good for an hour."""
        self._entropy = entropy
        self._posix = posix
        self._rounds: deque[Round] = deque(maxlen=16)

    def to_anyone(self, trusted: Sequence[TrustedPeer], now: float, lost: SessionKeys | None = None) -> Round:
        return self._begin(to_anyone(trusted, self._entropy, now, self._posix(), lost))

    def to_one(self, peer: TrustedPeer, now: float) -> Round:
        return self._begin(to_one(peer, self._entropy, now, self._posix()))

    def to_restore(self, lost: SessionKeys, now: float) -> Round:
        return self._begin(to_restore(lost, self._entropy, now))

    def _begin(self, round: Round) -> Round:
        self._rounds.append(round)
        return round

    def restored_by(self, answer: Conversation) -> bool:
        """Whether this listener answers the hint of a lost link. Its mark may be overheard and said again: it proves nothing."""
        return any(round.resumes is not None and answer.marked_by(round.resumes) for round in self._rounds)

    def marked_by(self, answer: Conversation) -> tuple[TrustedPeer, bytes] | None:
        """The trusted peer by whose key this listener is marked, and that key."""
        marks = (mark for round in self._rounds for mark in round.marks)
        return next(((peer, marking.key) for peer, marking in marks if answer.marked_by(marking)), None)


def _call(call_id: bytes, hinted: bytes) -> Call:
    return Call(call_id=call_id, hint=hinted)


def _last_linked_first(trusted: Sequence[TrustedPeer]) -> list[TrustedPeer]:
    return sorted(trusted, key=lambda peer: peer.last_linked or peer.since, reverse=True)
