"""Two conversations with air between them: what each hears, what may stand between, and what it does not survive."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from itertools import permutations
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
    Keyed,
    Marking,
    OutOfOrder,
    PeerLeft,
    Requested,
    Restored,
    Said,
    Sayable,
    Secured,
)
from nearby_tray.core.frames import Assembly, Joined, split
from nearby_tray.core.keys import (
    Identity,
    Role,
    Sealer,
    SessionKeys,
    commitment,
    derive,
    exchange_public,
    prove,
    request_mark,
    restored,
    restored_salt,
    resume_hash,
    resume_tag,
    resumed_tag,
    transcript,
)
from nearby_tray.core.model import Method
from nearby_tray.core.wire import (
    Again,
    Answer,
    AnswerReason,
    Go,
    Goodbye,
    GoodbyeReason,
    Kind,
    LinkedMessage,
    MatchMessage,
    Owner,
    Purpose,
    Seen,
    decode,
    encode,
)
from tests.core.make_vectors import CALLER, CALLER_SEED, CHANNEL, LISTENER, LISTENER_SEED, MESSAGES, conversation, facts, seeded

YES = Answer(accepted=True)
NO = Answer(accepted=False, reason=AnswerReason.BUSY)
MATCH = MatchMessage(trust=False)
GO = Go(method=Method.PBC, owner=Owner.EITHER)
LINKED = LinkedMessage(addresses=("169.254.1.5",), port=47476)
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

    def proven(self) -> Pair:
        """The listener has shown its identity before it answers, as to a trusted caller."""
        self.secured()
        self.to_caller += self.listener.prove()
        self.deliver()
        return self

    def accepted(self) -> Pair:
        self.secured()
        self.listener_says(YES)
        self.deliver()
        return self

    def matched(self) -> Pair:
        self.proven()
        self.call_says(MATCH)
        self.deliver()
        return self

    def meeting(self) -> Pair:
        self.accepted()
        self.call_says(MATCH)
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
    keys = pair().accepted().caller.keys
    assert keys is not None
    return keys


# --- the story -------------------------------------------------------------------------------------------------------------


def test_from_hello_to_finished() -> None:
    air = pair()
    air.to_caller += air.listener.greet()
    (greeted,), none = air.deliver()
    assert isinstance(greeted, Greeted) and not none
    assert air.caller.peer == LISTENER and greeted.hello.facts is not None and greeted.hello.facts.name == LISTENER.name

    air.to_listener += air.caller.request(Purpose.FILES, Method.PBC)
    nothing, (requested,) = air.deliver()
    assert isinstance(requested, Requested) and requested.request.purpose is Purpose.FILES and not nothing
    assert air.listener.peer == replace(CALLER, methods=(Method.PBC,))

    air.to_caller += air.listener.offer()
    (keyed,), (by_listener,) = air.deliver()
    assert isinstance(keyed, Keyed) and isinstance(by_listener, Secured)
    assert keyed.keys == by_listener.keys == air.listener.keys and keyed.keys.code == by_listener.code == air.listener.code
    assert (air.caller.code, air.caller.their_identity) == (None, None), "the listener has shown nothing yet"
    assert by_listener.identity == air.listener.their_identity == Identity.from_seed(CALLER_SEED).public

    air.listener_says(YES)
    (by_caller, said), nothing = air.deliver()
    assert isinstance(by_caller, Secured) and said == Said(YES) and not nothing
    assert by_caller.identity == air.caller.their_identity == Identity.from_seed(LISTENER_SEED).public
    assert by_caller.keys == air.caller.keys == keyed.keys
    air.call_says(MATCH)
    assert air.deliver() == ([], [Said(MATCH)])
    air.call_says(Seen())
    air.listener_says(Seen())
    assert air.deliver() == ([Said(Seen())], [Said(Seen())])
    air.call_says(GO)
    assert air.deliver() == ([], [Said(GO)])
    air.call_says(LINKED)
    air.listener_says(LINKED, LINKED)
    assert air.deliver() == ([Said(LINKED)] * 2, [Said(LINKED)])

    air.to_listener += air.caller.goodbye(GoodbyeReason.FINISHED)
    assert air.deliver() == ([], [PeerLeft(GoodbyeReason.FINISHED, sealed=True)])
    assert air.caller.ended and air.listener.ended and air.listener.keys is not None


def test_over_frames_of_the_smallest_room() -> None:
    air = pair()
    ears = {Role.CALLER: Assembly(), Role.LISTENER: Assembly()}
    ears[Role.LISTENER].keep(CHANNEL, "x")

    def carried(messages: list[bytes], to: Role) -> list[bytes]:
        heard = [ears[to].feed(frame, 0.0, "x") for message in messages for frame in split(CHANNEL, message, 20)]
        return [what.message for what in heard if isinstance(what, Joined)]

    air.to_caller += carried(air.listener.greet(), Role.CALLER)
    air.deliver()
    air.to_listener += carried(air.caller.request(Purpose.LINK, Method.PBC), Role.LISTENER)
    air.deliver()
    for message in carried(air.listener.offer(), Role.CALLER):
        _, replies = air.caller.receive(message)
        air.to_listener += carried(replies, Role.LISTENER)
    air.deliver()
    air.to_caller += carried(air.listener.say(YES), Role.CALLER)
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


# spec: 2.15
def test_the_listener_shows_its_identity_only_when_it_accepts_or_wants_to() -> None:
    air = pair().requested()
    reveal, proof = air.caller.receive(air.listener.offer()[0])[1]
    assert air.listener.receive(reveal) == ([], [])
    heard, replies = air.listener.receive(proof)
    assert isinstance(heard[0], Secured) and replies == []

    air = pair().secured()
    air.listener_says(NO)
    assert air.deliver() == ([Said(NO)], []) and air.caller.their_identity is None, "a no tells nobody who said it"

    air = pair().secured()
    air.to_caller += air.listener.prove()
    assert air.listener.prove() == [], "once"
    (secured,), _ = air.deliver()
    assert isinstance(secured, Secured) and secured.identity == Identity.from_seed(LISTENER_SEED).public
    air.listener_says(YES)
    assert air.deliver() == ([Said(YES)], [])
    assert pair().meeting().listener.prove() == pair().requested().listener.prove() == air.caller.prove() == []


@pytest.mark.parametrize("first", ["answer", "match"])
def test_the_answer_and_the_match_come_in_either_order(first: str) -> None:
    air = (pair().accepted if first == "answer" else pair().matched)()
    if first == "answer":
        air.call_says(MATCH)
    else:
        air.listener_says(YES)
    air.deliver()
    assert all(side.allows(Seen()) for side in (air.caller, air.listener))


# spec: 2.9
def test_a_match_that_crosses_a_no_is_no_breach() -> None:
    air = pair().proven()
    air.listener_says(NO)
    air.call_says(MATCH)
    assert air.deliver() == ([Said(NO)], [Said(MATCH)])
    assert not air.caller.ended and not air.listener.ended


def test_another_conversation_has_another_code_and_other_keys() -> None:
    first, second = pair("one").accepted(), pair("two").accepted()
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
    for message in (YES, NO, MATCH, Seen(), GO, LINKED, Again(2)):
        assert not air.caller.allows(message) and not air.listener.allows(message)
    air.to_listener += air.caller.goodbye(GoodbyeReason.DECLINED)
    assert air.deliver() == ([], [PeerLeft(GoodbyeReason.DECLINED, sealed=True)])


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


# spec: 2.9, 2.10
def test_an_unsealed_goodbye_may_cross_the_reveal() -> None:
    air = pair().requested()
    offer = air.listener.offer()
    goodbye = air.listener.goodbye(GoodbyeReason.CANCELLED)
    air.to_caller += offer + goodbye
    (_, left), nothing = air.deliver()
    assert left == PeerLeft(GoodbyeReason.CANCELLED, sealed=False) and not nothing


# spec: 2.10
def test_an_unsealed_goodbye_after_something_sealed_is_somebody_elses() -> None:
    air = pair().proven()
    air.to_caller.append(encode(Goodbye(GoodbyeReason.CANCELLED)))
    (failed,), (left,) = air.deliver()
    assert isinstance(failed, Failed) and left == PeerLeft(PROTOCOL, sealed=True)


def test_nothing_else_unsealed_is_heard_once_there_are_keys() -> None:
    for message in MESSAGES:
        air = pair().requested()
        air.caller.receive(air.listener.offer()[0])
        if not isinstance(message, Goodbye):
            assert isinstance(air.caller.receive(encode(message))[0][0], Failed)


# --- goodbye ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reach", [Pair.greeted, Pair.requested, Pair.secured, Pair.proven, Pair.accepted, Pair.meeting, Pair.forming])
@pytest.mark.parametrize("role", list(Role))
def test_either_may_leave_at_any_time(reach: Callable[[Pair], Pair], role: Role) -> None:
    air = reach(pair())
    leaver, left = (air.caller, air.listener) if role is Role.CALLER else (air.listener, air.caller)
    (goodbye,) = leaver.goodbye(GoodbyeReason.CANCELLED)
    heard, replies = left.receive(goodbye)
    assert heard == [PeerLeft(GoodbyeReason.CANCELLED, sealed=reach not in (Pair.greeted, Pair.requested))] and not replies
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
    for caller_wrong in (YES, MATCH, Seen(), GO, LINKED, Again(2)):
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


# spec: 2.8
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
            assert heard == [PeerLeft(message.reason, sealed=False)] and not replies
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


def reached(name: str) -> Pair:
    """Two sides in the place of that name, nothing on its way."""
    air = pair()
    match name.split():
        case ["declined", *after]:
            (air.matched if "matched" in after else air.proven if "proven" in after else air.secured)()
            air.listener_says(NO)
        case ["meeting", *seen]:
            air.meeting()
            if "caller" in seen:
                air.call_says(Seen())
            if "listener" in seen:
                air.listener_says(Seen())
        case ["round", number, *then]:
            air.forming()
            for following in range(2, int(number) + 1):
                air.call_says(Again(following)) if following == 2 else air.listener_says(Again(following))
                air.deliver()
                if following < int(number) or then:
                    air.see_and_go()
        case ["restored", *then]:
            air = resuming(lost_link())
            air.to_listener += air.caller.resume()
            air.deliver()
            if then:
                air.see_and_go()
        case [place]:
            getattr(air, place)()
    air.deliver()
    return air


# Place; what the listener may say there, and the caller. What one may say the other takes, and also what may have crossed.
TABLE: dict[str, tuple[set[str], set[str]]] = {
    "secured": ({"proof", "no"}, set()),
    "proven": ({"yes", "no"}, {"match"}),
    "matched": ({"yes", "no"}, set()),
    "accepted": (set(), {"match"}),
    "declined": (set(), {"match, heard only"}),
    "declined proven": (set(), {"match, heard only"}),
    "declined matched": (set(), {"match, heard only"}),
    "meeting": ({"seen"}, {"seen"}),
    "meeting caller": ({"seen"}, set()),
    "meeting listener": (set(), {"seen"}),
    "meeting caller listener": (set(), {"go"}),
    "forming": ({"linked", "again 2"}, {"linked", "again 2"}),
    "round 2": ({"seen", "linked, dropped", "again 2, heard only"}, {"seen"}),  # it may not have heard the caller's `again`
    "round 2 forming": ({"linked", "again 3"}, {"linked", "again 3"}),
    "round 3": ({"seen"}, {"seen", "linked, dropped", "again 3, heard only"}),
    "round 3 forming": ({"linked"}, {"linked"}),
    "restored": ({"seen"}, {"seen"}),
    "restored forming": ({"linked", "again 2"}, {"linked", "again 2"}),
}
SEALED: dict[str, Sayable] = {
    "yes": YES,
    "no": NO,
    "match": MATCH,
    "seen": Seen(),
    "go": GO,
    "linked": LINKED,
    "again 2": Again(2),
    "again 3": Again(3),
}


def words(place: str, role: Role) -> tuple[set[str], set[str], set[str]]:
    """What this side may say, what the other takes from it, and what is of no interest there."""
    fits = [word.partition(", ") for word in TABLE[place][role is Role.CALLER]]
    return (
        {word for word, _, how in fits if not how},
        {word for word, _, how in fits if how != "dropped"},
        {word for word, _, how in fits if how == "dropped"},
    )


# spec: 2.8
@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("place", TABLE)
def test_sealed_each_message_has_its_place(place: str, role: Role) -> None:
    """The whole table: what is not named is out of place, for whoever says it and for whoever hears it."""
    says, takes, drops = words(place, role)
    for word, message in SEALED.items():
        air = reached(place)
        speaker, hearer = (air.caller, air.listener) if role is Role.CALLER else (air.listener, air.caller)
        by_itself = word == "yes" and place == "secured" and role is Role.LISTENER  # the proof goes before it
        assert speaker.allows(message) is (word in says or by_itself), word
        if not speaker.allows(message):
            with pytest.raises(OutOfOrder):
                speaker.say(message)
        heard, replies = hearer.receive(speak_anyway(speaker, message))
        if word in takes:
            assert heard == [Said(message)] and not replies and not hearer.ended
        elif word in drops:
            assert not heard and not replies and not hearer.ended
        else:
            assert heard == [Failed(f"{message.__struct_config__.tag} is out of place")], word
            assert speaker.receive(replies[0]) == ([PeerLeft(PROTOCOL, sealed=True)], [])


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("place", TABLE)
def test_what_belongs_to_the_beginning_has_no_place_later(place: str, role: Role) -> None:
    """Sealed by somebody who has the keys; a proof is right in all but its place."""
    for message in MESSAGES:
        if isinstance(message, Answer | MatchMessage | Seen | Go | LinkedMessage | Again):
            continue  # above
        air = reached(place)
        speaker, hearer = (air.caller, air.listener) if role is Role.CALLER else (air.listener, air.caller)
        if isinstance(message, wire.Proof):
            message = speaker._proof(Identity.from_seed(CALLER_SEED).public if role is Role.LISTENER else b"")
        heard, _ = hearer.receive(speak_anyway(speaker, message))
        name = message.__struct_config__.tag
        if isinstance(message, Goodbye):
            assert heard == [PeerLeft(message.reason, sealed=True)]
        elif name in words(place, role)[1]:
            assert isinstance(heard[0], Secured)
        else:
            assert heard == [Failed(f"{name} is out of place")]


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("place", ["new", "greeted", "requested", "offered"])
def test_before_the_callers_proof_nothing_sealed_has_a_place(place: str, role: Role) -> None:
    for word, message in SEALED.items():
        air = pair() if place == "new" else pair().greeted() if place == "greeted" else pair().requested()
        if place == "offered":
            reveal, _ = air.caller.receive(air.listener.offer()[0])[1]
            air.listener.receive(reveal)
        speaker, hearer = (air.caller, air.listener) if role is Role.CALLER else (air.listener, air.caller)
        assert not speaker.allows(message)
        with pytest.raises(OutOfOrder):
            speaker.say(message)
        heard, _ = hearer.receive(speak_anyway(speaker, message))
        if place == "offered" and role is Role.LISTENER and word == "no":
            continue  # the caller has proven itself already, as far as it knows
        assert isinstance(heard[0], Failed) and hearer.ended


# spec: 2.9
@pytest.mark.parametrize("word", SEALED)
def test_of_a_round_that_ended_here_only_what_was_on_its_way_is_taken(word: str) -> None:
    """The caller has said `again 2`; the listener, who has not heard it, said this."""
    air = pair().forming()
    air.call_says(Again(2))
    heard, replies = air.caller.receive(speak_anyway(air.listener, SEALED[word]))
    taken = {"linked": [], "again 2": [Said(Again(2))], "seen": [Said(Seen())]}  # seen: it has heard `again` in the meantime
    if word not in taken:
        assert isinstance(heard[0], Failed)
        return
    assert heard == taken[word] and not replies
    # Once they have said that they know of the new round, nothing of the old one may come any more.
    late, _ = air.caller.receive(speak_anyway(air.listener, LINKED))
    assert late == ([] if word == "linked" else [Failed("linked is out of place")])


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
    one = Pair(conversation(Role.CALLER, "victim"), conversation(Role.LISTENER, "middle")).accepted()
    two = Pair(conversation(Role.CALLER, "middle"), conversation(Role.LISTENER, "victim")).accepted()
    assert one.caller.code is not None and two.listener.code is not None
    assert one.caller.code != two.listener.code


def test_a_middle_that_relays_all_but_the_keys_fails() -> None:
    air = pair().requested()
    offer = decode(air.listener.offer()[0])
    assert isinstance(offer, wire.Offer)
    air.to_caller.append(encode(wire.Offer(public_key=exchange_public(b"m" * 32), nonce=offer.nonce)))
    caller_heard, listener_heard = air.deliver()
    # The listener cannot open the caller's proof; what it says then does not open at the caller's either.
    assert isinstance(listener_heard[0], Failed) and isinstance(caller_heard[-1], Failed)


def encodings(message: wire.Message) -> list[bytes]:
    """Other ways to write the same message: each decodes to it, and none is the one that there is."""
    fields = msgspec.msgpack.decode(encode(message))
    written: list[bytes] = []
    for order in permutations(fields):
        written.append(msgspec.msgpack.encode({name: fields[name] for name in order}))
    for grind in range(50):
        written.append(msgspec.msgpack.encode({**fields, "x": grind}))
        written.append(msgspec.msgpack.encode({**fields, f"later {grind}": None}))
    plain = encode(message)
    size = len(fields)
    longer_map = b"\xde" + size.to_bytes(2, "big")
    written += [longer_map + plain[1:], b"\xdf" + size.to_bytes(4, "big") + plain[1:]]
    for name in (*fields, fields["type"]):
        short = bytes((0xA0 | len(name),)) + name.encode()
        for long in (b"\xd9" + bytes((len(name),)), b"\xda" + len(name).to_bytes(2, "big"), b"\xdb" + len(name).to_bytes(4, "big")):
            written.append(plain.replace(short, long + name.encode(), 1))
    for value in fields.values():
        if isinstance(value, bytes):
            short = b"\xc4" + bytes((len(value),))
            for long in (b"\xc5" + len(value).to_bytes(2, "big"), b"\xc6" + len(value).to_bytes(4, "big")):
                written.append(plain.replace(short + value, long + value, 1))
            written.append(plain.replace(short + value, b"\xd9" + bytes((len(value),)) + value, 1))  # a text
    for name in fields:
        written.append(plain.replace(bytes((0xA0 | len(name),)) + name.encode(), b"\xc4" + bytes((len(name),)) + name.encode(), 1))
    written += [plain + more for more in (b"\0", b"\xc0", b"\x80", plain)]
    twice = bytearray(plain)
    twice[0] += 1
    written.append(bytes(twice) + plain[1 + len(b"\xa4type") + 1 + len(fields["type"]) :][: 11 + 2 + 32])
    return [data for data in written if data != plain]


# spec: 3.3
def test_no_byte_of_the_last_message_under_the_code_is_free() -> None:
    """Whoever says `reveal` knows the code that each choice would give. So there is no choice: one encoding, committed to beforehand."""
    tried = 0
    air = pair().requested()
    offer = air.listener.offer()[0]
    reveal, _ = air.caller.receive(offer)[1]
    for other in encodings(decode(reveal)):
        listener = pair().requested().listener
        listener.offer()
        heard, replies = listener.receive(other)
        assert isinstance(heard[0], Failed) and replies == [encode(Goodbye(PROTOCOL))] and listener._keys is None
        with suppress(wire.WireError):
            tried += decode(other) == decode(reveal)
    assert tried > 100, "they were not refused for what they say but for how it is written"


@settings(max_examples=200)
@given(st.data())
def test_no_changed_byte_of_the_last_message_goes_through(data: st.DataObject) -> None:
    air = pair().requested()
    reveal, _ = air.caller.receive(air.listener.offer()[0])[1]
    changed = bytearray(reveal)
    changed[data.draw(st.integers(0, len(reveal) - 1))] ^= data.draw(st.integers(1, 255))
    heard, _ = air.listener.receive(bytes(changed) + data.draw(st.binary(max_size=3)))
    assert isinstance(heard[0], Failed | PeerLeft) and air.listener.keys is None


def codes(tamper: Callable[[int, bytes], bytes]) -> tuple[SessionKeys | None, SessionKeys | None, Pair]:
    """What the caller and the listener derive when messages 1 to 4 come as `tamper` makes them; it is given their number."""
    air = pair()
    (hello,) = air.listener.greet()
    air.caller.receive(tamper(1, hello))
    if not air.caller.ended:
        air.listener.receive(tamper(2, air.caller.request(Purpose.LINK, Method.PBC)[0]))
    if not air.caller.ended and not air.listener.ended:
        _, said = air.caller.receive(tamper(3, air.listener.offer()[0]))
        for message in said[:1]:
            air.listener.receive(tamper(4, message))
        for message in said[1:]:
            air.listener.receive(message)
    return air.caller._keys, air.listener._keys, air


def in_the_clear() -> list[bytes]:
    """Messages 1 to 4 as they are said when nobody changes anything."""
    said: list[bytes] = []

    def note(_: int, message: bytes) -> bytes:
        said.append(message)
        return message

    here, there, air = codes(note)
    assert here is not None and here == there and air.listener.code == here.code
    return said


def agree_differently(here: SessionKeys | None, there: SessionKeys | None) -> bool:
    """Whether both derived something; none of it is the same."""
    if here is None or there is None:
        return False
    assert here.code != there.code and not {here.session, here.caller_seal, here.resume} & {there.session, there.caller_seal, there.resume}
    return True


@pytest.mark.parametrize("number", [1, 2, 3])
@pytest.mark.parametrize("flip", [0x01, 0x20, 0xFF])
def test_every_byte_said_before_is_under_the_code(number: int, flip: int) -> None:
    """A changed byte of messages 1 to 3, if it goes through at all, changes the code on one of the two screens."""
    said, through = in_the_clear(), 0
    for place in range(len(said[number - 1])):

        def change(at: int, message: bytes, place: int = place) -> bytes:
            return message if at != number else message[:place] + bytes((message[place] ^ flip,)) + message[place + 1 :]

        here, there, air = codes(change)
        assert air.listener.code is None
        through += agree_differently(here, there)
    assert through > 5, "some of them decode, and are caught by nothing but the code and the keys"


@pytest.mark.parametrize("number", [1, 2, 3])
def test_how_a_message_is_written_is_under_the_code_too(number: int) -> None:
    said, through = in_the_clear(), 0
    for other in encodings(decode(said[number - 1])):

        def change(at: int, message: bytes, other: bytes = other) -> bytes:
            return other if at == number else message

        here, there, _ = codes(change)
        through += agree_differently(here, there)
    assert through > 50


def test_a_middle_that_grinds_has_no_choice() -> None:
    """It plays the caller, knows the code that it wants and the whole handshake, and may say the last message as it likes."""
    shown: set[str] = set()
    said = in_the_clear()
    reveal = decode(said[3])
    assert isinstance(reveal, wire.Reveal)
    tries = [said[3], *encodings(reveal)]
    tries += [encode(msgspec.structs.replace(reveal, nonce=n.to_bytes(16))) for n in range(100)]
    tries += [encode(msgspec.structs.replace(reveal, public_key=exchange_public(bytes((n,)) * 32))) for n in range(1, 100)]
    for grind in tries:

        def say(at: int, message: bytes, grind: bytes = grind) -> bytes:
            return grind if at == 4 else message

        _, there, _ = codes(say)
        if there is not None:
            shown.add(there.code)
    assert len(tries) > 300 and len(shown) == 1


def test_a_middle_that_plays_the_listener_chooses_before_it_knows() -> None:
    """The request tells nothing of the caller's share, and there is one offer."""
    air = pair()
    air.caller.receive(air.listener.greet()[0])
    (request,) = air.caller.request(Purpose.LINK, Method.PBC)
    offers = [encode(wire.Offer(public_key=exchange_public(bytes((n,)) * 32), nonce=bytes(16))) for n in (1, 2)]
    reveal = decode(air.caller.receive(offers[0])[1][0])
    assert isinstance(reveal, wire.Reveal) and reveal.public_key not in request and reveal.nonce not in request
    heard, _ = air.caller.receive(offers[1])
    assert isinstance(heard[0], Failed) and air.caller.code is None


