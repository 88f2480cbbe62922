"""What only the kernel's wireless layer knows: the P2P address, how a group is on the air, and what a radio can and may do.

NetworkManager's `HwAddress` of the P2P device is empty and wpa_supplicant keeps it to itself, but nl80211 tells every program that asks.
These are readings for the benefit of the user: what cannot be read is `None` or empty, never an error.
"""

from __future__ import annotations

import asyncio
import logging
import struct
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from .netlink import DUMP, GENERIC, Attributes, exchange, pack, u32, unpack

log = logging.getLogger(__name__)

# linux/genetlink.h
_CONTROL = 16
_GET_FAMILY, _FAMILY_ID, _FAMILY_NAME = 3, 1, 2
_COMMAND = struct.Struct("=BBH")

# linux/nl80211.h
_GET_WIPHY, _GET_INTERFACE, _GET_STATION = 1, 5, 17
_WIPHY, _IFINDEX, _IFNAME, _IFTYPE, _MAC, _STA_INFO, _FREQUENCY = 1, 3, 4, 5, 6, 21, 38
_BANDS, _WIDTH, _SPLIT = 22, 159, 174
_STA_SIGNAL = 7
_BAND_FREQUENCIES = 1
_FREQUENCY_OF, _DISABLED, _NO_IR, _RADAR = 1, 2, 3, 5
_WIDTHS = {0: 20, 1: 20, 2: 40, 3: 80, 4: 160, 5: 160, 6: 5, 7: 10, 8: 1, 9: 2, 10: 4, 11: 8, 12: 16, 13: 320}  # MHz; 4 is 80 + 80
_STATION, _P2P_CLIENT, _P2P_GO, _P2P_DEVICE = 2, 8, 9, 10


@dataclass(frozen=True, slots=True)
class Interface:
    """One wireless interface; a P2P device has neither name nor index."""

    name: str
    index: int
    radio: int
    kind: int
    address: bytes
    frequency: int | None = None  # MHz, while on a channel
    width: int | None = None  # MHz


@dataclass(frozen=True, slots=True)
class GroupRadio:
    """How a group is on the air: this computer's role in it, the channel's frequency and its width, both in MHz."""

    owner: bool
    frequency: int | None = None
    width: int | None = None


@dataclass(frozen=True, slots=True)
class Channel:
    """One channel of a radio, as driver and regulation leave it."""

    frequency: int  # MHz
    disabled: bool = False  # by regulation, or by the driver for it
    no_ir: bool = False  # no station may begin to send there (no initiating radiation): clients only, after an owner was heard
    radar: bool = False  # an owner must listen for radar for a minute before, and leave when there is some

    @property
    def is_usable(self) -> bool:
        """Whether a group can be begun on it. wpa_supplicant leaves channels with radar out (p2p_supplicant.c, wpas_p2p_verify_channel)."""
        return not (self.disabled or self.no_ir or self.radar)


async def own_p2p_address(parent: str) -> bytes | None:
    """The P2P device address of the radio that `parent` (such as "wlan0") is on.

    Where the driver has no P2P device of its own wpa_supplicant uses the address of the station interface (wpa_supplicant:
    p2p_supplicant.c, wpas_p2p_init).
    """
    return _choose(_interfaces(await _ask(_GET_INTERFACE)), parent)


async def parent(device: str, interfaces: Collection[str]) -> str | None:
    """The one of these Wi-Fi interfaces that shares its radio with NetworkManager's P2P `device`; `None` if that cannot be told."""
    return _parent(tuple(_interfaces(await _ask(_GET_INTERFACE))), device, interfaces)


def _parent(found: Collection[Interface], device: str, interfaces: Collection[str]) -> str | None:
    """The name ("p2p-dev-" and the interface's, cut to 15 characters) is of the time when it was made, the interface may have another now,
    or share what is left of it with others: the kernel knows which radios have a P2P device at all."""
    radios = {interface.radio for interface in found if interface.kind == _P2P_DEVICE}
    carriers = {interface.name for interface in found if interface.radio in radios} & set(interfaces)
    named = {name for name in interfaces if f"p2p-dev-{name}"[:15] == device[:15]}
    for fitting in (named & carriers, carriers or named):
        exact = {name for name in fitting if device == f"p2p-dev-{name}"}
        if len(exact or fitting) == 1:
            return next(iter(exact or fitting))
        if fitting:
            break
    return None


