"""How often the programs of this user may call the applet over the session bus."""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from collections.abc import Callable

from ..core.quota import Bucket, Quota
from .bus import DBusError

log = logging.getLogger(__name__)

# How much is served: at once, and a second. The command line follows a link with a few calls a second.
CALLS, CHANGES = (100, 30.0), (30, 3.0)  # of one caller; those that change something count as both
ALL_CALLS, ALL_CHANGES = (500, 100.0), (100, 10.0)
OWN_CHANGES = (30, 10.0)  # … by the user's own commands, whatever the programs do
TRIALS = (20, 5.0)  # callers that are looked at, whether they are the user's own, when others have used up what all share
TRIES = 6  # calls of one such caller: a command makes a few
CALLERS = 128  # that are kept in mind
_ONLY_READ = {"Status", "Peers", "Members", "Settings", "Log", "Autostart", "Get", "GetAll", "Introspect", "Ping", "GetMachineId"}
LIMITS = "org.freedesktop.DBus.Error.LimitsExceeded"


class _Caller:
    """What is known of one caller: its two limits, and whether it is the user's own command (`None`: not looked at yet)."""

    __slots__ = ("limits", "on_trial", "own", "tries")

    def __init__(self, now: float) -> None:
        self.limits = Bucket(*CALLS, now), Bucket(*CHANGES, now)
        self.own: bool | None = None
        self.on_trial = False
        self.tries = TRIES


class Gate:
    """Refuses callers that call without end, so that the panel stays usable and other callers are served. Remembers a few callers only.

    Programs share one limit, the user's own commands have another. Each command is a new caller, so when the programs' limit is reached
    some unknown callers are let through, to be looked at (`judge`).
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        now = clock()
        self._all = Bucket(*ALL_CALLS, now), Bucket(*ALL_CHANGES, now)
        self._own, self._trials = Bucket(*OWN_CHANGES, now), Bucket(*TRIALS, now)
        self._callers: OrderedDict[str, _Caller] = OrderedDict()
        self._logged = Quota(1, 60.0)

    def refusal(self, sender: str, member: str) -> DBusError | None:
        """The error for a call that is one too many; `None`: serve it."""
        now = self._clock()
        caller = self._callers.pop(sender, None) or _Caller(now)
        self._callers[sender] = caller  # the caller heard last is forgotten last
        if len(self._callers) > CALLERS:
            self._callers.popitem(last=False)
        kinds = (0,) if member in _ONLY_READ else (0, 1)
        if not all(caller.limits[kind].take(now) for kind in kinds):
            return self._refused(sender, now)
        if caller.own:
            return None if self._own.take(now) else self._refused(sender, now)
        caller.on_trial = False
        if all(self._all[kind].take(now) for kind in kinds):
            return None
        if caller.own is None and caller.tries and self._trials.take(now):
            caller.on_trial = True
            caller.tries -= 1
            return None
        return self._refused(sender, now)

    def judge(self, sender: str, own: bool) -> DBusError | None:
        """Note whether `sender` is the user's own command. Returns the error for a call that was let through to find out, and is not."""
        caller = self._callers.get(sender)
        if caller is None or caller.own is not None:
            return None
        caller.own = own
        return None if own or not caller.on_trial else self._refused(sender, self._clock())

    def _refused(self, sender: str, now: float) -> DBusError:
        if not self._logged.full(now):
            self._logged.take(now)
            log.warning("%s calls without end and is refused for now", sender)
        return DBusError(LIMITS, f"Too many calls: at most {CALLS[1]:g} a second, {CHANGES[1]:g} of them to change something.")
