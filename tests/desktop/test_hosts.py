"""The tray in lxqt-panel, xfce4-panel, trayer and waybar, notifications in dunst and xfce4-notifyd, and desktops that have neither.

Each skips with a sentence where the programs are not installed. Every test leaves pictures of what a person would see.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from ..ui.scenes import HOSTILE
from ..ui.session import PATIENCE, Child, Session, opened

pytest.importorskip("dbus_fast")

STATES = ("idle", "radios-off", "seeking", "asked", "forming", "linked-good", "linked-fair", "linked-weak", "restoring", "failed")
NOBODY = 65534  # the user that a compositor runs as when we are root, which it refuses


def needs(*programs: str) -> pytest.MarkDecorator:
    missing = [program for program in programs if shutil.which(program) is None and not Path(program).exists()]
    return pytest.mark.skipif(bool(missing), reason=f"not installed: {', '.join(missing)}")


def library(*choices: str) -> str:
    """The first of these patterns under /usr/lib that is there: where the program is depends on the architecture and distribution."""
    return next((str(found) for choice in choices for found in sorted(Path("/usr").glob(choice))), f"/usr/{choices[0]}")


XFCONFD = library("lib/*/xfce4/xfconf/xfconfd", "lib/xfce4/xfconf/xfconfd", "lib64/xfce4/xfconf/xfconfd")
NOTIFYD = library("lib/*/xfce4/notifyd/xfce4-notifyd", "lib/xfce4/notifyd/xfce4-notifyd", "lib64/xfce4/notifyd/xfce4-notifyd")
X11 = ("Xvfb", "dbus-daemon", "openbox", "xdotool", "import")


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
def x11(pictures: Path, size: str = "1024x700x24") -> Iterator[Desk]:
    with tempfile.TemporaryDirectory(prefix="desk", ignore_cleanup_errors=True) as folder, opened(Path(folder), screen=size) as session:
        session.env["XDG_CONFIG_HOME"] = f"{folder}/config"
        session.start("openbox", "--sm-disable")
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


# --- trays -------------------------------------------------------------------------------------------------------------------

LXQT = """[General]
__userfile__=true
panels=panel1

[panel1]
plugins=statusnotifier, worldclock
position=Top
panelSize=36
iconSize=24

[statusnotifier]
type=statusnotifier

[worldclock]
type=worldclock
"""
XFCE = """<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array">
    <value type="int" value="1"/>
    <property name="dark-mode" type="bool" value="{dark}"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=6;x=0;y=0"/>
      <property name="length" type="uint" value="100"/>
      <property name="position-locked" type="bool" value="true"/>
      <property name="size" type="uint" value="30"/>
      <property name="plugin-ids" type="array"><value type="int" value="1"/><value type="int" value="2"/></property>
    </property>
  </property>
  <property name="plugins" type="empty">
    <property name="plugin-1" type="string" value="systray"/>
    <property name="plugin-2" type="string" value="clock"/>
  </property>
