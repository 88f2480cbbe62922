"""The files that desktops, D-Bus, AppStream and firewalld read: valid, and of one mind with the program."""

from __future__ import annotations

import configparser
import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from nearby_tray import BUS_NAME, __version__
from nearby_tray.settings import Settings
from nearby_tray.system import notifications
from nearby_tray.system.wifi import profile

DESKTOP = Path(__file__).parents[1] / "desktop"
SHARE = DESKTOP / "share"
ENTRY = SHARE / "applications" / f"{notifications.DESKTOP_ENTRY}.desktop"
METAINFO = SHARE / "metainfo" / f"{BUS_NAME}.metainfo.xml"


def check(*command: str) -> None:
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0 and "error" not in done.stdout, done.stdout + done.stderr


def metainfo_problems(file: Path) -> list[str]:
    """What appstreamcli warns of. Newer ones miss a home page: the project has none, and an invented address would be somebody else's."""
    if shutil.which("appstreamcli") is None:
        pytest.skip("appstreamcli is not installed")
    command = ["appstreamcli", "validate", "--no-net", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False, timeout=60)
    problems = [line for line in done.stdout.splitlines() if line.startswith(("E:", "W:"))]
    assert problems or done.returncode == 0, done.stdout + done.stderr
    return [problem for problem in problems if not problem.endswith("url-homepage-missing")]


def test_the_desktop_file_is_valid() -> None:
    check("desktop-file-validate", str(ENTRY))


def test_the_metainfo_is_valid() -> None:
    assert not metainfo_problems(METAINFO)


def test_the_metainfo_names_what_is_there() -> None:
    root = ET.parse(METAINFO).getroot()
    assert root.findtext("launchable") == f"{notifications.DESKTOP_ENTRY}.desktop"
    assert root.findtext("provides/dbus") == BUS_NAME
    assert root.find(f"releases/release[@version='{__version__}']") is not None


def test_a_release_with_an_address_shows_the_screenshots(tmp_path: Path) -> None:
    pytest.importorskip("PySide6")
    for folder in ("desktop", "resources", "nearby_tray"):
        shutil.copytree(DESKTOP.parent / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    command = [sys.executable, str(tmp_path / "desktop" / "generate.py"), "--screenshots-at", "https://example.org/desktop/screenshots"]
    done = subprocess.run(
        command, env={**os.environ, "QT_QPA_PLATFORM": "offscreen"}, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    metainfo = tmp_path / "desktop" / METAINFO.relative_to(DESKTOP)
    images = [image.text or "" for image in ET.parse(metainfo).getroot().iterfind("screenshots/screenshot/image")]
    assert len(images) >= 2 and all((DESKTOP.parent / image.removeprefix("https://example.org/")).is_file() for image in images)
    assert not metainfo_problems(metainfo)


def test_a_broken_metainfo_is_noticed(tmp_path: Path) -> None:
    (broken := tmp_path / METAINFO.name).write_text(
        METAINFO.read_text().replace("<summary>", "<sumary>").replace("</summary>", "</sumary>")
    )
    assert metainfo_problems(broken)


def test_the_debian_changelog_is_of_this_version() -> None:
    assert (DESKTOP / "debian" / "changelog").read_text().startswith(f"nearby-tray ({__version__}) ")


def test_the_dbus_service_has_our_name() -> None:
    parser = configparser.ConfigParser()
    parser.read(SHARE / "dbus-1" / "services" / f"{BUS_NAME}.service")
    assert parser["D-BUS Service"]["Name"] == BUS_NAME
    assert parser["D-BUS Service"]["Exec"].startswith("/")


def test_the_zone_has_the_profiles_name_and_lets_the_pings_in() -> None:
    root = ET.parse(DESKTOP / f"{profile.ZONE}.xml").getroot()
    assert root.tag == "zone" and root.get("target") is None and root.find("forward") is None and root.find("masquerade") is None
    ranges = [port.attrib["port"].partition("-") for port in root.findall("port") if port.get("protocol") == "udp"]
    assert any(int(low) <= Settings().port <= int(high or low) for low, _, high in ranges)
