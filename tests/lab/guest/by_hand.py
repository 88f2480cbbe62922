"""The ways to form a group by wpa_cli's commands on both sides: what the applet's figures are measured against.

Each takes two machines (the third where three are needed) with everything forgotten, and ends with pings both ways.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from guest.drive import Node
from guest.machine import Group, exchange, shell, until
from guest.wpa import Bare, Refused

FORBIDS_5180, HERE = "BO", "US"  # countries


@dataclass
class Figures:
    """In seconds."""

    find: float | None  # both begin to look → each has the other; None: they had met
    form: float  # told to connect, or to join → both have a group
    pong: float  # → both had an answer to a ping
    owner: str
    frequency: int


async def look(*machines: Bare) -> float:
    """Everything forgotten; seconds until each sees all others."""
    for machine in machines:
        await machine.end()
    started = time.monotonic()
    for machine in machines:
        await machine.find()

    async def met(machine: Bare) -> bool:
        return {other.p2p_address for other in machines if other is not machine} <= set(await machine.peers())

    await asyncio.gather(*(until(f"{machine.name} sees the others", lambda m=machine: met(m), 90) for machine in machines))  # type: ignore[misc]
    return time.monotonic() - started


async def linked(find: float | None, told: float, first: Bare | Node, second: Bare | Node, group: Group | None = None) -> Figures:
    """Waits for the group, then pings. `group`: of `first`, where it was there before."""
    groups = [group or await first.grouped(told), await second.grouped(told)]
    up = max(each.at for each in groups)
    pong = await exchange(first, groups[0].interface, second, groups[1].interface)
    owner = first if groups[0].owner else second
    assert groups[0].owner != groups[1].owner, groups
    return Figures(find, up - told, pong, owner.name, groups[0].frequency)


async def agree(caller: Bare, other: Bare, pin: str = "pbc", theirs: int | None = None, **wish: Any) -> float:
    """GO negotiation: the other answers when the request has reached it. Returns when it was told."""
    told = time.monotonic()
    method = "" if pin == "pbc" else "display"
    await caller.connect(other.p2p_address, pin, method, **wish)  # type: ignore[arg-type]
    await other.heard(f"P2P-GO-NEG-REQUEST {caller.p2p_address}", told)
    answer: dict[str, Any] = {"persistent": wish.get("persistent", False), "intent": theirs}
    await other.connect(caller.p2p_address, pin, "keypad" if method else "", **answer)
    return told


ByHand = Callable[[Bare, Bare, Bare], Awaitable[Figures]]
BY_HAND: dict[str, ByHand] = {}


def by_hand(walk: ByHand) -> ByHand:
    BY_HAND[walk.__name__] = walk
    return walk


@by_hand
async def owner_button(d: Bare, c: Bare, _: Bare) -> Figures:
    """Autonomous group owner, the other joins by push button."""
    find = await look(d, c)
    group = await d.group_add()
    told = time.monotonic()
    await d.let_in(group, c.p2p_address)
    await c.connect(d.p2p_address, join=True)
    return await linked(find, told, d, c, group)


@by_hand
async def owner_shows(d: Bare, c: Bare, _: Bare) -> Figures:
    """Autonomous group owner shows a PIN, which is typed at the client."""
    find = await look(d, c)
    group = await d.group_add()
    told = time.monotonic()
    pin = await d.let_in_with(group)
    await c.connect(d.p2p_address, pin, "keypad", join=True)
    return await linked(find, told, d, c, group)


@by_hand
async def client_shows(d: Bare, c: Bare, _: Bare) -> Figures:
    """The client shows a PIN, which is typed at the autonomous group owner."""
    find = await look(d, c)
    group = await d.group_add()
    told = time.monotonic()
    pin = await c.connect(d.p2p_address, "pin", "display", join=True)
    await d.let_in_with(group, pin)
    return await linked(find, told, d, c, group)


@by_hand
async def invited(d: Bare, c: Bare, _: Bare) -> Figures:
    """Autonomous group owner invites, push button."""
    find = await look(d, c)
    group = await d.group_add()
    told = time.monotonic()
    await d.invite(c.p2p_address, group)
    await c.heard(f"P2P-INVITATION-RECEIVED .*go_dev_addr={d.p2p_address}", told)
    await d.let_in(group, c.p2p_address)
    await c.connect(d.p2p_address, join=True)
    return await linked(find, told, d, c, group)


@by_hand
async def negotiated_pin(d: Bare, c: Bare, _: Bare) -> Figures:
    """Negotiated owner with PIN, intent 1 against 15."""
    find = await look(d, c)
    told = await agree(d, c, "12345670", intent=1, theirs=15)
    figures = await linked(find, told, d, c)
    assert figures.owner == c.name, figures
    return figures


@by_hand
async def negotiated_button(d: Bare, c: Bare, _: Bare) -> Figures:
    """Negotiated owner with push button, intent 1 against 14."""
    find = await look(d, c)
    told = await agree(d, c, intent=1, theirs=14)
    figures = await linked(find, told, d, c)
    assert figures.owner == c.name, figures
    return figures


@by_hand
async def frequency(d: Bare, c: Bare, _: Bare) -> Figures:
    """On 5180 MHz; refused where radar must be listened for, and in a country that forbids it."""
    find = await look(d, c)
    told = await agree(d, c, intent=15, theirs=0, frequency=5180)
    figures = await linked(find, told, d, c)
    assert figures.frequency == 5180, figures
    await d.end()
    await refused(d, 5300)
    await asyncio.to_thread(shell, "regulation", FORBIDS_5180)
    try:
        await refused(d, 5180)
    finally:
        await asyncio.to_thread(shell, "regulation", HERE)
    return figures


async def refused(machine: Bare, frequency: int) -> None:
    try:
        await machine.group_add(frequency)
    except Refused:
        return
    raise AssertionError(f"there is a group on {frequency} MHz")


@by_hand
async def several(d: Bare, c: Bare, e: Bare) -> Figures:
    """Two in one hosted group, one sent out. The figures are the second one's."""
    find = await look(d, c, e)
    group = await d.group_add()
    groups = {}
    for client in (c, e):
        told = time.monotonic()
        await d.let_in(group, client.p2p_address)
        await client.connect(d.p2p_address, join=True)
        groups[client.name] = await client.grouped(told)
        pong = await exchange(d, group.interface, client, groups[client.name].interface)
    figures = Figures(find, groups[e.name].at - told, pong, d.name, group.frequency)
    sent = time.monotonic()
    await d.send_out(c.p2p_address)
    await c.heard("P2P-GROUP-REMOVED", sent)
    await exchange(d, group.interface, e, groups[e.name].interface)
    return figures


@by_hand
async def remembered(d: Bare, c: Bare, _: Bare) -> Figures:
    """A remembered group, formed again with no WPS."""
    await look(d, c)
    for machine in (d, c):
        await machine.come_back()
    await linked(None, await agree(d, c, persistent=True), d, c)
    for machine in (d, c):
        await machine.end(forget=False)
        await machine.find()
    (number,) = await d.remembered()
    told = time.monotonic()
    await d.invite_again(c.p2p_address, number)
    figures = await linked(None, told, d, c)
    assert not any(machine.had_wps(told) for machine in (d, c)), "there was WPS"
    return figures
