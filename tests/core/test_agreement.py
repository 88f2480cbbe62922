"""The answer as dialogues of two sessions: who may ask, what the codes prove, trust, and consent that was given beforehand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import product
from random import Random

import pytest

from nearby_tray.core import orders as o
from nearby_tray.core.calls import Round
from nearby_tray.core.consent import RequestQuotas
from nearby_tray.core.conversation import PeerLeft, Said, Secured
from nearby_tray.core.frames import split
from nearby_tray.core.keys import Role, TrustedPeer, hint
from nearby_tray.core.link import LinkLeft, LinkUp
from nearby_tray.core.model import (
    CallHeard,
    Failure,
    FormGroup,
    FrameArrived,
    Group,
    Method,
    PeerFound,
    PeerLost,
    Reason,
    Stage,
    Visibility,
    WifiChanged,
)
from nearby_tray.core.peers import text_address
from nearby_tray.core.states import (
    Asked,
    Asking,
    Checking,
    Ending,
    Forming,
    Idle,
    Linked,
    Meeting,
    Restoring,
    Seeking,
)
from nearby_tray.core.wire import (
    ANYONE,
    Answer,
    AnswerReason,
    Call,
    Facts,
    GoodbyeReason,
    Hello,
    Kind,
    Purpose,
    Request,
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
    known,
    lose,
    seen_by,
    trust_each_other,
    wants,
)

# --- the answer ------------------------------------------------------------------------------------------------------------


def test_the_whole_story(p: Pair) -> None:
    p.do(p.ada, o.Seek()).at(Seeking, Idle)
    assert p.ben.session.snapshot().stage is Stage.IDLE, "hearing a call opens no dialog"
    (row,) = p.ada.session.snapshot().peers
    assert (row.name, row.address, row.reachable) == ("Ben", text_address(p.ben.address), True)
    p.do(p.ada, o.Ask(row.id, Purpose.FILES)).at(Asking, Asked)
    asking, asked = p.ada.session.snapshot(), p.ben.session.snapshot()
    assert asking.code is not None and asking.code == asked.code
    assert asked.peer is not None and asked.peer.name == "Ada" and asked.needs_code and asked.purpose == "files"
    assert asking.deadline is not None and asked.deadline is not None and asking.deadline > asked.deadline

    assert not asking.may_match or asking.question == asked.question
    p.do(p.ben, o.Accept("")).at(Asking, Asked)
    asking, asked = p.ada.session.snapshot(), p.ben.session.snapshot()
    assert asking.may_match and asking.agreed_there and not asking.agreed_here and asked.agreed_here and not asked.agreed_there
    assert asking.code == asked.code is not None, "the code stays until both have said so"
    p.do(p.ada, o.Match("")).at(Meeting, Meeting)
    assert p.ada.session.snapshot().purpose == "files"
    p.do(p.ben, PeerFound(text_address(p.ada.address))).at(Meeting, Meeting)
    p.do(p.ada, PeerFound(text_address(p.ben.address))).at(Forming, Forming)
    ada, ben = wants(p.ada), wants(p.ben)
    assert ada.find is ben.find is o.Find.HELD, "nothing starts or stops a find while a group forms"
    assert isinstance(ada.group, FormGroup) and ben.group is None, "the caller first"
    p.wait(0.9)
    assert wants(p.ben).group is None
    p.wait(0.2)
    theirs = wants(p.ben).group
    assert isinstance(theirs, FormGroup)
    assert (theirs.own, theirs.peer) == (ada.group.peer, ada.group.own)
    assert theirs.begins and not ada.group.begins, "who starts first is there to be asked"
    assert (ada.group.address, theirs.address) == (text_address(p.ben.address), text_address(p.ada.address))

    p.do(p.ada, o.GroupFormed(p.ada.order, Group("p2p0", ada.group.own))).at(Checking, Forming)
    p.do(p.ben, o.GroupFormed(p.ben.order, Group("p2p0", theirs.own))).at(Checking, Checking)
    plan = wants(p.ada).link
    assert plan is not None and plan.addresses == theirs.own and not plan.leaving
    p.do(p.ben, o.LinkSaid(p.ben.order, LinkUp())).at(Checking, Linked)
    p.do(p.ada, o.LinkSaid(p.ada.order, LinkUp())).at(Linked, Linked)
    snapshot = p.ada.session.snapshot()
    assert snapshot.link is not None and snapshot.link.own == ada.group.own and snapshot.deadline is None
    assert snapshot.timings.find is not None and snapshot.timings.form is not None and snapshot.timings.check is not None
    p.wait(5)
    assert not p.links and not wants(p.ada).serve, "the Bluetooth conversation has ended, the link goes on"
    p.wait(10_000).at(Linked, Linked)

    p.do(p.ada, o.Cancel()).at(Ending, Linked)
    farewell = wants(p.ada)
    assert farewell.link is not None and farewell.link.leaving and farewell.group is not None
    p.do(p.ben, o.LinkSaid(p.ben.order, LinkLeft())).at(Ending, Ending)
    assert wants(p.ben).group is None or wants(p.ben).link is not None
    p.removed(p.ada).removed(p.ben).at(Idle, Idle)
    assert failure(p.ada) is None and failure(p.ben) == Failure(Stage.LINKED, Reason.PEER_LEFT)


def test_declined(p: Pair) -> None:
    p.ask().do(p.ben, o.Decline()).at(Idle, Idle)
    assert failure(p.ada) == Failure(Stage.ASKING, Reason.DECLINED)
    assert failure(p.ben) is None
    assert not p.links


def test_nobody_at_the_other_machine(p: Pair) -> None:
    p.ask().wait(59.9).at(Asking, Asked)
    p.wait(0.2).at(Idle, Idle)
    assert failure(p.ada) == Failure(Stage.ASKING, Reason.NO_ANSWER)
    assert failure(p.ben) is None
    assert [missed.peer.name for missed in p.ben.session.snapshot().missed] == ["Ada"]


def test_a_failure_names_whom_it_is_about_until_the_next_journey(p: Pair) -> None:
    def named(side: Side) -> str | None:
        peer = side.session.snapshot().peer
        return peer.name if peer is not None else None

    p.do(p.ada, o.Seek(), o.Cancel())
    assert named(p.ada) is None
    p.wait(3).ask().do(p.ben, o.Decline()).at(Idle, Idle)
    assert named(p.ada) == "Ben" and named(p.ben) is None, "who declined has no failure to read"
    p.do(p.ada, o.Dismiss())
    assert named(p.ada) is None
    p.wait(3).ask().wait(61).at(Idle, Idle)
    assert named(p.ada) == "Ben" and p.ben.session.snapshot().missed[0].peer.name == "Ada"
    p.do(p.ada, o.Seek()).at(Seeking, Idle)
    assert named(p.ada) is None
    p.do(p.ada, o.Cancel()).wait(3)
    p.hears = False
    p.do(p.ada, o.Seek()).wait(31).at(Idle, Idle)
    assert failure(p.ada) == Failure(Stage.SEEKING, Reason.NOBODY_ANSWERED) and named(p.ada) is None


@pytest.mark.parametrize("step", ["meeting", "forming", "checking"])
def test_a_failure_names_a_remembered_peer_by_its_label(p: Pair, step: str) -> None:
    p.ada.policy = replace(p.ada.policy, trusted=(known(of=p.ben, label="Ben's at home"),))
    p.do(p.ada, o.Configure(p.ada.policy))
    p.ask().agree()
    if step in ("forming", "checking"):
        p.find()
    if step == "checking":
        p.form()
    p.do(p.ben, o.Cancel()).wait(30).removed(p.ada).removed(p.ben)
    p.at(Idle, Idle)
    snapshot = p.ada.session.snapshot()
    assert snapshot.failure is not None and snapshot.peer is not None
    assert snapshot.peer.name == "Ben's at home" and snapshot.peer.trusted


def test_a_link_that_was_ended_here_names_nobody(p: Pair) -> None:
    p.link().do(p.ada, o.Cancel()).do(p.ben, o.LinkSaid(p.ben.order, LinkLeft())).removed(p.ada).removed(p.ben).at(Idle, Idle)
    left = p.ben.session.snapshot()
    assert p.ada.session.snapshot().peer is None and left.peer is not None and left.peer.name == "Ada", "who was left is told by whom"


def test_the_caller_has_a_limit_of_its_own(p: Pair) -> None:
    p.do(p.ada, o.Seek())
    p.lets_through = lambda side, frame: side is p.ben
    p.do(p.ada, o.Ask(p.ada.session.snapshot().peers[0].id)).at(Asking, Idle)
    p.wait(65.9).at(Asking, Idle)
    p.wait(0.2).at(Idle, Idle)
    assert failure(p.ada) == Failure(Stage.ASKING, Reason.NO_ANSWER)


def test_a_linked_machine_hears_no_call(p: Pair) -> None:
    p.link()
    assert not wants(p.ben).listen
    before = len(p.ben.commands)
    p.do(p.ben, CallHeard("cy", Call(call_id=b"cyc").encode())).wait(60)
    assert o.Connect("cy") not in p.ben.commands[before:]


def test_who_had_connected_before_another_asked_is_left(p: Pair) -> None:
    cy = Stranger(p.ben)
    p.wait(3)
    at = len(p.ben.commands)
    p.ask().at(Asking, Asked)
    cy.hear(cy.said_to_us(at))
    assert cy.heard[-1] == PeerLeft(GoodbyeReason.CANCELLED, False)
    assert o.HangUp("cy") in p.ben.commands


def test_a_request_while_we_ask_somebody_else_is_told_busy(p: Pair) -> None:
    cy = Stranger(p.ada)
    p.wait(3).ask().at(Asking, Asked)
    cy.say(cy.talk.request(Purpose.LINK, Method.PBC))
    assert cy.heard[-1] == Said(Answer(accepted=False, reason=AnswerReason.BUSY))
    p.at(Asking, Asked).agree().find().form().pong()


# spec: 1.8, 2.16
def test_a_stranger_may_ask_and_no_dialog_opens_before_its_proof(p: Pair) -> None:
    cy = Stranger(p.ben)
    p.at(Idle, Idle)
    cy.say(cy.talk.request(Purpose.SCREEN, Method.PBC))
    p.at(Idle, Asked)
    assert cy.code == p.ben.session.snapshot().code is not None
    assert not any(isinstance(heard, Secured) for heard in cy.heard), "who we are is told to whom we accept"
    p.do(p.ben, o.Decline()).at(Idle, Idle)
    assert p.ben.all(o.HangUp) == [o.HangUp("cy")]


def test_a_conversation_without_a_request_ends_by_itself(p: Pair) -> None:
    Stranger(p.ben)
    p.wait(119)
    assert o.HangUp("cy") not in p.ben.commands
    p.wait(2)
    assert p.ben.commands[-1] == o.HangUp("cy")


@pytest.mark.parametrize("side", ["ada", "ben"])
@pytest.mark.parametrize("stage", ["asking", "meeting", "forming", "checking", "clearing", "linked"])
def test_cancelled_at_each_stage(p: Pair, stage: str, side: str) -> None:
    who: Side = getattr(p, side)
    p.ask()
    steps: dict[str, list[Callable[[], Pair]]] = {
        "asking": [],
        "meeting": [p.agree],
        "forming": [p.agree, p.find],
        "checking": [p.agree, p.find, p.form],
        "clearing": [p.agree, p.find, lambda: p.do(p.ada, o.GroupFailed(p.ada.order, Reason.NOT_FORMED))],
        "linked": [p.agree, p.find, p.form, p.pong],
    }
    for step in steps[stage]:
        step()
    p.do(who, o.Cancel())
    for one in (p.ada, p.ben):
        p.removed(one)
    p.wait(2).at(Idle, Idle)
    other = who.other
    assert failure(who) is None
    expected = {
        ("asking", "ada"): None,
        ("asking", "ben"): Failure(Stage.ASKING, Reason.DECLINED),
        ("linked", "ada"): Failure(Stage.LINKED, Reason.PEER_LEFT),
        ("linked", "ben"): Failure(Stage.LINKED, Reason.PEER_LEFT),
    }
    named = "forming" if stage == "clearing" else stage
    assert failure(other) == expected.get((stage, side), Failure(Stage(named), Reason.PEER_CANCELLED))
    assert not p.links
    p.wait(10)
    assert wants(p.ada) == wants(p.ben) == o.Wants(listen=True)
    # and nothing is in the way of the next journey
    for one in (p.ada, p.ben):
        p.do(one, PeerLost(text_address(one.other.address)))
    p.wait(5).link()


def test_cancelled_while_seeking(p: Pair) -> None:
    p.do(p.ada, o.Seek(), o.Cancel()).at(Idle, Idle)
    p.wait(2)
    assert not p.links and failure(p.ada) is None


def test_a_broken_off_conversation_before_the_group_is_the_end(p: Pair) -> None:
    p.ask().part()
    p.at(Idle, Idle)
    assert failure(p.ada) == Failure(Stage.ASKING, Reason.PEER_GONE)
    assert failure(p.ben) is None and len(p.ben.session.snapshot().missed) == 1


def test_a_group_that_forms_needs_the_conversation_no_more(p: Pair) -> None:
    p.ask().agree().find().part()
    p.at(Forming, Forming).form().pong()


WAYS_OUT: dict[str, Callable[[Pair], object]] = {
    "declined": lambda p: p.do(p.ben, o.Decline()),
    "left alone": lambda p: p.wait(LIMITS.ask + 1),
    "withdrawn": lambda p: p.do(p.ada, o.Cancel()),
    "dropped": lambda p: p.part(),
    "said nonsense": lambda p: p.do(p.ben, FrameArrived("ada", asked_on(p.ben) + b"\0\1nonsense", ROOM)),
    "locked": lambda p: p.do(p.ben, o.Configure(o.Policy("Ben", away=True)), o.Configure(o.Policy("Ben"))),
    "radio off": lambda p: p.do(p.ben, WifiChanged(Reason.WIFI_OFF), WifiChanged(None)),
    "never proven": lambda p: p.part(),
}


def asked_on(side: Side) -> bytes:
    assert isinstance(side.state, Asked)
    return side.state.channel


# spec: 2.14, 2.16
@pytest.mark.parametrize("way", WAYS_OUT)
def test_every_dialog_that_does_not_end_in_our_own_yes_counts(p: Pair, way: str) -> None:
    p.ben.session._requests = RequestQuotas(o.Limits(refusal_span=1e6))
    for _ in range(LIMITS.refusals):
        if way == "never proven":
            p.lets_through = lambda side, frame: side is p.ben or len(p.ben.all(o.Say)) % 2 == 1
        p.ask()
        if way != "never proven":
            p.at(Asking, Asked)
        WAYS_OUT[way](p)
        p.lets_through = lambda side, frame: True
        p.do(p.ada, o.Cancel(), o.Dismiss()).wait(5).at(Idle, Idle)
    shown = len(p.ben.session.snapshot().missed)
    for _ in range(5):
        p.ask().at(Idle, Idle)
        assert failure(p.ada) == Failure(Stage.ASKING, Reason.PEER_BUSY)
        p.do(p.ada, o.Dismiss()).wait(3)
    missed = p.ben.session.snapshot().missed
    assert len(missed) == shown + 1 and missed[-1].peer.name == "Ada", "one quiet line for all of them"


# spec: 2.14
@pytest.mark.parametrize("sees", [Visibility.EVERYONE, Visibility.TRUSTED])
def test_strangers_who_were_refused_hold_no_trusted_computer_back(p: Pair, sees: Visibility) -> None:
    """Also not where its call is answered before the turn of its hint, so that nobody knows that it is one until it proves that."""
    for _ in range(LIMITS.refusals):
        cy = Stranger(p.ben, Call(call_id=Random(p.now).randbytes(3)), seed=Random(p.now).randbytes(32))
        cy.say(cy.talk.request(Purpose.LINK, Method.PBC))
        p.do(p.ben, o.Decline()).wait(3)
    trust_each_other(p)
    p.ben.policy = replace(p.ben.policy, visibility=sees)
    p.do(p.ben, o.Configure(p.ben.policy)).do(p.ada, o.Seek()).wait(3)
    p.do(p.ada, o.Ask(seen_by(p.ada))).at(Asking, Asked).agree()


def test_a_stranger_too_many_learns_nothing_and_opens_no_dialog(p: Pair) -> None:
    for number in range(LIMITS.refusals + 3):
        cy = Stranger(p.ben, Call(call_id=bytes((1, 1, number))), seed=bytes([number]) * 32)
        cy.say(cy.talk.request(Purpose.LINK, Method.PBC))
        assert isinstance(p.ben.state, Asked if number < LIMITS.refusals else Idle)
        assert not [heard for heard in cy.heard if isinstance(heard, Secured)]
        p.do(p.ben, o.Decline()).wait(3)
    assert [heard for heard in cy.heard if isinstance(heard, Said)] == [Said(Answer(accepted=False, reason=AnswerReason.BUSY))]
    assert [missed.id for missed in p.ben.session.snapshot().missed] == ["quiet"], "those that were declined were answered"


def test_after_a_while_strangers_are_asked_about_again(p: Pair) -> None:
    for _ in range(LIMITS.refusals):
        p.ask().do(p.ben, o.Decline()).wait(3)
    p.wait(LIMITS.refusal_span).ask().at(Asking, Asked)


def test_an_accepted_dialog_forgives_the_refused_ones(p: Pair) -> None:
    for _ in range(2):
        p.ask().do(p.ben, o.Decline()).wait(3)
    p.link().do(p.ada, o.Cancel()).do(p.ben, o.LinkSaid(p.ben.order, LinkLeft())).removed(p.ada).removed(p.ben).wait(3)
    for _ in range(2):
        p.ask().at(Asking, Asked).do(p.ben, o.Decline()).wait(3)


# spec: 2.21
def test_both_click_each_other_at_once(p: Pair) -> None:
    p.do(p.ada, o.Seek()).do(p.ben, o.Seek()).at(Seeking, Seeking)
    p.wait(3)
    rows = [side.session.snapshot().peers[0].id for side in (p.ada, p.ben)]
    p.ada.handle(o.Ask(rows[0]))  # both requests are under way before either arrives
    p.ben.handle(o.Ask(rows[1]))
    p.flow()
    p.at(Asking, Asked)
    assert p.ada.session.snapshot().code == p.ben.session.snapshot().code
    p.wait(5).at(Asking, Asked)
    p.agree().find().form().pong()
    assert bond(p.ada).role is Role.CALLER
    p.wait(6)
    assert not p.links


def test_both_call_and_one_clicks_later(p: Pair) -> None:
    p.do(p.ada, o.Seek()).do(p.ben, o.Seek()).wait(3)
    p.do(p.ben, o.Ask(p.ben.session.snapshot().peers[0].id)).at(Asked, Asking)
    p.wait(10).at(Asked, Asking)
    p.do(p.ada, o.Accept("")).do(p.ben, o.Match("")).at(Meeting, Meeting).wait(10)
    for side in (p.ada, p.ben):
        p.do(side, PeerFound(text_address(side.other.address)))
    p.form().pong().wait(6)
    assert bond(p.ben).role is Role.CALLER and not p.links


def test_both_connected_to_each_other_before_either_said_hello() -> None:
    p = Pair()
    p.hears = False
    for side in (p.ada, p.ben):
        p.do(side, o.Seek())
    p.connects = False
    said: list[o.Say] = []
    for side in (p.ada, p.ben):
        call = side.other.session.wants.advertisement
        assert call is not None
        commands = side.session.handle(CallHeard(side.other.name, call), p.now)
        assert commands == [o.Connect(side.other.name)]
    for side in (p.ada, p.ben):
        said += [c for c in side.session.handle(o.Connected(side.other.name, ROOM), p.now) if isinstance(c, o.Say)]
    p.links |= {("ada", "ben"), ("ben", "ada")}
    for say in said:
        side = p.ada if say.origin == "ben" else p.ben
        for frame in say.frames:
            p.do(side.other, FrameArrived(side.name, frame, ROOM))
    assert [[peer.name for peer in side.session.snapshot().peers] for side in (p.ada, p.ben)] == [["Ben"], ["Ada"]]


def test_a_connection_that_comes_too_late_does_not_cut_the_conversation_on_the_same_radio_link(p: Pair) -> None:
    p.do(p.ada, o.Seek())
    p.connects = False
    row = p.ada.session.snapshot().peers[0]
    assert p.ada.session.handle(CallHeard("ben", Call(call_id=b"ben").encode()), p.now) == [o.Connect("ben")]
    p.do(p.ada, o.Ask(row.id)).at(Asking, Asked)
    p.links.add(("ada", "ben"))
    p.do(p.ada, o.Connected("ben", ROOM)).at(Asking, Asked)
    p.agree().find().form().pong().wait(6)
    assert not p.links


def test_what_a_caller_says_to_another_of_its_listeners_is_ignored(p: Pair) -> None:
    p.do(p.ben, o.Seek())
    p.do(p.ada, o.Seek())
    p.wait(3)
    request = Request(
        version=1,
        facts=Facts(name="Ada", kind=Kind.OTHER, p2p_address=p.ada.address, port=1, methods=()),
        purpose=Purpose.LINK,
        method=Method.PBC,
        commitment=bytes(32),
    )
    before = len(p.ben.commands)
    for frame in split(b"else", encode(request), ROOM):
        p.do(p.ben, FrameArrived("ada", frame, ROOM))
    assert p.ben.commands[before:] == []


# --- trust --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("caller", "listener"), [(True, True), (True, False), (False, True), (False, False)])
def test_only_what_both_want_is_remembered(p: Pair, caller: bool, listener: bool) -> None:
    p.ask().agree(trust=listener, caller=caller).find().form().pong()
    remembered = [side.all(o.Trust) for side in (p.ada, p.ben)]
    if caller and listener:
        (one,), (two,) = remembered
        assert isinstance(one, o.Trust) and isinstance(two, o.Trust)
        assert (one.identity, two.identity) == (p.ben.identity.public, p.ada.identity.public)
        assert one.trust_key == two.trust_key
        assert (one.label, two.label) == ("Ben", "Ada")
    else:
        assert remembered == [[], []]


def test_a_remembered_name_with_another_key_is_loud(p: Pair) -> None:
    stranger = TrustedPeer(b"o" * 32, b"k" * 32, "Ada", 0.0)
    p.do(p.ben, o.Configure(replace(p.ben.policy, trusted=(stranger,))))
    p.ask().at(Asking, Asked)
    snapshot = p.ben.session.snapshot()
    assert snapshot.peer is not None
    assert snapshot.peer.identity_changed and not snapshot.peer.trusted and snapshot.needs_code


def trusted_by(side: Side) -> tuple[TrustedPeer, ...]:
    """What the controller would keep."""
    kept: dict[bytes, TrustedPeer] = {}
    for command in side.all(o.Trust):
        assert isinstance(command, o.Trust)
        kept[command.identity] = TrustedPeer(command.identity, command.trust_key, command.label, 0.0, None, command.previous_key)
    return tuple(kept.values())


def keep(p: Pair) -> None:
    for side in (p.ada, p.ben):
        side.policy = replace(side.policy, trusted=trusted_by(side) or side.policy.trusted)
        p.do(side, o.Configure(side.policy))


def end(p: Pair) -> Pair:
    p.wait(10).do(p.ada, o.Cancel()).do(p.ben, o.LinkSaid(p.ben.order, LinkLeft())).removed(p.ada).removed(p.ben)
    for side in (p.ada, p.ben):
        p.do(side, PeerLost(text_address(side.other.address)), o.Dismiss())
    return p.wait(5).at(Idle, Idle)


def keys_of(side: Side) -> list[bytes]:
    return [peer.trust_key for peer in side.policy.trusted]


# spec: 2.25
@pytest.mark.parametrize("forgets", ["ada", "ben", "neither"])
def test_both_that_tick_trust_store_the_same_key_whatever_each_had_before(p: Pair, forgets: str) -> None:
    p.link(trust=True)
    keep(p)
    end(p)
    first = keys_of(p.ada)
    for side in (p.ada, p.ben):
        if side.name == forgets:
            side.policy = replace(side.policy, trusted=())
            p.do(side, o.Configure(side.policy))
    p.link(trust=True)
    keep(p)
    assert keys_of(p.ada) == keys_of(p.ben) != first
    end(p)
    for side in (p.ada, p.ben):
        side.policy = replace(side.policy, visibility=Visibility.TRUSTED)
        p.do(side, o.Configure(side.policy))
    p.do(p.ada, o.Seek()).wait(3)
    p.do(p.ada, o.Ask(seen_by(p.ada))).at(Asking, Asked).do(p.ben, o.Accept("")).at(Meeting, Meeting)


# spec: 2.25
def test_a_side_that_crashed_before_it_stored_the_new_key_is_still_found_by_the_one_before(p: Pair) -> None:
    trust_each_other(p)
    p.link()
    p.ada.policy = replace(p.ada.policy, trusted=trusted_by(p.ada))  # Ben's applet died before it wrote
    p.ben.policy = replace(p.ben.policy, visibility=Visibility.TRUSTED)
    for side in (p.ada, p.ben):
        p.do(side, o.Configure(side.policy))
    end(p)
    (known_to_ada,), (known_to_ben,) = p.ada.policy.trusted, p.ben.policy.trusted
    assert known_to_ada.trust_key != known_to_ben.trust_key == known_to_ada.previous_key
    p.do(p.ada, o.Seek()).wait(7)
    p.do(p.ada, o.Ask(seen_by(p.ada))).at(Asking, Asked).agree().find().form().pong()
    keep(p)
    assert keys_of(p.ada) == keys_of(p.ben)


def test_visible_to_trusted_computers_only_is_found_by_a_plain_click_and_tells_nobody_else_its_name() -> None:
    p = Pair(ben=o.Policy("Ben", visibility=Visibility.TRUSTED))
    trust_each_other(p)
    p.do(p.ada, o.Seek()).at(Seeking, Idle)
    assert p.ben.all(o.Connect) == []
    p.wait(2.1)
    (row,) = p.ada.session.snapshot().peers
    assert (row.name, row.trusted, row.reachable, row.address) == ("Ben", True, True, "")
    name, address = b"Ben", p.ben.address
    said = [frame for say in p.ben.all(o.Say) if isinstance(say, o.Say) for frame in say.frames]
    assert not any(name in frame or address in frame for frame in said)
    p.do(p.ada, o.Ask(row.id)).at(Asking, Asked).do(p.ben, o.Accept("")).at(Meeting, Meeting)
    assert bond(p.ada).peer.address == text_address(p.ben.address), "its facts come with its yes"
    p.find().form().pong()


# spec: 2.20
def test_a_sought_identity_is_the_only_one_that_may_answer(p: Pair) -> None:
    trust_each_other(p)
    p.hears = False
    p.do(p.ada, o.Seek(p.ben.identity.public)).at(Seeking, Idle)
    assert all(hinted != ANYONE for hinted in seeking(p.ada).hints)
    for n in range(3):
        hello = Hello(versions=(1,), facts=Facts(name="Ben", kind=Kind.LAPTOP, p2p_address=p.ben.address, port=1, methods=()))
        marked = Hello(versions=(1,), mark=bytes(16))
        for message in (hello, marked):
            for frame in split(bytes((1, n, message is marked, 0)), encode(message), ROOM):
                p.do(p.ada, FrameArrived(f"mallory-{n}", frame, ROOM))
    assert p.ada.session.snapshot().peers == ()


def seeking(side: Side) -> Round:
    state = side.state
    assert isinstance(state, Seeking | Restoring) and state.round is not None
    return state.round


def test_the_call_goes_round_and_does_not_show_how_many_are_trusted(p: Pair) -> None:
    p.hears = False
    p.do(p.ada, o.Seek())
    assert seeking(p.ada).hints == (ANYONE,), "with nobody to be meant there is nothing to turn"
    p.do(p.ada, o.Cancel())
    for count in (1, 3, 7, 20):
        peers = tuple(TrustedPeer(bytes((n,)) * 32, bytes((n,)) * 32, f"P{n}", float(n)) for n in range(1, count + 1))
        p.do(p.ada, o.Configure(replace(p.ada.policy, trusted=peers)), o.Seek())
        round = seeking(p.ada)
        hints = round.hints
        assert len(hints) == 15 and hints[::2] == (ANYONE,) * 8 and ANYONE not in hints[1::2]
        on_air = []
        for _ in range(15):
            on_air.append(Call.decode(wants(p.ada).advertisement or b"").hint)
            p.wait(2)
        assert tuple(on_air) == hints
        newest = max(peers, key=lambda peer: peer.since)
        assert hints[1] == hint(newest.trust_key, round.call_id, POSIX)
        p.do(p.ada, o.Cancel()).wait(2)


# --- answers that nobody gave --------------------------------------------------------------------------------------------------


# spec: 2.26
@pytest.mark.parametrize("answer", [o.Accept("other", True), o.Match("other"), o.EnterPin("other", "12345670"), o.Decline("other")])
def test_an_answer_to_another_question_answers_nothing(p: Pair, answer: o.Event) -> None:
    p.ask().do(p.ben, answer).do(p.ada, answer).at(Asking, Asked)
    assert not p.ben.session.snapshot().agreed_here and not p.ada.session.snapshot().agreed_here


# spec: 2.26
def test_a_yes_that_was_under_way_does_not_hit_whoever_comes_next(p: Pair) -> None:
    cy = Stranger(p.ben)
    cy.say(cy.talk.request(Purpose.LINK, Method.PBC))
    late = o.Accept(p.ben.session.snapshot().question)
    cy.say(cy.talk.goodbye(GoodbyeReason.CANCELLED))
    p.at(Idle, Idle).wait(3).ask().at(Asking, Asked)
    p.do(p.ben, late).at(Asking, Asked)
    assert not p.ben.session.snapshot().agreed_here


# spec: 2.18
def test_nothing_of_wifi_begins_before_both_have_said_so(p: Pair) -> None:
    p.ask().do(p.ben, o.Accept("")).at(Asking, Asked)
    for side in (p.ada, p.ben):
        p.do(side, PeerFound(text_address(side.other.address)))
        assert wants(side).group is None
    p.at(Asking, Asked).wait(LIMITS.ask - 1).at(Asking, Asked)
    p.wait(2).at(Idle, Idle)
    assert failure(p.ada) == Failure(Stage.ASKING, Reason.NOT_COMPARED)
    reasons = failure(p.ben)
    assert reasons is not None and reasons.reason in (Reason.PEER_CANCELLED, Reason.NOT_COMPARED)


# spec: 2.17
def test_codes_that_match_may_be_said_once_the_other_has_proven_itself_before_or_after_the_yes(p: Pair) -> None:
    p.ask().do(p.ada, o.Match(""))
    assert not p.ada.session.snapshot().agreed_here, "nobody has proven anything yet"
    p.agree()


# spec: 2.20
@pytest.mark.parametrize("label", ["Ada", "\u0410da", "A d a", "ada"])
def test_a_changed_identity_is_asked_about_however_its_name_is_spelt(p: Pair, label: str) -> None:
    stranger = TrustedPeer(b"o" * 32, b"k" * 32, label, 0.0)
    p.do(p.ben, o.Configure(replace(p.ben.policy, trusted=(stranger,)))).ask().at(Asking, Asked)
    peer = p.ben.session.snapshot().peer
    assert peer is not None and peer.identity_changed and not peer.trusted and p.ben.session.snapshot().needs_code


def test_whoever_is_away_misses_the_question_that_is_open(p: Pair) -> None:
    p.ask().do(p.ben, o.Configure(replace(p.ben.policy, away=True))).at(Idle, Idle)
    assert [missed.peer.name for missed in p.ben.session.snapshot().missed] == ["Ada"]
    assert failure(p.ada) == Failure(Stage.ASKING, Reason.NO_ANSWER)


def test_a_missed_request_can_be_answered_later_by_calling_back(p: Pair) -> None:
    p.ask().do(p.ada, o.Cancel()).at(Idle, Idle)
    (missed,) = p.ben.session.snapshot().missed
    p.do(p.ben, o.CallBack("another")).at(Idle, Idle)
    p.wait(3).do(p.ben, o.CallBack(missed.id)).at(Idle, Seeking)
    assert p.ben.session.snapshot().missed == ()
    p.do(p.ben, o.Cancel()).wait(3).ask().do(p.ada, o.Cancel()).do(p.ben, o.ForgetMissed())
    assert p.ben.session.snapshot().missed == ()


def test_of_two_trusted_peers_with_one_name_the_one_that_asked_is_called_back(p: Pair) -> None:
    trust_each_other(p)
    namesake = replace(p.ben.policy.trusted[0], identity=b"n" * 32, trust_key=b"n" * 32)
    p.ben.policy = replace(p.ben.policy, trusted=(namesake, *p.ben.policy.trusted))
    p.do(p.ben, o.Configure(p.ben.policy)).ask().do(p.ada, o.Cancel()).at(Idle, Idle)
    (missed,) = p.ben.session.snapshot().missed
    p.wait(3).do(p.ben, o.CallBack(missed.id))
    assert isinstance(p.ben.state, Seeking) and p.ben.state.identity == p.ada.identity.public


# --- who asks while we ask -----------------------------------------------------------------------------------------------------


# spec: 2.21
def test_who_claims_the_address_of_the_one_we_ask_takes_nobodys_place(p: Pair) -> None:
    """A P2P address is a claim: only the identity that the one we ask has proven to us may take the turn."""
    cy = Stranger(p.ada, address=p.ben.address)
    p.wait(3).ask().at(Asking, Asked)
    cy.say(cy.talk.request(Purpose.LINK, Method.PBC))
    p.at(Asking, Asked)
    cy.say(cy.talk.goodbye(GoodbyeReason.CANCELLED))
    p.at(Asking, Asked).agree().find().form().pong()


@pytest.mark.parametrize("ends", ["withdrawn", "broken"])
def test_who_asked_while_we_asked_is_heard_when_that_is_over(p: Pair, ends: str) -> None:
    """Both clicked, and what one of them asked is over before it is clear who asks whom: the other one must not wait for nothing."""
    p.do(p.ada, o.Seek()).do(p.ben, o.Seek()).wait(3)
    rows = [side.session.snapshot().peers[0].id for side in (p.ada, p.ben)]
    p.ada.handle(o.Ask(rows[0]))
    p.ben.handle(o.Ask(rows[1]))
    while not any(talk.pending for talk in p.ben.session._talks):
        side, frame = p.frames.popleft()
        side.other.handle(FrameArrived(side.name, frame, ROOM))
    assert isinstance(p.ben.state, Asking)
    p.do(p.ben, o.Cancel() if ends == "withdrawn" else FrameArrived("ada", p.ben.state.channel + b"\0\1nonsense", ROOM))
    p.at(Asking, Asked).agree().find().form().pong()


# --- accepting paired callers without asking -----------------------------------------------------------------------------------


def paired(*, bonded: bool = True, encrypted: bool = True, accept: bool = True, trusted: bool = True, ada: o.Policy | None = None) -> Pair:
    """Ben may accept paired callers; this is what Ben's machine knows of the radio link with Ada's, and whether he trusts it."""
    p = Pair(ada=ada, ben=o.Policy(name="Ben", accept_paired=accept))
    p.bonded, p.encrypted = bonded, encrypted
    if trusted:
        p.ben.policy = replace(p.ben.policy, trusted=(known(of=p.ada),))
        p.do(p.ben, o.Configure(p.ben.policy))
    return p


# spec: 2.17, 2.19
def test_a_trusted_paired_caller_is_accepted_without_asking_and_its_user_still_compares() -> None:
    p = paired()
    p.do(p.ada, o.Seek())
    p.do(p.ada, o.Ask(p.ada.session.snapshot().peers[0].id, Purpose.FILES)).at(Asking, Asked)
    snapshot = p.ben.session.snapshot()
    assert snapshot.unasked and snapshot.purpose == "files" and snapshot.peer is not None and snapshot.peer.name == "Ada"
    assert snapshot.code is not None and snapshot.needs_code, "the code stays on the screen until the caller has said that it matches"
    assert not p.ada.session.snapshot().unasked, "her user was asked"
    p.do(p.ada, o.Match("")).at(Meeting, Meeting)
    p.find().form().pong()
    assert p.ben.session.snapshot().unasked
    p.hears = False
    lose(p)
    assert p.ben.session.snapshot().unasked


def test_two_that_trust_each_other_and_are_paired_need_nobody_but_who_asks() -> None:
    p = paired()
    trust_each_other(p)
    p.ask().at(Meeting, Meeting).find().form().pong()


# spec: 2.19
@pytest.mark.parametrize(("bonded", "encrypted", "accept", "trusted"), list(product((False, True), repeat=4))[:-1])
def test_everybody_else_is_asked(bonded: bool, encrypted: bool, accept: bool, trusted: bool) -> None:
    """Bonded is not enough: a bond may have been made without comparing anything, and BlueZ does not tell."""
    p = paired(bonded=bonded, encrypted=encrypted, accept=accept, trusted=trusted)
    p.ask().at(Asking, Asked)
    asked = p.ben.session.snapshot()
    assert not asked.agreed_here and not asked.unasked
    p.agree()
    assert not p.ben.session.snapshot().unasked


@pytest.mark.parametrize("clear", range(4))
def test_one_frame_that_is_not_known_to_be_encrypted_is_one_too_many(clear: int) -> None:
    p = paired()
    p.do(p.ada, o.Seek())
    frames = [0]

    def through(side: Side, frame: bytes) -> bool:
        if side is p.ada:
            p.encrypted = frames[0] != clear
            frames[0] += 1
        return True

    p.lets_through = through
    p.do(p.ada, o.Ask(p.ada.session.snapshot().peers[0].id)).at(Asking, Asked)
    assert frames[0] > 4 and p.encrypted and not p.ben.session.snapshot().agreed_here


def test_a_paired_caller_with_a_trusted_name_and_another_key_is_looked_at() -> None:
    p = paired()
    p.ben.policy = replace(p.ben.policy, trusted=(TrustedPeer(b"o" * 32, b"k" * 32, "Ada", 0.0),))
    p.do(p.ben, o.Configure(p.ben.policy))
    p.ask().at(Asking, Asked)
    snapshot = p.ben.session.snapshot()
    assert snapshot.peer is not None and snapshot.peer.identity_changed and not snapshot.agreed_here


@pytest.mark.parametrize("visibility", [Visibility.NOBODY, Visibility.TRUSTED])
def test_being_paired_makes_nobody_visible(visibility: Visibility) -> None:
    p = paired(trusted=False)
    p.do(p.ada, o.Seek())
    # After the hello: before it there would not even be a connection.
    p.do(p.ben, o.Configure(replace(p.ben.policy, visibility=visibility)))
    p.do(p.ada, o.Ask(p.ada.session.snapshot().peers[0].id)).at(Idle, Idle)
    assert failure(p.ada) == Failure(Stage.ASKING, Reason.PEER_POLICY)


def test_a_paired_caller_is_told_busy_like_everybody_else() -> None:
    p = Pair(ada=o.Policy(name="Ada", accept_paired=True))
    cy = Stranger(p.ada, paired=True)
    p.wait(3).ask().at(Asking, Asked)
    cy.say(cy.talk.request(Purpose.LINK, Method.PBC))
    assert cy.heard[-1] == Said(Answer(accepted=False, reason=AnswerReason.BUSY))
    p.at(Asking, Asked)


def test_both_click_each_other_and_one_accepts_paired_callers() -> None:
    p = paired()
    trust_each_other(p)
    p.do(p.ada, o.Seek()).do(p.ben, o.Seek()).wait(3)
    rows = [side.session.snapshot().peers[0].id for side in (p.ada, p.ben)]
    p.ada.handle(o.Ask(rows[0]))
    p.ben.handle(o.Ask(rows[1]))
    p.flow()
    while not isinstance(p.ada.state, Meeting):
        asked = p.ada if isinstance(p.ada.state, Asked) else p.ben
        p.do(asked, o.Accept(""))
    p.at(Meeting, Meeting).find().form().pong()
