"""Daemons that are not kind: each call of an edge may go wrong, before it is carried out or after, and each signal may come otherwise.

A call may be slow, hang for good, be carried out and never answered, fail with a reason that its contract names or with an error that none
does, end as if somebody had cancelled it, not heed being cancelled, or meet a daemon that restarts just then. A signal may come late,
twice, or behind the one that followed it; only the last word on whether a radio is there is always the last one heard.
"""

from __future__ import annotations

import asyncio
import inspect
from collections import deque
from collections.abc import Callable
from enum import Enum
from functools import partial
from random import Random
from typing import Any

from ..core.model import BluetoothChanged, DatagramArrived, EdgeEvent, ProbeAnswered, Reason, WifiChanged
from ..edges import Edges, Sink
from ..errors import Unavailable
from .air import Machine


class Trouble(Enum):
    """What may become of one call."""

    SLOW = "is slow"
    HANGS = "hangs"
    UNANSWERED = "is carried out and never answered"
    REFUSED = "is refused"
    FAILS_LATE = "is carried out and said to have failed"
    UNFORESEEN = "raises what no contract names"
    CANCELLED = "is cancelled by nobody"
    STUBBORN = "does not heed being cancelled"
    RESTARTS = "meets a daemon that restarts"


_BLUETOOTH = (Reason.BLUETOOTH_REFUSED, Reason.BLUETOOTH_OFF, Reason.BLUETOOTH_MISSING)
_WIFI = (Reason.WIFI_BUSY, Reason.WIFI_NOT_ALLOWED, Reason.WIFI_MISSING)
_GROUP = (
    *_WIFI,
    Reason.WIFI_PROFILE,
    Reason.NOT_FORMED,
    Reason.NO_ADDRESS,
    Reason.CHANNEL_FORBIDDEN,
    Reason.CHANNEL_TAKEN,
    Reason.NO_COMMON_CHANNEL,
    Reason.GROUP_FORGOTTEN,
    Reason.BOTH_OWN,
)
_SOCKET = (Reason.PORT_IN_USE, Reason.NO_ADDRESS)
REFUSALS: dict[str, tuple[Reason, ...]] = {
    "bluetooth": _BLUETOOTH,
    "bluetooth.connect": (Reason.PEER_GONE,),
    "bluetooth.send": (Reason.PEER_GONE,),
    "wifi": _WIFI,
    "wifi.form": _GROUP,
    "wifi.host": _GROUP,
    "wifi.provision": (Reason.NOT_READY,),
    "pinger": _SOCKET,
    "prober": _SOCKET,
    "trust": (Reason.INTERNAL,),
}


