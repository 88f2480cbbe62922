"""What the user may choose, and what each choice means."""

from __future__ import annotations

from collections.abc import Mapping

from ...core.model import Visibility

VISIBILITIES: Mapping[Visibility, str] = {
    Visibility.EVERYONE: "Everyone",
    Visibility.TRUSTED: "Trusted computers",
    Visibility.NOBODY: "Nobody",
}

VISIBLE_TO: Mapping[Visibility, str] = {
    Visibility.EVERYONE: "Visible to everyone",
    Visibility.TRUSTED: "Visible to trusted computers",
    Visibility.NOBODY: "Visible to nobody",
}

VISIBILITY_HINTS: Mapping[Visibility, str] = {
    Visibility.EVERYONE: "Any computer nearby may ask; you decide.",
    Visibility.TRUSTED: "Only computers you trust find this one.",
    Visibility.NOBODY: "No computer finds this one. You can still connect to others.",
}

ACCEPT_PAIRED_HINT = "Only computers paired over Bluetooth, and only over a connection seen to be encrypted; otherwise you are asked."
NO_CHOICE = "{backend} chooses band and owner by itself here; this counts where Nearby Tray may control wpa_supplicant."
INTENTS: Mapping[int, str] = {0: "{n}: never own it", 7: "{n}: either way", 14: "{n}: own it, if I may", 15: "{n}: own it, or no link"}
