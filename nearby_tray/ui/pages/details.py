"""The link's details."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from ...core.model import Snapshot, Stage
from ..parts.basics import button, card, column, empty, label
from ..text.links import link_details
from ..text.translate import tr


class Details(QWidget):
    """How the group was made and what it is; folded until the user unfolds it."""

    def __init__(self) -> None:
        super().__init__()
        self._open = False
        self._shown: tuple[tuple[str, str], ...] = ()
        self._toggle = button("", self._fold, role="link", name="detailsButton")
        self._card, inside = card(spacing=6)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(1, 1)
        inside.addLayout(self._grid)
        layout = column(self, spacing=4)
        layout.addWidget(self._toggle, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(self._card)
        self._fold(False)

    def _fold(self, open: bool | None = None) -> None:
        self._open = not self._open if open is None else open
        self._card.setVisible(self._open)
        self._toggle.setText(tr("&Fewer details") if self._open else tr("Detai&ls"))
        self._toggle.setAccessibleName(self._toggle.text().replace("&", ""))

    def show_snapshot(self, snapshot: Snapshot) -> None:
        link, hosting = snapshot.link, snapshot.stage is Stage.HOSTING
        self.setVisible(link is not None)
        if link is None:
            return
        probe = snapshot.health.probe if snapshot.health is not None else None
        rows = link_details(link, verified=snapshot.verified, hosting=hosting, probe=probe)
        if rows == self._shown:
            return
        self._shown = rows
        empty(self._grid)
        for k, (words, value) in enumerate(rows):
            said = label(value)
            said.setAccessibleName(f"{words}: {value}")
            self._grid.addWidget(label(words, "dim", wrap=False), k, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(said, k, 1)
