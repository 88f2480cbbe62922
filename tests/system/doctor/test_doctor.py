"""Each check, for a machine that is well and for each way in which it is not; and that none can harm another."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Coroutine
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from nearby_tray import BUS_NAME
from nearby_tray.core.checks import Action, Finding, Sentence, Status, Verdict, ok, say
from nearby_tray.settings import Settings
from nearby_tray.system.bus import BusError, Variant
from nearby_tray.system.doctor import network, wifi
from nearby_tray.system.doctor.examination import CHECKS, Check, Doctor, examine, mend
from nearby_tray.system.doctor.machine import Machine, Unseen, version
from nearby_tray.system.doctor.report import Applet
from nearby_tray.system.nl80211 import Channel, Combination, Interface, Radio, Wireless
from nearby_tray.system.routing import Route, Routing, Rule

from ..conftest import Daemon
from ..fake_bluez import FakeBlueZ
from ..fake_networkmanager import FakeNetworkManager
from ..stand import Stand

Run = Callable[[Coroutine[Any, Any, Any]], Any]

OK, WARN, FAIL, UNKNOWN = Status.OK, Status.WARN, Status.FAIL, Status.UNKNOWN

STATION, ACCESS_POINT, MONITOR, CLIENT, OWNER, P2P_DEVICE = 2, 3, 6, 8, 9, 10
CHANNELS = (*(Channel(f) for f in (2412, 2437, 2462, 5180)), Channel(5260, radar=True))
ROOMY = Combination(((1, frozenset({STATION})), (1, frozenset({CLIENT, OWNER})), (1, frozenset({P2P_DEVICE}))), 3, 2)
KINDS = frozenset({STATION, ACCESS_POINT, MONITOR, CLIENT, OWNER, P2P_DEVICE})
WLAN = Interface("wlan0", 3, 0, STATION, b"\2\0\0\0\0\0")
DEVICE = Interface("", 0, 0, P2P_DEVICE, b"\2\0\0\0\0\1")
MANAGER, NM = "/org/freedesktop/NetworkManager", "org.freedesktop.NetworkManager"


def radio(**changes: Any) -> Radio:
    facts: dict[str, Any] = {"kinds": KINDS, "software": frozenset({MONITOR}), "combinations": (ROOMY,), "channels": CHANNELS}
    return Radio(0, "phy0", **{**facts, **changes})


WELL = Wireless((radio(),), (WLAN, DEVICE), "DE")


class World:
    """A folder for `/`, tables for the kernel, and whatever daemons a test starts on its private bus."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.wireless: Wireless | None = WELL
        self.routing = Routing()
        self.environment: dict[str, str] = {}
        self.settings = Settings()

    def put(self, name: str, text: str = "") -> None:
        path = self.root / name.lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def program(self, name: str, says: str = "") -> None:
        self.put(f"/usr/bin/{name}", f"#!/bin/sh\ncat <<'END'\n{says}\nEND\n")
        (self.root / "usr/bin" / name).chmod(0o755)

    def machine(self) -> Machine:
        async def wireless() -> Wireless | None:
            return self.wireless

        async def routes() -> Routing:
            return self.routing

        return Machine(settings=self.settings, root=self.root, environment=self.environment, wireless=wireless, routes=routes)

    async def look(self, name: str) -> Finding:
        (check,) = (check for check in CHECKS if check.name == name)
        async with self.machine() as machine:
            (finding,) = await examine(machine, (check,))
        assert finding.verdict.evidence, "a verdict always says what was seen"
        if finding.status in (WARN, FAIL):
            assert str(finding.verdict.fix), "and what to do, where there is something to do"
        return finding


@pytest.fixture
def world(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """With no bus at all, unless the test asks for the fixture `daemon`."""
    if "daemon" in request.fixturenames:
        request.getfixturevalue("daemon")
    else:
        for name in ("SYSTEM", "SESSION"):
            monkeypatch.setenv(f"DBUS_{name}_BUS_ADDRESS", f"unix:path={tmp_path / 'none'}")
    (tmp_path / "root").mkdir()
    return World(tmp_path / "root")


def said(finding: Finding) -> str:
    return " ".join([*map(str, finding.verdict.evidence), str(finding.verdict.fix)])


def expect(finding: Finding, status: Status, *words: str) -> None:
    assert finding.status is status, said(finding)
    for word in words:
        assert word in said(finding), (word, said(finding))


# --- the frame -----------------------------------------------------------------------------------------------------------------


def test_names_are_each_its_own_and_fit_for_programs() -> None:
    names = [check.name for check in CHECKS]
    assert len(set(names)) == len(names)
    assert all(name == name.lower() and " " not in name for name in names)
    assert len({check.title for check in CHECKS}) == len(names)


def test_without_any_bus_every_check_has_its_say(world: World, run: Run) -> None:
    told: list[str] = []

    async def main() -> list[Finding]:
        async with world.machine() as machine:
            return await examine(machine, told=lambda finding: told.append(finding.name))

    findings: list[Finding] = run(main())
    assert [finding.name for finding in findings] == [check.name for check in CHECKS]
    assert sorted(told) == sorted(finding.name for finding in findings)
    by_name = {finding.name: finding for finding in findings}
    expect(by_name["networkmanager"], FAIL, "no system bus")
    expect(by_name["bluez"], FAIL, "no system bus")
    for name in ("permissions", "session", "firewalld"):
        expect(by_name[name], UNKNOWN, "no system bus")
    for name in ("tray", "notifications"):
        expect(by_name[name], UNKNOWN, "no session bus")
    assert not any("crashed" in said(finding) or "itself failed" in said(finding) for finding in findings)


@pytest.mark.logs("the check b failed")
def test_a_check_that_hangs_or_crashes_is_unknown_and_harms_no_other(world: World, run: Run, caplog: pytest.LogCaptureFixture) -> None:
    async def hangs(_: Machine) -> Verdict:
        await asyncio.Event().wait()
        raise AssertionError

    async def crashes(_: Machine) -> Verdict:
        raise KeyError("odd\nkey")

    async def refused(_: Machine) -> Verdict:
        raise BusError("org.example.Error", "not\x1b you")

    async def fine(_: Machine) -> Verdict:
        return ok(say("Seen."))

    async def main() -> list[Finding]:
        async with world.machine() as machine:
            return await examine(
                machine, (Check("a", "A", hangs, 0.05), Check("b", "B", crashes), Check("c", "C", refused), Check("d", "D", fine))
            )

    a, b, c, d = run(main())
    expect(a, UNKNOWN, "not done after 0.05 s")
    expect(b, UNKNOWN, "itself failed: KeyError")
    expect(c, UNKNOWN, "org.example.Error: not you")
    expect(d, OK, "Seen.")
    assert "the check b failed" in caplog.text
    caplog.clear()


def test_a_daemon_that_does_not_answer_is_unknown(daemon: Daemon, world: World, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wifi, "CALL", 0.1)

    async def main() -> Finding:
        stand = Stand(NM)
        stand.silent = {f"{NM}.GetPermissions"}
        await stand.start()
        finding = await world.look("permissions")
        await stand.stop()
        return finding

    expect(run(main()), UNKNOWN, "GetPermissions: no answer in 0.1 s")


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("1.42.4", (1, 42, 4)),
        ("5.66", (5, 66)),
        ("6.1.0-50-amd64", (6, 1, 0)),
        ("1.59.2-dev", (1, 59, 2)),
        ("", ()),
        ("x1", ()),
        ("9" * 9, ()),
    ],
)
def test_versions(text: str, numbers: tuple[int, ...]) -> None:
    assert version(text) == numbers


