"""Widgets without a screen. Skipped as a whole where Qt is not installed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

collect_ignore_glob: list[str] = []
if find_spec("PySide6") is None or find_spec("pytestqt") is None:
    # text/ knows no Qt: its tests run everywhere.
    parts = (
        "panel",
        "dialogs",
        "settings",
        "doctor",
        "tray",
        "theme",
        "face",
        "patience",
        "qt_build",
        "session",
        "accessibility",
        "atspi",
        "words",
    )
    collect_ignore_glob = [f"test_{part}.py" for part in parts]

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

QUIET = ("This plugin does not support", "QSystemTrayIcon", "systemTrayWindowChanged", "propagateSizeHints", "OpenType support")


@pytest.fixture
def bot(qtbot: QtBot, qapp: QApplication, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[QtBot]:
    """A qtbot in whose test an unexpected message of Qt is a failure."""
    from nearby_tray.ui import patience
    from nearby_tray.ui.theme import our_palette

    monkeypatch.setattr(patience, "MILLISECONDS", 0)  # the moment in which a window takes no answer has tests of its own
    qapp.setPalette(our_palette(dark=False))
    yield qtbot
    from PySide6.QtCore import QCoreApplication, QEvent

    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    log = getattr(request.node, "qt_log_capture", None)
    said = [record.message for record in getattr(log, "records", []) if not any(q in record.message for q in QUIET)]
    assert not said, f"Qt said: {said}"
