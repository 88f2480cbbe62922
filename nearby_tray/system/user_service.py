"""The systemd user service that starts the applet with the graphical session.

systemd is called by its own D-Bus interface (org.freedesktop.systemd1(5)): each call has a limit and a named error, and where the name has
no owner nothing is waited for. `systemctl --user` would be a process for each question, with an answer in words for people.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from .bus import Bus, BusError, BusGone, connected, values
from .desktop_entry import command, config_home, write

UNIT = "nearby-tray.service"
SESSION = "graphical-session.target"
LIMIT, RELOAD = 3.0, 15.0  # seconds for each answer of systemd; for reading all its units again
_SYSTEMD, _SYSTEMD_PATH, _MANAGER = "org.freedesktop.systemd1", "/org/freedesktop/systemd1", "org.freedesktop.systemd1.Manager"
_MARK = "# Written by Nearby Tray: it goes when starting at login is turned off.\n"


def unit(words: list[str]) -> str:
    """The unit that starts this command with the graphical session, as systemd.special(7) says."""
    return (
        "[Unit]\n"
        "Description=Nearby Tray\n"
        "Documentation=man:nearby-tray(1)\n"
        # It ends with the session, and begins when that has said where its display is.
        f"PartOf={SESSION}\n"
        f"After={SESSION}\n"
        # What keeps failing is left alone for the rest of the session.
        "StartLimitIntervalSec=120\n"
        "StartLimitBurst=3\n"
        "\n"
        "[Service]\n"
        f"ExecStart={' '.join(map(_escaped, words))}\n"
        "Restart=on-failure\n"
        "RestartSec=5\n"
        "Slice=app.slice\n"
        "\n"
        "[Install]\n"
        f"WantedBy={SESSION}\n"
    )


def _escaped(word: str) -> str:
    """One argument of `ExecStart` (systemd.service(5), "Command lines")."""
    word = word.replace("%", "%%").replace("$", "$$")
    if word and not set(word) & set(" \t\n\"'\\;"):
        return word
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t") + '"'


def own_unit() -> Path:
    """The unit that the applet writes where no package has brought one."""
    return config_home() / "systemd" / "user" / UNIT


def _is_written_here(file: Path) -> bool:
    try:
        return not file.is_symlink() and file.read_text(errors="replace").startswith(_MARK)
    except OSError:
        return False


class Systemd:
    """systemd of this user. Calls raise `BusError` and `BusGone`."""

    def __init__(self, bus: Bus, owner: str) -> None:
        self._bus, self._owner = bus, owner

    async def state(self) -> str:
        """Of the unit, in systemd's words ("enabled", "disabled", "masked", …), or "absent"."""
        try:
            return values.only(str, await self._call("GetUnitFileState", "s", UNIT))
        except BusError as error:
            if error.name.endswith((".FileNotFound", ".NoSuchUnit")):
                return "absent"
            raise

    async def path(self) -> Path | None:
        """The file of the unit."""
        found = values.text(await self._property(UNIT, "FragmentPath"))
        return Path(found) if found else None

    async def reached(self) -> bool:
        """True if this session has started graphical-session.target."""
        return await self._property(SESSION, "ActiveState") == "active"

    async def enable(self) -> None:
        """Raises `OSError` with a sentence when systemd does not; then nothing is left behind."""
        state, own = await self.state(), own_unit()
        if state.startswith("masked"):
            await self._call("UnmaskUnitFiles", "asb", [UNIT], False)
            state = await self.state()
        made = state == "absent"
        if made or _is_written_here(own):
            write(own, _MARK + unit(command()))
        try:
            # Never started from here: this very applet is what it would start.
            await self._call("EnableUnitFiles", "asbb", [UNIT], False, True)
            await self._reload()
            state = await self.state()
            if state != "enabled":
                raise OSError(f"systemd did not enable {UNIT}: it is {state}")
        except BaseException:
            if made:
                own.unlink(missing_ok=True)
            raise

    async def disable(self) -> None:
        state, own = await self.state(), own_unit()
        if state.startswith("enabled"):
            await self._call("DisableUnitFiles", "asb", [UNIT], False)
        if _is_written_here(own):
            own.unlink(missing_ok=True)
        elif not state.startswith("enabled"):
            return
        if (await self.state()).startswith("enabled"):  # for all users, by a package or an administrator
            await self._call("MaskUnitFiles", "asbb", [UNIT], False, True)
        await self._reload()

    async def _call(self, member: str, signature: str, *body: object) -> list[object]:
        return await self._bus.call(self._owner, _SYSTEMD_PATH, _MANAGER, member, signature, *body, timeout=LIMIT)

    async def _reload(self) -> None:
        """Have systemd read all its units again."""
        await self._bus.call(self._owner, _SYSTEMD_PATH, _MANAGER, "Reload", timeout=RELOAD)

    async def _property(self, unit: str, name: str) -> object:
        path = values.only(str, await self._call("LoadUnit", "s", unit))
        return await self._bus.get(self._owner, path, "org.freedesktop.systemd1.Unit", name, timeout=LIMIT)


@asynccontextmanager
async def systemd() -> AsyncIterator[Systemd]:
    """Raises `BusGone` when there is no user manager; it is not started."""
    async with connected("session") as bus:
        owner = await bus.name_owner(_SYSTEMD)
        if owner is None:
            raise BusGone("no systemd user manager")
        yield Systemd(bus, owner)
