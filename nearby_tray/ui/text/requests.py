"""What the user is asked: by another computer, or by a program of this one."""

from __future__ import annotations

from collections.abc import Mapping

from ...core.model import Asker, Method, Missed, Snapshot, Stage, Wish, WishKind
from .names import clean, quoted
from .plain import wants_words
from .reasons import Said
from .translate import tr

CODE = "Code {digits}"

PURPOSES: Mapping[str, str] = {
    "link": "wants to connect to this computer",
    "files": "wants to send or get files",
    "screen": "wants to share a screen",
}

TRUST_TIP = "If both of you trust the other, there is no code to compare next time."
WHAT_OPENS = "While you are linked, it can reach programs on this computer that accept network connections."

IDENTITY_CHANGED = Said(
    "Not the computer you trust",
    "It calls itself {peer}, the name of a computer you trust, but it cannot prove to be that one.",
    "Go on only if you know why (a new installation, for instance), and compare the code with care.",
)


def identity_changed_text(peer: str) -> Said:
    title, sentence, advice = IDENTITY_CHANGED
    return Said(tr(title), tr(sentence, peer=quoted(peer)), tr(advice))


def request_line(snapshot: Snapshot) -> str:
    """What `snapshot.peer` wants, in a line below its name."""
    if not snapshot.verified:
        return wants_words(snapshot.method)
    return tr(PURPOSES.get(snapshot.purpose, PURPOSES["link"]))


def compare_words(snapshot: Snapshot) -> str:
    """What to do with the code, or what is waited for."""
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


def missed_words(missed: Missed) -> str:
    return tr("Missed request: {peer} wanted to connect.", peer=quoted(missed.peer.name))


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
    """The program's file and arguments; empty if not known."""
    return clean(asker.path, 160) if asker.path else ""


def asker_words(snapshot: Snapshot) -> str:
    """The program that asked for what is going on; empty if the user asked for it."""
    asker = snapshot.asker
    if asker is None:
        return ""
    if asker.own:
        return tr("Asked for by a nearby-tray command.")
    return tr("Asked for by {program}.", program=quoted(asker.name)) if asker.name else tr("Asked for by a program.")
