"""The icon in real trays: a private session bus and Xvfb, the face as a program, before and after the tray host.

Skipped with a sentence where Xvfb or dbus-daemon is not installed.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator

import pytest

from .session import PATIENCE, Session, opened

pytest.importorskip("dbus_fast")
NEEDED = [program for program in ("Xvfb", "dbus-daemon") if shutil.which(program) is None]
pytestmark = pytest.mark.skipif(bool(NEEDED), reason=f"not installed: {', '.join(NEEDED)}")


@pytest.fixture
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    with opened(tmp_path_factory.mktemp("s")) as made:
        yield made


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


def test_started_at_login_before_the_panel_it_waits_hidden_for_its_tray(session: Session) -> None:
    face = session.program("tray_program", "--background")
    assert face.hear(homed=False)["windows"] == []
    session.program("tray_host").hear(event="registered")
    assert face.hear(homed=True)["windows"] == []
    session.drive("click", "Connect nearby")
    face.hear(call="seek")


def test_the_host_restarts(session: Session) -> None:
    host = session.program("tray_host")
    host.hear(event="up")
    face = session.program("tray_program")
    face.hear(homed=True)
    session.stop(host.process)
    again = session.program("tray_host")
    again.hear(event="registered")
    session.drive("click", "Connect nearby")
    face.hear(call="seek")


def test_a_watcher_with_nobody_who_draws_is_no_tray(session: Session) -> None:
    host = session.program("tray_host", "hostless")
    host.hear(event="up")
    face = session.program("tray_program")
    assert face.hear(homed=False)["windows"] == ["Nearby Tray"]
    assert host.process.stdin is not None
    for homed in (True, False):  # a host comes, and goes
        host.process.stdin.write("\n")
        host.process.stdin.flush()
        face.hear(homed=homed)


def test_a_watcher_that_lies_is_no_tray(session: Session) -> None:
    session.program("tray_host", "liar").hear(event="up")
    face = session.program("tray_program")
    assert face.hear(homed=False)["windows"] == ["Nearby Tray"]


def test_a_host_that_vanishes_in_the_middle_of_a_click(session: Session) -> None:
    host = session.program("tray_host")
    host.hear(event="up")
    face = session.program("tray_program")
    face.hear(homed=True)
    session.drive("drop", "Connect nearby")
    session.stop(host.process)
    face.hear(call="seek")  # what had been clicked counts, once
    face.hear(homed=False)
    again = session.program("tray_host")
    again.hear(event="registered")
    face.hear(homed=True)
    assert not [known for known in face.heard if known.get("call") == "decline"]
    session.drive("click", "Quit")
    face.hear(event="ended")


def test_the_item_keeps_its_name_and_says_the_state_in_words(session: Session) -> None:
    session.program("tray_host").hear(event="up")
    face = session.program("tray_program", "linked-good")
    face.hear(homed=True)
    said = json.loads(session.drive("properties"))
    assert said["Id"] == "nearby-tray" and said["Category"] == "ApplicationStatus"
    assert said["ToolTip"] == "Nearby Tray: Linked with “Anna's ThinkPad”, good"
    session.drive("activate")


@pytest.mark.skipif(shutil.which("trayer") is None, reason="not installed: trayer")
def test_an_xembed_tray_that_goes_and_comes_back(session: Session) -> None:
    tray = session.start("trayer", "--edge", "top", "--expand", "true")
    face = session.program("tray_program")
    face.hear(homed=True)
    session.stop(tray.process)
    assert face.hear(homed=False)["windows"] == ["Nearby Tray"]
    session.start("trayer", "--edge", "top", "--expand", "true")
    face.hear(homed=True)


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
    # No window manager here: the focus is given by hand, and what is typed too early counts for nothing.
    subprocess.run(["xdotool", "windowfocus", "--sync", window, "key", key], env=session.env, timeout=PATIENCE, check=True)
    face.hear(answerable=True)
    assert not any("call" in said for said in face.heard)
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
