"""`nearby-tray --demo`: the real face on the simulated air, with a second, simulated person.

With `--once` it walks the whole journey by itself, by the face's own menu and buttons, prints each step on its own line, saves pictures
if asked, and says whether the link was checked and cleanly ended. Like `app.py`, of which it is a part, it knows everything.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QApplication

from .core.model import Snapshot, Stage
from .notifier import Notifier
from .options import Options
from .settings import Settings
from .simulation.demo import controller, neighbourhood, phone
from .system.notifications import Notifications
from .ui.face import Face
from .ui.text.translate import tr

if TYPE_CHECKING:
    from .system.doctor.examination import Doctor

STEP = 60.0  # seconds that one step of the walk may take; the air is simulated, the clock is not


class Wrong(Exception):
    """A step of the walk did not come out as it should."""


class Demo:
    """You, and Robin with a phone, on simulated air."""

    def __init__(self, app: QApplication, options: Options) -> None:
        self._app, self._options = app, options
        self._air, you, self._neighbour = neighbourhood(Settings().shown_name)
        self._settings = Settings(close_quits=True)  # a second start would be another demo, not a way back
        self._you = controller(you, self._settings)
        self._phone = phone(self._air, you, lambda: self._you.snapshot)
        self._neighbour.your_code = lambda: self._you.snapshot.code
        self._pictures = 0
        self._face: Face

    async def run(self, quit: asyncio.Event) -> int:
        """Until `quit` is set, or with `--once` until the walk is over. Returns the exit status."""
        await self._neighbour.open()
        await self._phone.start()
        await self._you.open()
        you = self._you
        hidden = self._options.background
        self._face = Face(self._app, quit=quit.set, hidden=hidden, doctor=self._make_doctor)
        self._face.serve(you)
        notifications = Notifications(icon=self._face.icon_name(), open_label=tr("Open"))
        await notifications.open()
        notifier = Notifier(notifications, you, copy=self._face.copy, raise_window=self._face.raise_)
        you.subscribe(notifier.show)
        status = 0
        try:
            if self._options.once:
                status = await self._walk()
            else:
                if not self._options.background:
                    self._face.show_panel()
                await quit.wait()
        finally:
            self._face.close()
            await you.close()
            await notifications.close()
            await self._neighbour.close()
            await self._phone.stop()
        if self._options.once and status == 0:
            left = self._air.left()
            status = 1 if left else 0
            print(f"FAILED: left behind: {', '.join(left)}" if left else "done: the link was checked and cleanly ended; nothing is left")
        return status

    def _make_doctor(self) -> Doctor:
        """The doctor looks at the real machine: the user of the demo may want to know what is missing."""
        from .system.doctor.examination import Doctor
        from .system.doctor.report import Applet

        return Doctor(lambda: self._you.settings, lambda: Applet(state=["the demo, on simulated air"]))

    async def _walk(self) -> int:
        """First this side calls and Robin accepts; then Robin calls and the dialog is accepted."""
        robin = self._neighbour.controller
        try:
            self._face.show_panel()
            await self._picture("idle")
            self._menu(tr("&Connect nearby"))
            await self._until(lambda s: s.stage is Stage.SEEKING, "seeking: calling on simulated air")
            found = await self._until(_reachable, "found: somebody answered")
            await self._picture("found")
            peer = next(p for p in found.peers if p.reachable)
            self._menu(peer.name)
            asked = await self._until(
                lambda s: s.stage is Stage.ASKING and s.code is not None and robin.snapshot.code is not None,
                f"asked: {peer.name} shows the same code?",
                other=True,  # the other side has its code one message later
            )
            if asked.code != robin.snapshot.code:
                raise Wrong("the two codes differ")
            print(f"code: {asked.code} on both screens", flush=True)
            await self._picture("asking")
            await self._until(lambda s: s.agreed_there and s.may_match, "accepted: Robin says yes")
            await self._button("matchButton")
            await self._until(lambda s: s.stage in (Stage.MEETING, Stage.FORMING), "both agree: finding each other on Wi-Fi")
            await self._until(lambda s: s.stage is Stage.CHECKING, "formed: the group is up")
            await self._linked(robin.snapshot)
            self._menu(tr("&Disconnect"))
            await self._until(lambda s: s.stage is Stage.IDLE, "ended: disconnected by us")
            await self._other_idle()

            robin.seek()
            print("called: Robin looks for somebody", flush=True)
            await self._until(lambda _: _reachable(robin.snapshot), "heard: we answered Robin's call", other=True)
            robin.ask(next(p.id for p in robin.snapshot.peers if p.reachable))
            await self._until(lambda s: s.stage is Stage.ASKED, "dialog: Robin asks for a link")
            await self._picture("request")
            await self._button("acceptButton")
            await self._until(lambda s: s.stage is Stage.CHECKING, "formed: the group is up")
            await self._linked(robin.snapshot)
            robin.disconnect()
            await self._until(lambda s: s.stage is Stage.IDLE, "ended: Robin disconnected")
            await self._other_idle()
        except Wrong as wrong:
            print(f"FAILED: {wrong}", flush=True)
            return 1
        return 0

    async def _linked(self, _: Snapshot) -> None:
        await self._until(lambda s: s.stage is Stage.LINKED, "linked: the first authenticated pong came back")
        linked = await self._until(lambda s: s.health is not None and s.health.pongs >= 10, "healthy: ten pongs")
        await self._picture("linked")
        if linked.failure is not None:
            raise Wrong(f"a failure on a healthy link: {linked.failure}")

    async def _other_idle(self) -> None:
        robin = self._neighbour.controller
        await self._until(lambda _: robin.snapshot.stage is Stage.IDLE, "ended: on Robin's side too", other=True)

    async def _until(self, holds: Callable[[Snapshot], bool], step: str, *, other: bool = False) -> Snapshot:
        """Wait for a snapshot of this side (`other`: of either side) that satisfies `holds`, then print the step."""
        came = asyncio.Event()

        def look(_: Snapshot) -> None:
            if holds(self._you.snapshot):
                came.set()

        undo = [self._you.subscribe(look)] + ([self._neighbour.controller.subscribe(look)] if other else [])
        try:
            async with asyncio.timeout(STEP):
                await came.wait()
        except TimeoutError:
            snapshot = self._you.snapshot
            raise Wrong(f"not within {STEP:.0f} s: {step} (we are {snapshot.stage.value}, {snapshot.failure})") from None
        finally:
            for unsubscribe in undo:
                unsubscribe()
        print(step, flush=True)
        return self._you.snapshot

    def _menu(self, label: str) -> None:
        """Click an entry of the tray's menu."""
        for action in self._face.tray.menu.actions():
            if isinstance(action, QAction) and label.replace("&", "") in action.text().replace("&", "") and action.isEnabled():
                action.trigger()
                return
        raise Wrong(f"the menu has no “{label}” to click")

    async def _button(self, name: str) -> None:
        """Click a button of an open window, once it takes an answer."""
        for _ in range(50):
            for window in self._app.topLevelWidgets():
                button = window.findChild(QAbstractButton, name)
                if window.isVisible() and button is not None and button.isVisible() and button.isEnabled():
                    button.click()
                    return
            await asyncio.sleep(0.1)
        raise Wrong(f"no window has a button “{name}” to click")

    async def _picture(self, name: str) -> None:
        """Save what is on the screen, when asked to."""
        folder = self._options.screenshots
        if folder is None:
            return
        await asyncio.sleep(0.4)  # let the windows be drawn
        folder.mkdir(parents=True, exist_ok=True)
        self._pictures += 1
        for number, window in enumerate(w for w in self._app.topLevelWidgets() if w.isVisible() and w.isWindow() and w.windowTitle()):
            path = folder / f"{self._pictures:02}-{name}{f'-{number}' if number else ''}.png"
            if not window.grab().save(str(path)):
                print(f"could not save {path}", file=sys.stderr)


def _reachable(snapshot: Snapshot) -> bool:
    return any(peer.reachable for peer in snapshot.peers)
