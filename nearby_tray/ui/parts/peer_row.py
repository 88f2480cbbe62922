"""A peer in the list of computers nearby."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QStyle

from ...core.model import Peer
from ..text.names import clean
from ..text.peers import KINDS, UNREACHABLE, kind_words, peer_line
from ..text.plain import PLAIN_HINT
from ..text.requests import IDENTITY_CHANGED
from ..text.translate import tr
from ..theme import Tones
from .elided import draw_line
from .notice import draw_glyph
from .style import colours


def signal_bars(painter: QPainter, where: QRectF, strength: int | None, tones: Tones) -> None:
    """Four bars for a strength in percent; those above it are drawn in the colour of lines."""
    lit = 0 if strength is None else min(4, max(1, math.ceil(strength / 25)))
    width = where.width() / 5.5
    painter.setPen(Qt.PenStyle.NoPen)
    for k in range(4):
        height = where.height() * (k + 1) / 4
        painter.setBrush(QColor(tones.text if k < lit else tones.line))
        painter.drawRoundedRect(QRectF(where.x() + k * width * 1.5, where.bottom() - height, width, height), 1, 1)


class PeerRow(QAbstractButton):
    """A peer in the list: kind, name, badges, signal. A click chooses it; a peer that cannot be asked says why.

    Qt moves the keyboard on from what is disabled: a row that it is on is not, only drawn so, and nothing may come of a click on it.
    """

    left = Signal()  # it lost the keyboard focus

    def __init__(self, peer: Peer) -> None:
        super().__init__()
        self.setObjectName("peer")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.peer = peer
        self.gone = False
        self.show_peer(peer)

    @property
    def usable(self) -> bool:
        return (self.peer.reachable or self.peer.plain) and not self.gone

    @property
    def chosen(self) -> bool:
        """True if it has the keyboard focus, or will have it when the window becomes active."""
        return self.window().focusWidget() is self

    def out_of_date(self, peer: Peer) -> bool:
        return self.peer != peer or self.gone or self.isEnabled() != (self.usable or self.chosen)

    def show_peer(self, peer: Peer, *, gone: bool = False) -> None:
        self.peer, self.gone = peer, gone
        plain, usable = peer.plain, self.usable
        self.setEnabled(usable or self.chosen)
        self.setCursor(Qt.CursorShape.PointingHandCursor if usable else Qt.CursorShape.ArrowCursor)
        self.setText(clean(peer.name).replace("&", "&&"))
        self.setAccessibleName(peer_line(peer))
        hint = "" if peer.reachable else tr(PLAIN_HINT if plain else UNREACHABLE)
        if peer.identity_changed:
            hint = tr(IDENTITY_CHANGED.title)
        self.setAccessibleDescription(tr("No longer here") if gone else hint)
        self.setToolTip(hint)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(240, self.fontMetrics().height() * 2 + 22)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.sizeHint().height())

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.EnabledChange):
            self.updateGeometry()
            self.update()
        super().changeEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.left.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        tones, painter = colours(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        live = self.usable
        if live and (self.underMouse() or self.isDown()):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tones.line if self.isDown() else tones.hover))
            painter.drawRoundedRect(box, 8, 8)
        if self.hasFocus():
            painter.setPen(QPen(QColor(tones.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box, 8, 8)
        first, second = (tones.text, tones.dim) if live else (tones.dim, tones.dim)
        middle = self.height() // 2
        kind = self.peer.kind if self.peer.kind in KINDS else "other"
        draw_glyph(painter, kind, self._mirrored(QRect(12, middle - 12, 24, 24)), first, self.devicePixelRatioF())
        bars = QRect(self.width() - 12 - 20, middle - 8, 20, 16)
        if not self.gone and self.peer.strength is not None:
            signal_bars(painter, QRectF(self._mirrored(bars)), self.peer.strength, tones)
        left, room = 48, bars.left() - 48 - 10
        line = self.fontMetrics().height()
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(QColor(first))
        name = QFontMetrics(font).elidedText(clean(self.peer.name), Qt.TextElideMode.ElideRight, room)
        draw_line(painter, self._mirrored(QRect(left, middle - line - 1, room, line)), name, self.layoutDirection())
        painter.setFont(self.font())
        self._draw_badges(painter, QRect(left, middle + 1, room, line), tones, second)
        painter.end()

    def _mirrored(self, where: QRect) -> QRect:
        return QStyle.visualRect(self.layoutDirection(), self.rect(), where)

    def _draw_badges(self, painter: QPainter, where: QRect, tones: Tones, colour: str) -> None:
        if self.gone:
            words = [("", tr("No longer here"), colour)]
        else:
            words = [("", kind_words(self.peer), colour)]
            if self.peer.identity_changed:
                words = [("warning", tr("Not the one you trust"), tones.bad)]
            elif self.peer.trusted:
                words.append(("trusted", tr("Trusted"), tones.good))
            if self.peer.bonded:
                words.append(("paired", tr("Paired"), colour))
            if not self.peer.reachable:
                # The icon shows the kind, so the line has room for what else is known.
                words = [("", tr("Wi-Fi Direct only"), colour)]
                if self.peer.remembered:
                    words.append(("", tr("Remembered group"), colour))
                elif self.peer.owner:
                    words.append(("", tr("Owns a group"), colour))
                elif self.peer.model.strip():
                    words.append(("", clean(self.peer.model, 32), colour))
        metrics, x = self.fontMetrics(), where.x()
        for glyph, word, tone in words:
            if glyph:
                place = self._mirrored(QRect(x, where.center().y() - 6, 13, 13))
                draw_glyph(painter, glyph, place, tone, self.devicePixelRatioF())
                x += 17
            painter.setPen(QColor(tone))
            shown = metrics.elidedText(word, Qt.TextElideMode.ElideRight, max(0, where.right() - x))
            place = self._mirrored(QRect(x, where.y(), where.right() - x + 1, where.height()))
            draw_line(painter, place, shown, self.layoutDirection())
            x += metrics.horizontalAdvance(shown) + 12
