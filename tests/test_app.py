"""The composed applet as a program of its own: one at a time, and it ends when told to."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from nearby_tray.core.model import Visibility
from nearby_tray.logs import LastLines, say_as_much_as
from nearby_tray.presence import Presence
from nearby_tray.settings import Settings, save, settings_path

from .system.conftest import Daemon

pytest.importorskip("PySide6")

ROOT = Path(__file__).resolve().parents[1]
LIMIT = 60.0


@pytest.fixture
def session(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of a desktop with no radio daemons and no screen."""
    bus = Daemon(tmp_path)
    bus.start()
    (tmp_path / "system").mkdir()
    empty = Daemon(tmp_path / "system")
    empty.start()
    yield {
        **{name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")},
        "DBUS_SESSION_BUS_ADDRESS": bus.address,
        "DBUS_SYSTEM_BUS_ADDRESS": empty.address,
        "QT_QPA_PLATFORM": "offscreen",
        **{name: str(tmp_path) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR")},
    }
    bus.stop()
    empty.stop()


async def tray(environment: dict[str, str], *words: str) -> tuple[int, str]:
    """Run `nearby-tray` to its end: its exit status and everything it printed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "nearby_tray", *words, env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    async with asyncio.timeout(LIMIT):
        said, _ = await process.communicate()
    return process.returncode or 0, said.decode()


def test_one_applet_at_a_time_and_an_end_when_told(session: dict[str, str]) -> None:
    async def story() -> None:
        first = await asyncio.create_subprocess_exec(sys.executable, "-m", "nearby_tray", env=session, stderr=asyncio.subprocess.DEVNULL)
        async with asyncio.timeout(LIMIT):
            while (await tray(session, "status"))[0] != 0:
                pass
        status, said = await tray(session)
        assert status == 0 and "running already" in said
        status, said = await tray(session, "--headless")
        assert status == 1 and "running already" in said
        status, said = await tray(session, "seek")
        assert status == 1 and said.count("\n") == 1, "no radios here: one sentence says so"
        assert (await tray(session, "quit"))[0] == 0
        async with asyncio.timeout(LIMIT):
            assert await first.wait() == 0

    asyncio.run(story())


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to another user")
@pytest.mark.parametrize("how", [[], ["--headless"], ["--background"]])
def test_the_first_start_as_root_in_anothers_home_makes_nothing(session: dict[str, str], tmp_path: Path, how: list[str]) -> None:
    home = tmp_path / "alice"
    (home / ".config").mkdir(parents=True)
    for folder in (home, home / ".config"):
        os.chown(folder, 12345, 12345)
    environment = {name: value for name, value in session.items() if name not in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")}
    status, said = asyncio.run(tray({**environment, "HOME": str(home), "DISPLAY": ":none"}, *how))
    assert status == 1 and "another user" in said and said.count("\n") == 1
    assert [path.name for path in home.rglob("*")] == [".config"]


def test_files_that_cannot_be_read_are_said(session: dict[str, str], tmp_path: Path) -> None:
    async def story() -> None:
        path = tmp_path / "nearby-tray" / "settings.json"
        path.parent.mkdir()
        path.write_text("{")
        first = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "nearby_tray", "--headless", env=session, stderr=asyncio.subprocess.DEVNULL
        )
        async with asyncio.timeout(LIMIT):
            while (await tray(session, "status"))[0] != 0:
                pass
        status, said = await tray(session, "status")
        assert status == 0 and "settings file is damaged" in said and "nobody" in said
        status, said = await tray(session, "doctor")
        assert "settings file is damaged" in said
        assert path.read_text() == "{", "nothing has been chosen, so nothing was written"
        assert (await tray(session, "settings", "visibility=trusted"))[0] == 0
        status, said = await tray(session, "status")
        assert "damaged" not in said and path.with_name("settings.json.bak").read_text() == "{"
        assert (await tray(session, "quit"))[0] == 0
        async with asyncio.timeout(LIMIT):
            assert await first.wait() == 0

    asyncio.run(story())


def test_pyside_keeps_no_source_of_what_is_imported_after_it() -> None:
    program = (
        "import linecache, sys\n"
        "from nearby_tray import app; app.plain_imports()\n"
        "import nearby_tray.controller\n"
        "sys.exit(any('nearby_tray' in name for name in linecache.cache))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, timeout=LIMIT)
    assert done.returncode == 0


def test_one_that_the_bus_started_hears_nobody_before_the_user_has_used_it() -> None:
    said: list[bool] = []
    presence = Presence(said.append, seen=False)
    presence.away(False)
    presence.away(True)
    presence.away(False)
    assert said == [True] * 4, "that nobody has locked the screen does not mean that the user wants it"
    presence.seen()
    presence.seen()
    presence.away(True)
    assert said[4:] == [False, True]
    said.clear()
    presence = Presence(said.append, seen=True)
    presence.away(False)
    presence.seen()
    assert said == [False]


@pytest.mark.parametrize("headless", [False, True])
def test_a_start_by_the_bus_ends_with_the_users_own_command(session: dict[str, str], headless: bool) -> None:
    """Another program may ask it something and is told; that makes nobody visible."""

    async def story() -> None:
        words = ["--headless"] if headless else ["--background"]
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            AWAY,
            *words,
            "--activated",
            env=session,
            cwd=ROOT,
            stdout=asyncio.subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert process.stdout is not None
        async with asyncio.timeout(LIMIT):
            assert await process.stdout.readline() == b"away True\n"
            await answers(session)
            await tray(session, "settings", "port=50000")
            assert await process.stdout.readline() == b"away False\n"
        assert (await tray(session, "quit"))[0] == 0
        await process.wait()

    asyncio.run(story())


AWAY = """
import sys
from nearby_tray import cli, controller
away = controller.Controller.set_away
def said(self, now):
    print("away", now, flush=True)
    away(self, now)
controller.Controller.set_away = said
sys.exit(cli.main(sys.argv[1:]))
"""


def test_the_last_lines_of_the_log_are_kept_for_a_report() -> None:
    kept = LastLines(most=3)
    for name, level in (("nearby_tray.x", logging.INFO), ("bleak", logging.INFO), ("bleak", logging.WARNING)):
        kept.handle(logging.LogRecord(name, level, "", 1, "%s says", (name,), None))
    assert [line.partition(",")[2].partition(" ")[2] for line in kept.lines] == [
        "INFO nearby_tray.x: nearby_tray.x says",
        "WARNING bleak: bleak says",
    ]
    for number in range(9):
        kept.handle(logging.LogRecord("nearby_tray", logging.INFO, "", 1, "y" * 9000 + str(number), None, None))
    assert len(kept.lines) == 3 and all(len(line) <= 4000 for line in kept.lines)


WINDOWS = {f"nearby_tray.ui.{name}" for name in ("panel", "parts", "dialogs", "settings", "doctor", "closing")}
FOR_LATER = WINDOWS | {"nearby_tray.system.doctor", "nearby_tray.system.doctor.report", "nearby_tray.demo", "nearby_tray.simulation"}
HEARING = {"bleak", "dbus_fast"}


@pytest.mark.parametrize("visibility", [Visibility.EVERYONE, Visibility.NOBODY])
def test_what_is_not_needed_in_the_tray_is_not_loaded(
    session: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, visibility: Visibility
) -> None:
    """Windows are for whoever opens one, bleak is for hearing."""
    pytest.importorskip("dbus_fast")
    from .system.fake_bluez import FakeBlueZ
    from .system.fake_networkmanager import FakeNetworkManager

    program = (
        "import atexit, json, sys\n"
        "atexit.register(lambda: print(json.dumps(sorted(sys.modules))))\n"
        "from nearby_tray import cli\n"
        "from nearby_tray.system.wifi.managed import Managed\n"
        "async def address(*_): return bytes.fromhex('024e54000001')\n"  # no kernel has this radio
        "Managed.__init__.__kwdefaults__['read_address'] = address\n"
        "sys.exit(cli.main(['--background', '--log-level', 'error']))"
    )
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", session["DBUS_SYSTEM_BUS_ADDRESS"])
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    save(settings_path(), Settings(visibility=visibility))
    hears = visibility is Visibility.EVERYONE

    async def story() -> set[str]:
        bluez, manager = FakeBlueZ(), FakeNetworkManager()
        await bluez.start()
        await manager.start()
        applet = await asyncio.create_subprocess_exec(sys.executable, "-c", program, env=session, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
        async with asyncio.timeout(LIMIT):
            while True:
                status, said = await tray(session, "status", "--json")
                if status == 0 and set((now := json.loads(said))["radios"].values()) == {None} and now["listening"] is hears:
                    break
            assert (await tray(session, "quit"))[0] == 0
            loaded, _ = await applet.communicate()
        await manager.stop()
        await bluez.stop()
        assert hears is any(call[1] == "StartDiscovery" for call in bluez.calls)
        return set(json.loads(loaded))

    loaded = asyncio.run(story())
    assert not loaded & FOR_LATER
    assert loaded & HEARING == (HEARING if hears else set())


def test_a_level_is_of_what_is_said_and_a_report_has_never_less_than_usual(monkeypatch: pytest.MonkeyPatch) -> None:
    said, kept, root = io.StringIO(), LastLines(), logging.RootLogger(logging.WARNING)
    root.addHandler(logging.StreamHandler(said))
    root.addHandler(kept)
    monkeypatch.setattr(logging, "getLogger", lambda name=None: root)

    def said_now() -> list[str]:
        for level in (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR):
            if level >= root.level:
                root.handle(logging.LogRecord("nearby_tray.x", level, "", 1, logging.getLevelName(level), None, None))
        words = said.getvalue().split()
        said.seek(0)
        said.truncate()
        return words

    for level, words in (("error", ["ERROR"]), ("warning", ["WARNING", "ERROR"]), ("info", ["INFO", "WARNING", "ERROR"])):
        say_as_much_as(level)
        kept.lines.clear()
        assert said_now() == words and len(kept.lines) == 3
    say_as_much_as("debug")
    assert said_now() == ["DEBUG", "INFO", "WARNING", "ERROR"]


def test_settings_apply_at_once_and_what_starts_it_at_login_is_said(session: dict[str, str], tmp_path: Path) -> None:
    entry = tmp_path / "autostart" / "nearby-tray.desktop"
    logged = tmp_path / "log"

    async def status() -> dict[str, Any]:
        code, said = await tray(session, "status", "--json")
        assert code == 0, said
        found: dict[str, Any] = json.loads(said)["autostart"]
        return found

    async def story() -> None:
        with logged.open("wb") as stderr:
            applet = await asyncio.create_subprocess_exec(sys.executable, "-m", "nearby_tray", "--headless", env=session, stderr=stderr)
        async with asyncio.timeout(LIMIT):
            while (await tray(session, "status"))[0] != 0:
                pass
        assert (await status())["active"] == [] and (await status())["wanted"] is False
        assert "at login         not started" in (await tray(session, "status"))[1]
        code, said = await tray(session, "settings", "autostart=entry", "log_level=error", "language=de")
        assert code == 0 and "autostart_by=entry" in said and "log_level=error" in said and "language=de" in said
        found = await status()
        assert found["active"] == ["entry"] and entry.is_file() and "autostart entry" in found["sentence"]
        assert found["service"]["state"] is None, "there is no systemd here"
        # A desktop's own tool switches it off: that is seen, and other settings do not undo it.
        entry.write_text(entry.read_text() + "Hidden=true\n")
        assert (await tray(session, "settings", "port=50000"))[0] == 0
        found = await status()
        assert found["active"] == [] and found["wanted"] is True and found["entry"]["state"] == "hidden"
        assert "Hidden=true" in (await tray(session, "status"))[1]
        # What cannot be done is said, and what starts it stays.
        assert (await tray(session, "settings", "autostart=off"))[0] == 0
        assert (await tray(session, "settings", "autostart=service"))[0] == 0
        assert "could not be changed: no systemd user manager" in (await status())["sentence"]
        assert (await tray(session, "settings", "autostart_by=entry"))[0] == 0
        assert (await tray(session, "quit"))[0] == 0
        async with asyncio.timeout(LIMIT):
            assert await applet.wait() == 0

    asyncio.run(story())
    lines = logged.read_text(errors="replace").splitlines()
    assert " INFO " in lines[0] and " ERROR " in lines[-1], "nothing but errors since that was chosen: not that it was told to quit"
    kept = json.loads((tmp_path / "nearby-tray" / "settings.json").read_text())
    assert (kept["autostart"], kept["log_level"], kept["language"], kept["port"]) == (True, "error", "de", 50000)
    assert entry.is_file() and "Hidden" not in entry.read_text()


ENDS = {
    "SIGTERM": (signal.SIGTERM,),
    "SIGINT": (signal.SIGINT,),
    "SIGHUP": (signal.SIGHUP,),
    "SIGINT twice": (signal.SIGINT, signal.SIGINT),
    "one after the other": (signal.SIGHUP, signal.SIGTERM, signal.SIGINT),
}


def unignored() -> None:
    """A test run in the background of a shell has these ignored, and what it starts would keep that."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


async def answers(session: dict[str, str]) -> None:
    async with asyncio.timeout(LIMIT):
        while (await tray(session, "status"))[0] != 0:
            pass


@pytest.mark.parametrize("how", ENDS)
@pytest.mark.parametrize("words", [["--headless"], ["--background"]])
def test_each_signal_that_ends_programs_ends_it_in_order(session: dict[str, str], how: str, words: list[str]) -> None:
    async def story() -> None:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "nearby_tray", *words, env=session, stderr=subprocess.PIPE, preexec_fn=unignored
        )
        await answers(session)
        for number in ENDS[how]:
            process.send_signal(number)
        async with asyncio.timeout(LIMIT):
            _, said = await process.communicate()
        assert process.returncode == 0 and b"Traceback" not in said, said.decode()

    asyncio.run(story())


def test_a_hangup_that_is_to_be_ignored_is_ignored(session: dict[str, str]) -> None:
    """As by `nohup`."""

    async def story() -> None:
        process = await asyncio.create_subprocess_exec(
            "nohup", sys.executable, "-m", "nearby_tray", "--headless", env=session, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        await answers(session)
        process.send_signal(signal.SIGHUP)
        assert (await tray(session, "status"))[0] == 0
        assert (await tray(session, "quit"))[0] == 0
        async with asyncio.timeout(LIMIT):
            assert await process.wait() == 0

    asyncio.run(story())


# The program, which notes in a folder that it is up, and that it went through its one end. With one more word Qt quits once it is up.
NOTED = """
import sys
from pathlib import Path
from nearby_tray import cli, controller
opened, close = controller.Controller.open, controller.Controller.close
async def open_(self):
    await opened(self)
    Path(sys.argv[1], "opened").touch()
    if len(sys.argv) > 2:
        from PySide6.QtCore import QCoreApplication, QTimer
        QTimer.singleShot(0, QCoreApplication.quit)
async def close_(self):
    await close(self)
    Path(sys.argv[1], "closed").touch()
controller.Controller.open, controller.Controller.close = open_, close_
sys.exit(cli.main(["--background"]))
"""


def test_when_qt_quits_by_itself_it_ends_in_order(session: dict[str, str], tmp_path: Path) -> None:
    """As when the session's manager says that the session ends."""
    done = subprocess.run([sys.executable, "-c", NOTED, str(tmp_path), "quit"], env=session, cwd=ROOT, capture_output=True, timeout=LIMIT)
    assert done.returncode == 0 and (tmp_path / "closed").exists() and b"Traceback" not in done.stderr, done.stderr.decode()


def test_when_the_screen_goes_it_ends_in_order(session: dict[str, str], tmp_path: Path) -> None:
    if shutil.which("Xvfb") is None:
        pytest.skip("Xvfb is not installed (Debian: xvfb)")
    reading, writing = os.pipe()
    screen = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "800x600x24", "-nolisten", "tcp", "-noreset"],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    with os.fdopen(reading) as number:
        environment = {**session, "DISPLAY": f":{number.readline().strip()}", "QT_QPA_PLATFORM": "xcb"}

    async def story() -> None:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", NOTED, str(tmp_path), env=environment, cwd=ROOT, stderr=subprocess.PIPE
        )
        async with asyncio.timeout(LIMIT):
            while not (tmp_path / "opened").exists():  # noqa: ASYNC110 - another process makes it
                await asyncio.sleep(0.02)
        screen.kill()
        async with asyncio.timeout(LIMIT):
            _, said = await process.communicate()
        # 0: Qt has closed the window before it found that the screen is gone
        assert process.returncode in (0, 1) and (tmp_path / "closed").exists(), said.decode()
        assert b"Traceback" not in said and said.count(b"the screen has gone") == process.returncode, said.decode()

    try:
        asyncio.run(story())
    finally:
        screen.kill()
        screen.wait()


@pytest.mark.parametrize(
    "place",
    [
        {"DISPLAY": ":4077"},
        {"DISPLAY": "BANG"},
        {"DISPLAY": ":4077", "QT_QPA_PLATFORM": "kde"},
        {"QT_QPA_PLATFORM": "xcb"},
        {"WAYLAND_DISPLAY": "wayland-nobody"},
        {"WAYLAND_DISPLAY": "wayland-nobody", "DISPLAY": ":4077"},
    ],
)
@pytest.mark.parametrize("words", [[], ["--demo"]])
def test_a_screen_that_cannot_be_reached_is_one_sentence(session: dict[str, str], place: dict[str, str], words: list[str]) -> None:
    environment = {name: value for name, value in session.items() if name != "QT_QPA_PLATFORM"} | place
    done = subprocess.run([sys.executable, "-m", "nearby_tray", *words], env=environment, cwd=ROOT, capture_output=True, timeout=LIMIT)
    lines = done.stderr.decode().splitlines()
    assert done.returncode == 1 and len(lines) == 1 and lines[0].startswith("nearby-tray: The screen cannot be used"), lines
