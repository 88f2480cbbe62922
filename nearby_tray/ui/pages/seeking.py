"""Looking for computers: the list, and the ways to link with a plain peer that was chosen."""

from __future__ import annotations

from PySide6.QtGui import QHideEvent

from ...core.model import Method, Peer, Snapshot
from ..parts.basics import button
from ..parts.countdown import Countdown
from ..text.translate import tr
from .page import Page
from .peer_list import PeerList
from .ways import Ways


class SeekingPage(Page):
    """The list; and once the user chooses a plain peer, the ways to link with it."""

    def build(self) -> None:
        self._countdown = Countdown()
        self.layout_.addWidget(self._countdown)
        self._list = PeerList(tr("Nobody yet.\nOpen Nearby Tray on the other computer, or Wi-Fi Direct on the phone."), self._choose)
        self.layout_.addWidget(self._list)
        self._ways = Ways(self._ask, lambda: self._choose(None))
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
