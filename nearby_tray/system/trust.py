"""The file with the seed of this computer's identity and the trusted peers.

It is private or it is not used, and it is never lost. A damaged file is set aside and a fresh identity made; a file that cannot be read, or
that a newer version wrote, stays untouched, and changes then last for this run only. Peers that another machine sharing the home has added
meanwhile stay. No seed and no key appears in a repr, a log line or a problem.
"""

from __future__ import annotations

import asyncio
import logging
import os
import threading
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from .. import private_file
from ..core.keys import Identity, TrustedPeer
from ..core.names import clean_name

log = logging.getLogger(__name__)

VERSION = 1
MOST_PEERS = 500
SIZE_LIMIT = 1024 * 1024  # bytes; 500 peers take about 120 KiB

_Key = Annotated[bytes, Meta(min_length=32, max_length=32)]
_Moment = Annotated[float, Meta(ge=0)]  # POSIX seconds


class _Peer(msgspec.Struct):
    identity: _Key
    trust_key: _Key
    label: Annotated[str, Meta(max_length=200)]
    since: _Moment
    last_linked: _Moment | None = None
    previous_key: _Key | None = None


class _File(msgspec.Struct):
    """How the file looks; byte strings are base64."""

    version: int
    identity: bytes  # the seed
    peers: list[_Peer]


@dataclass(frozen=True, slots=True)
class Trust:
    """What the file held. `problems`: sentences for the user."""

    identity: Identity
    peers: tuple[TrustedPeer, ...] = ()
    problems: tuple[str, ...] = ()


@dataclass(slots=True)
class _Found:
    """What could be understood. `keep`: the suffix under which the file is kept when it is replaced."""

    seed: bytes | None = field(default=None, repr=False)
    peers: tuple[TrustedPeer, ...] = ()
    problems: list[str] = field(default_factory=list)
    keep: str | None = None


