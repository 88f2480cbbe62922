"""What the command line asked for when it starts an applet."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Options:
    """How the applet is to run."""

    headless: bool = False  # no tray, no window: only the command line
    background: bool = False  # no window at the start
    activated: bool = False  # started by the bus for a program: no caller is heard before the user has used the applet
    demo: bool = False  # simulated radios
    once: bool = False  # the demo walks by itself and ends
    screenshots: Path | None = None  # where the demo saves pictures
    log_level: str | None = None  # None: as the settings say
