"""Every sentence of the windows can be translated and is: what is asked for is in the catalogue, each language is whole, and it fits."""

from __future__ import annotations

import ast
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from desktop import translations
from nearby_tray.core.model import Failure, Reason, Stage, Visibility
from nearby_tray.ui import language
from nearby_tray.ui.menu import Entry, plan
from nearby_tray.ui.parts.digits import Code, PinField
from nearby_tray.ui.parts.elided import Elided
from nearby_tray.ui.parts.peer_row import PeerRow
from nearby_tray.ui.text import numbers
from nearby_tray.ui.text.choices import VISIBILITIES
from nearby_tray.ui.text.notices import (
    entry_notice,
    failed_notice,
    group_notice,
    linked_notice,
    request_notice,
    restored_notice,
    restoring_notice,
)
from nearby_tray.ui.text.reasons import DURING, REASONS
from nearby_tray.ui.text.states import headline, state_line, tooltip
from nearby_tray.ui.text.translate import bind, in_english, is_from_right

from .scenes import ANNA, SCENES, idle
from .test_accessibility import menu_keys, mnemonics, out_of_order, twice, walked
from .views import longer, stays_cut, views

ROOT = Path(__file__).parents[2]
CATALOGUE = frozenset(translations.sentences())
LANGUAGES = tuple(code for code, _ in language.available() if code != "en")


@pytest.fixture
def english(qapp: QApplication) -> Iterator[QApplication]:
    """Whatever is spoken in the test, English is afterwards."""
    yield qapp
    language.install(qapp, "en")
    bind(str)


def entries(planned: tuple[Entry, ...]) -> Iterator[str]:
    for entry in planned:
        yield entry.words
        yield from entries(entry.entries)


def notices() -> Iterator[tuple[str, str]]:
    """Everything that a notification can say."""
    for name, snapshot in SCENES.items():
        yield request_notice(snapshot)
        yield linked_notice(snapshot)
        yield restoring_notice(snapshot)
        yield restored_notice(snapshot)
        yield entry_notice(snapshot)
        if snapshot.failure is not None:
            yield failed_notice(snapshot)
        for before in SCENES.values() if name.startswith("hosting") else ():
            yield group_notice(before, snapshot) or ("", "")
    for reason in Reason:
        for stage in Stage:
            yield failed_notice(idle(failure=Failure(stage, reason)))
            yield failed_notice(idle(failure=Failure(stage, reason), peer=ANNA))


def said(window: QWidget) -> Iterator[str]:
    """What can be read, or heard, in a window, except what somebody typed or is called."""
    yield window.windowTitle()
    for each in (window, *window.findChildren(QWidget)):
        if not each.isVisible():
            continue
        if isinstance(each, QLabel | QAbstractButton) and not isinstance(each, Elided):
            yield each.text()
        if isinstance(each, QComboBox):
            yield from (each.itemText(k) for k in range(each.count()))
        if isinstance(each, QLineEdit):
            yield each.placeholderText()
        yield each.toolTip()
        if not isinstance(each, Elided):
            yield each.accessibleName()
        yield each.accessibleDescription()


# What stands in a window and is nobody's language: names, numbers, addresses, commands, times.
OTHERS = re.compile(
    r"Nearby Tray|[Bb]en's laptop|Anna's ThinkPad|studio( <b>)?|<b>other</b>|[\d\s:./%–·,…-]+|hci\d(: (built in|dongle))?|p2p-wlan0-\d"
    r"|[0-9a-f:.]+(%p2p-wlan0-\d)?|a-very-long-computer-name-\d+|Pixel 9|\[TV\] Living room|Galaxy Tab|GVU6C|QE55|x+…?|wpa_supplicant"
    r"|(nmcli|bluetoothctl|sudo|nearby-tray) .*|supplicant-timeout|state 120, reason 11|NetworkManager|phy0|wlan0|station|public"
    r"|nearby-tray|/home/ben/Documents/nearby-tray-report.txt|Files|/usr/bin/nautilus --gapplication-service"
    r"|~/.config/systemd/user/it.service|English|Deutsch|العربية"
)


def test_every_word_that_is_shown_was_translated(bot: QtBot, english: QApplication) -> None:
    """A translation that marks what went through it: whatever is left of a text without its marks is not for translators."""
    asked: set[str] = set()

    def mark(sentence: str) -> str:
        asked.add(sentence)
        return "".join(part if part.startswith("{") else f"\ue000{part}\ue001" for part in re.split(r"({\w+})", sentence) if part)

    bind(mark)
    found: dict[str, str] = {}
    for name, window in views():
        for words in said(window):
            found.setdefault(words, name)
    for name, snapshot in SCENES.items():
        for words in (tooltip(snapshot), headline(snapshot), state_line(snapshot), *entries(plan(snapshot))):
            found.setdefault(words, name)
    for title, body in notices():
        found.setdefault(title, "notice")
        found.setdefault(body, "notice")
    wrong = []
    for words, where in found.items():
        bare = re.sub("\ue000[^\ue000\ue001]*\ue001", "\n", words.replace("&", ""))
        left = [part.strip(" .:;·") for part in re.split(r" · |[\n()\ue000\ue001]", bare)]
        wrong += [f"{where}: {words!r}: {part!r}" for part in left if part and not OTHERS.fullmatch(part)]
    assert not wrong, "\n".join(wrong)
    assert asked <= CATALOGUE, f"not found in the source by desktop/translations.py: {asked - CATALOGUE}"
    assert len(asked) > 350


