"""A desktop of its own for the applet: a screen with a window manager, or a compositor; and the applet in it, to be told and looked at."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from ..ui.session import PATIENCE, Child, Session, opened

NOBODY = 65534  # the user that a compositor runs as when we are root, which it refuses
X11 = ("Xvfb", "dbus-daemon", "openbox", "xdotool", "import")


def needs(*programs: str) -> pytest.MarkDecorator:
    missing = [program for program in programs if shutil.which(program) is None and not Path(program).exists()]
    return pytest.mark.skipif(bool(missing), reason=f"not installed: {', '.join(missing)}")


class Desk:
    """A session with the applet in it."""

    def __init__(self, session: Session, picture: Callable[[Path], None], pictures: Path) -> None:
        self.session, self._picture, self._pictures = session, picture, pictures
        self.applet: Child

    def start(self, *arguments: str, **environment: str) -> None:
        self.session.env.update(environment)
        self.applet = self.session.program("desktop.applet", *arguments)
        self.applet.hear(event="running")

    def tell(self, verb: str, rest: str = "") -> dict[str, Any]:
        stdin = self.applet.process.stdin
        assert stdin is not None
        stdin.write(f"{verb} {rest}\n")
        stdin.flush()
        return self.applet.hear(done=verb)

    def sees(self, **wanted: object) -> None:
        """Wait until the windows or the notifications are these."""
        until(lambda: wanted.items() <= self.tell("now").items(), lambda: f"{wanted}; now {self.tell('now')}")

    def quit(self) -> None:
        stdin = self.applet.process.stdin
        assert stdin is not None
        stdin.write("quit\n")
        stdin.flush()
        self.applet.hear(event="ended")
        assert self.applet.process.wait(PATIENCE) == 0
        bad = [line for line in self.applet.noise if "Traceback" in line or "never retrieved" in line]
        assert not bad, self.applet.noise

    def look(self, name: str) -> Path:
        path = self._pictures / f"{name}.png"
        time.sleep(0.5)  # for the eye only: nothing is asserted from a picture's time
        self._picture(path)
        return path

    def run(self, *command: str, check: bool = True) -> str:
        done = subprocess.run(command, env=self.session.env, text=True, capture_output=True, timeout=PATIENCE)
        assert not check or done.returncode == 0, f"{command}: {done.stderr}"
        return done.stdout


def until(holds: Callable[[], object], what: str | Callable[[], str]) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, f"not in {PATIENCE:.0f} s: {what if isinstance(what, str) else what()}"
        time.sleep(0.1)


@contextmanager
def x11(pictures: Path, size: str = "1024x700x24", manager: Sequence[str] = ("openbox", "--sm-disable")) -> Iterator[Desk]:
    """`manager`: the command of the window manager, empty for none."""
    with tempfile.TemporaryDirectory(prefix="desk", ignore_cleanup_errors=True) as folder, opened(Path(folder), screen=size) as session:
        session.env["XDG_CONFIG_HOME"] = f"{folder}/config"
        if manager:
            session.start(*manager)
        session.start("xsetroot", "-solid", "#5a7a9a")

        def picture(path: Path) -> None:
            subprocess.run(["import", "-window", "root", str(path)], env=session.env, check=True, timeout=PATIENCE)

        yield Desk(session, picture, pictures)


@contextmanager
def wayland(pictures: Path, compositor: str, config: str = "") -> Iterator[Desk]:
    """sway or weston with no screen; the bar, if any, is in sway's `config`."""
    folder = tempfile.mkdtemp(prefix="desk")
    as_user = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"] if os.geteuid() == 0 else []
    if as_user:
        os.chown(folder, NOBODY, NOBODY)
    try:
        with opened(Path(folder), screen=None) as session:
            (Path(folder) / "bus").chmod(0o777)
            session.env.pop("DISPLAY", None)
            session.env.update(WLR_BACKENDS="headless", WLR_LIBINPUT_NO_DEVICES="1", WLR_RENDERER="pixman", QT_QPA_PLATFORM="wayland")
            session.env["XDG_CONFIG_HOME"] = f"{folder}/config"
            if compositor == "sway":
                (Path(folder) / "sway").write_text(f"output HEADLESS-1 resolution 1024x700\noutput * bg #5a7a9a solid_color\n{config}\n")
                session.start(*as_user, "sway", "-c", f"{folder}/sway")
            else:
                session.start(*as_user, "weston", "--backend=headless-backend.so", "--socket=wayland-1", "--no-config", "--idle-time=0")
            until(lambda: [p for p in Path(folder).glob("wayland-?") if p.is_socket()], f"{compositor} listens")
            session.env["WAYLAND_DISPLAY"] = next(p.name for p in Path(folder).glob("wayland-?") if p.is_socket())

            def picture(path: Path) -> None:
                if compositor == "sway" and shutil.which("grim"):
                    subprocess.run(["grim", str(path)], env=session.env, check=True, timeout=PATIENCE)

            yield Desk(session, picture, pictures)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
