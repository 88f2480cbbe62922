"""The doctor: looks at everything a link needs on this machine, and says of each what was seen and what to do.

A check is one function over a `Machine`, listed in `CHECKS`; it returns a verdict, or raises when it could not see. The rules: a verdict
never claims more than was seen (a firewall's rules are root's to read); a check that hangs, crashes or is not answered is `unknown`
with the reason and harms no other; nothing is changed but by `mend`, when the user has clicked it. Words for people are in the verdicts
themselves, with their values apart (`say`): each belongs to one place where something was seen, and `ui/` translates them.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ... import BUS_NAME
from ... import settings as settings_file
from ...core.checks import Action, Finding, Fix, Sentence, Verdict, fail, harmless, ok, say, unknown, warn
from ...settings import Settings
from ...tasks import Tasks
from .. import login, nl80211
from ..bus import Bus, BusError, BusGone, BusTimeout, Variant
from ..nl80211 import Interface, Radio, Wireless
from ..trust import TrustFile
from . import report
from .machine import CALL, NM, NM_P2P, NM_PATH, NM_WIFI, Device, Machine, Process, Unseen, version

log = logging.getLogger(__name__)

LIMIT = 10.0  # seconds that one check may take

# NetworkManager: nm-dbus-interface.h, NMDeviceState.
_UNMANAGED, _UNAVAILABLE, _DISCONNECTED, _ACTIVATED = 10, 20, 30, 100
_STATES = {
    10: say("unmanaged"),
    20: say("unavailable"),
    30: say("idle"),
    100: say("active"),
    110: say("being deactivated"),
    120: say("failed"),
}

_BLUEZ = "org.bluez"
_SUPPLICANT = "fi.w1.wpa_supplicant1"
_IWD = "net.connman.iwd"
_FIREWALLD = "org.fedoraproject.FirewallD1"
_LOGIN = "org.freedesktop.login1"
_SYSTEMD = "org.freedesktop.systemd1"
_WATCHER = "org.kde.StatusNotifierWatcher"
_NOTIFICATIONS = "org.freedesktop.Notifications"
_DBUS = ("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus")

_ZONE = "nearby-tray"
_OUR_PROFILE = "Nearby Tray: "  # how the ids of our connection profiles begin
_LINK_ADDRESSES = ("169.254.1.1", "fd00::1")  # stand for those of a link (core/keys.py, AddressPlan)

# Drivers that are known to have no usable Wi-Fi Direct, with where that is said.
_WITHOUT_P2P = {
    "wl": "https://github.com/benzea/gnome-network-displays/issues/64",  # broadcom-sta
    "r8188eu": "https://github.com/benzea/gnome-network-displays/issues/64",
    "8188eu": "https://github.com/lwfinger/rtl8188eu/issues/423",
    "rtl8xxxu": "https://github.com/morrownr/USB-WiFi/issues/4",
}

# Programs that use Wi-Fi Direct themselves, by the name the kernel shows (15 characters).
_P2P_PROGRAMS = {"gnome-network-d": "GNOME Network Displays", "miracle-wifid": "MiracleCast", "miracle-sinkctl": "MiracleCast"}


@dataclass(frozen=True, slots=True)
class Check:
    """`name` is for programs and stays as it is, `title` is for people."""

    name: str
    title: str
    look: Callable[[Machine], Awaitable[Verdict]]
    limit: float = LIMIT


async def examine(
    machine: Machine, checks: Sequence[Check] | None = None, told: Callable[[Finding], None] = lambda _finding: None
) -> list[Finding]:
    """Every finding, in the order of the checks. `told` hears of each as soon as it is there."""

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
    """Do it. Raises `Unseen` or `BusError` with what the daemon said. `OPEN_SETTINGS` is for those who have a window."""
    bus = await machine.system()
    match action:
        case Action.WIFI_ON:
            await bus.set(NM, NM_PATH, NM, "WirelessEnabled", Variant("b", True), timeout=CALL)
        case Action.BLUETOOTH_ON:
            chosen = _chosen(machine, await _adapters(bus))
            if chosen is None:
                raise Unseen(say("There is no Bluetooth adapter to switch on."))
            await bus.set(_BLUEZ, chosen.path, f"{_BLUEZ}.Adapter1", "Powered", Variant("b", True), timeout=CALL)
        case Action.OPEN_SETTINGS:
            raise ValueError(action)


class Doctor:
    """The doctor for somebody with a window: each wish returns at once and is answered later, on the loop, unless it is closed before."""

    def __init__(
        self, settings: Callable[[], Settings], applet: Callable[[], report.Applet], machine: Callable[[Settings], Machine] | None = None
    ) -> None:
        """`applet`: what the running applet adds to a report. `machine`: what to look at, with these settings."""
        self._settings, self._applet = settings, applet
        self._make = machine or (lambda settings: Machine(settings=settings))
        self._jobs = Tasks(self._broke)
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._answers: dict[str, Callable[[str], None]] = {}  # how each says that it cannot
        self._last: tuple[Machine, list[Finding]] | None = None

    @property
    def checks(self) -> tuple[tuple[str, str], ...]:
        """Name and title of each check, in order."""
        return tuple((check.name, check.title) for check in CHECKS)

    def examine(self, found: Callable[[Finding], None], done: Callable[[], None]) -> None:
        """Look at everything anew: `found` hears of each finding, `done` when there are no more."""

        async def work() -> None:
            await self._examine(found)
            done()

        self._start("examine", work(), lambda _why: done())

    def mend(self, action: Action, done: Callable[[Sentence | str], None]) -> None:
        """Do it; `done` hears what went wrong, nothing when it went well."""

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
        """Save a report in the user's documents; `done` hears where, or an empty path and why not."""

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
        """Nobody is told anything any more."""
        for task in self._tasks.values():
            task.cancel()
        self._tasks.clear()

    async def _examine(self, found: Callable[[Finding], None]) -> tuple[Machine, list[Finding]]:
        async with self._make(self._settings()) as machine:
            self._last = machine, await examine(machine, told=found)
        return self._last

    def _start(self, slot: str, work: Coroutine[None, None, None], broken: Callable[[str], None]) -> None:
        """New work in a slot ends the old. `broken` hears of an error that was not foreseen: the window waits for an answer."""
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


# --- Wi-Fi, as the kernel sees it ----------------------------------------------------------------------------------------------


def _on(wireless: Wireless, radio: Radio) -> list[Interface]:
    return [interface for interface in wireless.interfaces if interface.radio == radio.number]


def _described(interfaces: Iterable[Interface]) -> str | Sentence:
    named = [f"{interface.name} ({nl80211.KINDS.get(interface.kind, '?')})" for interface in interfaces if interface.name]
    return ", ".join(named) or say("no interface")


