"""Every way in which Wi-Fi Direct machines form a group: walked by the applet, and by wpa_cli's commands beside it in the same run.

Run in the lab: `python3 flows.py [--count N] NAME...`: N times each, but those by wpa_cli once. A and B run the applet, their radios
served as LAB_SHAPE says; C, D and E have nothing but wpa_supplicant. Each flow ends with traffic both ways. A line per flow for people, a
JSON line in /out/results.jsonl.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import sys
import time
import traceback
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import journeys
from guest.air import GO_NEGOTIATION_CONFIRM, losing
from guest.by_hand import BY_HAND, FORBIDS_5180, HERE, Figures, linked
from guest.drive import Failed, Node, Status
from guest.machine import LAB, Group, exchange, say, shell, until
from guest.wpa import Bare, Refused
from journeys import result


@dataclass
class Lab(journeys.Lab):
    """A with an applet and one phone is enough for most flows: of the others, those that LAB_NODES leaves out are one of these two."""

    c: Bare
    d: Bare
    e: Bare

    @property
    def nodes(self) -> tuple[Node, ...]:
        return tuple(dict.fromkeys((self.a, self.b)))

    @property
    def phones(self) -> tuple[Bare, ...]:
        return tuple(dict.fromkeys((self.c, self.d, self.e)))

    async def ready(self) -> None:
        await super().ready()
        for phone in self.phones:
            await phone.end()
        for node in self.nodes:
            await until(f"{node.name} can use Wi-Fi Direct", lambda node=node: usable(node), 45)  # type: ignore[misc]


@dataclass(frozen=True)
class Flow:
    walk: Callable[[Lab], Awaitable[Figures]]
    beside: str  # the flow by hand that it is compared with
    shapes: tuple[str, ...]


OWNERS = ("alone", "root")  # where the applet may own groups and join those of others
ALL = (*OWNERS, "beside")
LOSES = ()  # walked when named, where the applet may join and the radios can lose a frame (guest/air.py): --channels 1
FLOWS: dict[str, Flow] = {}


def flow(
    beside: str, shapes: tuple[str, ...] = ALL
) -> Callable[[Callable[[Lab], Awaitable[Figures]]], Callable[[Lab], Awaitable[Figures]]]:
    def keep(walk: Callable[[Lab], Awaitable[Figures]]) -> Callable[[Lab], Awaitable[Figures]]:
        FLOWS[walk.__name__] = Flow(walk, beside, shapes)
        return walk

    return keep


async def meet(node: Node, phone: Bare, group: Group | None = None, *, tray: bool = False) -> float:
    """The phone lies there with its Wi-Fi Direct settings open; seconds from the daemon's find to the phone in the applet's list.

    `group`: the phone owns one, so it need not look for anybody. `tray`: our user clicks there, instead of typing a command.
    """
    if group is None:
        await phone.find()
    asked = time.monotonic()
    await (node.click("Connect nearby") if tray else node.command("seek"))
    listed = await until(f"{node.name} lists {phone.host}", lambda: row(node, phone.host), 120)
    assert listed, "a row"
    found = time.monotonic()
    if group is None:
        await until(f"{phone.name} sees {node.host}", lambda: sees(phone, node), 90)
    else:
        await until(f"{node.name} knows {group.ssid}", lambda: knows(node, phone, group), 90)
    began = node.tap.since(asked, "Find")
    return found - (began[0].at if began else asked)


async def row(node: Node, host: str) -> dict[str, Any] | None:
    """What the applet says of a machine in its list."""
    return next((peer for peer in (await node.status()).raw["peers"] if peer["name"] == host and peer["on_wifi"]), None)


async def usable(node: Node) -> bool:
    """The applet has an icon before it knows its daemons."""
    return (await node.status()).raw["radios"]["wifi"] is None


async def sees(phone: Bare, node: Node) -> bool:
    return node.p2p_address in await phone.peers()


async def knows(node: Node, phone: Bare, group: Group) -> bool:
    """This group, not the one of the flow before: the kernel shows that for half a minute, and nobody lets us into it."""
    told = await node.run("wpa_cli", "-g", "/run/wpa_global", "raw", f"IFNAME=p2p-dev-wlan0 P2P_PEER {phone.p2p_address}")
    return f"oper_ssid={group.ssid}\n" in told


async def together(
    lab: Lab,
    find: float | None,
    since: float,
    phone: Bare,
    pin: str = "pbc",
    what: Literal["", "display", "keypad"] = "",
    *,
    forget: bool = True,
    **answer: Any,
) -> Figures:
    """A and the phone have a group; the applet says so, too. Then both have none. `forget`: nor does the phone remember one.

    Frames get lost. Whoever holds the phone leaves its settings open then, where it looks for others, sees the request once more and agrees
    to it as before, by `pin`, `what` and `answer`; our user has nothing to do.
    """
    a = lab.a
    orders = a.orders(since)

    async def agree_again() -> None:
        heard = time.monotonic()
        while True:
            found, at = await phone.heard_at(f"P2P-GO-NEG-REQUEST {a.p2p_address}|P2P-GO-NEG-FAILURE|GROUP-FORMATION-FAILURE", heard, 300)
            heard = at + 0.001
            say(f"{phone.name}: {found[0]}")
            with suppress(Refused):
                await (phone.connect(a.p2p_address, pin, what, **answer) if "REQUEST" in found[0] else phone.find())

    agrees = asyncio.get_running_loop().create_task(agree_again())
    try:
        figures, status = await asyncio.gather(linked(find, orders[0].at if orders else since, a, phone), lab.linked(a, 200))
    finally:
        agrees.cancel()
    assert status.peer == phone.host, f"linked with {status.peer}"
    assert status.raw["verified"] is False, "nothing proves who that is"
    assert status.raw["link"]["frequency_mhz"] == figures.frequency, status.raw["link"]
    say("the applet", health=status.raw["health"], link=status.raw.get("link"), timings=status.timings, orders=len(a.orders(since)))
    await apart(lab, phone, forget=forget)
    return figures


async def apart(lab: Lab, *phones: Bare, forget: bool = True) -> None:
    """A ends it; the phone notices: its own group stays up without us."""
    ended = time.monotonic()
    await lab.a.command("disconnect")
    await lab.a.in_state("idle", limit=45)
    for phone in phones:
        await phone.heard("P2P-GROUP-REMOVED|AP-STA-DISCONNECTED", ended, 45)
        await phone.end(forget)
    await lab.a.clean(journeys.SETTLED)


async def shown_pin(node: Node, limit: float = 60) -> str:
    """The PIN on the screen: it is read aloud digit by digit."""

    async def probe() -> str | None:
        for text in await node.screen.texts():
            if found := re.fullmatch(r"PIN((?: \d){8})", text):
                return found[1].replace(" ", "")
        return None

    found = await until(f"{node.name} shows a PIN", probe, limit)
    assert found is not None
    return found


async def asked(node: Node, phone: Bare, limit: float = 60) -> Status:
    """The dialog of somebody whom nothing verifies."""
    status = await node.in_state("asked", limit=limit)
    assert status.peer == phone.host and status.raw["verified"] is False and not status.code, status.raw
    return status


# a machine that only knows Wi-Fi Direct, called by us and calling us


@flow("negotiated_button")
async def button_calling(lab: Lab) -> Figures:
    """We call, both push the button."""
    a, c = lab.a, lab.c
    find = await meet(a, c)
    since = time.monotonic()
    await a.command("connect", c.host, "--method", "push-button")
    await c.heard(f"P2P-GO-NEG-REQUEST {a.p2p_address} dev_passwd_id=4", since)
    await c.connect(a.p2p_address)
    return await together(lab, find, since, c)


async def unconfirmed(lab: Lab, intent: int) -> tuple[Figures, int]:
    """We call, both push the button, and the phone's confirmation is lost: it believes in a group, and waits. With how often we ordered."""
    a, c = lab.a, lab.c
    find = await meet(a, c)
    since = time.monotonic()
    await a.command("connect", c.host, "--method", "push-button")
    await c.heard(f"P2P-GO-NEG-REQUEST {a.p2p_address} dev_passwd_id=4", since)
    async with losing(GO_NEGOTIATION_CONFIRM, c, (*lab.nodes, *lab.phones)):
        await c.connect(a.p2p_address, intent=intent)
    await c.heard("P2P-GO-NEG-SUCCESS", since, 10)
    return await together(lab, find, since, c, intent=intent), len(a.orders(since))


