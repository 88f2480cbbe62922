"""Profiles are made for an ordinary user, whoever runs the tests."""

from __future__ import annotations

import pytest

from nearby_tray.system.wifi import profile


@pytest.fixture(autouse=True)
def ordinary_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(profile, "login_name", lambda: "alice")
