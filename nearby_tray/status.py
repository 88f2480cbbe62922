"""The status: what the session bus and the command line say of a `Snapshot`, as one JSON object.

The service makes it and encodes it, the command line decodes it and turns it back into a `Snapshot` for the sentences. The order of the
fields is that of the JSON. Times are relative to the moment of the status, for the two programs have no clock in common: seconds end in
`_s`, milliseconds in `_ms`; `null`: not known, or not now. A field with a default may be missing, for an applet of an earlier version
does not say it. `desktop/dbus.md` describes each field.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

import msgspec

from .core.model import (
    Abilities,
    Asker,
    Failure,
    Grade,
    Health,
    LinkInfo,
    Member,
    Method,
    Missed,
    Peer,
    Probe,
    Radios,
    Reason,
    Snapshot,
    Stage,
    Timings,
    Visibility,
    Wish,
    WishKind,
)

Describe = Callable[[Failure, str], tuple[str, str]]
"""The sentence and the advice for a failure; the peer's name as it came, empty when there is none."""

T = TypeVar("T")
R = TypeVar("R")


class StatusPeer(msgspec.Struct, frozen=True, kw_only=True):
    """A peer, where only its name matters."""

    id: str
    name: str
    kind: str = "other"

    @classmethod
    def of(cls, peer: Peer) -> StatusPeer:
        return cls(id=peer.id, name=peer.name, kind=peer.kind)

    def peer(self) -> Peer:
        return Peer(self.id, self.name, self.kind)


class PresentPeer(StatusPeer, frozen=True, kw_only=True):
    """The peer that the stage is about."""

    trusted: bool = False
    identity_changed: bool = False

    @classmethod
    def of(cls, peer: Peer) -> PresentPeer:
        return cls(id=peer.id, name=peer.name, kind=peer.kind, trusted=peer.trusted, identity_changed=peer.identity_changed)

    def peer(self) -> Peer:
        return replace(super().peer(), trusted=self.trusted, identity_changed=self.identity_changed)


class ListedPeer(StatusPeer, frozen=True, kw_only=True):
    """A peer of the list. Its fields are called as those of `Peer`."""

    reachable: bool = False
    on_wifi: bool = False
    strength: int | None = None
    trusted: bool = False
    bonded: bool = False
    identity_changed: bool = False
    model: str = ""
    methods: tuple[Method, ...] | None = None
    owner: bool = False
    remembered: bool = False

    @classmethod
    def of(cls, peer: Peer) -> ListedPeer:
        same = {name: getattr(peer, name) for name in cls.__struct_fields__ if name != "methods"}
        return cls(**same, methods=tuple(sorted(peer.methods)) if peer.methods is not None else None)

    def peer(self) -> Peer:
        return Peer(**msgspec.structs.asdict(self) | {"methods": frozenset(self.methods) if self.methods is not None else None})


