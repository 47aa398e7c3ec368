"""Bad input: one clear error each, the documented exit code, and not a row written."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import inspect, text
from typer.testing import CliRunner

from app import ROOT, bootstrap
from app.cli.root import app
from app.settings import Settings
from gtm.store.database import Database

FLEET = yaml.safe_load((ROOT / "examples" / "ventures" / "fleet.yaml").read_bytes())

Counts = Callable[[], dict[str, int]]


@pytest.fixture
def rows(settings: Settings) -> Iterator[Counts]:
    """Counts the rows of every table."""
    database: Database = bootstrap.open_store(settings)

    def count() -> dict[str, int]:
        with database.read() as session:
            names = inspect(session.connection()).get_table_names()
            quote = session.connection().dialect.identifier_preparer.quote
            return {
                n: session.connection().execute(text(f"SELECT COUNT(*) FROM {quote(n)}")).scalar_one() for n in names
            }

    yield count
    database.close()


def changed(**changes: Any) -> bytes:
    """Fleet's brief with other values at dotted paths (`__` for a dot)."""
    brief = json.loads(json.dumps(FLEET, default=str))
    for path, value in changes.items():
        target, *rest = path.split("__")[::-1]
        holder = brief
        for key in rest[::-1]:
            holder = holder[int(key) if key.isdigit() else key]
        holder[target] = value
    return yaml.safe_dump(brief, allow_unicode=True).encode()


def twice() -> bytes:
    brief = json.loads(json.dumps(FLEET, default=str))
    brief["segments"].append(brief["segments"][0])
    return yaml.safe_dump(brief).encode()


BROKEN: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "empty"),
    "only a comment": (b"# nothing\n", "empty"),
    "a list": (b"- one\n- two\n", "mapping"),
    "a sentence": (b"just words\n", "mapping"),
    "no yaml": (b"id: [unclosed\n", "line"),
    "unknown key": (changed(surprise=1), "surprise"),
    "unknown inner key": (changed(brand__mood="sunny"), "mood"),
    "wrong type": (changed(segments="many"), "segments"),
    "not utf-8": (b"id: fleet\nname: \xff\xfe\n", "UTF-8"),
    "ten megabytes": (b"id: fleet\nproduct: '" + b"x" * 10_000_000 + b"'\n", "bytes"),
    "negative budget": (changed(financial_model__monthly__value=-1), "financial_model.monthly"),
    "budget not a number": (changed(financial_model__monthly__value=float("nan")), "financial_model.monthly"),
    "infinite budget": (changed(financial_model__monthly__value=float("inf")), "financial_model.monthly"),
    "id leads elsewhere": (changed(id="../fleet"), "id"),
    "segment twice": (twice(), "it-platform"),
    "python object": (b"id: !!python/object/apply:os.system ['true']\n", ""),
    "billion laughs": (b"a: &a [x,x,x,x]\nb: &b [*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b]\nd: [*c,*c,*c,*c]\n", ""),
}


@pytest.mark.parametrize("command", ["load", "run"])
@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_brief_is_refused_whole(
    kind: str, command: str, env: dict[str, str], rows: Counts, tmp_path: Path
) -> None:
    data, word = BROKEN[kind]
    file = tmp_path / "brief.yaml"
    file.write_bytes(data)
    before = rows()
    arguments = ["venture", "load", str(file)] if command == "load" else ["run", str(file)]
    done = CliRunner().invoke(app, arguments, env=env)
    assert done.exit_code == 2, done.output
    assert word in done.stderr
    assert "Traceback" not in done.stderr and done.stdout == ""
    assert len(done.stderr) < 20_000
    assert rows() == before


