"""The settings window. A change applies at once; nothing waits for a Save to be forgotten."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ...core.keys import TrustedPeer
from ...core.model import Visibility
from ...settings import AutostartBy, LogLevel
from ..parts.basics import button, card, column, label, row, scrolling
from ..parts.style import restyle
from ..parts.window import Window
from ..text.choices import ACCEPT_PAIRED_HINT, VISIBILITIES, VISIBILITY_HINTS
from ..text.names import clean
from ..text.translate import tr
from .groups import GroupSettings
from .rows import Rows, Table, words_of
from .trusted import TrustedComputers
from .valid import name_error, port_error

if TYPE_CHECKING:
    from ...edges import Actions
    from ...settings import Settings

LIMITS: tuple[int | None, ...] = (None, 10, 30, 60)  # minutes of being visible to everyone
LEVELS = {
    LogLevel.ERROR: "Errors only",
    LogLevel.WARNING: "Warnings, too",
    LogLevel.INFO: "Normal",
    LogLevel.DEBUG: "Everything, to find a fault",
}
LOG_HINT = "It goes to standard error: into the journal, where systemd or the desktop keeps one. It tells of computers nearby."
STARTERS = {AutostartBy.ENTRY: "The desktop’s autostart entry", AutostartBy.SERVICE: "A systemd user service"}
Named = tuple[str, str]
"""An identifier and the words to show for it."""


class SettingsWindow(Window):
    def __init__(
        self,
        controller: Actions,
        *,
        settings: Callable[[], Settings],
        adapters: Callable[[], Sequence[Named]],
        remembered: Callable[[], Sequence[TrustedPeer]],
        autostart_note: Callable[[], str],
        languages: Callable[[], Sequence[Named]] = tuple,
    ) -> None:
        """`languages`: code and own name of each translation. All are asked whenever the window is filled, and answer at once."""
        super().__init__()
        self._controller, self._settings = controller, settings
        self._adapters, self._languages, self._autostart_note = adapters, languages, autostart_note
        self._table = Table(settings, self._apply)
        self.setWindowTitle(tr("Nearby Tray Settings"))
        self._body = QWidget()
        self._body.setObjectName("body")
        inside = QVBoxLayout(self._body)
        inside.setContentsMargins(18, 16, 18, 16)
        inside.setSpacing(8)
        self._build_computer(inside)
        self._build_asking(inside)
        self._section(inside, tr("Trusted computers"))
        self._trusted = TrustedComputers(controller, remembered)
        inside.addWidget(self._trusted)
        self._build_network(inside)
        self._section(inside, tr("Wi-Fi Direct groups"))
        self.groups = GroupSettings(self._table, lambda: controller.snapshot.radios.abilities)
        inside.addWidget(self.groups)
        self._build_log(inside)
        inside.addStretch(1)
        self._build_frame()
        self.fill()
        restyle(self)

    # One row for each setting: the name of its field, its words, and what it can be.

    def _build_computer(self, inside: QVBoxLayout) -> None:
        rows = self._rows(inside, tr("This computer"))
        self.name = rows.field(
            "name", tr("&Name"), name_error, spoken=tr("Name of this computer"), placeholder=lambda settings: settings.shown_name
        )
        self.language = rows.choice(
            "language",
            tr("Lan&guage"),
            lambda: [("", tr("As the system")), *self._languages()],
            otherwise=lambda code: tr("{code} (no words for it here)", code=code),
            narrow=True,
        )
        self.notifications = rows.switch("notifications", tr("Show n&otifications"))
        self.autostart = rows.switch("autostart", tr("&Start at login, hidden"))
        self.autostart_by = rows.choice(
            "autostart_by",
            tr("S&tarted by"),
            words_of(STARTERS),
            spoken=tr("Started at login by"),
            narrow=True,
            shown=lambda settings: settings.autostart,
        )
        rows.hint(lambda _settings: self._autostart_note())
        self.close_quits = rows.switch("close_quits", tr("Without a tray icon, closing the window &quits"))

    def _build_asking(self, inside: QVBoxLayout) -> None:
        rows = self._rows(inside, tr("Who may ask"))
        self.visibility = rows.choice("visibility", tr("&Visible to"), words_of(VISIBILITIES))
        self.limit = rows.choice(
            "visible_minutes",
            tr("&How long"),
            lambda: [(minutes, _limit_words(minutes)) for minutes in LIMITS],
            spoken=tr("How long everyone may ask"),
            otherwise=_limit_words,
            shown=lambda settings: settings.visibility is Visibility.EVERYONE,
        )
        rows.hint(lambda settings: tr(VISIBILITY_HINTS[settings.visibility]))
        self.accept_paired = rows.switch("accept_paired", tr("A&ccept trusted, paired computers without asking"))
        rows.hint(tr(ACCEPT_PAIRED_HINT))

    def _build_network(self, inside: QVBoxLayout) -> None:
        rows = self._rows(inside, tr("Radio and network"))
        self.adapter = rows.choice(
            "adapter",
            tr("&Bluetooth adapter"),
            lambda: [(None, tr("Automatic")), *((address, clean(words)) for address, words in self._adapters())],
            otherwise=lambda address: tr("{adapter} (not there now)", adapter=clean(address)),
        )
        self.port = rows.field("port", tr("UDP &port"), port_error, short=True, value=int)
        rows.hint(tr("The same on both computers; open in their firewalls. Used from the next link on."))

    def _build_log(self, inside: QVBoxLayout) -> None:
        rows = self._rows(inside, tr("Log"))
        self.log_level = rows.choice("log_level", tr("L&evel"), words_of(LEVELS), spoken=tr("How much the log says"), narrow=True)
        rows.hint(tr(LOG_HINT))

    def _build_frame(self) -> None:
        outer = column(self, spacing=0)
        outer.addWidget(scrolling(self._body), 1)
        bottom = row(1, button(tr("C&lose"), self.close, name="closeButton"))
        bottom.setContentsMargins(18, 8, 18, 14)
        outer.addLayout(bottom)

    def _section(self, layout: QVBoxLayout, words: str) -> None:
        heading = label(words, "title", wrap=False)
        heading.setContentsMargins(2, 8 if layout.count() else 0, 0, 0)
        layout.addWidget(heading)

    def _rows(self, layout: QVBoxLayout, words: str) -> Rows:
        self._section(layout, words)
        frame, box = card(spacing=8)
        layout.addWidget(frame)
        return Rows(self._table, box)

    def fill(self) -> None:
        """Show the settings in force."""
        self._table.fill()
        self._trusted.fill()

    def _apply(self, setting: str, value: object) -> None:
        before = self._settings()
        after = msgspec.structs.replace(before, **{setting: value})
        if after != before:
            self._controller.apply(after)
        QTimer.singleShot(0, self, self.fill)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.fill()

    def fit(self) -> None:
        # As wide as its longest line that does not wrap, and room for the scroll bar.
        width = max(460, self.fontMetrics().averageCharWidth() * 58, self._body.minimumSizeHint().width() + 20)
        height = self._body.sizeHint().height() + 70
        if (screen := self.screen()) is not None:
            free = screen.availableGeometry()
            width, height = min(width, free.width()), min(height, free.height() - 48)
        self.resize(width, height)


def _limit_words(minutes: int | None) -> str:
    return tr("Until I change it") if minutes is None else tr("For {n} minutes", n=minutes)
