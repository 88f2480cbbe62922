"""The desktop's notifications: a title and a body, plain text. None of them contains a PIN."""

from __future__ import annotations

from ...core.model import Missed, Reason, Snapshot, Stage
from .links import UNASKED
from .names import clean, quoted
from .pins import tries_words
from .plain import NOT_VERIFIED
from .reasons import failure_text, reason_text
from .requests import IDENTITY_CHANGED, WISH_HINT, program_path, wish_words
from .translate import isolated, listed, tr


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
    """For a snapshot with a failure."""
    assert snapshot.failure is not None
    said = failure_text(snapshot.failure, snapshot.peer.name if snapshot.peer else "")
    return said.title, f"{said.sentence} {said.advice}"


def entry_notice(snapshot: Snapshot) -> tuple[str, str]:
    name = clean(snapshot.peer.name if snapshot.peer else "")
    return tr("{peer} shows a PIN", peer=name), " ".join(filter(None, (tries_words(snapshot), tr("Type it in Nearby Tray."))))


def group_notice(before: Snapshot, now: Snapshot) -> tuple[str, str] | None:
    """What changed in the hosted group; `None`: nothing worth a notification."""
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
