"""What the doctor finds: a status, what was seen, and what to do about it. Values for the windows, the command line and the report.

The rule: a sentence is English with its values beside it, so that whoever shows it may translate it, and no value can be more than one
harmless line, for much of what is seen was written by others.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from .names import harmless


class Status(Enum):
    """How a check came out; the words of the command line's JSON."""

    OK = "ok"
    WARN = "warn"  # it works, or may work, with a limit worth knowing
    FAIL = "fail"  # as it is, there will be no link
    UNKNOWN = "unknown"  # could not be seen


class Action(Enum):
    """What the applet itself can do about a finding, when the user clicks it."""

    WIFI_ON = "wifi-on"
    BLUETOOTH_ON = "bluetooth-on"
    OPEN_SETTINGS = "open-settings"


@dataclass(frozen=True, slots=True)
class Sentence:
    """English with {names} in it, and their values; a value that is words of ours is a sentence itself."""

    english: str
    values: tuple[tuple[str, str | Sentence], ...] = ()

    def __str__(self) -> str:
        return self.english.format(**dict(self.values)) if self.values else self.english


@dataclass(frozen=True, slots=True)
class Fix:
    """What to do, in words, as a command for a terminal, as a click; any of them may be missing."""

    words: Sentence | None = None
    command: str = ""
    action: Action | None = None

    def __str__(self) -> str:
        return " ".join(filter(None, (str(self.words or ""), self.command)))


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one check came out. `evidence`: what was seen, a sentence each."""

    status: Status
    evidence: tuple[Sentence, ...]
    fix: Fix = Fix()


@dataclass(frozen=True, slots=True)
class Finding:
    """A verdict and the check that it belongs to. `name` is for programs, `title` (English) for people."""

    name: str
    title: str
    verdict: Verdict

    @property
    def status(self) -> Status:
        return self.verdict.status


def say(english: str, **values: object) -> Sentence:
    """A sentence with its values made harmless. For values that are text written by others, too."""
    return Sentence(english, tuple((name, value if isinstance(value, Sentence) else harmless(value)) for name, value in values.items()))


def ok(*evidence: Sentence, fix: Fix | None = None) -> Verdict:
    return Verdict(Status.OK, evidence, fix or Fix())


def warn(*evidence: Sentence, fix: Fix | None = None) -> Verdict:
    return Verdict(Status.WARN, evidence, fix or Fix())


def fail(*evidence: Sentence, fix: Fix | None = None) -> Verdict:
    return Verdict(Status.FAIL, evidence, fix or Fix())


def unknown(*evidence: Sentence, fix: Fix | None = None) -> Verdict:
    return Verdict(Status.UNKNOWN, evidence, fix or Fix())


def has_failed(findings: Iterable[Finding]) -> bool:
    return any(finding.status is Status.FAIL for finding in findings)


def as_json(findings: Sequence[Finding]) -> dict[str, object]:
    """The shape of `nearby-tray doctor --json`; additions only. `evidence` has a line for each thing seen; `fix` may be empty."""
    return {
        "checks": [
            {
                "name": finding.name,
                "status": finding.status.value,
                "evidence": "\n".join(map(str, finding.verdict.evidence)),
                "fix": str(finding.verdict.fix),
            }
            for finding in findings
        ]
    }
