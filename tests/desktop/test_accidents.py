"""Nobody answers by accident: keys and clicks that were meant for something else, with real window managers.

The user types ten keys a second into a window of another program and clicks ten times a second at a place of it, and a question comes up
right there; or it is moved there, or another one takes its place. Whatever is answered before the applet says `answerable` is wrong. Each
trial ends with the question answered by one more click, and a control shows that without that moment the same clicks are taken at once.
"""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest

from ..ui.session import Child
from .desk import X11, Desk, needs, until, x11

SIZE = "1280x1000x24"
KEYS = ("Return", "space", "alt+a", "y", "KP_Enter", "Tab", "alt+d", "Escape", "a", "alt+y")
QUESTIONS = {"asked": "acceptButton", "asked-button": "acceptButton", "asked-remembered": "acceptButton", "wish": "allowButton"}
TRIALS = 17  # 12 kinds of them
PERIOD = 0.1
HERE, THERE = ("40", "500"), ("700", "60")
DEFAULTS = Path("/etc/xdg/openbox/rc.xml")
PLACED = """<applications>
  <application type="dialog"><position force="yes"><x>300</x><y>200</y></position></application>"""  # where the next one comes is known
DESKS = ("focuses", "does-not-focus", "none")
HAPPENINGS = ("comes-up", "moves", "another-in-its-moment", "another-later")
pytestmark = [needs(*X11), pytest.mark.timeout(600)]


class Rain:
    """A user who types and clicks on, wherever the pointer is, and sees nothing."""

    def __init__(self, desk: Desk, *, clicks: bool = True) -> None:
        self._drops = [f"key {key}\n" + "click 1\n" * clicks for key in KEYS]
        self._tool = subprocess.Popen(["xdotool", "-"], env=desk.session.env, stdin=subprocess.PIPE, text=True)
        self._enough = threading.Event()
        self._thread = threading.Thread(target=self._fall)
        self._thread.start()

    def _fall(self) -> None:
        assert self._tool.stdin is not None
        for drop in cycle(self._drops):
            self._tool.stdin.write(drop)
            self._tool.stdin.flush()
            if self._enough.wait(PERIOD):
                return

    def stop(self) -> None:
        self._enough.set()
        self._thread.join()
        assert self._tool.stdin is not None
        self._tool.stdin.close()
        self._tool.wait()


@contextmanager
def desktop(kind: str, pictures: Path, *arguments: str) -> Iterator[tuple[Desk, Child]]:
    """With the applet in the background, and an editor that has the focus."""
    rules = pictures / f"openbox-{kind}.xml"
    told = DEFAULTS.read_text()
    for old, new in (("<focusNew>yes", f"<focusNew>{'yes' if kind == 'focuses' else 'no'}"), ("<applications>", PLACED)):
        assert old in told
        told = told.replace(old, new)
    rules.write_text(told)
    manager = () if kind == "none" else ("openbox", "--sm-disable", "--config-file", str(rules))
    with x11(pictures, SIZE, manager) as desk:
        desk.start("--background", *arguments)
        editor = desk.session.program("desktop.editor")
        until(partial(focused, desk, editor, by_pointer=kind == "none"), "the editor has the focus")
        yield desk, editor
        desk.quit()


def fares(editor: Child) -> dict[str, Any]:
    assert editor.process.stdin is not None
    editor.process.stdin.write("\n")
    editor.process.stdin.flush()
    return editor.hear(done=True)


def focused(desk: Desk, editor: Child, *, by_pointer: bool = False) -> bool:
    """Give it to the editor; where nobody manages it, keys go to the window under the pointer."""
    keys = fares(editor)["keys"]
    point(desk, (4, 4))
    desk.run("xdotool", "click", "1", "key", "x")
    now = fares(editor)
    return now["keys"] > keys and (by_pointer or now["focus"])


def point(desk: Desk, place: tuple[int, int]) -> None:
    desk.run("xdotool", "mousemove", *map(str, place))


def move(desk: Desk, place: tuple[str, str]) -> None:
    (window,) = desk.run("xdotool", "search", "--onlyvisible", "--name", "^(Incoming request|A program asks)$").split()
    desk.run("xdotool", "windowmove", window, *place)


def take(applet: Child, key: str) -> list[dict[str, Any]]:
    """What was heard of this so far."""
    found = [said for said in applet.heard if key in said]
    for each in found:
        applet.heard.remove(each)
    return found


def settle(desk: Desk) -> None:
    desk.tell("scene", "idle")
    desk.sees(windows=[])
    take(desk.applet, "answerable")
    take(desk.applet, "call")


