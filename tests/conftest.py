"""What holds for all tests: a slow machine is no failure, and CI tries the same examples each time."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "any machine",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    derandomize=bool(os.environ.get("CI")),
)
settings.load_profile("any machine")


def pytest_configure(config: pytest.Config) -> None:
    # dbus-next's, from Python 3.13 on; typing has it until 3.15, and we support up to 3.14.
    config.addinivalue_line("filterwarnings", "ignore:'typing.no_type_check_decorator' is deprecated:DeprecationWarning")
    config.addinivalue_line("markers", "logs(*patterns): records of WARNING or worse that must come")
    config.addinivalue_line("markers", "may_log(*patterns): records of WARNING or worse that may come")
