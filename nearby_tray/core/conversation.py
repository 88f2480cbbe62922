"""One conversation on one channel, for either role: which message may come when, and which are sealed.

Rule: bytes of whole messages in, their meaning out; no clock and no framing. Whoever holds a `Conversation` decides *whether* something
is said, this module only whether it *may* be. The story:

    caller                  listener                the session may
    NEW      ← hello        NEW      greet()
    GREETED  request() →    GREETED                 or the caller: resume()
    REQUESTED   ← offer     REQUESTED  offer()      Requested: now or later, or goodbye()
    PROVING  reveal →       OFFERED                 (by itself)
             proof →        PROVING                 (by itself, sealed from here on)
    ANSWERING  ← proof      ANSWERING               Secured on both sides
    MEETING  ← answer       MEETING                 or DECLINED, after which only goodbye is left
             ← seen, seen →                         once a round for each side
    FORMING  go →           FORMING                 once both are seen
             ← linked, linked →                     as often as the addresses change
    MEETING  ← again, again →                       from either side, the next round, at most three

The caller proves itself first: a listener shows its identity only to somebody who has shown one. `resume` leads from GREETED
straight to the first MEETING, without a code and without an answer.

Both sides speak at once from MEETING on, so three things may cross and are no breach: `again` for a round that has already begun here,
`linked` of a round that has ended here (it is dropped), and an unsealed `goodbye` from a side that did not have the keys yet.
Everything else that is out of place, does not decode, does not open or does not check out ends the conversation, once, with
`goodbye{protocol}`; whatever comes after the end is ignored.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto

from .keys import (
    CheckFailed,
    Entropy,
    Identity,
    Opener,
    Role,
    Sealer,
    SessionKeys,
    check_proof,
    commitment,
    derive,
    equal,
    exchange_public,
    prove,
    renew,
    resume_tag,
    transcript,
)
from .model import Method
from .names import clean_name
from .wire import (
    TRIES,
    VERSION,
    Again,
    Answer,
    Go,
    Goodbye,
    GoodbyeReason,
    Hello,
    Kind,
    Linked,
    Message,
    Offer,
    Proof,
    Purpose,
    Request,
    Resume,
    Reveal,
    Seen,
    WireError,
    decode,
    encode,
)

Sayable = Answer | Seen | Go | Linked | Again


class OutOfOrder(RuntimeError):
    """Our own side wanted to say something that the protocol does not allow now: a bug, never the peer's doing."""


@dataclass(frozen=True, slots=True)
class Introduction:
    """What a side says of itself. Of a caller the listener knows one method only, the one it asks for."""

    name: str
    kind: Kind
    p2p_address: bytes  # 6 bytes
    port: int  # UDP, for the pings
    methods: tuple[Method, ...]


# --- what is heard ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Greeted:
    """Caller: a listener is there. Nothing of it is authenticated yet."""

    hello: Hello


@dataclass(frozen=True, slots=True)
class Requested:
    """Listener: a caller asks. Nothing of it is authenticated yet and no dialog is due."""

    request: Request


@dataclass(frozen=True, slots=True)
class Secured:
    """Both proofs are right: the code may be shown and the answer given, the identity looked up."""

    code: str = field(repr=False)
    identity: bytes = field(repr=False)
    keys: SessionKeys = field(repr=False)


@dataclass(frozen=True, slots=True)
class Resumed:
    """Listener: the caller of the lost link is back, without doubt; these are the new keys. Both now wait to see each other."""

    keys: SessionKeys = field(repr=False)


@dataclass(frozen=True, slots=True)
class Said:
    """A sealed message, in its place."""

    message: Sayable


@dataclass(frozen=True, slots=True)
class Left:
    """Their goodbye. `sealed`: certainly theirs; otherwise anybody near may have said it in their name."""

    reason: GoodbyeReason
    sealed: bool


@dataclass(frozen=True, slots=True)
class Failed:
    """They, or somebody between, broke the protocol; the conversation has ended. `why` is for a log and holds no secret."""

    why: str


Heard = Greeted | Requested | Secured | Resumed | Said | Left | Failed


# --- the conversation ------------------------------------------------------------------------------------------------------


class _Phase(Enum):
    NEW = auto()
    GREETED = auto()
    REQUESTED = auto()
    OFFERED = auto()
    PROVING = auto()
    ANSWERING = auto()
    DECLINED = auto()
    MEETING = auto()
    FORMING = auto()
    ENDED = auto()


