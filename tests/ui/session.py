"""A session of its own for a program under test: a private session bus, a screen (Xvfb), and children that say JSON lines."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, Queue
from typing import Any

import pytest

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
        return self.start(sys.executable, "-m", f"tests.{module}" if "." in module else f"tests.ui.{module}", *arguments)

    def drive(self, *arguments: str) -> str:
        command = [sys.executable, "-m", "tests.ui.tray_host", *arguments]
        done = subprocess.run(command, env=self.env, cwd=ROOT, text=True, capture_output=True, timeout=PATIENCE)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def open_screen(self, size: str) -> None:
        readable, writable = os.pipe()
        screen = subprocess.Popen(
            ["Xvfb", "-displayfd", str(writable), "-screen", "0", size, "-nolisten", "tcp"],
            pass_fds=(writable,), env=self.env, text=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self.children.append(screen)
        os.close(writable)
        with os.fdopen(readable) as pipe:
            number = pipe.readline().strip()
        assert number, "Xvfb did not start"
        self.env["DISPLAY"] = f":{number}"

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


@contextmanager
def opened(folder: Path, *, screen: str | None = "1024x700x24") -> Iterator[Session]:
    """A session in that folder; `screen`: WIDTHxHEIGHTxDEPTH of its X server, None for none. Everything in it ends with it."""
    made = Session(folder)
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
        if screen is not None:
            made.open_screen(screen)
        yield made
    finally:
        for child in reversed(made.children):
            made.stop(child)
