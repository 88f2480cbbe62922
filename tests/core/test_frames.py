"""Frames and the messages they carry: examples first, then any frames at any time."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nearby_tray.core import frames as frames_of
from nearby_tray.core import wire
from nearby_tray.core.frames import Assembly, Broken, Joined, split

A, B = b"aaaa", b"bbbb"
ORIGIN = "ben"


# spec: 2.1
@given(st.binary(min_size=1, max_size=wire.MESSAGE_LIMIT), st.integers(min_value=10, max_value=600))
def test_what_is_split_is_joined_again(message: bytes, room: int) -> None:
    assembly, frames = Assembly(), split(A, message, room)
    assert all(len(frame) <= room for frame in frames)
    assert [assembly.feed(frame, 0.0, ORIGIN) for frame in frames[:-1]] == [None] * (len(frames) - 1)
    assert assembly.feed(frames[-1], 0.0, ORIGIN) == Joined(A, message)
    assert assembly.deadline() is None


@pytest.mark.parametrize(("channel", "size", "room"), [(A, 0, 20), (A, 1025, 512), (A, 10, 6), (A, 10, 0), (A, 1024, 9), (b"abc", 10, 20)])
def test_what_cannot_be_framed_is_our_own_mistake(channel: bytes, size: int, room: int) -> None:
    with pytest.raises(ValueError, match="cannot frame"):
        split(channel, bytes(size), room)


def test_channels_do_not_disturb_each_other() -> None:
    assembly = Assembly()
    heard = [
        assembly.feed(frame, 0.0, ORIGIN)
        for pair in zip(split(A, b"for alice", 10), split(B, b"for bobby", 10), strict=True)
        for frame in pair
    ]
    assert [what for what in heard if what] == [Joined(A, b"for alice"), Joined(B, b"for bobby")]


# spec: 2.2
@pytest.mark.parametrize("order", [(1, 0), (0, 2), (0, 0), (2,)], ids=["swapped", "lost", "repeated", "late"])
def test_a_frame_out_of_order_ends_its_channel_only(order: tuple[int, ...]) -> None:
    assembly = Assembly()
    frames = split(A, b"twelve bytes", 10)
    other = split(B, b"to B", 8)
    assembly.feed(other[0], 0.0, ORIGIN)
    heard = [assembly.feed(frames[index], 0.0, ORIGIN) for index in order]
    assert [what for what in heard if what] == [Broken(A, "a frame out of order")]
    assert assembly.feed(other[1], 0.0, ORIGIN) == Joined(B, b"to B")


# spec: 2.5
def test_what_ended_stays_ended() -> None:
    assembly = Assembly()
    assert isinstance(assembly.feed(A + b"\x05\x00x", 0.0, ORIGIN), Broken)
    assert [assembly.feed(frame, 0.0, ORIGIN) for frame in split(A, b"a new message", 10)] == [None] * 4
    assembly.feed(split(B, b"whole", 20)[0], 0.0, ORIGIN)
    assembly.forget(B)
    assert assembly.feed(split(B, b"whole", 20)[0], 0.0, ORIGIN) is None


@pytest.mark.parametrize("frame", [b"", b"aaa"])
def test_a_frame_without_a_channel_is_nobodys(frame: bytes) -> None:
    assert Assembly().feed(frame, 0.0, ORIGIN) is None


@pytest.mark.parametrize("frame", [A, A + b"\0", A + b"\0\2", A + b"\0\xff ", A + b"\1\1 "])
def test_a_broken_header_ends_its_channel(frame: bytes) -> None:
    heard = Assembly().feed(frame, 0.0, ORIGIN)
    assert isinstance(heard, Broken) and heard.channel == A


def test_a_message_has_at_most_1024_bytes() -> None:
    assembly = Assembly()
    for index in range(2):
        assert assembly.feed(A + bytes((index, 0)) + bytes(512), 0.0, ORIGIN) is None
    assert assembly.feed(A + b"\2\1", 0.0, ORIGIN) == Joined(A, bytes(1024))
    assert isinstance(Assembly().feed(A + b"\0\1" + bytes(1025), 0.0, ORIGIN), Broken)


def test_a_message_that_never_ends_runs_out_of_indexes() -> None:
    assembly = Assembly()
    heard = [assembly.feed(A + bytes((index % 256, 0)), 0.0, ORIGIN) for index in range(257)]
    assert heard == [None] * 256 + [Broken(A, "a frame out of order")]


# spec: 2.2
def test_a_message_has_five_seconds() -> None:
    first, *_, last = split(A, b"twelve bytes", 12)
    assembly = Assembly()
    assembly.feed(first, 10.0, ORIGIN)
    assert assembly.deadline() == 15.0
    assert assembly.expire(14.9) == []
    assert assembly.expire(15.0) == [Broken(A, "a message took too long")]
    assert assembly.deadline() is None
    assert assembly.feed(last, 15.1, ORIGIN) is None

    assembly = Assembly()
    assembly.feed(first, 10.0, ORIGIN)
    assert assembly.feed(last, 15.0, ORIGIN) == Broken(A, "a message took too long")


def test_between_messages_a_channel_may_be_silent_for_as_long_as_it_likes() -> None:
    assembly = Assembly()
    for now in (0.0, 1000.0):
        assert assembly.feed(split(A, b"hi", 20)[0], now, ORIGIN) == Joined(A, b"hi")
        assert assembly.deadline() is None


# spec: 2.3
def test_a_channel_belongs_to_the_connection_that_began_it() -> None:
    """Notifications reach everybody, so a channel's number is no secret: only who began it may speak on it, or break it."""
    assembly = Assembly()
    first, last = split(A, b"twelve", 10)
    assert assembly.feed(first, 0.0, "ben") is None
    for frame in (A, A + b"\0", A + b"\7\0", first, last, A + b"\1\0" + bytes(1100)):
        assert assembly.feed(frame, 0.0, "mallory") is None
    assert assembly.feed(last, 0.0, "ben") == Joined(A, b"twelve")


