"""Computers as people have them, as far as their networks go, and an ear for changes that the test makes."""

from __future__ import annotations

import asyncio
from ipaddress import ip_interface, ip_network

from nearby_tray.system.routing import Route
from nearby_tray.system.wifi.terms import Surroundings

MAIN = 254


def computer(*routes: str, addresses: tuple[str, ...] = (), servers: tuple[str, ...] = ()) -> Surroundings:
    """`routes`: "10.0.0.0/8 tun0", "0.0.0.0/0 wlan0 192.168.1.1"; `addresses`: "192.168.1.7/24 wlan0"."""
    found = []
    for text in routes:
        to, interface, gateway = (*text.split(), "")[:3]
        found.append(Route(MAIN, ip_network(to), interface, gateway=gateway))
    placed = [text.split() for text in addresses]
    return Surroundings(tuple(found), tuple((interface, ip_interface(address)) for address, interface in placed), servers)


HOME = computer("0.0.0.0/0 wlan0 192.168.1.1", "192.168.1.0/24 wlan0", addresses=("192.168.1.7/24 wlan0",))
FULL_TUNNEL = ("0.0.0.0/1 tun0", "128.0.0.0/1 tun0", "::/1 tun0", "8000::/1 tun0", "10.8.0.0/24 tun0", "203.0.113.9/32 wlan0 192.168.1.1")


class Ear:
    """Changes that the test makes."""

    def __init__(self) -> None:
        self.changes: asyncio.Queue[None] = asyncio.Queue()
        self.closed = False

    async def next(self) -> None:
        await self.changes.get()

    def close(self) -> None:
        self.closed = True
