"""The link's figures, verdicts and manners: two ends, and an air between that loses and delays as told. No socket, time passed in."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nearby_tray.core import link as measures
from nearby_tray.core.keys import Role, SessionKeys, derive, exchange_public, restored
from nearby_tray.core.link import BEACON, FAST, HOLD, LOST, QUIET, SLOW, WINDOW, Echo, Link, LinkLeft, LinkLost, LinkUp, Verdict
from nearby_tray.core.model import Grade, Health, ProbeAnswered
from nearby_tray.core.wire import Ping, PingType, encode_ping

CALLER, LISTENER = "169.254.1.1", "169.254.1.2"
BEGAN = 5000.0


def session_keys() -> SessionKeys:
    return derive(b"a" * 32, exchange_public(b"b" * 32), b"t" * 32)


KEYS = session_keys()


class Ends:
    """Both ends of a link. `delay`: seconds one way; `lost`: whether the next datagram is lost."""

    def __init__(self, *, keys: SessionKeys = KEYS, addresses: tuple[str, ...] = (LISTENER,)) -> None:
        self.now = BEGAN
        self.delay = 0.002
        self.cut = False
        self.drops = 0  # of so many pings, the first is lost; 0: none
        self.sent = 0
        self.one = Link(role=Role.CALLER, keys=keys, addresses=addresses, now=self.now)
        self.two = Link(role=Role.LISTENER, keys=keys, addresses=(CALLER, "fd00::1"), now=self.now)
        self.verdicts: list[Verdict] = []
        self.pings: list[float] = []  # when the caller sent one
        self.grades: list[tuple[float, Grade]] = []

    def step(self) -> None:
        """The caller's next moment: pings out, pongs back, judge."""
        self.now = max(self.now, self.one.deadline())
        self.verdicts += self.one.tick(self.now)
        for datagram, _ in self.one.due(self.now)[:1]:
            self.pings.append(self.now)
            self.sent += 1
            if self.cut or (self.drops and self.sent % self.drops == 0):
                continue
            _, answers = self.two.receive(datagram, CALLER, self.now + self.delay, self.now + self.delay)
            assert [address for _, address in answers] == [CALLER], "a pong goes to where the ping came from"
            back = self.now + 2 * self.delay
            for answer, _ in answers:
                verdicts, more = self.one.receive(answer, LISTENER, back, back)
                assert more == [], "a pong is never answered"
                self.verdicts += verdicts
        grade = self.one.health(self.now).grade
        if not self.grades or self.grades[-1][1] is not grade:
            self.grades.append((self.now, grade))

    def run(self, seconds: float) -> Health:
        end = self.now + seconds
        while self.one.deadline() <= end and LinkLost() not in self.verdicts:
            self.step()
        self.now = end
        return self.one.health(end)


@pytest.fixture
def ends() -> Ends:
    return Ends()


def ping(kind: PingType = PingType.PING, *, session: bytes = KEYS.session, key: bytes | None = None, sequence: int = 1) -> bytes:
    return encode_ping(Ping(kind, session, sequence, 0), key if key is not None else KEYS.ping_key(Role.LISTENER))


# --- figures ---------------------------------------------------------------------------------------------------------------


# spec: 4.4
def test_it_is_up_with_the_first_pong_and_says_so_once(ends: Ends) -> None:
    health = ends.run(20)
    assert ends.verdicts == [LinkUp()]
    assert health.grade is Grade.GOOD
    assert health.loss == 0.0 and health.pongs == len(ends.pings)
    for value in (health.rtt_last, health.rtt_p50, health.rtt_p95):
        assert value == pytest.approx(4.0, abs=0.01)
    assert health.jitter == pytest.approx(0.0, abs=0.01)


def test_before_anything_came_back_there_are_no_figures(ends: Ends) -> None:
    health = ends.one.health(BEGAN + 0.5)
    assert (health.rtt_last, health.rtt_p50, health.jitter, health.pongs, health.history) == (None, None, None, 0, ())
    assert health.silence == pytest.approx(0.5)
    assert health.grade is not Grade.GOOD