# spec: 2.4
def test_a_connection_has_two_channels_of_its_own() -> None:
    assembly = Assembly()
    heard = [assembly.feed(split(bytes((n,)) * 4, b"hi", 20)[0], 0.0, "mallory") for n in range(5)]
    assert [what is not None for what in heard] == [True, True, False, False, False]
    assembly.keep(b"ours", "mallory")
    assert assembly.feed(split(b"ours", b"hi", 20)[0], 0.0, "mallory") == Joined(b"ours", b"hi"), "one that we began does not count"
    assert assembly.feed(split(A, b"hi", 20)[0], 0.0, "ben") == Joined(A, b"hi")


# spec: 2.4
def test_the_ninth_channel_drops_first_what_has_said_no_whole_message() -> None:
    """Unfinished writes of a crowd push no listener out that has said hello."""
    assembly = Assembly()
    for n in range(4):
        assembly.feed(split(bytes((n,)) * 4, b"hi", 20)[0], 0.0, f"listener-{n}")
    for n in range(4, 40):
        assembly.feed(bytes((n,)) * 4 + b"\0\0half", 1.0, f"mallory-{n}")
    broken = assembly.expire(1.0)
    assert [each.channel[0] for each in broken] == list(range(4, 36))
    assert {each.why for each in broken} == {"dropped for a newer channel"}
    for n in range(4):
        assert assembly.feed(split(bytes((n,)) * 4, b"still here", 20)[0], 2.0, f"listener-{n}") is not None


def test_then_one_of_whoever_has_two_and_otherwise_nobody() -> None:
    assembly = Assembly()
    for n in range(7):
        assembly.feed(split(bytes((n,)) * 4, b"hi", 20)[0], float(n), f"listener-{n}")
    assembly.feed(split(b"two1", b"hi", 20)[0], 7.0, "listener-3")
    assert assembly.feed(split(b"nine", b"hi", 20)[0], 8.0, "ben") == Joined(b"nine", b"hi")
    assert assembly.deadline() == 8.0
    assert assembly.expire(8.0) == [Broken(bytes((3,)) * 4, "dropped for a newer channel")]
    assert assembly.expire(8.0) == []
    assert assembly.feed(split(b"last", b"hi", 20)[0], 9.0, "late") is None, "all the others have one, and have said something"


