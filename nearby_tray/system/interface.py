"""The applet on the session bus: for its own command line, for scripts and for other programs of the same user.

Every program on the session bus runs as the user, and Linux has no wall between the user's programs. Still no caller is trusted: text is
bounded, an impossible request is answered with a sentence, a program that calls without end is refused (`gate`), listeners are told of
changes at most five times a second, and what a program asks for is put before the user under that program's name. Only a `nearby-tray`
command speaks for the user (`asker`): no other program says yes to another computer, widens the circle that may link with this one, or ends
the applet. A yes names the question that it answers, so that a late yes does not answer the next question. Calls that change something are
served one at a time, in the order in which they came.

    bus name    org.nearbytray.Nearby         object   /org/nearbytray/Nearby1         interface   org.nearbytray.Nearby1
    Status() → s, Peers() → s, Settings() → s             JSON, as `status` and `nearby_tray.settings` make it
    Log() → s                                             JSON, the last lines of the log, for a report
    Autostart() → s                                       JSON: what starts the applet at login
    ChangeSettings(s) → s                                 a JSON object of changes; answers the settings in force
    Seek(), Connect(s name or id), Match(s question, b trust), AcceptRequest(s question, b trust), Decline(), Cancel(), Disconnect()
    ConnectBy(s name or id, s method, b remember), EnterPinFor(s question, s PIN), Host(b remember), Invite(s), Expel(s), Members() → s
    Raise(), Quit()
    Accept(b), EnterPin(s)                                name no question: answered with a sentence
    Changed(s)                                            signal: the new status
    Version                                               property
    errors      org.nearbytray.Error.NotPossible, .UnknownPeer, .InvalidSetting; the text is a sentence for the user

`desktop/dbus.md` says the same in full, for authors of programs.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager
from typing import Any, Protocol

import msgspec

from .. import BUS_INTERFACE, BUS_NAME, BUS_PATH, __version__
from ..core import pin as pins
from ..core.model import Asker, Failure, Method, Peer, Reason, Snapshot, Stage, Visibility, Wish
from ..core.names import harmless
from ..edges import Actions
from ..settings import Settings, changed
from ..status import Describe, ListedPeer, Status, StatusMember, encode
from ..tasks import outcome
from .asker import identify
from .bus import Bus, DBusError, ServiceInterface, caller, dbus_property, method, signal
from .gate import CALLERS, LIMITS, Gate

log = logging.getLogger(__name__)

NAME, PATH, INTERFACE = BUS_NAME, BUS_PATH, BUS_INTERFACE
NOT_POSSIBLE = "org.nearbytray.Error.NotPossible"
UNKNOWN_PEER = "org.nearbytray.Error.UnknownPeer"
INVALID_SETTING = "org.nearbytray.Error.InvalidSetting"

TEXT_LIMIT = 16 * 1024  # characters of an argument
QUEUE = 16  # calls that wait for their turn

Autostart = Callable[[], Coroutine[Any, Any, dict[str, object]]]
"""What starts the applet at login, as JSON."""


class Program(Protocol):
    """The running applet, beside what its user can do with links."""

    def used(self) -> None:
        """The user's own command has called: the user is there."""

    def raise_window(self) -> None: ...

    def quit(self) -> None: ...


