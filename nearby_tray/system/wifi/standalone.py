"""Wi-Fi Direct through wpa_supplicant alone, where no NetworkManager has the radio: every way to form a group, and groups of our own.

Serves `edges.Wifi` and `edges.Hosting`. The rules it keeps:

- A group is made only when none is there. A group that starts while an order is carried out belongs to that order; any other is foreign
  and left alone.
- A group that changes more of this computer's network than its own is taken down (`upkeep`, `terms`).
- What is made is journaled first and undone when an order fails, is cancelled, or at the next start after a crash (`made`).
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from ...core.model import (
    Abilities,
    Admission,
    EdgeEvent,
    FormGroup,
    Group,
    HostGroup,
    Method,
    PeerFound,
    PeerLost,
    Reason,
    Way,
    WifiChanged,
    WifiRequest,
)
from ...edges import Sink
from ...errors import Unavailable
from ...tasks import Tasks, in_turn
from .. import addresses, nl80211
from ..bus import BusError, BusGone, Variant
from ..journal import Journal
from . import made, terms
from .events import Asked, Changed, Event, Finished, FormationFailed, Invited, Joined, Left, Provisioned, Started, WpsFailed
from .finding import Finder
from .made import Cleaner, Made
from .members import Members
from .negotiation import Answers, Formation, Kept, Requests, Silent, connect, negotiate, reject
from .pulse import Pulse
from .shapes import MAC
from .standalone_addresses import Addressing, Kernel, ReadIndex, ReadLink
from .supplicant import Supplicant
from .upkeep import Counters, ReadSignal, Upkeep
from .wpa import INVALID_ARGS, P2P

log = logging.getLogger(__name__)

ReadForbidden = Callable[[int, int], Awaitable[str | None]]


class Standalone:
    """Serves `edges.Wifi` with wpa_supplicant only: no NetworkManager has the radio."""

    ABILITIES = Abilities("wpa_supplicant", pin=True, intent=True, frequency=True, host=True, hears=True, persistent=True)

    def __init__(
        self,
        supplicant: Supplicant,
        journal: Journal,
        *,
        kernel: Kernel = addresses,
        read_signal: ReadSignal = nl80211.signal,
        read_link: ReadLink = nl80211.link,
        read_forbidden: ReadForbidden = nl80211.forbidden,
        read_index: ReadIndex = socket.if_nametoindex,
        interfaces: Path = Path("/sys/class/net"),
        keeper: terms.Keeper | None = None,
    ) -> None:
        self._supplicant = supplicant
        self._limits = supplicant.limits
        self._journal = journal
        self._read_forbidden = read_forbidden
        self._read_index = read_index
        self._sink: Sink | None = None
        self._reported: WifiChanged | None = None
        self._tasks = Tasks()
        keeper = keeper or terms.Keeper()
        self._addressing = Addressing(supplicant, journal, keeper, kernel=kernel, read_link=read_link, read_index=read_index)
        self._counters = Counters(interfaces, read_signal, self._limits.signal)
        self._finder = Finder(
            supplicant,
            self._tasks,
            journal,
            made.FIND,
            renew=self._limits.renew,
            is_forming=lambda: self._forming is not None,
            is_usable=lambda: self.reason is None,
        )
        self._cleaner = Cleaner(
            supplicant,
            journal,
            self._addressing.take_back,
            is_idle=lambda: self._forming is None and self._upkeep.up is None,
            is_finding=lambda: self._finder.is_wanted,
        )
        self._requests = Requests(self._limits)
        self._answers = Answers()
        self._members = Members(supplicant, self._tasks, self._tell)
        self._forming: Made | None = None
        self._upkeep: Upkeep[Made] = Upkeep(self._tasks, keeper, self._tell, self._undo, self._group_ends)
        self._ours: set[str] = set()  # interfaces of groups of ours, until they have ended
        self._rejoin: asyncio.TimerHandle | None = None  # the end of the time in which the peer may come back into a group of two
        self._heard = Pulse()  # a group has ended, the daemon has changed, or a peer was found while a group forms

    # --- life ---

    async def open(self, sink: Sink) -> None:
        """See `edges.Wifi`. The `Supplicant` is opened if it is not; closing it is its maker's."""
        if self._sink is not None:
            return
        self._sink = sink
        await self._supplicant.open()
        self._supplicant.listeners.append(self._on_event)
        await self._clean()
        self._report(fresh=False)

    async def close(self) -> None:
        """See `edges.Wifi`."""
        if self._sink is None:
            return
        await in_turn(("the find", self.stop_find), ("the group", self.remove), ("what is being undone", self._upkeep.settled))
        self._sink = None
        with suppress(ValueError):
            self._supplicant.listeners.remove(self._on_event)
        await self._tasks.end()
        self._reported = None
        self._cleaner.is_done = False

    @property
    def reason(self) -> Reason | None:
        """Why Wi-Fi Direct cannot be used; `None` when it can."""
        reason = self._supplicant.reason
        if reason is None and self._forming is None and set(self._supplicant.groups) - self._ours:
            return Reason.WIFI_BUSY  # with a foreign group
        return reason

    def _report(self, *, fresh: bool) -> None:
        if self._sink is None:
            return
        report = WifiChanged(self.reason, self._supplicant.p2p_address, abilities=self.ABILITIES)
        if report != self._reported or fresh:
            self._reported = report
            self._sink(replace(report, fresh=fresh))
            if report.reason is None:
                self._finder.renew_now()

    def _require(self) -> None:
        reason = self.reason
        if reason is not None:
            raise Unavailable(reason)

    def _tell(self, event: EdgeEvent) -> None:
        if self._sink is not None:
            self._sink(event)

    # --- finding ---

    async def find(self) -> None:
        """See `edges.Wifi`."""
        self._require()
        for peer in list(self._supplicant.peers.values()):
            self._tell(peer)
        await self._finder.begin(self._supplicant.name)

    async def hold_find(self) -> None:
        """See `edges.Wifi`."""
        await self._finder.hold()

    async def stop_find(self) -> None:
        """See `edges.Wifi`. While a group forms the find is left to end by itself."""
        await self._finder.stop()

    async def clear(self) -> None:
        """See `edges.Wifi`. Forgets every peer with whatever was noted of it: the cure for a negotiation that sticks."""
        await self._upkeep.settled()
        self._require()
        await self.stop_find()
        try:
            await self._supplicant.try_p2p("StopFind")
            await self._supplicant.p2p("Flush")
        except (BusError, BusGone) as error:
            raise self._supplicant.typed(error, Reason.WIFI_OFF) from error

    # --- a group of two ---

    async def form(self, order: FormGroup) -> Group:
        """See `edges.Wifi`."""
        await self._upkeep.settled()
        order = replace(order, address=order.address.lower())
        if not MAC.fullmatch(order.address):
            raise Unavailable(Reason.PROTOCOL, "not a P2P address")
        forming = self._begin(Formation(order.attempt, order.address))
        try:
            try:
                async with asyncio.timeout(order.patience):
                    group = await self._form(order, forming)
            except TimeoutError:
                unplanned = Reason.NOT_SEEN if isinstance(forming.formation.state, Silent) else Reason.NO_ANSWER
                raise Unavailable(Reason.NOT_FORMED if order.own else unplanned, f"nothing in {order.patience:g} s") from None
            except (BusError, BusGone) as error:
                raise self._supplicant.typed(error, Reason.NOT_FORMED) from error
        except BaseException as error:
            if isinstance(error, Unavailable):
                log.info("try %d: %s", order.attempt, error)
            await self._upkeep.finish(forming)
            raise
        finally:
            self._forming = None
            self._report(fresh=False)
        log.info("group %s formed at try %d", group.interface, order.attempt)
        return group

    def _begin(self, formation: Formation) -> Made:
        if self._forming is not None or self._upkeep.up is not None:
            raise Unavailable(Reason.WIFI_BUSY, "a group of ours is there already")
        self._require()
        self._forming = Made(formation)
        return self._forming

    async def _form(self, order: FormGroup, forming: Made) -> Group:
        formation = forming.formation
        await forming.note(self._journal, made.ORDER, order.address)
        asked = self._requests.of(order.address)
        if order.way is Way.JOIN and asked is not None and asked.remembered:
            order = replace(order, way=Way.REINVOKE)  # that is what it invited us to
        remembered = self._supplicant.remembered(order.address) if order.way is Way.REINVOKE else None
        if order.way is Way.REINVOKE and remembered is None:
            raise Unavailable(Reason.GROUP_FORGOTTEN, "here")
        if order.frequency is not None and order.way is Way.NEGOTIATE:
            await self._permit(order.frequency)
        if not order.own:
            await self._addressing.offer(forming)
        self._requests.answered(order.address)
        await self._speak(order, formation, remembered)
        started = await (self._come_in(order, forming) if order.way is Way.JOIN else self._reach(order, forming))
        group = await self._addressing.assign(forming, started, order.own)
        for event in formation.take_all():
            formation.judge(order, event)
        # Nothing is awaited from here on: what happens to the group now happens to a group that is up.
        self._upkeep.keep(forming, group.interface, terms.nothing, order.own)
        if order.persistent:
            self._supplicant.read_remembered()
        return group

    async def _speak(self, order: FormGroup, formation: Formation, remembered: str | None = None) -> None:
        """Ask, join or invite the peer; look for it first where the daemon does not know it (any more)."""
        while True:
            await self._see(order, formation)
            formation.said()
            try:
                if remembered is not None:
                    formation.said(Kept.INVITATION)
                    await self._invite_again(order, remembered)
                elif order.way is Way.JOIN:
                    await connect(self._supplicant, order, join=True)
                else:
                    await negotiate(self._supplicant, order, formation)
            except Unavailable as error:
                if error.reason is not Reason.NOT_SEEN or order.own:
                    raise
            else:
                return
            formation.unsaid()
            self._supplicant.forget(order.address)
            await asyncio.sleep(self._limits.again)

    async def _see(self, order: FormGroup, formation: Formation) -> None:
        """Find until the daemon knows the peer: it forgets one that it has not heard for a minute, and cannot be told to call an address.

        A peer that is to be joined must have been seen with its group, wherever that is: on a radio with 6 GHz wpa_supplicant 2.10 fails to
        look for it on all channels (it names each of 5 GHz twice, which the kernel refuses; seen in the lab), and asks on that one only.
        """

        def is_seen() -> bool:
            peer = self._supplicant.peers.get(order.address)
            return peer is not None and (peer.owner or order.way is not Way.JOIN)

        while not order.own and not is_seen():
            find = {"Timeout": Variant("i", max(1, round(self._limits.find)))}
            where = {"freq": Variant("i", order.frequency)} if order.way is Way.JOIN and order.frequency is not None else {}
            try:
                await self._supplicant.p2p("Find", find | where)
            except BusError:
                if not where:
                    raise
                await self._supplicant.p2p("Find", find)  # there is no such channel here
            again = self._limits.look if order.way is Way.JOIN else self._limits.renew
            await self._heard.until(lambda: is_seen() or formation.lost is not None, again)
            if formation.lost is not None:
                raise formation.lost

    async def _invite_again(self, order: FormGroup, remembered: str) -> None:
        peer = Variant("o", self._supplicant.peer_path(order.address))
        try:
            await self._supplicant.p2p("Invite", {"peer": peer, "persistent_group_object": Variant("o", remembered)})
        except BusError as error:
            raise self._supplicant.typed(error, Reason.NOT_SEEN if error.name == INVALID_ARGS else Reason.NOT_FORMED) from error

    async def _come_in(self, order: FormGroup, forming: Made) -> Started:
        """Join until the peer's group has let us in; its user may have to be asked first.

        WORKAROUND wpa_supplicant 2.10 on radios with 6 GHz: after four scans for an owner that lets nobody in yet it asks the kernel for
        each 5 GHz channel twice, which is refused (seen in the lab; mended in 2.11). Begun anew it finds an owner that does by now.
        """
        formation = forming.formation
        while True:
            if await formation.wait_for((Provisioned, Started, WpsFailed, FormationFailed, Unavailable), self._limits.join):
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._limits.enter):
                        return await self._reach(order, forming)
                if formation.started is not None:
                    raise Unavailable(Reason.NOT_FORMED, "the group is up, and we are not in it")
            await self._supplicant.try_p2p("Cancel")
            up = next((event for event in formation.take_all() if isinstance(event, Started)), None)
            if up is not None:
                formation.hear(up)  # at the last moment
            else:  # what was cancelled says nothing about the next try
                await self._speak(order, formation)

    async def _reach(self, order: FormGroup, forming: Made) -> Started:
        """Wait until the group is up and, where this computer owns it, the peer is in it."""
        formation = forming.formation
        while True:
            if formation.started is not None and formation.started.owner:
                try:
                    async with asyncio.timeout(self._limits.member):
                        event = await formation.next()
                except TimeoutError:
                    raise Unavailable(Reason.NOT_FORMED, "the group is up, and the other did not come in") from None
            else:
                event = await formation.next()
            formation.judge(order, event)
            match event:
                case Started() if formation.started is None:
                    formation.up(event)
                    await self._note_group(forming, event)
                    if not event.owner:
                        return event
                case Joined(interface, address) if formation.started is not None and interface == formation.started.interface:
                    if address == order.address:
                        return formation.started
                    await self._members.send_out(interface, address)  # a third machine that answered first
                case Invited(1) if order.way is Way.REINVOKE:
                    # It will invite us when its user has agreed, and wpa_supplicant does not listen for that by itself.
                    await self._supplicant.call(P2P, "Listen", "i", max(1, round(order.patience)))
                case _:
                    pass

    async def _note_group(self, forming: Made, started: Started) -> None:
        self._ours.add(started.interface)
        mark = await made.mark(self._supplicant, started.interface, started.group)
        if mark is not None:
            await forming.note(self._journal, made.GROUP_UP, mark)

    async def _permit(self, frequency: int) -> None:
        """Raise `Unavailable` where regulation or the radio forbids the channel, before the peer is kept waiting."""
        with suppress(OSError):
            detail = await self._read_forbidden(self._read_index(self._supplicant.name), frequency)
            if detail:
                raise Unavailable(Reason.CHANNEL_FORBIDDEN, detail)

    async def read_counters(self, group: Group) -> tuple[int, int, int | None]:
        """See `edges.Wifi`. Raises `Unavailable` when the interface is gone."""
        return await self._counters.read(group)

    # --- a group of our own ---

    @property
    def hosting(self) -> Standalone:
        return self

    async def host(self, order: HostGroup) -> Group:
        """See `edges.Hosting`."""
        await self._upkeep.settled()
        forming = self._begin(Formation(order.attempt, ""))
        try:
            try:
                group = await self._host(order, forming)
            except (BusError, BusGone) as error:
                raise self._supplicant.typed(error, Reason.NOT_FORMED) from error
        except BaseException:
            await self._upkeep.finish(forming)
            raise
        finally:
            self._forming = None
            self._report(fresh=False)
        log.info("hosting %s", group.interface)
        return group

    async def _host(self, order: HostGroup, forming: Made) -> Group:
        await forming.note(self._journal, made.ORDER, made.HOSTING)
        await self._addressing.offer(forming)
        arguments: dict[str, Variant] = {}
        remembered = self._supplicant.remembered_own() if order.persistent else None
        if remembered is not None:
            arguments["persistent_group_object"] = Variant("o", remembered)
        elif order.persistent:
            arguments["persistent"] = Variant("b", True)
        if order.frequency is not None:
            arguments["frequency"] = Variant("i", order.frequency)
        try:
            await self._supplicant.p2p("GroupAdd", arguments)
        except BusError as error:
            if error.name == INVALID_ARGS and order.frequency is not None:
                raise await self._why_not_on(order.frequency) from error
            raise
        started = await self._started(forming.formation)
        await self._note_group(forming, started)
        group = await self._addressing.assign(forming, started, ())
        self._upkeep.keep(forming, group.interface, terms.nothing, ())
        for event in forming.formation.take_all():
            self._on_group(event)
        if order.persistent:
            self._supplicant.read_remembered()
        return group

    async def _started(self, formation: Formation) -> Started:
        """Wait until the group that this computer owns is up. Raises `Unavailable`."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._limits.host):
                while True:
                    match await formation.next():
                        case Unavailable() as why:
                            raise why
                        case Started(owner=True) as started:
                            formation.up(started)
                            return started
                        case FormationFailed(detail):
                            raise Unavailable(Reason.NOT_FORMED, detail)
                        case _:
                            pass
        raise Unavailable(Reason.NOT_FORMED, "the group did not start")

    async def _why_not_on(self, frequency: int) -> Unavailable:
        """GroupAdd says no more than InvalidArgs: the kernel knows what is forbidden; otherwise the radio is held on another channel."""
        try:
            detail = await self._read_forbidden(self._read_index(self._supplicant.name), frequency)
        except OSError as error:
            return Unavailable(Reason.WIFI_OFF, str(error))
        return Unavailable(Reason.CHANNEL_FORBIDDEN, detail) if detail else Unavailable(Reason.CHANNEL_TAKEN, f"{frequency}")

    async def admit(self, admission: Admission) -> None:
        """See `edges.Hosting`."""
        up, started = self._hosted()
        await self._members.admit(up, started, admission)
        self._requests.answered(admission.address.lower())

    async def invite(self, address: str) -> None:
        """See `edges.Hosting`."""
        await self._members.invite(self._hosted()[1], address)

    async def expel(self, address: str) -> None:
        """See `edges.Hosting`."""
        await self._members.send_out(self._hosted()[1].interface, address.lower())

    def _hosted(self) -> tuple[Made, Started]:
        up = self._upkeep.up
        started = up.formation.started if up is not None else None
        if up is None or started is None or not started.owner:
            raise Unavailable(Reason.GROUP_ENDED, "no group of ours")
        return up, started

    # --- requests of plain peers ---

    async def provision(self, address: str, method: Method) -> None:
        """See `edges.Wifi`."""
        self._require()
        await self._answers.provision(self._supplicant, address.lower(), method)

    async def reject(self, address: str) -> None:
        """See `edges.Wifi`."""
        address = address.lower()
        self._requests.answered(address)
        up = self._upkeep.up
        await self._members.take_back(address, up.formation.started if up is not None else None)
        await reject(self._supplicant, address)

    # --- undoing ---

    async def remove(self) -> None:
        """See `edges.Wifi`."""
        await self._upkeep.remove()
        self._report(fresh=False)
        if self._upkeep.left:
            raise Unavailable(Reason.WIFI_BUSY, "the group does not end")

    def _group_ends(self) -> None:
        self._members.take_back_all()
        self._stop_rejoin()

    def _stop_rejoin(self) -> None:
        if self._rejoin is not None:
            self._rejoin.cancel()
            self._rejoin = None

    async def _undo(self, order: Made) -> None:
        """Cancel what is being formed, take the group down and wait until it is gone."""
        formation = order.formation
        if formation.started is None:
            await self._supplicant.try_p2p("Cancel")
            if formation.kept is not Kept.NOTHING:
                await self._supplicant.try_p2p("Flush")
            # What came up before that is in the queue; what comes up in spite of it is ended by `_on_event`.
            up = next((event for event in formation.take_all() if isinstance(event, Started)), None)
            if up is not None:
                formation.up(up)
        if formation.started is not None:
            await self._take_down(order, formation.started)
        if order.net:
            await self._addressing.take_back()
        if self._supplicant.reason is Reason.WIFI_MISSING:
            self._upkeep.left.clear()
            return  # gone with the daemon; the journal is settled when it is back
        if order not in self._upkeep.left:
            await order.strike_out(self._journal)

    async def _take_down(self, order: Made, started: Started) -> None:
        await self._addressing.remove(order)
        await self._supplicant.try_p2p("Disconnect", path=started.interface)
        if not await self._heard.until(lambda: started.interface not in self._supplicant.groups, self._limits.settle):
            log.warning("the group does not end")
            self._upkeep.left.append(order)
        if order.formation.kept is Kept.INVITATION:
            # Or wpa_supplicant would take the next invitation of the same machine without asking this user (seen in the lab;
            # p2p_supplicant.c, wpas_p2p_invite: p2p_auth_invite stays).
            await self._supplicant.try_p2p("Flush")

    async def _clean(self) -> None:
        """Undo what an earlier run left behind, and what we made before the daemon was lost to us."""
        if await self._cleaner.clean():
            asyncio.get_running_loop().call_later(self._limits.again, self._clean_again)

    def _clean_again(self) -> None:
        if self._sink is not None and not self._cleaner.is_done:
            self._tasks.do(self._clean(), "clean")

    async def _clean_first(self, fresh: bool) -> None:
        await self._clean()
        self._report(fresh=fresh)

    # --- what the daemon says ---

    def _on_event(self, event: Event) -> None:
        match event:
            case PeerFound() | PeerLost():
                self._tell(event)
            case Changed(fresh):
                self._on_changed(fresh)
            case Asked(request):
                self._on_asked(event, request)
            case Provisioned():
                self._answers.hear(event)
            case Invited():
                self._members.invited(event)
            case Started():
                self._on_started(event)
            case Joined():
                self._members.came(event)
            case Finished(interface):
                self._ours.discard(interface)
                self._members.group_gone(interface)
            case _:
                pass
        if self._forming is not None and not isinstance(event, PeerFound | PeerLost | Changed):
            self._forming.formation.hear(event)
        elif self._upkeep.up is not None:
            self._on_group(event)
        if isinstance(event, Finished | Changed) or (isinstance(event, PeerFound) and self._forming is not None):
            self._heard.beat()
        if isinstance(event, Finished):
            self._report(fresh=False)

    def _on_changed(self, fresh: bool) -> None:
        if self._supplicant.reason is not None or fresh:
            self._cleaner.is_done = False
        self._lose_all(fresh)
        if self._supplicant.reason is None and not self._cleaner.is_done:
            self._tasks.do(self._clean_first(fresh), "clean")
        else:
            self._report(fresh=fresh)

    def _lose_all(self, fresh: bool) -> None:
        """The daemon is gone, or another one is there: so is what we made."""
        reason = self._supplicant.reason
        if reason in (None, Reason.INTERNAL) and not fresh:
            return  # that we cannot read what it says ends nothing there
        self._ours.clear()
        self._upkeep.left.clear()
        self._members.forget()
        why = Unavailable(Reason.DAEMON_RESTARTED if reason in (None, Reason.WIFI_MISSING) else reason, "wpa_supplicant")
        if self._forming is not None:
            self._forming.formation.lose(why)
        self._upkeep.lose(why.reason, why.detail)

    def _on_asked(self, asked: Asked, request: WifiRequest) -> None:
        self._requests.note(asked)
        if self._forming is not None and self._forming.formation.address == request.address:
            return  # it answers us, or we are about to answer it
        if not self._members.is_admitted(request.address) and self._requests.is_news(request):
            self._tell(request)

    def _on_started(self, started: Started) -> None:
        if self._forming is not None:
            self._ours.add(started.interface)
        elif self._upkeep.is_undoing:
            self._ours.add(started.interface)
            # It was cancelled, and came up all the same.
            self._tasks.do(self._supplicant.try_p2p("Disconnect", path=started.interface), "drop")
        else:
            self._report(fresh=False)

    def _on_group(self, event: Event | Unavailable) -> None:
        """Something happened to the group that is up."""
        up = self._upkeep.up
        if up is None or up.formation.started is None:
            return
        interface = up.formation.started.interface
        match event:
            case Unavailable():
                self._upkeep.lose(event.reason, event.detail)
            case Finished(where) if where == interface:
                self._upkeep.lose(Reason.GROUP_ENDED, "the group ended")
            case Joined(where) if where == interface:
                self._on_joined(up, event)
            case Left(where) if where == interface:
                self._on_left(up, event)
            case _:
                pass

    def _on_joined(self, up: Made, joined: Joined) -> None:
        peer = up.formation.address
        if not peer:
            self._members.joined(up.attempt, joined)
        elif joined.address == peer:
            self._stop_rejoin()
        else:
            self._tasks.do(self._keep_out(joined), "keep out")

    def _on_left(self, up: Made, left: Left) -> None:
        peer = up.formation.address
        if not peer:
            self._members.left(up.attempt, left)
        elif left.address == peer and self._rejoin is None:
            loop = asyncio.get_running_loop()
            self._rejoin = loop.call_later(self._limits.rejoin, self._upkeep.lose, Reason.LINK_LOST, "the other left the group")

    async def _keep_out(self, joined: Joined) -> None:
        """Send a third machine out of a group of two."""
        with suppress(Unavailable):
            await self._members.send_out(joined.interface, joined.address)
