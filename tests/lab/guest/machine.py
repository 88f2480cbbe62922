"""What every machine of the lab has, whatever runs on it: a kernel with interfaces, neighbours to ping, and a radio."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from guest.bus import BusError

NODES = Path(__file__).with_name("nodes.sh")
LAB = Path("/run/lab")
OUT = Path("/out")
T = TypeVar("T")


class TooLate(AssertionError):
    """Something that was waited for did not happen within its limit."""


async def until(what: str, probe: Callable[[], Awaitable[T]], limit: float, step: float = 0.1) -> T:
    """The first true answer of `probe`. D-Bus errors and missing things mean: not yet."""
    end = time.monotonic() + limit
    last: object = None
    while True:
        try:
            last = value = await probe()
            if value:
                return value
        except (BusError, LookupError, TimeoutError, EOFError, OSError) as error:
            last = error
        if time.monotonic() > end:
            raise TooLate(f"not within {limit:g} s: {what} (last: {last})")
        await asyncio.sleep(step)


def shell(*words: str) -> str:
    """One function of nodes.sh."""
    done = subprocess.run(["bash", str(NODES), *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"nodes.sh {' '.join(words)}: {done.stdout}{done.stderr}")
    return done.stdout


def say(what: str, **figures: object) -> None:
    """One line for people and programs."""
    uptime = float(Path("/proc/uptime").read_text().split()[0])
    rounded = {key: round(value, 2) if isinstance(value, float) else value for key, value in figures.items()}
    print(f"{uptime:8.2f}  {what}", json.dumps(rounded) if rounded else "", flush=True)


@dataclass(frozen=True, slots=True)
class Group:
    """A group as one machine in it has it."""

    interface: str
    owner: bool
    frequency: int  # MHz, 0 where it is not said
    at: float  # when it was up, by this process's monotonic clock
    ssid: str = ""  # where it is asked for


class Machine:
    def __init__(self, name: str) -> None:
        self.name = name
        self.host = f"node{name}"
        self.pid = int((LAB / f"{name}.pid").read_text())
        self.shape = (LAB / f"{name}.shape").read_text().strip()

    @property
    def p2p_address(self) -> str:
        """Fixed by the simulated radio."""
        return f"42:00:00:00:{int((LAB / f'{self.name}.radio').read_text()):02x}:00"

    def groups(self) -> list[str]:
        """Interfaces of Wi-Fi Direct groups."""
        return re.findall(r"^\s*(p2p-\S+):", (self.proc / "net/dev").read_text(), re.M)

    @property
    def proc(self) -> Path:
        return Path(f"/proc/{self.pid}")

    @property
    def root(self) -> Path:
        """Its file system."""
        return self.proc / "root"

    async def link_local(self, interface: str, limit: float = 30) -> str:
        """Its IPv6 address there, once it may be used (the kernel asks the link first)."""

        async def probe() -> str | None:
            for line in (self.proc / "net/if_inet6").read_text().splitlines():
                digits, _, _, scope, flags, name = line.split()
                if name == interface and scope == "20" and not int(flags, 16) & 0x40:  # tentative
                    return ":".join(digits[i : i + 4] for i in range(0, 32, 4))
            return None

        found = await until(f"{self.name} has an address on {interface}", probe, limit, 0.05)
        assert found is not None
        return found

    async def frequency(self, interface: str) -> int:
        """MHz, by the kernel: wpa_supplicant 2.10 cannot tell that of a remembered group that it joins again."""
        told = await self.run("iw", "dev", interface, "info")
        return int(found[1]) if (found := re.search(r"channel \d+ \((\d+) MHz\)", told)) else 0

    async def ping(self, address: str, interface: str = "", limit: int = 30) -> float:
        """Seconds until the first answer."""
        started = time.monotonic()
        scope = f"%{interface}" if address.startswith("fe80") else ""
        words = ["ping", "-q", "-n", "-i", "0.2", "-c", "1", "-w", str(limit), address + scope]
        await self.run(*words)
        return time.monotonic() - started

    async def run(self, *words: str) -> str:
        """As root; raises `TooLate` when it fails."""
        inside = ["nsenter", "-t", str(self.pid), "-m", "-n", "-u", "--", *words]
        process = await asyncio.create_subprocess_exec(*inside, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT)
        said, _ = await process.communicate()
        if process.returncode:
            raise TooLate(f"{self.name}: {' '.join(words)}: {said.decode(errors='replace').strip()}")
        return said.decode(errors="replace")

    async def radio(self, what: str) -> None:
        """off, on: the airplane switch; gone, back: carried out of range, where nobody is told anything; second, single: interfaces."""
        await asyncio.to_thread(shell, "radio", self.name, what)

    async def firewall(self, what: str) -> None:
        await asyncio.to_thread(shell, "firewall", self.name, what)


async def exchange(here: Machine, its: str, there: Machine, others: str) -> float:
    """Pings both ways over the group whose interfaces these are; seconds until both had an answer."""
    started = time.monotonic()
    own, other = await asyncio.gather(here.link_local(its), there.link_local(others))
    await asyncio.gather(here.ping(other, its), there.ping(own, others))
    return time.monotonic() - started
