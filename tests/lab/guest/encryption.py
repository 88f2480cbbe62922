"""Prints whether the kernel calls a link encrypted, asked as the applet asks: `encryption.py CONTROLLER ADDRESS`."""

from __future__ import annotations

import sys

from nearby_tray.system.bluetooth.hci import is_encrypted

print(is_encrypted(sys.argv[1], sys.argv[2]))
