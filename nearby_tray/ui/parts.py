"""The small painted things that the windows are made of. Each is told what to draw; none knows the session.

Text that came from the air is drawn as plain text, on one line, cut at the end. A timer runs only in a widget that is visible and
has something moving: an open panel at rest, and a hidden one always, wakes nobody.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from itertools import pairwise

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFont,
    QFontDatabase,
    QFontMetrics,
    QGuiApplication,
    QHideEvent,
    QKeyEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPolygonF,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QStyle,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ..core import pin as pins
from ..core.model import Grade, Peer, Snapshot, Stage, Timings
from . import theme
from .text import numbers
from .text.names import clean
from .text.peers import KINDS, UNREACHABLE, kind_words, peer_line
from .text.pins import pin_hint, pin_problem
from .text.plain import PLAIN_HINT
from .text.reasons import Said
from .text.requests import CODE, IDENTITY_CHANGED
from .text.states import GRADES, STATES
from .text.translate import is_from_right, tr

_tones: tuple[int, theme.Tones] | None = None


def colours() -> theme.Tones:
    """From the application's palette; a widget's own one may be coloured by the style sheet."""
    global _tones
    palette = QGuiApplication.palette()
    if _tones is None or _tones[0] != palette.cacheKey():
        _tones = palette.cacheKey(), theme.tones(palette)
    return _tones[1]


def _in_force() -> str:
    """What a sheet is made for."""
    return f"{QGuiApplication.palette().cacheKey()} {QGuiApplication.font().toString()}"


def restyle(window: QWidget) -> None:
    """Put the sheet of the palette in force on a window, its colour on the icons of its buttons, and the font's size on the texts."""
    tones = colours()
    window.setProperty("styledFor", _in_force())
    window.setStyleSheet(theme.sheet(tones))  # also the same one anew: below a sheet nothing else makes a new font known
    for each in window.findChildren(QWidget):
        if isinstance(each, QAbstractButton) and (glyph := each.property("glyph")):
            each.setIcon(theme.icon(glyph, tones.text))
        if (scale := each.property("scale")) is not None:
            set_scale(each, scale)


def restyle_after(window: QWidget, event: QEvent) -> None:
    """For `changeEvent`: follow the application from light to dark, and from one font to another.

    Our own sheet changes palettes and fonts, too, and is told apart by what it was made for.
    """
    if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange) and window.property("styledFor") not in (None, _in_force()):
        QTimer.singleShot(0, window, lambda: restyle(window))


def set_scale(widget: QWidget, scale: float) -> None:
    """Text of `scale` times the size that the application's has, now and after that has changed (`restyle_after`)."""
    font = QFont(widget.font())
    font.setPointSizeF(QGuiApplication.font().pointSizeF() * scale)
    widget.setFont(font)
    widget.setProperty("scale", scale)


def set_fixed(widget: QWidget, scale: float = 1.0) -> None:
    """Digits and addresses under each other, in the size of other text: the system's fixed font has one of its own."""
    widget.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
    set_scale(widget, scale)


def label(words: str = "", role: str = "", *, wrap: bool = True, scale: float = 1.0) -> QLabel:
    """A label that never takes its text for markup."""
    made = QLabel()
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setText(words)
    made.setWordWrap(wrap)
    if wrap and QGuiApplication.layoutDirection() == Qt.LayoutDirection.RightToLeft:
        # Qt keeps the space at which a line was wrapped, and moves a line from the right by it, out of the label.
        made.setContentsMargins(made.fontMetrics().horizontalAdvance(" "), 0, 0, 0)
    if role:
        made.setProperty("role", role)
    if scale != 1.0:
        set_scale(made, scale)
    return made


class Elided(QLabel):
    """One line of plain text, cut with an ellipsis; the whole of it in the tool tip and for screen readers. For names and addresses."""

    def __init__(self, role: str = "", *, scale: float = 1.0) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        if role:
            self.setProperty("role", role)
        if scale != 1.0:
            set_scale(self, scale)

    def setText(self, words: str) -> None:
        if words != self.text():
            super().setText(words)
            self.setAccessibleName(words)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        # A tool tip may be rich text by guess; entities make the guess harmless.
        self.setToolTip(plain_tip(self.text()) if shown != self.text() else "")
        painter.setPen(self.palette().color(self.foregroundRole()))
        draw_line(painter, self.rect(), shown, self.layoutDirection())
        painter.end()


