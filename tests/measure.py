"""Figures of the source, not of its speed. Not a test: it prints, nothing fails.

    python -m tests.measure house [COMMIT ...]      the product's files, side by side with those of other commits

A file's length counts every line; statements leave out imports and docstrings, of which many small files have more than a few large ones.
Complexity is McCabe's, by ruff, and `D` begins at 21, as in radon. An import circle is a set of modules each of which imports, directly or
not, all others of the set; imports for type checkers and those inside of functions count. A verb and a setting are counted by name: the
files in which the identifier stands are those that one more of its kind would touch.
"""

from __future__ import annotations

import argparse
import ast
import io
import json
import re
import subprocess
import sys
import tarfile
import tempfile
import tokenize
from collections.abc import Iterator
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parent.parent
PACKAGE = "nearby_tray"
VERB, SETTING = "expel", "accept_paired"
COMPLEX = 20  # the highest complexity of radon's rank C


def modules(root: Path) -> dict[str, Path]:
    """Each module of the package below `root`, by its dotted name."""
    return {_dotted(file.relative_to(root)): file for file in sorted((root / PACKAGE).rglob("*.py"))}


def _dotted(file: Path) -> str:
    return ".".join(file.with_suffix("").parts).removesuffix(".__init__")


def imports(name: str, file: Path, known: set[str]) -> set[str]:
    """The modules of the package that the module `name` imports, wherever in its text."""
    package = name if file.name == "__init__.py" else name.rpartition(".")[0]
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            parts = package.split(".")
            parts = parts[: len(parts) - node.level + 1] if node.level else []
            source = ".".join([*parts, *([node.module] if node.module else [])])
            found |= {f"{source}.{alias.name}" if f"{source}.{alias.name}" in known else source for alias in node.names}
    return found & known - {name}


def circles(root: Path) -> list[list[str]]:
    """The import circles of the package below `root`, each as its modules in order (Tarjan's strongly connected components)."""
    files = modules(root)
    graph = {name: sorted(imports(name, file, set(files))) for name, file in files.items()}
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found = []

    def visit(name: str) -> None:
        index[name] = low[name] = len(index)
        stack.append(name)
        for other in graph[name]:
            if other not in index:
                visit(other)
                low[name] = min(low[name], low[other])
            elif other in stack:
                low[name] = min(low[name], index[other])
        if low[name] == index[name]:
            at = stack.index(name)
            component = stack[at:]
            del stack[at:]
            if len(component) > 1:
                found.append(sorted(component))

    for name in graph:
        if name not in index:
            visit(name)
    return sorted(found)


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _complex(root: Path) -> int:
    """How many functions of the package are more complex than rank C."""
    rules = ["--isolated", "--select", "C901", "--config", f"lint.mccabe.max-complexity={COMPLEX}"]
    ruff = [sys.executable, "-m", "ruff", "check", "--no-cache", "--output-format", "json", "--exit-zero", *rules, PACKAGE]
    return len(json.loads(subprocess.run(ruff, cwd=root, capture_output=True, check=True).stdout))


def _names(text: str) -> Iterator[str]:
    """The identifiers of a module, and the words of its strings that could be one: a verb also travels as a string."""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type in (tokenize.NAME, tokenize.STRING):
            yield from re.findall(r"\w+", token.string)


def house(root: Path) -> dict[str, str]:
    """The figures of the package below `root`, each by what it says, as it is printed."""
    texts = {file.relative_to(root / PACKAGE).as_posix(): file.read_text() for file in modules(root).values()}
    lengths = {name: len(text.splitlines()) for name, text in texts.items()}
    classes: dict[str, int] = {}
    long = loose = ignored = statements = 0
    for name, text in texts.items():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ClassDef):
                classes[f"{name} {node.name}"] = (node.end_lineno or node.lineno) - node.lineno + 1
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                long += (node.end_lineno or node.lineno) - node.lineno >= 40
            elif isinstance(node, ast.Name) and node.id == "Any":
                loose += 1
            if isinstance(node, ast.stmt) and not isinstance(node, ast.Import | ast.ImportFrom) and not _is_docstring(node):
                statements += 1
        ignored += len(re.findall(r"#\s*type:\s*ignore", text))
    filled = [length for length in lengths.values() if length > 1]
    largest = max(lengths, key=lambda name: lengths[name])
    biggest = max(classes, key=lambda name: classes[name])
    caught = circles(root)
    return {
        "files": f"{len(lengths)}, {sum(lengths.values())} lines",
        "statements": str(statements),
        "median file": f"{median(filled):.0f} lines",
        "largest file": f"{lengths[largest]} lines ({largest})",
        "files over 900 lines": str(sum(length > 900 for length in lengths.values())),
        "biggest class": f"{classes[biggest]} lines ({biggest})",
        "functions over 40 lines": str(long),
        "complexity D or worse": str(_complex(root)),
        "modules in import circles": f"{sum(map(len, caught))} of {len(lengths)}",
        f"files with the verb {VERB}": str(sum(VERB in _names(text) for text in texts.values())),
        f"files with the setting {SETTING}": str(sum(SETTING in _names(text) for text in texts.values())),
        "Any": str(loose),
        "type: ignore": str(ignored),
    }


def _at(commit: str, folder: Path) -> None:
    """The package as it was at a commit, put below `folder`."""
    packed = subprocess.run(["git", "archive", commit, PACKAGE], cwd=ROOT, capture_output=True, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(folder, filter="data")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.measure", description="Figures of the source.")
    parser.add_argument("what", choices=["house"])
    parser.add_argument("commits", nargs="*", metavar="COMMIT")
    options = parser.parse_args()
    sides = {}
    with tempfile.TemporaryDirectory() as folder:
        for number, commit in enumerate(options.commits):
            root = Path(folder, str(number))
            _at(commit, root)
            sides[commit] = house(root)
    sides["now"] = house(ROOT)
    widths = [max(len(side), *map(len, figures.values())) for side, figures in sides.items()]
    first = max(map(len, sides["now"]))
    print(" " * first, *(side.ljust(width) for side, width in zip(sides, widths, strict=True)), sep="  ")
    for figure in sides["now"]:
        print(figure.ljust(first), *(sides[side][figure].ljust(width) for side, width in zip(sides, widths, strict=True)), sep="  ")
    for circle in circles(ROOT):
        print("circle:", ", ".join(circle))


if __name__ == "__main__":
    main()
