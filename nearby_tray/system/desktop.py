"""Installs and removes the files by which a desktop, its shells and the session bus know the applet.

They are the tree `desktop/share` (in an installed package `nearby_tray/desktop/share`), which is laid over `~/.local/share` for one user
or `/usr/local/share` for everybody, there with a firewalld zone. The rules:

- Our files are known by their content: a list of them with checksums is kept beside them, written before the first file and after the
  last. A file that was there before, or was changed since, is neither replaced nor removed, and is named to the user.
- A file names our program by its whole path: what starts a desktop's programs often knows nothing of `~/.local/bin`.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shlex
import shutil
import stat
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from .. import private_file
from . import autostart, desktop_entry, user_service

_EVERYBODY = Path("/usr/local/share")  # FHS 3.0, 4.9: what an administrator installs by hand
_FIREWALLD = Path("/etc/firewalld")
_ZONES = (_FIREWALLD / "zones" / "nearby-tray.xml", Path("/usr/lib/firewalld/zones/nearby-tray.xml"))
_RELOAD = "firewalld learns of it by: firewall-cmd --reload"
_PACKAGE = Path(__file__).resolve().parent.parent
_LIST = "nearby-tray/desktop-files.json"
_ENTRY = "applications/nearby-tray.desktop"
_SIZE_LIMIT = 1024 * 1024  # bytes; ours are much smaller


class Refused(Exception):
    """Nothing was done; the text is a sentence for the user."""


@dataclass(frozen=True, slots=True)
class Done:
    """What was done. `left`: files in our places that are not ours, or were changed since."""

    base: Path
    written: tuple[Path, ...] = ()
    same: int = 0  # files that were right already
    removed: tuple[Path, ...] = ()
    left: tuple[Path, ...] = ()
    notes: tuple[str, ...] = ()  # sentences: what there is to do by hand


class _List(msgspec.Struct, forbid_unknown_fields=True):
    """What was installed: for each absolute path the checksums of contents that are ours, and the folders that were made."""

    files: Annotated[dict[str, Annotated[list[str], Meta(max_length=16)]], Meta(max_length=1000)] = {}
    folders: Annotated[list[str], Meta(max_length=1000)] = []


def install(*, everybody: bool) -> Done:
    """Install the files, or bring them up to date. Raises `Refused` or `OSError`."""
    base = _base(everybody)
    program = desktop_entry.command()[:-1]
    _check_program(program, everybody)
    _check_base(base, everybody)
    _check_not_there(base, program)
    wanted = _wanted(base, program, everybody)
    try:
        before = _read_list(base)
    except ValueError:
        before = _List()  # a file that is byte by byte as it would be written still counts as ours

    found = {path: _content(path) for path in wanted}
    ours = {
        path
        for path, data in found.items()
        if data is None or data == wanted[path] or (isinstance(data, bytes) and _sum(data) in before.files.get(str(path), ()))
    }
    stale = [Path(name) for name in before.files if Path(name) not in wanted]
    sums = {str(path): [_sum(wanted[path])] for path in wanted if path in ours}
    folders = list(dict.fromkeys([*before.folders, *(str(folder) for folder in _missing_folders([*ours, base / _LIST]))]))
    # Until all is done, the old and the new content both count as ours. At most eight: runs that were killed let the list grow no further.
    both = {name: [*before.files.get(name, [])[-8:], *sums.get(name, [])] for name in {*before.files, *sums}}
    _write_list(base, _List(both, folders), everybody)

    written = []
    for path in sorted(ours):
        if found[path] != wanted[path]:
            _put(path, wanted[path], everybody)
            written.append(path)
    removed, changed = _remove(before.files, stale)
    _write_list(base, _List(sums, folders), everybody)
    if written or removed:
        _say_changed(base)
    return Done(
        base,
        written=tuple(written),
        same=len(ours) - len(written),
        removed=tuple(removed),
        left=tuple(sorted([*(path for path in wanted if path not in ours), *changed])),
        notes=_hints(base, everybody, _zone_in(written)),
    )


def uninstall(*, everybody: bool) -> Done:
    """Remove what `install` has put there, but for files that were changed since. Raises `Refused` or `OSError`."""
    base = _base(everybody)
    _check_base(base, everybody)
    try:
        before = _read_list(base)
    except ValueError:
        said = f"The list of what was installed is damaged, so nothing was removed ({base / _LIST})"
        raise Refused(f"{said}; install-desktop writes it anew.") from None
    if not before.files and not before.folders:
        return Done(base)
    removed, changed = _remove(before.files, [Path(name) for name in before.files])
    _say_changed(base)
    (base / _LIST).unlink(missing_ok=True)
    for folder in sorted(map(Path, before.folders), key=lambda path: len(path.parts), reverse=True):
        with suppress(OSError):  # the folder has other files now
            folder.rmdir()
    notes = [_RELOAD] if _zone_in(removed) else []
    if not everybody and autostart.is_chosen():
        notes.append("Starting at login is a setting and stays as it is; to end that: nearby-tray settings autostart=off")
    return Done(base, removed=tuple(removed), left=tuple(changed), notes=tuple(notes))


# --- where, and whether ------------------------------------------------------------------------------------------------------


def _base(everybody: bool) -> Path:
    if everybody:
        return _EVERYBODY
    # XDG Base Directory: a relative path there is to be ignored.
    home = Path(os.environ.get("XDG_DATA_HOME") or "")
    return home if home.is_absolute() else Path.home() / ".local" / "share"


def _source() -> Path:
    """`desktop/`: inside the package when installed, beside it in a checkout."""
    for folder in (_PACKAGE / "desktop", _PACKAGE.parent / "desktop"):
        if (folder / "share" / _ENTRY).is_file():
            return folder
    raise Refused(f"This installation has come without its desktop files ({_PACKAGE / 'desktop'}).")


def _check_program(program: list[str], everybody: bool) -> None:
    if any(not word.isprintable() for word in program):
        raise Refused("The path of the program cannot be written into a desktop file: it has characters that do not print.")
    if everybody and (why := _not_for_everybody(Path(program[0]))):
        raise Refused(f"{why}, so it cannot be installed for everybody. “pipx install --global”, or pip as root, makes one that can be.")


def _not_for_everybody(program: Path) -> str:
    """Why other users cannot run the program, or should not because another user may change it; empty when they can."""
    for path in (program.parent.resolve() / program.name, program.resolve(), Path(sys.executable).resolve(), _PACKAGE):
        for part in (path, *path.parents):
            status = part.stat()
            if status.st_uid != 0 or (status.st_mode & 0o002 and not status.st_mode & stat.S_ISVTX):
                return f"Not only root can change {part}"
            if not status.st_mode & (0o001 if part.is_dir() else 0o004):
                return f"Other users have no access to {part}"
    return ""


def _check_base(base: Path, everybody: bool) -> None:
    me = os.geteuid()
    if everybody and me != 0:
        raise Refused(f"Only root can do that for everybody: sudo {shlex.join(desktop_entry.command()[:-1])} … --system")
    there = next(path for path in (base, *base.parents) if path.exists())
    if there.stat().st_uid != me:
        raise Refused(f"{there} belongs to another user; files that we put there could not be changed by them any more.")


def _check_not_there(base: Path, program: list[str]) -> None:
    """Raise `Refused` when a package of the distribution has installed the files for this very program."""
    for folder in (os.environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share").split(":"):
        entry = Path(folder) / _ENTRY
        if Path(folder).is_absolute() and Path(folder) != base and _program_of(entry) == Path(program[0]).resolve():
            raise Refused(f"That is done already, for everybody ({entry}).")


def _program_of(entry: Path) -> Path | None:
    keys = desktop_entry.read_entry(entry)
    try:
        words = shlex.split(keys.get("Exec", "")) if keys is not None else []
    except ValueError:
        return None
    found = shutil.which(words[0]) if words else None
    return Path(found).resolve() if found else None


# --- what --------------------------------------------------------------------------------------------------------------------


def _wanted(base: Path, program: list[str], everybody: bool) -> dict[Path, bytes]:
    """Each file's place and content."""
    source = _source()
    share = source / "share"
    files = {base / file.relative_to(share): file.read_bytes() for file in sorted(share.rglob("*")) if file.is_file()}
    entry = base / _ENTRY
    starts = f"TryExec={program[0]}\nExec={' '.join(map(desktop_entry.quoted, program))}"
    files[entry] = _replaced(files[entry], b"Exec=nearby-tray", starts.encode())
    for path in files:
        if path.parent.name == "services":
            # The bus reads the value as in a key file, where a backslash escapes, then splits it like a shell.
            words = shlex.join(program).replace("\\", "\\\\")
            files[path] = _replaced(files[path], b"Exec=/usr/bin/nearby-tray", f"Exec={words}".encode())
        if path.name == user_service.UNIT:
            files[path] = user_service.unit([*program, "--background"]).encode()
    if everybody and _FIREWALLD.is_dir():
        files[_ZONES[0]] = (source / _ZONES[0].name).read_bytes()
    return files