def ask(desk: Desk, question: str) -> None:
    """It is asked, and has been for long enough."""
    desk.tell("scene", question)
    desk.applet.hear(answerable=True)


def place(desk: Desk, question: str) -> tuple[int, int]:
    x, y = desk.tell("where", QUESTIONS[question])["where"]
    return x, y


def settled_place(desk: Desk, question: str, move_to: tuple[str, str] | None) -> tuple[int, int]:
    """Where the button comes to be, so that the next one comes up under the pointer."""
    point(desk, (4, 4))
    ask(desk, question)
    if move_to is not None:
        move(desk, move_to)
        desk.applet.hear(answerable=True)
    found = place(desk, question)
    settle(desk)
    return found


def answered(desk: Desk, question: str) -> None:
    desk.applet.hear(call="accept" if QUESTIONS[question] == "acceptButton" else "allow")


def hit(desk: Desk, question: str) -> bool:
    """Click where the button is now, and say if anything has come of it."""
    if desk.tell("where", QUESTIONS[question])["where"]:
        desk.run("xdotool", "mousemove", *map(str, place(desk, question)), "click", "1")
    return bool(take(desk.applet, "call"))


def happen(desk: Desk, happening: str, question: str, where: tuple[int, int]) -> Rain:
    """The rain falls on the place where the button will be; nothing is answered yet that would be meant."""
    if happening == "comes-up":
        point(desk, where)
        rain = Rain(desk)
        desk.tell("scene", question)
    elif happening == "moves":
        ask(desk, question)
        move(desk, HERE)
        desk.applet.hear(answerable=True)
        point(desk, where)
        rain = Rain(desk)
        move(desk, THERE)
    elif happening == "another-in-its-moment":
        point(desk, where)
        rain = Rain(desk)
        desk.tell("scene", question)
        desk.tell("scene", f"{question} 2")
    else:
        ask(desk, question)
        point(desk, where)
        desk.tell("scene", f"{question} 2")
        rain = Rain(desk)
    return rain


@pytest.mark.parametrize("kind", DESKS)
@pytest.mark.parametrize("happening", HAPPENINGS)
def test_nothing_is_answered_in_the_first_second(happening: str, kind: str, pictures: Path) -> None:
    with desktop(kind, pictures) as (desk, _editor):
        for _ in range(2):  # what a window shows for the first time changes its size once more
            where = {each: settled_place(desk, each, THERE if happening == "moves" else None) for each in QUESTIONS}
        for trial, question in zip(range(TRIALS), cycle(QUESTIONS), strict=False):
            before = desk.tell("now")
            rain = happen(desk, happening, question, where[question])
            desk.applet.hear(answerable=True)
            early = take(desk.applet, "call")
            rain.stop()
            felt = desk.tell("now")
            assert felt["clicks"] > before["clicks"], "the rain did not fall on the button"
            assert early == [], f"trial {trial}, {question}"
            if not take(desk.applet, "call"):  # else the rain went on for that long
                desk.run("xdotool", "mousemove", *map(str, place(desk, question)), "click", "1")
                answered(desk, question)
            settle(desk)


@pytest.mark.parametrize("kind", DESKS)
def test_the_same_clicks_answer_where_nothing_keeps_them_off(kind: str, pictures: Path) -> None:
    """The control: a click does hit, and without the moment it is taken at once."""
    with desktop(kind, pictures, "--impatient") as (desk, _editor):
        for question in QUESTIONS:
            desk.tell("scene", question)
            until(partial(hit, desk, question), "a click answers")
            desk.tell("scene", "idle")


@pytest.mark.parametrize("kind", DESKS[:2])
def test_whoever_types_elsewhere_keeps_the_keyboard(kind: str, pictures: Path) -> None:
    """No key reaches the question, also where the window manager gives the focus to new windows; asked for by the user it has it."""
    with desktop(kind, pictures) as (desk, editor):
        for question in QUESTIONS:
            before, untouched = fares(editor), desk.tell("now")
            rain = Rain(desk, clicks=False)
            desk.tell("scene", question)
            desk.applet.hear(answerable=True)
            rain.stop()
            now = fares(editor)
            assert now["keys"] > before["keys"] and now["lost"] == before["lost"] and now["focus"], question
            assert desk.tell("now")["keys"] == untouched["keys"] and take(desk.applet, "call") == [], question
            desk.tell("raise")
            until(lambda: not fares(editor)["focus"], "the question has the focus")
            desk.applet.hear(answerable=True)
            desk.run("xdotool", "key", "alt+a")
            answered(desk, question)
            settle(desk)
            until(partial(focused, desk, editor), "the editor has the focus")
