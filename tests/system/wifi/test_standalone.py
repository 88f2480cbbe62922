"""Wi-Fi Direct through wpa_supplicant alone: what is asked of the daemon, what is told to the controller, and that nothing is left."""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import logging
import xml.etree.ElementTree as ElementTree
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from nearby_tray.core import orders as o
from nearby_tray.core.keys import Identity
from nearby_tray.core.model import (
    Admission,
    AdmissionFailed,
    Asks,
    BluetoothChanged,
    EdgeEvent,
    FormGroup,
    Group,
    GroupLost,
    HostGroup,
    MemberJoined,
    MemberLeft,
    Method,
    PeerFound,
    PeerLost,
    Reason,
    Way,
    WifiChanged,
    WifiRequest,
)
from nearby_tray.core.session import Session
from nearby_tray.core.wps import PlainChecking, PlainForming
from nearby_tray.errors import Unavailable
from nearby_tray.system import nl80211
from nearby_tray.system.addresses import Assigned
from nearby_tray.system.bus import Variant
from nearby_tray.system.journal import Journal
from nearby_tray.system.wifi.standalone import Standalone
from nearby_tray.system.wifi.supplicant import Limits, Supplicant
from nearby_tray.system.wifi.terms import Keeper, Surroundings

from ..barriers import answered
from ..fake_supplicant import OWN, ROOT, WPA, FakeSupplicant
from .surroundings import FULL_TUNNEL, HOME, Ear, computer

pytestmark = pytest.mark.usefixtures("daemon")

LOW = "02:00:00:00:01:00"  # lower than our own address: at odd attempts we begin
PEER = LOW
HIGH = "fa:00:00:00:01:00"
STATION = "46:00:00:00:01:00"
PIN = "12345670"
OURS = FormGroup(1, PEER, ("169.254.7.1", "fd11:22:33::1"), ("169.254.7.2", "fd11:22:33::2"), "Ana's laptop")
PHONE = FormGroup(1, PEER)
LINK_LOCAL = "fe80::1"
READY = WifiChanged(None, OWN, abilities=Standalone.ABILITIES)
LIMITS = Limits(open=30, find=30, renew=30, settle=10, poll=0.001, again=0.01, pause=0.01, signal=0, member=20, turn=20)

Run = Callable[[Any], Any]
Until = Callable[..., Awaitable[None]]


async def own_address(name: str) -> bytes | None:
    assert name.startswith("wlan")
    return OWN


async def no_signal(_index: int) -> int | None:
    return -1


async def radio(index: int) -> nl80211.GroupRadio | None:
    return nl80211.GroupRadio(False, None, 20)


async def forbidden(index: int, frequency: int) -> str | None:
    assert index == 7
    return "not permitted here" if frequency == 5600 else None


class FakeKernel:
    """Addresses of one interface."""

    def __init__(self) -> None:
        self.may = True
        self.refuses: int | None = None
        self.read_times = 0
        self.deaf: list[str] = []  # interfaces on which routers are not listened to
        self.there: list[Assigned] = [Assigned(ipaddress.ip_interface(f"{LINK_LOCAL}/64"), True)]

    def may_change(self) -> bool:
        return self.may

    async def read(self, index: int) -> list[Assigned]:
        assert index == 7
        self.read_times += 1
        return list(self.there)

    async def add(self, index: int, address: str) -> None:
        if self.refuses is not None:
            raise OSError(self.refuses, "refused")
        self.there.append(Assigned(ipaddress.ip_interface(address), True))

    async def remove(self, index: int, address: str) -> None:
        self.there.remove(Assigned(ipaddress.ip_interface(address), True))

    def deafen(self, interface: str) -> None:
        if self.refuses is not None:
            raise OSError(self.refuses, "refused")
        self.deaf.append(interface)


@dataclass
class World:
    """A daemon, our side of it, and what our side has told."""

    fake: FakeSupplicant
    supplicant: Supplicant
    wifi: Standalone
    kernel: FakeKernel
    folder: Path
    network: Surroundings = HOME  # this computer's, besides
    ear: Ear = field(default_factory=Ear)
    heard: list[EdgeEvent] = field(default_factory=list)

    def told(self, kind: type[EdgeEvent]) -> list[Any]:
        return [event for event in self.heard if isinstance(event, kind)]

    def reason(self) -> Reason | None:
        return self.told(WifiChanged)[-1].reason  # type: ignore[no-any-return]

    def is_clean(self) -> bool:
        """Nothing of ours in the daemon, on the interface or on disk."""
        return (
            not self.fake.groups
            and not self.fake.pending
            and not any(any(value) for value in self.fake.ip.values())
            and len(self.kernel.there) == 1
            and not list(self.folder.iterdir())
        )


@asynccontextmanager
async def world(folder: Path, *, start: bool = True, opened: bool = True, limits: Limits = LIMITS, **how: Any) -> AsyncIterator[World]:
    folder = folder / "made"
    folder.mkdir(exist_ok=True)
    fake = FakeSupplicant()
    if start:
        await fake.start(**how)
    supplicant = Supplicant(limits=limits, read_address=own_address)
    kernel = FakeKernel()
    net = folder.parent / "net"

    async def network() -> Surroundings:
        return here.network

    wifi = Standalone(
        supplicant,
        Journal(folder),
        kernel=kernel,
        read_signal=no_signal,
        read_link=radio,
        read_forbidden=forbidden,
        read_index=lambda name: 7,
        interfaces=net,
        keeper=Keeper(read=network, listen=lambda: here.ear),
    )
    here = World(fake, supplicant, wifi, kernel, folder)
    if opened:
        await wifi.open(here.heard.append)
    try:
        yield here
    finally:
        await wifi.close()
        await supplicant.close()
        if hasattr(fake, "bus"):
            await fake.stop()


async def failure(work: Awaitable[object]) -> Unavailable:
    with pytest.raises(Unavailable) as caught:
        await work
    return caught.value


async def formed(here: World, order: FormGroup = OURS, role: str = "client", **how: Any) -> Group:
    here.fake.add_peer(order.address, groupcapability=int(order.way is Way.JOIN))
    here.fake.on_connect = here.fake.connects(role, order.address, **how)
    return await here.wifi.form(order)


# --- the fake itself ----------------------------------------------------------------------------------------------------------


def test_the_fake_has_the_signatures_of_the_recorded_introspection(run: Run, tmp_path: Path) -> None:
    recorded = ElementTree.parse(Path(__file__).with_name("wpa_supplicant.xml")).getroot()
    known = {
        (interface.get("name"), part.tag, part.get("name")): (part.get("type"), [(arg.get("type"), arg.get("direction")) for arg in part])
        for interface in recorded
        for part in interface
    }

    async def main() -> None:
        async with world(tmp_path, opened=False) as here:
            path = here.fake.start_group("GO")
            peer = here.fake.add_peer(PEER)
            compared = 0
            for where in (ROOT, here.fake.main, path, peer, here.fake.groups[path].path):
                text = (await here.fake.bus.call(WPA, where, "org.freedesktop.DBus.Introspectable", "Introspect"))[0]
                for interface in ElementTree.fromstring(str(text)):
                    if not str(interface.get("name")).startswith(WPA):
                        continue
                    for part in interface:
                        ours = (
                            part.get("type"),
                            [(arg.get("type"), arg.get("direction") if part.tag == "method" else None) for arg in part],
                        )
                        theirs = known[interface.get("name"), part.tag, part.get("name")]
                        assert ours == theirs, (interface.get("name"), part.get("name"))
                        compared += 1
            assert compared > 60

    run(main())


# --- being there or not -------------------------------------------------------------------------------------------------------


def test_a_ready_machine_says_so_with_its_own_address_and_all_it_can(run: Run, tmp_path: Path) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            assert here.heard == [READY]
            assert READY.abilities.host and READY.abilities.pin and READY.abilities.hears and READY.abilities.backend == "wpa_supplicant"

    run(main())