@pytest.mark.parametrize("command", [["status"], ["status", "fleet"], ["venture", "list"], ["runs"], ["pending"]])
@pytest.mark.parametrize("below", [".", "home"])
def test_a_file_where_the_home_must_stand_is_one_clear_error(
    command: list[str], below: str, env: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "file"
    file.write_text("")
    done = CliRunner().invoke(app, command, env={**env, "GTM_HOME": str(file / below)})
    assert done.exit_code == 2 and done.stdout == ""
    assert f"{file} is a file" in done.stderr and "GTM_HOME" in done.stderr


@pytest.mark.parametrize("place", ["missing.yaml", "."])
def test_a_file_that_cannot_be_read_is_named(place: str, env: dict[str, str], tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["venture", "load", str(tmp_path / place)], env=env)
    assert done.exit_code == 2
    assert str(tmp_path) in done.stderr


def test_every_error_of_a_brief_is_told_at_once(env: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "brief.yaml"
    file.write_bytes(changed(surprise=1, brand__formality=7, segments__0__priority=0))
    done = CliRunner().invoke(app, ["venture", "load", str(file), "--json"], env=env)
    problem = json.loads(done.stderr)
    told = " ".join(problem["findings"])
    assert problem["status"] == 422
    assert all(word in told for word in ("surprise", "brand.formality", "segments"))


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["status", "nobody"], "nobody"),
        (["venture", "show", "nobody"], "nobody"),
        (["run", "nobody"], "nobody"),
        (["run", "../fleet"], "../fleet"),
        (["resume", "run-none"], "run-none"),
        (["runs", "nobody"], "nobody"),
        (["pending", "nobody"], "nobody"),
        (["show", "nobody"], "nobody"),
        (["handoff", "nobody"], "nobody"),
        (["approve", "nobody", "--as", "LEAD"], "nobody"),
        (["approve", "nobody", "--as", "BOSS"], "BOSS"),
        (["run", "fleet", "--approve-as", "BOSS"], "BOSS"),
        (["reject", "nobody", "--as", "LEAD"], "--comment"),
        (["rollback", "nobody"], "--reason"),
        (["rollback", "nobody", "--reason", "x"], "nobody"),
        (["rollback", "nobody", "--reason", "x", "--decide", "recurse"], "--reason"),
        (["rollback", "nobody", "--decide", "shrug", "--as", "LEAD"], "shrug"),
        (["rollback", "nobody", "--decide", "fix_and_retry"], "--as"),
        (["frobnicate"], "frobnicate"),
        (["status", "--frobnicate"], "--frobnicate"),
        (["serve", "--port", "99999"], "65535"),
    ],
)
def test_words_that_are_off_exit_with_2(arguments: list[str], word: str, env: dict[str, str], rows: Counts) -> None:
    before = rows()
    done = CliRunner().invoke(app, arguments, env=env)
    assert done.exit_code == 2, done.output
    assert word in done.stderr
    assert "Traceback" not in done.stderr
    assert rows() == before


def test_errors_are_problem_details_for_machines(env: dict[str, str]) -> None:
    done = CliRunner().invoke(app, ["venture", "show", "nobody", "--json"], env=env)
    problem = json.loads(done.stderr)
    assert problem["code"] == "not-found" and problem["status"] == 404 and problem["value"] == "nobody"
    usage = json.loads(CliRunner().invoke(app, ["approve", "x", "--json"], env=env).stderr)
    assert usage["code"] == "usage" and "--as" in usage["detail"]


def test_a_broken_setting_stops_the_start(env: dict[str, str]) -> None:
    done = CliRunner().invoke(app, ["status"], env={**env, "GTM_LLM_PROVIDER": "gpt"})
    assert done.exit_code == 2
    assert "GTM_LLM_PROVIDER" in done.stderr and "playbook, openai or compatible" in done.stderr


def test_listening_for_others_needs_a_token(env: dict[str, str]) -> None:
    done = CliRunner().invoke(app, ["serve", "--host", "0.0.0.0", "--port", "0"], env=env)
    assert done.exit_code == 2
    assert "GTM_AGENT_TOKEN" in done.stderr


def test_a_store_that_cannot_be_opened_is_told(env: dict[str, str], tmp_path: Path) -> None:
    broken = tmp_path / "no.db"
    broken.write_bytes(b"this is no database" * 100)
    done = CliRunner().invoke(app, ["status"], env={**env, "GTM_DATABASE_URL": f"sqlite:///{broken}"})
    assert done.exit_code == 1
    assert "GTM_DATABASE_URL" in done.stderr and "Traceback" not in done.stderr
