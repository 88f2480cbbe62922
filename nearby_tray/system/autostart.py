"""Started at login: by a desktop entry or by a systemd user service, when the user turned it on, and never by both.

An entry or unit that another program has made or changed since (an entry that starts something, a unit of a package, a mask) is left as it
is until the user decides here. `find` says what is so now, not what was chosen: a desktop that does not start graphical-session.target, for
instance, never starts the unit.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from ..core.checks import Sentence, say
from ..settings import AutostartBy
from . import desktop_entry
from .bus import BusError, BusGone
from .desktop_entry import EntryState
from .user_service import SESSION, UNIT, own_unit, systemd

# They run autostart entries only with the help of another program.
_NOT_BY_THEMSELVES = {"sway", "i3", "hyprland", "river", "niri", "labwc", "wayfire", "bspwm"}


@dataclass(frozen=True, slots=True)
class Found:
    """What is so now."""

    entry: EntryState = EntryState.ABSENT
    entry_path: str = ""  # the one that counts
    unit: str | None = None  # see `Systemd.state`; None: no user manager to ask
    unit_path: str = ""
    reached: bool = True  # this session has started graphical-session.target

    @property
    def active(self) -> tuple[AutostartBy, ...]:
        """What starts the applet at the next login."""
        by = (AutostartBy.ENTRY,) if self.entry is EntryState.ON else ()
        return (*by, AutostartBy.SERVICE) if self.unit == "enabled" else by


async def find() -> Found:
    """Look. Never raises; ends within a few limits when systemd hangs."""
    entry, file = desktop_entry.state()
    found = Found(entry, _home(file))
    try:
        async with systemd() as manager:
            unit = await manager.state()
            return Found(entry, _home(file), unit, _home(await manager.path()) if unit != "absent" else "", await manager.reached())
    except (BusError, BusGone):
        return found


async def choose(on: bool, by: AutostartBy) -> None:
    """Turn it on or off, by this and by nothing else. Idempotent.

    Raises `OSError` with a sentence when it cannot be done; then what started the applet before is not touched.
    """
    service = on and by is AutostartBy.SERVICE
    if not service:
        desktop_entry.set_enabled(on)
    try:
        async with systemd() as manager:
            await (manager.enable() if service else manager.disable())
    except BusGone:
        if service:
            raise OSError("no systemd user manager answers on the session bus") from None
    except BusError as error:
        raise OSError(f"systemd: {error.text or error.name}") from None
    if service:
        desktop_entry.set_enabled(False)


def is_chosen() -> bool:
    """True if there is an entry that starts the applet, or a link by which systemd does. Quick, and asks no daemon."""
    return desktop_entry.is_enabled() or os.path.lexists(own_unit().parent / f"{SESSION}.wants" / UNIT)


def described(found: Found, on: bool, by: AutostartBy) -> tuple[Sentence, ...]:
    """What starts the applet at login and, where that is not as chosen here (`on`, `by`), why; nothing when all is off."""
    said: list[Sentence] = []
    if AutostartBy.ENTRY in found.active:
        said.append(say("Started at login by the desktop’s autostart entry {path}.", path=found.entry_path))
        desktops = {word.casefold() for word in os.environ.get("XDG_CURRENT_DESKTOP", "").split(":")}
        if desktops & _NOT_BY_THEMSELVES:
            said.append(say("This desktop runs autostart entries only with a helper such as dex."))
    if AutostartBy.SERVICE in found.active:
        said.append(say("Started at login by the systemd user service {path}.", path=found.unit_path or UNIT))
        if not found.reached:
            said.append(say("But this desktop has not started {target}, so the service will not start with it.", target=SESSION))
    if on and by not in found.active:
        said.append(_why_not(found, by))
        if found.unit is not None or by is AutostartBy.ENTRY:
            said.append(say("To have it again, switch starting at login off and on."))
    elif not on and found.active:
        said.append(say("That is not what is chosen here; to end it, switch starting at login on and off."))
    return tuple(said)


def _why_not(found: Found, by: AutostartBy) -> Sentence:
    if by is AutostartBy.SERVICE:
        if found.unit is None:
            return say("No systemd user manager answers here, so its service cannot start Nearby Tray; choose the autostart entry.")
        if found.unit == "absent":
            return say("The service {unit} is gone.", unit=UNIT)
        return say("systemd does not start it at login: {unit} is {state}.", unit=UNIT, state=found.unit)
    match found.entry:
        case EntryState.HIDDEN:
            return say("It is not started at login: {path} has been switched off (Hidden=true).", path=found.entry_path)
        case EntryState.DISABLED:
            return say("It is not started at login: the desktop’s list of startup programs has switched {path} off.", path=found.entry_path)
        case EntryState.ELSEWHERE:
            return say("It is not started at login: {path} is for other desktops only.", path=found.entry_path)
        case EntryState.BROKEN:
            return say("It is not started at login: what {path} starts is not there.", path=found.entry_path)
        case _:
            return say("It is not started at login: the autostart entry is gone.")


def _home(file: Path | None) -> str:
    text = str(file or "")
    home = str(Path.home())
    return "~" + text[len(home) :] if text.startswith(home + "/") else text