@pytest.mark.parametrize(
    ("delay", "drops", "grade"),
    [(0.002, 0, Grade.GOOD), (0.030, 0, Grade.FAIR), (0.080, 0, Grade.WEAK), (0.002, 12, Grade.FAIR), (0.002, 5, Grade.WEAK)],
)
def test_grades(ends: Ends, delay: float, drops: int, grade: Grade) -> None:
    ends.delay, ends.drops = delay, drops
    ends.one.attend(True)
    assert ends.run(40).grade is grade


def test_loss_is_a_share_of_the_last_30_seconds(ends: Ends) -> None:
    ends.one.attend(True)
    ends.drops = 4
    assert ends.run(40).loss == pytest.approx(0.25, abs=0.02)
    ends.drops = 0
    assert ends.run(40).loss == 0.0


def test_a_ping_still_on_its_way_is_neither_answered_nor_lost(ends: Ends) -> None:
    ends.run(10)
    ends.cut = True
    ends.step()
    assert ends.one.health(ends.now + 0.9).loss == 0.0
    assert ends.one.health(ends.now + 1.1).loss > 0.0


def test_a_grade_is_shown_only_after_it_held(ends: Ends) -> None:
    ends.one.attend(True)
    ends.run(40)
    ends.grades.clear()
    ends.delay = 0.2
    began = ends.now
    ends.run(60)
    assert [grade for _, grade in ends.grades] == [Grade.GOOD, Grade.FAIR, Grade.WEAK]
    changes = [at for at, _ in ends.grades][1:]
    assert changes[0] - began >= HOLD and changes[1] - changes[0] >= HOLD


def test_the_first_answer_is_judged_at_once(ends: Ends) -> None:
    ends.step()
    assert ends.one.health(ends.now + 2 * ends.delay).grade is Grade.GOOD


def test_a_grade_that_flickers_is_not_shown(ends: Ends, monkeypatch: pytest.MonkeyPatch) -> None:
    """One second weak, then good again: the two seconds start over with each change."""
    link = ends.one
    ends.run(5)
    assert link.health(ends.now).grade is Grade.GOOD
    for _ in range(10):
        for grade in (Grade.WEAK, Grade.GOOD):
            monkeypatch.setattr(measures, "_grade", lambda *_, grade=grade: grade)
            link._judge(ends.now)
            assert link.health(ends.now).grade is Grade.GOOD
            ends.now += HOLD - 0.5


class _Weather:
    """The same pings, answers and losses for every link, whoever looks at it and when."""

    def __init__(self, seed: int, kind: type[Link] | type[Echo]) -> None:
        self.random, self.now = Random(seed), BEGAN
        self.link: Link | Echo = Echo("", BEGAN) if kind is Echo else Link(role=Role.CALLER, keys=KEYS, addresses=(LISTENER,), now=BEGAN)
        self.two = Link(role=Role.LISTENER, keys=KEYS, addresses=(CALLER,), now=BEGAN)

    def step(self) -> None:
        self.now = max(self.now, self.link.deadline())
        delay = self.random.choice((0.001, 0.04, 0.3, None))
        if isinstance(self.link, Echo):
            for sequence, _ in self.link.due(self.now):
                if delay is not None:
                    self.link.answered(ProbeAnswered("fe80::1", "", sequence, self.now + delay), self.now + delay)
            return
        self.link.tick(self.now)
        for datagram, _ in self.link.due(self.now):
            if delay is not None:
                for answer, _ in self.two.receive(datagram, CALLER, self.now, self.now)[1]:
                    self.link.receive(answer, LISTENER, self.now + delay, self.now + delay)


@given(seed=st.integers(0, 2**32), kind=st.sampled_from((Link, Echo)), looks=st.lists(st.floats(0, 5), max_size=40))
def test_who_looks_and_how_often_changes_nothing(seed: int, kind: type[Link] | type[Echo], looks: list[float]) -> None:
    """Everything that answers a question leaves the link as it was."""
    seen, unseen = _Weather(seed, kind), _Weather(seed, kind)
    for look in looks:
        for one in (seen, unseen):
            one.step()
        for after in (0.0, look / 2, look):  # also later than what follows
            before = seen.link.health(seen.now + after)
            assert seen.link.health(seen.now + after) == before
        assert seen.link.deadline() == unseen.link.deadline()
        assert seen.link.addresses == unseen.link.addresses
    assert seen.link.health(seen.now) == unseen.link.health(unseen.now)