@flow("negotiated_button", LOSES)
async def unconfirmed_owner(lab: Lab) -> Figures:
    """Its confirmation is lost and its group stands: we join that."""
    figures, orders = await unconfirmed(lab, 15)
    assert figures.owner == lab.c.name and orders > 1, (figures, orders)
    return figures


@flow("negotiated_button", LOSES)
async def unconfirmed_client(lab: Lab) -> Figures:
    """Its confirmation is lost and it waits for a group of ours, which is not there: it is asked again when it has given up."""
    figures, orders = await unconfirmed(lab, 0)
    assert figures.owner == lab.a.name and orders > 1, (figures, orders)
    return figures


@flow("negotiated_button", LOSES)
async def unconfirmed_by_us(lab: Lab) -> Figures:
    """It calls, our user accepts, and our confirmation is lost: we believe in a group, until nobody comes; then it is asked again."""
    a, c = lab.a, lab.c
    find = await meet(a, c)
    since = time.monotonic()
    await c.connect(a.p2p_address)
    await asked(a, c)
    async with losing(GO_NEGOTIATION_CONFIRM, a, (*lab.nodes, *lab.phones)):
        await a.press("Accept")
    figures = await together(lab, find, since, c)
    assert len(a.orders(since)) > 1, figures
    return figures


