"""What a killed writer leaves, and files that are made or replaced whole. The hostile cases of reading are in `test_settings.py`."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from nearby_tray.private_file import replacing, sweep
from nearby_tray.settings import Settings, load, save


def leave(folder: Path, name: str = ".settings.json.0123456789ab.tmp") -> Path:
    left = folder / name
    left.write_bytes(b"a seed")
    return left


def test_what_a_killed_writer_left_is_taken_away(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    save(path, Settings())
    left = [leave(tmp_path), leave(tmp_path, ".settings.json.ffffffffffff.tmp")]
    sweep(path)
    assert not any(one.exists() for one in left) and path.exists()


def test_a_writer_that_is_killed_leaves_what_is_taken_away(tmp_path: Path) -> None:
    program = """
import os, pathlib, sys
from nearby_tray import private_file
os.fsync = lambda handle: os.kill(os.getpid(), 9)
private_file.replace(pathlib.Path(sys.argv[1]), b"a seed")
"""
    path = tmp_path / "trust.json"
    done = subprocess.run([sys.executable, "-c", program, str(path)], cwd=Path(__file__).parent.parent, check=False)
    assert done.returncode == -9 and len(list(tmp_path.iterdir())) == 1
    sweep(path)
    assert list(tmp_path.iterdir()) == []


def test_one_that_is_being_written_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "settings.json"
    fsync = os.fsync

    def meanwhile(handle: int) -> None:
        sweep(path)
        fsync(handle)

    monkeypatch.setattr(os, "fsync", meanwhile)
    save(path, Settings(name="kept"))
    assert load(path)[0].name == "kept"


@pytest.mark.parametrize(
    "name",
    [
        ".settings.json.0123456789AB.tmp",
        ".settings.json.0123456789a.tmp",
        ".settings.json.0123456789ab.tmp.bak",
        "settings.json.0123456789ab.tmp",
        ".other.json.0123456789ab.tmp",
        ".settingsxjson.0123456789ab.tmp",
        "settings.json.bak",
    ],
)
def test_nothing_else_is_taken_away(tmp_path: Path, name: str) -> None:
    left = leave(tmp_path, name)
    sweep(tmp_path / "settings.json")
    assert left.exists()


def test_no_link_is_followed_and_no_folder_or_pipe_touched(tmp_path: Path) -> None:
    folder = tmp_path / "config"
    folder.mkdir()
    precious = tmp_path / "precious"
    precious.write_text("precious")
    names = iter(f".settings.json.{number:012x}.tmp" for number in range(3))
    link = folder / next(names)
    link.symlink_to(precious)
    (folder / next(names)).mkdir()
    os.mkfifo(folder / next(names))
    sweep(folder / "settings.json")
    assert precious.read_text() == "precious" and len(list(folder.iterdir())) == 3


def test_where_the_file_is_a_link_what_was_left_beside_its_target_goes(tmp_path: Path) -> None:
    real = tmp_path / "dotfiles"
    real.mkdir()
    path = tmp_path / "settings.json"
    path.symlink_to(real / "settings.json")
    left = leave(real)
    sweep(path)
    assert not left.exists()


def test_no_folder_is_no_error(tmp_path: Path) -> None:
    sweep(tmp_path / "nothing" / "settings.json")


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "entry"
    umask = os.umask(0o077)
    try:
        with replacing(path, 0o644) as file:
            file.write(b"old")
    finally:
        os.umask(umask)
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    with pytest.raises(ValueError, match="half"), replacing(path, 0o644) as file:
        file.write(b"new")
        raise ValueError("half written")
    assert path.read_bytes() == b"old" and list(tmp_path.iterdir()) == [path]


def test_a_link_is_replaced_where_the_file_is_nobodys_dotfile(tmp_path: Path) -> None:
    (tmp_path / "theirs").write_bytes(b"theirs")
    (tmp_path / "entry").symlink_to(tmp_path / "theirs")
    with replacing(tmp_path / "entry", 0o600) as file:
        file.write(b"ours")
    assert (tmp_path / "entry").read_bytes() == b"ours" and not (tmp_path / "entry").is_symlink()
    assert (tmp_path / "theirs").read_bytes() == b"theirs"


@pytest.mark.parametrize("what", ["pipe", "folder"])
def test_a_link_to_something_else_than_a_file_is_left_alone(tmp_path: Path, what: str) -> None:
    """As root, a link to a device would end in a file in its place."""
    target, path = tmp_path / "there" / "it", tmp_path / "config" / "settings.json"
    target.parent.mkdir()
    target.mkdir() if what == "folder" else os.mkfifo(target)
    path.parent.mkdir()
    path.symlink_to(target)
    before = target.lstat()
    with pytest.raises(OSError, match="not a file"):
        save(path, Settings())
    assert path.is_symlink() and target.lstat().st_ino == before.st_ino and list(target.parent.iterdir()) == [target]
    assert list(path.parent.iterdir()) == [path]
