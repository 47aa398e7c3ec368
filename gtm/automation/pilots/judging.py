"""Ending a pilot: its figures are frozen, LEAD is asked, and the answer is bound to the hash of what was shown."""

from datetime import datetime

from sqlmodel import Session

from gtm.automation.operations import pause
from gtm.automation.pilots import winning
from gtm.automation.pilots.measuring import measure, rules_for
from gtm.automation.pilots.starting import audit
from gtm.domain.base import sha256_of
from gtm.domain.errors import Conflict, NotFound
from gtm.domain.pilot import COUNTS, PilotResults, PilotRules, as_percent, stop_reasons
from gtm.domain.review import Review, ReviewedItem
from gtm.domain.spec import Policies
from gtm.domain.vocabulary import PILOT_CHECKPOINT
from gtm.store.models.base import new_id
from gtm.store.models.pilots import CampaignPilot
from gtm.store.repositories import approvals, automation, pilots

ROLE = "LEAD"
"""Who decides whether a pilot is followed by the launch (domain.md, roles: all approvals)."""


def watch(session: Session, pilot_id: str, policies: Policies, now: datetime) -> tuple[str, ...]:
    """Stop the mails of a pilot whose figures break a rule; the reasons.

    One that runs is paused; one that waits for its verdict waits on, and says why its workflows are paused.

    Args:
        session: a write transaction.
        pilot_id: the pilot; nothing is done to one that is decided, or was stopped before.
        policies: the numbers.
        now: the aware moment.
    """
    row = pilots.get(session, pilot_id, lock=True)
    if row is None or row.status not in ("running", "ended") or row.stopped_for:
        return ()
    rules = rules_for(session, policies, row.venture_id)
    reasons = stop_reasons(measure(session, row, rules, now), rules)
    if reasons:
        row.stopped_for = "; ".join(reasons)
        row.status = "paused" if row.status == "running" else row.status
        session.add(row)
        _pause_workflows(session, row, f"{row.pilot_id} broke a rule: {row.stopped_for}"[:500], "upkeep:pilots", now)
        audit(session, row, "paused", "upkeep:pilots", now, reasons=list(reasons))
    return reasons


def close(session: Session, pilot_id: str, policies: Policies, who: str, now: datetime) -> PilotResults:
    """End a pilot: freeze its figures and ask LEAD for a verdict; once more where the figures have changed since.

    Everybody in it goes on, everybody else waits on; one that was paused stays paused. Versions that won their test are
    remembered, whatever LEAD says.

    Args:
        session: a write transaction.
        pilot_id: the pilot.
        policies: the numbers.
        who: goes into the audit.
        now: the aware moment.

    Raises:
        NotFound: there is no such pilot.
        Conflict: it is decided, or has not begun.
    """
    row = pilots.get(session, pilot_id, lock=True)
    if row is None:
        raise NotFound("there is no such pilot", field="PILOT", value=pilot_id)
    if row.status not in ("running", "paused", "ended") or row.run_id is None:
        raise Conflict(
            f"{pilot_id} is {row.status}: there is nothing to close", field="PILOT", value=pilot_id,
            hint=f"gtm pilot status {row.venture_id}",
        )  # fmt: skip
    rules = rules_for(session, policies, row.venture_id)
    results = measure(session, row, rules, now)
    if row.approval_id is not None:
        approvals.void(session, row.approval_id, now=now)
    newest = approvals.newest(session, row.run_id, PILOT_CHECKPOINT)
    review = _review(results, rules, row.stopped_for)
    asked = approvals.request(
        session,
        approval_id=new_id("apr"),
        run_id=row.run_id,
        venture_id=row.venture_id,
        checkpoint=PILOT_CHECKPOINT,
        role=ROLE,
        round=newest.round + 1 if newest is not None else 1,
        artifact_sha256=sha256_of(results),
        review=review.model_dump(mode="json"),
        now=now,
    )
    row.status, row.ended_at, row.approval_id = "ended", now, asked.approval_id
    row.results, row.results_sha256 = results.model_dump(mode="json"), asked.artifact_sha256
    session.add(row)
    won = winning.remember(session, row.venture_id, policies.pilot, now, row.campaign_id)
    told = {"sha256": row.results_sha256, "approval_id": asked.approval_id, "winners": len(won)}
    audit(session, row, "closed", who, now, **told)
    return results