def test_an_absent_daemon_is_missing_until_it_comes(run: Run, tmp_path: Path, until: Until) -> None:
    async def main() -> None:
        async with world(tmp_path, start=False) as here:
            assert here.reason() is Reason.WIFI_MISSING
            assert (await failure(here.wifi.find())).reason is Reason.WIFI_MISSING
            assert (await failure(here.wifi.form(OURS))).reason is Reason.WIFI_MISSING
            await here.fake.start()
            await until(lambda: here.reason() is None)

    run(main())


def test_who_may_not_talk_to_it_is_told_so(run: Run, tmp_path: Path) -> None:
    async def main() -> None:
        async with world(tmp_path, opened=False) as here:
            await here.fake.deny()
            await here.wifi.open(here.heard.append)
            assert here.reason() is Reason.WIFI_NOT_ALLOWED
            assert here.supplicant.is_denied
            assert (await failure(here.wifi.find())).reason is Reason.WIFI_NOT_ALLOWED
            assert (await failure(here.wifi.host(HostGroup(1)))).reason is Reason.WIFI_NOT_ALLOWED
            assert not here.fake.calls

    run(main())


def test_a_radio_without_wifi_direct_is_told_apart(run: Run, tmp_path: Path) -> None:
    async def main() -> None:
        async with world(tmp_path, modes=("infrastructure", "ap")) as here:
            assert here.reason() is Reason.WIFI_NO_P2P

    run(main())


def test_of_several_interfaces_the_first_by_name_is_used(run: Run, tmp_path: Path) -> None:
    async def main() -> None:
        async with world(tmp_path, names=("wlan2", "wlan1", "wlan3")) as here:
            assert here.supplicant.name == "wlan1"

    run(main())


def test_the_radio_switch_is_followed(run: Run, tmp_path: Path, until: Until) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            here.fake.state("interface_disabled")
            await until(lambda: here.reason() is Reason.WIFI_OFF)
            assert (await failure(here.wifi.form(OURS))).reason is Reason.WIFI_OFF
            here.fake.state("disconnected")
            await until(lambda: here.reason() is None)

    run(main())


def test_a_restart_loses_everything_and_says_fresh(run: Run, tmp_path: Path, until: Until) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            await formed(here)
            await here.fake.restart()
            await until(lambda: here.heard[-1] == replace(READY, fresh=True))
            assert [(lost.attempt, lost.reason) for lost in here.told(GroupLost)] == [(1, Reason.DAEMON_RESTARTED)]
            assert here.told(PeerLost) == [PeerLost(PEER)]
            await here.wifi.remove()
            await until(lambda: not list(here.folder.iterdir()))
            here.kernel.there[1:] = []
            await formed(here, replace(OURS, attempt=3))

    run(main())


def test_a_restart_ends_a_formation_at_once(run: Run, tmp_path: Path, until: Until) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            here.fake.add_peer(PEER)
            forming = asyncio.ensure_future(here.wifi.form(OURS))
            await until(lambda: bool(here.fake.named("Connect")))
            await here.fake.restart()
            # Which of the two is heard of first, the answer that does not come or the name that goes, is the bus's to say.
            assert (await failure(forming)).reason in (Reason.DAEMON_RESTARTED, Reason.WIFI_MISSING)

    run(main())


def test_an_interface_taken_away_ends_everything(run: Run, tmp_path: Path, until: Until) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            here.fake.remove_interface(here.fake.main)
            await until(lambda: here.reason() is Reason.WIFI_NO_P2P)
            here.fake.main = here.fake.add_interface("wlan0", ["p2p"])
            await until(lambda: here.reason() is None)

    run(main())


# --- finding ------------------------------------------------------------------------------------------------------------------


def test_a_find_is_renewed_held_and_stopped(run: Run, tmp_path: Path, until: Until) -> None:
    async def main() -> None:
        async with world(tmp_path, limits=replace(LIMITS, renew=0.001)) as here:
            await here.wifi.find()
            await here.wifi.find()
            await until(lambda: len(here.fake.named("Find")) > 5)
            assert here.fake.named("Find")[0] == ("Find", {"Timeout": 30})
            assert here.fake.named("Find")[-1] == ("Find", {"Timeout": 30, "DiscoveryType": "progressive"})
            await here.wifi.hold_find()
            await here.wifi.hold_find()
            assert not here.fake.named("StopFind")
            await here.wifi.stop_find()
            await here.wifi.stop_find()
            assert here.fake.named("StopFind") == [("StopFind",)]
            assert here.is_clean()

    run(main())


def test_peers_are_told_with_what_they_claim(run: Run, tmp_path: Path, until: Until) -> None:
    async def main() -> None:
        async with world(tmp_path, opened=False) as here:
            here.fake.add_peer(HIGH, DeviceName="before")
            await here.wifi.open(here.heard.append)
            await here.wifi.find()
            everything = frozenset(Method)
            assert here.told(PeerFound) == [PeerFound(HIGH, "before", 84, methods=everything)]
            phone = here.fake.add_peer(
                PEER,
                DeviceName="Ben's phone",
                Manufacturer="Acme",
                ModelName="One",
                PrimaryDeviceType=bytes.fromhex("000a0050f2040005"),
                config_method=0x0188,
                groupcapability=0x2B,
                level=-70,
            )
            await until(lambda: len(here.told(PeerFound)) == 2)
            known = frozenset({Method.PBC, Method.DISPLAY, Method.KEYPAD})
            assert here.told(PeerFound)[1] == PeerFound(PEER, "Ben's phone", 50, "phone", "Acme One", known, True)
            here.fake.change_peer(phone, DeviceName="Ben")
            await until(lambda: here.told(PeerFound)[-1].name == "Ben")
            here.fake.remove_peer(phone)
            await until(lambda: here.told(PeerLost) == [PeerLost(PEER)])

    run(main())


def test_hostile_peers_change_nothing_but_themselves(run: Run, tmp_path: Path, until: Until) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            send = here.fake.device.device_found_properties
            main_path = here.fake.main
            nonsense: dict[str, Variant] = {
                "DeviceName": Variant("s", "\u202e" + "x" * 5000),
                "Manufacturer": Variant("u", 7),
                "PrimaryDeviceType": Variant("ay", b"\x00"),
                "config_method": Variant("s", "all"),
                "level": Variant("i", 2_000_000),
                "groupcapability": Variant("s", "yes"),
            }
            for path in (
                "/",
                f"{main_path}/Peers/ffffffffffff",
                f"{main_path}/Peers/000000000000",
                f"{main_path}/Peers/zz",
                f"{main_path}/Peers/0200",
            ):
                send(path, nonsense)
            send(f"{main_path}/Peers/020000000100", nonsense)
            await until(lambda: bool(here.told(PeerFound)))
            [found] = here.told(PeerFound)
            assert found == PeerFound(PEER, "x" * 32)
            for number in range(400):
                send(f"{main_path}/Peers/02000001{number:04x}", {})
            here.fake.device.device_lost(f"{main_path}/Peers/020000000100")
            await until(lambda: bool(here.told(PeerLost)))
            assert len(here.told(PeerFound)) == 200

    run(main())


def test_clear_forgets_every_peer(run: Run, tmp_path: Path, until: Until) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            here.fake.add_peer(PEER)
            await here.wifi.find()
            await here.wifi.clear()
            assert [call[0] for call in here.fake.calls][-2:] == ["StopFind", "Flush"]
            await until(lambda: here.told(PeerLost) == [PeerLost(PEER)])
            assert here.is_clean()

    run(main())


# --- a group of two -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["client", "GO"])
def test_a_group_with_one_of_ours_gets_the_planned_addresses(run: Run, tmp_path: Path, role: str) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            group = await formed(here, role=role)
            assert group == Group("p2p-wlan0-0", (*OURS.own, LINK_LOCAL), 7, role == "GO", 5180, 20)
            path = here.fake.path_of(PEER)
            assert here.fake.named("Connect") == [("Connect", {"peer": path, "wps_method": "pbc"})]
            assert not here.fake.named("Listen")
            await here.wifi.remove()
            assert here.is_clean()
            assert not here.told(GroupLost)

    run(main())


