"""What follows from a state: what may be shown of it and what should exist. Asking for it changes nothing."""

from __future__ import annotations

from typing import get_args

import pytest

from nearby_tray.core import states, view
from nearby_tray.core.model import (
    Admission,
    Asks,
    Failure,
    FormGroup,
    Group,
    HostGroup,
    Method,
    Peer,
    Reason,
    Snapshot,
    Stage,
    Way,
    WifiRequest,
)
from nearby_tray.core.orders import Find, Limits, Wants
from nearby_tray.core.states import Ending, Idle, Seeking, State
from nearby_tray.core.wps import Admitting, Hosting, PlainAsked, PlainChecking, PlainEntering, PlainForming, PlainLinked, PlainState
from tests.core.pair import Pair, lose

LIMITS = Limits()
PHONE = Peer("phone", "Phone", address="aa")
PC = Peer("pc", "Ben")
GROUP = Group("p2p0", ("10.0.0.1",), 7)
ORDER = FormGroup(1, "aa", method=Method.DISPLAY, pin="12345670")


def shown(state: State) -> Snapshot:
    known = Snapshot(
        now=100.0,
        stage=states.stage(state),
        peer=states.peer(state),
        question=states.question(state),
        deadline=view.ends(state),
        needs_code=not isinstance(state, PlainState),
        verified=not isinstance(state, PlainState),
    )
    return view.snapshot(state, known, lambda: (PC,), LIMITS)


def wanted(state: State, now: float = 100.0) -> Wants:
    return view.wants(state, now, listens=True, lingers=True, bluetooth=True, port=47476)


def test_every_state_has_its_word() -> None:
    assert {state.stage for state in get_args(State)} == set(Stage)


def test_a_question_changes_nothing(p: Pair) -> None:
    steps = (p.ask, p.agree, p.find, p.form, p.pong, lambda: lose(p))
    for step in steps:
        step()
        for side in (p.ada, p.ben):
            session = side.session
            before = session.state, session.wants, session.snapshot(), session.deadline()
            assert before == (session.state, session.wants, session.snapshot(), session.deadline())


def test_at_rest_calls_are_heard_and_the_failure_stays() -> None:
    failure = Failure(Stage.ASKING, Reason.DECLINED)
    assert wanted(Idle()) == Wants(listen=True, serve=True)
    snapshot = shown(Idle(failure, PC))
    assert snapshot.failure == failure and snapshot.peer == PC and snapshot.deadline is None


def test_seeking_shows_the_list_and_its_end() -> None:
    state = Seeking(None, None, 130.0)
    assert shown(state).peers == (PC,) and shown(state).deadline == 130.0
    assert wanted(state) == Wants(listen=True, serve=True, find=Find.ON)


def test_an_end_keeps_the_group_until_the_goodbye_is_said() -> None:
    state = Ending(ORDER, 110.0, None, PC)
    assert wanted(state) == Wants(serve=True)
    assert states.deadline(state, 100.0) == 110.0 and shown(state).peer == PC


@pytest.mark.parametrize(
    "state",
    [
        PlainAsked(PHONE, WifiRequest("aa", Asks.PROVISION, Method.KEYPAD), 160.0, "q"),
        PlainEntering(PHONE, 210.0, 3, question="q"),
        PlainForming(PHONE, ORDER, 210.0, 3, 100.0, Way.NEGOTIATE),
        PlainChecking(PHONE, ORDER, GROUP, 130.0, 100.0),
        PlainLinked(PHONE, ORDER, GROUP, 100.0),
    ],
)
def test_a_plain_peer_is_never_shown_as_verified(state: PlainAsked | PlainEntering | PlainForming | PlainChecking | PlainLinked) -> None:
    snapshot = shown(state)
    assert snapshot.peer == PHONE and not snapshot.verified and not snapshot.needs_code and snapshot.code is None
    assert snapshot.question == ("q" if isinstance(state, PlainAsked | PlainEntering) else "")
    assert snapshot.pin_wanted is isinstance(state, PlainAsked | PlainEntering)
    assert (snapshot.pin is not None) is isinstance(state, PlainForming), "the PIN is gone when it is used"
    assert (snapshot.link is not None) is isinstance(state, PlainChecking | PlainLinked)
    assert (wanted(state).probe is not None) is isinstance(state, PlainChecking | PlainLinked)


def test_between_two_tries_nothing_is_ordered() -> None:
    state = PlainForming(PHONE, ORDER, 210.0, 3, 100.0, Way.NEGOTIATE)
    assert wanted(state).group == ORDER and wanted(state).find is Find.HELD
    between = PlainForming(PHONE, ORDER, 210.0, 3, 100.0, Way.NEGOTIATE, again=105.0)
    assert wanted(between).group is None and wanted(between).find is Find.ON


def test_a_group_of_our_own_shows_the_dialog_or_the_machine_that_may_come_in() -> None:
    order = HostGroup(1)
    hosting = Hosting(order, 100.0, None, GROUP)
    assert shown(hosting).stage is Stage.HOSTING and shown(hosting).link is not None and wanted(hosting).group == order
    asked = Hosting(order, 100.0, None, GROUP, asking=PlainAsked(PHONE, WifiRequest("aa", Asks.PROVISION, Method.KEYPAD), 160.0, "q"))
    snapshot = shown(asked)
    assert snapshot.stage is Stage.ASKED and snapshot.question == "q" and snapshot.pin_wanted
    assert (snapshot.started, snapshot.deadline) == (160.0 - LIMITS.ask, 160.0)
    admitting = Admitting(PHONE, Admission("aa", Method.DISPLAY, "12345670"), 220.0)
    snapshot = shown(Hosting(order, 100.0, None, GROUP, admitting=admitting, finding=130.0))
    assert snapshot.pin == "12345670" and snapshot.peers == (PC,)
    assert (snapshot.started, snapshot.deadline) == (220.0 - LIMITS.admit, 220.0)
