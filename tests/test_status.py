"""The status of every moment, byte for byte: as JSON for programs, and as the command line prints it. `golden/status.txt` holds both.

After a change that is meant, `python -m tests.test_status` writes the file anew; its difference is what programs and people will see.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from nearby_tray.app import describe
from nearby_tray.cli.lines import status_lines
from nearby_tray.core.model import Asker, Reason
from nearby_tray.status import Status, encode

from .ui.scenes import HOSTILE, SCENES, STUDIO, idle

GOLDEN = Path(__file__).parent / "golden" / "status.txt"
MOMENTS = {
    **SCENES,
    "hostile-names": idle(peers=tuple(replace(STUDIO, name=name) for name in HOSTILE)),
    "problems": idle(problems=("The settings file is damaged.",), asker=Asker("x\n", "/usr/bin/x", 7, own=True)),
    **{f"radio-{reason.value}": idle(radios=replace(SCENES["idle"].radios, wifi=reason)) for reason in (Reason.WIFI_OFF, Reason.WIFI_BUSY)},
}


def said(name: str) -> str:
    told = encode(Status.of(MOMENTS[name], describe, pin=True))
    return "\n".join([told, *status_lines(msgspec.convert(json.loads(told), Status))])


def recorded() -> Iterator[tuple[str, str]]:
    for part in GOLDEN.read_text().removesuffix("\n").split("== ")[1:]:
        name, _, body = part.partition("\n")
        yield name, body.removesuffix("\n")


@pytest.mark.parametrize("name", MOMENTS)
def test_the_status_is_said_as_ever(name: str) -> None:
    assert said(name) == dict(recorded())[name]


@pytest.mark.parametrize("name", MOMENTS)
def test_a_signal_tells_everybody_so_it_has_no_pin(name: str) -> None:
    told, signal = (json.loads(encode(Status.of(MOMENTS[name], describe, pin=pin))) for pin in (True, False))
    assert signal == {**told, "pin": None}


@pytest.mark.parametrize("name", MOMENTS)
def test_a_status_is_a_snapshot_again_as_far_as_it_says(name: str) -> None:
    status = Status.of(MOMENTS[name], describe, pin=True)
    assert Status.of(status.snapshot(), describe, pin=True) == status


def test_no_moment_is_recorded_that_is_gone() -> None:
    assert [name for name, _ in recorded()] == list(MOMENTS)


if __name__ == "__main__":
    GOLDEN.write_text("".join(f"== {name}\n{said(name)}\n" for name in MOMENTS))
