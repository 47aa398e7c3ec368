"""The guardrails of steps 3.1 and 3.2, Configure Workflows and Define Triggers."""

from collections.abc import Iterable, Iterator

from gtm.domain.dossier import WorkflowSet
from gtm.domain.verdict import Check, Verdict
from gtm.domain.workflow import CrmSync, HttpRequest, Notify, SendEmail
from gtm.domain.workflow_checks import check_definition, check_triggers
from gtm.policies.checklist import Checklist, missing_step, told_together
from gtm.policies.facts import ConnectionTest, TriggersFacts, WorkflowsFacts

WORKFLOWS = "workflows.configured"
TRIGGERS = "triggers.defined"
EMAIL = "email"
"""Name of the mail sender among the connections."""

_LINES = {
    "workflow.trigger_conditions_validated": "workflows.trigger_conditions_validated",
    "workflow.actions_have_both_paths": "workflows.success_failure_paths",
    "workflow.delays_and_pacing_configured": "workflows.delays_configured",
    "workflow.documented_with_diagram": "workflows.diagram",
}
"""A check of one definition → the line of the SOP's checklist that it decides for all of them."""


def configured(facts: WorkflowsFacts) -> Verdict:
    """Every workflow is stored, sound, drawn, and its platforms' credentials were tried."""
    artifact = facts.artifact
    if artifact is None:
        return missing_step(facts.stage, WORKFLOWS)
    checks = Checklist(facts.stage, WORKFLOWS)
    refs = _content_refs(facts)
    triggers = facts.triggers.triggers if facts.triggers else ()
    judged = [(w.workflow_id, check_definition(w, refs, triggers)) for w in artifact.workflows]
    for name, line in _LINES.items():
        checks.line(line, _of(judged, name, artifact), _well(judged, name), _fix(judged, name))
    checks.line(
        "workflows.credentials_tested",
        _connection_faults(needed_connections(artifact), facts.connections),
        ", ".join(f"{c.name}: {c.detail}" for c in facts.connections) or "nothing to test",
        "test the connection named with the credentials of the vault (gtm doctor)",
    )
    for name in sorted({c.name for _, one in judged for c in one} - set(_LINES)):
        sop = next(c.sop for _, one in judged for c in one if c.name == name)
        checks.rule(
            name.replace("workflow.", "workflows."),
            sop,
            _of(judged, name, artifact),
            _well(judged, name),
            _fix(judged, name),
        )
    return checks.verdict()


def triggers_defined(facts: TriggersFacts) -> Verdict:
    """Every workflow has a trigger, each with a rate limit and with filters against test and duplicate data."""
    artifact = facts.artifact
    if artifact is None:
        return missing_step(facts.stage, TRIGGERS)
    checks = Checklist(facts.stage, TRIGGERS)
    workflows = facts.workflows.workflows if facts.workflows else ()
    for check in check_triggers(workflows, artifact.triggers):
        faults = [] if check.passed else [check.detail.rstrip(".")]
        if check.name == "triggers.conditions_valid":
            checks.rule(check.name, check.sop, faults, check.detail, check.fix)
        else:
            checks.line(check.name, faults, check.detail, check.fix)
    return checks.verdict()


def needed_connections(workflows: WorkflowSet) -> tuple[str, ...]:
    """Names of the platforms that the workflows use: `email` for mail, else a connector's name or a URL."""
    names: set[str] = set()
    for workflow in workflows.workflows:
        for step in workflow.steps:
            if isinstance(step, SendEmail) or (isinstance(step, Notify) and step.channel == "email"):
                names.add(EMAIL)
            elif isinstance(step, HttpRequest):
                names.add(step.connector or step.url or "http")
            elif isinstance(step, CrmSync):
                names.add(step.connector)
    return tuple(sorted(names))


def _content_refs(facts: WorkflowsFacts) -> frozenset[str]:
    pieces = facts.content.pieces if facts.content else ()
    return frozenset(p.piece_id for p in pieces) | {f"{p.campaign_id}/{p.segment_id}/{p.step}" for p in pieces}


def _of(judged: Iterable[tuple[str, tuple[Check, ...]]], name: str, artifact: WorkflowSet) -> Iterator[str]:
    if not artifact.workflows:
        yield "there is no workflow"
    for workflow_id, checks in judged:
        yield from (f"{workflow_id}: {c.detail.rstrip('.')}" for c in checks if c.name == name and not c.passed)


def _well(judged: list[tuple[str, tuple[Check, ...]]], name: str) -> str:
    found = ((workflow_id, c.detail.rstrip(".")) for workflow_id, checks in judged for c in checks if c.name == name)
    return told_together(((workflow_id, detail[:1].lower() + detail[1:]) for workflow_id, detail in found), len(judged))


def _fix(judged: list[tuple[str, tuple[Check, ...]]], name: str) -> str:
    return next((c.fix for _, checks in judged for c in checks if c.name == name and c.fix), "configure a workflow")


def _connection_faults(needed: tuple[str, ...], tested: tuple[ConnectionTest, ...]) -> Iterator[str]:
    results = {test.name: test for test in tested}
    for name in needed:
        test = results.get(name)
        if test is None:
            yield f"{name} was not tested"
        elif not test.ok:
            yield f"{name} failed: {test.detail}"