# spec: 3.7
def test_each_conversation_draws_keys_of_its_own() -> None:
    """A share that is used twice lets a middle try codes one by one."""
    entropies = {role: seeded(f"one machine, {role.value}") for role in Role}
    shares: list[bytes] = []
    for _ in range(3):
        sides = [
            Conversation(role=role, channel=CHANNEL, me=me, identity=Identity.from_seed(seed), entropy=entropies[role])
            for role, me, seed in ((Role.CALLER, CALLER, CALLER_SEED), (Role.LISTENER, LISTENER, LISTENER_SEED))
        ]
        air = Pair(*sides).requested()
        (offer,) = air.listener.offer()
        reveal, _ = air.caller.receive(offer)[1]
        for message in (decode(offer), decode(reveal)):
            assert isinstance(message, wire.Offer | wire.Reveal)
            shares += [message.public_key, message.nonce]
        assert not air.caller._private and not air.caller._nonce, "used once and dropped"
    assert len(set(shares)) == 12


@pytest.mark.parametrize(
    "change",
    [{"name": "Eve"}, {"kind": Kind.PHONE}, {"p2p_address": b"\x02evil!"}, {"port": 1}, {"methods": ()}],
    ids=lambda change: next(iter(change)),
)
def test_a_changed_hello_is_noticed(change: dict[str, Any]) -> None:
    air = pair()
    hello = decode(air.listener.greet()[0])
    assert isinstance(hello, wire.Hello) and hello.facts is not None
    air.to_caller.append(encode(msgspec.structs.replace(hello, facts=msgspec.structs.replace(hello.facts, **change))))
    air.deliver()
    air.to_listener += air.caller.request(Purpose.LINK, Method.PBC)
    air.deliver()
    air.to_caller += air.listener.offer()
    caller_heard, listener_heard = air.deliver()
    assert isinstance(listener_heard[0], Failed) and isinstance(caller_heard[-1], Failed)


