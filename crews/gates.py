"""Collects the facts that the policies judge, and records what they answer.

Facts are gathered here, verdicts are pure (`gtm/policies`), and a failed gate says what happens next: escalation to
LEAD for stage 16, recursion to stage 11, or back to the work that is missing.
"""

from collections import Counter
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Literal, TypedDict

from sqlalchemy import text
from sqlmodel import Session

from crews.activation import held_back
from crews.copy_evidence import CopyEvidence, copy_evidence
from crews.outcome import Outcome
from crews.plan import exit_id
from crews.services import ProbeResult, Services
from gtm.automation.reach import Reach
from gtm.connectors.smtp.fake import SmtpSink
from gtm.connectors.smtp.schemas import SmtpSettings
from gtm.connectors.smtp.service import SmtpConnector
from gtm.domain.base import sha256_of
from gtm.domain.dossier import Dossier
from gtm.domain.errors import StepFailed
from gtm.domain.names import counted
from gtm.domain.spec import GateSpec, Policies, StageSpec, SubstageSpec
from gtm.domain.verdict import FINDING_KINDS, Check, Verdict
from gtm.policies import facts as f
from gtm.policies.registry import POLICIES, judge_step
from gtm.store import sop_queries
from gtm.store.dossier import load_dossier
from gtm.store.repositories import artifacts, automation_views, campaigns, logs, runs, stages, strategy, workers
from gtm.store.repositories.artifacts import Fingerprint

if TYPE_CHECKING:
    from crews.drive import Stretch

QUERIES = {
    "entry.market_strategy": sop_queries.MARKET_STRATEGY_DEFINED,
    "entry.segments": sop_queries.SEGMENTS_IDENTIFIED,
    "exits.campaigns_configured": sop_queries.CAMPAIGNS_CONFIGURED,
    "exits.workflows_active": sop_queries.WORKFLOWS_ACTIVE,
}
"""The SOP's own validation query of a gate, by policy."""


COPY = "2.2"
"""The step whose copy checkers outside of the core are asked about."""


class _Common(TypedDict):
    stage: StageSpec
    policies: Policies


