"""The applet on the session bus, asked by a program that knows only the interface."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from nearby_tray.core.model import (
    Abilities,
    Asker,
    Failure,
    Grade,
    Health,
    LinkInfo,
    Member,
    Method,
    Peer,
    Probe,
    Radios,
    Reason,
    Snapshot,
    Stage,
    Timings,
    Visibility,
    Wish,
    WishKind,
)
from nearby_tray.settings import Settings
from nearby_tray.status import Status, encode
from nearby_tray.system import gate as limits
from nearby_tray.system import interface as module
from nearby_tray.system import service as announcing
from nearby_tray.system.bus import Bus, BusError, BusGone, DBusError, Signal
from nearby_tray.system.gate import Gate
from nearby_tray.system.service import AlreadyRunning, Service

from ..no_actions import NoActions

Until = Callable[..., Awaitable[None]]
Run = Callable[..., Any]

KITCHEN = Peer("02:00:00:00:00:01", "Kitchen", kind="laptop", reachable=True, on_wifi=True, strength=70)
PHONE = Peer("02:00:00:00:00:02", "Phone", kind="phone", on_wifi=True)
HOSTILE = Peer("02:00:00:00:00:03", "<b>x\n\u202e\ud800\0</b>", reachable=True)
TWIN = Peer("02:00:00:00:00:04", "Kitchen", reachable=True)
SEEKING = Snapshot(stage=Stage.SEEKING, peers=(KITCHEN, PHONE, HOSTILE))
ALL = Abilities("wpa_supplicant", pin=True, intent=True, frequency=True, host=True, hears=True, persistent=True)
ABLE = Radios(None, None, abilities=ALL)
TV = Peer("02:00:00:00:00:05", "TV", address="02:00:00:00:00:05", on_wifi=True, methods=frozenset({Method.DISPLAY}), owner=True)
SEEKING_ABLE = replace(SEEKING, radios=ABLE, peers=(KITCHEN, PHONE, TV))
ENTERING = Snapshot(stage=Stage.ENTERING, peer=PHONE, verified=False, pin_wanted=True, tries_left=3, question="e1")
ASKED = Snapshot(stage=Stage.ASKED, peer=KITCHEN, code="123 456", question="a2")
WISH = Wish(Asker("files.py"), WishKind.LINK, KITCHEN, 0.0, 60.0, "f00d")
HOSTING = Snapshot(
    stage=Stage.HOSTING, radios=ABLE, verified=False, link=LinkInfo("p2p0", ("10.42.7.1",)), members=(Member(TV, 5.0),), now=9.0
)
SHOWN = Snapshot(stage=Stage.FORMING, peer=PHONE, verified=False, method=Method.DISPLAY, pin="12345670", tries_left=3, radios=ABLE)


class Applet(NoActions):
    """Writes down what it is told."""

    def __init__(self, snapshot: Snapshot | None = None) -> None:
        self.snapshot = snapshot or Snapshot()
        self.settings = Settings()
        self.calls: list[object] = []

    def seek(self, identity: bytes | None = None, *, asker: Asker | None = None) -> None:
        self.calls.append("seek")

    def ask(self, peer_id: str, method: Method | None = None, remember: bool = False, *, asker: Asker | None = None) -> None:
        self.calls.append(("ask", peer_id) if method is None else ("ask", peer_id, method, remember))

    def enter_pin(self, question: str, pin: str) -> None:
        self.calls.append(("enter_pin", question, pin))

    def host(self, persistent: bool = False, *, asker: Asker | None = None) -> None:
        self.calls.append(("host", persistent))

    def invite(self, peer_id: str, *, asker: Asker | None = None) -> None:
        self.calls.append(("invite", peer_id))

    def allow(self, wish: str) -> None:
        self.calls.append("allow")

    def forbid(self, wish: str) -> None:
        self.calls.append("forbid")

    def expel(self, address: str) -> None:
        self.calls.append(("expel", address))

    def accept(self, question: str, trust: bool = False) -> None:
        self.calls.append(("accept", question, trust))

    def match(self, question: str, trust: bool = False) -> None:
        self.calls.append(("match", question, trust))

    def decline(self, question: str = "") -> None:
        self.calls.append("decline")

    def cancel(self) -> None:
        self.calls.append("cancel")

    def disconnect(self) -> None:
        self.calls.append("disconnect")

    def apply(self, settings: Settings) -> str:
        self.settings = settings
        return ""

    def used(self) -> None: ...

    def raise_window(self) -> None:
        self.calls.append("raise")

    def quit(self) -> None:
        self.calls.append("quit")


def describe(failure: Failure, peer: str) -> tuple[str, str]:
    return f"It was {failure.reason.value}{f' with {peer}' if peer else ''}.", "Try again."


@asynccontextmanager
async def served(applet: Applet) -> Any:
    """A service, and a caller on a connection of its own."""
    service = Service(applet, applet, describe)
    await service.open()
    bus = await Bus.connect("session")
    try:
        yield service, bus
    finally:
        await bus.close()
        await service.close()


async def ask(bus: Bus, member: str, signature: str = "", *body: object) -> Any:
    values = await bus.call(module.NAME, module.PATH, module.INTERFACE, member, signature, *body)
    return values[0] if values else None


def test_each_word_reaches_the_applet(daemon: object, run: Run) -> None:
    async def main() -> None:
        applet = Applet()
        async with served(applet) as (_, bus):
            await ask(bus, "Seek")
            applet.snapshot = SEEKING
            await ask(bus, "Connect", "s", "kitchen")
            await ask(bus, "Connect", "s", KITCHEN.id)
            await ask(bus, "Cancel")
            applet.snapshot = Snapshot(stage=Stage.ASKING, question="a1", code="123 456", may_match=True)
            await ask(bus, "Match", "sb", "123 456", True)
            applet.snapshot = Snapshot(stage=Stage.ASKED, question="a2", code="123 456")
            await ask(bus, "AcceptRequest", "sb", "123456", True)
            await ask(bus, "AcceptRequest", "sb", "a2", False)
            await ask(bus, "Decline")
            await ask(bus, "Disconnect")
            await ask(bus, "Raise")
            await ask(bus, "Quit")
            assert json.loads(await ask(bus, "Peers")) == []
            assert json.loads(await ask(bus, "Settings"))["port"] == 47476
            new = json.loads(await ask(bus, "ChangeSettings", "s", '{"port": 2000, "visibility": "nobody"}'))
            assert new["port"] == 2000 and applet.settings == Settings(port=2000, visibility=Visibility.NOBODY)
            assert await bus.get(module.NAME, module.PATH, module.INTERFACE, "Version")
        asked = ("ask", KITCHEN.id)
        answered = [("match", "a1", True), ("accept", "a2", True), ("accept", "a2", False)]
        assert applet.calls == ["seek", asked, asked, "cancel", *answered, "decline", "disconnect", "raise", "quit"]

    run(main())


def test_each_word_about_strangers_reaches_the_applet(daemon: object, run: Run) -> None:
    async def main() -> None:
        applet = Applet(SEEKING_ABLE)
        async with served(applet) as (_, bus):
            await ask(bus, "ConnectBy", "ssb", "phone", "display", False)
            await ask(bus, "ConnectBy", "ssb", TV.id, "keypad", True)
            await ask(bus, "ConnectBy", "ssb", "Kitchen", "pbc", True)
            applet.snapshot = ENTERING
            await ask(bus, "EnterPinFor", "ss", "e1", " 1234-5670 ")
            applet.snapshot = replace(Snapshot(), radios=ABLE)
            await ask(bus, "Host", "b", True)
            applet.snapshot = replace(HOSTING, peers=(PHONE, TV))
            await ask(bus, "Seek")
            with pytest.raises(BusError, match="in the group already"):
                await ask(bus, "Invite", "s", "TV")
            applet.snapshot = replace(HOSTING, peers=(replace(PHONE, address=PHONE.id), TV))
            await ask(bus, "Invite", "s", "Phone")
            assert [member["name"] for member in json.loads(await ask(bus, "Members"))] == ["TV"]
            for word in ("tv", TV.id, TV.address.upper()):
                await ask(bus, "Expel", "s", word)
        assert applet.calls == [
            ("ask", PHONE.id, Method.DISPLAY, False),
            ("ask", TV.id, Method.KEYPAD, True),
            ("ask", KITCHEN.id),  # Nearby Tray answers there: asked as ever
            ("enter_pin", "e1", "12345670"),
            ("host", True),
            "seek",
            ("invite", PHONE.id),
            *[("expel", TV.address)] * 3,
        ]

    run(main())


def test_a_pin_is_told_to_who_asks_and_in_no_signal(daemon: object, run: Run, until: Until) -> None:
    async def main() -> None:
        applet = Applet(SHOWN)
        async with served(applet) as (service, bus):
            heard: list[Signal] = []
            await bus.subscribe(heard.append, sender=module.NAME, interface=module.INTERFACE, member="Changed")
            for pin in ("12345670", "46264848", None):
                applet.snapshot = replace(SHOWN, pin=pin)
                count = len(heard)
                service.show(applet.snapshot)
                await until(lambda count=count: len(heard) > count)
                said = json.loads(await ask(bus, "Status"))
                assert said["pin"] == pin and said["pin_shown"] == (pin is not None)
            signals = "".join(str(signal.body[0]) for signal in heard)
            assert "12345670" not in signals and "46264848" not in signals and '"pin_shown": true' in signals

    run(main())


def test_a_pin_that_cannot_be_is_not_repeated(daemon: object, run: Run) -> None:
    async def main() -> None:
        applet = Applet(ENTERING)
        async with served(applet) as (_, bus):
            for wrong, words in (
                ("12345671", "last digit does not fit"),
                ("123", "eight digits"),
                ("x" * 9, "eight digits"),
                ("", "eight"),
            ):
                with pytest.raises(BusError, match=words) as caught:
                    await ask(bus, "EnterPinFor", "ss", "e1", wrong)
                assert not wrong or wrong not in str(caught.value)
            with pytest.raises(BusError, match="16384"):
                await ask(bus, "EnterPinFor", "ss", "e1", "1" * 20_000)
            applet.snapshot = SEEKING
            with pytest.raises(BusError, match="No PIN is wanted"):
                await ask(bus, "EnterPinFor", "ss", "e1", "12345670")
        assert applet.calls == []

    run(main())


@pytest.mark.parametrize(
    ("snapshot", "call", "error", "words"),
    [
        (SEEKING, ("ConnectBy", "ssb", "Phone", "dance", False), module.NOT_POSSIBLE, "pbc, display, keypad"),
        (SEEKING, ("ConnectBy", "ssb", "Phone", "keypad", False), module.NOT_POSSIBLE, "It was not-offered"),
        (SEEKING_ABLE, ("ConnectBy", "ssb", "TV", "pbc", False), module.NOT_POSSIBLE, "It was methods-differ with TV"),
        (SEEKING_ABLE, ("ConnectBy", "ssb", "Cellar", "pbc", False), module.UNKNOWN_PEER, "not among the computers found"),
        (
            replace(SEEKING, peers=(replace(PHONE, on_wifi=False),)),
            ("ConnectBy", "ssb", "Phone", "pbc", False),
            module.NOT_POSSIBLE,
            "not seen",
        ),
        (Snapshot(), ("ConnectBy", "ssb", "TV", "pbc", False), module.NOT_POSSIBLE, "seek first"),
        (Snapshot(radios=Radios(None, None)), ("Host", "b", False), module.NOT_POSSIBLE, "It was not-offered"),
        (Snapshot(radios=Radios(None, Reason.WIFI_OFF, abilities=ALL)), ("Host", "b", False), module.NOT_POSSIBLE, "It was wifi-off."),
        (Snapshot(stage=Stage.LINKED), ("Host", "b", False), module.NOT_POSSIBLE, "linked"),
        (Snapshot(), ("Invite", "s", "TV"), module.NOT_POSSIBLE, "no group of ours"),
        (replace(HOSTING, link=None), ("Invite", "s", "TV"), module.NOT_POSSIBLE, "no group of ours"),
        (HOSTING, ("Invite", "s", "Cellar"), module.UNKNOWN_PEER, "none so far"),
        (replace(HOSTING, peer=PHONE), ("Invite", "s", "TV"), module.NOT_POSSIBLE, "one after the other"),
        (HOSTING, ("Expel", "s", "Cellar"), module.UNKNOWN_PEER, "not in the group: “TV”"),
        (SEEKING, ("Expel", "s", "TV"), module.NOT_POSSIBLE, "no group of ours"),
        (replace(ENTERING, stage=Stage.ASKED), ("AcceptRequest", "sb", "e1", False), module.NOT_POSSIBLE, "enter the PIN"),
        (ENTERING, ("EnterPinFor", "ss", "e0", "12345670"), module.NOT_POSSIBLE, "not asked any more"),
        (ENTERING, ("EnterPin", "s", "12345670"), module.NOT_POSSIBLE, "whose PIN"),
        (ASKED, ("Accept", "b", False), module.NOT_POSSIBLE, "which request"),
        (ASKED, ("AcceptRequest", "sb", "", False), module.NOT_POSSIBLE, "not asked any more"),
        (ASKED, ("AcceptRequest", "sb", "111111", False), module.NOT_POSSIBLE, "not asked any more"),
        (ASKED, ("AcceptRequest", "sb", "12345", False), module.NOT_POSSIBLE, "not asked any more"),
        (replace(ASKED, code=None), ("AcceptRequest", "sb", " ", False), module.NOT_POSSIBLE, "not asked any more"),
        (replace(ASKED, question=""), ("AcceptRequest", "sb", "123456", False), module.NOT_POSSIBLE, "not asked any more"),
        (ASKED, ("Match", "sb", "123456", False), module.NOT_POSSIBLE, "No computer is being asked"),
        (replace(ASKED, stage=Stage.ASKING), ("Match", "sb", "123456", False), module.NOT_POSSIBLE, "no code to compare yet"),
        (replace(ASKED, stage=Stage.ASKING, may_match=True), ("Match", "sb", "111111", False), module.NOT_POSSIBLE, "not asked any more"),
        (replace(ASKED, stage=Stage.ASKING, agreed_here=True), ("Match", "sb", "123456", False), module.NOT_POSSIBLE, "said so already"),
        (replace(SEEKING, wish=WISH), ("AcceptRequest", "sb", "f0", False), module.NOT_POSSIBLE, "not asked any more"),
        (replace(HOSTING, link=None), ("Seek",), module.NOT_POSSIBLE, "hosting a group"),
        (ENTERING, ("Seek",), module.NOT_POSSIBLE, "a PIN"),
        (SEEKING, ("Connect", "s", "Phone"), module.NOT_POSSIBLE, "say how to link"),
        (Snapshot(), ("AcceptRequest", "sb", "123456", False), module.NOT_POSSIBLE, "Nobody asks"),
        (Snapshot(), ("Decline",), module.NOT_POSSIBLE, "Nobody asks"),
        (Snapshot(stage=Stage.HOSTING), ("Decline",), module.NOT_POSSIBLE, "Nobody asks"),
        (Snapshot(), ("Cancel",), module.NOT_POSSIBLE, "nothing to cancel"),
        (Snapshot(), ("Disconnect",), module.NOT_POSSIBLE, "no link"),
        (Snapshot(), ("Connect", "s", "Kitchen"), module.NOT_POSSIBLE, "seek first"),
        (Snapshot(stage=Stage.LINKED), ("Connect", "s", "Kitchen"), module.NOT_POSSIBLE, "linked"),
        (Snapshot(stage=Stage.LINKED), ("Seek",), module.NOT_POSSIBLE, "linked"),
        (Snapshot(failure=Failure(Stage.SEEKING, Reason.WIFI_OFF)), ("Seek",), module.NOT_POSSIBLE, "It was wifi-off. Try again."),
        (SEEKING, ("Connect", "s", "Cellar"), module.UNKNOWN_PEER, "“Cellar” is not among the computers found: “Kitchen”, “Phone”"),
        (SEEKING, ("Connect", "s", "Phone"), module.NOT_POSSIBLE, "cannot be asked"),
        (replace(SEEKING, peers=(KITCHEN, TWIN)), ("Connect", "s", "Kitchen"), module.UNKNOWN_PEER, "More than one"),
        (SEEKING, ("Connect", "s", "x" * 20_000), "org.freedesktop.DBus.Error.LimitsExceeded", "16384"),
        (Snapshot(), ("ChangeSettings", "s", '{"port": 1}'), module.INVALID_SETTING, "port"),
        (Snapshot(), ("ChangeSettings", "s", '{"colour": "\\ud800"}'), module.INVALID_SETTING, "JSON object"),
        (Snapshot(), ("ChangeSettings", "s", "[]"), module.INVALID_SETTING, "JSON object"),
        (Snapshot(), ("ChangeSettings", "s", "[" * 10_000), module.INVALID_SETTING, "JSON object"),
        (Snapshot(), ("Accept", "s", "yes"), "org.freedesktop.DBus.Error.UnknownMethod", ""),
    ],
)
def test_the_impossible_is_answered_with_a_sentence(
    daemon: object, run: Run, snapshot: Snapshot, call: tuple[str, ...], error: str, words: str
) -> None:
    async def main() -> None:
        applet = Applet(snapshot)
        async with served(applet) as (_, bus):
            with pytest.raises(BusError) as caught:
                await ask(bus, *call)
            assert caught.value.name == error and words in caught.value.text
            assert [one for one in applet.calls if one != "seek"] == [] and applet.settings == Settings()

    run(main())


def test_the_status_is_json_whatever_names_hold(daemon: object, run: Run) -> None:
    async def main() -> None:
        async with served(Applet(SEEKING)) as (_, bus):
            said = json.loads(await ask(bus, "Status"))
            assert [peer["name"] for peer in said["peers"]] == ["Kitchen", "Phone", HOSTILE.name]
            assert json.loads(await ask(bus, "Peers")) == said["peers"]
            assert said["peers"][1]["methods"] is None
            with pytest.raises(BusError, match="is not among"):
                await ask(bus, "Connect", "s", "Cellar\n\u202e")

    run(main())


def test_the_shape_of_the_status() -> None:
    snapshot = Snapshot(
        stage=Stage.LINKED,
        peer=KITCHEN,
        code="042 719",
        attempt=1,
        radios=Radios(bluetooth=None, wifi=Reason.WIFI_OFF, p2p_address=bytes(6)),
        link=LinkInfo("p2p-wlan0-0", ("169.254.1.1", "fd00::1"), ("169.254.1.2",), 0.0, Method.DISPLAY, True, "NM", True, 5180, 80),
        members=(Member(TV, 4.0, ("10.42.7.2",), Health(Grade.FAIR, probe=Probe.ECHO)), Member(PHONE, 99.0)),
        pin="12345670",
        tries_left=2,
        health=Health(Grade.GOOD, rtt_last=1.23456, rtt_p50=1, loss=1 / 3, pongs=7, signal=80, bytes_in=5, bytes_out=6),
        timings=Timings(find=1.0, form=2.5),
        failure=Failure(Stage.FORMING, Reason.NOT_FORMED, "state 120"),
        deadline=12.0,
        now=10.04,
        asker=Asker("Files", "/usr/bin/files", 7),
        wish=Wish(Asker(""), WishKind.INVITE, PHONE, 0.04, 60.04),
    )
    assert json.loads(encode(Status.of(snapshot, describe))) == {
        "state": "linked",
        "question": "",
        "code": "042 719",
        "may_match": False,
        "agreed_here": False,
        "agreed_there": False,
        "needs_code": True,
        "purpose": "link",
        "peer": {"id": KITCHEN.id, "name": "Kitchen", "kind": "laptop", "trusted": False, "identity_changed": False},
        "peers": [],
        "attempt": 1,
        "addresses": ["169.254.1.1", "fd00::1"],
        "peer_addresses": ["169.254.1.2"],
        "interface": "p2p-wlan0-0",
        "verified": True,
        "method": "pbc",
        "pin": None,
        "pin_shown": True,
        "pin_wanted": False,
        "tries_left": 2,
        "link": {"method": "display", "pin": True, "backend": "NM", "owner": True, "frequency_mhz": 5180, "width_mhz": 80},
        "members": [
            {
                "id": TV.id,
                "name": "TV",
                "kind": "other",
                "address": TV.address,
                "addresses": ["10.42.7.2"],
                "joined_s": 6.04,
                "health": {
                    "grade": "fair",
                    "rtt_ms": None,
                    "rtt_p50_ms": None,
                    "rtt_p95_ms": None,
                    "jitter_ms": None,
                    "loss": 0.0,
                    "silence_s": 0.0,
                    "pongs": 0,
                    "power_save": False,
                    "signal": None,
                    "bytes_in": None,
                    "bytes_out": None,
                    "probe": "echo",
                },
            },
            {"id": PHONE.id, "name": "Phone", "kind": "phone", "address": "", "addresses": [], "joined_s": 0.0, "health": None},
        ],
        "health": {
            "grade": "good",
            "rtt_ms": 1.235,
            "rtt_p50_ms": 1,
            "rtt_p95_ms": None,
            "jitter_ms": None,
            "loss": 0.3333,
            "silence_s": 0.0,
            "pongs": 7,
            "power_save": False,
            "signal": 80,
            "bytes_in": 5,
            "bytes_out": 6,
            "probe": "pings",
        },
        "timings": {"find": 1.0, "form": 2.5, "check": None},
        "failure": {
            "stage": "forming",
            "reason": "not-formed",
            "detail": "state 120",
            "sentence": "It was not-formed with Kitchen.",
            "advice": "Try again.",
        },
        "restoring_because": None,
        "unasked": False,
        "asked_by": {"name": "Files", "path": "/usr/bin/files", "pid": 7, "own": False},
        "wish": {
            "id": "",
            "what": "invite",
            "asked_by": {"name": "", "path": "", "pid": 0, "own": False},
            "peer": {"id": PHONE.id, "name": "Phone", "kind": "phone"},
            "ends_in_s": 50.0,
        },
        "missed": [],
        "visibility": "everyone",
        "visible_for_s": None,
        "listening": False,
        "problems": [],
        "radios": {"bluetooth": None, "wifi": "wifi-off"},
        "abilities": {
            "backend": "NetworkManager",
            "pin": False,
            "intent": False,
            "frequency": False,
            "host": False,
            "hears": False,
            "persistent": False,
        },
        "ends_in_s": 2.0,
    }


def test_changes_are_told_but_not_each_of_a_storm(daemon: object, run: Run, until: Until) -> None:
    async def main() -> None:
        applet = Applet()
        async with served(applet) as (service, bus):
            heard: list[Signal] = []
            await bus.subscribe(heard.append, sender=module.NAME, interface=module.INTERFACE, member="Changed")
            for n in range(1000):
                service.show(Snapshot(stage=Stage.SEEKING, attempt=n))
            await until(lambda: heard and json.loads(heard[-1].body[0])["attempt"] == 999)  # type: ignore[arg-type]
            assert len(heard) <= 3
            told = len(heard)
            service.show(Snapshot(stage=Stage.SEEKING, attempt=999, now=5.0, deadline=9.0))
            service.show(Snapshot(stage=Stage.SEEKING, attempt=999, now=6.0, deadline=9.0))
            await asyncio.sleep(2 * announcing.PAUSE)  # nothing is expected: there is nothing else to wait for
            assert len(heard) == told
            service.show(Snapshot(stage=Stage.IDLE))
            await until(lambda: json.loads(heard[-1].body[0])["state"] == "idle")  # type: ignore[arg-type]
            wish = Wish(Asker("Files"), WishKind.HOST, None, 0.0, 60.0)
            service.show(Snapshot(wish=wish, now=1.0))
            await until(lambda: json.loads(heard[-1].body[0])["wish"] is not None)  # type: ignore[arg-type]
            told = len(heard)
            service.show(Snapshot(wish=wish, now=2.0))  # its countdown alone is no news either
            service.show(Snapshot(wish=wish, now=2.0, listening=True))
            await until(lambda: json.loads(heard[-1].body[0])["listening"])  # type: ignore[arg-type]
            assert len(heard) == told + 1

    run(main())


async def outcomes(bus: Bus, count: int, member: str, signature: str = "", *body: object) -> list[str]:
    """How each of so many calls at once ended: "ok" or the name of the error."""

    async def one() -> str:
        try:
            await bus.call(module.NAME, module.PATH, module.INTERFACE, member, signature, *body, timeout=50)
        except BusError as error:
            return error.name
        return "ok"

    return list(await asyncio.gather(*(one() for _ in range(count))))


@pytest.mark.logs("calls without end")
def test_a_caller_that_asks_a_thousand_times_is_refused_and_the_others_are_served(daemon: object, run: Run, caplog: Any) -> None:
    async def main() -> None:
        applet = Applet(SEEKING)
        async with served(applet) as (_, bus):
            said = await outcomes(bus, 1000, "Status")
            assert len(said) == 1000 and set(said) == {"ok", limits.LIMITS}
            assert said.count("ok") >= limits.CALLS[0]
            # Each of these has a clear error, and whoever calls next is answered at once.
            with pytest.raises(BusError, match="Too many calls") as caught:
                for _ in range(1000):
                    await ask(bus, "Connect", "s", KITCHEN.id)
            assert caught.value.name == limits.LIMITS
            other = await Bus.connect("session")
            await ask(other, "Connect", "s", KITCHEN.id)
            assert json.loads(await ask(other, "Status"))["state"] == "seeking"
            await other.close()
        assert 1 <= len(applet.calls) <= limits.CHANGES[0] + 10
        assert sum("calls without end" in record.getMessage() for record in caplog.records) == 1

    run(main())


def test_changes_at_once_wait_in_a_line_with_an_end(daemon: object, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A daemon that takes its time to say who calls: so many wait, the others are told so, and those are served in their order."""

    async def main() -> None:
        known = asyncio.Event()

        async def slowly(bus: Bus, sender: str) -> Asker:
            await known.wait()
            return Asker("Slow", own=True)

        monkeypatch.setattr(module, "identify", slowly)
        applet = Applet(HOSTING)
        async with served(applet) as (_, bus):

            async def too_many() -> list[str]:  # one connection's calls arrive in their order
                said = await outcomes(bus, 5, "Disconnect")
                assert json.loads(await ask(bus, "Status"))["state"] == "hosting", "this is answered meanwhile"
                known.set()
                return said

            first, then, refused = await asyncio.gather(
                outcomes(bus, 1, "Expel", "s", "TV"), outcomes(bus, module.QUEUE - 1, "Seek"), too_many()
            )
            assert first == ["ok"] and set(then) == {"ok"} and set(refused) == {limits.LIMITS}
        assert applet.calls == [("expel", TV.address), *["seek"] * (module.QUEUE - 1)]

    run(main())


