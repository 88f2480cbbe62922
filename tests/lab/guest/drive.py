"""Drives one machine of the lab as its user and its owner would: the applet through tray, dialogs and notifications, the daemons as root.

Everything waited for is looked at until it is there; nothing sleeps and hopes. What the applet says of itself is understood in
`Status` only.
"""

from __future__ import annotations

import asyncio
import json
import re
import signal
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dbus_fast import Variant
from guest.bus import Bus, Heard, Tap
from guest.desktop import Desktop
from guest.machine import NODES, OUT, Group, Machine, TooLate, shell, until
from guest.screen import CHECK_BOX, TEXT, Screen

APPLET = "org.nearbytray.Nearby", "/org/nearbytray/Nearby1", "org.nearbytray.Nearby1"
NM, NM_PATH = "org.freedesktop.NetworkManager", "/org/freedesktop/NetworkManager"
NM_ACTIVATED, NM_WIFI_P2P = 100, 30
SUPPLICANT = "fi.w1.wpa_supplicant1"
P2P = SUPPLICANT + ".Interface.P2PDevice"
BLUEZ = "org.bluez"


@dataclass(frozen=True, slots=True)
class Status:
    """What `nearby-tray status --json` says."""

    state: str
    code: str | None
    peer: str | None
    listed: tuple[str, ...]  # names of those who can be asked
    addresses: tuple[str, ...]  # the peer's, on the link
    attempt: int
    pongs: int
    grade: str | None
    failure: str | None  # "stage: reason"
    timings: dict[str, float | None]
    raw: dict[str, Any] = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> Status:
        raw = json.loads(text)
        health, failure = raw.get("health") or {}, raw.get("failure")
        return cls(
            state=raw["state"],
            code=raw.get("code"),
            peer=(raw.get("peer") or {}).get("name"),
            listed=tuple(peer["name"] for peer in raw.get("peers", ()) if peer.get("reachable", True)),
            addresses=tuple(raw.get("peer_addresses") or ()),
            attempt=raw.get("attempt") or 0,
            pongs=health.get("pongs") or 0,
            grade=health.get("grade"),
            failure=f"{failure['stage']}: {failure['reason']}" if failure else None,
            timings=raw.get("timings") or {},
            raw=raw,
        )


