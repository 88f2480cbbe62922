"""One conversation on one channel, for either role: which message may come when, and which are sealed.

Rule: bytes of whole messages in, their meaning out; no clock and no framing. Whoever holds a `Conversation` decides *whether* something
is said, this module only whether it *may* be. The story:

    caller                  listener                the session may
    NEW      ← hello        NEW      greet()
    GREETED  request() →    GREETED                 or the caller: resume()
    REQUESTED   ← offer     REQUESTED  offer()      Requested: now or later, or goodbye()
    AGREEING reveal →       OFFERED                 (by itself) Keyed: the caller's screen may show the code
             proof →        PROVING                 (by itself, sealed from here on) Secured on the listener
    PROVEN      ← proof     AGREEING                prove(), at the latest with a yes; Secured on the caller
    ACCEPTED    ← answer    PROVEN                  or DECLINED, after which only goodbye is left
    MATCHED  match →        PROVEN                  before or after the answer; both together lead to
    MEETING  ← seen, seen →                         once a round for each side
    FORMING  go →           FORMING                 once both are seen
             ← linked, linked →                     as often as the addresses change
    MEETING  ← again, again →                       from either side, the next round, at most three

The caller proves itself first: a listener shows its identity only to somebody whom it accepts or trusts. `resume` and `resumed` lead from
GREETED to PROVEN without a code, and the answer and the match follow by themselves.

The code is a hash of messages 1 to 4. Whoever sends the last of them knows the code that each choice of bytes would give, so it has no
choice: `reveal` is committed to in `request`, and there is one encoding of it only.

Both sides speak at once from PROVEN on, so four things may cross and are no breach: a `match` that meets a no, `again` for a round that
has already begun here, `linked` of a round that has ended here (it is dropped), and an unsealed `goodbye` from a side that did not have
the keys yet. Everything else that is out of place, does not decode, does not open or does not check out ends the conversation, once, with
`goodbye{protocol}`; whatever comes after the end is ignored.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto
from typing import assert_never

import msgspec

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
    hello_mark,
    prove,
    request_mark,
    restored,
    restored_salt,
    resume_hash,
    resume_tag,
    resumed_tag,
    transcript,
)
from .model import Method
from .names import clean_name
from .wire import (
    TRIES,
    VERSION,
    Again,
    Answer,
    By,
    Facts,
    Go,
    Goodbye,
    GoodbyeReason,
    Hello,
    Kind,
    LinkedMessage,
    MatchMessage,
    Message,
    Offer,
    Proof,
    Purpose,
    Request,
    Resume,
    Resumed,
    Reveal,
    Seen,
    WireError,
    decode,
    encode,
)

Sayable = Answer | MatchMessage | Seen | Go | LinkedMessage | Again


class OutOfOrder(RuntimeError):
    """Our own side wanted to say something that the protocol does not allow now: a bug, never the peer's doing."""


class OwnIdentity(CheckFailed):
    """The other side proves that it is us: the disk of one machine was copied to the other."""


@dataclass(frozen=True, slots=True)
class Introduction:
    """What a side says of itself. Of a caller the listener knows one method only, the one it asks for."""

    name: str
    kind: Kind
    p2p_address: bytes  # 6 bytes
    port: int  # UDP, for the pings
    methods: tuple[Method, ...]


@dataclass(frozen=True, slots=True)
class Marking:
    """A listener answers a call because of its hint: it says who it is by a mark under this key only."""

    key: bytes = field(repr=False)
    call: bytes  # the 6 bytes that it answers


# --- what is heard ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Greeted:
    """Caller: a listener is there. Nothing of it is authenticated yet; a nameless one is known by its mark, see `marked_by`."""

    hello: Hello


@dataclass(frozen=True, slots=True)
class Requested:
    """Listener: a caller asks. Nothing of it is authenticated yet and no dialog is due."""

    request: Request


@dataclass(frozen=True, slots=True)
class Keyed:
    """Caller: the keys are agreed, so the code may be shown. Nobody has proven anything yet: nothing may be confirmed."""

    keys: SessionKeys = field(repr=False)


@dataclass(frozen=True, slots=True)
class Secured:
    """The other's proof is right: the code may be compared and the identity looked up. The listener gives its answer now."""

    code: str = field(repr=False)
    identity: bytes = field(repr=False)
    keys: SessionKeys = field(repr=False)


@dataclass(frozen=True, slots=True)
class Restored:
    """The other side of the lost link is back, without doubt; these are the new keys. Both now wait to see each other."""

    keys: SessionKeys = field(repr=False)


