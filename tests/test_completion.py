"""What a shell completes is what the program takes: typed into real shells, with names that strangers have chosen."""

from __future__ import annotations

import os
import pty
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from nearby_tray.cli.lines import names
from nearby_tray.status import ListedPeer

ROOT = Path(__file__).parents[1]
SHARE = ROOT / "desktop" / "share"
LIMIT = 60.0  # seconds; a shell that does not get there has failed

HOSTILE = "x $(touch pwned) `touch pwned` \"a\" 'b' ; & | \\ * {a,b} ~ <c>  %s"
BANG = "y !! !touch !$"
NAMES = ["Robin’s laptop", "Kitchen", HOSTILE, BANG, "02:00:00:00:00:01"]

PROGRAM = """#!/bin/sh
[ "$*" = "peers --names" ] && exec cat "$NAMES"
[ "$*" = "members --names" ] && exec echo Tim
printf '%s\\0' "$@" > "$TOLD.new"
mv "$TOLD.new" "$TOLD"
"""

BASH = ". /usr/share/bash-completion/bash_completion 2> /dev/null || . {share}/bash-completion/completions/nearby-tray"
ZSH = "fpath=({share}/zsh/site-functions $fpath); autoload -Uz compinit; compinit -u -D"
SHELLS = {
    "bash": (["bash", "--noprofile", "--norc", "-i"], BASH),
    "zsh": (["zsh", "-f", "-i"], ZSH),
}

Type = Callable[[str], list[str]]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place with the completions installed and a program that says four names and notes what else it is told."""
    shutil.copytree(SHARE, tmp_path / "share")
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "nearby-tray"
    program.write_text(PROGRAM)
    program.chmod(0o755)
    (tmp_path / "names").write_text("\n".join(NAMES) + "\n")
    for name, value in {
        "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "XDG_DATA_HOME": str(tmp_path / "share"),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "LC_ALL": "C.UTF-8",
        "TERM": "dumb",
        "NAMES": str(tmp_path / "names"),
        "TOLD": str(tmp_path / "told"),
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def type_into(shell: str, home: Path, line: str) -> list[str]:
    """Type this line, tabs and all, into an interactive shell; the words that the program was told."""
    command, preparation = SHELLS[shell]
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    terminal, theirs = pty.openpty()  # not pty.fork: other tests have threads
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True)
    os.close(theirs)
    said = b""
    told = home / "told"
    try:
        os.write(terminal, f"{preparation.format(share=home / 'share')}\n{line}\n".encode())
        end = time.monotonic() + LIMIT
        while not told.exists() and time.monotonic() < end:
            if select.select([terminal], [], [], 0.1)[0]:
                try:
                    said += os.read(terminal, 65536)
                except OSError:
                    break
    finally:
        process.kill()
        process.wait()
        os.close(terminal)
    assert told.exists(), said.decode(errors="replace")
    return told.read_bytes().decode().split("\0")[:-1]


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("nearby-tray disc\t", ["disconnect"]),
        ("nearby-tray conn\tRob\t", ["connect", NAMES[0]]),
        ("nearby-tray connect --wait Ki\t", ["connect", "--wait", "Kitchen"]),
        ("nearby-tray connect x\t", ["connect", HOSTILE]),
        ('nearby-tray connect "Rob\t', ["connect", NAMES[0]]),
        ("nearby-tray connect 'x $(\t", ["connect", HOSTILE]),
        ('nearby-tray connect "x\t', ["connect", HOSTILE]),
        ("nearby-tray connect x\\ \t", ["connect", HOSTILE]),
        ("nearby-tray connect y\t", ["connect", BANG]),
        ("nearby-tray connect 'y\t", ["connect", BANG]),
        ("nearby-tray connect 02:0\t", ["connect", NAMES[4]]),
        ("nearby-tray connect --js\tKi\t", ["connect", "--json", "Kitchen"]),
        ("nearby-tray settings visibi\ttru\t", ["settings", "visibility=trusted"]),
        ("nearby-tray settings autostart=on visibi\tno\t", ["settings", "autostart=on", "visibility=nobody"]),
        ("nearby-tray --dem\t--log-l\tde\t", ["--demo", "--log-level", "debug"]),
        ("nearby-tray --demo --screenshots sh\t", ["--demo", "--screenshots", "share"]),
        ("nearby-tray install-desktop --us\t", ["install-desktop", "--user"]),
        ("nearby-tray connect Ki\t--meth\tshow\t", ["connect", "Kitchen", "--method", "show-pin"]),
        ("nearby-tray expel Ti\t", ["expel", "Tim"]),
    ],
)
def test_tab(shell: str, line: str, words: list[str], home: Path) -> None:
    assert [word.rstrip("/") for word in type_into(shell, home, line)] == words
    assert not (home / "pwned").exists()


def fish(home: Path, line: str) -> list[str]:
    if shutil.which("fish") is None:
        pytest.skip("fish is not installed")
    done = subprocess.run(
        ["fish", "-c", "complete -C $argv[1]", line], capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=LIMIT, check=True
    )
    assert done.stderr == ""
    return [line.partition("\t")[0] for line in done.stdout.splitlines()]


def test_fish(home: Path) -> None:
    assert fish(home, "nearby-tray disc") == ["disconnect"]
    assert set(fish(home, "nearby-tray connect ")) == set(NAMES)
    assert fish(home, "nearby-tray connect x") == [HOSTILE]
    assert "--wait" in fish(home, "nearby-tray connect --") and "--demo" not in fish(home, "nearby-tray connect --")
    assert fish(home, "nearby-tray settings visibility=tr") == ["visibility=trusted"]
    assert fish(home, "nearby-tray --log-level d") == ["debug"]
    assert fish(home, "nearby-tray status ") == []
    assert not (home / "pwned").exists()


def test_no_applet_completes_nothing_and_says_nothing(home: Path) -> None:
    program = home / "bin" / "nearby-tray"
    program.write_text("#!/bin/sh\necho no applet >&2\nexit 3\n")
    assert fish(home, "nearby-tray connect ") == []


def peer(name: str, id: str, *, reachable: bool = True, on_wifi: bool = False) -> ListedPeer:
    return ListedPeer(name=name, id=id, reachable=reachable, on_wifi=on_wifi)


def test_names_are_what_connect_takes() -> None:
    peers = [
        peer("Kitchen", "1"),
        peer("Phone", "2", reachable=False),
        peer("Twin", "3"),
        peer("twin", "4"),
        peer("a\x1b[31m", "5"),
        peer("-x", "6"),
        peer(" y", "7"),
        peer("", "8"),
        peer("1", "9"),
        peer("two\nlines", "10"),
        peer("TV", "11", reachable=False, on_wifi=True),
    ]
    wanted = [peer for peer in peers if peer.reachable or peer.on_wifi]
    assert names(wanted, peers) == [
        "Kitchen",
        "3",
        "4",
        "5",
        "6",
        "7",
        "8",
        "9",
        "10",
        "TV",
    ]


def test_what_is_generated_is_up_to_date() -> None:
    pytest.importorskip("PySide6")
    done = subprocess.run(
        [sys.executable, str(ROOT / "desktop" / "generate.py"), "--check"],
        env={**os.environ, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}{done.stderr}run: python desktop/generate.py"
