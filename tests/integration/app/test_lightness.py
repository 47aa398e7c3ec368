"""The commands that only look import neither CrewAI nor, on SQLite, SQLAlchemy."""

import json
import subprocess
import sys

import pytest

from app import ROOT
from gtm.domain.brief import VentureBrief

HEAVY = ("crewai", "openai", "langchain_openai", "chromadb", "litellm", "markitdown", "pdfplumber")

PROGRAM = """
import json, sys
from app.cli.root import app
try:
    app(sys.argv[1:], prog_name="gtm")
finally:
    sys.stderr.write("MODULES" + json.dumps(sorted({m.split(".")[0] for m in sys.modules})))
"""


def imported_by(env: dict[str, str], *arguments: str) -> set[str]:
    """The top-level packages that a command imports."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=env,
        stdin=subprocess.DEVNULL,
        timeout=120,
        check=False,
    )
    told = done.stderr.rpartition("MODULES")[2]
    assert told, done.stderr
    return set(json.loads(told))


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["run", "--help"],
        ["workflow", "--help"],
        ["workflow", "test", "--help"],
        ["lead", "import", "--help"],
        ["status"],
        ["status", "fleet", "--json"],
    ],
)
def test_looking_is_light(arguments: list[str], env: dict[str, str], fleet: VentureBrief) -> None:
    modules = imported_by(env, *arguments)
    assert not modules & {*HEAVY, "sqlalchemy", "sqlmodel", "fastapi", "uvicorn", "rich", "yaml", "httpx"}


@pytest.mark.parametrize(
    "arguments",
    [
        ["venture", "list"],
        ["venture", "show", "fleet"],
        ["venture", "load", "examples/ventures/life.yaml"],
        ["venture", "import", "tests/data/documents/harbor.md"],
        ["pending"],
        ["runs"],
        ["approve", "fleet", "--as", "LEAD"],
        ["rollback", "fleet", "--reason", "x"],
        ["doctor"],
        ["workflow", "list", "fleet"],
        ["lead", "add", "fleet", "--email", "a@b.test"],
    ],
)
def test_what_does_not_drive_a_run_needs_no_crewai(
    arguments: list[str], env: dict[str, str], fleet: VentureBrief
) -> None:
    assert not imported_by(env, *arguments) & set(HEAVY)


def test_the_web_door_needs_no_crewai() -> None:
    program = "import json, sys, app.web.server, app.web.serving, app.bootstrap, app.status_source; " + (
        "print(json.dumps(sorted({m.split('.')[0] for m in sys.modules})))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=True)
    assert not set(json.loads(done.stdout)) & {*HEAVY, "sqlalchemy"}
