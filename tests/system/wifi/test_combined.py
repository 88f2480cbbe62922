"""NetworkManager with wpa_supplicant beside it: the negotiation is ours, profile and addresses are NetworkManager's."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from nearby_tray.core.model import (
    Asks,
    GroupLost,
    Method,
    PeerFound,
    Reason,
    WifiRequest,
)

from .test_choice import ORDER, PHONE, Run, Until, World, failure, world
from .test_standalone import HIGH, OURS, PEER, PIN

pytestmark = pytest.mark.usefixtures("daemon")


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


def test_the_failure_of_networkmanagers_own_request_does_not_end_ours(run: Run, tmp_path: Path, until: Until) -> None:
    async def main() -> None:
        async with world(tmp_path, takeover=20) as here:
            here.add_peer()
            manager_connects(here)
            forming = asyncio.ensure_future(here.wifi.form(replace(PHONE, intent=15)))
            await until(lambda: here.manager.p2p.now[0] == 50)
            here.fake.refused(PEER, 11)
            await here.answered()
            here.fake.device.find_stopped()
            assert (await forming).frequency == 5200

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