class Interface(ServiceInterface):
    """The exported methods. Those that only read return at once; those that change something wait for their turn, in order."""

    def __init__(
        self,
        bus: Bus,
        actions: Actions,
        program: Program,
        describe: Describe,
        log_lines: Callable[[], Iterable[str]],
        autostart: Autostart | None,
        gate: Gate,
    ) -> None:
        super().__init__(INTERFACE)
        self._gate = gate
        self._bus = bus
        self._actions, self._program = actions, program
        self._describe = describe
        self._log_lines = log_lines
        self._autostart = autostart
        self._one_at_a_time = asyncio.Lock()  # the first to wait is the first to go on
        self._waiting = 0
        self._askers: OrderedDict[str, Asker] = OrderedDict()  # by unique name, which is never given twice
        self._reading: asyncio.Task[dict[str, object]] | None = None

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[Asker]:
        """Wait for the caller's turn to change something; yields the calling program. `DBusError` when too many calls wait already."""
        sender = caller.get()
        if self._waiting >= QUEUE:
            raise DBusError(LIMITS, f"Too many calls at once: {QUEUE} are waiting already.")
        self._waiting += 1
        try:
            async with self._one_at_a_time:
                asker = self._askers.get(sender)
                if asker is None:
                    asker = self._askers[sender] = await identify(self._bus, sender)
                    if len(self._askers) > CALLERS:
                        self._askers.popitem(last=False)
                refusal = self._gate.judge(sender, asker.own)
                if refusal is not None:
                    raise refusal
                if asker.own:
                    self._program.used()
                yield asker
        finally:
            self._waiting -= 1

    @method("Status", gives="s")
    def status(self) -> str:
        return encode(Status.of(self._actions.snapshot, self._describe, pin=True))

    @method("Peers", gives="s")
    def peers(self) -> str:
        return encode([ListedPeer.of(peer) for peer in self._actions.snapshot.peers])

    @method("Log", gives="s")
    def log(self) -> str:
        return encode(list(self._log_lines()))

    @method("Autostart", gives="s")
    async def autostart(self) -> str:
        if self._autostart is None:
            raise _not_possible("This applet does not look after that.")
        if self._reading is None or self._reading.done():  # one reading for all callers that ask meanwhile
            self._reading = outcome(self._autostart(), "look at the start at login")
        return encode(await asyncio.shield(self._reading))

    @method("Seek")
    async def seek(self) -> None:
        async with self._turn() as asker:
            snapshot = self._actions.snapshot
            if snapshot.stage not in (Stage.IDLE, Stage.SEEKING) and not _is_up(snapshot):
                raise _not_possible(f"Not possible now ({_DOING[snapshot.stage]}).")
            self._actions.seek(asker=asker)
            self._complain()

    @method("Connect", takes=["s"])
    async def connect(self, name_or_id: str) -> None:
        async with self._turn() as asker:
            peer = self._found(name_or_id)
            if not peer.reachable:
                raise _not_possible(
                    f"{_label(peer)} cannot be asked: Nearby Tray does not answer there."
                    + (" Without it, say how to link: by push button, or with a PIN." if peer.on_wifi else "")
                )
            self._check_wish(asker)
            self._actions.ask(peer.id, asker=asker)

    @method("ConnectBy", takes=["s", "s", "b"])
    async def connect_by(self, name_or_id: str, method: str, remember: bool) -> None:
        if method not in [each.value for each in Method]:
            raise _not_possible(f"The method is one of {', '.join(Method)}.")
        async with self._turn() as asker:
            peer, ours = self._found(name_or_id), Method(method)
            if peer.reachable:
                self._check_wish(asker)
                self._actions.ask(peer.id, asker=asker)
                return
            if not peer.on_wifi:
                raise _not_possible(f"{_label(peer)} is not seen on Wi-Fi Direct now.")
            obstacle = self._actions.snapshot.radios.abilities.obstacle(peer, ours)
            if obstacle is not None:
                raise self._failed(Failure(Stage.FORMING, obstacle), peer.name)
            self._check_wish(asker)
            self._actions.ask(peer.id, ours, remember, asker=asker)

    @method("EnterPinFor", takes=["s", "s"])
    async def enter_pin_for(self, question: str, pin: str) -> None:
        _check_length(pin)
        _check_length(question)
        async with self._turn() as asker:
            snapshot = self._actions.snapshot
            if not snapshot.pin_wanted:
                raise _not_possible("No PIN is wanted now.")
            _need_own(asker, "enters a PIN")
            self._need_named(question)
            typed = pins.valid(pin)
            if typed is None:
                whole = len(pins.digits(pin) or "") == pins.SIZE
                raise _not_possible("The last digit does not fit: check the number." if whole else "A PIN has eight digits.")
            self._actions.enter_pin(snapshot.question, typed)

    @method("EnterPin", takes=["s"])
    async def enter_pin(self, pin: str) -> None:
        raise _not_possible("Say whose PIN that is: EnterPinFor, with the “question” of the status.")

    @method("Host", takes=["b"])
    async def host(self, remember: bool) -> None:
        async with self._turn() as asker:
            snapshot = self._actions.snapshot
            if snapshot.stage not in (Stage.IDLE, Stage.SEEKING):
                raise _not_possible(f"Not possible now ({_DOING[snapshot.stage]}).")
            obstacle = snapshot.radios.wifi or (None if snapshot.radios.abilities.host else Reason.NOT_OFFERED)
            if obstacle is not None:
                raise self._failed(Failure(Stage.HOSTING, obstacle))
            self._check_wish(asker)
            self._actions.host(remember, asker=asker)
            self._complain()

    @method("Invite", takes=["s"])
    async def invite(self, name_or_id: str) -> None:
        _check_length(name_or_id)
        async with self._turn() as asker:
            snapshot = self._group()
            if snapshot.peer is not None:
                raise _not_possible(f"{_label(snapshot.peer)} is being let in; one after the other.")
            peer = find_peer(name_or_id, snapshot.peers)
            if any(member.peer.address == peer.address for member in snapshot.members):
                raise _not_possible(f"{_label(peer)} is in the group already.")
            if not peer.address:
                raise _not_possible(f"{_label(peer)} is not seen on Wi-Fi Direct now.")
            self._check_wish(asker)
            self._actions.invite(peer.id, asker=asker)

    @method("Expel", takes=["s"])
    async def expel(self, name_or_id: str) -> None:
        _check_length(name_or_id)
        async with self._turn():
            peers = [member.peer for member in self._group().members]
            wanted = next((peer for peer in peers if peer.address == name_or_id.strip().lower()), None)
            self._actions.expel((wanted or find_peer(name_or_id, peers, "in the group")).address)

    @method("Members", gives="s")
    def members(self) -> str:
        return encode([StatusMember.in_group(member, self._actions.snapshot.now) for member in self._actions.snapshot.members])

    @method("AcceptRequest", takes=["s", "b"])
    async def accept_request(self, question: str, trust: bool) -> None:
        _check_length(question)
        async with self._turn() as asker:
            if (wish := self._answered_wish()) is not None:
                _need_own(asker, "answers what a program asks for")
                if question.strip() != wish.id:
                    raise _not_possible("That is not asked any more. What is asked now: see nearby-tray status.")
                self._actions.allow(wish.id)
                return
            self._need(Stage.ASKED, "Nobody asks for a link.")
            _need_own(asker, "accepts another computer")
            if self._actions.snapshot.pin_wanted:
                raise _not_possible("To accept, enter the PIN that the other machine shows.")
            self._need_named(question)
            self._actions.accept(self._actions.snapshot.question, trust)

    @method("Match", takes=["s", "b"])
    async def match(self, question: str, trust: bool) -> None:
        _check_length(question)
        async with self._turn() as asker:
            snapshot = self._actions.snapshot
            self._need(Stage.ASKING, "No computer is being asked.")
            if snapshot.agreed_here:
                raise _not_possible("You have said so already; the other side's answer is waited for.")
            if not snapshot.may_match:
                raise _not_possible("There is no code to compare yet.")
            _need_own(asker, "compares codes")
            self._need_named(question)
            self._actions.match(snapshot.question, trust)

    @method("Accept", takes=["b"])
    async def accept(self, trust: bool) -> None:
        raise _not_possible("Say which request: AcceptRequest, with its six digits or the “question” of the status.")

    @method("Decline")
    async def decline(self) -> None:
        async with self._turn() as asker:
            if (wish := self._answered_wish()) is not None:
                _need_own(asker, "answers what a program asks for")
                self._actions.forbid(wish.id)
                return
            if self._stage is not Stage.HOSTING or self._actions.snapshot.peer is None:  # somebody may come in, or be told that it may not
                self._need(Stage.ASKED, "Nobody asks for a link.")
            self._actions.decline(self._actions.snapshot.question)

    @method("Cancel")
    async def cancel(self) -> None:
        async with self._turn():
            if self._stage is Stage.IDLE:
                raise _not_possible("There is nothing to cancel.")
            self._actions.cancel()

    @method("Disconnect")
    async def disconnect(self) -> None:
        async with self._turn():
            if self._stage is Stage.IDLE:
                raise _not_possible("There is no link.")
            self._actions.disconnect()

    @method("Settings", gives="s")
    def settings(self) -> str:
        return encode(self._actions.settings)

    @method("ChangeSettings", takes=["s"], gives="s")
    async def change_settings(self, changes: str) -> str:
        _check_length(changes)
        async with self._turn() as asker:
            before = self._actions.settings
            try:
                wanted = msgspec.json.decode(changes, type=dict[str, Any])
                new = changed(before, wanted)
            except (msgspec.DecodeError, RecursionError):
                raise DBusError(INVALID_SETTING, "The changes must be a JSON object.") from None
            except ValueError as error:
                raise DBusError(INVALID_SETTING, harmless(error, 2000)) from None
            if not asker.own and (names := guarded(before, new)):
                raise _not_possible(f"Only the user of this computer changes this: {', '.join(names)}.")
            if why := self._actions.apply(new):
                raise _not_possible(f"In force until Nearby Tray ends, but not kept: {why}.")
            # Not `self.settings()`: the library's decorator makes that give nothing.
            return encode(self._actions.settings)

    @method("Raise")
    def raise_(self) -> None:
        self._program.raise_window()

    @method("Quit")
    async def quit(self) -> None:
        async with self._turn() as asker:
            _need_own(asker, "ends Nearby Tray")
            log.info("told to quit over the session bus")
            self._program.quit()

    @dbus_property(name="Version", gives="s")
    def version(self) -> str:
        return __version__

    @signal("Changed", gives="s")
    def changed(self, said: str) -> str:
        return said

    @property
    def _stage(self) -> Stage:
        return self._actions.snapshot.stage

    def _found(self, name_or_id: str) -> Peer:
        """The peer of the list that is meant. `DBusError` unless this computer looks for others."""
        _check_length(name_or_id)
        stage = self._stage
        if stage is not Stage.SEEKING:
            raise _not_possible("Not looking for computers: seek first." if stage is Stage.IDLE else f"Not possible now ({_DOING[stage]}).")
        return find_peer(name_or_id, self._actions.snapshot.peers)

    def _group(self) -> Snapshot:
        snapshot = self._actions.snapshot
        if not _is_up(snapshot):
            raise _not_possible("There is no group of ours.")
        return snapshot

    def _check_wish(self, asker: Asker) -> None:
        """`DBusError` if this program may not put a wish before the user now: another one waits, or too many were refused."""
        snapshot = self._actions.snapshot
        if asker.own:
            return
        if snapshot.wish is not None:
            raise _not_possible(f"“{snapshot.wish.asker.name or 'A program'}” asks the user of this computer already; one after the other.")
        if snapshot.deaf:
            raise _not_possible("The user of this computer has said no, or nothing, several times. Ask again in two minutes.")

    def _answered_wish(self) -> Wish | None:
        """What a program asks for, if a yes or no now answers that and not another computer's request."""
        return None if self._stage is Stage.ASKED else self._actions.snapshot.wish

    def _need_named(self, question: str) -> None:
        """`DBusError` unless `question` names what is asked now, by the code on the screen or by the question's id."""
        if not names(self._actions.snapshot, question):
            raise _not_possible("That is not asked any more. What is asked now: see nearby-tray status.")

    def _failed(self, failure: Failure, name: str = "") -> DBusError:
        return _not_possible(" ".join(self._describe(failure, name)))

    def _complain(self) -> None:
        """`DBusError` if what was begun has ended at once."""
        after = self._actions.snapshot
        if after.stage is Stage.IDLE and after.failure is not None:
            raise self._failed(after.failure, after.peer.name if after.peer else "")

    def _need(self, stage: Stage, sentence: str) -> None:
        if self._stage is not stage:
            raise _not_possible(sentence)


