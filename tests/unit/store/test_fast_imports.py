"""What `gtm status` stands on stays free of SQLAlchemy, and a store at the head free of Alembic."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gtm.store.fast_status import sqlite_path

ROOT = Path(__file__).parents[3]


def loaded(statement: str) -> set[str]:
    """The modules that a fresh interpreter has after a statement."""
    code = f"{statement}\nimport sys\nprint(*sys.modules)"
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def test_the_fast_status_imports_the_standard_library_alone() -> None:
    modules = loaded("import gtm.store.fast_status")
    assert not {"sqlalchemy", "sqlmodel", "pydantic", "alembic", "crewai", "fastapi", "asyncio"} & modules


def test_the_schema_imports_neither_alembic_nor_the_models() -> None:
    assert not {"alembic", "gtm.store.models"} & loaded("import gtm.store.schema")


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:///var/gtm.db", Path("var/gtm.db")),
        ("sqlite:////srv/gtm.db?timeout=3", Path("/srv/gtm.db")),
        ("postgresql+psycopg://localhost/gtm", None),
    ],
)
def test_the_file_of_a_url(url: str, path: Path | None) -> None:
    assert sqlite_path(url) == path
