"""What a daemon sends is taken for what it is documented to be, or for nothing."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nearby_tray.system.bus import BusError
from nearby_tray.system.bus.values import items, number, objects, octets, only, paths, table, text

ANYTHING: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4) | st.binary(max_size=4) | st.sampled_from(["/a", "/b/c"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3) | st.integers(), inner, max_size=3),
    max_leaves=8,
)


def test_the_one_value_of_an_answer() -> None:
    assert only(str, ["/a"]) == "/a" and only(bool, [False]) is False and only(dict, [{}]) == {}


@pytest.mark.parametrize(("kind", "answer"), [(str, []), (str, ["a", "b"]), (str, [b"a"]), (int, [True]), (bool, [1]), (dict, [None])])
def test_another_answer_is_an_error_like_any_refusal(kind: type, answer: list[object]) -> None:
    with pytest.raises(BusError, match=f"where {kind.__name__} is documented"):
        only(kind, answer)


def test_of_several_facts_those_of_their_type_count() -> None:
    assert text("wlan0") == "wlan0" and text(b"wlan0") == "" and number(7) == 7 and number("7") == 0
    assert paths(["/a", 1, "/a", "relative", "/b", "/c"], 2) == ("/a", "/b") and paths("/a", 2) == ()
    assert table({"a": 1}) == {"a": 1} and table({1: "a"}) == {} and items(("a",)) == []
    assert octets(b"ab") == octets([97, 98]) == b"ab" and octets([256]) == octets([1] * 65) == b""
    assert objects({"/a": {"I": {"P": 1}, "J": None}, "/b": 7}) == {"/a": {"I": {"P": 1}, "J": {}}, "/b": {}}


@given(ANYTHING)
def test_anything_is_survived(value: Any) -> None:
    assert isinstance(text(value), str) and isinstance(number(value), int) and isinstance(octets(value), bytes)
    assert all(path.startswith("/") for path in paths(value, 5)) and isinstance(items(value), list)
    assert all(isinstance(facts, dict) for interfaces in objects(value).values() for facts in interfaces.values())
