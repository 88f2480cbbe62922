"""The pages: what they name is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROWS = (ROOT / "docs" / "security.md").read_text(encoding="utf-8").partition("## Threat model")[2].splitlines()
NAMED = [found for line in ROWS for found in re.findall(r"`([\w/]+\.py)::(\w+)`", line)]


def test_each_row_of_the_threat_model_names_its_test() -> None:
    rows = [line for line in ROWS if line.startswith("| ") and not line.startswith(("| tried", "| ---"))]
    assert len(rows) == len(NAMED) > 20


@pytest.mark.parametrize(("file", "test"), NAMED)
def test_what_the_threat_model_names_is_there(file: str, test: str) -> None:
    assert re.search(rf"^(async )?def {test}\(", (ROOT / "tests" / file).read_text(encoding="utf-8"), re.MULTILINE)
