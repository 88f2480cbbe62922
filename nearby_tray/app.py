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
import signal
import sys
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from . import BUS_INTERFACE, BUS_NAME, BUS_PATH
from .core.model import Failure
from .options import Options
from .tasks import Tasks, in_turn, outcome
from .ui.text.doctor import finding_text
from .ui.text.reasons import failure_text
from .ui.text.translate import in_english, tr

if TYPE_CHECKING:
    from .controller import Controller
    from .core.wire import Kind
    from .edges import Edges
    from .settings import AutostartBy, Settings
    from .system.autostart import Found
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
        return asyncio.run(_until_quit(_Applet(options, lines=lines).run, asyncio.Event()))
    plain_imports()
    from .ui.face import prepare_environment

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
        main = outcome(_until_quit(work, quit), "the applet", loop)

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
    """Whether there is an applet already; then its window comes up, unless this start was to be a quiet one."""
    from PySide6.QtDBus import QDBusConnection, QDBusMessage

    bus = QDBusConnection.sessionBus()
    if not bus.isConnected() or not bus.interface().isServiceRegistered(BUS_NAME).value():
        return False
    if not options.background:
        bus.send(QDBusMessage.createMethodCall(BUS_NAME, BUS_PATH, BUS_INTERFACE, "Raise"))
    print("Nearby Tray is running already.", file=sys.stderr)
    return True


async def _until_quit(work: Callable[[asyncio.Event], Awaitable[int]], quit: asyncio.Event) -> int:
    """Run `work` with an event that the signals set which end a program. After it they are ignored: the program is at its end."""
    watched = watch_signals(quit)
    try:
        return await work(quit)
    finally:
        for number in watched:  # the interpreter would give them their defaults back while it ends
            signal.signal(number, signal.SIG_IGN)


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
    """Import what does the work, a part at a time: in between the tray is given the icon that it asks for."""
    for name in ("msgspec", *_WORK):
        await asyncio.sleep(0)
        importlib.import_module(name, __package__)
    await asyncio.sleep(0)


def say_as_much_as(level: str) -> None:
    """How much goes to stderr from now on. What is kept for a report is never less than usual."""
    wanted = getattr(logging, level.upper())
    root = logging.getLogger()
    root.setLevel(min(wanted, logging.INFO))
    for handler in root.handlers:
        if type(handler) is logging.StreamHandler:
            handler.setLevel(wanted)


class LastLines(logging.Handler):
    """The last lines of the log, for the support report: ours, and what others warn of. In memory only, for they tell of people."""

    def __init__(self, most: int = 400) -> None:
        super().__init__()
        self.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        self.lines: deque[str] = deque(maxlen=most)

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.WARNING or record.name.startswith("nearby_tray"):
            try:
                self.lines.append(self.format(record)[:4000])
            except Exception:
                self.handleError(record)


class _Presence:
    """Whether somebody is there to answer: the session says so, and, where a program made the bus start us, the user has used us since.

    Otherwise any program could make this computer visible again after the user had ended the applet, and nobody would know.
    """

    def __init__(self, set_away: Callable[[bool], None], *, seen: bool) -> None:
        self._set_away, self._seen = set_away, seen
        self._locked = False
        if not seen:
            set_away(True)

    def away(self, locked: bool) -> None:
        """What the session says."""
        self._locked = locked
        self._set_away(locked or not self._seen)

    def seen(self) -> None:
        """The user has opened a window of ours, or typed a command."""
        if not self._seen:
            self._seen = True
            self._set_away(self._locked)


