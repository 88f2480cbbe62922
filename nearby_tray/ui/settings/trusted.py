"""The trusted computers, to be forgotten, and this computer's identity, to be renewed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QDate, QLocale, Qt, QTime, QTimer
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ...core.keys import TrustedPeer
from ..parts.basics import button, card, column, empty, label, row
from ..parts.elided import Elided
from ..text.names import clean
from ..text.translate import tr

if TYPE_CHECKING:
    from ...edges import Actions


class TrustedComputers(QWidget):
    def __init__(self, controller: Actions, remembered: Callable[[], Sequence[TrustedPeer]]) -> None:
        super().__init__()
        self._controller, self._remembered = controller, remembered
        layout = column(self, spacing=8)
        frame, self._peers = card(spacing=4)
        layout.addWidget(frame)
        # Asked twice, because nothing brings the old identity back.
        self._renew = button(tr("New identity…"), lambda: self._ask_to_renew(True), role="link", name="newIdentityButton")
        layout.addLayout(row(self._renew, 1))
        self._sure, sure = card(spacing=6)
        sure.addWidget(label(tr("For one of two computers whose disk was copied. To others it is a new one: all trust ends, both ways.")))
        keep = button(tr("Keep this one"), lambda: self._ask_to_renew(False), name="keepIdentityButton")
        sure.addLayout(row(1, keep, button(tr("Make a new one"), self._new_identity, name="makeIdentityButton")))
        self._sure.hide()
        layout.addWidget(self._sure)

    def fill(self) -> None:
        empty(self._peers)
        listed = sorted(self._remembered(), key=lambda peer: peer.last_linked or peer.since, reverse=True)
        if not listed:
            self._peers.addWidget(label(tr("None yet. Tick “Trust this computer” on both when you connect."), "dim"))
        now = datetime.now()
        for peer in listed:
            self._peers.addWidget(self._line(peer, now))

    def _line(self, peer: TrustedPeer, now: datetime) -> QWidget:
        line = QWidget()
        inside = QHBoxLayout(line)
        inside.setContentsMargins(0, 2, 0, 2)
        words = QVBoxLayout()
        words.setSpacing(1)
        shown, known = Elided(), label(remembered_words(peer, now), "dim", scale=0.92)
        shown.setText(clean(peer.label))
        words.addWidget(shown)
        words.addWidget(known)
        forget = button(tr("Forget"), lambda: self._forget(peer.identity.hex()), role="link", name="forgetButton")
        forget.setAccessibleName(tr("Forget {peer}", peer=clean(peer.label)))
        inside.addLayout(words, 1)
        inside.addWidget(forget, 0, Qt.AlignmentFlag.AlignTop)
        return line

    def _ask_to_renew(self, ask: bool) -> None:
        self._sure.setVisible(ask)
        self._renew.setVisible(not ask)

    def _new_identity(self) -> None:
        self._controller.renew_identity()
        self._ask_to_renew(False)
        self.fill()

    def _forget(self, identity: str) -> None:
        self._controller.forget(identity)
        QTimer.singleShot(0, self, self.fill)  # not now: the clicked button is in the list that is made anew


def remembered_words(peer: TrustedPeer, now: datetime) -> str:
    """Since when a computer is trusted and when it was last linked with, in the user's own calendar."""
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