async def _the_radio(machine: Machine) -> tuple[Wireless, Radio]:
    """The radio that links are made with: that of NetworkManager's Wi-Fi Direct device, otherwise the first that could be.

    Raises `Unseen` when there is none.
    """
    wireless = await machine.wireless()
    if not wireless.radios:
        raise Unseen(say("There is no Wi-Fi radio to look at."))
    parents: set[str] = set()
    with suppress(Unseen, BusError, BusGone):
        devices = await machine.devices()
        wifis = [device.interface for device in devices if device.kind == NM_WIFI]
        for device in devices:
            if device.kind == NM_P2P:  # NetworkManager: nm-device-wifi.c, recheck_p2p_availability
                parents |= {wifi for wifi in wifis if device.interface in (f"p2p-dev-{wifi}", f"p2p-dev-{wifi}"[:15])}
    numbers = [interface.radio for interface in wireless.interfaces if interface.name in parents]
    radios = sorted(wireless.radios, key=lambda radio: (radio.number not in numbers, not radio.has_p2p, radio.number))
    return wireless, radios[0]


async def _wifi_radio(machine: Machine) -> Verdict:
    wireless = await machine.wireless()
    if not wireless.radios:
        old = [name for name in machine.names("/sys/class/net") if machine.exists(f"/sys/class/net/{name}/wireless")]
        if old:
            return fail(
                say("{names}: an old driver, not of the kernel's wireless layer (nl80211).", names=", ".join(old)),
                fix=Fix(say("Use the driver that comes with the kernel, or another Wi-Fi adapter.")),
            )
        return fail(
            say("The kernel sees no Wi-Fi radio."),
            fix=Fix(
                say("Plug in a Wi-Fi adapter. If there is one, its driver or firmware is missing, or it is off in the firmware settings.")
            ),
        )
    seen = [say("{radio}: {interfaces}.", radio=radio.name, interfaces=_described(_on(wireless, radio))) for radio in wireless.radios]
    switches: dict[str, object] = {}
    with suppress(Unseen, BusError, BusGone):
        switches = await (await machine.system()).get_all(NM, NM_PATH, NM, timeout=CALL)
    if switches.get("WirelessHardwareEnabled") is False:
        return fail(
            *seen,
            say("NetworkManager: Wi-Fi is off by a switch or key of the machine."),
            fix=Fix(say("Use the machine's Wi-Fi switch or key (often Fn and a key with an antenna or aeroplane).")),
        )
    if switches.get("WirelessEnabled") is False:
        return fail(
            *seen,
            say("NetworkManager: Wi-Fi is switched off."),
            fix=Fix(say("Switch Wi-Fi on; no network needs to be in reach."), "nmcli radio wifi on", Action.WIFI_ON),
        )
    return ok(*seen)


async def _wifi_p2p_support(machine: Machine) -> Verdict:
    wireless = await machine.wireless()
    if not wireless.radios:
        raise Unseen(say("There is no Wi-Fi radio to look at."))
    seen = []
    for radio in wireless.radios:
        kinds = ", ".join(nl80211.KINDS[kind] for kind in sorted(radio.kinds) if kind in nl80211.KINDS) or say("nothing it tells of")
        seen.append(say("{radio} can be: {kinds}.", radio=radio.name, kinds=kinds))
    if any(radio.has_p2p for radio in wireless.radios):
        return ok(*seen)
    return fail(
        *seen,
        say("Wi-Fi Direct needs P2P client and P2P group owner."),
        fix=Fix(say("Update the kernel and the firmware, or use another Wi-Fi adapter; its driver must offer P2P (see: iw list).")),
    )


async def _wifi_interfaces(machine: Machine) -> Verdict:
    """May a group's interface join those that are there? Several interfaces on one radio, and single-channel radios."""
    wireless, radio = await _the_radio(machine)
    if not radio.has_p2p:
        raise Unseen(say("{radio} has no Wi-Fi Direct, so there is nothing to combine.", radio=radio.name))
    mine = [interface for interface in _on(wireless, radio) if interface.kind not in (nl80211.P2P_CLIENT, nl80211.P2P_GO)]
    seen = [say("{radio} carries: {interfaces}.", radio=radio.name, interfaces=_described(mine))]
    kinds = [interface.kind for interface in mine]
    both = [combination for group in (nl80211.P2P_CLIENT, nl80211.P2P_GO) if (combination := radio.combination_for((*kinds, group)))]
    if len(both) < 2:
        return _crowded(radio, mine, seen)
    channels = min(combination.channels for combination in both)
    seen.append(say("A link fits beside them, on {n} channels at once.", n=channels) if channels > 1 else say("A link fits beside them."))
    network = next((i for i in mine if i.kind == nl80211.STATION and i.frequency is not None), None)
    if channels > 1:
        return ok(*seen)
    if network is None:
        return ok(*seen, say("The radio can be on one channel at a time: with a Wi-Fi network, a link has to share that one's channel."))
    seen.append(say("The radio can be on one channel at a time, now {mhz} MHz for the Wi-Fi network.", mhz=network.frequency))
    disconnect = f"nmcli device disconnect {network.name}"
    channel = next((channel for channel in radio.channels if channel.frequency == network.frequency), None)
    if channel is not None and (channel.radar or channel.disabled):
        return fail(
            *seen,
            say("No link may be begun on that channel, which is shared with radar."),
            fix=Fix(say("Disconnect from the Wi-Fi network while linked, or use it on another channel."), disconnect),
        )
    return warn(*seen, fix=Fix(say("If links fail, disconnect from the Wi-Fi network while linked."), disconnect))


def _crowded(radio: Radio, mine: list[Interface], seen: list[Sentence]) -> Verdict:
    """No group fits beside what is there: because of too much there, or because none ever fits."""
    first = next((interface for interface in mine if interface.kind == nl80211.STATION), None)
    rest = [interface for interface in mine if interface is not first and interface.kind != nl80211.P2P_DEVICE and interface.name]
    point = next((interface for interface in rest if interface.kind == nl80211.ACCESS_POINT), None)
    if point is not None:
        return fail(
            *seen,
            say("{name} is an access point, and the driver carries no link beside it.", name=point.name),
            fix=Fix(say("Switch the hotspot off, then try again."), f"nmcli device disconnect {point.name}"),
        )
    if rest:
        return fail(
            *seen,
            say("Several interfaces are on one radio, and the driver carries no link beside them."),
            fix=Fix(say("Remove the ones you do not need."), " && ".join(f"sudo iw dev {one.name} del" for one in rest)),
        )
    fix = Fix(say("Disconnect from the Wi-Fi network before you link."), f"nmcli device disconnect {first.name}" if first else "")
    return warn(*seen, say("The driver names no way to carry a link beside a Wi-Fi network."), fix=fix)


