"""What is written about the D-Bus interface is so: the XML, the fields, and the example, run against whole controllers on simulated air."""

from __future__ import annotations

import asyncio
import re
import sys
import xml.etree.ElementTree as ET
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from nearby_tray import __version__
from nearby_tray.at_login import AtLogin
from nearby_tray.core.model import (
    Asker,
    Failure,
    Grade,
    Health,
    LinkInfo,
    Member,
    Method,
    Missed,
    Peer,
    Probe,
    Radios,
    Reason,
    Snapshot,
    Stage,
    Visibility,
    Wish,
    WishKind,
)
from nearby_tray.settings import Settings
from nearby_tray.simulation.demo import NEIGHBOUR, controller, neighbourhood
from nearby_tray.status import Status
from nearby_tray.system.bus import Bus
from nearby_tray.system.desktop_entry import EntryState
from nearby_tray.system.interface import INTERFACE, NAME, PATH
from nearby_tray.system.service import Service

from .test_cli import Standing

DESKTOP = Path(__file__).parents[2] / "desktop"
Run = Callable[..., Any]
Until = Callable[..., Awaitable[None]]

FULL = Snapshot(
    peer=Peer("1", "Kitchen"),
    peers=(Peer("1", "Kitchen"),),
    link=LinkInfo("p2p0", ("fd00::1",), ("fd00::2",)),
    health=Health(Grade.GOOD),
    failure=Failure(Stage.ASKING, Reason.DECLINED),
    radios=Radios(None, None),
    members=(Member(Peer("2", "Phone"), 0.0),),
    missed=(Missed("5e", Peer("2", "Phone"), 0.0),),
    asker=Asker("Files"),
    wish=Wish(Asker("Files"), WishKind.LINK, Peer("1", "Kitchen"), 0.0, 60.0),
)


def members(interface: ET.Element) -> set[tuple[str, ...]]:
    """Each member with its kind and the types of its arguments."""
    return {
        (
            member.tag,
            member.attrib["name"],
            member.get("type", ""),
            member.get("access", ""),
            *(f"{arg.get('direction', 'out')} {arg.attrib['type']}" for arg in member.findall("arg")),
        )
        for member in interface
    }


def test_the_xml_is_what_the_applet_says(daemon: object, run: Run) -> None:
    async def main() -> str:
        async with asyncio.timeout(30):
            service = Service(controller(neighbourhood("Here")[1], Settings()), Standing(), lambda failure, name: ("", ""))
            await service.open()
            bus = await Bus.connect("session")
            (said,) = await bus.call(NAME, PATH, "org.freedesktop.DBus.Introspectable", "Introspect")
            await bus.close()
            await service.close()
        return str(said)

    live = ET.fromstring(run(main())).find(f"interface[@name='{INTERFACE}']")
    written = ET.parse(DESKTOP / "share" / "dbus-1" / "interfaces" / f"{INTERFACE}.xml").getroot()
    told = written.find(f"interface[@name='{INTERFACE}']")
    assert live is not None and told is not None and written.get("name") == PATH
    assert len(members(told)) > 10 and members(told) == members(live)
    text = (DESKTOP / "dbus.md").read_text()
    for _, member, *_ in members(live):
        assert f"`{member}" in text, f"desktop/dbus.md does not say what {member} is"


def fields(said: dict[str, Any], before: str = "") -> set[str]:
    found = set()
    for key, value in said.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            found |= fields(value[0], f"{before}{key}[].")
        elif isinstance(value, dict):
            found |= fields(value, f"{before}{key}.")
        else:
            found.add(before + key)
    return found


def test_each_field_of_the_status_is_described() -> None:
    table = (DESKTOP / "dbus.md").read_text().partition("## The status")[2]
    described = {word for line in table.splitlines() if line.startswith("| `") for word in re.findall(r"`([^`]+)`", line.split("|")[1])}
    assert described == fields(Status.of(FULL, lambda failure, name: ("", "")).as_json())
    for kind in (Stage, Grade, Visibility, Method, Probe, WishKind):
        for value in kind:
            assert f"`{value.value}`" in table


