"""The whole face with its notifications on a controller that only writes down, as a program of its own on a real desktop.

Told on stdin, one line each: `scene NAME` (of tests/ui/scenes.py), `peer NAME` (the other's name, JSON), `settings FIELD VALUE` (JSON),
`now`, `panel` (opens it), `close` (it, as its title bar does), `quit`. Says on stdout, as JSON, what happens to it, and after each line
how things are.
"""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import replace

import msgspec

from nearby_tray.core.model import Snapshot
from nearby_tray.settings import changed
from nearby_tray.ui.theme import prepare_environment
from tests.ui.scenes import SCENES, FakeController
from tests.ui.tray_program import say, telling

ACTS = frozenset({"seek", "stop_seeking", "ask", "accept", "decline", "cancel", "disconnect", "dismiss", "apply"})


class Telling(FakeController):
    """Says each thing that it was asked for."""

    def __getattribute__(self, name: str) -> object:
        found = super().__getattribute__(name)
        return telling(name, found) if name in ACTS else found


def renamed(snapshot: Snapshot, name: str) -> Snapshot:
    peers = tuple(replace(peer, name=name) for peer in snapshot.peers)
    return replace(snapshot, peers=peers, peer=replace(snapshot.peer, name=name) if snapshot.peer else None)


async def main() -> None:
    from PySide6.QtWidgets import QApplication

    from nearby_tray.notifier import Notifier
    from nearby_tray.system.notifications import Notifications
    from nearby_tray.ui import text
    from nearby_tray.ui.face import Face

    app = QApplication.instance()
    assert isinstance(app, QApplication)
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
            case "now":
                pass
            case _:
                ended.set()
                return
        snapshot = SCENES[scene]
        controller.show(renamed(snapshot, peer) if peer else snapshot)
        say(done=verb, tooltip=text.tooltip(controller.snapshot), icon=place(), windows=windows(), notes=sorted(notifications.shown))

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
