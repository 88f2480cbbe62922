"""Which way serves Wi-Fi Direct: what is chosen, when it changes and when it must not, and NetworkManager with wpa_supplicant beside it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from nearby_tray.core.model import (
    Admission,
    Asks,
    EdgeEvent,
    FormGroup,
    GroupLost,
    HostGroup,
    Method,
    PeerFound,
    Reason,
    Way,
    WifiChanged,
    WifiRequest,
)
from nearby_tray.errors import Unavailable
from nearby_tray.system.journal import Journal
from nearby_tray.system.wifi import networkmanager, nm, profile
from nearby_tray.system.wifi.choice import ChosenWifi, Limits
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
from .test_supplicant import HIGH, OURS, PEER, PIN, FakeKernel, no_signal, radio

pytestmark = pytest.mark.usefixtures("daemon")

ORDER = FormGroup(1, PEER, ("169.254.7.1", "fd11:22:33::1"), ("169.254.7.2", "fd11:22:33::2"), "Ana's laptop")
PHONE = FormGroup(1, PEER)

Run = Callable[[Any], Any]
Until = Callable[..., Awaitable[None]]


@pytest.fixture(autouse=True)
def ordinary_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(profile, "login_name", lambda: "alice")


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
    wifi = ChosenWifi(edge, daemon, alone, limits=Limits(grace=grace))
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


def manager_connects(here: World, *, adopts: bool = True) -> None:
    """NetworkManager in state 50 has wpa_supplicant negotiate; whatever group then comes up it takes, if it waits for one."""
    here.manager.stop_at = 50
    here.fake.pending = True

    def connect(given: dict[str, Any]) -> None:
        here.fake.negotiated(PEER, "client", 5200)
        here.fake.start_group("client", PEER, 5200)
        here.manager.resume.set()

    if adopts:
        here.fake.on_connect = connect


# --- choosing -----------------------------------------------------------------------------------------------------------------


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


def test_a_supplicant_that_comes_later_adds_what_it_can(run: Run, tmp_path: Path, until: Until) -> None:
    async def main() -> None:
        async with world(tmp_path, supplicant=False) as here:
            await here.fake.start()
            await until(lambda: here.changes()[-1] == (None, "NetworkManager, wpa_supplicant", True))
            await here.fake.stop()
            await until(lambda: here.changes()[-1] == (None, "NetworkManager", True))

    run(main())


# --- beside -------------------------------------------------------------------------------------------------------------------


def test_a_pin_is_negotiated_by_us_and_the_group_adopted(run: Run, tmp_path: Path) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            here.add_peer()
            manager_connects(here)
            group = await here.wifi.form(replace(ORDER, method=Method.DISPLAY, pin=PIN, intent=15, frequency=5200))
            assert (group.owner, group.frequency, group.interface) == (False, 5200, "p2p-wlan0-0")
            assert [call[0] for call in here.fake.calls] == ["Cancel", "Connect"]
            assert here.fake.named("Connect")[0][1] == {
                "peer": here.fake.path_of(PEER),
                "wps_method": "display",
                "pin": PIN,
                "go_intent": 15,
                "frequency": 5200,
            }
            [(_, settings, *_rest)] = here.manager.named("AddAndActivateConnection2")
            assert PIN not in repr(settings)
            await here.wifi.remove()
            assert here.manager.active is None and not list(here.folder.iterdir())

    run(main())


@pytest.mark.parametrize("kept", [True, False])
def test_a_group_that_a_killed_networkmanager_leaves_is_ended(run: Run, tmp_path: Path, until: Until, kept: bool) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            here.add_peer()
            manager_connects(here)
            await here.wifi.form(replace(PHONE, intent=15))
            [group] = here.wifi._supplicant.groups
            if not kept:
                here.fake.end_group(group)
                await until(lambda: not here.wifi._supplicant.groups)
            await here.manager.restart()
            await until(lambda: here.changes()[-1][2])
            assert here.told(GroupLost) == [GroupLost(1, Reason.DAEMON_RESTARTED, "NetworkManager went away")]
            assert [call[1] for call in here.fake.named("Disconnect")] == [group] * kept
            await until(lambda: not here.wifi._supplicant.groups)

    run(main())


def test_networkmanagers_own_connect_is_waited_for_before_it_is_cancelled(run: Run, tmp_path: Path, until: Until) -> None:
    async def main() -> None:
        async with world(tmp_path, takeover=20) as here:
            here.add_peer()
            manager_connects(here)
            forming = asyncio.ensure_future(here.wifi.form(replace(PHONE, intent=15)))
            await until(lambda: here.manager.p2p.now[0] == 50)
            await here.answered()
            assert not here.fake.calls
            here.fake.device.find_stopped()  # here it comes
            await forming
            assert [call[0] for call in here.fake.calls] == ["Cancel", "Connect"]

    run(main())


def test_an_answer_to_what_was_cancelled_does_not_meet_our_own_request(run: Run, tmp_path: Path, until: Until) -> None:
    async def main() -> None:
        async with world(tmp_path, answer=20) as here:
            here.add_peer()
            manager_connects(here)
            forming = asyncio.ensure_future(here.wifi.form(replace(PHONE, intent=15)))
            await until(lambda: bool(here.fake.named("Cancel")))
            await here.answered()
            assert not here.fake.named("Connect")
            forming.cancel()
            await asyncio.wait({forming})
            assert not here.fake.named("Connect")

    run(main())


@pytest.mark.parametrize("begins", [False, True])
def test_what_was_agreed_beforehand_is_taken_back_and_nothing_else_forgotten(run: Run, tmp_path: Path, until: Until, begins: bool) -> None:
    """A `Cancel` leaves an agreement as it is: the other's next request would be a yes of nobody. `Flush` forgets every peer, too."""

    async def main() -> None:
        async with world(tmp_path) as here:
            here.add_peer()
            manager_connects(here, adopts=False)
            order = replace(PHONE, intent=15) if begins else replace(OURS, intent=15, begins=False)
            forming = asyncio.ensure_future(here.wifi.form(order))
            await until(lambda: bool(here.fake.named("Connect")))
            assert bool(here.fake.agreed) is not begins
            forming.cancel()
            await asyncio.wait({forming})
            assert not here.fake.agreed
            assert bool(here.fake.named("Flush")) is not begins

    run(main())


