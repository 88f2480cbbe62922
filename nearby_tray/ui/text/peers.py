"""What a computer nearby is, in a few words."""

from __future__ import annotations

from collections.abc import Mapping

from ...core.model import Peer
from .names import clean
from .translate import isolated, listed, tr

KINDS: Mapping[str, str] = {
    "laptop": "Laptop",
    "desktop": "Desktop",
    "phone": "Phone",
    "tablet": "Tablet",
    "tv": "TV",
    "other": "Computer",
}

UNREACHABLE = "Gone from Wi-Fi Direct for the moment."


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
    """The kind of a peer, with the model that it claims to be."""
    kind = tr(KINDS.get(peer.kind, KINDS["other"]))
    model = clean(peer.model, 32) if peer.model.strip() else ""
    return tr("{kind} ({model})", kind=kind, model=model) if model and model != clean(peer.name) else kind


def peer_line(peer: Peer) -> str:
    """A peer in one line, for menus, screen readers and the command line."""
    words = [isolated(clean(peer.name)), kind_words(peer), *badges(peer)]
    if peer.strength is not None:
        words.append(tr("signal {n} %", n=peer.strength))
    return listed(words)
