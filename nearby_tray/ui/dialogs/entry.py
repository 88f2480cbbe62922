"""The other machine shows a PIN, which is typed here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...core.model import Prompt, Snapshot
from ..parts.basics import button, card, label, row
from ..parts.countdown import Countdown
from ..parts.digits import PinField
from ..parts.notice import Notice
from ..parts.style import restyle
from ..parts.who import Who
from ..text.names import quoted
from ..text.pins import tries_words
from ..text.plain import PHONE
from ..text.reasons import Said
from ..text.translate import tr
from .dialog import Dialog

if TYPE_CHECKING:
    from ...edges import Actions


class EntryDialog(Dialog):
    """Asks for the PIN. After a wrong one it says so and asks for the next."""

    PROMPT = Prompt.ENTRY

    def __init__(self, controller: Actions) -> None:
        super().__init__(controller, tr("Enter a PIN"))
        self._wrong = Notice("bad", "warning")
        self._wrong.setObjectName("wrongPin")
        frame, inside = card(spacing=10)
        self._who, self._what, self._pin, self._countdown = Who(), label(), PinField(), Countdown()
        self._pin.changed.connect(self._enable)
        self._pin.edit.returnPressed.connect(self._send)
        for each in (self._who, self._what, self._pin, self._countdown):
            inside.addWidget(each)
        self._unverified = label(role="dim", scale=0.92)
        self._connect = button(tr("C&onnect"), self._send, role="primary", name="sendPinButton")
        self._cancel = button(tr("&Cancel"), self.leave, name="cancelPinButton")
        self._cancel.setDefault(True)
        for answer in (self._connect, self._cancel):
            answer.setMinimumSize(110, 38)
        for part in (self._wrong, frame, self._unverified):
            self.layout_.addWidget(part)
        self.layout_.addLayout(row(1, self._cancel, self._connect))
        restyle(self)

    def key(self, snapshot: Snapshot) -> object:
        return (snapshot.peer.id if snapshot.peer else "", snapshot.tries_left, snapshot.started)

    def forget(self) -> None:
        self._pin.clear()

    def focus_first(self) -> None:
        self._pin.edit.setFocus()

    def draw(self, snapshot: Snapshot) -> None:
        peer = snapshot.peer
        name = quoted(peer.name if peer else "")
        self._who.show_peer(peer, verified=snapshot.verified)
        self._what.setText(tr("{peer} shows a PIN now. Type it here.", peer=name))
        wrong = tries_words(snapshot)
        self._wrong.setVisible(bool(wrong))
        if wrong:
            self._wrong.say(Said(tr("Wrong PIN"), wrong, ""))
        self._unverified.setVisible(not snapshot.verified)
        self._unverified.setText(tr("No PIN to be seen there? {what}", what=tr(PHONE)))
        self._countdown.follow(snapshot)
        self._enable()

    def _enable(self) -> None:
        self._pin.edit.setReadOnly(self.answered)
        open = not self.answered and self.patience.over
        self._cancel.setEnabled(open)
        self._connect.setEnabled(open and self._pin.pin is not None)

    def _send(self) -> None:
        typed = self._pin.pin
        if typed is not None and self.settle():
            self._enable()
            self.controller.enter_pin(self.question, typed)

    def leave(self) -> None:
        if self.settle():
            self._enable()
            self.controller.cancel()
