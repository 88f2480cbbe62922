"""Speed and size of the applet, as ratios against something run beside it. Not a test: it prints, nothing fails.

    python -m tests.bench [start] [--rounds N]      against a minimal QtWidgets tray program
    python -m tests.bench desktop [--rounds N]      against blueman-applet and nm-applet (apt install blueman network-manager-gnome)
    python -m tests.bench peers [--seconds N]       the panel with 200 peers and 50 changes a second
    python -m tests.bench flood [--rounds N]        a signal of 24 MiB, sent to our connection by another program

`start` and `desktop`: start to tray icon and proportional memory (PSS), the programs in turn in one session (Xvfb, a StatusNotifier
watcher, private buses with the fake NetworkManager and BlueZ of `tests/system`, so that the applet really listens). `start` also says how
often the applet wakes up when nothing happens. Forming a group against bare calls to the same NetworkManagers is `tests/lab/run bench`.

The icon counts twice: when it is registered with the watcher, and when it can be drawn, which is when the program has answered what a
tray asks it then (all properties, with the picture). Each by the clock on the wall, which other programs on the machine slow, and by the
processor time that the program had until then, which is steadier. Each figure is the median of those of the rounds, in which the
programs ran right after each other. What a program starts counts with it (blueman-applet's icon is a second process).

Proportional memory depends on who else has the same libraries mapped: here that is this program (Python), on a desktop it would be other
programs of GTK or of Qt. So `desktop` also says what each would take if it shared nothing with anybody.

`peers`: everything that the user sees, in this process under Xvfb, told a new Snapshot at each change. A frame is one turn of the event
loop, from where it begins to do something to where it would sleep again: what came of a change, the layout, the painting. On the wall a
frame also waits for the processor and for the X server, so both that and the processor time of our thread are printed.

`flood`: the worst turn of the event loop while it comes, and what this process has kept afterwards, for a signal of variants that nobody
here subscribed to, and for one that bears path, interface and member of one that somebody did. Also for as many bytes in small ones.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import ExitStack, asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import IO, NamedTuple

from dbus_fast import Variant
from dbus_fast.aio import MessageBus

from nearby_tray.system.bus import Bus, ServiceInterface, method

from .system.conftest import Daemon
from .system.fake_bluez import ADAPTER, FakeBlueZ
from .system.fake_networkmanager import MANAGER, NM, FakeNetworkManager
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
    from nearby_tray.system.wifi import managed
    async def address(*_): return bytes.fromhex("024e54000001")
    managed.Managed.__init__.__kwdefaults__["read_address"] = address
    return edges(self)
app._Applet._edges = with_address
sys.exit(cli.main(["--background", "--log-level", "error"]))
"""
PYTHON = (sys.executable, "-c")
PROGRAMS: dict[str, tuple[str, ...]] = {
    "nearby-tray": (*PYTHON, APPLET),
    "blueman-applet": ("blueman-applet",),
    "nm-applet": ("nm-applet", "--indicator"),
}


class Run(NamedTuple):
    """One start of one program: seconds, MiB, 1/s."""

    registered: float
    registered_cpu: float
    drawn: float
    drawn_cpu: float
    pss: float
    alone: float
    wakes: float


class Desk(NamedTuple):
    """What the programs run in."""

    host: IO[bytes]
    bus: MessageBus
    bluez: FakeBlueZ