</channel>
"""


def lxqt(desk: Desk, dark: bool) -> Child:
    place = Path(desk.session.env["XDG_CONFIG_HOME"]) / "lxqt"
    place.mkdir(parents=True, exist_ok=True)
    (place / "panel.conf").write_text(LXQT)
    return desk.session.start("lxqt-panel", QT_QPA_PLATFORM="xcb")


def xfce(desk: Desk, dark: bool) -> Child:
    desk.session.env["XDG_CURRENT_DESKTOP"] = "XFCE"
    place = Path(desk.session.env["XDG_CONFIG_HOME"]) / "xfce4/xfconf/xfce-perchannel-xml"
    if not place.exists():
        place.mkdir(parents=True)
        (place / "xfce4-panel.xml").write_text(XFCE.format(dark=str(dark).lower()))
        desk.session.start(XFCONFD)
    return desk.session.start("xfce4-panel", "--disable-wm-check")


def trayer(desk: Desk, dark: bool) -> Child:
    colour = "0x202024" if dark else "0xe8e8e8"
    return desk.session.start(
        "trayer", "--edge", "top", "--align", "left", "--widthtype", "pixel", "--width", "200", "--height", "28", "--tint", colour,
        "--transparent", "true", "--alpha", "0", "--expand", "true",
    )  # fmt: skip


TRAYS = [
    pytest.param(lxqt, marks=needs("lxqt-panel", *X11), id="lxqt-panel"),
    pytest.param(xfce, marks=needs("xfce4-panel", XFCONFD, *X11), id="xfce4-panel"),
    pytest.param(trayer, marks=needs("trayer", *X11), id="trayer"),
]


def states(desk: Desk, name: str, pictures: Path, height: int = 44) -> None:
    """The panel in each state of the link, one below the other, in one picture; each tooltip says the state in words."""
    strips = []
    for state in STATES:
        said = desk.tell("scene", state)["tooltip"]
        assert said.startswith("Nearby Tray: ") and len(said) > 16
        strip = desk.look(f"{name}-{state}")
        desk.run("convert", str(strip), "-crop", f"420x{height}+0+0", "+repage", str(strip))
        strips.append(str(strip))
    desk.run("convert", *strips, "-append", str(pictures / f"{name}-states.png"))
    for taken in strips:
        Path(taken).unlink()
    desk.tell("scene", "idle")


def sni(desk: Desk) -> dict[str, Any]:
    """The properties of our item, when it is one on the bus."""
    said = desk.session.drive("properties")
    return json.loads(said)  # type: ignore[no-any-return]


@pytest.mark.parametrize(("scale", "dark", "panel_first"), [("1", False, True), ("1.5", True, False), ("2", False, False)])
@pytest.mark.parametrize("panel", TRAYS)
def test_a_tray(panel: Callable[[Desk, bool], Child], scale: str, dark: bool, panel_first: bool, pictures: Path) -> None:
    name = f"{panel.__name__}-{scale}-{'dark' if dark else 'light'}"
    with x11(pictures) as desk:
        if dark:
            desk.session.program("tray_host", "portal").hear(event="up")
            desk.session.env["QT_QPA_PLATFORMTHEME"] = "generic"
        shown = panel(desk, dark) if panel_first else None
        if panel_first:
            time.sleep(1.5)  # the panel is there before us; either order must work, so being wrong about it fails nothing
        desk.start(QT_SCALE_FACTOR=scale)
        if shown is None:
            # No tray at all for now: the panel is a window.
            assert desk.applet.hear(homed=False)["windows"] == ["Nearby Tray"]
            desk.tell("settings", "close_quits false")
            desk.tell("close")
            shown = panel(desk, dark)
        desk.applet.hear(homed=True)
        states(desk, name, pictures, int(44 * float(scale)))
        if panel is trayer:
            desk.run("xdotool", "mousemove", *icon(desk), "click", "1")
        else:
            said = sni(desk)
            assert said["Id"] == "nearby-tray" and said["Status"] == "Active" and said["ToolTip"] == "Nearby Tray: Ready"
            desk.session.drive("activate")
        desk.sees(windows=["Nearby Tray"])
        desk.look(f"{name}-panel")
        desk.tell("close")
        if panel is trayer:
            desk.run("xdotool", "mousemove", *icon(desk), "click", "3")
            desk.look(f"{name}-menu")
            desk.run("xdotool", "key", "Escape")
        else:
            desk.session.drive("click", "Connect nearby")
            desk.applet.hear(call="seek")
        # The panel restarts, as after an update or a crash.
        desk.session.stop(shown.process)
        assert desk.applet.hear(homed=False)
        shown = panel(desk, dark)
        desk.applet.hear(homed=True)
        desk.look(f"{name}-again")
        desk.quit()


def icon(desk: Desk) -> tuple[str, str]:
    """Where to click: the applet says it, in pixels of the screen."""
    x, y = desk.tell("now")["icon"]
    assert x > 4 and y > 4, "no docked icon"
    return str(x), str(y)


WAYBAR = '{"layer": "top", "height": 30, "modules-left": ["tray"], "modules-right": ["clock"], "tray": {"icon-size": %d, "spacing": 8}}'
BAR_STYLE = "* {{ font-family: DejaVu Sans; font-size: 13px; }} window#waybar {{ background: {}; color: {}; }}"


@needs("sway", "waybar", "grim", "swaymsg", "convert")
@pytest.mark.parametrize(("scale", "dark", "bar_first"), [("1", True, True), ("1.5", False, False), ("2", True, False)])
def test_waybar(scale: str, dark: bool, bar_first: bool, pictures: Path) -> None:
    name = f"waybar-{scale}-{'dark' if dark else 'light'}"
    with wayland(pictures, "sway", f"output * scale {scale}") as desk:
        folder = Path(desk.session.env["HOME"])
        (folder / "bar").write_text(WAYBAR % 18)
        (folder / "style").write_text(BAR_STYLE.format(*(("#1c1c20", "#f2f2f4") if dark else ("#f0f0f2", "#1f2328"))))
        bar = ["waybar", "-c", str(folder / "bar"), "-s", str(folder / "style")]
        if dark:
            desk.session.program("tray_host", "portal").hear(event="up")
        desk.session.env["QT_QPA_PLATFORMTHEME"] = "generic"
        shown = desk.session.start(*bar) if bar_first else None
        desk.start()
        if shown is None:
            assert desk.applet.hear(homed=False)["windows"] == ["Nearby Tray"]
            desk.tell("settings", "close_quits false")
            desk.tell("close")
            shown = desk.session.start(*bar)
        desk.applet.hear(homed=True)
        states(desk, name, pictures, int(30 * float(scale)))
        assert sni(desk)["Id"] == "nearby-tray"
        desk.session.drive("activate")
        desk.sees(windows=["Nearby Tray"])
        desk.look(f"{name}-panel")
        desk.session.drive("click", "Connect nearby")
        desk.applet.hear(call="seek")
        desk.session.stop(shown.process)
        desk.applet.hear(homed=False)
        desk.quit()


# --- no tray -------------------------------------------------------------------------------------------------------------------


def no_tray(desk: Desk, name: str) -> None:
    desk.start()
    assert desk.applet.hear(homed=False)["windows"] == ["Nearby Tray"]
    desk.look(f"{name}-panel")
    desk.tell("close")
    desk.applet.hear(call="apply")
    desk.sees(windows=["Nearby Tray is still running"])
    desk.look(f"{name}-still-running")
    desk.tell("panel")
    desk.tell("settings", "close_quits true")
    desk.tell("close")
    desk.applet.hear(event="ended")
    assert desk.applet.process.wait(PATIENCE) == 0


@needs("sway", "swaymsg")
def test_sway_with_no_bar(pictures: Path) -> None:
    with wayland(pictures, "sway") as desk:
        no_tray(desk, "no-tray-sway")


@needs("weston")
def test_weston(pictures: Path) -> None:
    with wayland(pictures, "weston") as desk:
        no_tray(desk, "no-tray-weston")


@needs(*X11)
def test_x11_with_no_tray(pictures: Path) -> None:
    with x11(pictures) as desk:
        no_tray(desk, "no-tray-x11")


@needs(*X11, "trayer")
def test_an_xembed_tray_that_goes_while_its_menu_is_open(pictures: Path) -> None:
    with x11(pictures) as desk:
        shown = trayer(desk, False)
        desk.start()
        desk.applet.hear(homed=True)
        desk.run("xdotool", "mousemove", *icon(desk), "click", "3")
        desk.look("trayer-vanishes-1")
        desk.session.stop(shown.process)
        # The menu stays and still does what it says.
        desk.run("xdotool", "key", "Down", "Return")
        desk.applet.hear(call="seek")
        desk.applet.hear(homed=False)
        desk.look("trayer-vanishes-2")
        trayer(desk, False)
        desk.applet.hear(homed=True)
        desk.quit()


@needs(*X11, "trayer", "xrandr")
def test_several_screens(pictures: Path) -> None:
    with x11(pictures, "1600x700x24") as desk:
        desk.run("xrandr", "--setmonitor", "left", "800/210x700/180+0+0", "screen")
        desk.run("xrandr", "--setmonitor", "right", "800/210x700/180+800+0", "none")
        desk.session.start("trayer", "--edge", "top", "--align", "right", "--monitor", "1", "--height", "28")
        desk.start()
        desk.applet.hear(homed=True)
        x, y = icon(desk)
        assert int(x) > 800
        desk.run("xdotool", "mousemove", x, y, "click", "1")
        desk.sees(windows=["Nearby Tray"])
        desk.look("two-screens")
        window = desk.run("xdotool", "search", "--onlyvisible", "--name", "^Nearby Tray$").split()[0]
        said = dict(line.split("=") for line in desk.run("xdotool", "getwindowgeometry", "--shell", window).split() if "=" in line)
        assert int(said["X"]) >= 800 and int(said["X"]) + int(said["WIDTH"]) <= 1600, "the panel is on its icon's screen"
        desk.quit()


# --- notifications -------------------------------------------------------------------------------------------------------------


def dunst(desk: Desk) -> None:
    desk.session.start("dunst", "-conf", "/dev/null")
    named(desk)


def notifyd(desk: Desk) -> None:
    place = Path(desk.session.env["XDG_CONFIG_HOME"]) / "xfce4/xfconf/xfce-perchannel-xml"
    place.mkdir(parents=True, exist_ok=True)
    desk.session.start(XFCONFD)
    desk.session.start(NOTIFYD)
    named(desk)


def named(desk: Desk) -> None:
    command = ["dbus-send", "--session", "--print-reply", "--dest=org.freedesktop.DBus", "/", "org.freedesktop.DBus.NameHasOwner"]
    until(lambda: "true" in desk.run(*command, "string:org.freedesktop.Notifications"), "a notification server")


SERVERS = [
    pytest.param(dunst, marks=needs("dunst", "dunstctl", "dbus-send", *X11), id="dunst"),
    pytest.param(notifyd, marks=needs(NOTIFYD, XFCONFD, "dbus-send", *X11), id="xfce4-notifyd"),
]


@pytest.mark.parametrize("server", SERVERS)
def test_notifications(server: Callable[[Desk], None], pictures: Path) -> None:
    name = server.__name__
    with x11(pictures) as desk:
        server(desk)
        desk.start("--background")
        for scene, key in (
            ("asked", "request"), ("linked-good", "link"), ("linked-unasked", "link"), ("restoring", "link"), ("failed", "link"),
        ):  # fmt: skip
            desk.tell("scene", scene)
            desk.sees(notes=[key], windows=["Incoming request"] if scene == "asked" else [])
            desk.look(f"{name}-{scene}")
        desk.tell("scene", "idle")  # dismissed: settled elsewhere
        desk.sees(notes=[])
        desk.look(f"{name}-withdrawn")
        for number, hostile in enumerate((*HOSTILE, "Ω" * 15 + "…", "é" * 16)):
            desk.tell("peer", json.dumps(hostile))
            desk.tell("scene", "linked-good")
            desk.sees(notes=["link"])
            desk.look(f"{name}-hostile-{number}")
            desk.tell("scene", "idle")
            desk.sees(notes=[])
        desk.quit()


@needs("dunst", "dunstctl", "dbus-send", *X11)
def test_actions_of_dunst(pictures: Path) -> None:
    with x11(pictures) as desk:
        place = Path(desk.session.env["XDG_CONFIG_HOME"]) / "dunst"
        place.mkdir(parents=True)
        chooser = place / "choose"
        chooser.write_text(f'#!/bin/sh\ngrep -F "$(cat {place}/choice)" | head -1\n')
        chooser.chmod(0o755)
        (place / "dunstrc").write_text(f"[global]\ndmenu = {chooser}\nwidth = 360\n")
        desk.session.start("dunst", "-conf", str(place / "dunstrc"))
        named(desk)
        desk.start("--background")

        def choose(scene: str, label: str) -> None:
            desk.tell("scene", "idle")
            desk.tell("scene", scene)
            desk.sees(notes=["request" if scene == "asked" else "link"])
            (place / "choice").write_text(label)
            desk.run("dunstctl", "context")

        choose("asked", "Accept")
        desk.applet.hear(call="accept")
        choose("asked", "Decline")
        desk.applet.hear(call="decline")
        choose("linked-good", "Copy address")
        desk.applet.hear(copied="169.254.17.42")
        choose("linked-good", "Disconnect")
        desk.applet.hear(call="disconnect")
        choose("failed", "Try again")
        desk.applet.hear(call="seek")
        desk.sees(windows=["Nearby Tray"])
        desk.quit()


@needs(NOTIFYD, XFCONFD, "dbus-send", *X11)
def test_a_button_of_xfce4_notifyd(pictures: Path) -> None:
    with x11(pictures) as desk:
        notifyd(desk)
        desk.start("--background")
        desk.tell("scene", "asked")
        desk.sees(notes=["request"])
        desk.look("notifyd-buttons")
        # Decline is the button at the right end of the bubble in the upper right of the screen; a click beside it opens the request.
        for y in range(116, 70, -6):
            desk.run("xdotool", "mousemove", "951", str(y), "click", "1")
            time.sleep(0.3)
            desk.tell("now")
            if any(said.get("call") for said in desk.applet.heard):
                break
        desk.applet.hear(call="decline")
        desk.quit()


@needs(*X11)
def test_no_notification_server(pictures: Path) -> None:
    with x11(pictures) as desk:
        desk.start("--background")
        for scene in ("asked", "linked-good", "failed"):
            desk.tell("scene", scene)
        desk.tell("scene", "asked")
        desk.sees(windows=["Incoming request"])
        desk.quit()


# --- the demo ------------------------------------------------------------------------------------------------------------------


def walk_the_demo(desk: Desk, name: str) -> None:
    """The program itself, on simulated air: from the tray's menu to a link and back, with its notification."""
    desk.session.start(sys.executable, "-m", "nearby_tray", "--demo", "--background")
    until(lambda: "Connect nearby" in menu(desk), "an icon with a menu")
    desk.session.drive("activate")
    desk.look(f"demo-{name}-activated")
    desk.session.drive("click", "Connect nearby")
    until(lambda: "Robin’s laptop" in menu(desk), "Robin is found")
    desk.look(f"demo-{name}-found")
    desk.session.drive("click", next(words for words in menu(desk).splitlines() if words.startswith("Robin’s laptop")))
    until(lambda: "Disconnect" in menu(desk), "linked")
    until(lambda: desk.run("dunstctl", "count", "displayed").strip() == "1", "a notification")
    desk.look(f"demo-{name}-linked")
    desk.session.drive("click", "Disconnect")
    until(lambda: "Connect nearby" in menu(desk), "ended")
    until(lambda: desk.run("dunstctl", "count", "displayed").strip() == "0", "the notification is withdrawn")
    desk.session.drive("click", "Quit")
    until(lambda: not menu(desk), "gone")


def menu(desk: Desk) -> str:
    """The words of the icon's menu; empty while there is no icon."""
    with suppress(AssertionError):
        return "\n".join(json.loads(line)["label"] for line in desk.session.drive("menu").splitlines())
    return ""


@needs("dunst", "dunstctl", "dbus-send")
@pytest.mark.parametrize("panel", TRAYS[:2])  # XEmbed icons have no menu on the bus
def test_the_demo_in_a_panel(panel: Callable[[Desk, bool], Child], pictures: Path) -> None:
    with x11(pictures) as desk:
        panel(desk, False)
        dunst(desk)
        walk_the_demo(desk, panel.__name__)


@needs("sway", "waybar", "grim", "dunst", "dunstctl", "dbus-send")
def test_the_demo_in_waybar(pictures: Path) -> None:
    with wayland(pictures, "sway") as desk:
        folder = Path(desk.session.env["HOME"])
        (folder / "bar").write_text(WAYBAR % 18)
        (folder / "style").write_text(BAR_STYLE.format("#1c1c20", "#f2f2f4"))
        desk.session.start("waybar", "-c", str(folder / "bar"), "-s", str(folder / "style"))
        dunst(desk)
        walk_the_demo(desk, "waybar")
