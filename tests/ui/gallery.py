"""Pictures of every window in every state: `python -m tests.ui.gallery DIR`, light and dark, at 100 % and at 200 %.

Each scale is a process of its own, because Qt reads QT_SCALE_FACTOR once.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def draw(folder: Path) -> None:
    from PySide6.QtCore import QTimer, qInstallMessageHandler
    from PySide6.QtGui import QColor, QImage, QPainter
    from PySide6.QtWidgets import QApplication, QPushButton, QWidget

    from nearby_tray.settings import AutostartBy, Settings
    from nearby_tray.ui import text, theme
    from nearby_tray.ui.dialogs import DIALOGS
    from nearby_tray.ui.doctor import DoctorWindow
    from nearby_tray.ui.panel import Doors, Panel
    from nearby_tray.ui.parts import PeerRow, PinField
    from nearby_tray.ui.settings import SettingsWindow

    from .scenes import FINDINGS, SCENES, FakeController, FakeDoctor

    qInstallMessageHandler(lambda _kind, _context, said: None if "does not support" in said else print(said, file=sys.stderr))
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    font = app.font()
    font.setPointSizeF(10)
    app.setFont(font)
    doors = Doors(lambda: None, lambda: None, lambda: None, lambda: None)

    def save(widget: QWidget, name: str) -> None:
        for _ in range(3):
            app.processEvents()
        widget.grab().save(str(folder / f"{name}.png"))

    for shade in ("light", "dark"):
        app.setPalette(theme.our_palette(dark=shade == "dark"))
        for name, snapshot in SCENES.items():
            controller = FakeController(snapshot)
            panel = Panel(controller, lambda: "Ben's laptop", doors)
            panel.show()
            save(panel, f"panel-{name}-{shade}")
            if name == "idle-able":
                panel.offer_host()
                save(panel, f"panel-host-{shade}")
            for peer in snapshot.peers if name == "seeking-foreign" else ():
                if not peer.reachable:
                    next(row for row in panel.findChildren(PeerRow) if row.peer == peer and row.isVisible()).click()
                    save(panel, f"panel-ways-{peer.kind}-{shade}")
                    next(b for b in panel.findChildren(QPushButton, "backButton") if b.isVisible()).click()
            if details := [b for b in panel.findChildren(QPushButton, "detailsButton") if b.isVisible()]:
                details[0].click()
                save(panel, f"panel-{name}-details-{shade}")
            panel.hide()
            panel.deleteLater()
            if question := text.question(snapshot):
                dialog = DIALOGS[question](controller)
                dialog.render_snapshot(snapshot)
                save(dialog, f"{question}-{name}-{shade}")
                for field in dialog.findChildren(PinField) if snapshot.pin_wanted else ():
                    for typed in ("12345671", "12345670", "123"):
                        field.edit.setText(typed)
                        field.edit.textEdited.emit(typed)
                        save(dialog, f"{question}-{name}-{typed}-{shade}")
                dialog.hide()
                dialog.deleteLater()
        controller = FakeController()
        window = SettingsWindow(
            controller,
            settings=lambda c=controller: c.settings,  # type: ignore[misc]
            adapters=lambda: [("hci0", "hci0: built in"), ("hci1", "hci1: dongle")],
            remembered=lambda c=controller: c.people,  # type: ignore[misc]
            autostart_note=lambda: "Started at login by the systemd user service ~/.config/systemd/user/nearby-tray.service.",
            languages=lambda: [("en", "English"), ("de", "Deutsch")],
        )
        controller.settings = Settings(name="Ben's laptop", autostart=True, autostart_by=AutostartBy.SERVICE)
        window.fit()
        window.show()
        save(window, f"settings-{shade}")
        window.resize(window.width(), 1500)
        save(window, f"settings-tall-{shade}")
        window.name.setText("x" * 40)
        window.port.setText("80")
        window.name.textEdited.emit("")
        window.port.textEdited.emit("")
        save(window, f"settings-errors-{shade}")
        window.groups.findChild(QPushButton, "advancedButton").click()  # type: ignore[union-attr]
        save(window.groups, f"settings-groups-{shade}")
        window.groups.frequency.setText("5180")
        window.groups.frequency.textEdited.emit("")
        save(window.groups, f"settings-groups-channel-{shade}")
        window.hide()
        window.deleteLater()
        for name, findings in (("", FINDINGS), ("-well", FINDINGS[-2:])):
            doctor = FakeDoctor(findings, at_once=True)
            troubleshoot = DoctorWindow(doctor, lambda: None)
            troubleshoot.fit()
            troubleshoot.show()
            save(troubleshoot, f"doctor{name}-{shade}")
            troubleshoot.resize(troubleshoot.width(), 1100)
            troubleshoot._saved("/home/ben/Documents/nearby-tray-report.txt", "")
            save(troubleshoot, f"doctor{name}-tall-{shade}")
            troubleshoot.hide()
            troubleshoot.deleteLater()
        strip = QImage(len(theme.TRAY) * 60, 60, QImage.Format.Format_ARGB32_Premultiplied)
        strip.fill(QColor("#202024" if shade == "dark" else "#f0f0f2"))
        painter = QPainter(strip)
        for k, state in enumerate(theme.TRAY):
            for size, y in ((16, 4), (24, 26)):
                painter.drawPixmap(k * 60 + 6, y, theme.tray_icon(state).pixmap(size, size))
            painter.drawPixmap(k * 60 + 32, 4, theme.tray_icon(state).pixmap(22, 22))
        painter.end()
        strip.save(str(folder / f"tray-{shade}.png"))
    QTimer.singleShot(0, app.quit)


def main(folder: Path) -> None:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    for scale in ("1", "2"):
        inside = folder / f"{scale}00"
        inside.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            [sys.executable, "-m", "tests.ui.gallery", "--draw", str(inside)], check=True, env={**os.environ, "QT_SCALE_FACTOR": scale}
        )


if __name__ == "__main__":
    if sys.argv[1] == "--draw":
        draw(Path(sys.argv[2]))
    else:
        main(Path(sys.argv[1]))