@dataclass(frozen=True, slots=True)
class Said:
    """A sealed message, in its place."""

    message: Sayable


@dataclass(frozen=True, slots=True)
class PeerLeft:
    """Their goodbye. `sealed`: certainly theirs; otherwise anybody near may have said it in their name."""

    reason: GoodbyeReason
    sealed: bool


@dataclass(frozen=True, slots=True)
class Failed:
    """They, or somebody between, broke the protocol; the conversation has ended. `why` is for a log and holds no secret."""

    why: str
    own_identity: bool = False  # see `OwnIdentity`


Heard = Greeted | Requested | Keyed | Secured | Restored | Said | PeerLeft | Failed


# --- the conversation ------------------------------------------------------------------------------------------------------


class _Phase(Enum):
    NEW = auto()
    GREETED = auto()
    RESUMING = auto()
    REQUESTED = auto()
    OFFERED = auto()
    PROVING = auto()
    AGREEING = auto()
    PROVEN = auto()
    ACCEPTED = auto()
    MATCHED = auto()
    DECLINED = auto()
    MEETING = auto()
    FORMING = auto()
    ENDED = auto()


# From the caller's proof until both have agreed: phase, message and sender, and where that leads. All else is out of place.
# spec: 2.8
_AGREEMENT: dict[tuple[_Phase, str, Role], _Phase] = {
    (_Phase.AGREEING, "proof", Role.LISTENER): _Phase.PROVEN,
    (_Phase.AGREEING, "no", Role.LISTENER): _Phase.DECLINED,
    (_Phase.PROVEN, "yes", Role.LISTENER): _Phase.ACCEPTED,
    (_Phase.PROVEN, "no", Role.LISTENER): _Phase.DECLINED,
    (_Phase.PROVEN, "match", Role.CALLER): _Phase.MATCHED,
    (_Phase.MATCHED, "yes", Role.LISTENER): _Phase.MEETING,
    (_Phase.MATCHED, "no", Role.LISTENER): _Phase.DECLINED,
    (_Phase.ACCEPTED, "match", Role.CALLER): _Phase.MEETING,
    (_Phase.DECLINED, "match", Role.CALLER): _Phase.DECLINED,  # it crossed with the no
}


