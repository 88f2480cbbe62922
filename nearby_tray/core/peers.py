"""Who is around: what Bluetooth and Wi-Fi Direct say of one machine, merged by its P2P device address, in an order that does not jump.

An address is a claim, not a proof: when two conversations claim the same one, both are listed, and the code that the users
compare decides. A Wi-Fi sighting without a conversation is a machine that does not run Nearby Tray (or does not listen).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from .model import Peer, PeerFound

MOST = 64  # rows; a crowd beyond this is an attack or a fair, and no list to click in
SIGHTINGS = 256  # Wi-Fi sightings that are kept, listed or not; wpa_supplicant keeps 100 (hostap, p2p_supplicant.c)


def text_address(address: bytes) -> str:
    """`aa:bb:cc:dd:ee:ff`, as NetworkManager writes it, in lower case."""
    return address.hex(":")


@dataclass(slots=True)
class _Row:
    id: str
    address: str
    channel: bytes | None = None
    greeted: Peer | None = None
    lost_at: float | None = None  # when Wi-Fi stopped seeing it


class Peers:
    """The list. Rows keep their place while they exist; new ones are added at the end.

    Anybody can make up Wi-Fi Direct devices, as many as fit. So in a full list a conversation takes the place of the newest row that has
    none, and whether an address is seen does not depend on whether there was room to list it.
    """

    def __init__(self, *, linger: float = 3.0) -> None:
        # A find that is renewed drops and re-adds peers: a row outlives its last sighting by `linger` seconds.
        self._linger = linger
        self._rows: list[_Row] = []
        self._found: dict[str, PeerFound] = {}  # what Wi-Fi sees now, by address

    def greeted(self, channel: bytes, name: str, kind: str, address: bytes, *, bonded: bool) -> str | None:
        """A listener said hello on `channel`. Returns the row's id; `None` when the list is full."""
        text = text_address(address)
        row = next((r for r in self._rows if r.address == text and r.channel in (None, channel)), None)
        if row is None:
            if not self._has_room():
                return None
            taken = any(r.id == text for r in self._rows)
            row = _Row(f"{text}/{channel.hex()}" if taken else text, text)
            self._rows.append(row)
        row.channel, row.lost_at = channel, None
        row.greeted = Peer(id=row.id, name=name, kind=kind, address=text, reachable=True, bonded=bonded)
        return row.id

    def known(self, channel: bytes, identity: bytes, label: str, *, bonded: bool) -> str | None:
        """A trusted peer answered on `channel` without a name: it is listed as we call it. Its address is told later."""
        id = identity.hex()
        row = next((r for r in self._rows if r.id == id), None)
        if row is None:
            if not self._has_room():
                return None
            row = _Row(id, "")
            self._rows.append(row)
        row.channel, row.lost_at = channel, None
        row.greeted = Peer(id=id, name=label, reachable=True, bonded=bonded, trusted=True)
        return id

    def _has_room(self) -> bool:
        """Whether one more conversation can be listed, if need be in the place of a row without one."""
        if len(self._rows) >= MOST:
            loose = next((row for row in reversed(self._rows) if row.channel is None), None)
            if loose is None:
                return False
            self._rows.remove(loose)
        return True

    def hung_up(self, channel: bytes, now: float) -> None:
        for row in self._rows:
            if row.channel == channel:
                row.channel = row.greeted = None
                row.lost_at = now if row.address not in self._found else None

    def found(self, sighting: PeerFound) -> None:
        address = sighting.address
        if address not in self._found and len(self._found) >= SIGHTINGS:
            return
        self._found[address] = sighting
        rows = [r for r in self._rows if r.address == address]
        if not rows and len(self._rows) < MOST:
            self._rows.append(_Row(address, address))
        for row in rows:
            row.lost_at = None

    def lost(self, address: str, now: float) -> None:
        if self._found.pop(address, None) is not None:
            for row in self._rows:
                if row.address == address:
                    row.lost_at = now

    def forget_wifi(self) -> None:
        """NetworkManager restarted: whatever it had seen it will say again."""
        self._found.clear()
        self._rows = [r for r in self._rows if r.channel is not None]

    def clear(self) -> None:
        self._rows = [r for r in self._rows if r.address in self._found]
        for row in self._rows:
            row.channel = row.greeted = None

    def sees(self, address: str) -> bool:
        """Does our own find see this P2P device address now?"""
        return address in self._found

    def expire(self, now: float) -> None:
        self._rows = [r for r in self._rows if r.channel is not None or r.address in self._found or self._lingers(r, now)]

    def _lingers(self, row: _Row, now: float) -> bool:
        return row.lost_at is None or now < row.lost_at + self._linger

    def deadline(self) -> float | None:
        """When `expire` has something to do, unless something happens before."""
        gone = [r.lost_at for r in self._rows if r.channel is None and r.address not in self._found and r.lost_at is not None]
        return min(gone) + self._linger if gone else None

    def channel(self, id: str) -> bytes | None:
        """The conversation of a row, `None` when it has none or the row is gone."""
        return next((r.channel for r in self._rows if r.id == id), None)

    def row(self, id: str) -> Peer | None:
        return next((self._peer(r) for r in self._rows if r.id == id), None)

    def list(self) -> tuple[Peer, ...]:
        return tuple(self._peer(r) for r in self._rows)

    def _peer(self, row: _Row) -> Peer:
        found = self._found.get(row.address)
        if row.greeted is not None:
            return replace(row.greeted, on_wifi=found is not None, strength=found.strength if found else None)
        if found is None:
            return Peer(id=row.id, name=row.address, address=row.address)
        return Peer(
            id=row.id,
            name=found.name or row.address,
            kind=found.kind,
            address=row.address,
            on_wifi=True,
            strength=found.strength,
            model=found.model,
            methods=found.methods,
            owner=found.owner,
            remembered=found.remembered,
        )
