"""Addresses of an interface through rtnetlink: read by anybody, changed in a network namespace where that is possible."""

from __future__ import annotations

import asyncio
import ipaddress
import os
import shutil
import socket
import subprocess
import sys

import pytest

from nearby_tray.system import addresses

# In a namespace of its own, so that nothing of this machine changes.
PROGRAM = """
import asyncio
from nearby_tray.system import addresses

async def main():
    assert addresses.may_change()
    for one in ("192.168.49.1/24", "fd11:22:33::1/64"):
        await addresses.add(1, one)
        await addresses.add(1, one)  # it may be there already
    there = {str(one.address): one.ready for one in await addresses.read(1)}
    assert there["192.168.49.1/24"] and there["fd11:22:33::1/64"], there
    assert await addresses.read(2) == []
    await addresses.remove(1, "192.168.49.1/24")
    try:
        await addresses.remove(1, "192.168.49.1/24")
    except OSError:
        pass
    else:
        raise AssertionError("removed twice")
    try:
        await addresses.add(99, "192.168.49.1/24")
    except OSError:
        pass
    else:
        raise AssertionError("no such interface")
    assert "192.168.49.1/24" not in {str(one.address) for one in await addresses.read(1)}

asyncio.run(main())
"""


def test_what_is_assigned_can_be_read_by_anybody() -> None:
    found = asyncio.run(addresses.read(socket.if_nametoindex("lo")))
    assert addresses.Assigned(ipaddress.ip_interface("127.0.0.1/8"), True) in found
    assert asyncio.run(addresses.read(0x7FFFFFFF)) == []


def test_addresses_are_assigned_and_taken_away() -> None:
    if os.geteuid() != 0 or shutil.which("unshare") is None:
        pytest.skip("needs root and util-linux to make a network namespace")
    tried = subprocess.run(["unshare", "-n", "true"], capture_output=True, text=True, check=False)
    if tried.returncode:
        pytest.skip(f"network namespaces cannot be made here: {tried.stderr.strip()}")
    # The interface must be up: an address on one that is not has not been looked for.
    script = 'ip link set lo up 2> /dev/null; exec "$0" -c "$1"'
    done = subprocess.run(["unshare", "-n", "sh", "-c", script, sys.executable, PROGRAM], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_who_has_no_right_is_told_so() -> None:
    program = """
import asyncio
from nearby_tray.system import addresses
assert not addresses.may_change()
assert asyncio.run(addresses.read(1))
try:
    asyncio.run(addresses.add(1, "192.168.49.1/24"))
except PermissionError:
    pass
else:
    raise AssertionError("allowed")
"""
    words = [sys.executable, "-c", program]
    if os.geteuid() == 0:
        if shutil.which("setpriv") is None:
            pytest.skip("needs util-linux to give up a capability")
        words = ["setpriv", "--bounding-set", "-net_admin", *words]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
