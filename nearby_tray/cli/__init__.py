"""The command line: starts the applet, or calls the running applet and prints its answer.

Every command ends with an exit status and, when it did not work, one sentence on stderr: 0 done, 1 not possible, 2 wrong usage, 3 no
applet is running, 4 no session bus. A verb never starts an applet, and `doctor` needs none. Nothing heavy is imported until it is needed:
a verb needs neither Qt nor bleak. What is printed for people is one thing a line, with names made harmless; `--json` is for programs.
"""

from __future__ import annotations

import sys

# Nobody here speaks TLS, and asyncio would load OpenSSL for it: 3 MiB of every applet (measured). asyncio is made to do without.
sys.modules.setdefault("ssl", None)  # type: ignore[arg-type]

import argparse
import asyncio
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from ..options import Options
from .arguments import parser
from .exits import INTERRUPTED, NO_APPLET, NO_BUS, NOT_POSSIBLE, OK, USAGE, Failed, one_line


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
        _give_up(sys.stdout)  # the reader has had enough
    except OSError as error:
        _complain(f"{one_line(error.strerror or error)}{f' ({one_line(error.filename)})' if error.filename else ''}.")
        _give_up(sys.stdout)
    return NOT_POSSIBLE


def _status_of(arguments: Sequence[str] | None) -> int:
    try:
        words = list(sys.argv[1:] if arguments is None else arguments)
        wanted = parser(words).parse_args(words)
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


def _is_text(word: str) -> bool:
    try:
        word.encode()
    except UnicodeEncodeError:
        return False
    return True


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
            from .local import set_up_desktop

            return set_up_desktop(wanted)
        if wanted.verb == "doctor":
            from .local import doctor

            return asyncio.run(doctor(wanted))
        from .verbs import say

        return asyncio.run(say(wanted))
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
        os.environ["QT_QPA_PLATFORM"] = "offscreen"  # nobody needs to look at the walk
        # nor what that platform cannot do
        os.environ.setdefault("QT_LOGGING_RULES", "default.warning=false;qt.core.qobject.connect.warning=false")
    try:
        from .. import app

        return app.run(options)
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing in ("", "nearby_tray"):
            raise
        raise Failed(NOT_POSSIBLE, f"A part that Nearby Tray needs is not installed: {missing}.") from None


async def _show_running(options: Options) -> bool:
    """Whether there is an applet already; then its window comes up, unless this start was to be a quiet one."""
    from .remote import applet

    try:
        async with applet() as remote:
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
