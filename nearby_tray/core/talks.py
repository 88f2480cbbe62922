"""The conversations of this machine, and what carries them: connections, channels and frames.

A talk is one conversation over one connection. As a listener this machine answers a call, connects and greets on a channel that it chooses;
as a caller it is greeted on channels that the listeners choose. What is said goes out as commands in order; what is heard is handed to the
session, which decides what it means. Nothing here knows the session's state: it is told which conversation is `current` where that matters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from .callers import ANSWERS, Answering, Audience, Callers, Calling
from .conversation import Conversation, Failed, Heard, Introduction, Sayable, Secured
from .frames import Assembly, Broken, Joined, split
from .keys import Entropy, Identity, Role, SessionKeys, TrustedPeer
from .model import CallHeard, FrameArrived
from .orders import Command, Connect, HangUp, Limits, Say
from .wire import GoodbyeReason, Hello, Purpose, WireError, decode

SMALLEST_ROOM = 20  # bytes of one frame at the least MTU there is (Bluetooth Core, Vol 3 Part F, 3.2.8: 23)


@dataclass(slots=True)
class Talk:
    """A conversation, the connection that it runs over, and what is known of its other side."""

    origin: str
    conversation: Conversation
    room: int  # bytes of one frame
    until: float
    bonded: bool = False
    encrypted: bool = True  # each frame of it so far
    purpose: Purpose = Purpose.LINK
    row: str | None = None  # of the other side in the list of peers
    trusted: TrustedPeer | None = None  # known by a mark, not proven yet
    key: bytes | None = field(default=None, repr=False)  # … under this trust key
    answers: Answering | None = None  # listener: the call
    resumes: bool = False  # the lost link
    surplus: bool = False  # listener: one caller too many, of which only a trusted one is asked about
    pending: Secured | None = None  # listener: the caller asks while its peer is asked, and waits until both identities are proven

    @property
    def channel(self) -> bytes:
        return self.conversation.channel

    @property
    def rank(self) -> int:
        """How much the call that is answered meant this machine, see `Calling`."""
        return 2 if self.resumes else 1 if self.key is not None else 0

    @property
    def listening(self) -> bool:
        """Whether this machine is the listener of it."""
        return self.conversation.role is Role.LISTENER


class Talks:
    """All conversations that go on. Commands are handed to `order` at once; `ended` is told each channel that is over, and when."""

    def __init__(
        self,
        *,
        identity: Identity,
        entropy: Entropy,
        limits: Limits,
        posix: Callable[[], float],
        introduce: Callable[[], Introduction],
        order: Callable[[Command], None],
        ended: Callable[[bytes, float], None],
    ) -> None:
        self.identity = identity  # of the conversations from now on
        self._entropy = entropy
        self._limits = limits
        self._introduce = introduce
        self._order = order
        self._ended = ended
        self._callers = Callers(limits, posix)
        self._assembly = Assembly()
        self._talks: dict[bytes, Talk] = {}
        self._serve_until = 0.0
        self._now = 0.0

    def __iter__(self) -> Iterator[Talk]:
        """The conversations as they are now: some may end meanwhile."""
        return iter(tuple(self._talks.values()))

    def __len__(self) -> int:
        return len(self._talks)

    def __contains__(self, channel: bytes) -> bool:
        return channel in self._talks

    def get(self, channel: bytes | None) -> Talk | None:
        return self._talks.get(channel) if channel is not None else None

    @property
    def lingers(self) -> bool:
        """Whether a last word of ours as a caller is still to be fetched, so that the service must stay."""
        return self._now < self._serve_until

    # --- time ---

    def advance(self, now: float) -> list[tuple[Talk, Heard]]:
        """It is `now`. The talks that have ended because a message of theirs was not whole in time, or for room."""
        self._now = now
        return self._expired_channels()

    def _expired_channels(self) -> list[tuple[Talk, Heard]]:
        return [heard for broken in self._assembly.expire(self._now) for heard in self._broken(broken)]

    def expire(self, current: bytes | None) -> None:
        """Leave the conversations whose time is over, but for the current one, whose time is the session's; forget calls as old."""
        for talk in self:
            if talk.channel != current and self._now >= talk.until:
                self.leave(talk.channel, GoodbyeReason.CANCELLED)
        self._callers.expire(self._now)

    def deadline(self, current: bytes | None) -> float | None:
        """When there is something to do, unless something happens before."""
        times = [talk.until for channel, talk in self._talks.items() if channel != current]
        times += [at for at in (self._assembly.deadline(), self._callers.deadline()) if at is not None]
        times += [self._serve_until] if self.lingers else []
        return min(times, default=None)

    # --- calls and connections ---

    # spec: 1.8
    def call_heard(self, heard: CallHeard, audience: Audience) -> None:
        """A call is on the air: decide whether to answer it."""
        calling = self._callers.consider(heard, audience, self._now)
        if calling is None:
            return
        call_id = calling.call.call_id
        answered = [t for t in self if t.answers is not None and (t.answers.origin, t.answers.call_id) == (heard.origin, call_id)]
        if not answered:
            self._callers.wait(heard.origin, calling)
        elif calling.resumes is not None and not any(talk.resumes for talk in answered):
            self._greet(heard.origin, answered[0].room, calling)  # over the connection that there is

    def connect(self, audience: Audience) -> None:
        """Connect to the next caller, when it is time."""
        if (calling := self._callers.turn(len(self._talks), self._now)) is not None:
            self._make_room(calling)
        origin = self._callers.connect(audience, len(self._talks), self._now)
        if origin is not None:
            self._order(Connect(origin))

    def _make_room(self, calling: Calling) -> None:
        """A crowd that is answered and asks nothing must not keep away a trusted peer, or the other side of a lost link."""
        silent = next((talk for talk in self if talk.listening and talk.conversation.peer is None and talk.rank < calling.rank), None)
        if silent is not None:
            self.leave(silent.channel, GoodbyeReason.BUSY)

    def connected(self, origin: str, room: int, audience: Audience) -> None:
        calling = self._callers.arrived(origin, audience, self._now)
        if calling is None:
            self.let_go(origin)
        else:
            self._greet(origin, room, calling)

    def connect_failed(self, origin: str) -> None:
        self._callers.failed(origin)

    def over(self, origin: str, role: Role | None = None) -> list[bytes]:
        """The channels of the conversations over one connection."""
        return [c for c, talk in self._talks.items() if talk.origin == origin and role in (None, talk.conversation.role)]

    def disconnected(self, origin: str) -> None:
        self._callers.gone(origin)

    def forget_connections(self) -> None:
        """Bluetooth is new: nothing that was made there stands."""
        self._callers.forget()

    def _greet(self, origin: str, room: int, calling: Calling) -> None:
        """Say hello to a caller, over a connection that stands."""
        channel = self._entropy(4)
        self._assembly.keep(channel, origin)
        conversation = Conversation(
            role=Role.LISTENER,
            channel=channel,
            me=self._introduce(),
            identity=self.identity,
            entropy=self._entropy,
            resumable=calling.resumes,
            marking=calling.marking,
            expects=calling.trusted.identity if calling.trusted is not None else None,
        )
        answering = Answering.of(origin, calling)
        self._talks[channel] = Talk(
            origin,
            conversation,
            room,
            self._now + self._limits.greet,
            trusted=calling.trusted,
            key=calling.key,
            answers=answering,
            resumes=calling.resumes is not None,
        )
        self._callers.answered(answering, 1)
        self.send(channel, conversation.greet())

    def requested(self, answering: Answering) -> None:
        """The caller that was answered has asked: this call is not answered again."""
        self._callers.answered(answering, self._limits.tries)

    # --- what is heard ---

    def frame_arrived(self, arrived: FrameArrived, *, calls: bool, serves: bool, resumable: SessionKeys | None) -> list[tuple[Talk, Heard]]:
        """One frame: joined to a message and understood by its conversation.

        `calls`: a call of this machine is on the air or was, so that listeners may greet it on new channels; `serves`: … and are heard.
        `resumable`: the keys of the lost link that they may resume.
        """
        channel, origin = arrived.frame[:4], arrived.origin
        talk = self._talks.get(channel)
        if talk is None and not calls:
            return []  # notifications reach every central: an unknown channel is one of another listener
        if talk is not None and talk.origin != origin:
            return []
        if talk is not None:
            talk.encrypted = talk.encrypted and arrived.encrypted
        joined = self._assembly.feed(arrived.frame, self._now, origin)
        ended = self._expired_channels()  # what made room is gone before the newcomer is counted
        if isinstance(joined, Broken):
            return ended + self._broken(joined)
        if not isinstance(joined, Joined):
            return ended
        if talk is None and origin in self._callers.connected and not _is_hello(joined.message):
            self._assembly.forget(channel)  # what a caller says to another of its listeners
        elif talk is None and serves and len([t for t in self if not t.listening]) < ANSWERS:
            talk = self._begin(joined.channel, arrived, resumable)
        if talk is None:
            return ended
        talk.room, talk.bonded = arrived.room, arrived.bonded
        heard, replies = talk.conversation.receive(joined.message)
        self.send(channel, replies)
        if talk.conversation.ended:
            self.hang_up(channel)
        return ended + [(talk, what) for what in heard]

    def _begin(self, channel: bytes, arrived: FrameArrived, resumable: SessionKeys | None) -> Talk:
        """A listener answers this machine's call on a new channel."""
        conversation = Conversation(
            role=Role.CALLER, channel=channel, me=self._introduce(), identity=self.identity, entropy=self._entropy, resumable=resumable
        )
        talk = self._talks[channel] = Talk(arrived.origin, conversation, arrived.room, self._now + self._limits.greet)
        return talk

    def _broken(self, broken: Broken) -> list[tuple[Talk, Heard]]:
        """A channel that broke the rules of frames ends its conversation, as a message that breaks those of the protocol does."""
        talk = self._talks.get(broken.channel)
        if talk is None:
            return []
        self.leave(broken.channel, GoodbyeReason.PROTOCOL)
        return [(talk, Failed(broken.why))]

    # --- what is said ---

    def keep(self, talk: Talk) -> None:
        """The user chose this talk: its channel is never dropped for room."""
        self._assembly.keep(talk.channel, talk.origin)

    def say(self, channel: bytes, message: Sayable) -> None:
        talk = self._talks.get(channel)
        if talk is not None and not talk.conversation.ended:
            self.send(channel, talk.conversation.say(message))

    def send(self, channel: bytes, messages: Sequence[bytes]) -> None:
        """Order what a conversation wants said."""
        talk = self._talks.get(channel)
        if talk is None or not messages:
            return
        room = max(talk.room, SMALLEST_ROOM)
        frames = tuple(frame for message in messages for frame in split(channel, message, room))
        self._order(Say(talk.origin, talk.conversation.role, frames))

    # --- ends ---

    def leave(self, channel: bytes, reason: GoodbyeReason) -> None:
        """Say goodbye on a conversation and hang up."""
        talk = self._talks.get(channel)
        if talk is not None:
            self.send(channel, talk.conversation.goodbye(reason))
            self.hang_up(channel)

    def hang_up(self, channel: bytes) -> None:
        """The listener ends the connection; the caller lingers, so that its last word is heard, and then serves no more.

        Two machines that called each other have two conversations over one radio link: it ends with the last of them.
        """
        talk = self._talks.get(channel)
        if talk is not None:
            self.forget(channel)
            if not talk.listening:
                self._serve_until = self._now + self._limits.linger
            self.let_go(talk.origin)

    def let_go(self, origin: str) -> None:
        """End this machine's connection to `origin`, unless a conversation still runs over that radio link."""
        if origin in self._callers.connected and not self.over(origin):
            self._callers.connected.discard(origin)
            self._order(HangUp(origin))

    def forget(self, channel: bytes) -> None:
        """The conversation is over, and nothing can be said on it any more."""
        self._talks.pop(channel, None)
        self._assembly.forget(channel)
        self._ended(channel, self._now)


def _is_hello(message: bytes) -> bool:
    try:
        return isinstance(decode(message), Hello)
    except WireError:
        return False
