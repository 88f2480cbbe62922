"""Who speaks to us: what the kernel says of the process, made harmless, and nothing when it cannot be told."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nearby_tray.core.model import Asker
from nearby_tray.system import asker
from nearby_tray.system.asker import UNKNOWN, describe, identify, is_installed
from nearby_tray.system.bus import Bus

Run = Callable[..., Any]


NAME = ":1.7"


class Proc:
    """A made-up /proc: the applet itself, another process, and files that both may run."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root = root
        self.proc, self.files = root / "proc", root / "files"
        for name in ("4711", "self"):
            (self.proc / name).mkdir(parents=True)
        self.python = self.file("usr/bin/python3.11")
        self.command = self.file("usr/bin/nearby-tray")
        (self.proc / "self" / "exe").symlink_to(self.python)
        monkeypatch.setattr(asker, "_commands", lambda: [self.command])

    def file(self, name: str) -> Path:
        path = self.files / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
        return path

    def runs(self, exe: bytes, *words: bytes, comm: bytes = NAME.encode() + b"\n", cwd: str = "", environ: bytes = b"") -> Path:
        folder = self.proc / "4711"
        for link, to in (("exe", exe), ("root", os.fsencode(self.files)), ("cwd", os.fsencode(self.files / cwd))):
            if to:
                (folder / link).symlink_to(os.fsdecode(to))
        (folder / "cmdline").write_bytes(b"\0".join([*words, b""]))
        (folder / "comm").write_bytes(comm)
        (folder / "environ").write_bytes(environ)
        return self.proc


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Proc:
    return Proc(tmp_path, monkeypatch)


@pytest.mark.parametrize(
    ("exe", "words", "name"),
    [
        (b"/usr/bin/nautilus", [b"nautilus", b"x"], "nautilus"),
        (b"/usr/bin/nautilus (deleted)", [b"nautilus"], "nautilus"),
        (b"/usr/bin/shotwell", [b"sh", b"/tmp/x.sh"], "shotwell"),
        (b"/usr/bin/python3.11", [b"python3", b"-X", b"dev", b"-u", b"/home/a/files.py", b"y"], "files.py"),
        (b"/usr/bin/python3.11", [b"python3", b"-c", b"import x"], "python3.11"),
        (b"/usr/bin/python3.11", [b"python3", b"-m", b"files"], "files"),
        (b"/usr/bin/bash", [b"bash", b"/home/a/job.sh"], "job.sh"),
        (b"/usr/bin/python3.11", [b"/usr/bin/python3", b"/usr/bin/nearby-tray", b"connect", b"B"], "nearby-tray"),
        (b"/usr/bin/evil", [b"/usr/bin/python3", b"/usr/bin/nearby-tray", b"connect"], "evil"),
        (b"/usr/bin/python3.11", [b"python3", b"/tmp/x.py", b"/usr/bin/nearby-tray"], "x.py"),
        (b"/tmp/\xe2\x80\xaegnp.exe\n<b>", [b""], "gnp.exe <b>"),  # a right-to-left override, a line break
        (b"/tmp/\xff\xfe", [], "\ufffd\ufffd"),
        (b"/tmp/" + b"x" * 200, [], "x" * 63 + "…"),
        (b"", [b"python3", b"/usr/bin/nearby-tray"], ":1.7"),  # hidden from us
        (b"/usr/bin/python3.11", [], "python3.11"),
    ],
)
def test_a_process_is_named_by_what_it_runs(made: Proc, exe: bytes, words: list[bytes], name: str) -> None:
    found = describe(4711, NAME, made.runs(exe, *words))
    assert (found.name, found.own, found.pid) == (name, False, 4711)
    assert len(found.path) <= 160 and found.path.isprintable()


PYTHON, SCRIPT = b"python3", b"/usr/bin/nearby-tray"


@pytest.mark.parametrize(
    ("words", "own"),
    [
        ([PYTHON, SCRIPT, b"accept"], True),
        ([PYTHON, b"-I", SCRIPT, b"accept"], True),
        ([PYTHON, b"bin/nearby-tray", b"accept"], True),  # from /usr
        ([PYTHON, b"bin/other-name"], True),  # a link to our command
        ([PYTHON, b"/tmp/nearby-tray", b"accept"], False),
        ([PYTHON, b"/tmp/x.py", SCRIPT], False),
        ([PYTHON, b"-i", SCRIPT], False),  # reads more from standard input
        ([PYTHON, b"-c", b"evil", SCRIPT], False),
        ([PYTHON, b"-X", b"x", SCRIPT], False),
        ([PYTHON, b"-m", b"nearby_tray"], False),  # found nowhere that could be looked at
        ([PYTHON, b"-m", b"other"], False),
        ([PYTHON, b"-m"], False),
        ([PYTHON], False),
        ([], False),
    ],
)
def test_our_own_command_is_known_by_its_files(made: Proc, words: list[bytes], own: bool) -> None:
    made.file("tmp/nearby-tray")
    made.file("tmp/x.py")
    (made.files / "usr" / "bin" / "other-name").symlink_to(made.command)
    assert describe(4711, NAME, made.runs(os.fsencode(made.python), *words, cwd="usr")).own is own


