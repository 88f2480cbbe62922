"""The three rings hold: by import-linter's contracts, by what really is imported, and by a proof that a broken ring would be noticed."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from .measure import circles

ROOT = Path(__file__).parent.parent
OUTSIDE = {"PySide6", "shiboken6", "qasync", "dbus_next", "dbus_fast", "bleak"}

with_linter = pytest.mark.skipif(find_spec("importlinter") is None, reason="import-linter is not installed (pip install import-linter)")


def lint(root: Path) -> subprocess.CompletedProcess[str]:
    """The contracts of the pyproject.toml in `root` on the package there."""
    program = "import sys; sys.path.insert(0, ''); from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    return subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, timeout=100, check=False)


@with_linter
def test_the_rings_hold() -> None:
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "nearby_tray", tmp_path / "nearby_tray", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


@with_linter
@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("core/peers.py", "import time"),
        ("core/wire.py", "from ..controller import Controller"),
        ("core/link.py", "import socket"),
        ("controller.py", "from .system import bus"),
        ("simulation/air.py", "from PySide6 import QtCore"),
        ("settings.py", "import dbus_next"),
        ("system/trust.py", "from ..core.session import Session"),
        ("ui/text/names.py", "from ...system import bus"),
    ],
)
def test_a_broken_ring_is_noticed(copy: Path, module: str, line: str) -> None:
    file = copy / "nearby_tray" / module
    file.write_text(file.read_text() + f"\n{line}  # a forbidden import\n")
    done = lint(copy)
    assert done.returncode == 1 and "BROKEN" in done.stdout, done.stdout[-4000:] + done.stderr


def test_no_module_imports_itself_by_way_of_others() -> None:
    """Also not for type checkers only, or inside of a function."""
    assert circles(ROOT) == []


@pytest.mark.parametrize(
    "line", ["from .cli import main", "if TYPE_CHECKING:\n    from .cli import main", "def f():\n    from . import cli"]
)
def test_an_import_circle_is_found_and_named(copy: Path, line: str) -> None:
    file = copy / "nearby_tray" / "options.py"
    file.write_text(f"{file.read_text()}\n{line}\n")
    (circle,) = circles(copy)
    assert {"nearby_tray.cli", "nearby_tray.options"} <= set(circle)


def modules(*folders: str) -> list[str]:
    files = [file for folder in folders for file in sorted((ROOT / "nearby_tray" / folder).glob("*.py"))]
    return [".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for file in files]


def imported_by(*names: str) -> set[str]:
    """The top-level modules in a fresh interpreter after importing these."""
    program = f"import importlib, json, sys\nfor name in {names!r}: importlib.import_module(name)\nprint(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=100, check=True)
    return {name.partition(".")[0] for name in json.loads(done.stdout)}


def test_the_core_and_the_shell_import_no_qt_and_no_daemon() -> None:
    inner = modules("core", "runners", "simulation")
    assert len(inner) > 8
    assert not imported_by(*inner, "nearby_tray.controller", "nearby_tray.settings", "nearby_tray.errors") & OUTSIDE


def test_the_core_runs_without_an_event_loop_or_sockets() -> None:
    assert not imported_by(*modules("core")) & {"asyncio", "socket", "selectors"}


def test_the_package_itself_imports_nothing() -> None:
    assert not imported_by("nearby_tray") & (OUTSIDE | {"asyncio", "msgspec", "cryptography"})
