"""The objects that bluetoothd reads and calls: an advertisement, and the GATT service with its two characteristics.

BlueZ: doc/org.bluez.LEAdvertisement.rst, org.bluez.GattManager.rst, org.bluez.GattCharacteristic.rst.
"""

from __future__ import annotations

from collections.abc import Callable

from ...core.wire import COMPANY_ID, INBOX_UUID, OUTBOX_UUID, SERVICE_UUID
from ..bus import ServiceInterface, Variant, dbus_property, method, plain, values

_MIN_INTERVAL, _MAX_INTERVAL = 100, 150  # ms; the kernel's own choice would be 1.28 s


class Advertisement(ServiceInterface):
    """28 bytes in the air, so that its 3 bytes of flags still fit: no `Discoverable`."""

    def __init__(self, data: bytes, on_release: Callable[[], None]) -> None:
        super().__init__("org.bluez.LEAdvertisement1")
        self._data = data
        self._on_release = on_release

    @method("Release")
    def release(self) -> None:
        self._on_release()

    @dbus_property(name="Type", gives="s")
    def kind(self) -> str:
        return "peripheral"

    @dbus_property(name="ServiceUUIDs", gives="as")
    def service_uuids(self) -> list[str]:
        return [SERVICE_UUID]

    @dbus_property(name="ManufacturerData", gives="a{qv}")
    def manufacturer_data(self) -> dict[int, Variant]:
        return {COMPANY_ID: Variant("ay", self._data)}


class PacedAdvertisement(Advertisement):
    """The same, asking for an interval: both bounds, or BlueZ ignores them."""

    @dbus_property(name="MinInterval", gives="u")
    def min_interval(self) -> int:
        return _MIN_INTERVAL

    @dbus_property(name="MaxInterval", gives="u")
    def max_interval(self) -> int:
        return _MAX_INTERVAL


class Service(ServiceInterface):
    def __init__(self) -> None:
        super().__init__("org.bluez.GattService1")

    @dbus_property(name="UUID", gives="s")
    def uuid(self) -> str:
        return SERVICE_UUID

    @dbus_property(name="Primary", gives="b")
    def primary(self) -> bool:
        return True


class _Characteristic(ServiceInterface):
    def __init__(self, service: str, uuid: str, flags: list[str]) -> None:
        super().__init__("org.bluez.GattCharacteristic1")
        self._service = service
        self._uuid = uuid
        self._flags = flags

    @dbus_property(name="UUID", gives="s")
    def uuid(self) -> str:
        return self._uuid

    @dbus_property(name="Service", gives="o")
    def service(self) -> str:
        return self._service

    @dbus_property(name="Flags", gives="as")
    def flags(self) -> list[str]:
        return self._flags


class Inbox(_Characteristic):
    """`on_write` is given the value and BlueZ's options."""

    def __init__(self, service: str, on_write: Callable[[bytes, dict[str, object]], None]) -> None:
        super().__init__(service, INBOX_UUID, ["write"])
        self._on_write = on_write

    @method("WriteValue", takes=("ay", "a{sv}"))
    def write_value(self, value: bytes, options: dict[str, Variant]) -> None:
        self._on_write(bytes(value), values.table(plain(options)))


class Outbox(_Characteristic):
    """BlueZ makes one notification of each change of `Value`, to every subscriber."""

    def __init__(self, service: str) -> None:
        super().__init__(service, OUTBOX_UUID, ["notify"])
        self._value = b""
        self.subscribed = False

    def notify(self, frame: bytes) -> None:
        self._value = frame
        self.emit_properties_changed({"Value": frame})

    @dbus_property(name="Value", gives="ay")
    def value(self) -> bytes:
        return self._value

    @dbus_property(name="Notifying", gives="b")
    def notifying(self) -> bool:
        return self.subscribed

    @method("StartNotify")
    def start_notify(self) -> None:
        self.subscribed = True

    @method("StopNotify")
    def stop_notify(self) -> None:
        self.subscribed = False