def test_a_kept_channel_is_not_dropped() -> None:
    assembly = Assembly()
    channels = [bytes((n,)) * 4 for n in range(8)]
    for n, channel in enumerate(channels):
        assembly.feed(channel + b"\0\0half", 0.0, f"{n}")
        assembly.keep(channel, f"{n}")
    for n in range(8):
        assert assembly.feed(split(bytes((n, 99)) * 2, b"hi", 20)[0], 0.0, f"{n}") is not None, "nor does it take room"
    assert assembly.feed(split(A, b"hi", 20)[0], 0.0, ORIGIN) is None
    assert assembly.expire(0.0) == []


def test_what_breaks_at_its_first_frame_makes_no_room() -> None:
    assembly = Assembly()
    for n in range(8):
        assembly.feed(bytes((n,)) * 4 + b"\0\0half", 0.0, f"listener-{n}")
    for n in range(8, 40):
        assert isinstance(assembly.feed(bytes((n,)) * 4 + b"\7\1", 0.0, "mallory"), Broken)
    assert assembly.expire(0.0) == []


@given(
    st.binary(min_size=20, max_size=200),
    st.lists(
        st.one_of(
            st.binary(max_size=20),
            st.builds(
                lambda channel, index, last, part: channel + bytes((index, last)) + part,
                st.sampled_from([A, B, b"mine", b"more"]),
                st.integers(0, 5),
                st.integers(0, 3),
                st.binary(max_size=1100),
            ),
        ),
        max_size=30,
    ),
    st.integers(0, 2**32),
)
def test_nothing_that_another_connection_says_disturbs_a_channel(message: bytes, noise: list[bytes], seed: int) -> None:
    assembly, chance = Assembly(), Random(seed)
    first, *others = split(A, message, 12)
    assert assembly.feed(first, 0.0, "ben") is None
    turns = ["ben"] * len(others) + ["mallory"] * len(noise)
    chance.shuffle(turns)
    frames = {"ben": iter(others), "mallory": iter(noise)}
    said = [(origin, next(frames[origin])) for origin in turns]
    heard = [what for origin, frame in said if (what := assembly.feed(frame, 0.0, origin)) and what.channel == A]
    assert heard == [Joined(A, message)]


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 12), st.booleans(), st.booleans()), max_size=80))
def test_any_crowd_leaves_the_kept_and_takes_two_places_each(crowd: list[tuple[int, int, bool, bool]]) -> None:
    assembly, kept = Assembly(), set[bytes]()
    for channel_number, origin_number, whole, keep in crowd:
        channel, origin = bytes((channel_number,)) * 4, f"{origin_number}"
        if keep and channel in assembly._channels:
            assembly.keep(channel, origin)
            kept.add(channel)
        assembly.feed(channel + bytes((0, whole)) + b"x", 0.0, origin)
        broken = {each.channel for each in assembly.expire(0.0)}
        loose = Counter(each.origin for each in assembly._channels.values() if not each.kept)
        assert not broken & kept and loose.total() <= frames_of.CHANNEL_LIMIT
        assert all(count <= frames_of.CHANNELS_EACH for count in loose.values())
        kept &= set(assembly._channels)  # one may have broken by what was said on it


@given(
    st.lists(
        st.tuples(
            st.one_of(
                st.binary(max_size=16),
                st.builds(
                    lambda channel, index, last, part: bytes((channel,)) * 4 + bytes((index, last)) + part,
                    st.integers(0, 11),
                    st.integers(0, 2),
                    st.integers(0, 2),
                    st.binary(max_size=700),
                ),
            ),
            st.floats(0.0, 3.0),
            st.sampled_from(["ada", "ben", "cy"]),
        ),
        max_size=60,
    )
)
def test_any_frames_at_any_time(frames: list[tuple[bytes, float, str]]) -> None:
    assembly, now, ended = Assembly(), 0.0, set[bytes]()
    for frame, later, origin in frames:
        now += later
        heard = assembly.feed(frame, now, origin)
        assert heard is None or heard.channel == frame[:4]
        assert heard is None or heard.channel not in ended
        assert len(assembly._channels) <= frames_of.CHANNEL_LIMIT
        assert not isinstance(heard, Joined) or len(heard.message) <= wire.MESSAGE_LIMIT
        broken = assembly.expire(now) + ([heard] if isinstance(heard, Broken) else [])
        assert not ended & {each.channel for each in broken}
        ended |= {each.channel for each in broken}
        deadline = assembly.deadline()
        assert deadline is None or now < deadline <= now + frames_of.MESSAGE_SECONDS