# --- Wi-Fi, as the kernel sees it ----------------------------------------------------------------------------------------------


def connected(frequency: int) -> Interface:
    return Interface("wlan0", 3, 0, STATION, b"\2\0\0\0\0\0", frequency)


SINGLE = Combination(ROOMY.limits, 3, 1)
ALONE = Combination(((1, frozenset({STATION, CLIENT, OWNER})),), 1, 1)
POINT = Interface("wlan0", 3, 0, ACCESS_POINT, b"\2\0\0\0\0\0")
SECOND = Interface("wlan1", 4, 0, STATION, b"\2\0\0\0\0\2")


@pytest.mark.parametrize(
    ("check", "wireless", "status", "words"),
    [
        ("wifi-radio", WELL, OK, ["phy0: wlan0 (station)"]),
        ("wifi-radio", Wireless((radio(),)), OK, ["phy0: no interface"]),
        ("wifi-radio", Wireless(), FAIL, ["no Wi-Fi radio", "Plug in"]),
        ("wifi-radio", None, UNKNOWN, ["nl80211"]),
        ("wifi-p2p-support", WELL, OK, ["P2P client, P2P group owner"]),
        (
            "wifi-p2p-support",
            Wireless((radio(kinds=frozenset({STATION, ACCESS_POINT})),)),
            FAIL,
            ["station, access point", "another Wi-Fi"],
        ),
        ("wifi-p2p-support", Wireless((radio(kinds=frozenset({STATION, CLIENT})),)), FAIL, ["P2P client"]),
        ("wifi-p2p-support", Wireless((radio(kinds=frozenset({STATION})), radio())), OK, ["P2P group owner"]),
        ("wifi-p2p-support", Wireless(), UNKNOWN, ["no Wi-Fi radio"]),
        ("wifi-interfaces", WELL, OK, ["on 2 channels"]),
        ("wifi-interfaces", Wireless((radio(kinds=frozenset({STATION})),), (WLAN,)), UNKNOWN, ["nothing to combine"]),
        ("wifi-interfaces", Wireless((radio(combinations=(SINGLE,)),), (WLAN, DEVICE)), OK, ["one channel at a time"]),
        (
            "wifi-interfaces",
            Wireless((radio(combinations=(SINGLE,)),), (connected(2412), DEVICE)),
            WARN,
            ["now 2412 MHz", "nmcli device disconnect wlan0"],
        ),
        (
            "wifi-interfaces",
            Wireless((radio(combinations=(SINGLE,)),), (connected(5260), DEVICE)),
            FAIL,
            ["5260 MHz", "radar", "nmcli device disconnect wlan0"],
        ),
        ("wifi-interfaces", Wireless((radio(combinations=(ROOMY,)),), (connected(5260), DEVICE)), OK, ["2 channels"]),
        (
            "wifi-interfaces",
            Wireless((radio(),), (WLAN, DEVICE, SECOND)),
            FAIL,
            ["wlan0 (station), wlan1 (station)", "Several interfaces", "sudo iw dev wlan1 del"],
        ),
        ("wifi-interfaces", Wireless((radio(),), (POINT,)), FAIL, ["is an access point", "hotspot off", "disconnect wlan0"]),
        ("wifi-interfaces", Wireless((radio(combinations=(ALONE,)),), (WLAN,)), WARN, ["before you link"]),
        ("wifi-interfaces", Wireless((radio(combinations=()),), (WLAN,)), WARN, ["names no way"]),
        # A monitor costs the hardware nothing, and a group that is up is not in its own way.
        ("wifi-interfaces", Wireless((radio(),), (WLAN, Interface("mon0", 9, 0, MONITOR, b"\2\0\0\0\0\3"))), OK, ["mon0 (monitor)"]),
        ("wifi-interfaces", Wireless((radio(),), (WLAN, DEVICE, Interface("p2p-wlan0-0", 9, 0, OWNER, b"\2\0\0\0\0\4"))), OK, []),
        ("regulatory-domain", WELL, OK, ["domain is DE", "3 of the 3", "1 channels of 5 GHz"]),
        ("regulatory-domain", Wireless((radio(channels=()),), (), "DE"), UNKNOWN, []),
        (
            "regulatory-domain",
            Wireless((radio(channels=tuple(Channel(f, no_ir=True) for f in (2412, 2437, 2462))),), (), "US"),
            FAIL,
            ["forbids the channels", "iw reg set"],
        ),
        (
            "regulatory-domain",
            Wireless((radio(channels=(Channel(2412), Channel(2437), Channel(2462, disabled=True))),), (), "US"),
            WARN,
            ["2 of the 3", "some of the channels"],
        ),
        (
            "regulatory-domain",
            Wireless((radio(channels=(*CHANNELS[:3], Channel(5180, no_ir=True))),), (), "00"),
            WARN,
            ["No country is set"],
        ),
        ("regulatory-domain", Wireless((radio(channels=CHANNELS[:3]),), (), "00"), OK, ["domain is 00"]),
        (
            "regulatory-domain",
            Wireless((radio(channels=(Channel(2412, disabled=True),), country="99", self_managed=True),), (), "DE"),
            FAIL,
            ["domain is 99", "firmware sets it", "cannot be set from here"],
        ),
        ("regulatory-domain", Wireless(), UNKNOWN, ["no Wi-Fi radio"]),
    ],
)
def test_what_the_radio_can(world: World, run: Run, check: str, wireless: Wireless | None, status: Status, words: list[str]) -> None:
    world.wireless = wireless
    expect(run(world.look(check)), status, *words)


