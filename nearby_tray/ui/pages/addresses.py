"""Addresses to copy."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from ..parts.basics import column, empty, label, tool
from ..parts.elided import Elided
from ..parts.style import set_fixed, set_glyph
from ..text.translate import tr
from ..timers import timer

MOST_ADDRESSES = 3


def scoped(addresses: tuple[str, ...], interface: str) -> tuple[str, ...]:
    """Addresses as another program needs them: a link-local IPv6 address with its interface."""
    return tuple(f"{a}%{interface}" if a.lower().startswith("fe80:") and "%" not in a else a for a in addresses[:MOST_ADDRESSES])


class AddressCard(QFrame):
    """Addresses below a heading that says whose they are; hidden while there are none."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._rows = column(self, spacing=4)
        self._rows.setContentsMargins(14, 10, 8, 10)
        self._shown: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def show_addresses(self, *groups: tuple[str, tuple[str, ...]]) -> None:
        """`groups`: a heading and the addresses below it."""
        self.setVisible(any(addresses for _, addresses in groups))
        if groups == self._shown:
            return
        self._shown = groups
        empty(self._rows)
        for words, addresses in groups:
            if addresses:
                self._rows.addWidget(label(words, "dim", wrap=False, scale=0.9))
            for address in addresses:
                self._rows.addWidget(AddressRow(address, words))


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
        self._timer = timer(self, 1800, self._forget, once=True)

    def _copy_it(self) -> None:
        QGuiApplication.clipboard().setText(self._address)
        self._said.setText(tr("Copied"))
        set_glyph(self._copy, "check")
        self._timer.start()

    def _forget(self) -> None:
        self._said.setText("")
        set_glyph(self._copy, "copy")
