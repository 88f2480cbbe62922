"""NetworkManager's names and numbers on D-Bus, and what its states and errors mean for a group.

By its introspection, and nm-dbus-interface.h for the numbers. Names of errors were seen in the lab with 1.42 and 1.52, or read in its
sources.
"""

from __future__ import annotations

import re

from ...core.model import Reason
from ...errors import Unavailable
from ..bus import values

NM = "org.freedesktop.NetworkManager"
MANAGER = "/org/freedesktop/NetworkManager"
SETTINGS_PATH = "/org/freedesktop/NetworkManager/Settings"
SETTINGS = "org.freedesktop.NetworkManager.Settings"
PROFILE = "org.freedesktop.NetworkManager.Settings.Connection"
ACTIVE = "org.freedesktop.NetworkManager.Connection.Active"
DEVICE = "org.freedesktop.NetworkManager.Device"
WIRELESS = "org.freedesktop.NetworkManager.Device.Wireless"
P2P = "org.freedesktop.NetworkManager.Device.WifiP2P"
PEER = "org.freedesktop.NetworkManager.WifiP2PPeer"

TYPE_WIFI, TYPE_P2P = 2, 30

UNMANAGED, UNAVAILABLE, DISCONNECTED, PREPARE, CONFIG, ACTIVATED, FAILED = 10, 20, 30, 40, 50, 100, 120
NO_SECRETS = 7  # a reason of FAILED

REASONS = {
    0: "none",
    2: "now-managed",
    3: "now-unmanaged",
    4: "config-failed",
    5: "ip-config-unavailable",
    6: "ip-config-expired",
    7: "no-secrets",
    8: "supplicant-disconnect",
    9: "supplicant-config-failed",
    10: "supplicant-failed",
    11: "supplicant-timeout",
    15: "dhcp-start-failed",
    16: "dhcp-error",
    17: "dhcp-failed",
    18: "shared-start-failed",
    19: "shared-failed",
    36: "removed",
    37: "sleeping",
    38: "connection-removed",
    39: "user-requested",
    40: "carrier",
    42: "supplicant-available",
    60: "new-activation",
    65: "ip-method-unsupported",
    67: "peer-not-found",
}

DENIED = {
    "org.freedesktop.NetworkManager.PermissionDenied",
    "org.freedesktop.NetworkManager.Settings.PermissionDenied",
    "org.freedesktop.DBus.Error.AccessDenied",
    "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired",
}
OFF = {
    "org.freedesktop.NetworkManager.Device.NotActive",
    "org.freedesktop.NetworkManager.UnknownConnection",  # the answer to an activation while the radio is off
    "org.freedesktop.NetworkManager.UnknownDevice",
    "org.freedesktop.DBus.Error.UnknownMethod",  # the device object has gone
    "org.freedesktop.DBus.Error.UnknownObject",
}
MISSING = {"org.freedesktop.DBus.Error.ServiceUnknown", "org.freedesktop.DBus.Error.NameHasNoOwner"}
BAD_PROFILE = {
    "org.freedesktop.NetworkManager.InvalidArguments",
    "org.freedesktop.NetworkManager.Device.InvalidConnection",
    "org.freedesktop.NetworkManager.Settings.InvalidConnection",
}
NO_SUCH_PEER = "org.freedesktop.NetworkManager.Device.SpecificObjectNotFound"

NETWORK_CONTROL = "org.freedesktop.NetworkManager.network-control"

MOST_DEVICES = 64

# `wifi-p2p.wps-method`; they came with `wps-pin` during 1.59.2-dev. Before, NetworkManager took 8 and pushed the button all the same.
WPS_PIN, WPS_PIN_DISPLAY = 8, 16
PIN_SINCE = (1, 59, 2)
SEND_SINCE = (1, 52, 0)  # `dhcp-send-hostname-v2`, whose default in NetworkManager.conf wins over `dhcp-send-hostname` of a profile

Version = tuple[int, int, int]


def version(text: object) -> Version:
    """The property `Version`: "1.52.1", "1.59.2-dev", "1.60"."""
    found = re.match(r"(\d{1,4})\.(\d{1,4})(?:\.(\d{1,4}))?", values.text(text), re.ASCII)
    return (int(found[1]), int(found[2]), int(found[3] or 0)) if found is not None else (0, 0, 0)


def progress(state: tuple[int, int] | Unavailable, before: int) -> int:
    """The device's new state, when it leads to a group; raises `Unavailable` otherwise. `before`: the state that it left."""
    if isinstance(state, Unavailable):
        raise state
    new, reason = state
    if before == 0 and new == DISCONNECTED:
        return 0  # late news from before the activation: the device was seen idle already
    if DISCONNECTED < new <= ACTIVATED and not (before == ACTIVATED and new != ACTIVATED):
        return new
    raise Unavailable(_why_not_formed(new, reason, before), detail(new, reason))


def _why_not_formed(new: int, reason: int, before: int) -> Reason:
    if new <= UNAVAILABLE or reason in (36, 37):
        return Reason.WIFI_OFF
    if reason == 60:
        return Reason.WIFI_BUSY
    if reason == 67 and before in (0, PREPARE):
        return Reason.NOT_SEEN
    if reason in (5, 6, 15, 16, 17, 18, 19, 65):
        return Reason.NO_ADDRESS
    return Reason.NOT_FORMED


def why_lost(new: int, reason: int, *, radio: bool) -> Reason:
    """Why a group that was up has ended, as far as this side can tell: 8 is what a peer's hang-up looks like, 67 what its loss does."""
    if not radio or reason in (36, 37):
        return Reason.WIFI_OFF
    if reason == 10:
        return Reason.DAEMON_RESTARTED  # wpa_supplicant went away
    if new <= UNAVAILABLE:
        return Reason.WIFI_OFF
    if reason == 60:
        return Reason.WIFI_BUSY
    return Reason.LINK_LOST if reason == 67 else Reason.GROUP_ENDED


def detail(state: int, reason: int) -> str:
    return f"state {state} reason {reason} ({REASONS.get(reason, 'unknown')})"
