"""Ada and Ben for the tests of this folder."""

from __future__ import annotations

import pytest

from tests.core.pair import Pair


@pytest.fixture
def p() -> Pair:
    return Pair()
