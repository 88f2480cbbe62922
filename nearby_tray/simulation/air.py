"""Simulated air: radios, daemons and sockets of any number of machines in one process, on whatever clock the event loop has.

It keeps the manners that were recorded from the real daemons (NetworkManager 1.42 and 1.52, wpa_supplicant 2.10, BlueZ 5.66 and 5.82):
finding takes both sides and up to half a minute; a group forms only when both activate, 2–7 s later, or 11–16 s when a scan is in the
way; two requests at the same instant collide; a failed attempt can leave each side deaf to the other until its radio was cleared; the
end of a group is seen by the client at once and by its owner after 5.5 s; a restarted daemon has forgotten everything. Everything random
comes from one seed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from ..controller import Sink
from ..core.keys import TrustedPeer
from ..core.model import (
    BluetoothChanged,
    CallHeard,
    DatagramArrived,
    Disconnected,
    FormGroup,
    FrameArrived,
    Group,
    GroupLost,
    PeerFound,
    PeerLost,
    Reason,
    WifiChanged,
)
from ..core.peers import text_address
from ..errors import Unavailable

ROOM = 244  # bytes of one frame at the MTU of 247 that BlueZ and phones usually agree on


@dataclass(slots=True)
class Faults:
    """What goes wrong, as shares 0…1 of the times it could."""

    frame_lost: float = 0.0
    frame_twice: float = 0.0
    frame_bent: float = 0.0  # one bit of it flipped on the way
    connect_fails: float = 0.0
    collision: float = 0.5  # of two activations within 0.1 s
    scan_in_the_way: float = 0.15
    one_sided: float = 0.0  # an activation that one side's daemon loses
    sticks: float = 0.0  # a failed attempt leaves the pair deaf to each other
    datagram_lost: float = 0.0


@dataclass(eq=False, slots=True)
class _Group:
    """A group that two machines formed; the first is the owner."""

    members: tuple[Machine, Machine]
    orders: dict[str, FormGroup]
    up: set[str] = field(default_factory=set)


class Air:
    """What connects the machines."""

    def __init__(self, seed: int, faults: Faults | None = None) -> None:
        self.random = Random(seed)
        self.faults = faults or Faults()
        self.machines: list[Machine] = []
        self.groups: list[_Group] = []
        self.formed: list[tuple[str, str]] = []  # every group there ever was, as the names of its members
        self.deaf: set[frozenset[str]] = set()  # pairs whose supplicants ignore each other
        self.bonds: dict[frozenset[str], bool] = {}  # pairs of machines that are paired; whether their links can be seen to be encrypted
        self.story: Callable[[str], None] = lambda line: None

    def machine(self, name: str) -> Machine:
        machine = Machine(self, name, len(self.machines) + 1)
        self.machines.append(machine)
        return machine

    def other(self, machine: Machine, address: str) -> Machine | None:
        return next((m for m in self.machines if m is not machine and text_address(m.address) == address), None)

    def later(self, least: float, most: float, then: Callable[[], None]) -> asyncio.TimerHandle:
        return asyncio.get_running_loop().call_later(self.random.uniform(least, most), then)

    def left(self) -> list[str]:
        """What exists although nobody should want it any more."""
        return [what for machine in self.machines for what in machine.left()]


class Machine:
    """One machine: its Bluetooth, its Wi-Fi, its socket and its store, and the switches that a fault turns."""

    def __init__(self, air: Air, name: str, number: int) -> None:
        self.air = air
        self.name = name
        self.address = bytes((0x02, 0x4E, 0x54, 0, 0, number))
        self.bluetooth = SimulatedBluetooth(self)
        self.wifi = SimulatedWifi(self)
        self.pinger = SimulatedPinger(self)
        self.trust = SimulatedTrust()

    def left(self) -> list[str]:
        return [f"{self.name}: {what}" for part in (self.bluetooth, self.wifi, self.pinger) for what in part.left()]

    def vanish(self) -> None:
        """The applet is killed: its D-Bus names and sockets go, and the daemons undo what was bound to them."""
        self.air.story(f"{self.name} vanishes")
        self.bluetooth.go()
        self.wifi.go()
        self.pinger.go()


class SimulatedBluetooth:
    """bluetoothd and its radio."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.air = machine.air
        self.origin = f"bt-{machine.name}"
        self.sink: Sink | None = None
        self.on = True
        self.serving = False
        self.advertisement: bytes | None = None
        self.listening = False
        self.centrals: set[SimulatedBluetooth] = set()  # connected to us
        self.callers: set[SimulatedBluetooth] = set()  # we are connected to

    async def open(self, sink: Sink) -> None:
        self.sink = sink
        sink(BluetoothChanged(None if self.on else Reason.BLUETOOTH_OFF))

    async def close(self) -> None:
        self.go()

    async def serve(self, advertisement: bytes | None) -> None:
        self._check()
        self.serving = True
        if advertisement != self.advertisement:
            self.advertisement = advertisement
            for other in self._others():
                self.air.later(0.05, 0.4, other._hear)

    async def unserve(self) -> None:
        self.serving, self.advertisement = False, None
        for other in list(self.centrals):
            if other in self.callers:
                # One radio link carries both directions: ours to them goes on.
                self.centrals.discard(other)
                other.callers.discard(self)
            else:
                self._part(other)

    async def listen(self) -> None:
        self._check()
        self.listening = True
        self.air.later(0.05, 0.4, self._hear)

    async def unlisten(self) -> None:
        self.listening = False

    async def connect(self, origin: str) -> int:
        self._check()
        await asyncio.sleep(self.air.random.uniform(0.2, 1.0))
        other = next((o for o in self._others() if o.origin == origin), None)
        if other is None or not other.serving or not self.on or self.air.random.random() < self.air.faults.connect_fails:
            raise Unavailable(Reason.PEER_GONE, "le-connection-abort-by-local")
        other.centrals.add(self)
        self.callers.add(other)
        return ROOM

    async def send(self, origin: str, frame: bytes) -> None:
        self._check()
        await asyncio.sleep(self.air.random.uniform(0.005, 0.03))
        other = next((o for o in self.callers | self.centrals if o.origin == origin), None)
        if other is None:
            raise Unavailable(Reason.PEER_GONE, "not connected")
        faults, chance = self.air.faults, self.air.random.random
        if chance() < faults.frame_lost:
            self.air.story(f"a frame from {self.machine.name} is lost")
            return
        if chance() < faults.frame_bent:
            at = self.air.random.randrange(len(frame))
            frame = frame[:at] + bytes((frame[at] ^ 1 << self.air.random.randrange(8),)) + frame[at + 1 :]
            self.air.story(f"a frame from {self.machine.name} is bent")
        # A notification reaches everybody who is connected; a write only the caller.
        writes = other in self.callers
        for receiver in [other] if writes else list(self.centrals):
            bond = self.air.bonds.get(frozenset((self.machine.name, receiver.machine.name)))
            arrived = FrameArrived(self.origin, frame, ROOM, bonded=bond is not None, encrypted=bond is True and not writes)
            for _ in range(2 if chance() < faults.frame_twice else 1):
                if receiver.sink is not None:
                    receiver.sink(arrived)

    async def disconnect(self, origin: str) -> None:
        for other in [o for o in self.callers | self.centrals if o.origin == origin]:
            self._part(other)

    def restart(self, pause: float = 1.0) -> None:
        """bluetoothd goes and comes back, having forgotten everything."""
        self.air.story(f"bluetoothd of {self.machine.name} restarts")
        self._forget()
        self.on = False
        if self.sink is not None:
            self.sink(BluetoothChanged(Reason.BLUETOOTH_MISSING))

        def back() -> None:
            self.on = True
            if self.sink is not None:
                self.sink(BluetoothChanged(None, fresh=True))

        self.air.later(pause, pause + 1, back)

    def cut(self) -> None:
        """All connections break, as when somebody walks away."""
        self.air.story(f"Bluetooth connections of {self.machine.name} break")
        for other in list(self.callers | self.centrals):
            self._part(other, tell=True)

    def go(self) -> None:
        self._forget()
        self.sink = None

    def left(self) -> list[str]:
        what = [("advertisement", self.advertisement), ("service", self.serving), ("connection", self.callers | self.centrals)]
        return [name for name, there in what if there]

    def _forget(self) -> None:
        self.serving, self.advertisement, self.listening = False, None, False
        for other in list(self.callers | self.centrals):
            self._part(other)

    def _others(self) -> list[SimulatedBluetooth]:
        return [machine.bluetooth for machine in self.air.machines if machine is not self.machine]

    def _hear(self) -> None:
        if self.listening and self.on and self.sink is not None:
            for other in self._others():
                if other.on and other.advertisement is not None:
                    bonded = frozenset((self.machine.name, other.machine.name)) in self.air.bonds
                    self.sink(CallHeard(other.origin, other.advertisement, bonded, strength=-50))

    def _part(self, other: SimulatedBluetooth, *, tell: bool = False) -> None:
        for one, two in ((self, other), (other, self)):
            one.callers.discard(two)
            one.centrals.discard(two)
        for one, two in ((self, other), (other, self)):
            if one.sink is not None and (one is not self or tell):
                one.sink(Disconnected(two.origin))

    def _check(self) -> None:
        if not self.on:
            raise Unavailable(Reason.BLUETOOTH_MISSING, "org.freedesktop.DBus.Error.ServiceUnknown")


