"""The group and the link as dialogues of two sessions: tries, checks, loss and how it is restored."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from nearby_tray.core import orders as o
from nearby_tray.core import session as s
from nearby_tray.core.conversation import Said
from nearby_tray.core.frames import split
from nearby_tray.core.keys import resume_hint
from nearby_tray.core.link import LinkLeft, LinkLost, LinkUp
from nearby_tray.core.model import (
    Asks,
    BluetoothChanged,
    CallHeard,
    Disconnected,
    Failure,
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
)
from nearby_tray.core.peers import text_address
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
    Restoring,
    Seeking,
)
from nearby_tray.core.wire import (
    Answer,
    AnswerReason,
    Call,
    Facts,
    Goodbye,
    GoodbyeReason,
    Hello,
    Kind,
    Purpose,
    Resume,
    encode,
)
from tests.core.pair import (
    LIMITS,
    POSIX,
    ROOM,
    Pair,
    Side,
    Stranger,
    bond,
    failure,
    lose,
    seen_by,
    trust_each_other,
    wants,
)

# --- the group -------------------------------------------------------------------------------------------------------------


# spec: 2.22
def test_three_tries_with_the_order_swapped_each_time(p: Pair) -> None:
    p.ask().agree().find()
    assert wants(p.ada).group and not wants(p.ben).group
    p.do(p.ada, o.GroupFailed(p.ada.order, Reason.NOT_FORMED)).at(Clearing, Clearing)
    assert p.ada.session.snapshot().stage is p.ben.session.snapshot().stage is Stage.FORMING
    assert wants(p.ada).group is wants(p.ben).group is None
    p.cleared().find()
    assert not wants(p.ada).group and wants(p.ben).group, "now the listener leads"
    assert p.ada.session.snapshot().attempt == p.ben.session.snapshot().attempt == 2
    p.wait(LIMITS.lead_again - 0.1)
    assert not wants(p.ada).group, "before the other's request was heard and answered"
    p.wait(0.2)
    assert wants(p.ada).group
    p.do(p.ben, o.GroupFailed(p.ben.order, Reason.NOT_FORMED)).at(Clearing, Clearing)
    p.cleared().find()
    assert wants(p.ada).group and not wants(p.ben).group
    assert p.ada.session.snapshot().attempt == 3
    p.form().pong()


# spec: 2.24
def test_three_tries_are_all(p: Pair) -> None:
    p.ask().agree()
    for number in (1, 2, 3):
        p.find()
        if number < 3:
            p.do(p.ada, o.GroupFailed(p.ada.order, Reason.NOT_FORMED)).cleared()
    p.wait(LIMITS.lead_again + LIMITS.form)
    p.removed(p.ada).removed(p.ben).at(Idle, Idle)
    for side in (p.ada, p.ben):
        why = failure(side)
        assert why is not None and (why.stage, why.reason) == (Stage.FORMING, Reason.NOT_FORMED)


def test_a_try_that_never_gets_a_group_has_failed_12_seconds_after_the_second_began(p: Pair) -> None:
    p.ask().agree().find().wait(12.9).at(Forming, Forming)
    p.wait(0.2).at(Clearing, Clearing)


def test_after_a_failed_try_seen_means_found_after_the_scan_that_a_find_begins_with(p: Pair) -> None:
    p.ask().agree().find().do(p.ada, o.GroupFailed(p.ada.order, Reason.NOT_FORMED)).cleared()
    for side in (p.ada, p.ben):  # what the daemon remembers, or really found: nobody is heard before the scan's end
        p.do(side, PeerFound(text_address(side.other.address)))
    p.wait(LIMITS.settle - 0.1).at(Meeting, Meeting)
    p.wait(0.2).at(Forming, Forming)


# spec: 4.4
def test_a_group_without_a_pong_is_tried_again(p: Pair) -> None:
    p.ask().agree().find().form().wait(LIMITS.check + 0.1).at(Clearing, Clearing)


def test_a_group_that_goes_while_it_is_checked_is_tried_again(p: Pair) -> None:
    p.ask().agree().find().form().do(p.ben, GroupLost(p.ben.order, Reason.GROUP_ENDED)).at(Clearing, Clearing)
    p.cleared().find().form().pong()


def test_a_clearing_that_takes_too_long_is_clear_enough(p: Pair) -> None:
    p.ask().agree().find().do(p.ada, o.GroupFailed(p.ada.order, Reason.NOT_FORMED)).at(Clearing, Clearing)
    p.wait(25.1)
    assert not isinstance(p.ada.state, Clearing) and not isinstance(p.ben.state, Clearing)


def test_the_two_do_not_see_each_other(p: Pair) -> None:
    p.ask().agree().do(p.ada, PeerFound(text_address(p.ben.address))).at(Meeting, Meeting)
    p.wait(74).at(Meeting, Meeting)
    p.wait(2).at(Idle, Idle)
    reasons = {why.reason for side in (p.ada, p.ben) if (why := failure(side))}
    assert Reason.NOT_SEEN in reasons and reasons <= {Reason.NOT_SEEN, Reason.NOT_FORMED}


def test_a_radio_that_went_off_explains_the_time_out(p: Pair) -> None:
    p.ask().agree().do(p.ada, WifiChanged(Reason.WIFI_OFF)).wait(76).at(Idle, Idle)
    assert failure(p.ada) == Failure(Stage.MEETING, Reason.WIFI_OFF)


def test_answers_to_an_old_attempt_are_ignored(p: Pair) -> None:
    p.ask().agree().find()
    old = p.ada.order
    p.do(p.ada, o.GroupFailed(old, Reason.NOT_FORMED)).at(Clearing, Clearing)
    number = wants(p.ada).clear
    p.do(p.ada, o.Cleared(number - 1)).at(Clearing, Clearing)
    p.cleared().find()
    group = Group("p2p0", ("169.254.1.1",))
    p.do(p.ada, o.GroupFormed(old, group), o.GroupFailed(old, Reason.INTERNAL), o.GroupRemoved(old)).at(Forming, Forming)
    p.form()
    p.do(p.ada, o.LinkSaid(old, LinkUp()), GroupLost(old, Reason.GROUP_ENDED), o.LinkBroken(old, Reason.INTERNAL)).at(Checking, Checking)
    p.pong()
    p.do(p.ada, o.LinkSaid(old, LinkLost()), o.LinkSaid(old, LinkLeft()), GroupLost(old, Reason.GROUP_ENDED)).at(Linked, Linked)
    p.do(p.ada, o.Cancel(), o.FarewellSaid(old), o.GroupRemoved(old))
    assert isinstance(p.ada.state, Ending) and p.ada.state.farewell is not None


def test_addresses_that_the_peer_names_correct_the_plan(p: Pair) -> None:
    p.ask().agree().find().wait(1.1)
    p.do(p.ada, o.GroupFormed(p.ada.order, Group("p2p0", ("fe80::1",))))
    p.do(p.ben, o.GroupFormed(p.ben.order, Group("p2p0", ("fe80::2",))))
    assert p.ada.all(o.CorrectAddresses) == [o.CorrectAddresses(p.ada.order, ("fe80::2",))]
    assert p.ben.all(o.CorrectAddresses) == [o.CorrectAddresses(p.ben.order, ("fe80::1",))]


# --- the link --------------------------------------------------------------------------------------------------------------


# spec: 6.1
def test_a_lost_link_is_called_for_and_resumed_though_visible_to_nobody(p: Pair) -> None:
    p.link()
    p.do(p.ben, o.Configure(replace(p.ben.policy, visibility=Visibility.NOBODY)))
    code, session = bond(p.ada).code, bond(p.ada).keys.session
    p.hears = False
    lose(p).at(Restoring, Restoring)
    assert p.ada.session.snapshot().restoring_because is Reason.LINK_LOST
    assert wants(p.ben).listen
    call = Call.decode(wants(p.ada).advertisement or b"")
    assert call.hint == resume_hint(bond(p.ben).keys, call.call_id)
    p.hears = True
    p.do(p.ada, o.Tick()).at(Meeting, Meeting)
    assert bond(p.ada).keys.session == bond(p.ben).keys.session != session
    assert p.ada.session.snapshot().stage is p.ben.session.snapshot().stage is Stage.RESTORING
    p.find().form().pong()
    assert p.ada.session.snapshot().stage is Stage.LINKED and bond(p.ada).code == code
    # and once more
    p.wait(5)
    lose(p).at(Meeting, Meeting).find().form().pong()


def test_group_lost_on_one_side_only(p: Pair) -> None:
    p.link().wait(10).do(p.ada, GroupLost(p.ada.order, Reason.GROUP_ENDED)).at(Restoring, Linked)
    assert p.ada.session.snapshot().restoring_because is Reason.GROUP_ENDED
    p.do(p.ben, o.LinkSaid(p.ben.order, LinkLost()))
    p.at(Forming, Forming)


def test_who_is_visible_to_nobody_hears_nobody_else_while_restoring(p: Pair) -> None:
    p.link().do(p.ben, o.Configure(replace(p.ben.policy, visibility=Visibility.NOBODY)))
    p.hears = False
    lose(p).at(Restoring, Restoring)
    before = len(p.ben.commands)
    p.do(p.ben, CallHeard("x", Call(call_id=b"abc").encode()), CallHeard("y", Call(call_id=b"abd", hint=b"zz").encode()))
    assert p.ben.commands[before:] == []


# spec: 6.1, 6.7
def test_three_calls_and_then_it_is_given_up(p: Pair) -> None:
    p.link()
    p.hears = False
    lose(p)
    calls = set()
    for _ in range(3):
        calls.add(wants(p.ada).advertisement)
        p.at(Restoring, Restoring).wait(30)
    assert len(calls) == 3
    p.at(Idle, Restoring)
    assert failure(p.ada) == Failure(Stage.RESTORING, Reason.LINK_LOST)
    p.wait(60).at(Idle, Idle)
    assert failure(p.ben) == Failure(Stage.RESTORING, Reason.LINK_LOST)


# spec: 6.5
def test_a_resume_that_is_lost_on_the_way_spoils_nothing(p: Pair) -> None:
    p.link()
    p.hears = False
    lose(p)
    p.lets_through = lambda side, frame: side is p.ben
    p.hears = True
    p.do(p.ada, o.Tick()).at(Restoring, Restoring)
    p.part()
    p.lets_through = lambda side, frame: True
    p.wait(3)
    p.at(Meeting, Meeting).find().form().pong()


def test_a_restored_link_whose_group_does_not_form_is_tried_again(p: Pair) -> None:
    lose(p.link()).at(Meeting, Meeting).find()
    p.do(p.ada, o.GroupFailed(p.ada.order, Reason.NOT_FORMED)).at(Clearing, Clearing)
    assert p.ada.session.snapshot().stage is Stage.RESTORING
    p.cleared().find().form().pong()


def restart(side: Side) -> None:
    """The applet of this side is started anew: same identity and trust, no session."""
    side.session = s.Session(identity=side.identity, entropy=side.random.randbytes, policy=side.policy, posix=lambda: POSIX)
    side.handle(BluetoothChanged(None))
    side.handle(WifiChanged(None, side.address))


# spec: 6.6
@pytest.mark.parametrize("trusts", [True, False])
@pytest.mark.parametrize(("restarted", "clicks"), list(product(("ada", "ben"), repeat=2)))
def test_a_side_that_lost_its_keys_by_a_restart_is_linked_again_by_a_click(p: Pair, restarted: str, clicks: str, trusts: bool) -> None:
    if trusts:
        trust_each_other(p)
    p.link().wait(10)
    lost: Side = getattr(p, restarted)
    p.part()
    restart(lost)
    p.do(lost.other, o.LinkSaid(lost.other.order, LinkLost()))
    assert isinstance(lost.other.state, Restoring)
    p.do(lost, PeerLost(text_address(lost.other.address)))
    who: Side = getattr(p, clicks)
    began = p.now
    p.do(who, o.Seek()).wait(6)
    p.do(who, o.Ask(seen_by(who)))
    answers = isinstance(who.other.state, Asked) and not who.other.session.snapshot().agreed_here
    assert answers or (trusts and who is lost), "who restores the link asks nobody about a computer that it trusts"
    if answers:
        p.do(who.other, o.Accept(""))
    if isinstance(who.state, Asking):
        p.do(who, o.Match(""))
    p.at(Meeting, Meeting).find().form().pong()
    assert p.now - began < 20


def test_a_click_beside_the_restoring_does_not_keep_the_old_link_from_coming_back(p: Pair) -> None:
    p.link()
    p.hears = False
    lose(p).do(p.ada, o.Seek()).at(Seeking, Restoring)
    assert p.ada.session.snapshot().restoring_because is Reason.LINK_LOST
    p.do(p.ben, o.Seek()).at(Seeking, Seeking)
    p.hears = True
    p.wait(7).at(Meeting, Meeting).find().form().pong()


def test_looking_beside_the_restoring_ends_in_restoring(p: Pair) -> None:
    p.link()
    p.hears = False
    lose(p).do(p.ada, o.Seek(), o.Cancel()).at(Restoring, Restoring).do(p.ada, o.Seek()).wait(31).at(Restoring, Restoring)


# spec: 6.4
@pytest.mark.parametrize("says", ["hello and goodbye", "hello only", "nonsense", "a mark that it overheard", "frames without end"])
def test_nobody_without_the_keys_ends_the_restoring(p: Pair, says: str) -> None:
    p.link()
    p.hears = False
    lose(p).at(Restoring, Restoring)
    facts = Facts(name="Ben", kind=Kind.OTHER, p2p_address=p.ben.address, port=1, methods=())
    said = {
        "hello and goodbye": [encode(Hello(versions=(1,), facts=facts)), encode(Goodbye(GoodbyeReason.FINISHED))],
        "hello only": [encode(Hello(versions=(1,), facts=facts))],
        "nonsense": [b"nonsense"],
        "a mark that it overheard": [encode(Hello(versions=(1,), mark=b"m" * 16)), encode(Goodbye(GoodbyeReason.FINISHED))],
        "frames without end": [],
    }[says]
    for n in range(20):
        for message in said:
            for frame in split(bytes((6, 6, 6, n)), message, ROOM):
                p.do(p.ada, FrameArrived(f"mallory-{n % 5}", frame, ROOM))
        p.do(p.ada, FrameArrived(f"mallory-{n % 5}", bytes((7, 7, 7, n)) + b"\0\0half", ROOM))
    p.at(Restoring, Restoring)
    calls = bond(p.ada).calls
    p.hears = True
    p.do(p.ben, o.Tick()).wait(1).at(Meeting, Meeting)
    assert bond(p.ada).calls == calls, "what ends unsealed costs no call"
    p.find().form().pong()


def test_a_recorded_resume_is_worth_nothing_on_another_channel(p: Pair) -> None:
    p.link()
    p.hears = False
    lose(p)
    call = wants(p.ada).advertisement or b""
    p.do(p.ben, CallHeard("mallory", call), o.Connected("mallory", ROOM))
    hello = [say for say in p.ben.all(o.Say) if isinstance(say, o.Say) and say.origin == "mallory"][-1].frames
    channel = hello[0][:4]
    resume = Resume(session=bond(p.ben).keys.session, public_key=b"p" * 32, tag=b"t" * 16)
    for frame in split(channel, encode(resume), ROOM):
        p.do(p.ben, FrameArrived("mallory", frame, ROOM))
    p.at(Restoring, Restoring)
    p.do(p.ben, Disconnected("mallory"))
    p.hears = True
    p.wait(3).at(Meeting, Meeting)


@pytest.mark.parametrize("how", ["by Bluetooth", "by Wi-Fi Direct"])
def test_nobody_ends_the_restoring_by_asking_while_our_user_looks_around(p: Pair, how: str) -> None:
    p.link()
    p.hears = False
    lose(p).do(p.ada, o.Seek()).at(Seeking, Restoring)
    if how == "by Bluetooth":
        cy = Stranger(p.ada)
        cy.say(cy.talk.request(Purpose.LINK, Method.PBC))
        assert cy.heard[-1] == Said(Answer(accepted=False, reason=AnswerReason.BUSY))
    else:
        p.do(p.ada, WifiRequest("02:00:00:00:00:77", Asks.NEGOTIATE, Method.PBC))
    p.at(Seeking, Restoring).do(p.ada, o.Cancel()).at(Restoring, Restoring)


@pytest.mark.parametrize("first", [True, False])
def test_a_crowd_made_up_on_wifi_neither_hides_the_peer_nor_stops_the_meeting(p: Pair, first: bool) -> None:
    crowd = [PeerFound(text_address(bytes((4, 0, 0, 0, 0, number)))) for number in range(200)]
    if first:
        p.do(p.ada, *crowd)
    p.ask()
    for side in (p.ada, p.ben):
        p.do(side, *crowd)
    p.agree().find().form().pong()
