"""Started at login: by an autostart entry (Desktop Application Autostart Specification 0.5) or by a systemd user service.

The rule: it is there when the user turned it on, and only then, and never both. What somebody else has made or changed since (an entry
that starts something, a unit of a package, a mask) is left as it is until the user decides here; where the system starts us, turning it
off hides the entry or masks the unit. `find` says what is so now, not what was chosen.

systemd is spoken to by its own D-Bus interface (org.freedesktop.systemd1(5)): each call has a limit and a named error, and where nobody
owns that name there is nothing to wait for. `systemctl --user` would be a process for each question, with words for people as its answer.
The unit is as systemd.special(7) wants a graphical one: `PartOf` and `After` graphical-session.target, and wanted by it. A desktop that
does not start that target never starts the unit, so that is looked at, too.
"""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from .. import private_file
from ..core.checks import Sentence, say
from ..settings import AutostartBy
from .bus import Bus, BusError, BusGone

FILE = "nearby-tray.desktop"
UNIT = "nearby-tray.service"
LIMIT, RELOAD = 3.0, 15.0  # seconds for each answer of systemd; for reading all its units again
_SESSION = "graphical-session.target"
_SYSTEMD, _SYSTEMD_PATH, _MANAGER = "org.freedesktop.systemd1", "/org/freedesktop/systemd1", "org.freedesktop.systemd1.Manager"
_OURS = "# Written by Nearby Tray: it goes when starting at login is turned off.\n"
_SIZE_LIMIT = 64 * 1024
# They run autostart entries only with the help of another program.
_NOT_BY_THEMSELVES = {"sway", "i3", "hyprland", "river", "niri", "labwc", "wayfire", "bspwm"}


class EntryState(StrEnum):
    ON = "on"
    ABSENT = "absent"
    HIDDEN = "hidden"  # Hidden=true
    DISABLED = "disabled"  # X-GNOME-Autostart-enabled=false
    ELSEWHERE = "elsewhere"  # for other desktops (OnlyShowIn, NotShowIn)
    BROKEN = "broken"  # what it starts is not there


@dataclass(frozen=True, slots=True)
class Found:
    """What is so now."""

    entry: EntryState = EntryState.ABSENT
    entry_path: str = ""  # the one that counts
    unit: str | None = None  # in systemd's words ("enabled", "disabled", "masked", …), "absent"; None: no user manager to ask
    unit_path: str = ""
    reached: bool = True  # this session has started graphical-session.target

    @property
    def active(self) -> tuple[AutostartBy, ...]:
        """What starts us at the next login."""
        by = (AutostartBy.ENTRY,) if self.entry is EntryState.ON else ()
        return (*by, AutostartBy.SERVICE) if self.unit == "enabled" else by


def described(found: Found, on: bool, by: AutostartBy) -> tuple[Sentence, ...]:
    """What starts us at login and, where that is not as chosen here (`on`, `by`), why; nothing when all is off."""
    said: list[Sentence] = []
    if AutostartBy.ENTRY in found.active:
        said.append(say("Started at login by the desktop’s autostart entry {path}.", path=found.entry_path))
        desktops = {word.casefold() for word in os.environ.get("XDG_CURRENT_DESKTOP", "").split(":")}
        if desktops & _NOT_BY_THEMSELVES:
            said.append(say("This desktop runs autostart entries only with a helper such as dex."))
    if AutostartBy.SERVICE in found.active:
        said.append(say("Started at login by the systemd user service {path}.", path=found.unit_path or UNIT))
        if not found.reached:
            said.append(say("But this desktop has not started {target}, so the service will not start with it.", target=_SESSION))
    if on and by not in found.active:
        said.append(_why_not(found, by))
        if found.unit is not None or by is AutostartBy.ENTRY:
            said.append(say("To have it again, switch starting at login off and on."))
    elif not on and found.active:
        said.append(say("That is not what is chosen here; to end it, switch starting at login on and off."))
    return tuple(said)


