"""Which way serves Wi-Fi Direct: what is chosen, when it changes and when it must not."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from nearby_tray.core.model import (
    Admission,
    EdgeEvent,
    FormGroup,
    HostGroup,
    Method,
    Reason,
    Way,
    WifiChanged,
)
from nearby_tray.errors import Unavailable
from nearby_tray.system.journal import Journal
from nearby_tray.system.wifi import networkmanager, nm
from nearby_tray.system.wifi.choice import ChosenWifi
from nearby_tray.system.wifi.combined import Combined
from nearby_tray.system.wifi.managed import Managed
from nearby_tray.system.wifi.standalone import Standalone
from nearby_tray.system.wifi.supplicant import Limits as SupplicantLimits
from nearby_tray.system.wifi.supplicant import Supplicant
from nearby_tray.system.wifi.terms import Keeper, Surroundings

from ..barriers import answered, chosen_once_more
from ..fake_networkmanager import FakeNetworkManager
from ..fake_supplicant import OWN, WPA, FakeSupplicant
from .surroundings import HOME, Ear
from .test_standalone import PEER, FakeKernel, no_signal, radio

pytestmark = pytest.mark.usefixtures("daemon")

ORDER = FormGroup(1, PEER, ("169.254.7.1", "fd11:22:33::1"), ("169.254.7.2", "fd11:22:33::2"), "Ana's laptop")
PHONE = FormGroup(1, PEER)

Run = Callable[[Any], Any]
Until = Callable[..., Awaitable[None]]


async def own_address(_name: str) -> bytes | None:
    return OWN


@dataclass
class World:
    manager: FakeNetworkManager
    fake: FakeSupplicant
    wifi: ChosenWifi
    folder: Path
    heard: list[EdgeEvent] = field(default_factory=list)

    def told(self, kind: type[EdgeEvent]) -> list[Any]:
        return [event for event in self.heard if isinstance(event, kind)]

    def changes(self) -> list[tuple[Reason | None, str, bool]]:
        return [(event.reason, event.abilities.backend, event.fresh) for event in self.told(WifiChanged)]

    async def answered(self) -> None:
        """What the daemons have said is handled, and what came of it."""
        for bus in (self.wifi._managed.networkmanager.bus, self.wifi._supplicant._bus):
            await answered(bus, [nm.NM, WPA])

    def add_peer(self, address: str = PEER, **facts: Any) -> None:
        """Both daemons know it."""
        if self.fake.path_of(address) not in self.fake.peers:
            self.fake.add_peer(address, **facts)
            self.manager.add_peer(address)


@asynccontextmanager
async def world(
    folder: Path,
    *,
    manager: bool = True,
    supplicant: bool = True,
    denied: bool = False,
    grace: float = 30.0,
    opened: bool = True,
    takeover: float = 0.01,
    answer: float = 0.01,
    interface: str = "wlan0",
    p2p: bool = True,
) -> AsyncIterator[World]:
    folder = folder / "made"
    folder.mkdir(exist_ok=True)
    fake_manager, fake = FakeNetworkManager(), FakeSupplicant()
    if manager:
        await fake_manager.start()
    if supplicant:
        await fake.start(names=(interface,) * bool(interface), modes=("infrastructure", *("p2p",) * p2p))
    if denied:
        await fake.deny()
    journal = Journal(folder)
    limits = networkmanager.Limits(open=30, renew=30, gather=0, scan_retry=0.01, scan_trap=0, again=0.01, pause=0.01, signal=0)

    async def network() -> Surroundings:
        return HOME

    keeper = Keeper(read=network, listen=Ear)
    edge = Managed(journal, limits=limits, read_address=own_address, read_signal=no_signal, interfaces=folder.parent / "net", keeper=keeper)
    daemon = Supplicant(
        limits=SupplicantLimits(open=30, pause=0.01, again=0.01, poll=0.001, turn=20, takeover=takeover, answer=answer, scan=0.02),
        read_address=own_address,
    )
    alone = Standalone(
        daemon, journal, kernel=FakeKernel(), read_signal=no_signal, read_link=radio, read_index=lambda name: 7, keeper=keeper
    )
    wifi = ChosenWifi(edge, daemon, alone, grace=grace)
    here = World(fake_manager, fake, wifi, folder)
    if opened:
        await wifi.open(here.heard.append)
    try:
        yield here
    finally:
        await wifi.close()
        for one in (fake_manager, fake):
            if hasattr(one, "bus"):
                await one.stop()


async def failure(work: Awaitable[object]) -> Unavailable:
    with pytest.raises(Unavailable) as caught:
        await work
    return caught.value


@pytest.mark.parametrize(
    ("manager", "supplicant", "denied", "reason", "backend"),
    [
        (True, True, False, None, "NetworkManager, wpa_supplicant"),
        (True, True, True, None, "NetworkManager"),
        (True, False, False, None, "NetworkManager"),
        (False, True, False, None, "wpa_supplicant"),
        (False, True, True, Reason.WIFI_NOT_ALLOWED, "NetworkManager"),
        (False, False, False, Reason.WIFI_MISSING, "NetworkManager"),
    ],
)
def test_what_is_there_and_allowed_decides(
    run: Run, tmp_path: Path, manager: bool, supplicant: bool, denied: bool, reason: Reason | None, backend: str
) -> None:
    async def main() -> None:
        async with world(tmp_path, manager=manager, supplicant=supplicant, denied=denied) as here:
            assert here.changes() == [(reason, backend, False)]

    run(main())


def test_what_cannot_be_done_beside_networkmanager_is_not_offered(run: Run, tmp_path: Path) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            abilities = here.told(WifiChanged)[0].abilities
            assert abilities == Combined.ABILITIES
            assert abilities.pin and abilities.intent and abilities.frequency and abilities.hears and not abilities.host
            assert here.wifi.hosting is None
            here.add_peer()
            for work in (
                here.wifi.host(HostGroup(1)),
                here.wifi.admit(Admission(PEER, Method.PBC)),
                here.wifi.invite(PEER),
                here.wifi.expel(PEER),
                here.wifi.form(replace(PHONE, way=Way.JOIN)),
                here.wifi.form(replace(ORDER, way=Way.REINVOKE)),
            ):
                assert (await failure(work)).reason is Reason.NOT_OFFERED

    run(main())


def test_a_networkmanager_that_returns_in_time_keeps_its_radio(run: Run, tmp_path: Path, until: Until) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            await here.manager.restart()
            await until(lambda: len(here.changes()) == 3)
            beside = "NetworkManager, wpa_supplicant"
            assert here.changes()[1:] == [(Reason.WIFI_MISSING, beside, False), (None, beside, True)]

    run(main())


def test_a_networkmanager_that_stays_away_loses_it_and_gets_it_back(run: Run, tmp_path: Path, until: Until) -> None:
    async def main() -> None:
        async with world(tmp_path, grace=0.02) as here:
            await here.manager.stop()
            await until(lambda: here.changes()[-1] == (None, "wpa_supplicant", True))
            await here.wifi.find()
            assert here.fake.finding
            await here.manager.start()
            await until(lambda: here.wifi._manager.report.reason is None)
            await chosen_once_more(here.wifi)
            assert here.changes()[-1] == (None, "wpa_supplicant", True)  # not while a find runs
            await here.wifi.stop_find()
            await until(lambda: here.changes()[-1] == (None, "NetworkManager, wpa_supplicant", True))

    run(main())


def test_of_several_radios_the_supplicant_of_another_is_not_used(run: Run, tmp_path: Path) -> None:
    """NetworkManager has wlan0, wpa_supplicant does Wi-Fi Direct on wlan1: together they would be two machines to their peers."""

    async def main() -> None:
        for interface, backend in (("wlan1", "NetworkManager"), ("wlan0", "NetworkManager, wpa_supplicant")):
            async with world(tmp_path, interface=interface) as here:
                assert here.changes() == [(None, backend, False)]

    run(main())


def test_nothing_changes_while_a_group_is_up(run: Run, tmp_path: Path, until: Until) -> None:
    async def main() -> None:
        async with world(tmp_path, manager=False) as here:
            assert here.wifi.hosting is not None
            await here.wifi.hosting.host(HostGroup(1))
            await here.manager.start()
            await until(lambda: here.wifi._manager.report.reason is None)
            await chosen_once_more(here.wifi)
            assert [backend for _, backend, _ in here.changes()] == ["wpa_supplicant"]
            await here.wifi.remove()
            await until(lambda: here.changes()[-1] == (None, "NetworkManager, wpa_supplicant", True))
            assert (await failure(here.wifi.host(HostGroup(2)))).reason is Reason.NOT_OFFERED

    run(main())


def test_a_radio_that_networkmanager_leaves_to_others_is_used_alone(run: Run, tmp_path: Path, until: Until) -> None:
    async def main() -> None:
        async with world(tmp_path, opened=False) as here:
            here.manager.wlan.go(10)
            here.manager.remove_p2p()
            await here.wifi.open(here.heard.append)
            assert here.changes() == [(None, "wpa_supplicant", False)]
            here.manager.wlan.go(30)
            here.manager.add_p2p()
            await until(lambda: here.changes()[-1] == (None, "NetworkManager, wpa_supplicant", True))

    run(main())


@pytest.mark.parametrize(("managed", "reason"), [(True, Reason.WIFI_NO_P2P), (False, Reason.WIFI_NOT_ALLOWED)])
def test_a_radio_with_no_wifi_direct_is_not_taken_for_a_lack_of_rights(run: Run, tmp_path: Path, managed: bool, reason: Reason) -> None:
    async def main() -> None:
        async with world(tmp_path, denied=True, opened=False) as here:
            here.manager.remove_p2p()
            if not managed:
                here.manager.wlan.go(10)
            await here.wifi.open(here.heard.append)
            assert here.changes() == [(reason, "NetworkManager", False)]

    run(main())


@pytest.mark.parametrize(("interface", "reason"), [(True, Reason.WIFI_NO_P2P), (False, Reason.WIFI_MISSING)])
def test_a_missing_networkmanager_is_not_blamed_for_a_radio_with_no_wifi_direct(
    run: Run, tmp_path: Path, interface: bool, reason: Reason
) -> None:
    async def main() -> None:
        async with world(tmp_path, manager=False, interface="wlan0" if interface else "", p2p=False) as here:
            assert here.changes() == [(reason, "NetworkManager", False)]

    run(main())


def test_a_networkmanager_that_was_never_there_is_not_waited_for(run: Run, tmp_path: Path, until: Until) -> None:
    async def main() -> None:
        async with world(tmp_path, manager=False, supplicant=False, grace=1e6) as here:
            await here.fake.start()
            await until(lambda: here.changes()[-1] == (None, "wpa_supplicant", True))

    run(main())


def test_a_supplicant_that_comes_later_adds_what_it_can(run: Run, tmp_path: Path, until: Until) -> None:
    async def main() -> None:
        async with world(tmp_path, supplicant=False) as here:
            await here.fake.start()
            await until(lambda: here.changes()[-1] == (None, "NetworkManager, wpa_supplicant", True))
            await here.fake.stop()
            await until(lambda: here.changes()[-1] == (None, "NetworkManager", True))

    run(main())