_DOING = {
    Stage.IDLE: "ready",
    Stage.SEEKING: "looking for computers",
    Stage.ASKING: "waiting for an answer",
    Stage.ASKED: "somebody asks for a link",
    Stage.MEETING: "a link is being made",
    Stage.FORMING: "a link is being made",
    Stage.CHECKING: "a link is being made",
    Stage.LINKED: "linked",
    Stage.RESTORING: "a lost link is being restored",
    Stage.ENDING: "a link is being ended",
    Stage.ENTERING: "waiting for a PIN to be typed",
    Stage.HOSTING: "hosting a group",
}


def _is_up(snapshot: Snapshot) -> bool:
    """True while this computer hosts a group, also while a plain peer asks to join it."""
    return snapshot.link is not None and (snapshot.stage is Stage.HOSTING or (snapshot.stage is Stage.ASKED and not snapshot.verified))


def names(snapshot: Snapshot, question: str) -> bool:
    """True if `question` names what the user is asked now: by its id, or by the six digits, with or without a blank between them."""
    if not snapshot.question:
        return False
    digits = "".join(question.split())
    return question.strip() == snapshot.question or (
        bool(digits) and snapshot.code is not None and digits == snapshot.code.replace(" ", "")
    )


_WIDTH = {Visibility.NOBODY: 0, Visibility.TRUSTED: 1, Visibility.EVERYONE: 2}


