"""Wi-Fi Direct through NetworkManager, as an ordinary user: finds peers and forms one group. Serves `edges.Wifi`.

What NetworkManager 1.42 to 1.60 can do and this uses: the wifi-p2p device (`Device.WifiP2P`, type 30), a find of at most 30 s at a
time, and the mirrored activation, in which both machines activate a profile for each other; since 1.60 also with a WPS PIN. The rules it
keeps:

- A group is made only on an idle device: neither a foreign connection nor one of ours is ever replaced (NetworkManager would do so
  without a word, and both would die).
- The profile is read back and compared (`profile`).
- Nothing starts or stops a find between the order to form and its outcome (`finding`).
- What is made is journaled first, bound to our bus connection, and gone when `form` fails, is cancelled, or `remove` returns.
- A group that would change more of this computer's network than its own is taken down (`upkeep`, `terms`).
"""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from ...core.model import EdgeEvent, FormGroup, Group, Method, Reason, WifiChanged
from ...edges import Sink
from ...errors import Unavailable
from ...tasks import Tasks, in_turn, outcome
from .. import nl80211
from ..bus import Bus, BusError, BusGone, Variant, values
from ..journal import Journal
from . import nm, profile
from .finding import Finder
from .managed_addresses import Addressing, ReadLink, States
from .networkmanager import Device, Limits, NetworkManager, ReadAddress, ReadParent
from .nm import ACTIVATED, CONFIG, DEVICE, DISCONNECTED, FAILED, MANAGER, NM
from .profile import Dictionary
from .shapes import MAC
from .terms import Keeper
from .upkeep import Counters, ReadSignal, Upkeep

log = logging.getLogger(__name__)

# Kinds in the journal.
_MADE_PROFILE, _MADE_FIND = "nm-profile", "nm-find"

ReadGroups = Callable[[], Awaitable[frozenset[int] | None]]


@dataclass(slots=True)
class _Made:
    """What an order has led to so far: enough to undo it at any moment."""

    attempt: int
    address: str
    uuid: str
    others: frozenset[int] | None = None  # interfaces of groups that were there before
    noted: asyncio.Task[None] | None = None  # in the journal
    call: asyncio.Task[tuple[str, str]] | None = None
    active: str | None = None


@dataclass(slots=True)
class _Forming:
    """An order being carried out, and the device's states since, in order; an `Unavailable` when there is no device any more."""

    order: FormGroup
    takeover: Callable[[], Awaitable[None]] | None = None
    states: States = field(default_factory=asyncio.Queue)
    lost: Unavailable | None = None
    made: _Made | None = None

    def lose(self, why: Unavailable) -> None:
        self.lost = self.lost or why
        self.states.put_nowait(why)


