"""The simulated air itself: one frame is lost on it, and whoever sent it believes that it arrived.

mac80211_hwsim hands every frame of its radios to the program that registers for them (as wmediumd does), until that ends. This one passes
them on, but for the one; before and afterwards the kernel does that itself, which is faster. It does not do so for radios that can be on
several channels at once: LAB_CHANNELS=1.
"""

from __future__ import annotations

import asyncio
import os
import socket
import struct
import threading
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager

from guest.machine import Machine, TooLate

# linux/genetlink.h; mac80211_hwsim.h: commands, attributes, flags
_CONTROLLER, _GET_FAMILY, _FAMILY_ID, _FAMILY_NAME = 0x10, 3, 1, 2
_REGISTER, _FRAME, _SENT = 1, 2, 3
_RECEIVER, _TRANSMITTER, _DATA, _FLAGS, _RATE, _SIGNAL, _TX_INFO, _COOKIE, _FREQUENCY = 1, 2, 3, 4, 5, 6, 7, 8, 19
_ACKNOWLEDGED, _WANTS_NO_ACK = 4, 2
_ASKS, _ASKS_FOR_WORD, _NETLINK_GENERIC, _WORD = 1, 5, 16, 2

GO_NEGOTIATION_CONFIRM = bytes.fromhex("0409506f9a0902")  # P2P public action frame, subtype 2


def _attribute(kind: int, value: bytes) -> bytes:
    return (struct.pack("=HH", len(value) + 4, kind) + value).ljust(-(-(len(value) + 4) // 4) * 4, b"\0")


def _attributes(data: bytes) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    while len(data) >= 4:
        size, kind = struct.unpack_from("=HH", data)
        found[kind & 0x3FFF] = data[4:size]
        data = data[-(-max(size, 4) // 4) * 4 :]
    return found


class _Air:
    def __init__(self, radios: Iterable[bytes], is_lost: Callable[[bytes], bool]) -> None:
        self.lost = threading.Event()
        self._radios, self._is_lost = tuple(radios), is_lost
        self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _NETLINK_GENERIC)
        self._socket.bind((0, 0))
        self._socket.settimeout(0.2)
        self._say(_CONTROLLER, _GET_FAMILY, _attribute(_FAMILY_NAME, b"MAC80211_HWSIM\0"))
        self._family = struct.unpack("=H", _attributes(self._socket.recv(65536)[20:])[_FAMILY_ID])[0]
        self._say(self._family, _REGISTER, b"", _ASKS_FOR_WORD)
        if error := self._word():
            self._socket.close()
            raise OSError(error, f"the air is not ours: {os.strerror(error)} (LAB_CHANNELS=1?)")
        self._ends = False
        self._thread = threading.Thread(target=self._work, name="air")
        self._thread.start()

    def close(self) -> None:
        self._ends = True
        self._thread.join()
        self._socket.close()  # from here on the kernel passes frames on by itself

    def _say(self, family: int, command: int, attributes: bytes, flags: int = _ASKS) -> None:
        message = struct.pack("=BBH", command, 1, 0) + attributes
        self._socket.send(struct.pack("=IHHII", len(message) + 16, family, flags, 0, 0) + message)

    def _word(self) -> int:
        """The error that the kernel answers, 0 for none; frames that come before it are lost."""
        while True:
            _, kind, _, _, _, error = struct.unpack_from("=IHHIIi", self._socket.recv(65536))
            if kind == _WORD:
                return -int(error)

    def _work(self) -> None:
        while not self._ends:
            try:
                data = self._socket.recv(65536)
            except TimeoutError:
                continue
            size, family, _, _, _, command = struct.unpack_from("=IHHIIB", data)
            if family == self._family and command == _FRAME:
                self._pass_on(_attributes(data[20:size]))

    def _pass_on(self, about: dict[int, bytes]) -> None:
        frame, sender = about[_DATA], about[_TRANSMITTER]
        if not self.lost.is_set() and self._is_lost(frame):
            self.lost.set()
        else:
            rest = _attribute(_DATA, frame) + _attribute(_RATE, struct.pack("=I", 1)) + _attribute(_SIGNAL, struct.pack("=i", -50))
            if _FREQUENCY in about:
                rest += _attribute(_FREQUENCY, about[_FREQUENCY])
            for radio in self._radios:
                if radio != sender:
                    self._say(self._family, _FRAME, _attribute(_RECEIVER, radio) + rest)
        flags = struct.unpack("=I", about[_FLAGS])[0]
        if not flags & _WANTS_NO_ACK:
            flags |= _ACKNOWLEDGED
        same = b"".join(_attribute(kind, about[kind]) for kind in (_TRANSMITTER, _TX_INFO, _COOKIE))
        answer = same + _attribute(_FLAGS, struct.pack("=I", flags)) + _attribute(_SIGNAL, struct.pack("=i", -50))
        self._say(self._family, _SENT, answer)


@asynccontextmanager
async def losing(what: bytes, sender: Machine, machines: Iterable[Machine], limit: float = 60) -> AsyncIterator[None]:
    """The next frame of the sender's whose body begins so is lost; the block ends when it was."""
    address = bytes.fromhex(sender.p2p_address.replace(":", ""))
    radios = [bytes.fromhex(machine.p2p_address.replace(":", "")) for machine in machines]
    # An action frame (IEEE 802.11, 9.3.3.1): control, duration, receiver, sender, BSSID, sequence, body
    air = _Air(radios, lambda frame: frame[0] == 0xD0 and frame[10:16] == address and frame[24:].startswith(what))
    try:
        yield
        if not await asyncio.to_thread(air.lost.wait, limit):
            raise TooLate(f"not within {limit:g} s: {sender.name} sends {what.hex()}")
    finally:
        await asyncio.to_thread(air.close)