@flow("negotiated_button")
async def button_called(lab: Lab) -> Figures:
    """It calls, our user accepts in the dialog."""
    a, c = lab.a, lab.c
    find = await meet(a, c)
    since = time.monotonic()
    await c.connect(a.p2p_address)
    await asked(a, c)
    await a.press("Accept")
    return await together(lab, find, since, c)


@flow("negotiated_button")
async def declined(lab: Lab) -> Figures:
    """It calls, our user says no: told when it calls again, which opens no dialog. Until our user calls it."""
    a, c = lab.a, lab.c
    await meet(a, c)
    since = time.monotonic()
    await c.connect(a.p2p_address)
    await asked(a, c)
    await a.press("Decline")
    await a.in_state("idle", limit=30)
    await c.ask("P2P_CANCEL")
    find = await meet(a, c)
    again = time.monotonic()
    await c.connect(a.p2p_address)
    await c.heard("P2P-GO-NEG-FAILURE status=11", again)
    assert (await a.status()).state == "seeking", "asked once more"
    assert not a.orders(since), "a group was ordered without consent"
    await c.find()
    since = time.monotonic()
    await a.command("connect", c.host, "--method", "push-button")
    await c.heard(f"P2P-GO-NEG-REQUEST {a.p2p_address} dev_passwd_id=4", since)
    await c.connect(a.p2p_address)
    return await together(lab, find, since, c)


@flow("negotiated_pin")
async def showing(lab: Lab) -> Figures:
    """We call and show a PIN, which is typed there. All by the tray and the dialog."""
    a, c = lab.a, lab.c
    find = await meet(a, c, tray=True)
    since = time.monotonic()
    await a.click("Show a PIN here")
    pin = await shown_pin(a)
    await c.heard(f"P2P-GO-NEG-REQUEST {a.p2p_address} dev_passwd_id=5", since)
    await c.connect(a.p2p_address, pin, "keypad")
    return await together(lab, find, since, c, pin, "keypad")