def test_a_push_button_that_networkmanager_would_press_alike_is_left_to_it(run: Run, tmp_path: Path, until: Until) -> None:
    """Who waits for us answers its request at once: taken over then, a group that is being formed would be cancelled."""

    async def main() -> None:
        async with world(tmp_path) as here:
            here.add_peer()
            manager_connects(here)
            forming = asyncio.ensure_future(here.wifi.form(replace(PHONE, intent=7)))
            await until(lambda: here.manager.p2p.now[0] == 50)
            here.fake.device.find_stopped()
            here.fake.on_connect({})  # NetworkManager's own
            group = await forming
            assert (group.interface, group.frequency) == ("p2p-wlan0-0", 5200) and not here.fake.calls
            await here.wifi.remove()

    run(main())


@pytest.mark.parametrize("begins", [False, True])
def test_a_push_button_with_one_of_ours_is_taken_over_only_where_nobody_waits(run: Run, tmp_path: Path, until: Until, begins: bool) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            here.add_peer()
            manager_connects(here)
            here.fake.on_listen = lambda: here.fake.ask(PEER)
            forming = asyncio.ensure_future(here.wifi.form(replace(ORDER, intent=14, begins=begins)))
            await until(lambda: here.manager.p2p.now[0] == 50)
            if begins:
                here.fake.on_connect({})  # NetworkManager's own
            await forming
            assert [call[0] for call in here.fake.calls] == ([] if begins else ["Cancel", "Connect", "Listen"])
            await here.wifi.remove()

    run(main())


def test_a_push_button_that_is_refused_is_told_before_networkmanager_knows(run: Run, tmp_path: Path, until: Until) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            here.add_peer()
            manager_connects(here, adopts=False)
            failing = asyncio.ensure_future(failure(here.wifi.form(PHONE)))
            await until(lambda: here.manager.p2p.now[0] == 50)
            here.fake.refused(PEER, 11)
            assert (await failing).reason is Reason.REJECTED

    run(main())


