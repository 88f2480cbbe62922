"""Timers, made and run the same way everywhere."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer


def timer(parent: QObject, milliseconds: int, act: Callable[[], object], *, once: bool = False) -> QTimer:
    """A timer that calls `act`, not started yet."""
    made = QTimer(parent)
    made.setSingleShot(once)
    made.setInterval(milliseconds)
    made.timeout.connect(act)
    return made


def run_while(on: bool, timer: QTimer) -> None:
    """Start or stop the timer. One that runs already keeps its phase."""
    if on != timer.isActive():
        timer.start() if on else timer.stop()
