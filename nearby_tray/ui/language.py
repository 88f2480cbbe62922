"""The language of the windows: which there are, and how one is taken.

Qt's own files (`resources/translations/*.qm`, made from the `.ts` beside them by `desktop/generate.py`). English is in the source and loads
nothing. A language that is written from right to left turns the windows round.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from .text.translate import bind

if TYPE_CHECKING:
    from PySide6.QtCore import QTranslator
    from PySide6.QtWidgets import QApplication

NAMES = {"en": "English", "ar": "العربية", "de": "Deutsch"}  # each in its own language
FROM_RIGHT = frozenset({"ar"})
CONTEXT = "nearby_tray"
_installed: list[QTranslator] = []


@cache
def folder() -> Path:
    """In the package if it is installed, beside the package in a checkout."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "resources" / "translations"
    return installed if installed.is_dir() else package.parent / "resources" / "translations"


def available() -> tuple[tuple[str, str], ...]:
    """Code and own name of each language that there is a translation for."""
    return tuple((code, name) for code, name in NAMES.items() if code == "en" or _file(code).is_file())


def system() -> str:
    """The first language of the user's environment that there is a translation for. See gettext(3), "LANGUAGE", and locale(7)."""
    locale = next(filter(None, (os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    if locale.partition(".")[0] in ("", "C", "POSIX"):
        return "en"
    known = {code for code, _ in available()}
    return next((code for wish in (*os.environ.get("LANGUAGE", "").split(":"), locale) if (code := _code(wish)) in known), "en")


def install(app: QApplication, code: str = "") -> bool:
    """Speak that language from now on, "" being the system's; one that there is not is English. Whether it is another than before.

    What is on the screen already keeps its words: `Face.reword` makes it anew.
    """
    chosen = _code(code) if code else system()
    if chosen not in {code for code, _ in available()}:
        chosen = "en"
    if chosen == current():
        return False
    for old in _installed:
        app.removeTranslator(old)
    _installed.clear()
    bind(str)
    if chosen != "en":
        from PySide6.QtCore import QCoreApplication, QLibraryInfo, QTranslator

        ours, qts = QTranslator(app), QTranslator(app)
        if not ours.load(str(_file(chosen))):
            chosen = "en"
        else:
            ours.setObjectName(chosen)
            _installed.append(ours)
            app.installTranslator(ours)
            # What Qt itself says: the menu of a text field, the buttons of its dialogs. Not everywhere there.
            if qts.load(f"qtbase_{chosen}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
                _installed.append(qts)
                app.installTranslator(qts)
            bind(lambda english: QCoreApplication.translate(CONTEXT, english), from_right=chosen in FROM_RIGHT)
    _turn(app, chosen in FROM_RIGHT)
    return True


def current() -> str:
    return _installed[0].objectName() if _installed else "en"


def _turn(app: QApplication, from_right: bool) -> None:
    if from_right != app.isRightToLeft():
        # Not at the head of the module: PySide makes all of `Qt`'s enumerations when the first one is asked for (see look.py).
        from PySide6.QtCore import Qt

        app.setLayoutDirection(Qt.LayoutDirection.RightToLeft if from_right else Qt.LayoutDirection.LeftToRight)


def _code(wish: str) -> str:
    return wish.partition(".")[0].partition("@")[0].replace("-", "_").partition("_")[0].lower()


def _file(code: str) -> Path:
    return folder() / f"nearby-tray_{code}.qm"
