"""Names of other computers, which come from the air: made harmless before they enter a sentence. No sentence is markup."""

from __future__ import annotations

import unicodedata

from ...core.names import harmless
from .translate import runs_from_right, tr


def clean(name: str, limit: int = 64) -> str:
    """A name as one harmless line, at most `limit` characters."""
    return harmless(name, limit) or tr("Unnamed computer")


def quoted(name: str) -> str:
    """A name inside a sentence. The isolates keep a right-to-left name from turning the words around it."""
    text = clean(name)
    if not runs_from_right() and any(unicodedata.bidirectional(c) in ("R", "AL", "AN") for c in text):
        text = f"\u2068{text}\u2069"
    return tr("“{name}”", name=text)
