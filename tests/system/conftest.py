"""A private D-Bus daemon for each test, and a way to run a coroutine that leaves nothing behind.

The rule: a test never touches the machine's own buses. `DBUS_SYSTEM_BUS_ADDRESS` and `DBUS_SESSION_BUS_ADDRESS` both name the private
daemon; it can be stopped and started again at the same address, as a real one may.
"""

from __future__ import annotations

import asyncio
import select
import shutil
import signal
import subprocess
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest

T = TypeVar("T")


_CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <keep_umask/>
  <listen>unix:path={socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


class Daemon:
    """One dbus-daemon; `address` stays the same over stop and start."""

    def __init__(self, folder: Path) -> None:
        socket = folder / "bus"
        self._config = folder / "bus.conf"
        self._config.write_text(_CONFIG.format(socket=socket))
        self._socket = socket
        self._process: subprocess.Popen[bytes] | None = None
        self.address = f"unix:path={socket}"

    def start(self) -> None:
        command = ["dbus-daemon", f"--config-file={self._config}", "--nofork", "--print-address=1"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        assert process.stdout is not None
        ready, _, _ = select.select([process.stdout], [], [], 30)
        assert ready and process.stdout.readline(), "dbus-daemon did not start"
        self._process = process

    def stop(self, how: signal.Signals = signal.SIGKILL) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(how)
            process.wait(30)
            assert process.stdout is not None
            process.stdout.close()
        self._socket.unlink(missing_ok=True)


@pytest.fixture
def daemon(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Daemon]:
    """A running private bus that is the system bus and the session bus of this test."""
    if shutil.which("dbus-daemon") is None:
        pytest.skip("dbus-daemon is not installed (Debian: dbus-daemon), so there is no private bus")
    bus = Daemon(tmp_path_factory.mktemp("bus"))
    bus.start()
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", bus.address)
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus.address)
    yield bus
    bus.stop()


@pytest.fixture
def run() -> Callable[[Coroutine[Any, Any, T]], T]:
    """Run one coroutine on its own loop; fails when it hangs (60 s), leaves tasks, or the loop had to report an unhandled error."""

    def run_it(main: Coroutine[Any, Any, T]) -> T:
        complaints: list[str] = []

        async def watched() -> T:
            loop = asyncio.get_running_loop()
            loop.set_exception_handler(lambda _loop, context: complaints.append(f"{context.get('message')}: {context.get('exception')!r}"))
            async with asyncio.timeout(60):
                result = await main
            for _ in range(5):  # tasks that were told to end may do so
                await asyncio.sleep(0)
            left = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
            assert not left, f"tasks left behind: {left}"
            return result

        result = asyncio.run(watched())
        assert not complaints, complaints
        return result

    return run_it


async def until(condition: Callable[[], bool], what: str = "", timeout: float = 30.0) -> None:
    """Wait for the thing itself, looking again whenever the loop has had a turn."""
    async with asyncio.timeout(timeout):
        while not condition():  # noqa: ASYNC110 — the condition may be about anything
            await asyncio.sleep(0.005)
    assert condition(), what


@pytest.fixture(name="until")
def until_fixture() -> Callable[..., Awaitable[None]]:
    """`await until(condition)`: conftest modules cannot be imported in importlib mode."""
    return until