class TrustFile:
    """`load` first (it waits for the disk: call it before the loop runs, or in a thread), then `save` after each change."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path if path is not None else private_file.data_folder() / "trust.json"
        self._seed = b""
        self._refusal: str | None = "it has not been read yet"
        self._writing = threading.Lock()
        self._seen: frozenset[bytes] = frozenset()  # the identities that this run has had
        self._asked = 0
        self._written = 0

    def load(self) -> Trust:
        """The identity and the trusted peers; the first time an identity is made. Never raises: what went wrong is in `problems`."""
        private_file.sweep(self.path)
        tightened = False
        with suppress(OSError):
            tightened = private_file.tighten(self.path)
        found, self._refusal = self._read()
        if tightened:
            found.problems.insert(
                0,
                "The file with your identity could be read by other users of this computer; now it cannot any more. "
                f"If you do not trust them, delete it and remember the others anew ({self.path}).",
            )
        self._seed = found.seed if found.seed is not None else os.urandom(32)
        self._seen = frozenset(peer.identity for peer in found.peers)
        if self._refusal is None and (found.seed is None or found.keep is not None):
            try:
                self._write(found.peers, keep=found.keep)
            except OSError as error:
                found.problems.append(f"The remembered computers cannot be kept: {error.strerror or error} ({self.path}).")
        for problem in found.problems:
            log.warning("%s", problem)
        return Trust(Identity.from_seed(self._seed), found.peers, tuple(found.problems))

    def renew(self) -> Identity:
        """A new identity, written by the next `save`."""
        self._seed = os.urandom(32)
        return Identity.from_seed(self._seed)

    def look(self) -> tuple[str, ...]:
        """The problems that `load` would find now. Changes nothing, and keeps nothing of the file."""
        return tuple(self._read()[0].problems)

    def _read(self) -> tuple[_Found, str | None]:
        """What is in the file, and why it must not be replaced (`None`: it may)."""
        found, refusal = _Found(), None
        try:
            _understand(private_file.read(self.path, SIZE_LIMIT), found)
        except FileNotFoundError:
            pass
        except OSError as error:
            refusal = error.strerror or str(error)
            found.problems.append(
                f"The remembered computers could not be read: {refusal} ({self.path}). "
                "Until that is mended this computer is a stranger to all others, and remembers nobody for longer than this run."
            )
        if found.keep is not None and found.keep != ".bak":
            refusal = "it is from a newer Nearby Tray"
            found.problems.append("The remembered computers are from a newer Nearby Tray, so changes to them last for this run only.")
        return found, refusal

    async def save(self, peers: tuple[TrustedPeer, ...]) -> None:
        """Write these peers (the 500 last linked with). On disk when this returns. Raises `OSError`.

        Of several saves at once the last one called wins; a cancelled one may still be carried out.
        """
        self._asked += 1
        await asyncio.to_thread(self._save, peers, self._asked)

    def _save(self, peers: tuple[TrustedPeer, ...], number: int) -> None:
        with self._writing:
            if number < self._written:
                return
            self._write((*peers, *self._added(peers)))
            self._seen |= {peer.identity for peer in peers}
            self._written = number

    def _added(self, peers: tuple[TrustedPeer, ...]) -> tuple[TrustedPeer, ...]:
        """The peers in the file that this run has never had: another machine that shares the home added them."""
        known = self._seen | {peer.identity for peer in peers}
        found = _Found()
        with suppress(OSError):
            _understand(private_file.read(self.path, SIZE_LIMIT), found)
        return tuple(peer for peer in found.peers if peer.identity not in known) if found.seed == self._seed else ()

    def _write(self, peers: Iterable[TrustedPeer], *, keep: str | None = None) -> None:
        if self._refusal is not None:
            raise PermissionError(f"{self.path} is left alone: {self._refusal}")
        rows = [_Peer(p.identity, p.trust_key, p.label[:200], p.since, p.last_linked, p.previous_key) for p in _newest(peers)]
        text = msgspec.json.format(msgspec.json.encode(_File(VERSION, self._seed, rows)), indent=1) + b"\n"
        private_file.replace(self.path, text, keep=keep)

    def __repr__(self) -> str:
        return f"TrustFile({str(self.path)!r})"


def _newest(peers: Iterable[TrustedPeer]) -> list[TrustedPeer]:
    every = list(peers)
    if len(every) <= MOST_PEERS:
        return every
    kept = set(sorted(range(len(every)), key=lambda n: every[n].last_linked or every[n].since, reverse=True)[:MOST_PEERS])
    return [peer for n, peer in enumerate(every) if n in kept]


def _understand(data: bytes, found: _Found) -> None:
    """Fill `found` field by field with what is good. The problems never quote the file, which is secret."""
    damaged = "The file with your identity is damaged and was kept as a copy; "
    try:
        raw = msgspec.json.decode(data)
    except (ValueError, RecursionError):  # msgspec.DecodeError and UnicodeDecodeError are ValueErrors
        raw = None
    if not isinstance(raw, dict):
        found.keep = ".bak"
        found.problems.append(damaged + "you have a new one, so others who remembered this computer ask for the code again.")
        return
    version = raw.get("version")
    if isinstance(version, int) and not isinstance(version, bool) and version >= 1:
        if version > VERSION:
            found.keep = private_file.copy_suffix(version, VERSION)
    else:
        found.keep = ".bak"
        found.problems.append(damaged + "it does not say its version.")
    try:
        found.seed = msgspec.convert(raw.get("identity"), _Key)
    except ValueError:
        found.keep = found.keep or ".bak"
        found.problems.append(damaged + "you have a new identity, so others who remembered this computer ask for the code again.")
    rows = raw.get("peers")
    bad = 0 if isinstance(rows, list) else 1
    peers: dict[bytes, TrustedPeer] = {}
    for row in rows if isinstance(rows, list) else []:
        try:
            peer = msgspec.convert(row, _Peer)
        except ValueError:
            bad += 1
            continue
        if peer.identity in peers:
            bad += 1
            continue
        peers[peer.identity] = TrustedPeer(
            peer.identity, peer.trust_key, clean_name(peer.label), peer.since, peer.last_linked, peer.previous_key
        )
    if bad:
        found.keep = found.keep or ".bak"
        found.problems.append(damaged + f"{bad} of the remembered computers could not be read.")
    found.peers = tuple(_newest(peers.values()))
    if len(found.peers) < len(peers):
        found.keep = found.keep or ".bak"
        found.problems.append(f"Only the {MOST_PEERS} computers last linked with are remembered; the file was kept as a copy.")
