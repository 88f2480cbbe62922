"""What is going on, in one line."""

from __future__ import annotations

from collections.abc import Mapping

from ...core.model import Grade, Snapshot, Stage
from .names import quoted
from .reasons import failure_text, reason_text
from .translate import isolated, tr

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


def headline(snapshot: Snapshot) -> str:
    """The state in one line, for the tooltip, the menu and the command line."""
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
            return _group_line(snapshot)
        case Stage.FORMING if snapshot.pin is not None:
            return tr("Type the PIN on {peer}", peer=name)
        case Stage.RESTORING:
            return tr("Restoring the link with {peer}, try {n} of 3", peer=name, n=max(1, snapshot.attempt))
        case Stage.FORMING if snapshot.attempt > 1:
            return tr("Making the Wi-Fi link, try {n} of 3", n=snapshot.attempt)
        case stage:
            return tr(STATES[stage])


def _group_line(snapshot: Snapshot) -> str:
    if snapshot.link is None:
        return tr("Starting a group")
    match len(snapshot.members):
        case 0:
            return tr("Hosting a group, nobody in it yet")
        case 1:
            return tr("Hosting a group with one member")
        case members:
            return tr("Hosting a group with {n} members", n=members)


def state_line(snapshot: Snapshot) -> str:
    """The headline without the peer's name, for places where the name stands beside it."""
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
    """The headline without the characters of markup: some trays show a tooltip as plain text, others as Pango's or Qt's markup."""
    return f"Nearby Tray: {isolated(headline(snapshot))}".translate(_NO_MARKUP)


_NO_MARKUP = str.maketrans({"<": "‹", ">": "›", "&": "+"})
