"""A machine that has nothing but wpa_supplicant, driven through the control socket, as `wpa_cli` does: to the others it is a phone.

Commands and events are wpa_supplicant's own (its ctrl_iface.c and wpa_ctrl.h); times are this process's monotonic clock.
"""

from __future__ import annotations

import asyncio
import re
import socket
import time
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from typing import Literal

from guest.machine import Group, Machine, until

GLOBAL = "run/wpa_global"
P2P_DEVICE = "p2p-dev-wlan0"  # whose configuration has the remembered groups
_numbers = count()


class Refused(Exception):
    """wpa_supplicant answered FAIL."""


@dataclass(frozen=True, slots=True)
class Event:
    at: float
    interface: str  # empty where it is not said
    text: str


class Bare(Machine):
    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.events: list[Event] = []
        self._commands = self._socket()
        self._turn = asyncio.Lock()

    @classmethod
    async def open(cls, name: str) -> Bare:
        bare = cls(name)
        monitor = bare._socket()
        asyncio.get_running_loop().add_reader(monitor.fileno(), bare._on_event, monitor)
        await asyncio.get_running_loop().sock_sendall(monitor, b"ATTACH")
        assert await bare.ask("STATUS", "wlan0"), "no Wi-Fi"
        return bare

    # --- talk ---

    async def ask(self, command: str, interface: str = "", limit: float = 20) -> str:
        """The answer to one command, raises `Refused`. `interface`: the group's, for what is done to a group."""
        loop = asyncio.get_running_loop()
        async with self._turn, asyncio.timeout(limit):
            await loop.sock_sendall(self._commands, (f"IFNAME={interface} " * bool(interface) + command).encode())
            answer = (await loop.sock_recv(self._commands, 65536)).decode(errors="replace").rstrip("\n")
        if answer.startswith(("FAIL", "UNKNOWN COMMAND")):
            raise Refused(f"{self.name}: {command.split()[0]}: {answer}")
        return answer

    async def heard(self, pattern: str, since: float, limit: float = 60) -> re.Match[str]:
        """The first event since then in which the pattern is found."""
        return (await self.heard_at(pattern, since, limit))[0]

    async def heard_at(self, pattern: str, since: float, limit: float = 60) -> tuple[re.Match[str], float]:
        async def probe() -> tuple[re.Match[str], float] | None:
            return next(((found, event.at) for event in self.since(since) if (found := re.search(pattern, event.text))), None)

        found = await until(f"{self.name} hears {pattern}", probe, limit, 0.02)
        assert found is not None
        return found

    def had_wps(self, since: float) -> bool:
        """Whether credentials were handed over since; that a neighbour could (WPS-AP-AVAILABLE) does not count."""
        return any("WPS-SUCCESS" in event.text or "WPS-REG-SUCCESS" in event.text for event in self.since(since))

    def since(self, moment: float) -> list[Event]:
        return [event for event in self.events if event.at >= moment]

    # --- what a person with a phone does ---

    async def find(self) -> None:
        await self.ask("P2P_FIND")

    async def stop_find(self) -> None:
        await self.ask("P2P_STOP_FIND")

    async def peers(self) -> list[str]:
        """Addresses of those seen lately."""
        found: list[str] = []
        word = "FIRST"
        while True:
            try:
                answer = await self.ask(f"P2P_PEER {word}")
            except Refused:
                return found
            address = answer.split("\n")[0]
            if "[PROBE_REQ_ONLY]" not in answer:
                found.append(address)
            word = f"NEXT-{address}"

    async def connect(
        self,
        peer: str,
        pin: str = "pbc",
        what: Literal["", "display", "keypad"] = "",
        *,
        join: bool = False,
        intent: int | None = None,
        frequency: int | None = None,
        persistent: bool = False,
    ) -> str:
        """`pin`: pbc, pin (one is made and returned, to be shown) or eight digits, which are shown (`display`) or were typed (`keypad`)."""
        words = ["P2P_CONNECT", peer, pin, what, "persistent" * persistent, "join" * join]
        words += [f"go_intent={intent}" if intent is not None else "", f"freq={frequency}" if frequency else ""]
        return await self.ask(" ".join(filter(None, words)))

    async def group_add(self, frequency: int | None = None, persistent: bool = False) -> Group:
        started = time.monotonic()
        words = ["P2P_GROUP_ADD", "persistent" * persistent, f"freq={frequency}" if frequency else ""]
        await self.ask(" ".join(filter(None, words)))
        return await self.grouped(started)

    async def let_in(self, group: Group, address: str = "") -> None:
        """The push button of a group's owner."""
        await self.ask(f"WPS_PBC p2p_dev_addr={address}" if address else "WPS_PBC", group.interface)

    async def let_in_with(self, group: Group, pin: str = "") -> str:
        """With a PIN: the one that the other shows, or one that is made and returned."""
        return await self.ask(f"WPS_PIN any {pin}".strip(), group.interface)

    async def invite(self, peer: str, group: Group) -> None:
        await self.ask(f"P2P_INVITE group={group.interface} peer={peer}")

    async def invite_again(self, peer: str, remembered: str) -> None:
        """Into a remembered group, by its number."""
        await self.ask(f"P2P_INVITE persistent={remembered} peer={peer}")

    async def ask_for(self, peer: str, what: Literal["pbc", "display", "keypad"], *, join: bool = False) -> None:
        """Provision discovery; `what`: the other's part."""
        await self.ask(f"P2P_PROV_DISC {peer} {what}" + " join" * join)

    async def send_out(self, peer: str) -> None:
        await self.ask(f"P2P_REMOVE_CLIENT {peer}")

    async def remembered(self) -> list[str]:
        """Numbers of the groups that are remembered."""
        lines = (await self.ask("LIST_NETWORKS", P2P_DEVICE)).split("\n")[1:]
        return [line.split("\t")[0] for line in lines if "[P2P-PERSISTENT]" in line]

    async def come_back(self) -> None:
        """Go along with an invitation into a remembered group, without asking anybody."""
        await self.ask("SET persistent_reconnect 1", P2P_DEVICE)

    async def grouped(self, since: float, limit: float = 90) -> Group:
        """The group that came up since then."""
        pattern = r'P2P-GROUP-STARTED (\S+) (GO|client) ssid="([^"]*)"(?: freq=(\d+))?'
        found, at = await self.heard_at(pattern, since, limit)
        return Group(found[1], found[2] == "GO", int(found[4] or 0), at, found[3])

    async def end(self, forget: bool = True) -> None:
        """No group, nothing being formed, no find; `forget`: no peers and no remembered groups either."""
        for command in ("P2P_GROUP_REMOVE *", "P2P_CANCEL", "P2P_STOP_FIND"):
            with suppress(Refused):  # there was none
                await self.ask(command)
        await until(f"{self.name} has no group", self._no_group, 20)
        if forget:
            await self.ask("P2P_FLUSH")
            for number in await self.remembered():
                await self.ask(f"REMOVE_NETWORK {number}", P2P_DEVICE)

    async def _no_group(self) -> bool:
        return not self.groups()

    # --- inside ---

    def _socket(self) -> socket.socket:
        """Each end must find the other by a path: the machine's own, through its process, which both can see."""
        made = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        made.bind(f"/proc/{self.pid}/root/run/lab-{next(_numbers)}")
        made.connect(f"/proc/{self.pid}/root/{GLOBAL}")
        return made

    def _on_event(self, monitor: socket.socket) -> None:
        with suppress(BlockingIOError):
            while text := monitor.recv(65536).decode(errors="replace"):
                if found := re.fullmatch(r"(?:IFNAME=(\S+) )?<\d>(.*)", text.rstrip("\n"), re.S):
                    self.events.append(Event(time.monotonic(), found[1] or "", found[2]))