async def link(index: int) -> GroupRadio | None:
    """Role, frequency and width of the group on the interface with this index; `None` where that is no group or cannot be told."""
    for interface in _interfaces(await _ask(_GET_INTERFACE)):
        if interface.index == index and interface.kind in (_P2P_CLIENT, _P2P_GO):
            return GroupRadio(interface.kind == _P2P_GO, interface.frequency, interface.width)
    return None


async def groups() -> frozenset[int] | None:
    """The interface indexes of all groups of this machine, also of those that are only being formed; `None` where that cannot be told."""
    answer = await _ask(_GET_INTERFACE)
    if not answer:
        return None
    return frozenset(interface.index for interface in _interfaces(answer) if interface.kind in (_P2P_CLIENT, _P2P_GO))


async def channels(index: int) -> tuple[Channel, ...]:
    """The channels of the radio that the interface with this index is on, in order; empty where that cannot be told."""
    found: dict[int, Channel] = {}
    # Split: in one message the kernel leaves out what was added since 3.10.
    for attributes in await _ask(_GET_WIPHY, {_IFINDEX: struct.pack("=I", index), _SPLIT: b""}):
        found |= {channel.frequency: channel for channel in _channels(attributes.get(_BANDS, b""))}
    return tuple(found[frequency] for frequency in sorted(found))


def _channels(bands: bytes) -> Iterator[Channel]:
    for band in unpack(bands).values():
        for one in unpack(unpack(band).get(_BAND_FREQUENCIES, b"")).values():
            flags = unpack(one)
            frequency = u32(flags.get(_FREQUENCY_OF))
            if frequency is not None:
                yield Channel(frequency, _DISABLED in flags, _NO_IR in flags, _RADAR in flags)


async def forbidden(index: int, frequency: int) -> str | None:
    """Why no group can be begun on `frequency` (MHz, or 2 or 5 for the band) with the radio of this interface; `None` when it can.

    Also `None` where the kernel does not say: then the daemon will.
    """
    known = await channels(index)
    if not known:
        return None
    # The bands as wpa_supplicant means them with 2 and 5 (p2p_supplicant.c, wpas_p2p_select_go_freq).
    band = {2: range(2400, 2500), 5: range(5000, 5900)}.get(frequency, range(frequency, frequency + 1))
    fitting = [channel for channel in known if channel.frequency in band]
    what = f"{frequency} GHz" if len(band) > 1 else f"{frequency} MHz"
    if not fitting:
        return f"{what}: this radio cannot"
    if any(channel.is_usable for channel in fitting):
        return None
    if all(channel.disabled for channel in fitting):
        return f"{what}: not permitted here by regulation"
    if all(channel.disabled or channel.radar for channel in fitting):
        return f"{what}: shared with radar"
    return f"{what}: regulation lets nobody begin to send there"


async def signal(index: int) -> int | None:
    """The signal of the (first) other station on the interface with this index, in percent as NetworkManager reckons it."""
    for station in await _ask(_GET_STATION, {_IFINDEX: struct.pack("=I", index)}):
        level = unpack(station.get(_STA_INFO, b"")).get(_STA_SIGNAL, b"")
        if len(level) == 1:
            return percent(int.from_bytes(level, "little", signed=True))
    return None


async def stations(index: int) -> tuple[str, ...]:
    """The link-layer addresses "aa:bb:…" of the other stations on the interface."""
    answer = await _ask(_GET_STATION, {_IFINDEX: struct.pack("=I", index)})
    return tuple(address.hex(":") for station in answer if len(address := station.get(_MAC, b"")) == 6)


def percent(level: int) -> int:
    """dBm as percent. NetworkManager: nm-wifi-utils.c, nm_wifi_utils_level_to_quality."""
    return 100 - int(100 * (-40 - max(-100, min(-40, level))) / 60)


