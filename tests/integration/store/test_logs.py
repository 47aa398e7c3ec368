"""What happened: the agents' log, model calls, and the log that nobody can change."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from gtm.domain.clock import VirtualClock
from gtm.store.database import Database
from gtm.store.repositories import logs


def book(database: Database, clock: VirtualClock, call_id: str, **changes: Any) -> bool:
    call = {
        "call_id": call_id,
        "step": "2.2",
        "provider": "openai",
        "model": "small",
        "prompt_tokens": 100,
        "completion_tokens": 20,
        "cost": Decimal("0.00001234"),
        "attempts": 1,
        "ok": True,
    } | changes
    with database.write() as session:
        return logs.model_call(session, run_id="run-1", call=call, now=clock.now())


def totals(database: Database) -> dict[str, Any]:
    with database.read() as session:
        return logs.usage_totals(session, "run-1")


def test_model_calls_are_booked_once_and_summed_exactly(database: Database, clock: VirtualClock) -> None:
    assert totals(database) == {
        "calls": 0, "tried": 0, "answered": 0,
        "attempts": 0, "prompt_tokens": 0, "completion_tokens": 0, "cost": Decimal(0),
    }  # fmt: skip
    assert book(database, clock, "a")
    assert not book(database, clock, "a", prompt_tokens=9)
    assert book(database, clock, "b", attempts=3, cost=Decimal("0.1"), ok=False)
    assert totals(database) == {
        "calls": 2, "tried": 2, "answered": 1,
        "attempts": 4, "prompt_tokens": 200, "completion_tokens": 40, "cost": Decimal("0.10001234"),
    }  # fmt: skip


def test_a_call_of_unknown_price_makes_the_total_unknown(database: Database, clock: VirtualClock) -> None:
    book(database, clock, "a")
    book(database, clock, "b", cost=None)
    assert totals(database)["cost"] is None


def test_the_agents_log_counts_what_was_completed(
    database: Database, clock: VirtualClock, open_run: Callable[..., str]
) -> None:
    line = {"crew": "gtm", "agent": "LEAD", "task": "1.1", "venture_id": "acme", "run_id": "run-1"}
    with database.write() as session:
        logs.agent_log(session, **line, status="started", now=clock.now())
        logs.agent_log(session, **line, status="failed", duration_ms=5, error="no answer", now=clock.now())
        logs.agent_log(session, **line, status="completed", duration_ms=7, now=clock.now())
    with database.read() as session:
        assert logs.completed_lines(session, "run-1") == 1
        assert [(row.status, row.error) for row in logs.agent_lines(session, "run-1")] == [
            ("started", None),
            ("failed", "no answer"),
            ("completed", None),
        ]


@pytest.fixture
def audited(database: Database, clock: VirtualClock) -> Database:
    with database.write() as session:
        for subject in ("one", "two"):
            logs.audit(
                session,
                actor="person:ann",
                action="did",
                subject=subject,
                venture_id="acme",
                data={"n": 1},
                now=clock.now(),
            )
    return database


CHANGES = {
    "sqlite": (
        "UPDATE audit_log SET actor = 'nobody'",
        "DELETE FROM audit_log WHERE subject = 'one'",
        "INSERT OR REPLACE INTO audit_log (entry_id, at, actor, action, subject, data) "
        "VALUES (1, '2026-01-05 09:00:00', 'nobody', 'did', 'other', '{}')",
    ),
    "postgresql": (
        "UPDATE audit_log SET actor = 'nobody'",
        "DELETE FROM audit_log WHERE subject = 'one'",
        "TRUNCATE audit_log",
        "TRUNCATE audit_log CASCADE",
    ),
}


def test_the_audit_log_is_only_ever_appended_to(audited: Database) -> None:
    for change in CHANGES[audited.engine.dialect.name]:
        with pytest.raises(Exception, match="audit_log is append-only"), audited.write() as session:
            session.connection().execute(text(change))
    with audited.read() as session:
        entries = logs.audit_entries(session, "acme")
    assert [(row.actor, row.subject, row.data) for row in entries] == [
        ("person:ann", "one", {"n": 1}),
        ("person:ann", "two", {"n": 1}),
    ]
