"""Conversations over connections: a caller's and a listener's talks with an air between them, and no session that decides."""

from __future__ import annotations

from random import Random

import pytest

from nearby_tray.core.callers import ANSWERS, Audience
from nearby_tray.core.conversation import Failed, Greeted, Heard, Introduction, Keyed, PeerLeft, Requested
from nearby_tray.core.frames import MESSAGE_SECONDS, split
from nearby_tray.core.keys import Identity, Role, SessionKeys, TrustedPeer, derive, exchange_public, hint, resume_hint
from nearby_tray.core.model import CallHeard, FrameArrived, Method
from nearby_tray.core.orders import Command, Connect, HangUp, Limits, Say
from nearby_tray.core.talks import SMALLEST_ROOM, Talk, Talks
from nearby_tray.core.wire import Call, Facts, Goodbye, GoodbyeReason, Hello, Kind, Purpose, encode

LIMITS = Limits()
ROOM = 100
CALL = CallHeard("ada", Call(call_id=b"abc").encode())
EVERYONE = Audience(open=True, everyone=True)


class Side:
    """The talks of one machine, what they order, what they hear, and which channels have ended."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.orders: list[Command] = []
        self.heard: list[Heard] = []
        self.ended: list[bytes] = []
        self.calls = False
        entropy = Random(name).randbytes
        me = Introduction(name, Kind.LAPTOP, entropy(6), 47476, (Method.PBC,))
        self.talks = Talks(
            identity=Identity.from_seed(entropy(32)),
            entropy=entropy,
            limits=LIMITS,
            posix=lambda: 1.7e9,
            introduce=lambda: me,
            order=self.orders.append,
            ended=lambda channel, now: self.ended.append(channel),
        )

    @property
    def talk(self) -> Talk:
        (talk,) = self.talks
        return talk

    def said(self) -> list[bytes]:
        """The frames that are to be sent, and no longer are."""
        frames = [frame for order in self.orders if isinstance(order, Say) for frame in order.frames]
        self.orders[:] = [order for order in self.orders if not isinstance(order, Say)]
        return frames

    def hear(self, origin: str, *frames: bytes) -> None:
        for frame in frames:
            arrived = FrameArrived(origin, frame, ROOM)
            self.heard += [what for _, what in self.talks.frame_arrived(arrived, calls=self.calls, serves=self.calls, resumable=None)]


def greeted() -> tuple[Side, Side]:
    """Ben has answered Ada's call and is listed there."""
    ada, ben = Side("ada"), Side("ben")
    ada.calls = True
    ben.talks.call_heard(CALL, EVERYONE)
    ben.talks.connect(EVERYONE)
    assert ben.orders == [Connect("ada")]
    ben.orders.clear()
    ben.talks.connected("ada", ROOM, EVERYONE)
    ada.hear("ben", *ben.said())
    assert [type(what) for what in ada.heard] == [Greeted]
    return ada, ben


def asked() -> tuple[Side, Side]:
    ada, ben = greeted()
    talk = ada.talk
    ada.talks.send(talk.channel, talk.conversation.request(Purpose.LINK, Method.PBC))
    ben.hear("ada", *ada.said())
    assert [type(what) for what in ben.heard] == [Requested]
    return ada, ben


def test_a_call_is_answered_and_a_request_understood() -> None:
    ada, ben = asked()
    assert ben.talk.listening and not ada.talk.listening
    assert ben.talk.channel == ada.talk.channel
    ben.talks.send(ben.talk.channel, ben.talk.conversation.offer())
    ada.hear("ben", *ben.said())
    assert isinstance(ada.heard[-1], Keyed) and ada.said(), "what the protocol replies by itself is sent"


def test_frames_fit_into_what_the_connection_takes() -> None:
    _, ben = asked()
    ben.talk.room = 30
    ben.talks.send(ben.talk.channel, ben.talk.conversation.offer())
    assert 20 < max(map(len, ben.said())) <= 30
    ben.talk.room = 0
    ben.talks.leave(ben.talk.channel, GoodbyeReason.BUSY)
    assert max(map(len, ben.said())) == SMALLEST_ROOM


