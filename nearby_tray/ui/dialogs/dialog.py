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
    """The window of one `Prompt`. What it shows is the snapshot; what it knows is whether this question was answered."""

    PROMPT: Prompt
    CHARACTERS = 46  # of the font, in its width
    UNASKED = False  # no click of the user opens it, so it never takes the focus by itself

    def __init__(self, controller: Actions, title: str) -> None:
        super().__init__(None, Qt.WindowType.Dialog | Qt.WindowType.WindowStaysOnTopHint)
        self.controller = controller
        self.answered = False
        self.question = ""  # names what is asked, for the answer
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
        """Offer what may be answered now."""

    def _fit(self) -> None:
        width = width_for(self.layout_, max(380, self.fontMetrics().averageCharWidth() * self.CHARACTERS))
        self.setFixedSize(width, height_for(self.layout_, width))

    def render_snapshot(self, snapshot: Snapshot) -> None:
        """Open for a question, close when there is none any more."""
        if snapshot.prompt is not self.PROMPT:
            self.answered = True  # closing is no answer of the user now
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
        """Be the window of the question that `other` was."""
        self._key, self.question, self.answered = other._key, other.question, other.answered

    def key(self, snapshot: Snapshot) -> object:
        """What tells one question from the next."""
        raise NotImplementedError

    def draw(self, snapshot: Snapshot) -> None:
        raise NotImplementedError

    def forget(self) -> None:
        """A new question, or none: nothing of the last one stays."""

    def focus_first(self) -> None:
        """Where the keyboard starts."""

    def leave(self) -> None:
        """Esc, or the window's cross."""
        raise NotImplementedError

    def bring_up(self) -> None:
        """The user wants to see it."""
        self._come_up(quietly=False)
        self.activateWindow()

    def _come_up(self, *, quietly: bool) -> None:
        """Show it; `quietly`: whoever has the focus keeps it, also where the window manager gives it to new windows (X11, user time 0)."""
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating, quietly)
        if (window := self.windowHandle()) is not None:
            window.setProperty("_q_showWithoutActivating", quietly)  # Qt sets it when the window is made, and only then
        if not self.isVisible():
            # QDialog centres it by its size of now, and while hidden Qt keeps what the cards needed for the question before.
            for part in self.findChildren(QWidget):
                part.updateGeometry()
            self._fit()
        self.show()
        self.raise_()
        self.patience.again()

    def settle(self) -> bool:
        """True the first time for this question, once it can have been read: one question has one answer."""
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
            event.accept()  # no answer by accident
            return
        super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        restyle_after(self, event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()
