"""`workflow_executions` as the SOP asks for it: a view of every enrolment, and of those kept after they were cleared.

One row a start of a workflow for one lead. It is read only; an enrolment is the one place where it is written.
"""

from datetime import datetime

from sqlalchemy import Column, MetaData
from sqlmodel import Field, SQLModel

from gtm.store.models.base import UtcDateTime, created_with

_SQLITE_MOMENT = "strftime('%Y-%m-%d %H:%M:%S', e.{0} / 1000000, 'unixepoch') || '.' || printf('%06d', e.{0} % 1000000)"
_VIEW = """
CREATE {kind} workflow_executions AS
SELECT 'exec-' || e.enrolment_no AS execution_id, v.workflow_id, v.version, l.venture_id, l.lead_id, t.trigger_id,
       {triggered_at} AS triggered_at, {started_at} AS started_at, {finished_at} AS finished_at,
       CASE WHEN e.status = 2 THEN 'completed' WHEN e.status = 3 THEN 'failed'
            WHEN e.started_at IS NULL THEN 'triggered' ELSE 'running' END AS status,
       e.is_test, e.entry
FROM enrolments e
JOIN workflow_versions v ON v.version_no = e.version_no
JOIN leads l ON l.lead_no = e.lead_no
JOIN workflow_triggers t ON t.trigger_no = e.trigger_no
UNION ALL
SELECT execution_id, workflow_id, version, venture_id, lead_id, trigger_id, triggered_at, started_at, finished_at,
       status, is_test, entry
FROM kept_executions
"""


def _view(kind: str, moment: str) -> str:
    names = {"triggered_at": "entered_at", "started_at": "started_at", "finished_at": "finished_at"}
    return " ".join(_VIEW.format(kind=kind, **{told: moment.format(column) for told, column in names.items()}).split())


EXECUTIONS_VIEW = {
    "sqlite": _view("VIEW IF NOT EXISTS", _SQLITE_MOMENT),
    "postgresql": _view("OR REPLACE VIEW", "e.{0}"),
}
"""The view's statement by dialect; the first migration holds a frozen copy."""

created_with(SQLModel.metadata, {dialect: (statement,) for dialect, statement in EXECUTIONS_VIEW.items()})


class WorkflowExecution(SQLModel, table=True):
    """One start of a workflow for one lead, as the view tells it.

    `status` is triggered until a worker first takes it up, then running, then completed or failed.
    """

    __tablename__ = "workflow_executions"
    metadata = MetaData()

    execution_id: str = Field(primary_key=True)
    workflow_id: str
    version: int
    venture_id: str
    lead_id: str
    trigger_id: str
    triggered_at: datetime = Field(sa_column=Column(UtcDateTime))
    started_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    finished_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    status: str
    is_test: bool
    entry: str
