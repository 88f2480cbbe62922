"""WPS PINs: the checksum of the specification, what is accepted when typed, and that every PIN made passes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nearby_tray.core import pin

# The test vector of the specification and well-known default PINs of access points (their labels are printed with the checksum).
REAL = ["12345670", "00000000", "46264848", "76229909", "62327145", "10864111", "31957199", "30432031", "71412252", "68175542"]


def hostap(seven: int) -> int:
    """`wps_pin_checksum` of hostap, line by line: it walks from the last digit."""
    accum = 0
    while seven:
        accum += 3 * (seven % 10)
        seven //= 10
        accum += seven % 10
        seven //= 10
    return (10 - accum % 10) % 10


@pytest.mark.parametrize("text", REAL)
def test_pins_of_real_devices_are_valid(text: str) -> None:
    assert pin.valid(text) == text


@given(st.integers(0, 10**7 - 1))
def test_the_checksum_is_that_of_hostap(seven: int) -> None:
    assert [d for d in range(10) if pin.valid(f"{seven:07d}{d}")] == [hostap(seven)]


@given(st.binary(min_size=8, max_size=8))
def test_what_is_made_is_valid(random: bytes) -> None:
    asked: list[int] = []

    def entropy(size: int) -> bytes:
        asked.append(size)
        return random

    made = pin.make(entropy)
    assert pin.valid(made) == made and len(made) == 8 and asked == [8]


def test_every_random_digit_takes_part() -> None:
    made = {pin.make(lambda _, k=k: k.to_bytes(8, "big")) for k in range(0, 10**7, 4973)}  # type: ignore[misc]
    assert len(made) == len(range(0, 10**7, 4973))
    for place in range(8):
        assert {each[place] for each in made} == set("0123456789")


@given(st.integers(0, 10**7 - 1), st.integers(0, 7), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(seven: int, place: int, more: int) -> None:
    """What a checksum is for. (Two neighbours that change places are noticed unless they differ by five.)"""
    good = f"{seven:07d}{hostap(seven)}"
    wrong = good[:place] + str((int(good[place]) + more) % 10) + good[place + 1 :]
    assert pin.valid(wrong) is None


@given(st.sampled_from(REAL), st.lists(st.sampled_from([" ", "-", "", "\u00a0", "\u2011", "\t"]), min_size=9, max_size=9))
def test_spaces_and_dashes_do_not_matter(good: str, between: list[str]) -> None:
    text = "".join(gap + digit for gap, digit in zip(between, good + " ", strict=True)) + "\n"
    assert pin.valid(text) == pin.digits(text) == good


@pytest.mark.parametrize(
    "text", ["", " ", "-", "1", "123", "12345", "1234567", "123456700", "1234567o", "+12345670", "12_345670", "٠" * 8, "²" * 4, "12,345670"]
)
def test_anything_else_is_not(text: str) -> None:
    assert pin.valid(text) is None


def test_four_digits_have_no_checksum() -> None:
    assert pin.valid("0000") == "0000" and pin.valid(" 98 76 ") == "9876"


@given(st.text(max_size=200))
def test_any_text_is_answered(text: str) -> None:
    found = pin.valid(text)
    assert found is None or (found.isascii() and found.isdigit() and len(found) in (4, 8) and pin.valid(pin.grouped(found)) == found)


def test_a_long_paste_is_not_looked_at() -> None:
    assert pin.digits(" " * 64 + "1234") is None and pin.valid(" " * 10**6 + "12345670") is None


def test_grouped() -> None:
    assert pin.grouped("12345670") == "1234 5670" and pin.grouped("1234") == "1234" and pin.grouped("") == ""
