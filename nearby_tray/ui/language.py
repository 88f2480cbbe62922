"""The languages that this installation can speak."""

from __future__ import annotations


def available() -> tuple[tuple[str, str], ...]:
    """Each language there are words for: its code, as `Settings.language` takes it, and its name for itself. English comes first."""
    return (("en", "English"),)
