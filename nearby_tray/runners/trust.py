"""The trusted peers on disk."""

from __future__ import annotations

import logging

from ..core.keys import TrustedPeer
from ..core.model import Reason
from ..errors import Unavailable
from .steps import Runner, Shared, now

log = logging.getLogger(__name__)


class TrustRunner(Runner):
    """Saves the latest that `keep` was given."""

    def __init__(self, shared: Shared) -> None:
        super().__init__(shared)
        self._unsaved: tuple[TrustedPeer, ...] | None = None

    @property
    def is_saved(self) -> bool:
        return self._unsaved is None

    def keep(self, peers: tuple[TrustedPeer, ...]) -> None:
        self._unsaved = peers
        self.news()
        self.wake()

    async def take_step(self) -> float | None:
        peers = self._unsaved
        if peers is None or not self.may("keep the trusted peers"):
            return None
        error = await self.attempt("keep the trusted peers", self._save(peers))
        if error is None and self._unsaved is peers:
            self._unsaved = None
        return now()

    async def _save(self, peers: tuple[TrustedPeer, ...]) -> None:
        try:
            await self.shared.edges.trust.save(peers)
        except PermissionError as error:
            log.error("the trusted peers cannot be kept: %s", error)  # and a later try would not do better
        except OSError as error:
            raise Unavailable(Reason.INTERNAL, str(error)) from error
