"""A venture with everything the house drafts for it, and small tools to break one thing at a time."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from gtm.domain.base import Model
from gtm.domain.brief import VentureBrief
from gtm.domain.budget import BudgetPlan
from gtm.domain.campaign import CampaignContent, CampaignTemplate, ContentElement, ContentPiece, TemplateSet, Variant
from gtm.domain.channels import ChannelPlan
from gtm.domain.config_loading import load_config
from gtm.domain.dossier import ApprovalRecord, Dossier, StepRecord, TestReports, TriggerSet, WorkflowSet
from gtm.domain.intake import read_brief
from gtm.domain.playbook_data import PlaybookCommon, PlaybookData, VoicePhrases
from gtm.domain.schedule import SchedulePlan
from gtm.domain.spec import Policies, Presets, StageSpec
from gtm.domain.strategy import GtmStrategy
from gtm.domain.verdict import Verdict
from gtm.domain.workflow_report import (
    EXTRA_TEST_CASES,
    SOP_TEST_CASES,
    CleanupProof,
    RowCounts,
    TestCaseResult,
    WorkflowTestReport,
)
from gtm.playbook.budget import draft_budget
from gtm.playbook.channels import draft_channels
from gtm.playbook.copy import draft_content
from gtm.playbook.directives import Directives
from gtm.playbook.schedule import draft_schedule
from gtm.playbook.strategy import draft_strategy
from gtm.playbook.templates import draft_templates
from gtm.playbook.triggers import draft_triggers
from gtm.playbook.workflows import draft_workflows

ROOT = Path(__file__).resolve().parents[3]
LAYOUT = (ROOT / "config" / "mjml" / "email.mjml").read_text()
STARTS = date(2026, 1, 5)
M = TypeVar("M", bound=Model)
NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)


def config(name: str, model: type[M]) -> M:
    return load_config((ROOT / "config" / name).read_bytes(), model, name)


@cache
def stage() -> StageSpec:
    return config("stage17/stage.yaml", StageSpec)


@cache
def policies() -> Policies:
    return config("policies.yaml", Policies)


@cache
def common() -> dict[str, Any]:
    """What every Facts object takes."""
    return {"stage": stage(), "policies": policies()}


@cache
def brief(name: str = "fleet") -> VentureBrief:
    path = ROOT / "examples" / "ventures" / f"{name}.yaml"
    return read_brief(path.read_bytes(), name=path.name, limit_bytes=policies().run.brief_bytes)


@dataclass(frozen=True)
class Drafts:
    """Everything the house drafts for one venture."""

    brief: VentureBrief
    strategy: GtmStrategy
    channels: ChannelPlan
    budget: BudgetPlan
    templates: TemplateSet
    content: CampaignContent
    schedule: SchedulePlan
    workflows: WorkflowSet
    triggers: TriggerSet


@cache
def playbook() -> PlaybookData:
    """The house's phrases, in all voices."""
    voices = sorted((ROOT / "config/playbook/voices").glob("*.yaml"))
    return PlaybookData(
        common=config("playbook/common.yaml", PlaybookCommon),
        voices=tuple(load_config(path.read_bytes(), VoicePhrases, path.name) for path in voices),
    )


def copy_in(name: str, voice: str) -> list[str]:
    """The texts of version A of every piece that the house drafts for a venture in a voice."""
    made = drafts(name)
    spoken = made.brief.model_copy(update={"brand": made.brief.brand.model_copy(update={"voice": voice})})
    content = draft_content(spoken, made.templates, made.channels, policies(), playbook(), starts=STARTS)
    return ["\n".join(element.text("A") for element in piece.elements) for piece in content.pieces]


@cache
def drafts(name: str = "fleet") -> Drafts:
    b, p, no = brief(name), policies(), Directives()
    preset = config(f"presets/{b.preset}.yaml", Presets) if b.preset else None
    library = [
        load_config(path.read_bytes(), CampaignTemplate, path.name)
        for path in sorted((ROOT / "config/campaign_templates").glob("*/template.yaml"))
    ]
    strategy = draft_strategy(b, p, preset, no)
    channels = draft_channels(b, strategy, p, preset, no)
    budget = draft_budget(b, channels, p, preset, no)
    templates = draft_templates(b, channels, strategy, p, library, no)
    schedule = draft_schedule(b, templates, channels, budget, p, starts=STARTS, directives=no)
    workflows = draft_workflows(b, templates, channels, p, no, schedule)
    return Drafts(
        brief=b,
        strategy=strategy,
        channels=channels,
        budget=budget,
        templates=templates,
        content=draft_content(b, templates, channels, p, playbook(), starts=STARTS),
        schedule=schedule,
        workflows=WorkflowSet(venture_id=b.id, workflows=workflows),
        triggers=TriggerSet(venture_id=b.id, triggers=draft_triggers(b, templates, workflows)),
    )


