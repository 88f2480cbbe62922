"""What holds for all tests: a slow machine is no failure, CI tries the same examples each time, and the log is part of what a test says.

A record of WARNING or worse that a test does not expect fails it. `@pytest.mark.logs("pattern")` expects some, and fails without;
`@pytest.mark.may_log("pattern")` is for what comes in some of many cases. A pattern is searched for in "LEVEL logger: message".
"""

from __future__ import annotations

import logging
import os
import re
import signal
from collections.abc import Iterator

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
    # Whatever starts a program in the background may have it ignore SIGINT, and what the tests start would do so, too.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # dbus-next's, from Python 3.13 on; typing has it until 3.15, and we support up to 3.14.
    config.addinivalue_line("filterwarnings", "ignore:'typing.no_type_check_decorator' is deprecated:DeprecationWarning")
    # dbus-next's and qasync's, from Python 3.14 on; asyncio has it until 3.16.
    config.addinivalue_line("filterwarnings", "ignore:'asyncio.iscoroutinefunction' is deprecated:DeprecationWarning:(dbus_next|qasync)")
    config.addinivalue_line("markers", "logs(*patterns): records of WARNING or worse that must come")
    config.addinivalue_line("markers", "may_log(*patterns): records of WARNING or worse that may come")


# dbus-next's, when the daemon at the other end of its socket is gone.
_OF_NO_MATTER = ["WARNING root: could not shut down socket"]


class _Records(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.said: dict[int, tuple[logging.LogRecord, str]] = {}  # the record too, so that no other one gets its id

    def emit(self, record: logging.LogRecord) -> None:
        # Once, also when it comes to us by two loggers.
        self.said.setdefault(id(record), (record, f"{record.levelname} {record.name}: {record.getMessage()}"))


@pytest.fixture(autouse=True)
def _nothing_unexpected_is_logged(request: pytest.FixtureRequest) -> Iterator[None]:
    must = [pattern for mark in request.node.iter_markers("logs") for pattern in mark.args]
    may = [pattern for mark in request.node.iter_markers("may_log") for pattern in mark.args]
    records = _Records()
    # Ours does not always hand on to the root: that is what an applet's own log does.
    loggers = [logging.getLogger(), logging.getLogger("nearby_tray")]
    for logger in loggers:
        logger.addHandler(records)
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeHandler(records)
    said = [line for _, line in records.said.values()]
    unexpected = [line for line in said if not any(re.search(pattern, line) for pattern in (*must, *may, *_OF_NO_MATTER))]
    assert not unexpected, f"logged, and not expected: {unexpected[:20]}"
    missing = [pattern for pattern in must if not any(re.search(pattern, line) for line in said)]
    assert not missing, f"expected in the log, and not there: {missing}"
