"""A peer and the quality of its link."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ...core.model import Grade, Peer
from ..text.names import clean
from ..text.peers import KINDS, kind_words
from ..text.states import GRADES
from ..text.translate import tr
from .basics import label
from .elided import Elided
from .notice import Glyph
from .style import set_role


class Who(QWidget):
    """A peer: the icon of its kind, its name, and a line about it."""

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
    """How good the link is, as a shape, a word and a colour."""

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
        """`None`: nothing is measured yet."""
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
