"""What workers write of themselves and of triggers: who lives, whose turn an upkeep task is, what fired, what came.

`lead_outbox` is filled by triggers of the database, for leads that are written past this application: a row of `leads`
counts in `own_writes` what this application wrote, and the triggers leave those writes out.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, Index, text
from sqlmodel import Field, SQLModel

from gtm.store.models.automation import LeadRow
from gtm.store.models.base import Json, UtcDateTime, created_with, one_of

WAKE_CHANNEL = "gtm_wake"
"""What PostgreSQL's NOTIFY calls an idle worker by."""


class LeadOutbox(SQLModel, table=True):
    """A lead that somebody else wrote, as it was (NULL when it is new) and as it became; gone once it was heeded."""

    __tablename__ = "lead_outbox"
    __table_args__ = (one_of("lead_outbox", "kind", ("insert", "update")), {"sqlite_autoincrement": True})

    event_no: int | None = Field(default=None, primary_key=True)
    kind: str = Field(max_length=10)
    lead_no: int
    was: dict[str, Any] | None = Field(default=None, sa_column=Column(Json))
    became: dict[str, Any] = Field(sa_column=Column(Json, nullable=False))


class WorkerRow(SQLModel, table=True):
    """A worker process. One that has not been seen by `lost_at` and did not stop is dead."""

    __tablename__ = "workers"

    name: str = Field(primary_key=True, max_length=80)
    host: str = Field(max_length=253)
    pid: int
    embedded: bool = False
    started_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    seen_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    lost_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    stopped_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    moved: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))


class UpkeepTask(SQLModel, table=True):
    """When an upkeep task is next due, who is at it, and what its last run reported."""

    __tablename__ = "upkeep_tasks"

    task: str = Field(primary_key=True, max_length=40)
    next_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    owner: str | None = Field(default=None, max_length=80)
    lease_until: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    ran_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    report: dict[str, Any] | None = Field(default=None, sa_column=Column(Json))
    error: str | None = None


class TriggerLook(SQLModel, table=True):
    """Up to which moment a schedule has been looked at: every firing by then is noted, or was skipped."""

    __tablename__ = "trigger_looks"

    trigger_no: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    looked_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class TriggerFiring(SQLModel, table=True):
    """One firing of a schedule, and how far through the venture's leads it has come.

    Attributes:
        last_lead_no: the newest lead there was when it fired; later ones are not its business.
        lead_no: the last lead that it has passed.
    """

    __tablename__ = "trigger_firings"
    __table_args__ = (
        Index(
            "ix_trigger_firings_open",
            "due",
            sqlite_where=text("finished_at IS NULL"),
            postgresql_where=text("finished_at IS NULL"),
        ),
    )

    trigger_no: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    due: datetime = Field(sa_column=Column(UtcDateTime, primary_key=True))
    fired_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    last_lead_no: int
    lead_no: int = 0
    enrolled: int = 0
    finished_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    outcome: str = ""


class WebhookReplay(SQLModel, table=True):
    """A signature that a webhook was taken with; the same one again is a replay."""

    __tablename__ = "webhook_replays"
    __table_args__ = (Index("ix_webhook_replays_seen", "seen_at"),)

    trigger_no: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    signature: str = Field(primary_key=True, max_length=64)
    seen_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


_FACTS = (
    "email", "first_name", "last_name", "company", "role", "segment_id", "lead_source", "status", "score", "time_zone",
    "country", "consent", "is_test", "attributes",
)  # fmt: skip


_SQLITE_INSERT = """
CREATE TRIGGER leads_outbox_insert AFTER INSERT ON leads WHEN NEW.own_writes = 0 BEGIN
INSERT INTO lead_outbox (kind, lead_no, was, became) VALUES ('insert', NEW.lead_no, NULL, {new}); END
"""
_SQLITE_UPDATE = """
CREATE TRIGGER leads_outbox_update AFTER UPDATE OF {columns} ON leads
WHEN NEW.own_writes = OLD.own_writes AND ({changed}) BEGIN
INSERT INTO lead_outbox (kind, lead_no, was, became) VALUES ('update', NEW.lead_no, {old}, {new}); END
"""
_POSTGRES_FUNCTION = """
CREATE FUNCTION leads_outbox() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
INSERT INTO lead_outbox (kind, lead_no, was, became) VALUES (lower(TG_OP), NEW.lead_no,
CASE WHEN TG_OP = 'UPDATE' THEN to_json(OLD) END, to_json(NEW));
PERFORM pg_notify('{channel}', ''); RETURN NULL; END $$
"""
_POSTGRES_INSERT = """
CREATE TRIGGER leads_outbox_insert AFTER INSERT ON leads FOR EACH ROW WHEN (NEW.own_writes = 0)
EXECUTE FUNCTION leads_outbox()
"""
_POSTGRES_UPDATE = """
CREATE TRIGGER leads_outbox_update AFTER UPDATE ON leads FOR EACH ROW
WHEN (NEW.own_writes = OLD.own_writes AND ({changed})) EXECUTE FUNCTION leads_outbox()
"""
_OWN = "CASE WHEN json_valid({row}.attributes) THEN json({row}.attributes) ELSE json_object() END"


def _json_of(row: str) -> str:
    """A row's fields as one JSON object, on SQLite."""
    plain = ", ".join(f"'{name}', {row}.{name}" for name in ("lead_id", "venture_id", *_FACTS[:-1]))
    return f"json_object({plain}, 'attributes', {_OWN.format(row=row)})"


def _statement(template: str, **parts: str) -> str:
    return " ".join(template.format(**parts).split())


LEAD_TRIGGERS: dict[str, tuple[str, ...]] = {
    "sqlite": (
        _statement(_SQLITE_INSERT, new=_json_of("NEW")),
        _statement(
            _SQLITE_UPDATE,
            columns=", ".join(_FACTS),
            changed=" OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in _FACTS),
            old=_json_of("OLD"),
            new=_json_of("NEW"),
        ),
    ),
    "postgresql": (
        _statement(_POSTGRES_FUNCTION, channel=WAKE_CHANNEL),
        _statement(_POSTGRES_INSERT),
        _statement(
            _POSTGRES_UPDATE,
            changed=" OR ".join(
                # Of type json there is no equality.
                [f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in _FACTS[:-1]]
                + ["CAST(NEW.attributes AS text) IS DISTINCT FROM CAST(OLD.attributes AS text)"]
            ),
        ),
    ),
}
"""What tells the outbox of leads that others write, by database; the first migration carries the same statements."""


# The triggers stand on `leads` and write the outbox; neither database looks for the outbox before they first run.
created_with(SQLModel.metadata.tables[LeadRow.__tablename__], LEAD_TRIGGERS)
