"""What the user has chosen, and how a small private file of the user's is read and replaced.

Two rules. Whatever is on disk, the applet starts: each field that can be understood is used, each other one has its default, and a sentence
says so. And nothing is lost: a file that was not wholly understood (damaged, from a newer version, not even a file) is set aside before
something takes its place. `system/trust.py` keeps its file by the same rules.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
import stat
from collections.abc import Mapping
from contextlib import suppress
from enum import Enum, StrEnum
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta
from platformdirs import user_config_path

from .core.model import Visibility
from .core.names import clean_name

VERSION = 1  # of the settings file
SIZE_LIMIT = 64 * 1024  # bytes of a settings file
_MOST_LEFT = 1000  # files that are cleared away at a start
COPIES = 10  # how many copies of one kind are set aside, then the oldest goes


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
    """How much is said on standard error (the journal, where systemd started us)."""

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
    accept_paired: bool = False  # accept without asking who calls over an encrypted link of a Bluetooth bond
    port: Annotated[int, Meta(ge=1024, le=65535)] = 47476  # UDP, for the pings
    adapter: Annotated[str, Meta(pattern=r"\Ahci[0-9]{1,3}\Z")] | None = None  # Bluetooth adapter; None: the first that works
    band: Band = Band.AUTO
    frequency: Annotated[int, Meta(ge=2412, le=7115)] | None = None  # MHz, this very channel; it wins over the band
    go_intent: Annotated[int, Meta(ge=0, le=15)] = 7  # how much we want to own a group, when that is negotiated
    prefer_owner: bool = False  # own it wherever the other side lets us
    autostart: bool = False
    autostart_by: AutostartBy = AutostartBy.ENTRY
    language: Annotated[str, Meta(pattern=r"\A([A-Za-z]{2,3}([_-][A-Za-z0-9]{2,8}){0,3})?\Z")] = ""  # "de", "pt_BR"; empty: the system's
    log_level: LogLevel = LogLevel.INFO
    notifications: bool = True
    close_quits: bool | None = None  # closing the window where there is no tray; None: it hides, and that has not been said yet

    @property
    def shown_name(self) -> str:
        """What others see: the chosen name or the host's, printable, at most 32 bytes of UTF-8, never empty."""
        return clean_name(self.name, "") or clean_name(os.uname().nodename.partition(".")[0], "") or "computer"


def settings_path() -> Path:
    """Where the settings belong."""
    return user_config_path("nearby-tray", appauthor=False) / "settings.json"


def load(path: Path) -> tuple[Settings, list[str]]:
    """The settings in force, and a sentence for each thing that could not be used. Never raises."""
    try:
        data = read_private(path, SIZE_LIMIT)
    except FileNotFoundError:
        return Settings(), []
    except OSError as error:
        return Settings(), [f"The settings could not be read, so the defaults are used: {error.strerror or error} ({path})."]
    settings, problems, _ = _understand(data)
    return settings, problems


def save(path: Path, settings: Settings) -> None:
    """Replace the file: at once or not at all, readable for the user only. Waits for the disk. Raises `OSError`.

    A file that was not wholly understood is kept beside the new one first (`settings.json.bak`, of a newer version `settings.json.v2.bak`).
    """
    keep: str | None = None
    try:
        _, problems, version = _understand(read_private(path, SIZE_LIMIT))
        if problems:
            keep = copy_suffix(version, VERSION)
    except FileNotFoundError:
        pass
    except OSError:
        keep = ".bak"
    text = msgspec.json.format(msgspec.json.encode(settings), indent=2) + b"\n"
    write_private(path, text, keep=keep)


def changed(settings: Settings, changes: Mapping[str, object]) -> Settings:
    """The settings with these changes, given as JSON values. `ValueError` with a sentence when one is not possible; then none is made."""
    good: dict[str, object] = {}
    for name, value in changes.items():
        if name not in _TYPES or name == "version":
            raise ValueError(f"There is no setting “{_short(name)}”. There are: {', '.join(sorted(_TYPES.keys() - {'version'}))}.")
        try:
            good[name] = msgspec.convert(value, _TYPES[name])
        except msgspec.ValidationError as error:
            raise ValueError(f"“{name}” cannot be {_short(value)}: {_why(name, error)}.") from None
    return msgspec.structs.replace(settings, **good)


_TYPES = {field.name: field.type for field in msgspec.structs.fields(Settings)}


def _why(name: str, error: msgspec.ValidationError) -> str:
    kind = _TYPES[name]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return "it is one of " + ", ".join(str(each.value) for each in kind)
    if name == "language":
        return "it is a language’s code such as de or pt_BR, or empty for the system’s"
    return str(error).replace("`", "").partition(" - at ")[0].lower()


