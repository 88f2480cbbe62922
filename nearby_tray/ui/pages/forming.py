"""The link is being made, restored or ended."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from ...core.model import Method, Reason, Snapshot, Stage
from ..parts.basics import button, card, label
from ..parts.countdown import Countdown
from ..parts.notice import Notice
from ..parts.steps import Step, Steps
from ..parts.who import Who
from ..text.links import UNASKED
from ..text.plain import METHOD_HINTS, PHONE
from ..text.reasons import Said, reason_text
from ..text.states import STATES
from ..text.translate import tr
from .page import Page
from .pin import ShownPin


class FormingPage(Page):
    def build(self) -> None:
        frame, inside = card(spacing=10)
        self._who, self._steps, self._countdown = Who(), Steps(), Countdown()
        self._pin, self._unasked = ShownPin(self.doors.question), label(role="dim")
        for each in (self._who, self._unasked, self._pin, self._steps, self._countdown):
            inside.addWidget(each)
        self.layout_.addWidget(frame)
        self._hint = label(role="dim")
        self._hint.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.layout_.addWidget(self._hint)
        self.layout_.addWidget(button(tr("&Cancel"), self.controller.cancel, name="cancelButton"))

    def show_snapshot(self, snapshot: Snapshot) -> None:
        self._who.show_peer(snapshot.peer, verified=snapshot.verified)
        show_unasked(self._unasked, snapshot)
        self._pin.show_snapshot(snapshot)
        self._steps.show_steps(snapshot.stage, snapshot.attempt, snapshot.timings, meeting=snapshot.verified)
        if snapshot.verified:
            self._hint.setText(tr("Usually ready within 15 seconds.\nThe ordinary network stays as it is."))
        elif snapshot.method is Method.PBC and snapshot.stage is Stage.FORMING:
            self._hint.setText(tr("{what}\n{then}", what=tr(PHONE), then=tr(METHOD_HINTS[Method.PBC])))
        else:
            self._hint.setText(tr("The ordinary network stays as it is."))
        self._countdown.follow(snapshot)


def show_unasked(where: QLabel, snapshot: Snapshot) -> None:
    where.setText(tr(UNASKED))
    where.setVisible(snapshot.unasked)


class RestoringPage(Page):
    def build(self) -> None:
        self._why = Notice("fair", "tray-restoring")
        self._why.setObjectName("restoring")
        self.layout_.addWidget(self._why)
        frame, inside = card(spacing=10)
        self._who, self._steps, self._countdown = Who(), Steps(restoring=True), Countdown()
        for each in (self._who, self._steps, self._countdown):
            inside.addWidget(each)
        self.layout_.addWidget(frame)
        self.layout_.addWidget(button(tr("&Give up"), self.controller.disconnect, name="giveUpButton"))

    def show_snapshot(self, snapshot: Snapshot) -> None:
        reason = snapshot.restoring_because or Reason.LINK_LOST
        said = reason_text(reason, stage=Stage.LINKED, peer=snapshot.peer.name if snapshot.peer else "")
        self._why.say(Said(said.title, said.sentence, tr("It is being restored; bring the two closer together.")))
        self._who.show_peer(snapshot.peer, tr("Try {n} of 3", n=max(1, snapshot.attempt)))
        self._steps.show_steps(snapshot.stage, 1, snapshot.timings)
        self._countdown.follow(snapshot)


class EndingPage(Page):
    def build(self) -> None:
        frame, inside = card(spacing=10)
        self._who, self._step = Who(), Step(tr(STATES[Stage.ENDING]))
        inside.addWidget(self._who)
        inside.addWidget(self._step)
        self.layout_.addWidget(frame)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        self._who.setVisible(snapshot.peer is not None)
        self._who.show_peer(snapshot.peer)
        self._step.show_step("going", tr("Saying goodbye, tidying up"))
