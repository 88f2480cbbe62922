"""What is seen is written by others: a value is one harmless line, and what is in it is never taken for more."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from nearby_tray.core.checks import Action, Finding, Fix, Status, as_json, fail, has_failed, ok, say, unknown, warn
from nearby_tray.core.names import harmless


@given(st.text(max_size=500))
def test_a_value_is_one_harmless_line(text: str) -> None:
    assert str(say("Seen: {what}.", what=text)) == f"Seen: {harmless(text)}."


def test_braces_in_a_value_are_only_braces() -> None:
    assert str(say("{a} and {b}", a="{b}", b="{a.__class__} %s")) == "{b} and {a.__class__} %s"
    assert str(say("no values {here}")) == "no values {here}"


def test_the_json_shape() -> None:
    findings = [
        Finding("a", "A", ok(say("One."), say("Two."))),
        Finding("b", "B", fail(say("Off."), fix=Fix(say("Switch it on:"), "rfkill unblock wifi", Action.WIFI_ON))),
        Finding("c", "C", warn(say("Old."), fix=Fix(say("Update it.")))),
        Finding("d", "D", unknown(say("Not seen."), fix=Fix(command="sudo nft list ruleset"))),
    ]
    assert json.loads(json.dumps(as_json(findings))) == {
        "checks": [
            {"name": "a", "status": "ok", "evidence": "One.\nTwo.", "fix": ""},
            {"name": "b", "status": "fail", "evidence": "Off.", "fix": "Switch it on: rfkill unblock wifi"},
            {"name": "c", "status": "warn", "evidence": "Old.", "fix": "Update it."},
            {"name": "d", "status": "unknown", "evidence": "Not seen.", "fix": "sudo nft list ruleset"},
        ]
    }
    assert has_failed(findings) and not has_failed([finding for finding in findings if finding.status is not Status.FAIL])
