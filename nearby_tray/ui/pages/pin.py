"""A WPS PIN: shown to be typed on the other machine, or about to be typed here."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from ...core import pin as pins
from ...core.model import Snapshot
from ..parts.basics import button, card, column, label
from ..parts.countdown import Countdown
from ..parts.digits import Code
from ..parts.who import Who
from ..text.names import quoted
from ..text.pins import PIN, tries_words
from ..text.plain import PHONE
from ..text.translate import tr
from .page import Page


class ShownPin(QWidget):
    """The PIN to be typed on the other machine. It is shown in the panel, too, because the user may have closed its window."""

    def __init__(self, enlarge: Callable[[], None]) -> None:
        super().__init__()
        self._what, self._code = label(), Code(2.25, PIN)
        self._what.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        layout = column(self, spacing=4)
        layout.addWidget(self._what)
        layout.addWidget(self._code)
        layout.addWidget(button(tr("Sho&w it large"), enlarge, role="link", name="showPinButton"), 0, Qt.AlignmentFlag.AlignHCenter)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        self.setVisible(snapshot.pin is not None)
        self._code.show_code(pins.grouped(snapshot.pin or ""))
        name = quoted(snapshot.peer.name if snapshot.peer else "")
        self._what.setText(tr("Type this PIN on {peer}", peer=name))


class EnteringPage(Page):
    """The PIN is typed in a window of its own, to which this page leads."""

    def build(self) -> None:
        frame, inside = card(spacing=10)
        self._who, self._what = Who(), label()
        self._enter = button(tr("Enter the &PIN"), self.doors.question, role="primary", name="enterPinButton")
        self._countdown = Countdown()
        for each in (self._who, self._what, self._countdown, self._enter):
            inside.addWidget(each)
        self.layout_.addWidget(frame)
        self._hint = label(tr(PHONE), "dim")
        self._hint.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.layout_.addWidget(self._hint)
        self.layout_.addWidget(button(tr("&Cancel"), self.controller.cancel, name="cancelButton"))

    def show_snapshot(self, snapshot: Snapshot) -> None:
        self._who.show_peer(snapshot.peer, verified=snapshot.verified)
        self._what.setText(tries_words(snapshot) or tr("It shows a PIN now."))
        self._countdown.follow(snapshot)
