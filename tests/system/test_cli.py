"""The verbs, said to an applet on a private session bus."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from nearby_tray import cli
from nearby_tray.cli import NO_APPLET, NOT_POSSIBLE, OK, Options, main
from nearby_tray.controller import Controller
from nearby_tray.core.model import Failure, Grade, Health, LinkInfo, Peer, Radios, Reason, Snapshot, Stage
from nearby_tray.settings import Settings
from nearby_tray.simulation.demo import NEIGHBOUR, controller, neighbourhood
from nearby_tray.system.bus import Bus, ServiceInterface, method
from nearby_tray.system.service import INTERFACE, NAME, PATH, Service

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
FAILED = replace(READY, failure=Failure(Stage.ASKING, Reason.DECLINED, "detail \x1b"))


class Applet:
    """Does at once what it is told, as far as a story needs it."""

    def __init__(self, snapshot: Snapshot = READY, answers: Snapshot = LINKED) -> None:
        self.snapshot, self.answers = snapshot, answers
        self.settings = Settings()
        self.calls: list[object] = []
        self.service = Service(self, lambda failure, peer: (f"It was {failure.reason.value}.", "Try again."))

    def go(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.service.show(snapshot)

    def later(self, snapshot: Snapshot, delay: float = 0.05) -> None:
        asyncio.get_running_loop().call_later(delay, self.go, snapshot)

    def seek(self) -> None:
        self.go(Snapshot(stage=Stage.SEEKING))
        self.later(Snapshot(stage=Stage.SEEKING, peers=(KITCHEN,)))

    def ask(self, peer_id: str) -> None:
        self.calls.append(("ask", peer_id))
        self.go(Snapshot(stage=Stage.ASKING, peer=KITCHEN))
        self.later(Snapshot(stage=Stage.ASKING, peer=KITCHEN, code="042 719"))
        self.later(self.answers, 0.5)

    def accept(self, remember: bool) -> None:
        self.calls.append(("accept", remember))
        self.go(Snapshot(stage=Stage.MEETING, peer=KITCHEN))
        self.later(self.answers)

    def decline(self) -> None:
        self.calls.append("decline")

    def cancel(self) -> None: ...

    def disconnect(self) -> None:
        self.go(Snapshot(stage=Stage.ENDING))
        self.later(READY)

    def apply(self, settings: Settings) -> None:
        self.settings = settings

    def raise_window(self) -> None:
        self.calls.append("raise")

    def quit(self) -> None:
        self.quitting = asyncio.get_running_loop().create_task(self.service.close())


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
    assert asked[0] == OK and asked[1].startswith("Both screens must show the code 042 719.\nLinked with"), asked
    assert applet.calls == [("ask", KITCHEN.id)]
    assert again[0] == NOT_POSSIBLE and "linked" in again[2]
    assert ended == (OK, "", "") and applet.snapshot == READY


def test_connect_without_waiting_says_the_code(say: Say) -> None:
    (asked,) = say(Applet(), f"connect {KITCHEN.id}")
    assert asked == (OK, "Both screens must show the code 042 719.\n", "")


def test_connect_that_is_declined(say: Say) -> None:
    (asked,) = say(Applet(answers=FAILED), f"connect {KITCHEN.id} --wait")
    assert asked[0] == NOT_POSSIBLE and asked[2] == "nearby-tray: It was declined. Try again.\n"


def test_connect_to_somebody_unknown_lists_the_known(say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "FIND", 0.5)
    (asked,) = say(Applet(), "connect cellar")
    assert asked[0] == NOT_POSSIBLE and "“cellar” is not among the computers found: “Kit" in asked[2] and "\x1b" not in asked[2]


def test_answering(say: Say) -> None:
    applet = Applet(Snapshot(stage=Stage.ASKED, peer=KITCHEN, code="042 719"))
    declined, accepted = say(applet, "decline", "accept --remember --wait --json")
    assert declined == (OK, "", "")
    assert accepted[0] == OK and json.loads(accepted[1])["state"] == "linked"
    assert applet.calls == ["decline", ("accept", True)]
    (nobody,) = say(Applet(), "accept")
    assert nobody == (NOT_POSSIBLE, "", "nearby-tray: Nobody asks for a link.\n")


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
    assert shape[0] == cli.USAGE and "KEY=VALUE" in shape[2]


def test_peers_and_seek(say: Say, until: Until) -> None:
    idle, seek, _ = say(Applet(), "peers", "seek", "peers")
    assert "nearby-tray seek" in idle[1] and seek[0] == OK
    (found,) = say(Applet(Snapshot(stage=Stage.SEEKING, peers=(KITCHEN,))), "peers")
    assert found[1] == "Kit[31mchen, Laptop, signal 70 %\n"


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


@pytest.mark.parametrize(
    "answer", ["", "nonsense", "[]", "{}", '{"state": 1}', '{"state": "dancing"}', '{"state": "idle"}', "[1]", "[" * 9000]
)
def test_an_answer_that_makes_no_sense(daemon: object, run: Run, answer: str, capsys: pytest.CaptureFixture[str]) -> None:
    async def story() -> None:
        bus = await Bus.connect("session")
        bus.export(PATH, Liar(answer))
        assert await bus.request_name(NAME)
        for verb in ("status", "peers", "seek"):
            status = await asyncio.to_thread(main, [verb])
            err = capsys.readouterr().err
            assert (status == NOT_POSSIBLE and err.count("\n") == 1) or (status == OK and verb == "peers" and answer == "[]")
        await bus.close()

    run(story())


def test_options_are_a_value() -> None:
    assert Options() == Options() and Options().log_level == "info"


class Real:
    """A whole controller on simulated air, as the composition hands it to the service."""

    def __init__(self, controller: Controller) -> None:
        self.controller = controller
        self.seek: Callable[[], None] = controller.seek
        self.ask, self.accept, self.decline = controller.ask, controller.accept, controller.decline
        self.cancel, self.disconnect, self.apply = controller.cancel, controller.disconnect, controller.apply

    @property
    def snapshot(self) -> Snapshot:
        return self.controller.snapshot

    @property
    def settings(self) -> Settings:
        return self.controller.settings

    def raise_window(self) -> None: ...

    def quit(self) -> None: ...


def test_a_whole_link_by_command_line(daemon: object, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    async def story() -> None:
        air, machine, robin = neighbourhood("Here")
        here = controller(machine, Settings(name="Here"))
        robin.your_code = lambda: here.snapshot.code
        service = Service(Real(here), lambda failure, peer: (failure.reason.value, peer))
        await service.open()
        await robin.open()
        await here.open()
        here.subscribe(service.show)
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
