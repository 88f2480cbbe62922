"""One word for one thing, in every identifier of the package: what the table calls wrong is written nowhere."""

from __future__ import annotations

import io
import re
import tokenize
from pathlib import Path

import nearby_tray

# A word that no identifier has, and the one to write instead.
WRONG = {
    "stranger": "plain peer (does not run Nearby Tray), unknown caller (is not trusted)",
    "strangers": "plain peers, unknown callers",
    "strange": "plain, unknown",
    "petition": "a request on Wi-Fi",
    "petitioned": "asked on Wi-Fi",
    "pairing": "a group is formed; a bond is what Bluetooth has",
    "whom": "the name of the thing",
    "somebody": "the name of the thing",
}
# To come, room by room, where such identifiers still are: "ours" (own), "theirs" (peer), "foreign" (plain for a peer, other for a group).


def words(name: str) -> list[str]:
    """`PlainPeer`, `plain_peer` and `PLAIN_PEER` are the same two words."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().split("_")


def test_each_thing_has_one_word() -> None:
    found = set()
    for file in sorted(Path(nearby_tray.__file__).parent.rglob("*.py")):
        for token in tokenize.generate_tokens(io.StringIO(file.read_text()).readline):
            if token.type == tokenize.NAME:
                found |= {f"{file.name}:{token.start[0]}: {token.string}: {WRONG[word]}" for word in words(token.string) if word in WRONG}
    assert not found, "\n".join(sorted(found))
