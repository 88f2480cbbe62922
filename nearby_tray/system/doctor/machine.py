"""The machine that the doctor examines: buses, the kernel's wireless layer and routes, files, programs, the environment.

The rules: reading changes nothing and starts no daemon, each read has a limit, and "not there" is told apart from "cannot be seen"
(`Unseen`). Root folder and buses are arguments, so that a test reads a folder and a private bus instead.
"""

from __future__ import annotations

import asyncio
import os
import stat
import subprocess
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from ... import BUS_NAME
from ...core.checks import Fix, Sentence, say
from ...core.names import harmless
from ...settings import Settings
from .. import nl80211, routing
from ..bus import Bus, BusError, BusGone, values

CALL = 4.0  # seconds for one call to a daemon
_RUN = 3.0  # seconds for a program to say its version
_FILE = 256 * 1024  # bytes of a file that are read
_MOST_NAMES = 20_000  # in a folder
# Where programs are that an ordinary user's PATH leaves out.
_PROGRAMS = ("usr/local/sbin", "usr/local/bin", "usr/sbin", "usr/bin", "sbin", "bin", "usr/libexec", "run/current-system/sw/bin")

NM = "org.freedesktop.NetworkManager"
NM_PATH = "/org/freedesktop/NetworkManager"
NM_WIFI, NM_P2P = 2, 30  # device types
_MOST_DEVICES = 64

DBUS = ("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus")


