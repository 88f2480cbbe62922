"""Each reason and stage has its words, and no name from the air can do more than be read."""

from __future__ import annotations

import string
import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nearby_tray.core import pin
from nearby_tray.core.model import Abilities, Failure, Grade, Method, Peer, Probe, Reason, Snapshot, Stage, Visibility
from nearby_tray.core.wire import Kind
from nearby_tray.ui.text import numbers
from nearby_tray.ui.text.choices import VISIBILITIES, VISIBILITY_HINTS
from nearby_tray.ui.text.links import PROBE_WORDS, PROBES, channel_words, link_details
from nearby_tray.ui.text.names import clean, quoted
from nearby_tray.ui.text.notices import failed_notice, group_notice, linked_notice, request_notice, restored_notice, restoring_notice
from nearby_tray.ui.text.peers import KINDS, kind_words
from nearby_tray.ui.text.pins import pin_hint, pin_problem
from nearby_tray.ui.text.plain import METHOD_HINTS, METHODS, NEEDS_PIN, NOT_VERIFIED, offers, wants_words
from nearby_tray.ui.text.reasons import DURING, REASONS, failure_text, reason_text
from nearby_tray.ui.text.states import GRADES, STATES, headline, state_line, tooltip
from nearby_tray.ui.text.translate import bind

from .scenes import ALL, ANNA, HOSTILE, PHONE, PIN, SCENES, TV


@pytest.mark.parametrize("reason", Reason)
def test_each_reason_says_what_happened_and_what_to_do(reason: Reason) -> None:
    for stage in Stage:
        said = failure_text(Failure(stage, reason, "detail"), ANNA.name)
        assert all(said)
        assert said.sentence.endswith(".") and said.advice.endswith(".")
        assert not said.title.endswith(".")
        assert not any(field for part in said for _, field, _, _ in string.Formatter().parse(part))


def test_each_sentence_about_the_other_names_it_where_it_is_known() -> None:
    about_it = [reason for reason, said in REASONS.items() if "{peer}" in said.sentence.lower()]
    assert len(about_it) > 8
    for reason in about_it:
        for stage in Stage:
            assert quoted(ANNA.name) in failure_text(Failure(stage, reason), ANNA.name).sentence
            assert "the other computer" in failure_text(Failure(stage, reason)).sentence.lower()


def test_who_did_not_answer_is_told_whose_request_that_was() -> None:
    there = failure_text(Failure(Stage.ASKING, Reason.NO_ANSWER), ANNA.name)
    here = failure_text(Failure(Stage.ASKED, Reason.NO_ANSWER), ANNA.name)
    assert "on “Anna's ThinkPad”" in there.sentence and "nobody here answered" in here.sentence


def test_tables_are_complete() -> None:
    assert set(REASONS) == set(Reason)
    assert set(STATES) == set(DURING) == set(Stage)
    assert set(GRADES) == set(Grade)
    assert set(VISIBILITIES) == set(VISIBILITY_HINTS) == set(Visibility)
    # What one of ours says of itself, and what Wi-Fi Direct says of a television.
    assert set(KINDS) == {*map(str, Kind), "tv"} and kind_words(TV) == "TV (QE55)"


def test_tables_of_ways_are_complete() -> None:
    assert set(METHODS) == set(METHOD_HINTS) == set(Method)
    assert set(PROBES) == set(PROBE_WORDS) == set(Probe)
    assert all(wants_words(method) for method in Method)


def test_titles_tell_the_reasons_apart() -> None:
    titles = [said.title for said in REASONS.values()]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("snapshot", SCENES.values(), ids=SCENES.keys())
def test_every_moment_has_a_headline(snapshot: Snapshot) -> None:
    for line in (headline(snapshot), state_line(snapshot), tooltip(snapshot)):
        assert line and "{" not in line and "\n" not in line


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_one_harmless_line(name: str) -> None:
    shown = clean(name)
    assert shown.strip()
    assert len(shown) <= 64
    assert not any(c in shown for c in "\n\r\x00\x07\u202e\u202d\u2066\u200b")
    for snapshot in SCENES.values():
        if snapshot.peer is None:
            continue
        line = headline(replace(snapshot, peer=replace(snapshot.peer, name=name)))
        assert "\u202e" not in line and "\n" not in line


def test_braces_in_a_name_are_only_braces() -> None:
    peer = Peer("p", "{peer} {0} %s", "laptop")
    said = failure_text(Failure(Stage.ASKING, Reason.DECLINED), peer.name)
    assert "{peer} {0} %s" in said.sentence


def test_a_long_name_is_cut() -> None:
    assert clean("y" * 1000) == "y" * 63 + "…"


def test_a_right_to_left_name_does_not_turn_its_sentence() -> None:
    assert "\u2068مرحبا\u2069" in quoted("مرحبا")
    assert quoted("Anna") == "“Anna”"


def obstacles(peer: Peer, abilities: Abilities) -> dict[str, str]:
    return {offer.method.value: offer.obstacle for offer in offers(peer, abilities)}