async def _wifi_driver(machine: Machine) -> Verdict:
    told = {}
    with suppress(Unseen, BusError, BusGone):
        told = {device.interface: device for device in await machine.devices() if device.kind == NM_WIFI}
    names = [name for name in machine.names("/sys/class/net") if machine.exists(f"/sys/class/net/{name}/phy80211")] or sorted(told)
    if not names:
        raise Unseen(say("There is no Wi-Fi interface, so there is no driver to name."))
    seen, bad = [], []
    for name in names:
        device = told.get(name)
        driver = machine.link(f"/sys/class/net/{name}/device/driver") or (device.driver if device else "")
        firmware = device.firmware if device and device.firmware not in ("", "N/A") else ""
        if not driver:
            seen.append(say("{name}: the driver is not named.", name=name))
        elif firmware:
            seen.append(say("{name}: {driver}, firmware {firmware}.", name=name, driver=driver, firmware=firmware))
        else:
            seen.append(say("{name}: {driver}.", name=name, driver=driver))
        if driver in _WITHOUT_P2P:
            bad.append(driver)
    seen.append(say("Kernel {release}.", release=machine.kernel))
    missing = [device.interface for device in told.values() if device.firmware_missing]
    if missing:
        package = machine.install(say("Install the firmware of the Wi-Fi adapter."), fedora="linux-firmware", arch="linux-firmware")
        return fail(*seen, say("{names}: the firmware is missing.", names=", ".join(missing)), fix=package)
    if bad:
        return warn(
            *seen,
            say(
                "{drivers}: known for Wi-Fi Direct that is missing or does not work ({where}).",
                drivers=", ".join(bad),
                where=_WITHOUT_P2P[bad[0]],
            ),
            fix=Fix(say("Use another driver for it if there is one, or another Wi-Fi adapter.")),
        )
    return ok(*seen) if not any("not named" in sentence.english for sentence in seen) else unknown(*seen)


async def _rfkill(machine: Machine) -> Verdict:
    """Kernel: Documentation/ABI/stable/sysfs-class-rfkill."""
    seen, soft, hard = [], [], []
    for entry in machine.names("/sys/class/rfkill"):
        folder = f"/sys/class/rfkill/{entry}"
        kind = (machine.text(f"{folder}/type") or "").strip()
        if kind not in ("wlan", "bluetooth"):
            continue
        name = (machine.text(f"{folder}/name") or entry).strip()
        radio = "Wi-Fi" if kind == "wlan" else "Bluetooth"
        if (machine.text(f"{folder}/hard") or "").strip() == "1":
            hard.append(radio)
            seen.append(say("{name} ({radio}): blocked by a switch or key of the machine.", name=name, radio=radio))
        elif (machine.text(f"{folder}/soft") or "").strip() == "1":
            soft.append(radio)
            seen.append(say("{name} ({radio}): switched off by software.", name=name, radio=radio))
        else:
            seen.append(say("{name} ({radio}): on.", name=name, radio=radio))
    if hard:
        return fail(*seen, fix=Fix(say("Use the machine's radio switch or key (often Fn and a key with an antenna or aeroplane).")))
    if soft:
        which = {"Wi-Fi": "wifi", "Bluetooth": "bluetooth"}
        command = " && ".join(f"rfkill unblock {which[radio]}" for radio in dict.fromkeys(soft))
        return fail(*seen, fix=Fix(say("Switch it on, or leave aeroplane mode."), command, Action.WIFI_ON if "Wi-Fi" in soft else None))
    return ok(*seen) if seen else ok(say("The kernel has no radio switches here."))


async def _regulatory_domain(machine: Machine) -> Verdict:
    wireless, radio = await _the_radio(machine)
    country = radio.country or wireless.country
    usable = {channel.frequency for channel in radio.channels if channel.is_usable}
    social = {2412, 2437, 2462}  # channels 1, 6 and 11, on which Wi-Fi Direct machines find each other
    five = len([frequency for frequency in usable if 5000 < frequency < 5900])
    seen = [
        say("The regulatory domain is {country}.", country=country) if country else say("The regulatory domain is not told."),
        say(
            "{radio}: {social} of the 3 channels for finding each other and {five} channels of 5 GHz may be used.",
            radio=radio.name,
            social=len(social & usable),
            five=five,
        ),
    ]
    if radio.self_managed:
        seen.append(say("The radio's firmware sets it."))
    set_it = _set_country(machine, radio)
    if not radio.channels:
        return unknown(*seen)
    if not social & usable:
        return fail(*seen, say("It forbids the channels on which Wi-Fi Direct machines find each other."), fix=set_it)
    if social - usable:
        return warn(*seen, say("It forbids some of the channels on which Wi-Fi Direct machines find each other."), fix=set_it)
    if country == nl80211.WORLD and not five and any(5000 < channel.frequency < 5900 for channel in radio.channels):
        return warn(*seen, say("No country is set, so 5 GHz is closed for links; they use the slower 2.4 GHz."), fix=set_it)
    return ok(*seen)


def _set_country(machine: Machine, radio: Radio) -> Fix:
    """The country is the user's to say; it is only guessed where the language names one."""
    if radio.self_managed:
        return Fix(say("The firmware decides, by what it hears or by a setting in the machine's firmware; it cannot be set from here."))
    language = machine.environment.get("LC_ALL") or machine.environment.get("LANG") or ""
    country = language.partition(".")[0].partition("@")[0].partition("_")[2]
    if len(country) == 2 and country.isascii() and country.isalpha() and country.isupper():
        return Fix(say("Set the country you are in; if that is {country}:", country=country), f"sudo iw reg set {country}")
    return Fix(say("Set the country you are in: sudo iw reg set, followed by its two letters."))


# --- Wi-Fi, as the daemons have it ---------------------------------------------------------------------------------------------


async def _networkmanager(machine: Machine) -> Verdict:
    try:
        bus = await machine.system()
    except Unseen as unseen:
        return fail(
            unseen.sentence,
            say("NetworkManager, which makes the link, can be asked over it only."),
            fix=machine.start(say("Start the D-Bus system bus."), "dbus"),
        )
    if await bus.name_owner(NM) is None:
        if await _serves_alone(bus):
            return ok(say("NetworkManager is not running; links are made with wpa_supplicant alone, which this account may use."))
        if machine.program("NetworkManager"):
            return fail(
                say("NetworkManager is installed and not running."), fix=machine.start(say("Start NetworkManager."), "NetworkManager")
            )
        package = machine.install(
            say("Install NetworkManager."),
            debian="network-manager",
            fedora="NetworkManager NetworkManager-wifi",
            arch="networkmanager",
            suse="NetworkManager",
        )
        return fail(say("NetworkManager is not installed."), fix=package)
    facts = await bus.get_all(NM, NM_PATH, NM, timeout=CALL)
    number = harmless(facts.get("Version", ""), 32)
    seen = [say("NetworkManager {version} is running.", version=number)]
    if not version(number):
        return unknown(*seen, say("Its version cannot be understood."))
    if version(number) < (1, 16):
        return fail(*seen, say("Wi-Fi Direct came with version 1.16."), fix=Fix(say("Update NetworkManager.")))
    if facts.get("NetworkingEnabled") is False:
        return fail(*seen, say("It is switched off as a whole."), fix=Fix(say("Switch networking on."), "nmcli networking on"))
    if version(number) < (1, 42):
        return warn(*seen, say("Nearby Tray was tried with 1.42 and newer only."), fix=Fix(say("Update NetworkManager if links fail.")))
    return ok(*seen)


