"""The session as dialogues: two of them with a fake air between, no loop, time passed in.

Each line of a dialogue does one thing and says in which states both sides are after it. What must hold whatever happens is checked after
each single event (`Side.check`); the state machine at the end throws events in any order at the same pair.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from itertools import pairwise, product
from random import Random

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from nearby_tray.core import orders as o
from nearby_tray.core import session as s
from nearby_tray.core.calls import Round
from nearby_tray.core.consent import Requests
from nearby_tray.core.conversation import Conversation, Greeted, Introduction, Keyed, Left, Said, Secured
from nearby_tray.core.frames import split
from nearby_tray.core.keys import Identity, Role, SessionKeys, TrustedPeer, hint, resume_hint
from nearby_tray.core.link import LinkLeft, LinkLost, LinkUp
from nearby_tray.core.model import (
    Abilities,
    Asker,
    Asks,
    BluetoothChanged,
    CallHeard,
    Disconnected,
    Failure,
    FormGroup,
    FrameArrived,
    Group,
    GroupLost,
    Method,
    PeerFound,
    PeerLost,
    Reason,
    Stage,
    Visibility,
    WifiChanged,
    WifiRequest,
    Wish,
    WishKind,
)
from nearby_tray.core.peers import text_address
from nearby_tray.core.pin import valid
from nearby_tray.core.states import (
    Asked,
    Asking,
    Bond,
    Checking,
    Clearing,
    Ending,
    Forming,
    Idle,
    Linked,
    Meeting,
    Restoring,
    Seeking,
    State,
)
from nearby_tray.core.wire import (
    ANYONE,
    Answer,
    AnswerReason,
    By,
    Call,
    Facts,
    Goodbye,
    GoodbyeReason,
    Hello,
    Kind,
    Purpose,
    Request,
    Resume,
    encode,
)

LIMITS = o.Limits()
ROOM = 100
POSIX = 1.7e9  # what the wall clocks say
FILES = Asker("Files", "/usr/bin/files", 7)
TYPED = Asker("nearby-tray", "/usr/bin/python3 /usr/bin/nearby-tray", 8, own=True)


class Side:
    """One machine: its session, and what its edges would do with the commands."""

    def __init__(self, pair: Pair, name: str, number: int, policy: o.Policy | None = None) -> None:
        self.pair = pair
        self.name = name
        self.random = Random(f"{name} of {pair.seed}")
        self.identity = Identity.from_seed(self.random.randbytes(32))
        self.address = bytes((2, 0, 0, 0, 0, number))
        self.policy = policy or o.Policy(name=name.title())
        self.session = s.Session(identity=self.identity, entropy=self.random.randbytes, policy=self.policy, posix=lambda: POSIX)
        self.commands: list[o.Command] = []
        self.consented: set[str] = set()  # the codes of the sessions that our user agreed to
        self.clear: set[tuple[str, bytes]] = set()  # origin and channel of what came over a link not known to be encrypted
        self.heard: bytes | None = None  # the other's advertisement

    @property
    def state(self) -> State:
        return self.session.state

    @property
    def other(self) -> Side:
        return self.pair.ben if self is self.pair.ada else self.pair.ada

    def handle(self, event: o.Event) -> None:
        before = self.state
        if isinstance(event, o.Accept | o.Match) and not event.question:
            event = replace(event, question=self.session.snapshot().question)
        if isinstance(event, o.Allow | o.Forbid) and not event.wish and (wish := self.session.snapshot().wish) is not None:
            event = replace(event, wish=wish.id)
        if isinstance(before, Asked) and isinstance(event, o.Accept):
            self.consented.add(before.secured.code)
        if isinstance(event, FrameArrived) and not (event.bonded and event.encrypted):
            self.clear.add((event.origin, event.frame[:4]))
        commands = self.session.handle(event, self.pair.now)
        after = self.state
        if isinstance(event, o.AskedFor) and not event.asker.own and not isinstance(event.event, o.Seek):
            assert not isinstance(after, Asking) or isinstance(before, Asking), "a program's wish has begun without our user"
        if isinstance(after, Meeting) and after.bond.unasked and after.bond.code not in self.consented:
            self.consented.add(after.bond.code)  # by the setting
            assert self.policy.accept_paired and after.bond.peer.trusted
            assert isinstance(event, FrameArrived) and (event.origin, after.bond.channel) not in self.clear
        if isinstance(event, o.Match) and isinstance(before, Asking) and before.secured is not None:
            self.consented.add(before.secured.code)
        if (
            isinstance(after, Asking)
            and after.matched
            and not (isinstance(before, Asking) and before.matched)
            and not isinstance(event, o.Match)
        ):
            assert after.secured is not None and after.secured.identity == after.picked and after.peer.trusted, "nobody compared the codes"
            self.consented.add(after.secured.code)
        lost = before.bond if isinstance(before, Restoring | Seeking) else None
        if isinstance(after, Asked) and after.by is By.TRUST and not isinstance(before, Asked):
            assert lost is not None and after.secured.identity == lost.identity and after.peer.trusted, "accepted without our user"
            self.consented.add(after.secured.code)
        self.commands += commands
        self.check(commands)
        for command in commands:
            self.pair.carry_out(self, command)

    def check(self, commands: list[o.Command]) -> None:
        """What must hold after each event."""
        state, wants, snapshot = self.state, self.session.wants, self.session.snapshot()
        if wants.group is not None:
            assert isinstance(state, Forming | Checking | Linked | Ending)
            if not isinstance(state, Ending):
                code = state.bond.code
                assert code in self.consented and code in self.other.consented, "a group is wanted without consent on both sides"
        if isinstance(state, Idle):
            assert wants == o.Wants(listen=wants.listen, serve=wants.serve), "an idle session wants something"
            if wants.serve:
                assert (self.session.deadline() or 1e9) <= self.pair.now + LIMITS.linger, "it serves for more than a goodbye"
        if wants.advertisement is not None:
            assert wants.serve and isinstance(state, Seeking | Restoring)
        assert wants.link is None or wants.group is not None
        shown = " ".join(map(repr, (snapshot, state, wants, commands)))
        for secret in self.secrets():
            assert secret not in shown, "a secret is in a repr"

    def secrets(self) -> Iterator[str]:
        state = self.state
        keys: SessionKeys | None = None
        if isinstance(state, Asked) or (isinstance(state, Asking) and state.secured is not None):
            assert state.secured is not None
            keys = state.secured.keys
        elif isinstance(state, Meeting | Forming | Checking | Linked | Clearing | Restoring):
            keys = state.bond.keys
            yield state.bond.code
        if keys is not None:
            yield from (code for code in [keys.code] if code)
            for name, value in [(f.name, getattr(keys, f.name)) for f in fields(keys)]:
                if isinstance(value, bytes) and value and name != "session":
                    yield repr(value)[2:-1]

    def all(self, kind: type[o.Command]) -> list[o.Command]:
        return [command for command in self.commands if isinstance(command, kind)]

    @property
    def order(self) -> int:
        """The attempt that the state is about."""
        assert isinstance(self.state, Forming | Checking | Linked | Ending)
        return self.state.order.attempt


class Pair:
    """Ada and Ben, the air between them, and the time."""

    def __init__(self, *, ada: o.Policy | None = None, ben: o.Policy | None = None, seed: int = 1, radios: bool = True) -> None:
        self.seed = seed
        self.now = 1000.0
        self.links: set[tuple[str, str]] = set()  # (central, peripheral)
        self.frames: deque[tuple[Side, bytes]] = deque()  # on their way from that side
        self.lets_through: Callable[[Side, bytes], bool] = lambda side, frame: True
        self.connects = True
        self.hears = True
        self.bonded = self.encrypted = False  # what is known of their radio link
        self.ada, self.ben = Side(self, "ada", 1, ada), Side(self, "ben", 2, ben)
        if radios:
            for side in (self.ada, self.ben):
                side.handle(BluetoothChanged(None))
                side.handle(WifiChanged(None, side.address))

    # the air

    def carry_out(self, side: Side, command: o.Command) -> None:
        other = side.other
        match command:
            case o.Connect(origin) if origin == other.name:
                if self.connects and other.session.wants.serve:
                    self.links.add((side.name, other.name))
                    side.handle(o.Connected(origin, ROOM))
                else:
                    side.handle(o.ConnectFailed(origin))
            case o.Say(origin, _, frames) if origin == other.name:
                self.frames.extend((side, frame) for frame in frames)
            case o.HangUp(origin) if origin == other.name:
                self.flow()  # it ends after what was said is sent
                self.part()
            case _:
                pass

    def part(self) -> None:
        """There is one radio link between two machines, whoever asked for it."""
        if self.links:
            self.links.clear()
            for side in (self.ada, self.ben):
                side.handle(Disconnected(side.other.name))

    def flow(self) -> None:
        """Everything under way arrives; calls are heard; who serves no more is left."""
        while self.frames:
            side, frame = self.frames.popleft()
            linked = {(side.name, side.other.name), (side.other.name, side.name)} & self.links
            if linked and self.lets_through(side, frame):
                heard = (side.other.name, side.name) in self.links  # only the central knows of encryption
                side.other.handle(FrameArrived(side.name, frame, ROOM, self.bonded, self.encrypted and heard))
        for side in (self.ada, self.ben):
            gone = (side.other.name, side.name)
            if gone in self.links and not side.session.wants.serve:
                if gone[::-1] in self.links:
                    self.links.discard(gone)
                else:
                    self.part()
            call, other = side.session.wants.advertisement, side.other
            if not other.session.wants.listen:
                other.heard = None
            elif call is not None and call != other.heard and self.hears:
                other.heard = call
                other.handle(CallHeard(side.name, call))
                self.flow()

    # the dialogue

    def do(self, side: Side, *events: o.Event) -> Pair:
        for event in events:
            side.handle(event)
            self.flow()
        return self

    def at(self, ada: type[State], ben: type[State]) -> Pair:
        assert (type(self.ada.state).__name__, type(self.ben.state).__name__) == (ada.__name__, ben.__name__)
        return self

    def wait(self, seconds: float) -> Pair:
        """Let time pass; each side gets its ticks when it asked for them, and is not busy."""
        end, ticks = self.now + seconds, 0
        while True:
            due = [(d, n) for n, side in enumerate((self.ada, self.ben)) if (d := side.session.deadline()) is not None and d <= end]
            if not due:
                break
            deadline, number = min(due)
            ticks = 0 if deadline > self.now else ticks + 1
            assert ticks < 50, "a busy loop"
            self.now = max(self.now, deadline)
            self.do((self.ada, self.ben)[number], o.Tick())
        self.now = end
        return self

    # longer parts of the story

    def ask(self, asking: Side | None = None) -> Pair:
        """One seeks and asks the other, who hears it."""
        side = asking or self.ada
        self.do(side, o.Seek())
        (row,) = [peer for peer in side.session.snapshot().peers if peer.reachable]
        return self.do(side, o.Ask(row.id))

    def agree(self, *, trust: bool = False, caller: bool | None = None) -> Pair:
        """Ben accepts, and Ada says that the codes match where that is to be said."""
        self.do(self.ben, o.Accept("", trust))
        if isinstance(self.ada.state, Asking):
            self.at(Asking, Asked).do(self.ada, o.Match("", trust if caller is None else caller))
        return self.at(Meeting, Meeting)

    def find(self) -> Pair:
        for side in (self.ada, self.ben):
            self.do(side, PeerFound(text_address(side.other.address)))
        if isinstance(self.ada.state, Meeting) and self.ada.state.number > 1:
            self.wait(LIMITS.settle)
        return self.at(Forming, Forming)

    def form(self) -> Pair:
        """Both groups come up."""
        state = self.ada.state
        self.wait(LIMITS.lead_again if isinstance(state, Forming) and state.number > 1 else LIMITS.lead)
        for side in (self.ada, self.ben):
            order = side.session.wants.group
            assert isinstance(order, FormGroup)
            self.do(side, o.GroupFormed(order.attempt, Group("p2p0", order.own, 7)))
        return self.at(Checking, Checking)

    def pong(self) -> Pair:
        for side in (self.ada, self.ben):
            self.do(side, o.LinkSaid(side.order, LinkUp()))
        return self.at(Linked, Linked)

    def link(self, *, trust: bool = False) -> Pair:
        return self.ask().agree(trust=trust).find().form().pong()

    def removed(self, side: Side) -> Pair:
        """What the controller reports while a side is ending."""
        if isinstance(side.state, Ending) and side.state.farewell is not None:
            self.do(side, o.FarewellSaid(side.order))
        if isinstance(side.state, Ending):
            assert side.session.wants.group is None
            self.do(side, o.GroupRemoved(side.order))
        return self

    def cleared(self) -> Pair:
        for side in (self.ada, self.ben):
            assert side.session.wants.clear
            self.do(side, PeerLost(text_address(side.other.address)), o.Cleared(side.session.wants.clear))
        return self.at(Meeting, Meeting)


@pytest.fixture
def p() -> Pair:
    return Pair()


def failure(side: Side) -> Failure | None:
    assert isinstance(side.state, Idle)
    return side.state.failure


def wants(side: Side) -> o.Wants:
    return side.session.wants


def bond(side: Side) -> Bond:
    assert isinstance(side.state, Meeting | Forming | Checking | Linked | Clearing | Restoring)
    return side.state.bond


def known(*, of: Side, key: bytes = b"k" * 32, label: str = "") -> TrustedPeer:
    return TrustedPeer(of.identity.public, key, label or of.policy.name, since=0.0)


def trust_each_other(p: Pair, key: bytes = b"k" * 32) -> None:
    for side in (p.ada, p.ben):
        side.policy = replace(side.policy, trusted=(known(of=side.other, key=key),))
        p.do(side, o.Configure(side.policy))


# --- who starts ------------------------------------------------------------------------------------------------------------


def test_without_a_radio_seeking_is_refused_with_its_reason() -> None:
    p = Pair(radios=False)
    p.do(p.ada, o.Seek()).at(Idle, Idle)
    assert failure(p.ada) == Failure(Stage.SEEKING, Reason.BLUETOOTH_MISSING)
    p.do(p.ada, BluetoothChanged(None), o.Seek())
    assert failure(p.ada) == Failure(Stage.SEEKING, Reason.WIFI_MISSING)
    p.do(p.ada, WifiChanged(None), o.Seek())
    assert failure(p.ada) == Failure(Stage.SEEKING, Reason.WIFI_NO_P2P), "without an address of its own nobody could find it"
    p.do(p.ada, o.Dismiss())
    assert failure(p.ada) is None
    p.do(p.ada, WifiChanged(None, p.ada.address), o.Seek()).at(Seeking, Idle)


def test_nobody_answers(p: Pair) -> None:
    p.hears = False
    p.do(p.ada, o.Seek()).at(Seeking, Idle)
    assert wants(p.ada).find is o.Find.ON
    p.wait(29.9).at(Seeking, Idle)
    p.wait(0.2).at(Idle, Idle)
    assert failure(p.ada) == Failure(Stage.SEEKING, Reason.NOBODY_ANSWERED)


def test_one_click_seeks_again(p: Pair) -> None:
    p.hears = False
    p.do(p.ada, o.Seek()).wait(31).do(p.ada, o.Seek()).at(Seeking, Idle)


def test_after_the_call_there_is_time_to_choose(p: Pair) -> None:
    p.do(p.ada, o.Seek()).wait(31).at(Seeking, Idle)
    assert wants(p.ada).advertisement is None
    assert [peer.name for peer in p.ada.session.snapshot().peers] == ["Ben"]
    p.do(p.ada, o.Seek()).at(Seeking, Idle)
    assert wants(p.ada).advertisement is not None
    p.wait(31).at(Seeking, Idle)
    p.wait(90).at(Idle, Idle)
    assert failure(p.ada) == Failure(Stage.SEEKING, Reason.NOBODY_ANSWERED)
    assert not p.links


def test_a_call_that_cannot_be_put_on_the_air_ends_the_seeking(p: Pair) -> None:
    p.do(p.ada, o.Seek(), o.CallFailed(Reason.BLUETOOTH_REFUSED, "no room")).at(Idle, Idle)
    assert failure(p.ada) == Failure(Stage.SEEKING, Reason.BLUETOOTH_REFUSED, "no room")


ABLE = Abilities("wpa_supplicant", pin=True, intent=True, frequency=True)


def orders_of(p: Pair) -> tuple[FormGroup, FormGroup]:
    """What both sides are to form."""
    p.ask().agree().find().wait(LIMITS.lead)
    ada, ben = p.ada.session.wants.group, p.ben.session.wants.group
    assert isinstance(ada, FormGroup) and isinstance(ben, FormGroup)
    return ada, ben


def able(p: Pair, *sides: Side) -> Pair:
    for side in sides:
        p.do(side, WifiChanged(None, side.address, abilities=ABLE))
    return p


def test_two_that_can_use_a_pin_agree_on_one_and_nobody_types_it(p: Pair) -> None:
    ada, ben = orders_of(able(p, p.ada, p.ben))
    assert ada.pin is not None and ada.pin == ben.pin and valid(ada.pin)
    assert (ada.method, ben.method) == (Method.DISPLAY, Method.KEYPAD)
    assert p.ada.session.snapshot().pin is None, "there is nothing to show"
    assert ada.pin not in repr((p.ada.session.state, p.ada.commands, p.ben.session.state, p.ben.commands))
    for side, order in ((p.ada, ada), (p.ben, ben)):
        p.do(side, o.GroupFormed(order.attempt, Group("p2p0", order.own, 7)))
    link = p.pong().ada.session.snapshot().link
    assert link is not None and link.pin


def test_each_try_has_a_pin_of_its_own(p: Pair) -> None:
    first = orders_of(able(p, p.ada, p.ben))
    p.do(p.ada, o.GroupFailed(first[0].attempt, Reason.WRONG_PIN))
    for side in (p.ada, p.ben):
        p.do(side, o.Cleared(side.session.wants.clear))
    p.wait(LIMITS.settle).wait(LIMITS.lead_again)
    ada, ben = p.ada.session.wants.group, p.ben.session.wants.group
    assert isinstance(ada, FormGroup) and isinstance(ben, FormGroup)
    assert ada.pin == ben.pin != first[0].pin
    assert [order.begins for order in (*first, ada, ben)] == [False, True, True, False]


@pytest.mark.parametrize("who", ["ada", "ben", "neither"])
def test_where_one_side_cannot_it_is_the_button(p: Pair, who: str) -> None:
    ada, ben = orders_of(able(p, *(side for side in (p.ada, p.ben) if side.name == who)))
    assert (ada.method, ben.method, ada.pin, ben.pin) == (Method.PBC, Method.PBC, None, None)


@pytest.mark.parametrize(("ours", "expected"), [(7, (7, 7)), (15, (14, 1)), (9, (9, 1)), (1, (1, 14)), (0, (0, 14))])
def test_who_owns_the_group_is_the_callers_wish(ours: int, expected: tuple[int, int]) -> None:
    p = Pair(ada=o.Policy("ada", intent=ours, frequency=5180), ben=o.Policy("ben", intent=12, frequency=2412))
    ada, ben = orders_of(able(p, p.ada, p.ben))
    assert (ada.intent, ben.intent) == expected
    assert (ada.frequency, ben.frequency) == (5180, None), "two wishes could have nothing in common"


def test_what_cannot_be_chosen_is_left_to_the_daemon() -> None:
    ada, ben = orders_of(Pair(ada=o.Policy("ada", intent=15, frequency=5180)))
    assert (ada.intent, ada.frequency, ben.intent, ben.frequency) == (None, None, None, None)


def test_a_stray_request_after_a_session_is_no_strangers(p: Pair) -> None:
    p.link().do(p.ada, o.Cancel()).removed(p.ada).removed(p.ben)
    request = WifiRequest(text_address(p.ada.address), Asks.NEGOTIATE, Method.PBC)
    p.do(p.ben, request).at(Idle, Idle)
    p.wait(LIMITS.ask + 1).do(p.ben, request)
    assert p.ben.session.snapshot().stage is Stage.ASKED


def test_what_could_not_be_said_ends_its_own_direction_only(p: Pair) -> None:
    """Two who clicked each other: the goodbye of the one that yields may come too late for its own service (seen on BlueZ 5.66)."""
    p.do(p.ada, o.Seek()).do(p.ben, o.Seek()).wait(3)
    p.do(p.ben, o.Ask(p.ben.session.snapshot().peers[0].id)).at(Asked, Asking)
    p.do(p.ada, o.SayFailed(p.ben.name, Role.CALLER)).at(Asked, Asking)
    p.do(p.ada, o.SayFailed(p.ben.name, Role.LISTENER))
    assert failure(p.ada) is None and len(p.ada.session.snapshot().missed) == 1


def test_a_row_that_is_gone_cannot_be_asked(p: Pair) -> None:
    p.do(p.ada, o.Seek(), PeerFound("02:00:00:00:00:77", "Phone"))
    phone = p.ada.session.snapshot().peers[-1]
    assert (phone.name, phone.reachable, phone.on_wifi) == ("Phone", False, True)
    p.do(p.ada, o.Ask("nobody")).at(Seeking, Idle)


def test_a_call_is_answered_once_to_each_who_makes_it(p: Pair) -> None:
    """Whoever says a call again that it overheard must not keep us from the one whose call it is."""
    call = Call(call_id=b"abc").encode()
    p.do(p.ben, CallHeard("mallory", call), CallHeard("mallory", call), CallHeard("cy", call)).wait(60)
    p.do(p.ben, CallHeard("cy", call)).wait(60)
    assert p.ben.all(o.Connect) == [o.Connect("mallory"), o.Connect("cy")]
    p.do(p.ben, CallHeard("y", Call(call_id=b"abd").encode()))
    assert len(p.ben.all(o.Connect)) == 3


def test_a_call_whose_connection_broke_before_a_request_is_answered_again_but_not_for_ever(p: Pair) -> None:
    call = Call(call_id=b"abc").encode()
    for _ in range(10):
        p.do(p.ben, CallHeard("x", call), o.Connected("x", ROOM), Disconnected("x")).wait(3)
    assert len(p.ben.all(o.Connect)) == LIMITS.tries


def test_a_flood_of_calls_does_not_keep_those_away_that_are_meant_for_us(p: Pair) -> None:
    trust_each_other(p)
    for n in range(100):
        p.do(p.ben, CallHeard(f"mallory-{n}", Call(call_id=n.to_bytes(3)).encode()))
    p.do(p.ben, CallHeard("friend", Call(call_id=b"abc", hint=hint(b"k" * 32, b"abc", POSIX)).encode())).wait(2)
    assert p.ben.all(o.Connect)[1] == o.Connect("friend")


def test_a_call_heard_while_the_connection_of_before_is_still_ending_is_answered_when_it_is_gone(p: Pair) -> None:
    p.do(p.ben, CallHeard("x", Call(call_id=b"abc").encode()), o.Connected("x", ROOM)).wait(3)
    p.do(p.ben, CallHeard("x", Call(call_id=b"abd").encode())).wait(3)
    assert p.ben.all(o.Connect) == [o.Connect("x")]
    p.do(p.ben, Disconnected("x")).wait(1)
    assert p.ben.all(o.Connect) == [o.Connect("x")] * 2


def test_a_connection_that_breaks_while_it_is_made_is_made_again_within_the_call(p: Pair) -> None:
    """Seen on BlueZ 5.66: service discovery ends with the link, or finds nothing."""
    p.do(p.ben, CallHeard("x", Call(call_id=b"abc").encode()))
    for tries in range(1, 6):
        p.do(p.ben, o.ConnectFailed("x")).wait(1.7)
        assert len(p.ben.all(o.Connect)) == min(tries, LIMITS.tries), "not within two seconds, and not for ever"
        p.wait(0.4)
        assert len(p.ben.all(o.Connect)) == min(tries + 1, LIMITS.tries)


def test_at_most_one_connection_in_two_seconds(p: Pair) -> None:
    for n in range(4):
        p.do(p.ben, CallHeard(f"caller {n}", Call(call_id=bytes((n, n, n))).encode()))
    times: list[float] = []
    for _ in range(80):
        times += [p.now] * (len(p.ben.all(o.Connect)) - len(times))
        p.wait(0.1)
    assert len(times) == 4
    assert all(b - a >= 1.99 for a, b in pairwise(times))


@pytest.mark.parametrize("data", [b"", b"\x11abc\0", b"\x11abc\0\0\0", b"\x21abc\0\0", b"\x10abc\0\0"])
def test_a_call_that_is_no_call_is_not_answered(p: Pair, data: bytes) -> None:
    assert p.do(p.ben, CallHeard("x", data)).ben.all(o.Connect) == []


def test_a_connection_that_nobody_asked_for_is_hung_up(p: Pair) -> None:
    p.do(p.ben, o.Connected("x", ROOM))
    assert p.ben.commands == [o.HangUp("x")]


def test_visible_to_nobody_hears_nobody(p: Pair) -> None:
    p.do(p.ben, o.Configure(replace(p.ben.policy, visibility=Visibility.NOBODY)))
    assert not wants(p.ben).listen
    p.do(p.ada, o.Seek()).do(p.ben, CallHeard("ada", wants(p.ada).advertisement or b""))
    assert p.ben.all(o.Connect) == []


def test_visible_to_trusted_peers_only() -> None:
    p = Pair(ben=o.Policy("Ben", visibility=Visibility.TRUSTED))
    p.do(p.ada, o.Seek())
    assert p.ben.all(o.Connect) == [], "a call to anyone is not for it"
    p.do(p.ada, o.Cancel())
    trust_each_other(p)
    p.do(p.ada, o.Seek(b"somebody else"))
    assert p.ben.all(o.Connect) == []
    p.do(p.ada, o.Cancel(), o.Seek(p.ben.identity.public))
    assert p.ben.all(o.Connect) == [o.Connect("ada")]
    row = p.ada.session.snapshot().peers[0]
    p.do(p.ada, o.Ask(row.id)).at(Asking, Asked)
    for side in (p.ada, p.ben):
        snapshot = side.session.snapshot()
        assert snapshot.peer is not None and snapshot.peer.trusted and not snapshot.needs_code


def test_an_overheard_hint_gets_neither_a_name_nor_a_dialog() -> None:
    """The hint is two bytes that anybody can repeat: who has not the key is told nothing, and is hung up on."""
    p = Pair(ben=o.Policy("Ben", visibility=Visibility.TRUSTED))
    friend = TrustedPeer(b"f" * 32, b"t" * 32, "Friend", 0.0)
    p.do(p.ben, o.Configure(replace(p.ben.policy, visibility=Visibility.TRUSTED, trusted=(friend,))))
    cy = Stranger(p.ben, Call(call_id=b"abc", hint=hint(friend.trust_key, b"abc", POSIX)))
    (hello,) = cy.hellos
    assert hello.facts is None and hello.mark is not None
    cy.say(cy.talk.request(Purpose.LINK, Method.PBC))
    assert cy.heard[-1] == Left(GoodbyeReason.PROTOCOL, False)
    p.at(Idle, Idle)
    assert p.ben.session.snapshot().missed == ()


# --- the answer ------------------------------------------------------------------------------------------------------------


def test_the_whole_story(p: Pair) -> None:
    p.do(p.ada, o.Seek()).at(Seeking, Idle)
    assert p.ben.session.snapshot().stage is Stage.IDLE, "hearing a call opens no dialog"
    (row,) = p.ada.session.snapshot().peers
    assert (row.name, row.address, row.reachable) == ("Ben", text_address(p.ben.address), True)
    p.do(p.ada, o.Ask(row.id, Purpose.FILES)).at(Asking, Asked)
    asking, asked = p.ada.session.snapshot(), p.ben.session.snapshot()
    assert asking.code is not None and asking.code == asked.code
    assert asked.peer is not None and asked.peer.name == "Ada" and asked.needs_code and asked.purpose == "files"
    assert asking.deadline is not None and asked.deadline is not None and asking.deadline > asked.deadline

    assert not asking.may_match or asking.question == asked.question
    p.do(p.ben, o.Accept("")).at(Asking, Asked)
    asking, asked = p.ada.session.snapshot(), p.ben.session.snapshot()
    assert asking.may_match and asking.agreed_there and not asking.agreed_here and asked.agreed_here and not asked.agreed_there
    assert asking.code == asked.code is not None, "the code stays until both have said so"
    p.do(p.ada, o.Match("")).at(Meeting, Meeting)
    assert p.ada.session.snapshot().purpose == "files"
    p.do(p.ben, PeerFound(text_address(p.ada.address))).at(Meeting, Meeting)
    p.do(p.ada, PeerFound(text_address(p.ben.address))).at(Forming, Forming)
    ada, ben = wants(p.ada), wants(p.ben)
    assert ada.find is ben.find is o.Find.HELD, "nothing starts or stops a find while a group forms"
    assert isinstance(ada.group, FormGroup) and ben.group is None, "the caller first"
    p.wait(0.9)
    assert wants(p.ben).group is None
    p.wait(0.2)
    theirs = wants(p.ben).group
    assert isinstance(theirs, FormGroup)
    assert (theirs.own, theirs.peer) == (ada.group.peer, ada.group.own)
    assert theirs.begins and not ada.group.begins, "who starts first is there to be asked"
    assert (ada.group.address, theirs.address) == (text_address(p.ben.address), text_address(p.ada.address))

    p.do(p.ada, o.GroupFormed(p.ada.order, Group("p2p0", ada.group.own))).at(Checking, Forming)
    p.do(p.ben, o.GroupFormed(p.ben.order, Group("p2p0", theirs.own))).at(Checking, Checking)
    plan = wants(p.ada).link
    assert plan is not None and plan.addresses == theirs.own and not plan.leaving
    p.do(p.ben, o.LinkSaid(p.ben.order, LinkUp())).at(Checking, Linked)
    p.do(p.ada, o.LinkSaid(p.ada.order, LinkUp())).at(Linked, Linked)
    snapshot = p.ada.session.snapshot()
    assert snapshot.link is not None and snapshot.link.own == ada.group.own and snapshot.deadline is None
    assert snapshot.timings.find is not None and snapshot.timings.form is not None and snapshot.timings.check is not None
    p.wait(5)
    assert not p.links and not wants(p.ada).serve, "the Bluetooth conversation has ended, the link goes on"
    p.wait(10_000).at(Linked, Linked)

    p.do(p.ada, o.Cancel()).at(Ending, Linked)
    farewell = wants(p.ada)
    assert farewell.link is not None and farewell.link.leaving and farewell.group is not None
    p.do(p.ben, o.LinkSaid(p.ben.order, LinkLeft())).at(Ending, Ending)
    assert wants(p.ben).group is None or wants(p.ben).link is not None
    p.removed(p.ada).removed(p.ben).at(Idle, Idle)
    assert failure(p.ada) is None and failure(p.ben) == Failure(Stage.LINKED, Reason.PEER_LEFT)


def test_declined(p: Pair) -> None:
    p.ask().do(p.ben, o.Decline()).at(Idle, Idle)
    assert failure(p.ada) == Failure(Stage.ASKING, Reason.DECLINED)
    assert failure(p.ben) is None
    assert not p.links


def test_nobody_at_the_other_machine(p: Pair) -> None:
    p.ask().wait(59.9).at(Asking, Asked)
    p.wait(0.2).at(Idle, Idle)
    assert failure(p.ada) == Failure(Stage.ASKING, Reason.NO_ANSWER)
    assert failure(p.ben) is None
    assert [missed.peer.name for missed in p.ben.session.snapshot().missed] == ["Ada"]


def test_a_failure_names_whom_it_is_about_until_the_next_journey(p: Pair) -> None:
    def named(side: Side) -> str | None:
        peer = side.session.snapshot().peer
        return peer.name if peer is not None else None

    p.do(p.ada, o.Seek(), o.Cancel())
    assert named(p.ada) is None
    p.wait(3).ask().do(p.ben, o.Decline()).at(Idle, Idle)
    assert named(p.ada) == "Ben" and named(p.ben) is None, "who declined has no failure to read"
    p.do(p.ada, o.Dismiss())
    assert named(p.ada) is None
    p.wait(3).ask().wait(61).at(Idle, Idle)
    assert named(p.ada) == "Ben" and p.ben.session.snapshot().missed[0].peer.name == "Ada"
    p.do(p.ada, o.Seek()).at(Seeking, Idle)
    assert named(p.ada) is None
    p.do(p.ada, o.Cancel()).wait(3)
    p.hears = False
    p.do(p.ada, o.Seek()).wait(31).at(Idle, Idle)
    assert failure(p.ada) == Failure(Stage.SEEKING, Reason.NOBODY_ANSWERED) and named(p.ada) is None


@pytest.mark.parametrize("step", ["meeting", "forming", "checking"])
def test_a_failure_names_a_remembered_peer_by_its_label(p: Pair, step: str) -> None:
    p.ada.policy = replace(p.ada.policy, trusted=(known(of=p.ben, label="Ben's at home"),))
    p.do(p.ada, o.Configure(p.ada.policy))
    p.ask().agree()
    if step in ("forming", "checking"):
        p.find()
    if step == "checking":
        p.form()
    p.do(p.ben, o.Cancel()).wait(30).removed(p.ada).removed(p.ben)
    p.at(Idle, Idle)
    snapshot = p.ada.session.snapshot()
    assert snapshot.failure is not None and snapshot.peer is not None
    assert snapshot.peer.name == "Ben's at home" and snapshot.peer.trusted


def test_a_link_that_was_ended_here_names_nobody(p: Pair) -> None:
    p.link().do(p.ada, o.Cancel()).do(p.ben, o.LinkSaid(p.ben.order, LinkLeft())).removed(p.ada).removed(p.ben).at(Idle, Idle)
    left = p.ben.session.snapshot()
    assert p.ada.session.snapshot().peer is None and left.peer is not None and left.peer.name == "Ada", "who was left is told by whom"


def test_the_caller_has_a_limit_of_its_own(p: Pair) -> None:
    p.do(p.ada, o.Seek())
    p.lets_through = lambda side, frame: side is p.ben
    p.do(p.ada, o.Ask(p.ada.session.snapshot().peers[0].id)).at(Asking, Idle)
    p.wait(65.9).at(Asking, Idle)
    p.wait(0.2).at(Idle, Idle)
    assert failure(p.ada) == Failure(Stage.ASKING, Reason.NO_ANSWER)


def test_a_linked_machine_hears_no_call(p: Pair) -> None:
    p.link()
    assert not wants(p.ben).listen
    before = len(p.ben.commands)
    p.do(p.ben, CallHeard("cy", Call(call_id=b"cyc").encode())).wait(60)
    assert o.Connect("cy") not in p.ben.commands[before:]


class Stranger:
    """A third machine, of which only the conversation matters: it calls `side`, which connects to it and says hello."""

    def __init__(
        self, side: Side, call: Call | None = None, *, paired: bool = False, seed: bytes = b"s" * 32, address: bytes = b"\2\0\0\0\0\3"
    ) -> None:
        self.side, self.paired, self.heard = side, paired, list[object]()
        side.pair.do(side, CallHeard("cy", (call or Call(call_id=b"cyc")).encode()))
        assert side.commands[-1] == o.Connect("cy")
        at = len(side.commands)
        side.pair.do(side, o.Connected("cy", 1100))
        (hello,) = self.said_to_us(at)
        me = Introduction("Cy", Kind.PHONE, address, 1, (Method.PBC,))
        self.talk = Conversation(role=Role.CALLER, channel=hello[:4], me=me, identity=Identity.from_seed(seed), entropy=Random(5).randbytes)
        self.hear([hello])

    @property
    def hellos(self) -> list[Hello]:
        return [heard.hello for heard in self.heard if isinstance(heard, Greeted)]

    @property
    def code(self) -> str | None:
        return next((heard.keys.code for heard in self.heard if isinstance(heard, Keyed)), None)

    def said_to_us(self, since: int) -> list[bytes]:
        return [frame for say in self.side.commands[since:] if isinstance(say, o.Say) and say.origin == "cy" for frame in say.frames]

    def hear(self, frames: list[bytes]) -> list[bytes]:
        replies: list[bytes] = []
        for frame in frames:
            heard, said = self.talk.receive(frame[6:])
            self.heard += heard
            replies += said
        return replies

    def say(self, messages: list[bytes]) -> None:
        while messages:
            at = len(self.side.commands)
            for message in messages:
                for frame in split(self.talk.channel, message, 1100):
                    self.side.pair.do(self.side, FrameArrived("cy", frame, 1100, self.paired, self.paired))
            messages = self.hear(self.said_to_us(at))


def test_who_had_connected_before_another_asked_is_left(p: Pair) -> None:
    cy = Stranger(p.ben)
    p.wait(3)
    at = len(p.ben.commands)
    p.ask().at(Asking, Asked)
    cy.hear(cy.said_to_us(at))
    assert cy.heard[-1] == Left(GoodbyeReason.CANCELLED, False)
    assert o.HangUp("cy") in p.ben.commands


def test_a_request_while_we_ask_somebody_else_is_told_busy(p: Pair) -> None:
    cy = Stranger(p.ada)
    p.wait(3).ask().at(Asking, Asked)
    cy.say(cy.talk.request(Purpose.LINK, Method.PBC))
    assert cy.heard[-1] == Said(Answer(accepted=False, reason=AnswerReason.BUSY))
    p.at(Asking, Asked).agree().find().form().pong()


def test_a_stranger_may_ask_and_no_dialog_opens_before_its_proof(p: Pair) -> None:
    cy = Stranger(p.ben)
    p.at(Idle, Idle)
    cy.say(cy.talk.request(Purpose.SCREEN, Method.PBC))
    p.at(Idle, Asked)
    assert cy.code == p.ben.session.snapshot().code is not None
    assert not any(isinstance(heard, Secured) for heard in cy.heard), "who we are is told to whom we accept"
    p.do(p.ben, o.Decline()).at(Idle, Idle)
    assert p.ben.all(o.HangUp) == [o.HangUp("cy")]


def test_a_conversation_without_a_request_ends_by_itself(p: Pair) -> None:
    Stranger(p.ben)
    p.wait(119)
    assert o.HangUp("cy") not in p.ben.commands
    p.wait(2)
    assert p.ben.commands[-1] == o.HangUp("cy")


@pytest.mark.parametrize("side", ["ada", "ben"])
@pytest.mark.parametrize("stage", ["asking", "meeting", "forming", "checking", "clearing", "linked"])
def test_cancelled_at_each_stage(p: Pair, stage: str, side: str) -> None:
    who: Side = getattr(p, side)
    p.ask()
    steps: dict[str, list[Callable[[], Pair]]] = {
        "asking": [],
        "meeting": [p.agree],
        "forming": [p.agree, p.find],
        "checking": [p.agree, p.find, p.form],
        "clearing": [p.agree, p.find, lambda: p.do(p.ada, o.GroupFailed(p.ada.order, Reason.NOT_FORMED))],
        "linked": [p.agree, p.find, p.form, p.pong],
    }
    for step in steps[stage]:
        step()
    p.do(who, o.Cancel())
    for one in (p.ada, p.ben):
        p.removed(one)
    p.wait(2).at(Idle, Idle)
    other = who.other
    assert failure(who) is None
    expected = {
        ("asking", "ada"): None,
        ("asking", "ben"): Failure(Stage.ASKING, Reason.DECLINED),
        ("linked", "ada"): Failure(Stage.LINKED, Reason.PEER_LEFT),
        ("linked", "ben"): Failure(Stage.LINKED, Reason.PEER_LEFT),
    }
    named = "forming" if stage == "clearing" else stage
    assert failure(other) == expected.get((stage, side), Failure(Stage(named), Reason.PEER_CANCELLED))
    assert not p.links
    p.wait(10)
    assert wants(p.ada) == wants(p.ben) == o.Wants(listen=True)
    # and nothing is in the way of the next journey
    for one in (p.ada, p.ben):
        p.do(one, PeerLost(text_address(one.other.address)))
    p.wait(5).link()


def test_cancelled_while_seeking(p: Pair) -> None:
    p.do(p.ada, o.Seek(), o.Cancel()).at(Idle, Idle)
    p.wait(2)
    assert not p.links and failure(p.ada) is None


def test_a_broken_off_conversation_before_the_group_is_the_end(p: Pair) -> None:
    p.ask().part()
    p.at(Idle, Idle)
    assert failure(p.ada) == Failure(Stage.ASKING, Reason.PEER_GONE)
    assert failure(p.ben) is None and len(p.ben.session.snapshot().missed) == 1


def test_a_group_that_forms_needs_the_conversation_no_more(p: Pair) -> None:
    p.ask().agree().find().part()
    p.at(Forming, Forming).form().pong()


WAYS_OUT: dict[str, Callable[[Pair], object]] = {
    "declined": lambda p: p.do(p.ben, o.Decline()),
    "left alone": lambda p: p.wait(LIMITS.ask + 1),
    "withdrawn": lambda p: p.do(p.ada, o.Cancel()),
    "dropped": lambda p: p.part(),
    "said nonsense": lambda p: p.do(p.ben, FrameArrived("ada", asked_on(p.ben) + b"\0\1nonsense", ROOM)),
    "locked": lambda p: p.do(p.ben, o.Configure(o.Policy("Ben", away=True)), o.Configure(o.Policy("Ben"))),
    "radio off": lambda p: p.do(p.ben, WifiChanged(Reason.WIFI_OFF), WifiChanged(None)),
    "never proven": lambda p: p.part(),
}


def asked_on(side: Side) -> bytes:
    assert isinstance(side.state, Asked)
    return side.state.channel


@pytest.mark.parametrize("way", WAYS_OUT)
def test_every_dialog_that_does_not_end_in_our_own_yes_counts(p: Pair, way: str) -> None:
    p.ben.session._requests = Requests(o.Limits(refusal_span=1e6))
    for _ in range(LIMITS.refusals):
        if way == "never proven":
            p.lets_through = lambda side, frame: side is p.ben or len(p.ben.all(o.Say)) % 2 == 1
        p.ask()
        if way != "never proven":
            p.at(Asking, Asked)
        WAYS_OUT[way](p)
        p.lets_through = lambda side, frame: True
        p.do(p.ada, o.Cancel(), o.Dismiss()).wait(5).at(Idle, Idle)
    shown = len(p.ben.session.snapshot().missed)
    for _ in range(5):
        p.ask().at(Idle, Idle)
        assert failure(p.ada) == Failure(Stage.ASKING, Reason.PEER_BUSY)
        p.do(p.ada, o.Dismiss()).wait(3)
    missed = p.ben.session.snapshot().missed
    assert len(missed) == shown + 1 and missed[-1].peer.name == "Ada", "one quiet line for all of them"


@pytest.mark.parametrize("sees", [Visibility.EVERYONE, Visibility.TRUSTED])
def test_strangers_who_were_refused_hold_no_trusted_computer_back(p: Pair, sees: Visibility) -> None:
    """Also not where its call is answered before the turn of its hint, so that nobody knows that it is one until it proves that."""
    for _ in range(LIMITS.refusals):
        cy = Stranger(p.ben, Call(call_id=Random(p.now).randbytes(3)), seed=Random(p.now).randbytes(32))
        cy.say(cy.talk.request(Purpose.LINK, Method.PBC))
        p.do(p.ben, o.Decline()).wait(3)
    trust_each_other(p)
    p.ben.policy = replace(p.ben.policy, visibility=sees)
    p.do(p.ben, o.Configure(p.ben.policy)).do(p.ada, o.Seek()).wait(3)
    p.do(p.ada, o.Ask(seen_by(p.ada))).at(Asking, Asked).agree()


def test_a_stranger_too_many_learns_nothing_and_opens_no_dialog(p: Pair) -> None:
    for number in range(LIMITS.refusals + 3):
        cy = Stranger(p.ben, Call(call_id=bytes((1, 1, number))), seed=bytes([number]) * 32)
        cy.say(cy.talk.request(Purpose.LINK, Method.PBC))
        assert isinstance(p.ben.state, Asked if number < LIMITS.refusals else Idle)
        assert not [heard for heard in cy.heard if isinstance(heard, Secured)]
        p.do(p.ben, o.Decline()).wait(3)
    assert [heard for heard in cy.heard if isinstance(heard, Said)] == [Said(Answer(accepted=False, reason=AnswerReason.BUSY))]
    assert [missed.id for missed in p.ben.session.snapshot().missed] == ["quiet"], "those that were declined were answered"


def test_after_a_while_strangers_are_asked_about_again(p: Pair) -> None:
    for _ in range(LIMITS.refusals):
        p.ask().do(p.ben, o.Decline()).wait(3)
    p.wait(LIMITS.refusal_span).ask().at(Asking, Asked)


def test_an_accepted_dialog_forgives_the_refused_ones(p: Pair) -> None:
    for _ in range(2):
        p.ask().do(p.ben, o.Decline()).wait(3)
    p.link().do(p.ada, o.Cancel()).do(p.ben, o.LinkSaid(p.ben.order, LinkLeft())).removed(p.ada).removed(p.ben).wait(3)
    for _ in range(2):
        p.ask().at(Asking, Asked).do(p.ben, o.Decline()).wait(3)


def test_both_click_each_other_at_once(p: Pair) -> None:
    p.do(p.ada, o.Seek()).do(p.ben, o.Seek()).at(Seeking, Seeking)
    p.wait(3)
    rows = [side.session.snapshot().peers[0].id for side in (p.ada, p.ben)]
    p.ada.handle(o.Ask(rows[0]))  # both requests are under way before either arrives
    p.ben.handle(o.Ask(rows[1]))
    p.flow()
    p.at(Asking, Asked)
    assert p.ada.session.snapshot().code == p.ben.session.snapshot().code
    p.wait(5).at(Asking, Asked)
    p.agree().find().form().pong()
    assert bond(p.ada).role is Role.CALLER
    p.wait(6)
    assert not p.links


def test_both_call_and_one_clicks_later(p: Pair) -> None:
    p.do(p.ada, o.Seek()).do(p.ben, o.Seek()).wait(3)
    p.do(p.ben, o.Ask(p.ben.session.snapshot().peers[0].id)).at(Asked, Asking)
    p.wait(10).at(Asked, Asking)
    p.do(p.ada, o.Accept("")).do(p.ben, o.Match("")).at(Meeting, Meeting).wait(10)
    for side in (p.ada, p.ben):
        p.do(side, PeerFound(text_address(side.other.address)))
    p.form().pong().wait(6)
    assert bond(p.ben).role is Role.CALLER and not p.links


def test_both_connected_to_each_other_before_either_said_hello() -> None:
    p = Pair()
    p.hears = False
    for side in (p.ada, p.ben):
        p.do(side, o.Seek())
    p.connects = False
    said: list[o.Say] = []
    for side in (p.ada, p.ben):
        call = side.other.session.wants.advertisement
        assert call is not None
        commands = side.session.handle(CallHeard(side.other.name, call), p.now)
        assert commands == [o.Connect(side.other.name)]
    for side in (p.ada, p.ben):
        said += [c for c in side.session.handle(o.Connected(side.other.name, ROOM), p.now) if isinstance(c, o.Say)]
    p.links |= {("ada", "ben"), ("ben", "ada")}
    for say in said:
        side = p.ada if say.origin == "ben" else p.ben
        for frame in say.frames:
            p.do(side.other, FrameArrived(side.name, frame, ROOM))
    assert [[peer.name for peer in side.session.snapshot().peers] for side in (p.ada, p.ben)] == [["Ben"], ["Ada"]]


def test_a_connection_that_comes_too_late_does_not_cut_the_conversation_on_the_same_radio_link(p: Pair) -> None:
    p.do(p.ada, o.Seek())
    p.connects = False
    row = p.ada.session.snapshot().peers[0]
    assert p.ada.session.handle(CallHeard("ben", Call(call_id=b"ben").encode()), p.now) == [o.Connect("ben")]
    p.do(p.ada, o.Ask(row.id)).at(Asking, Asked)
    p.links.add(("ada", "ben"))
    p.do(p.ada, o.Connected("ben", ROOM)).at(Asking, Asked)
    p.agree().find().form().pong().wait(6)
    assert not p.links


def test_what_a_caller_says_to_another_of_its_listeners_is_ignored(p: Pair) -> None:
    p.do(p.ben, o.Seek())
    p.do(p.ada, o.Seek())
    p.wait(3)
    request = Request(
        version=1,
        facts=Facts(name="Ada", kind=Kind.OTHER, p2p_address=p.ada.address, port=1, methods=()),
        purpose=Purpose.LINK,
        method=Method.PBC,
        commitment=bytes(32),
    )
    before = len(p.ben.commands)
    for frame in split(b"else", encode(request), ROOM):
        p.do(p.ben, FrameArrived("ada", frame, ROOM))
    assert p.ben.commands[before:] == []


# --- trust --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("caller", "listener"), [(True, True), (True, False), (False, True), (False, False)])
def test_only_what_both_want_is_remembered(p: Pair, caller: bool, listener: bool) -> None:
    p.ask().agree(trust=listener, caller=caller).find().form().pong()
    remembered = [side.all(o.Trust) for side in (p.ada, p.ben)]
    if caller and listener:
        (one,), (two,) = remembered
        assert isinstance(one, o.Trust) and isinstance(two, o.Trust)
        assert (one.identity, two.identity) == (p.ben.identity.public, p.ada.identity.public)
        assert one.trust_key == two.trust_key
        assert (one.label, two.label) == ("Ben", "Ada")
    else:
        assert remembered == [[], []]


def test_a_remembered_name_with_another_key_is_loud(p: Pair) -> None:
    stranger = TrustedPeer(b"o" * 32, b"k" * 32, "Ada", 0.0)
    p.do(p.ben, o.Configure(replace(p.ben.policy, trusted=(stranger,))))
    p.ask().at(Asking, Asked)
    snapshot = p.ben.session.snapshot()
    assert snapshot.peer is not None
    assert snapshot.peer.identity_changed and not snapshot.peer.trusted and snapshot.needs_code


def trusted_by(side: Side) -> tuple[TrustedPeer, ...]:
    """What the controller would keep."""
    kept: dict[bytes, TrustedPeer] = {}
    for command in side.all(o.Trust):
        assert isinstance(command, o.Trust)
        kept[command.identity] = TrustedPeer(command.identity, command.trust_key, command.label, 0.0, None, command.previous_key)
    return tuple(kept.values())


def keep(p: Pair) -> None:
    for side in (p.ada, p.ben):
        side.policy = replace(side.policy, trusted=trusted_by(side) or side.policy.trusted)
        p.do(side, o.Configure(side.policy))


def end(p: Pair) -> Pair:
    p.wait(10).do(p.ada, o.Cancel()).do(p.ben, o.LinkSaid(p.ben.order, LinkLeft())).removed(p.ada).removed(p.ben)
    for side in (p.ada, p.ben):
        p.do(side, PeerLost(text_address(side.other.address)), o.Dismiss())
    return p.wait(5).at(Idle, Idle)


def keys_of(side: Side) -> list[bytes]:
    return [peer.trust_key for peer in side.policy.trusted]


@pytest.mark.parametrize("forgets", ["ada", "ben", "neither"])
def test_both_that_tick_trust_store_the_same_key_whatever_each_had_before(p: Pair, forgets: str) -> None:
    p.link(trust=True)
    keep(p)
    end(p)
    first = keys_of(p.ada)
    for side in (p.ada, p.ben):
        if side.name == forgets:
            side.policy = replace(side.policy, trusted=())
            p.do(side, o.Configure(side.policy))
    p.link(trust=True)
    keep(p)
    assert keys_of(p.ada) == keys_of(p.ben) != first
    end(p)
    for side in (p.ada, p.ben):
        side.policy = replace(side.policy, visibility=Visibility.TRUSTED)
        p.do(side, o.Configure(side.policy))
    p.do(p.ada, o.Seek()).wait(3)
    p.do(p.ada, o.Ask(seen_by(p.ada))).at(Asking, Asked).do(p.ben, o.Accept("")).at(Meeting, Meeting)


def test_a_side_that_crashed_before_it_stored_the_new_key_is_still_found_by_the_one_before(p: Pair) -> None:
    trust_each_other(p)
    p.link()
    p.ada.policy = replace(p.ada.policy, trusted=trusted_by(p.ada))  # Ben's applet died before it wrote
    p.ben.policy = replace(p.ben.policy, visibility=Visibility.TRUSTED)
    for side in (p.ada, p.ben):
        p.do(side, o.Configure(side.policy))
    end(p)
    (known_to_ada,), (known_to_ben,) = p.ada.policy.trusted, p.ben.policy.trusted
    assert known_to_ada.trust_key != known_to_ben.trust_key == known_to_ada.previous_key
    p.do(p.ada, o.Seek()).wait(7)
    p.do(p.ada, o.Ask(seen_by(p.ada))).at(Asking, Asked).agree().find().form().pong()
    keep(p)
    assert keys_of(p.ada) == keys_of(p.ben)


def test_visible_to_trusted_computers_only_is_found_by_a_plain_click_and_tells_nobody_else_its_name() -> None:
    p = Pair(ben=o.Policy("Ben", visibility=Visibility.TRUSTED))
    trust_each_other(p)
    p.do(p.ada, o.Seek()).at(Seeking, Idle)
    assert p.ben.all(o.Connect) == []
    p.wait(2.1)
    (row,) = p.ada.session.snapshot().peers
    assert (row.name, row.trusted, row.reachable, row.address) == ("Ben", True, True, "")
    name, address = b"Ben", p.ben.address
    said = [frame for say in p.ben.all(o.Say) if isinstance(say, o.Say) for frame in say.frames]
    assert not any(name in frame or address in frame for frame in said)
    p.do(p.ada, o.Ask(row.id)).at(Asking, Asked).do(p.ben, o.Accept("")).at(Meeting, Meeting)
    assert bond(p.ada).peer.address == text_address(p.ben.address), "its facts come with its yes"
    p.find().form().pong()


def test_a_sought_identity_is_the_only_one_that_may_answer(p: Pair) -> None:
    trust_each_other(p)
    p.hears = False
    p.do(p.ada, o.Seek(p.ben.identity.public)).at(Seeking, Idle)
    assert all(hinted != ANYONE for hinted in seeking(p.ada).hints)
    for n in range(3):
        hello = Hello(versions=(1,), facts=Facts(name="Ben", kind=Kind.LAPTOP, p2p_address=p.ben.address, port=1, methods=()))
        marked = Hello(versions=(1,), mark=bytes(16))
        for message in (hello, marked):
            for frame in split(bytes((1, n, message is marked, 0)), encode(message), ROOM):
                p.do(p.ada, FrameArrived(f"mallory-{n}", frame, ROOM))
    assert p.ada.session.snapshot().peers == ()


def seeking(side: Side) -> Round:
    state = side.state
    assert isinstance(state, Seeking | Restoring) and state.round is not None
    return state.round


def test_the_call_goes_round_and_does_not_show_how_many_are_trusted(p: Pair) -> None:
    p.hears = False
    p.do(p.ada, o.Seek())
    assert seeking(p.ada).hints == (ANYONE,), "with nobody to be meant there is nothing to turn"
    p.do(p.ada, o.Cancel())
    for count in (1, 3, 7, 20):
        peers = tuple(TrustedPeer(bytes((n,)) * 32, bytes((n,)) * 32, f"P{n}", float(n)) for n in range(1, count + 1))
        p.do(p.ada, o.Configure(replace(p.ada.policy, trusted=peers)), o.Seek())
        round = seeking(p.ada)
        hints = round.hints
        assert len(hints) == 15 and hints[::2] == (ANYONE,) * 8 and ANYONE not in hints[1::2]
        on_air = []
        for _ in range(15):
            on_air.append(Call.decode(wants(p.ada).advertisement or b"").hint)
            p.wait(2)
        assert tuple(on_air) == hints
        newest = max(peers, key=lambda peer: peer.since)
        assert hints[1] == hint(newest.trust_key, round.call_id, POSIX)
        p.do(p.ada, o.Cancel()).wait(2)


# --- answers that nobody gave --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", [o.Accept("other", True), o.Match("other"), o.EnterPin("other", "12345670"), o.Decline("other")])
def test_an_answer_to_another_question_answers_nothing(p: Pair, answer: o.Event) -> None:
    p.ask().do(p.ben, answer).do(p.ada, answer).at(Asking, Asked)
    assert not p.ben.session.snapshot().agreed_here and not p.ada.session.snapshot().agreed_here


def test_a_yes_that_was_under_way_does_not_hit_whoever_comes_next(p: Pair) -> None:
    cy = Stranger(p.ben)
    cy.say(cy.talk.request(Purpose.LINK, Method.PBC))
    late = o.Accept(p.ben.session.snapshot().question)
    cy.say(cy.talk.goodbye(GoodbyeReason.CANCELLED))
    p.at(Idle, Idle).wait(3).ask().at(Asking, Asked)
    p.do(p.ben, late).at(Asking, Asked)
    assert not p.ben.session.snapshot().agreed_here


def test_nothing_of_wifi_begins_before_both_have_said_so(p: Pair) -> None:
    p.ask().do(p.ben, o.Accept("")).at(Asking, Asked)
    for side in (p.ada, p.ben):
        p.do(side, PeerFound(text_address(side.other.address)))
        assert wants(side).group is None
    p.at(Asking, Asked).wait(LIMITS.ask - 1).at(Asking, Asked)
    p.wait(2).at(Idle, Idle)
    assert failure(p.ada) == Failure(Stage.ASKING, Reason.NOT_COMPARED)
    reasons = failure(p.ben)
    assert reasons is not None and reasons.reason in (Reason.PEER_CANCELLED, Reason.NOT_COMPARED)


def test_codes_that_match_may_be_said_once_the_other_has_proven_itself_before_or_after_the_yes(p: Pair) -> None:
    p.ask().do(p.ada, o.Match(""))
    assert not p.ada.session.snapshot().agreed_here, "nobody has proven anything yet"
    p.agree()


@pytest.mark.parametrize("label", ["Ada", "\u0410da", "A d a", "ada"])
def test_a_changed_identity_is_asked_about_however_its_name_is_spelt(p: Pair, label: str) -> None:
    stranger = TrustedPeer(b"o" * 32, b"k" * 32, label, 0.0)
    p.do(p.ben, o.Configure(replace(p.ben.policy, trusted=(stranger,)))).ask().at(Asking, Asked)
    peer = p.ben.session.snapshot().peer
    assert peer is not None and peer.identity_changed and not peer.trusted and p.ben.session.snapshot().needs_code


def test_whoever_is_away_misses_the_question_that_is_open(p: Pair) -> None:
    p.ask().do(p.ben, o.Configure(replace(p.ben.policy, away=True))).at(Idle, Idle)
    assert [missed.peer.name for missed in p.ben.session.snapshot().missed] == ["Ada"]
    assert failure(p.ada) == Failure(Stage.ASKING, Reason.NO_ANSWER)


def test_a_missed_request_can_be_answered_later_by_calling_back(p: Pair) -> None:
    p.ask().do(p.ada, o.Cancel()).at(Idle, Idle)
    (missed,) = p.ben.session.snapshot().missed
    p.do(p.ben, o.CallBack("another")).at(Idle, Idle)
    p.wait(3).do(p.ben, o.CallBack(missed.id)).at(Idle, Seeking)
    assert p.ben.session.snapshot().missed == ()
    p.do(p.ben, o.Cancel()).wait(3).ask().do(p.ada, o.Cancel()).do(p.ben, o.ForgetMissed())
    assert p.ben.session.snapshot().missed == ()


# --- who asks while we ask -----------------------------------------------------------------------------------------------------


def test_who_claims_the_address_of_the_one_we_ask_takes_nobodys_place(p: Pair) -> None:
    """A P2P address is a claim: only the identity that the one we ask has proven to us may take the turn."""
    cy = Stranger(p.ada, address=p.ben.address)
    p.wait(3).ask().at(Asking, Asked)
    cy.say(cy.talk.request(Purpose.LINK, Method.PBC))
    p.at(Asking, Asked)
    cy.say(cy.talk.goodbye(GoodbyeReason.CANCELLED))
    p.at(Asking, Asked).agree().find().form().pong()


@pytest.mark.parametrize("ends", ["withdrawn", "broken"])
def test_who_asked_while_we_asked_is_heard_when_that_is_over(p: Pair, ends: str) -> None:
    """Both clicked, and what one of them asked is over before it is clear who asks whom: the other one must not wait for nothing."""
    p.do(p.ada, o.Seek()).do(p.ben, o.Seek()).wait(3)
    rows = [side.session.snapshot().peers[0].id for side in (p.ada, p.ben)]
    p.ada.handle(o.Ask(rows[0]))
    p.ben.handle(o.Ask(rows[1]))
    while not any(talk.pending for talk in p.ben.session._talks):
        side, frame = p.frames.popleft()
        side.other.handle(FrameArrived(side.name, frame, ROOM))
    assert isinstance(p.ben.state, Asking)
    p.do(p.ben, o.Cancel() if ends == "withdrawn" else FrameArrived("ada", p.ben.state.channel + b"\0\1nonsense", ROOM))
    p.at(Asking, Asked).agree().find().form().pong()


# --- accepting paired callers without asking -----------------------------------------------------------------------------------


def paired(*, bonded: bool = True, encrypted: bool = True, accept: bool = True, trusted: bool = True, ada: o.Policy | None = None) -> Pair:
    """Ben may accept paired callers; this is what Ben's machine knows of the radio link with Ada's, and whether he trusts it."""
    p = Pair(ada=ada, ben=o.Policy(name="Ben", accept_paired=accept))
    p.bonded, p.encrypted = bonded, encrypted
    if trusted:
        p.ben.policy = replace(p.ben.policy, trusted=(known(of=p.ada),))
        p.do(p.ben, o.Configure(p.ben.policy))
    return p


def test_a_trusted_paired_caller_is_accepted_without_asking_and_its_user_still_compares() -> None:
    p = paired()
    p.do(p.ada, o.Seek())
    p.do(p.ada, o.Ask(p.ada.session.snapshot().peers[0].id, Purpose.FILES)).at(Asking, Asked)
    snapshot = p.ben.session.snapshot()
    assert snapshot.unasked and snapshot.purpose == "files" and snapshot.peer is not None and snapshot.peer.name == "Ada"
    assert snapshot.code is not None and snapshot.needs_code, "the code stays on the screen until the caller has said that it matches"
    assert not p.ada.session.snapshot().unasked, "her user was asked"
    p.do(p.ada, o.Match("")).at(Meeting, Meeting)
    p.find().form().pong()
    assert p.ben.session.snapshot().unasked
    p.hears = False
    lose(p)
    assert p.ben.session.snapshot().unasked


def test_two_that_trust_each_other_and_are_paired_need_nobody_but_who_asks() -> None:
    p = paired()
    trust_each_other(p)
    p.ask().at(Meeting, Meeting).find().form().pong()


@pytest.mark.parametrize(("bonded", "encrypted", "accept", "trusted"), list(product((False, True), repeat=4))[:-1])
def test_everybody_else_is_asked(bonded: bool, encrypted: bool, accept: bool, trusted: bool) -> None:
    """Bonded is not enough: a bond may have been made without comparing anything, and BlueZ does not tell."""
    p = paired(bonded=bonded, encrypted=encrypted, accept=accept, trusted=trusted)
    p.ask().at(Asking, Asked)
    asked = p.ben.session.snapshot()
    assert not asked.agreed_here and not asked.unasked
    p.agree()
    assert not p.ben.session.snapshot().unasked


@pytest.mark.parametrize("clear", range(4))
def test_one_frame_that_is_not_known_to_be_encrypted_is_one_too_many(clear: int) -> None:
    p = paired()
    p.do(p.ada, o.Seek())
    frames = [0]

    def through(side: Side, frame: bytes) -> bool:
        if side is p.ada:
            p.encrypted = frames[0] != clear
            frames[0] += 1
        return True

    p.lets_through = through
    p.do(p.ada, o.Ask(p.ada.session.snapshot().peers[0].id)).at(Asking, Asked)
    assert frames[0] > 4 and p.encrypted and not p.ben.session.snapshot().agreed_here


def test_a_paired_caller_with_a_trusted_name_and_another_key_is_looked_at() -> None:
    p = paired()
    p.ben.policy = replace(p.ben.policy, trusted=(TrustedPeer(b"o" * 32, b"k" * 32, "Ada", 0.0),))
    p.do(p.ben, o.Configure(p.ben.policy))
    p.ask().at(Asking, Asked)
    snapshot = p.ben.session.snapshot()
    assert snapshot.peer is not None and snapshot.peer.identity_changed and not snapshot.agreed_here


@pytest.mark.parametrize("visibility", [Visibility.NOBODY, Visibility.TRUSTED])
def test_being_paired_makes_nobody_visible(visibility: Visibility) -> None:
    p = paired(trusted=False)
    p.do(p.ada, o.Seek())
    # After the hello: before it there would not even be a connection.
    p.do(p.ben, o.Configure(replace(p.ben.policy, visibility=visibility)))
    p.do(p.ada, o.Ask(p.ada.session.snapshot().peers[0].id)).at(Idle, Idle)
    assert failure(p.ada) == Failure(Stage.ASKING, Reason.PEER_POLICY)


def test_a_paired_caller_is_told_busy_like_everybody_else() -> None:
    p = Pair(ada=o.Policy(name="Ada", accept_paired=True))
    cy = Stranger(p.ada, paired=True)
    p.wait(3).ask().at(Asking, Asked)
    cy.say(cy.talk.request(Purpose.LINK, Method.PBC))
    assert cy.heard[-1] == Said(Answer(accepted=False, reason=AnswerReason.BUSY))
    p.at(Asking, Asked)


def test_both_click_each_other_and_one_accepts_paired_callers() -> None:
    p = paired()
    trust_each_other(p)
    p.do(p.ada, o.Seek()).do(p.ben, o.Seek()).wait(3)
    rows = [side.session.snapshot().peers[0].id for side in (p.ada, p.ben)]
    p.ada.handle(o.Ask(rows[0]))
    p.ben.handle(o.Ask(rows[1]))
    p.flow()
    while not isinstance(p.ada.state, Meeting):
        asked = p.ada if isinstance(p.ada.state, Asked) else p.ben
        p.do(asked, o.Accept(""))
    p.at(Meeting, Meeting).find().form().pong()


# --- the group -------------------------------------------------------------------------------------------------------------


def test_three_tries_with_the_order_swapped_each_time(p: Pair) -> None:
    p.ask().agree().find()
    assert wants(p.ada).group and not wants(p.ben).group
    p.do(p.ada, o.GroupFailed(p.ada.order, Reason.NOT_FORMED)).at(Clearing, Clearing)
    assert p.ada.session.snapshot().stage is p.ben.session.snapshot().stage is Stage.FORMING
    assert wants(p.ada).group is wants(p.ben).group is None
    p.cleared().find()
    assert not wants(p.ada).group and wants(p.ben).group, "now the listener leads"
    assert p.ada.session.snapshot().attempt == p.ben.session.snapshot().attempt == 2
    p.wait(LIMITS.lead_again - 0.1)
    assert not wants(p.ada).group, "before the other's request was heard and answered"
    p.wait(0.2)
    assert wants(p.ada).group
    p.do(p.ben, o.GroupFailed(p.ben.order, Reason.NOT_FORMED)).at(Clearing, Clearing)
    p.cleared().find()
    assert wants(p.ada).group and not wants(p.ben).group
    assert p.ada.session.snapshot().attempt == 3
    p.form().pong()


def test_three_tries_are_all(p: Pair) -> None:
    p.ask().agree()
    for number in (1, 2, 3):
        p.find()
        if number < 3:
            p.do(p.ada, o.GroupFailed(p.ada.order, Reason.NOT_FORMED)).cleared()
    p.wait(LIMITS.lead_again + LIMITS.form)
    p.removed(p.ada).removed(p.ben).at(Idle, Idle)
    for side in (p.ada, p.ben):
        why = failure(side)
        assert why is not None and (why.stage, why.reason) == (Stage.FORMING, Reason.NOT_FORMED)


def test_a_try_that_never_gets_a_group_has_failed_12_seconds_after_the_second_began(p: Pair) -> None:
    p.ask().agree().find().wait(12.9).at(Forming, Forming)
    p.wait(0.2).at(Clearing, Clearing)


def test_after_a_failed_try_seen_means_found_after_the_scan_that_a_find_begins_with(p: Pair) -> None:
    p.ask().agree().find().do(p.ada, o.GroupFailed(p.ada.order, Reason.NOT_FORMED)).cleared()
    for side in (p.ada, p.ben):  # what the daemon remembers, or really found: nobody is heard before the scan's end
        p.do(side, PeerFound(text_address(side.other.address)))
    p.wait(LIMITS.settle - 0.1).at(Meeting, Meeting)
    p.wait(0.2).at(Forming, Forming)


def test_a_group_without_a_pong_is_tried_again(p: Pair) -> None:
    p.ask().agree().find().form().wait(LIMITS.check + 0.1).at(Clearing, Clearing)


def test_a_group_that_goes_while_it_is_checked_is_tried_again(p: Pair) -> None:
    p.ask().agree().find().form().do(p.ben, GroupLost(p.ben.order, Reason.GROUP_ENDED)).at(Clearing, Clearing)
    p.cleared().find().form().pong()


def test_a_clearing_that_takes_too_long_is_clear_enough(p: Pair) -> None:
    p.ask().agree().find().do(p.ada, o.GroupFailed(p.ada.order, Reason.NOT_FORMED)).at(Clearing, Clearing)
    p.wait(25.1)
    assert not isinstance(p.ada.state, Clearing) and not isinstance(p.ben.state, Clearing)


def test_the_two_do_not_see_each_other(p: Pair) -> None:
    p.ask().agree().do(p.ada, PeerFound(text_address(p.ben.address))).at(Meeting, Meeting)
    p.wait(74).at(Meeting, Meeting)
    p.wait(2).at(Idle, Idle)
    reasons = {why.reason for side in (p.ada, p.ben) if (why := failure(side))}
    assert Reason.NOT_SEEN in reasons and reasons <= {Reason.NOT_SEEN, Reason.NOT_FORMED}


def test_a_radio_that_went_off_explains_the_time_out(p: Pair) -> None:
    p.ask().agree().do(p.ada, WifiChanged(Reason.WIFI_OFF)).wait(76).at(Idle, Idle)
    assert failure(p.ada) == Failure(Stage.MEETING, Reason.WIFI_OFF)


def test_answers_to_an_old_attempt_are_ignored(p: Pair) -> None:
    p.ask().agree().find()
    old = p.ada.order
    p.do(p.ada, o.GroupFailed(old, Reason.NOT_FORMED)).at(Clearing, Clearing)
    number = wants(p.ada).clear
    p.do(p.ada, o.Cleared(number - 1)).at(Clearing, Clearing)
    p.cleared().find()
    group = Group("p2p0", ("169.254.1.1",))
    p.do(p.ada, o.GroupFormed(old, group), o.GroupFailed(old, Reason.INTERNAL), o.GroupRemoved(old)).at(Forming, Forming)
    p.form()
    p.do(p.ada, o.LinkSaid(old, LinkUp()), GroupLost(old, Reason.GROUP_ENDED), o.LinkBroken(old, Reason.INTERNAL)).at(Checking, Checking)
    p.pong()
    p.do(p.ada, o.LinkSaid(old, LinkLost()), o.LinkSaid(old, LinkLeft()), GroupLost(old, Reason.GROUP_ENDED)).at(Linked, Linked)
    p.do(p.ada, o.Cancel(), o.FarewellSaid(old), o.GroupRemoved(old))
    assert isinstance(p.ada.state, Ending) and p.ada.state.farewell is not None


def test_addresses_that_the_peer_names_correct_the_plan(p: Pair) -> None:
    p.ask().agree().find().wait(1.1)
    p.do(p.ada, o.GroupFormed(p.ada.order, Group("p2p0", ("fe80::1",))))
    p.do(p.ben, o.GroupFormed(p.ben.order, Group("p2p0", ("fe80::2",))))
    assert p.ada.all(o.CorrectAddresses) == [o.CorrectAddresses(p.ada.order, ("fe80::2",))]
    assert p.ben.all(o.CorrectAddresses) == [o.CorrectAddresses(p.ben.order, ("fe80::1",))]


# --- the link --------------------------------------------------------------------------------------------------------------


def lose(p: Pair) -> Pair:
    p.wait(10)
    for side in (p.ada, p.ben):
        p.do(side, PeerLost(text_address(side.other.address)), o.LinkSaid(side.order, LinkLost()))
    return p


def test_a_lost_link_is_called_for_and_resumed_though_visible_to_nobody(p: Pair) -> None:
    p.link()
    p.do(p.ben, o.Configure(replace(p.ben.policy, visibility=Visibility.NOBODY)))
    code, session = bond(p.ada).code, bond(p.ada).keys.session
    p.hears = False
    lose(p).at(Restoring, Restoring)
    assert p.ada.session.snapshot().restoring_because is Reason.LINK_LOST
    assert wants(p.ben).listen
    call = Call.decode(wants(p.ada).advertisement or b"")
    assert call.hint == resume_hint(bond(p.ben).keys, call.call_id)
    p.hears = True
    p.do(p.ada, o.Tick()).at(Meeting, Meeting)
    assert bond(p.ada).keys.session == bond(p.ben).keys.session != session
    assert p.ada.session.snapshot().stage is p.ben.session.snapshot().stage is Stage.RESTORING
    p.find().form().pong()
    assert p.ada.session.snapshot().stage is Stage.LINKED and bond(p.ada).code == code
    # and once more
    p.wait(5)
    lose(p).at(Meeting, Meeting).find().form().pong()


def test_group_lost_on_one_side_only(p: Pair) -> None:
    p.link().wait(10).do(p.ada, GroupLost(p.ada.order, Reason.GROUP_ENDED)).at(Restoring, Linked)
    assert p.ada.session.snapshot().restoring_because is Reason.GROUP_ENDED
    p.do(p.ben, o.LinkSaid(p.ben.order, LinkLost()))
    p.at(Forming, Forming)


def test_who_is_visible_to_nobody_hears_nobody_else_while_restoring(p: Pair) -> None:
    p.link().do(p.ben, o.Configure(replace(p.ben.policy, visibility=Visibility.NOBODY)))
    p.hears = False
    lose(p).at(Restoring, Restoring)
    before = len(p.ben.commands)
    p.do(p.ben, CallHeard("x", Call(call_id=b"abc").encode()), CallHeard("y", Call(call_id=b"abd", hint=b"zz").encode()))
    assert p.ben.commands[before:] == []


def test_three_calls_and_then_it_is_given_up(p: Pair) -> None:
    p.link()
    p.hears = False
    lose(p)
    calls = set()
    for _ in range(3):
        calls.add(wants(p.ada).advertisement)
        p.at(Restoring, Restoring).wait(30)
    assert len(calls) == 3
    p.at(Idle, Restoring)
    assert failure(p.ada) == Failure(Stage.RESTORING, Reason.LINK_LOST)
    p.wait(60).at(Idle, Idle)
    assert failure(p.ben) == Failure(Stage.RESTORING, Reason.LINK_LOST)


def test_a_resume_that_is_lost_on_the_way_spoils_nothing(p: Pair) -> None:
    p.link()
    p.hears = False
    lose(p)
    p.lets_through = lambda side, frame: side is p.ben
    p.hears = True
    p.do(p.ada, o.Tick()).at(Restoring, Restoring)
    p.part()
    p.lets_through = lambda side, frame: True
    p.wait(3)
    p.at(Meeting, Meeting).find().form().pong()


def test_a_restored_link_whose_group_does_not_form_is_tried_again(p: Pair) -> None:
    lose(p.link()).at(Meeting, Meeting).find()
    p.do(p.ada, o.GroupFailed(p.ada.order, Reason.NOT_FORMED)).at(Clearing, Clearing)
    assert p.ada.session.snapshot().stage is Stage.RESTORING
    p.cleared().find().form().pong()


def restart(side: Side) -> None:
    """The applet of this side is started anew: same identity and trust, no session."""
    side.session = s.Session(identity=side.identity, entropy=side.random.randbytes, policy=side.policy, posix=lambda: POSIX)
    side.handle(BluetoothChanged(None))
    side.handle(WifiChanged(None, side.address))


@pytest.mark.parametrize("trusts", [True, False])
@pytest.mark.parametrize(("restarted", "clicks"), list(product(("ada", "ben"), repeat=2)))
def test_a_side_that_lost_its_keys_by_a_restart_is_linked_again_by_a_click(p: Pair, restarted: str, clicks: str, trusts: bool) -> None:
    if trusts:
        trust_each_other(p)
    p.link().wait(10)
    lost: Side = getattr(p, restarted)
    p.part()
    restart(lost)
    p.do(lost.other, o.LinkSaid(lost.other.order, LinkLost()))
    assert isinstance(lost.other.state, Restoring)
    p.do(lost, PeerLost(text_address(lost.other.address)))
    who: Side = getattr(p, clicks)
    began = p.now
    p.do(who, o.Seek()).wait(6)
    p.do(who, o.Ask(seen_by(who)))
    answers = isinstance(who.other.state, Asked) and not who.other.session.snapshot().agreed_here
    assert answers or (trusts and who is lost), "who restores the link asks nobody about a computer that it trusts"
    if answers:
        p.do(who.other, o.Accept(""))
    if isinstance(who.state, Asking):
        p.do(who, o.Match(""))
    p.at(Meeting, Meeting).find().form().pong()
    assert p.now - began < 20


def test_a_click_beside_the_restoring_does_not_keep_the_old_link_from_coming_back(p: Pair) -> None:
    p.link()
    p.hears = False
    lose(p).do(p.ada, o.Seek()).at(Seeking, Restoring)
    assert p.ada.session.snapshot().restoring_because is Reason.LINK_LOST
    p.do(p.ben, o.Seek()).at(Seeking, Seeking)
    p.hears = True
    p.wait(7).at(Meeting, Meeting).find().form().pong()


def test_looking_beside_the_restoring_ends_in_restoring(p: Pair) -> None:
    p.link()
    p.hears = False
    lose(p).do(p.ada, o.Seek(), o.Cancel()).at(Restoring, Restoring).do(p.ada, o.Seek()).wait(31).at(Restoring, Restoring)


@pytest.mark.parametrize("says", ["hello and goodbye", "hello only", "nonsense", "a mark that it overheard", "frames without end"])
def test_nobody_without_the_keys_ends_the_restoring(p: Pair, says: str) -> None:
    p.link()
    p.hears = False
    lose(p).at(Restoring, Restoring)
    facts = Facts(name="Ben", kind=Kind.OTHER, p2p_address=p.ben.address, port=1, methods=())
    said = {
        "hello and goodbye": [encode(Hello(versions=(1,), facts=facts)), encode(Goodbye(GoodbyeReason.FINISHED))],
        "hello only": [encode(Hello(versions=(1,), facts=facts))],
        "nonsense": [b"nonsense"],
        "a mark that it overheard": [encode(Hello(versions=(1,), mark=b"m" * 16)), encode(Goodbye(GoodbyeReason.FINISHED))],
        "frames without end": [],
    }[says]
    for n in range(20):
        for message in said:
            for frame in split(bytes((6, 6, 6, n)), message, ROOM):
                p.do(p.ada, FrameArrived(f"mallory-{n % 5}", frame, ROOM))
        p.do(p.ada, FrameArrived(f"mallory-{n % 5}", bytes((7, 7, 7, n)) + b"\0\0half", ROOM))
    p.at(Restoring, Restoring)
    calls = bond(p.ada).calls
    p.hears = True
    p.do(p.ben, o.Tick()).wait(1).at(Meeting, Meeting)
    assert bond(p.ada).calls == calls, "what ends unsealed costs no call"
    p.find().form().pong()


def test_a_recorded_resume_is_worth_nothing_on_another_channel(p: Pair) -> None:
    p.link()
    p.hears = False
    lose(p)
    call = wants(p.ada).advertisement or b""
    p.do(p.ben, CallHeard("mallory", call), o.Connected("mallory", ROOM))
    hello = [say for say in p.ben.all(o.Say) if isinstance(say, o.Say) and say.origin == "mallory"][-1].frames
    channel = hello[0][:4]
    resume = Resume(session=bond(p.ben).keys.session, public_key=b"p" * 32, tag=b"t" * 16)
    for frame in split(channel, encode(resume), ROOM):
        p.do(p.ben, FrameArrived("mallory", frame, ROOM))
    p.at(Restoring, Restoring)
    p.do(p.ben, Disconnected("mallory"))
    p.hears = True
    p.wait(3).at(Meeting, Meeting)


@pytest.mark.parametrize("how", ["by Bluetooth", "by Wi-Fi Direct"])
def test_nobody_ends_the_restoring_by_asking_while_our_user_looks_around(p: Pair, how: str) -> None:
    p.link()
    p.hears = False
    lose(p).do(p.ada, o.Seek()).at(Seeking, Restoring)
    if how == "by Bluetooth":
        cy = Stranger(p.ada)
        cy.say(cy.talk.request(Purpose.LINK, Method.PBC))
        assert cy.heard[-1] == Said(Answer(accepted=False, reason=AnswerReason.BUSY))
    else:
        p.do(p.ada, WifiRequest("02:00:00:00:00:77", Asks.NEGOTIATE, Method.PBC))
    p.at(Seeking, Restoring).do(p.ada, o.Cancel()).at(Restoring, Restoring)


@pytest.mark.parametrize("first", [True, False])
def test_a_crowd_made_up_on_wifi_neither_hides_the_peer_nor_stops_the_meeting(p: Pair, first: bool) -> None:
    crowd = [PeerFound(text_address(bytes((4, 0, 0, 0, 0, number)))) for number in range(200)]
    if first:
        p.do(p.ada, *crowd)
    p.ask()
    for side in (p.ada, p.ben):
        p.do(side, *crowd)
    p.agree().find().form().pong()


# --- sleep ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("trusts", [True, False])
@pytest.mark.parametrize("sleeps", ["ada", "ben"])
def test_what_was_linked_before_the_sleep_is_called_for_after_it(p: Pair, sleeps: str, trusts: bool) -> None:
    if trusts:
        trust_each_other(p)
    p.link().wait(10)
    who: Side = getattr(p, sleeps)
    p.do(who, o.Suspend())
    farewell = wants(who).link
    assert farewell is not None and farewell.leaving, "goodbye first"
    p.do(who.other, o.LinkSaid(who.other.order, LinkLeft()))
    for side in (p.ada, p.ben):
        p.removed(side)
        p.do(side, PeerLost(text_address(side.other.address)))
    p.wait(3).at(Idle, Idle)
    assert not wants(who).listen, "who falls asleep hears nobody"
    p.do(who, BluetoothChanged(Reason.BLUETOOTH_OFF), o.Wake()).wait(5)
    assert who.session.snapshot().stage is Stage.IDLE, "the radios need a moment"
    p.do(who, BluetoothChanged(None)).wait(5)
    assert isinstance(who.other.state, Asked), "it is asked without another click, and answers as always"
    p.do(who.other, o.Accept(""))
    if isinstance(who.state, Asking):
        assert not trusts
        p.do(who, o.Match(""))
    p.at(Meeting, Meeting).find().form().pong()


@pytest.mark.parametrize("stage", ["seeking", "asking", "meeting", "forming", "checking", "clearing", "restoring"])
@pytest.mark.parametrize("sleeps", ["ada", "ben"])
def test_falling_asleep_ends_each_stage(p: Pair, stage: str, sleeps: str) -> None:
    who: Side = getattr(p, sleeps)
    p.do(p.ada, o.Seek()) if stage == "seeking" else p.ask()
    steps: list[tuple[str, Callable[[], object]]] = [
        ("meeting", p.agree),
        ("forming", p.find),
        ("clearing", lambda: p.do(p.ada, o.GroupFailed(p.ada.order, Reason.NOT_FORMED)) if stage == "clearing" else None),
        ("checking", lambda: p.form()),
        ("restoring", lambda: lose(p.pong())),
    ]
    if stage not in ("seeking", "asking"):
        p.hears = stage != "restoring"
        for name, step in steps:
            step()
            if name == stage:
                break
    p.do(who, o.Suspend()).removed(who)
    p.wait(15).removed(who)
    assert isinstance(who.state, Idle) and wants(who) == o.Wants()
    p.do(who, o.Wake()).wait(200)
    for side in (p.ada, p.ben):
        p.removed(side)
        assert isinstance(side.state, Idle | Seeking | Asking | Asked)


def test_cancelled_while_restoring(p: Pair) -> None:
    p.link()
    p.hears = False
    lose(p).do(p.ada, o.Cancel()).do(p.ben, o.Cancel()).at(Idle, Idle)
    assert failure(p.ada) is failure(p.ben) is None
    p.wait(2)
    assert wants(p.ada) == o.Wants(listen=True)


def test_a_goodbye_is_no_loss_and_is_said(p: Pair) -> None:
    p.link().wait(10).do(p.ben, o.LinkSaid(p.ben.order, LinkLeft())).removed(p.ben)
    assert failure(p.ben) == Failure(Stage.LINKED, Reason.PEER_LEFT)


def test_a_pinger_that_cannot_open_has_its_reason(p: Pair) -> None:
    p.ask().agree().find().form()
    for number in (1, 2, 3):
        p.do(p.ada, o.LinkBroken(p.ada.order, Reason.INTERNAL, "port taken"))
        if number < 3:
            p.at(Clearing, Clearing).cleared().find().form()
    p.removed(p.ada).removed(p.ben)
    assert failure(p.ada) == Failure(Stage.CHECKING, Reason.INTERNAL, "port taken")


def test_a_group_that_never_goes_does_not_keep_it_from_resting(p: Pair) -> None:
    p.link().wait(10).do(p.ada, o.Cancel()).wait(12)
    assert isinstance(p.ada.state, Idle)


# --- the carrier -----------------------------------------------------------------------------------------------------------


def test_a_bluetooth_restart_while_seeking_makes_a_new_call(p: Pair) -> None:
    p.do(p.ada, o.Seek())
    first = wants(p.ada).advertisement
    p.wait(3).do(p.ada, BluetoothChanged(Reason.BLUETOOTH_MISSING)).at(Seeking, Idle)
    assert not wants(p.ada).serve, "a call that nobody can put on the air would fail and end the seeking"
    p.do(p.ada, BluetoothChanged(None, fresh=True))
    assert wants(p.ada).advertisement not in (None, first)


def test_bluetooth_that_stays_off_explains_why_nobody_answered(p: Pair) -> None:
    p.do(p.ada, o.Seek(), BluetoothChanged(Reason.BLUETOOTH_OFF)).at(Seeking, Idle).wait(31).at(Idle, Idle)
    assert failure(p.ada) == Failure(Stage.SEEKING, Reason.BLUETOOTH_OFF)


def test_a_cut_connection_while_seeking_may_be_answered_again(p: Pair) -> None:
    p.do(p.ada, o.Seek())
    assert p.ada.session.snapshot().peers
    p.part()
    p.wait(3)
    assert [peer.reachable for peer in p.ada.session.snapshot().peers] == [True]


def test_a_spoofed_unsealed_goodbye_ends_no_link(p: Pair) -> None:
    p.ask().agree().find()
    channel = bond(p.ada).channel
    for frame in split(channel, encode(Goodbye(GoodbyeReason.FINISHED)), ROOM):
        p.do(p.ada, FrameArrived("ben", frame, ROOM))
    assert isinstance(p.ada.state, Forming), "the group that forms does not need the conversation"
    p.form().pong()


def test_frames_of_another_origin_on_our_channel_are_ignored(p: Pair) -> None:
    p.ask().agree()
    for side in (p.ada, p.ben):
        for frame in split(bond(side).channel, encode(Goodbye(GoodbyeReason.CANCELLED)), ROOM):
            p.do(side, FrameArrived("mallory", frame, ROOM))
    p.at(Meeting, Meeting).find().form().pong()


def test_a_ninth_machine_that_says_hello_does_not_drop_the_one_we_ask(p: Pair) -> None:
    p.do(p.ada, o.Seek())
    for n in range(30):
        facts = Facts(name=f"M{n}", kind=Kind.OTHER, p2p_address=bytes(5) + bytes((n,)), port=1, methods=("pbc",))
        hello = Hello(versions=(1,), facts=facts)
        for frame in split(bytes((9, 9, 9, n)), encode(hello), ROOM):
            p.do(p.ada, FrameArrived(f"mallory-{n}", frame, ROOM))
    rows = p.ada.session.snapshot().peers
    assert len([row for row in rows if row.reachable]) <= 8


def test_a_dialog_closes_when_the_caller_is_gone(p: Pair) -> None:
    p.ask().at(Asking, Asked).do(p.ada, BluetoothChanged(Reason.BLUETOOTH_OFF)).at(Idle, Idle)
    assert failure(p.ben) is None and len(p.ben.session.snapshot().missed) == 1


# --- programs of this computer ----------------------------------------------------------------------------------------------


def seen_by(side: Side) -> str:
    (row,) = [peer for peer in side.session.snapshot().peers if peer.reachable]
    return row.id


def wish(side: Side) -> Wish | None:
    return side.session.snapshot().wish


def test_what_a_program_asks_for_begins_when_our_user_allows_it(p: Pair) -> None:
    p.do(p.ada, o.AskedFor(FILES, o.Seek())).at(Seeking, Idle)
    assert p.ada.session.snapshot().asker == FILES, "looking around needs no consent, and is no secret"
    p.ada.commands.clear()
    p.do(p.ada, o.AskedFor(FILES, o.Ask(seen_by(p.ada)))).at(Seeking, Idle)
    asks = wish(p.ada)
    assert asks is not None and (asks.asker, asks.what, asks.until) == (FILES, WishKind.LINK, p.now + LIMITS.consent)
    assert asks.peer is not None and asks.peer.name == "Ben" and not p.ada.commands, "nothing is said before that"
    p.do(p.ada, o.Allow("")).at(Asking, Asked)
    assert wish(p.ada) is None and p.ada.session.snapshot().asker == FILES
    p.agree().find().form().pong()
    assert p.ada.session.snapshot().asker == FILES and p.ben.session.snapshot().asker is None
    p.do(p.ada, o.Cancel())
    p.removed(p.ada).removed(p.ben).at(Idle, Idle)
    assert p.ada.session.snapshot().asker is None
    p.do(p.ada, o.Allow("")).at(Idle, Idle)


def test_what_the_user_typed_begins_at_once(p: Pair) -> None:
    p.do(p.ada, o.AskedFor(TYPED, o.Seek()), o.AskedFor(TYPED, o.Ask("nobody"))).at(Seeking, Idle)
    p.do(p.ada, o.AskedFor(TYPED, o.Ask(seen_by(p.ada)))).at(Asking, Asked)
    assert p.ada.session.snapshot().asker == TYPED and wish(p.ada) is None


def test_the_users_own_click_is_nobodys_wish(p: Pair) -> None:
    p.do(p.ada, o.AskedFor(FILES, o.Seek()))
    p.do(p.ada, o.AskedFor(FILES, o.Ask(seen_by(p.ada))))
    p.do(p.ada, o.Ask(seen_by(p.ada))).at(Asking, Asked)
    assert wish(p.ada) is None and p.ada.session.snapshot().asker is None
    p.do(p.ada, o.Forbid("")).at(Asking, Asked)


def test_one_wish_at_a_time_and_only_a_possible_one(p: Pair) -> None:
    p.do(p.ada, o.AskedFor(FILES, o.Ask("nobody")), o.AskedFor(FILES, o.Invite("nobody")))
    assert wish(p.ada) is None
    p.do(p.ada, o.Seek(), o.AskedFor(FILES, o.Ask("nobody")))
    assert wish(p.ada) is None
    p.do(p.ada, o.AskedFor(FILES, o.Ask(seen_by(p.ada))), o.AskedFor(Asker("Other"), o.Host()))
    asks = wish(p.ada)
    assert asks is not None and asks.asker == FILES
    p.do(p.ada, o.Cancel()).at(Idle, Idle)
    assert wish(p.ada) is None, "nobody looks for anybody any more"


def test_a_program_that_is_told_no_is_not_heard_for_ever(p: Pair) -> None:
    """Two refusals and one wish that is left alone: then none is put for the rest of the time."""
    p.do(p.ada, o.AskedFor(FILES, o.Host()), o.Forbid(""), o.AskedFor(FILES, o.Host()), o.Forbid("")).at(Idle, Idle)
    start = p.now
    p.do(p.ada, o.AskedFor(FILES, o.Host()))
    assert wish(p.ada) is not None and not p.ada.session.snapshot().deaf
    p.wait(LIMITS.consent)
    assert wish(p.ada) is None and p.ada.session.snapshot().deaf
    p.do(p.ada, o.AskedFor(FILES, o.Host()), o.AskedFor(Asker("Other"), o.Host()))
    assert wish(p.ada) is None
    p.wait(start + LIMITS.refusal_span - p.now)
    assert not p.ada.session.snapshot().deaf, "by itself, with no event but the time"
    p.do(p.ada, o.AskedFor(FILES, o.Host()))
    assert wish(p.ada) is not None


def test_somebody_who_asks_us_comes_before_a_programs_wish(p: Pair) -> None:
    p.do(p.ben, o.AskedFor(FILES, o.Host()))
    assert wish(p.ben) is not None
    p.ask().at(Asking, Asked)
    assert wish(p.ben) is None and p.ben.session.snapshot().asker is None


# --- any order -------------------------------------------------------------------------------------------------------------

NUMBERS = st.integers(0, 12)
REASONS = st.sampled_from(list(Reason))
ORIGINS = st.sampled_from(["ada", "ben", "mallory"])
GROUPS = st.sampled_from([Group("p2p0", ("169.254.9.9",)), Group("", ()), Group("p2p1", ("fe80::1",) * 40)])


class AnyOrder(RuleBasedStateMachine):
    """Any event at any moment, at either side, with the honest air between. What must hold is checked inside `Side.handle`."""

    @initialize(seed=st.integers(0, 2**16), start=st.integers(0, 8))
    def meet(self, seed: int, start: int) -> None:
        # 8: paired, and one of them asks nobody.
        self.p = p = Pair(ben=o.Policy(name="Ben", accept_paired=start == 8), seed=seed)
        p.bonded = p.encrypted = start == 8
        # Chance alone seldom comes far: some of the runs begin there.
        p.hears = start != 7
        steps = (p.ask, p.agree, p.find, p.form, p.pong, lambda: lose(p))
        for step in (p.ask,) if start == 8 else steps[:start]:
            p.hears = start != 7 or step == p.ask
            step()
        self.said: list[bytes] = []

        def through(side: Side, frame: bytes) -> bool:
            self.said = [*self.said[-40:], frame]
            return not self.dropping

        self.dropping = False
        self.p.lets_through = through

    def side(self, first: bool) -> Side:
        return self.p.ada if first else self.p.ben

    # people

    @rule(first=st.booleans(), remembered=st.booleans())
    def seek(self, first: bool, remembered: bool) -> None:
        side = self.side(first)
        self.p.do(side, o.Seek(side.other.identity.public if remembered else None))

    @rule(first=st.booleans(), purpose=st.sampled_from(list(Purpose)), row=st.integers(0, 3))
    def ask(self, first: bool, purpose: Purpose, row: int) -> None:
        side = self.side(first)
        rows = side.session.snapshot().peers
        self.p.do(side, o.Ask(rows[row % len(rows)].id if rows else "nobody", purpose))

    @rule(
        first=st.booleans(),
        event=st.sampled_from(
            (
                *(o.Accept(""), o.Accept("", True), o.Match(""), o.Match("", True), o.Decline(), o.Cancel(), o.Dismiss(), o.Tick()),
                *(o.Suspend(), o.Wake(), o.ForgetMissed(), o.CallBack("quiet")),
            )
        ),
    )
    def click(self, first: bool, event: o.Event) -> None:
        self.p.do(self.side(first), event)

    @rule(
        first=st.booleans(),
        visibility=st.sampled_from(list(Visibility)),
        name=st.text(max_size=80),
        trusts=st.booleans(),
        paired=st.booleans(),
    )
    def configure(self, first: bool, visibility: Visibility, name: str, trusts: bool, paired: bool) -> None:
        side = self.side(first)
        trusted = (known(of=side.other, label="x"),) if trusts else ()
        self.p.do(side, o.Configure(o.Policy(name, visibility=visibility, trusted=trusted)))
        side.policy = o.Policy(name, visibility=visibility, trusted=trusted, accept_paired=paired)
        self.p.do(side, o.Configure(side.policy))

    @rule(first=st.booleans(), own=st.booleans(), row=st.integers(0, 3), what=st.sampled_from(["seek", "ask", "host", "invite"]))
    def program(self, first: bool, own: bool, row: int, what: str) -> None:
        side = self.side(first)
        rows = side.session.snapshot().peers
        peer = rows[row % len(rows)].id if rows else "nobody"
        events: dict[str, o.Seek | o.Ask | o.Host | o.Invite]
        events = {"seek": o.Seek(), "ask": o.Ask(peer), "host": o.Host(), "invite": o.Invite(peer)}
        self.p.do(side, o.AskedFor(replace(FILES, own=own), events[what]))

    @rule(first=st.booleans(), event=st.sampled_from([o.Allow(""), o.Forbid("")]))
    def answer_program(self, first: bool, event: o.Event) -> None:
        self.p.do(self.side(first), event)

    # as it should go, so that the deep states are reached

    @rule(times=st.integers(1, 4))
    def go_on(self, times: int) -> None:
        p = self.p
        for side in (p.ada, p.ben) * times:
            state, wants = side.state, side.session.wants
            match state:
                case Seeking():
                    row = next((peer for peer in side.session.snapshot().peers if peer.reachable), None)
                    p.do(side, o.Ask(row.id) if row else o.Tick())
                case Asked():
                    p.do(side, o.Accept(""))
                case Asking():
                    p.do(side, o.Match(""))
                case Meeting():
                    p.do(side, PeerFound(state.bond.peer.address))
                case Forming() if wants.group is not None:
                    p.do(side, o.GroupFormed(state.order.attempt, Group("p2p0", state.order.own)))
                case Checking():
                    p.do(side, o.LinkSaid(state.order.attempt, LinkUp()))
                case Clearing():
                    p.do(side, o.Cleared(wants.clear))
                case Ending():
                    p.removed(side)
                case _:
                    p.do(side, o.Tick())

    @rule(seconds=st.sampled_from([0.0, 0.1, 1.0, 2.0, 4.1, 12.5, 31.0, 65.0, 200.0]))
    def time_passes(self, seconds: float) -> None:
        self.p.wait(seconds)

    # what the edges say, right or wrong

    @rule(first=st.booleans(), what=st.integers(0, 8), right=st.booleans(), number=NUMBERS, reason=REASONS, group=GROUPS)
    def the_radio_says(self, first: bool, what: int, right: bool, number: int, reason: Reason, group: Group) -> None:
        side = self.side(first)
        state = side.state
        if right and isinstance(state, Forming | Checking | Linked | Ending):
            number = state.order.attempt
        verdict = (LinkUp(), LinkLost(), LinkLeft())[number % 3]
        events: tuple[o.Event, ...] = (
            o.GroupFormed(number, group),
            o.GroupFailed(number, reason, "x"),
            o.GroupRemoved(number),
            o.Cleared(side.session.wants.clear if right else number),
            o.LinkSaid(number, verdict),
            o.LinkSaid(number, LinkLost()),
            o.FarewellSaid(number),
            o.LinkBroken(number, reason),
            GroupLost(number, reason),
        )
        self.p.do(side, events[what])

    @rule(first=st.booleans(), reason=st.none() | REASONS, fresh=st.booleans(), wifi=st.booleans(), address=st.booleans())
    def a_daemon_changes(self, first: bool, reason: Reason | None, fresh: bool, wifi: bool, address: bool) -> None:
        side = self.side(first)
        event = WifiChanged(reason, side.address if address else None, fresh) if wifi else BluetoothChanged(reason, fresh)
        self.p.do(side, event)

    @rule(first=st.booleans(), found=st.booleans(), who=st.sampled_from(["other", "02:00:00:00:00:77", "", "\0"]))
    def somebody_is_found_or_lost(self, first: bool, found: bool, who: str) -> None:
        side = self.side(first)
        address = text_address(side.other.address) if who == "other" else who
        self.p.do(side, PeerFound(address, "\x1b[31m", 300) if found else PeerLost(address))

    @rule()
    def it_breaks_off(self) -> None:
        self.p.part()

    @rule(hears=st.booleans(), connects=st.booleans(), dropping=st.booleans())
    def the_air_is(self, hears: bool, connects: bool, dropping: bool) -> None:
        self.p.hears, self.p.connects, self.dropping = hears, connects, dropping

    @rule(bonded=st.booleans(), encrypted=st.booleans())
    def the_link_is(self, bonded: bool, encrypted: bool) -> None:
        self.p.bonded, self.p.encrypted = bonded, encrypted

    @rule(first=st.booleans(), origin=ORIGINS, room=st.integers(0, 600))
    def carrier(self, first: bool, origin: str, room: int) -> None:
        self.p.do(self.side(first), o.Connected(origin, room))

    @rule(first=st.booleans(), origin=ORIGINS, what=st.booleans())
    def carrier_gone(self, first: bool, origin: str, what: bool) -> None:
        self.p.do(self.side(first), Disconnected(origin) if what else o.ConnectFailed(origin))

    @rule(first=st.booleans(), reason=REASONS)
    def call_failed(self, first: bool, reason: Reason) -> None:
        self.p.do(self.side(first), o.CallFailed(reason))

    @rule(first=st.booleans(), origin=ORIGINS, data=st.binary(max_size=8) | st.binary(min_size=5, max_size=5).map(lambda b: b"\x11" + b))
    def a_call(self, first: bool, origin: str, data: bytes) -> None:
        self.p.do(self.side(first), CallHeard(origin, data))

    @rule(first=st.booleans(), origin=ORIGINS, frame=st.binary(max_size=40), room=st.integers(0, 600))
    def any_frame(self, first: bool, origin: str, frame: bytes, room: int) -> None:
        self.p.do(self.side(first), FrameArrived(origin, frame, room))

    @rule(first=st.booleans(), origin=ORIGINS, at=st.integers(0, 40), bit=st.none() | st.integers(0, 500))
    def a_frame_again(self, first: bool, origin: str, at: int, bit: int | None) -> None:
        if not self.said:
            return
        frame = bytearray(self.said[at % len(self.said)])
        if bit is not None:
            frame[bit // 8 % len(frame)] ^= 1 << bit % 8
        self.p.do(self.side(first), FrameArrived(origin, bytes(frame), ROOM))

    @rule(first=st.booleans(), number=st.integers(0, 255), address=st.binary(min_size=6, max_size=6))
    def somebody_says_hello(self, first: bool, number: int, address: bytes) -> None:
        hello = Hello(versions=(1,), facts=Facts(name="M", kind=Kind.OTHER, p2p_address=address, port=1, methods=()))
        for frame in split(bytes((7, 7, 7, number)), encode(hello), ROOM):
            self.p.do(self.side(first), FrameArrived("mallory", frame, ROOM))

    def teardown(self) -> None:
        if not hasattr(self, "p"):
            return
        # Whatever happened: left alone, both come to rest or are linked.
        self.p.hears = False
        self.p.wait(2000)
        for side in (self.p.ada, self.p.ben):
            assert isinstance(side.state, Idle | Linked)


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(
    max_examples=60, stateful_step_count=50, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
