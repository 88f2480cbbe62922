"""Numbers with their units, written as the language writes them."""

from __future__ import annotations

from .translate import tr


def number(value: float, places: int = 0) -> str:
    """`value` with `places` digits after the language's decimal sign."""
    return f"{value:.{places}f}".replace(".", tr("."))


def milliseconds(value: float | None) -> str:
    if value is None:
        return "–"
    return tr("{n} ms", n=number(value, 1 if value < 10 else 0))


def share(value: float | None) -> str:
    """A share 0…1 in percent."""
    if value is None:
        return "–"
    percent = value * 100
    return tr("{n} %", n=number(percent, 0 if percent >= 10 or percent == 0 else 1))


def percent(value: int | None) -> str:
    return "–" if value is None else tr("{n} %", n=value)


def seconds(value: float | None) -> str:
    return "–" if value is None else tr("{n} s", n=number(value, 1))


UNITS = ("{n} B", "{n} kB", "{n} MB", "{n} GB", "{n} TB")


def size(octets: int | None) -> str:
    if octets is None:
        return "–"
    value, unit = float(octets), 0
    while value >= 1000 and unit < len(UNITS) - 1:
        value, unit = value / 1000, unit + 1
    return tr(UNITS[unit], n=number(value, 1 if unit and (value < 100 or unit == len(UNITS) - 1) else 0))


def clock(value: float) -> str:
    """What is left of a countdown, as m:ss, never below zero."""
    left = max(0, int(value + 0.999))
    return f"{left // 60}:{left % 60:02d}"
