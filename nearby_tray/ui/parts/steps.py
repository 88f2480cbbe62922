"""The steps of making a link, and how far it is."""

from __future__ import annotations

import time

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QHideEvent, QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ...core.model import Stage, Timings
from ..look import is_motion_reduced
from ..text import numbers
from ..text.states import STATES
from ..text.translate import tr
from ..timers import run_while, timer
from .basics import column, label
from .notice import draw_glyph
from .style import colours, set_role


class Spinner(QWidget):
    """The state of a step: pending ○, going on (an arc, which turns unless motion is reduced), done ✓."""

    def __init__(self, size: int = 18) -> None:
        super().__init__()
        self.setFixedSize(size, size)
        self._state = "pending"
        self._timer = timer(self, 80, self._step)

    @property
    def moving(self) -> bool:
        return self._timer.isActive()

    def show_state(self, state: str) -> None:
        if state != self._state:
            self._state = state
            self.update()
        self._turn()

    def _step(self) -> None:
        self._turn()
        self.update()

    def showEvent(self, event: QShowEvent) -> None:
        self._turn()

    def hideEvent(self, event: QHideEvent) -> None:
        self._timer.stop()

    def _turn(self) -> None:
        run_while(self._state == "going" and self.isVisible() and not is_motion_reduced(), self._timer)

    def paintEvent(self, event: QPaintEvent) -> None:
        tones, painter = colours(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._state == "done":
            draw_glyph(painter, "check", self.rect(), tones.good, self.devicePixelRatioF())
        else:
            inner = QRectF(self.rect()).adjusted(2, 2, -2, -2)
            painter.setPen(QPen(QColor(tones.line), 2))
            painter.drawEllipse(inner)
            if self._state == "going":
                painter.setPen(QPen(QColor(tones.accent), 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
                painter.drawArc(inner, -round(time.monotonic() * 360 % 360) * 16 if self.moving else 0, 100 * 16)
        painter.end()


class Step(QWidget):
    """One step of making the link: its state, its words, the time it took."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self._spinner, self._words, self._took = Spinner(), label(words), label(role="dim", wrap=False)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 2, 0, 2)
        layout.setSpacing(10)
        layout.addWidget(self._spinner, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self._words, 1)
        layout.addWidget(self._took)

    def show_step(self, state: str, words: str, took: float | None = None) -> None:
        self._spinner.show_state(state)
        self._words.setText(words)
        set_role(self._words, {"pending": "dim", "going": "title"}.get(state, ""))
        self._took.setText("" if took is None else numbers.seconds(took))
        spoken = {"pending": tr("not yet"), "going": tr("now"), "done": tr("done")}[state]
        self.setAccessibleName(f"{words}: {spoken}")


class Steps(QWidget):
    """The steps of making a link: which are done, which is going on, how long each took. Restoring begins with calling the peer."""

    def __init__(self, *, restoring: bool = False) -> None:
        super().__init__()
        layout = column(self, spacing=4)
        self._words = {stage: tr(STATES[stage]) for stage in (Stage.MEETING, Stage.FORMING, Stage.CHECKING)}
        if restoring:
            self._words = {Stage.RESTORING: tr("Meeting again over Bluetooth"), **self._words}
        self._steps = {stage: Step(words) for stage, words in self._words.items()}
        for step in self._steps.values():
            layout.addWidget(step)

    def show_steps(self, stage: Stage, attempt: int, timings: Timings, *, meeting: bool = True) -> None:
        self._steps[Stage.MEETING].setVisible(meeting)  # a plain peer is found before it is asked
        took = {Stage.MEETING: timings.find, Stage.FORMING: timings.form, Stage.CHECKING: timings.check}
        at = list(self._steps).index(stage) if stage in self._steps else -1
        for k, (each, step) in enumerate(self._steps.items()):
            state = "done" if k < at else "going" if k == at else "pending"
            words = self._words[each]
            if each is Stage.FORMING and attempt > 1 and state == "going":
                words = tr("Making the Wi-Fi link, try {n} of 3", n=attempt)
            step.show_step(state, words, took.get(each) if state == "done" else None)
