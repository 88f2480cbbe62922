"""The UDP sockets that carry the pings: one for each IP family, both on the same port, on the group interface and nowhere else.

The rule: errors of the network are weather. What it answers to a datagram (refused, unreachable, no route, no room) is not reported,
because the link's health is judged by pongs alone; only a port or an interface that cannot be had at the start is an error.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import socket
import struct
import time
from collections.abc import Callable
from functools import partial
from ipaddress import IPv6Address, ip_address

from ..core.model import DatagramArrived, EdgeEvent, Group, Reason
from ..errors import Unavailable

log = logging.getLogger(__name__)

# Linux: asm-generic/socket.h, SO_TIMESTAMPNS_OLD; its control message holds a timespec of two C longs, CLOCK_REALTIME.
TIMESTAMPNS = 35
_TIMESPEC = struct.Struct("@ll")
# Linux: linux/in.h and linux/in6.h; by which interface a datagram came in, and by which ours go out.
_PKTINFO = {socket.AF_INET: (socket.IPPROTO_IP, 8), socket.AF_INET6: (socket.IPPROTO_IPV6, 49)}
_PKTINFO_TOLD = {(socket.IPPROTO_IP, 8): struct.Struct("@i4s4s"), (socket.IPPROTO_IPV6, 50): struct.Struct("@16sI")}
_UNICAST_IF = {socket.AF_INET: (socket.IPPROTO_IP, 50), socket.AF_INET6: (socket.IPPROTO_IPV6, 76)}
_LONGEST = 512  # bytes; ours have 68, what is longer is cut and dropped
_AT_ONCE = 64  # datagrams read in one turn of the loop
_BUFFER = 64 * 1024  # bytes that may wait in the kernel: a flood is dropped there, for free
_OLDEST_STAMP = 2.0  # seconds; an older stamp means that the wall clock was set meanwhile
_ADDRESS_WAIT = 3.0  # seconds that an address may need until it can be bound: duplicate address detection takes one or two
_ADDRESS_PAUSE = 0.1
_MOST_ADDRESSES = 8

WEATHER = {
    errno.ECONNREFUSED,
    errno.EHOSTUNREACH,
    errno.ENETUNREACH,
    errno.EHOSTDOWN,
    errno.ENETDOWN,
    errno.EADDRNOTAVAIL,
    errno.EAGAIN,
    errno.ENOBUFS,
    errno.EPERM,  # a firewall's REJECT of our own datagram
    errno.EACCES,
    errno.EMSGSIZE,
    errno.ENODEV,
    errno.ENXIO,
    errno.EINTR,
}


class UdpPinger:
    """Serves `edges.Pinger`."""

    def __init__(self) -> None:
        self._sockets: list[socket.socket] = []
        self._sink: Callable[[EdgeEvent], None] | None = None
        self._index = 0
        self._told: set[int] = set()

    @property
    def port(self) -> int | None:
        """The bound port; `None` while closed."""
        return int(self._sockets[0].getsockname()[1]) if self._sockets else None

    async def open(self, sink: Callable[[EdgeEvent], None], group: Group, own: tuple[str, ...], port: int) -> None:
        """Bind `port` on the group interface and report datagrams to `sink`. `own`: our addresses on it.

        Raises `Unavailable`: PORT_IN_USE; GROUP_ENDED when there is no such interface; NO_ADDRESS when neither family can be used. Ends
        within about three seconds. A family that cannot be used does not keep the other one from being used.
        """
        await self.close()
        self._index = group.index or _index_of(group.interface)
        sockets: list[socket.socket] = []
        refused: list[OSError] = []
        try:
            for family in (socket.AF_INET, socket.AF_INET6):
                try:
                    sockets += await _bind(family, group, own, port)
                except OSError as error:
                    refused.append(error)
            if not sockets:
                raise _explained(refused)
        except BaseException:
            for made in sockets:
                made.close()
            raise
        for reason in refused:
            log.info("port %d on %s: one family only: %s", port, group.interface, reason)
        self._sink, self._sockets, self._told = sink, sockets, set()
        for made in sockets:
            asyncio.get_running_loop().add_reader(made.fileno(), partial(self._read, made))

    def send(self, datagram: bytes, address: str, port: int) -> None:
        """Send from the bound port; never raises for what the network does, and does nothing while closed."""
        target = ip_address(address.partition("%")[0])
        family = socket.AF_INET6 if isinstance(target, IPv6Address) else socket.AF_INET
        to: tuple[str, int] | tuple[str, int, int, int] = (str(target), port)
        if family == socket.AF_INET6:
            to = (str(target), port, 0, self._index if target.is_link_local else 0)
        for made in self._sockets:
            if made.family == family:
                try:
                    made.sendto(datagram, to)
                except OSError as error:
                    self._note(error, f"sending to {target}")

    async def close(self) -> None:
        """Stop reporting and let the port go. Idempotent."""
        sockets, self._sockets, self._sink = self._sockets, [], None
        for made in sockets:
            asyncio.get_running_loop().remove_reader(made.fileno())
            made.close()

    def _read(self, made: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        for _ in range(_AT_ONCE):
            if made.fileno() < 0 or self._sink is None:
                return  # the sink has closed the pinger
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
            now, wall = loop.time(), time.time_ns()
            if flags & socket.MSG_TRUNC or came_by(control) not in (None, 0, self._index):
                continue
            self._sink(DatagramArrived(data, str(source[0]).partition("%")[0], now - age(control, wall)))

    def _note(self, error: OSError, doing: str) -> None:
        """Log each kind of network error once a link."""
        if error.errno is not None and error.errno not in self._told:
            self._told.add(error.errno)
            log.log(logging.DEBUG if error.errno in WEATHER else logging.WARNING, "%s: %s", doing, error)


def age(control: list[tuple[int, int, bytes]], wall: int) -> float:
    """Seconds since the kernel had the datagram; 0 where that cannot be known. `wall`: POSIX nanoseconds now."""
    for level, kind, data in control:
        if level == socket.SOL_SOCKET and kind == TIMESTAMPNS and len(data) == _TIMESPEC.size:
            seconds, nanoseconds = _TIMESPEC.unpack(data)
            age = (wall - (seconds * 1_000_000_000 + nanoseconds)) / 1e9
            return age if 0 <= age <= _OLDEST_STAMP else 0.0
    return 0.0


def came_by(control: list[tuple[int, int, bytes]]) -> int | None:
    """The index of the interface that a datagram came in by; `None` where the kernel was not asked to say."""
    for level, kind, data in control:
        shape = _PKTINFO_TOLD.get((level, kind))
        if shape is not None and len(data) == shape.size:
            facts = shape.unpack(data)
            return int(facts[0] if level == socket.IPPROTO_IP else facts[1])
    return None


async def _bind(family: socket.AddressFamily, group: Group, own: tuple[str, ...], port: int) -> list[socket.socket]:
    """The bound sockets of one family: one on the interface, or where the kernel forbids that, one on each own address there."""
    anywhere = "::" if family == socket.AF_INET6 else "0.0.0.0"
    try:
        return [_socket(family, (anywhere, port), group.interface)]
    except PermissionError:
        # Linux before 5.7 wants CAP_NET_RAW for SO_BINDTODEVICE (kernel commit c427bfec18f2).
        log.info("may not bind to %s itself, binding to its addresses", group.interface)
    made: list[socket.socket] = []
    index = group.index or _index_of(group.interface)
    try:
        for text in own[:_MOST_ADDRESSES]:
            address = ip_address(text.partition("%")[0])
            if (address.version == 6) == (family == socket.AF_INET6):
                scope = (0, index if address.is_link_local else 0) if address.version == 6 else ()
                made.append(_held(await _when_there(family, (str(address), port, *scope)), index))
    except BaseException:
        for one in made:
            one.close()
        raise
    if not made:
        raise OSError(errno.EADDRNOTAVAIL, "no address of this family")
    return made


def _held(made: socket.socket, index: int) -> socket.socket:
    """Have a socket that is bound to an address send by the interface, and tell by which interface a datagram came."""
    made.setsockopt(*_PKTINFO[made.family], 1)
    made.setsockopt(*_UNICAST_IF[made.family], struct.pack("!I", index))
    return made


async def _when_there(family: socket.AddressFamily, address: tuple[object, ...]) -> socket.socket:
    """Bind to an address that may still be tentative."""
    end = asyncio.get_running_loop().time() + _ADDRESS_WAIT
    while True:
        try:
            return _socket(family, address, None)
        except OSError as error:
            if error.errno != errno.EADDRNOTAVAIL or asyncio.get_running_loop().time() >= end:
                raise
        await asyncio.sleep(_ADDRESS_PAUSE)


def _socket(family: socket.AddressFamily, address: tuple[object, ...], interface: str | None) -> socket.socket:
    made = socket.socket(family, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC)
    try:
        if interface is not None:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, interface.encode() + b"\0")
        else:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_DONTROUTE, 1)  # never through a gateway
        if family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
        try:
            made.setsockopt(socket.SOL_SOCKET, TIMESTAMPNS, 1)
        except OSError as error:
            log.debug("no kernel time stamps: %s", error)
        made.bind(address)
    except BaseException:
        made.close()
        raise
    return made


def _index_of(interface: str) -> int:
    try:
        return socket.if_nametoindex(interface)
    except OSError:
        return 0


def _explained(refused: list[OSError]) -> Unavailable:
    codes = {error.errno for error in refused}
    detail = "; ".join(dict.fromkeys(error.strerror or str(error) for error in refused))
    if errno.EADDRINUSE in codes:
        return Unavailable(Reason.PORT_IN_USE, detail)
    if errno.ENODEV in codes:
        return Unavailable(Reason.GROUP_ENDED, detail)
    return Unavailable(Reason.NO_ADDRESS, detail)
