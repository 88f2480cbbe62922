"""Nothing is going on: what went wrong last, which requests were missed, and where to begin."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ...core.model import Missed, Reason, Snapshot
from ..parts.basics import button, empty, label, row
from ..parts.notice import Notice
from ..parts.style import set_scale
from ..text.plain import host_obstacle
from ..text.reasons import Said, failure_text, problems_text, reason_text
from ..text.requests import missed_words
from ..text.translate import tr
from .page import Page, show_failure

MOST_MISSED = 3


class IdlePage(Page):
    def focus_first(self) -> None:
        usable = [each for each in (self._again, self._connect) if each.isEnabled() and each.isVisibleTo(self)]
        (usable[0] if usable else self).setFocus()

    def build(self) -> None:
        self._build_failures()
        self._missed = QVBoxLayout()
        self._missed.setSpacing(8)
        self._missed_shown: tuple[Missed, ...] = ()
        self.layout_.addLayout(self._missed)
        self._trouble: dict[str, Notice] = {}
        for radio in ("wifi", "bluetooth"):
            notice = self._trouble[radio] = Notice("fair", "warning")
            notice.setObjectName(f"trouble-{radio}")
            if links := self._links():
                notice.inside.addLayout(row(*links, 1))
            self.layout_.addWidget(notice)
        self._connect = button(tr("&Connect nearby"), self.controller.seek, role="primary", name="connectButton")
        self._connect.setMinimumHeight(46)
        set_scale(self._connect, 1.1)
        self._hint = label(role="dim")
        self._hint.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._host = button(tr("&Host a group…"), lambda: self.offer_host(True), role="flat", name="hostButton")
        self._why_not = label(role="dim", scale=0.88)
        self._why_not.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        for each in (self._connect, self._hint, self._host, self._why_not):
            self.layout_.addWidget(each)

    def _build_failures(self) -> None:
        """Notices of what went wrong last."""
        self._problems = Notice("fair", "warning")
        self._problems.setObjectName("problems")
        self._problems.inside.addLayout(row(button(tr("&Dismiss"), self.controller.dismiss, role="flat", name="dismissProblems"), 1))
        self.layout_.addWidget(self._problems)
        self._failure = Notice("bad", "warning")
        self._failure.setObjectName("failure")
        self._again = button(tr("Try &again"), self.controller.seek, name="tryAgainButton")
        self._failure.inside.addSpacing(4)
        self._failure.inside.addLayout(
            row(self._again, button(tr("&Dismiss"), self.controller.dismiss, role="flat", name="dismissButton"), 1, *self._links())
        )
        self.layout_.addWidget(self._failure)
        self._left = Notice("card", "hint")
        self._left.setObjectName("left")
        again = button(tr("Connect again"), self.controller.seek, name="connectAgainButton")
        dismiss = button(tr("&Dismiss"), self.controller.dismiss, role="flat", name="dismissLeft")
        self._left.inside.addLayout(row(again, dismiss, 1))
        self.layout_.addWidget(self._left)

    def _links(self) -> list[QWidget]:
        """A button that leads from a failure to the doctor; none where the panel has no doctor."""
        go = self.doors.troubleshoot
        return [button(tr("Troubleshoot…"), go, role="link", name="troubleshootLink")] if go is not None else []

    def _show_missed(self, missed: tuple[Missed, ...]) -> None:
        """A notice for each missed request, the latest first, until the user answers or dismisses it."""
        if missed == self._missed_shown:
            return
        self._missed_shown = missed
        empty(self._missed)
        for each in reversed(missed[-MOST_MISSED:]):
            notice = Notice("card", "hint")
            notice.setObjectName("missed")
            answer = button(tr("Answer"), partial(self.controller.call_back, each.id), name="answerMissedButton")
            dismiss = button(tr("Dismiss"), partial(self.controller.forget_missed, each.id), role="flat", name="dismissMissedButton")
            notice.inside.addLayout(row(answer, dismiss, 1))
            notice.say(Said(missed_words(each), "", ""))
            self._missed.addWidget(notice)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        left = snapshot.failure is not None and snapshot.failure.reason is Reason.PEER_LEFT
        self._left.setVisible(left)
        if left and snapshot.failure is not None:
            said = failure_text(snapshot.failure, snapshot.peer.name if snapshot.peer else "")
            self._left.say(Said(said.sentence, "", ""))
        show_failure(self._failure, None if left else snapshot.failure, snapshot.peer)
        self._show_missed(snapshot.missed)
        self._problems.setVisible(bool(snapshot.problems))
        if snapshot.problems:
            self._problems.say(*problems_text(snapshot))
        for radio, reason in (("wifi", snapshot.radios.wifi), ("bluetooth", snapshot.radios.bluetooth)):
            notice = self._trouble[radio]
            notice.setVisible(reason is not None)
            if reason is not None:
                notice.say(reason_text(reason))
        obstacle = host_obstacle(snapshot.radios)
        self._host.setEnabled(not obstacle)
        self._host.setAccessibleDescription(obstacle)
        self._why_not.setVisible(bool(obstacle) and snapshot.radios.wifi is None)  # what is wrong with the radio is said above
        self._why_not.setText(obstacle)
        ready = snapshot.radios.trouble is None
        self._connect.setEnabled(ready)
        self._again.setEnabled(ready)
        if not ready:
            self._hint.setText(tr("Possible as soon as the radios are ready."))
        elif snapshot.listening:
            self._hint.setText(tr("Works without any network around.\nThis computer hears when others look for it."))
        else:
            self._hint.setText(tr("Works without any network around."))
