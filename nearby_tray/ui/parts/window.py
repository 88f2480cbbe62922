"""A window of the program."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QScrollArea, QWidget

from ..icons import application_icon
from .style import restyle_after


class Window(QWidget):
    """A window that Esc closes, through which Tab goes in reading order, and that follows the desktop's colours and font."""

    def __init__(self, flags: Qt.WindowType = Qt.WindowType.Window) -> None:
        super().__init__(None, flags)
        self.setObjectName("face")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWindowIcon(application_icon())

    def focusNextPrevChild(self, next: bool) -> bool:
        # Qt goes in the order in which widgets were made, and lists are made anew.
        order = _as_read(self)
        for one, other in pairwise(order):
            QWidget.setTabOrder(one, other)
        return super().focusNextPrevChild(next)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        restyle_after(self, event)
        if event.type() == QEvent.Type.FontChange and self.isVisible():
            QTimer.singleShot(0, self, self._fit_again)

    def fit(self) -> None:
        """Take the size that the content needs, as far as the screen allows."""
        raise NotImplementedError

    def _fit_again(self) -> None:
        before = self.size()
        self.fit()
        self.resize(self.size().expandedTo(before))  # the user may have made it larger


def _as_read(inside: QWidget) -> list[QWidget]:
    """The widgets at which Tab stops, line by line. The content of a scrolling area comes where the area stands."""
    found: list[QWidget] = []
    areas: dict[QWidget, QWidget] = {}
    for each in inside.findChildren(QWidget):
        if not each.isVisibleTo(inside) or any(content.isAncestorOf(each) for content in areas.values()):
            continue
        if isinstance(each, QScrollArea) and (content := each.widget()) is not None:
            areas[each] = content
        if each in areas or each.focusPolicy() & Qt.FocusPolicy.TabFocus == Qt.FocusPolicy.TabFocus:
            found.append(each)
    middle = {each: each.mapTo(inside, each.rect().center()) for each in found}
    found.sort(key=lambda each: middle[each].y() - each.height() / 2)
    lines: list[list[QWidget]] = []
    for each in found:
        if lines and middle[each].y() - each.height() / 2 < middle[lines[-1][0]].y():
            lines[-1].append(each)
        else:
            lines.append([each])
    back = inside.layoutDirection() == Qt.LayoutDirection.RightToLeft
    order: list[QWidget] = []
    for line in lines:
        for each in sorted(line, key=lambda each: middle[each].x(), reverse=back):
            if each not in areas or each.focusPolicy() & Qt.FocusPolicy.TabFocus:
                order.append(each)
            if each in areas:
                order += _as_read(areas[each])
    return order
