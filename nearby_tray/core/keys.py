"""Who we are, and what two machines agree on: identities, the commitment, every key of a session, the plan of addresses.

Rule: pure computation. Randomness comes in as `Entropy`, every primitive is `cryptography`'s, and nothing here shows a key,
nonce, tag or code in a repr or in the text of an error. Whatever does not check out raises `CheckFailed`.

`cryptography` is imported by the functions that use it: an applet that sits in the tray and has heard nobody does without its
7 MiB (measured by `tests/bench.py`). The first conversation loads it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import Enum
from ipaddress import IPv4Address, IPv6Address
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

Entropy = Callable[[int], bytes]
"""Gives that many random bytes: `os.urandom` in the applet, a seeded source in the simulation."""

TAG_SIZE = 16  # bytes that sealing adds to a message


class CheckFailed(ValueError):
    """A commitment, key, proof, tag or seal is wrong. Says which, never its value."""


class Role(Enum):
    """The side in a conversation. The values are the words that are signed and that key uses are named after."""

    CALLER = "caller"
    LISTENER = "listener"

    @property
    def other(self) -> Role:
        return Role.LISTENER if self is Role.CALLER else Role.CALLER


class Identity:
    """This installation's long-lived Ed25519 key pair; `public` (32 bytes) is what others remember."""

    __slots__ = ("_private", "_seed")

    def __init__(self, seed: bytes) -> None:
        """The identity that these 32 secret bytes stand for. `ValueError` for another length."""
        if len(seed) != 32:
            raise ValueError("an identity's seed has 32 bytes")
        self._seed = seed
        self._private: Ed25519PrivateKey | None = None

    @classmethod
    def from_seed(cls, seed: bytes) -> Identity:
        return cls(seed)

    @property
    def public(self) -> bytes:
        return self._key().public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        """64 bytes; the same for the same message."""
        return self._key().sign(message)

    def _key(self) -> Ed25519PrivateKey:
        if self._private is None:
            from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

            self._private = Ed25519PrivateKey.from_private_bytes(self._seed)
        return self._private

    def __repr__(self) -> str:
        return "Identity(…)"


@dataclass(frozen=True, slots=True)
class TrustedPeer:
    """A peer whose user and ours both chose to trust the other. Both sides store the same `trust_key`.

    The key is renewed whenever both agree again. A side that crashed in between still has the one before, so that one is kept
    until the peer has used the newer one.
    """

    identity: bytes = field(repr=False)  # its Ed25519 public key, 32 bytes
    trust_key: bytes = field(repr=False)  # 32 bytes, of the session in which both last agreed
    label: str
    since: float  # POSIX seconds
    last_linked: float | None = None  # POSIX seconds
    previous_key: bytes | None = field(default=None, repr=False)

    @property
    def keys(self) -> tuple[bytes, ...]:
        """The keys that it may use, the newest first."""
        return (self.trust_key,) if self.previous_key is None else (self.trust_key, self.previous_key)


@dataclass(frozen=True, slots=True)
class AddressPlan:
    """The addresses that both sides give the group interface; textual, without prefix length."""

    caller_v4: str
    listener_v4: str
    caller_v6: str
    listener_v6: str

    # spec: 5.1
    @classmethod
    def from_bytes(cls, drawn: bytes) -> AddressPlan:
        """The plan for the 16 bytes of key use `addresses`; the last seven are not used."""
        third = 1 + drawn[0] % 253
        third += third >= 169  # 169.254.169.254 is where clouds serve metadata
        network_v4 = (169 << 24) | (254 << 16) | (third << 8) | (4 * (drawn[1] % 64))
        network_v6 = int.from_bytes(b"\xfd" + drawn[2:9]) << 64
        return cls(
            caller_v4=str(IPv4Address(network_v4 + 1)),
            listener_v4=str(IPv4Address(network_v4 + 2)),
            caller_v6=str(IPv6Address(network_v6 + 1)),
            listener_v6=str(IPv6Address(network_v6 + 2)),
        )

    def mine(self, role: Role) -> tuple[str, str]:
        """The IPv4 and IPv6 address of the side that has this role."""
        if role is Role.CALLER:
            return self.caller_v4, self.caller_v6
        return self.listener_v4, self.listener_v6

    def theirs(self, role: Role) -> tuple[str, str]:
        """The IPv4 and IPv6 address of the side that this role talks to."""
        return self.mine(role.other)


@dataclass(frozen=True, slots=True)
class SessionKeys:
    """Everything derived from one agreement; the same on both sides.

    `session` goes over the air in the clear with each ping. Of an agreement nothing but `resume` restores a lost link. Keys that restore
    one have no `code` and no `trust`: what the people compared and chose belongs to the first agreement.
    """

    caller_seal: bytes = field(repr=False)  # use "caller>listener"
    listener_seal: bytes = field(repr=False)  # use "listener>caller"
    caller_ping: bytes = field(repr=False)
    listener_ping: bytes = field(repr=False)
    code: str = field(repr=False)  # "042 719"; empty in keys that restore a link
    session: bytes  # 8 bytes, the session id
    plan: AddressPlan
    resume: bytes = field(repr=False)
    trust: bytes = field(repr=False)  # empty in keys that restore a link

    def seal_key(self, sender: Role) -> bytes:
        """The key under which this role seals its messages."""
        return self.caller_seal if sender is Role.CALLER else self.listener_seal

    def ping_key(self, sender: Role) -> bytes:
        """The key under which this role signs its datagrams."""
        return self.caller_ping if sender is Role.CALLER else self.listener_ping


