"""Calls of other machines: which of them may be answered, in which order, and over which connections.

Answering a call means connecting to its sender as a Bluetooth central, nothing more: no radio is switched on and no dialog opens. At most
one connection in `Limits.connect_gap` seconds is made, and each call is answered once, unless the connection broke.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from .conversation import Marking
from .keys import SessionKeys, TrustedPeer, is_hint, resume_hint
from .model import CallHeard
from .orders import Limits
from .quota import Quota
from .wire import ANYONE, Call, WireError

ANSWERS = 8  # listeners that one call may have
WAITING = 8  # calls that wait for their connection
REMEMBERED = 256  # calls that are known to be answered


@dataclass(frozen=True, slots=True)
class Audience:
    """Whose calls may be answered now.

    `open`: calls for a link at all; `everyone`: also those meant for anyone. `trusted`: the peers whose hints are looked for. `lost`: the
    keys of a lost link whose caller may come back, whatever else may be answered.
    """

    open: bool = False
    everyone: bool = False
    trusted: tuple[TrustedPeer, ...] = ()
    lost: SessionKeys | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Calling:
    """A call that is answered: until when that makes sense, and which try this is.

    `trusted`: the peer whose hint it has, answered by a mark under `key`. `resumes`: the lost link whose hint it has.
    """

    call: Call
    until: float
    tries: int = 1
    trusted: TrustedPeer | None = None
    key: bytes | None = field(default=None, repr=False)
    resumes: SessionKeys | None = field(default=None, repr=False)

    @property
    def rank(self) -> int:
        """How much this machine is meant: as the other side of a lost link, as a trusted peer, or as anyone."""
        return 2 if self.resumes is not None else 1 if self.key is not None else 0

    @property
    def marking(self) -> Marking | None:
        """How the answer says which key it knows; `None` where it introduces itself by name."""
        return Marking(self.key, self.call.encode()) if self.key is not None else None


@dataclass(frozen=True, slots=True)
class Answering:
    """Names a call and the peer it is answered to: a call may hold hints for several, an `origin` may pass on calls of several."""

    origin: str
    identity: bytes | None
    call_id: bytes

    @classmethod
    def of(cls, origin: str, calling: Calling) -> Answering:
        return cls(origin, calling.trusted.identity if calling.trusted is not None else None, calling.call.call_id)


# spec: 1.7
class Callers:
    """The calls that wait to be answered, and the connections to those who are answered."""

    def __init__(self, limits: Limits, posix: Callable[[], float]) -> None:
        """`posix`: the wall clock in POSIX seconds, for hints that are good for an hour."""
        self.connected: set[str] = set()  # origins
        self._limits = limits
        self._posix = posix
        self._waiting: dict[str, Calling] = {}
        self._connecting: dict[str, Calling] = {}
        self._answered: OrderedDict[Answering, int] = OrderedDict()  # how often each was
        self._hints = Quota(8, 1.0)  # calls whose hint was compared with those of the trusted peers
        self._last = -1e9  # when a connection was last asked for

    def consider(self, heard: CallHeard, audience: Audience, now: float) -> Calling | None:
        """How to answer a call; `None` when it may not be answered, or is about to be."""
        try:
            call = Call.decode(heard.data)
        except WireError:
            return None
        waiting = self._waiting.get(heard.origin)
        if heard.origin in self._connecting or (waiting is not None and waiting.key is not None):
            return None
        calling = self._how(call, audience, now)
        if calling is None or self._answered.get(Answering.of(heard.origin, calling), 0) >= self._limits.tries:
            return None
        return calling

    def wait(self, origin: str, calling: Calling) -> None:
        """Answer this call when it is its turn. When too many wait, it takes the place of one that means this machine less."""
        if len(self._waiting) >= WAITING and origin not in self._waiting:
            loose = next((other for other, each in self._waiting.items() if each.rank < calling.rank), None)
            if loose is None:
                return
            del self._waiting[loose]
        self._waiting[origin] = calling

    def turn(self, conversations: int, now: float) -> Calling | None:
        """The call whose turn it is, when there are too many conversations to answer it."""
        origin = self._next()
        full = conversations + len(self._connecting) >= self._limits.guests + ANSWERS
        return self._waiting[origin] if origin is not None and full and now >= self._last + self._limits.connect_gap else None

    def connect(self, audience: Audience, conversations: int, now: float) -> str | None:
        """The origin to connect to now. The call is considered anew: what was heard may no longer be answered, or only as another peer."""
        origin = self._next()
        if origin is None or now < self._last + self._limits.connect_gap:
            return None
        calling = self._waiting.pop(origin)
        again = self._how(calling.call, audience, now)
        if again is None or conversations + len(self._connecting) >= self._limits.guests + ANSWERS:
            return None
        self._last = now
        self._connecting[origin] = replace(again, until=calling.until, tries=calling.tries)
        return origin

    def arrived(self, origin: str, audience: Audience, now: float) -> Calling | None:
        """The connection stands. How to answer now; `None`: not any more."""
        self.connected.add(origin)
        calling = self._connecting.pop(origin, None)
        return self._how(calling.call, audience, now) if calling is not None else None

    def failed(self, origin: str) -> None:
        """A connection that breaks while it is made has answered no call: the same call may be answered again, within its time."""
        calling = self._connecting.pop(origin, None)
        if calling is not None and calling.tries < self._limits.tries and len(self._waiting) < WAITING:
            self._waiting[origin] = replace(calling, tries=calling.tries + 1)

    def gone(self, origin: str) -> None:
        """The connection has ended."""
        self._connecting.pop(origin, None)
        self.connected.discard(origin)

    def forget(self) -> None:
        """Bluetooth is new: no connection stands and no call is under way."""
        self._connecting.clear()
        self.connected.clear()
        self._waiting.clear()

    def answered(self, answering: Answering, times: int) -> None:
        """A call is answered `Limits.tries` times at most: once for each connection that broke before anything was asked."""
        self._answered[answering] = self._answered.pop(answering, 0) + times
        if len(self._answered) > REMEMBERED:
            self._answered.popitem(last=False)

    def expire(self, now: float) -> None:
        for origin in [origin for origin, calling in self._waiting.items() if now >= calling.until]:
            del self._waiting[origin]

    def deadline(self) -> float | None:
        """When the next connection may be made."""
        return self._last + self._limits.connect_gap if self._next() is not None else None

    def _next(self) -> str | None:
        """The next caller to connect to: first those that mean this machine most. A caller whose previous connection is still ending stays
        queued, because BlueZ reports a repeated call only once."""
        ready = [origin for origin in self._waiting if origin not in self.connected]
        return max(ready, key=lambda origin: self._waiting[origin].rank, default=None)

    # spec: 1.6, 6.1
    def _how(self, call: Call, audience: Audience, now: float) -> Calling | None:
        """Whether a call may be answered, and to which peer."""
        until, lost = now + self._limits.seek, audience.lost
        if lost is not None and call.hint == resume_hint(lost, call.call_id):
            return Calling(call, until, key=lost.resume, resumes=lost)
        if not audience.open or not call.wants_link:
            return None
        if call.hint == ANYONE:
            return Calling(call, until) if audience.everyone else None
        if self._hints.full(now):
            return None
        self._hints.take(now)
        at = self._posix()
        for peer in audience.trusted:
            for key in peer.keys:
                if is_hint(key, call.call_id, call.hint, at):
                    return Calling(call, until, trusted=peer, key=key)
        return None