class Rough:
    """What one machine's daemons make of what its applet asks of them, for as long as they are `on`."""

    def __init__(
        self,
        machine: Machine,
        seed: object,
        *,
        calls: float = 0.0,
        signals: float = 0.0,
        only: str = "",
        refusal: Reason | None = None,
    ) -> None:
        """`calls`, `signals`: the share of them that goes otherwise. `only`: of the edge, or its call, that is named so. `refusal`: each of
        these calls is refused for this reason, as a daemon does that is set up so."""
        self.machine = machine
        self.on = True
        self.calls, self.signals, self._only = calls, signals, only
        self._refused_for = refusal
        self.raised: list[BaseException] = []  # what no contract names
        self.met: set[tuple[str, Trouble]] = set()
        self._random = Random(f"{seed} {machine.name} rough")
        self._life = 0
        self._held: deque[tuple[Sink, EdgeEvent]] = deque()  # late words on the radios, in their order

    def edges(self) -> Edges:
        """The machine's edges, each behind a gate."""
        machine = self.machine
        edges = {name: getattr(machine, name) for name in ("bluetooth", "wifi", "pinger", "prober", "trust")}
        return Edges(**{name: _Gate(self, name, edge) for name, edge in edges.items()})

    async def call(self, step: str, work: Callable[[], Any]) -> Any:
        """Carry out one call, as it goes here."""
        if not self._goes_wrong(step):
            return await work()
        work = partial(self._unless_gone, self._life, work)
        trouble = Trouble.REFUSED if self._refused_for is not None else self._random.choice(list(Trouble))
        self.met.add((step, trouble))
        self.machine.air.story(f"{step} of {self.machine.name} {trouble.value}")
        first = self._random.random() < 0.5  # carried out before it goes wrong
        match trouble:
            case Trouble.SLOW:
                await asyncio.sleep(self._random.uniform(0.5, 15))
                return await work()
            case Trouble.HANGS:
                await asyncio.Event().wait()
            case Trouble.UNANSWERED:
                await work()
                await asyncio.Event().wait()
            case Trouble.REFUSED:
                raise self._refusal(step)
            case Trouble.FAILS_LATE:
                await work()
                raise self._refusal(step)
            case Trouble.UNFORESEEN:
                if first:
                    await work()
                raise self._unforeseen()
            case Trouble.CANCELLED:
                if first:
                    await work()
                self.raised.append(error := asyncio.CancelledError())
                raise error
            case Trouble.STUBBORN:
                return await self._stubborn(work, first)
            case Trouble.RESTARTS:
                if first:
                    await work()
                self._restart(step)
                return await work()
        raise AssertionError(trouble)

    def gone(self) -> None:
        """The applet is no more: what it had asked for and did not get is asked for no longer."""
        self._life += 1

    async def _unless_gone(self, life: int, work: Callable[[], Any]) -> Any:
        if life != self._life:
            raise Unavailable(Reason.INTERNAL, "who asked is gone")
        return await work()

    def act(self, step: str, work: Callable[[], None]) -> None:
        """The same for a call that waits for nothing."""
        if self._goes_wrong(step):
            self.met.add((step, Trouble.UNFORESEEN))
            raise self._unforeseen()
        work()

    def _goes_wrong(self, step: str) -> bool:
        return self.on and step.startswith(self._only) and self._random.random() < self.calls

    def sink(self, sink: Sink) -> Sink:
        """Where the machine reports to, so that the signals come as they come here."""

        def report(event: EdgeEvent) -> None:
            last_word = isinstance(event, BluetoothChanged | WifiChanged)
            otherwise = self.on and not isinstance(event, DatagramArrived | ProbeAnswered) and self._random.random() < self.signals
            if last_word and (otherwise or self._held):
                self._held.append((sink, event))
                self._later(self._random.uniform(0, 2) if otherwise else 0.0, self._release)
            elif not otherwise:
                sink(event)
            elif self._random.random() < 0.4:
                sink(event)
                self._later(self._random.uniform(0, 5), lambda: sink(event))
            else:
                self._later(self._random.choice((0.01, 0.2, 3.0)) * self._random.random(), lambda: sink(event))

        return report

    def _release(self) -> None:
        sink, event = self._held.popleft()
        sink(event)
        if self.on and self._random.random() < 0.2:
            sink(event)

    def _later(self, seconds: float, do: Callable[[], None]) -> None:
        asyncio.get_running_loop().call_later(seconds, do)

    def _refusal(self, step: str) -> Unavailable:
        reasons = REFUSALS.get(step) or REFUSALS[step.partition(".")[0]]
        return Unavailable(self._refused_for or self._random.choice(reasons), "said by the simulation")

    def _unforeseen(self) -> Exception:
        error = self._random.choice((ValueError, OSError, KeyError, RuntimeError, EOFError))("said by the simulation")
        self.raised.append(error)
        return error

    async def _stubborn(self, work: Callable[[], Any], first: bool) -> Any:
        loop = asyncio.get_running_loop()
        until = loop.time() + self._random.uniform(5, 60)
        done = await work() if first else None
        while loop.time() < until:
            try:
                await asyncio.sleep(until - loop.time())
            except asyncio.CancelledError:
                pass
        return done if first else await work()

    def _restart(self, step: str) -> None:
        if step.startswith("bluetooth"):
            self.machine.bluetooth.restart(self._random.uniform(0.1, 5))
        elif step.startswith("wifi"):
            self.machine.wifi.restart(self._random.uniform(0.1, 5))


class _Gate:
    """An edge each of whose calls goes through `Rough`; a method that is new has its troubles, too."""

    def __init__(self, rough: Rough, name: str, edge: object) -> None:
        self._rough, self._name, self._edge = rough, name, edge

    @property
    def hosting(self) -> _Gate | None:
        return self if getattr(self._edge, "hosting", None) is not None else None

    def __getattr__(self, name: str) -> Any:
        rough, step, real = self._rough, f"{self._name}.{name}", getattr(self._edge, name)
        if not callable(real):
            return real

        def arranged(arguments: tuple[Any, ...]) -> tuple[Any, ...]:
            return (rough.sink(arguments[0]), *arguments[1:]) if name == "open" else arguments

        if inspect.iscoroutinefunction(real):

            async def called(*arguments: Any) -> Any:
                ready = arranged(arguments)
                return await rough.call(step, lambda: real(*ready))

            return called
        return lambda *arguments: rough.act(step, lambda: real(*arguments))