@flow("negotiated_pin")
async def typing(lab: Lab) -> Figures:
    """We call; it shows a PIN, which our user types. All by the tray and the dialog."""
    a, c = lab.a, lab.c
    find = await meet(a, c, tray=True)
    since = time.monotonic()
    await a.click("Enter its PIN here")
    pin = await there_shown(c, a, since)
    await a.in_state("entering", limit=30)
    await a.type_in("PIN", pin)
    await a.press("Connect")
    await c.heard(f"P2P-GO-NEG-REQUEST {a.p2p_address} dev_passwd_id=1", since)
    await c.connect(a.p2p_address, pin, "display")
    return await together(lab, find, since, c, pin, "display")


@flow("negotiated_pin")
async def wrong_then_right(lab: Lab) -> Figures:
    """The PIN is mistyped at first: said, a new one is shown, and that one works. Typed at the command line."""
    a, c = lab.a, lab.c
    find = await meet(a, c)
    since = time.monotonic()
    await a.command("connect", c.host, "--method", "enter-pin")
    pin = await there_shown(c, a, since)
    await a.in_state("entering", limit=30)
    await a.command("pin", "--pin-stdin", typed=("12345670" if pin != "12345670" else "00000000") + "\n")
    await c.heard(f"P2P-GO-NEG-REQUEST {a.p2p_address} dev_passwd_id=1", since)
    typed = time.monotonic()
    await c.connect(a.p2p_address, pin, "display")
    _, failed = await c.heard_at("WPS-FAIL|P2P-GROUP-FORMATION-FAILURE", typed)
    status = await a.in_state("entering", limit=60)
    say("wrong PIN said", seconds=time.monotonic() - failed, tries_left=status.raw.get("tries_left"))
    assert status.raw["tries_left"] == 2, status.raw
    await c.find()
    pin = await there_shown(c, a, failed)
    again = time.monotonic()
    await a.command("pin", "--pin-stdin", typed=pin + "\n")
    await c.heard(f"P2P-GO-NEG-REQUEST {a.p2p_address} dev_passwd_id=1", again)
    await c.connect(a.p2p_address, pin, "display")
    return await together(lab, find, again, c, pin, "display")


@flow("negotiated_pin")
async def asked_to_show(lab: Lab) -> Figures:
    """It calls and wants to type our PIN: shown once our user has accepted."""
    a, c = lab.a, lab.c
    find = await meet(a, c)
    since = time.monotonic()
    await c.ask_for(a.p2p_address, "display")
    await asked(a, c)
    await a.press("Accept")
    pin = await shown_pin(a)
    await c.connect(a.p2p_address, pin, "keypad")
    return await together(lab, find, since, c, pin, "keypad")


@flow("negotiated_pin")
async def asked_to_type(lab: Lab) -> Figures:
    """It calls and shows a PIN: typing it is our user's yes."""
    a, c = lab.a, lab.c
    find = await meet(a, c)
    since = time.monotonic()
    pin = await c.connect(a.p2p_address, "pin", "display")
    status = await asked(a, c)
    assert status.raw["pin_wanted"], status.raw
    await a.command("pin", "--pin-stdin", typed=pin + "\n")
    return await together(lab, find, since, c, pin, "display")


async def there_shown(phone: Bare, node: Node, since: float) -> str:
    return (await phone.heard(rf"P2P-PROV-DISC-SHOW-PIN {node.p2p_address} (\d{{8}})", since))[1]


# groups that somebody owns before


async def hosted(lab: Lab, *words: str) -> Group:
    since = time.monotonic()
    await lab.a.command("host", *words)
    group = await lab.a.grouped(since)
    await lab.a.in_state("hosting", limit=60)
    return group


async def member(lab: Lab, phone: Bare, told: float, group: Group) -> Figures:
    """The phone is in our group, with a row of its own."""
    figures = await linked(None, told, lab.a, phone, group)

    async def listed() -> bool:
        return phone.host in [member["name"] for member in await members(lab.a)]

    await until(f"{phone.host} has a row", listed, 45)
    return figures


