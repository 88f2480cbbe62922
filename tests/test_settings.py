"""Any state of the file ends in usable settings, a sentence, and nothing lost."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nearby_tray import private_file
from nearby_tray import settings as kept
from nearby_tray.core.model import Visibility
from nearby_tray.settings import AutostartBy, LogLevel, Settings, changed, load, save

OTHER = Settings(
    name="Kitchen", visibility=Visibility.TRUSTED, visible_minutes=10, accept_paired=True, port=5000, adapter="hci1", notifications=False,
    autostart=True, autostart_by=AutostartBy.SERVICE, language="pt_BR", log_level=LogLevel.DEBUG,
)  # fmt: skip


BAD = {"language": "../../de", "log_level": "loud", "autostart_by": "cron"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "nearby-tray" / "settings.json"


def put(path: Path, data: bytes | str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)


def copies(path: Path) -> list[str]:
    return sorted(p.name for p in path.parent.iterdir() if p != path)


def test_what_was_saved_is_loaded(path: Path) -> None:
    assert load(path) == (Settings(), [])
    save(path, OTHER)
    assert load(path) == (OTHER, [])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert '\n  "port": 5000' in path.read_text()
    save(path, Settings())
    assert load(path) == (Settings(), []) and copies(path) == []


CAREFUL = Settings(visibility=Visibility.NOBODY, name="computer")


@pytest.mark.parametrize(
    "data",
    [
        b"", b" \n", b"\0" * 400, b"// mine\n{}", b"{",
        b"\xff\xfe\x00", b"[1]", b"null", b'{"port": 1e999}', b"[" * 5000, b'"\xed\xa0\x80"',
    ],
)  # fmt: skip
def test_a_damaged_file_gives_what_is_careful_and_is_kept(path: Path, data: bytes) -> None:
    put(path, data)
    settings, problems = load(path)
    assert settings == CAREFUL and problems
    assert path.read_bytes() == data, "reading changes nothing"
    save(path, OTHER)
    assert load(path) == (OTHER, [])
    assert (path.parent / "settings.json.bak").read_bytes() == data


def test_good_fields_are_kept_beside_bad_ones(path: Path) -> None:
    bad = {"port": 80, "visibility": "aliens", "adapter": "../x", "autostart": 1, "extra": [], **BAD}
    put(path, json.dumps({"version": 1, "name": "Den", **bad}))
    settings, problems = load(path)
    assert settings == Settings(name="Den", visibility=Visibility.NOBODY)
    assert len(problems) == len(bad)
    assert all(any(f"“{word}”" in p for p in problems) for word in bad)


def test_a_file_of_an_older_version_means_what_it_meant(path: Path) -> None:
    """Before there was a choice of what starts us at login: the entry."""
    put(path, json.dumps({"version": 1, "autostart": True, "name": "Den"}))
    settings, problems = load(path)
    assert (settings, problems) == (Settings(name="Den", autostart=True, autostart_by=AutostartBy.ENTRY), [])
    save(path, settings)
    assert copies(path) == []


@pytest.mark.parametrize("code", ["", "de", "pt_BR", "sr@latin", "zh-Hant-TW", "../x", "d", "de\n", "deutsch", "de_" + "x" * 9, "٤٤"])
def test_a_language_is_a_code(code: str) -> None:
    if code in ("", "de", "pt_BR", "zh-Hant-TW"):
        assert changed(Settings(), {"language": code}).language == code
    else:
        with pytest.raises(ValueError, match="a language’s code"):
            changed(Settings(), {"language": code})


@pytest.mark.parametrize(("name", "known"), [("log_level", "warning, info"), ("autostart_by", "entry, service"), ("band", "5")])
def test_what_may_be_chosen_is_said(name: str, known: str) -> None:
    with pytest.raises(ValueError, match=f"it is one of .*{known}"):
        changed(Settings(), {name: "nonsense"})


def test_a_newer_version_is_read_and_kept(path: Path) -> None:
    newer = json.dumps({"version": 2, "name": "Den", "colour": "blue"})
    put(path, newer)
    settings, problems = load(path)
    # Who may see us it may say in another way.
    assert settings == Settings(name="Den", visibility=Visibility.NOBODY) and "newer" in problems[0]
    save(path, settings)
    assert (path.parent / "settings.json.v2.bak").read_text() == newer
    assert load(path) == (settings, [])


def test_copies_are_bounded_and_the_newest_stay(path: Path) -> None:
    for n in range(private_file.COPIES + 3):
        put(path, f"damaged {n}")
        os.utime(path, (n, n))
        save(path, Settings())
    texts = {(path.parent / name).read_text() for name in copies(path)}
    assert texts == {f"damaged {n}" for n in range(3, private_file.COPIES + 3)}


def test_a_folder_in_the_place_of_the_file(path: Path) -> None:
    path.mkdir(parents=True)
    (path / "mine").write_text("precious")
    assert load(path)[0] == CAREFUL and "not a file" in load(path)[1][0]
    save(path, OTHER)
    assert load(path) == (OTHER, [])
    assert (path.parent / "settings.json.bak" / "mine").read_text() == "precious"


@pytest.mark.parametrize("what", ["the file", "its folder", "all folders", "a link to a link"])
def test_a_link_is_followed_and_kept(path: Path, tmp_path: Path, what: str) -> None:
    """As Stow and home-manager make them."""
    target = tmp_path / "dotfiles" / "nearby-tray" / "settings.json"
    save(target, OTHER)
    target.parent.chmod(0o755)
    match what:
        case "the file":
            path.parent.mkdir()
            path.symlink_to(target)
        case "its folder":
            path.parent.symlink_to(target.parent)
        case "all folders":
            path = tmp_path / "config" / "nearby-tray" / "settings.json"
            path.parent.parent.symlink_to(target.parent.parent)
        case _:
            path.parent.mkdir()
            (tmp_path / "between").symlink_to(target)
            path.symlink_to(tmp_path / "between")
    links = [part for part in (path, *path.parents) if part.is_symlink()]
    assert load(path) == (OTHER, []) and links
    new = changed(OTHER, {"port": 6000})
    save(path, new)
    assert load(path) == load(target) == (new, []) and all(link.is_symlink() for link in links)
    put(target, "damaged")
    save(path, OTHER)
    assert load(path) == (OTHER, []) and all(link.is_symlink() for link in links)
    assert (target.parent / "settings.json.bak").read_text() == "damaged"


def test_a_link_that_leads_to_nothing_is_no_first_start(path: Path, tmp_path: Path) -> None:
    """The disk with the dotfiles is not mounted: what is there is not known, and nothing is made in its place."""
    path.parent.mkdir()
    path.symlink_to(tmp_path / "usb" / "settings.json")
    assert load(path)[0] == CAREFUL and "not there" in load(path)[1][0]
    with pytest.raises(OSError, match="not there"):
        save(path, OTHER)
    assert path.is_symlink() and not (tmp_path / "usb").exists()
    (tmp_path / "usb").mkdir()  # now the file is only to be made
    assert load(path)[0] == CAREFUL
    save(path, OTHER)
    assert path.is_symlink() and load(path) == (OTHER, [])


def test_a_folder_that_leads_to_nothing_is_no_first_start(path: Path, tmp_path: Path) -> None:
    path.parent.symlink_to(tmp_path / "usb")
    assert load(path)[0] == CAREFUL and "not there" in load(path)[1][0]


def test_a_link_in_a_circle(path: Path) -> None:
    path.parent.mkdir()
    path.symlink_to(path)
    assert load(path)[0] == CAREFUL and "circle" in load(path)[1][0]
    with pytest.raises(OSError, match="circle"):
        save(path, OTHER)


NOBODY = Settings(visibility=Visibility.NOBODY, name="Me", accept_paired=False)


def test_a_file_saved_by_an_editor_of_windows_is_read(path: Path) -> None:
    save(path, NOBODY)
    put(path, b"\xef\xbb\xbf" + path.read_bytes())
    assert load(path) == (NOBODY, [])


def test_a_file_that_was_cut_lets_nobody_in(path: Path) -> None:
    save(path, NOBODY)
    whole = path.read_bytes()
    for length in range(len(whole.rstrip())):
        put(path, whole[:length])
        loaded, problems = load(path)
        assert loaded == CAREFUL and problems


@given(begin=st.integers(0, 600), length=st.integers(1, 600), byte=st.sampled_from([b"\0", b"\xff", b"\x1f"]))
def test_a_file_that_was_overwritten_lets_nobody_in(tmp_path_factory: pytest.TempPathFactory, begin: int, length: int, byte: bytes) -> None:
    path = tmp_path_factory.mktemp("any", numbered=True) / "settings.json"
    save(path, NOBODY)
    whole = path.read_bytes().rstrip()
    begin %= len(whole)
    put(path, whole[:begin] + byte * min(length, len(whole) - begin) + whole[begin + length :])
    loaded, problems = load(path)
    assert loaded == CAREFUL and problems


EVERYONE_SO_LONG = Settings(visible_minutes=10, visible_until=1e9, accept_paired=True)


@pytest.mark.parametrize("bad", [[], {}, "none", "x" * 99, -1, 1e40])
@pytest.mark.parametrize(
    ("name", "careful"),
    [
        ("visibility", (Visibility.NOBODY, 10, 1e9)),
        ("visible_minutes", (Visibility.TRUSTED, None, None)),
        ("visible_until", (Visibility.TRUSTED, None, None)),
        ("accept_paired", (Visibility.EVERYONE, 10, 1e9)),
    ],
)
def test_a_choice_that_cannot_be_read_lets_nobody_in(
    path: Path, name: str, careful: tuple[Visibility, int | None, float | None], bad: object
) -> None:
    save(path, EVERYONE_SO_LONG)
    put(path, json.dumps(json.loads(path.read_bytes()) | {name: bad}))
    loaded, problems = load(path)
    assert (loaded.visibility, loaded.visible_minutes, loaded.visible_until) == careful
    assert loaded.accept_paired is (name != "accept_paired") and problems


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to another user")
@pytest.mark.parametrize("depth", [0, 1, 2])
def test_nothing_of_root_is_left_in_the_home_of_another_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, depth: int) -> None:
    folders = [tmp_path / "alice", tmp_path / "alice" / ".config", tmp_path / "alice" / ".config" / "nearby-tray"][: depth + 1]
    for folder in folders:
        folder.mkdir()
        os.chown(folder, 12345, 12345)
    monkeypatch.setenv("HOME", str(folders[0]))
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    before = sorted(tmp_path.rglob("*"))
    assert private_file.foreign_home() == str(folders[-1])
    with pytest.raises(PermissionError, match="another user"):
        save(kept.settings_path(), OTHER)
    assert sorted(tmp_path.rglob("*")) == before
    os.chown(folders[0], 0, 0)
    for folder in folders[1:]:
        os.chown(folder, 0, 0)
    assert private_file.foreign_home() is None


def test_a_pipe_does_not_hold_us_up(path: Path) -> None:
    path.parent.mkdir()
    os.mkfifo(path)
    assert load(path)[0] == CAREFUL and "not a file" in load(path)[1][0]
    save(path, OTHER)
    assert load(path) == (OTHER, [])


def test_a_huge_file_is_not_read(path: Path) -> None:
    put(path, b" " * (kept.SIZE_LIMIT + 1))
    assert "larger than 64 KiB" in load(path)[1][0]
    save(path, OTHER)
    assert load(path) == (OTHER, []) and copies(path) == ["settings.json.bak"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to another user")
def test_the_file_of_another_user_is_not_used(path: Path) -> None:
    put(path, '{"port": 2000}')
    os.chown(path, 12345, 12345)
    assert load(path)[0] == CAREFUL and "another user" in load(path)[1][0]
    os.chown(path.parent, 12345, 12345)
    with pytest.raises(PermissionError, match="another user"):
        save(path, OTHER)
    assert path.read_text() == '{"port": 2000}'


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file_gives_the_defaults(path: Path) -> None:
    put(path, '{"port": 2000}')
    path.chmod(0)
    assert load(path)[0] == CAREFUL and load(path)[1]


def test_a_save_that_fails_leaves_the_old_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(path, OTHER)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        save(path, Settings())
    assert load(path) == (OTHER, []) and copies(path) == []


@given(
    st.binary(max_size=300)
    | st.dictionaries(
        st.sampled_from(list(kept._TYPES)) | st.text(max_size=5),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20), lambda x: st.lists(x, max_size=2), max_leaves=3
        ),
        max_size=6,
    ).map(lambda d: json.dumps(d).encode())
)
def test_any_bytes_end_in_usable_settings(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    folder = tmp_path_factory.mktemp("any", numbered=True)
    path = folder / "settings.json"
    path.write_bytes(data)
    settings, problems = load(path)
    assert 1 <= len(settings.shown_name.encode()) <= 32
    assert all(problem.isprintable() and len(problem) < 400 for problem in problems)
    save(path, settings)
    assert load(path) == (settings, [])
    assert bool(copies(path)) == bool(problems)


@pytest.mark.parametrize(
    ("name", "shown"),
    [("Kitchen", "Kitchen"), ("  a\n\tb ", "a b"), ("é" * 40, "é" * 16), ("a" * 31 + "é", "a" * 31), ("\u202egpj", "gpj")],
)
def test_the_shown_name_is_printable_and_fits(name: str, shown: str) -> None:
    assert Settings(name=name).shown_name == shown


def test_without_a_name_the_host_is_shown() -> None:
    assert Settings().shown_name and Settings(name="\x00\u200b").shown_name == Settings().shown_name


def test_changes_are_checked() -> None:
    new = changed(Settings(), {"port": 2000, "visibility": "nobody", "adapter": None})
    assert new == Settings(port=2000, visibility=Visibility.NOBODY)
    wrong: list[tuple[dict[str, object], str]] = [
        ({"port": 80}, "port"),
        ({"visibility": "all"}, "one of"),
        ({"colour": 1}, "no setting"),
        ({"version": 1}, "no set"),
    ]
    for change, word in wrong:
        with pytest.raises(ValueError, match=word):
            changed(Settings(), change)
