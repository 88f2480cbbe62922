"""The bytes of the nearby link protocol, version 1: the call, the messages, the pings.

Bytes in, checked values out: whatever another machine sends, the result is a value or `WireError`, never another exception. `frames`
carries messages over Bluetooth; `conversation` decides when a message may come and whether it is sealed.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from ipaddress import ip_address
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import force_setattr

from .keys import TAG_SIZE, authenticate, equal
from .model import Method
from .names import NAME_LIMIT, clean_name, harmless

VERSION = 1
SERVICE_UUID = "a0d4226a-8728-4dbc-9526-447b4e134047"
INBOX_UUID = "e9e51c10-4c19-4e91-b75f-6e319de8198b"  # listener → caller, write
OUTBOX_UUID = "7763aabb-cb58-4869-9114-3c2eb6aaa506"  # caller → listener, notify
COMPANY_ID = 0xFFFF  # nobody's: means something only together with the service UUID

MESSAGE_LIMIT = 1024  # bytes of one message, sealed or not
TRIES = 3  # to form one group
CHANNEL_SIZE = 4
ANYONE = b"\0\0"  # the hint of a call that is meant for no one peer


class WireError(ValueError):
    """These bytes are not what the protocol says. The text says what is wrong, without anything secret in it."""


# --- the call --------------------------------------------------------------------------------------------------------------


# spec: 1.1
@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What a caller advertises, as manufacturer data: exactly 6 bytes (a legacy advertisement has no room to grow)."""

    version: int = VERSION
    wants_link: bool = True
    call_id: bytes  # 3 random bytes, new for each call
    hint: bytes = ANYONE  # 2 bytes, see `keys.hint` and `keys.resume_hint`

    def encode(self) -> bytes:
        if len(self.call_id) != 3 or len(self.hint) != 2 or not 0 <= self.version <= 15:
            raise WireError("a call has a version of 4 bits, an id of 3 bytes and a hint of 2")
        return bytes((self.version << 4 | self.wants_link,)) + self.call_id + self.hint

    @classmethod
    def decode(cls, data: bytes) -> Call:
        """Flags other than "wants a link" are ignored; another version is a `WireError`."""
        if len(data) != 6:
            raise WireError(f"a call has 6 bytes, not {len(data)}")
        if data[0] >> 4 != VERSION:
            raise WireError(f"a call of version {data[0] >> 4}")
        return cls(wants_link=bool(data[0] & 1), call_id=bytes(data[1:4]), hint=bytes(data[4:6]))


# --- messages --------------------------------------------------------------------------------------------------------------


class Kind(StrEnum):
    LAPTOP = "laptop"
    DESKTOP = "desktop"
    PHONE = "phone"
    TABLET = "tablet"
    OTHER = "other"  # also whatever a later version says

    @classmethod
    def _missing_(cls, value: object) -> Kind:
        return cls.OTHER


class Purpose(StrEnum):
    LINK = "link"  # also whatever a later version says
    FILES = "files"
    SCREEN = "screen"

    @classmethod
    def _missing_(cls, value: object) -> Purpose:
        return cls.LINK


class Owner(StrEnum):
    """Who shall be the group owner."""

    EITHER = "either"
    CALLER = "caller"
    LISTENER = "listener"


class By(StrEnum):
    """What has answered."""

    USER = "user"
    TRUST = "trust"  # a link to a trusted peer is being restored
    BOND = "bond"  # the setting that accepts trusted computers paired over Bluetooth

    @classmethod
    def _missing_(cls, value: object) -> By:
        return cls.USER


class AnswerReason(StrEnum):
    """Why the answer is no; an accepted one says `USER`."""

    USER = "user"
    BUSY = "busy"
    POLICY = "policy"
    TIMEOUT = "timeout"
    UNAVAILABLE = "unavailable"  # a radio is off there; also whatever a later version says

    @classmethod
    def _missing_(cls, value: object) -> AnswerReason:
        return cls.UNAVAILABLE


class GoodbyeReason(StrEnum):
    CANCELLED = "cancelled"
    DECLINED = "declined"
    BUSY = "busy"  # no more requests are looked at for now
    FAILED = "failed"  # also whatever a later version says
    PROTOCOL = "protocol"
    FINISHED = "finished"

    @classmethod
    def _missing_(cls, value: object) -> GoodbyeReason:
        return cls.FAILED


_Bytes6 = Annotated[bytes, Meta(min_length=6, max_length=6)]
_Bytes8 = Annotated[bytes, Meta(min_length=8, max_length=8)]
_Bytes16 = Annotated[bytes, Meta(min_length=16, max_length=16)]
_Bytes32 = Annotated[bytes, Meta(min_length=32, max_length=32)]
_Bytes64 = Annotated[bytes, Meta(min_length=64, max_length=64)]
_Name = Annotated[str, Meta(max_length=NAME_LIMIT)]  # in bytes: `_checked_name`
_Words = Annotated[tuple[Annotated[str, Meta(max_length=32)], ...], Meta(max_length=8)]
_Port = Annotated[int, Meta(ge=1, le=65535)]
_Version = Annotated[int, Meta(ge=1, le=255)]
_Address = Annotated[str, Meta(min_length=2, max_length=45)]

