"""The command line: starts the applet, or says something to the one that runs and shows what it answers.

The rule: whatever is typed ends in an exit status and, when it did not work, one sentence on stderr: 0 done, 1 not possible, 2 wrong
usage, 3 no applet is running, 4 no session bus. A verb never starts an applet by itself, and `doctor` needs none. Nothing heavy is
imported until it is needed: a verb needs neither Qt nor bleak. What is printed for people is one thing a line, with names made
harmless; `--json` is for programs.
"""

from __future__ import annotations

import sys

# Nobody here speaks TLS, and asyncio would load OpenSSL for it: 3 MiB of every applet (measured). asyncio is made to do without.
sys.modules.setdefault("ssl", None)  # type: ignore[arg-type]

import argparse
import asyncio
import json
import os
from collections.abc import Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

from . import __version__
from .options import Options

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from .core.checks import Finding
    from .system.bus import Bus, Signal
    from .system.doctor import report

OK, NOT_POSSIBLE, USAGE, NO_APPLET, NO_BUS = range(5)
INTERRUPTED = 130

FIND = 35.0  # seconds until somebody is found; the applet itself looks for 30
LINK = 300.0  # seconds until a link, with all its tries
END = 20.0  # seconds until a link or the applet has ended

METHODS = {"push-button": "pbc", "show-pin": "display", "enter-pin": "keypad"}  # as one says it, and as D-Bus does

_OWN_ERRORS = "org.nearbytray.Error."


class Failed(Exception):
    """It ends here, with this exit status and sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; returns the exit status."""
    _open_streams()
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, ValueError, OSError):
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]  # a name must not break a terminal of another encoding
    try:
        status = _status_of(arguments)
        sys.stdout.flush()
        return status
    except BrokenPipeError:
        _give_up(sys.stdout)  # whoever read it has had enough
    except OSError as error:
        _complain(f"{_line(error.strerror or error)}{f' ({_line(error.filename)})' if error.filename else ''}.")
        _give_up(sys.stdout)
    return NOT_POSSIBLE


def _status_of(arguments: Sequence[str] | None) -> int:
    try:
        words = list(sys.argv[1:] if arguments is None else arguments)
        wanted = _parser(words).parse_args(words)
        if any("\0" in word or not _is_text(word) for word in words):
            raise Failed(USAGE, "The arguments are not text in this machine's encoding.")
        return _run(wanted)
    except Failed as failed:
        _complain(str(failed))
        return failed.status
    except SystemExit as ended:  # argparse: help, version, wrong usage
        return ended.code if isinstance(ended.code, int) else USAGE
    except KeyboardInterrupt:
        return INTERRUPTED


def _open_streams() -> None:
    """Give each standard stream that is closed a place, so that nothing that is opened later is taken for it."""
    for handle in range(3):
        try:
            os.fstat(handle)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:  # it was closed when the interpreter began
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode, encoding="utf-8"))


def _complain(sentence: str) -> None:
    """One sentence on standard error, if it can be written there."""
    try:
        print(f"nearby-tray: {sentence}", file=sys.stderr, flush=True)
    except (OSError, ValueError):
        _give_up(sys.stderr)


def _give_up(stream: TextIO) -> None:
    """Nothing more can be written there: the interpreter must not try again at its end."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise Failed(USAGE, f"{message} (see nearby-tray --help)")


def _parser(words: Sequence[str]) -> argparse.ArgumentParser:
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
        whom = verb(name, help).add_mutually_exclusive_group()
        whom.add_argument("--user", action="store_true", help="for this user, in ~/.local/share (the default, unless you are root)")
        whom.add_argument("--system", action="store_true", help="for everybody, in /usr/local/share, with the firewalld zone; needs root")
    doctor = verb("doctor", "look for what keeps this computer from linking, with or without an applet", answers=True)
    doctor.add_argument("--bundle", metavar="FILE", type=Path, help="also save a report for support there, with names and addresses masked")
    return parser


def _run(wanted: argparse.Namespace) -> int:
    starting = [
        f"--{name.replace('_', '-')}"
        for name in ("background", "activated", "headless", "demo", "once", "screenshots", "log_level")
        if getattr(wanted, name) not in (None, False)
    ]
    if wanted.verb is not None:
        if starting:
            raise Failed(USAGE, f"{starting[0]} starts an applet and does not go with “{wanted.verb}”.")
        if wanted.verb.endswith("-desktop") or wanted.verb == "doctor":
            _need_home()
        if wanted.verb.endswith("-desktop"):
            return _desktop(wanted)
        return asyncio.run(_doctor(wanted) if wanted.verb == "doctor" else _say(wanted))
    if wanted.once and not wanted.demo:
        raise Failed(USAGE, "--once needs --demo.")
    if wanted.screenshots is not None and not wanted.once:
        raise Failed(USAGE, "--screenshots needs --demo --once.")
    if wanted.headless and (wanted.demo or wanted.background):
        raise Failed(USAGE, f"--headless has no window, so it does not go with {'--demo' if wanted.demo else '--background'}.")
    return _start(
        Options(
            headless=wanted.headless,
            background=wanted.background,
            activated=wanted.activated,
            demo=wanted.demo,
            once=wanted.once,
            screenshots=wanted.screenshots,
            log_level=wanted.log_level or ("warning" if wanted.once else None),
        )
    )


# --- starting ----------------------------------------------------------------------------------------------------------------


def _need_home() -> None:
    """What is kept belongs in the user's home folder, never into a folder called `~` somewhere else."""
    if not Path(os.path.expanduser("~")).is_absolute():  # noqa: PTH111 - `Path.home` raises
        raise Failed(NOT_POSSIBLE, "It cannot be told where this user's home folder is; set HOME.")


