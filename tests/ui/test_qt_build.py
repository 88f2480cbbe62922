"""The installed Qt fits the installed Python.

PySide6 6.12.0 loses one reference of None with each void call on Python 3.10 and 3.11 and ends the process after some thousand calls
with "Fatal Python error: none_dealloc". From Python 3.12 those objects cannot die.
"""

from __future__ import annotations

import sys

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None cannot die from Python 3.12 on")
def test_qt_calls_do_not_lose_references_of_none(bot: QtBot) -> None:
    label = QLabel()
    bot.addWidget(label)
    held = [None] * 5000  # so that a bad build fails this test instead of ending it
    before = sys.getrefcount(None)
    for _ in range(1000):
        label.setText("a")
    assert sys.getrefcount(None) - before > -500
    del held
