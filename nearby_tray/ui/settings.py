"""The settings window. A change applies at once, a text when its field is left or Enter pressed; nothing waits for a Save to be forgotten.

It edits a copy and hands it to `controller.apply`; a value that is not valid is said beside its field and not applied.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec
from PySide6.QtCore import QDate, QLocale, Qt, QTime, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QFrame, QHBoxLayout, QLabel, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from ..core.keys import TrustedPeer
from ..core.model import Abilities, Visibility
from ..settings import AutostartBy, Band, LogLevel
from .parts.basics import button, card, column, empty, label, row
from .parts.elided import Elided
from .parts.style import restyle
from .parts.window import Window
from .text.choices import ACCEPT_PAIRED_HINT, INTENTS, NO_CHOICE, VISIBILITIES, VISIBILITY_HINTS
from .text.links import channel_words
from .text.names import clean
from .text.translate import tr

if TYPE_CHECKING:
    from ..edges import Actions
    from ..settings import Settings

LIMITS: tuple[int | None, ...] = (None, 10, 30, 60)  # minutes of being visible to everyone
NAME_BYTES = 32
PORTS = range(1024, 65536)
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
        """`languages`: code and own name of those there are words for. All are asked whenever the window is filled and answer at once."""
        super().__init__()
        self._languages = languages
        self._controller, self._settings, self._adapters, self._remembered = controller, settings, adapters, remembered
        self._autostart_note = autostart_note
        self._filling = False
        self.setWindowTitle(tr("Nearby Tray Settings"))

        self._name_error, self._port_error = label(role="error"), label(role="error")
        self.name = QLineEdit()
        self.name.editingFinished.connect(self._name_edited)
        self.name.textEdited.connect(lambda _text: self._say(self._name_error, name_error(self.name.text())))
        self.visibility = QComboBox()
        for visibility in Visibility.EVERYONE, Visibility.TRUSTED, Visibility.NOBODY:
            self.visibility.addItem(tr(VISIBILITIES[visibility]), visibility.value)
        self.visibility.currentIndexChanged.connect(self._visibility_chosen)
        self.limit = QComboBox()
        for minutes in LIMITS:
            self.limit.addItem(tr("Until I change it") if minutes is None else tr("For {n} minutes", n=minutes), minutes)
        self.limit.currentIndexChanged.connect(lambda _k: self._change(visible_minutes=self.limit.currentData()))
        self.accept_paired = QCheckBox(tr("A&ccept trusted, paired computers without asking"))
        self.accept_paired.toggled.connect(lambda on: self._change(accept_paired=on))
        self.autostart = QCheckBox(tr("&Start at login, hidden"))
        self.autostart.toggled.connect(lambda on: self._change(autostart=on))
        self.autostart_by = QComboBox()
        for by, words in STARTERS.items():
            self.autostart_by.addItem(tr(words), by.value)
        self.autostart_by.currentIndexChanged.connect(lambda _k: self._change(autostart_by=AutostartBy(self.autostart_by.currentData())))
        self.language = QComboBox()
        self.language.currentIndexChanged.connect(lambda _k: self._change(language=self.language.currentData()))
        self.log_level = QComboBox()
        for level, words in LEVELS.items():
            self.log_level.addItem(tr(words), level.value)
        self.log_level.currentIndexChanged.connect(lambda _k: self._change(log_level=LogLevel(self.log_level.currentData())))
        self.notifications = QCheckBox(tr("Show n&otifications"))
        self.notifications.toggled.connect(lambda on: self._change(notifications=on))
        self.close_quits = QCheckBox(tr("Without a tray icon, closing the window &quits"))
        self.close_quits.toggled.connect(lambda on: self._change(close_quits=on))
        self._note = label(role="dim", scale=0.92)
        self.port = QLineEdit()
        self.port.setMaximumWidth(110)
        self.port.editingFinished.connect(self._port_edited)
        self.port.textEdited.connect(lambda _text: self._say(self._port_error, port_error(self.port.text())))
        self.adapter = QComboBox()
        self.adapter.currentIndexChanged.connect(lambda _k: self._change(adapter=self.adapter.currentData()))
        for object_name, widget, spoken in (
            ("nameEdit", self.name, tr("Name of this computer")),
            ("visibilityBox", self.visibility, tr("Visible to")),
            ("limitBox", self.limit, tr("How long everyone may ask")),
            ("acceptPairedBox", self.accept_paired, tr("Accept trusted, paired computers without asking")),
            ("autostartBox", self.autostart, tr("Start at login, hidden")),
            ("autostartByBox", self.autostart_by, tr("Started at login by")),
            ("languageBox", self.language, tr("Language")),
            ("logLevelBox", self.log_level, tr("How much the log says")),
            ("notificationsBox", self.notifications, tr("Show notifications")),
            ("closeQuitsBox", self.close_quits, tr("Without a tray icon, closing the window quits")),
            ("portEdit", self.port, tr("UDP port")),
            ("adapterBox", self.adapter, tr("Bluetooth adapter")),
        ):
            widget.setObjectName(object_name)
            widget.setAccessibleName(spoken)

        for chooser in (self.autostart_by, self.log_level, self.language):
            # Long words, in other languages longer still, are cut on a narrow screen rather than the window.
            chooser.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            chooser.setMinimumContentsLength(12)
        body = QWidget()
        body.setObjectName("body")
        inside = QVBoxLayout(body)
        inside.setContentsMargins(18, 16, 18, 16)
        inside.setSpacing(8)

        self._section(inside, tr("This computer"))
        frame, box = card(spacing=8)
        box.addLayout(_field(tr("&Name"), self.name))
        box.addWidget(self._name_error)
        box.addLayout(_field(tr("Lan&guage"), self.language))
        box.addWidget(self.notifications)
        box.addWidget(self.autostart)
        self._by_row = QWidget()
        started = _field(tr("S&tarted by"), self.autostart_by)
        started.setContentsMargins(0, 0, 0, 0)
        self._by_row.setLayout(started)
        box.addWidget(self._by_row)
        box.addWidget(self._note)
        box.addWidget(self.close_quits)
        inside.addWidget(frame)

        self._section(inside, tr("Who may ask"))
        frame, box = card(spacing=8)
        box.addLayout(_field(tr("&Visible to"), self.visibility))
        self._limit_row = QWidget()
        limit = _field(tr("&How long"), self.limit)
        limit.setContentsMargins(0, 0, 0, 0)
        self._limit_row.setLayout(limit)
        box.addWidget(self._limit_row)
        self._visibility_hint = label(role="dim", scale=0.92)
        box.addWidget(self._visibility_hint)
        box.addWidget(self.accept_paired)
        box.addWidget(label(tr(ACCEPT_PAIRED_HINT), "dim", scale=0.92))
        inside.addWidget(frame)

        self._section(inside, tr("Trusted computers"))
        frame, self._peers = card(spacing=4)
        inside.addWidget(frame)
        # Twice, because nothing brings the old one back.
        self._renew = button(tr("New identity…"), lambda: self._ask_to_renew(True), role="link", name="newIdentityButton")
        inside.addLayout(row(self._renew, 1))
        self._sure, sure = card(spacing=6)
        sure.addWidget(label(tr("For one of two computers whose disk was copied. To others it is a new one: all trust ends, both ways.")))
        keep = button(tr("Keep this one"), lambda: self._ask_to_renew(False), name="keepIdentityButton")
        sure.addLayout(row(1, keep, button(tr("Make a new one"), self._new_identity, name="makeIdentityButton")))
        self._sure.hide()
        inside.addWidget(self._sure)

        self._section(inside, tr("Radio and network"))
        frame, box = card(spacing=8)
        box.addLayout(_field(tr("&Bluetooth adapter"), self.adapter))
        box.addLayout(_field(tr("UDP &port"), self.port))
        box.addWidget(self._port_error)
        box.addWidget(label(tr("The same on both computers; open in their firewalls. Used from the next link on."), "dim", scale=0.92))
        inside.addWidget(frame)

        self._section(inside, tr("Wi-Fi Direct groups"))
        self.groups = GroupSettings(self._change, self._say)
        inside.addWidget(self.groups)

        self._section(inside, tr("Log"))
        frame, box = card(spacing=8)
        box.addLayout(_field(tr("L&evel"), self.log_level))
        box.addWidget(
            label(
                tr(LOG_HINT),
                "dim",
                scale=0.92,
            )
        )
        inside.addWidget(frame)
        inside.addStretch(1)

        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(body)
        scroll.viewport().setAutoFillBackground(False)
        body.setAutoFillBackground(False)
        self._body = body
        outer = column(self, spacing=0)
        outer.addWidget(scroll, 1)
        bottom = row(1, button(tr("C&lose"), self.hide_window, name="closeButton"))
        bottom.setContentsMargins(18, 8, 18, 14)
        outer.addLayout(bottom)
        self.fill()
        restyle(self)

    def hide_window(self) -> None:
        self.close()

    def fill(self) -> None:
        """Show the settings in force."""
        settings = self._settings()
        self._filling = True
        try:
            if not self.name.hasFocus():
                self.name.setText(settings.name)
                self.name.setPlaceholderText(settings.shown_name)
            self.visibility.setCurrentIndex(max(0, self.visibility.findData(settings.visibility.value)))
            if self.limit.findData(settings.visible_minutes) < 0:
                self.limit.addItem(tr("For {n} minutes", n=settings.visible_minutes), settings.visible_minutes)
            self.limit.setCurrentIndex(self.limit.findData(settings.visible_minutes))
            self.accept_paired.setChecked(settings.accept_paired)
            self.autostart.setChecked(settings.autostart)
            self.notifications.setChecked(settings.notifications)
            self.close_quits.setChecked(bool(settings.close_quits))
            if not self.port.hasFocus():
                self.port.setText(str(settings.port))
            self.autostart_by.setCurrentIndex(self.autostart_by.findData(settings.autostart_by.value))
            self.log_level.setCurrentIndex(self.log_level.findData(settings.log_level.value))
            adapters: list[tuple[str | None, str]] = [(None, tr("Automatic")), *((a, clean(words)) for a, words in self._adapters())]
            _choose(self.adapter, adapters, settings.adapter, tr("{adapter} (not there now)", adapter=clean(settings.adapter or "")))
            languages: list[tuple[str | None, str]] = [("", tr("As the system")), *((code, words) for code, words in self._languages())]
            _choose(self.language, languages, settings.language, tr("{code} (no words for it here)", code=settings.language))
            self.groups.fill(settings, self._controller.snapshot.radios.abilities)
        finally:
            self._filling = False
        visibility = settings.visibility
        self._limit_row.setVisible(visibility is Visibility.EVERYONE)
        self._by_row.setVisible(settings.autostart)
        self._visibility_hint.setText(tr(VISIBILITY_HINTS[visibility]))
        self._say(self._note, self._autostart_note())
        self._say(self._name_error, name_error(self.name.text()))
        self._say(self._port_error, port_error(self.port.text()))
        self._fill_peers()

    def _fill_peers(self) -> None:
        empty(self._peers)
        listed = sorted(self._remembered(), key=lambda peer: peer.last_linked or peer.since, reverse=True)
        if not listed:
            self._peers.addWidget(label(tr("None yet. Tick “Trust this computer” on both when you connect."), "dim"))
        now = datetime.now()
        for peer in listed:
            line = QWidget()
            inside = QHBoxLayout(line)
            inside.setContentsMargins(0, 2, 0, 2)
            words = QVBoxLayout()
            words.setSpacing(1)
            shown, known = Elided(), label(remembered_words(peer, now), "dim", scale=0.92)
            shown.setText(clean(peer.label))
            words.addWidget(shown)
            words.addWidget(known)
            forget = button(tr("Forget"), self._forget(peer.identity.hex()), role="link", name="forgetButton")
            forget.setAccessibleName(tr("Forget {peer}", peer=clean(peer.label)))
            inside.addLayout(words, 1)
            inside.addWidget(forget, 0, Qt.AlignmentFlag.AlignTop)
            self._peers.addWidget(line)

    def _ask_to_renew(self, ask: bool) -> None:
        self._sure.setVisible(ask)
        self._renew.setVisible(not ask)

    def _new_identity(self) -> None:
        self._controller.renew_identity()
        self._ask_to_renew(False)
        self._fill_peers()

    def _forget(self, identity: str) -> Callable[[], None]:
        def act() -> None:
            self._controller.forget(identity)
            # Not now: the button that was clicked is in the list that is made anew.
            QTimer.singleShot(0, self, self._fill_peers)

        return act

    def _change(self, **values: Any) -> None:
        if self._filling:
            return
        before = self._settings()
        after = msgspec.structs.replace(before, **values)
        if after != before:
            self._controller.apply(after)
        QTimer.singleShot(0, self, self.fill)

    def _name_edited(self) -> None:
        if not self._filling and not name_error(self.name.text()):
            self._change(name=self.name.text().strip())

    def _visibility_chosen(self, _index: int) -> None:
        self._change(visibility=Visibility(self.visibility.currentData()))

    def _port_edited(self) -> None:
        if not self._filling and not port_error(self.port.text()):
            self._change(port=int(self.port.text()))

    @staticmethod
    def _say(where: QLabel, words: str) -> None:
        where.setText(words)
        where.setVisible(bool(words))

    def _section(self, layout: QVBoxLayout, words: str) -> None:
        heading = label(words, "title", wrap=False)
        heading.setContentsMargins(2, 8 if layout.count() else 0, 0, 0)
        layout.addWidget(heading)

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


class GroupSettings(QFrame):
    """Where a group is formed and who owns it; the finer of it folded away, for most people never need it."""

    def __init__(self, change: Callable[..., None], say: Callable[[QLabel, str], None]) -> None:
        super().__init__()
        self._change, self._say = change, say
        self.setProperty("role", "card")
        self.band, self.intent = QComboBox(), QComboBox()
        for band, words in ((Band.AUTO, tr("Automatic")), (Band.GHZ_2, tr("2.4 GHz, reaches farther")), (Band.GHZ_5, tr("5 GHz, faster"))):
            self.band.addItem(words, band.value)
        self.band.currentIndexChanged.connect(lambda _k: change(band=Band(self.band.currentData())))
        self.prefer = QCheckBox(tr("Pre&fer to own the group"))
        self.prefer.toggled.connect(lambda on: change(prefer_owner=on))
        for value in range(16):
            self.intent.addItem(tr(INTENTS[value], n=value) if value in INTENTS else str(value), value)
        self.intent.currentIndexChanged.connect(lambda _k: change(go_intent=self.intent.currentData()))
        self.frequency = QLineEdit()
        self.frequency.setMaximumWidth(110)
        self.frequency.setPlaceholderText(tr("Any"))
        self.frequency.textEdited.connect(lambda _text: self._judge())
        self.frequency.editingFinished.connect(self._frequency_edited)
        for object_name, widget, spoken in (
            ("bandBox", self.band, tr("Band")),
            ("preferBox", self.prefer, tr("Prefer to own the group")),
            ("intentBox", self.intent, tr("Wish to own the group, from 0 to 15")),
            ("frequencyEdit", self.frequency, tr("Channel, as its frequency in MHz")),
        ):
            widget.setObjectName(object_name)
            widget.setAccessibleName(spoken)
        self._error, self._channel = label(role="error"), label(role="dim", scale=0.92)
        self._toggle = button("", self._fold, role="link", name="advancedButton")
        self._advanced = QWidget()
        inside = column(self._advanced, spacing=8)
        inside.addLayout(_field(tr("Ch&annel, MHz"), self.frequency))
        inside.addWidget(self._error)
        inside.addWidget(self._channel)
        inside.addLayout(_field(tr("O&wner intent"), self.intent))
        hint = tr("When two machines agree who owns the group, the higher number wins; equal ones are decided by chance.")
        inside.addWidget(label(hint, "dim", scale=0.92))
        self._effect = label(role="dim", scale=0.92)
        box = column(self, spacing=8)
        box.setContentsMargins(14, 12, 14, 12)
        box.addLayout(_field(tr("Ban&d"), self.band))
        box.addWidget(self.prefer)
        box.addWidget(self._effect)
        box.addWidget(self._toggle, 0, Qt.AlignmentFlag.AlignLeft)
        box.addWidget(self._advanced)
        self._fold(False)

    def _fold(self, open: bool | None = None) -> None:
        open = self._advanced.isHidden() if open is None else open
        self._advanced.setVisible(open)
        self._toggle.setText(tr("Less") if open else tr("Advanced…"))
        self._toggle.setAccessibleName(self._toggle.text())

    def fill(self, settings: Settings, abilities: Abilities) -> None:
        """Show the settings in force."""
        self.band.setCurrentIndex(self.band.findData(settings.band.value))
        self.band.setEnabled(settings.frequency is None)
        self.prefer.setChecked(settings.prefer_owner)
        self.intent.setCurrentIndex(settings.go_intent)
        self.intent.setEnabled(not settings.prefer_owner)
        if not self.frequency.hasFocus():
            self.frequency.setText("" if settings.frequency is None else str(settings.frequency))
        if settings.frequency is not None:
            self._fold(True)  # what wins over the band is to be seen
        self._judge()
        words = "" if abilities.frequency and abilities.intent else tr(NO_CHOICE, backend=clean(abilities.backend))
        self._say(self._effect, words)

    def _judge(self) -> None:
        typed = self.frequency.text().strip()
        problem = frequency_error(typed)
        self._say(self._error, problem)
        known = "" if problem else channel_words(int(typed)) if typed else tr("The Wi-Fi service chooses, within the band.")
        self._say(self._channel, tr("Channel {channel}. It wins over the band.", channel=known) if typed and known else known)

    def _frequency_edited(self) -> None:
        typed = self.frequency.text().strip()
        if not frequency_error(typed):
            self._change(frequency=int(typed) if typed else None)


# The middles of the 20 MHz channels (IEEE 802.11-2020, annex E; 6 GHz: 802.11ax). Which of them may be used, the kernel knows.
CHANNELS = (range(2412, 2473, 5), range(5180, 5321, 20), range(5500, 5721, 20), range(5745, 5886, 20), range(5955, 7116, 20))


def frequency_error(typed: str) -> str:
    """Empty when it is the middle of a Wi-Fi channel of 20 MHz, in MHz, or nothing."""
    if not typed:
        return ""
    value = int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 5 else 0
    if value == 2484 or any(value in each for each in CHANNELS):
        return ""
    return tr("There is no Wi-Fi channel there; 2437, 5180 and 5955 are some.")


def name_error(name: str) -> str:
    """Empty when the name can be shown to others; no name at all means the host's."""
    over = len(name.strip().encode("utf-8", "replace")) - NAME_BYTES
    if over > 0:
        return tr("Too long by {n} bytes; others see at most {most}.", n=over, most=NAME_BYTES)
    if not name.strip().isprintable():
        return tr("This name has characters that cannot be shown.")
    return ""