class SimulatedWifi:
    """NetworkManager, wpa_supplicant and their radio."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.air = machine.air
        self.sink: Sink | None = None
        self.reason: Reason | None = None
        self.finding = False
        self.seen: set[str] = set()
        self.activation: FormGroup | None = None
        self.started = 0.0
        self.done: asyncio.Future[Group] | None = None
        self.group: _Group | None = None
        self.cleared = -1e9  # when the last scan of `clear` ended: none comes soon after

    async def open(self, sink: Sink) -> None:
        self.sink = sink
        sink(WifiChanged(self.reason, self.machine.address))

    async def close(self) -> None:
        self.go()

    async def find(self) -> None:
        self._check()
        if self.activation is not None and self.done is not None and not self.done.done():
            self._break_formation("a find was started while forming")
        self.finding = True
        for other in self._others():
            if other.machine.address != self.machine.address and other.finding:
                self._meet(other)

    async def hold_find(self) -> None:
        pass

    async def stop_find(self) -> None:
        if self.activation is not None and self.done is not None and not self.done.done():
            self._break_formation("the find was stopped while forming")
        self.finding = False

    async def clear(self) -> None:
        self.finding = False
        await asyncio.sleep(self.air.random.uniform(3, 10))
        self.cleared = asyncio.get_running_loop().time()
        for address in list(self.seen):
            self._lose(address)
        for other in self._others():
            # A side is heard again when its own peer entry is new; both sides clear.
            self.air.deaf.discard(frozenset((self.machine.name, other.machine.name)))

    async def form(self, order: FormGroup) -> Group:
        self._check()
        if self.activation is not None:
            raise Unavailable(Reason.WIFI_BUSY, "another activation")
        loop = asyncio.get_running_loop()
        self.activation, self.started, self.done = order, loop.time(), loop.create_future()
        other = self.air.other(self.machine, order.address)
        if other is not None:
            self._try(other.wifi)
        try:
            async with asyncio.timeout(45.4):
                return await self.done
        except TimeoutError:
            raise Unavailable(Reason.NOT_FORMED, "state 120 reason 11 (supplicant-timeout)") from None
        finally:
            if self.group is None:
                self.activation = self.done = None

    async def remove(self) -> None:
        if self.group is not None:
            await asyncio.sleep(self.air.random.uniform(0.1, 0.6))
            self._end_group()
        self.activation = self.done = None

    async def read_counters(self, group: Group) -> tuple[int, int, int | None]:
        return 4096, 4096, 80

    # faults

    def restart(self, pause: float = 2.0) -> None:
        """NetworkManager goes and comes back: its groups, finds and peers are gone."""
        self.air.story(f"NetworkManager of {self.machine.name} restarts")
        self.switch(Reason.WIFI_MISSING)
        self.air.later(pause, pause + 3, lambda: self.switch(None))

    def switch(self, reason: Reason | None) -> None:
        """The radio goes off (a reason) or on."""
        if reason is self.reason:
            return
        self.reason = reason
        if reason is not None:
            self._lose_group(Reason.WIFI_OFF if reason is Reason.WIFI_OFF else Reason.DAEMON_RESTARTED)
            if self.done is not None and not self.done.done():
                self.done.set_exception(Unavailable(reason, "the device is gone"))
            self.finding = False
            self.seen.clear()
        if self.sink is not None:
            self.sink(WifiChanged(reason, self.machine.address, fresh=reason is None))

    def go(self) -> None:
        self._end_group()
        if self.done is not None and not self.done.done():
            self.done.cancel()
        self.activation = self.done = self.sink = None
        self.finding = False
        self.seen.clear()

    def left(self) -> list[str]:
        what = [("find", self.finding), ("profile", self.activation), ("group", self.group)]
        return [name for name, there in what if there]

    # manners

    def _others(self) -> list[SimulatedWifi]:
        return [machine.wifi for machine in self.air.machines if machine is not self.machine]

    def _check(self) -> None:
        if self.reason is not None:
            raise Unavailable(self.reason, "the device is not available")

    def _meet(self, other: SimulatedWifi) -> None:
        """Two that find each other see each other after a while, each by itself; sometimes a scan is in the way."""
        slow = self._scans(other)
        least, most = (11.0, 24.0) if slow else (0.3, 6.0)
        self.air.later(least, most, lambda: self._see(other))
        self.air.later(least, most, lambda: other._see(self))

    def _scans(self, other: SimulatedWifi) -> bool:
        """Is a scan of either Wi-Fi interface in the way?"""
        quiet = asyncio.get_running_loop().time() - 60
        return min(self.cleared, other.cleared) < quiet and self.air.random.random() < self.air.faults.scan_in_the_way

    def _see(self, other: SimulatedWifi) -> None:
        if self.finding and other.finding and self.sink is not None and self.reason is None and other.reason is None:
            address = text_address(other.machine.address)
            self.seen.add(address)
            self.sink(PeerFound(address, "", 70))

    def _lose(self, address: str) -> None:
        self.seen.discard(address)
        if self.sink is not None:
            self.sink(PeerLost(address))

    def _try(self, other: SimulatedWifi) -> None:
        """Our activation meets the other side's, if there is one."""
        ours, theirs = self.activation, other.activation
        pair = frozenset((self.machine.name, other.machine.name))
        if ours is None or theirs is None or theirs.address != text_address(self.machine.address) or other.group is not None:
            return
        faults, chance = self.air.faults, self.air.random.random
        if pair in self.air.deaf:
            self.air.story(f"{self.machine.name} and {other.machine.name} are deaf to each other")
            return
        if abs(self.started - other.started) < 0.1 and chance() < faults.collision:
            self.air.story("two requests at the same instant collide")
            return
        if chance() < faults.sticks:
            self.air.story("the attempt fails and sticks")
            self.air.deaf.add(pair)
            return
        if chance() < faults.one_sided:
            self.air.story(f"the attempt is lost by {other.machine.name}")
            return
        slow = self._scans(other)
        delay = self.air.random.uniform(11, 16) if slow else self.air.random.uniform(1.5, 7)
        asyncio.get_running_loop().call_later(delay, self._group_up, other, ours, theirs)

    def _group_up(self, other: SimulatedWifi, ours: FormGroup, theirs: FormGroup) -> None:
        if self.activation is not ours or other.activation is not theirs:
            return  # one of them gave up meanwhile
        group = _Group((self.machine, other.machine), {self.machine.name: ours, other.machine.name: theirs})
        self.air.groups.append(group)
        self.air.formed.append((self.machine.name, other.machine.name))
        for wifi, order in ((self, ours), (other, theirs)):
            wifi.group = group
            self.air.later(0.1, 1.5, lambda wifi=wifi, order=order: wifi._up(group, order))  # type: ignore[misc]

    def _up(self, group: _Group, order: FormGroup) -> None:
        if self.group is group and self.activation is order and self.done is not None and not self.done.done():
            group.up.add(self.machine.name)
            self.done.set_result(Group(f"p2p-{self.machine.name}", order.own, 1))

    def _break_formation(self, why: str) -> None:
        """What `p2p_stop_find` does to a negotiation under way: both sides wait in vain."""
        self.air.story(why)
        order = self.activation
        if order is not None:
            self.activation = FormGroup(order.attempt, "", order.own, order.peer)

    def _end_group(self) -> None:
        """We leave the group: the other side notices, the client at once, the owner after its five seconds."""
        group, self.group = self.group, None
        if group is None:
            return
        if group in self.air.groups:
            self.air.groups.remove(group)
        other = next(m for m in group.members if m is not self.machine).wifi
        least, most = (0.5, 0.9) if group.members[0] is self.machine else (5.3, 5.7)
        self.air.later(least, most, lambda: other._lose_group(Reason.GROUP_ENDED) if other.group is group else None)

    def _lose_group(self, reason: Reason) -> None:
        group, order, done = self.group, self.activation, self.done
        self._end_group()
        if group is None or order is None:
            return
        self.activation = self.done = None
        if done is not None and not done.done():
            done.set_exception(Unavailable(Reason.NOT_FORMED, "state 30 reason 8 (supplicant-disconnect)"))
        elif self.sink is not None:
            self.sink(GroupLost(order.attempt, reason, "state 120 reason 67 (peer-not-found)"))


