"""Whether the radio link with a Bluetooth device is encrypted. The kernel is asked, because BlueZ does not tell.

What is known, as read in BlueZ 5.66, 5.82, 5.87 and in Linux:

- `Device1.Bonded` is about an address, which any device can send from, and is true for a bond over BR/EDR alone.
- With a long-term key for LE, BlueZ's `Connect` asks for encryption (src/device.c, `device_connect_le`, `device_attach_att`). The kernel
  passes no ATT frame before that key has encrypted the link (l2cap_core.c, `l2cap_le_start`), and ends a link whose other side has no such
  key (hci_event.c, `hci_encrypt_change_evt`). But with a bond over BR/EDR alone, or `Security = low` in main.conf, the same `Connect` may
  give a link in the clear (src/device.c, `device_profile_connected`: "Fallback to LE bearer").
- Reading a characteristic with `encrypt-read` proves nothing: its server decides whether it needs encryption. And BlueZ answers its
  refusal by pairing anew (src/shared/att.c, `change_security`).
- The kernel lists its links, each with whether it is encrypted, to any user (HCIGETCONNLIST: hci_sock.c, `hci_sock_ioctl`; hci_conn.c,
  `get_link_mode`).
- So an encrypted link with a device that was bonded already has the key of that bond, or of a pairing that the desktop's agent has allowed
  since: without that word no other device pairs since Linux 5.8 (smp.c, `tk_request`, `smp_cmd_pairing_random`), and a paired one not anew
  (src/device.c, `device_confirm_passkey`, JustWorksRepairing = never).

Where the kernel cannot be asked (a sandbox, a network namespace, an architecture with other ioctl numbers), no link counts as encrypted.
"""

from __future__ import annotations

import fcntl
import logging
import re
import socket
import struct

log = logging.getLogger(__name__)

# Python may have been built without Bluetooth's headers. Linux: include/linux/socket.h, include/net/bluetooth/bluetooth.h, hci_sock.h
_AF_BLUETOOTH, _BTPROTO_HCI = 31, 1
_HCIGETCONNLIST = 0x800448D4
_HEAD = struct.Struct("=HH")  # struct hci_conn_list_req: adapter, room for so many; the answer: how many there are
_LINK = struct.Struct("=H6sBBHI")  # struct hci_conn_info: handle, address (last byte first), type, out, state, mode
_ACL, _LE = 0x01, 0x80
_ENCRYPTED = 0x0004
_MOST = 32  # links; a controller has fewer

_ADAPTER = re.compile(r"hci(\d{1,4})")
_ADDRESS = re.compile(r"[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5}")


def is_encrypted(adapter: str, address: str) -> bool:
    """True if `adapter` ("hci0") has an LE link with `address` ("AA:BB:…"), and all its data links with it are encrypted. Never raises."""
    number = _ADAPTER.fullmatch(adapter)
    if number is None or not _ADDRESS.fullmatch(address):
        return False
    try:
        links = _links(int(number[1]))
    except OSError as error:
        log.info("the kernel does not tell about the links of %s: %s", adapter, error)
        return False
    wanted = bytes.fromhex(address.replace(":", ""))[::-1]
    # Also BR/EDR: only BlueZ knows which of two links carries the conversation.
    ours = {(kind, bool(mode & _ENCRYPTED)) for _, theirs, kind, _, _, mode in links if theirs == wanted and kind in (_ACL, _LE)}
    return (_LE, True) in ours and all(encrypted for _, encrypted in ours)


def _links(adapter: int) -> list[tuple[int, bytes, int, int, int, int]]:
    """The fields of `_LINK`, of each link. Raises `OSError`."""
    answer = bytearray(_HEAD.pack(adapter, _MOST) + bytes(_MOST * _LINK.size))
    with socket.socket(_AF_BLUETOOTH, socket.SOCK_RAW, _BTPROTO_HCI) as kernel:
        fcntl.ioctl(kernel.fileno(), _HCIGETCONNLIST, answer)
    _, count = _HEAD.unpack_from(answer)
    if count >= _MOST:
        raise OSError(f"more than {_MOST} links")  # one of them might be left out
    return [_LINK.unpack_from(answer, _HEAD.size + n * _LINK.size) for n in range(count)]