def _start(options: Options) -> int:
    _need_home()
    display = any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))
    # With a display the applet looks for another one itself, through Qt: quicker by what dbus-next takes to load.
    if not options.demo and (options.headless or not display) and asyncio.run(_show_running(options)):
        return OK
    if not options.headless and not display:
        if not options.once:
            raise Failed(NOT_POSSIBLE, "There is no graphical session here (neither WAYLAND_DISPLAY nor DISPLAY is set); try --headless.")
        os.environ["QT_QPA_PLATFORM"] = "offscreen"  # the walk needs nobody to look at it
        # nor what that platform cannot do
        os.environ.setdefault("QT_LOGGING_RULES", "default.warning=false;qt.core.qobject.connect.warning=false")
    try:
        from . import app

        return app.run(options)
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing in ("", "nearby_tray"):
            raise
        raise Failed(NOT_POSSIBLE, f"A part that Nearby Tray needs is not installed: {missing}.") from None


async def _show_running(options: Options) -> bool:
    """Whether there is an applet already; then its window comes up, unless this start was to be a quiet one."""
    try:
        async with _applet() as remote:
            if options.headless:
                raise Failed(NOT_POSSIBLE, "Nearby Tray is running already; “nearby-tray quit” ends it.")
            if not options.background:
                await remote.ask("Raise")
            print("Nearby Tray is running already.", file=sys.stderr)
            return True
    except Failed as failed:
        if failed.status in (NO_APPLET, NO_BUS):
            return False
        raise


def _desktop(wanted: argparse.Namespace) -> int:
    from .system import desktop

    if os.geteuid() == 0 and not (wanted.user or wanted.system):
        raise Failed(USAGE, "You are root: say --system (for everybody) or --user (for root alone).")
    installing = wanted.verb == "install-desktop"
    try:
        done = (desktop.install if installing else desktop.uninstall)(everybody=wanted.system)
    except desktop.Refused as refused:
        raise Failed(NOT_POSSIBLE, _line(refused)) from None
    except OSError as error:
        raise Failed(NOT_POSSIBLE, _line(f"{error.strerror or error} ({error.filename})")) from None
    print(f"{_line(done.base)}: {len(done.written)} files written, {len(done.removed)} removed, {done.same} as they should be.")
    for path in done.left:
        print(f"Left alone, because it is not ours or was changed: {_line(path)}")
    for note in done.notes:
        print(_line(note))
    if installing:
        print(f"The undo: nearby-tray uninstall-desktop{' --system' if wanted.system else ''}")
    return OK


# --- the doctor --------------------------------------------------------------------------------------------------------------


async def _doctor(wanted: argparse.Namespace) -> int:
    """Needs no applet, no display and no bus. NOT_POSSIBLE when a check has failed."""
    from .core.checks import as_json, has_failed
    from .settings import load, settings_path
    from .system.doctor.examination import examine
    from .system.doctor.machine import Machine

    settings, _ = load(settings_path())
    async with Machine(settings=settings) as machine:
        findings = await examine(machine)
    if wanted.bundle is not None:
        from .system.doctor import report

        content = report.text(findings, machine, await _applet_for_report())
        try:
            report.save(wanted.bundle, content)
        except FileExistsError:
            raise Failed(NOT_POSSIBLE, f"{_line(wanted.bundle)} exists already; a report takes no other file's place.") from None
        except OSError as error:
            raise Failed(NOT_POSSIBLE, f"The report cannot be saved: {_line(error.strerror or error)} ({_line(wanted.bundle)}).") from None
        print(f"Saved {_line(wanted.bundle)}; read it before you pass it on.", file=sys.stderr)
    _show(as_json(findings), wanted.json, lambda _: _doctor_lines(findings))
    return NOT_POSSIBLE if has_failed(findings) else OK


async def _applet_for_report() -> report.Applet | None:
    """What the running applet has to tell; `None` when there is none that does."""
    from .system.doctor import report

    with suppress(Failed):
        async with _applet() as remote:
            return report.Applet.of(await remote.status(), await remote.ask("Log"))
    return None


def _doctor_lines(findings: Sequence[Finding]) -> list[str]:
    from .ui import text

    lines = []
    for finding in findings:
        lines.append(f"{text.status_word(finding.status):<9}{text.tr(finding.title)}")
        words, command = finding.verdict.fix.words, finding.verdict.fix.command
        under = [text.said(sentence) for sentence in finding.verdict.evidence]
        under += [f"→ {text.said(words)}"] if words is not None else []
        under += [f"  {command}"] if command else []
        lines += [" " * 9 + line for line in under]
    return [*lines, text.summary(findings)]


