"""The group that an edge has made: watched while it is up, and undone when it ends or is no longer wanted.

Undoing is never cancelled. A group that the daemon does not take down stays in `left`, and is tried again by the next `remove`.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from ...core.model import EdgeEvent, Group, GroupLost, Reason
from ...errors import Unavailable
from ...tasks import Tasks
from .terms import Given, Keeper

log = logging.getLogger(__name__)

ReadSignal = Callable[[int], Awaitable[int | None]]


class Made(Protocol):
    """What an order has led to so far: enough to undo it at any moment."""

    @property
    def attempt(self) -> int: ...


M = TypeVar("M", bound=Made)


class Upkeep(Generic[M]):
    def __init__(
        self,
        tasks: Tasks,
        keeper: Keeper,
        tell: Callable[[EdgeEvent], None],
        undo: Callable[[M], Coroutine[Any, Any, None]],
        ending: Callable[[], None] = lambda: None,
    ) -> None:
        """`undo` has limits of its own; `ending` is called when any undoing begins."""
        self._tasks, self._keeper, self._tell, self._undo, self._ending = tasks, keeper, tell, undo, ending
        self._keeping: asyncio.Task[None] | None = None
        self._undoing: set[asyncio.Task[None]] = set()
        self.up: M | None = None
        self.left: deque[M] = deque(maxlen=4)

    def keep(self, made: M, interface: str, given: Callable[[], Awaitable[Given]], planned: tuple[str, ...]) -> None:
        """The group is up. From now on it is lost when something changes with its network that may not (see `Keeper.watch`)."""
        self.up = made
        self._keeping = self._tasks.keep(lambda: self._watch(made, interface, given, planned), "keep our network")

    async def _watch(self, made: M, interface: str, given: Callable[[], Awaitable[Given]], planned: tuple[str, ...]) -> None:
        why = await self._keeper.watch(interface, given, planned)
        if self.up is made:
            log.warning("the group is taken down: %s", why.detail)
            self.lose(why.reason, why.detail)

    def lose(self, reason: Reason, detail: str) -> None:
        """The group that is up, if any, has ended: report it, and undo what is left of it."""
        made, self.up = self.up, None
        if made is not None:
            self._tell(GroupLost(made.attempt, reason, detail))
            self._undo_later(made)

    async def remove(self) -> None:
        """Undo the group that is up, and those that are left from before; `left` says which the daemon keeps."""
        made, self.up = self.up, None
        for one in ([made] if made is not None else []) + list(self.left):
            await self.finish(one)
        await self.settled()

    async def finish(self, made: M) -> None:
        """Undo. When the caller is cancelled meanwhile, the undoing goes on, and `settled` waits for it."""
        await asyncio.shield(self._undo_later(made))

    @property
    def is_undoing(self) -> bool:
        return bool(self._undoing)

    async def settled(self) -> None:
        """Wait until all undoing is over."""
        while self._undoing:
            await asyncio.wait(self._undoing)

    def _undo_later(self, made: M) -> asyncio.Task[None]:
        self._ending()
        keeping, self._keeping = self._keeping, None
        if keeping is not None and keeping is not asyncio.current_task():
            keeping.cancel()
        task = self._tasks.do(self._again(made), "undo")
        self._undoing.add(task)
        task.add_done_callback(self._undoing.discard)
        return task

    async def _again(self, made: M) -> None:
        if made in self.left:
            self.left.remove(made)
        await self._undo(made)


class Counters:
    """Bytes and signal of the group, from the kernel."""

    def __init__(self, folder: Path, read_signal: ReadSignal, pause: float) -> None:
        """`folder`: /sys/class/net. `pause`: seconds for which a reading of the signal counts."""
        self._folder, self.read_signal, self._pause = folder, read_signal, pause
        self._last: tuple[float, int | None] = (float("-inf"), None)

    async def read(self, group: Group, otherwise: Callable[[], int | None] = lambda: None) -> tuple[int, int, int | None]:
        """See `edges.Wifi.read_counters`. `otherwise`: the signal where the kernel does not tell it. Raises `Unavailable`."""
        folder = self._folder / group.interface / "statistics"
        try:
            received, sent = (int((folder / name).read_text()) for name in ("rx_bytes", "tx_bytes"))
        except (OSError, ValueError) as error:
            raise Unavailable(Reason.GROUP_ENDED, f"{group.interface}: {error}") from error
        now = asyncio.get_running_loop().time()
        if now - self._last[0] >= self._pause:
            signal = await self.read_signal(group.index) if group.index else None
            self._last = now, signal if signal is not None else otherwise()
        return received, sent, self._last[1]
