"""Simulated air: radios, daemons and sockets of any number of machines in one process, on whatever clock the event loop has.

It keeps the manners that were recorded from the real daemons (NetworkManager 1.42 and 1.52, wpa_supplicant 2.10, BlueZ 5.66 and 5.82):
finding takes both sides and up to half a minute; a group forms only when both activate, 2–7 s later, or 11–16 s when a scan is in the
way; two requests at the same instant collide; a failed attempt can leave each side deaf to the other until its radio was cleared; the
end of a group is seen by the client at once and by its owner after 5.5 s; a restarted daemon has forgotten everything. A wrong PIN is known
after two seconds where wpa_supplicant may be listened to, and after 45 where not; two buttons pushed at once let nobody in; a request to a
machine that is not forming reaches its supplicant's listeners once. Everything random comes from one seed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from random import Random

from ..core.keys import Identity, Role, TrustedPeer
from ..core.model import (
    Abilities,
    Admission,
    AdmissionFailed,
    Asks,
    BluetoothChanged,
    CallHeard,
    DatagramArrived,
    Disconnected,
    EdgeEvent,
    FormGroup,
    FrameArrived,
    Group,
    GroupLost,
    HostGroup,
    MemberJoined,
    MemberLeft,
    Method,
    PeerFound,
    PeerLost,
    Probe,
    ProbeAnswered,
    Reason,
    Way,
    WifiChanged,
    WifiRequest,
)
from ..core.peers import text_address
from ..edges import Hosting, Sink
from ..errors import Unavailable

ALL = Abilities("wpa_supplicant", pin=True, intent=True, frequency=True, host=True, hears=True, persistent=True)
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
    provision_fails: float = 0.0  # a provision discovery that is not answered


@dataclass(eq=False, slots=True)
class _Group:
    """A group of machines; the first is the owner. `hosted`: it was there before anybody else came, and others may come and go."""

    members: list[Machine]
    hosted: bool = False


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
        self.witness: Callable[[str, str], None] = lambda one, other: None  # hears of each pair that comes into one group

    def machine(self, name: str) -> Machine:
        machine = Machine(self, name, len(self.machines) + 1)
        self.machines.append(machine)
        return machine

    def other(self, machine: Machine, address: str) -> Machine | None:
        """Who has this P2P address; of several that claim it, anyone."""
        there = [m for m in self.machines if m is not machine and text_address(m.address) == address]
        return there[0] if len(there) == 1 else self.random.choice(there) if there else None

    def join(self, one: Machine, other: Machine) -> None:
        """The two are in one group from now on."""
        self.formed.append((one.name, other.name))
        self.witness(one.name, other.name)

    def later(self, least: float, most: float, then: Callable[[], None]) -> asyncio.TimerHandle:
        return asyncio.get_running_loop().call_later(self.random.uniform(least, most), then)

    def left(self) -> list[str]:
        """What exists although nobody should want it any more."""
        return [what for machine in self.machines for what in machine.left()]


class Machine:
    """One machine: its Bluetooth, its Wi-Fi, its socket and its store, and the switches that a fault turns."""

    def __init__(self, air: Air, name: str, number: int) -> None:
        self.air = air
        self.name, self.number = name, number
        self.address = bytes((0x02, 0x4E, 0x54, 0, 0, number))
        self.station = text_address(bytes((0x06, 0x4E, 0x54, 0, 0, number)))  # on a group
        self.link_local = f"fe80::{number:x}"
        self.bluetooth = SimulatedBluetooth(self)
        self.wifi = SimulatedWifi(self)
        self.pinger = SimulatedPinger(self)
        self.prober = SimulatedProber(self)
        self.trust = SimulatedTrust()

    def left(self) -> list[str]:
        return [f"{self.name}: {what}" for part in (self.bluetooth, self.wifi, self.pinger, self.prober) for what in part.left()]

    def vanish(self) -> None:
        """The applet is killed: its D-Bus names and sockets go, and the daemons undo what was bound to them."""
        self.air.story(f"{self.name} vanishes")
        self.bluetooth.go()
        self.wifi.go()
        self.pinger.go()
        self.prober.go()

    def sleep(self, seconds: float) -> None:
        """Both daemons take their devices down for so long, and nobody is heard any more."""
        self.bluetooth.lose(Reason.BLUETOOTH_OFF, seconds)
        self.wifi.switch(Reason.WIFI_OFF)
        self.air.later(seconds, seconds + 4, lambda: self.wifi.switch(None))


class SimulatedBluetooth:
    """bluetoothd and its radio."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.air = machine.air
        self.origin = f"bt-{machine.name}"
        self.room = ROOM
        self.adapters = 1
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
        for other in _in_order(self.centrals):
            if other in self.callers:
                # One radio link carries both directions: this machine's own goes on.
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
        return min(self.room, other.room)

    async def send(self, origin: str, frame: bytes, role: Role) -> None:
        self._check()
        await asyncio.sleep(self.air.random.uniform(0.005, 0.03))
        other = next((o for o in (self.centrals if role is Role.CALLER else self.callers) if o.origin == origin), None)
        if other is None or (role is Role.LISTENER and not other.serving):
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
        for receiver in [other] if writes else _in_order(self.centrals):
            bond = self.air.bonds.get(frozenset((self.machine.name, receiver.machine.name)))
            arrived = FrameArrived(
                self.origin, frame, min(self.room, receiver.room), bonded=bond is not None, encrypted=bond is True and not writes
            )
            for _ in range(2 if chance() < faults.frame_twice else 1):
                if receiver.sink is not None:
                    receiver.sink(arrived)

    async def disconnect(self, origin: str) -> None:
        for other in [o for o in _in_order(self.callers | self.centrals) if o.origin == origin]:
            self._part(other)

    def restart(self, pause: float = 1.0) -> None:
        """bluetoothd goes and comes back, having forgotten everything."""
        self.air.story(f"bluetoothd of {self.machine.name} restarts")
        self.lose(Reason.BLUETOOTH_MISSING, pause)

    def unplug(self, pause: float) -> None:
        """The adapter goes for so many seconds; what it had is gone, though another one may take its place at once."""
        self.air.story(f"the adapter of {self.machine.name} goes")
        if self.adapters == 1:
            self.lose(Reason.BLUETOOTH_NO_ADAPTER, pause)
            return
        self._forget()
        if self.sink is not None:
            self.sink(BluetoothChanged(None, fresh=True))

    def lose(self, reason: Reason, pause: float) -> None:
        """Everything is forgotten, and nothing can be done for a while."""
        self._forget()
        self.on = False
        if self.sink is not None:
            self.sink(BluetoothChanged(reason))

        def back() -> None:
            self.on = True
            if self.sink is not None:
                self.sink(BluetoothChanged(None, fresh=True))

        self.air.later(pause, pause + 1, back)

    def cut(self) -> None:
        """All connections break, as when somebody walks away."""
        self.air.story(f"Bluetooth connections of {self.machine.name} break")
        for other in _in_order(self.callers | self.centrals):
            self._part(other, tell=True)

    def go(self) -> None:
        self._forget()
        self.sink = None

    def left(self) -> list[str]:
        what = [("advertisement", self.advertisement), ("service", self.serving), ("connection", self.callers | self.centrals)]
        return [name for name, there in what if there]

    def _forget(self) -> None:
        self.serving, self.advertisement, self.listening = False, None, False
        for other in _in_order(self.callers | self.centrals):
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