# --- talking to the applet ----------------------------------------------------------------------------------------------------


class _Remote:
    """The applet that runs, by its unique name: a call must not make the bus start another one."""

    def __init__(self, bus: Bus, owner: str) -> None:
        self._bus, self._owner = bus, owner

    async def ask(self, member: str, signature: str = "", *body: object) -> Any:
        """Call a method of ours; an answer is JSON. Raises `Failed`."""
        from .system.bus import BusError, BusGone
        from .system.service import INTERFACE, PATH

        try:
            values = await self._bus.call(self._owner, PATH, INTERFACE, member, signature, *body)
        except BusGone:
            raise Failed(NO_BUS, "The session bus went away.") from None
        except BusError as error:
            if error.name.startswith(_OWN_ERRORS):
                raise Failed(NOT_POSSIBLE, _line(error.text)) from None
            if error.name.endswith((".NameHasNoOwner", ".ServiceUnknown")):
                raise Failed(NO_APPLET, "Nearby Tray has just ended.") from None
            raise Failed(NOT_POSSIBLE, f"Nearby Tray did not answer as it should: {_line(str(error))}") from None
        if not values:
            return None
        try:
            return json.loads(str(values[0]))
        except (ValueError, RecursionError):
            raise _not_understood() from None

    async def status(self) -> dict[str, Any]:
        said = await self.ask("Status")
        if not isinstance(said, dict) or not isinstance(said.get("state"), str):
            raise _not_understood()
        return said

    async def follow(self, done: Callable[[dict[str, Any]], bool], limit: float) -> dict[str, Any]:
        """The first status, from now on, that is as wanted. `Failed` when none comes within `limit` seconds."""
        from .system.bus import BusError, BusGone
        from .system.service import INTERFACE

        changed = asyncio.Event()

        def heard(_: Signal) -> None:
            changed.set()

        try:
            async with asyncio.timeout(limit):
                subscription = await self._bus.subscribe(heard, sender=self._owner, interface=INTERFACE, member="Changed")
                try:
                    while True:
                        changed.clear()
                        said = await self.status()
                        if done(said):
                            return said
                        with suppress(TimeoutError):
                            async with asyncio.timeout(2):  # an applet that has ended tells nobody
                                await changed.wait()
                finally:
                    subscription.cancel()
        except TimeoutError:
            raise Failed(NOT_POSSIBLE, f"Not within {limit:.0f} s.") from None
        except BusGone:
            raise Failed(NO_BUS, "The session bus went away.") from None
        except BusError as error:
            raise Failed(NOT_POSSIBLE, _line(str(error))) from None

    async def ended(self, limit: float) -> None:
        """Wait until the applet has left the bus."""
        from .system.bus import BusError, BusGone

        gone = asyncio.Event()
        try:
            async with asyncio.timeout(limit):
                await self._bus.watch_name(self._owner, lambda owner: None if owner else gone.set())
                await gone.wait()
        except TimeoutError:
            raise Failed(NOT_POSSIBLE, f"Nearby Tray has not ended within {limit:.0f} s.") from None
        except (BusError, BusGone):
            pass


@asynccontextmanager
async def _applet() -> AsyncIterator[_Remote]:
    from .system.asker import vouch
    from .system.bus import Bus, BusError, BusGone
    from .system.service import NAME

    try:
        bus = await Bus.connect("session")
    except BusGone:
        raise Failed(NO_BUS, "There is no session bus here (DBUS_SESSION_BUS_ADDRESS); log in on the desktop first.") from None
    try:
        try:
            owner = await bus.name_owner(NAME)
        except (BusError, BusGone) as error:
            raise Failed(NO_BUS, f"The session bus does not answer: {_line(str(error))}") from None
        if owner is None:
            raise Failed(NO_APPLET, "Nearby Tray is not running. Start it with: nearby-tray")
        vouch(bus.unique_name)
        yield _Remote(bus, owner)
    finally:
        await bus.close()


async def _say(wanted: argparse.Namespace) -> int:
    async with _applet() as remote:
        return await _VERBS[wanted.verb](remote, wanted)


async def _status(remote: _Remote, wanted: argparse.Namespace) -> int:
    said = await remote.status()
    with suppress(Failed):  # of an older version
        said["autostart"] = await remote.ask("Autostart")
    _show(said, wanted.json, _status_lines)
    return OK


async def _peers(remote: _Remote, wanted: argparse.Namespace) -> int:
    said = await remote.ask("Peers")
    if not isinstance(said, list):
        raise _not_understood()
    if wanted.names:
        for name in _names([peer for peer in said if isinstance(peer, dict)]):
            print(name)
        return OK
    if not wanted.json and said == []:
        state = (await remote.status())["state"]
        print("Nobody found yet." if state == "seeking" else "Nobody is looked for now; start with: nearby-tray seek")
        return OK
    _show(said, wanted.json, lambda peers: [_peer_line(peer) for peer in peers])
    return OK


async def _seek(remote: _Remote, _: argparse.Namespace) -> int:
    await remote.ask("Seek")
    print("Looking for computers nearby. See them with: nearby-tray peers")
    return OK


