"""Radios that cannot, may not or are off: found, named, with what to do, by the applet and by `nearby-tray doctor`.

Run in the lab: `python3 radios.py NAME...`. A has a NetworkManager, B has none; C and D are the same with radios that know no Wi-Fi Direct.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import journeys
from guest.by_hand import FORBIDS_5180, HERE
from guest.drive import Failed, Node
from guest.machine import TooLate, say, shell, until
from journeys import result

Walk = Callable[[dict[str, Node]], Awaitable[None]]
WALKS: dict[str, Walk] = {}


def walk(made: Walk) -> Walk:
    WALKS[made.__name__] = made
    return made


async def finds(node: Node, name: str, *statuses: str) -> dict[str, str]:
    """The doctor's finding, which must be one of these; one that is bad must say what to do."""
    finding = (await node.doctor())[name]
    say(f"{node.name} ({node.shape}): {name}", **finding)
    assert finding["status"] in statuses, finding
    assert finding["evidence"] and (finding["status"] != "fail" or finding["fix"]), finding
    return finding


async def applet_says(node: Node, reason: str | None, limit: float = 45) -> None:
    """Why Wi-Fi Direct cannot be used, as the applet has it; a call is refused with a sentence."""

    said: list[str | None] = []

    async def probe() -> bool:
        said[:] = [(await node.status()).raw["radios"]["wifi"]]
        return said == [reason]

    try:
        await until(f"{node.name} says {reason}", probe, limit)
    except TooLate as late:
        raise AssertionError(f"{late}; it says {said}") from late
    if reason is not None:
        try:
            await node.command("seek")
        except Failed as failed:
            say(f"{node.name} ({node.shape}): {reason}", says=failed.said)
        else:
            raise AssertionError(f"{node.name} looks for others with {reason}")


@asynccontextmanager
async def applets(*nodes: Node) -> AsyncIterator[None]:
    for node in nodes:
        if node.applet is None or node.applet.poll() is not None:
            await node.start_applet()
    yield


@walk
async def good(nodes: dict[str, Node]) -> None:
    for node in (nodes["A"], nodes["B"]):
        for name in ("wifi-radio", "rfkill", "wifi-p2p-support", "regulatory-domain"):
            await finds(node, name, "ok")
    async with applets(nodes["A"], nodes["B"]):
        for node in (nodes["A"], nodes["B"]):
            await applet_says(node, None)


@walk
async def no_wifi_direct(nodes: dict[str, Node]) -> None:
    """The radio can be a station and an access point only."""
    for node in (nodes["C"], nodes["D"]):
        await finds(node, "wifi-p2p-support", "fail")
    async with applets(nodes["C"], nodes["D"]):
        for node in (nodes["C"], nodes["D"]):
            await applet_says(node, "wifi-no-p2p")


@walk
async def off(nodes: dict[str, Node]) -> None:
    """By the switch; and on again."""
    both = nodes["A"], nodes["B"]
    async with applets(*both):
        for node in both:
            await node.radio("off")
            await applet_says(node, "wifi-off")
            await finds(node, "rfkill", "fail")
            await node.radio("on")
            await applet_says(node, None)


@walk
async def second_interface(nodes: dict[str, Node]) -> None:
    """Two interfaces on one radio: named, and Wi-Fi Direct goes on."""
    both = nodes["A"], nodes["B"]
    async with applets(*both):
        for node in both:
            await node.radio("second")
            try:
                finding = await finds(node, "wifi-interfaces", "ok", "warn")
                assert "wlan1" in finding["evidence"], finding
                await applet_says(node, None)
            finally:
                await node.radio("single")


@walk
async def forbidden(nodes: dict[str, Node]) -> None:
    """A country that forbids 5180 MHz, and none at all."""
    for country in (FORBIDS_5180, "00"):
        await asyncio.to_thread(shell, "regulation", country)
        try:
            for node in (nodes["A"], nodes["B"]):
                finding = await finds(node, "regulatory-domain", "ok", "warn", "fail")
                assert country == "00" or country in finding["evidence"], finding
                assert country != "00" or finding["status"] == "warn", finding
        finally:
            await asyncio.to_thread(shell, "regulation", HERE)


async def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(WALKS))
    options = parser.parse_args()
    if unknown := set(options.names) - set(WALKS):
        parser.error(f"no {unknown}")
    nodes = {name: await Node.open(name) for name in "ABCD"}
    good = True
    for name in options.names or list(WALKS):
        say(f"=== {name}")
        started = time.monotonic()
        row: dict[str, Any] = {"ok": True}
        try:
            await WALKS[name](nodes)
        except Exception as error:  # whatever it was, the next one is still worth walking
            row = {"ok": False, "why": f"{type(error).__name__}: {error}"}
            traceback.print_exc(file=sys.stdout)
            await journeys.evidence(journeys.Lab(nodes["A"], nodes["B"]), name)
        result(name, {**row, "seconds": time.monotonic() - started})
        good &= bool(row["ok"])
    for node in nodes.values():
        if node.applet is not None and node.applet.poll() is None:
            await node.kill_applet()
    return 0 if good else 1


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    sys.exit(asyncio.run(main()))
