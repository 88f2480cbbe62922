"""The autostart entry: there when turned on, and only then."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from nearby_tray.system import autostart


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(tmp_path / "etc"))
    monkeypatch.delenv("XDG_CURRENT_DESKTOP", raising=False)
    return tmp_path


def system_entry(home: Path) -> None:
    file = home / "etc" / "autostart" / autostart.FILE
    file.parent.mkdir(parents=True)
    file.write_text("[Desktop Entry]\nType=Application\nName=Nearby Tray\nExec=nearby-tray --background\n")


def test_on_and_off(home: Path) -> None:
    assert not autostart.is_enabled() and autostart.note() == ""
    autostart.set_enabled(False)
    autostart.set_enabled(True)
    autostart.set_enabled(True)
    assert autostart.is_enabled() and "~/config/autostart/nearby-tray.desktop" in autostart.note()
    keys = autostart.read_entry(autostart.path())
    assert keys is not None and shlex.split(keys["Exec"]) == autostart.command() and "--background" in keys["Exec"]
    if shutil.which("desktop-file-validate"):
        done = subprocess.run(["desktop-file-validate", str(autostart.path())], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout
    autostart.set_enabled(False)
    assert not autostart.is_enabled() and list(autostart.path().parent.iterdir()) == []


def test_the_users_own_entry_is_left_alone_while_it_starts_something() -> None:
    autostart.path().parent.mkdir(parents=True)
    own = "[Desktop Entry]\nType=Application\nName=Mine\nExec=env A=1 nearby-tray\n"
    autostart.path().write_text(own)
    autostart.set_enabled(True)
    assert autostart.path().read_text() == own
    for stale in (
        "Exec=/gone/nearby-tray\n",
        "Exec=env nearby-tray\nHidden=true\n",
        "Exec=env x\nX-GNOME-Autostart-enabled=false\n",
        'Exec="\n',
    ):
        autostart.path().write_text("[Desktop Entry]\n" + stale)
        autostart.set_enabled(True)
        assert "Nearby Tray" in autostart.path().read_text() and autostart.is_enabled()


def test_an_entry_of_the_system_is_hidden_and_shown(home: Path) -> None:
    system_entry(home)
    assert autostart.is_enabled() and "etc/autostart" in autostart.note()
    autostart.set_enabled(True)
    assert not autostart.path().exists()
    autostart.set_enabled(False)
    assert not autostart.is_enabled() and autostart.note() == ""
    autostart.set_enabled(False)
    autostart.set_enabled(True)
    assert autostart.is_enabled()


def test_a_desktop_that_needs_a_helper_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    autostart.set_enabled(True)
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", "sway:wlroots")
    assert "dex" in autostart.note()


def test_what_cannot_be_written_is_raised(home: Path) -> None:
    (home / "config").write_text("not a folder")
    with pytest.raises(OSError):
        autostart.set_enabled(True)
    assert not autostart.is_enabled()


@pytest.mark.parametrize(
    ("word", "quoted"),
    [
        ("/usr/bin/nearby-tray", "/usr/bin/nearby-tray"),
        ("/home/a b/x", '"/home/a b/x"'),
        ("100%", "100%%"),
        ('a"b', '"a\\\\"b"'),
        ("a$b", '"a\\\\$b"'),
        ("", '""'),
    ],
)
def test_quoting(word: str, quoted: str) -> None:
    assert autostart.quoted(word) == quoted


def test_a_damaged_entry_is_not_in_force() -> None:
    autostart.path().parent.mkdir(parents=True)
    for data in (b"", b"\xff\xfe", b"[Other]\nExec=x\n", b"[Desktop Entry]\nExec\n", b"x" * 100_000):
        autostart.path().write_bytes(data)
        assert not autostart.is_enabled()
    autostart.set_enabled(True)
    assert autostart.is_enabled()
