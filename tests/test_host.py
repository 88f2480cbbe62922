"""What this machine is called, whatever its files say."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from nearby_tray import host
from nearby_tray.app import machine_kind
from nearby_tray.core.wire import Kind
from nearby_tray.settings import Settings

ID = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(host, "_ROOT", tmp_path)
    return tmp_path


def put(root: Path, name: str, text: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


@pytest.mark.parametrize(
    ("network", "info", "shown"),
    [
        ("robins", "", "robins"),
        ("robins.corp.example.com", "", "robins"),
        ("robins", 'PRETTY_HOSTNAME="Robin\'s laptop"\n', "Robin's laptop"),
        ("robins", "PRETTY_HOSTNAME=Kitchen\nCHASSIS=laptop\n", "Kitchen"),
        ("robins", 'PRETTY_HOSTNAME="\U0001f468\u200d\U0001f4bb box"', "\U0001f468\u200d\U0001f4bb box"),
        ("robins", 'PRETTY_HOSTNAME="not closed\n', "robins"),
        ("robins", "PRETTY_HOSTNAME=\n", "robins"),
        ("robins", 'PRETTY_HOSTNAME="a\u202eb\x1b[0m"', "ab[0m"),
        ("localhost", 'PRETTY_HOSTNAME="Den"', "Den"),
        ("x\x1b[31m", "", "x[31m"),
        ("K\udcfcche", "", "Kche"),
        ("a" * 64, "", "a" * 32),
    ],
)
def test_the_name(root: Path, monkeypatch: pytest.MonkeyPatch, network: str, info: str, shown: str) -> None:
    monkeypatch.setattr(os, "uname", lambda: SimpleNamespace(nodename=network))
    put(root, "etc/machine-info", info)
    assert Settings().shown_name == shown
    assert Settings(name="Mine").shown_name == "Mine"


@pytest.mark.parametrize("network", ["localhost", "localhost.localdomain", "LOCALHOST", "(none)", "", "\u200b"])
def test_machines_that_nobody_named_are_told_apart(root: Path, monkeypatch: pytest.MonkeyPatch, network: str) -> None:
    monkeypatch.setattr(os, "uname", lambda: SimpleNamespace(nodename=network))
    assert Settings().shown_name == "computer"  # not even an id
    put(root, "etc/machine-id", ID)
    put(root, "sys/class/dmi/id/chassis_type", "10\n")
    one = Settings().shown_name
    put(root, "etc/machine-id", ID[::-1])
    other = Settings().shown_name
    assert one != other and {name.partition(" ")[0] for name in (one, other)} == {"laptop"}
    assert ID[:4] not in one and len(one.encode()) <= 32


@pytest.mark.parametrize(
    ("info", "enclosure", "kind"),
    [
        ("", "10\n", Kind.LAPTOP),
        ("", "3\n", Kind.DESKTOP),
        ("", "30\n", Kind.TABLET),
        ("", "1\n", Kind.OTHER),
        ("", "what\n", Kind.OTHER),
        ("", None, Kind.OTHER),
        ("CHASSIS=convertible\n", "3\n", Kind.LAPTOP),
        ("CHASSIS=handset\n", None, Kind.PHONE),
        ("CHASSIS=server\n", "3\n", Kind.DESKTOP),
    ],
)
def test_the_kind(root: Path, info: str, enclosure: str | None, kind: Kind) -> None:
    put(root, "etc/machine-info", info)
    if enclosure is not None:
        put(root, "sys/class/dmi/id/chassis_type", enclosure)
    assert machine_kind() is kind
