"""Whether a machine without our protocol is there: answers are matched to what was asked, and two network namespaces agree."""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nearby_tray.core.model import EdgeEvent, Group, Probe, ProbeAnswered
from nearby_tray.system import addresses
from nearby_tray.system import prober as module
from nearby_tray.system.addresses import Assigned, Neighbour
from nearby_tray.system.netlink import pack
from nearby_tray.system.prober import EchoProber

Run = Callable[..., Any]
Until = Callable[..., Any]

GROUP = Group("p2p-wlan0-0", ("10.42.0.1",), index=7)
PHONE, STATION = "10.42.0.23", "42:00:00:00:01:80"
TV = "fe80::1234"


class FakeSocket:
    """A datagram socket to nowhere; `air` has what would have gone out."""

    def __init__(self, kind: str, version: int, air: list[Any]) -> None:
        self._ours, self._theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.kind, self.version, self._air = kind, version, air
        self.error: OSError | None = None

    def fileno(self) -> int:
        return self._ours.fileno()

    def close(self) -> None:
        self._ours.close()
        self._theirs.close()

    def sendto(self, data: bytes, to: tuple[Any, ...]) -> None:
        if self.error is not None:
            raise self.error
        self._air.append((self.kind, data, to))


@dataclass
class World:
    """A prober on an interface that is all made up."""

    prober: EchoProber
    air: list[Any] = field(default_factory=list)
    told: list[ProbeAnswered] = field(default_factory=list)
    table: list[Neighbour] = field(default_factory=list)
    own: list[Assigned] = field(default_factory=list)
    stations: tuple[str, ...] = ()
    allowed: set[str] = field(default_factory=lambda: {"echo", "nudge"})
    sockets: list[FakeSocket] = field(default_factory=list)
    looks: int = 0

    def echoes(self, to: str = "") -> list[bytes]:
        return [data for kind, data, where in self.air if kind == "echo" and to in ("", where[0])]

    def answer(self, request: bytes, source: str, *, kind: int | None = None) -> None:
        """The reply to a request that was on the air."""
        version = ipaddress.ip_address(source).version
        reply = bytes([{4: 0, 6: 129}[version] if kind is None else kind]) + request[1:]
        self.prober._heard(reply, source, version, 1.0)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    async def neighbours(index: int) -> list[Neighbour]:
        assert index == 7
        here.looks += 1
        return here.table

    async def own(_index: int) -> list[Assigned]:
        return here.own

    async def stations(_index: int) -> tuple[str, ...]:
        return here.stations

    def make(kind: str) -> Callable[[int, str], FakeSocket]:
        def made(version: int, interface: str) -> FakeSocket:
            assert interface == GROUP.interface
            if kind not in here.allowed:
                raise PermissionError(errno.EACCES, "Permission denied")
            here.sockets.append(FakeSocket(kind, version, here.air))
            return here.sockets[-1]

        return made

    here = World(EchoProber(read_neighbours=neighbours, read_addresses=own, read_stations=stations, settle=0))
    here.own = [Assigned(ipaddress.ip_interface("10.42.0.1/24"), True), Assigned(ipaddress.ip_interface("fe80::1/64"), True)]
    monkeypatch.setattr(module, "_echo_socket", make("echo"))
    monkeypatch.setattr(module, "_nudge_socket", make("nudge"))
    return here


def heard(here: World) -> Callable[[EdgeEvent], None]:
    def sink(event: EdgeEvent) -> None:
        assert isinstance(event, ProbeAnswered)
        here.told.append(event)

    return sink


