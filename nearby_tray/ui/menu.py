"""The tray's menu, decided from the snapshot."""

from __future__ import annotations

import re
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
    about: str = ""  # which question it answers: a click that was meant for another one must not count for this

    def key(self) -> str:
        """Two entries of the same key are one line that says something else now."""
        kind = "submenu" if self.entries else "choice" if self.checked is not None else "line" if self.words else "separator"
        return "\n".join((kind, self.name, self.argument, self.about))


def plan(snapshot: Snapshot) -> tuple[Entry, ...]:
    """What the menu of this snapshot says. Two equal plans need no new menu."""
    entries: list[Entry] = [Entry(headline(snapshot), "headline", enabled=False)]
    ready = snapshot.radios.trouble is None
    if snapshot.prompt is Prompt.WISH:
        entries.append(Entry(tr("&A program asks…"), "question"))
    match snapshot.stage:
        case Stage.IDLE:
            entries.append(Entry(tr("&Connect nearby"), "seek", enabled=ready))
            entries.append(Entry(tr("&Host a group…"), "open_host", enabled=not snapshot.radios.host_obstacle))
        case Stage.SEEKING:
            for peer in snapshot.peers[:MOST_PEERS]:
                words = listed((isolated(clean(peer.name, 40)), *badges(peer))).replace("&", "&&")
                if peer.plain:
                    entries.append(Entry(words, "ways", peer.id, entries=_ways(peer, snapshot)))
                else:
                    entries.append(Entry(words, "ask", peer.id, enabled=peer.reachable))
            entries.append(Entry(tr("&Stop looking"), "stop_seeking"))
        case Stage.ASKED:
            # The whole dialog, not a quick yes or no: a line that comes up under the pointer is clicked by accident.
            if snapshot.code and snapshot.needs_code:
                entries.append(Entry(tr("Code {code}", code=snapshot.code), "code", enabled=False))
            if snapshot.agreed_here:
                entries.append(Entry(tr("&Cancel"), "cancel"))
            else:
                name = isolated(clean(snapshot.peer.name if snapshot.peer else "", 40)).replace("&", "&&")
                entries.append(Entry(tr("Answer {peer}…", peer=name), "question", about=snapshot.question))
        case Stage.ENTERING:
            entries += [Entry(tr("&Enter the PIN…"), "question"), Entry(tr("&Cancel"), "cancel")]
        case Stage.HOSTING:
            if snapshot.pin is not None:
                entries.append(Entry(tr("Show the &PIN"), "question"))
            for member in snapshot.members[:MOST_PEERS]:
                words = tr("Disconnect {peer}", peer=clean(member.peer.name, 40)).replace("&", "&&")
                entries.append(Entry(words, "expel", member.peer.address))
            entries.append(Entry(tr("&End the group"), "disconnect"))
        case Stage.RESTORING:
            entries.append(Entry(tr("&Connect nearby"), "seek", enabled=ready))
            entries.append(Entry(tr("&Disconnect"), "disconnect"))
        case Stage.LINKED:
            entries.append(Entry(tr("&Disconnect"), "disconnect"))
        case Stage.ASKING | Stage.MEETING | Stage.FORMING | Stage.CHECKING:
            if snapshot.stage is Stage.ASKING and snapshot.code and snapshot.needs_code:
                entries.append(Entry(tr("Code {code}", code=snapshot.code), "code", enabled=False))
                if snapshot.may_match:
                    entries.append(Entry(tr("Compare the codes…"), "open"))
            if snapshot.pin is not None:
                entries.append(Entry(tr("Show the &PIN"), "question"))
            entries.append(Entry(tr("&Disconnect"), "disconnect") if snapshot.restoring_because else Entry(tr("&Cancel"), "cancel"))
        case Stage.ENDING:
            pass
    choices = tuple(
        Entry(tr(VISIBILITIES[v]), "visibility", v.value, checked=snapshot.visibility is v and snapshot.visible_until is None)
        for v in (Visibility.EVERYONE, Visibility.TRUSTED, Visibility.NOBODY)
    )
    minutes = Entry(
        tr("Everyone, for 10 minutes"),
        "visibility",
        "everyone 10",
        checked=snapshot.visibility is Visibility.EVERYONE and snapshot.visible_until is not None,
    )
    entries += [
        Entry(),
        Entry(tr("&Visible to"), "visible", entries=(choices[0], minutes, *choices[1:])),
        Entry(tr("&Open Nearby Tray"), "open"),
        Entry(tr("Se&ttings…"), "settings"),
        Entry(tr("Trou&bleshoot…"), "troubleshoot"),
        Entry(),
        Entry(tr("&Quit"), "quit"),
    ]
    return tuple(entries)


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


def _ways(peer: Peer, snapshot: Snapshot) -> tuple[Entry, ...]:
    """How a machine without Nearby Tray can be linked with; what cannot be done says why in the panel."""
    if peer.remembered and snapshot.radios.abilities.persistent:
        return (Entry(tr("Remembered group"), "ask", f"{Method.PBC} {peer.id}"),)
    offers = plain.offers(peer, snapshot.radios.abilities)
    return tuple(Entry(offer.words, "ask", f"{offer.method} {peer.id}", enabled=not offer.obstacle) for offer in offers)