def _in_order(radios: set[SimulatedBluetooth]) -> list[SimulatedBluetooth]:
    """The same order in each run."""
    return sorted(radios, key=lambda radio: radio.machine.number)


class SimulatedWifi:
    """NetworkManager or wpa_supplicant, or both, and their radio. `abilities` says which manners it has."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.air = machine.air
        self.abilities = Abilities()
        self.methods: frozenset[Method] | None = None  # what it says of itself on Wi-Fi
        self.kind, self.label = "other", ""
        self.sink: Sink | None = None
        self.reason: Reason | None = None
        self.finding = False
        self.finds = 0  # how many were begun
        self.seen: set[str] = set()
        self.activation: FormGroup | HostGroup | None = None
        self.started = 0.0
        self.done: asyncio.Future[Group] | None = None
        self.group: _Group | None = None
        self.admissions: dict[str, tuple[Admission, float]] = {}  # into the group that we host: until when
        self.cleared = -1e9  # when the last scan of `clear` ended: none comes soon after

    async def open(self, sink: Sink) -> None:
        self.sink = sink
        sink(WifiChanged(self.reason, self.machine.address, abilities=self.abilities))

    async def close(self) -> None:
        self.go()

    async def find(self) -> None:
        self._check()
        if isinstance(self.activation, FormGroup) and self._is_forming():
            self._break_formation("a find was started while forming")
        self.finding = True
        self.finds += 1
        for other in self._others():
            if other.finding:
                self._meet(other)

    async def hold_find(self) -> None:
        pass

    async def stop_find(self) -> None:
        if isinstance(self.activation, FormGroup) and self._is_forming():
            self._break_formation("the find was stopped while forming")
        self._forget_soon()
        self.finding = False

    async def clear(self) -> None:
        self.finding = False
        await asyncio.sleep(self.air.random.uniform(3, 10))
        self.cleared = asyncio.get_running_loop().time()
        for address in sorted(self.seen):
            self._lose(address)
        self._hear_all()  # a side is heard again when its own peer entry is new; both sides clear

    async def form(self, order: FormGroup) -> Group:
        self._check()
        if self.activation is not None:
            raise Unavailable(Reason.WIFI_BUSY, "another activation")
        if (order.pin is not None) != (order.method is not Method.PBC) or (order.pin is not None and not self.abilities.pin):
            raise Unavailable(Reason.NOT_OFFERED, "no PIN here")
        loop = asyncio.get_running_loop()
        self.activation, self.started, self.done = order, loop.time(), loop.create_future()
        other = self.air.other(self.machine, order.address)
        if other is not None and order.way is Way.JOIN:
            self.air.later(0.5, 5, lambda: self._knock(other.wifi, order))
        elif other is not None:
            self._try(other.wifi)
            if self.activation is order and other.wifi.activation is None:
                self.air.later(0.1, 15, lambda: other.wifi._hear(self, order))
        try:
            async with asyncio.timeout(order.patience if self.abilities.host else 45.4):
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

    async def provision(self, address: str, method: Method) -> None:
        self._check()
        await asyncio.sleep(self.air.random.uniform(0.1, 3))
        other = self.air.other(self.machine, address)
        if other is None or other.wifi.sink is None or not other.wifi.finding or self.air.random.random() < self.air.faults.provision_fails:
            raise Unavailable(Reason.NOT_READY, "no answer to provision discovery")
        other.wifi.hears_of(self.machine, Asks.PROVISION, method.counterpart)

    async def reject(self, address: str) -> None:
        other = self.air.other(self.machine, address)
        order = other.wifi.activation if other is not None and other.wifi.abilities.hears else None
        if other is not None and isinstance(order, FormGroup) and order.address == text_address(self.machine.address):
            other.wifi._fail(Reason.REJECTED)

    @property
    def hosting(self) -> Hosting | None:
        return self if self.abilities.host else None

    async def host(self, order: HostGroup) -> Group:
        self._check()
        if self.activation is not None:
            raise Unavailable(Reason.WIFI_BUSY, "another activation")
        done: asyncio.Future[Group] = asyncio.get_running_loop().create_future()
        self.activation, self.done = order, done
        await asyncio.sleep(self.air.random.uniform(0.5, 6))
        if done.done():
            return done.result()  # it failed meanwhile
        if self.activation is not order:
            raise Unavailable(Reason.NOT_FORMED, "the group ended before it was up")
        self.group = _Group([self.machine], hosted=True)
        self.air.groups.append(self.group)
        group = Group(f"p2p-{self.machine.name}", ("fe80::1",), 1, owner=True, frequency=order.frequency or 5180, width=20)
        self.done.set_result(group)
        return group

    async def admit(self, admission: Admission) -> None:
        self._check()
        if self.group is None or not self.group.hosted:
            raise Unavailable(Reason.NOT_FORMED, "there is no group")
        self.admissions[admission.address] = (admission, asyncio.get_running_loop().time() + 120)
        waiting = [other for other in self._others() if other._waits_at(self)]
        pushing = [other for other in waiting if isinstance(other.activation, FormGroup) and other.activation.method is Method.PBC]
        if admission.method is Method.PBC and len(pushing) > 1:
            self.air.story("two buttons are pushed at once")
            del self.admissions[admission.address]
            for other in pushing:
                other._fail(Reason.PBC_OVERLAP)
            self._tell(AdmissionFailed(self._attempt(), "", Reason.PBC_OVERLAP))
            return
        for other in waiting:
            if text_address(other.machine.address) == admission.address:
                self.air.later(1, 5, partial(self._let_in, other))

    async def invite(self, address: str) -> None:
        self._check()
        other = self.air.other(self.machine, address)
        if other is not None and self.group is not None:
            self.air.later(0.1, 2, lambda: other.wifi.hears_of(self.machine, Asks.INVITE, Method.PBC))

    async def expel(self, address: str) -> None:
        other = self.air.other(self.machine, address)
        if other is not None and self.group is not None and other in self.group.members:
            other.wifi._lose_group(Reason.GROUP_ENDED)

    async def read_counters(self, group: Group) -> tuple[int, int, int | None]:
        return 4096, 4096, 80

    # faults

    def restart(self, pause: float = 2.0) -> None:
        """The daemon goes and comes back: its groups, finds and peers are gone."""
        self.air.story(f"the Wi-Fi daemon of {self.machine.name} restarts")
        self.switch(Reason.WIFI_MISSING)
        self.air.later(pause, pause + 3, lambda: self.switch(None))

    def switch(self, reason: Reason | None) -> None:
        """The radio goes off (a reason) or on."""
        if reason is self.reason:
            return
        self.reason = reason
        if reason is not None:
            self._lose_group(Reason.WIFI_OFF if reason is Reason.WIFI_OFF else Reason.DAEMON_RESTARTED)
            self._fail(reason)
            self.finding = False
            self.seen.clear()
            self._hear_all()
        if self.sink is not None:
            self.sink(WifiChanged(reason, self.machine.address, fresh=reason is None, abilities=self.abilities))

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

    def _is_forming(self) -> bool:
        return self.done is not None and not self.done.done()

    def _tell(self, event: EdgeEvent) -> None:
        if self.sink is not None:
            self.sink(event)

    def _attempt(self) -> int:
        return self.activation.attempt if self.activation is not None else 0

    def _fail(self, reason: Reason) -> None:
        """The formation under way ends, and its daemon says why."""
        if self.done is not None and not self.done.done():
            self.done.set_exception(Unavailable(reason, "said by the simulation"))

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
        hosts = other.group is not None and other.group.hosted
        if self.finding and (other.finding or hosts) and self.reason is None and other.reason is None:
            address = text_address(other.machine.address)
            self.seen.add(address)
            self._tell(PeerFound(address, other.label, 70, kind=other.kind, methods=other.methods, owner=hosts))

    def _forget_soon(self) -> None:
        self.air.later(60, 75, partial(self._fade, self.finds))

    def _fade(self, find: int) -> None:
        """Who finds no more is forgotten after a minute, and that two were deaf to each other with it (P2P_PEER_EXPIRATION_AGE)."""
        if self.finding or self.finds != find or self.group is not None:
            return
        for address in sorted(self.seen):
            self._lose(address)
        for other in self._others():
            other._lose(text_address(self.machine.address))
        self._hear_all()

    def _hear_all(self) -> None:
        for other in self._others():
            self.air.deaf.discard(frozenset((self.machine.name, other.machine.name)))

    def _lose(self, address: str) -> None:
        if address in self.seen:
            self.seen.discard(address)
            self._tell(PeerLost(address))

    def hears_of(self, who: Machine, asks: Asks, method: Method) -> None:
        """Somebody's request reaches our supplicant; only who may listen to it hears of that."""
        if self.abilities.hears and self.reason is None:
            self._tell(WifiRequest(text_address(who.address), asks, method))

    def _hear(self, other: SimulatedWifi, order: FormGroup) -> None:
        """A GO negotiation request, while the other side still waits and we are not forming."""
        if other.activation is order and other._is_forming() and self.activation is None and (self.finding or self.group):
            self.hears_of(other.machine, Asks.NEGOTIATE, order.method.counterpart)

    def _try(self, other: SimulatedWifi) -> None:
        """Our activation meets the other side's, if there is one."""
        own_order, other_order = self.activation, other.activation
        if not isinstance(own_order, FormGroup) or not isinstance(other_order, FormGroup) or Way.JOIN in (own_order.way, other_order.way):
            return
        pair = frozenset((self.machine.name, other.machine.name))
        if other_order.address != text_address(self.machine.address) or other.group is not None:
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
        asyncio.get_running_loop().call_later(delay, self._group_up, other, own_order, other_order)

    def _why_not(self, own_order: FormGroup, other_order: FormGroup) -> Reason | None:
        """What WPS and the negotiation make of two orders."""
        if own_order.own and own_order.begins is other_order.begins:
            return Reason.NOT_FORMED  # both ask, or both wait to be asked
        if own_order.method is not other_order.method.counterpart:
            return Reason.METHODS_DIFFER
        if own_order.pin != other_order.pin:
            return Reason.WRONG_PIN
        return Reason.BOTH_OWN if own_order.intent == other_order.intent == 15 else None

    def _group_up(self, other: SimulatedWifi, own_order: FormGroup, other_order: FormGroup) -> None:
        if self.activation is not own_order or other.activation is not other_order or not self._is_forming() or not other._is_forming():
            return  # one of them gave up meanwhile
        if (why := self._why_not(own_order, other_order)) is not None:
            self.air.story(f"{self.machine.name} and {other.machine.name}: {why.value}")
            for wifi in (self, other):
                if wifi.abilities.hears:
                    wifi._fail(why)
            return
        lead = (own_order.intent or 7) > (other_order.intent or 7) or (
            own_order.intent == other_order.intent and self.air.random.random() < 0.5
        )
        group = _Group([self.machine, other.machine] if lead else [other.machine, self.machine])
        self.air.groups.append(group)
        self.air.join(self.machine, other.machine)
        for wifi, order in ((self, own_order), (other, other_order)):
            wifi.group = group
            self.air.later(0.1, 1.5, partial(wifi._up, group, order))

    def _up(self, group: _Group, order: FormGroup) -> None:
        if self.group is group and self.activation is order and self.done is not None and not self.done.done():
            own = order.own or ("fe80::2",)
            owner = group.members[0] is self.machine
            self.done.set_result(Group(f"p2p-{self.machine.name}", own, 1, owner=owner, frequency=order.frequency or 5180, width=20))

    def _knock(self, host: SimulatedWifi, order: FormGroup) -> None:
        """We want into a group: its owner hears of it, or has let us in already."""
        if self.activation is not order or not self._is_forming():
            return
        if host.group is None or not host.group.hosted:
            self._fail(Reason.NOT_SEEN)
        elif text_address(self.machine.address) in host.admissions:
            host._let_in(self)
        else:
            host.hears_of(self.machine, Asks.PROVISION, order.method.counterpart)

    def _waits_at(self, host: SimulatedWifi) -> bool:
        order = self.activation
        mine = isinstance(order, FormGroup) and order.way is Way.JOIN and order.address == text_address(host.machine.address)
        return mine and self._is_forming()

    def _let_in(self, other: SimulatedWifi) -> None:
        """WPS between our group and a machine that waits to join it."""
        address, order = text_address(other.machine.address), other.activation
        admission, until = self.admissions.pop(address, (None, 0.0))
        group = self.group
        if group is None or admission is None or not other._waits_at(self) or not isinstance(order, FormGroup):
            return
        if asyncio.get_running_loop().time() > until:
            return
        if order.method is not admission.method.counterpart or order.pin != admission.pin:
            self._tell(AdmissionFailed(self._attempt(), address, Reason.WRONG_PIN))
            if other.abilities.hears:
                other._fail(Reason.WRONG_PIN)
            return
        group.members.append(other.machine)
        other.group = group
        self.air.join(self.machine, other.machine)
        self._tell(MemberJoined(self._attempt(), address, other.machine.station))
        other._up(group, order)

    def _break_formation(self, why: str) -> None:
        """What `p2p_stop_find` does to a negotiation under way: both sides wait in vain."""
        self.air.story(why)
        order = self.activation
        if isinstance(order, FormGroup):
            self.activation = replace(order, address="")

    def _end_group(self) -> None:
        """We leave the group: the others notice, clients at once, an owner after its five seconds; a hosted group goes on without us."""
        group, self.group = self.group, None
        self.admissions.clear()
        if group is None:
            return
        self._forget_soon()
        owner = group.members[0]
        if group.hosted and owner is not self.machine:
            group.members.remove(self.machine)
            address = text_address(self.machine.address)
            self.air.later(0.2, 1.0, lambda: owner.wifi._left(group, address))
            return
        if group in self.air.groups:
            self.air.groups.remove(group)
        least, most = (0.5, 0.9) if owner is self.machine else (5.3, 5.7)
        for machine in group.members:
            other = machine.wifi
            if other is not self:
                self.air.later(least, most, partial(other._lose_group, Reason.GROUP_ENDED, group))

    def _left(self, group: _Group, address: str) -> None:
        if self.group is group:
            self._tell(MemberLeft(self._attempt(), address))

    def _lose_group(self, reason: Reason, which: _Group | None = None) -> None:
        """The group, or the one that is meant, is gone under us."""
        if which is not None and self.group is not which:
            return
        group, order, done = self.group, self.activation, self.done
        self._end_group()
        if group is None or order is None:
            return
        self.activation = self.done = None
        if done is not None and not done.done():
            done.set_exception(Unavailable(Reason.NOT_FORMED, "state 30 reason 8 (supplicant-disconnect)"))
        else:
            self._tell(GroupLost(order.attempt, reason, "state 120 reason 67 (peer-not-found)"))


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
        other = next((m for m in group.members if m is not self.machine), None)
        if other is None:
            return
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


