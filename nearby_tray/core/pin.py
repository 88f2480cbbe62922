"""The PIN of Wi-Fi Protected Setup (WPS): made, checked, grouped.

Eight digits, the last of which is a checksum of the seven before it (Wi-Fi Simple Configuration 2.0, "PIN configuration methods";
hostap `src/wps/wps_common.c`, `wps_pin_checksum` and `wps_pin_str_valid`). We make only those. A machine with a small display may
show four digits instead, which have no checksum; such a one can be typed here. A PIN is a secret: nothing here puts one into an error.
"""

from __future__ import annotations

from collections.abc import Callable

SIZE, SHORT = 8, 4  # digits
_BETWEEN = " -\t\u00a0\u2007\u2009\u202f\u2010\u2011\u2012\u2013\u2014\u2212"  # what people and displays put between digits
_MOST = 64  # characters that are looked at


def make(entropy: Callable[[int], bytes]) -> str:
    """A new PIN of eight digits: seven random ones and their checksum. `entropy` gives that many random bytes."""
    # 64 bits for 10⁷ values: no digit is likelier than another by more than 10⁻¹².
    seven = int.from_bytes(entropy(8), "big") % 10**7
    return f"{seven:07d}{_checksum(seven)}"


def digits(text: str) -> str | None:
    """What was typed or pasted without spaces and dashes; `None` when anything but digits is left. Nothing is said about their number."""
    if len(text) > _MOST:
        return None
    bare = text.strip().translate(dict.fromkeys(map(ord, _BETWEEN)))
    return bare if not bare or (bare.isascii() and bare.isdigit()) else None


def valid(text: str) -> str | None:
    """The PIN that was typed, without spaces and dashes: eight digits of which the last fits, or four; otherwise `None`."""
    bare = digits(text)
    if bare is None or len(bare) not in (SIZE, SHORT):
        return None
    return bare if len(bare) == SHORT or _checksum(int(bare[:-1])) == int(bare[-1]) else None


def grouped(pin: str) -> str:
    """As it is shown and read aloud: "1234 5670"."""
    return " ".join(pin[k : k + 4] for k in range(0, len(pin), 4))


def _checksum(seven: int) -> int:
    """The eighth digit: it makes the sum, with every other digit three times, a multiple of ten."""
    total = 0
    for k, digit in enumerate(f"{seven:07d}"):
        total += int(digit) * (3 if k % 2 == 0 else 1)
    return -total % 10