def test_an_answer_has_the_number_of_its_probe_and_the_station_it_came_from(world: World, run: Run, until: Until) -> None:
    async def main() -> None:
        world.table = [Neighbour(PHONE, STATION, confirmed=False, checking=False)]
        assert await world.prober.open(heard(world), GROUP) is Probe.ECHO
        await until(lambda: world.looks == 1)
        world.prober.probe(PHONE, 70_000)  # more than the 16 bits on the wire
        [(kind, request, to)] = world.air
        assert (kind, request[0], to) == ("echo", 8, (PHONE, 0))
        world.answer(request, PHONE)
        assert world.told == [ProbeAnswered(PHONE, STATION, 70_000, 1.0)]
        world.answer(request, PHONE)  # once
        assert len(world.told) == 1
        world.prober.probe(TV, 1)
        assert world.air[-1][1][0] == 128 and world.air[-1][2] == (TV, 0, 0, 7)
        await world.prober.close()
        await world.prober.close()
        world.prober.probe(PHONE, 3)
        assert len(world.air) == 2

    run(main())


def test_what_was_not_asked_is_no_answer(world: World, run: Run, until: Until) -> None:
    async def main() -> None:
        world.table = [Neighbour(PHONE, STATION, confirmed=False, checking=False)]
        await world.prober.open(heard(world), GROUP)
        await until(lambda: world.looks == 1)
        world.prober.probe(PHONE, 1)
        [request] = world.echoes()
        world.answer(request, "10.42.0.24")  # somebody else
        world.answer(request, "fe80::23")
        world.answer(request, PHONE, kind=8)  # a request
        world.answer(request, PHONE, kind=3)  # unreachable
        world.answer(request[:1] + b"\1" + request[2:], PHONE)  # another code
        world.answer(request[:6] + b"\xff\xff" + request[8:], PHONE)  # another number
        world.answer(request[:-1] + bytes([request[-1] ^ 1]), PHONE)  # another payload
        world.answer(request + b"x", PHONE)
        world.answer(request[:-1], PHONE)
        world.prober._heard(b"", PHONE, 4, 1.0)
        assert not world.told
        await world.prober.close()
        await world.prober.open(heard(world), GROUP)
        world.prober.probe(PHONE, 1)
        world.answer(request, PHONE)  # of the link before
        assert not world.told
        await world.prober.close()

    run(main())


@given(st.binary(max_size=300), st.sampled_from([PHONE, "", "fe80::1", "nonsense", "fe80::1%7"]), st.sampled_from([4, 6]))
def test_any_bytes_are_survived(data: bytes, source: str, version: int) -> None:
    one = EchoProber()
    one._sink = lambda _event: pytest.fail("believed")
    one._cookie = bytes(16)
    one._open[0] = module._Open(1, None)
    one._heard(data, source, version, 0.0)


def test_everybody_is_asked_at_once_and_one_by_one(world: World, run: Run, until: Until) -> None:
    async def main() -> None:
        world.table = [Neighbour(PHONE, STATION, False, False)]
        world.stations = ("42:00:00:00:02:80",)
        await world.prober.open(heard(world), GROUP)
        await until(lambda: world.prober._guesses)
        world.prober.probe("", 5)
        to = [where[0] for _kind, _data, where in world.air]
        # The link-local address that follows from a station, and not 10.42.0.1, the first of the net: that is ourselves.
        assert to == ["ff02::1", "10.42.0.255", PHONE, "fe80::4000:ff:fe00:280"]
        everybody = world.echoes("ff02::1")[0]
        world.answer(everybody, TV)
        world.answer(everybody, "10.42.0.99")
        world.answer(everybody, "10.42.0.1")  # ourselves
        world.answer(everybody, "fe80::1")
        world.answer(everybody, "192.0.2.1")  # not on this link
        world.answer(everybody, "2001:db8::1")
        await until(lambda: len(world.told) == 2)
        assert [(one.source, one.station, one.sequence) for one in world.told] == [(TV, "", 5), ("10.42.0.99", "", 5)]
        for number in range(500):
            world.answer(everybody, f"fe80::2:{number:x}")
        await until(lambda: not world.prober._waiting)
        assert len(world.told) == 32
        await world.prober.close()

    run(main())


