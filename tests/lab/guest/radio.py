"""Makes one more simulated radio, which knows no Wi-Fi Direct. Prints nothing; argument: channels it can be on at once.

linux: drivers/net/wireless/virtual/mac80211_hwsim.h, by generic netlink; the module's own parameters make all radios alike.
"""

from __future__ import annotations

import os
import socket
import struct
import sys

CONTROL, GET_FAMILY, FAMILY_ID, FAMILY_NAME = 0x10, 3, 1, 2
NEW_RADIO, CHANNELS, KINDS = 4, 9, 23
STATION, ACCESS_POINT = 1 << 2, 1 << 3
REQUEST_ACK, ERROR = 0x1 | 0x4, 2


def attribute(number: int, value: bytes) -> bytes:
    return struct.pack("=HH", 4 + len(value), number) + value + bytes(-len(value) % 4)


def ask(link: socket.socket, family: int, command: int, body: bytes) -> bytes:
    """The answer's attributes, or nothing when it only says that it is done."""
    message = struct.pack("=BBH", command, 1, 0) + body
    link.send(struct.pack("=IHHII", 16 + len(message), family, REQUEST_ACK, 1, 0) + message)
    answer = link.recv(65536)
    if struct.unpack_from("=H", answer, 4)[0] == ERROR:
        code = -struct.unpack_from("=i", answer, 16)[0]
        if code > 0:  # what is not negative is the number of the radio
            raise OSError(code, os.strerror(code))
        return b""
    return answer[20:]


with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16) as link:  # NETLINK_GENERIC
    link.bind((0, 0))
    facts = ask(link, CONTROL, GET_FAMILY, attribute(FAMILY_NAME, b"MAC80211_HWSIM\0"))
    link.recv(65536)  # done
    family = 0
    while facts:
        length, number = struct.unpack_from("=HH", facts)
        if number == FAMILY_ID:
            family = struct.unpack_from("=H", facts, 4)[0]
        facts = facts[(length + 3) & ~3 :]
    ask(
        link,
        family,
        NEW_RADIO,
        attribute(CHANNELS, struct.pack("=I", int(sys.argv[1]))) + attribute(KINDS, struct.pack("=I", STATION | ACCESS_POINT)),
    )
