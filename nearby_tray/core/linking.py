"""A link, from the moment both users have agreed to its end: the meeting on Wi-Fi, the group, the check, and what happens when it is lost.

The session holds the state of its link and hands it to `step` with each event, and to `expire` when time has passed; both return the next
state, or `LinkOver` when the link has ended or will not come about. What is said to the peer goes through `Talks` at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from . import pin as pins
from .calls import Calls
from .conversation import Heard, Introduction, Said
from .keys import Entropy, Role
from .link import LinkLost, LinkUp
from .model import (
    INTENT,
    Abilities,
    Failure,
    FormGroup,
    GroupLost,
    Method,
    PeerFound,
    PeerLost,
    Radios,
    Reason,
    Stage,
    Timings,
    WifiChanged,
)
from .orders import Cleared, Command, CorrectAddresses, Event, GroupFailed, GroupFormed, Limits, LinkBroken, LinkSaid, Policy, Trust
from .peers import Peers
from .states import Bond, Bonded, Checking, Clearing, Forming, Linked, Meeting, Restoring
from .talks import Talks
from .wire import Again, Go, GoodbyeReason, LinkedMessage, Owner, Seen


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a step may know besides state and event. `find`: why the find is not as wanted."""

    now: float
    policy: Policy
    radios: Radios
    find: Reason | None = None

    def or_radio(self, reason: Reason) -> Reason:
        """A radio that went away, or does not do what it is told, explains more than the time-out it caused."""
        return self.radios.wifi or self.find or reason


@dataclass(frozen=True, slots=True)
class LinkOver:
    """The link ends. `goodbye`: what the peer is told; `None`: it knows, or cannot be told."""

    failure: Failure | None
    goodbye: GoodbyeReason | None


class Stopwatch:
    """How long the steps of the current or last link took."""

    def __init__(self) -> None:
        self.timings = Timings()
        self._go_at = 0.0

    def reset(self) -> None:
        self.timings = Timings()

    def go(self, now: float) -> None:
        """The formation of the group begins; with all its tries it counts as one."""
        self._go_at = now

    def met(self, since: float, now: float) -> None:
        self.timings = replace(self.timings, find=now - since)

    def forming(self) -> None:
        self.timings = replace(self.timings, form=None, check=None)

    def formed(self, now: float) -> None:
        self.timings = replace(self.timings, form=now - self._go_at)

    def checked(self, since: float, now: float) -> None:
        self.timings = replace(self.timings, check=now - since)


# spec: 2.23
def can_exchange_pin(abilities: Abilities, peer: Introduction) -> bool:
    """Whether both back ends support a WPS PIN. It is then sent over the sealed conversation, so that it authenticates the Wi-Fi layer too
    and no user types anything."""
    return abilities.pin and {Method.DISPLAY, Method.KEYPAD} <= set(peer.methods)


