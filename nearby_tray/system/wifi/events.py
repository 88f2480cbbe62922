"""What wpa_supplicant tells, as typed values. `supplicant.Supplicant` makes them from its signals."""

from __future__ import annotations

from dataclasses import dataclass

from ...core.model import PeerFound, PeerLost, Reason, WifiRequest


@dataclass(frozen=True, slots=True)
class Changed:
    """Whether the daemon can be used has changed, or all of it is new (`fresh`)."""

    fresh: bool = False


@dataclass(frozen=True, slots=True)
class FindStopped:
    """A find ended by itself, or because another program began something else."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A peer asks. `remembered`: for a group that both remember."""

    request: WifiRequest
    remembered: bool = False


@dataclass(frozen=True, slots=True)
class Negotiated:
    address: str
    frequency: int | None


@dataclass(frozen=True, slots=True)
class NegotiationFailed:
    address: str
    status: int


@dataclass(frozen=True, slots=True)
class Provisioned:
    """The peer answered our provision discovery; `status` is not 0 when it refused or was silent."""

    address: str
    status: int = 0


@dataclass(frozen=True, slots=True)
class Invited:
    """The peer answered our invitation."""

    status: int


@dataclass(frozen=True, slots=True)
class WpsFailed:
    interface: str
    reason: Reason | None
    detail: str


@dataclass(frozen=True, slots=True)
class FormationFailed:
    detail: str


@dataclass(frozen=True, slots=True)
class Started:
    """A group is up. `given`: address, mask and the owner's address, from the 4-way handshake."""

    interface: str
    group: str
    owner: bool
    given: tuple[str, str, str] | None = None


@dataclass(frozen=True, slots=True)
class Finished:
    interface: str


@dataclass(frozen=True, slots=True)
class Joined:
    """A machine is in a group that this computer owns; `station`: its address there."""

    interface: str
    address: str
    station: str


@dataclass(frozen=True, slots=True)
class Left:
    interface: str
    address: str


Event = (
    Changed
    | FindStopped
    | Asked
    | Negotiated
    | NegotiationFailed
    | Provisioned
    | Invited
    | WpsFailed
    | FormationFailed
    | Started
    | Finished
    | Joined
    | Left
    | PeerFound
    | PeerLost
)
