"""The doctor runs the checks and returns a finding for each: what was seen, and what to do about it.

A check is a function that takes a `Machine` and returns a `Verdict`, or raises when it could not see; `CHECKS` lists them. The rules:

- A verdict never claims more than was seen: the rules of a firewall, for example, are for root to read.
- A check that hangs, crashes or is not answered is `unknown` with the reason; the other checks go on.
- Only `mend` changes anything, after the user has clicked.
- The sentences for people are in the checks, with their values apart (`say`); `ui/` translates them.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass

from ...core.checks import Action, Finding, Sentence, Verdict, say, unknown
from ...core.names import harmless
from ...settings import Settings
from ...tasks import Tasks
from ..bus import BusError, BusGone, BusTimeout, Variant
from . import bluetooth, desktop, network, radio, report, wifi
from .machine import CALL, NM, NM_PATH, Machine, Unseen

log = logging.getLogger(__name__)

LIMIT = 10.0  # seconds that one check may take


@dataclass(frozen=True, slots=True)
class Check:
    """One check. Programs know it by `name`, which therefore never changes; people read `title`."""

    name: str
    title: str
    look: Callable[[Machine], Awaitable[Verdict]]
    limit: float = LIMIT


CHECKS = (
    Check("wifi-radio", "Wi-Fi radio", radio.wifi_radio),
    Check("rfkill", "Radio switches", radio.rfkill),
    Check("wifi-p2p-support", "Wi-Fi Direct in radio and driver", radio.wifi_p2p_support),
    Check("wifi-interfaces", "Room on the radio", radio.wifi_interfaces),
    Check("wifi-driver", "Wi-Fi driver", radio.wifi_driver),
    Check("regulatory-domain", "Regulatory domain", radio.regulatory_domain),
    Check("networkmanager", "NetworkManager", wifi.networkmanager),
    Check("wifi-managed", "Wi-Fi in NetworkManager", wifi.wifi_managed),
    Check("wifi-p2p-device", "Wi-Fi Direct in NetworkManager", wifi.wifi_p2p_device),
    Check("permissions", "Permissions", wifi.permissions),
    Check("wpa-supplicant", "wpa_supplicant", wifi.wpa_supplicant),
    Check("dnsmasq", "dnsmasq, for phones", wifi.dnsmasq),
    Check("bluez", "BlueZ", bluetooth.bluez),
    Check("bluetooth-adapter", "Bluetooth adapter", bluetooth.bluetooth_adapter),
    Check("bluetooth-advertising", "Calling over Bluetooth", bluetooth.bluetooth_advertising),
    Check("bluetooth-listening", "Hearing over Bluetooth", bluetooth.bluetooth_listening),
    Check("firewalld", "Firewall: firewalld", network.firewalld),
    Check("ufw", "Firewall: ufw", network.ufw),
    Check("nftables", "Firewall: rules in the kernel", network.nftables),
    Check("udp-port", "UDP port", network.udp_port),
    Check("vpn", "VPN", network.vpn),
    Check("tray", "Tray", desktop.tray),
    Check("notifications", "Notifications", desktop.notifications),
    Check("session", "Login session", desktop.session),
    Check("files", "Your files", desktop.files),
    Check("applet", "Applets running", desktop.applet),
)


async def examine(
    machine: Machine, checks: Sequence[Check] | None = None, told: Callable[[Finding], None] = lambda _finding: None
) -> list[Finding]:
    """Run the checks at once; return the findings in the order of the checks. `told` is called with each as soon as it is there."""

    async def one(check: Check) -> Finding:
        finding = Finding(check.name, check.title, await _verdict(check, machine))
        told(finding)
        return finding

    return list(await asyncio.gather(*(one(check) for check in (CHECKS if checks is None else checks))))


async def _verdict(check: Check, machine: Machine) -> Verdict:
    try:
        async with asyncio.timeout(check.limit):
            return await check.look(machine)
    except Unseen as unseen:
        return unknown(unseen.sentence)
    except TimeoutError:
        return unknown(say("It was not done after {n} s.", n=f"{check.limit:g}"))
    except BusTimeout as error:
        return unknown(say("Not answered: {what}.", what=error.text))
    except BusGone:
        return unknown(say("The bus went away while it was asked."))
    except BusError as error:
        return unknown(say("The answer was an error: {error}", error=error))
    except Exception as error:
        log.exception("the check %s failed", check.name)
        return unknown(say("The check itself failed: {error}", error=f"{type(error).__name__}: {error}"))


async def mend(machine: Machine, action: Action) -> None:
    """Carry out `action`. Raises `Unseen`, or `BusError` with the daemon's words. `OPEN_SETTINGS` is the window's own work."""
    bus = await machine.system()
    match action:
        case Action.WIFI_ON:
            await bus.set(NM, NM_PATH, NM, "WirelessEnabled", Variant("b", True), timeout=CALL)
        case Action.BLUETOOTH_ON:
            chosen = bluetooth.chosen_adapter(machine, await bluetooth.all_adapters(bus))
            if chosen is None:
                raise Unseen(say("There is no Bluetooth adapter to switch on."))
            await bus.set(bluetooth.BLUEZ, chosen.path, f"{bluetooth.BLUEZ}.Adapter1", "Powered", Variant("b", True), timeout=CALL)
        case Action.OPEN_SETTINGS:
            raise ValueError(action)


class Doctor:
    """The doctor for the window: each method returns at once and calls back later, on the loop, unless `close` comes first."""

    def __init__(
        self, settings: Callable[[], Settings], applet: Callable[[], report.Applet], machine: Callable[[Settings], Machine] | None = None
    ) -> None:
        """`applet` returns what the running applet adds to a report, `machine` the machine to look at with the given settings."""
        self._settings, self._applet = settings, applet
        self._make = machine or (lambda settings: Machine(settings=settings))
        self._jobs = Tasks(self._broke)
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._answers: dict[str, Callable[[str], None]] = {}  # per slot: called when its work failed unforeseen
        self._last: tuple[Machine, list[Finding]] | None = None

    @property
    def checks(self) -> tuple[tuple[str, str], ...]:
        """Name and title of each check, in order."""
        return tuple((check.name, check.title) for check in CHECKS)

    def examine(self, found: Callable[[Finding], None], done: Callable[[], None]) -> None:
        """Run all checks: `found` is called with each finding, `done` at the end."""

        async def work() -> None:
            await self._examine(found)
            done()

        self._start("examine", work(), lambda _why: done())

    def mend(self, action: Action, done: Callable[[Sentence | str], None]) -> None:
        """Carry out `action`; `done` is called with what went wrong, or with nothing."""

        async def work() -> None:
            try:
                async with self._make(self._settings()) as machine:
                    await mend(machine, action)
            except Unseen as unseen:
                done(unseen.sentence)
            except (BusError, BusGone) as error:
                done(harmless(error))
            else:
                done("")

        self._start("mend", work(), done)

    def save_report(self, done: Callable[[str, str], None]) -> None:
        """Save a report in the user's documents; `done` is called with its path, or with an empty path and the reason."""

        async def work() -> None:
            machine, findings = self._last or await self._examine(lambda _finding: None)
            applet = self._applet()
            try:
                path = await asyncio.to_thread(lambda: report.save_new(report.text(findings, machine, applet)))
            except OSError as error:
                done("", harmless(error.strerror or error))
            else:
                done(str(path), "")

        self._start("report", work(), lambda why: done("", why))

    def close(self) -> None:
        """Cancel all work; no callback is called any more."""
        for task in self._tasks.values():
            task.cancel()
        self._tasks.clear()

    async def _examine(self, found: Callable[[Finding], None]) -> tuple[Machine, list[Finding]]:
        async with self._make(self._settings()) as machine:
            self._last = machine, await examine(machine, told=found)
        return self._last

    def _start(self, slot: str, work: Coroutine[None, None, None], broken: Callable[[str], None]) -> None:
        """Begin work in a slot, cancel what ran there. `broken` is called with an unforeseen error: the window waits for an answer."""
        if (old := self._tasks.pop(slot, None)) is not None:
            old.cancel()
        self._answers[slot] = broken
        task = self._tasks[slot] = self._jobs.do(work, f"doctor: {slot}")
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        for slot, known in list(self._tasks.items()):
            if known is task:
                del self._tasks[slot]

    def _broke(self, name: str, error: Exception) -> None:
        self._answers[name.removeprefix("doctor: ")](harmless(f"{type(error).__name__}: {error}"))
