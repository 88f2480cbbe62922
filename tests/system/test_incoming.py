"""D-Bus messages by their headers: however they are cut, what nobody wants is not kept, and what is wrong costs itself."""

from __future__ import annotations

import struct
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nearby_tray.system.bus.incoming import CHUNK, HEADER_LIMIT, Broken, Header, Reader, parse

from .raw_bus import (
    CALL,
    DESCRIPTORS,
    ERROR,
    ERROR_NAME,
    REPLY_SERIAL,
    RETURN,
    SENDER,
    SIGNAL,
    SIGNATURE,
    fields,
    message,
    string,
    variants,
)

WANTED = message(SIGNAL, fields("/a", "a.b", "Wanted", signature="s"), string("hello"))
UNWANTED = {
    "a signal": message(SIGNAL, fields("/a", "a.b", "Other", signature="av"), variants(5000)),
    "without a body": message(SIGNAL, fields("/a", "a.b", "Other")),
    "a type that is not known": message(9, fields("/a", "a.b", "Wanted")),
    "a path that is too long": message(SIGNAL, fields("/a" * HEADER_LIMIT, "a.b", "Wanted", signature="s"), string("long")),
    "no fields": message(SIGNAL, [], b"12345678"),
    "a field of a wrong type": message(SIGNAL, [*fields("/a", "a.b"), (3, "u", 5)]),
    "a field that is longer than its message": message(SIGNAL, [*fields("/a", "a.b", "Wanted"), (SENDER, "?", b"")]).replace(
        b"\x07\x01?\0", b"\x07\x01g\xff"
    ),
    "a name that is no UTF-8": message(SIGNAL, fields("/a", "a.b", "Wanted!")).replace(b"Wanted!", b"Wanted\xff"),
}


def taken(data: bytes, sizes: list[int], *, strict: bool = False) -> tuple[list[tuple[Header, bytes]], int]:
    """What a reader takes of `data` when it comes in pieces of these sizes; and the most bytes that it held."""
    got: list[tuple[Header, bytes]] = []
    reader = Reader(lambda header: header.member == "Wanted", lambda header, body: got.append((header, body)), strict=strict)
    at, most, turns = 0, 0, 0
    while at < len(data):
        size = sizes[turns % len(sizes)]
        reader.feed(data[at : at + size])
        at, turns = at + size, turns + 1
        most = max(most, reader.kept)
        while reader.step():
            pass
    return got, most


@given(st.lists(st.integers(1, 200), min_size=1, max_size=20), st.lists(st.sampled_from(["wanted", *UNWANTED]), max_size=8))
def test_however_it_is_cut_what_is_wanted_comes_whole(sizes: list[int], kinds: list[str]) -> None:
    got, _ = taken(b"".join(WANTED if kind == "wanted" else UNWANTED[kind] for kind in kinds), sizes)
    assert [body for _, body in got] == [string("hello")] * kinds.count("wanted")


@pytest.mark.parametrize("what", UNWANTED)
def test_what_is_unwanted_or_wrong_costs_itself(what: str) -> None:
    got, _ = taken(WANTED + UNWANTED[what] + WANTED, [CHUNK])
    assert len(got) == 2


def test_of_a_long_message_that_nobody_wants_one_chunk_is_held() -> None:
    long = message(SIGNAL, fields("/a", "a.b", "Other", signature="av"), variants(1 << 20))
    got, most = taken(long + WANTED, [CHUNK])
    assert len(got) == 1 and most <= 2 * CHUNK


def test_all_of_a_header_is_read() -> None:
    said = [*fields("/a/b", "c.d", "e", ":1.5", "su"), (SENDER, "s", ":1.7"), (ERROR_NAME, "s", "f.g"), (REPLY_SERIAL, "u", 3)]
    said += [(DESCRIPTORS, "u", 2), (77, "s", "not known yet"), (78, "y", b"\x01"), (79, "g", "u")]
    for order in ("<", ">"):
        header = parse(message(CALL, said, serial=9, flags=1, order=order))
        assert header == Header(CALL, 1, 9, 0, order == "<", "/a/b", "c.d", "e", "f.g", 3, ":1.5", ":1.7", "su", 2)


@pytest.mark.parametrize(
    "data",
    [
        b"x" + WANTED[1:],
        message(SIGNAL, fields("/a", "a.b", "Wanted"), version=2),
        b"l\4\0\1" + struct.pack("<III", 1 << 27, 1, 16) + b"\0" * 16,
        b"l\4\0\1" + struct.pack("<III", 0, 1, 1 << 27) + b"\0" * 16,
    ],
)
def test_what_has_no_end_that_can_be_found_ends_the_connection(data: bytes) -> None:
    with pytest.raises(Broken):
        taken(data, [CHUNK])


@pytest.mark.parametrize("what", [what for what in UNWANTED if what not in ("a signal", "without a body")])
def test_where_descriptors_come_a_header_that_cannot_be_read_ends_the_connection(what: str) -> None:
    with pytest.raises(Broken):
        taken(UNWANTED[what], [CHUNK], strict=True)


@given(st.binary(max_size=400), st.integers(0, 3), st.integers(0, 200))
def test_any_bytes_are_messages_or_broken(noise: bytes, kind: int, at: int) -> None:
    whole = message((CALL, RETURN, ERROR, SIGNAL)[kind], [*fields("/a", "a.b", "Wanted"), (SIGNATURE, "g", "s")], string("x"))
    for data in (noise, whole[: at % len(whole)] + noise + whole[at % len(whole) :]):
        with suppress(Broken):
            taken(data, [17])
