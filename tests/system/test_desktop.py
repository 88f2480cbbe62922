"""Installing the desktop's files: all of them, only them, again and again, and away again; never somebody else's."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from nearby_tray.cli import main
from nearby_tray.cli.exits import NOT_POSSIBLE, OK, USAGE
from nearby_tray.system import desktop, desktop_entry
from nearby_tray.system.desktop import Refused, install, uninstall

SHARE = Path(__file__).parents[2] / "desktop" / "share"
FILES = sorted(str(file.relative_to(SHARE)) for file in SHARE.rglob("*") if file.is_file())
ENTRY = "applications/nearby-tray.desktop"
SERVICE = "dbus-1/services/org.nearbytray.Nearby.service"
UNIT = "systemd/user/nearby-tray.service"
LIST = "nearby-tray/desktop-files.json"


@pytest.fixture(autouse=True)
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with nothing in it; where its data files belong."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("SHELL", "/bin/bash")
    monkeypatch.setenv("XDG_DATA_DIRS", str(tmp_path / "usr" / "share"))
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(tmp_path / "etc"))
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(desktop, "_FIREWALLD", tmp_path / "etc" / "firewalld")
    zone = Path("zones") / "nearby-tray.xml"
    monkeypatch.setattr(desktop, "_ZONES", (tmp_path / "etc" / "firewalld" / zone, tmp_path / "usr" / "lib" / zone))
    monkeypatch.setattr(desktop, "_EVERYBODY", tmp_path / "usr" / "local" / "share")
    program = tmp_path / "some where" / "nearby-tray"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "argv", [str(program), "install-desktop"])
    return tmp_path / ".local" / "share"


def tree(folder: Path) -> dict[str, bytes | None]:
    """Everything below a folder; folders are `None`."""
    return {str(path.relative_to(folder)): None if path.is_dir() else path.read_bytes() for path in folder.rglob("*")}


def test_everything_is_installed_and_everything_goes(base: Path) -> None:
    before = tree(base.parents[1])
    done = install(everybody=False)
    assert sorted(str(path.relative_to(base)) for path in done.written) == FILES and len(FILES) > 15
    assert not done.left and not done.removed and not done.notes
    changed = {name for name in FILES if (base / name).read_bytes() != (SHARE / name).read_bytes()}
    assert changed == {ENTRY, SERVICE, UNIT}
    assert all((base / name).stat().st_mode & 0o777 == 0o644 for name in FILES)
    again = install(everybody=False)
    assert (again.written, again.same) == ((), len(FILES))
    gone = uninstall(everybody=False)
    assert sorted(gone.removed) == sorted(done.written) and not gone.left
    assert tree(base.parents[1]) == before
    assert uninstall(everybody=False).removed == ()


def test_the_programs_are_named_by_their_whole_path(base: Path) -> None:
    install(everybody=False)
    keys = desktop_entry.read_entry(base / ENTRY)
    assert keys is not None and shlex.split(keys["Exec"]) == [sys.argv[0]] and keys["TryExec"] == sys.argv[0] and " " in sys.argv[0]
    line = next(line for line in (base / SERVICE).read_text().splitlines() if line.startswith("Exec="))
    assert shlex.split(line.removeprefix("Exec=")) == [sys.argv[0], "--background", "--activated"]
    (line,) = (line for line in (base / UNIT).read_text().splitlines() if line.startswith("ExecStart="))
    assert shlex.split(line.removeprefix("ExecStart=")) == [sys.argv[0], "--background"]
    if shutil.which("desktop-file-validate"):
        said = subprocess.run(["desktop-file-validate", str(base / ENTRY)], capture_output=True, text=True, check=False)
        assert said.returncode == 0, said.stdout


def test_a_data_home_of_ones_own(base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert install(everybody=False).base == tmp_path / "data" and (tmp_path / "data" / ENTRY).is_file()
    monkeypatch.setenv("XDG_DATA_HOME", "relative")
    assert uninstall(everybody=False).base == base and (tmp_path / "data" / ENTRY).is_file()


def test_what_somebody_else_has_put_there_is_left_alone(base: Path, tmp_path: Path) -> None:
    (base / ENTRY).parent.mkdir(parents=True)
    (base / ENTRY).write_text("mine")
    elsewhere = tmp_path / "dotfiles"
    elsewhere.write_bytes((SHARE / "man/man1/nearby-tray.1").read_bytes())
    (base / "man/man1").mkdir(parents=True)
    (base / "man/man1/nearby-tray.1").symlink_to(elsewhere)
    (base / SERVICE).mkdir(parents=True)
    theirs = [base / ENTRY, base / SERVICE, base / "man/man1/nearby-tray.1"]
    done = install(everybody=False)
    assert sorted(done.left) == sorted(theirs) and len(done.written) == len(FILES) - 3
    gone = uninstall(everybody=False)
    assert not gone.left and all(path.exists() for path in theirs) and (base / ENTRY).read_text() == "mine"
    assert set(tree(base)) == {
        str(path.relative_to(base)) for one in theirs for path in (one, *one.parents) if path != base and path.is_relative_to(base)
    }


def test_what_was_changed_since_is_named_and_left_alone(base: Path) -> None:
    install(everybody=False)
    (base / ENTRY).write_text("changed")
    (base / SERVICE).unlink()
    again = install(everybody=False)
    assert again.left == (base / ENTRY,) and again.written == (base / SERVICE,)
    gone = uninstall(everybody=False)
    assert not (base / SERVICE).exists() and (base / ENTRY).read_text() == "changed"
    assert set(tree(base)) == {"applications", ENTRY} and not gone.left


def test_changed_between_install_and_uninstall(base: Path) -> None:
    install(everybody=False)
    (base / ENTRY).write_text("changed")
    assert uninstall(everybody=False).left == (base / ENTRY,)
    assert set(tree(base)) == {"applications", ENTRY}


def test_a_new_version_replaces_and_removes_what_the_old_one_put_there(base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "package"
    shutil.copytree(SHARE, package / "desktop" / "share")
    monkeypatch.setattr(desktop, "_PACKAGE", package)
    (package / "desktop/share/old").write_text("old")
    (package / "desktop/share/older").write_text("older")
    install(everybody=False)
    (package / "desktop/share/old").unlink()
    (package / "desktop/share/older").unlink()
    (base / "older").write_text("changed")
    with (package / "desktop/share" / ENTRY).open("a") as entry:
        entry.write("# new\n")
    done = install(everybody=False)
    assert done.written == (base / ENTRY,) and done.removed == (base / "old",) and done.left == (base / "older",)
    uninstall(everybody=False)
    assert set(tree(base)) == {"older"}


def test_killed_in_the_middle_it_still_knows_what_it_made(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put, count = desktop._put, 0

    def killed(path: Path, data: bytes, everybody: bool) -> None:
        nonlocal count
        count += 1
        if count == 8:
            raise KeyboardInterrupt
        put(path, data, everybody)

    monkeypatch.setattr(desktop, "_put", killed)
    with pytest.raises(KeyboardInterrupt):
        install(everybody=False)
    assert any(data for data in tree(base).values())
    monkeypatch.setattr(desktop, "_put", put)
    uninstall(everybody=False)
    assert not (base.parent).exists()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"files": 1}', '{"files": {"/etc/passwd": ["x"]}}', '{"folders": ["BASE/../../x"]}'])
def test_a_damaged_list_removes_nothing_and_is_made_anew(base: Path, text: str) -> None:
    install(everybody=False)
    (base / LIST).write_text(text.replace("BASE", str(base)))
    there = tree(base)
    with pytest.raises(Refused, match="damaged"):
        uninstall(everybody=False)
    assert tree(base) == there
    assert install(everybody=False).same == len(FILES)
    assert len(uninstall(everybody=False).removed) == len(FILES)


def test_the_list_of_somebody_elses_is_not_read(base: Path, tmp_path: Path) -> None:
    install(everybody=False)
    (base / LIST).rename(tmp_path / "list")
    (base / LIST).symlink_to(tmp_path / "list")
    with pytest.raises(OSError, match="link"):
        uninstall(everybody=False)


def test_for_everybody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: tmp_path.stat().st_uid)
    monkeypatch.setattr(desktop, "_check_base", lambda base, everybody: None)
    monkeypatch.setattr(desktop, "_not_for_everybody", lambda program: "")
    (tmp_path / "etc" / "firewalld").mkdir(parents=True)
    mask = os.umask(0o077)
    done = install(everybody=True)
    os.umask(mask)
    zone = tmp_path / "etc/firewalld/zones/nearby-tray.xml"
    assert zone in done.written and len(done.written) == len(FILES) + 1
    assert any("firewall-cmd --reload" in note for note in done.notes) and not any("sudo" in note for note in done.notes)
    assert all(path.stat().st_mode & 0o777 == 0o644 and path.parent.stat().st_mode & 0o777 == 0o755 for path in done.written)
    assert install(everybody=True).notes == ()
    gone = uninstall(everybody=True)
    assert not zone.parent.exists() and zone.parent.parent.is_dir() and any("--reload" in note for note in gone.notes)
    assert not (tmp_path / "usr").exists()


def test_for_everybody_needs_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(desktop, "_not_for_everybody", lambda program: "")
    for do in (install, uninstall):
        with pytest.raises(Refused, match="Only root"):
            do(everybody=True)


def test_a_program_that_others_can_change_is_not_for_everybody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root's files can be for everybody")
    monkeypatch.setattr(desktop, "_PACKAGE", Path("/usr/share"))  # wherever this checkout and its Python are
    monkeypatch.setattr(sys, "executable", "/usr/bin/env")
    assert desktop._not_for_everybody(Path("/usr/bin/env")) == ""
    program = tmp_path / "nearby-tray"
    program.write_text("")
    program.chmod(0o757)
    assert "can change" in desktop._not_for_everybody(program)
    program.chmod(0o755)
    os.chown(program, 1000, 1000)
    assert "can change" in desktop._not_for_everybody(program)
    os.chown(program, 0, 0)
    tmp_path.chmod(0o700)
    assert "no access" in desktop._not_for_everybody(program)


def test_files_of_another_user_are_not_touched(base: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can be in somebody else's home")
    os.chown(base.parents[1], 1000, 1000)
    with pytest.raises(Refused, match="another user"):
        install(everybody=False)
    assert not base.exists()


def test_what_a_package_has_done_is_not_done_again(base: Path, tmp_path: Path) -> None:
    entry = tmp_path / "usr/share" / ENTRY
    entry.parent.mkdir(parents=True)
    entry.write_text(f'[Desktop Entry]\nExec="{sys.argv[0]}"\n')
    with pytest.raises(Refused, match="done already"):
        install(everybody=False)
    entry.write_text("[Desktop Entry]\nExec=/usr/bin/env\n")  # another installation of the applet
    assert len(install(everybody=False).written) == len(FILES)


def test_an_installation_without_the_files_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desktop, "_PACKAGE", tmp_path / "a" / "b")
    with pytest.raises(Refused, match="without its desktop files"):
        install(everybody=False)


def test_what_is_to_be_done_by_hand_is_said(base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "etc" / "firewalld" / "zones").mkdir(parents=True)
    monkeypatch.setenv("SHELL", "/usr/bin/zsh")
    zone, zsh = install(everybody=False).notes
    assert str(base / "zsh/site-functions") in zsh
    # The command that is shown works, but for root's firewall-cmd.
    command = zone.partition("after: ")[2].replace("sudo ", "").replace("firewall-cmd --reload", "true")
    subprocess.run(["sh", "-c", command], check=True)
    assert (tmp_path / "etc/firewalld/zones/nearby-tray.xml").is_file()
    assert install(everybody=False).notes == (zsh,)
    desktop_entry.set_enabled(True)
    assert "autostart=off" in uninstall(everybody=False).notes[0] and desktop_entry.is_enabled()


# --- said on the command line ---------------------------------------------------------------------------------------------------


def test_by_command(base: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["install-desktop", "--user"]) == OK
    out = capsys.readouterr().out
    assert f"{len(FILES)} files written" in out and "The undo: nearby-tray uninstall-desktop\n" in out
    assert json.loads((base / LIST).read_text())["files"]
    (base / ENTRY).write_text("changed")
    assert main(["uninstall-desktop", "--user"]) == OK
    assert f"Left alone, because it is not ours or was changed: {base / ENTRY}" in capsys.readouterr().out
    assert main(["uninstall-desktop", "--user"]) == OK
    assert main(["install-desktop", "--user", "--system"]) == USAGE
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    capsys.readouterr()
    assert main(["install-desktop"]) == USAGE and "--system" in capsys.readouterr().err
    (base / "metainfo").mkdir(parents=True, exist_ok=True)
    (base / "icons").write_text("not a folder")
    monkeypatch.undo()
    monkeypatch.setenv("XDG_DATA_HOME", str(base))
    assert main(["install-desktop", "--user"]) == NOT_POSSIBLE
    err = capsys.readouterr().err
    assert str(base / "icons") in err and err.count("\n") == 1
