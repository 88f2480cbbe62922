"""The window in which the user types while a request comes: it fills the screen and says, for each line, how it fares."""

from __future__ import annotations

import sys

from PySide6.QtCore import QSocketNotifier, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from tests.ui.tray_program import say


class Editor(QWidget):
    keys = lost = 0

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.lost += 1

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.keys += 1

    def tell(self) -> None:
        say(done=True, focus=self.hasFocus(), lost=self.lost, keys=self.keys)


def main() -> None:
    app = QApplication(sys.argv[:1])
    editor = Editor()
    editor.setWindowTitle("Editor")
    editor.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    editor.resize(app.primaryScreen().size())
    told = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read)
    told.activated.connect(lambda: editor.tell() if sys.stdin.readline() else app.quit())
    editor.show()
    editor.activateWindow()
    app.exec()


if __name__ == "__main__":
    main()
