"""The journeys of two people with two machines, walked by the real applets on real daemons and simulated radios.

Run in the lab's virtual machine: `python3 journeys.py NAME...`, or `soak --count N`. Each journey starts from two idle applets and leaves
nothing behind. A line per step with its figures for people; a JSON line per journey in /out/results.jsonl for programs.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import known
from guest import bare, pairing
from guest.bus import BusError
from guest.drive import Node, Status
from guest.machine import OUT, TooLate, say, until

SETTLED = 45.0  # a finished or failed journey must have left the machine within this
LOST = 3.0  # no answer for so long is a lost link
LISTED = 60.0  # the first call after boot shares the machine with everything that starts
TRIES = 3


@dataclass
class Linked:
    """The figures of one journey to a link, in seconds."""

    find: float  # click on "Connect nearby" → the other in the menu
    go: float  # the other's Accept → the caller's NetworkManager is told to form
    form: float  # told → both have a group
    check: float  # both have a group → linked on both, that is the first authenticated pong
    tries: int
    whole: float  # told for the first time → both have a group, whatever tries that took
    told: float  # when that was, on the monotonic clock
    code: str = field(repr=False)


@dataclass
class Lab:
    a: Node
    b: Node
    asked: Counter[str] = field(default_factory=Counter, kw_only=True)  # how often each node's user was asked, since it last said yes

    @property
    def nodes(self) -> tuple[Node, ...]:
        return self.a, self.b

    async def ready(self) -> None:
        """Two idle applets and clean machines; an applet that is not at rest is started anew.

        So is one whose user was asked twice for nothing: within two minutes an applet shows three requests of a computer, and a journey
        has up to two that come to nothing.
        """
        for node in self.nodes:
            await node.radio("back")
            await node.firewall("off")
            if node.applet is not None and node.applet.poll() is None:
                status: Status | None = None
                try:
                    status = await node.status()
                    if status.state == "idle" and self.asked[node.name] < 2:
                        continue
                except (BusError, TimeoutError):
                    pass
                await node.kill_applet(signal.SIGTERM if status is not None and status.state == "idle" else signal.SIGKILL)
            del self.asked[node.name]
            say(f"{node.name}: applet in the tray", seconds=await node.start_applet())
        for node in self.nodes:
            try:
                await node.clean(SETTLED)
            except TooLate as why:  # said where it was left; what comes next is not to suffer from it
                say(f"{node.name}: Wi-Fi off and on: {why}")
                await self.off_and_on(node)
                await node.clean(SETTLED)

    async def off_and_on(self, node: Node) -> None:
        """Wi-Fi off and on again. The kernel has one switch for both machines, and the other one needs time to follow."""
        await node.radio("off")
        await asyncio.sleep(3)
        await node.radio("on")
        await until(f"{node.name} has its P2P device", node.p2p_device, 30)
        await asyncio.sleep(3)

    async def ask(self, caller: Node, other: Node) -> tuple[float, str]:
        """From the click to both people seeing the same code; the seconds until the other was listed, and the code."""
        started = time.monotonic()
        await caller.click("Connect nearby")

        async def listed() -> bool:
            return any(other.host in label for label in await caller.menu())

        await until(f"{other.host} is in the menu of {caller.name}", listed, LISTED)
        found = time.monotonic() - started
        self.asked[other.name] += 1
        await caller.click(other.host)
        return found, await self.code(caller, other)

    async def code(self, caller: Node, other: Node) -> str:
        """What both people see once `caller` has asked `other`."""
        there = await other.in_state("asked", limit=45)

        async def agreed() -> Status | None:
            status = await caller.status()
            return status if status.code else None  # the listener has its code one message earlier

        here = await until(f"{caller.name} shows a code", agreed, 45)
        assert here is not None and here.code and here.code == there.code, "the codes differ"
        return here.code

    async def link(self, caller: Node, other: Node, limit: float = 200) -> Linked:
        find, code = await self.ask(caller, other)
        return await self.accept(caller, other, find, code, limit)

    async def accept(self, caller: Node, other: Node, find: float, code: str, limit: float = 200) -> Linked:
        """From the code on both screens to the link."""

        async def shown(node: Node) -> bool:
            # A screen reader is told the digits one by one.
            return any(code.replace(" ", "") in text.replace(" ", "") for text in await node.screen.texts())

        await until(f"{other.name} shows the code", lambda: shown(other), 45)
        await other.press("Accept")
        del self.asked[other.name]
        await until(f"{caller.name} shows the code", lambda: shown(caller), 45)
        await caller.press("They match")
        accepted = time.monotonic()
        status, _ = await asyncio.gather(self.linked(caller, limit), self.linked(other, limit))
        linked = time.monotonic()
        orders = caller.orders(accepted)
        told = orders[-1].at
        ups = [await node.formed(told) for node in self.nodes]
        up = max((moment for moment in ups if moment is not None), default=linked)
        first = orders[0].at
        return Linked(find, first - accepted, up - told, linked - up, status.attempt or len(orders), up - first, first, code)

    async def linked(self, node: Node, limit: float) -> Status:
        """Waits until it is; ends at once when the applet gives up, with what it says."""

        async def probe() -> Status | None:
            status = await node.status()
            if status.state == "idle" and status.failure:
                raise AssertionError(f"{node.name} gave up: {status.failure}")
            return status if status.state == "linked" else None

        found = await until(f"{node.name} is linked", probe, limit)
        assert found is not None
        return found

    async def pongs(self, node: Node, count: int, limit: float = 30) -> Status:
        """Waits for so many more answers."""
        goal = (await node.status()).pongs + count

        async def probe() -> Status | None:
            status = await node.status()
            return status if status.pongs >= goal else None

        found = await until(f"{node.name} has {count} more pongs", probe, limit)
        assert found is not None
        return found

    async def disconnect(self, node: Node) -> float:
        """Click Disconnect; the seconds until both machines are idle and clean."""
        started = time.monotonic()
        await node.click("Disconnect")
        await asyncio.gather(*(each.in_state("idle", limit=SETTLED) for each in self.nodes))
        await asyncio.gather(*(each.clean(SETTLED) for each in self.nodes))
        return time.monotonic() - started

    async def at_rest(self) -> None:
        await asyncio.gather(*(each.in_state("idle", limit=SETTLED) for each in self.nodes))
        await asyncio.gather(*(each.clean(SETTLED) for each in self.nodes))


Journey = Callable[[Lab], Awaitable[dict[str, Any] | None]]
JOURNEYS: dict[str, Journey] = {}


def journey(walk: Journey) -> Journey:
    JOURNEYS[walk.__name__] = walk
    return walk


# --- meeting, and the answers people give ---


@journey
async def whole(lab: Lab) -> dict[str, Any]:
    """Call, choose, compare, accept, ten pongs, disconnect; nothing left on either machine."""
    linked = await lab.link(lab.a, lab.b)
    say("linked", **asdict(linked))
    here, there = await asyncio.gather(lab.pongs(lab.a, 10), lab.pongs(lab.b, 10))
    assert here.peer == lab.b.host and there.peer == lab.a.host, f"peers: {here.peer} and {there.peer}"
    say("ten pongs", a=here.raw.get("health"), b=there.raw.get("health"))
    return {**asdict(linked), "disconnect": await lab.disconnect(lab.a), "applet": here.timings}


@journey
async def back_again(lab: Lab) -> dict[str, Any]:
    """The other way round: B calls, and the listener ends the link."""
    linked = await lab.link(lab.b, lab.a)
    await lab.pongs(lab.b, 3)
    return {**asdict(linked), "disconnect": await lab.disconnect(lab.a)}


@journey
async def declined(lab: Lab) -> dict[str, Any]:
    began = time.monotonic()
    await lab.ask(lab.a, lab.b)
    await lab.b.press("Decline")
    pressed = time.monotonic()
    status = await lab.a.in_state("idle", limit=45)
    assert status.failure == "asking: declined", status
    told = time.monotonic() - pressed
    await lab.at_rest()
    assert not lab.a.orders(began) and not lab.b.orders(began), "a group was ordered without consent"
    return {"told": told}


@journey
async def unanswered(lab: Lab) -> dict[str, Any]:
    """B's user is away: after 60 s both are at rest and A says so."""
    await lab.ask(lab.a, lab.b)
    asked = time.monotonic()
    status = await lab.a.in_state("idle", limit=75)
    waited = time.monotonic() - asked
    assert waited > 55, f"gave up after {waited:.0f} s already"
    assert status.failure == "asking: no-answer", status
    await lab.at_rest()
    assert await lab.b.screen.find("Accept") is None, "the dialog is still there"
    return {"waited": waited}