class StatusHealth(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of a link or a member."""

    grade: Grade
    rtt_ms: float | None = None
    rtt_p50_ms: float | None = None
    rtt_p95_ms: float | None = None
    jitter_ms: float | None = None
    loss: float = 0.0
    silence_s: float | None = None
    pongs: int = 0
    power_save: bool = False
    signal: int | None = None
    bytes_in: int | None = None
    bytes_out: int | None = None
    probe: Probe = Probe.PINGS

    @classmethod
    def of(cls, health: Health) -> StatusHealth:
        return cls(
            grade=health.grade,
            rtt_ms=_rounded(health.rtt_last),
            rtt_p50_ms=_rounded(health.rtt_p50),
            rtt_p95_ms=_rounded(health.rtt_p95),
            jitter_ms=_rounded(health.jitter),
            loss=round(health.loss, 4),
            silence_s=_rounded(health.silence),
            pongs=health.pongs,
            power_save=health.power_save,
            signal=health.signal,
            bytes_in=health.bytes_in,
            bytes_out=health.bytes_out,
            probe=health.probe,
        )

    def health(self) -> Health:
        return Health(
            self.grade,
            self.rtt_ms,
            self.rtt_p50_ms,
            self.rtt_p95_ms,
            self.jitter_ms,
            self.loss,
            self.silence_s or 0.0,
            self.pongs,
            self.power_save,
            signal=self.signal,
            bytes_in=self.bytes_in,
            bytes_out=self.bytes_out,
            probe=self.probe,
        )


class StatusLink(msgspec.Struct, frozen=True, kw_only=True):
    """How the group came about."""

    method: Method = Method.PBC
    pin: bool = False
    backend: str = ""
    owner: bool | None = None
    frequency_mhz: int | None = None
    width_mhz: int | None = None


class StatusMember(StatusPeer, frozen=True, kw_only=True):
    """A member of the hosted group."""

    address: str = ""
    addresses: tuple[str, ...] = ()
    joined_s: float | None = None
    health: StatusHealth | None = None

    @classmethod
    def in_group(cls, member: Member, now: float) -> StatusMember:
        peer = member.peer
        return cls(
            id=peer.id,
            name=peer.name,
            kind=peer.kind,
            address=peer.address,
            addresses=member.addresses,
            joined_s=_rounded(max(0.0, now - member.since)),
            health=_each(StatusHealth.of, member.health),
        )

    def member(self) -> Member:
        peer = replace(self.peer(), address=self.address)
        return Member(peer, -(self.joined_s or 0.0), self.addresses, self.health.health() if self.health is not None else None)


class StatusFailure(msgspec.Struct, frozen=True, kw_only=True):
    """Why the last journey ended. The sentence is for people, in English."""

    stage: Stage
    reason: Reason
    detail: str = ""
    sentence: str = ""
    advice: str = ""

    def failure(self) -> Failure:
        return Failure(self.stage, self.reason, self.detail)


class StatusWish(msgspec.Struct, frozen=True, kw_only=True):
    """What a program asks the user for."""

    id: str
    what: WishKind
    asked_by: Asker
    peer: StatusPeer | None = None
    ends_in_s: float | None = None

    @classmethod
    def of(cls, wish: Wish, now: float) -> StatusWish:
        return cls(id=wish.id, what=wish.what, asked_by=wish.asker, peer=_each(StatusPeer.of, wish.peer), ends_in_s=_left(wish.until, now))

    def wish(self) -> Wish:
        return Wish(self.asked_by, self.what, self.peer.peer() if self.peer is not None else None, 0.0, self.ends_in_s or 0.0, self.id)


class StatusMissed(msgspec.Struct, frozen=True, kw_only=True):
    """A request that nobody answered."""

    id: str
    peer: StatusPeer
    ago_s: float = 0.0

    @classmethod
    def of(cls, missed: Missed, now: float) -> StatusMissed:
        return cls(id=missed.id, peer=StatusPeer.of(missed.peer), ago_s=round(max(0.0, now - missed.at), 1))

    def missed(self) -> Missed:
        return Missed(self.id, self.peer.peer(), -self.ago_s)


class StatusRadios(msgspec.Struct, frozen=True, kw_only=True):
    """Why a radio cannot be used; `null`: it can."""

    bluetooth: Reason | None
    wifi: Reason | None


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """What a `Snapshot` says to programs."""

    state: Stage
    question: str = ""
    code: str | None = None
    may_match: bool = False
    agreed_here: bool = False
    agreed_there: bool = False
    needs_code: bool = True
    purpose: str = "link"
    peer: PresentPeer | None = None
    peers: tuple[ListedPeer, ...]
    attempt: int = 0
    addresses: tuple[str, ...] = ()
    peer_addresses: tuple[str, ...] = ()
    interface: str | None = None
    verified: bool = True
    method: Method = Method.PBC
    pin: str | None = None  # for the caller that asks; a signal to everybody has only `pin_shown`
    pin_shown: bool = False
    pin_wanted: bool = False
    tries_left: int = 0
    link: StatusLink | None = None
    members: tuple[StatusMember, ...] = ()
    health: StatusHealth | None = None
    timings: Timings = Timings()
    failure: StatusFailure | None = None
    restoring_because: Reason | None = None
    unasked: bool = False
    asked_by: Asker | None = None
    wish: StatusWish | None = None
    missed: tuple[StatusMissed, ...] = ()
    visibility: Visibility
    visible_for_s: float | None = None
    listening: bool = False
    problems: tuple[str, ...] = ()
    radios: StatusRadios
    abilities: Abilities = Abilities()
    ends_in_s: float | None = None

    @classmethod
    def of(cls, snapshot: Snapshot, describe: Describe, *, pin: bool = False) -> Status:
        """`pin`: with the PIN that is shown."""
        link, now, timings = snapshot.link, snapshot.now, snapshot.timings
        return cls(
            state=snapshot.stage,
            question=snapshot.question,
            code=snapshot.code,
            may_match=snapshot.may_match,
            agreed_here=snapshot.agreed_here,
            agreed_there=snapshot.agreed_there,
            needs_code=snapshot.needs_code,
            purpose=snapshot.purpose,
            peer=_each(PresentPeer.of, snapshot.peer),
            peers=tuple(map(ListedPeer.of, snapshot.peers)),
            attempt=snapshot.attempt,
            addresses=link.own if link else (),
            peer_addresses=link.peer if link else (),
            interface=link.interface if link else None,
            verified=snapshot.verified,
            method=snapshot.method,
            pin=snapshot.pin if pin else None,
            pin_shown=snapshot.pin is not None,
            pin_wanted=snapshot.pin_wanted,
            tries_left=snapshot.tries_left,
            link=_each(_link, link),
            members=tuple(StatusMember.in_group(member, now) for member in snapshot.members),
            health=_each(StatusHealth.of, snapshot.health),
            timings=Timings(_rounded(timings.find), _rounded(timings.form), _rounded(timings.check)),
            failure=_failure(snapshot, describe),
            restoring_because=snapshot.restoring_because,
            unasked=snapshot.unasked,
            asked_by=snapshot.asker,
            wish=StatusWish.of(snapshot.wish, now) if snapshot.wish else None,
            missed=tuple(StatusMissed.of(missed, now) for missed in snapshot.missed),
            visibility=snapshot.visibility,
            visible_for_s=_left(snapshot.visible_until, now),
            listening=snapshot.listening,
            problems=snapshot.problems,
            radios=StatusRadios(bluetooth=snapshot.radios.bluetooth, wifi=snapshot.radios.wifi),
            abilities=snapshot.radios.abilities,
            ends_in_s=_left(snapshot.deadline, now),
        )

    def as_json(self) -> dict[str, object]:
        """As a caller decodes it."""
        found: dict[str, object] = json.loads(encode(self))
        return found

    def snapshot(self) -> Snapshot:
        """The snapshot again, as far as it was said; its clock is at 0."""
        link = self.link or StatusLink()
        return Snapshot(
            stage=self.state,
            visibility=self.visibility,
            visible_until=self.visible_for_s,
            radios=Radios(self.radios.bluetooth, self.radios.wifi, abilities=self.abilities),
            listening=self.listening,
            peers=tuple(peer.peer() for peer in self.peers),
            peer=self.peer.peer() if self.peer is not None else None,
            question=self.question,
            code=self.code,
            needs_code=self.needs_code,
            may_match=self.may_match,
            agreed_here=self.agreed_here,
            agreed_there=self.agreed_there,
            purpose=self.purpose,
            attempt=self.attempt,
            link=LinkInfo(
                self.interface, self.addresses, self.peer_addresses, 0.0,
                link.method, link.pin, link.backend, link.owner, link.frequency_mhz, link.width_mhz,
            )
            if self.interface is not None
            else None,
            health=self.health.health() if self.health is not None else None,
            deadline=self.ends_in_s,
            failure=self.failure.failure() if self.failure is not None else None,
            restoring_because=self.restoring_because,
            verified=self.verified,
            pin=self.pin if self.pin is not None else "" if self.pin_shown else None,
            pin_wanted=self.pin_wanted,
            tries_left=self.tries_left,
            method=self.method,
            members=tuple(member.member() for member in self.members),
            unasked=self.unasked,
            asker=self.asked_by,
            wish=self.wish.wish() if self.wish is not None else None,
            missed=tuple(missed.missed() for missed in self.missed),
            timings=self.timings,
            problems=self.problems,
        )  # fmt: skip

    def news(self) -> Status:
        """Without what goes on by itself: a countdown or a silence alone is no news."""
        return msgspec.structs.replace(
            self,
            ends_in_s=None,
            visible_for_s=None,
            wish=_each(lambda wish: msgspec.structs.replace(wish, ends_in_s=None), self.wish),
            health=_each(_without_silence, self.health),
            missed=tuple(msgspec.structs.replace(missed, ago_s=0.0) for missed in self.missed),
            members=tuple(
                msgspec.structs.replace(member, joined_s=None, health=_each(_without_silence, member.health)) for member in self.members
            ),
        )


def encode(said: object) -> str:
    """As JSON, all ASCII: whatever a name holds, the result is a valid D-Bus string."""
    return json.dumps(msgspec.to_builtins(said), ensure_ascii=True, allow_nan=False)


def _failure(snapshot: Snapshot, describe: Describe) -> StatusFailure | None:
    failure = snapshot.failure
    if failure is None:
        return None
    sentence, advice = describe(failure, snapshot.peer.name if snapshot.peer else "")
    return StatusFailure(stage=failure.stage, reason=failure.reason, detail=failure.detail, sentence=sentence, advice=advice)


def _link(link: LinkInfo) -> StatusLink:
    return StatusLink(
        method=link.method, pin=link.pin, backend=link.backend, owner=link.owner, frequency_mhz=link.frequency, width_mhz=link.width
    )


def _without_silence(health: StatusHealth) -> StatusHealth:
    return msgspec.structs.replace(health, silence_s=None)


def _each(make: Callable[[T], R], value: T | None) -> R | None:
    return None if value is None else make(value)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def _left(until: float | None, now: float) -> float | None:
    return None if until is None else round(max(0.0, until - now), 1)