def test_an_old_driver_is_told_from_none(world: World, run: Run) -> None:
    world.wireless = Wireless()
    world.put("/sys/class/net/wlan0/wireless/status")
    expect(run(world.look("wifi-radio")), FAIL, "wlan0: an old driver")


@pytest.mark.parametrize(
    ("language", "words"), [("de_AT.UTF-8", "sudo iw reg set AT"), ("C.UTF-8", "its two letters"), ("", "two letters")]
)
def test_the_country_is_guessed_only_where_the_language_names_one(world: World, run: Run, language: str, words: str) -> None:
    world.wireless = Wireless((radio(channels=(Channel(2412, disabled=True),)),), (), "00")
    world.environment["LANG"] = language
    expect(run(world.look("regulatory-domain")), FAIL, words)


def test_the_radio_of_the_wifi_direct_device_is_looked_at(daemon: Daemon, world: World, run: Run) -> None:
    other = Radio(1, "phy1", KINDS, frozenset(), (ALONE,), CHANNELS)
    world.wireless = Wireless((other, radio()), (Interface("wlan1", 4, 1, STATION, b"\2\0\0\0\0\2"), WLAN, DEVICE))

    async def main() -> Finding:
        manager = FakeNetworkManager()
        await manager.start()
        finding = await world.look("wifi-interfaces")
        await manager.stop()
        return finding

    expect(run(main()), OK, "phy0 carries")


def test_the_driver(daemon: Daemon, world: World, run: Run) -> None:
    expect(run(world.look("wifi-driver")), UNKNOWN, "no Wi-Fi interface")
    world.put("/proc/sys/kernel/osrelease", "6.1.0-50-amd64\n")
    world.put("/sys/class/net/wlan0/phy80211/name")
    expect(run(world.look("wifi-driver")), UNKNOWN, "wlan0: the driver is not named")
    (world.root / "sys/class/net/wlan0/device").mkdir()
    link = world.root / "sys/class/net/wlan0/device/driver"
    link.symlink_to("../../bus/pci/drivers/iwlwifi")
    expect(run(world.look("wifi-driver")), OK, "wlan0: iwlwifi.", "Kernel 6.1.0-50-amd64")

    async def main() -> list[Finding]:
        stand = nm_stand()
        await stand.start()
        findings = [await world.look("wifi-driver")]
        stand.put(f"{MANAGER}/Devices/2", f"{NM}.Device", FirmwareMissing=Variant("b", True))
        findings.append(await world.look("wifi-driver"))
        await stand.stop()
        return findings

    fine, missing = run(main())
    expect(fine, OK, "wlan0: iwlwifi, firmware 77.ad46c98b.0")
    expect(missing, FAIL, "firmware is missing")
    link.unlink()
    link.symlink_to("wl")
    expect(run(world.look("wifi-driver")), WARN, "wl: known for", "https://")


def test_rfkill(world: World, run: Run) -> None:
    expect(run(world.look("rfkill")), OK, "no radio switches")
    for number, (kind, name) in enumerate((("wlan", "phy0"), ("bluetooth", "hci0"), ("nfc", "nfc0"))):
        for file, text in (("type", kind), ("name", name), ("soft", "0"), ("hard", "0")):
            world.put(f"/sys/class/rfkill/rfkill{number}/{file}", text + "\n")
    world.put("/sys/class/rfkill/rfkill2/hard", "1")
    expect(run(world.look("rfkill")), OK, "phy0 (Wi-Fi): on", "hci0 (Bluetooth): on")
    world.put("/sys/class/rfkill/rfkill1/soft", "1")
    blocked = run(world.look("rfkill"))
    expect(blocked, FAIL, "rfkill unblock bluetooth")
    assert blocked.verdict.fix.action is None
    world.put("/sys/class/rfkill/rfkill0/soft", "1")
    both = run(world.look("rfkill"))
    expect(both, FAIL, "rfkill unblock wifi && rfkill unblock bluetooth")
    assert both.verdict.fix.action is Action.WIFI_ON
    world.put("/sys/class/rfkill/rfkill0/hard", "1")
    expect(run(world.look("rfkill")), FAIL, "phy0 (Wi-Fi): blocked by a switch", "key")


# --- Wi-Fi, as the daemons have it ---------------------------------------------------------------------------------------------


def nm_stand(**manager: Variant) -> Stand:
    """As recorded in the lab from NetworkManager 1.42.4, of what is looked at."""
    stand = Stand(NM)
    facts = {
        "Version": Variant("s", "1.42.4"),
        "NetworkingEnabled": Variant("b", True),
        "WirelessEnabled": Variant("b", True),
        "WirelessHardwareEnabled": Variant("b", True),
        "Devices": Variant("ao", [f"{MANAGER}/Devices/{n}" for n in (1, 2, 3)]),
    }
    stand.put(MANAGER, NM, **{**facts, **manager})
    for number, kind, name in ((1, 1, "eth0"), (2, 2, "wlan0"), (3, 30, "p2p-dev-wlan0")):
        stand.put(
            f"{MANAGER}/Devices/{number}",
            f"{NM}.Device",
            DeviceType=Variant("u", kind),
            Interface=Variant("s", name),
            State=Variant("u", 30),
            Managed=Variant("b", True),
            Driver=Variant("s", "iwlwifi" if kind == 2 else ""),
            DriverVersion=Variant("s", "6.1.0-50-amd64"),
            FirmwareVersion=Variant("s", "77.ad46c98b.0" if kind == 2 else "N/A"),
            FirmwareMissing=Variant("b", False),
            ActiveConnection=Variant("o", "/"),
        )
    answers = dict.fromkeys(("network-control", "settings.modify.own", "wifi.scan", "enable-disable-wifi"), "yes")
    stand.methods[f"{NM}.GetPermissions"] = ("a{ss}", [{f"{NM}.{name}": answer for name, answer in answers.items()}])
    return stand


def looked(run: Run, world: World, check: str, *stands: Stand) -> Finding:
    async def main() -> Finding:
        for stand in stands:
            await stand.start()
        try:
            return await world.look(check)
        finally:
            for stand in stands:
                await stand.stop()

    finding: Finding = run(main())
    return finding


@pytest.mark.parametrize(
    ("manager", "status", "words"),
    [
        ({}, OK, ["NetworkManager 1.42.4 is running"]),
        ({"Version": Variant("s", "1.14.2")}, FAIL, ["1.16"]),
        ({"Version": Variant("s", "1.30.0")}, WARN, ["1.42"]),
        ({"Version": Variant("s", "odd")}, UNKNOWN, ["cannot be understood"]),
        ({"NetworkingEnabled": Variant("b", False)}, FAIL, ["nmcli networking on"]),
    ],
)
def test_networkmanager(daemon: Daemon, world: World, run: Run, manager: dict[str, Variant], status: Status, words: list[str]) -> None:
    expect(looked(run, world, "networkmanager", nm_stand(**manager)), status, *words)


