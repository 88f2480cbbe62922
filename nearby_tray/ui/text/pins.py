"""A WPS PIN that is typed or shown."""

from __future__ import annotations

from ...core.model import Method, Snapshot
from ...core.pin import SHORT, SIZE, digits, valid
from .translate import tr

PIN = "PIN {digits}"


def pin_problem(typed: str) -> str:
    """What is wrong with the digits typed so far; empty while they may become a PIN, and when they are one."""
    bare = digits(typed)
    if bare is None:
        return tr("A PIN has digits only.")
    if len(bare) > SIZE:
        return tr("A PIN has {n} digits.", n=SIZE)
    if len(bare) == SIZE and valid(bare) is None:
        return tr("The last digit does not fit: check the number.")
    return ""


def pin_hint(typed: str) -> str:
    """What to type next, for digits without a problem."""
    bare = digits(typed) or ""
    if len(bare) == SIZE:
        return tr("The digits fit together.")
    if len(bare) == SHORT:
        return tr("{n} digits missing, unless it shows only {short}.", n=SIZE - len(bare), short=SHORT)
    if SIZE - len(bare) == 1:
        return tr("One digit missing.")
    return tr("{n} digits missing.", n=SIZE - len(bare)) if bare else tr("{n} digits; spaces do not matter.", n=SIZE)


def tries_words(snapshot: Snapshot, method: Method = Method.KEYPAD) -> str:
    """How many tries are left after a wrong PIN; empty before the first try. `method`: what this computer does."""
    if snapshot.tries_left not in (1, 2):
        return ""
    new = tr("Here is a new one.") if method is Method.DISPLAY else tr("It shows a new one.")
    left = tr("This is the last try.") if snapshot.tries_left == 1 else tr("There are two tries left.")
    return f"{new} {left}"
