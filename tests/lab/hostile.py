"""What a link with a hostile machine does to this computer's network: nothing but the link's own subnet, before, during and after.

Run in the lab: `python3 hostile.py NAME...`. A runs the applet, its radio served as LAB_SHAPE says; C is a phone that, once there is a
group, is a DHCP server, a router and everybody's address at once (guest/hostile.py). A has an uplink, name servers, and in some walks a
VPN. Compared: routes, rules, name servers, host name, forwarding, firewall, and all that the kernel tells of routes meanwhile.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import sys
import time
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass, field
from ipaddress import ip_interface, ip_network
from pathlib import Path
from typing import Any

import flows
import journeys
from flows import Lab, asked, hosted, meet
from guest.drive import Node, Status
from guest.hostile import Wish
from guest.machine import LAB, Group, Machine, say, shell, until
from guest.wpa import P2P_DEVICE, Bare, Refused
from journeys import result

ASIDE = "table 47476"  # of routes that nobody is sent to: what comes waits there to be judged
UPLINK, SERVER, GATEWAY = "192.168.77.2/24", "192.168.77.53", "192.168.77.1"
FULL_TUNNEL = ("0.0.0.0/1", "128.0.0.0/1")
FORWARDING = [
    "net.ipv4.ip_forward",
    *(f"net.{family}.conf.{where}.forwarding" for family in ("ipv4", "ipv6") for where in ("all", "default")),
]
SPOKEN = 6  # times that the hostile one has said all it has to say, while the link is up
REFUSED = "forming: no-address"

Walk = Callable[[Lab], Awaitable[dict[str, Any]]]


@dataclass(frozen=True)
class Hostile:
    walk: Walk
    shapes: tuple[str, ...]


WALKS: dict[str, Hostile] = {}
MANAGED, OWNERS, ALL = ("managed", "beside"), ("alone", "root"), ("managed", "beside", "alone", "root")


def walk(*shapes: str) -> Callable[[Walk], Walk]:
    def keep(walk: Walk) -> Walk:
        WALKS[walk.__name__] = Hostile(walk, shapes)
        return walk

    return keep


# --- a computer's network, looked at ---


async def surroundings(a: Node) -> dict[str, str]:
    """All that a link must not change; what is on a group's interface is left out."""

    async def lines(*words: str) -> str:
        said = await a.run(*words)
        kept = [re.sub(r" expires \d+sec", "", line).strip() for line in said.splitlines() if "p2p-" not in line]
        return "\n".join(sorted(kept))

    found = {
        "IPv4 routes": await lines("ip", "-4", "route", "show", "table", "all"),
        "IPv6 routes": await lines("ip", "-6", "route", "show", "table", "all"),
        "rules": await lines("ip", "rule") + await lines("ip", "-6", "rule"),
        "firewall": await a.run("nft", "list", "ruleset"),
        "host name": await a.run("hostname"),
        "resolv.conf": contents(a, "etc/resolv.conf"),
        "forwarding": await a.run("sysctl", *FORWARDING),
        "servers": await a.run("sh", "-c", "ps -eo comm | grep -c '^dnsmasq' || true"),
    }
    if a.managed:
        found["NetworkManager's resolv.conf"] = contents(a, "run/NetworkManager/resolv.conf")
        configuration = await a.system.get(
            "org.freedesktop.NetworkManager",
            "/org/freedesktop/NetworkManager/DnsManager",
            "org.freedesktop.NetworkManager.DnsManager",
            "Configuration",
        )
        found["NetworkManager's name servers"] = str(configuration)
    return found


def contents(a: Node, path: str) -> str:
    """Without its remarks; one that is not there has none."""
    found = a.root / path
    lines = found.read_text().splitlines() if found.exists() else []
    return "\n".join(line for line in lines if not line.startswith("#"))


async def unchanged(a: Node, before: dict[str, str], when: str, limit: float = 0) -> None:
    async def same() -> bool:
        now = await surroundings(a)
        different = {key: (before[key], now[key]) for key in before if before[key] != now[key]}
        if different and not limit:
            raise AssertionError(f"{when}: {different}")
        if different:
            raise LookupError(str(different))
        return True

    await until(f"as before, {when}", same, limit)


