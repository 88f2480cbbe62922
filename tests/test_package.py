"""The wheel and the sdist: what is in them, and that the wheel alone is the whole program with its desktop files."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest

from nearby_tray import BUS_INTERFACE, BUS_NAME, BUS_PATH, __version__

from .test_desktop import metainfo_problems

ROOT = Path(__file__).parents[1]
LIMIT = 100.0

pytestmark = pytest.mark.skipif(find_spec("hatchling") is None, reason="hatchling is not installed (pip install hatchling)")


def run(*command: str | Path, **environment: str) -> str:
    """Run it to its end; what it printed."""
    done = subprocess.run(
        list(map(str, command)),
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **environment},
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def build(source: Path, folder: Path, what: str) -> Path:
    program = f"import os; os.chdir({str(source)!r}); from hatchling.cli import hatchling; import sys; sys.exit(hatchling())"
    run(sys.executable, "-c", program, "build", "-t", what, "-d", folder)
    (made,) = folder.glob("*.whl" if what == "wheel" else "*.tar.gz")
    return made


def contents(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(ROOT, tmp_path_factory.mktemp("wheel"), "wheel")


def files(*folders: str) -> set[str]:
    found = {str(path.relative_to(ROOT)) for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file()}
    return {name for name in found if "__pycache__" not in name}


def test_the_wheel_has_the_program_and_its_files_and_nothing_else(wheel: Path) -> None:
    there = contents(wheel)
    outside = {f"nearby_tray/{name}" for name in files("resources", "desktop/share")} | {"nearby_tray/desktop/nearby-tray.xml"}
    wanted = files("nearby_tray") | outside
    assert {name for name in there if ".dist-info/" not in name} == wanted
    for name in wanted:
        source = ROOT / (name.removeprefix("nearby_tray/") if name in outside else name)
        assert there[name] == source.read_bytes(), name
    (entry_points,) = (data.decode() for name, data in there.items() if name.endswith("/entry_points.txt"))
    assert "nearby-tray = nearby_tray.cli:main" in entry_points
    assert any(name.endswith("/licenses/LICENSE") for name in there)


def test_the_sdist_builds_the_same_wheel(wheel: Path, tmp_path: Path) -> None:
    sdist = build(ROOT, tmp_path, "sdist")
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    unpacked = tmp_path / f"nearby_tray-{__version__}"
    for name in ("README.md", "LICENSE", "CHANGELOG.md", "tests/run", "desktop/try", "desktop/examples/link.py"):
        assert (unpacked / name).read_bytes() == (ROOT / name).read_bytes()
    assert contents(build(unpacked, tmp_path / "again", "wheel")) == contents(wheel)


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel in an environment of its own; what it depends on is what the tests have. The path of its program."""
    folder = tmp_path_factory.mktemp("environment")
    run(sys.executable, "-m", "venv", "--without-pip", folder)
    (site,) = folder.glob("lib/python*/site-packages")
    # After its own packages, and without reading the .pth files there: an editable installation of this project is not seen.
    (site / "shared.pth").write_text(f"{sysconfig.get_path('purelib')}\n{sysconfig.get_path('platlib')}\n")
    run(sys.executable, "-m", "pip", "--python", folder, "--disable-pip-version-check", "install", "--no-index", "--no-deps", wheel)
    return folder / "bin" / "nearby-tray"


def test_the_installed_program_runs_from_the_wheel_alone(installed: Path, tmp_path: Path) -> None:
    assert run(installed, "--version", HOME=str(tmp_path)) == f"nearby-tray {__version__}\n"
    where = run(
        installed.with_name("python"), "-P", "-c", "from nearby_tray.ui.icons import icons_folder; print(icons_folder())", PYTHONPATH=""
    )
    assert str(installed.parents[1]) in where and (Path(where.strip()) / "nearby-tray.svg").is_file()


@pytest.fixture
def desktop(installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """`install-desktop` was said in a home with nothing in it."""
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    run(installed, "install-desktop", "--user")
    return tmp_path / ".local" / "share"


def need(program: str) -> None:
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")


def test_install_desktop_and_its_undo(installed: Path, desktop: Path, tmp_path: Path) -> None:
    there = {str(path.relative_to(desktop)) for path in desktop.rglob("*") if path.is_file()}
    assert there == {name.removeprefix("desktop/share/") for name in files("desktop/share")} | {"nearby-tray/desktop-files.json"}
    assert f"Exec={installed}\n" in (desktop / "applications" / "nearby-tray.desktop").read_text()
    run(installed, "uninstall-desktop", "--user")
    assert list(tmp_path.iterdir()) == []


def test_the_installed_menu_entry_is_valid(desktop: Path) -> None:
    need("desktop-file-validate")
    run("desktop-file-validate", desktop / "applications" / "nearby-tray.desktop")


def test_the_installed_metainfo_is_valid(desktop: Path) -> None:
    assert not metainfo_problems(desktop / "metainfo" / f"{BUS_NAME}.metainfo.xml")


def test_the_installed_manual_reads_well(desktop: Path) -> None:
    need("man")
    done = subprocess.run(
        ["man", "--warnings", "-l", str(desktop / "man" / "man1" / "nearby-tray.1")],
        env={**os.environ, "LC_ALL": "C.UTF-8", "MANWIDTH": "100", "MAN_KEEP_FORMATTING": ""},
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=True,
    )
    assert done.stderr == "" and "uninstall-desktop" in done.stdout


def test_the_session_bus_starts_the_installed_applet(installed: Path, desktop: Path, tmp_path: Path) -> None:
    need("dbus-run-session")
    need("dbus-send")
    story = f"""set -e
        trap '{installed} quit' EXIT
        dbus-send --session --print-reply --reply-timeout=60000 --dest={BUS_NAME} {BUS_PATH} {BUS_INTERFACE}.Status
        {installed} status
    """
    (tmp_path / "run").mkdir(mode=0o700)
    said = run(
        *("dbus-run-session", "--", "sh", "-c", story),
        QT_QPA_PLATFORM="offscreen",
        XDG_DATA_HOME=str(desktop),  # dbus-daemon looks for the home in the password file, not in HOME
        XDG_RUNTIME_DIR=str(tmp_path / "run"),
        DBUS_SYSTEM_BUS_ADDRESS=f"unix:path={tmp_path / 'none'}",
    )
    assert '"state": "idle"' in said and "visible to" in said
