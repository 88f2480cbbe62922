"""The demo's other person: a neighbour on the simulated air who hears you, answers, and compares the code with you."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from random import Random

from ..controller import Controller
from ..core.keys import Identity
from ..core.model import Method, Snapshot, Stage
from ..core.wire import Kind
from ..edges import Edges
from ..settings import Settings
from .air import ALL, Air, Faults, Machine
from .phone import Phone

NEIGHBOUR = "Robin’s laptop"
PHONE = "Robin’s phone"


class Neighbour:
    """Accepts what it is asked after a few seconds, unless the code on your screen (`your_code`) is another one."""

    def __init__(self, machine: Machine, *, thinks: float = 3.0) -> None:
        self.controller = controller(machine, Settings(name=machine.name))
        self.your_code: Callable[[], str | None] = lambda: None
        self._thinks = thinks
        self._thinking: asyncio.TimerHandle | None = None

    async def open(self) -> None:
        await self.controller.open()
        self.controller.subscribe(self._look)

    async def close(self) -> None:
        if self._thinking is not None:
            self._thinking.cancel()
        await self.controller.close()

    def _look(self, snapshot: Snapshot) -> None:
        if self._asks(snapshot) and self._thinking is None:
            self._thinking = asyncio.get_running_loop().call_later(self._thinks, self._answer)

    def _answer(self) -> None:
        self._thinking = None
        snapshot = self.controller.snapshot
        if self._asks(snapshot):
            same = not snapshot.needs_code or snapshot.code == self.your_code()
            if not same:
                self.controller.cancel()
            elif snapshot.may_match:
                self.controller.match(snapshot.question)
            else:
                self.controller.accept(snapshot.question)

    @staticmethod
    def _asks(snapshot: Snapshot) -> bool:
        """Is this person asked something?"""
        return snapshot.may_match or (snapshot.stage is Stage.ASKED and not snapshot.agreed_here)


def controller(machine: Machine, settings: Settings) -> Controller:
    """A whole controller on a simulated machine, with an identity of its own that nobody keeps."""
    return Controller(
        lambda: Edges(machine.bluetooth, machine.wifi, machine.pinger, machine.prober, machine.trust),
        identity=Identity.from_seed(os.urandom(32)),
        settings=settings,
        entropy=os.urandom,
        kind=Kind.LAPTOP,
    )


def neighbourhood(name: str) -> tuple[Air, Machine, Neighbour]:
    """Air with you (`name`) and one neighbour on it. Nothing goes wrong here; for that there are the journeys."""
    air = Air(int.from_bytes(os.urandom(4)), Faults(collision=0, scan_in_the_way=0, datagram_lost=0.01))
    you, neighbour = air.machine(name), air.machine(NEIGHBOUR)
    for machine in (you, neighbour):
        machine.wifi.abilities = ALL
    return air, you, Neighbour(neighbour)


def phone(air: Air, you: Machine, screen: Callable[[], Snapshot]) -> Phone:
    """The neighbour's phone, which only knows Wi-Fi Direct: it pushes the button, or types the PIN on your `screen`."""
    machine = air.machine(PHONE)
    made = Phone(machine, Random(os.urandom(8)), you, screen)
    machine.wifi.methods = frozenset({Method.PBC, Method.KEYPAD})
    machine.wifi.kind, machine.wifi.label = "phone", PHONE
    made.thinks = (3.0, 6.0)
    return made
