"""The little netlink that is spoken by hand: any bytes are survived, and the right interface is chosen."""

from __future__ import annotations

import asyncio
import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nearby_tray.system import nl80211
from nearby_tray.system.nl80211 import Channel, GroupRadio, Interface

WLAN = bytes.fromhex("020000000000")
P2P = bytes.fromhex("420000000000")
OTHER = bytes.fromhex("420000000100")


def attribute(kind: int, value: bytes) -> bytes:
    return struct.pack("=HH", 4 + len(value), kind) + value + bytes(-len(value) % 4)


def interface(
    radio: int, kind: int, address: bytes, name: str = "", frequency: int | None = None, width: int | None = None
) -> dict[int, bytes]:
    data = attribute(1, struct.pack("=I", radio)) + attribute(5, struct.pack("=I", kind)) + attribute(6, address)
    if name:
        data += attribute(4, name.encode() + b"\0") + attribute(3, struct.pack("=I", 7))
    if frequency is not None:
        data += attribute(38, struct.pack("=I", frequency))
    if width is not None:
        data += attribute(159, struct.pack("=I", width))
    return nl80211._attributes(data)


def test_attributes_and_messages_are_taken_apart() -> None:
    [found] = nl80211._interfaces([interface(3, 9, P2P, "p2p-wlan0-0", 5180)])
    assert found == Interface("p2p-wlan0-0", 7, 3, 9, P2P, 5180)
    assert list(nl80211._interfaces([interface(0, 2, bytes(6), "wlan0"), interface(0, 2, b"short", "wlan1")])) == []
    body = b"\x05\x01\x00\x00" + attribute(6, P2P)
    message = struct.pack("=IHHII", 16 + len(body), 28, 2, 1, 0) + body
    assert list(nl80211._messages(message * 2)) == [(28, body)] * 2
    assert nl80211._attributes(attribute(6 | 0x8000, P2P)) == {6: P2P}


@given(st.binary())
def test_any_bytes_are_survived(data: bytes) -> None:
    list(nl80211._messages(data))
    list(nl80211._interfaces([nl80211._attributes(data)]))


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ([], None),
        ([Interface("wlan0", 2, 0, 2, WLAN)], WLAN),
        ([Interface("wlan0", 2, 0, 2, WLAN), Interface("", 0, 1, 10, OTHER), Interface("", 0, 0, 10, P2P)], P2P),
        ([Interface("wlan0", 2, 0, 2, WLAN), Interface("", 0, 1, 10, OTHER)], WLAN),
        ([Interface("", 0, 1, 10, OTHER)], OTHER),
        ([Interface("wlan0", 2, 0, 3, WLAN)], None),
    ],
)
def test_our_own_address_is_that_of_the_same_radio(found: list[Interface], expected: bytes | None) -> None:
    assert nl80211._choose(found, "wlan0") == expected


def test_readings(monkeypatch: pytest.MonkeyPatch) -> None:
    answers: dict[int, list[dict[int, bytes]]] = {
        5: [interface(0, 2, WLAN, "wlan0"), interface(0, 10, P2P), interface(0, 9, P2P, "p2p-wlan0-0", 5180, 3)],
        17: [{21: attribute(7, struct.pack("=b", -50))}],
    }

    def ask(command: int, _attributes: Any) -> list[dict[int, bytes]]:
        return answers[command]

    monkeypatch.setattr(nl80211, "_ask_now", ask)
    assert asyncio.run(nl80211.own_p2p_address("wlan0")) == P2P
    assert asyncio.run(nl80211.link(7)) == GroupRadio(True, 5180, 80)
    assert asyncio.run(nl80211.groups()) == frozenset({7})
    answers[5][-1] = interface(0, 8, P2P, "p2p-wlan0-0")  # a client that is not associated yet
    assert asyncio.run(nl80211.link(7)) == GroupRadio(False)
    answers[5][-1] = interface(0, 2, WLAN, "wlan0")
    assert asyncio.run(nl80211.link(7)) is None
    assert asyncio.run(nl80211.groups()) == frozenset()
    answers[5].clear()
    assert asyncio.run(nl80211.groups()) is None
    assert asyncio.run(nl80211.signal(7)) == 84
    answers[17] = []
    assert asyncio.run(nl80211.signal(7)) is None


@pytest.mark.parametrize(("level", "expected"), [(-50, 84), (-40, 100), (-10, 100), (-100, 0), (-127, 0), (-70, 50)])
def test_percent_is_what_networkmanager_shows(level: int, expected: int) -> None:
    assert nl80211.percent(level) == expected


def test_the_real_kernel_is_asked_without_an_error() -> None:
    assert asyncio.run(nl80211.signal(0)) is None
    assert asyncio.run(nl80211.link(0)) is None
    asyncio.run(nl80211.groups())
    assert asyncio.run(nl80211.channels(0)) == ()
    assert asyncio.run(nl80211.forbidden(0, 5180)) is None


def radio(*channels: tuple[int, int | None]) -> list[dict[int, bytes]]:
    """A radio as the kernel tells it: bands, in them a list of frequencies, each with its flags; one message for each channel."""
    answer = []
    for frequency, flag in channels:
        one = attribute(1, struct.pack("=I", frequency)) + (attribute(flag, b"") if flag is not None else b"")
        listed = attribute(1 | 0x8000, attribute(0, one))  # NL80211_BAND_ATTR_FREQS
        answer.append(nl80211._attributes(attribute(1, struct.pack("=I", 0)) + attribute(22, attribute(0, listed))))
    return [*answer, {1: struct.pack("=I", 0)}, {22: b"???"}]


DISABLED, NO_IR, RADAR = 2, 3, 5


@pytest.mark.parametrize(
    ("channels", "frequency", "word"),
    [
        ([(2412, None)], 2412, None),
        ([(2412, None)], 2, None),
        ([(2412, None)], 5180, "5180 MHz: this radio cannot"),
        ([(2412, None)], 5, "5 GHz: this radio cannot"),
        ([(2412, None), (5180, NO_IR)], 5180, "5180 MHz: regulation lets nobody begin to send there"),
        ([(5180, DISABLED)], 5180, "5180 MHz: not permitted here by regulation"),
        ([(5260, RADAR)], 5260, "5260 MHz: shared with radar"),
        ([(5180, DISABLED), (5260, RADAR)], 5, "5 GHz: shared with radar"),
        ([(5180, NO_IR), (5260, RADAR)], 5, "5 GHz: regulation lets nobody begin to send there"),
        ([(5180, NO_IR), (5745, None)], 5, None),
        ([], 5180, None),  # nothing can be read
    ],
)
def test_a_channel_that_cannot_be_had_is_said_before_anything_begins(
    channels: list[tuple[int, int | None]], frequency: int, word: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    def ask(command: int, attributes: Any) -> list[dict[int, bytes]]:
        asked.append((command, attributes))
        return radio(*channels)

    monkeypatch.setattr(nl80211, "_ask_now", ask)
    assert asyncio.run(nl80211.forbidden(3, frequency)) == word
    assert asked == [(1, {3: struct.pack("=I", 3), 174: b""})]


def test_channels_are_told_as_regulation_leaves_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nl80211, "_ask_now", lambda *_: radio((5180, NO_IR), (2412, None), (5260, RADAR), (2484, DISABLED)))
    assert asyncio.run(nl80211.channels(3)) == (
        Channel(2412),
        Channel(2484, disabled=True),
        Channel(5180, no_ir=True),
        Channel(5260, radar=True),
    )