@journey
async def cancelled(lab: Lab) -> dict[str, Any]:
    """A changes its mind while B is asked: B's dialog closes by itself."""
    await lab.ask(lab.a, lab.b)
    clicked = time.monotonic()
    await lab.a.click("Cancel")
    await lab.b.in_state("idle", limit=10)
    closed = time.monotonic() - clicked

    async def gone() -> bool:
        return await lab.b.screen.find("Accept") is None

    await until("B's dialog is closed", gone, 10)
    await lab.at_rest()
    return {"closed": closed}


# --- both at once ---


async def both_seek(lab: Lab, *, all_listed: bool) -> tuple[float, list[tuple[Node, Node]]]:
    """Both click "Connect nearby" at the same moment; the seconds until one has the other in its menu (`all_listed`: until both have), and
    who has whom.

    One is enough for a link: on a radio link that the other one made, bluetoothd sometimes finds no services, and then it is only one.
    """
    started = time.monotonic()
    await asyncio.gather(*(node.click("Connect nearby") for node in lab.nodes))

    async def listed() -> list[tuple[Node, Node]]:
        pairs = [(lab.a, lab.b), (lab.b, lab.a)]
        found = [(one, two) for one, two in pairs if any(two.host in label for label in await one.menu())]
        return found if len(found) == 2 or not all_listed else []

    found = await until("both list each other" if all_listed else "one lists the other", listed, LISTED)
    return time.monotonic() - started, found


