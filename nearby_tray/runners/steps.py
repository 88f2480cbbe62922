"""What every runner is made of: steps of an edge that are bounded, and that are tried again when they failed.

The edges are not trusted: each step has a limit, and an error that no contract names is logged and counts as `Reason.INTERNAL`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

from ..core import orders as o
from ..core.model import Reason
from ..core.session import Session
from ..edges import Edges
from ..errors import Unavailable
from ..tasks import Pause, Tasks, within

log = logging.getLogger(__name__)

T = TypeVar("T")

# Seconds that one step of an edge may take before it counts as failed. Each edge has closer limits of its own: this only keeps a hanging
# daemon from stopping the machine.
STEP = 20.0


def now() -> float:
    """Seconds of the loop's clock."""
    return asyncio.get_running_loop().time()


class TooLate(Unavailable):
    """A step took longer than its limit."""


class Shared:
    """What the runners have in common: what is wanted, the edges that make it, and where they report."""

    def __init__(
        self, session: Session, limits: o.Limits, feed: Callable[[o.Event], None], publish: Callable[[], None], tasks: Tasks
    ) -> None:
        """`feed` takes an event for the session; `publish` is called when a snapshot may be different."""
        self.session, self.limits, self.tasks = session, limits, tasks
        self.feed, self.publish = feed, publish
        self._edges: Edges | None = None
        self.closing = False
        self.attended = False  # the link's figures are being looked at: measure more often
        self.changed = asyncio.Event()  # set after each step and event
        self._wakes: list[asyncio.Event] = []

    @property
    def wants(self) -> o.Wants:
        return self.session.wants

    @property
    def edges(self) -> Edges:
        assert self._edges is not None, "not open yet"
        return self._edges

    @property
    def is_open(self) -> bool:
        return self._edges is not None

    def open(self, edges: Edges) -> None:
        self._edges = edges

    def wakes(self, wake: asyncio.Event) -> None:
        """From now on `stir` sets `wake`."""
        self._wakes.append(wake)

    def stir(self) -> None:
        """Something is different now: let every runner compare again."""
        self.changed.set()
        for wake in self._wakes:
            wake.set()

    async def step(self, what: str, step: Coroutine[Any, Any, T], limit: float = STEP, *, late: Callable[[], None] | None = None) -> T:
        """Take one step of an edge. Every failure is an `Unavailable`: a step that took too long or an unforeseen error is `INTERNAL`.

        `late` is called when a step that took too long ends after all, and may have changed what is there.
        """
        try:
            return await within(limit, step, what, late=partial(self._ended_late, late))
        except Unavailable:
            raise
        except TimeoutError:
            raise TooLate(Reason.INTERNAL, f"{what}: no answer within {limit:.0f} s") from None
        except Exception as error:
            log.error("could not %s", what, exc_info=error)
            raise Unavailable(Reason.INTERNAL, f"{what}: {type(error).__name__}") from error

    def _ended_late(self, then: Callable[[], None] | None) -> None:
        if then is not None and not self.closing:
            then()


class Runner:
    """A task that takes the first step that is due, and rests until something changes or the next step is due.

    A step that failed waits for a pause of its own, longer each time; unless something else is wanted of it by then, or there is `news`.
    """

    def __init__(self, shared: Shared) -> None:
        self.shared = shared
        self._wake = asyncio.Event()
        self._failed: dict[object, _Failed] = {}
        self._tried: set[object] = set()
        self._retry: float | None = None  # when the first of the failed steps may be tried again
        shared.wakes(self._wake)

    async def run(self) -> None:
        while True:
            self._wake.clear()
            self._retry = None
            due = await self.take_step()
            if due is None or due > now():
                await self._rest(due)

    async def take_step(self) -> float | None:
        """Take the first step that is due. Returns when to look again; `None`: when something has changed."""
        raise NotImplementedError

    def wake(self) -> None:
        """Look now whether a step is due."""
        self._wake.set()

    def unsure(self) -> None:
        """A step that took too long has ended after all: what is there is not known any more."""

    async def attempt(self, key: str, step: Coroutine[Any, Any, object], wanted: object = None, *, said: str = "") -> Unavailable | None:
        """Take the step `key`; returns its failure, which is logged once (as `said`). `wanted`: see `may`."""
        error: Unavailable | None = None
        try:
            await self.shared.step(said or key, step, late=self.unsure)
        except Unavailable as caught:
            error = caught
        if error is None:
            self.went_well(key)
        else:
            radios = self.shared.session.radios
            known = error.reason in (radios.wifi, radios.bluetooth)  # the radio is off, which is no news
            first = self.failed(key, wanted)
            log.log(logging.WARNING if first and not known else logging.DEBUG, "could not %s: %s", said or key, error)
        self.shared.changed.set()
        return error

    def may(self, key: object, wanted: object = None) -> bool:
        """True if this step may be taken now. After a failure not before its pause is over, unless `wanted` is something else now."""
        failed = self._failed.get(key)
        if failed is None or failed.wanted != wanted or now() >= failed.until:
            return True
        self._retry = failed.until if self._retry is None else min(self._retry, failed.until)
        return False

    def failed(self, key: object, wanted: object = None) -> bool:
        """Note a failure. Returns True if it is the first of this step, as wanted."""
        self._tried.add(key)
        known = self._failed.get(key)
        first = known is None or known.wanted != wanted
        if known is None or first:
            known = self._failed[key] = _Failed(wanted)
        known.times += 1
        known.until = now() + known.pause.longer()
        return first

    def failures(self, key: str) -> int:
        """How often the step has failed since it went well."""
        known = self._failed.get(key)
        return known.times if known is not None else 0

    def went_well(self, key: object) -> None:
        self._tried.add(key)
        self._failed.pop(key, None)

    def tried(self, key: str) -> bool:
        """True if the step was ever taken to its end, good or bad."""
        return key in self._tried

    def news(self) -> None:
        """What has failed may be tried again now."""
        for known in self._failed.values():
            known.until = float("-inf")

    async def _rest(self, until: float | None) -> None:
        if self._retry is not None:
            until = self._retry if until is None else min(until, self._retry)
        if until is None:
            await self._wake.wait()
            return
        with suppress(TimeoutError):
            async with asyncio.timeout_at(until):
                await self._wake.wait()


@dataclass(slots=True)
class _Failed:
    wanted: object
    times: int = 0
    until: float = 0.0
    pause: Pause = field(default_factory=Pause)
