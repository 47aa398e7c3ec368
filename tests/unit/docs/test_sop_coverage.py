"""docs/sop-coverage.md is true: every name on it exists, and every checklist line of the SOP stands on it.

Names are looked up in the source, nothing is imported, so that the page of all rooms is checked in a moment.
"""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from gtm.domain.config_loading import load_config
from gtm.domain.spec import ChecklistLine, StageSpec
from gtm.policies.registry import all_lines

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "sop-coverage.md").read_text(encoding="utf-8")
STAGE = load_config((ROOT / "config/stage17/stage.yaml").read_bytes(), StageSpec, "stage.yaml")
ROOMS = ("app", "crews", "agents", "tools", "gtm")
CODE = re.compile(r"`((?:app|crews|agents|tools|gtm)(?:\.\w+)+):([\w.]+)`")
CHECK = re.compile(r"`([a-z_]+(?:\.[a-z0-9_]+)+)`")
TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
FILE = re.compile(r"`((?:config|docs|examples|tests)/[\w./-]+)`")


def rows() -> list[tuple[str, str, str]]:
    """The rows of all tables, header and rule left out."""
    found = []
    for line in PAGE.splitlines():
        if line.startswith("| ") and not line.startswith("| SOP |"):
            cells = [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
            assert len(cells) == 3, line
            found.append((cells[0], cells[1], cells[2]))
    return found


ROWS = rows()


@cache
def names_of(path: Path) -> dict[str, set[str]]:
    """Top-level names of a module, each with the names inside it where it is a class."""
    names: dict[str, set[str]] = {}
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            names[node.name] = set()
        elif isinstance(node, ast.ClassDef):
            inner = {n.name for n in node.body if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)}
            inner |= {n.target.id for n in node.body if isinstance(n, ast.AnnAssign) and isinstance(n.target, ast.Name)}
            names[node.name] = inner
        elif isinstance(node, ast.Assign):
            names |= {target.id: set() for target in node.targets if isinstance(target, ast.Name)}
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names[node.target.id] = set()
    return names


def exists(module: str, attribute: str) -> bool:
    path = ROOT.joinpath(*module.split("."))
    path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    if not path.is_file():
        return False
    outer, _, inner = attribute.partition(".")
    names = names_of(path)
    return outer in names and (not inner or inner in names[outer])


@cache
def known_checks() -> frozenset[str]:
    """Checks of the checklists, and those that the policies report besides."""
    listed = {line.check for line in all_lines(STAGE)}
    source = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "gtm").rglob("*.py"))
    return frozenset(listed | set(re.findall(r'"([a-z_]+\.[a-z0-9_]+)"', source)))


CODES = sorted({match.groups() for _, code, _ in ROWS for match in CODE.finditer(code)})
TESTS = sorted({match.groups() for _, _, test in ROWS for match in TEST.finditer(test)})
CHECKS = sorted({match.group(1) for _, code, _ in ROWS for match in CHECK.finditer(code)})


@pytest.mark.parametrize(("module", "attribute"), CODES)
def test_code_on_the_page_exists(module: str, attribute: str) -> None:
    assert exists(module, attribute), f"{module}:{attribute} does not exist"


@pytest.mark.parametrize(("path", "name"), TESTS)
def test_tests_on_the_page_exist(path: str, name: str) -> None:
    assert (ROOT / path).is_file(), f"{path} does not exist"
    assert name in names_of(ROOT / path), f"{path} has no {name}"


@pytest.mark.parametrize("name", CHECKS)
def test_checks_on_the_page_exist(name: str) -> None:
    assert name in known_checks(), f"no policy reports {name}"


@pytest.mark.parametrize("line", all_lines(STAGE), ids=lambda line: line.check)
def test_every_checklist_line_of_the_sop_is_on_the_page_with_its_check(line: ChecklistLine) -> None:
    carried = [code for sop, code, _ in ROWS if sop == line.sop]
    assert carried, f"the page lacks: {line.sop}"
    assert any(f"`{line.check}`" in code for code in carried)


@pytest.mark.parametrize("path", sorted(set(FILE.findall(PAGE))))
def test_files_on_the_page_exist(path: str) -> None:
    assert (ROOT / path).exists()


def test_a_row_names_code_or_gives_a_reason_and_a_test_or_a_dash() -> None:
    for sop, code, test in ROWS:
        assert CODE.search(code) or CHECK.search(code) or re.search(r"[a-z]{3,} [a-z]{2,}", code), sop
        assert TEST.search(test) or test == "—", sop
        if test == "—":
            assert "not yet" in code or "not connected" in code, f"{sop} has no test and no reason"


def test_what_is_not_yet_there_is_said_in_the_table() -> None:
    not_yet = [sop for sop, code, _ in ROWS if "not yet" in code]
    assert any("effectiveness <50%" in sop for sop in not_yet)
    assert any("SPF/DKIM" in row[0] for row in ROWS if "not yet" in row[1])


def test_a_name_that_does_not_exist_would_be_seen() -> None:
    assert not exists("gtm.policies.entry", "no_such_policy")
    assert not exists("gtm.policies.nowhere", "entry")
    assert not exists("gtm.domain.spec", "StageSpec.no_such_field")
    assert exists("gtm.domain.spec", "StageSpec.entry_gates")
    assert "entry.no_such_line" not in known_checks()
