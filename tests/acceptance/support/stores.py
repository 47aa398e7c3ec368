"""Comparing stores: every table, every row, every column, save for what two runs cannot have in common."""

import itertools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import MetaData, create_engine, text

from benchmarks.sameness import normal

LOGS = {
    "agent_execution_logs": "a killed attempt is logged as started, and its successor starts again",
    "model_calls": "a killed attempt has spent its calls",
    "audit_log": "the same, and every lease that was taken over; artifacts are compared where they stand",
}
"""Tables that tell what happened, not what is: left out, with the reason."""

VOLATILE = {
    ("run_steps", "attempts"): "counts starts; a killed attempt started too",
    ("run_steps", "artifact_sha256"): "of step 3.3 and of reviews it covers moments and random ids",
    ("artifacts", "sha256"): "the same; the bodies themselves are compared",
    ("artifacts", "artifact_id"): "a number in the order of writing; SQLite leaves gaps after a rollback",
    ("gate_results", "result_id"): "the same",
    ("approvals", "artifact_sha256"): "covers the artifacts' hashes",
    ("automation_test_results", "measured_ms"): "a measured duration",
    ("handoffs", "manifest_sha256"): "covers files that tell moments",
    ("handoffs", "path"): "each store hands over to its own folder",
    ("kept_executions", "execution_id"): "counts enrolments; those of a killed test counted too",
    ("kept_executions", "lead_id"): "random",
}
"""Columns left out, with the reason."""


def dump(url: str) -> dict[str, list[str]]:
    """Every table of a store as sorted rows of normalised JSON."""
    engine = create_engine(url)
    found = MetaData()
    found.reflect(engine)
    tables: dict[str, list[str]] = {}
    with engine.connect() as connection:
        for name in sorted(set(found.tables) - set(LOGS)):
            rows = connection.execute(text(f'SELECT * FROM "{name}"')).mappings()
            tables[name] = sorted(_row(name, row) for row in rows)
    engine.dispose()
    return tables


def dump_file(path: Path) -> dict[str, list[str]]:
    """`dump` of a SQLite file."""
    return dump(f"sqlite:///{path}")


def difference(ours: Mapping[str, list[str]], theirs: Mapping[str, list[str]]) -> str:
    """What two dumps do not have in common, as a person reads it; empty when they are equal."""
    lines = []
    for table in sorted(set(ours) | set(theirs)):
        one, other = ours.get(table, []), theirs.get(table, [])
        if one != other:
            lines.append(f"{table}: {len(one)} and {len(other)} rows")
            mine, others = sorted(set(one) - set(other)), sorted(set(other) - set(one))
            lines += [_apart(*pair) for pair in itertools.zip_longest(mine[:5], others[:5], fillvalue="")]
    return "\n".join(lines)


def rows(path: Path, query: str, **values: object) -> list[dict[str, Any]]:
    """The rows of one query on a SQLite file."""
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        found = [dict(row) for row in connection.execute(text(query), values).mappings()]
    engine.dispose()
    return found


def _row(table: str, row: Mapping[str, Any]) -> str:
    kept = {name: _plain(value) for name, value in row.items() if (table, name) not in VOLATILE}
    return json.dumps(normal(kept), sort_keys=True, ensure_ascii=False)


def _plain(value: Any) -> Any:
    """JSON columns come back as text from SQLite."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _apart(one: str, other: str) -> str:
    """Where two rows part, with what stands around it."""
    same = itertools.takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))
    start = max(sum(1 for _ in same) - 100, 0)
    return f"  ours   …{one[start : start + 240]}\n  theirs …{other[start : start + 240]}"
