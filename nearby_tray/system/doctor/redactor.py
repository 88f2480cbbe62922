"""Masks what a report must not tell: addresses and keys, known by their shape, and names, which the caller gives.

The rule: within one report the same thing always gets the same mask, so that a reader can follow which machine is which.
"""

from __future__ import annotations

import ipaddress
import os
import pwd
import re
import unicodedata
from collections.abc import Iterable, Mapping
from contextlib import suppress

import msgspec

from ... import private_file
from ...settings import Settings
from .machine import Machine, assigned

_HEX = "[0-9A-Fa-f]"
# What is masked by its shape. An existing mask is matched first and stays.
_MASK = r"(?P<mask>\[[a-z0-9 -]{1,24} \d+\])"
_IPV6 = rf"(?P<ipv6>(?<![0-9A-Fa-f:.])(?:{_HEX}{{0,4}}:){{2,8}}(?:\d{{1,3}}(?:\.\d{{1,3}}){{3}}|{_HEX}{{0,4}})(?![0-9A-Fa-f:]))"
_OTHERS = (
    rf"(?P<uuid>{_HEX}{{8}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{12}})",
    # 6 bytes as they are written of addresses, also in a bus path: dev_AA_BB_CC_DD_EE_FF.
    rf"(?P<mac>{_HEX}{{2}}(?P<between>[:_.-]){_HEX}{{2}}(?:(?P=between){_HEX}{{2}}){{4}})",
    r"(?P<ipv4>(?<![0-9.])\d{1,3}(?:\.\d{1,3}){3}(?![0-9]|\.[0-9]))",
    rf"(?P<hex>(?<!{_HEX}){_HEX}{{12,}}(?!{_HEX}))",
    r"(?P<base64>(?<![A-Za-z0-9+/=_-])[A-Za-z0-9+/_-]{22,}={1,2}(?![A-Za-z0-9+/=_-]))",
    r"(?P<token>(?<![\w-])(?=[\w-]*\d)(?=[\w-]*[A-Z])(?=[\w-]*[a-z])[\w-]{40,}(?![\w-]))",
    r"(?P<mail>(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+)",
)
# Names that identify nobody.
_COMMON = {"root", "nobody", "localhost", "computer", "user"}


class Redactor:
    """Masks addresses, keys and known names. The same thing gets the same mask, "[mac 1]", as long as the redactor lives."""

    def __init__(self, names: Mapping[str, Iterable[str]] | None = None) -> None:
        """`names`: what kind of name ("peer", "host") → the names of that kind. They are matched whatever their case is, and within
        words unless they are so short that any text has them."""
        self._masks: dict[tuple[str, str], str] = {}
        self._counts: dict[str, int] = {}
        self._kinds: dict[str, str] = {}
        known: set[str] = set()
        for kind, listed in (names or {}).items():
            for name in filter(None, (_plain(name).strip() for name in listed)):
                if name.lower() not in _COMMON:
                    known.add(name)
                    self._kinds.setdefault(name.lower(), kind)
        longest_first = sorted(known, key=lambda name: (-len(name), name))
        words = [re.escape(name) if len(name) > 3 else rf"(?<![^\W_]){re.escape(name)}(?![^\W_])" for name in longest_first]
        named = [f"(?P<name>(?i:{'|'.join(words)}))"] if words else []
        self._every = re.compile("|".join((_MASK, *named, _IPV6, *_OTHERS)))
        self._but_ipv6 = re.compile("|".join((_MASK, *named, *_OTHERS)))

    def redact(self, text: str) -> str:
        """`text` with masks. What has been masked already stays as it is."""
        return self._every.sub(self._replace, _plain(text))

    def _replace(self, match: re.Match[str]) -> str:
        found = match.group()
        kind = next(kind for kind, group in match.groupdict().items() if group is not None)
        match kind:
            case "mask":
                return found
            case "name":
                return self._mask(self._kinds.get(found.lower(), "name"), found.lower())
            case "ipv6":
                # Times and hardware addresses have colons, too.
                return self._address(found) or self._but_ipv6.sub(self._replace, found)
            case "ipv4":
                return self._address(found) or found
            case "mac":
                return self._mac(re.sub("[^0-9a-f]", "", found.lower()))
            case "hex" if len(found) == 12:
                return self._mac(found.lower())
            case "hex" | "base64" | "token":
                return self._mask("key", found)
            case _:
                return self._mask(kind, found.lower())

    def _mac(self, digits: str) -> str:
        return "00:00:00:00:00:00" if not digits.strip("0") else self._mask("mac", digits)

    def _address(self, found: str) -> str:
        """The mask, saying what kind of address it is; nothing when it is none."""
        try:
            address = ipaddress.ip_address(found)
        except ValueError:
            return ""
        if address.is_loopback or address.is_unspecified:
            return found
        kinds = (("link-local", address.is_link_local), ("multicast", address.is_multicast), ("private", address.is_private))
        which = next((f"{kind} " for kind, true in kinds if true), "")
        return self._mask(f"{which}ipv{address.version}", str(address))

    def _mask(self, kind: str, value: str) -> str:
        mask = self._masks.get((kind, value))
        if mask is None:
            self._counts[kind] = self._counts.get(kind, 0) + 1
            mask = self._masks[kind, value] = f"[{kind} {self._counts[kind]}]"
        return mask


def _plain(text: str) -> str:
    """One spelling of each character, lines as they are, nothing else that drives a terminal or hides a letter between two others."""
    text = unicodedata.normalize("NFC", text)
    return "".join(c for c in text if c == "\n" or unicodedata.category(c)[0] != "C")


def names(settings: Settings, machine: Machine, peers: Iterable[str] = ()) -> dict[str, set[str]]:
    """The names that may be met: of the user, the computer, those remembered and those given, by kind."""
    user, host, home = set(), set(), set()
    with suppress(KeyError):
        entry = pwd.getpwuid(os.getuid())
        full = entry.pw_gecos.partition(",")[0]
        user |= {entry.pw_name, full, *(part for part in full.split() if len(part) > 2)}
        home.add(entry.pw_dir)
    user |= {machine.environment.get(key, "") for key in ("USER", "LOGNAME", "SUDO_USER")}
    home.add(machine.environment.get("HOME", ""))
    node = os.uname().nodename
    host |= {node, node.partition(".")[0], settings.name, settings.shown_name}
    host.add(assigned(machine.text("/etc/machine-info"), "PRETTY_HOSTNAME") or "")
    return {"home": home - {"/", "/root"}, "peer": {*_remembered(), *peers}, "user": user, "host": host, "interface": machine.private}


def _remembered() -> set[str]:
    """The labels in the file of remembered computers, and nothing else of it. The file is never made by asking."""
    try:
        raw = msgspec.json.decode(private_file.read(private_file.data_folder() / "trust.json", 1024 * 1024))
    except (OSError, ValueError, RecursionError):
        return set()
    rows = raw.get("peers") if isinstance(raw, dict) else None
    return {str(row["label"]) for row in rows if isinstance(row, dict) and "label" in row} if isinstance(rows, list) else set()
