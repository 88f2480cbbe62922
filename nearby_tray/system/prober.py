"""Finds out whether a plain peer is there: on the group interface, by ICMP echo or by the kernel's neighbour table.

Echo goes through the kernel's ICMP datagram sockets, which ordinary users have where `net.ipv4.ping_group_range` lets them (systemd opens
it to everybody). Where it does not, or the peer answers no echo, the neighbour table tells which peers have answered ARP or neighbour
discovery, which no firewall stops: it tells that a peer is there, and no times.

The rules: an answer counts only when it belongs to a probe that is still open. The kernel delivers only replies with the identifier of
our socket; sequence number, source and payload must be those of the probe. Probes never leave the link (hop limit 1, bound to the
interface), and a limit holds for how many are sent.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import os
import socket
import struct
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial

from ..core.model import EdgeEvent, Group, Probe, ProbeAnswered
from ..core.quota import Bucket
from ..tasks import Tasks
from . import addresses, nl80211
from .addresses import Assigned, Neighbour
from .pinger import TIMESTAMPNS, WEATHER, age

log = logging.getLogger(__name__)

_ICMP = struct.Struct("!BBHHH")  # type, code, checksum (the kernel's), identifier (the kernel's), sequence
_REQUEST, _REPLY = {4: 8, 6: 128}, {4: 0, 6: 129}
_COOKIE = 16  # bytes of payload, made up anew for each link
_LONGEST = 256  # bytes; ours have 24, what is longer is cut and dropped
_AT_ONCE = 32  # answers read in one turn of the loop
_BUFFER = 32 * 1024

_EVERYBODY = "ff02::1"
_DISCARD = 9  # the port of the discard service, on which no program listens

_MOST_OPEN = 512  # probes that may still be answered
_MOST_ANSWERS = 32  # of different machines to one probe to everybody
_MOST_NEIGHBOURS = 32  # asked one by one
_RATE, _BURST = 50.0, 64.0  # datagrams a second, and at once

ReadNeighbours = Callable[[int], Awaitable[list[Neighbour]]]
ReadAddresses = Callable[[int], Awaitable[list[Assigned]]]
ReadStations = Callable[[int], Awaitable[tuple[str, ...]]]

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(slots=True)
class _Open:
    """A probe on the air."""

    sequence: int  # as the controller counts
    to: str | None  # None: to everybody
    heard: set[str] = field(default_factory=set)


class EchoProber:
    """Serves `edges.Prober`."""

    def __init__(
        self,
        *,
        read_neighbours: ReadNeighbours = addresses.neighbours,
        read_addresses: ReadAddresses = addresses.read,
        read_stations: ReadStations = nl80211.stations,
        settle: float = 0.3,
    ) -> None:
        """`settle`: seconds after a probe until the neighbour table is looked at; resolving takes a round trip or two."""
        self._read_neighbours = read_neighbours
        self._read_addresses = read_addresses
        self._read_stations = read_stations
        self._settle = settle
        self._sink: Callable[[EdgeEvent], None] | None = None
        self._group = Group("", ())
        self._index = 0
        self._sockets: dict[int, socket.socket] = {}  # ICMP, by version of IP
        self._nudges: dict[int, socket.socket] = {}  # UDP
        self._cookie = b""
        self._wire = 0
        self._open: OrderedDict[int, _Open] = OrderedDict()
        self._own: tuple[ipaddress.IPv4Interface | ipaddress.IPv6Interface, ...] = ()
        self._table: dict[str, Neighbour] = {}
        self._guesses: tuple[str, ...] = ()
        self._waiting: list[tuple[str, int, float]] = []  # answers whose station is not known yet
        self._echoes: set[str] = set()  # addresses that answer echo: the table adds nothing for them
        self._confirmed: set[str] = set()  # addresses that were seen reachable on this link
        self._asked: set[str] = set()  # since the table was looked at
        self._timer: asyncio.TimerHandle | None = None
        self._settled = False  # since the last probe
        self._look = asyncio.Event()
        self._tasks = Tasks()
        self._budget = Bucket(_BURST, _RATE, 0.0)
        self._told: set[int] = set()

    async def open(self, sink: Callable[[EdgeEvent], None], group: Group) -> Probe:
        """See `edges.Prober`. Never raises: on an interface that is gone no peer answers."""
        await self.close()
        self._group, self._cookie = group, os.urandom(_COOKIE)
        self._index = group.index or _index_of(group.interface)
        self._budget = Bucket(_BURST, _RATE, asyncio.get_running_loop().time())
        for version in (4, 6):
            for make, where in ((_echo_socket, self._sockets), (_nudge_socket, self._nudges)):
                try:
                    where[version] = make(version, group.interface)
                except OSError as error:
                    log.info("IPv%d on %s: %s: %s", version, group.interface, make.__name__.strip("_"), error)
        self._sink = sink
        for version, made in self._sockets.items():
            asyncio.get_running_loop().add_reader(made.fileno(), partial(self._read, made, version))
        self._tasks.keep(self._follow, "neighbours")
        return Probe.ECHO if self._sockets else Probe.NEIGHBOUR

    async def close(self) -> None:
        """See `edges.Prober`. Idempotent."""
        self._sink = None
        await self._tasks.end()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        for made in self._sockets.values():
            asyncio.get_running_loop().remove_reader(made.fileno())
        for made in (*self._sockets.values(), *self._nudges.values()):
            made.close()
        self._sockets, self._nudges, self._open, self._table = {}, {}, OrderedDict(), {}
        self._own, self._guesses, self._waiting = (), (), []
        for known in (self._echoes, self._confirmed, self._asked, self._told):
            known.clear()
        self._look.clear()

    # --- asking ---

    def probe(self, address: str, sequence: int) -> None:
        """See `edges.Prober`; does nothing while closed, or beyond the limit."""
        if self._sink is None:
            return
        self._asked.add(address)
        if address:
            self._ask(_parsed(address), self._opened(sequence, address))
        else:
            # To everybody, and to each neighbour that the kernel knows: many machines answer no echo to everybody.
            everybody = self._opened(sequence, None)
            self._ask(ipaddress.IPv6Address(_EVERYBODY), everybody)
            for own in self._own:
                if own.version == 4 and own.network.prefixlen < 31:
                    self._ask(own.network.broadcast_address, everybody)
            for known in (*self._table, *self._guesses)[:_MOST_NEIGHBOURS]:
                self._ask(_parsed(known), self._opened(sequence, known))
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._settle, self._is_settled)

    def _opened(self, sequence: int, to: str | None) -> int:
        self._wire = (self._wire + 1) & 0xFFFF
        self._open[self._wire] = _Open(sequence, to)
        self._open.move_to_end(self._wire)
        while len(self._open) > _MOST_OPEN:
            self._open.popitem(last=False)
        return self._wire

    def _ask(self, to: _Address | None, wire: int) -> None:
        """Send one datagram: an echo request, or where this user may send none, an empty one.

        The empty one has the kernel resolve the address, and confirm it again when that was long ago.
        """
        if to is None or not self._budget.take(asyncio.get_running_loop().time()):
            return
        made = self._sockets.get(to.version)
        data = _ICMP.pack(_REQUEST[to.version], 0, 0, 0, wire) + self._cookie
        port = 0
        if made is None:
            if to.is_multicast:
                return  # the kernel resolves no multicast address
            made, data, port = self._nudges.get(to.version), b"", _DISCARD
        if made is None:
            return
        target = (str(to), port, 0, self._index if to.is_link_local or to.is_multicast else 0) if to.version == 6 else (str(to), port)
        try:
            made.sendto(data, target)
        except OSError as error:
            self._note(error, f"probing {to}")

    # --- hearing ---

    def _read(self, made: socket.socket, version: int) -> None:
        loop = asyncio.get_running_loop()
        for _ in range(_AT_ONCE):
            if made.fileno() < 0 or self._sink is None:
                return  # the sink has closed the prober
            try:
                data, control, flags, source = made.recvmsg(_LONGEST, 128)
            except BlockingIOError:
                return
            except OSError as error:
                self._note(error, "receiving")
                if error.errno not in WEATHER:
                    loop.remove_reader(made.fileno())  # the loop would call it for ever
                    return
                continue
            received = loop.time() - age(control, time.time_ns())
            if not flags & socket.MSG_TRUNC:
                self._heard(data, str(source[0]).partition("%")[0], version, received)

    def _heard(self, data: bytes, source: str, version: int, received: float) -> None:
        """An ICMP message, unchecked."""
        if len(data) != _ICMP.size + _COOKIE or data[_ICMP.size :] != self._cookie:
            return
        kind, code, _checksum, _identifier, wire = _ICMP.unpack_from(data)
        asked = self._open.get(wire)
        if kind != _REPLY[version] or code != 0 or asked is None or source in asked.heard or self._is_own(source):
            return
        if asked.to is None:
            if len(asked.heard) >= _MOST_ANSWERS or not self._is_on_link(source):
                return
        elif source != asked.to:
            return
        asked.heard.add(source)
        self._echoes.add(source)
        known = self._table.get(source)
        if known is not None:
            self._tell(ProbeAnswered(source, known.station, asked.sequence, received))
        elif len(self._waiting) < _MOST_OPEN:
            self._waiting.append((source, asked.sequence, received))
            self._look.set()

    def _is_own(self, source: str) -> bool:
        return source in self._group.addresses or any(source == str(own.ip) for own in self._own)

    def _is_on_link(self, source: str) -> bool:
        """Whether the address can be one on this link."""
        address = _parsed(source)
        return address is not None and (address.is_link_local or any(address in own.network for own in self._own))

    async def _follow(self) -> None:
        """Read the neighbour table a moment after probes, and at once after an answer from an unknown address."""
        await self._refresh()
        while True:
            await self._look.wait()
            self._look.clear()
            await self._refresh()
            self._tell_waiting()
            if self._settled:
                self._settled = False
                self._tell_neighbours()

    def _is_settled(self) -> None:
        self._timer, self._settled = None, True
        self._look.set()

    async def _refresh(self) -> None:
        known = await self._read_neighbours(self._index)
        self._own = tuple(own.address for own in await self._read_addresses(self._index))
        self._table = {one.address: one for one in known if not self._is_own(one.address)}
        self._guesses = tuple(guess for guess in await self._guess() if guess not in self._table and not self._is_own(guess))

    async def _guess(self) -> list[str]:
        """Addresses that a peer may have which the kernel does not know yet.

        The first address of the net, which owners of groups take, and the link-local ones that follow from the stations on the interface
        (RFC 4291, appendix A).
        """
        guesses = [str(own.network.network_address + 1) for own in self._own if own.version == 4 and own.network.prefixlen < 31]
        for station in await self._read_stations(self._index):
            octets = bytes.fromhex(station.replace(":", ""))
            packed = b"\xfe\x80" + bytes(6) + bytes([octets[0] ^ 2]) + octets[1:3] + b"\xff\xfe" + octets[3:]
            guesses.append(str(ipaddress.IPv6Address(packed)))
        return guesses[:_MOST_NEIGHBOURS]

    def _tell_waiting(self) -> None:
        waiting, self._waiting = self._waiting, []
        for source, sequence, received in waiting:
            known = self._table.get(source)
            self._tell(ProbeAnswered(source, known.station if known is not None else "", sequence, received))

    def _tell_neighbours(self) -> None:
        """Report neighbours that were probed and answer no echo, but are there as far as the kernel knows."""
        asked, self._asked = self._asked, set()
        now = asyncio.get_running_loop().time()
        for address, one in list(self._table.items()):
            if one.confirmed:
                self._confirmed.add(address)
            # The kernel takes a neighbour that it is checking for present; that counts only for one that was seen reachable before.
            there = one.confirmed or (one.checking and address in self._confirmed)
            if there and address not in self._echoes and (address in asked or "" in asked):
                self._tell(ProbeAnswered(address, one.station, None, now))
        self._confirmed &= self._table.keys()

    def _tell(self, answer: ProbeAnswered) -> None:
        if self._sink is not None:
            self._sink(answer)

    def _note(self, error: OSError, doing: str) -> None:
        """Log each kind of network error once a link."""
        if error.errno is not None and error.errno not in self._told:
            self._told.add(error.errno)
            log.log(logging.DEBUG if error.errno in WEATHER else logging.WARNING, "%s: %s", doing, error)


def _echo_socket(version: int, interface: str) -> socket.socket:
    """An ICMP datagram socket. Raises `PermissionError` where `net.ipv4.ping_group_range` does not have this user's group."""
    return _socket(version, interface, socket.IPPROTO_ICMP if version == 4 else socket.IPPROTO_ICMPV6)


def _nudge_socket(version: int, interface: str) -> socket.socket:
    return _socket(version, interface, socket.IPPROTO_UDP)


def _socket(version: int, interface: str, protocol: int) -> socket.socket:
    family = socket.AF_INET if version == 4 else socket.AF_INET6
    made = socket.socket(family, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC, protocol)
    try:
        try:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, interface.encode() + b"\0")
        except PermissionError:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_DONTROUTE, 1)  # Linux before 5.7: at least never through a gateway
        if version == 4:
            made.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, 1)
            made.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        else:
            for option, value in ((socket.IPV6_UNICAST_HOPS, 1), (socket.IPV6_MULTICAST_HOPS, 1), (socket.IPV6_MULTICAST_LOOP, 0)):
                made.setsockopt(socket.IPPROTO_IPV6, option, value)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
        try:
            made.setsockopt(socket.SOL_SOCKET, TIMESTAMPNS, 1)
        except OSError as error:
            log.debug("no kernel time stamps: %s", error)
    except BaseException:
        made.close()
        raise
    return made


def _parsed(text: str) -> _Address | None:
    try:
        return ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None


def _index_of(interface: str) -> int:
    try:
        return socket.if_nametoindex(interface)
    except OSError:
        return 0