@journey
async def both_call(lab: Lab) -> dict[str, Any]:
    """Both look for computers at the same moment, then one chooses the other: who is asked in the midst of its own search, and links."""
    find, found = await both_seek(lab, all_listed=False)
    caller, other = found[0]
    await caller.click(other.host)
    linked = await lab.accept(caller, other, find, await lab.code(caller, other))
    await asyncio.gather(lab.pongs(lab.a, 3), lab.pongs(lab.b, 3))
    return {**asdict(linked), "caller": caller.name, "listed by": len(found), "disconnect": await lab.disconnect(other)}


@journey
async def both_click(lab: Lab) -> dict[str, Any]:
    """Both look for computers and click each other at the same moment: one of them is asked, once, and they link."""
    for number in range(TRIES):
        try:
            find, found = await both_seek(lab, all_listed=True)
            break
        except TooLate:
            say("only one is listed", try_number=number + 1)
            for node in lab.nodes:
                if (await node.status()).state == "seeking":
                    await node.click("Stop looking")
            await lab.at_rest()
            if number + 1 == TRIES:
                raise
    # At once means at once: the menu of the slower one may have become that of somebody who is asked.
    clicks = await asyncio.gather(*(one.desktop.click(two.host) for one, two in found), return_exceptions=True)
    missed = [click for click in clicks if isinstance(click, BaseException)]
    say("clicked", missed=[str(each) for each in missed])
    assert len(missed) < 2 and all(isinstance(each, LookupError) for each in missed), missed

    async def settled() -> tuple[Node, Node] | None:
        states = [(await node.status()).state for node in lab.nodes]
        return {("asking", "asked"): (lab.a, lab.b), ("asked", "asking"): (lab.b, lab.a)}.get((states[0], states[1]))

    roles = await until("one asks and the other is asked", settled, 60)
    assert roles is not None
    caller, other = roles
    linked = await lab.accept(caller, other, find, await lab.code(caller, other))
    await asyncio.gather(lab.pongs(lab.a, 3), lab.pongs(lab.b, 3))
    for node in lab.nodes:
        assert await node.screen.find("Accept") is None, f"{node.name} is asked although it is linked"
    return {**asdict(linked), "caller": caller.name, "clicks": 2 - len(missed), "disconnect": await lab.disconnect(caller)}