def processes(session: int) -> list[int]:
    """Those of a session that was begun with `setsid`: a program and what it started."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it ended
            if int(stat.read_text().rpartition(")")[2].split()[3]) == session:
                found.append(int(stat.parent.name))
    return found


def processor_time(pids: Iterable[int]) -> float:
    """Seconds, user and system, of all threads of other processes: what clock_getcpuclockid(3) makes of their numbers."""
    return sum(time.clock_gettime((~pid << 3) | 2) for pid in pids)


def alone(pids: Iterable[int]) -> float:
    """MiB, as if nobody else on the machine had these files mapped: of each file what is resident, once, and what is no file."""
    files, rest = dict[str, int](), 0
    for pid in pids:
        here, file = dict[str, int](), ""
        for line in Path(f"/proc/{pid}/smaps").read_text().splitlines():
            head = line.split(maxsplit=5)
            if not head[0].endswith(":"):
                file = head[5] if len(head) == 6 and head[5].startswith("/") else ""
            elif head[0] == "Rss:" and file:
                here[file] = here.get(file, 0) + int(head[1])
            elif head[0] == "Pss:" and not file:
                rest += int(head[1])
        for file, size in here.items():
            files[file] = max(files.get(file, 0), size)
    return (rest + sum(files.values())) / 1024


def figures(pids: Iterable[int]) -> tuple[float, int]:
    """Proportional memory in MiB, and voluntary context switches of all threads so far."""
    pss = switches = 0
    for pid in pids:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        pss += next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
        for status in Path(f"/proc/{pid}/task").glob("*/status"):
            switches += next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("voluntary"))
    return pss / 1024, switches


async def started(program: Sequence[str], desk: Desk, settle: float, idle: float = 0.0) -> Run:
    """Start the program, ask for its icon as a tray does, look at its memory after `settle` seconds, count wake-ups over `idle` seconds."""
    # Byte code is what an installed program has; without it the start would be the compiler’s.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    loop = asyncio.get_running_loop()

    async def told(event: str) -> str:
        async with asyncio.timeout(60):
            while (said := json.loads(await loop.run_in_executor(None, desk.host.readline))).get("event") != event:
                pass
        return str(said["item"])

    began = time.monotonic()
    process = subprocess.Popen(  # noqa: ASYNC220 - takes a millisecond
        program, cwd=PROJECT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    ours = process.pid
    try:
        shown = await told("registered")
        registered, registered_cpu = time.monotonic() - began, processor_time(processes(ours))
        name, _, path = shown.partition("/")
        path = f"/{path}" if path else "/StatusNotifierItem"
        (item,) = await call(desk.bus, name, path, "org.freedesktop.DBus.Properties", "GetAll", "s", [ITEM])
        drawn, drawn_cpu = time.monotonic() - began, processor_time(processes(ours))
        picture = [item[key].value for key in ("IconPixmap", "IconName") if key in item]
        assert any(picture), "an icon without a picture"
        await asyncio.sleep(settle)
        pss, before = figures(processes(ours))
        whole = alone(processes(ours))
        await asyncio.sleep(idle)
        wakes = (figures(processes(ours))[1] - before) / idle if idle else 0.0
    finally:
        for pid in processes(ours):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
        await loop.run_in_executor(None, process.wait)
    await told("gone")
    return Run(registered, registered_cpu, drawn, drawn_cpu, pss, whole, wakes)


def screen(stack: ExitStack) -> None:
    """An X server, until the stack ends."""
    reading, writing = os.pipe()
    xvfb = subprocess.Popen(["Xvfb", "-displayfd", str(writing), "-screen", "0", "1280x800x24"], pass_fds=[writing], stderr=-3)
    stack.callback(xvfb.wait)
    stack.callback(xvfb.terminate)
    os.environ["DISPLAY"] = ":" + os.read(reading, 16).decode().strip()
    os.environ["QT_QPA_PLATFORM"] = "xcb"


def private(stack: ExitStack, *buses: str) -> None:
    """Folders and buses of our own, so that nothing of the user's is touched."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
    for name in buses:
        (folder / name).mkdir()
        daemon = Daemon(folder / name)
        daemon.start()
        stack.callback(daemon.stop)
        os.environ[f"DBUS_{name.upper()}_BUS_ADDRESS"] = daemon.address
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR"):
        os.environ[name] = str(folder)


class SecretAgents(ServiceInterface):
    """Takes every agent. Where there is none to ask nm-applet tries again for two and a half seconds before it shows its icon."""

    def __init__(self) -> None:
        super().__init__(f"{NM}.AgentManager")

    @method("RegisterWithCapabilities", takes=["s", "u"])
    def register(self, identifier: str, capabilities: int) -> None:
        return None

    @method("Unregister")
    def unregister(self) -> None:
        return None