@pytest.mark.logs("calls without end")
@pytest.mark.may_log("calls without end")
def test_what_is_kept_of_callers_is_bounded() -> None:
    now = [0.0]
    gate = Gate(lambda: now[0])
    answers = [gate.refusal(f":1.{n}", "Status") for n in range(1000)]
    assert answers.count(None) == limits.ALL_CALLS[0] + limits.TRIALS[0], "a thousand connections are one caller too many as well"
    assert len(gate._callers) == limits.CALLERS
    now[0] += 100.0
    assert [gate.refusal(":2.2", "Connect") for _ in range(40)].count(None) == limits.CHANGES[0]
    assert gate.refusal(":2.2", "Status") is None, "who may change nothing for a while may still look"
    assert gate.refusal(":2.3", "Connect") is None


@pytest.mark.may_log("calls without end")
@pytest.mark.parametrize("programs", [1, 5, 50])
def test_programs_do_not_use_up_what_is_the_users_own(programs: int) -> None:
    """Each stays within its own limit, or calls without end; the user's commands are each a new caller, once a second."""
    now = [0.0]
    gate = Gate(lambda: now[0])
    refused = 0
    for second in range(120):
        for turn in range(20):
            now[0] += 0.05
            for n in range(programs):
                sender = f":1.{n}"
                if gate.refusal(sender, "Cancel") is None and gate.judge(sender, own=False) is None:
                    pass  # served
                else:
                    refused += 1
            if turn == 10:
                own = f":2.{second}"
                assert gate.refusal(own, "Disconnect") is None and gate.judge(own, own=True) is None
    assert refused


