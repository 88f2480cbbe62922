"""Every sentence the program says to its user: state words, failures with what to do next, notifications, numbers with units.

No Qt here: the command line and the notifications say the same words as the windows. English is written here once; `bind` puts a
translation in front of it (`language.py`). What may be said is found by reading the source (`desktop/translations.py`): the words in
a call of `tr` or `say`, and those in the tables of this module, whose names are in capitals. Names of other computers come from the
air: `clean` and `quoted` make them harmless before they enter a sentence, and no sentence is markup.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from ..core.model import (
    Abilities,
    Asker,
    Failure,
    Grade,
    Health,
    LinkInfo,
    Method,
    Missed,
    Peer,
    Probe,
    Radios,
    Reason,
    Snapshot,
    Stage,
    Visibility,
    Wish,
    WishKind,
)
from ..core.names import harmless
from ..core.pin import SHORT, SIZE, digits, valid

if TYPE_CHECKING:  # this is loaded before the icon is there, the doctor when somebody asks for it
    from ..core.checks import Action, Finding, Sentence, Status

_translate: Callable[[str], str] = str
_from_right = False


def bind(translate: Callable[[str], str], *, from_right: bool = False) -> None:
    """Translate each sentence with `translate(english)` from now on. Values in {braces} are filled in afterwards.

    `from_right`: the language is written from right to left, so every value stands in isolates of its own: an address, a code in groups
    or a name with signs at its end would otherwise be put together in the wrong order (Unicode Standard Annex 9).
    """
    global _translate, _from_right
    _translate, _from_right = translate, from_right


@contextmanager
def in_english() -> Iterator[None]:
    """For what is read by programs and by those who help: the command line, the support report."""
    before = _translate, _from_right
    bind(str)
    try:
        yield
    finally:
        bind(before[0], from_right=before[1])


def tr(english: str, **values: object) -> str:
    return _translate(english).format(**{name: isolated(str(value)) for name, value in values.items()}) if values else _translate(english)


def isolated(words: str) -> str:
    """Words that keep their own direction among those of a language that is written from right to left."""
    return f"\u2068{words}\u2069" if _from_right and words else words


def alone(words: str) -> str:
    """Words that are a line of their own: they keep their direction, and stand where the language's lines begin."""
    return f"\u200f{isolated(words)}" if _from_right and words else words


def is_from_right(words: str) -> bool:
    """Whether they run from right to left: as their first letter does."""
    return next((kind != "L" for kind in map(unicodedata.bidirectional, words) if kind in ("L", "R", "AL")), False)