def test_a_changed_request_is_noticed() -> None:
    air = pair().greeted()
    request = decode(air.caller.request(Purpose.LINK, Method.PBC)[0])
    assert isinstance(request, wire.Request)
    air.to_listener.append(encode(msgspec.structs.replace(request, purpose=Purpose.SCREEN)))
    air.deliver()
    air.to_caller += air.listener.offer()
    caller_heard, listener_heard = air.deliver()
    assert isinstance(listener_heard[0], Failed) and isinstance(caller_heard[-1], Failed)


# spec: 3.2
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


def test_who_only_names_our_identity_is_no_copy_of_this_computer(monkeypatch: pytest.MonkeyPatch) -> None:
    air = pair()
    own = Identity.from_seed(LISTENER_SEED).public
    said = Conversation._proof
    monkeypatch.setattr(
        Conversation,
        "_proof",
        lambda self, *given: msgspec.structs.replace(said(self, *given), identity=own) if self is air.caller else said(self, *given),
    )
    air.requested()
    air.to_caller += air.listener.offer()
    _, listener_heard = air.deliver()
    assert listener_heard == [Failed("wrong signature")]


# spec: 3.9
def test_a_peer_with_our_own_identity_is_refused() -> None:
    twin = Conversation(role=Role.CALLER, channel=CHANNEL, me=CALLER, identity=Identity.from_seed(LISTENER_SEED), entropy=seeded("twin"))
    air = Pair(twin, conversation(Role.LISTENER)).requested()
    air.to_caller += air.listener.offer()
    caller_heard, listener_heard = air.deliver()
    assert listener_heard == [Failed("our own identity came back", own_identity=True)]
    assert caller_heard[1:] == [Failed("our own identity came back", own_identity=True)], "the caller learns it too"


