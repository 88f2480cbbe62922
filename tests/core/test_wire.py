"""What goes over the air: examples first, then any bytes at all."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nearby_tray.core import wire
from nearby_tray.core.keys import authenticate
from nearby_tray.core.model import Method
from nearby_tray.core.wire import (
    Again,
    Call,
    Go,
    Goodbye,
    GoodbyeReason,
    LinkedMessage,
    Owner,
    Ping,
    PingType,
    ReplayWindow,
    Seen,
    WireError,
    decode,
    decode_ping,
    encode,
    encode_ping,
)
from tests.core.make_vectors import MESSAGES, PATH

A, B = b"aaaa", b"bbbb"
ORIGIN = "ben"
KEY = bytes(range(32))
SESSION = b"sessions"


def packed(**fields: Any) -> bytes:
    return msgspec.msgpack.encode(fields)


def unpacked(message: wire.Message) -> dict[str, Any]:
    fields: dict[str, Any] = msgspec.msgpack.decode(encode(message))
    return fields


# --- the call --------------------------------------------------------------------------------------------------------------


# spec: 1.1
def test_a_call_is_six_bytes_and_comes_back() -> None:
    call = Call(call_id=b"\x01\x02\x03", hint=b"\xab\xcd")
    assert call.encode() == b"\x11\x01\x02\x03\xab\xcd"
    assert Call.decode(call.encode()) == call
    assert Call(wants_link=False, call_id=b"\x01\x02\x03").encode() == b"\x10\x01\x02\x03\0\0"


def test_flags_of_a_later_time_are_ignored() -> None:
    assert Call.decode(b"\x1e\x01\x02\x03\0\0") == Call(wants_link=False, call_id=b"\x01\x02\x03")


@pytest.mark.parametrize("data", [b"", b"\x11\x01\x02\x03\0", b"\x11\x01\x02\x03\0\0\0", b"\x21\x01\x02\x03\0\0", bytes(6)])
def test_a_call_of_another_length_or_version_is_none(data: bytes) -> None:
    with pytest.raises(WireError):
        Call.decode(data)


@pytest.mark.parametrize("call", [Call(call_id=b""), Call(call_id=b"123", hint=b"1"), Call(call_id=b"123", version=16)])
def test_a_call_that_has_no_encoding(call: Call) -> None:
    with pytest.raises(WireError):
        call.encode()


@given(st.binary(max_size=12))
def test_any_bytes_as_an_advertisement(data: bytes) -> None:
    try:
        call = Call.decode(data)
    except WireError:
        return
    assert call.encode()[1:] == data[1:]


# --- messages --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
def test_each_message_comes_back_and_is_what_it_was(message: wire.Message) -> None:
    data = encode(message)
    assert decode(data) == message
    assert data.hex() == json.loads(PATH.read_text(encoding="utf-8"))["messages"][message.__struct_config__.tag]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
def test_the_fields_are_those_of_the_protocol(message: wire.Message) -> None:
    fields = {
        "hello": "versions facts",
        "request": "version facts purpose method commitment",
        "offer": "public_key nonce",
        "reveal": "public_key nonce",
        "proof": "identity signature",
        "answer": "accepted trust",
        "match": "trust",
        "seen": "",
        "go": "method pin owner",
        "linked": "addresses port",
        "again": "try",
        "resume": "session public_key tag",
        "resumed": "public_key tag",
        "goodbye": "reason",
    }
    word = str(message.__struct_config__.tag)
    assert list(unpacked(message)) == ["type", *fields[word].split()]
    assert unpacked(message)["type"] == word


# spec: 2.6
@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
def test_a_missing_or_wrong_field_is_refused_and_an_extra_one_ignored(message: wire.Message) -> None:
    fields = unpacked(message)
    assert decode(packed(**fields, later={"a": [1, {"b": None}]})) == message
    for name in fields:
        wrong: list[Any] = [None, [], {}, 1.5, 70000, -1, "", "x", b"", bytes(1008), [[[]]], True, "\x00" * 40]
        optional = (type(message).__name__, name) in {("Go", "pin"), ("Answer", "trust")}
        if not optional:
            with pytest.raises(WireError):
                decode(packed(**{key: value for key, value in fields.items() if key != name}))
        if name == "pin":
            wrong.remove(None)
        if name in ("accepted", "trust"):
            wrong.remove(True)
        if name == "addresses":
            wrong.remove([])
        if name in ("purpose", "reason"):  # what a later version says is read as the least that it can mean
            wrong = [value for value in wrong if not isinstance(value, str)]
        for value in wrong:
            with pytest.raises(WireError):
                decode(packed(**{**fields, name: value}))


@pytest.mark.parametrize("name", ["name", "kind", "p2p_address", "port", "methods"])
def test_a_missing_or_wrong_fact_is_refused(name: str) -> None:
    fields = unpacked(MESSAGES[0])
    facts = fields["facts"]
    assert decode(packed(**{**fields, "facts": {**facts, "later": 1}})) == MESSAGES[0]
    wrong: list[Any] = [None, {}, 1.5, 70000, -1, b"", bytes(1008), [[[]]], True, "\x00" * 40]
    if name == "kind":
        wrong = [value for value in wrong if not isinstance(value, str)]
    for value in wrong:
        with pytest.raises(WireError):
            decode(packed(**{**fields, "facts": {**facts, name: value}}))
    with pytest.raises(WireError):
        decode(packed(**{**fields, "facts": {key: value for key, value in facts.items() if key != name}}))


def test_a_hello_has_either_facts_or_a_mark() -> None:
    facts = unpacked(MESSAGES[0])["facts"]
    marked = decode(packed(type="hello", versions=[1], mark=bytes(16)))
    assert isinstance(marked, wire.Hello) and marked.facts is None
    for fields in ({}, {"facts": facts, "mark": bytes(16)}, {"mark": bytes(15)}):
        with pytest.raises(WireError):
            decode(packed(type="hello", versions=[1], **fields))


# spec: 2.6
def test_words_of_a_later_version_are_read_as_the_least_that_they_can_mean() -> None:
    assert decode(packed(type="goodbye", reason="tired")) == Goodbye(GoodbyeReason.FAILED)
    answer = decode(packed(type="answer", accepted=False, reason="tired", by="robot"))
    assert isinstance(answer, wire.Answer) and answer.reason is wire.AnswerReason.UNAVAILABLE and answer.by is wire.By.USER
    hello = unpacked(MESSAGES[0])
    heard = decode(packed(**{**hello, "facts": {**hello["facts"], "kind": "robot", "methods": ["pbc", "thought"]}}))
    assert isinstance(heard, wire.Hello) and heard.facts is not None
    assert heard.facts.kind is wire.Kind.OTHER and heard.facts.methods == ("pbc", "thought")
    request = decode(packed(**{**unpacked(MESSAGES[1]), "purpose": "dance"}))
    assert isinstance(request, wire.Request) and request.purpose is wire.Purpose.LINK


@pytest.mark.parametrize(
    ("number", "change"),
    [(1, {"method": "thought"}), (8, {"method": "thought"}), (8, {"owner": "nobody"}), (1, {"version": 0}), (1, {"version": 256})],
)
def test_a_word_without_a_least_meaning_is_refused(number: int, change: dict[str, Any]) -> None:
    with pytest.raises(WireError):
        decode(packed(**{**unpacked(MESSAGES[number]), **change}))


@pytest.mark.parametrize("words", [["x"] * 9, ["x" * 33], [b"pbc"], [1], "pbc"])
def test_of_methods_there_are_few_and_short_ones(words: Any) -> None:
    fields = unpacked(MESSAGES[0])
    with pytest.raises(WireError):
        decode(packed(**{**fields, "facts": {**fields["facts"], "methods": words}}))


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
def test_a_byte_string_of_another_length_is_refused(message: wire.Message) -> None:
    fields = unpacked(message)
    for name, value in fields.items():
        if isinstance(value, bytes):
            for other in (value[:-1], value + b"\0", value.hex()):
                with pytest.raises(WireError):
                    decode(packed(**{**fields, name: other}))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x80",
        b"\x90",
        b"\xc0",
        packed(type="shout"),
        packed(type=1),
        packed(reason="finished"),
        packed(type="seen") + b"\0",
        packed(type="seen") + packed(type="seen"),
        packed(type="seen")[:-1],
        packed(type="goodbye", reason=1),
        packed(type="again", **{"try": 1}),
        packed(type="again", **{"try": 4}),
        packed(type="go", method="pbc", owner="either", pin="1234567"),
        packed(type="go", method="pbc", owner="either", pin="12345670\n"),
        packed(type="go", method="pbc", owner="either", pin="1234567\n"),
        packed(type="go", method="pbc", owner="either", pin="1234567٠"),
        packed(type="linked", addresses=["10.0.0.1"], port=0),
        packed(type="linked", addresses=["10.0.0.1"] * 9, port=1),
        packed(type="linked", addresses=["fe80::1%eth0"], port=1),
        packed(type="linked", addresses=["10.0.0.1/30"], port=1),
        packed(type="linked", addresses=["localhost"], port=1),
        packed(type="linked", addresses=["127.0.0.1"], port=1),
        packed(type="linked", addresses=["224.0.0.1"], port=1),
        packed(type="linked", addresses=["ff02::1"], port=1),
        packed(type="linked", addresses=["::"], port=1),
        packed(type="linked", addresses=["255.255.255.255"], port=1),
        b"\x91" * 1000,
        b"\x82\xa4type\xa4seen\xc4\x01x\x01",
        packed(type="goodbye", reason="failed", padding=bytes(1024)),
        b"\x82\xa4type\xa7goodbye\xa6reason\xa6\xff\xfe\xfd\xfc\xfb\xfa",
    ],
)
def test_what_is_no_message(data: bytes) -> None:
    with pytest.raises(WireError):
        decode(data)


def test_a_field_that_nobody_knows_may_be_nested_as_it_likes() -> None:
    """How deep it is read depends on the Python: either way it is nothing, and nothing breaks."""
    with suppress(WireError):
        assert decode(b"\x82\xa4type\xa4seen\xa1x" + b"\x91" * 1000 + b"\x01") == Seen()


def test_an_error_is_one_short_line_without_secrets() -> None:
    for data in (
        packed(type="a\n\x1b[31m\u202e" + "b" * 500),
        packed(type="go", method="pbc", owner="either", pin="12345678901"),
        packed(type="offer", public_key=b"secret" * 9, nonce=bytes(16)),
    ):
        with pytest.raises(WireError) as caught:
            decode(data)
        assert len(str(caught.value)) <= 120 and str(caught.value).isprintable()
        assert "12345678901" not in str(caught.value) and "secret" not in str(caught.value)
        assert caught.value.__suppress_context__


def test_we_do_not_send_what_they_would_refuse() -> None:
    for message in (Again(7), LinkedMessage(addresses=("10.0.0.1",), port=0), wire.Offer(public_key=b"", nonce=bytes(16))):
        with pytest.raises(WireError):
            encode(message)


def test_a_pin_is_on_the_wire_only_when_there_is_one_and_in_a_repr_never() -> None:
    with_pin = Go(method=Method.DISPLAY, pin="12345670", owner=Owner.CALLER)
    without = Go(method=Method.PBC, owner=Owner.EITHER)
    assert decode(encode(with_pin)) == with_pin and decode(encode(without)) == without
    assert b"pin" not in encode(without)
    assert "12345670" not in repr(with_pin) + repr(with_pin.__rich_repr__())
    assert repr(with_pin).startswith("Go(method=<Method.DISPLAY: 'display'>, owner=")


# spec: 3.10
@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
def test_no_byte_string_but_the_address_is_in_a_repr(message: wire.Message) -> None:
    for name, value in unpacked(message).items():
        if isinstance(value, bytes) and name != "p2p_address":
            assert repr(value) not in repr(message)


@given(st.binary(max_size=1200))
def test_any_bytes_as_a_message(data: bytes) -> None:
    try:
        message = decode(data)
    except WireError:
        return
    assert decode(encode(message)) == message


_any_value = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.floats() | st.text(max_size=40) | st.binary(max_size=70),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from(MESSAGES), st.data())
def test_any_value_in_any_field(message: wire.Message, data: st.DataObject) -> None:
    fields = unpacked(message)
    fields[data.draw(st.sampled_from(list(fields)))] = data.draw(_any_value)
    try:
        heard = decode(packed(**fields))
    except WireError:
        return
    assert decode(encode(heard)) == heard


@given(st.sampled_from(MESSAGES), st.data())
def test_any_flipped_bits(message: wire.Message, data: st.DataObject) -> None:
    raw = bytearray(encode(message))
    for _ in range(data.draw(st.integers(1, 3))):
        raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        decode(bytes(raw))
    except WireError:
        pass


# --- names -----------------------------------------------------------------------------------------------------------------


# spec: 2.7
def test_a_name_is_clean_once_it_is_a_message() -> None:
    fields = unpacked(MESSAGES[0])
    for name, label in (("a\u202eb", "ab"), ("", "unnamed"), ("é" * 16, "é" * 16)):
        heard = decode(packed(**{**fields, "facts": {**fields["facts"], "name": name}}))
        assert isinstance(heard, wire.Hello) and heard.facts is not None and heard.facts.name == label
    with pytest.raises(WireError):
        decode(packed(**{**fields, "facts": {**fields["facts"], "name": "é" * 16 + "x"}}))


# --- pings -----------------------------------------------------------------------------------------------------------------


def ping(sequence: int = 1, **others: Any) -> Ping:
    return Ping(PingType.PING, SESSION, sequence, sent_ns=5, **others)


# spec: 4.1
def test_a_ping_is_68_bytes_and_comes_back() -> None:
    sent = Ping(PingType.PONG, SESSION, 2**64 - 1, 1, 2, 3, 4)
    datagram = encode_ping(sent, KEY)
    assert len(datagram) == 68
    assert datagram[:12] == b"NT\x01\x02" + SESSION
    assert decode_ping(datagram, session=SESSION, key=KEY, window=ReplayWindow()) == sent


# spec: 4.2
def test_pings_are_checked_in_the_order_of_the_protocol() -> None:
    good = encode_ping(ping(), KEY)

    def signed(head: bytes) -> bytes:
        return head + authenticate(KEY, head)

    window = ReplayWindow()
    for datagram, why in (
        (b"XX" + good[2:-1], "length"),
        (good + b"\0", "length"),
        (b"XX" + good[2:4] + b"otherone" + good[12:], "not a ping"),
        (good[:4] + b"otherone" + good[12:], "session"),
        (good[:-1] + bytes((good[-1] ^ 1,)), "tag"),
        (b"NT\x02" + good[3:], "tag"),
        (encode_ping(ping(), KEY[::-1]), "tag"),
    ):
        with pytest.raises(WireError, match=why):
            decode_ping(datagram, session=SESSION, key=KEY, window=window)
    # None of these has moved the window, so the good one is still new; and once it has come it is not.
    decode_ping(good, session=SESSION, key=KEY, window=window)
    for datagram, why in (
        (good, "repeated"),
        (signed(b"NT\x02" + good[3:-16]), "repeated"),
        (signed(b"NT\x02\x01" + encode_ping(ping(2), KEY)[4:-16]), "version 2"),
        (signed(b"NT\x01\x04" + encode_ping(ping(3), KEY)[4:-16]), "type 4"),
    ):
        with pytest.raises(WireError, match=why):
            decode_ping(datagram, session=SESSION, key=KEY, window=window)


@given(st.binary(max_size=100))
def test_any_bytes_as_a_ping(data: bytes) -> None:
    for datagram in (data, b"NT\x01\x01" + SESSION + data.ljust(56, b"\0")[:56]):
        with pytest.raises(WireError):
            decode_ping(datagram, session=SESSION, key=KEY, window=ReplayWindow())


# spec: 4.2
@given(st.lists(st.one_of(st.integers(0, 300), st.integers(2**64 - 100, 2**64 - 1)), max_size=60))
def test_the_window_takes_each_sequence_once_and_none_from_long_ago(sequences: list[int]) -> None:
    window, seen = ReplayWindow(), set[int]()
    for sequence in sequences:
        expected = sequence not in seen and sequence > max(seen, default=-1) - 64
        assert window.take(sequence) is expected
        if expected:
            seen.add(sequence)


def test_goodbyes_say_why() -> None:
    for reason in GoodbyeReason:
        assert decode(encode(Goodbye(reason))) == Goodbye(reason)
