"""What the user has chosen, and the file that keeps it.

Three rules. Whatever is on disk, the applet starts: each field that can be understood is used, and a sentence says what could not be. A
field that was never chosen has its default, but one that was chosen and cannot be read has the careful value (`_CAREFUL`): a damaged file
makes nothing more open than it was. And nothing is lost: a file that was not wholly understood (damaged, from a newer version, not even a
file) is kept as a copy before another takes its place. `system/trust.py` keeps its file by the same rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, StrEnum
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from . import host, private_file
from .core.model import PORT, Visibility
from .core.names import clean_name, harmless

VERSION = 1  # of the settings file
SIZE_LIMIT = 64 * 1024  # bytes of a settings file


class Band(StrEnum):
    """Where a group is formed, when the back end may choose."""

    AUTO = "auto"
    GHZ_2 = "2.4"
    GHZ_5 = "5"


class AutostartBy(StrEnum):
    """What starts the applet at login, when `autostart` is on."""

    ENTRY = "entry"  # the desktop's autostart folder
    SERVICE = "service"  # the systemd user manager


class LogLevel(StrEnum):
    """How much is logged on standard error (the journal, where systemd started the applet)."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"
    DEBUG = "debug"


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """The user's choices. The limits here hold for files and for `changed`; each field has a default."""

    version: Annotated[int, Meta(ge=1, le=VERSION)] = VERSION
    name: Annotated[str, Meta(max_length=64)] = ""  # what others see; empty: the host's name
    visibility: Visibility = Visibility.EVERYONE
    visible_minutes: Annotated[int, Meta(ge=1, le=1440)] | None = None  # EVERYONE only so long; None: until changed
    visible_until: Annotated[float, Meta(ge=0, le=1e11)] | None = None  # POSIX seconds at which that ends; set by the controller
    accept_paired: bool = False  # accept a caller without asking when its link is encrypted by a Bluetooth bond
    port: Annotated[int, Meta(ge=1024, le=65535)] = PORT  # UDP, for the pings
    adapter: Annotated[str, Meta(pattern=r"\A(hci[0-9]{1,3}|[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5})\Z")] | None = None  # its address; None: any
    band: Band = Band.AUTO
    frequency: Annotated[int, Meta(ge=2412, le=7115)] | None = None  # MHz, this very channel; it wins over the band
    go_intent: Annotated[int, Meta(ge=0, le=15)] = 7  # how much this side wants to own the group, when that is negotiated
    prefer_owner: bool = False  # own the group wherever the peer agrees
    autostart: bool = False
    autostart_by: AutostartBy = AutostartBy.ENTRY
    language: Annotated[str, Meta(pattern=r"\A([A-Za-z]{2,3}([_-][A-Za-z0-9]{2,8}){0,3})?\Z")] = ""  # "de", "pt_BR"; empty: the system's
    log_level: LogLevel = LogLevel.INFO
    notifications: bool = True
    close_quits: bool | None = None  # closing the window where there is no tray; None: it hides, and that has not been said yet

    @property
    def shown_name(self) -> str:
        """The name that peers see: the chosen one or the host's, printable, at most 32 bytes of UTF-8, never empty."""
        return clean_name(self.name, "") or host.name()


# What stands for a choice that cannot be read. The name too: it may have been chosen so that the host's is not told.
_CAREFUL: dict[str, object] = {"visibility": Visibility.NOBODY, "name": "computer"}
_LIMITS = {"visible_minutes", "visible_until"}  # of EVERYONE; one that cannot be read is over
_KEPT = {"version", "visible_until"}  # of the file, not the user's choice


def settings_path() -> Path:
    """Where the settings belong."""
    return private_file.config_folder() / "settings.json"


def load(path: Path) -> tuple[Settings, list[str]]:
    """The settings in force, and a sentence for each thing that could not be used. Never raises."""
    try:
        data = private_file.read(path, SIZE_LIMIT, of_root=True)
    except FileNotFoundError:
        return Settings(), []  # never chosen
    except OSError as error:
        return _careful(), [f"The settings could not be read ({error.strerror or error}: {path}). {_SAFE}"]
    settings, problems, _ = _understand(data)
    return settings, problems


