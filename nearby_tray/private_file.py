"""Small private files of the user: where they belong, how one is read, replaced and tidied up after a crash.

A file is readable by its user alone, belongs to them, and is never half written: a reader sees the old bytes or the new ones. Links are
followed and stay links, as Stow and home-manager make them. Nothing that cannot be understood is overwritten without a copy beside it.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from platformdirs import user_config_path, user_data_path, user_state_path

COPIES = 10  # copies of one suffix that are kept, then the oldest is replaced
_MOST_LEFT = 1000  # temporary files that one `sweep` removes
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC

# --- where -------------------------------------------------------------------------------------------------------------------


def config_folder() -> Path:
    return user_config_path("nearby-tray", appauthor=False)


def data_folder() -> Path:
    return user_data_path("nearby-tray", appauthor=False)


def state_folder() -> Path:
    return user_state_path("nearby-tray", appauthor=False)


def foreign_home() -> str | None:
    """The folder of another user in which the applet would keep its files, as root with that user's HOME; `None` when there is none.

    Nothing may be made there: the user's own applet could not change it any more.
    """
    if os.geteuid() != 0:
        return None  # the file system refuses anyway
    for folder in (config_folder(), data_folder(), state_folder()):
        try:
            _check_owner(folder)
        except OSError as error:
            return str(error.filename)
    return None


# --- reading -----------------------------------------------------------------------------------------------------------------


def read(path: Path, limit: int, *, of_root: bool = False) -> bytes:
    """The bytes of a regular file of this user. `FileNotFoundError` when none was ever put there, otherwise `OSError` with a sentence.

    A link that leads to nothing is not "never put there". A pipe or device does not block. `of_root`: a file of root may be read as well,
    as NixOS links to.
    """
    with _opened(_resolved(path)) as (handle, status):
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


def tighten(path: Path) -> bool:
    """Remove the rights of other users to a file of this one. True if they had any. Raises `OSError`."""
    with _opened(_resolved(path)) as (handle, status):
        loose = _is_own_file(status) and bool(status.st_mode & 0o077)
        if loose:
            os.fchmod(handle, 0o600)
        return loose


@contextmanager
def _opened(path: Path) -> Iterator[tuple[int, os.stat_result]]:
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    try:
        yield handle, os.fstat(handle)
    finally:
        os.close(handle)


def _is_own_file(status: os.stat_result) -> bool:
    return stat.S_ISREG(status.st_mode) and status.st_uid == os.geteuid()


def _resolved(path: Path, *, may_be_made: bool = False) -> Path:
    """`path` with its links followed. Raises `OSError` with a sentence for a link that leads to nothing.

    `may_be_made`: the file itself may be missing, only its folder must exist.
    """
    place = Path(os.path.realpath(path))
    if place.is_symlink():
        raise OSError(errno.ELOOP, "it is a link that leads in a circle")
    if not os.path.lexists(place) and not (may_be_made and place.parent.is_dir()):
        link = next((part for part in (path, *path.parents) if part.is_symlink() and not part.exists()), None)
        if link is not None:
            raise OSError(errno.ENOLINK, "it is a link to something that is not there")
    return place


# --- writing -----------------------------------------------------------------------------------------------------------------


def replace(path: Path, data: bytes, *, keep: str | None = None) -> None:
    """Replace the file at `path` with these bytes, completely or not at all; mode 0600 in a folder of this user. Raises `OSError`.

    Of a link the target is replaced, but only a file: for root it may be a device, and a folder there is not the applet's. `keep`: the old
    file stays beside it under this suffix (`.bak`, then `.bak.1` and so on; the oldest of ten is replaced).
    """
    _make_private(path.parent)
    link, path = path.is_symlink(), _resolved(path, may_be_made=True)
    if link and os.path.lexists(path) and not path.is_file():
        raise OSError(errno.EINVAL, "it is a link to something that is not a file")
    folder = path.parent
    _check_owner(folder)
    with replacing(path, 0o600) as file:
        with suppress(OSError):  # some file systems have no locks
            fcntl.flock(file.fileno(), fcntl.LOCK_EX)  # see `sweep`
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
        if keep is not None:
            _set_aside(path, keep)
        elif path.is_dir():
            _set_aside(path, ".bak")
    with suppress(OSError):  # the rename itself on disk; some file systems cannot
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextmanager
def replacing(path: Path, mode: int) -> Iterator[BinaryIO]:
    """A new file that replaces `path` when the block ends, or disappears when the block raises. A link is replaced itself."""
    temporary = path.with_name(f".{path.name}.{os.urandom(6).hex()}.tmp")
    try:
        with os.fdopen(os.open(temporary, _CREATE, mode), "wb") as file:
            os.fchmod(file.fileno(), mode)  # whatever the umask is
            yield file
            file.flush()
            temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise


def create(path: Path, data: bytes) -> None:
    """Make a file, mode 0600. Raises `OSError`, `FileExistsError` when anything has that name; then nothing is left behind."""
    handle = os.open(path, _CREATE, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        with suppress(OSError):
            path.unlink()
        raise


def _check_owner(folder: Path) -> None:
    """Raise `PermissionError` when `folder`, or the existing folder that it would be made in, belongs to another user."""
    existing = next(part for part in (folder, *folder.parents) if part.exists())
    owner, me = existing.stat().st_uid, os.geteuid()
    # A folder that is still to be made may be made in one of root's, such as /tmp.
    if owner != me and (existing == folder or me == 0 or owner != 0):
        raise PermissionError(errno.EPERM, f"the folder belongs to another user (uid {owner})", str(existing))


def _make_private(folder: Path) -> None:
    """Make a folder with mode 0700, or remove the rights of other users to it. Raises `OSError` before anything is made."""
    _check_owner(folder)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_mode & 0o077 and not folder.is_symlink():
        folder.chmod(0o700)


# --- what is left over -------------------------------------------------------------------------------------------------------


def copy_suffix(version: int, known: int) -> str:
    """The suffix under which a file of this version is kept by a program that knows the versions up to `known`."""
    if version <= known:
        return ".bak"
    return f".v{version}.bak" if version < 10_000 else ".newer.bak"


def sweep(path: Path) -> None:
    """Remove the temporary files of `replace` calls that were killed: they hold all that the file does. Never raises.

    Only regular files of this user with the name that `replacing` gives; one that is being written is locked and stays.
    """
    with suppress(OSError, RuntimeError):  # the second for links in a ring
        for file in {path, path.resolve()}:  # the file itself may be a link of the user's to another folder
            name = re.compile(rf"\.{re.escape(file.name)}\.[0-9a-f]{{12}}\.tmp")
            for left in [entry for entry in file.parent.iterdir() if name.fullmatch(entry.name)][:_MOST_LEFT]:
                with suppress(OSError), _opened(left) as (handle, status):
                    if _is_own_file(status):
                        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                        left.unlink()


def sweep_folder(folder: Path, suffix: str) -> None:
    """`sweep` for each file of the folder whose name ends so. Raises `OSError`."""
    name = re.compile(rf"\.(.+{re.escape(suffix)})\.[0-9a-f]{{12}}\.tmp")
    for left in list(folder.iterdir()):
        if (written := name.fullmatch(left.name)) is not None:
            sweep(folder / written[1])


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
