"""The report: what must not be in it is not, whatever the text around it; and the file is ours, new, and nobody else's to read."""

from __future__ import annotations

import ipaddress
import json
import os
import re
import stat
import string
import uuid
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from nearby_tray.core.checks import Finding, Fix, fail, ok, say
from nearby_tray.settings import Settings
from nearby_tray.system.doctor import redactor, report
from nearby_tray.system.doctor.machine import Machine
from nearby_tray.system.doctor.redactor import Redactor
from nearby_tray.system.doctor.report import Applet

# --- masking, by its properties ------------------------------------------------------------------------------------------------

# What may stand beside a secret: not what would make another number of it.
words = st.text(st.sampled_from(string.ascii_letters + " \n(){}[]<>'\",;=/|äß→"), max_size=12)
apart = st.sampled_from([" ", "\n", "(", ")", "'", '"', "=", "/", ", ", "→", "[", "]"])


def around(secrets: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[list[str], str]]:
    """Some secrets, and a text that has them."""

    @st.composite
    def made(draw: st.DrawFn) -> tuple[list[str], str]:
        found = draw(st.lists(secrets, min_size=1, max_size=4))
        text = draw(words)
        for secret in found:
            text += draw(apart) + secret + draw(apart) + draw(words)
        return found, text

    return made()


macs = st.binary(min_size=6, max_size=6).filter(any)


@st.composite
def spelled_macs(draw: st.DrawFn) -> str:
    separator = draw(st.sampled_from([":", "-", "_", ".", ""]))
    text = draw(macs).hex(separator) if separator else draw(macs).hex()
    return text.upper() if draw(st.booleans()) else text


addresses = st.ip_addresses().filter(lambda a: not (a.is_loopback or a.is_unspecified))


@st.composite
def spelled_addresses(draw: st.DrawFn) -> str:
    address = draw(addresses)
    if isinstance(address, ipaddress.IPv6Address) and draw(st.booleans()):
        return address.exploded.upper() if draw(st.booleans()) else address.exploded
    return str(address)


def bare(text: str) -> str:
    """Without masks and without what separates the parts of an address."""
    return re.sub(r"[:_.-]", "", re.sub(r"\[[a-z0-9 -]+ \d+\]", "§", text)).lower()


@given(around(spelled_macs()))
def test_no_hardware_address_is_left(example: tuple[list[str], str]) -> None:
    secrets, text = example
    masked = bare(Redactor().redact(text))
    for secret in secrets:
        assert re.sub("[:_.-]", "", secret).lower() not in masked


@given(around(spelled_addresses()))
def test_no_ip_address_is_left(example: tuple[list[str], str]) -> None:
    secrets, text = example
    masked = Redactor().redact(text)
    for secret in secrets:
        assert secret not in masked
        assert str(ipaddress.ip_address(secret)) not in masked


@given(around(st.binary(min_size=16, max_size=64).map(bytes.hex)))
def test_no_key_in_hexadecimal_is_left(example: tuple[list[str], str]) -> None:
    secrets, text = example
    masked = Redactor().redact(text)
    assert not any(secret in masked for secret in secrets)


@given(around(st.uuids().map(str)))
def test_no_uuid_is_left(example: tuple[list[str], str]) -> None:
    secrets, text = example
    masked = Redactor().redact(text)
    assert not any(secret in masked for secret in secrets)


@given(st.binary(min_size=16, max_size=64))
def test_no_key_in_base64_is_left(key: bytes) -> None:
    import base64

    assume(len(key) % 3)  # otherwise there is no "=" to know it by
    text = base64.b64encode(key).decode()
    assert text not in Redactor().redact(f"key = {text}\n")


name = st.text(st.characters(categories=("L", "Nd", "Zs", "Pd", "Po"), exclude_characters="[]\x85"), min_size=1, max_size=20).filter(
    lambda text: text.strip() and text.strip().lower() not in redactor._COMMON
)
# The masks' own words are not hidden: somebody called "host" is "[peer 1]" all the same.
MASKS = "mask uuid mac ipv4 ipv6 link-local private multicast key mail peer host user name home 0123456789"


@given(name, words, words, apart, apart, st.sampled_from([str, str.upper, str.lower, str.title]))
def test_no_known_name_is_left(secret: str, before: str, after: str, left: str, right: str, spelling: object) -> None:
    plain = redactor._plain(secret).strip()
    assume(plain and plain.lower() not in MASKS)
    shown = spelling(plain)  # type: ignore[operator]
    assume(len(shown) == len(plain) and shown.lower() == plain.lower())  # "ß" is "SS" in capitals: another word
    masked = Redactor({"peer": [secret]}).redact(f"{before}{left}{shown}{right}{after}")
    pattern = re.escape(plain) if len(plain) > 3 else rf"(?<![^\W_]){re.escape(plain)}(?![^\W_])"
    rest = re.sub(r"\[[a-z0-9 -]+ \d+\]", "\n", masked)
    assert not re.search(pattern, rest, re.IGNORECASE), masked
    assert "[peer 1]" in masked


