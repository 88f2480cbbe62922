"""One node's screen: windows are found through accessibility (AT-SPI), as a screen reader finds them, and pressed with the mouse.

So a button without an accessible name, or one hidden behind something else, fails here as it would fail a user.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass

from guest.bus import Bus, BusError

A11Y = "org.a11y.atspi."
ROOT = "/org/a11y/atspi/accessible/root"
ENABLED, SHOWING = 8, 25  # AtspiStateType
BUTTON, LABEL, CHECK_BOX, TEXT = "push button", "label", "check box", "text"  # older AT-SPI says "push button", newer "button"


@dataclass(frozen=True, slots=True)
class Widget:
    owner: str
    path: str
    name: str
    role: str
    window: str


class Screen:
    """`reach` turns an address on the node's own file system into one that this process can open; `run` runs a program as alice."""

    def __init__(self, session: Bus, reach: Callable[[str], str], run: Callable[[Sequence[str]], object]) -> None:
        self._session, self._reach, self._run = session, reach, run
        self._bus: Bus | None = None

    async def _connect(self) -> Bus:
        if self._bus is None or not self._bus.connection.connected:
            address = await self._session.call("org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus", "GetAddress")
            self._bus = await Bus.connect(self._reach(address))
        return self._bus

    async def widgets(self) -> list[Widget]:
        """All that is showing now, of every window of every program."""
        bus = await self._connect()
        found = []
        for owner, path in await bus.call(A11Y + "Registry", ROOT, A11Y + "Accessible", "GetChildren"):
            try:
                for window_owner, window in await bus.call(owner, path, A11Y + "Accessible", "GetChildren"):
                    found += [widget async for widget in self._walk(bus, window_owner, window, None)]
            except (BusError, TimeoutError):
                continue  # a window that closed while we looked
        return found

    async def _walk(self, bus: Bus, owner: str, path: str, window: str | None) -> AsyncIterator[Widget]:
        if SHOWING not in await _states(bus, owner, path):
            return
        name = await bus.get(owner, path, A11Y + "Accessible", "Name")
        role = await bus.call(owner, path, A11Y + "Accessible", "GetRoleName")
        role = BUTTON if role == "button" else role
        window = name if window is None else window
        yield Widget(owner, path, name, role, window)
        if role in (BUTTON, LABEL, CHECK_BOX, TEXT):
            return
        for child_owner, child in await bus.call(owner, path, A11Y + "Accessible", "GetChildren"):
            async for widget in self._walk(bus, child_owner, child, window):
                yield widget

    async def texts(self) -> list[str]:
        return [widget.name for widget in await self.widgets() if widget.name]

    async def find(self, name: str, role: str = BUTTON) -> Widget | None:
        """The showing widget whose whole name matches the pattern; the last one, dialogs come after the windows they belong to."""
        found = [widget for widget in await self.widgets() if widget.role == role and re.fullmatch(name, widget.name.replace("&", ""))]
        return found[-1] if found else None

    async def enabled(self, widget: Widget) -> bool:
        return ENABLED in await _states(await self._connect(), widget.owner, widget.path)

    async def press(self, widget: Widget) -> None:
        """Move the mouse to its middle and click."""
        bus = await self._connect()
        x, y, width, height = await bus.call(widget.owner, widget.path, A11Y + "Component", "GetExtents", "u", 0)
        self._run(["xdotool", "mousemove", str(x + width // 2), str(y + height // 2), "click", "1"])

    async def type(self, text: str) -> None:
        """On the keyboard, into what has the focus."""
        self._run(["xdotool", "type", "--delay", "50", text])


async def _states(bus: Bus, owner: str, path: str) -> set[int]:
    low, high = await bus.call(owner, path, A11Y + "Accessible", "GetState", limit=10)
    return {bit for bit in range(64) if (low | high << 32) >> bit & 1}
