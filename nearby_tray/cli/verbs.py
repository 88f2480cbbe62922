"""The verbs that the running applet carries out."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress

from ..core import pin as pins
from ..core.model import Method, Stage
from ..status import ListedPeer, Status, StatusMember, StatusPeer
from ..tasks import outcome
from ..ui.text.pins import pin_problem, tries_words
from .arguments import METHODS
from .exits import NOT_POSSIBLE, OK, USAGE, Failed, one_line
from .lines import code_words, grouped, match_words, member_line, names, peer_line, plain, show, status_lines, who, why, wish_line
from .remote import Remote, applet, understood
from .terminal import Keys, forget_typed, is_terminal, typing_place

FIND = 35.0  # seconds until a peer is found; the applet itself looks for 30
LINK = 300.0  # seconds until a link, with all its tries
END = 20.0  # seconds until a link or the applet has ended


async def say(wanted: argparse.Namespace) -> int:
    async with applet() as remote:
        return await VERBS[wanted.verb](remote, wanted)


async def _status(remote: Remote, wanted: argparse.Namespace) -> int:
    status, autostart = await remote.status(), None
    with suppress(Failed):  # an applet of an earlier version does not know it
        autostart = remote.said["autostart"] = await remote.ask("Autostart")
    show(remote.said, wanted.json, lambda _: status_lines(status, autostart))
    return OK


async def _peers(remote: Remote, wanted: argparse.Namespace) -> int:
    said = await remote.ask("Peers")
    peers = understood(said, list[ListedPeer])
    if wanted.names:
        for name in names([peer for peer in peers if peer.reachable or peer.on_wifi], peers):
            print(name)
    elif not (wanted.json or peers):
        looking = (await remote.status()).state is Stage.SEEKING
        print("Nobody found yet." if looking else "Nobody is looked for now; start with: nearby-tray seek")
    else:
        show(said, wanted.json, lambda _: [peer_line(peer.peer()) for peer in peers])
    return OK


async def _seek(remote: Remote, _: argparse.Namespace) -> int:
    await remote.ask("Seek")
    print("Looking for computers nearby. See them with: nearby-tray peers")
    return OK


async def _connect(remote: Remote, wanted: argparse.Namespace) -> int:
    if wanted.pin_stdin and wanted.method != "enter-pin":
        raise Failed(USAGE, "--pin-stdin needs --method enter-pin.")
    if wanted.remember and wanted.method is None:
        raise Failed(USAGE, "--remember needs --method; for a computer with Nearby Tray say --trust.")
    if wanted.trust and wanted.method is not None:
        raise Failed(USAGE, "--trust is for a computer with Nearby Tray; of a group say --remember.")
    if (await remote.status()).state in (Stage.IDLE, Stage.SEEKING):
        await _seen(remote, wanted.name, on_wifi=wanted.method is not None)
    if wanted.method is None:
        await remote.ask("Connect", "s", wanted.name)
    else:
        await remote.ask("ConnectBy", "ssb", wanted.name, METHODS[wanted.method], wanted.remember)
    # The code is known once keys are agreed; a trusted peer needs none and may be further already.
    said = await remote.follow(lambda status: status.state not in (Stage.SEEKING, Stage.ASKING) or bool(status.code), FIND)
    if said.state is Stage.IDLE:
        raise Failed(NOT_POSSIBLE, why(said) or "It did not work.")
    if said.state is Stage.ASKING and not wanted.json:
        code = one_line(said.code)
        if not said.needs_code:
            print("Asked.", flush=True)
        elif not (wanted.wait and is_terminal()):  # there it is said with the question
            print(f"Both screens must show the code {code}. If they do: nearby-tray match {''.join(code.split())}", flush=True)
    return await _until_linked(remote, said, wanted)


async def _seen(remote: Remote, name: str, *, on_wifi: bool) -> None:
    """Look until the machine of this name is found, or for `FIND` seconds; `on_wifi`: a plain peer will do."""
    said = await remote.status()
    if said.state is not Stage.SEEKING:
        await remote.ask("Seek")
        said = await remote.status()

    def found(status: Status) -> bool:
        here = [peer for peer in status.peers if peer.reachable or (on_wifi and peer.on_wifi)]
        return status.state is not said.state or any(_is_meant(name, peer) for peer in here)

    try:
        seen = await remote.follow(found, FIND)
    except Failed as failed:
        if failed.status != NOT_POSSIBLE:
            raise
        return  # the applet says which computers it knows
    if seen.state is Stage.IDLE:
        raise Failed(NOT_POSSIBLE, why(seen) or "Nobody answered.")


def _is_meant(wanted: str, peer: StatusPeer) -> bool:
    """As the applet itself understands a name; it has the last word."""
    wanted = wanted.strip()
    return wanted == peer.id or wanted.casefold() == peer.name.casefold()


async def _accept(remote: Remote, wanted: argparse.Namespace) -> int:
    said = await remote.status()
    if said.state is Stage.ASKED and said.pin_wanted:
        return await _pin(remote, wanted)
    if wanted.pin_stdin:
        raise Failed(NOT_POSSIBLE, "No PIN is wanted to accept this request.")
    wish = said.wish if said.state is not Stage.ASKED else None
    if said.state is not Stage.ASKED and wish is None:
        raise Failed(NOT_POSSIBLE, "Nobody asks for a link.")
    if wish is not None:
        question, words = wish.id, f"{wish_line(wish.wish())} Allow it?"
    else:
        question, words = said.question, f"{who(said)} asks for a link. {code_words(said)} Accept?"
    await remote.ask("AcceptRequest", "sb", _named(wanted, "accept", said) or await _confirmed(remote, question, words), wanted.trust)
    return await _until_linked(remote, await remote.status(), wanted, admitted=said.peer)


async def _match(remote: Remote, wanted: argparse.Namespace) -> int:
    said = await remote.status()
    if said.state is not Stage.ASKING:
        raise Failed(NOT_POSSIBLE, "No computer is being asked.")
    question = _named(wanted, "match", said)
    if not question:
        if not said.may_match:
            await remote.ask("Match", "sb", said.question, wanted.trust)  # the applet says why not
        question = await _confirmed(remote, said.question, match_words(said))
    await remote.ask("Match", "sb", question, wanted.trust)
    return await _until_linked(remote, await remote.status(), wanted)


def _named(wanted: argparse.Namespace, verb: str, said: Status) -> str:
    """The question named on the command line; empty where a person at the terminal can be asked. `Failed` in a pipe."""
    if not wanted.code and not is_terminal():
        code = said.code if said.needs_code else None
        raise Failed(USAGE, f"Say which request: nearby-tray {verb} {'CODE' if code else 'ID'} (see nearby-tray status --json).")
    return " ".join(wanted.code)


async def _confirmed(remote: Remote, question: str, words: str) -> str:
    """The question, when the user says yes to it on the terminal. `Failed` otherwise, and when it is not asked any more."""

    def is_over(status: Status) -> bool:
        return question not in (status.question, status.wish.id if status.wish is not None else None)

    handle = sys.stdin.fileno()
    keys = Keys(handle, True)
    forget_typed(handle)
    print(f"{words} [y/N] ", end="", file=sys.stderr, flush=True)
    over = outcome(remote.follow(is_over, LINK), "the question is over")
    line = outcome(keys.line("", hidden=False), "a yes or no")
    try:
        await asyncio.wait([over, line], return_when=asyncio.FIRST_COMPLETED)
        if not line.done():
            print(file=sys.stderr)
            raise Failed(NOT_POSSIBLE, "That is not asked any more.")
        if (line.result() or "").strip().casefold() not in ("y", "yes"):
            raise Failed(NOT_POSSIBLE, "Not answered.")
        return question
    finally:
        over.cancel()
        line.cancel()
        await asyncio.wait([over, line])


async def _pin(remote: Remote, wanted: argparse.Namespace) -> int:
    said = await remote.status()
    if not said.pin_wanted:
        raise Failed(NOT_POSSIBLE, "No PIN is wanted now.")
    admitted = said.peer
    with typing_place(wanted.pin_stdin) as keys:
        if keys is None:
            raise Failed(NOT_POSSIBLE, f"{who(said)} shows a PIN, and there is no terminal to type it at; give it with --pin-stdin.")
        said = await _typed(remote, said, keys)
        return await _until_linked(remote, said, wanted, admitted=admitted, keys=keys)


async def _typed(remote: Remote, said: Status, keys: Keys) -> Status:
    """Have the PIN typed and handed on, unless it is not wanted any more; the status after that."""

    def is_over(status: Status) -> bool:
        return not status.pin_wanted or status.tries_left != said.tries_left

    wrong = tries_words(said.snapshot())
    prompt = f"PIN that {who(said)} shows: "
    if wrong:
        keys.say(f"The PIN was wrong. {wrong}\n")
    over = outcome(remote.follow(is_over, LINK), "follow")
    try:
        while True:
            line = outcome(keys.line(prompt), "type")
            try:
                await asyncio.wait([over, line], return_when=asyncio.FIRST_COMPLETED)
            finally:
                if not line.done():
                    line.cancel()
                    await asyncio.wait([line])
            if line.cancelled() or over.done():
                keys.say("\n")
                return await over
            typed = line.result()
            if typed is None:
                raise Failed(NOT_POSSIBLE, "No PIN was given.")
            problem = pin_problem(typed)
            if pins.valid(typed) is not None:
                await remote.ask("EnterPinFor", "ss", said.question, typed)
                return await over
            problem = problem or f"A PIN has {pins.SIZE} digits."
            if not keys.terminal:
                raise Failed(NOT_POSSIBLE, problem)
            keys.say(f"{problem}\n")
    finally:
        over.cancel()
        await asyncio.wait([over])


async def _until_linked(
    remote: Remote, said: Status, wanted: argparse.Namespace, *, admitted: StatusPeer | None = None, keys: Keys | None = None
) -> int:
    """Say what has to be done on the other machine and, with `--wait`, see it through. `admitted`: the machine that was let in."""
    with typing_place(wanted.pin_stdin, keys) as keys:
        told: object = None
        while True:
            hint = None
            if said.pin_wanted and keys is not None:
                said = await _typed(remote, said, keys)
                continue
            if wanted.wait and wanted.verb == "connect" and said.may_match and is_terminal():
                question = await _confirmed(remote, said.question, match_words(said))
                await remote.ask("Match", "sb", question, wanted.trust)
                said = await remote.status()
                continue
            if said.pin_wanted:
                hint = f"{who(said)} shows a PIN. Enter it with: nearby-tray pin"
            elif said.pin is not None:
                hint = f"Type this PIN on {who(said)}: {grouped(said.pin)}"
            elif said.state is Stage.FORMING and not said.verified and said.method is Method.PBC and admitted is None:
                hint = f"On {who(said)}, open Wi-Fi Direct in its settings, keep that page open, and accept."
            if hint is not None and hint != told and not wanted.json:
                print(hint, flush=True)
            told = hint or told
            if not wanted.wait or _is_settled(said):
                break

            def here(status: Status) -> tuple[object, ...]:
                return status.pin, status.pin_wanted, status.tries_left, status.may_match, status.state

            def moved(status: Status, before: tuple[object, ...] = here(said)) -> bool:
                return here(status) != before or _is_settled(status)

            said = await remote.follow(moved, LINK)
    if wanted.json:
        show(remote.said, True, list)
    if wanted.wait and said.state is not Stage.LINKED and not _has_joined(said, admitted):
        raise Failed(NOT_POSSIBLE, why(said) or "It did not work.")
    if wanted.wait and not wanted.json:
        show(said, False, status_lines)
    return OK


def _is_settled(status: Status) -> bool:
    """True if linked, ended, or hosting a group with no peer about to join."""
    return status.state in (Stage.LINKED, Stage.IDLE) or (status.state is Stage.HOSTING and status.peer is None)


def _has_joined(status: Status, admitted: StatusPeer | None) -> bool:
    return admitted is not None and any(admitted.id in (member.id, member.address) for member in status.members)


async def _host(remote: Remote, wanted: argparse.Namespace) -> int:
    await remote.ask("Host", "b", wanted.remember)
    said = await remote.follow(lambda status: status.state is Stage.IDLE or bool(status.interface), LINK)
    if said.state is Stage.IDLE:
        raise Failed(NOT_POSSIBLE, why(said) or "It did not work.")
    show(remote.said, wanted.json, lambda _: status_lines(said))
    return OK


async def _invite(remote: Remote, wanted: argparse.Namespace) -> int:
    said = await remote.status()
    if said.state is Stage.HOSTING and said.peer is None:
        await _seen(remote, wanted.name, on_wifi=True)
    await remote.ask("Invite", "s", wanted.name)
    said = await remote.status()
    admitted = said.peer
    print(f"Invited {who(said)}: open Wi-Fi Direct in its settings, and accept.", flush=True)
    if wanted.wait:
        said = await remote.follow(_is_settled, LINK)
        if not _has_joined(said, admitted):
            raise Failed(NOT_POSSIBLE, why(said) or "It did not join.")
    return OK


async def _expel(remote: Remote, wanted: argparse.Namespace) -> int:
    before = await remote.ask("Members")
    await remote.ask("Expel", "s", wanted.name)
    count = len(before) if isinstance(before, list) else 0
    await remote.follow(lambda status: len(status.members) < count or status.state is Stage.IDLE, END)
    return OK


async def _members(remote: Remote, wanted: argparse.Namespace) -> int:
    said = await remote.ask("Members")
    members = understood(said, list[StatusMember])
    if wanted.names:
        for name in names(members, members):
            print(name)
    elif not (wanted.json or members):
        hosting = (await remote.status()).state in (Stage.HOSTING, Stage.ASKED)
        print("Nobody is in the group." if hosting else "There is no group of ours; begin one with: nearby-tray host")
    else:
        show(said, wanted.json, lambda _: [member_line(member.member()) for member in members])
    return OK


async def _decline(remote: Remote, _: argparse.Namespace) -> int:
    await remote.ask("Decline")
    return OK


async def _disconnect(remote: Remote, _: argparse.Namespace) -> int:
    await remote.ask("Disconnect")
    await remote.follow(lambda status: status.state is Stage.IDLE, END)
    return OK


async def _settings(remote: Remote, wanted: argparse.Namespace) -> int:
    if wanted.changes:
        changes: dict[str, object] = {}
        for words in wanted.changes:
            changes |= change(words)
        said = await remote.ask("ChangeSettings", "s", json.dumps(changes))
    else:
        said = await remote.ask("Settings")
    show(said, wanted.json, lambda settings: [f"{one_line(key)}={plain(value)}" for key, value in settings.items() if key != "version"])
    return OK


def change(text: str) -> dict[str, object]:
    """`port=2000` as the setting's name and its JSON value; `autostart=service` says two at once."""
    key, equals, value = text.partition("=")
    key = key.strip().replace("-", "_")
    if not equals or not key:
        raise Failed(USAGE, f"“{one_line(text)}” is not KEY=VALUE.")
    value = value.strip()
    if key == "name":
        return {key: value}
    if key == "language":  # “no” is Norwegian
        return {key: "" if value.casefold() == "system" else value}
    if key == "autostart" and value in ("entry", "service"):
        return {key: True, "autostart_by": value}
    words: dict[str, object] = {"on": True, "yes": True, "true": True, "off": False, "no": False, "false": False, "none": None, "": None}
    if value.casefold() in words:
        return {key: words[value.casefold()]}
    if value.isascii() and value.removeprefix("-").isdigit() and len(value) < 12:
        return {key: int(value)}
    return {key: value}


async def _quit(remote: Remote, _: argparse.Namespace) -> int:
    await remote.ask("Quit")
    await remote.ended(END)
    return OK


VERBS: dict[str, Callable[[Remote, argparse.Namespace], Awaitable[int]]] = {
    "status": _status,
    "peers": _peers,
    "seek": _seek,
    "connect": _connect,
    "match": _match,
    "accept": _accept,
    "pin": _pin,
    "decline": _decline,
    "host": _host,
    "invite": _invite,
    "expel": _expel,
    "members": _members,
    "disconnect": _disconnect,
    "settings": _settings,
    "quit": _quit,
}
