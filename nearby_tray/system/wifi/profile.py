"""The connection profile for a group: built from an order, and compared with what NetworkManager took of it.

The rules: NetworkManager drops a dictionary it does not like without a word and makes one of its own, so it is always read back; and a
profile takes nothing from the link besides addresses, and tells nothing of this computer there.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import os
import pwd
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from ...core.model import Abilities, FormGroup, Method, Reason, Way
from ...core.names import clean_name
from ...errors import Unavailable
from ..addresses import Address
from ..bus import Bus, BusError, Variant, values
from .nm import SEND_SINCE, WPS_PIN, WPS_PIN_DISPLAY, Version

log = logging.getLogger(__name__)

Dictionary = Mapping[str, Mapping[str, Variant]]

# No rule sends any traffic to this table of routes: what is in it has no effect. An arbitrary number.
ASIDE = 47476

# How DHCP is asked: the client is named by the interface, whose address the peer knows, whatever NetworkManager.conf has for others.
DHCP = {"dhcp-client-id": Variant("s", "mac"), "may-fail": Variant("b", True)}

_FIREWALL = "org.fedoraproject.FirewallD1"
ZONE = "nearby-tray"


def build(order: FormGroup, name: str, user: str | None, zone: str | None, version: Version) -> Dictionary:
    """The connection profile with the uuid `name`.

    NetworkManager: nm-settings-dbus(5) has the keys; one wrong type drops the whole of it.
    """
    connection = {
        "id": Variant("s", f"Nearby Tray: {clean_name(order.name) if order.name else order.address}"),
        "uuid": Variant("s", name),
        "type": Variant("s", "wifi-p2p"),
        "autoconnect": Variant("b", False),
        # systemd-resolved would answer by our host's name.
        "mdns": Variant("i", 0),
        "llmnr": Variant("i", 0),
    }
    if user is not None:
        # An ordinary user may add a profile of their own (settings.modify.own) but not one for everybody.
        connection["permissions"] = Variant("as", [f"user:{user}:"])
    if zone is not None:
        connection["zone"] = Variant("s", zone)
    if order.pin is not None:
        # The one try is to fetch the PIN. With more, NetworkManager would ask a secret agent for another one when this was wrong.
        connection["auth-retries"] = Variant("i", 1)
    return {
        "connection": connection,
        "wifi-p2p": {"peer": Variant("s", order.address.upper()), **_provisioning(order)},
        # Nor does this computer take its own name from there.
        "hostname": {"from-dhcp": Variant("i", 0), "from-dns-lookup": Variant("i", 0)},
        **(_planned(order, version) if order.own else _unplanned(version)),
    }


def manual(addresses: Sequence[Address]) -> dict[str, Variant]:
    """IPv4 or IPv6 with exactly these addresses."""
    data = [{"address": Variant("s", str(one.ip)), "prefix": Variant("u", one.network.prefixlen)} for one in addresses]
    return {"method": Variant("s", "manual"), "address-data": Variant("aa{sv}", data)}


def private(family: int, version: Version) -> dict[str, Variant]:
    """What holds for each way to get addresses: nothing besides them is taken from the link, and nothing of this computer is told there."""
    keys = {"never-default": True, "ignore-auto-dns": True, "ignore-auto-routes": True, "dhcp-send-hostname": False}
    found = {key: Variant("b", value) for key, value in keys.items()}
    if version >= SEND_SINCE:
        found["dhcp-send-hostname-v2"] = Variant("i", 0)
    if family == 6:
        found["addr-gen-mode"] = Variant("i", 1)  # made up for this profile, instead of the radio's own address
        found["ip6-privacy"] = Variant("i", 2)
    return found


# spec: 5.3
def _planned(order: FormGroup, version: Version) -> Dictionary:
    """The addresses that both applets have agreed on."""
    ipv4, ipv6 = order.own[:2]

    return {
        # IPv4 carries the pings: without it there is no link. IPv6 may come later (duplicate detection) or not at all.
        "ipv4": {**manual([ipaddress.ip_interface(f"{ipv4}/30")]), **private(4, version), "may-fail": Variant("b", False)},
        "ipv6": {**manual([ipaddress.ip_interface(f"{ipv6}/64")]), **private(6, version)},
    }


def _unplanned(version: Version) -> Dictionary:
    """Addresses with a plain peer: link-local IPv6, which needs no server; IPv4 when it is known who owns the group (`managed_addresses`).

    IPv6 "auto" would wait for a router that is not there, and as the owner hand our uplink's prefix to a stranger (NetworkManager:
    nm-device-wifi-p2p.c, get_auto_ip_config_method).
    """
    return {
        "ipv4": {"method": Variant("s", "disabled"), **private(4, version)},
        "ipv6": {"method": Variant("s", "link-local"), **private(6, version)},
    }


def _provisioning(order: FormGroup) -> dict[str, Variant]:
    """WPS: nothing for push button, which every version understands.

    The PIN belongs to the system (no `wps-pin-flags`), not to the user (2, "not-saved"), although it is good for one try only: of what a
    profile brings along, NetworkManager keeps for the activation what belongs to the system, and asks a secret agent for the rest, such as
    the desktop's (nm-active-connection.c, _set_applied_connection_take; nm-agent-manager.c, _con_get_try_complete_early). It is kept as
    the volatile profile is, in a file of root's in /run, until the group ends.
    """
    if order.method is Method.PBC or order.pin is None:
        return {}
    method = WPS_PIN if order.method is Method.KEYPAD else WPS_PIN_DISPLAY
    return {"wps-method": Variant("u", method), "wps-pin": Variant("s", order.pin)}


def refuse(order: FormGroup, abilities: Abilities) -> None:
    """Raise `Unavailable` for what NetworkManager cannot do: nothing of an order is ever left out without a word."""
    asked = {
        f"{order.way.value} with a group": order.way is not Way.NEGOTIATE,
        "a PIN": order.method is not Method.PBC and not (abilities.pin and order.pin),
        # nm-supplicant-interface.c, nm_supplicant_interface_p2p_connect: 7, not persistent, no frequency, always.
        f"GO intent {order.intent}": order.intent not in (None, 7),
        "a channel of one's choice": order.frequency is not None,
        "a group that is remembered": order.persistent,
    }
    for what, is_asked in asked.items():
        if is_asked:
            raise Unavailable(Reason.NOT_OFFERED, f"NetworkManager does not offer {what}")


def differences(sent: Dictionary, back: Mapping[Any, object]) -> list[str]:
    """The keys whose value is not the one sent. Addresses and MACs count as equal however they are spelled."""
    wrong = []
    for setting, keys in sent.items():
        got = back.get(setting)
        for key, variant in keys.items():
            if key == "wps-pin":
                continue  # secrets are never read back
            value = got.get(key) if isinstance(got, dict) else None
            if key == "address-data":
                want = [(entry["address"].value, entry["prefix"].value) for entry in variant.value]
                same = addresses(value) == tuple(ipaddress.ip_interface(f"{address}/{bits}") for address, bits in want)
            elif key == "peer":
                same = values.text(value).lower() == variant.value.lower()
            else:
                same = value == variant.value
            if not same:
                wrong.append(f"{setting}.{key}")
    return wrong


def addresses(data: object) -> tuple[Address, ...]:
    """The valid ones in an `address-data` or `AddressData`."""
    found = []
    for entry in data if isinstance(data, list) else []:
        if isinstance(entry, dict):
            with suppress(ValueError):
                found.append(ipaddress.ip_interface(f"{entry.get('address')}/{entry.get('prefix')}"))
    return tuple(found)


def login_name() -> str | None:
    """Our login name. Root needs no permission entry, and NetworkManager hides a profile from root without a login session."""
    uid = os.geteuid()
    if uid == 0:
        return None
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return None


async def firewall_zone(bus: Bus, installed: Path) -> str | None:
    """Our firewalld zone, when firewalld runs and knows it: an unknown zone would silently mean the default one.

    A session that polkit does not call active is told nothing; for it the installed file stands for the answer.
    """
    try:
        if await bus.name_owner(_FIREWALL) is None:
            return None
        zones = values.first(await bus.call(_FIREWALL, "/org/fedoraproject/FirewallD1", f"{_FIREWALL}.zone", "getZones", timeout=3.0))
    except BusError as error:
        log.debug("firewalld does not say: %s", error)
        return ZONE if await asyncio.to_thread(installed.is_file) else None
    return ZONE if isinstance(zones, list) and ZONE in zones else None
