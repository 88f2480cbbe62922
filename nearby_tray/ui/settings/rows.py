"""The table of settings: one row for each. A row is added by one call, which names the setting and how it is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ..parts.basics import label
from ..text.translate import tr
from .controls import Change, Choice, Control, Field, Switch, Values, say

if TYPE_CHECKING:
    from ...settings import Settings

When = Callable[["Settings"], bool]


def words_of(table: Mapping[Any, str]) -> Values:
    """The values of a table of sentences."""
    return lambda: [(value, tr(words)) for value, words in table.items()]


class Table:
    """All rows of the window, in whatever cards they are."""

    def __init__(self, settings: Callable[[], Settings], apply: Callable[[str, object], None]) -> None:
        self._settings, self._apply = settings, apply
        self._filling = False
        self._fill: list[Callable[[Settings], object]] = []

    def change(self, setting: str, value: object) -> None:
        if not self._filling:
            self._apply(setting, value)

    def each_time(self, act: Callable[[Settings], object]) -> None:
        """Do this whenever the table is filled."""
        self._fill.append(act)

    def fill(self) -> None:
        """Show the settings in force."""
        settings = self._settings()
        self._filling = True
        try:
            for act in self._fill:
                act(settings)
        finally:
            self._filling = False


class Rows:
    """Rows of the table, below each other in one layout. `spoken`: for screen readers, where the caption says too little."""

    def __init__(self, table: Table, layout: QVBoxLayout) -> None:
        self.table, self._layout = table, layout

    @property
    def _change(self) -> Change:
        return self.table.change

    def switch(self, setting: str, words: str) -> Switch:
        made = Switch(setting, words, self._change)
        self._register(made, words)
        self._layout.addWidget(made)
        return made

    def choice(
        self,
        setting: str,
        caption: str,
        values: Values,
        *,
        spoken: str = "",
        otherwise: Callable[[Any], str] = str,
        narrow: bool = False,
        shown: When | None = None,
        enabled: When | None = None,
    ) -> Choice:
        """`narrow`: its words may be cut. `shown`, `enabled`: while these settings are in force."""
        made = Choice(setting, self._change, values, otherwise)
        if narrow:
            made.narrow()
        self._register(made, spoken or caption)
        row = self._captioned(caption, made)
        if shown is not None:
            self.table.each_time(lambda settings: row.setVisible(shown(settings)))
        if enabled is not None:
            self.table.each_time(lambda settings: made.setEnabled(enabled(settings)))
        return made

    def field(
        self, setting: str, caption: str, wrong: Callable[[str], str], *, spoken: str = "", short: bool = False, **more: Any
    ) -> Field:
        """`more`: as `Field` takes it."""
        made = Field(setting, self._change, wrong, **more)
        if short:
            made.setMaximumWidth(110)
        self._register(made, spoken or caption)
        self._captioned(caption, made)
        for below in (made.error, made.meaning):
            self._layout.addWidget(below)
        return made

    def hint(self, words: str | Callable[[Settings], str]) -> None:
        """Dim words below the row before; those of a function are asked for whenever the table is filled."""
        made = label("" if callable(words) else words, "dim", scale=0.92)
        self._layout.addWidget(made)
        if callable(words):
            self.table.each_time(lambda settings: say(made, words(settings)))

    def _register(self, control: Control, spoken: str) -> None:
        control.setObjectName(control.setting)
        control.setAccessibleName(spoken.replace("&", ""))
        self.table.each_time(control.fill)

    def _captioned(self, words: str, control: QWidget) -> QWidget:
        caption = QLabel(words)
        caption.setBuddy(control)
        caption.setMinimumWidth(130)
        made = QWidget()
        line = QHBoxLayout(made)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        line.addWidget(caption)
        line.addWidget(control, 1)
        if control.maximumWidth() < 1000:  # a short field stands at the left
            line.addStretch(2)
        self._layout.addWidget(made)
        return made
