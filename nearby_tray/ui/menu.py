"""The tray's menu, decided from the snapshot."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from ..core.model import Method, Peer, Prompt, Snapshot, Stage, Visibility
from .text import plain
from .text.choices import VISIBILITIES
from .text.names import clean
from .text.peers import badges
from .text.states import headline
from .text.translate import isolated, listed, tr

MOST_PEERS = 12  # in the menu; the panel has all


class Entry(NamedTuple):
    """One line of the menu. Without an action of its own it is a heading; `entries` make it a submenu; no words: a separator."""

    words: str = ""
    name: str = ""
    argument: str = ""
    enabled: bool = True
    checked: bool | None = None
    entries: tuple[Entry, ...] = ()
    about: str = ""  # the question that it answers: a click meant for another question must not answer this one

    def key(self) -> str:
        """Equal for two entries that are the same line of the menu with other words."""
        kind = "submenu" if self.entries else "choice" if self.checked is not None else "line" if self.words else "separator"
        return "\n".join((kind, self.name, self.argument, self.about))


def plan(snapshot: Snapshot) -> tuple[Entry, ...]:
    """The menu for this snapshot. Two equal plans need no new menu."""
    return (
        Entry(headline(snapshot), "headline", enabled=False),
        *((Entry(tr("&A program asks…"), "question"),) if snapshot.prompt is Prompt.WISH else ()),
        *_of_stage(snapshot),
        Entry(),
        Entry(tr("&Visible to"), "visible", entries=_visibilities(snapshot)),
        Entry(tr("&Open Nearby Tray"), "open"),
        Entry(tr("Se&ttings…"), "settings"),
        Entry(tr("Trou&bleshoot…"), "troubleshoot"),
        Entry(),
        Entry(tr("&Quit"), "quit"),
    )


def _of_stage(snapshot: Snapshot) -> Iterator[Entry]:
    """What the user can do about what is going on."""
    connect = Entry(tr("&Connect nearby"), "seek", enabled=snapshot.radios.trouble is None)
    match snapshot.stage:
        case Stage.IDLE:
            yield connect
            yield Entry(tr("&Host a group…"), "open_host", enabled=not snapshot.radios.host_obstacle)
        case Stage.SEEKING:
            yield from (_of_peer(peer, snapshot) for peer in snapshot.peers[:MOST_PEERS])
            yield Entry(tr("&Stop looking"), "stop_seeking")
        case Stage.ASKED:
            yield from _code(snapshot)
            if snapshot.agreed_here:
                yield Entry(tr("&Cancel"), "cancel")
            else:
                # The whole dialog, not a quick yes or no: a line that comes up under the pointer is clicked by accident.
                name = _literal(isolated(clean(snapshot.peer.name if snapshot.peer else "", 40)))
                yield Entry(tr("Answer {peer}…", peer=name), "question", about=snapshot.question)
        case Stage.ENTERING:
            yield Entry(tr("&Enter the PIN…"), "question")
            yield Entry(tr("&Cancel"), "cancel")
        case Stage.HOSTING:
            yield from _pin(snapshot)
            for member in snapshot.members[:MOST_PEERS]:
                words = _literal(tr("Disconnect {peer}", peer=clean(member.peer.name, 40)))
                yield Entry(words, "expel", member.peer.address)
            yield Entry(tr("&End the group"), "disconnect")
        case Stage.RESTORING:
            yield connect
            yield Entry(tr("&Disconnect"), "disconnect")
        case Stage.LINKED:
            yield Entry(tr("&Disconnect"), "disconnect")
        case Stage.ASKING | Stage.MEETING | Stage.FORMING | Stage.CHECKING:
            if snapshot.stage is Stage.ASKING:
                yield from _code(snapshot)
            yield from _pin(snapshot)
            yield Entry(tr("&Disconnect"), "disconnect") if snapshot.restoring_because else Entry(tr("&Cancel"), "cancel")


def _code(snapshot: Snapshot) -> Iterator[Entry]:
    if snapshot.code and snapshot.needs_code:
        yield Entry(tr("Code {code}", code=snapshot.code), "code", enabled=False)
        if snapshot.stage is Stage.ASKING and snapshot.may_match:
            yield Entry(tr("Compare the codes…"), "open")


def _pin(snapshot: Snapshot) -> Iterator[Entry]:
    if snapshot.pin is not None:
        yield Entry(tr("Show the &PIN"), "question")


def _of_peer(peer: Peer, snapshot: Snapshot) -> Entry:
    words = _literal(listed((isolated(clean(peer.name, 40)), *badges(peer))))
    if peer.plain:
        return Entry(words, "ways", peer.id, entries=_ways(peer, snapshot))
    return Entry(words, "ask", peer.id, enabled=peer.reachable)


def _ways(peer: Peer, snapshot: Snapshot) -> tuple[Entry, ...]:
    """The ways to link with a plain peer. The panel says why one is not possible."""
    if peer.remembered and snapshot.radios.abilities.persistent:
        return (Entry(tr("Remembered group"), "ask", f"{Method.PBC} {peer.id}"),)
    offers = plain.offers(peer, snapshot.radios.abilities)
    return tuple(Entry(offer.words, "ask", f"{offer.method} {peer.id}", enabled=not offer.obstacle) for offer in offers)


def _visibilities(snapshot: Snapshot) -> tuple[Entry, ...]:
    now, limited = snapshot.visibility, snapshot.visible_until is not None
    everyone, trusted, nobody = (
        Entry(tr(VISIBILITIES[each]), "visibility", each.value, checked=now is each and not limited)
        for each in (Visibility.EVERYONE, Visibility.TRUSTED, Visibility.NOBODY)
    )
    for_a_while = Entry(tr("Everyone, for 10 minutes"), "visibility", "everyone 10", checked=now is Visibility.EVERYONE and limited)
    return everyone, for_a_while, trusted, nobody


def _literal(words: str) -> str:
    """Without a mnemonic: a & is a &."""
    return words.replace("&", "&&")


def for_the_bus(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    return tuple(entry._replace(words=_bus_words(entry.words), entries=for_the_bus(entry.entries)) for entry in entries)


def _bus_words(words: str) -> str:
    """A menu over D-Bus marks its mnemonic with an underscore, and a & is a &. Qt makes an underscore of the first & that is not the last
    character, and leaves the others alone (QDBusMenuItem::convertMnemonic): one & is given to it, those of a name stay single."""
    said, given = "", False
    for part in re.findall("&&|&|[^&]+", words):
        if part == "&&":
            said += "&" if given else "&&"
            given = True
        elif part != "&":
            said += part.replace("_", "__")
        elif not given:
            said, given = said + "&", True
    return said