# spec: 2.5
def test_frames_of_unknown_channels_are_ignored_by_a_machine_that_does_not_call() -> None:
    ada, ben = greeted()
    ben.hear("ada", *split(b"else", encode(Goodbye(GoodbyeReason.BUSY)), 20))
    ben.hear("cy", *split(ben.talk.channel, encode(Goodbye(GoodbyeReason.BUSY)), 20))
    assert not ben.heard and len(ben.talks) == 1
    ada.talks.hang_up(ada.talk.channel)
    ada.calls = False
    ada.hear("ben", *split(b"else", encode(Goodbye(GoodbyeReason.BUSY)), 20))
    assert not len(ada.talks) and len(ada.heard) == 1


def test_as_many_listeners_are_heard_as_one_call_may_have() -> None:
    ada = Side("ada")
    ada.calls = True
    for number in range(ANSWERS + 2):
        ben = Side(f"ben {number}")
        ben.talks.call_heard(CALL, EVERYONE)
        ben.talks.connect(EVERYONE)
        ben.talks.connected("ada", ROOM, EVERYONE)
        ada.hear(ben.name, *ben.said())
    assert len(ada.talks) == len(ada.heard) == ANSWERS


def hello(name: str) -> bytes:
    facts = Facts(name=name, kind=Kind.OTHER, p2p_address=bytes(6), port=9, methods=())
    return encode(Hello(versions=(1,), facts=facts))


# spec: 2.4
def test_a_hello_that_makes_room_is_heard_at_once() -> None:
    """Four connections with two channels each leave room for whoever has none."""
    ada = Side("ada")
    ada.calls = True
    for number in range(ANSWERS):
        ada.hear(f"cy {number // 2}", *split(bytes([number]) * 4, hello("Cy"), 500))
    ada.hear("ben", *split(b"ben!", hello("Ben"), 500))
    assert len(ada.talks) == ANSWERS and [type(what) for what in ada.heard] == [Greeted] * ANSWERS + [Failed, Greeted]
    assert [talk.origin for talk in ada.talks][-1] == "ben"


# spec: 2.4
def test_callers_that_are_answered_take_no_room_from_those_who_answer() -> None:
    ada = Side("ada")
    for number in range(ANSWERS):
        ada.talks.advance(number * LIMITS.connect_gap)
        ada.talks.call_heard(CallHeard(f"cy {number}", Call(call_id=bytes((1, 1, number))).encode()), EVERYONE)
        ada.talks.connect(EVERYONE)
        ada.talks.connected(f"cy {number}", ROOM, EVERYONE)
    ada.calls = True
    ada.hear("ben", *split(b"ben!", hello("Ben"), 500))
    assert len(ada.talks) == ANSWERS + 1 and [type(what) for what in ada.heard] == [Greeted]


LOST: SessionKeys = derive(b"p" * 32, exchange_public(b"o" * 32), bytes(32))
TRUSTED = TrustedPeer(b"b" * 32, b"k" * 32, "Ben", since=0.0)
MEANS_US = {
    "a trusted peer": Call(call_id=b"ben", hint=hint(TRUSTED.trust_key, b"ben", 1.7e9)),
    "the other side of a lost link": Call(call_id=b"ben", hint=resume_hint(LOST, b"ben")),
}


@pytest.mark.parametrize("who", MEANS_US)
def test_a_crowd_that_is_answered_and_asks_nothing_keeps_away_nobody_who_means_us(who: str) -> None:
    audience = Audience(open=True, everyone=True, trusted=(TRUSTED,), lost=LOST)
    ben, most = Side("ben"), LIMITS.guests + ANSWERS
    for number in range(most + 3):
        ben.talks.advance(number * LIMITS.connect_gap)
        ben.talks.call_heard(CallHeard(f"cy {number}", Call(call_id=bytes((1, 1, number))).encode()), audience)
        ben.talks.connect(audience)
        if ben.orders[-1] == Connect(f"cy {number}"):
            ben.talks.connected(f"cy {number}", ROOM, audience)
    assert len(ben.talks) == most
    ben.talks.advance((most + 4) * LIMITS.connect_gap)
    ben.talks.call_heard(CallHeard("ada", MEANS_US[who].encode()), audience)
    ben.talks.connect(audience)
    assert ben.orders[-1] == Connect("ada") and HangUp("cy 0") in ben.orders