async def _wifi_managed(machine: Machine) -> Verdict:
    wifis = [device for device in await machine.devices() if device.kind == NM_WIFI]
    if not wifis:
        wireless = await machine.wireless()
        if not wireless.radios:
            raise Unseen(say("There is no Wi-Fi radio that NetworkManager could manage."))
        package = machine.install(
            say("Install NetworkManager's part for Wi-Fi, then restart NetworkManager."),
            fedora="NetworkManager-wifi",
            suse="NetworkManager-wifi",
        )
        return fail(say("NetworkManager has no Wi-Fi device, though the kernel has {radio}.", radio=wireless.radios[0].name), fix=package)
    seen = [say("{name}: {state}.", name=device.interface, state=_state(device)) for device in wifis]
    left = [device for device in wifis if not device.managed or device.state <= _UNMANAGED]
    if not left:
        return ok(*seen)
    name = left[0].interface
    command = f"sudo nmcli device set {name} managed yes"
    if any(words[:2] == ["iface", name] for words in map(str.split, (machine.text("/etc/network/interfaces") or "").splitlines())):
        fix = Fix(say("Remove the lines about {name} from /etc/network/interfaces and restart NetworkManager.", name=name))
        return fail(*seen, say("/etc/network/interfaces has {name}, so NetworkManager leaves it alone.", name=name), fix=fix)
    seen.append(say("NetworkManager leaves {name} to others.", name=name))
    alone = await _serves_alone(await machine.system())
    if alone:
        seen.append(say("There links are made with wpa_supplicant alone, which this account may use."))
    how = fail if len(left) == len(wifis) and not alone else warn
    return how(*seen, fix=Fix(say("Let NetworkManager manage it."), command))


def _state(device: Device) -> Sentence:
    if not device.managed:
        return say("not managed")
    if _DISCONNECTED < device.state < _ACTIVATED:
        return say("being activated")
    return _STATES.get(device.state) or say("state {n}", n=device.state)


async def _wifi_p2p_device(machine: Machine) -> Verdict:
    devices = [device for device in await machine.devices() if device.kind == NM_P2P]
    bus = await machine.system()
    if not devices:
        if await bus.get(NM, NM_PATH, NM, "WirelessEnabled", timeout=CALL) is False:
            return fail(
                say("NetworkManager has no Wi-Fi Direct device while Wi-Fi is switched off."),
                fix=Fix(say("Switch Wi-Fi on."), "nmcli radio wifi on", Action.WIFI_ON),
            )
        return fail(
            say("NetworkManager has no Wi-Fi Direct device."),
            fix=Fix(
                say("See what is said here about the radio, NetworkManager and wpa_supplicant; after a change restart NetworkManager.")
            ),
        )
    seen = [say("{name}: {state}.", name=device.interface, state=_state(device)) for device in devices]
    usable = [device for device in devices if device.managed and device.state >= _DISCONNECTED]
    if not usable:
        name = devices[0].interface
        if not devices[0].managed or devices[0].state <= _UNMANAGED:
            again = say("Let NetworkManager manage it, then switch Wi-Fi off and on.")
            return fail(*seen, fix=Fix(again, f"sudo nmcli device set {name} managed yes && nmcli radio wifi off && nmcli radio wifi on"))
        return fail(
            *seen,
            fix=Fix(
                say("Switch Wi-Fi off and on; if that does not help, restart wpa_supplicant."),
                "nmcli radio wifi off && nmcli radio wifi on",
            ),
        )
    for device in usable:
        if len(device.active) > 1:
            name = harmless(await bus.get(NM, device.active, f"{NM}.Connection.Active", "Id", timeout=CALL))
            if name.startswith(_OUR_PROFILE):
                return ok(*seen, say("The link that is up is ours."))
            return warn(
                *seen, say("Another program uses it."), fix=Fix(say("Close that program (screen casting is a usual one), then try again."))
            )
    with suppress(Unseen):
        # wpa_supplicant keeps what a NetworkManager that was killed had made, and the next one does not know of it (seen in the lab).
        groups = [one.name for one in (await machine.wireless()).interfaces if one.kind in (nl80211.P2P_CLIENT, nl80211.P2P_GO)]
        if groups:
            return warn(
                *seen,
                say("A group is up that NetworkManager knows nothing of: {names}. One that crashed leaves it.", names=", ".join(groups)),
                fix=Fix(say("Switch Wi-Fi off and on."), "nmcli radio wifi off && nmcli radio wifi on"),
            )
    return ok(*seen)


async def _permissions(machine: Machine) -> Verdict:
    """NetworkManager: org.freedesktop.NetworkManager.policy; the words are "yes", "auth", "no", and "unknown" without polkit."""
    bus = await machine.system()
    if await bus.name_owner(NM) is None:
        raise Unseen(say("NetworkManager is not running, so it cannot be asked."))
    answer = (await bus.call(NM, NM_PATH, NM, "GetPermissions", timeout=CALL))[0]
    told = answer if isinstance(answer, dict) else {}
    if f"{NM}.network-control" not in told:
        raise Unseen(say("NetworkManager does not tell what this account may do."))
    wanted = {
        "network-control": say("making and ending links"),
        "settings.modify.own": say("profiles of your own"),
        "wifi.scan": say("finding others"),
        "enable-disable-wifi": say("switching Wi-Fi on"),
    }
    words = {name: str(told.get(f"{NM}.{name}", "")) for name in wanted}
    seen = [
        say("NetworkManager: {what}: {answer}.", what=what, answer=words[name] or say("not asked for")) for name, what in wanted.items()
    ]
    needed = [words[name] for name in ("network-control", "settings.modify.own", "wifi.scan")]
    if "unknown" in needed:
        package = machine.install(
            say("Install polkit, which decides about this."), debian="polkitd", fedora="polkit", arch="polkit", suse="polkit"
        )
        return fail(*seen, fix=package)
    if "no" in needed:
        return fail(*seen, fix=Fix(say("Log in at the computer itself, or ask its administrator for the right to control networks.")))
    if "auth" in needed:
        return warn(
            *seen,
            say("“auth”: the administrator's password is asked for each time, and without a desktop that is a no."),
            fix=Fix(say("Log in at the computer itself: a session in front of it may, one over the network may not.")),
        )
    return ok(*seen)


