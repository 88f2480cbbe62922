"""Who would take what is meant for a link: by tables as real VPNs make them, and by the kernel itself where we may have one of our own."""

from __future__ import annotations

import shutil
import socket
import struct
import subprocess
import sys
from ipaddress import ip_network
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nearby_tray.system import routing
from nearby_tray.system.netlink import pack
from nearby_tray.system.routing import Route, Routing, Rule, Swallowed

ANY, ANY6 = ip_network("0.0.0.0/0"), ip_network("::/0")
LOCAL, MAIN = Rule(0, 255, ANY), Rule(32766, 254, ANY)
LINK = "169.254.1.1"


@pytest.mark.parametrize(
    ("rules", "routes", "expected"),
    [
        ((LOCAL, MAIN), (Route(254, ANY, "eth0"),), None),
        ((), (), None),
        # Tailscale with an exit node (its issue #1527), and with local networks allowed: a throw.
        ((LOCAL, Rule(5270, 52, ANY), MAIN), (Route(52, ANY, "tailscale0"),), Swallowed("tailscale0", 5270, 52)),
        ((LOCAL, Rule(5270, 52, ANY), MAIN), (Route(52, ANY, "tailscale0"), Route(52, ip_network("169.254.0.0/16"), passes=True)), None),
        ((LOCAL, Rule(5270, 52, ANY), MAIN), (Route(52, ip_network("100.64.0.0/10"), "tailscale0"),), None),
        # wg-quick: main first, its default route apart.
        ((LOCAL, Rule(32764, 254, ANY, 0), Rule(32765, 51820, ANY), MAIN), (Route(51820, ANY, "wg0"),), None),
        ((LOCAL, Rule(100, 7, ANY, 0), MAIN), (Route(7, ANY, "tun0"),), None),
        ((LOCAL, Rule(100, 7, ANY, 0), MAIN), (Route(7, ip_network("128.0.0.0/1"), "tun0"),), Swallowed("tun0", 100, 7)),
        ((LOCAL, Rule(100, 7, ip_network("10.0.0.0/8")), MAIN), (Route(7, ANY, "tun0"),), None),
        ((LOCAL, Rule(100, None, ANY), MAIN), (), Swallowed("", 100, None)),
        ((LOCAL, Rule(100, 7, ANY), MAIN), (Route(7, ANY),), Swallowed("", 100, 7)),
        ((Rule(100, 7, ANY6), Rule(32766, 254, ANY6)), (Route(7, ANY6, "tun0"),), None),
    ],
)
def test_who_takes_it(rules: tuple[Rule, ...], routes: tuple[Route, ...], expected: Swallowed | None) -> None:
    assert Routing(rules, routes).swallows(LINK) == expected


def body(action: int, table: int, facts: dict[int, bytes], *, family: int = socket.AF_INET, bits: int = 0, flags: int = 0) -> bytes:
    return struct.pack("=BBBBBBBBI", family, bits, 0, 0, table, 0, 0, action, flags) + pack(facts)


def u32(value: int) -> bytes:
    return struct.pack("=I", value)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (body(1, 254, {6: u32(32766)}), Rule(32766, 254, ANY)),
        (body(1, 0, {6: u32(1), 15: u32(51820), 14: struct.pack("=i", 0)}), Rule(1, 51820, ANY, 0)),
        (body(1, 52, {6: u32(1), 10: u32(7)}), None),  # marked traffic only
        (body(1, 52, {6: u32(1), 10: u32(7)}, flags=2), Rule(1, 52, ANY)),  # all but marked traffic
        (body(1, 52, {6: u32(1)}, flags=2), None),  # not anything at all
        (body(1, 52, {3: b"eth0\0"}), None),
        (body(1, 52, {20: struct.pack("=II", 0, 2**32 - 2)}), Rule(0, 52, ANY)),
        (body(1, 52, {20: struct.pack("=II", 2**32 - 2, 2**32 - 2)}), None),
        (body(6, 0, {6: u32(9), 1: bytes([10, 0, 0, 0])}, bits=8), Rule(9, None, ip_network("10.0.0.0/8"))),
        (body(2, 0, {}), None),  # goto
        (body(1, 254, {}, family=socket.AF_INET6), Rule(0, 254, ANY6)),
        (body(1, 254, {}, family=28), None),
        (b"short", None),
    ],
)
def test_rules_are_read(data: bytes, expected: Rule | None) -> None:
    assert routing._rule(data) == expected


def test_routes_are_read() -> None:
    index = socket.if_nametoindex("lo")
    assert routing._route(body(1, 52, {4: u32(index)})) == Route(52, ANY, "lo")
    assert routing._route(body(9, 0, {15: u32(52), 1: bytes([169, 254, 0, 0])}, bits=16)) == Route(
        52, ip_network("169.254.0.0/16"), "", True
    )
    assert routing._route(body(6, 254, {4: u32(index)})) == Route(254, ANY, "")
    assert routing._route(body(2, 255, {})) is None  # local
    assert routing._route(body(1, 52, {4: u32(2**31 - 1)})) is None  # gone
    assert routing._route(body(1, 52, {}, flags=0x200)) is None  # cached


@given(st.binary(max_size=200))
def test_any_bytes_are_survived(data: bytes) -> None:
    routing._rule(data)
    routing._route(data)


def test_the_kernel_is_read() -> None:
    told = routing._read()
    assert any(rule.table == 254 for rule in told.rules)
    assert told.swallows("127.0.0.1") is None or told.rules


PROGRAM = """
import asyncio
from nearby_tray.system import routing
told = asyncio.run(routing.read())
print(told.swallows("169.254.1.1"), told.swallows("fd00::1"))
"""


@pytest.mark.parametrize(
    ("commands", "expected"),
    [
        ("", "None None"),
        ("ip rule add lookup 52 priority 5270", "Swallowed(interface='lo', rule=5270, table=52) None"),
        (
            "ip -6 rule add lookup 52 priority 9; ip -6 route add default dev lo table 52",
            "None Swallowed(interface='lo', rule=9, table=52)",
        ),
        ("ip rule add lookup 52 priority 9; ip route add throw 169.254.0.0/16 table 52", "None None"),
        ("ip rule add fwmark 7 lookup 52 priority 9", "None None"),
        ("ip rule add not fwmark 7 lookup 52 priority 9", "Swallowed(interface='lo', rule=9, table=52) None"),
        ("ip rule add not fwmark 7 lookup 52 priority 9; ip rule add lookup main suppress_prefixlength 0 priority 8", "None None"),
        ("ip rule add prohibit to 169.254.0.0/16 priority 9", "Swallowed(interface='', rule=9, table=None) None"),
        ("ip rule add iif eth9 lookup 52 priority 9", "None None"),
    ],
)
def test_a_kernel_of_our_own_is_understood(commands: str, expected: str) -> None:
    """In a network namespace, with what iproute2 makes of the rules; skipped where we may not have one."""
    if shutil.which("ip") is None or shutil.which("unshare") is None:
        pytest.skip("iproute2 or unshare is not installed")
    prepare = f"ip link set lo up && ip route add default dev lo table 52 && {{ {commands or ':'}; }}"
    inside = f'{prepare} && exec "$1" -c "$2"'
    for unshare in (["unshare", "-n"], ["unshare", "-rn"]):
        if subprocess.run([*unshare, "true"], capture_output=True, check=False).returncode == 0:
            break
    else:
        pytest.skip("no network namespace may be made here")
    done = subprocess.run(
        [*unshare, "sh", "-c", inside, "sh", sys.executable, PROGRAM],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout.strip() == expected, done.stderr