@journey
async def paired(lab: Lab) -> dict[str, Any]:
    """The kernel tells alice which of two calls came over an encrypted link: that of the bonded machine, and that before anybody is asked.

    B is to accept paired callers unasked. It asks: in its network namespace it cannot know.
    """
    await lab.ask(lab.a, lab.b)
    assert not await pairing.encrypted(lab.b, lab.a), "encrypted without a bond"
    await lab.a.click("Cancel")
    await lab.at_rest()
    try:
        await lab.b.choose(visibility="nobody", accept_paired=True)
        began = time.monotonic()
        async with pairing.bonded(lab.a, lab.b):
            bonding = time.monotonic() - began
            await lab.b.choose(visibility="everyone")
            await lab.ask(lab.a, lab.b)
            assert await pairing.encrypted(lab.b, lab.a), "a bonded machine calls in the clear"
            await lab.a.click("Cancel")
            await lab.at_rest()
    finally:
        await lab.b.choose(visibility="everyone", accept_paired=False)
    return {"bonding": bonding}


# --- what radios do ---


@journey
async def link_cut(lab: Lab) -> dict[str, Any]:
    """B is carried out of range and comes back: lost is said within 3 s with the reason, then linked again by itself."""
    await lab.link(lab.a, lab.b)
    await lab.pongs(lab.a, 5)
    await lab.b.radio("gone")
    gone = time.time()
    status = await lab.a.in_state("restoring", limit=15)
    # When the applet knew, by its own log: asking for its status may take seconds on an emulated machine that is busy.
    lost = lab.a.logged("link: LinkLost") - gone
    say("lost", seconds=lost, says=status.raw)
    assert status.raw["restoring_because"], "the reason is not shown"
    assert lost < LOST + 1, f"lost was said after {lost:.1f} s"  # 3 s, and what the emulation needs to wake up for it
    await lab.b.in_state("restoring", limit=15)
    await lab.b.radio("back")
    back = time.monotonic()
    await asyncio.gather(lab.linked(lab.a, 150), lab.linked(lab.b, 150))
    restored = time.monotonic() - back
    await lab.pongs(lab.a, 3)
    return {"lost": lost, "restored": restored, "disconnect": await lab.disconnect(lab.a)}


@journey
async def link_given_up(lab: Lab) -> dict[str, Any]:
    """B does not come back: bounded tries, then both say that the link is lost, and rest."""
    await lab.link(lab.a, lab.b)
    await lab.pongs(lab.a, 3)
    await lab.b.radio("gone")
    gone = time.monotonic()
    await lab.a.in_state("restoring", limit=15)
    status = await lab.a.in_state("idle", limit=400)
    given_up = time.monotonic() - gone
    assert status.failure, "it ended without saying why"
    say("A gave up", seconds=given_up, failure=status.failure)
    await lab.b.in_state("idle", limit=200)
    await lab.b.radio("back")
    await lab.at_rest()
    return {"given_up": given_up, "failure": status.failure}


@journey
async def airplane(lab: Lab) -> dict[str, Any]:
    """B's user switches Wi-Fi off while linked: said on both; on again: linked again or at rest, and a new link works."""
    await lab.link(lab.a, lab.b)
    await lab.pongs(lab.a, 3)
    off = time.monotonic()
    await lab.b.radio("off")
    here = await lab.a.in_state("restoring", "idle", limit=15)
    there = await lab.b.in_state("restoring", "idle", limit=15)
    noticed = time.monotonic() - off
    say("noticed", seconds=noticed, a=here.failure or here.state, b=there.failure or there.state)
    await lab.b.radio("on")
    await until("B has its P2P device again", lab.b.p2p_device, 20)
    here = await lab.a.in_state("linked", "idle", limit=200)
    if here.state == "linked":
        await lab.disconnect(lab.a)
    await lab.at_rest()
    linked = await lab.link(lab.a, lab.b)
    return {"noticed": noticed, **asdict(linked), "disconnect": await lab.disconnect(lab.a)}


@journey
async def firewalled(lab: Lab) -> dict[str, Any]:
    """Both machines drop all that is new and inbound: linked all the same."""
    for node in lab.nodes:
        await node.firewall("on")
    linked = await lab.link(lab.a, lab.b)
    await asyncio.gather(lab.pongs(lab.a, 10), lab.pongs(lab.b, 10))
    return {**asdict(linked), "disconnect": await lab.disconnect(lab.a)}