@pytest.mark.parametrize(
    ("at_beacons", "slow", "quick", "gathers"),
    [
        (5, 0, 0, True),
        (4, 0, 0, False),  # too few to say
        (8, 3, 0, True),
        (7, 3, 0, False),  # not more than seven tenths of what is slow
        (5, 0, 11, True),
        (5, 0, 12, False),  # not more than three tenths of all
    ],
)
def test_power_saving_is_what_gathers_at_the_beacons(at_beacons: int, slow: int, quick: int, gathers: bool) -> None:
    rtts = [BEACON * (1 + n % 3) + 5 for n in range(at_beacons)] + [BEACON * 1.5] * slow + [2.0] * quick
    assert measures._gathers_at_beacons(rtts) is gathers
    assert not measures._gathers_at_beacons([rtt + 0.13 * BEACON for rtt in rtts]), "beside them is not at them"


def test_power_saving_is_recognised_by_the_beacons(ends: Ends) -> None:
    ends.one.attend(True)
    ends.delay = BEACON / 2000
    assert ends.run(10).power_save
    ends = Ends()
    ends.delay = 0.070  # slow, but not a beacon
    ends.one.attend(True)
    assert not ends.run(10).power_save
    assert not Ends().run(10).power_save


def test_history_has_one_value_a_second_and_gaps_where_lost(ends: Ends) -> None:
    health = ends.run(60)
    assert len(health.history) == int(WINDOW)
    assert all(value is not None for value in health.history)
    ends.cut = True
    health = ends.run(2.9)
    assert health.history[-1] is None
    assert len(health.history) <= int(WINDOW)


def test_round_trips_are_measured_by_the_receivers_stamp(ends: Ends) -> None:
    """A busy loop handles a pong late: the figure is the radio's, not ours."""
    ((datagram, _),) = ends.one.due(BEGAN)
    _, ((pong, _),) = ends.two.receive(datagram, CALLER, BEGAN, BEGAN)
    ends.one.receive(pong, LISTENER, BEGAN + 0.004, BEGAN + 0.7)
    assert ends.one.health(BEGAN + 1).rtt_last == pytest.approx(4.0, abs=0.001)


@given(st.lists(st.tuples(st.floats(0, 5), st.booleans()), max_size=40))
def test_figures_never_leave_their_ranges(moments: list[tuple[float, bool]]) -> None:
    ends = Ends()
    for delay, cut in moments:
        ends.delay, ends.cut = delay / 10, cut
        ends.step()
        health = ends.one.health(ends.now)
        assert 0.0 <= health.loss <= 1.0 and health.silence >= -1
        assert all(value is None or value >= 0 for value in (health.rtt_last, health.rtt_p50, health.rtt_p95, health.jitter))


# --- when pings go ---------------------------------------------------------------------------------------------------------


def gaps(ends: Ends) -> list[float]:
    return [round(b - a, 3) for a, b in pairwise(ends.pings)]


# spec: 4.5
def test_one_ping_a_second_and_five_while_somebody_looks(ends: Ends) -> None:
    ends.run(5)
    ends.pings.clear()
    ends.run(10)
    assert set(gaps(ends)) == {SLOW}
    ends.one.attend(True)
    ends.run(2)
    ends.pings.clear()
    ends.run(5)
    assert set(gaps(ends)) == {FAST}


def test_pings_come_fast_until_the_first_answer_and_after_a_silence(ends: Ends) -> None:
    ends.cut = True
    ends.run(5)
    assert set(gaps(ends)) == {FAST}
    assert LinkLost() not in ends.verdicts, "what never was up cannot be lost: the session's own limit ends that"
    ends.cut = False
    ends.run(10)
    ends.cut = True
    ends.pings.clear()
    ends.run(2.9)
    assert gaps(ends)[-1] == FAST
    answered = ends.now - ends.one.health(ends.now).silence
    assert all(at <= answered + QUIET + SLOW for at in ends.pings[:2])


# spec: 4.5
def test_lost_after_three_seconds_without_an_answer_and_said_once(ends: Ends) -> None:
    ends.run(10)
    ends.cut = True
    answered = ends.now - ends.one.health(ends.now).silence
    while LinkLost() not in ends.verdicts:
        ends.step()
    assert ends.now == pytest.approx(answered + LOST)
    assert ends.one.health(ends.now).grade is Grade.LOST, "said at once, without the two seconds"
    assert ends.one.tick(ends.now + 100) == []


