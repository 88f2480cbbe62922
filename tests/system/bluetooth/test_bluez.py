"""What bluetoothd has of us is what was asked for; what it tells, and what strangers send through it, becomes facts or nothing."""

from __future__ import annotations

import asyncio
import importlib
import logging
import os
import sys
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from dbus_fast import Variant

from nearby_tray.core.keys import Role
from nearby_tray.core.model import BluetoothChanged, CallHeard, Disconnected, EdgeEvent, FrameArrived, Reason
from nearby_tray.core.wire import INBOX_UUID, OUTBOX_UUID, SERVICE_UUID
from nearby_tray.errors import Unavailable
from nearby_tray.system.bluetooth import adapter as adapters
from nearby_tray.system.bluetooth import bleak_calls, client, hci, scanner
from nearby_tray.system.bluetooth.bluez import BlueZ
from nearby_tray.system.bus import BusTimeout
from nearby_tray.system.journal import Journal

from ..fake_bluez import ADAPTER, DEVICE, FakeBlueZ, Refused, device_path

Run = Callable[[Coroutine[Any, Any, Any]], Any]
Until = Callable[..., Awaitable[None]]

CALL = bytes.fromhex("11aabbcc0000")
NEXT_CALL = bytes.fromhex("11ddeeff0000")
PEER = "00:AA:01:01:00:01"
PEER_PATH = "/org/bluez/hci0/dev_00_AA_01_01_00_01"


class Machine:
    """One `BlueZ` on one fake bluetoothd, and what it has said."""

    def __init__(self, fake: FakeBlueZ, until: Until, adapter: str | None = None) -> None:
        self.fake, self._until = fake, until
        self.bluez = BlueZ(adapter)
        self.events: list[EdgeEvent] = []
        self.times: list[float] = []

    def _sink(self, event: EdgeEvent) -> None:
        self.events.append(event)
        self.times.append(asyncio.get_running_loop().time())

    async def open(self) -> None:
        await self.bluez.open(self._sink)

    async def until(self, condition: Callable[[], bool]) -> None:
        await self._until(condition)

    async def told(self, event: EdgeEvent, times: int = 1) -> None:
        await self._until(lambda: self.events.count(event) >= times)
        assert self.events.count(event) == times

    def frames(self) -> list[bytes]:
        return [event.frame for event in self.events if isinstance(event, FrameArrived)]

    def calls(self) -> list[CallHeard]:
        return [event for event in self.events if isinstance(event, CallHeard)]

    async def visited(self, address: str = PEER, *, bonded: bool = False) -> str:
        """A central connects, subscribes, and says "hello"."""
        path = self.fake.device(address, bonded=bonded, connected=True)
        await self.fake.subscribe()
        assert await self.fake.write(address, b"hello") is None
        await self.until(lambda: any(isinstance(event, FrameArrived) and event.origin == path for event in self.events))
        return path

    async def heard(self, data: bytes = CALL, address: str = PEER) -> str:
        count = len(self.calls())
        self.fake.advertise(address, data)
        await self.until(lambda: len(self.calls()) > count)
        return self.calls()[-1].origin

    async def end(self) -> None:
        """Close, and see that bluetoothd has nothing of us."""
        await self.bluez.close()
        await self.fake_is_empty()
        await self.fake.stop()

    async def fake_is_empty(self) -> None:
        assert self.fake.advertisements == {} and self.fake.application is None
        assert not self.fake.discovering and self.fake.monitors == {}


def journey(
    run: Run, until: Until, story: Callable[[Machine], Awaitable[None]], *, fake: FakeBlueZ | None = None, adapter: str | None = None
) -> None:
    """Run `story` on a machine that is ready, and check its end."""

    async def main() -> None:
        machine = Machine(fake or FakeBlueZ(), until, adapter)
        await machine.fake.start()
        await machine.open()
        assert machine.events == [BluetoothChanged(None)]
        await story(machine)
        await machine.end()

    run(main())