async def own_network_only(a: Node, when: str) -> list[str]:
    """The networks of the addresses on A's group; nothing else is reached by it."""
    [interface] = a.groups()
    told = json.loads(await a.run("ip", "-j", "address", "show", interface))
    addresses = [ip_interface(f"{one['local']}/{one['prefixlen']}") for one in told[0]["addr_info"]]
    networks = [address.network for address in addresses]
    for line in (await routes(a, "-4")) + (await routes(a, "-6")):
        if interface in line:
            to = ip_network("::/0" if line.startswith("default") and ":" in line else line.split()[0].replace("default", "0.0.0.0/0"))
            inside = any(to.version == network.version and to.subnet_of(network) for network in networks)  # type: ignore[arg-type]
            assert inside or str(to).startswith(("fe80:", "ff00:")), f"{when}: {line}"
            assert " via " not in line, f"{when}: {line}"
    for address in addresses:
        assert address.is_private and address.network.prefixlen >= 16, f"{when}: {address}"
    return [str(network) for network in networks]


async def routes(a: Node, family: str) -> list[str]:
    said = await a.run("ip", family, "route", "show", "table", "all")
    return [line for line in said.splitlines() if not line.startswith(("local", "broadcast", "anycast", "multicast"))]


@asynccontextmanager
async def overheard(a: Node) -> AsyncIterator[list[str]]:
    """Whatever becomes a route of a group's interface, if only for a moment; not what is put aside."""
    process = await asyncio.create_subprocess_exec(
        *("nsenter", "-t", str(a.pid), "-m", "-n", "-u", "--", "ip", "monitor", "route"), stdout=asyncio.subprocess.PIPE
    )
    heard: list[str] = []

    async def read() -> None:
        assert process.stdout is not None
        async for raw in process.stdout:
            line = raw.decode(errors="replace").strip()
            plain = line.startswith(("Deleted", "local", "broadcast", "anycast", "multicast", "fe80::", "ff00::"))
            if "p2p-" in line and not plain and ASIDE not in line and "table local" not in line:
                heard.append(line)

    reading = asyncio.create_task(read())
    try:
        yield heard
    finally:
        process.kill()
        await process.wait()
        await reading


async def cable(a: Node, *ends: str) -> None:
    """Two interfaces, with no addresses that come by themselves and later."""
    await a.run("ip", "link", "add", ends[0], "type", "veth", "peer", "name", ends[1])
    for end in ends:
        await a.run("ip", "link", "set", end, "addrgenmode", "none")
        await a.run("ip", "link", "set", end, "up")


@asynccontextmanager
async def vpn(a: Node, *networks: str) -> AsyncIterator[None]:
    """A tunnel that takes these."""
    await cable(a, "vpn0", "vpn1")
    try:
        await a.run("ip", "address", "add", "172.20.5.2/24", "dev", "vpn0")
        for network in networks:
            await a.run("ip", "route", "add", network, "dev", "vpn0")
        if networks == FULL_TUNNEL:
            for network in ("::/1", "8000::/1"):
                await a.run("ip", "-6", "route", "add", network, "dev", "vpn0")
        yield
    finally:
        await a.run("ip", "link", "delete", "vpn0")


# --- the hostile one ---


@dataclass
class Voice:
    """What the hostile one says of itself."""

    said: list[dict[str, Any]] = field(default_factory=list)

    def all(self, what: str) -> list[dict[str, Any]]:
        return [one for one in self.said if one["what"] == what]

    async def spoken(self, times: int, limit: float = 60) -> None:
        begun = len(self.all("spoken"))

        async def probe() -> bool:
            return len(self.all("spoken")) >= begun + times

        await until("the hostile one has spoken", probe, limit)


@asynccontextmanager
async def hostile(c: Machine, wish: Wish) -> AsyncIterator[Voice]:
    process = await asyncio.create_subprocess_exec(
        *("nsenter", "-t", str(c.pid), "-m", "-n", "-u", "--", "python3", str(Path(__file__).parent / "guest/hostile.py")),
        json.dumps(asdict(wish)),
        stdout=asyncio.subprocess.PIPE,
    )
    voice = Voice()

    async def read() -> None:
        assert process.stdout is not None
        async for line in process.stdout:
            voice.said.append(json.loads(line))

    reading = asyncio.create_task(read())
    try:
        yield voice
    finally:
        with suppress(ProcessLookupError):  # it ends with the group
            process.kill()
        await process.wait()
        await reading


