"""The ping sockets on loopback, and between two network namespaces where that is possible."""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest

from nearby_tray.core.model import DatagramArrived, Group, Reason
from nearby_tray.errors import Unavailable
from nearby_tray.system import pinger as module
from nearby_tray.system.pinger import UdpPinger

Until = Callable[..., Awaitable[None]]
Run = Callable[..., Any]
LOOPBACK = Group("lo", ("127.0.0.1", "::1"), index=1)


def free_port() -> int:
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as probe:
        probe.bind(("::", 0))
        return int(probe.getsockname()[1])


def ip6() -> bool:
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


ADDRESSES = ["127.0.0.1", *(["::1"] if ip6() else [])]


@pytest.fixture
def no_device(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kernel that does not let us bind to an interface (before 5.7)."""
    real = module._socket

    def refuse(family: socket.AddressFamily, address: tuple[object, ...], interface: str | None) -> socket.socket:
        if interface is not None:
            raise PermissionError(1, "Operation not permitted")
        return real(family, address, None)

    monkeypatch.setattr(module, "_socket", refuse)


@pytest.mark.parametrize("fallback", [False, True])
@pytest.mark.parametrize("address", ADDRESSES)
def test_a_datagram_comes_with_its_source_and_time(address: str, fallback: bool, run: Run, until: Until, request: Any) -> None:
    if fallback:
        request.getfixturevalue("no_device")
    got: list[DatagramArrived] = []

    async def main() -> None:
        loop = asyncio.get_running_loop()
        port = free_port()
        us = UdpPinger()
        await us.open(got.append, LOOPBACK, LOOPBACK.addresses, port)  # type: ignore[arg-type]
        assert us.port == port
        before = loop.time()
        us.send(b"ping", address, port)
        await until(lambda: got)
        assert got[0].data == b"ping" and got[0].source == address
        assert before - 0.05 <= got[0].received <= loop.time()
        await us.close()
        await us.close()
        us.send(b"late", address, port)
        await us.open(got.append, LOOPBACK, LOOPBACK.addresses, port)  # type: ignore[arg-type]
        await us.close()

    run(main())


@pytest.mark.parametrize("address", ADDRESSES)
def test_what_came_in_by_another_interface_is_not_there(address: str, run: Run, until: Until, no_device: None) -> None:
    got: list[DatagramArrived] = []

    async def main() -> None:
        port = free_port()
        us = UdpPinger()
        await us.open(got.append, LOOPBACK, LOOPBACK.addresses, port)  # type: ignore[arg-type]
        us._index = 4711  # that of the group is another one than that of loopback
        heard = asyncio.Event()
        real = module.came_by

        def came_by(control: list[tuple[int, int, bytes]]) -> int | None:
            heard.set()
            return real(control)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(module, "came_by", came_by)
            us.send(b"elsewhere", address, port)
            await heard.wait()
        us._index = 1
        us.send(b"here", address, port)
        await until(lambda: got)
        assert [one.data for one in got] == [b"here"]
        await us.close()

    run(main())


def test_the_kernel_stamp_says_when_it_came_not_when_it_was_read(run: Run, until: Until) -> None:
    got: list[DatagramArrived] = []

    async def main() -> None:
        loop = asyncio.get_running_loop()
        port = free_port()
        us = UdpPinger()
        await us.open(got.append, LOOPBACK, LOOPBACK.addresses, port)  # type: ignore[arg-type]
        us.send(b"ping", "127.0.0.1", port)
        sent = loop.time()
        while loop.time() < sent + 0.3:  # the loop is held up by something else
            pass
        await until(lambda: got)
        assert got[0].received < sent + 0.1
        await us.close()

    run(main())


@pytest.mark.parametrize(
    ("control", "age"),
    [
        ([], 0),
        ([(socket.SOL_SOCKET, 35, module._TIMESPEC.pack(9, 500_000_000))], 0.5),
        ([(socket.SOL_SOCKET, 35, module._TIMESPEC.pack(11, 0))], 0),  # from the future: the clock was set back
        ([(socket.SOL_SOCKET, 35, module._TIMESPEC.pack(1, 0))], 0),  # the clock was set forward
        ([(socket.SOL_SOCKET, 35, b"short")], 0),
    ],
)
def test_a_stamp_is_believed_only_when_it_can_be(control: list[tuple[int, int, bytes]], age: float) -> None:
    assert module.age(control, 10_000_000_000) == pytest.approx(age)


def test_a_taken_port_is_said(run: Run) -> None:
    async def main() -> None:
        port = free_port()
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as other:
            other.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
            other.bind(("::", port))
            with pytest.raises(Unavailable) as caught:
                await UdpPinger().open(lambda _: None, LOOPBACK, LOOPBACK.addresses, port)
            assert caught.value.reason is Reason.PORT_IN_USE

    if not ip6():
        pytest.skip("no IPv6 here")
    run(main())


def test_no_such_interface_is_said(run: Run) -> None:
    async def main() -> None:
        with pytest.raises(Unavailable) as caught:
            await UdpPinger().open(lambda _: None, Group("p2p-no-such", ()), (), free_port())
        assert caught.value.reason is Reason.GROUP_ENDED

    run(main())


def test_an_address_that_does_not_come_is_said(run: Run, no_device: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_ADDRESS_WAIT", 0.2)

    async def main() -> None:
        with pytest.raises(Unavailable) as caught:
            await UdpPinger().open(lambda _: None, LOOPBACK, ("169.254.250.1",), free_port())
        assert caught.value.reason is Reason.NO_ADDRESS

    run(main())


def test_weather_is_nobodys_news(run: Run, until: Until, caplog: pytest.LogCaptureFixture) -> None:
    got: list[DatagramArrived] = []

    async def main() -> None:
        port, silent = free_port(), free_port()
        us = UdpPinger()
        await us.open(got.append, LOOPBACK, LOOPBACK.addresses, port)  # type: ignore[arg-type]
        for _ in range(5):
            us.send(b"refused", "127.0.0.1", silent)
            us.send(b"unreachable", "192.0.2.1", silent)
            us.send(b"no route", "fd99::1", silent)
            us.send(bytes(70_000), "127.0.0.1", silent)
        us.send(b"ping", "127.0.0.1", port)
        await until(lambda: got)
        await us.close()

    with caplog.at_level(logging.WARNING):
        run(main())
    assert not caplog.records


def test_a_flood_is_read_in_bounded_pieces_and_long_ones_are_dropped(run: Run, until: Until) -> None:
    got: list[DatagramArrived] = []

    async def main() -> None:
        port = free_port()
        us = UdpPinger()
        await us.open(got.append, LOOPBACK, LOOPBACK.addresses, port)  # type: ignore[arg-type]
        us.send(bytes(module._LONGEST + 1), "127.0.0.1", port)
        for n in range(3000):
            us.send(n.to_bytes(2), "127.0.0.1", port)
        assert not got
        before = 0
        while len(got) < 5 or len(got) > before:
            before = len(got)
            await asyncio.sleep(0)
            assert len(got) - before <= 64
        assert got[0].data == b"\0\0"
        await us.close()

    run(main())


def test_the_sink_may_close(run: Run, until: Until) -> None:
    async def main() -> None:
        port = free_port()
        us = UdpPinger()
        got: list[object] = []
        closing: list[asyncio.Task[None]] = []

        def sink(event: object) -> None:
            got.append(event)
            closing.append(asyncio.get_running_loop().create_task(us.close()))

        await us.open(sink, LOOPBACK, LOOPBACK.addresses, port)
        us.send(b"1", "127.0.0.1", port)
        us.send(b"2", "127.0.0.1", port)
        await until(lambda: closing and us.port is None)
        await asyncio.gather(*closing)

    run(main())


# --- two machines: a namespace with a veth pair --------------------------------------------------------------------------------

_ECHO = """
import asyncio, sys
from nearby_tray.core.model import Group
from nearby_tray.system.pinger import UdpPinger

async def main():
    us = UdpPinger()
    port = int(sys.argv[2])
    await us.open(lambda e: us.send(e.data + b" from " + e.source.encode(), e.source, port), Group(sys.argv[1], ()), (), port)
    print("ready", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)

asyncio.run(main())
"""


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


@pytest.fixture
def veth() -> Iterator[tuple[str, str, str]]:
    """Our interface, the namespace, its interface; 169.254.77.1/30 and fd00:77::1/64 here, ….2 there."""
    if os.geteuid() != 0 or shutil.which("ip") is None:
        pytest.skip("needs root and iproute2 to make network namespaces")
    tag = f"{os.getpid() % 100000}"
    space, here, there = f"nt-{tag}", f"nta{tag}", f"ntb{tag}"
    try:
        ip("netns", "add", space)
    except subprocess.CalledProcessError as error:
        pytest.skip(f"network namespaces cannot be made here: {error.stderr.decode().strip()}")
    try:
        ip("link", "add", here, "type", "veth", "peer", "name", there, "netns", space)
        for inside, name, n in (((), here, 1), (("-n", space), there, 2)):
            ip(*inside, "addr", "add", f"169.254.77.{n}/30", "dev", name)
            ip(*inside, "addr", "add", f"fd00:77::{n}/64", "dev", name)  # tentative at first, as on a new group
            ip(*inside, "link", "set", name, "up")
        yield here, space, there
    finally:
        subprocess.run(["ip", "netns", "delete", space], check=False, capture_output=True)
        subprocess.run(["ip", "link", "delete", here], check=False, capture_output=True)


@pytest.mark.parametrize("fallback", [False, True])
def test_two_machines(veth: tuple[str, str, str], fallback: bool, run: Run, request: Any) -> None:
    if fallback:
        request.getfixturevalue("no_device")
    here, space, there = veth
    port = 47476
    command = ["ip", "netns", "exec", space, sys.executable, "-c", _ECHO, there, str(port)]
    other = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert other.stdin is not None and other.stdout is not None
    try:
        assert other.stdout.readline() == b"ready\n"
        link_local = subprocess.run(
            ["ip", "-n", space, "-6", "-o", "addr", "show", "dev", there, "scope", "link"], check=True, capture_output=True, text=True
        ).stdout.split()[3]
        peers = ["169.254.77.2", "fd00:77::2", link_local.partition("/")[0]]
        mine = ("169.254.77.1", "fd00:77::1")
        got: dict[str, bytes] = {}

        async def main() -> None:
            us = UdpPinger()
            group = Group(here, mine, index=socket.if_nametoindex(here))
            await us.open(lambda event: got.update({event.source: event.data}), group, mine, port)  # type: ignore[union-attr]
            for address in peers[: 2 if fallback else 3]:
                while address not in got:  # until duplicate address detection has ended and the neighbour is known
                    us.send(b"ping", address, port)
                    await asyncio.sleep(0.02)
            assert got["169.254.77.2"] == b"ping from 169.254.77.1"
            assert got["fd00:77::2"] == b"ping from fd00:77::1"
            ip("link", "set", here, "down")
            for address in peers:
                us.send(b"ping", address, port)
            ip("link", "delete", here)
            for address in peers:
                us.send(b"ping", address, port)
            await us.close()

        run(main())
    finally:
        other.stdin.close()
        other.wait(30)
        other.stdout.close()