class GateKeeper:
    """Judges entry gates, substage exits and exit gates of one run.

    Args:
        stretch: the claimed run.
    """

    def __init__(self, stretch: "Stretch") -> None:
        self._stretch = stretch

    def judge(self, gate: GateSpec, kind: Literal["entry", "exit"]) -> Outcome | None:
        """Judge, record and tell; a gate that is not met ends the stretch."""
        services, run_id = self._stretch.services, self._stretch.run_id
        probe = services.agent_probe(self._stretch.venture_id) if gate.policy == "exits.agent_deployed" else None
        with services.database.write() as session:
            dossier = load_dossier(session, run_id)
            verdict = self._with_query(session, gate, gate_verdict(session, gate.policy, dossier, services, probe))
            runs.record_gate(
                session,
                run_id=run_id,
                gate=gate.id,
                verdict=verdict,
                failure_action="" if verdict.passed else gate.failure_action,
                now=services.clock.now(),
            )
            if not verdict.passed:
                self._act_on_failure(session, gate, verdict)
            elif gate == services.stage.entry_gates[-1]:
                self._freeze_brief(session, dossier)
        self._tell_verdict(gate.id, f"{kind.capitalize()} gate: {gate.name}", verdict)
        return None if verdict.passed else self._blocked(gate.name, done_about(gate), verdict)

    def _freeze_brief(self, session: Session, dossier: Dossier) -> None:
        """From here on the run rests on this brief and its findings, whatever is loaded for the venture later."""
        bodies = {
            "brief": dossier.brief.model_dump(mode="json"),
            "findings": {"findings": [finding.model_dump(mode="json") for finding in dossier.findings]},
        }
        for name, body in bodies.items():
            artifacts.put(
                session,
                run_id=dossier.run_id,
                step="brief",
                revision=1,
                name=name,
                body=body,
                sha256=sha256_of(body),
                produced_by="stage:16",
                generated_by="venture brief",
                now=self._stretch.services.clock.now(),
            )
        runs.rest_on(session, dossier.run_id, sha256_of(dossier.brief))

    def _with_query(self, session: Session, gate: GateSpec, verdict: Verdict) -> Verdict:
        query = QUERIES.get(gate.policy)
        if query is None:
            return verdict
        rows = session.connection().execute(text(query), {"venture_id": self._stretch.venture_id}).all()
        check = Check(
            name=f"{gate.policy}.validation_query",
            sop="Validation Query",
            passed=bool(rows),
            detail=f"The SOP's query returns {len(rows)} row{'' if len(rows) == 1 else 's'}.",
            fix="" if rows else "complete what the checks above name",
        )
        return verdict.model_copy(update={"checks": (*verdict.checks, check)})

    def leave(self, substage: SubstageSpec) -> Outcome | None:
        """Judge a substage's exit criteria before the next one begins (SOP, substage exit criteria).

        Criteria that do not hold end the stretch; the run judges them again when it is resumed.
        """
        services, run_id = self._stretch.services, self._stretch.run_id
        with services.database.write() as session:
            dossier = load_dossier(session, run_id)
            verdict = POLICIES["exits.substage"](
                f.SubstageFacts(
                    stage=services.stage,
                    policies=services.policies,
                    substage=substage.id,
                    dossier=dossier,
                    stored_configurations=strategy.count_configs(session, dossier.venture_id),
                )
            )
            action = "" if verdict.passed else f"Substage {substage.id} is not left: mend what the failed line names."
            runs.record_gate(
                session,
                run_id=run_id,
                gate=exit_id(substage),
                verdict=verdict,
                failure_action=action,
                now=services.clock.now(),
            )
            if not verdict.passed:
                self._block(session, exit_id(substage), "retry", None, action, verdict)
        self._tell_verdict(exit_id(substage), f"Exit criteria of {substage.id}: {substage.name}", verdict)
        return None if verdict.passed else self._blocked(f"The exit of substage {substage.id}", action, verdict)

    def _act_on_failure(self, session: Session, gate: GateSpec, verdict: Verdict) -> None:
        services = self._stretch.services
        if gate.failure_stage is not None and gate.failure_stage != services.stage.stage:
            stages.request_review(
                session,
                self._stretch.venture_id,
                gate.failure_stage,
                run_id=self._stretch.run_id,
                now=services.clock.now(),
            )
        self._block(session, gate.id, gate.failure_mode, gate.failure_stage, done_about(gate), verdict)

    def _block(
        self, session: Session, subject: str, mode: str, to_stage: int | None, action: str, verdict: Verdict
    ) -> None:
        runs.set_status(session, self._stretch.run_id, "blocked", checkpoint="", detail=action)
        logs.audit(
            session,
            actor="runner",
            action=f"gate.{mode}",
            subject=subject,
            venture_id=self._stretch.venture_id,
            data={"stage": to_stage, "failures": [check.name for check in verdict.failures]},
            now=self._stretch.services.clock.now(),
        )

    def _tell_verdict(self, subject: str, title: str, verdict: Verdict) -> None:
        held = sum(check.passed for check in verdict.checks)
        noted = sum(not check.passed and check.severity == "note" for check in verdict.checks)
        self._stretch.tell(
            "gate_passed" if verdict.passed else "gate_failed",
            subject,
            title,
            detail=f"{held} of {counted(len(verdict.checks), 'check')} hold"
            + (f", {noted} noted" if noted else "")
            + _findings(verdict),
        )

    def _blocked(self, name: str, action: str, verdict: Verdict) -> Outcome:
        return Outcome(
            run_id=self._stretch.run_id,
            venture_id=self._stretch.venture_id,
            status="blocked",
            detail=f"{name} is not met. {action}",
            verdict=verdict,
        )


def done_about(gate: GateSpec) -> str:
    """What was done about a gate that is not met; its `failure_action` is what the SOP says to do."""
    match gate.failure_mode:
        case "escalate":
            return f"It was escalated to LEAD, and stage {gate.failure_stage} is asked to review; the run waits for it."
        case "recurse":
            return (
                f"The venture went back to stage {gate.failure_stage}, which is asked to review; the run waits for it."
            )
        case _:
            return gate.failure_action


def gate_verdict(
    session: Session, policy: str, dossier: Dossier, services: Services, probe: ProbeResult | None
) -> Verdict:
    """The verdict of an entry or exit gate on what the store holds.

    Args:
        session: an open unit of work.
        policy: the gate's policy name.
        dossier: the run.
        services: the application's parts.
        probe: how the agent process answered, for exit gate 1.
    """
    common: _Common = {"stage": services.stage, "policies": services.policies}
    match policy:
        case "entry.market_strategy" | "entry.segments":
            facts: f.Facts = f.EntryFacts(**common, brief=dossier.brief)
        case "exits.agent_deployed":
            facts = _agent_facts(session, dossier, services, probe)
        case "exits.campaigns_configured":
            facts = f.CampaignsFacts(
                **common,
                campaigns=tuple(f.CampaignRow(**row) for row in campaigns.exit_rows(session, dossier.run_id)),
            )
        case "exits.workflows_active":
            facts = f.ActiveWorkflowsFacts(
                **common,
                workflows=_workflow_rows(session, dossier.run_id, services.reach),
                living_workers=len(workers.living(session, services.clock.now())),
            )
        case _:
            raise StepFailed(f"no facts are collected for the policy {policy}")
    return POLICIES[policy](facts)


