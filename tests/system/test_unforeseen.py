"""What no contract names, in the tasks that have to go on for good: they do, and while the radio's daemon cannot be read that is shown.

A daemon of another version, or a bug of ours, raises somewhere what nobody expects. Each task is met by it once, in the middle of its work.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from nearby_tray.core.model import BluetoothChanged, EdgeEvent, Group, Reason, WifiChanged
from nearby_tray.errors import Unavailable
from nearby_tray.system.bluetooth.bluez import BlueZ
from nearby_tray.system.bus import Bus, BusTimeout
from nearby_tray.system.journal import Journal
from nearby_tray.system.login import Login
from nearby_tray.system.notifications import Notifications
from nearby_tray.system.prober import EchoProber
from nearby_tray.system.wifi import profile
from nearby_tray.system.wifi.choice import ChosenWifi
from nearby_tray.system.wifi.managed import Managed
from nearby_tray.system.wifi.networkmanager import Limits as ManagerLimits
from nearby_tray.system.wifi.standalone import Standalone
from nearby_tray.system.wifi.supplicant import Limits, Supplicant

from .fake_bluez import FakeBlueZ
from .fake_networkmanager import FakeNetworkManager
from .fake_supplicant import FakeSupplicant
from .wifi.test_managed import ORDER
from .wifi.test_managed import linked as linked_by_manager
from .wifi.test_managed import world as manager_world
from .wifi.test_standalone import FakeKernel, formed, no_signal, own_address
from .wifi.test_standalone import world as supplicant_world

Run = Callable[[Coroutine[Any, Any, Any]], Any]
Until = Callable[..., Awaitable[None]]


def fails_once(monkeypatch: pytest.MonkeyPatch, owner: object, name: str) -> list[str]:
    """The method raises the next time, and does its work after that. Returns the list in which it is noted."""
    real = getattr(owner, name)
    failed: list[str] = []

    def call(*arguments: Any, **options: Any) -> Any:
        if not failed:
            failed.append(name)
            raise KeyError(name)
        return real(*arguments, **options)

    monkeypatch.setattr(owner, name, call)
    return failed


@pytest.fixture(autouse=True)
def soon(daemon: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A private bus, and pauses that nobody has to wait for."""
    monkeypatch.setattr(profile, "login_name", lambda: "alice")
    monkeypatch.setattr("nearby_tray.tasks.Pause.__init__.__defaults__", (0.01, 0.02))