@pytest.mark.parametrize("identity", [bytes(32), b"\x01" + bytes(31), b"\xee" + b"\xff" * 31, b"\xff" * 32])
@pytest.mark.parametrize("role", list(Role))
def test_an_identity_that_anybody_can_sign_for_is_refused(role: Role, identity: bytes) -> None:
    air = pair().requested()
    reveal, proof = air.caller.receive(air.listener.offer()[0])[1]
    air.listener.receive(reveal)
    if role is Role.LISTENER:
        air.listener.receive(proof)
        speaker, hearer = air.listener, air.caller
    else:
        assert air.caller._keys is not None
        air.caller._sealer = Sealer(air.caller._keys.caller_seal)  # its proof is said anew
        speaker, hearer = air.caller, air.listener
    heard, _ = hearer.receive(speak_anyway(speaker, wire.Proof(identity=identity, signature=b"\x01" + bytes(63))))
    assert heard == [Failed("unusable identity")] and hearer.keys is None and hearer.their_identity is None


@pytest.mark.parametrize(("callers", "outcome"), [(CALLER_SEED, Secured), (LISTENER_SEED, Failed), (b"o" * 32, Failed)])
def test_a_listener_proves_itself_to_this_caller_or_to_nobody(callers: bytes, outcome: type[Heard]) -> None:
    air = pair().secured()
    proof = air.listener._proof(Identity.from_seed(callers).public)
    heard, _ = air.caller.receive(speak_anyway(air.listener, proof))
    assert isinstance(heard[0], outcome)


