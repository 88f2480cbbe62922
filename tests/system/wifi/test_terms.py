"""What a group may bring and what takes it down: a table of what strangers give, on computers as people have them."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
from collections.abc import Callable
from ipaddress import ip_interface, ip_network
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nearby_tray.core.model import Reason
from nearby_tray.errors import Unavailable
from nearby_tray.system.routing import Route
from nearby_tray.system.wifi import terms
from nearby_tray.system.wifi.terms import Given, Keeper, Surroundings, free, masked, objection, refusal

from .surroundings import FULL_TUNNEL, HOME, MAIN, Ear, computer

GROUP = "p2p-wlan0-0"

Run = Callable[[Any], Any]


GOOD = [
    ("192.168.49.7/24", HOME),
    ("10.42.0.7/24", HOME),
    ("172.16.5.5/16", HOME),
    ("172.31.255.1/30", HOME),
    ("169.254.7.7/16", HOME),
    ("192.168.2.7/24", HOME),
    ("fd11:22:33::7/64", HOME),
    ("10.42.0.7/24", computer(*FULL_TUNNEL)),
    ("192.168.49.7/24", computer(*FULL_TUNNEL)),
    ("fd11:22:33::7/64", computer(*FULL_TUNNEL)),
    ("192.168.49.7/24", computer("10.0.0.0/8 tun0")),
    ("10.42.0.7/24", Surroundings((Route(52, ip_network("10.0.0.0/8"), passes=True),))),
]

BAD = [
    ("10.1.2.3/1", HOME, "too large"),
    ("10.1.2.3/8", HOME, "too large"),
    ("10.1.2.3/15", HOME, "too large"),
    ("172.16.0.1/12", HOME, "too large"),
    ("0.0.0.1/0", HOME, "too large"),
    ("fd11:22:33::7/7", HOME, "too large"),
    ("2001:db8::7/2", HOME, "too large"),
    ("8.8.8.9/24", HOME, "not private"),
    ("172.15.0.1/16", HOME, "not private"),
    ("172.32.0.1/16", HOME, "not private"),
    ("192.167.0.1/16", HOME, "not private"),
    ("100.64.0.1/24", HOME, "not private"),
    ("127.0.0.5/24", HOME, "not private"),
    ("2001:db8::7/64", HOME, "not private"),
    ("fec0::7/64", HOME, "not private"),
    ("192.168.1.8/24", HOME, "overlaps 192.168.1.0/24 on wlan0"),
    ("192.168.1.8/30", HOME, "overlaps 192.168.1.0/24 on wlan0"),
    ("192.168.7.7/16", HOME, "overlaps 192.168.1.0/24 on wlan0"),
    ("10.42.0.7/24", computer("10.0.0.0/8 tun0"), "overlaps 10.0.0.0/8 on tun0"),
    ("10.8.0.7/24", computer(*FULL_TUNNEL), "overlaps 10.8.0.0/24 on tun0"),
    ("172.17.0.2/16", computer("172.17.0.0/16 docker0"), "overlaps 172.17.0.0/16 on docker0"),
    ("10.42.0.7/24", Surroundings((Route(52, ip_network("10.0.0.0/8"), "tailscale0"),)), "overlaps 10.0.0.0/8 on tailscale0"),
    ("10.42.0.7/24", Surroundings((Route(MAIN, ip_network("10.42.0.0/16")),)), "overlaps 10.42.0.0/16"),
    ("10.42.0.7/24", Surroundings((Route(7, ip_network("10.42.0.128/25"), several=("a", "b")),)), "overlaps 10.42.0.128/25 on a"),
    ("10.9.9.7/24", computer("0.0.0.0/0 wlan0 10.9.9.1"), "overlaps the gateway 10.9.9.1"),
    ("10.9.9.7/24", computer(addresses=("10.9.9.1/32 lo",)), "overlaps 10.9.9.1/32 on lo"),
    ("10.9.9.7/24", computer(servers=("10.9.9.53",)), "overlaps the name server 10.9.9.53"),
    ("fd11:22:33::7/64", computer("fd11:22::/32 tun0"), "overlaps fd11:22::/32 on tun0"),
    ("fd11:22:33::7/64", computer(servers=("fd11:22:33::53",)), "overlaps the name server"),
]


@pytest.mark.parametrize(("address", "there"), GOOD)
def test_an_address_that_is_in_nobodys_way_is_taken(address: str, there: Surroundings) -> None:
    assert refusal(there, ip_interface(address), GROUP) is None
    assert objection(there, GROUP, Given((ip_interface(address),))) is None
    placed = Surroundings(
        (*there.routes, Route(MAIN, ip_interface(address).network, GROUP)),
        (*there.addresses, (GROUP, ip_interface(address))),
        there.servers,
    )
    assert objection(placed, GROUP) is None


@pytest.mark.parametrize(("address", "there", "why"), BAD)
def test_an_address_that_would_take_what_is_not_the_links_is_refused(address: str, there: Surroundings, why: str) -> None:
    assert why in (refusal(there, ip_interface(address), GROUP) or "taken")
    assert why in (objection(there, GROUP, Given((ip_interface(address),))) or "taken"), "as the daemon says it"
    placed = Surroundings(there.routes, (*there.addresses, (GROUP, ip_interface(address))), there.servers)
    assert why in (objection(placed, GROUP) or "taken"), "as the kernel says it"


ALLOWED = ["192.168.49.0/24", "192.168.49.128/25", "192.168.49.1/32", "fe80::/64", "fe80::/10", "ff00::/8"]
FOREIGN = ["0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1", "1.2.3.0/24", "192.168.1.9/32", "192.168.48.0/23", "10.0.0.0/8", "169.254.0.0/16"]
FOREIGN += ["::/0", "::/1", "2000::/3", "2001:db8::/32", "fd00::/8", "255.255.255.255/32", "224.0.0.0/4", "239.0.0.0/8", "ff02::/16"]


@pytest.mark.parametrize(("to", "good"), [*((to, True) for to in ALLOWED), *((to, False) for to in FOREIGN)])
def test_a_group_has_no_route_besides_its_own_network(to: str, good: bool) -> None:
    address = ("192.168.49.7/24 p2p-wlan0-0",)
    for there, given_ in (
        (computer(f"{to} {GROUP}", addresses=address), Given()),
        (Surroundings((Route(99, ip_network(to), several=("wlan0", GROUP)),), computer(addresses=address).addresses), Given()),
        (computer(addresses=address), Given(routes=(ip_network(to),))),
    ):
        assert (objection(there, GROUP, given_) is None) is good, to
    assert objection(computer(f"{to} wlan0"), GROUP, Given()) is None, "others' routes are theirs"
    assert objection(computer(f"{to} {GROUP} 192.168.49.1", addresses=address), GROUP) is not None, "nothing by a gateway there"


def test_names_are_not_taken_from_a_group() -> None:
    assert objection(HOME, GROUP, Given(names=("9.9.9.9",))) == f"name servers or domains of {GROUP}: 9.9.9.9"


def test_the_plan_of_two_of_ours_is_not_judged_but_all_else_is() -> None:
    planned = ("169.254.7.1", "fd11:22:33::1")
    there = computer("169.254.0.0/16 wlan0", "fd11::/16 wlan0", addresses=(f"169.254.7.1/30 {GROUP}", f"fd11:22:33::1/64 {GROUP}"))
    assert objection(there, GROUP) is not None
    assert objection(there, GROUP, planned=planned) is None
    more = computer(f"1.0.0.0/8 {GROUP}", addresses=(f"169.254.7.1/30 {GROUP}",))
    assert objection(more, GROUP, planned=planned) == f"a route to 1.0.0.0/8 by {GROUP}"
    more = computer(addresses=(f"169.254.7.1/30 {GROUP}", f"8.8.8.8/24 {GROUP}"))
    assert "8.8.8.8/24 is not private" in (objection(more, GROUP, planned=planned) or "")


@given(st.ip_addresses(v=4, network="10.0.0.0/8"), st.integers(0, 32), st.ip_addresses(v=4), st.integers(2, 32))
def test_what_is_taken_never_covers_what_was_reached_before(address: Any, bits: int, other: Any, length: int) -> None:
    there = Surroundings((Route(MAIN, ip_network((other, length), strict=False), "wlan0"),))
    taken = ip_interface((address, bits))
    if refusal(there, taken, GROUP) is None:
        assert other not in taken.network and taken.ip not in there.routes[0].to and bits >= 16


@given(st.integers(0, 0xFFFFFFFF))
def test_only_a_mask_without_holes_is_one(bits: int) -> None:
    mask = str(ip_interface(bits).ip)
    if "01" in f"{bits:032b}":
        with pytest.raises(ValueError, match="holes"):
            masked("192.168.49.7", mask)
    else:
        assert masked("192.168.49.7", mask).network.prefixlen == bits.bit_count()


def test_a_network_of_our_own_keeps_out_of_the_way() -> None:
    wanted = ("192.168.49.1/24", "10.66.49.1/24")
    assert free(HOME, wanted) == wanted[0]
    assert free(computer("192.168.0.0/16 tun0"), wanted) == wanted[1]
    assert free(computer("192.168.0.0/16 tun0", "10.0.0.0/8 tun0"), wanted) is None


# --- keeping ------------------------------------------------------------------------------------------------------------------


def test_a_group_is_judged_again_whenever_something_changes(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terms, "_PAUSE", 0)

    async def main() -> None:
        there, looks, ear = [HOME], asyncio.Queue[None](), Ear()

        async def read() -> Surroundings:
            looks.put_nowait(None)
            return there[0]

        watching = asyncio.create_task(Keeper(read=read, listen=lambda: ear).watch(GROUP, terms.nothing))
        await looks.get()
        ear.changes.put_nowait(None)
        await looks.get()
        assert not watching.done()
        there[0] = computer(f"1.2.3.0/24 {GROUP}")
        ear.changes.put_nowait(None)
        why = await watching
        assert (why.reason, why.detail) == (Reason.NO_ADDRESS, f"a route to 1.2.3.0/24 by {GROUP}")
        assert ear.closed

    run(main())


def test_what_cannot_be_judged_is_not_good(run: Run) -> None:
    async def read() -> Surroundings:
        raise OSError("no")

    async def main() -> None:
        with pytest.raises(Unavailable) as caught:
            await Keeper(read=read).check(GROUP)
        assert caught.value.reason is Reason.NO_ADDRESS
        assert (await Keeper(read=read, listen=Ear).watch(GROUP, terms.nothing)).reason is Reason.NO_ADDRESS
        assert await Keeper(read=read).read() == Surroundings()

    run(main())


IN_A_KERNEL = """
import asyncio, subprocess
from ipaddress import ip_interface
from nearby_tray.system.wifi import terms

