"""A fresh schema equals a migrated one, on both databases, down to checks, partial indexes and triggers."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel, select

import gtm.store.models  # noqa: F401 (registers the tables)
from gtm.domain.enrolment import Lead
from gtm.store.database import Database, sqlite_url
from gtm.store.migrations.config import alembic_config
from gtm.store.models.automation import AutomationWorkflow
from gtm.store.models.campaigns import CampaignContentRow
from gtm.store.models.ventures import Venture
from gtm.store.repositories import leads
from gtm.store.schema import MIGRATIONS, create_all, current_revision, head

SQLITE = {"objects": "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"}
POSTGRES = {
    "columns": """
        SELECT table_name, column_name, data_type, character_maximum_length, numeric_precision, numeric_scale,
               is_nullable, column_default
        FROM information_schema.columns WHERE table_schema = 'public'""",
    "constraints": """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace""",
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "triggers": "SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    "views": "SELECT viewname, definition FROM pg_views WHERE schemaname = 'public'",
    "functions": "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
}


OF_BEFORE = (
    "INSERT INTO ventures (venture_id, name, segment_type, brief, brief_sha256, created_at, updated_at)"
    " VALUES ('acme', 'Acme', 'B2B_SMB', '{}', '0', '2026-01-05 09:00:00', '2026-01-05 09:00:00')",
    "INSERT INTO campaign_templates (venture_id, template_id, type, name, channel, structure, variables, revision)"
    " VALUES ('acme', 't', 'email_drip', 'T', 'email', '[]', '[]', 1)",
    "INSERT INTO campaigns (campaign_id, venture_id, campaign_name, campaign_type, template_id, segments, cta,"
    " objective, status, revision, updated_at)"
    " VALUES ('c', 'acme', 'C', 'email_drip', 't', '[]', 'book_demo', 'awareness', 'draft', 1, '2026-01-05 09:00:00')",
    "INSERT INTO campaign_content (content_id, campaign_id, piece_id, template_id, segment_id, step, variable, variant,"
    " text, cta, cta_url, status, claims, generated_by, prompt_version, revision, created_at)"
    " VALUES ('1', 'c', 'p', 't', 's', 1, 'subject', 'A', 'Hello', 'book_demo', '', 'draft', '[]', 'playbook', '1', 1,"
    " '2026-01-05 09:00:00')",
)


def described(database: Database) -> dict[str, set[tuple[object, ...]]]:
    """Everything that the database itself says of its schema, column order aside."""
    queries = SQLITE if database.is_sqlite else POSTGRES
    with database.engine.connect() as connection:
        found = {part: {tuple(row) for row in connection.execute(text(query))} for part, query in queries.items()}
    if database.is_sqlite:
        found["objects"] = {
            (kind, name, table, frozenset(_clauses(sql))) for kind, name, table, sql in found["objects"]
        }
    return found


def _clauses(sql: str | None) -> list[str]:
    """A statement's clauses without regard to order, white space, quotes and the commas between them.

    A column that was added later stands on the line of the one before it.
    """
    head, opened, body = (sql or "").replace('"', "").partition("(")
    clauses, depth = [head, ""], len(opened)
    for letter in body:
        depth += (letter == "(") - (letter == ")")
        if letter == "," and depth == 1:
            clauses.append("")
        else:
            clauses[-1] += letter
    return [" ".join(clause.split()).rstrip(" )") for clause in clauses if clause.strip()]


def migrate(database: Database, revision: str = "head") -> None:
    with database.write() as session:
        command.upgrade(alembic_config(session.connection()), revision)


@pytest.fixture
def empty(empty_database_url: str) -> Iterator[Database]:
    database = Database(empty_database_url)
    yield database
    database.close()


@pytest.fixture
def fresh(request: pytest.FixtureRequest, empty: Database) -> Iterator[Database]:
    """A store that was made at the head at once, of the same kind as the empty one."""
    database = Database(request.getfixturevalue("sqlite_store" if empty.is_sqlite else "postgres_store"))
    yield database
    database.close()


def test_a_migrated_schema_equals_a_fresh_one(empty: Database, fresh: Database) -> None:
    migrate(empty)
    assert described(empty) == described(fresh)
    assert current_revision(empty) == current_revision(fresh) == head()


def test_alembic_sees_no_difference_between_the_models_and_a_migrated_schema(empty: Database) -> None:
    migrate(empty)
    with empty.engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"compare_type": True, "compare_server_default": True, "target_metadata": SQLModel.metadata},
        )
        assert compare_metadata(context, SQLModel.metadata) == []


def test_the_description_sees_what_alembic_does_not(tmp_path: Path) -> None:
    whole, other = (Database(sqlite_url(tmp_path / name)) for name in ("whole.db", "other.db"))
    for database in (whole, other):
        create_all(database)
    assert described(whole) == described(other)
    with other.write() as session:
        session.connection().execute(text("DROP TRIGGER audit_log_no_delete"))
    assert described(whole) != described(other)
    with other.write() as session:
        session.connection().execute(text("DROP INDEX uq_approvals_pending"))
    assert len(described(whole)["objects"] - described(other)["objects"]) == 2
    whole.close()
    other.close()


def test_down_and_up_again_leaves_the_same(empty: Database, fresh: Database) -> None:
    migrate(empty)
    with empty.write() as session:
        command.downgrade(alembic_config(session.connection()), "base")
    left = described(empty)
    assert "ventures" not in str(left)
    assert "audit_log" not in str(left)
    migrate(empty)
    assert described(empty) == described(fresh)


def test_copy_of_before_is_kept_when_a_store_is_brought_to_the_head(empty: Database) -> None:
    migrate(empty, "0001")
    with empty.write() as session:
        for statement in OF_BEFORE:
            session.connection().execute(text(statement))
    migrate(empty)
    with empty.read() as session:
        (row,) = session.exec(select(CampaignContentRow)).all()
    assert (row.text, row.seed, row.cost, row.framework, row.check_score) == ("Hello", None, None, None, None)


def test_an_older_store_takes_verdicts_on_pilots_from_then_on_and_keeps_its_approvals(empty: Database) -> None:
    migrate(empty, "0003")
    run = (
        "INSERT INTO runs (run_id, venture_id, stage, status, provider, brief_sha256, created_at, updated_at)"
        " VALUES ('r', 'acme', 17, 'completed', 'playbook', '0', '2026-01-05 09:00:00', '2026-01-05 09:00:00')"
    )
    asked = (
        "INSERT INTO approvals (approval_id, run_id, venture_id, checkpoint, role, round, artifact_sha256, steps,"
        " status, requested_at)"
        " VALUES ('{0}', 'r', 'acme', '{1}', 'LEAD', {2}, '0', '[]', 'pending', '2026-01-05 09:00:00')"
    )
    with empty.write() as session:
        for statement in (OF_BEFORE[0], run, asked.format("a", "strategy", 1)):
            session.connection().execute(text(statement))
    migrate(empty)
    with empty.write() as session:
        # Two campaigns of one run may wait for their verdicts at a time.
        for number in (1, 2):
            session.connection().execute(text(asked.format(f"p{number}", "pilot", number)))
    for other in (asked.format("b", "strategy", 2), asked.format("c", "nonsense", 1)):
        with pytest.raises(IntegrityError), empty.write() as session:
            session.connection().execute(text(other))
    with empty.read() as session:
        assert session.connection().execute(text("SELECT count(*) FROM approvals")).scalar() == 3
        if empty.is_sqlite:
            assert session.connection().execute(text("PRAGMA integrity_check")).scalar() == "ok"
            assert session.connection().execute(text("PRAGMA foreign_key_check")).all() == []


def test_who_has_not_confirmed_has_agreed_to_nothing_in_an_older_store(empty: Database) -> None:
    migrate(empty)
    lead = Lead(lead_id="lead-1", venture_id="acme", email="ada@example.test", consent="pending")
    with empty.write() as session:
        leads.add_lead(session, lead, datetime(2026, 1, 5, 9, tzinfo=UTC))
    with empty.write() as session:
        command.downgrade(alembic_config(session.connection()), "0006")
    with empty.read() as session:
        assert leads.get_lead(session, "lead-1").consent == "unknown"
        assert session.connection().execute(text("SELECT count(*) FROM lead_outbox")).scalar() == 0


def test_head_names_the_newest_migration_and_there_is_one_line_of_them() -> None:
    script = ScriptDirectory(str(MIGRATIONS))
    assert script.get_heads() == [head()]
    assert script.get_bases() == ["0001"]


def test_every_table_of_the_models_is_there() -> None:
    tables = set(SQLModel.metadata.tables)
    assert {Venture.__tablename__, AutomationWorkflow.__tablename__} <= tables
    assert {
        "ventures", "market_strategies", "customer_segments", "venture_findings", "gtm_configs", "gtm_config_versions",
        "marketing_channels", "campaigns", "campaign_channels", "campaign_templates", "campaign_content",
        "campaign_schedules", "campaign_performance", "automation_workflows", "workflow_triggers",
        "enrolments", "kept_executions", "automation_test_results", "leads", "email_sends", "runs", "run_steps",
        "artifacts", "gate_results", "approvals", "model_calls", "agent_execution_logs", "audit_log", "stage_tracking",
        "stage_rollbacks", "handoffs", "crew_registry", "crew_configs", "vault_secrets", "content_decisions",
        "content_attempts", "campaign_pilots", "pilot_feedback", "variant_winners", "email_preferences",
        "preview_files", "consent_requests",
    } <= tables  # fmt: skip
