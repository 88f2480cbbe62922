"""The doctor's window: each check with what was seen, and what to do about it: read, copied as a command, or clicked.

It asks when it is opened and when told to, never by itself. What it draws are findings; who finds them it does not know (`Doctor`).
Findings come one by one and go to where they belong, what matters first; nothing that is on the screen changes its place order.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication, QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from ..core.checks import Action, Finding, Sentence, Status
from .parts.basics import button, card, column, empty, label, row, scrolling, tool
from .parts.notice import Glyph
from .parts.steps import Spinner
from .parts.style import restyle, set_fixed, set_glyph, set_role
from .parts.window import Window
from .text.doctor import action_words, finding_text, findings_summary, section_title, status_word
from .text.translate import alone, tr

SETTLE = 1500  # ms from a click that changed something until looking again: daemons need a moment
COPIED = 1800  # ms

_LOOKS: dict[Status, tuple[str, str]] = {  # the shape and its colour
    Status.FAIL: ("fail", "bad"),
    Status.WARN: ("warning", "fair"),
    Status.UNKNOWN: ("unknown", "dim"),
    Status.OK: ("check", "good"),
}


class Doctor(Protocol):
    """What the window asks of the doctor. Every method returns at once; callbacks come later, and none after `close`."""

    @property
    def checks(self) -> tuple[tuple[str, str], ...]:
        """Name and title of each check, in order."""

    def examine(self, found: Callable[[Finding], None], done: Callable[[], None]) -> None:
        """Run all checks. Gives up an examination that is still running."""

    def mend(self, action: Action, done: Callable[[Sentence | str], None]) -> None:
        """Carry out `action`; `done` gets what went wrong, or an empty text."""

    def save_report(self, done: Callable[[str, str], None]) -> None:
        """Save a report; `done` gets its path, or an empty path and what went wrong."""

    def close(self) -> None: ...


class DoctorWindow(Window):
    def __init__(self, doctor: Doctor, open_settings: Callable[[], object]) -> None:
        super().__init__()
        self._doctor, self._open_settings = doctor, open_settings
        self._order = [name for name, _ in doctor.checks]
        self._findings: list[Finding] = []
        self.setWindowTitle(tr("Nearby Tray: Troubleshoot"))
        outer = column(self, spacing=0)
        outer.addLayout(self._build_head())
        outer.addWidget(self._build_findings(), 1)
        outer.addLayout(self._build_foot())
        restyle(self)

    def _build_head(self) -> QHBoxLayout:
        self._spinner, self._worst, self._summary = Spinner(20), Glyph("check", 20, "good"), label(role="title", scale=1.1)
        self._summary.setObjectName("summary")
        self._again = button(tr("Check &again"), self.check, name="checkAgainButton")
        head = QHBoxLayout()
        head.setContentsMargins(18, 14, 18, 8)
        head.setSpacing(10)
        head.addWidget(self._spinner)
        head.addWidget(self._worst)
        head.addWidget(self._summary, 1)
        head.addWidget(self._again)
        return head

    def _build_findings(self) -> QScrollArea:
        self._body = QWidget()
        self._body.setObjectName("body")
        inside = QVBoxLayout(self._body)
        inside.setContentsMargins(16, 4, 16, 12)
        inside.setSpacing(8)
        self._sections = {status: _Section(status) for status in _LOOKS}
        for section in self._sections.values():
            inside.addWidget(section)
        inside.addStretch(1)
        self._scroll = scrolling(self._body)
        self._scroll.setObjectName("findings")
        self._scroll.setProperty("role", "reading")
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # read and scrolled with the keys
        self._scroll.setAccessibleName(tr("What was found"))
        return self._scroll

    def _build_foot(self) -> QVBoxLayout:
        self._said = label(role="dim", scale=0.95)
        self._said.setObjectName("said")
        self._said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._said.hide()
        self._save = button(tr("&Save a report"), self._save_it, name="saveReportButton")
        self._save.setToolTip(tr("Versions, these checks and the last lines of the log, with names and addresses masked"))
        bottom = row(self._save, 1, button(tr("C&lose"), self.hide_window, name="closeButton"))
        foot = QVBoxLayout()
        foot.setContentsMargins(18, 8, 18, 14)
        foot.setSpacing(8)
        foot.addWidget(self._said)
        foot.addLayout(bottom)
        return foot

    def check(self) -> None:
        """Run all checks again."""
        self._findings = []
        for section in self._sections.values():
            section.clear()
        self._worst.hide()
        self._spinner.show()
        self._spinner.show_state("going")
        self._tell_progress()
        self._doctor.examine(self._found, self._done)

    def _found(self, finding: Finding) -> None:
        self._findings.append(finding)
        self._sections[finding.status].add(finding, self._order, self._act)
        self._tell_progress()

    def _done(self) -> None:
        self._spinner.show_state("done")
        self._spinner.hide()
        worst = next((status for status in _LOOKS if any(finding.status is status for finding in self._findings)), Status.OK)
        self._worst.show_glyph(*_LOOKS[worst])
        self._worst.show()
        self._tell(findings_summary(self._findings))

    def _tell_progress(self) -> None:
        self._tell(tr("Looking… {n} of {all}", n=len(self._findings), all=len(self._order)))

    def _tell(self, words: str) -> None:
        self._summary.setText(words)
        self._summary.setAccessibleName(words)

    def _act(self, action: Action) -> None:
        if action is Action.OPEN_SETTINGS:
            self._open_settings()
        else:
            self._doctor.mend(action, self._mended)

    def _mended(self, wrong: Sentence | str) -> None:
        if wrong:
            self._say(tr("That did not work: {why}", why=finding_text(wrong)), "error")
        else:
            self._say("")
            QTimer.singleShot(SETTLE, self, self._check_if_open)

    def _check_if_open(self) -> None:
        if self.isVisible():
            self.check()

    def _save_it(self) -> None:
        self._save.setEnabled(False)
        self._doctor.save_report(self._saved)

    def _saved(self, path: str, wrong: str) -> None:
        self._save.setEnabled(True)
        if path:
            self._say(tr("Saved as {path}. Read it before you pass it on.", path=path))
        else:
            self._say(tr("The report could not be saved: {why}", why=wrong), "error")

    def _say(self, words: str, role: str = "dim") -> None:
        set_role(self._said, role)
        self._said.setText(words)
        self._said.setAccessibleName(words)
        self._said.setVisible(bool(words))

    def hide_window(self) -> None:
        self.close()

    def fit(self) -> None:
        width = max(560, self.fontMetrics().averageCharWidth() * 72)
        height = 640
        if (screen := self.screen()) is not None:
            free = screen.availableGeometry()
            width, height = min(width, free.width()), min(height, free.height() - 48)
        self.resize(width, height)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not event.spontaneous():
            self._say("")
            self.check()

    def hideEvent(self, event: QHideEvent) -> None:
        if not event.spontaneous():
            self._doctor.close()
        super().hideEvent(event)


class _Section(QWidget):
    """The findings of one status, in the order of the checks. Hidden while there are none."""

    def __init__(self, status: Status) -> None:
        super().__init__()
        self.setObjectName(f"section-{status.value}")
        self._names: list[str] = []
        heading = label(section_title(status), "title", wrap=False)
        heading.setContentsMargins(2, 8, 0, 0)
        frame, self._rows = card(spacing=14)
        layout = column(self, spacing=6)
        layout.addWidget(heading)
        layout.addWidget(frame)
        self.hide()

    def add(self, finding: Finding, order: list[str], act: Callable[[Action], None]) -> None:
        place = sum(order.index(name) < order.index(finding.name) for name in self._names)
        self._names.insert(place, finding.name)
        made = _Row(finding, act)
        self._rows.insertWidget(place, made)
        made.show()
        self.show()

    def clear(self) -> None:
        self._names.clear()
        empty(self._rows)
        self.hide()


class _Row(QWidget):
    """One finding: shape, title and word, what was seen, what to do."""

    def __init__(self, finding: Finding, act: Callable[[Action], None]) -> None:
        super().__init__()
        self.setObjectName(f"finding-{finding.name}")
        glyph, tone = _LOOKS[finding.status]
        title, word = tr(finding.title), status_word(finding.status)
        evidence = [finding_text(sentence) for sentence in finding.verdict.evidence]
        fix = finding.verdict.fix
        advice = finding_text(fix.words) if fix.words is not None else ""
        self.setAccessibleName(f"{title}: {word}")
        self.setAccessibleDescription(" ".join((*evidence, advice, fix.command)))
        inside = QVBoxLayout()
        inside.setSpacing(4)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(label(title, "title"), 1)
        head.addWidget(label(word, f"grade-{tone}" if tone != "dim" else "dim", wrap=False), 0, Qt.AlignmentFlag.AlignTop)
        inside.addLayout(head)
        if evidence:
            inside.addWidget(label("\n".join(evidence), "dim"))
        if advice:
            inside.addWidget(label(advice))
        if fix.action is not None:
            action = fix.action
            words = action_words(action)
            inside.addLayout(row(button(words, lambda: act(action), name=f"action-{action.value}", accessible=f"{words} ({title})"), 1))
        if fix.command:
            inside.addWidget(_Command(fix.command))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addWidget(Glyph(glyph, 18, tone), 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(inside, 1)


class _Command(QWidget):
    """A command for a terminal, to be copied."""

    def __init__(self, command: str) -> None:
        super().__init__()
        self._command = command
        shown = label(alone(command), "command")
        set_fixed(shown)
        shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._said = label(role="dim", wrap=False, scale=0.9)
        self._copy = tool("copy", tr("Copy {command}", command=command), self._copy_it, name="copyButton")
        self._copy.setToolTip(tr("Copy"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(shown, 1)
        layout.addWidget(self._copy, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self._said, 0, Qt.AlignmentFlag.AlignVCenter)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(COPIED)
        self._timer.timeout.connect(self._forget)

    def _copy_it(self) -> None:
        QGuiApplication.clipboard().setText(self._command)
        self._said.setText(tr("Copied"))
        set_glyph(self._copy, "check")
        self._timer.start()

    def _forget(self) -> None:
        self._said.setText("")
        set_glyph(self._copy, "copy")