async def let_in(lab: Lab, phone: Bare, group: Group) -> Figures:
    """The phone asks, our user accepts, then the phone joins: wpa_supplicant 2.10 gives up an owner that is slow to let it in.

    On the group's channel, that is: on all of them it cannot look for a group at all where the radio knows 6 GHz.
    """
    await phone.ask_for(lab.a.p2p_address, "pbc", join=True)
    await asked(lab.a, phone)
    await lab.a.press("Accept")
    await lab.a.in_state("hosting", limit=30)
    told = time.monotonic()
    await phone.connect(lab.a.p2p_address, join=True, frequency=group.frequency)
    return await member(lab, phone, told, group)


async def members(node: Node) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(await node.command("members", "--json"))
    return found


@flow("owner_button", OWNERS)
async def hosting_button(lab: Lab) -> Figures:
    """We own a group; it asks to join by push button, our user accepts."""
    a, c = lab.a, lab.c
    group = await hosted(lab)
    await c.find()
    await until(f"{c.name} sees {a.host}", lambda: sees(c, a), 90)
    figures = await let_in(lab, c, group)
    await apart(lab, c)
    return figures


@flow("owner_shows", OWNERS)
async def hosting_showing(lab: Lab) -> Figures:
    """We own a group and show a PIN to the one that asks to type it."""
    a, c = lab.a, lab.c
    group = await hosted(lab)
    await c.find()
    await until(f"{c.name} sees {a.host}", lambda: sees(c, a), 90)
    await c.stop_find()  # or it would still be scanning for others when it is to look for the group
    await c.ask_for(a.p2p_address, "display", join=True)
    await asked(a, c)
    await a.press("Accept")
    pin = await shown_pin(a)
    told = time.monotonic()
    await c.connect(a.p2p_address, pin, "keypad", join=True, frequency=group.frequency)
    figures = await member(lab, c, told, group)
    await apart(lab, c)
    return figures


@flow("client_shows", OWNERS)
async def hosting_typing(lab: Lab) -> Figures:
    """We own a group; the one that asks shows a PIN, which our user types."""
    a, c = lab.a, lab.c
    group = await hosted(lab)
    await c.find()
    await until(f"{c.name} sees {a.host}", lambda: sees(c, a), 90)
    since = time.monotonic()
    await c.ask_for(a.p2p_address, "keypad", join=True)
    pin = await there_shown(c, a, since)
    status = await asked(a, c)
    assert status.raw["pin_wanted"], status.raw
    await a.type_in("PIN", pin)
    await a.press("Accept")
    await a.in_state("hosting", limit=30)
    told = time.monotonic()
    await c.connect(a.p2p_address, pin, "display", join=True, frequency=group.frequency)
    figures = await member(lab, c, told, group)
    await apart(lab, c)
    return figures


@flow("invited", OWNERS)
async def hosting_inviting(lab: Lab) -> Figures:
    """We own a group and invite."""
    a, c = lab.a, lab.c
    group = await hosted(lab)
    await c.find()
    await a.command("seek")
    await until(f"{a.name} lists {c.host}", lambda: row(a, c.host), 120)
    told = time.monotonic()
    await a.command("invite", c.host)
    await c.heard(f"P2P-INVITATION-RECEIVED .*go_dev_addr={a.p2p_address}", told)
    await c.connect(a.p2p_address, join=True, frequency=group.frequency)
    figures = await member(lab, c, told, group)
    await apart(lab, c)
    return figures


@flow("owner_button", OWNERS)
async def joining_button(lab: Lab) -> Figures:
    """It owns a group, we join by push button."""
    a, c = lab.a, lab.c
    group = await c.group_add()
    find = await meet(a, c, group)
    since = time.monotonic()
    await a.command("connect", c.host, "--method", "push-button")
    await c.heard(f"P2P-PROV-DISC-PBC-REQ {a.p2p_address}", since)
    await c.let_in(group)
    return await joined(lab, find, since, group)