def test_ways_are_what_both_sides_can_do() -> None:
    everything, nothing = ALL, Abilities()
    assert obstacles(PHONE, everything) == {"pbc": "", "display": "", "keypad": ""}
    assert obstacles(PHONE, nothing) == {"pbc": "", "display": NEEDS_PIN, "keypad": NEEDS_PIN}
    # it can only show a PIN, so that here one can only be typed
    shows = replace(PHONE, methods=frozenset({Method.DISPLAY}))
    assert [name for name, why in obstacles(shows, everything).items() if not why] == ["keypad"]
    types = replace(PHONE, methods=frozenset({Method.KEYPAD}))
    assert [name for name, why in obstacles(types, everything).items() if not why] == ["display"]
    for silent in (None, frozenset[Method]()):
        assert not any(obstacles(replace(PHONE, methods=silent), everything).values()), "who says nothing may be asked anything"
    # joining a group takes a back end that can
    assert all(obstacles(TV, replace(everything, host=False)).values())
    assert obstacles(TV, everything)["pbc"] == ""


@pytest.mark.parametrize(
    ("frequency", "said"),
    [
        (2412, "1 (2412 MHz, 2.4 GHz band)"),
        (2437, "6 (2437 MHz, 2.4 GHz band)"),
        (2484, "14 (2484 MHz, 2.4 GHz band)"),
        (5180, "36 (5180 MHz, 5 GHz band)"),
        (5825, "165 (5825 MHz, 5 GHz band)"),
        (5955, "1 (5955 MHz, 6 GHz band)"),
        (60480, "60480 MHz"),
        (0, "0 MHz"),
    ],
)
def test_channels(frequency: int, said: str) -> None:
    assert channel_words(frequency) == said


def test_details_tell_the_pin_from_the_button_and_the_verified_from_the_rest() -> None:
    def layer(scene: str) -> str:
        snapshot = SCENES[scene]
        assert snapshot.link is not None
        return dict(link_details(snapshot.link, verified=snapshot.verified, hosting=False, probe=None))["Wi-Fi layer"]

    layers = [layer(scene) for scene in ("linked-good", "linked-pin", "linked-foreign", "linked-neighbour")]
    assert len(set(layers)) == 4
    assert [("not authenticated" in words) for words in layers] == [True, False, True, False]


def test_notices_of_strangers_and_groups_hold_no_pin() -> None:
    for scene in ("asked-button", "asked-show-pin", "asked-enter-pin", "hosting-asked"):
        title, body = request_notice(SCENES[scene])
        assert "wants to connect" in title and NOT_VERIFIED in body
    assert NOT_VERIFIED in linked_notice(SCENES["linked-foreign"])[1]
    assert NOT_VERIFIED not in linked_notice(SCENES["linked-good"])[1]
    empty, one, all_ = SCENES["hosting-empty"], SCENES["hosting-pin"], SCENES["hosting"]
    assert group_notice(SCENES["hosting-starting"], empty) == ("Your group is up", "Others can join it now.")
    assert group_notice(empty, one) == ("Pixel 9 joined your group", "One member.")
    joined = group_notice(one, all_)
    assert joined is not None and "[TV] Living room" in joined[0] and joined[1] == "3 members."
    assert group_notice(one, empty) == ("Pixel 9 left your group", "It is empty now.")
    assert group_notice(all_, all_) is None
    for before in SCENES.values():
        for now in SCENES.values():
            assert PIN not in "".join(group_notice(before, now) or ()).replace(" ", "")


def test_no_line_of_the_moment_holds_the_pin() -> None:
    for scene, snapshot in SCENES.items():
        if snapshot.pin is not None:
            for line in (headline(snapshot), state_line(snapshot), tooltip(snapshot), repr(snapshot)):
                assert snapshot.pin not in line.replace(" ", ""), scene


@given(st.text(alphabet="0123456789 -x", max_size=20))
def test_a_pin_being_typed_is_sent_only_without_a_problem(typed: str) -> None:
    if pin.valid(typed) is not None:
        assert not pin_problem(typed)
    assert pin_hint(typed)


def test_numbers() -> None:
    assert [numbers.milliseconds(v) for v in (None, 4.21, 48.4)] == ["–", "4.2 ms", "48 ms"]
    assert [numbers.share(v) for v in (0.0, 0.004, 0.14)] == ["0 %", "0.4 %", "14 %"]
    assert [numbers.size(v) for v in (None, 12, 4820, 48_200_000)] == ["–", "12 B", "4.8 kB", "48.2 MB"]
    assert [numbers.clock(v) for v in (-1, 0, 0.2, 9, 61, 600)] == ["0:00", "0:00", "0:01", "0:09", "1:01", "10:00"]


def test_notices_speak_of_the_right_thing() -> None:
    assert "042\u00a0719" in request_notice(SCENES["asked"])[1]
    assert "719" not in " ".join(request_notice(SCENES["asked-remembered"]))
    assert "Not the computer" in request_notice(SCENES["asked-changed"])[1]
    assert "169.254.17.42" in linked_notice(SCENES["linked-good"])[1]
    assert "Link lost" in restoring_notice(SCENES["restoring"])[0]
    assert all(restored_notice(SCENES["linked-good"]))
    assert all(failed_notice(SCENES["failed"]))


def test_a_translation_is_asked_for_each_sentence() -> None:
    bind(lambda english: f"<{english}>")
    try:
        assert headline(SCENES["idle"]) == "<Ready>"
        assert reason_text(Reason.WIFI_OFF).title == "<Wi-Fi is off>"
    finally:
        bind(str)


def test_the_words_need_no_qt() -> None:
    program = "import sys; import nearby_tray.ui.text; sys.exit(any(m.startswith(('PySide6', 'qasync')) for m in sys.modules))"
    assert subprocess.run([sys.executable, "-c", program], timeout=60).returncode == 0