def test_networkmanager_that_is_not_there(daemon: Daemon, world: World, run: Run) -> None:
    world.put("/etc/os-release", 'ID=linuxmint\nID_LIKE="ubuntu debian"\n')
    expect(run(world.look("networkmanager")), FAIL, "not installed", "sudo apt install network-manager")
    world.program("NetworkManager")
    expect(run(world.look("networkmanager")), FAIL, "not running", "Start NetworkManager.")
    (world.root / "run/systemd/system").mkdir(parents=True)
    expect(run(world.look("networkmanager")), FAIL, "sudo systemctl enable --now NetworkManager")
    expect(run(world.look("wifi-managed")), UNKNOWN, "not running")
    expect(looked(run, world, "networkmanager", supplicant("p2p")), OK, "wpa_supplicant alone")
    closed = supplicant("p2p")
    closed.methods["org.freedesktop.DBus.Properties.Get"] = "org.freedesktop.DBus.Error.AccessDenied"
    expect(looked(run, world, "networkmanager", closed), FAIL, "not running")


@pytest.mark.parametrize(
    ("system", "command"),
    [("ID=fedora", "sudo dnf install NetworkManager NetworkManager-wifi"), ("ID=arch", "sudo pacman -S networkmanager"), ("ID=nixos", "")],
)
def test_each_distribution_has_its_command(daemon: Daemon, world: World, run: Run, system: str, command: str) -> None:
    world.put("/etc/os-release", system)
    assert run(world.look("networkmanager")).verdict.fix.command == command


def test_the_switches_of_networkmanager(daemon: Daemon, world: World, run: Run) -> None:
    expect(looked(run, world, "wifi-radio", nm_stand()), OK)
    off = looked(run, world, "wifi-radio", nm_stand(WirelessEnabled=Variant("b", False)))
    expect(off, FAIL, "switched off", "nmcli radio wifi on")
    assert off.verdict.fix.action is Action.WIFI_ON
    expect(looked(run, world, "wifi-radio", nm_stand(WirelessHardwareEnabled=Variant("b", False))), FAIL, "switch or key")


def test_what_networkmanager_manages(daemon: Daemon, world: World, run: Run) -> None:
    expect(looked(run, world, "wifi-managed", nm_stand()), OK, "wlan0: idle")
    left = nm_stand()
    left.put(f"{MANAGER}/Devices/2", f"{NM}.Device", Managed=Variant("b", False), State=Variant("u", 10))
    expect(looked(run, world, "wifi-managed", left), FAIL, "not managed", "sudo nmcli device set wlan0 managed yes")
    expect(looked(run, world, "wifi-managed", left, supplicant("p2p")), WARN, "wpa_supplicant alone")
    world.put("/etc/network/interfaces", "auto lo\niface lo inet loopback\n  iface wlan0 inet dhcp\n")
    expect(looked(run, world, "wifi-managed", left), FAIL, "/etc/network/interfaces has wlan0")
    none = nm_stand(Devices=Variant("ao", []))
    expect(looked(run, world, "wifi-managed", none), FAIL, "no Wi-Fi device", "phy0")
    world.wireless = Wireless()
    expect(looked(run, world, "wifi-managed", none), UNKNOWN, "no Wi-Fi radio")


def test_one_of_two_that_is_left_to_others_is_a_warning(daemon: Daemon, world: World, run: Run) -> None:
    two = nm_stand()
    two.put(
        f"{MANAGER}/Devices/1", f"{NM}.Device", DeviceType=Variant("u", 2), Managed=Variant("b", False), Interface=Variant("s", "wlan1")
    )
    expect(looked(run, world, "wifi-managed", two), WARN, "leaves wlan1 to others")


def test_the_wifi_direct_device(daemon: Daemon, world: World, run: Run) -> None:
    check, device = "wifi-p2p-device", f"{MANAGER}/Devices/3"
    expect(looked(run, world, check, nm_stand()), OK, "p2p-dev-wlan0: idle")
    without = Variant("ao", [f"{MANAGER}/Devices/2"])
    expect(looked(run, world, check, nm_stand(Devices=without)), FAIL, "no Wi-Fi Direct device", "wpa_supplicant")
    off = looked(run, world, check, nm_stand(Devices=without, WirelessEnabled=Variant("b", False)))
    expect(off, FAIL, "switched off")
    assert off.verdict.fix.action is Action.WIFI_ON
    group = Interface("p2p-wlan0-22", 9, 0, OWNER, b"\2\0\0\0\0\4")
    world.wireless = Wireless((radio(),), (WLAN, DEVICE, group))
    expect(looked(run, world, check, nm_stand()), WARN, "knows nothing of: p2p-wlan0-22", "nmcli radio wifi off && nmcli radio wifi on")
    world.wireless = Wireless((radio(),), (WLAN, DEVICE))
    unavailable = nm_stand()
    unavailable.put(device, f"{NM}.Device", State=Variant("u", 20))
    expect(looked(run, world, check, unavailable), FAIL, "unavailable", "nmcli radio wifi off && nmcli radio wifi on")
    unmanaged = nm_stand()
    unmanaged.put(device, f"{NM}.Device", State=Variant("u", 10), Managed=Variant("b", False))
    expect(looked(run, world, check, unmanaged), FAIL, "not managed", "nmcli device set p2p-dev-wlan0 managed yes")
    for name, status, words in (("Nearby Tray: Anna", OK, "is ours"), ("Cast to TV", WARN, "Another program")):
        busy = nm_stand()
        busy.put(device, f"{NM}.Device", State=Variant("u", 100), ActiveConnection=Variant("o", f"{MANAGER}/ActiveConnection/7"))
        busy.put(f"{MANAGER}/ActiveConnection/7", f"{NM}.Connection.Active", Id=Variant("s", name))
        finding = looked(run, world, check, busy)
        expect(finding, status, words)
        assert name not in said(finding), "whom one is linked with is nobody else's business"


