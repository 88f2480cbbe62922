"""Shapes that names and addresses from the air must have, and how many of a kind are kept, whatever is made up there."""

from __future__ import annotations

import re

MAC = re.compile(r"[0-9a-f]{2}(:[0-9a-f]{2}){5}")
INTERFACE = re.compile(r"[^/\s]{1,15}")
MOST_PEERS = 200
MOST_ADDRESSES = 16  # of a group
