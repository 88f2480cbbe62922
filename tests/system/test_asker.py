"""Who speaks to us: what the kernel says of the process, made harmless, and nothing when it cannot be told."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nearby_tray.core.model import Asker
from nearby_tray.system.asker import UNKNOWN, describe, identify
from nearby_tray.system.bus import Bus

Run = Callable[..., Any]


@pytest.fixture
def proc(tmp_path: Path) -> Callable[..., Path]:
    """A made-up /proc: the applet itself, and one other process."""

    def made(exe: bytes, *words: bytes, comm: bytes = b"comm\n") -> Path:
        for name, path in ((b"4711", exe), (b"self", b"/usr/bin/python3.11")):
            folder = tmp_path / name.decode()
            folder.mkdir(exist_ok=True)
            (folder / "exe").unlink(missing_ok=True)
            if path:
                (folder / "exe").symlink_to(os.fsdecode(path))
        (tmp_path / "4711" / "cmdline").write_bytes(b"\0".join([*words, b""]))
        (tmp_path / "4711" / "comm").write_bytes(comm)
        return tmp_path

    return made


@pytest.mark.parametrize(
    ("exe", "words", "name", "own"),
    [
        (b"/usr/bin/nautilus", [b"nautilus", b"x"], "nautilus", False),
        (b"/usr/bin/nautilus (deleted)", [b"nautilus"], "nautilus", False),
        (b"/usr/bin/shotwell", [b"sh", b"/tmp/x.sh"], "shotwell", False),
        (b"/usr/bin/python3.11", [b"python3", b"-X", b"dev", b"-u", b"/home/a/files.py", b"y"], "files.py", False),
        (b"/usr/bin/python3.11", [b"python3", b"-c", b"import x"], "python3.11", False),
        (b"/usr/bin/python3.11", [b"python3", b"-m", b"files"], "files", False),
        (b"/usr/bin/bash", [b"bash", b"/home/a/job.sh"], "job.sh", False),
        (b"/usr/bin/python3.11", [b"/usr/bin/python3", b"/usr/bin/nearby-tray", b"connect", b"B"], "nearby-tray", True),
        (b"/usr/bin/python3.11", [b"python3", b"-m", b"nearby_tray", b"connect", b"B"], "nearby_tray", True),
        (b"/usr/bin/python3.12", [b"python3", b"/usr/bin/nearby-tray", b"connect"], "nearby-tray", False),  # not what we run by
        (b"/usr/bin/evil", [b"/usr/bin/python3", b"/usr/bin/nearby-tray", b"connect"], "evil", False),
        (b"/usr/bin/python3.11", [b"python3", b"/tmp/x.py", b"/usr/bin/nearby-tray"], "x.py", False),
        (b"/usr/bin/python3.11", [b"python3", b"/tmp/my-nearby-tray"], "my-nearby-tray", False),
        (b"/tmp/\xe2\x80\xaegnp.exe\n<b>", [b""], "gnp.exe <b>", False),  # a right-to-left override, a line break
        (b"/tmp/\xff\xfe", [], "\ufffd\ufffd", False),
        (b"/tmp/" + b"x" * 200, [], "x" * 63 + "…", False),
        (b"", [b"python3", b"/usr/bin/nearby-tray"], "comm", False),  # hidden from us
        (b"/usr/bin/python3.11", [], "python3.11", False),
    ],
)
def test_a_process_is_named_by_what_it_runs(proc: Callable[..., Path], exe: bytes, words: list[bytes], name: str, own: bool) -> None:
    found = describe(4711, proc(exe, *words))
    assert (found.name, found.own, found.pid) == (name, own, 4711)
    assert len(found.path) <= 160 and found.path.isprintable()


def test_a_process_that_is_gone_or_hidden_has_no_name(tmp_path: Path) -> None:
    assert describe(4711, tmp_path) == Asker("", "", 4711)


def test_the_program_behind_a_connection(daemon: object, run: Run) -> None:
    async def main() -> None:
        bus, own = await Bus.connect("session"), await Bus.connect("session")
        found = await identify(bus, own.unique_name)
        assert found.pid == os.getpid() and found.own and "python" in found.path
        await own.close()
        assert await identify(bus, own.unique_name) == UNKNOWN, "it has left"
        assert await identify(bus, "not a name") == UNKNOWN
        await bus.close()
        assert await identify(bus, bus.unique_name) == UNKNOWN, "there is no bus"

    run(main())


def test_a_program_that_leaves_while_it_is_looked_at_is_nobody(daemon: object, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its number may be another's by then."""

    async def main() -> None:
        bus, other = await Bus.connect("session"), await Bus.connect("session")
        name = other.unique_name
        real, left = bus.name_owner, asyncio.Event()
        await bus.watch_name(name, lambda owner: None if owner else left.set())

        async def after_it_left(wanted: str) -> str | None:
            await other.close()
            await left.wait()
            return await real(wanted)

        monkeypatch.setattr(bus, "name_owner", after_it_left)
        assert await identify(bus, name) == UNKNOWN
        await bus.close()

    run(main())
