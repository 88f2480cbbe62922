"""Checks of the Wi-Fi radio as the kernel has it: switches, driver, Wi-Fi Direct, room for a group, channels (nl80211, sysfs, rfkill)."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from ...core.checks import Action, Fix, Sentence, Verdict, fail, ok, say, unknown, warn
from .. import nl80211
from ..bus import BusError, BusGone
from ..nl80211 import Interface, Radio, Wireless
from .machine import CALL, NM, NM_P2P, NM_PATH, NM_WIFI, Machine, Unseen

# Drivers known for Wi-Fi Direct that is missing or does not work, each with the report.
_WITHOUT_P2P = {
    "wl": "https://github.com/benzea/gnome-network-displays/issues/64",  # broadcom-sta
    "r8188eu": "https://github.com/benzea/gnome-network-displays/issues/64",
    "8188eu": "https://github.com/lwfinger/rtl8188eu/issues/423",
    "rtl8xxxu": "https://github.com/morrownr/USB-WiFi/issues/4",
}


def _on(wireless: Wireless, radio: Radio) -> list[Interface]:
    return [interface for interface in wireless.interfaces if interface.radio == radio.number]


def _described(interfaces: Iterable[Interface]) -> str | Sentence:
    named = [f"{interface.name} ({nl80211.KINDS.get(interface.kind, '?')})" for interface in interfaces if interface.name]
    return ", ".join(named) or say("no interface")


async def _the_radio(machine: Machine) -> tuple[Wireless, Radio]:
    """The radio that makes links: that of NetworkManager's Wi-Fi Direct device, otherwise the first with Wi-Fi Direct.

    Raises `Unseen` when the machine has no radio.
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


async def wifi_radio(machine: Machine) -> Verdict:
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


async def wifi_p2p_support(machine: Machine) -> Verdict:
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


async def wifi_interfaces(machine: Machine) -> Verdict:
    """Whether the radio carries the interface of a group beside those it has: they may be too many, or on another channel."""
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
    """The verdict when no group fits: the radio carries other interfaces to remove, or its driver never allows one."""
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


async def wifi_driver(machine: Machine) -> Verdict:
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


async def rfkill(machine: Machine) -> Verdict:
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


async def regulatory_domain(machine: Machine) -> Verdict:
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
    """How to set the country, which only the user knows; the locale suggests one."""
    if radio.self_managed:
        return Fix(say("The firmware decides, by what it hears or by a setting in the machine's firmware; it cannot be set from here."))
    language = machine.environment.get("LC_ALL") or machine.environment.get("LANG") or ""
    country = language.partition(".")[0].partition("@")[0].partition("_")[2]
    if len(country) == 2 and country.isascii() and country.isalpha() and country.isupper():
        return Fix(say("Set the country you are in; if that is {country}:", country=country), f"sudo iw reg set {country}")
    return Fix(say("Set the country you are in: sudo iw reg set, followed by its two letters."))
