"""The verbs that need no applet: the doctor, and what makes the desktop know the program."""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from .exits import NOT_POSSIBLE, OK, USAGE, Failed, one_line
from .lines import doctor_lines, show
from .remote import applet

if TYPE_CHECKING:
    from ..system.doctor import report


def set_up_desktop(wanted: argparse.Namespace) -> int:
    from ..system import desktop

    if os.geteuid() == 0 and not (wanted.user or wanted.system):
        raise Failed(USAGE, "You are root: say --system (for everybody) or --user (for root alone).")
    installing = wanted.verb == "install-desktop"
    try:
        done = (desktop.install if installing else desktop.uninstall)(everybody=wanted.system)
    except desktop.Refused as refused:
        raise Failed(NOT_POSSIBLE, one_line(refused)) from None
    except OSError as error:
        raise Failed(NOT_POSSIBLE, one_line(f"{error.strerror or error} ({error.filename})")) from None
    print(f"{one_line(done.base)}: {len(done.written)} files written, {len(done.removed)} removed, {done.same} as they should be.")
    for path in done.left:
        print(f"Left alone, because it is not ours or was changed: {one_line(path)}")
    for note in done.notes:
        print(one_line(note))
    if installing:
        print(f"The undo: nearby-tray uninstall-desktop{' --system' if wanted.system else ''}")
    return OK


async def doctor(wanted: argparse.Namespace) -> int:
    """Needs no applet, no display and no bus. NOT_POSSIBLE when a check has failed."""
    from ..core.checks import as_json, has_failed
    from ..settings import load, settings_path
    from ..system.doctor.examination import examine
    from ..system.doctor.machine import Machine

    settings, _ = load(settings_path())
    async with Machine(settings=settings) as machine:
        findings = await examine(machine)
    if wanted.bundle is not None:
        from ..system.doctor import report

        content = report.text(findings, machine, await _applet_for_report())
        try:
            report.save(wanted.bundle, content)
        except FileExistsError:
            raise Failed(NOT_POSSIBLE, f"{one_line(wanted.bundle)} exists already; a report takes no other file's place.") from None
        except OSError as error:
            why = f"{one_line(error.strerror or error)} ({one_line(wanted.bundle)})"
            raise Failed(NOT_POSSIBLE, f"The report cannot be saved: {why}.") from None
        print(f"Saved {one_line(wanted.bundle)}; read it before you pass it on.", file=sys.stderr)
    show(as_json(findings), wanted.json, lambda _: doctor_lines(findings))
    return NOT_POSSIBLE if has_failed(findings) else OK


async def _applet_for_report() -> report.Applet | None:
    """What the running applet has to tell; `None` when there is none that does."""
    from ..system.doctor import report

    with suppress(Failed):
        async with applet() as remote:
            return report.Applet.of((await remote.status()).as_json(), await remote.ask("Log"))
    return None