@journey
async def sticking(lab: Lab) -> dict[str, Any]:
    """The failure that sticks, cured by the applets' own next try.

    Before: each supplicant remembers that the other waits for it, and would ignore its requests at the wrong moment. Then the frames of
    the first try that negotiates are lost right after that, so that one side believes in a group, the other does not, and both
    NetworkManagers would notice nothing for 45 s.
    """
    await bare.meet(lab.a, lab.b)
    await lab.a.ask_alone(lab.b)
    await bare.meet(lab.a, lab.b)
    await lab.b.ask_alone(lab.a)
    await bare.end(lab.a, lab.b)
    await lab.ask(lab.a, lab.b)
    started = time.monotonic()
    await lab.b.press("Accept")
    await lab.a.press("They match")

    async def negotiated() -> bool:
        return any(node.tap.since(started, "GONegotiationSuccess") for node in lab.nodes)

    async def tries() -> int:
        return max([(await node.status()).attempt for node in lab.nodes])

    await until("the first negotiation", negotiated, 120, 0.02)
    await lab.b.radio("gone")
    broken = time.monotonic()
    number = await tries()

    async def given_up() -> bool:
        return await tries() > number

    try:
        await until(f"try {number} is given up", given_up, 40)
    finally:
        await lab.b.radio("back")
    noticed = time.monotonic() - broken
    status, _ = await asyncio.gather(lab.linked(lab.a, 200), lab.linked(lab.b, 200))
    cured = time.monotonic() - broken
    say("cured", broken=number, noticed=noticed, cured=cured, tries=status.attempt)
    await lab.pongs(lab.a, 3)
    return {"broken": number, "noticed": noticed, "cured": cured, "tries": status.attempt, "disconnect": await lab.disconnect(lab.a)}


# --- what programs and daemons do ---


@journey
async def killed_linked(lab: Lab) -> dict[str, Any]:
    """A's applet dies while linked: B notices and rests in the end; A's next start finds and leaves nothing."""
    await lab.link(lab.a, lab.b)
    await lab.pongs(lab.a, 3)
    await lab.a.kill_applet(signal.SIGKILL)
    died = time.monotonic()
    there = await lab.b.in_state("restoring", "idle", limit=15)
    noticed = time.monotonic() - died
    say("B noticed", seconds=noticed, says=there.failure or there.state)
    await lab.a.start_applet()
    await lab.a.clean(SETTLED)
    await lab.b.in_state("idle", limit=400)
    rested = time.monotonic() - died
    await lab.at_rest()
    linked = await lab.link(lab.a, lab.b)
    return {"noticed": noticed, "rested": rested, **asdict(linked), "disconnect": await lab.disconnect(lab.a)}


@journey
async def killed_asking(lab: Lab) -> dict[str, Any]:
    """A's applet dies while B's user is asked: the dialog goes, A's next start leaves nothing."""
    await lab.ask(lab.a, lab.b)
    await lab.a.kill_applet(signal.SIGKILL)
    died = time.monotonic()
    await lab.b.in_state("idle", limit=70)
    noticed = time.monotonic() - died
    await lab.a.start_applet()
    await lab.at_rest()
    return {"noticed": noticed}


@journey
async def quit_linked(lab: Lab) -> dict[str, Any]:
    """A quits through its menu while linked: a goodbye, not a loss."""
    await lab.link(lab.a, lab.b)
    clicked = time.monotonic()
    await lab.a.click("Quit")
    there = await lab.b.in_state("idle", "restoring", limit=15)
    assert there.state == "idle", f"B takes the goodbye for a loss: {there}"
    ended = time.monotonic() - clicked

    async def gone() -> bool:
        return lab.a.applet is not None and lab.a.applet.poll() is not None

    await until("A's applet has ended", gone, 15)
    await asyncio.gather(lab.a.clean(SETTLED, listening=False), lab.b.clean(SETTLED))
    await lab.a.start_applet()
    return {"ended": ended}


async def _restarted_seeking(lab: Lab, daemon: str, moment: Callable[[], Awaitable[object]] | None = None) -> dict[str, Any]:
    """The call goes on by itself when the daemon is back, or ends saying why; then a whole journey works."""
    await lab.a.click("Connect nearby")
    await lab.a.in_state("seeking", limit=10)
    if moment is not None:
        await until("the worst moment", moment, 30, step=0.02)
    await lab.a.daemon("restart", daemon)
    restarted = time.monotonic()

    async def listed() -> bool:
        status = await lab.a.status()
        return status.state == "idle" or lab.b.host in status.listed

    await until("B is listed, or A has ended the call", listed, 60)
    status = await lab.a.status()
    say("after the restart", seconds=time.monotonic() - restarted, state=status.state, failure=status.failure)
    if status.state != "idle":
        await lab.a.click("Stop looking|Cancel")
        await lab.a.in_state("idle", limit=10)
    went_on = status.state != "idle"
    await until("A has its P2P device", lab.a.p2p_device, 30)
    await lab.at_rest()
    linked = await lab.link(lab.a, lab.b)
    return {"went_on": went_on, **asdict(linked), "disconnect": await lab.disconnect(lab.a)}