def _replaced(text: bytes, before: bytes, after: bytes) -> bytes:
    if b"\n" + before not in text:
        raise Refused("The desktop files of this installation are not those that belong to this version.")
    return text.replace(b"\n" + before, b"\n" + after)


def _hints(base: Path, everybody: bool, zone_written: bool) -> tuple[str, ...]:
    notes = []
    if zone_written:
        notes.append(_RELOAD)
    elif not everybody and _FIREWALLD.is_dir() and not any(zone.exists() for zone in _ZONES):
        copy = f"install -D -m 644 {shlex.quote(str(_source() / _ZONES[0].name))} {_ZONES[0]} && firewall-cmd --reload"
        notes.append(f"firewalld: links get a zone of their own after: sudo sh -c {shlex.quote(copy)}")
    if not everybody and Path(os.environ.get("SHELL") or "").name == "zsh":
        notes.append(f"zsh: to be in ~/.zshrc before compinit: fpath=({shlex.quote(str(base / 'zsh/site-functions'))} $fpath)")
    return tuple(notes)


def _zone_in(paths: Iterable[Path]) -> bool:
    return _ZONES[0] in paths


# --- files -------------------------------------------------------------------------------------------------------------------


def _content(path: Path) -> bytes | bool | None:
    """The bytes of a file; `None`: nothing is there; `False`: something that is not a file of ours."""
    try:
        status = path.lstat()
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(status.st_mode) or status.st_size > _SIZE_LIMIT:
        return False
    return path.read_bytes()