@flow("owner_shows", OWNERS)
async def joining_typing(lab: Lab) -> Figures:
    """It owns a group and shows a PIN, which our user types."""
    a, c = lab.a, lab.c
    group = await c.group_add()
    find = await meet(a, c, group)
    since = time.monotonic()
    await a.command("connect", c.host, "--method", "enter-pin")
    pin = await there_shown(c, a, since)
    await c.let_in_with(group, pin)
    await a.in_state("entering", limit=30)
    await a.command("pin", "--pin-stdin", typed=pin + "\n")
    return await joined(lab, find, since, group)


@flow("client_shows", OWNERS)
async def joining_showing(lab: Lab) -> Figures:
    """It owns a group, we join with a PIN that we show."""
    a, c = lab.a, lab.c
    group = await c.group_add()
    find = await meet(a, c, group)
    since = time.monotonic()
    await a.command("connect", c.host, "--method", "show-pin")
    await c.let_in_with(group, await shown_pin(a))
    return await joined(lab, find, since, group)


@flow("invited", OWNERS)
async def invited_by(lab: Lab) -> Figures:
    """It owns a group and invites us."""
    a, c = lab.a, lab.c
    find = await meet(a, c)
    group = await c.group_add()
    since = time.monotonic()
    await c.invite(a.p2p_address, group)
    await asked(a, c)
    await c.let_in(group)
    await a.press("Accept")
    return await joined(lab, find, since, group)


async def joined(lab: Lab, find: float, since: float, group: Group) -> Figures:
    a, c = lab.a, lab.c
    order = (await until("an order", lambda: ordered(a, since), 90))[0].at
    figures, _ = await asyncio.gather(linked(find, order, c, a, group), lab.linked(a, 200))
    await apart(lab, c)
    return figures


async def ordered(node: Node, since: float) -> list[Any]:
    return node.orders(since)


@flow("owner_button", OWNERS)
async def hosting_one_of_two(lab: Lab) -> Figures:
    """Two phones push their buttons at the same time: only the one that was accepted comes in."""
    a, c, d = lab.a, lab.c, lab.d
    assert c is not d, "this needs a second phone"
    group = await hosted(lab)
    for phone in (c, d):
        await phone.find()
        await until(f"{phone.name} sees {a.host}", lambda phone=phone: sees(phone, a), 90)  # type: ignore[misc]
    await c.ask_for(a.p2p_address, "pbc", join=True)
    await asked(a, c)
    await a.press("Accept")
    await a.in_state("hosting", limit=30)
    told = time.monotonic()
    await d.connect(a.p2p_address, join=True, frequency=group.frequency)
    await c.connect(a.p2p_address, join=True, frequency=group.frequency)
    figures = await member(lab, c, told, group)
    await asyncio.sleep(15)  # nothing is to happen
    assert [member["name"] for member in await members(a)] == [c.host], "the rows"
    assert not any("P2P-GROUP-STARTED" in event.text for event in d.since(told)), "nobody let that one in"
    await d.end()
    await apart(lab, c)
    return figures


@flow("several", OWNERS)
async def hosting_several(lab: Lab) -> Figures:
    """Our own kind and a phone in one group of ours, each with its own row; sent out one after the other."""
    a, b, c = lab.a, lab.b, lab.c
    group = await hosted(lab)
    await b.command("seek")
    await until(f"{b.name} lists {a.host}", lambda: row(b, a.host), 120)
    since = time.monotonic()
    await b.command("connect", a.host, "--method", "push-button")
    await a.in_state("asked", limit=60)
    await a.press("Accept")
    theirs = await b.grouped(since)
    await lab.linked(b, 200)
    await exchange(a, group.interface, b, theirs.interface)
    await c.find()
    await until(f"{c.name} sees {a.host}", lambda: sees(c, a), 90)
    figures = await let_in(lab, c, group)
    rows = await members(a)
    assert {member["name"] for member in rows} == {b.host, c.host}, rows
    for one in rows:
        say("member", **one)
    sent = time.monotonic()
    await a.command("expel", c.host)
    await c.heard("P2P-GROUP-REMOVED", sent)
    await exchange(a, group.interface, b, theirs.interface)
    assert [member["name"] for member in await members(a)] == [b.host], "the rows"
    await a.click(f"Disconnect {b.host}")
    await b.in_state("idle", limit=60)
    assert (await a.in_state("hosting", limit=10)).raw["members"] == [], "the rows"
    await a.click("End the group")
    await a.in_state("idle", limit=60)
    await asyncio.gather(*(node.clean(journeys.SETTLED) for node in lab.nodes))
    return figures