@pytest.mark.parametrize(
    ("answers", "status", "words"),
    [
        ({}, OK, "making and ending links: yes"),
        ({"network-control": "auth"}, WARN, "password"),
        ({"settings.modify.own": "no"}, FAIL, "Log in at the computer itself"),
        ({"wifi.scan": "unknown"}, FAIL, "polkit"),
        ({"enable-disable-wifi": "no"}, OK, "switching Wi-Fi on: no"),
        ({"wifi.scan": None}, OK, "not asked for"),
        ({"network-control": None}, UNKNOWN, "does not tell"),
    ],
)
def test_permissions(daemon: Daemon, world: World, run: Run, answers: dict[str, str | None], status: Status, words: str) -> None:
    stand = nm_stand()
    told: dict[str, str] = stand.methods[f"{NM}.GetPermissions"][1][0]  # type: ignore[assignment]
    for name, answer in answers.items():
        if answer is None:
            del told[f"{NM}.{name}"]
        else:
            told[f"{NM}.{name}"] = answer
    expect(looked(run, world, "permissions", stand), status, words)


def supplicant(*able: str) -> Stand:
    stand = Stand("fi.w1.wpa_supplicant1")
    stand.put("/fi/w1/wpa_supplicant1", "fi.w1.wpa_supplicant1", Capabilities=Variant("as", list(able)))
    return stand


def test_wpa_supplicant(daemon: Daemon, world: World, run: Run) -> None:
    check = "wpa-supplicant"
    expect(run(world.look(check)), FAIL, "not installed")
    world.program("wpa_supplicant", "wpa_supplicant v2.10\nCopyright (c) 2003-2022, somebody")
    expect(run(world.look(check)), FAIL, "2.10 is installed", "not running")
    expect(looked(run, world, check, supplicant("ap", "p2p")), OK, "2.10 is installed", "this account may talk to it")
    expect(looked(run, world, check, supplicant("ap")), FAIL, "without Wi-Fi Direct")
    closed = supplicant("p2p")
    closed.methods["org.freedesktop.DBus.Properties.Get"] = "org.freedesktop.DBus.Error.AccessDenied"
    expect(looked(run, world, check, closed), OK, "may not talk to it", "group netdev")
    world.program("wpa_supplicant", "wpa_supplicant v2.9")
    expect(looked(run, world, check, supplicant("p2p")), WARN, "CVE-2021-27803")
    world.program("wpa_supplicant", "no version here")
    expect(looked(run, world, check, supplicant("p2p")), OK, "of an unknown version")


def test_iwd_instead(daemon: Daemon, world: World, run: Run) -> None:
    check = "wpa-supplicant"
    expect(looked(run, world, check, Stand("net.connman.iwd")), WARN, "iwd runs Wi-Fi", "wpa_supplicant only")
    world.put("/usr/lib/NetworkManager/conf.d/10-iwd.conf", "[device]\nwifi.backend = iwd\n")
    expect(looked(run, world, check, supplicant("p2p")), FAIL, "set to use iwd, which is not running")
    world.put("/etc/NetworkManager/conf.d/10-iwd.conf", "")  # takes the place of the other
    expect(looked(run, world, check, supplicant("p2p")), OK)


def test_dnsmasq(world: World, run: Run) -> None:
    world.put("/etc/os-release", "ID=debian")
    expect(run(world.look("dnsmasq")), WARN, "phones", "sudo apt install dnsmasq-base")
    world.program("dnsmasq")
    expect(run(world.look("dnsmasq")), OK)


# --- Bluetooth -----------------------------------------------------------------------------------------------------------------


def bluez(*, adapter: dict[str, Variant] | None = None, more: dict[str, dict[str, Variant]] | None = None, name: str = "hci0") -> Stand:
    stand = Stand("org.bluez")
    facts = {"Powered": Variant("b", True), "Roles": Variant("as", ["central", "peripheral"])}
    stand.put(f"/org/bluez/{name}", "org.bluez.Adapter1", **{**facts, **(adapter or {})})
    advertising = {"ActiveInstances": Variant("y", 0), "SupportedInstances": Variant("y", 5)}
    for interface, properties in ({"LEAdvertisingManager1": advertising, "GattManager1": {}} if more is None else more).items():
        stand.put(f"/org/bluez/{name}", f"org.bluez.{interface}", **properties)
    return stand


def test_bluez(daemon: Daemon, world: World, run: Run) -> None:
    world.put("/etc/os-release", "ID=arch")
    expect(run(world.look("bluez")), FAIL, "not installed", "sudo pacman -S bluez bluez-utils")
    world.program("bluetoothctl", "bluetoothctl: 5.66")
    expect(run(world.look("bluez")), FAIL, "installed and not running")
    expect(looked(run, world, "bluez", bluez()), OK, "BlueZ 5.66 is running")
    world.program("bluetoothctl", "5.50")
    expect(looked(run, world, "bluez", bluez()), FAIL, "5.55")
    world.program("bluetoothctl", "")
    expect(looked(run, world, "bluez", bluez()), OK, "version not told")


def test_the_adapter(daemon: Daemon, world: World, run: Run) -> None:
    check = "bluetooth-adapter"
    expect(run(world.look(check)), UNKNOWN, "BlueZ is not running")
    expect(looked(run, world, check, Stand("org.bluez")), FAIL, "no Bluetooth adapter")
    (world.root / "sys/class/bluetooth/hci0").mkdir(parents=True)
    (world.root / "sys/class/bluetooth/hci0:11").mkdir()
    expect(looked(run, world, check, Stand("org.bluez")), FAIL, "The kernel has hci0, and BlueZ uses none", "restart bluetooth")
    expect(looked(run, world, check, bluez()), OK, "hci0: on")
    off = looked(run, world, check, bluez(adapter={"Powered": Variant("b", False)}))
    expect(off, FAIL, "hci0: off", "bluetoothctl power on")
    assert off.verdict.fix.action is Action.BLUETOOTH_ON
    expect(looked(run, world, check, bluez(adapter={"Roles": Variant("as", ["central"])})), FAIL, "can be central;")
    expect(looked(run, world, check, bluez(more={})), FAIL, "no Bluetooth Low Energy")
    world.settings = Settings(adapter="hci3")
    chosen = looked(run, world, check, bluez())
    expect(chosen, FAIL, "hci3, which is not there")
    assert chosen.verdict.fix.action is Action.OPEN_SETTINGS


@pytest.mark.parametrize(
    ("kernel", "number", "active", "free", "status", "words"),
    [
        ("6.1.0", "5.66", 0, 5, OK, "every 100 to 150 ms"),
        ("6.1.0", "", 1, 4, OK, "1 advertisements in use, 4 free"),
        ("5.10.0", "5.66", 0, 5, WARN, "1.28 s, so being found takes longer: Linux"),
        ("5.4.0", "5.55", 0, 5, WARN, "Linux, BlueZ"),
        ("6.1.0", "5.66", 5, 0, FAIL, "Other programs use all of them"),
        ("6.1.0", "5.66", 0, 0, FAIL, "cannot advertise"),
    ],
)
def test_advertising(
    daemon: Daemon, world: World, run: Run, kernel: str, number: str, active: int, free: int, status: Status, words: str
) -> None:
    world.put("/proc/sys/kernel/osrelease", kernel)
    world.program("bluetoothctl", number)
    counts = {"ActiveInstances": Variant("y", active), "SupportedInstances": Variant("y", free)}
    expect(looked(run, world, "bluetooth-advertising", bluez(more={"LEAdvertisingManager1": counts})), status, words)