@pytest.mark.may_log("calls without end")
def test_who_was_let_through_to_be_looked_at_and_is_another_program_is_refused() -> None:
    now = [0.0]
    gate = Gate(lambda: now[0])
    served = sum(gate.refusal(f":1.{n}", "Cancel") is None and gate.judge(f":1.{n}", own=False) is None for n in range(1000))
    assert served == limits.ALL_CHANGES[0]


PROGRAM = """
import asyncio, json, sys
from nearby_tray.status import Status, encode
from nearby_tray.system.bus import Bus, BusError
async def main():
    bus = await Bus.connect("session")
    for words in json.loads(sys.argv[1]):
        try:
            await bus.call("org.nearbytray.Nearby", "/org/nearbytray/Nearby1", "org.nearbytray.Nearby1", *words)
            print("ok")
        except BusError as error:
            print(error.text)
asyncio.run(main())
"""


async def program(path: Path, *calls: Sequence[object]) -> list[str]:
    """What another program of this user is told, call by call."""
    await asyncio.to_thread(path.write_text, PROGRAM)
    process = await asyncio.create_subprocess_exec(sys.executable, str(path), json.dumps(calls), stdout=asyncio.subprocess.PIPE)
    said, _ = await process.communicate()
    return said.decode().splitlines()


def test_who_asks_is_handed_on_and_only_the_user_answers_a_wish(daemon: object, run: Run, tmp_path: Path) -> None:
    class Wishful(Applet):
        def ask(self, peer_id: str, method: Method | None = None, remember: bool = False, *, asker: Asker | None = None) -> None:
            super().ask(peer_id, method, remember, asker=asker)
            assert asker is not None
            self.snapshot = replace(SEEKING, wish=Wish(asker, WishKind.LINK, KITCHEN, 0.0, 60.0, "f00d"))

    async def main() -> None:
        applet = Wishful(SEEKING)
        async with served(applet) as (_, bus):
            connect = ("Connect", "s", KITCHEN.id)
            said = await program(tmp_path / "files\u202e.py", connect, connect, ("AcceptRequest", "sb", "f00d", True), ("Decline",))
            assert said[0] == "ok" and said[1].startswith("“files.py” asks the user") and said[2] == said[3]
            assert said[2].startswith("Only the user of this computer answers what a program asks for")
            assert applet.calls == [("ask", KITCHEN.id)]
            wish = json.loads(await ask(bus, "Status"))["wish"]
            assert wish["asked_by"]["name"] == "files.py" and wish["asked_by"]["own"] is False
            assert wish["asked_by"]["path"].endswith("files.py") and "\u202e" not in wish["asked_by"]["path"]
            assert wish["peer"]["name"] == "Kitchen" and wish["what"] == "link"
            await ask(bus, "AcceptRequest", "sb", wish["id"], False)  # this process is the applet's own
            await ask(bus, "Decline")
            applet.snapshot = replace(SEEKING, deaf=True)
            assert (await program(tmp_path / "files.py", connect))[0].startswith("The user of this computer has said no")
            await ask(bus, *connect)
        assert applet.calls == [("ask", KITCHEN.id), "allow", "forbid", ("ask", KITCHEN.id)]

    run(main())


