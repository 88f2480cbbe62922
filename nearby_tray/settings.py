"""What the user has chosen, and how a small private file of the user's is read and replaced.

Three rules. Whatever is on disk, the applet starts: each field that can be understood is used, and a sentence says what could not be. What
was never chosen has its default, but what was chosen and cannot be read has the careful value (`_CAREFUL`): a file that is damaged makes
nothing more open than it was. And nothing is lost: a file that was not wholly understood (damaged, from a newer version, not even a file)
is set aside before something takes its place, and a link is followed and stays one. `system/trust.py` keeps its file by the same rules.
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
from platformdirs import user_config_path, user_data_path, user_state_path

from . import host
from .core.model import Visibility
from .core.names import clean_name

_OURS = "nearby-tray"  # folders of that name
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
    visible_until: Annotated[float, Meta(ge=0, le=1e11)] | None = None  # POSIX seconds at which that ends; set by the controller
    accept_paired: bool = False  # accept without asking who calls over an encrypted link of a Bluetooth bond
    port: Annotated[int, Meta(ge=1024, le=65535)] = 47476  # UDP, for the pings
    adapter: Annotated[str, Meta(pattern=r"\A(hci[0-9]{1,3}|[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5})\Z")] | None = None  # its address; None: any
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
        return clean_name(self.name, "") or host.name()


# What stands for a choice that cannot be read. The name too: it may have been chosen so that the host's is not told.
_CAREFUL: dict[str, object] = {"visibility": Visibility.NOBODY, "name": "computer"}
_LIMITS = {"visible_minutes", "visible_until"}  # of EVERYONE; one that cannot be read is over
_KEPT = {"version", "visible_until"}  # of the file, and nobody's choice


def settings_path() -> Path:
    """Where the settings belong."""
    return user_config_path(_OURS, appauthor=False) / "settings.json"


def load(path: Path) -> tuple[Settings, list[str]]:
    """The settings in force, and a sentence for each thing that could not be used. Never raises."""
    try:
        data = read_private(path, SIZE_LIMIT, of_root=True)
    except FileNotFoundError:
        return Settings(), []  # never chosen
    except OSError as error:
        return _careful(), [f"The settings could not be read ({error.strerror or error}: {path}). {_SAFE}"]
    settings, problems, _ = _understand(data)
    return settings, problems


def save(path: Path, settings: Settings) -> None:
    """Replace the file: at once or not at all, readable for the user only. Waits for the disk. Raises `OSError`.

    A file that was not wholly understood is kept beside the new one first (`settings.json.bak`, of a newer version `settings.json.v2.bak`).
    """
    keep: str | None = None
    try:
        _, problems, version = _understand(read_private(path, SIZE_LIMIT, of_root=True))
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
        if name not in _TYPES or name in _KEPT:
            raise ValueError(f"There is no setting “{_short(name)}”. There are: {', '.join(sorted(_TYPES.keys() - _KEPT))}.")
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
        return _careful(), [f"The settings file is damaged: {_short(error, 120)}. {_SAFE}"], VERSION
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
            problems.append(f"The setting “{_short(name)}” is not known here and not used.")
            continue
        try:
            good[name] = msgspec.convert(value, _TYPES[name])
        except msgspec.ValidationError as error:
            bad.add(name)
            used = "what is safe" if name in _CAREFUL.keys() | _LIMITS else "its default"
            problems.append(f"The setting “{name}” cannot be {_short(value)}, so {used} is used: {_why(name, error)}.")
    good |= {name: value for name, value in _CAREFUL.items() if name in bad}
    if bad & _LIMITS:
        good = {name: value for name, value in good.items() if name not in _LIMITS}
        if good.get("visibility", Visibility.EVERYONE) is Visibility.EVERYONE:
            good["visibility"] = Visibility.TRUSTED
    if len(problems) > 20:
        problems[20:] = [f"And {len(problems) - 20} more of that kind."]
    return Settings(**good), problems, version  # type: ignore[arg-type]  # each was converted to its field's type


def _short(value: object, limit: int = 40) -> str:
    text = "".join(c if c.isprintable() else "?" for c in str(value)[: limit + 1])
    return text if len(text) <= limit else text[:limit] + "…"


# --- a small private file ----------------------------------------------------------------------------------------------------


def read_private(path: Path, limit: int, *, of_root: bool = False) -> bytes:
    """The bytes of a regular file of ours. `FileNotFoundError` when nothing was ever put there, otherwise `OSError` with a sentence.

    Links are followed, but one that leads to nothing is no file that was never there. Nothing is waited for (a pipe, a device). `of_root`:
    root's may be read as well, as what NixOS links to is.
    """
    handle = os.open(_place(path), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, "it is not a file")
        if status.st_uid != os.geteuid() and not (of_root and status.st_uid == 0):
            raise PermissionError(errno.EPERM, f"it belongs to another user (uid {status.st_uid})")
        data = b""
        while len(data) <= limit and (more := os.read(handle, limit + 1 - len(data))):
            data += more
        if len(data) > limit:
            raise OSError(errno.EFBIG, f"it is larger than {limit // 1024} KiB")
        return data
    finally:
        os.close(handle)


def _place(path: Path, *, made: bool = False) -> Path:
    """Where the file is that `path` names, links followed. Raises `OSError` with a sentence for a link that leads to nothing.

    `made`: it is about to be made, so its folder suffices.
    """
    place = Path(os.path.realpath(path))
    if place.is_symlink():
        raise OSError(errno.ELOOP, "it is a link that leads in a circle")
    if not os.path.lexists(place) and not (made and place.parent.is_dir()):
        link = next((part for part in (path, *path.parents) if part.is_symlink() and not part.exists()), None)
        if link is not None:
            raise OSError(errno.ENOLINK, "it is a link to something that is not there")
    return place


def tighten(path: Path) -> bool:
    """Take everybody else's rights to a file of ours away; whether there were any. Raises `OSError`."""
    handle = os.open(_place(path), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode) or status.st_uid != os.geteuid() or not status.st_mode & 0o077:
            return False
        os.fchmod(handle, 0o600)
        return True
    finally:
        os.close(handle)


