"""A machine that does not run Nearby Tray, on simulated air: a phone, with somebody who holds it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import replace
from random import Random

from ..core import pin as pins
from ..core.model import Asks, EdgeEvent, FormGroup, Method, Snapshot, Way, WifiRequest
from ..core.peers import text_address
from ..errors import Unavailable
from ..tasks import Tasks
from .air import ALL, Machine


class Phone:
    """A machine that does not run Nearby Tray: its radio, and somebody who answers or asks on it."""

    def __init__(
        self,
        machine: Machine,
        random: Random,
        other: Machine,
        screen: Callable[[], Snapshot],
        say: Callable[[str], None] = lambda line: None,
    ) -> None:
        """`other`: the machine that its person has in mind; `screen`: what is on that one's screen."""
        self.machine, self.random, self.other, self.screen, self.say = machine, random, other, screen, say
        self.machine.wifi.abilities = ALL
        self.machine.wifi.methods = frozenset(Method)
        self.address = text_address(self.machine.address)
        self.pin: str | None = None  # on its screen
        self.agrees = True
        self.slips = 0  # PINs that it will mistype
        self.thinks = (0.5, 10.0)  # seconds before it agrees
        self._attempt = 0
        self._acting = Tasks()

    async def start(self) -> None:
        await self.machine.wifi.open(self._hear)
        await self.machine.wifi.find()

    async def stop(self) -> None:
        await self._acting.end()
        self.machine.vanish()

    def begin(self, least: float, most: float, method: Method, way: Way = Way.NEGOTIATE) -> None:
        """Its own user wants a link with the other, and does not give up at once."""
        self._do(self._ask(self.random.uniform(least, most), method, way))

    async def _ask(self, pause: float, method: Method, way: Way) -> None:
        await asyncio.sleep(pause)
        for _ in range(3):
            with suppress(Unavailable, TimeoutError):
                if way is Way.NEGOTIATE and method is not Method.PBC:
                    await self.machine.wifi.provision(text_address(self.other.address), method)
                await self._form(method, way)
                return
            await asyncio.sleep(self.random.uniform(5, 20))

    def _hear(self, event: EdgeEvent) -> None:
        if isinstance(event, WifiRequest):
            if not self.agrees:
                self._do(self.machine.wifi.reject(event.address))
            elif self.machine.wifi.activation is None:
                self._do(self._agree(event.method, Way.JOIN if event.asks is Asks.INVITE else Way.NEGOTIATE))

    async def _agree(self, method: Method, way: Way) -> None:
        await asyncio.sleep(self.random.uniform(*self.thinks))
        if self.machine.wifi.activation is None:
            await self._form(method, way)

    async def _form(self, method: Method, way: Way) -> None:
        pin: str | None = None
        if method is Method.DISPLAY:
            pin = self.pin = pins.make(self.random.randbytes)
        self._attempt += 1
        order = FormGroup(self._attempt, text_address(self.other.address), way=way, method=method, pin=pin)
        try:
            if method is Method.KEYPAD:
                order = replace(order, pin=await self._read_pin(order))
            await self.machine.wifi.form(order)
            self.say(f"{self.machine.name} is in a group")
        finally:
            self.pin = None

    async def _read_pin(self, order: FormGroup) -> str:
        """The PIN on the other's screen, which shows one when asked for it."""
        if order.way is Way.JOIN:
            self.other.wifi.hears_of(self.machine, Asks.PROVISION, Method.DISPLAY)
        for _ in range(120):
            if (pin := self.screen().pin) is not None:
                break
            await asyncio.sleep(0.5)
        else:
            raise TimeoutError("no PIN was shown")
        if self.slips > 0:
            self.slips -= 1
            pin = pins.make(self.random.randbytes)
        return pin

    def _do(self, work: Coroutine[None, None, None]) -> None:
        async def quietly() -> None:
            with suppress(Unavailable, TimeoutError):
                await work

        self._acting.do(quietly(), f"{self.machine.name} acts")
