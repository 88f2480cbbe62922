"""Every sentence the program says to its user: state words, failures with what to do next, notifications, numbers with units.

No Qt here: the command line and the notifications say the same words as the windows. English is written here once; `bind` puts a
translation in front of it. Names of other computers come from the air: `clean` and `quoted` make them harmless before they enter a
sentence, and no sentence is markup.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from typing import NamedTuple

from ..core.model import Failure, Grade, Peer, Reason, Snapshot, Stage, Visibility

_translate: Callable[[str], str] = str


def bind(translate: Callable[[str], str]) -> None:
    """Translate each sentence with `translate(english)` from now on. Values in {braces} are filled in afterwards."""
    global _translate
    _translate = translate


def tr(english: str, **values: object) -> str:
    return _translate(english).format(**values) if values else _translate(english)


class Said(NamedTuple):
    """What went wrong in a few words, in one sentence, and what to do next."""

    title: str
    sentence: str
    advice: str


# --- why it did not work ---------------------------------------------------------------------------------------------------
# {peer}: the other computer, quoted or "the other computer"; {stage}: what was going on, from `DURING`.

REASONS: Mapping[Reason, Said] = {
    Reason.BLUETOOTH_MISSING: Said(
        "Bluetooth service is not running",
        "The Bluetooth service of this computer (BlueZ) is not running.",
        "Install BlueZ and start it: systemctl enable --now bluetooth.",
    ),
    Reason.BLUETOOTH_NO_ADAPTER: Said(
        "No Bluetooth adapter",
        "This computer has no Bluetooth adapter that works.",
        "Plug in a Bluetooth adapter, or switch the built-in one on in the firmware settings.",
    ),
    Reason.BLUETOOTH_OFF: Said(
        "Bluetooth is off",
        "Computers nearby are found over Bluetooth, and it is switched off.",
        "Switch Bluetooth on; Nearby Tray notices by itself.",
    ),
    Reason.BLUETOOTH_REFUSED: Said(
        "Bluetooth refused",
        "The Bluetooth service did not let Nearby Tray call or answer other computers.",
        "Switch Bluetooth off and on again. If that does not help, another program may use all its advertisements.",
    ),
    Reason.WIFI_MISSING: Said(
        "NetworkManager is not running",
        "The link is made by NetworkManager, and it is not running on this computer.",
        "Install NetworkManager and start it: systemctl enable --now NetworkManager.",
    ),
    Reason.WIFI_NO_P2P: Said(
        "No Wi-Fi Direct",
        "The Wi-Fi of this computer offers no Wi-Fi Direct.",
        "Check that wpa_supplicant runs (NetworkManager finds no Wi-Fi Direct with iwd), or try another Wi-Fi adapter.",
    ),
    Reason.WIFI_OFF: Said(
        "Wi-Fi is off",
        "The link itself is Wi-Fi, and it is switched off.",
        "Switch Wi-Fi on; no network needs to be in reach.",
    ),
    Reason.WIFI_NOT_ALLOWED: Said(
        "Not allowed to make a link",
        "This account may not make Wi-Fi connections of its own.",
        "Log in at the computer itself, or ask its administrator for the right to control networks.",
    ),
    Reason.WIFI_BUSY: Said(
        "Wi-Fi Direct is in use",
        "Another program uses Wi-Fi Direct on this computer.",
        "Close it (screen casting is a usual one), then try again.",
    ),
    Reason.WIFI_PROFILE: Said(
        "NetworkManager did not take the link",
        "NetworkManager changed or refused the settings of the link.",
        "Update NetworkManager, or tell us its version with this message.",
    ),
    Reason.NOBODY_ANSWERED: Said(
        "Nobody answered",
        "No computer nearby answered.",
        "Open Nearby Tray on the other computer, see that it is visible, and try again.",
    ),
    Reason.NO_ANSWER: Said(
        "No answer",
        "Nobody answered the request on {peer} in time.",
        "Ask the person there to look at the screen, then try again.",
    ),
    Reason.DECLINED: Said(
        "Declined",
        "The request was declined on {peer}.",
        "Agree with the person there first, then try again.",
    ),
    Reason.PEER_BUSY: Said(
        "The other computer is busy",
        "{Peer} is linked, or being linked, with another computer.",
        "Wait until it is free, then try again.",
    ),
    Reason.PEER_POLICY: Said(
        "Not accepted",
        "{Peer} does not take requests from this computer.",
        "Set “Visible to” to “Everyone” there, then try again.",
    ),
    Reason.PEER_CANCELLED: Said(
        "Cancelled there",
        "The link was cancelled on {peer}.",
        "Try again when the person there is ready.",
    ),
    Reason.PEER_FAILED: Said(
        "The other computer could not go on",
        "{Peer} gave up while {stage}.",
        "Look there for the reason, then try again.",
    ),
    Reason.PEER_GONE: Said(
        "The other computer went away",
        "The Bluetooth conversation with {peer} broke off while {stage}.",
        "Bring the two closer together and try again.",
    ),
    Reason.PROTOCOL: Said(
        "Could not be verified",
        "{Peer} said something wrong while {stage}, so nothing was linked.",
        "Update Nearby Tray on both. If it happens again in the same place, somebody may be interfering: do not link here.",
    ),
    Reason.NOT_OURS: Said(
        "Nearby Tray is not running there",
        "{Peer} was seen on Wi-Fi Direct only and cannot be asked.",
        "Open Nearby Tray on it, then try again.",
    ),
    Reason.NOT_SEEN: Said(
        "Not found on Wi-Fi",
        "This computer and {peer} agreed, but did not find each other on Wi-Fi.",
        "Check that Wi-Fi is on in both, bring them closer together and try again.",
    ),
    Reason.NOT_FORMED: Said(
        "The Wi-Fi link was not made",
        "The two Wi-Fi radios did not agree on a link, in all tries.",
        "Try again; switching Wi-Fi off and on again on both sides helps when it keeps failing.",
    ),
    Reason.NOT_CHECKED: Said(
        "Linked, but silent",
        "The Wi-Fi link was made, but {peer} did not answer on it.",
        "A firewall may be in the way: allow UDP port 47476 on both, then try again.",
    ),
    Reason.NO_ADDRESS: Said(
        "No address",
        "The Wi-Fi link was made, but it has no network address.",
        "Try again. If it happens each time, another network of this computer uses the same addresses.",
    ),
    Reason.PORT_IN_USE: Said(
        "Port is taken",
        "Another program on this computer uses the UDP port that the link is checked with.",
        "Close that program, or choose another port in the settings, then try again.",
    ),
    Reason.LINK_LOST: Said(
        "Link lost",
        "{Peer} stopped answering.",
        "Bring the two closer together and try again.",
    ),
    Reason.GROUP_ENDED: Said(
        "Wi-Fi link ended",
        "The Wi-Fi link with {peer} ended by itself.",
        "Try again; if it keeps ending, bring the two closer together.",
    ),
    Reason.DAEMON_RESTARTED: Said(
        "A system service restarted",
        "NetworkManager or BlueZ restarted, and the link went with it.",
        "Try again now.",
    ),
    Reason.CANCELLED: Said(
        "Cancelled",
        "You cancelled while {stage}.",
        "Nothing is left behind; connect again whenever you like.",
    ),
    Reason.INTERNAL: Said(
        "Something went wrong in Nearby Tray",
        "An unexpected error happened while {stage}.",
        "Try again. If it happens again, please report it with the details below.",
    ),
}

NOT_ANSWERED_HERE = Said(
    "You did not answer",
    "{Peer} asked for a link, and nobody here answered in time.",
    "Nothing happened. To link now, use “Connect nearby” on either computer.",
)

DURING: Mapping[Stage, str] = {
    Stage.IDLE: "idle",
    Stage.SEEKING: "looking for computers",
    Stage.ASKING: "asking",
    Stage.ASKED: "you were being asked",
    Stage.MEETING: "finding each other on Wi-Fi",
    Stage.FORMING: "making the Wi-Fi link",
    Stage.CHECKING: "checking the link",
    Stage.LINKED: "linked",
    Stage.RESTORING: "restoring the link",
    Stage.ENDING: "ending the link",
}

STATES: Mapping[Stage, str] = {
    Stage.IDLE: "Ready",
    Stage.SEEKING: "Looking for computers nearby",
    Stage.ASKING: "Waiting for the other side to accept",
    Stage.ASKED: "Somebody wants to connect",
    Stage.MEETING: "Finding each other on Wi-Fi",
    Stage.FORMING: "Making the Wi-Fi link",
    Stage.CHECKING: "Checking the link",
    Stage.LINKED: "Linked",
    Stage.RESTORING: "Restoring the link",
    Stage.ENDING: "Disconnecting",
}

GRADES: Mapping[Grade, str] = {Grade.GOOD: "Good", Grade.FAIR: "Fair", Grade.WEAK: "Weak", Grade.LOST: "No answer"}

VISIBILITIES: Mapping[Visibility, str] = {
    Visibility.EVERYONE: "Everyone",
    Visibility.TRUSTED: "Trusted",
    Visibility.NOBODY: "Nobody",
}

VISIBILITY_HINTS: Mapping[Visibility, str] = {
    Visibility.EVERYONE: "Any computer nearby may ask; you decide.",
    Visibility.TRUSTED: "Only computers you remembered may ask.",
    Visibility.NOBODY: "No computer finds this one. You can still connect to others.",
}

ACCEPT_PAIRED_HINT = "Only computers paired over Bluetooth, and only over a connection seen to be encrypted; otherwise you are asked."

KINDS: Mapping[str, str] = {"laptop": "Laptop", "desktop": "Desktop", "phone": "Phone", "tablet": "Tablet", "other": "Computer"}

PURPOSES: Mapping[str, str] = {
    "link": "wants to link with this computer",
    "files": "wants to send or get files",
    "screen": "wants to share a screen",
}

POWER_SAVE = (
    "Answers come in steps of about 100 ms: one side saves Wi-Fi power. Plug it in, or switch Wi-Fi power saving off, for quicker answers."
)
UNASKED = "Accepted without asking, because it is paired."
UNREACHABLE = "Seen on Wi-Fi Direct only. Open Nearby Tray there to connect."
IDENTITY_CHANGED = Said(
    "Not the computer you remembered",
    "It calls itself {peer}, a name you remembered, but it cannot prove to be the same computer.",
    "Go on only if you know why (a new installation, for instance), and compare the code with care.",
)


def failure_text(failure: Failure, peer: str = "") -> Said:
    """The failure for the user; `peer` is the other's name as it came, empty when not known."""
    return reason_text(failure.reason, stage=failure.stage, peer=peer)