@pytest.mark.parametrize(
    ("snapshot", "call", "allowed"),
    [
        (ASKED, ("AcceptRequest", "sb", "123456", True), False),
        (replace(ASKED, peer=replace(KITCHEN, identity_changed=True)), ("AcceptRequest", "sb", "a2", False), False),
        (replace(ASKED, stage=Stage.ASKING, may_match=True), ("Match", "sb", "123456", False), False),
        (ENTERING, ("EnterPinFor", "ss", "e1", "12345670"), False),
        (SEEKING, ("ChangeSettings", "s", '{"accept_paired": true}'), False),
        (SEEKING, ("ChangeSettings", "s", '{"visibility": "everyone"}'), False),
        (SEEKING, ("ChangeSettings", "s", '{"visibility": "trusted"}'), False),
        (SEEKING, ("ChangeSettings", "s", '{"name": "Somebody"}'), False),
        (SEEKING, ("ChangeSettings", "s", '{"notifications": false}'), False),
        (SEEKING, ("ChangeSettings", "s", '{"port": 2000, "accept_paired": true}'), False),
        (SEEKING, ("ChangeSettings", "s", '{"port": 2000, "visibility": "nobody"}'), True),
        (SEEKING, ("Quit",), False),
        (ASKED, ("Decline",), True),
        (ASKED, ("Cancel",), True),
        (SEEKING, ("Disconnect",), True),
        (Snapshot(), ("Seek",), True),
        (SEEKING, ("Raise",), True),
    ],
)
def test_another_program_ends_things_and_opens_nothing(
    daemon: object, run: Run, tmp_path: Path, snapshot: Snapshot, call: tuple[object, ...], allowed: bool
) -> None:
    async def main() -> None:
        applet = Applet(snapshot)
        applet.settings = before = Settings(visibility=Visibility.NOBODY)
        async with served(applet):
            (said,) = await program(tmp_path / "files.py", call)
            assert (said == "ok") is allowed and (allowed or said.startswith("Only the user of this computer")), said
        assert allowed or (applet.calls == [] and applet.settings == before)

    run(main())


