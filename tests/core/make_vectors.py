"""Test vectors of protocol version 1: every message, key and datagram of two conversations with a fixed entropy.

`vectors.json` is kept, so that a change of what goes over the air is seen. To write it anew, on purpose only:

    python -m tests.core.make_vectors
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields
from pathlib import Path
from typing import Any

from nearby_tray.core import frames, keys, wire
from nearby_tray.core.conversation import Conversation, Introduction, Marking
from nearby_tray.core.keys import Entropy, Identity, Role, SessionKeys
from nearby_tray.core.model import Method
from nearby_tray.core.wire import Kind, Message

PATH = Path(__file__).with_name("vectors.json")
CHANNEL = bytes.fromhex("c0ffee01")
CHANNEL_AGAIN = bytes.fromhex("c0ffee02")
POSIX = 1_700_000_000.0
CALLER = Introduction("Ada's laptop", Kind.LAPTOP, bytes.fromhex("02aa00000001"), 47476, (Method.PBC,))
LISTENER = Introduction("Büro", Kind.DESKTOP, bytes.fromhex("02aa00000002"), 47477, (Method.PBC, Method.DISPLAY))
CALLER_SEED = hashlib.sha256(b"vector caller identity").digest()
LISTENER_SEED = hashlib.sha256(b"vector listener identity").digest()


def facts(of: Introduction) -> wire.Facts:
    return wire.Facts(name=of.name, kind=of.kind, p2p_address=of.p2p_address, port=of.port, methods=of.methods)


MESSAGES: list[Message] = [
    wire.Hello(versions=(1,), facts=facts(LISTENER)),
    wire.Request(version=1, facts=facts(CALLER), purpose=wire.Purpose.FILES, method=Method.PBC, commitment=bytes(range(32))),
    wire.Offer(public_key=bytes(range(32)), nonce=bytes(range(16))),
    wire.Reveal(public_key=bytes(range(32)), nonce=bytes(range(16))),
    wire.Proof(identity=bytes(range(32)), signature=bytes(range(64))),
    wire.Answer(accepted=True, trust=True),
    wire.MatchMessage(trust=True),
    wire.Seen(),
    wire.Go(method=Method.DISPLAY, pin="12345670", owner=wire.Owner.EITHER),
    wire.LinkedMessage(addresses=("169.254.3.5", "fe80::1"), port=47476),
    wire.Again(2),
    wire.Resume(session=bytes(range(8)), public_key=bytes(range(32)), tag=bytes(range(16))),
    wire.Resumed(public_key=bytes(range(32)), tag=bytes(range(16))),
    wire.Goodbye(wire.GoodbyeReason.FINISHED),
]


def seeded(label: str) -> Entropy:
    """A fixed source of bytes: SHA-256 of the label and a count, the first bytes of each."""
    count = 0

    def draw(size: int) -> bytes:
        nonlocal count
        count += 1
        return hashlib.shake_256(f"{label} {count}".encode()).digest(size)

    return draw


def conversation(
    role: Role,
    label: str = "vector",
    *,
    channel: bytes = CHANNEL,
    resumable: SessionKeys | None = None,
    marking: Marking | None = None,
    expects: bytes | None = None,
) -> Conversation:
    """One side, with the fixed introduction and identity of its role and entropy by label."""
    caller = role is Role.CALLER
    return Conversation(
        role=role,
        channel=channel,
        me=CALLER if caller else LISTENER,
        identity=Identity.from_seed(CALLER_SEED if caller else LISTENER_SEED),
        entropy=seeded(f"{label} {role.value}"),
        resumable=resumable,
        marking=marking,
        expects=expects,
    )


def all_keys(session: SessionKeys) -> dict[str, Any]:
    """Every field, bytes in hex, the plan as its four addresses."""
    shown: dict[str, Any] = {}
    for each in fields(session):
        value = getattr(session, each.name)
        if isinstance(value, keys.AddressPlan):
            shown[each.name] = [value.caller_v4, value.listener_v4, value.caller_v6, value.listener_v6]
        else:
            shown[each.name] = value.hex() if isinstance(value, bytes) else value
    return shown


def build() -> dict[str, Any]:
    """The vectors as today's code makes them."""
    caller, listener = conversation(Role.CALLER), conversation(Role.LISTENER)
    hello = listener.greet()[0]
    caller.receive(hello)
    request = caller.request(wire.Purpose.LINK, Method.PBC)[0]
    listener.receive(request)
    offer = listener.offer()[0]
    reveal, caller_proof = caller.receive(offer)[1]
    listener.receive(reveal)
    listener.receive(caller_proof)
    session = listener.keys
    assert session is not None
    listener_proof, answer = listener.say(wire.Answer(accepted=True, trust=True))
    caller.receive(listener_proof)
    caller.receive(answer)
    assert caller.keys == session
    (match,) = caller.say(wire.MatchMessage(trust=True))

    call_id = bytes.fromhex("0a0b0c")
    call = wire.Call(call_id=call_id, hint=keys.hint(session.trust, call_id, POSIX)).encode()
    marking = Marking(session.trust, call)
    marked = conversation(Role.LISTENER, "marked", marking=marking, expects=Identity.from_seed(CALLER_SEED).public)
    asks = conversation(Role.CALLER, "marked")
    (nameless,) = marked.greet()
    asks.receive(nameless)
    (marked_request,) = asks.request(wire.Purpose.LINK, Method.PBC, session.trust)

    resume_call = wire.Call(call_id=call_id, hint=keys.resume_hint(session, call_id)).encode()
    there = conversation(Role.LISTENER, "again", channel=CHANNEL_AGAIN, resumable=session, marking=Marking(session.resume, resume_call))
    back = conversation(Role.CALLER, "again", channel=CHANNEL_AGAIN, resumable=session)
    (back_hello,) = there.greet()
    back.receive(back_hello)
    (resume,) = back.resume()
    resumed, back_answer = there.receive(resume)[1]
    (back_match,) = back.receive(resumed)[1]
    there.receive(back_match)
    restored = there.keys
    assert restored is not None

    ping = wire.Ping(wire.PingType.PONG, session.session, 7, 10**15, 6, 2 * 10**15, 5)
    return {
        "call": call.hex(),
        "frames": [frame.hex() for frame in frames.split(CHANNEL, hello, 20)],
        "messages": {str(message.__struct_config__.tag): wire.encode(message).hex() for message in MESSAGES},
        "conversation": {
            "caller_seed": CALLER_SEED.hex(),
            "listener_seed": LISTENER_SEED.hex(),
            "caller_private": seeded("vector caller")(32).hex(),
            "listener_private": seeded("vector listener")(32).hex(),
            "in_the_clear": [message.hex() for message in (hello, request, offer, reveal)],
            "transcript": keys.transcript((hello, request, offer, reveal)).hex(),
            "keys": all_keys(session),
            "sealed": {
                "caller_proof": caller_proof.hex(),
                "listener_proof": listener_proof.hex(),
                "answer": answer.hex(),
                "match": match.hex(),
            },
        },
        "marked": {"hello": nameless.hex(), "request": marked_request.hex()},
        "resume": {
            "channel": CHANNEL_AGAIN.hex(),
            "caller_private": seeded("again caller")(32).hex(),
            "listener_private": seeded("again listener")(32).hex(),
            "hello": back_hello.hex(),
            "resume": resume.hex(),
            "resumed": resumed.hex(),
            "keys": all_keys(restored),
            "sealed": {"answer": back_answer.hex(), "match": back_match.hex()},
            "call": resume_call.hex(),
        },
        "pong_of_the_caller": wire.encode_ping(ping, session.caller_ping).hex(),
    }


if __name__ == "__main__":
    PATH.write_text(json.dumps(build(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