async def _connect(remote: _Remote, wanted: argparse.Namespace) -> int:
    if wanted.pin_stdin and wanted.method != "enter-pin":
        raise Failed(USAGE, "--pin-stdin needs --method enter-pin.")
    if wanted.remember and wanted.method is None:
        raise Failed(USAGE, "--remember needs --method; for a computer with Nearby Tray say --trust.")
    if wanted.trust and wanted.method is not None:
        raise Failed(USAGE, "--trust is for a computer with Nearby Tray; of a group say --remember.")
    if (await remote.status())["state"] in ("idle", "seeking"):
        await _seen(remote, wanted.name, on_wifi=wanted.method is not None)
    if wanted.method is None:
        await remote.ask("Connect", "s", wanted.name)
    else:
        await remote.ask("ConnectBy", "ssb", wanted.name, METHODS[wanted.method], wanted.remember)
    # The code is known once keys are agreed; whoever is remembered needs none and may be further already.
    said = await remote.follow(lambda status: status["state"] not in ("seeking", "asking") or bool(status.get("code")), FIND)
    if said["state"] == "idle":
        raise Failed(NOT_POSSIBLE, _why(said) or "It did not work.")
    if said["state"] == "asking" and not wanted.json:
        code = _line(said.get("code"))
        if not said.get("needs_code"):
            print("Asked.", flush=True)
        elif not (wanted.wait and _is_terminal()):  # there it is said with the question
            print(f"Both screens must show the code {code}. If they do: nearby-tray match {''.join(code.split())}", flush=True)
    return await _until_linked(remote, said, wanted)


async def _seen(remote: _Remote, name: str, *, on_wifi: bool) -> None:
    """Look until the machine of this name is found, or for a while; `on_wifi`: it need not answer with Nearby Tray."""
    said = await remote.status()
    if said["state"] != "seeking":
        await remote.ask("Seek")
        said = await remote.status()

    def found(status: dict[str, Any]) -> bool:
        here = [peer for peer in _rows(status) if peer.get("reachable") or (on_wifi and peer.get("on_wifi"))]
        return status["state"] != said["state"] or any(_is_meant(name, peer) for peer in here)

    try:
        seen = await remote.follow(found, FIND)
    except Failed as failed:
        if failed.status != NOT_POSSIBLE:
            raise
        return  # the applet says whom it knows instead
    if seen["state"] == "idle":
        raise Failed(NOT_POSSIBLE, _why(seen) or "Nobody answered.")


async def _accept(remote: _Remote, wanted: argparse.Namespace) -> int:
    said = await remote.status()
    if said["state"] == "asked" and said.get("pin_wanted"):
        return await _pin(remote, wanted)
    if wanted.pin_stdin:
        raise Failed(NOT_POSSIBLE, "No PIN is wanted to accept this request.")
    wish = said.get("wish") if said["state"] != "asked" else None
    if said["state"] != "asked" and not wish:
        raise Failed(NOT_POSSIBLE, "Nobody asks for a link.")
    if wish:
        question, words = str(wish.get("id", "")), f"{_wish_line(wish)} Allow it?"
    else:
        question, words = str(said.get("question", "")), f"{_who(said)} asks for a link. {_code_words(said)} Accept?"
    await remote.ask("AcceptRequest", "sb", _named(wanted, "accept", said) or await _confirmed(remote, question, words), wanted.trust)
    return await _until_linked(remote, await remote.status(), wanted, whom=said.get("peer"))


async def _match(remote: _Remote, wanted: argparse.Namespace) -> int:
    said = await remote.status()
    if said["state"] != "asking":
        raise Failed(NOT_POSSIBLE, "No computer is being asked.")
    question = _named(wanted, "match", said)
    if not question:
        if not said.get("may_match"):
            await remote.ask("Match", "sb", str(said.get("question", "")), wanted.trust)  # the applet says why not
        question = await _confirmed(remote, str(said.get("question", "")), _match_words(said))
    await remote.ask("Match", "sb", question, wanted.trust)
    return await _until_linked(remote, await remote.status(), wanted)


def _named(wanted: argparse.Namespace, verb: str, said: dict[str, Any]) -> str:
    """The question that the words on the command line name; empty where a person is there to be asked. `Failed` in a pipe."""
    if not wanted.code and not _is_terminal():
        code = said.get("code") if said.get("needs_code") else None
        raise Failed(USAGE, f"Say which request: nearby-tray {verb} {'CODE' if code else 'ID'} (see nearby-tray status --json).")
    return " ".join(wanted.code)


def _code_words(said: dict[str, Any]) -> str:
    if said.get("verified") is False:
        return "Nothing proves who it is."
    if not said.get("needs_code"):
        return "You trust it, so there is no code to compare."
    return f"Both screens must show the code {_line(said.get('code'))}."


def _match_words(said: dict[str, Any]) -> str:
    return f"You ask {_who(said)}. {_code_words(said)} Do they match?"


async def _confirmed(remote: _Remote, question: str, words: str) -> str:
    """The question, when the user says yes to it on the terminal. `Failed` otherwise, and when it is not asked any more."""

    def is_over(status: dict[str, Any]) -> bool:
        wish = status.get("wish")
        return question not in (status.get("question"), wish.get("id") if isinstance(wish, dict) else None)

    from .tasks import outcome

    handle = sys.stdin.fileno()
    keys = _Keys(handle, True)
    _forget_typed(handle)
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


