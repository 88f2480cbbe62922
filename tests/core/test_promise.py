"""A promise in people's time is never longer than it was made."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from nearby_tray.core.promise import SLACK, Clocks, Promise

SECONDS = st.floats(1, 1e5)
MOMENT = st.floats(0, 1e9)
CHANGE = st.floats(-1e6, 1e6)
BEGIN = Clocks(1000.0, 2000.0, 1.7e9)


@given(SECONDS, st.floats(0, 1e6), st.floats(0, 1e6), CHANGE)
def test_it_is_over_when_it_is_over_by_any_clock(seconds: float, awake: float, slept: float, set_by: float) -> None:
    now = Clocks(BEGIN.loop + awake, BEGIN.boot + awake + slept, BEGIN.wall + awake + slept + set_by)
    left = Promise.made(seconds, BEGIN).left(now)
    assert left <= seconds - awake - slept + 1e-3
    assert left <= seconds - (now.wall - BEGIN.wall) + 1e-3


@given(SECONDS, CHANGE)
def test_what_is_kept_is_never_more_than_the_whole(seconds: float, passed: float) -> None:
    made = Promise.made(seconds, BEGIN)
    now = Clocks(7.0, 8.0, BEGIN.wall + passed)  # after a restart the other clocks say something else
    kept = Promise.kept(made.end.wall, seconds, now)
    if passed >= seconds or passed < -SLACK - 1e-3:
        assert kept is None
    elif kept is not None:
        assert abs(kept.left(now) - (seconds - passed)) < 1e-3
