"""What a daemon sends is taken for what it is documented to be, or for nothing."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nearby_tray.system.bus import BusError
from nearby_tray.system.bus.values import first, items, number, objects, octets, only, paths, table, text, two_paths

ROOT = Path(__file__).parents[2]
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


@pytest.mark.parametrize("answer", [[], ["/a"], ["/a", 7], [None, "/b"], ["a", "/b"], ["/a", ""]])
def test_paths_that_a_caller_cannot_go_on_without(answer: list[object]) -> None:
    assert two_paths(["/a", "/b", {}]) == ("/a", "/b") and first(["a", "b"]) == "a" and first([]) is None
    with pytest.raises(BusError, match="where two paths is documented"):
        two_paths(answer)


def test_no_answer_is_taken_apart_before_it_is_known_what_it_is() -> None:
    """Nobody counts on how many values a daemon answers with: `values` does."""
    for file in sorted((ROOT / "nearby_tray" / "system").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            unpacks = isinstance(node, ast.Subscript) or (isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple))
            if not isinstance(node, ast.Subscript | ast.Assign) or not unpacks or not isinstance(node.value, ast.Await):
                continue
            called = node.value.value
            if isinstance(called, ast.Call) and isinstance(called.func, ast.Attribute):
                assert called.func.attr not in ("call", "ask"), f"{file.name}:{node.lineno}"


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
