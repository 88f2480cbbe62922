"""The little netlink that is spoken by hand: any bytes are survived, and the right interface is chosen."""

from __future__ import annotations

import asyncio
import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nearby_tray.system import nl80211
from nearby_tray.system.netlink import messages, unpack
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
    return unpack(data)


def test_attributes_and_messages_are_taken_apart() -> None:
    [found] = nl80211._interfaces([interface(3, 9, P2P, "p2p-wlan0-0", 5180)])
    assert found == Interface("p2p-wlan0-0", 7, 3, 9, P2P, 5180)
    assert list(nl80211._interfaces([interface(0, 2, bytes(6), "wlan0"), interface(0, 2, b"short", "wlan1")])) == []
    body = b"\x05\x01\x00\x00" + attribute(6, P2P)
    message = struct.pack("=IHHII", 16 + len(body), 28, 2, 1, 0) + body
    assert list(messages(message * 2)) == [(28, body)] * 2
    assert unpack(attribute(6 | 0x8000, P2P)) == {6: P2P}


@given(st.binary())
def test_any_bytes_are_survived(data: bytes) -> None:
    list(messages(data))
    list(nl80211._interfaces([unpack(data)]))
    for kind in (2, 22, 32, 33, 120, 121):
        nl80211._radios([{1: struct.pack("=I", 0), kind: data}], {0: {33: data}})


def nested(*values: bytes, first: int = 1) -> bytes:
    return b"".join(attribute(first + number, value) for number, value in enumerate(values))


def number(kind: int, value: int) -> bytes:
    return attribute(kind, struct.pack("=I", value))


def flags(*kinds: int) -> bytes:
    return b"".join(attribute(kind, b"") for kind in kinds)


def channel(frequency: int, *marks: int) -> bytes:
    return number(1, frequency) + flags(*marks)


