"""The icon in real trays: a private session bus and Xvfb, the face as a program, before and after the tray host.

Skipped with a sentence where Xvfb or dbus-daemon is not installed.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Empty, Queue
from typing import Any

import pytest

pytest.importorskip("dbus_fast")
NEEDED = [program for program in ("Xvfb", "dbus-daemon") if shutil.which(program) is None]
pytestmark = pytest.mark.skipif(bool(NEEDED), reason=f"not installed: {', '.join(NEEDED)}")

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0  # seconds, for a machine that is busy with other things


class Child:
    """A program of ours and the lines it says."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.said: Queue[str | None] = Queue()
        self.heard: list[dict[str, Any]] = []
        self.noise: list[str] = []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.put(line)
        self.said.put(None)

    def hear(self, **wanted: object) -> dict[str, Any]:
        """Wait for a JSON line that has these values; each line is heard once, in whatever order it was asked for."""
        for known in self.heard:
            if wanted.items() <= known.items():
                self.heard.remove(known)
                return known
        while True:
            try:
                line = self.said.get(timeout=PATIENCE)
            except Empty:
                pytest.fail(f"never said {wanted}; said {self.heard}")
            if line is None:
                pytest.fail(f"ended without saying {wanted}; said {self.heard} {self.noise}")
            if not line.startswith("{"):
                self.noise.append(line)
                continue
            values: dict[str, Any] = json.loads(line)
            if wanted.items() <= values.items():
                return values
            self.heard.append(values)


class Session:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.children: list[subprocess.Popen[str]] = []
        self.env = {k: v for k, v in os.environ.items() if k not in ("WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "XDG_CURRENT_DESKTOP")}
        self.env["XDG_RUNTIME_DIR"] = str(folder)
        self.env["HOME"] = str(folder)

    def start(self, *command: str, **more: str) -> Child:
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        process: subprocess.Popen[str] = subprocess.Popen(command, env={**self.env, **more}, cwd=ROOT, text=True, **pipes)  # type: ignore[call-overload]
        self.children.append(process)
        return Child(process)

    def program(self, module: str, *arguments: str) -> Child:
        return self.start(sys.executable, "-m", f"tests.ui.{module}", *arguments)

    def drive(self, *arguments: str) -> str:
        command = [sys.executable, "-m", "tests.ui.tray_host", *arguments]
        done = subprocess.run(command, env=self.env, cwd=ROOT, text=True, capture_output=True, timeout=PATIENCE)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def stop(self, child: subprocess.Popen[str]) -> None:
        if child.poll() is None:
            child.terminate()
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait(10)
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                pipe.close()


@pytest.fixture
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    made = Session(tmp_path_factory.mktemp("s"))
    try:
        config = made.folder / "bus.conf"
        config.write_text(
            f"<busconfig><type>session</type><listen>unix:path={made.folder}/bus</listen><auth>EXTERNAL</auth>"
            '<policy context="default"><allow user="*"/><allow own="*"/><allow send_type="method_call"/>'
            '<allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/></policy></busconfig>'
        )
        bus = made.start("dbus-daemon", f"--config-file={config}", "--nofork", "--nopidfile", "--print-address")
        assert bus.said.get(timeout=PATIENCE)
        made.env["DBUS_SESSION_BUS_ADDRESS"] = f"unix:path={made.folder}/bus"
        readable, writable = os.pipe()
        screen = subprocess.Popen(
            ["Xvfb", "-displayfd", str(writable), "-screen", "0", "1024x700x24", "-nolisten", "tcp"],
            pass_fds=(writable,), env=made.env, text=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        made.children.append(screen)
        os.close(writable)
        with os.fdopen(readable) as pipe:
            number = pipe.readline().strip()
        assert number, "Xvfb did not start"
        made.env["DISPLAY"] = f":{number}"
        yield made
    finally:
        for child in reversed(made.children):
            made.stop(child)


def test_host_first(session: Session) -> None:
    host = session.program("tray_host")
    host.hear(event="up")
    face = session.program("tray_program")
    host.hear(event="registered")
    assert face.hear(homed=True)["windows"] == []
    session.drive("click", "Connect nearby")
    face.hear(call="seek")
    session.drive("click", "Quit")
    face.hear(event="ended")


def test_app_first(session: Session) -> None:
    face = session.program("tray_program")
    # No tray at all: the panel is a window.
    assert face.hear(homed=False)["windows"] == ["Nearby Tray"]
    host = session.program("tray_host")
    host.hear(event="registered")
    face.hear(homed=True)
    assert "Connect nearby" in session.drive("menu")
    session.drive("activate")


def test_the_host_restarts(session: Session) -> None:
    host = session.program("tray_host")
    host.hear(event="up")
    face = session.program("tray_program", "asked")
    face.hear(homed=True)
    session.stop(host.process)
    again = session.program("tray_host")
    again.hear(event="registered")
    session.drive("click", "Decline")
    face.hear(call="decline")


@pytest.mark.skipif(shutil.which("trayer") is None, reason="not installed: trayer")
def test_an_xembed_tray(session: Session) -> None:
    session.start("trayer", "--edge", "top", "--expand", "true")
    face = session.program("tray_program")
    assert face.hear(homed=True)["windows"] == []
    assert face.hear(docked=True)["width"] > 8


@pytest.mark.skipif(shutil.which("xdotool") is None, reason="not installed: xdotool")
@pytest.mark.parametrize(("key", "call"), [("alt+a", "accept"), ("Escape", "decline")])
def test_the_request_answers_to_keys(session: Session, key: str, call: str) -> None:
    face = session.program("tray_program", "asked")
    face.hear(event="running")
    find = ["xdotool", "search", "--sync", "--onlyvisible", "--name", "^Incoming request$"]
    window = subprocess.run(find, env=session.env, text=True, capture_output=True, timeout=PATIENCE, check=True).stdout.split()[0]
    # No window manager here: the focus is given by hand.
    subprocess.run(["xdotool", "windowfocus", "--sync", window, "key", key], env=session.env, timeout=PATIENCE, check=True)
    face.hear(call=call)


@pytest.mark.parametrize("theme", ["generic", None])
def test_the_desktop_says_what_it_likes(session: Session, theme: str | None) -> None:
    desktop = session.program("tray_host", "portal")
    desktop.hear(event="up")
    if theme is not None:
        session.env["QT_QPA_PLATFORMTHEME"] = theme
    face = session.program("tray_program")
    face.hear(dark=True)
    face.hear(font="DejaVu Sans 13")
    assert desktop.process.stdin is not None
    desktop.process.stdin.write("change\n")
    desktop.process.stdin.flush()
    face.hear(dark=False)
