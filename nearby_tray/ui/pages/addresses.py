"""Addresses to copy."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ..parts.basics import label, tool
from ..parts.elided import Elided
from ..parts.style import set_fixed, set_glyph
from ..text.translate import tr

MOST_ADDRESSES = 3


def scoped(addresses: tuple[str, ...], interface: str) -> tuple[str, ...]:
    """As another program needs them: link-local IPv6 addresses with their interface."""
    return tuple(f"{a}%{interface}" if a.lower().startswith("fe80:") and "%" not in a else a for a in addresses[:MOST_ADDRESSES])


class AddressRow(QWidget):
    def __init__(self, address: str, whose: str) -> None:
        super().__init__()
        self._address = address
        shown = Elided()
        set_fixed(shown)
        shown.setText(address)
        self._said = label(role="dim", wrap=False, scale=0.9)
        self._copy = tool("copy", tr("Copy {address}", address=address), self._copy_it, name="copyButton")
        self._copy.setAccessibleDescription(whose)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(shown, 1)
        layout.addWidget(self._said)
        layout.addWidget(self._copy)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(1800)
        self._timer.timeout.connect(self._forget)

    def _copy_it(self) -> None:
        QGuiApplication.clipboard().setText(self._address)
        self._said.setText(tr("Copied"))
        set_glyph(self._copy, "check")
        self._timer.start()

    def _forget(self) -> None:
        self._said.setText("")
        set_glyph(self._copy, "copy")