# What blueman-applet reads of an adapter and ours does not.
MORE_OF_AN_ADAPTER = {
    **{name: Variant("s", "desk") for name in ("Name", "Alias")},
    **{name: Variant("b", False) for name in ("Discoverable", "Pairable")},
    **{name: Variant("u", 0) for name in ("DiscoverableTimeout", "PairableTimeout", "Class")},
    "UUIDs": Variant("as", []),
}


@asynccontextmanager
async def session() -> AsyncIterator[Desk]:
    with ExitStack() as stack:
        private(stack, "system", "session")
        screen(stack)
        host = subprocess.Popen(  # noqa: ASYNC220 - nothing else runs yet
            [sys.executable, "-m", "tests.ui.tray_host"], cwd=PROJECT, stdout=subprocess.PIPE
        )
        stack.callback(host.terminate)
        assert host.stdout is not None
        host.stdout.readline()
        manager, bluez = FakeNetworkManager(), FakeBlueZ()
        await manager.start()
        manager.bus.export(f"{MANAGER}/AgentManager", SecretAgents())
        await bluez.start()
        bluez.objects["/org/bluez/hci0"][ADAPTER].update(MORE_OF_AN_ADAPTER)
        bus = await MessageBus().connect()
        yield Desk(host.stdout, bus, bluez)
        bus.disconnect()
        await manager.stop()


async def rounds(programs: dict[str, tuple[str, ...]], desk: Desk, number: int) -> list[dict[str, Run]]:
    """Each program once before, so that none is the one that brings the libraries from the disk or has its byte code written."""
    for program in programs.values():
        await started(program, desk, 0)
    made = []
    for each in range(number):
        row = {}
        names = list(programs)
        for name in names[each % len(names) :] + names[: each % len(names)]:
            run = row[name] = await started(programs[name], desk, 5)
            print(
                f"round {each + 1}, {name}: registered {run.registered:.2f} s ({run.registered_cpu:.2f} s of processor), "
                f"drawn {run.drawn:.2f} s ({run.drawn_cpu:.2f} s), {run.pss:.1f} MiB, alone {run.alone:.1f} MiB",
                flush=True,
            )
        made.append(row)
    return made


async def start(number: int) -> None:
    async with session() as desk:
        rows = await rounds({"minimal": (*PYTHON, MINIMAL), "applet": PROGRAMS["nearby-tray"]}, desk, number)
        wakes = (await started(PROGRAMS["nearby-tray"], desk, 10, 15)).wakes
        listened = any(said[1] == "StartDiscovery" for said in desk.bluez.calls)
        print(f"the applet was listening: {listened}")

        def ratio(of: Callable[[Run], float]) -> float:
            return median(of(row["applet"]) / of(row["minimal"]) for row in rows)

        memory = median(row["applet"].pss - row["minimal"].pss for row in rows)
        print(
            f"start to icon: {ratio(lambda r: r.registered):.2f} x the minimal tray program (at most 2 x), "
            f"in processor time {ratio(lambda r: r.registered_cpu):.2f} x"
        )
        print(f"icon that can be drawn: {ratio(lambda r: r.drawn):.2f} x, in processor time {ratio(lambda r: r.drawn_cpu):.2f} x")
        print(f"memory: {memory:+.1f} MiB PSS over the minimal tray program (at most +25 MiB)")
        print(f"idle, listening: {wakes:.2f} wake-ups a second")


async def desktop(number: int) -> None:
    programs = dict(PROGRAMS)
    for name in ("blueman-applet", "nm-applet"):
        if shutil.which(name) is None:
            print(f"{name}: skipped, not installed (apt install blueman network-manager-gnome)")
            del programs[name]
    async with session() as desk:
        rows = await rounds(programs, desk, number)

    def middle(of: Callable[[dict[str, Run], str], float]) -> list[float]:
        return [median(of(row, field) for row in rows) for field in ("drawn", "drawn_cpu", "pss", "alone")]

    print("medians: seconds to an icon that can be drawn, of them processor; MiB PSS; MiB with nothing shared")
    for name in programs:
        print("{}: {:.2f} s, {:.2f} s; {:.1f} MiB; {:.1f} MiB".format(name, *middle(lambda row, field: getattr(row[name], field))))  # noqa: B023
    for name in list(programs)[1:]:
        ratios = middle(lambda row, field: getattr(row["nearby-tray"], field) / getattr(row[name], field))  # noqa: B023
        print("nearby-tray / {}: {:.2f} x, {:.2f} x; {:.2f} x; {:.2f} x".format(name, *ratios))


