"""Every YAML file names its JSON Schema on line one and fits it; the schemas are those of the models."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from gtm.domain.config_loading import load_config
from gtm.domain.schemas import MODELS, main, schema_text, write_schemas
from gtm.domain.yaml_reading import read_yaml

ROOT = Path(__file__).resolve().parents[3]
FILES = sorted(path for folder in ("config", "examples") for path in (ROOT / folder).rglob("*.y*ml"))
FIRST_LINE = re.compile(r"^# yaml-language-server: \$schema=(\S+)$")


def names(path: Path) -> str:
    return str(path.relative_to(ROOT))


def schema_path(path: Path) -> Path:
    match = FIRST_LINE.match(path.read_text(encoding="utf-8").splitlines()[0])
    assert match, f"{names(path)} does not name its schema on line one"
    return (path.parent / match.group(1)).resolve()


def plain(value: Any) -> Any:
    """The document as JSON has it: numbers as numbers."""
    return json.loads(json.dumps(value, default=float))


@pytest.mark.parametrize("name", MODELS)
def test_a_schema_file_is_the_models(name: str) -> None:
    path = ROOT / "config/schemas" / f"{name}.schema.json"
    assert path.read_text(encoding="utf-8") == schema_text(name), "run: python -m gtm.domain.schemas config/schemas"
    Draft202012Validator.check_schema(json.loads(schema_text(name)))


def test_there_is_no_other_schema() -> None:
    assert {p.name for p in (ROOT / "config/schemas").iterdir()} == {f"{name}.schema.json" for name in MODELS}


@pytest.mark.parametrize("path", FILES, ids=names)
def test_a_yaml_file_names_its_schema_and_fits_it(path: Path) -> None:
    schema = schema_path(path)
    assert schema.parent == ROOT / "config/schemas"
    document = plain(read_yaml(path.read_bytes(), limit_bytes=2_000_000))
    errors = sorted(Draft202012Validator(json.loads(schema.read_text())).iter_errors(document), key=str)
    assert not errors, f"{names(path)}: {errors[0].json_path} {errors[0].message}"
    load_config(path.read_bytes(), MODELS[schema.name.removesuffix(".schema.json")], names(path))


def test_there_are_files_of_every_kind() -> None:
    assert {schema_path(path).name.removesuffix(".schema.json") for path in FILES} == set(MODELS)


def test_the_writer_writes_once_and_then_leaves_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert len(write_schemas(tmp_path)) == len(MODELS)
    assert write_schemas(tmp_path) == ()
    assert main([str(tmp_path)]) == 0
    assert main([]) == 2
    assert "usage" in capsys.readouterr().err
