"""Checks of the daemons that serve Wi-Fi Direct: NetworkManager, what it has and allows, wpa_supplicant, dnsmasq."""

from __future__ import annotations

from contextlib import suppress

from ...core.checks import Action, Fix, Sentence, Verdict, fail, ok, say, unknown, warn
from ...core.names import harmless
from .. import nl80211
from ..bus import Bus, BusError, BusTimeout, values
from .machine import CALL, NM, NM_P2P, NM_PATH, NM_WIFI, Device, Machine, Unseen, version

# NetworkManager: nm-dbus-interface.h, NMDeviceState.
_UNMANAGED, _DISCONNECTED, _ACTIVATED = 10, 30, 100
_STATES = {
    10: say("unmanaged"),
    20: say("unavailable"),
    30: say("idle"),
    100: say("active"),
    110: say("being deactivated"),
    120: say("failed"),
}

_SUPPLICANT = "fi.w1.wpa_supplicant1"
_IWD = "net.connman.iwd"
_OUR_PROFILE = "Nearby Tray: "  # how the ids of our connection profiles begin


async def networkmanager(machine: Machine) -> Verdict:
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


async def wifi_managed(machine: Machine) -> Verdict:
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


async def wifi_p2p_device(machine: Machine) -> Verdict:
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


async def permissions(machine: Machine) -> Verdict:
    """NetworkManager: org.freedesktop.NetworkManager.policy; the words are "yes", "auth", "no", and "unknown" without polkit."""
    bus = await machine.system()
    if await bus.name_owner(NM) is None:
        raise Unseen(say("NetworkManager is not running, so it cannot be asked."))
    answer = values.first(await bus.call(NM, NM_PATH, NM, "GetPermissions", timeout=CALL))
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


async def wpa_supplicant(machine: Machine) -> Verdict:
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
    """The capabilities of a running wpa_supplicant; `None` when this account may not ask."""
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
    """Whether wpa_supplicant serves Wi-Fi Direct where NetworkManager does not have the radio (system/wifi/choice.py)."""
    return await bus.name_owner(_SUPPLICANT) is not None and "p2p" in (await _supplicant_abilities(bus) or [])


def _backend(machine: Machine) -> str:
    """The `wifi.backend` that NetworkManager is configured with, "" for its own choice. NetworkManager.conf(5): later file names win."""
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


async def dnsmasq(machine: Machine) -> Verdict:
    if machine.program("dnsmasq"):
        return ok(say("dnsmasq is installed."))
    return warn(
        say("dnsmasq is not installed. Between computers with Nearby Tray it is not needed; phones get their address from it."),
        fix=machine.install(
            say("Install dnsmasq to link with phones."), debian="dnsmasq-base", fedora="dnsmasq", arch="dnsmasq", suse="dnsmasq"
        ),
    )
