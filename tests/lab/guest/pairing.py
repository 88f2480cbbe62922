"""A Bluetooth bond between the two nodes, made as their users would: an agent on each says yes. And what the kernel says of their link."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from dbus_fast import Message, MessageType
from guest.bus import BusError
from guest.drive import BLUEZ, Node
from guest.machine import until

ADAPTER, DEVICE = BLUEZ + ".Adapter1", BLUEZ + ".Device1"
AGENTS, AGENT, AGENT_PATH = BLUEZ + ".AgentManager1", BLUEZ + ".Agent1", "/lab/agent"


async def adapter(node: Node) -> tuple[str, str]:
    """Path and address of the node's controller."""
    return next((path, found[ADAPTER]["Address"]) for path, found in (await node.system.objects(BLUEZ)).items() if ADAPTER in found)


@asynccontextmanager
async def bonded(caller: Node, other: Node) -> AsyncIterator[None]:
    """For as long as this lasts they are. `caller` calls, so that `other` hears it; the applet of `other` should hear nobody."""
    try:
        for node in (caller, other):
            node.system.connection.add_message_handler(_say_yes)
            await node.system.call(BLUEZ, "/org/bluez", AGENTS, "RegisterAgent", "os", AGENT_PATH, "DisplayYesNo")
            await node.system.call(BLUEZ, "/org/bluez", AGENTS, "RequestDefaultAgent", "o", AGENT_PATH)
        device = await _device(other, caller)
        await caller.click("Connect nearby")
        controller, _ = await adapter(other)
        await other.system.call(BLUEZ, controller, ADAPTER, "StartDiscovery")

        async def heard() -> bool:
            return device in await other.system.objects(BLUEZ)

        await until(f"{other.name} hears {caller.name}", heard, 60)
        await other.system.call(BLUEZ, controller, ADAPTER, "StopDiscovery")
        await other.system.call(BLUEZ, device, DEVICE, "Pair", limit=60)

        async def both() -> bool:
            return all([await one.system.get(BLUEZ, await _device(one, two), DEVICE, "Bonded") for one, two in _ways(caller, other)])

        await until("both are bonded", both, 20)
        with suppress(BusError):  # nothing is left to do on it, so it may have ended by itself
            await other.system.call(BLUEZ, device, DEVICE, "Disconnect")
        if (await caller.status()).state == "seeking":
            await caller.click("Stop looking")
        await asyncio.gather(caller.in_state("idle", limit=10), caller.clean(45), other.clean(45))
        yield
    finally:
        for one, two in _ways(caller, other):
            for path, interface, member, argument in (
                ((await adapter(one))[0], ADAPTER, "RemoveDevice", await _device(one, two)),
                ("/org/bluez", AGENTS, "UnregisterAgent", AGENT_PATH),
            ):
                with suppress(BusError):  # it did not come so far
                    await one.system.call(BLUEZ, path, interface, member, "o", argument)
            one.system.connection.remove_message_handler(_say_yes)


async def encrypted(node: Node, other: Node) -> bool:
    """Whether the applet's question to the kernel is answered so, when alice asks.

    In the first network namespace, where the kernel has Bluetooth sockets; the applet of a node gets no answer in its own.
    """
    path, _ = await adapter(node)
    _, address = await adapter(other)
    alice = ["setpriv", "--reuid", "alice", "--regid", "alice", "--init-groups", "env", "PYTHONPATH=/project", "PYTHONDONTWRITEBYTECODE=1"]
    words = [*alice, "python3", str(Path(__file__).with_name("encryption.py")), path.rpartition("/")[2], address]
    done = await asyncio.to_thread(subprocess.run, words, capture_output=True, text=True, check=True)
    return {"True": True, "False": False}[done.stdout.strip()]


async def _device(node: Node, other: Node) -> str:
    """What the bluetoothd of `node` calls `other`."""
    path, _ = await adapter(node)
    _, address = await adapter(other)
    return f"{path}/dev_{address.replace(':', '_')}"


def _ways(one: Node, two: Node) -> tuple[tuple[Node, Node], tuple[Node, Node]]:
    return (one, two), (two, one)


def _say_yes(message: Message) -> Message | None:
    """org.bluez.Agent1 with two displays: whatever it is asked, returning is yes."""
    if message.message_type is MessageType.METHOD_CALL and message.interface == AGENT:
        return Message.new_method_return(message)
    return None
