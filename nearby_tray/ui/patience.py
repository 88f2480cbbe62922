"""A moment in which a window takes no answer, because the user cannot have read yet what has just come up under the pointer or the keys.

The rule: code that answers a question checks `over` first, and code that asks another question begins the moment again (`again`). Showing,
moving and resizing the window begin it by themselves. A window that no click of the user opened also takes no focus (`dialogs/dialog.py`).
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

MILLISECONDS = 1000  # from seeing a question to having read it
_ELSEWHERE = (QEvent.Type.Show, QEvent.Type.Move, QEvent.Type.Resize)


class Patience(QObject):
    """The moment of one window: `over` is false for a second after the window appeared, moved or changed its size, and after `again`.

    Calls `changed` whenever `over` has changed, so that buttons can be enabled by it.
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
        # A user who types into this window has read it, and the typed text may need another line.
        # Typing into another window does not count.
        focus = QApplication.focusWidget()
        typed = event.type() == QEvent.Type.Resize and isinstance(focus, QLineEdit) and self._window.isAncestorOf(focus)
        if event.type() in _ELSEWHERE and not typed:
            self.again()
        return False
