"""The sentences of the windows, found in the source, and their translations: Qt's .ts files, which Qt Linguist edits, and the .qm of them.

    python desktop/translations.py         bring every .ts up to date, compile it, and name what waits for a translation (exit status 1)

A sentence is what stands in a call of `tr` (ui/) or `say` (what the doctor saw, what starts it at login), the title of a check, or a table
of `TABLES`. Qt's own lupdate finds the first only: sentences here are data. `desktop/generate.py` runs this, too. A new language begins as
a copy of an existing .ts with its translations emptied, and its name in nearby_tray/ui/language.py.
"""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree
from xml.sax.saxutils import escape

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
FOLDER = ROOT / "resources" / "translations"
CONTEXT = "nearby_tray"  # as in nearby_tray/ui/language.py
SOURCES = (
    "nearby_tray/ui/**/*.py",
    "nearby_tray/app.py",
    "nearby_tray/demo.py",
    "nearby_tray/core/checks.py",
    "nearby_tray/system/autostart.py",
    "nearby_tray/system/doctor/*.py",
    "nearby_tray/system/notifications.py",
)
TABLES = ("nearby_tray/ui/text/", "nearby_tray/ui/settings/")  # where constants are sentences
COMMENTS = {".": "between the whole and the part of a number", ", ": "between the words of a list"}


def sentences() -> dict[str, list[str]]:
    """Each sentence in English, with the files that it is in, in the order of the source."""
    found: dict[str, list[str]] = {}
    for pattern in SOURCES:
        for path in sorted(ROOT.glob(pattern)):
            name = str(path.relative_to(ROOT))
            tree = ast.parse(path.read_text(encoding="utf-8"))
            for words in (*_tables(tree, name), *_calls(tree)):
                files = found.setdefault(words, [])
                if name not in files:
                    files.append(name)
    return found


def _tables(tree: ast.Module, name: str) -> Iterator[str]:
    for statement in tree.body if name.startswith(TABLES) else ():
        target = statement.targets[0] if isinstance(statement, ast.Assign) else getattr(statement, "target", None)
        value = getattr(statement, "value", None)
        if isinstance(target, ast.Name) and target.id.isupper() and target.id != "_NO_MARKUP" and value is not None:
            yield from _literals(value)


def _calls(tree: ast.Module) -> Iterator[str]:
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args]
    for call in sorted(calls, key=lambda call: (call.lineno, call.col_offset)):
        name = call.func.id if isinstance(call.func, ast.Name) else call.func.attr if isinstance(call.func, ast.Attribute) else ""
        if name == "tr" or (name == "say" and isinstance(call.func, ast.Name)):
            yield from _literals(call.args[0])
        elif name == "Check" and len(call.args) > 1:
            yield from _literals(call.args[1])


def _literals(node: ast.expr) -> Iterator[str]:
    """What the expression may be, as far as that is written there."""
    match node:
        case ast.Constant(value=str(words)):
            yield words
        case ast.IfExp():
            yield from _literals(node.body)
            yield from _literals(node.orelse)
        case ast.Dict():
            for value in node.values:
                yield from _literals(value)
        case ast.Call():
            for argument in node.args:
                yield from _literals(argument)
        case ast.Tuple() | ast.List():
            for value in node.elts:
                yield from _literals(value)


def translations(ts: Path) -> dict[str, str]:
    """English and what it is in that language; empty where it is not yet."""
    found = {}
    for message in ElementTree.parse(ts).iter("message"):
        translation = message.find("translation")
        done = translation is not None and translation.get("type") is None
        found[message.findtext("source", "")] = (translation.text or "") if done and translation is not None else ""
    return found


def updated(ts: Path) -> str:
    """The file with the sentences that there are now: new ones wait for their translation, those that are gone go."""
    known = translations(ts)
    language = ElementTree.parse(ts).getroot().get("language", "")
    lines = ['<?xml version="1.0" encoding="utf-8"?>', "<!DOCTYPE TS>", f'<TS version="2.1" language="{language}" sourcelanguage="en">']
    lines += ["<context>", f"    <name>{CONTEXT}</name>"]
    for english, files in sentences().items():
        lines += ["    <message>", *(f'        <location filename="../../{name}"/>' for name in files)]
        lines.append(f"        <source>{escape(english)}</source>")
        if english in COMMENTS:
            lines.append(f"        <extracomment>{COMMENTS[english]}</extracomment>")
        other = known.get(english, "")
        lines.append(
            f"        <translation>{escape(other)}</translation>" if other else '        <translation type="unfinished"></translation>'
        )
        lines.append("    </message>")
    return "\n".join([*lines, "</context>", "</TS>", ""])


def compiled(ts: Path) -> bytes:
    """The .qm, by the lrelease that comes with PySide6, or the system's."""
    import PySide6

    bundled = Path(PySide6.__file__).parent / "lrelease"
    program = str(bundled) if bundled.exists() else shutil.which("lrelease") or shutil.which("lrelease6")
    if program is None:
        sys.exit("There is no lrelease: it comes with PySide6-Essentials from PyPI, or with Qt's tools.")
    with tempfile.TemporaryDirectory() as folder:
        qm = Path(folder) / "made.qm"
        subprocess.run([program, "-silent", str(ts), "-qm", str(qm)], check=True, timeout=60)
        return qm.read_bytes()


def same_words(qm: Path, ts: Path) -> bool:
    """Whether the .qm says what the .ts says: its bytes are for each version of lrelease to choose."""
    from PySide6.QtCore import QTranslator

    made = QTranslator()
    wanted = translations(ts)
    return qm.is_file() and made.load(str(qm)) and all((made.translate(CONTEXT, en) or "") == other for en, other in wanted.items())


def files() -> list[Path]:
    return sorted(FOLDER.glob("*.ts"))


def main() -> int:
    waiting = 0
    for ts in files():
        ts.write_text(updated(ts), encoding="utf-8")
        ts.with_suffix(".qm").write_bytes(compiled(ts))
        for english, other in translations(ts).items():
            if not other:
                waiting += 1
                print(f"{ts.name}: {english!r}")
    return 1 if waiting else 0


if __name__ == "__main__":
    sys.exit(main())