class Frames:
    """Turns of Qt's event loop that did something, as (seconds on the wall, seconds of our thread's processor time)."""

    def __init__(self) -> None:
        from PySide6.QtCore import QCoreApplication, QEventLoop

        self._dispatcher, self._all = QCoreApplication.eventDispatcher(), QEventLoop.ProcessEventsFlag.AllEvents
        self._taken: list[tuple[float, float]] = []

    def turn(self, act: Callable[[], object] | None = None) -> None:
        wall, cpu = time.perf_counter(), time.thread_time()
        if act is not None:
            act()
        if self._dispatcher.processEvents(self._all) or act is not None:
            self._taken.append((time.perf_counter() - wall, time.thread_time() - cpu))
        else:
            time.sleep(0.001)

    def report(self, what: str) -> None:
        """And begin anew."""
        taken, self._taken = self._taken, []
        said = []
        for number, name in enumerate(("wall", "processor")):
            each = sorted(1000 * frame[number] for frame in taken)
            said.append(f"{name}: longest {each[-1]:.1f}, p99 {each[int(0.99 * len(each))]:.1f}, median {median(each):.1f} ms")
        late = sum(cpu > 0.05 for _, cpu in taken)
        print(f"{what}: {len(taken)} frames; {'; '.join(said)}; above 50 ms of processor: {late}", flush=True)


