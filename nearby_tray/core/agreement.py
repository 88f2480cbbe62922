"""The agreement: a caller asks, a listener is asked, and both users say yes before anything else happens.

The session holds the state and hands it to `step` with each event, and to `expire` when time has passed. Both return the next state: still
asking or asked, the `Bond` of a link when both have agreed, `Idle` after a refusal, or `LinkOver` when it has failed.
"""

from __future__ import annotations

from dataclasses import replace

from .consent import MissedRequests, RequestQuotas
from .conversation import Heard, Keyed, Said, Secured
from .keys import Role
from .linking import Conditions, LinkOver
from .model import Failure, Peer, Reason, Stage, WifiChanged
from .names import skeleton
from .orders import Accept, Cancel, Decline, Event, Limits, Match, Policy
from .peers import text_address
from .states import Asked, Asking, Bond, Idle
from .talks import Talk, Talks
from .wire import Answer, AnswerReason, By, GoodbyeReason, MatchMessage

After = Asking | Asked | Bond | Idle | LinkOver


def claimed(talk: Talk) -> Peer:
    """A caller, as it introduces itself."""
    introduction = talk.conversation.peer
    assert introduction is not None
    address = text_address(introduction.p2p_address)
    return Peer(address, introduction.name, introduction.kind.value, address, reachable=True, bonded=talk.bonded)


# spec: 2.20
def recognised(peer: Peer, identity: bytes, policy: Policy) -> Peer:
    """What is known of a proven identity. A trusted name, or one that looks like it, with another identity is marked as changed."""
    known = policy.known(identity)
    if known is not None:
        return replace(peer, trusted=True, identity_changed=False, name=known.label)
    name = skeleton(peer.name)
    return replace(peer, trusted=False, identity_changed=any(skeleton(trusted.label) == name for trusted in policy.trusted))


class Agreement:
    """The steps from a question to a bond."""

    def __init__(self, talks: Talks, requests: RequestQuotas, missed: MissedRequests, limits: Limits) -> None:
        self._talks = talks
        self._requests = requests
        self._missed = missed
        self._limits = limits

    def step(self, state: Asking | Asked, event: Event | Heard, conditions: Conditions) -> After:
        """The next state after `event`."""
        now = conditions.now
        match state, event:
            case Asking(), Keyed(keys):
                return replace(state, keys=keys)
            case Asking(), Secured() as secured:
                peer = recognised(state.peer, secured.identity, conditions.policy)
                if state.picked is None and peer.trusted and peer.name == state.peer.name:
                    state = replace(state, picked=secured.identity)  # it was picked by the name that it has here
                state = replace(state, secured=secured, peer=peer)
                return self._say_match(state, trust=True) if state.knows else state
            case Asking(secured=Secured(), matched=False), Match(trust=trust):
                return self._say_match(state, trust)
            case Asking(secured=Secured()), Said(Answer(accepted=True) as answer):
                # There is time to compare from now on.
                until = state.until if state.matched else now + self._limits.ask
                return self._caller_agreed(replace(state, answer=answer, until=until))
            case Asking(), Said(Answer(reason=reason)):
                return LinkOver(Failure(Stage.ASKING, _REFUSALS[reason]), GoodbyeReason.FINISHED)
            case Asking(), Cancel():
                return LinkOver(None, GoodbyeReason.CANCELLED)
            case Asked(by=None), Accept(trust=trust):
                return self.accept(state, By.USER, trust=trust or state.peer.trusted, now=now)
            case Asked(), Said(MatchMessage() as match):
                return self._listener_agreed(replace(state, match=match))
            case Asked(), Decline() | Cancel():
                return self.refuse(state, AnswerReason.USER, now)
            case Asked(), WifiChanged(reason) if reason is not None:
                return self.refuse(state, AnswerReason.UNAVAILABLE, now, Failure(Stage.ASKED, reason))
            case _:
                return state  # late, repeated or not for this state

    def expire(self, state: Asking | Asked, now: float) -> After:
        """What ends because time has passed."""
        match state:
            case _ if now < state.until:
                return state
            case Asking(answer=answer):
                return LinkOver(Failure(Stage.ASKING, Reason.NO_ANSWER if answer is None else Reason.NOT_COMPARED), GoodbyeReason.CANCELLED)
            case Asked(by=None):
                return self.refuse(state, AnswerReason.TIMEOUT, now)
            case Asked():
                return LinkOver(Failure(Stage.ASKED, Reason.NOT_COMPARED), GoodbyeReason.CANCELLED)

    def accept(self, state: Asked, by: By, *, trust: bool, now: float) -> Asked | Bond:
        """Yes, by the user or by what the user chose beforehand. The caller's word that the codes match is still to come, or has come."""
        if by is By.USER:
            self._requests.accepted(state.secured.identity)
        self._talks.say(state.channel, Answer(accepted=True, by=by, trust=trust))
        return self._listener_agreed(replace(state, by=by, trust=trust, until=now + self._limits.ask + self._limits.slack))

    def refuse(self, state: Asked, reason: AnswerReason, now: float, failure: Failure | None = None) -> Idle:
        """No, by the user, by time or by a radio that is gone. What the user has not refused is missed."""
        if reason is not AnswerReason.USER:
            self._missed.add(state.peer, now, state.secured.identity)
        if state.by is None:
            self._talks.say(state.channel, Answer(accepted=False, reason=reason))
            self._talks.hang_up(state.channel)
        else:  # the user thought better of it
            self._talks.leave(state.channel, GoodbyeReason.CANCELLED)
        return Idle(failure, state.peer if failure is not None else None)

    # spec: 2.17
    def _say_match(self, state: Asking, trust: bool) -> Asking | Bond:
        self._talks.say(state.channel, MatchMessage(trust=trust))
        return self._caller_agreed(replace(state, matched=True, trust=trust))

    # spec: 2.18
    def _caller_agreed(self, state: Asking) -> Asking | Bond:
        """The bond, once the user here has compared and the listener has accepted."""
        if state.secured is None or state.answer is None or not state.matched:
            return state
        return self._bond(Role.CALLER, state.channel, state.peer, state.secured, state.trust and state.answer.trust)

    # spec: 2.18
    def _listener_agreed(self, state: Asked) -> Asked | Bond:
        if state.by is None or state.match is None:
            return state
        bond = self._bond(Role.LISTENER, state.channel, state.peer, state.secured, state.trust and state.match.trust)
        return replace(bond, unasked=state.by is By.BOND)

    def _bond(self, role: Role, channel: bytes, peer: Peer, secured: Secured, trust: bool) -> Bond:
        talk = self._talks.get(channel)
        assert talk is not None
        introduction = talk.conversation.peer
        assert introduction is not None
        peer = replace(peer, address=text_address(introduction.p2p_address), kind=introduction.kind.value)
        return Bond(role, channel, peer, introduction, secured.identity, secured.keys, secured.code, talk.purpose, trust, talk.key)


_REFUSALS = {
    AnswerReason.USER: Reason.DECLINED,
    AnswerReason.BUSY: Reason.PEER_BUSY,
    AnswerReason.POLICY: Reason.PEER_POLICY,
    AnswerReason.TIMEOUT: Reason.NO_ANSWER,
    AnswerReason.UNAVAILABLE: Reason.PEER_UNAVAILABLE,
}