class SimulatedPinger:
    """The socket on the group interface."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.air = machine.air
        self.sink: Sink | None = None
        self.own: tuple[str, ...] = ()
        self.port = 0
        self.cut = False  # the air between the two is dead, though nobody says so

    async def open(self, sink: Sink, group: Group, own: tuple[str, ...], port: int) -> None:
        self.sink, self.own, self.port = sink, own, port

    def send(self, datagram: bytes, address: str, port: int) -> None:
        group = self.machine.wifi.group
        if group is None or self.cut or self.air.random.random() < self.air.faults.datagram_lost:
            return
        other = next(m for m in group.members if m is not self.machine)
        source = self.own[0 if "." in address else -1] if self.own else ""
        self.air.later(0.001, 0.006, lambda: other.pinger._arrive(datagram, source, address, port))

    async def close(self) -> None:
        self.go()

    def go(self) -> None:
        self.sink, self.own = None, ()

    def left(self) -> list[str]:
        return ["socket"] if self.sink is not None else []

    def _arrive(self, datagram: bytes, source: str, address: str, port: int) -> None:
        if self.sink is not None and address in self.own and port == self.port and not self.cut and self.machine.wifi.group:
            self.sink(DatagramArrived(datagram, source, asyncio.get_running_loop().time()))


class SimulatedTrust:
    """A store that remembers for as long as the process lives."""

    def __init__(self) -> None:
        self.peers: tuple[TrustedPeer, ...] = ()

    async def save(self, peers: tuple[TrustedPeer, ...]) -> None:
        self.peers = peers