def _forget_typed(handle: int) -> None:
    """What was typed before a question was shown does not answer it."""
    import termios

    with suppress(termios.error):
        termios.tcflush(handle, termios.TCIFLUSH)


def _is_terminal() -> bool:
    """Is a person there to be asked?"""
    try:
        return sys.stdin.isatty()
    except (AttributeError, OSError, ValueError):
        return False


async def _pin(remote: _Remote, wanted: argparse.Namespace) -> int:
    said = await remote.status()
    if not said.get("pin_wanted"):
        raise Failed(NOT_POSSIBLE, "No PIN is wanted now.")
    whom = said.get("peer")
    with _typing(wanted.pin_stdin) as keys:
        if keys is None:
            raise Failed(NOT_POSSIBLE, f"{_who(said)} shows a PIN, and there is no terminal to type it at; give it with --pin-stdin.")
        said = await _typed(remote, said, keys)
        return await _until_linked(remote, said, wanted, whom=whom, keys=keys)


async def _until_linked(
    remote: _Remote, said: dict[str, Any], wanted: argparse.Namespace, *, whom: Any = None, keys: _Keys | None = None
) -> int:
    """Say what has to be done on the other machine and, with `--wait`, see it through. `whom`: who was let into our group."""
    with _typing(wanted.pin_stdin, keys) as keys:
        told: object = None
        while True:
            pin, hint = said.get("pin"), None
            if said.get("pin_wanted") and keys is not None:
                said = await _typed(remote, said, keys)
                continue
            if wanted.wait and wanted.verb == "connect" and said.get("may_match") and _is_terminal():
                question = await _confirmed(remote, str(said.get("question", "")), _match_words(said))
                await remote.ask("Match", "sb", question, wanted.trust)
                said = await remote.status()
                continue
            if said.get("pin_wanted"):
                hint = f"{_who(said)} shows a PIN. Enter it with: nearby-tray pin"
            elif isinstance(pin, str):
                hint = f"Type this PIN on {_who(said)}: {_grouped(pin)}"
            elif said["state"] == "forming" and said.get("verified") is False and said.get("method") == "pbc" and whom is None:
                hint = f"On {_who(said)}, open Wi-Fi Direct in its settings, keep that page open, and accept."
            if hint is not None and hint != told and not wanted.json:
                print(hint, flush=True)
            told = hint or told
            if not wanted.wait or _is_settled(said):
                break

            def here(status: dict[str, Any]) -> tuple[object, ...]:
                return status.get("pin"), status.get("pin_wanted"), status.get("tries_left"), status.get("may_match"), status["state"]

            def moved(status: dict[str, Any], before: tuple[object, ...] = here(said)) -> bool:
                return here(status) != before or _is_settled(status)

            said = await remote.follow(moved, LINK)
    if wanted.json:
        _show(said, True, _status_lines)
    if wanted.wait and said["state"] != "linked" and not _has_joined(said, whom):
        raise Failed(NOT_POSSIBLE, _why(said) or "It did not work.")
    if wanted.wait and not wanted.json:
        _show(said, False, _status_lines)
    return OK


def _is_settled(status: dict[str, Any]) -> bool:
    """Linked, ended, or a group of ours into which nobody is being let."""
    return status["state"] in ("linked", "idle") or (status["state"] == "hosting" and not status.get("peer"))


def _has_joined(status: dict[str, Any], whom: Any) -> bool:
    members = status.get("members")
    id = whom.get("id") if isinstance(whom, dict) else None
    return id is not None and any(isinstance(one, dict) and id in (one.get("id"), one.get("address")) for one in members or ())


# --- a PIN that is typed ------------------------------------------------------------------------------------------------------


class _Keys:
    """Where a PIN is typed: a terminal, which does not show it, or standard input. Never the arguments: those are seen by everybody."""

    def __init__(self, handle: int, terminal: bool) -> None:
        self._handle, self.terminal = handle, terminal
        self._typed = b""
        self._ended = False

    def say(self, words: str) -> None:
        if self.terminal:
            with suppress(OSError):
                os.write(self._handle, words.encode(errors="replace"))

    async def line(self, prompt: str, *, hidden: bool = True) -> str | None:
        """What is typed up to Enter; `None` when nothing more can come. Cancelling it leaves the terminal as it was."""
        loop = asyncio.get_running_loop()
        with self._hidden() if hidden else nullcontext():
            self.say(prompt)
            while b"\n" not in self._typed and not self._ended:
                ready = asyncio.Event()
                try:
                    loop.add_reader(self._handle, ready.set)
                except OSError:
                    ready.set()  # a file, which cannot be waited for and need not be
                try:
                    await ready.wait()
                finally:
                    with suppress(OSError):
                        loop.remove_reader(self._handle)
                try:
                    more = os.read(self._handle, 1024)
                except OSError:
                    more = b""
                self._typed = (self._typed + more)[:4096]
                self._ended = not more or len(self._typed) == 4096
            if hidden:
                self.say("\n")
        line, _, self._typed = self._typed.partition(b"\n")
        return line.decode(errors="replace") if line or not self._ended else None

    @contextmanager
    def _hidden(self) -> Iterator[None]:
        """The terminal shows nothing of what is typed."""
        if not self.terminal:
            yield
            return
        import termios

        before = termios.tcgetattr(self._handle)
        quiet = [*before]
        quiet[3] &= ~termios.ECHO
        termios.tcsetattr(self._handle, termios.TCSAFLUSH, quiet)
        try:
            yield
        finally:
            with suppress(termios.error):
                termios.tcsetattr(self._handle, termios.TCSADRAIN, before)


