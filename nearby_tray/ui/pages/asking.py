"""A request: the code to compare while this user asks, and the way to the request while this user is asked."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox

from ...core.model import Snapshot
from ..parts.basics import button, card, label, row
from ..parts.countdown import Countdown
from ..parts.digits import Code
from ..parts.notice import Notice
from ..parts.who import Who
from ..patience import Patience
from ..text.requests import TRUST_TIP, compare_words, identity_changed_text, request_line
from ..text.translate import tr
from .page import Page


class AskingPage(Page):
    def build(self) -> None:
        self._changed = Notice("bad", "warning")
        self._changed.setObjectName("identityChanged")
        self.layout_.addWidget(self._changed)
        frame, inside = card(spacing=8)
        self._who = Who()
        self._code = Code()
        self._compare = label()
        self._compare.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._countdown = Countdown()
        for each in (self._who, self._code, self._compare, self._countdown):
            inside.addWidget(each)
        self.layout_.addWidget(frame)
        self._trust = QCheckBox(tr("Trust t&his computer (no code next time)"))
        self._trust.setObjectName("trustBox")
        self._trust.setToolTip(tr(TRUST_TIP))
        self._trust.setAccessibleName(tr("Trust this computer (no code next time)"))
        self.layout_.addWidget(self._trust)
        self._question, self._may_match = "", False
        self._asked = ("", False)
        self._patience: Patience | None = None
        self._match = button(tr("The&y match"), self._they_match, role="primary", name="matchButton")
        self._cancel = button(tr("&Cancel"), self.controller.cancel, name="cancelButton")
        for answer in (self._match, self._cancel):
            answer.setAutoDefault(False)
        self.layout_.addLayout(row(1, self._cancel, self._match))

    def focus_first(self) -> None:
        self.setFocus()  # on no button: what the user types while the code comes up answers nothing

    def _enable(self) -> None:
        self._match.setEnabled(self._may_match and self._patience is not None and self._patience.over)

    def _they_match(self) -> None:
        if self._patience is not None and self._patience.over and self._may_match:
            self._may_match = False  # one question has one answer
            self._enable()
            self.controller.match(self._question, self._trust.isChecked() and self._trust.isVisible())

    def show_snapshot(self, snapshot: Snapshot) -> None:
        peer = snapshot.peer
        changed = peer is not None and peer.identity_changed
        self._changed.setVisible(changed)
        if changed and peer is not None:
            self._changed.say(identity_changed_text(peer.name))
        self._who.show_peer(peer)
        self._code.setVisible(snapshot.code is not None and snapshot.needs_code)
        self._code.show_code(snapshot.code or "")
        compares = snapshot.code is not None and snapshot.needs_code and not snapshot.agreed_here
        self._trust.setVisible(compares)
        if snapshot.code is None:
            self._trust.setChecked(False)  # a new request begins
        if self._patience is None:
            self._patience = Patience(self.window(), self._enable)
        asks = (snapshot.question, snapshot.may_match)
        if asks != self._asked:
            self._asked = asks
            self._question, self._may_match = asks
            self._patience.again()
        self._match.setVisible(compares)
        self._enable()
        self._compare.setText(compare_words(snapshot))
        self._countdown.follow(snapshot)


class AskedPage(Page):
    """The request has its own window, to which this page leads. Once the user has accepted, the page shows the code, too."""

    def focus_first(self) -> None:
        self.setFocus()

    def build(self) -> None:
        frame, inside = card(spacing=10)
        self._who = Who()
        self._code, self._compare = Code(), label()
        self._compare.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._show = button(tr("&Show the request"), self.doors.question, role="primary", name="showRequestButton")
        self._countdown = Countdown()
        for each in (self._who, self._code, self._compare, self._countdown, self._show):
            inside.addWidget(each)
        self.layout_.addWidget(frame)
        self._cancel = button(tr("&Cancel"), self.controller.cancel, name="cancelButton")
        self.layout_.addWidget(self._cancel)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        waits = snapshot.agreed_here
        self._who.show_peer(snapshot.peer, request_line(snapshot))
        self._code.setVisible(waits and snapshot.code is not None and snapshot.needs_code)
        self._code.show_code(snapshot.code or "")
        self._compare.setVisible(waits)
        self._compare.setText(compare_words(snapshot))
        self._show.setVisible(not waits)
        self._cancel.setVisible(waits)
        self._countdown.follow(snapshot)
