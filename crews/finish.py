"""The end of a run: stage 17 is marked completed, and the package for stage 18 is written."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import Session

from crews.outcome import Outcome
from crews.previews import previews_of
from crews.services import Services
from gtm.domain.errors import GateFailed
from gtm.domain.verdict import Verdict
from gtm.policies.facts import FinalFacts
from gtm.policies.registry import POLICIES
from gtm.store.dossier import approval_record, load_dossier
from gtm.store.models.base import new_id
from gtm.store.repositories import approvals, logs, runs, stages

if TYPE_CHECKING:
    from crews.drive import Stretch
    from crews.stage17_gtm.handoff import HandoffResult


def complete(stretch: "Stretch") -> None:
    """Mark stage 17 completed in the stage tracking (SOP, final approval)."""
    services = stretch.services
    with services.database.write() as session:
        stages.track(
            session,
            stretch.venture_id,
            services.stage.stage,
            "completed",
            run_id=stretch.run_id,
            now=services.clock.now(),
        )
        runs.finish(session, stretch.run_id, services.clock.now())
        verdict = _final_verdict(session, stretch)
        if not verdict.passed:
            raise GateFailed(
                f"the final approval does not hold: {verdict.explain()}", hint=f"gtm show {stretch.run_id}"
            )
        runs.record_gate(
            session,
            run_id=stretch.run_id,
            gate="final",
            verdict=verdict,
            failure_action="",
            now=services.clock.now(),
        )
        logs.audit(
            session,
            actor="runner",
            action="stage.completed",
            subject=f"stage {services.stage.stage}",
            venture_id=stretch.venture_id,
            data={"run_id": stretch.run_id},
            now=services.clock.now(),
        )
    stretch.tell("completed", "stage", f"Stage {services.stage.stage} is completed")


def _final_verdict(session: Session, stretch: "Stretch") -> Verdict:
    stage = stretch.services.stage
    policies = {gate.policy for gate in stage.exit_gates}
    dossier = load_dossier(session, stretch.run_id)
    approval = approvals.newest(session, stretch.run_id, stage.final.id)
    tracked = stages.stage_of(session, stretch.venture_id, stage.stage)
    return POLICIES["exits.final"](
        FinalFacts(
            stage=stage,
            policies=stretch.services.policies,
            exit_gates=tuple(verdict for verdict in dossier.verdicts if verdict.policy in policies),
            approval=approval_record(approval).status if approval else "none",
            approved_role=approval.role if approval else "",
            stage_status=tracked.status if tracked else "",
        )
    )


@dataclass(frozen=True)
class Package:
    """A package on disk and in the store.

    Attributes:
        written: what stands on disk.
        is_new: this package was not on record before; False when it is the one that stands there.
    """

    written: "HandoffResult"
    is_new: bool


def write_package(services: Services, run_id: str) -> Package:
    """Write a completed run's package and record it, as often as anybody likes.

    The package is dated with the moment at which the run was completed, so that the same run gives the same package
    and no second record; files that were changed on disk meanwhile are restored, and named.

    Args:
        services: the application's parts.
        run_id: a completed run.

    Raises:
        NotFound: there is no such run.
        OSError: the disk refused.
    """
    from crews.stage17_gtm.handoff import write_handoff

    with services.database.read() as session:
        dossier = load_dossier(session, run_id)
    written = write_handoff(
        dossier,
        out_dir=services.out_dir,
        now=dossier.finished_at or services.clock.now(),
        stage=services.stage,
        policies=services.policies,
        agent_url=services.agent_url,
        evidence_dir=services.state_dir / "evidence" / run_id,
        previews=previews_of(services, dossier),
    )
    handoff_id = new_id("hof")
    with services.database.write() as session:
        row = stages.record_handoff(
            session,
            handoff_id=handoff_id,
            venture_id=dossier.venture_id,
            run_id=run_id,
            from_stage=services.stage.stage,
            to_stage=services.stage.handoff_to,
            path=str(written.folder),
            manifest_sha256=written.manifest_sha256,
            now=services.clock.now(),
        )
        if runs.require(session, run_id).status == "completed":
            runs.set_status(session, run_id, "completed", checkpoint="", detail="handed over")
        return Package(written, is_new=row.handoff_id == handoff_id)


def hand_over(stretch: "Stretch") -> Outcome:
    """Write the package, then record it; a crash in between writes the same package again."""
    services = stretch.services
    folder = str(write_package(services, stretch.run_id).written.folder)
    stretch.tell("handoff_written", "handoff", f"Handed over to stage {services.stage.handoff_to}", detail=folder)
    return Outcome(
        run_id=stretch.run_id,
        venture_id=stretch.venture_id,
        status="completed",
        detail=f"stage {services.stage.stage} is completed and handed over to stage {services.stage.handoff_to}",
        handoff=folder,
    )