def test_advertising_that_nobody_tells_of(daemon: Daemon, world: World, run: Run) -> None:
    expect(looked(run, world, "bluetooth-advertising", bluez(more={})), UNKNOWN, "does not tell")
    expect(looked(run, world, "bluetooth-advertising", Stand("org.bluez")), UNKNOWN, "no Bluetooth adapter")


def test_how_calls_are_heard(daemon: Daemon, world: World, run: Run) -> None:
    expect(looked(run, world, "bluetooth-listening", bluez()), OK, "search for our service", "more power")
    monitor = {"AdvertisementMonitorManager1": {"SupportedMonitorTypes": Variant("as", ["or_patterns"])}}
    expect(looked(run, world, "bluetooth-listening", bluez(more=monitor)), OK, "advertisement monitor: the radio wakes")


def test_the_powered_adapter_is_the_one_looked_at(daemon: Daemon, world: World, run: Run) -> None:
    two = bluez(adapter={"Powered": Variant("b", False)})
    two.objects |= bluez(name="hci1").objects
    expect(looked(run, world, "bluetooth-adapter", two), OK, "hci0: off. hci1: on.")


# --- what may stand between ----------------------------------------------------------------------------------------------------


def firewalld(*zones: str) -> Stand:
    stand = Stand("org.fedoraproject.FirewallD1")
    stand.methods["org.fedoraproject.FirewallD1.getDefaultZone"] = ("s", ["public"])
    stand.methods["org.fedoraproject.FirewallD1.zone.getZones"] = ("as", [list(zones)])
    return stand


def test_firewalld(daemon: Daemon, world: World, run: Run) -> None:
    expect(run(world.look("firewalld")), OK, "not running")
    expect(looked(run, world, "firewalld", firewalld("public", "nearby-tray")), OK, "default zone is public", "nearby-tray")
    without = looked(run, world, "firewalld", firewalld("public"))
    expect(without, WARN, "does not have the zone", "--new-zone-from-file=")
    assert network.zone_file().is_file(), "the command names a file that is there"
    closed = firewalld("public")
    closed.methods["org.fedoraproject.FirewallD1.zone.getZones"] = "org.freedesktop.DBus.Error.AccessDenied"
    expect(looked(run, world, "firewalld", closed), UNKNOWN, "does not tell this account", "AccessDenied")


def test_ufw(world: World, run: Run) -> None:
    expect(run(world.look("ufw")), OK, "not installed")
    world.program("ufw")
    expect(run(world.look("ufw")), UNKNOWN, "cannot be read", "sudo ufw status")
    world.put("/etc/ufw/ufw.conf", "# ufw\nENABLED=no\n")
    expect(run(world.look("ufw")), OK, "off")
    world.put("/etc/ufw/ufw.conf", "ENABLED=yes\nLOGLEVEL=low\n")
    expect(run(world.look("ufw")), WARN, "not readable", "only for root", "sudo ufw allow in on p2p-+")
    world.put("/etc/default/ufw", 'IPV6=yes\nDEFAULT_INPUT_POLICY="DROP"\n')
    expect(run(world.look("ufw")), WARN, "by default: DROP")
    world.put("/etc/default/ufw", 'DEFAULT_INPUT_POLICY="ACCEPT"\n')
    expect(run(world.look("ufw")), OK, "by default: ACCEPT")


def test_the_rules_in_the_kernel_are_never_claimed_to_be_known(daemon: Daemon, world: World, run: Run) -> None:
    expect(run(world.look("nftables")), UNKNOWN, "cannot be seen")
    world.put("/proc/modules", "tun 61440 2 - Live 0x0\n")
    expect(run(world.look("nftables")), OK, "No packet filter")
    world.put("/proc/modules", "nf_tables 303104 1 - Live 0x0\n")
    expect(run(world.look("nftables")), UNKNOWN, "nf_tables", "only for root", "sudo nft list ruleset")
    systemd = Stand("org.freedesktop.systemd1")
    systemd.put("/org/freedesktop/systemd1/unit/nftables_2eservice", "org.freedesktop.systemd1.Unit", ActiveState=Variant("s", "active"))
    expect(looked(run, world, "nftables", systemd), UNKNOWN, "Running: nftables")
    world.put("/etc/nftables.conf", "table inet filter { chain input { type filter hook input priority 0; policy drop; } }")
    expect(looked(run, world, "nftables", systemd), WARN, "rules that drop", "47476")


def udp(port: int, user: int = 1000, inode: int = 4711) -> str:
    row = f"  128: 00000000:{port:04X} 00000000:0000 07 00000000:00000000 00:00000000 00000000  {user}        0 {inode} 2 0000 0\n"
    return "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops\n" + row


def process(world: World, number: int, name: str, *words: str, socket: int | None = None) -> None:
    world.put(f"/proc/{number}/comm", name + "\n")
    world.put(f"/proc/{number}/cmdline", "".join(f"{word}\0" for word in words))
    if socket is not None:
        (world.root / f"proc/{number}/fd").mkdir()
        (world.root / f"proc/{number}/fd/7").symlink_to(f"socket:[{socket}]")


def test_the_udp_port(world: World, run: Run) -> None:
    expect(run(world.look("udp-port")), UNKNOWN, "cannot be read")
    world.put("/proc/net/udp", udp(5353))
    expect(run(world.look("udp-port")), OK, "UDP port 47476 is free")
    world.put("/proc/net/udp6", udp(47476, user=1001))
    expect(run(world.look("udp-port")), FAIL, "a program of user 1001")
    process(world, 99, "game", "game", socket=4711)
    taken = run(world.look("udp-port"))
    expect(taken, FAIL, "used by game (99)", "nearby-tray settings port=47477")
    assert taken.verdict.fix.action is Action.OPEN_SETTINGS
    process(world, os.getpid(), "python3", "nearby-tray", socket=4711)
    expect(run(world.look("udp-port")), FAIL, "used by game (99)")
    (world.root / "proc/99/fd/7").unlink()
    expect(run(world.look("udp-port")), OK, "by Nearby Tray itself")