def _why_not(found: Found, by: AutostartBy) -> Sentence:
    if by is AutostartBy.SERVICE:
        if found.unit is None:
            return say("No systemd user manager answers here, so its service cannot start Nearby Tray; choose the autostart entry.")
        if found.unit == "absent":
            return say("The service {unit} is gone.", unit=UNIT)
        return say("systemd does not start it at login: {unit} is {state}.", unit=UNIT, state=found.unit)
    match found.entry:
        case EntryState.HIDDEN:
            return say("It is not started at login: {path} has been switched off (Hidden=true).", path=found.entry_path)
        case EntryState.DISABLED:
            return say("It is not started at login: the desktop’s list of startup programs has switched {path} off.", path=found.entry_path)
        case EntryState.ELSEWHERE:
            return say("It is not started at login: {path} is for other desktops only.", path=found.entry_path)
        case EntryState.BROKEN:
            return say("It is not started at login: what {path} starts is not there.", path=found.entry_path)
        case _:
            return say("It is not started at login: the autostart entry is gone.")


async def find() -> Found:
    """Look. Never raises; ends within a few limits when systemd hangs."""
    entry, file = _entry_state()
    found = Found(entry, _home(file))
    try:
        async with _systemd() as manager:
            unit = await manager.state()
            return Found(entry, _home(file), unit, _home(await manager.path()) if unit != "absent" else "", await manager.reached())
    except (BusError, BusGone):
        return found


async def choose(on: bool, by: AutostartBy) -> None:
    """Turn it on or off, by this and by nothing else. Idempotent.

    Raises `OSError` with a sentence when it cannot be done; then what started us before is left to.
    """
    service = on and by is AutostartBy.SERVICE
    if not service:
        set_enabled(on)
    try:
        async with _systemd() as manager:
            await (_enable(manager) if service else _disable(manager))
    except BusGone:
        if service:
            raise OSError("no systemd user manager answers on the session bus") from None
    except BusError as error:
        raise OSError(f"systemd: {error.text or error.name}") from None
    if service:
        set_enabled(False)


# --- the entry ---------------------------------------------------------------------------------------------------------------


def path() -> Path:
    """The user's entry."""
    return _config() / "autostart" / FILE


def _config() -> Path:
    # XDG Base Directory: a relative path there is to be ignored.
    base = Path(os.environ.get("XDG_CONFIG_HOME") or "")
    return base if base.is_absolute() else Path.home() / ".config"


def is_enabled() -> bool:
    """Whether an entry starts us at login."""
    own = read_entry(path())
    if own is not None:
        return _starts(own)
    return _system_entry() is not None


def is_chosen() -> bool:
    """Is there an entry that starts us, or a link by which systemd does? Quick, and asks nobody."""
    return is_enabled() or os.path.lexists(_own_unit().parent / f"{_SESSION}.wants" / UNIT)


def _entry_state() -> tuple[EntryState, Path | None]:
    """Of the user's entry or, without one, of the system's."""
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


def _for_this_desktop(keys: dict[str, str]) -> bool:
    here = {word for word in os.environ.get("XDG_CURRENT_DESKTOP", "").split(":") if word}
    only, never = ({word for word in keys.get(key, "").split(";") if word} for key in ("OnlyShowIn", "NotShowIn"))
    return not here or ((not only or bool(only & here)) and not never & here)


def set_enabled(on: bool) -> None:
    """Have an entry start us, or none. Idempotent; raises `OSError` when the entry cannot be written or removed."""
    if on:
        if _entry_state()[0] is not EntryState.ON:
            _write(_entry())
    elif _system_entry() is not None:
        if is_enabled():
            _write(_entry() + "Hidden=true\n")
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


def _write(text: str, target: Path | None = None) -> None:
    target = target or path()
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
    text = str(file or "")
    home = str(Path.home())
    return "~" + text[len(home) :] if text.startswith(home + "/") else text


# --- the service -------------------------------------------------------------------------------------------------------------