@pytest.mark.parametrize(
    ("before", "after", "named"),
    [
        (Settings(), Settings(), []),
        (Settings(visibility=Visibility.TRUSTED), Settings(visibility=Visibility.EVERYONE), ["visibility"]),
        (Settings(visibility=Visibility.EVERYONE), Settings(visibility=Visibility.TRUSTED), []),
        (Settings(visible_minutes=5), Settings(visible_minutes=None), ["visible_minutes"]),
        (Settings(visible_minutes=5), Settings(visible_minutes=10), ["visible_minutes"]),
        (Settings(visible_minutes=10), Settings(visible_minutes=5), ["visible_minutes"]),  # from now on: the ten may end sooner
        (Settings(visible_minutes=None), Settings(visible_minutes=5), []),
        (Settings(accept_paired=True), Settings(), []),
        (Settings(notifications=False), Settings(), []),
        (Settings(), Settings(name="x", accept_paired=True, notifications=False), ["name", "accept_paired", "notifications"]),
    ],
)
def test_what_widens_who_may_link_is_the_users_to_change(before: Settings, after: Settings, named: list[str]) -> None:
    assert module.guarded(before, after) == named


def test_settings_that_cannot_be_kept_are_not_said_to_be(daemon: object, run: Run) -> None:
    class ReadOnly(Applet):
        def apply(self, settings: Settings) -> str:
            super().apply(settings)
            return "Read-only file system"

    async def main() -> None:
        applet = ReadOnly()
        async with served(applet) as (_, bus):
            with pytest.raises(BusError, match="In force until Nearby Tray ends, but not kept: Read-only file system"):
                await ask(bus, "ChangeSettings", "s", '{"port": 2000}')
        assert applet.settings.port == 2000

    run(main())


