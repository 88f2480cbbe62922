"""Names: what is shown of them, and what looks like what."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nearby_tray.core.names import NAME_LIMIT, clean_name, harmless, skeleton
from nearby_tray.settings import Settings

ENGLAND = "\U0001f3f4" + "".join(chr(0xE0000 + ord(c)) for c in "gbeng") + "\U000e007f"


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Ada's laptop", "Ada's laptop"),
        ("  a \t\n b\u00a0\u2003c  ", "a b c"),
        ("", "unnamed"),
        (" \u3164\u2800\u200b\U0001d159 ", "unnamed"),
        ("\u0301\u0301", "unnamed"),
        ("\u0301abc", "abc"),
        ("\u0301 \u0301 \u0301abc", "abc"),
        ("a\x00b\x1b[31m", "ab[31m"),
        ("a\u202egnp.exe\u202c", "agnp.exe"),
        ("a\u2066b\u2069\u200d\ufeffc", "abc"),
        ("a\udcffb", "ab"),
        ("<b>&amp;</b>", "<b>&amp;</b>"),
        ("u\u0308ber", "über"),
        ("u\u200d\u0308ber", "über"),
        ("x" * 40, "x" * 32),
        ("x" * 31 + "é", "x" * 31),
        ("x" * 30 + "éé", "x" * 30 + "é"),
        ("x" * 29 + "q\u0301\u0302", "x" * 29),
        ("x" * 31 + " y", "x" * 31),
        ("q" + "\u0301" * 40, "unnamed"),
        ("日本語のノートパソコン", "日本語のノートパソコ"),
    ],
)
def test_a_clean_name(text: str, label: str) -> None:
    assert clean_name(text) == label


@pytest.mark.parametrize(
    "name",
    [
        "\U0001f468\u200d\U0001f4bb box",  # a man technologist
        "\U0001f469\U0001f3fd\u200d\U0001f680",  # a woman astronaut with a skin tone
        "\U0001f468\u200d\U0001f469\u200d\U0001f467 tv",  # a family
        "\U0001f3f4\u200d\u2620\ufe0f",  # a pirate flag
        "\u2764\ufe0f\u200d\U0001f525",  # a heart on fire
        "\U0001f9d4\u200d\u2642\ufe0f",  # a man with a beard
        "\u2764\ufe0f pad",
        "1\ufe0f\u20e3 one",
        "\U0001fae8",  # of Unicode 15, which Python 3.11 does not know
        "\U0001f1e9\U0001f1ea\U0001f1eb\U0001f1f7 fam",
        ENGLAND,
        "\u0644\u067e\u200c\u062a\u0627\u067e",  # Persian: laptop
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",  # Persian
        "\u0915\u094d\u200d\u0937",  # Hindi, half a ka
        "\u0915\u094d\u200c\u0937",  # Hindi, with its virama shown
        "\u0dc1\u0dca\u200d\u0dbb\u0dd3",  # Sinhala: Sri
        "\u09b0\u200d\u09cd\u09af\u09be\u09ae",  # Bengali, with a ya-phalaa
    ],
)
def test_what_joins_is_kept(name: str) -> None:
    assert clean_name(name) == name == Settings(name=name).shown_name


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("a\u200db\u200cc", "abc"),  # nothing there joins
        ("\u062f\u200c\u0627", "\u062f\u0627"),  # the first letter joins to nothing after it anyway
        ("\u067e\u200c", "\u067e"),  # nothing comes after it
        ("\u067e\u200c x", "\u067e x"),
        ("\u200c\u067e", "\u067e"),
        ("\u0644\u067e\u200c\u200c\u062a", "\u0644\u067e\u062a"),
        ("\U0001f468\u200d", "\U0001f468"),
        ("\U0001f468\u200dx", "\U0001f468x"),
        ("\U0001f1e9\u200d\U0001f1ea", "\U0001f1e9\U0001f1ea"),
        ("a\ufe0f", "a"),
        ("a\u034fb", "ab"),
        ("\u4e2d\U000e0100", "\u4e2d"),
        ("\U0001f3f4" + "".join(chr(0xE0000 + ord(c)) for c in "hello") + "\U000e007f", "\U0001f3f4"),  # hidden letters
        ("x" * 26 + "\u067e\u200c\u062a", "x" * 26 + "\u067e"),  # cut before the last letter
    ],
)
def test_what_joins_nothing_is_stripped(text: str, label: str) -> None:
    assert clean_name(text) == label


@pytest.mark.parametrize("part", ["\U0001f468\u200d\U0001f4bb", "\U0001f1e9\U0001f1ea", "1\ufe0f\u20e3", ENGLAND, "q\u0301\u0302"])
def test_nothing_is_cut_in_the_middle(part: str) -> None:
    for before in range(NAME_LIMIT + 1):
        label = clean_name("x" * before + part)
        assert label == ("x" * before + part if before + len(part.encode()) <= NAME_LIMIT else "x" * before)


_AWKWARD = st.sampled_from(
    "a \u0301\u0308q\u200c\u200d\u200b\ufe0f\ufe0e\u20e31#\u094d\u0915\u067e\u062f\u064e\u202e\u2066\u2640\U0001f468\U0001f3fd"
    "\U0001f1e9\U0001f3f4\U000e0067\U000e007f\u3164\u09b0\u09cd\u1100\u1161\u11a8\u034f\u0344\u212b\ufb1d"
)


@given(st.one_of(st.text(st.characters(codec=None), max_size=60), st.text(_AWKWARD, max_size=40)))
def test_any_name_becomes_a_label_and_stays_it(text: str) -> None:
    label = clean_name(text)
    assert 1 <= len(label.encode()) <= NAME_LIMIT
    assert label == " ".join(label.split()) == clean_name(label) == unicodedata.normalize("NFC", label)
    invisible = [char for char in label if unicodedata.category(char)[0] == "C"]
    assert set(invisible) <= {"\u200c", "\u200d"} or all(_may_stay(char) for char in invisible)
    assert not any(unicodedata.bidirectional(char) in {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"} for char in label)
    assert clean_name(label.replace("\u200c", "").replace("\u200d", "")) != ""


@given(st.one_of(st.text(st.characters(codec=None), max_size=300), st.text(_AWKWARD, max_size=300)), st.integers(5, 200))
def test_anything_is_shown_as_one_harmless_line(text: str, longest: int) -> None:
    shown = harmless(text, longest)
    assert len(shown) <= longest and shown == " ".join(shown.split()) == harmless(shown, longest)
    assert all(_may_stay(char) for char in shown if unicodedata.category(char)[0] == "C")
    assert not any(unicodedata.bidirectional(char) in {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"} for char in shown)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (OSError(2, "no\x1b[31m such\n file"), "[Errno 2] no[31m su…"),
        ("y" * 300, "y" * 19 + "…"),
        ("\u0644\u067e\u200c\u062a\u0627\u067e", "\u0644\u067e\u200c\u062a\u0627\u067e"),
        ("x" * 17 + "\u067e\u200c\u062a" * 2, "x" * 17 + "\u067e…"),  # cut after the joiner
        ("\u202e\x00", ""),
    ],
)
def test_what_is_shown_of_a_value(value: object, shown: str) -> None:
    assert harmless(value, 20) == shown


def _may_stay(char: str) -> bool:
    return char in "\u200c\u200d" or 0xE0061 <= ord(char) <= 0xE007F or 0x1F900 <= ord(char) <= 0x1FAFF


@given(st.text(st.characters(codec=None), max_size=60))
def test_a_name_of_ours_is_what_the_others_see(name: str) -> None:
    shown = Settings(name=name[:64]).shown_name
    assert shown == clean_name(shown)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Robin's laptop", "Rоbin's laptоp"),  # Cyrillic o
        ("Robin's laptop", "Robin’s  laptop"),
        ("Robin's laptop", "ROBINS LAPTOP"),
        ("Robin", "Rob\u0131n"),
        ("Robin", "Roblnn"[:-1]),
        ("Robin", "Ro\u0253in"),
        ("Robin", "R0bin"),
        ("Robin", "\u211dobin"),
        ("Robin", "\uff32\uff4f\uff42\uff49\uff4e"),
        ("Robin", "R\u03bfbin"),
        ("Lisa", "1isa"),
        ("Lisa", "Iisa"),
        ("Zoë", "Zoe"),
        ("modem", "modern"),
        ("Wanda", "VVanda"),
        ("PAYPAL", "РАУРАL"),
        ("copec", "сорес"),
        ("HTEMK", "нтемк"),
        ("laptop 1", "laptop l"),
        ("ロボ", "口ボ"),
        ("\u0644\u067e\u200c\u062a\u0627\u067e", "\u0644\u067e\u062a\u0627\u067e"),
    ],
)
def test_names_that_look_alike_have_one_skeleton(one: str, other: str) -> None:
    assert one != other and skeleton(clean_name(one)) == skeleton(clean_name(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Robin", "Robert"),
        ("laptop 1", "laptop 2"),
        ("\U0001f98a", "\U0001f43c"),
        ("!!!", "???"),
        ("राम", "रमा"),  # vowel signs are no accents
        ("カ", "ガ"),
        ("Вера", "Лена"),
        ("王", "玉"),
    ],
)
def test_other_names_have_another_skeleton(one: str, other: str) -> None:
    assert skeleton(clean_name(one)) != skeleton(clean_name(other))


@given(st.text(max_size=32))
def test_a_skeleton_tells_nothing_of_case_and_blanks(text: str) -> None:
    name = clean_name(text)
    assert skeleton(name) == skeleton(f" {name} ") != ""
    assert skeleton(name.casefold()) == skeleton(name) or not name.isascii()