def guarded(before: Settings, after: Settings) -> list[str]:
    """The names of the changes that only the user may make: which computers find this one, by which name, and link without asking; and
    whether the user is told."""
    wider = _WIDTH[after.visibility] > _WIDTH[before.visibility]
    # Whatever takes the place of a limit begins now, so also a shorter one may end later.
    another_limit = before.visible_minutes is not None and after.visible_minutes != before.visible_minutes
    found = {
        "name": after.name != before.name,
        "visibility": wider,
        "visible_minutes": another_limit,
        "accept_paired": after.accept_paired and not before.accept_paired,
        "notifications": before.notifications and not after.notifications,
    }
    return [name for name, is_so in found.items() if is_so]


def find_peer(name_or_id: str, peers: Iterable[Peer], where: str = "among the computers found") -> Peer:
    """The peer meant. `DBusError` with the known peers when none or more than one is: a name is whatever its computer says.

    An id wins over a name, so a peer that calls itself by the id of another does not hide it.
    """
    every = tuple(peers)
    wanted = name_or_id.strip()
    alike = (
        [peer for peer in every if peer.id == wanted]
        or [peer for peer in every if peer.name == wanted]
        or [peer for peer in every if peer.name.casefold() == wanted.casefold()]
    )
    similar = {peer.id: peer for peer in alike}
    if len(similar) == 1:
        return next(iter(similar.values()))
    if not similar:
        known = ", ".join(_label(peer) for peer in every[:20]) or "none so far"
        raise DBusError(UNKNOWN_PEER, harmless(f"“{wanted[:64]}” is not {where}: {known}.", 2000))
    raise DBusError(
        UNKNOWN_PEER,
        harmless(f"More than one is called “{wanted[:64]}”; use the id: {', '.join(f'{_label(p)} {p.id}' for p in alike[:20])}.", 2000),
    )


def _label(peer: Peer) -> str:
    return f"“{harmless(peer.name, 64)}”"


def _check_length(text: str) -> None:
    if len(text) > TEXT_LIMIT:
        raise DBusError(LIMITS, f"At most {TEXT_LIMIT} characters.")


def _need_own(asker: Asker, does: str) -> None:
    """`DBusError` unless the user's own command calls. A program may ask for a link, and the user is asked then."""
    if not asker.own:
        raise _not_possible(f"Only the user of this computer {does}: in the window of Nearby Tray, or with the command nearby-tray.")


def _not_possible(sentence: str) -> DBusError:
    return DBusError(NOT_POSSIBLE, harmless(sentence, 2000))