class Conversation:
    """See the module. Methods that say something return the encoded messages to send, sealed where due; `[]` once it has ended.

    To restore a link, `resumable` holds the keys of the lost one, and `used_nonces` (listener only) the nonces that were already
    presented for it: one set for all conversations about that link, kept and dropped together with those keys. The caller has
    the renewed keys as soon as it has said `resume`, but knows that the listener has them too only when something sealed is heard:
    both keep the old ones until the link is back, for another call. The roles are those of the lost link.
    """

    __slots__ = (
        "_channel",
        "_commitment",
        "_entropy",
        "_identity",
        "_keys",
        "_me",
        "_nonce",
        "_opener",
        "_peer",
        "_phase",
        "_private",
        "_resumable",
        "_role",
        "_round",
        "_sealer",
        "_secured",
        "_seen_by_me",
        "_seen_by_them",
        "_their_identity",
        "_their_round",
        "_transcript",
        "_used_nonces",
        "_words",
    )

    def __init__(
        self,
        *,
        role: Role,
        channel: bytes,
        me: Introduction,
        identity: Identity,
        entropy: Entropy,
        resumable: SessionKeys | None = None,
        used_nonces: set[bytes] | None = None,
    ) -> None:
        self._role = role
        self._channel = channel
        self._me = me
        self._identity = identity
        self._entropy = entropy
        self._resumable = resumable
        self._used_nonces = set() if used_nonces is None else used_nonces

        self._phase = _Phase.NEW
        self._peer: Introduction | None = None
        # the handshake
        self._words: list[bytes] = []  # messages 1 to 4 as they went over the air
        self._private = b""
        self._nonce = b""
        self._commitment = b""
        self._transcript = b""
        # the keys
        self._keys: SessionKeys | None = None
        self._sealer: Sealer | None = None
        self._opener: Opener | None = None
        self._their_identity: bytes | None = None
        self._secured = False
        # the rounds
        self._round = 1
        self._their_round = 1  # the highest they have named with `again`
        self._seen_by_me = False
        self._seen_by_them = False

    @property
    def channel(self) -> bytes:
        return self._channel

    @property
    def role(self) -> Role:
        return self._role

    @property
    def ended(self) -> bool:
        return self._phase is _Phase.ENDED

    @property
    def peer(self) -> Introduction | None:
        """What the other says of itself, after hello or request. A claim until `Secured`, and a label even then."""
        return self._peer

    @property
    def keys(self) -> SessionKeys | None:
        """Of this conversation, once it is secured or resumed; still there after its end."""
        return self._keys if self._secured else None

    @property
    def their_identity(self) -> bytes | None:
        """32 bytes, once it is secured; never in one that was resumed."""
        return self._their_identity if self._secured else None

    @property
    def code(self) -> str | None:
        """Such as "042 719", once it is secured; never in one that was resumed."""
        return self._keys.code if self._keys is not None and self.their_identity is not None else None

    # what we say

    def greet(self) -> list[bytes]:
        """Listener: hello."""
        if self._out_of_place(Role.LISTENER, _Phase.NEW):
            return []
        me = self._me
        hello = Hello(
            versions=(VERSION,),
            name=clean_name(me.name),
            kind=me.kind,
            p2p_address=me.p2p_address,
            port=me.port,
            methods=me.methods,
        )
        self._phase = _Phase.GREETED
        return [self._handshake(hello)]

    def request(self, purpose: Purpose, method: Method) -> list[bytes]:
        """Caller, after `Greeted`: ask for a link, committed to a key that the listener sees only after its own is said."""
        if self._out_of_place(Role.CALLER, _Phase.GREETED):
            return []
        self._private, self._nonce = self._entropy(32), self._entropy(16)
        me = self._me
        request = Request(
            name=clean_name(me.name),
            kind=me.kind,
            p2p_address=me.p2p_address,
            port=me.port,
            purpose=purpose,
            method=method,
            commitment=commitment(exchange_public(self._private), self._nonce),
        )
        self._phase = _Phase.REQUESTED
        return [self._handshake(request)]

    def resume(self) -> list[bytes]:
        """Caller, after `Greeted` and with `resumable`, instead of `request`: restore that link. `seen` may follow at once."""
        if self._out_of_place(Role.CALLER, _Phase.GREETED):
            return []
        old = self._resumable
        if old is None:
            raise OutOfOrder("nothing to resume")
        nonce = self._entropy(16)
        resume = encode(Resume(session=old.session, nonce=nonce, tag=resume_tag(old, self._channel, nonce)))
        self._secure(renew(old, nonce), _Phase.MEETING)
        return [resume]

    def offer(self) -> list[bytes]:
        """Listener, after `Requested`: go on with this caller."""
        if self._out_of_place(Role.LISTENER, _Phase.REQUESTED):
            return []
        self._private = self._entropy(32)
        self._phase = _Phase.OFFERED
        return [self._handshake(Offer(public_key=exchange_public(self._private), nonce=self._entropy(16)))]

    def allows(self, message: Sayable) -> bool:
        """Whether `say` would take this message now."""
        return not self.ended and self._why_not(message, self._role) is None

    def say(self, message: Sayable) -> list[bytes]:
        """Say something sealed. `OutOfOrder` when it is not its place, see the module."""
        if self.ended:
            return []
        why_not = self._why_not(message, self._role)
        if why_not is not None:
            raise OutOfOrder(why_not)
        sealed = self._seal(message)
        self._note(message, self._role)
        return [sealed]

    def goodbye(self, reason: GoodbyeReason) -> list[bytes]:
        """End it, at any time; nothing is said where nothing was said before."""
        if self.ended:
            return []
        silent = self._phase is _Phase.NEW and self._role is Role.LISTENER
        self._phase = _Phase.ENDED
        return [] if silent else [self._seal(Goodbye(reason))]

    # what we hear

    def receive(self, message: bytes) -> tuple[list[Heard], list[bytes]]:
        """What a whole message means, and what to send because of it, before anything else is said."""
        if self.ended:
            return [], []
        try:
            return self._hear(message)
        except (WireError, CheckFailed) as error:
            return [Failed(str(error))], self.goodbye(GoodbyeReason.PROTOCOL)

    def _hear(self, data: bytes) -> tuple[list[Heard], list[bytes]]:
        message, sealed = self._open(data)
        match self._phase, message:
            case _, Goodbye():
                self._phase = _Phase.ENDED
                return [Left(message.reason, sealed)], []
            case _Phase.NEW, Hello() if self._role is Role.CALLER:
                return self._hear_hello(data, message), []
            case _Phase.GREETED, Request() if self._role is Role.LISTENER:
                return self._hear_request(data, message), []
            case _Phase.GREETED, Resume() if self._role is Role.LISTENER:
                return self._hear_resume(message), []
            case _Phase.REQUESTED, Offer() if self._role is Role.CALLER:
                return [], self._hear_offer(data, message)
            case _Phase.OFFERED, Reveal():
                self._hear_reveal(data, message)
                return [], []
            case _Phase.PROVING, Proof():
                return self._hear_proof(message)
            case _, Answer() | Seen() | Go() | Linked() | Again() if self._secured:
                return self._hear_said(message), []
        raise WireError(f"{_type(message)} is out of place")

    def _hear_hello(self, data: bytes, hello: Hello) -> list[Heard]:
        if VERSION not in hello.versions:
            raise WireError("no version in common")
        self._words.append(data)
        self._peer = Introduction(hello.name, hello.kind, hello.p2p_address, hello.port, hello.methods)
        self._phase = _Phase.GREETED
        return [Greeted(hello)]

    def _hear_request(self, data: bytes, request: Request) -> list[Heard]:
        self._words.append(data)
        self._commitment = request.commitment
        self._peer = Introduction(request.name, request.kind, request.p2p_address, request.port, (request.method,))
        self._phase = _Phase.REQUESTED
        return [Requested(request)]

    def _hear_resume(self, resume: Resume) -> list[Heard]:
        old = self._resumable
        # One text for all: whoever guesses does not learn from us what was wrong.
        if (
            old is None
            or resume.session != old.session
            or resume.nonce in self._used_nonces
            or not equal(resume.tag, resume_tag(old, self._channel, resume.nonce))
        ):
            raise CheckFailed("this link cannot be resumed")
        self._used_nonces.add(resume.nonce)
        keys = renew(old, resume.nonce)
        self._secure(keys, _Phase.MEETING)
        return [Resumed(keys)]

    def _hear_offer(self, data: bytes, offer: Offer) -> list[bytes]:
        public = exchange_public(self._private)
        if offer.public_key == public:
            raise CheckFailed("our own public key came back")
        self._words.append(data)
        reveal = self._handshake(Reveal(public_key=public, nonce=self._nonce))
        self._agree(offer.public_key)
        return [reveal, self._prove()]

    def _hear_reveal(self, data: bytes, reveal: Reveal) -> None:
        if reveal.public_key == exchange_public(self._private):
            raise CheckFailed("our own public key came back")
        if not equal(commitment(reveal.public_key, reveal.nonce), self._commitment):
            raise CheckFailed("the commitment was to another key")
        self._words.append(data)
        self._agree(reveal.public_key)

    def _hear_proof(self, proof: Proof) -> tuple[list[Heard], list[bytes]]:
        if proof.identity == self._identity.public:
            raise CheckFailed("our own identity came back")
        check_proof(proof.identity, proof.signature, self._role.other, self._transcript)
        keys = self._keys
        assert keys is not None  # in PROVING
        self._their_identity = proof.identity
        self._secured = True
        self._phase = _Phase.ANSWERING
        return [Secured(keys.code, proof.identity, keys)], [self._prove()] if self._role is Role.LISTENER else []

    def _hear_said(self, message: Sayable) -> list[Heard]:
        if isinstance(message, Linked) and self._phase is _Phase.MEETING and self._may_cross():
            return []  # of the round before
        why_not = self._why_not(message, self._role.other)
        if why_not is not None:
            raise WireError(why_not)
        self._note(message, self._role.other)
        return [Said(message)]

    # the order from Secured on, the same for what we say and what we hear

    def _why_not(self, message: Sayable, sender: Role) -> str | None:
        """Why this message from that side is out of place, or `None`."""
        phase, ours = self._phase, sender is self._role
        match message:
            case Answer():
                fits = phase is _Phase.ANSWERING and sender is Role.LISTENER
            case Seen():
                fits = phase is _Phase.MEETING and not (self._seen_by_me if ours else self._seen_by_them)
            case Go():
                fits = phase is _Phase.MEETING and sender is Role.CALLER and self._seen_by_me and self._seen_by_them
            case Linked():
                fits = phase is _Phase.FORMING
            case Again():
                fits = phase is _Phase.FORMING and message.attempt == self._round + 1 <= TRIES
                if phase is _Phase.MEETING and not ours:
                    fits = message.attempt == self._round and self._may_cross()
        return None if fits else f"{_type(message)} is out of place"

    def _may_cross(self) -> bool:
        """Whether they may not yet have had our `again`, by which this round has begun here."""
        return self._round > self._their_round and not self._seen_by_them

    def _note(self, message: Sayable, sender: Role) -> None:
        match message:
            case Answer():
                self._phase = _Phase.MEETING if message.accepted else _Phase.DECLINED
            case Seen():
                if sender is self._role:
                    self._seen_by_me = True
                else:
                    self._seen_by_them = True
            case Go():
                self._phase = _Phase.FORMING
                self._seen_by_me = self._seen_by_them = False
            case Again():
                self._phase = _Phase.MEETING
                self._round = message.attempt
                if sender is not self._role:
                    self._their_round = message.attempt

    # helpers

    def _out_of_place(self, role: Role, phase: _Phase) -> bool:
        """True when it has ended, so that there is nothing to say; raises when it is not this role's turn."""
        if self.ended:
            return True
        if self._role is not role or self._phase is not phase:
            raise OutOfOrder(f"{self._role.value} in {self._phase.name}, not {role.value} in {phase.name}")
        return False

    def _handshake(self, message: Message) -> bytes:
        data = encode(message)
        self._words.append(data)
        return data

    def _agree(self, peer_public: bytes) -> None:
        self._transcript = transcript(self._words)
        keys = derive(self._private, peer_public, self._transcript)
        self._private = self._nonce = b""
        self._words.clear()
        self._use(keys, _Phase.PROVING)

    def _use(self, keys: SessionKeys, phase: _Phase) -> None:
        self._keys = keys
        self._sealer = Sealer(keys.seal_key(self._role))
        self._opener = Opener(keys.seal_key(self._role.other))
        self._phase = phase

    def _secure(self, keys: SessionKeys, phase: _Phase) -> None:
        self._use(keys, phase)
        self._secured = True

    def _prove(self) -> bytes:
        signature = prove(self._identity, self._role, self._transcript)
        return self._seal(Proof(identity=self._identity.public, signature=signature))

    def _seal(self, message: Message) -> bytes:
        data = encode(message)
        return data if self._sealer is None else self._sealer.seal(data)

    def _open(self, data: bytes) -> tuple[Message, bool]:
        opener = self._opener
        if opener is None:
            return decode(data), False
        try:
            return decode(opener.open(data)), True
        except CheckFailed:
            # We have the keys one message earlier than they do; a goodbye said in between, or instead, is not sealed.
            if opener.opened == 0:
                try:
                    message = decode(data)
                except WireError:
                    pass
                else:
                    if isinstance(message, Goodbye):
                        return message, False
            raise


def _type(message: Message) -> str:
    return type(message).__name__.lower()