def _choose(found: Iterable[Interface], parent: str) -> bytes | None:
    found = tuple(found)
    mine = next((interface for interface in found if interface.name == parent), None)
    devices = [interface for interface in found if interface.kind == _P2P_DEVICE and (mine is None or interface.radio == mine.radio)]
    if devices and (mine is not None or len(devices) == 1):
        return devices[0].address  # a radio has one
    return mine.address if mine is not None and mine.kind == _STATION else None


def _interfaces(answer: Iterable[Attributes]) -> Iterator[Interface]:
    for attributes in answer:
        address = attributes.get(_MAC, b"")
        if len(address) == 6 and any(address):
            yield Interface(
                name=attributes.get(_IFNAME, b"").rstrip(b"\0").decode(errors="replace"),
                index=u32(attributes.get(_IFINDEX)) or 0,
                radio=u32(attributes.get(_WIPHY)) or 0,
                kind=u32(attributes.get(_IFTYPE)) or 0,
                address=address,
                frequency=u32(attributes.get(_FREQUENCY)),
                width=_WIDTHS.get(width) if (width := u32(attributes.get(_WIDTH))) is not None else None,
            )


# --- what a radio can do -------------------------------------------------------------------------------------------------------

# linux/nl80211.h
_GET_REGULATORY = 31
_WIPHY_NAME, _TYPES, _COUNTRY, _COMBINATIONS, _SOFTWARE_TYPES, _SELF_MANAGED = 2, 32, 33, 120, 121, 216
_COMBINATION_LIMITS, _COMBINATION_MOST, _COMBINATION_CHANNELS = 1, 2, 4
_LIMIT_MOST, _LIMIT_TYPES = 1, 2

STATION, ACCESS_POINT, MONITOR, P2P_CLIENT, P2P_GO, P2P_DEVICE = _STATION, 3, 6, _P2P_CLIENT, _P2P_GO, _P2P_DEVICE
KINDS = {
    1: "ad hoc",
    2: "station",
    3: "access point",
    5: "WDS",
    6: "monitor",
    7: "mesh",
    8: "P2P client",
    9: "P2P group owner",
    10: "P2P device",
}
WORLD = "00"  # the regulatory domain while no country is known


@dataclass(frozen=True, slots=True)
class Combination:
    """Interfaces that a radio carries at once: at most `most` in all, of each limit's kinds together at most so many."""

    limits: tuple[tuple[int, frozenset[int]], ...]
    most: int
    channels: int  # different ones at the same time


@dataclass(frozen=True, slots=True)
class Radio:
    """A wiphy."""

    number: int
    name: str
    kinds: frozenset[int] = frozenset()  # of interfaces that it can carry, as in `KINDS`
    software: frozenset[int] = frozenset()  # of these, those that cost the hardware nothing
    combinations: tuple[Combination, ...] = ()
    channels: tuple[Channel, ...] = ()
    country: str = ""  # its own regulatory domain, where it has one
    self_managed: bool = False  # that domain comes from the firmware and cannot be set

    @property
    def has_p2p(self) -> bool:
        """Whether it can be in a group; a P2P device of its own is not needed for it."""
        return P2P_CLIENT in self.kinds and P2P_GO in self.kinds

    def combination_for(self, kinds: Iterable[int]) -> Combination | None:
        """One that carries interfaces of these kinds at once, that with the most channels; `None` when there is none.

        As cfg80211 reckons it (net/wireless/util.c, cfg80211_iter_combinations).
        """
        wanted = Counter(kind for kind in kinds if kind not in self.software)
        return max((one for one in self.combinations if _carries(one, wanted)), key=lambda one: one.channels, default=None)


@dataclass(frozen=True, slots=True)
class Wireless:
    """Everything the wireless layer told. No radios: there is none, or no driver for it."""

    radios: tuple[Radio, ...] = ()
    interfaces: tuple[Interface, ...] = ()
    country: str = ""  # the regulatory domain of all radios without one of their own, "" when not told


async def wireless() -> Wireless | None:
    """The radios of this machine and what is on them; `None` when the kernel does not say."""
    return await asyncio.to_thread(_wireless)