def derive(private: bytes, peer_public: bytes, transcript: bytes) -> SessionKeys:
    """The keys of a new session from our 32 private bytes, their public key and the transcript of messages 1 to 4.

    A public key of low order, whose result would be all zero whatever our private key is, raises `CheckFailed` (RFC 7748, 6.1).
    """
    return _expand(_exchange(private, peer_public), transcript, first=True)


# spec: 6.3
def restored(old: SessionKeys, private: bytes, peer_public: bytes, salt: bytes) -> SessionKeys:
    """The keys of a restored link: a new exchange, mixed with the `resume` key of the lost one, so that nobody without that has them.

    Every use is derived anew, the session id, the ping keys and the plan too, so that no counter or sequence is used twice.
    """
    return _expand(_exchange(private, peer_public) + old.resume, salt, first=False)


def _exchange(private: bytes, peer_public: bytes) -> bytes:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

    try:
        peer = X25519PublicKey.from_public_bytes(peer_public)
        secret = X25519PrivateKey.from_private_bytes(private).exchange(peer)
    except ValueError:
        raise CheckFailed("unusable public key") from None
    if equal(secret, bytes(32)):
        raise CheckFailed("unusable public key")
    return secret


def exchange_public(private: bytes) -> bytes:
    """The X25519 public key (32 bytes) of our 32 private bytes."""
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


# spec: 3.2
def commitment(public_key: bytes, nonce: bytes) -> bytes:
    """What the caller says in `request` and opens in `reveal`: 32 bytes."""
    return _digest(b"nearby-tray commit", public_key, nonce)


# spec: 3.1
def transcript(messages: Iterable[bytes]) -> bytes:
    """SHA-256 over messages 1 to 4 as they went over the air, each after its length as a big-endian u32.

    Message 4 enters the code after its sender knows the other's share, so no byte of it may be free: `conversation` takes it in one
    encoding only.
    """
    return _digest(*(part for message in messages for part in (len(message).to_bytes(4), message)))


def prove(identity: Identity, role: Role, transcript: bytes, callers: bytes = b"") -> bytes:
    """The signature of `proof` by the side that has this role. `callers`: the identity that the caller has proven, for the listener."""
    return identity.sign(_proven(role, transcript, identity.public, callers))


def check_proof(identity: bytes, signature: bytes, role: Role, transcript: bytes, callers: bytes = b"") -> None:
    """Check the signature by the side that has this role; `CheckFailed` when it is wrong, or the identity is no usable key."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    check_identity(identity)
    if int.from_bytes(signature[32:], "little") >= _ORDER:
        raise CheckFailed("wrong signature")
    try:
        Ed25519PublicKey.from_public_bytes(identity).verify(signature, _proven(role, transcript, identity, callers))
    except (InvalidSignature, ValueError):
        raise CheckFailed("wrong signature") from None


_FIELD = 2**255 - 19
_ORDER = 2**252 + 27742317777372353535851937790883648493
# The y coordinates of the eight points whose order divides 8: under such a key one signature fits many messages (RFC 8032, 5.1.7).
_SMALL_ORDER = {
    0,
    1,
    _FIELD - 1,
    2707385501144840649318225287225658788936804267575313519463743609750303402022,
    55188659117513257062467267217118295137698188065244968500265048394206261417927,
}


# spec: 3.9
def check_identity(identity: bytes) -> None:
    """`CheckFailed` for an Ed25519 key that is not in its one encoding, or of small order: everybody could sign in its name."""
    y = int.from_bytes(identity, "little") & ~(1 << 255)
    if len(identity) != 32 or y >= _FIELD or y in _SMALL_ORDER:
        raise CheckFailed("unusable identity")


def resume_hash(channel: bytes, hello: bytes, session: bytes, public_key: bytes) -> bytes:
    """What the tags of `resume` and `resumed` are about: the channel, the `hello` as it was said, the session and the caller's new key."""
    parts = (channel, hello, session + public_key)
    return _digest(*(part for each in parts for part in (len(each).to_bytes(4), each)))


# spec: 6.2
def resume_tag(old: SessionKeys, said: bytes) -> bytes:
    """The tag of `resume`, 16 bytes; `said`: `resume_hash`."""
    return authenticate(old.resume, b"nearby-tray resume" + said)


def resumed_tag(old: SessionKeys, said: bytes, public_key: bytes) -> bytes:
    """The tag of `resumed`, 16 bytes; `public_key`: the listener's new one."""
    return authenticate(old.resume, b"nearby-tray resumed" + said + public_key)


