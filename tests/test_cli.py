"""Whatever is typed ends in a status and a sentence, never in a traceback; and it ends quickly."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import types
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from nearby_tray.cli import main
from nearby_tray.cli.exits import NO_BUS, NOT_POSSIBLE, OK, USAGE
from nearby_tray.cli.verbs import change as change_of
from nearby_tray.core.checks import Finding, Fix, Status, Verdict, say
from nearby_tray.options import Options

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Options]:
    """No session bus, and an applet that only notes how it was started."""
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path / 'none'}")
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    seen: list[Options] = []
    app = types.ModuleType("nearby_tray.app")
    app.run = lambda options: seen.append(options) or 0  # type: ignore[attr-defined,func-returns-value]
    monkeypatch.setitem(sys.modules, "nearby_tray.app", app)
    monkeypatch.setattr("nearby_tray.app", app, raising=False)
    return seen


@pytest.mark.parametrize(
    ("words", "options"),
    [
        ("", Options()),
        ("--background", Options(background=True)),
        ("--headless --log-level debug", Options(headless=True, log_level="debug")),
        ("--demo", Options(demo=True)),
        ("--demo --once --screenshots pics", Options(demo=True, once=True, log_level="warning", screenshots=Path("pics"))),
    ],
)
def test_starting(started: list[Options], words: str, options: Options) -> None:
    assert main(words.split()) == OK
    assert started == [options]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("--once", "--once needs --demo"),
        ("--demo --screenshots x", "--screenshots needs"),
        ("--headless --demo", "--demo"),
        ("--headless --background", "--background"),
        ("--log-level loud", "invalid choice"),
        ("--bogus", "--bogus"),
        ("dance", "dance"),
        ("connect", "NAME"),
        ("decline now", "now"),
        ("pin 12345670", "12345670"),
        ("connect x --method dance", "push-button"),
        ("connect x --method", "--method"),
        ("invite", "NAME"),
        ("expel", "MEMBER"),
        ("--demo status", "does not go with"),
        ("--stat", "--stat"),
    ],
)
def test_wrong_usage_is_one_sentence(started: list[Options], words: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words.split()) == USAGE
    out, err = capsys.readouterr()
    assert out == "" and said in err and err.startswith("nearby-tray: ") and err.count("\n") == 1
    assert started == []


@pytest.mark.parametrize(
    "verb",
    [
        "status",
        "peers --json",
        "seek",
        "connect x",
        "accept",
        "decline",
        "disconnect",
        "settings a=b",
        "quit",
        "host",
        "invite x",
        "expel x",
        "members",
        "pin --pin-stdin",
    ],
)
def test_without_a_session_bus(started: list[Options], verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(verb.split()) == NO_BUS
    assert "no session bus" in capsys.readouterr().err


@pytest.mark.parametrize("words", ["--help", "--version", "settings --help"])
def test_help(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words.split()) == OK
    assert "nearby-tray" in capsys.readouterr().out


def test_without_a_screen_it_says_so(started: list[Options], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    assert main([]) == NOT_POSSIBLE and "--headless" in capsys.readouterr().err and not started
    assert main(["--headless"]) == OK
    assert main(["--demo", "--once"]) == OK


def test_without_qt_it_says_so(started: list[Options], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def run(_: Options) -> int:
        raise ModuleNotFoundError("No module named 'PySide6'", name="PySide6.QtWidgets")

    monkeypatch.setattr(sys.modules["nearby_tray.app"], "run", run)
    assert main([]) == NOT_POSSIBLE and "PySide6" in capsys.readouterr().err


WORDS = [
    "--demo",
    "--once",
    "--headless",
    "--background",
    "--json",
    "--screenshots",
    "--log-level",
    "info",
    "status",
    "peers",
    "connect",
    "--wait",
]
WORDS += ["host", "invite", "expel", "members", "pin", "--pin-stdin", "--method", "show-pin", "enter-pin", "--method=enter-pin"]
WORDS += ["settings", "port=1", "=", "quit", "--", "-h", "accept", "--remember", "\udcff", "\0", "--log-level=\udcff", "@x", ""]


@given(st.lists(st.sampled_from(WORDS) | st.text(max_size=6), max_size=5))
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200, deadline=None)
def test_any_words_end_in_a_status(started: list[Options], words: list[str]) -> None:
    assert main(words) in (OK, USAGE, NO_BUS, NOT_POSSIBLE)


@pytest.mark.parametrize(
    ("text", "change"),
    [
        ("port=2000", ("port", 2000)),
        ("accept-paired=on", ("accept_paired", True)),
        ("visible_minutes=none", ("visible_minutes", None)),
        ("visibility=nobody", ("visibility", "nobody")),
        ("name=on", ("name", "on")),
        ("name= a = b ", ("name", "a = b")),
        ("port=²", ("port", "²")),
        ("language=no", ("language", "no")),  # Norwegian
        ("language=system", ("language", "")),
    ],
)
def test_changes(text: str, change: tuple[str, object]) -> None:
    assert change_of(text) == dict([change])


def test_what_starts_us_at_login_is_chosen_in_one_word() -> None:
    assert change_of("autostart=service") == {"autostart": True, "autostart_by": "service"}
    assert change_of("autostart=off") == {"autostart": False}


BARE = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent"}


def doctor(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "nearby_tray", "doctor", *words],
        env={**BARE, "DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nonexistent"},
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def test_the_doctor_needs_no_applet_no_display_and_no_bus() -> None:
    done = doctor("--json")
    said = json.loads(done.stdout)
    assert set(said) == {"checks"} and len(said["checks"]) > 20
    for check in said["checks"]:
        assert list(check) == ["name", "status", "evidence", "fix"] and all(isinstance(value, str) for value in check.values())
        assert check["status"] in ("ok", "warn", "fail", "unknown") and check["evidence"]
    statuses = {check["name"]: check["status"] for check in said["checks"]}
    assert statuses["networkmanager"] == statuses["bluez"] == "fail" and statuses["tray"] == "unknown"
    assert done.returncode == NOT_POSSIBLE and done.stderr == ""


def test_the_doctor_for_people(tmp_path: Path) -> None:
    done = doctor("--bundle", str(tmp_path / "report.txt"))
    assert done.returncode == NOT_POSSIBLE
    lines = done.stdout.splitlines()
    assert "Problem  NetworkManager" in lines and "         There is no system bus here." in lines
    assert lines[-1].endswith(".") and "problem" in lines[-1]
    assert done.stderr.startswith("Saved ")
    assert "== Checks" in (tmp_path / "report.txt").read_text()
    assert (tmp_path / "report.txt").stat().st_mode & 0o777 == 0o600
    again = doctor("--bundle", str(tmp_path / "report.txt"))
    assert again.returncode == NOT_POSSIBLE and "exists already" in again.stderr and again.stdout == ""
    nowhere = doctor("--bundle", str(tmp_path / "none" / "report.txt"))
    assert nowhere.returncode == NOT_POSSIBLE and "cannot be saved: No such file" in nowhere.stderr


@pytest.mark.parametrize(("status", "expected"), [("ok", OK), ("warn", OK), ("unknown", OK), ("fail", NOT_POSSIBLE)])
def test_the_doctors_exit_status(
    started: list[Options], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], status: str, expected: int
) -> None:
    async def examine(_: object) -> list[Finding]:
        return [Finding("a", "A check", Verdict(Status(status), (say("Seen {what}.", what="\x1b[31m"),), Fix(say("Do it:"), "true")))]

    monkeypatch.setattr("nearby_tray.system.doctor.examination.examine", examine)
    assert main(["doctor"]) == expected
    out, err = capsys.readouterr()
    assert err == "" and "\x1b" not in out and "         Seen [31m.\n         → Do it:\n           true\n" in out
    assert main(["doctor", "--json"]) == expected
    assert json.loads(capsys.readouterr().out)["checks"][0]["fix"] == "Do it: true"


def test_a_verb_imports_nothing_heavy() -> None:
    code = (
        "import sys; from nearby_tray.cli import main; main(['doctor']); main(['status']); "
        "heavy = {'PySide6', 'qasync', 'bleak', 'cryptography', 'nearby_tray.app', 'nearby_tray.controller'}; "
        "heavy &= set(sys.modules); "
        "sys.exit(f'{heavy}' if heavy else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "no session bus" in done.stderr


# --- whatever is typed ends in one sentence ---------------------------------------------------------------------------------------


def typed(words: str, how: str, tmp_path: Path, **more: str) -> tuple[int, str, str]:
    """Exit status and what reached the streams that `how` (a shell's redirections) leaves open, in a home of its own and with no bus."""
    nothing = f"unix:path={tmp_path / 'none'}"
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "XDG_RUNTIME_DIR": str(tmp_path),
        "DBUS_SESSION_BUS_ADDRESS": nothing,
        "DBUS_SYSTEM_BUS_ADDRESS": nothing,
        "PYTHONDONTWRITEBYTECODE": "1",
    } | more
    command = f'exec "$0" -m nearby_tray {words} {how}'
    done = subprocess.run(
        ["sh", "-c", command, sys.executable],
        env={name: value for name, value in environment.items() if value},
        cwd=ROOT,
        capture_output=True,
        timeout=60,
    )
    return done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")