def take_back(session: Session, pilot_id: str, who: str, now: datetime) -> None:
    """Give up a pilot that has not begun: everybody may enter as if there had been none.

    Raises:
        NotFound: there is no such pilot.
        Conflict: people are in it.
    """
    row = pilots.get(session, pilot_id, lock=True)
    if row is None:
        raise NotFound("there is no such pilot", field="PILOT", value=pilot_id)
    inside = sum(pilots.people_in(session, pilots.parts_of(row)).values())
    if row.status != "planned" or inside:
        raise Conflict(
            f"{pilot_id} is {row.status} with {inside} people in it", field="PILOT", value=pilot_id,
            hint=f"gtm pilot start {row.venture_id} goes on with it",
        )  # fmt: skip
    row.status, row.decided_by, row.decided_at = "stopped", f"person:{who}", now
    session.add(row)
    audit(session, row, "taken_back", who, now)


def settle(session: Session, row: CampaignPilot, *, go: bool, actor: str, now: datetime) -> None:
    """Carry out LEAD's verdict, in the transaction that writes it: the gate opens, or the workflows stop.

    Args:
        session: the transaction.
        row: the pilot, locked.
        go: whether everybody else is enrolled from now on.
        actor: who decided, as the approval names them.
        now: the aware moment.
    """
    row.decided_by, row.decided_at = actor, now
    row.status = "launched" if go else "stopped"
    if go:
        for part in pilots.parts_of(row):
            workflow = automation.get_workflow(session, part.workflow_id)
            if workflow.status == "paused" and row.stopped_for:
                automation.activate_workflow(session, part.workflow_id, now)
    else:
        _pause_workflows(session, row, f"no-go after {row.pilot_id}", actor, now)
    session.add(row)
    audit(session, row, row.status, actor, now, sha256=row.results_sha256)


def changed(session: Session, row: CampaignPilot, policies: Policies, now: datetime) -> str:
    """Why a verdict on what was shown cannot stand; empty where it can.

    What still comes in, such as a late opening, changes nothing; a rule that breaks meanwhile, or another version of
    a workflow than the one that was piloted, does.
    """
    if row.results is None or sha256_of(PilotResults.model_validate(row.results)) != row.results_sha256:
        return "the results are not what was shown"
    for part in pilots.parts_of(row):
        try:
            workflow = automation.get_workflow(session, part.workflow_id)
        except NotFound:
            return f"{part.workflow_id} is gone"
        if workflow.version != part.version or sha256_of(workflow.definition) != part.definition_sha256:
            return f"{part.workflow_id} was piloted in version {part.version}, and is another one now"
    rules = rules_for(session, policies, row.venture_id)
    before = set(_subjects(stop_reasons(PilotResults.model_validate(row.results), rules)))
    since = [one for one in stop_reasons(measure(session, row, rules, now), rules) if one.split(":")[0] not in before]
    return f"a rule broke since the results were shown: {since[0]}" if since else ""


def _subjects(reasons: tuple[str, ...]) -> list[str]:
    return [reason.split(":")[0] for reason in reasons]


def _pause_workflows(session: Session, row: CampaignPilot, why: str, who: str, now: datetime) -> None:
    for part in pilots.parts_of(row):
        if automation.get_workflow(session, part.workflow_id).status == "active":
            pause(session, part.workflow_id, why, who, now)


def _review(results: PilotResults, rules: PilotRules, stopped_for: str) -> Review:
    """What the house says of the figures; LEAD decides."""
    reasons = stop_reasons(results, rules)
    delivered = results.total("delivered")
    enough = delivered >= rules.minimum_sample
    figures = [
        ReviewedItem(subject=what, finding=f"{results.total(what)} ({as_percent(results.rate(what))})")
        for what in COUNTS[1:]
    ]
    said = f"{results.answers} answers" + (f", mean score {results.mean_score} of 5" if results.mean_score else "")
    people = f"{results.enrolled} of {results.audience}, {results.mailed} were mailed"
    risks = [*reasons, *([stopped_for] if stopped_for and not reasons else [])]
    if not enough:
        risks.append(f"{delivered} mails were delivered, and figures count from {rules.minimum_sample} on")
    return Review(
        checkpoint=PILOT_CHECKPOINT,
        role=ROLE,
        checked=(
            ReviewedItem(subject="people", finding=people), *figures, ReviewedItem(subject="feedback", finding=said)
        ),
        risks=tuple(risks),
        recommendation="reject" if risks else "approve",
        reason=risks[0] if risks else f"no rule is broken, and {delivered} delivered mails are enough to say so",
        grounds=("checks",) if risks else (),
    )  # fmt: skip