@contextmanager
def _typing(stdin: bool, keys: _Keys | None = None) -> Iterator[_Keys | None]:
    """Standard input, or the terminal where there is one. `keys`: somebody has them already."""
    if keys is not None:
        yield keys
    elif stdin:
        try:
            handle = sys.stdin.fileno()
        except (AttributeError, OSError, ValueError):
            raise Failed(NOT_POSSIBLE, "There is no standard input to read the PIN from.") from None
        yield _Keys(handle, os.isatty(handle))
    else:
        try:
            handle = os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC)
        except OSError:
            yield None
            return
        try:
            yield _Keys(handle, True)
        finally:
            os.close(handle)


async def _typed(remote: _Remote, said: dict[str, Any], keys: _Keys) -> dict[str, Any]:
    """Have the PIN typed and handed on, unless it is not wanted any more; the status after that."""
    from .core import pin as pins
    from .core.model import Snapshot
    from .tasks import outcome
    from .ui import text

    tries = said.get("tries_left")

    def is_over(status: dict[str, Any]) -> bool:
        return not status.get("pin_wanted") or status.get("tries_left") != tries

    wrong = text.tries_words(Snapshot(tries_left=tries)) if isinstance(tries, int) else ""
    prompt = f"PIN that {_who(said)} shows: "
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
            problem = text.pin_problem(typed)
            if pins.valid(typed) is not None:
                await remote.ask("EnterPinFor", "ss", str(said.get("question", "")), typed)
                return await over
            problem = problem or f"A PIN has {pins.SIZE} digits."
            if not keys.terminal:
                raise Failed(NOT_POSSIBLE, problem)
            keys.say(f"{problem}\n")
    finally:
        over.cancel()
        await asyncio.wait([over])


def _grouped(pin: str) -> str:
    from .core.pin import grouped

    return grouped(_line(pin))


def _who(said: dict[str, Any]) -> str:
    """The other machine's name, in a sentence."""
    from .ui import text

    peer = said.get("peer")
    return text.quoted(str(peer.get("name", ""))) if isinstance(peer, dict) else "the other machine"


# --- a group of our own -------------------------------------------------------------------------------------------------------


async def _host(remote: _Remote, wanted: argparse.Namespace) -> int:
    await remote.ask("Host", "b", wanted.remember)
    said = await remote.follow(lambda status: status["state"] == "idle" or bool(status.get("interface")), LINK)
    if said["state"] == "idle":
        raise Failed(NOT_POSSIBLE, _why(said) or "It did not work.")
    _show(said, wanted.json, _status_lines)
    return OK


async def _invite(remote: _Remote, wanted: argparse.Namespace) -> int:
    said = await remote.status()
    if said["state"] == "hosting" and not said.get("peer"):
        await _seen(remote, wanted.name, on_wifi=True)
    await remote.ask("Invite", "s", wanted.name)
    said = await remote.status()
    whom = said.get("peer")
    print(f"Invited {_who(said)}: open Wi-Fi Direct in its settings, and accept.", flush=True)
    if wanted.wait:
        said = await remote.follow(_is_settled, LINK)
        if not _has_joined(said, whom):
            raise Failed(NOT_POSSIBLE, _why(said) or "It did not join.")
    return OK


async def _expel(remote: _Remote, wanted: argparse.Namespace) -> int:
    before = await remote.ask("Members")
    await remote.ask("Expel", "s", wanted.name)
    count = len(before) if isinstance(before, list) else 0
    await remote.follow(lambda status: len(status.get("members") or ()) < count or status["state"] == "idle", END)
    return OK


async def _members(remote: _Remote, wanted: argparse.Namespace) -> int:
    said = await remote.ask("Members")
    if not isinstance(said, list):
        raise _not_understood()
    if wanted.names:
        for name in _names([{**member, "reachable": True} for member in said if isinstance(member, dict)]):
            print(name)
        return OK
    if not wanted.json and said == []:
        state = (await remote.status())["state"]
        print("Nobody is in the group." if state in ("hosting", "asked") else "There is no group of ours; begin one with: nearby-tray host")
        return OK
    _show(said, wanted.json, lambda members: [_member_line(member) for member in members])
    return OK


async def _decline(remote: _Remote, _: argparse.Namespace) -> int:
    await remote.ask("Decline")
    return OK


async def _disconnect(remote: _Remote, _: argparse.Namespace) -> int:
    await remote.ask("Disconnect")
    await remote.follow(lambda status: status["state"] == "idle", END)
    return OK


