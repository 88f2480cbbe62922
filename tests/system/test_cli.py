"""The verbs, said to an applet on a private session bus."""

from __future__ import annotations

import asyncio
import json
import os
import pty
import signal
import sys
import termios
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from nearby_tray.cli import main, verbs
from nearby_tray.cli.exits import INTERRUPTED, NO_APPLET, NOT_POSSIBLE, OK, USAGE
from nearby_tray.core import pin as pins
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
    Wish,
    WishKind,
)
from nearby_tray.options import Options
from nearby_tray.settings import Settings
from nearby_tray.simulation.air import ALL
from nearby_tray.simulation.demo import NEIGHBOUR, controller, neighbourhood
from nearby_tray.simulation.demo import PHONE as SIMULATED_PHONE
from nearby_tray.simulation.demo import phone as simulated_phone
from nearby_tray.system.bus import Bus, ServiceInterface, method
from nearby_tray.system.interface import INTERFACE, NAME, PATH
from nearby_tray.system.service import Service

from ..no_actions import NoActions

Until = Callable[..., Awaitable[None]]
Run = Callable[..., Any]

READY = Snapshot(radios=Radios(None, None))
KITCHEN = Peer("02:00:00:00:00:01", "Kit\x1b[31mchen", kind="laptop", reachable=True, on_wifi=True, strength=70)
LINKED = Snapshot(
    stage=Stage.LINKED,
    peer=KITCHEN,
    code="042 719",
    radios=Radios(None, None),
    link=LinkInfo("p2p-wlan0-0", ("169.254.1.1", "fd00::1"), ("169.254.1.2", "fd00::2")),
    health=Health(Grade.GOOD, 1.2, 1.0, 3.0, 0.1, signal=80, bytes_in=1000, bytes_out=2000, power_save=True),
)
ABLE = Radios(None, None, abilities=ALL)
PHONE = Peer("02:00:00:00:00:02", "Pho\x1bne", "phone", "02:00:00:00:00:02", on_wifi=True, model="GVU6C", methods=frozenset(Method))
TV = Peer("02:00:00:00:00:03", "TV", "other", "02:00:00:00:00:03", on_wifi=True)
STRANGE = Snapshot(radios=ABLE, peer=PHONE, verified=False, needs_code=False, question="0a1b")
ASKED = Snapshot(stage=Stage.ASKED, peer=KITCHEN, code="042 719", question="ad0a", radios=Radios(None, None))
ASKING = replace(ASKED, stage=Stage.ASKING, may_match=True)
SHOWN = replace(STRANGE, stage=Stage.FORMING, method=Method.DISPLAY, pin="12345670", tries_left=3)
ENTERING = replace(STRANGE, stage=Stage.ENTERING, method=Method.KEYPAD, pin_wanted=True, tries_left=3)
JOINED = replace(
    STRANGE, stage=Stage.LINKED, link=LinkInfo("p2p0", ("192.168.49.2",), ("192.168.49.1",), 0, backend="wpa_supplicant", frequency=5180)
)
HOSTING = replace(
    STRANGE,
    stage=Stage.HOSTING,
    peer=None,
    link=LinkInfo("p2p1", ("10.42.7.1",), backend="wpa_supplicant", owner=True),
    members=(Member(PHONE, 0.0, ("10.42.7.23",), Health(Grade.GOOD, rtt_p50=5.1, probe=Probe.ECHO)), Member(TV, 0.0)),
)
FAILED = replace(READY, failure=Failure(Stage.ASKING, Reason.DECLINED, "detail \x1b"))


