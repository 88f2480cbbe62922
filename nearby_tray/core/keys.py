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
from typing import TYPE_CHECKING, ClassVar

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
    """A peer whose user and ours both ticked "remember". The same `trust_key` is stored on both sides."""

    identity: bytes = field(repr=False)  # its Ed25519 public key, 32 bytes
    trust_key: bytes = field(repr=False)  # 32 bytes, of the session in which it was remembered
    label: str
    since: float  # POSIX seconds
    last_linked: float | None = None  # POSIX seconds


@dataclass(frozen=True, slots=True)
class AddressPlan:
    """The addresses that both sides give the group interface; textual, without prefix length."""

    caller_v4: str
    listener_v4: str
    caller_v6: str
    listener_v6: str

    prefix_v4: ClassVar[int] = 30
    prefix_v6: ClassVar[int] = 64

    @classmethod
    def from_bytes(cls, drawn: bytes) -> AddressPlan:
        """The plan for the 16 bytes of key use `addresses`; the last seven are not used."""
        network_v4 = (169 << 24) | (254 << 16) | ((1 + drawn[0] % 254) << 8) | (4 * (drawn[1] % 64))
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

    `session` goes over the air in the clear with each ping. `secret` is kept only so that `renew` can restore a lost link.
    """

    secret: bytes = field(repr=False)  # the X25519 result
    caller_seal: bytes = field(repr=False)  # use "caller>listener"
    listener_seal: bytes = field(repr=False)  # use "listener>caller"
    caller_ping: bytes = field(repr=False)
    listener_ping: bytes = field(repr=False)
    code: str = field(repr=False)  # "042 719"
    session: bytes  # 8 bytes, the session id
    plan: AddressPlan
    resume: bytes = field(repr=False)
    trust: bytes = field(repr=False)

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
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

    try:
        peer = X25519PublicKey.from_public_bytes(peer_public)
        secret = X25519PrivateKey.from_private_bytes(private).exchange(peer)
    except ValueError:
        raise CheckFailed("unusable public key") from None
    if equal(secret, bytes(32)):
        raise CheckFailed("unusable public key")
    return _expand(secret, transcript)


def renew(keys: SessionKeys, nonce: bytes) -> SessionKeys:
    """The keys after a lost link: the old X25519 result as the input, the nonce of `resume` as the salt.

    Every use is derived anew, the session id, the ping keys and the plan too, so that no counter or sequence is used twice. The result
    keeps the same `secret` and can be renewed again. Its `trust` key is not the one that was stored when the peer was remembered.
    """
    return _expand(keys.secret, nonce)


def exchange_public(private: bytes) -> bytes:
    """The X25519 public key (32 bytes) of our 32 private bytes."""
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def commitment(public_key: bytes, nonce: bytes) -> bytes:
    """What the caller says in `request` and opens in `reveal`: 32 bytes."""
    return _digest(b"nearby-tray commit", public_key, nonce)


def transcript(messages: Iterable[bytes]) -> bytes:
    """SHA-256 over messages 1 to 4 as they went over the air, each after its length as a big-endian u32."""
    from cryptography.hazmat.primitives.hashes import SHA256, Hash

    digest = Hash(SHA256())
    for message in messages:
        digest.update(len(message).to_bytes(4))
        digest.update(message)
    return digest.finalize()


def prove(identity: Identity, role: Role, transcript: bytes) -> bytes:
    """The signature of `proof` by the side that has this role: over "nearby-tray proof" ‖ "caller" or "listener" ‖ transcript."""
    return identity.sign(_proven(role, transcript))


def check_proof(identity: bytes, signature: bytes, role: Role, transcript: bytes) -> None:
    """Check the signature by the side that has this role; `CheckFailed` when it is wrong."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(identity).verify(signature, _proven(role, transcript))
    except (InvalidSignature, ValueError):
        raise CheckFailed("wrong signature") from None


def resume_tag(keys: SessionKeys, channel: bytes, nonce: bytes) -> bytes:
    """The tag of `resume` (16 bytes) under the keys of the lost link, for one channel only."""
    return authenticate(keys.resume, b"resume" + channel + nonce)


def hint(key: bytes, call_id: bytes) -> bytes:
    """The hint of a call meant for one peer: two bytes under its trust key, or under `SessionKeys.resume` to restore a link.

    One call id in 65 536 gives the two zero bytes that mean "anyone": the caller then draws another.
    """
    return authenticate(key, call_id, size=2)


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


def _expand(secret: bytes, salt: bytes) -> SessionKeys:
    """HKDF-SHA-256, its extract step done once for all uses (RFC 5869, 2.2: HMAC with the salt as the key)."""
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

    prk = authenticate(salt, secret, size=32)

    def use(name: bytes, size: int = 32) -> bytes:
        return HKDFExpand(SHA256(), size, b"nearby-tray v1 " + name).derive(prk)

    number = int.from_bytes(use(b"code", 4)) % 1_000_000
    return SessionKeys(
        secret=secret,
        caller_seal=use(b"caller>listener"),
        listener_seal=use(b"listener>caller"),
        caller_ping=use(b"ping caller"),
        listener_ping=use(b"ping listener"),
        code=f"{number // 1000:03} {number % 1000:03}",
        session=use(b"session", 8),
        plan=AddressPlan.from_bytes(use(b"addresses", 16)),
        resume=use(b"resume"),
        trust=use(b"trust"),
    )


def _proven(role: Role, transcript: bytes) -> bytes:
    return b"nearby-tray proof" + role.value.encode() + transcript


def _digest(*parts: bytes) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256, Hash

    digest = Hash(SHA256())
    for part in parts:
        digest.update(part)
    return digest.finalize()
