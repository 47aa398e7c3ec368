"""Checkpoints: ask for an approval bound to what is shown, and carry out what was decided."""

from itertools import takewhile
from typing import TYPE_CHECKING

from sqlmodel import Session

from crews.activation import activate_approved
from crews.approvals import decide
from crews.outcome import Outcome
from crews.piecewise import CHECKPOINT, FAILS, failing_pieces
from crews.previews import draw_for_review
from crews.revisions import changed_steps, void
from crews.state import round_after
from gtm.domain.errors import Forbidden, NeedsPerson
from gtm.domain.review import Review, ReviewedItem
from gtm.domain.spec import CheckpointSpec
from gtm.policies.approvals import is_agent, may_decide
from gtm.store.models.base import new_id
from gtm.store.models.runs import Approval
from gtm.store.repositories import approvals, artifacts, campaigns, logs, runs, strategy

if TYPE_CHECKING:
    from crews.drive import Stretch

CONTENT = "2.2"
"""The step whose copy a browser draws for whoever reviews it."""


class Checkpoints:
    """The checkpoints of one run.

    Args:
        stretch: the claimed run.
    """

    def __init__(self, stretch: "Stretch") -> None:
        self._stretch = stretch

    def request(self, checkpoint: CheckpointSpec) -> Outcome | None:
        """Open a round; a person answers, or the role's agent where the policy says so and the work is not its own."""
        services, run_id = self._stretch.services, self._stretch.run_id
        with services.database.write() as session:
            number = round_after(approvals.newest(session, run_id, checkpoint.id))
            stored = artifacts.get(session, run_id, f"review:{checkpoint.id}", number, "review")
            review = Review.model_validate(stored.body) if stored else None
            row = self._open(session, checkpoint, number, review)
            producers = artifacts.producers(session, run_id, checkpoint.covers)
            self._log_review(session, checkpoint, number)
        self._stretch.tell(
            "approval_requested",
            checkpoint.id,
            f"{checkpoint.role} is asked to approve: {checkpoint.name}",
            agent=checkpoint.role,
            detail=review.reason if review else "",
        )
        if checkpoint.after_step == CONTENT:
            draw_for_review(services, run_id)
        if checkpoint.decided_by == "agent" and review is not None and self._agent_may(checkpoint, producers):
            self._by_agent(checkpoint, row.approval_id, review)
            return None
        return self.wait(checkpoint)

    def escalate(self, error: NeedsPerson) -> Outcome:
        """Put copy that nobody here could mend before a person, with the findings, and pause.

        It is a round of the checkpoint that cannot be approved as it is: the person edits the text, or rejects
        it with a comment.
        """
        services, run_id = self._stretch.services, self._stretch.run_id
        checkpoint = next(c for c in services.stage.checkpoints if c.id == CHECKPOINT)
        review = escalation(checkpoint, error)
        with services.database.write() as session:
            number = round_after(approvals.newest(session, run_id, checkpoint.id))
            row = self._open(session, checkpoint, number, review)
            logs.audit(
                session,
                actor="runner",
                action="content.escalated",
                subject=row.approval_id,
                venture_id=self._stretch.venture_id,
                run_id=run_id,
                data={"pieces": error.pieces},
                now=services.clock.now(),
            )
        self._stretch.tell(
            "approval_requested",
            checkpoint.id,
            f"{checkpoint.role} is asked to mend: {checkpoint.name}",
            agent=checkpoint.role,
            detail=review.reason,
        )
        return self.wait(checkpoint)

    def _open(self, session: Session, checkpoint: CheckpointSpec, number: int, review: Review | None) -> Approval:
        """Write a round that a person or an agent is to answer, bound to what the run holds now."""
        run_id = self._stretch.run_id
        return approvals.request(
            session,
            approval_id=new_id("apr"),
            run_id=run_id,
            venture_id=self._stretch.venture_id,
            checkpoint=checkpoint.id,
            role=checkpoint.role,
            round=number,
            artifact_sha256=artifacts.hash_of(session, run_id, checkpoint.hashed),
            review=review.model_dump(mode="json") if review else None,
            now=self._stretch.services.clock.now(),
        )

    def wait(self, checkpoint: CheckpointSpec) -> Outcome:
        """Pause the run at this checkpoint."""
        services, run_id = self._stretch.services, self._stretch.run_id
        detail = f"{checkpoint.name} waits for {checkpoint.role}"
        with services.database.write() as session:
            row = approvals.newest(session, run_id, checkpoint.id)
            if row is not None and (failing := failing_pieces(row)):
                detail = f"{detail}: {'; '.join(f'{piece_id} fails {why}' for piece_id, why in failing.items())}"[:2000]
            runs.set_status(session, run_id, "waiting_approval", checkpoint=checkpoint.id, detail=detail)
        return Outcome(
            run_id=run_id,
            venture_id=self._stretch.venture_id,
            status="waiting_approval",
            detail=detail,
            checkpoint=checkpoint.id,
            approval_id=row.approval_id if row else "",
        )

    def void_changed(self) -> None:
        """Void approvals whose artifacts are not what was approved, and say why; the checkpoint is then asked anew."""
        services, run_id = self._stretch.services, self._stretch.run_id
        reasons: dict[str, str] = {}
        with services.database.write() as session:
            for checkpoint in services.stage.checkpoints:
                newest = approvals.newest(session, run_id, checkpoint.id)
                if newest is None or newest.status != "approved":
                    continue
                if artifacts.hash_of(session, run_id, checkpoint.hashed) == newest.artifact_sha256:
                    continue
                reasons[checkpoint.id] = void(
                    session, checkpoint, run_id, changed_steps(session, newest, checkpoint), services.clock.now()
                )
        for checkpoint_id, why in reasons.items():
            self._stretch.tell("approval_voided", checkpoint_id, f"Approval void: {checkpoint_id}", detail=why)

    def apply_decisions(self) -> None:
        """Carry out what approvals mean, once each: content approved, campaigns configured, workflows active."""
        services = self._stretch.services
        with services.database.write() as session:
            for row in approvals.unapplied(session, self._stretch.run_id):
                _apply(session, row.checkpoint, self._stretch)
                approvals.mark_applied(session, row.approval_id, services.clock.now())
                logs.audit(
                    session,
                    actor="runner",
                    action="approval.applied",
                    subject=row.approval_id,
                    venture_id=self._stretch.venture_id,
                    data={"checkpoint": row.checkpoint},
                    now=services.clock.now(),
                )

    def _log_review(self, session: Session, checkpoint: CheckpointSpec, number: int) -> None:
        """Make good the log line of a review whose process was killed between storing it and saying so."""
        services, task = self._stretch.services, f"review:{checkpoint.id}"
        if logs.completed_lines(session, self._stretch.run_id, task) >= number:
            return
        logs.agent_log(
            session,
            crew=services.stage.crew_id,
            agent=services.tasks.task(task).agent,
            task=task,
            venture_id=self._stretch.venture_id,
            run_id=self._stretch.run_id,
            status="completed",
            now=services.clock.now(),
        )

    def _agent_may(self, checkpoint: CheckpointSpec, producers: frozenset[str]) -> bool:
        limit = self._stretch.services.policies.run.consecutive_failures_to_person
        if self._rejected_in_a_row(checkpoint) >= limit:
            # domain.md, roles: after so many consecutive failures the crew hands over to a person.
            self._stretch.tell(
                "approval_requested",
                checkpoint.id,
                "A person must decide",
                detail=f"agent {checkpoint.role} has rejected it {limit} times in a row",
            )
            return False
        try:
            may_decide(
                checkpoint,
                role=checkpoint.role,
                actor=f"agent:{checkpoint.role}",
                actor_role=checkpoint.role,
                producers=producers,
            )
        except Forbidden as error:
            self._stretch.tell("approval_requested", checkpoint.id, "A person must decide", detail=error.detail)
            return False
        return True

    def _rejected_in_a_row(self, checkpoint: CheckpointSpec) -> int:
        """How many of the newest decisions on this checkpoint are rejections by an agent."""
        with self._stretch.services.database.read() as session:
            rows = approvals.of_run(session, self._stretch.run_id)
        decided = [row for row in rows if row.checkpoint == checkpoint.id and row.status in ("approved", "rejected")]
        newest = sorted(decided, key=lambda row: row.round, reverse=True)
        return sum(1 for _ in takewhile(_is_agents_rejection, newest))

    def _by_agent(self, checkpoint: CheckpointSpec, approval_id: str, review: Review) -> None:
        services = self._stretch.services
        approved = review.recommendation == "approve"
        decide(
            services.database,
            services.clock,
            services.stage,
            ref=approval_id,
            role=checkpoint.role,
            by=checkpoint.role,
            approve=approved,
            comment="" if approved else review.reason,
            via="policy: decided_by agent",
            actor_kind="agent",
        )
        self._stretch.tell(
            "approval_decided",
            checkpoint.id,
            f"Agent {checkpoint.role} {'approved' if approved else 'rejected'}: {checkpoint.name}",
            agent=checkpoint.role,
            detail=review.reason,
        )


def escalation(checkpoint: CheckpointSpec, error: NeedsPerson) -> Review:
    """The review of copy that nobody could mend: the pieces with what was found in them, and what a person can do."""
    return Review(
        checkpoint=checkpoint.id,
        role=checkpoint.role,
        checked=tuple(
            ReviewedItem(subject=f"{FAILS}{piece_id}", finding=why[:4000]) for piece_id, why in error.pieces.items()
        ),
        risks=(),
        recommendation="reject",
        reason=f"{error.detail}. Edit the text (gtm content edit), or reject it with a comment."[:4000],
        grounds=("checks",),
    )


def _is_agents_rejection(row: Approval) -> bool:
    return row.status == "rejected" and is_agent(row.decided_by or "")


def _apply(session: Session, checkpoint: str, stretch: "Stretch") -> None:
    now = stretch.services.clock.now()
    match checkpoint:
        case "strategy":
            strategy.set_config_status(session, stretch.venture_id, "approved", now)
        case "content":
            campaigns.approve_content(session, stretch.run_id, now=now)
        case "campaigns":
            campaigns.set_configured(session, stretch.run_id, now=now)
        case "automation":
            activate_approved(session, stretch.run_id, stretch.services.reach, now)
        case _:
            pass
