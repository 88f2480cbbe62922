"""The trust file is ours alone or not used, and never lost."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nearby_tray.core.keys import TrustedPeer
from nearby_tray.system import trust
from nearby_tray.system.trust import TrustFile


def peer(n: int, last: float | None = None) -> TrustedPeer:
    return TrustedPeer(n.to_bytes(32), bytes(32), f"peer {n}", 1.7e9 + n, last)


PEERS = (peer(1), peer(2, 1.8e9))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "nearby-tray" / "trust.json"


def put(path: Path, data: bytes) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    path.chmod(0o600)


def copies(path: Path) -> list[Path]:
    return [p for p in path.parent.iterdir() if p != path]


def remember(path: Path, peers: tuple[TrustedPeer, ...]) -> None:
    file = TrustFile(path)
    file.load()
    asyncio.run(file.save(peers))


def test_the_identity_is_made_once_and_peers_are_remembered(path: Path) -> None:
    file = TrustFile(path)
    first = file.load()
    assert first.peers == () and first.problems == ()
    asyncio.run(file.save(PEERS))
    again = TrustFile(path).load()
    assert again.identity.public == first.identity.public and again.peers == PEERS and again.problems == ()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 and stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert copies(path) == []


@pytest.mark.logs("could be read by other users")
def test_a_file_others_could_read_is_tightened_and_said(path: Path) -> None:
    remember(path, PEERS)
    path.chmod(0o644)
    found = TrustFile(path).load()
    assert found.peers == PEERS and "could be read by other users" in found.problems[0]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert TrustFile(path).load().problems == ()


@pytest.mark.logs("damaged and was kept as a copy")
def test_a_damaged_file_is_kept_and_begun_anew(path: Path) -> None:
    remember(path, PEERS)
    data = path.read_bytes()[:-50]
    put(path, data)
    found = TrustFile(path).load()
    assert found.peers == () and "damaged" in found.problems[0]
    assert [p.read_bytes() for p in copies(path)] == [data]
    assert TrustFile(path).load().identity.public == found.identity.public


@pytest.mark.logs("damaged and was kept as a copy; 2 of the remembered")
def test_good_rows_are_kept_beside_bad_ones(path: Path) -> None:
    remember(path, PEERS)
    me = TrustFile(path).load().identity.public
    raw = json.loads(path.read_bytes())
    raw["peers"][0]["trust_key"] = "AAAA"
    raw["peers"].append(raw["peers"][1])
    put(path, json.dumps(raw).encode())
    found = TrustFile(path).load()
    assert found.identity.public == me and found.peers == PEERS[1:] and "2 of the remembered" in found.problems[0]
    assert len(copies(path)) == 1


@pytest.mark.logs("from a newer Nearby Tray")
def test_a_newer_file_is_used_and_never_overwritten(path: Path) -> None:
    remember(path, PEERS)
    raw = json.loads(path.read_bytes()) | {"version": 2, "more": [1]}
    put(path, json.dumps(raw).encode())
    before = path.read_bytes()
    file = TrustFile(path)
    assert file.load().peers == PEERS
    with pytest.raises(OSError, match="newer"):
        asyncio.run(file.save(()))
    assert path.read_bytes() == before and copies(path) == []


@pytest.mark.logs("could not be read")
def test_the_key_before_the_last_is_kept_as_long_as_there_is_one(path: Path) -> None:
    renewed = replace(peer(3), previous_key=b"p" * 32)
    remember(path, (*PEERS, renewed))
    assert TrustFile(path).load().peers == (*PEERS, renewed) and "p" * 32 not in repr(renewed)
    raw = json.loads(path.read_bytes())
    del raw["peers"][2]["previous_key"]
    put(path, json.dumps(raw).encode())
    assert TrustFile(path).load().peers == (*PEERS, peer(3))
    raw["peers"][2]["previous_key"] = "AAAA"
    put(path, json.dumps(raw).encode())
    assert TrustFile(path).look() and len(TrustFile(path).load().peers) == 2


def test_a_new_identity_is_kept_and_trusts_nobody(path: Path) -> None:
    remember(path, PEERS)
    file = TrustFile(path)
    before = file.load().identity.public
    new = file.renew()
    assert TrustFile(path).load().identity.public == before, "not before it is saved"
    asyncio.run(file.save(()))
    found = TrustFile(path).load()
    assert found.identity.public == new.public != before and found.peers == () and found.problems == ()


def test_what_another_machine_with_this_home_adds_stays(path: Path) -> None:
    """And what we have forgotten stays forgotten."""
    remember(path, PEERS)
    ours, theirs = TrustFile(path), TrustFile(path)
    ours.load()
    theirs.load()
    asyncio.run(theirs.save((*PEERS, peer(3))))
    asyncio.run(ours.save(PEERS[:1]))
    asyncio.run(ours.save((*PEERS[:1], peer(4))))
    asyncio.run(ours.save(PEERS[:1]))
    assert TrustFile(path).load().peers == (PEERS[0], peer(3))


@pytest.mark.logs("could be read by other users")
def test_a_link_is_followed_and_kept(path: Path, tmp_path: Path) -> None:
    target = tmp_path / "dotfiles" / "mine.json"
    remember(target, PEERS)
    target.chmod(0o644)
    path.parent.mkdir()
    path.symlink_to(target)
    file = TrustFile(path)
    assert file.load().peers == PEERS and stat.S_IMODE(target.stat().st_mode) == 0o600
    asyncio.run(file.save(PEERS[:1]))
    assert path.is_symlink() and TrustFile(path).load().peers == PEERS[:1] == TrustFile(target).load().peers


@pytest.mark.logs("could not be read")
def test_a_link_that_leads_to_nothing_is_no_first_start(path: Path, tmp_path: Path) -> None:
    path.parent.mkdir()
    path.symlink_to(tmp_path / "not mounted" / "trust.json")
    found = TrustFile(path).load()
    assert "not there" in found.problems[0] and path.is_symlink() and not (tmp_path / "not mounted").exists()


@pytest.mark.logs("could not be read")
@pytest.mark.parametrize("what", ["folder", "link", "pipe", "huge"])
def test_what_cannot_be_read_is_left_alone(path: Path, what: str) -> None:
    path.parent.mkdir()
    match what:
        case "folder":
            path.mkdir()
        case "link":
            path.symlink_to("/dev/zero")
        case "pipe":
            os.mkfifo(path)
        case _:
            put(path, b" " * (trust.SIZE_LIMIT + 1))
    before = path.lstat()
    file = TrustFile(path)
    found = file.load()
    assert found.peers == () and "stranger" in found.problems[0]
    with pytest.raises(OSError):
        asyncio.run(file.save(PEERS))
    assert path.lstat().st_ino == before.st_ino and copies(path) == []


@pytest.mark.logs("belongs to another user")
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to another user")
def test_the_file_of_another_user_is_refused(path: Path) -> None:
    remember(path, PEERS)
    me = TrustFile(path).load().identity.public
    before = path.read_bytes()
    os.chown(path, 12345, 12345)
    file = TrustFile(path)
    found = file.load()
    assert found.identity.public != me and found.peers == () and "another user" in found.problems[0]
    with pytest.raises(OSError, match="another user"):
        asyncio.run(file.save(PEERS))
    assert path.read_bytes() == before


@pytest.mark.logs("cannot be kept")
def test_a_disk_that_cannot_be_written_is_said(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    found = TrustFile(path).load()
    assert found.identity.public and "No space" in found.problems[0]


def test_at_most_500_are_remembered_the_last_linked_with(path: Path) -> None:
    many = tuple(peer(n, last=2e9 + n) for n in range(1, 520))
    remember(path, (*many, peer(600)))
    assert TrustFile(path).load().peers == many[-trust.MOST_PEERS :]


def test_of_many_saves_the_last_wins(path: Path) -> None:
    async def main() -> None:
        file = TrustFile(path)
        file.load()
        await asyncio.gather(*(file.save((peer(n),)) for n in range(1, 30)))

    asyncio.run(main())
    assert TrustFile(path).load().peers == (peer(29),)


@pytest.mark.logs("damaged and was kept as a copy")
def test_nothing_secret_is_shown(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    remember(path, PEERS)
    seed = json.loads(path.read_bytes())["identity"]
    path.chmod(0o644)
    put(path, path.read_bytes()[:-20])
    file = TrustFile(path)
    said = repr(file) + repr(file.load()) + caplog.text
    assert seed not in said and "trust_key" not in said


_json = st.recursive(st.none() | st.integers() | st.floats() | st.text(max_size=50), lambda x: st.lists(x, max_size=3), max_leaves=4)
_fields = st.dictionaries(st.sampled_from(["version", "identity", "peers"]), _json, max_size=3)


@pytest.mark.may_log("damaged and was kept as a copy", "from a newer Nearby Tray")
@given(st.binary(max_size=300) | _fields.map(lambda d: json.dumps(d).encode()))
def test_any_bytes_end_in_an_identity(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("any") / "trust.json"
    put(path, data)
    file = TrustFile(path)
    found = file.load()
    assert len(found.identity.public) == 32
    assert found.problems
    if not any("newer" in problem for problem in found.problems):
        asyncio.run(file.save(PEERS))
        again = TrustFile(path).load()
        assert again.identity.public == found.identity.public and again.peers == PEERS and again.problems == ()
        assert [p.read_bytes() for p in copies(path)] == [data]


def test_a_seed_that_a_killed_writer_left_is_taken_away_at_the_start(tmp_path: Path) -> None:
    path = tmp_path / "trust.json"
    left = tmp_path / ".trust.json.0123456789ab.tmp"
    left.write_bytes(b"a seed")
    TrustFile(path).load()
    assert not left.exists() and path.exists()
