"""Snapshots of every moment of the journey, and a controller that only writes down what it was asked. For tests and the gallery."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import msgspec

from nearby_tray.core.checks import Action, Finding, Fix, Sentence, fail, ok, say, unknown, warn
from nearby_tray.core.keys import TrustedPeer
from nearby_tray.core.model import (
    Abilities,
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
    Timings,
    Visibility,
    Wish,
    WishKind,
)
from nearby_tray.settings import Settings

from ..no_actions import NoActions

READY = Radios(bluetooth=None, wifi=None, p2p_address=bytes(6))
ANNA = Peer("p1", "Anna's ThinkPad", "laptop", "02:00:00:00:01:00", reachable=True, on_wifi=True, strength=78, trusted=True, bonded=True)
STUDIO = Peer("p2", "studio", "desktop", "02:00:00:00:02:00", reachable=True, on_wifi=True, strength=52)
PHONE = Peer("p3", "Pixel 9", "phone", "02:00:00:00:03:00", on_wifi=True, strength=31, model="GVU6C", methods=frozenset(Method))
TV = Peer(
    "p6",
    "[TV] Living room",
    "tv",
    "02:00:00:00:06:00",
    on_wifi=True,
    strength=64,
    model="QE55",
    methods=frozenset({Method.PBC}),
    owner=True,
)
OLD = Peer("p7", "Galaxy Tab", "tablet", "02:00:00:00:07:00", on_wifi=True, strength=47, remembered=True)
LONG = Peer("p4", "a-very-long-computer-name-012345", "tablet", "02:00:00:00:04:00", reachable=True, strength=12, bonded=True)
CHANGED = Peer("p5", "Anna's ThinkPad", "laptop", "02:00:00:00:05:00", reachable=True, strength=66, identity_changed=True)

ALL = Abilities("wpa_supplicant", pin=True, intent=True, frequency=True, host=True, hears=True, persistent=True)
ABLE = replace(READY, abilities=ALL)

HISTORY: tuple[float | None, ...] = tuple(
    None if k in (17, 41) else 4 + (k * 7 % 5) + (22 if k in (9, 30, 31, 52) else 0) + (k % 3) * 1.5 for k in range(58)
)
GOOD = Health(Grade.GOOD, 4.2, 5.1, 12.8, 1.3, 0.004, 0.2, 310, history=HISTORY, signal=78, bytes_in=48_200_000, bytes_out=1_930_000)
FAIR = replace(GOOD, grade=Grade.FAIR, rtt_last=48.0, rtt_p50=61.0, rtt_p95=104.0, loss=0.035, power_save=True)
WEAK = replace(GOOD, grade=Grade.WEAK, rtt_last=212.0, rtt_p50=180.0, rtt_p95=640.0, loss=0.14, signal=19)
LOST = replace(GOOD, grade=Grade.LOST, rtt_last=None, loss=0.6, silence=3.4, history=(*HISTORY[:50], None, None, None, None))
LINK = LinkInfo("p2p-wlan0-0", ("169.254.17.41", "fd3a:1b2c:3d4e::1"), ("169.254.17.42", "fd3a:1b2c:3d4e::2"), 0.0)
LINK_PIN = replace(LINK, method=Method.DISPLAY, pin=True, backend="wpa_supplicant", owner=False, frequency=5180, width=80)
ECHO = replace(GOOD, probe=Probe.ECHO, rtt_p95=41.0)
NEIGHBOUR = Health(Grade.GOOD, probe=Probe.NEIGHBOUR, silence=1.2)
PHONE_LINK = LinkInfo("p2p-wlan0-1", ("192.168.49.2",), ("192.168.49.1",), 0.0, Method.PBC, False, "wpa_supplicant", False, 2437, 20)
GROUP = LinkInfo(
    "p2p-wlan0-2", ("10.42.7.1", "fe80::a00:27ff:fe4e:66a1"), (), 0.0, backend="wpa_supplicant", owner=True, frequency=5180, width=20
)
MEMBERS = (
    Member(PHONE, 30.0, ("10.42.7.23",), ECHO),
    Member(TV, 60.0, ("10.42.7.40", "fe80::2"), NEIGHBOUR),
    Member(replace(OLD, name="x" * 40), 90.0),
)
PIN = "12345670"
FILES = Asker("Files", "/usr/bin/nautilus --gapplication-service", 4711)
WISH = Wish(FILES, WishKind.LINK, ANNA, 100.0, 160.0, "w1")

PEOPLE = (
    TrustedPeer(b"\x01" * 32, bytes(32), "Anna's ThinkPad", since=1_780_000_000.0, last_linked=1_795_000_000.0),
    TrustedPeer(b"\x02" * 32, bytes(32), "studio <b>", since=1_790_000_000.0),
)

HOSTILE = (
    "<b>Bold</b><img src=x>",
    "\u202egnp.exe\u202d",
    "a&b &amp; {peer} %n",
    "😀😀😀😀😀😀😀😀",
    "x" * 32,
    "line\nbreak\x07\x00",
    "مرحبا <u>",
    "\u200b\u2060",
    ("é" * 16).encode()[:31].decode(errors="replace"),
    ("é" * 16).encode()[:31].decode(errors="surrogateescape"),
    "",
)


def idle(**changes: object) -> Snapshot:
    return replace(Snapshot(radios=READY, listening=True), **changes)  # type: ignore[arg-type]


def staged(stage: Stage, **changes: object) -> Snapshot:
    asks: dict[str, object] = {}
    if stage in (Stage.ASKING, Stage.ASKED, Stage.ENTERING):
        known = changes.get("needs_code", True) is False
        asks = {"question": "q1", "peer": replace(ANNA, trusted=known)}
    return idle(**{"stage": stage, "peer": ANNA, "started": 100.0, "now": 112.0, "deadline": 160.0, **asks, **changes})


def foreign(stage: Stage, **changes: object) -> Snapshot:
    """Of a machine that does not run Nearby Tray, with a back end that can do everything."""
    made = replace(staged(stage), peer=PHONE, radios=ABLE, verified=False, needs_code=False)
    return replace(made, **changes)  # type: ignore[arg-type]


def hosting(**changes: object) -> Snapshot:
    made = idle(stage=Stage.HOSTING, radios=ABLE, verified=False, needs_code=False, link=GROUP, started=100.0, now=112.0)
    return replace(made, **changes)  # type: ignore[arg-type]


STRANGE: dict[str, Snapshot] = {
    "idle-able": idle(radios=ABLE),
    "seeking-foreign": idle(stage=Stage.SEEKING, radios=ABLE, started=100.0, now=108.0, deadline=130.0, peers=(ANNA, PHONE, TV, OLD)),
    "asked-button": foreign(Stage.ASKED),
    "asked-show-pin": foreign(Stage.ASKED, method=Method.DISPLAY),
    "asked-enter-pin": foreign(Stage.ASKED, method=Method.KEYPAD, pin_wanted=True),
    "entering": foreign(Stage.ENTERING, method=Method.KEYPAD, pin_wanted=True, tries_left=3),
    "entering-again": foreign(Stage.ENTERING, method=Method.KEYPAD, pin_wanted=True, tries_left=1),
    "forming-button": foreign(Stage.FORMING, attempt=1),
    "forming-pin": foreign(Stage.FORMING, attempt=1, method=Method.DISPLAY, pin=PIN, tries_left=3),
    "forming-pin-again": foreign(Stage.FORMING, attempt=1, method=Method.DISPLAY, pin="46264848", tries_left=2),
    "forming-typed": foreign(Stage.FORMING, attempt=1, method=Method.KEYPAD, tries_left=3),
    "checking-foreign": foreign(Stage.CHECKING, attempt=1, link=replace(PHONE_LINK, peer=()), timings=Timings(form=4.2)),
    "linked-foreign": foreign(Stage.LINKED, link=PHONE_LINK, health=ECHO, timings=Timings(form=4.2, check=1.1), deadline=None),
    "linked-neighbour": foreign(Stage.LINKED, link=replace(PHONE_LINK, pin=True), health=NEIGHBOUR, deadline=None),
    "linked-pin": replace(staged(Stage.LINKED, link=LINK_PIN, health=GOOD, radios=ABLE), deadline=None),
    "wrong-pin": idle(radios=ABLE, failure=Failure(Stage.FORMING, Reason.WRONG_PIN)),
    "hosting-starting": hosting(link=None, deadline=130.0),
    "hosting-empty": hosting(),
    "hosting": hosting(members=MEMBERS),
    "hosting-finding": hosting(members=MEMBERS[:1], peers=(PHONE, TV, STUDIO), deadline=130.0),
    "hosting-invited": hosting(members=MEMBERS[:1], peer=TV, deadline=230.0),
    "hosting-pin": hosting(members=MEMBERS[:1], peer=OLD, method=Method.DISPLAY, pin=PIN, deadline=230.0),
    "hosting-problem": hosting(members=MEMBERS[:2], failure=Failure(Stage.HOSTING, Reason.WRONG_PIN)),
    "hosting-asked": hosting(
        stage=Stage.ASKED, question="q2", members=MEMBERS[:2], peer=OLD, method=Method.KEYPAD, pin_wanted=True, deadline=150.0
    ),
}

SCENES: dict[str, Snapshot] = {
    "idle": idle(),
    "idle-limited": idle(visible_until=512.0, now=100.0),
    "idle-nobody": idle(visibility=Visibility.NOBODY, listening=False),
    "radios-off": idle(radios=Radios(Reason.BLUETOOTH_OFF, Reason.WIFI_NO_P2P), listening=False),
    "failed": idle(peer=ANNA, failure=Failure(Stage.FORMING, Reason.NOT_FORMED, "supplicant-timeout (state 120, reason 11)")),
    "left": idle(peer=ANNA, failure=Failure(Stage.LINKED, Reason.PEER_LEFT)),
    "missed": idle(missed=(Missed("m1", ANNA, 90.0), Missed("quiet", LONG, 95.0))),
    "declined": idle(peer=ANNA, failure=Failure(Stage.ASKING, Reason.DECLINED)),
    "nobody-answered": idle(failure=Failure(Stage.SEEKING, Reason.NOBODY_ANSWERED)),
    "seeking-empty": idle(stage=Stage.SEEKING, started=100.0, now=103.0, deadline=130.0),
    "seeking": idle(stage=Stage.SEEKING, started=100.0, now=108.0, deadline=130.0, peers=(ANNA, STUDIO, PHONE, LONG, CHANGED)),
    "asking-keys": staged(Stage.ASKING, peers=(ANNA,)),
    "asking": staged(Stage.ASKING, code="042 719"),
    "asking-compare": staged(Stage.ASKING, code="042 719", may_match=True, agreed_there=True),
    "asking-said": staged(Stage.ASKING, code="042 719", agreed_here=True),
    "asking-remembered": staged(Stage.ASKING, code="042 719", needs_code=False),
    "asking-changed": replace(staged(Stage.ASKING, code="042 719"), peer=CHANGED),
    "asked": staged(Stage.ASKED, code="042 719"),
    "asked-waiting": staged(Stage.ASKED, code="042 719", agreed_here=True),
    "asked-remembered": staged(Stage.ASKED, code="042 719", needs_code=False, purpose="screen"),
    "asked-changed": replace(staged(Stage.ASKED, code="042 719", purpose="files"), peer=CHANGED),
    "meeting": staged(Stage.MEETING, attempt=1),
    "forming": staged(Stage.FORMING, attempt=1, timings=Timings(find=1.24)),
    "forming-again": staged(Stage.FORMING, attempt=2, timings=Timings(find=1.24)),
    "checking": staged(Stage.CHECKING, attempt=1, timings=Timings(1.24, 3.61), link=LINK),
    "linked-early": replace(staged(Stage.LINKED, link=LINK), deadline=None),
    "linked-good": replace(staged(Stage.LINKED, link=LINK, health=GOOD, timings=Timings(1.24, 3.61, 0.12)), deadline=None),
    "linked-fair": replace(staged(Stage.LINKED, link=LINK, health=FAIR, timings=Timings(1.24, 3.61, 0.12)), deadline=None),
    "forming-unasked": staged(Stage.FORMING, attempt=1, timings=Timings(find=1.24), unasked=True),
    "linked-unasked": replace(staged(Stage.LINKED, link=LINK, health=GOOD, timings=Timings(1.24, 3.61), unasked=True), deadline=None),
    "linked-weak": replace(staged(Stage.LINKED, link=LINK, health=WEAK), deadline=None),
    "linked-lost": replace(staged(Stage.LINKED, link=LINK, health=LOST), deadline=None),
    "restoring": staged(Stage.RESTORING, attempt=2, restoring_because=Reason.LINK_LOST),
    "restoring-forming": staged(Stage.FORMING, attempt=2, restoring_because=Reason.GROUP_ENDED, timings=Timings(find=1.0)),
    "ending": staged(Stage.ENDING),
    "wish": idle(stage=Stage.SEEKING, started=100.0, now=112.0, deadline=130.0, peers=(ANNA, STUDIO), wish=WISH, asker=FILES),
    "wish-host": idle(radios=ABLE, now=112.0, wish=Wish(replace(FILES, name="", path=""), WishKind.HOST, None, 100.0, 160.0)),
    "asking-for-a-program": staged(Stage.ASKING, code="042 719", asker=FILES),
    **STRANGE,
}


class FakeController(NoActions):
    """Writes down each call in `calls`; `show` is what the real one does after a change."""

    def __init__(self, snapshot: Snapshot | None = None) -> None:
        self.snapshot = snapshot or idle()
        self.calls: list[tuple[object, ...]] = []
        self.settings = Settings(name="Ben's laptop")
        self.trusted = PEOPLE
        self._callbacks: list[Callable[[Snapshot], None]] = []

    def show(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        for callback in list(self._callbacks):
            callback(snapshot)

    def subscribe(self, callback: Callable[[Snapshot], None]) -> Callable[[], None]:
        self._callbacks.append(callback)
        callback(self.snapshot)
        return lambda: self._callbacks.remove(callback)

    @property
    def listeners(self) -> int:
        return len(self._callbacks)

    def seek(self, identity: bytes | None = None, *, asker: Asker | None = None) -> None:
        self.calls.append(("seek",))

    def stop_seeking(self) -> None:
        self.calls.append(("stop_seeking",))

    def ask(self, peer_id: str, method: Method | None = None, remember: bool = False, *, asker: Asker | None = None) -> None:
        self.calls.append(("ask", peer_id) if method is None else ("ask", peer_id, method, remember))

    def enter_pin(self, question: str, pin: str) -> None:
        self.calls.append(("enter_pin", pin))

    def host(self, persistent: bool = False, *, asker: Asker | None = None) -> None:
        self.calls.append(("host", persistent))

    def invite(self, peer_id: str, *, asker: Asker | None = None) -> None:
        self.calls.append(("invite", peer_id))

    def expel(self, address: str) -> None:
        self.calls.append(("expel", address))

    def match(self, question: str, trust: bool = False) -> None:
        self.calls.append(("match", trust))

    def call_back(self, missed: str) -> None:
        self.calls.append(("call_back", missed))

    def forget_missed(self, missed: str = "") -> None:
        self.calls.append(("forget_missed", missed))

    def accept(self, question: str, trust: bool = False) -> None:
        self.calls.append(("accept", trust))

    def decline(self, question: str = "") -> None:
        self.calls.append(("decline",))

    def allow(self, wish: str) -> None:
        self.calls.append(("allow",))

    def forbid(self, wish: str) -> None:
        self.calls.append(("forbid",))

    def cancel(self) -> None:
        self.calls.append(("cancel",))

    def disconnect(self) -> None:
        self.calls.append(("disconnect",))

    def dismiss(self) -> None:
        self.calls.append(("dismiss",))

    def set_visibility(self, visibility: Visibility, minutes: int | None = None) -> None:
        self.calls.append(("set_visibility", visibility, minutes))

    def forget(self, identity_id: str) -> None:
        self.calls.append(("forget", identity_id))
        self.trusted = tuple(one for one in self.trusted if one.identity.hex() != identity_id)

    def renew_identity(self) -> None:
        self.calls.append(("renew_identity",))
        self.trusted = ()

    def health_window(self, open: bool) -> None:
        self.calls.append(("health_window", open))

    def apply(self, settings: Settings) -> str:
        self.calls.append(("apply", msgspec.structs.asdict(settings)))
        self.settings = settings
        return ""


FINDINGS: tuple[Finding, ...] = (
    Finding(
        "wifi-radio",
        "Wi-Fi radio",
        fail(
            say("{radio}: {interfaces}.", radio="phy0", interfaces="wlan0 (station)"),
            say("NetworkManager: Wi-Fi is switched off."),
            fix=Fix(say("Switch Wi-Fi on; no network needs to be in reach."), "nmcli radio wifi on", Action.WIFI_ON),
        ),
    ),
    Finding(
        "regulatory-domain",
        "Regulatory domain",
        warn(
            say("The regulatory domain is {country}.", country="00"),
            fix=Fix(say("Set the country you are in: sudo iw reg set, followed by its two letters.")),
        ),
    ),
    Finding(
        "bluetooth-adapter",
        "Bluetooth adapter",
        fail(say("{name}: off.", name="hci0"), fix=Fix(say("Switch Bluetooth on."), "bluetoothctl power on", Action.BLUETOOTH_ON)),
    ),
    Finding(
        "firewalld",
        "Firewall: firewalld",
        warn(
            say("firewalld is running, its default zone is {zone}.", zone="public"),
            say("It does not have the zone {zone}: links are in the default zone, which may keep other programs out.", zone="nearby-tray"),
            fix=Fix(
                say("Install the zone."),
                "sudo firewall-cmd --permanent --new-zone-from-file=/usr/lib/python3/nearby-tray.xml && sudo firewall-cmd --reload",
            ),
        ),
    ),
    Finding("nftables", "Firewall: rules in the kernel", unknown(say("The rules are only for root to read."))),
    Finding(
        "udp-port",
        "UDP port",
        fail(
            say("UDP port {port} is used by {who}.", port=47476, who="<b>other</b> (4711)"),
            fix=Fix(
                say("Close that program, or choose another port in the settings of both computers."),
                "nearby-tray settings port=47477",
                Action.OPEN_SETTINGS,
            ),
        ),
    ),
    Finding("tray", "Tray", ok(say("A tray is there (StatusNotifierItem)."))),
    Finding("applet", "Applets running", ok(say("Nearby Tray is running (process {n}).", n=4711))),
)


class FakeDoctor:
    """Writes down each call; `found` and `done` of the examination under way are the test's to call, unless `at_once`."""

    def __init__(self, findings: tuple[Finding, ...] = FINDINGS, *, at_once: bool = False) -> None:
        self.findings, self.at_once = findings, at_once
        self.calls: list[tuple[object, ...]] = []
        self.found: Callable[[Finding], None] = lambda _finding: None
        self.done: Callable[[], None] = lambda: None
        self.mended: Callable[[Sentence | str], None] = lambda _wrong: None
        self.saved: Callable[[str, str], None] = lambda _path, _wrong: None

    @property
    def checks(self) -> tuple[tuple[str, str], ...]:
        return tuple((finding.name, finding.title) for finding in FINDINGS)

    def examine(self, found: Callable[[Finding], None], done: Callable[[], None]) -> None:
        self.calls.append(("examine",))
        self.found, self.done = found, done
        if self.at_once:
            self.finish()

    def finish(self) -> None:
        for finding in self.findings:
            self.found(finding)
        self.done()

    def mend(self, action: Action, done: Callable[[Sentence | str], None]) -> None:
        self.calls.append(("mend", action))
        self.mended = done

    def save_report(self, done: Callable[[str, str], None]) -> None:
        self.calls.append(("save_report",))
        self.saved = done

    def close(self) -> None:
        self.calls.append(("close",))