def test_of_methods_that_nobody_knows_nothing_is_kept() -> None:
    hello = decode(conversation(Role.LISTENER).greet()[0])
    assert isinstance(hello, wire.Hello) and hello.facts is not None
    caller = conversation(Role.CALLER)
    caller.receive(encode(msgspec.structs.replace(hello, facts=msgspec.structs.replace(hello.facts, methods=("thought", "pbc")))))
    assert caller.peer == replace(LISTENER, methods=(Method.PBC,))


def test_a_request_is_beyond_offer_while_it_goes_on() -> None:
    air = pair().requested()
    assert not air.listener.offered
    air.listener.goodbye(GoodbyeReason.BUSY)
    assert not air.listener.offered, "it was never offered anything"
    for reach in (Pair.secured, Pair.proven, Pair.accepted, Pair.meeting, Pair.forming):
        air = reach(pair())
        assert air.listener.offered and not air.caller.offered
        air.listener.goodbye(GoodbyeReason.FAILED)
        assert not air.listener.offered


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
    assert air.caller.receive(replies[0]) == ([PeerLeft(PROTOCOL, sealed=True)], [])


def test_a_proof_sent_back_is_refused() -> None:
    air = pair().requested()
    reveal, proof = air.caller.receive(air.listener.offer()[0])[1]
    air.listener.receive(reveal)
    air.listener.receive(proof)
    heard, _ = air.caller.receive(proof)
    assert heard == [Failed("a sealed message does not open")]


