"""The session as dialogues: who starts, sleep, what the carrier does, programs, and events in any order at the same pair."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from nearby_tray.core import orders as o
from nearby_tray.core.conversation import PeerLeft
from nearby_tray.core.frames import split
from nearby_tray.core.keys import Role, TrustedPeer, hint
from nearby_tray.core.link import LinkLeft, LinkLost, LinkUp
from nearby_tray.core.model import (
    Abilities,
    Asker,
    Asks,
    BluetoothChanged,
    CallHeard,
    Disconnected,
    Failure,
    FormGroup,
    FrameArrived,
    Group,
    GroupLost,
    Method,
    PeerFound,
    PeerLost,
    Reason,
    Stage,
    Visibility,
    WifiChanged,
    WifiRequest,
    Wish,
    WishKind,
)
from nearby_tray.core.peers import text_address
from nearby_tray.core.pin import valid
from nearby_tray.core.states import (
    Asked,
    Asking,
    Checking,
    Clearing,
    Ending,
    Forming,
    Idle,
    Linked,
    Meeting,
    Seeking,
)
from nearby_tray.core.wire import (
    Call,
    Facts,
    Goodbye,
    GoodbyeReason,
    Hello,
    Kind,
    Purpose,
    encode,
)
from tests.core.pair import (
    FILES,
    LIMITS,
    POSIX,
    ROOM,
    TYPED,
    Pair,
    Side,
    Stranger,
    bond,
    failure,
    known,
    lose,
    seen_by,
    trust_each_other,
    wants,
)

# --- who starts ------------------------------------------------------------------------------------------------------------


def test_without_a_radio_seeking_is_refused_with_its_reason() -> None:
    p = Pair(radios=False)
    p.do(p.ada, o.Seek()).at(Idle, Idle)
    assert failure(p.ada) == Failure(Stage.SEEKING, Reason.BLUETOOTH_MISSING)
    p.do(p.ada, BluetoothChanged(None), o.Seek())
    assert failure(p.ada) == Failure(Stage.SEEKING, Reason.WIFI_MISSING)
    p.do(p.ada, WifiChanged(None), o.Seek())
    assert failure(p.ada) == Failure(Stage.SEEKING, Reason.WIFI_NO_P2P), "without an address of its own nobody could find it"
    p.do(p.ada, o.Dismiss())
    assert failure(p.ada) is None
    p.do(p.ada, WifiChanged(None, p.ada.address), o.Seek()).at(Seeking, Idle)


def test_nobody_answers(p: Pair) -> None:
    p.hears = False
    p.do(p.ada, o.Seek()).at(Seeking, Idle)
    assert wants(p.ada).find is o.Find.ON
    p.wait(29.9).at(Seeking, Idle)
    p.wait(0.2).at(Idle, Idle)
    assert failure(p.ada) == Failure(Stage.SEEKING, Reason.NOBODY_ANSWERED)


def test_one_click_seeks_again(p: Pair) -> None:
    p.hears = False
    p.do(p.ada, o.Seek()).wait(31).do(p.ada, o.Seek()).at(Seeking, Idle)


# spec: 1.2
def test_after_the_call_there_is_time_to_choose(p: Pair) -> None:
    p.do(p.ada, o.Seek()).wait(31).at(Seeking, Idle)
    assert wants(p.ada).advertisement is None
    assert [peer.name for peer in p.ada.session.snapshot().peers] == ["Ben"]
    p.do(p.ada, o.Seek()).at(Seeking, Idle)
    assert wants(p.ada).advertisement is not None
    p.wait(31).at(Seeking, Idle)
    p.wait(90).at(Idle, Idle)
    assert failure(p.ada) == Failure(Stage.SEEKING, Reason.NOBODY_ANSWERED)
    assert not p.links


def test_a_call_that_cannot_be_put_on_the_air_ends_the_seeking(p: Pair) -> None:
    p.do(p.ada, o.Seek(), o.CallFailed(Reason.BLUETOOTH_REFUSED, "no room")).at(Idle, Idle)
    assert failure(p.ada) == Failure(Stage.SEEKING, Reason.BLUETOOTH_REFUSED, "no room")


ABLE = Abilities("wpa_supplicant", pin=True, intent=True, frequency=True)


def orders_of(p: Pair) -> tuple[FormGroup, FormGroup]:
    """What both sides are to form."""
    p.ask().agree().find().wait(LIMITS.lead)
    ada, ben = p.ada.session.wants.group, p.ben.session.wants.group
    assert isinstance(ada, FormGroup) and isinstance(ben, FormGroup)
    return ada, ben


def able(p: Pair, *sides: Side) -> Pair:
    for side in sides:
        p.do(side, WifiChanged(None, side.address, abilities=ABLE))
    return p


# spec: 2.23
def test_two_that_can_use_a_pin_agree_on_one_and_nobody_types_it(p: Pair) -> None:
    ada, ben = orders_of(able(p, p.ada, p.ben))
    assert ada.pin is not None and ada.pin == ben.pin and valid(ada.pin)
    assert (ada.method, ben.method) == (Method.DISPLAY, Method.KEYPAD)
    assert p.ada.session.snapshot().pin is None, "there is nothing to show"
    assert ada.pin not in repr((p.ada.session.state, p.ada.commands, p.ben.session.state, p.ben.commands))
    for side, order in ((p.ada, ada), (p.ben, ben)):
        p.do(side, o.GroupFormed(order.attempt, Group("p2p0", order.own, 7)))
    link = p.pong().ada.session.snapshot().link
    assert link is not None and link.pin


# spec: 2.23
def test_each_try_has_a_pin_of_its_own(p: Pair) -> None:
    first = orders_of(able(p, p.ada, p.ben))
    p.do(p.ada, o.GroupFailed(first[0].attempt, Reason.WRONG_PIN))
    for side in (p.ada, p.ben):
        p.do(side, o.Cleared(side.session.wants.clear))
    p.wait(LIMITS.settle).wait(LIMITS.lead_again)
    ada, ben = p.ada.session.wants.group, p.ben.session.wants.group
    assert isinstance(ada, FormGroup) and isinstance(ben, FormGroup)
    assert ada.pin == ben.pin != first[0].pin
    assert [order.begins for order in (*first, ada, ben)] == [False, True, True, False]


@pytest.mark.parametrize("who", ["ada", "ben", "neither"])
def test_where_one_side_cannot_it_is_the_button(p: Pair, who: str) -> None:
    ada, ben = orders_of(able(p, *(side for side in (p.ada, p.ben) if side.name == who)))
    assert (ada.method, ben.method, ada.pin, ben.pin) == (Method.PBC, Method.PBC, None, None)


@pytest.mark.parametrize(("ours", "expected"), [(7, (7, 7)), (15, (14, 1)), (9, (9, 1)), (1, (1, 14)), (0, (0, 14))])
def test_who_owns_the_group_is_the_callers_wish(ours: int, expected: tuple[int, int]) -> None:
    p = Pair(ada=o.Policy("ada", intent=ours, frequency=5180), ben=o.Policy("ben", intent=12, frequency=2412))
    ada, ben = orders_of(able(p, p.ada, p.ben))
    assert (ada.intent, ben.intent) == expected
    assert (ada.frequency, ben.frequency) == (5180, None), "two wishes could have nothing in common"


def test_what_cannot_be_chosen_is_left_to_the_daemon() -> None:
    ada, ben = orders_of(Pair(ada=o.Policy("ada", intent=15, frequency=5180)))
    assert (ada.intent, ada.frequency, ben.intent, ben.frequency) == (None, None, None, None)


def test_a_stray_request_after_a_session_is_no_strangers(p: Pair) -> None:
    p.link().do(p.ada, o.Cancel()).removed(p.ada).removed(p.ben)
    request = WifiRequest(text_address(p.ada.address), Asks.NEGOTIATE, Method.PBC)
    p.do(p.ben, request).at(Idle, Idle)
    p.wait(LIMITS.ask + 1).do(p.ben, request)
    assert p.ben.session.snapshot().stage is Stage.ASKED


def test_what_could_not_be_said_ends_its_own_direction_only(p: Pair) -> None:
    """Two who clicked each other: the goodbye of the one that yields may come too late for its own service (seen on BlueZ 5.66)."""
    p.do(p.ada, o.Seek()).do(p.ben, o.Seek()).wait(3)
    p.do(p.ben, o.Ask(p.ben.session.snapshot().peers[0].id)).at(Asked, Asking)
    p.do(p.ada, o.SayFailed(p.ben.name, Role.CALLER)).at(Asked, Asking)
    p.do(p.ada, o.SayFailed(p.ben.name, Role.LISTENER))
    assert failure(p.ada) is None and len(p.ada.session.snapshot().missed) == 1


def test_a_row_that_is_gone_cannot_be_asked(p: Pair) -> None:
    p.do(p.ada, o.Seek(), PeerFound("02:00:00:00:00:77", "Phone"))
    phone = p.ada.session.snapshot().peers[-1]
    assert (phone.name, phone.reachable, phone.on_wifi) == ("Phone", False, True)
    p.do(p.ada, o.Ask("nobody")).at(Seeking, Idle)


# spec: 1.7
def test_a_call_is_answered_once_to_each_who_makes_it(p: Pair) -> None:
    """Whoever says a call again that it overheard must not keep us from the one whose call it is."""
    call = Call(call_id=b"abc").encode()
    p.do(p.ben, CallHeard("mallory", call), CallHeard("mallory", call), CallHeard("cy", call)).wait(60)
    p.do(p.ben, CallHeard("cy", call)).wait(60)
    assert p.ben.all(o.Connect) == [o.Connect("mallory"), o.Connect("cy")]
    p.do(p.ben, CallHeard("y", Call(call_id=b"abd").encode()))
    assert len(p.ben.all(o.Connect)) == 3


def test_a_call_whose_connection_broke_before_a_request_is_answered_again_but_not_for_ever(p: Pair) -> None:
    call = Call(call_id=b"abc").encode()
    for _ in range(10):
        p.do(p.ben, CallHeard("x", call), o.Connected("x", ROOM), Disconnected("x")).wait(3)
    assert len(p.ben.all(o.Connect)) == LIMITS.tries


def test_a_flood_of_calls_does_not_keep_those_away_that_are_meant_for_us(p: Pair) -> None:
    trust_each_other(p)
    for n in range(100):
        p.do(p.ben, CallHeard(f"mallory-{n}", Call(call_id=n.to_bytes(3)).encode()))
    p.do(p.ben, CallHeard("friend", Call(call_id=b"abc", hint=hint(b"k" * 32, b"abc", POSIX)).encode())).wait(2)
    assert p.ben.all(o.Connect)[1] == o.Connect("friend")


def test_a_call_heard_while_the_connection_of_before_is_still_ending_is_answered_when_it_is_gone(p: Pair) -> None:
    p.do(p.ben, CallHeard("x", Call(call_id=b"abc").encode()), o.Connected("x", ROOM)).wait(3)
    p.do(p.ben, CallHeard("x", Call(call_id=b"abd").encode())).wait(3)
    assert p.ben.all(o.Connect) == [o.Connect("x")]
    p.do(p.ben, Disconnected("x")).wait(1)
    assert p.ben.all(o.Connect) == [o.Connect("x")] * 2


def test_a_connection_that_breaks_while_it_is_made_is_made_again_within_the_call(p: Pair) -> None:
    """Seen on BlueZ 5.66: service discovery ends with the link, or finds nothing."""
    p.do(p.ben, CallHeard("x", Call(call_id=b"abc").encode()))
    for tries in range(1, 6):
        p.do(p.ben, o.ConnectFailed("x")).wait(1.7)
        assert len(p.ben.all(o.Connect)) == min(tries, LIMITS.tries), "not within two seconds, and not for ever"
        p.wait(0.4)
        assert len(p.ben.all(o.Connect)) == min(tries + 1, LIMITS.tries)


# spec: 1.7
def test_at_most_one_connection_in_two_seconds(p: Pair) -> None:
    for n in range(4):
        p.do(p.ben, CallHeard(f"caller {n}", Call(call_id=bytes((n, n, n))).encode()))
    times: list[float] = []
    for _ in range(80):
        times += [p.now] * (len(p.ben.all(o.Connect)) - len(times))
        p.wait(0.1)
    assert len(times) == 4
    assert all(b - a >= 1.99 for a, b in pairwise(times))


@pytest.mark.parametrize("data", [b"", b"\x11abc\0", b"\x11abc\0\0\0", b"\x21abc\0\0", b"\x10abc\0\0"])
def test_a_call_that_is_no_call_is_not_answered(p: Pair, data: bytes) -> None:
    assert p.do(p.ben, CallHeard("x", data)).ben.all(o.Connect) == []


def test_a_connection_that_nobody_asked_for_is_hung_up(p: Pair) -> None:
    p.do(p.ben, o.Connected("x", ROOM))
    assert p.ben.commands == [o.HangUp("x")]


# spec: 1.6
def test_visible_to_nobody_hears_nobody(p: Pair) -> None:
    p.do(p.ben, o.Configure(replace(p.ben.policy, visibility=Visibility.NOBODY)))
    assert not wants(p.ben).listen
    p.do(p.ada, o.Seek()).do(p.ben, CallHeard("ada", wants(p.ada).advertisement or b""))
    assert p.ben.all(o.Connect) == []


# spec: 1.6
def test_visible_to_trusted_peers_only() -> None:
    p = Pair(ben=o.Policy("Ben", visibility=Visibility.TRUSTED))
    p.do(p.ada, o.Seek())
    assert p.ben.all(o.Connect) == [], "a call to anyone is not for it"
    p.do(p.ada, o.Cancel())
    trust_each_other(p)
    p.do(p.ada, o.Seek(b"somebody else"))
    assert p.ben.all(o.Connect) == []
    p.do(p.ada, o.Cancel(), o.Seek(p.ben.identity.public))
    assert p.ben.all(o.Connect) == [o.Connect("ada")]
    row = p.ada.session.snapshot().peers[0]
    p.do(p.ada, o.Ask(row.id)).at(Asking, Asked)
    for side in (p.ada, p.ben):
        snapshot = side.session.snapshot()
        assert snapshot.peer is not None and snapshot.peer.trusted and not snapshot.needs_code


# spec: 2.11
def test_an_overheard_hint_gets_neither_a_name_nor_a_dialog() -> None:
    """The hint is two bytes that anybody can repeat: who has not the key is told nothing, and is hung up on."""
    p = Pair(ben=o.Policy("Ben", visibility=Visibility.TRUSTED))
    friend = TrustedPeer(b"f" * 32, b"t" * 32, "Friend", 0.0)
    p.do(p.ben, o.Configure(replace(p.ben.policy, visibility=Visibility.TRUSTED, trusted=(friend,))))
    cy = Stranger(p.ben, Call(call_id=b"abc", hint=hint(friend.trust_key, b"abc", POSIX)))
    (hello,) = cy.hellos
    assert hello.facts is None and hello.mark is not None
    cy.say(cy.talk.request(Purpose.LINK, Method.PBC))
    assert cy.heard[-1] == PeerLeft(GoodbyeReason.PROTOCOL, False)
    p.at(Idle, Idle)
    assert p.ben.session.snapshot().missed == ()


# --- sleep ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("trusts", [True, False])
@pytest.mark.parametrize("sleeps", ["ada", "ben"])
def test_what_was_linked_before_the_sleep_is_called_for_after_it(p: Pair, sleeps: str, trusts: bool) -> None:
    if trusts:
        trust_each_other(p)
    p.link().wait(10)
    who: Side = getattr(p, sleeps)
    p.do(who, o.Suspend())
    farewell = wants(who).link
    assert farewell is not None and farewell.leaving, "goodbye first"
    p.do(who.other, o.LinkSaid(who.other.order, LinkLeft()))
    for side in (p.ada, p.ben):
        p.removed(side)
        p.do(side, PeerLost(text_address(side.other.address)))
    p.wait(3).at(Idle, Idle)
    assert not wants(who).listen, "who falls asleep hears nobody"
    p.do(who, BluetoothChanged(Reason.BLUETOOTH_OFF), o.Wake()).wait(5)
    assert who.session.snapshot().stage is Stage.IDLE, "the radios need a moment"
    p.do(who, BluetoothChanged(None)).wait(5)
    assert isinstance(who.other.state, Asked), "it is asked without another click, and answers as always"
    p.do(who.other, o.Accept(""))
    if isinstance(who.state, Asking):
        assert not trusts
        p.do(who, o.Match(""))
    p.at(Meeting, Meeting).find().form().pong()


@pytest.mark.parametrize("stage", ["seeking", "asking", "meeting", "forming", "checking", "clearing", "restoring"])
@pytest.mark.parametrize("sleeps", ["ada", "ben"])
def test_falling_asleep_ends_each_stage(p: Pair, stage: str, sleeps: str) -> None:
    who: Side = getattr(p, sleeps)
    p.do(p.ada, o.Seek()) if stage == "seeking" else p.ask()
    steps: list[tuple[str, Callable[[], object]]] = [
        ("meeting", p.agree),
        ("forming", p.find),
        ("clearing", lambda: p.do(p.ada, o.GroupFailed(p.ada.order, Reason.NOT_FORMED)) if stage == "clearing" else None),
        ("checking", lambda: p.form()),
        ("restoring", lambda: lose(p.pong())),
    ]
    if stage not in ("seeking", "asking"):
        p.hears = stage != "restoring"
        for name, step in steps:
            step()
            if name == stage:
                break
    p.do(who, o.Suspend()).removed(who)
    p.wait(15).removed(who)
    assert isinstance(who.state, Idle) and wants(who) == o.Wants()
    p.do(who, o.Wake()).wait(200)
    for side in (p.ada, p.ben):
        p.removed(side)
        assert isinstance(side.state, Idle | Seeking | Asking | Asked)


def test_cancelled_while_restoring(p: Pair) -> None:
    p.link()
    p.hears = False
    lose(p).do(p.ada, o.Cancel()).do(p.ben, o.Cancel()).at(Idle, Idle)
    assert failure(p.ada) is failure(p.ben) is None
    p.wait(2)
    assert wants(p.ada) == o.Wants(listen=True)


def test_a_goodbye_is_no_loss_and_is_said(p: Pair) -> None:
    p.link().wait(10).do(p.ben, o.LinkSaid(p.ben.order, LinkLeft())).removed(p.ben)
    assert failure(p.ben) == Failure(Stage.LINKED, Reason.PEER_LEFT)


def test_a_pinger_that_cannot_open_has_its_reason(p: Pair) -> None:
    p.ask().agree().find().form()
    for number in (1, 2, 3):
        p.do(p.ada, o.LinkBroken(p.ada.order, Reason.INTERNAL, "port taken"))
        if number < 3:
            p.at(Clearing, Clearing).cleared().find().form()
    p.removed(p.ada).removed(p.ben)
    assert failure(p.ada) == Failure(Stage.CHECKING, Reason.INTERNAL, "port taken")


def test_a_group_that_never_goes_does_not_keep_it_from_resting(p: Pair) -> None:
    p.link().wait(10).do(p.ada, o.Cancel()).wait(12)
    assert isinstance(p.ada.state, Idle)


# --- the carrier -----------------------------------------------------------------------------------------------------------


def test_a_bluetooth_restart_while_seeking_makes_a_new_call(p: Pair) -> None:
    p.do(p.ada, o.Seek())
    first = wants(p.ada).advertisement
    p.wait(3).do(p.ada, BluetoothChanged(Reason.BLUETOOTH_MISSING)).at(Seeking, Idle)
    assert not wants(p.ada).serve, "a call that nobody can put on the air would fail and end the seeking"
    p.do(p.ada, BluetoothChanged(None, fresh=True))
    assert wants(p.ada).advertisement not in (None, first)


def test_bluetooth_that_stays_off_explains_why_nobody_answered(p: Pair) -> None:
    p.do(p.ada, o.Seek(), BluetoothChanged(Reason.BLUETOOTH_OFF)).at(Seeking, Idle).wait(31).at(Idle, Idle)
    assert failure(p.ada) == Failure(Stage.SEEKING, Reason.BLUETOOTH_OFF)


def test_a_cut_connection_while_seeking_may_be_answered_again(p: Pair) -> None:
    p.do(p.ada, o.Seek())
    assert p.ada.session.snapshot().peers
    p.part()
    p.wait(3)
    assert [peer.reachable for peer in p.ada.session.snapshot().peers] == [True]


def test_a_spoofed_unsealed_goodbye_ends_no_link(p: Pair) -> None:
    p.ask().agree().find()
    channel = bond(p.ada).channel
    for frame in split(channel, encode(Goodbye(GoodbyeReason.FINISHED)), ROOM):
        p.do(p.ada, FrameArrived("ben", frame, ROOM))
    assert isinstance(p.ada.state, Forming), "the group that forms does not need the conversation"
    p.form().pong()


def test_frames_of_another_origin_on_our_channel_are_ignored(p: Pair) -> None:
    p.ask().agree()
    for side in (p.ada, p.ben):
        for frame in split(bond(side).channel, encode(Goodbye(GoodbyeReason.CANCELLED)), ROOM):
            p.do(side, FrameArrived("mallory", frame, ROOM))
    p.at(Meeting, Meeting).find().form().pong()


def test_a_ninth_machine_that_says_hello_does_not_drop_the_one_we_ask(p: Pair) -> None:
    p.do(p.ada, o.Seek())
    for n in range(30):
        facts = Facts(name=f"M{n}", kind=Kind.OTHER, p2p_address=bytes(5) + bytes((n,)), port=1, methods=("pbc",))
        hello = Hello(versions=(1,), facts=facts)
        for frame in split(bytes((9, 9, 9, n)), encode(hello), ROOM):
            p.do(p.ada, FrameArrived(f"mallory-{n}", frame, ROOM))
    rows = p.ada.session.snapshot().peers
    assert len([row for row in rows if row.reachable]) <= 8


def test_a_dialog_closes_when_the_caller_is_gone(p: Pair) -> None:
    p.ask().at(Asking, Asked).do(p.ada, BluetoothChanged(Reason.BLUETOOTH_OFF)).at(Idle, Idle)
    assert failure(p.ben) is None and len(p.ben.session.snapshot().missed) == 1


# --- programs of this computer ----------------------------------------------------------------------------------------------


def wish(side: Side) -> Wish | None:
    return side.session.snapshot().wish


def test_what_a_program_asks_for_begins_when_our_user_allows_it(p: Pair) -> None:
    p.do(p.ada, o.AskedFor(FILES, o.Seek())).at(Seeking, Idle)
    assert p.ada.session.snapshot().asker == FILES, "looking around needs no consent, and is no secret"
    p.ada.commands.clear()
    p.do(p.ada, o.AskedFor(FILES, o.Ask(seen_by(p.ada)))).at(Seeking, Idle)
    asks = wish(p.ada)
    assert asks is not None and (asks.asker, asks.what, asks.until) == (FILES, WishKind.LINK, p.now + LIMITS.consent)
    assert asks.peer is not None and asks.peer.name == "Ben" and not p.ada.commands, "nothing is said before that"
    p.do(p.ada, o.Allow("")).at(Asking, Asked)
    assert wish(p.ada) is None and p.ada.session.snapshot().asker == FILES
    p.agree().find().form().pong()
    assert p.ada.session.snapshot().asker == FILES and p.ben.session.snapshot().asker is None
    p.do(p.ada, o.Cancel())
    p.removed(p.ada).removed(p.ben).at(Idle, Idle)
    assert p.ada.session.snapshot().asker is None
    p.do(p.ada, o.Allow("")).at(Idle, Idle)


def test_what_the_user_typed_begins_at_once(p: Pair) -> None:
    p.do(p.ada, o.AskedFor(TYPED, o.Seek()), o.AskedFor(TYPED, o.Ask("nobody"))).at(Seeking, Idle)
    p.do(p.ada, o.AskedFor(TYPED, o.Ask(seen_by(p.ada)))).at(Asking, Asked)
    assert p.ada.session.snapshot().asker == TYPED and wish(p.ada) is None


def test_the_users_own_click_is_nobodys_wish(p: Pair) -> None:
    p.do(p.ada, o.AskedFor(FILES, o.Seek()))
    p.do(p.ada, o.AskedFor(FILES, o.Ask(seen_by(p.ada))))
    p.do(p.ada, o.Ask(seen_by(p.ada))).at(Asking, Asked)
    assert wish(p.ada) is None and p.ada.session.snapshot().asker is None
    p.do(p.ada, o.Forbid("")).at(Asking, Asked)


def test_one_wish_at_a_time_and_only_a_possible_one(p: Pair) -> None:
    p.do(p.ada, o.AskedFor(FILES, o.Ask("nobody")), o.AskedFor(FILES, o.Invite("nobody")))
    assert wish(p.ada) is None
    p.do(p.ada, o.Seek(), o.AskedFor(FILES, o.Ask("nobody")))
    assert wish(p.ada) is None
    p.do(p.ada, o.AskedFor(FILES, o.Ask(seen_by(p.ada))), o.AskedFor(Asker("Other"), o.Host()))
    asks = wish(p.ada)
    assert asks is not None and asks.asker == FILES
    p.do(p.ada, o.Cancel()).at(Idle, Idle)
    assert wish(p.ada) is None, "nobody looks for anybody any more"


def test_a_program_that_is_told_no_is_not_heard_for_ever(p: Pair) -> None:
    """Two refusals and one wish that is left alone: then none is put for the rest of the time."""
    p.do(p.ada, o.AskedFor(FILES, o.Host()), o.Forbid(""), o.AskedFor(FILES, o.Host()), o.Forbid("")).at(Idle, Idle)
    start = p.now
    p.do(p.ada, o.AskedFor(FILES, o.Host()))
    assert wish(p.ada) is not None and not p.ada.session.snapshot().deaf
    p.wait(LIMITS.consent)
    assert wish(p.ada) is None and p.ada.session.snapshot().deaf
    p.do(p.ada, o.AskedFor(FILES, o.Host()), o.AskedFor(Asker("Other"), o.Host()))
    assert wish(p.ada) is None
    p.wait(start + LIMITS.refusal_span - p.now)
    assert not p.ada.session.snapshot().deaf, "by itself, with no event but the time"
    p.do(p.ada, o.AskedFor(FILES, o.Host()))
    assert wish(p.ada) is not None


def test_somebody_who_asks_us_comes_before_a_programs_wish(p: Pair) -> None:
    p.do(p.ben, o.AskedFor(FILES, o.Host()))
    assert wish(p.ben) is not None
    p.ask().at(Asking, Asked)
    assert wish(p.ben) is None and p.ben.session.snapshot().asker is None


# --- any order -------------------------------------------------------------------------------------------------------------

NUMBERS = st.integers(0, 12)
REASONS = st.sampled_from(list(Reason))
ORIGINS = st.sampled_from(["ada", "ben", "mallory"])
GROUPS = st.sampled_from([Group("p2p0", ("169.254.9.9",)), Group("", ()), Group("p2p1", ("fe80::1",) * 40)])


class AnyOrder(RuleBasedStateMachine):
    """Any event at any moment, at either side, with the honest air between. What must hold is checked inside `Side.handle`."""

    @initialize(seed=st.integers(0, 2**16), start=st.integers(0, 8))
    def meet(self, seed: int, start: int) -> None:
        # 8: paired, and one of them asks nobody.
        self.p = p = Pair(ben=o.Policy(name="Ben", accept_paired=start == 8), seed=seed)
        p.bonded = p.encrypted = start == 8
        # Chance alone seldom comes far: some of the runs begin there.
        p.hears = start != 7
        steps = (p.ask, p.agree, p.find, p.form, p.pong, lambda: lose(p))
        for step in (p.ask,) if start == 8 else steps[:start]:
            p.hears = start != 7 or step == p.ask
            step()
        self.said: list[bytes] = []

        def through(side: Side, frame: bytes) -> bool:
            self.said = [*self.said[-40:], frame]
            return not self.dropping

        self.dropping = False
        self.p.lets_through = through

    def side(self, first: bool) -> Side:
        return self.p.ada if first else self.p.ben

    # people

    @rule(first=st.booleans(), remembered=st.booleans())
    def seek(self, first: bool, remembered: bool) -> None:
        side = self.side(first)
        self.p.do(side, o.Seek(side.other.identity.public if remembered else None))

    @rule(first=st.booleans(), purpose=st.sampled_from(list(Purpose)), row=st.integers(0, 3))
    def ask(self, first: bool, purpose: Purpose, row: int) -> None:
        side = self.side(first)
        rows = side.session.snapshot().peers
        self.p.do(side, o.Ask(rows[row % len(rows)].id if rows else "nobody", purpose))

    @rule(
        first=st.booleans(),
        event=st.sampled_from(
            (
                *(o.Accept(""), o.Accept("", True), o.Match(""), o.Match("", True), o.Decline(), o.Cancel(), o.Dismiss(), o.Tick()),
                *(o.Suspend(), o.Wake(), o.ForgetMissed(), o.CallBack("quiet")),
            )
        ),
    )
    def click(self, first: bool, event: o.Event) -> None:
        self.p.do(self.side(first), event)

    @rule(
        first=st.booleans(),
        visibility=st.sampled_from(list(Visibility)),
        name=st.text(max_size=80),
        trusts=st.booleans(),
        paired=st.booleans(),
    )
    def configure(self, first: bool, visibility: Visibility, name: str, trusts: bool, paired: bool) -> None:
        side = self.side(first)
        trusted = (known(of=side.other, label="x"),) if trusts else ()
        self.p.do(side, o.Configure(o.Policy(name, visibility=visibility, trusted=trusted)))
        side.policy = o.Policy(name, visibility=visibility, trusted=trusted, accept_paired=paired)
        self.p.do(side, o.Configure(side.policy))

    @rule(first=st.booleans(), own=st.booleans(), row=st.integers(0, 3), what=st.sampled_from(["seek", "ask", "host", "invite"]))
    def program(self, first: bool, own: bool, row: int, what: str) -> None:
        side = self.side(first)
        rows = side.session.snapshot().peers
        peer = rows[row % len(rows)].id if rows else "nobody"
        events: dict[str, o.Seek | o.Ask | o.Host | o.Invite]
        events = {"seek": o.Seek(), "ask": o.Ask(peer), "host": o.Host(), "invite": o.Invite(peer)}
        self.p.do(side, o.AskedFor(replace(FILES, own=own), events[what]))

    @rule(first=st.booleans(), event=st.sampled_from([o.Allow(""), o.Forbid("")]))
    def answer_program(self, first: bool, event: o.Event) -> None:
        self.p.do(self.side(first), event)

    # as it should go, so that the deep states are reached

    @rule(times=st.integers(1, 4))
    def go_on(self, times: int) -> None:
        p = self.p
        for side in (p.ada, p.ben) * times:
            state, wants = side.state, side.session.wants
            match state:
                case Seeking():
                    row = next((peer for peer in side.session.snapshot().peers if peer.reachable), None)
                    p.do(side, o.Ask(row.id) if row else o.Tick())
                case Asked():
                    p.do(side, o.Accept(""))
                case Asking():
                    p.do(side, o.Match(""))
                case Meeting():
                    p.do(side, PeerFound(state.bond.peer.address))
                case Forming() if wants.group is not None:
                    p.do(side, o.GroupFormed(state.order.attempt, Group("p2p0", state.order.own)))
                case Checking():
                    p.do(side, o.LinkSaid(state.order.attempt, LinkUp()))
                case Clearing():
                    p.do(side, o.Cleared(wants.clear))
                case Ending():
                    p.removed(side)
                case _:
                    p.do(side, o.Tick())

    @rule(seconds=st.sampled_from([0.0, 0.1, 1.0, 2.0, 4.1, 12.5, 31.0, 65.0, 200.0]))
    def time_passes(self, seconds: float) -> None:
        self.p.wait(seconds)

    # what the edges say, right or wrong

    @rule(first=st.booleans(), what=st.integers(0, 8), right=st.booleans(), number=NUMBERS, reason=REASONS, group=GROUPS)
    def the_radio_says(self, first: bool, what: int, right: bool, number: int, reason: Reason, group: Group) -> None:
        side = self.side(first)
        state = side.state
        if right and isinstance(state, Forming | Checking | Linked | Ending):
            number = state.order.attempt
        verdict = (LinkUp(), LinkLost(), LinkLeft())[number % 3]
        events: tuple[o.Event, ...] = (
            o.GroupFormed(number, group),
            o.GroupFailed(number, reason, "x"),
            o.GroupRemoved(number),
            o.Cleared(side.session.wants.clear if right else number),
            o.LinkSaid(number, verdict),
            o.LinkSaid(number, LinkLost()),
            o.FarewellSaid(number),
            o.LinkBroken(number, reason),
            GroupLost(number, reason),
        )
        self.p.do(side, events[what])

    @rule(first=st.booleans(), reason=st.none() | REASONS, fresh=st.booleans(), wifi=st.booleans(), address=st.booleans())
    def a_daemon_changes(self, first: bool, reason: Reason | None, fresh: bool, wifi: bool, address: bool) -> None:
        side = self.side(first)
        event = WifiChanged(reason, side.address if address else None, fresh) if wifi else BluetoothChanged(reason, fresh)
        self.p.do(side, event)

    @rule(first=st.booleans(), found=st.booleans(), who=st.sampled_from(["other", "02:00:00:00:00:77", "", "\0"]))
    def somebody_is_found_or_lost(self, first: bool, found: bool, who: str) -> None:
        side = self.side(first)
        address = text_address(side.other.address) if who == "other" else who
        self.p.do(side, PeerFound(address, "\x1b[31m", 300) if found else PeerLost(address))

    @rule()
    def it_breaks_off(self) -> None:
        self.p.part()

    @rule(hears=st.booleans(), connects=st.booleans(), dropping=st.booleans())
    def the_air_is(self, hears: bool, connects: bool, dropping: bool) -> None:
        self.p.hears, self.p.connects, self.dropping = hears, connects, dropping

    @rule(bonded=st.booleans(), encrypted=st.booleans())
    def the_link_is(self, bonded: bool, encrypted: bool) -> None:
        self.p.bonded, self.p.encrypted = bonded, encrypted

    @rule(first=st.booleans(), origin=ORIGINS, room=st.integers(0, 600))
    def carrier(self, first: bool, origin: str, room: int) -> None:
        self.p.do(self.side(first), o.Connected(origin, room))

    @rule(first=st.booleans(), origin=ORIGINS, what=st.booleans())
    def carrier_gone(self, first: bool, origin: str, what: bool) -> None:
        self.p.do(self.side(first), Disconnected(origin) if what else o.ConnectFailed(origin))

    @rule(first=st.booleans(), reason=REASONS)
    def call_failed(self, first: bool, reason: Reason) -> None:
        self.p.do(self.side(first), o.CallFailed(reason))

    @rule(first=st.booleans(), origin=ORIGINS, data=st.binary(max_size=8) | st.binary(min_size=5, max_size=5).map(lambda b: b"\x11" + b))
    def a_call(self, first: bool, origin: str, data: bytes) -> None:
        self.p.do(self.side(first), CallHeard(origin, data))

    @rule(first=st.booleans(), origin=ORIGINS, frame=st.binary(max_size=40), room=st.integers(0, 600))
    def any_frame(self, first: bool, origin: str, frame: bytes, room: int) -> None:
        self.p.do(self.side(first), FrameArrived(origin, frame, room))

    @rule(first=st.booleans(), origin=ORIGINS, at=st.integers(0, 40), bit=st.none() | st.integers(0, 500))
    def a_frame_again(self, first: bool, origin: str, at: int, bit: int | None) -> None:
        if not self.said:
            return
        frame = bytearray(self.said[at % len(self.said)])
        if bit is not None:
            frame[bit // 8 % len(frame)] ^= 1 << bit % 8
        self.p.do(self.side(first), FrameArrived(origin, bytes(frame), ROOM))

    @rule(first=st.booleans(), number=st.integers(0, 255), address=st.binary(min_size=6, max_size=6))
    def somebody_says_hello(self, first: bool, number: int, address: bytes) -> None:
        hello = Hello(versions=(1,), facts=Facts(name="M", kind=Kind.OTHER, p2p_address=address, port=1, methods=()))
        for frame in split(bytes((7, 7, 7, number)), encode(hello), ROOM):
            self.p.do(self.side(first), FrameArrived("mallory", frame, ROOM))

    def teardown(self) -> None:
        if not hasattr(self, "p"):
            return
        # Whatever happened: left alone, both come to rest or are linked.
        self.p.hears = False
        self.p.wait(2000)
        for side in (self.p.ada, self.p.ben):
            assert isinstance(side.state, Idle | Linked)


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(
    max_examples=60, stateful_step_count=50, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