def test_a_radio_comes_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the kernel splits it: names and types first, then each band in pieces, then the combinations (net/wireless/nl80211.c)."""
    wiphy = number(1, 3)
    limits = nested(number(1, 1) + attribute(2, flags(2)), number(1, 2) + attribute(2, flags(8, 9)))
    combination = attribute(1, limits) + number(2, 3) + number(4, 2)
    parts = [
        wiphy + attribute(2, b"phy3\0") + attribute(32, flags(2, 3, 6, 8, 9, 10)) + attribute(121, flags(6)),
        wiphy + attribute(22, nested(attribute(1, nested(channel(2412), channel(2467, 3), first=0)), first=0)),
        wiphy + attribute(22, attribute(1, attribute(1, nested(channel(5180), channel(5260, 3, 5), channel(5885, 2), first=0)))),
        wiphy + attribute(120, nested(combination)),
        number(1, 5) + attribute(2, b"phy5\0"),
    ]
    rules = [attribute(33, b"DE\0"), number(1, 3) + attribute(33, b"US\0") + flags(216)]

    def exchange(command: int, asked: dict[int, bytes]) -> list[dict[int, bytes]]:
        assert command != 1 or asked == {174: b""}
        return [unpack(part) for part in {1: parts, 5: [], 31: rules}[command]]

    monkeypatch.setattr(nl80211, "_exchange", exchange)
    told = asyncio.run(nl80211.wireless())
    assert told is not None and told.country == "DE"
    radio, plain = told.radios
    assert (radio.number, radio.name, radio.country, radio.self_managed) == (3, "phy3", "US", True)
    assert radio.kinds == {2, 3, 6, 8, 9, 10} and radio.software == {6} and radio.has_p2p
    assert radio.channels == (
        nl80211.Channel(2412),
        nl80211.Channel(2467, no_ir=True),
        nl80211.Channel(5180),
        nl80211.Channel(5260, no_ir=True, radar=True),
        nl80211.Channel(5885, disabled=True),
    )
    assert [one.is_usable for one in radio.channels] == [True, False, True, False, False]
    assert radio.combinations == (nl80211.Combination(((1, frozenset({2})), (2, frozenset({8, 9}))), 3, 2),)
    assert (plain.name, plain.has_p2p, plain.country) == ("phy5", False, "")


def test_no_wireless_layer_is_told_from_one_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    def exchange(_command: int, _asked: dict[int, bytes]) -> list[dict[int, bytes]]:
        raise error

    monkeypatch.setattr(nl80211, "_exchange", exchange)
    error: OSError = FileNotFoundError(2, "netlink")
    assert asyncio.run(nl80211.wireless()) == nl80211.Wireless()
    error = PermissionError(1, "netlink")
    assert asyncio.run(nl80211.wireless()) is None


STA, AP, MON, CLI, GO, DEV = 2, 3, 6, 8, 9, 10
# As iwlwifi has it (drivers/net/wireless/intel/iwlwifi/mvm/mac80211.c, iwl_mvm_iface_limits).
IWL = (((1, frozenset({STA})), (1, frozenset({AP, CLI, GO})), (1, frozenset({DEV}))), 3)


@pytest.mark.parametrize(
    ("kinds", "channels"),
    [
        ([], 2),
        ([STA], 2),
        ([STA, DEV, GO], 2),
        ([STA, DEV, CLI, MON, MON], 2),
        ([STA, STA], None),
        ([STA, CLI, GO], None),
        ([STA, AP, GO], None),
        ([STA, DEV, DEV], None),
        ([7], None),
        ([STA, STA, AP], 1),
    ],
)
def test_what_a_radio_carries_at_once(kinds: list[int], channels: int | None) -> None:
    wide = nl80211.Combination(((2, frozenset({STA, MON})), (1, frozenset({AP}))), 3, 1)
    radio = nl80211.Radio(0, "phy0", software=frozenset({MON}), combinations=(nl80211.Combination(*IWL, 2),))
    if channels == 1:
        radio = nl80211.Radio(0, "phy0", software=frozenset({MON}), combinations=(nl80211.Combination(*IWL, 2), wide))
    found = radio.combination_for(kinds)
    assert (found.channels if found is not None else None) == channels


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ([], None),
        ([Interface("wlan0", 2, 0, 2, WLAN)], WLAN),
        ([Interface("wlan0", 2, 0, 2, WLAN), Interface("", 0, 1, 10, OTHER), Interface("", 0, 0, 10, P2P)], P2P),
        ([Interface("wlan0", 2, 0, 2, WLAN), Interface("", 0, 1, 10, OTHER)], WLAN),
        ([Interface("", 0, 1, 10, OTHER)], OTHER),
        ([Interface("", 0, 0, 10, P2P), Interface("", 0, 1, 10, OTHER)], None),  # which of them is not to be told
        ([Interface("wlan0", 2, 0, 3, WLAN)], None),
    ],
)
def test_our_own_address_is_that_of_the_same_radio(found: list[Interface], expected: bytes | None) -> None:
    assert nl80211._choose(found, "wlan0") == expected


def carrying(number: int, name: str, *, p2p: bool) -> list[Interface]:
    station = Interface(name, 2 + number, number, 2, bytes([2, 0, 0, 0, number, 0]))
    return [station, *([Interface("", 0, number, 10, bytes([66, 0, 0, 0, number, 0]))] if p2p else [])]


@pytest.mark.parametrize(
    ("radios", "device", "expected"),
    [
        ({"wlan0": True}, "p2p-dev-wlan0", "wlan0"),
        ({"wlan0": False, "wlan1": True}, "p2p-dev-wlan1", "wlan1"),
        ({"wlan0": True, "wlan1": True}, "p2p-dev-wlan1", "wlan1"),
        ({"wlan1": True, "wlan0": True}, "p2p-dev-wlan0", "wlan0"),
        # Renamed since, and another has its old name, or nobody.
        ({"wlan0": False, "wlp3s0": True}, "p2p-dev-wlan0", "wlp3s0"),
        ({"wlp2s0": False, "wlp3s0": True}, "p2p-dev-wlan0", "wlp3s0"),
        ({"wlp2s0": True, "wlp3s0": True}, "p2p-dev-wlan0", None),
        # Cut to 15 characters, and then the same as another's.
        ({"wlp0s20f3": True}, "p2p-dev-wlp0s20", "wlp0s20f3"),
        ({"wlp0s20f3": False, "wlp0s20f4": True}, "p2p-dev-wlp0s20", "wlp0s20f4"),
        ({"wlp0s20f3": True, "wlp0s20f4": True}, "p2p-dev-wlp0s20", None),
        ({"wlp0s20f3": True, "wlp0s20f4": True}, "p2p-dev-wlp0s20f4", "wlp0s20f4"),
        # A driver with no P2P device of its own.
        ({"wlan0": False}, "p2p-dev-wlan0", "wlan0"),
        ({"wlan0": False, "wlan1": False}, "p2p-dev-wlan1", "wlan1"),
        ({"wlan0": False, "wlan1": False}, "p2p-dev-wlan2", None),
        ({}, "p2p-dev-wlan0", None),
    ],
)
def test_the_interface_of_a_p2p_device(radios: dict[str, bool], device: str, expected: str | None) -> None:
    found = [one for at, (name, p2p) in enumerate(radios.items()) for one in carrying(at, name, p2p=p2p)]
    assert nl80211._parent(found, device, list(radios)) == expected
    assert nl80211._parent([*found, *carrying(9, "of another", p2p=True)], device, list(radios)) == expected


def test_where_the_kernel_does_not_say_a_name_that_fits_one_alone_is_believed() -> None:
    assert nl80211._parent([], "p2p-dev-wlan1", ["wlan0", "wlan1"]) == "wlan1"
    assert nl80211._parent([], "p2p-dev-wlp0s20", ["wlp0s20f3", "wlp0s20f4"]) is None


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
    asyncio.run(nl80211.wireless())


def radio(*channels: tuple[int, int | None]) -> list[dict[int, bytes]]:
    """A radio as the kernel tells it: bands, in them a list of frequencies, each with its flags; one message for each channel."""
    answer = []
    for frequency, flag in channels:
        one = attribute(1, struct.pack("=I", frequency)) + (attribute(flag, b"") if flag is not None else b"")
        listed = attribute(1 | 0x8000, attribute(0, one))  # NL80211_BAND_ATTR_FREQS
        answer.append(unpack(attribute(1, struct.pack("=I", 0)) + attribute(22, attribute(0, listed))))
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