class Failed(AssertionError):
    """`nearby-tray ...` ended with another status than 0; the text is what it said."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(f"exit status {status}: {said}")
        self.status, self.said = status, said


class Node(Machine):
    def __init__(self, name: str, system: Bus, session: Bus, tap: Tap, desktop: Desktop) -> None:
        super().__init__(name)
        self.system, self.session, self.tap, self.desktop = system, session, tap, desktop
        self.managed = self.shape in ("managed", "beside")  # by a NetworkManager
        self.screen = Screen(session, self._reach, self._as_alice)
        self.applet: subprocess.Popen[bytes] | None = None
        self.finding = False  # wpa_supplicant looks for peers, as far as its talk tells
        tap.listeners.append(self._on_talk)

    @classmethod
    async def open(cls, name: str) -> Node:
        system = _inside(name, "/run/dbus/system_bus_socket")
        tap = await Tap.connect(
            system,
            f"interface='{P2P}'",
            f"type='signal',interface='{NM}.Device',member='StateChanged'",
            f"type='method_call',interface='{NM}'",
            f"type='method_call',interface='{NM}.Device.WifiP2P'",
        )
        session = await Bus.connect(_inside(name, "/run/user/1000/bus"))
        return cls(name, await Bus.connect(system), session, tap, await Desktop.take(session))

    # --- the applet ---

    async def start_applet(self, *words: str, limit: float = 150) -> float:
        """Run it as alice until it has an icon and answers; returns the seconds that took."""
        started = time.monotonic()
        self.applet = applet = self._spawn(words or ("python3", "-m", "nearby_tray"))

        async def up() -> bool:
            if applet.poll() is not None:
                raise AssertionError(f"{self.name}: the applet ended at start with {applet.returncode}, see its log")
            return bool(self.desktop.items) and bool(await self.status())

        await until(f"the applet of {self.name} is in the tray", up, limit)
        return time.monotonic() - started

    async def kill_applet(self, how: signal.Signals = signal.SIGTERM, limit: float = 45) -> float:
        """End it by a signal and wait for its process; returns the seconds that took."""
        applet = self.applet
        assert applet is not None
        started = time.monotonic()
        applet.send_signal(how)

        async def gone() -> bool:
            return applet.poll() is not None and not self.desktop.items

        await until(f"the applet of {self.name} has ended and its icon has gone", gone, limit)
        return time.monotonic() - started

    async def status(self) -> Status:
        return Status.parse(await self.session.call(*APPLET, "Status", limit=5))

    async def choose(self, **settings: object) -> None:
        """Change settings, by the user's own command: what widens who may link is for no other program."""
        words = {True: "on", False: "off", None: "none"}
        await self.command("settings", *(f"{key}={words.get(value, value)}" for key, value in settings.items()))  # type: ignore[call-overload]

    async def command(self, *words: str, typed: str = "", limit: float = 300) -> str:
        """What `nearby-tray WORDS` prints; `typed`: on its standard input. Raises `Failed`."""
        process = await asyncio.create_subprocess_exec(
            *("bash", str(NODES), "become_user", self.name, "python3", "-m", "nearby_tray", *words),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        async with asyncio.timeout(limit):
            said, _ = await process.communicate(typed.encode())
        text = said.decode(errors="replace").strip()
        if process.returncode:
            raise Failed(process.returncode, text)
        return text

    async def doctor(self) -> dict[str, dict[str, str]]:
        """Its findings by name. That something failed is its exit status, too."""
        try:
            text, status = await self.command("doctor", "--json"), 0
        except Failed as failed:
            text, status = failed.said, failed.status
        findings = {check["name"]: check for check in json.loads(text)["checks"]}
        assert bool(status) == any(check["status"] == "fail" for check in findings.values()), status
        return findings

    async def in_state(self, *states: str, limit: float) -> Status:
        async def probe() -> Status | None:
            status = await self.status()
            return status if status.state in states else None

        found = await until(f"{self.name} is {' or '.join(states)}", probe, limit)
        assert found is not None
        return found

    async def menu(self) -> list[str]:
        """The labels that can be clicked."""
        return [entry.label for entry in await self.desktop.menu() if entry.enabled]

    async def click(self, pattern: str, limit: float = 30) -> str:
        """Click the tray menu's entry whose label matches, once it is there and enabled."""
        return await until(f"{self.name} can click {pattern!r}", lambda: self.desktop.click(pattern), limit)

    async def activate(self) -> None:
        await self.desktop.activate()

    async def press(self, button: str, limit: float = 45) -> float:
        """Press the showing button of this name with the mouse, once it is enabled; returns the seconds until the press."""
        started = time.monotonic()

        async def found() -> bool:
            widget = await self.screen.find(button)
            if widget is None or not await self.screen.enabled(widget):
                return False
            await self.screen.press(widget)
            return True

        await until(f"{self.name} has pressed {button!r}", found, limit, 0.2)
        return time.monotonic() - started

    async def type_in(self, field: str, text: str, limit: float = 45) -> None:
        """Click the showing text field of this name and type."""

        async def found() -> bool:
            widget = await self.screen.find(field, TEXT)
            if widget is not None:
                await self.screen.press(widget)
                await self.screen.type(text)
            return widget is not None

        await until(f"{self.name} has a field {field!r}", found, limit, 0.2)

    async def tick(self, box: str, limit: float = 45) -> None:
        async def found() -> bool:
            widget = await self.screen.find(box, CHECK_BOX)
            if widget is not None:
                await self.screen.press(widget)
            return widget is not None

        await until(f"{self.name} has ticked {box!r}", found, limit, 0.2)

    def screenshot(self, path: Path) -> None:
        """The whole screen as PNG."""
        grab = "app.primaryScreen().grabWindow(0).save('/tmp/screen.png')"
        self._as_alice(["python3", "-c", f"from PySide6.QtGui import QGuiApplication; app = QGuiApplication([]); {grab}"])
        path.write_bytes((self.root / "tmp/screen.png").read_bytes())

    # --- the machine ---

    async def daemon(self, what: str, name: str) -> None:
        """`what`: start, stop or restart (as by a service manager) or kill (as by a crash) NetworkManager, wpa_supplicant or bluetoothd."""
        await asyncio.to_thread(shell, "daemon", self.name, what, name)
        if what != "start":
            self.finding = self.finding and name == "bluetoothd"

    async def p2p_device(self) -> str:
        """NetworkManager's object; another one after each restart or radio switch."""
        for device in await self.system.call(NM, NM_PATH, NM, "GetAllDevices"):
            if await self.system.get(NM, device, NM + ".Device", "DeviceType") == NM_WIFI_P2P:
                return str(device)
        raise LookupError(f"{self.name} has no wifi-p2p device")

    async def p2p_state(self) -> tuple[int, int]:
        """NetworkManager's device state and its reason."""
        state, reason = await self.system.get(NM, await self.p2p_device(), NM + ".Device", "StateReason")
        return state, reason

    async def supplicant(self) -> str:
        """wpa_supplicant's object that does Wi-Fi Direct."""
        return str(await self.system.call(SUPPLICANT, "/fi/w1/wpa_supplicant1", SUPPLICANT, "GetInterface", "s", "wlan0"))

    async def ask_alone(self, other: Node, limit: float = 30) -> None:
        """wpa_supplicant, as root: ask the other to form a group while nobody there wants one, then let it be.

        The other's supplicant answers "not ready" and remembers that this one waits for it, which no later Cancel takes back.
        """
        interface = await self.supplicant()
        peer = f"{interface}/Peers/{other.p2p_address.replace(':', '')}"
        wish = {"peer": Variant("o", peer), "wps_method": Variant("s", "pbc"), "go_intent": Variant("i", 7)}
        started = time.monotonic()
        await self.system.call(SUPPLICANT, interface, P2P, "Connect", "a{sv}", wish)

        async def heard() -> bool:
            return bool(other.tap.since(started, "GONegotiationRequest"))

        try:
            await until(f"{other.name} has heard {self.name}", heard, limit)
        finally:
            await self.system.call(SUPPLICANT, interface, P2P, "Cancel")

    def logged(self, text: str) -> float:
        """POSIX time of the last line of the applet's log that has `text` in it."""
        lines = [line for line in (OUT / "logs" / f"{self.name}.applet.log").read_text(errors="replace").splitlines() if text in line]
        moment, _, milliseconds = lines[-1][:23].partition(",")
        return time.mktime(time.strptime(moment, "%Y-%m-%d %H:%M:%S")) + int(milliseconds) / 1000

    def orders(self, since: float) -> list[Heard]:
        """The daemon that has the radio was told to form or join a group."""
        return self.tap.since(since, "AddAndActivateConnection2") if self.managed else self.tap.since(since, "Connect")

    async def formed(self, since: float) -> float | None:
        """When that daemon first said since then that a group is up."""
        if not self.managed:
            return next((item.at for item in self.tap.since(since, "GroupStarted")), None)
        device = await self.p2p_device()
        ups = [item.at for item in self.tap.since(since, "StateChanged") if item.path == device and item.body[0] == NM_ACTIVATED]
        return ups[0] if ups else None

    async def grouped(self, since: float, limit: float = 90) -> Group:
        """The group that wpa_supplicant has brought up since then."""

        async def probe() -> Heard | None:
            return next(iter(self.tap.since(since, "GroupStarted")), None)

        heard = await until(f"{self.name} has a group", probe, limit)
        assert heard is not None
        facts = heard.body[0]
        interface = await self.system.get(SUPPLICANT, facts["interface_object"], SUPPLICANT + ".Interface", "Ifname")
        return Group(interface, facts["role"] == "GO", await self.frequency(interface), heard.at)

    async def connection(self) -> str | None:
        """The machine that this one's Bluetooth is connected to, as BlueZ's object."""
        objects = await self.system.objects(BLUEZ)
        return next((path for path, interfaces in objects.items() if interfaces.get(BLUEZ + ".Device1", {}).get("Connected")), None)

    async def leftovers(self, listening: bool = True) -> dict[str, object]:
        """What a journey or a dead applet left on this machine; empty is right. `listening`: an idle applet may go on hearing calls."""
        found: dict[str, object] = await self._left_with_manager() if self.managed else {}
        if groups := self.groups():
            found["group"] = groups
        if self.finding:
            found["find"] = True
        for path, interfaces in (await self.system.objects(BLUEZ)).items():
            if interfaces.get(BLUEZ + ".LEAdvertisingManager1", {}).get("ActiveInstances"):
                found["advertisement"] = path
            if interfaces.get(BLUEZ + ".Adapter1", {}).get("Discovering") and not listening:
                found["discovery"] = path
        if connection := await self.connection():
            found["bluetooth connection"] = connection
        if journals := self._journals():
            found["journal"] = journals
        return found

    async def clean(self, limit: float = 5, listening: bool = True) -> None:
        """Waits until nothing is left; says what is."""
        left: dict[str, object] = {}

        async def probe() -> bool:
            nonlocal left
            left = await self.leftovers(listening)
            return not left

        try:
            await until(f"{self.name} is clean", probe, limit, 0.2)
        except TooLate:
            raise TooLate(f"left behind on {self.name} after {limit:g} s: {left}") from None

    # --- inside ---

    def _spawn(self, words: Sequence[str]) -> subprocess.Popen[bytes]:
        with (OUT / "logs" / f"{self.name}.applet.log").open("ab") as log:
            return subprocess.Popen(
                ["bash", str(NODES), "become_user", self.name, *words],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    async def _left_with_manager(self) -> dict[str, object]:
        found: dict[str, object] = {}
        settings = NM_PATH + "/Settings"
        for path in await self.system.call(NM, settings, NM + ".Settings", "ListConnections"):
            about = (await self.system.call(NM, path, NM + ".Settings.Connection", "GetSettings"))["connection"]
            if about["type"] == "wifi-p2p":
                found["profile"] = about["id"]
        state, reason = await self.p2p_state()
        if state != 30:
            found["p2p device"] = f"state {state} reason {reason}"
        return found

    def _journals(self) -> list[str]:
        """The applet's notes of things made and not yet undone; there is no file when there is nothing to undo."""
        home = "run/root" if self.shape == "root" else "home/alice"
        made = self.root / home / ".local/state/nearby-tray/made"
        return [f"{path.name}: {path.read_text()}" for path in made.glob("*.json")]

    def _on_talk(self, item: Heard) -> None:
        match item.interface, item.member:
            case i, "Find" if i == P2P:
                self.finding = True
            case i, "StopFind" | "FindStopped" | "Flush" if i == P2P:
                self.finding = False

    def _reach(self, address: str) -> str:
        return re.sub(r"unix:path=(/[^,]+)", lambda found: _inside(self.name, found[1]), address)

    def _as_alice(self, words: Sequence[str]) -> str:
        return shell("alice", self.name, *words)


def _inside(name: str, path: str) -> str:
    """The bus address, from outside, of a socket on the node's own file system."""
    return f"unix:path={Machine(name).root}{path}"