def listed(words: Iterable[str]) -> str:
    return tr(", ").join(words)


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
    Reason.NOT_COMPARED: Said(
        "Codes not compared",
        "Nobody said in time that both screens show the same code.",
        "Ask again, and compare the codes on both screens.",
    ),
    Reason.PEER_UNAVAILABLE: Said(
        "The other computer is not ready",
        "Wi-Fi is off or not ready on {peer}.",
        "Turn on Wi-Fi there, then try again.",
    ),
    Reason.CLONED: Said(
        "Two computers with one identity",
        "{Peer} has the same identity as this computer: the disk of one was copied to the other.",
        "Make a new identity on one of them, in Nearby Tray’s settings.",
    ),
    Reason.PEER_LEFT: Said(
        "Disconnected",
        "{Peer} disconnected.",
        "To connect again, ask it again.",
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
        "A firewall may be in the way: allow UDP port {port} on both, then try again.",
    ),
    Reason.NO_ADDRESS: Said(
        "No address",
        "The Wi-Fi link was made, but it has no network address that leaves this computer's other networks alone.",
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
    Reason.WRONG_PIN: Said(
        "Wrong PIN",
        "The PIN that was typed is not the one that the other side showed.",
        "Try again: each attempt has a new PIN.",
    ),
    Reason.PBC_OVERLAP: Said(
        "Two buttons at once",
        "Another machine nearby was connecting by push button at the same time, so neither was let in.",
        "Wait two minutes and try again, or use a PIN.",
    ),
    Reason.METHODS_DIFFER: Said(
        "The two want different ways",
        "One side wants the push button, the other one a PIN.",
        "Choose the way that {peer} offers, then try again.",
    ),
    Reason.REJECTED: Said(
        "Refused on Wi-Fi",
        "{Peer} refused the Wi-Fi link.",
        "Accept it on its screen, or forget this computer in its Wi-Fi Direct settings, then try again.",
    ),
    Reason.NOT_READY: Said(
        "Nobody agreed there",
        "{Peer} answers on Wi-Fi, but nobody there agreed in time.",
        "Open its Wi-Fi Direct settings, keep them open, and accept what it asks; then try again.",
    ),
    Reason.CHANNEL_FORBIDDEN: Said(
        "Channel not allowed",
        "The chosen channel may not be used here: the rules of this country or the Wi-Fi adapter forbid it.",
        "Choose another channel, or “Automatic”, in the settings.",
    ),
    Reason.CHANNEL_TAKEN: Said(
        "Busy on another channel",
        "The Wi-Fi adapter can be on one channel only, and the ordinary network is on another one.",
        "Choose “Automatic” in the settings, or leave that network first.",
    ),
    Reason.NO_COMMON_CHANNEL: Said(
        "No common channel",
        "This computer and {peer} have no Wi-Fi channel in common.",
        "Choose “Automatic” or another band in the settings, then try again.",
    ),
    Reason.BOTH_OWN: Said(
        "Both want to own the group",
        "This computer and {peer} both insist on owning the group.",
        "Lower the owner intent in the settings of one of them, then try again.",
    ),
    Reason.NOT_OFFERED: Said(
        "Not possible with this Wi-Fi service",
        "The Wi-Fi service of this computer cannot do that.",
        "Use the push button. A PIN needs NetworkManager 1.60, a group of your own needs the right to control wpa_supplicant.",
    ),
    Reason.GROUP_FORGOTTEN: Said(
        "Group forgotten there",
        "{Peer} no longer knows the group that both were to remember.",
        "Connect to it again, and have it remembered anew.",
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

NO_PIN_TYPED = Said(
    "No PIN was typed",
    "{Peer} showed a PIN, and it was not typed here in time.",
    "Try again; it shows a new one each time.",
)

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
    Stage.ENTERING: "waiting for the PIN",
    Stage.HOSTING: "hosting a group",
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
    Stage.ENTERING: "Waiting for its PIN",
    Stage.HOSTING: "Hosting a group",
}

GRADES: Mapping[Grade, str] = {Grade.GOOD: "Good", Grade.FAIR: "Fair", Grade.WEAK: "Weak", Grade.LOST: "No answer"}

LINKED_WITH: Mapping[Grade, str] = {
    Grade.GOOD: "Linked with {peer}, good",
    Grade.FAIR: "Linked with {peer}, fair",
    Grade.WEAK: "Linked with {peer}, weak",
    Grade.LOST: "Linked with {peer}, no answer",
}

VISIBILITIES: Mapping[Visibility, str] = {
    Visibility.EVERYONE: "Everyone",
    Visibility.TRUSTED: "Trusted computers",
    Visibility.NOBODY: "Nobody",
}

VISIBLE_TO: Mapping[Visibility, str] = {
    Visibility.EVERYONE: "Visible to everyone",
    Visibility.TRUSTED: "Visible to trusted computers",
    Visibility.NOBODY: "Visible to nobody",
}

VISIBILITY_HINTS: Mapping[Visibility, str] = {
    Visibility.EVERYONE: "Any computer nearby may ask; you decide.",
    Visibility.TRUSTED: "Only computers you trust find this one.",
    Visibility.NOBODY: "No computer finds this one. You can still connect to others.",
}

ACCEPT_PAIRED_HINT = "Only computers paired over Bluetooth, and only over a connection seen to be encrypted; otherwise you are asked."

NO_CHOICE = "{backend} chooses band and owner by itself here; this counts where Nearby Tray may control wpa_supplicant."
INTENTS: Mapping[int, str] = {0: "{n}: never own it", 7: "{n}: either way", 14: "{n}: own it, if I may", 15: "{n}: own it, or no link"}

CODE = "Code {digits}"
PIN = "PIN {digits}"

KINDS: Mapping[str, str] = {
    "laptop": "Laptop",
    "desktop": "Desktop",
    "phone": "Phone",
    "tablet": "Tablet",
    "tv": "TV",
    "other": "Computer",
}

PURPOSES: Mapping[str, str] = {
    "link": "wants to connect to this computer",
    "files": "wants to send or get files",
    "screen": "wants to share a screen",
}

POWER_SAVE = (
    "Answers come in steps of about 100 ms: one side saves Wi-Fi power. Plug it in, or switch Wi-Fi power saving off, for quicker answers."
)
UNASKED = "Accepted without asking, because it is paired."
UNREACHABLE = "Gone from Wi-Fi Direct for the moment."
FOREIGN = "It does not run Nearby Tray, or does not answer with it. It can be linked with by Wi-Fi Direct alone, not verified."
TRUST_TIP = "If both of you trust the other, there is no code to compare next time."
WHAT_OPENS = "While you are linked, it can reach programs on this computer that accept network connections."
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
IDENTITY_CHANGED = Said(
    "Not the computer you trust",
    "It calls itself {peer}, the name of a computer you trust, but it cannot prove to be that one.",
    "Go on only if you know why (a new installation, for instance), and compare the code with care.",
)


def failure_text(failure: Failure, peer: str = "") -> Said:
    """The failure for the user; `peer` is the other's name as it came, empty when not known."""
    return reason_text(failure.reason, stage=failure.stage, peer=peer, port=failure.port)


def reason_text(reason: Reason, *, stage: Stage = Stage.IDLE, peer: str = "", port: int = 47476) -> Said:
    said = REASONS[reason]
    if reason is Reason.NO_ANSWER:  # who did not answer depends on who was asked
        said = {Stage.ASKED: NOT_ANSWERED_HERE, Stage.ENTERING: NO_PIN_TYPED}.get(stage, said)
    name = quoted(peer) if peer else tr("the other computer")
    values = {"peer": name, "Peer": name if peer else tr("The other computer"), "stage": tr(DURING[stage]), "port": str(port)}
    return Said(tr(said.title), tr(said.sentence, **values), tr(said.advice, **values))


def identity_changed_text(peer: str) -> Said:
    title, sentence, advice = IDENTITY_CHANGED
    return Said(tr(title), tr(sentence, peer=quoted(peer)), tr(advice))


def unverified_text(snapshot: Snapshot) -> Said:
    """About the machine in `snapshot.peer`, which asks and cannot be verified."""
    title, sentence, advice = UNVERIFIED
    name = snapshot.peer.name if snapshot.peer else ""
    return Said(tr(title), tr(sentence, Peer=quoted(name)), tr(advice))


# --- machines that do not run Nearby Tray ----------------------------------------------------------------------------------

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


class Offer(NamedTuple):
    """One way to link with a machine that does not run Nearby Tray. `obstacle`: why not, and what would help; empty when it can be done."""

    method: Method
    words: str
    hint: str
    obstacle: str


def offers(peer: Peer, abilities: Abilities) -> tuple[Offer, ...]:
    """The three ways, possible or not, for a peer that does not answer with Nearby Tray."""
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
    """Why this computer cannot host a group now, and what would help; empty when it can."""
    match radios.host_obstacle:
        case None:
            return ""
        case Reason.NOT_OFFERED:
            return tr(NEEDS_HOST)
        case reason:
            said = reason_text(reason)
            return f"{said.sentence} {said.advice}"


def wants_words(method: Method) -> str:
    """What a machine without our protocol asks for; `method` is our side of it."""
    return {
        Method.PBC: tr("wants to connect by push button"),
        Method.DISPLAY: tr("wants to connect with a PIN shown here"),
        Method.KEYPAD: tr("wants to connect with a PIN that it shows"),
    }[method]


def pin_problem(typed: str) -> str:
    """What is wrong with a PIN that is being typed, as far as one can tell; empty while it may become one, and when it is one."""
    bare = digits(typed)
    if bare is None:
        return tr("A PIN has digits only.")
    if len(bare) > SIZE:
        return tr("A PIN has {n} digits.", n=SIZE)
    if len(bare) == SIZE and valid(bare) is None:
        return tr("The last digit does not fit: check the number.")
    return ""


def pin_hint(typed: str) -> str:
    """What to do next while a PIN is typed that has no problem."""
    bare = digits(typed) or ""
    if len(bare) == SIZE:
        return tr("The digits fit together.")
    if len(bare) == SHORT:
        return tr("{n} digits missing, unless it shows only {short}.", n=SIZE - len(bare), short=SHORT)
    if SIZE - len(bare) == 1:
        return tr("One digit missing.")
    return tr("{n} digits missing.", n=SIZE - len(bare)) if bare else tr("{n} digits; spaces do not matter.", n=SIZE)


def tries_words(snapshot: Snapshot, method: Method = Method.KEYPAD) -> str:
    """Said when a PIN was wrong; empty at the first try. `method`: ours."""
    if snapshot.tries_left not in (1, 2):
        return ""
    new = tr("Here is a new one.") if method is Method.DISPLAY else tr("It shows a new one.")
    left = tr("This is the last try.") if snapshot.tries_left == 1 else tr("There are two tries left.")
    return f"{new} {left}"


# --- the link's details ----------------------------------------------------------------------------------------------------

PROBES: Mapping[Probe, str] = {
    Probe.PINGS: "Authenticated pings of Nearby Tray",
    Probe.ECHO: "ICMP echo, which proves nothing about who answers",
    Probe.NEIGHBOUR: "The kernel's neighbour table: there or not, no times",
}


PROBE_WORDS: Mapping[Probe, str] = {Probe.PINGS: "by pings", Probe.ECHO: "by ICMP echo", Probe.NEIGHBOUR: "by the neighbour table"}


def member_figures(health: Health | None) -> str:
    """How a member of our group is heard, in one line."""
    if health is None:
        return tr("Not heard of yet")
    words = [tr("Heard {how}", how=tr(PROBE_WORDS[health.probe]))]
    if health.rtt_p50 is not None:
        words += [milliseconds(health.rtt_p50), tr("{share} lost", share=share(health.loss))]
    return listed(words)


def details(link: LinkInfo, *, verified: bool, hosting: bool, probe: Probe | None) -> tuple[tuple[str, str], ...]:
    """How the group came about and what it is, as label and words."""
    if link.pin:
        layer = tr("Authenticated with a PIN, too") if verified else tr("Authenticated with a PIN")
    elif verified:
        layer = tr("Push button: the Wi-Fi layer itself is not authenticated; Nearby Tray's own check is")
    else:
        layer = tr("Push button: not authenticated")
    rows = [] if hosting else [(tr("Wi-Fi layer"), layer)]
    if not hosting:
        check = tr("Verified by Nearby Tray on both sides.") if verified else tr(NOT_VERIFIED)
        rows.insert(0, (tr("Other side"), check))
    if hosting or link.owner is not None:
        own = hosting or link.owner
        rows.append((tr("Group owner"), tr("This computer") if own else tr("The other computer")))
    if link.frequency is not None:
        rows.append((tr("Channel"), channel_words(link.frequency)))
    if link.width is not None:
        rows.append((tr("Width"), tr("{n} MHz", n=link.width)))
    if link.backend:
        rows.append((tr("Made with"), alone(clean(link.backend))))
    rows.append((tr("Interface"), alone(clean(link.interface))))
    if probe is not None:
        rows.append((tr("Measured with"), tr(PROBES[probe])))
    return tuple(rows)


def channel_words(frequency: int) -> str:
    """A frequency in MHz with its channel and band, as IEEE 802.11 numbers them."""
    if frequency == 2484:
        number, band = 14, "2.4"
    elif 2407 < frequency < 2484:
        number, band = (frequency - 2407) // 5, "2.4"
    elif 5000 < frequency < 5925:
        number, band = (frequency - 5000) // 5, "5"
    elif 5950 < frequency <= 7125:
        number, band = (frequency - 5950) // 5, "6"
    else:
        return tr("{n} MHz", n=frequency)
    return tr("{channel} ({frequency} MHz, {band} GHz band)", channel=number, frequency=frequency, band=band.replace(".", tr(".")))


# --- where we are ----------------------------------------------------------------------------------------------------------


def headline(snapshot: Snapshot) -> str:
    """One line that says where we are: the tooltip, the panel's status, the command line."""
    name = quoted(snapshot.peer.name) if snapshot.peer else tr("the other computer")
    match snapshot.stage:
        case Stage.IDLE:
            if snapshot.failure:
                return failure_text(snapshot.failure).title
            reason = snapshot.radios.trouble
            return reason_text(reason).title if reason else tr("Ready")
        case Stage.ASKING:
            if snapshot.may_match and snapshot.needs_code:
                return tr("Compare the code with {peer}", peer=name)
            return tr("Waiting for {peer} to accept", peer=name)
        case Stage.ASKED if snapshot.agreed_here:
            return tr("Waiting for {peer} to compare the code", peer=name)
        case Stage.ASKED:
            return tr("{peer} wants to connect", peer=name)
        case Stage.LINKED:
            if snapshot.health is None:
                return tr("Linked with {peer}", peer=name)
            return tr(LINKED_WITH[snapshot.health.grade], peer=name)
        case Stage.ENTERING:
            return tr("Enter the PIN that {peer} shows", peer=name)
        case Stage.HOSTING:
            if snapshot.link is None:
                return tr("Starting a group")
            match len(snapshot.members):
                case 0:
                    return tr("Hosting a group, nobody in it yet")
                case 1:
                    return tr("Hosting a group with one member")
                case members:
                    return tr("Hosting a group with {n} members", n=members)
        case Stage.FORMING if snapshot.pin is not None:
            return tr("Type the PIN on {peer}", peer=name)
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
    if snapshot.stage is Stage.HOSTING and snapshot.link is None:
        return tr("Starting a group")
    if snapshot.may_match and snapshot.needs_code:
        return tr("Compare the code")
    return tr(STATES[snapshot.stage])


def tooltip(snapshot: Snapshot) -> str:
    """Without the signs that make markup: some trays take a tooltip for plain text, others for Pango's or Qt's, and say not which."""
    return f"Nearby Tray: {isolated(headline(snapshot))}".translate(_NO_MARKUP)


_NO_MARKUP = str.maketrans({"<": "‹", ">": "›", "&": "+"})


def request_line(snapshot: Snapshot) -> str:
    if not snapshot.verified:
        return wants_words(snapshot.method)
    return tr(PURPOSES.get(snapshot.purpose, PURPOSES["link"]))


def compare_words(snapshot: Snapshot) -> str:
    if not snapshot.verified:
        return {
            Method.PBC: tr("Accept to let it connect. There is no code to compare."),
            Method.DISPLAY: tr("Accept, and this computer shows a PIN to type there."),
            Method.KEYPAD: tr("To accept, type the PIN that it shows."),
        }[snapshot.method]
    if snapshot.code is None:
        return tr("Agreeing on keys…")
    name = quoted(snapshot.peer.name) if snapshot.peer else tr("the other computer")
    if snapshot.stage is Stage.ASKED and snapshot.agreed_here:
        return tr("Waiting for {peer} to compare the code.", peer=name)
    if not snapshot.needs_code:
        return tr("You trust this computer, so there is no code to compare.")
    if snapshot.stage is Stage.ASKED:
        return tr("Accept only if both codes match.")
    if snapshot.agreed_here:
        return tr("Waiting for {peer} to accept", peer=name)
    if snapshot.may_match:
        return tr("Do both screens show this code? If theirs is different, cancel.")
    return tr("The same code must be on both screens. {peer} accepts first.", peer=name)


def badges(peer: Peer) -> tuple[str, ...]:
    """Short words beside a peer's name."""
    found = []
    if peer.identity_changed:
        found.append(tr("Not the one you trust"))
    if peer.trusted and not peer.identity_changed:
        found.append(tr("Trusted"))
    if peer.bonded:
        found.append(tr("Paired"))
    if not peer.reachable:
        found.append(tr("Wi-Fi Direct only"))
        if peer.owner:
            found.append(tr("Owns a group"))
        if peer.remembered:
            found.append(tr("Remembered group"))
    return tuple(found)


def kind_words(peer: Peer) -> str:
    """What it is, with the model that it claims to be."""
    kind = tr(KINDS.get(peer.kind, KINDS["other"]))
    model = clean(peer.model, 32) if peer.model.strip() else ""
    return tr("{kind} ({model})", kind=kind, model=model) if model and model != clean(peer.name) else kind


def peer_line(peer: Peer) -> str:
    """A peer in one line of plain words, for menus, screen readers and the command line."""
    words = [isolated(clean(peer.name)), kind_words(peer), *badges(peer)]
    if peer.strength is not None:
        words.append(tr("signal {n} %", n=peer.strength))
    return listed(words)


# --- notifications: (title, body), plain text ------------------------------------------------------------------------------


# --- programs of this computer that ask --------------------------------------------------------------------------------------

WISHES: Mapping[WishKind, str] = {
    WishKind.LINK: "{Program} asks to connect this computer to {peer}.",
    WishKind.HOST: "{Program} asks to open a Wi-Fi Direct group on this computer.",
    WishKind.INVITE: "{Program} asks to invite {peer} into your group.",
}
WISH_HINT = "It runs on this computer, as you. Nothing begins before you allow it."


def wish_words(wish: Wish) -> str:
    program = quoted(wish.asker.name) if wish.asker.name else tr("A program")
    return tr(WISHES[wish.what], Program=program, peer=quoted(wish.peer.name if wish.peer else ""))


def program_path(asker: Asker) -> str:
    """What runs, for the curious; empty when not known."""
    return clean(asker.path, 160) if asker.path else ""


def asker_words(snapshot: Snapshot) -> str:
    """Who wanted what is going on, when it was a program; empty when the user did, by a click."""
    asker = snapshot.asker
    if asker is None:
        return ""
    if asker.own:
        return tr("Asked for by a nearby-tray command.")
    return tr("Asked for by {program}.", program=quoted(asker.name)) if asker.name else tr("Asked for by a program.")


def wish_notice(snapshot: Snapshot) -> tuple[str, str]:
    wish = snapshot.wish
    if wish is None:
        return "", ""
    path = program_path(wish.asker)
    return wish_words(wish), " ".join(filter(None, (f"{path}." if path else "", tr(WISH_HINT))))


def request_notice(snapshot: Snapshot) -> tuple[str, str]:
    name = clean(snapshot.peer.name if snapshot.peer else "")
    if snapshot.peer and snapshot.peer.identity_changed:
        return tr("{peer} wants to connect", peer=name), tr(IDENTITY_CHANGED.title) + ". " + tr("Open the request to decide.")
    if not snapshot.verified:
        return tr("{peer} wants to connect", peer=name), tr(NOT_VERIFIED) + " " + tr("Open the request to decide.")
    if snapshot.code and snapshot.needs_code:
        code = snapshot.code.replace(" ", "\u00a0")  # on one line
        return tr("{peer} wants to connect", peer=name), tr("Accept only if both screens show {code}.", code=code)
    return tr("{peer} wants to connect", peer=name), tr("You trust this computer.")


def missed_words(missed: Missed) -> str:
    return tr("Missed request: {peer} wanted to connect.", peer=quoted(missed.peer.name))


def missed_notice(missed: Missed) -> tuple[str, str]:
    return tr("Missed request"), tr("{peer} wanted to connect.", peer=clean(missed.peer.name))


def linked_notice(snapshot: Snapshot) -> tuple[str, str]:
    name = clean(snapshot.peer.name if snapshot.peer else "")
    there = snapshot.link.peer[0] if snapshot.link and snapshot.link.peer else ""
    body = [] if snapshot.verified else [tr(NOT_VERIFIED)]
    body += [tr(UNASKED)] if snapshot.unasked else []
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


def entry_notice(snapshot: Snapshot) -> tuple[str, str]:
    name = clean(snapshot.peer.name if snapshot.peer else "")
    return tr("{peer} shows a PIN", peer=name), " ".join(filter(None, (tries_words(snapshot), tr("Type it in Nearby Tray."))))


def group_notice(before: Snapshot, now: Snapshot) -> tuple[str, str] | None:
    """What changed in the group that we host; `None`: nothing worth a notification. A PIN is never in it."""
    known, here = {m.peer.id: m.peer for m in before.members}, {m.peer.id: m.peer for m in now.members}
    count = tr("It is empty now.") if not here else tr("One member.") if len(here) == 1 else tr("{n} members.", n=len(here))
    joined = [clean(peer.name) for id, peer in here.items() if id not in known]
    left = [clean(peer.name) for id, peer in known.items() if id not in here]
    if joined:
        return tr("{peers} joined your group", peers=listed(map(isolated, joined[:3]))), count
    if left:
        return tr("{peers} left your group", peers=listed(map(isolated, left[:3]))), count
    if now.link is not None and before.link is None:
        return tr("Your group is up"), tr("Others can join it now.")
    return None


# --- the doctor ------------------------------------------------------------------------------------------------------------

# By the values of the enumerations in core/checks.py.
STATUSES: Mapping[str, str] = {"fail": "Problem", "warn": "Warning", "unknown": "Not seen", "ok": "OK"}

SECTIONS: Mapping[str, str] = {
    "fail": "What keeps this computer from linking",
    "warn": "Worth knowing",
    "unknown": "Could not be seen",
    "ok": "In order",
}

ACTIONS: Mapping[str, str] = {
    "wifi-on": "Switch Wi-Fi on",
    "bluetooth-on": "Switch Bluetooth on",
    "open-settings": "Open the settings",
}


def status_word(status: Status) -> str:
    return tr(STATUSES[status.value])


def section_title(status: Status) -> str:
    return tr(SECTIONS[status.value])


def action_words(action: Action) -> str:
    return tr(ACTIONS[action.value])


def said(sentence: Sentence | str) -> str:
    """A sentence of the doctor, translated; its values are harmless already, and may be sentences themselves. What others said stays."""
    if isinstance(sentence, str):
        return sentence
    return tr(sentence.english, **{name: said(value) for name, value in sentence.values})


COUNTS: Mapping[str, tuple[str, str]] = {  # of one, of more
    "fail": ("{n} problem", "{n} problems"),
    "warn": ("{n} warning", "{n} warnings"),
    "unknown": ("{n} thing not seen", "{n} things not seen"),
}


def summary(findings: Sequence[Finding]) -> str:
    """How it stands, in one line."""
    parts = []
    for status, (one, many) in COUNTS.items():
        count = sum(finding.status.value == status for finding in findings)
        parts += [tr(one if count == 1 else many, n=count)] if count else []
    return tr("{what}.", what=listed(parts)) if parts else tr("Everything is in order.")


# --- names from the air ----------------------------------------------------------------------------------------------------


def problems_text(snapshot: Snapshot) -> tuple[Said, str]:
    """What could not be read of the user's own files, and the English details."""
    said = Said(
        tr("A file of yours could not be read"),
        tr("So that nothing is more open than you chose, the careful choice is in force."),
        tr("Choose in the panel who may see this computer, and look through the settings."),
    )
    return said, "\n".join(clean(problem, 400) for problem in snapshot.problems)


def clean(name: str, limit: int = 64) -> str:
    """A name as one harmless line, at most `limit` characters."""
    return harmless(name, limit) or tr("Unnamed computer")


def quoted(name: str) -> str:
    """A name inside a sentence. The isolates keep a right-to-left name from turning the words around it."""
    text = clean(name)
    if not _from_right and any(unicodedata.bidirectional(c) in ("R", "AL", "AN") for c in text):
        text = f"\u2068{text}\u2069"
    return tr("“{name}”", name=text)


# --- numbers ---------------------------------------------------------------------------------------------------------------


def number(value: float, places: int = 0) -> str:
    """With the sign that the language has between whole and part."""
    return f"{value:.{places}f}".replace(".", tr("."))


def milliseconds(value: float | None) -> str:
    if value is None:
        return "–"
    return tr("{n} ms", n=number(value, 1 if value < 10 else 0))


def share(value: float | None) -> str:
    """A share 0…1 in percent."""
    if value is None:
        return "–"
    percent = value * 100
    return tr("{n} %", n=number(percent, 0 if percent >= 10 or percent == 0 else 1))


def percent(value: int | None) -> str:
    return "–" if value is None else tr("{n} %", n=value)


def seconds(value: float | None) -> str:
    return "–" if value is None else tr("{n} s", n=number(value, 1))


UNITS = ("{n} B", "{n} kB", "{n} MB", "{n} GB", "{n} TB")


def size(octets: int | None) -> str:
    if octets is None:
        return "–"
    value, unit = float(octets), 0
    while value >= 1000 and unit < len(UNITS) - 1:
        value, unit = value / 1000, unit + 1
    return tr(UNITS[unit], n=number(value, 1 if unit and (value < 100 or unit == len(UNITS) - 1) else 0))


def clock(value: float) -> str:
    """What is left of a countdown, as m:ss, never below zero."""
    left = max(0, int(value + 0.999))
    return f"{left // 60}:{left % 60:02d}"
