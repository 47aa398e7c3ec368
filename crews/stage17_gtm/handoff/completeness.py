"""The completeness report: every checklist line that config/stage17/stage.yaml lists, with its verdict."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Literal

from crews.stage17_gtm.handoff import words
from crews.stage17_gtm.handoff.context import Context
from gtm.domain.called import checklists
from gtm.domain.spec import ChecklistLine
from gtm.domain.verdict import Check, Verdict
from gtm.policies.facts import HandoffFacts
from gtm.policies.handoff import checklist

SHORT = 220
"""Characters of a detail that are shown at once."""

State = Literal["met", "noted", "open", "failed", "not applicable"]


@dataclass(frozen=True)
class Line:
    """One checklist line, decided.

    Attributes:
        state: `met`; `noted` for a line that does not hold and does not block; `failed`; `open` when nothing in the
            run decides it; `not applicable` when it asks for something that this venture does not have.
        evidence: a file of the package that shows it, or an empty text.
    """

    check: str
    sop: str
    state: State
    detail: str
    evidence: str = ""
    fix: str = ""

    @property
    def short(self) -> str:
        """The detail, cut at a clause where it is longer than a paragraph should be."""
        if len(self.detail) <= SHORT:
            return self.detail
        head = self.detail[:SHORT]
        at = max(head.rfind("; "), head.rfind(". "))
        return head[: at if at > SHORT // 3 else head.rfind(" ")].rstrip(" ;,.") + " …"


@dataclass(frozen=True)
class Section:
    """A checklist: a gate, a step or a substage's exit."""

    title: str
    lines: tuple[Line, ...]

    @property
    def met(self) -> int:
        """How many lines are met."""
        return sum(line.state == "met" for line in self.lines)

    @property
    def told(self) -> str:
        """The count as a person reads it; lines that do not apply are no part of it."""
        apart = sum(line.state == "not applicable" for line in self.lines)
        text = f"{self.met} of {len(self.lines) - apart} met"
        return text + (f", {apart} not applicable" if apart else "")


_EVIDENCE: tuple[tuple[str, str], ...] = (
    ("entry.", "agent-configuration.json"),
    ("strategy.", "agent-configuration.json"),
    ("channels.credentials_secure", "credential-references.json"),
    ("channels.", "agent-configuration.json"),
    ("budget.", "budget-allocation.yaml"),
    ("templates.", "templates/"),
    ("content.", "content/"),
    ("schedule.", "calendar.csv"),
    ("workflows.credentials_tested", "credential-references.json"),
    ("workflows.", "workflows/"),
    ("triggers.", "workflows/"),
    ("testing.", "test-report.md"),
    ("exits.strategy_configuration.configuration_stored", "agent-configuration.json"),
    ("exits.agent_deployed.configuration_stored", "agent-configuration.json"),
    ("exits.agent_deployed.", "agent-api.md"),
    ("exits.campaigns_configured.", "agent-configuration.json"),
    ("exits.workflows_active.executed", "test-report.md"),
    ("exits.workflows_active.", "workflows/"),
    ("exits.automation_setup.workflow_passing", "test-report.md"),
    ("handoff.lead_scoring_access", "sales-briefing.md"),
    ("handoff.team_briefed", "sales-briefing.md"),
    ("handoff.dashboard_url", "sales-briefing.md"),
    ("handoff.api_documentation", "agent-api.md"),
)


def completeness(context: Context, paths: Collection[str]) -> tuple[Section, ...]:
    """Every checklist of the stage in its order, each line with its verdict and evidence.

    Args:
        paths: the files of the package; evidence is named only where it is among them.
    """
    verdicts = (*context.dossier.verdicts, handoff_verdict(context, paths))
    checks = {check.name: check for verdict in verdicts for check in verdict.checks}
    sections: list[Section] = []
    for title, lines in checklists(context.stage):
        made = tuple(_line(context, line, checks.get(line.check), paths) for line in lines)
        sections.append(Section(title, tuple(_gates(line, sections) for line in made)))
    return tuple(sections)


def handoff_verdict(context: Context, paths: Collection[str]) -> Verdict:
    """The handoff checklist, judged over the package as it is about to be written."""
    return checklist(
        HandoffFacts(
            stage=context.stage,
            policies=context.policies,
            files=frozenset(paths),
            briefing="sales-briefing.md",
            lead_scoring="sales-briefing.md",
            has_scoring=context.brief.lead_scoring is not None,
            scoring_workflows=scoring_workflows(context),
            dashboard_url=context.dashboard_url,
            api_documentation="agent-api.md",
        )
    )


def _gates(line: Line, sections: list[Section]) -> Line:
    """`All 3 exit gates validated`, read from the gates' own lines where no verdict says it."""
    if line.check != "exits.final.gates_validated" or line.state != "open":
        return line
    gates = [section for section in sections if section.title.startswith("Exit gate: ")]
    passed = [g for g in gates if all(one.state in ("met", "noted", "not applicable") for one in g.lines)]
    state: State = "met" if gates and len(passed) == len(gates) else "open"
    return replace(line, state=state, detail=f"{len(passed)} of {words.count(len(gates), 'exit gate')} passed.")


def _line(context: Context, line: ChecklistLine, check: Check | None, paths: Collection[str]) -> Line:
    evidence = evidence_of(line.check, paths)
    if check is not None:
        state: State = "met" if check.passed else "noted" if check.severity == "note" else "failed"
        state = state if check.applies else "not applicable"
        return Line(
            line.check, line.sop, state, context.named(check.detail), evidence, "" if check.passed else check.fix
        )
    if found := _from_records(context, line.check):
        return Line(line.check, line.sop, found[0], found[1], evidence)
    return Line(line.check, line.sop, "open", "Nothing in this run decides this line.", evidence)


def evidence_of(check: str, paths: Collection[str]) -> str:
    """The file or folder of the package that shows a check's line, or an empty text."""
    for prefix, path in _EVIDENCE:
        if check.startswith(prefix):
            return path if any(p.startswith(path) for p in paths) else ""
    return ""


def scoring_workflows(context: Context) -> tuple[str, ...]:
    """Ids of the workflows that a lead score starts or steers."""
    found = []
    for workflow in context.dossier.workflows.workflows if context.dossier.workflows else ():
        by_trigger = any(
            p.field.endswith("score") for t in context.triggers_of(workflow.workflow_id) for p in t.conditions
        )
        by_step = any(step.type == "condition" and step.when.field.endswith("score") for step in workflow.steps)
        if by_trigger or by_step:
            found.append(workflow.workflow_id)
    return tuple(found)


def _from_records(context: Context, check: str) -> tuple[State, str] | None:
    if check == "exits.final.stage_completed":
        done = context.dossier.status == "completed"
        return ("met" if done else "open"), f"The run stands as {context.dossier.status}."
    if check.endswith(".approved"):
        return _approved(context, check)
    return None


def _approved(context: Context, check: str) -> tuple[State, str] | None:
    checkpoints = {
        "exits.strategy_configuration.approved": "strategy",
        "exits.campaign_development.approved": "campaigns",
        "exits.automation_setup.approved": "automation",
        "exits.final.approved": "final",
    }
    rows = [a for a in context.dossier.approvals if a.checkpoint == checkpoints.get(check)]
    if not rows:
        return None
    last = max(rows, key=lambda a: (a.round, a.requested_at))
    if last.status != "approved":
        return "open", f"{last.role} has not approved: round {last.round} is {last.status}."
    who = f"Approved by {words.person(last.decided_by)} on {words.moment(last.decided_at)}"
    return "met", f"{who} via {words.via(last.decided_via)}."
