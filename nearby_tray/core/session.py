"""The session: from a click to a linked, checked and ended link, decided by one machine that never waits.

It holds one state (`states`) and tells the story: who starts, what wakes and ends it, and which room carries a state on. `agreement`
leads from a question to both users' yes, `linking` from there to the end of the link, `wps` does the same with plain peers; `talks`
carries the conversations, `consent` counts what may be asked, `view` says what follows from a state.

The rules. No group is formed before both users agreed: the listener's by accepting, the caller's by saying that both screens show the
same code, unless the peer it picked proves to be a computer that it trusts. An answer names the question that it is about. What is not
authenticated ends nothing and takes no peer's place: a caller that asks while this machine asks waits until both identities are proven,
and a lost link is restored with the peer that has its keys. Both sides find each other first, then say so (`seen`), then form the group
together on the caller's `go`, the second side one second later. A side that sees a try fail tells the other (`again`): both undo, clear
the radio, meet again and swap the order; three tries in all. Linked is what an authenticated pong says. A lost link is called for again
with the keys of the session, three times; the listener waits to be called, and both answer the other anew if it has lost the keys. A
goodbye is no loss. What a program of this computer asks for begins when the user allows it, as if the user had clicked; only the user's
own commands need no second yes. Every state says how long it may last.

The session answers each event with commands (things to send now) and with `wants`: what should exist from now on (advertisement, find,
group, pings). The controller makes it so and reports back; after a daemon's restart it only has to look at the wants again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import assert_never

from . import calls, states, view, wps
from .agreement import Agreement, claimed, recognised
from .callers import Audience
from .consent import MissedRequests, RequestQuotas, Wishes
from .conversation import (
    Failed,
    Greeted,
    Heard,
    Introduction,
    Keyed,
    PeerLeft,
    Requested,
    Restored,
    Said,
    Secured,
)
from .keys import Entropy, Identity, Role, SessionKeys
from .link import LinkLeft
from .linking import Conditions, Linking, LinkOver, Stopwatch, can_exchange_pin
from .model import (
    Asker,
    BluetoothChanged,
    CallHeard,
    Disconnected,
    Failure,
    FrameArrived,
    Method,
    Peer,
    PeerFound,
    PeerLost,
    Radios,
    Reason,
    Snapshot,
    Stage,
    Visibility,
    WifiChanged,
    WifiRequest,
)
from .names import clean_name
from .orders import (
    Accept,
    Admit,
    Allow,
    Ask,
    AskedFor,
    CallBack,
    CallFailed,
    Cancel,
    Command,
    Configure,
    Connected,
    ConnectFailed,
    Decline,
    Dismiss,
    EnterPin,
    Event,
    FarewellSaid,
    FindSaid,
    Forbid,
    ForgetMissed,
    GroupRemoved,
    Host,
    Invite,
    Limits,
    LinkPlan,
    LinkSaid,
    Match,
    Policy,
    Reject,
    SayFailed,
    Seek,
    Suspend,
    Wake,
    Wants,
)
from .peers import Peers, text_address
from .states import (
    Asked,
    Asking,
    Asleep,
    Bond,
    Bonded,
    Checking,
    Clearing,
    Ending,
    Forming,
    Idle,
    Linked,
    Meeting,
    Restoring,
    Seeking,
    State,
)
from .talks import Talk, Talks
from .wire import (
    Answer,
    AnswerReason,
    By,
    GoodbyeReason,
    Hello,
    Request,
)

RESUMES = 4  # conversations at once that may restore a lost link


class Session:
    """The machine. `handle` takes one event and the time; `wants`, `state`, `deadline` and `snapshot` say what follows."""

    def __init__(
        self, *, identity: Identity, entropy: Entropy, policy: Policy, posix: Callable[[], float], limits: Limits | None = None
    ) -> None:
        """`posix`: the wall clock in POSIX seconds, for hints that are good for an hour."""
        self.state: State = Idle()
        self.radios = Radios()
        self._find_reason: Reason | None = None  # why the find is not as wanted
        self._identity = identity
        self._entropy = entropy
        self._policy = policy
        self._limits = limits or Limits()
        self._peers = Peers()
        self._calls = calls.Calls(entropy, posix)
        self._talks = Talks(
            identity=identity,
            entropy=entropy,
            limits=self._limits,
            posix=posix,
            introduce=self._introduction,
            order=self._order,
            ended=self._peers.hung_up,
        )
        self._requests = RequestQuotas(self._limits)
        self._missed = MissedRequests(entropy)
        self._wishes = Wishes(self._limits, entropy)
        self._asleep: Asleep | None = None
        self._sleeping = False
        self._wakes_until = 0.0
        self._asker: Asker | None = None  # of what is going on
        self._attempt = 0
        self._agreement = Agreement(self._talks, self._requests, self._missed, self._limits)
        self._watch = Stopwatch()
        self._linking = Linking(
            talks=self._talks,
            peers=self._peers,
            calls=self._calls,
            limits=self._limits,
            entropy=entropy,
            number=self._next_attempt,
            order=self._order,
            watch=self._watch,
        )
        self._now = 0.0
        self._entered = 0.0
        self._out: list[Command] = []

    # --- what follows from the state ---

    @property
    def wants(self) -> Wants:
        """What should exist now."""
        return view.wants(
            self.state,
            self._now,
            listens=self._listens(),
            lingers=self._talks.lingers,
            bluetooth=self.radios.bluetooth is None,
            port=self._policy.port,
        )

    def deadline(self) -> float | None:
        """When `Tick` is due, unless something happens before."""
        now, channel = self._now, states.channel(self.state)
        parts = (self._peers.deadline(), self._talks.deadline(channel), self._wishes.deadline(now), states.deadline(self.state, now))
        return min((at for at in parts if at is not None), default=None)

    def snapshot(self) -> Snapshot:
        """What the session knows; the controller adds the link's health and what it knows of the machine's clock."""
        state, plain = self.state, isinstance(self.state, wps.PlainState)
        known = Snapshot(
            stage=states.stage(state),
            peer=states.peer(state),
            question=states.question(state),
            deadline=view.ends(state),
            needs_code=not plain,
            verified=not plain,
            visibility=self._policy.visibility,
            radios=self.radios,
            listening=self.wants.listen,
            started=self._entered,
            now=self._now,
            timings=self._watch.timings,
            asker=self._asker,
            wish=self._wishes.wish,
            deaf=self._wishes.deaf(self._now),
            missed=self._missed.all,
        )
        return view.snapshot(state, known, self._peers.list, self._limits)

    def renew(self, identity: Identity) -> None:
        """Be this one from the next conversation on."""
        self._identity = self._talks.identity = identity

    # --- what happens ---

    def handle(self, event: Event, now: float) -> list[Command]:
        """Take one event at `now` (seconds, never backwards); returns the commands to carry out, in order."""
        self._now = max(now, self._now)
        self._out = []
        before = self.state
        self._expire()
        match event:
            case Configure(policy):
                self._policy = policy
                if policy.away:
                    self._leave_question()
            case ForgetMissed(id):
                self._missed.forget(id)
            case CallBack(id):
                self._call_back(id)
            case Suspend():
                self._suspend()
            case Wake():
                self._wake()
            case BluetoothChanged(reason, fresh):
                self._bluetooth_changed(reason, fresh)
            case WifiChanged(reason, address, fresh, abilities):
                self.radios = replace(self.radios, wifi=reason, p2p_address=address or self.radios.p2p_address, abilities=abilities)
                if fresh or reason is not None:
                    self._peers.forget_wifi()
                self._decide(event)
            case FindSaid(reason):
                self._find_reason = reason
            case CallHeard():
                self._talks.call_heard(event, self._audience())
            case Connected(origin, room):
                self._talks.connected(origin, room, self._audience())
            case ConnectFailed(origin):
                self._talks.connect_failed(origin)
            case FrameArrived():
                self._frame_arrived(event)
            case SayFailed(origin, role, reason):
                for channel in self._talks.over(origin, role):
                    self._drop(channel, reason)
                if role is Role.LISTENER:
                    self._talks.let_go(origin)
            case Disconnected(origin):
                for channel in self._talks.over(origin):
                    self._drop(channel)
                self._talks.disconnected(origin)
            case PeerFound():
                self._peers.found(event)
                self._decide(event)
            case PeerLost(address):
                self._peers.lost(address, self._now)
                self._decide(event)
            case AskedFor():
                self._asked_for(event)
            case Allow(id):
                if (allowed := self._wishes.allow(id)) is not None:
                    self._begin_for(*allowed)
            case Forbid(id):
                self._wishes.forbid(id, self._now)
            case Accept(question) | Match(question) | EnterPin(question) if question != states.question(self.state):
                pass  # an answer to what is asked no longer
            case Decline(question) if question not in ("", states.question(self.state)):
                pass
            case _:
                if isinstance(event, Seek | Ask | Host):
                    self._asker = None  # the user's own click
                    self._sleeping = False
                self._decide(event)
        if states.stage(self.state) in (Stage.IDLE, Stage.ASKED):
            self._asker = None
        if (wanted := self._wishes.wanted) is not None and not self._stands(wanted):
            self._wishes.withdraw()
        if isinstance(before, Asking) and not isinstance(self.state, Asking):
            self._hear_who_waited()
        self._awake()
        self._talks.connect(self._audience())
        if states.begins_anew(before, self.state):
            self._entered = self._now
        return self._out

    def _decide(self, event: Event | Heard) -> None:
        """The story: who starts, the answer, the meeting, the group, the link, the end."""
        state, limits, now = self.state, self._limits, self._now
        if isinstance(state, wps.PlainState):
            if isinstance(event, Heard) or (isinstance(event, WifiRequest) and not self._requests.may_ask_on_wifi(now)):
                return
            if isinstance(event, WifiRequest) and isinstance(state, wps.Hosting) and self._policy.away:
                self._requests.asked_on_wifi(now)
                self._missed.add(self._plain_peer(event.address), now, quietly=True)
                self._out.append(Reject(event.address))
                return
            self._plain_on(*wps.step(state, event, self._rules()))
            return
        match state, event:
            # who starts
            case Idle(), Seek(identity):
                reason = self.radios.bluetooth or self.radios.wifi
                if reason is not None or self.radios.p2p_address is None:
                    self.state = Idle(Failure(Stage.SEEKING, reason or Reason.WIFI_NO_P2P))
                else:
                    self._peers.clear()
                    self._watch.reset()
                    self.state = Seeking(self._round(identity), identity, now + limits.seek)
            case Seeking(round=None, bond=bond), Seek(identity):
                self.state = Seeking(self._round(identity, bond), identity, now + limits.seek, bond)
            case Restoring(bond=bond), Seek(identity) if self.radios.bluetooth is None:
                # Perhaps the other applet was restarted and has lost the keys: who answers anew may be asked anew.
                self._peers.clear()
                self.state = Seeking(self._round(identity, bond), identity, now + limits.seek, bond)
            case Idle(), Dismiss():
                self.state = Idle()
            case ((Idle() | Seeking()), Host(persistent)):
                self._begin(*wps.host(persistent, self._rules()))
            case ((Idle() | Seeking()), WifiRequest(address)):
                if self._may_ask_on_wifi(address):
                    self._requests.asked_on_wifi(now)
                    self._begin(wps.asked(event, self._rules()), [])
            case Seeking(bond=Bond() as bond), Cancel():
                self._leave_all(serving=True)
                self._go_on(self._linking.call_again(bond, self._conditions()))
            case Seeking(), Cancel():
                self._leave_all(serving=True)
                self.state = Idle()
            case Seeking(round=calls.Round(), bond=None), CallFailed(reason, detail):
                self._fail(Failure(Stage.SEEKING, reason, detail), GoodbyeReason.CANCELLED)
            case Seeking(), Ask():
                self._ask(event)

            # the link, and its end
            case ((Linked(order=order) | Checking(order=order)), LinkSaid(attempt, LinkLeft())) if attempt == order.attempt:
                self._fail(Failure(Stage.LINKED, Reason.PEER_LEFT), None)
            case Meeting() | Forming() | Checking() | Linked() | Clearing() | Restoring(), Cancel():
                self._fail(None, GoodbyeReason.FINISHED if isinstance(state, Linked) else GoodbyeReason.CANCELLED)
            case ((Forming() | Checking() | Linked()), PeerLeft(reason=GoodbyeReason.PROTOCOL)):
                pass  # the conversation is over, the group does not need it
            case ((Meeting() | Forming() | Checking() | Clearing()), PeerLeft(reason=GoodbyeReason.FAILED)):
                self._fail(
                    Failure(states.stage(self.state), self._conditions().or_radio(Reason.NOT_FORMED), "the other side gave up"), None
                )
            case Asked(by=None), PeerLeft(reason):
                self._missed.add(state.peer, self._now, state.secured.identity)
                self._fail(None, None)
            case Linked(), PeerLeft():
                self._fail(Failure(Stage.LINKED, Reason.PEER_LEFT), None)
            case ((Asking() | Asked() | Meeting() | Forming() | Checking() | Clearing() | Restoring()), PeerLeft(reason)):
                self._fail(Failure(states.stage(self.state), _LEAVINGS[reason]), None)
            case Ending(farewell=LinkPlan()), FarewellSaid(attempt) if attempt == state.order.attempt:
                self.state = replace(state, farewell=None, until=now + limits.end)
            case Ending(), GroupRemoved(attempt) if attempt == state.order.attempt:
                self._rest(state.failure)
            case _ if isinstance(state, Asking | Asked):
                self._go_on(self._agreement.step(state, event, self._conditions()))
            case _ if isinstance(state, Bonded):
                self._go_on(self._linking.step(state, event, self._conditions()))
            case _:
                pass  # late, repeated or not for this state: an answer to a question that is no longer asked

    # --- time ---

    def _expire(self) -> None:
        """What ends because time has passed."""
        now = self._now
        self._wishes.expire(now)
        self._peers.expire(now)
        for talk, what in self._talks.advance(now):
            self._heard_on(talk, what)
        self._talks.expire(states.channel(self.state))
        state = self.state
        if isinstance(state, wps.PlainState):
            self._plain_on(*wps.expire(state, self._rules()))
            return
        match state:
            case Idle():
                pass
            case _ if isinstance(state, Asking | Asked):
                self._go_on(self._agreement.expire(state, now))
            case _ if isinstance(state, Bonded):
                self._go_on(self._linking.expire(state, self._conditions()))
            case _ if now < state.until:
                pass
            case Seeking():
                if state.round is not None and (len(self._talks) or self._peers.list()):
                    self.state = replace(state, round=None, until=now + self._limits.choose)
                elif state.bond is not None:
                    self._leave_all(serving=True)
                    self._go_on(self._linking.call_again(state.bond, self._conditions()))
                else:
                    reason = self.radios.bluetooth or self._conditions().or_radio(Reason.NOBODY_ANSWERED)
                    self._fail(Failure(Stage.SEEKING, reason), GoodbyeReason.CANCELLED)
            case Ending():
                if state.farewell is not None:
                    self.state = replace(state, farewell=None, until=now + self._limits.end)
                else:
                    self._rest(state.failure)
            case _:
                assert_never(state)

    # --- the conversation's carrier ---

    def _bluetooth_changed(self, reason: Reason | None, fresh: bool) -> None:
        self.radios = replace(self.radios, bluetooth=reason)
        if reason is None and not fresh:
            return
        self._talks.forget_connections()
        for talk in self._talks:
            self._drop(talk.channel)
        if isinstance(self.state, Seeking) and self.state.round is not None:
            # Listeners answer a call once: those who were cut off need a new one.
            self.state = replace(self.state, round=self._round(self.state.identity, self.state.bond))

    def _audience(self) -> Audience:
        """Whose calls may be answered now."""
        lost, hidden = self._lost(), self._policy.visibility is Visibility.NOBODY
        trusted = self._policy.trusted
        if hidden:
            trusted = tuple(peer for peer in trusted if lost is not None and peer.identity == lost.identity)
        return Audience(
            open=isinstance(self.state, Idle | Seeking | Restoring) and self._ready(),
            everyone=self._policy.visibility is Visibility.EVERYONE,
            trusted=trusted,
            lost=lost.resumes if lost is not None and lost.role is Role.LISTENER else None,
        )

    def _lost(self) -> Bond | None:
        """The lost link that is being restored, by a call or by waiting for one."""
        return self.state.bond if isinstance(self.state, Restoring | Seeking) else None

    def _frame_arrived(self, arrived: FrameArrived) -> None:
        lost = self._lost()
        heard = self._talks.frame_arrived(
            arrived,
            calls=isinstance(self.state, Seeking | Restoring),
            serves=self.wants.serve,
            resumable=lost.resumes if lost is not None and lost.role is Role.CALLER else None,
        )
        for talk, what in heard:
            self._heard_on(talk, what)

    def _heard_on(self, talk: Talk, what: Heard) -> None:
        current = talk.channel == states.channel(self.state)
        match what:
            case Greeted(hello):
                self._greeted(talk, hello)
            case Requested(request):
                self._requested(talk, request)
            case Restored():
                self._restored(talk, what.keys)
            case Secured() if talk.listening:
                self._asked(talk, what)
            case Failed(own_identity=own):
                if current:
                    self._talk_ended(Reason.CLONED if own else Reason.PROTOCOL)
            case PeerLeft():
                restoring = isinstance(self.state, Meeting | Clearing) and self.state.bond.lost is not None
                if current and restoring and not what.sealed:
                    # Anybody near may have said it: it ends this call, not the session.
                    self._talk_ended(Reason.PEER_GONE)
                elif current:
                    self._decide(what)
            case Keyed() | Secured() | Said():
                if current:
                    self._decide(what)
            case _:
                assert_never(what)

    def _greeted(self, talk: Talk, hello: Hello) -> None:
        """A listener answers our call. Who names itself may have answered a call to anyone; who does not is known by a mark, or nobody."""
        conversation, state, lost, channel = talk.conversation, self.state, self._lost(), talk.channel
        if not isinstance(state, Seeking | Restoring):
            self._talks.leave(channel, GoodbyeReason.CANCELLED)
        elif hello.facts is not None:
            if isinstance(state, Seeking) and state.identity is None:
                facts = hello.facts
                talk.row = self._peers.greeted(channel, facts.name, facts.kind.value, facts.p2p_address, bonded=talk.bonded)
            self._listed(talk)
        elif lost is not None and self._calls.restored_by(conversation):
            # Several at once: a mark may be overheard and said again. The first whose sealed word opens is the other side.
            talk.resumes = len([each for each in self._talks if each.resumes]) < RESUMES
            if talk.resumes:
                self._talks.send(channel, conversation.resume())
            else:
                self._talks.leave(channel, GoodbyeReason.CANCELLED)
        else:
            found = self._calls.marked_by(conversation)
            if found is not None and isinstance(state, Seeking):
                talk.trusted, talk.key = found
                conversation.expects = talk.trusted.identity
                talk.row = self._peers.known(channel, talk.trusted.identity, talk.trusted.label, bonded=talk.bonded)
            self._listed(talk)

    def _listed(self, talk: Talk) -> None:
        """Who is in the list may be asked; who is not is left."""
        if talk.row is None:
            self._talks.leave(talk.channel, GoodbyeReason.CANCELLED)
            return
        then = self.state.then if isinstance(self.state, Seeking) else None
        row = self._peers.row(talk.row)
        if then is not None and row is not None:
            meant = talk.trusted.identity == then.identity if talk.trusted is not None else row.address == then.address
            if meant:
                self._ask(Ask(row.id))

    def _requested(self, talk: Talk, request: Request) -> None:
        """A caller asks: let it prove its identity. When more unknown callers ask than may, only a trusted peer gets a dialog."""
        assert talk.answers is not None  # we are its listener
        self._talks.requested(talk.answers)
        talk.purpose = request.purpose
        if talk.trusted is None:
            expected = self._is_asked(talk)
            others = [each for each in self._talks if each is not talk and each.trusted is None and each.answers is not None]
            proving = any(each.conversation.offered and not each.surplus and self._is_asked(each) is expected for each in others)
            talk.surplus = proving or not self._requests.may_prove(expected=expected, now=self._now)
        talk.until = self._now + self._limits.prove
        self._talks.send(talk.channel, talk.conversation.offer())

    def _is_asked(self, talk: Talk) -> bool:
        """Does this caller claim to be the one whom our user asks?"""
        state, introduction = self.state, talk.conversation.peer
        if not isinstance(state, Asking) or introduction is None:
            return False
        if state.picked is not None and talk.trusted is not None:
            return talk.trusted.identity == state.picked
        return text_address(introduction.p2p_address) == state.peer.address

    def _asked(self, talk: Talk, secured: Secured) -> None:
        """A caller has proven its identity: this is the moment, and not before, at which a dialog may open."""
        peer, lost = recognised(claimed(talk), secured.identity, self._policy), self._lost()
        if peer.trusted and talk.trusted is None and not talk.surplus:
            self._requests.proved_trusted()
        if talk.surplus and not peer.trusted and (lost is None or lost.identity != secured.identity):
            if not self._is_asked(talk) and isinstance(self.state, Idle | Seeking):
                self._missed.add(peer, self._now, secured.identity, quietly=True)
            self._turn_away(talk, AnswerReason.BUSY)
        elif isinstance(self.state, Asking) and (self._is_asked(talk) or secured.identity == self.state.picked):
            talk.pending, talk.until = secured, self._now + self._limits.ask
            self._talks.send(talk.channel, talk.conversation.prove())
            self._both_asked()
        else:
            self._hear(talk, peer, secured)

    # spec: 2.19
    def _hear(self, talk: Talk, peer: Peer, secured: Secured) -> None:
        """Open the dialog for a caller, accept it for what our user chose before, or turn it away."""
        lost = self._lost()
        back = lost is not None and lost.identity == secured.identity  # it has lost the keys of our link
        refusal = self._refusal(peer, secured.identity, back)
        if refusal is not None:
            self._turn_away(talk, refusal)
            return
        self._open_dialog(talk, peer, secured)
        assert isinstance(self.state, Asked)
        # Not by the bond alone: it is known for an address, and may have been made without comparing anything.
        if peer.trusted and self._policy.accept_paired and talk.bonded and talk.encrypted:
            self._go_on(self._agreement.accept(self.state, By.BOND, trust=True, now=self._now))
        elif peer.trusted and back:
            self._go_on(self._agreement.accept(self.state, By.TRUST, trust=True, now=self._now))

    def _turn_away(self, talk: Talk, reason: AnswerReason) -> None:
        self._talks.say(talk.channel, Answer(accepted=False, reason=reason))
        self._talks.hang_up(talk.channel)

    def _hear_who_waited(self) -> None:
        """What our user asked is decided, so whoever asked meanwhile waits for nothing any more."""
        for talk in self._talks:
            if talk.pending is not None:
                secured, talk.pending = talk.pending, None
                self._hear(talk, recognised(claimed(talk), secured.identity, self._policy), secured)

    def _refusal(self, peer: Peer, identity: bytes, back: bool) -> AnswerReason | None:
        """Why this caller may not ask now. A hint is two bytes that anybody may have overheard: the proven identity decides."""
        if self.radios.wifi is not None or self.radios.p2p_address is None:
            return AnswerReason.UNAVAILABLE
        if not back and (self._lost() is not None or not isinstance(self.state, Idle | Seeking)):
            return AnswerReason.BUSY  # a lost link that is being restored is ended by nobody else
        if not self._ready() or not (back or peer.trusted or self._policy.visibility is Visibility.EVERYONE):
            return AnswerReason.POLICY
        if self._policy.away or (self._policy.visibility is Visibility.NOBODY and not back):
            return AnswerReason.POLICY
        if not self._requests.may_open_dialog(identity, self._now):
            self._missed.add(peer, self._now, identity, quietly=True)
            return AnswerReason.BUSY
        return None

    # spec: 2.16
    def _open_dialog(self, talk: Talk, peer: Peer, secured: Secured) -> None:
        self._requests.dialog_opens(secured.identity, self._now)
        if peer.trusted:
            self._talks.send(talk.channel, talk.conversation.prove())
        self._watch.reset()
        talk.pending = None
        self.state = Asked(talk.channel, peer, talk.purpose, secured, self._now + self._limits.ask)
        self._leave_all(serving=False)

    # spec: 2.21
    def _both_asked(self) -> None:
        """Two who ask each other: once each has proven to the other, in both conversations, that it is the same one, one request stays.

        The one with the lower identity stays the caller; the other one yields and is asked. What somebody merely claims ends nothing.
        """
        state = self.state
        if not isinstance(state, Asking) or state.secured is None:
            return
        identity = state.secured.identity
        for talk in self._talks:
            if talk.pending is not None and talk.pending.identity == identity and identity < self._identity.public:
                secured, peer = talk.pending, recognised(claimed(talk), identity, self._policy)
                self._talks.leave(state.channel, GoodbyeReason.CANCELLED)
                self._open_dialog(talk, peer, secured)
                return

    # spec: 6.4
    def _restored(self, talk: Talk, keys: SessionKeys) -> None:
        """The conversation of a lost session stands again, with new keys; the consent was for this session."""
        lost = self._lost()
        if lost is None or not talk.resumes:
            self._talks.leave(talk.channel, GoodbyeReason.CANCELLED)
            return
        made = lost.calls + (1 if lost.role is Role.LISTENER else 0)
        introduction, now = lost.introduction, talk.conversation.peer
        if now is not None:  # what it can do stays as it was agreed; where it is may have changed
            introduction = replace(introduction, p2p_address=now.p2p_address, port=now.port)
        peer = replace(lost.peer, address=text_address(introduction.p2p_address))
        self._meet(replace(lost, channel=talk.channel, keys=keys, introduction=introduction, peer=peer, calls=made))
        self._leave_all(serving=False)

    # --- steps ---

    def _ask(self, ask: Ask) -> None:
        row, channel = self._peers.row(ask.peer), self._peers.channel(ask.peer)
        if row is not None and channel is None and row.on_wifi and ask.method is not None:
            self._begin(*wps.ask(row, ask.method, ask.remember, self._rules()))
            return
        talk = self._talks.get(channel)
        if row is None or channel is None or talk is None:
            # The list keeps showing; only this row cannot be asked.
            return
        talk.purpose = ask.purpose
        self._talks.keep(talk)
        self._asleep = None
        picked = talk.trusted.identity if talk.trusted is not None else None
        self.state = Asking(channel, row, self._now + self._limits.ask + self._limits.slack, picked)
        introduction = talk.conversation.peer
        method = Method.DISPLAY if introduction is not None and can_exchange_pin(self.radios.abilities, introduction) else Method.PBC
        self._talks.send(channel, talk.conversation.request(ask.purpose, method, talk.key))
        self._leave_all(serving=True)

    def _asked_for(self, asked: AskedFor) -> None:
        """A program's wish: begun at once when the user typed it or when it only looks around; otherwise the user is asked, one by one."""
        asker, event = asked.asker, asked.event
        if asker.own or isinstance(event, Seek):
            self._begin_for(asker, event)
            return
        if self._wishes.wish is None and not self._wishes.deaf(self._now) and self._stands(event):
            self._wishes.add(asker, event, None if isinstance(event, Host) else self._peers.row(event.peer), self._now)

    def _begin_for(self, asker: Asker, event: Seek | Ask | Host | Invite) -> None:
        before = type(self.state)
        self._decide(event)
        if type(self.state) is not before:
            self._asker = asker

    def _stands(self, event: Ask | Host | Invite) -> bool:
        """Could it still be begun?"""
        match event:
            case Ask(peer):
                return isinstance(self.state, Seeking) and self._peers.row(peer) is not None
            case Invite(peer):
                hosting = isinstance(self.state, wps.Hosting) and self.state.asking is None
                return hosting and self._peers.row(peer) is not None
            case Host():
                return isinstance(self.state, Idle | Seeking)

    def _begin(self, after: wps.PlainState | wps.PlainOver, commands: list[Command]) -> None:
        """From idle or seeking to a state of `wps`: the listeners that answered the call are told that it is over."""
        self._plain_on(after, commands)
        if isinstance(self.state, wps.PlainState):
            self._watch.reset()
            self._watch.go(self._now)
        self._leave_all(serving=False)

    def _plain_on(self, after: wps.PlainState | wps.PlainOver, commands: list[Command]) -> None:
        """What a step of `wps` leads to."""
        before = self.state
        self._out += commands
        if any(isinstance(command, Admit) for command in commands):
            self._requests.accepted_on_wifi()
        if isinstance(after, wps.PlainOver):
            if isinstance(before, wps.PlainAsked) and after.failure is not None:
                self._missed.add(before.peer, self._now)
            if after.order is not None:
                self.state = Ending(after.order, self._now + self._limits.end, after.failure, after.peer)
            else:
                self.state = Idle(after.failure, after.peer if after.failure is not None else None)
            return
        if isinstance(before, wps.Hosting) and isinstance(after, wps.Hosting) and after.asking and not before.asking:
            self._requests.asked_on_wifi(self._now)
        if isinstance(before, wps.PlainAsked) and isinstance(after, wps.PlainForming):
            self._requests.accepted_on_wifi()
            self._watch.go(self._now)
        if isinstance(before, wps.PlainForming) and isinstance(after, wps.PlainChecking):
            self._watch.formed(self._now)
        if isinstance(before, wps.PlainChecking) and isinstance(after, wps.PlainLinked):
            self._watch.checked(before.since, self._now)
        self.state = after

    def _rules(self) -> wps.Rules:
        return wps.Rules(self._now, self._limits, self._policy, self.radios.abilities, self._entropy, self._next_attempt, self._plain_peer)

    def _order(self, command: Command) -> None:
        self._out.append(command)

    def _next_attempt(self) -> int:
        self._attempt += 1
        return self._attempt

    def _plain_peer(self, id: str) -> Peer:
        """What is known of a row, or of a P2P address; an unknown address is its own name."""
        return self._peers.row(id) or next((p for p in self._peers.list() if p.address == id), None) or Peer(id=id, name=id, address=id)

    def _may_ask_on_wifi(self, address: str) -> bool:
        """Whether a request on Wi-Fi may open a dialog. Not that of a machine that talks over Bluetooth, or whose link has just ended."""
        if self.radios.wifi is not None or not self._requests.may_ask_on_wifi(self._now) or self._lost() is not None:
            return False
        if self._policy.away or self._policy.visibility is not Visibility.EVERYONE:
            return False
        talking = any(row.address == address and row.reachable for row in self._peers.list())
        return not talking and not self._sleeping and not self._requests.is_stray(address, self._now)

    def _conditions(self) -> Conditions:
        return Conditions(self._now, self._policy, self.radios, self._find_reason)

    def _meet(self, bond: Bond) -> None:
        self._go_on(self._linking.meet(bond, self._conditions()))

    def _go_on(self, after: Asking | Asked | Bonded | Idle | Bond | LinkOver) -> None:
        """What a step of the agreement or of the link leads to."""
        match after:
            case LinkOver(failure, goodbye):
                self._fail(failure, goodbye)
            case Bond():
                self._meet(after)
            case Asking():
                self.state = after
                self._both_asked()
            case _:
                self.state = after

    def _call_back(self, id: str) -> None:
        missed = self._missed.take(id)
        if missed is None:
            return
        trusted = self._policy.known(missed.identity) if missed.identity is not None else None
        self._asker, self._sleeping = None, False
        self._decide(Seek(trusted.identity if trusted is not None else None))

    def _leave_question(self) -> None:
        """Nobody is there to answer: what is asked is missed."""
        match self.state:
            case Asked(by=None) as state:
                self._go_on(self._agreement.refuse(state, AnswerReason.TIMEOUT, self._now))
            case wps.PlainAsked(peer=peer) | wps.Hosting(asking=wps.PlainAsked(peer=peer)):
                self._missed.add(peer, self._now)
                self._decide(Decline())
            case _:
                pass

    # --- sleep ---

    def _suspend(self) -> None:
        """The machine falls asleep: say goodbye and end what is going on."""
        self._sleeping = True
        self._wishes.withdraw()
        self._leave_question()
        state = self.state
        again = isinstance(state, Meeting | Forming | Checking | Clearing) and state.bond.lost is not None
        if isinstance(state, Linked | Restoring) or (isinstance(state, Meeting | Forming | Checking | Clearing) and again):
            self._asleep = Asleep(state.bond.identity, state.bond.peer.address)
        if not isinstance(state, Idle):
            self._decide(Cancel())

    def _wake(self) -> None:
        self._sleeping = False
        self._wakes_until = self._now + self._limits.wake

    def _awake(self) -> None:
        """Once the radios are back: call for whom we were linked with."""
        asleep, state = self._asleep, self.state
        if asleep is None or self._sleeping:
            return
        if not isinstance(state, Idle | Ending) or self._now >= self._wakes_until:
            self._asleep = None
        elif isinstance(state, Idle) and self._ready():
            self._asleep = None
            identity = asleep.identity if self._policy.known(asleep.identity) is not None else None
            self._decide(Seek(identity))
            if isinstance(self.state, Seeking):
                self.state = replace(self.state, then=asleep)

    def _fail(self, failure: Failure | None, goodbye: GoodbyeReason | None) -> None:
        """End the journey: tell the other side (unless it told us), take down what was made, then rest."""
        state, now = self.state, self._now
        if isinstance(state, Bonded):
            self._requests.parted(state.bond.peer.address, now)
        channel = states.channel(self.state)
        if channel is not None:
            if goodbye is not None:
                self._talks.leave(channel, goodbye)
            else:
                self._talks.hang_up(channel)
        self._leave_all(serving=True)
        match state:
            case Forming(order=order) if now >= state.start:
                self.state = Ending(order, now + self._limits.end, failure, state.bond.peer)
            case Checking(order=order) | Linked(order=order):
                farewell = replace(view.link_plan(state, self._policy.port), leaving=True) if goodbye is not None else None
                limit = self._limits.farewell if farewell else self._limits.end
                self.state = Ending(order, now + limit, failure, state.bond.peer, farewell)
            case Ending():
                pass
            case _:
                self._rest(failure)

    def _rest(self, failure: Failure | None) -> None:
        """Nothing is to be taken down (any more)."""
        self.state = Idle(failure, states.peer(self.state) if failure is not None else None)

    def _talk_ended(self, reason: Reason) -> None:
        """The conversation of this stage is gone. A group that is being formed may still make it; before that it is the end."""
        state = self.state
        match state:
            case Asked(by=None, peer=peer, secured=secured):
                self._missed.add(peer, self._now, secured.identity)
                self._rest(None)
            case Asking() | Asked():
                self._rest(Failure(states.stage(self.state), reason))
            case Meeting() | Clearing():
                if state.bond.lost is not None:
                    self._go_on(self._linking.call_again(state.bond, self._conditions()))
                else:
                    self._rest(Failure(states.stage(self.state), reason))
            case _:
                pass

    # --- talking ---

    def _introduction(self) -> Introduction:
        """What this machine says of itself."""
        return Introduction(
            name=clean_name(self._policy.name),
            kind=self._policy.kind,
            p2p_address=self.radios.p2p_address or bytes(6),
            port=self._policy.port,
            methods=tuple(Method) if self.radios.abilities.pin else (Method.PBC,),
        )

    def _leave_all(self, *, serving: bool) -> None:
        """Leave every conversation but the one this state is about; as a caller also those of listeners, which answered in vain.

        Two who click each other at the same moment are in two conversations: the one that we were called in stays until decided.
        """
        current = states.channel(self.state)
        for talk in self._talks:
            if talk.channel == current:
                continue
            if talk.listening:
                if serving and isinstance(self.state, Idle | Seeking | Restoring):
                    continue
                if isinstance(self.state, Asking) and (talk.conversation.peer is None or self._is_asked(talk)):
                    continue
            self._talks.leave(talk.channel, GoodbyeReason.CANCELLED)

    def _drop(self, channel: bytes, reason: Reason = Reason.PEER_GONE) -> None:
        """The connection under a conversation is gone."""
        current, talk = channel == states.channel(self.state), self._talks.get(channel)
        self._talks.forget(channel)
        if current:
            self._talk_ended(reason)
        elif isinstance(self.state, Seeking) and self.state.round is not None and talk is not None and (talk.row or talk.resumes):
            self.state = replace(self.state, round=self._round(self.state.identity, self.state.bond))  # so that it may answer again
        elif isinstance(self.state, Restoring) and self.state.round is not None and talk is not None and talk.resumes:
            self.state = replace(self.state, round=self._calls.to_restore(self.state.bond.resumes, self._now))

    # --- small facts ---

    def _ready(self) -> bool:
        """Are the radios there, and the machine awake?"""
        return self.radios.bluetooth is None and self.radios.wifi is None and self.radios.p2p_address is not None and not self._sleeping

    def _listens(self) -> bool:
        """May calls be heard now, beside what the state wants?"""
        return isinstance(self.state, Idle | Seeking) and self._ready() and self._policy.visibility is not Visibility.NOBODY

    def _round(self, identity: bytes | None, lost: Bond | None = None) -> calls.Round:
        """A new call: to one trusted peer, or to anyone; and to the other side of a lost link that we called before."""
        trusted = self._policy.known(identity) if identity is not None else None
        if trusted is not None:
            return self._calls.to_one(trusted, self._now)
        restores = lost.resumes if lost is not None and lost.role is Role.CALLER else None
        return self._calls.to_anyone(self._policy.trusted, self._now, restores)


_LEAVINGS = {
    GoodbyeReason.CANCELLED: Reason.PEER_CANCELLED,
    GoodbyeReason.DECLINED: Reason.DECLINED,
    GoodbyeReason.BUSY: Reason.PEER_BUSY,
    GoodbyeReason.FAILED: Reason.PEER_FAILED,
    GoodbyeReason.PROTOCOL: Reason.PROTOCOL,
    GoodbyeReason.FINISHED: Reason.PEER_CANCELLED,
}
