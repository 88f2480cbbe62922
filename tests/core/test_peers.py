"""The list of who is around, by itself: one row a machine whoever tells of it, a place that is kept, and a bound on all of it."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from nearby_tray.core.model import Method, PeerFound
from nearby_tray.core.peers import MOST, SIGHTINGS, Peers, text_address

A, B = bytes.fromhex("024e54000001"), bytes.fromhex("024e54000002")
TEXT_A, TEXT_B = "02:4e:54:00:00:01", "02:4e:54:00:00:02"
ONE, TWO = b"\1\1\1\1", b"\2\2\2\2"


def greet(peers: Peers, channel: bytes = ONE, name: str = "Ada", address: bytes = A, *, bonded: bool = False) -> str | None:
    return peers.greeted(channel, name, "laptop", address, bonded=bonded)


def sight(peers: Peers, address: str = TEXT_A, **facts: Any) -> None:
    peers.found(PeerFound(address, **{"name": "Ada's TV", **facts}))


def ids(peers: Peers) -> list[str]:
    return [peer.id for peer in peers.list()]


def test_an_address_is_written_as_the_daemons_write_it() -> None:
    assert text_address(A) == TEXT_A


def test_bluetooth_and_wifi_tell_of_one_machine_in_one_row_whoever_comes_first() -> None:
    for first in (True, False):
        peers = Peers()
        if first:
            sight(peers, strength=70)
            assert greet(peers) == TEXT_A
        else:
            assert greet(peers) == TEXT_A
            sight(peers, strength=70)
        [row] = peers.list()
        assert (row.id, row.name, row.kind, row.address) == (TEXT_A, "Ada", "laptop", TEXT_A)
        assert row.reachable and row.on_wifi and row.strength == 70
        assert peers.channel(TEXT_A) == ONE and peers.sees(TEXT_A) and peers.row(TEXT_A) == row


def test_what_wifi_alone_knows_is_a_machine_without_our_protocol() -> None:
    peers = Peers()
    sight(peers, kind="tv", model="X1", methods=frozenset({Method.PBC}), owner=True, remembered=True, strength=5)
    [row] = peers.list()
    assert not row.reachable and row.on_wifi and peers.channel(TEXT_A) is None
    assert (row.name, row.kind, row.model, row.methods, row.owner, row.remembered, row.strength) == (
        "Ada's TV", "tv", "X1", frozenset({Method.PBC}), True, True, 5,
    )  # fmt: skip
    sight(peers, TEXT_B, name="")
    assert peers.list()[1].name == TEXT_B, "one that does not say its name is called by its address"


def test_two_conversations_that_claim_one_address_are_two_rows() -> None:
    peers = Peers()
    sight(peers)
    assert greet(peers, ONE, "Ada") == TEXT_A
    other = greet(peers, TWO, "Mallory")
    assert other == f"{TEXT_A}/{TWO.hex()}" != TEXT_A
    assert [(peer.name, peer.on_wifi) for peer in peers.list()] == [("Ada", True), ("Mallory", True)], "whose address it is nobody knows"
    assert (peers.channel(TEXT_A), peers.channel(other)) == (ONE, TWO)
    peers.lost(TEXT_A, 10.0)
    assert [peer.on_wifi for peer in peers.list()] == [False, False]
    peers.hung_up(ONE, 10.0)
    assert peers.channel(TEXT_A) is None and peers.channel(other) == TWO


def test_who_greets_again_in_the_same_conversation_is_the_same_row_with_the_new_name() -> None:
    peers = Peers()
    greet(peers)
    assert greet(peers, ONE, "Ada's laptop", bonded=True) == TEXT_A
    [row] = peers.list()
    assert row.name == "Ada's laptop" and row.bonded


def test_who_calls_in_a_new_conversation_takes_its_row_again() -> None:
    peers = Peers()
    greet(peers, ONE)
    greet(peers, TWO, "Ben", B)
    peers.hung_up(ONE, 10.0)
    assert greet(peers, b"\3\3\3\3") == TEXT_A
    assert ids(peers) == [TEXT_A, TEXT_B], "a row keeps its place"


def test_a_row_outlives_its_last_sighting_for_a_moment_and_a_conversation_keeps_it() -> None:
    peers = Peers(linger=3.0)
    sight(peers)
    greet(peers, ONE, "Ben", B)
    assert peers.deadline() is None
    peers.lost(TEXT_A, 10.0)
    peers.lost(TEXT_A, 12.0)  # said twice: it was lost then
    peers.lost(TEXT_B, 12.0)  # never seen
    assert peers.deadline() == 13.0
    peers.expire(12.9)
    assert ids(peers) == [TEXT_A, TEXT_B]
    peers.expire(13.0)
    assert ids(peers) == [TEXT_B] and peers.deadline() is None
    peers.hung_up(ONE, 20.0)
    assert peers.deadline() == 23.0
    sight(peers, TEXT_B)
    assert peers.deadline() is None, "seen again in time"
    peers.expire(1000.0)
    assert ids(peers) == [TEXT_B]


def test_a_restart_of_the_daemon_forgets_what_only_wifi_knew() -> None:
    peers = Peers()
    sight(peers)
    greet(peers, ONE, "Ben", B)
    sight(peers, TEXT_B)
    peers.forget_wifi()
    assert ids(peers) == [TEXT_B] and not peers.sees(TEXT_B) and peers.list()[0].reachable


def test_a_new_search_forgets_who_answered_the_last_one_and_keeps_what_is_seen() -> None:
    peers = Peers()
    greet(peers, ONE)
    greet(peers, TWO, "Ben", B)
    sight(peers, TEXT_B)
    peers.clear()
    [row] = peers.list()
    assert row.id == TEXT_B and not row.reachable and row.name == "Ada's TV"


def test_a_crowd_on_wifi_is_bounded_and_keeps_nobody_out_who_talks_or_is_waited_for() -> None:
    assert (MOST, SIGHTINGS) == (64, 256)
    peers = Peers()
    for number in range(100):
        sight(peers, text_address(number.to_bytes(6)))
    assert len(peers.list()) == 64 and ids(peers)[0] == "00:00:00:00:00:00"
    assert peers.sees(text_address((99).to_bytes(6))), "seen, though there is no room to list it"
    assert greet(peers, ONE, "Ada", (99).to_bytes(6)) == "00:00:00:00:00:63", "a conversation takes the place of a row without one"
    assert peers.known(TWO, b"i" * 32, "Ben", bonded=False) == (b"i" * 32).hex()
    assert len(peers.list()) == 64 and ids(peers)[:62] == [text_address(number.to_bytes(6)) for number in range(62)]
    assert [peer.on_wifi for peer in peers.list()[62:]] == [True, False]
    for number in range(3, 80):
        greet(peers, bytes([number]) * 4, "Cy", (number + 1000).to_bytes(6))
    assert len(peers.list()) == 64 and None not in {peers.channel(id) for id in ids(peers)}
    assert greet(peers, b"last", "Cy", (2000).to_bytes(6)) is None, "whoever talks gives way to nobody"
    peers.hung_up(ONE, 10.0)
    assert greet(peers, b"last", "Cy", (2000).to_bytes(6)) is not None
    for number in range(1000):
        sight(peers, text_address((9000 + number).to_bytes(6)))
    assert sum(peers.sees(text_address((9000 + number).to_bytes(6))) for number in range(1000)) == SIGHTINGS - 100


CHANNELS = st.integers(0, 5).map(lambda number: bytes([number]) * 4)
ADDRESSES = st.integers(0, 5).map(lambda number: number.to_bytes(6))


class Anything(RuleBasedStateMachine):
    """Whatever is told, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.peers = Peers()
        self.now = 1000.0
        self.before: list[str] = []

    @rule(channel=CHANNELS, address=ADDRESSES, name=st.text(max_size=3))
    def greeted(self, channel: bytes, address: bytes, name: str) -> None:
        row = self.peers.greeted(channel, name, "other", address, bonded=False)
        assert row is not None and self.peers.channel(row) == channel

    @rule(address=ADDRESSES)
    def found(self, address: bytes) -> None:
        sight(self.peers, text_address(address))
        assert self.peers.sees(text_address(address))

    @rule(address=ADDRESSES)
    def lost(self, address: bytes) -> None:
        self.peers.lost(text_address(address), self.now)
        assert not self.peers.sees(text_address(address))

    @rule(channel=CHANNELS)
    def hung_up(self, channel: bytes) -> None:
        self.peers.hung_up(channel, self.now)
        assert channel not in [self.peers.channel(row) for row in ids(self.peers)]

    @rule(seconds=st.floats(0, 5))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds
        self.peers.expire(self.now)
        deadline = self.peers.deadline()
        assert deadline is None or deadline > self.now, "what is due is done"

    @rule()
    def forgotten(self) -> None:
        self.peers.forget_wifi()

    @invariant()
    def each_row_has_a_name_of_its_own_and_its_place(self) -> None:
        now = ids(self.peers)
        assert len(now) == len(set(now)) <= MOST
        stayed = [row for row in self.before if row in now]
        assert [row for row in now if row in stayed] == stayed
        self.before = now


TestAnything = Anything.TestCase