async def _wpa_supplicant(machine: Machine) -> Verdict:
    bus = await machine.system()
    supplicant, iwd = await bus.name_owner(_SUPPLICANT), await bus.name_owner(_IWD)
    backend = _backend(machine)
    seen = []
    program = machine.program("wpa_supplicant")
    number = ""
    if program is not None:
        words = (await machine.output(program, "-v")).split()
        number = next((word[1:] for word in words if word.startswith("v") and version(word[1:])), "")
        seen.append(say("wpa_supplicant {version} is installed.", version=number or say("of an unknown version")))
    if backend == "iwd" or (iwd and not supplicant):
        seen.append(say("iwd runs Wi-Fi here.") if iwd else say("NetworkManager is set to use iwd, which is not running."))
        fix = Fix(
            say("Let NetworkManager use wpa_supplicant: remove wifi.backend=iwd from its configuration, stop iwd, restart NetworkManager.")
        )
        return (warn if iwd else fail)(*seen, say("Nearby Tray was shown with wpa_supplicant only."), fix=fix)
    if supplicant is None:
        if program is None:
            package = machine.install(
                say("Install wpa_supplicant."),
                debian="wpasupplicant",
                fedora="wpa_supplicant",
                arch="wpa_supplicant",
                suse="wpa_supplicant",
            )
            return fail(say("wpa_supplicant, which speaks Wi-Fi Direct, is not installed."), fix=package)
        return fail(*seen, say("It is not running."), fix=machine.start(say("Start wpa_supplicant."), "wpa_supplicant"))
    able = await _supplicant_abilities(bus)
    if able is None:
        seen.append(say("It runs, and this account may not talk to it. That is usual: NetworkManager does what two computers need."))
        seen.append(say("PINs, groups of your own and choosing the channel may need the right to talk to it (on Debian: group netdev)."))
    elif "p2p" not in able:
        return fail(*seen, say("It runs, and was built without Wi-Fi Direct."), fix=Fix(say("Install your distribution's wpa_supplicant.")))
    else:
        seen.append(say("It runs, knows Wi-Fi Direct, and this account may talk to it: PINs and choosing the channel work."))
    if number and version(number) < (2, 10):
        return warn(
            *seen,
            say("Before 2.10 its Wi-Fi Direct could be attacked over the air (CVE-2021-27803)."),
            fix=Fix(say("Update wpa_supplicant, unless your distribution has mended its own.")),
        )
    return ok(*seen)


async def _supplicant_abilities(bus: Bus) -> list[object] | None:
    """What a running wpa_supplicant says that it can; `None` when this account may not ask it."""
    try:
        able = await bus.get(_SUPPLICANT, "/fi/w1/wpa_supplicant1", _SUPPLICANT, "Capabilities", timeout=CALL)
    except BusTimeout:
        raise
    except BusError as error:
        if error.name.endswith("AccessDenied"):
            return None
        raise
    return able if isinstance(able, list) else []


async def _serves_alone(bus: Bus) -> bool:
    """Whether wpa_supplicant can be used where NetworkManager is absent or leaves the radio to others (system/wifi.py)."""
    return await bus.name_owner(_SUPPLICANT) is not None and "p2p" in (await _supplicant_abilities(bus) or [])


def _backend(machine: Machine) -> str:
    """What NetworkManager is told to run Wi-Fi with, "" for its own choice. NetworkManager.conf(5): later files win, by their names."""
    files: dict[str, str] = {}
    for folder in ("/usr/lib/NetworkManager/conf.d", "/run/NetworkManager/conf.d", "/etc/NetworkManager/conf.d"):
        files |= {name: f"{folder}/{name}" for name in machine.names(folder) if name.endswith(".conf")}
    chosen = ""
    for path in (*[files[name] for name in sorted(files)], "/etc/NetworkManager/NetworkManager.conf"):
        for line in (machine.text(path) or "").splitlines():
            key, equals, value = line.partition("=")
            if equals and key.strip() == "wifi.backend":
                chosen = value.strip()
    return chosen


async def _dnsmasq(machine: Machine) -> Verdict:
    if machine.program("dnsmasq"):
        return ok(say("dnsmasq is installed."))
    return warn(
        say("dnsmasq is not installed. Between computers with Nearby Tray it is not needed; phones get their address from it."),
        fix=machine.install(
            say("Install dnsmasq to link with phones."), debian="dnsmasq-base", fedora="dnsmasq", arch="dnsmasq", suse="dnsmasq"
        ),
    )


# --- Bluetooth -----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Adapter:
    path: str
    interfaces: dict[str, dict[str, object]]

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    def get(self, interface: str, key: str) -> object:
        return self.interfaces.get(f"{_BLUEZ}.{interface}", {}).get(key)


async def _adapters(bus: Bus) -> list[_Adapter]:
    """Raises `Unseen` when BlueZ is not running, which asking would start."""
    if await bus.name_owner(_BLUEZ) is None:
        raise Unseen(say("BlueZ is not running, so it cannot be asked."))
    objects = (await bus.call(_BLUEZ, "/", "org.freedesktop.DBus.ObjectManager", "GetManagedObjects", timeout=CALL))[0]
    found = objects.items() if isinstance(objects, dict) else ()
    return [_Adapter(path, interfaces) for path, interfaces in sorted(found) if f"{_BLUEZ}.Adapter1" in interfaces]


def _chosen(machine: Machine, adapters: list[_Adapter]) -> _Adapter | None:
    """The one that the settings name, otherwise the one that would be taken: powered ones first."""
    wanted = machine.settings.adapter
    fitting = [one for one in adapters if wanted is None or wanted.lower() in (one.name, str(one.get("Adapter1", "Address")).lower())]
    return min(fitting, key=lambda adapter: adapter.get("Adapter1", "Powered") is not True, default=None)


async def _the_adapter(machine: Machine) -> _Adapter:
    chosen = _chosen(machine, await _adapters(await machine.system()))
    if chosen is None:
        raise Unseen(say("There is no Bluetooth adapter to look at."))
    return chosen


async def _bluez_version(machine: Machine) -> str:
    """bluetoothd does not tell its version; the program that comes with it does."""
    program = machine.program("bluetoothctl")
    words = (await machine.output(program, "--version")).split() if program is not None else []
    return next((word for word in reversed(words) if version(word)), "")


async def _bluez(machine: Machine) -> Verdict:
    try:
        bus = await machine.system()
    except Unseen as unseen:
        return fail(
            unseen.sentence,
            say("BlueZ, by which computers find each other, can be asked over it only."),
            fix=machine.start(say("Start the D-Bus system bus."), "dbus"),
        )
    number = await _bluez_version(machine)
    if await bus.name_owner(_BLUEZ) is None:
        if number or machine.exists("/usr/lib/systemd/system/bluetooth.service") or machine.exists("/lib/systemd/system/bluetooth.service"):
            return fail(say("BlueZ is installed and not running."), fix=machine.start(say("Start Bluetooth."), "bluetooth"))
        return fail(
            say("BlueZ is not installed."),
            fix=machine.install(say("Install BlueZ."), debian="bluez", fedora="bluez", arch="bluez bluez-utils", suse="bluez"),
        )
    seen = say("BlueZ {version} is running.", version=number or say("(version not told)"))
    if number and version(number) < (5, 55):
        return fail(seen, say("Version 5.55 is needed."), fix=Fix(say("Update BlueZ.")))
    return ok(seen)