class Applet(NoActions):
    """Does at once what it is told, as far as a story needs it."""

    def __init__(self, snapshot: Snapshot = READY, answers: Snapshot = LINKED) -> None:
        self.snapshot, self.answers = snapshot, answers
        self.settings = Settings()
        self.calls: list[object] = []
        self.log: list[str] = []
        self.service = Service(self, self, lambda failure, peer: (f"It was {failure.reason.value}.", "Try again."), lambda: self.log)

    def go(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.service.show(snapshot)

    def later(self, snapshot: Snapshot, delay: float = 0.05) -> None:
        asyncio.get_running_loop().call_later(delay, self.go, snapshot)

    def seek(self, identity: bytes | None = None, *, asker: Asker | None = None) -> None:
        self.go(Snapshot(stage=Stage.SEEKING))
        self.later(Snapshot(stage=Stage.SEEKING, peers=(KITCHEN,)))

    def ask(self, peer_id: str, method: Method | None = None, remember: bool = False, *, asker: Asker | None = None) -> None:
        self.calls.append(("ask", peer_id) if method is None else ("ask", peer_id, method, remember))
        self.go(Snapshot(stage=Stage.ASKING, peer=KITCHEN))
        self.later(Snapshot(stage=Stage.ASKING, peer=KITCHEN, code="042 719"))
        self.later(self.answers, 0.5)

    def accept(self, question: str, trust: bool = False) -> None:
        self.calls.append(("accept", question, trust))
        self.go(Snapshot(stage=Stage.MEETING, peer=KITCHEN))
        self.later(self.answers)

    def match(self, question: str, trust: bool = False) -> None:
        self.calls.append(("match", question, trust))
        self.go(replace(self.snapshot, may_match=False, agreed_here=True))
        self.later(self.answers)

    def decline(self, question: str = "") -> None:
        self.calls.append("decline")

    def enter_pin(self, question: str, pin: str) -> None:
        self.calls.append(("enter_pin", pin))

    def host(self, persistent: bool = False, *, asker: Asker | None = None) -> None:
        self.calls.append(("host", persistent))
        self.go(replace(HOSTING, link=None, members=()))
        self.later(replace(HOSTING, members=()))

    def allow(self, wish: str) -> None:
        self.calls.append("allow")

    def forbid(self, wish: str) -> None:
        self.calls.append("forbid")

    def invite(self, peer_id: str, *, asker: Asker | None = None) -> None:
        self.calls.append(("invite", peer_id))

    def expel(self, address: str) -> None:
        self.calls.append(("expel", address))
        self.later(replace(self.snapshot, members=tuple(m for m in self.snapshot.members if m.peer.address != address)))

    def cancel(self) -> None: ...

    def disconnect(self) -> None:
        self.go(Snapshot(stage=Stage.ENDING))
        self.later(READY)

    def apply(self, settings: Settings) -> str:
        self.settings = settings
        return ""

    def used(self) -> None: ...

    def raise_window(self) -> None:
        self.calls.append("raise")

    def quit(self) -> None:
        def close() -> None:  # after the answer, as the applet, which has more to close
            self.quitting = asyncio.get_running_loop().create_task(self.service.close())

        asyncio.get_running_loop().call_later(0.05, close)


@pytest.fixture
def say(daemon: object, run: Run, capsys: pytest.CaptureFixture[str]) -> Callable[..., list[tuple[int, str, str]]]:
    """Say some command lines to an applet, one after the other; returns status, stdout and stderr of each."""

    def say_them(applet: Applet, *lines: str) -> list[tuple[int, str, str]]:
        async def main_() -> list[tuple[int, str, str]]:
            await applet.service.open()
            applet.go(applet.snapshot)
            results = []
            try:
                for line in lines:
                    status = await asyncio.to_thread(main, line.split())
                    results.append((status, *capsys.readouterr()))
            finally:
                await applet.service.close()
            return results

        return list(run(main_()))

    return say_them


Say = Callable[..., list[tuple[int, str, str]]]


def test_no_applet(daemon: object, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status"]) == NO_APPLET
    assert "not running" in capsys.readouterr().err


def test_status_for_people(say: Say) -> None:
    ((status, out, err),) = say(Applet(LINKED), "status")
    assert (status, err) == (OK, "")
    first, *rest = out.splitlines()
    assert first == "Linked with “Kit[31mchen”, good" and "\x1b" not in out
    text = "\n".join(rest)
    for word in ("169.254.1.2, fd00::2", "169.254.1.1, fd00::1", "p2p-wlan0-0", "1.2 ms", "80 %", "1.0 kB in", "0 %", "everyone", "power"):
        assert word in text, word


@pytest.mark.parametrize(
    ("snapshot", "words"),
    [
        (READY, "Ready"),
        (Snapshot(), "NetworkManager is not running"),
        (FAILED, "It was declined. Try again."),
        (Snapshot(stage=Stage.SEEKING, peers=(KITCHEN,)), "Kit[31mchen, Laptop, signal 70 %"),
        (Snapshot(stage=Stage.ASKED, peer=KITCHEN, code="042 719"), "042 719"),
        (Snapshot(stage=Stage.RESTORING, peer=KITCHEN, attempt=2), "try 2 of 3"),
        (Snapshot(visible_until=60.0, radios=Radios(None, None)), "everyone, 1:00 left"),
        (
            replace(STRANGE, stage=Stage.SEEKING, peer=None, peers=(replace(PHONE, owner=True),)),
            "Phone (GVU6C), Wi-Fi Direct only, Owns a group",
        ),
        (SHOWN, "PIN to type there 1234 5670"),
        (ENTERING, "nearby-tray pin"),
        (replace(STRANGE, stage=Stage.ASKED), "Not verified"),
        (replace(STRANGE, stage=Stage.ASKED), "Accept to let it connect."),
        (JOINED, "36 (5180 MHz, 5 GHz band)"),
        (JOINED, "Push button: not authenticated"),
        (HOSTING, "Hosting a group with 2 members"),
        (HOSTING, "Phone, Phone, good, heard by ICMP echo, 5.1 ms, 0 % lost, 10.42.7.23"),
        (HOSTING, "TV, Computer, not heard of yet"),
        (replace(HOSTING, link=None), "Starting a group"),
        (replace(LINKED, unasked=True), "because it is paired"),
    ],
)
def test_status_of_each_kind(say: Say, snapshot: Snapshot, words: str) -> None:
    ((status, out, err),) = say(Applet(snapshot), "status")
    assert (status, err) == (OK, "") and words in out and "\x1b" not in out


def test_json_for_programs(say: Say) -> None:
    status, peers, settings = say(
        Applet(Snapshot(stage=Stage.SEEKING, peers=(KITCHEN,))), "status --json", "peers --json", "settings --json"
    )
    assert json.loads(status[1])["state"] == "seeking"
    assert json.loads(peers[1])[0]["name"] == KITCHEN.name
    assert json.loads(settings[1])["port"] == 47476


def test_connect_looks_asks_and_waits(say: Say) -> None:
    applet = Applet()
    asked, again, ended = say(applet, "connect kit\x1b[31mchen --wait", f"connect {KITCHEN.id}", "disconnect")
    hint = "Both screens must show the code 042 719. If they do: nearby-tray match 042719\n"
    assert asked[0] == OK and asked[1].startswith(f"{hint}Linked with"), asked
    assert applet.calls == [("ask", KITCHEN.id)]
    assert again[0] == NOT_POSSIBLE and "linked" in again[2]
    assert ended == (OK, "", "") and applet.snapshot == READY


def test_connect_without_waiting_says_the_code(say: Say) -> None:
    (asked,) = say(Applet(), f"connect {KITCHEN.id}")
    assert asked == (OK, "Both screens must show the code 042 719. If they do: nearby-tray match 042719\n", "")


def test_connect_that_is_declined(say: Say) -> None:
    (asked,) = say(Applet(answers=FAILED), f"connect {KITCHEN.id} --wait")
    assert asked[0] == NOT_POSSIBLE and asked[2] == "nearby-tray: It was declined. Try again.\n"


def test_connect_to_somebody_unknown_lists_the_known(say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verbs, "FIND", 0.5)
    (asked,) = say(Applet(), "connect cellar")
    assert asked[0] == NOT_POSSIBLE and "“cellar” is not among the computers found: “Kit" in asked[2] and "\x1b" not in asked[2]


def test_answering(say: Say) -> None:
    applet = Applet(ASKED)
    declined, accepted = say(applet, "decline", "accept 042719 --trust --wait --json")
    assert declined == (OK, "", "")
    assert accepted[0] == OK and json.loads(accepted[1])["state"] == "linked"
    assert applet.calls == ["decline", ("accept", ASKED.question, True)]
    (nobody,) = say(Applet(), "accept")
    assert nobody == (NOT_POSSIBLE, "", "nearby-tray: Nobody asks for a link.\n")


WISH = Wish(Asker("files.py"), WishKind.LINK, KITCHEN, 0.0, 60.0, "f00d")
GONE = "nearby-tray: That is not asked any more. What is asked now: see nearby-tray status.\n"


@pytest.mark.parametrize(
    ("snapshot", "line", "status", "call"),
    [
        (ASKED, "accept 042719", OK, ("accept", "ad0a", False)),
        (ASKED, "accept 042 719 --trust", OK, ("accept", "ad0a", True)),
        (ASKED, "accept ad0a", OK, ("accept", "ad0a", False)),
        (ASKED, "accept 042718", NOT_POSSIBLE, None),
        (ASKED, "accept 0427", NOT_POSSIBLE, None),
        (ASKED, "accept f00d", NOT_POSSIBLE, None),
        (ASKED, "accept", USAGE, None),
        (replace(ASKED, needs_code=False), "accept", USAGE, None),
        (replace(ASKED, needs_code=False), "accept ad0a", OK, ("accept", "ad0a", False)),
        (replace(ASKED, stage=Stage.SEEKING, question="", code=None, wish=WISH), "accept f00d", OK, "allow"),
        (replace(ASKED, stage=Stage.SEEKING, question="", code=None, wish=WISH), "accept 042719", NOT_POSSIBLE, None),
        (replace(ASKED, stage=Stage.SEEKING, question="", code=None, wish=WISH), "accept", USAGE, None),
        (replace(ASKED, stage=Stage.SEEKING, question="", code=None, wish=WISH), "decline", OK, "forbid"),
        (ASKING, "match 042719", OK, ("match", "ad0a", False)),
        (ASKING, "match 042 719 --trust", OK, ("match", "ad0a", True)),
        (ASKING, "match ad0a", OK, ("match", "ad0a", False)),
        (ASKING, "match 042718", NOT_POSSIBLE, None),
        (ASKING, "match", USAGE, None),
        (ASKED, "match 042719", NOT_POSSIBLE, None),
        (ASKING, "accept 042719", NOT_POSSIBLE, None),
        (replace(ASKING, may_match=False, code=None), "match 042719", NOT_POSSIBLE, None),
        (replace(ASKING, may_match=False, agreed_here=True), "match 042719", NOT_POSSIBLE, None),
    ],
)
def test_a_yes_names_what_it_answers(say: Say, snapshot: Snapshot, line: str, status: int, call: object) -> None:
    """Without a terminal: who is not there to look may not say yes to whatever comes."""
    applet = Applet(snapshot)
    ((code, out, err),) = say(applet, line)
    assert code == status and err.count("\n") == (status != OK), (out, err)
    assert [each for each in applet.calls if each] == ([call] if call else [])


def test_an_answer_to_what_was_asked_before_is_refused(say: Say) -> None:
    applet = Applet(replace(ASKED, code="111 111", question="beef"))
    (late,) = say(applet, "accept 042719")
    assert late == (NOT_POSSIBLE, "", GONE) and applet.calls == []


def test_a_program_is_told_what_is_asked(say: Say) -> None:
    missed = (Missed("5e", KITCHEN, 1.0),)
    ((_, out, _), (_, told, _)) = say(Applet(replace(ASKING, agreed_there=True, missed=missed, now=61.0)), "status --json", "status")
    said = json.loads(out)
    assert (said["question"], said["may_match"], said["agreed_here"], said["agreed_there"]) == ("ad0a", True, False, True)
    assert said["missed"] == [{"id": "5e", "peer": {"id": KITCHEN.id, "name": KITCHEN.name, "kind": "laptop"}, "ago_s": 60.0}]
    assert "nearby-tray match 042719" in told and "1:00 ago" in told


def test_settings(say: Say) -> None:
    applet = Applet()
    shown, changed, wrong, unknown, shape = say(
        applet,
        "settings",
        "settings port=2000 visibility=trusted autostart=on",
        "settings port=80",
        "settings colour=blue",
        "settings port",
    )
    assert "port=47476" in shown[1].splitlines() and "version" not in shown[1]
    assert "autostart=yes" in changed[1] and applet.settings.port == 2000 and applet.settings.autostart
    assert wrong[0] == NOT_POSSIBLE and "port" in wrong[2]
    assert unknown[0] == NOT_POSSIBLE and "There is no setting “colour”" in unknown[2]
    assert shape[0] == USAGE and "KEY=VALUE" in shape[2]


def test_peers_and_seek(say: Say, until: Until) -> None:
    idle, seek, _ = say(Applet(), "peers", "seek", "peers")
    assert "nearby-tray seek" in idle[1] and seek[0] == OK
    (found,) = say(Applet(Snapshot(stage=Stage.SEEKING, peers=(KITCHEN,))), "peers")
    assert found[1] == "Kit[31mchen, Laptop, signal 70 %\n"


def test_a_report_has_what_the_applet_tells(say: Say, tmp_path: Path) -> None:
    applet = Applet(Snapshot(stage=Stage.SEEKING, peers=(replace(KITCHEN, name="Kitchen"),)))
    applet.log = ["INFO x: the kitchen at 02:00:00:00:00:01 talks to us"]
    ((_, _, err),) = say(applet, f"doctor --bundle {tmp_path / 'r.txt'}")
    assert "Saved" in err
    text = (tmp_path / "r.txt").read_text()
    assert "state = seeking" in text and "the [peer 1] at [mac 1] talks to us" in text


def test_quit_waits_until_it_is_gone(say: Say) -> None:
    quit, after = say(Applet(), "quit", "status")
    assert quit == (OK, "", "") and after[0] == NO_APPLET


def test_a_second_start_raises_the_first(say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)  # with one of these Qt is asked instead: tests/test_app.py
    applet = Applet()
    second, quiet, headless = say(applet, "", "--background", "--headless")
    assert second[0] == OK and "already" in second[2]
    assert quiet[0] == OK and headless[0] == NOT_POSSIBLE
    assert applet.calls == ["raise"]


# --- machines that do not run Nearby Tray ---------------------------------------------------------------------------------------


class Stranger(Applet):
    """Finds a phone, and does with it what the method says; the phone's PIN is 1234 5670."""

    def __init__(self, snapshot: Snapshot | None = None, tries: int = 3) -> None:
        self.now = READY
        self.then: Snapshot | None = None  # comes when what is now has been seen
        super().__init__(snapshot or replace(READY, radios=ABLE))
        self.tries = tries

    @property
    def snapshot(self) -> Snapshot:
        if self.then is not None:
            self.later(self.then)
            self.then = None
        return self.now

    @snapshot.setter
    def snapshot(self, snapshot: Snapshot) -> None:
        self.now = snapshot

    def seek(self, identity: bytes | None = None, *, asker: Asker | None = None) -> None:
        self.go(replace(STRANGE, stage=Stage.SEEKING, peer=None))
        self.later(replace(STRANGE, stage=Stage.SEEKING, peer=None, peers=(PHONE, TV)))

    def ask(self, peer_id: str, method: Method | None = None, remember: bool = False, *, asker: Asker | None = None) -> None:
        self.calls.append(("ask", peer_id, method, remember))
        match method:
            case Method.DISPLAY:
                self.go(SHOWN)
                self.then = JOINED
            case Method.KEYPAD:
                self.go(replace(ENTERING, tries_left=self.tries))
            case _:
                self.go(replace(STRANGE, stage=Stage.FORMING))
                self.then = JOINED

    def enter_pin(self, question: str, pin: str) -> None:
        self.calls.append(("enter_pin", pin))
        self.go(replace(STRANGE, stage=Stage.FORMING, method=Method.KEYPAD, tries_left=self.tries))
        if pin == "12345670":
            self.later(JOINED)
        elif self.tries > 1:
            self.tries -= 1
            self.later(replace(ENTERING, tries_left=self.tries))
        else:
            self.later(replace(READY, failure=Failure(Stage.FORMING, Reason.WRONG_PIN)))


def test_connect_without_a_method_says_what_is_missing(say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verbs, "FIND", 0.5)
    (asked,) = say(Stranger(), f"connect {PHONE.id}")
    assert asked[0] == NOT_POSSIBLE and "say how to link" in asked[2] and asked[2].count("\n") == 1


def test_connect_by_push_button_says_what_to_do_there(say: Say) -> None:
    applet = Stranger()
    (done,) = say(applet, f"connect {PHONE.id} --method push-button --remember")
    assert done[0] == OK and done[1].startswith("On “Phone”, open Wi-Fi Direct in its settings") and "\x1b" not in done[1]
    assert applet.calls == [("ask", PHONE.id, Method.PBC, True)]


def test_connect_shows_the_pin_to_type_there(say: Say) -> None:
    applet = Stranger()
    (done,) = say(applet, f"connect {PHONE.id} --method show-pin --wait")
    first, *rest = done[1].splitlines()
    assert done[0] == OK and first == "Type this PIN on “Phone”: 1234 5670"
    assert rest[0].startswith("Linked with “Phone”") and "Not verified" in done[1] and "192.168.49.1" in done[1]
    (done,) = say(Stranger(), f"connect {PHONE.id} --method show-pin --json")
    assert json.loads(done[1])["pin"] == "12345670", "a program shows it itself"


async def spawn(*words: str, typed: bytes = b"") -> tuple[int | None, str, str]:
    """The program itself, without a terminal."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "nearby_tray", *words, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    try:
        async with asyncio.timeout(50):
            out, err = await process.communicate(typed)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return process.returncode, out.decode(), err.decode()


@asynccontextmanager
async def running(applet: Applet) -> Any:
    await applet.service.open()
    applet.go(applet.snapshot)
    try:
        yield applet
    finally:
        await applet.service.close()


KEYPAD = ("connect", PHONE.id, "--method", "enter-pin")


@pytest.mark.parametrize(
    ("typed", "tries", "status", "pins", "said"),
    [
        (b"1234-5670\n", 3, OK, ["12345670"], "Linked with"),
        (b"12345670", 3, OK, ["12345670"], "Linked with"),
        (b"46264848\n1234 5670\n", 3, OK, ["46264848", "12345670"], "Linked with"),
        (b"46264848\n", 1, NOT_POSSIBLE, ["46264848"], "It was wrong-pin. Try again."),
        (b"46264848\n", 3, NOT_POSSIBLE, ["46264848"], "No PIN was given."),
        (b"12345671\n", 3, NOT_POSSIBLE, [], "The last digit does not fit: check the number."),
        (b"123\n", 3, NOT_POSSIBLE, [], "A PIN has 8 digits."),
        (b"\n", 3, NOT_POSSIBLE, [], "A PIN has 8 digits."),
        (b"\xff\xfe\0", 3, NOT_POSSIBLE, [], "A PIN has digits only."),
        (b"1" * 9000, 3, NOT_POSSIBLE, [], "A PIN has digits only."),
        (b"", 3, NOT_POSSIBLE, [], "No PIN was given."),
    ],
)
def test_a_pin_comes_from_standard_input(
    daemon: object, run: Run, typed: bytes, tries: int, status: int, pins: list[str], said: str
) -> None:
    async def main_() -> None:
        async with running(Stranger(tries=tries)) as applet:
            code, out, err = await spawn(*KEYPAD, "--wait", "--pin-stdin", typed=typed)
            assert code == status and said in out + err, (out, err)
            assert err.count("\n") == (status != OK)
            assert applet.calls == [("ask", PHONE.id, Method.KEYPAD, False), *(("enter_pin", pin) for pin in pins)]
            for pin in ("46264848", "12345671", "12345670"):
                assert pin not in out + err, "what was typed is not said again"

    run(main_())


def test_without_a_terminal_connect_says_how_to_enter_it(daemon: object, run: Run) -> None:
    async def main_() -> None:
        async with running(Stranger()) as applet:
            code, out, _ = await spawn(*KEYPAD)
            assert code == OK and out == "“Phone” shows a PIN. Enter it with: nearby-tray pin\n"
            code, _, err = await spawn("pin")
            assert code == NOT_POSSIBLE and "no terminal" in err and err.count("\n") == 1
            code, out, _ = await spawn("pin", "--pin-stdin", "--wait", typed=b"12345670\n")
            assert code == OK and "Linked with" in out
            code, _, err = await spawn("pin", "--pin-stdin", typed=b"12345670\n")
            assert code == NOT_POSSIBLE and "No PIN is wanted now." in err
            assert applet.calls[1:] == [("enter_pin", "12345670")]

    run(main_())


class Terminal:
    """A program with a controlling terminal of its own."""

    def __init__(self, *words: str) -> None:
        self.process, self.terminal = pty.fork()
        if self.process == 0:
            os.execv(sys.executable, [sys.executable, "-m", "nearby_tray", *words])
        os.set_blocking(self.terminal, False)
        self.seen = b""

    async def until(self, words: str) -> None:
        async with asyncio.timeout(50):
            while words.encode() not in self.seen:
                await self._more()

    async def ended(self) -> int:
        async with asyncio.timeout(50):
            while True:
                await self._more()
                done, status = os.waitpid(self.process, os.WNOHANG)  # noqa: ASYNC222 - it does not wait
                if done:
                    self.process = 0
                    await self._more()
                    return os.waitstatus_to_exitcode(status)

    async def _more(self) -> None:
        await asyncio.sleep(0.02)
        with suppress(OSError):
            self.seen += os.read(self.terminal, 65536)

    async def type(self, words: str) -> None:
        """As a person does who sees that nothing is shown of it: what is typed before is thrown away."""
        async with asyncio.timeout(50):
            while self.shows_what_is_typed():
                await self._more()
        os.write(self.terminal, words.encode())

    def shows_what_is_typed(self) -> bool:
        return bool(termios.tcgetattr(self.terminal)[3] & termios.ECHO)

    def close(self) -> None:
        if self.process:
            os.kill(self.process, signal.SIGKILL)
            os.waitpid(self.process, 0)
        os.close(self.terminal)


def test_a_pin_is_typed_at_the_terminal_and_not_shown(daemon: object, run: Run) -> None:
    async def main_() -> None:
        async with running(Stranger()) as applet:
            terminal = Terminal(*KEYPAD, "--wait")
            try:
                await terminal.until("PIN that “Phone” shows: ")
                assert not terminal.shows_what_is_typed()
                await terminal.type("12345671\n")
                await terminal.until("The last digit does not fit: check the number.")
                await terminal.type("4626 4848\n")
                await terminal.until("There are two tries left.")
                await terminal.type("1234 5670\n")
                assert await terminal.ended() == OK
                said = terminal.seen.decode()
                assert "Linked with “Phone”" in said and terminal.shows_what_is_typed()
                assert not any(pin in said.replace(" ", "") for pin in ("12345671", "46264848", "12345670"))
            finally:
                terminal.close()
            assert [call for call in applet.calls if call[0] == "enter_pin"] == [("enter_pin", "46264848"), ("enter_pin", "12345670")]

    run(main_())


@pytest.mark.parametrize("how", ["entered elsewhere", "interrupted"])
def test_the_terminal_is_given_back_as_it_was(daemon: object, run: Run, how: str) -> None:
    async def main_() -> None:
        async with running(Stranger()) as applet:
            terminal = Terminal(*KEYPAD, "--wait")
            try:
                await terminal.until("PIN that “Phone” shows: ")
                if how == "interrupted":
                    await terminal.type("\x03")
                    assert await terminal.ended() == INTERRUPTED
                else:
                    applet.enter_pin("", "12345670")  # in the window
                    assert await terminal.ended() == OK and "Linked with" in terminal.seen.decode()
                assert terminal.shows_what_is_typed() and "Traceback" not in terminal.seen.decode()
            finally:
                terminal.close()

    run(main_())


@pytest.mark.parametrize(
    ("snapshot", "words", "typed", "status", "call"),
    [
        (ASKED, "accept", "y", OK, ("accept", "ad0a", False)),
        (ASKED, "accept --trust", "yes", OK, ("accept", "ad0a", True)),
        (ASKED, "accept", "", NOT_POSSIBLE, None),
        (ASKED, "accept", "no", NOT_POSSIBLE, None),
        (ASKING, "match", "Y", OK, ("match", "ad0a", False)),
        (ASKING, "match", "n", NOT_POSSIBLE, None),
        (replace(ASKED, stage=Stage.SEEKING, question="", code=None, wish=WISH), "accept", "y", OK, "allow"),
    ],
)
def test_at_a_terminal_the_question_is_shown(
    daemon: object, run: Run, snapshot: Snapshot, words: str, typed: str, status: int, call: object
) -> None:
    async def main_() -> None:
        async with running(Applet(snapshot)) as applet:
            terminal = Terminal(*words.split())
            try:
                await terminal.until("[y/N] ")
                shown = terminal.seen.decode()
                assert ("files.py" in shown) if snapshot.wish else ("Kit[31mchen" in shown and "042 719" in shown)
                os.write(terminal.terminal, f"{typed}\n".encode())
                assert await terminal.ended() == status, terminal.seen
            finally:
                terminal.close()
            assert applet.calls == ([call] if call else [])

    run(main_())


def test_at_a_terminal_a_question_that_is_over_is_not_answered(daemon: object, run: Run) -> None:
    async def main_() -> None:
        async with running(Applet(ASKED)) as applet:
            terminal = Terminal("accept")
            try:
                await terminal.until("[y/N] ")
                applet.go(replace(ASKED, question="beef", code="111 111"))
                assert await terminal.ended() == NOT_POSSIBLE and b"not asked any more" in terminal.seen
            finally:
                terminal.close()
            assert applet.calls == []

    run(main_())


def test_connect_asks_at_the_terminal_whether_the_codes_match(daemon: object, run: Run) -> None:
    class Asks(Applet):
        def ask(self, peer_id: str, method: Method | None = None, remember: bool = False, *, asker: Asker | None = None) -> None:
            self.calls.append(asker is not None and asker.own)
            self.go(Snapshot(stage=Stage.ASKING, peer=KITCHEN))
            self.later(ASKING)

    async def main_() -> None:
        async with running(Asks(Snapshot(stage=Stage.SEEKING, peers=(KITCHEN,)))) as applet:
            terminal = Terminal("connect", KITCHEN.id, "--wait", "--trust")
            try:
                await terminal.until("the code 042 719. Do they match? [y/N] ")
                os.write(terminal.terminal, b"y\n")
                assert await terminal.ended() == OK and b"Linked with" in terminal.seen
            finally:
                terminal.close()
            assert applet.calls == [True, ("match", "ad0a", True)]

    run(main_())


def test_accepting_a_stranger(daemon: object, run: Run, say: Say) -> None:
    class Asked(Stranger):
        def accept(self, question: str, trust: bool = False) -> None:
            self.calls.append(("accept", trust))
            self.ask("", self.snapshot.method, asker=Asker(""))

    applet = Asked(replace(STRANGE, stage=Stage.ASKED, method=Method.DISPLAY))
    (done,) = say(applet, f"accept {STRANGE.question} --wait")
    assert done[0] == OK and done[1].startswith("Type this PIN on “Phone”: 1234 5670\nLinked with")
    (wrong,) = say(Asked(replace(STRANGE, stage=Stage.ASKED)), "accept --pin-stdin")
    assert wrong == (NOT_POSSIBLE, "", "nearby-tray: No PIN is wanted to accept this request.\n")

    async def main_() -> None:
        async with running(Asked(replace(ENTERING, stage=Stage.ASKED, tries_left=0))) as applet:
            code, out, _ = await spawn("accept", "--pin-stdin", "--wait", typed=b"1234 5670\n")
            assert code == OK and "Linked with" in out and applet.calls == [("enter_pin", "12345670")]

    run(main_())


def test_a_group_by_command_line(say: Say) -> None:
    class Host(Stranger):
        def seek(self, identity: bytes | None = None, *, asker: Asker | None = None) -> None:
            self.go(replace(self.snapshot, peers=(PHONE, TV)))

        def invite(self, peer_id: str, *, asker: Asker | None = None) -> None:
            self.calls.append(("invite", peer_id))
            self.go(replace(self.snapshot, peer=TV, peers=()))
            self.then = replace(HOSTING, members=(Member(TV, 0.0),))

    applet = Host()
    lines = ["members", "host --remember", "members", f"invite {TV.id} --wait", "members", "members --names"]
    lines += ["expel tv", "members --json", "disconnect"]
    nobody, hosted, empty, invited, listed, names, out, left, ended = say(applet, *lines)
    assert nobody[0] == OK and "nearby-tray host" in nobody[1]
    assert hosted[0] == OK and hosted[1].startswith("Hosting a group, nobody in it yet") and "10.42.7.1" in hosted[1]
    assert empty[1] == "Nobody is in the group.\n"
    assert invited == (OK, "Invited “TV”: open Wi-Fi Direct in its settings, and accept.\n", "")
    assert listed[1] == "TV, Computer, not heard of yet\n" and names[1] == "TV\n"
    assert out == (OK, "", "") and json.loads(left[1]) == [] and ended == (OK, "", "")
    assert applet.calls == [("host", True), ("invite", TV.id), ("expel", TV.address)]


def test_what_went_wrong_in_a_group_is_one_sentence(say: Say) -> None:
    class Host(Stranger):
        def seek(self, identity: bytes | None = None, *, asker: Asker | None = None) -> None:
            self.go(replace(self.snapshot, peers=(PHONE, TV)))

        def invite(self, peer_id: str, *, asker: Asker | None = None) -> None:
            self.go(replace(self.snapshot, peer=TV, peers=()))
            self.then = replace(self.now, peer=None, failure=Failure(Stage.HOSTING, Reason.NOT_READY))

    late, unknown = say(Host(replace(HOSTING, members=())), f"invite {TV.id} --wait", "expel cellar")
    assert late[0] == NOT_POSSIBLE and late[2] == "nearby-tray: It was not-ready. Try again.\n"
    assert unknown[0] == NOT_POSSIBLE and "not in the group: none so far" in unknown[2]
    none, cannot = say(Applet(), "invite tv", "host")
    assert none[0] == NOT_POSSIBLE and "no group of ours" in none[2]
    assert cannot[0] == NOT_POSSIBLE and "It was not-offered." in cannot[2]


@pytest.mark.parametrize("words", ["connect x --pin-stdin", "connect x --remember", "connect x --method show-pin --pin-stdin"])
def test_options_that_go_with_nothing(say: Say, words: str) -> None:
    ((status, _, err),) = say(Applet(), words)
    assert status == USAGE and "needs --method" in err


class Liar(ServiceInterface):
    """Something else that took the name."""

    def __init__(self, answer: str) -> None:
        super().__init__(INTERFACE)
        self.answer = answer

    @method("Status", gives="s")
    def status(self) -> str:
        return self.answer

    @method("Peers", gives="s")
    def peers(self) -> str:
        return self.answer

    @method("Members", gives="s")
    def members(self) -> str:
        return self.answer


@pytest.mark.parametrize(
    "answer", ["", "nonsense", "[]", "{}", '{"state": 1}', '{"state": "dancing"}', '{"state": "idle"}', "[1]", "[" * 9000]
)
def test_an_answer_that_makes_no_sense(daemon: object, run: Run, answer: str, capsys: pytest.CaptureFixture[str]) -> None:
    async def story() -> None:
        bus = await Bus.connect("session")
        bus.export(PATH, Liar(answer))
        assert await bus.request_name(NAME)
        for verb in ("status", "peers", "seek", "members", "pin"):
            status = await asyncio.to_thread(main, [verb])
            err = capsys.readouterr().err
            assert (status == NOT_POSSIBLE and err.count("\n") == 1) or (status == OK and verb in ("peers", "members") and answer == "[]")
        await bus.close()

    run(story())


def test_options_are_a_value() -> None:
    assert Options() == Options() and Options().log_level is None, "as the settings say"


def test_a_programs_wish_is_said_and_answered(daemon: object, run: Run, say: Say) -> None:
    wish = Wish(Asker("Fi\x1bles", "/usr/bin/files", 7), WishKind.LINK, KITCHEN, 0.0, 60.0, "f00d")
    applet = Applet(replace(READY, stage=Stage.SEEKING, wish=wish, asker=Asker("nearby-tray", own=True)))
    status, accepted, declined = say(applet, "status", "accept f00d", "decline")
    assert "“Files” asks to connect this computer to “Kit[31mchen”." in status[1] and "program          /usr/bin/files\n" in status[1]
    assert "nearby-tray accept" in status[1] and "Asked for by a nearby-tray command." in status[1] and "\x1b" not in status[1]
    assert (accepted[0], declined[0]) == (OK, OK) and applet.calls == ["allow", "forbid"]


class Standing:
    """A program that stays as it is."""

    def used(self) -> None: ...

    def raise_window(self) -> None: ...

    def quit(self) -> None: ...


def test_a_whole_link_by_command_line(daemon: object, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    async def story() -> None:
        air, machine, robin = neighbourhood("Here")
        here = controller(machine, Settings(name="Here"))
        robin.your_code = lambda: here.snapshot.code
        service = Service(here, Standing(), lambda failure, peer: (failure.reason.value, peer))
        await service.open()
        await robin.open()
        await here.open()
        here.subscribe(service.show)
        here.subscribe(lambda snapshot: here.match(snapshot.question) if snapshot.may_match else None)  # in the window
        try:
            assert await asyncio.to_thread(main, ["connect", NEIGHBOUR, "--wait"]) == OK, capsys.readouterr()
            out = capsys.readouterr().out
            assert "Both screens must show the code" in out and f"Linked with “{NEIGHBOUR}”" in out
            assert await asyncio.to_thread(main, ["disconnect"]) == OK
            assert here.snapshot.stage is Stage.IDLE
        finally:
            await here.close()
            await robin.close()
            await service.close()
        assert not air.left()

    run(story())


@pytest.mark.parametrize("how", ["show-pin", "enter-pin"])
def test_a_whole_link_with_a_phone_by_command_line(daemon: object, run: Run, until: Until, how: str) -> None:
    async def story() -> None:
        air, machine, _ = neighbourhood("Here")
        here = controller(machine, Settings(name="Here"))
        phone = simulated_phone(air, machine, lambda: here.snapshot)
        phone.machine.wifi.methods = frozenset(Method)
        phone.thinks = (0.1, 0.2)
        service = Service(here, Standing(), lambda failure, name: (failure.reason.value, ""))
        await service.open()
        await phone.start()
        await here.open()
        here.subscribe(service.show)
        try:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "nearby_tray", "connect", SIMULATED_PHONE, "--method", how, "--wait",
                *(["--pin-stdin"] if how == "enter-pin" else []),
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, start_new_session=True,
            )  # fmt: skip
            assert process.stdin is not None
            if how == "enter-pin":
                await until(lambda: phone.pin is not None and here.snapshot.stage is Stage.ENTERING)
                assert phone.pin is not None
                process.stdin.write(pins.grouped(phone.pin).encode() + b"\n")
            async with asyncio.timeout(55):
                out, _ = await process.communicate()
            said = out.decode()
            assert process.returncode == OK and f"Linked with “{SIMULATED_PHONE}”" in said, said
            assert "Not verified" in said and "Authenticated with a PIN" in said
            assert ("Type this PIN on" in said) == (how == "show-pin")
            assert here.snapshot.pin is None
        finally:
            await here.close()
            await phone.stop()
            await service.close()
        assert not air.left()

    run(story())
