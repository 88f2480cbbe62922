"""Two NetworkManagers linked by nothing but the calls it takes: what the applet's formation is measured against.

No Bluetooth, no consent, no pings: find until each sees the other, then mirrored activations with manual addresses.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import Any

from dbus_fast import Variant
from guest.bus import BusError
from guest.drive import NM, NM_ACTIVATED, NM_PATH, Node
from guest.machine import until

DISCONNECTED = 30
P2P_DEVICE, P2P_PEER = NM + ".Device.WifiP2P", NM + ".WifiP2PPeer"


async def meet(a: Node, b: Node, limit: float = 90) -> float:
    """Seconds until each has the other in its list."""
    started = time.monotonic()
    for node in (a, b):
        await node.system.call(NM, await node.p2p_device(), P2P_DEVICE, "StartFind", "a{sv}", {"timeout": Variant("i", 120)})
    await asyncio.gather(
        until(f"{a.name} sees {b.name}", lambda: _peer(a, b), limit),
        until(f"{b.name} sees {a.name}", lambda: _peer(b, a), limit),
    )
    return time.monotonic() - started


async def form(first: Node, second: Node, lead: float = 1.0, limit: float = 50) -> float:
    """The first activates, the other `lead` seconds later; seconds until both have a group."""
    started = time.monotonic()

    async def late() -> None:
        await asyncio.sleep(lead)
        await _activate(second, first, "169.254.77.2", "fd77::2")

    await asyncio.gather(_activate(first, second, "169.254.77.1", "fd77::1"), late())

    async def up() -> bool:
        return all([(await node.p2p_state())[0] == NM_ACTIVATED for node in (first, second)])

    await until("both have a group", up, limit, 0.05)
    return time.monotonic() - started


async def end(*nodes: Node) -> None:
    for node in nodes:
        device = await node.p2p_device()
        with suppress(BusError):  # it has ended by itself
            await node.system.call(NM, device, NM + ".Device", "Disconnect")
        with suppress(BusError):
            await node.system.call(NM, device, P2P_DEVICE, "StopFind")
    for node in nodes:
        await until(f"{node.name} is disconnected", lambda node=node: _disconnected(node), 60)  # type: ignore[misc]


async def _disconnected(node: Node) -> bool:
    return (await node.p2p_state())[0] == DISCONNECTED


async def _peer(node: Node, other: Node) -> str | None:
    for path in await node.system.get(NM, await node.p2p_device(), P2P_DEVICE, "Peers"):
        if (await node.system.get(NM, path, P2P_PEER, "HwAddress")).lower() == other.p2p_address:
            return str(path)
    return None


async def _activate(node: Node, other: Node, ipv4: str, ipv6: str) -> None:
    def manual(address: str, prefix: int) -> dict[str, Variant]:
        data = [{"address": Variant("s", address), "prefix": Variant("u", prefix)}]
        return {
            "method": Variant("s", "manual"),
            "address-data": Variant("aa{sv}", data),
            "never-default": Variant("b", True),
            "ignore-auto-dns": Variant("b", True),
        }

    profile: dict[str, Any] = {
        "connection": {"id": Variant("s", "bare"), "type": Variant("s", "wifi-p2p"), "autoconnect": Variant("b", False)},
        "wifi-p2p": {"peer": Variant("s", other.p2p_address)},
        "ipv4": manual(ipv4, 30),
        "ipv6": manual(ipv6, 64),
    }
    peer = await _peer(node, other)
    options = {"persist": Variant("s", "volatile")}
    await node.system.call(
        NM, NM_PATH, NM, "AddAndActivateConnection2", "a{sa{sv}}ooa{sv}", profile, await node.p2p_device(), peer or "/", options
    )