# spec: 3.10
_SECRET = frozenset(("public_key", "nonce", "commitment", "identity", "signature", "session", "tag", "mark", "pin"))


class _Message(Struct, frozen=True, tag_field="type"):
    """A map on the wire, its `type` first. The repr leaves out whatever is secret or could help to guess a secret."""

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        return [(name, getattr(self, name)) for name in self.__struct_fields__ if name not in _SECRET]

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self.__rich_repr__())
        return f"{type(self).__name__}({shown})"


class Facts(Struct, frozen=True, kw_only=True):
    """What a side says of itself. `name` has passed `clean_name`, whatever was on the wire; `methods`: those that we know."""

    name: _Name
    kind: Kind
    p2p_address: _Bytes6
    port: _Port
    methods: _Words

    def __post_init__(self) -> None:
        force_setattr(self, "name", _checked_name(self.name))


class Hello(_Message, frozen=True, kw_only=True, omit_defaults=True, tag="hello"):
    """1, listener. To a call that is answered because of its hint it is nameless: no facts, and `mark` (`keys.hello_mark`) instead."""

    versions: Annotated[tuple[_Version, ...], Meta(min_length=1, max_length=16)]
    facts: Facts | None = None
    mark: _Bytes16 | None = None

    def __post_init__(self) -> None:
        if (self.facts is None) == (self.mark is None):
            raise ValueError("a hello has either facts or a mark")


class Request(_Message, frozen=True, kw_only=True, omit_defaults=True, tag="request"):
    """2, caller. `mark` (`keys.request_mark`) where the hello had one."""

    version: _Version  # the highest that both can
    facts: Facts
    purpose: Purpose
    method: Method
    commitment: _Bytes32
    mark: _Bytes16 | None = None


class Offer(_Message, frozen=True, kw_only=True, tag="offer"):
    """3, listener."""

    public_key: _Bytes32
    nonce: _Bytes16


class Reveal(_Message, frozen=True, kw_only=True, tag="reveal"):
    """4, caller: opens the commitment of its request."""

    public_key: _Bytes32
    nonce: _Bytes16


class Proof(_Message, frozen=True, kw_only=True, tag="proof"):
    """5, both. The first of the sealed ones."""

    identity: _Bytes32
    signature: _Bytes64


class Answer(_Message, frozen=True, kw_only=True, omit_defaults=True, tag="answer"):
    """6, listener. `trust`: its user wants no code next time. `facts`: with a yes, where its hello was nameless."""

    accepted: bool
    reason: AnswerReason = AnswerReason.USER
    by: By = By.USER
    trust: bool = False
    facts: Facts | None = None


class MatchMessage(_Message, frozen=True, kw_only=True, tag="match"):
    """6a, caller: its user says that both screens show the same code, or nothing was to be compared. `trust`: as in `Answer`."""

    trust: bool


class Seen(_Message, frozen=True, kw_only=True, tag="seen"):
    """7, both: the other is in my P2P peer list."""


class Go(_Message, frozen=True, kw_only=True, tag="go", omit_defaults=True):
    """8, caller: form the group now. `pin`: 8 digits, absent unless both back ends can use one."""

    method: Method
    pin: Annotated[str, Meta(pattern="^[0-9]{8}$", max_length=8)] | None = None
    owner: Owner


class LinkedMessage(_Message, frozen=True, kw_only=True, tag="linked"):
    """9, both: the addresses in force on my group interface; each one that a datagram can be sent to."""

    addresses: Annotated[tuple[_Address, ...], Meta(max_length=8)]
    port: _Port

    def __post_init__(self) -> None:
        for text in self.addresses:
            address = ip_address(text)
            unusable = address.is_multicast or address.is_unspecified or address.is_loopback or text == "255.255.255.255"
            if unusable or "%" in text:
                raise ValueError("not an address to send to, or one with a scope")


class Again(_Message, frozen=True, tag="again"):
    """10, both: this try has failed here; `attempt` (on the wire `try`) is the number of the next."""

    attempt: Annotated[int, Meta(ge=2, le=TRIES)] = msgspec.field(name="try")


class Resume(_Message, frozen=True, kw_only=True, tag="resume"):
    """11, caller, instead of `Request`: restore the link of this session."""

    session: _Bytes8
    public_key: _Bytes32  # X25519, new for each channel
    tag: _Bytes16  # `keys.resume_tag`


