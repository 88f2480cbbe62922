"""Digits: a code to compare, a PIN to read or to type."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QWidget

from ...core import pin as pins
from ..text.pins import pin_hint, pin_problem
from ..text.requests import CODE
from ..text.translate import tr
from .basics import column, label
from .style import colours, set_fixed, set_role


class Code(QWidget):
    """Digits to compare or to type on the other machine, `scale` times as large as other text if the width allows. Spoken one by one."""

    def __init__(self, scale: float = 2.75, spoken: str = CODE) -> None:
        super().__init__()
        self._code, self._scale, self._spoken = "", scale, spoken
        self.setObjectName("code")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def code(self) -> str:
        return self._code

    def show_code(self, code: str) -> None:
        if code != self._code:
            self._code = code
            self.setAccessibleName(tr(self._spoken, digits=" ".join(code.replace(" ", ""))))
            self.update()

    @property
    def _pixels(self) -> int:
        return round(self.fontMetrics().height() * self._scale)

    def sizeHint(self) -> QSize:
        return QSize(240, self._pixels + 12)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.FontChange:
            self.updateGeometry()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setWeight(QFont.Weight.DemiBold)
        font.setPixelSize(self._pixels)
        while font.pixelSize() > 16 and QFontMetrics(font).horizontalAdvance(self._code or "000 000") > self.width():
            font.setPixelSize(font.pixelSize() - 2)
        painter.setFont(font)
        painter.setPen(QColor(colours().text))
        painter.setLayoutDirection(Qt.LayoutDirection.LeftToRight)  # in a right-to-left language the groups of digits would change places
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._code)
        painter.end()


class PinField(QWidget):
    """A field for a PIN: groups the digits while they are typed or pasted, and says below what is wrong. Emits `changed` with each edit."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.edit = QLineEdit()
        self.edit.setObjectName("pinEdit")
        self.edit.setAccessibleName(tr("PIN"))
        self.edit.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.edit.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.edit.setMaxLength(64)
        # Input methods must not learn a PIN.
        hints = Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText | Qt.InputMethodHint.ImhPreferNumbers
        self.edit.setInputMethodHints(hints)
        set_fixed(self.edit, 2.2)
        font = self.edit.font()
        font.setWeight(QFont.Weight.DemiBold)
        self.edit.setFont(font)
        self.edit.textEdited.connect(self._edited)
        self._said = label()
        self._said.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        layout = column(self, spacing=6)
        layout.addWidget(self.edit)
        layout.addWidget(self._said)
        self._judge()

    @property
    def pin(self) -> str | None:
        """The digits, if they are a PIN."""
        return pins.valid(self.edit.text())

    def clear(self) -> None:
        self.edit.clear()
        self._judge()

    def _edited(self, typed: str) -> None:
        bare = pins.digits(typed)
        if bare is not None:
            before = len(pins.digits(typed[: self.edit.cursorPosition()]) or "")
            grouped = pins.grouped(bare)
            if grouped != typed:
                self.edit.setText(grouped)
                self.edit.setCursorPosition(before + max(0, before - 1) // 4)
        self._judge()
        self.changed.emit()

    def _judge(self) -> None:
        problem = pin_problem(self.edit.text())
        self._said.setText(problem or pin_hint(self.edit.text()))
        set_role(self._said, "error" if problem else "dim")
        self.edit.setAccessibleDescription(self._said.text())
