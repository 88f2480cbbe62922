"""The signals that end a program let it end in order."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress


async def until_quit(work: Callable[[asyncio.Event], Awaitable[int]], quit: asyncio.Event) -> int:
    """Run `work` with `quit`, which the signals that end a program set. After `work` they are ignored: the program is at its end."""
    watched = watch_signals(quit)
    try:
        return await work(quit)
    finally:
        for number in watched:  # the interpreter would give them their defaults back while it ends
            signal.signal(number, signal.SIG_IGN)


def watch_signals(quit: asyncio.Event) -> list[signal.Signals]:
    """From now on SIGINT, SIGTERM and SIGHUP set `quit`, as often as they come, and do nothing else. Returns those signals.

    A signal that was ignored when the program was started stays so (`nohup`). Qt's loop sleeps in C, where Python's handlers do not run:
    the interpreter's wake-up pipe is watched by the loop instead.
    """
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    wanted = [number for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP) if signal.getsignal(number) is not signal.SIG_IGN]
    for number in wanted:
        signal.signal(number, lambda *_: None)

    def woken() -> None:
        with suppress(BlockingIOError):
            if any(number in wanted for number in os.read(reading, 64)):
                quit.set()

    asyncio.get_running_loop().add_reader(reading, woken)
    return wanted