def draw_line(painter: QPainter, where: QRect, words: str, reading: Qt.LayoutDirection) -> None:
    """One line at the side where reading begins; the words themselves run as their own letters do."""
    from_right = reading == Qt.LayoutDirection.RightToLeft
    painter.setLayoutDirection(Qt.LayoutDirection.RightToLeft if is_from_right(words) else Qt.LayoutDirection.LeftToRight)
    side = Qt.AlignmentFlag.AlignRight if from_right else Qt.AlignmentFlag.AlignLeft
    painter.drawText(where, side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, words)


def plain_tip(words: str) -> str:
    """A tool tip that shows exactly these words: Qt guesses whether a tip is markup, so it is made markup, with everything escaped."""
    escaped = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"<span>{escaped}</span>" if escaped != words else words


def button(words: str, clicked: Callable[[], object], *, role: str = "", name: str = "", accessible: str = "") -> QPushButton:
    made = QPushButton(words)
    made.setAutoDefault(False)
    if role:
        made.setProperty("role", role)
    if name:
        made.setObjectName(name)
    made.setAccessibleName(accessible or words.replace("&", ""))
    made.clicked.connect(lambda _checked=False: clicked())
    return made


def card(role: str = "card", *, spacing: int = 6) -> tuple[QFrame, QVBoxLayout]:
    frame = QFrame()
    frame.setProperty("role", role)
    inside = QVBoxLayout(frame)
    inside.setContentsMargins(14, 12, 14, 12)
    inside.setSpacing(spacing)
    return frame, inside


def column(parent: QWidget, *, spacing: int = 10) -> QVBoxLayout:
    layout = QVBoxLayout(parent)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(spacing)
    return layout


def row(*items: QWidget | int, spacing: int = 8) -> QHBoxLayout:
    """Widgets side by side; a number is a stretch."""
    layout = QHBoxLayout()
    layout.setSpacing(spacing)
    for item in items:
        if isinstance(item, int):
            layout.addStretch(item)
        else:
            layout.addWidget(item)
    return layout


def empty(layout: QLayout) -> None:
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()


class Window(QWidget):
    """One of our windows: Esc closes it, Tab goes through it as it is read, and it follows the desktop's colours and font."""

    def __init__(self, flags: Qt.WindowType = Qt.WindowType.Window) -> None:
        super().__init__(None, flags)
        self.setObjectName("face")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWindowIcon(theme.application_icon())

    def focusNextPrevChild(self, next: bool) -> bool:
        # Qt goes by the order in which things were made, and lists are made anew.
        order = _as_read(self)
        for one, other in pairwise(order):
            QWidget.setTabOrder(one, other)
        return super().focusNextPrevChild(next)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        restyle_after(self, event)
        if event.type() == QEvent.Type.FontChange and self.isVisible():
            QTimer.singleShot(0, self, self._fit_again)

    def fit(self) -> None:
        """Take the size that what is in it needs, as far as the screen has it."""
        raise NotImplementedError

    def _fit_again(self) -> None:
        before = self.size()
        self.fit()
        self.resize(self.size().expandedTo(before))  # it may have been made larger by hand


def _as_read(inside: QWidget) -> list[QWidget]:
    """What Tab stops at, line by line; what can be scrolled comes where its area stands."""
    found: list[QWidget] = []
    areas: dict[QWidget, QWidget] = {}
    for each in inside.findChildren(QWidget):
        if not each.isVisibleTo(inside) or any(content.isAncestorOf(each) for content in areas.values()):
            continue
        if isinstance(each, QScrollArea) and (content := each.widget()) is not None:
            areas[each] = content
        if each in areas or each.focusPolicy() & Qt.FocusPolicy.TabFocus == Qt.FocusPolicy.TabFocus:
            found.append(each)
    middle = {each: each.mapTo(inside, each.rect().center()) for each in found}
    found.sort(key=lambda each: middle[each].y() - each.height() / 2)
    lines: list[list[QWidget]] = []
    for each in found:
        if lines and middle[each].y() - each.height() / 2 < middle[lines[-1][0]].y():
            lines[-1].append(each)
        else:
            lines.append([each])
    back = inside.layoutDirection() == Qt.LayoutDirection.RightToLeft
    order: list[QWidget] = []
    for line in lines:
        for each in sorted(line, key=lambda each: middle[each].x(), reverse=back):
            if each not in areas or each.focusPolicy() & Qt.FocusPolicy.TabFocus:
                order.append(each)
            if each in areas:
                order += _as_read(areas[each])
    return order


