"""The journal tells the next process what a dead one left behind, and nothing else."""

from __future__ import annotations

import fcntl
import json
import os
import stat
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from nearby_tray.system.journal import Journal, _Owner

PROFILE = "nm-profile"


def dead(folder: Path, *entries: tuple[str, str]) -> Path:
    """The file of a process that ended without cleaning up."""
    folder.mkdir(parents=True, exist_ok=True)
    return put(folder / "999999999.json", owner(), *entries)


def owner(**facts: object) -> dict[str, object]:
    """A process of this machine that is no more."""
    return {**asdict(_Owner.me()), "pid": 999999999, "start": "1", **facts}


def put(path: Path, owner: dict[str, object], *entries: tuple[str, str]) -> Path:
    path.write_text(json.dumps({"owner": owner, "entries": [{"kind": kind, "id": id} for kind, id in entries]}))
    return path


def test_entries_come_and_go_and_leave_no_file(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "made")
    journal.add(PROFILE, "one")
    journal.add(PROFILE, "one")
    journal.add("nm-find", "x")
    assert journal.mine(PROFILE) == ("one",)
    [file] = (tmp_path / "made").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    journal.remove(PROFILE, "one")
    journal.remove("nm-find", "x")
    journal.remove("nm-find", "x")
    assert not list((tmp_path / "made").iterdir())


def test_what_a_running_process_owns_is_nobody_elses(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from nearby_tray.system.journal import Journal;"
        "Journal(Path(sys.argv[1])).add('nm-profile', 'theirs'); print('noted', flush=True); sys.stdin.read()"
    )
    root = str(Path(__file__).parents[2])
    child = subprocess.Popen(
        [sys.executable, "-c", code, os.fspath(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": root},
    )
    assert child.stdin is not None and child.stdout is not None
    with child:
        assert child.stdout.readline() == b"noted\n"
        journal = Journal(tmp_path)
        journal.add(PROFILE, "ours")
        assert journal.leftovers(PROFILE) == ()
        child.kill()
        child.wait(30)
        assert journal.leftovers(PROFILE) == ("theirs",)
        assert journal.leftovers("nm-find") == ()
        journal.settle(PROFILE, "theirs")
        assert journal.leftovers(PROFILE) == ()
        assert journal.mine(PROFILE) == ("ours",)
        assert len(list(tmp_path.iterdir())) == 1


def test_a_pid_used_again_is_another_process(tmp_path: Path) -> None:
    put(tmp_path / f"{os.getpid()}-0.json", owner(pid=os.getpid(), start="0"), (PROFILE, "old"))
    journal = Journal(tmp_path)
    journal.add(PROFILE, "new")
    assert journal.leftovers(PROFILE) == ("old",)
    journal.settle(PROFILE, "old")
    assert journal.leftovers(PROFILE) == ()
    journal.remove(PROFILE, "new")
    assert not list(tmp_path.iterdir())


BOOT, SPACE = {"boot": "another"}, {"space": "pid:[1]"}


@pytest.mark.parametrize(
    ("facts", "dead_here"),
    [
        ({}, True),
        (BOOT, True),  # before a reboot
        ({**BOOT, **SPACE}, True),  # in a container, before a reboot
        ({"pid": os.getpid()}, True),  # its number is used again
        (SPACE, False),  # in a container that shares the home: its numbers mean nothing here
        ({"machine": "another"}, True),  # the same boot, so it has got another name meanwhile
        ({**BOOT, "machine": "another"}, False),  # a home on two machines
        ({**BOOT, "machine": f"{_Owner.me().machine} copied"}, False),  # … whose disks were copied
        ({**BOOT, **SPACE, "machine": "another"}, False),
        ({"space": ""}, False),
    ],
)
def test_only_what_is_seen_to_be_dead_is_touched(tmp_path: Path, facts: dict[str, object], dead_here: bool) -> None:
    path = put(tmp_path / "theirs.json", owner(**facts), (PROFILE, "x"))
    before = path.read_bytes()
    journal = Journal(tmp_path)
    assert journal.leftovers(PROFILE) == (("x",) if dead_here else ())
    journal.settle(PROFILE, "x")
    assert (path.read_bytes() == before) is not dead_here if path.exists() else dead_here


def test_the_same_process_on_two_machines_has_two_files() -> None:
    me = _Owner.me()
    others = [replace(me, boot="b"), replace(me, space="s"), replace(me, machine="m"), replace(me, pid=1), replace(me, start="1")]
    assert len({one.file_name() for one in (me, *others)}) == 1 + len(others)


@pytest.mark.logs("another user")
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to another user")
def test_nothing_of_root_is_left_in_the_home_of_another_user(tmp_path: Path) -> None:
    os.chown(tmp_path, 12345, 12345)
    Journal(tmp_path / "state" / "made").add(PROFILE, "x")
    assert not list(tmp_path.iterdir())


DAMAGED = ["", "{", "[]", '{"owner": 5, "entries": []}', '{"owner": null, "entries": [{"kind": 1, "id": "x"}]}', "[" * 99999]


@pytest.mark.logs("is damaged, kept as")
@pytest.mark.parametrize("text", DAMAGED)
def test_damage_counts_as_empty_and_is_kept(tmp_path: Path, text: str, caplog: pytest.LogCaptureFixture) -> None:
    path = dead(tmp_path)
    path.write_text(text)
    journal = Journal(tmp_path)
    assert journal.leftovers(PROFILE) == ()
    assert [file.name for file in tmp_path.iterdir()] == [path.name + ".damaged"]
    assert "damaged" in caplog.text
    caplog.clear()


def test_one_leftover_is_settled_at_a_time(tmp_path: Path) -> None:
    dead(tmp_path, (PROFILE, "a"), (PROFILE, "b"), ("nm-find", "f"))
    journal = Journal(tmp_path)
    journal.settle(PROFILE, "a")
    assert Journal(tmp_path).leftovers(PROFILE) == ("b",)
    journal.settle(PROFILE, "b")
    journal.settle("nm-find", "f")
    assert not list(tmp_path.iterdir())


@pytest.mark.logs("cannot note what is made")
def test_a_disk_that_refuses_stops_nobody(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_text("")
    journal = Journal(tmp_path / "file" / "made")
    journal.add(PROFILE, "x")
    journal.add(PROFILE, "y")
    assert journal.leftovers(PROFILE) == ()
    assert journal.mine(PROFILE) == ("x", "y")
    assert len(caplog.records) == 1
    caplog.clear()


def test_what_a_killed_writer_left_is_taken_away_and_a_living_one_s_is_not(tmp_path: Path) -> None:
    names = (f".5-77-ab.json.{'0' * 12}.tmp", f".5-78-ab.json.{'1' * 12}.tmp", "notes.tmp")
    dead, alive, other = (tmp_path / name for name in names)
    for left in (dead, alive, other):
        left.write_text("{")
    with alive.open() as writing:
        fcntl.flock(writing, fcntl.LOCK_EX)
        Journal(tmp_path).leftovers("nm-profile")
        assert [left.exists() for left in (dead, alive, other)] == [False, True, True]
