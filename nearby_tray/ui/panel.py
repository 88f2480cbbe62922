"""The panel: one small window that shows the whole Snapshot and offers what can be done about it.

One page for each part of the journey, made when first needed. Pages are told the snapshot and draw it; what a page remembers
between two snapshots is only how the user looks at it (which rows must not jump away from under the pointer, what was just copied).
A hidden panel draws nothing and asks for no closer look at the link.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QCursor, QGuiApplication, QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from ..core import pin as pins
from ..core.model import Failure, Health, Member, Method, Missed, Peer, Probe, Reason, Snapshot, Stage, Visibility
from . import theme
from .parts import (
    Code,
    Countdown,
    Elided,
    Fitting,
    GradeMark,
    Left,
    Notice,
    PeerRow,
    Sparkline,
    Step,
    Steps,
    Who,
    Window,
    button,
    card,
    column,
    empty,
    height_for,
    label,
    plain_tip,
    restyle,
    row,
    set_fixed,
    set_glyph,
    set_scale,
    tool,
    width_for,
)
from .patience import Patience
from .text import numbers, translate
from .text.choices import VISIBILITY_HINTS, VISIBLE_TO
from .text.links import POWER_SAVE, PROBES, UNASKED, link_details, member_figures
from .text.names import clean, quoted
from .text.peers import badges, kind_words
from .text.pins import PIN, tries_words
from .text.plain import METHOD_HINTS, NOT_VERIFIED, PHONE, host_obstacle, offers
from .text.reasons import Said, failure_text, problems_text, reason_text
from .text.requests import TRUST_TIP, asker_words, compare_words, identity_changed_text, missed_words, program_path, request_line
from .text.states import STATES, state_line
from .text.translate import isolated, tr

if TYPE_CHECKING:
    from ..edges import Actions

WIDTH = 380
MINUTES = 10  # what "for a while" means in the panel; the settings offer other lengths
MOST_ADDRESSES = 3
MOST_MISSED = 3


@dataclass(frozen=True, slots=True)
class Doors:
    """Where the panel leads to."""

    settings: Callable[[], object]
    question: Callable[[], None]  # the dialog that waits for an answer, or shows a PIN
    closed: Callable[[], None]
    troubleshoot: Callable[[], object] | None = None  # None: there is nobody to ask


class Panel(Window):
    def __init__(self, controller: Actions, name: Callable[[], str], doors: Doors) -> None:
        super().__init__()
        self._controller, self._name, self._doors = controller, name, doors
        self._snapshot = controller.snapshot
        self._close_look = False
        self._hosting = False  # the user is about to begin a group
        self._pages: dict[str, _Page] = {}
        self._page: _Page | None = None
        self.setWindowTitle("Nearby Tray")

        self._header = _Header(controller, doors)
        self._body = Fitting(self.fit)
        self._body.setObjectName("body")
        self._inside = QVBoxLayout(self._body)
        self._inside.setContentsMargins(16, 2, 16, 16)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(self._body)
        self._scroll.viewport().setAutoFillBackground(False)
        self._body.setAutoFillBackground(False)
        outer = column(self, spacing=0)
        outer.addWidget(self._header)
        outer.addWidget(self._scroll, 1)
        restyle(self)

    def render_snapshot(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        if self.isVisible():
            self._draw()

    def _draw(self) -> None:
        snapshot = self._snapshot
        self._header.show_snapshot(snapshot, self._name())
        name = _page_for(snapshot)
        self._hosting = self._hosting and name == "idle"
        name = "host" if self._hosting else name
        page = self._pages.get(name)
        if page is None:
            page = self._pages[name] = _PAGES[name](self._controller, self._doors, self.offer_host)
            self._inside.addWidget(page)
        if page is not self._page:
            for other in self._pages.values():
                other.setVisible(other is page)
            self._page = page
            self._scroll.verticalScrollBar().setValue(0)
            QTimer.singleShot(0, page, page.focus_first)
        page.show_snapshot(snapshot)
        page.setAccessibleName(state_line(snapshot))
        self._look_closely(snapshot.stage in (Stage.LINKED, Stage.HOSTING))

    def offer_host(self, on: bool = True) -> None:
        """Show the page on which a group of our own is begun, or no more."""
        self._hosting = on
        if self.isVisible():
            self._draw()

    def fit(self) -> None:
        """As tall as the page needs, as far as the screen allows; wider only for large fonts and long words."""
        width = max(WIDTH, self.fontMetrics().averageCharWidth() * 48)
        width = max(width_for(self._header.inside, width), width_for(self._inside, width))
        height = height_for(self._header.inside, width) + height_for(self._inside, width)
        wanted = height
        if (screen := self.screen()) is not None:
            width = min(width, screen.availableGeometry().width())
            height = min(height, screen.availableGeometry().height() - 48)
            if self.isVisible() and self._page is not None and self._page.held:
                # To grow at the lower edge of the screen it would have to move; it does when the pointer has left.
                room = screen.availableGeometry().bottom() - self.frameGeometry().bottom() + self.height()
                height = max(self.height(), min(height, room))
        # Its scroll bar would take width, wrap more text and so keep itself needed.
        fits = Qt.ScrollBarPolicy.ScrollBarAlwaysOff if height == wanted else Qt.ScrollBarPolicy.ScrollBarAsNeeded
        self._scroll.setVerticalScrollBarPolicy(fits)
        if (self.width(), self.height()) != (width, height):
            self.setFixedSize(width, height)
            if self.isVisible() and screen is not None:
                # One that grows at the lower edge moves up; Wayland does that, or not, by itself.
                frame, free = self.frameGeometry(), screen.availableGeometry()
                if frame.bottom() > free.bottom():
                    self.move(frame.x(), max(free.top(), free.bottom() - frame.height()))

    def _look_closely(self, wanted: bool) -> None:
        if wanted != self._close_look:
            self._close_look = wanted
            self._controller.health_window(wanted)

    def show_near(self, icon: QRect, *, quietly: bool = False) -> None:
        """Show and raise; beside the tray icon where its place is known (X11), otherwise where the desktop puts windows.

        `quietly`: whoever has the focus keeps it.
        """
        screen = QGuiApplication.screenAt(icon.center()) if icon.isValid() else None
        fresh = not self.isVisible()
        if fresh:
            # Before it is shown: tiling window managers let a window float that comes with a fixed size, and all take a place for that
            # of the frame, later for that of what is inside it.
            self._draw()
            self.fit()
        if fresh and screen is not None:
            free = screen.availableGeometry()
            size = self.frameGeometry().size()
            above = icon.center().y() > free.center().y()
            top = free.bottom() - size.height() - 6 if above else max(icon.bottom(), free.top()) + 6
            place = QPoint(icon.center().x() - size.width() // 2, top)
            place.setX(max(free.left() + 6, min(place.x(), free.right() - size.width() - 6)))
            place.setY(max(free.top(), min(place.y(), free.bottom() - size.height())))
            self.move(place)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating, quietly)
        if (window := self.windowHandle()) is not None:
            window.setProperty("_q_showWithoutActivating", quietly)  # Qt sets it when the window is made, and only then
        self.show()
        self.raise_()
        if not quietly:
            self.activateWindow()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._draw()

    def hideEvent(self, event: QHideEvent) -> None:
        self._look_closely(False)
        super().hideEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self._doors.closed()


def _page_for(snapshot: Snapshot) -> str:
    if snapshot.stage in (Stage.MEETING, Stage.FORMING, Stage.CHECKING):
        return "restoring" if snapshot.restoring_because else "forming"
    return str(snapshot.stage.value)


# --- header ----------------------------------------------------------------------------------------------------------------


class _Header(QWidget):
    """The name that others see, and who may see it."""

    def __init__(self, controller: Actions, doors: Doors) -> None:
        super().__init__()
        self._controller = controller
        self._name, self._state = Elided("title", scale=1.15), label(role="dim")
        names = QVBoxLayout()
        names.setSpacing(1)
        names.addWidget(self._name)
        names.addWidget(self._state)
        top = QHBoxLayout()
        top.setSpacing(11)
        mark = QLabel()
        mark.setPixmap(theme.application_icon().pixmap(34, 34))
        mark.setFixedSize(34, 34)
        top.addWidget(mark)
        top.addLayout(names, 1)
        if doors.troubleshoot is not None:
            help = tool("troubleshoot", tr("Troubleshoot"), doors.troubleshoot, name="troubleshootButton")
            top.addWidget(help, 0, Qt.AlignmentFlag.AlignTop)
        top.addWidget(tool("settings", tr("Settings"), doors.settings, name="settingsButton"), 0, Qt.AlignmentFlag.AlignTop)

        frame, inside = card(spacing=5)
        inside.setContentsMargins(12, 8, 8, 8)
        group = QButtonGroup(self)
        group.setExclusive(True)
        self._choices: dict[Visibility, QPushButton] = {}
        line = row(label(tr("Visible to"), "dim", wrap=False), 1, spacing=2)
        for visibility, words in (
            (Visibility.EVERYONE, tr("&Everyone")),
            (Visibility.TRUSTED, tr("&Trusted")),
            (Visibility.NOBODY, tr("&Nobody")),
        ):
            choice = button(words, self._choose(visibility), role="segment", name=f"visible-{visibility.value}")
            choice.setAccessibleName(tr(VISIBLE_TO[visibility]))
            choice.setToolTip(tr(VISIBILITY_HINTS[visibility]))
            choice.setCheckable(True)
            group.addButton(choice)
            line.addWidget(choice)
            self._choices[visibility] = choice
        inside.addLayout(line)
        self._hint = label(role="dim", scale=0.92)
        self._limit = button("", self._toggle_limit, role="link", name="visibleLimit")
        self._limited = False
        self._hint_words = ""
        under = QHBoxLayout()
        under.setSpacing(6)
        under.addWidget(self._hint, 1)
        under.addWidget(self._limit, 0, Qt.AlignmentFlag.AlignVCenter)
        inside.addLayout(under)

        self.inside = layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 10)
        layout.setSpacing(12)
        layout.addLayout(top)
        layout.addWidget(frame)
        self._asker = label(role="dim", scale=0.92)
        self._asker.setObjectName("askedBy")
        layout.addWidget(self._asker)
        self._timer = QTimer(self)
        self._timer.setInterval(1000)
        self._timer.timeout.connect(self._tick)
        self._left = Left()

    def _choose(self, visibility: Visibility) -> Callable[[], None]:
        return lambda: self._controller.set_visibility(visibility, None)

    def _toggle_limit(self) -> None:
        self._controller.set_visibility(Visibility.EVERYONE, None if self._limited else MINUTES)

    def show_snapshot(self, snapshot: Snapshot, name: str) -> None:
        self._name.setText(clean(name))
        self._state.setText(state_line(snapshot))
        asker = asker_words(snapshot)
        self._asker.setText(asker)
        self._asker.setVisible(bool(asker))
        self._asker.setToolTip(plain_tip(program_path(snapshot.asker)) if snapshot.asker is not None else "")
        for visibility, choice in self._choices.items():
            choice.setChecked(visibility is snapshot.visibility)
        everyone = snapshot.visibility is Visibility.EVERYONE
        self._limited = everyone and snapshot.visible_until is not None
        self._left.follow(snapshot.visible_until, snapshot.now)
        self._limit.setVisible(everyone)
        words = tr("&Keep on") if self._limited else tr("Only for {n} &minutes", n=MINUTES)
        if words != self._limit.text():
            self._limit.setText(words)
            self._limit.setAccessibleName(words.replace("&", ""))
        self._hint_words = tr(VISIBILITY_HINTS[snapshot.visibility]) if not everyone else ""
        self._tick()

    def _tick(self) -> None:
        if self._limited:
            self._hint.setText(tr("For {time} more.", time=numbers.clock(self._left.seconds())))
        else:
            self._hint.setText(self._hint_words or tr("Until you change it."))
        moving = self._limited and self.isVisible()
        if moving != self._timer.isActive():
            self._timer.start() if moving else self._timer.stop()

    def hideEvent(self, event: QHideEvent) -> None:
        self._timer.stop()


# --- pages -----------------------------------------------------------------------------------------------------------------


class _Page(QWidget):
    def __init__(self, controller: Actions, doors: Doors, offer_host: Callable[[bool], None]) -> None:
        super().__init__()
        self.controller, self.doors, self.offer_host = controller, doors, offer_host
        self.layout_ = column(self)
        self.build()
        self.layout_.addStretch(1)

    def build(self) -> None:
        raise NotImplementedError

    @property
    def held(self) -> bool:
        """Is the pointer on something that must not move away from under it?"""
        return False

    def focus_first(self) -> None:
        """Where the keyboard starts: the page itself, so that no key pressed a moment too late ends what has just begun."""
        self.setFocus()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        raise NotImplementedError


class _Idle(_Page):
    def focus_first(self) -> None:
        usable = [each for each in (self._again, self._connect) if each.isEnabled() and each.isVisibleTo(self)]
        (usable[0] if usable else self).setFocus()

    def build(self) -> None:
        self._trouble: dict[str, Notice] = {}
        self._problems = Notice("fair", "warning")
        self._problems.setObjectName("problems")
        self._problems.inside.addLayout(row(button(tr("&Dismiss"), self.controller.dismiss, role="flat", name="dismissProblems"), 1))
        self.layout_.addWidget(self._problems)
        self._failure = Notice("bad", "warning")
        self._failure.setObjectName("failure")
        self._again = button(tr("Try &again"), self.controller.seek, name="tryAgainButton")
        self._failure.inside.addSpacing(4)
        self._failure.inside.addLayout(
            row(self._again, button(tr("&Dismiss"), self.controller.dismiss, role="flat", name="dismissButton"), 1, *self._links())
        )
        self.layout_.addWidget(self._failure)
        self._left = Notice("card", "hint")
        self._left.setObjectName("left")
        again = button(tr("Connect again"), self.controller.seek, name="connectAgainButton")
        dismiss = button(tr("&Dismiss"), self.controller.dismiss, role="flat", name="dismissLeft")
        self._left.inside.addLayout(row(again, dismiss, 1))
        self.layout_.addWidget(self._left)
        self._missed = QVBoxLayout()
        self._missed.setSpacing(8)
        self._missed_shown: tuple[Missed, ...] = ()
        self.layout_.addLayout(self._missed)
        for radio in ("wifi", "bluetooth"):
            notice = self._trouble[radio] = Notice("fair", "warning")
            notice.setObjectName(f"trouble-{radio}")
            if links := self._links():
                notice.inside.addLayout(row(*links, 1))
            self.layout_.addWidget(notice)
        self._connect = button(tr("&Connect nearby"), self.controller.seek, role="primary", name="connectButton")
        self._connect.setMinimumHeight(46)
        set_scale(self._connect, 1.1)
        self._hint = label(role="dim")
        self._hint.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.layout_.addWidget(self._connect)
        self.layout_.addWidget(self._hint)
        self._host = button(tr("&Host a group…"), lambda: self.offer_host(True), role="flat", name="hostButton")
        self.layout_.addWidget(self._host)
        self._why_not = label(role="dim", scale=0.88)
        self._why_not.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.layout_.addWidget(self._why_not)

    def _links(self) -> list[QWidget]:
        """The way from a failure to the doctor, where there is one."""
        go = self.doors.troubleshoot
        return [button(tr("Troubleshoot…"), go, role="link", name="troubleshootLink")] if go is not None else []

    def _show_missed(self, missed: tuple[Missed, ...]) -> None:
        """A line for each, the last ones first, until it is answered or put away."""
        if missed == self._missed_shown:
            return
        self._missed_shown = missed
        empty(self._missed)
        for each in reversed(missed[-MOST_MISSED:]):
            notice = Notice("card", "hint")
            notice.setObjectName("missed")
            answer = button(tr("Answer"), partial(self.controller.call_back, each.id), name="answerMissedButton")
            dismiss = button(tr("Dismiss"), partial(self.controller.forget_missed, each.id), role="flat", name="dismissMissedButton")
            notice.inside.addLayout(row(answer, dismiss, 1))
            notice.say(Said(missed_words(each), "", ""))
            self._missed.addWidget(notice)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        left = snapshot.failure is not None and snapshot.failure.reason is Reason.PEER_LEFT
        self._left.setVisible(left)
        if left and snapshot.failure is not None:
            said = failure_text(snapshot.failure, snapshot.peer.name if snapshot.peer else "")
            self._left.say(Said(said.sentence, "", ""))
        _show_failure(self._failure, None if left else snapshot.failure, snapshot.peer)
        self._show_missed(snapshot.missed)
        self._problems.setVisible(bool(snapshot.problems))
        if snapshot.problems:
            self._problems.say(*problems_text(snapshot))
        for radio, reason in (("wifi", snapshot.radios.wifi), ("bluetooth", snapshot.radios.bluetooth)):
            notice = self._trouble[radio]
            notice.setVisible(reason is not None)
            if reason is not None:
                notice.say(reason_text(reason))
        obstacle = host_obstacle(snapshot.radios)
        self._host.setEnabled(not obstacle)
        self._host.setAccessibleDescription(obstacle)
        self._why_not.setVisible(bool(obstacle) and snapshot.radios.wifi is None)  # what is wrong with the radio is said above
        self._why_not.setText(obstacle)
        ready = snapshot.radios.trouble is None
        self._connect.setEnabled(ready)
        self._again.setEnabled(ready)
        if not ready:
            self._hint.setText(tr("Possible as soon as the radios are ready."))
        elif snapshot.listening:
            self._hint.setText(tr("Works without any network around.\nThis computer hears when others look for it."))
        else:
            self._hint.setText(tr("Works without any network around."))


def _show_failure(notice: Notice, failure: Failure | None, peer: Peer | None) -> None:
    notice.setVisible(failure is not None)
    if failure is not None:
        detail = clean(failure.detail, 160) if failure.detail else ""
        notice.say(failure_text(failure, peer.name if peer else ""), tr("Details: {detail}", detail=detail) if detail else "")


class _PeerList(QFrame):
    """Nothing in it jumps. While the pointer is in it every row keeps its place: one that is gone stays, dimmed, and new ones come below.

    Only when the pointer has rested for a while do those go that are gone below it, so that they do not pile up where much comes and goes.
    Without the pointer in it the rows are in the snapshot's order. The row that the keyboard is on stays as long as it is: otherwise the
    next one would be, and Space would ask that.
    """

    let_go = Signal()  # the pointer was in it, and is not any more
    AT_ONCE = 8  # rows made in one turn of the event loop: each takes more than half a millisecond, and a crowd would be felt
    SOON = 5  # ms; with 0 the rows of two turns would be made in one
    REST = 5000  # ms

    def __init__(self, nobody: str, chosen: Callable[[Peer], None]) -> None:
        super().__init__()
        self.setProperty("role", "card")
        inside = column(self, spacing=0)
        inside.setContentsMargins(5, 5, 5, 5)
        self._chosen = chosen
        self._list = QWidget()
        self._list.setObjectName("list")
        self._list.setAccessibleName(tr("Computers nearby"))
        self._list.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self._rows_layout = column(self._list, spacing=1)
        self._rows_layout.setAlignment(Qt.AlignmentFlag.AlignTop)  # not spread in the moment before the list is as high as its rows
        self._list.installEventFilter(self)
        self._rows: dict[str, PeerRow] = {}  # from top to bottom
        self._peers: tuple[Peer, ...] = ()
        self._was_held = False
        self._soon, self._rest = QTimer(self), QTimer(self)
        for timer, wait, act in ((self._soon, self.SOON, self._arrange), (self._rest, self.REST, self._tidy)):
            timer.setSingleShot(True)
            timer.setInterval(wait)
            timer.timeout.connect(act)
        self._nobody = label(nobody, "dim")
        self._nobody.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._nobody.setMinimumHeight(96)
        inside.addWidget(self._nobody)
        inside.addWidget(self._list)

    @property
    def held(self) -> bool:
        """Is the pointer in it?"""
        return self._list.isVisible() and self._list.underMouse()

    def show_peers(self, peers: tuple[Peer, ...]) -> None:
        self._peers = peers
        self._arrange()

    def choose(self, id: str) -> None:
        known = self._rows.get(id)
        if known is not None and known.usable:
            self._chosen(known.peer)

    def _arrange(self) -> None:
        before, here = list(self._rows), {peer.id: peer for peer in self._peers}
        held = self.held
        for id, known in list(self._rows.items()):
            if id in here:
                if known.out_of_date(here[id]):
                    known.show_peer(here[id])
            elif not held and not known.chosen:
                self._remove(id)
            elif not known.gone:
                known.show_peer(known.peer, gone=True)
        new = [id for id in here if id not in self._rows]
        for id in new[: self.AT_ONCE]:
            self._rows[id] = known = PeerRow(here[id])
            known.clicked.connect(lambda _checked=False, id=id: self.choose(id))
            known.left.connect(self._soon.start)
            self._rows_layout.addWidget(known)
            known.show()
        if len(new) > self.AT_ONCE:
            self._soon.start()
        if not held:
            order = [id for id in here if id in self._rows]
            for place, id in enumerate(before):
                if id in self._rows and id not in here:
                    order.insert(place, id)
            self._sort(order)
        self._nobody.setVisible(not self._rows)
        self._list.setVisible(bool(self._rows))
        was_held, self._was_held = self._was_held, held
        if was_held and not held:
            self.let_go.emit()

    def _remove(self, id: str) -> None:
        gone = self._rows.pop(id)
        self._rows_layout.removeWidget(gone)
        gone.hide()
        gone.deleteLater()

    def _sort(self, order: list[str]) -> None:
        if order == list(self._rows):
            return
        self._rows = {id: self._rows[id] for id in order}
        above: PeerRow | None = None
        for place, known in enumerate(self._rows.values()):
            if self._rows_layout.indexOf(known) != place:
                self._rows_layout.removeWidget(known)
                self._rows_layout.insertWidget(place, known)
            if above is not None:
                QWidget.setTabOrder(above, known)
            above = known

    def _tidy(self) -> None:
        """The pointer rests."""
        pointer = self._list.mapFromGlobal(QCursor.pos()).y()
        for id, known in list(self._rows.items()):
            if known.gone and not known.chosen and known.y() > pointer:
                self._remove(id)
        if self.held:
            self._rest.start()

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        if watched is self._list:
            match event.type():
                case QEvent.Type.HoverEnter | QEvent.Type.HoverMove:
                    self._was_held = True
                    self._rest.start()
                case QEvent.Type.Leave:
                    # A moment later: Qt also says so in the middle of hiding a row, and that the pointer is in it again after that.
                    self._rest.stop()
                    self._soon.start()
                    self.updateGeometry()  # the window may have held still, too
        return False

    def hideEvent(self, event: QHideEvent) -> None:
        # The next search starts with an empty list; these rows belong to this one.
        self._peers = ()
        self._soon.stop()
        self._rest.stop()
        for id in list(self._rows):
            self._remove(id)
        super().hideEvent(event)


class _Seeking(_Page):
    """The list; and for a machine that does not run Nearby Tray, once it is chosen, how to link with it."""

    def build(self) -> None:
        self._countdown = Countdown()
        self.layout_.addWidget(self._countdown)
        self._list = _PeerList(tr("Nobody yet.\nOpen Nearby Tray on the other computer, or Wi-Fi Direct on the phone."), self._choose)
        self.layout_.addWidget(self._list)
        self._ways = _Ways(self._ask, lambda: self._choose(None))
        self.layout_.addWidget(self._ways)
        self._stop = button(tr("&Stop looking"), self.controller.stop_seeking, name="stopButton")
        self.layout_.addWidget(self._stop)
        self._snapshot = Snapshot()
        self._chosen: Peer | None = None

    @property
    def held(self) -> bool:
        return self._list.held

    def show_snapshot(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._countdown.follow(snapshot)
        self._draw()

    def _draw(self) -> None:
        chosen = self._chosen
        if chosen is not None:
            self._ways.show_ways(chosen, self._snapshot)
        self._list.setVisible(chosen is None)
        self._ways.setVisible(chosen is not None)
        self._stop.setVisible(chosen is None)
        self._list.show_peers(self._snapshot.peers if chosen is None else ())

    def _choose(self, peer: Peer | None) -> None:
        if peer is not None and peer.reachable:
            self.controller.ask(peer.id)
            return
        self._chosen = peer
        self._draw()
        (self._ways if peer is not None else self).setFocus()

    def _ask(self, peer: Peer, method: Method, remember: bool) -> None:
        self.controller.ask(peer.id, method, remember)

    def hideEvent(self, event: QHideEvent) -> None:
        self._chosen, self._snapshot = None, Snapshot()
        self._draw()
        super().hideEvent(event)


class _Ways(QWidget):
    """A machine that does not run Nearby Tray: what is known of it, what to do there, and the ways to link; one that cannot be says why."""

    def __init__(self, ask: Callable[[Peer, Method, bool], None], back: Callable[[], None]) -> None:
        super().__init__()
        self._peer: Peer | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        layout = column(self)
        frame, inside = card(spacing=8)
        self._who, self._known = Who(), label(role="dim", scale=0.92)
        self._unverified = label(tr(NOT_VERIFIED), "dim")
        self._phone = label()
        for each in (self._who, self._known, self._unverified, self._phone):
            inside.addWidget(each)
        layout.addWidget(frame)
        self._notice = Notice("fair", "hint")
        self._notice.setObjectName("notNow")
        layout.addWidget(self._notice)
        self._buttons: dict[Method, tuple[QPushButton, QLabel]] = {}
        keys = {Method.PBC: tr("&Push button"), Method.DISPLAY: tr("Show a P&IN here"), Method.KEYPAD: tr("Ente&r its PIN here")}
        for method, words in keys.items():
            way = button(words, lambda method=method: self._chosen(ask, method), name=f"way-{method}")  # type: ignore[misc]
            hint = label(role="dim", scale=0.92)
            hint.setContentsMargins(4, 0, 4, 4)
            self._buttons[method] = way, hint
            layout.addWidget(way)
            layout.addWidget(hint)
        self._remember = QCheckBox(tr("Remember the &group"))
        self._remember.setObjectName("rememberGroupBox")
        self._remember.setAccessibleName(tr("Remember the group"))
        self._remember.setToolTip(tr("It can be formed again with neither button nor PIN."))
        layout.addWidget(self._remember)
        layout.addWidget(button(tr("&Back to the list"), back, role="flat", name="backButton"))

    def show_ways(self, peer: Peer, snapshot: Snapshot) -> None:
        """`peer`: as it was when it was chosen; what is known of it now is in the snapshot."""
        now = next((each for each in snapshot.peers if each.id == peer.id), None)
        if self._peer is None or self._peer.id != peer.id:
            self._remember.setChecked(False)
        self._peer = now or peer
        again = self._peer.remembered and snapshot.radios.abilities.persistent
        self._who.show_peer(self._peer, kind_words(self._peer))
        self._phone.setText(tr(PHONE) if not again else tr("Its group is remembered: it is formed again with neither button nor PIN."))
        signal = tr("Signal {percent}", percent=numbers.percent(self._peer.strength)) if self._peer.strength is not None else ""
        self._known.setText(" · ".join(filter(None, (*badges(self._peer), isolated(self._peer.address), signal))))
        said: Said | None = None
        if now is None or not (now.on_wifi or now.reachable):
            said = Said(tr("No longer here"), tr("It is not seen on Wi-Fi Direct now."), tr(PHONE))
        elif now.reachable:
            said = Said(tr("Nearby Tray answers there"), tr("Go back to the list and ask it: that link is verified."), "")
        self._notice.setVisible(said is not None)
        if said is not None:
            self._notice.say(said)
        for offer in offers(self._peer, snapshot.radios.abilities):
            way, hint = self._buttons[offer.method]
            first = offer.method is Method.PBC
            if first:
                way.setText(tr("&Connect again") if again else tr("&Push button"))
                way.setAccessibleName(way.text().replace("&", ""))
                hint.setVisible(not again)
            else:
                way.setVisible(not again)
                hint.setVisible(not again)
            way.setEnabled(said is None and not offer.obstacle)
            way.setAccessibleDescription(offer.obstacle or offer.hint)
            hint.setText(offer.obstacle or offer.hint)
        self._remember.setVisible(snapshot.radios.abilities.persistent and not again)

    def _chosen(self, ask: Callable[[Peer, Method, bool], None], method: Method) -> None:
        if self._peer is not None:
            ask(self._peer, method, self._remember.isChecked() and self._remember.isVisible())


class _Asking(_Page):
    def build(self) -> None:
        self._changed = Notice("bad", "warning")
        self._changed.setObjectName("identityChanged")
        self.layout_.addWidget(self._changed)
        frame, inside = card(spacing=8)
        self._who = Who()
        self._code = Code()
        self._compare = label()
        self._compare.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._countdown = Countdown()
        for each in (self._who, self._code, self._compare, self._countdown):
            inside.addWidget(each)
        self.layout_.addWidget(frame)
        self._trust = QCheckBox(tr("Trust t&his computer (no code next time)"))
        self._trust.setObjectName("trustBox")
        self._trust.setToolTip(tr(TRUST_TIP))
        self._trust.setAccessibleName(tr("Trust this computer (no code next time)"))
        self.layout_.addWidget(self._trust)
        self._question, self._may_match = "", False
        self._asked = ("", False)
        self._patience: Patience | None = None
        self._match = button(tr("The&y match"), self._they_match, role="primary", name="matchButton")
        self._cancel = button(tr("&Cancel"), self.controller.cancel, name="cancelButton")
        for answer in (self._match, self._cancel):
            answer.setAutoDefault(False)
        self.layout_.addLayout(row(1, self._cancel, self._match))

    def focus_first(self) -> None:
        self.setFocus()  # no button: what is typed when the code comes up answers nothing

    def _enable(self) -> None:
        self._match.setEnabled(self._may_match and self._patience is not None and self._patience.over)

    def _they_match(self) -> None:
        if self._patience is not None and self._patience.over and self._may_match:
            self._may_match = False  # one question has one answer
            self._enable()
            self.controller.match(self._question, self._trust.isChecked() and self._trust.isVisible())

    def show_snapshot(self, snapshot: Snapshot) -> None:
        peer = snapshot.peer
        changed = peer is not None and peer.identity_changed
        self._changed.setVisible(changed)
        if changed and peer is not None:
            self._changed.say(identity_changed_text(peer.name))
        self._who.show_peer(peer)
        self._code.setVisible(snapshot.code is not None and snapshot.needs_code)
        self._code.show_code(snapshot.code or "")
        compares = snapshot.code is not None and snapshot.needs_code and not snapshot.agreed_here
        self._trust.setVisible(compares)
        if snapshot.code is None:
            self._trust.setChecked(False)  # a new request begins
        if self._patience is None:
            self._patience = Patience(self.window(), self._enable)
        asks = (snapshot.question, snapshot.may_match)
        if asks != self._asked:
            self._asked = asks
            self._question, self._may_match = asks
            self._patience.again()
        self._match.setVisible(compares)
        self._enable()
        self._compare.setText(compare_words(snapshot))
        self._countdown.follow(snapshot)


class _Asked(_Page):
    """The request has its own window; the panel says so and leads there. Once it is accepted the code is here, too."""

    def focus_first(self) -> None:
        self.setFocus()

    def build(self) -> None:
        frame, inside = card(spacing=10)
        self._who = Who()
        self._code, self._compare = Code(), label()
        self._compare.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._show = button(tr("&Show the request"), self.doors.question, role="primary", name="showRequestButton")
        self._countdown = Countdown()
        for each in (self._who, self._code, self._compare, self._countdown, self._show):
            inside.addWidget(each)
        self.layout_.addWidget(frame)
        self._cancel = button(tr("&Cancel"), self.controller.cancel, name="cancelButton")
        self.layout_.addWidget(self._cancel)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        waits = snapshot.agreed_here
        self._who.show_peer(snapshot.peer, request_line(snapshot))
        self._code.setVisible(waits and snapshot.code is not None and snapshot.needs_code)
        self._code.show_code(snapshot.code or "")
        self._compare.setVisible(waits)
        self._compare.setText(compare_words(snapshot))
        self._show.setVisible(not waits)
        self._cancel.setVisible(waits)
        self._countdown.follow(snapshot)


class _Forming(_Page):
    def build(self) -> None:
        frame, inside = card(spacing=10)
        self._who, self._steps, self._countdown = Who(), Steps(), Countdown()
        self._pin, self._unasked = _Pin(self.doors.question), label(role="dim")
        for each in (self._who, self._unasked, self._pin, self._steps, self._countdown):
            inside.addWidget(each)
        self.layout_.addWidget(frame)
        self._hint = label(role="dim")
        self._hint.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.layout_.addWidget(self._hint)
        self.layout_.addWidget(button(tr("&Cancel"), self.controller.cancel, name="cancelButton"))

    def show_snapshot(self, snapshot: Snapshot) -> None:
        self._who.show_peer(snapshot.peer, verified=snapshot.verified)
        _show_unasked(self._unasked, snapshot)
        self._pin.show_snapshot(snapshot)
        self._steps.show_steps(snapshot.stage, snapshot.attempt, snapshot.timings, meeting=snapshot.verified)
        if snapshot.verified:
            self._hint.setText(tr("Usually ready within 15 seconds.\nThe ordinary network stays as it is."))
        elif snapshot.method is Method.PBC and snapshot.stage is Stage.FORMING:
            self._hint.setText(tr("{what}\n{then}", what=tr(PHONE), then=tr(METHOD_HINTS[Method.PBC])))
        else:
            self._hint.setText(tr("The ordinary network stays as it is."))
        self._countdown.follow(snapshot)


class _Pin(QWidget):
    """The PIN to be typed on the other machine, also here: its window may have been closed."""

    def __init__(self, enlarge: Callable[[], None]) -> None:
        super().__init__()
        self._what, self._code = label(), Code(2.25, PIN)
        self._what.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        layout = column(self, spacing=4)
        layout.addWidget(self._what)
        layout.addWidget(self._code)
        layout.addWidget(button(tr("Sho&w it large"), enlarge, role="link", name="showPinButton"), 0, Qt.AlignmentFlag.AlignHCenter)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        self.setVisible(snapshot.pin is not None)
        self._code.show_code(pins.grouped(snapshot.pin or ""))
        name = quoted(snapshot.peer.name if snapshot.peer else "")
        self._what.setText(tr("Type this PIN on {peer}", peer=name))


class _Entering(_Page):
    """The PIN is typed in a window of its own; the panel says so and leads there."""

    def build(self) -> None:
        frame, inside = card(spacing=10)
        self._who, self._what = Who(), label()
        self._enter = button(tr("Enter the &PIN"), self.doors.question, role="primary", name="enterPinButton")
        self._countdown = Countdown()
        for each in (self._who, self._what, self._countdown, self._enter):
            inside.addWidget(each)
        self.layout_.addWidget(frame)
        self._hint = label(tr(PHONE), "dim")
        self._hint.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.layout_.addWidget(self._hint)
        self.layout_.addWidget(button(tr("&Cancel"), self.controller.cancel, name="cancelButton"))

    def show_snapshot(self, snapshot: Snapshot) -> None:
        self._who.show_peer(snapshot.peer, verified=snapshot.verified)
        self._what.setText(tries_words(snapshot) or tr("It shows a PIN now."))
        self._countdown.follow(snapshot)


class _Linked(_Page):
    def build(self) -> None:
        frame, inside = card(spacing=10)
        self._who, self._grade = Who(), GradeMark()
        self._who.side.addWidget(self._grade, 0, Qt.AlignmentFlag.AlignTop)
        inside.addWidget(self._who)
        self._unasked = label(role="dim")
        inside.addWidget(self._unasked)
        self._line = Sparkline()
        inside.addWidget(self._line)
        self._probe = label(role="dim", scale=0.92)
        inside.addWidget(self._probe)
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(8)
        self._figures: dict[str, QLabel] = {}
        for k, (key, words, tip) in enumerate(
            (
                ("last", tr("Round trip"), tr("The latest answer")),
                ("p50", tr("Typical"), tr("Half of the answers of the last 30 seconds were quicker (p50)")),
                ("p95", tr("Slowest"), tr("95 of 100 answers were quicker (p95)")),
                ("loss", tr("Lost"), tr("Pings of the last 30 seconds without an answer")),
                ("signal", tr("Signal"), tr("Strength of the other's Wi-Fi, as NetworkManager knows it")),
                ("traffic", tr("In / out"), tr("Bytes that came and went over this link")),
            )
        ):
            cell = QVBoxLayout()
            cell.setSpacing(0)
            figure = label(role="title", wrap=False)
            figure.setObjectName(f"figure-{key}")
            figure.setToolTip(tip)
            self._figures[key] = figure
            cell.addWidget(figure)
            cell.addWidget(label(words, "dim", wrap=False, scale=0.88))
            grid.addLayout(cell, k // 3, k % 3)
            grid.setColumnStretch(k % 3, 1)
        inside.addLayout(grid)
        self.layout_.addWidget(frame)

        self._power = Notice("fair", "hint")
        self._power.setObjectName("powerSave")
        self._power.say(Said(tr("Wi-Fi power saving"), tr(POWER_SAVE), ""))
        self.layout_.addWidget(self._power)

        addresses, self._rows = card(spacing=4)
        self._rows.setContentsMargins(14, 10, 8, 10)
        self._addresses = addresses
        self._shown: tuple[tuple[str, ...], tuple[str, ...]] | None = None
        self.layout_.addWidget(addresses)
        self._details = _Details()
        self.layout_.addWidget(self._details)
        self._timings = label(role="dim", scale=0.9)
        self._timings.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.layout_.addWidget(self._timings)
        self._end = button(tr("&Disconnect"), self.controller.disconnect, name="disconnectButton")
        self.layout_.addWidget(self._end)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        self._who.show_peer(snapshot.peer, verified=snapshot.verified)
        self._details.show_snapshot(snapshot)
        _show_unasked(self._unasked, snapshot)
        health = snapshot.health
        self._grade.setVisible(health is not None)
        if health is not None:
            self._grade.show_grade(health.grade)
        self._show_figures(health)
        probe = health.probe if health is not None else Probe.PINGS
        self._line.setVisible(probe is not Probe.NEIGHBOUR)
        self._probe.setVisible(probe is not Probe.PINGS)
        self._probe.setText(tr("Measured with: {what}.", what=tr(PROBES[probe])))
        self._power.setVisible(health is not None and health.power_save)
        self._show_addresses(snapshot)
        took = snapshot.timings
        parts = []
        if took.find is not None:
            parts.append(tr("found in {time}", time=numbers.seconds(took.find)))
        if took.form is not None:
            parts.append(tr("linked in {time}", time=numbers.seconds(took.form)))
        if took.check is not None:
            parts.append(tr("checked in {time}", time=numbers.seconds(took.check)))
        said = translate.listed(parts)
        self._timings.setText(said[:1].upper() + said[1:])
        self._timings.setVisible(bool(parts))

    def _show_figures(self, health: Health | None) -> None:
        shown = dict.fromkeys(self._figures, "–")
        if health is not None:
            shown = {
                "last": numbers.milliseconds(health.rtt_last),
                "p50": numbers.milliseconds(health.rtt_p50),
                "p95": numbers.milliseconds(health.rtt_p95),
                "loss": numbers.share(health.loss if health.probe is not Probe.NEIGHBOUR else None),
                "signal": numbers.percent(health.signal),
                "traffic": tr("{a} / {b}", a=numbers.size(health.bytes_in), b=numbers.size(health.bytes_out))
                if health.bytes_in is not None
                else "–",
            }
            self._line.show_history(health.history)
        for key, words in shown.items():
            self._figures[key].setText(words)

    def _show_addresses(self, snapshot: Snapshot) -> None:
        link = snapshot.link
        addresses = (scoped(link.peer, link.interface), scoped(link.own, link.interface)) if link else ((), ())
        self._addresses.setVisible(any(addresses))
        if addresses == self._shown:
            return
        self._shown = addresses
        empty(self._rows)
        for words, listed in ((tr("Other computer"), addresses[0]), (tr("This computer"), addresses[1])):
            if listed:
                self._rows.addWidget(label(words, "dim", wrap=False, scale=0.9))
            for address in listed:
                self._rows.addWidget(_Address(address, words))


class _Details(QWidget):
    """How the group came about and what it is made of; folded until somebody asks."""

    def __init__(self) -> None:
        super().__init__()
        self._open = False
        self._shown: tuple[tuple[str, str], ...] = ()
        self._toggle = button("", self._fold, role="link", name="detailsButton")
        self._card, inside = card(spacing=6)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(1, 1)
        inside.addLayout(self._grid)
        layout = column(self, spacing=4)
        layout.addWidget(self._toggle, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(self._card)
        self._fold(False)

    def _fold(self, open: bool | None = None) -> None:
        self._open = not self._open if open is None else open
        self._card.setVisible(self._open)
        self._toggle.setText(tr("&Fewer details") if self._open else tr("Detai&ls"))
        self._toggle.setAccessibleName(self._toggle.text().replace("&", ""))

    def show_snapshot(self, snapshot: Snapshot) -> None:
        link, hosting = snapshot.link, snapshot.stage is Stage.HOSTING
        self.setVisible(link is not None)
        if link is None:
            return
        probe = snapshot.health.probe if snapshot.health is not None else None
        rows = link_details(link, verified=snapshot.verified, hosting=hosting, probe=probe)
        if rows == self._shown:
            return
        self._shown = rows
        empty(self._grid)
        for k, (words, value) in enumerate(rows):
            said = label(value)
            said.setAccessibleName(f"{words}: {value}")
            self._grid.addWidget(label(words, "dim", wrap=False), k, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(said, k, 1)


def _show_unasked(where: QLabel, snapshot: Snapshot) -> None:
    where.setText(tr(UNASKED))
    where.setVisible(snapshot.unasked)


def scoped(addresses: tuple[str, ...], interface: str) -> tuple[str, ...]:
    """As another program needs them: link-local IPv6 addresses with their interface."""
    return tuple(f"{a}%{interface}" if a.lower().startswith("fe80:") and "%" not in a else a for a in addresses[:MOST_ADDRESSES])


class _Address(QWidget):
    def __init__(self, address: str, whose: str) -> None:
        super().__init__()
        self._address = address
        shown = Elided()
        set_fixed(shown)
        shown.setText(address)
        self._said = label(role="dim", wrap=False, scale=0.9)
        self._copy = tool("copy", tr("Copy {address}", address=address), self._copy_it, name="copyButton")
        self._copy.setAccessibleDescription(whose)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(shown, 1)
        layout.addWidget(self._said)
        layout.addWidget(self._copy)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(1800)
        self._timer.timeout.connect(self._forget)

    def _copy_it(self) -> None:
        QGuiApplication.clipboard().setText(self._address)
        self._said.setText(tr("Copied"))
        set_glyph(self._copy, "check")
        self._timer.start()

    def _forget(self) -> None:
        self._said.setText("")
        set_glyph(self._copy, "copy")


class _Restoring(_Page):
    def build(self) -> None:
        self._why = Notice("fair", "tray-restoring")
        self._why.setObjectName("restoring")
        self.layout_.addWidget(self._why)
        frame, inside = card(spacing=10)
        self._who, self._steps, self._countdown = Who(), Steps(restoring=True), Countdown()
        for each in (self._who, self._steps, self._countdown):
            inside.addWidget(each)
        self.layout_.addWidget(frame)
        self.layout_.addWidget(button(tr("&Give up"), self.controller.disconnect, name="giveUpButton"))

    def show_snapshot(self, snapshot: Snapshot) -> None:
        reason = snapshot.restoring_because or Reason.LINK_LOST
        said = reason_text(reason, stage=Stage.LINKED, peer=snapshot.peer.name if snapshot.peer else "")
        self._why.say(Said(said.title, said.sentence, tr("It is being restored; bring the two closer together.")))
        self._who.show_peer(snapshot.peer, tr("Try {n} of 3", n=max(1, snapshot.attempt)))
        self._steps.show_steps(snapshot.stage, 1, snapshot.timings)
        self._countdown.follow(snapshot)


class _Ending(_Page):
    def build(self) -> None:
        frame, inside = card(spacing=10)
        self._who, self._step = Who(), Step(tr(STATES[Stage.ENDING]))
        inside.addWidget(self._who)
        inside.addWidget(self._step)
        self.layout_.addWidget(frame)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        self._who.setVisible(snapshot.peer is not None)
        self._who.show_peer(snapshot.peer)
        self._step.show_step("going", tr("Saying goodbye, tidying up"))


class _Host(_Page):
    """Before a group of our own is begun: what it is, and whether it is to be remembered."""

    def build(self) -> None:
        frame, inside = card(spacing=8)
        inside.addWidget(label(tr("Host a group"), "title", scale=1.1))
        inside.addWidget(label(tr("This computer becomes the centre of a Wi-Fi Direct group that phones, TVs and computers can join.")))
        inside.addWidget(label(tr("You are asked for each one. None of them is verified."), "dim"))
        self.layout_.addWidget(frame)
        self._remember = QCheckBox(tr("&Remember this group"))
        self._remember.setObjectName("rememberGroupBox")
        self._remember.setAccessibleName(tr("Remember this group"))
        self._remember.setToolTip(tr("Who was in it can come back with neither button nor PIN."))
        self.layout_.addWidget(self._remember)
        self._why = Notice("fair", "warning")
        self._why.setObjectName("hostObstacle")
        self.layout_.addWidget(self._why)
        self._start = button(tr("&Start the group"), self._begin, role="primary", name="startGroupButton")
        self._start.setMinimumHeight(46)
        self.layout_.addWidget(self._start)
        self.layout_.addWidget(button(tr("&Back"), lambda: self.offer_host(False), role="flat", name="backButton"))

    def show_snapshot(self, snapshot: Snapshot) -> None:
        obstacle = host_obstacle(snapshot.radios)
        self._start.setEnabled(not obstacle)
        self._why.setVisible(bool(obstacle))
        self._why.say(Said(tr("Not possible here now"), obstacle, ""))
        self._remember.setVisible(snapshot.radios.abilities.persistent)

    def _begin(self) -> None:
        self.controller.host(self._remember.isChecked() and self._remember.isVisible())


class _Hosting(_Page):
    """A group of our own: who is in it and how well each is heard, who is coming, whom to invite."""

    def build(self) -> None:
        self._problem = Notice("bad", "warning")
        self._problem.setObjectName("failure")
        self._problem.inside.addSpacing(4)
        self._problem.inside.addLayout(row(button(tr("&Dismiss"), self.controller.dismiss, role="flat", name="dismissButton"), 1))
        self.layout_.addWidget(self._problem)
        self._starting, inside = card(spacing=10)
        self._step = Step(tr("Starting a group"))
        inside.addWidget(self._step)
        self.layout_.addWidget(self._starting)

        self._coming, inside = card(spacing=8)
        self._who, self._pin, self._what, self._countdown = Who(), _Pin(self.doors.question), label(role="dim"), Countdown()
        for each in (self._who, self._pin, self._what, self._countdown):
            inside.addWidget(each)
        inside.addLayout(row(1, button(tr("&Do not let it in"), lambda: self.controller.decline(), name="keepOutButton")))
        self.layout_.addWidget(self._coming)

        self._empty, inside = card()
        nobody = label(tr("Nobody has joined yet.\n{what}", what=tr("On the phone, open Wi-Fi Direct and choose this computer.")), "dim")
        nobody.setAlignment(Qt.AlignmentFlag.AlignCenter)
        nobody.setMinimumHeight(64)
        inside.addWidget(nobody)
        self.layout_.addWidget(self._empty)
        self._members = QWidget()
        self._members.setObjectName("members")
        self._members.setAccessibleName(tr("Members of the group"))
        self._rows_layout = column(self._members, spacing=8)
        self._rows: dict[str, _MemberRow] = {}
        self.layout_.addWidget(self._members)

        self._left = Countdown()
        self._invite = button(tr("&Invite…"), self.controller.seek, name="inviteButton")
        self.layout_.addWidget(self._invite)
        self._list = _PeerList(tr("Looking for machines nearby.\n{what}", what=tr(PHONE)), self._ask_in)
        self._snapshot = Snapshot()
        self._list.let_go.connect(self._draw)
        self.layout_.addWidget(self._left)
        self.layout_.addWidget(self._list)

        addresses, self._own = card(spacing=4)
        self._own.setContentsMargins(14, 10, 8, 10)
        self._addresses = addresses
        self._shown: tuple[str, ...] = ()
        self.layout_.addWidget(addresses)
        self._details = _Details()
        self.layout_.addWidget(self._details)
        self.layout_.addWidget(button(tr("End the &group"), self.controller.disconnect, name="endGroupButton"))

    @property
    def held(self) -> bool:
        return self._list.held

    def show_snapshot(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        up, coming = snapshot.link is not None, snapshot.peer
        inside = {member.peer.id for member in snapshot.members} | {member.peer.address for member in snapshot.members}
        others = tuple(peer for peer in snapshot.peers if peer.id not in inside and peer.address not in inside and peer.address)
        # While nobody is looked for there are no peers in the snapshot; the deadline says that somebody is.
        finding = up and coming is None and (bool(snapshot.peers) or snapshot.deadline is not None)
        if finding and self._list.held:
            # A member or a notice more above the list would push it away from under the pointer: they come when that has left.
            self._list.show_peers(others)
            return
        _show_failure(self._problem, snapshot.failure, None)
        self._starting.setVisible(not up)
        self._step.show_step("done" if up else "going", tr("Starting a group"))
        self._coming.setVisible(coming is not None)
        if coming is not None:
            self._who.show_peer(coming, verified=snapshot.verified)
            self._pin.show_snapshot(snapshot)
            self._what.setVisible(snapshot.pin is None)
            self._what.setText(tr("It may join now. {what}", what=tr(PHONE)))
            self._countdown.follow(snapshot)
        self._empty.setVisible(up and not snapshot.members and coming is None)
        self._show_members(snapshot)
        self._left.follow(snapshot if finding else replace(snapshot, deadline=None))
        self._list.setVisible(finding)
        self._list.show_peers(others if finding else ())
        self._invite.setVisible(up and not finding)
        self._invite.setEnabled(coming is None)
        link = snapshot.link
        own = scoped(link.own, link.interface) if link is not None else ()
        self._addresses.setVisible(bool(own))
        if own != self._shown:
            self._shown = own
            empty(self._own)
            self._own.addWidget(label(tr("This computer"), "dim", wrap=False, scale=0.9))
            for address in own:
                self._own.addWidget(_Address(address, tr("This computer")))
        self._details.show_snapshot(snapshot)

    def _draw(self) -> None:
        self.show_snapshot(self._snapshot)

    def _show_members(self, snapshot: Snapshot) -> None:
        here = {member.peer.address or member.peer.id: member for member in snapshot.members}
        for key in [key for key in self._rows if key not in here]:
            gone = self._rows.pop(key)
            self._rows_layout.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        interface = snapshot.link.interface if snapshot.link is not None else ""
        for key, member in here.items():
            if key not in self._rows:
                self._rows[key] = row_ = _MemberRow(lambda address=member.peer.address: self.controller.expel(address))  # type: ignore[misc]
                self._rows_layout.addWidget(row_)
                row_.show()
            self._rows[key].show_member(member, interface)
        self._members.setVisible(bool(here))

    def _ask_in(self, peer: Peer) -> None:
        self.controller.invite(peer.id)


class _MemberRow(QFrame):
    """One machine in our group."""

    def __init__(self, expel: Callable[[], None]) -> None:
        super().__init__()
        self.setProperty("role", "card")
        inside = column(self, spacing=6)
        inside.setContentsMargins(14, 10, 8, 10)
        self._who, self._grade = Who(), GradeMark()
        self._who.side.addWidget(self._grade, 0, Qt.AlignmentFlag.AlignTop)
        inside.addWidget(self._who)
        self._figures = label(role="dim", scale=0.92)
        self._out = button(tr("Disconnect"), expel, role="link", name="expelButton")
        line = row(self._figures, self._out)
        line.setStretch(0, 1)
        inside.addLayout(line)
        self._addresses = QVBoxLayout()
        self._addresses.setSpacing(2)
        inside.addLayout(self._addresses)
        self._shown: tuple[str, ...] = ()

    def show_member(self, member: Member, interface: str) -> None:
        health = member.health
        self._who.show_peer(member.peer, verified=False)
        self._grade.show_grade(health.grade if health is not None else None)
        self._figures.setText(member_figures(health))
        self._out.setAccessibleName(tr("Disconnect {peer}", peer=clean(member.peer.name)))
        addresses = scoped(member.addresses, interface)
        if addresses != self._shown:
            self._shown = addresses
            empty(self._addresses)
            for address in addresses:
                self._addresses.addWidget(_Address(address, clean(member.peer.name)))


_PAGES: dict[str, type[_Page]] = {
    "idle": _Idle,
    "host": _Host,
    "hosting": _Hosting,
    "entering": _Entering,
    "seeking": _Seeking,
    "asking": _Asking,
    "asked": _Asked,
    "forming": _Forming,
    "linked": _Linked,
    "restoring": _Restoring,
    "ending": _Ending,
}
