"""What the kernel tells of its links is believed exactly, and what it does not tell is no."""

from __future__ import annotations

import fcntl
import socket
import struct
from typing import Any

import pytest

from nearby_tray.system.bluetooth import hci
from nearby_tray.system.bluetooth.hci import is_encrypted

PEER = "00:AA:01:01:00:02"
OTHER = "00:AA:01:01:00:03"
SCO, ACL, LE = 0x00, 0x01, 0x80
CENTRAL, AUTHENTICATED, ENCRYPTED = 0x0001, 0x0002, 0x0004
SAFE, CLEAR = CENTRAL | AUTHENTICATED | ENCRYPTED, CENTRAL


class Kernel:
    """HCIGETCONNLIST as net/bluetooth/hci_conn.c (`hci_get_conn_list`) answers it, to whoever asks."""

    def __init__(self, *links: tuple[str, int, int]) -> None:
        self.links = links  # address, type, mode
        self.closed = False

    def socket(self, family: int, kind: int, protocol: int) -> Kernel:
        assert (family, kind, protocol) == (31, socket.SOCK_RAW, 1)
        return self

    def __enter__(self) -> Kernel:
        return self

    def __exit__(self, *_: object) -> None:
        self.closed = True

    def fileno(self) -> int:
        return 77

    def ioctl(self, number: int, request: int, buffer: bytearray) -> int:
        # _IOR('H', 212, int), as most architectures make it.
        assert (number, request) == (77, 2 << 30 | struct.calcsize("i") << 16 | ord("H") << 8 | 212)
        adapter, room = struct.unpack_from("=HH", buffer)
        assert len(buffer) == 4 + 16 * room
        if adapter != 1:
            raise OSError(19, "No such device")
        told = self.links[:room]
        struct.pack_into("=HH", buffer, 0, adapter, len(told))
        for n, (address, kind, mode) in enumerate(told):
            last_first = bytes(int(part, 16) for part in reversed(address.split(":")))
            struct.pack_into("=H6sBBHI", buffer, 4 + 16 * n, 64 + n, last_first, kind, 1, 1, mode)
        return 0


@pytest.fixture
def kernel(monkeypatch: pytest.MonkeyPatch) -> Kernel:
    made = Kernel()
    monkeypatch.setattr(socket, "socket", made.socket)
    monkeypatch.setattr(fcntl, "ioctl", made.ioctl)
    return made


@pytest.mark.parametrize(
    ("links", "encrypted"),
    [
        ([(PEER, LE, SAFE)], True),
        ([(PEER, LE, ENCRYPTED)], True),  # they connected to us
        ([(OTHER, LE, CLEAR), (PEER, LE, SAFE), (OTHER, ACL, CLEAR)], True),
        ([(PEER, ACL, SAFE), (PEER, LE, SAFE), (PEER, SCO, 0)], True),  # and speaks on the phone
        ([], False),
        ([(PEER, LE, CLEAR)], False),
        ([(PEER, LE, CENTRAL | AUTHENTICATED)], False),
        ([(OTHER, LE, SAFE)], False),
        ([(PEER, ACL, SAFE)], False),
        ([(PEER, SCO, SAFE)], False),
        ([(PEER, LE, SAFE), (PEER, ACL, CLEAR)], False),  # which of them carries the conversation?
        ([(PEER, LE, SAFE), (PEER, LE, CLEAR)], False),  # a public and a random address with the same digits
        ([(OTHER, LE, SAFE)] * 40 + [(PEER, LE, SAFE)], False),
        ([(PEER, LE, SAFE)] + [(OTHER, LE, SAFE)] * 40, False),  # one that was left out may be another of theirs
    ],
)
def test_each_link_with_the_device_must_be_encrypted(kernel: Kernel, links: list[tuple[str, int, int]], encrypted: bool) -> None:
    kernel.links = tuple(links)
    assert is_encrypted("hci1", PEER) is encrypted
    assert is_encrypted("hci1", PEER.lower()) is encrypted
    assert kernel.closed


@pytest.mark.parametrize(
    ("adapter", "address"),
    [("hci0", PEER), ("hci11", PEER), ("hci", PEER), ("hci1 ", PEER), ("", PEER), ("hci1", ""), ("hci1", "None"), ("hci1", PEER + ":00")],
)
def test_who_is_not_named_rightly_has_no_link(kernel: Kernel, adapter: str, address: str) -> None:
    kernel.links = ((PEER, LE, SAFE),)
    assert is_encrypted("hci1", PEER)
    assert not is_encrypted(adapter, address)


@pytest.mark.parametrize("where", ["socket", "ioctl"])
def test_a_kernel_that_refuses_is_no_proof(kernel: Kernel, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    def refuse(*_: object) -> Any:
        raise OSError(97, "Address family not supported by protocol")

    kernel.links = ((PEER, LE, SAFE),)
    assert is_encrypted("hci1", PEER)
    monkeypatch.setattr(socket if where == "socket" else fcntl, where, refuse)
    assert not is_encrypted("hci1", PEER)


def test_the_real_kernel_knows_no_link_with_nobody() -> None:
    # Whatever this machine has: no Bluetooth at all, or an adapter without such a link.
    assert not is_encrypted("hci0", "00:00:00:00:00:00")
    assert not is_encrypted("hci9999", PEER)
    assert hci._LINK.size == 16 and hci._HEAD.size == 4