# settings


async def with_settings(lab: Lab, walk: Callable[[], Awaitable[Figures]], **changes: object) -> Figures:
    before = json.loads(await lab.a.command("settings", "--json"))
    await lab.a.command("settings", *(f"{name}={value}" for name, value in changes.items()))
    try:
        return await walk()
    finally:
        back = {name: "none" if before[name] is None else before[name] for name in changes}
        await lab.a.command("settings", *(f"{name}={value}" for name, value in back.items()))


@flow("negotiated_button")
async def weak_button(lab: Lab) -> Figures:
    """Push button, our intent 1 against 14: it owns the group."""
    return await with_settings(lab, lambda: against(lab, "push-button", 14), go_intent=1)


@flow("negotiated_pin")
async def weak_pin(lab: Lab) -> Figures:
    """PIN, our intent 1 against 15: it owns the group."""
    return await with_settings(lab, lambda: against(lab, "show-pin", 15), go_intent=1)


async def against(lab: Lab, method: str, theirs: int) -> Figures:
    a, c = lab.a, lab.c
    find = await meet(a, c)
    since = time.monotonic()
    await a.command("connect", c.host, "--method", method)
    pin = "pbc" if method == "push-button" else await shown_pin(a)
    what: Literal["", "keypad"] = "" if pin == "pbc" else "keypad"
    await c.heard(f"P2P-GO-NEG-REQUEST {a.p2p_address} .*go_intent=1$", since)
    await c.connect(a.p2p_address, pin, what, intent=theirs)
    figures = await together(lab, find, since, c, pin, what, intent=theirs)
    assert figures.owner == c.name, figures
    return figures


@flow("frequency")
async def on_5180(lab: Lab) -> Figures:
    """On 5180 MHz; refused with a sentence on a channel with radar, and in a country that forbids it."""

    async def here() -> Figures:
        a, c = lab.a, lab.c
        find = await meet(a, c)
        since = time.monotonic()
        await a.command("connect", c.host, "--method", "push-button")
        await c.heard(f"P2P-GO-NEG-REQUEST {a.p2p_address}", since)
        await c.connect(a.p2p_address)
        figures = await together(lab, find, since, c)
        assert figures.frequency == 5180, figures
        return figures

    figures = await with_settings(lab, here, frequency=5180)
    await with_settings(lab, lambda: forbidden(lab, figures), frequency=5300)
    await asyncio.to_thread(shell, "regulation", FORBIDS_5180)
    try:
        await with_settings(lab, lambda: forbidden(lab, figures), frequency=5180)
    finally:
        await asyncio.to_thread(shell, "regulation", HERE)
    return figures


async def forbidden(lab: Lab, figures: Figures) -> Figures:
    a, c = lab.a, lab.c
    await meet(a, c)
    since = time.monotonic()
    try:
        await a.command("connect", c.host, "--method", "push-button", "--wait")
    except Failed as failed:
        say("refused", seconds=time.monotonic() - since, says=failed.said)
    status = await a.in_state("idle", limit=30)
    assert status.failure and status.failure.endswith("channel-forbidden"), status
    await a.clean(journeys.SETTLED)
    return figures


@flow("remembered", OWNERS)
async def formed_again(lab: Lab) -> Figures:
    """A group that both remember is formed again with no WPS."""
    a, c = lab.a, lab.c
    await c.come_back()
    await meet(a, c)
    since = time.monotonic()
    await a.command("connect", c.host, "--method", "push-button", "--remember")
    await c.heard(f"P2P-GO-NEG-REQUEST {a.p2p_address}", since)
    await c.connect(a.p2p_address, persistent=True)
    await together(lab, None, since, c, forget=False, persistent=True)
    assert await c.remembered(), "the phone has forgotten"
    find = await meet(a, c)
    listed = await row(a, c.host)
    assert listed and listed["remembered"], listed
    since = time.monotonic()
    await a.command("connect", c.host, "--method", "push-button")
    figures = await together(lab, find, since, c)
    assert not c.had_wps(since), "there was WPS"
    return figures


