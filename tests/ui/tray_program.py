"""The face with the writing-down controller, as a program of its own under a real display; says on stdout what happens to it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

from nearby_tray.ui.theme import is_dark, prepare_environment

from .scenes import SCENES, FakeController


class Telling(FakeController):
    def __getattribute__(self, name: str) -> object:
        found = super().__getattribute__(name)
        return telling(name, found) if name in ("seek", "decline", "accept") else found


def telling(name: str, act: Any) -> Callable[..., None]:
    """`act`, saying so when it is called."""

    def told(*values: object) -> None:
        say(call=name)
        act(*values)

    return told


def say(**values: object) -> None:
    print(json.dumps(values), flush=True)


def main() -> None:
    prepare_environment()
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    from nearby_tray.ui.face import Face

    app = QApplication(sys.argv[:1])
    app.setApplicationName("nearby-tray")
    scenes = [word for word in sys.argv[1:] if word != "--background"]
    controller = Telling(SCENES[scenes[0] if scenes else "idle"])
    face = Face(app, quit=app.quit, hidden="--background" in sys.argv)
    face.serve(controller)

    def windows() -> list[str]:
        return [w.windowTitle() for w in app.topLevelWidgets() if w.isVisible() and w.windowTitle()]

    face.tray.homed.connect(lambda home: say(homed=home, windows=windows()))
    face.look.changed.connect(lambda: say(dark=is_dark(app.palette())))
    app.fontChanged.connect(lambda font: say(font=f"{font.family()} {font.pointSize()}"))

    def look() -> None:
        if (width := face.tray.geometry().width()) > 8:
            docked.stop()
            say(docked=True, width=width)

    # Docked in an XEmbed tray the icon has a place on the screen; Qt says so without a signal.
    docked = QTimer(app)
    docked.setInterval(50)
    docked.timeout.connect(look)
    docked.start()
    # A question that has only just come up takes no answer.
    asked = QTimer(app)
    asked.setInterval(50)

    def ready() -> None:
        if face._dialogs and all(dialog.patience.over for dialog in face._dialogs.values()):
            asked.stop()
            say(answerable=True)

    asked.timeout.connect(ready)
    asked.start()
    QTimer.singleShot(0, lambda: say(event="running"))
    app.exec()
    face.close()
    say(event="ended")


if __name__ == "__main__":
    main()
