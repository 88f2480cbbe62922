"""A peer asks for a link. Accepting needs a click, Alt+A or the space bar on the button, or Enter in the field of a PIN that fits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox

from ...core.model import Prompt, Snapshot, Stage
from ..parts.basics import button, card, label, row
from ..parts.countdown import Countdown
from ..parts.digits import Code, PinField
from ..parts.notice import Notice
from ..parts.steps import Steps
from ..parts.style import restyle, set_role
from ..parts.who import Who
from ..text.plain import unverified_text
from ..text.requests import TRUST_TIP, WHAT_OPENS, compare_words, identity_changed_text, request_line
from ..text.translate import tr
from .dialog import Dialog

if TYPE_CHECKING:
    from ...edges import Actions


class RequestDialog(Dialog):
    """Shows who asks and what for, the code to compare or the field for the PIN, and how long there is to decide.

    Once accepted it shows how far the link is, and closes when it is there.
    """

    PROMPT = Prompt.REQUEST
    UNASKED = True

    def __init__(self, controller: Actions) -> None:
        super().__init__(controller, tr("Incoming request"))
        self._typing = False  # True: the user accepts by typing a PIN
        self._going = False  # True: the user has accepted; the dialog shows how far the link is
        self._changed = Notice("bad", "warning")
        self._changed.setObjectName("identityChanged")
        self._unverified = Notice("fair", "warning")
        self._unverified.setObjectName("unverified")
        frame, inside = card(spacing=10)
        self._who, self._code, self._compare, self._countdown = Who(), Code(), label(), Countdown()
        self._compare.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._pin = PinField()
        self._pin.changed.connect(self._enable)
        self._pin.edit.returnPressed.connect(self._accept_it)
        self._steps = Steps()
        for each in (self._who, self._code, self._compare, self._steps, self._pin, self._countdown):
            inside.addWidget(each)
        self._opens = label(tr(WHAT_OPENS), "dim", scale=0.92)
        self._trust = QCheckBox()
        self._trust.setObjectName("trustBox")
        self._accept = button(tr("&Accept"), self._accept_it, role="primary", name="acceptButton")
        self._decline = button(tr("&Decline"), self.leave, name="declineButton")
        self._cancel = button(tr("&Cancel"), self._stop, name="cancelButton")
        for answer in (self._accept, self._decline, self._cancel):
            answer.setMinimumSize(110, 38)
            answer.setAutoDefault(False)
        for part in (self._changed, self._unverified, frame, self._opens, self._trust):
            self.layout_.addWidget(part)
        self.layout_.addLayout(row(1, self._cancel, self._decline, self._accept))
        self.setTabOrder(self._decline, self._accept)
        restyle(self)

    def key(self, snapshot: Snapshot) -> object:
        peer = snapshot.peer
        return (peer.id if peer else "", snapshot.code, snapshot.started, snapshot.deadline, snapshot.method)

    def render_snapshot(self, snapshot: Snapshot) -> None:
        waiting = snapshot.stage is Stage.ASKED and snapshot.agreed_here and snapshot.question == self.question
        steps = snapshot.stage in (Stage.MEETING, Stage.FORMING, Stage.CHECKING) and snapshot.restoring_because is None
        if self._going and (waiting or steps):
            self.draw(snapshot)
            return
        self._going = False
        super().render_snapshot(snapshot)

    def forget(self) -> None:
        self._trust.setChecked(False)
        self._pin.clear()

    def focus_first(self) -> None:
        self.setFocus()  # on no button: a key meant for another window answers nothing

    def draw(self, snapshot: Snapshot) -> None:
        peer = snapshot.peer
        changed = peer is not None and peer.identity_changed and not self._going
        self._changed.setVisible(changed)
        if changed and peer is not None:
            self._changed.say(identity_changed_text(peer.name))
        self._unverified.setVisible(not snapshot.verified and not self._going)
        if not snapshot.verified:
            self._unverified.say(unverified_text(snapshot))
        set_role(self._accept, "" if changed else "primary")
        asked = snapshot.stage is Stage.ASKED
        self._who.show_peer(peer, request_line(snapshot) if not self._going else "", verified=snapshot.verified or not self._going)
        self._code.setVisible(asked and snapshot.code is not None and snapshot.needs_code)
        self._code.show_code(snapshot.code or "")
        self._compare.setVisible(asked)
        self._compare.setText(compare_words(snapshot))
        self._steps.setVisible(self._going and not asked)
        if self._steps.isVisibleTo(self):
            self._steps.show_steps(snapshot.stage, snapshot.attempt, snapshot.timings, meeting=snapshot.verified)
        self._typing = snapshot.pin_wanted and not self._going
        self._pin.setVisible(self._typing)
        self._opens.setVisible(not self._going)
        self._show_trust(snapshot)
        for answer in (self._accept, self._decline):
            answer.setVisible(not self._going)
        self._cancel.setVisible(self._going)
        self._countdown.follow(snapshot)
        self._enable()

    def _show_trust(self, snapshot: Snapshot) -> None:
        """Offer to trust a peer that can be verified, otherwise to remember the group if the back end can and it is not the hosted one."""
        group = not snapshot.verified and snapshot.radios.abilities.persistent and snapshot.link is None and not snapshot.pin_wanted
        words = tr("&Remember this group") if group else tr("Trust t&his computer (no code next time)")
        if words != self._trust.text():
            self._trust.setText(words)
            self._trust.setAccessibleName(words.replace("&", ""))
            tip = tr("It can be formed again with neither button nor PIN.") if group else tr(TRUST_TIP)
            self._trust.setToolTip(tip)
        offered = (snapshot.needs_code and not (snapshot.peer is not None and snapshot.peer.trusted)) if snapshot.verified else group
        self._trust.setVisible(offered and not self._going)

    def _enable(self) -> None:
        open = not self.answered and self.patience.over
        for each in (self._decline, self._trust):
            each.setEnabled(open)
        self._cancel.setEnabled(self.patience.over)
        self._pin.edit.setReadOnly(self.answered)
        self._accept.setEnabled(open and (not self._typing or self._pin.pin is not None))

    def _accept_it(self) -> None:
        typed = self._pin.pin if self._typing else None
        if self._typing and typed is None:
            return
        trust = self._trust.isChecked() and self._trust.isVisible()
        if self.settle():
            self._going = True
            self._enable()
            if typed is not None:
                self.controller.enter_pin(self.question, typed)
            else:
                self.controller.accept(self.question, trust)

    def leave(self) -> None:
        if self._going:
            self._going = False  # the panel shows how far the link is, too
        elif self.settle():
            self._enable()
            self.controller.decline(self.question)

    def _stop(self) -> None:
        if self.patience.over:
            self._going = False
            self.controller.cancel()
            self.hide()