def set_role(widget: QWidget, role: str) -> None:
    """Change the role of a widget and let the style sheet see it."""
    if widget.property("role") != role:
        widget.setProperty("role", role)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def height_for(layout: QLayout, width: int) -> int:
    """What the layout needs at this width; only layouts with wrapped text depend on it."""
    return layout.totalHeightForWidth(width) if layout.hasHeightForWidth() else layout.totalSizeHint().height()


def width_for(layout: QLayout, wanted: int) -> int:
    """`wanted`, or more for words that do not wrap; a language may have long ones, but no word from the air makes a window as wide."""
    return max(wanted, min(layout.totalMinimumSize().width(), wanted * 7 // 4))


class Fitting(QWidget):
    """Tells when what is in it needs another size, after Qt has worked it out and before it is painted."""

    def __init__(self, changed: Callable[[], None]) -> None:
        super().__init__()
        self._changed = changed

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._changed()
        return done


class Glyph(QWidget):
    """An icon of ours in one colour of the theme."""

    def __init__(self, name: str, size: int = 20, tone: str = "text") -> None:
        super().__init__()
        self._name, self._size, self._tone = name, size, tone
        self.setFixedSize(size, size)

    def show_glyph(self, name: str, tone: str = "text") -> None:
        if (name, tone) != (self._name, self._tone):
            self._name, self._tone = name, tone
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        draw_glyph(painter, self._name, self.rect(), getattr(colours(), self._tone), self.devicePixelRatioF())
        painter.end()


def draw_glyph(painter: QPainter, name: str, where: QRect, colour: str, ratio: float) -> None:
    painter.drawPixmap(where.topLeft(), theme.pixmap(name, colour, where.width(), ratio))


class Notice(QFrame):
    """Something to know, and what to do about it: an icon, a title, a sentence, an advice."""

    def __init__(self, role: str, glyph: str) -> None:
        super().__init__()
        self.setProperty("role", role)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(12, 11, 14, 12)
        outer.setSpacing(10)
        outer.addWidget(Glyph(glyph, 20, role if role in ("bad", "fair") else "accent"), 0, Qt.AlignmentFlag.AlignTop)
        self.inside = QVBoxLayout()
        self.inside.setSpacing(4)
        outer.addLayout(self.inside, 1)
        self._title, self._sentence, self._advice = label(role="title"), label(), label(role="dim")
        self._detail = label(role="dim", scale=0.9)
        self._detail.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        for each in (self._title, self._sentence, self._advice, self._detail):
            self.inside.addWidget(each)

    def say(self, said: Said, detail: str = "") -> None:
        labels = (self._title, self._sentence, self._advice, self._detail)
        for each, words in zip(labels, (*said, detail), strict=True):
            each.setText(words)
            each.setVisible(bool(words))
        self.setAccessibleName(said.title)
        self.setAccessibleDescription(f"{said.sentence} {said.advice}")


class Code(QWidget):
    """Digits to compare or to type elsewhere, `scale` times as large as other text where the width allows; read aloud digit by digit."""

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
        painter.setLayoutDirection(Qt.LayoutDirection.LeftToRight)  # or its groups would change places
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._code)
        painter.end()


class PinField(QWidget):
    """Where a PIN is typed or pasted: grouped as one types, judged at once, and what is wrong said below. `changed`: the digits did."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.edit = QLineEdit()
        self.edit.setObjectName("pinEdit")
        self.edit.setAccessibleName(tr("PIN"))
        self.edit.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.edit.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.edit.setMaxLength(64)
        # Nothing that learns words shall learn this.
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
        """What can be sent: the digits, when they may be a PIN."""
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


class Left:
    """Seconds until a moment of the controller's clock: read once at `now`, from there our own clock runs on."""

    def __init__(self) -> None:
        self._until = 0.0

    def follow(self, until: float | None, now: float) -> None:
        self._until = time.monotonic() + (until - now if until is not None else 0.0)

    def seconds(self) -> float:
        return max(0.0, self._until - time.monotonic())


class Countdown(QWidget):
    """What is left of a stage, as a bar that gets shorter and m:ss beside it."""

    def __init__(self) -> None:
        super().__init__()
        self._left, self._span = Left(), 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(250)
        self._timer.timeout.connect(self._tick)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def follow(self, snapshot: Snapshot) -> None:
        self.setVisible(snapshot.deadline is not None)
        if snapshot.deadline is None:
            self._timer.stop()
            return
        self._left.follow(snapshot.deadline, snapshot.now)
        self._span = max(1.0, snapshot.deadline - snapshot.started)
        self._tick()

    def sizeHint(self) -> QSize:
        return QSize(120, max(16, self.fontMetrics().height()))

    def showEvent(self, event: QShowEvent) -> None:
        self._tick()

    def hideEvent(self, event: QHideEvent) -> None:
        self._timer.stop()

    def _tick(self) -> None:
        moving = self.isVisible() and self._left.seconds() > 0
        if moving != self._timer.isActive():
            self._timer.start() if moving else self._timer.stop()
        self.setAccessibleName(tr("Time left {time}", time=numbers.clock(self._left.seconds())))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        tones, painter = colours(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        words = numbers.clock(self._left.seconds())
        room = self.fontMetrics().horizontalAdvance("00:00")
        painter.setPen(QColor(tones.dim))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, words)  # left in a mirrored window
        if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            painter.translate(self.width(), 0)
            painter.scale(-1, 1)
        track = QRectF(0, self.height() / 2 - 2, self.width() - room - 8, 4)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tones.line))
        painter.drawRoundedRect(track, 2, 2)
        share = min(1.0, self._left.seconds() / self._span) if self._span else 0.0
        if share > 0:
            painter.setBrush(QColor(tones.accent))
            painter.drawRoundedRect(QRectF(track.x(), track.y(), max(4.0, track.width() * share), 4), 2, 2)
        painter.end()


