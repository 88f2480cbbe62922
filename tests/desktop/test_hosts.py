"""The tray in lxqt-panel, xfce4-panel, trayer and waybar, notifications in dunst and xfce4-notifyd, and desktops that have neither.

Each skips with a sentence where the programs are not installed. Every test leaves pictures of what a person would see.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from ..ui.scenes import HOSTILE
from ..ui.session import PATIENCE, Child
from .desk import X11, Desk, needs, until, wayland, x11

pytest.importorskip("dbus_fast")

STATES = ("idle", "radios-off", "seeking", "asked", "forming", "linked-good", "linked-fair", "linked-weak", "restoring", "failed")


def library(*choices: str) -> str:
    """The first of these patterns under /usr/lib that is there: where the program is depends on the architecture and distribution."""
    return next((str(found) for choice in choices for found in sorted(Path("/usr").glob(choice))), f"/usr/{choices[0]}")


XFCONFD = library("lib/*/xfce4/xfconf/xfconfd", "lib/xfce4/xfconf/xfconfd", "lib64/xfce4/xfconf/xfconfd")
NOTIFYD = library("lib/*/xfce4/notifyd/xfce4-notifyd", "lib/xfce4/notifyd/xfce4-notifyd", "lib64/xfce4/notifyd/xfce4-notifyd")


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
