"""The incoming request: who asks, what for, the code to compare, and how long there is to decide.

It exists while the snapshot says `asked` and closes because the snapshot moved on, never by itself; it is not modal, so nothing waits
for it. Whatever closes it from the user's side (Esc, the window's cross) declines, once. Accepting needs a click, Alt+A or the
space bar on the button: Enter never accepts, for the window opens while somebody may be typing elsewhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QCheckBox, QDialog, QVBoxLayout

from ..core.model import Snapshot, Stage
from . import text, theme
from .parts import Code, Countdown, Notice, Who, button, card, height_for, label, restyle, restyle_after, row, set_role
from .text import tr

if TYPE_CHECKING:
    from .face import Controller


class RequestDialog(QDialog):
    def __init__(self, controller: Controller) -> None:
        super().__init__(None, Qt.WindowType.Dialog | Qt.WindowType.WindowStaysOnTopHint)
        self._controller = controller
        self._answered = False
        self._key: object = None
        self.setObjectName("face")
        self.setWindowTitle(tr("Incoming request"))
        self.setAccessibleName(tr("Incoming request"))
        self.setWindowIcon(theme.application_icon())
        self.setModal(False)
        self.setFixedWidth(max(380, self.fontMetrics().averageCharWidth() * 46))

        self._changed = Notice("bad", "warning")
        self._changed.setObjectName("identityChanged")
        frame, inside = card(spacing=10)
        self._who, self._code, self._compare, self._countdown = Who(), Code(), label(), Countdown()
        self._compare.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        for each in (self._who, self._code, self._compare, self._countdown):
            inside.addWidget(each)
        self._remember = QCheckBox(tr("&Remember this computer"))
        self._remember.setObjectName("rememberBox")
        self._remember.setToolTip(tr("If both of you remember, there is no code to compare next time."))
        self._remember.setAccessibleName(tr("Remember this computer"))
        self._accept = button(tr("&Accept"), self._accept_it, role="primary", name="acceptButton")
        self._decline = button(tr("&Decline"), self._decline_it, name="declineButton")
        self._decline.setDefault(True)
        for answer in (self._accept, self._decline):
            answer.setMinimumSize(110, 38)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(12)
        layout.addWidget(self._changed)
        layout.addWidget(frame)
        layout.addWidget(self._remember)
        layout.addLayout(row(1, self._decline, self._accept))
        self.setTabOrder(self._decline, self._accept)
        restyle(self)

    def render_snapshot(self, snapshot: Snapshot) -> None:
        """Open for a request, close when there is none any more."""
        if snapshot.stage is not Stage.ASKED:
            self._answered = True  # closing is no answer of the user now
            self._key = None
            self.hide()
            return
        key = (snapshot.peer.id if snapshot.peer else "", snapshot.code, snapshot.started)
        if key != self._key:
            self._key = key
            self._answered = False
            self._remember.setChecked(False)
        self._draw(snapshot)
        if not self.isVisible() and not self._answered:
            self._decline.setFocus()
            self.bring_up()

    def bring_up(self) -> None:
        self.show()
        self.raise_()
        self.activateWindow()
        QApplication.alert(self)

    def _draw(self, snapshot: Snapshot) -> None:
        peer = snapshot.peer
        changed = peer is not None and peer.identity_changed
        self._changed.setVisible(changed)
        if changed and peer is not None:
            self._changed.say(text.identity_changed_text(peer.name))
        set_role(self._accept, "" if changed else "primary")
        self._who.show_peer(peer, text.request_line(snapshot))
        self._code.setVisible(snapshot.code is not None and snapshot.needs_code)
        self._code.show_code(snapshot.code or "")
        self._compare.setText(text.compare_words(snapshot))
        self._remember.setVisible(snapshot.needs_code)
        self._countdown.follow(snapshot)
        self._enable(not self._answered)

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Show):
            layout = self.layout()
            if layout is not None:
                self.setFixedHeight(height_for(layout, self.width()))
        return done

    def _settle(self) -> bool:
        """True the first time for this request: one request has one answer."""
        if self._answered:
            return False
        self._answered = True
        self._enable(False)
        return True

    def _enable(self, on: bool) -> None:
        for each in (self._accept, self._decline, self._remember):
            each.setEnabled(on)

    def _accept_it(self) -> None:
        remember = self._remember.isChecked() and self._remember.isVisible()
        if self._settle():
            self._controller.accept(remember)

    def _decline_it(self) -> None:
        if self._settle():
            self._controller.decline()

    def reject(self) -> None:  # Esc
        self._decline_it()
        self.hide()

    def closeEvent(self, event: QCloseEvent) -> None:
        self._decline_it()
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not self._decline.hasFocus():
            event.accept()  # neither answer by accident
            return
        super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        restyle_after(self, event)