EVIL = {"routes": True, "names": True, "router": True, "claims": [GATEWAY, SERVER, UPLINK.partition("/")[0]], "listen_for": ["nodeA"]}


async def outcome(a: Node, limit: float = 120) -> Status:
    """Linked, or at rest saying why not."""

    async def probe() -> Status | None:
        status = await a.status()
        return status if status.state == "linked" or (status.state == "idle" and status.failure) else None

    found = await until(f"{a.name} is linked or has given up", probe, limit)
    assert found is not None
    return found


async def answered(a: Node, c: Bare, since: float, intent: int) -> Group:
    """C agrees each time that A asks: frames get lost. Returns C's group."""

    async def agree() -> None:
        seen = since
        while True:
            found, at = await c.heard_at(f"P2P-GO-NEG-REQUEST {a.p2p_address}|P2P-GO-NEG-FAILURE|GROUP-FORMATION-FAILURE", seen, 300)
            seen = at + 0.001
            with suppress(Refused):
                await (c.connect(a.p2p_address, intent=intent) if "REQUEST" in found[0] else c.find())

    agrees = asyncio.get_running_loop().create_task(agree())
    try:
        return await c.grouped(since)
    finally:
        agrees.cancel()


async def call(lab: Lab, wish: Callable[[Group], Wish], *, owner: bool, good: bool, why: str = "", exact: bool = True) -> dict[str, Any]:
    """A calls C, which owns the group unless `owner`. `good`: they are to be linked; `exact`: not even for a moment was there more."""
    a, c = lab.a, lab.c
    before = await surroundings(a)
    await meet(a, c)
    since = time.monotonic()
    async with overheard(a) as heard:
        await a.command("connect", c.host, "--method", "push-button")
        group = await answered(a, c, since, intent=0 if owner else 15)
        assert group.owner is not owner, group
        async with hostile(c, wish(group)) as voice:
            status = await outcome(a)
            took = time.monotonic() - since
            say("outcome", state=status.state, failure=status.failure, seconds=took)
            figures = await settled(lab, before, voice, status, good=good, heard=heard, exact=exact)
            if why:
                assert why in log_tail(a), f"the log does not say {why!r}"
    await c.end()
    return {**figures, "seconds": took}


async def settled(
    lab: Lab, before: dict[str, str], voice: Voice, status: Status, *, good: bool, heard: list[str], exact: bool
) -> dict[str, Any]:
    """While the link is up (`good`), and afterwards."""
    a, networks = lab.a, []
    if good:
        assert status.state == "linked", status.failure
        await voice.spoken(SPOKEN)
        networks = await own_network_only(a, "during")
        await unchanged(a, before, "during")
        assert (await a.status()).state == "linked", (await a.status()).raw
        await a.command("disconnect")
    elif status.state == "linked":  # by what came later
        status = await a.in_state("idle", limit=30)
        assert status.failure and status.failure.endswith("no-address"), status
        assert not exact, "it was linked"
    else:
        assert status.failure == REFUSED, status
    await a.in_state("idle", limit=45)
    await unchanged(a, before, "after", 15)
    await a.clean(journeys.SETTLED)
    assert not voice.all("named"), f"it was told our name: {voice.all('named')[0]}"
    asked = voice.all("dhcp")
    assert not any("12" in one["options"] or "81" in one["options"] for one in asked), asked
    say("overheard", routes=heard, networks=networks, dhcp=len(asked))
    if exact:
        for line in heard:
            to = ip_network(line.split()[0]) if not line.startswith("default") else None
            assert to is not None and any(to.version == ip_network(n).version and to.subnet_of(ip_network(n)) for n in networks), line  # type: ignore[arg-type]
    return {"networks": networks, "dhcp": len(asked), "overheard": len(heard)}


def log_tail(a: Node) -> str:
    return (Path("/out/logs") / f"{a.name}.applet.log").read_text(errors="replace")[-20000:]


async def handshake(c: Bare, address: str = "", mask: str = "255.255.255.0", first: str = "0.0.0.0", last: str = "0.0.0.0") -> None:
    """What C as an owner gives its clients in the 4-way handshake; nothing, without words."""
    for key, value in (("go", address or "0.0.0.0"), ("mask", mask if address else "0.0.0.0"), ("start", first), ("end", last)):
        await c.ask(f"SET ip_addr_{key} {value}", P2P_DEVICE)


