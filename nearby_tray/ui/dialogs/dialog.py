"""What the dialogs have in common. A dialog exists while the snapshot needs it and closes because the snapshot moved on; none is modal.

A dialog opens while its user may be typing or clicking elsewhere, so that nobody answers by accident: it takes no focus unless the user is
in this program, no button is the default or has the focus, and for a second after it came up, moved or changed what it asks it takes no
answer at all (`ui/patience.py`). Closing a dialog (Esc, the window's cross) declines, once; a PIN that is shown is only hidden.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QDialog, QPushButton, QVBoxLayout, QWidget

from ...core.model import Prompt, Snapshot
from ..icons import application_icon
from ..parts.basics import height_for, width_for
from ..parts.style import restyle_after
from ..patience import Patience

if TYPE_CHECKING:
    from ...edges import Actions


class Dialog(QDialog):
    """The window of one `Prompt`. It draws the snapshot, and remembers only whether the user has answered this question."""

    PROMPT: Prompt
    CHARACTERS = 46  # that fit into its width
    UNASKED = False  # True: no click of the user opens it, so it takes no focus

    def __init__(self, controller: Actions, title: str) -> None:
        super().__init__(None, Qt.WindowType.Dialog | Qt.WindowType.WindowStaysOnTopHint)
        self.controller = controller
        self.answered = False
        self.question = ""  # `Snapshot.question` or the id of the wish, which the answer names
        self._key: object = None
        self.setObjectName("face")
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.setWindowIcon(application_icon())
        self.setModal(False)
        self.layout_ = QVBoxLayout(self)
        self.layout_.setContentsMargins(16, 16, 16, 16)
        self.layout_.setSpacing(12)
        self.patience = Patience(self, self._enable)

    def _enable(self) -> None:
        """Enable the answers that can be given now."""

    def _fit(self) -> None:
        width = width_for(self.layout_, max(380, self.fontMetrics().averageCharWidth() * self.CHARACTERS))
        self.setFixedSize(width, height_for(self.layout_, width))

    def render_snapshot(self, snapshot: Snapshot) -> None:
        """Open for a new question; close when the snapshot has no question for this dialog."""
        if snapshot.prompt is not self.PROMPT:
            self.answered = True  # so that closing is not taken for an answer of the user
            if self._key is not None:
                self._key = None
                self.forget()
            self.hide()
            return
        key = self.key(snapshot)
        if key != self._key:
            self._key = key
            self.question = snapshot.wish.id if self.PROMPT is Prompt.WISH and snapshot.wish is not None else snapshot.question
            self.answered = False
            self.forget()
            self.patience.again()
        self.draw(snapshot)
        if not self.isVisible() and not self.answered:
            self.focus_first()
            self._come_up(quietly=self.UNASKED or QApplication.activeWindow() is None)
            QApplication.alert(self)

    def take_over(self, other: Dialog) -> None:
        """Take the question of `other`, which this window replaces."""
        self._key, self.question, self.answered = other._key, other.question, other.answered

    def key(self, snapshot: Snapshot) -> object:
        """A value that differs between two questions."""
        raise NotImplementedError

    def draw(self, snapshot: Snapshot) -> None:
        raise NotImplementedError

    def forget(self) -> None:
        """Clear what belongs to the last question."""

    def focus_first(self) -> None:
        """Set the keyboard focus."""

    def leave(self) -> None:
        """The user closes the window, with Esc or its cross."""
        raise NotImplementedError

    def bring_up(self) -> None:
        """Show it to a user who wants to see it."""
        self._come_up(quietly=False)
        self.activateWindow()

    def _come_up(self, *, quietly: bool) -> None:
        """Show it. `quietly`: take no focus, also from a window manager that focuses new windows (X11: user time 0)."""
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating, quietly)
        if (window := self.windowHandle()) is not None:
            window.setProperty("_q_showWithoutActivating", quietly)  # Qt reads the attribute only when it makes the window
        if not self.isVisible():
            # QDialog centres a window by the size that it has now, and a hidden one still has the size of the last question.
            for part in self.findChildren(QWidget):
                part.updateGeometry()
            self._fit()
        self.show()
        self.raise_()
        self.patience.again()

    def settle(self) -> bool:
        """True once for each question, and not before the user can have read it: one question has one answer."""
        if self.answered or not self.patience.over:
            return False
        self.answered = True
        return True

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Show):
            self._fit()
        return done

    def reject(self) -> None:  # Esc
        if self.patience.over:
            self.leave()
            self.hide()

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.patience.over:
            event.ignore()
            return
        self.leave()
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        focus = self.focusWidget()
        default = isinstance(focus, QPushButton) and focus.isDefault()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not default:
            event.accept()  # Enter must not answer by accident
            return
        super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        restyle_after(self, event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()
