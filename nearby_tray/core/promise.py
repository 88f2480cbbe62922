"""A promise in people's time, such as "everyone for ten minutes": it ends when that time has passed by any clock.

The loop's clock stands still while the machine sleeps, the wall's is set by whoever likes to, and only the wall's outlives a restart. So
the end is kept by all of them and comes with the first: a clock that stands still or is set back makes nothing longer.
"""

from __future__ import annotations

from dataclasses import dataclass

SLACK = 2.0  # seconds that a wall clock may be corrected by and still be believed


@dataclass(frozen=True, slots=True)
class Clocks:
    """What the clocks say at one moment, in seconds."""

    loop: float  # stands still while the machine sleeps
    boot: float  # goes on meanwhile, and cannot be set
    wall: float  # POSIX seconds


@dataclass(frozen=True, slots=True)
class Promise:
    """`end`: when it ends, by each clock. What is kept on disk is `end.wall`, and how long it was made for."""

    end: Clocks

    @classmethod
    def made(cls, seconds: float, now: Clocks) -> Promise:
        """One that begins now."""
        return cls(Clocks(now.loop + seconds, now.boot + seconds, now.wall + seconds))

    @classmethod
    def kept(cls, until: float, seconds: float, now: Clocks) -> Promise | None:
        """What is left of one that was made for `seconds` and ends at `until` by the wall's clock. `None`: it is over.

        More than the whole cannot be left: then the clock was set back, and nobody knows how much is.
        """
        left = until - now.wall
        return cls.made(left, now) if 0 < left <= seconds + SLACK else None

    def left(self, now: Clocks) -> float:
        """Seconds, by the clock that has the fewest left; not above 0 when it is over."""
        return min(self.end.loop - now.loop, self.end.boot - now.boot, self.end.wall - now.wall)
