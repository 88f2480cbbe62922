"""Two conversations with air between them: what each hears, what may stand between, and what it does not survive."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nearby_tray.core import wire
from nearby_tray.core.conversation import (
    Conversation,
    Failed,
    Greeted,
    Heard,
    Left,
    OutOfOrder,
    Requested,
    Resumed,
    Said,
    Sayable,
    Secured,
)
from nearby_tray.core.keys import Identity, Role, Sealer, SessionKeys, commitment, derive, exchange_public, prove, transcript
from nearby_tray.core.model import Method
from nearby_tray.core.wire import (
    Again,
    Answer,
    AnswerReason,
    Assembly,
    Go,
    Goodbye,
    GoodbyeReason,
    Joined,
    Kind,
    Linked,
    Owner,
    Purpose,
    Seen,
    decode,
    encode,
    split,
)
from tests.core.make_vectors import CALLER, CALLER_SEED, CHANNEL, LISTENER, LISTENER_SEED, MESSAGES, conversation, seeded

YES = Answer(accepted=True, reason=AnswerReason.USER, remember=False)
NO = Answer(accepted=False, reason=AnswerReason.BUSY, remember=False)
GO = Go(method=Method.PBC, owner=Owner.EITHER)
LINKED = Linked(addresses=("169.254.1.5",), port=47476)
PROTOCOL = GoodbyeReason.PROTOCOL


class Pair:
    """A caller and a listener. Messages lie in `to_caller` and `to_listener` until `deliver`; `heard` collects what they meant."""

    def __init__(self, caller: Conversation, listener: Conversation) -> None:
        self.caller, self.listener = caller, listener
        self.to_caller: deque[bytes] = deque()
        self.to_listener: deque[bytes] = deque()

    def deliver(self) -> tuple[list[Heard], list[Heard]]:
        """Carry everything, replies too; what the caller and what the listener heard."""
        caller_heard: list[Heard] = []
        listener_heard: list[Heard] = []
        while self.to_caller or self.to_listener:
            if self.to_listener:
                heard, replies = self.listener.receive(self.to_listener.popleft())
                listener_heard += heard
                self.to_caller += replies
            else:
                heard, replies = self.caller.receive(self.to_caller.popleft())
                caller_heard += heard
                self.to_listener += replies
        return caller_heard, listener_heard

    def call_says(self, *messages: Sayable) -> None:
        for message in messages:
            self.to_listener += self.caller.say(message)

    def listener_says(self, *messages: Sayable) -> None:
        for message in messages:
            self.to_caller += self.listener.say(message)

    def greeted(self) -> Pair:
        self.to_caller += self.listener.greet()
        self.deliver()
        return self

    def requested(self) -> Pair:
        self.greeted()
        self.to_listener += self.caller.request(Purpose.LINK, Method.PBC)
        self.deliver()
        return self

    def secured(self) -> Pair:
        self.requested()
        self.to_caller += self.listener.offer()
        self.deliver()
        return self

    def meeting(self) -> Pair:
        self.secured()
        self.listener_says(YES)
        self.deliver()
        return self

    def forming(self) -> Pair:
        self.meeting()
        self.see_and_go()
        return self

    def see_and_go(self) -> None:
        self.call_says(Seen())
        self.listener_says(Seen())
        self.deliver()
        self.call_says(GO)
        self.deliver()


def pair(label: str = "test") -> Pair:
    return Pair(conversation(Role.CALLER, label), conversation(Role.LISTENER, label))


def lost_link() -> SessionKeys:
    keys = pair().secured().caller.keys
    assert keys is not None
    return keys


# --- the story -------------------------------------------------------------------------------------------------------------


def test_from_hello_to_finished() -> None:
    air = pair()
    air.to_caller += air.listener.greet()
    (greeted,), none = air.deliver()
    assert isinstance(greeted, Greeted) and not none
    assert air.caller.peer == LISTENER and greeted.hello.name == LISTENER.name

    air.to_listener += air.caller.request(Purpose.FILES, Method.PBC)
    nothing, (requested,) = air.deliver()
    assert isinstance(requested, Requested) and requested.request.purpose is Purpose.FILES and not nothing
    assert air.listener.peer == replace(CALLER, methods=(Method.PBC,))

    air.to_caller += air.listener.offer()
    (by_caller,), (by_listener,) = air.deliver()
    assert isinstance(by_caller, Secured) and isinstance(by_listener, Secured)
    assert by_caller.code == by_listener.code == air.caller.code == air.listener.code
    assert by_caller.keys == by_listener.keys == air.caller.keys == air.listener.keys
    assert by_caller.identity == air.caller.their_identity == Identity.from_seed(LISTENER_SEED).public
    assert by_listener.identity == air.listener.their_identity == Identity.from_seed(CALLER_SEED).public

    air.listener_says(YES)
    assert air.deliver() == ([Said(YES)], [])
    air.call_says(Seen())
    air.listener_says(Seen())
    assert air.deliver() == ([Said(Seen())], [Said(Seen())])
    air.call_says(GO)
    assert air.deliver() == ([], [Said(GO)])
    air.call_says(LINKED)
    air.listener_says(LINKED, LINKED)
    assert air.deliver() == ([Said(LINKED)] * 2, [Said(LINKED)])

    air.to_listener += air.caller.goodbye(GoodbyeReason.FINISHED)
    assert air.deliver() == ([], [Left(GoodbyeReason.FINISHED, sealed=True)])
    assert air.caller.ended and air.listener.ended and air.listener.keys is not None


def test_over_frames_of_the_smallest_room() -> None:
    air = pair()
    ears = {Role.CALLER: Assembly(), Role.LISTENER: Assembly(strangers=False)}
    ears[Role.LISTENER].keep(CHANNEL)

    def carried(messages: list[bytes], to: Role) -> list[bytes]:
        heard = [ears[to].feed(frame, 0.0) for message in messages for frame in split(CHANNEL, message, 20)]
        return [what.message for what in heard if isinstance(what, Joined)]

    air.to_caller += carried(air.listener.greet(), Role.CALLER)
    air.deliver()
    air.to_listener += carried(air.caller.request(Purpose.LINK, Method.PBC), Role.LISTENER)
    air.deliver()
    for message in carried(air.listener.offer(), Role.CALLER):
        _, replies = air.caller.receive(message)
        for reply in carried(replies, Role.LISTENER):
            _, proof = air.listener.receive(reply)
            air.to_caller += carried(proof, Role.CALLER)
    air.deliver()
    assert air.caller.code is not None and air.caller.code == air.listener.code


def test_nothing_is_known_before_it_is_proved() -> None:
    air = pair().requested()
    for side in (air.caller, air.listener):
        assert (side.keys, side.code, side.their_identity) == (None, None, None)
    _, replies = air.caller.receive(air.listener.offer()[0])
    air.listener.receive(replies[0])
    for side in (air.caller, air.listener):
        assert (side.keys, side.code, side.their_identity) == (None, None, None)


def test_the_listener_shows_its_identity_only_to_a_caller_that_proved_one() -> None:
    air = pair().requested()
    reveal, proof = air.caller.receive(air.listener.offer()[0])[1]
    assert air.listener.receive(reveal) == ([], [])
    heard, replies = air.listener.receive(proof)
    assert isinstance(heard[0], Secured) and len(replies) == 1


def test_another_conversation_has_another_code_and_other_keys() -> None:
    first, second = pair("one").secured(), pair("two").secured()
    assert first.caller.code != second.caller.code and first.caller.keys != second.caller.keys


def test_a_name_is_sent_and_heard_clean() -> None:
    me = replace(LISTENER, name="a\u202eb" + "é" * 40)
    listener = Conversation(role=Role.LISTENER, channel=CHANNEL, me=me, identity=Identity.from_seed(LISTENER_SEED), entropy=seeded("name"))
    caller = conversation(Role.CALLER)
    caller.receive(listener.greet()[0])
    assert caller.peer is not None and caller.peer.name == "ab" + "é" * 15


def test_a_declined_request_leaves_only_goodbye() -> None:
    air = pair().secured()
    air.listener_says(NO)
    assert air.deliver() == ([Said(NO)], [])
    for message in (YES, Seen(), GO, LINKED, Again(2)):
        assert not air.caller.allows(message) and not air.listener.allows(message)
    air.to_listener += air.caller.goodbye(GoodbyeReason.DECLINED)
    assert air.deliver() == ([], [Left(GoodbyeReason.DECLINED, sealed=True)])


def test_three_tries_and_no_fourth() -> None:
    air = pair().forming()
    air.listener_says(Again(2))
    assert air.deliver() == ([Said(Again(2))], [])
    air.see_and_go()
    air.call_says(Again(3))
    assert air.deliver() == ([], [Said(Again(3))])
    air.see_and_go()
    for side in (air.caller, air.listener):
        assert not any(side.allows(Again(number)) for number in (1, 2, 3, 4))
        assert side.allows(LINKED)


# --- what may cross --------------------------------------------------------------------------------------------------------


def test_both_may_say_again_at_once() -> None:
    air = pair().forming()
    air.call_says(Again(2), Seen())
    air.listener_says(Again(2), Seen())
    assert air.deliver() == ([Said(Again(2)), Said(Seen())], [Said(Again(2)), Said(Seen())])
    air.call_says(GO)
    assert air.deliver() == ([], [Said(GO)])


def test_linked_that_crosses_again_is_of_no_interest() -> None:
    air = pair().forming()
    air.call_says(LINKED)
    air.listener_says(Again(2), Seen())
    assert air.deliver() == ([Said(Again(2)), Said(Seen())], [])
    air.call_says(Seen(), GO)
    assert air.deliver() == ([], [Said(Seen()), Said(GO)])


def test_an_unsealed_goodbye_may_cross_the_reveal() -> None:
    air = pair().requested()
    offer = air.listener.offer()
    goodbye = air.listener.goodbye(GoodbyeReason.CANCELLED)
    air.to_caller += offer + goodbye
    assert air.deliver() == ([Left(GoodbyeReason.CANCELLED, sealed=False)], [])


def test_an_unsealed_goodbye_after_something_sealed_is_somebody_elses() -> None:
    air = pair().secured()
    air.to_caller.append(encode(Goodbye(GoodbyeReason.CANCELLED)))
    (failed,), (left,) = air.deliver()
    assert isinstance(failed, Failed) and left == Left(PROTOCOL, sealed=True)


def test_nothing_else_unsealed_is_heard_once_there_are_keys() -> None:
    for message in MESSAGES:
        air = pair().requested()
        air.caller.receive(air.listener.offer()[0])
        if not isinstance(message, Goodbye):
            assert isinstance(air.caller.receive(encode(message))[0][0], Failed)


# --- goodbye ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reach", [Pair.greeted, Pair.requested, Pair.secured, Pair.meeting, Pair.forming])
@pytest.mark.parametrize("role", list(Role))
def test_either_may_leave_at_any_time(reach: Callable[[Pair], Pair], role: Role) -> None:
    air = reach(pair())
    leaver, left = (air.caller, air.listener) if role is Role.CALLER else (air.listener, air.caller)
    (goodbye,) = leaver.goodbye(GoodbyeReason.CANCELLED)
    heard, replies = left.receive(goodbye)
    assert heard == [Left(GoodbyeReason.CANCELLED, sealed=reach not in (Pair.greeted, Pair.requested))] and not replies
    assert leaver.ended and left.ended


def test_after_the_end_nothing_is_said_or_heard() -> None:
    air = pair().meeting()
    late = air.caller.say(Seen())[0]
    air.listener.goodbye(GoodbyeReason.CANCELLED)
    assert air.listener.receive(late) == ([], [])
    assert air.listener.goodbye(PROTOCOL) == air.listener.say(Seen()) == air.listener.greet() == air.listener.offer() == []
    air.caller.goodbye(GoodbyeReason.CANCELLED)
    assert air.caller.request(Purpose.LINK, Method.PBC) == air.caller.resume() == []
    assert not air.caller.allows(Seen())


def test_a_listener_that_has_not_greeted_leaves_without_a_word() -> None:
    assert conversation(Role.LISTENER).goodbye(GoodbyeReason.CANCELLED) == []


# --- out of place ----------------------------------------------------------------------------------------------------------


def test_our_own_mistakes_are_raised() -> None:
    caller, listener = conversation(Role.CALLER), conversation(Role.LISTENER)
    with pytest.raises(OutOfOrder):
        caller.greet()
    with pytest.raises(OutOfOrder):
        caller.request(Purpose.LINK, Method.PBC)
    with pytest.raises(OutOfOrder):
        listener.offer()
    listener.greet()
    with pytest.raises(OutOfOrder):
        listener.greet()
    with pytest.raises(OutOfOrder, match="nothing to resume"):
        pair().greeted().caller.resume()
    air = pair().secured()
    for caller_wrong in (YES, Seen(), GO, LINKED, Again(2)):
        with pytest.raises(OutOfOrder):
            air.caller.say(caller_wrong)
    for listener_wrong in (Seen(), GO, LINKED, Again(2)):
        with pytest.raises(OutOfOrder):
            air.listener.say(listener_wrong)
    air = pair().meeting()
    air.call_says(Seen())
    for wrong in (YES, Seen(), GO, LINKED, Again(2)):
        with pytest.raises(OutOfOrder):
            air.caller.say(wrong)
    air = pair().forming()
    for side, wrong in ((air.caller, Seen()), (air.caller, GO), (air.listener, GO), (air.listener, YES), (air.caller, Again(3))):
        with pytest.raises(OutOfOrder):
            side.say(wrong)
    # Having tried, nothing is spoilt.
    air.call_says(LINKED)
    assert air.deliver() == ([], [Said(LINKED)])


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("reach", [lambda air: air, Pair.greeted, Pair.requested], ids=["new", "greeted", "requested"])
def test_in_the_clear_each_message_has_one_place(role: Role, reach: Callable[[Pair], Pair]) -> None:
    place = {"new": (Role.CALLER, "Hello"), "greeted": (Role.LISTENER, "Request"), "requested": (Role.CALLER, "Offer")}
    for message in MESSAGES:
        air = reach(pair())
        side = air.caller if role is Role.CALLER else air.listener
        here = "new" if side.peer is None and air.caller.peer is None else "requested" if air.listener.peer else "greeted"
        name = type(message).__name__
        heard, replies = side.receive(encode(message))
        if isinstance(message, Goodbye):
            assert heard == [Left(message.reason, sealed=False)] and not replies
        elif (role, name) == place[here]:
            assert not any(isinstance(what, Failed) for what in heard)
        else:
            assert isinstance(heard[0], Failed) and side.ended
            # A listener that never greeted has nobody to tell.
            silent = here == "new" and role is Role.LISTENER
            assert replies == ([] if silent else [encode(Goodbye(PROTOCOL))])


def speak_anyway(side: Conversation, message: wire.Message) -> bytes:
    """A peer with the right keys and without manners."""
    return side._seal(message)


@pytest.mark.parametrize(
    ("reach", "role", "fits"),
    [
        (Pair.secured, Role.LISTENER, {"answer"}),
        (Pair.secured, Role.CALLER, set()),
        (Pair.meeting, Role.LISTENER, {"seen"}),
        (Pair.meeting, Role.CALLER, {"seen"}),
        (Pair.forming, Role.LISTENER, {"linked", "again"}),
        (Pair.forming, Role.CALLER, {"linked", "again"}),
    ],
)
def test_sealed_each_message_has_its_place(reach: Callable[[Pair], Pair], role: Role, fits: set[str]) -> None:
    for message in MESSAGES:
        air = reach(pair())
        speaker, hearer = (air.caller, air.listener) if role is Role.CALLER else (air.listener, air.caller)
        name = type(message).__name__.lower()
        heard, replies = hearer.receive(speak_anyway(speaker, message))
        if name == "goodbye":
            assert heard == [Left(GoodbyeReason.FINISHED, sealed=True)]
        elif name in fits:
            assert isinstance(heard[0], Said) and heard[0].message == message and not replies
        else:
            assert heard == [Failed(f"{name} is out of place")]
            assert speaker.receive(replies[0]) == ([Left(PROTOCOL, sealed=True)], [])


def test_go_waits_for_both_to_see_each_other() -> None:
    for seen_by in Role:
        air = pair().meeting()
        if seen_by is Role.CALLER:
            air.call_says(Seen())
        else:
            air.listener_says(Seen())
        air.deliver()
        assert not air.caller.allows(GO)
        assert isinstance(air.listener.receive(speak_anyway(air.caller, GO))[0][0], Failed)


def test_a_second_seen_or_a_number_out_of_turn_is_a_breach() -> None:
    air = pair().meeting()
    air.call_says(Seen())
    air.deliver()
    assert isinstance(air.listener.receive(speak_anyway(air.caller, Seen()))[0][0], Failed)
    air = pair().forming()
    assert isinstance(air.listener.receive(speak_anyway(air.caller, Again(3)))[0][0], Failed)
    air = pair().forming()
    air.call_says(Again(2))
    air.deliver()
    assert isinstance(air.listener.receive(speak_anyway(air.caller, Again(2)))[0][0], Failed)
    air = pair().forming()
    air.call_says(Again(2))
    air.deliver()
    assert isinstance(air.listener.receive(speak_anyway(air.caller, LINKED))[0][0], Failed)


def test_a_hello_without_our_version_ends_it() -> None:
    hello = decode(conversation(Role.LISTENER).greet()[0])
    assert isinstance(hello, wire.Hello)
    caller = conversation(Role.CALLER)
    heard, replies = caller.receive(encode(msgspec.structs.replace(hello, versions=(2, 3))))
    assert heard == [Failed("no version in common")] and replies == [encode(Goodbye(PROTOCOL))]
    later = conversation(Role.CALLER).receive(encode(msgspec.structs.replace(hello, versions=(3, 2, 1))))
    assert isinstance(later[0][0], Greeted)


# --- who stands between ----------------------------------------------------------------------------------------------------


def test_who_sits_in_the_middle_shows_two_codes() -> None:
    """Two whole conversations, each with the middle: nothing fails, and the codes differ."""
    one = Pair(conversation(Role.CALLER, "victim"), conversation(Role.LISTENER, "middle")).secured()
    two = Pair(conversation(Role.CALLER, "middle"), conversation(Role.LISTENER, "victim")).secured()
    assert one.caller.code is not None and two.listener.code is not None
    assert one.caller.code != two.listener.code


def test_a_middle_that_relays_all_but_the_keys_fails() -> None:
    air = pair().requested()
    offer = decode(air.listener.offer()[0])
    assert isinstance(offer, wire.Offer)
    air.to_caller.append(encode(wire.Offer(public_key=exchange_public(b"m" * 32), nonce=offer.nonce)))
    caller_heard, listener_heard = air.deliver()
    # The listener cannot open the caller's proof; what it says then does not open at the caller's either.
    assert isinstance(listener_heard[0], Failed) and isinstance(caller_heard[0], Failed)


@pytest.mark.parametrize(
    "change",
    [{"name": "Eve"}, {"kind": Kind.PHONE}, {"p2p_address": b"\x02evil!"}, {"port": 1}, {"methods": ()}],
    ids=lambda change: next(iter(change)),
)
def test_a_changed_hello_is_noticed(change: dict[str, Any]) -> None:
    air = pair()
    hello = decode(air.listener.greet()[0])
    assert isinstance(hello, wire.Hello)
    air.to_caller.append(encode(msgspec.structs.replace(hello, **change)))
    air.deliver()
    air.to_listener += air.caller.request(Purpose.LINK, Method.PBC)
    air.deliver()
    air.to_caller += air.listener.offer()
    caller_heard, listener_heard = air.deliver()
    assert isinstance(listener_heard[0], Failed) and isinstance(caller_heard[0], Failed)


def test_a_changed_request_is_noticed() -> None:
    air = pair().greeted()
    request = decode(air.caller.request(Purpose.LINK, Method.PBC)[0])
    assert isinstance(request, wire.Request)
    air.to_listener.append(encode(msgspec.structs.replace(request, purpose=Purpose.SCREEN)))
    air.deliver()
    air.to_caller += air.listener.offer()
    caller_heard, listener_heard = air.deliver()
    assert isinstance(listener_heard[0], Failed) and isinstance(caller_heard[0], Failed)


def test_another_key_than_the_committed_one_is_refused_before_anything_is_derived() -> None:
    air = pair().requested()
    air.listener.offer()
    heard, replies = air.listener.receive(encode(wire.Reveal(public_key=exchange_public(b"m" * 32), nonce=bytes(16))))
    assert heard == [Failed("the commitment was to another key")] and replies == [encode(Goodbye(PROTOCOL))]


def test_the_callers_own_key_reflected_is_refused() -> None:
    air = pair().greeted()
    air.caller.request(Purpose.LINK, Method.PBC)
    own = exchange_public(seeded("test caller")(32))
    heard, replies = air.caller.receive(encode(wire.Offer(public_key=own, nonce=bytes(16))))
    assert heard == [Failed("our own public key came back")] and replies == [encode(Goodbye(PROTOCOL))]


def test_the_listeners_own_key_reflected_is_refused() -> None:
    own = exchange_public(seeded("test listener")(32))
    request = decode(pair().greeted().caller.request(Purpose.LINK, Method.PBC)[0])
    assert isinstance(request, wire.Request)
    listener = conversation(Role.LISTENER, "test")
    listener.greet()
    listener.receive(encode(msgspec.structs.replace(request, commitment=commitment(own, bytes(16)))))
    listener.offer()
    heard, _ = listener.receive(encode(wire.Reveal(public_key=own, nonce=bytes(16))))
    assert heard == [Failed("our own public key came back")]


@pytest.mark.parametrize("public", [bytes(32), b"\x01" + bytes(31)])
def test_a_key_that_decides_the_secret_is_refused(public: bytes) -> None:
    air = pair().requested()
    heard, replies = air.caller.receive(encode(wire.Offer(public_key=public, nonce=bytes(16))))
    assert heard == [Failed("unusable public key")] and replies == [encode(Goodbye(PROTOCOL))]


def test_a_peer_with_our_own_identity_is_refused() -> None:
    twin = Conversation(role=Role.CALLER, channel=CHANNEL, me=CALLER, identity=Identity.from_seed(LISTENER_SEED), entropy=seeded("twin"))
    air = Pair(twin, conversation(Role.LISTENER)).requested()
    air.to_caller += air.listener.offer()
    caller_heard, listener_heard = air.deliver()
    assert listener_heard == [Failed("our own identity came back")]
    assert caller_heard == [Left(PROTOCOL, sealed=True)]


@pytest.mark.parametrize(
    "signed",
    [
        lambda ours, theirs, said: prove(theirs, Role.CALLER, said),  # by another identity
        lambda ours, theirs, said: prove(ours, Role.LISTENER, said),  # for the other role
        lambda ours, theirs, said: prove(ours, Role.CALLER, bytes(32)),  # over another conversation
    ],
)
def test_a_caller_with_the_right_keys_and_a_wrong_signature_is_refused(signed: Callable[[Identity, Identity, bytes], bytes]) -> None:
    air = pair()
    hello = air.listener.greet()[0]
    air.caller.receive(hello)
    request = air.caller.request(Purpose.LINK, Method.PBC)[0]
    air.listener.receive(request)
    offer = air.listener.offer()[0]
    reveal, _ = air.caller.receive(offer)[1]
    air.listener.receive(reveal)

    said = transcript([hello, request, offer, reveal])
    offered = decode(offer)
    assert isinstance(offered, wire.Offer)
    keys = derive(seeded("test caller")(32), offered.public_key, said)
    ours, theirs = Identity.from_seed(CALLER_SEED), Identity.from_seed(b"t" * 32)
    proof = wire.Proof(identity=ours.public, signature=signed(ours, theirs, said))
    heard, replies = air.listener.receive(Sealer(keys.caller_seal).seal(encode(proof)))
    assert heard == [Failed("wrong signature")] and air.listener.keys is None
    assert air.caller.receive(replies[0]) == ([Left(PROTOCOL, sealed=True)], [])


def test_a_proof_sent_back_is_refused() -> None:
    air = pair().requested()
    reveal, proof = air.caller.receive(air.listener.offer()[0])[1]
    air.listener.receive(reveal)
    air.listener.receive(proof)
    heard, _ = air.caller.receive(proof)
    assert heard == [Failed("a sealed message does not open")]


# --- lost, repeated, reordered ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("harm", ["repeated", "lost", "swapped", "changed", "cut"])
def test_sealed_messages_come_once_and_in_order_or_it_ends(harm: str) -> None:
    air = pair().forming()
    first, second = air.caller.say(LINKED)[0], air.caller.say(Again(2))[0]
    came = {
        "repeated": [first, first],
        "lost": [second],
        "swapped": [second, first],
        "changed": [first, second[:-1] + bytes((second[-1] ^ 1,))],
        "cut": [first[:-1]],
    }[harm]
    air.to_listener += came
    caller_heard, listener_heard = air.deliver()
    assert listener_heard[-1] == Failed("a sealed message does not open")
    assert caller_heard == [Left(PROTOCOL, sealed=True)]
    assert air.caller.ended and air.listener.ended


def handshake_air(tamper: Callable[[int, bytes], list[bytes]]) -> tuple[list[Heard], list[Heard], Pair]:
    """A whole conversation up to the answer, where message n of both directions becomes `tamper(n, message)`."""
    air = pair()
    caller_heard: list[Heard] = []
    listener_heard: list[Heard] = []
    in_flight: deque[tuple[Role, bytes]] = deque((Role.CALLER, each) for each in air.listener.greet())
    count = 0
    while in_flight:
        to, original = in_flight.popleft()
        for message in tamper(count, original):
            side = air.caller if to is Role.CALLER else air.listener
            heard, replies = side.receive(message)
            (caller_heard if to is Role.CALLER else listener_heard).extend(heard)
            for what in heard:
                match what:
                    case Greeted():
                        replies += side.request(Purpose.LINK, Method.PBC)
                    case Requested():
                        replies += side.offer()
                    case Secured() if side.role is Role.LISTENER:
                        replies += side.say(YES)
            in_flight.extend((to.other, reply) for reply in replies)
        count += 1
    return caller_heard, listener_heard, air


def test_the_air_that_changes_nothing() -> None:
    caller_heard, listener_heard, air = handshake_air(lambda _, message: [message])
    assert [type(what) for what in caller_heard] == [Greeted, Secured, Said]
    assert [type(what) for what in listener_heard] == [Requested, Secured]
    assert air.caller.code == air.listener.code is not None


@settings(max_examples=150)
@given(st.integers(0, 6), st.data())
def test_whatever_happens_to_one_message_nobody_is_deceived(at: int, data: st.DataObject) -> None:
    """Lost, repeated, cut, changed or replaced: either it ends or waits, but both are never secured with different keys."""

    def tamper(count: int, message: bytes) -> list[bytes]:
        if count != at:
            return [message]
        match data.draw(st.sampled_from(["lose", "repeat", "cut", "flip", "replace"])):
            case "lose":
                return []
            case "repeat":
                return [message, message]
            case "cut":
                return [message[: data.draw(st.integers(0, len(message) - 1))]]
            case "flip":
                place = data.draw(st.integers(0, len(message) - 1))
                return [message[:place] + bytes((message[place] ^ data.draw(st.integers(1, 255)),)) + message[place + 1 :]]
            case _:
                other = st.binary(max_size=100) | st.sampled_from([encode(each) for each in MESSAGES])
                return [data.draw(other.filter(lambda drawn: drawn != message))]

    caller_heard, listener_heard, air = handshake_air(tamper)
    assert all(heard.count(each) == 1 for heard in (caller_heard, listener_heard) for each in heard if isinstance(each, Failed))
    if air.caller.keys is not None and air.listener.keys is not None:
        assert air.caller.keys == air.listener.keys
    if at <= 3:
        # Something in the clear did not come as sent, and once: never are both secured and go on.
        assert not (air.caller.code and air.listener.code) or air.caller.ended or air.listener.ended


# --- restoring a lost link -------------------------------------------------------------------------------------------------


def resuming(keys: SessionKeys, nonces: set[bytes], label: str = "again", channel: bytes = b"back") -> Pair:
    return Pair(
        conversation(Role.CALLER, label, channel=channel, resumable=keys),
        conversation(Role.LISTENER, label, channel=channel, resumable=keys, used_nonces=nonces),
    ).greeted()


def test_a_lost_link_is_restored_without_a_code() -> None:
    old = lost_link()
    air = resuming(old, set())
    air.to_listener += air.caller.resume()
    air.call_says(Seen())
    none, heard = air.deliver()
    assert isinstance(heard[0], Resumed) and heard[1:] == [Said(Seen())] and not none
    assert air.caller.keys == air.listener.keys == heard[0].keys != old
    for side in (air.caller, air.listener):
        assert side.code is None and side.their_identity is None and not side.allows(YES)
    air.listener_says(Seen())
    air.deliver()
    air.call_says(GO)
    assert air.deliver() == ([], [Said(GO)])


def test_a_restored_link_can_be_lost_and_restored() -> None:
    keys = lost_link()
    for label in ("one", "two", "three"):
        air = resuming(keys, set(), label)
        air.to_listener += air.caller.resume()
        air.deliver()
        assert air.listener.keys is not None and air.listener.keys == air.caller.keys != keys
        keys = air.listener.keys


def refused(air: Pair, resume: bytes) -> None:
    heard, replies = air.listener.receive(resume)
    assert heard == [Failed("this link cannot be resumed")]
    assert replies == [encode(Goodbye(PROTOCOL))] and air.listener.keys is None


def test_a_nonce_is_presented_once_for_a_link() -> None:
    keys, nonces = lost_link(), set[bytes]()
    first = resuming(keys, nonces)
    (resume,) = first.caller.resume()
    assert isinstance(first.listener.receive(resume)[0][0], Resumed)
    refused(resuming(keys, nonces), resume)  # even on a channel with the same number
    other = resuming(keys, nonces, "another nonce")
    assert isinstance(other.listener.receive(other.caller.resume()[0])[0][0], Resumed)


def test_a_wrong_tag_does_not_use_up_a_nonce() -> None:
    keys, nonces = lost_link(), set[bytes]()
    air = resuming(keys, nonces)
    (resume,) = air.caller.resume()
    refused(air, resume[:-1] + bytes((resume[-1] ^ 1,)))
    assert not nonces


def test_a_resume_is_for_its_channel_its_session_and_its_keys_only() -> None:
    keys = lost_link()
    (resume,) = resuming(keys, set()).caller.resume()
    stranger = pair("stranger").secured().caller.keys
    assert stranger is not None
    refused(resuming(keys, set(), channel=b"else"), resume)
    refused(resuming(stranger, set()), resume)
    refused(resuming(replace(stranger, session=keys.session), set()), resume)
    refused(pair().greeted(), resume)


def test_a_caller_told_that_it_cannot_resume_hears_it_and_cannot_know_from_whom() -> None:
    keys = lost_link()
    air = Pair(conversation(Role.CALLER, resumable=keys), conversation(Role.LISTENER)).greeted()
    air.to_listener += air.caller.resume()
    caller_heard, _ = air.deliver()
    assert caller_heard == [Left(PROTOCOL, sealed=False)]


def test_resume_comes_instead_of_request_and_not_after_it() -> None:
    keys = lost_link()
    air = resuming(keys, set())
    (resume,) = air.caller.resume()
    with pytest.raises(OutOfOrder):
        air.caller.request(Purpose.LINK, Method.PBC)
    other = resuming(keys, set())
    other.to_listener += other.caller.request(Purpose.LINK, Method.PBC)
    other.deliver()
    assert other.listener.receive(resume)[0] == [Failed("resume is out of place")]


# --- anything at all -------------------------------------------------------------------------------------------------------


@given(
    st.sampled_from([lambda air: air, Pair.greeted, Pair.requested, Pair.secured, Pair.forming]),
    st.sampled_from(list(Role)),
    st.lists(st.binary(max_size=200) | st.sampled_from([encode(each) for each in MESSAGES]), max_size=5),
)
def test_any_messages_from_anyone(reach: Callable[[Pair], Pair], role: Role, messages: list[bytes]) -> None:
    air = reach(pair())
    side = air.caller if role is Role.CALLER else air.listener
    ends = 0
    for message in messages:
        heard, _ = side.receive(message)
        ends += sum(isinstance(what, Failed | Left) for what in heard)
    assert ends == side.ended <= 1


def test_two_that_keep_the_order_never_break_it() -> None:
    """Each says whatever it may, at any time, over an air that is as late as it likes but keeps the order of one direction."""
    dropped = sum(honest_walk(random.Random(seed)) for seed in range(150))
    assert dropped > 10  # so the walks are long enough for messages to cross


def honest_walk(chance: random.Random) -> int:
    """One such walk; how many messages came that were of no interest any more."""
    air = pair().meeting()
    tries = {Role.CALLER: 1, Role.LISTENER: 1}
    flights: dict[Role, deque[bytes]] = {role: deque() for role in Role}
    sides = {Role.CALLER: air.caller, Role.LISTENER: air.listener}
    dropped = 0

    def hear(role: Role) -> None:
        nonlocal dropped
        heard, replies = sides[role].receive(flights[role].popleft())
        assert not replies and not any(isinstance(what, Failed) for what in heard)
        dropped += not heard
        for what in heard:
            if isinstance(what, Said) and isinstance(what.message, Again):
                tries[role] = what.message.attempt

    for _ in range(60):
        role = chance.choice(list(Role))
        if chance.random() < 0.5:
            if flights[role]:
                hear(role)
            continue
        sayable: list[Sayable] = [Seen(), GO, LINKED, Again(min(tries[role] + 1, 3))]
        message = chance.choice(sayable)
        if sides[role].allows(message):
            flights[role.other] += sides[role].say(message)
            if isinstance(message, Again):
                tries[role] += 1
    while any(flights.values()):
        for role in Role:
            if flights[role]:
                hear(role)
    assert tries[Role.CALLER] == tries[Role.LISTENER]
    return dropped