class SimulatedProber:
    """ICMP on the group interface. `silent`: this machine answers nobody."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.air = machine.air
        self.sink: Sink | None = None
        self.silent = False

    async def open(self, sink: Sink, group: Group) -> Probe:
        self.sink = sink
        return Probe.ECHO

    def probe(self, address: str, sequence: int) -> None:
        group = self.machine.wifi.group
        there = [m for m in group.members if m is not self.machine and not m.prober.silent] if group is not None else []
        for other in there:
            if address in ("", other.link_local) and self.air.random.random() >= self.air.faults.datagram_lost:
                self.air.later(0.001, 0.006, partial(self._answered, other, sequence))

    async def close(self) -> None:
        self.go()

    def go(self) -> None:
        self.sink = None

    def left(self) -> list[str]:
        return ["probes"] if self.sink is not None else []

    def _answered(self, other: Machine, sequence: int) -> None:
        if self.sink is not None:
            self.sink(ProbeAnswered(other.link_local, other.station, sequence, asyncio.get_running_loop().time()))


class SimulatedTrust:
    """A store that remembers for as long as the process lives."""

    def __init__(self) -> None:
        self.peers: tuple[TrustedPeer, ...] = ()
        self.renewed = 0

    async def save(self, peers: tuple[TrustedPeer, ...]) -> None:
        self.peers = peers

    def renew(self) -> Identity:
        self.renewed += 1
        return Identity.from_seed(self.renewed.to_bytes(32))
