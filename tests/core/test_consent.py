"""How often may be asked, what was missed, and what programs wish for."""

from __future__ import annotations

from itertools import count

import pytest

from nearby_tray.core.consent import MISSED, MissedRequests, RequestQuotas, Wishes
from nearby_tray.core.model import Asker, Peer, WishKind
from nearby_tray.core.orders import Ask, Host, Invite, Limits

LIMITS = Limits()
BEN = Peer("ben", "Ben")
FILES = Asker("Files", "/usr/bin/files", 7)


@pytest.fixture
def requests() -> RequestQuotas:
    return RequestQuotas(LIMITS)


@pytest.fixture
def missed() -> MissedRequests:
    numbers = count(1)
    return MissedRequests(lambda size: next(numbers).to_bytes(size))


@pytest.fixture
def wishes() -> Wishes:
    numbers = count(1)
    return Wishes(LIMITS, lambda size: next(numbers).to_bytes(size))


# spec: 2.14
def test_so_many_unknown_callers_go_on_to_their_proof_and_the_expected_one_is_counted_apart(requests: RequestQuotas) -> None:
    assert all(requests.may_prove(expected=False, now=0.0) for _ in range(LIMITS.refusals))
    assert not requests.may_prove(expected=False, now=1.0)
    assert requests.may_prove(expected=True, now=1.0)
    assert requests.may_prove(expected=False, now=LIMITS.refusal_span)


def test_a_trusted_peer_and_a_yes_of_the_user_do_not_count(requests: RequestQuotas) -> None:
    for _ in range(10):
        assert requests.may_prove(expected=False, now=0.0)
        requests.proved_trusted()
    while requests.may_prove(expected=False, now=0.0):
        requests.dialog_opens(b"ben", 0.0)
    assert not requests.may_open_dialog(b"ben", 0.0) and requests.may_open_dialog(b"cy", 0.0)
    requests.accepted(b"cy")
    assert not requests.may_open_dialog(b"ben", 0.0) and requests.may_prove(expected=False, now=0.0)
    requests.accepted(b"ben")
    assert requests.may_open_dialog(b"ben", 0.0)


def test_petitions_are_counted_until_one_is_accepted(requests: RequestQuotas) -> None:
    for _ in range(LIMITS.refusals):
        assert requests.may_ask_on_wifi(0.0)
        requests.asked_on_wifi(0.0)
    assert not requests.may_ask_on_wifi(0.0)
    requests.accepted_on_wifi()
    assert requests.may_ask_on_wifi(0.0)


def test_what_an_ended_link_still_sends_on_wifi_is_stray_for_a_while(requests: RequestQuotas) -> None:
    requests.parted("aa", 0.0)
    requests.parted("bb", 50.0)
    assert requests.is_stray("aa", LIMITS.ask - 1) and not requests.is_stray("aa", LIMITS.ask)
    assert requests.is_stray("bb", LIMITS.ask) and not requests.is_stray("cc", 0.0)


def test_missed_requests_are_found_taken_and_forgotten(missed: MissedRequests) -> None:
    for at in range(MISSED + 2):
        missed.add(BEN, float(at))
    assert [each.at for each in missed.all] == [float(at) for at in range(2, MISSED + 2)]
    assert len({each.id for each in missed.all}) == MISSED
    first = missed.all[0]
    assert missed.take(first.id) == first and first not in missed.all and missed.take(first.id) is None
    missed.forget(missed.all[0].id)
    assert len(missed.all) == MISSED - 2
    missed.forget("")
    assert missed.all == ()


def test_requests_that_were_not_shown_share_one_line(missed: MissedRequests) -> None:
    missed.add(BEN, 1.0, quietly=True)
    missed.add(BEN, 2.0)
    missed.add(BEN, 3.0, quietly=True)
    assert [each.at for each in missed.all] == [2.0, 3.0]


def test_a_wish_begins_when_it_is_allowed_and_no_other_one(wishes: Wishes) -> None:
    wishes.add(FILES, Ask("ben"), BEN, 0.0)
    wish = wishes.wish
    assert wish is not None and wish.what is WishKind.LINK and wish.peer == BEN and wishes.deadline(0.0) == LIMITS.consent
    assert wishes.allow("another") is None and wishes.wish is wish
    assert wishes.allow(wish.id) == (FILES, Ask("ben"))
    assert wishes.allow(wish.id) is None and wishes.deadline(0.0) is None


@pytest.mark.parametrize("wanted", [Host(), Invite("ben")])
def test_each_wish_says_what_it_is_about(wishes: Wishes, wanted: Host | Invite) -> None:
    wishes.add(FILES, wanted, None, 0.0)
    assert wishes.wish is not None
    assert wishes.wish.what is (WishKind.HOST if isinstance(wanted, Host) else WishKind.INVITE)


def test_refusals_and_silence_make_deaf_and_a_yes_hears_again(wishes: Wishes) -> None:
    for now in range(LIMITS.refusals):
        wishes.add(FILES, Host(), None, float(now))
        wish = wishes.wish
        assert wish is not None and not wishes.deaf(now)
        if now == 0:
            wishes.expire(LIMITS.consent - 0.1)
            assert wishes.wish is wish
            wishes.expire(LIMITS.consent)
        else:
            wishes.forbid("another", float(now))
            assert wishes.wish is wish
            wishes.forbid(wish.id, float(now))
        assert wishes.wish is None
    assert wishes.deaf(3.0)
    again = wishes.deadline(3.0)
    assert again is not None and not wishes.deaf(again)


def test_a_wish_that_can_begin_no_longer_is_no_refusal(wishes: Wishes) -> None:
    for _ in range(LIMITS.refusals + 1):
        wishes.add(FILES, Host(), None, 0.0)
        wishes.withdraw()
    assert wishes.wish is None and not wishes.deaf(0.0)
