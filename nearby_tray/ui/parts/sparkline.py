"""Round-trip times as a line."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPainterPath, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from ..text import numbers
from ..text.translate import tr
from .style import colours


class Sparkline(QWidget):
    """Round-trip times, one for each second, the newest at the right. A lost ping is a gap with a mark at the bottom."""

    POINTS = 60

    def __init__(self) -> None:
        super().__init__()
        self._history: tuple[float | None, ...] = ()
        self.setMinimumHeight(56)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Round-trip times of the last minute"))

    def show_history(self, history: Sequence[float | None]) -> None:
        history = tuple(history[-self.POINTS :])
        if history != self._history:
            self._history = history
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(240, 56)

    def paintEvent(self, event: QPaintEvent) -> None:
        tones, painter = colours(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        known = [v for v in self._history if v is not None]
        top = max(20.0, max(known, default=0.0) * 1.15)
        width, floor = float(self.width()), self.height() - 3.0
        painter.setPen(QPen(QColor(tones.line), 1))
        for share in (0.0, 0.5, 1.0):
            y = round(floor - share * (floor - 2)) + 0.5
            painter.drawLine(QPointF(0, y), QPointF(width, y))
        step = width / (self.POINTS - 1)
        offset = width - step * (len(self._history) - 1)
        runs: list[list[QPointF]] = [[]]
        for k, value in enumerate(self._history):
            x = offset + k * step
            if value is None:
                painter.setPen(QPen(QColor(tones.bad), 2))
                painter.drawLine(QPointF(x, floor - 7), QPointF(x, floor))
                runs.append([])
            else:
                runs[-1].append(QPointF(x, floor - min(1.0, value / top) * (floor - 2)))
        wash = QColor(tones.accent)
        wash.setAlphaF(0.14)
        for run in filter(None, runs):
            if len(run) == 1:
                run = [run[0] - QPointF(step / 3, 0), run[0] + QPointF(step / 3, 0)]
            area = QPainterPath()
            area.addPolygon(QPolygonF([QPointF(run[0].x(), floor), *run, QPointF(run[-1].x(), floor)]))
            painter.fillPath(area, wash)
            painter.setPen(QPen(QColor(tones.accent), 1.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
            painter.drawPolyline(QPolygonF(run))
        font = QFont(self.font())
        font.setPointSizeF(font.pointSizeF() * 0.82)
        painter.setFont(font)
        painter.setPen(QColor(tones.dim))
        # Time runs to the right in every language; the words stand over the oldest answers, where they hide least.
        side = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute
        painter.drawText(self.rect().adjusted(2, 3, -2, 0), side, numbers.milliseconds(top))
        painter.end()
