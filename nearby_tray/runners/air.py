"""The call with its GATT service, and listening for the calls of others."""

from __future__ import annotations

from ..core import orders as o
from ..core.model import BluetoothChanged
from ..edges import Sink
from .steps import Runner, Shared, now

OPEN = "open Bluetooth"


class AirRunner(Runner):
    def __init__(self, shared: Shared, sink: Sink) -> None:
        super().__init__(shared)
        self._sink = sink
        self._open = False
        self._era = 0  # ends when the daemon was lost, with all that was made there
        self._served: tuple[bytes | None] | tuple[()] | None = ()  # the advertisement; empty: no service; None: not known
        self._listening: bool | None = False  # None: not known

    @property
    def listening(self) -> bool:
        return self._listening is True

    @property
    def is_clear(self) -> bool:
        """True if no service is there."""
        return self._served == ()

    @property
    def was_opened(self) -> bool:
        """True once opening was tried, with success or not."""
        return self.tried(OPEN)

    def daemon_changed(self, fresh: bool) -> None:
        """`fresh`: what was made in the daemon is gone."""
        self.news()
        if fresh:
            self._era += 1
            self._served, self._listening = (), False

    async def take_step(self) -> float | None:
        wants, era, bluetooth = self.shared.wants, self._era, self.shared.edges.bluetooth
        call = (wants.advertisement,) if wants.serve else ()
        if not self._open:
            if not self.may(OPEN):
                return None
            error = await self.attempt(OPEN, bluetooth.open(self._sink))
            self._open = error is None
            if error is not None:
                self.shared.feed(BluetoothChanged(error.reason))
        elif self._served != call and self.may("call", call):
            work = bluetooth.serve(wants.advertisement) if wants.serve else bluetooth.unserve()
            error = await self.attempt("call", work, call, said="" if wants.serve else "end the call")
            if era == self._era:
                self._served = call if error is None else None
            if error is not None and wants.advertisement is not None:
                self.shared.feed(o.CallFailed(error.reason, error.detail))
        elif self._listening is not wants.listen and self.may("listen", wants.listen):
            work = bluetooth.listen() if wants.listen else bluetooth.unlisten()
            error = await self.attempt("listen", work, wants.listen, said="" if wants.listen else "stop listening")
            if era == self._era:
                self._listening = wants.listen if error is None else None
            self.shared.publish()
        else:
            return None
        return now()

    def unsure(self) -> None:
        self._served = self._listening = None
        self.shared.stir()