def save(path: Path, settings: Settings) -> None:
    """Replace the file. Waits for the disk. Raises `OSError`.

    A file that was not wholly understood is first kept as `settings.json.bak`, of a newer version as `settings.json.v2.bak`.
    """
    keep: str | None = None
    try:
        _, problems, version = _understand(private_file.read(path, SIZE_LIMIT, of_root=True))
        if problems:
            keep = private_file.copy_suffix(version, VERSION)
    except FileNotFoundError:
        pass
    except OSError:
        keep = ".bak"
    text = msgspec.json.format(msgspec.json.encode(settings), indent=2) + b"\n"
    private_file.replace(path, text, keep=keep)


def changed(settings: Settings, changes: Mapping[str, object]) -> Settings:
    """The settings with these changes, given as JSON values. `ValueError` with a sentence when one is not possible; then none is made."""
    good: dict[str, object] = {}
    for name, value in changes.items():
        if name not in _TYPES or name in _KEPT:
            raise ValueError(f"There is no setting “{harmless(name, 40)}”. There are: {', '.join(sorted(_TYPES.keys() - _KEPT))}.")
        try:
            good[name] = msgspec.convert(value, _TYPES[name])
        except msgspec.ValidationError as error:
            raise ValueError(f"“{name}” cannot be {harmless(value, 40)}: {_why(name, error)}.") from None
    return msgspec.structs.replace(settings, **good)


_TYPES = {field.name: field.type for field in msgspec.structs.fields(Settings)}


def _why(name: str, error: msgspec.ValidationError) -> str:
    kind = _TYPES[name]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return "it is one of " + ", ".join(str(each.value) for each in kind)
    if name == "adapter":
        return "it is the address of a Bluetooth adapter such as 00:1A:7D:DA:71:13, its name such as hci0, or none for the first that works"
    if name == "language":
        return "it is a language’s code such as de or pt_BR, or empty for the system’s"
    return str(error).replace("`", "").partition(" - at ")[0].lower()


_SAFE = "So that nothing is more open than you chose, nobody sees this computer until you choose again. The file is kept as a copy then."


def _careful() -> Settings:
    return Settings(**_CAREFUL)  # type: ignore[arg-type]  # each is of its field's type


def _understand(data: bytes) -> tuple[Settings, list[str], int]:
    """Settings, problems and the version that the file claims."""
    if not data.strip(b"\0 \t\r\n"):
        return _careful(), [f"The settings file is empty. {_SAFE}"], VERSION
    try:
        raw = msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError) as error:
        return _careful(), [f"The settings file is damaged: {harmless(error, 120)}. {_SAFE}"], VERSION
    if not isinstance(raw, dict):
        return _careful(), [f"The settings file holds no settings. {_SAFE}"], VERSION
    problems = []
    version = raw.pop("version", VERSION)
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        problems.append("The settings file does not say its version; it is read as well as it can be.")
        version = VERSION
    elif version > VERSION:
        problems.append("The settings are from a newer Nearby Tray: what is understood is used. The file is kept when settings change.")
        raw.setdefault("visibility", "as a newer one has it")  # it may say it in another way
    good: dict[str, object] = {}
    bad: set[str] = set()
    for name, value in raw.items():
        if name not in _TYPES:
            problems.append(f"The setting “{harmless(name, 40)}” is not known here and not used.")
            continue
        try:
            good[name] = msgspec.convert(value, _TYPES[name])
        except msgspec.ValidationError as error:
            bad.add(name)
            used = "what is safe" if name in _CAREFUL.keys() | _LIMITS else "its default"
            problems.append(f"The setting “{name}” cannot be {harmless(value, 40)}, so {used} is used: {_why(name, error)}.")
    good |= {name: value for name, value in _CAREFUL.items() if name in bad}
    if bad & _LIMITS:
        good = {name: value for name, value in good.items() if name not in _LIMITS}
        if good.get("visibility", Visibility.EVERYONE) is Visibility.EVERYONE:
            good["visibility"] = Visibility.TRUSTED
    if len(problems) > 20:
        problems[20:] = [f"And {len(problems) - 20} more of that kind."]
    return Settings(**good), problems, version  # type: ignore[arg-type]  # each was converted to its field's type
