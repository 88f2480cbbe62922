"""What is said on each Bluetooth connection, in order: connect, send, hang up.

Frames leave through one queue for each connection, so that a goodbye is sent before the hang-up.
"""

from __future__ import annotations

import asyncio
import logging
from functools import partial

from ..core import orders as o
from ..core.keys import Role
from ..core.model import Reason
from ..errors import Unavailable
from ..tasks import Pause, told_to_end
from .steps import Shared

log = logging.getLogger(__name__)

# What may wait here. What the air makes this computer do is bounded in the core; these keep a hanging daemon from gathering it.
MOST_LINES = 64
MOST_WAITING = 64  # on one line
HANGING_UP = 3  # times that hanging up is tried

Command = o.Connect | o.Say | o.HangUp


class _Line:
    """The commands for one connection."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.queue: asyncio.Queue[Command] = asyncio.Queue()
        self.command: Command | None = None  # being carried out
        self.task: asyncio.Task[None] | None = None


class Lines:
    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._lines: dict[str, _Line] = {}  # by origin

    def __bool__(self) -> bool:
        """True while something is still to be said."""
        return bool(self._lines)

    def carry_out(self, command: Command) -> None:
        line = self._lines.get(command.origin)
        # A connection is always ended, however much is waiting.
        full = len(self._lines) >= MOST_LINES if line is None else line.queue.qsize() >= MOST_WAITING
        if full and not isinstance(command, o.HangUp):
            log.warning("too much waits to be said by Bluetooth")
            self._unsaid(command, Reason.INTERNAL)
            return
        if line is None:
            line = self._lines[command.origin] = _Line(command.origin)
            line.task = self._shared.tasks.do(self._talk(line), f"line {command.origin}")
        line.queue.put_nowait(command)

    def cut(self, origin: str) -> None:
        """The connection is gone: nothing more can be said on it. A hang-up under way is gone through with: it may be what cut it."""
        line = self._lines.pop(origin, None)
        if line is not None:
            line.queue = asyncio.Queue()
            if line.task is not None and not isinstance(line.command, o.HangUp):
                line.task.cancel()

    def cut_all(self) -> None:
        for origin in list(self._lines):
            self.cut(origin)

    def _unsaid(self, command: Command, reason: Reason) -> None:
        match command:
            case o.Connect(origin):
                self._shared.feed(o.ConnectFailed(origin))
            case o.Say(origin, role):
                # Whatever the daemon calls it, the peer is not there; but a fault in this program is not the peer's.
                self._shared.feed(o.SayFailed(origin, role, reason if reason is Reason.INTERNAL else Reason.PEER_GONE))
            case o.HangUp():
                pass  # it was tried, and nothing more can be done

    async def _talk(self, line: _Line) -> None:
        """Carry out the commands for one connection, until none is left."""
        while not line.queue.empty():
            command = line.command = line.queue.get_nowait()
            try:
                await self._say(line, command)
            except Unavailable as error:
                log.info("Bluetooth, %s to %s: %s", type(command).__name__, line.origin, error)
                self._unsaid(command, error.reason)
        if self._lines.get(line.origin) is line:
            del self._lines[line.origin]
        self._shared.stir()

    async def _say(self, line: _Line, command: Command) -> None:
        match command:
            case o.Connect(origin):
                # A connection that comes about when nobody waits for it any more is ended.
                late = partial(self.carry_out, o.HangUp(origin))
                room = await self._shared.step("connect", self._shared.edges.bluetooth.connect(origin), late=late)
                self._shared.feed(o.Connected(origin, room))
            case o.Say(origin, role, frames):
                await self._shared.step("say it", self._send(origin, role, frames))
            case o.HangUp():
                await self._hang_up(line)

    async def _send(self, origin: str, role: Role, frames: tuple[bytes, ...]) -> None:
        for frame in frames:
            if told_to_end():
                raise Unavailable(Reason.INTERNAL, "given up before all was sent")
            await self._shared.edges.bluetooth.send(origin, frame, role)

    async def _hang_up(self, line: _Line) -> None:
        pause = Pause()
        for left in reversed(range(HANGING_UP)):
            try:
                await self._shared.step("hang up", self._shared.edges.bluetooth.disconnect(line.origin))
                return
            except Unavailable:
                if not left:
                    raise
            await asyncio.sleep(pause.longer())
            if self._lines.get(line.origin) is not line:
                return  # the connection is gone, and another one may be there
