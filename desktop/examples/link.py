#!/usr/bin/env python3
"""Ask a computer nearby for a link, watch it, and end it: a program that talks to Nearby Tray over D-Bus (see ../dbus.md).

    python link.py                   list who is around, for ten seconds
    python link.py NAME [SECONDS]    ask NAME for a link, keep it so long (default: 10), end it

Needs dbus-fast (pip install dbus-fast); any D-Bus library will do. The bus starts the applet when it does not run. The user here is asked
to allow it, then whoever is asked there has to accept: no program can go round either of them.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable
from typing import Any

from dbus_fast.aio import MessageBus
from dbus_fast.errors import DBusError

NAME, PATH, INTERFACE = "org.nearbytray.Nearby", "/org/nearbytray/Nearby1", "org.nearbytray.Nearby1"

Status = dict[str, Any]


async def main(wanted: str | None, seconds: float) -> int:
    bus = await MessageBus().connect()
    applet: Any = bus.get_proxy_object(NAME, PATH, await bus.introspect(NAME, PATH)).get_interface(INTERFACE)
    changes: asyncio.Queue[Status] = asyncio.Queue()
    applet.on_changed(lambda said: changes.put_nowait(json.loads(said)))

    async def until(holds: Callable[[Status], bool], limit: float) -> Status:
        """The first status from now on that is as wanted; says each new state on the way. `TimeoutError` after so many seconds."""
        while not changes.empty():
            changes.get_nowait()
        said: Status = json.loads(await applet.call_status())  # subscribed first, read second: nothing is missed
        shown = None
        async with asyncio.timeout(limit):
            while True:
                if (said["state"], said["code"]) != shown:
                    shown = said["state"], said["code"]
                    print("state:", said["state"], *(["code:", said["code"]] if said["code"] else []), flush=True)
                if holds(said):
                    return said
                said = await changes.get()

    try:
        if json.loads(await applet.call_status())["state"] == "idle":
            await applet.call_seek()
        if wanted is None:
            await asyncio.sleep(10)
            for peer in json.loads(await applet.call_peers()):
                print(f"{peer['name']} ({peer['kind']}){'' if peer['reachable'] else ', cannot be asked'}")
            await applet.call_cancel()
            return 0

        await until(lambda said: any(peer["name"] == wanted and peer["reachable"] for peer in said["peers"]) or said["state"] == "idle", 35)
        await applet.call_connect(wanted)
        allowed = await until(lambda said: not said["wish"], 70)
        if allowed["state"] == "seeking":
            print("It was not allowed.", file=sys.stderr)
            await applet.call_cancel()
            return 1
        # The code is to be compared by the two people, not by a program; now it is the other one's turn.
        linked = await until(lambda said: said["state"] in ("linked", "idle"), 300)
        if linked["state"] != "linked":
            print(linked["failure"]["sentence"] if linked["failure"] else "It did not work.", file=sys.stderr)
            return 1
        print("their addresses:", *linked["peer_addresses"], flush=True)
        await asyncio.sleep(seconds)
        await applet.call_disconnect()
        await until(lambda said: said["state"] == "idle", 20)
        return 0
    except DBusError as error:
        print(error.text, file=sys.stderr)  # the errors' texts are sentences for people
        return 1
    finally:
        bus.disconnect()


if __name__ == "__main__":
    words = sys.argv[1:]
    sys.exit(asyncio.run(main(words[0] if words else None, float(words[1]) if len(words) > 1 else 10)))
