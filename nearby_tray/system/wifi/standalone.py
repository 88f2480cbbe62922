"""Wi-Fi Direct through wpa_supplicant alone, where no NetworkManager has the radio: every way to form a group, and groups of our own.

The rules it keeps:

- A group is made only when none is there. Whose it is says the order that was given; any other is somebody else's and left alone.
- Addresses: with the right to, the planned ones, and with a machine that is not ours those of the 4-way handshake; otherwise the
  kernel's own link-local one. Routers on the group are not listened to where we may say so, and a group that changes more of this
  computer's network than its own is taken down (`terms`).
- What is made is journaled first and undone when an order fails, is cancelled, or at the next start after a crash.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import socket
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from ...core.model import (
    Abilities,
    Admission,
    AdmissionFailed,
    EdgeEvent,
    FormGroup,
    Group,
    GroupLost,
    HostGroup,
    MemberJoined,
    MemberLeft,
    Method,
    PeerFound,
    PeerLost,
    Reason,
    Way,
    WifiChanged,
    WifiRequest,
)
from ...errors import Unavailable
from ...tasks import Tasks, ended, in_turn
from .. import addresses, nl80211
from ..bus import BusError, BusGone, Variant, values
from ..journal import Journal
from . import terms
from .negotiation import Doing, Requests, connect, judge, negotiate, provision, reject, why_not_invited
from .supplicant import (
    GROUP,
    IFACE,
    INTERFACE,
    INVALID_ARGS,
    MAC,
    P2P,
    PIN,
    WPS,
    Asked,
    Changed,
    Finished,
    FormationFailed,
    Heard,
    Invited,
    Joined,
    Left,
    Provisioned,
    Started,
    Supplicant,
    WpsFailed,
    as_address,
    as_frequency,
)

log = logging.getLogger(__name__)

# Android's own choice for its owners, and others where that is in use; clients get theirs in the 4-way handshake.
_OWN_NETS = ("192.168.49.1/24", "192.168.249.1/24", "172.29.49.1/24", "10.249.49.1/24")
_IP_KEYS = ("IpAddrGo", "IpAddrMask", "IpAddrStart", "IpAddrEnd")

# Kinds in the journal: a find on an interface; an order to form a group with an address; a group "interface ssid"; addresses for clients.
_MADE_FIND, _MADE_ORDER, _MADE_GROUP, _MADE_NET = "wpa-find", "wpa-order", "wpa-group", "wpa-net"
_HOSTING = "host"

_MOST_ADDRESSES = 16

ReadSignal = Callable[[int], Awaitable[int | None]]
ReadLink = Callable[[int], Awaitable[nl80211.GroupRadio | None]]
ReadForbidden = Callable[[int, int], Awaitable[str | None]]


class Kernel(Protocol):
    """Addresses of interfaces (`system/addresses.py`)."""

    def may_change(self) -> bool: ...

    async def read(self, index: int) -> list[addresses.Assigned]: ...

    async def add(self, index: int, address: str) -> None: ...

    async def remove(self, index: int, address: str) -> None: ...

    def deafen(self, interface: str) -> None: ...


@dataclass(slots=True)
class _Admitted:
    """One that may come in, until then."""

    admission: Admission
    timer: asyncio.TimerHandle


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
        read_index: Callable[[str], int] = socket.if_nametoindex,
        interfaces: Path = Path("/sys/class/net"),
        keeper: terms.Keeper | None = None,
    ) -> None:
        self._supplicant = supplicant
        self._limits = supplicant.limits
        self._journal = journal
        self._kernel = kernel
        self._read_signal = read_signal
        self._read_link = read_link
        self._read_forbidden = read_forbidden
        self._read_index = read_index
        self._interfaces = interfaces
        self._keeper = keeper or terms.Keeper()
        self._keeping: asyncio.Task[None] | None = None  # looks after what the group does to this computer's network
        self._sink: Callable[[EdgeEvent], None] | None = None
        self._reported: WifiChanged | None = None
        self._tasks = Tasks()
        self._cleanups: set[asyncio.Task[None]] = set()
        self._cleaned = False
        self._requests = Requests(self._limits)
        self._provisioning: list[asyncio.Queue[Provisioned]] = []
        self._invitations: list[asyncio.Queue[Invited]] = []
        self._doing: Doing | None = None  # being carried out
        self._up: Doing | None = None  # a group of ours that is up
        self._left: deque[Doing] = deque(maxlen=4)  # could not be undone
        self._ours: set[str] = set()  # interfaces of groups of ours, until they have ended
        self._stations: dict[tuple[str, str], str] = {}  # interface and P2P device address → link-layer address, of those who came in
        self._undoing = 0
        self._admitted: dict[str, _Admitted] = {}
        self._rejoin: asyncio.TimerHandle | None = None
        self._pulse = asyncio.Event()
        self._finder: asyncio.Task[None] | None = None
        self._finding = False
        self._kick = asyncio.Event()
        self._signal_read: tuple[float, int | None] = (float("-inf"), None)

    # --- life ---

    async def open(self, sink: Callable[[EdgeEvent], None]) -> None:
        """See `edges.Wifi`. The `Supplicant` is opened if it is not; closing it is its maker's."""
        if self._sink is not None:
            return
        self._sink = sink
        await self._supplicant.open()
        self._supplicant.listeners.append(self._on_heard)
        await self._clean()
        self._report(fresh=False)

    async def close(self) -> None:
        """See `edges.Wifi`."""
        if self._sink is None:
            return
        await in_turn(("the find", self.stop_find), ("the group", self.remove), ("what is being undone", self._settled))
        self._sink = None
        with suppress(ValueError):
            self._supplicant.listeners.remove(self._on_heard)
        await self._tasks.end()
        self._reported = None
        self._cleaned = False

    @property
    def reason(self) -> Reason | None:
        reason = self._supplicant.reason
        if reason is None and self._doing is None and set(self._supplicant.groups) - self._ours:
            return Reason.WIFI_BUSY  # somebody else's group
        return reason

    def _report(self, *, fresh: bool) -> None:
        if self._sink is None:
            return
        report = WifiChanged(self.reason, self._supplicant.p2p_address, abilities=self.ABILITIES)
        if report != self._reported or fresh:
            self._reported = report
            self._sink(replace(report, fresh=fresh))
            if report.reason is None:
                self._kick.set()

    def _require(self) -> None:
        reason = self.reason
        if reason is not None:
            raise Unavailable(reason)

    # --- finding ---

    async def find(self) -> None:
        """See `edges.Wifi`."""
        self._require()
        for peer in list(self._supplicant.peers.values()):
            self._tell(peer)
        first = not self._finding
        if first:
            self._finding = True
            await asyncio.to_thread(self._journal.add, _MADE_FIND, self._supplicant.name)
        if self._doing is None:
            try:
                await self._start_find(again=self._finder is not None and not self._finder.done())
            except Unavailable:
                await self.stop_find()
                raise
        if self._finder is None or self._finder.done():
            self._finder = self._tasks.keep(self._renew, "find")

    async def hold_find(self) -> None:
        """See `edges.Wifi`."""
        finder, self._finder = self._finder, None
        if finder is not None:
            finder.cancel()
            await ended(finder)

    async def stop_find(self) -> None:
        """See `edges.Wifi`. While a group forms the find is left to end by itself."""
        await self.hold_find()
        if not self._finding:
            return
        if self._doing is None:
            await self._supplicant.stop_find()
        self._finding = False
        for name in self._journal.mine(_MADE_FIND):
            await asyncio.to_thread(self._journal.remove, _MADE_FIND, name)

    async def clear(self) -> None:
        """See `edges.Wifi`. Forgets every peer with whatever was noted of it: the cure for a negotiation that sticks."""
        await self._settled()
        self._require()
        await self.stop_find()
        try:
            await self._supplicant.try_p2p("StopFind")
            await self._supplicant.p2p("Flush")
        except (BusError, BusGone) as error:
            raise self._supplicant.typed(error, Reason.WIFI_OFF) from error

    async def _renew(self) -> None:
        while True:
            self._kick.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(self._limits.renew):
                    await self._kick.wait()
            if self._doing is None and self.reason is None:
                try:
                    await self._start_find(again=True)
                except Unavailable as error:
                    log.info("the find could not be renewed: %s", error)

    async def _start_find(self, *, again: bool) -> None:
        # The first looks through all channels once (owners of groups are anywhere), later ones add a channel at a time.
        arguments = {"Timeout": Variant("i", max(1, round(self._limits.find)))}
        if again:
            arguments["DiscoveryType"] = Variant("s", "progressive")
        try:
            await self._supplicant.p2p("Find", arguments)
        except (BusError, BusGone) as error:
            raise self._supplicant.typed(error, Reason.WIFI_OFF) from error

    # --- a group of two ---

    async def form(self, order: FormGroup) -> Group:
        """See `edges.Wifi`."""
        await self._settled()
        order = replace(order, address=order.address.lower())
        if not MAC.fullmatch(order.address):
            raise Unavailable(Reason.PROTOCOL, "not a P2P address")
        doing = self._begin(order.attempt, order.address)
        try:
            try:
                async with asyncio.timeout(order.patience):
                    group = await self._form(order, doing)
            except TimeoutError:
                seen = Reason.NO_ANSWER if doing.spoken else Reason.NOT_SEEN
                raise Unavailable(Reason.NOT_FORMED if order.own else seen, f"nothing in {order.patience:g} s") from None
            except (BusError, BusGone) as error:
                raise self._supplicant.typed(error, Reason.NOT_FORMED) from error
        except BaseException as error:
            if isinstance(error, Unavailable):
                log.info("try %d: %s", order.attempt, error)
            await self._finish(doing)
            raise
        finally:
            self._doing = None
            self._report(fresh=False)
        log.info("group %s formed at try %d", group.interface, order.attempt)
        return group

    def _begin(self, attempt: int, address: str) -> Doing:
        if self._doing is not None or self._up is not None:
            raise Unavailable(Reason.WIFI_BUSY, "a group of ours is there already")
        self._require()
        self._doing = Doing(attempt, address)
        return self._doing

    async def _form(self, order: FormGroup, doing: Doing) -> Group:
        await self._note(doing, _MADE_ORDER, order.address)
        asked = self._requests.of(order.address)
        if order.way is Way.JOIN and asked is not None and asked.remembered:
            order = replace(order, way=Way.REINVOKE)  # that is what it invited us to
        remembered = self._supplicant.remembered(order.address) if order.way is Way.REINVOKE else None
        if order.way is Way.REINVOKE and remembered is None:
            raise Unavailable(Reason.GROUP_FORGOTTEN, "here")
        if order.frequency is not None and order.way is Way.NEGOTIATE:
            await self._permit(order.frequency)
        if not order.own:
            await self._offer_addresses(doing)
        self._requests.answered(order.address)
        await self._speak(order, doing, remembered)
        started = await (self._come_in(order, doing) if order.way is Way.JOIN else self._reach(order, doing))
        group = await self._assign(doing, started, order.own)
        while not doing.heard.empty():
            judge(order, doing, doing.heard.get_nowait())
        # Nothing is awaited from here on: what happens to the group now happens to a group that is up.
        self._up = doing
        self._keeping = self._tasks.keep(lambda: self._keep(doing, group.interface, order.own), "keep our network")
        if order.persistent:
            self._supplicant.read_remembered()
        return group

    async def _speak(self, order: FormGroup, doing: Doing, remembered: str | None = None) -> None:
        """Say our part to the other, which is looked for where the daemon does not know it (any more)."""
        while True:
            await self._see(order, doing)
            doing.spoken = True
            try:
                if remembered is not None:
                    doing.invited = True
                    await self._invite_again(order, remembered)
                elif order.way is Way.JOIN:
                    await connect(self._supplicant, order, join=True)
                else:
                    await negotiate(self._supplicant, order, doing)
            except Unavailable as error:
                if error.reason is not Reason.NOT_SEEN or order.own:
                    raise
            else:
                return
            doing.spoken = False
            self._supplicant.forget(order.address)
            await asyncio.sleep(self._limits.again)

    async def _see(self, order: FormGroup, doing: Doing) -> None:
        """Until the daemon knows the other: it forgets whoever it has not heard for a minute, and cannot be told to call an address.

        Who is to be joined must have been seen with its group, wherever that is: on a radio with 6 GHz wpa_supplicant 2.10 fails to look
        for it on all channels (it names each of 5 GHz twice, which the kernel refuses; seen in the lab), and asks on that one only.
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
            await self._wait(lambda: is_seen() or doing.lost is not None, again)
            if doing.lost is not None:
                raise doing.lost

    async def _invite_again(self, order: FormGroup, remembered: str) -> None:
        peer = Variant("o", self._supplicant.peer_path(order.address))
        try:
            await self._supplicant.p2p("Invite", {"peer": peer, "persistent_group_object": Variant("o", remembered)})
        except BusError as error:
            raise self._supplicant.typed(error, Reason.NOT_SEEN if error.name == INVALID_ARGS else Reason.NOT_FORMED) from error

    async def _come_in(self, order: FormGroup, doing: Doing) -> Started:
        """Until we are in the other's group, whose user may have to be asked first.

        WORKAROUND wpa_supplicant 2.10 on radios with 6 GHz: after four scans for an owner that lets nobody in yet it asks the kernel for
        each 5 GHz channel twice, which is refused (seen in the lab; mended in 2.11). Begun anew it finds one that does by now.
        """
        while True:
            if await doing.hears((Provisioned, Started, WpsFailed, FormationFailed, Unavailable), self._limits.join):
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._limits.enter):
                        return await self._reach(order, doing)
                if doing.started is not None:
                    raise Unavailable(Reason.NOT_FORMED, "the group is up, and we are not in it")
            await self._supplicant.try_p2p("Cancel")
            said = [doing.heard.get_nowait() for _ in range(doing.heard.qsize())]
            up = next((heard for heard in said if isinstance(heard, Started)), None)
            if up is not None:
                doing.heard.put_nowait(up)  # at the last moment
            else:  # what was cancelled says nothing about the next try
                await self._speak(order, doing)

    async def _reach(self, order: FormGroup, doing: Doing) -> Started:
        """Until the group is up and, where we own it, the other is in it."""
        while True:
            if doing.started is not None and doing.started.owner:
                try:
                    async with asyncio.timeout(self._limits.member):
                        heard = await doing.heard.get()
                except TimeoutError:
                    raise Unavailable(Reason.NOT_FORMED, "the group is up, and the other did not come in") from None
            else:
                heard = await doing.heard.get()
            judge(order, doing, heard)
            match heard:
                case Started() if doing.started is None:
                    doing.started = heard
                    await self._note_group(doing, heard)
                    if not heard.owner:
                        return heard
                case Joined(interface, address) if doing.started is not None and interface == doing.started.interface:
                    if address == order.address:
                        return doing.started
                    await self._send_out(interface, address)  # a third one that answered first
                case Invited(1) if order.way is Way.REINVOKE:
                    # It will invite us when its user has agreed, and wpa_supplicant does not listen for that by itself.
                    await self._supplicant.call(P2P, "Listen", "i", max(1, round(order.patience)))
                case _:
                    pass

    # --- a group of our own ---

    async def host(self, order: HostGroup) -> Group:
        """See `edges.Wifi`."""
        await self._settled()
        doing = self._begin(order.attempt, "")
        try:
            try:
                group = await self._host(order, doing)
            except (BusError, BusGone) as error:
                raise self._supplicant.typed(error, Reason.NOT_FORMED) from error
        except BaseException:
            await self._finish(doing)
            raise
        finally:
            self._doing = None
            self._report(fresh=False)
        log.info("hosting %s", group.interface)
        return group

    async def _host(self, order: HostGroup, doing: Doing) -> Group:
        await self._note(doing, _MADE_ORDER, _HOSTING)
        await self._offer_addresses(doing)
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
        try:
            async with asyncio.timeout(self._limits.host):
                while doing.started is None:
                    match await doing.heard.get():
                        case Unavailable() as why:
                            raise why
                        case Started(owner=True) as started:
                            doing.started = started
                        case FormationFailed(detail):
                            raise Unavailable(Reason.NOT_FORMED, detail)
                        case _:
                            pass
        except TimeoutError:
            raise Unavailable(Reason.NOT_FORMED, "the group did not start") from None
        await self._note_group(doing, doing.started)
        group = await self._assign(doing, doing.started, ())
        self._up = doing
        self._keeping = self._tasks.keep(lambda: self._keep(doing, group.interface, ()), "keep our network")
        while not doing.heard.empty():
            self._on_group(doing.heard.get_nowait())
        if order.persistent:
            self._supplicant.read_remembered()
        return group

    async def _permit(self, frequency: int) -> None:
        """Raise `Unavailable` where regulation or the radio forbids it, before anybody is kept waiting."""
        with suppress(OSError):
            detail = await self._read_forbidden(self._read_index(self._supplicant.name), frequency)
            if detail:
                raise Unavailable(Reason.CHANNEL_FORBIDDEN, detail)

    async def _why_not_on(self, frequency: int) -> Unavailable:
        """GroupAdd says no more than InvalidArgs: the kernel knows what is forbidden; otherwise the radio is held on another channel."""
        try:
            detail = await self._read_forbidden(self._read_index(self._supplicant.name), frequency)
        except OSError as error:
            return Unavailable(Reason.WIFI_OFF, str(error))
        return Unavailable(Reason.CHANNEL_FORBIDDEN, detail) if detail else Unavailable(Reason.CHANNEL_TAKEN, f"{frequency}")

    async def admit(self, admission: Admission) -> None:
        """See `edges.Wifi`."""
        up = self._hosted()
        address = admission.address.lower()
        arguments = {"Role": Variant("s", "registrar"), "Type": Variant("s", "pbc" if admission.method is Method.PBC else "pin")}
        if admission.method is Method.PBC:
            if MAC.fullmatch(address):
                arguments["P2PDeviceAddress"] = Variant("ay", bytes.fromhex(address.replace(":", "")))
        elif admission.pin is None or not PIN.fullmatch(admission.pin):
            raise Unavailable(Reason.WRONG_PIN, "not four or eight digits")
        else:
            arguments["Pin"] = Variant("s", admission.pin)
        for other in list(self._admitted):
            await self._end_admission(other)  # the daemon keeps one window open at a time
        try:
            await self._supplicant.call(WPS, "Start", "a{sv}", arguments, path=up.interface)
        except (BusError, BusGone) as error:
            raise self._supplicant.typed(error, Reason.NOT_FORMED) from error
        timer = asyncio.get_running_loop().call_later(self._limits.admission, self._admission_over, address)
        self._admitted[address] = _Admitted(admission, timer)
        self._requests.answered(address)

    async def invite(self, address: str) -> None:
        """See `edges.Wifi`."""
        up = self._hosted()
        answers: asyncio.Queue[Invited] = asyncio.Queue()
        self._invitations.append(answers)
        try:
            async with asyncio.timeout(self._limits.invite):
                await self._supplicant.p2p("Invite", {"peer": Variant("o", self._supplicant.peer_path(address.lower()))}, path=up.interface)
                status = (await answers.get()).status
        except TimeoutError:
            raise Unavailable(Reason.NO_ANSWER, "invitation") from None
        except (BusError, BusGone) as error:
            raise self._supplicant.typed(error, Reason.NOT_SEEN) from error
        finally:
            self._invitations.remove(answers)
        if status not in (0, 1):  # 1: its user is asked now
            raise Unavailable(why_not_invited(status), f"invitation status {status}")

    async def expel(self, address: str) -> None:
        """See `edges.Wifi`."""
        await self._send_out(self._hosted().interface, address.lower())

    def _hosted(self) -> Started:
        if self._up is None or self._up.started is None or not self._up.started.owner:
            raise Unavailable(Reason.GROUP_ENDED, "no group of ours")
        return self._up.started

    async def _send_out(self, interface: str, address: str) -> None:
        if address in self._supplicant.peers:
            who = {"peer": Variant("o", self._supplicant.peer_path(address))}
        else:  # by its address in the group, which is another one than that of its P2P device
            who = {"iface": Variant("s", self._stations.get((interface, address), address))}
        try:
            await self._supplicant.p2p("RemoveClient", who, path=interface)
        except (BusError, BusGone) as error:
            raise self._supplicant.typed(error, Reason.GROUP_ENDED) from error

    def _admission_over(self, address: str) -> None:
        self._tasks.do(self._end_admission(address), "admission")
        if self._up is not None:
            self._tell(AdmissionFailed(self._up.attempt, address, Reason.NO_ANSWER))

    async def _end_admission(self, address: str) -> None:
        admitted = self._admitted.pop(address, None)
        if admitted is None:
            return
        admitted.timer.cancel()
        if self._up is not None and self._up.started is not None:
            # The daemon closes a push button window by itself, but not a PIN for anybody.
            with suppress(BusError, BusGone):
                await self._supplicant.call(WPS, "Cancel", path=self._up.started.interface)

    # --- requests of others ---

    async def provision(self, address: str, method: Method) -> None:
        """See `edges.Wifi`."""
        self._require()
        await provision(self._supplicant, self._provisioning, address.lower(), method)

    async def reject(self, address: str) -> None:
        """See `edges.Wifi`."""
        address = address.lower()
        self._requests.answered(address)
        await self._end_admission(address)
        await reject(self._supplicant, address)

    # --- addresses ---

    async def _offer_addresses(self, doing: Doing) -> None:
        """Where we may, have clients of a group that we own given addresses in the 4-way handshake: there is no DHCP server here."""
        if not self._kernel.may_change():
            return
        try:
            config = (await self._supplicant.properties(self._supplicant.path or "/", P2P)).get("P2PDeviceConfig")
            if isinstance(config, dict) and "IpAddrGo" in config:
                return  # somebody else has chosen
            own = terms.free(await self._keeper.read(), _OWN_NETS)
            if own is None:
                return
            await self._note(doing, _MADE_NET, self._supplicant.name)
            doing.net = own
            network = ipaddress.IPv4Interface(own).network
            ends = (own.partition("/")[0], network.netmask, network[2], network[-2])
            await self._supplicant.configure({key: _bytes(str(address)) for key, address in zip(_IP_KEYS, ends, strict=True)})
        except BusError as error:
            log.info("no addresses for clients: %s", error)

    async def _assign(self, doing: Doing, started: Started, own: tuple[str, ...]) -> Group:
        """Give the interface of the group its addresses, and wait until one can be used."""
        facts = await self._supplicant.properties(started.interface, IFACE)
        name = values.text(facts.get("Ifname"))
        if not INTERFACE.fullmatch(name):
            raise Unavailable(Reason.NO_ADDRESS, "the group has no interface")
        try:
            index = self._read_index(name)
        except OSError as error:
            raise Unavailable(Reason.GROUP_ENDED, f"{name}: {error}") from error
        wanted: list[str] = []
        if self._kernel.may_change():
            try:
                self._kernel.deafen(name)
            except OSError as error:
                log.info("routers on %s are listened to: %s", name, error)
            if own:
                wanted = [f"{own[0]}/30", *(f"{address}/64" for address in own[1:2])]
            elif started.owner and doing.net:
                wanted = [doing.net]
            elif started.given is not None:
                wanted = [await self._judged(name, started.given[:2])]
        placed: list[str] = []
        for address in wanted:
            try:
                await self._kernel.add(index, address)
            except OSError as error:
                log.info("could not assign an address to %s: %s", name, error)
            else:
                doing.assigned.append((index, address))
                placed.append(address.partition("/")[0])
        found: list[str] = []
        with suppress(TimeoutError):
            async with asyncio.timeout(self._limits.address):
                while True:
                    there = await self._kernel.read(index)
                    found = [str(one.address.ip) for one in there if one.ready]
                    # One of ours knows where we are; others are found by IPv6, so that its address must be usable as well.
                    if found and set(placed) <= set(found) and (own or len(found) == len(there)):
                        break
                    await asyncio.sleep(self._limits.poll)
        if not found:
            raise Unavailable(Reason.NO_ADDRESS, f"none on {name}")
        await self._keeper.check(name, planned=own)
        found.sort(key=lambda address: address not in placed)  # the planned ones first
        radio = await self._read_link(index)
        frequency = (radio.frequency if radio is not None else None) or doing.frequency
        with suppress(BusError):
            frequency = frequency or as_frequency((await self._supplicant.properties(started.group, GROUP)).get("Frequency"))
        return Group(name, tuple(found[:_MOST_ADDRESSES]), index, started.owner, frequency, radio.width if radio is not None else None)

    async def _judged(self, group: str, given: tuple[str, str]) -> str:
        """The address that the owner of the group gives us, with its mask. Raises `Unavailable` when it is not to be had on our terms."""
        try:
            address = terms.masked(*given)
        except ValueError as error:
            raise Unavailable(Reason.NO_ADDRESS, str(error)) from error
        await self._keeper.check(group, terms.Given((address,)))
        return str(address)

    async def _keep(self, doing: Doing, interface: str, planned: tuple[str, ...]) -> None:
        """Take the group down when something changes with it that may not be."""
        why = await self._keeper.watch(interface, terms.nothing, planned)
        if self._up is doing:
            log.warning("the group is taken down: %s", why.detail)
            self._lose_group(why.reason, why.detail)

    async def read_counters(self, group: Group) -> tuple[int, int, int | None]:
        """See `edges.Wifi`. Raises `Unavailable` when the interface is gone."""
        folder = self._interfaces / group.interface / "statistics"
        try:
            received, sent = (int((folder / name).read_text()) for name in ("rx_bytes", "tx_bytes"))
        except (OSError, ValueError) as error:
            raise Unavailable(Reason.GROUP_ENDED, f"{group.interface}: {error}") from error
        if _now() - self._signal_read[0] >= self._limits.signal:
            self._signal_read = _now(), await self._read_signal(group.index) if group.index else None
        return received, sent, self._signal_read[1]

    # --- undoing ---

    async def remove(self) -> None:
        """See `edges.Wifi`."""
        up, self._up = self._up, None
        for one in ([up] if up is not None else []) + list(self._left):
            await self._finish(one)
        await self._settled()
        self._report(fresh=False)
        if self._left:
            raise Unavailable(Reason.WIFI_BUSY, "the group does not end")

    async def _finish(self, order: Doing) -> None:
        """Undo, even when we are cancelled meanwhile: it then goes on by itself and `_settled` waits for it."""
        await asyncio.shield(self._undo_later(order))

    def _undo_later(self, order: Doing) -> asyncio.Task[None]:
        for admitted in self._admitted.values():
            admitted.timer.cancel()
        self._admitted.clear()
        if self._rejoin is not None:
            self._rejoin.cancel()
            self._rejoin = None
        keeping, self._keeping = self._keeping, None
        if keeping is not None and keeping is not asyncio.current_task():
            keeping.cancel()
        task = self._tasks.do(self._undo(order), "undo")
        self._cleanups.add(task)
        task.add_done_callback(self._cleanups.discard)
        return task

    async def _settled(self) -> None:
        while self._cleanups:
            await asyncio.wait(self._cleanups)

    async def _undo(self, order: Doing) -> None:
        """Cancel what is being formed, take the group down and wait until it is gone."""
        self._undoing += 1
        if order in self._left:
            self._left.remove(order)
        try:
            if order.started is None:
                await self._supplicant.try_p2p("Cancel")
                if order.agreed or order.invited:
                    await self._supplicant.try_p2p("Flush")
                # What came up before that is in the queue; what comes up in spite of it is ended by `_on_heard`.
                while order.started is None and not order.heard.empty():
                    heard = order.heard.get_nowait()
                    order.started = heard if isinstance(heard, Started) else None
            if order.started is not None:
                while order.assigned:
                    index, address = order.assigned.pop()
                    with suppress(OSError):
                        await self._kernel.remove(index, address)
                interface = order.started.interface
                await self._supplicant.try_p2p("Disconnect", path=interface)
                if not await self._wait(lambda: interface not in self._supplicant.groups, self._limits.settle):
                    log.warning("the group does not end")
                    self._left.append(order)
                if order.invited:
                    # Or the next invitation of the same machine would be taken with nobody asked here (seen in the lab;
                    # p2p_supplicant.c, wpas_p2p_invite: p2p_auth_invite stays).
                    await self._supplicant.try_p2p("Flush")
            if order.net:
                await self._unconfigure()
            if self._supplicant.reason is Reason.WIFI_MISSING:
                self._left.clear()
                return  # gone with the daemon; the journal is settled when it is back
            if order in self._left:
                return
            for kind, name in order.noted:
                await asyncio.to_thread(self._journal.remove, kind, name)
        finally:
            self._undoing -= 1

    async def _unconfigure(self) -> None:
        """Clients are given no addresses any more, unless somebody else has chosen some meanwhile."""
        with suppress(BusError, BusGone):
            config = (await self._supplicant.properties(self._supplicant.path or "/", P2P)).get("P2PDeviceConfig")
            given = config.get("IpAddrGo") if isinstance(config, dict) else None
            if any(given == ipaddress.IPv4Interface(own).ip.packed for own in _OWN_NETS):
                await self._supplicant.configure({key: _bytes("0.0.0.0") for key in _IP_KEYS})

    async def _wait(self, condition: Callable[[], bool], limit: float) -> bool:
        with suppress(TimeoutError):
            async with asyncio.timeout(limit):
                while not condition():
                    await self._pulse.wait()
        return condition()

    async def _note(self, order: Doing, kind: str, name: str) -> None:
        order.noted.append((kind, name))
        await asyncio.to_thread(self._journal.add, kind, name)

    async def _note_group(self, order: Doing, started: Started) -> None:
        self._ours.add(started.interface)
        mark = await self._mark(started.interface, started.group)
        if mark is not None:
            await self._note(order, _MADE_GROUP, mark)

    async def _mark(self, interface: str, group: str) -> str | None:
        """What tells this group from another one of the same interface name."""
        try:
            name = values.text((await self._supplicant.properties(interface, IFACE)).get("Ifname"))
            ssid = (await self._supplicant.properties(group, GROUP)).get("SSID")
        except BusError as error:
            log.debug("%s: %s", interface, error)
            return None
        return f"{name} {bytes(ssid).hex()}" if isinstance(ssid, bytes | list) and len(ssid) <= 32 else None

    def _clean_again(self) -> None:
        if self._sink is not None and not self._cleaned:
            self._tasks.do(self._clean(), "clean")

    async def _clean_first(self, fresh: bool) -> None:
        await self._clean()
        self._report(fresh=fresh)

    async def _clean(self) -> None:
        """Undo what an earlier run left behind, and what we made before the daemon was lost to us."""
        if self._cleaned or self._supplicant.reason is not None:
            return
        self._cleaned = True
        left = {kind: await asyncio.to_thread(self._journal.leftovers, kind) for kind in (_MADE_FIND, _MADE_ORDER, _MADE_GROUP, _MADE_NET)}
        if self._doing is None and self._up is None:
            for kind in (_MADE_ORDER, _MADE_GROUP, _MADE_NET):
                left[kind] = (*left[kind], *self._journal.mine(kind))
        if not any(left.values()):
            return
        if left[_MADE_ORDER]:
            await self._supplicant.try_p2p("Cancel")
            await self._supplicant.try_p2p("Flush")  # of what was agreed beforehand
        try:
            for interface, (group, owner) in list(self._supplicant._groups.items()):
                if await self._is_left(interface, group, owner, left):
                    log.info("ending a group of an earlier run")
                    await self._supplicant.try_p2p("Disconnect", path=interface)
            if left[_MADE_FIND] and not self._finding:
                await self._supplicant.try_p2p("StopFind")
            if left[_MADE_NET]:
                await self._unconfigure()
        except (BusError, BusGone) as error:
            log.info("could not clean up: %s", error)
            self._cleaned = False
            asyncio.get_running_loop().call_later(self._limits.again, self._clean_again)
            return
        for kind, names in left.items():
            for name in names:
                await asyncio.to_thread(self._journal.settle, kind, name)
                if kind != _MADE_FIND:
                    await asyncio.to_thread(self._journal.remove, kind, name)

    async def _is_left(self, interface: str, group: str, owner: bool, left: Mapping[str, tuple[str, ...]]) -> bool:
        """Whether an earlier run made this group: noted by name, or, where none was, it is with whom an order was for."""
        if left[_MADE_GROUP]:
            return await self._mark(interface, group) in left[_MADE_GROUP]
        if owner:
            members = values.paths((await self._supplicant.properties(group, GROUP)).get("Members"))
            return any(as_address(member) in left[_MADE_ORDER] for member in members) or (not members and _HOSTING in left[_MADE_ORDER])
        return as_address((await self._supplicant.properties(interface, P2P)).get("PeerGO")) in left[_MADE_ORDER]

    # --- what the daemon says ---

    def _on_heard(self, heard: Heard) -> None:
        match heard:
            case PeerFound() | PeerLost():
                self._tell(heard)
            case Changed(fresh):
                if self._supplicant.reason is not None or fresh:
                    self._cleaned = False
                self._lose_all(fresh)
                if self._supplicant.reason is None and not self._cleaned:
                    self._tasks.do(self._clean_first(fresh), "clean")
                else:
                    self._report(fresh=fresh)
            case Asked(request):
                self._on_asked(heard, request)
            case Provisioned():
                for answers in self._provisioning:
                    answers.put_nowait(heard)
            case Invited():
                for invited in self._invitations:
                    invited.put_nowait(heard)
            case Started():
                if self._doing is not None:
                    self._ours.add(heard.interface)
                elif self._undoing:
                    self._ours.add(heard.interface)
                    self._tasks.do(self._drop(heard.interface), "drop")  # it was cancelled, and came up all the same
                else:
                    self._report(fresh=False)
            case Joined(interface, address, station):
                self._stations[interface, address] = station
            case Finished(interface):
                self._ours.discard(interface)
                self._stations = {known: station for known, station in self._stations.items() if known[0] != interface}
            case _:
                pass
        if self._doing is not None and not isinstance(heard, PeerFound | PeerLost | Changed):
            self._doing.heard.put_nowait(heard)
        elif self._up is not None:
            self._on_group(heard)
        if isinstance(heard, Finished | Changed) or (isinstance(heard, PeerFound) and self._doing is not None):
            self._pulse.set()
            self._pulse = asyncio.Event()
        if isinstance(heard, Finished):
            self._report(fresh=False)

    async def _drop(self, interface: str) -> None:
        await self._supplicant.try_p2p("Disconnect", path=interface)

    def _lose_all(self, fresh: bool) -> None:
        """The daemon is gone, or another one is there: so is what we made."""
        reason = self._supplicant.reason
        if reason in (None, Reason.INTERNAL) and not fresh:
            return  # that we cannot read what it says ends nothing there
        self._ours.clear()
        self._left.clear()
        self._stations.clear()
        why = Unavailable(Reason.DAEMON_RESTARTED if reason in (None, Reason.WIFI_MISSING) else reason, "wpa_supplicant")
        if self._doing is not None:
            self._doing.lose(why)
        self._lose_group(why.reason, why.detail)

    def _lose_group(self, reason: Reason, detail: str) -> None:
        up, self._up = self._up, None
        if up is not None:
            self._tell(GroupLost(up.attempt, reason, detail))
            self._undo_later(up)

    def _on_asked(self, asked: Asked, request: WifiRequest) -> None:
        self._requests.note(asked)
        if self._doing is not None and self._doing.address == request.address:
            return  # it answers us, or we are about to answer it
        if request.address in self._admitted:
            return  # it comes, or tries again. An owner is not told of one that failed (p2p_supplicant.c, wpas_p2p_wps_failed)
        if self._requests.is_news(request):
            self._tell(request)

    def _on_group(self, heard: Heard | Unavailable) -> None:
        """Something happened to the group that is up."""
        up = self._up
        if up is None or up.started is None:
            return
        interface = up.started.interface
        match heard:
            case Unavailable():
                self._lose_group(heard.reason, heard.detail)
            case Finished(where) if where == interface:
                self._lose_group(Reason.GROUP_ENDED, "the group ended")
            case Joined(where, address, station) if where == interface:
                if not up.address:
                    admitted = self._admitted.pop(address, None) or self._admitted.pop("", None)
                    if admitted is not None:
                        admitted.timer.cancel()
                    self._tell(MemberJoined(up.attempt, address, station))
                elif address == up.address and self._rejoin is not None:
                    self._rejoin.cancel()
                    self._rejoin = None
                elif address != up.address:
                    self._tasks.do(self._keep_out(interface, address), "keep out")
            case Left(where, address) if where == interface:
                if not up.address:
                    self._tell(MemberLeft(up.attempt, address))
                elif address == up.address and self._rejoin is None:
                    loop = asyncio.get_running_loop()
                    self._rejoin = loop.call_later(self._limits.rejoin, self._lose_group, Reason.LINK_LOST, "the other left the group")
            case _:
                pass

    async def _keep_out(self, interface: str, address: str) -> None:
        with suppress(Unavailable):
            await self._send_out(interface, address)

    def _tell(self, event: EdgeEvent) -> None:
        if self._sink is not None:
            self._sink(event)


def _bytes(address: str) -> Variant:
    return Variant("ay", bytes(int(part) for part in address.split(".")))


def _now() -> float:
    return asyncio.get_running_loop().time()
