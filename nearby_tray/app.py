"""Builds everything, runs it, and takes it down again: the only module that knows all the others.

Qt is imported here and in `ui/` only, and only by the ways of running that have a face; `--headless` never loads it. The icon comes first:
everything else is imported by the functions that need it, after it is there (measured by `tests/bench.py`).
"""

from __future__ import annotations

import asyncio
import builtins
import importlib
import logging
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from . import BUS_INTERFACE, BUS_NAME, BUS_PATH
from .core.model import Failure
from .logs import LastLines, say_as_much_as
from .options import Options
from .presence import Presence
from .signals import until_quit
from .tasks import in_turn, outcome
from .ui.text.reasons import failure_text
from .ui.text.translate import in_english, tr

if TYPE_CHECKING:
    from .at_login import AtLogin
    from .controller import Controller
    from .core.wire import Kind
    from .edges import Edges
    from .settings import Settings
    from .system.bluetooth.bluez import BlueZ
    from .system.doctor.examination import Doctor
    from .system.trust import Trust, TrustFile
    from .ui.face import Face

log = logging.getLogger(__name__)


_RUNS = 100  # of Qt's loop, until the applet has ended in order


def run(options: Options) -> int:
    """Run the applet as `options` say, until it is told to quit. Returns the exit status."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    say_as_much_as(options.log_level or "info")
    if os.geteuid() == 0 and not options.demo:
        from .private_file import foreign_home

        if (folder := foreign_home()) is not None:
            harm = "started as root, Nearby Tray would leave files there that its owner could not change any more"
            print(f"{folder} belongs to another user: {harm}. Start it as that user, without sudo.", file=sys.stderr)
            return 1
    lines = LastLines()
    logging.getLogger().addHandler(lines)
    if options.headless:
        return asyncio.run(until_quit(_Applet(options, lines=lines).run, asyncio.Event()))
    plain_imports()
    from .ui.theme import prepare_environment

    prepare_environment()
    from .screen import Screen

    screen = Screen()
    app = screen.application("nearby-tray")
    app.setApplicationName("nearby-tray")
    app.setApplicationDisplayName("Nearby Tray")
    from .ui import language

    language.install(app)  # the system's; the settings are read after the icon is there, and may say another one
    if not options.demo and _show_running(options):
        return 0
    from concurrent.futures import ThreadPoolExecutor

    import qasync

    if options.demo:
        from .demo import Demo

        work = Demo(app, options).run
    else:
        work = _Applet(options, app, lines).run
    with qasync.QEventLoop(app) as loop:
        loop.set_default_executor(ThreadPoolExecutor())  # a thread when there is work for one; qasync's own begins with ten
        quit = asyncio.Event()
        main = outcome(until_quit(work, quit), "the applet", loop)

        def lost() -> None:
            log.error("the screen has gone, so Nearby Tray ends")
            quit.set()

        screen.watch(main, lost)
        for _ in range(_RUNS):
            # Qt ends its loop by itself when the session ends, or when something calls `quit`.
            with suppress(RuntimeError):
                loop.run_until_complete(main)
            if main.done():
                return int(main.result())
            quit.set()
        return 1


def plain_imports() -> None:
    """Load PySide without what it does to `import` afterwards.

    For `from __feature__ import …`, which is not used here, it would read and keep the source text of every module that comes later
    (measured: 6 MiB, and a tenth of the time until all is loaded).
    """
    import PySide6.QtCore  # noqa: F401 - this puts it there

    builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)


def _show_running(options: Options) -> bool:
    """True if an applet runs already; then its window is raised, unless this start was to be a quiet one."""
    from PySide6.QtDBus import QDBusConnection, QDBusMessage

    bus = QDBusConnection.sessionBus()
    if not bus.isConnected() or not bus.interface().isServiceRegistered(BUS_NAME).value():
        return False
    if not options.background:
        bus.send(QDBusMessage.createMethodCall(BUS_NAME, BUS_PATH, BUS_INTERFACE, "Raise"))
    print("Nearby Tray is running already.", file=sys.stderr)
    return True


_WORK = (
    ".core.wire",
    ".core.conversation",
    ".core.session",
    ".controller",
    ".system.trust",
    ".system.bus",
    ".system.wifi.managed",
    ".system.wifi.choice",
    ".system.bluetooth.bluez",
    ".system.notifications",
    ".system.service",
    ".system.login",
    ".system.pinger",
)


async def _load() -> None:
    """Import what does the work, a part at a time: in between, the tray's requests for the icon are answered."""
    for name in ("msgspec", *_WORK):
        await asyncio.sleep(0)
        importlib.import_module(name, __package__)
    await asyncio.sleep(0)