# two of our own


@flow("negotiated_pin", ("beside", "alone", "root"))
async def own_pin(lab: Lab) -> Figures:
    """Two applets: nobody types a PIN, it travels in the sealed conversation; the link's details say that there was one."""
    a, b = lab.nodes
    since = time.monotonic()
    linked_as = await lab.link(a, b)
    here, there = await asyncio.gather(a.grouped(since), b.grouped(since))
    pong = await exchange(a, here.interface, b, there.interface)
    statuses = await asyncio.gather(lab.pongs(a, 3), lab.pongs(b, 3))
    for status in statuses:
        assert status.raw["link"]["pin"], status.raw["link"]
    say("linked", **asdict(linked_as), a=statuses[0].raw["link"], b=statuses[1].raw["link"])
    await lab.disconnect(a)
    return Figures(linked_as.find, linked_as.form, pong, a.name if here.owner else b.name, here.frequency)


# --- running ---


async def walk_by_hand(lab: Lab, name: str) -> bool:
    started = time.monotonic()
    try:
        row: dict[str, Any] = {"ok": True, **asdict(await BY_HAND[name](lab.d, lab.c, lab.e))}
    except Exception as error:  # whatever it was, the next flow is still worth walking
        row = {"ok": False, "why": f"{type(error).__name__}: {error}"}
        traceback.print_exc(file=sys.stdout)
        talk(lab, started)
    result(name, {"by": "wpa_cli", **row})
    for phone in lab.phones:
        await phone.end()
    return bool(row["ok"])


async def walk(lab: Lab, name: str) -> bool:
    say(f"=== {name}")
    started = time.monotonic()
    try:
        await lab.ready()
        row: dict[str, Any] = {"ok": True, **asdict(await FLOWS[name].walk(lab))}
    except Exception as error:  # whatever it was, the next flow is still worth walking
        row = {"ok": False, "why": f"{type(error).__name__}: {error}"}
        traceback.print_exc(file=sys.stdout)
        await journeys.evidence(lab, name)
        talk(lab, started)
    result(name, {"by": "applet", "shape": lab.a.shape, "seconds": time.monotonic() - started, **row})
    return bool(row["ok"])


def talk(lab: Lab, since: float) -> None:
    for phone in lab.phones:
        for event in phone.since(since):
            say(f"{phone.name} {event.at - since:.2f} {event.interface} {event.text}")


async def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join([*BY_HAND, *FLOWS]))
    parser.add_argument("--count", type=int, default=1, metavar="N", help="walk each flow of the applet so often")
    options = parser.parse_args()
    known = {**BY_HAND, **FLOWS}
    if unknown := set(options.names) - set(known):
        parser.error(f"no flow {unknown}")
    there = (LAB / "nodes").read_text().split()
    phones = {name: await Bare.open(name) for name in "CDE" if name in there}
    a = await Node.open("A")
    lab = Lab(a, await Node.open("B") if "B" in there else a, *(phones.get(name, phones["C"]) for name in "CDE"))
    names = options.names or [name for name, flow in FLOWS.items() if lab.a.shape in flow.shapes]
    good = True
    if len(phones) > 1:
        for name in dict.fromkeys(FLOWS[name].beside if name in FLOWS else name for name in names):
            good &= await walk_by_hand(lab, name)
    for name in [name for _ in range(options.count) for name in names if name in FLOWS]:
        good &= await walk(lab, name)
    for node in lab.nodes:
        if node.applet is not None and node.applet.poll() is None:
            await node.kill_applet()
    return 0 if good else 1


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    sys.exit(asyncio.run(main()))
