"""Why something is not possible or did not work, and what to do next: a title, a sentence and an advice for each `Reason`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ...core.model import PORT, Failure, Reason, Snapshot, Stage
from .names import clean, quoted
from .translate import tr


class Said(NamedTuple):
    """What went wrong in a few words, in one sentence, and what to do next."""

    title: str
    sentence: str
    advice: str


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


def failure_text(failure: Failure, peer: str = "") -> Said:
    """What to say of a failure. `peer`: the peer's name as it came from the air, empty if not known."""
    return reason_text(failure.reason, stage=failure.stage, peer=peer, port=failure.port)


def reason_text(reason: Reason, *, stage: Stage = Stage.IDLE, peer: str = "", port: int = PORT) -> Said:
    said = REASONS[reason]
    if reason is Reason.NO_ANSWER:  # which user did not answer depends on which was asked
        said = {Stage.ASKED: NOT_ANSWERED_HERE, Stage.ENTERING: NO_PIN_TYPED}.get(stage, said)
    name = quoted(peer) if peer else tr("the other computer")
    values = {"peer": name, "Peer": name if peer else tr("The other computer"), "stage": tr(DURING[stage]), "port": str(port)}
    return Said(tr(said.title), tr(said.sentence, **values), tr(said.advice, **values))


def problems_text(snapshot: Snapshot) -> tuple[Said, str]:
    """What to say of files of the user that could not be read, and the English details."""
    said = Said(
        tr("A file of yours could not be read"),
        tr("So that nothing is more open than you chose, the careful choice is in force."),
        tr("Choose in the panel who may see this computer, and look through the settings."),
    )
    return said, "\n".join(clean(problem, 400) for problem in snapshot.problems)
