"""The link as authenticated pings show it (protocol, section 4): what to send when, what came back, and how good that is.

Sans-IO: datagrams in, datagrams out, time as an argument. Round trips are measured with the receiver's stamps, so a busy event loop
does not spoil them. A grade changes only after the new one held for two seconds; *lost* is said at once, after three seconds without
an answer. It is judged when something happens (a ping is due, an answer comes), never by being asked for.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_interface
from itertools import pairwise

from .keys import Role, SessionKeys
from .model import Grade, Health, Probe, ProbeAnswered
from .wire import Ping, PingType, ReplayWindow, WireError, decode_ping, encode_ping

# spec: 4.5
SLOW = 1.0  # seconds between pings on a healthy link that nobody looks at
FAST = 0.2
QUIET = 1.5  # seconds of silence after which pings come fast
LOST = 3.0  # seconds of silence after which the link is lost
LATE = 3.0  # seconds after which a pong is no answer any more
HOLD = 2.0  # seconds a grade has to hold before it is shown
WINDOW = 30.0  # seconds of pings that the figures speak of
MORE = 4  # addresses that the peer may name besides the planned ones
FAREWELLS, FAREWELL_GAP = 3, 0.05
_LINK_LOCAL = IPv6Network("fe80::/10")
_PLAN_BITS = {4: 30, 6: 64}  # protocol, section 5
BEACON = 102.4  # ms, the usual beacon interval (100 TU of 1.024 ms)


@dataclass(frozen=True, slots=True)
class LinkUp:
    """The first valid pong: the other end of this group is who the conversation was with."""


@dataclass(frozen=True, slots=True)
class LinkLost:
    """No answer for three seconds."""


@dataclass(frozen=True, slots=True)
class LinkLeft:
    """The other side said goodbye: a deliberate end, no loss."""


Verdict = LinkUp | LinkLost | LinkLeft


@dataclass(slots=True)
class _Sent:
    at: float
    rtt: float | None = None  # ms
    answered: bool = False  # also where no time is known


class _Meter:
    """What was sent and what of it came back: the figures, the grade and when to send next."""

    def __init__(self, now: float) -> None:
        self._sent: dict[int, _Sent] = {}
        self._sequence = 0
        self._next = now
        self._answered: float | None = None
        self._began = now
        self._pongs = 0
        self._last_rtt: float | None = None
        self._fast = False
        self._lost = False
        self._grade = Grade.FAIR
        self._candidate: tuple[Grade, float] | None = None

    def attend(self, fast: bool) -> None:
        """Somebody looks at the figures: five pings a second instead of one."""
        self._fast = fast

    def _send_one(self, now: float) -> int:
        """The sequence of what is sent now."""
        self._judge(now)
        self._next = now + self._interval(now)
        self._sequence += 1
        self._sent[self._sequence] = _Sent(now)
        for sequence in [s for s, ping in self._sent.items() if ping.at < now - WINDOW]:
            del self._sent[sequence]
        return self._sequence

    def _came_back(self, sequence: int, rtt: float | None, now: float) -> bool:
        """Note the answer to one. Returns whether it is the first of all."""
        sent = self._sent[sequence]
        sent.answered, sent.rtt = True, rtt
        if rtt is not None:
            self._last_rtt = rtt
        self._pongs += 1
        self._answered = now
        if self._pongs == 1:
            # What was sent before the other side was there is not lost.
            self._sent = {s: p for s, p in self._sent.items() if s >= sequence}
        self._judge(now)
        return self._pongs == 1

    def health(self, now: float) -> Health:
        """The figures of the last 30 s. Pings still on their way (younger than a second) count neither as answered nor as lost."""
        figures = self._figures(now)
        grade = Grade.LOST if _grade(figures, self._lost) is Grade.LOST else self._grade
        return replace(figures, grade=grade, history=self._history(now))

    def _figures(self, now: float) -> Health:
        settled = [p for p in self._sent.values() if p.answered or p.at < now - 1.0]
        rtts = [p.rtt for p in settled if p.rtt is not None]
        ordered = sorted(rtts)
        loss = 1 - sum(p.answered for p in settled) / len(settled) if settled else 0.0
        p50 = ordered[len(ordered) // 2] if ordered else None
        p95 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))] if ordered else None
        steps = [abs(b - a) for a, b in pairwise(rtts)]
        return Health(
            grade=self._grade,
            rtt_last=self._last_rtt,
            rtt_p50=p50,
            rtt_p95=p95,
            jitter=sum(steps) / len(steps) if steps else None,
            loss=loss,
            silence=now - (self._answered if self._answered is not None else self._began),
            pongs=self._pongs,
            power_save=_gathers_at_beacons(rtts),
        )

    def _interval(self, now: float) -> float:
        silent = self._answered is None or now - self._answered > QUIET
        return FAST if self._fast or silent else SLOW

    def _judge(self, now: float) -> None:
        """Take over a grade that has held for long enough."""
        grade = _grade(self._figures(now), self._lost)
        if grade is Grade.LOST or self._pongs <= 1:
            self._grade, self._candidate = grade, (grade, now)
        elif self._candidate is None or self._candidate[0] is not grade:
            self._candidate = (grade, now)
        if self._candidate is not None and now - self._candidate[1] >= HOLD:
            self._grade = self._candidate[0]

    def _history(self, now: float) -> tuple[float | None, ...]:
        """One round trip for each of the last 30 whole seconds; a second without a ping repeats nothing and is left out."""
        seconds: dict[int, deque[float | None]] = {}
        for ping in self._sent.values():
            if ping.answered or ping.at < now - 1.0:
                seconds.setdefault(int(ping.at), deque()).append(ping.rtt)
        history: list[float | None] = []
        for second in sorted(seconds):
            answered = [rtt for rtt in seconds[second] if rtt is not None]
            history.append(sorted(answered)[len(answered) // 2] if answered else None)
        return tuple(history[-int(WINDOW) :])


class Link(_Meter):
    """One link between two of ours, from the moment the group is up to its end."""

    def __init__(self, *, role: Role, keys: SessionKeys, addresses: tuple[str, ...], now: float) -> None:
        """`addresses`: where the peer may be, planned ones first; until one has answered, each gets every ping."""
        super().__init__(now)
        self._session = keys.session
        self._out, self._in = keys.ping_key(role), keys.ping_key(role.other)
        self._addresses = addresses
        self._known = set(addresses)  # where the peer may be and says it is
        self._networks = tuple(ip_interface(f"{a}/{_PLAN_BITS[ip_address(a).version]}").network for a in addresses)
        self._most = len(addresses) + MORE  # each ping goes to each of them: a peer must not make us flood
        self._window = ReplayWindow()
        self._received = 0

    # spec: 5.2
    def add_addresses(self, addresses: tuple[str, ...]) -> None:
        """Where the peer says it is (`linked`), in case the plan collided; at most `MORE`. They are called while nothing has answered."""
        fresh = [a for a in dict.fromkeys(addresses) if a not in self._known and _is_on_link(a, self._networks)]
        fresh = fresh[: self._most - len(self._known)]
        self._known.update(fresh)
        if not self._pongs:
            self._addresses += tuple(fresh)

    @property
    def addresses(self) -> tuple[str, ...]:
        """Where pings go: one address once it has answered."""
        return self._addresses

    def due(self, now: float) -> list[tuple[bytes, str]]:
        """The pings to send now, as (datagram, address)."""
        if now < self._next:
            return []
        ping = Ping(PingType.PING, self._session, self._send_one(now), _ns(now), 0, 0, self._received)
        datagram = encode_ping(ping, self._out)
        return [(datagram, address) for address in self._addresses]

    # spec: 4.3
    def receive(self, datagram: bytes, source: str, received: float, now: float) -> tuple[list[Verdict], list[tuple[bytes, str]]]:
        """One datagram from the air: what it means, and what to answer. Anything that is not ours is nothing.

        A pong counts when it is the answer to a ping of this link, and soon; a ping is answered when it comes from where the peer may be.
        """
        try:
            ping = decode_ping(datagram, session=self._session, key=self._in, window=self._window)
        except WireError:
            return [], []
        self._received += 1
        match ping.type:
            case PingType.PING if source not in self._known:
                return [], []  # sealed by the peer, but carried there by somebody else
            case PingType.PING:
                self._sequence += 1
                pong = Ping(PingType.PONG, self._session, self._sequence, _ns(now), ping.sequence, ping.sent_ns, self._received)
                return [], [(encode_ping(pong, self._out), source)]
            case PingType.PONG:
                sent = self._sent.get(ping.echo_sequence)
                took = min(received, now) - (sent.at if sent is not None else now)
                if sent is None or sent.answered or ping.echo_sent_ns != _ns(sent.at) or took > LATE:
                    return [], []
                first = self._came_back(ping.echo_sequence, max(0.0, took * 1000), now)
                if source in self._known:
                    self._addresses = (source,)
                return ([LinkUp()] if first else []), []
            case PingType.GOODBYE:
                return [LinkLeft()], []

    def tick(self, now: float) -> list[Verdict]:
        """Judge the silence; call it when `deadline` is reached."""
        if self._lost or self._answered is None or now < self._answered + LOST:
            return []
        self._lost = True
        return [LinkLost()]

    def deadline(self) -> float:
        """When `due` or `tick` has something to do."""
        if self._answered is None or self._lost:
            return self._next
        return min(self._next, max(self._answered + LOST, self._answered))

    # spec: 4.6
    def farewell(self, now: float) -> list[tuple[bytes, str]]:
        """One goodbye; to be sent `FAREWELLS` times, `FAREWELL_GAP` apart."""
        self._sequence += 1
        goodbye = Ping(PingType.GOODBYE, self._session, self._sequence, _ns(now), 0, 0, self._received)
        return [(encode_ping(goodbye, self._out), address) for address in self._addresses]


class Echo(_Meter):
    """A plain peer on a group: is it there, and how far away (`Prober`). Nothing here is authenticated.

    It may sleep or keep silent as it likes: silence is shown, and ends nothing. The group's end is for the daemon to say.
    """

    def __init__(self, station: str, now: float) -> None:
        """`station`: its link-layer address, when several are on the group; empty: whoever answers first."""
        super().__init__(now)
        self._station = station
        self._addresses: tuple[str, ...] = ()
        self._probe = Probe.NEIGHBOUR

    @property
    def addresses(self) -> tuple[str, ...]:
        """Where it has answered from, the latest first."""
        return self._addresses

    def due(self, now: float) -> list[tuple[int, str]]:
        """The probes to send now, as (sequence, address); an empty address is everybody on the link."""
        if now < self._next:
            return []
        return [(self._send_one(now), self._addresses[0] if self._addresses else "")]

    def answered(self, answer: ProbeAnswered, now: float) -> list[Verdict]:
        """Somebody on the group is there."""
        if self._station and answer.station != self._station:
            return []
        if not self._station:
            if self._addresses and answer.station == "" and answer.source not in self._addresses:
                return []
            self._station = answer.station
        sequence = answer.sequence
        if sequence is None:  # the neighbour table says so: it stands for what was asked last
            sequence = next((s for s, sent in reversed(self._sent.items()) if not sent.answered), 0)
        sent = self._sent.get(sequence)
        if sent is None or sent.answered:
            return []
        rtt = None
        if answer.sequence is not None:
            self._probe = Probe.ECHO
            rtt = max(0.0, (min(answer.received, now) - sent.at) * 1000)
        first = self._came_back(sequence, rtt, now)
        self._addresses = (answer.source, *(known for known in self._addresses if known != answer.source))[:MORE]
        return [LinkUp()] if first else []

    def deadline(self) -> float:
        """When `due` has something to do."""
        return self._next

    def _interval(self, now: float) -> float:
        return FAST if self._fast else SLOW  # silence is no reason to call louder: it may be asleep

    def health(self, now: float) -> Health:
        return replace(super().health(now), probe=self._probe)


def _ns(now: float) -> int:
    return int(now * 1_000_000_000)


def _grade(health: Health, lost: bool) -> Grade:
    """The limits of the design, "Link health"."""
    if not health.pongs:
        return Grade.FAIR  # what never was up is not lost
    if lost or health.silence >= LOST:
        return Grade.LOST
    p50, p95 = health.rtt_p50 or 0.0, health.rtt_p95 or 0.0
    if health.loss > 0.10 or p50 > 150:
        return Grade.WEAK
    return Grade.GOOD if health.loss < 0.02 and p95 < 50 else Grade.FAIR


def _gathers_at_beacons(rtts: list[float]) -> bool:
    """Do the round trips gather near multiples of the beacon interval? Then Wi-Fi power saving delays them."""
    slow = [rtt for rtt in rtts if rtt > BEACON / 2]
    near = [rtt for rtt in slow if abs(rtt / BEACON - round(rtt / BEACON)) < 0.12]
    return len(slow) >= 5 and len(near) > 0.7 * len(slow) and len(slow) > 0.3 * len(rtts)


def _is_on_link(text: str, networks: tuple[IPv4Network | IPv6Network, ...]) -> bool:
    """Only addresses of one host, without scope, that are on the group: link-local, or in the plan's networks. A peer must not make us
    send anywhere else."""
    try:
        address = ip_address(text)
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and (address.scope_id is not None or address in _LINK_LOCAL):
        return address.scope_id is None
    ends = [(network.network_address, network.broadcast_address) for network in networks if address in network]
    return any(address not in (first, last) for first, last in ends)
