"""What starts us at login: there when turned on, and only then, by the entry or by systemd; and what is so is said, whoever made it so."""

from __future__ import annotations

import asyncio
import shlex
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from nearby_tray.settings import AutostartBy
from nearby_tray.system import autostart, desktop_entry, user_service
from nearby_tray.system.autostart import Found, choose, find
from nearby_tray.system.bus import ServiceInterface, connected, method
from nearby_tray.system.desktop_entry import EntryState

from .fake_systemd import FakeSystemd


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(tmp_path / "etc"))
    monkeypatch.delenv("XDG_CURRENT_DESKTOP", raising=False)
    return tmp_path


Run = Callable[..., Any]
ENTRY, SERVICE = AutostartBy.ENTRY, AutostartBy.SERVICE


def said(found: Found, on: bool, by: AutostartBy = ENTRY) -> str:
    return " ".join(map(str, autostart.described(found, on, by)))


def note(on: bool = False) -> str:
    """What is said where there is no session bus."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
        return said(asyncio.run(autostart.find()), on)


def system_entry(home: Path) -> None:
    file = home / "etc" / "autostart" / desktop_entry.FILE
    file.parent.mkdir(parents=True)
    file.write_text("[Desktop Entry]\nType=Application\nName=Nearby Tray\nExec=sh -c nearby-tray\n")


def test_on_and_off(home: Path) -> None:
    assert not desktop_entry.is_enabled() and note() == ""
    desktop_entry.set_enabled(False)
    desktop_entry.set_enabled(True)
    desktop_entry.set_enabled(True)
    assert desktop_entry.is_enabled() and "~/config/autostart/nearby-tray.desktop" in note(True)
    keys = desktop_entry.read_entry(desktop_entry.path())
    assert keys is not None and shlex.split(keys["Exec"]) == desktop_entry.command() and "--background" in keys["Exec"]
    if shutil.which("desktop-file-validate"):
        done = subprocess.run(["desktop-file-validate", str(desktop_entry.path())], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout
    desktop_entry.set_enabled(False)
    assert not desktop_entry.is_enabled() and list(desktop_entry.path().parent.iterdir()) == []


def test_the_users_own_entry_is_left_alone_while_it_starts_something() -> None:
    desktop_entry.path().parent.mkdir(parents=True)
    own = "[Desktop Entry]\nType=Application\nName=Mine\nExec=env A=1 nearby-tray\n"
    desktop_entry.path().write_text(own)
    desktop_entry.set_enabled(True)
    assert desktop_entry.path().read_text() == own
    for stale in (
        "Exec=/gone/nearby-tray\n",
        "Exec=env nearby-tray\nHidden=true\n",
        "Exec=env x\nX-GNOME-Autostart-enabled=false\n",
        'Exec="\n',
    ):
        desktop_entry.path().write_text("[Desktop Entry]\n" + stale)
        desktop_entry.set_enabled(True)
        assert "Nearby Tray" in desktop_entry.path().read_text() and desktop_entry.is_enabled()


def test_an_entry_of_the_system_is_hidden_and_shown(home: Path) -> None:
    system_entry(home)
    assert desktop_entry.is_enabled() and "etc/autostart" in note(True) and "not what is chosen" in note()
    desktop_entry.set_enabled(True)
    assert not desktop_entry.path().exists()
    desktop_entry.set_enabled(False)
    assert not desktop_entry.is_enabled() and note() == ""
    desktop_entry.set_enabled(False)
    desktop_entry.set_enabled(True)
    assert desktop_entry.is_enabled()


def test_a_desktop_that_needs_a_helper_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    desktop_entry.set_enabled(True)
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", "sway:wlroots")
    assert "dex" in note(True)


def test_what_cannot_be_written_is_raised(home: Path) -> None:
    (home / "config").write_text("not a folder")
    with pytest.raises(OSError):
        desktop_entry.set_enabled(True)
    assert not desktop_entry.is_enabled()


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
    assert desktop_entry.quoted(word) == quoted


def test_a_damaged_entry_is_not_in_force() -> None:
    desktop_entry.path().parent.mkdir(parents=True)
    for data in (b"", b"\xff\xfe", b"[Other]\nExec=x\n", b"[Desktop Entry]\nExec\n", b"x" * 100_000):
        desktop_entry.path().write_bytes(data)
        assert not desktop_entry.is_enabled()
    desktop_entry.set_enabled(True)
    assert desktop_entry.is_enabled()


@pytest.mark.parametrize(
    ("lines", "state", "words"),
    [
        ("Exec=sh x\n", EntryState.ON, "Started at login by the desktop’s autostart entry"),
        ("Exec=sh x\nHidden=true\n", EntryState.HIDDEN, "switched off (Hidden=true)"),
        ("Exec=sh x\nX-GNOME-Autostart-enabled=false\n", EntryState.DISABLED, "list of startup programs has switched"),
        ("Exec=sh x\nOnlyShowIn=KDE;\n", EntryState.ELSEWHERE, "for other desktops only"),
        ("Exec=sh x\nNotShowIn=LXQt;XFCE;\n", EntryState.ELSEWHERE, "for other desktops only"),
        ("Exec=sh x\nOnlyShowIn=KDE;XFCE;\n", EntryState.ON, "Started at login"),
        ("Exec=/gone/nearby-tray\n", EntryState.BROKEN, "is not there"),
        ("Exec=sh x\nTryExec=/gone/x\n", EntryState.BROKEN, "is not there"),
        ("", EntryState.BROKEN, "is not there"),
    ],
)
def test_what_a_desktops_own_tool_made_of_the_entry_is_said(
    monkeypatch: pytest.MonkeyPatch, lines: str, state: EntryState, words: str
) -> None:
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", "X-Vendor:XFCE")
    desktop_entry.path().parent.mkdir(parents=True)
    desktop_entry.path().write_text("[Desktop Entry]\nType=Application\n" + lines)
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
    found = asyncio.run(find())
    assert found.entry is state and words in said(found, True)
    assert found.active == ((ENTRY,) if state is EntryState.ON else ())
    assert ("off and on" in said(found, True)) == (state is not EntryState.ON)
    asyncio.run(choose(True, ENTRY))
    assert asyncio.run(find()).active == (ENTRY,), "choosing it anew mends it"


def test_an_entry_that_a_tool_removed_is_said() -> None:
    assert "the autostart entry is gone" in note(True) and note(False) == ""


# --- the service ---


@asynccontextmanager
async def systemd(home: Path) -> AsyncIterator[FakeSystemd]:
    fake = FakeSystemd(home)
    bus = await fake.open()
    try:
        yield fake
    finally:
        await bus.close()


def test_the_service_instead_of_the_entry_and_back(daemon: object, run: Run, home: Path) -> None:
    async def main() -> None:
        async with systemd(home) as fake:
            await choose(True, ENTRY)
            assert fake.calls == [] and (await find()).active == (ENTRY,)
            await choose(True, SERVICE)
            found = await find()
            assert found.active == (SERVICE,) and found.unit_path == "~/config/systemd/user/nearby-tray.service"
            assert said(found, True, SERVICE) == f"Started at login by the systemd user service {found.unit_path}."
            assert fake.calls == ["enable", "reload"] and not desktop_entry.path().exists()
            written = (fake.own / user_service.UNIT).read_text()
            assert written.endswith(user_service.unit(desktop_entry.command()))
            # A virtual environment that has moved: what we wrote is written anew.
            (fake.own / user_service.UNIT).write_text(written.replace("ExecStart=", "ExecStart=/gone"))
            await choose(True, SERVICE)
            assert (fake.own / user_service.UNIT).read_text() == written
            await choose(True, ENTRY)
            assert (await find()).active == (ENTRY,) and not (fake.own / user_service.UNIT).exists()
            await choose(True, SERVICE)
            await choose(False, SERVICE)
            assert (await find()) == Found(unit="absent") and not [p for p in fake.own.rglob("*") if not p.is_dir()]
            calls = list(fake.calls)
            await choose(False, ENTRY)
            assert fake.calls == calls, "nothing to do"

    run(main())


def test_a_unit_of_a_package_is_enabled_disabled_and_never_touched(daemon: object, run: Run, home: Path) -> None:
    async def main() -> None:
        async with systemd(home) as fake:
            file = fake.machine[1] / user_service.UNIT
            file.parent.mkdir(parents=True)
            file.write_text(user_service.unit(["/usr/bin/nearby-tray", "--background"]))
            await choose(True, SERVICE)
            found = await find()
            assert found.active == (SERVICE,) and found.unit_path.endswith("usr/systemd/user/nearby-tray.service")
            assert not (fake.own / user_service.UNIT).exists()
            await choose(False, SERVICE)
            assert (await find()).active == () and fake.calls == ["enable", "reload", "disable", "reload"]
            # Enabled for everybody: what is not ours to remove is masked for this user, and unmasked again.
            everybody = fake.machine[0] / "graphical-session.target.wants" / user_service.UNIT
            everybody.parent.mkdir(parents=True)
            everybody.symlink_to(file)
            found = await find()
            assert found.active == (SERVICE,) and "not what is chosen here" in said(found, False)
            await choose(False, ENTRY)
            found = await find()
            assert found.unit == "masked" and found.active == () and said(found, False) == ""
            assert "nearby-tray.service is masked" in said(found, True, SERVICE) and everybody.exists() and file.exists()
            await choose(True, SERVICE)
            assert (await find()).active == (SERVICE,)

    run(main())


def test_what_systemctl_did_meanwhile_is_said(daemon: object, run: Run, home: Path) -> None:
    async def main() -> None:
        async with systemd(home) as fake:
            await choose(True, SERVICE)
            (fake.own / "graphical-session.target.wants" / user_service.UNIT).unlink()  # systemctl --user disable
            found = await find()
            assert found.active == () and "nearby-tray.service is disabled" in said(found, True, SERVICE)
            (fake.own / user_service.UNIT).unlink()
            assert "is gone" in said(await find(), True, SERVICE)
            await choose(True, SERVICE)
            fake.session = "inactive"  # XFCE, LXQt, a bare sway
            words = said(await find(), True, SERVICE)
            assert "Started at login by the systemd" in words and "has not started graphical-session.target" in words
            desktop_entry.set_enabled(True)
            assert (await find()).active == (ENTRY, SERVICE)

    run(main())


def test_without_a_user_manager_the_entry_does_and_the_service_is_refused(daemon: object, run: Run) -> None:
    async def main() -> None:
        await choose(True, ENTRY)
        with pytest.raises(OSError, match="no systemd user manager"):
            await choose(True, SERVICE)
        found = await find()
        assert found.unit is None and found.active == (ENTRY,), "what started us before still does"
        assert "No systemd user manager answers" in said(found, True, SERVICE) and "autostart entry" in said(found, True, SERVICE)
        await choose(False, ENTRY)
        assert (await find()).active == ()

    run(main())


def test_a_manager_that_hangs_or_refuses_keeps_nobody_waiting(
    daemon: object, run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(user_service, "LIMIT", 0.2)

    async def main() -> None:
        async with systemd(home) as fake:
            fake.deny = True
            await choose(True, ENTRY)
            with pytest.raises(OSError, match="Read-only file system"):
                await choose(True, SERVICE)
            assert fake.file() is None, "nothing is left behind"
            assert (await find()).active == (ENTRY,)
            fake.hang = True
            with pytest.raises(OSError, match="no answer"):
                await choose(True, SERVICE)
            found = await find()
            assert found.unit is None and found.active == (ENTRY,)
            with pytest.raises(OSError, match="no answer"):
                await choose(False, ENTRY)
            assert (await find()).active == (), "the entry is gone all the same"
            fake.go_on.set()

    run(main())


def test_the_unit_is_one_that_systemd_takes(tmp_path: Path) -> None:
    text = user_service.unit([sys.executable, 'a "b" 50% $HOME \\', "--background"])
    assert "PartOf=graphical-session.target\n" in text and "After=graphical-session.target\n" in text
    assert "WantedBy=graphical-session.target\n" in text
    assert '"a \\"b\\" 50%% $$HOME \\\\" --background\n' in text
    verify = shutil.which("systemd-analyze")
    if verify is None:
        pytest.skip("systemd-analyze is not installed (Debian: systemd), so nobody judges the unit")
    (tmp_path / "run").mkdir(mode=0o700)
    file = tmp_path / user_service.UNIT
    file.write_text(text)
    done = subprocess.run(
        [verify, "--user", "--man=no", "verify", str(file)], capture_output=True, text=True, check=False,
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path / "run")},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, ""), done.stderr


class LyingSystemd(ServiceInterface):
    def __init__(self) -> None:
        super().__init__("org.freedesktop.systemd1.Manager")

    @method("GetUnitFileState", takes=["s"], gives="u")
    def get_state(self, unit: str) -> int:
        return 7


def test_a_systemd_that_answers_something_else_is_no_user_manager(daemon: object, run: Run) -> None:
    async def main() -> None:
        async with connected("session") as bus:
            bus.export("/org/freedesktop/systemd1", LyingSystemd())
            assert await bus.request_name("org.freedesktop.systemd1")
            assert (await find()).unit is None
            with pytest.raises(OSError, match="systemd: answered with int where str is documented"):
                await choose(True, SERVICE)

    run(main())
