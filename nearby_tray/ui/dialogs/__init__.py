"""The dialogs, by the `Prompt` that needs them."""

from __future__ import annotations

from ...core.model import Prompt
from .entry import EntryDialog
from .pin import PinDialog
from .request import RequestDialog
from .wish import WishDialog

Question = RequestDialog | WishDialog | EntryDialog | PinDialog
DIALOGS: dict[Prompt, type[Question]] = {kind.PROMPT: kind for kind in (RequestDialog, WishDialog, EntryDialog, PinDialog)}
