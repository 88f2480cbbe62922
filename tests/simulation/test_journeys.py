"""Thousands of journeys of simulated people, and the clock they are on. `NEARBY_JOURNEYS` says how many (default 3000, from seed 0)."""

from __future__ import annotations

import asyncio
import logging
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from nearby_tray.core import conversation
from nearby_tray.core.keys import CheckFailed, commitment, equal
from nearby_tray.core.model import Reason
from nearby_tray.core.quota import Quota
from nearby_tray.core.wire import Reveal
from nearby_tray.simulation import journeys
from nearby_tray.simulation.clock import Stuck, run_turned
from nearby_tray.simulation.hostile import Attack, Hostile
from nearby_tray.simulation.journeys import ELSEWHERE, main, run
from nearby_tray.simulation.people import Person
from nearby_tray.simulation.scene import Plan, Report, draw
from nearby_tray.tasks import Tasks

COUNT = int(os.environ.get("NEARBY_JOURNEYS", "3000"))
CHUNK = 250
# What else is logged breaks the journey itself, which knows what its daemons were made to do.
pytestmark = pytest.mark.may_log("nearby_tray.(controller|runners|tasks)")
ROOT = Path(__file__).parents[2]


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


@pytest.mark.parametrize("fair", [True, False], ids=["fair", "foul"])
@pytest.mark.parametrize("plan", list(Plan), ids=lambda plan: plan.name.lower())
def test_the_same_seed_tells_the_same_story(plan: Plan, fair: bool) -> None:
    one, two = run(4711, plan, fair=fair), run(4711, plan, fair=fair)
    assert one.story and one == two


