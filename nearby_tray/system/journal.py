"""What this process has made in the system's daemons, on disk before it is made, so that the next start can undo it after a crash.

The rule: one file a process, named by its pid and start, and only the file of a dead process is ever touched by another one. A
file that cannot be understood counts as empty and is kept beside (`*.damaged`) for the curious.
"""

from __future__ import annotations

import json
import logging
import os
import re
import threading
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_state_path

log = logging.getLogger(__name__)

_WRITER = re.compile(r"\d+-\d*\.(\d{1,10})\.tmp")
_MOST = 200  # entries read from one file
_LONGEST = 200  # characters of a kind or id


@dataclass(frozen=True, slots=True)
class Entry:
    """A thing that was made: what it is ("nm-profile") and what names it there (a uuid)."""

    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class _Owner:
    """A process, told from a later one with the same pid by its start, and from one before a reboot by the boot."""

    pid: int
    start: str
    boot: str

    @classmethod
    def of(cls, pid: int) -> _Owner | None:
        """The process that has this pid now. procfs: proc_pid_stat(5), field 22."""
        try:
            stat = Path(f"/proc/{pid}/stat").read_text(errors="replace")
            boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
            return cls(pid, stat.rpartition(")")[2].split()[19], boot)
        except (OSError, IndexError):
            return None


class Journal:
    """Safe to use from any thread; each change is on disk when the call returns, which may take a while on a busy disk.

    A disk that does not let us write is logged, once, and does not stop anybody from making a link.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder if folder is not None else user_state_path("nearby-tray", appauthor=False) / "made"
        self._owner = _Owner.of(os.getpid()) or _Owner(os.getpid(), "", "")
        self._path = self._folder / f"{self._owner.pid}-{self._owner.start}.json"
        self._lock = threading.Lock()
        self._entries: list[Entry] = []
        self._complained = False

    def add(self, kind: str, id: str) -> None:
        """Note a thing that is about to be made."""
        entry = Entry(kind, id)
        with self._lock:
            if entry not in self._entries:
                self._entries.append(entry)
                self._save()

    def remove(self, kind: str, id: str) -> None:
        """Strike out a thing that is gone. Idempotent."""
        entry = Entry(kind, id)
        with self._lock:
            if entry in self._entries:
                self._entries.remove(entry)
                self._save()

    def mine(self, kind: str) -> tuple[str, ...]:
        """The ids of what this process has noted and not struck out."""
        with self._lock:
            return tuple(entry.id for entry in self._entries if entry.kind == kind)

    def leftovers(self, kind: str) -> tuple[str, ...]:
        """The ids of what dead processes have left behind."""
        with self._lock:
            return tuple(dict.fromkeys(entry.id for _, entries in self._dead() for entry in entries if entry.kind == kind))

    def settle(self, kind: str, id: str) -> None:
        """A leftover has been undone (or was gone already): forget it. Idempotent."""
        gone = Entry(kind, id)
        with self._lock:
            for path, entries in self._dead():
                if gone in entries:
                    rest = [entry for entry in entries if entry != gone]
                    owner = _read(path)[0]
                    self._write(path, owner, rest)

    def _dead(self) -> list[tuple[Path, list[Entry]]]:
        """The files of processes that are no more; empty ones are cleared away."""
        found = []
        try:
            paths = sorted(self._folder.glob("*.json"))
            for left in self._folder.glob("*.tmp"):  # of one that was killed while it wrote
                writer = _WRITER.fullmatch(left.name)
                if writer is not None and _Owner.of(int(writer[1])) is None:
                    _unlink(left)
        except OSError:
            return []
        for path in paths:
            if path == self._path:
                continue
            owner, entries = _read(path)
            if owner is not None and owner == _Owner.of(owner.pid):
                continue  # alive: not ours to touch
            if entries:
                found.append((path, entries))
            else:
                _unlink(path)
        return found

    def _save(self) -> None:
        self._write(self._path, self._owner, self._entries)

    def _write(self, path: Path, owner: _Owner | None, entries: list[Entry]) -> None:
        try:
            if not entries:
                _unlink(path)
                return
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            who = {"pid": owner.pid, "start": owner.start, "boot": owner.boot} if owner is not None else None
            text = json.dumps({"owner": who, "entries": [{"kind": entry.kind, "id": entry.id} for entry in entries]})
            temporary = path.with_suffix(f".{os.getpid()}.tmp")
            handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
            try:
                with os.fdopen(handle, "w") as file:
                    file.write(text)
                    file.flush()
                    os.fsync(file.fileno())
                temporary.replace(path)
            except BaseException:
                _unlink(temporary)
                raise
        except OSError as error:
            if not self._complained:
                self._complained = True
                log.warning("cannot note what is made in %s: %s", self._folder, error)


def _unlink(path: Path) -> None:
    try:
        path.unlink()
    except OSError:
        pass


def _read(path: Path) -> tuple[_Owner | None, list[Entry]]:
    """What a file says; nothing when it is damaged, and then it is moved out of the way."""
    try:
        data = json.loads(path.read_bytes()[: 1 << 20])
        who = data["owner"]
        owner = None if who is None else _Owner(int(who["pid"]), str(who["start"]), str(who["boot"]))
        entries = [Entry(item["kind"], item["id"]) for item in data["entries"][:_MOST]]
        if not all(isinstance(text, str) and len(text) <= _LONGEST for entry in entries for text in (entry.kind, entry.id)):
            raise ValueError("not an entry")
        return owner, entries
    except FileNotFoundError:
        return None, []
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        log.warning("%s is damaged, kept as %s.damaged: %r", path, path.name, error)
        try:
            path.replace(path.with_name(path.name + ".damaged"))
        except OSError:
            pass
        return None, []
