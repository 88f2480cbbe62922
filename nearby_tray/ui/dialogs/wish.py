"""A program of this computer asks for something."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ...core.model import Prompt, Snapshot
from ..parts.basics import button, card, label, row
from ..parts.countdown import Countdown
from ..parts.style import restyle
from ..parts.who import Who
from ..text.requests import WISH_HINT, program_path, wish_words
from ..text.translate import tr
from .dialog import Dialog

if TYPE_CHECKING:
    from ...edges import Actions


class WishDialog(Dialog):
    """Shows which program asks for what, with which peer, and how long there is to decide."""

    PROMPT = Prompt.WISH
    UNASKED = True

    def __init__(self, controller: Actions) -> None:
        super().__init__(controller, tr("A program asks"))
        frame, inside = card(spacing=10)
        self._words, self._path, self._who, self._countdown = label(role="title"), label(role="dim", scale=0.92), Who(), Countdown()
        self._path.setObjectName("programPath")
        for each in (self._words, self._path, self._who, self._countdown):
            inside.addWidget(each)
        self._allow = button(tr("&Allow"), self._allow_it, role="primary", name="allowButton")
        self._forbid = button(tr("&Do not allow"), self.leave, name="forbidButton")
        for answer in (self._allow, self._forbid):
            answer.setMinimumSize(110, 38)
            answer.setAutoDefault(False)
        self.layout_.addWidget(frame)
        self.layout_.addWidget(label(tr(WISH_HINT), "dim", scale=0.92))
        self.layout_.addLayout(row(1, self._forbid, self._allow))
        restyle(self)

    def key(self, snapshot: Snapshot) -> object:
        wish = snapshot.wish
        return (wish.asker, wish.what, wish.peer.id if wish.peer else "", wish.since) if wish is not None else None

    def focus_first(self) -> None:
        self.setFocus()

    def draw(self, snapshot: Snapshot) -> None:
        wish = snapshot.wish
        if wish is None:
            return
        self._words.setText(wish_words(wish))
        path = program_path(wish.asker)
        self._path.setText(path)
        self._path.setVisible(bool(path))
        self._who.setVisible(wish.peer is not None)
        if wish.peer is not None:
            self._who.show_peer(wish.peer)
        self._countdown.follow(replace(snapshot, deadline=wish.until, started=wish.since))
        self._enable()

    def _enable(self) -> None:
        for each in (self._forbid, self._allow):
            each.setEnabled(not self.answered and self.patience.over)

    def _allow_it(self) -> None:
        if self.settle():
            self._enable()
            self.controller.allow(self.question)

    def leave(self) -> None:
        if self.settle():
            self._enable()
            self.controller.forbid(self.question)
