"""The ways to link with a plain peer."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QLabel, QPushButton, QWidget

from ...core.model import Method, Peer, Snapshot
from ..parts.basics import button, card, column, label
from ..parts.notice import Notice
from ..parts.who import Who
from ..text import numbers
from ..text.peers import badges, kind_words
from ..text.plain import NOT_VERIFIED, PHONE, offers
from ..text.reasons import Said
from ..text.translate import isolated, tr


class Ways(QWidget):
    """A plain peer: what is known of it, what to do there, and the ways to link. A way that is not possible says why."""

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
        """`peer`: as it was when the user chose it. The snapshot has what is known of it now."""
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