def _wireless() -> Wireless | None:
    try:
        # Split: in one message the kernel leaves out what was added since 3.10.
        radios = _exchange(_GET_WIPHY, {_SPLIT: b""})
        interfaces = _exchange(_GET_INTERFACE, {})
    except FileNotFoundError:  # no such netlink family: no driver has brought the wireless layer along
        return Wireless()
    except (OSError, struct.error, LookupError) as error:
        log.debug("nl80211 does not say: %r", error)
        return None
    rules = _ask_now(_GET_REGULATORY, {})
    own = {u32(one.get(_WIPHY)): one for one in rules if _WIPHY in one}
    world = next((_country(one) for one in rules if _WIPHY not in one), "")
    return Wireless(_radios(radios, own), tuple(_interfaces(interfaces)), world)


def _radios(answer: Iterable[Attributes], rules: Mapping[int | None, Attributes]) -> tuple[Radio, ...]:
    """One radio's facts come in many messages; lists are spread over several of them."""
    found: dict[int, Radio] = {}
    for one in answer:
        number = u32(one.get(_WIPHY))
        if number is None:
            continue
        radio = found.get(number) or Radio(number, f"phy{number}")
        channels = {channel.frequency: channel for channel in (*radio.channels, *_channels(one.get(_BANDS, b"")))}
        found[number] = Radio(
            number,
            _name(one.get(_WIPHY_NAME)) or radio.name,
            radio.kinds | frozenset(unpack(one.get(_TYPES, b""))),
            radio.software | frozenset(unpack(one.get(_SOFTWARE_TYPES, b""))),
            radio.combinations + tuple(_combinations(one.get(_COMBINATIONS, b""))),
            tuple(channels[frequency] for frequency in sorted(channels)),
            _country(rules.get(number, {})),
            radio.self_managed or _SELF_MANAGED in one or _SELF_MANAGED in rules.get(number, {}),
        )
    return tuple(found[number] for number in sorted(found))


def _combinations(data: bytes) -> Iterator[Combination]:
    for one in unpack(data).values():
        facts = unpack(one)
        limits = [unpack(limit) for limit in unpack(facts.get(_COMBINATION_LIMITS, b"")).values()]
        yield Combination(
            tuple((u32(limit.get(_LIMIT_MOST)) or 0, frozenset(unpack(limit.get(_LIMIT_TYPES, b"")))) for limit in limits),
            u32(facts.get(_COMBINATION_MOST)) or 0,
            u32(facts.get(_COMBINATION_CHANNELS)) or 0,
        )


def _carries(combination: Combination, wanted: Counter[int]) -> bool:
    if wanted.total() > combination.most or not wanted.keys() <= frozenset().union(*(kinds for _, kinds in combination.limits)):
        return False
    left = [most for most, _ in combination.limits]
    for kind, count in wanted.items():
        for number, (_, kinds) in enumerate(combination.limits):
            if kind in kinds:
                if left[number] < count:
                    return False
                left[number] -= count
    return True


def _country(rules: Attributes) -> str:
    name = _name(rules.get(_COUNTRY))[:2]
    return name if name.isascii() and name.isalnum() else ""


def _name(value: bytes | None) -> str:
    return (value or b"").rstrip(b"\0").decode(errors="replace")


# --- netlink ----------------------------------------------------------------------------------------------------------------


async def _ask(command: int, attributes: Attributes | None = None) -> list[Attributes]:
    """The answer to a dump request; empty when there is nothing to ask or it does not answer."""
    # In a thread: the kernel takes a lock for it that is held for a while when an interface comes or goes.
    return await asyncio.to_thread(_ask_now, command, attributes or {})


def _ask_now(command: int, attributes: Attributes) -> list[Attributes]:
    try:
        return _exchange(command, attributes)
    except (OSError, struct.error, LookupError) as error:  # no radio, no driver, no netlink here
        log.debug("nl80211 does not say: %r", error)
        return []


def _exchange(command: int, attributes: Attributes) -> list[Attributes]:
    (family, *_) = exchange(GENERIC, _CONTROL, _COMMAND.pack(_GET_FAMILY, 1, 0) + pack({_FAMILY_NAME: b"nl80211\0"}))
    number = struct.unpack("=H", unpack(family[_COMMAND.size :])[_FAMILY_ID])[0]
    answer = exchange(GENERIC, number, _COMMAND.pack(command, 1, 0) + pack(attributes), DUMP)
    return [unpack(body[_COMMAND.size :]) for body in answer]
