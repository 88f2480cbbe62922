"""What the edges raise when something expected goes wrong: typed, with a reason the user can act on."""

from __future__ import annotations

from .core.model import Reason


class Unavailable(Exception):
    """Something that cannot be done here and now.

    `reason` chooses the sentence and the advice; `detail` is the daemon's own words (an error name, a state and its reason).
    """

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{reason.value}: {detail}" if detail else reason.value)
        self.reason = reason
        self.detail = detail
