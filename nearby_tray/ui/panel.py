"""The panel: one small window that shows the whole snapshot and offers what can be done about it.

It has one page for each part of a journey (`pages/`), made when first needed. A hidden panel draws nothing and measures the link no faster.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QGuiApplication, QHideEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout

from ..core.model import Snapshot, Stage
from .header import Header
from .pages import PAGES
from .pages.page import Doors, Page
from .parts.basics import Fitting, column, height_for, scrolling, width_for
from .parts.style import restyle
from .parts.window import Window
from .text.states import state_line

if TYPE_CHECKING:
    from ..edges import Actions


WIDTH = 380


class Panel(Window):
    def __init__(self, controller: Actions, name: Callable[[], str], doors: Doors) -> None:
        super().__init__()
        self._controller, self._name, self._doors = controller, name, doors
        self._snapshot = controller.snapshot
        self._close_look = False
        self._hosting = False  # the page on which a group is begun is shown
        self._pages: dict[str, Page] = {}
        self._page: Page | None = None
        self.setWindowTitle("Nearby Tray")

        self._header = Header(controller, doors)
        self._body = Fitting(self.fit)
        self._body.setObjectName("body")
        self._inside = QVBoxLayout(self._body)
        self._inside.setContentsMargins(16, 2, 16, 16)
        self._scroll = scrolling(self._body)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
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
            page = self._pages[name] = PAGES[name](self._controller, self._doors, self.offer_host)
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
        """Show the page on which the user begins to host a group; `False`: leave it."""
        self._hosting = on
        if self.isVisible():
            self._draw()

    def fit(self) -> None:
        """Be as tall as the page needs and the screen allows; wider only for large fonts and long words."""
        width = max(WIDTH, self.fontMetrics().averageCharWidth() * 48)
        width = max(width_for(self._header.inside, width), width_for(self._inside, width))
        height = height_for(self._header.inside, width) + height_for(self._inside, width)
        wanted = height
        if (screen := self.screen()) is not None:
            width = min(width, screen.availableGeometry().width())
            height = min(height, screen.availableGeometry().height() - 48)
            if self.isVisible() and self._page is not None and self._page.held:
                # At the lower edge of the screen it would have to move in order to grow; it does so when the pointer has left.
                room = screen.availableGeometry().bottom() - self.frameGeometry().bottom() + self.height()
                height = max(self.height(), min(height, room))
        # A scroll bar takes width, which wraps more text, which would keep the scroll bar needed.
        fits = Qt.ScrollBarPolicy.ScrollBarAlwaysOff if height == wanted else Qt.ScrollBarPolicy.ScrollBarAsNeeded
        self._scroll.setVerticalScrollBarPolicy(fits)
        if (self.width(), self.height()) != (width, height):
            self.setFixedSize(width, height)
            if self.isVisible() and screen is not None:
                # A window that grows over the lower edge moves up. On Wayland the compositor decides.
                frame, free = self.frameGeometry(), screen.availableGeometry()
                if frame.bottom() > free.bottom():
                    self.move(frame.x(), max(free.top(), free.bottom() - frame.height()))

    def _look_closely(self, wanted: bool) -> None:
        if wanted != self._close_look:
            self._close_look = wanted
            self._controller.health_window(wanted)

    def show_near(self, icon: QRect, *, quietly: bool = False) -> None:
        """Show and raise the panel: beside the tray icon if its place is known (X11), otherwise where the desktop puts windows.

        `quietly`: take no focus.
        """
        screen = QGuiApplication.screenAt(icon.center()) if icon.isValid() else None
        fresh = not self.isVisible()
        if fresh:
            # Before it is shown: tiling window managers let a window of a fixed size float, and all window managers take a place set now
            # for the frame's, and one set later for the content's.
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
            window.setProperty("_q_showWithoutActivating", quietly)  # Qt reads the attribute only when it makes the window
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
