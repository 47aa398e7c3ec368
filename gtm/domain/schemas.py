"""Writes the JSON Schemas that YAML files name on line one: `python -m gtm.domain.schemas config/schemas`."""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from gtm.domain.brief import VentureBrief
from gtm.domain.campaign import CampaignTemplate
from gtm.domain.playbook_data import PlaybookCommon, VoicePhrases
from gtm.domain.spec import AgentsSpec, Policies, Presets, StageSpec, TasksSpec

DIALECT = "https://json-schema.org/draft/2020-12/schema"
MODELS: Mapping[str, type[BaseModel]] = {
    "venture-brief": VentureBrief,
    "policies": Policies,
    "preset": Presets,
    "stage": StageSpec,
    "agents": AgentsSpec,
    "tasks": TasksSpec,
    "campaign-template": CampaignTemplate,
    "playbook-common": PlaybookCommon,
    "playbook-voice": VoicePhrases,
}
"""Schema name → the model that it is generated from; the file is NAME.schema.json."""


def schema_of(model: type[BaseModel]) -> dict[str, Any]:
    """The JSON Schema of a model, with its dialect."""
    return {"$schema": DIALECT, **model.model_json_schema()}


def schema_text(name: str) -> str:
    """The text of a schema file."""
    return json.dumps(schema_of(MODELS[name]), indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def write_schemas(folder: Path) -> tuple[Path, ...]:
    """Write every schema into a folder; a file that already holds the same text is left alone.

    Returns:
        The files that changed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    changed = []
    for name in MODELS:
        path, text = folder / f"{name}.schema.json", schema_text(name)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            changed.append(path)
    return tuple(changed)


def main(arguments: Sequence[str]) -> int:
    """Write the schemas into the folder named; without one, tell how to call this."""
    if len(arguments) != 1:
        print("usage: python -m gtm.domain.schemas FOLDER", file=sys.stderr)
        return 2
    for path in write_schemas(Path(arguments[0])):
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