@pytest.mark.parametrize("busy", [False, True])
def test_while_somebody_waits_for_our_request_nothing_is_sent_until_it_is_ours(run: Run, tmp_path: Path, until: Until, busy: bool) -> None:
    async def main() -> None:
        async with world(tmp_path, answer=20) as here:
            here.add_peer()
            manager_connects(here)
            here.fake.scanning = busy  # by NetworkManager: one that will not last
            here.fake.on_scan = lambda: setattr(here.fake, "queued", True)  # by NetworkManager, soon after
            here.fake.ask(PEER, 5)
            await until(lambda: bool(here.told(WifiRequest)))
            forming = asyncio.ensure_future(here.wifi.form(replace(PHONE, method=Method.KEYPAD, pin=PIN)))
            if busy:
                await until(lambda: bool(here.fake.named("Scan")))
                here.fake.scanned()
            await forming
            said = [call[0] for call in here.fake.calls]
            if busy:
                assert said.count("Scan") > 1
                said = [said[0], *said[said.count("Scan") :]]
            assert said[:5] == ["StopFind", "Scan", "Cancel", "Connect", "AbortScan"]
            assert len(said) > 5 and set(said[5:]) == {"Connect"}  # given up while the scan went on, and said again
            assert {call[1]["wps_method"] for call in here.fake.named("Connect")} == {"keypad"}
            await here.wifi.remove()

    run(main())


def test_where_nobody_waits_for_our_request_nothing_is_held_back(run: Run, tmp_path: Path) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            here.add_peer()
            manager_connects(here)
            await here.wifi.form(replace(PHONE, method=Method.KEYPAD, pin=PIN))
            assert [call[0] for call in here.fake.calls] == ["Cancel", "Connect"]
            await here.wifi.remove()

    run(main())


def test_an_early_failure_is_told_before_networkmanager_knows(run: Run, tmp_path: Path, until: Until) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            here.add_peer()
            manager_connects(here, adopts=False)
            here.fake.on_connect = lambda _given: here.fake.wps_fails(18)
            failed = await failure(here.wifi.form(replace(ORDER, method=Method.KEYPAD, pin=PIN)))
            assert failed.reason is Reason.WRONG_PIN
            assert here.manager.active is None
            here.fake.forbidden = {5200}
            here.fake.pending = True
            assert (await failure(here.wifi.form(replace(PHONE, frequency=5200)))).reason is Reason.CHANNEL_FORBIDDEN
            here.fake.pending = True
            here.fake.on_connect = lambda _given: here.fake.refused(PEER, 11)
            assert (await failure(here.wifi.form(replace(PHONE, intent=1)))).reason is Reason.REJECTED
            here.fake.pending = True
            here.fake.on_connect = lambda _given: None
            assert (await failure(here.wifi.form(replace(ORDER, patience=0.1)))).reason is Reason.NOT_FORMED
            await until(lambda: here.manager.active is None and not list(here.folder.iterdir()))

    run(main())


def test_peers_are_told_with_what_the_supplicant_knows_besides(run: Run, tmp_path: Path, until: Until) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            here.add_peer(PEER, DeviceName="Ben's phone", PrimaryDeviceType=bytes.fromhex("000a0050f2040005"), groupcapability=1)
            await until(lambda: bool(here.told(PeerFound)) and here.told(PeerFound)[-1].kind == "phone")
            found = here.told(PeerFound)[-1]
            assert (found.name, found.owner) == ("Ben's phone", False)  # into its group there is no way from here
            assert found.methods == frozenset(Method)
            here.fake.change_peer(here.fake.path_of(PEER), ModelName="One")
            await until(lambda: here.told(PeerFound)[-1].model == "One")

    run(main())


def test_requests_of_others_reach_us_beside_networkmanager(run: Run, tmp_path: Path, until: Until) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            here.fake.invitation(PEER)  # no way to follow it
            here.fake.add_peer(HIGH)
            here.fake.ask(HIGH, 5)
            await until(lambda: here.told(WifiRequest) == [WifiRequest(HIGH, Asks.NEGOTIATE, Method.KEYPAD)])
            assert here.told(PeerFound)[0].address == HIGH
            await here.wifi.reject(HIGH)
            assert here.fake.named("RejectPeer")
            here.fake.on_provision = lambda peer, _what: here.fake.device.answered_enter(peer)
            await here.wifi.provision(HIGH, Method.KEYPAD)

    run(main())


def test_clearing_forgets_the_peers_too(run: Run, tmp_path: Path) -> None:
    async def main() -> None:
        async with world(tmp_path) as here:
            # As often as it takes: what ends before the call has returned does not count.
            async def ends() -> None:
                while True:
                    await asyncio.sleep(0.01)
                    here.manager.wireless.ended()

            await here.wifi.find()
            ended = asyncio.ensure_future(ends())
            await here.wifi.clear()
            ended.cancel()
            assert here.fake.named("Flush")
            assert here.manager.named("RequestScan")

    run(main())
