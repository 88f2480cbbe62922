"""Which program speaks to us over the bus, as far as that can be told.

What is provable: it is connected to this bus, so it runs as this user (or root), and the daemon knows the process that connected
(`GetConnectionCredentials`, D-Bus Specification 0.43, "Bus messages"). What is not: a program may run another one, call itself anything,
or speak for somebody else (a Flatpak's proxy, `busctl`). So a name from here informs the user, and protects from nothing that already runs
as the user. It is hostile text: one harmless line, of limited length.
"""

from __future__ import annotations

import os
from pathlib import Path

from ..core.checks import harmless
from ..core.model import Asker
from .bus import Bus, BusError, BusGone

LIMIT = 2.0  # seconds for the daemon to answer
_DAEMON = ("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus")
_SIZE_LIMIT = 16 * 1024  # bytes of a command line that are looked at
NAME_LIMIT, PATH_LIMIT = 64, 160  # characters
# What runs a script: then the script is the program.
_INTERPRETERS = ("python", "perl", "ruby", "node", "gjs", "bash", "dash", "sh", "zsh", "fish", "lua", "php", "java")
_OWN = ("nearby-tray", "nearby_tray/__main__.py", "nearby_tray/cli.py")
_OWN_MODULES = ("nearby_tray", "nearby_tray.cli")
UNKNOWN = Asker("")


async def identify(bus: Bus, sender: str, proc: Path = Path("/proc")) -> Asker:
    """The program behind the unique name `sender`; without a name (`UNKNOWN`) when it has gone or hides. Never raises, ends within 4 s."""
    try:
        values = await bus.call(*_DAEMON, "GetConnectionCredentials", "s", sender, timeout=LIMIT)
        said = values[0] if values and isinstance(values[0], dict) else {}
        pid = said.get("ProcessID")
        if not isinstance(pid, int) or isinstance(pid, bool) or pid <= 0:
            return UNKNOWN
        found = describe(pid, proc)
        # Still connected, so the number still means that process.
        return found if await bus.name_owner(sender) == sender else UNKNOWN
    except (BusError, BusGone):
        return UNKNOWN


def describe(pid: int, proc: Path = Path("/proc")) -> Asker:
    """The process as the kernel shows it; its name is that of the script where an interpreter runs one."""
    folder = proc / str(pid)
    path = _link(folder / "exe").removesuffix(" (deleted)")
    words = _read(folder / "cmdline").decode(errors="replace").split("\0")[:-1]
    name, script = Path(path).name, ""
    if name.rstrip("0123456789.") in _INTERPRETERS:
        script = _script(words)
    shown = Path(script).name or name or _read(folder / "comm").decode(errors="replace")
    own = pid == os.getpid() or (bool(path) and path == _link(proc / "self" / "exe") and _is_own(script))
    what = f"{path} {script}" if script else path
    return Asker(harmless(shown, NAME_LIMIT), harmless(what, PATH_LIMIT), pid, own)


def _script(words: list[str]) -> str:
    """The script or module that an interpreter was given, by its command line; empty when it was none."""
    rest = iter(words[1:])
    for word in rest:
        if word in ("-m", "-c", "-e"):
            return next(rest, "") if word == "-m" else ""
        if word in ("-X", "-W"):  # Python's, with a value
            next(rest, "")
        elif not word.startswith("-"):
            return word
    return ""


def _is_own(script: str) -> bool:
    return script in _OWN_MODULES or script.endswith(tuple(f"/{ending}" for ending in _OWN)) or script in _OWN


def _link(path: Path) -> str:
    try:
        return os.fsencode(path.readlink()).decode(errors="replace")
    except OSError:
        return ""


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_SIZE_LIMIT)
    except OSError:
        return b""