def report(workflow_id: str, **changes: Any) -> WorkflowTestReport:
    """A report in which every case passed with evidence, and nothing is left."""
    cases = tuple(
        TestCaseResult(
            test_case=case, expected=expected, observed=f"seen: {expected}", status="passed", evidence=(f"{n}.log",)
        )
        for n, (case, expected) in enumerate((*SOP_TEST_CASES, *EXTRA_TEST_CASES))
    )
    zero = RowCounts(
        test_leads=0,
        test_email_sends=0,
        test_enrolments=0,
        test_step_log=0,
        test_executions_kept=6,
        execution_count=0,
    )
    before = zero.model_copy(update={"test_leads": 8, "test_email_sends": 12, "execution_count": 6})
    fields: dict[str, Any] = {
        "workflow_id": workflow_id,
        "venture_id": "fleet",
        "run_id": "run-1",
        "revision": 1,
        "executed_at": NOW,
        "lead_count": 6,
        "cases": cases,
        "evidence_dir": "run-1",
        "cleanup": CleanupProof(before=before, after=zero),
    }
    return WorkflowTestReport(**(fields | changes))


@cache
def reports() -> TestReports:
    return TestReports(venture_id="fleet", reports=tuple(report(w.workflow_id) for w in drafts().workflows.workflows))


@cache
def dossier() -> Dossier:
    """A run in which everything is done and approved."""
    d = drafts()
    return Dossier(
        run_id="run-1",
        venture_id="fleet",
        status="running",
        provider="playbook",
        started_at=NOW,
        finished_at=None,
        brief=d.brief,
        steps=tuple(StepRecord(step=s.id, revision=1, status="done") for s in stage().steps),
        approvals=tuple(
            ApprovalRecord(
                approval_id=f"a-{c.id}",
                checkpoint=c.id,
                role=c.role,
                round=1,
                status="approved",
                artifact_sha256="0" * 64,
                review=None,
                requested_at=NOW,
            )
            for c in stage().checkpoints
        ),
        strategy=d.strategy,
        channels=d.channels,
        budget=d.budget,
        templates=d.templates,
        content=d.content,
        schedule=d.schedule,
        workflows=d.workflows,
        triggers=d.triggers,
        tests=reports(),
    )


def with_(model: M, **changes: Any) -> M:
    """The model with some fields changed; nothing is validated, so that a broken artifact can be made."""
    return model.model_copy(update=changes)


def at(items: tuple[M, ...], index: int, **changes: Any) -> tuple[M, ...]:
    """The tuple with one item changed."""
    return tuple(with_(item, **changes) if n == index % len(items) else item for n, item in enumerate(items))


def rewritten(piece: ContentPiece, variable: str, text: str, label: str = "A", **changes: Any) -> ContentPiece:
    """The piece with one variant's text replaced."""
    elements = tuple(
        ContentElement(
            variable=e.variable,
            variants=tuple(Variant(label=v.label, text=text) if v.label == label else v for v in e.variants),
        )
        if e.variable == variable
        else e
        for e in piece.elements
    )
    return with_(piece, elements=elements, **changes)


def assert_fails(verdict: Verdict, name: str, *words: str) -> None:
    """The named check, and so the verdict, fails; its detail says what, its fix what to do."""
    check = next(c for c in verdict.checks if c.name == name)
    assert not check.passed, f"{name} passed: {check.detail}"
    assert not verdict.passed
    assert check.fix, f"{name} does not say what to do"
    for word in words:
        assert word in check.detail, f"{word!r} not in {check.detail!r}"


def assert_only_fails(verdict: Verdict, name: str, *words: str) -> None:
    """The named check fails and no other one."""
    assert_fails(verdict, name, *words)
    assert [c.name for c in verdict.failures] == [name]


def lines(policy: str) -> set[str]:
    """The checks that stage.yaml gives to a policy."""
    from gtm.policies.checklist import lines_of

    return {line.check for line in lines_of(stage(), policy)}