def test_the_deadline_moves_on(ends: Ends) -> None:
    for _ in range(200):
        before = ends.now
        ends.cut = not ends.cut
        ends.step()
        assert ends.one.deadline() > before


def test_a_step_before_its_time_sends_nothing(ends: Ends) -> None:
    ends.step()
    assert ends.one.due(ends.now) == [] == ends.one.due(ends.now + 0.1)


# --- what is not ours ------------------------------------------------------------------------------------------------------


def test_a_replayed_datagram_counts_once(ends: Ends) -> None:
    ((datagram, _),) = ends.one.due(BEGAN)
    _, answers = ends.two.receive(datagram, CALLER, BEGAN, BEGAN)
    assert len(answers) == 1
    assert ends.two.receive(datagram, CALLER, BEGAN, BEGAN) == ([], [])
    ((pong, _),) = answers
    assert ends.one.receive(pong, LISTENER, BEGAN, BEGAN) == ([LinkUp()], [])
    assert ends.one.receive(pong, LISTENER, BEGAN, BEGAN) == ([], [])
    assert ends.one.health(BEGAN).pongs == 1


def test_our_own_datagram_thrown_back_is_not_answered(ends: Ends) -> None:
    ((datagram, _),) = ends.one.due(BEGAN)
    assert ends.one.receive(datagram, LISTENER, BEGAN, BEGAN) == ([], [])


@pytest.mark.parametrize(
    "datagram",
    [
        ping(key=KEYS.ping_key(Role.CALLER)),
        ping(key=restored(KEYS, b"p" * 32, exchange_public(b"o" * 32), b"n" * 32).ping_key(Role.LISTENER)),
        ping(session=b"8 bytes."),
        ping()[:-1],
        ping() + b"\0",
        b"",
        b"NT" + bytes(66),
        ping(PingType.GOODBYE, key=bytes(32)),
    ],
    ids=["the wrong role's key", "another session's key", "another session", "short", "long", "empty", "zeros", "forged goodbye"],
)
def test_what_is_not_authentic_is_nothing(ends: Ends, datagram: bytes) -> None:
    assert ends.one.receive(datagram, LISTENER, BEGAN, BEGAN) == ([], [])


@given(st.binary(max_size=100))
def test_any_bytes_are_nothing(data: bytes) -> None:
    assert Ends().one.receive(data, LISTENER, BEGAN, BEGAN) == ([], [])


def test_a_pong_to_a_ping_never_sent_counts_for_nothing(ends: Ends) -> None:
    pong = Ping(PingType.PONG, KEYS.session, 1, 0, echo_sequence=1, echo_sent_ns=12345)
    ends.one.due(BEGAN)
    assert ends.one.receive(encode_ping(pong, KEYS.ping_key(Role.LISTENER)), LISTENER, BEGAN, BEGAN) == ([], [])
    assert ends.one.health(BEGAN).pongs == 0


# --- goodbye ---------------------------------------------------------------------------------------------------------------


# spec: 4.6
def test_a_goodbye_is_an_end_and_no_loss(ends: Ends) -> None:
    ends.run(5)
    ((datagram, address),) = ends.one.farewell(ends.now)
    assert address == LISTENER
    assert ends.two.receive(datagram, CALLER, ends.now, ends.now) == ([LinkLeft()], [])
    assert ends.two.receive(datagram, CALLER, ends.now, ends.now) == ([], [])


def test_a_goodbye_before_anything_answered_goes_to_every_address() -> None:
    ends = Ends(addresses=(LISTENER, "fd00::2"))
    assert [address for _, address in ends.one.farewell(BEGAN)] == [LISTENER, "fd00::2"]


# --- where the peer is -----------------------------------------------------------------------------------------------------


def test_the_address_that_answers_first_is_kept() -> None:
    ends = Ends(addresses=(LISTENER, "fd00::2"))
    sent = ends.one.due(BEGAN)
    assert [address for _, address in sent] == [LISTENER, "fd00::2"]
    assert sent[0][0] == sent[1][0], "the same datagram: whichever arrives second is a replay"
    _, ((pong, _),) = ends.two.receive(sent[1][0], "fd00::1", BEGAN, BEGAN)
    ends.one.receive(pong, "fd00::2", BEGAN, BEGAN)
    assert ends.one.addresses == ("fd00::2",)
    ends.one.add_addresses(("fe80::5",))
    assert ends.one.addresses == ("fd00::2",)


