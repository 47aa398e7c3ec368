"""A finished run of Fleet, made by hand: small, valid, and complete enough to hand over."""

from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from gtm.domain.brief import VentureBrief
from gtm.domain.dossier import (
    ApprovalRecord,
    Dossier,
    StepRecord,
    TestReports,
    TriggerSet,
    UsageTotals,
    WorkflowSet,
)
from gtm.domain.review import Review, ReviewedItem
from gtm.domain.spec import Policies, StageSpec
from gtm.domain.verdict import Check, Finding, Verdict
from tests.unit.crews.dossier_parts import budget, channels, content, strategy, templates
from tests.unit.crews.dossier_plan import STARTED, schedule, test_report, trigger, workflow

ROOT = Path(__file__).parents[3]
NOW = datetime(2026, 1, 2, 11, 30, tzinfo=UTC)
AGENT_URL = "http://127.0.0.1:8017"


@cache
def stage() -> StageSpec:
    """The stage as configured."""
    return StageSpec.model_validate(yaml.safe_load((ROOT / "config/stage17/stage.yaml").read_text()))


@cache
def policies() -> Policies:
    """The policies as configured."""
    return Policies.model_validate(yaml.safe_load((ROOT / "config/policies.yaml").read_text()))


def brief(**changes: Any) -> VentureBrief:
    """Fleet's brief."""
    return VentureBrief.model_validate(_fleet() | changes)


@cache
def _fleet() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "examples/ventures/fleet.yaml").read_text())
    return loaded


def evidence(root: Path) -> Path:
    """The evidence of the report below `root`, and a file of another run that must stay there."""
    folder = root / "run-0123456789/fleet-email-drip-it-platform/1"
    folder.mkdir(parents=True)
    for n in range(1, 7):
        (folder / f"case-{n}.log").write_text(f"evidence of case {n}\n")
    other = root / "run-other/fleet-email-drip-it-platform/1"
    other.mkdir(parents=True)
    (other / "other.log").write_text("of another run\n")
    return root


def _steps() -> tuple[StepRecord, ...]:
    rows, at = [], STARTED
    for step in stage().steps:
        took = timedelta(seconds=40 if step.id == "2.2" else 3)
        for revision in (1, 2) if step.id == "2.2" else (1,):
            done = not (step.id == "2.2" and revision == 1)
            rows.append(
                StepRecord(
                    step=step.id,
                    revision=revision,
                    status="done" if done else "superseded",
                    agent=step.agent,
                    generated_by="playbook",
                    artifact_sha256="ab" * 32,
                    comments=("Say 'organizations', and make the second email shorter.",) if revision == 2 else (),
                    started_at=at,
                    finished_at=at + took,
                )
            )
            at += took
    return tuple(rows)


def _approvals() -> tuple[ApprovalRecord, ...]:
    rows, at = [], STARTED + timedelta(minutes=10)
    for number, checkpoint in enumerate(stage().checkpoints):
        rounds = (1, 2) if checkpoint.id == "content" else (1,)
        for n in rounds:
            rejected = checkpoint.id == "content" and n == 1
            review = Review(
                checkpoint=checkpoint.id,
                role=checkpoint.role,
                checked=(
                    ReviewedItem(
                        subject="Budget", finding="70/20/10 to the cent", rests_on=("fact:knowledge-over-ads",)
                    ),
                ),
                risks=("The monthly budget is assumed.",),
                recommendation="approve",
                reason="Every line of the checklist holds.",
            )
            rows.append(
                ApprovalRecord(
                    approval_id=f"app-{number}-{n}",
                    checkpoint=checkpoint.id,
                    role=checkpoint.role,
                    round=n,
                    status="rejected" if rejected else "approved",
                    artifact_sha256="cd" * 32,
                    review=review,
                    requested_at=at,
                    decided_at=at + timedelta(minutes=4),
                    decided_by="Ada Park",
                    decided_via="cli",
                    comment="Say 'organizations', and make the second email shorter." if rejected else "",
                )
            )
            at += timedelta(minutes=15)
    return tuple(rows)


def _verdicts() -> tuple[Verdict, ...]:
    spec = stage()
    lines = [line for gate in (*spec.entry_gates, *spec.exit_gates) for line in gate.checklist]
    lines += [line for step in spec.steps for line in step.checklist]
    lines += [
        line for substage in spec.substages for line in substage.exit_criteria if not line.check.endswith("approved")
    ]
    checks = tuple(Check(name=line.check, sop=line.sop, passed=True, detail="Found in the store.") for line in lines)
    noted = Check(
        name="workflows.credentials_tested",
        sop="API credentials tested",
        passed=False,
        severity="note",
        detail="No platform is connected, so there is nothing to test.",
        fix="Connect LinkedIn Campaign Manager.",
    )
    return (Verdict(policy="all", checks=checks), Verdict(policy="workflows.configured", checks=(noted,)))


def dossier(**changes: Any) -> Dossier:
    """A finished run."""
    values: dict[str, Any] = {
        "run_id": "run-0123456789",
        "venture_id": "fleet",
        "status": "completed",
        "provider": "playbook",
        "started_at": STARTED,
        "finished_at": NOW,
        "brief": brief(),
        "findings": (
            Finding(
                code="utm-medium",
                kind="contradiction",
                field="utm.mediums",
                detail="Two mediums are named for one channel.",
                ask="Which medium holds for paid social?",
            ),
            Finding(
                code="assumed-budget",
                kind="assumption",
                field="financial_model.monthly",
                detail="The monthly budget of $50,000.00 is assumed.",
            ),
        ),
        "steps": _steps(),
        "approvals": _approvals(),
        "verdicts": _verdicts(),
        "usage": UsageTotals(calls=34),
        "strategy": strategy(),
        "channels": channels(),
        "budget": budget(),
        "templates": templates(),
        "content": content(),
        "schedule": schedule(),
        "workflows": WorkflowSet(venture_id="fleet", workflows=(workflow(),)),
        "triggers": TriggerSet(venture_id="fleet", triggers=(trigger(),)),
        "tests": TestReports(venture_id="fleet", reports=(test_report(),)),
    }
    return Dossier.model_validate(values | changes)
