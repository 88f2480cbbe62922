"""A wake-up for every coroutine that waits for something to change."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress


class Pulse:
    def __init__(self) -> None:
        self.next = asyncio.Event()
        """Set at the next beat. Take it before reading what may change, then wait for it."""

    def beat(self) -> None:
        """Wake every coroutine that waits."""
        self.next.set()
        self.next = asyncio.Event()

    async def until(self, condition: Callable[[], bool], limit: float) -> bool:
        """Wait until `condition` holds, checked at each beat; `False` after `limit` seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(limit):
                while not condition():
                    await self.next.wait()
        return condition()
