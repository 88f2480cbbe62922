"""Which known issues a failure shows: the signatures of docs/known-issues.md, searched for in the words of the failure and in logs."""

from __future__ import annotations

import re
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "known-issues.md"


def signatures(page: str) -> dict[str, re.Pattern[str]]:
    """The signature of each issue of the page that has one, by the name of the issue."""
    found = {}
    for section in re.split(r"^### ", page, flags=re.MULTILINE)[1:]:
        name, _, text = section.partition("\n")
        if signature := re.search(r"Signature:\s+`([^`]+)`", text):
            found[name.strip("`")] = re.compile(signature[1])
    return found


def matching(*texts: str) -> list[str]:
    """The names of the issues whose signature is in one of these texts."""
    return [name for name, signature in signatures(PAGE.read_text()).items() if any(map(signature.search, texts))]


class Logs:
    """The logs in a folder, read on from where they were read last."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[Path, int] = {}

    def fresh(self) -> list[str]:
        """What each log has got since the last time."""
        texts = []
        for log in self._folder.glob("*"):
            with log.open("rb") as file:
                file.seek(self._read.get(log, 0))
                texts.append(file.read().decode(errors="replace"))
                self._read[log] = file.tell()
        return texts
