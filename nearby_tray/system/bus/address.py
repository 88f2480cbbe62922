"""Where a bus listens. D-Bus Specification, "Server Addresses"."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, unquote


def each_address(which: str) -> Iterator[str]:
    """The addresses of the "system" or "session" bus, or in an address list, in order and as the library reads them.

    Left out: other transports than Unix sockets, and forms that are for servers only.
    """
    runtime = Path(os.environ.get("XDG_RUNTIME_DIR") or f"/run/user/{os.getuid()}")
    if which == "system":
        which = os.environ.get("DBUS_SYSTEM_BUS_ADDRESS") or "unix:path=/run/dbus/system_bus_socket"
    elif which == "session":
        which = os.environ.get("DBUS_SESSION_BUS_ADDRESS") or f"unix:path={runtime / 'bus'}"
    for address in which.split(";"):
        transport, _, options = address.strip().partition(":")
        given = dict(option.partition("=")[::2] for option in options.split(","))
        if transport != "unix":
            continue
        if given.get("runtime") == "yes":
            kind, value = "path", os.fspath(runtime / "bus")
        else:
            kind = next((name for name in ("path", "abstract") if given.get(name)), "")
            value = unquote(given.get(kind, ""), errors="surrogateescape")
        if value and "\0" not in value:
            yield f"unix:{kind}={quote(value, safe='/', errors='surrogateescape').replace('~', '%7E')}"