def foreign_home() -> str | None:
    """The folder of another user in which we would keep our files, as root with that user's HOME; `None` when there is none.

    Nothing is to be made there: the user's own applet could not change it any more.
    """
    if os.geteuid() != 0:
        return None  # the file system sees to it
    for base in (user_config_path, user_data_path, user_state_path):
        try:
            _check_ours(base(_OURS, appauthor=False))
        except OSError as error:
            return str(error.filename)
    return None


def _check_ours(folder: Path) -> None:
    """Before anything is made: raise `PermissionError` when `folder`, or what it would be made in, is another user's."""
    there = next(part for part in (folder, *folder.parents) if part.exists())
    owner, me = there.stat().st_uid, os.geteuid()
    # A folder that is still to be made may be made in one of root's, such as /tmp.
    if owner != me and (there == folder or me == 0 or owner != 0):
        raise PermissionError(errno.EPERM, f"the folder belongs to another user (uid {owner})", str(there))


def private_folder(folder: Path) -> None:
    """Make a folder of ours, mode 0700, or take everybody else's rights to it away. Raises `OSError`, before anything is made."""
    _check_ours(folder)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_mode & 0o077 and not folder.is_symlink():
        folder.chmod(0o700)


def write_private(path: Path, data: bytes, *, keep: str | None = None) -> None:
    """Put these bytes in the place of what is at `path`, at once or not at all; mode 0600 in a folder of ours. Raises `OSError`.

    A link stays one, and what it leads to is replaced. `keep`: what is there now stays beside it under this suffix (`.bak`, then `.bak.1`
    and so on; the oldest of ten goes).
    """
    private_folder(path.parent)
    path = _place(path, made=True)
    folder = path.parent
    _check_ours(folder)
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
            elif path.is_dir():
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