async def _bluetooth_adapter(machine: Machine) -> Verdict:
    adapters = await _adapters(await machine.system())
    known = [name for name in machine.names("/sys/class/bluetooth") if name.startswith("hci") and ":" not in name]
    if not adapters:
        if known:
            return fail(
                say("The kernel has {names}, and BlueZ uses none of them.", names=", ".join(known)),
                fix=Fix(say("Restart Bluetooth."), "sudo systemctl restart bluetooth"),
            )
        return fail(
            say("There is no Bluetooth adapter."),
            fix=Fix(say("Plug one in, or switch the built-in one on in the firmware settings; its firmware may be missing.")),
        )
    seen = [
        say("{name}: on.", name=adapter.name) if adapter.get("Adapter1", "Powered") is True else say("{name}: off.", name=adapter.name)
        for adapter in adapters
    ]
    chosen = _chosen(machine, adapters)
    if chosen is None:
        return fail(
            *seen,
            say("The settings choose {name}, which is not there.", name=machine.settings.adapter),
            fix=Fix(say("Choose another adapter in the settings."), "nearby-tray settings adapter=none", Action.OPEN_SETTINGS),
        )
    if chosen.get("Adapter1", "Powered") is not True:
        return fail(*seen, fix=Fix(say("Switch Bluetooth on."), "bluetoothctl power on", Action.BLUETOOTH_ON))
    roles = chosen.get("Adapter1", "Roles")
    if isinstance(roles, list) and not {"central", "peripheral"} <= set(map(str, roles)):
        return fail(
            *seen,
            say(
                "{name} can be {roles}; central and peripheral are needed.",
                name=chosen.name,
                roles=", ".join(map(str, roles)) or say("neither"),
            ),
            fix=Fix(say("Use another Bluetooth adapter; most of version 4.1 and newer can.")),
        )
    if not {f"{_BLUEZ}.LEAdvertisingManager1", f"{_BLUEZ}.GattManager1"} <= chosen.interfaces.keys():
        return fail(
            *seen,
            say("{name} has no Bluetooth Low Energy.", name=chosen.name),
            fix=Fix(say("Use another Bluetooth adapter, of version 4.1 or newer.")),
        )
    return ok(*seen)


async def _bluetooth_advertising(machine: Machine) -> Verdict:
    """BlueZ: src/advertising.c. `SupportedInstances` is how many more there may be; the interval needs kernel and daemon to know it."""
    adapter = await _the_adapter(machine)
    free, used = (adapter.get("LEAdvertisingManager1", key) for key in ("SupportedInstances", "ActiveInstances"))
    if not isinstance(free, int) or not isinstance(used, int):
        raise Unseen(say("{name} does not tell about advertising.", name=adapter.name))
    seen = [say("{name}: {used} advertisements in use, {free} free.", name=adapter.name, used=used, free=free)]
    if free == 0 and used == 0:
        return fail(*seen, say("It cannot advertise."), fix=Fix(say("Use another Bluetooth adapter.")))
    if free == 0:
        return fail(
            *seen,
            say("Other programs use all of them, so nobody can be called."),
            fix=Fix(say("Close the programs that advertise, or restart Bluetooth."), "sudo systemctl restart bluetooth"),
        )
    number = await _bluez_version(machine)
    # MGMT "Add Extended Advertising Parameters" is in Linux 5.11, MinInterval in BlueZ 5.56; without them both are ignored.
    old = [what for what, has, needs in (("Linux", machine.kernel, (5, 11)), ("BlueZ", number, (5, 56))) if has and version(has) < needs]
    if old:
        return warn(
            *seen,
            say("Too old to advertise more often than every 1.28 s, so being found takes longer: {what}.", what=", ".join(old)),
            fix=Fix(say("Update that if finding takes too long.")),
        )
    return ok(*seen, say("A call is advertised every 100 to 150 ms."))


async def _bluetooth_listening(machine: Machine) -> Verdict:
    adapter = await _the_adapter(machine)
    kinds = adapter.get("AdvertisementMonitorManager1", "SupportedMonitorTypes")
    if isinstance(kinds, list) and "or_patterns" in kinds:
        return ok(say("Calls are heard by an advertisement monitor: the radio wakes the computer only for them."))
    return ok(
        say("Calls are heard by a search for our service only. The applet sleeps meanwhile, and the radio uses more power."),
        say("Cheaper is an advertisement monitor, which bluetoothd offers with Experimental = true in /etc/bluetooth/main.conf."),
    )


# --- what may stand between ----------------------------------------------------------------------------------------------------


async def _firewalld(machine: Machine) -> Verdict:
    bus = await machine.system()
    if await bus.name_owner(_FIREWALLD) is None:
        return ok(say("firewalld is not running."))
    path = "/org/fedoraproject/FirewallD1"
    try:
        default = (await bus.call(_FIREWALLD, path, _FIREWALLD, "getDefaultZone", timeout=CALL))[0]
        zones = (await bus.call(_FIREWALLD, path, f"{_FIREWALLD}.zone", "getZones", timeout=CALL))[0]
    except BusTimeout:
        raise
    except BusError as error:
        return unknown(say("firewalld is running and does not tell this account about its zones: {error}", error=error.name))
    seen = [say("firewalld is running, its default zone is {zone}.", zone=default)]
    if isinstance(zones, list) and _ZONE in zones:
        return ok(*seen, say("It has the zone {zone}, which links are put into.", zone=_ZONE))
    return warn(
        *seen,
        say("It does not have the zone {zone}: links are in the default zone, which may keep other programs out.", zone=_ZONE),
        fix=Fix(
            say("Install the zone."), f"sudo firewall-cmd --permanent --new-zone-from-file={zone_file()} && sudo firewall-cmd --reload"
        ),
    )


def zone_file() -> Path:
    """Our firewalld zone: inside the package when installed, beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent.parent
    installed = package / "desktop" / f"{_ZONE}.xml"
    return installed if installed.is_file() else package.parent / "desktop" / f"{_ZONE}.xml"


async def _ufw(machine: Machine) -> Verdict:
    if not machine.program("ufw") and not machine.exists("/etc/ufw/ufw.conf"):
        return ok(say("ufw is not installed."))
    enabled = _assigned(machine.text("/etc/ufw/ufw.conf"), "ENABLED")
    if enabled is None:
        return unknown(say("ufw is installed; whether it is on cannot be read."), fix=Fix(say("Look at it:"), "sudo ufw status verbose"))
    if enabled.casefold() != "yes":
        return ok(say("ufw is installed and off (/etc/ufw/ufw.conf)."))
    policy = (_assigned(machine.text("/etc/default/ufw"), "DEFAULT_INPUT_POLICY") or "").upper()
    seen = [
        say("ufw is on; what comes in is by default: {policy}. Its rules are only for root to read.", policy=policy or say("not readable"))
    ]
    if policy == "ACCEPT":
        return ok(*seen)
    return warn(
        *seen,
        say("The pings of a link pass, since both sides begin; other programs need a rule."),
        fix=Fix(say("Let in what comes over links:"), "sudo ufw allow in on p2p-+"),
    )


def _assigned(text: str | None, key: str) -> str | None:
    """The value of KEY=value in a file of the shell's kind; `None` when there is none."""
    for line in (text or "").splitlines():
        name, equals, value = line.strip().partition("=")
        if equals and name == key:
            return value.strip().strip("\"'")
    return None


