"""The whole face with its notifications on a controller that only writes down, as a program of its own on a real desktop.

Told on stdin, one line each: `scene NAME` (of tests/ui/scenes.py; `NAME 2`: the same with another question), `peer NAME` (the other's name,
JSON), `settings FIELD VALUE` (JSON), `now`, `panel` (opens it), `close` (it, as its title bar does), `raise` (as starting the program again
does), `where NAME` (the visible widget with that object name), `quit`. Says on stdout, as JSON, what happens to it, and after each line how
things are. `answerable` is said whenever a window's moment without answers is over; with the argument `--impatient` there is none.
"""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec

from nearby_tray.core.model import Snapshot
from nearby_tray.settings import changed
from nearby_tray.ui.theme import prepare_environment
from tests.ui.scenes import SCENES, FakeController
from tests.ui.tray_program import say, telling

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

ANSWERS = frozenset({"accept", "decline", "allow", "forbid", "match", "enter_pin", "cancel"})
ACTS = ANSWERS | {"seek", "stop_seeking", "ask", "disconnect", "dismiss", "apply"}


class Telling(FakeController):
    """Says each thing that it was asked for."""

    def __getattribute__(self, name: str) -> object:
        found = super().__getattribute__(name)
        return telling(name, found) if name in ACTS else found


def renamed(snapshot: Snapshot, name: str) -> Snapshot:
    peers = tuple(replace(peer, name=name) for peer in snapshot.peers)
    return replace(snapshot, peers=peers, peer=replace(snapshot.peer, name=name) if snapshot.peer else None)


def another(snapshot: Snapshot) -> Snapshot:
    """The same, asked by somebody else a second later."""
    wish = replace(snapshot.wish, id="another", since=snapshot.wish.since + 1) if snapshot.wish is not None else None
    return replace(snapshot, question="another", code="111 111" if snapshot.code else None, started=snapshot.started + 1, wish=wish)


def watch(patient: bool) -> None:
    """Say when a window's moment without answers is over."""
    from nearby_tray.ui import patience

    if not patient:
        patience.MILLISECONDS = 0
    begin = patience.Patience.__init__

    def watched(self: patience.Patience, window: QWidget, changed: Callable[[], object]) -> None:
        begin(self, window, changed)
        self._timer.timeout.connect(lambda: say(answerable=True))

    patience.Patience.__init__ = watched  # type: ignore[method-assign]


async def main() -> None:
    from PySide6.QtCore import QEvent, QObject
    from PySide6.QtWidgets import QApplication, QDialog, QWidget

    from nearby_tray.notifier import Notifier
    from nearby_tray.system.notifications import Notifications
    from nearby_tray.ui.face import Face
    from nearby_tray.ui.text.states import tooltip

    app = QApplication.instance()
    assert isinstance(app, QApplication)
    watch(patient="--impatient" not in sys.argv)
    controller = Telling(SCENES["idle"])
    ended = asyncio.Event()
    face = Face(app, quit=ended.set, hidden="--background" in sys.argv)
    face.serve(controller)

    def windows() -> list[str]:
        return sorted(w.windowTitle() for w in app.topLevelWidgets() if w.isVisible() and w.windowTitle())

    def place() -> tuple[int, int]:
        """The middle of the icon, in pixels of the (one) screen."""
        middle, ratio = face.tray.geometry().center(), app.devicePixelRatio()
        return round(middle.x() * ratio), round(middle.y() * ratio)

    def where(name: str) -> tuple[int, int] | None:
        found = next((w for top in app.topLevelWidgets() for w in top.findChildren(QWidget, name) if w.isVisible()), None)
        if found is None:
            return None
        middle, ratio = found.mapToGlobal(found.rect().center()), app.devicePixelRatio()
        return round(middle.x() * ratio), round(middle.y() * ratio)

    class Counting(QObject):
        """What the dialogs get to feel."""

        keys = clicks = 0

        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() is QEvent.Type.KeyPress and isinstance(watched, QDialog):
                self.keys += 1
            elif event.type() is QEvent.Type.MouseButtonPress and watched.objectName() in ("acceptButton", "allowButton"):
                self.clicks += 1
            return False

    felt = Counting()
    app.installEventFilter(felt)

    def copied() -> None:
        say(copied=app.clipboard().text())

    notifications = Notifications(icon=face.icon_name())
    await notifications.open()
    notifier = Notifier(notifications, controller, copy=face.copy, raise_window=face.raise_)
    controller.subscribe(notifier.show)
    app.clipboard().dataChanged.connect(copied)
    face.tray.homed.connect(lambda home: say(homed=home, windows=windows()))
    peer = ""
    scene = "idle"
    loop = asyncio.get_running_loop()

    def told() -> None:
        nonlocal peer, scene
        verb, _, rest = sys.stdin.readline().strip().partition(" ")
        found = None
        match verb:
            case "scene":
                scene = rest
            case "peer":
                peer = json.loads(rest)
            case "settings":
                field, _, value = rest.partition(" ")
                controller.settings = changed(controller.settings, {field: json.loads(value)})
            case "panel":
                face.show_panel()
            case "close":
                for window in app.topLevelWidgets():
                    if window.isVisible() and window.windowTitle() == "Nearby Tray":
                        window.close()
            case "raise":
                face.raise_()
            case "where":
                found = where(rest)
            case "now":
                pass
            case _:
                ended.set()
                return
        name, _, number = scene.partition(" ")
        snapshot = another(SCENES[name]) if number else SCENES[name]
        controller.show(renamed(snapshot, peer) if peer else snapshot)
        shown = {"windows": windows(), "notes": sorted(notifications.shown), "keys": felt.keys, "clicks": felt.clicks}
        say(done=verb, tooltip=tooltip(controller.snapshot), icon=place(), where=found, **shown)

    loop.add_reader(sys.stdin.fileno(), told)
    say(event="running", settings=msgspec.to_builtins(controller.settings))
    await ended.wait()
    loop.remove_reader(sys.stdin.fileno())
    face.close()
    await notifications.close()
    say(event="ended")


if __name__ == "__main__":
    prepare_environment()
    import qasync
    from PySide6.QtWidgets import QApplication

    application = QApplication(sys.argv[:1])
    application.setApplicationName("nearby-tray")
    with qasync.QEventLoop(application) as event_loop:
        event_loop.run_until_complete(main())