def reason_text(reason: Reason, *, stage: Stage = Stage.IDLE, peer: str = "") -> Said:
    said = NOT_ANSWERED_HERE if (stage, reason) == (Stage.ASKED, Reason.NO_ANSWER) else REASONS[reason]
    name = quoted(peer) if peer else tr("the other computer")
    values = {"peer": name, "Peer": name if peer else tr("The other computer"), "stage": tr(DURING[stage])}
    return Said(tr(said.title), tr(said.sentence, **values), tr(said.advice, **values))


def identity_changed_text(peer: str) -> Said:
    title, sentence, advice = IDENTITY_CHANGED
    return Said(tr(title), tr(sentence, peer=quoted(peer)), tr(advice))


# --- where we are ----------------------------------------------------------------------------------------------------------


def trouble(snapshot: Snapshot) -> Reason | None:
    """The radio that keeps this machine from linking at all; Wi-Fi first, for without it there is nothing to ask for."""
    return snapshot.radios.wifi or snapshot.radios.bluetooth


def headline(snapshot: Snapshot) -> str:
    """One line that says where we are: the tooltip, the panel's status, the command line."""
    name = quoted(snapshot.peer.name) if snapshot.peer else tr("the other computer")
    match snapshot.stage:
        case Stage.IDLE:
            if snapshot.failure:
                return failure_text(snapshot.failure).title
            reason = trouble(snapshot)
            return reason_text(reason).title if reason else tr("Ready")
        case Stage.ASKING:
            return tr("Waiting for {peer} to accept", peer=name)
        case Stage.ASKED:
            return tr("{peer} wants to connect", peer=name)
        case Stage.LINKED:
            if snapshot.health is None:
                return tr("Linked with {peer}", peer=name)
            return tr("Linked with {peer}, {grade}", peer=name, grade=tr(GRADES[snapshot.health.grade]).lower())
        case Stage.RESTORING:
            return tr("Restoring the link with {peer}, try {n} of 3", peer=name, n=max(1, snapshot.attempt))
        case Stage.FORMING if snapshot.attempt > 1:
            return tr("Making the Wi-Fi link, try {n} of 3", n=snapshot.attempt)
        case stage:
            return tr(STATES[stage])