def test_every_sentence_of_the_tables_is_in_the_catalogue() -> None:
    reached = {REASONS[reason].advice for reason in Reason} | set(DURING.values()) | {VISIBILITIES[v] for v in Visibility}
    assert reached <= CATALOGUE


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_language_is_whole(code: str) -> None:
    ts = translations.FOLDER / f"nearby-tray_{code}.ts"
    known = translations.translations(ts)
    assert not CATALOGUE - known.keys(), "new sentences: run desktop/translations.py, then translate them"
    assert not known.keys() - CATALOGUE, "sentences that are gone: run desktop/translations.py"
    assert not [english for english, other in known.items() if not other]
    for english, other in known.items():
        for pattern in (r"{\w+}", r"\n"):
            assert sorted(re.findall(pattern, english)) == sorted(re.findall(pattern, other)), english
        assert english.count("&") == other.count("&"), english
        if english[-1] in ".:?" and len(english) > 1:
            assert other[-1] in ".:?؟", english
        assert (english[-1] == "…") == (other[-1] == "…"), english
    assert translations.same_words(ts.with_suffix(".qm"), ts), "run desktop/translations.py"


def test_a_sentence_from_the_right_begins_there() -> None:
    """Qt lays a text out by its first letter: where that is a Latin one, or comes from elsewhere, a mark says how the line runs."""
    for code in language.FROM_RIGHT & set(LANGUAGES):
        for english, other in translations.translations(translations.FOLDER / f"nearby-tray_{code}.ts").items():
            bare = re.sub(r"{\w+}", "", other)
            letters = [kind for kind in map(unicodedata.bidirectional, bare) if kind in ("L", "R", "AL")]
            if letters and ({"R", "AL"} & set(letters) or "{" in other):
                assert letters[0] != "L", english


@pytest.mark.parametrize("code", ["en", "long", *LANGUAGES])
def test_nothing_is_cut_and_no_two_keys_are_the_same(bot: QtBot, english: QApplication, code: str) -> None:
    if code == "long":
        bind(longer)
    else:
        language.install(english, code)
    wrong: list[str] = []
    for name, window in views():
        wrong += [f"{name}: {words}" for words in stays_cut(window)]
        wrong += [f"{name}: Alt+{key} is there twice" for key in twice(mnemonics(window))]
        if english.isRightToLeft():
            wrong += [f"{name}: {words}" for words in out_of_order([each for each in walked(window) if each is not window])]
    for name, snapshot in SCENES.items():
        wrong += [f"menu of {name}: {key} is there twice" for keys in menu_keys(plan(snapshot)) for key in twice(keys)]
    assert not wrong, "\n".join(wrong)


def test_values_keep_their_direction_among_words_from_the_right(english: QApplication) -> None:
    assert language.install(english, "ar")
    assert english.layoutDirection() == Qt.LayoutDirection.RightToLeft
    title, body = request_notice(SCENES["asked"])
    assert "\u2068042\u00a0719\u2069" in body and "\u2068Anna's ThinkPad\u2069" in title
    assert "\u2068169.254.17.42\u2069" in linked_notice(SCENES["linked-good"])[1]
    assert is_from_right(tooltip(SCENES["idle"]).partition(": ")[2])
    language.install(english, "de")
    assert english.layoutDirection() == Qt.LayoutDirection.LeftToRight
    assert "\u2068" not in "".join(request_notice(SCENES["asked"]))
    assert [numbers.milliseconds(4.21), numbers.size(4820), numbers.share(0.004)] == ["4,2 ms", "4,8 kB", "0,4 %"]


def test_the_command_line_and_the_report_stay_english(english: QApplication) -> None:
    language.install(english, "de")
    with in_english():
        assert headline(SCENES["idle"]) == "Ready"
    assert headline(SCENES["idle"]) == "Bereit"


@pytest.mark.parametrize(
    ("environment", "code"),
    [
        ({}, "en"),
        ({"LANG": "C.UTF-8", "LANGUAGE": "de"}, "en"),
        ({"LANG": "de_AT.UTF-8"}, "de"),
        ({"LANG": "de_DE.UTF-8", "LC_ALL": "ar_EG"}, "ar"),
        ({"LANG": "fr_FR.UTF-8", "LANGUAGE": "fr:ar:de"}, "ar"),
        ({"LANG": "xx_XX"}, "en"),
        ({"LANG": "../../etc/passwd"}, "en"),
    ],
)
def test_the_system_says_which(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], code: str) -> None:
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert language.system() == code