def ip(*words): subprocess.run(["ip", *words], check=True)

async def main():
    ip("link", "add", "link0", "type", "veth", "peer", "name", "lan0")
    for name in ("link0", "lan0"): ip("link", "set", name, "up")
    ip("addr", "add", "192.168.1.7/24", "dev", "lan0")
    ip("route", "add", "default", "via", "192.168.1.1", "dev", "lan0")
    ip("addr", "add", "192.168.49.7/24", "dev", "link0")
    keeper = terms.Keeper()
    await keeper.check("link0")
    assert "overlaps" in terms.refusal(await terms.read(), ip_interface("192.168.1.9/24"), "link0")
    for words in (
        ("route", "add", "1.2.3.0/24", "dev", "link0"),
        ("route", "add", "1.2.3.0/24", "via", "192.168.49.1", "dev", "link0", "table", "77"),
        ("route", "add", "9.9.9.0/24", "nexthop", "via", "192.168.49.1", "nexthop", "via", "192.168.1.1"),
        ("-6", "route", "add", "2000::/3", "dev", "link0"),
        ("addr", "add", "192.168.1.9/24", "dev", "link0"),
        ("addr", "add", "8.8.8.8/24", "dev", "link0", "noprefixroute"),
        ("-6", "addr", "add", "2001:db8::7/64", "dev", "link0", "noprefixroute"),
    ):
        watching = asyncio.create_task(keeper.watch("link0", terms.nothing))
        await asyncio.sleep(0)
        ip(*words)
        why = await watching
        print(words, "->", why.detail)
        ip(*("del" if word == "add" else word for word in words))
        await keeper.check("link0")

asyncio.run(asyncio.wait_for(main(), 60))
"""


def test_as_the_kernel_tells_it() -> None:
    """In a network namespace; skipped where we may not have one, or no pair of interfaces in it."""
    if shutil.which("ip") is None or shutil.which("unshare") is None:
        pytest.skip("iproute2 or unshare is not installed")
    pair = ["ip", "link", "add", "link0", "type", "veth", "peer", "name", "lan0"]
    for unshare in (["unshare", "-n"], ["unshare", "-rn"]):
        if subprocess.run([*unshare, *pair], capture_output=True, check=False).returncode == 0:
            break
    else:
        pytest.skip("no network namespace may be made here")
    done = subprocess.run(
        [*unshare, sys.executable, "-c", IN_A_KERNEL],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
