"""Reads a run back as one typed snapshot: the newest revision of each artifact, with approvals, verdicts and usage."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from sqlmodel import Session

from gtm.domain.base import Model
from gtm.domain.brief import VentureBrief
from gtm.domain.budget import BudgetPlan
from gtm.domain.campaign import CampaignContent, TemplateSet
from gtm.domain.channels import ChannelPlan
from gtm.domain.dossier import (
    ApprovalRecord,
    Dossier,
    StepRecord,
    TemplatePart,
    TestReports,
    TriggerSet,
    UsageTotals,
    VoiceReport,
    WorkflowSet,
)
from gtm.domain.errors import NotFound, StoreError
from gtm.domain.review import Review
from gtm.domain.schedule import SchedulePlan
from gtm.domain.strategy import GtmStrategy
from gtm.domain.verdict import Finding, Verdict
from gtm.domain.workflow import TriggerDefinition, WorkflowDefinition, WorkflowTestReport
from gtm.store.models.body import hash_of, typed
from gtm.store.models.runs import Approval, Artifact, RunStep
from gtm.store.repositories import approvals, artifacts, logs, runs, ventures, winners

M = TypeVar("M", bound=Model)


def load_dossier(session: Session, run_id: str) -> Dossier:
    """Everything that is known of a run.

    Raises:
        NotFound: there is no such run.
    """
    run = runs.get(session, run_id)
    if run is None:
        raise NotFound(f"there is no run {run_id}", field="run", value=run_id, hint="gtm runs lists them")
    current = artifacts.current(session, run_id)
    for row in current:
        _must_be_whole(row)
    frozen = next((row for row in current if (row.step, row.name) == ("brief", "brief")), None)
    brief = typed(frozen.body, VentureBrief) if frozen else ventures.get_brief(session, run.venture_id)
    if brief is None:
        raise NotFound(f"there is no venture {run.venture_id}", field="venture", value=run.venture_id)
    return Dossier(
        run_id=run_id,
        venture_id=run.venture_id,
        status=run.status,
        provider=run.provider,
        started_at=run.started_at or run.created_at,
        finished_at=run.finished_at,
        brief=brief,
        findings=_findings(session, run_id, run.venture_id),
        steps=tuple(step_record(row) for row in runs.steps(session, run_id)),
        approvals=tuple(approval_record(row) for row in approvals.of_run(session, run_id)),
        verdicts=tuple(typed(row.verdict, Verdict) for row in runs.newest_gate_results(session, run_id)),
        usage=UsageTotals(**logs.usage_totals(session, run_id)),
        winners=winners.of_venture(session, run.venture_id, run.created_at),
        **_artifacts(run.venture_id, current),
    )


def _findings(session: Session, run_id: str, venture_id: str) -> tuple[Finding, ...]:
    """What was found in the brief that the run rests on."""
    frozen = artifacts.get(session, run_id, "brief", 1, "findings")
    if frozen is None:
        return ventures.findings(session, venture_id)
    return tuple(Finding.model_validate(finding) for finding in frozen.body["findings"])


def _artifacts(venture_id: str, rows: Iterable[Artifact]) -> dict[str, Any]:
    """The typed artifacts; parts that several tool calls stored are put together in the order they were stored."""
    by_step: dict[str, list[Artifact]] = {}
    for row in rows:
        by_step.setdefault(row.step, []).append(row)
    parts = _parts(by_step.get("2.1", ()), "template-", TemplatePart)
    workflows = _parts(by_step.get("3.1", ()), "workflow-", WorkflowDefinition)
    triggers = _parts(by_step.get("3.2", ()), "trigger-", TriggerDefinition)
    reports = _parts(by_step.get("3.3", ()), "test-", WorkflowTestReport)
    return {
        "strategy": _one(by_step, "1.1", "strategy", GtmStrategy),
        "channels": _one(by_step, "1.2", "channels", ChannelPlan),
        "budget": _one(by_step, "1.3", "budget", BudgetPlan),
        "templates": TemplateSet(
            venture_id=venture_id,
            campaigns=tuple(part.campaign for part in parts),
            templates=tuple(part.template for part in parts),
        )
        if parts
        else None,
        "content": _one(by_step, "2.2", "content", CampaignContent),
        "voice": _one(by_step, "2.2", "voice", VoiceReport),
        "schedule": _one(by_step, "2.3", "schedule", SchedulePlan),
        "workflows": WorkflowSet(venture_id=venture_id, workflows=workflows) if workflows else None,
        "triggers": TriggerSet(venture_id=venture_id, triggers=triggers) if triggers else None,
        "tests": TestReports(venture_id=venture_id, reports=reports) if reports else None,
    }


def _must_be_whole(row: Artifact) -> None:
    if hash_of(row.body) != row.sha256:
        raise StoreError(
            f"artifact {row.step}/{row.revision}/{row.name} of {row.run_id} is not what was stored",
            hint="something outside the application changed the row; restore it from a backup",
        )


def _one(by_step: Mapping[str, list[Artifact]], step: str, name: str, model: type[M]) -> M | None:
    row = next((row for row in by_step.get(step, ()) if row.name == name), None)
    return typed(row.body, model) if row else None


def _parts(rows: Iterable[Artifact], prefix: str, model: type[M]) -> tuple[M, ...]:
    return tuple(typed(row.body, model) for row in rows if row.name.startswith(prefix))


def step_record(row: RunStep) -> StepRecord:
    """A step's row as the domain knows it."""
    return StepRecord(
        step=row.step,
        revision=row.revision,
        status=row.status,
        generated_by=row.generated_by or "",
        artifact_sha256=row.artifact_sha256 or "",
        comments=tuple(row.comments),
        started_at=row.started_at,
        finished_at=row.finished_at,
    )


def approval_record(row: Approval) -> ApprovalRecord:
    """An approval's row as the domain knows it."""
    return ApprovalRecord(
        approval_id=row.approval_id,
        checkpoint=row.checkpoint,
        role=row.role,
        round=row.round,
        status=row.status,
        artifact_sha256=row.artifact_sha256,
        review=typed(row.review, Review) if row.review else None,
        requested_at=row.requested_at,
        decided_at=row.decided_at,
        decided_by=row.decided_by or "",
        decided_via=row.decided_via or "",
        comment=row.comment or "",
        steps=tuple(row.steps),
    )
