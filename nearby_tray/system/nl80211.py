"""What only the kernel's wireless layer knows: our own P2P address, and the role, frequency and signal of a group.

NetworkManager's `HwAddress` of the P2P device is empty and wpa_supplicant keeps it to itself, but nl80211 tells anybody who asks. The
rule: these are readings for the benefit of the user; what cannot be read is `None`, never an error. pyroute2 runs a loop of its
own, so each reading is made in a thread.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

log = logging.getLogger(__name__)

T = TypeVar("T")

# linux/nl80211.h: enum nl80211_iftype
_STATION, _P2P_CLIENT, _P2P_GO, _P2P_DEVICE = 2, 8, 9, 10

# A machine without any wireless driver has no nl80211 to ask (and pyroute2 0.9 would leak its socket).
_DRIVER = Path("/sys/class/ieee80211")


@dataclass(frozen=True, slots=True)
class Interface:
    """One wireless interface; a P2P device has neither name nor index."""

    name: str
    index: int
    radio: int
    kind: int
    address: bytes
    frequency: int | None = None  # MHz, while on a channel


@dataclass(frozen=True, slots=True)
class GroupRadio:
    """How a group is on the air: our role in it and the channel's frequency in MHz."""

    owner: bool
    frequency: int | None


async def own_p2p_address(parent: str) -> bytes | None:
    """The P2P device address of the radio that `parent` (such as "wlan0") is on.

    Where the driver has no P2P device of its own wpa_supplicant uses the address of the station interface (wpa_supplicant:
    p2p_supplicant.c, wpas_p2p_init).
    """
    found = await _ask(lambda radio: _interfaces(radio.list_dev()))
    return _choose(found or (), parent)


async def group_radio(name: str) -> GroupRadio | None:
    """Role and frequency of the group interface `name`."""
    for interface in await _ask(lambda radio: _interfaces(radio.list_dev())) or ():
        if interface.name == name and interface.kind in (_P2P_CLIENT, _P2P_GO):
            return GroupRadio(interface.kind == _P2P_GO, interface.frequency)
    return None


async def signal(index: int) -> int | None:
    """The signal of the (first) other station on the interface with this index, in percent as NetworkManager reckons it."""
    return await _ask(lambda radio: _signal(radio.get_stations(index)))


def percent(level: int) -> int:
    """dBm as percent. NetworkManager: nm-wifi-utils.c, nm_wifi_utils_level_to_quality."""
    return 100 - int(100 * (-40 - max(-100, min(-40, level))) / 60)


def _choose(found: tuple[Interface, ...], parent: str) -> bytes | None:
    mine = next((interface for interface in found if interface.name == parent), None)
    devices = [interface for interface in found if interface.kind == _P2P_DEVICE and (mine is None or interface.radio == mine.radio)]
    if devices:
        return devices[0].address
    return mine.address if mine is not None and mine.kind == _STATION else None


def _interfaces(answer: Any) -> tuple[Interface, ...]:
    found = []
    for message in answer:
        address = str(message.get_attr("NL80211_ATTR_MAC") or "")
        try:
            raw = bytes.fromhex(address.replace(":", ""))
        except ValueError:
            continue
        if len(raw) != 6 or not any(raw):
            continue
        found.append(
            Interface(
                name=str(message.get_attr("NL80211_ATTR_IFNAME") or ""),
                index=int(message.get_attr("NL80211_ATTR_IFINDEX") or 0),
                radio=int(message.get_attr("NL80211_ATTR_WIPHY") or 0),
                kind=int(message.get_attr("NL80211_ATTR_IFTYPE") or 0),
                address=raw,
                frequency=message.get_attr("NL80211_ATTR_WIPHY_FREQ"),
            )
        )
    return tuple(found)


def _signal(answer: Any) -> int | None:
    for message in answer:
        info = message.get_attr("NL80211_ATTR_STA_INFO")
        level = info.get_attr("NL80211_STA_INFO_SIGNAL") if info is not None else None
        if isinstance(level, int):
            return percent(level if level < 0 else level - 256)  # a signed byte, whoever unpacked it
    return None


async def _ask(question: Callable[[Any], T]) -> T | None:
    return await asyncio.to_thread(_ask_now, question)


def _ask_now(question: Callable[[Any], T]) -> T | None:
    try:
        if not any(_DRIVER.iterdir()):
            return None
        from pyroute2 import IW  # 0.1 s and some megabytes: only where there is a radio

        with IW() as radio:
            return question(radio)
    except Exception as error:  # the library has no common error, and a reading is not worth more
        log.debug("nl80211 does not say: %r", error)
        return None
