"""Plain peers: machines that do not run Nearby Tray. The ways to link with one, and why a way is not possible."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ...core.model import Abilities, Method, Peer, Radios, Reason, Snapshot
from .names import quoted
from .reasons import Said, reason_text
from .translate import tr

METHODS: Mapping[Method, str] = {Method.PBC: "Push button", Method.DISPLAY: "Show a PIN here", Method.KEYPAD: "Enter its PIN here"}

METHOD_HINTS: Mapping[Method, str] = {
    Method.PBC: "It asks there whether to connect: accept it on its screen.",
    Method.DISPLAY: "A PIN appears here; type it there.",
    Method.KEYPAD: "A PIN appears there; type it here.",
}

_CANNOT: Mapping[Method, str] = {
    Method.PBC: "It says that it has no push button.",
    Method.DISPLAY: "It says that no PIN can be typed there.",
    Method.KEYPAD: "It says that it cannot show a PIN.",
}

PLAIN_HINT = "It does not run Nearby Tray, or does not answer with it. It can be linked with by Wi-Fi Direct alone, not verified."
NOT_VERIFIED = "Not verified: it does not run Nearby Tray."

UNVERIFIED = Said(
    "Not verified",
    "{Peer} does not run Nearby Tray. Nothing proves that it is what it says.",
    "Go on only if you know that machine, and that somebody there wants this now.",
)

PHONE = "Open Wi-Fi Direct in its settings, and keep that page open."
NEEDS_PIN = "A PIN needs NetworkManager 1.60 or newer, or the right to control wpa_supplicant."
NEEDS_JOINING = "It owns a group already, and joining one needs the right to control wpa_supplicant."
NEEDS_HOST = "A group of your own needs the right to control wpa_supplicant."


def unverified_text(snapshot: Snapshot) -> Said:
    """The warning about `snapshot.peer`, a plain peer that asks for a link."""
    title, sentence, advice = UNVERIFIED
    name = snapshot.peer.name if snapshot.peer else ""
    return Said(tr(title), tr(sentence, Peer=quoted(name)), tr(advice))


class Offer(NamedTuple):
    """One way to link with a plain peer. `obstacle`: why it is not possible, and what would help; empty if it is possible."""

    method: Method
    words: str
    hint: str
    obstacle: str


def offers(peer: Peer, abilities: Abilities) -> tuple[Offer, ...]:
    """The three ways to link with a plain peer, possible or not."""
    found = []
    for method in Method:
        obstacle = ""
        match abilities.obstacle(peer, method):
            case Reason.NOT_OFFERED:
                obstacle = tr(NEEDS_JOINING if peer.owner and not abilities.host else NEEDS_PIN)
            case Reason.METHODS_DIFFER:
                obstacle = tr(_CANNOT[method])
        found.append(Offer(method, tr(METHODS[method]), tr(METHOD_HINTS[method]), obstacle))
    return tuple(found)


def host_obstacle(radios: Radios) -> str:
    """Why this computer cannot host a group now, and what would help; empty if it can."""
    match radios.host_obstacle:
        case None:
            return ""
        case Reason.NOT_OFFERED:
            return tr(NEEDS_HOST)
        case reason:
            said = reason_text(reason)
            return f"{said.sentence} {said.advice}"


def wants_words(method: Method) -> str:
    """What a plain peer asks for. `method`: what this computer would do."""
    return {
        Method.PBC: tr("wants to connect by push button"),
        Method.DISPLAY: tr("wants to connect with a PIN shown here"),
        Method.KEYPAD: tr("wants to connect with a PIN that it shows"),
    }[method]