def net(world: World, name: str, flags: str = "0x1003", **files: str) -> None:
    for file, text in {"flags": flags, **files}.items():
        world.put(f"/sys/class/net/{name}/{file}", text + "\n")


ANY4, ANY6 = ip_network("0.0.0.0/0"), ip_network("::/0")


def test_vpn(world: World, run: Run) -> None:
    net(world, "eth0", uevent="INTERFACE=eth0")
    expect(run(world.look("vpn")), OK, "No VPN")
    net(world, "wg-home", uevent="DEVTYPE=wireguard\nINTERFACE=wg-home")
    net(world, "tap0", tun_flags="0x1002")  # belongs to a virtual machine
    net(world, "tun1", "0x1002", tun_flags="0x1001")  # is down
    world.routing = Routing((Rule(0, 255, ANY4), Rule(32766, 254, ANY4)), (Route(254, ANY4, "wg-home"),))
    expect(run(world.look("vpn")), OK, "Up: wg-home.", "leave links alone", "cannot be seen from here")
    net(world, "tailscale0", tun_flags="0x1001")
    taking = (Rule(0, 255, ANY4), Rule(5270, 52, ANY4), Rule(32766, 254, ANY4))
    world.routing = Routing(taking, (Route(52, ANY4, "tailscale0"),))
    expect(run(world.look("vpn")), WARN, "Rule 5270 sends into tailscale0", "--exit-node-allow-lan-access=true")
    world.routing = Routing(taking, (Route(52, ANY4, "wg-home"),))
    expect(run(world.look("vpn")), WARN, "sends into wg-home", "split tunnelling")
    world.routing = Routing((Rule(100, None, ANY6),))
    expect(run(world.look("vpn")), WARN, "Rule 100 drops")


def test_routes_that_are_not_told(world: World, run: Run) -> None:
    async def main() -> Finding:
        async def refused() -> Routing:
            raise PermissionError(1, "no")

        async with Machine(root=world.root, environment={}, routes=refused) as machine:
            (finding,) = await examine(machine, [check for check in CHECKS if check.name == "vpn"])
        return finding

    expect(run(main()), UNKNOWN, "does not tell its routes")


# --- the desktop ---------------------------------------------------------------------------------------------------------------


def watcher(host: bool) -> Stand:
    stand = Stand("org.kde.StatusNotifierWatcher")
    stand.put("/StatusNotifierWatcher", "org.kde.StatusNotifierWatcher", IsStatusNotifierHostRegistered=Variant("b", host))
    return stand


def test_the_tray(daemon: Daemon, world: World, run: Run) -> None:
    world.environment["XDG_CURRENT_DESKTOP"] = "XFCE"
    expect(looked(run, world, "tray", watcher(True)), OK, "XFCE")
    expect(looked(run, world, "tray", watcher(False)), WARN, "nobody shows it")
    expect(run(world.look("tray")), WARN, "No tray is there", "ordinary window")
    world.environment["DISPLAY"] = ":0"
    expect(run(world.look("tray")), UNKNOWN, "XEmbed")
    world.put("/etc/os-release", "ID=ubuntu")
    world.environment["XDG_CURRENT_DESKTOP"] = "ubuntu:GNOME"
    expect(run(world.look("tray")), WARN, "sudo apt install gnome-shell-extension-appindicator")


def notifier(*able: str) -> Stand:
    stand = Stand("org.freedesktop.Notifications")
    stand.methods["org.freedesktop.Notifications.GetServerInformation"] = ("ssss", ["dunst", "knopwob", "1.9.0", "1.2"])
    stand.methods["org.freedesktop.Notifications.GetCapabilities"] = ("as", [list(able)])
    return stand


def test_notifications(daemon: Daemon, world: World, run: Run) -> None:
    expect(run(world.look("notifications")), WARN, "No notification server")
    expect(looked(run, world, "notifications", notifier("body", "actions")), OK, "dunst 1.9.0")
    expect(looked(run, world, "notifications", notifier("body")), WARN, "no buttons")
    world.settings = Settings(notifications=False)
    expect(run(world.look("notifications")), OK, "switched off in the settings")


def login(**facts: Variant) -> Stand:
    stand = Stand("org.freedesktop.login1")
    path = "/org/freedesktop/login1/session/_32"
    stand.methods["org.freedesktop.login1.Manager.GetSessionByPID"] = ("o", [path])
    well = {"Active": Variant("b", True), "Remote": Variant("b", False), "Type": Variant("s", "wayland")}
    stand.put(path, "org.freedesktop.login1.Session", **{**well, **facts})
    return stand


def test_the_session(daemon: Daemon, world: World, run: Run) -> None:
    expect(run(world.look("session")), UNKNOWN, "no logind")
    expect(looked(run, world, "session", login()), OK, "type wayland", "active, at the computer itself")
    expect(looked(run, world, "session", login(Remote=Variant("b", True))), WARN, "over the network")
    expect(looked(run, world, "session", login(Active=Variant("b", False))), WARN, "not active", "hears nobody")
    expect(looked(run, world, "session", login(LockedHint=Variant("b", True))), OK, "is locked", "hears nobody")
    world.environment["XDG_SESSION_ID"] = "c7"
    named = login()
    named.methods["org.freedesktop.login1.Manager.GetSession"] = named.methods.pop("org.freedesktop.login1.Manager.GetSessionByPID")
    expect(looked(run, world, "session", named), OK)
    assert ("org.freedesktop.login1.Manager.GetSession", ["c7"]) in named.calls


def test_a_program_of_the_users_systemd_has_the_graphical_session(daemon: Daemon, world: World, run: Run) -> None:
    stand = login()
    stand.methods["org.freedesktop.login1.Manager.GetSessionByPID"] = "org.freedesktop.login1.NoSessionForPID"
    expect(looked(run, world, "session", stand), WARN, "no login session")
    stand.methods["org.freedesktop.login1.Manager.GetUser"] = ("o", ["/org/freedesktop/login1/user/_1000"])
    display = Variant("(so)", ["2", "/org/freedesktop/login1/session/_32"])
    stand.put("/org/freedesktop/login1/user/_1000", "org.freedesktop.login1.User", Display=display)
    expect(looked(run, world, "session", stand), OK, "type wayland")
    stand.put("/org/freedesktop/login1/user/_1000", "org.freedesktop.login1.User", Display=Variant("(so)", ["", "/"]))
    expect(looked(run, world, "session", stand), WARN, "no login session")


