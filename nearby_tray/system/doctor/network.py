"""Checks of what may stand between a link and the programs that use it: firewalls, the UDP port, a VPN."""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from pathlib import Path

from ...core.checks import Action, Fix, Verdict, fail, ok, say, unknown, warn
from ..bus import BusError, BusGone, BusTimeout, values
from .machine import CALL, Machine, Process, Unseen, applet_process, assigned

_FIREWALLD = "org.fedoraproject.FirewallD1"
_SYSTEMD = "org.freedesktop.systemd1"
_ZONE = "nearby-tray"
_LINK_ADDRESSES = ("169.254.1.1", "fd00::1")  # stand for those of a link (core/keys.py, AddressPlan)


async def firewalld(machine: Machine) -> Verdict:
    bus = await machine.system()
    if await bus.name_owner(_FIREWALLD) is None:
        return ok(say("firewalld is not running."))
    path = "/org/fedoraproject/FirewallD1"
    try:
        default = values.first(await bus.call(_FIREWALLD, path, _FIREWALLD, "getDefaultZone", timeout=CALL))
        zones = values.first(await bus.call(_FIREWALLD, path, f"{_FIREWALLD}.zone", "getZones", timeout=CALL))
    except BusTimeout:
        raise
    except BusError as error:
        return unknown(say("firewalld is running and does not tell this account about its zones: {error}", error=error.name))
    seen = [say("firewalld is running, its default zone is {zone}.", zone=default)]
    if isinstance(zones, list) and _ZONE in zones:
        return ok(*seen, say("It has the zone {zone}, which links are put into.", zone=_ZONE))
    return warn(
        *seen,
        say("It does not have the zone {zone}: links are in the default zone, which may keep other programs out.", zone=_ZONE),
        fix=Fix(
            say("Install the zone."), f"sudo firewall-cmd --permanent --new-zone-from-file={zone_file()} && sudo firewall-cmd --reload"
        ),
    )


