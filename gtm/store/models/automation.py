"""Workflows, triggers, leads, sends and their tests, under the names the SOP's queries use (17.3).

Each workflow, version, trigger and lead has a number beside its name: rows there are millions of, such as enrolments,
point at the number.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index, Integer, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from gtm.store.models.base import Json, UtcDateTime, one_of

WORKFLOW_STATUSES = ("draft", "active", "paused", "archived")
IN_DOUBT = "state = 'unknown' OR (state = 'sent' AND refusal_reason <> '')"
"""Sends whose fate was unknown, and those of them that were found sent later."""


class AutomationWorkflow(SQLModel, table=True):
    """A workflow in its newest version; `definition` is that version."""

    __tablename__ = "automation_workflows"
    __table_args__ = (one_of("automation_workflows", "status", WORKFLOW_STATUSES),)

    workflow_no: int | None = Field(default=None, primary_key=True)
    workflow_id: str = Field(unique=True, max_length=63)
    venture_id: str = Field(index=True, max_length=63)
    campaign_id: str = Field(max_length=63)
    name: str
    version: int = 1
    status: str = Field(default="draft", max_length=20)
    definition: dict[str, Any] = Field(sa_column=Column(Json, nullable=False))
    diagram_mermaid: str = ""
    priority: str = Field(default="normal", max_length=20)
    test_execution_count: int = 0
    execution_count: int = 0
    activated_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    paused_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    paused_reason: str | None = None
    created_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    updated_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    run_id: str = Field(default="", max_length=63)
    revision: int = 1


class WorkflowVersion(SQLModel, table=True):
    """Every version of a workflow that a lead may be pinned to."""

    __tablename__ = "workflow_versions"
    __table_args__ = (UniqueConstraint("workflow_id", "version", name="uq_workflow_versions_version"),)

    version_no: int | None = Field(default=None, primary_key=True)
    workflow_id: str = Field(max_length=63)
    version: int
    definition: dict[str, Any] = Field(sa_column=Column(Json, nullable=False))
    created_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class WorkflowTrigger(SQLModel, table=True):
    """What starts a workflow."""

    __tablename__ = "workflow_triggers"

    trigger_no: int | None = Field(default=None, primary_key=True)
    trigger_id: str = Field(unique=True, max_length=63)
    workflow_id: str = Field(index=True, max_length=63)
    venture_id: str = Field(index=True, max_length=63)
    type: str = Field(max_length=20)
    source_table: str = Field(max_length=40)
    conditions: list[dict[str, Any]] = Field(sa_column=Column(Json, nullable=False))
    rate_limit: str | None = None
    filters: dict[str, Any] = Field(sa_column=Column(Json, nullable=False))
    schedule: dict[str, Any] | None = Field(default=None, sa_column=Column(Json))
    enabled: bool = False
    created_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    run_id: str = Field(default="", max_length=63)
    revision: int = 1


class LeadRow(SQLModel, table=True):
    """A person a venture may write to; `email` is trimmed and lower case.

    `own_writes` counts what this application wrote. A row of others begins at 0, and their changes leave it as it is:
    by that the database's triggers know what to put into `lead_outbox`.
    """

    __tablename__ = "leads"
    __table_args__ = (
        UniqueConstraint("venture_id", "email", "is_test", name="uq_leads_email"),
        {"sqlite_autoincrement": True},
    )

    lead_no: int | None = Field(default=None, primary_key=True)
    lead_id: str = Field(unique=True, max_length=63)
    venture_id: str = Field(max_length=63)
    email: str = Field(max_length=254)
    first_name: str = ""
    last_name: str = ""
    company: str = ""
    role: str = ""
    segment_id: str = Field(default="", max_length=63)
    lead_source: str = ""
    status: str = Field(default="new", max_length=40)
    score: int = 0
    time_zone: str = Field(default="UTC", max_length=64)
    country: str = Field(default="", max_length=2)
    consent: str = Field(default="unknown", max_length=24)
    is_test: bool = False
    own_writes: int = Field(default=1, sa_column=Column(Integer, nullable=False, server_default=text("0")))
    created_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    attributes: dict[str, Any] = Field(sa_column=Column(Json, nullable=False))


class EmailSend(SQLModel, table=True):
    """One email to one lead; reserved before it is handed over, so that a crash leaves `reserved`, never a double.

    `delivery_status`: '' until handed over, then accepted, refused, bounced, complained, or unknown. `doubted_at`: when
    another than its owner found it unsettled.
    """

    __tablename__ = "email_sends"
    __table_args__ = (
        one_of("email_sends", "state", ("reserved", "sent", "failed", "unknown")),
        UniqueConstraint("idempotency_key", name="uq_email_sends_key"),
        Index("ix_email_sends_lead", "lead_id"),
        Index("ix_email_sends_campaign", "venture_id", "campaign_id", "sent_at"),
        Index("ix_email_sends_message", "message_id"),
        # What reconciling looks through: never sent ones in the millions, only those whose fate was in doubt.
        Index("ix_email_sends_doubt", "enrolment_no", sqlite_where=text(IN_DOUBT), postgresql_where=text(IN_DOUBT)),
        one_of("email_sends", "purpose", ("marketing", "transactional")),
    )

    send_id: str = Field(primary_key=True, max_length=63)
    idempotency_key: str = Field(max_length=80)
    venture_id: str = Field(max_length=63)
    campaign_id: str = Field(max_length=63)
    workflow_id: str = Field(default="", max_length=63)
    enrolment_no: int = Field(default=0, index=True)
    step: str = Field(default="", max_length=63)
    email_number: int = 1
    lead_id: str = Field(max_length=63)
    subject: str = ""
    message_id: str | None = Field(default=None, max_length=200)
    state: str = Field(default="reserved", max_length=20)
    attempts: int = 0
    owner: str | None = Field(default=None, max_length=80)
    reserved_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    doubted_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    sent_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    delivered_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    opened_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    clicked_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    delivery_status: str = Field(default="", max_length=20)
    variant: str = Field(default="", max_length=10)
    is_test: bool = False
    refusal_reason: str = ""
    purpose: str = Field(default="marketing", max_length=20)


class AutomationTestResult(SQLModel, table=True):
    """One test case of one test run (SOP step 3.3)."""

    __tablename__ = "automation_test_results"
    __table_args__ = (
        one_of("automation_test_results", "status", ("passed", "failed", "not_applicable")),
        UniqueConstraint("run_id", "workflow_id", "revision", "test_case", name="uq_automation_test_results_case"),
    )

    result_id: str = Field(primary_key=True, max_length=63)
    run_id: str = Field(max_length=63)
    workflow_id: str = Field(index=True, max_length=63)
    venture_id: str = Field(index=True, max_length=63)
    position: int
    test_case: str
    expected: str
    observed: str
    status: str = Field(max_length=20)
    passed: bool
    evidence: dict[str, Any] = Field(sa_column=Column(Json, nullable=False))
    measured_ms: float | None = None
    executed_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    revision: int


class Suppression(SQLModel, table=True):
    """An address that gets no more mail from a venture, and why."""

    __tablename__ = "suppression_list"

    venture_id: str = Field(primary_key=True, max_length=63)
    email: str = Field(primary_key=True, max_length=254)
    reason: str = Field(max_length=40)
    created_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
