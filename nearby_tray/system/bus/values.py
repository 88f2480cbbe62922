"""Values that a daemon sent, as the types that its documentation promises.

`only` and `two_paths` are for an answer that the caller cannot go on without: a daemon that answers with something else is a `BusError`
like any refusal. The others are for one fact of many: a value of another type counts as not told, so that a newer or older daemon
still works.
"""

from __future__ import annotations

from typing import TypeVar

from .errors import BusError

T = TypeVar("T")


def only(kind: type[T], answer: list[object]) -> T:
    """The one value of a method's answer. Raises `BusError` when the answer is not one value of this type."""
    if len(answer) == 1 and type(answer[0]) is kind:
        return answer[0]
    raise _inconsistent(answer, kind.__name__)


def two_paths(answer: list[object]) -> tuple[str, str]:
    """The object paths that a method's answer begins with. Raises `BusError` when it begins with something else."""
    match answer:
        case [str(one), str(other), *_] if one.startswith("/") and other.startswith("/"):
            return one, other
    raise _inconsistent(answer, "two paths")


def _inconsistent(answer: list[object], documented: str) -> BusError:
    types = ", ".join(type(value).__name__ for value in answer) or "nothing"
    return BusError("org.freedesktop.DBus.Error.InconsistentMessage", f"answered with {types} where {documented} is documented")


def first(answer: list[object]) -> object:
    """The first value of an answer; `None` when there is none."""
    return answer[0] if answer else None


def text(value: object) -> str:
    return value if isinstance(value, str) else ""


def number(value: object) -> int:
    return value if isinstance(value, int) else 0


def table(value: object) -> dict[str, object]:
    """A dictionary with strings as keys: properties, for instance."""
    return value if isinstance(value, dict) and all(isinstance(key, str) for key in value) else {}


def items(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def paths(value: object, most: int = 200) -> tuple[str, ...]:
    """At most so many object paths, each once."""
    found = [path for path in items(value) if isinstance(path, str) and path.startswith("/")]
    return tuple(dict.fromkeys(found))[:most]


def octets(value: object) -> bytes:
    """Bytes, also as a daemon gives them that calls them an array of numbers; nothing of a longer one than 64."""
    if isinstance(value, bytes):
        return value
    if isinstance(value, list) and len(value) <= 64 and all(isinstance(one, int) and 0 <= one < 256 for one in value):
        return bytes(value)
    return b""


Objects = dict[str, dict[str, dict[str, object]]]


def objects(value: object) -> Objects:
    """What GetManagedObjects answers with: path → interface → properties."""
    return {path: {name: table(facts) for name, facts in table(interfaces).items()} for path, interfaces in table(value).items()}