FULL = "nearby-tray: No space left on device.\n"


@pytest.mark.parametrize(
    ("words", "how", "status", "err"),
    [
        ("--version", "> /dev/full", 1, FULL),
        ("--help", "> /dev/full", 1, FULL),
        ("doctor --json", "> /dev/full", 1, FULL),
        ("doctor", "> /dev/full", 1, FULL),
        ("status", "> /dev/full", 4, None),  # said on stderr, which is open
        ("--version", ">&-", 0, ""),
        ("status", ">&-", 4, None),
        ("status", "2>&-", 4, ""),
        ("status", "2> /dev/full", 4, ""),
        ("dance", "2> /dev/full", 2, ""),
        ("--help", "> /dev/full 2> /dev/full", 1, ""),
        ("status", "<&-", 4, None),
        ("pin --pin-stdin", "<&-", 4, None),
        ("status", "<&- >&- 2>&-", 4, ""),
    ],
)
def test_streams_that_are_closed_or_full(tmp_path: Path, words: str, how: str, status: int, err: str | None) -> None:
    code, out, said = typed(words, how, tmp_path)
    assert code == status and "Traceback" not in said, said
    assert (said == err) if err is not None else (said.startswith("nearby-tray: ") and said.count("\n") == 1), said
    assert "nearby-tray: " not in out, "a complaint does not go where the answer goes"