@pytest.mark.parametrize(
    ("comm", "sender", "own"),
    [
        (b"nearby-tray\n", NAME, False),
        (b":1.8\n", NAME, False),
        (b"\n", NAME, False),
        (b"\n", "", False),
        (b":1.123456789012\n", ":1.12345678901234", True),  # the kernel keeps 15 characters
    ],
)
def test_a_connection_for_which_the_process_does_not_vouch_is_not_its_own(made: Proc, comm: bytes, sender: str, own: bool) -> None:
    """As one that another program made before it ran our command in its place: it has the name of the program that it runs."""
    proc = made.runs(os.fsencode(made.python), PYTHON, SCRIPT, comm=comm)
    assert describe(4711, sender, proc).own is own


def test_another_interpreter_of_the_same_name_is_another(made: Proc) -> None:
    twin = made.file("home/bin/python3.11")
    assert not describe(4711, NAME, made.runs(os.fsencode(twin), PYTHON, SCRIPT)).own


@pytest.mark.parametrize(
    ("where", "own"), [("cwd", True), ("PYTHONPATH", True), ("evil cwd", False), ("evil cwd before PYTHONPATH", False)]
)
def test_a_module_is_known_by_the_file_that_python_finds(made: Proc, where: str, own: bool) -> None:
    ours, evil = made.file("project/nearby_tray/__main__.py"), made.file("evil/nearby_tray/__main__.py")
    ours.unlink()
    ours.symlink_to(Path(asker.__file__).parent.parent / "__main__.py")
    assert evil.exists()
    environ = b"HOME=/\0PYTHONPATH=/nowhere:/project\0" if "PYTHONPATH" in where else b""
    cwd = "evil" if "evil" in where else "project" if where == "cwd" else ""
    proc = made.runs(os.fsencode(made.python), PYTHON, b"-m", b"nearby_tray", b"accept", cwd=cwd, environ=environ)
    assert describe(4711, NAME, proc).own is own


def test_a_process_that_is_gone_or_hidden_has_no_name(tmp_path: Path) -> None:
    assert describe(4711, NAME, tmp_path) == Asker("", "", 4711)


@pytest.mark.parametrize(
    ("words", "mode", "installed"),
    [
        ([b"server"], 0o755, True),
        ([b"server"], 0o775, False),
        ([b"server"], 0o757, False),
        ([PYTHON, b"/usr/share/server.py"], 0o755, True),
        ([PYTHON, b"/usr/share/mine.py"], 0o755, False),
        ([PYTHON, b"/home/server.py"], 0o755, False),  # of root, in root's home
        ([PYTHON, b"/usr/../home/server.py"], 0o755, False),
        ([PYTHON, b"server.py"], 0o755, False),
        ([PYTHON, b"-c", b"x"], 0o755, False),
        ([b"gjs", b"-m", b"/usr/share/server.py"], 0o755, True),  # as GNOME's server of notifications
    ],
)
def test_what_root_installed_is_told_from_what_the_user_brought(
    made: Proc, monkeypatch: pytest.MonkeyPatch, words: list[bytes], mode: int, installed: bool
) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can make files of root")
    exe = made.file("usr/bin/gjs") if words[0] == b"gjs" else made.python if words[0] == PYTHON else made.file("usr/bin/server")
    exe.chmod(mode)
    for name in ("usr/share/server.py", "home/server.py"):
        made.file(name).chmod(0o644)
    os.chown(made.file("usr/share/mine.py"), 65534, 65534)
    monkeypatch.setattr(asker, "_PLACES", ("/usr/", f"{made.files}/usr/"))
    assert is_installed(4711, made.runs(os.fsencode(exe), *words)) is installed


FORKED = """
import asyncio, os, sys
from nearby_tray.system.bus import Bus
async def main():
    bus = await Bus.connect("session")
    if sys.argv[2] == "vouches":
        from nearby_tray.system.asker import vouch
        vouch(bus.unique_name)
    os.set_inheritable(bus._connection._fd, True)
    print(bus.unique_name, flush=True)
    if os.fork() == 0:  # the child keeps the connection, and would speak on it
        os.read(0, 1)
        os._exit(0)
    os.execv(sys.executable, [sys.executable, sys.argv[1], "pin", "--pin-stdin", "--wait"])
asyncio.run(main())
"""


@pytest.mark.parametrize("how", ["says nothing", "vouches"])
def test_a_connection_kept_over_fork_and_exec_is_not_our_commands(
    daemon: object, run: Run, until: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    command = tmp_path / "nearby-tray"
    command.write_text("import sys; print('runs', flush=True); sys.stdin.readline()")
    monkeypatch.setattr(asker, "_commands", lambda: [command])

    async def main() -> None:
        bus = await Bus.connect("session")
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", FORKED, str(command), how, stdin=pipe, stdout=pipe)
        assert process.stdout is not None
        name = (await process.stdout.readline()).decode().strip()
        assert await process.stdout.readline() == b"runs\n"
        found = await identify(bus, name)
        assert found.pid == process.pid and found.name == "nearby-tray" and not found.own
        await process.communicate(b"x\n")
        await bus.close()

    run(main())


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
