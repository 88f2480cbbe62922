"""What the user may be asked, how often, and which answers count.

`RequestQuotas`: how often other machines may ask; what is beyond that is missed quietly. `MissedRequests`: what was asked and not answered.
`Wishes`: what programs of this computer ask for, which begins when the user allows it.
"""

from __future__ import annotations

from .keys import Entropy
from .model import Asker, Missed, Peer, Wish, WishKind
from .orders import Ask, Host, Invite, Limits
from .quota import Quota, Quotas

MISSED = 8  # requests that are kept in mind

Wished = Ask | Host | Invite


class RequestQuotas:
    """How often machines may ask: callers before their identity is proven, identities by dialogs, and machines on Wi-Fi itself."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._unknown, self._expected, self._on_wifi = self._quota(), self._quota(), self._quota()
        self._dialogs = Quotas(limits.refusals, limits.refusal_span)
        self._parted: dict[str, float] = {}  # P2P addresses of ended links, and until when requests from them are stray

    def _quota(self) -> Quota:
        return Quota(self._limits.refusals, self._limits.refusal_span)

    # callers without the mark of a trusted peer

    # spec: 2.14
    def may_prove(self, *, expected: bool, now: float) -> bool:
        """Whether one more caller may go on to its proof. Each has one chance in a million to guess the code, so they are few.

        `expected`: it claims to be the peer that the user asks, so other callers must not use up its turn.
        """
        quota = self._expected if expected else self._unknown
        if quota.full(now):
            return False
        quota.take(now)
        return True

    def proved_trusted(self) -> None:
        """The last caller was a trusted peer after all: it does not count."""
        self._unknown.give_back()

    # dialogs

    def dialog_opens(self, identity: bytes, now: float) -> None:
        self._dialogs.of(identity).take(now)

    # spec: 2.16
    def may_open_dialog(self, identity: bytes, now: float) -> bool:
        return not self._dialogs.of(identity).full(now)

    def accepted(self, identity: bytes) -> None:
        """The user is there and wants this: others may ask anew."""
        self._unknown.clear()
        self._dialogs.of(identity).clear()

    # machines that do not run Nearby Tray

    def may_ask_on_wifi(self, now: float) -> bool:
        return not self._on_wifi.full(now)

    def asked_on_wifi(self, now: float) -> None:
        self._on_wifi.take(now)

    def accepted_on_wifi(self) -> None:
        self._on_wifi.clear()

    def parted(self, address: str, now: float) -> None:
        """A link with this P2P address has ended: what its Wi-Fi still sends for a while is no request of a user there."""
        self._parted = {known: until for known, until in self._parted.items() if until > now} | {address: now + self._limits.ask}

    def is_stray(self, address: str, now: float) -> bool:
        return now < self._parted.get(address, 0.0)


class MissedRequests:
    """Requests that the user has not answered, the oldest first: they stay findable."""

    def __init__(self, entropy: Entropy) -> None:
        self._entropy = entropy
        self.all: tuple[Missed, ...] = ()

    def add(self, peer: Peer, now: float, identity: bytes | None = None, *, quietly: bool = False) -> None:
        """`quietly`: it was not even shown. All of those share one line."""
        id = "quiet" if quietly else self._entropy(4).hex()
        self.all = (*(missed for missed in self.all if missed.id != id), Missed(id, peer, now, identity))[-MISSED:]

    def forget(self, id: str) -> None:
        """Forget one; empty: all of them."""
        self.all = tuple(missed for missed in self.all if id and missed.id != id)

    def take(self, id: str) -> Missed | None:
        """The request with this id, which is missed no longer."""
        missed = next((each for each in self.all if each.id == id), None)
        if missed is not None:
            self.forget(id)
        return missed


class Wishes:
    """What a program of this computer asks for, one wish at a time. Too many refusals in a row, and none is heard for a while."""

    def __init__(self, limits: Limits, entropy: Entropy) -> None:
        self._limits = limits
        self._entropy = entropy
        self._refused = Quota(limits.refusals, limits.refusal_span)
        self._wanted: tuple[Wish, Wished] | None = None

    @property
    def wish(self) -> Wish | None:
        """The wish that waits for the user's answer."""
        return self._wanted[0] if self._wanted is not None else None

    @property
    def wanted(self) -> Wished | None:
        """… and what is to begin with it."""
        return self._wanted[1] if self._wanted is not None else None

    def deaf(self, now: float) -> bool:
        """Whether wishes are not heard for a while."""
        return self._refused.full(now)

    def add(self, asker: Asker, wanted: Wished, peer: Peer | None, now: float) -> None:
        """Ask the user. `peer`: the one it is about."""
        what = WishKind.HOST if isinstance(wanted, Host) else WishKind.INVITE if isinstance(wanted, Invite) else WishKind.LINK
        self._wanted = Wish(asker, what, peer, now, now + self._limits.consent, self._entropy(4).hex()), wanted

    def allow(self, id: str) -> tuple[Asker, Wished] | None:
        """The user's yes: what to begin, and for whom. `None`: that wish is not asked any more."""
        if self._wanted is None or self._wanted[0].id != id:
            return None
        (wish, wanted), self._wanted = self._wanted, None
        self._refused.clear()
        return wish.asker, wanted

    def forbid(self, id: str, now: float) -> None:
        if self._wanted is not None and self._wanted[0].id == id:
            self._refuse(now)

    def withdraw(self) -> None:
        """It can be begun no longer. No refusal of the user."""
        self._wanted = None

    def expire(self, now: float) -> None:
        if self._wanted is not None and now >= self._wanted[0].until:
            self._refuse(now)

    def deadline(self, now: float) -> float | None:
        """When the wish expires, or wishes are heard again."""
        times = [self._wanted[0].until] if self._wanted is not None else []
        again = self._refused.ends(now)
        return min([*times, *([] if again is None else [again])], default=None)

    def _refuse(self, now: float) -> None:
        self._wanted = None
        self._refused.take(now)
