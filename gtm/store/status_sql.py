"""Where a venture stands, in one query for both databases; shared by the slow path and the fast one.

Imports nothing but the standard library: `gtm status` and the agent endpoint stand on it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

STEPS = 9
"""Steps of stage 17 (SOP 1.1 to 3.3)."""

RECURSION = """
  SELECT b.target_stage FROM stage_rollbacks b
  WHERE b.rollback_id = (
      SELECT rollback_id FROM stage_rollbacks
      WHERE venture_id = v.venture_id ORDER BY created_at DESC, rollback_id LIMIT 1)
    AND b.decision = 'recurse'
    AND NOT EXISTS (SELECT 1 FROM runs n WHERE n.venture_id = v.venture_id AND n.created_at > b.decided_at)
    AND CASE WHEN b.run_id IS NULL THEN v.updated_at <= b.decided_at
        ELSE v.brief_sha256 = (SELECT o.brief_sha256 FROM runs o WHERE o.run_id = b.run_id) END
"""
"""The earlier stage that venture `v` was sent back to, while no other brief has come from it; at most one row."""

_STATUS = """
SELECT v.venture_id, v.name, v.updated_at, v.paused_at, v.paused_reason,
  g.version, g.status, g.updated_at,
  r.run_id, r.stage, r.status, r.checkpoint, r.detail, r.provider, r.updated_at, r.lease_owner, r.lease_until,
  (SELECT COUNT(*) FROM run_steps s WHERE s.run_id = r.run_id AND s.status = 'done'),
  (SELECT MIN(s.step) FROM run_steps s WHERE s.run_id = r.run_id AND s.status = 'started'),
  (SELECT MAX(s.finished_at) FROM run_steps s WHERE s.run_id = r.run_id),
  (SELECT MIN(a.approval_id) FROM approvals a WHERE a.run_id = r.run_id AND a.status = 'pending'
    AND a.checkpoint <> 'pilot'),
  (SELECT MIN(t.status) FROM stage_tracking t WHERE t.venture_id = v.venture_id AND t.stage = r.stage),
  (SELECT COUNT(*) FROM stage_rollbacks b WHERE b.venture_id = v.venture_id AND b.status = 'open'),
  ($RECURSION),
  CASE WHEN v.brief_sha256 <> r.brief_sha256 AND r.status <> 'rolled_back'
    AND EXISTS (SELECT 1 FROM artifacts f WHERE f.run_id = r.run_id AND f.step = 'brief') THEN 1 ELSE 0 END,
  (SELECT COUNT(*) FROM automation_workflows w WHERE w.venture_id = v.venture_id AND w.run_id = r.run_id
    AND w.status = 'draft' AND EXISTS (SELECT 1 FROM approvals o WHERE o.run_id = r.run_id
      AND o.checkpoint = 'automation' AND o.status = 'approved' AND o.applied_at IS NOT NULL))
FROM ventures v
LEFT JOIN gtm_configs g ON g.venture_id = v.venture_id
LEFT JOIN runs r ON r.run_id = (
  SELECT run_id FROM runs WHERE venture_id = v.venture_id ORDER BY created_at DESC, run_id LIMIT 1)
"""

STATUS = _STATUS.replace("$RECURSION", RECURSION)
RECURSION_OF = "SELECT ($RECURSION) FROM ventures v WHERE v.venture_id = :venture_id".replace("$RECURSION", RECURSION)
ONE = STATUS + "WHERE v.venture_id = :venture_id"
ALL = STATUS + "ORDER BY v.venture_id"
WORKERS = """
SELECT (SELECT count(*) FROM workers WHERE stopped_at IS NULL AND lost_at > :now),
       (SELECT count(*) FROM automation_workflows WHERE status = 'active')
"""
"""How many workers live at a moment, and how many workflows are active."""


_LEASE = ("lease_owner", "lease_until")


@dataclass(frozen=True, slots=True)
class StatusSnapshot:
    """Where a venture stands.

    Attributes:
        status: `paused` while a rollback is not decided, `operational` otherwise.
        last_updated: the newest change of brief, configuration, run or step.
        config_version: of `gtm_configs`; None before step 1.1.
        run_id: the newest run; None before the first.
        steps_done: of `steps_total`, those whose current revision is done.
        current_step: the step that is being worked on.
        checkpoint: where the run waits; `approval_id` is what waits there.
        stage_status: of stage tracking, such as `completed`.
        recurse_to: the earlier stage that a decided rollback sent the venture back to, until that stage's new brief is
            loaded.
        drafts: workflows that were approved and stay drafts, as something that they need is not configured.
        newer_brief: another brief was loaded after the run had frozen its own.
        lease_owner: who drives the run, until `lease_until`, unless that process has ended since.
    """

    venture_id: str
    name: str
    status: str
    last_updated: datetime
    paused_since: datetime | None
    paused_reason: str | None
    config_version: int | None
    config_status: str | None
    run_id: str | None
    stage: int | None
    run_status: str | None
    checkpoint: str | None
    detail: str | None
    provider: str | None
    steps_done: int
    steps_total: int
    current_step: str | None
    approval_id: str | None
    stage_status: str | None
    open_rollbacks: int
    recurse_to: int | None = None
    newer_brief: bool = False
    drafts: int = 0
    lease_owner: str | None = None
    lease_until: datetime | None = None

    def as_json(self) -> Mapping[str, Any]:
        """The snapshot as JSON values, `status` and `last_updated` first, as the SOP's exit gate 1 shows them.

        The lease is left out: who reads it must also know whether its owner lives (crews.processes).
        """
        first = {"status": self.status, "last_updated": as_text(self.last_updated)}
        rest = {name: getattr(self, name) for name in self.__slots__ if name not in (*first, *_LEASE)}
        rest["paused_since"] = as_text(self.paused_since) if self.paused_since else None
        return first | rest


def as_text(moment: datetime) -> str:
    """A moment as the SOP writes it: `2025-11-05T10:30:00Z`."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def snapshot_of(row: Sequence[Any]) -> StatusSnapshot:
    """The snapshot of one row of the query; moments may be text, as SQLite's driver returns them."""
    (
        venture_id, name, venture_at, paused_at, paused_reason,
        config_version, config_status, config_at,
        run_id, stage, run_status, checkpoint, detail, provider, run_at, lease_owner, lease_until,
        steps_done, current_step, step_at, approval_id, stage_status, open_rollbacks, recurse_to,
        newer_brief, drafts,
    ) = row  # fmt: skip
    moments = [_moment(value) for value in (venture_at, config_at, run_at, step_at)]
    return StatusSnapshot(
        venture_id=venture_id,
        name=name,
        status="paused" if paused_at else "operational",
        last_updated=max(moment for moment in moments if moment),
        paused_since=_moment(paused_at),
        paused_reason=paused_reason,
        config_version=config_version,
        config_status=config_status,
        run_id=run_id,
        stage=stage,
        run_status=run_status,
        checkpoint=checkpoint,
        detail=detail,
        provider=provider,
        steps_done=steps_done,
        steps_total=STEPS,
        current_step=current_step,
        approval_id=approval_id,
        stage_status=stage_status,
        open_rollbacks=open_rollbacks,
        recurse_to=recurse_to,
        newer_brief=bool(newer_brief),
        drafts=drafts,
        lease_owner=lease_owner,
        lease_until=_moment(lease_until),
    )


def _moment(value: datetime | str | None) -> datetime | None:
    if value is None:
        return None
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