def _understand(data: bytes) -> tuple[Settings, list[str], int]:
    """Settings, problems and the version that the file claims."""
    if not data.strip():
        return Settings(), ["The settings file is empty, so the defaults are used."], VERSION
    try:
        raw = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError) as error:
        return Settings(), [f"The settings file is damaged, so the defaults are used: {_short(error, 120)}."], VERSION
    if not isinstance(raw, dict):
        return Settings(), ["The settings file holds no settings, so the defaults are used."], VERSION
    problems = []
    version = raw.pop("version", VERSION)
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        problems.append("The settings file does not say its version; it is read as well as it can be.")
        version = VERSION
    elif version > VERSION:
        problems.append("The settings are from a newer Nearby Tray: what is understood is used. The file is kept when settings change.")
    good: dict[str, object] = {}
    for name, value in raw.items():
        if name not in _TYPES:
            problems.append(f"The setting “{_short(name)}” is not known here and not used.")
            continue
        try:
            good[name] = msgspec.convert(value, _TYPES[name])
        except msgspec.ValidationError as error:
            problems.append(f"The setting “{name}” cannot be {_short(value)}, so its default is used: {_why(name, error)}.")
    if len(problems) > 20:
        problems[20:] = [f"And {len(problems) - 20} more of that kind."]
    return Settings(**good), problems, version  # type: ignore[arg-type]  # each was converted to its field's type


def _short(value: object, limit: int = 40) -> str:
    text = "".join(c if c.isprintable() else "?" for c in str(value)[: limit + 1])
    return text if len(text) <= limit else text[:limit] + "…"


# --- a small private file ----------------------------------------------------------------------------------------------------


def read_private(path: Path, limit: int) -> bytes:
    """The bytes of a regular file that belongs to us. `FileNotFoundError` when there is none, otherwise `OSError` with a sentence.

    Links are not followed and nothing is waited for (a pipe, a device).
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise OSError(errno.ELOOP, "it is a link, and links are not followed") from None
        raise
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, "it is not a file")
        if status.st_uid != os.geteuid():
            raise PermissionError(errno.EPERM, f"it belongs to another user (uid {status.st_uid})")
        data = b""
        while len(data) <= limit and (more := os.read(handle, limit + 1 - len(data))):
            data += more
        if len(data) > limit:
            raise OSError(errno.EFBIG, f"it is larger than {limit // 1024} KiB")
        return data
    finally:
        os.close(handle)


def tighten(path: Path) -> bool:
    """Take everybody else's rights to a file of ours away; whether there were any. Raises `OSError`."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode) or status.st_uid != os.geteuid() or not status.st_mode & 0o077:
            return False
        os.fchmod(handle, 0o600)
        return True
    finally:
        os.close(handle)


def write_private(path: Path, data: bytes, *, keep: str | None = None) -> None:
    """Put these bytes in the place of what is at `path`, at once or not at all; mode 0600 in a folder of 0700 that must be ours.

    `keep`: what is there now stays beside it under this suffix (`.bak`, then `.bak.1` …, the oldest of ten goes). Raises `OSError`.
    """
    folder = path.parent
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    status = folder.stat()
    if status.st_uid != os.geteuid():
        # As root in somebody's home we would leave files there that they cannot read any more.
        raise PermissionError(errno.EPERM, f"the folder belongs to another user (uid {status.st_uid})", str(folder))
    if status.st_mode & 0o077:
        folder.chmod(0o700)
    temporary = folder / f".{path.name}.{os.urandom(6).hex()}.tmp"
    try:
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "wb") as file:
            with suppress(OSError):  # some file systems cannot
                fcntl.flock(file.fileno(), fcntl.LOCK_EX)  # see `sweep`
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            if keep is not None:
                _set_aside(path, keep)
            elif path.is_dir() and not path.is_symlink():
                _set_aside(path, ".bak")
            temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
    with suppress(OSError):  # the rename itself on disk; some file systems cannot
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def sweep(path: Path) -> None:
    """Take away what writers of `path` left when they were killed before the rename: it holds all that the file does. Never raises.

    Only regular files of ours with the name that `write_private` gives; one that is being written is locked and left alone.
    """
    with suppress(OSError, RuntimeError):  # the second for links in a ring
        for file in {path, path.resolve()}:  # the file itself may be a link of the user's to another folder
            name = re.compile(rf"\.{re.escape(file.name)}\.[0-9a-f]{{12}}\.tmp")
            for left in [entry for entry in file.parent.iterdir() if name.fullmatch(entry.name)][:_MOST_LEFT]:
                with suppress(OSError):
                    _take_away(left)


def _take_away(left: Path) -> None:
    handle = os.open(left, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    try:
        status = os.fstat(handle)
        if stat.S_ISREG(status.st_mode) and status.st_uid == os.geteuid():
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            left.unlink()
    finally:
        os.close(handle)


def copy_suffix(version: int, ours: int) -> str:
    """The suffix under which a file of this version is set aside."""
    if version <= ours:
        return ".bak"
    return f".v{version}.bak" if version < 10_000 else ".newer.bak"


def _set_aside(path: Path, suffix: str) -> None:
    """Keep whatever is at `path` (a file, a link, a folder) under another name."""
    if not os.path.lexists(path):
        return
    names = [path.with_name(path.name + suffix + (f".{n}" if n else "")) for n in range(COPIES)]
    free = next((name for name in names if not os.path.lexists(name)), None)
    if free is None:
        files = [name for name in names if name.is_symlink() or not name.is_dir()] or names
        free = min(files, key=lambda name: name.lstat().st_mtime)
        if free.is_symlink() or not free.is_dir():
            free.unlink()
    try:
        # A second name for the same file: it is never missing, and nothing is copied.
        os.link(path, free, follow_symlinks=False)
    except OSError:
        # Folders, file systems without hard links, files of another user (fs.protected_hardlinks).
        path.rename(free)