class Unseen(Exception):
    """Something cannot be seen from here; `sentence` says what and why."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Device:
    """A device of NetworkManager. `state`, `kind`: its numbers (nm-dbus-interface.h); `active`: the path of its connection, or "/"."""

    path: str
    kind: int
    interface: str
    state: int
    managed: bool
    driver: str
    firmware: str
    firmware_missing: bool
    active: str


@dataclass(frozen=True, slots=True)
class Process:
    number: int
    user: int
    name: str  # as the kernel has it, at most 15 characters
    words: tuple[str, ...]  # its command line


class Machine:
    """Use it as an async context: at the end the buses it has connected to are closed."""

    def __init__(
        self,
        *,
        settings: Settings | None = None,
        system: str = "system",
        session: str = "session",
        root: Path = Path("/"),
        environment: Mapping[str, str] | None = None,
        wireless: Callable[[], Awaitable[nl80211.Wireless | None]] = nl80211.wireless,
        routes: Callable[[], Awaitable[routing.Routing]] = routing.read,
    ) -> None:
        """`system`, `session`: which bus, or its address. `root`: the folder that stands for `/`."""
        self.settings = settings or Settings()
        self.root = root
        self.environment = os.environ if environment is None else environment
        self.read_wireless = wireless
        self.read_routing = routes
        self.private: set[str] = set()  # names found by checks that a report must mask
        self._addresses = {"system": system, "session": session}
        self._buses: dict[str, Bus | Unseen] = {}
        self._connecting = asyncio.Lock()

    async def __aenter__(self) -> Machine:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        buses, self._buses = self._buses, {}
        for bus in buses.values():
            if isinstance(bus, Bus):
                await bus.close()

    # --- buses ---

    async def system(self) -> Bus:
        """The system bus. Raises `Unseen` when there is none."""
        return await self._bus("system", say("There is no system bus here."))

    async def session(self) -> Bus:
        """The session bus. Raises `Unseen` when there is none."""
        return await self._bus("session", say("There is no session bus here (DBUS_SESSION_BUS_ADDRESS)."))

    async def _bus(self, which: str, absent: Sentence) -> Bus:
        async with self._connecting:
            known = self._buses.get(which)
            if known is None:
                try:
                    known = await Bus.connect(self._addresses[which])
                except BusGone:
                    known = Unseen(absent)
                self._buses[which] = known
        if isinstance(known, Unseen):
            raise Unseen(known.sentence)
        return known

    async def devices(self) -> list[Device]:
        """NetworkManager's Wi-Fi and Wi-Fi Direct devices. Raises `Unseen`, `BusError`."""
        bus = await self.system()
        if await bus.name_owner(NM) is None:
            raise Unseen(say("NetworkManager is not running, so it cannot be asked."))
        paths = await bus.get(NM, NM_PATH, NM, "Devices", timeout=CALL)
        found = []
        for path in [path for path in paths if isinstance(path, str)][:_MOST_DEVICES] if isinstance(paths, list) else []:
            facts = await bus.get_all(NM, path, f"{NM}.Device", timeout=CALL)
            if facts.get("DeviceType") in (NM_WIFI, NM_P2P):
                found.append(_device(path, facts))
        return found

    # --- the kernel ---

    async def wireless(self) -> nl80211.Wireless:
        """What the wireless layer tells. Raises `Unseen` when it does not."""
        told = await self.read_wireless()
        if told is None:
            raise Unseen(say("The kernel does not tell about its radios (nl80211)."))
        return told

    @property
    def kernel(self) -> str:
        """The release of the running kernel, such as "6.1.0-50-amd64"."""
        return harmless(self.text("/proc/sys/kernel/osrelease") or os.uname().release, 64)

    def processes(self) -> Iterator[Process]:
        """Every process whose command line may be seen. Takes a while: for a thread."""
        for entry in self.names("/proc"):
            if not entry.isdigit():
                continue
            words = (self.text(f"/proc/{entry}/cmdline") or "").split("\0")
            with suppress(OSError):
                yield Process(
                    int(entry),
                    self.path(f"/proc/{entry}").stat().st_uid,
                    (self.text(f"/proc/{entry}/comm") or "").strip(),
                    tuple(words[:-1]),
                )

    # --- files and programs ---

    def path(self, name: str) -> Path:
        """Where the file with this absolute name is."""
        return self.root / name.lstrip("/")

    def text(self, name: str) -> str | None:
        """What is in a regular file, as far as it may be read; `None` when there is none or it may not."""
        try:
            handle = os.open(self.path(name), os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
        except OSError:
            return None
        try:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                return None
            data = b""
            while len(data) < _FILE and (more := os.read(handle, _FILE - len(data))):  # procfs gives a page at a time
                data += more
            return data.decode(errors="replace")
        except OSError:
            return None
        finally:
            os.close(handle)

    def exists(self, name: str) -> bool:
        return os.path.lexists(self.path(name))

    def names(self, name: str) -> list[str]:
        """The names in a folder, sorted; none when there is no such folder."""
        try:
            return sorted(os.listdir(self.path(name)))[:_MOST_NAMES]  # noqa: PTH208 — names are wanted, not paths
        except OSError:
            return []

    def link(self, name: str) -> str:
        """The last part of what a link points to, empty when it is none."""
        try:
            return os.readlink(self.path(name)).rpartition("/")[2]  # noqa: PTH115 — the last word is wanted, not a path
        except OSError:
            return ""

    def program(self, name: str) -> Path | None:
        """Where a program is, also one that is in no user's PATH."""
        for folder in _PROGRAMS:
            found = self.root / folder / name
            if os.access(found, os.X_OK) and found.is_file():
                return found
        return None

    async def output(self, program: Path, *words: str) -> str:
        """What a program prints, errors included; empty when it cannot be run or takes longer than 3 s."""

        def run() -> str:
            try:
                done = subprocess.run(
                    [str(program), *words],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    timeout=_RUN,
                    env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"},
                    check=False,
                )
            except (OSError, subprocess.SubprocessError):
                return ""
            return done.stdout[:10_000].decode(errors="replace")

        return await asyncio.to_thread(run)

    # --- how things are done here ---

    @property
    def distribution(self) -> dict[str, str]:
        """os-release(5), as plain words."""
        found = {}
        for line in (self.text("/etc/os-release") or self.text("/usr/lib/os-release") or "").splitlines():
            key, equals, value = line.partition("=")
            if equals and key.isidentifier():
                found[key] = harmless(value.strip().strip("\"'"), 80)
        return found

    def install(self, what: Sentence, *, debian: str = "", fedora: str = "", arch: str = "", suse: str = "") -> Fix:
        """How a package is installed here: the command of the distribution, or only the words."""
        facts = self.distribution
        like = {facts.get("ID", ""), *facts.get("ID_LIKE", "").split()}
        for family, package, command in (
            ({"debian", "ubuntu"}, debian, "sudo apt install"),
            ({"fedora", "rhel", "centos"}, fedora, "sudo dnf install"),
            ({"arch"}, arch, "sudo pacman -S"),
            ({"suse", "opensuse"}, suse, "sudo zypper install"),
        ):
            if like & family and package:
                return Fix(what, f"{command} {package}")
        return Fix(what)

    def start(self, what: Sentence, unit: str) -> Fix:
        """How a service is started, now and at each boot."""
        return Fix(what, f"sudo systemctl enable --now {unit}" if self.exists("/run/systemd/system") else "")


def version(text: str) -> tuple[int, ...]:
    """The numbers at the beginning of a version, "1.42.4" as (1, 42, 4); empty when it does not begin with one."""
    numbers = []
    for part in text.strip().split("."):
        digits = part[: len(part) - len(part.lstrip("0123456789"))]
        if not digits or len(digits) > 6:
            break
        numbers.append(int(digits))
        if digits != part:
            break
    return tuple(numbers)


async def applet_process(machine: Machine) -> int | None:
    """The process id of this user's applet; `None` when none runs."""
    with suppress(Unseen, BusError, BusGone):
        bus = await machine.session()
        owner = await bus.name_owner(BUS_NAME)
        if owner is not None:
            number = values.first(await bus.call(*DBUS, "GetConnectionUnixProcessID", "s", owner, timeout=CALL))
            return number if isinstance(number, int) else None
    return None


def assigned(text: str | None, key: str) -> str | None:
    """The value of KEY=value in a file of the shell's kind; `None` when there is none."""
    for line in (text or "").splitlines():
        name, equals, value = line.strip().partition("=")
        if equals and name == key:
            return value.strip().strip("\"'")
    return None


def _device(path: str, facts: Mapping[str, object]) -> Device:
    def text(key: str) -> str:
        value = facts.get(key)
        return harmless(value, 64) if isinstance(value, str) else ""

    def number(key: str) -> int:
        value = facts.get(key)
        return value if isinstance(value, int) else 0

    return Device(
        path,
        number("DeviceType"),
        text("Interface"),
        number("State"),
        facts.get("Managed") is not False,
        text("Driver"),
        text("FirmwareVersion"),
        facts.get("FirmwareMissing") is True,
        text("ActiveConnection") or "/",
    )