def _workflow_rows(session: Session, run_id: str, reach: Reach) -> tuple[f.WorkflowRow, ...]:
    held = {
        row.workflow_id: held_back(session, run_id, row, reach)
        for row in automation_views.of_run(session, run_id)
        if row.status == "draft"
    }
    rows = automation_views.exit_rows(session, run_id)
    return tuple(f.WorkflowRow(**row, held=held.get(row["workflow_id"], ())) for row in rows)


def _agent_facts(session: Session, dossier: Dossier, services: Services, probe: ProbeResult | None) -> f.AgentFacts:
    crew = stages.crew(session, services.stage.crew_id)
    return f.AgentFacts(
        stage=services.stage,
        policies=services.policies,
        crew_status=crew.status if crew else "",
        agents_registered=len(crew.agents) if crew else 0,
        answered="operational" if probe and probe.ok else "",
        seconds=Decimal(str(round(probe.seconds, 4))) if probe and probe.ok else None,
        configuration_versions=stages.crew_config_versions(session, services.stage.crew_id),
        log_lines=logs.completed_lines(session, dossier.run_id),
    )


def step_verdict(dossier: Dossier, step: str, services: Services) -> Verdict:
    """The verdict of a step's guardrail on what the store holds."""
    asked = copy_evidence(dossier, services) if step == COPY else CopyEvidence()
    return judge_step(
        step,
        services.stage,
        services.policies,
        dossier,
        connections=tested_connections(),
        **vars(asked),
    )


@cache
def tested_connections() -> tuple[f.ConnectionTest, ...]:
    """Try the mail sender once a process (SOP, workflow checklist: API credentials tested).

    Until a relay is configured, mail goes to the local sink: a real SMTP server on the loopback interface.
    """
    with SmtpSink() as sink:
        settings = SmtpSettings(
            host=sink.host,
            port=sink.port,
            security="plain",
            sender="team@sink.test",
            unsubscribe_url="https://sink.test/unsubscribe",
        )
        connector = SmtpConnector(settings)
        try:
            status = connector.check()
        finally:
            connector.close()
    return (f.ConnectionTest(name="email", ok=status.ready, detail=f"local mail sink: {status.detail}"),)


class Judge:
    """Judges the steps of one run, each once for what it looks at: the verdicts are pure.

    Args:
        services: the application's parts.
        run_id: the run.
    """

    def __init__(self, services: Services, run_id: str) -> None:
        self._services = services
        self._run_id = run_id
        self._known: dict[tuple[object, str], Verdict] = {}

    def dossier(self) -> Dossier:
        """The run as it stands."""
        with self._services.database.read() as session:
            return load_dossier(session, self._run_id)

    def step(self, step: str) -> Verdict:
        """The verdict of a step's guardrail on what the store holds."""
        with self._services.database.read() as session:
            key = (seen_by(step, artifacts.fingerprint(session, self._run_id)), step)
        if key not in self._known:
            self._known[key] = step_verdict(self.dossier(), step, self._services)
        return self._known[key]

    def checkpoint(self, checkpoint_id: str) -> tuple[Verdict, ...]:
        """What the checks say of everything that a checkpoint covers; for the final one also the gates."""
        stage = self._services.stage
        checkpoint = next(c for c in stage.checkpoints if c.id == checkpoint_id)
        verdicts = tuple(self.step(step) for step in checkpoint.covers)
        if checkpoint_id != stage.final.id:
            return verdicts
        judged = {verdict.policy for verdict in verdicts}
        return (*verdicts, *(v for v in self.dossier().verdicts if v.policy not in judged))


def seen_by(step: str, held: Fingerprint) -> Fingerprint:
    """What a step's guardrail can look at, of all that a run holds: nothing that only later steps make.

    Workflows are judged together with their triggers, which the next step makes.
    """
    last = "3.2" if step == "3.1" else step
    return tuple(row for row in held if row[0] == "brief" or (row[0][0].isdigit() and row[0] <= last))


def _findings(verdict: Verdict) -> str:
    """What the approver will read beside the review, by kind."""
    kinds = Counter(finding.kind for finding in verdict.findings)
    nouns = {"missing": ("gap in the brief", "gaps in the brief")}
    told = [counted(kinds[kind], *nouns.get(kind, (kind,))) for kind in FINDING_KINDS if kinds[kind]]
    return f"; {counted(len(verdict.findings), 'finding')} for LEAD ({', '.join(told)})" if told else ""