def test_the_station_of_somebody_new_is_looked_up_before_it_is_told(world: World, run: Run, until: Until) -> None:
    async def main() -> None:
        await world.prober.open(heard(world), GROUP)
        await until(lambda: world.looks == 1)
        world.prober.probe("", 1)
        world.table = [Neighbour(TV, STATION, True, False)]
        world.answer(world.echoes("ff02::1")[0], TV)
        assert not world.told
        await until(lambda: world.told)
        assert world.told == [ProbeAnswered(TV, STATION, 1, 1.0)]
        await world.prober.close()

    run(main())


def test_probes_are_limited(world: World, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> None:
        monkeypatch.setattr(module, "_RATE", 0.0)
        await world.prober.open(heard(world), GROUP)
        for number in range(1000):
            world.prober.probe(PHONE, number)
        assert len(world.air) == 64
        assert len(world.prober._open) == 512
        await world.prober.close()

    run(main())


def test_without_icmp_the_neighbour_table_tells(world: World, run: Run, until: Until) -> None:
    async def main() -> None:
        world.allowed = {"nudge"}
        assert await world.prober.open(heard(world), GROUP) is Probe.NEIGHBOUR
        await until(lambda: world.looks == 1)

        async def asked(address: str, *states: tuple[bool, bool]) -> list[tuple[str, int | None]]:
            world.told.clear()
            for confirmed, checking in states:
                world.table = [Neighbour(PHONE, STATION, confirmed, checking)]
                world.prober.probe(address, 1)
                await until(lambda: world.prober._timer is None and not world.prober._settled)
            return [(one.source, one.sequence) for one in world.told]

        assert await asked(PHONE, (False, False)) == []  # it was there once
        assert await asked(PHONE, (False, True)) == []  # and is being looked for now
        assert world.air[-1] == ("nudge", b"", (PHONE, 9))  # for the kernel to resolve it
        assert await asked(PHONE, (True, False)) == [(PHONE, None)]
        assert await asked(PHONE, (False, True)) == [(PHONE, None)]  # the kernel still takes it for there
        assert await asked("", (True, False)) == [(PHONE, None)]
        assert await asked("10.42.0.77", (True, False)) == []
        world.table = []
        world.prober.probe(PHONE, 2)
        await until(lambda: not world.prober._confirmed)
        assert await asked(PHONE, (False, True)) == []  # as if it were new
        await world.prober.close()

    run(main())


def test_who_answers_echo_needs_no_neighbour_table(world: World, run: Run, until: Until) -> None:
    async def main() -> None:
        world.table = [Neighbour(PHONE, STATION, True, False), Neighbour(TV, STATION, True, False)]
        await world.prober.open(heard(world), GROUP)
        await until(lambda: world.looks == 1)
        world.prober.probe(PHONE, 1)
        world.answer(world.echoes(PHONE)[0], PHONE)
        world.prober.probe("", 2)
        await until(lambda: len(world.told) > 1)
        assert [(one.source, one.sequence) for one in world.told] == [(PHONE, 1), (TV, None)]
        await world.prober.close()

    run(main())


def test_a_network_that_complains_is_weather(world: World, run: Run, caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        await world.prober.open(heard(world), GROUP)
        for made in world.sockets:
            made.error = OSError(errno.ENETUNREACH, "unreachable")
        world.prober.probe("", 1)
        world.prober.probe("nonsense", 2)
        await world.prober.close()

    run(main())
    assert not [record for record in caplog.records if record.levelname == "WARNING"]


def test_an_interface_that_is_gone_has_nobody_on_it(run: Run) -> None:
    async def main() -> None:
        one = EchoProber(settle=0)
        told: list[EdgeEvent] = []
        assert await one.open(told.append, Group("p2p-no-such", ())) is Probe.NEIGHBOUR
        one.probe("", 1)
        one.probe("fe80::1", 2)
        await asyncio.sleep(0.01)
        await one.close()
        assert not told

    run(main())


# --- the neighbour table --------------------------------------------------------------------------------------------------------


def test_neighbours_are_taken_from_the_kernels_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    def entry(state: int, address: str, station: str, index: int = 7) -> bytes:
        packed = ipaddress.ip_address(address).packed
        head = addresses._NEIGHBOUR.pack(socket.AF_INET, 0, 0, index, state, 0, 0)
        return head + pack({1: packed, 2: bytes.fromhex(station.replace(":", ""))})

    answer = [
        entry(0x02, PHONE, STATION),
        entry(0x04, TV, STATION),
        entry(0x08, "10.42.0.3", STATION),
        entry(0x10, "10.42.0.4", STATION),
        entry(0x20, "10.42.0.5", STATION),  # failed
        entry(0x40, "ff02::1", "33:33:00:00:00:01"),  # no ARP
        entry(0x02, "ff02::2", STATION),
        entry(0x02, "10.42.0.6", "00:00:00:00:00:00"),
        entry(0x02, "10.42.0.6", "ff:ff:ff:ff:ff:ff"),
        entry(0x02, "10.42.0.6", "42:00"),
        entry(0x02, "10.42.0.6", STATION, index=8),
        b"short",
    ]
    monkeypatch.setattr(addresses, "exchange", lambda *_: answer)
    assert asyncio.run(addresses.neighbours(7)) == [
        Neighbour(PHONE, STATION, True, False),
        Neighbour(TV, STATION, False, False),
        Neighbour("10.42.0.3", STATION, False, True),
        Neighbour("10.42.0.4", STATION, False, False),
    ]


def test_the_real_kernel_is_asked_without_an_error() -> None:
    assert isinstance(asyncio.run(addresses.neighbours(1)), list)
    assert asyncio.run(addresses.neighbours(2**31 - 1)) == []


# --- two machines: two namespaces with a veth pair --------------------------------------------------------------------------------

_PROBE = """
import asyncio, json, socket, sys
from nearby_tray.core.model import Group
from nearby_tray.system.prober import EchoProber

async def main():
    name = sys.argv[1]
    one = EchoProber()
    def sink(event):
        print(json.dumps([event.source, event.station, event.sequence]), flush=True)
    print(json.dumps(await one.open(sink, Group(name, (), index=socket.if_nametoindex(name)))), flush=True)
    loop = asyncio.get_running_loop()
    sequence = 0
    while True:  # a line is an address to ask
        line = await loop.run_in_executor(None, sys.stdin.readline)
        if not line:
            break
        sequence += 1
        one.probe(line.strip(), sequence)
        await asyncio.sleep(0.5)
    await one.close()

asyncio.run(main())
"""


def ip(*words: str) -> str:
    return subprocess.run(["ip", *words], check=True, capture_output=True, text=True).stdout


@dataclass
class Space:
    name: str
    interface: str
    station: str
    link_local: str


@pytest.fixture
def spaces() -> Iterator[tuple[Space, Space]]:
    """Two namespaces, each with one end of a cable: 10.42.7.1/24 and .2/24, and link-local addresses."""
    if os.geteuid() != 0 or shutil.which("ip") is None or not Path("/proc/sys/net/ipv6").exists():
        pytest.skip("needs root, iproute2 and IPv6 to make two machines out of network namespaces")
    tag = f"{os.getpid() % 100000}"
    names = [f"nt-p{tag}", f"nt-q{tag}"]
    made = []
    try:
        try:
            for name in names:
                ip("netns", "add", name)
        except subprocess.CalledProcessError as error:
            pytest.skip(f"network namespaces cannot be made here: {error.stderr.strip()}")
        ip("-n", names[0], "link", "add", "p2p-0", "type", "veth", "peer", "name", "p2p-0", "netns", names[1])
        for number, name in enumerate(names, 1):
            # No looking for another owner of the address: nobody else is on this cable.
            subprocess.run(["ip", "netns", "exec", name, "sysctl", "-qw", "net.ipv6.conf.p2p-0.accept_dad=0"], check=True)
            ip("-n", name, "addr", "add", f"10.42.7.{number}/24", "dev", "p2p-0")
            ip("-n", name, "link", "set", "p2p-0", "up")
        for name in names:
            shown: list[Any] = json.loads(ip("-n", name, "-j", "addr", "show", "dev", "p2p-0"))
            local = next(one["local"] for one in shown[0]["addr_info"] if one["local"].startswith("fe80:"))
            made.append(Space(name, "p2p-0", shown[0]["address"], local))
        yield made[0], made[1]
    finally:
        for name in names:
            subprocess.run(["ip", "netns", "delete", name], check=False, capture_output=True)


@pytest.fixture
def probing(spaces: tuple[Space, Space], request: Any) -> Iterator[subprocess.Popen[str]]:
    """A prober in the first namespace; its first line of output has been left to the test."""
    echo = "0 2147483647" if request.param else "1 0"
    setting = ["ip", "netns", "exec", spaces[0].name, "sysctl", "-qw", f"net.ipv4.ping_group_range={echo}"]
    subprocess.run(setting, check=True)
    command = ["ip", "netns", "exec", spaces[0].name, sys.executable, "-c", _PROBE, spaces[0].interface]
    other = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    yield other
    assert other.stdin is not None and other.stdout is not None
    other.stdin.close()
    other.stdout.close()
    assert other.wait(30) == 0


def ask(other: subprocess.Popen[str], address: str) -> None:
    assert other.stdin is not None
    other.stdin.write(f"{address}\n")
    other.stdin.flush()


def next_line(other: subprocess.Popen[str]) -> Any:
    assert other.stdout is not None
    return json.loads(other.stdout.readline())


@pytest.mark.parametrize("probing", [True], indirect=True)
def test_a_machine_is_found_by_asking_everybody(spaces: tuple[Space, Space], probing: subprocess.Popen[str]) -> None:
    _here, there = spaces
    assert next_line(probing) == "echo"
    ask(probing, "")
    found = next_line(probing)
    assert found == [there.link_local, there.station, 1]
    ask(probing, "10.42.7.2")
    while (found := next_line(probing))[0] != "10.42.7.2":
        pass
    assert found == ["10.42.7.2", there.station, 2]


@pytest.mark.parametrize("probing", [True], indirect=True)
def test_a_machine_that_answers_no_echo_is_still_there(spaces: tuple[Space, Space], probing: subprocess.Popen[str]) -> None:
    _here, there = spaces
    subprocess.run(["ip", "netns", "exec", there.name, "sysctl", "-qw", "net.ipv4.icmp_echo_ignore_all=1"], check=True)
    assert next_line(probing) == "echo"
    ask(probing, "10.42.7.2")
    assert next_line(probing) == ["10.42.7.2", there.station, None]


@pytest.mark.parametrize("probing", [False], indirect=True)
def test_without_icmp_sockets_it_is_known_by_its_station(spaces: tuple[Space, Space], probing: subprocess.Popen[str]) -> None:
    _here, there = spaces
    assert next_line(probing) == "neighbour"
    for address in ("10.42.7.2", there.link_local):
        ask(probing, address)
        assert next_line(probing) == [address, there.station, None]


@pytest.mark.parametrize("version", [4, 6])
def test_no_probe_leaves_the_link(version: int) -> None:
    """One hop, on that interface only, and none of our own comes back."""
    made = module._nudge_socket(version, "lo")
    try:
        assert made.getsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, 16).rstrip(b"\0") == b"lo"
        if version == 4:
            assert made.getsockopt(socket.IPPROTO_IP, socket.IP_TTL) == 1
        else:
            options = (socket.IPV6_UNICAST_HOPS, socket.IPV6_MULTICAST_HOPS, socket.IPV6_MULTICAST_LOOP)
            assert [made.getsockopt(socket.IPPROTO_IPV6, option) for option in options] == [1, 1, 0]
    finally:
        made.close()