def test_a_goodbye_hangs_up_and_the_caller_lingers() -> None:
    ada, ben = greeted()
    channel = ada.talk.channel
    ada.talks.leave(channel, GoodbyeReason.CANCELLED)
    assert ada.ended == [channel] and ada.talks.lingers and HangUp("ben") not in ada.orders, "the listener ends the connection"
    ben.hear("ada", *ada.said())
    assert ben.heard == [PeerLeft(GoodbyeReason.CANCELLED, sealed=False)]
    assert ben.orders == [HangUp("ada")] and ben.ended == [channel] and not ben.talks.lingers
    assert ada.talks.deadline(None) == LIMITS.linger
    assert ada.talks.advance(LIMITS.linger) == []
    assert ada.talks.deadline(None) is None, "it serves no longer"


def test_a_channel_that_breaks_the_rules_of_frames_ends_like_any_other_breach() -> None:
    ada, ben = greeted()
    ben.hear("ada", ben.talk.channel + b"\7\1out of order")
    assert [type(what) for what in ben.heard] == [Failed]
    assert not len(ben.talks) and ben.orders[-1] == HangUp("ada")
    ada.hear("ben", *ben.said())
    assert ada.heard[-1] == PeerLeft(GoodbyeReason.PROTOCOL, sealed=False)


def test_a_message_that_is_not_whole_in_time_ends_its_channel() -> None:
    _, ben = greeted()
    ben.hear("ada", ben.talk.channel + b"\0\0half")
    assert ben.talks.deadline(ben.talk.channel) == MESSAGE_SECONDS
    assert [type(what) for _, what in ben.talks.advance(MESSAGE_SECONDS)] == [Failed]
    assert not len(ben.talks)


def test_what_nobody_asks_in_time_is_left_but_not_the_current_one() -> None:
    _, ben = greeted()
    channel = ben.talk.channel
    assert ben.talks.deadline(None) == LIMITS.greet and ben.talks.deadline(channel) is None
    ben.talks.advance(LIMITS.greet)
    ben.talks.expire(channel)
    assert len(ben.talks) == 1
    ben.talks.expire(None)
    assert not len(ben.talks) and ben.orders[-1] == HangUp("ada")


def test_the_connection_ends_with_the_last_of_its_conversations() -> None:
    ada, _ = greeted()
    ada.talks.call_heard(CallHeard("ben", Call(call_id=b"xyz").encode()), EVERYONE)
    ada.talks.connect(EVERYONE)
    ada.talks.connected("ben", ROOM, EVERYONE)
    assert {talk.conversation.role for talk in ada.talks} == {Role.CALLER, Role.LISTENER}
    called, answered = (talk.channel for talk in ada.talks)
    ada.orders.clear()
    ada.talks.hang_up(answered)
    assert not ada.orders and len(ada.talks) == 1
    ada.talks.hang_up(called)
    assert ada.orders == [HangUp("ben")]


def test_a_call_that_was_answered_and_asked_is_not_answered_again() -> None:
    _, ben = asked()
    answers = ben.talk.answers
    assert answers is not None
    ben.talks.hang_up(ben.talk.channel)
    ben.talks.disconnected("ada")
    ben.talks.call_heard(CALL, EVERYONE)
    ben.talks.advance(LIMITS.connect_gap)
    ben.talks.connect(EVERYONE)
    assert ben.orders[-1] == Connect("ada"), "the connection broke before anything was asked"
    ben.talks.connected("ada", ROOM, EVERYONE)
    ben.talks.requested(answers)
    ben.talks.hang_up(ben.talk.channel)
    ben.talks.call_heard(CALL, EVERYONE)
    assert ben.talks.deadline(None) is None
