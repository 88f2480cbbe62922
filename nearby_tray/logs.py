"""How much the log says, and its last lines for a report."""

from __future__ import annotations

import logging
from collections import deque


def say_as_much_as(level: str) -> None:
    """Write records of this level and above to stderr. What is kept for a report is never less than usual."""
    wanted = getattr(logging, level.upper())
    root = logging.getLogger()
    root.setLevel(min(wanted, logging.INFO))
    for handler in root.handlers:
        if type(handler) is logging.StreamHandler:
            handler.setLevel(wanted)


class LastLines(logging.Handler):
    """The last lines of the log, for the support report: our own, and the warnings of libraries. In memory only: they name people."""

    def __init__(self, most: int = 400) -> None:
        super().__init__()
        self.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        self.lines: deque[str] = deque(maxlen=most)

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.WARNING or record.name.startswith("nearby_tray"):
            try:
                self.lines.append(self.format(record)[:4000])
            except Exception:
                self.handleError(record)
