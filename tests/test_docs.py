"""The pages: what they name is there."""

from __future__ import annotations

import re
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[1]
PAGES = sorted(page.relative_to(ROOT) for folder in (".", "docs", "tests/lab") for page in (ROOT / folder).glob("*.md"))
ROWS = (ROOT / "docs" / "security.md").read_text(encoding="utf-8").partition("## Threat model")[2].splitlines()
NAMED = [found for line in ROWS for found in re.findall(r"`([\w/]+\.py)::(\w+)`", line)]


def test_each_row_of_the_threat_model_names_its_test() -> None:
    rows = [line for line in ROWS if line.startswith("| ") and not line.startswith(("| tried", "| ---"))]
    assert len(rows) == len(NAMED) > 20


@pytest.mark.parametrize(("file", "test"), NAMED)
def test_what_the_threat_model_names_is_there(file: str, test: str) -> None:
    assert re.search(rf"^(async )?def {test}\(", (ROOT / "tests" / file).read_text(encoding="utf-8"), re.MULTILINE)


# --- links -------------------------------------------------------------------------------------------------------------------


def _anchors(page: Path) -> set[str]:
    """What a heading of the page is called in a link, as GitHub and GitLab name it."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def _links(page: Path) -> list[str]:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    found = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r"(?:src|href)=\"([^\"]+)\"", text)
    return [link for link in found if not link.startswith("https://")]


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_links_among_the_pages_lead_somewhere(page: Path) -> None:
    for link in _links(ROOT / page):
        file, _, anchor = link.partition("#")
        target = (ROOT / page).parent / file if file else ROOT / page
        assert target.exists(), link
        assert not anchor or anchor in _anchors(target), link


def test_every_page_is_linked_from_the_readme_or_from_one_that_is() -> None:
    reached, new = set(), {Path("README.md")}
    while new:
        reached |= new
        targets = {((ROOT / page).parent / link.partition("#")[0]).resolve() for page in new for link in _links(ROOT / page)}
        new = {page for page in PAGES if (ROOT / page).resolve() in targets} - reached
    assert set(PAGES) - reached <= {Path("CHANGELOG.md")}


@pytest.mark.parametrize("page", ["docs/architecture.md", "docs/simulation.md", "CONTRIBUTING.md"])
def test_files_that_a_page_names_are_there(page: str) -> None:
    named = re.findall(r"`((?:[\w-]+/)*[\w-]+(?:\.py|/))`", (ROOT / page).read_text(encoding="utf-8"))
    assert named or page != "docs/architecture.md"
    for name in named:
        assert any((folder / name).exists() for folder in (ROOT, ROOT / "nearby_tray", *(ROOT / "nearby_tray").iterdir())), name


# --- known issues ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def known() -> ModuleType:
    """The lab's module, which is no package of ours: it runs in the virtual machine."""
    spec = spec_from_file_location("known", ROOT / "tests" / "lab" / "known.py")
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_each_known_issue_has_a_signature_or_says_how_it_is_seen(known: ModuleType) -> None:
    sections = re.split(r"^### ", known.PAGE.read_text(), flags=re.MULTILINE)[1:]
    signatures = known.signatures(known.PAGE.read_text())
    names = [section.partition("\n")[0] for section in sections]
    assert len(set(names)) == len(names) > 12 and len(signatures) > 6
    for name, section in zip(names, sections, strict=True):
        assert re.fullmatch(r"`[a-z-]+`", name) and (name.strip("`") in signatures or "Seen as: " in section), name


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("TooLate: left behind on A after 45 s: {'group': ['p2p-wlan0-0']}", "interface-left"),
        (
            "<warn>  device (p2p-dev-wlan0): P2P: WPA supplicant notified a group start but we are not trying to connect! Ignoring",
            "foreign-group",
        ),
        ("1764.2: P2P-GO-NEG-FAILURE status=-1", "confirmation-lost"),
    ],
)
def test_a_failure_of_the_lab_is_matched_with_the_known_issues(known: ModuleType, line: str, name: str) -> None:
    assert known.matching("TooLate: something else", f"before\n{line}\nafter") == [name]
    assert known.matching("TooLate: A in state linked after 200 s") == []


def test_each_log_is_read_once(known: ModuleType, tmp_path: Path) -> None:
    (log := tmp_path / "A.NetworkManager.log").write_text("one\n")
    logs = known.Logs(tmp_path)
    assert logs.fresh() == ["one\n"]
    with log.open("a") as file:
        file.write("two\n")
    assert logs.fresh() == ["two\n"] and logs.fresh() == [""]


# --- the protocol ------------------------------------------------------------------------------------------------------------

RULES = re.findall(r"^- \*\*(\d+\.\d+)\*\* ", (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8"), re.MULTILINE)


def _cited(folder: str) -> set[str]:
    """The rules of the protocol that the files of a folder name."""
    texts = [file.read_text(encoding="utf-8") for file in (ROOT / folder).rglob("*.py")]
    return {rule for text in texts for rules in re.findall(r"# spec: ([\d., ]+)$", text, re.MULTILINE) for rule in rules.split(", ")}


def test_rules_are_numbered_in_order() -> None:
    assert len(RULES) > 50
    before = (0, 0)
    for rule in RULES:
        section, number = map(int, rule.split("."))
        assert (section, number) in ((before[0], before[1] + 1), (before[0] + 1, 1)), rule
        before = section, number


@pytest.mark.parametrize("folder", ["nearby_tray", "tests"])
def test_each_rule_is_kept_by_code_and_held_by_a_test(folder: str) -> None:
    assert _cited(folder) == set(RULES)
