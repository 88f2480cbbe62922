"""What can go wrong on the bus, as three exceptions."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator

log = logging.getLogger(__name__)


class BusError(Exception):
    """The bus daemon or a service answered with an error. `name` is the D-Bus error name, `text` the words that came with it."""

    def __init__(self, name: str, text: str = "") -> None:
        super().__init__(f"{name}: {text}" if text else name)
        self.name = name
        self.text = text


class BusTimeout(BusError):
    """No answer came within the limit of the call."""

    def __init__(self, text: str) -> None:
        super().__init__("org.freedesktop.DBus.Error.NoReply", text)


@contextlib.contextmanager
def if_there() -> Iterator[None]:
    """Around a question about one object of many, which may be gone by now: its error is skipped.

    A timeout is raised: a daemon that does not answer is not asked about the other objects as well, since the limits would add up.
    """
    try:
        yield
    except BusTimeout:
        raise
    except BusError as error:
        log.debug("%s", error)


class BusGone(Exception):
    """There is no bus, or the connection to it has been lost."""