# --- lost, repeated, reordered ---------------------------------------------------------------------------------------------


# spec: 3.5
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
    assert caller_heard == [PeerLeft(PROTOCOL, sealed=True)]
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
                    case Said(Answer(accepted=True)) if side.allows(MATCH):
                        replies += side.say(MATCH)
            in_flight.extend((to.other, reply) for reply in replies)
        count += 1
    return caller_heard, listener_heard, air


def test_the_air_that_changes_nothing() -> None:
    caller_heard, listener_heard, air = handshake_air(lambda _, message: [message])
    assert [type(what) for what in caller_heard] == [Greeted, Keyed, Secured, Said]
    assert [type(what) for what in listener_heard] == [Requested, Secured, Said]
    assert air.caller.code == air.listener.code is not None


@settings(max_examples=150)
@given(st.integers(0, 7), st.data())
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


# --- marks -----------------------------------------------------------------------------------------------------------------

KEY, CALL = b"k" * 32, b"\x11abchh"


def marked(*, expects: bytes | None = None) -> Pair:
    return Pair(conversation(Role.CALLER), conversation(Role.LISTENER, marking=Marking(KEY, CALL), expects=expects))


# spec: 2.11
def test_to_a_hint_nothing_is_said_but_a_mark() -> None:
    air = marked()
    (hello,) = air.listener.greet()
    for said in (LISTENER.name.encode(), LISTENER.p2p_address, Identity.from_seed(LISTENER_SEED).public):
        assert said not in hello
    assert set(msgspec.msgpack.decode(hello)) == {"type", "versions", "mark"}
    air.caller.receive(hello)
    assert air.caller.peer is None
    assert air.caller.marked_by(Marking(KEY, CALL))
    assert not air.caller.marked_by(Marking(KEY[::-1] + b"x", CALL)) and not air.caller.marked_by(Marking(KEY, b"\x11abdhh"))
    elsewhere = conversation(Role.CALLER, channel=b"else")
    elsewhere.receive(hello)
    assert not elsewhere.marked_by(Marking(KEY, CALL)), "said again on another channel it is worth nothing"


def test_facts_come_with_the_yes_and_only_then() -> None:
    for answer in (YES, NO):
        air = marked().greeted()
        air.to_listener += air.caller.request(Purpose.LINK, Method.PBC, KEY)
        air.deliver()
        air.to_caller += air.listener.offer()
        air.deliver()
        air.listener_says(answer)
        heard, _ = air.deliver()
        if answer is NO:
            assert air.caller.peer is None and heard == [Said(NO)]
        else:
            assert air.caller.peer == LISTENER


# spec: 2.12
@pytest.mark.parametrize("wrong", ["none", "another key", "another channel", "another hello", "another commitment"])
def test_a_request_without_the_right_mark_is_hung_up_on(wrong: str) -> None:
    air = marked()
    (hello,) = air.listener.greet()
    air.caller.receive(hello)
    request = decode(air.caller.request(Purpose.LINK, Method.PBC, KEY)[0])
    assert isinstance(request, wire.Request) and request.mark is not None
    marks = {
        "none": None,
        "another key": request_mark(b"o" * 32, CHANNEL, hello, request.commitment),
        "another channel": request_mark(KEY, b"else", hello, request.commitment),
        "another hello": request_mark(KEY, CHANNEL, b"hello", request.commitment),
        "another commitment": request_mark(KEY, CHANNEL, hello, b"c" * 32),
    }
    heard, replies = air.listener.receive(encode(msgspec.structs.replace(request, mark=marks[wrong])))
    assert heard == [Failed("a request with a wrong mark")] and replies == [encode(Goodbye(PROTOCOL))]
    assert air.listener.peer is None


