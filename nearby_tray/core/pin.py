"""The eight digits of WPS: seven that say something and one that catches a slip of the finger."""

from __future__ import annotations

from .keys import Entropy


def make(entropy: Entropy) -> str:
    """A new PIN."""
    number = int.from_bytes(entropy(8)) % 10_000_000
    return f"{number:07}{_checksum(number)}"


def valid(text: str) -> str | None:
    """The digits of a PIN as a person types it, with spaces or dashes in it; `None` when it is none or its checksum is wrong."""
    digits = text.replace(" ", "").replace("-", "")
    if len(digits) != 8 or not (digits.isascii() and digits.isdigit()) or _checksum(int(digits[:7])) != int(digits[7]):
        return None
    return digits


def grouped(pin: str) -> str:
    """In two groups of four, for eyes."""
    return f"{pin[:4]} {pin[4:]}"


def _checksum(number: int) -> int:
    """Of seven digits: three times the odd places plus the even ones, up to the next ten (hostap: wps_common.c, wps_pin_checksum)."""
    places = [int(digit) for digit in f"{number:07}"]
    return -(3 * sum(places[::2]) + sum(places[1::2])) % 10
