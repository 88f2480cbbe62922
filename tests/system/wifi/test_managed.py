"""Wi-Fi Direct through NetworkManager: what is asked of the daemon, what is told to the controller, and that nothing is left behind."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from nearby_tray.core.model import Abilities, EdgeEvent, FormGroup, Group, GroupLost, Method, PeerFound, PeerLost, Reason, Way, WifiChanged
from nearby_tray.errors import Unavailable
from nearby_tray.system.bus import Bus, DBusError, Variant, plain
from nearby_tray.system.journal import Journal, _Owner
from nearby_tray.system.nl80211 import GroupRadio
from nearby_tray.system.wifi import nm, profile
from nearby_tray.system.wifi.managed import Managed
from nearby_tray.system.wifi.networkmanager import Limits
from nearby_tray.system.wifi.terms import Keeper, Surroundings

from ..barriers import answered
from ..fake_networkmanager import NM, Device, FakeNetworkManager, Firewall, Profile, WifiP2P, Wireless
from .surroundings import FULL_TUNNEL, HOME, Ear, computer

pytestmark = pytest.mark.usefixtures("daemon")

OWN = bytes.fromhex("420000000000")
PEER = "42:00:00:00:01:00"
ORDER = FormGroup(1, PEER, ("169.254.7.1", "fd11:22:33::1"), ("169.254.7.2", "fd11:22:33::2"), "Ana's laptop")
NOTHING_FROM_THERE = {
    f"{family}.{key}": value
    for family in ("ipv4", "ipv6")
    for key, value in {"never-default": True, "ignore-auto-dns": True, "ignore-auto-routes": True, "dhcp-send-hostname": False}.items()
} | {"ipv6.addr-gen-mode": 1, "ipv6.ip6-privacy": 2}
LIMITS = Limits(open=30, renew=30, gather=0, scan_retry=0.01, again=0.01, pause=0.01, signal=0)

Run = Callable[[Any], Any]
Until = Callable[..., Awaitable[None]]


async def own_address(parent: str) -> bytes | None:
    assert parent == "wlan0"
    return OWN


async def no_signal(_index: int) -> int | None:
    return None


@dataclass
class World:
    """A daemon, our side of it, and what our side has told."""

    fake: FakeNetworkManager
    wifi: Managed
    folder: Path
    there: Surroundings  # this computer's network besides
    ear: Ear
    looks: int = 0  # at it
    heard: list[EdgeEvent] = field(default_factory=list)

    def told(self, kind: type[EdgeEvent]) -> list[Any]:
        return [event for event in self.heard if isinstance(event, kind)]

    def reason(self) -> Reason | None:
        return self.told(WifiChanged)[-1].reason  # type: ignore[no-any-return]

    def is_clean(self) -> bool:
        """Nothing of ours in the daemon or on disk."""
        return self.fake.active is None and not self.fake.profiles and not list(self.folder.iterdir())


@asynccontextmanager
async def world(
    folder: Path,
    *,
    start: bool = True,
    opened: bool = True,
    limits: Limits = LIMITS,
    version: str = "1.42.4",
    surroundings: Surroundings = HOME,
    owner: bool | None = None,
    **kinds: bool,
) -> AsyncIterator[World]:
    """`owner`: of the group, as the kernel tells; it is there then (as "lo")."""
    folder = folder / "made"
    folder.mkdir(exist_ok=True)
    fake = FakeNetworkManager()
    fake.version = version
    if start:
        await fake.start(**kinds)

    async def groups() -> frozenset[int] | None:
        fake.looks += 77 in fake.groups
        return frozenset(fake.groups)

    async def link(_index: int) -> GroupRadio | None:
        return None if owner is None else GroupRadio(owner, 5180, 20)

    async def network() -> Surroundings:
        here.looks += 1  # what follows from it has been done when the caller is next in turn
        return here.there

    ear = Ear()
    if owner is not None:
        fake.interface, fake.owner = "lo", owner
    wifi = Managed(
        Journal(folder),
        limits=limits,
        read_address=own_address,
        read_signal=no_signal,
        read_link=link,
        read_groups=groups,
        interfaces=folder.parent / "net",
        keeper=Keeper(read=network, listen=lambda: ear),
    )
    here = World(fake, wifi, folder, surroundings, ear)
    if opened:
        await wifi.open(here.heard.append)
    try:
        yield here
    finally:
        await wifi.close()
        if hasattr(fake, "bus"):
            await fake.stop()


async def linked(here: World, order: FormGroup = ORDER) -> Group:
    if not any(peer.facts["HwAddress"] == order.address for peer in here.fake.peers.values()):
        here.fake.add_peer(order.address)
    return await here.wifi.form(order)


async def failure(work: Awaitable[object]) -> Unavailable:
    with pytest.raises(Unavailable) as caught:
        await work
    return caught.value


# --- being there or not -------------------------------------------------------------------------------------------------------


def test_a_ready_machine_says_so_with_its_own_address(run: Run, tmp_path: Path) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            assert here.heard == [WifiChanged(None, OWN)]

    run(main())


def test_without_networkmanager_it_is_missing_until_it_comes(run: Run, tmp_path: Path, until: Until) -> None:
    async def main() -> None:
        async with world(tmp_path, start=False) as here:
            assert here.heard == [WifiChanged(Reason.WIFI_MISSING)]
            for asked in (here.wifi.find(), here.wifi.form(ORDER), here.wifi.clear()):
                assert (await failure(asked)).reason is Reason.WIFI_MISSING
            await here.wifi.stop_find()
            await here.wifi.remove()
            await here.fake.start()
            await until(lambda: here.reason() is None)
            assert here.heard[-1] == WifiChanged(None, OWN, fresh=True)

    run(main())


def test_without_a_bus_it_is_missing_until_there_is_one(run: Run, tmp_path: Path, until: Until, daemon: Any) -> None:
    async def main() -> None:
        daemon.stop()
        async with world(tmp_path, start=False) as here:
            assert here.heard == [WifiChanged(Reason.WIFI_MISSING)]
            daemon.start()
            await here.fake.start()
            await until(lambda: here.reason() is None)

    run(main())


def test_a_radio_without_wifi_direct_is_told_apart(run: Run, tmp_path: Path, until: Until) -> None:
    async def main() -> None:
        async with world(tmp_path, p2p=False) as here:
            assert here.heard == [WifiChanged(Reason.WIFI_NO_P2P)]
            here.fake.add_p2p()
            await until(lambda: here.reason() is None)
            here.fake.remove_p2p()
            await until(lambda: here.reason() is Reason.WIFI_NO_P2P)

    run(main())


def test_the_radio_switch_ends_everything_and_brings_a_new_device(run: Run, tmp_path: Path, until: Until) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            await linked(here)
            here.fake.radio(False)
            await until(lambda: here.reason() is Reason.WIFI_OFF)
            [lost] = here.told(GroupLost)
            assert (lost.attempt, lost.reason) == (1, Reason.WIFI_OFF)
            await until(lambda: here.told(PeerLost) == [PeerLost(PEER)])  # peers are told gathered, a moment later
            assert (await failure(here.wifi.form(ORDER))).reason is Reason.WIFI_OFF
            assert (await failure(here.wifi.find())).reason is Reason.WIFI_OFF
            here.fake.radio(True)
            await until(lambda: here.reason() is None)
            assert any(event.fresh for event in here.told(WifiChanged)[1:])
            await linked(here, replace(ORDER, attempt=2))
            await here.wifi.remove()
            await until(here.is_clean)

    run(main())


def test_who_may_not_control_networking_is_told_so(run: Run, tmp_path: Path, until: Until) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            here.fake.permission = "no"
            here.fake.manager.check_permissions()
            await until(lambda: here.reason() is Reason.WIFI_NOT_ALLOWED)
            here.fake.permission = "auth"  # polkit would ask, and nobody answers
            here.fake.manager.check_permissions()
            await until(lambda: here.reason() is None)
            here.fake.add_peer(PEER)
            error = await failure(here.wifi.form(ORDER))
            assert error.reason is Reason.WIFI_NOT_ALLOWED
            assert "Not authorized to control networking" in error.detail
            assert here.is_clean()

    run(main())


def test_a_foreign_connection_is_respected(run: Run, tmp_path: Path, until: Until) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            foreign = await here.fake.foreign()
            await until(lambda: here.fake.p2p.now[0] == 100 and here.reason() is Reason.WIFI_BUSY)
            here.fake.add_peer(PEER)
            assert (await failure(here.wifi.form(ORDER))).reason is Reason.WIFI_BUSY
            await here.wifi.remove()
            assert here.fake.active is foreign
            here.fake.end(39)
            await until(lambda: here.reason() is None)
            await linked(here)

    run(main())


USABLE, UNAVAILABLE, UNMANAGED = 30, 20, 10


@pytest.mark.parametrize(
    ("states", "used"),
    [
        ([USABLE, USABLE], 0),
        ([UNMANAGED, USABLE], 1),
        ([UNAVAILABLE, USABLE], 1),
        ([UNMANAGED, UNAVAILABLE, USABLE], 2),
        ([UNAVAILABLE, USABLE, USABLE], 1),
        ([UNAVAILABLE, UNMANAGED], None),
    ],
)
@pytest.mark.parametrize("when", ["at the start", "plugged in later", "usable later"])
def test_of_several_devices_a_usable_one_is_used(
    run: Run, tmp_path: Path, until: Until, states: list[int], used: int | None, when: str
) -> None:
    async def main() -> None:
        async with world(tmp_path, p2p=False, opened=False) as here:
            fake = here.fake
            asked: list[tuple[str, tuple[str, ...]]] = []

            async def parent(device: str, interfaces: tuple[str, ...]) -> str | None:
                asked.append((device, interfaces))
                return device.removeprefix("p2p-dev-")

            async def address(parent: str) -> bytes | None:
                return bytes((2, 0, 0, 0, 0, int(parent.removeprefix("wlan"))))

            here.wifi.networkmanager._read_parent, here.wifi.networkmanager._read_address = parent, address

            def plug(number: int, state: int) -> Device:
                if number:
                    fake._add_device(2, f"wlan{number}")
                device = fake._add_device(30, f"p2p-dev-wlan{number}")
                device.now = (state, 0)
                fake._export(device.path, WifiP2P(fake))
                return device

            if when == "at the start":
                devices = [plug(number, state) for number, state in enumerate(states)]
                await here.wifi.open(here.heard.append)
            else:
                first = plug(0, states[0] if when == "plugged in later" else min(states[0], UNAVAILABLE))
                await here.wifi.open(here.heard.append)
                later = [plug(number, state if when == "plugged in later" else UNMANAGED) for number, state in enumerate(states) if number]
                devices = [first, *later]
                if when == "usable later":
                    await until(lambda: len(here.wifi.networkmanager._known) == len(fake.device_paths))
                    for device, state in zip(devices, states, strict=True):
                        device.go(state, 0)
            if used is None:
                await until(lambda: here.reason() is Reason.WIFI_OFF)
            else:
                await until(lambda: here.reason() is None and here.wifi.networkmanager.device is not None)
                taken = here.wifi.networkmanager.device
                assert taken is not None and taken.path in [
                    device.path for device, state in zip(devices, states, strict=True) if state == USABLE
                ]
                assert when == "usable later" or taken.path == devices[used].path
                assert taken.parent_name == taken.name.removeprefix("p2p-dev-") and asked

    run(main())


def test_a_device_in_use_is_not_left_for_another(run: Run, tmp_path: Path, until: Until) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            other = here.fake._add_device(30, "p2p-dev-wlan9")
            await linked(here)
            ours = here.wifi.networkmanager.device
            other.go(USABLE, 0)
            await until(lambda: other.path in here.wifi.networkmanager._known and not here.wifi.networkmanager._dirty.is_set())
            assert here.wifi.networkmanager.device is ours and not here.told(GroupLost)

    run(main())


def test_a_foreign_connection_that_nobody_has_told_us_of_yet_is_respected_too(run: Run, tmp_path: Path, until: Until) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            here.fake.add_peer(PEER)
            await here.fake.foreign()  # its signals are not read before the order is given
            assert (await failure(here.wifi.form(ORDER))).reason is Reason.WIFI_BUSY
            assert not here.fake.named("AddAndActivateConnection2")

    run(main())


# --- finding ------------------------------------------------------------------------------------------------------------------


def test_a_find_is_renewed_held_and_stopped(run: Run, tmp_path: Path, until: Until) -> None:
    async def main() -> None:
        async with world(tmp_path, limits=replace(LIMITS, renew=0.001)) as here:
            await here.wifi.find()
            await here.wifi.find()
            await until(lambda: len(here.fake.named("StartFind")) > 5)
            assert set(here.fake.named("StartFind")) == {("StartFind", 30)}
            await here.wifi.hold_find()
            await here.wifi.hold_find()
            held = len(here.fake.named("StartFind"))
            assert not here.fake.named("StopFind")
            await here.wifi.stop_find()
            await here.wifi.stop_find()
            assert here.fake.named("StopFind") == [("StopFind",)]
            # One renewal may have been on its way when the find was held; it arrives before whatever is said next.
            assert len(here.fake.named("StartFind")) <= held + 1
            assert [call[0] for call in here.fake.calls if call[0] in ("StartFind", "StopFind")][-1] == "StopFind"
            assert here.is_clean()

    run(main())


def test_a_refused_find_is_typed_and_leaves_nothing(run: Run, tmp_path: Path) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            here.fake.find_error = DBusError(f"{NM}.PermissionDenied", "no scanning for you")
            assert (await failure(here.wifi.find())).reason is Reason.WIFI_NOT_ALLOWED
            assert here.is_clean()

    run(main())


def test_peers_are_told_when_they_come_change_and_go(run: Run, tmp_path: Path, until: Until) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            path = here.fake.add_peer("42:00:00:00:01:AA", "  Ana's\tlaptop\u202e\x07 ", 84)
            await until(lambda: bool(here.told(PeerFound)))
            [found] = here.told(PeerFound)
            assert (found.address, found.name, found.strength) == ("42:00:00:00:01:aa", "Ana's laptop", 84)
            here.fake.change_peer(path, Strength=40, LastSeen=-1)
            await until(lambda: len(here.told(PeerFound)) == 2)
            assert here.told(PeerFound)[-1] == PeerFound("42:00:00:00:01:aa", "Ana's laptop", 40)
            await here.wifi.find()  # again, for a list that has just been opened
            assert len(here.told(PeerFound)) == 3
            here.fake.remove_peer(path)
            await until(lambda: here.told(PeerLost) == [PeerLost("42:00:00:00:01:aa")])

    run(main())


@pytest.mark.logs("peers around; the first")
def test_a_crowd_with_hostile_names_is_bounded_and_harmless(
    run: Run, tmp_path: Path, until: Until, caplog: pytest.LogCaptureFixture
) -> None:
    names = ["", "\u202e" * 40, "ä" * 32, "<b>x</b>", "\r\n" * 20, "𝔘" * 32, "../../etc", "%s%n{0}", "ﷺ" * 30]
    bad = [
        "",
        "nonsense",
        "42:00:00:00:01",
        "00:00:00:00:00:00",
        "ff:ff:ff:ff:ff:ff",
        "43:00:00:00:00:01",
        "42:00:00:00:01:00:00",
        "４2:00:00:00:01:00",
    ]

    async def main() -> None:
        async with world(tmp_path) as here:
            first = here.fake.add_peer(PEER, "the one")
            for address in bad:
                here.fake.add_peer(address, "nobody")
            await until(lambda: bool(here.told(PeerFound)))
            for number in range(500):
                here.fake.add_peer(f"42:00:00:01:{number // 256:02x}:{number % 256:02x}", names[number % len(names)], 255)
            await until(lambda: len({event.address for event in here.told(PeerFound)}) >= 150 and "peers around" in caplog.text)
            found = here.told(PeerFound)
            assert len({event.address for event in found}) <= 200
            assert all(len(event.name.encode()) <= 32 and (event.name.isprintable() or not event.name) for event in found)
            assert not any(event.name == "nobody" for event in found)
            assert all(event.strength is None for event in found if event.address != PEER)
            here.fake.change_peer(first, Strength=11)
            await until(lambda: here.told(PeerFound)[-1].strength == 11)
            assert not here.told(PeerLost)
            assert (await here.wifi.form(ORDER)).interface == "p2p-wlan0-0"

    run(main())


# --- forming ------------------------------------------------------------------------------------------------------------------


# spec: 5.3
def test_a_group_is_formed_as_ordered_and_removed_without_a_trace(run: Run, tmp_path: Path) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            path = here.fake.add_peer(PEER)
            await here.wifi.find()
            group = await here.wifi.form(ORDER)
            assert group == Group("p2p-wlan0-0", ("169.254.7.1", "fd11:22:33::1"), 0)
            [(_, settings, device, specific, options)] = here.fake.named("AddAndActivateConnection2")
            assert device == here.fake.p2p.path
            assert specific in (path, "/")
            assert options == {"persist": Variant("s", "volatile"), "bind-activation": Variant("s", "dbus-client")}
            flat = {f"{name}.{key}": value.value for name, keys in settings.items() for key, value in keys.items()}
            name = flat.pop("connection.uuid")
            assert flat == {
                "connection.id": "Nearby Tray: Ana's laptop",
                "connection.type": "wifi-p2p",
                "connection.autoconnect": False,
                "connection.permissions": ["user:alice:"],
                "connection.mdns": 0,
                "connection.llmnr": 0,
                "hostname.from-dhcp": 0,
                "hostname.from-dns-lookup": 0,
                "wifi-p2p.peer": PEER,
                "ipv4.method": "manual",
                "ipv4.address-data": [{"address": Variant("s", "169.254.7.1"), "prefix": Variant("u", 30)}],
                **NOTHING_FROM_THERE,
                "ipv4.may-fail": False,
                "ipv6.method": "manual",
                "ipv6.address-data": [{"address": Variant("s", "fd11:22:33::1"), "prefix": Variant("u", 64)}],
            }
            assert name in "".join(file.read_text() for file in here.folder.iterdir())
            assert not here.fake.named("StopFind")
            await here.wifi.stop_find()
            await here.wifi.remove()
            await here.wifi.remove()
            assert here.is_clean()
            assert here.fake.p2p.now[0] == 30
            assert not here.told(GroupLost)
            assert [event.reason for event in here.told(WifiChanged)] == [None]

    run(main())


@pytest.mark.parametrize(
    ("zones", "installed", "expected"),
    [
        (["public", "nearby-tray"], False, "nearby-tray"),
        (["public"], True, None),  # it has not read the file: the default zone would be taken without a word
        (["public"], False, None),
        (None, True, "nearby-tray"),
        (None, False, None),
    ],
)
def test_our_zone_is_used_where_firewalld_knows_it(
    run: Run, tmp_path: Path, zones: list[str] | None, installed: bool, expected: str | None
) -> None:
    async def main() -> None:
        firewall = await Bus.connect("system")
        firewall.export("/org/fedoraproject/FirewallD1", Firewall(zones))
        await firewall.request_name("org.fedoraproject.FirewallD1")
        async with world(tmp_path) as here:
            here.wifi._zone_file = tmp_path / "nearby-tray.xml"
            if installed:
                here.wifi._zone_file.write_text("<zone/>")
            await linked(here)
            zone = here.fake.named("AddAndActivateConnection2")[0][1]["connection"].get("zone")
            assert (zone.value if zone else None) == expected
        await firewall.close()

    run(main())


# --- addresses from a machine that is not ours --------------------------------------------------------------------------------

PHONE = FormGroup(1, PEER, name="Ana's phone")


def entry(address: str) -> dict[str, Variant]:
    name, _, bits = address.partition("/")
    return {"address": Variant("s", name), "prefix": Variant("u", int(bits))}


def route(to: str) -> dict[str, Variant]:
    name, _, bits = to.partition("/")
    return {"dest": Variant("s", name), "prefix": Variant("u", int(bits))}


def flat(settings: dict[str, dict[str, Variant]]) -> dict[str, Any]:
    return {f"{name}.{key}": plain(value) for name, keys in settings.items() for key, value in keys.items()}


def test_an_address_of_a_machine_that_is_not_ours_is_put_aside_judged_and_kept(run: Run, tmp_path: Path) -> None:
    async def main() -> None:
        async with world(tmp_path, owner=False) as here:
            here.fake.automatic[4] = [entry("192.168.49.7/24")]
            group = await linked(here, PHONE)
            assert group.addresses == ("192.168.49.7", "fe80::1")
            begun = flat(here.fake.named("AddAndActivateConnection2")[0][1])
            assert begun.items() >= {**NOTHING_FROM_THERE, "ipv4.method": "disabled", "ipv6.method": "link-local"}.items()
            asked, kept = (flat(call[1]) for call in here.fake.named("Reapply"))
            four = {key: value for key, value in NOTHING_FROM_THERE.items() if key.startswith("ipv4")}
            aside = {**four, "ipv4.method": "auto", "ipv4.route-table": 47476, "ipv4.dhcp-client-id": "mac", "ipv4.may-fail": True}
            assert {key: value for key, value in asked.items() if key.startswith("ipv4")} == aside
            good = {**four, "ipv4.method": "manual", "ipv4.address-data": [{"address": "192.168.49.7", "prefix": 24}]}
            assert {key: value for key, value in kept.items() if key.startswith("ipv4")} == good
            await here.wifi.remove()
            assert here.is_clean()

    run(main())


def test_an_address_that_comes_later_into_the_same_configuration_is_noticed(run: Run, tmp_path: Path, until: Until) -> None:
    async def main() -> None:
        async with world(tmp_path, owner=False) as here:
            here.fake.automatic[4] = lease = []
            here.fake.add_peer(PEER)
            forming = asyncio.create_task(here.wifi.form(PHONE))
            await until(lambda: bool(here.fake.named("Reapply")) and len(here.fake.configs) == 3)
            await answered(here.wifi.networkmanager.bus, [NM], times=8)  # the empty one has been read
            lease.append(entry("192.168.49.7/24"))
            here.fake.configs[here.fake.p2p.ip[1]].emit_properties_changed({"AddressData": lease})
            assert (await forming).addresses == ("192.168.49.7", "fe80::1")

    run(main())


def test_a_newer_networkmanager_is_told_in_its_newer_words_not_to_send_our_name(run: Run, tmp_path: Path) -> None:
    async def main() -> None:
        async with world(tmp_path, owner=False, version="1.52.1") as here:
            await linked(here, PHONE)
            for call in (*here.fake.named("AddAndActivateConnection2"), *here.fake.named("Reapply")):
                assert flat(call[1])["ipv4.dhcp-send-hostname-v2"] == 0

    run(main())


def test_our_connection_is_never_shared_whoever_owns_the_group(run: Run, tmp_path: Path, until: Until) -> None:
    async def main() -> None:
        async with world(tmp_path, owner=True) as here:
            group = await linked(here, PHONE)
            [(_, changed)] = here.fake.named("Reapply")
            assert flat(changed)["ipv4.method"] == "manual" and not here.fake.shared
            [own] = flat(changed)["ipv4.address-data"]
            assert own["address"].startswith("169.254.") and own["prefix"] == 16
            assert group.addresses == (own["address"], "fe80::1")
            here.there = computer("169.254.0.0/16 usb0")
            looks = here.looks
            here.ear.changes.put_nowait(None)
            await until(lambda: here.looks > looks)
            await here.wifi.remove()
            assert not here.told(GroupLost), "others may have such addresses later"
        async with world(tmp_path, owner=True, surroundings=computer("169.254.0.0/16 lan0")) as here:
            assert (await linked(here, PHONE)).addresses == ("fe80::1",)
            assert not here.fake.named("Reapply"), "somebody else has link-local addresses already"
        async with world(tmp_path) as here:  # the kernel does not tell who owns it
            assert (await linked(here, PHONE)).addresses == ("fe80::1",)
            assert not here.fake.named("Reapply") and not here.fake.shared

    run(main())


@pytest.mark.parametrize("refused", [False, True])
def test_without_an_address_from_there_ipv6_carries_the_link(run: Run, tmp_path: Path, refused: bool) -> None:
    async def main() -> None:
        async with world(tmp_path, owner=False, limits=replace(LIMITS, dhcp=0.02)) as here:
            here.fake.leased.clear()
            if refused:
                here.fake.reapply_error = DBusError("org.freedesktop.NetworkManager.PermissionDenied", "no")
            assert (await linked(here, PHONE)).addresses == ("fe80::1",)
            methods = [flat(call[1])["ipv4.method"] for call in here.fake.named("Reapply")]
            assert methods == (["auto"] if refused else ["auto", "disabled"]), "nobody is asked for ever"

    run(main())


@pytest.mark.parametrize(
    ("address", "routes", "names", "surroundings", "why"),
    [
        ("10.0.0.7/1", [], {}, HOME, "too large"),
        ("10.0.0.7/8", [], {}, HOME, "too large"),
        ("8.8.8.7/24", [], {}, HOME, "not private"),
        ("192.168.1.9/24", [], {}, HOME, "overlaps 192.168.1.0/24 on wlan0"),
        ("10.42.0.7/24", [], {}, computer("10.0.0.0/8 tun0"), "overlaps 10.0.0.0/8 on tun0"),
        ("192.168.49.7/24", ["1.2.3.0/24"], {}, HOME, "a route to 1.2.3.0/24"),
        ("192.168.49.7/24", ["0.0.0.0/0"], {}, HOME, "a route to 0.0.0.0/0"),
        ("192.168.49.7/24", ["192.168.49.0/24"], {"servers": ["192.168.49.1"]}, HOME, "name servers or domains"),
        ("192.168.49.7/24", [], {"domains": ["evil.example"]}, HOME, "name servers or domains"),
        ("192.168.49.7/24", [], {"searches": ["evil.example"]}, HOME, "name servers or domains"),
        ("192.168.49.7/24", ["192.168.49.0/24"], {}, HOME, None),
        ("10.42.0.7/24", ["10.42.0.0/24"], {}, computer(*FULL_TUNNEL), None),
    ],
)
def test_what_a_stranger_gives_changes_nothing_but_its_own_network(
    run: Run, tmp_path: Path, address: str, routes: list[str], names: dict[str, list[str]], surroundings: Surroundings, why: str | None
) -> None:
    async def main() -> None:
        async with world(tmp_path, owner=False, surroundings=surroundings) as here:
            here.fake.automatic[4] = [entry(address)]
            here.fake.extra_routes, here.fake.names = [route(to) for to in routes], names
            if why is None:
                assert (await linked(here, PHONE)).addresses[0] == address.partition("/")[0]
                return
            error = await failure(linked(here, PHONE))
            assert error.reason is Reason.NO_ADDRESS and why in error.detail
            assert [flat(call[1])["ipv4.method"] for call in here.fake.named("Reapply")] == ["auto"], "it stays aside"
            assert here.is_clean()

    run(main())


@pytest.mark.logs("WARNING .*the group is taken down: a route to 1.2.3.0/24")
def test_a_group_that_takes_more_later_is_taken_down(run: Run, tmp_path: Path, until: Until) -> None:
    async def main() -> None:
        for order, where in ((PHONE, "lo"), (ORDER, "p2p-wlan0-0")):
            async with world(tmp_path, owner=False if order is PHONE else None) as here:
                here.fake.automatic[4] = [entry("192.168.49.7/24")]
                await linked(here, order)
                here.there = computer(f"1.2.3.0/24 {where}")
                here.ear.changes.put_nowait(None)
                await until(lambda here=here: here.told(GroupLost))
                [lost] = here.told(GroupLost)
                assert lost.reason is Reason.NO_ADDRESS and lost.detail == f"a route to 1.2.3.0/24 by {where}"
                await until(here.is_clean)
                assert here.ear.closed

    run(main())


def test_a_group_that_was_removed_is_watched_no_more(run: Run, tmp_path: Path, until: Until) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            await linked(here)
            await until(lambda: here.looks >= 2)  # when it was made, and by the watch
            assert not here.ear.closed
            await here.wifi.remove()
            assert here.ear.closed

    run(main())


def test_a_group_that_ends_while_an_address_is_waited_for_says_why(run: Run, tmp_path: Path, until: Until) -> None:
    async def main() -> None:
        async with world(tmp_path, owner=False) as here:
            here.fake.leased.clear()
            here.fake.add_peer(PEER)
            forming = asyncio.create_task(here.wifi.form(PHONE))
            await until(lambda: here.fake.named("Reapply"))
            here.fake.peer_leaves()
            assert (await failure(forming)).reason is Reason.NOT_FORMED
            assert here.is_clean()

    run(main())


@pytest.mark.parametrize(
    "asked",
    [
        {"way": Way.JOIN},
        {"way": Way.REINVOKE},
        {"method": Method.DISPLAY, "pin": "12345670"},
        {"method": Method.KEYPAD, "pin": "12345670"},
        {"intent": 15},
        {"intent": 0},
        {"frequency": 5180},
        {"frequency": 2},
        {"persistent": True},
    ],
)
def test_what_networkmanager_cannot_do_is_refused_before_anything_begins(run: Run, tmp_path: Path, asked: dict[str, Any]) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            here.fake.add_peer(PEER)
            error = await failure(here.wifi.form(replace(ORDER, **asked)))
            assert error.reason is Reason.NOT_OFFERED and "12345670" not in error.detail
            assert not here.fake.named("AddAndActivateConnection2")
            assert here.is_clean()
            await here.wifi.form(replace(ORDER, intent=7))  # what it does anyway

    run(main())


def test_an_attempt_takes_no_longer_than_its_order_says(run: Run, tmp_path: Path) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            here.fake.answers = False
            here.fake.add_peer(PEER)
            assert (await failure(here.wifi.form(replace(ORDER, patience=0.05)))).reason is Reason.NOT_FORMED
            assert here.is_clean()

    run(main())


@pytest.mark.parametrize("comes", [True, False])
def test_a_group_that_is_coming_about_is_not_ended_half_way(run: Run, tmp_path: Path, until: Until, comes: bool) -> None:
    """NetworkManager would leave its interface in the kernel."""
    looks: list[int] = []

    async def read_link(index: int) -> GroupRadio:
        looks.append(index)
        return GroupRadio(False, 5180 if index == 78 else None, None)

    async def main() -> None:
        async with world(tmp_path, limits=replace(LIMITS, watch=0.01, nearly=20)) as here:
            here.wifi._addressing.read_link = read_link
            here.fake.stop_at = 50
            here.fake.groups = {5}  # of another radio
            here.fake.add_peer(PEER)
            forming = asyncio.create_task(here.wifi.form(ORDER))
            await until(lambda: here.fake.p2p.now[0] == 50)
            here.fake.groups |= {77, 78}  # the first is set aside for a group that may come
            forming.cancel()
            await until(lambda: looks.count(78) > 3)
            assert not here.fake.named("DeactivateConnection") and 5 not in looks
            if comes:
                here.fake.resume.set()
            else:
                here.fake.groups.discard(78)
            with pytest.raises(asyncio.CancelledError):
                await forming
            assert len(here.fake.named("DeactivateConnection")) == 1 and here.is_clean()

    run(main())


def test_how_the_group_is_on_the_air_is_told(run: Run, tmp_path: Path) -> None:
    async def read_link(index: int) -> GroupRadio:
        assert index == 1
        return GroupRadio(True, 5180, 80)

    async def main() -> None:
        async with world(tmp_path) as here:
            here.wifi._addressing.read_link = read_link
            here.fake.interface = "lo"
            group = await linked(here)
            assert (group.interface, group.index, group.owner, group.frequency, group.width) == ("lo", 1, True, 5180, 80)

    run(main())


@pytest.mark.parametrize(
    ("facts", "kind", "model"),
    [
        ({}, "other", ""),
        ({"Manufacturer": "Acme", "ModelNumber": "X1"}, "other", "Acme X1"),
        ({"Manufacturer": "Acme", "Model": "Acme Phone", "ModelNumber": "acme phone"}, "other", "Acme Phone"),
        ({"Manufacturer": "\u202e", "Model": " \x07 ", "ModelNumber": "x" * 300}, "other", "x" * 32),
        ({"WfdIEs": bytes.fromhex("00000600111c440032")}, "tv", ""),  # a primary sink
        ({"WfdIEs": bytes.fromhex("00000600101c440032")}, "other", ""),  # a source: a phone, or a PC
        ({"WfdIEs": bytes.fromhex("010002ffff00000600111c440032")}, "tv", ""),
        ({"WfdIEs": bytes.fromhex("00ffff")}, "other", ""),
    ],
)
def test_what_a_peer_says_it_is_made_as(run: Run, tmp_path: Path, until: Until, facts: dict[str, Any], kind: str, model: str) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            path = here.fake.add_peer(PEER)
            await until(lambda: bool(here.told(PeerFound)))
            here.fake.change_peer(path, Strength=11, **facts)
            await until(lambda: here.told(PeerFound)[-1].strength == 11)
            found = here.told(PeerFound)[-1]
            assert (found.kind, found.model) == (kind, model)

    run(main())


def test_a_one_sided_attempt_fails_as_networkmanager_says(run: Run, tmp_path: Path) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            here.fake.answers, here.fake.one_sided = False, 0.01
            here.fake.add_peer(PEER)
            error = await failure(here.wifi.form(ORDER))
            assert (error.reason, error.detail) == (Reason.NOT_FORMED, "state 120 reason 11 (supplicant-timeout)")
            assert here.is_clean()
            here.fake.answers = True
            await here.wifi.form(replace(ORDER, attempt=2))

    run(main())


@pytest.mark.parametrize("state", [40, 50, 70, 80, 90])
def test_an_order_withdrawn_in_any_state_leaves_nothing(run: Run, tmp_path: Path, until: Until, state: int) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            here.fake.stop_at = state
            here.fake.add_peer(PEER)
            await here.wifi.find()
            forming = asyncio.create_task(here.wifi.form(ORDER))
            await until(lambda: here.fake.p2p.now[0] == state)
            await here.wifi.hold_find()
            await here.wifi.stop_find()
            assert not here.fake.named("StopFind")  # it would kill the negotiation
            forming.cancel()
            with pytest.raises(asyncio.CancelledError):
                await forming
            assert here.is_clean()
            assert here.fake.p2p.now[0] == 30
            here.fake.stop_at = None
            await here.wifi.form(replace(ORDER, attempt=2))
            assert not here.told(GroupLost)
            assert {event.reason for event in here.told(WifiChanged)} == {None}

    run(main())


def test_an_order_withdrawn_before_the_daemon_has_answered_leaves_nothing(run: Run, tmp_path: Path, until: Until) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            here.fake.answer_late = asyncio.Event()
            here.fake.add_peer(PEER)
            forming = asyncio.create_task(here.wifi.form(ORDER))
            await until(lambda: bool(here.fake.named("AddAndActivateConnection2")))
            forming.cancel()
            await asyncio.sleep(0)
            here.fake.answer_late.set()
            with pytest.raises(asyncio.CancelledError):
                await forming
            assert here.is_clean()

    run(main())


def test_undoing_goes_on_when_its_order_is_withdrawn_twice(run: Run, tmp_path: Path, until: Until) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            here.fake.stop_at, here.fake.deactivates = 50, asyncio.Event()
            here.fake.add_peer(PEER)
            forming = asyncio.create_task(here.wifi.form(ORDER))
            await until(lambda: here.fake.p2p.now[0] == 50)
            forming.cancel()
            await until(lambda: here.fake.p2p.now[0] == 110)
            forming.cancel()
            with pytest.raises(asyncio.CancelledError):
                await forming
            here.fake.stop_at = None
            again = asyncio.create_task(here.wifi.form(replace(ORDER, attempt=2)))
            await asyncio.sleep(0)
            here.fake.deactivates.set()
            assert (await again).interface
            assert len(here.fake.named("AddAndActivateConnection2")) == 2

    run(main())


@pytest.mark.parametrize("answer", [[], ["/a"], [None, {}], ["", ""], [7, "/a", {}]])
def test_an_activation_that_is_answered_with_nonsense_is_undone(
    run: Run, tmp_path: Path, until: Until, monkeypatch: pytest.MonkeyPatch, answer: list[object]
) -> None:
    real = Bus.call

    async def lies(bus: Bus, *call: Any, **limit: Any) -> list[object]:
        answered = await real(bus, *call, **limit)
        return answer if call[3] == "AddAndActivateConnection2" else answered

    async def main() -> None:
        async with world(tmp_path) as here:
            monkeypatch.setattr(Bus, "call", lies)
            with pytest.raises(Unavailable):
                await linked(here)
            await until(here.is_clean)
            monkeypatch.setattr(Bus, "call", real)
            assert await linked(here)
            await here.wifi.remove()
            assert here.is_clean()

    run(main())


def test_a_group_that_is_up_is_never_replaced(run: Run, tmp_path: Path) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            await linked(here)
            active = here.fake.active
            assert (await failure(here.wifi.form(replace(ORDER, attempt=2)))).reason is Reason.WIFI_BUSY
            assert here.fake.active is active
            assert not here.told(GroupLost)

    run(main())


@pytest.mark.parametrize("key", ["ipv4.never-default", "ipv6.address-data", "connection.permissions"])
def test_a_profile_that_was_dropped_without_a_word_is_noticed(run: Run, tmp_path: Path, key: str) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            here.fake.drops, here.fake.privileged, here.fake.stop_at = {key}, True, 50
            here.fake.add_peer(PEER)
            error = await failure(here.wifi.form(ORDER))
            assert error.reason is Reason.WIFI_PROFILE
            assert here.is_clean()

    run(main())


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("org.freedesktop.NetworkManager.PermissionDenied", Reason.WIFI_NOT_ALLOWED),
        ("org.freedesktop.NetworkManager.Settings.PermissionDenied", Reason.WIFI_NOT_ALLOWED),
        ("org.freedesktop.NetworkManager.UnknownConnection", Reason.WIFI_OFF),
        ("org.freedesktop.NetworkManager.Settings.Connection.InvalidProperty", Reason.WIFI_PROFILE),
        ("org.freedesktop.NetworkManager.InvalidArguments", Reason.WIFI_PROFILE),
        ("org.freedesktop.NetworkManager.Surprise", Reason.NOT_FORMED),
    ],
)
def test_a_refusal_has_a_reason_and_the_daemons_words(run: Run, tmp_path: Path, name: str, reason: Reason) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            here.fake.activation_error = DBusError(name, "the words")
            here.fake.add_peer(PEER)
            error = await failure(here.wifi.form(ORDER))
            assert (error.reason, error.detail) == (reason, f"{name}: the words")
            assert here.is_clean()

    run(main())


def test_a_peer_that_has_just_gone_is_left_to_networkmanager(run: Run, tmp_path: Path, until: Until) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            path = here.fake.add_peer(PEER)
            await until(lambda: bool(here.told(PeerFound)))
            here.fake.peers.pop(path)  # its signal has not come yet
            await here.wifi.form(ORDER)
            assert [call[3] for call in here.fake.named("AddAndActivateConnection2")] == [path, "/"]

    run(main())


@pytest.mark.parametrize(
    ("state", "reason", "expected"),
    [
        (40, 67, Reason.NOT_SEEN),
        (70, 67, Reason.NOT_FORMED),
        (70, 5, Reason.NO_ADDRESS),
        (50, 60, Reason.WIFI_BUSY),
        (50, 10, Reason.NOT_FORMED),
    ],
)
def test_each_way_to_fail_has_its_reason(run: Run, tmp_path: Path, until: Until, state: int, reason: int, expected: Reason) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            here.fake.stop_at = state
            here.fake.add_peer(PEER)
            forming = asyncio.create_task(here.wifi.form(ORDER))
            await until(lambda: here.fake.p2p.now[0] == state)
            here.fake.fail(reason)
            error = await failure(forming)
            assert error.reason is expected
            assert error.detail.startswith(f"state 120 reason {reason} (")
            assert here.is_clean()

    run(main())


def test_an_attempt_that_never_ends_is_ended(run: Run, tmp_path: Path) -> None:
    async def main() -> None:
        async with world(tmp_path, limits=replace(LIMITS, form=0.05)) as here:
            here.fake.answers = False
            here.fake.add_peer(PEER)
            assert (await failure(here.wifi.form(ORDER))).reason is Reason.NOT_FORMED
            assert here.is_clean()

    run(main())


# --- PINs: 1.60 and later -----------------------------------------------------------------------------------------------------

PIN = "12345670"
PIN_LIMITS = replace(LIMITS, watch=0.01, wps=1e9)


@pytest.mark.parametrize(
    ("version", "pin"),
    [
        ("1.42.4", False),
        ("1.58.1", False),
        ("1.59.1-dev", False),
        ("1.59.2-dev", True),
        ("1.60", True),
        ("1.60.0", True),
        ("2.0.1-rc1", True),
        ("", False),
        ("nonsense 1.60", False),
    ],
)
def test_a_pin_is_offered_by_the_versions_that_can(run: Run, tmp_path: Path, version: str, pin: bool) -> None:
    async def main() -> None:
        async with world(tmp_path, version=version) as here:
            assert here.heard == [WifiChanged(None, OWN, abilities=Abilities(pin=pin))]

    run(main())


@pytest.mark.parametrize(("method", "number", "word"), [(Method.KEYPAD, 8, "keypad"), (Method.DISPLAY, 16, "display")])
def test_a_pin_travels_in_the_profile_and_nobody_is_asked_for_it(
    run: Run, tmp_path: Path, method: Method, number: int, word: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def main() -> None:
        async with world(tmp_path, version="1.60.0", limits=PIN_LIMITS) as here:
            here.fake.peer_pin = PIN
            group = await linked(here, replace(ORDER, method=method, pin=PIN))
            assert group.interface == "p2p-wlan0-0"
            settings = here.fake.named("AddAndActivateConnection2")[0][1]
            p2p = {key: value.value for key, value in settings["wifi-p2p"].items()}
            assert p2p == {"peer": PEER, "wps-method": number, "wps-pin": PIN}
            assert here.fake.named("Connect") == [("Connect", word, PIN)]
            assert "".join(file.read_text() for file in here.folder.iterdir()).count(PIN) == 0
            await here.wifi.remove()
            assert here.is_clean()
            await linked(here, replace(ORDER, attempt=2))  # push button, as ever
            assert here.fake.named("Connect")[-1] == ("Connect", "pbc", None)
            assert "auth-retries" not in here.fake.named("AddAndActivateConnection2")[1][1]["connection"]

    with caplog.at_level("DEBUG"):
        run(main())
    assert PIN not in caplog.text


def test_a_wrong_pin_is_told_at_once_and_nobody_is_asked_for_another(run: Run, tmp_path: Path, until: Until) -> None:
    async def main() -> None:
        async with world(tmp_path, version="1.60.0", limits=PIN_LIMITS) as here:
            here.fake.peer_pin = "00000000"
            here.fake.failing.clear()
            here.fake.groups = {5}  # of another radio
            here.fake.add_peer(PEER)
            forming = asyncio.create_task(here.wifi.form(replace(ORDER, method=Method.KEYPAD, pin=PIN)))
            await until(lambda: here.fake.looks > 1)
            here.fake.groups.discard(5)  # which is none of our business
            before = here.fake.looks
            await until(lambda: here.fake.looks > before + 2)
            assert not forming.done()
            here.fake.failing.set()
            error = await failure(forming)
            assert error.reason is Reason.WRONG_PIN
            assert here.is_clean()
            assert here.fake.p2p.now[0] == 30
            assert here.told(WifiChanged)[-1].abilities.pin
            here.fake.peer_pin = PIN
            await here.wifi.form(replace(ORDER, attempt=2, method=Method.KEYPAD, pin=PIN))

    run(main())


@pytest.mark.parametrize("unreadable", [False, True])
def test_a_group_that_fails_late_or_unseen_is_no_wrong_pin(run: Run, tmp_path: Path, until: Until, unreadable: bool) -> None:
    async def main() -> None:
        async with world(tmp_path, version="1.60.0", limits=replace(PIN_LIMITS, wps=0)) as here:
            here.fake.peer_pin, here.fake.one_sided = "00000000", 0.01 if unreadable else 45
            here.fake.add_peer(PEER)

            async def unread() -> None:
                return None

            if unreadable:
                here.wifi._read_groups = unread
            else:
                here.fake.failing.clear()
            forming = asyncio.create_task(here.wifi.form(replace(ORDER, method=Method.DISPLAY, pin=PIN)))
            if not unreadable:
                await until(lambda: here.fake.looks > 1)
                here.fake.failing.set()
            error = await failure(forming)
            assert error.reason is Reason.NOT_FORMED
            # One PIN is for one try: NetworkManager gives up (11) and asks no agent for another one (7).
            assert ("supplicant-timeout" if unreadable else "interface went") in error.detail
            assert here.is_clean()

    run(main())


@pytest.mark.parametrize("known", [True, False])
def test_a_version_that_only_claims_to_know_pins_is_found_out(run: Run, tmp_path: Path, until: Until, known: bool) -> None:
    async def main() -> None:
        async with world(tmp_path, version="1.59.2-dev", limits=PIN_LIMITS) as here:
            here.fake.drops, here.fake.privileged, here.fake.stop_at = {"wifi-p2p.wps-pin"}, True, 50
            if known:  # then NetworkManager makes a profile of its own in place of the one it dropped, otherwise it cannot
                here.fake.add_peer(PEER)
                await until(lambda: bool(here.told(PeerFound)))
            error = await failure(here.wifi.form(replace(ORDER, method=Method.DISPLAY, pin=PIN)))
            assert error.reason is Reason.NOT_OFFERED and ("wps-method" if known else "InvalidConnection") in error.detail
            assert here.is_clean()
            assert here.told(WifiChanged)[-1] == WifiChanged(None, OWN)  # no longer offered
            assert (await failure(here.wifi.form(replace(ORDER, method=Method.DISPLAY, pin=PIN)))).reason is Reason.NOT_OFFERED
            assert len(here.fake.named("AddAndActivateConnection2")) == 1
            here.fake.drops, here.fake.stop_at = set(), None
            await here.wifi.form(replace(ORDER, attempt=2))
            await here.wifi.remove()
            await here.fake.restart()  # another one may be able
            await until(lambda: here.told(WifiChanged)[-1] == WifiChanged(None, OWN, fresh=True, abilities=Abilities(pin=True)))

    run(main())


def test_a_networkmanager_that_asks_for_the_pin_it_was_given_is_not_asked_again(run: Run, tmp_path: Path, until: Until) -> None:
    async def main() -> None:
        async with world(tmp_path, version="1.60.0", limits=PIN_LIMITS) as here:
            here.fake.add_peer(PEER)
            here.fake.stop_at = 60
            forming = asyncio.create_task(here.wifi.form(replace(ORDER, method=Method.DISPLAY, pin=PIN)))
            await until(lambda: here.fake.p2p.now[0] == 60)
            here.fake.fail(7)
            error = await failure(forming)
            assert (error.reason, error.detail) == (Reason.NOT_OFFERED, "state 120 reason 7 (no-secrets)")
            assert not here.told(WifiChanged)[-1].abilities.pin

    run(main())


def test_a_machine_is_asked_to_get_ready_only_where_that_means_nothing(run: Run, tmp_path: Path) -> None:
    async def main() -> None:
        for version in ("1.42.4", "1.60.0"):
            async with world(tmp_path, version=version) as here:
                assert (await failure(here.wifi.provision(PEER, Method.DISPLAY))).reason is Reason.NOT_OFFERED
                if version == "1.60.0":
                    await here.wifi.provision(PEER, Method.KEYPAD)  # it may show its PIN unasked
                else:
                    assert (await failure(here.wifi.provision(PEER, Method.KEYPAD))).reason is Reason.NOT_OFFERED

    run(main())


# --- losing -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reason", "expected"), [(67, Reason.LINK_LOST), (10, Reason.DAEMON_RESTARTED), (37, Reason.WIFI_OFF), (4, Reason.GROUP_ENDED)]
)
def test_a_group_that_fails_is_reported_once(run: Run, tmp_path: Path, until: Until, reason: int, expected: Reason) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            await linked(here, replace(ORDER, attempt=3))
            here.fake.fail(reason)
            await until(lambda: bool(here.told(GroupLost)))
            await here.wifi.remove()
            [lost] = here.told(GroupLost)
            assert (lost.attempt, lost.reason) == (3, expected)
            assert lost.detail.startswith(f"state 120 reason {reason} (")
            assert here.is_clean()
            await linked(here)

    run(main())


def test_a_peer_that_hangs_up_ends_the_group(run: Run, tmp_path: Path, until: Until) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            await linked(here)
            here.fake.peer_leaves()
            await until(lambda: bool(here.told(GroupLost)))
            assert here.told(GroupLost) == [GroupLost(1, Reason.GROUP_ENDED, "state 30 reason 8 (supplicant-disconnect)")]
            await until(here.is_clean)

    run(main())


def test_a_group_that_was_replaced_is_lost_to_somebody_else(run: Run, tmp_path: Path, until: Until) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            await linked(here)
            foreign = await here.fake.foreign()
            await until(lambda: here.reason() is Reason.WIFI_BUSY)
            [lost] = here.told(GroupLost)
            assert lost.reason is Reason.WIFI_BUSY
            await here.wifi.remove()
            assert here.fake.active is foreign
            here.fake.end(39)

    run(main())


def test_a_restart_while_finding_is_told_and_the_find_goes_on(run: Run, tmp_path: Path, until: Until) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            here.fake.add_peer(PEER)
            await here.wifi.find()
            await until(lambda: bool(here.told(PeerFound)))
            before = here.fake.p2p.path
            await here.fake.restart()
            assert here.fake.p2p.path != before
            await until(lambda: len(here.fake.named("StartFind")) == 2 and here.reason() is None)
            assert here.told(PeerLost) == [PeerLost(PEER)]
            reports = here.told(WifiChanged)
            assert [report.reason for report in reports][:2] == [None, Reason.WIFI_MISSING]
            assert reports[-1] == WifiChanged(None, OWN, fresh=True)
            here.fake.add_peer(PEER)
            await until(lambda: len(here.told(PeerFound)) == 2)

    run(main())


@pytest.mark.may_log("AddAndActivateConnection2 failed")
@pytest.mark.parametrize("state", [40, 50, 70])
def test_a_restart_while_forming_fails_the_attempt(run: Run, tmp_path: Path, until: Until, state: int) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            here.fake.stop_at = state
            here.fake.add_peer(PEER)
            forming = asyncio.create_task(here.wifi.form(ORDER))
            await until(lambda: here.fake.p2p.now[0] == state)
            await here.fake.restart()
            assert (await failure(forming)).reason is Reason.DAEMON_RESTARTED
            here.fake.stop_at = None
            await until(lambda: here.reason() is None)
            await linked(here, replace(ORDER, attempt=2))
            await here.wifi.remove()
            await until(here.is_clean)

    run(main())


def test_a_restart_while_linked_loses_the_group(run: Run, tmp_path: Path, until: Until) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            await linked(here)
            await here.fake.restart()
            await until(lambda: bool(here.told(GroupLost)) and here.reason() is None)
            [lost] = here.told(GroupLost)
            assert (lost.attempt, lost.reason) == (1, Reason.DAEMON_RESTARTED)
            assert here.heard.index(lost) < here.heard.index(WifiChanged(Reason.WIFI_MISSING))
            await until(here.is_clean)
            await linked(here, replace(ORDER, attempt=2))

    run(main())


def test_the_loss_of_the_bus_loses_the_group_and_all_comes_back(run: Run, tmp_path: Path, until: Until, daemon: Any) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            await linked(here)
            daemon.stop()
            await until(lambda: here.reason() is Reason.WIFI_MISSING)
            assert [lost.reason for lost in here.told(GroupLost)] == [Reason.DAEMON_RESTARTED]
            assert (await failure(here.wifi.form(ORDER))).reason is Reason.WIFI_MISSING
            daemon.start()
            await here.fake.restart()
            await until(lambda: here.reason() is None)
            await linked(here, replace(ORDER, attempt=2))
            await here.wifi.remove()
            await until(here.is_clean)

    run(main())


def test_leaving_takes_the_group_down(run: Run, tmp_path: Path) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            await here.wifi.find()
            await linked(here)
            await here.wifi.close()
            assert here.is_clean()
            assert here.fake.calls[-1] != ("StartFind", 30)
            heard = len(here.heard)
            here.fake.radio(False)
            assert len(here.heard) == heard

    run(main())


# --- after a crash ------------------------------------------------------------------------------------------------------------


def test_what_a_crashed_run_left_is_removed_before_the_first_report(run: Run, tmp_path: Path) -> None:
    left = "85d3ef4d-6cbb-4c18-b4b7-04aba4f475c0"
    entries = [{"kind": "nm-profile", "id": left}, {"kind": "nm-profile", "id": "gone already"}, {"kind": "nm-find", "id": "find"}]
    dead = {"owner": asdict(replace(_Owner.me(), pid=999999999, start="1")), "entries": entries}

    async def main() -> None:
        async with world(tmp_path, opened=False) as here:
            settings = {"connection": {"uuid": Variant("s", left)}, "wifi-p2p": {"peer": Variant("s", PEER)}}
            profile = Profile(here.fake, f"{nm.SETTINGS_PATH}/77", here.fake._complete(settings, "/"))
            here.fake.bus.export(profile.path, profile)
            here.fake.profiles.append(profile)
            await here.fake.activate(profile)
            (here.folder / "999999999-1.json").write_text(json.dumps(dead))
            at_first: list[bool] = []
            await here.wifi.open(lambda event: at_first.append(here.is_clean() and here.fake.named("StopFind") == [("StopFind",)]))
            assert here.fake.active is None
            assert not here.fake.profiles
            assert here.fake.named("StopFind") == [("StopFind",)]
            assert here.is_clean()
            assert at_first

    run(main())


def test_what_a_running_applet_owns_is_left_alone(run: Run, tmp_path: Path) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            await linked(here)
            active = here.fake.active
            second = Managed(Journal(here.folder), limits=LIMITS, read_address=own_address, read_signal=no_signal)
            heard: list[EdgeEvent] = []
            await second.open(heard.append)
            assert [event.reason for event in heard if isinstance(event, WifiChanged)] == [Reason.WIFI_BUSY]
            await second.close()
            assert here.fake.active is active
            assert not here.told(GroupLost)

    run(main())


# --- the cure, and readings ---------------------------------------------------------------------------------------------------


def test_clearing_waits_for_the_true_end_of_the_scan(run: Run, tmp_path: Path) -> None:
    ends: list[str] = []

    def queued(wireless: Wireless) -> None:
        def end() -> None:
            ends.append("end")
            wireless.ended()

        wireless.ended()  # only says that wpa_supplicant had to queue it
        asyncio.get_running_loop().call_later(1.4, end)

    async def main() -> None:
        async with world(tmp_path) as here:
            here.fake.on_scan = queued
            here.fake.scan_refusals = 3
            await here.wifi.find()
            await here.wifi.clear()
            assert ends
            names = [call[0] for call in here.fake.calls]
            assert names == ["StartFind", "StopFind", *["RequestScan"] * 4]
            assert here.is_clean()

    run(main())


def test_clearing_is_bounded_when_no_scan_ever_ends(run: Run, tmp_path: Path) -> None:
    async def main() -> None:
        async with world(tmp_path, limits=replace(LIMITS, scan=0.05)) as here:
            here.fake.on_scan = lambda _wireless: None
            await here.wifi.clear()
            here.fake.scan_refusals = 10**6
            await here.wifi.clear()

    run(main())


def test_a_scan_that_ran_already_ends_the_wait(run: Run, tmp_path: Path, until: Until) -> None:
    async def main() -> None:
        async with world(tmp_path, limits=replace(LIMITS, scan_retry=60)) as here:
            here.fake.scan_refusals = 10**6
            clearing = asyncio.create_task(here.wifi.clear())
            await until(lambda: bool(here.fake.named("RequestScan")))
            here.fake.wireless.ended()
            await clearing

    run(main())


def test_counters_come_from_the_kernel_and_signal_from_whom_knows(run: Run, tmp_path: Path, until: Until) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            here.fake.add_peer(PEER, strength=63)
            await until(lambda: bool(here.told(PeerFound)))
            group = await here.wifi.form(ORDER)
            assert (await failure(here.wifi.read_counters(group))).reason is Reason.GROUP_ENDED
            folder = tmp_path / "net" / group.interface / "statistics"
            folder.mkdir(parents=True)
            (folder / "rx_bytes").write_text("123\n")
            (folder / "tx_bytes").write_text("456\n")
            assert await here.wifi.read_counters(group) == (123, 456, 63)

            async def measured(index: int) -> int | None:
                return 50 + index

            here.wifi._counters.read_signal = measured
            assert await here.wifi.read_counters(replace(group, index=7)) == (123, 456, 57)

    run(main())


def test_root_has_no_permission_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    made = profile.build(ORDER, "u", None, None, (1, 42, 4))
    assert "permissions" not in made["connection"]
    taken = {name: {key: plain(value) for key, value in keys.items()} for name, keys in made.items()}
    assert profile.differences(made, taken) == []
    del taken["ipv6"]["never-default"]
    assert profile.differences(made, taken) == ["ipv6.never-default"]