# spec: 2.20
def test_whoever_proves_another_identity_than_the_one_that_was_meant_gets_no_further() -> None:
    air = marked(expects=b"f" * 32).greeted()
    air.to_listener += air.caller.request(Purpose.LINK, Method.PBC, KEY)
    air.deliver()
    air.to_caller += air.listener.offer()
    _, listener_heard = air.deliver()
    assert listener_heard == [Failed("another identity than the one that was meant")]
    air = pair()
    air.caller.expects = b"f" * 32
    air.secured()
    air.listener_says(YES)
    caller_heard, _ = air.deliver()
    assert caller_heard == [Failed("another identity than the one that was meant")]


def test_a_yes_to_a_marked_request_that_tells_no_facts_is_a_breach() -> None:
    air = marked().greeted()
    air.to_listener += air.caller.request(Purpose.LINK, Method.PBC, KEY)
    air.deliver()
    air.to_caller += air.listener.offer()
    air.deliver()
    air.to_caller += air.listener.prove()
    air.deliver()
    heard, _ = air.caller.receive(speak_anyway(air.listener, YES))
    assert heard == [Failed("a yes that does not say whose")]


# spec: 2.13
def test_a_version_that_we_did_not_say_is_refused() -> None:
    air = pair().greeted()
    request = decode(air.caller.request(Purpose.LINK, Method.PBC)[0])
    assert isinstance(request, wire.Request)
    heard, _ = air.listener.receive(encode(msgspec.structs.replace(request, version=2)))
    assert heard == [Failed("a version that we did not say")]


# --- restoring a lost link -------------------------------------------------------------------------------------------------


def resuming(keys: SessionKeys, label: str = "again", channel: bytes = b"back", listener: SessionKeys | None = None) -> Pair:
    there = listener or keys
    return Pair(
        conversation(Role.CALLER, label, channel=channel, resumable=keys),
        conversation(Role.LISTENER, label, channel=channel, resumable=there, marking=Marking(there.resume, CALL)),
    ).greeted()


# spec: 6.3
def test_a_lost_link_is_restored_without_a_code() -> None:
    old = lost_link()
    air = resuming(old)
    assert air.caller.marked_by(Marking(old.resume, CALL))
    air.to_listener += air.caller.resume()
    (here,), (there,) = air.deliver()
    assert isinstance(here, Restored) and isinstance(there, Restored)
    assert here.keys == there.keys == air.caller.keys == air.listener.keys != old
    assert air.caller.peer == LISTENER, "where it is may have changed"
    for side in (air.caller, air.listener):
        assert side.code is None and side.their_identity is None and not side.allows(YES) and not side.allows(MATCH)
    air.call_says(Seen())
    air.listener_says(Seen())
    air.deliver()
    air.call_says(GO)
    assert air.deliver() == ([], [Said(GO)])


# spec: 6.5
def test_a_restored_link_can_be_lost_and_restored_and_the_old_keys_stay_good_until_then() -> None:
    old = keys = lost_link()
    for label in ("one", "two", "three"):
        air = resuming(keys, label)
        air.to_listener += air.caller.resume()
        air.deliver()
        assert air.listener.keys is not None and air.listener.keys == air.caller.keys != keys
        keys = air.listener.keys
    again = resuming(old, "four")
    again.to_listener += again.caller.resume()
    again.deliver()
    assert again.listener.keys is not None and again.listener.keys != keys


# spec: 6.4
def test_nothing_is_known_before_something_sealed_has_opened() -> None:
    air = resuming(lost_link())
    (resume,) = air.caller.resume()
    heard, replies = air.listener.receive(resume)
    assert heard == [] and air.listener.keys is None and len(replies) == 2
    heard, match = air.caller.receive(replies[0])
    assert heard == [] and air.caller.keys is None and len(match) == 1


# spec: 6.2
def test_two_resumes_at_once_have_keys_of_their_own() -> None:
    """Several that say hello are asked at once: one nonce on two channels would repeat a key stream."""
    old = lost_link()
    airs = [resuming(old, label, channel) for label, channel in (("one", b"1111"), ("two", b"2222"), ("two", b"3333"))]
    for air in airs:
        air.to_listener += air.caller.resume()
        air.deliver()
    seals = {air.caller.keys.caller_seal for air in airs if air.caller.keys is not None}
    assert len(seals) == 3


def resumed_by_hand(keys: SessionKeys, public: bytes | None = None) -> tuple[Pair, bytes, Callable[[wire.Message], bytes]]:
    """A caller that resumes, the right `resumed` of somebody who has the keys, and what seals for them: in nobody's order."""
    air = resuming(keys)
    resume = decode(air.caller.resume()[0])
    assert isinstance(resume, wire.Resume)
    private = b"z" * 32
    public = exchange_public(private) if public is None else public or resume.public_key
    said = resume_hash(b"back", air.listener._hello, keys.session, resume.public_key)
    resumed = encode(wire.Resumed(public_key=public, tag=resumed_tag(keys, said, public)))
    sealer = Sealer(restored(keys, private, resume.public_key, restored_salt(said, public)).listener_seal)
    return air, resumed, lambda message: sealer.seal(encode(message))


def test_whoever_has_the_keys_of_a_lost_link_still_has_to_keep_to_the_order() -> None:
    keys = lost_link()
    yes = Answer(accepted=True, by=wire.By.TRUST, facts=facts(LISTENER))
    air, resumed, seal = resumed_by_hand(keys)
    air.caller.receive(resumed)
    assert isinstance(air.caller.receive(seal(yes))[0][0], Restored)
    for first in [*SEALED.values(), *MESSAGES]:  # a yes too, when it does not say whose
        air, resumed, seal = resumed_by_hand(keys)
        air.caller.receive(resumed)
        heard, _ = air.caller.receive(seal(first))
        assert isinstance(heard[0], Failed | PeerLeft) and air.caller.ended and air.caller.keys is None
    for other in [*SEALED.values(), *MESSAGES]:
        air = resuming(keys)
        air.caller.receive(air.listener.receive(air.caller.resume()[0])[1][0])
        new = air.caller._keys
        assert new is not None and air.listener.keys is None
        heard, _ = air.listener.receive(Sealer(new.caller_seal).seal(encode(other)))
        if isinstance(other, MatchMessage):
            assert isinstance(heard[0], Restored)
        else:
            assert isinstance(heard[0], Failed | PeerLeft) and air.listener.ended and air.listener.keys is None


