"""What may be typed: the options that start an applet, and the verbs with their arguments."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from .. import __version__
from .exits import USAGE, Failed

METHODS = {"push-button": "pbc", "show-pin": "display", "enter-pin": "keypad"}  # as one says it, and as D-Bus does


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise Failed(USAGE, f"{message} (see nearby-tray --help)")


def parser(words: Sequence[str]) -> argparse.ArgumentParser:
    """For these words: the verbs are left out where there can be none: they take 10 ms to make."""
    parser = _Parser(
        prog="nearby-tray",
        allow_abbrev=False,
        description="Link two Linux machines directly over Wi-Fi Direct. Without a command: start the applet, or show the one that runs.",
        epilog="Exit status: 0 done, 1 not possible, 2 wrong usage, 3 no applet is running, 4 no session bus.",
    )
    parser.add_argument("--version", action="version", version=f"nearby-tray {__version__}")
    parser.add_argument("--background", action="store_true", help="start in the tray, without opening a window")
    parser.add_argument("--activated", action="store_true", help=argparse.SUPPRESS)  # what the bus starts, with --background
    parser.add_argument("--headless", action="store_true", help="start without tray and windows; use the commands below")
    parser.add_argument("--demo", action="store_true", help="the real interface on simulated radios, with a simulated neighbour")
    parser.add_argument("--once", action="store_true", help="with --demo: walk through a whole link by itself, then end")
    parser.add_argument("--screenshots", metavar="DIR", type=Path, help="with --demo --once: save a picture of each step there")
    parser.add_argument("--log-level", choices=("debug", "info", "warning", "error"), help="how much to say on stderr (default: as set)")
    if all(word.startswith("--") and word != "--help" for word in words):
        parser.set_defaults(verb=None)
        return parser
    verbs = parser.add_subparsers(dest="verb", metavar="command", parser_class=_Parser)

    def verb(name: str, help: str, *, answers: bool = False) -> argparse.ArgumentParser:
        made: argparse.ArgumentParser = verbs.add_parser(name, help=help, description=help[0].upper() + help[1:] + ".", allow_abbrev=False)
        if answers:
            made.add_argument("--json", action="store_true", help="for programs: one JSON value")
        return made

    verb("status", "say what is going on", answers=True)
    peers = verb("peers", "list the computers found", answers=True)
    peers.add_argument("--names", action="store_true", help="only what “connect” can be given, one a line (for completion)")
    verb("seek", "look for computers nearby")
    connect = verb("connect", "ask a computer for a link, looking for it first if needed", answers=True)
    connect.add_argument("name", metavar="NAME", help="its name, or its id from peers --json")
    connect.add_argument(
        "--method", choices=tuple(METHODS), help="for a machine without Nearby Tray, which is not verified: what this computer does"
    )
    connect.add_argument("--remember", action="store_true", help="with --method: remember the group, so that it can be formed again")
    match = verb("match", "say that the other computer, which this one asks, shows the same code", answers=True)
    match.set_defaults(pin_stdin=False)
    accept = verb("accept", "accept the request for a link, or allow what a program asks for", answers=True)
    for each, what in ((match, "the six digits on both screens"), (accept, "the six digits, or the id that status --json has")):
        each.add_argument("code", metavar="CODE", nargs="*", help=f"{what}; without it you are asked, on a terminal only")
    for each in (connect, match, accept):
        each.add_argument("--trust", action="store_true", help="trust it: no code next time, if the other side trusts this computer too")
    pin = verb("pin", "enter the PIN that the other machine shows; it is read from the terminal, never an argument", answers=True)
    for each in (connect, accept, pin):
        each.add_argument("--pin-stdin", action="store_true", help="read the PIN from standard input instead")
    for each in (connect, match, accept, pin):
        each.add_argument("--wait", action="store_true", help="wait until linked, or until it did not work")
    verb("decline", "decline the request for a link, or what a program asks for; while hosting, take back that somebody may come in")
    host = verb("host", "own a group that phones, TVs and other computers can join", answers=True)
    host.add_argument("--remember", action="store_true", help="remember the group: who was in it can come back")
    invite = verb("invite", "invite a machine into the group, looking for it first if needed")
    invite.add_argument("name", metavar="NAME", help="its name, or its id from peers --json")
    invite.add_argument("--wait", action="store_true", help="wait until it has joined, or has not")
    expel = verb("expel", "send a member out of the group")
    expel.add_argument("name", metavar="MEMBER", help="its name, id or address from members --json")
    members = verb("members", "list the members of the group", answers=True)
    members.add_argument("--names", action="store_true", help="only what “expel” can be given, one a line (for completion)")
    verb("disconnect", "end the link or the group, or stop whatever is going on")
    settings = verb("settings", "show the settings, or change some of them", answers=True)
    settings.add_argument("changes", metavar="KEY=VALUE", nargs="*", help="for example visibility=trusted or port=47476")
    verb("quit", "end the applet")
    for name, help in (
        ("install-desktop", "make the desktop know the applet: menu entry, icons, D-Bus service, manual, completion"),
        ("uninstall-desktop", "take away what install-desktop has put there, unless it was changed since"),
    ):
        which = verb(name, help).add_mutually_exclusive_group()
        which.add_argument("--user", action="store_true", help="for this user, in ~/.local/share (the default, unless you are root)")
        which.add_argument("--system", action="store_true", help="for everybody, in /usr/local/share, with the firewalld zone; needs root")
    doctor = verb("doctor", "look for what keeps this computer from linking, with or without an applet", answers=True)
    doctor.add_argument("--bundle", metavar="FILE", type=Path, help="also save a report for support there, with names and addresses masked")
    return parser
