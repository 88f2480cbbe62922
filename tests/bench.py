"""Speed and size of the applet, as ratios against something run beside it. Not a test: it prints, nothing fails.

    python -m tests.bench [--rounds N]

Start to tray icon and proportional memory (PSS) against a minimal QtWidgets tray program, in turn in one session (Xvfb, a StatusNotifier
watcher, private buses with the fake NetworkManager and BlueZ of `tests/system`, so that the applet really listens); and how often
it wakes up when nothing happens. Forming a group against bare calls to the same NetworkManagers is `tests/lab/run bench`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import IO

from .system.conftest import Daemon
from .system.fake_bluez import FakeBlueZ
from .system.fake_networkmanager import FakeNetworkManager

PROJECT = Path(__file__).parent.parent
MINIMAL = """
import sys
from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import QApplication, QMenu, QSystemTrayIcon
app = QApplication(sys.argv)
pixmap = QPixmap(22, 22)
pixmap.fill(QColor("red"))
menu = QMenu()
menu.addAction("Quit").triggered.connect(app.quit)
tray = QSystemTrayIcon(QIcon(pixmap))
tray.setContextMenu(menu)
tray.show()
app.exec()
"""
# The kernel here has no radio that could tell our own address; the rest is the applet as it is.
APPLET = """
import sys
from nearby_tray.system import networkmanager
async def address(*_): return bytes.fromhex("024e54000001")
networkmanager.NetworkManager.__init__.__kwdefaults__["read_address"] = address
from nearby_tray.cli import main
sys.exit(main(["--background", "--log-level", "error"]))
"""


def figures(pid: int) -> tuple[float, int]:
    """Proportional memory in MiB, and voluntary context switches of all threads so far."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    pss = next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
    switches = 0
    for status in Path(f"/proc/{pid}/task").glob("*/status"):
        switches += next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("voluntary"))
    return pss / 1024, switches


async def started(program: str, host: IO[bytes], settle: float, idle: float = 0.0) -> tuple[float, float, float]:
    """Seconds until the program's icon is registered, its PSS after `settle` seconds, and its wake-ups a second over `idle` seconds."""
    # Byte code is what an installed program has; without it the start would be the compiler’s.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    began = time.monotonic()
    process = subprocess.Popen(  # noqa: ASYNC220 - takes a millisecond
        [sys.executable, "-c", program], cwd=PROJECT, env=environment, stderr=subprocess.DEVNULL
    )
    try:
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(60):
            while json.loads(await loop.run_in_executor(None, host.readline)).get("event") != "registered":
                pass
        shown = time.monotonic() - began
        await asyncio.sleep(settle)
        pss, before = figures(process.pid)
        await asyncio.sleep(idle)
        wakes = (figures(process.pid)[1] - before) / idle if idle else 0.0
    finally:
        process.terminate()
        await asyncio.get_running_loop().run_in_executor(None, process.wait)
    return shown, pss, wakes


async def measure(rounds: int) -> None:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for name in ("system", "session"):
            (folder / name).mkdir()
            daemon = Daemon(folder / name)
            daemon.start()
            stack.callback(daemon.stop)
            os.environ[f"DBUS_{name.upper()}_BUS_ADDRESS"] = daemon.address
        for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR"):
            os.environ[name] = str(folder)
        reading, writing = os.pipe()
        screen = subprocess.Popen(  # noqa: ASYNC220 - nothing else runs yet
            ["Xvfb", "-displayfd", str(writing), "-screen", "0", "800x600x24"], pass_fds=[writing], stderr=-3
        )
        stack.callback(screen.terminate)
        os.environ["DISPLAY"] = ":" + os.read(reading, 16).decode().strip()
        os.environ["QT_QPA_PLATFORM"] = "xcb"
        host = subprocess.Popen(  # noqa: ASYNC220
            [sys.executable, "-m", "tests.ui.tray_host"], cwd=PROJECT, stdout=subprocess.PIPE
        )
        stack.callback(host.terminate)
        assert host.stdout is not None
        host.stdout.readline()
        manager, bluez = FakeNetworkManager(), FakeBlueZ()
        await manager.start()
        await bluez.start()
        minimal, applet = [], []
        for number in range(rounds):
            minimal.append(await started(MINIMAL, host.stdout, 3))
            applet.append(await started(APPLET, host.stdout, 3))
            for what, (shown, pss, _) in (("minimal", minimal[-1]), ("applet", applet[-1])):
                print(f"round {number + 1}, {what}: {shown:.2f} s, {pss:.1f} MiB")
        _, _, wakes = await started(APPLET, host.stdout, 10, 15)
        listened = any(call[1] == "StartDiscovery" for call in bluez.calls)
        print(f"the applet was listening: {listened}")
        start = median(a[0] for a in applet) / median(m[0] for m in minimal)
        memory = median(a[1] for a in applet) - median(m[1] for m in minimal)
        print(f"start to icon: {start:.2f} x the minimal tray program (at most 2 x)")
        print(f"memory: {memory:+.1f} MiB PSS over the minimal tray program (at most +25 MiB)")
        print(f"idle, listening: {wakes:.2f} wake-ups a second")
        await manager.stop()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Measure start, memory and idleness.")
    parser.add_argument("--rounds", type=int, default=9)
    asyncio.run(measure(parser.parse_args().rounds))


if __name__ == "__main__":
    main()
