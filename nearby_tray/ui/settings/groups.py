"""Where a group is formed and who owns it. The finer of it is folded away, for most people never need it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QWidget

from ...core.model import Abilities
from ...settings import Band
from ..parts.basics import button, column
from ..text.choices import INTENTS, NO_CHOICE
from ..text.links import channel_words
from ..text.names import clean
from ..text.translate import tr
from .rows import Rows, Table, words_of
from .valid import frequency_error

if TYPE_CHECKING:
    from ...settings import Settings

BANDS = {Band.AUTO: "Automatic", Band.GHZ_2: "2.4 GHz, reaches farther", Band.GHZ_5: "5 GHz, faster"}


class GroupSettings(QFrame):
    def __init__(self, table: Table, abilities: Callable[[], Abilities]) -> None:
        super().__init__()
        self._abilities = abilities
        self.setProperty("role", "card")
        box = column(self, spacing=8)
        box.setContentsMargins(14, 12, 14, 12)
        rows = Rows(table, box)
        self.band = rows.choice("band", tr("Ban&d"), words_of(BANDS), enabled=lambda settings: settings.frequency is None)
        self.prefer = rows.switch("prefer_owner", tr("Pre&fer to own the group"))
        rows.hint(self._effect)
        self._toggle = button("", self._fold, role="link", name="advancedButton")
        box.addWidget(self._toggle, 0, Qt.AlignmentFlag.AlignLeft)
        self._advanced = QWidget()
        box.addWidget(self._advanced)

        rows = Rows(table, column(self._advanced, spacing=8))
        self.frequency = rows.field(
            "frequency",
            tr("Ch&annel, MHz"),
            frequency_error,
            spoken=tr("Channel, as its frequency in MHz"),
            short=True,
            value=lambda typed: int(typed) if typed.strip() else None,
            placeholder=lambda _settings: tr("Any"),
            means=_channel,
        )
        self.intent = rows.choice(
            "go_intent",
            tr("O&wner intent"),
            lambda: [(value, tr(INTENTS[value], n=value) if value in INTENTS else str(value)) for value in range(16)],
            spoken=tr("Wish to own the group, from 0 to 15"),
            enabled=lambda settings: not settings.prefer_owner,
        )
        rows.hint(tr("When two machines agree who owns the group, the higher number wins; equal ones are decided by chance."))
        table.each_time(self._unfold_what_wins)
        self._fold(False)

    def _fold(self, open: bool | None = None) -> None:
        open = self._advanced.isHidden() if open is None else open
        self._advanced.setVisible(open)
        self._toggle.setText(tr("Less") if open else tr("Advanced…"))
        self._toggle.setAccessibleName(self._toggle.text())

    def _unfold_what_wins(self, settings: Settings) -> None:
        """A chosen channel wins over the band, so it is to be seen."""
        if settings.frequency is not None:
            self._fold(True)

    def _effect(self, _settings: Settings) -> str:
        abilities = self._abilities()
        return "" if abilities.frequency and abilities.intent else tr(NO_CHOICE, backend=clean(abilities.backend))


def _channel(typed: str) -> str:
    typed = typed.strip()
    if not typed:
        return tr("The Wi-Fi service chooses, within the band.")
    return tr("Channel {channel}. It wins over the band.", channel=channel_words(int(typed)))