class Spinner(QWidget):
    """Pending ○, going on (an arc, turning where motion is liked), done ✓."""

    def __init__(self, size: int = 18) -> None:
        super().__init__()
        self.setFixedSize(size, size)
        self._state = "pending"
        self._timer = QTimer(self)
        self._timer.setInterval(80)
        self._timer.timeout.connect(self._step)

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
        moving = self._state == "going" and self.isVisible() and not theme.is_motion_reduced()
        if moving != self._timer.isActive():
            self._timer.start() if moving else self._timer.stop()

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


def signal_bars(painter: QPainter, where: QRectF, strength: int | None, tones: theme.Tones) -> None:
    """Four bars; those that the strength (percent) does not reach are only outlined by their foot."""
    lit = 0 if strength is None else min(4, max(1, math.ceil(strength / 25)))
    width = where.width() / 5.5
    painter.setPen(Qt.PenStyle.NoPen)
    for k in range(4):
        height = where.height() * (k + 1) / 4
        painter.setBrush(QColor(tones.text if k < lit else tones.line))
        painter.drawRoundedRect(QRectF(where.x() + k * width * 1.5, where.bottom() - height, width, height), 1, 1)


class PeerRow(QAbstractButton):
    """A peer in the list: kind, name, badges, signal. A click chooses it; one that cannot be asked says why.

    Qt moves the keyboard on from what is disabled: a row that it is on is not, only drawn so, and nothing may come of a click on it.
    """

    left = Signal()  # the keyboard went on

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
        """Is the keyboard on it, or will it be when the window is the active one?"""
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

    def _draw_badges(self, painter: QPainter, where: QRect, tones: theme.Tones, colour: str) -> None:
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
                # The kind is drawn; here is room for what else is known.
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


