"""Sentences in the user's language. English stands in the source once; `bind` puts a translation in front of it (`ui/language.py`).

What may be said is found by reading the source (`desktop/translations.py`): the words in a call of `tr` or `say`, and the tables of this
package, whose names are in capitals.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

_translate: Callable[[str], str] = str
_from_right = False


def bind(translate: Callable[[str], str], *, from_right: bool = False) -> None:
    """Translate each sentence with `translate(english)` from now on. Values in {braces} are filled in afterwards.

    `from_right`: the language is written from right to left, so every value stands in isolates of its own: an address, a code in groups
    or a name with signs at its end would otherwise be put together in the wrong order (Unicode Standard Annex 9).
    """
    global _translate, _from_right
    _translate, _from_right = translate, from_right


@contextmanager
def in_english() -> Iterator[None]:
    """Speak English inside: for the command line and the support report, which programs and helpers read."""
    before = _translate, _from_right
    bind(str)
    try:
        yield
    finally:
        bind(before[0], from_right=before[1])


def runs_from_right() -> bool:
    """True if the language in force is written from right to left."""
    return _from_right


def tr(english: str, **values: object) -> str:
    """The sentence in the user's language, with `values` in its {braces}."""
    return _translate(english).format(**{name: isolated(str(value)) for name, value in values.items()}) if values else _translate(english)


def isolated(words: str) -> str:
    """`words` inside a sentence: isolated if the language is written from right to left, so that they keep their own direction."""
    return f"\u2068{words}\u2069" if _from_right and words else words


def alone(words: str) -> str:
    """`words` as a whole line: it keeps its own direction, and begins where lines of the language begin."""
    return f"\u200f{isolated(words)}" if _from_right and words else words


def is_from_right(words: str) -> bool:
    """True if the first letter of `words` is of a script that is written from right to left."""
    return next((kind != "L" for kind in map(unicodedata.bidirectional, words) if kind in ("L", "R", "AL")), False)


def listed(words: Iterable[str]) -> str:
    """The words with the language's comma between them."""
    return tr(", ").join(words)
