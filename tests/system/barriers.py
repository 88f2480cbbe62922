"""Proof that something has been handled, where a test wants to see that nothing comes of it: time proves nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

import pytest

from nearby_tray.system.bus import Bus
from nearby_tray.system.wifi.choice import ChosenWifi


async def answered(bus: Bus | None, names: Iterable[str], times: int = 3) -> None:
    """All that these daemons have said so far has been heard, and what was said to them because of it, so many times over.

    A daemon answers in order on one connection: its answer comes after everything that it has said before the question.
    """
    assert bus is not None
    for _ in range(times):
        for name in names:
            await bus.call(name, "/", "org.freedesktop.DBus.Peer", "Ping")


async def chosen_once_more(wifi: ChosenWifi) -> None:
    """The way has been chosen anew, from beginning to end, after everything that is known by now."""
    done = asyncio.Event()
    choose = wifi._choose

    async def noted(**options: Any) -> None:
        await choose(**options)
        done.set()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wifi, "_choose", noted)
        wifi._wanted.set()
        await done.wait()