class _Applet:
    """The real thing, with a face (`app`) or without."""

    def __init__(self, options: Options, app: object | None = None, lines: LastLines | None = None) -> None:
        self._options, self._app, self._lines = options, app, lines or LastLines()
        self._quit: asyncio.Event
        self._face: Face | None = None
        self._at_login: AtLogin
        self._path: Path
        self._settings: Settings
        self._trust: TrustFile
        self._known: Trust
        self._bluez: BlueZ | None = None
        self._presence: Presence
        self.controller: Controller

    async def run(self, quit: asyncio.Event) -> int:
        """Until `quit` is set. Returns the exit status."""
        self._quit = quit
        if self._app is not None:
            self._face = self._make_face()
            await _load()
        from .at_login import AtLogin

        self._at_login = AtLogin(self._login_changed)
        self.controller = self._make_controller()
        if self._face is not None:
            self._face.serve(self.controller)
        self._speak()
        self._presence = Presence(self.controller.set_away, seen=not self._options.activated)
        if self._app is not None and self._options.activated:
            from PySide6.QtWidgets import QApplication

            assert isinstance(self._app, QApplication)
            self._app.focusChanged.connect(lambda _, now: self._presence.seen() if now is not None else None)
        from .notifier import Notifier
        from .system.bus import BusGone
        from .system.login import Login
        from .system.notifications import Notifications
        from .system.service import AlreadyRunning, Service

        service = Service(
            self.controller, self, describe, lambda: self._lines.lines, lambda: self._at_login.as_json(self.controller.settings)
        )
        try:
            await service.open()
        except AlreadyRunning:
            # The other applet began at the same moment.
            if self._face is not None:
                self._face.close()
            return 0
        except BusGone as error:
            # Without a session bus there are no verbs and no notifications, but the link works.
            log.warning("no session bus: %s", error)

        notifications = Notifications(icon=self._face.icon_name() if self._face is not None else "nearby-tray", open_label=tr("Open"))
        await notifications.open()
        notifier = Notifier(
            notifications, self.controller, raise_window=self.raise_window, copy=self._face.copy if self._face is not None else None
        )
        login = Login(self._presence.away, suspend=self.controller.suspend, wake=self.controller.wake)
        self.controller.subscribe(service.show)
        self.controller.subscribe(notifier.show)
        await login.open()  # first: until it is known whether the session is locked, no caller is heard
        await self.controller.open()
        try:
            await self._quit.wait()
        finally:
            if self._face is not None:
                self._face.close()
            await in_turn(
                ("the session's watch", login.close),
                ("what starts the applet at login", self._at_login.close),
                ("the link", self.controller.close),
                ("notifications", notifications.close),
                ("the interface for programs", service.close),
            )
        return 0

    # --- `service.Program` ---

    def used(self) -> None:
        self._presence.seen()

    def raise_window(self) -> None:
        if self._face is not None:
            self._face.raise_()

    def quit(self) -> None:
        self._quit.set()

    def _make_controller(self) -> Controller:
        from . import private_file, settings
        from .controller import Controller
        from .system.trust import TrustFile

        self._path = settings.settings_path()
        private_file.sweep(self._path)
        self._settings, problems = settings.load(self._path)
        if self._options.log_level is None:
            say_as_much_as(self._settings.log_level)
        self._trust = TrustFile()
        self._known = self._trust.load()  # logs its problems itself
        for problem in problems:
            log.warning("%s", problem)
        return Controller(
            self._edges,
            identity=self._known.identity,
            trusted=self._known.peers,
            settings=self._settings,
            entropy=os.urandom,
            kind=machine_kind(),
            on_settings=self._keep,
            problems=(*problems, *self._known.problems),
        )

    def _edges(self) -> Edges:
        from .edges import Edges
        from .system.bluetooth.bluez import BlueZ
        from .system.journal import Journal
        from .system.pinger import UdpPinger
        from .system.prober import EchoProber
        from .system.wifi.choice import choose

        journal = Journal()
        self._bluez = BlueZ(self._settings.adapter, journal, self._adapter_chosen)
        return Edges(self._bluez, choose(journal), UdpPinger(), EchoProber(), self._trust)

    def _adapter_chosen(self, address: str) -> None:
        """Keep the adapter's address: its number may be another adapter's after the next start."""
        import msgspec

        self.controller.apply(msgspec.structs.replace(self.controller.settings, adapter=address))

    def _make_face(self) -> Face:
        from PySide6.QtWidgets import QApplication

        from .ui.face import Face

        assert isinstance(self._app, QApplication)
        return Face(
            self._app,
            adapters=lambda: [(address, f"{name} ({address})") for address, name in self._bluez.adapters] if self._bluez else [],
            autostart_note=self._autostart_note,
            languages=languages,
            quit=self.quit,
            hidden=self._options.background,
            doctor=self._make_doctor,
        )

    def _make_doctor(self) -> Doctor:
        from .status import Status
        from .system.doctor import report
        from .system.doctor.examination import Doctor

        def applet() -> report.Applet:
            return report.Applet.of(Status.of(self.controller.snapshot, describe).as_json(), list(self._lines.lines))

        return Doctor(lambda: self.controller.settings, applet)

    def _speak(self) -> None:
        """Speak the language of the settings."""
        if self._app is None or self._face is None:
            return
        from PySide6.QtCore import QTimer
        from PySide6.QtWidgets import QApplication

        from .ui import language

        assert isinstance(self._app, QApplication)
        if language.install(self._app, self.controller.settings.language):
            # Not from inside the window in which it was chosen.
            QTimer.singleShot(0, self._face, self._face.reword)

    def _keep(self, settings: Settings) -> str:
        """Have the settings in force everywhere, and in the file. Returns why they are not there."""
        from . import settings as settings_file

        before, self._settings = self._settings, settings
        if settings.log_level != before.log_level:
            say_as_much_as(settings.log_level)
        if (settings.autostart, settings.autostart_by) != (before.autostart, before.autostart_by):
            # Only then: what another program has switched off meanwhile stays off while other settings change.
            self._at_login.choose(settings.autostart, settings.autostart_by)
        if self._bluez is not None:
            self._bluez.choose(settings.adapter)
        unkept = ""
        try:
            settings_file.save(self._path, settings)
        except OSError as error:
            log.error("the settings could not be kept: %s", error)
            unkept = error.strerror or str(error)
        self._speak()
        return unkept

    def _autostart_note(self) -> str:
        """What starts the applet at login, as it was when last read; it is read again, and the window told."""
        self._at_login.look()
        settings = self.controller.settings
        return self._at_login.words(settings.autostart, settings.autostart_by)

    async def _autostart(self) -> dict[str, object]:
        return await self._at_login.as_json(self.controller.settings)

    def _login_changed(self) -> None:
        if self._face is not None:
            self._face.settings_changed()


def describe(failure: Failure, peer: str) -> tuple[str, str]:
    """The sentence and the advice for the command line and other programs, which are told everything in English."""
    with in_english():
        said = failure_text(failure, peer)
    return said.sentence, said.advice


def languages() -> tuple[tuple[str, str], ...]:
    from .ui.language import available

    return available()


def machine_kind() -> Kind:
    """What kind of machine this is, for the icon that others see of it."""
    from . import host
    from .core.wire import Kind

    return Kind(host.chassis() or "other")
