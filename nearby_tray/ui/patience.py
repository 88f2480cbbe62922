"""A moment in which a window takes no answer: nobody can have read what has only just come up under the pointer or the keys.

The rule: whatever answers a question asks `over` first, and whatever puts the question, or another one, or the window somewhere else,
begins the moment again. A window that no click of the user opened also takes no focus, see `dialogs.Dialog`.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

MILLISECONDS = 1000  # from seeing something to having read it
_ELSEWHERE = (QEvent.Type.Show, QEvent.Type.Move, QEvent.Type.Resize)


class Patience(QObject):
    """Of one window: not `over` for a second after it appeared, moved or changed its size, and after `again`.

    `changed` is called whenever `over` has become another, for buttons to be enabled by it.
    """

    def __init__(self, window: QWidget, changed: Callable[[], object]) -> None:
        super().__init__(window)
        self._window = window
        self._changed = changed
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(changed)
        window.installEventFilter(self)

    @property
    def over(self) -> bool:
        return not self._timer.isActive()

    def again(self) -> None:
        if MILLISECONDS > 0:
            self._timer.start(MILLISECONDS)
        self._changed()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # Somebody who types into this window is in it, and what they type may need another line.
        # Typing into another window excuses nothing.
        focus = QApplication.focusWidget()
        typed = event.type() == QEvent.Type.Resize and isinstance(focus, QLineEdit) and self._window.isAncestorOf(focus)
        if event.type() in _ELSEWHERE and not typed:
            self.again()
        return False
