"""What needs an answer, or a look, at once: the incoming request, a program's wish, a PIN to type here, a PIN to type elsewhere.

Each exists while the snapshot says so and closes because the snapshot moved on, never by itself; none is modal, so nothing waits for it.
The request and the wish are declined by whatever closes them from the user's side (Esc, the window's cross), once; typing a PIN is given
up the same way; closing a PIN that is shown only hides it, the panel still has it. A window opens while somebody may be typing or clicking
elsewhere, so nobody answers by accident: it takes no focus unless the user is in this program, no button is the default or has the focus,
and for a second after it came up, moved or changed whom it is about it takes no answer at all (`patience`). Accepting needs a click, Alt+A
or the space bar on the button. Enter never accepts, but in the field of a PIN that fits, for there it was aimed at. A PIN is in its field
or label while it is needed, and nowhere afterwards.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QEvent, QMimeData, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QApplication, QCheckBox, QDialog, QPushButton, QVBoxLayout, QWidget

from ..core import pin as pins
from ..core.model import Method, Prompt, Snapshot, Stage
from . import theme
from .parts import (
    Code,
    Countdown,
    Notice,
    PinField,
    Steps,
    Who,
    button,
    card,
    height_for,
    label,
    restyle,
    restyle_after,
    row,
    set_glyph,
    set_role,
    tool,
    width_for,
)
from .patience import Patience
from .text.names import quoted
from .text.pins import PIN, tries_words
from .text.plain import PHONE, unverified_text
from .text.reasons import Said
from .text.requests import TRUST_TIP, WHAT_OPENS, WISH_HINT, compare_words, identity_changed_text, program_path, request_line, wish_words
from .text.translate import tr

if TYPE_CHECKING:
    from ..edges import Actions


class Dialog(QDialog):
    """The window of one `Prompt`. What it shows is the snapshot; what it knows is whether this question was answered."""

    PROMPT: Prompt
    CHARACTERS = 46  # of the font, in its width
    UNASKED = False  # no click of the user opens it, so it never takes the focus by itself

    def __init__(self, controller: Actions, title: str) -> None:
        super().__init__(None, Qt.WindowType.Dialog | Qt.WindowType.WindowStaysOnTopHint)
        self.controller = controller
        self.answered = False
        self.question = ""  # names what is asked, for the answer
        self._key: object = None
        self.setObjectName("face")
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.setWindowIcon(theme.application_icon())
        self.setModal(False)
        self.layout_ = QVBoxLayout(self)
        self.layout_.setContentsMargins(16, 16, 16, 16)
        self.layout_.setSpacing(12)
        self.patience = Patience(self, self._enable)

    def _enable(self) -> None:
        """Offer what may be answered now."""

    def _fit(self) -> None:
        width = width_for(self.layout_, max(380, self.fontMetrics().averageCharWidth() * self.CHARACTERS))
        self.setFixedSize(width, height_for(self.layout_, width))

    def render_snapshot(self, snapshot: Snapshot) -> None:
        """Open for a question, close when there is none any more."""
        if snapshot.prompt is not self.PROMPT:
            self.answered = True  # closing is no answer of the user now
            if self._key is not None:
                self._key = None
                self.forget()
            self.hide()
            return
        key = self.key(snapshot)
        if key != self._key:
            self._key = key
            self.question = snapshot.wish.id if self.PROMPT is Prompt.WISH and snapshot.wish is not None else snapshot.question
            self.answered = False
            self.forget()
            self.patience.again()
        self.draw(snapshot)
        if not self.isVisible() and not self.answered:
            self.focus_first()
            self._come_up(quietly=self.UNASKED or QApplication.activeWindow() is None)
            QApplication.alert(self)

    def take_over(self, other: Dialog) -> None:
        """Be the window of the question that `other` was."""
        self._key, self.question, self.answered = other._key, other.question, other.answered

    def key(self, snapshot: Snapshot) -> object:
        """What tells one question from the next."""
        raise NotImplementedError

    def draw(self, snapshot: Snapshot) -> None:
        raise NotImplementedError

    def forget(self) -> None:
        """A new question, or none: nothing of the last one stays."""

    def focus_first(self) -> None:
        """Where the keyboard starts."""

    def leave(self) -> None:
        """Esc, or the window's cross."""
        raise NotImplementedError

    def bring_up(self) -> None:
        """The user wants to see it."""
        self._come_up(quietly=False)
        self.activateWindow()

    def _come_up(self, *, quietly: bool) -> None:
        """Show it; `quietly`: whoever has the focus keeps it, also where the window manager gives it to new windows (X11, user time 0)."""
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating, quietly)
        if (window := self.windowHandle()) is not None:
            window.setProperty("_q_showWithoutActivating", quietly)  # Qt sets it when the window is made, and only then
        if not self.isVisible():
            # QDialog centres it by its size of now, and while hidden Qt keeps what the cards needed for the question before.
            for part in self.findChildren(QWidget):
                part.updateGeometry()
            self._fit()
        self.show()
        self.raise_()
        self.patience.again()

    def settle(self) -> bool:
        """True the first time for this question, once it can have been read: one question has one answer."""
        if self.answered or not self.patience.over:
            return False
        self.answered = True
        return True

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Show):
            self._fit()
        return done

    def reject(self) -> None:  # Esc
        if self.patience.over:
            self.leave()
            self.hide()

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.patience.over:
            event.ignore()
            return
        self.leave()
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        focus = self.focusWidget()
        default = isinstance(focus, QPushButton) and focus.isDefault()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not default:
            event.accept()  # no answer by accident
            return
        super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        restyle_after(self, event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()


class RequestDialog(Dialog):
    """Somebody wants to connect: who, what for, the code to compare or the PIN to type, and how long there is to decide.

    Once accepted it shows how far the link is, and closes when it is there.
    """

    PROMPT = Prompt.REQUEST
    UNASKED = True

    def __init__(self, controller: Actions) -> None:
        super().__init__(controller, tr("Incoming request"))
        self._typing = False  # to accept is to type a PIN
        self._going = False  # it was accepted here: what is shown is how far the link is
        self._changed = Notice("bad", "warning")
        self._changed.setObjectName("identityChanged")
        self._unverified = Notice("fair", "warning")
        self._unverified.setObjectName("unverified")
        frame, inside = card(spacing=10)
        self._who, self._code, self._compare, self._countdown = Who(), Code(), label(), Countdown()
        self._compare.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._pin = PinField()
        self._pin.changed.connect(self._enable)
        self._pin.edit.returnPressed.connect(self._accept_it)
        self._steps = Steps()
        for each in (self._who, self._code, self._compare, self._steps, self._pin, self._countdown):
            inside.addWidget(each)
        self._opens = label(tr(WHAT_OPENS), "dim", scale=0.92)
        self._trust = QCheckBox()
        self._trust.setObjectName("trustBox")
        self._accept = button(tr("&Accept"), self._accept_it, role="primary", name="acceptButton")
        self._decline = button(tr("&Decline"), self.leave, name="declineButton")
        self._cancel = button(tr("&Cancel"), self._stop, name="cancelButton")
        for answer in (self._accept, self._decline, self._cancel):
            answer.setMinimumSize(110, 38)
            answer.setAutoDefault(False)
        for part in (self._changed, self._unverified, frame, self._opens, self._trust):
            self.layout_.addWidget(part)
        self.layout_.addLayout(row(1, self._cancel, self._decline, self._accept))
        self.setTabOrder(self._decline, self._accept)
        restyle(self)

    def key(self, snapshot: Snapshot) -> object:
        peer = snapshot.peer
        return (peer.id if peer else "", snapshot.code, snapshot.started, snapshot.deadline, snapshot.method)

    def render_snapshot(self, snapshot: Snapshot) -> None:
        waiting = snapshot.stage is Stage.ASKED and snapshot.agreed_here and snapshot.question == self.question
        steps = snapshot.stage in (Stage.MEETING, Stage.FORMING, Stage.CHECKING) and snapshot.restoring_because is None
        if self._going and (waiting or steps):
            self.draw(snapshot)
            return
        self._going = False
        super().render_snapshot(snapshot)

    def forget(self) -> None:
        self._trust.setChecked(False)
        self._pin.clear()

    def focus_first(self) -> None:
        self.setFocus()  # no button: a key that was meant for another window answers nothing

    def draw(self, snapshot: Snapshot) -> None:
        peer = snapshot.peer
        changed = peer is not None and peer.identity_changed and not self._going
        self._changed.setVisible(changed)
        if changed and peer is not None:
            self._changed.say(identity_changed_text(peer.name))
        self._unverified.setVisible(not snapshot.verified and not self._going)
        if not snapshot.verified:
            self._unverified.say(unverified_text(snapshot))
        set_role(self._accept, "" if changed else "primary")
        asked = snapshot.stage is Stage.ASKED
        self._who.show_peer(peer, request_line(snapshot) if not self._going else "", verified=snapshot.verified or not self._going)
        self._code.setVisible(asked and snapshot.code is not None and snapshot.needs_code)
        self._code.show_code(snapshot.code or "")
        self._compare.setVisible(asked)
        self._compare.setText(compare_words(snapshot))
        self._steps.setVisible(self._going and not asked)
        if self._steps.isVisibleTo(self):
            self._steps.show_steps(snapshot.stage, snapshot.attempt, snapshot.timings, meeting=snapshot.verified)
        self._typing = snapshot.pin_wanted and not self._going
        self._pin.setVisible(self._typing)
        self._opens.setVisible(not self._going)
        self._show_trust(snapshot)
        for answer in (self._accept, self._decline):
            answer.setVisible(not self._going)
        self._cancel.setVisible(self._going)
        self._countdown.follow(snapshot)
        self._enable()

    def _show_trust(self, snapshot: Snapshot) -> None:
        """The computer, where that can be proven; otherwise the group, where the back end remembers one. A group of our own has its own."""
        group = not snapshot.verified and snapshot.radios.abilities.persistent and snapshot.link is None and not snapshot.pin_wanted
        words = tr("&Remember this group") if group else tr("Trust t&his computer (no code next time)")
        if words != self._trust.text():
            self._trust.setText(words)
            self._trust.setAccessibleName(words.replace("&", ""))
            tip = tr("It can be formed again with neither button nor PIN.") if group else tr(TRUST_TIP)
            self._trust.setToolTip(tip)
        offered = (snapshot.needs_code and not (snapshot.peer is not None and snapshot.peer.trusted)) if snapshot.verified else group
        self._trust.setVisible(offered and not self._going)

    def _enable(self) -> None:
        open = not self.answered and self.patience.over
        for each in (self._decline, self._trust):
            each.setEnabled(open)
        self._cancel.setEnabled(self.patience.over)
        self._pin.edit.setReadOnly(self.answered)
        self._accept.setEnabled(open and (not self._typing or self._pin.pin is not None))

    def _accept_it(self) -> None:
        typed = self._pin.pin if self._typing else None
        if self._typing and typed is None:
            return
        trust = self._trust.isChecked() and self._trust.isVisible()
        if self.settle():
            self._going = True
            self._enable()
            if typed is not None:
                self.controller.enter_pin(self.question, typed)
            else:
                self.controller.accept(self.question, trust)

    def leave(self) -> None:
        if self._going:
            self._going = False  # seen: how far the link is stands in the panel, too
        elif self.settle():
            self._enable()
            self.controller.decline(self.question)

    def _stop(self) -> None:
        if self.patience.over:
            self._going = False
            self.controller.cancel()
            self.hide()


class WishDialog(Dialog):
    """A program of this computer asks for something: which one, for what, with whom, and how long there is to decide."""

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


class EntryDialog(Dialog):
    """The other machine shows a PIN; it is typed here. A wrong one is said, and the next one asked for."""

    PROMPT = Prompt.ENTRY

    def __init__(self, controller: Actions) -> None:
        super().__init__(controller, tr("Enter a PIN"))
        self._wrong = Notice("bad", "warning")
        self._wrong.setObjectName("wrongPin")
        frame, inside = card(spacing=10)
        self._who, self._what, self._pin, self._countdown = Who(), label(), PinField(), Countdown()
        self._pin.changed.connect(self._enable)
        self._pin.edit.returnPressed.connect(self._send)
        for each in (self._who, self._what, self._pin, self._countdown):
            inside.addWidget(each)
        self._unverified = label(role="dim", scale=0.92)
        self._connect = button(tr("C&onnect"), self._send, role="primary", name="sendPinButton")
        self._cancel = button(tr("&Cancel"), self.leave, name="cancelPinButton")
        self._cancel.setDefault(True)
        for answer in (self._connect, self._cancel):
            answer.setMinimumSize(110, 38)
        for part in (self._wrong, frame, self._unverified):
            self.layout_.addWidget(part)
        self.layout_.addLayout(row(1, self._cancel, self._connect))
        restyle(self)

    def key(self, snapshot: Snapshot) -> object:
        return (snapshot.peer.id if snapshot.peer else "", snapshot.tries_left, snapshot.started)

    def forget(self) -> None:
        self._pin.clear()

    def focus_first(self) -> None:
        self._pin.edit.setFocus()

    def draw(self, snapshot: Snapshot) -> None:
        peer = snapshot.peer
        name = quoted(peer.name if peer else "")
        self._who.show_peer(peer, verified=snapshot.verified)
        self._what.setText(tr("{peer} shows a PIN now. Type it here.", peer=name))
        wrong = tries_words(snapshot)
        self._wrong.setVisible(bool(wrong))
        if wrong:
            self._wrong.say(Said(tr("Wrong PIN"), wrong, ""))
        self._unverified.setVisible(not snapshot.verified)
        self._unverified.setText(tr("No PIN to be seen there? {what}", what=tr(PHONE)))
        self._countdown.follow(snapshot)
        self._enable()

    def _enable(self) -> None:
        self._pin.edit.setReadOnly(self.answered)
        open = not self.answered and self.patience.over
        self._cancel.setEnabled(open)
        self._connect.setEnabled(open and self._pin.pin is not None)

    def _send(self) -> None:
        typed = self._pin.pin
        if typed is not None and self.settle():
            self._enable()
            self.controller.enter_pin(self.question, typed)

    def leave(self) -> None:
        if self.settle():
            self._enable()
            self.controller.cancel()


SECRET = "x-kde-passwordManagerHint"  # clipboard managers keep no history of what has it


class PinDialog(Dialog):
    """A PIN to be typed on the other machine: to be read from where that one stands."""

    PROMPT = Prompt.PIN
    CHARACTERS = 58
    COPIED = 1800  # ms that the button says so

    def __init__(self, controller: Actions) -> None:
        super().__init__(controller, tr("PIN to type there"))
        self._shown = ""
        self._in_clipboard = False
        self._hosting = False
        self._wrong = Notice("bad", "warning")
        self._wrong.setObjectName("wrongPin")
        frame, inside = card(spacing=10)
        self._who, self._what, self._code, self._countdown = Who(), label(), Code(4.5, PIN), Countdown()
        self._copy = tool("copy", tr("Copy the PIN"), self._copy_it, name="copyPinButton")
        self._who.side.addWidget(self._copy, 0, Qt.AlignmentFlag.AlignTop)
        self._what.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        for each in (self._who, self._what, self._code, self._countdown):
            inside.addWidget(each)
        self._hint = label(role="dim", scale=0.92)
        self._hide = button(tr("&Hide"), self.hide_it, name="hidePinButton")
        self._cancel = button(tr("&Cancel"), self._give_up, name="cancelPinButton")
        self._hide.setDefault(True)
        for choice in (self._hide, self._cancel):
            choice.setMinimumSize(110, 38)
        for part in (self._wrong, frame, self._hint):
            self.layout_.addWidget(part)
        self.layout_.addLayout(row(1, self._cancel, self._hide))
        self._copied = QTimer(self)
        self._copied.setSingleShot(True)
        self._copied.setInterval(self.COPIED)
        self._copied.timeout.connect(lambda: set_glyph(self._copy, "copy"))
        restyle(self)

    def key(self, snapshot: Snapshot) -> object:
        return (snapshot.peer.id if snapshot.peer else "", snapshot.pin)

    def forget(self) -> None:
        # A PIN that was used is not to be pasted anywhere else. Also: Qt would destroy what Python made after Python has ended, and crash.
        if self._in_clipboard:
            self._in_clipboard = False
            if (held := QGuiApplication.clipboard().mimeData()) is not None and held.hasFormat(SECRET):
                QGuiApplication.clipboard().clear()
        self._shown = ""
        self._code.show_code("")
        self._copied.stop()
        set_glyph(self._copy, "copy")

    def focus_first(self) -> None:
        self._hide.setFocus()

    def draw(self, snapshot: Snapshot) -> None:
        peer = snapshot.peer
        self._shown = snapshot.pin or ""
        self._hosting = snapshot.stage is Stage.HOSTING
        self._who.show_peer(peer, verified=snapshot.verified)
        self._what.setText(tr("Type this PIN on {peer}", peer=quoted(peer.name if peer else "")))
        self._code.show_code(pins.grouped(self._shown))
        wrong = tries_words(snapshot, Method.DISPLAY)
        self._wrong.setVisible(bool(wrong))
        if wrong:
            self._wrong.say(Said(tr("Wrong PIN"), wrong, ""))
        self._hint.setVisible(not snapshot.verified)
        self._hint.setText(tr("It does not ask for a PIN? {what}", what=tr(PHONE)))
        self._countdown.follow(snapshot)

    def _copy_it(self) -> None:
        copied = QMimeData()
        copied.setText(self._shown)
        copied.setData(SECRET, QByteArray(b"secret"))
        QGuiApplication.clipboard().setMimeData(copied)
        self._in_clipboard = True
        set_glyph(self._copy, "check")
        self._copied.start()

    def _give_up(self) -> None:
        if self.settle():
            self.controller.decline() if self._hosting else self.controller.cancel()
            self.hide()

    def hide_it(self) -> None:
        self.leave()
        self.hide()

    def leave(self) -> None:
        self.answered = True  # seen: it does not come back by itself


Question = RequestDialog | WishDialog | EntryDialog | PinDialog
DIALOGS: dict[Prompt, type[Question]] = {kind.PROMPT: kind for kind in (RequestDialog, WishDialog, EntryDialog, PinDialog)}
