"""What the doctor found, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from .translate import listed, tr

if TYPE_CHECKING:  # this is loaded before the icon is there, the doctor when somebody asks for it
    from ...core.checks import Action, Finding, Sentence, Status

# By the values of the enumerations in core/checks.py.
STATUSES: Mapping[str, str] = {"fail": "Problem", "warn": "Warning", "unknown": "Not seen", "ok": "OK"}

SECTIONS: Mapping[str, str] = {
    "fail": "What keeps this computer from linking",
    "warn": "Worth knowing",
    "unknown": "Could not be seen",
    "ok": "In order",
}

ACTIONS: Mapping[str, str] = {
    "wifi-on": "Switch Wi-Fi on",
    "bluetooth-on": "Switch Bluetooth on",
    "open-settings": "Open the settings",
}


def status_word(status: Status) -> str:
    return tr(STATUSES[status.value])


def section_title(status: Status) -> str:
    return tr(SECTIONS[status.value])


def action_words(action: Action) -> str:
    return tr(ACTIONS[action.value])


def finding_text(sentence: Sentence | str) -> str:
    """A sentence of the doctor, translated. Its values are harmless, and may be sentences. A `str` is what a daemon said: it stays."""
    if isinstance(sentence, str):
        return sentence
    return tr(sentence.english, **{name: finding_text(value) for name, value in sentence.values})


COUNTS: Mapping[str, tuple[str, str]] = {  # of one, of more
    "fail": ("{n} problem", "{n} problems"),
    "warn": ("{n} warning", "{n} warnings"),
    "unknown": ("{n} thing not seen", "{n} things not seen"),
}


def findings_summary(findings: Sequence[Finding]) -> str:
    """How many findings of each kind there are, in one line."""
    parts = []
    for status, (one, many) in COUNTS.items():
        count = sum(finding.status.value == status for finding in findings)
        parts += [tr(one if count == 1 else many, n=count)] if count else []
    return tr("{what}.", what=listed(parts)) if parts else tr("Everything is in order.")