lines = st.text(st.sampled_from(string.printable + "äß\u202e\x00é"), max_size=200)


@given(lines, st.lists(name, max_size=3))
def test_what_is_masked_stays_as_it_is(text: str, names: list[str]) -> None:
    redactor = Redactor({"peer": [each for each in names if each.strip().lower() not in MASKS]})
    once = redactor.redact(text)
    assert redactor.redact(once) == once


@given(st.lists(macs, min_size=2, max_size=5, unique=True))
def test_the_same_thing_has_the_same_mask_and_no_other_has_it(addresses: list[bytes]) -> None:
    redactor = Redactor()
    masks = [redactor.redact(address.hex(":")) for address in addresses]
    assert len(set(masks)) == len(addresses)
    assert [redactor.redact(address.hex("_").upper()) for address in addresses] == masks
    assert [redactor.redact(f"/peers/{address.hex()}")[7:] for address in addresses] == masks


@given(st.text(st.sampled_from(string.ascii_lowercase + " \n"), max_size=300))
def test_what_is_nobodys_business_but_the_helpers_stays(text: str) -> None:
    assume(not re.search("[a-f]{12}", text))
    assert Redactor().redact(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "NetworkManager 1.42.4, BlueZ 5.66, kernel 6.1.0-50-amd64, wpasupplicant 2:2.10-12+deb12u3",
        "2026-08-21 12:34:56,789 INFO nearby_tray.controller: Seeking → Asking on Answered",
        "/org/freedesktop/NetworkManager/ActiveConnection/12 127.0.0.1 ::1 0.0.0.0 00:00:00:00:00:00",
        "Wi-Fi Direct device p2p-dev-wlan0 (p2p-wlan0-0), state 120 → 30, reason 11 (supplicant-timeout)",
        "UDP port 47476, 5180 MHz, -67 dBm, 12.5 %, uid 1000, process 4711, 300.300.300.300",
        "https://github.com/benzea/gnome-network-displays/issues/64",
    ],
)
def test_what_helps_is_kept(text: str) -> None:
    assert Redactor({"user": ["anna"], "host": ["annas-laptop"]}).redact(text) == text


def test_the_mask_tells_what_kind_of_address_it_was() -> None:
    redactor = Redactor({"peer": ["Kitchen"], "user": ["al"]})
    text = "169.254.17.41 10.42.0.1 8.8.8.8 fe80::1%wlan0 fd00::1/64 2a00::7 x@example.org dev_AA_BB_CC_DD_EE_FF kitchen's al altogether"
    assert redactor.redact(text) == (
        "[link-local ipv4 1] [private ipv4 1] [ipv4 1] [link-local ipv6 1]%wlan0 [private ipv6 1]/64 [ipv6 1] [mail 1] dev_[mac 1] "
        "[peer 1]'s [user 1] altogether"
    )


# --- the report ----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/os-release").write_text('PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\n')
    (tmp_path / "etc/machine-info").write_text('PRETTY_HOSTNAME="The Red Machine"\n')
    environment = {"HOME": "/home/annabelle", "USER": "annabelle", "XDG_CURRENT_DESKTOP": "KDE"}
    return Machine(settings=Settings(name="Belle’s box", port=50000), root=tmp_path, environment=environment)


def remembered(folder: Path, *labels: str) -> None:
    folder.mkdir(parents=True, mode=0o700)
    seed = "c2VjcmV0LXNlZWQtc2VjcmV0LXNlZWQtc2VjcmV0LTEy"
    (folder / "trust.json").write_text(json.dumps({"version": 1, "identity": seed, "peers": [{"label": label} for label in labels]}))