def restored_salt(said: bytes, public_key: bytes) -> bytes:
    return _digest(said, public_key)


HOUR = 3600  # seconds for which one hint is good


# spec: 1.3
def hint(key: bytes, call_id: bytes, at: float) -> bytes:
    """The hint of a call meant for one trusted peer: two bytes under its trust key, for the hour of `at` (POSIX seconds).

    One call id in 65 536 gives the two zero bytes that mean "anyone": the caller then draws another.
    """
    slot = int(at) // HOUR % 2**32  # a clock that nobody has set may stand in the first hour of 1970, or before
    return authenticate(key, b"nearby-tray hint" + slot.to_bytes(4) + call_id, size=2)


def is_hint(key: bytes, call_id: bytes, hinted: bytes, at: float) -> bool:
    """Is it the hint under this key, on a clock that may be an hour away from ours?"""
    return any(hint(key, call_id, at + shift) == hinted for shift in (0, -HOUR, HOUR))


# spec: 6.1
def resume_hint(keys: SessionKeys, call_id: bytes) -> bytes:
    """The hint of a call that restores a lost link."""
    return authenticate(keys.resume, b"nearby-tray resume hint" + call_id, size=2)


# spec: 2.11
def hello_mark(key: bytes, call: bytes, channel: bytes) -> bytes:
    """The mark of a nameless `hello`, 16 bytes: its listener has this key. `call`: the 6 bytes that it answers."""
    return authenticate(key, b"nearby-tray hello" + call + channel)


# spec: 2.12
def request_mark(key: bytes, channel: bytes, hello: bytes, committed: bytes) -> bytes:
    """The mark of a `request` to a nameless hello, 16 bytes: its caller has this key."""
    return authenticate(key, b"nearby-tray request" + channel + _digest(hello) + committed)


def authenticate(key: bytes, data: bytes, *, size: int = TAG_SIZE) -> bytes:
    """HMAC-SHA-256, its first `size` bytes."""
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.hmac import HMAC

    mac = HMAC(key, SHA256())
    mac.update(data)
    return mac.finalize()[:size]


def equal(one: bytes, other: bytes) -> bool:
    """Compared in a time that does not tell where they differ."""
    from cryptography.hazmat.primitives.constant_time import bytes_eq

    return bytes_eq(one, other)


# spec: 3.5
class Sealer:
    """Seals our messages in the order in which they are sent.

    A sealed message is the ChaCha20-Poly1305 output and nothing else, 16 bytes longer than the message, without associated data.
    Its nonce is not sent: message 0, 1, 2 … of one direction has that number as a big-endian 96-bit nonce.
    """

    __slots__ = ("_cipher", "_count")

    def __init__(self, key: bytes) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

        self._cipher = ChaCha20Poly1305(key)
        self._count = 0

    def seal(self, message: bytes) -> bytes:
        nonce = self._count.to_bytes(12)
        self._count += 1
        return self._cipher.encrypt(nonce, message, None)


class Opener:
    """Opens their messages, each once and in order. What does not open raises `CheckFailed` and does not count."""

    __slots__ = ("_cipher", "_count")

    def __init__(self, key: bytes) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

        self._cipher = ChaCha20Poly1305(key)
        self._count = 0

    @property
    def opened(self) -> int:
        """How many messages have opened so far."""
        return self._count

    def open(self, sealed: bytes) -> bytes:
        from cryptography.exceptions import InvalidTag

        try:
            message = self._cipher.decrypt(self._count.to_bytes(12), sealed, None)
        except (InvalidTag, ValueError):
            raise CheckFailed("a sealed message does not open") from None
        self._count += 1
        return message


# spec: 3.4, 3.6
def _expand(secret: bytes, salt: bytes, *, first: bool) -> SessionKeys:
    """HKDF-SHA-256, its extract step done once for all uses (RFC 5869, 2.2: HMAC with the salt as the key)."""
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

    prk = authenticate(salt, secret, size=32)

    def use(name: bytes, size: int = 32) -> bytes:
        return HKDFExpand(SHA256(), size, b"nearby-tray v1 " + name).derive(prk)

    number = int.from_bytes(use(b"code", 4)) % 1_000_000
    return SessionKeys(
        caller_seal=use(b"caller>listener"),
        listener_seal=use(b"listener>caller"),
        caller_ping=use(b"ping caller"),
        listener_ping=use(b"ping listener"),
        code=f"{number // 1000:03} {number % 1000:03}" if first else "",
        session=use(b"session", 8),
        plan=AddressPlan.from_bytes(use(b"addresses", 16)),
        resume=use(b"resume"),
        trust=use(b"trust") if first else b"",
    )


# spec: 3.8
def _proven(role: Role, transcript: bytes, own: bytes, callers: bytes) -> bytes:
    return b"nearby-tray v1 proof " + role.value.encode() + b"\0" + transcript + own + (callers if role is Role.LISTENER else b"")


def _digest(*parts: bytes) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256, Hash

    digest = Hash(SHA256())
    for part in parts:
        digest.update(part)
    return digest.finalize()
