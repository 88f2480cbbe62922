"""A screen that cannot be reached, or is gone. Qt aborts the process then, or exits on the spot: here it is a sentence, or an orderly end.

Qt says both through its message handler before it acts (qpa: `QGuiApplicationPrivate::init_platform`, `QXcbConnection::processXcbEvents`,
`QWaylandDisplay::checkWaylandError`, Qt 6.11), and what the handler does not return from does not happen. Qt's own loop is of no use in
there, since it finds the screen gone again and exits: what is still to be done is done by `_finish`, without that loop.
"""

from __future__ import annotations

import asyncio
import os
import select
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from PySide6.QtCore import (
    QAbstractEventDispatcher,
    QCoreApplication,
    QEvent,
    QMessageLogContext,
    QTimerEvent,
    QtMsgType,
    qFormatLogMessage,
    qInstallMessageHandler,
)
from PySide6.QtWidgets import QApplication

LIMIT = 25.0  # seconds for the orderly end without a screen
_BROKEN = ("The X11 connection broke", "The Wayland connection broke", "The Wayland connection experienced a fatal error")


class Screen:
    """Makes the application, and watches over its screen from then on."""

    def __init__(self) -> None:
        self._starting = True
        self._said: list[str] = []
        self._lost: Callable[[], None] | None = None
        self._main: asyncio.Task[int] | None = None
        qInstallMessageHandler(self._on_message)

    def application(self, name: str) -> QApplication:
        """The application. Where there is no screen to use the process ends with one sentence and exit status 1."""
        app = QApplication([name])
        self._starting = False
        return app

    def watch(self, main: asyncio.Task[int], lost: Callable[[], None]) -> None:
        """When the screen has gone, `lost` is called, which begins the orderly end of `main`."""
        self._main, self._lost = main, lost

    def _on_message(self, kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
        if self._starting and kind != QtMsgType.QtFatalMsg:
            self._said.append(message)
        elif self._starting:
            self._refuse()
        elif message.startswith(_BROKEN) and self._lost is not None:
            lost, self._lost = self._lost, None
            self._end(lost)
        else:
            with suppress(OSError, ValueError):
                print(qFormatLogMessage(kind, context, message), file=sys.stderr)

    def _refuse(self) -> None:
        where = [f"{name}={os.environ[name]}" for name in ("WAYLAND_DISPLAY", "DISPLAY", "QT_QPA_PLATFORM") if os.environ.get(name)]
        why = next((f": {said}" for said in reversed(self._said) if said), "")
        sentence = f"nearby-tray: The screen cannot be used ({', '.join(where)}){why}; try --headless."
        with suppress(OSError, ValueError):
            print(" ".join(sentence.split()), file=sys.stderr, flush=True)
        os._exit(1)  # Qt aborts when this returns

    def _end(self, lost: Callable[[], None]) -> None:
        """Qt exits when this returns: so all that is to be undone is undone here."""
        assert self._main is not None
        lost()
        _finish(self._main, LIMIT)
        os._exit(1)


def _finish(main: asyncio.Task[int], limit: float) -> None:
    """Run the loop of `main` until that is done, for so many seconds, with what Qt's dispatcher would do for it: timers and sockets."""
    # qasync 0.28: the timer object and its ids, the notifiers by file descriptor
    loop: Any = main.get_loop()
    dispatcher = QAbstractEventDispatcher.instance()
    end = time.monotonic() + limit
    while not main.done() and time.monotonic() < end:
        QCoreApplication.sendPostedEvents()
        timers: dict[int, object] = loop._timer._SimpleTimer__callbacks
        wait = min([dispatcher.remainingTime(timer) for timer in timers], default=100)
        readers, writers = loop._read_notifiers, loop._write_notifiers
        ready = select.select(list(readers), list(writers), [], min(max(wait, 0), 100) / 1000)
        for notifiers, handles in zip((readers, writers), ready, strict=False):
            for handle in handles:
                if handle in notifiers:
                    QCoreApplication.sendEvent(notifiers[handle], QEvent(QEvent.Type.SockAct))
        for timer in list(timers):
            if timer in timers and dispatcher.remainingTime(timer) <= 0:
                QCoreApplication.sendEvent(loop._timer, QTimerEvent(timer))
