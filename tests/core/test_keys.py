"""Keys and checks: against the protocol's text by a second, independent implementation, and against what must not pass."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import fields
from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from nearby_tray.core.keys import (
    AddressPlan,
    CheckFailed,
    Identity,
    Opener,
    Role,
    Sealer,
    SessionKeys,
    TrustedPeer,
    authenticate,
    check_identity,
    check_proof,
    commitment,
    derive,
    exchange_public,
    hello_mark,
    hint,
    is_hint,
    prove,
    request_mark,
    restored,
    resume_hash,
    resume_hint,
    resume_tag,
    resumed_tag,
    transcript,
)
from tests.core.make_vectors import PATH, all_keys, build

ADA, BEN = Identity.from_seed(b"a" * 32), Identity.from_seed(b"b" * 32)
PRIVATE, OTHER = b"p" * 32, b"o" * 32
SALT = bytes(range(32))


def session(salt: bytes = SALT) -> SessionKeys:
    return derive(PRIVATE, exchange_public(OTHER), salt)


# --- the vectors -----------------------------------------------------------------------------------------------------------


def kept() -> dict[str, Any]:
    vectors: dict[str, Any] = json.loads(PATH.read_text(encoding="utf-8"))
    return vectors


def test_what_goes_over_the_air_is_what_it_was() -> None:
    assert build() == kept()


# spec: 1.3, 2.11, 2.12, 3.1, 3.4, 3.6, 5.1, 6.1, 6.2, 6.3
def test_the_vectors_follow_from_the_protocols_text() -> None:
    """With nothing but hashlib and hmac, and the X25519 results of the private keys that the vectors name."""
    said, resume = kept()["conversation"], kept()["resume"]
    clear = [bytes.fromhex(message) for message in said["in_the_clear"]]
    salt = lengths(*clear)
    assert salt.hex() == said["transcript"]
    secret = shared(said["caller_private"], said["listener_private"])

    hello, message, answer = (bytes.fromhex(resume[name]) for name in ("hello", "resume", "resumed"))
    channel, old = bytes.fromhex(resume["channel"]), bytes.fromhex(said["keys"]["resume"])
    public, theirs = (message.split(b"\xaapublic_key\xc4\x20")[1][:32], answer.split(b"\xaapublic_key\xc4\x20")[1][:32])
    about = lengths(channel, hello, bytes.fromhex(said["keys"]["session"]) + public)
    assert message.endswith(b"\xa3tag\xc4\x10" + hmac.digest(old, b"nearby-tray resume" + about, "sha256")[:16])
    assert answer.endswith(b"\xa3tag\xc4\x10" + hmac.digest(old, b"nearby-tray resumed" + about + theirs, "sha256")[:16])
    again = shared(resume["caller_private"], resume["listener_private"]) + old

    for name, secret_used, used, named in (
        ("first", secret, salt, said["keys"]),
        ("restored", again, hashlib.sha256(about + theirs).digest(), resume["keys"]),
    ):
        prk = hmac.digest(used, secret_used, "sha256")

        def use(name: str, size: int, prk: bytes = prk) -> bytes:
            return hmac.digest(prk, b"nearby-tray v1 " + name.encode() + b"\x01", "sha256")[:size]

        assert named["caller_seal"] == use("caller>listener", 32).hex()
        assert named["listener_seal"] == use("listener>caller", 32).hex()
        assert named["caller_ping"] == use("ping caller", 32).hex()
        assert named["listener_ping"] == use("ping listener", 32).hex()
        assert named["session"] == use("session", 8).hex()
        assert named["resume"] == use("resume", 32).hex()
        if name == "first":
            assert named["trust"] == use("trust", 32).hex()
            assert int(named["code"].replace(" ", "")) == int.from_bytes(use("code", 4), "big") % 1_000_000
        else:
            assert (named["trust"], named["code"]) == ("", ""), "what the people compared and chose belongs to the first agreement"
        a = use("addresses", 16)
        x = 1 + a[0] % 253
        v4 = f"169.254.{x + (x >= 169)}."
        y = 4 * (a[1] % 64)
        v6 = ip_address(b"\xfd" + a[2:9] + bytes(8))
        assert named["plan"] == [f"{v4}{y + 1}", f"{v4}{y + 2}", str(v6 + 1), str(v6 + 2)]

    call, trust = bytes.fromhex(kept()["call"]), bytes.fromhex(said["keys"]["trust"])
    hour = (1_700_000_000 // 3600).to_bytes(4, "big")
    assert call[4:] == hmac.digest(trust, b"nearby-tray hint" + hour + call[1:4], "sha256")[:2]
    nameless, marked = (bytes.fromhex(kept()["marked"][name]) for name in ("hello", "request"))
    first_channel = bytes.fromhex("c0ffee01")
    assert nameless.endswith(b"\xa4mark\xc4\x10" + hmac.digest(trust, b"nearby-tray hello" + call + first_channel, "sha256")[:16])
    commitment = marked.split(b"\xaacommitment\xc4\x20")[1][:32]
    about = b"nearby-tray request" + first_channel + hashlib.sha256(nameless).digest() + commitment
    assert marked.endswith(b"\xa4mark\xc4\x10" + hmac.digest(trust, about, "sha256")[:16])
    resume_call = bytes.fromhex(resume["call"])
    assert resume_call[4:] == hmac.digest(old, b"nearby-tray resume hint" + resume_call[1:4], "sha256")[:2]

    pong = bytes.fromhex(kept()["pong_of_the_caller"])
    assert pong[52:] == hmac.digest(bytes.fromhex(said["keys"]["caller_ping"]), pong[:52], "sha256")[:16]


def lengths(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(len(part).to_bytes(4, "big") + part for part in parts)).digest()


def shared(one: str, other: str) -> bytes:
    public = X25519PrivateKey.from_private_bytes(bytes.fromhex(other)).public_key()
    return X25519PrivateKey.from_private_bytes(bytes.fromhex(one)).exchange(public)


# --- derivation ------------------------------------------------------------------------------------------------------------


def test_both_sides_derive_the_same() -> None:
    mine, theirs = session(), derive(OTHER, exchange_public(PRIVATE), SALT)
    assert all_keys(mine) == all_keys(theirs)


def test_every_use_is_another_key_and_another_transcript_gives_other_ones() -> None:
    first, second = all_keys(session()), all_keys(session(SALT[::-1]))
    assert len({str(value) for value in first.values()}) == len(first)
    assert not {name for name in first if first[name] == second[name]}


# spec: 6.3
def test_restored_keys_are_all_new_need_the_old_ones_and_can_be_restored_again() -> None:
    old = session()
    once = restored(old, PRIVATE, exchange_public(OTHER), b"n" * 32)
    twice = restored(once, PRIVATE, exchange_public(OTHER), b"n" * 32)
    stranger = restored(session(SALT[::-1]), PRIVATE, exchange_public(OTHER), b"n" * 32)
    for one, two in ((old, once), (once, twice), (once, stranger)):
        same = {name for name in all_keys(one) if all_keys(one)[name] == all_keys(two)[name]}
        assert same <= {"code", "trust"}
    assert (once.code, once.trust) == ("", b"")
    assert restored(old, OTHER, exchange_public(PRIVATE), b"n" * 32) == once


# RFC 7748 leaves these out: points of low order, whose product with any private key is zero.
LOW_ORDER = [
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
    "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
]


@pytest.mark.parametrize("public", [*LOW_ORDER, "", "00" * 31, "01" * 33])
def test_a_public_key_that_decides_the_secret_is_refused(public: str) -> None:
    with pytest.raises(CheckFailed, match="unusable public key"):
        derive(PRIVATE, bytes.fromhex(public), SALT)


def test_the_code_is_six_digits_in_two_groups() -> None:
    codes = {session(n.to_bytes(32)).code for n in range(200)}
    assert len(codes) > 190
    assert all(len(code) == 7 and code[3] == " " and code.replace(" ", "").isdigit() for code in codes)
    assert any(code.startswith("0") for code in codes)


def test_keys_by_role() -> None:
    keys = session()
    assert keys.seal_key(Role.CALLER) == keys.caller_seal and keys.seal_key(Role.LISTENER) == keys.listener_seal
    assert keys.ping_key(Role.CALLER) == keys.caller_ping and keys.ping_key(Role.LISTENER) == keys.listener_ping
    assert Role.CALLER.other is Role.LISTENER and Role.LISTENER.other is Role.CALLER


# spec: 3.10
def test_nothing_secret_in_a_repr() -> None:
    keys = session()
    trusted = TrustedPeer(identity=ADA.public, trust_key=keys.trust, label="Ada", since=1.5)
    shown = repr(keys) + repr(ADA) + repr(trusted) + repr(Sealer(keys.resume)) + repr(Opener(keys.resume))
    for each in fields(keys):
        value = getattr(keys, each.name)
        if each.name not in ("session", "plan"):
            assert str(value) not in shown and (isinstance(value, str) or value.hex() not in shown)
    assert "Ada" in shown and repr(ADA.public) not in shown


# --- the plan --------------------------------------------------------------------------------------------------------------


@given(st.binary(min_size=16, max_size=16))
def test_any_plan_is_two_hosts_of_one_network(drawn: bytes) -> None:
    plan = AddressPlan.from_bytes(drawn)
    caller, listener = plan.mine(Role.CALLER), plan.mine(Role.LISTENER)
    assert plan.theirs(Role.CALLER) == listener and plan.theirs(Role.LISTENER) == caller
    v4 = IPv4Network(f"{caller[0]}/30", strict=False)
    assert [str(host) for host in v4.hosts()] == [caller[0], listener[0]]
    # RFC 3927 keeps the first and last 256 addresses of 169.254.0.0/16 for later.
    assert v4.subnet_of(IPv4Network("169.254.0.0/16")) and caller[0].split(".")[2] not in ("0", "169", "255")
    v6 = IPv6Network(f"{caller[1]}/64", strict=False)
    assert (str(v6[1]), str(v6[2])) == (caller[1], listener[1])
    assert v6.subnet_of(IPv6Network("fd00::/8"))


# spec: 5.1
def test_a_plan_is_on_any_of_the_networks_but_that_of_the_clouds_metadata() -> None:
    thirds = [int(AddressPlan.from_bytes(bytes((n, *range(15)))).caller_v4.split(".")[2]) for n in range(253)]
    assert thirds == [*range(1, 169), *range(170, 255)]


def test_a_plan_by_hand() -> None:
    plan = AddressPlan.from_bytes(bytes((253, 65, *range(1, 15))))
    assert plan == AddressPlan("169.254.1.5", "169.254.1.6", "fd01:203:405:607::1", "fd01:203:405:607::2")


# --- proofs, tags, seals ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", list(Role))
def test_a_proof_holds_for_one_identity_role_and_transcript(role: Role) -> None:
    signature = prove(ADA, role, SALT, BEN.public)
    check_proof(ADA.public, signature, role, SALT, BEN.public)
    wrong = [
        (BEN.public, signature, role, SALT, BEN.public),
        (ADA.public, signature, role.other, SALT, BEN.public),
        (ADA.public, signature, role, SALT[::-1], BEN.public),
        (ADA.public, signature[:-1] + b"\0", role, SALT, BEN.public),
        (ADA.public, b"", role, SALT, BEN.public),
    ]
    if role is Role.LISTENER:  # it proves itself to one caller only
        wrong.append((ADA.public, signature, role, SALT, ADA.public))
    for identity, signed, as_role, salt, callers in wrong:
        with pytest.raises(CheckFailed, match="wrong signature"):
            check_proof(identity, signed, as_role, salt, callers)
    for unusable in (b"short", b"\xff" * 32, b""):
        with pytest.raises(CheckFailed, match="unusable identity"):
            check_proof(unusable, signature, role, SALT, BEN.public)


# spec: 3.8
def test_what_is_signed_is_the_text_of_the_protocol() -> None:
    assert prove(ADA, Role.CALLER, SALT) == ADA.sign(b"nearby-tray v1 proof caller\0" + SALT + ADA.public)
    assert prove(ADA, Role.LISTENER, SALT, BEN.public) == ADA.sign(b"nearby-tray v1 proof listener\0" + SALT + ADA.public + BEN.public)


FIELD, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
CURVE = -121665 * pow(121666, -1, FIELD) % FIELD


def add(p: tuple[int, int], q: tuple[int, int]) -> tuple[int, int]:
    """On the Edwards curve, by its textbook formula."""
    both = CURVE * p[0] * q[0] * p[1] * q[1] % FIELD
    x = (p[0] * q[1] + q[0] * p[1]) * pow(1 + both, -1, FIELD)
    return x % FIELD, (p[1] * q[1] + p[0] * q[0]) * pow(1 - both, -1, FIELD) % FIELD


def times(n: int, p: tuple[int, int]) -> tuple[int, int]:
    out = (0, 1)
    while n:
        if n & 1:
            out = add(out, p)
        n, p = n >> 1, add(p, p)
    return out


@cache
def small_order_points() -> frozenset[tuple[int, int]]:
    """The eight points whose order divides 8: what is left of points when the large factor is multiplied away."""
    found: set[tuple[int, int]] = set()
    y = 2
    while len(found) < 8:
        y += 1
        square = (y * y - 1) * pow(CURVE * y * y + 1, -1, FIELD) % FIELD
        x = pow(square, (FIELD + 3) // 8, FIELD)
        if (x * x - square) % FIELD:
            x = x * pow(2, (FIELD - 1) // 4, FIELD) % FIELD
        if (x * x - square) % FIELD == 0:
            found.add(times(ORDER, (x, y)))
    return frozenset(found)


# spec: 3.9
def test_an_identity_of_small_order_is_nobodys_in_any_encoding() -> None:
    """Under such a key one signature fits many messages: whoever shows it proves nothing (RFC 8032, 5.1.7)."""
    points = small_order_points()
    assert (0, 1) in points and all(times(8, point) == (0, 1) for point in points)
    for _, y in points:
        for encoded in (y, y + FIELD):
            if encoded >= 2**255:
                continue
            for sign in (0, 1 << 255):
                with pytest.raises(CheckFailed, match="unusable identity"):
                    check_identity((encoded | sign).to_bytes(32, "little"))


@pytest.mark.parametrize("y", [FIELD, FIELD + 1, FIELD + 18, 2**255 - 1])
def test_an_identity_has_one_encoding(y: int) -> None:
    for sign in (0, 1 << 255):
        with pytest.raises(CheckFailed, match="unusable identity"):
            check_identity((y | sign).to_bytes(32, "little"))


@pytest.mark.parametrize("more", [1, 2, 3, 7, 15])
def test_the_number_of_a_signature_is_below_the_order(more: int) -> None:
    signature = prove(ADA, Role.CALLER, SALT)
    number = int.from_bytes(signature[32:], "little") + more * ORDER
    if number >= 2**256:
        number = 2**256 - 1
    for wrong in (number, ORDER):
        with pytest.raises(CheckFailed, match="wrong signature"):
            check_proof(ADA.public, signature[:32] + wrong.to_bytes(32, "little"), Role.CALLER, SALT)


@given(st.integers(2, FIELD - 2))
def test_any_other_identity_is_looked_at_no_further(y: int) -> None:
    """Most are nobody's, and then no signature is right; what is refused beforehand are the few that are everybody's."""
    if y not in {point[1] for point in small_order_points()}:
        check_identity(y.to_bytes(32, "little"))


def test_a_signature_has_one_encoding() -> None:
    signature = prove(ADA, Role.CALLER, SALT)
    other = signature[:32] + (int.from_bytes(signature[32:], "little") + ORDER).to_bytes(32, "little")
    with pytest.raises(CheckFailed, match="wrong signature"):
        check_proof(ADA.public, other, Role.CALLER, SALT)


# spec: 3.2
def test_the_commitment_is_the_text_of_the_protocol() -> None:
    assert commitment(SALT, b"n" * 16) == hashlib.sha256(b"nearby-tray commit" + SALT + b"n" * 16).digest()


def test_the_transcript_tells_where_a_message_ends() -> None:
    assert transcript([b"ab", b"c"]) != transcript([b"a", b"bc"]) != transcript([b"abc"])


HOUR = 3600.0


def test_a_hint_is_for_one_key_one_call_and_one_hour() -> None:
    hints = {hint(key, call, at) for key in (SALT, SALT[::-1]) for call in (b"123", b"124") for at in (HOUR, 2 * HOUR)}
    assert len(hints) == 8 and all(len(each) == 2 for each in hints)
    assert hint(SALT, b"123", HOUR) == hint(SALT, b"123", 2 * HOUR - 1)


# spec: 1.3
@pytest.mark.parametrize(("away", "known"), [(0.0, True), (HOUR, True), (-HOUR, True), (2 * HOUR, False), (-2 * HOUR, False)])
def test_a_hint_is_recognised_by_a_clock_that_is_an_hour_away(away: float, known: bool) -> None:
    at = 1e9
    assert is_hint(SALT, b"123", hint(SALT, b"123", at + away), at) is known
    assert not is_hint(SALT[::-1], b"123", hint(SALT, b"123", at), at)


@given(st.floats(-(2.0**45), 2.0**45), st.sampled_from([0.0, HOUR, -HOUR]))
def test_a_hint_is_known_whatever_the_clock_says(at: float, away: float) -> None:
    """A machine that nobody has told the time may stand at the beginning of 1970."""
    assert is_hint(SALT, b"123", hint(SALT, b"123", at), at + away)


@pytest.mark.parametrize("at", [0.0, 1.0, HOUR - 1, -1.0, 2.0**32 * HOUR])
def test_a_hint_at_the_ends_of_the_clock(at: float) -> None:
    assert is_hint(SALT, b"123", hint(SALT, b"123", at), at)
    assert is_hint(SALT, b"123", hint(SALT, b"123", at - HOUR), at) and not is_hint(SALT, b"123", hint(SALT, b"123", at - 2 * HOUR), at)


def test_every_use_of_a_key_says_what_it_is_for() -> None:
    """The same key and the same bytes give another value in each place: none can be said in the place of another."""
    keys = session()
    said = {
        hint(keys.resume, b"123", 0.0),
        resume_hint(keys, b"123"),
        authenticate(keys.resume, b"123", size=2),
    }
    assert len(said) == 3
    tags = {
        hello_mark(keys.resume, SALT[:6], SALT[:4]),
        request_mark(keys.resume, SALT[:4], SALT, SALT),
        resume_tag(keys, SALT),
        resumed_tag(keys, SALT, b""),
        authenticate(keys.resume, SALT),
    }
    assert len(tags) == 5 and all(len(tag) == 16 for tag in tags)


# spec: 6.2
def test_a_resume_is_about_one_channel_one_hello_one_session_and_one_key() -> None:
    parts = [b"chan", b"hello", b"sessions", b"k" * 32]
    hashes = {resume_hash(*parts)}
    for n, other in enumerate((b"nahc", b"olleh", b"snoisses", b"q" * 32)):
        hashes.add(resume_hash(*[*parts[:n], other, *parts[n + 1 :]]))
    assert len(hashes) == 5


# spec: 3.5
def test_sealed_messages_open_once_and_in_order() -> None:
    sealer, opener = Sealer(SALT), Opener(SALT)
    first, second, third = (sealer.seal(b"same") for _ in range(3))
    assert len({first, second, third}) == 3 and len(first) == 20
    for wrong in (second, first[:-1], b"", first[:-1] + bytes((first[-1] ^ 1,))):
        with pytest.raises(CheckFailed):
            opener.open(wrong)
    assert opener.opened == 0
    assert opener.open(first) == b"same"
    for wrong in (first, third):
        with pytest.raises(CheckFailed):
            opener.open(wrong)
    assert opener.open(second) == opener.open(third) == b"same"
    assert opener.opened == 3


@given(st.binary(max_size=100))
def test_any_bytes_do_not_open(data: bytes) -> None:
    with pytest.raises(CheckFailed):
        Opener(SALT).open(data)


@given(st.binary(max_size=40), st.binary(max_size=70))
def test_any_bytes_are_no_proof(identity: bytes, signature: bytes) -> None:
    with pytest.raises(CheckFailed):
        check_proof(identity, signature, Role.CALLER, SALT)


@pytest.mark.parametrize("size", [0, 31, 33])
def test_an_identity_has_32_bytes(size: int) -> None:
    with pytest.raises(ValueError):
        Identity.from_seed(bytes(size))
