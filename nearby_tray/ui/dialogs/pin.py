"""A PIN is shown here, to be typed on the other machine. It is in its label while it is needed, and nowhere afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QMimeData, Qt
from PySide6.QtGui import QGuiApplication

from ...core import pin as pins
from ...core.model import Method, Prompt, Snapshot, Stage
from ..parts.basics import button, card, label, row, tool
from ..parts.countdown import Countdown
from ..parts.digits import Code
from ..parts.notice import Notice
from ..parts.style import restyle, set_glyph
from ..parts.who import Who
from ..text.names import quoted
from ..text.pins import PIN, tries_words
from ..text.plain import PHONE
from ..text.reasons import Said
from ..text.translate import tr
from ..timers import timer
from .dialog import Dialog

if TYPE_CHECKING:
    from ...edges import Actions


SECRET = "x-kde-passwordManagerHint"  # clipboard managers keep no history of data with this format


class PinDialog(Dialog):
    """Shows the PIN, large enough to be read from where the other machine stands."""

    PROMPT = Prompt.PIN
    CHARACTERS = 58
    COPIED = 1800  # ms for which the button shows that the PIN was copied

    def __init__(self, controller: Actions) -> None:
        super().__init__(controller, tr("PIN to type there"))
        self._shown = ""
        self._in_clipboard = False
        self._hosting = False
        self._wrong = Notice("bad", "warning")
        self._wrong.setObjectName("wrongPin")
        frame, inside = card(spacing=10)
        self._who, self._what, self._code, self._countdown = Who(), label(), Code(4.5, PIN), Countdown()
        self._copy = tool("copy", tr("Copy the PIN"), self._copy_it, name="copyPinButton")
        self._who.side.addWidget(self._copy, 0, Qt.AlignmentFlag.AlignTop)
        self._what.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        for each in (self._who, self._what, self._code, self._countdown):
            inside.addWidget(each)
        self._hint = label(role="dim", scale=0.92)
        self._hide = button(tr("&Hide"), self.hide_it, name="hidePinButton")
        self._cancel = button(tr("&Cancel"), self._give_up, name="cancelPinButton")
        self._hide.setDefault(True)
        for choice in (self._hide, self._cancel):
            choice.setMinimumSize(110, 38)
        for part in (self._wrong, frame, self._hint):
            self.layout_.addWidget(part)
        self.layout_.addLayout(row(1, self._cancel, self._hide))
        self._copied = timer(self, self.COPIED, lambda: set_glyph(self._copy, "copy"), once=True)
        restyle(self)

    def key(self, snapshot: Snapshot) -> object:
        return (snapshot.peer.id if snapshot.peer else "", snapshot.pin)

    def forget(self) -> None:
        # A used PIN must not be pasted anywhere else. Also, Qt would destroy the Python-made data after Python has ended, and crash.
        if self._in_clipboard:
            self._in_clipboard = False
            if (held := QGuiApplication.clipboard().mimeData()) is not None and held.hasFormat(SECRET):
                QGuiApplication.clipboard().clear()
        self._shown = ""
        self._code.show_code("")
        self._copied.stop()
        set_glyph(self._copy, "copy")

    def focus_first(self) -> None:
        self._hide.setFocus()

    def draw(self, snapshot: Snapshot) -> None:
        peer = snapshot.peer
        self._shown = snapshot.pin or ""
        self._hosting = snapshot.stage is Stage.HOSTING
        self._who.show_peer(peer, verified=snapshot.verified)
        self._what.setText(tr("Type this PIN on {peer}", peer=quoted(peer.name if peer else "")))
        self._code.show_code(pins.grouped(self._shown))
        wrong = tries_words(snapshot, Method.DISPLAY)
        self._wrong.setVisible(bool(wrong))
        if wrong:
            self._wrong.say(Said(tr("Wrong PIN"), wrong, ""))
        self._hint.setVisible(not snapshot.verified)
        self._hint.setText(tr("It does not ask for a PIN? {what}", what=tr(PHONE)))
        self._countdown.follow(snapshot)

    def _copy_it(self) -> None:
        copied = QMimeData()
        copied.setText(self._shown)
        copied.setData(SECRET, QByteArray(b"secret"))
        QGuiApplication.clipboard().setMimeData(copied)
        self._in_clipboard = True
        set_glyph(self._copy, "check")
        self._copied.start()

    def _give_up(self) -> None:
        if self.settle():
            self.controller.decline() if self._hosting else self.controller.cancel()
            self.hide()

    def hide_it(self) -> None:
        self.leave()
        self.hide()

    def leave(self) -> None:
        self.answered = True  # the user has seen it: it does not come up again by itself