def test_another_process_tells_the_same_story() -> None:
    """Where a set has another order, and objects other addresses."""
    program = "from tests.simulation.test_journeys import told; print(told())"
    said = [
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert said[0] == said[1]


def told() -> str:
    return "\n".join(line for seed in (7, 133, 205) for plan in (Plan.CROWD, Plan.HOSTILE, Plan.ROUGH) for line in run(seed, plan).story)


def test_two_seeds_tell_different_stories() -> None:
    assert run(1, Plan.PLAIN).story != run(2, Plan.PLAIN).story


def test_every_kind_of_journey_is_drawn_and_a_crowd_one_time_in_fifty() -> None:
    drawn = [draw(Random(seed)) for seed in range(2000)]
    assert set(drawn) == set(Plan)
    assert 20 < drawn.count(Plan.CROWD) < 60


def test_what_no_journey_reaches_is_reached_by_a_test() -> None:
    texts = [text for file in (ROOT / "tests").rglob("test_*.py") for text in file.read_text().split("\n\n\n")]
    for reason, name in ELSEWHERE.items():
        tests = [text for text in texts if f"def {name}(" in text]
        assert len(tests) == 1 and f"Reason.{reason.name}" in tests[0], name


def test_two_who_call_each_other_at_once_always_link() -> None:
    assert all(run(seed, Plan.BOTH_CALL, fair=True).linked for seed in range(50))


def test_paired_callers_are_accepted_unasked_exactly_when_their_link_is_seen_to_be_encrypted() -> None:
    reports = [run(seed, Plan.PAIRED, fair=True) for seed in range(50)]
    assert not [broken for report in reports for broken in report.broken]
    assert 5 < sum(report.linked for report in reports) < 45, "who is asked is not there, so it links exactly when nobody had to be asked"


# --- the journeys see what is wrong: each of these breaks one thing -------------------------------------------------------------


def broken(seeds: range, plan: Plan, *, fair: bool | None = None) -> list[str]:
    return [each for seed in seeds for each in run(seed, plan, fair=fair).broken]


@pytest.fixture
def attack(monkeypatch: pytest.MonkeyPatch) -> Callable[[Attack], None]:
    """Whoever is hostile does this and nothing else."""
    begin = Hostile.start

    def only(attack: Attack) -> None:
        async def start(self: Hostile) -> None:
            self.attacks = [attack]
            await begin(self)

        monkeypatch.setattr(Hostile, "start", start)

    return only


def test_who_does_not_compare_is_linked_with_the_man_in_the_middle(
    monkeypatch: pytest.MonkeyPatch, attack: Callable[[Attack], None]
) -> None:
    def careless(self: Person, name: str, yes: Callable[[], None], no: Callable[[], None], looked: int = 0) -> None:
        self.consents.add(name)
        self.dialogs.clear()
        yes()

    attack(Attack.CLAIMS)
    assert not broken(range(40), Plan.HOSTILE, fair=True)
    monkeypatch.setattr(Person, "_compared", careless)
    assert any("is linked with mallory" in each for each in broken(range(40), Plan.HOSTILE, fair=True))


def test_a_second_encoding_of_message_4_would_be_seen(monkeypatch: pytest.MonkeyPatch, attack: Callable[[Attack], None]) -> None:
    attack(Attack.GRINDS)
    assert not broken(range(10), Plan.HOSTILE, fair=True)

    def hear_reveal(self: conversation.Conversation, data: bytes, reveal: Reveal) -> None:
        if not equal(commitment(reveal.public_key, reveal.nonce), self._commitment):
            raise CheckFailed("the commitment was to another key")
        self._words.append(data)
        self._agree(reveal.public_key, conversation._Phase.PROVING)

    monkeypatch.setattr(conversation.Conversation, "_hear_reveal", hear_reveal)
    assert any("can choose" in each for each in broken(range(10), Plan.HOSTILE, fair=True))


def test_dialogs_without_end_would_be_seen(monkeypatch: pytest.MonkeyPatch, attack: Callable[[Attack], None]) -> None:
    attack(Attack.FLOODS)
    assert not broken(range(5), Plan.HOSTILE, fair=True)
    monkeypatch.setattr(Quota, "full", lambda self, now: False)
    assert any("dialogs of unknown people" in each for each in broken(range(5), Plan.HOSTILE, fair=True))


def test_a_task_that_dies_alone_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    keep = Tasks.keep

    def keep_a_while(self: Tasks, work: Callable[[], object], name: str) -> object:
        async def once() -> None:
            if name == "air":
                await asyncio.wait_for(work(), 20)  # type: ignore[arg-type]
            else:
                await work()  # type: ignore[misc]

        return keep(self, once, name) if name != "air" else self.do(once(), name)

    monkeypatch.setattr(Tasks, "keep", keep_a_while)
    assert any("tasks are there: air" in each for each in broken(range(2), Plan.PLAIN, fair=True))


def test_a_secret_in_the_log_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Person._dialog_opened

    def telling(self: Person, snapshot: object) -> None:
        logging.getLogger("nearby_tray.core").info("the code is %s", self.snapshot.code)
        asked(self, self.snapshot)

    monkeypatch.setattr(Person, "_dialog_opened", telling)
    assert any("a secret is in the log" in each for each in broken(range(2), Plan.PLAIN, fair=True))


# --- the command ----------------------------------------------------------------------------------------------------------------


def test_a_replay_prints_the_story(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--replay", "7", "--plan", "plain"]) == 0
    story = capsys.readouterr().out
    assert "ada: linked" in story and "seed 7: plain, linked" in story


@pytest.mark.parametrize("processes", [1, 2])
def test_a_count_prints_a_table(processes: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--count", "3", "--seed", "10", "--plan", "plain", "--processes", str(processes)]) == 0
    said = capsys.readouterr().out
    assert "3 journeys, seeds 10 to 12: 0 broken" in said
    assert re.search(r"peer-left +3 journeys", said) and ELSEWHERE[Reason.NOT_OURS] in said


def test_a_piece_of_a_run_is_the_rest_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--count", "12", "--seed", "1", "--first", "10", "--plan", "declined"]) == 0
    assert "2 journeys, seeds 11 to 12: 0 broken" in capsys.readouterr().out


def test_a_broken_journey_is_named_by_the_command_that_replays_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(journeys, "run", lambda seed, plan: Report(seed, Plan.PLAIN, broken=["something"]))
    assert main(["--count", "1", "--seed", "5"]) == 1
    assert "python -m nearby_tray.simulation.journeys --replay 5    # plain: something" in capsys.readouterr().out


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
