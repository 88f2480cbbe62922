"""Speed and size of the applet, as ratios against something run beside it. Not a test: it prints, nothing fails.

    python -m tests.bench [--rounds N]

Start to tray icon and proportional memory (PSS) against a minimal QtWidgets tray program, in turn in one session (Xvfb, a StatusNotifier
watcher, private buses with the fake NetworkManager and BlueZ of `tests/system`, so that the applet really listens); and how often
it wakes up when nothing happens. Forming a group against bare calls to the same NetworkManagers is `tests/lab/run bench`.

The icon counts twice: when it is registered with the watcher, and when it can be drawn, which is when the program has answered what a
tray asks it then (all properties, with the picture). Each by the clock on the wall, which other programs on the machine slow, and by the
processor time that the program had until then, which is steadier. Each figure is the median of those of the rounds, in which the two
programs ran right after each other.
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
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import IO, NamedTuple

from dbus_fast.aio import MessageBus

from .system.conftest import Daemon
from .system.fake_bluez import FakeBlueZ
from .system.fake_networkmanager import FakeNetworkManager
from .ui.tray_host import ITEM, call

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
# The kernel here has no radio that could tell our own address; the rest is the applet as it is, in its own order of loading.
APPLET = """
import sys
from nearby_tray import cli, app
edges = app._Applet._edges
def with_address(self):
    from nearby_tray.system import networkmanager
    async def address(*_): return bytes.fromhex("024e54000001")
    networkmanager.NetworkManager.__init__.__kwdefaults__["read_address"] = address
    return edges(self)
app._Applet._edges = with_address
sys.exit(cli.main(["--background", "--log-level", "error"]))
"""


class Run(NamedTuple):
    """One start of one program: seconds, MiB, 1/s."""

    registered: float
    registered_cpu: float
    drawn: float
    drawn_cpu: float
    pss: float
    wakes: float


def processor_time(pid: int) -> float:
    """Seconds, user and system, of all threads of another process: what clock_getcpuclockid(3) makes of its number."""
    return time.clock_gettime((~pid << 3) | 2)


def figures(pid: int) -> tuple[float, int]:
    """Proportional memory in MiB, and voluntary context switches of all threads so far."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    pss = next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
    switches = 0
    for status in Path(f"/proc/{pid}/task").glob("*/status"):
        switches += next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("voluntary"))
    return pss / 1024, switches


async def started(program: str, host: IO[bytes], bus: MessageBus, settle: float, idle: float = 0.0) -> Run:
    """Start the program, ask for its icon as a tray does, look at its memory after `settle` seconds, count wake-ups over `idle` seconds."""
    # Byte code is what an installed program has; without it the start would be the compiler’s.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    began = time.monotonic()
    process = subprocess.Popen(  # noqa: ASYNC220 - takes a millisecond
        [sys.executable, "-c", program], cwd=PROJECT, env=environment, stderr=subprocess.DEVNULL
    )
    try:
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(60):
            while (event := json.loads(await loop.run_in_executor(None, host.readline))).get("event") != "registered":
                pass
            registered, registered_cpu = time.monotonic() - began, processor_time(process.pid)
            name, _, path = event["item"].partition("/")
            path = f"/{path}" if path else "/StatusNotifierItem"
            (item,) = await call(bus, name, path, "org.freedesktop.DBus.Properties", "GetAll", "s", [ITEM])
            drawn, drawn_cpu = time.monotonic() - began, processor_time(process.pid)
        assert item["IconPixmap"].value, "an icon without a picture"
        await asyncio.sleep(settle)
        pss, before = figures(process.pid)
        await asyncio.sleep(idle)
        wakes = (figures(process.pid)[1] - before) / idle if idle else 0.0
    finally:
        process.terminate()
        await asyncio.get_running_loop().run_in_executor(None, process.wait)
    return Run(registered, registered_cpu, drawn, drawn_cpu, pss, wakes)


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
        bus = await MessageBus().connect()
        await started(MINIMAL, host.stdout, bus, 0)  # neither program is the one that brings the libraries from the disk,
        await started(APPLET, host.stdout, bus, 0)  # or has its byte code written
        rows: list[tuple[Run, Run]] = []
        for number in range(rounds):
            pair = {}
            for what in (MINIMAL, APPLET) if number % 2 else (APPLET, MINIMAL):
                pair[what] = await started(what, host.stdout, bus, 3)
            rows.append((pair[MINIMAL], pair[APPLET]))
            for what, run in zip(("minimal", "applet"), rows[-1], strict=True):
                print(
                    f"round {number + 1}, {what}: registered {run.registered:.2f} s ({run.registered_cpu:.2f} s of processor), "
                    f"drawn {run.drawn:.2f} s ({run.drawn_cpu:.2f} s), {run.pss:.1f} MiB",
                    flush=True,
                )
        wakes = (await started(APPLET, host.stdout, bus, 10, 15)).wakes
        listened = any(said[1] == "StartDiscovery" for said in bluez.calls)
        print(f"the applet was listening: {listened}")

        def ratio(of: Callable[[Run], float]) -> float:
            return median(of(applet) / of(minimal) for minimal, applet in rows)

        memory = median(applet.pss - minimal.pss for minimal, applet in rows)
        print(
            f"start to icon: {ratio(lambda r: r.registered):.2f} x the minimal tray program (at most 2 x), "
            f"in processor time {ratio(lambda r: r.registered_cpu):.2f} x"
        )
        print(f"icon that can be drawn: {ratio(lambda r: r.drawn):.2f} x, in processor time {ratio(lambda r: r.drawn_cpu):.2f} x")
        print(f"memory: {memory:+.1f} MiB PSS over the minimal tray program (at most +25 MiB)")
        print(f"idle, listening: {wakes:.2f} wake-ups a second")
        bus.disconnect()
        await manager.stop()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Measure start, memory and idleness.")
    parser.add_argument("--rounds", type=int, default=15)
    asyncio.run(measure(parser.parse_args().rounds))


if __name__ == "__main__":
    main()
