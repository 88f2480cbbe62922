"""Which program calls over the bus, as far as that can be told.

What is provable: it is connected to this bus, so it runs as this user (or root), and the daemon knows the process that connected
(`GetConnectionCredentials`, D-Bus Specification 0.43, "Bus messages"). What is not: a program may run another one, call itself anything,
or speak for somebody else (a Flatpak's proxy, `busctl`). So a name from here informs the user. It is hostile text: one harmless line, of
limited length.

`own`, the user's own command, takes more than a name: the interpreter and the script are the files that this applet runs, by device and
inode; the process is the same before and after it was looked at, by its start time; and it has said itself which connection is its own
(`vouch`). The last keeps out a connection that another program made and kept over `fork` and `exec`: the kernel gives a process that runs
another program the name of that, and lets nobody but the process change it (proc_pid_comm(5)). What even this cannot keep out: a program
that makes our command do its work, with its environment (PYTHONPATH, LD_PRELOAD), as its debugger, or by typing into a terminal. Linux has
no wall between programs of one user.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

from ..core.model import Asker
from ..core.names import harmless
from .bus import Bus, BusError, BusGone

LIMIT = 2.0  # seconds for the daemon to answer
_DAEMON = ("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus")
_SIZE_LIMIT = 16 * 1024  # bytes of a command line that are looked at
NAME_LIMIT, PATH_LIMIT = 64, 160  # characters
# What runs a script: then the script is the program.
_INTERPRETERS = ("python", "perl", "ruby", "node", "gjs", "bash", "dash", "sh", "zsh", "fish", "lua", "php", "java")
_COMMAND = "nearby-tray"
_MODULES = {"nearby_tray": "__main__.py", "nearby_tray.cli": "cli/__main__.py"}  # what `-m` may be given, and the file that it runs
_OPTIONS = {"-I", "-s", "-E", "-P", "-B", "-u", "-sP", "-Es"}  # of Python's, those that run nothing
_COMM = 15  # characters that the kernel keeps of a process's name, TASK_COMM_LEN
_PLACES = ("/usr/", "/opt/", "/app/", "/snap/", "/nix/store/", "/gnu/store/")  # where programs are installed
UNKNOWN = Asker("")


def vouch(unique_name: str) -> None:
    """Say that this process itself made this connection, for `identify`: by the process's name, which no other process can change."""
    with suppress(OSError):  # without /proc the user is asked
        Path("/proc/self/comm").write_text(unique_name[:_COMM])


async def identify(bus: Bus, sender: str, proc: Path = Path("/proc")) -> Asker:
    """The program behind the unique name `sender`; without a name (`UNKNOWN`) when it has gone or hides. Never raises, ends within 4 s."""
    try:
        pid = await process_of(bus, sender)
        if pid is None:
            return UNKNOWN
        before = _started(proc / str(pid))
        found = describe(pid, sender, proc)
        # Still connected and the same process, so what was read is of that.
        if await bus.name_owner(sender) != sender or _started(proc / str(pid)) != before:
            return UNKNOWN
        return found
    except (BusError, BusGone):
        return UNKNOWN


async def process_of(bus: Bus, sender: str) -> int | None:
    """The process that made the connection. Raises `BusError`, `BusGone`."""
    values = await bus.call(*_DAEMON, "GetConnectionCredentials", "s", sender, timeout=LIMIT)
    said = values[0] if values and isinstance(values[0], dict) else {}
    pid = said.get("ProcessID")
    return pid if isinstance(pid, int) and not isinstance(pid, bool) and pid > 0 else None


def describe(pid: int, sender: str = "", proc: Path = Path("/proc")) -> Asker:
    """The process as the kernel shows it; its name is that of the script where an interpreter runs one. `sender`: its connection."""
    folder = proc / str(pid)
    path = _link(folder / "exe").removesuffix(" (deleted)")
    words = _words(folder)
    name, script = Path(path).name, ""
    if name.rstrip("0123456789.") in _INTERPRETERS:
        script = _script(words)
    shown = Path(script).name or name or _read(folder / "comm").decode(errors="replace")
    own = pid == os.getpid() or (_has_vouched(folder, sender) and _is_own(folder, words, proc / "self"))
    what = f"{path} {script}" if script else path
    return Asker(harmless(shown, NAME_LIMIT), harmless(what, PATH_LIMIT), pid, own)


def is_installed(pid: int, proc: Path = Path("/proc")) -> bool:
    """True if this process runs installed files: they are where programs are installed, and only root can change them."""
    folder = proc / str(pid)
    program = _link(folder / "exe")
    files = {program: folder / "exe"}
    if Path(program).name.rstrip("0123456789.") in _INTERPRETERS:
        script = _script(_words(folder))
        files[script] = _within(folder, script)
    try:
        return all(
            path.startswith(_PLACES) and "/../" not in path and found.st_uid == 0 and not found.st_mode & 0o022
            for path, found in ((path, file.stat()) for path, file in files.items())
        )
    except (OSError, ValueError):
        return False


def _has_vouched(folder: Path, sender: str) -> bool:
    return bool(sender) and _read(folder / "comm").rstrip(b"\n") == sender[:_COMM].encode()


def _is_own(folder: Path, words: list[str], mine: Path) -> bool:
    """True if the process runs the `nearby-tray` command: compared by files, not by names."""
    interpreter = _file(folder / "exe")
    if interpreter is None or interpreter != _file(mine / "exe"):
        return False
    rest = words[1:]
    if rest[:1] == ["-m"] and len(rest) > 1 and rest[1] in _MODULES:
        return _found_module(folder, rest[1]) == _file(_package() / _MODULES[rest[1]])
    while rest and rest[0] in _OPTIONS:
        rest = rest[1:]
    script = _file(_within(folder, rest[0])) if rest else None
    return script is not None and script in {_file(file) for file in _commands()}


def _found_module(folder: Path, module: str) -> tuple[int, int] | None:
    """The file that Python finds for this module in the folder that the process was started in, or by its PYTHONPATH; elsewhere: none."""
    variables = dict(each.partition(b"=")[::2] for each in _read(folder / "environ").split(b"\0"))
    for place in ("", *os.fsdecode(variables.get(b"PYTHONPATH", b"")).split(":")):
        if (found := _file(_within(folder, place) / "nearby_tray" / _MODULES[module])) is not None:
            return found
    return None


def _commands() -> list[Path]:
    """Where the `nearby-tray` command may be: what this applet was started by, and what is installed beside the interpreter."""
    started, beside = Path(sys.argv[0] if sys.argv else ""), Path(sys.executable).with_name(_COMMAND)
    return [*([started] if started.name == _COMMAND else []), beside]


def _package() -> Path:
    return Path(__file__).parent.parent


def _within(folder: Path, path: str) -> Path:
    """A path as that process means it."""
    return folder / "root" / path[1:] if path.startswith("/") else folder / "cwd" / path


def _file(path: Path) -> tuple[int, int] | None:
    """Which file that is, whatever it is called."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return found.st_dev, found.st_ino


def _started(folder: Path) -> bytes:
    """When that process began, field 22 of proc_pid_stat(5); empty when it is gone."""
    return b"".join(_read(folder / "stat").rpartition(b")")[2].split()[19:20])


def _words(folder: Path) -> list[str]:
    return _read(folder / "cmdline").decode(errors="replace").split("\0")[:-1]


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
