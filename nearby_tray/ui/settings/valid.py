"""What is wrong with a text that is typed into the settings; empty if it can be put in force."""

from __future__ import annotations

from ..text.translate import tr

NAME_BYTES = 32
PORTS = range(1024, 65536)
# The middles of the 20 MHz channels (IEEE 802.11-2020, annex E; 6 GHz: 802.11ax). Which of them may be used, the kernel knows.
CHANNELS = (range(2412, 2473, 5), range(5180, 5321, 20), range(5500, 5721, 20), range(5745, 5886, 20), range(5955, 7116, 20))


def name_error(name: str) -> str:
    """A name that peers can be shown; no name means the host's."""
    over = len(name.strip().encode("utf-8", "replace")) - NAME_BYTES
    if over > 0:
        return tr("Too long by {n} bytes; others see at most {most}.", n=over, most=NAME_BYTES)
    if not name.strip().isprintable():
        return tr("This name has characters that cannot be shown.")
    return ""


def port_error(port: str) -> str:
    """A port that an ordinary program may use."""
    if not (port.isascii() and port.isdigit() and len(port) <= 5 and int(port) in PORTS):
        return tr("A port is a number from {first} to {last}.", first=PORTS[0], last=PORTS[-1])
    return ""


def frequency_error(typed: str) -> str:
    """The middle of a Wi-Fi channel of 20 MHz, in MHz; nothing means any."""
    typed = typed.strip()
    if not typed:
        return ""
    value = int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 5 else 0
    if value == 2484 or any(value in each for each in CHANNELS):
        return ""
    return tr("There is no Wi-Fi channel there; 2437, 5180 and 5955 are some.")
