"""The desktop entry that starts the applet at login, and the format of desktop entries.

Desktop Application Autostart Specification 0.5, Desktop Entry Specification 1.5. An entry of the user wins over the system's; where the
system starts the applet, turning it off hides its entry with one of the user's.
"""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from enum import StrEnum
from pathlib import Path

from .. import private_file

FILE = "nearby-tray.desktop"
_SIZE_LIMIT = 64 * 1024


class EntryState(StrEnum):
    ON = "on"
    ABSENT = "absent"
    HIDDEN = "hidden"  # Hidden=true
    DISABLED = "disabled"  # X-GNOME-Autostart-enabled=false
    ELSEWHERE = "elsewhere"  # for other desktops (OnlyShowIn, NotShowIn)
    BROKEN = "broken"  # what it starts is not there


def config_home() -> Path:
    # XDG Base Directory: a relative path there is to be ignored.
    base = Path(os.environ.get("XDG_CONFIG_HOME") or "")
    return base if base.is_absolute() else Path.home() / ".config"


def path() -> Path:
    """The user's entry."""
    return config_home() / "autostart" / FILE


def state() -> tuple[EntryState, Path | None]:
    """Of the entry that counts: the user's or, without one, the system's."""
    file: Path | None = path()
    keys = read_entry(path())
    if keys is None:
        file = _system_entry()
        keys = read_entry(file) if file is not None else None
    if keys is None:
        return EntryState.ABSENT, None
    if keys.get("Hidden") == "true":
        return EntryState.HIDDEN, file
    if keys.get("X-GNOME-Autostart-enabled") == "false":
        return EntryState.DISABLED, file
    if not _for_this_desktop(keys):
        return EntryState.ELSEWHERE, file
    tried = keys.get("TryExec")
    if not _exists(keys) or (tried and shutil.which(tried) is None):
        return EntryState.BROKEN, file
    return EntryState.ON, file


def is_enabled() -> bool:
    """True if an entry starts the applet at login."""
    own = read_entry(path())
    return _starts(own) if own is not None else _system_entry() is not None


def set_enabled(on: bool) -> None:
    """Have an entry start the applet, or none. Idempotent; raises `OSError` when the entry cannot be written or removed."""
    if on:
        if state()[0] is not EntryState.ON:
            write(path(), _entry())
    elif _system_entry() is not None:
        if is_enabled():
            write(path(), _entry() + "Hidden=true\n")
    else:
        path().unlink(missing_ok=True)


def command() -> list[str]:
    """What starts this very installation, hidden."""
    script = Path(sys.argv[0])
    if script.name == "nearby-tray" and script.is_absolute() and os.access(script, os.X_OK):
        return [str(script), "--background"]
    beside = Path(sys.executable).with_name("nearby-tray")
    if os.access(beside, os.X_OK):
        return [str(beside), "--background"]
    if found := shutil.which("nearby-tray"):
        return [found, "--background"]
    return [sys.executable, "-m", "nearby_tray", "--background"]


def write(target: Path, text: str) -> None:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with private_file.replacing(target, 0o644) as file:
        file.write(text.encode(errors="surrogateescape"))


def read_entry(file: Path) -> dict[str, str] | None:
    """The keys of an entry's main group; `None` when there is no readable entry."""
    try:
        if not file.is_file() or file.stat().st_size > _SIZE_LIMIT:
            return None
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    keys: dict[str, str] = {}
    inside = False
    for line in lines:
        if line.startswith("["):
            inside = line.strip() == "[Desktop Entry]"
        elif inside and not line.startswith("#"):
            key, equals, value = line.partition("=")
            if equals:
                keys.setdefault(key.strip(), value.strip())
    return keys


def quoted(word: str) -> str:
    """One argument of `Exec` (Desktop Entry Specification 1.5, "The Exec key"): quoted where needed, then escaped as a string value."""
    word = word.replace("%", "%%")
    if word and not set(word) & set(" \t\n\"'\\><~|&;$*?#()`"):
        return word
    for character in '\\"`$':
        word = word.replace(character, "\\" + character)
    return '"' + word.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t") + '"'


def _entry() -> str:
    return (
        "[Desktop Entry]\n"
        "Type=Application\n"
        "Name=Nearby Tray\n"
        "Comment=Link with a computer nearby, with no network around\n"
        f"Exec={' '.join(quoted(word) for word in command())}\n"
        "Icon=nearby-tray\n"
        "Terminal=false\n"
        "X-GNOME-Autostart-enabled=true\n"
    )


def _for_this_desktop(keys: dict[str, str]) -> bool:
    here = {word for word in os.environ.get("XDG_CURRENT_DESKTOP", "").split(":") if word}
    only, never = ({word for word in keys.get(key, "").split(";") if word} for key in ("OnlyShowIn", "NotShowIn"))
    return not here or ((not only or bool(only & here)) and not never & here)


def _starts(keys: dict[str, str]) -> bool:
    return keys.get("Hidden") != "true" and keys.get("X-GNOME-Autostart-enabled") != "false" and bool(keys.get("Exec"))


def _exists(keys: dict[str, str]) -> bool:
    """Whether what the entry starts is there: a virtual environment may have moved."""
    try:
        words = shlex.split(keys.get("Exec", ""))
    except ValueError:
        return False
    return bool(words) and shutil.which(words[0]) is not None


def _system_entry() -> Path | None:
    for folder in (os.environ.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(":"):
        file = Path(folder) / "autostart" / FILE
        keys = read_entry(file) if Path(folder).is_absolute() else None
        if keys is not None and _starts(keys):
            return file
    return None
