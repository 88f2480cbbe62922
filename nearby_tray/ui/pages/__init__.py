"""The pages of the panel, by the name of what is going on."""

from __future__ import annotations

from .asking import AskedPage, AskingPage
from .forming import EndingPage, FormingPage, RestoringPage
from .host import HostPage
from .hosting import HostingPage
from .idle import IdlePage
from .linked import LinkedPage
from .page import Page
from .pin import EnteringPage
from .seeking import SeekingPage

PAGES: dict[str, type[Page]] = {
    "idle": IdlePage,
    "host": HostPage,
    "hosting": HostingPage,
    "entering": EnteringPage,
    "seeking": SeekingPage,
    "asking": AskingPage,
    "asked": AskedPage,
    "forming": FormingPage,
    "linked": LinkedPage,
    "restoring": RestoringPage,
    "ending": EndingPage,
}
