"""Each window in each state, walked as a screen reader and a keyboard do: names, a way to everything, keys, large fonts, less motion.

What is walked here are the widgets; `test_atspi.py` asks the same of the tree on the bus that screen readers use. Qt's tree in this process
is left alone: PySide keeps its wrapper of an interface that is gone, and takes the next object at its place for it.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QFontInfo, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QScrollArea,
    QScrollBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from nearby_tray.ui.look import Look, is_motion_reduced, reduce_motion
from nearby_tray.ui.menu import Entry, plan
from nearby_tray.ui.parts.countdown import Countdown
from nearby_tray.ui.parts.digits import Code
from nearby_tray.ui.parts.peer_row import PeerRow
from nearby_tray.ui.parts.steps import Spinner

from .scenes import SCENES
from .views import settle, stays_cut, views


def controls(window: QWidget) -> list[tuple[str, QWidget]]:
    """What each control is called, and the control. The editor inside a list box is part of it."""
    found: list[tuple[str, QWidget]] = []
    for each in window.findChildren(QWidget):
        if each.isVisible() and isinstance(each, QAbstractButton | QLineEdit | QComboBox | QAbstractSpinBox | QAbstractSlider):
            inside = isinstance(each.parentWidget(), QComboBox | QAbstractSpinBox) or isinstance(each, QScrollBar)
            if not inside:
                found.append((spoken(each), each))
    return found


def spoken(each: QWidget) -> str:
    """What Qt says of it, in its order: its own name, its words, those of the label beside it (qaccessiblewidget.cpp)."""
    if each.accessibleName():
        return each.accessibleName()
    if isinstance(each, QAbstractButton):
        return each.text()
    return " ".join(label.text() for label in each.window().findChildren(QLabel) if label.buddy() is each)


def described(widget: QWidget) -> str:
    return f"{type(widget).__name__} {widget.objectName() or getattr(widget, 'text', str)()!r}"


def walked(window: QWidget) -> list[QWidget]:
    """Where the focus goes, pressing Tab until it comes round, and the arrows where one choice of several has it."""
    window.activateWindow()
    settle()
    visited: list[QWidget] = []
    while len(visited) < 200:
        QTest.keyClick(window.focusWidget() or window, Qt.Key.Key_Tab)
        at = window.focusWidget()
        if at is None or at in visited:
            break
        visited.append(at)
    return visited


def by_arrows(start: QWidget) -> list[QWidget]:
    group = start.group() if isinstance(start, QAbstractButton) else None
    if group is None:
        return []
    start.setFocus()
    visited: list[QWidget] = []
    for key in [Qt.Key.Key_Right] * len(group.buttons()) + [Qt.Key.Key_Left] * len(group.buttons()):
        QTest.keyClick(start.window().focusWidget() or start, key)
        if (at := start.window().focusWidget()) is not None:
            visited.append(at)
    return visited


def place(widget: QWidget, beside: QWidget) -> QRect:
    """Where a reader sees it; seen from outside, what can be scrolled is where its area is."""
    for area in widget.window().findChildren(QScrollArea):
        if area.isAncestorOf(widget) and (beside is area or not area.isAncestorOf(beside)):
            widget = area
    return QRect(widget.mapTo(widget.window(), QPoint(0, 0)), widget.size())


def out_of_order(visited: list[QWidget]) -> list[str]:
    """Neighbours on the way of the focus that are not neighbours for a reader: up again, or back in a line. Once round it goes up."""
    rtl = QGuiApplication.layoutDirection() == Qt.LayoutDirection.RightToLeft
    found = []
    for one, next in zip(visited, [*visited[1:], *visited[:1]], strict=True):
        a, b = place(one, next), place(next, one)
        if b.bottom() < a.top():
            found.append(f"from {described(one)} up to {described(next)}")
        elif b.top() < a.bottom() and a.top() < b.bottom() and (b.x() > a.x() if rtl else b.x() < a.x()):
            found.append(f"from {described(one)} back to {described(next)}")
    return found if len(found) > 1 else []


def mnemonics(window: QWidget) -> list[str]:
    found = []
    for each in window.findChildren(QWidget):
        if isinstance(each, QAbstractButton | QLabel) and each.isVisible() and not (isinstance(each, QLabel) and each.buddy() is None):
            found += [key_of(each.text())]
    return [key for key in found if key]


def key_of(words: str) -> str:
    bare = words.replace("&&", "")
    return bare[bare.index("&") + 1].casefold() if "&" in bare else ""


def twice(keys: list[str]) -> set[str]:
    return {key for key in keys if keys.count(key) > 1}


def test_everything_has_a_name_and_can_be_reached_and_told_apart(bot: QtBot) -> None:
    wrong: list[str] = []
    for name, window in views():
        listed = controls(window)
        assert listed or name.startswith("panel-ending"), name
        wrong += [f"{name}: nameless: {described(widget)}" for called, widget in listed if not called.strip()]
        assert window.windowTitle(), name
        visited = walked(window)
        wrong += [f"{name}: {words}" for words in out_of_order([each for each in visited if each is not window])]
        missing = {widget for _, widget in listed if widget.isEnabled()} - set(visited)
        for each in visited if missing else ():
            missing -= set(by_arrows(each))
        wrong += [f"{name}: not reached by Tab: {described(widget)}" for widget in missing]
        wrong += [f"{name}: Alt+{key} is there twice" for key in twice(mnemonics(window))]
    assert not wrong, "\n".join(wrong)


def menu_keys(entries: tuple[Entry, ...]) -> Iterator[list[str]]:
    yield [key for entry in entries if (key := key_of(entry.words))]
    for entry in entries:
        yield from menu_keys(entry.entries)


@pytest.mark.parametrize("name", SCENES)
def test_no_two_entries_of_a_menu_have_the_same_key(name: str) -> None:
    for keys in menu_keys(plan(SCENES[name])):
        assert not twice(keys)


def sizes(window: QWidget) -> dict[QWidget, float]:
    """How large the text of each widget is, in pixels; of painted ones, how tall they are."""
    found: dict[QWidget, float] = {}
    for each in window.findChildren(QWidget):
        if each.isVisible() and isinstance(each, QLabel | QAbstractButton | QLineEdit | QComboBox) and getattr(each, "text", lambda: "-")():
            found[each] = QFontInfo(each.font()).pixelSize()
        if each.isVisible() and isinstance(each, Code | Countdown | PeerRow):
            found[each] = each.sizeHint().height()
    return found


def test_all_text_grows_with_the_font_also_while_open_and_is_not_cut(bot: QtBot, qapp: QApplication) -> None:
    before = qapp.font()
    wrong: list[str] = []
    try:
        for points in (10.0, 20.0):
            small = qapp.font()
            small.setPointSizeF(points)
            qapp.setFont(small)
            if points == 20.0:
                break
            for name, window in views():
                wrong += [f"{name}: cut at 10 points: {words}" for words in stays_cut(window)]
                first = sizes(window)
                large = qapp.font()
                large.setPointSizeF(20.0)
                qapp.setFont(large)
                settle()
                grown = sizes(window)
                for each, size in first.items():
                    if each in grown and grown[each] < 1.6 * size:
                        wrong.append(f"{name}: does not grow: {described(each)}: {size} to {grown[each]}")
                wrong += [f"{name}: cut at 20 points: {words}" for words in stays_cut(window)]
                qapp.setFont(small)
    finally:
        qapp.setFont(before)
    assert not wrong, "\n".join(sorted(set(wrong)))


def test_nothing_turns_when_little_motion_is_asked_for(bot: QtBot, qapp: QApplication) -> None:
    spinner = Spinner()
    bot.addWidget(spinner)
    spinner.show_state("going")
    spinner.show()
    assert spinner.moving
    reduce_motion(True)
    try:
        bot.waitUntil(lambda: not spinner.moving)
        before = spinner.grab().toImage()
        assert before == spinner.grab().toImage()
        spinner.show_state("done")
        assert spinner.grab().toImage() != before  # that it is done is seen all the same
        later = Spinner()
        bot.addWidget(later)
        later.show_state("going")
        later.show()
        assert not later.moving
    finally:
        reduce_motion(False)
    spinner.show_state("going")
    assert spinner.moving


@pytest.mark.parametrize(
    ("key", "still", "moving"),
    [
        ("reduced-motion", 1, 0),
        ("enable-animations", False, True),
        ("AnimationDurationFactor", "0", "1.5"),
        ("AnimationDurationFactor", 0.0, ""),
    ],
)
def test_the_desktop_says_whether_to_move(qapp: QApplication, key: str, still: object, moving: object) -> None:
    look = Look(qapp)
    try:
        assert not is_motion_reduced()
        look._set(key, still)
        assert is_motion_reduced()
        look._set(key, moving)
        assert not is_motion_reduced()
    finally:
        look.deleteLater()
        reduce_motion(False)