def test_everything_that_an_order_says_reaches_the_daemon(run: Run, tmp_path: Path) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            order = replace(OURS, method=Method.KEYPAD, pin=PIN, intent=15, frequency=5180, persistent=True)
            await formed(here, order)
            [(_, given)] = here.fake.named("Connect")
            assert given == {
                "peer": here.fake.path_of(PEER),
                "wps_method": "keypad",
                "pin": PIN,
                "go_intent": 15,
                "frequency": 5180,
                "persistent": True,
            }

    run(main())


def test_joining_says_so_and_takes_the_address_that_the_owner_gives(run: Run, tmp_path: Path) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            order = replace(PHONE, way=Way.JOIN, method=Method.DISPLAY, pin=PIN, intent=3)
            given = (bytes([192, 168, 49, 77]), bytes([255, 255, 255, 0]), bytes([192, 168, 49, 1]))
            group = await formed(here, order, given=given)
            assert group.addresses == ("192.168.49.77", LINK_LOCAL)
            assert here.fake.named("Connect")[0][1] == {"peer": here.fake.path_of(PEER), "wps_method": "display", "pin": PIN, "join": True}
            await here.wifi.remove()
            assert here.is_clean()

    run(main())


def test_an_owner_of_a_group_with_a_phone_gives_it_an_address(run: Run, tmp_path: Path) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            group = await formed(here, PHONE, role="GO")
            assert group.addresses == ("192.168.49.1", LINK_LOCAL)
            assert here.fake.ip["IpAddrGo"] == bytes([192, 168, 49, 1])
            await here.wifi.remove()
            assert here.is_clean()

    run(main())


def test_addresses_that_somebody_else_chose_for_clients_stay(run: Run, tmp_path: Path) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            here.fake.ip["IpAddrGo"] = bytes([10, 0, 0, 1])
            await formed(here, PHONE, role="GO")
            await here.wifi.remove()
            assert here.fake.ip == {"IpAddrGo": bytes([10, 0, 0, 1])}

    run(main())


def test_the_network_of_our_own_group_keeps_out_of_the_way(run: Run, tmp_path: Path) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            here.network = computer("192.168.0.0/16 tun0", "172.16.0.0/12 tun0")
            assert (await here.wifi.host(HostGroup(1))).addresses == ("10.249.49.1", LINK_LOCAL)
            assert here.fake.ip == {
                "IpAddrGo": bytes([10, 249, 49, 1]),
                "IpAddrMask": bytes([255, 255, 255, 0]),
                "IpAddrStart": bytes([10, 249, 49, 2]),
                "IpAddrEnd": bytes([10, 249, 49, 254]),
            }
            await here.wifi.remove()
            here.network = computer("192.168.0.0/16 tun0", "172.16.0.0/12 tun0", "10.0.0.0/8 tun0")
            assert (await here.wifi.host(HostGroup(2))).addresses == (LINK_LOCAL,)

    run(main())


@pytest.mark.parametrize(
    ("address", "mask", "network", "why"),
    [
        ("192.168.49.7", "128.0.0.0", HOME, "too large"),
        ("192.168.49.7", "255.0.0.0", HOME, "too large"),
        ("192.168.49.7", "255.255.0.255", HOME, "holes"),
        ("192.168.49.7", "0.0.0.255", HOME, "holes"),
        ("8.8.8.7", "255.255.255.0", HOME, "not private"),
        ("192.168.1.9", "255.255.255.0", HOME, "overlaps 192.168.1.0/24 on wlan0"),
        ("10.42.0.7", "255.255.255.0", computer("10.0.0.0/8 tun0"), "overlaps 10.0.0.0/8 on tun0"),
        ("10.42.0.7", "255.255.255.0", computer(*FULL_TUNNEL), None),
    ],
)
def test_an_address_of_the_4_way_handshake_is_judged_before_it_is_ours(
    run: Run, tmp_path: Path, address: str, mask: str, network: Surroundings, why: str | None
) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            here.network = network
            given = tuple(ipaddress.ip_address(text).packed for text in (address, mask, "10.42.0.1"))
            if why is None:
                assert (await formed(here, PHONE, given=given)).addresses[0] == address
                return
            error = await failure(formed(here, PHONE, given=given))
            assert error.reason is Reason.NO_ADDRESS and why in error.detail
            assert len(here.kernel.there) == 1, "it was assigned"
            assert here.is_clean()

    run(main())


@pytest.mark.logs("WARNING .*the group is taken down: a route to ::/0")
@pytest.mark.parametrize("way", ["planned", "phone", "host"])
def test_routers_on_a_group_are_not_listened_to_and_a_route_from_there_ends_it(run: Run, tmp_path: Path, until: Until, way: str) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            await (here.wifi.host(HostGroup(1)) if way == "host" else formed(here, PHONE if way == "phone" else OURS))
            assert here.kernel.deaf == ["p2p-wlan0-0"]
            here.network = computer("::/0 p2p-wlan0-0 fe80::9")
            here.ear.changes.put_nowait(None)
            await until(lambda: here.told(GroupLost))
            [lost] = here.told(GroupLost)
            assert lost.reason is Reason.NO_ADDRESS and lost.detail == "a route to ::/0 by fe80::9 on p2p-wlan0-0"
            await until(here.is_clean)
            assert here.ear.closed

    run(main())


@pytest.mark.parametrize("way", ["planned", "phone", "host"])
def test_a_group_that_brought_a_route_along_is_no_group(run: Run, tmp_path: Path, way: str) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            here.network = computer("2000::/3 p2p-wlan0-0")
            work = here.wifi.host(HostGroup(1)) if way == "host" else formed(here, PHONE if way == "phone" else OURS)
            assert (await failure(work)).reason is Reason.NO_ADDRESS
            assert here.is_clean()

    run(main())


def test_without_the_right_the_link_local_address_does(run: Run, tmp_path: Path, until: Until) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            here.kernel.may = False
            here.kernel.there = [Assigned(ipaddress.ip_interface(f"{LINK_LOCAL}/64"), False)]
            forming = asyncio.ensure_future(formed(here))
            await until(lambda: here.kernel.read_times >= 3)  # the first two were looked at before the third
            assert not forming.done()  # not before the address may be used
            here.kernel.there = [Assigned(ipaddress.ip_interface(f"{LINK_LOCAL}/64"), True)]
            assert (await forming).addresses == (LINK_LOCAL,)
            await here.wifi.remove()
            here.kernel.may, here.kernel.refuses = True, errno.EPERM
            assert (await formed(here)).addresses == (LINK_LOCAL,)

    run(main())


def test_a_group_without_any_address_is_no_group(run: Run, tmp_path: Path) -> None:
    async def main() -> None:
        async with world(tmp_path, limits=replace(LIMITS, address=0.02)) as here:
            here.kernel.may = False
            here.kernel.there = []
            assert (await failure(formed(here))).reason is Reason.NO_ADDRESS
            assert not here.fake.groups

    run(main())


@pytest.mark.parametrize("begins", [False, True])
def test_of_two_one_asks_and_the_other_has_agreed_beforehand(run: Run, tmp_path: Path, begins: bool) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            here.fake.on_listen = lambda: here.fake.ask(PEER)
            await formed(here, replace(OURS, begins=begins))
            assert [call[0] for call in here.fake.calls] == ["Connect"] + ["Listen"] * (not begins)
            assert here.fake.named("Connect")[0][1].get("authorize_only", False) is not begins
            assert not here.told(WifiRequest)

    run(main())


