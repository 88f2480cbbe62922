"""What starts the applet at login, for the settings window and the command line."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from .core.names import harmless
from .settings import AutostartBy, Settings
from .system import autostart
from .system.autostart import Found
from .tasks import Tasks
from .ui.text.doctor import finding_text
from .ui.text.translate import in_english, tr

log = logging.getLogger(__name__)


class AtLogin:
    """What starts the applet at login: changed and read in the background, one after the other, for systemd may take its time."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._tasks = Tasks()
        self._task: asyncio.Task[Found] | None = None
        self._wanted: tuple[bool, AutostartBy] | None = None
        self._found: Found | None = None
        self._changing = False
        self._wrong = ""

    def choose(self, on: bool, by: AutostartBy) -> None:
        """Have it started so; of several choices the last one counts."""
        self._wanted = on, by
        self.look()

    def look(self) -> None:
        """Read how it is; `changed` is called when that is different."""
        if self._task is None or self._task.done():
            self._task = self._tasks.do(self._work(), "starting at login")

    async def now(self) -> Found:
        """How it is, read now."""
        self.look()
        assert self._task is not None
        return await asyncio.shield(self._task)

    async def as_json(self, settings: Settings) -> dict[str, object]:
        """How it is, as the session bus says it; `settings`: how it should be."""
        found = await self.now()
        with in_english():
            sentence = self.words(settings.autostart, settings.autostart_by)
        return {
            "wanted": settings.autostart,
            "by": settings.autostart_by.value,
            "active": [each.value for each in found.active],
            "entry": {"state": found.entry.value, "path": found.entry_path},
            "service": {"state": found.unit, "path": found.unit_path, "session_target": found.reached},
            "sentence": sentence,
        }

    def words(self, on: bool, by: AutostartBy) -> str:
        """Sentences for the user; empty before it was read."""
        if self._found is None:
            return ""
        said = [finding_text(sentence) for sentence in autostart.described(self._found, on, by)]
        return " ".join([*said, *([tr("It could not be changed: {why}.", why=self._wrong)] if self._wrong else [])])

    async def _work(self) -> Found:
        before = self._found, self._wrong
        while True:
            await self._change()
            self._found = found = await autostart.find()
            if self._wanted is None:
                break
        if (self._found, self._wrong) != before:
            self._changed()
        return found

    async def _change(self) -> None:
        if self._wanted is None:
            return
        wanted, self._wanted, self._wrong = self._wanted, None, ""
        self._changing = True
        try:
            await autostart.choose(*wanted)
        except OSError as error:
            self._wrong = harmless(error.strerror or error)
            log.error("starting at login could not be changed: %s", self._wrong)
        finally:
            self._changing = False

    async def close(self) -> None:
        """Finish a change that was asked for, within a limit."""
        if self._task is None:
            return
        if self._wanted is not None or self._changing:
            await asyncio.wait([self._task], timeout=5)
        await self._tasks.end()