def port_error(port: str) -> str:
    """Empty when it is a port that an ordinary program may use."""
    if not (port.isascii() and port.isdigit() and len(port) <= 5 and int(port) in PORTS):
        return tr("A port is a number from {first} to {last}.", first=PORTS[0], last=PORTS[-1])
    return ""


def remembered_words(peer: TrustedPeer, now: datetime) -> str:
    """Since when a computer is remembered and when it was last linked with, in the user's own calendar."""
    linked = tr("not linked since") if peer.last_linked is None else tr("last linked {when}", when=_when(peer.last_linked, now))
    return tr("Since {date}", date=_date(peer.since)) + " · " + linked


def _when(moment: float, now: datetime) -> str:
    then = _local(moment)
    if then is not None and timedelta(0) <= now.date() - then.date() <= timedelta(days=1):
        time = QLocale().toString(QTime(then.hour, then.minute), QLocale.FormatType.ShortFormat)
        return tr("today, {time}", time=time) if then.date() == now.date() else tr("yesterday, {time}", time=time)
    return _date(moment)


def _date(moment: float) -> str:
    then = _local(moment)
    if then is None:
        return tr("an unknown day")
    return QLocale().toString(QDate(then.year, then.month, then.day), QLocale.FormatType.ShortFormat)


def _local(moment: float) -> datetime | None:
    """`None` for what is no time: the file may hold any number."""
    try:
        return datetime.fromtimestamp(moment) if moment > 0 else None
    except (ValueError, OverflowError, OSError):
        return None


def _choose(box: QComboBox, wanted: list[tuple[str | None, str]], chosen: str | None, otherwise: str) -> None:
    """Offer these values and choose one; one that is not among them is added, in the words of `otherwise`."""
    if chosen not in [value for value, _ in wanted]:
        wanted.append((chosen, otherwise))
    if wanted != [(box.itemData(k), box.itemText(k)) for k in range(box.count())]:
        box.clear()
        for value, words in wanted:
            box.addItem(words, value)
    box.setCurrentIndex(next(k for k, (value, _) in enumerate(wanted) if value == chosen))


def _field(words: str, widget: QWidget) -> QHBoxLayout:
    caption = QLabel(words)
    caption.setBuddy(widget)
    caption.setMinimumWidth(130)
    layout = QHBoxLayout()
    layout.setSpacing(8)
    layout.addWidget(caption)
    layout.addWidget(widget, 1)
    if widget.maximumWidth() < 1000:  # a short field stands at the left
        layout.addStretch(2)
    return layout