@pytest.fixture(autouse=True)
def no_quick_death(daemon: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test has a private bus; a retry comes at once."""
    monkeypatch.setattr(adapters, "_READ_AGAIN", 0.05)
    monkeypatch.setattr(scanner, "_SCAN_AGAIN", 0.05)


# --- what bluetoothd is -----------------------------------------------------------------------------------------------------


def test_the_first_word_is_about_bluetooth_even_without_a_daemon(run: Run, until: Until) -> None:
    async def main() -> None:
        machine = Machine(FakeBlueZ(), until)
        await machine.open()
        assert machine.events == [BluetoothChanged(Reason.BLUETOOTH_MISSING)]
        for method in (machine.bluez.serve(CALL), machine.bluez.listen(), machine.bluez.connect(PEER_PATH)):
            with pytest.raises(Unavailable) as caught:
                await method
            assert caught.value.reason is Reason.BLUETOOTH_MISSING
        await machine.bluez.unserve()
        await machine.bluez.unlisten()
        await machine.bluez.disconnect(PEER_PATH)
        await machine.fake.start()
        await machine.told(BluetoothChanged(None))
        await machine.end()
        await machine.bluez.close()  # again

    run(main())


def test_a_connection_that_a_killed_applet_left_is_ended_at_the_next_start(run: Run, until: Until, tmp_path: Path) -> None:
    # What a process that is no more has noted: the journal knows it by a pid that nobody has.
    dead = Journal(tmp_path)
    dead.add("bluetooth-connection", PEER_PATH)
    noted = next(tmp_path.glob("*.json")).read_text()
    (tmp_path / "1-1.json").write_text(noted.replace(str(os.getpid()), "4194305"))
    dead.remove("bluetooth-connection", PEER_PATH)
    assert dead.leftovers("bluetooth-connection") == (PEER_PATH,)

    async def main() -> None:
        machine = Machine(FakeBlueZ(), until)
        machine.bluez = BlueZ(None, Journal(tmp_path))
        await machine.fake.start()
        machine.fake.device(PEER, connected=True)
        await machine.open()
        assert (PEER_PATH, "Disconnect") in [call[:2] for call in machine.fake.calls]
        assert Journal(tmp_path).leftovers("bluetooth-connection") == ()
        await machine.end()

    run(main())


def test_without_a_bus_bluetooth_is_missing_and_comes_back_with_it(run: Run, until: Until, daemon: Any) -> None:
    async def main() -> None:
        daemon.stop()
        machine = Machine(FakeBlueZ(), until)
        await machine.open()
        assert machine.events == [BluetoothChanged(Reason.BLUETOOTH_MISSING)]
        daemon.start()
        await machine.fake.start()
        await machine.told(BluetoothChanged(None))
        await machine.end()

    run(main())


@pytest.mark.parametrize(
    ("fake", "adapter", "reason"),
    [
        (FakeBlueZ(adapters=()), None, Reason.BLUETOOTH_NO_ADAPTER),
        (FakeBlueZ(), "hci1", Reason.BLUETOOTH_NO_ADAPTER),
        (FakeBlueZ(powered=False), None, Reason.BLUETOOTH_OFF),
    ],
)
def test_why_bluetooth_cannot_be_used(run: Run, until: Until, fake: FakeBlueZ, adapter: str | None, reason: Reason) -> None:
    async def main() -> None:
        machine = Machine(fake, until, adapter)
        await fake.start()
        await machine.open()
        assert machine.events == [BluetoothChanged(reason)]
        with pytest.raises(Unavailable) as caught:
            await machine.bluez.serve(CALL)
        assert caught.value.reason is reason
        assert not [member for _, member, _ in fake.calls if member == "Set"]  # nobody switches a radio on
        await machine.end()

    run(main())


ADDRESSES = {f"hci{number}": f"00:AA:01:00:00:0{number}" for number in range(4)}


@pytest.mark.parametrize("wanted", ["hci1", ADDRESSES["hci1"], ADDRESSES["hci1"].lower()])
@pytest.mark.parametrize(("comes_back_as", "beside"), [("hci1", "hci0"), ("hci0", "hci1"), ("hci2", "hci1"), ("hci3", None)])
def test_the_chosen_adapter_is_known_by_its_address(
    run: Run, until: Until, tmp_path: Path, wanted: str, comes_back_as: str, beside: str | None
) -> None:
    """Whatever number it gets, and whoever has the one that it had."""
    chosen: list[str] = []

    async def main() -> None:
        machine = Machine(FakeBlueZ(adapters=("hci0", "hci1")), until)
        machine.bluez = BlueZ(wanted, None, chosen.append)
        await machine.fake.start()
        await machine.open()
        assert machine.bluez._watch.adapter is not None and machine.bluez._watch.adapter.name == "hci1"
        for name in ("hci1", "hci0"):
            machine.fake.remove_adapter(name)
        await machine.told(BluetoothChanged(Reason.BLUETOOTH_NO_ADAPTER))
        if beside is not None:
            machine.fake.add_adapter(beside)
            machine.fake.change(f"/org/bluez/{beside}", ADAPTER, {"Address": Variant("s", ADDRESSES["hci0"])})
        machine.fake.add_adapter(comes_back_as)
        machine.fake.change(f"/org/bluez/{comes_back_as}", ADAPTER, {"Address": Variant("s", ADDRESSES["hci1"])})
        await until(lambda: machine.bluez._watch.adapter is not None and machine.bluez._watch.adapter.address == ADDRESSES["hci1"])
        assert machine.bluez._watch.adapter.name == comes_back_as and machine.events[-1] == BluetoothChanged(None, fresh=True)
        await machine.end()

    run(main())
    assert chosen == ([ADDRESSES["hci1"]] if wanted == "hci1" else [])


def test_another_adapter_is_used_as_soon_as_it_is_chosen(run: Run, until: Until) -> None:
    async def story(machine: Machine) -> None:
        bluez = machine.bluez
        assert bluez.adapters == ((ADDRESSES["hci0"], "hci0"), (ADDRESSES["hci1"], "hci1"))
        await bluez.serve(CALL)
        bluez.choose(ADDRESSES["hci1"])
        await machine.told(BluetoothChanged(None, fresh=True))
        await bluez.serve(CALL)
        registered = [path for path, member, _ in machine.fake.calls if member == "RegisterAdvertisement"]
        assert registered == ["/org/bluez/hci0", "/org/bluez/hci1"] and len(machine.fake.advertisements) == 1
        bluez.choose(None)  # any will do, so the one in use stays
        bluez.choose("hci7")
        await machine.told(BluetoothChanged(Reason.BLUETOOTH_NO_ADAPTER))
        bluez.choose("hci0")
        await machine.until(lambda: bluez._watch.adapter is not None and bluez._watch.adapter.name == "hci0")

    journey(run, until, story, fake=FakeBlueZ(adapters=("hci0", "hci1")))


def test_an_adapter_that_is_plugged_in_is_used_and_the_wanted_one_is_preferred(run: Run, until: Until) -> None:
    async def story(machine: Machine) -> None:
        await machine.bluez.serve(CALL)
        assert any(path == "/org/bluez/hci1" and member == "RegisterAdvertisement" for path, member, _ in machine.fake.calls)
        machine.fake.remove_adapter("hci1")
        machine.fake.advertisements, machine.fake.application = {}, None
        await machine.told(BluetoothChanged(Reason.BLUETOOTH_NO_ADAPTER))
        machine.fake.add_adapter("hci1")
        await machine.told(BluetoothChanged(None, fresh=True))
        await machine.bluez.serve(CALL)
        assert len(machine.fake.advertisements) == 1

    journey(run, until, story, fake=FakeBlueZ(adapters=("hci0", "hci1")), adapter="hci1")


@pytest.mark.logs("bluetoothd does not say what it has")
def test_a_daemon_that_does_not_answer_is_asked_again(run: Run, until: Until, caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        machine = Machine(FakeBlueZ(), until)
        machine.fake.refuse["GetManagedObjects"] = [Refused("org.freedesktop.DBus.Error.Failed", "not now")]
        await machine.fake.start()
        await machine.open()
        assert machine.events == [BluetoothChanged(Reason.BLUETOOTH_MISSING)]
        await machine.told(BluetoothChanged(None))
        await machine.end()

    run(main())


# --- serving ---------------------------------------------------------------------------------------------------------------


def test_serving_shows_exactly_one_service_and_one_advertisement(run: Run, until: Until) -> None:
    async def story(machine: Machine) -> None:
        fake, bluez_ = machine.fake, machine.bluez
        await bluez_.serve(CALL)
        await bluez_.serve(CALL)
        (shown,) = fake.advertisements.values()
        assert shown["Type"] == "peripheral" and shown["ServiceUUIDs"] == [SERVICE_UUID]
        assert shown["ManufacturerData"] == {0xFFFF: Variant("ay", CALL)}
        assert (shown["MinInterval"], shown["MaxInterval"]) == (100, 150)
        assert shown.keys() == {"Type", "ServiceUUIDs", "ManufacturerData", "MinInterval", "MaxInterval"}
        assert fake.application is not None
        flags = {
            interfaces["org.bluez.GattCharacteristic1"]["UUID"].value: interfaces["org.bluez.GattCharacteristic1"]["Flags"].value
            for interfaces in fake.application.values()
            if "org.bluez.GattCharacteristic1" in interfaces
        }
        assert flags == {INBOX_UUID: ["write"], OUTBOX_UUID: ["notify"]}
        root = fake.application_root
        await bluez_.serve(NEXT_CALL)
        (shown,) = fake.advertisements.values()
        assert shown["ManufacturerData"] == {0xFFFF: Variant("ay", NEXT_CALL)}
        await bluez_.serve(None)
        assert fake.advertisements == {} and fake.application_root == root
        await bluez_.serve(CALL)
        await bluez_.unserve()
        await bluez_.unserve()
        await machine.fake_is_empty()
        members = [member for _, member, _ in fake.calls]
        assert members.count("RegisterApplication") == 1 and members.count("RegisterAdvertisement") == 3
        await bluez_.serve(CALL)

    journey(run, until, story)


def test_intervals_that_are_refused_are_left_out(run: Run, until: Until) -> None:
    async def story(machine: Machine) -> None:
        machine.fake.refuse_intervals = True
        await machine.bluez.serve(CALL)
        (shown,) = machine.fake.advertisements.values()
        assert "MinInterval" not in shown and "MaxInterval" not in shown

    journey(run, until, story)


@pytest.mark.parametrize("member", ["RegisterAdvertisement", "RegisterApplication"])
def test_a_refusal_is_told_in_bluez_own_words_and_leaves_nothing(run: Run, until: Until, member: str) -> None:
    async def story(machine: Machine) -> None:
        machine.fake.refuse[member] = [Refused("org.bluez.Error.NotPermitted", "Maximum advertisements reached")]
        with pytest.raises(Unavailable) as caught:
            await machine.bluez.serve(CALL)
        assert caught.value.reason is Reason.BLUETOOTH_REFUSED
        assert "Maximum advertisements reached" in caught.value.detail
        await machine.fake_is_empty()
        await machine.bluez.serve(CALL)
        assert len(machine.fake.advertisements) == 1

    journey(run, until, story)


def test_a_service_in_use_outlives_a_refused_advertisement(run: Run, until: Until) -> None:
    async def story(machine: Machine) -> None:
        await machine.bluez.serve(None)
        path = await machine.visited()
        machine.fake.refuse["RegisterAdvertisement"] = [Refused("org.bluez.Error.NotPermitted")]
        with pytest.raises(Unavailable):
            await machine.bluez.serve(CALL)
        await machine.bluez.send(path, b"still here", Role.CALLER)
        await machine.until(lambda: machine.fake.notified == [b"still here"])

    journey(run, until, story)


def test_a_daemon_that_hangs_is_not_waited_for(run: Run, until: Until, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(machine: Machine) -> None:
        for module in (adapters, bleak_calls):
            monkeypatch.setattr(module, "CALL_LIMIT", 0.2)
        machine.fake.hang = {"RegisterApplication", "RegisterAdvertisement", "StartDiscovery"}
        for method in (machine.bluez.serve(CALL), machine.bluez.listen()):
            with pytest.raises(Unavailable) as caught:
                await method
            assert caught.value.reason is Reason.BLUETOOTH_REFUSED
        machine.fake.hang = set()
        for module in (adapters, bleak_calls):
            monkeypatch.setattr(module, "CALL_LIMIT", 8.0)
        await machine.bluez.serve(CALL)
        await machine.bluez.listen()

    journey(run, until, story)


def test_a_released_advertisement_is_made_again(run: Run, until: Until) -> None:
    async def story(machine: Machine) -> None:
        await machine.bluez.serve(CALL)
        await machine.fake.release(next(iter(machine.fake.advertisements)))
        await machine.bluez.serve(CALL)
        assert len(machine.fake.advertisements) == 1

    journey(run, until, story)


# --- those who come to us ---------------------------------------------------------------------------------------------------


def test_writes_become_frames_in_order_and_answers_become_notifications(run: Run, until: Until) -> None:
    async def story(machine: Machine) -> None:
        fake = machine.fake
        await machine.bluez.serve(CALL)
        path = fake.device(PEER, bonded=True, connected=True)
        await fake.subscribe()
        sent = [bytes([index]) * 20 for index in range(10)]
        assert await asyncio.gather(*(fake.write(PEER, frame) for frame in sent)) == [None] * 10
        await machine.until(lambda: len(machine.frames()) == 10)
        assert machine.events[1:] == [FrameArrived(path, frame, 510, True) for frame in sent]
        assert [member for _, member, _ in fake.calls].count("GetAll") == 1  # asked once whether it is bonded
        answers = [bytes([index]) * 510 for index in range(10)]
        await asyncio.gather(*(machine.bluez.send(path, frame, Role.CALLER) for frame in answers))
        await machine.until(lambda: fake.notified == answers)
        fake.mtu = 23
        assert await fake.write(PEER, b"small") is None
        assert machine.events[-1] == FrameArrived(path, b"small", 20, True)
        with pytest.raises(ValueError, match="21 bytes where 20 fit"):
            await machine.bluez.send(path, bytes(21), Role.CALLER)
        fake.link_lost(PEER)
        await machine.told(Disconnected(path))
        with pytest.raises(Unavailable) as caught:
            await machine.bluez.send(path, b"anybody?", Role.CALLER)
        assert caught.value.reason is Reason.PEER_GONE

    journey(run, until, story)


@pytest.mark.parametrize(
    ("frame", "options", "error"),
    [
        (b"x", {"offset": Variant("q", 20)}, "org.bluez.Error.InvalidOffset"),
        (b"x", {"offset": Variant("s", "none")}, "org.bluez.Error.InvalidOffset"),
        (bytes(513), {}, "org.bluez.Error.InvalidValueLength"),
        (b"", {}, "org.bluez.Error.InvalidValueLength"),
        (b"x", {"device": Variant("s", "../../etc")}, "org.bluez.Error.Failed"),
        (b"x", {"device": Variant("ay", b"\xff")}, "org.bluez.Error.Failed"),
        (b"x", {"device": Variant("o", "/org/bluez/hci0")}, "org.bluez.Error.Failed"),
    ],
)
def test_odd_writes_are_refused_and_change_nothing(run: Run, until: Until, frame: bytes, options: dict[str, Variant], error: str) -> None:
    async def story(machine: Machine) -> None:
        await machine.bluez.serve(CALL)
        machine.fake.device(PEER, connected=True)
        assert await machine.fake.write(PEER, frame, **options) == error
        assert machine.frames() == []

    journey(run, until, story)


@pytest.mark.parametrize("mtu", [Variant("s", "big"), Variant("b", True), Variant("q", 0), Variant("x", -7)])
def test_any_mtu_leaves_the_room_that_every_link_has(run: Run, until: Until, mtu: Variant) -> None:
    async def story(machine: Machine) -> None:
        await machine.bluez.serve(CALL)
        path = machine.fake.device(PEER, connected=True)
        assert await machine.fake.write(PEER, b"x", mtu=mtu) is None
        await machine.told(FrameArrived(path, b"x", 20))

    journey(run, until, story)


def test_sixteen_may_talk_at_once(run: Run, until: Until) -> None:
    async def story(machine: Machine) -> None:
        await machine.bluez.serve(CALL)
        addresses = [f"00:AA:01:01:00:{index:02X}" for index in range(17)]
        for address in addresses:
            machine.fake.device(address, connected=True)
        answers = [await machine.fake.write(address, b"me") for address in addresses]
        assert answers == [None] * 16 + ["org.bluez.Error.NotPermitted"]
        await machine.until(lambda: len(machine.frames()) == 16)
        machine.fake.link_lost(addresses[0])
        await machine.told(Disconnected(device_path(addresses[0])))
        assert await machine.fake.write(addresses[16], b"me") is None

    journey(run, until, story)


def test_who_is_gone_before_it_is_known_is_not_mentioned_as_present(run: Run, until: Until) -> None:
    async def story(machine: Machine) -> None:
        await machine.bluez.serve(CALL)
        path = machine.fake.device(PEER, connected=False)
        assert await machine.fake.write(PEER, b"ghost") is None
        await machine.told(Disconnected(path))
        assert machine.frames() == []
        machine.fake.device("00:AA:01:01:00:02", connected=True)
        assert await machine.fake.write("00:AA:01:01:00:02", b"me") is None
        await machine.until(lambda: machine.frames() == [b"me"])
        machine.fake.forget("00:AA:01:01:00:02")
        await machine.told(Disconnected(device_path("00:AA:01:01:00:02")))

    journey(run, until, story)


def test_nobody_is_notified_who_has_not_subscribed(run: Run, until: Until) -> None:
    async def story(machine: Machine) -> None:
        await machine.bluez.serve(CALL)
        path = machine.fake.device(PEER, connected=True)
        assert await machine.fake.write(PEER, b"me") is None
        with pytest.raises(Unavailable) as caught:
            await machine.bluez.send(path, b"answer", Role.CALLER)
        assert caught.value.reason is Reason.PEER_GONE

    journey(run, until, story)


def test_unserving_and_disconnecting_end_the_connections(run: Run, until: Until) -> None:
    async def story(machine: Machine) -> None:
        await machine.bluez.serve(CALL)
        first, second = await machine.visited(), await machine.visited("00:AA:01:01:00:02")
        await machine.bluez.disconnect(first)
        await machine.bluez.disconnect(first)
        await machine.told(Disconnected(first))
        await machine.bluez.unserve()
        await machine.told(Disconnected(second))
        assert [path for path, member, _ in machine.fake.calls if member == "Disconnect"] == [first, second]
        members = [member for _, member, _ in machine.fake.calls]
        assert members.index("UnregisterAdvertisement") < members.index("UnregisterApplication")

    journey(run, until, story)


def test_a_caller_whose_program_has_died_is_gone(run: Run, until: Until) -> None:
    """bluetoothd withdraws the service of a dead program and keeps the radio link, for as long as nobody ends it."""

    async def story(machine: Machine) -> None:
        await machine.bluez.listen()
        await machine.heard()
        await machine.bluez.connect(PEER_PATH)
        machine.fake.withdraw(PEER)
        await machine.told(Disconnected(PEER_PATH))
        assert [path for path, member, _ in machine.fake.calls if member == "Disconnect"] == [PEER_PATH]
        with pytest.raises(Unavailable):
            await machine.bluez.send(PEER_PATH, b"x", Role.LISTENER)

    journey(run, until, story)


def test_a_caller_that_withdraws_its_call_and_answers_ours_stays(run: Run, until: Until, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "_LAST_WORDS", 0.01)

    async def story(machine: Machine) -> None:
        await machine.bluez.listen()
        await machine.heard()
        await machine.bluez.connect(PEER_PATH)
        await machine.bluez.serve(CALL)
        assert await machine.fake.write(PEER, b"hello") is None
        machine.fake.withdraw(PEER)
        await asyncio.sleep(0.1)
        assert Disconnected(PEER_PATH) not in machine.events
        assert "Disconnect" not in [member for _, member, _ in machine.fake.calls]

    journey(run, until, story)


# --- hearing ---------------------------------------------------------------------------------------------------------------


def test_calls_are_heard_by_filtered_discovery(run: Run, until: Until) -> None:
    async def story(machine: Machine) -> None:
        assert machine.bluez.listening_by == ""
        await machine.bluez.listen()
        await machine.bluez.listen()
        assert machine.bluez.listening_by == "discovery"
        assert machine.fake.filter == {"UUIDs": [SERVICE_UUID], "DuplicateData": False, "Transport": "le"}
        machine.fake.advertise(PEER, CALL, rssi=-61)
        await machine.told(CallHeard(PEER_PATH, CALL, False, -61))
        await machine.heard(NEXT_CALL)
        assert machine.calls()[-1].data == NEXT_CALL
        await machine.bluez.unlisten()
        await machine.bluez.unlisten()
        assert not machine.fake.discovering and machine.bluez.listening_by == ""

    journey(run, until, story)


def test_monitors_are_preferred_where_they_are_offered(run: Run, until: Until) -> None:
    async def story(machine: Machine) -> None:
        await machine.bluez.listen()
        assert machine.bluez.listening_by == "AdvertisementMonitor"
        await machine.until(lambda: bool(machine.fake.monitors))
        (patterns,) = machine.fake.monitors.values()
        uuid = bytes.fromhex(SERVICE_UUID.replace("-", ""))[::-1]
        assert [(offset, kind, bytes(data)) for offset, kind, data in patterns] == [(0, 6, uuid), (0, 7, uuid)]
        assert not machine.fake.discovering
        await machine.heard()
        await machine.bluez.unlisten()
        await machine.fake_is_empty()
        machine.fake.refuse["RegisterMonitor"] = [Refused("org.bluez.Error.Failed", "no more")]
        await machine.bluez.listen()
        assert machine.bluez.listening_by == "discovery"

    journey(run, until, story, fake=FakeBlueZ(monitors=True))


def test_a_refused_scan_is_told(run: Run, until: Until) -> None:
    async def story(machine: Machine) -> None:
        machine.fake.refuse["StartDiscovery"] = [Refused("org.bluez.Error.NotAuthorized", "no")]
        with pytest.raises(Unavailable) as caught:
            await machine.bluez.listen()
        assert caught.value.reason is Reason.BLUETOOTH_REFUSED and "NotAuthorized" in caught.value.detail
        await machine.bluez.listen()

    journey(run, until, story)


def test_a_busy_radio_is_listened_to_as_soon_as_it_is_free(run: Run, until: Until) -> None:
    async def story(machine: Machine) -> None:
        machine.fake.refuse["StartDiscovery"] = [Refused("org.bluez.Error.InProgress")] * 3
        await machine.bluez.listen()
        assert machine.bluez.listening_by == ""
        await machine.bluez.listen()
        await machine.until(lambda: machine.bluez.listening_by == "discovery")
        await machine.heard()

    journey(run, until, story)


def test_other_advertisements_are_not_calls(run: Run, until: Until) -> None:
    async def story(machine: Machine) -> None:
        await machine.bluez.listen()
        machine.fake.filter = None  # somebody else scans for everything, and we get to know
        machine.fake.advertise("00:AA:01:01:00:02", CALL, uuids=("0000180f-0000-1000-8000-00805f9b34fb",))
        machine.fake.advertise("00:AA:01:01:00:03", CALL, company=0x004C)
        machine.fake.advertise("00:AA:01:01:00:04", None)
        machine.fake.advertise("00:AA:01:01:00:05", bytes(200))
        await machine.heard()
        assert [(call.origin, call.data) for call in machine.calls()] == [
            (device_path("00:AA:01:01:00:05"), bytes(31)),
            (PEER_PATH, CALL),
        ]

    journey(run, until, story)


def test_who_was_connected_is_heard_again_though_bluez_shows_other_uuids(run: Run, until: Until) -> None:
    async def story(machine: Machine) -> None:
        await machine.bluez.listen()
        machine.fake.filter = None
        machine.fake.advertise(PEER, CALL, uuids=("00001800-0000-1000-8000-00805f9b34fb",))
        await machine.told(CallHeard(PEER_PATH, CALL, False, -60))
        machine.fake.advertise("00:AA:01:01:00:02", CALL, uuids=(), bonded=True)
        await machine.told(CallHeard(device_path("00:AA:01:01:00:02"), CALL, True, -60))

    journey(run, until, story)


def test_a_flood_is_thinned_and_its_last_word_arrives(run: Run, until: Until) -> None:
    async def story(machine: Machine) -> None:
        await machine.bluez.listen()
        for index in range(300):  # one that changes its mind
            machine.fake.advertise(PEER, CALL[:4] + index.to_bytes(2, "big"))
            if index % 20 == 0:
                await machine.fake.breathe()
        last = CALL[:4] + (299).to_bytes(2, "big")
        await machine.until(lambda: any(call.data == last for call in machine.calls()))
        for index in range(60):  # and many
            machine.fake.advertise(f"00:AA:02:00:00:{index:02X}", CALL)
            if index % 20 == 0:
                await machine.fake.breathe()
        await machine.until(lambda: len({call.origin for call in machine.calls()}) == 61)
        times = [at for at, event in zip(machine.times, machine.events, strict=True) if isinstance(event, CallHeard)]
        assert all(later - earlier >= 0.9 for earlier, later in zip(times, times[21:], strict=False))

    journey(run, until, story)


# --- connecting ------------------------------------------------------------------------------------------------------------


def test_a_conversation_with_a_caller(run: Run, until: Until) -> None:
    async def story(machine: Machine) -> None:
        await machine.bluez.listen()
        origin = await machine.heard()
        assert await machine.bluez.connect(origin) == 510
        assert await machine.bluez.connect(origin) == 510
        members = [member for _, member, _ in machine.fake.calls]
        assert members.count("Connect") == 1 and members.count("StartNotify") == 1
        assert members.index("StopDiscovery") < members.index("Connect") < len(members) - 1 - members[::-1].index("StartDiscovery")
        frames = [os.urandom(510), b"second"]
        for frame in frames:
            await machine.bluez.send(origin, frame, Role.LISTENER)
        assert machine.fake.written == [(PEER, frame) for frame in frames]
        for frame in frames:
            machine.fake.notify(PEER, frame)
        await machine.until(lambda: machine.frames() == frames)
        assert FrameArrived(origin, b"second", 510, False) in machine.events
        machine.fake.link_lost(PEER)
        await machine.told(Disconnected(origin))
        with pytest.raises(Unavailable) as caught:
            await machine.bluez.send(origin, b"anybody?", Role.LISTENER)
        assert caught.value.reason is Reason.PEER_GONE
        await machine.heard(NEXT_CALL)
        assert await machine.bluez.connect(origin) == 510
        await machine.bluez.disconnect(origin)
        await machine.told(Disconnected(origin), times=2)

    journey(run, until, story)


def test_room_and_bond_are_those_of_the_caller(run: Run, until: Until) -> None:
    async def story(machine: Machine) -> None:
        machine.fake.mtu = 100
        machine.fake.device(PEER, bonded=True)
        assert await machine.bluez.connect(PEER_PATH) == 97
        machine.fake.notify(PEER, b"x")
        await machine.told(FrameArrived(PEER_PATH, b"x", 97, True))

    journey(run, until, story)


def _knows_links(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The kernel tells of the links that the fake daemon has; returns what that had been called for each time it was asked."""
    asked: list[list[str]] = []

    def links(adapter: int) -> list[tuple[int, bytes, int, int, int, int]]:
        assert adapter == 0
        asked.append([member for _, member, _ in machine.fake.calls])
        return [
            (64, bytes.fromhex(address.replace(":", ""))[::-1], 0x80, 1, 1, 0x0005 if encrypted else 0x0001)
            for address, encrypted in machine.fake.links.items()
        ]

    monkeypatch.setattr(hci, "_links", links)
    return asked


def test_an_encrypted_link_of_a_bond_is_known_before_the_first_frame(run: Run, until: Until, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(machine: Machine) -> None:
        asked = _knows_links(machine, monkeypatch)
        machine.fake.device(PEER, bonded=True)
        await machine.bluez.connect(PEER_PATH)
        ((*_, connected),) = [[call for call in calls if call in ("Connect", "StartNotify")] for calls in asked]
        assert connected == "Connect", "after the connection, and before anything is said on it"
        machine.fake.notify(PEER, b"x")
        await machine.told(FrameArrived(PEER_PATH, b"x", 510, bonded=True, encrypted=True))
        await machine.bluez.disconnect(PEER_PATH)
        machine.fake.encrypts = False
        await machine.bluez.connect(PEER_PATH)
        machine.fake.notify(PEER, b"y")
        await machine.told(FrameArrived(PEER_PATH, b"y", 510, bonded=True, encrypted=False))

    journey(run, until, story)


def test_a_bond_is_known_by_the_identity_address(run: Run, until: Until, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(machine: Machine) -> None:
        _knows_links(machine, monkeypatch)
        # The path keeps the private address of the first meeting until bluetoothd starts again.
        path = machine.fake.device("5A:01:02:03:04:05", {"Address": Variant("s", "00:AA:01:01:00:09")}, bonded=True)
        await machine.bluez.connect(path)
        machine.fake.notify("5A:01:02:03:04:05", b"x")
        await machine.told(FrameArrived(path, b"x", 510, bonded=True, encrypted=True))

    journey(run, until, story)


@pytest.mark.parametrize("case", ["pairs now", "unpairs now", "old BlueZ", "nobody tells", "stranger"])
def test_no_other_link_counts_as_encrypted(run: Run, until: Until, monkeypatch: pytest.MonkeyPatch, case: str) -> None:
    async def story(machine: Machine) -> None:
        asked = _knows_links(machine, monkeypatch)
        fake, bonded = machine.fake, case in ("unpairs now", "old BlueZ", "nobody tells")
        fake.device(PEER, bonded=bonded)

        def pairing(path: str) -> None:
            """While the connection is made; encrypted is what the kernel says of it all the same."""
            fake.change(path, DEVICE, {name: Variant("b", case == "pairs now") for name in ("Bonded", "Paired")})
            fake.links[PEER] = True

        match case:
            case "pairs now" | "unpairs now":
                fake.on_connect = pairing
            case "old BlueZ":
                del fake.objects[PEER_PATH][DEVICE]["Bonded"]  # before 5.65; "Paired" may be for this link only
            case "nobody tells":
                fake.refuse["GetAll"] = [Refused("org.freedesktop.DBus.Error.NoReply")]
            case "stranger":
                fake.on_connect = lambda path: fake.links.update({PEER: True})  # with a key made on the spot
        await machine.bluez.connect(PEER_PATH)
        assert fake.links[PEER] is True
        fake.notify(PEER, b"x")
        await machine.told(FrameArrived(PEER_PATH, b"x", 510, bonded=case not in ("unpairs now", "stranger"), encrypted=False))
        assert asked == [], "there is nothing to ask the kernel"

    journey(run, until, story)


def test_what_is_written_to_us_is_not_known_to_be_encrypted(run: Run, until: Until, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(machine: Machine) -> None:
        _knows_links(machine, monkeypatch)
        await machine.bluez.serve(CALL)
        path = await machine.visited(bonded=True)
        machine.fake.links[PEER] = True
        assert await machine.fake.write(PEER, b"more") is None
        await machine.told(FrameArrived(path, b"more", 510, bonded=True, encrypted=False))

    journey(run, until, story)


@pytest.mark.may_log("Failed to cancel connection")
def test_what_often_fails_at_first_is_tried_again(run: Run, until: Until) -> None:
    async def story(machine: Machine) -> None:
        machine.fake.device(PEER)
        machine.fake.refuse["Connect"] = [Refused("org.bluez.Error.Failed", "le-connection-timeout")]
        assert await machine.bluez.connect(PEER_PATH) == 510
        await machine.bluez.disconnect(PEER_PATH)
        machine.fake.refuse["Connect"] = [Refused("org.bluez.Error.Failed", "le-connection-timeout")] * 2
        with pytest.raises(Unavailable) as caught:
            await machine.bluez.connect(PEER_PATH)
        assert caught.value.reason is Reason.PEER_GONE and "le-connection-timeout" in caught.value.detail

    journey(run, until, story)


def test_who_has_no_such_service_is_let_go(run: Run, until: Until) -> None:
    async def story(machine: Machine) -> None:
        await machine.bluez.listen()
        machine.fake.services_of[PEER] = ()
        origin = await machine.heard()
        with pytest.raises(Unavailable) as caught:
            await machine.bluez.connect(origin)
        assert caught.value.reason is Reason.NOT_OURS
        assert machine.fake.objects[origin]["org.bluez.Device1"]["Connected"] == Variant("b", False)
        assert Disconnected(origin) not in machine.events
        assert machine.fake.discovering

    journey(run, until, story)


@pytest.mark.may_log("Failed to cancel connection")
def test_who_is_out_of_range_or_never_answers_is_given_up(run: Run, until: Until, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(machine: Machine) -> None:
        for origin in (PEER_PATH, "/org/bluez/hci7/dev_00_AA_01_01_00_01", "nonsense"):
            with pytest.raises(Unavailable) as caught:
                await machine.bluez.connect(origin)
            assert caught.value.reason is Reason.PEER_GONE
        monkeypatch.setattr(client, "_CONNECT_LIMIT", 0.2)
        machine.fake.device(PEER)
        machine.fake.hang = {"Connect"}
        with pytest.raises(Unavailable) as caught:
            await machine.bluez.connect(PEER_PATH)
        assert caught.value.reason is Reason.PEER_GONE
        await until(lambda: "Disconnect" in [member for _, member, _ in machine.fake.calls])

    journey(run, until, story)


@pytest.mark.may_log("Failed to cancel connection")
def test_a_cancelled_connection_is_taken_back(run: Run, until: Until) -> None:
    async def story(machine: Machine) -> None:
        await machine.bluez.listen()
        machine.fake.device(PEER)
        machine.fake.hang = {"Connect"}
        attempt = asyncio.ensure_future(machine.bluez.connect(PEER_PATH))
        await machine.until(lambda: "Connect" in [member for _, member, _ in machine.fake.calls])
        attempt.cancel()
        await asyncio.wait({attempt})
        await machine.until(lambda: "Disconnect" in [member for _, member, _ in machine.fake.calls])
        machine.fake.hang = set()
        assert machine.fake.discovering
        assert await machine.bluez.connect(PEER_PATH) == 510

    journey(run, until, story)


@pytest.mark.may_log("Failed to cancel connection")
def test_a_connection_that_comes_about_after_it_was_given_up_is_ended(run: Run, until: Until, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "_LATE_LOOKS", (0.02, 0.02, 0.02))

    async def story(machine: Machine) -> None:
        await machine.bluez.listen()
        device = machine.fake.device(PEER)
        machine.fake.refuse["Connect"] = [Refused("org.bluez.Error.Failed", "le-connection-timeout")] * 2
        with pytest.raises(Unavailable):
            await machine.bluez.connect(PEER_PATH)
        before = len(machine.fake.calls)
        machine.fake.change(device, DEVICE, {"Connected": Variant("b", True)})
        await machine.until(lambda: "Disconnect" in [member for _, member, _ in machine.fake.calls[before:]])

    journey(run, until, story)


@pytest.mark.parametrize(("address", "waits"), [("00:AA:00:00:00:09", True), ("00:AA:01:FF:00:00", False)])
def test_of_two_who_call_each_other_the_higher_address_lets_the_other_connect(
    run: Run, until: Until, monkeypatch: pytest.MonkeyPatch, address: str, waits: bool
) -> None:
    async def story(machine: Machine) -> None:
        monkeypatch.setattr(client, "_GIVE_WAY", 50.0)
        await machine.bluez.serve(CALL)
        path = machine.fake.device(address)
        attempt = asyncio.ensure_future(machine.bluez.connect(path))
        if waits:
            asked = [member for _, member, _ in machine.fake.calls].count("GetManagedObjects")
            await machine.until(lambda: [member for _, member, _ in machine.fake.calls].count("GetManagedObjects") > asked)
            assert "Connect" not in [member for _, member, _ in machine.fake.calls]
            machine.fake.comes(address)
        assert await attempt == 510
        assert ("Connect" in [member for _, member, _ in machine.fake.calls]) is not waits

    journey(run, until, story)


def test_the_link_of_a_visitor_is_left_alone_when_it_does_not_serve_us(run: Run, until: Until, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(machine: Machine) -> None:
        monkeypatch.setattr(client, "_SERVICES_LIMIT", 0.2)
        await machine.bluez.serve(CALL)
        path = await machine.visited()
        with pytest.raises(Unavailable) as caught:
            await machine.bluez.connect(path)
        assert caught.value.reason is Reason.PEER_GONE
        await machine.bluez.send(path, b"still here", Role.CALLER)
        await machine.until(lambda: machine.fake.notified == [b"still here"])
        assert not {"Connect", "Disconnect"} & {member for _, member, _ in machine.fake.calls}

    journey(run, until, story)


def test_both_directions_over_one_radio_link_end_together(run: Run, until: Until) -> None:
    async def story(machine: Machine) -> None:
        await machine.bluez.serve(CALL)
        machine.fake.device(PEER)
        assert await machine.bluez.connect(PEER_PATH) == 510
        assert await machine.visited() == PEER_PATH
        await machine.bluez.send(PEER_PATH, b"to its inbox", Role.LISTENER)
        assert machine.fake.written == [(PEER, b"to its inbox")] and machine.fake.notified == []
        await machine.bluez.send(PEER_PATH, b"by our outbox", Role.CALLER)
        await machine.until(lambda: machine.fake.notified == [b"by our outbox"])
        await machine.bluez.unserve()
        with pytest.raises(Unavailable):
            await machine.bluez.send(PEER_PATH, b"too late", Role.CALLER)
        await machine.bluez.send(PEER_PATH, b"goes on", Role.LISTENER)
        assert Disconnected(PEER_PATH) not in machine.events
        await machine.bluez.serve(CALL)
        await machine.visited()
        await machine.bluez.disconnect(PEER_PATH)
        await machine.told(Disconnected(PEER_PATH))

    journey(run, until, story)


# --- when bluetoothd, the adapter or its power goes ------------------------------------------------------------------------


async def _in_full_swing(machine: Machine) -> tuple[str, str]:
    """Serving with a visitor, listening, and connected to a caller."""
    await machine.bluez.serve(CALL)
    visitor = await machine.visited("00:AA:01:01:00:02")
    await machine.bluez.listen()
    host = await machine.heard()
    await machine.bluez.connect(host)
    return visitor, host


@pytest.mark.may_log("connection to BlueZ was lost")
def test_after_a_restart_all_is_made_anew(run: Run, until: Until) -> None:
    async def story(machine: Machine) -> None:
        for times in (1, 2):
            visitor, host = await _in_full_swing(machine)
            await machine.fake.stop()
            await machine.told(BluetoothChanged(Reason.BLUETOOTH_MISSING), times)
            await machine.told(Disconnected(visitor), times)
            await machine.told(Disconnected(host), times)
            assert machine.bluez.listening_by == ""
            for method in (machine.bluez.serve(CALL), machine.bluez.listen(), machine.bluez.send(host, b"x", Role.LISTENER)):
                with pytest.raises(Unavailable):
                    await method
            machine.fake.calls.clear()
            await machine.fake.start()
            await machine.told(BluetoothChanged(None, fresh=True), times)
        await _in_full_swing(machine)
        assert len(machine.fake.advertisements) == 1 and machine.fake.application is not None and machine.fake.discovering

    journey(run, until, story)


def test_power_off_ends_everything_and_power_on_begins_anew(run: Run, until: Until) -> None:
    async def story(machine: Machine) -> None:
        visitor, host = await _in_full_swing(machine)
        machine.fake.power(False)
        await machine.told(BluetoothChanged(Reason.BLUETOOTH_OFF))
        await machine.told(Disconnected(visitor))
        await machine.told(Disconnected(host))
        with pytest.raises(Unavailable) as caught:
            await machine.bluez.listen()
        assert caught.value.reason is Reason.BLUETOOTH_OFF
        await machine.until(lambda: machine.fake.application is None and not machine.fake.discovering)
        machine.fake.power(True)
        await machine.told(BluetoothChanged(None, fresh=True))
        await _in_full_swing(machine)
        assert not [member for _, member, _ in machine.fake.calls if member == "Set"]

    journey(run, until, story)


@pytest.mark.parametrize("blink", ["power", "adapter"])
def test_a_blink_is_noticed(run: Run, until: Until, blink: str) -> None:
    async def story(machine: Machine) -> None:
        visitor, host = await _in_full_swing(machine)
        if blink == "power":
            machine.fake.power(False)
            machine.fake.power(True)
        else:
            machine.fake.remove_adapter("hci0")
            machine.fake.advertisements, machine.fake.application, machine.fake.discovering = {}, None, False
            machine.fake.add_adapter("hci0")
        await machine.told(BluetoothChanged(None, fresh=True))
        assert Disconnected(visitor) in machine.events and Disconnected(host) in machine.events
        await _in_full_swing(machine)

    journey(run, until, story)


@pytest.mark.may_log("connection to BlueZ was lost")
def test_after_the_death_of_the_bus_itself_all_is_made_anew(run: Run, until: Until, daemon: Any) -> None:
    async def story(machine: Machine) -> None:
        visitor, host = await _in_full_swing(machine)
        daemon.stop()
        await machine.told(BluetoothChanged(Reason.BLUETOOTH_MISSING))
        await machine.told(Disconnected(visitor))
        await machine.told(Disconnected(host))
        await machine.fake.stop()
        daemon.start()
        await machine.fake.start()
        await machine.told(BluetoothChanged(None, fresh=True))
        await _in_full_swing(machine)

    journey(run, until, story)


@pytest.mark.may_log("connection to BlueZ was lost", "Failed to cancel connection")
@pytest.mark.parametrize("member", ["RegisterApplication", "RegisterAdvertisement", "StartDiscovery", "Connect"])
def test_a_daemon_that_dies_in_the_middle_is_said_to_be_missing(run: Run, until: Until, member: str) -> None:
    async def story(machine: Machine) -> None:
        machine.fake.device(PEER)
        machine.fake.hang = {member}
        work: dict[str, Callable[[], Coroutine[Any, Any, object]]] = {
            "StartDiscovery": machine.bluez.listen,
            "Connect": lambda: machine.bluez.connect(PEER_PATH),
        }
        attempt = asyncio.ensure_future(work.get(member, lambda: machine.bluez.serve(CALL))())
        await machine.until(lambda: member in [called for _, called, _ in machine.fake.calls])
        await machine.fake.stop()
        with pytest.raises(Unavailable) as caught:
            await attempt
        assert caught.value.reason is Reason.BLUETOOTH_MISSING
        machine.fake.hang = set()
        await machine.fake.start()
        await machine.told(BluetoothChanged(None, fresh=True))
        await machine.bluez.serve(CALL)

    journey(run, until, story)


def test_frames_are_not_logged(run: Run, until: Until, caplog: pytest.LogCaptureFixture) -> None:
    async def story(machine: Machine) -> None:
        caplog.set_level(logging.DEBUG, "nearby_tray")
        await machine.bluez.serve(CALL)
        path = await machine.visited()
        await machine.fake.write(PEER, b"s3cret")
        await machine.bluez.send(path, b"s3cret", Role.CALLER)
        assert "s3cret" not in caplog.text and caplog.records

    journey(run, until, story)


# --- what bluetoothd did not say to have done ----------------------------------------------------------------------------------


class Deaf:
    """bluetoothd does not answer these calls, and does what they say only the next time."""

    def __init__(self, machine: Machine, monkeypatch: pytest.MonkeyPatch, *members: str) -> None:
        self.members = list(members)
        bus = machine.bluez._watch.bus
        assert bus is not None
        call = bus.call

        async def calls(destination: str, path: str, interface: str, member: str, *rest: Any, **options: Any) -> list[object]:
            if member in self.members:
                self.members.remove(member)
                raise BusTimeout(f"{member}: no answer")
            return await call(destination, path, interface, member, *rest, **options)

        monkeypatch.setattr(bus, "call", calls)


@pytest.mark.parametrize("member", ["UnregisterAdvertisement", "UnregisterApplication"])
def test_a_call_that_did_not_end_is_said_and_ended_when_told_again(
    run: Run, until: Until, monkeypatch: pytest.MonkeyPatch, member: str
) -> None:
    async def story(machine: Machine) -> None:
        await machine.bluez.serve(CALL)
        Deaf(machine, monkeypatch, member, member)
        for _ in range(2):
            with pytest.raises(Unavailable):
                await machine.bluez.unserve()
            assert machine.fake.advertisements or machine.fake.application is not None
        await machine.bluez.unserve()
        await machine.fake_is_empty()

    journey(run, until, story)


def test_a_call_that_did_not_end_is_ended_before_the_next_one(run: Run, until: Until, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(machine: Machine) -> None:
        await machine.bluez.serve(CALL)
        Deaf(machine, monkeypatch, "UnregisterAdvertisement")
        with pytest.raises(Unavailable):
            await machine.bluez.unserve()
        await machine.bluez.serve(CALL)
        assert len(machine.fake.advertisements) == 1
        await machine.bluez.unserve()
        await machine.fake_is_empty()

    journey(run, until, story)


def test_a_connection_that_did_not_end_is_not_said_to_be_gone(run: Run, until: Until, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(machine: Machine) -> None:
        await machine.bluez.serve(CALL)
        origin = await machine.visited()
        Deaf(machine, monkeypatch, "Disconnect", "Disconnect")
        with pytest.raises(Unavailable):
            await machine.bluez.disconnect(origin)
        assert Disconnected(origin) not in machine.events
        with pytest.raises(Unavailable):
            await machine.bluez.unserve()
        await machine.bluez.unserve()
        await machine.told(Disconnected(origin))

    journey(run, until, story)


def test_a_scan_that_did_not_end_ends_with_bleaks_connection(run: Run, until: Until, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(machine: Machine) -> None:
        await machine.bluez.listen()
        running = machine.bluez._scanner._scanner
        assert running is not None and machine.fake.discovering

        async def stop() -> None:
            raise KeyError("Discovering")

        monkeypatch.setattr(running, "stop", stop)
        await machine.bluez.unlisten()
        await machine.until(lambda: not machine.fake.discovering)
        await machine.bluez.listen()
        await machine.until(lambda: bool(machine.fake.discovering))

    journey(run, until, story)


@pytest.mark.logs("bluez-look failed")
def test_what_bluetoothd_says_and_we_cannot_read_is_shown_and_read_again(run: Run, until: Until, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(machine: Machine) -> None:
        read = machine.bluez._watch._read_adapters
        failed: list[Any] = []

        async def fails_once() -> Any:
            if not failed:
                failed.append(None)
                raise KeyError("Powered")
            return await read()

        monkeypatch.setattr(machine.bluez._watch, "_read_adapters", fails_once)
        machine.bluez._watch._stale.set()
        await machine.told(BluetoothChanged(Reason.INTERNAL))
        await machine.until(lambda: machine.events[-1] == BluetoothChanged(None, fresh=True))
        await machine.bluez.serve(CALL)
        await machine.bluez.unserve()

    journey(run, until, story)


# --- bleak's inside ------------------------------------------------------------------------------------------------------------


def test_bleak_is_still_built_as_we_reach_into_it(run: Run, until: Until) -> None:
    """What `drop_connection` touches has no public name: a bleak that calls it otherwise fails here, and not in silence."""

    async def story(machine: Machine) -> None:
        await machine.bluez.listen()
        module = sys.modules["bleak.backends.bluezdbus.manager"]
        manager = module._global_instances[asyncio.get_running_loop()]
        bus, watcher = manager._bus, manager._bus_watcher_task
        assert bus.connected and isinstance(watcher, asyncio.Task) and not watcher.done()
        await bleak_calls.drop_connection(quietly=True)
        assert not bus.connected and watcher.done()
        assert asyncio.get_running_loop() not in module._global_instances
        await machine.until(lambda: not machine.fake.discovering)

    journey(run, until, story)


@pytest.mark.logs("Could not determine BlueZ version")
def test_bleak_asks_no_program_for_the_version_of_bluez(run: Run, until: Until, monkeypatch: pytest.MonkeyPatch) -> None:
    version = importlib.import_module("bleak.backends.bluezdbus.version")
    monkeypatch.setattr(version.BlueZFeatures, "checked_bluez_version", False)
    started: list[object] = []

    async def start(*command: object, **_: object) -> None:
        started.append(command)
        raise FileNotFoundError(2, "no bluetoothctl")

    monkeypatch.setattr(asyncio, "create_subprocess_exec", start)

    async def story(machine: Machine) -> None:
        await machine.bluez.listen()
        await machine.heard()
        await machine.bluez.connect(PEER_PATH)
        await machine.bluez.disconnect(PEER_PATH)

    journey(run, until, story)
    assert not started
    monkeypatch.setattr(bleak_calls, "skip_version_check", lambda: None)
    monkeypatch.setattr(version.BlueZFeatures, "checked_bluez_version", False)
    journey(run, until, story)
    assert started, "bleak would have asked: without that this test shows nothing"