def test_a_language_that_is_not_there_is_english(english: QApplication) -> None:
    language.install(english, "de")
    assert language.install(english, "../nearby-tray_ar") and language.current() == "en"
    assert not language.install(english, "en")
    assert headline(SCENES["idle"]) == "Ready"


def outside(tree: ast.Module) -> Iterator[ast.Constant]:
    """Literals that stand where a user would see them, and in no call of `tr`.

    The arguments of whatever makes or changes a text, and what is put together with others (f-strings) there.
    """
    shown = re.compile(
        r"label|button|tool|setText|setWindowTitle|setToolTip|setAccessibleName|setAccessibleDescription|setPlaceholderText|addItem|Said|Entry"
        r"|QLabel|QPushButton|QCheckBox|QAction|QMessageBox|drawText|draw_line|show_step|show_peer|_say|_tell|_section|_field|notify"
    )
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        name = call.func.id if isinstance(call.func, ast.Name) else call.func.attr if isinstance(call.func, ast.Attribute) else ""
        if not shown.fullmatch(name):
            continue
        words = {"label": 1, "button": 1, "Entry": 1, "addItem": 1, "Said": 3, "tool": 0, "notify": 0}.get(name, len(call.args))
        places = call.args[1:2] if name == "tool" else call.args[1:3] if name == "notify" else call.args[:words]
        for place in places:
            yield from literals(place)


def literals(node: ast.AST) -> Iterator[ast.Constant]:
    """Those in an expression, except what goes through `tr` or is the argument of another function."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.search(r"[A-Za-z]{2}", node.value):
        yield node
    elif isinstance(node, ast.IfExp | ast.BinOp | ast.BoolOp | ast.JoinedStr | ast.Tuple | ast.List):
        for child in ast.iter_child_nodes(node):
            if not (isinstance(node, ast.IfExp) and child is node.test):
                yield from literals(child)


NAMES = {"Nearby Tray", "dim", "bad", "fair", "title", "error", "command", "pending", "going", "done", "link"}


@pytest.mark.parametrize("module", sorted((ROOT / "nearby_tray" / "ui").rglob("*.py")), ids=lambda path: path.stem)
def test_no_sentence_goes_round_the_translation(module: Path) -> None:
    if module.parent.name == "text":
        return  # its tables are sentences: see above
    tree = ast.parse(module.read_text(encoding="utf-8"))
    assert not [(each.lineno, each.value) for each in outside(tree) if each.value not in NAMES]


def test_what_goes_round_the_translation_is_seen() -> None:
    source = """
label("Some words")
self.x.setToolTip(f"Copy {y}" if y else "")
button(tr("&Good"), act)
window.setWindowTitle("A" + " title")
"""
    assert [each.value for each in outside(ast.parse(source))] == ["Some words", "Copy ", " title"]


def test_words_of_the_doctor_are_sentences_with_their_values_apart() -> None:
    """No f-string in `say`: it could not be found in a catalogue."""
    for file in (ROOT / "nearby_tray" / "system" / "doctor").glob("*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            if isinstance(call.func, ast.Name) and call.func.id in ("say", "Sentence") and call.args:
                found = call.args[0]
                assert isinstance(found, ast.Constant | ast.IfExp), f"{file.name}:{call.lineno}"


def test_a_code_looks_the_same_in_every_language(bot: QtBot, english: QApplication) -> None:
    """Among words from the right its groups would change places, and two people would not find theirs the same."""
    pictures = []
    for code in ("en", "ar"):
        language.install(english, code)
        shown = Code()
        bot.addWidget(shown)
        shown.resize(300, 60)
        shown.show_code("042 719")
        pictures.append(shown.grab().toImage())
        field = PinField()
        bot.addWidget(field)
        assert field.edit.layoutDirection() == Qt.LayoutDirection.LeftToRight
    assert pictures[0] == pictures[1]


def test_a_row_of_the_list_is_turned_round(bot: QtBot, english: QApplication) -> None:
    """What is drawn by hand: the kind at the side where reading begins, the bars at the other."""

    def ink(row: PeerRow, left: int, right: int) -> int:
        image = row.grab().toImage()
        ground = image.pixel(3, 3)
        return sum(image.pixel(x, y) != ground for x in range(left, right) for y in range(6, image.height() - 6))

    for code in ("en", "ar"):
        language.install(english, code)
        row = PeerRow(replace(ANNA, kind="phone", name="i"))
        bot.addWidget(row)
        row.resize(600, 52)
        middle = ink(row, 250, 350)
        begin, end = ink(row, 0, 120), ink(row, 480, 600)
        assert begin and end and not middle
        assert (begin > end) == (code == "en")