@asynccontextmanager
async def giving(c: Bare, *words: str) -> AsyncIterator[None]:
    await handshake(c, *words)
    try:
        yield
    finally:
        await handshake(c)


# --- as a client ---


def evil(**words: Any) -> Callable[[Group], Wish]:
    return lambda group: Wish(group.interface, **{**EVIL, **words})


@walk(*MANAGED)
async def hostile_options(lab: Lab) -> dict[str, Any]:
    """A network that would do, with every option and advertisement to get more: the link has its own network only."""
    figures = await call(lab, evil(give="192.168.177.50"), owner=False, good=True)
    assert "192.168.177.0/24" in figures["networks"], figures
    return figures


@walk(*MANAGED)
async def hostile_half(lab: Lab) -> dict[str, Any]:
    """A mask that makes half of the Internet one link."""
    return await call(lab, evil(give="10.5.5.5", mask="128.0.0.0"), owner=False, good=False, why="too large")


@walk(*MANAGED)
async def hostile_neighbour(lab: Lab) -> dict[str, Any]:
    """An address out of our own network."""
    return await call(lab, evil(give="192.168.77.9"), owner=False, good=False, why="overlaps 192.168.77.0/24")


@walk(*MANAGED)
async def hostile_host(lab: Lab) -> dict[str, Any]:
    """A small network around one host of ours."""
    return await call(lab, evil(give="192.168.77.54", mask="255.255.255.252"), owner=False, good=False, why="overlaps 192.168.77.0/24")


@walk(*MANAGED)
async def hostile_public(lab: Lab) -> dict[str, Any]:
    return await call(lab, evil(give="203.0.113.5"), owner=False, good=False, why="not private")


@walk(*MANAGED)
async def hostile_full_tunnel(lab: Lab) -> dict[str, Any]:
    """A VPN has everything: the link takes its own network out of that, no more."""
    async with vpn(lab.a, *FULL_TUNNEL):
        figures = await call(lab, evil(address="10.42.7.1", give="10.42.7.50"), owner=False, good=True)
    assert "10.42.7.0/24" in figures["networks"], figures
    return figures


@walk(*MANAGED)
async def hostile_split(lab: Lab) -> dict[str, Any]:
    """A VPN has 10.0.0.0/8, in which the stranger's network lies."""
    async with vpn(lab.a, "10.0.0.0/8"):
        return await call(lab, evil(address="10.42.7.1", give="10.42.7.50"), owner=False, good=False, why="overlaps 10.0.0.0/8 on vpn0")


@walk("managed", "beside", "root")
async def hostile_handshake(lab: Lab) -> dict[str, Any]:
    """The 4-way handshake gives an address that will do."""
    async with giving(lab.c, "192.168.177.1", "255.255.255.0", "192.168.177.50", "192.168.177.60"):
        figures = await call(lab, evil(), owner=False, good=True)
    assert "192.168.177.0/24" in figures["networks"], figures
    return figures


@walk("managed", "beside", "root")
async def hostile_handshake_half(lab: Lab) -> dict[str, Any]:
    """The 4-way handshake gives half of the Internet."""
    async with giving(lab.c, "10.5.5.1", "128.0.0.0", "10.5.5.50", "10.5.5.60"):
        return await call(lab, evil(), owner=False, good=False, why="too large")


@walk("managed", "beside", "root")
async def hostile_handshake_neighbour(lab: Lab) -> dict[str, Any]:
    """The 4-way handshake gives an address out of our own network."""
    async with giving(lab.c, "192.168.77.1", "255.255.255.0", "192.168.77.50", "192.168.77.60"):
        return await call(lab, evil(), owner=False, good=False, why="overlaps 192.168.77.0/24")


@walk("root")
async def hostile_advertisements(lab: Lab) -> dict[str, Any]:
    """No daemon has the interface, and we may tell the kernel not to listen to routers."""
    return await call(lab, evil(), owner=False, good=True)


@walk("alone")
async def hostile_advertisements_heard(lab: Lab) -> dict[str, Any]:
    """No daemon has the interface, and the kernel does listen: the group is taken down, and nothing stays."""
    return await call(lab, evil(), owner=False, good=False, exact=False)