def state_line(snapshot: Snapshot) -> str:
    """The headline without the other's name, for where that stands beside it."""
    if snapshot.stage is Stage.IDLE:
        return headline(snapshot)
    if snapshot.restoring_because and snapshot.stage is not Stage.LINKED:
        return tr(STATES[Stage.RESTORING])
    return tr(STATES[snapshot.stage])


def tooltip(snapshot: Snapshot) -> str:
    """Without the signs that make markup: some trays take a tooltip for plain text, others for Pango's or Qt's, and say not which."""
    return f"Nearby Tray: {headline(snapshot)}".translate(_NO_MARKUP)


_NO_MARKUP = str.maketrans({"<": "‹", ">": "›", "&": "+"})


def request_line(snapshot: Snapshot) -> str:
    return tr(PURPOSES.get(snapshot.purpose, PURPOSES["link"]))


def compare_words(snapshot: Snapshot) -> str:
    if snapshot.code is None:
        return tr("Agreeing on keys…")
    if not snapshot.needs_code:
        return tr("You remembered this computer: there is no code to compare.")
    return tr("Compare this code with the one on the other screen. Go on only if they are the same.")


def badges(peer: Peer) -> tuple[str, ...]:
    """Short words beside a peer's name."""
    found = []
    if peer.identity_changed:
        found.append(tr("Not as remembered"))
    if peer.trusted and not peer.identity_changed:
        found.append(tr("Trusted"))
    if peer.bonded:
        found.append(tr("Paired"))
    if not peer.reachable:
        found.append(tr("Wi-Fi Direct only"))
    return tuple(found)