class Linking:
    """The steps of a link. `number`: a new attempt's; `order`: takes commands."""

    def __init__(
        self,
        *,
        talks: Talks,
        peers: Peers,
        calls: Calls,
        limits: Limits,
        entropy: Entropy,
        number: Callable[[], int],
        order: Callable[[Command], None],
        watch: Stopwatch,
    ) -> None:
        self._talks = talks
        self._peers = peers
        self._calls = calls
        self._limits = limits
        self._entropy = entropy
        self._number = number
        self._order = order
        self._watch = watch

    def step(self, state: Bonded, event: Event | Heard, facts: Conditions) -> Bonded | LinkOver:
        """The next state after `event`."""
        now = facts.now
        match state, event:
            # the meeting
            case Meeting(), PeerFound() | PeerLost() | WifiChanged():
                return self._look(state, facts)
            case Meeting(), Said(Seen()):
                return self._look(replace(state, there=True), facts)
            case Clearing(), Said(Seen()):
                return replace(state, there=True)
            case Meeting(bond=Bond(role=Role.LISTENER)), Said(Go() as go):
                return self._go(state, go, facts)

            # the group
            case Forming(order=order), GroupFormed(attempt, group) if attempt == order.attempt:
                self._watch.formed(now)
                self._talks.say(state.bond.channel, LinkedMessage(addresses=group.addresses[:8], port=facts.policy.port))
                return Checking(state.bond, state.number, order, group, now + self._limits.check, now)
            case Forming(order=order), GroupFailed() | GroupLost() if event.attempt == order.attempt:
                return self._again(state, Failure(Stage.FORMING, event.reason, event.detail), facts)
            case Checking(order=order), GroupLost() | LinkBroken() if event.attempt == order.attempt:
                return self._again(state, Failure(Stage.CHECKING, event.reason, event.detail), facts)
            case ((Forming() | Checking()), Said(Again(number))) if number == state.number + 1:
                return self._clear(state, number, now)
            case Forming() | Checking() | Linked(), Said(LinkedMessage(addresses=addresses)):
                self._order(CorrectAddresses(state.order.attempt, addresses))
            case Clearing(), Cleared(cleared) if cleared == state.attempt:
                return self.meet(state.bond, facts, state.number, there=state.there)

            # the link
            case Checking(order=order), LinkSaid(attempt, LinkUp()) if attempt == order.attempt:
                self._watch.checked(state.since, now)
                return self._linked(state, facts)
            case Linked(order=order), LinkSaid(attempt, LinkLost()) if attempt == order.attempt:
                return self._restore(state.bond, Reason.LINK_LOST, facts)
            case Linked(order=order), GroupLost() | LinkBroken() if event.attempt == order.attempt:
                return self._restore(state.bond, event.reason, facts)
            case _:
                pass  # late, repeated or not for this state
        return state

    def expire(self, state: Bonded, facts: Conditions) -> Bonded | LinkOver:
        """What ends because time has passed."""
        now = facts.now
        match state:
            case Meeting() if now < state.until:
                return self._look(state, facts)
            case Linked(hang_up=float() as hang_up) if now >= hang_up:
                self._talks.hang_up(state.bond.channel)
                return replace(state, hang_up=None)
            case Linked():
                return state
            case _ if now < state.until:
                return state
            case Meeting():
                return self._again(state, Failure(Stage.MEETING, facts.or_radio(Reason.NOT_SEEN)), facts)
            case Forming():
                return self._again(state, Failure(Stage.FORMING, facts.or_radio(Reason.NOT_FORMED)), facts)
            case Checking():
                return self._again(state, Failure(Stage.CHECKING, Reason.NOT_CHECKED), facts)
            case Clearing():
                # The scan did not end in time: the radio is as clear as it gets.
                return self.meet(state.bond, facts, state.number, there=state.there)
            case Restoring():
                return self.call_again(state.bond, facts)

    # --- the meeting ---

    def meet(self, bond: Bond, facts: Conditions, number: int = 1, *, there: bool = False) -> Bonded | LinkOver:
        """Both have agreed: look for the peer on Wi-Fi, for the try `number`."""
        now = facts.now
        limit = self._limits.meet if bond.lost is None else self._limits.call_again
        listens = now if number == 1 else now + self._limits.settle
        return self._look(Meeting(bond, number, now + limit, now, listens, there=there), facts)

    # spec: 2.22
    def _look(self, state: Meeting, facts: Conditions) -> Bonded | LinkOver:
        """Say so when the peer is seen; when both are, the caller says go."""
        sees = facts.now >= state.listens and facts.radios.wifi is None and self._peers.sees(state.bond.peer.address)
        if not state.here and sees:
            state = replace(state, here=True)
            self._talks.say(state.bond.channel, Seen())
        if not (state.here and state.there and state.bond.role is Role.CALLER):
            return state
        with_pin = can_exchange_pin(facts.radios.abilities, state.bond.introduction)
        method, pin = (Method.DISPLAY, pins.make(self._entropy)) if with_pin else (Method.PBC, None)
        go = Go(method=method, pin=pin, owner=_owner(facts))
        self._talks.say(state.bond.channel, go)
        return self._form(state, go, facts)

    def _go(self, state: Meeting, go: Go, facts: Conditions) -> Bonded | LinkOver:
        """The caller says go. What it asks for must be what this side has said that it can do."""
        if (go.method is Method.PBC) != (go.pin is None):
            return LinkOver(Failure(Stage.MEETING, Reason.PROTOCOL), GoodbyeReason.PROTOCOL)
        if go.pin is not None and not facts.radios.abilities.pin:
            return LinkOver(Failure(Stage.MEETING, Reason.NOT_OFFERED), GoodbyeReason.FAILED)
        return self._form(state, go, facts)

    # --- the group ---

    # spec: 2.22
    def _form(self, state: Meeting, go: Go, facts: Conditions) -> Forming:
        """The side that leads starts now, the other a little later; the lead changes with each try.

        After a failed try wpa_supplicant may keep the note that the other waits for us. Two that both have it, and both have sent a
        request of their own, ignore each other's for ever; a Cancel does not take it away (hostap, p2p_go_neg.c,
        p2p_process_go_neg_req; lab findings). A side that was answered "not yet" has sent none, and answers. So from the second try on the
        second side listens long enough to say that before it starts.
        """
        bond, now = replace(state.bond, pin=go.pin), facts.now
        leads = (bond.role is Role.CALLER) == (state.number % 2 == 1)
        lead = self._limits.lead if state.number == 1 else self._limits.lead_again
        if state.number == 1:
            self._watch.go(now)
            self._watch.met(state.since, now)
        self._watch.forming()
        order = _group(bond, go, self._number(), facts, begins=not leads)  # the side that starts first is there to be asked
        return Forming(bond, state.number, order, now if leads else now + lead, now + lead + self._limits.form)

    # spec: 2.24
    def _again(self, state: Meeting | Forming | Checking, failure: Failure, facts: Conditions) -> Bonded | LinkOver:
        """This try has failed here. Tell the peer and try again, or end with `failure` when there is no way on."""
        bond, talking = state.bond, state.bond.channel in self._talks
        in_time = bond.lost is None or facts.now < bond.lost_at + self._limits.restore
        if talking and in_time and state.number < self._limits.tries and not isinstance(state, Meeting):
            self._talks.say(bond.channel, Again(state.number + 1))
            return self._clear(state, state.number + 1, facts.now)
        if bond.lost is None:
            return LinkOver(failure, GoodbyeReason.FAILED)
        self._talks.hang_up(bond.channel)
        return self.call_again(bond, facts)

    def _clear(self, state: Forming | Checking, number: int, now: float) -> Clearing:
        return Clearing(state.bond, number, self._number(), now + self._limits.clear)

    # spec: 2.25
    def _linked(self, state: Checking, facts: Conditions) -> Linked:
        bond = state.bond
        known = facts.policy.known(bond.identity)
        if bond.trust:
            # Both sides store the key of this session, whatever each had before: two copies of one fact are renewed together.
            label, before = (known.label, known.trust_key) if known is not None else (bond.peer.name, None)
            self._order(Trust(bond.identity, bond.keys.trust, label, before))
            bond = replace(bond, trust=False, peer=replace(bond.peer, trusted=True))
        elif known is not None:
            # A peer that has used the newest key has it: the key before is for nothing any more.
            before = None if bond.used == known.trust_key else known.previous_key
            self._order(Trust(known.identity, known.trust_key, known.label, before))
        hang_up = facts.now + self._limits.hang_up if bond.channel in self._talks else None
        bond = replace(bond, lost=None, restores=None, calls=0)
        return Linked(bond, state.number, state.order, state.group, facts.now, hang_up)

    # --- a lost link ---

    def _restore(self, bond: Bond, because: Reason, facts: Conditions) -> Bonded | LinkOver:
        """The link is lost without a goodbye: the caller calls again, the listener waits for that."""
        self._talks.hang_up(bond.channel)
        return self.call_again(replace(bond, lost=because, restores=bond.keys, lost_at=facts.now, calls=0), facts)

    # spec: 6.1, 6.7
    def call_again(self, bond: Bond, facts: Conditions) -> Restoring | LinkOver:
        """Call for a lost link once more, or wait for the call of the other side, while there is time."""
        assert bond.lost is not None
        over, failure = bond.lost_at + self._limits.restore, Failure(Stage.RESTORING, facts.or_radio(bond.lost))
        if bond.role is Role.LISTENER:
            return Restoring(bond, None, over) if facts.now < over else LinkOver(failure, None)
        if bond.calls >= self._limits.tries or facts.now >= over:
            return LinkOver(failure, GoodbyeReason.FAILED)
        round = self._calls.to_restore(bond.resumes, facts.now)
        return Restoring(replace(bond, calls=bond.calls + 1), round, min(facts.now + self._limits.call_again, over))


