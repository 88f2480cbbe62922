"""The support report: one text file with versions, findings, settings, state and log, that the user may pass on.

The rules: the whole text goes through the `Redactor` at the end, and the file is created anew with mode 0600, never over another one.
"""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import msgspec
from platformdirs import user_documents_path

from ... import __version__, private_file
from ...core.checks import Finding, Status
from .machine import Machine
from .redactor import Redactor, names

MOST_LINES = 400  # of the log
_LONGEST_LINE = 2000
_PACKAGES = ("PySide6-Essentials", "qasync", "dbus-next", "bleak", "dbus-fast", "cryptography", "msgspec", "platformdirs")
_STATE = ("state", "attempt", "purpose", "restoring_because", "visibility", "listening", "interface")  # of the status
_INSIDE = {
    "radios": ("bluetooth", "wifi"),
    "abilities": ("backend", "pin", "intent", "frequency", "host", "hears", "persistent"),
    "failure": ("stage", "reason", "detail"),
    "link": ("method", "backend", "owner", "frequency_mhz", "width_mhz"),
}
_ENVIRONMENT = ("XDG_CURRENT_DESKTOP", "XDG_SESSION_TYPE", "QT_QPA_PLATFORM", "QT_QPA_PLATFORMTHEME", "LANG")


# --- the text ------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Applet:
    """What a running applet adds. `state`: lines of what it is doing; `log`: its last lines; `peers`: names that it knows of."""

    state: Sequence[str] = ()
    log: Sequence[str] = ()
    peers: Sequence[str] = ()

    @classmethod
    def of(cls, status: object, log: object) -> Applet:
        """From the status and the log as they come over the session bus; what is not as it should be is left out."""
        facts = status if isinstance(status, dict) else {}
        state = [f"{key} = {facts[key]}" for key in _STATE if isinstance(facts.get(key), str | int | bool)]
        for key, wanted in _INSIDE.items():
            inside = facts.get(key)
            if isinstance(inside, dict):
                state += [f"{key}: {name} = {inside[name]}" for name in wanted if isinstance(inside.get(name), str | int | bool)]
        every = [facts.get("peer")]
        for key in ("peers", "members"):
            rows = facts.get(key)
            every += rows if isinstance(rows, list) else []
        lines = [line for line in log if isinstance(line, str)] if isinstance(log, list | tuple) else []
        return cls(state, lines, [str(peer["name"]) for peer in every if isinstance(peer, dict) and "name" in peer])


def text(findings: Sequence[Finding], machine: Machine, applet: Applet | None) -> str:
    """The whole report, masked. `applet` is `None` when none runs."""
    parts = [
        "Nearby Tray: report for support",
        "Names, addresses and keys are masked; the same mask is the same thing. Read it before you pass it on.",
        "",
        "== Versions",
        *_versions(machine),
        "",
        "== Checks",
    ]
    for finding in findings:
        parts.append(f"{_WORDS[finding.status]:<8} {finding.name}")
        parts += [f"         {sentence}" for sentence in finding.verdict.evidence]
        if str(finding.verdict.fix):
            parts.append(f"         → {finding.verdict.fix}")
    chosen = {name: value for name, value in msgspec.to_builtins(machine.settings).items() if name != "name"}
    parts += ["", "== Settings", *(f"{name} = {value}" for name, value in chosen.items())]
    parts.append(f"name = {'chosen' if machine.settings.name else 'that of the computer'}")
    if applet is None:
        parts += ["", "No Nearby Tray is running, so there is no log."]
    else:
        lines = [line[:_LONGEST_LINE] for line in applet.log[-MOST_LINES:]]
        parts += ["", "== State", *applet.state, "", f"== Log (the last {len(lines)} lines)", *lines]
    redactor = Redactor(names(machine.settings, machine, applet.peers if applet is not None else ()))
    return redactor.redact("\n".join(parts)) + "\n"


_WORDS = {Status.OK: "ok", Status.WARN: "WARNING", Status.FAIL: "PROBLEM", Status.UNKNOWN: "unknown"}


def _versions(machine: Machine) -> list[str]:
    found = [f"nearby-tray {__version__}", f"Python {platform.python_version()}"]
    for package in _PACKAGES:
        with suppress(PackageNotFoundError):
            found.append(f"{package} {version(package)}")
    facts = machine.distribution
    found += [f"kernel {machine.kernel} {platform.machine()}", f"system {facts.get('PRETTY_NAME') or facts.get('ID') or 'not named'}"]
    found += [f"{key} {machine.environment[key]}" for key in _ENVIRONMENT if machine.environment.get(key)]
    found.append("root" if os.geteuid() == 0 else "an ordinary user")
    found.append(f"in a virtual environment: {'yes' if sys.prefix != sys.base_prefix else 'no'}")
    return found


# --- the file ------------------------------------------------------------------------------------------------------------------


def save(path: Path, content: str) -> None:
    """Make the file, see `private_file.create`."""
    private_file.create(path, content.encode(errors="replace"))


def save_new(content: str, folder: Path | None = None) -> Path:
    """Make a file of a free name in the user's documents (their home where there are none) and say which. Raises `OSError`."""
    where = folder or user_documents_path()
    if not where.is_dir():
        where = Path.home()
    for number in range(1, 100):
        path = where / f"nearby-tray-report{f'-{number}' if number > 1 else ''}.txt"
        with suppress(FileExistsError):
            save(path, content)
            return path
    raise FileExistsError(17, "there are a hundred reports already", str(where))
