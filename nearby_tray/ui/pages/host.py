"""Before a group is hosted: what it is, and whether it is to be remembered."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox

from ...core.model import Snapshot
from ..parts.basics import button, card, label
from ..parts.notice import Notice
from ..text.plain import host_obstacle
from ..text.reasons import Said
from ..text.translate import tr
from .page import Page


class HostPage(Page):
    def build(self) -> None:
        frame, inside = card(spacing=8)
        inside.addWidget(label(tr("Host a group"), "title", scale=1.1))
        inside.addWidget(label(tr("This computer becomes the centre of a Wi-Fi Direct group that phones, TVs and computers can join.")))
        inside.addWidget(label(tr("You are asked for each one. None of them is verified."), "dim"))
        self.layout_.addWidget(frame)
        self._remember = QCheckBox(tr("&Remember this group"))
        self._remember.setObjectName("rememberGroupBox")
        self._remember.setAccessibleName(tr("Remember this group"))
        self._remember.setToolTip(tr("Who was in it can come back with neither button nor PIN."))
        self.layout_.addWidget(self._remember)
        self._why = Notice("fair", "warning")
        self._why.setObjectName("hostObstacle")
        self.layout_.addWidget(self._why)
        self._start = button(tr("&Start the group"), self._begin, role="primary", name="startGroupButton")
        self._start.setMinimumHeight(46)
        self.layout_.addWidget(self._start)
        self.layout_.addWidget(button(tr("&Back"), lambda: self.offer_host(False), role="flat", name="backButton"))

    def show_snapshot(self, snapshot: Snapshot) -> None:
        obstacle = host_obstacle(snapshot.radios)
        self._start.setEnabled(not obstacle)
        self._why.setVisible(bool(obstacle))
        self._why.say(Said(tr("Not possible here now"), obstacle, ""))
        self._remember.setVisible(snapshot.radios.abilities.persistent)

    def _begin(self) -> None:
        self.controller.host(self._remember.isChecked() and self._remember.isVisible())
