"""Two sessions with a fake air between: Ada and Ben, no loop, time passed in.

Each line of a dialogue does one thing and says in which states both sides are after it. What must hold whatever happens is checked after
each single event (`Side.check`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from random import Random

from nearby_tray.core import orders as o
from nearby_tray.core import session as s
from nearby_tray.core.conversation import Conversation, Greeted, Introduction, Keyed
from nearby_tray.core.frames import split
from nearby_tray.core.keys import Identity, Role, SessionKeys, TrustedPeer
from nearby_tray.core.link import LinkLost, LinkUp
from nearby_tray.core.model import (
    Asker,
    BluetoothChanged,
    CallHeard,
    Disconnected,
    Failure,
    FormGroup,
    FrameArrived,
    Group,
    Method,
    PeerFound,
    PeerLost,
    WifiChanged,
)
from nearby_tray.core.peers import text_address
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
    By,
    Call,
    Hello,
    Kind,
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


def seen_by(side: Side) -> str:
    (row,) = [peer for peer in side.session.snapshot().peers if peer.reachable]
    return row.id


def lose(p: Pair) -> Pair:
    p.wait(10)
    for side in (p.ada, p.ben):
        p.do(side, PeerLost(text_address(side.other.address)), o.LinkSaid(side.order, LinkLost()))
    return p


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