def _group(bond: Bond, go: Go, attempt: int, facts: Conditions, *, begins: bool) -> FormGroup:
    """The order for this side's half of the group."""
    plan, calls = bond.keys.plan, bond.role is Role.CALLER
    return FormGroup(
        attempt,
        bond.peer.address,
        plan.mine(bond.role),
        plan.theirs(bond.role),
        bond.peer.name,
        method=go.method if calls else go.method.counterpart,
        pin=go.pin,
        intent=_intent(bond.role, go.owner, facts),
        # One side's wish only: two different channels would have nothing in common.
        frequency=facts.policy.frequency if calls and facts.radios.abilities.frequency else None,
        begins=begins,
    )


def _owner(facts: Conditions) -> Owner:
    """Which side shall own the group, as the caller's user likes it; only a back end that can choose asks for it."""
    if not facts.radios.abilities.intent or facts.policy.intent == INTENT:
        return Owner.EITHER
    return Owner.CALLER if facts.policy.intent > INTENT else Owner.LISTENER


def _intent(role: Role, owner: Owner, facts: Conditions) -> int | None:
    """GO intent for this side of the agreement; 15 against 15 would be refused by both, so it is never 15."""
    if not facts.radios.abilities.intent:
        return None
    if role is Role.CALLER:
        return min(facts.policy.intent, 14)
    return {Owner.EITHER: INTENT, Owner.CALLER: 1, Owner.LISTENER: 14}[owner]