def peers(seconds: float) -> None:
    with ExitStack() as stack:
        private(stack, "system", "session")
        screen(stack)
        from PySide6.QtCore import QPoint
        from PySide6.QtGui import QCursor
        from PySide6.QtWidgets import QApplication, QScrollArea, QWidget

        from nearby_tray.core.model import Peer
        from nearby_tray.ui.face import Face

        from .ui.scenes import SCENES, STUDIO, FakeController

        app = QApplication([])
        controller = FakeController(replace(SCENES["seeking"], peers=()))
        face = Face(app, quit=app.quit)
        face.serve(controller)
        chance, frames = random.Random(1), Frames()
        made = 0

        def another() -> Peer:
            nonlocal made
            made += 1
            address = f"02:00:00:00:{made >> 8:02x}:{made & 255:02x}"
            return replace(STUDIO, id=address, address=address, name=f"computer {made}", strength=chance.randrange(1, 100))

        crowd: list[Peer] = []

        def change() -> None:
            """Mostly another signal strength; now and then one that can be asked or not any more, or one that goes while another comes."""
            which, what = chance.randrange(len(crowd)), chance.random()
            if what < 0.7:
                crowd[which] = replace(crowd[which], strength=chance.randrange(1, 100))
            elif what < 0.85:
                crowd[which] = replace(crowd[which], reachable=not crowd[which].reachable)
            else:
                del crowd[which]
                crowd.append(another())
            controller.show(replace(controller.snapshot, peers=tuple(crowd)))

        def pause(length: float) -> None:
            end = time.monotonic() + length
            while time.monotonic() < end:
                frames.turn()

        frames.turn(face.show_panel)
        pause(1)
        frames.report("the window opens for the first time, nobody there")
        crowd += [another() for _ in range(200)]
        frames.turn(lambda: controller.show(replace(controller.snapshot, peers=tuple(crowd))))
        pause(2)
        frames.report("200 peers come at once")
        (panel,) = (window for window in app.topLevelWidgets() if window.objectName() == "face")
        listing, scroll = panel.findChild(QWidget, "list"), panel.findChild(QScrollArea)
        assert isinstance(listing, QWidget) and isinstance(scroll, QScrollArea)
        bar = scroll.verticalScrollBar()

        def changes(before: Callable[[], object]) -> None:
            def both() -> None:
                before()
                change()

            due = time.monotonic()
            end = due + seconds
            while time.monotonic() < end:
                if time.monotonic() >= due:
                    due += 1 / 50
                    frames.turn(both)
                else:
                    frames.turn()

        QCursor.setPos(panel.mapToGlobal(QPoint(30, 8)))
        pause(0.3)
        changes(lambda: bar.setValue((bar.value() + 9) % max(1, bar.maximum())))
        frames.report("50 changes a second, the list being scrolled")
        bar.setValue(bar.maximum() // 3)
        pause(0.3)
        QCursor.setPos(scroll.viewport().mapToGlobal(QPoint(90, 300)))
        pause(0.3)
        (row,) = (child for child in listing.findChildren(QWidget, "peer") if isinstance(child, QWidget) and child.underMouse())
        places = {row.mapToGlobal(QPoint(0, 0)).y()}
        changes(lambda: places.add(row.mapToGlobal(QPoint(0, 0)).y()))
        frames.report("50 changes a second, the pointer resting in the list")
        print(f"the row under the pointer was at {len(places)} place(s)")
        frames.turn(lambda: QCursor.setPos(panel.mapToGlobal(QPoint(30, 8))))
        pause(1)
        frames.report("the pointer leaves")
        frames.turn(panel.hide)
        pause(0.5)
        frames.report("the window closes")
        frames.turn(face.show_panel)
        pause(2)
        frames.report("and opens again with 200 peers")
        face.close()


SENDER = """
import sys, time
from tests.system.raw_bus import SIGNAL, Raw, fields, message, variants
address, target, path, member, size, count = sys.argv[1:7]
raw = Raw(address)
one = message(SIGNAL, fields(path, "x.y", member, target, "av"), variants(int(size) // 4))
for _ in range(int(count)):
    raw.send(one)
raw.ping(target)
"""


class Turns:
    """Looks each millisecond how long the loop was busy since."""

    def __init__(self) -> None:
        self._worst = 0.0, 0.0
        self._look(time.perf_counter(), time.thread_time())

    def _look(self, due: float, before: float) -> None:
        now, used = time.perf_counter(), time.thread_time()
        self._worst = max(self._worst[0], now - due), max(self._worst[1], used - before)
        self._next = asyncio.get_running_loop().call_later(0.001, self._look, now + 0.001, used)

    def end(self) -> tuple[float, float]:
        """The longest: seconds on the wall, and of the processor."""
        self._next.cancel()
        return self._worst


async def flood(number: int) -> None:
    """Say how long the loop stood still and what was kept, for each kind of flood."""
    size = 24 * 1024 * 1024
    kinds = {"unasked": ("/x", "Z", size, 1), "like one asked for": ("/x", "Y", size, 1), "many small": ("/x", "Z", 1024, size // 1024)}
    with ExitStack() as stack:
        private(stack, "system")
        address = os.environ["DBUS_SYSTEM_BUS_ADDRESS"]
        bus = await Bus.connect("system")
        await bus.subscribe(lambda _: None, sender="org.freedesktop.NetworkManager", path="/x", interface="x.y", member="Y")
        for what, (path, member, each, count) in kinds.items():
            worst: list[tuple[float, float]] = []
            kept = []
            for _ in range(number):
                before, turns = _resident(), Turns()
                words = (address, bus.unique_name, path, member, str(each), str(count))
                sender = await asyncio.create_subprocess_exec(*PYTHON, SENDER, *words, cwd=PROJECT)
                assert await sender.wait() == 0, "the sender failed"
                worst.append(turns.end())
                kept.append(_resident() - before)
            wall, cpu = (median(column) * 1000 for column in zip(*worst, strict=True))
            print(f"{what:20} worst turn {wall:6.1f} ms ({cpu:5.1f} ms of the processor), kept {median(kept):+.2f} MiB")
        await bus.close()


def _resident() -> float:
    """MiB of this process."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Measure start, memory, idleness and a crowd.")
    parser.add_argument("what", nargs="?", choices=("start", "desktop", "peers", "flood"), default="start")
    parser.add_argument("--rounds", type=int, default=15, help="of start, desktop and flood")
    parser.add_argument("--seconds", type=float, default=10, help="of changes, twice, for peers")
    given = parser.parse_args()
    if given.what == "peers":
        peers(given.seconds)
    else:
        asyncio.run({"start": start, "desktop": desktop, "flood": flood}[given.what](given.rounds))


if __name__ == "__main__":
    main()