class Who(QWidget):
    """The other computer: what it is, what it is called, what we know of it."""

    def __init__(self) -> None:
        super().__init__()
        self._glyph, self._name, self._line = Glyph("other", 28), Elided("title", scale=1.12), label(role="dim")
        self.side = QHBoxLayout()
        names = QVBoxLayout()
        names.setSpacing(1)
        names.addWidget(self._name)
        names.addWidget(self._line)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(11)
        layout.addWidget(self._glyph)
        layout.addLayout(names, 1)
        layout.addLayout(self.side)

    def show_peer(self, peer: Peer | None, line: str = "", *, verified: bool = True) -> None:
        self._glyph.show_glyph(peer.kind if peer and peer.kind in KINDS else "other")
        self._name.setText(clean(peer.name if peer else ""))
        if not line and peer is not None:
            words = [*([] if verified else [tr("Not verified")]), kind_words(peer)]
            words += [b for b, on in ((tr("Trusted"), peer.trusted and not peer.identity_changed), (tr("Paired"), peer.bonded)) if on]
            line = " · ".join(words)
        self._line.setText(line)


class GradeMark(QWidget):
    """How good the link is: a shape and a word, coloured for those who see colours."""

    TONES: dict[Grade, str] = {Grade.GOOD: "good", Grade.FAIR: "fair", Grade.WEAK: "bad", Grade.LOST: "bad"}  # noqa: RUF012
    GLYPHS: dict[Grade, str] = {  # noqa: RUF012
        Grade.GOOD: "tray-good",
        Grade.FAIR: "tray-fair",
        Grade.WEAK: "tray-weak",
        Grade.LOST: "warning",
    }

    def __init__(self) -> None:
        super().__init__()
        self._glyph, self._word = Glyph("tray-good", 18, "good"), label(role="title", wrap=False)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self._glyph)
        layout.addWidget(self._word)

    def show_grade(self, grade: Grade | None) -> None:
        """`None`: nothing was heard yet."""
        if grade is None:
            self._glyph.show_glyph("tray-working", "dim")
            self._word.setText(tr("Waiting"))
            set_role(self._word, "dim")
            self.setAccessibleName(tr("Link quality: not known yet"))
            return
        self._glyph.show_glyph(self.GLYPHS[grade], self.TONES[grade])
        self._word.setText(tr(GRADES[grade]))
        set_role(self._word, f"grade-{self.TONES[grade]}")
        self.setAccessibleName(tr("Link quality: {grade}", grade=tr(GRADES[grade])))


class Sparkline(QWidget):
    """Round-trip times, one a second, newest at the right. A lost ping is a gap with a mark on the floor."""

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
        # Time goes to the right in every language: over the oldest answers the words hide least.
        side = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute
        painter.drawText(self.rect().adjusted(2, 3, -2, 0), side, numbers.milliseconds(top))
        painter.end()


def set_glyph(made: QAbstractButton, glyph: str) -> None:
    made.setProperty("glyph", glyph)
    made.setIcon(theme.icon(glyph, colours().text))


def tool(glyph: str, accessible: str, clicked: Callable[[], object], *, name: str = "") -> QToolButton:
    made = QToolButton()
    set_glyph(made, glyph)
    made.setIconSize(QSize(18, 18))
    made.setAccessibleName(accessible)
    made.setToolTip(accessible)
    made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    if name:
        made.setObjectName(name)
    made.clicked.connect(lambda _checked=False: clicked())
    return made


class Steps(QWidget):
    """Finding, forming, checking: which is done, which is going on, how long each took. When restoring, calling comes first."""

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
        self._steps[Stage.MEETING].setVisible(meeting)  # whoever does not run Nearby Tray is met already
        took = {Stage.MEETING: timings.find, Stage.FORMING: timings.form, Stage.CHECKING: timings.check}
        at = list(self._steps).index(stage) if stage in self._steps else -1
        for k, (each, step) in enumerate(self._steps.items()):
            state = "done" if k < at else "going" if k == at else "pending"
            words = self._words[each]
            if each is Stage.FORMING and attempt > 1 and state == "going":
                words = tr("Making the Wi-Fi link, try {n} of 3", n=attempt)
            step.show_step(state, words, took.get(each) if state == "done" else None)