class Conversation:
    """See the module. Methods that say something return the encoded messages to send, sealed where due; `[]` once it has ended.

    `expects`: the identity that the other side must prove; None: anybody's. `marking`: of a listener that answers a hint.

    To restore a link, `resumable` holds the keys of the lost one. The roles are those of the lost link, and both sides keep the old keys
    until the link is back, for another call.
    """

    __slots__ = (
        "_channel",
        "_commitment",
        "_entropy",
        "_hello",
        "_identity",
        "_keys",
        "_marking",
        "_me",
        "_nonce",
        "_opener",
        "_peer",
        "_phase",
        "_private",
        "_resumable",
        "_resume_said",
        "_role",
        "_round",
        "_sealer",
        "_secured",
        "_seen_by_me",
        "_seen_by_them",
        "_their_identity",
        "_their_round",
        "_transcript",
        "_words",
        "expects",
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
        marking: Marking | None = None,
        expects: bytes | None = None,
    ) -> None:
        self._role = role
        self._channel = channel
        self._me = me
        self._identity = identity
        self._entropy = entropy
        self._resumable = resumable
        self._marking = marking
        self.expects = expects

        self._phase = _Phase.NEW
        self._peer: Introduction | None = None
        # the handshake
        self._hello = b""  # as it went over the air
        self._words: list[bytes] = []  # messages 1 to 4 as they went over the air
        self._private = b""
        self._nonce = b""
        self._commitment = b""
        self._transcript = b""
        self._resume_said = b""  # what the tags of a resume are about, once one was said
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
    def offered(self) -> bool:
        """Whether this request was let beyond `offer` and goes on."""
        here = self._phase not in (_Phase.NEW, _Phase.GREETED, _Phase.REQUESTED, _Phase.RESUMING, _Phase.ENDED)
        return here and bool(self._commitment)

    @property
    def peer(self) -> Introduction | None:
        """What the other says of itself: after hello or request, of a nameless listener after its yes.

        A claim until `Secured`, and a label even then.
        """
        return self._peer

    @property
    def keys(self) -> SessionKeys | None:
        """Of this conversation, once it is secured or restored; still there after its end."""
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
        marking = self._marking
        if marking is None:
            hello = Hello(versions=(VERSION,), facts=self._facts())
        else:
            hello = Hello(versions=(VERSION,), mark=hello_mark(marking.key, marking.call, self._channel))
        self._phase = _Phase.GREETED
        self._hello = self._handshake(hello)
        return [self._hello]

    def marked_by(self, marking: Marking) -> bool:
        """Caller, after `Greeted` by a nameless listener: has it this key, and answers this call?"""
        hello = decode(self._hello)
        assert isinstance(hello, Hello)
        return hello.mark is not None and equal(hello.mark, hello_mark(marking.key, marking.call, self._channel))

    def request(self, purpose: Purpose, method: Method, key: bytes | None = None) -> list[bytes]:
        """Caller, after `Greeted`: ask for a link, committed to a key that the listener sees only after its own is said.

        `key`: of the mark that a nameless hello had.
        """
        if self._out_of_place(Role.CALLER, _Phase.GREETED):
            return []
        self._private, self._nonce = self._entropy(32), self._entropy(16)
        committed = commitment(exchange_public(self._private), self._nonce)
        request = Request(
            version=VERSION,
            facts=self._facts(),
            purpose=purpose,
            method=method,
            commitment=committed,
            mark=request_mark(key, self._channel, self._hello, committed) if key is not None else None,
        )
        self._phase = _Phase.REQUESTED
        return [self._handshake(request)]

    def resume(self) -> list[bytes]:
        """Caller, after `Greeted` and with `resumable`, instead of `request`: restore that link."""
        if self._out_of_place(Role.CALLER, _Phase.GREETED):
            return []
        old = self._resumable
        if old is None:
            raise OutOfOrder("nothing to resume")
        self._private = self._entropy(32)
        public = exchange_public(self._private)
        self._resume_said = resume_hash(self._channel, self._hello, old.session, public)
        self._phase = _Phase.RESUMING
        return [encode(Resume(session=old.session, public_key=public, tag=resume_tag(old, self._resume_said)))]

    def offer(self) -> list[bytes]:
        """Listener, after `Requested`: go on with this caller."""
        if self._out_of_place(Role.LISTENER, _Phase.REQUESTED):
            return []
        self._private = self._entropy(32)
        self._phase = _Phase.OFFERED
        return [self._handshake(Offer(public_key=exchange_public(self._private), nonce=self._entropy(16)))]

    # spec: 2.15
    def prove(self) -> list[bytes]:
        """Listener, after `Secured`: tell this caller who we are, before our user has answered. Nothing when it is told already."""
        if self.ended or self._phase is not _Phase.AGREEING or self._role is not Role.LISTENER:
            return []
        self._phase = _Phase.PROVEN
        assert self._their_identity is not None
        return [self._seal(self._proof(self._their_identity))]

    def allows(self, message: Sayable) -> bool:
        """Whether `say` would take this message now."""
        if isinstance(message, Answer) and message.accepted and self._phase is _Phase.AGREEING:
            return self._role is Role.LISTENER
        return not self.ended and self._why_not(message, self._role) is None

    def say(self, message: Sayable) -> list[bytes]:
        """Say something sealed; a yes is preceded by our proof. `OutOfOrder` when it is not its place, see the module."""
        if self.ended:
            return []
        said = []
        if isinstance(message, Answer) and message.accepted:
            said = self.prove()
            if self._marking is not None:
                message = msgspec.structs.replace(message, facts=self._facts())
        why_not = self._why_not(message, self._role)
        if why_not is not None:
            raise OutOfOrder(why_not)
        said.append(self._seal(message))
        self._note(message, self._role)
        return said

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
        except OwnIdentity as error:
            # To one who has it already our identity is no secret, and it has to learn that this is no attack.
            word = [self._seal(self._proof(self._identity.public))] if self._role is Role.LISTENER else []
            return [Failed(str(error), own_identity=True)], word + self.goodbye(GoodbyeReason.PROTOCOL)
        except (WireError, CheckFailed) as error:
            return [Failed(str(error))], self.goodbye(GoodbyeReason.PROTOCOL)

    def _hear(self, data: bytes) -> tuple[list[Heard], list[bytes]]:
        message, sealed = self._open(data)
        match self._phase, message:
            case _, Goodbye():
                self._phase = _Phase.ENDED
                return [PeerLeft(message.reason, sealed)], []
            case _Phase.NEW, Hello() if self._role is Role.CALLER:
                return self._hear_hello(data, message), []
            case _Phase.GREETED, Request() if self._role is Role.LISTENER:
                return self._hear_request(data, message), []
            case _Phase.GREETED, Resume() if self._role is Role.LISTENER:
                return [], self._hear_resume(message)
            case _Phase.RESUMING, Resumed() if not sealed:
                return [], self._hear_resumed(message)
            case _Phase.REQUESTED, Offer() if self._role is Role.CALLER:
                return self._hear_offer(data, message)
            case _Phase.OFFERED, Reveal():
                self._hear_reveal(data, message)
                return [], []
            case _Phase.PROVING, Proof():
                return self._hear_proof(message, _Phase.AGREEING), []
            case _Phase.AGREEING, Proof() if self._role is Role.CALLER:
                return self._hear_proof(message, _Phase.PROVEN), []
            case _, Answer() | MatchMessage() | Seen() | Go() | LinkedMessage() | Again() if sealed:
                return self._hear_said(message), []
        raise WireError(f"{_type(message)} is out of place")

    def _hear_hello(self, data: bytes, hello: Hello) -> list[Heard]:
        if VERSION not in hello.versions:
            raise WireError("no version in common")
        self._hello = data
        self._words.append(data)
        self._peer = _introduction(hello.facts) if hello.facts is not None else None
        self._phase = _Phase.GREETED
        return [Greeted(hello)]

    # spec: 2.12, 2.13
    def _hear_request(self, data: bytes, request: Request) -> list[Heard]:
        if request.version != VERSION:
            raise WireError("a version that we did not say")
        marking = self._marking
        if marking is not None and (
            request.mark is None or not equal(request.mark, request_mark(marking.key, self._channel, self._hello, request.commitment))
        ):
            raise CheckFailed("a request with a wrong mark")
        self._words.append(data)
        self._commitment = request.commitment
        self._peer = _introduction(request.facts, (request.method,))
        self._phase = _Phase.REQUESTED
        return [Requested(request)]

    def _hear_resume(self, resume: Resume) -> list[bytes]:
        old = self._resumable
        said = resume_hash(self._channel, self._hello, resume.session, resume.public_key)
        # One text for all: whoever guesses does not learn from us what was wrong.
        if old is None or resume.session != old.session or not equal(resume.tag, resume_tag(old, said)):
            raise CheckFailed("this link cannot be resumed")
        self._resume_said = said
        private = self._entropy(32)
        public = exchange_public(private)
        resumed = encode(Resumed(public_key=public, tag=resumed_tag(old, said, public)))
        self._use(restored(old, private, resume.public_key, restored_salt(said, public)), _Phase.PROVEN)
        return [resumed, *self.say(Answer(accepted=True, by=By.TRUST))]

    def _hear_resumed(self, resumed: Resumed) -> list[bytes]:
        old, said = self._resumable, self._resume_said
        assert old is not None  # in RESUMING
        if not equal(resumed.tag, resumed_tag(old, said, resumed.public_key)):
            raise CheckFailed("this link cannot be resumed")
        private, self._private = self._private, b""
        if resumed.public_key == exchange_public(private):
            raise CheckFailed("our own public key came back")
        self._use(restored(old, private, resumed.public_key, restored_salt(said, resumed.public_key)), _Phase.PROVEN)
        return self.say(MatchMessage(trust=False))

    def _hear_offer(self, data: bytes, offer: Offer) -> tuple[list[Heard], list[bytes]]:
        public = exchange_public(self._private)
        if offer.public_key == public:
            raise CheckFailed("our own public key came back")
        self._words.append(data)
        reveal = self._handshake(Reveal(public_key=public, nonce=self._nonce))
        keys = self._agree(offer.public_key, _Phase.AGREEING)
        return [Keyed(keys)], [reveal, self._seal(self._proof())]

    # spec: 3.2, 3.3
    def _hear_reveal(self, data: bytes, reveal: Reveal) -> None:
        if encode(reveal) != data:
            raise WireError("a reveal in another encoding than the one there is")
        if reveal.public_key == exchange_public(self._private):
            raise CheckFailed("our own public key came back")
        if not equal(commitment(reveal.public_key, reveal.nonce), self._commitment):
            raise CheckFailed("the commitment was to another key")
        self._words.append(data)
        self._agree(reveal.public_key, _Phase.PROVING)

    # spec: 2.20, 3.9
    def _hear_proof(self, proof: Proof, then: _Phase) -> list[Heard]:
        check_proof(proof.identity, proof.signature, self._role.other, self._transcript, self._identity.public)
        if proof.identity == self._identity.public:
            raise OwnIdentity("our own identity came back")
        if self.expects is not None and proof.identity != self.expects:
            raise CheckFailed("another identity than the one that was meant")
        keys = self._keys
        assert keys is not None  # agreed
        self._their_identity = proof.identity
        self._secured = True
        self._phase = then
        return [Secured(keys.code, proof.identity, keys)]

    def _hear_said(self, message: Sayable) -> list[Heard]:
        if isinstance(message, LinkedMessage) and self._phase is _Phase.MEETING and self._may_cross():
            return []  # of the round before
        why_not = self._why_not(message, self._role.other)
        if why_not is not None:
            raise WireError(why_not)
        if isinstance(message, Answer) and not message.accepted and self._resume_said:
            raise WireError("a no to a link that is being restored")
        if isinstance(message, Answer) and message.accepted and self._peer is None:
            if message.facts is None:
                raise WireError("a yes that does not say whose")
            self._peer = _introduction(message.facts)
        self._note(message, self._role.other)
        keys = self._keys
        if isinstance(message, Answer | MatchMessage) and self._resume_said:
            assert keys is not None and self._phase is _Phase.MEETING
            self._secured = True
            return [Restored(keys)]
        return [Said(message)]

    # the order from the caller's proof on, the same for what we say and what we hear

    def _why_not(self, message: Sayable, sender: Role) -> str | None:
        """Why this message from that side is out of place, or `None`."""
        phase, ours = self._phase, sender is self._role
        match message:
            case Answer() | MatchMessage():
                fits = (phase, _word(message), sender) in _AGREEMENT and not (ours and phase is _Phase.DECLINED)
            case Seen():
                fits = phase is _Phase.MEETING and not (self._seen_by_me if ours else self._seen_by_them)
            case Go():
                fits = phase is _Phase.MEETING and sender is Role.CALLER and self._seen_by_me and self._seen_by_them
            case LinkedMessage():
                fits = phase is _Phase.FORMING
            case Again():
                fits = phase is _Phase.FORMING and message.attempt == self._round + 1 <= TRIES
                if phase is _Phase.MEETING and not ours:
                    fits = message.attempt == self._round and self._may_cross()
            case _:
                assert_never(message)
        return None if fits else f"{_type(message)} is out of place"

    # spec: 2.9
    def _may_cross(self) -> bool:
        """Whether they may not yet have had our `again`, by which this round has begun here."""
        return self._round > self._their_round and not self._seen_by_them

    def _note(self, message: Sayable, sender: Role) -> None:
        match message:
            case Answer() | MatchMessage():
                self._phase = _AGREEMENT[self._phase, _word(message), sender]
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

    def _facts(self) -> Facts:
        me = self._me
        return Facts(name=clean_name(me.name), kind=me.kind, p2p_address=me.p2p_address, port=me.port, methods=me.methods)

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

    # spec: 3.7
    def _agree(self, peer_public: bytes, phase: _Phase) -> SessionKeys:
        self._transcript = transcript(self._words)
        keys = derive(self._private, peer_public, self._transcript)
        self._private = self._nonce = b""
        self._words.clear()
        self._use(keys, phase)
        return keys

    def _use(self, keys: SessionKeys, phase: _Phase) -> None:
        self._keys = keys
        self._sealer = Sealer(keys.seal_key(self._role))
        self._opener = Opener(keys.seal_key(self._role.other))
        self._phase = phase

    def _proof(self, callers: bytes = b"") -> Proof:
        signature = prove(self._identity, self._role, self._transcript, callers)
        return Proof(identity=self._identity.public, signature=signature)

    def _seal(self, message: Message) -> bytes:
        data = encode(message)
        return data if self._sealer is None else self._sealer.seal(data)

    # spec: 2.10
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


_KNOWN = {method.value for method in Method}


def _introduction(facts: Facts, methods: tuple[Method, ...] | None = None) -> Introduction:
    known = tuple(Method(word) for word in facts.methods if word in _KNOWN)
    return Introduction(facts.name, facts.kind, facts.p2p_address, facts.port, known if methods is None else methods)


def _word(message: Answer | MatchMessage) -> str:
    return "match" if isinstance(message, MatchMessage) else "yes" if message.accepted else "no"


def _type(message: Message) -> str:
    return str(message.__struct_config__.tag)