def unit(words: list[str]) -> str:
    """The unit that starts this command with the graphical session, as systemd.special(7) says."""
    return (
        "[Unit]\n"
        "Description=Nearby Tray\n"
        "Documentation=man:nearby-tray(1)\n"
        # It ends with the session, and begins when that has said where its display is.
        f"PartOf={_SESSION}\n"
        f"After={_SESSION}\n"
        # What keeps failing is left alone for the rest of the session.
        "StartLimitIntervalSec=120\n"
        "StartLimitBurst=3\n"
        "\n"
        "[Service]\n"
        f"ExecStart={' '.join(map(_escaped, words))}\n"
        "Restart=on-failure\n"
        "RestartSec=5\n"
        "Slice=app.slice\n"
        "\n"
        "[Install]\n"
        f"WantedBy={_SESSION}\n"
    )


def _escaped(word: str) -> str:
    """One argument of `ExecStart` (systemd.service(5), "Command lines")."""
    word = word.replace("%", "%%").replace("$", "$$")
    if word and not set(word) & set(" \t\n\"'\\;"):
        return word
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t") + '"'


class _Manager:
    """systemd of this user. Calls raise `BusError` and `BusGone`."""

    def __init__(self, bus: Bus, owner: str) -> None:
        self._bus, self._owner = bus, owner

    async def ask(self, member: str, signature: str = "", *body: object) -> list[object]:
        return await self._bus.call(self._owner, _SYSTEMD_PATH, _MANAGER, member, signature, *body, timeout=LIMIT)

    async def reload(self) -> None:
        """Have it read all its units again."""
        await self._bus.call(self._owner, _SYSTEMD_PATH, _MANAGER, "Reload", timeout=RELOAD)

    async def state(self) -> str:
        try:
            (state,) = await self.ask("GetUnitFileState", "s", UNIT)
        except BusError as error:
            if error.name.endswith((".FileNotFound", ".NoSuchUnit")):
                return "absent"
            raise
        return str(state)

    async def path(self) -> Path | None:
        found = await self._property(UNIT, "FragmentPath")
        return Path(str(found)) if found else None

    async def reached(self) -> bool:
        return await self._property(_SESSION, "ActiveState") == "active"

    async def _property(self, name: str, wanted: str) -> object:
        (path,) = await self.ask("LoadUnit", "s", name)
        return await self._bus.get(self._owner, str(path), "org.freedesktop.systemd1.Unit", wanted, timeout=LIMIT)


@asynccontextmanager
async def _systemd() -> AsyncIterator[_Manager]:
    """`BusGone` when no user manager is there; it is not started."""
    bus = await Bus.connect("session")
    try:
        owner = await bus.name_owner(_SYSTEMD)
        if owner is None:
            raise BusGone("no systemd user manager")
        yield _Manager(bus, owner)
    finally:
        await bus.close()


def _own_unit() -> Path:
    return _config() / "systemd" / "user" / UNIT


def _is_ours(file: Path) -> bool:
    try:
        return not file.is_symlink() and file.read_text(errors="replace")[: len(_OURS)] == _OURS
    except OSError:
        return False


async def _enable(manager: _Manager) -> None:
    state, own = await manager.state(), _own_unit()
    if state.startswith("masked"):
        await manager.ask("UnmaskUnitFiles", "asb", [UNIT], False)
        state = await manager.state()
    made = state == "absent"
    if made or _is_ours(own):
        _write(_OURS + unit(command()), own)
    try:
        # Never started from here: this very applet is what it would start.
        await manager.ask("EnableUnitFiles", "asbb", [UNIT], False, True)
        await manager.reload()
        state = await manager.state()
        if state != "enabled":
            raise OSError(f"systemd did not enable {UNIT}: it is {state}")
    except BaseException:
        if made:
            own.unlink(missing_ok=True)
        raise


async def _disable(manager: _Manager) -> None:
    state, own = await manager.state(), _own_unit()
    if state.startswith("enabled"):
        await manager.ask("DisableUnitFiles", "asb", [UNIT], False)
    if _is_ours(own):
        own.unlink(missing_ok=True)
    elif not state.startswith("enabled"):
        return
    if (await manager.state()).startswith("enabled"):  # for everybody, by a package or an administrator
        await manager.ask("MaskUnitFiles", "asbb", [UNIT], False, True)
    await manager.reload()
