"""The list of computers nearby."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QCursor, QHideEvent
from PySide6.QtWidgets import QFrame, QWidget

from ...core.model import Peer
from ..parts.basics import column, label
from ..parts.peer_row import PeerRow
from ..text.translate import tr
from ..timers import timer


class PeerList(QFrame):
    """The rows of peers. Under the pointer nothing moves.

    While the pointer is in the list, a row whose peer is gone stays, dimmed, and new rows come at the end. After the pointer has rested
    for a while, dimmed rows below it are removed, so that they do not pile up. Otherwise the rows are in the order of the snapshot.
    A focused row is kept even after its peer is gone: removing it would move the focus to the next row, and Space would then ask the
    wrong peer.
    """

    let_go = Signal()  # the pointer has left the list
    AT_ONCE = 8  # rows made in one turn of the event loop; each takes more than 0.5 ms, so a crowd would make the window stutter
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
        self._rows_layout.setAlignment(
            Qt.AlignmentFlag.AlignTop
        )  # so that rows are not spread in the moment before the list has its height
        self._list.installEventFilter(self)
        self._rows: dict[str, PeerRow] = {}  # from top to bottom
        self._peers: tuple[Peer, ...] = ()
        self._was_held = False
        self._soon, self._rest = timer(self, self.SOON, self._arrange, once=True), timer(self, self.REST, self._tidy, once=True)
        self._nobody = label(nobody, "dim")
        self._nobody.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._nobody.setMinimumHeight(96)
        inside.addWidget(self._nobody)
        inside.addWidget(self._list)

    @property
    def held(self) -> bool:
        """True while the pointer is in the list."""
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
        """The pointer rests: remove rows of peers that are gone, below it."""
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
                    # A moment later: Qt reports Leave also while it hides a row, and HoverEnter after that.
                    self._rest.stop()
                    self._soon.start()
                    self.updateGeometry()  # the window may have kept its size for the pointer
        return False

    def hideEvent(self, event: QHideEvent) -> None:
        # The next search starts with an empty list; these rows belong to this one.
        self._peers = ()
        self._soon.stop()
        self._rest.stop()
        for id in list(self._rows):
            self._remove(id)
        super().hideEvent(event)