@pytest.mark.parametrize(
    "hostile",
    [
        "127.0.0.1", "8.8.8.8", "10.0.0.1", "192.168.1.1", "224.0.0.251", "255.255.255.255", "0.0.0.0", "169.254.300.1",
        "::1", "::", "ff02::1", "2001:db8::1", "2a00::1", "::ffff:8.8.8.8", "::ffff:127.0.0.1", "::ffff:192.168.0.1", "64:ff9b::8.8.8.8",
        "fe80::1%eth0", "fe80::1%lo", "fd00::1%1", "evil.example", "", " 169.254.1.9", "169.254.1.9\n", "2852039937", "\0",
        "169.254.255.255", "fec0::1", "2001::1", "169.254.1.0", "169.254.1.3", "169.254.1.5", "169.254.7.7", "fd12::7",
    ],
)  # fmt: skip
def test_addresses_that_a_peer_may_not_send_us_to(ends: Ends, hostile: str) -> None:
    ends.one.add_addresses((hostile,))
    assert ends.one.addresses == (LISTENER,)


# spec: 5.2
def test_addresses_on_the_link_are_added_at_most_four_and_once(ends: Ends) -> None:
    ends = Ends(addresses=(LISTENER, "fd00::2"))
    ends.one.add_addresses(("fe80::7", "fd00::7", LISTENER, "169.254.7.7"))
    assert ends.one.addresses == (LISTENER, "fd00::2", "fe80::7", "fd00::7")
    ends = Ends()
    for _ in range(3):
        ends.one.add_addresses(tuple(f"fe80::{n}" for n in range(1, 100)))
    assert len(ends.one.addresses) <= 5, "each ping goes to each of them: a peer must not make us flood"


# spec: 4.3
def test_a_ping_is_answered_only_where_the_peer_may_be() -> None:
    ends = Ends()
    for source, answered in ((CALLER, True), ("169.254.9.9", False), ("192.168.1.1", False), ("fe80::9", False)):
        ends.now += 1
        ((ping, _),) = ends.one.due(ends.now)
        _, answers = ends.two.receive(ping, source, ends.now, ends.now)
        assert [to for _, to in answers] == ([source] if answered else [])
    ends.two.add_addresses(("fe80::9",))
    ends.now += 1
    ((ping, _),) = ends.one.due(ends.now)
    assert [to for _, to in ends.two.receive(ping, "fe80::9", ends.now, ends.now)[1]] == ["fe80::9"], "the peer has said so"


# spec: 4.3
def test_a_pong_from_elsewhere_does_not_draw_our_pings_there() -> None:
    ends = Ends()
    ((ping, _),) = ends.one.due(BEGAN)
    _, ((pong, _),) = ends.two.receive(ping, CALLER, BEGAN, BEGAN)
    assert ends.one.receive(pong, "192.168.1.1", BEGAN, BEGAN)[0] == [LinkUp()]
    assert ends.one.addresses == (LISTENER,)


# spec: 4.3
@pytest.mark.parametrize(("late", "counts"), [(2.9, True), (3.1, False), (20.0, False)])
def test_a_pong_that_comes_late_is_none(late: float, counts: bool) -> None:
    ends = Ends()
    ((ping, _),) = ends.one.due(BEGAN)
    _, ((pong, _),) = ends.two.receive(ping, CALLER, BEGAN, BEGAN)
    assert bool(ends.one.receive(pong, LISTENER, BEGAN + late, BEGAN + late)[0]) is counts


def test_the_pong_of_another_try_is_none() -> None:
    before, now = Ends(), Ends()
    ((ping, _),) = before.one.due(BEGAN)
    _, ((pong, _),) = before.two.receive(ping, CALLER, BEGAN, BEGAN)
    now.one.due(BEGAN + 0.5)
    assert now.one.receive(pong, LISTENER, BEGAN + 0.5, BEGAN + 0.5) == ([], [])


def test_nothing_secret_is_shown(ends: Ends) -> None:
    ends.run(3)
    assert repr(KEYS.caller_ping)[2:-1] not in repr(ends.one) + repr(ends.one.health(ends.now))