@asynccontextmanager
async def two(*, comparing: bool = True, allowing: bool = True, wishes: list[Wish] | None = None) -> Any:
    """A whole applet whose user allows what programs ask for, or not; and a neighbour who accepts when the codes are equal, or declines."""
    air, machine, robin = neighbourhood("Here")
    here = controller(machine, Settings(name="Here"))
    robin.your_code = lambda: here.snapshot.code if comparing else "another"
    service = Service(here, Standing(), lambda failure, name: (f"It was {failure.reason.value}.", ""))
    await service.open()
    await robin.open()
    await here.open()
    here.subscribe(service.show)

    def answer(snapshot: Snapshot) -> None:
        if snapshot.wish is not None:
            (wishes if wishes is not None else []).append(snapshot.wish)
            (here.allow if allowing else here.forbid)(snapshot.wish.id)
        if snapshot.may_match and snapshot.agreed_there:
            here.match(snapshot.question)

    here.subscribe(answer)
    try:
        yield here, robin.controller
    finally:
        await here.close()
        await robin.close()
        await service.close()
    assert not air.left()


async def example(*words: str) -> tuple[int | None, str, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(DESKTOP / "examples" / "link.py"), *words, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    try:
        async with asyncio.timeout(50):
            out, err = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return process.returncode, out.decode(), err.decode()


def test_the_example_links_and_ends_it(daemon: object, run: Run) -> None:
    pytest.importorskip("dbus_fast")

    async def main() -> None:
        async with two() as (here, robin):
            asked: list[Stage] = []
            robin.subscribe(lambda snapshot: asked.append(snapshot.stage))
            status, out, err = await example(NEIGHBOUR, "0.1")
            assert (status, err) == (0, ""), out
            states = re.findall(r"^state: (\w+)", out, re.M)
            assert states[-1] == "idle" and states.index("asking") < states.index("linked")
            assert re.search(r"^state: asking code: \d{3} \d{3}$", out, re.M) and "their addresses: " in out
            assert here.snapshot.stage is Stage.IDLE
            # The other person was asked before anything was formed.
            assert asked.index(Stage.ASKED) < min(asked.index(stage) for stage in asked if stage in (Stage.MEETING, Stage.FORMING))

    run(main())


def test_a_program_cannot_go_round_the_other_person(daemon: object, run: Run) -> None:
    pytest.importorskip("dbus_fast")

    async def main() -> None:
        async with two(comparing=False) as (_, robin):
            seen: list[Stage] = []
            robin.subscribe(lambda snapshot: seen.append(snapshot.stage))
            status, out, err = await example(NEIGHBOUR)
            assert status == 1 and err == "It was declined.\n" and "linked" not in out
            assert set(seen) <= {Stage.IDLE, Stage.ASKED}

    run(main())


def test_a_program_cannot_go_round_our_own_user(daemon: object, run: Run) -> None:
    pytest.importorskip("dbus_fast")

    async def main() -> None:
        wishes: list[Wish] = []
        async with two(allowing=False, wishes=wishes) as (_, robin):
            seen: list[Stage] = []
            robin.subscribe(lambda snapshot: seen.append(snapshot.stage))
            status, out, err = await example(NEIGHBOUR)
            assert status == 1 and err == "It was not allowed.\n" and "asking" not in out
            assert set(seen) == {Stage.IDLE}
            assert wishes[0].asker.name == "link.py" and not wishes[0].asker.own and wishes[0].peer is not None

    run(main())


def test_the_example_lists_who_is_around(daemon: object, run: Run) -> None:
    pytest.importorskip("dbus_fast")

    async def main() -> None:
        async with two():
            status, out, _ = await example()
            assert status == 0 and NEIGHBOUR in out

    run(main())


def test_the_manual_is_of_this_version() -> None:
    text = (DESKTOP / "share" / "man" / "man1" / "nearby-tray.1").read_text()
    assert f'"Nearby Tray {__version__}"' in text and NAME in text.replace("\\-", "-") and INTERFACE in text


def test_each_field_of_starting_at_login_is_described(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path / 'none'}")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))

    async def main() -> dict[str, object]:
        return await AtLogin(lambda: None).as_json(Settings())

    table = (DESKTOP / "dbus.md").read_text().partition("## Starting at login")[2].partition("## The status")[0]
    described = {word for line in table.splitlines() if line.startswith("| `") for word in re.findall(r"`([^`]+)`", line.split("|")[1])}
    assert described == fields(run(main()))
    assert all(f"`{state.value}`" in table for state in EntryState)
