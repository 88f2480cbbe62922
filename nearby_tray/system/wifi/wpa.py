"""wpa_supplicant's names and numbers on D-Bus, and values in its signals and properties, checked.

Every value may be a claim of a stranger on the air: a value of the wrong shape counts as not told.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...core.model import Asks, Method, PeerFound, Reason, WifiRequest
from ...core.names import clean_name
from .. import nl80211
from ..bus import values
from .events import Asked, Event, FindStopped, FormationFailed, Invited, Negotiated, NegotiationFailed, Provisioned, WpsFailed
from .shapes import MAC

# wpa_supplicant: dbus_new.h
WPA = "fi.w1.wpa_supplicant1"
ROOT = "/fi/w1/wpa_supplicant1"
IFACE = f"{WPA}.Interface"
P2P = f"{WPA}.Interface.P2PDevice"
WPS = f"{WPA}.Interface.WPS"
GROUP = f"{WPA}.Group"
PEER = f"{WPA}.Peer"
PERSISTENT = f"{WPA}.PersistentGroup"

INVALID_ARGS = f"{WPA}.InvalidArgs"
TAKEN = f"{WPA}.ConnectChannelUnavailable"
CHANNEL_UNSUPPORTED = f"{WPA}.ConnectChannelUnsupported"
DENIED = {"org.freedesktop.DBus.Error.AccessDenied"}
MISSING = {"org.freedesktop.DBus.Error.ServiceUnknown", "org.freedesktop.DBus.Error.NameHasNoOwner"}
GONE = {"org.freedesktop.DBus.Error.UnknownMethod", "org.freedesktop.DBus.Error.UnknownObject", f"{WPA}.InterfaceUnknown"}

# wps_defs.h
_WRONG_PASSWORD, _MULTIPLE_PBC = 18, 12
_DISPLAY, _KEYPAD = 0x0008, 0x0100

METHODS = {1: Method.DISPLAY, 4: Method.PBC, 5: Method.KEYPAD}  # device password id of a request → what this computer would do
# Primary device type, category and subcategory (wps_defs.h, and Wi-Fi Simple Configuration 2.0, primary device types)
_KINDS = {7: "tv", 10: "phone"}
_COMPUTERS = {5: "laptop", 7: "tablet", 8: "laptop", 9: "tablet", 10: "laptop"}
_WFA = bytes.fromhex("0050f204")  # the maker of the list of types: the Wi-Fi Alliance
_IS_OWNER = 0x01  # group capability
_PERSISTENT_OWNER = "3"  # mode of a remembered group that we own

MOST_OBJECTS = 64
_PEER_PATH = re.compile(r"(/fi/w1/wpa_supplicant1/Interfaces/\d{1,9})/Peers/([0-9a-f]{12})")
PIN = re.compile(r"[0-9]{4}([0-9]{4})?")


@dataclass(frozen=True, slots=True)
class Remembered:
    """A group that the daemon remembers, without its secret."""

    path: str
    owner: bool  # this computer owns it
    peers: frozenset[str]  # the other owner, or the clients that were in it


def request(member: str, body: Sequence[object]) -> Asked | None:
    """What a peer asks by this signal of P2PDevice."""
    first = body[0] if body else None
    peer = as_address(first)
    match member:
        case "GONegotiationRequest" if peer and len(body) == 3 and body[1] in METHODS:
            return Asked(WifiRequest(peer, Asks.NEGOTIATE, METHODS[values.number(body[1])]))
        case "ProvisionDiscoveryPBCRequest" if peer:
            return Asked(WifiRequest(peer, Asks.PROVISION, Method.PBC))
        case "ProvisionDiscoveryRequestEnterPin" if peer:
            return Asked(WifiRequest(peer, Asks.PROVISION, Method.KEYPAD))
        case "ProvisionDiscoveryRequestDisplayPin" if peer and len(body) == 2:
            pin = values.text(body[1])
            return Asked(WifiRequest(peer, Asks.PROVISION, Method.DISPLAY, pin if PIN.fullmatch(pin) else None))
        case "InvitationReceived" if isinstance(first, dict):
            owner = as_mac(first.get("go_dev_addr")) or as_mac(first.get("sa"))
            if owner:
                where = as_frequency(first.get("op_freq"))
                return Asked(WifiRequest(owner, Asks.INVITE, Method.PBC, frequency=where), "persistent_id" in first)
    return None


def answer(member: str, body: Sequence[object]) -> Event | None:
    """What a peer answered by this signal of P2PDevice."""
    first = body[0] if body else None
    facts: Mapping[Any, object] = first if isinstance(first, dict) else {}
    peer = as_address(first)
    match member:
        case "ProvisionDiscoveryPBCResponse" | "ProvisionDiscoveryResponseEnterPin" | "ProvisionDiscoveryResponseDisplayPin" if peer:
            return Provisioned(peer)
        case "ProvisionDiscoveryFailure" if peer:
            return Provisioned(peer, values.number(body[1]) if len(body) == 2 else -1)
        case "InvitationResult":
            return Invited(values.number(facts.get("status")))
        case "GONegotiationSuccess":
            address = as_mac(facts.get("peer_device_addr"))
            return Negotiated(address, as_frequency(facts.get("frequency"))) if address else None
        case "GONegotiationFailure":
            address = as_address(facts.get("peer_object"))
            return NegotiationFailed(address, values.number(facts.get("status"))) if address else None
    return None


def failure(member: str, body: Sequence[object], path: str) -> Event | None:
    """What ended by this signal of P2PDevice of the interface `path`."""
    match member:
        case "FindStopped":
            return FindStopped()
        case "GroupFormationFailure":
            return FormationFailed(values.text(body[0] if body else None)[:100])
        case "WpsFailed" if len(body) == 2 and isinstance(body[1], dict):
            return _wps_failed(path, body[1])
    return None


def _wps_failed(path: str, facts: Mapping[Any, object]) -> WpsFailed:
    error = facts.get("config_error")
    reason = {_WRONG_PASSWORD: Reason.WRONG_PIN, _MULTIPLE_PBC: Reason.PBC_OVERLAP}.get(values.number(error))
    return WpsFailed(path, reason, f"WPS message {values.number(facts.get('msg'))}, error {values.number(error)}")


def peer_found(address: str, facts: Mapping[str, object], *, remembered: bool) -> PeerFound:
    """A peer by its properties, each a claim of the peer itself."""
    level = facts.get("level")
    methods = facts.get("config_method")
    known: frozenset[Method] | None = None
    if isinstance(methods, int) and methods:
        # Every peer can push the button, listed or not: wpa_supplicant's own default is 0x1108 and takes it.
        words = {Method.PBC, *((Method.DISPLAY,) if methods & _DISPLAY else ()), *((Method.KEYPAD,) if methods & _KEYPAD else ())}
        known = frozenset(words)
    model = " ".join(word for word in (_label(facts.get("Manufacturer")), _label(facts.get("ModelName"))) if word)
    return PeerFound(
        address,
        _label(facts.get("DeviceName")),
        nl80211.percent(level) if isinstance(level, int) and level < 0 else None,
        _kind(values.octets(facts.get("PrimaryDeviceType"))),
        model,
        known,
        bool(values.number(facts.get("groupcapability")) & _IS_OWNER),
        remembered,
    )


def _kind(type_: bytes) -> str:
    if len(type_) != 8 or type_[2:6] != _WFA:
        return "other"
    category, kind = int.from_bytes(type_[:2]), int.from_bytes(type_[6:])
    return _COMPUTERS.get(kind, "desktop") if category == 1 else _KINDS.get(category, "other")


def remembered_group(path: str, properties: Mapping[Any, object]) -> Remembered:
    """wpa_supplicant: config.c, the keys of a network block; all of them text."""
    owner = values.text(properties.get("mode")) == _PERSISTENT_OWNER
    who = values.text(properties.get("p2p_client_list" if owner else "bssid")).lower()
    return Remembered(path, owner, frozenset(word for word in who.split() if MAC.fullmatch(word)))


def _label(value: object) -> str:
    name = clean_name(values.text(value)[:256])
    return "" if name == "unnamed" else name


def as_address(path: object) -> str | None:
    """The address in a peer's object path, when a machine can have it."""
    found = _PEER_PATH.fullmatch(path) if isinstance(path, str) else None
    return as_mac(bytes.fromhex(found[2])) if found else None


def as_mac(value: object) -> str | None:
    octets = values.octets(value)
    return octets.hex(":") if len(octets) == 6 and any(octets) and not octets[0] & 1 else None


def as_ipv4(value: object) -> str:
    octets = values.octets(value)
    return ".".join(map(str, octets)) if len(octets) == 4 and any(octets) else ""


def as_frequency(value: object) -> int | None:
    return value if isinstance(value, int) and 2000 <= value <= 100_000 else None


def tail_number(path: str) -> int:
    """The number at the end of an object path; later objects have higher ones."""
    tail = path.rpartition("/")[2]
    return int(tail) if tail.isdecimal() and len(tail) < 10 else -1
