"""Calls of bleak, which have no limit of their own, and the two things that it has no public way for."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
from collections.abc import Coroutine
from typing import Any, TypeVar

from ...tasks import within

log = logging.getLogger(__name__)

T = TypeVar("T")

CALL_LIMIT = 8.0  # seconds for one call that makes bleak call bluetoothd


async def bounded(work: Coroutine[Any, Any, T], seconds: float | None = None) -> T:
    """The outcome of `work`, or `TimeoutError`. bleak's calls have no limit, not even those that it makes when cancelled."""
    return await within(CALL_LIMIT if seconds is None else seconds, work, "bleak")


async def quietly(work: Coroutine[Any, Any, object], what: str) -> bool:
    """Undo something as far as it goes: bounded, with a failure only logged. True if it succeeded."""
    try:
        await bounded(work)
        return True
    except Exception as error:  # bleak's own, and those that it does not expect itself
        log.info("%s: %s", what, said(error))
        return False


def said(error: Exception | None) -> str:
    """What happened; bleak's `EOFError` and `TimeoutError` have no text."""
    return str(error) or type(error).__name__


# WORKAROUND bleak (seen in 3.1). Both do nothing where bleak is built otherwise.


async def drop_connection(*, quietly: bool = False) -> None:
    """Close bleak's own bus connection, so that its picture of bluetoothd is read anew; `quietly` when nothing is connected any more."""
    module = sys.modules.get("bleak.backends.bluezdbus.manager")
    manager = getattr(module, "_global_instances", {}).pop(asyncio.get_running_loop(), None)
    bus, watcher = getattr(manager, "_bus", None), getattr(manager, "_bus_watcher_task", None)
    if quietly and watcher is not None:
        watcher.cancel()
    if bus is not None:
        bus.disconnect()
    if watcher is not None:
        await asyncio.wait({watcher}, timeout=2.0)


def skip_version_check() -> None:
    """bleak runs `bluetoothctl --version` to refuse a BlueZ before 5.55; the interfaces of this one have shown that it is newer."""
    with contextlib.suppress(ImportError, AttributeError):
        from bleak.backends.bluezdbus.version import BlueZFeatures

        BlueZFeatures.checked_bluez_version = True
