"""Each window, and each page of the panel, as a screen reader gets it: over the accessibility bus (AT-SPI), from another process.

https://docs.gtk.org/atspi2/: enum.Role and enum.StateType have the numbers; a state is a bit of two words of 32.
"""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from .session import PATIENCE, Session, opened

pytest.importorskip("dbus_fast")
from dbus_fast import Message, MessageType
from dbus_fast.aio import MessageBus

PLACES = ("/usr/libexec/at-spi-bus-launcher", "/usr/lib/at-spi2-core/at-spi-bus-launcher", "/usr/lib/at-spi-bus-launcher")
LAUNCHER = next((place for place in PLACES if Path(place).exists()), PLACES[0])
NEEDED = [program for program in ("Xvfb", "dbus-daemon", LAUNCHER) if shutil.which(program) is None]
pytestmark = [
    pytest.mark.skipif(bool(NEEDED), reason=f"not installed: {', '.join(NEEDED)}"),
    pytest.mark.timeout(300),  # some thousand questions
]

ACCESSIBLE, ROOT = "org.a11y.atspi.Accessible", "/org/a11y/atspi/accessible/root"
CHECK_BOX, COMBO_BOX, PUSH_BUTTON, TEXT, TOGGLE_BUTTON, ENTRY = 7, 11, 43, 61, 62, 79
CONTROLS = {CHECK_BOX, COMBO_BOX, PUSH_BUTTON, TEXT, TOGGLE_BUTTON, ENTRY}
ENABLED, FOCUSABLE, SHOWING = 8, 11, 25
LABELLED_BY = 2

# One of each kind: which words are in it changes nothing here, and test_accessibility.py walks all of them.
VIEWS = (
    "panel-failed", "panel-idle-able", "panel-host", "panel-seeking", "panel-ways-phone", "panel-asking", "panel-asked", "panel-entering",
    "panel-forming-pin", "panel-linked-good-details", "panel-restoring", "panel-ending", "panel-hosting", "request-asked",
    "request-asked-enter-pin", "entry-entering", "pin-forming-pin", "settings-advanced", "doctor-tall", "still-running",
)  # fmt: skip

Where = tuple[str, str]


class Reader:
    def __init__(self, bus: MessageBus) -> None:
        self._bus = bus

    async def ask(self, where: Where, interface: str, member: str, signature: str = "", *body: Any) -> Any:
        message = Message(where[0], where[1], interface, member, signature=signature, body=list(body))
        reply = await asyncio.wait_for(self._bus.call(message), PATIENCE)
        assert reply is not None
        assert reply.message_type is not MessageType.ERROR, f"{where} {member}: {reply.body}"
        return reply.body[0] if reply.body else None

    async def children(self, where: Where) -> list[Where]:
        return [(bus, path) for bus, path in await self.ask(where, ACCESSIBLE, "GetChildren")]

    async def name(self, where: Where) -> str:
        return str((await self.ask(where, "org.freedesktop.DBus.Properties", "Get", "ss", ACCESSIBLE, "Name")).value)

    async def states(self, where: Where) -> int:
        low, high = await self.ask(where, ACCESSIBLE, "GetState")
        return int(low | high << 32)

    async def walk(self, where: Where) -> AsyncIterator[tuple[Where, int, int]]:
        states = await self.states(where)
        if not states >> SHOWING & 1:
            return
        role = await self.ask(where, ACCESSIBLE, "GetRole")
        yield where, role, states
        if role != COMBO_BOX:  # closed, it is one control
            for child in await self.children(where):
                async for found in self.walk(child):
                    yield found

    async def called(self, where: Where, role: int) -> str:
        """A list box is called what the label beside it says; its own name is what is chosen."""
        if role != COMBO_BOX:
            return await self.name(where)
        relations = await self.ask(where, ACCESSIBLE, "GetRelationSet")
        return " ".join([await self.name((bus, path)) for kind, targets in relations if kind == LABELLED_BY for bus, path in targets])


@asynccontextmanager
async def reading(session: Session) -> AsyncIterator[Reader]:
    ours = await MessageBus(session.env["DBUS_SESSION_BUS_ADDRESS"]).connect()
    daemon = ("org.freedesktop.DBus", "/org/freedesktop/DBus")
    await until(lambda: Reader(ours).ask(daemon, daemon[0], "NameHasOwner", "s", "org.a11y.Bus"))
    address = await Reader(ours).ask(("org.a11y.Bus", "/org/a11y/bus"), "org.a11y.Bus", "GetAddress")
    theirs = await MessageBus(address).connect()
    try:
        yield Reader(theirs)
    finally:
        theirs.disconnect()
        ours.disconnect()


async def until(ask: Callable[[], Awaitable[Any]]) -> Any:
    async with asyncio.timeout(PATIENCE):
        while not (found := await ask()):  # noqa: ASYNC110 - nobody says when
            await asyncio.sleep(0.05)
    return found


async def read(session: Session) -> list[str]:
    wrong: list[str] = []
    seen, shown = 0, []
    async with reading(session) as reader:
        views = session.program("views", *VIEWS)
        stdin = views.process.stdin
        assert stdin is not None
        registry = ("org.a11y.atspi.Registry", ROOT)
        (program,) = await until(lambda: reader.children(registry))
        while "view" in (said := await asyncio.to_thread(views.hear)):
            view, title = said["view"], said["title"]

            async def window(title: str = title) -> Where | None:
                for child in await reader.children(program):
                    if await reader.name(child) == title and await reader.states(child) >> SHOWING & 1:
                        return child
                return None

            shown.append(view)
            top = await until(window)
            async for where, role, states in reader.walk(top):
                if role not in CONTROLS:
                    continue
                seen += 1
                called = await reader.called(where, role)
                if not called.strip():
                    wrong.append(f"{view}: a control of role {role} has no name")
                if states >> ENABLED & 1 and not states >> FOCUSABLE & 1:
                    wrong.append(f"{view}: {called!r} does not take the focus")
            stdin.write(".")
            stdin.flush()
    assert seen > 100 and sorted(shown) == sorted(VIEWS)
    return wrong


def test_a_screen_reader_finds_every_control_with_its_name(tmp_path_factory: pytest.TempPathFactory) -> None:
    with opened(tmp_path_factory.mktemp("s")) as session:
        session.env["QT_LINUX_ACCESSIBILITY_ALWAYS_ON"] = "1"
        # Its own bus and registry outlive it by a moment: none of them has a pipe that would have to end.
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        launcher: subprocess.Popen[str] = subprocess.Popen([LAUNCHER, "--launch-immediately"], env=session.env, text=True, **quiet)  # type: ignore[call-overload]
        session.children.append(launcher)
        wrong = asyncio.run(read(session))
    assert not wrong, "\n".join(wrong)
