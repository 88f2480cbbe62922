"""Machines that do not run Nearby Tray, and groups of our own: dialogues with a session on a radio that can do everything."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nearby_tray.core import orders as o
from nearby_tray.core import wps
from nearby_tray.core.keys import Identity
from nearby_tray.core.link import LinkUp
from nearby_tray.core.model import (
    Abilities,
    AdmissionFailed,
    Asks,
    BluetoothChanged,
    Failure,
    FormGroup,
    Group,
    GroupLost,
    HostGroup,
    MemberJoined,
    MemberLeft,
    Method,
    PeerFound,
    Reason,
    Snapshot,
    Stage,
    Visibility,
    Way,
    WifiChanged,
    WifiRequest,
)
from nearby_tray.core.pin import make, valid
from nearby_tray.core.session import Session
from nearby_tray.core.states import Ending, Idle, Seeking

PHONE, OTHER = "02:00:00:00:00:77", "02:00:00:00:00:78"
ALL = Abilities("wpa_supplicant", pin=True, intent=True, frequency=True, host=True, hears=True, persistent=True)
GROUP = Group("p2p-wlan0-0", ("fe80::1",), 7, owner=True, frequency=5180, width=20)
LIMITS = o.Limits()
PUSH = o.Ask(PHONE, method=Method.PBC)


@dataclass
class Machine:
    """A session, its time, and all that it ever ordered."""

    abilities: Abilities = ALL
    policy: o.Policy = field(default_factory=lambda: o.Policy("ada"))
    now: float = 1000.0
    commands: list[o.Command] = field(default_factory=list)

    def __post_init__(self) -> None:
        random = Random(1)
        self.session = Session(
            identity=Identity.from_seed(random.randbytes(32)), entropy=random.randbytes, policy=self.policy, posix=lambda: 1.7e9
        )
        self.do(BluetoothChanged(None), WifiChanged(None, b"\2\0\0\0\0\1", abilities=self.abilities))

    def do(self, *events: o.Event) -> Machine:
        for event in events:
            if isinstance(event, o.Accept | o.EnterPin) and not event.question:
                event = replace(event, question=self.snapshot.question)
            self.commands += self.session.handle(event, self.now)
            pin = self.pin()
            shown = " ".join(map(repr, (self.session.snapshot(), self.session.state, self.session.wants, self.commands)))
            assert pin is None or pin not in shown, "a PIN is in a repr"
        return self

    def wait(self, seconds: float) -> Machine:
        end = self.now + seconds
        while (deadline := self.session.deadline()) is not None and deadline <= end:
            self.now = max(self.now, deadline)
            self.do(o.Tick())
        self.now = end
        return self

    def seek(self, **facts: object) -> Machine:
        """The phone is in the list."""
        return self.do(o.Seek(), replace(PeerFound(PHONE, "Phone"), **facts))  # type: ignore[arg-type]

    def removed(self) -> Machine:
        """What was ordered is down."""
        state = self.session.state
        assert isinstance(state, Ending) and self.session.wants.group is None
        return self.do(o.GroupRemoved(state.order.attempt))

    @property
    def snapshot(self) -> Snapshot:
        return self.session.snapshot()

    @property
    def order(self) -> FormGroup:
        order = self.session.wants.group
        assert isinstance(order, FormGroup)
        return order

    @property
    def hosted(self) -> HostGroup:
        order = self.session.wants.group
        assert isinstance(order, HostGroup)
        return order

    def pin(self) -> str | None:
        return self.snapshot.pin

    def stage(self) -> Stage:
        return self.snapshot.stage

    def probe(self) -> o.ProbePlan | None:
        return self.session.wants.probe

    def find(self) -> o.Find:
        return self.session.wants.find

    def failure(self) -> Failure | None:
        return self.snapshot.failure

    def all(self, kind: type[o.Command]) -> list[o.Command]:
        return [command for command in self.commands if isinstance(command, kind)]


def typed() -> str:
    return make(Random(7).randbytes)


# --- our user clicks one --------------------------------------------------------------------------------------------------------


def test_push_button_from_the_click_to_the_end() -> None:
    m = Machine().seek().do(PUSH)
    order = m.order
    assert (order.address, order.method, order.way, order.pin, order.own) == (PHONE, Method.PBC, Way.NEGOTIATE, None, ())
    assert m.find() is o.Find.HELD and m.session.wants.advertisement is None, "the call is over"
    assert (m.snapshot.stage, m.snapshot.verified, m.snapshot.code) == (Stage.FORMING, False, None)
    m.do(o.GroupFormed(order.attempt, GROUP))
    plan = m.probe()
    assert m.stage() is Stage.CHECKING and plan is not None and plan.peers == ((PHONE, ""),)
    m.do(o.LinkSaid(order.attempt, LinkUp()))
    shown = m.snapshot
    assert shown.stage is Stage.LINKED and not shown.verified and shown.deadline is None
    assert shown.link is not None and (shown.link.owner, shown.link.frequency, shown.link.pin) == (True, 5180, False)
    m.wait(10_000)
    assert m.stage() is Stage.LINKED, "nothing ends it by itself"
    m.do(o.Cancel()).removed()
    assert isinstance(m.session.state, Idle) and m.failure() is None
    assert m.session.wants == o.Wants(listen=True)


def test_the_pin_that_we_show_is_gone_when_it_is_used() -> None:
    m = Machine().seek().do(o.Ask(PHONE, method=Method.DISPLAY))
    assert valid(m.pin() or "") and m.order.pin == m.pin() and m.order.method is Method.DISPLAY
    m.do(o.GroupFormed(m.order.attempt, GROUP))
    assert m.pin() is None


def test_each_attempt_has_a_pin_of_its_own_and_three_are_all() -> None:
    m = Machine().seek().do(o.Ask(PHONE, method=Method.DISPLAY))
    shown = []
    for left in (3, 2, 1):
        assert m.snapshot.tries_left == left
        shown.append(m.pin())
        m.do(o.GroupFailed(m.order.attempt, Reason.WRONG_PIN))
    assert len(set(shown)) == 3 and m.pin() is None
    assert m.removed().failure() == Failure(Stage.FORMING, Reason.WRONG_PIN)


def test_the_pin_that_it_shows_is_typed_here() -> None:
    m = Machine().seek().do(o.Ask(PHONE, method=Method.KEYPAD))
    assert m.all(o.Provision) == [o.Provision(PHONE, Method.KEYPAD)]
    assert (m.snapshot.stage, m.snapshot.pin_wanted, m.snapshot.tries_left) == (Stage.ENTERING, True, 3)
    assert m.session.wants.group is None
    m.do(o.EnterPin("", "12345678"))
    assert m.stage() is Stage.ENTERING, "its checksum is wrong: not tried"
    m.do(o.EnterPin("", "1234-5670"))
    assert (m.order.pin, m.order.method) == ("12345670", Method.KEYPAD) and m.pin() is None, "shown to nobody"
    m.do(o.GroupFailed(m.order.attempt, Reason.WRONG_PIN))
    assert (m.snapshot.stage, m.snapshot.tries_left) == (Stage.ENTERING, 2) and len(m.all(o.Provision)) == 2, "it makes a new one"
    for _ in range(2):
        m.do(o.EnterPin("", typed()))
        m.do(o.GroupFailed(m.order.attempt, Reason.WRONG_PIN))
    assert m.removed().failure() == Failure(Stage.FORMING, Reason.WRONG_PIN)


def test_one_that_does_not_get_ready_is_named() -> None:
    m = Machine().seek().do(o.Ask(PHONE, method=Method.KEYPAD), o.ProvisionFailed(OTHER, Reason.NOT_READY))
    assert m.stage() is Stage.ENTERING
    assert m.do(o.ProvisionFailed(PHONE, Reason.REJECTED)).failure() == Failure(Stage.ENTERING, Reason.REJECTED)


def test_one_that_does_not_hear_that_it_is_to_show_a_pin_is_told_again() -> None:
    m = Machine().seek().do(o.Ask(PHONE, method=Method.KEYPAD))
    until = m.snapshot.deadline
    for told in (2, 3):
        m.do(o.ProvisionFailed(PHONE, Reason.NO_ANSWER))
        assert m.stage() is Stage.ENTERING and len(m.all(o.Provision)) == told - 1
        m.wait(LIMITS.settle)
        assert len(m.all(o.Provision)) == told and m.snapshot.deadline == until
    m.do(o.ProvisionFailed(PHONE, Reason.NO_ANSWER)).wait(LIMITS.settle - 1).do(o.EnterPin("", typed()))
    assert m.order.pin == typed(), "our user could read it all the same"
    m = Machine().seek().do(o.Ask(PHONE, method=Method.KEYPAD)).wait(LIMITS.type - LIMITS.settle)
    m.do(o.ProvisionFailed(PHONE, Reason.NO_ANSWER))
    assert m.failure() == Failure(Stage.ENTERING, Reason.NO_ANSWER), "no time is left"


def test_a_stranger_is_not_asked_without_a_method() -> None:
    """Somebody of ours whose conversation just broke off looks like one: that must not end in an unverified link by the same click."""
    m = Machine().seek().do(o.Ask(PHONE))
    assert isinstance(m.session.state, Seeking)


def test_what_the_back_end_cannot_do_is_said_and_not_done_otherwise() -> None:
    m = Machine(Abilities()).seek().do(o.Ask(PHONE, method=Method.DISPLAY))
    assert m.failure() == Failure(Stage.FORMING, Reason.NOT_OFFERED) and m.session.wants.group is None
    m = Machine(Abilities()).do(o.Host())
    assert m.failure() == Failure(Stage.HOSTING, Reason.NOT_OFFERED)
    m = Machine(Abilities()).seek(owner=True).do(PUSH)
    assert m.failure() == Failure(Stage.FORMING, Reason.NOT_OFFERED), "a group cannot be joined"


def test_channel_and_intent_are_asked_for_where_that_is_possible() -> None:
    policy = o.Policy("ada", intent=14, frequency=5180)
    assert (
        Machine(policy=policy).seek().do(PUSH).order.intent,
        Machine(policy=policy).seek().do(PUSH).order.frequency,
    ) == (14, 5180)
    order = Machine(Abilities(pin=True), policy).seek().do(PUSH).order
    assert (order.intent, order.frequency) == (None, None)


def test_a_group_that_it_owns_is_joined_and_a_remembered_one_formed_again() -> None:
    assert Machine().seek(owner=True).do(PUSH).order.way is Way.JOIN
    order = Machine().seek(remembered=True).do(replace(PUSH, remember=True)).order
    assert (order.way, order.persistent) == (Way.REINVOKE, True)


def test_a_group_that_only_we_remember_is_formed_anew_and_a_pin_always_means_a_new_one() -> None:
    m = Machine().seek(remembered=True).do(PUSH)
    m.do(o.GroupFailed(m.order.attempt, Reason.GROUP_FORGOTTEN))
    assert (m.order.attempt, m.order.way, m.order.method, m.order.persistent) == (2, Way.NEGOTIATE, Method.PBC, True)
    m.do(o.GroupFailed(m.order.attempt, Reason.GROUP_FORGOTTEN))
    assert m.removed().failure() == Failure(Stage.FORMING, Reason.GROUP_FORGOTTEN)
    order = Machine().seek(remembered=True).do(o.Ask(PHONE, method=Method.DISPLAY)).order
    assert (order.way, order.method) == (Way.NEGOTIATE, Method.DISPLAY)


def test_every_stage_ends() -> None:
    m = Machine().seek().do(PUSH).wait(LIMITS.provision + LIMITS.slack)
    assert m.removed().failure() == Failure(Stage.FORMING, Reason.NOT_READY)
    m = Machine().seek().do(o.Ask(PHONE, method=Method.KEYPAD)).wait(LIMITS.type)
    assert m.failure() == Failure(Stage.ENTERING, Reason.NO_ANSWER)
    m = Machine().seek().do(PUSH)
    m.do(o.GroupFormed(m.order.attempt, GROUP)).wait(LIMITS.probe)
    assert m.removed().failure() == Failure(Stage.CHECKING, Reason.NOT_CHECKED)
    m = Machine().do(o.Host()).wait(LIMITS.host)
    assert m.removed().failure() == Failure(Stage.HOSTING, Reason.NOT_FORMED)


def test_a_group_that_goes_is_said_and_not_restored() -> None:
    m = Machine().seek().do(PUSH)
    attempt = m.order.attempt
    m.do(o.GroupFormed(attempt, GROUP), o.LinkSaid(attempt, LinkUp()), GroupLost(attempt, Reason.GROUP_ENDED))
    assert m.removed().failure() == Failure(Stage.LINKED, Reason.GROUP_ENDED)


@pytest.mark.parametrize("method", list(Method))
def test_the_radio_that_goes_off_ends_what_waits(method: Method) -> None:
    m = Machine().do(WifiRequest(PHONE, Asks.NEGOTIATE, method))
    assert m.stage() is Stage.ASKED
    assert m.do(WifiChanged(Reason.WIFI_OFF)).failure() == Failure(Stage.ASKED, Reason.WIFI_OFF)


def test_the_list_stays_for_those_that_only_wifi_direct_knows() -> None:
    m = Machine().seek().wait(LIMITS.seek + 1)
    assert isinstance(m.session.state, Seeking) and m.session.wants.advertisement is None
    assert m.wait(LIMITS.choose).failure() == Failure(Stage.SEEKING, Reason.NOBODY_ANSWERED)


# --- what is lost on the way ----------------------------------------------------------------------------------------------------

PASSING = (Reason.NO_ANSWER, Reason.NOT_READY, Reason.NOT_SEEN, Reason.NOT_FORMED, Reason.GROUP_ENDED)


def fail(m: Machine, reason: Reason) -> Machine:
    return m.do(o.GroupFailed(m.order.attempt, reason))


def test_a_group_that_stands_since_its_confirmation_was_missed_is_joined() -> None:
    m = Machine(policy=o.Policy("ada", intent=3, frequency=5180)).seek().do(o.Ask(PHONE, method=Method.DISPLAY))
    first = m.order
    fail(m, Reason.NO_ANSWER)
    looks = m.order
    assert (looks.way, looks.intent, looks.frequency, looks.patience) == (Way.JOIN, None, None, LIMITS.look), "wherever it is"
    assert (looks.address, looks.method, looks.pin) == (first.address, first.method, first.pin) and looks.attempt != first.attempt
    m.do(o.GroupFormed(looks.attempt, GROUP))
    assert m.stage() is Stage.CHECKING and m.session.wants.group == looks


def test_one_without_a_group_is_asked_again() -> None:
    m = Machine(policy=o.Policy("ada", intent=3, frequency=5180)).seek().do(PUSH)
    first, until = m.order, m.snapshot.deadline
    fail(fail(m, Reason.NO_ANSWER), Reason.NOT_SEEN)
    assert (m.stage(), m.session.wants.group, m.find()) == (Stage.FORMING, None, o.Find.ON), "we look around meanwhile"
    m.wait(LIMITS.settle)
    assert m.find() is o.Find.HELD and m.snapshot.deadline == until
    assert replace(m.order, attempt=first.attempt, patience=first.patience) == first
    assert m.order.patience == LIMITS.provision - LIMITS.settle
    m.do(o.GroupFormed(m.order.attempt, GROUP))
    assert m.stage() is Stage.CHECKING


def test_where_groups_cannot_be_joined_it_is_only_asked_again() -> None:
    m = Machine(Abilities(pin=True)).seek().do(PUSH)
    fail(m, Reason.NO_ANSWER)
    assert m.session.wants.group is None
    assert m.wait(LIMITS.settle).order.way is Way.NEGOTIATE


@pytest.mark.parametrize("reason", list(Reason))
@pytest.mark.parametrize("abilities", [ALL, Abilities(pin=True)])
def test_what_may_pass_is_tried_again_and_an_answer_is_the_end(reason: Reason, abilities: Abilities) -> None:
    m = fail(Machine(abilities).seek().do(PUSH), reason)
    if reason is Reason.WRONG_PIN or reason in PASSING:
        assert m.stage() is Stage.FORMING
    else:
        assert m.removed().failure() == Failure(Stage.FORMING, reason)


@pytest.mark.parametrize("method", list(Method))
@pytest.mark.parametrize("abilities", [ALL, Abilities(pin=True)])
@pytest.mark.parametrize("seed", range(25))
def test_nobody_can_make_us_try_for_ever_or_ask_our_user_twice(method: Method, abilities: Abilities, seed: int) -> None:
    """Whatever fails at whatever moment, with and without calls of the other in between."""
    random = Random(seed)
    m = Machine(abilities).do(PeerFound(PHONE, "Phone"), WifiRequest(PHONE, Asks.NEGOTIATE, method))
    m.do(o.EnterPin("", typed()) if method is Method.KEYPAD else o.Accept(""))
    began, pin, orders = m.now, m.order.pin, 0
    slow = random.choice((0.0, 1.0, 60.0))
    while isinstance(m.session.state, wps.PlainForming):
        if random.random() < 0.5:
            m.do(WifiRequest(PHONE, Asks.NEGOTIATE, method), WifiRequest(OTHER, Asks.NEGOTIATE, method)).wait(0)
        if m.session.wants.group is not None:
            orders += 1
            assert (m.order.address, m.order.method, m.order.pin) == (PHONE, method, pin)
            assert m.now + m.order.patience <= began + LIMITS.provision + 3.0  # ordered up to 3 s ago
            m.wait(min(slow, m.order.patience))
            fail(m, random.choice(PASSING))
        assert m.snapshot.question == "" and m.stage() is not Stage.ASKED
        m.wait(3.0)  # no faster do requests of one machine come (`system.wifi.negotiation.Requests`)
    assert isinstance(m.session.state, Ending) and m.now <= began + LIMITS.provision + LIMITS.slack
    assert 0 < orders <= 2 * (LIMITS.provision / 3.0 + 1)
    failure = m.removed().failure()
    assert failure is not None and failure.reason in PASSING


def test_time_that_passes_between_two_tries_ends_them() -> None:
    m = fail(Machine(Abilities(pin=True)).seek().do(PUSH).wait(LIMITS.provision - LIMITS.settle - 1), Reason.NOT_SEEN)
    assert m.stage() is Stage.FORMING
    m.wait(LIMITS.settle)
    assert m.order.patience == 1.0
    assert fail(m, Reason.NO_ANSWER).removed().failure() == Failure(Stage.FORMING, Reason.NO_ANSWER)


def test_between_two_tries_cancel_ends_it_at_once_and_so_does_the_radio() -> None:
    m = fail(Machine().seek().do(PUSH), Reason.NOT_READY).do(o.Cancel()).removed()
    assert isinstance(m.session.state, Idle) and m.failure() is None
    m = fail(Machine().seek().do(PUSH), Reason.NOT_READY).do(WifiChanged(Reason.WIFI_OFF))
    assert m.failure() == Failure(Stage.FORMING, Reason.WIFI_OFF)


def test_the_other_user_trying_again_too_is_met_at_once() -> None:
    m = fail(Machine().seek().do(PUSH), Reason.NOT_READY)
    m.do(WifiRequest(OTHER, Asks.NEGOTIATE, Method.PBC)).wait(0)
    assert m.session.wants.group is None, "somebody else"
    m.do(WifiRequest(PHONE, Asks.NEGOTIATE, Method.PBC)).wait(0)
    assert m.order.address == PHONE and m.stage() is Stage.FORMING


def test_an_invitation_is_taken_where_the_group_is_until_it_lets_us_in() -> None:
    m = Machine(policy=o.Policy("ada", intent=3, frequency=2412))
    m.do(WifiRequest(PHONE, Asks.INVITE, Method.PBC, frequency=5180), o.Accept(""))
    for _ in range(3):
        assert (m.order.way, m.order.frequency, m.order.intent) == (Way.JOIN, 5180, None)
        fail(m, Reason.NOT_READY).wait(LIMITS.settle)
    m.do(o.GroupFormed(m.order.attempt, GROUP))
    assert m.stage() is Stage.CHECKING


def test_a_remembered_group_is_invited_again_when_a_frame_was_lost() -> None:
    m = fail(Machine().seek(remembered=True).do(PUSH), Reason.NO_ANSWER).wait(LIMITS.settle)
    assert m.order.way is Way.REINVOKE


def test_a_group_that_is_lost_before_it_was_said_to_be_there_is_not_believed_in() -> None:
    m = Machine().seek().do(PUSH)
    attempt = m.order.attempt
    m.do(GroupLost(attempt - 1, Reason.GROUP_ENDED), GroupLost(attempt, Reason.GROUP_ENDED), o.GroupFormed(attempt, GROUP))
    assert m.stage() is Stage.FORMING and m.session.wants.group is None
    m.wait(LIMITS.settle)
    assert m.order.attempt > attempt
    m = Machine().seek().do(PUSH).do(GroupLost(2, Reason.GROUP_ENDED))
    m.do(GroupLost(m.order.attempt, Reason.DAEMON_RESTARTED))
    assert m.removed().failure() == Failure(Stage.FORMING, Reason.DAEMON_RESTARTED)
    m = Machine().do(o.Host())
    m.do(GroupLost(m.hosted.attempt, Reason.GROUP_ENDED), o.GroupFormed(1, GROUP))
    assert m.removed().failure() == Failure(Stage.HOSTING, Reason.GROUP_ENDED)


# --- one asks us ----------------------------------------------------------------------------------------------------------------


def test_nothing_is_formed_before_our_user_said_yes() -> None:
    m = Machine().do(PeerFound(PHONE, "Phone"), WifiRequest(PHONE, Asks.NEGOTIATE, Method.PBC))
    shown = m.snapshot
    assert (shown.stage, shown.verified, shown.peer and shown.peer.name) == (Stage.ASKED, False, "Phone")
    assert m.session.wants.group is None
    m.do(o.Accept(""))
    assert (m.order.address, m.order.method, m.order.way) == (PHONE, Method.PBC, Way.NEGOTIATE)


def test_no_is_told_and_three_times_no_is_enough_for_a_while() -> None:
    m = Machine()
    for _ in range(3):
        m.do(WifiRequest(PHONE, Asks.NEGOTIATE, Method.PBC), o.Decline())
        assert isinstance(m.session.state, Idle) and m.failure() is None
    assert m.all(o.Reject) == [o.Reject(PHONE)] * 3
    m.do(WifiRequest(OTHER, Asks.NEGOTIATE, Method.PBC))
    assert isinstance(m.session.state, Idle), "whoever it claims to be"
    m.wait(LIMITS.refusal_span + 1).do(WifiRequest(OTHER, Asks.NEGOTIATE, Method.PBC))
    assert m.stage() is Stage.ASKED


def test_nobody_there_is_no() -> None:
    m = Machine().do(WifiRequest(PHONE, Asks.NEGOTIATE, Method.PBC)).wait(LIMITS.ask)
    assert m.failure() == Failure(Stage.ASKED, Reason.NO_ANSWER) and m.all(o.Reject) == [o.Reject(PHONE)]


def test_the_pin_that_the_daemon_made_up_is_the_one_shown() -> None:
    m = Machine().do(WifiRequest(PHONE, Asks.PROVISION, Method.DISPLAY, "12345670"))
    assert m.pin() is None, "not before our user agreed"
    m.do(o.Accept(""))
    assert m.pin() == m.order.pin == "12345670"


def test_a_pin_to_type_is_the_yes() -> None:
    m = Machine().do(WifiRequest(PHONE, Asks.PROVISION, Method.KEYPAD), o.Accept(""))
    assert m.stage() is Stage.ASKED and m.snapshot.pin_wanted, "a click is not enough"
    m.do(o.EnterPin("", typed()))
    assert (m.order.method, m.order.pin) == (Method.KEYPAD, typed())


def test_an_invitation_is_joined() -> None:
    assert Machine().do(WifiRequest(PHONE, Asks.INVITE, Method.PBC), o.Accept("")).order.way is Way.JOIN


def test_a_second_one_does_not_replace_the_dialog() -> None:
    m = Machine().do(WifiRequest(PHONE, Asks.NEGOTIATE, Method.PBC), WifiRequest(OTHER, Asks.NEGOTIATE, Method.PBC), o.Accept(""))
    assert m.order.address == PHONE


@pytest.mark.parametrize("visibility", [Visibility.NOBODY, Visibility.TRUSTED])
def test_who_is_not_visible_to_everyone_is_not_asked_by_strangers(visibility: Visibility) -> None:
    m = Machine(policy=o.Policy("ada", visibility=visibility)).do(WifiRequest(PHONE, Asks.NEGOTIATE, Method.PBC))
    assert isinstance(m.session.state, Idle)


# --- a group of our own -----------------------------------------------------------------------------------------------------------


def host() -> Machine:
    m = Machine().do(o.Host())
    return m.do(o.GroupFormed(m.hosted.attempt, GROUP))


def test_two_machines_in_our_group_each_with_a_row() -> None:
    m = host()
    attempt = m.hosted.attempt
    assert m.stage() is Stage.HOSTING and m.snapshot.deadline is None and m.probe() is None
    for address in (PHONE, OTHER):
        m.do(WifiRequest(address, Asks.PROVISION, Method.PBC))
        assert m.stage() is Stage.ASKED and not m.all(o.Admit)[1 if address == OTHER else 0 :]
        m.do(o.Accept(""), MemberJoined(attempt, address, f"06{address[2:]}"))
        assert m.stage() is Stage.HOSTING
    assert [member.peer.address for member in m.snapshot.members] == [PHONE, OTHER]
    assert len(m.all(o.Admit)) == 2
    plan = m.probe()
    assert plan is not None and plan.peers == ((PHONE, f"06{PHONE[2:]}"), (OTHER, f"06{OTHER[2:]}"))
    m.do(o.Expel(PHONE), o.Expel("02:00:00:00:00:99"))
    assert m.all(o.ExpelMember) == [o.ExpelMember(PHONE)]
    m.do(MemberLeft(attempt, PHONE))
    assert [member.peer.address for member in m.snapshot.members] == [OTHER]
    m.wait(10_000).do(o.Cancel()).removed()
    assert isinstance(m.session.state, Idle) and m.snapshot.members == ()


def test_nobody_is_asked_about_for_our_group_while_nobody_is_there_to_answer() -> None:
    m = host().do(o.Configure(o.Policy("ada", away=True)))
    for _ in range(LIMITS.refusals + 2):
        m.do(WifiRequest(PHONE, Asks.PROVISION, Method.PBC))
        assert m.stage() is Stage.HOSTING
    assert m.all(o.Reject) == [o.Reject(PHONE)] * LIMITS.refusals, "not without end"
    assert [missed.peer.address for missed in m.snapshot.missed] == [PHONE]
    m.do(o.Configure(o.Policy("ada"))).wait(LIMITS.refusal_span).do(WifiRequest(PHONE, Asks.PROVISION, Method.PBC))
    assert m.stage() is Stage.ASKED


def test_whoever_comes_into_our_group_without_our_users_yes_is_put_out() -> None:
    m = Machine().do(o.Host())
    attempt = m.hosted.attempt
    put_out: list[o.Command] = [o.ExpelMember(PHONE), o.Reject(PHONE)]

    def comes() -> list[o.Command]:
        before = len(m.commands)
        m.do(MemberJoined(attempt, PHONE, "06:00:00:00:00:77"))
        return m.commands[before:]

    def is_in() -> bool:
        return bool(m.snapshot.members)

    assert comes() == put_out, "into a remembered group, before it is said to be up"
    m.do(o.GroupFormed(attempt, GROUP))
    assert comes() == put_out and not is_in(), "with the passphrase, never asked for"
    m.do(WifiRequest(PHONE, Asks.PROVISION, Method.PBC))
    assert comes() == [o.ExpelMember(PHONE)] and m.snapshot.question, "before our user has answered, who is asked all the same"
    m.do(o.Decline())
    assert comes() == put_out, "after a no"
    m.do(WifiRequest(PHONE, Asks.PROVISION, Method.PBC), o.Accept(""), MemberJoined(attempt, OTHER, "06:00:00:00:00:78"))
    assert m.commands[-2:] == [o.ExpelMember(OTHER), o.Reject(OTHER)], "another one than who was let in"
    m.do(o.Decline())
    assert comes() == put_out, "after our user thought better of it"
    m.do(WifiRequest(PHONE, Asks.PROVISION, Method.PBC), o.Accept("")).wait(10_000)
    assert comes() == put_out, "too late"
    m.do(WifiRequest(PHONE, Asks.PROVISION, Method.PBC), o.Accept(""))
    assert comes() == [] and is_in()
    m.do(MemberLeft(attempt, PHONE))
    assert not is_in() and comes() == [] and is_in(), "lost and back again"
    m.do(o.Expel(PHONE))
    assert comes() == put_out, "back before it is told to have left"
    m.do(MemberLeft(attempt, PHONE))
    assert comes() == put_out and not is_in(), "sent out"
    m.do(WifiRequest(PHONE, Asks.PROVISION, Method.PBC), o.Accept(""))
    assert comes() == [] and is_in(), "and let in anew"
    m.do(o.Cancel()).removed()
    m.do(o.Host())
    attempt = m.hosted.attempt
    m.do(o.GroupFormed(attempt, GROUP))
    assert comes() == put_out, "let into the group before this one"


def test_nobody_is_in_our_group_unseen() -> None:
    m = host()
    for number in range(17):
        address = f"02:00:00:00:01:{number:02x}"
        m.do(WifiRequest(address, Asks.PROVISION, Method.PBC), o.Accept(""), MemberJoined(m.hosted.attempt, address, ""))
    assert len(m.snapshot.members) == 16
    assert m.all(o.ExpelMember) == [o.ExpelMember(address)], "one too many for the list"


def test_the_pin_for_one_that_joins_is_shown_until_it_is_in() -> None:
    m = host().do(WifiRequest(PHONE, Asks.PROVISION, Method.DISPLAY), o.Accept(""))
    (admitted,) = m.all(o.Admit)
    assert isinstance(admitted, o.Admit) and m.pin() is not None and admitted.admission.pin == m.pin()
    m.do(MemberJoined(m.hosted.attempt, PHONE))
    assert m.pin() is None


def test_the_pin_of_one_that_joins_is_typed() -> None:
    m = host().do(WifiRequest(PHONE, Asks.PROVISION, Method.KEYPAD), o.Accept(""), o.EnterPin("", "1"))
    assert m.snapshot.pin_wanted and not m.all(o.Admit)
    m.do(o.EnterPin("", typed()))
    (admitted,) = m.all(o.Admit)
    assert isinstance(admitted, o.Admit) and (admitted.admission.method, admitted.admission.pin) == (Method.KEYPAD, typed())


def test_one_that_did_not_come_in_is_said_and_the_group_goes_on() -> None:
    m = host().do(WifiRequest(PHONE, Asks.PROVISION, Method.PBC), o.Accept(""))
    m.do(AdmissionFailed(m.hosted.attempt, "", Reason.PBC_OVERLAP))
    assert m.failure() == Failure(Stage.HOSTING, Reason.PBC_OVERLAP) and m.stage() is Stage.HOSTING
    m.do(WifiRequest(PHONE, Asks.PROVISION, Method.PBC))
    assert m.failure() is None and m.stage() is Stage.ASKED, "it may ask again"
    m.do(o.Accept(""), AdmissionFailed(m.hosted.attempt, "", Reason.PBC_OVERLAP), o.Dismiss())
    assert m.failure() is None and m.stage() is Stage.HOSTING


def test_one_that_lets_its_time_pass_holds_the_door_no_longer() -> None:
    m = host().do(WifiRequest(PHONE, Asks.PROVISION, Method.PBC), o.Accept("")).wait(LIMITS.admit + 1)
    m.do(WifiRequest(OTHER, Asks.PROVISION, Method.PBC))
    assert m.stage() is Stage.ASKED


def test_no_while_hosting_is_told() -> None:
    m = host().do(WifiRequest(PHONE, Asks.PROVISION, Method.PBC), o.Decline())
    assert m.all(o.Reject) == [o.Reject(PHONE)] and not m.all(o.Admit) and m.stage() is Stage.HOSTING


def test_what_was_allowed_is_taken_back() -> None:
    m = host().do(WifiRequest(PHONE, Asks.PROVISION, Method.PBC), o.Accept(""), o.Decline())
    assert m.all(o.Reject) == [o.Reject(PHONE)] and m.stage() is Stage.HOSTING
    assert (m.snapshot.peer, m.snapshot.deadline, m.snapshot.failure) == (None, None, None)


def test_dialogs_while_hosting_are_rationed_too() -> None:
    m = host()
    for _ in range(3):
        m.do(WifiRequest(PHONE, Asks.PROVISION, Method.PBC), o.Decline())
    assert m.do(WifiRequest(OTHER, Asks.PROVISION, Method.PBC)).stage() is Stage.HOSTING


def test_an_invitation_goes_out_with_an_open_door() -> None:
    m = host().do(o.Seek())
    assert m.find() is o.Find.ON
    m.do(PeerFound(PHONE, "Phone"))
    assert [peer.name for peer in m.snapshot.peers] == ["Phone"]
    m.do(o.Invite(PHONE))
    assert m.all(o.InvitePeer) == [o.InvitePeer(PHONE)] and len(m.all(o.Admit)) == 1
    assert m.find() is o.Find.OFF, "not while it comes in"


def test_an_invitation_that_nobody_answers_is_repeated_and_the_door_stays_open() -> None:
    m = host().do(o.Seek(), PeerFound(PHONE, "Phone"), o.Invite(PHONE))
    until = m.snapshot.deadline
    for sent in (2, 3):
        m.do(AdmissionFailed(m.hosted.attempt, PHONE, Reason.NO_ANSWER)).wait(LIMITS.settle)
        assert m.all(o.InvitePeer) == [o.InvitePeer(PHONE)] * sent and len(m.all(o.Admit)) == 1 and m.failure() is None
        assert m.snapshot.deadline == until
    m.do(AdmissionFailed(m.hosted.attempt, PHONE, Reason.NO_ANSWER), MemberJoined(m.hosted.attempt, PHONE)).wait(LIMITS.admit)
    assert [member.peer.address for member in m.snapshot.members] == [PHONE], "it had heard us"
    assert len(m.all(o.InvitePeer)) == 3 and not m.all(o.ExpelMember)


def test_an_invitation_is_not_repeated_for_ever_nor_against_a_no() -> None:
    m = host().do(o.Seek(), PeerFound(PHONE, "Phone"), o.Invite(PHONE))
    while m.snapshot.peer is not None:
        m.do(AdmissionFailed(m.hosted.attempt, PHONE, Reason.NO_ANSWER)).wait(LIMITS.settle)
    assert m.failure() == Failure(Stage.HOSTING, Reason.NO_ANSWER)
    assert len(m.all(o.InvitePeer)) <= LIMITS.admit / LIMITS.settle
    m = host().do(o.Seek(), PeerFound(PHONE, "Phone"), o.Invite(PHONE), AdmissionFailed(2, PHONE, Reason.REJECTED))
    m.do(AdmissionFailed(m.hosted.attempt, PHONE, Reason.REJECTED)).wait(LIMITS.admit)
    assert m.failure() == Failure(Stage.HOSTING, Reason.REJECTED) and len(m.all(o.InvitePeer)) == 1
    m = host().do(o.Seek(), PeerFound(PHONE, "Phone"), o.Invite(PHONE), AdmissionFailed(1, PHONE, Reason.NO_ANSWER), o.Decline())
    assert len(m.wait(LIMITS.admit).all(o.InvitePeer)) == 1, "our user thought better of it"
    m = host().do(WifiRequest(PHONE, Asks.PROVISION, Method.PBC), o.Accept(""), AdmissionFailed(1, PHONE, Reason.NO_ANSWER))
    assert m.failure() == Failure(Stage.HOSTING, Reason.NO_ANSWER), "it was not invited"


def test_the_group_that_ends_under_us_is_a_failure() -> None:
    m = host()
    m.do(GroupLost(m.hosted.attempt, Reason.DAEMON_RESTARTED)).removed()
    assert m.failure() == Failure(Stage.HOSTING, Reason.DAEMON_RESTARTED)


# --- any order ----------------------------------------------------------------------------------------------------------------


_events = st.sampled_from(
    [
        o.Seek(),
        PeerFound(PHONE, "Phone"),
        PeerFound(OTHER, owner=True),
        PUSH,
        o.Ask(PHONE, method=Method.DISPLAY),
        o.Ask(PHONE, method=Method.KEYPAD),
        replace(PUSH, peer=OTHER),
        o.Host(),
        o.Accept(""),
        o.Decline(),
        o.Cancel(),
        o.EnterPin("", "12345670"),
        o.Invite(PHONE),
        o.Expel(PHONE),
        WifiRequest(PHONE, Asks.PROVISION, Method.PBC),
        WifiRequest(OTHER, Asks.NEGOTIATE, Method.DISPLAY),
        WifiRequest(PHONE, Asks.INVITE, Method.KEYPAD),
        WifiChanged(Reason.WIFI_OFF),
        WifiChanged(None, b"\2\0\0\0\0\1", abilities=ALL),
        "formed",
        "failed",
        "lost",
        "up",
        "joined",
        "left",
        "removed",
        "wait",
    ]
)


@given(st.lists(_events, max_size=40))
def test_in_any_order_nothing_is_formed_without_consent_and_all_of_it_ends(events: list[o.Event | str]) -> None:
    m = Machine()
    consented: set[str] = set()
    for event in events:
        group = m.session.wants.group
        attempt = group.attempt if group is not None else 0
        before = m.session.state
        if isinstance(event, o.Ask) and isinstance(before, Seeking):
            consented.add(event.peer)
        asked = before.asking if isinstance(before, wps.Hosting) else before
        if isinstance(event, o.Accept | o.EnterPin) and isinstance(asked, wps.PlainAsked):
            consented.add(asked.peer.address)
        if isinstance(event, o.Invite):
            consented.add(event.peer)
        match event:
            case "formed":
                m.do(o.GroupFormed(attempt, GROUP))
            case "failed":
                m.do(o.GroupFailed(attempt, Reason.WRONG_PIN))
            case "lost":
                m.do(GroupLost(attempt, Reason.GROUP_ENDED))
            case "up":
                m.do(o.LinkSaid(attempt, LinkUp()))
            case "joined":
                m.do(MemberJoined(attempt, PHONE, "06:00:00:00:00:77"))
            case "left":
                m.do(MemberLeft(attempt, PHONE))
            case "removed":
                if isinstance(m.session.state, Ending):
                    m.removed()
            case "wait":
                m.wait(40)
            case _:
                assert not isinstance(event, str)
                m.do(event)
        wanted = m.session.wants.group
        if isinstance(wanted, FormGroup):
            assert wanted.address in consented
        for command in m.all(o.Admit):
            assert isinstance(command, o.Admit) and command.admission.address in consented
        assert all(member.peer.address in consented for member in m.snapshot.members)
        if isinstance(m.session.state, Idle):
            assert m.session.wants == o.Wants(listen=m.session.wants.listen, serve=m.session.wants.serve)
    m.do(o.Cancel(), o.Decline())
    if isinstance(m.session.state, Ending):
        m.removed()
    m.do(o.Cancel()).wait(300)
    assert isinstance(m.session.state, Idle)