@journey
async def networkmanager_restarted_seeking(lab: Lab) -> dict[str, Any]:
    return await _restarted_seeking(lab, "NetworkManager")


@journey
async def bluetoothd_restarted_seeking(lab: Lab) -> dict[str, Any]:
    """It goes while B connects to A: nothing is told B, whose connection ends by timeout."""
    return await _restarted_seeking(lab, "bluetoothd", lab.b.connection)


async def _without_networkmanager(lab: Lab, *whats: str) -> dict[str, Any]:
    """What the daemon suffers under a link; said at once, restored by itself or given up."""
    await lab.link(lab.a, lab.b)
    owner = (await lab.a.status()).raw["link"]["owner"]
    await lab.pongs(lab.a, 3)
    for what in whats:
        await lab.a.daemon(what, "NetworkManager")
    done = time.monotonic()
    here = await lab.a.in_state("restoring", "idle", limit=20)
    noticed = time.monotonic() - done
    say("noticed", seconds=noticed, says=here.failure or here.raw)
    here = await lab.a.in_state("linked", "idle", limit=400)
    ended = time.monotonic() - done
    restored = here.state == "linked"
    if restored:
        await lab.pongs(lab.a, 3)
        await lab.a.click("Disconnect")
    await lab.b.in_state("idle", limit=200)
    return {"owner": owner, "noticed": noticed, "restored": restored, "after": ended, "failure": here.failure}


@journey
async def networkmanager_restarted_linked(lab: Lab) -> dict[str, Any]:
    """NetworkManager is restarted under a link: nothing is left of it."""
    figures = await _without_networkmanager(lab, "restart")
    await lab.at_rest()
    return figures


@journey
async def networkmanager_killed_linked(lab: Lab) -> dict[str, Any]:
    """NetworkManager is killed under a link.

    wpa_supplicant keeps a group that was owned here, the next NetworkManager does not know it, and this user may not end it: the doctor
    names it, and its fix helps. Nothing else is left.
    """
    figures = await _without_networkmanager(lab, "kill", "start")
    await lab.a.in_state("idle", limit=SETTLED)
    orphans = lab.a.groups()
    if orphans:
        found = (await lab.a.doctor())["wifi-p2p-device"]
        say("the doctor", **found)
        assert found["status"] == "warn" and all(orphan in found["evidence"] for orphan in orphans), found
        assert "nmcli radio wifi off && nmcli radio wifi on" in found["fix"], found
        await lab.off_and_on(lab.a)
    await lab.at_rest()
    return {**figures, "orphans": orphans}


# --- figures ---


async def soak(lab: Lab, count: int) -> bool:
    """So many whole journeys in a row, the callers taking turns; true when every one was linked within three tries."""
    rows: list[dict[str, Any]] = []
    for number in range(count):
        caller, other = lab.nodes if number % 2 == 0 else lab.nodes[::-1]
        row: dict[str, Any] = {"journey": number + 1, "caller": caller.name, "linked": False, "cause": None}
        try:
            await lab.ready()
            row.update(asdict(await lab.link(caller, other)), linked=True)
            await lab.pongs(caller, 3)
            row["disconnect"] = await lab.disconnect(caller)
        except (AssertionError, BusError, LookupError, TimeoutError) as error:
            row["cause"] = f"{type(error).__name__}: {error}"
            await evidence(lab, f"soak{number + 1}")
        row.pop("code", None)
        rows.append(row)
        result("soak", row)
    linked = [row for row in rows if row["linked"]]
    summary: dict[str, Any] = {
        "journeys": count,
        "within three tries": len([row for row in linked if row["tries"] <= TRIES]) / count,
        "first try": len([row for row in linked if row["tries"] == 1]) / count,
        "left something or ended badly": len([row for row in linked if row["cause"]]),
        **{f"median {step}": round(median(row[step] for row in linked), 2) for step in ("find", "go", "form", "check") if linked},
        **{f"worst {step}": round(max(row[step] for row in linked), 2) for step in ("find", "go", "form", "check") if linked},
    }
    result("soak summary", summary)
    return len(linked) == count and not any(row["cause"] for row in rows)