@pytest.mark.logs("read wpa_supplicant failed")
def test_wpa_supplicant_that_cannot_be_read_is_said_and_read_again(
    run: Run, tmp_path: Path, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def main() -> None:
        async with supplicant_world(tmp_path) as here:
            group = await formed(here)
            fails_once(monkeypatch, here.supplicant, "_refresh")
            here.supplicant._stale = True
            here.supplicant._dirty.set()
            await until(lambda: [event.reason for event in here.told(WifiChanged)][-2:] == [Reason.INTERNAL, None])
            assert here.fake.groups and group.interface, "the group is not the worse for it"
            await here.wifi.remove()
            assert here.is_clean()

    run(main())


@pytest.mark.logs("read NetworkManager failed")
def test_networkmanager_that_cannot_be_read_is_said_and_read_again(
    run: Run, tmp_path: Path, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def main() -> None:
        async with manager_world(tmp_path) as here:
            await linked_by_manager(here)
            fails_once(monkeypatch, here.wifi.networkmanager, "_refresh")
            here.wifi.networkmanager._dirty.set()
            await until(lambda: [event.reason for event in here.told(WifiChanged)][-2:] == [Reason.INTERNAL, None])
            await here.wifi.remove()
            assert here.is_clean()

    run(main())


@pytest.mark.logs("NetworkManager failed|wpa_supplicant failed|bluez-bus failed")
@pytest.mark.parametrize("edge", ["networkmanager", "supplicant", "bluez"])
def test_a_set_up_that_fails_is_said_and_done_again(
    run: Run, tmp_path: Path, until: Until, monkeypatch: pytest.MonkeyPatch, edge: str
) -> None:
    async def main() -> None:
        heard: list[EdgeEvent] = []
        fake: FakeNetworkManager | FakeSupplicant | FakeBlueZ
        journal = Journal(tmp_path / "made")
        opened: Managed | Standalone | BlueZ
        supplicant = Supplicant(limits=Limits(pause=0.01), read_address=own_address)
        match edge:
            case "networkmanager":
                limits = ManagerLimits(pause=0.01, gather=0)
                managed = Managed(journal, limits=limits, read_address=own_address)
                fake, opened = FakeNetworkManager(), managed
                failed = fails_once(monkeypatch, managed.networkmanager, "_on_up")
            case "supplicant":
                fake, opened = FakeSupplicant(), Standalone(supplicant, journal, kernel=FakeKernel(), read_signal=no_signal)
                failed = fails_once(monkeypatch, supplicant, "_on_up")
            case _:
                fake, opened = FakeBlueZ(), BlueZ()
                failed = fails_once(monkeypatch, opened._watch, "_on_up")
        await fake.start()
        await opened.open(heard.append)
        await until(lambda: isinstance(heard[-1], BluetoothChanged | WifiChanged) and heard[-1].reason is None)
        assert failed
        await opened.close()
        await supplicant.close()
        await fake.stop()

    run(main())


@pytest.mark.logs("choose Wi-Fi failed")
def test_the_choice_of_a_way_goes_on(run: Run, tmp_path: Path, until: Until, monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> None:
        fake = FakeSupplicant()
        journal = Journal(tmp_path / "made")
        supplicant = Supplicant(limits=Limits(open=30, pause=0.01), read_address=own_address)
        manager = Managed(journal, limits=ManagerLimits(open=30, pause=0.01), read_address=own_address)
        wifi = ChosenWifi(manager, supplicant, Standalone(supplicant, journal, kernel=FakeKernel(), read_signal=no_signal))
        heard: list[EdgeEvent] = []
        await wifi.open(heard.append)
        fails_once(monkeypatch, wifi, "_choose")
        await fake.start()
        await until(lambda: isinstance(heard[-1], WifiChanged) and heard[-1].reason is None)
        await wifi.close()
        await fake.stop()

    run(main())


@pytest.mark.logs("neighbours failed")
def test_the_look_at_the_neighbours_goes_on(run: Run, until: Until) -> None:
    async def main() -> None:
        looks = 0

        async def neighbours(_index: int) -> list[Any]:
            nonlocal looks
            looks += 1
            if looks == 1:
                raise ZeroDivisionError
            return []

        async def none(_index: int) -> Any:
            return ()

        prober = EchoProber(read_neighbours=neighbours, read_addresses=none, read_stations=none, settle=0)
        await prober.open(lambda _event: None, Group("lo", (), 1))
        await until(lambda: looks >= 2)
        await prober.close()

    run(main())


@pytest.mark.logs("notifications failed")
def test_notifications_go_on(run: Run, until: Until, monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> None:
        told: list[str] = []
        notifications = Notifications()

        async def tell(key: str) -> None:
            told.append(key)
            if len(told) == 1:
                raise KeyError(key)

        monkeypatch.setattr(notifications, "_tell", tell)
        await notifications.open()
        notifications.notify("one", "One")
        await until(lambda: told == ["one"])
        notifications.notify("two", "Two")
        await until(lambda: told == ["one", "two"])
        await notifications.close()

    run(main())


@pytest.mark.logs("login .* failed")
def test_the_watch_on_the_session_goes_on(run: Run, until: Until, monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> None:
        login = Login(lambda _away: None, suspend=lambda: asyncio.sleep(0), wake=lambda: None)
        ups: list[Bus] = []
        real = login._logind.up

        async def up(bus: Bus) -> None:
            ups.append(bus)
            if len(ups) == 1:
                raise KeyError("Sessions")
            await real(bus)

        monkeypatch.setattr(login._logind, "up", up)
        await login.open()
        await until(lambda: len(ups) >= 2)
        await login.close()

    run(main())


# --- what a daemon did not confirm -------------------------------------------------------------------------------------------


def unanswered(monkeypatch: pytest.MonkeyPatch, bus: Bus | None, member: str, times: int) -> list[str]:
    """These calls are not answered, so many times."""
    assert bus is not None
    call, left = bus.call, [member] * times

    async def calls(destination: str, path: str, interface: str, asked: str, *rest: Any, **options: Any) -> list[object]:
        if asked in left:
            left.remove(asked)
            raise BusTimeout(f"{asked}: no answer")
        return await call(destination, path, interface, asked, *rest, **options)

    monkeypatch.setattr(bus, "call", calls)
    return left


def test_a_find_that_did_not_stop_is_said_and_stopped_when_told_again(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> None:
        (tmp_path / "two").mkdir()
        async with manager_world(tmp_path) as here, supplicant_world(tmp_path / "two") as there:
            worlds: list[Any] = [(here, here.wifi.networkmanager.bus), (there, there.supplicant._bus)]
            for world, bus in worlds:
                await world.wifi.find()
                left = unanswered(monkeypatch, bus, "StopFind", 2)
                for _ in range(2):
                    with pytest.raises(Unavailable):
                        await world.wifi.stop_find()
                    assert left.count("StopFind") < 2
                await world.wifi.stop_find()
                assert not left and world.is_clean()

    run(main())


@pytest.mark.logs("the group does not end")
def test_a_group_that_did_not_end_is_said_and_ended_when_told_again(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> None:
        async with supplicant_world(tmp_path, limits=Limits(pause=0.01, poll=0.001, settle=0.05, signal=0)) as here:
            await formed(here)
            unanswered(monkeypatch, here.supplicant._bus, "Disconnect", 2)
            for _ in range(2):
                with pytest.raises(Unavailable):
                    await here.wifi.remove()
                assert here.fake.groups and list(here.folder.iterdir()), "what is there stays noted"
            await here.wifi.remove()
            assert here.is_clean()

    run(main())


@pytest.mark.logs("could not undo everything|still busy with our group")
def test_a_group_of_networkmanagers_that_did_not_end_is_said_and_ended_when_told_again(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def main() -> None:
        async with manager_world(tmp_path, limits=ManagerLimits(pause=0.01, gather=0, settle=0.05, signal=0)) as here:
            await linked_by_manager(here, ORDER)
            unanswered(monkeypatch, here.wifi.networkmanager.bus, "DeactivateConnection", 4)
            with pytest.raises(Unavailable):
                await here.wifi.remove()
            assert list(here.folder.iterdir()), "what is there stays noted"
            for _ in range(3):
                try:
                    await here.wifi.remove()
                    break
                except Unavailable:
                    pass
            assert here.is_clean()

    run(main())


@pytest.mark.logs("could not undo everything|still busy with our group")
def test_a_group_that_did_not_end_ends_with_its_networkmanager(
    run: Run, tmp_path: Path, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def main() -> None:
        async with manager_world(tmp_path, limits=ManagerLimits(pause=0.01, gather=0, settle=0.05, signal=0)) as here:
            await linked_by_manager(here, ORDER)
            left = unanswered(monkeypatch, here.wifi.networkmanager.bus, "DeactivateConnection", 1000)
            with pytest.raises(Unavailable):
                await here.wifi.remove()
            told, asked = len(here.told(WifiChanged)), len(left)
            await here.fake.restart()
            await until(lambda: len(here.told(WifiChanged)) > told and here.reason() is None)
            await here.wifi.remove()
            assert here.is_clean() and len(left) == asked, "another daemon is not asked for what is no more"

    run(main())


def test_a_daemon_that_does_not_answer_for_one_of_many_is_not_asked_for_all(
    run: Run, tmp_path: Path, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each question has a limit, and two hundred of them would be half an hour in which nothing else is read."""

    async def main() -> None:
        async with supplicant_world(tmp_path, opened=False) as here:
            for number in range(50):
                here.fake.add_peer(f"02:00:00:00:00:{number:02x}")
            asked: list[str] = []
            get_all = Bus.get_all

            async def gets(bus: Bus, name: str, path: str, interface: str, **options: Any) -> dict[str, object]:
                if "/Peers/" in path:
                    asked.append(path)
                    if len(asked) <= 2:
                        raise BusTimeout("GetAll: no answer")
                return await get_all(bus, name, path, interface, **options)

            monkeypatch.setattr(Bus, "get_all", gets)
            await here.wifi.open(here.heard.append)
            await until(lambda: len(here.supplicant.peers) == 50)
            assert len(asked) == 2 + 50 and asked[0] == asked[1] == asked[2]

    run(main())