async def _settings(remote: _Remote, wanted: argparse.Namespace) -> int:
    if wanted.changes:
        changes: dict[str, object] = {}
        for words in wanted.changes:
            changes |= _change(words)
        said = await remote.ask("ChangeSettings", "s", json.dumps(changes))
    else:
        said = await remote.ask("Settings")
    _show(said, wanted.json, lambda settings: [f"{_line(key)}={_plain(value)}" for key, value in settings.items() if key != "version"])
    return OK


async def _quit(remote: _Remote, _: argparse.Namespace) -> int:
    await remote.ask("Quit")
    await remote.ended(END)
    return OK


_VERBS: dict[str, Callable[[_Remote, argparse.Namespace], Awaitable[int]]] = {
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


# --- words -------------------------------------------------------------------------------------------------------------------


def _change(text: str) -> dict[str, object]:
    """`port=2000` as the setting's name and its JSON value; `autostart=service` says two at once."""
    key, equals, value = text.partition("=")
    key = key.strip().replace("-", "_")
    if not equals or not key:
        raise Failed(USAGE, f"“{_line(text)}” is not KEY=VALUE.")
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


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else _line(value)


def _show(said: Any, as_json: bool, lines: Callable[[Any], list[str]]) -> None:
    if as_json:
        print(json.dumps(said, indent=2))
        return
    try:
        text = lines(said)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError):
        raise _not_understood() from None
    for line in text:
        print(line)


def _status_lines(said: dict[str, Any]) -> list[str]:
    """A headline as the tray says it, then what is known, a line each."""
    from .core.model import (
        Asker,
        Failure,
        Grade,
        Health,
        LinkInfo,
        Member,
        Method,
        Peer,
        Probe,
        Radios,
        Reason,
        Snapshot,
        Stage,
    )  # fmt: skip
    from .ui import text

    peer, health, failure, radios = said.get("peer"), said.get("health"), said.get("failure"), said["radios"]
    headline = text.headline(
        Snapshot(
            stage=Stage(said["state"]),
            peer=Peer(str(peer["id"]), str(peer["name"])) if peer else None,
            attempt=int(said.get("attempt") or 0),
            health=Health(Grade(health["grade"])) if health else None,
            failure=Failure(Stage(failure["stage"]), Reason(failure["reason"])) if failure else None,
            link=LinkInfo("") if said.get("interface") else None,
            members=tuple(Member(Peer("", ""), 0.0) for _ in said.get("members") or ()),
            pin="" if said.get("pin_shown") else None,
            radios=Radios(
                Reason(radios["bluetooth"]) if radios["bluetooth"] else None,
                Reason(radios["wifi"]) if radios["wifi"] else None,
            ),
        )
    )
    rows: list[tuple[str, str]] = [("", str(problem)) for problem in said.get("problems") or ()]
    if failure:
        rows += [("", f"{failure['sentence']} {failure['advice']}")]
        if failure.get("detail"):
            rows.append(("detail", failure["detail"]))
    wish = said.get("wish")
    if isinstance(wish, dict):
        rows += [("", _wish_line(wish)), ("program", wish["asked_by"]["path"])]
        rows.append(("", "Allow it with: nearby-tray accept; refuse it with: nearby-tray decline"))
    if isinstance(by := said.get("asked_by"), dict):
        rows.append(("", text.asker_words(Snapshot(asker=Asker(str(by["name"]), own=by["own"] is True)))))
    if said["state"] == "idle" and not failure:
        for name, label in (("bluetooth", "Bluetooth"), ("wifi", "Wi-Fi")):
            if radios[name]:
                reason = text.reason_text(Reason(radios[name]))
                rows.append((label, f"{reason.sentence} {reason.advice}"))
    if failure or (said["state"] == "idle" and any(radios[name] for name in ("bluetooth", "wifi"))):
        rows.append(("", "What is in the way: nearby-tray doctor"))
    if said.get("code") and said["state"] in ("asking", "asked"):
        rows.append(("code", said["code"] if said.get("needs_code") else f"{said['code']} (need not be compared: trusted)"))
        if said.get("may_match"):
            rows.append(("", f"If the other screen shows it too: nearby-tray match {''.join(str(said['code']).split())}"))
        if said.get("agreed_here") and not said.get("agreed_there"):
            rows.append(("", "The other side's answer is waited for."))
    if peer and said.get("verified") is False:
        rows.append(("", text.NOT_VERIFIED))
    if said["state"] == "asked" and said.get("verified") is False:
        rows.append(("", text.compare_words(Snapshot(verified=False, method=Method(said["method"])))))
    if isinstance(said.get("pin"), str):
        rows.append(("PIN to type there", _grouped(said["pin"])))
    if said["state"] == "entering":
        rows.append(("", "Enter it with: nearby-tray pin"))
    rows += [("member", _member_line(member)) for member in said.get("members") or ()]
    if said.get("unasked"):
        rows.append(("", text.UNASKED))
    if said.get("interface"):
        if said["peer_addresses"]:
            rows.append(("their addresses", ", ".join(said["peer_addresses"])))
        rows += [("our addresses", ", ".join(said["addresses"])), ("interface", said["interface"])]
        link = said.get("link")
        if isinstance(link, dict):
            made = LinkInfo(
                "", method=Method(link["method"]), pin=link["pin"], backend=str(link["backend"]), owner=link["owner"],
                frequency=link["frequency_mhz"], width=link["width_mhz"],
            )  # fmt: skip
            details = text.details(made, verified=bool(said.get("verified", True)), hosting=said["state"] == "hosting", probe=None)
            rows += [(label.lower(), words) for label, words in details if words and label not in ("Interface", "Other side")]
    if health:
        trip = f"{text.milliseconds(health['rtt_ms'])} (median {text.milliseconds(health['rtt_p50_ms'])}"
        rows += [
            ("round trip", f"{trip}, 95 % within {text.milliseconds(health['rtt_p95_ms'])})"),
            ("loss", text.share(health["loss"])),
        ]
        if health.get("probe") not in (None, "pings"):
            rows.append(("measured with", text.PROBES[Probe(health["probe"])]))
        if health.get("signal") is not None:
            rows.append(("signal", text.percent(health["signal"])))
        if health.get("bytes_in") is not None:
            rows.append(("data", f"{text.size(health['bytes_in'])} in, {text.size(health['bytes_out'])} out"))
        if health.get("power_save"):
            rows.append(("", text.POWER_SAVE))
    if said["peers"]:
        rows += [("found", _peer_line(peer)) for peer in said["peers"]]
    for missed in said.get("missed") or ():
        rows.append(("missed", f"{text.quoted(str(missed['peer']['name']))}, {text.clock(missed['ago_s'])} ago"))
    left = said.get("visible_for_s")
    rows.append(("visible to", said["visibility"] + (f", {text.clock(left)} left" if left is not None else "")))
    if isinstance(login := said.get("autostart"), dict):
        rows.append(("at login", login["sentence"] or "not started"))
    return [_line(headline), *(f"  {label:<16} {_line(value)}" if label else f"  {_line(value)}" for label, value in rows)]


