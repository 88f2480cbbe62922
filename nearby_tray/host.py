"""What this machine is called and what kind of machine it is, from the files that say so.

systemd-hostnamed keeps both in machine-info(5), for people; the kernel has the network's name, and the firmware's word on the chassis.
"""

from __future__ import annotations

import hashlib
import os
import shlex
from contextlib import suppress
from pathlib import Path

from .core.names import clean_name

_ROOT = Path("/")
_UNNAMED = {"", "localhost", "localhost6", "(none)", "none", "unknown"}
# SMBIOS "System Enclosure", as the kernel shows it to everybody.
_ENCLOSURES = {
    **dict.fromkeys((8, 9, 10, 14, 31, 32), "laptop"),
    **dict.fromkeys((3, 4, 5, 6, 7, 13, 15, 16, 35), "desktop"),
    **dict.fromkeys((11, 30), "tablet"),
}
# machine-info(5), CHASSIS.
_CHASSIS = {"laptop": "laptop", "convertible": "laptop", "desktop": "desktop", "tablet": "tablet", "handset": "phone"}


def name() -> str:
    """What people call this machine, never empty; a machine without a name is told from the next by a few digits of its own."""
    network = os.uname().nodename.partition(".")[0]
    known = clean_name(_info().get("PRETTY_HOSTNAME", ""), "") or ("" if network.lower() in _UNNAMED else clean_name(network, ""))
    return known or f"{chassis() or 'computer'} {_digits()}".strip()


def chassis() -> str:
    """ "laptop", "desktop", "tablet", "phone", or "" where no file says."""
    said = _CHASSIS.get(_info().get("CHASSIS", ""))
    if said is not None:
        return said
    with suppress(OSError, ValueError):
        return _ENCLOSURES.get(int((_ROOT / "sys/class/dmi/id/chassis_type").read_text()), "")
    return ""


def _info() -> dict[str, str]:
    found = {}
    with suppress(OSError):
        for line in (_ROOT / "etc/machine-info").read_text(errors="replace")[:10_000].splitlines():
            key, equals, value = line.strip().partition("=")
            if equals:
                with suppress(ValueError):  # quotes that do not end
                    found[key] = " ".join(shlex.split(value))
    return found


def _digits() -> str:
    """A few digits of machine-id(5), hashed: the id itself must not leave the machine."""
    with suppress(OSError):
        number = (_ROOT / "etc/machine-id").read_text(errors="replace").strip()
        if number:
            return hashlib.sha256(f"nearby-tray name {number}".encode()).hexdigest()[:4]
    return ""
