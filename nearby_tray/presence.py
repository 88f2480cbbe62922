"""Whether the user is there to answer."""

from __future__ import annotations

from collections.abc import Callable


class Presence:
    """Whether the user is there to answer: the session is not locked, and, where the bus started the applet for a program, the user has
    used it since.

    Otherwise any program could make this computer visible again after the user had ended the applet, and nobody would know.
    """

    def __init__(self, set_away: Callable[[bool], None], *, seen: bool) -> None:
        self._set_away, self._seen = set_away, seen
        self._locked = False
        if not seen:
            set_away(True)

    def away(self, locked: bool) -> None:
        """The session is (not) locked."""
        self._locked = locked
        self._set_away(locked or not self._seen)

    def seen(self) -> None:
        """The user has opened a window of the applet, or typed a command."""
        if not self._seen:
            self._seen = True
            self._set_away(self._locked)
