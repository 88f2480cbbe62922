"""Pictures of every window in every state: `python -m tests.ui.gallery DIR [LANGUAGE…]`, light and dark, at 100 % and at 200 %.

Each scale is a process of its own, because Qt reads QT_SCALE_FACTOR once. The language "long" is none: English, longer by 40 %.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path


def draw(folder: Path, code: str) -> None:
    from PySide6.QtCore import QTimer, qInstallMessageHandler
    from PySide6.QtGui import QColor, QImage, QPainter
    from PySide6.QtWidgets import QApplication

    from nearby_tray.ui import language, patience
    from nearby_tray.ui.icons import TRAY, tray_icon
    from nearby_tray.ui.text.translate import bind
    from nearby_tray.ui.theme import our_palette

    from .views import longer, views

    # The same code draws the same pictures: no time passes, and what waits for an answer takes one.
    time.monotonic = lambda: 1000.0
    patience.MILLISECONDS = 0
    qInstallMessageHandler(lambda _kind, _context, said: None if "does not support" in said else print(said, file=sys.stderr))
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    font = app.font()
    font.setPointSizeF(10)
    app.setFont(font)
    app.setCursorFlashTime(0)
    if code == "long":
        bind(longer)
    else:
        language.install(app, code)
    for shade in ("light", "dark"):
        app.setPalette(our_palette(dark=shade == "dark"))
        for name, window in views():
            window.grab().save(str(folder / f"{name}-{shade}.png"))
        strip = QImage(len(TRAY) * 60, 60, QImage.Format.Format_ARGB32_Premultiplied)
        strip.fill(QColor("#202024" if shade == "dark" else "#f0f0f2"))
        painter = QPainter(strip)
        for k, state in enumerate(TRAY):
            for size, y in ((16, 4), (24, 26)):
                painter.drawPixmap(k * 60 + 6, y, tray_icon(state).pixmap(size, size))
            painter.drawPixmap(k * 60 + 32, 4, tray_icon(state).pixmap(22, 22))
        painter.end()
        strip.save(str(folder / f"tray-{shade}.png"))
    QTimer.singleShot(0, app.quit)


def main(folder: Path, languages: list[str]) -> None:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    for code in languages or ["en"]:
        for scale in ("1", "2"):
            inside = folder / (code if languages else "") / f"{scale}00"
            inside.mkdir(parents=True, exist_ok=True)
            command = [sys.executable, "-m", "tests.ui.gallery", "--draw", str(inside), code]
            subprocess.run(command, check=True, env={**os.environ, "QT_SCALE_FACTOR": scale})


if __name__ == "__main__":
    if sys.argv[1] == "--draw":
        draw(Path(sys.argv[2]), sys.argv[3])
    else:
        main(Path(sys.argv[1]), sys.argv[2:])
