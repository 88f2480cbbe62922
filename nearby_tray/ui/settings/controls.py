"""The controls of the settings window. Each shows one setting, named as in `nearby_tray/settings.py`, and changes it at once.

A text is put in force when its field is left or Enter pressed; what is wrong with it is said below it, and it is not applied.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QLineEdit

from ..parts.basics import label

if TYPE_CHECKING:
    from ...settings import Settings

Change = Callable[[str, object], None]
"""Put this value of the named setting in force."""

Values = Callable[[], Iterable[tuple[Any, str]]]
"""The values of a setting that can be chosen now, each with its words."""


def say(where: QLabel, words: str) -> None:
    where.setText(words)
    where.setVisible(bool(words))


class Switch(QCheckBox):
    """A setting that is on or off."""

    def __init__(self, setting: str, words: str, change: Change) -> None:
        super().__init__(words)
        self.setting = setting
        self.toggled.connect(lambda on: change(setting, on))

    def fill(self, settings: Settings) -> None:
        self.setChecked(bool(getattr(settings, self.setting)))


class Choice(QComboBox):
    """A setting with one of several values. The one in force is offered also where `values` lacks it, in the words of `otherwise`."""

    def __init__(self, setting: str, change: Change, values: Values, otherwise: Callable[[Any], str]) -> None:
        super().__init__()
        self.setting = setting
        self._change, self._values, self._otherwise = change, values, otherwise
        self._offered: list[tuple[Any, str]] = []
        self.currentIndexChanged.connect(self._chosen)

    def narrow(self) -> None:
        """Cut long words (in other languages they are longer still) on a narrow screen, rather than widen the window."""
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(12)

    def _chosen(self, index: int) -> None:
        if 0 <= index < len(self._offered):
            self._change(self.setting, self._offered[index][0])

    def fill(self, settings: Settings) -> None:
        chosen = getattr(settings, self.setting)
        offered = list(self._values())
        if chosen not in [value for value, _ in offered]:
            offered.append((chosen, self._otherwise(chosen)))
        if offered != self._offered:
            self._offered = offered
            self.clear()
            for value, words in offered:
                self.addItem(words, value.value if isinstance(value, Enum) else value)
        self.setCurrentIndex([value for value, _ in offered].index(chosen))


class Field(QLineEdit):
    """A setting that is typed."""

    def __init__(
        self,
        setting: str,
        change: Change,
        wrong: Callable[[str], str],
        *,
        value: Callable[[str], object] = str.strip,
        placeholder: Callable[[Settings], str] = lambda _settings: "",
        means: Callable[[str], str] | None = None,
    ) -> None:
        """`wrong`: what is wrong with a text. `value`: what a text without fault stands for. `means`: the same in words, said below."""
        super().__init__()
        self.setting = setting
        self._change, self._wrong, self._value, self._placeholder, self._means = change, wrong, value, placeholder, means
        self.error, self.meaning = label(role="error"), label(role="dim", scale=0.92)
        self.meaning.hide()
        self.textEdited.connect(lambda _text: self._judge())
        self.editingFinished.connect(self._finished)

    def fill(self, settings: Settings) -> None:
        if not self.hasFocus():
            value = getattr(settings, self.setting)
            self.setText("" if value is None else str(value))
            self.setPlaceholderText(self._placeholder(settings))
        self._judge()

    def _judge(self) -> None:
        problem = self._wrong(self.text())
        say(self.error, problem)
        if self._means is not None:
            say(self.meaning, "" if problem else self._means(self.text()))

    def _finished(self) -> None:
        if not self._wrong(self.text()):
            self._change(self.setting, self._value(self.text()))


Control = Switch | Choice | Field
