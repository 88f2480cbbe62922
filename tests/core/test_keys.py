"""Keys and checks: against the protocol's text by a second, independent implementation, and against what must not pass."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import fields
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Any

import pytest
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
    check_proof,
    commitment,
    derive,
    exchange_public,
    hint,
    prove,
    renew,
    resume_tag,
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


def test_the_vectors_follow_from_the_protocols_text() -> None:
    """With nothing but hashlib and hmac, and the X25519 result that the vectors name."""
    said, resumed = kept()["conversation"], kept()["resume"]
    clear = [bytes.fromhex(message) for message in said["in_the_clear"]]
    salt = hashlib.sha256(b"".join(len(message).to_bytes(4, "big") + message for message in clear)).digest()
    assert salt.hex() == said["transcript"]

    nonce = bytes.fromhex(resumed["message"]).split(b"\xa5nonce\xc4\x10")[1][:16]
    for used, named in ((salt, said["keys"]), (nonce, resumed["keys"])):
        prk = hmac.digest(used, bytes.fromhex(said["keys"]["secret"]), "sha256")

        def use(name: str, size: int, prk: bytes = prk) -> bytes:
            return hmac.digest(prk, b"nearby-tray v1 " + name.encode() + b"\x01", "sha256")[:size]

        assert named["caller_seal"] == use("caller>listener", 32).hex()
        assert named["listener_seal"] == use("listener>caller", 32).hex()
        assert named["caller_ping"] == use("ping caller", 32).hex()
        assert named["listener_ping"] == use("ping listener", 32).hex()
        assert named["session"] == use("session", 8).hex()
        assert named["resume"] == use("resume", 32).hex()
        assert named["trust"] == use("trust", 32).hex()
        assert int(named["code"].replace(" ", "")) == int.from_bytes(use("code", 4), "big") % 1_000_000
        a = use("addresses", 16)
        v4 = f"169.254.{1 + a[0] % 254}."
        y = 4 * (a[1] % 64)
        v6 = ip_address(b"\xfd" + a[2:9] + bytes(8))
        assert named["plan"] == [f"{v4}{y + 1}", f"{v4}{y + 2}", str(v6 + 1), str(v6 + 2)]

    key = bytes.fromhex(said["keys"]["resume"])
    tag = hmac.digest(key, b"resume" + bytes.fromhex(resumed["channel"]) + nonce, "sha256")[:16]
    assert bytes.fromhex(resumed["message"]).endswith(b"\xa3tag\xc4\x10" + tag)
    assert resumed["hint"] == hmac.digest(key, bytes.fromhex("0a0b0c"), "sha256")[:2].hex()

    pong = bytes.fromhex(kept()["pong_of_the_caller"])
    assert pong[52:] == hmac.digest(bytes.fromhex(said["keys"]["caller_ping"]), pong[:52], "sha256")[:16]


# --- derivation ------------------------------------------------------------------------------------------------------------


def test_both_sides_derive_the_same() -> None:
    mine, theirs = session(), derive(OTHER, exchange_public(PRIVATE), SALT)
    assert all_keys(mine) == all_keys(theirs)


def test_every_use_is_another_key_and_another_transcript_gives_other_ones() -> None:
    first, second = all_keys(session()), all_keys(session(SALT[::-1]))
    assert len({str(value) for value in first.values()}) == len(first)
    assert {name for name in first if first[name] == second[name]} == {"secret"}


def test_renewed_keys_are_all_new_and_can_be_renewed_again() -> None:
    old = session()
    once, twice = renew(old, b"n" * 16), renew(renew(old, b"n" * 16), b"m" * 16)
    for new in (once, twice):
        assert {name for name in all_keys(old) if all_keys(old)[name] == all_keys(new)[name]} == {"secret"}
    assert once.session != twice.session
    assert renew(old, b"n" * 16) == once


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
    v4 = IPv4Network(f"{caller[0]}/{plan.prefix_v4}", strict=False)
    assert [str(host) for host in v4.hosts()] == [caller[0], listener[0]]
    # RFC 3927 keeps the first and last 256 addresses of 169.254.0.0/16 for later.
    assert v4.subnet_of(IPv4Network("169.254.0.0/16")) and caller[0].split(".")[2] not in ("0", "255")
    v6 = IPv6Network(f"{caller[1]}/{plan.prefix_v6}", strict=False)
    assert (str(v6[1]), str(v6[2])) == (caller[1], listener[1])
    assert v6.subnet_of(IPv6Network("fd00::/8"))


def test_a_plan_by_hand() -> None:
    plan = AddressPlan.from_bytes(bytes((254, 65, *range(1, 15))))
    assert plan == AddressPlan("169.254.1.5", "169.254.1.6", "fd01:203:405:607::1", "fd01:203:405:607::2")


# --- proofs, tags, seals ---------------------------------------------------------------------------------------------------


def test_a_proof_holds_for_one_identity_role_and_transcript() -> None:
    signature = prove(ADA, Role.CALLER, SALT)
    check_proof(ADA.public, signature, Role.CALLER, SALT)
    for identity, signed, role, salt in (
        (BEN.public, signature, Role.CALLER, SALT),
        (ADA.public, signature, Role.LISTENER, SALT),
        (ADA.public, signature, Role.CALLER, SALT[::-1]),
        (ADA.public, signature[:-1] + b"\0", Role.CALLER, SALT),
        (ADA.public, b"", Role.CALLER, SALT),
        (b"short", signature, Role.CALLER, SALT),
        (b"\xff" * 32, signature, Role.CALLER, SALT),
    ):
        with pytest.raises(CheckFailed, match="wrong signature"):
            check_proof(identity, signed, role, salt)


def test_what_is_signed_is_the_text_of_the_protocol() -> None:
    assert prove(ADA, Role.LISTENER, SALT) == ADA.sign(b"nearby-tray prooflistener" + SALT)


def test_the_commitment_is_the_text_of_the_protocol() -> None:
    assert commitment(SALT, b"n" * 16) == hashlib.sha256(b"nearby-tray commit" + SALT + b"n" * 16).digest()


def test_the_transcript_tells_where_a_message_ends() -> None:
    assert transcript([b"ab", b"c"]) != transcript([b"a", b"bc"]) != transcript([b"abc"])


def test_a_hint_is_for_one_key_and_one_call() -> None:
    assert len(hint(SALT, b"123")) == 2
    assert len({hint(SALT, b"123"), hint(SALT, b"124"), hint(SALT[::-1], b"123")}) == 3


def test_a_resume_tag_is_for_one_channel_and_one_nonce() -> None:
    keys = session()
    tags = {resume_tag(keys, channel, nonce) for channel in (b"aaaa", b"bbbb") for nonce in (b"n" * 16, b"m" * 16)}
    assert len(tags) == 4 and all(len(tag) == 16 for tag in tags)


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