@pytest.mark.parametrize("words", ["--headless", "doctor", "doctor --json", "install-desktop --user", "uninstall-desktop --user"])
@pytest.mark.parametrize("home", ["", "relative"])
def test_a_user_without_a_home_is_told_so(tmp_path: Path, words: str, home: str) -> None:
    if not home:
        # A number that nobody has, where that is possible: the user database would know a home otherwise.
        nobody = ["unshare", "-U", "--map-user=12345", "--map-group=12345"]
        if shutil.which("unshare") is None or subprocess.run([*nobody, "true"], capture_output=True).returncode:
            pytest.skip("no user namespaces here")
        code = subprocess.run(
            [*nobody, sys.executable, "-m", "nearby_tray", *words.split()],
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
            cwd=tmp_path,
            capture_output=True,
            timeout=60,
        )
        status, said = code.returncode, code.stderr.decode()
    else:
        status, _, said = typed(words, "", tmp_path, HOME="relative")
    assert status == NOT_POSSIBLE and said == "nearby-tray: It cannot be told where this user's home folder is; set HOME.\n"
    assert not list(tmp_path.iterdir()), "nothing was put somewhere else"


@pytest.mark.parametrize("locale", ["C", "POSIX", "xx_YY.UTF-8", "de_DE.ISO-8859-1", "tr_TR.UTF-8"])
def test_an_odd_locale_changes_nothing(tmp_path: Path, locale: str) -> None:
    code, _, said = typed("status", "", tmp_path, LC_ALL=locale, LANG=locale)
    assert code == 4 and said.startswith("nearby-tray: There is no session bus") and said.count("\n") == 1


def test_without_a_runtime_folder_it_says_so(tmp_path: Path) -> None:
    code, _, said = typed(
        "status", "", tmp_path, XDG_RUNTIME_DIR="", DBUS_SESSION_BUS_ADDRESS=f"unix:path={tmp_path}/none;unix:runtime=yes"
    )
    assert code in (3, 4) and said.count("\n") == 1 and "Traceback" not in said
