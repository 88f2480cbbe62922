"""Machines in a group that this computer owns: admitted, invited, known by their addresses, and sent out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

from ...core.model import Admission, AdmissionFailed, EdgeEvent, MemberJoined, MemberLeft, Method, Reason
from ...errors import Unavailable
from ...tasks import Tasks
from ..bus import BusError, BusGone, Variant
from .events import Invited, Joined, Left, Started
from .made import Made
from .negotiation import why_not_invited
from .shapes import MAC
from .supplicant import Supplicant
from .wpa import PIN, WPS


class Members:
    """Of one group at a time."""

    def __init__(self, supplicant: Supplicant, tasks: Tasks, tell: Callable[[EdgeEvent], None]) -> None:
        self._supplicant, self._tasks, self._tell = supplicant, tasks, tell
        self._invitations: list[asyncio.Queue[Invited]] = []
        self._admitted: dict[str, asyncio.TimerHandle] = {}  # address → the end of its admission; "": anyone
        self._stations: dict[tuple[str, str], str] = {}  # interface and P2P device address → link-layer address

    # --- letting in ---

    async def admit(self, up: Made, started: Started, admission: Admission) -> None:
        """See `edges.Hosting`. wpa_supplicant keeps one window open at a time."""
        address = admission.address.lower()
        arguments = {"Role": Variant("s", "registrar"), "Type": Variant("s", "pbc" if admission.method is Method.PBC else "pin")}
        if admission.method is Method.PBC:
            if MAC.fullmatch(address):
                arguments["P2PDeviceAddress"] = Variant("ay", bytes.fromhex(address.replace(":", "")))
        elif admission.pin is None or not PIN.fullmatch(admission.pin):
            raise Unavailable(Reason.WRONG_PIN, "not four or eight digits")
        else:
            arguments["Pin"] = Variant("s", admission.pin)
        for other in list(self._admitted):
            await self.take_back(other, up.formation.started)
        try:
            await self._supplicant.call(WPS, "Start", "a{sv}", arguments, path=started.interface)
        except (BusError, BusGone) as error:
            raise self._supplicant.typed(error, Reason.NOT_FORMED) from error
        loop = asyncio.get_running_loop()
        self._admitted[address] = loop.call_later(self._supplicant.limits.admission, self._admission_over, up, address)

    def is_admitted(self, address: str) -> bool:
        """Whether the machine is coming, or trying again. An owner is not told that one failed (p2p_supplicant.c, wpas_p2p_wps_failed)."""
        return address in self._admitted

    def _admission_over(self, up: Made, address: str) -> None:
        self._tasks.do(self.take_back(address, up.formation.started), "admission")
        self._tell(AdmissionFailed(up.attempt, address, Reason.NO_ANSWER))

    async def take_back(self, address: str, started: Started | None) -> None:
        """End the admission of a machine. wpa_supplicant closes a push button window by itself, but not a PIN for anyone."""
        timer = self._admitted.pop(address, None)
        if timer is None:
            return
        timer.cancel()
        if started is not None:
            with suppress(BusError, BusGone):
                await self._supplicant.call(WPS, "Cancel", path=started.interface)

    def take_back_all(self) -> None:
        """The group ends, and every admission with it."""
        for timer in self._admitted.values():
            timer.cancel()
        self._admitted.clear()

    async def invite(self, started: Started, address: str) -> None:
        """See `edges.Hosting`."""
        answers: asyncio.Queue[Invited] = asyncio.Queue()
        self._invitations.append(answers)
        try:
            async with asyncio.timeout(self._supplicant.limits.invite):
                peer = Variant("o", self._supplicant.peer_path(address.lower()))
                await self._supplicant.p2p("Invite", {"peer": peer}, path=started.interface)
                status = (await answers.get()).status
        except TimeoutError:
            raise Unavailable(Reason.NO_ANSWER, "invitation") from None
        except (BusError, BusGone) as error:
            raise self._supplicant.typed(error, Reason.NOT_SEEN) from error
        finally:
            self._invitations.remove(answers)
        if status not in (0, 1):  # 1: its user is asked now
            raise Unavailable(why_not_invited(status), f"invitation status {status}")

    def invited(self, answer: Invited) -> None:
        for answers in self._invitations:
            answers.put_nowait(answer)

    # --- coming and going ---

    def came(self, joined: Joined) -> None:
        """A machine is in a group of this computer, whatever that is for."""
        self._stations[joined.interface, joined.address] = joined.station

    def joined(self, attempt: int, joined: Joined) -> None:
        """A machine has joined the hosted group: its admission is over."""
        timer = self._admitted.pop(joined.address, None) or self._admitted.pop("", None)
        if timer is not None:
            timer.cancel()
        self._tell(MemberJoined(attempt, joined.address, joined.station))

    def left(self, attempt: int, left: Left) -> None:
        self._tell(MemberLeft(attempt, left.address))

    def group_gone(self, interface: str) -> None:
        self._stations = {known: station for known, station in self._stations.items() if known[0] != interface}

    def forget(self) -> None:
        """The daemon is gone, and every group with it."""
        self._stations.clear()

    async def send_out(self, interface: str, address: str) -> None:
        """Raises `Unavailable`."""
        if address in self._supplicant.peers:
            who = {"peer": Variant("o", self._supplicant.peer_path(address))}
        else:  # by its address in the group, which is another one than that of its P2P device
            who = {"iface": Variant("s", self._stations.get((interface, address), address))}
        try:
            await self._supplicant.p2p("RemoveClient", who, path=interface)
        except (BusError, BusGone) as error:
            raise self._supplicant.typed(error, Reason.GROUP_ENDED) from error