def zone_file() -> Path:
    """The file of our firewalld zone: inside the package when installed, beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent.parent
    installed = package / "desktop" / f"{_ZONE}.xml"
    return installed if installed.is_file() else package.parent / "desktop" / f"{_ZONE}.xml"


async def ufw(machine: Machine) -> Verdict:
    if not machine.program("ufw") and not machine.exists("/etc/ufw/ufw.conf"):
        return ok(say("ufw is not installed."))
    enabled = assigned(machine.text("/etc/ufw/ufw.conf"), "ENABLED")
    if enabled is None:
        return unknown(say("ufw is installed; whether it is on cannot be read."), fix=Fix(say("Look at it:"), "sudo ufw status verbose"))
    if enabled.casefold() != "yes":
        return ok(say("ufw is installed and off (/etc/ufw/ufw.conf)."))
    policy = (assigned(machine.text("/etc/default/ufw"), "DEFAULT_INPUT_POLICY") or "").upper()
    seen = [
        say("ufw is on; what comes in is by default: {policy}. Its rules are only for root to read.", policy=policy or say("not readable"))
    ]
    if policy == "ACCEPT":
        return ok(*seen)
    return warn(
        *seen,
        say("The pings of a link pass, since both sides begin; other programs need a rule."),
        fix=Fix(say("Let in what comes over links:"), "sudo ufw allow in on p2p-+"),
    )


async def nftables(machine: Machine) -> Verdict:
    """Only root may read rules. Anybody can see whether a packet filter is loaded, and by which service."""
    loaded = machine.text("/proc/modules")
    modules = {line.partition(" ")[0] for line in (loaded or "").splitlines()} | set(machine.names("/sys/module"))
    filters = sorted(modules & {"nf_tables", "ip_tables", "ip6_tables"})
    services = [unit for unit in ("nftables", "iptables", "netfilter-persistent") if await _is_active(machine, unit)]
    rules = machine.text("/etc/nftables.conf") or "" if "nftables" in services else ""
    if not filters and not services:
        if loaded is None:
            raise Unseen(say("Whether the kernel has a packet filter cannot be seen here."))
        return ok(say("No packet filter is loaded in the kernel."))
    seen = [say("Loaded in the kernel: {filters}.", filters=", ".join(filters) or say("nothing seen"))]
    look = Fix(say("Look at the rules; UDP port {port} should be let in.", port=machine.settings.port), "sudo nft list ruleset")
    if services:
        seen.append(say("Running: {services}.", services=", ".join(services)))
    if any(words in rules for words in ("policy drop", "drop;", "reject")):
        return warn(*seen, say("/etc/nftables.conf has rules that drop; whether they concern links cannot be told from here."), fix=look)
    return unknown(*seen, say("The rules are only for root to read."), fix=look)


async def _is_active(machine: Machine, unit: str) -> bool:
    with suppress(Unseen, BusError, BusGone):
        path = f"/org/freedesktop/systemd1/unit/{unit.replace('-', '_2d')}_2eservice"
        bus = await machine.system()
        if await bus.name_owner(_SYSTEMD) is not None:
            return await bus.get(_SYSTEMD, path, f"{_SYSTEMD}.Unit", "ActiveState", timeout=CALL) == "active"
    return False


async def udp_port(machine: Machine) -> Verdict:
    """procfs: proc_pid_net(5). The port is hexadecimal; the inode of a socket leads to its process."""
    port = machine.settings.port
    inodes: dict[str, int] = {}
    tables = [machine.text(f"/proc/net/{table}") for table in ("udp", "udp6")]
    if tables[0] is None:
        raise Unseen(say("The kernel's list of UDP ports cannot be read."))
    for line in "\n".join(table or "" for table in tables).splitlines():
        words = line.split()
        if len(words) > 9 and words[1].rpartition(":")[2].upper() == f"{port:04X}" and words[7].isdigit():
            inodes[words[9]] = int(words[7])
    if not inodes:
        return ok(say("UDP port {port} is free.", port=port))
    owners = {process.number: process for process in await asyncio.to_thread(_owners, machine, set(inodes))}
    ours = {os.getpid(), await applet_process(machine)}
    if owners and owners.keys() <= ours:
        return ok(say("UDP port {port} is used by Nearby Tray itself, for the link.", port=port))
    named = [f"{process.name} ({process.number})" for process in owners.values() if process.number not in ours]
    seen = say(
        "UDP port {port} is used by {who}.", port=port, who=", ".join(named) or say("a program of user {n}", n=next(iter(inodes.values())))
    )
    another = f"nearby-tray settings port={port + 1 if port < 65535 else port - 1}"
    other = Fix(say("Close that program, or choose another port in the settings of both computers."), another, Action.OPEN_SETTINGS)
    return fail(seen, fix=other)


def _owners(machine: Machine, inodes: set[str]) -> list[Process]:
    """The processes that hold these sockets, as far as they are of this user."""
    found = []
    for process in machine.processes():
        folder = f"/proc/{process.number}/fd"
        if any(machine.link(f"{folder}/{name}").removeprefix("socket:[").rstrip("]") in inodes for name in machine.names(folder)):
            found.append(process)
    return found


async def vpn(machine: Machine) -> Verdict:
    tunnels = [name for name in machine.names("/sys/class/net") if _is_tunnel(machine, name)]
    machine.private |= {name for name in tunnels if name.rstrip("0123456789") not in ("tun", "wg", "ppp", "tailscale")}
    try:
        routing = await machine.read_routing()
    except OSError as error:
        raise Unseen(say("The kernel does not tell its routes: {error}", error=error)) from None
    taken = next(filter(None, map(routing.swallows, _LINK_ADDRESSES)), None)
    seen = [say("Up: {names}.", names=", ".join(tunnels))] if tunnels else [say("No VPN is seen.")]
    if taken is None:
        if tunnels:
            seen.append(say("Its routes leave links alone. Rules of its own firewall, if it has any, cannot be seen from here."))
        return ok(*seen)
    if taken.interface.startswith("tailscale"):
        fix = Fix(say("Let Tailscale leave local networks alone."), "sudo tailscale set --exit-node-allow-lan-access=true")
    else:
        fix = Fix(say("Allow local networks in the VPN's settings (split tunnelling), or disconnect it while linked."))
    if taken.interface:
        seen.append(say("Rule {rule} sends into {interface} what programs say to a link.", rule=taken.rule, interface=taken.interface))
    else:
        seen.append(say("Rule {rule} drops what programs say to a link.", rule=taken.rule))
    return warn(*seen, say("The link's own pings are not concerned, so it looks healthy and is of no use."), fix=fix)


def _is_tunnel(machine: Machine, name: str) -> bool:
    """Whether the interface is up, and a tun device, WireGuard or PPP.

    Kernel: Documentation/ABI/testing/sysfs-class-net; linux/if_tun.h, IFF_TUN.
    """
    folder = f"/sys/class/net/{name}"

    def flags(file: str) -> int:
        try:
            return int((machine.text(f"{folder}/{file}") or "0").strip(), 16)
        except ValueError:
            return 0

    if not flags("flags") & 1:
        return False
    kind = assigned(machine.text(f"{folder}/uevent"), "DEVTYPE")
    return bool(flags("tun_flags") & 1) or kind in ("wireguard", "ppp")