def test_a_report_has_what_helps_and_names_nobody(machine: Machine, tmp_path: Path) -> None:
    remembered(tmp_path / "data/nearby-tray", "Kitchen-PC")
    findings = [
        Finding("wifi-radio", "Wi-Fi radio", ok(say("phy0: wlan0 (station)."))),
        Finding("vpn", "VPN", fail(say("Up: {names}.", names="wg-acme"), fix=Fix(say("Leave it."), "sudo ip link del wg-acme"))),
    ]
    machine.private.add("wg-acme")
    status = {
        "state": "idle",
        "code": "042 719",
        "peer": {"name": "Living Room"},
        "peers": [{"name": "Studio"}, "nonsense"],
        "members": [{"name": "Tim's phone", "address": "02:00:00:00:01:00"}],
        "link": {"method": "pbc", "pin": "12345670", "backend": "NetworkManager"},
        "pin": "12345670",
        "failure": {
            "reason": "not-formed",
            "detail": "state 120 with 02:00:00:00:01:00",
            "sentence": "Kitchen-PC said no",
        },
        "addresses": ["169.254.1.1"],
    }
    log = [
        "INFO nearby_tray.system.bluetooth.server: /org/bluez/hci0/dev_02_00_00_00_01_00 talks to us",
        "WARNING x: living room at 169.254.1.2, /home/annabelle/.config, studio, kitchen-pc, TIM'S PHONE",
        7,
    ]
    text = report.text(findings, machine, Applet.of(status, log))
    kept = ["nearby-tray 0.1.0", "Debian GNU/Linux 12", "XDG_CURRENT_DESKTOP KDE", "ok       wifi-radio", "PROBLEM  vpn", "port = 50000"]
    kept += [
        "name = chosen",
        "state = idle",
        "failure: reason = not-formed",
        "link: backend = NetworkManager",
        "the last 2 lines",
        "Leave it. sudo ip link del [interface 1]",
    ]
    for words in kept:
        assert words in text, words
    gone = [
        "Kitchen",
        "Living",
        "Studio",
        "annabelle",
        "Belle",
        "Red Machine",
        "wg-acme",
        "02:00",
        "02_00",
        "169.254",
        "042 719",
        "12345670",
        "Tim's",
    ]
    for words in gone:
        assert words.lower() not in text.lower(), words
    assert "c2VjcmV0" not in text, "nothing of the identity"
    assert text.count("[mac 1]") == 2, "one can follow who is who"
    assert os.uname().nodename.lower() not in text.lower()


def test_without_an_applet_it_says_so(machine: Machine) -> None:
    text = report.text([], machine, None)
    assert "no log" in text and "== Log" not in text


@pytest.mark.parametrize("status", [None, [], "x", {"peers": 3, "peer": [], "failure": "x", "radios": None}, {"peers": [{"name": 3}]}])
def test_an_applet_that_says_nonsense_is_survived(machine: Machine, status: object) -> None:
    report.text([], machine, Applet.of(status, status))


def test_a_long_log_is_cut(machine: Machine) -> None:
    applet = Applet(log=[f"line {n} " + "x" * 9000 for n in range(1000)])
    text = report.text([], machine, applet)
    assert len(text) < report.MOST_LINES * 2100 + 20_000
    assert "line 999" in text and "line 599" not in text


def test_the_remembered_are_read_and_nothing_is_made(machine: Machine, tmp_path: Path) -> None:
    assert redactor._remembered() == set()
    assert not (tmp_path / "data").exists()
    remembered(tmp_path / "data/nearby-tray", "Kitchen")
    assert redactor._remembered() == {"Kitchen"}
    (tmp_path / "data/nearby-tray/trust.json").write_text("[1]")
    assert redactor._remembered() == set()


# --- the file ------------------------------------------------------------------------------------------------------------------


def test_the_file_is_new_and_for_the_user_only(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        report.save(tmp_path / "r.txt", "a\udcff→")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "r.txt").stat().st_mode) == 0o600
    assert (tmp_path / "r.txt").read_text() == "a?→"


def test_nothing_is_ever_overwritten_or_followed(tmp_path: Path) -> None:
    (tmp_path / "r.txt").write_text("mine")
    (tmp_path / "l.txt").symlink_to(tmp_path / "elsewhere")
    for name in ("r.txt", "l.txt"):
        with pytest.raises(FileExistsError):
            report.save(tmp_path / name, "theirs")
    assert (tmp_path / "r.txt").read_text() == "mine" and not (tmp_path / "elsewhere").exists()
    with pytest.raises(FileNotFoundError):
        report.save(tmp_path / "none/r.txt", "x")


def test_what_could_not_be_written_wholly_is_not_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        report.save(tmp_path / "r.txt", "x")
    assert list(tmp_path.iterdir()) == []


def test_a_free_name_is_found(tmp_path: Path) -> None:
    paths = [report.save_new(str(uuid.uuid4()), tmp_path) for _ in range(3)]
    assert [path.name for path in paths] == ["nearby-tray-report.txt", "nearby-tray-report-2.txt", "nearby-tray-report-3.txt"]


def test_without_documents_it_is_in_the_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert report.save_new("x", tmp_path / "none") == tmp_path / "nearby-tray-report.txt"
