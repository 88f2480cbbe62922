"""What the pages of the panel have in common. A page draws the snapshot.

Between two snapshots a page remembers only how the user looks at it: which rows must not move away from under the pointer, what was copied.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from ...core.model import Failure, Peer, Snapshot
from ..parts.basics import column
from ..parts.notice import Notice
from ..text.names import clean
from ..text.reasons import failure_text
from ..text.translate import tr

if TYPE_CHECKING:
    from ...edges import Actions


@dataclass(frozen=True, slots=True)
class Doors:
    """Where the panel leads to."""

    settings: Callable[[], object]
    question: Callable[[], None]  # the dialog that waits for an answer, or shows a PIN
    closed: Callable[[], None]
    troubleshoot: Callable[[], object] | None = None  # None: there is no doctor


class Page(QWidget):
    def __init__(self, controller: Actions, doors: Doors, offer_host: Callable[[bool], None]) -> None:
        super().__init__()
        self.controller, self.doors, self.offer_host = controller, doors, offer_host
        self.layout_ = column(self)
        self.build()
        self.layout_.addStretch(1)

    def build(self) -> None:
        raise NotImplementedError

    @property
    def held(self) -> bool:
        """True while the pointer is on something that must not move."""
        return False

    def focus_first(self) -> None:
        """Set the keyboard focus: on the page itself, so that a key pressed a moment too late does not end what has just begun."""
        self.setFocus()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        raise NotImplementedError


def show_failure(notice: Notice, failure: Failure | None, peer: Peer | None) -> None:
    notice.setVisible(failure is not None)
    if failure is not None:
        detail = clean(failure.detail, 160) if failure.detail else ""
        notice.say(failure_text(failure, peer.name if peer else ""), tr("Details: {detail}", detail=detail) if detail else "")
