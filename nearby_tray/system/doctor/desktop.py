"""Checks of the desktop and of the user on it: tray, notifications, login session, own files, other applets."""

from __future__ import annotations

import asyncio
import os

from ... import settings as settings_file
from ...core.checks import Action, Fix, Verdict, ok, say, unknown, warn
from .. import logind
from ..bus import values
from ..trust import TrustFile
from .machine import CALL, DBUS, Machine, Unseen, applet_process

_LOGIN = "org.freedesktop.login1"
_WATCHER = "org.kde.StatusNotifierWatcher"
_NOTIFICATIONS = "org.freedesktop.Notifications"

# Programs that use Wi-Fi Direct themselves, by the name the kernel shows (15 characters).
_P2P_PROGRAMS = {"gnome-network-d": "GNOME Network Displays", "miracle-wifid": "MiracleCast", "miracle-sinkctl": "MiracleCast"}


async def tray(machine: Machine) -> Verdict:
    bus = await machine.session()
    desktop = machine.environment.get("XDG_CURRENT_DESKTOP", "")
    seen = [say("Desktop: {desktop}.", desktop=desktop or say("not named"))]
    window = say("Without a tray the panel is an ordinary window.")
    if await bus.name_owner(_WATCHER) is not None:
        host = await bus.get(_WATCHER, "/StatusNotifierWatcher", _WATCHER, "IsStatusNotifierHostRegistered", timeout=CALL)
        if host is True:
            return ok(*seen, say("A tray is there (StatusNotifierItem)."))
        return warn(*seen, say("A tray is announced, and nobody shows it."), window, fix=Fix(say("Restart the desktop's panel.")))
    if "gnome" in desktop.casefold():
        extension = machine.install(
            say("Install the AppIndicator extension, log in again and switch it on."),
            debian="gnome-shell-extension-appindicator",
            fedora="gnome-shell-extension-appindicator",
            arch="gnome-shell-extension-appindicator",
        )
        return warn(*seen, say("GNOME shows no tray by itself."), window, fix=extension)
    if machine.environment.get("DISPLAY") and not machine.environment.get("WAYLAND_DISPLAY"):
        return unknown(*seen, say("No tray is on the session bus; one of the older kind (XEmbed) cannot be asked from here."))
    return warn(*seen, say("No tray is there."), window, fix=Fix(say("Add a tray (status notifier) to the desktop's panel.")))


async def notifications(machine: Machine) -> Verdict:
    bus = await machine.session()
    if not machine.settings.notifications:
        return ok(say("Notifications are switched off in the settings."))
    if await bus.name_owner(_NOTIFICATIONS) is None:
        startable = values.first(await bus.call(*DBUS, "ListActivatableNames", timeout=CALL))
        if isinstance(startable, list) and _NOTIFICATIONS in startable:
            return ok(say("A notification server is installed; it starts when it is needed."))
        return warn(
            say("No notification server is there, so a request is shown in its own window only."),
            fix=Fix(say("Install a notification server, such as the desktop's own, or dunst or mako.")),
        )
    path = "/org/freedesktop/Notifications"
    server = await bus.call(_NOTIFICATIONS, path, _NOTIFICATIONS, "GetServerInformation", timeout=CALL)
    able = values.first(await bus.call(_NOTIFICATIONS, path, _NOTIFICATIONS, "GetCapabilities", timeout=CALL))
    seen = say(
        "Notifications are shown by {name} {version}.", name=server[0] if server else "", version=server[2] if len(server) > 2 else ""
    )
    if isinstance(able, list) and "actions" in able:
        return ok(seen)
    return warn(
        seen,
        say("It shows no buttons: a request is accepted in its window or on the command line."),
        fix=Fix(say("Use a notification server that shows actions.")),
    )


async def session(machine: Machine) -> Verdict:
    """https://www.freedesktop.org/software/systemd/man/latest/org.freedesktop.login1.html"""
    bus = await machine.system()
    if await bus.name_owner(_LOGIN) is None:
        raise Unseen(say("There is no logind here, so sessions cannot be told apart."))
    deaf = say("Nearby Tray hears nobody meanwhile.")
    found = await logind.find_session(bus, machine.environment.get("XDG_SESSION_ID", ""))
    if found is None:
        return warn(
            say("This user has no login session here, so the computer takes the user for absent."),
            deaf,
            fix=Fix(say("Start Nearby Tray from the desktop you are logged in at; what is allowed is said under Permissions.")),
        )
    _, facts = found
    seen = [say("The session is of type {type}.", type=facts.get("Type") or say("unknown"))]
    if facts.get("LockedHint") is True:
        seen += [say("It is locked."), deaf]
    if facts.get("Remote") is True:
        return warn(
            *seen,
            say("It comes over the network, and such a session may do less."),
            fix=Fix(say("Log in at the computer itself; over the network links may be refused.")),
        )
    if facts.get("Active") is not True:
        return warn(
            *seen,
            say("It is not active: somebody else is in front of this computer now."),
            deaf,
            fix=Fix(say("Switch to this session.")),
        )
    return ok(*seen, say("It is active, at the computer itself."))


async def files(machine: Machine) -> Verdict:
    """Settings and trust, read as the next start will read them."""
    problems = await asyncio.to_thread(lambda: [*settings_file.load(settings_file.settings_path())[1], *TrustFile().look()])
    if not problems:
        return ok(say("Settings and trusted computers can be read, or were never written."))
    fix = Fix(say("Mend the file, or choose again: what cannot be read is set aside then."), action=Action.OPEN_SETTINGS)
    return warn(*(say("Not as it should be: {what}", what=problem) for problem in problems[:5]), fix=fix)


async def applet(machine: Machine) -> Verdict:
    number = await applet_process(machine)
    seen = [say("Nearby Tray is running (process {n}).", n=number) if number else say("No Nearby Tray of this session is running.")]
    others, casting = [], []
    for process in await asyncio.to_thread(lambda: list(machine.processes())):
        if _is_applet(process.words) and process.number not in (number, os.getpid()):
            others.append(process)
        elif process.name in _P2P_PROGRAMS:
            casting.append(_P2P_PROGRAMS[process.name])
    for process in others:
        seen.append(say("Another one is running: process {n} of user {user}.", n=process.number, user=process.user))
    if casting:
        seen.append(say("Running, and using Wi-Fi Direct itself: {names}.", names=", ".join(dict.fromkeys(casting))))
    if others or casting:
        return warn(*seen, fix=Fix(say("Only one program at a time can use Wi-Fi Direct: end the others while you link.")))
    return ok(*seen)


def _is_applet(words: tuple[str, ...]) -> bool:
    """Whether this is the command line of an applet on real radios: no verb, no demo."""
    for at, word in enumerate(words[:4]):
        if word.rpartition("/")[2] == "nearby-tray" or (word == "nearby_tray" and words[at - 1 : at] == ("-m",)):
            pairs = zip(words[at:], words[at + 1 :], strict=False)
            return "--demo" not in words and all(rest.startswith("--") or before == "--log-level" for before, rest in pairs)
    return False
