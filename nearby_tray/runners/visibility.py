"""Who may see this computer now, and "everyone for ten minutes", which ends after ten minutes by any clock."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from msgspec.structs import replace

from ..core.model import Visibility
from ..core.promise import SLACK, Clocks, Promise
from ..settings import Settings
from .steps import now


class VisibilityLimit:
    """Minds the moment at which EVERYONE ends, if it does."""

    def __init__(self, wall_clock: Callable[[], float], boot_clock: Callable[[], float], over: Callable[[], None]) -> None:
        """`wall_clock`: POSIX seconds; `boot_clock`: seconds that go on while the machine sleeps. `over` is called at the end."""
        self._wall_clock, self._boot_clock, self._over = wall_clock, boot_clock, over
        self._promise: Promise | None = None
        self._timer: asyncio.TimerHandle | None = None
        self.until: float | None = None  # by the loop's clock

    def begin(self, settings: Settings) -> Settings:
        """Mind the limit of new settings, from now on. Returns the settings with its moment, for the next start."""
        if settings.visibility is Visibility.EVERYONE and settings.visible_minutes is not None:
            promise = Promise.made(settings.visible_minutes * 60, self._clocks())
            self._mind(promise)
            return replace(settings, visible_until=promise.end.wall)
        self._mind(None)
        return replace(settings, visible_until=None)

    def resume(self, settings: Settings) -> Settings | None:
        """At the start: mind what is left of a limit that was set before. Where no moment was kept it begins now, and is returned to be."""
        if settings.visibility is not Visibility.EVERYONE or settings.visible_minutes is None:
            return None
        if settings.visible_until is None:
            return self.begin(settings)
        promise = Promise.kept(settings.visible_until, settings.visible_minutes * 60, self._clocks())
        if promise is None:
            self._end()
        else:
            self._mind(promise)
        return None

    def check(self) -> None:
        """End it if its time has passed: the loop's clock may have stood still, and the wall's may have been set."""
        if self._promise is not None and self.until is not None:
            left = self._promise.left(self._clocks())
            if left <= 0:
                self._end()
            elif self.until - now() - left > SLACK:
                self._mind(self._promise)

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _mind(self, promise: Promise | None) -> None:
        self._promise = promise
        self.close()
        self._timer = self.until = None
        if promise is not None:
            self.until = now() + promise.left(self._clocks())
            self._timer = asyncio.get_running_loop().call_at(self.until, self._end)

    def _end(self) -> None:
        self._mind(None)
        self._over()

    def _clocks(self) -> Clocks:
        return Clocks(now(), self._boot_clock(), self._wall_clock())