def test_what_was_agreed_beforehand_is_for_that_method_and_taken_back(run: Run, tmp_path: Path, until: Until) -> None:
    """Beside a NetworkManager the other's first request is that one's push button. And `Cancel` leaves an agreement as it is."""

    async def main() -> None:
        async with world(tmp_path) as here:
            here.fake.add_peer(PEER)
            here.fake.on_listen = lambda: here.fake.ask(PEER)
            forming = asyncio.ensure_future(here.wifi.form(replace(OURS, begins=False, method=Method.KEYPAD, pin="12345670")))
            await until(lambda: bool(here.fake.named("Listen")))
            assert here.fake.agreed and not forming.done()
            forming.cancel()
            await asyncio.wait({forming})
            assert not here.fake.agreed and here.is_clean()

    run(main())


def test_who_listens_in_vain_asks(run: Run, tmp_path: Path) -> None:
    async def main() -> None:
        async with world(tmp_path, limits=replace(LIMITS, turn=0.01)) as here:
            await formed(here, replace(OURS, begins=False))
            assert [call[0] for call in here.fake.calls] == ["Connect", "Listen", "Connect"]

    run(main())


@pytest.mark.parametrize(
    ("status", "ours", "phone"),
    [
        (-1, Reason.NOT_FORMED, Reason.NO_ANSWER),
        (1, Reason.NOT_READY, Reason.NOT_READY),
        (7, Reason.NO_COMMON_CHANNEL, Reason.NO_COMMON_CHANNEL),
        (9, Reason.BOTH_OWN, Reason.BOTH_OWN),
        (10, Reason.METHODS_DIFFER, Reason.METHODS_DIFFER),
        (11, Reason.REJECTED, Reason.REJECTED),
    ],
)
def test_a_negotiation_that_fails_is_told_early_with_its_reason(run: Run, tmp_path: Path, status: int, ours: Reason, phone: Reason) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            here.fake.add_peer(PEER)
            here.fake.on_connect = lambda _given: here.fake.refused(PEER, status)
            assert (await failure(here.wifi.form(OURS))).reason is ours
            assert (await failure(here.wifi.form(PHONE))).reason is phone
            assert here.is_clean()

    run(main())


def test_the_failure_of_another_negotiation_is_not_ours(run: Run, tmp_path: Path) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            here.fake.add_peer(PEER)

            def connect(_given: dict[str, Any]) -> None:
                here.fake.device.negotiation_failure({"peer_object": Variant("o", here.fake.path_of(HIGH)), "status": Variant("i", 11)})
                here.fake.agree("client", PEER, {})

            here.fake.on_connect = connect
            await here.wifi.form(OURS)

    run(main())


@pytest.mark.parametrize(
    ("error", "reason"), [(18, Reason.WRONG_PIN), (12, Reason.PBC_OVERLAP), (0, Reason.NOT_FORMED), (15, Reason.NOT_FORMED)]
)
def test_what_the_registration_says_is_told_at_once(run: Run, tmp_path: Path, error: int, reason: Reason) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            here.fake.add_peer(PEER)

            def connect(_given: dict[str, Any]) -> None:
                here.fake.negotiated(PEER, "client")
                here.fake.wps_fails(error)

            here.fake.on_connect = connect
            failed = await failure(here.wifi.form(replace(OURS, method=Method.KEYPAD, pin=PIN)))
            assert failed.reason is reason
            assert PIN not in str(failed)
            assert here.is_clean()

    run(main())


def test_nobody_answering_ends_by_patience_and_is_cancelled(run: Run, tmp_path: Path) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            here.fake.add_peer(PEER)
            assert (await failure(here.wifi.form(replace(PHONE, patience=1)))).reason is Reason.NO_ANSWER
            assert (await failure(here.wifi.form(replace(OURS, patience=1)))).reason is Reason.NOT_FORMED
            assert len(here.fake.named("Cancel")) == 2
            assert here.is_clean()

    run(main())


def test_a_cancelled_order_leaves_nothing(run: Run, tmp_path: Path, until: Until) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            here.fake.add_peer(PEER)
            forming = asyncio.ensure_future(here.wifi.form(PHONE))
            await until(lambda: bool(here.fake.named("Connect")))
            forming.cancel()
            await asyncio.wait({forming})
            await here.wifi.remove()
            assert here.is_clean()
            await formed(here)

    run(main())