def test_the_users_own_files(world: World, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    expect(run(world.look("files")), OK, "never written")
    assert not (tmp_path / "XDG_DATA_HOME").exists(), "looking makes nothing"
    for name, file in (("XDG_CONFIG_HOME", "settings.json"), ("XDG_DATA_HOME", "trust.json")):
        path = tmp_path / name / "nearby-tray" / file
        path.parent.mkdir(parents=True)
        path.write_text("{")
    expect(run(world.look("files")), WARN, "settings file is damaged", "your identity is damaged")
    assert not list(tmp_path.rglob("*.bak"))


def test_other_applets(daemon: Daemon, world: World, run: Run) -> None:
    process(world, 12, "python3", "/usr/bin/python3", "/home/a/.venv/bin/nearby-tray", "doctor", "--json")
    process(world, 13, "python3", "/usr/bin/python3", "-m", "nearby_tray", "--demo")
    process(world, 14, "vi", "vi", "nearby-tray.txt")
    process(world, 15, "kthreadd")
    expect(run(world.look("applet")), OK, "No Nearby Tray of this session")
    running = looked(run, world, "applet", Stand(BUS_NAME))
    expect(running, OK, f"running (process {os.getpid()})")
    process(world, 20, "python3", "/usr/bin/python3", "-m", "nearby_tray", "--background")
    expect(run(world.look("applet")), WARN, f"process 20 of user {os.getuid()}")
    process(world, 20, "nearby-tray", "nearby-tray", "--headless", "--log-level", "debug")
    expect(run(world.look("applet")), WARN, "process 20")
    process(world, 20, "miracle-wifid", "miracle-wifid")
    expect(run(world.look("applet")), WARN, "MiracleCast")


# --- a machine that is well, and mending ---------------------------------------------------------------------------------------


def test_the_daemons_of_other_tests_are_found_well(daemon: Daemon, world: World, run: Run) -> None:
    """What these checks read is what the fakes of the real daemons have, too."""

    async def main() -> dict[str, Finding]:
        manager, blue = FakeNetworkManager(), FakeBlueZ(monitors=True)
        await manager.start()
        await blue.start()
        try:
            async with world.machine() as machine:
                return {finding.name: finding for finding in await examine(machine)}
        finally:
            await manager.stop()
            await blue.stop()

    found = run(main())
    for name in ("wifi-radio", "wifi-p2p-support", "wifi-interfaces", "networkmanager", "wifi-managed", "wifi-p2p-device", "permissions"):
        expect(found[name], OK)
    for name in ("bluez", "bluetooth-adapter", "bluetooth-advertising", "bluetooth-listening"):
        expect(found[name], OK)
    expect(found["bluetooth-listening"], OK, "advertisement monitor:")


def test_mending(daemon: Daemon, world: World, run: Run) -> None:
    async def main() -> tuple[Stand, Stand]:
        manager, blue = nm_stand(WirelessEnabled=Variant("b", False)), bluez(adapter={"Powered": Variant("b", False)})
        await manager.start()
        await blue.start()
        async with world.machine() as machine:
            await mend(machine, Action.WIFI_ON)
            await mend(machine, Action.BLUETOOTH_ON)
            world.settings = Settings(adapter="hci9")
        async with world.machine() as machine:
            with pytest.raises(Unseen, match="no Bluetooth adapter"):
                await mend(machine, Action.BLUETOOTH_ON)
            with pytest.raises(ValueError, match="OPEN_SETTINGS"):
                await mend(machine, Action.OPEN_SETTINGS)
        await manager.stop()
        await blue.stop()
        return manager, blue

    manager, blue = run(main())
    assert manager.objects[MANAGER][NM]["WirelessEnabled"].value is True
    assert blue.objects["/org/bluez/hci0"]["org.bluez.Adapter1"]["Powered"].value is True


def test_looking_sets_nothing_and_starts_nobody(daemon: Daemon, world: World, run: Run) -> None:
    async def main() -> list[tuple[str, list[Any]]]:
        stands = [nm_stand(), bluez(), supplicant("p2p"), firewalld("public"), watcher(True), notifier("actions"), login()]
        for stand in stands:
            await stand.start()
        async with world.machine() as machine:
            await examine(machine)
        for stand in stands:
            await stand.stop()
        return [call for stand in stands for call in stand.calls]

    asked = {what.rpartition(".")[2] for what, _ in run(main())}
    assert asked <= {
        "Get", "GetAll", "GetPermissions", "GetManagedObjects", "getDefaultZone", "getZones", "GetServerInformation", "GetCapabilities",
        "GetSessionByPID",
    }  # fmt: skip


# --- for a window --------------------------------------------------------------------------------------------------------------


def test_a_window_is_told_one_by_one_and_then_that_it_is_done(daemon: Daemon, world: World, run: Run, tmp_path: Path) -> None:
    async def main() -> None:
        made = Doctor(
            lambda: Settings(port=50000), lambda: Applet(state=["state = idle"], log=["a line"]), lambda _settings: world.machine()
        )
        found: list[Finding] = []
        done = asyncio.Event()
        made.examine(found.append, lambda: pytest.fail("this one was given up"))
        made.examine(found.append, done.set)
        await done.wait()
        assert sorted(finding.name for finding in found) == sorted(name for name, _ in made.checks)

        outcome: asyncio.Queue[Sentence | str] = asyncio.Queue()
        made.mend(Action.WIFI_ON, outcome.put_nowait)
        assert "ServiceUnknown" in str(await outcome.get())
        stand = nm_stand(WirelessEnabled=Variant("b", False))
        await stand.start()
        made.mend(Action.WIFI_ON, outcome.put_nowait)
        assert await outcome.get() == ""
        await stand.stop()
        made.examine(found.append, lambda: pytest.fail("closed before"))
        made.close()
        await asyncio.sleep(0)

    run(main())


def test_a_report_for_a_window(world: World, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DOCUMENTS_DIR", str(tmp_path))

    async def main() -> tuple[str, str]:
        made = Doctor(Settings, lambda: Applet(log=["a line of the log"]), lambda _settings: world.machine())
        told: asyncio.Queue[tuple[str, str]] = asyncio.Queue()
        made.save_report(lambda path, wrong: told.put_nowait((path, wrong)))
        first = await told.get()
        monkeypatch.setenv("XDG_DOCUMENTS_DIR", str(tmp_path / "root"))
        (tmp_path / "root").chmod(0o500)
        made.save_report(lambda path, wrong: told.put_nowait((path, wrong)))
        second = await told.get()
        (tmp_path / "root").chmod(0o700)
        assert second[0] == "" or os.geteuid() == 0
        return first

    path, wrong = run(main())
    assert wrong == "" and Path(path).parent == tmp_path
    text = Path(path).read_text()
    assert "a line of the log" in text and "wifi-radio" in text