class Resumed(_Message, frozen=True, kw_only=True, tag="resumed"):
    """11a, listener, at once. What follows is sealed under the new keys: its `answer`, the caller's `match`."""

    public_key: _Bytes32
    tag: _Bytes16  # `keys.resumed_tag`


class Goodbye(_Message, frozen=True, tag="goodbye"):
    """12, both, at any time."""

    reason: GoodbyeReason


Message = Hello | Request | Offer | Reveal | Proof | Answer | MatchMessage | Seen | Go | LinkedMessage | Again | Resume | Resumed | Goodbye

_encoder = msgspec.msgpack.Encoder()
_decoder: msgspec.msgpack.Decoder[Message] = msgspec.msgpack.Decoder(Message)


def encode(message: Message) -> bytes:
    """The bytes of a message, before sealing. Raises `WireError` when the other side would not decode it."""
    data = _encoder.encode(message)
    if len(data) > MESSAGE_LIMIT - TAG_SIZE:
        raise WireError("a message is too long")
    decode(data)
    return data


# spec: 2.6
def decode(data: bytes) -> Message:
    """Strict: types, lengths, ranges and an unknown type are a `WireError`. Fields that version 1 does not know are ignored."""
    if len(data) > MESSAGE_LIMIT:
        raise WireError("a message is too long")
    try:
        return _decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        # The text names the field and may hold a bit of what they sent as a type or a word: only what can safely be logged.
        raise WireError(harmless(error, 120)) from None


# spec: 2.7
def _checked_name(name: str) -> str:
    if len(name.encode()) > NAME_LIMIT:
        raise ValueError(f"a name has at most {NAME_LIMIT} bytes")
    return clean_name(name)


# --- pings -----------------------------------------------------------------------------------------------------------------

PING_SIZE = 68
WINDOW = 64
_MAGIC = b"NT"
_PING = struct.Struct(">2sBB8sQQQQQ")


class PingType(IntEnum):
    PING = 1
    PONG = 2
    GOODBYE = 3


@dataclass(frozen=True, slots=True)
class Ping:
    """One datagram on the link. `sequence` counts all datagrams of its sender, whatever their type; times are its monotonic ns."""

    type: PingType
    session: bytes  # 8 bytes
    sequence: int
    sent_ns: int
    echo_sequence: int = 0  # of a pong: the ping's
    echo_sent_ns: int = 0
    received: int = 0  # valid datagrams that its sender has had from the other so far


class ReplayWindow:
    """Which sequence numbers of one sender have come: each counts once, and one more than 63 behind the newest not at all."""

    __slots__ = ("_newest", "_seen")

    def __init__(self) -> None:
        self._newest = -1
        self._seen = 0  # bit n: newest - n has come

    def take(self, sequence: int) -> bool:
        """Whether this one is new; it no longer is afterwards. Only for a sequence whose tag is right."""
        ahead = sequence - self._newest
        if ahead > 0:
            self._seen = 1 | (self._seen << ahead if ahead < WINDOW else 0) & (1 << WINDOW) - 1
            self._newest = sequence
            return True
        if ahead <= -WINDOW or self._seen >> -ahead & 1:
            return False
        self._seen |= 1 << -ahead
        return True


# spec: 4.1
def encode_ping(ping: Ping, key: bytes) -> bytes:
    """The datagram, under the ping key of its sender."""
    head = _PING.pack(
        _MAGIC,
        VERSION,
        ping.type,
        ping.session,
        ping.sequence,
        ping.sent_ns,
        ping.echo_sequence,
        ping.echo_sent_ns,
        ping.received,
    )
    return head + authenticate(key, head)


# spec: 4.2
def decode_ping(datagram: bytes, *, session: bytes, key: bytes, window: ReplayWindow) -> Ping:
    """Check a datagram under the other's ping key and against the window for what it sends; `WireError` for whatever is not valid.

    In this order: length, magic, session id, tag, sequence window, and only then the rest (version, type).
    """
    if len(datagram) != PING_SIZE:
        raise WireError("not the length of a ping")
    if datagram[:2] != _MAGIC:
        raise WireError("not a ping")
    if datagram[4:12] != session:
        raise WireError("a ping of another session")
    head = datagram[:-TAG_SIZE]
    if not equal(authenticate(key, head), datagram[-TAG_SIZE:]):
        raise WireError("a ping with a wrong tag")
    _, version, kind, _, sequence, sent_ns, echo_sequence, echo_sent_ns, received = _PING.unpack(head)
    if not window.take(sequence):
        raise WireError("a ping that is repeated or too old")
    if version != VERSION:
        raise WireError(f"a ping of version {version}")
    try:
        type_ = PingType(kind)
    except ValueError:
        raise WireError(f"a ping of type {kind}") from None
    return Ping(type_, session, sequence, sent_ns, echo_sequence, echo_sent_ns, received)