def _sum(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _remove(sums: Mapping[str, list[str]], paths: list[Path]) -> tuple[list[Path], list[Path]]:
    """Remove the files that are as they were installed. Returns the removed and the changed ones."""
    removed, changed = [], []
    for path in paths:
        data = _content(path)
        if isinstance(data, bytes) and _sum(data) in sums[str(path)]:
            path.unlink()
            removed.append(path)
        elif data is not None:
            changed.append(path)
    return removed, changed


def _missing_folders(paths: list[Path]) -> list[Path]:
    """The folders that have to be made for these."""
    return sorted({folder for path in paths for folder in path.parents if not folder.exists()})


def _put(path: Path, data: bytes, everybody: bool) -> None:
    for folder in reversed([folder for folder in path.parents if not folder.exists()]):
        folder.mkdir()
        if everybody:
            folder.chmod(0o755)  # whatever root's umask is
    with private_file.replacing(path, 0o644) as file:
        file.write(data)


def _read_list(base: Path) -> _List:
    """The list of what was installed. Raises `ValueError` when it cannot be understood."""
    if (base / _LIST).is_symlink():  # a list that a link leads to may name any file, which would be removed
        raise OSError(errno.ELOOP, "it is a link, and links are not followed")
    try:
        data = private_file.read(base / _LIST, _SIZE_LIMIT)
    except FileNotFoundError:
        return _List()
    try:
        said = msgspec.json.decode(data, type=_List)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ValueError(str(error)) from None
    roots = (base, _FIREWALLD)
    for name in (*said.files, *said.folders):
        path = Path(name)
        if ".." in path.parts or not any(path.is_relative_to(root) or root.is_relative_to(path) for root in roots):
            raise ValueError(f"a path that we never use: {name}")
    return said


def _write_list(base: Path, said: _List, everybody: bool) -> None:
    _put(base / _LIST, msgspec.json.format(msgspec.json.encode(said), indent=1) + b"\n", everybody)


def _say_changed(base: Path) -> None:
    """Give the theme's folder a new time, so that caches of it are old (Icon Theme Specification, "Implementation notes")."""
    with suppress(OSError):
        os.utime(base / "icons" / "hicolor")