def test_a_name_that_is_anothers_id_blocks_nobody() -> None:
    real, evil = KITCHEN, Peer("02:66:00:00:00:01", KITCHEN.id, reachable=True)
    assert module.find_peer(real.id, [evil, real]) is real
    assert module.find_peer(evil.id, [evil, real]) is evil
    assert module.find_peer("kitchen", [evil, real]) is real
    with pytest.raises(DBusError, match="More than one"):
        module.find_peer("Kitchen", [real, evil, TWIN])


def test_the_second_applet_raises_the_first(daemon: object, run: Run) -> None:
    async def main() -> None:
        first, second = Applet(), Applet()
        async with served(first) as (_, bus):
            with pytest.raises(AlreadyRunning):
                await Service(second, second, describe).open()
            assert first.calls == ["raise"]
            with pytest.raises(AlreadyRunning):
                await Service(second, second, describe).open(raise_other=False)
            assert first.calls == ["raise"]
            await ask(bus, "Seek")
        async with served(second) as (_, bus):
            await ask(bus, "Seek")
        assert first.calls == ["raise", "seek"] and second.calls == ["seek"]

    run(main())


def test_no_bus_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Any, run: Run) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path / 'none'}")

    async def main() -> None:
        service = Service(Applet(), Applet(), describe)
        with pytest.raises(BusGone):
            await service.open()
        service.show(Snapshot())
        await service.close()

    run(main())


def test_a_bus_that_comes_back_is_served_again(daemon: Any, run: Run, until: Until) -> None:
    async def main() -> None:
        applet = Applet()
        service = Service(applet, applet, describe)
        await service.open()
        service.show(Snapshot())
        daemon.stop()
        daemon.start()
        bus = await Bus.connect("session")
        heard: list[Signal] = []
        owners: list[str | None] = []
        await bus.watch_name(module.NAME, owners.append)
        await bus.subscribe(heard.append, sender=module.NAME, member="Changed")
        await until(lambda: owners[-1])
        service.show(Snapshot(stage=Stage.SEEKING))
        await until(lambda: heard and json.loads(heard[-1].body[0])["state"] == "seeking")  # type: ignore[arg-type]
        await ask(bus, "Seek")
        assert applet.calls == ["seek"]
        await bus.close()
        await service.close()

    run(main())
