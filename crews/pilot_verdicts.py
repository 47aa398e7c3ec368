"""LEAD's verdict on a pilot: go or no-go, bound to the hash of its results like every other approval."""

from collections.abc import Callable
from dataclasses import dataclass

from gtm.automation.pilots import judging
from gtm.domain.clock import Clock
from gtm.domain.dossier import ApprovalRecord
from gtm.domain.errors import ArtifactChanged, NotWaiting
from gtm.domain.spec import Policies
from gtm.domain.vocabulary import PILOT_CHECKPOINT
from gtm.policies.approvals import may_decide
from gtm.store.database import Database
from gtm.store.dossier import approval_record
from gtm.store.models.runs import Approval
from gtm.store.repositories import approvals, logs, pilots


@dataclass(frozen=True)
class _Verdict:
    """What is decided, in the words of `may_decide`."""

    name: str = "the verdict on a pilot"
    role: str = judging.ROLE
    decided_by: str = "person"


def decide_pilot(
    database: Database,
    clock: Clock,
    policies: Policies,
    asked: Approval,
    *,
    role: str,
    actor: str,
    approve: bool,
    comment: str,
    via: str,
    matches: Callable[[str], None],
) -> ApprovalRecord:
    """Write LEAD's verdict and open the gate, or stop the campaign's workflows, in one transaction.

    Args:
        asked: the approval that waits.
        role: in which the person answers.
        actor: `person:NAME`; a pilot is decided by a person.
        matches: refuses a hash that is not what the person says they saw.

    Raises:
        as `crews.approvals.decide`.
    """
    now = clock.now()
    with database.write() as session:
        may_decide(_Verdict(), role=role, actor=actor, actor_role=role, producers=())
        row = pilots.of_approval(session, asked.approval_id, lock=True)
        if row is None:
            raise NotWaiting("the pilot of this approval is gone", field="approval", value=asked.approval_id)
        matches(asked.artifact_sha256)
        why = judging.changed(session, row, policies, now) if row.status == "ended" and approve else ""
        if why:
            approvals.void(session, asked.approval_id, now=now)
        else:
            status = "approved" if approve else "rejected"
            decided = approvals.decide(
                session, asked.approval_id, status=status, by=actor, via=via, comment=comment, now=now
            )
            judging.settle(session, row, go=approve, actor=actor, now=now)
            approvals.mark_applied(session, asked.approval_id, now)
        logs.audit(
            session,
            actor=actor,
            action="approval.void" if why else ("approval.approved" if approve else "approval.rejected"),
            subject=asked.approval_id,
            venture_id=row.venture_id,
            data={"checkpoint": PILOT_CHECKPOINT, "role": role, "via": via, "sha256": asked.artifact_sha256},
            now=now,
        )
    if why:
        hint = f"gtm pilot close {row.venture_id} asks anew; another version of a workflow needs a pilot of its own"
        raise ArtifactChanged(f"{why}; this approval is void", field="artifact", hint=hint)
    return approval_record(decided)
