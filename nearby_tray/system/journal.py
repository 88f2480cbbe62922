"""What this process makes in the system's daemons, written down before it is made, so that the next start can undo it after a crash.

Each process has a file, and another process touches it only when this one is dead *as far as can be seen from there*. A home may be shared
by several machines, or by a machine and its containers: a process of those looks dead from here and is not, so its file is left alone. A
file that cannot be understood counts as empty and is kept as `*.damaged`.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import threading
from dataclasses import asdict, dataclass
from pathlib import Path

from .. import private_file

log = logging.getLogger(__name__)

_SIZE_LIMIT = 1024 * 1024  # bytes of one file
_MOST = 200  # entries read from one file
_LONGEST = 200  # characters of a kind or id


@dataclass(frozen=True, slots=True)
class Entry:
    """A thing that was made: what it is ("nm-profile") and what names it there (a uuid)."""

    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class _Owner:
    """A process: `start` tells it from a later one with the same pid, the other fields say where its pid means anything."""

    pid: int
    start: str
    boot: str  # of the machine; also that of its containers
    space: str  # of pids: a container has its own
    machine: str

    @classmethod
    def me(cls) -> _Owner:
        boot = _line("/proc/sys/kernel/random/boot_id")
        try:
            space = os.readlink("/proc/self/ns/pid")  # noqa: PTH115 — "pid:[4026531836]", no path
        except OSError:
            space = ""
        # Of disks that were copied both have the same id, so the name as well.
        known = next(filter(None, map(_line, ("/etc/machine-id", "/var/lib/dbus/machine-id"))), "")
        return cls(os.getpid(), _start(os.getpid()) or "", boot, space, f"{known} {os.uname().nodename}")

    def is_dead(self, me: _Owner) -> bool:
        """True if the process has ended, and `me` can know that."""
        if self.boot == me.boot:
            return self.space == me.space != "" and self.start != _start(self.pid)
        return self.machine == me.machine

    def file_name(self) -> str:
        where = hashlib.sha256(f"{self.boot} {self.space} {self.machine}".encode()).hexdigest()[:8]
        return f"{self.pid}-{self.start}-{where}.json"


def _start(pid: int) -> str | None:
    """When the process that has this pid now began; `None` when there is none. procfs: proc_pid_stat(5), field 22."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return None


def _line(name: str) -> str:
    try:
        return Path(name).read_text(errors="replace").strip()[:100]
    except OSError:
        return ""


class Journal:
    """Safe to use from any thread; each change is on disk when the call returns, which may take a while on a busy disk.

    A disk that cannot be written is logged, once, and keeps nothing from being made.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder if folder is not None else private_file.state_folder() / "made"
        self._owner = _Owner.me()
        self._path = self._folder / self._owner.file_name()
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
        """Remove the note of a thing that is gone. Idempotent."""
        entry = Entry(kind, id)
        with self._lock:
            if entry in self._entries:
                self._entries.remove(entry)
                self._save()

    def mine(self, kind: str) -> tuple[str, ...]:
        """The ids of what this process has noted and not removed."""
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
        """The files of processes that have ended; empty ones are removed."""
        found = []
        try:
            paths = sorted(self._folder.glob("*.json"))
            private_file.sweep_folder(self._folder, ".json")
        except OSError:
            return []
        for path in paths:
            if path == self._path:
                continue
            owner, entries = _read(path)
            if owner is not None and not owner.is_dead(self._owner):
                continue  # alive, or that cannot be known here
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
            text = json.dumps({"owner": owner and asdict(owner), "entries": [asdict(entry) for entry in entries]})
            private_file.replace(path, text.encode())
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
    """What a file says. A damaged one says nothing, and is renamed."""
    try:
        data = json.loads(private_file.read(path, _SIZE_LIMIT))
        who = data["owner"]
        texts = None if who is None else [str(who[name]) for name in ("start", "boot", "space", "machine")]
        owner = None if texts is None else _Owner(int(who["pid"]), *texts)
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
