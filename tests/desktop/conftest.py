"""The applet on real desktops' panels, compositors and notification servers. Asked for by NEARBY_DESKTOP=FOLDER, where the pictures go."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

FOLDER = os.environ.get("NEARBY_DESKTOP")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if not FOLDER:
        here = Path(__file__).parent
        for item in items:
            if item.path.parent == here:
                item.add_marker(pytest.mark.skip(reason="not asked for: sh tests/run --desktop"))


@pytest.fixture(scope="session")
def pictures() -> Path:
    assert FOLDER
    folder = Path(FOLDER).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    return folder