@pytest.mark.parametrize(("public", "why"), [(b"", "our own public key came back"), (bytes(32), "unusable public key")])
def test_a_resumed_with_a_right_tag_and_a_useless_key_is_refused(public: bytes, why: str) -> None:
    air, resumed, _ = resumed_by_hand(lost_link(), public)
    heard, replies = air.caller.receive(resumed)
    assert heard == [Failed(why)] and replies == [encode(Goodbye(PROTOCOL))] and air.caller.keys is None


def test_a_resume_with_a_right_tag_and_a_useless_key_is_refused() -> None:
    keys = lost_link()
    air = resuming(keys)
    public = bytes(32)
    tag = resume_tag(keys, resume_hash(b"back", air.listener._hello, keys.session, public))
    heard, replies = air.listener.receive(encode(wire.Resume(session=keys.session, public_key=public, tag=tag)))
    assert heard == [Failed("unusable public key")] and replies == [encode(Goodbye(PROTOCOL))]


def test_a_resume_said_again_resumes_nothing() -> None:
    """Not on the channel that it was for, and not for a listener that has drawn another hello; a fresh one works all the same."""
    keys = lost_link()
    air = resuming(keys)
    (resume,) = air.caller.resume()
    assert air.listener.receive(resume)[0] == []
    assert isinstance(air.listener.receive(resume)[0][0], Failed) and air.listener.keys is None
    other = Pair(
        conversation(Role.CALLER, "later", channel=b"back", resumable=keys),
        conversation(Role.LISTENER, "later", channel=b"back", resumable=keys, marking=Marking(keys.resume, CALL[:-1] + b"x")),
    ).greeted()
    refused(other, resume)
    fresh = resuming(keys, "fresh")
    fresh.to_listener += fresh.caller.resume()
    assert all(isinstance(heard[0], Restored) for heard in fresh.deliver())


def test_what_restores_a_link_has_no_code_and_makes_nobody_trusted() -> None:
    air = resuming(lost_link())
    air.to_listener += air.caller.resume()
    air.deliver()
    for side in (air.caller, air.listener):
        assert side.keys is not None and (side.keys.code, side.keys.trust) == ("", b"")


def refused(air: Pair, resume: bytes) -> None:
    heard, replies = air.listener.receive(resume)
    assert heard == [Failed("this link cannot be resumed")]
    assert replies == [encode(Goodbye(PROTOCOL))] and air.listener.keys is None


def test_a_resume_is_for_its_channel_its_hello_its_session_and_its_keys_only() -> None:
    keys = lost_link()
    (resume,) = resuming(keys).caller.resume()
    stranger = pair("stranger").accepted().caller.keys
    assert stranger is not None
    refused(resuming(keys, channel=b"else"), resume)
    refused(resuming(stranger), resume)
    refused(resuming(replace(stranger, session=keys.session)), resume)
    refused(pair().greeted(), resume)
    other_hello = Pair(conversation(Role.CALLER), conversation(Role.LISTENER, "x", channel=b"back", resumable=keys)).greeted()
    refused(other_hello, resume)
    refused(resuming(keys), resume[:-1] + bytes((resume[-1] ^ 1,)))


def test_an_answer_to_a_resume_is_for_it_only() -> None:
    keys = lost_link()
    first, second = resuming(keys, "one"), resuming(keys, "two")
    (resume,) = first.caller.resume()
    resumed = first.listener.receive(resume)[1][0]
    second.caller.resume()
    heard, _ = second.caller.receive(resumed)
    assert heard == [Failed("this link cannot be resumed")] and second.caller.keys is None


def test_our_own_key_reflected_by_a_resume_gets_nobody_anything() -> None:
    keys = lost_link()
    air = resuming(keys)
    resume = decode(air.caller.resume()[0])
    assert isinstance(resume, wire.Resume)
    heard, _ = air.caller.receive(encode(wire.Resumed(public_key=resume.public_key, tag=resume.tag)))
    assert isinstance(heard[0], Failed)


def test_a_caller_told_that_it_cannot_resume_hears_it_and_cannot_know_from_whom() -> None:
    keys = lost_link()
    air = Pair(conversation(Role.CALLER, resumable=keys), conversation(Role.LISTENER)).greeted()
    air.to_listener += air.caller.resume()
    caller_heard, _ = air.deliver()
    assert caller_heard == [PeerLeft(PROTOCOL, sealed=False)]


def test_resume_comes_instead_of_request_and_not_after_it() -> None:
    keys = lost_link()
    air = resuming(keys)
    (resume,) = air.caller.resume()
    with pytest.raises(OutOfOrder):
        air.caller.request(Purpose.LINK, Method.PBC)
    other = resuming(keys)
    other.to_listener += other.caller.request(Purpose.LINK, Method.PBC, keys.resume)
    other.deliver()
    assert other.listener.receive(resume)[0] == [Failed("resume is out of place")]


# --- anything at all -------------------------------------------------------------------------------------------------------


@given(
    st.sampled_from([lambda air: air, Pair.greeted, Pair.requested, Pair.secured, Pair.proven, Pair.accepted, Pair.forming]),
    st.sampled_from(list(Role)),
    st.lists(st.binary(max_size=200) | st.sampled_from([encode(each) for each in MESSAGES]), max_size=5),
)
def test_any_messages_from_anyone(reach: Callable[[Pair], Pair], role: Role, messages: list[bytes]) -> None:
    air = reach(pair())
    side = air.caller if role is Role.CALLER else air.listener
    ends = 0
    for message in messages:
        heard, _ = side.receive(message)
        ends += sum(isinstance(what, Failed | PeerLeft) for what in heard)
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
