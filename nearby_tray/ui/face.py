"""The face: tray, panel, request, settings and doctor, all drawn from the controller's Snapshot, each made when first needed.

One way down: a click calls a plain method of the controller, which returns at once. One way up: the controller's callback brings a
Snapshot, and every window draws it. Nothing here waits, starts a task or knows a daemon.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QGuiApplication, QWindow
from PySide6.QtWidgets import QApplication, QWidget

from ..core.model import Prompt, Snapshot, Stage
from .icons import application_icon_name
from .look import Look
from .tray import Tray

if TYPE_CHECKING:
    from ..edges import Actions
    from .closing import StillRunning
    from .dialogs.dialog import Dialog
    from .doctor import Doctor, DoctorWindow
    from .panel import Panel
    from .settings.window import Named, SettingsWindow

log = logging.getLogger(__name__)


class Face(QObject):
    """`adapters`, `autostart_note` and `languages` are called whenever a window shows them, and return at once.

    With `hidden` (started at login) no window opens by itself where there is no tray: the request and a second start still raise one.
    """

    def __init__(
        self,
        app: QApplication,
        *,
        adapters: Callable[[], Sequence[Named]] = tuple,
        autostart_note: Callable[[], str] = str,
        languages: Callable[[], Sequence[Named]] = tuple,
        quit: Callable[[], None],
        hidden: bool = False,
        doctor: Callable[[], Doctor] | None = None,
    ) -> None:
        """`doctor`: makes one when it is first wanted; without it nothing offers to troubleshoot."""
        super().__init__()
        self._controller: Actions  # from `serve` on
        self._quit, self._hidden = quit, hidden
        self._adapters, self._autostart_note = adapters, autostart_note
        self._languages = languages
        self._panel: Panel | None = None
        self._dialogs: dict[Prompt, Dialog] = {}
        self._settings_window: SettingsWindow | None = None
        self._still_running: StillRunning | None = None
        self._to_copy = ""
        self._asks = False  # this user asks a peer
        self._make_doctor = doctor
        self._doctor_window: DoctorWindow | None = None
        self._closed = False
        # Closing the last window is decided in `_panel_closed`: Qt would end the loop without the goodbye.
        app.setQuitOnLastWindowClosed(False)
        app.setDesktopFileName("nearby-tray")
        app.focusWindowChanged.connect(self._focused)
        self.look = Look(app)
        self.tray = Tray(
            open_panel=self.show_panel,
            toggle_panel=self.toggle_panel,
            open_settings=self.show_settings,
            open_host=self.show_host,
            open_question=self.show_question,
            quit=quit,
            troubleshoot=self._troubleshoot,
            parent=self,
        )
        self.tray.menu.aboutToShow.connect(self.look.prepare)
        self.tray.homed.connect(self._homed)
        self.look.changed.connect(self.tray.theme_changed)
        self._unsubscribe: Callable[[], None] = lambda: None

    def serve(self, controller: Actions) -> None:
        """Draw its snapshots and hand it what the user chooses, from now on; what was chosen before is done now.

        The icon is there before the controller is loaded.
        """
        self._controller = controller
        self._unsubscribe = controller.subscribe(self._render)
        self.tray.serve(controller)

    def _render(self, snapshot: Snapshot) -> None:
        if self._closed:
            return
        began = self._asks
        self.tray.render_snapshot(snapshot)
        if self._panel is not None:
            self._panel.render_snapshot(snapshot)
        prompt = snapshot.prompt
        if prompt is not None and prompt not in self._dialogs:
            from .dialogs import DIALOGS

            self.look.prepare()
            self._dialogs[prompt] = DIALOGS[prompt](self._controller)
        for dialog in self._dialogs.values():
            dialog.render_snapshot(snapshot)
        # A user who asks sees the code, also when the request began in the menu or by a command.
        asks, self._asks = snapshot.stage is Stage.ASKING, snapshot.stage is Stage.ASKING
        if asks and not began:
            self.show_panel(quietly=QApplication.activeWindow() is None)

    def show_panel(self, *, quietly: bool = False) -> QWidget:
        """`quietly`: take no focus."""
        if self._panel is None:
            from .pages.page import Doors
            from .panel import Panel

            self.look.prepare()
            doors = Doors(self.show_settings, self.show_question, self._panel_closed, self._troubleshoot)
            self._panel = Panel(self._controller, lambda: self._controller.settings.shown_name, doors)
        self._panel.render_snapshot(self._controller.snapshot)
        self._panel.show_near(self.tray.geometry(), quietly=quietly)
        return self._panel

    def show_host(self) -> None:
        """Show the page of the panel on which the user begins to host a group."""
        self.show_panel()
        if self._panel is not None:
            self._panel.offer_host()

    def raise_(self) -> None:
        """Come to the front, because the user started the program again or clicked a notification. A waiting question comes first."""
        if self._controller.snapshot.prompt in self._dialogs:
            self.show_question()
        else:
            self.show_panel()

    def toggle_panel(self) -> None:
        if self._panel is not None and self._panel.isVisible() and self._panel.isActiveWindow():
            self._panel.hide()
        else:
            self.raise_()

    def show_question(self) -> None:
        """Bring up the dialog that waits for an answer or shows a PIN, if there is one."""
        prompt = self._controller.snapshot.prompt
        if prompt in self._dialogs:
            self._dialogs[prompt].bring_up()

    def show_settings(self) -> QWidget:
        if self._settings_window is None:
            from .settings.window import SettingsWindow

            self.look.prepare()
            self._settings_window = SettingsWindow(
                self._controller,
                settings=lambda: self._controller.settings,
                adapters=self._adapters,
                remembered=lambda: self._controller.trusted,
                autostart_note=self._autostart_note,
                languages=self._languages,
            )
            self._settings_window.fit()
        self._settings_window.show()
        self._settings_window.raise_()
        self._settings_window.activateWindow()
        return self._settings_window

    def settings_changed(self) -> None:
        """Fill the settings window again, because settings have changed."""
        if self._settings_window is not None and self._settings_window.isVisible():
            self._settings_window.fill()

    @staticmethod
    def icon_name() -> str:
        """The icon for other programs: its name if it is installed, otherwise its file."""
        return application_icon_name()

    def copy(self, words: str) -> None:
        """Copy to the clipboard. Wayland takes that only from a focused window, so there the panel comes up, with its own copy buttons."""
        QGuiApplication.clipboard().setText(words)
        if QGuiApplication.platformName().startswith("wayland") and QGuiApplication.focusWindow() is None:
            self._to_copy = words
            self.show_panel()

    def _focused(self, window: QWindow | None) -> None:
        if window is not None and self._to_copy:
            QGuiApplication.clipboard().setText(self._to_copy)
            self._to_copy = ""

    @property
    def _troubleshoot(self) -> Callable[[], object] | None:
        return self.show_doctor if self._make_doctor is not None else None

    def show_doctor(self) -> QWidget:
        if self._doctor_window is None:
            assert self._make_doctor is not None
            from .doctor import DoctorWindow

            self.look.prepare()
            self._doctor_window = DoctorWindow(self._make_doctor(), self.show_settings)
            self._doctor_window.fit()
        self._doctor_window.show()
        self._doctor_window.raise_()
        self._doctor_window.activateWindow()
        return self._doctor_window

    def close(self) -> None:
        """Close all windows and the icon, and call the controller no more."""
        if self._closed:
            return
        self._closed = True
        self._unsubscribe()
        self.tray.close()
        for window in (self._panel, *self._dialogs.values(), self._settings_window, self._still_running, self._doctor_window):
            if window is not None:
                window.hide()
                window.deleteLater()
        self._panel = self._settings_window = self._still_running = self._doctor_window = None
        self._dialogs.clear()

    def reword(self) -> None:
        """Make open windows anew in the new language, in their places. Answered questions stay answered."""
        if self._closed:
            return
        windows = ((self._panel, self.show_panel), (self._settings_window, self.show_settings), (self._doctor_window, self.show_doctor))
        again = [(window.pos(), show) for window, show in windows if window is not None and window.isVisible()]
        questions = self._dialogs
        stale: list[QWidget] = [*(window for window, _ in windows if window is not None), *questions.values()]
        self._panel = self._settings_window = self._doctor_window = None
        self._dialogs = {}
        for window in stale:
            window.hide()
            window.deleteLater()
        for question, old in questions.items():
            from .dialogs import DIALOGS

            self._dialogs[question] = DIALOGS[question](self._controller)
            self._dialogs[question].take_over(old)
        self.tray.reword()
        self._render(self._controller.snapshot)
        for place, show in again:
            show().move(place)

    def _homed(self, home: bool) -> None:
        if not home and not self._hidden and not self._closed:
            self.tray.choose("open")

    def _panel_closed(self) -> None:
        """Without a tray a closed panel cannot be found again: quit if the setting says so, or say once that the program goes on."""
        if self.tray.home is not False or self._closed:
            return
        match self._controller.settings.close_quits:
            case True:
                QTimer.singleShot(0, self, self._quit)
            case None:
                # later, not while the window is closing
                QTimer.singleShot(0, self, self._say_still_running)

    def _say_still_running(self) -> None:
        if self._closed:
            return
        from .closing import StillRunning

        self._let_closing_quit(False)
        self._still_running = StillRunning(self._quit_from_now_on)
        self._still_running.show()

    def _quit_from_now_on(self) -> None:
        self._let_closing_quit(True)
        self._quit()

    def _let_closing_quit(self, on: bool) -> None:
        from msgspec.structs import replace

        self._controller.apply(replace(self._controller.settings, close_quits=on))