# --- as the owner ---


@walk("managed", "beside", "root")
async def hostile_member(lab: Lab) -> dict[str, Any]:
    """Ours is the group, and its client is a DHCP server, a router, and says that it has our addresses."""
    figures = await call(lab, evil(give="10.5.5.5", mask="128.0.0.0"), owner=True, good=True)
    assert not figures["dhcp"], "we asked a client for an address"
    return figures


@walk("managed")
async def hostile_member_full_tunnel(lab: Lab) -> dict[str, Any]:
    async with vpn(lab.a, *FULL_TUNNEL):
        return await call(lab, evil(give="10.5.5.5", mask="128.0.0.0"), owner=True, good=True)


@walk("root")
async def hostile_members(lab: Lab) -> dict[str, Any]:
    """The same in a group of our own that several join."""
    a, c = lab.a, lab.c
    before = await surroundings(a)
    async with overheard(a) as heard:
        await hosted(lab)
        await c.find()
        await until(f"{c.name} sees {a.host}", lambda: flows.sees(c, a), 90)
        since = time.monotonic()
        await c.ask_for(a.p2p_address, "pbc", join=True)
        await asked(a, c)
        await a.press("Accept")
        await a.in_state("hosting", limit=30)
        await c.connect(a.p2p_address, join=True)
        group = await c.grouped(since)
        async with hostile(c, evil(give="10.5.5.5", mask="128.0.0.0")(group)) as voice:
            await voice.spoken(SPOKEN)
            networks = await own_network_only(a, "during")
            await unchanged(a, before, "during")
            assert (await a.status()).state == "hosting"
            await a.command("disconnect")
            await a.in_state("idle", limit=45)
    await unchanged(a, before, "after", 15)
    assert not voice.all("named") and not voice.all("dhcp")
    await c.end()
    return {"networks": networks, "overheard": len(heard)}


# --- running ---


async def prepare(a: Node) -> None:
    """An uplink with name servers; a NetworkManager that would take over names where it may."""
    await cable(a, "lan0", "lan1")
    await a.run("ip", "address", "add", UPLINK, "dev", "lan0")
    await a.run("ip", "route", "add", "default", "via", GATEWAY, "dev", "lan0")
    await a.run("ip", "-6", "address", "add", "fd77::2/64", "dev", "lan0", "nodad")
    await a.run("ip", "-6", "route", "add", "default", "via", "fd77::1", "dev", "lan0")
    await a.run("sh", "-c", f"echo nameserver {SERVER} > /run/resolv.conf; mount --bind /run/resolv.conf /etc/resolv.conf")
    if a.managed:
        path = a.root / "etc/NetworkManager/NetworkManager.conf"
        text = path.read_text().replace("dns=none", "dns=default").replace("hostname-mode=none\n", "")
        path.write_text(text + "\n[keyfile]\nunmanaged-devices=interface-name:lan*;interface-name:vpn*\n")
        await asyncio.to_thread(shell, "daemon", a.name, "restart", "NetworkManager")
        await until("NetworkManager has its P2P device", a.p2p_device, 60)


async def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(WALKS))
    options = parser.parse_args()
    if unknown := set(options.names) - set(WALKS):
        parser.error(f"no {unknown}")
    assert {"A", "C"} <= set((LAB / "nodes").read_text().split())
    a, c = await Node.open("A"), await Bare.open("C")
    lab = Lab(a, a, c, c, c)
    await prepare(a)
    good = True
    for name in options.names or [name for name, walk in WALKS.items() if a.shape in walk.shapes]:
        say(f"=== {name}")
        started = time.monotonic()
        row: dict[str, Any] = {"ok": True}
        try:
            await lab.ready()
            row |= await WALKS[name].walk(lab)
        except Exception as error:  # whatever it was, the next one is still worth walking
            row = {"ok": False, "why": f"{type(error).__name__}: {error}"}
            traceback.print_exc(file=sys.stdout)
            await journeys.evidence(lab, name)
            flows.talk(lab, started)
        result(name, {"shape": a.shape, "seconds": time.monotonic() - started, **row})
        good &= bool(row["ok"])
    if a.applet is not None and a.applet.poll() is None:
        await a.kill_applet()
    return 0 if good else 1


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    sys.exit(asyncio.run(main()))