def test_a_group_that_comes_up_in_spite_of_its_end_is_ended(
    run: Run, tmp_path: Path, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            here.fake.add_peer(PEER)
            forming = asyncio.ensure_future(here.wifi.form(PHONE))
            await until(lambda: bool(here.fake.named("Connect")))
            undone, ask = asyncio.Event(), here.supplicant.try_p2p

            async def slow(member: str, *, path: str | None = None) -> bool:
                answer = await ask(member, path=path)
                if member == "Cancel":
                    await undone.wait()
                return answer

            monkeypatch.setattr(here.supplicant, "try_p2p", slow)
            forming.cancel()
            await until(lambda: bool(here.fake.named("Cancel")))
            forming.cancel()  # nobody waits for the undoing any more
            await asyncio.wait({forming})
            here.fake.start_group("client", PEER)
            await until(lambda: bool(here.fake.named("Disconnect")) and not here.fake.groups)
            undone.set()
            await here.wifi.remove()
            assert here.is_clean() and here.wifi.reason is None

    run(main())


def test_a_third_machine_that_comes_in_first_is_sent_out(run: Run, tmp_path: Path, until: Until) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            here.fake.add_peer(PEER)
            here.fake.add_peer(HIGH)

            def connect(_given: dict[str, Any]) -> None:
                here.fake.negotiated(PEER, "GO")
                path = here.fake.start_group("GO")
                here.fake.join(path, HIGH, "4a:00:00:00:02:00")

            here.fake.on_connect = connect
            forming = asyncio.ensure_future(here.wifi.form(OURS))
            await until(lambda: bool(here.fake.named("RemoveClient")))
            assert here.fake.named("RemoveClient") == [("RemoveClient", {"peer": here.fake.path_of(HIGH)})]
            [path] = here.fake.groups
            here.fake.join(path, PEER, STATION)
            assert (await forming).owner

    run(main())


def test_an_owner_alone_in_its_group_gives_up(run: Run, tmp_path: Path) -> None:
    async def main() -> None:
        async with world(tmp_path, limits=replace(LIMITS, member=0.05)) as here:
            here.fake.add_peer(PEER)
            here.fake.on_connect = lambda _given: here.fake.start_group("GO")
            assert (await failure(here.wifi.form(OURS))).reason is Reason.NOT_FORMED
            assert here.is_clean()

    run(main())


@pytest.mark.parametrize(("frequency", "tried"), [(5200, [5200]), (5, [5180, 5220]), (2, [2437])])
def test_bands_and_channels(run: Run, tmp_path: Path, frequency: int, tried: list[int]) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            here.fake.forbidden = {5180}
            await formed(here, replace(OURS, frequency=frequency))
            assert [given["frequency"] for _, given in here.fake.named("Connect")] == tried

    run(main())


def test_forbidden_and_taken_channels_are_told_apart(run: Run, tmp_path: Path) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            here.fake.add_peer(PEER)
            here.fake.forbidden, here.fake.taken = {5600, 5825}, {2437}
            assert (await failure(here.wifi.form(replace(OURS, frequency=5600)))).reason is Reason.CHANNEL_FORBIDDEN
            assert not here.fake.named("Connect")
            assert (await failure(here.wifi.form(replace(OURS, frequency=5825)))).reason is Reason.CHANNEL_FORBIDDEN
            assert (await failure(here.wifi.form(replace(OURS, frequency=2437)))).reason is Reason.CHANNEL_TAKEN
            assert (await failure(here.wifi.host(HostGroup(1, 5600)))).reason is Reason.CHANNEL_FORBIDDEN
            assert (await failure(here.wifi.host(HostGroup(1, 2437)))).reason is Reason.CHANNEL_TAKEN
            assert here.is_clean()

    run(main())


def test_impossible_orders_are_refused(run: Run, tmp_path: Path) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            assert (await failure(here.wifi.form(replace(OURS, address="nonsense")))).reason is Reason.PROTOCOL
            assert (await failure(here.wifi.form(OURS))).reason is Reason.NOT_SEEN  # nobody knows this peer
            here.fake.add_peer(PEER)
            for pin in (None, "12345", "abcdefgh", "123456789"):
                assert (await failure(here.wifi.form(replace(OURS, method=Method.KEYPAD, pin=pin)))).reason is Reason.WRONG_PIN
            assert (await failure(here.wifi.form(replace(OURS, way=Way.REINVOKE)))).reason is Reason.GROUP_FORGOTTEN
            await formed(here)
            assert (await failure(here.wifi.form(OURS))).reason is Reason.WIFI_BUSY
            assert (await failure(here.wifi.host(HostGroup(2)))).reason is Reason.WIFI_BUSY
            for work in (here.wifi.invite(PEER), here.wifi.expel(PEER), here.wifi.admit(Admission(PEER, Method.PBC))):
                assert (await failure(work)).reason is Reason.GROUP_ENDED

    run(main())


def test_a_foreign_group_is_respected(run: Run, tmp_path: Path, until: Until) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            path = here.fake.start_group("GO")
            await until(lambda: here.reason() is Reason.WIFI_BUSY)
            assert (await failure(here.wifi.form(OURS))).reason is Reason.WIFI_BUSY
            await here.wifi.remove()
            assert path in here.fake.groups
            here.fake.end_group(path)
            await until(lambda: here.reason() is None)
            await formed(here)

    run(main())


def test_a_group_that_ends_is_lost(run: Run, tmp_path: Path, until: Until) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            await formed(here)
            [path] = here.fake.groups
            here.fake.end_group(path)
            await until(lambda: bool(here.told(GroupLost)))
            assert here.told(GroupLost)[0].reason is Reason.GROUP_ENDED
            await here.wifi.remove()
            assert here.is_clean()

    run(main())


def test_who_leaves_our_group_of_two_may_come_back_for_a_moment(run: Run, tmp_path: Path, until: Until) -> None:
    async def main() -> None:
        async with world(tmp_path, limits=replace(LIMITS, rejoin=60)) as here:
            await formed(here, role="GO")
            [path] = here.fake.groups
            here.fake.leave(path, PEER)
            here.fake.join(path, PEER, STATION)
            here.fake.leave(path, PEER)
            await answered(here.supplicant._bus, [WPA])
            assert here.wifi._rejoin is not None  # all three are handled
            assert not here.told(GroupLost)
        async with world(tmp_path, limits=replace(LIMITS, rejoin=0.02)) as here:
            await formed(here, role="GO")
            [path] = here.fake.groups
            here.fake.leave(path, PEER)
            await until(lambda: bool(here.told(GroupLost)))
            assert here.told(GroupLost)[0].reason is Reason.LINK_LOST
            await here.wifi.remove()
            assert here.is_clean()

    run(main())


def test_counters_are_read_from_the_kernel(run: Run, tmp_path: Path) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            group = await formed(here)
            folder = tmp_path / "net" / group.interface / "statistics"
            folder.mkdir(parents=True)
            (folder / "rx_bytes").write_text("11\n")
            (folder / "tx_bytes").write_text("22\n")
            assert await here.wifi.read_counters(group) == (11, 22, -1)
            (folder / "rx_bytes").unlink()
            assert (await failure(here.wifi.read_counters(group))).reason is Reason.GROUP_ENDED

    run(main())


# --- remembered groups --------------------------------------------------------------------------------------------------------


def test_a_remembered_group_is_formed_again_without_provisioning(run: Run, tmp_path: Path, until: Until) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            here.fake.add_peer(PEER)
            path = here.fake.remember(mode="0", bssid=PEER)
            await until(lambda: bool(here.told(PeerFound)) and here.told(PeerFound)[-1].remembered)

            def agree() -> None:
                here.fake.invitation(PEER, persistent=1)
                here.fake.agree("client", PEER, {})

            here.fake.on_invite = lambda _given: here.fake.invited(1)  # its user is asked
            here.fake.on_listen = agree  # and says yes while we listen
            group = await here.wifi.form(replace(OURS, way=Way.REINVOKE))
            assert group.owner is False
            assert here.fake.named("Invite") == [
                ("Invite", here.fake.main, {"peer": here.fake.path_of(PEER), "persistent_group_object": path})
            ]
            assert not here.fake.named("Connect")
            flushed = len(here.fake.named("Flush"))
            await here.wifi.remove()
            assert len(here.fake.named("Flush")) > flushed, "or the daemon takes the next invitation of that machine with nobody asked"

    run(main())


@pytest.mark.parametrize(
    ("status", "reason"), [(8, Reason.GROUP_FORGOTTEN), (11, Reason.REJECTED), (7, Reason.NO_COMMON_CHANNEL), (-1, Reason.NO_ANSWER)]
)
def test_how_the_other_takes_an_invitation_is_told(run: Run, tmp_path: Path, status: int, reason: Reason, until: Until) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            here.fake.add_peer(PEER)
            here.fake.remember(mode="3", p2p_client_list=f"{HIGH} {PEER}")
            await until(lambda: bool(here.told(PeerFound)) and here.told(PeerFound)[-1].remembered)
            here.fake.on_invite = lambda _given: here.fake.invited(status)
            assert (await failure(here.wifi.form(replace(OURS, way=Way.REINVOKE)))).reason is reason
            assert here.fake.named("Flush"), "or the daemon takes the next invitation of that machine with nobody asked"
            here.fake.add_peer(PEER)
            await here.wifi.host(HostGroup(2))
            assert (await failure(here.wifi.invite(PEER))).reason is reason
            here.fake.on_invite = lambda _given: here.fake.invited(1)
            await here.wifi.invite(PEER)

    run(main())


def test_an_invitation_to_a_remembered_group_is_answered_in_kind(run: Run, tmp_path: Path, until: Until) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            here.fake.add_peer(PEER)
            here.fake.remember(mode="0", bssid=PEER)
            await until(lambda: bool(here.told(PeerFound)) and here.told(PeerFound)[-1].remembered)
            here.fake.invitation(PEER, persistent=3)
            await until(lambda: here.told(WifiRequest) == [WifiRequest(PEER, Asks.INVITE, Method.PBC, frequency=5180)])
            here.fake.on_invite = lambda _given: here.fake.agree("client", PEER, {})
            await here.wifi.form(replace(PHONE, way=Way.JOIN))
            assert here.fake.named("Invite") and not here.fake.named("Connect")

    run(main())


# --- hosting ------------------------------------------------------------------------------------------------------------------


def test_several_come_into_a_group_of_our_own_and_go(run: Run, tmp_path: Path, until: Until) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            group = await here.wifi.host(HostGroup(4, frequency=2412))
            assert group == Group("p2p-wlan0-0", ("192.168.49.1", LINK_LOCAL), 7, True, 2412, 20)
            [path] = here.fake.groups
            here.fake.add_peer(PEER)
            here.fake.add_peer(HIGH)
            await here.wifi.admit(Admission(PEER, Method.PBC))
            address = bytes.fromhex(PEER.replace(":", ""))
            assert here.fake.named("WPS.Start") == [("WPS.Start", path, {"Role": "registrar", "Type": "pbc", "P2PDeviceAddress": address})]
            here.fake.join(path, PEER, STATION)
            await until(lambda: here.told(MemberJoined) == [MemberJoined(4, PEER, STATION)])
            await here.wifi.admit(Admission(HIGH, Method.DISPLAY, PIN))
            assert here.fake.named("WPS.Start")[1] == ("WPS.Start", path, {"Role": "registrar", "Type": "pin", "Pin": PIN})
            here.fake.join(path, HIGH, "4a:00:00:00:02:00")
            await until(lambda: len(here.told(MemberJoined)) == 2)
            here.fake.leave(path, PEER)
            await until(lambda: here.told(MemberLeft) == [MemberLeft(4, PEER)])
            await here.wifi.expel(HIGH)
            assert here.fake.named("RemoveClient") == [("RemoveClient", {"peer": here.fake.path_of(HIGH)})]
            await here.wifi.remove()
            assert here.is_clean()
            assert not here.told(GroupLost) and not here.told(AdmissionFailed)

    run(main())


def test_a_machine_without_wifi_direct_in_our_group_is_known_by_its_station(run: Run, tmp_path: Path, until: Until) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            await here.wifi.host(HostGroup(1))
            [path] = here.fake.groups
            here.fake.interfaces[path].sta_authorized(STATION)
            here.fake.interfaces[path].sta_authorized("not an address")
            await until(lambda: here.told(MemberJoined) == [MemberJoined(1, STATION, STATION)])
            await here.wifi.expel(STATION)
            assert here.fake.named("RemoveClient") == [("RemoveClient", {"iface": STATION})]
            here.fake.interfaces[path].sta_deauthorized(STATION)
            await until(lambda: here.told(MemberLeft) == [MemberLeft(1, STATION)])

    run(main())


def test_one_whose_p2p_device_nobody_has_seen_is_sent_out_by_its_station(run: Run, tmp_path: Path, until: Until) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            await here.wifi.host(HostGroup(1))
            [path] = here.fake.groups
            here.fake.join(path, PEER, STATION)
            await until(lambda: here.told(MemberJoined) == [MemberJoined(1, PEER, STATION)])
            await here.wifi.expel(PEER)
            assert here.fake.named("RemoveClient") == [("RemoveClient", {"iface": STATION})]

    run(main())


def test_one_that_was_let_in_may_ask_again(run: Run, tmp_path: Path, until: Until) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            await here.wifi.host(HostGroup(1))
            assert (await failure(here.wifi.admit(Admission(PEER, Method.KEYPAD, "123")))).reason is Reason.WRONG_PIN
            here.fake.add_peer(PEER)
            await here.wifi.admit(Admission(PEER, Method.KEYPAD, PIN))
            for _ in range(3):
                here.fake.device.asked_enter(here.fake.path_of(PEER))
            here.fake.remove_peer(here.fake.add_peer(HIGH))
            await until(lambda: PeerLost(HIGH) in here.heard)
            assert not here.told(AdmissionFailed) and not here.told(WifiRequest)

    run(main())


def test_joining_is_begun_anew_when_nobody_lets_us_in(run: Run, tmp_path: Path, until: Until) -> None:
    async def main() -> None:
        async with world(tmp_path, limits=replace(LIMITS, join=1.0)) as here:
            here.fake.add_peer(PEER, groupcapability=1)
            tries: list[dict[str, Any]] = []

            def connect(given: dict[str, Any]) -> None:
                tries.append(given)
                if len(tries) == 3:
                    here.fake.start_group("client", PEER)

            here.fake.on_connect = connect
            await here.wifi.form(replace(PHONE, way=Way.JOIN))
            assert len(tries) >= 3 and tries[0] == tries[2]

    run(main())


# --- what is lost on the way: the frames and moments as recorded in the lab ------------------------------------------------------


@pytest.mark.parametrize("noticed", [True, False])
def test_one_whose_entry_has_expired_is_found_again(run: Run, tmp_path: Path, until: Until, noticed: bool) -> None:
    """Our user typed for a minute; the daemon told us that it is gone, or was just about to."""

    async def main() -> None:
        async with world(tmp_path) as here:
            path = here.fake.add_peer(PEER)
            await until(lambda: bool(here.told(PeerFound)))
            if noticed:
                here.fake.remove_peer(path)
                await until(lambda: bool(here.told(PeerLost)))
            else:
                here.fake.forget_peer(path)
            here.fake.on_find = lambda _given: here.fake.add_peer(PEER)
            here.fake.on_connect = here.fake.connects("client", PEER)
            await here.wifi.form(replace(PHONE, method=Method.KEYPAD, pin=PIN))
            assert here.fake.named("Find") == [("Find", {"Timeout": 30})], "on all channels"
            await here.wifi.remove()
            assert here.is_clean()

    run(main())


def test_one_that_the_daemon_forgot_when_it_was_asked_is_out_of_sight_too(run: Run, tmp_path: Path, until: Until) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            path = here.fake.add_peer(PEER)
            await until(lambda: bool(here.told(PeerFound)))
            here.fake.forget_peer(path)
            assert (await failure(here.wifi.form(replace(PHONE, patience=3)))).reason is Reason.NOT_SEEN
            assert len(here.fake.named("Connect")) == 1 and here.is_clean()

    run(main())


def test_one_that_is_not_found_again_is_said_to_be_out_of_sight(run: Run, tmp_path: Path, until: Until) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            for way in (Way.NEGOTIATE, Way.JOIN):
                assert (await failure(here.wifi.form(replace(PHONE, way=way, patience=0.05)))).reason is Reason.NOT_SEEN
            assert not here.fake.named("Connect") and here.is_clean()
            looked = len(here.fake.named("Find"))
            forming = asyncio.ensure_future(here.wifi.form(PHONE))
            await until(lambda: len(here.fake.named("Find")) > looked)
            forming.cancel()
            await asyncio.wait({forming})
            assert forming.cancelled() and not here.fake.finding
            assert here.is_clean()

    run(main())


def test_an_owner_that_one_scan_of_all_channels_missed_is_met_by_the_next(run: Run, tmp_path: Path) -> None:
    """It is on one of many channels, and gives its group up after 15 s."""

    async def main() -> None:
        async with world(tmp_path, limits=replace(LIMITS, look=0.01)) as here:
            path = here.fake.add_peer(PEER)

            def find(_given: dict[str, Any]) -> None:
                if len(here.fake.named("Find")) == 3:
                    here.fake.change_peer(path, groupcapability=1)

            here.fake.on_find = find
            here.fake.on_connect = lambda _given: here.fake.start_group("client", PEER)
            await here.wifi.form(replace(PHONE, way=Way.JOIN))
            assert set(map(repr, here.fake.named("Find"))) == {repr(("Find", {"Timeout": 30}))}, "each on all channels"

    run(main())


def test_a_restart_ends_the_looking_for_one(run: Run, tmp_path: Path, until: Until) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            forming = asyncio.ensure_future(failure(here.wifi.form(PHONE)))
            await until(lambda: bool(here.fake.named("Find")))
            await here.fake.restart()
            # The bus may say first that the answer to `Find` will not come, or that the daemon is another one.
            assert (await forming).reason in (Reason.DAEMON_RESTARTED, Reason.WIFI_MISSING)

    run(main())


@pytest.mark.parametrize("there", [True, False])
def test_an_invitation_is_followed_to_the_channel_that_it_names(run: Run, tmp_path: Path, until: Until, there: bool) -> None:
    """No find on the social channels meets an owner on 5180; and an invitation may name a channel that this radio does not have."""

    async def main() -> None:
        async with world(tmp_path) as here:
            path = here.fake.add_peer(PEER)
            here.fake.forbidden = set() if there else {5180}
            here.fake.invitation(PEER)
            await until(lambda: bool(here.told(WifiRequest)))
            order = replace(PHONE, way=Way.JOIN, frequency=here.told(WifiRequest)[0].frequency)
            here.fake.on_find = lambda _given: here.fake.change_peer(path, groupcapability=1)
            here.fake.on_connect = lambda _given: here.fake.start_group("client", PEER)
            if there:
                await here.wifi.form(order)
                [(_, given)] = here.fake.named("Connect")
                assert given == {"peer": path, "wps_method": "pbc", "join": True, "frequency": 5180}
            else:
                assert (await failure(here.wifi.form(order))).reason is Reason.CHANNEL_FORBIDDEN
            finds = [("Find", {"Timeout": 30, "freq": 5180}), ("Find", {"Timeout": 30})]
            assert here.fake.named("Find") == (finds[:1] if there else finds)

    run(main())


def test_an_owner_that_is_not_ready_says_so_and_nothing_worse(run: Run, tmp_path: Path) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            path = here.fake.add_peer(PEER, groupcapability=1)
            for status, reason in ((2, Reason.NOT_READY), (1, Reason.NO_ANSWER)):
                here.fake.on_connect = lambda _given, status=status: here.fake.device.provision_failed(path, status)  # type: ignore[misc]
                assert (await failure(here.wifi.form(replace(PHONE, way=Way.JOIN)))).reason is reason
            assert here.is_clean()

    run(main())


def test_joining_is_not_begun_anew_once_the_owner_has_let_us_in(run: Run, tmp_path: Path, until: Until) -> None:
    """On a busy machine provisioning takes its time."""

    async def main() -> None:
        async with world(tmp_path, limits=replace(LIMITS, join=0.0)) as here:
            path = here.fake.add_peer(PEER, groupcapability=1)
            here.fake.on_connect = lambda _given: here.fake.device.answered_pbc(path)
            forming = asyncio.ensure_future(here.wifi.form(replace(PHONE, way=Way.JOIN)))
            await until(lambda: bool(here.fake.named("Connect")))
            here.fake.remove_peer(here.fake.add_peer(HIGH))
            await until(lambda: PeerLost(HIGH) in here.heard)
            here.fake.start_group("client", PEER)
            await forming
            assert len(here.fake.named("Connect")) == 1

    run(main())


def test_after_a_try_all_channels_are_looked_at(run: Run, tmp_path: Path, until: Until) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            await here.wifi.find()
            await here.wifi.hold_find()
            await here.wifi.find()
            assert here.fake.named("Find") == [("Find", {"Timeout": 30})] * 2

    run(main())


async def paired(here: World, method: Method, *, host: bool = True) -> list[FormGroup]:
    """Our user clicked the phone; what was ordered until there is a group, or until it is over."""
    session = Session(
        identity=Identity.from_seed(bytes(32)),
        entropy=Random(1).randbytes,
        posix=lambda: 1.7e9,
        policy=o.Policy("ada"),
        limits=o.Limits(settle=0.01, provision=600.0),
    )
    now = asyncio.get_running_loop().time

    def do(event: o.Event) -> None:
        session.handle(event, now())

    for event in (
        BluetoothChanged(None),
        replace(READY, abilities=replace(Standalone.ABILITIES, host=host)),
        o.Seek(),
        PeerFound(PEER, "Phone"),
        o.Ask(PEER, method=method),
    ):
        do(event)
    orders: list[FormGroup] = []
    while isinstance(state := session.state, PlainForming):
        if isinstance(order := session.wants.group, FormGroup):
            orders.append(order)
            try:
                do(o.GroupFormed(order.attempt, await here.wifi.form(order)))
            except Unavailable as error:
                do(o.GroupFailed(order.attempt, error.reason, error.detail))
        else:
            await asyncio.sleep((state.again or 0) - now())
            do(o.Tick())
    assert isinstance(session.state, PlainChecking), session.state
    return orders


@pytest.mark.parametrize("method", [Method.PBC, Method.DISPLAY])
def test_a_missed_confirmation_costs_no_link_where_the_group_stands(run: Run, tmp_path: Path, method: Method) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            path = here.fake.add_peer(PEER)

            def connect(given: dict[str, Any]) -> None:
                if given.get("join"):
                    here.fake.device.answered_pbc(path)
                    here.fake.start_group("client", PEER)
                else:
                    here.fake.refused(PEER, -1)  # p2p_go_neg.c, p2p_timeout_connect; the phone has had its confirmation acknowledged

            here.fake.on_connect = connect
            here.fake.on_find = lambda _given: here.fake.change_peer(path, groupcapability=1)
            first, looks = await paired(here, method)
            assert (first.way, looks.way, looks.method, looks.pin) == (Way.NEGOTIATE, Way.JOIN, method, first.pin)
            await here.wifi.remove()
            assert here.is_clean()

    run(main())


@pytest.mark.parametrize("host", [True, False])
def test_a_missed_confirmation_costs_no_link_where_the_phone_is_asked_again(run: Run, tmp_path: Path, host: bool) -> None:
    """It was the client in what it believed to be a group, and has given that up."""

    async def main() -> None:
        async with world(tmp_path) as here:
            path = here.fake.add_peer(PEER, groupcapability=1)

            def connect(given: dict[str, Any]) -> None:
                negotiations = [call for call in here.fake.named("Connect") if not call[1].get("join")]
                if given.get("join"):
                    here.fake.device.provision_failed(path, 2)
                elif len(negotiations) < 3:
                    here.fake.refused(PEER, -1)
                else:
                    here.fake.agree("GO", PEER, {})

            here.fake.on_connect = connect
            ways = [order.way for order in await paired(here, Method.PBC, host=host)]
            assert ways == [Way.NEGOTIATE, Way.JOIN, Way.NEGOTIATE, Way.JOIN, Way.NEGOTIATE] if host else [Way.NEGOTIATE] * 3

    run(main())


def test_an_admission_ends_by_itself(run: Run, tmp_path: Path, until: Until) -> None:
    async def main() -> None:
        async with world(tmp_path, limits=replace(LIMITS, admission=0.02)) as here:
            await here.wifi.host(HostGroup(1))
            await here.wifi.admit(Admission(PEER, Method.DISPLAY, PIN))
            await until(lambda: here.told(AdmissionFailed) == [AdmissionFailed(1, PEER, Reason.NO_ANSWER)])
            await until(lambda: bool(here.fake.named("WPS.Cancel")))

    run(main())


def test_an_admission_is_taken_back(run: Run, tmp_path: Path) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            group = await here.wifi.host(HostGroup(1))
            await here.wifi.admit(Admission(PEER, Method.PBC))
            await here.wifi.reject(PEER.upper())
            await here.wifi.reject(PEER)
            [(_, path)] = here.fake.named("WPS.Cancel")
            assert path in here.supplicant.groups and group.interface
            assert not here.told(AdmissionFailed)

    run(main())


def test_a_remembered_group_of_our_own_is_hosted_again(run: Run, tmp_path: Path, until: Until) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            await here.wifi.host(HostGroup(1, persistent=True))
            assert here.fake.named("GroupAdd") == [("GroupAdd", {"persistent": True})]
            await here.wifi.remove()
            path = here.fake.remember(mode="3", p2p_client_list="")
            await until(lambda: here.supplicant.remembered_own() == path)
            await here.wifi.host(HostGroup(2, persistent=True))
            assert here.fake.named("GroupAdd")[1] == ("GroupAdd", {"persistent_group_object": path})

    run(main())


def test_a_group_that_does_not_start_is_given_up(run: Run, tmp_path: Path) -> None:
    async def main() -> None:
        async with world(tmp_path, limits=replace(LIMITS, host=0.02)) as here:
            here.fake.on_group_add = lambda _given: None
            assert (await failure(here.wifi.host(HostGroup(1)))).reason is Reason.NOT_FORMED
            here.fake.start_group("GO")  # and comes up all the same: it is somebody else's now, or so it looks
            assert here.fake.groups

    run(main())


# --- requests of others -------------------------------------------------------------------------------------------------------


def test_requests_of_others_are_told_with_what_we_would_do(run: Run, tmp_path: Path, until: Until) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            wanted = []
            ways: list[tuple[Callable[[str], object], tuple[Any, ...]]] = [
                (lambda a: here.fake.ask(a, 4), (Asks.NEGOTIATE, Method.PBC, None)),
                (lambda a: here.fake.ask(a, 5), (Asks.NEGOTIATE, Method.KEYPAD, None)),
                (lambda a: here.fake.ask(a, 1), (Asks.NEGOTIATE, Method.DISPLAY, None)),
                (lambda a: here.fake.device.asked_pbc(here.fake.path_of(a)), (Asks.PROVISION, Method.PBC, None)),
                (lambda a: here.fake.device.asked_enter(here.fake.path_of(a)), (Asks.PROVISION, Method.KEYPAD, None)),
                (lambda a: here.fake.device.asked_display(here.fake.path_of(a), PIN), (Asks.PROVISION, Method.DISPLAY, PIN)),
                (lambda a: here.fake.device.asked_display(here.fake.path_of(a), "12 345"), (Asks.PROVISION, Method.DISPLAY, None)),
                (lambda a: here.fake.invitation(a), (Asks.INVITE, Method.PBC, None, 5180)),
                (lambda a: here.fake.invitation(a, frequency=0), (Asks.INVITE, Method.PBC, None, None)),
            ]
            for number, (ask, request) in enumerate(ways):
                address = f"02:00:00:00:09:{number:02x}"
                here.fake.add_peer(address)
                ask(address)
                wanted.append(WifiRequest(address, *request))
            await until(lambda: here.told(WifiRequest) == wanted)
            assert PIN not in repr(here.told(WifiRequest))
            await here.wifi.reject(wanted[0].address)
            assert here.fake.named("RejectPeer") == [("RejectPeer", here.fake.path_of(wanted[0].address))]

    run(main())


def test_requests_are_counted(run: Run, tmp_path: Path, until: Until) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            for _ in range(50):
                here.fake.ask(PEER)
            await until(lambda: bool(here.told(WifiRequest)))
            for number in range(100):
                here.fake.ask(f"02:00:00:01:00:{number:02x}")
            here.fake.device.negotiation_request("/nonsense", 4, 7)
            here.fake.device.negotiation_request(here.fake.path_of(HIGH), 77, 7)
            here.fake.remove_peer(here.fake.add_peer(HIGH))
            await until(lambda: PeerLost(HIGH) in here.heard)
            assert len(here.told(WifiRequest)) == 10
            assert here.heard.index(here.told(PeerFound)[0]) < here.heard.index(here.told(WifiRequest)[0])  # known before it asks

    run(main())


def test_provision_discovery_is_named_by_what_the_other_does(run: Run, tmp_path: Path) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            path = here.fake.add_peer(PEER)
            answers: dict[str, Callable[[], Any]] = {
                "pbc": lambda: here.fake.device.answered_pbc(path),
                "display": lambda: here.fake.device.answered_enter(path),
                "keypad": lambda: here.fake.device.answered_display(path, PIN),
            }
            here.fake.on_provision = lambda _peer, what: answers[what]()
            for method in (Method.PBC, Method.KEYPAD, Method.DISPLAY):
                await here.wifi.provision(PEER, method)
            assert [what for _, _, what in here.fake.named("ProvisionDiscoveryRequest")] == ["pbc", "display", "keypad"]
            here.fake.on_provision = lambda peer, _what: here.fake.device.provision_failed(peer, 2)
            assert (await failure(here.wifi.provision(PEER, Method.PBC))).reason is Reason.REJECTED
            here.fake.on_provision = lambda peer, _what: here.fake.device.provision_failed(peer, 1)
            assert (await failure(here.wifi.provision(PEER, Method.PBC))).reason is Reason.NO_ANSWER
            assert (await failure(here.wifi.provision(HIGH, Method.PBC))).reason is Reason.NOT_SEEN

    run(main())


def test_a_pin_reaches_no_log(run: Run, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            here.fake.device.asked_display(here.fake.add_peer(PEER), PIN)
            await formed(here, replace(PHONE, method=Method.DISPLAY, pin=PIN), role="GO")
            await here.wifi.remove()
            await here.wifi.host(HostGroup(1))
            await here.wifi.admit(Admission(PEER, Method.DISPLAY, PIN))

    with caplog.at_level(logging.DEBUG):
        run(main())
    assert "kVTrZNXF" not in caplog.text
    assert PIN not in caplog.text


# --- after a crash ------------------------------------------------------------------------------------------------------------


def crashed(folder: Path, *entries: tuple[str, str]) -> None:
    """What a process that is no more had noted."""
    dead = Journal(folder / "made")
    (folder / "made").mkdir(exist_ok=True)
    for kind, name in entries:
        dead.add(kind, name)
    [file] = (folder / "made").glob("*.json")
    text = file.read_text().replace('"start": "', '"start": "0')
    file.unlink()
    file.with_name("1-0.json").write_text(text)


@pytest.mark.parametrize("noted", ["group", "peer", "host"])
def test_what_an_earlier_run_left_is_undone(run: Run, tmp_path: Path, noted: str, until: Until) -> None:
    async def main() -> None:
        async with world(tmp_path, opened=False) as here:
            path = here.fake.start_group("GO" if noted == "host" else "client", "" if noted == "host" else PEER)
            here.fake.ip["IpAddrGo"] = bytes([192, 168, 49, 1])
            ssid = here.fake.groups[path].path[-2:].encode()
            mark = f"{here.fake.interfaces[path].name_of} {(b'DIRECT-' + ssid).hex()}"
            entry = {"group": ("wpa-group", mark), "peer": ("wpa-order", PEER), "host": ("wpa-order", "host")}[noted]
            crashed(tmp_path, entry, ("wpa-find", "wlan0"), ("wpa-net", "wlan0"))
            here.fake.agreed[here.fake.path_of(PEER)] = {"wps_method": "pbc"}
            await here.wifi.open(here.heard.append)
            assert bool(here.fake.agreed) is (noted == "group"), "agreed beforehand, by an order that was not finished"
            assert here.fake.named("Disconnect") == [("Disconnect", path)]
            assert here.fake.named("StopFind")
            await until(lambda: here.reason() is None)
            assert here.is_clean()

    run(main())


@pytest.mark.parametrize(
    ("role", "peer", "noted"),
    [
        ("client", HIGH, [("wpa-order", PEER)]),
        ("client", HIGH, [("wpa-order", "host")]),
        ("client", PEER, [("wpa-order", "host")]),
        ("GO", HIGH, [("wpa-order", PEER), ("wpa-order", "host")]),
        ("client", HIGH, [("wpa-find", "wlan0")]),
        ("client", HIGH, [("wpa-order", PEER), ("wpa-group", "p2p-wlan0-0 00"), ("wpa-order", "host")]),
        # With whom we had one, but that one was another: it has ended, and this is somebody else's.
        ("client", PEER, [("wpa-order", PEER), ("wpa-group", "p2p-wlan0-0 00")]),
        ("GO", HIGH, [("wpa-order", PEER)]),
        ("GO", HIGH, [("wpa-order", "host")]),
        ("GO", "", [("wpa-order", PEER)]),
        ("GO", "", [("wpa-find", "wlan0")]),
        ("GO", "", [("wpa-order", "host"), ("wpa-group", "p2p-wlan0-0 00")]),
        ("GO", PEER, [("wpa-order", PEER), ("wpa-group", "p2p-wlan0-0 00")]),
    ],
)
def test_what_others_made_is_left_alone(run: Run, tmp_path: Path, role: str, peer: str, noted: list[tuple[str, str]]) -> None:
    async def main() -> None:
        async with world(tmp_path, opened=False) as here:
            path = here.fake.start_group(role, peer)
            if role == "GO" and peer:
                here.fake.join(path, peer, STATION)
            crashed(tmp_path, *noted)
            await here.wifi.open(here.heard.append)
            assert path in here.fake.groups and not here.fake.named("Disconnect")
            assert here.reason() is Reason.WIFI_BUSY
            assert not list(here.folder.iterdir())

    run(main())


def test_addresses_for_clients_that_somebody_else_chose_after_a_crash_stay(run: Run, tmp_path: Path) -> None:
    async def main() -> None:
        async with world(tmp_path, opened=False) as here:
            here.fake.ip["IpAddrGo"] = bytes([10, 0, 0, 1])
            crashed(tmp_path, ("wpa-net", "wlan0"))
            await here.wifi.open(here.heard.append)
            assert here.fake.ip == {"IpAddrGo": bytes([10, 0, 0, 1])}

    run(main())
