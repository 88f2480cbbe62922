"""The top of the panel: the name that others see, and who may see it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ..core.model import Snapshot, Visibility
from .icons import application_icon
from .pages.page import Doors
from .parts.basics import button, card, label, plain_tip, row, tool
from .parts.countdown import TimeLeft
from .parts.elided import Elided
from .text import numbers
from .text.choices import VISIBILITY_HINTS, VISIBLE_TO
from .text.names import clean
from .text.requests import asker_words, program_path
from .text.states import state_line
from .text.translate import tr
from .timers import run_while, timer

if TYPE_CHECKING:
    from ..edges import Actions


MINUTES = 10  # what "for a while" means in the panel; the settings offer other lengths


class Header(QWidget):
    def __init__(self, controller: Actions, doors: Doors) -> None:
        super().__init__()
        self._controller = controller
        self._name, self._state = Elided("title", scale=1.15), label(role="dim")
        self._choices: dict[Visibility, QPushButton] = {}
        self._hint = label(role="dim", scale=0.92)
        self._hint_words = ""
        self._limit = button("", self._toggle_limit, role="link", name="visibleLimit")
        self._limited = False
        self._left = TimeLeft()
        self._timer = timer(self, 1000, self._tick)
        self.inside = QVBoxLayout(self)
        self.inside.setContentsMargins(16, 14, 16, 10)
        self.inside.setSpacing(12)
        self.inside.addLayout(self._build_top(doors))
        self.inside.addWidget(self._build_visibility())
        self._asker = label(role="dim", scale=0.92)
        self._asker.setObjectName("askedBy")
        self.inside.addWidget(self._asker)

    def _build_top(self, doors: Doors) -> QHBoxLayout:
        names = QVBoxLayout()
        names.setSpacing(1)
        names.addWidget(self._name)
        names.addWidget(self._state)
        top = QHBoxLayout()
        top.setSpacing(11)
        mark = QLabel()
        mark.setPixmap(application_icon().pixmap(34, 34))
        mark.setFixedSize(34, 34)
        top.addWidget(mark)
        top.addLayout(names, 1)
        if doors.troubleshoot is not None:
            help = tool("troubleshoot", tr("Troubleshoot"), doors.troubleshoot, name="troubleshootButton")
            top.addWidget(help, 0, Qt.AlignmentFlag.AlignTop)
        top.addWidget(tool("settings", tr("Settings"), doors.settings, name="settingsButton"), 0, Qt.AlignmentFlag.AlignTop)
        return top

    def _build_visibility(self) -> QWidget:
        frame, inside = card(spacing=5)
        inside.setContentsMargins(12, 8, 8, 8)
        group = QButtonGroup(self)
        group.setExclusive(True)
        line = row(label(tr("Visible to"), "dim", wrap=False), 1, spacing=2)
        for visibility, words in (
            (Visibility.EVERYONE, tr("&Everyone")),
            (Visibility.TRUSTED, tr("&Trusted")),
            (Visibility.NOBODY, tr("&Nobody")),
        ):
            choice = button(words, self._choose(visibility), role="segment", name=f"visible-{visibility.value}")
            choice.setAccessibleName(tr(VISIBLE_TO[visibility]))
            choice.setToolTip(tr(VISIBILITY_HINTS[visibility]))
            choice.setCheckable(True)
            group.addButton(choice)
            line.addWidget(choice)
            self._choices[visibility] = choice
        inside.addLayout(line)
        under = QHBoxLayout()
        under.setSpacing(6)
        under.addWidget(self._hint, 1)
        under.addWidget(self._limit, 0, Qt.AlignmentFlag.AlignVCenter)
        inside.addLayout(under)
        return frame

    def _choose(self, visibility: Visibility) -> Callable[[], None]:
        return lambda: self._controller.set_visibility(visibility, None)

    def _toggle_limit(self) -> None:
        self._controller.set_visibility(Visibility.EVERYONE, None if self._limited else MINUTES)

    def show_snapshot(self, snapshot: Snapshot, name: str) -> None:
        self._name.setText(clean(name))
        self._state.setText(state_line(snapshot))
        asker = asker_words(snapshot)
        self._asker.setText(asker)
        self._asker.setVisible(bool(asker))
        self._asker.setToolTip(plain_tip(program_path(snapshot.asker)) if snapshot.asker is not None else "")
        for visibility, choice in self._choices.items():
            choice.setChecked(visibility is snapshot.visibility)
        everyone = snapshot.visibility is Visibility.EVERYONE
        self._limited = everyone and snapshot.visible_until is not None
        self._left.follow(snapshot.visible_until, snapshot.now)
        self._limit.setVisible(everyone)
        words = tr("&Keep on") if self._limited else tr("Only for {n} &minutes", n=MINUTES)
        if words != self._limit.text():
            self._limit.setText(words)
            self._limit.setAccessibleName(words.replace("&", ""))
        self._hint_words = tr(VISIBILITY_HINTS[snapshot.visibility]) if not everyone else ""
        self._tick()

    def _tick(self) -> None:
        if self._limited:
            self._hint.setText(tr("For {time} more.", time=numbers.clock(self._left.seconds())))
        else:
            self._hint.setText(self._hint_words or tr("Until you change it."))
        run_while(self._limited and self.isVisible(), self._timer)

    def hideEvent(self, event: QHideEvent) -> None:
        self._timer.stop()
