"""How a command ends: its exit status, and the one sentence that says why it did not work."""

from __future__ import annotations

OK, NOT_POSSIBLE, USAGE, NO_APPLET, NO_BUS = range(5)
INTERRUPTED = 130


class Failed(Exception):
    """Ends the command with this exit status and sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


def one_line(value: object) -> str:
    """`value` as one printable line: text from other programs and computers must not control the terminal."""
    from ..core.names import harmless

    return harmless(value, 2000)


def not_understood() -> Failed:
    return Failed(NOT_POSSIBLE, "The running applet answers in a way that is not understood here; it may be of another version.")