async def _nftables(machine: Machine) -> Verdict:
    """Rules are for root to read; what can be seen is whether a filter is loaded and who may have loaded it."""
    loaded = machine.text("/proc/modules")
    modules = {line.partition(" ")[0] for line in (loaded or "").splitlines()} | set(machine.names("/sys/module"))
    filters = sorted(modules & {"nf_tables", "ip_tables", "ip6_tables"})
    services = [unit for unit in ("nftables", "iptables", "netfilter-persistent") if await _is_active(machine, unit)]
    rules = machine.text("/etc/nftables.conf") or "" if "nftables" in services else ""
    if not filters and not services:
        if loaded is None:
            raise Unseen(say("Whether the kernel has a packet filter cannot be seen here."))
        return ok(say("No packet filter is loaded in the kernel."))
    seen = [say("Loaded in the kernel: {filters}.", filters=", ".join(filters) or say("nothing seen"))]
    look = Fix(say("Look at the rules; UDP port {port} should be let in.", port=machine.settings.port), "sudo nft list ruleset")
    if services:
        seen.append(say("Running: {services}.", services=", ".join(services)))
    if any(words in rules for words in ("policy drop", "drop;", "reject")):
        return warn(*seen, say("/etc/nftables.conf has rules that drop; whether they concern links cannot be told from here."), fix=look)
    return unknown(*seen, say("The rules are only for root to read."), fix=look)


async def _is_active(machine: Machine, unit: str) -> bool:
    with suppress(Unseen, BusError, BusGone):
        path = f"/org/freedesktop/systemd1/unit/{unit.replace('-', '_2d')}_2eservice"
        bus = await machine.system()
        if await bus.name_owner(_SYSTEMD) is not None:
            return await bus.get(_SYSTEMD, path, f"{_SYSTEMD}.Unit", "ActiveState", timeout=CALL) == "active"
    return False


async def _udp_port(machine: Machine) -> Verdict:
    """procfs: proc_pid_net(5); the port is hexadecimal, and the owner of a socket is found by its inode."""
    port = machine.settings.port
    inodes: dict[str, int] = {}
    tables = [machine.text(f"/proc/net/{table}") for table in ("udp", "udp6")]
    if tables[0] is None:
        raise Unseen(say("The kernel's list of UDP ports cannot be read."))
    for line in "\n".join(table or "" for table in tables).splitlines():
        words = line.split()
        if len(words) > 9 and words[1].rpartition(":")[2].upper() == f"{port:04X}" and words[7].isdigit():
            inodes[words[9]] = int(words[7])
    if not inodes:
        return ok(say("UDP port {port} is free.", port=port))
    owners = {process.number: process for process in await asyncio.to_thread(_owners, machine, set(inodes))}
    ours = {os.getpid(), await _applet_number(machine)}
    if owners and owners.keys() <= ours:
        return ok(say("UDP port {port} is used by Nearby Tray itself, for the link.", port=port))
    named = [f"{process.name} ({process.number})" for process in owners.values() if process.number not in ours]
    seen = say(
        "UDP port {port} is used by {who}.", port=port, who=", ".join(named) or say("a program of user {n}", n=next(iter(inodes.values())))
    )
    another = f"nearby-tray settings port={port + 1 if port < 65535 else port - 1}"
    other = Fix(say("Close that program, or choose another port in the settings of both computers."), another, Action.OPEN_SETTINGS)
    return fail(seen, fix=other)


def _owners(machine: Machine, inodes: set[str]) -> list[Process]:
    """The processes that hold these sockets; only those of this user can be seen."""
    found = []
    for process in machine.processes():
        folder = f"/proc/{process.number}/fd"
        if any(machine.link(f"{folder}/{name}").removeprefix("socket:[").rstrip("]") in inodes for name in machine.names(folder)):
            found.append(process)
    return found


async def _applet_number(machine: Machine) -> int | None:
    """The process of this user's applet; `None` when none runs."""
    with suppress(Unseen, BusError, BusGone):
        bus = await machine.session()
        owner = await bus.name_owner(BUS_NAME)
        if owner is not None:
            number = (await bus.call(*_DBUS, "GetConnectionUnixProcessID", "s", owner, timeout=CALL))[0]
            return number if isinstance(number, int) else None
    return None


async def _vpn(machine: Machine) -> Verdict:
    tunnels = [name for name in machine.names("/sys/class/net") if _is_tunnel(machine, name)]
    machine.private |= {name for name in tunnels if name.rstrip("0123456789") not in ("tun", "wg", "ppp", "tailscale")}
    try:
        routing = await machine.read_routing()
    except OSError as error:
        raise Unseen(say("The kernel does not tell its routes: {error}", error=error)) from None
    taken = next(filter(None, map(routing.swallows, _LINK_ADDRESSES)), None)
    seen = [say("Up: {names}.", names=", ".join(tunnels))] if tunnels else [say("No VPN is seen.")]
    if taken is None:
        if tunnels:
            seen.append(say("Its routes leave links alone. Rules of its own firewall, if it has any, cannot be seen from here."))
        return ok(*seen)
    if taken.interface.startswith("tailscale"):
        fix = Fix(say("Let Tailscale leave local networks alone."), "sudo tailscale set --exit-node-allow-lan-access=true")
    else:
        fix = Fix(say("Allow local networks in the VPN's settings (split tunnelling), or disconnect it while linked."))
    if taken.interface:
        seen.append(say("Rule {rule} sends into {interface} what programs say to a link.", rule=taken.rule, interface=taken.interface))
    else:
        seen.append(say("Rule {rule} drops what programs say to a link.", rule=taken.rule))
    return warn(*seen, say("The link's own pings are not concerned, so it looks healthy and is of no use."), fix=fix)


def _is_tunnel(machine: Machine, name: str) -> bool:
    """Up, and a tun device, WireGuard or PPP. Kernel: Documentation/ABI/testing/sysfs-class-net; linux/if_tun.h, IFF_TUN."""
    folder = f"/sys/class/net/{name}"

    def flags(file: str) -> int:
        try:
            return int((machine.text(f"{folder}/{file}") or "0").strip(), 16)
        except ValueError:
            return 0

    if not flags("flags") & 1:
        return False
    kind = _assigned(machine.text(f"{folder}/uevent"), "DEVTYPE")
    return bool(flags("tun_flags") & 1) or kind in ("wireguard", "ppp")


# --- the desktop ---------------------------------------------------------------------------------------------------------------


async def _tray(machine: Machine) -> Verdict:
    bus = await machine.session()
    desktop = machine.environment.get("XDG_CURRENT_DESKTOP", "")
    seen = [say("Desktop: {desktop}.", desktop=desktop or say("not named"))]
    window = say("Without a tray the panel is an ordinary window.")
    if await bus.name_owner(_WATCHER) is not None:
        host = await bus.get(_WATCHER, "/StatusNotifierWatcher", _WATCHER, "IsStatusNotifierHostRegistered", timeout=CALL)
        if host is True:
            return ok(*seen, say("A tray is there (StatusNotifierItem)."))
        return warn(*seen, say("A tray is announced, and nobody shows it."), window, fix=Fix(say("Restart the desktop's panel.")))
    if "gnome" in desktop.casefold():
        extension = machine.install(
            say("Install the AppIndicator extension, log in again and switch it on."),
            debian="gnome-shell-extension-appindicator",
            fedora="gnome-shell-extension-appindicator",
            arch="gnome-shell-extension-appindicator",
        )
        return warn(*seen, say("GNOME shows no tray by itself."), window, fix=extension)
    if machine.environment.get("DISPLAY") and not machine.environment.get("WAYLAND_DISPLAY"):
        return unknown(*seen, say("No tray is on the session bus; one of the older kind (XEmbed) cannot be asked from here."))
    return warn(*seen, say("No tray is there."), window, fix=Fix(say("Add a tray (status notifier) to the desktop's panel.")))


