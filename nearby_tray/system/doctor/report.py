"""The support report: one text file for those who help, without what is nobody else's business.

The rule: everything in it has passed the `Redactor`, last of all and as a whole. Addresses and keys are known by their shape, names
because they are given; each is replaced by a word that stays the same within one report, so that one can still follow who is who. The
file is made new, for the user's eyes only, and never takes the place of another.
"""

from __future__ import annotations

import ipaddress
import os
import platform
import pwd
import re
import sys
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import msgspec
from platformdirs import user_documents_path

from ... import __version__, private_file
from ...core.checks import Finding, Status
from ...settings import Settings
from .machine import Machine

MOST_LINES = 400  # of the log
_LONGEST_LINE = 2000
_PACKAGES = ("PySide6-Essentials", "qasync", "dbus-next", "bleak", "dbus-fast", "cryptography", "msgspec", "platformdirs")
_STATE = ("state", "attempt", "purpose", "restoring_because", "visibility", "listening", "interface")  # of the status
_INSIDE = {
    "radios": ("bluetooth", "wifi"),
    "abilities": ("backend", "pin", "intent", "frequency", "host", "hears", "persistent"),
    "failure": ("stage", "reason", "detail"),
    "link": ("method", "backend", "owner", "frequency_mhz", "width_mhz"),
}
_ENVIRONMENT = ("XDG_CURRENT_DESKTOP", "XDG_SESSION_TYPE", "QT_QPA_PLATFORM", "QT_QPA_PLATFORMTHEME", "LANG")


# --- masking -------------------------------------------------------------------------------------------------------------------

_HEX = "[0-9A-Fa-f]"
# What is masked by its shape. A mask itself comes first: it is left alone.
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
# Names that tell nothing of anybody.
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
    for line in (machine.text("/etc/machine-info") or "").splitlines():
        key, equals, value = line.partition("=")
        if equals and key == "PRETTY_HOSTNAME":
            host.add(value.strip("\"'"))
    return {"home": home - {"/", "/root"}, "peer": {*_remembered(), *peers}, "user": user, "host": host, "interface": machine.private}


def _remembered() -> set[str]:
    """The labels in the file of remembered computers, and nothing else of it. The file is never made by asking."""
    try:
        raw = msgspec.json.decode(private_file.read(private_file.data_folder() / "trust.json", 1024 * 1024))
    except (OSError, ValueError, RecursionError):
        return set()
    rows = raw.get("peers") if isinstance(raw, dict) else None
    return {str(row["label"]) for row in rows if isinstance(row, dict) and "label" in row} if isinstance(rows, list) else set()


# --- the text ------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Applet:
    """What a running applet adds. `state`: lines of what it is doing; `log`: its last lines; `peers`: names that it knows of."""

    state: Sequence[str] = ()
    log: Sequence[str] = ()
    peers: Sequence[str] = ()

    @classmethod
    def of(cls, status: object, log: object) -> Applet:
        """From the status and the log as they come over the session bus; what is not as it should be is left out."""
        facts = status if isinstance(status, dict) else {}
        state = [f"{key} = {facts[key]}" for key in _STATE if isinstance(facts.get(key), str | int | bool)]
        for key, wanted in _INSIDE.items():
            inside = facts.get(key)
            if isinstance(inside, dict):
                state += [f"{key}: {name} = {inside[name]}" for name in wanted if isinstance(inside.get(name), str | int | bool)]
        every = [facts.get("peer")]
        for key in ("peers", "members"):
            rows = facts.get(key)
            every += rows if isinstance(rows, list) else []
        lines = [line for line in log if isinstance(line, str)] if isinstance(log, list | tuple) else []
        return cls(state, lines, [str(peer["name"]) for peer in every if isinstance(peer, dict) and "name" in peer])


def text(findings: Sequence[Finding], machine: Machine, applet: Applet | None) -> str:
    """The whole report, masked. `applet` is `None` when none runs."""
    parts = [
        "Nearby Tray: report for support",
        "Names, addresses and keys are masked; the same mask is the same thing. Read it before you pass it on.",
        "",
        "== Versions",
        *_versions(machine),
        "",
        "== Checks",
    ]
    for finding in findings:
        parts.append(f"{_WORDS[finding.status]:<8} {finding.name}")
        parts += [f"         {sentence}" for sentence in finding.verdict.evidence]
        if str(finding.verdict.fix):
            parts.append(f"         → {finding.verdict.fix}")
    chosen = {name: value for name, value in msgspec.to_builtins(machine.settings).items() if name != "name"}
    parts += ["", "== Settings", *(f"{name} = {value}" for name, value in chosen.items())]
    parts.append(f"name = {'chosen' if machine.settings.name else 'that of the computer'}")
    if applet is None:
        parts += ["", "No Nearby Tray is running, so there is no log."]
    else:
        lines = [line[:_LONGEST_LINE] for line in applet.log[-MOST_LINES:]]
        parts += ["", "== State", *applet.state, "", f"== Log (the last {len(lines)} lines)", *lines]
    redactor = Redactor(names(machine.settings, machine, applet.peers if applet is not None else ()))
    return redactor.redact("\n".join(parts)) + "\n"


_WORDS = {Status.OK: "ok", Status.WARN: "WARNING", Status.FAIL: "PROBLEM", Status.UNKNOWN: "unknown"}


def _versions(machine: Machine) -> list[str]:
    found = [f"nearby-tray {__version__}", f"Python {platform.python_version()}"]
    for package in _PACKAGES:
        with suppress(PackageNotFoundError):
            found.append(f"{package} {version(package)}")
    facts = machine.distribution
    found += [f"kernel {machine.kernel} {platform.machine()}", f"system {facts.get('PRETTY_NAME') or facts.get('ID') or 'not named'}"]
    found += [f"{key} {machine.environment[key]}" for key in _ENVIRONMENT if machine.environment.get(key)]
    found.append("root" if os.geteuid() == 0 else "an ordinary user")
    found.append(f"in a virtual environment: {'yes' if sys.prefix != sys.base_prefix else 'no'}")
    return found


# --- the file ------------------------------------------------------------------------------------------------------------------


def save(path: Path, content: str) -> None:
    """Make the file, see `private_file.create`."""
    private_file.create(path, content.encode(errors="replace"))


def save_new(content: str, folder: Path | None = None) -> Path:
    """Make a file of a free name in the user's documents (their home where there are none) and say which. Raises `OSError`."""
    where = folder or user_documents_path()
    if not where.is_dir():
        where = Path.home()
    for number in range(1, 100):
        path = where / f"nearby-tray-report{f'-{number}' if number > 1 else ''}.txt"
        with suppress(FileExistsError):
            save(path, content)
            return path
    raise FileExistsError(17, "there are a hundred reports already", str(where))