def peer_line(peer: Peer) -> str:
    """A peer in one line of plain words, for menus, screen readers and the command line."""
    words = [clean(peer.name), tr(KINDS.get(peer.kind, KINDS["other"])), *badges(peer)]
    if peer.strength is not None:
        words.append(tr("signal {n} %", n=peer.strength))
    return ", ".join(words)


# --- notifications: (title, body), plain text ------------------------------------------------------------------------------


def request_notice(snapshot: Snapshot) -> tuple[str, str]:
    name = clean(snapshot.peer.name if snapshot.peer else "")
    if snapshot.peer and snapshot.peer.identity_changed:
        return tr("{peer} wants to connect", peer=name), tr(IDENTITY_CHANGED.title) + ". " + tr("Open the request to decide.")
    if snapshot.code and snapshot.needs_code:
        return tr("{peer} wants to connect", peer=name), tr("Accept only if both screens show {code}.", code=snapshot.code)
    return tr("{peer} wants to connect", peer=name), tr("You remembered this computer.")


def linked_notice(snapshot: Snapshot) -> tuple[str, str]:
    name = clean(snapshot.peer.name if snapshot.peer else "")
    there = snapshot.link.peer[0] if snapshot.link and snapshot.link.peer else ""
    body = [tr(UNASKED)] if snapshot.unasked else []
    body += [tr("Its address here is {address}.", address=there)] if there else []
    return tr("Linked with {peer}", peer=name), " ".join(body)


def restoring_notice(snapshot: Snapshot) -> tuple[str, str]:
    name = snapshot.peer.name if snapshot.peer else ""
    said = reason_text(snapshot.restoring_because or Reason.LINK_LOST, stage=Stage.LINKED, peer=name)
    return said.title, said.sentence + " " + tr("Trying to restore the link.")


def restored_notice(snapshot: Snapshot) -> tuple[str, str]:
    return tr("Link restored"), tr("Linked with {peer} again.", peer=quoted(snapshot.peer.name if snapshot.peer else ""))


def failed_notice(snapshot: Snapshot) -> tuple[str, str]:
    """For a snapshot that has a failure."""
    assert snapshot.failure is not None
    said = failure_text(snapshot.failure, snapshot.peer.name if snapshot.peer else "")
    return said.title, f"{said.sentence} {said.advice}"


# --- names from the air ----------------------------------------------------------------------------------------------------


def clean(name: str, limit: int = 64) -> str:
    """A name on one line: no control, format (direction overrides among them) or unassigned characters, at most `limit` characters."""
    kept = []
    for character in name[: 4 * limit]:
        category = unicodedata.category(character)
        if category in ("Zl", "Zp", "Zs") or character in "\t\n\r":
            kept.append(" ")
        elif category[0] != "C" or character in "\u200c\u200d":  # joiners: Persian and emoji need them
            kept.append(character)
    text = " ".join("".join(kept).split())
    if not text.strip("\u200c\u200d"):
        return tr("Unnamed computer")
    return text if len(text) <= limit else text[: limit - 1] + "…"


def quoted(name: str) -> str:
    """A name inside a sentence. The isolates keep a right-to-left name from turning the words around it."""
    text = clean(name)
    if any(unicodedata.bidirectional(c) in ("R", "AL", "AN") for c in text):
        text = f"\u2068{text}\u2069"
    return tr("“{name}”", name=text)


# --- numbers ---------------------------------------------------------------------------------------------------------------


def milliseconds(value: float | None) -> str:
    if value is None:
        return "–"
    return tr("{n} ms", n=f"{value:.1f}" if value < 10 else f"{value:.0f}")


def share(value: float | None) -> str:
    """A share 0…1 in percent."""
    if value is None:
        return "–"
    percent = value * 100
    return tr("{n} %", n=f"{percent:.0f}" if percent >= 10 or percent == 0 else f"{percent:.1f}")


def percent(value: int | None) -> str:
    return "–" if value is None else tr("{n} %", n=value)


def seconds(value: float | None) -> str:
    return "–" if value is None else tr("{n} s", n=f"{value:.1f}")


def size(octets: int | None) -> str:
    if octets is None:
        return "–"
    value = float(octets)
    for unit in ("B", "kB", "MB", "GB"):
        if value < 1000:
            return f"{value:.0f} {unit}" if unit == "B" or value >= 100 else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} TB"


def clock(value: float) -> str:
    """What is left of a countdown, as m:ss, never below zero."""
    left = max(0, int(value + 0.999))
    return f"{left // 60}:{left % 60:02d}"
