"""The one door to D-Bus.

Whatever happens on the bus, a caller gets a value, a `BusError`, a `BusTimeout` or a `BusGone` within a limit. Values are plain Python
(variants unwrapped, structs as lists). A connection that broke is never mended: `Supervised` makes a new one, and everything made on the
old one is gone.
"""

from .bus import Bus, Signal, Subscription, open_descriptor
from .errors import BusError, BusGone, BusTimeout, if_there
from .library import PROPERTIES, DBusError, PropertyAccess, ServiceInterface, Variant, caller, dbus_property, method, plain, signal
from .supervised import Supervised, connected

__all__ = [
    "PROPERTIES",
    "Bus",
    "BusError",
    "BusGone",
    "BusTimeout",
    "DBusError",
    "PropertyAccess",
    "ServiceInterface",
    "Signal",
    "Subscription",
    "Supervised",
    "Variant",
    "caller",
    "connected",
    "dbus_property",
    "if_there",
    "method",
    "open_descriptor",
    "plain",
    "signal",
]
