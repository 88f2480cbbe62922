"""What is printed for people: one thing a line, with names made harmless."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from ..core import pin as pins
from ..core.checks import Finding
from ..core.model import Health, LinkInfo, Member, Peer, Probe, Snapshot, Stage, Wish
from ..status import Status, StatusPeer
from ..ui.text import numbers, peers
from ..ui.text.doctor import finding_text, findings_summary, status_word
from ..ui.text.links import POWER_SAVE, PROBES, UNASKED, link_details, member_figures
from ..ui.text.names import clean, quoted
from ..ui.text.peers import KINDS
from ..ui.text.plain import NOT_VERIFIED
from ..ui.text.reasons import reason_text
from ..ui.text.requests import asker_words, compare_words, wish_words
from ..ui.text.states import GRADES, headline
from ..ui.text.translate import tr
from .exits import not_understood, one_line


def show(said: Any, as_json: bool, lines: Callable[[Any], list[str]]) -> None:
    """Print what the applet has answered, as JSON or as `lines`."""
    if as_json:
        print(json.dumps(said, indent=2))
        return
    try:
        printed = lines(said)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError):
        raise not_understood() from None
    for line in printed:
        print(line)


def status_lines(said: Status, autostart: object = None) -> list[str]:
    """A headline as the tray says it, then what is known, a line each. `autostart`: what the applet answers to `Autostart`."""
    shown = said.snapshot()
    rows = [("", problem) for problem in said.problems]
    rows += _trouble_rows(said)
    rows += _question_rows(said)
    rows += [("member", member_line(member)) for member in shown.members]
    if said.unasked:
        rows.append(("", UNASKED))
    if shown.link is not None:
        rows += _link_rows(shown, shown.link)
    if shown.health is not None:
        rows += _health_rows(shown.health)
    rows += [("found", peer_line(peer)) for peer in shown.peers]
    rows += [("missed", f"{quoted(missed.peer.name)}, {numbers.clock(missed.ago_s)} ago") for missed in said.missed]
    left = f", {numbers.clock(said.visible_for_s)} left" if said.visible_for_s is not None else ""
    rows.append(("visible to", f"{said.visibility.value}{left}"))
    if isinstance(autostart, dict):
        rows.append(("at login", autostart["sentence"] or "not started"))
    lines = [f"  {label:<16} {one_line(value)}" if label else f"  {one_line(value)}" for label, value in rows]
    return [one_line(headline(shown)), *lines]


_Rows = list[tuple[str, str]]


def _trouble_rows(said: Status) -> _Rows:
    """Why the last journey ended, what a program asks for, and why a radio cannot be used."""
    rows: _Rows = []
    failure, wish = said.failure, said.wish
    if failure is not None:
        rows.append(("", f"{failure.sentence} {failure.advice}"))
        if failure.detail:
            rows.append(("detail", failure.detail))
    if wish is not None:
        rows += [("", wish_line(wish.wish())), ("program", wish.asked_by.path)]
        rows.append(("", "Allow it with: nearby-tray accept; refuse it with: nearby-tray decline"))
    if said.asked_by is not None:
        rows.append(("", asker_words(said.snapshot())))
    radios = [
        (label, reason) for label, reason in (("Bluetooth", said.radios.bluetooth), ("Wi-Fi", said.radios.wifi)) if reason is not None
    ]
    off = said.state is Stage.IDLE and bool(radios)
    if off and failure is None:
        for label, reason in radios:
            words = reason_text(reason)
            rows.append((label, f"{words.sentence} {words.advice}"))
    if off or failure is not None:
        rows.append(("", "What is in the way: nearby-tray doctor"))
    return rows


def _question_rows(said: Status) -> _Rows:
    """What the user has to compare, to type or to show."""
    rows: _Rows = []
    if said.code and said.state in (Stage.ASKING, Stage.ASKED):
        rows.append(("code", said.code if said.needs_code else f"{said.code} (need not be compared: trusted)"))
        if said.may_match:
            rows.append(("", f"If the other screen shows it too: nearby-tray match {''.join(said.code.split())}"))
        if said.agreed_here and not said.agreed_there:
            rows.append(("", "The other side's answer is waited for."))
    if said.peer is not None and not said.verified:
        rows.append(("", NOT_VERIFIED))
    if said.state is Stage.ASKED and not said.verified:
        rows.append(("", compare_words(said.snapshot())))
    if said.pin is not None:
        rows.append(("PIN to type there", grouped(said.pin)))
    if said.state is Stage.ENTERING:
        rows.append(("", "Enter it with: nearby-tray pin"))
    return rows


def _link_rows(shown: Snapshot, link: LinkInfo) -> _Rows:
    rows = [("their addresses", ", ".join(link.peer))] if link.peer else []
    rows += [("our addresses", ", ".join(link.own)), ("interface", link.interface)]
    details = link_details(replace(link, interface=""), verified=shown.verified, hosting=shown.stage is Stage.HOSTING, probe=None)
    return rows + [(label.lower(), words) for label, words in details if words and label not in ("Interface", "Other side")]


def _health_rows(health: Health) -> _Rows:
    trip = f"{numbers.milliseconds(health.rtt_last)} (median {numbers.milliseconds(health.rtt_p50)}"
    rows = [
        ("round trip", f"{trip}, 95 % within {numbers.milliseconds(health.rtt_p95)})"),
        ("loss", numbers.share(health.loss)),
    ]
    if health.probe is not Probe.PINGS:
        rows.append(("measured with", PROBES[health.probe]))
    if health.signal is not None:
        rows.append(("signal", numbers.percent(health.signal)))
    if health.bytes_in is not None and health.bytes_out is not None:
        rows.append(("data", f"{numbers.size(health.bytes_in)} in, {numbers.size(health.bytes_out)} out"))
    if health.power_save:
        rows.append(("", POWER_SAVE))
    return rows


def wish_line(wish: Wish) -> str:
    """What a program asks for."""
    return one_line(wish_words(wish))


def member_line(member: Member) -> str:
    words = [clean(member.peer.name), tr(KINDS.get(member.peer.kind, KINDS["other"]))]
    if member.health is not None:
        words.append(tr(GRADES[member.health.grade]).lower())
    figures = member_figures(member.health)
    words.append(figures[:1].lower() + figures[1:])
    return one_line(", ".join([*words, *member.addresses]))


def peer_line(peer: Peer) -> str:
    return one_line(peers.peer_line(peer))


def doctor_lines(findings: Sequence[Finding]) -> list[str]:
    lines = []
    for finding in findings:
        lines.append(f"{status_word(finding.status):<9}{tr(finding.title)}")
        words, command = finding.verdict.fix.words, finding.verdict.fix.command
        under = [finding_text(sentence) for sentence in finding.verdict.evidence]
        under += [f"→ {finding_text(words)}"] if words is not None else []
        under += [f"  {command}"] if command else []
        lines += [" " * 9 + line for line in under]
    return [*lines, findings_summary(findings)]


def names(wanted: Sequence[StatusPeer], every: Sequence[StatusPeer]) -> list[str]:
    """What each of `wanted` may be called in a command: its name, or its id when `every` has the name twice, or it is no plain word."""
    known = [word.casefold() for peer in every for word in (peer.name, peer.id)]

    def called(peer: StatusPeer) -> str:
        plain = peer.name.isprintable() and peer.name == peer.name.strip() != "" and not peer.name.startswith("-")
        return peer.name if plain and known.count(peer.name.casefold()) == 1 else one_line(peer.id)

    return [called(peer) for peer in wanted]


def who(said: Status) -> str:
    """The other machine's name, in a sentence."""
    return quoted(said.peer.name) if said.peer is not None else "the other machine"


def why(said: Status) -> str:
    return one_line(f"{said.failure.sentence} {said.failure.advice}") if said.failure is not None else ""


def grouped(pin: str) -> str:
    return pins.grouped(one_line(pin))


def code_words(said: Status) -> str:
    if not said.verified:
        return "Nothing proves who it is."
    if not said.needs_code:
        return "You trust it, so there is no code to compare."
    return f"Both screens must show the code {one_line(said.code)}."


def match_words(said: Status) -> str:
    return f"You ask {who(said)}. {code_words(said)} Do they match?"


def plain(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else one_line(value)