class _Applet:
    """The real thing, with a face (`app`) or without."""

    def __init__(self, options: Options, app: object | None = None, lines: LastLines | None = None) -> None:
        self._options, self._app, self._lines = options, app, lines or LastLines()
        self._quit: asyncio.Event
        self._face: Face | None = None
        self._at_login = _AtLogin(self._login_changed)
        self._path: Path
        self._settings: Settings
        self._trust: TrustFile
        self._known: Trust
        self._bluez: BlueZ | None = None
        self._presence: _Presence
        self.controller: Controller

    async def run(self, quit: asyncio.Event) -> int:
        """Until `quit` is set. Returns the exit status."""
        self._quit = quit
        if self._app is not None:
            self._face = self._make_face()
            await _load()
        self.controller = self._make_controller()
        if self._face is not None:
            self._face.serve(self.controller)
        self._speak()
        self._presence = _Presence(self.controller.set_away, seen=not self._options.activated)
        if self._app is not None and self._options.activated:
            from PySide6.QtWidgets import QApplication

            assert isinstance(self._app, QApplication)
            self._app.focusChanged.connect(lambda _, now: self._presence.seen() if now is not None else None)
        from .notifier import Notifier
        from .system.bus import BusGone
        from .system.login import Login
        from .system.notifications import Notifications
        from .system.service import AlreadyRunning, Service

        service = Service(self.controller, self, describe, lambda: self._lines.lines, self._autostart)
        try:
            await service.open()
        except AlreadyRunning:
            # The other one began at the same moment.
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
        await login.open()  # first: before that is known, nobody is heard
        await self.controller.open()
        try:
            await self._quit.wait()
        finally:
            if self._face is not None:
                self._face.close()
            await in_turn(
                ("the session's watch", login.close),
                ("what starts us at login", self._at_login.close),
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
        """Its number may be another's after the next start."""
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
        """The language that the settings say."""
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
            # Only then: what somebody else has switched off meanwhile stays off while other settings change.
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
        """What starts us at login, as it was when last looked; it is looked again, and the window told."""
        self._at_login.look()
        settings = self.controller.settings
        return self._at_login.words(settings.autostart, settings.autostart_by)

    def _login_changed(self) -> None:
        if self._face is not None:
            self._face.settings_changed()

    async def _autostart(self) -> dict[str, object]:
        found = await self._at_login.now()
        settings = self.controller.settings
        with in_english():
            sentence = self._at_login.words(settings.autostart, settings.autostart_by)
        return {
            "wanted": settings.autostart,
            "by": settings.autostart_by.value,
            "active": [each.value for each in found.active],
            "entry": {"state": found.entry.value, "path": found.entry_path},
            "service": {"state": found.unit, "path": found.unit_path, "session_target": found.reached},
            "sentence": sentence,
        }


class _AtLogin:
    """What starts us at login: changed and looked at in the background, one after the other, for systemd may take its time."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._tasks = Tasks()
        self._task: asyncio.Task[Found] | None = None
        self._wanted: tuple[bool, AutostartBy] | None = None
        self._found: Found | None = None
        self._changing = False
        self._wrong = ""

    def choose(self, on: bool, by: AutostartBy) -> None:
        """Make it so; of several choices the last one."""
        self._wanted = on, by
        self.look()

    def look(self) -> None:
        if self._task is None or self._task.done():
            self._task = self._tasks.do(self._work(), "starting at login")

    async def now(self) -> Found:
        self.look()
        assert self._task is not None
        return await asyncio.shield(self._task)

    def words(self, on: bool, by: AutostartBy) -> str:
        """Sentences for the user; none before the first look."""
        from .system import autostart

        if self._found is None:
            return ""
        said = [finding_text(sentence) for sentence in autostart.described(self._found, on, by)]
        return " ".join([*said, *([tr("It could not be changed: {why}.", why=self._wrong)] if self._wrong else [])])

    async def _work(self) -> Found:
        from .system import autostart

        before = self._found, self._wrong
        while True:
            await self._change()
            self._found = found = await autostart.find()
            if self._wanted is None:
                break
        if (self._found, self._wrong) != before:
            self._changed()
        return found

    async def _change(self) -> None:
        from .core.names import harmless
        from .system import autostart

        if self._wanted is None:
            return
        wanted, self._wanted, self._wrong = self._wanted, None, ""
        self._changing = True
        try:
            await autostart.choose(*wanted)
        except OSError as error:
            self._wrong = harmless(error.strerror or error)
            log.error("starting at login could not be changed: %s", self._wrong)
        finally:
            self._changing = False

    async def close(self) -> None:
        """Let a change that was asked for be finished, within a limit."""
        if self._task is None:
            return
        if self._wanted is not None or self._changing:
            await asyncio.wait([self._task], timeout=5)
        await self._tasks.end()


def describe(failure: Failure, peer: str) -> tuple[str, str]:
    """The sentence and the advice for the command line and other programs, which are told everything in English."""
    with in_english():
        said = failure_text(failure, peer)
    return said.sentence, said.advice


def languages() -> tuple[tuple[str, str], ...]:
    from .ui.language import available

    return available()


def machine_kind() -> Kind:
    """What this machine is, for the picture that others see of it."""
    from . import host
    from .core.wire import Kind

    return Kind(host.chassis() or "other")


def watch_signals(quit: asyncio.Event) -> list[signal.Signals]:
    """From now on SIGINT, SIGTERM and SIGHUP set `quit`, as often as they come, and do nothing else. Returns those that are watched.

    One that was ignored when we were started stays so (`nohup`). Qt's loop sleeps in C, where Python's handlers do not run: the
    interpreter's wake-up pipe is watched by the loop instead.
    """
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    wanted = [number for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP) if signal.getsignal(number) is not signal.SIG_IGN]
    for number in wanted:
        signal.signal(number, lambda *_: None)

    def woken() -> None:
        with suppress(BlockingIOError):
            if any(number in wanted for number in os.read(reading, 64)):
                quit.set()

    asyncio.get_running_loop().add_reader(reading, woken)
    return wanted
