"""The systemd user manager on the private bus: unit files on disk, enabled, masked and looked up as systemctl(1) describes."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from nearby_tray.system.bus import Bus, DBusError, ServiceInterface, dbus_property, method

NAME, PATH = "org.freedesktop.systemd1", "/org/freedesktop/systemd1"
UNIT, TARGET = "nearby-tray.service", "graphical-session.target"


class FakeSystemd(ServiceInterface):
    def __init__(self, home: Path) -> None:
        """`home`: whose `config/systemd/user` is the user's; `home/etc` and `home/usr` are the machine's."""
        super().__init__(f"{NAME}.Manager")
        self.own = home / "config" / "systemd" / "user"
        self.machine = (home / "etc" / "systemd" / "user", home / "usr" / "systemd" / "user")
        self.calls: list[str] = []
        self.session = "active"
        self.hang = False  # until `go_on`
        self.go_on = asyncio.Event()
        self.deny = False

    async def open(self) -> Bus:
        bus = await Bus.connect("session")
        bus.export(PATH, self)
        for name in (UNIT, TARGET):
            bus.export(self._object(name), FakeUnit(self, name))
        assert await bus.request_name(NAME)
        return bus

    # what systemctl would say

    def file(self) -> Path | None:
        return next((folder / UNIT for folder in (self.own, *self.machine) if os.path.lexists(folder / UNIT)), None)

    def state(self) -> str:
        file = self.file()
        if file is None:
            raise DBusError("org.freedesktop.DBus.Error.FileNotFound", "No such file or directory")
        if file.is_symlink() and str(file.readlink()) == "/dev/null":
            return "masked"
        wants = [folder / f"{TARGET}.wants" / UNIT for folder in (self.own, self.machine[0])]
        return "enabled" if any(map(os.path.lexists, wants)) else "disabled"

    @method("GetUnitFileState", takes=["s"], gives="s")
    async def get_state(self, unit: str) -> str:
        assert unit == UNIT
        if self.hang:
            await self.go_on.wait()
        return self.state()

    @method("LoadUnit", takes=["s"], gives="o")
    def load(self, unit: str) -> str:
        return self._object(unit)

    @method("EnableUnitFiles", takes=["as", "b", "b"], gives="ba(sss)")
    def enable(self, units: list[str], runtime: bool, force: bool) -> list[object]:
        assert (units, runtime, force) == ([UNIT], False, True)
        self.calls.append("enable")
        if self.deny:
            raise DBusError("org.freedesktop.DBus.Error.AccessDenied", "Read-only file system")
        file = self.file()
        assert file is not None and f"WantedBy={TARGET}" in file.read_text()
        link = self.own / f"{TARGET}.wants" / UNIT
        link.parent.mkdir(parents=True, exist_ok=True)
        link.unlink(missing_ok=True)
        link.symlink_to(file)
        return [True, [["symlink", str(link), str(file)]]]

    @method("DisableUnitFiles", takes=["as", "b"], gives="a(sss)")
    def disable(self, units: list[str], runtime: bool) -> list[object]:
        assert (units, runtime) == ([UNIT], False)
        self.calls.append("disable")
        (self.own / f"{TARGET}.wants" / UNIT).unlink(missing_ok=True)
        return []

    @method("MaskUnitFiles", takes=["as", "b", "b"], gives="a(sss)")
    def mask(self, units: list[str], runtime: bool, force: bool) -> list[object]:
        assert (units, runtime, force) == ([UNIT], False, True) and not os.path.lexists(self.own / UNIT)
        self.calls.append("mask")
        self.own.mkdir(parents=True, exist_ok=True)
        (self.own / UNIT).symlink_to("/dev/null")
        return []

    @method("UnmaskUnitFiles", takes=["as", "b"], gives="a(sss)")
    def unmask(self, units: list[str], runtime: bool) -> list[object]:
        assert (units, runtime) == ([UNIT], False)
        self.calls.append("unmask")
        (self.own / UNIT).unlink(missing_ok=True)
        return []

    @method("Reload")
    def reload(self) -> None:
        self.calls.append("reload")

    @staticmethod
    def _object(unit: str) -> str:
        return f"{PATH}/unit/" + "".join(c if c.isalnum() else f"_{ord(c):02x}" for c in unit)


class FakeUnit(ServiceInterface):
    def __init__(self, manager: FakeSystemd, unit: str) -> None:
        super().__init__(f"{NAME}.Unit")
        self._manager, self._unit = manager, unit

    @dbus_property(name="FragmentPath", gives="s")
    def fragment(self) -> str:
        return str(self._manager.file() or "")

    @dbus_property(name="ActiveState", gives="s")
    def active(self) -> str:
        return self._manager.session if self._unit == TARGET else "inactive"
