"""Snapshots of every moment of the journey, and a controller that only writes down what it was asked. For tests and the gallery."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import msgspec

from nearby_tray.core.model import (
    Failure,
    Grade,
    Health,
    LinkInfo,
    Peer,
    Radios,
    Reason,
    Snapshot,
    Stage,
    Timings,
    Visibility,
)
from nearby_tray.settings import Settings

READY = Radios(bluetooth=None, wifi=None, p2p_address=bytes(6))
ANNA = Peer("p1", "Anna's ThinkPad", "laptop", "02:00:00:00:01:00", reachable=True, on_wifi=True, strength=78, trusted=True, bonded=True)
STUDIO = Peer("p2", "studio", "desktop", "02:00:00:00:02:00", reachable=True, on_wifi=True, strength=52)
PHONE = Peer("p3", "Pixel 9", "phone", "02:00:00:00:03:00", on_wifi=True, strength=31)
LONG = Peer("p4", "a-very-long-computer-name-012345", "tablet", "02:00:00:00:04:00", reachable=True, strength=12, bonded=True)
CHANGED = Peer("p5", "Anna's ThinkPad", "laptop", "02:00:00:00:05:00", reachable=True, strength=66, identity_changed=True)

HISTORY: tuple[float | None, ...] = tuple(
    None if k in (17, 41) else 4 + (k * 7 % 5) + (22 if k in (9, 30, 31, 52) else 0) + (k % 3) * 1.5 for k in range(58)
)
GOOD = Health(Grade.GOOD, 4.2, 5.1, 12.8, 1.3, 0.004, 0.2, 310, history=HISTORY, signal=78, bytes_in=48_200_000, bytes_out=1_930_000)
FAIR = replace(GOOD, grade=Grade.FAIR, rtt_last=48.0, rtt_p50=61.0, rtt_p95=104.0, loss=0.035, power_save=True)
WEAK = replace(GOOD, grade=Grade.WEAK, rtt_last=212.0, rtt_p50=180.0, rtt_p95=640.0, loss=0.14, signal=19)
LOST = replace(GOOD, grade=Grade.LOST, rtt_last=None, loss=0.6, silence=3.4, history=(*HISTORY[:50], None, None, None, None))
LINK = LinkInfo("p2p-wlan0-0", ("169.254.17.41", "fd3a:1b2c:3d4e::1"), ("169.254.17.42", "fd3a:1b2c:3d4e::2"), 0.0)

HOSTILE = (
    "<b>Bold</b><img src=x>",
    "\u202egnp.exe\u202d",
    "a&b &amp; {peer} %n",
    "😀😀😀😀😀😀😀😀",
    "x" * 32,
    "line\nbreak\x07\x00",
    "مرحبا <u>",
    "\u200b\u2060",
    "",
)


def idle(**changes: object) -> Snapshot:
    return replace(Snapshot(radios=READY, listening=True), **changes)  # type: ignore[arg-type]


def staged(stage: Stage, **changes: object) -> Snapshot:
    return idle(stage=stage, peer=ANNA, started=100.0, now=112.0, deadline=160.0, **changes)


SCENES: dict[str, Snapshot] = {
    "idle": idle(),
    "idle-limited": idle(visible_until=512.0, now=100.0),
    "idle-nobody": idle(visibility=Visibility.NOBODY, listening=False),
    "radios-off": idle(radios=Radios(Reason.BLUETOOTH_OFF, Reason.WIFI_NO_P2P), listening=False),
    "failed": idle(peer=ANNA, failure=Failure(Stage.FORMING, Reason.NOT_FORMED, "supplicant-timeout (state 120, reason 11)")),
    "declined": idle(peer=ANNA, failure=Failure(Stage.ASKING, Reason.DECLINED)),
    "nobody-answered": idle(failure=Failure(Stage.SEEKING, Reason.NOBODY_ANSWERED)),
    "seeking-empty": idle(stage=Stage.SEEKING, started=100.0, now=103.0, deadline=130.0),
    "seeking": idle(stage=Stage.SEEKING, started=100.0, now=108.0, deadline=130.0, peers=(ANNA, STUDIO, PHONE, LONG, CHANGED)),
    "asking-keys": staged(Stage.ASKING, peers=(ANNA,)),
    "asking": staged(Stage.ASKING, code="042 719"),
    "asking-remembered": staged(Stage.ASKING, code="042 719", needs_code=False),
    "asking-changed": replace(staged(Stage.ASKING, code="042 719"), peer=CHANGED),
    "asked": staged(Stage.ASKED, code="042 719"),
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
}


class FakeController:
    """Writes down each call in `calls`; `show` is what the real one does after a change."""

    def __init__(self, snapshot: Snapshot | None = None) -> None:
        self.snapshot = snapshot or idle()
        self.calls: list[tuple[object, ...]] = []
        self.settings = Settings(name="Ben's laptop")
        self.people = [("id-anna", "Anna's ThinkPad"), ("id-studio", "studio <b>")]
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

    def seek(self) -> None:
        self.calls.append(("seek",))

    def stop_seeking(self) -> None:
        self.calls.append(("stop_seeking",))

    def ask(self, peer_id: str) -> None:
        self.calls.append(("ask", peer_id))

    def remember(self, on: bool) -> None:
        self.calls.append(("remember", on))

    def accept(self, remember: bool) -> None:
        self.calls.append(("accept", remember))

    def decline(self) -> None:
        self.calls.append(("decline",))

    def cancel(self) -> None:
        self.calls.append(("cancel",))

    def disconnect(self) -> None:
        self.calls.append(("disconnect",))

    def dismiss(self) -> None:
        self.calls.append(("dismiss",))

    def set_visibility(self, visibility: Visibility, minutes: int | None) -> None:
        self.calls.append(("set_visibility", visibility, minutes))

    def forget(self, identity_id: str) -> None:
        self.calls.append(("forget", identity_id))
        self.people = [one for one in self.people if one[0] != identity_id]

    def health_window(self, open: bool) -> None:
        self.calls.append(("health_window", open))

    def apply(self, settings: Settings) -> None:
        self.calls.append(("apply", msgspec.structs.asdict(settings)))
        self.settings = settings