async def bench(lab: Lab, count: int) -> bool:
    """Group formation by the applets, retries and all, against bare calls to the same NetworkManagers, in turn.

    NetworkManager scans some seconds after a group has ended, and a formation that meets that scan is slow: the bare one begins as long
    after the end before as the applets' did.
    """
    applet: list[float] = []
    plain: list[float] = []
    for _ in range(count):
        await lab.ready()
        began = time.monotonic()
        try:
            linked = await lab.link(lab.a, lab.b)
            applet.append(linked.whole)
            pause = linked.told - began
            say("applet", form=linked.whole, tries=linked.tries, after=pause)
            await lab.disconnect(lab.a)
        except (AssertionError, BusError, LookupError) as error:
            say(f"applet failed: {error}")
            continue
        await lab.ready()
        began = time.monotonic()
        try:
            met = await bare.meet(lab.a, lab.b)
            await asyncio.sleep(max(0.0, began + pause - time.monotonic()))
            plain.append(await bare.form(lab.a, lab.b))
            say("bare", find=met, form=plain[-1])
        except TooLate as error:
            say(f"bare failed: {error}")
        await bare.end(lab.a, lab.b)
    figures = {
        "rounds": count,
        "applet": applet,
        "bare": plain,
        "ratio of medians": round(median(applet) / median(plain), 2) if applet and plain else None,
    }
    result("bench", figures)
    return len(applet) == count


# --- running ---


LOGS = known.Logs(OUT / "logs")


def result(name: str, row: dict[str, Any]) -> None:
    """Say the figures of one walk and write them down; of a failed one also which known issues its words and the daemons' logs show."""
    fresh = LOGS.fresh()
    if row.get("ok") is False:
        row = {**row, "known": known.matching(str(row.get("why", "")), *fresh)}
    say(name, **row)
    rounded = {key: round(value, 3) if isinstance(value, float) else value for key, value in row.items()}
    with (OUT / "results.jsonl").open("a") as file:
        file.write(json.dumps({"name": name, **rounded}) + "\n")


async def evidence(lab: Lab, name: str) -> None:
    """What both machines look like when something went wrong."""
    for node in lab.nodes:
        try:
            say(f"{node.name}: {(await node.status()).raw}")
        except (BusError, TimeoutError, ValueError) as error:
            say(f"{node.name}: no status: {error}")
        try:
            node.screenshot(OUT / f"{name}.{node.name}.png")
        except (RuntimeError, OSError) as error:
            say(f"{node.name}: no screenshot: {error}")


async def walk(lab: Lab, name: str) -> bool:
    started = time.monotonic()
    say(f"=== {name}")
    try:
        await lab.ready()
        figures = await JOURNEYS[name](lab) or {}
    except Exception as error:  # whatever it was, the next journey is still worth walking
        result(name, {"ok": False, "seconds": time.monotonic() - started, "why": f"{type(error).__name__}: {error}"})
        traceback.print_exc(file=sys.stdout)
        await evidence(lab, name)
        return False
    figures.pop("code", None)
    result(name, {"ok": True, "seconds": time.monotonic() - started, **figures})
    return True


async def main() -> int:
    names = [*JOURNEYS, "soak", "bench"]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(names))
    parser.add_argument("--count", type=int, default=10, help="rounds of soak and bench")
    options = parser.parse_args()
    if unknown := set(options.names) - set(names):
        parser.error(f"no journey {unknown}")
    lab = Lab(await Node.open("A"), await Node.open("B"))
    good = True
    for name in options.names or list(JOURNEYS):
        match name:
            case "soak":
                good &= await soak(lab, options.count)
            case "bench":
                good &= await bench(lab, options.count)
            case _:
                good &= await walk(lab, name)
    for node in lab.nodes:
        if node.applet is not None and node.applet.poll() is None:
            await node.kill_applet(signal.SIGTERM)
    return 0 if good else 1


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    sys.exit(asyncio.run(main()))
