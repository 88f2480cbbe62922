"""Checks of Bluetooth: BlueZ, the adapter, and whether calls can be sent and heard with it."""

from __future__ import annotations

from dataclasses import dataclass

from ...core.checks import Action, Fix, Verdict, fail, ok, say, warn
from ..bus import Bus, values
from .machine import CALL, Machine, Unseen, version

BLUEZ = "org.bluez"


@dataclass(frozen=True, slots=True)
class _Adapter:
    path: str
    interfaces: dict[str, dict[str, object]]

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    def get(self, interface: str, key: str) -> object:
        return self.interfaces.get(f"{BLUEZ}.{interface}", {}).get(key)


async def all_adapters(bus: Bus) -> list[_Adapter]:
    """Every adapter of BlueZ. Raises `Unseen` when BlueZ is not running: a call would start it."""
    if await bus.name_owner(BLUEZ) is None:
        raise Unseen(say("BlueZ is not running, so it cannot be asked."))
    objects = values.first(await bus.call(BLUEZ, "/", "org.freedesktop.DBus.ObjectManager", "GetManagedObjects", timeout=CALL))
    found = values.objects(objects).items()
    return [_Adapter(path, interfaces) for path, interfaces in sorted(found) if f"{BLUEZ}.Adapter1" in interfaces]


def chosen_adapter(machine: Machine, adapters: list[_Adapter]) -> _Adapter | None:
    """The adapter that the settings name, otherwise the one that the applet would choose: a powered one first."""
    wanted = machine.settings.adapter
    fitting = [one for one in adapters if wanted is None or wanted.lower() in (one.name, str(one.get("Adapter1", "Address")).lower())]
    return min(fitting, key=lambda adapter: adapter.get("Adapter1", "Powered") is not True, default=None)


async def _the_adapter(machine: Machine) -> _Adapter:
    chosen = chosen_adapter(machine, await all_adapters(await machine.system()))
    if chosen is None:
        raise Unseen(say("There is no Bluetooth adapter to look at."))
    return chosen


async def _bluez_version(machine: Machine) -> str:
    """The version of bluetoothctl, which comes with bluetoothd: the daemon does not tell its own."""
    program = machine.program("bluetoothctl")
    words = (await machine.output(program, "--version")).split() if program is not None else []
    return next((word for word in reversed(words) if version(word)), "")


async def bluez(machine: Machine) -> Verdict:
    try:
        bus = await machine.system()
    except Unseen as unseen:
        return fail(
            unseen.sentence,
            say("BlueZ, by which computers find each other, can be asked over it only."),
            fix=machine.start(say("Start the D-Bus system bus."), "dbus"),
        )
    number = await _bluez_version(machine)
    if await bus.name_owner(BLUEZ) is None:
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


async def bluetooth_adapter(machine: Machine) -> Verdict:
    adapters = await all_adapters(await machine.system())
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
    chosen = chosen_adapter(machine, adapters)
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
    if not {f"{BLUEZ}.LEAdvertisingManager1", f"{BLUEZ}.GattManager1"} <= chosen.interfaces.keys():
        return fail(
            *seen,
            say("{name} has no Bluetooth Low Energy.", name=chosen.name),
            fix=Fix(say("Use another Bluetooth adapter, of version 4.1 or newer.")),
        )
    return ok(*seen)


async def bluetooth_advertising(machine: Machine) -> Verdict:
    """BlueZ: src/advertising.c. `SupportedInstances` counts the free ones; kernel and daemon must both know the interval."""
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


async def bluetooth_listening(machine: Machine) -> Verdict:
    adapter = await _the_adapter(machine)
    kinds = adapter.get("AdvertisementMonitorManager1", "SupportedMonitorTypes")
    if isinstance(kinds, list) and "or_patterns" in kinds:
        return ok(say("Calls are heard by an advertisement monitor: the radio wakes the computer only for them."))
    return ok(
        say("Calls are heard by a search for our service only. The applet sleeps meanwhile, and the radio uses more power."),
        say("Cheaper is an advertisement monitor, which bluetoothd offers with Experimental = true in /etc/bluetooth/main.conf."),
    )