async def _notifications(machine: Machine) -> Verdict:
    bus = await machine.session()
    if not machine.settings.notifications:
        return ok(say("Notifications are switched off in the settings."))
    if await bus.name_owner(_NOTIFICATIONS) is None:
        startable = (await bus.call(*_DBUS, "ListActivatableNames", timeout=CALL))[0]
        if isinstance(startable, list) and _NOTIFICATIONS in startable:
            return ok(say("A notification server is installed; it starts when it is needed."))
        return warn(
            say("No notification server is there, so a request is shown in its own window only."),
            fix=Fix(say("Install a notification server, such as the desktop's own, or dunst or mako.")),
        )
    path = "/org/freedesktop/Notifications"
    server = await bus.call(_NOTIFICATIONS, path, _NOTIFICATIONS, "GetServerInformation", timeout=CALL)
    able = (await bus.call(_NOTIFICATIONS, path, _NOTIFICATIONS, "GetCapabilities", timeout=CALL))[0]
    seen = say(
        "Notifications are shown by {name} {version}.", name=server[0] if server else "", version=server[2] if len(server) > 2 else ""
    )
    if isinstance(able, list) and "actions" in able:
        return ok(seen)
    return warn(
        seen,
        say("It shows no buttons: a request is accepted in its window or on the command line."),
        fix=Fix(say("Use a notification server that shows actions.")),
    )


async def _session(machine: Machine) -> Verdict:
    """https://www.freedesktop.org/software/systemd/man/latest/org.freedesktop.login1.html"""
    bus = await machine.system()
    if await bus.name_owner(_LOGIN) is None:
        raise Unseen(say("There is no logind here, so sessions cannot be told apart."))
    deaf = say("Nearby Tray hears nobody meanwhile.")
    found = await login.find_session(bus, machine.environment.get("XDG_SESSION_ID", ""))
    if found is None:
        return warn(
            say("This user has no login session here, so the computer takes the user for absent."),
            deaf,
            fix=Fix(say("Start Nearby Tray from the desktop you are logged in at; what is allowed is said under Permissions.")),
        )
    _, facts = found
    seen = [say("The session is of type {type}.", type=facts.get("Type") or say("unknown"))]
    if facts.get("LockedHint") is True:
        seen += [say("It is locked."), deaf]
    if facts.get("Remote") is True:
        return warn(
            *seen,
            say("It comes over the network, and such a session may do less."),
            fix=Fix(say("Log in at the computer itself; over the network links may be refused.")),
        )
    if facts.get("Active") is not True:
        return warn(
            *seen,
            say("It is not active: somebody else is in front of this computer now."),
            deaf,
            fix=Fix(say("Switch to this session.")),
        )
    return ok(*seen, say("It is active, at the computer itself."))


async def _files(machine: Machine) -> Verdict:
    """The user's own files, as the next start will find them."""
    problems = await asyncio.to_thread(lambda: [*settings_file.load(settings_file.settings_path())[1], *TrustFile().look()])
    if not problems:
        return ok(say("Settings and trusted computers can be read, or were never written."))
    fix = Fix(say("Mend the file, or choose again: what cannot be read is set aside then."), action=Action.OPEN_SETTINGS)
    return warn(*(say("Not as it should be: {what}", what=problem) for problem in problems[:5]), fix=fix)


async def _applet(machine: Machine) -> Verdict:
    number = await _applet_number(machine)
    seen = [say("Nearby Tray is running (process {n}).", n=number) if number else say("No Nearby Tray of this session is running.")]
    others, casting = [], []
    for process in await asyncio.to_thread(lambda: list(machine.processes())):
        if _is_applet(process.words) and process.number not in (number, os.getpid()):
            others.append(process)
        elif process.name in _P2P_PROGRAMS:
            casting.append(_P2P_PROGRAMS[process.name])
    for process in others:
        seen.append(say("Another one is running: process {n} of user {user}.", n=process.number, user=process.user))
    if casting:
        seen.append(say("Running, and using Wi-Fi Direct itself: {names}.", names=", ".join(dict.fromkeys(casting))))
    if others or casting:
        return warn(*seen, fix=Fix(say("Only one program at a time can use Wi-Fi Direct: end the others while you link.")))
    return ok(*seen)


def _is_applet(words: tuple[str, ...]) -> bool:
    """Whether a command line is that of an applet on real radios: neither a verb nor the demo."""
    for at, word in enumerate(words[:4]):
        if word.rpartition("/")[2] == "nearby-tray" or (word == "nearby_tray" and words[at - 1 : at] == ("-m",)):
            pairs = zip(words[at:], words[at + 1 :], strict=False)
            return "--demo" not in words and all(rest.startswith("--") or before == "--log-level" for before, rest in pairs)
    return False


CHECKS = (
    Check("wifi-radio", "Wi-Fi radio", _wifi_radio),
    Check("rfkill", "Radio switches", _rfkill),
    Check("wifi-p2p-support", "Wi-Fi Direct in radio and driver", _wifi_p2p_support),
    Check("wifi-interfaces", "Room on the radio", _wifi_interfaces),
    Check("wifi-driver", "Wi-Fi driver", _wifi_driver),
    Check("regulatory-domain", "Regulatory domain", _regulatory_domain),
    Check("networkmanager", "NetworkManager", _networkmanager),
    Check("wifi-managed", "Wi-Fi in NetworkManager", _wifi_managed),
    Check("wifi-p2p-device", "Wi-Fi Direct in NetworkManager", _wifi_p2p_device),
    Check("permissions", "Permissions", _permissions),
    Check("wpa-supplicant", "wpa_supplicant", _wpa_supplicant),
    Check("dnsmasq", "dnsmasq, for phones", _dnsmasq),
    Check("bluez", "BlueZ", _bluez),
    Check("bluetooth-adapter", "Bluetooth adapter", _bluetooth_adapter),
    Check("bluetooth-advertising", "Calling over Bluetooth", _bluetooth_advertising),
    Check("bluetooth-listening", "Hearing over Bluetooth", _bluetooth_listening),
    Check("firewalld", "Firewall: firewalld", _firewalld),
    Check("ufw", "Firewall: ufw", _ufw),
    Check("nftables", "Firewall: rules in the kernel", _nftables),
    Check("udp-port", "UDP port", _udp_port),
    Check("vpn", "VPN", _vpn),
    Check("tray", "Tray", _tray),
    Check("notifications", "Notifications", _notifications),
    Check("session", "Login session", _session),
    Check("files", "Your files", _files),
    Check("applet", "Applets running", _applet),
)
