"""The little netlink that is spoken by hand: any bytes are survived, and the right interface is chosen."""

from __future__ import annotations

import asyncio
import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nearby_tray.system import nl80211
from nearby_tray.system.nl80211 import GroupRadio, Interface

WLAN = bytes.fromhex("020000000000")
P2P = bytes.fromhex("420000000000")
OTHER = bytes.fromhex("420000000100")


def attribute(kind: int, value: bytes) -> bytes:
    return struct.pack("=HH", 4 + len(value), kind) + value + bytes(-len(value) % 4)


def interface(radio: int, kind: int, address: bytes, name: str = "", frequency: int | None = None) -> dict[int, bytes]:
    data = attribute(1, struct.pack("=I", radio)) + attribute(5, struct.pack("=I", kind)) + attribute(6, address)
    if name:
        data += attribute(4, name.encode() + b"\0") + attribute(3, struct.pack("=I", 7))
    if frequency is not None:
        data += attribute(38, struct.pack("=I", frequency))
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
        5: [interface(0, 2, WLAN, "wlan0"), interface(0, 10, P2P), interface(0, 9, P2P, "p2p-wlan0-0", 5180)],
        17: [{21: attribute(7, struct.pack("=b", -50))}],
    }

    def ask(command: int, _attributes: Any) -> list[dict[int, bytes]]:
        return answers[command]

    monkeypatch.setattr(nl80211, "_ask_now", ask)
    assert asyncio.run(nl80211.own_p2p_address("wlan0")) == P2P
    assert asyncio.run(nl80211.group_radio("p2p-wlan0-0")) == GroupRadio(True, 5180)
    assert asyncio.run(nl80211.group_radio("wlan0")) is None
    assert asyncio.run(nl80211.signal(7)) == 84
    answers[17] = []
    assert asyncio.run(nl80211.signal(7)) is None


@pytest.mark.parametrize(("level", "expected"), [(-50, 84), (-40, 100), (-10, 100), (-100, 0), (-127, 0), (-70, 50)])
def test_percent_is_what_networkmanager_shows(level: int, expected: int) -> None:
    assert nl80211.percent(level) == expected


def test_the_real_kernel_is_asked_without_an_error() -> None:
    assert asyncio.run(nl80211.signal(0)) is None
    assert asyncio.run(nl80211.group_radio("no such interface")) is None
