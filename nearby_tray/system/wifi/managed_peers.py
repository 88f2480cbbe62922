"""Peers as NetworkManager has them: read when they come, followed by signals, and reported as `PeerFound` and `PeerLost`."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ...core.model import EdgeEvent, PeerFound, PeerLost
from ...core.names import clean_name
from ..bus import Bus, BusError, values
from .nm import NM, OFF, P2P, PEER
from .shapes import MAC, MOST_PEERS

log = logging.getLogger(__name__)

_FACTS = ("HwAddress", "Name", "Strength", "LastSeen", "Manufacturer", "Model", "ModelNumber", "WfdIEs")


@dataclass(slots=True)
class _Seen:
    """A peer object: its properties as last heard, and those last reported."""

    properties: dict[str, object] = field(default_factory=dict)
    told: tuple[object, ...] | None = None
    address: str = ""


class Peers:
    def __init__(self, tell: Callable[[EdgeEvent], None]) -> None:
        self._tell = tell
        self._seen: dict[str, _Seen] = {}
        self._too_many = False

    async def read(self, bus: Bus, device: str) -> None:
        """Read which peers the device has now, and the properties of new ones."""
        try:
            paths = values.paths(await bus.get(NM, device, P2P, "Peers"), 100_000)
        except BusError as error:
            if error.name in OFF:
                return
            raise
        if len(paths) > MOST_PEERS and not self._too_many:
            log.warning("%d peers around; the first %d count", len(paths), MOST_PEERS)
        self._too_many = len(paths) > MOST_PEERS
        now = [path for path in paths if path in self._seen]  # a known peer stays, whatever else is made up around us
        now += [path for path in paths if path not in self._seen][: max(0, MOST_PEERS - len(now))]
        self._drop(set(self._seen) - set(now))
        new = [path for path in now if path not in self._seen]
        for path in new:
            self._seen[path] = _Seen()
        for answer, path in zip(await asyncio.gather(*(self._read_peer(bus, path) for path in new)), new, strict=True):
            seen = self._seen.get(path)
            if seen is None:
                continue
            if answer is None:
                del self._seen[path]
            else:
                seen.properties = {**answer, **seen.properties}  # what a signal told meanwhile is newer

    @staticmethod
    async def _read_peer(bus: Bus, path: str) -> dict[str, object] | None:
        try:
            return await bus.get_all(NM, path, PEER)
        except BusError as error:
            log.debug("%s: %s", path, error)  # peers come and go between two calls
            return None

    def update(self, path: str, changed: Mapping[str, object]) -> bool:
        """Properties have changed. Returns whether the peer is a known one."""
        seen = self._seen.get(path)
        if seen is not None:
            seen.properties.update(changed)
        return seen is not None

    def tell(self, *, again: bool = False) -> None:
        """Report each peer that has changed since it was last reported; `again`: all of them."""
        for seen in self._seen.values():
            found = seen.properties
            facts = tuple(found.get(key) for key in _FACTS)
            if not found or (facts == seen.told and not again):
                continue
            seen.told = facts
            address = values.text(found.get("HwAddress")).lower()
            if not MAC.fullmatch(address) or address == "00:00:00:00:00:00" or int(address[:2], 16) & 1:
                continue
            seen.address = address
            name = clean_name(values.text(found.get("Name"))[:256])
            kind = "tv" if _is_display(found.get("WfdIEs")) else "other"
            self._tell(PeerFound(address, "" if name == "unnamed" else name, _percent(found), kind=kind, model=_model(found)))

    def forget(self) -> None:
        """The device is gone, and every peer with it."""
        self._drop(set(self._seen))

    def _drop(self, paths: set[str]) -> None:
        gone = [self._seen.pop(path).address for path in paths]
        left = {seen.address for seen in self._seen.values()}
        for address in dict.fromkeys(gone):
            if address and address not in left:
                self._tell(PeerLost(address))

    def path(self, address: str) -> str:
        """The object of the peer with this P2P device address, "/" when there is none."""
        return next((path for path, seen in self._seen.items() if seen.address == address), "/")

    def strength(self, address: str) -> int | None:
        """Percent, as last heard; NetworkManager does not keep it up to date while a group is up."""
        return next((_percent(seen.properties) for seen in self._seen.values() if seen.address == address), None)


def _percent(properties: Mapping[str, object]) -> int | None:
    strength = properties.get("Strength")
    return strength if isinstance(strength, int) and 0 <= strength <= 100 else None


def _model(properties: Mapping[str, object]) -> str:
    """Maker and model, as the peer claims them, none twice: many put the maker into the model as well.

    `Model` is empty with wpa_supplicant, which names it `ModelName` where NetworkManager asks for another name
    (nm-supplicant-interface.c, _peer_info_properties_changed).
    """
    texts = (clean_name(values.text(properties.get(key))[:256]) for key in ("Manufacturer", "Model", "ModelNumber"))
    words: list[str] = []
    for text in texts:
        if text != "unnamed" and not any(text.casefold() in word.casefold() for word in words):
            words.append(text)
    if len(words) > 1 and words[1].casefold().startswith(words[0].casefold()):
        del words[0]
    return clean_name(" ".join(words)) if words else ""


def _is_display(elements: object) -> bool:
    """Whether the Wi-Fi Display subelements say that the peer shows pictures (a primary sink) and does not send them.

    Wi-Fi Display Technical Specification 2.1, 5.1.2: subelement 0, its device type in the two lowest bits of the first 16.
    """
    data = bytes(elements) if isinstance(elements, bytes | bytearray) else b""
    while len(data) >= 3:
        body = data[3 : 3 + int.from_bytes(data[1:3])]
        if data[0] == 0 and len(body) >= 2:
            return body[1] & 0b11 == 1
        data = data[3 + int.from_bytes(data[1:3]) :]
    return False
