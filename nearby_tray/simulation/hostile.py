"""Somebody hostile on the simulated air: speaks our protocol frame by frame, in whatever way serves an attack.

It knows names and P2P addresses of those around, hears what is on the air, answers calls, calls, and forms groups under any address. What
it has not: the keys of others, and the eyes of the people, who look at each other's screens.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from random import Random
from typing import Any

import msgspec

from ..core.conversation import Conversation, Greeted, Introduction, Keyed, Requested, Said, Sayable, Secured
from ..core.frames import Assembly, Joined, split
from ..core.keys import Identity, Role, Sealer, SessionKeys, commitment, derive, exchange_public, prove, transcript
from ..core.link import Link
from ..core.model import PORT, CallHeard, DatagramArrived, EdgeEvent, FormGroup, FrameArrived, Group, Method, Snapshot
from ..core.peers import text_address
from ..core.wire import (
    VERSION,
    Answer,
    By,
    Call,
    Facts,
    Go,
    Goodbye,
    GoodbyeReason,
    Kind,
    MatchMessage,
    Message,
    Offer,
    Owner,
    Proof,
    Purpose,
    Request,
    Seen,
    WireError,
    decode,
    encode,
)
from ..errors import Unavailable
from ..tasks import Tasks
from .air import Machine


class Attack(Enum):
    """What it does."""

    CLAIMS = "takes the place of another, in both directions"  # with keys of its own: the man in the middle
    FLOODS = "asks and hangs up"
    NEVER_PROVES = "asks and never proves anything"
    UNFINISHED = "begins eight messages and finishes none"
    STRAYS = "says stray frames, also on channels of others"
    GOODBYES = "says goodbye in the names of others"
    TOO_EARLY = "says what is not its turn"
    REPLAYS = "says again what it has heard"
    GRINDS = "says message 4 in other encodings than the one there is"


CALLING = (Attack.CLAIMS, Attack.FLOODS, Attack.NEVER_PROVES, Attack.TOO_EARLY, Attack.GRINDS, Attack.REPLAYS)
ANSWERING = (Attack.CLAIMS, Attack.UNFINISHED, Attack.STRAYS, Attack.GOODBYES, Attack.TOO_EARLY, Attack.REPLAYS)


_ONWARDS: tuple[Sayable, ...] = (Seen(), Go(method=Method.PBC, owner=Owner.EITHER))


@dataclass(slots=True)
class _Chat:
    """A conversation of it with one of the others."""

    origin: str
    channel: bytes
    role: Role
    attack: Attack
    conversation: Conversation
    private: bytes = b""
    nonce: bytes = b""
    words: list[bytes] = field(default_factory=list)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)  # one message after the other
    ground: str = ""  # the code that a forbidden encoding would lead to


class Hostile:
    """One attacker with a radio. `broken`: what it achieved, as sentences; nothing, if all is well."""

    def __init__(self, machine: Machine, random: Random, victims: dict[str, Machine], screens: Callable[[], list[Snapshot]]) -> None:
        self.machine, self._random, self._victims, self._screens = machine, random, victims, screens
        self.attacks = random.sample(list(Attack), random.randint(1, 4))
        self.broken: list[str] = []
        self._bluetooth = machine.bluetooth
        self._identity = Identity.from_seed(random.randbytes(32))
        self._assembly = Assembly()
        self._chats: dict[bytes, _Chat] = {}
        self._heard: list[CallHeard] = []
        self._overheard: list[tuple[str, bytes]] = []  # origins with frames that were not meant for it
        self._link: Link | None = None
        self._tasks = Tasks()

    async def start(self) -> None:
        who = self._random.choice(list(self._victims.values()))
        self.machine.address = who.address if Attack.CLAIMS in self.attacks else self.machine.address
        await self._bluetooth.open(self._hear)
        await self.machine.wifi.open(lambda event: None)
        await self._bluetooth.listen()
        await self.machine.wifi.find()
        self.machine.air.story(f"{self.machine.name} is hostile: {', '.join(attack.value for attack in self.attacks)}")
        if any(attack in CALLING for attack in self.attacks):
            self._do(self._call())
        if Attack.CLAIMS in self.attacks:
            self._do(self._form())

    async def stop(self) -> None:
        await self._tasks.end()
        self.machine.vanish()

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        async def quietly() -> None:
            with suppress(Unavailable, TimeoutError):
                await work

        self._tasks.do(quietly(), f"{self.machine.name} acts")

    # its radio

    async def _call(self) -> None:
        """Call and call anew, each time as somebody else."""
        for number in range(200):
            self._bluetooth.cut()
            self._bluetooth.origin = f"bt-{self.machine.name}-{number}"
            replayed = [heard.data for heard in self._heard if Attack.REPLAYS in self.attacks]
            data = self._random.choice(replayed) if replayed else Call(call_id=self._random.randbytes(3)).encode()
            await self._bluetooth.serve(None)
            await self._bluetooth.serve(data)
            patient = Attack.CLAIMS in self.attacks and self._random.random() < 0.5
            await asyncio.sleep(self._random.uniform(20, 60) if patient else self._random.uniform(2, 12))

    async def _form(self) -> None:
        """Be there on Wi-Fi as whom it claims to be, for whoever forms a group with that one."""
        wifi, mine = self.machine.wifi, text_address(self.machine.address)
        for attempt in range(300):
            await asyncio.sleep(self._random.uniform(0.3, 3))
            victims = [each for each in self._victims.values() if isinstance(each.wifi.activation, FormGroup)]
            for victim in victims:
                order = victim.wifi.activation
                if isinstance(order, FormGroup) and order.address == mine and order.pin is None and wifi.activation is None:
                    with suppress(Unavailable):
                        group = await wifi.form(FormGroup(attempt, text_address(victim.address), begins=not order.begins, patience=8))
                        await self._ping(group, order)
            if wifi.group is not None and self._random.random() < 0.1:
                await self.machine.pinger.close()
                await wifi.remove()

    async def _ping(self, group: Group, order: FormGroup) -> None:
        """Be there on the group, with the keys of the conversation that it is about."""
        now = asyncio.get_running_loop().time()
        for chat in self._chats.values():
            keys = chat.conversation.keys
            if keys is not None and keys.plan.mine(chat.role) == order.peer:
                self._link = Link(role=chat.role, keys=keys, addresses=order.own, now=now)
                await self.machine.pinger.open(self._pinged, group, order.peer, PORT)

    def _pinged(self, event: EdgeEvent) -> None:
        if isinstance(event, DatagramArrived) and self._link is not None:
            now = asyncio.get_running_loop().time()
            _, answers = self._link.receive(event.data, event.source, event.received, now)
            for datagram, address in [*answers, *self._link.due(now)]:
                self.machine.pinger.send(datagram, address, PORT)

    def _hear(self, event: EdgeEvent) -> None:
        if isinstance(event, CallHeard):
            self._heard = [*self._heard[-7:], event]
            answers = [attack for attack in self.attacks if attack in ANSWERING]
            if answers and event.origin not in {chat.origin for chat in self._chats.values()}:
                self._do(self._answer(event, self._random.choice(answers)))
        elif isinstance(event, FrameArrived):
            chat = self._chats.get(event.frame[:4])
            if chat is None and len(event.frame) > 6 and event.frame[4:6] == b"\0\1" and b"hello" in event.frame:
                chat = self._called(event)
            if chat is None:
                self._overheard = [*self._overheard[-15:], (event.origin, event.frame)]
                return
            joined = self._assembly.feed(event.frame, asyncio.get_running_loop().time(), event.origin)
            if isinstance(joined, Joined):
                with suppress(WireError):
                    self._understand(chat, joined.message)

    # what it says

    def _me(self, name: str | None = None) -> Introduction:
        """Itself, as one of those around."""
        name = name or self._random.choice([*self._victims, "free phone"])
        return Introduction(name, Kind.LAPTOP, self.machine.address, PORT, (Method.PBC,))

    def _chat(self, origin: str, channel: bytes, role: Role, attack: Attack) -> _Chat:
        self._assembly.keep(channel, origin)
        conversation = Conversation(role=role, channel=channel, me=self._me(), identity=self._identity, entropy=self._random.randbytes)
        chat = self._chats[channel] = _Chat(origin, channel, role, attack, conversation)
        return chat

    def _called(self, hello: FrameArrived) -> _Chat | None:
        """Somebody answers its call."""
        attacks = [attack for attack in self.attacks if attack in CALLING]
        if not attacks:
            return None
        return self._chat(hello.origin, hello.frame[:4], Role.CALLER, self._random.choice(attacks))

    async def _answer(self, call: CallHeard, attack: Attack) -> None:
        """Answer the call of one of the others."""
        await asyncio.sleep(self._random.uniform(0, 4))
        room = await self._bluetooth.connect(call.origin)
        write = self._bluetooth.send
        match attack:
            case Attack.UNFINISHED:
                for _ in range(8):
                    await write(call.origin, self._random.randbytes(4) + b"\0\0" + b"hello", Role.LISTENER)
            case Attack.STRAYS | Attack.GOODBYES | Attack.REPLAYS if self._random.random() < 0.7:
                for _ in range(self._random.randint(3, 20)):
                    await asyncio.sleep(self._random.uniform(0, 3))
                    for frame in self._stray(attack, room):
                        await write(call.origin, frame, Role.LISTENER)
            case _:
                chat = self._chat(call.origin, self._random.randbytes(4), Role.LISTENER, attack)
                await self._say(chat, chat.conversation.greet(), room)

    def _stray(self, attack: Attack, room: int) -> list[bytes]:
        """Frames out of place, where it can on channels that it has overheard."""
        heard = self._random.choice(self._overheard)[1] if self._overheard else self._random.randbytes(30)
        if attack is Attack.GOODBYES:
            return split(heard[:4], encode(Goodbye(self._random.choice(list(GoodbyeReason)))), room)
        if attack is Attack.REPLAYS:
            return [heard]
        return [heard[:4] + self._random.randbytes(self._random.randint(0, 16))]

    async def _say(self, chat: _Chat, messages: list[bytes], room: int = 100) -> None:
        async with chat.turn:
            for message in messages:
                for frame in split(chat.channel, message, room):
                    await self._bluetooth.send(chat.origin, frame, chat.role)

    def _understand(self, chat: _Chat, message: bytes) -> None:
        if chat.attack is Attack.GRINDS and chat.role is Role.CALLER:
            self._grind(chat, message)
            return
        heard, replies = chat.conversation.receive(message)
        said = list(replies)
        conversation = chat.conversation
        for what in heard:
            match what:
                case Greeted() if conversation.role is Role.CALLER:
                    said += conversation.request(Purpose.LINK, Method.PBC)
                case Requested() if chat.attack is Attack.GOODBYES:
                    said += conversation.goodbye(self._random.choice(list(GoodbyeReason)))
                case Requested():
                    said += conversation.offer()
                case Keyed(keys):
                    said += self._early(chat, keys, 1)
                case Secured(keys=keys) if conversation.role is Role.LISTENER:
                    early = self._early(chat, keys, 0)
                    said += early or conversation.say(Answer(accepted=True, trust=True))
                case Secured() if conversation.allows(MatchMessage(trust=True)):
                    said += conversation.say(MatchMessage(trust=True))
                case Said():
                    for word in _ONWARDS:
                        said += conversation.say(word) if conversation.allows(word) else []
                case _:
                    pass
        if chat.attack is Attack.NEVER_PROVES and conversation.offered:
            return
        self._do(self._say(chat, said))
        if chat.attack is Attack.FLOODS and conversation.offered:
            self._do(self._hang_up(chat))

    def _early(self, chat: _Chat, keys: SessionKeys, count: int) -> list[bytes]:
        """Sealed words whose turn it is not; `count`: how many it has sealed before."""
        if chat.attack is not Attack.TOO_EARLY:
            return []
        words: list[Message] = [
            Answer(accepted=True, by=By.TRUST, trust=True),
            MatchMessage(trust=True),
            Seen(),
            Go(method=Method.PBC, owner=Owner.EITHER),
        ]
        sealer = Sealer(keys.seal_key(chat.role))
        for _ in range(count):
            sealer.seal(b"")
        return [sealer.seal(encode(word)) for word in self._random.sample(words, self._random.randint(1, 4))]

    async def _hang_up(self, chat: _Chat) -> None:
        await asyncio.sleep(self._random.uniform(0, 5))
        await self._bluetooth.disconnect(chat.origin)

    def _grind(self, chat: _Chat, message: bytes) -> None:
        """A caller that would choose bytes of message 4 after it knows the offer."""
        said = decode(message) if not chat.ground else None
        if not chat.words:
            me = self._me()
            chat.private, chat.nonce = self._random.randbytes(32), self._random.randbytes(16)
            facts = Facts(name=me.name, kind=me.kind, p2p_address=me.p2p_address, port=me.port, methods=me.methods)
            committed = commitment(exchange_public(chat.private), chat.nonce)
            request = Request(version=VERSION, facts=facts, purpose=Purpose.LINK, method=Method.PBC, commitment=committed)
            chat.words = [message, encode(request)]
            self._do(self._say(chat, [chat.words[1]]))
        elif isinstance(said, Offer):
            words = [*chat.words, message, self._other_reveal(chat)]
            hashed = transcript(words)
            keys = derive(chat.private, said.public_key, hashed)
            chat.ground = keys.code
            proof = Proof(identity=self._identity.public, signature=prove(self._identity, Role.CALLER, hashed))
            self._do(self._say(chat, [words[3], Sealer(keys.caller_seal).seal(encode(proof))]))
            self._do(self._look(chat))

    def _other_reveal(self, chat: _Chat) -> bytes:
        fields = {"type": "reveal", "public_key": exchange_public(chat.private), "nonce": chat.nonce}
        if self._random.random() < 0.5:
            fields |= {"x": self._random.randbytes(2)}
        else:
            fields = {name: fields[name] for name in ("nonce", "public_key", "type")}
        return msgspec.msgpack.encode(fields)

    async def _look(self, chat: _Chat) -> None:
        await asyncio.sleep(1)
        if any(screen.code == chat.ground for screen in self._screens()):
            self.broken.append("a code is on a screen that whoever says message 4 can choose")
