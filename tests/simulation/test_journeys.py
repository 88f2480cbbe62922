"""Thousands of journeys of simulated people, and the clock they are on. `NEARBY_JOURNEYS` says how many (default 2000)."""

from __future__ import annotations

import asyncio
import logging
import os

import pytest

from nearby_tray.simulation.clock import Stuck, run_turned
from nearby_tray.simulation.journeys import Plan, main, run

COUNT = int(os.environ.get("NEARBY_JOURNEYS", "2000"))
CHUNK = 250


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    """Each journey logs each transition: a failing one is replayed to see them."""
    caplog.set_level(logging.CRITICAL, "nearby_tray")


@pytest.mark.timeout(600)
@pytest.mark.parametrize("first", range(0, COUNT, CHUNK))
def test_journeys(first: int) -> None:
    broken = []
    for seed in range(first, min(first + CHUNK, COUNT)):
        report = run(seed)
        if report.broken:
            replay = f"python -m nearby_tray.simulation.journeys --replay {seed}"
            broken.append(f"{replay}    # {report.plan.value}: {'; '.join(report.broken)}")
    assert not broken, "these journeys broke:\n" + "\n".join(broken)


@pytest.mark.parametrize("plan", list(Plan), ids=lambda plan: plan.name.lower())
def test_the_same_seed_tells_the_same_story(plan: Plan) -> None:
    one, two = run(4711, plan), run(4711, plan)
    assert one.story and one == two


def test_two_seeds_tell_different_stories() -> None:
    assert run(1, Plan.PLAIN).story != run(2, Plan.PLAIN).story


def test_every_kind_of_journey_is_drawn() -> None:
    # The first thing that a seed decides is its plan; the chance that one of 19 is missing in 500 draws is below one in ten billion.
    from random import Random

    assert {Random(seed).choice(list(Plan)) for seed in range(500)} == set(Plan)


def test_two_who_call_each_other_at_once_always_link() -> None:
    assert all(run(seed, Plan.BOTH_CALL).linked for seed in range(50))


def test_paired_callers_are_accepted_unasked_exactly_when_their_link_is_seen_to_be_encrypted() -> None:
    reports = [run(seed, Plan.PAIRED) for seed in range(50)]
    assert not [broken for report in reports for broken in report.broken]
    assert 5 < sum(report.linked for report in reports) < 45, "who is asked is not there, so it links exactly when nobody had to be asked"


def test_a_replay_prints_the_story(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--replay", "7", "--plan", "plain"]) == 0
    story = capsys.readouterr().out
    assert "ada: linked" in story and "seed 7: plain, linked" in story


def test_a_count_prints_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--count", "3", "--seed", "10", "--plan", "plain"]) == 0
    assert "3 journeys from seed 10: 0 broken" in capsys.readouterr().out


# --- the clock -------------------------------------------------------------------------------------------------------------


def test_an_hour_takes_no_time() -> None:
    async def wait() -> float:
        loop = asyncio.get_running_loop()
        began = loop.time()
        await asyncio.sleep(3600)
        return loop.time() - began

    assert run_turned(wait()) == pytest.approx(3600)


def test_timers_come_in_their_order() -> None:
    async def wait() -> list[int]:
        came: list[int] = []

        async def at(seconds: int) -> None:
            await asyncio.sleep(seconds)
            came.append(seconds)

        await asyncio.gather(*(at(seconds) for seconds in (30, 10, 20)))
        return came

    assert run_turned(wait()) == [10, 20, 30]


def test_stuck_is_said_when_nothing_can_happen() -> None:
    async def wait() -> None:
        await asyncio.Event().wait()

    with pytest.raises(Stuck):
        run_turned(wait())
