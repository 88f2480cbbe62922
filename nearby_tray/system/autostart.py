"""Started at login: one entry in the user's autostart folder (Desktop Application Autostart Specification 0.5).

The rule: the entry exists when the user turned it on, and only then. An entry that starts something that exists is left as the user has
made it; where the system brings one along, turning it off hides that one.
"""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from contextlib import suppress
from pathlib import Path

FILE = "nearby-tray.desktop"
_SIZE_LIMIT = 64 * 1024
# They run autostart entries only with the help of another program.
_NOT_BY_THEMSELVES = {"sway", "i3", "hyprland", "river", "niri", "labwc", "wayfire", "bspwm"}


def path() -> Path:
    """The user's entry."""
    # XDG Base Directory: a relative path there is to be ignored.
    base = Path(os.environ.get("XDG_CONFIG_HOME") or "")
    return (base if base.is_absolute() else Path.home() / ".config") / "autostart" / FILE


def is_enabled() -> bool:
    """Whether an entry starts us at login."""
    own = read_entry(path())
    if own is not None:
        return _starts(own)
    return _system_entry() is not None


def set_enabled(on: bool) -> None:
    """Turn it on or off. Idempotent; raises `OSError` when the entry cannot be written or removed."""
    if on:
        own = read_entry(path())
        if not (_starts(own) and _exists(own) if own is not None else _system_entry() is not None):
            _write(_entry())
    elif _system_entry() is not None:
        if is_enabled():
            _write(_entry() + "Hidden=true\n")
    else:
        path().unlink(missing_ok=True)


def note() -> str:
    """One sentence for the settings page: what starts us at login, empty when nothing does."""
    if not is_enabled():
        return ""
    entry = path() if read_entry(path()) is not None else _system_entry()
    sentence = f"Started by the desktop’s autostart entry {_home(entry)}."
    desktops = {word.casefold() for word in os.environ.get("XDG_CURRENT_DESKTOP", "").split(":")}
    if desktops & _NOT_BY_THEMSELVES:
        sentence += " This desktop runs autostart entries only with a helper such as dex."
    return sentence


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


def quoted(word: str) -> str:
    """One argument of `Exec` (Desktop Entry Specification 1.5, "The Exec key"): quoted where needed, then escaped as a string value."""
    word = word.replace("%", "%%")
    if word and not set(word) & set(" \t\n\"'\\><~|&;$*?#()`"):
        return word
    for character in '\\"`$':
        word = word.replace(character, "\\" + character)
    return '"' + word.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t") + '"'


def _write(text: str) -> None:
    target = path()
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = target.with_name(f".{FILE}.{os.urandom(4).hex()}.tmp")
    try:
        temporary.write_text(text, encoding="utf-8", errors="surrogateescape")
        temporary.replace(target)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise


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


def _home(file: Path | None) -> str:
    text = str(file)
    home = str(Path.home())
    return "~" + text[len(home) :] if text.startswith(home + "/") else text