class Managed:
    """Serves `edges.Wifi` with the NetworkManager on the system bus."""

    hosting = None  # NetworkManager keeps no group without a peer

    def __init__(
        self,
        journal: Journal,
        *,
        bus: str = "system",
        limits: Limits | None = None,
        read_address: ReadAddress = nl80211.own_p2p_address,
        read_parent: ReadParent = nl80211.parent,
        read_signal: ReadSignal = nl80211.signal,
        read_link: ReadLink = nl80211.link,
        read_groups: ReadGroups = nl80211.groups,
        interfaces: Path = Path("/sys/class/net"),
        keeper: Keeper | None = None,
        zone_file: Path = Path(f"/usr/lib/firewalld/zones/{profile.ZONE}.xml"),
    ) -> None:
        """`bus`: "system" or an address. `read_…`, `interfaces`, `keeper`: where the kernel is asked. `zone_file`: our firewalld zone."""
        self._journal = journal
        self._limits = limits = limits or Limits()
        self._keeper = keeper or Keeper()
        self._read_groups = read_groups
        self._zone_file = zone_file
        self._sink: Sink | None = None
        self._tasks = Tasks(self._broke)
        self.networkmanager = NetworkManager(self, bus=bus, limits=limits, read_address=read_address, read_parent=read_parent)
        self._addressing = Addressing(self.networkmanager, self._keeper, read_link, limits.dhcp)
        self._finder = Finder(
            self.networkmanager,
            self._tasks,
            journal,
            _MADE_FIND,
            renew=limits.renew,
            is_forming=lambda: self._forming is not None,
            is_usable=lambda: self.networkmanager.reason is None,
        )
        self._forming: _Forming | None = None
        self._upkeep: Upkeep[_Made] = Upkeep(self._tasks, self._keeper, self.on_event, self._undo)
        self._counters = Counters(interfaces, read_signal, limits.signal)

    # --- life ---

    async def open(self, sink: Sink) -> None:
        """See `edges.Wifi`. Returns after the first `WifiChanged`."""
        if self._sink is None:
            self._sink = sink
            await self.networkmanager.open()

    async def close(self) -> None:
        """See `edges.Wifi`."""
        await in_turn(("the find", self.stop_find), ("the group", self.remove), ("what is being undone", self._upkeep.settled))
        self._sink = None
        await self._tasks.end()
        await self.networkmanager.close()

    def _broke(self, name: str, error: Exception) -> None:
        """A task failed that no caller waits for. Without the takeover the order would only end by its limit."""
        if name == "take over" and self._forming is not None:
            self._forming.lose(Unavailable(Reason.INTERNAL, f"{name}: {type(error).__name__}"))

    # --- finding ---

    async def find(self) -> None:
        """See `edges.Wifi`."""
        self.networkmanager.require()
        self.networkmanager.peers.tell(again=True)
        await self._finder.begin("find")

    async def hold_find(self) -> None:
        """See `edges.Wifi`."""
        await self._finder.hold()

    async def stop_find(self) -> None:
        """See `edges.Wifi`. While a group forms the find is left to end by itself."""
        await self._finder.stop()

    async def clear(self) -> None:
        """See `edges.Wifi`."""
        await self._upkeep.settled()
        self.networkmanager.require()
        await self._finder.hold()
        if self._forming is None:
            await self.networkmanager.stop_find()
        await self._finder.forget()
        await self.networkmanager.scan()

    # --- what plain peers ask ---

    async def provision(self, address: str, method: Method) -> None:
        """See `edges.Wifi`. A machine that shows its PIN unasked, as televisions do, needs none; any other cannot be asked."""
        if method is not Method.KEYPAD or not self.networkmanager.abilities.pin:
            raise Unavailable(Reason.NOT_OFFERED, "NetworkManager has no provision discovery")

    async def reject(self, address: str) -> None:
        """NetworkManager reports no requests, so there is no peer to tell."""

    # --- the group ---

    async def form(self, order: FormGroup, *, takeover: Callable[[], Awaitable[None]] | None = None) -> Group:
        """See `edges.Wifi`. Raises `Unavailable`; after that, and after a cancellation, the device is idle again (bounded).

        `takeover` is run as soon as NetworkManager waits for its group: from then on it takes any, also one negotiated by others. What it
        raises is the outcome.
        """
        await self._upkeep.settled()
        if self._forming is not None or self._upkeep.up is not None:
            raise Unavailable(Reason.WIFI_BUSY, "a group of ours is there already")
        self.networkmanager.require()
        if takeover is None:
            profile.refuse(order, self.networkmanager.abilities)
        forming = self._forming = _Forming(order, takeover)
        try:
            group = await self._form(forming)
            log.info("group %s formed at try %d", group.interface, order.attempt)
            return group
        except BaseException as error:
            if isinstance(error, Unavailable):
                log.info("try %d: %s", order.attempt, error)
            if forming.made is not None:
                await self._upkeep.finish(forming.made)
            raise
        finally:
            self._forming = None
            self.networkmanager.report()

    async def _form(self, forming: _Forming) -> Group:
        order = forming.order
        bus, device = self.networkmanager.there()
        if not MAC.fullmatch(order.address.lower()):
            raise Unavailable(Reason.PROTOCOL, "not a P2P address")
        await self._wait_if_ending(bus, device)
        made = forming.made = _Made(order.attempt, order.address.lower(), str(uuid.uuid4()))
        made.noted = self._tasks.do(asyncio.to_thread(self._journal.add, _MADE_PROFILE, made.uuid), "journal")
        await asyncio.shield(made.noted)
        zone = await profile.firewall_zone(bus, self._zone_file)
        settings = profile.build(order, made.uuid, profile.login_name(), zone, self.networkmanager.version)
        made.others = await self._read_groups()
        try:
            await self._activate_as_written(bus, device, made, settings)
            await self._reach(forming, device, made.others if order.pin is not None else None)
            chosen = order.own or await self._addressing.choose(forming.states, bus, device, settings)
            group = await self._addressing.group(bus, device)
            await self._keeper.check(group.interface, await self._addressing.given(bus, device), chosen)
        except Unavailable as error:
            raise forming.lost or error from None
        except (BusError, BusGone) as error:
            why = self.networkmanager.typed(error, Reason.NOT_FORMED)
            if why.reason is Reason.WIFI_PROFILE and order.pin is not None:
                why = self.networkmanager.without_pin(why.detail)  # a profile with none would do
            raise forming.lost or why from error
        # Nothing is awaited from here on: what happens to the group now happens to a group that is up.
        while not forming.states.empty():
            nm.progress(forming.states.get_nowait(), ACTIVATED)
        self._upkeep.keep(made, group.interface, lambda: self._addressing.given_if_there(bus, device), chosen)
        return group

    async def _wait_if_ending(self, bus: Bus, device: Device) -> None:
        """Return when the device is idle: wait for the end of a connection of ours, raise `Unavailable` for a foreign one."""
        try:
            properties = await bus.get_all(NM, device.path, DEVICE)
        except (BusError, BusGone) as error:
            raise self.networkmanager.typed(error, Reason.WIFI_OFF) from error
        state, active = values.number(properties.get("State")), values.text(properties.get("ActiveConnection")) or "/"
        if state == DISCONNECTED and active == "/":
            return
        if active not in self.networkmanager.ours and active != "/":
            raise Unavailable(Reason.WIFI_BUSY, f"state {state}, {active}")
        if not await self.networkmanager.moved.until(lambda: device.state == DISCONNECTED, self._limits.settle):
            raise Unavailable(Reason.WIFI_BUSY, f"state {device.state} does not end")

    async def _activate_as_written(self, bus: Bus, device: Device, made: _Made, settings: Dictionary) -> None:
        """Activate the profile, and raise `Unavailable` when NetworkManager did not take it as written."""
        peer = self.networkmanager.peers.path(made.address)
        try:
            path = await self._activate(bus, device, made, settings, peer)
        except BusError as error:
            if error.name != nm.NO_SUCH_PEER or peer == "/":
                raise
            path = await self._activate(bus, device, made, settings, "/")  # it went away; NetworkManager will look for it
        different = await self._compare(bus, path, settings)
        if any(key.startswith("wifi-p2p.wps-") for key in different):
            raise self.networkmanager.without_pin(f"NetworkManager did not take {', '.join(different)}")
        if different:
            raise Unavailable(Reason.WIFI_PROFILE, ", ".join(different))

    async def _activate(self, bus: Bus, device: Device, made: _Made, settings: Dictionary, peer: str) -> str:
        """Call AddAndActivateConnection2; returns the path of the profile. The call itself is never cancelled: `_undo` needs its answer."""
        options = {"persist": Variant("s", "volatile"), "bind-activation": Variant("s", "dbus-client")}

        async def activate() -> tuple[str, str]:
            arguments = settings, device.path, peer, options
            member, signature = "AddAndActivateConnection2", "a{sa{sv}}ooa{sv}"
            return values.two_paths(await bus.call(NM, MANAGER, NM, member, signature, *arguments, timeout=self._limits.activate))

        made.call = outcome(activate(), "activate")
        path, active = await asyncio.shield(made.call)
        made.active = active
        self.networkmanager.ours.append(active)
        return path

    async def _compare(self, bus: Bus, path: str, settings: Dictionary) -> list[str]:
        """The keys of the profile that NetworkManager did not take as written."""
        try:
            back = values.first(await bus.call(NM, path, nm.PROFILE, "GetSettings"))
        except BusError as error:
            if error.name in nm.MISSING:
                raise
            if error.name in nm.OFF:  # a volatile profile whose activation has failed already; the device's state says why
                return []
            return [str(error)]
        return profile.differences(settings, back if isinstance(back, dict) else {})

    async def _reach(self, forming: _Forming, device: Device, others: frozenset[int] | None) -> None:
        """Follow the device to ACTIVATED. `others`: the groups that there were before, when a PIN is tried."""
        before = 0
        watching = None if others is None else self._tasks.do(self._watch(forming, device, others), "watch the radio")
        taking: asyncio.Task[None] | None = None
        try:
            async with asyncio.timeout(min(self._limits.form, forming.order.patience)):
                while before != ACTIVATED:
                    state = await forming.states.get()
                    if state == (FAILED, nm.NO_SECRETS) and forming.order.pin is not None:
                        raise self.networkmanager.without_pin(nm.detail(*state))
                    before = nm.progress(state, before)
                    if before == CONFIG and taking is None and forming.takeover is not None:
                        taking = self._tasks.do(self._take_over(forming, forming.takeover), "take over")
        except TimeoutError:
            raise Unavailable(Reason.NOT_FORMED, f"state {device.state} for too long") from None
        finally:
            for task in (taking, watching):
                if task is not None:
                    task.cancel()

    @staticmethod
    async def _take_over(forming: _Forming, takeover: Callable[[], Awaitable[None]]) -> None:
        try:
            await takeover()
        except Unavailable as error:
            forming.lose(error)

    def give_up(self, why: Unavailable) -> None:
        """End the attempt: the caller sees more than NetworkManager and knows that the group will not be."""
        if self._forming is not None:
            self._forming.lose(why)

    async def _watch(self, forming: _Forming, device: Device, before: frozenset[int]) -> None:
        """End an attempt with a PIN when the group's interface has come and gone.

        NetworkManager does not hear of a failed WPS: it waits 45 s for the group and then takes the PIN for a wrong one, also when nobody
        answered (nm-device-wifi-p2p.c, supplicant_connection_timeout_cb). But the interface is there only after a negotiation that went
        well, and goes at once when WPS fails.
        """
        loop = asyncio.get_running_loop()
        seen: dict[int, float] = {}
        while True:
            groups = await self._read_groups()
            if groups is not None:
                gone = seen.keys() - groups
                if gone and device.state == CONFIG:
                    lasted = loop.time() - min(seen[index] for index in gone)
                    reason = Reason.WRONG_PIN if lasted < self._limits.wps else Reason.NOT_FORMED
                    forming.lose(Unavailable(reason, f"the group's interface went after {lasted:.1f} s"))
                    return
                for index in groups - before:
                    seen.setdefault(index, loop.time())
            await asyncio.sleep(self._limits.watch)

    async def read_counters(self, group: Group) -> tuple[int, int, int | None]:
        """See `edges.Wifi`. Raises `Unavailable` when the interface is gone."""
        made = self._upkeep.up
        return await self._counters.read(group, lambda: None if made is None else self.networkmanager.peers.strength(made.address))

    # --- undoing ---

    async def remove(self) -> None:
        """See `edges.Wifi`."""
        await self._upkeep.remove()
        self.networkmanager.report()
        if self._upkeep.left:
            raise Unavailable(Reason.WIFI_BUSY, "NetworkManager has not taken our group down")

    async def _undo(self, made: _Made) -> None:
        """Take the group down, wait for the device to be idle, and see that the profile is gone; else it is left for later."""
        if made.noted is not None:
            await asyncio.wait({made.noted})
        if made.call is not None:
            await asyncio.wait({made.call})  # has its own limit
            if not made.call.cancelled() and made.call.exception() is None and made.active is None:
                made.active = made.call.result()[1]
                self.networkmanager.ours.append(made.active)
        bus = self.networkmanager.bus
        if bus is None or self.networkmanager.owner is None:
            return  # bound to the connection that is lost; the entry stays in the journal for `clean`
        left = self._upkeep.left
        try:
            if made.active is not None and made.active != "/":
                await self._wait_if_starting(made)
                await self.networkmanager.deactivate(bus, made.active)
                if not await self.networkmanager.moved.until(lambda: self._is_rid_of(made), self._limits.settle):
                    log.warning("the Wi-Fi Direct device is still busy with our group")
                    left.append(made)
            await self.networkmanager.delete(bus, made.uuid)
        except BusGone:
            return
        except BusError as error:
            log.warning("could not undo everything: %s", error)
            if made not in left:
                left.append(made)
            return
        if made not in left:
            await asyncio.to_thread(self._journal.remove, _MADE_PROFILE, made.uuid)

    async def _wait_if_starting(self, made: _Made) -> None:
        """If the group is about to start, wait up to `Limits.nearly` before deactivating. Deactivating in that moment leaks the interface.

        NetworkManager has wpa_supplicant forget a group that is up a moment after it was told to stop, instead of ending it: the kernel
        keeps the interface for good (seen in the lab; nm-device-wifi-p2p.c, supplicant_iface_group_started_cb).
        """
        loop, device = asyncio.get_running_loop(), self.networkmanager.device
        end = loop.time() + self._limits.nearly
        while device is not None and device is self.networkmanager.device and device.state == CONFIG and loop.time() < end:
            new = (await self._read_groups() or frozenset()) - (made.others or frozenset())
            radios = [await self._addressing.read_link(index) for index in new]
            if all(radio is None or radio.frequency is None for radio in radios):
                return  # an interface that is only set aside is on no channel
            await asyncio.sleep(self._limits.watch)

    def _is_rid_of(self, made: _Made) -> bool:
        device = self.networkmanager.device
        return device is None or device.state <= DISCONNECTED or device.active not in ("/", made.active)

    # --- what NetworkManager tells and asks (`networkmanager.Groups`) ---

    @property
    def is_none(self) -> bool:
        return self._forming is None and self._upkeep.up is None

    @property
    def awaits_activation(self) -> bool:
        made = self._forming.made if self._forming is not None else None
        return made is not None and made.call is not None and made.active is None

    def on_event(self, event: EdgeEvent) -> None:
        if self._sink is not None:
            self._sink(event)
        if isinstance(event, WifiChanged) and event.reason is None:
            self._finder.renew_now()

    def on_state(self, new: int, reason: int) -> None:
        if self._forming is not None:
            self._forming.states.put_nowait((new, reason))
        elif new != ACTIVATED:
            self._upkeep.lose(self.networkmanager.why_lost(new, reason), nm.detail(new, reason))

    def on_device_lost(self, why: Unavailable) -> None:
        if self._forming is not None:
            self._forming.lose(why)
        self._upkeep.lose(why.reason, why.detail)
        if why.reason is Reason.DAEMON_RESTARTED:
            self._upkeep.left.clear()  # `clean` knows them by the journal

    async def clean(self, bus: Bus) -> None:
        keep = {made.uuid for made in (self._upkeep.up, self._forming and self._forming.made) if made}
        leftovers = await asyncio.to_thread(self._journal.leftovers, _MADE_PROFILE)
        for name in dict.fromkeys((*leftovers, *self._journal.mine(_MADE_PROFILE))):
            if name in keep:
                continue
            log.info("removing the profile %.36s of an earlier run", name)
            await self.networkmanager.delete(bus, name)
            await asyncio.to_thread(self._journal.settle, _MADE_PROFILE, name)
            await asyncio.to_thread(self._journal.remove, _MADE_PROFILE, name)
        for name in await asyncio.to_thread(self._journal.leftovers, _MADE_FIND):
            if not self._finder.is_wanted:
                await self.networkmanager.stop_find()
            await asyncio.to_thread(self._journal.settle, _MADE_FIND, name)
