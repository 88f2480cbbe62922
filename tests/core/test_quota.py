"""So many in so long."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from nearby_tray.core.quota import Bucket, Quota, Quotas


@given(st.lists(st.floats(0, 50), max_size=60))
def test_never_more_than_the_limit_in_any_span(pauses: list[float]) -> None:
    quota, now, taken = Quota(3, 120.0), 0.0, list[float]()
    for pause in pauses:
        now += pause
        if not quota.full(now):
            quota.take(now)
            taken.append(now)
    for at in taken:
        assert len([each for each in taken if at <= each < at + 120.0]) <= 3


def test_when_it_ends() -> None:
    quota = Quota(2, 10.0)
    quota.take(0.0)
    assert quota.ends(1.0) is None
    quota.take(4.0)
    assert quota.full(5.0) and quota.ends(5.0) == 10.0
    assert not quota.full(10.0) and quota.ends(10.0) is None


def test_what_did_not_count_after_all() -> None:
    quota = Quota(1, 10.0)
    quota.give_back()
    quota.take(0.0)
    quota.give_back()
    assert not quota.full(0.0)
    quota.take(0.0)
    quota.clear()
    assert not quota.full(0.0)


def test_each_has_one_of_its_own_and_not_without_end() -> None:
    quotas = Quotas(1, 10.0, most=2)
    quotas.of("a").take(0.0)
    assert quotas.of("a").full(1.0) and not quotas.of("b").full(1.0)
    quotas.of("b").take(0.0)
    quotas.of("a")
    quotas.of("c")  # b was seen least recently
    assert quotas.of("a").full(1.0)
    assert not quotas.of("b").full(1.0), "forgotten"


def test_beyond_the_limit_the_oldest_is_forgotten() -> None:
    quota = Quota(2, 10.0)
    for at in (0.0, 5.0, 8.0):
        quota.take(at)
    assert quota.full(14.9) and quota.ends(14.0) == 15.0 and not quota.full(15.0)


def test_a_burst_and_then_a_steady_rate() -> None:
    bucket = Bucket(3, 2.0, 100.0)
    assert [bucket.take(100.0) for _ in range(4)] == [True, True, True, False]
    assert [bucket.take(100.5), bucket.take(100.5)] == [True, False]
    assert [bucket.take(1000.0) for _ in range(4)] == [True, True, True, False], "no more than a burst is saved up"