def _wish_line(wish: dict[str, Any]) -> str:
    """What a program asks for."""
    from .core.model import Asker, Peer, Wish, WishKind
    from .ui import text

    by, whom = wish["asked_by"], wish.get("peer")
    return _line(
        text.wish_words(Wish(Asker(str(by["name"])), WishKind(wish["what"]), Peer("", str(whom["name"])) if whom else None, 0.0, 0.0))
    )


def _member_line(said: dict[str, Any]) -> str:
    from .core.model import Grade, Health, Probe
    from .ui import text

    health, words = said.get("health"), [text.clean(str(said["name"])), text.tr(text.KINDS.get(said.get("kind", ""), text.KINDS["other"]))]
    heard = None
    if health:
        heard = Health(Grade(health["grade"]), rtt_p50=health["rtt_p50_ms"], loss=health["loss"], probe=Probe(health["probe"]))
        words.append(text.tr(text.GRADES[heard.grade]).lower())
    figures = text.member_figures(heard)
    words.append(figures[:1].lower() + figures[1:])
    return _line(", ".join([*words, *map(str, said.get("addresses") or ())]))


def _peer_line(said: dict[str, Any]) -> str:
    from .core.model import Peer
    from .ui import text

    known = (
        "id",
        "name",
        "kind",
        "reachable",
        "on_wifi",
        "strength",
        "trusted",
        "bonded",
        "identity_changed",
        "model",
        "owner",
        "remembered",
    )
    return _line(text.peer_line(Peer(**{key: said[key] for key in known if key in said})))


def _names(peers: list[dict[str, Any]]) -> list[str]:
    """What each that can be asked may be called in a command: its name, or its id when the name is another's too, or no plain word."""
    known = [str(word).casefold() for peer in peers for word in (peer.get("name"), peer.get("id"))]

    def called(peer: dict[str, Any]) -> str:
        name = str(peer.get("name", ""))
        plain = name.isprintable() and name == name.strip() != "" and not name.startswith("-")
        return name if plain and known.count(name.casefold()) == 1 else _line(peer.get("id"))

    return [called(peer) for peer in peers if peer.get("reachable") is True or peer.get("on_wifi") is True]


def _rows(status: dict[str, Any]) -> list[dict[str, Any]]:
    rows = status.get("peers")
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _is_meant(wanted: str, peer: dict[str, Any]) -> bool:
    """As the applet itself understands a name; it has the last word."""
    wanted = wanted.strip()
    return wanted == peer.get("id") or wanted.casefold() == str(peer.get("name", "")).casefold()


def _why(said: dict[str, Any]) -> str:
    failure = said.get("failure")
    return _line(f"{failure.get('sentence', '')} {failure.get('advice', '')}") if isinstance(failure, dict) else ""


def _line(value: object) -> str:
    """One line that cannot drive the terminal."""
    from .core.names import harmless

    return harmless(value, 2000)


def _is_text(word: str) -> bool:
    try:
        word.encode()
    except UnicodeEncodeError:
        return False
    return True


def _not_understood() -> Failed:
    return Failed(NOT_POSSIBLE, "The running applet answers in a way that is not understood here; it may be of another version.")


if __name__ == "__main__":
    sys.exit(main())
