"""The person at the terminal: a question with yes or no, and a PIN that is typed and not shown."""

from __future__ import annotations

import asyncio
import os
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress

from .exits import NOT_POSSIBLE, Failed


class Keys:
    """Where a PIN is typed: a terminal, which does not show it, or standard input. Never the arguments: every process can read those."""

    def __init__(self, handle: int, terminal: bool) -> None:
        self._handle, self.terminal = handle, terminal
        self._typed = b""
        self._ended = False

    def say(self, words: str) -> None:
        if self.terminal:
            with suppress(OSError):
                os.write(self._handle, words.encode(errors="replace"))

    async def line(self, prompt: str, *, hidden: bool = True) -> str | None:
        """What is typed up to Enter; `None` when nothing more can come. Cancelling it leaves the terminal as it was."""
        loop = asyncio.get_running_loop()
        with self._hidden() if hidden else nullcontext():
            self.say(prompt)
            while b"\n" not in self._typed and not self._ended:
                ready = asyncio.Event()
                try:
                    loop.add_reader(self._handle, ready.set)
                except OSError:
                    ready.set()  # a file, which cannot be waited for and need not be
                try:
                    await ready.wait()
                finally:
                    with suppress(OSError):
                        loop.remove_reader(self._handle)
                try:
                    more = os.read(self._handle, 1024)
                except OSError:
                    more = b""
                self._typed = (self._typed + more)[:4096]
                self._ended = not more or len(self._typed) == 4096
            if hidden:
                self.say("\n")
        line, _, self._typed = self._typed.partition(b"\n")
        return line.decode(errors="replace") if line or not self._ended else None

    @contextmanager
    def _hidden(self) -> Iterator[None]:
        """The terminal shows nothing of what is typed."""
        if not self.terminal:
            yield
            return
        before = termios.tcgetattr(self._handle)
        quiet = [*before]
        quiet[3] &= ~termios.ECHO
        termios.tcsetattr(self._handle, termios.TCSAFLUSH, quiet)
        try:
            yield
        finally:
            with suppress(termios.error):
                termios.tcsetattr(self._handle, termios.TCSADRAIN, before)


@contextmanager
def typing_place(stdin: bool, keys: Keys | None = None) -> Iterator[Keys | None]:
    """Standard input, or the terminal where there is one. `keys`: they are open already."""
    if keys is not None:
        yield keys
    elif stdin:
        try:
            handle = sys.stdin.fileno()
        except (AttributeError, OSError, ValueError):
            raise Failed(NOT_POSSIBLE, "There is no standard input to read the PIN from.") from None
        yield Keys(handle, os.isatty(handle))
    else:
        try:
            handle = os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC)
        except OSError:
            yield None
            return
        try:
            yield Keys(handle, True)
        finally:
            os.close(handle)


def forget_typed(handle: int) -> None:
    """What was typed before a question was shown does not answer it."""
    with suppress(termios.error):
        termios.tcflush(handle, termios.TCIFLUSH)


def is_terminal() -> bool:
    """True if a person can be asked."""
    try:
        return sys.stdin.isatty()
    except (AttributeError, OSError, ValueError):
        return False
