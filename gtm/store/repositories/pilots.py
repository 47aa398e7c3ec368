"""Queries on pilots: which is open, who is in it, what became of its mails, what its readers said."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, or_, update
from sqlmodel import Session, col, func, select

from gtm.domain.pilot import ArmFigures, PilotPart
from gtm.domain.workflow import SendEmail, WorkflowDefinition
from gtm.store.models.automation import AutomationWorkflow, EmailSend, LeadRow, WorkflowVersion
from gtm.store.models.enrolments import Enrolment, KeptExecution
from gtm.store.models.pilots import CampaignPilot, PilotFeedback
from gtm.store.models.running import TriggerFiring
from gtm.store.models.tracking import TrackingEvent
from gtm.store.repositories.statements import change, upsert

OPEN = ("planned", "running", "paused", "ended")


def get(session: Session, pilot_id: str, *, lock: bool = False) -> CampaignPilot | None:
    """A pilot; with `lock`, nobody else changes it before this transaction ends."""
    statement = select(CampaignPilot).where(CampaignPilot.pilot_id == pilot_id)
    if lock:
        statement = statement.with_for_update()
    return session.exec(statement, execution_options={"populate_existing": lock}).first()


def of_venture(session: Session, venture_id: str, campaign_id: str | None = None) -> Sequence[CampaignPilot]:
    """A venture's pilots, those that are not decided first, then the newest."""
    statement = select(CampaignPilot).where(CampaignPilot.venture_id == venture_id)
    if campaign_id is not None:
        statement = statement.where(CampaignPilot.campaign_id == campaign_id)
    decided = case((col(CampaignPilot.status).in_(OPEN), 0), else_=1)
    row = CampaignPilot
    return session.exec(statement.order_by(decided, col(row.started_at).desc(), col(row.round).desc())).all()


def open_of(session: Session, campaign_id: str) -> CampaignPilot | None:
    """The campaign's pilot that is not decided."""
    statement = select(CampaignPilot).where(
        CampaignPilot.campaign_id == campaign_id, col(CampaignPilot.status).in_(OPEN)
    )
    return session.exec(statement.with_for_update()).first()


def of_approval(session: Session, approval_id: str, *, lock: bool = False) -> CampaignPilot | None:
    """The pilot whose verdict an approval is; with `lock`, nobody else changes it before this transaction ends."""
    statement = select(CampaignPilot).where(CampaignPilot.approval_id == approval_id)
    return session.exec(statement.with_for_update() if lock else statement).first()


def in_status(session: Session, status: str) -> Sequence[CampaignPilot]:
    """Every venture's pilots of a status, oldest first."""
    statement = select(CampaignPilot).where(CampaignPilot.status == status)
    return session.exec(statement.order_by(col(CampaignPilot.started_at), col(CampaignPilot.pilot_id))).all()


def unlaunched(session: Session) -> Sequence[CampaignPilot]:
    """Pilots that LEAD let go, where not everybody else is enrolled yet."""
    statement = select(CampaignPilot).where(
        CampaignPilot.status == "launched", col(CampaignPilot.launched_at).is_(None)
    )
    return session.exec(statement.order_by(col(CampaignPilot.decided_at))).all()


def next_round(session: Session, campaign_id: str) -> int:
    """The number of a campaign's next pilot."""
    newest = select(func.max(CampaignPilot.round)).where(CampaignPilot.campaign_id == campaign_id)
    return (session.exec(newest).one() or 0) + 1


def mailing_workflows(session: Session, venture_id: str, campaign_id: str | None = None) -> list[AutomationWorkflow]:
    """A venture's workflows that send mail, by id; of one campaign or of all."""
    statement = select(AutomationWorkflow).where(AutomationWorkflow.venture_id == venture_id)
    if campaign_id is not None:
        statement = statement.where(AutomationWorkflow.campaign_id == campaign_id)
    rows = session.exec(statement.order_by(col(AutomationWorkflow.workflow_id))).all()
    return [row for row in rows if any(step["type"] == "send_email" for step in row.definition["steps"])]


def people_in(session: Session, parts: Collection[PilotPart]) -> dict[str, int]:
    """How many real people are, or have been, in each of these workflows' versions, by workflow."""
    live = (
        select(WorkflowVersion.workflow_id, func.count(col(Enrolment.lead_no).distinct()))
        .join(Enrolment, col(Enrolment.version_no) == col(WorkflowVersion.version_no))
        .where(_versions(parts), col(Enrolment.is_test).is_(False))
        .group_by(col(WorkflowVersion.workflow_id))
    )
    kept = (
        select(KeptExecution.workflow_id, func.count(col(KeptExecution.lead_id).distinct()))
        .where(_kept(parts), col(KeptExecution.is_test).is_(False))
        .group_by(col(KeptExecution.workflow_id))
    )
    found = dict(session.exec(live).all())
    for workflow_id, count in session.exec(kept):
        found[workflow_id] = found.get(workflow_id, 0) + count
    return {part.workflow_id: found.get(part.workflow_id, 0) for part in parts}


def members(session: Session, workflow_id: str, version: int | None = None) -> frozenset[str]:
    """The real leads that are, or have been, in a workflow; in one version of it, or in any."""
    live = (
        select(LeadRow.lead_id)
        .join(Enrolment, col(Enrolment.lead_no) == col(LeadRow.lead_no))
        .join(WorkflowVersion, col(WorkflowVersion.version_no) == col(Enrolment.version_no))
        .where(WorkflowVersion.workflow_id == workflow_id, col(Enrolment.is_test).is_(False))
    )
    kept = select(KeptExecution.lead_id).where(
        KeptExecution.workflow_id == workflow_id, col(KeptExecution.is_test).is_(False)
    )
    if version is not None:
        live = live.where(WorkflowVersion.version == version)
        kept = kept.where(KeptExecution.version == version)
    return frozenset(session.exec(live)) | frozenset(session.exec(kept))


def is_member(session: Session, parts: Collection[PilotPart], lead_id: str) -> bool:
    """Whether a lead is, or has been, in one of these workflows' versions."""
    live = (
        select(Enrolment.enrolment_no)
        .join(LeadRow, col(LeadRow.lead_no) == col(Enrolment.lead_no))
        .join(WorkflowVersion, col(WorkflowVersion.version_no) == col(Enrolment.version_no))
        .where(LeadRow.lead_id == lead_id, _versions(parts))
    )
    kept = select(KeptExecution.execution_id).where(KeptExecution.lead_id == lead_id, _kept(parts))
    return session.exec(live.limit(1)).first() is not None or session.exec(kept.limit(1)).first() is not None


def _versions(parts: Collection[PilotPart]) -> ColumnElement[bool]:
    return or_(
        *(
            and_(col(WorkflowVersion.workflow_id) == part.workflow_id, col(WorkflowVersion.version) == part.version)
            for part in parts
        )
    )


def _kept(parts: Collection[PilotPart]) -> ColumnElement[bool]:
    return or_(
        *(
            and_(col(KeptExecution.workflow_id) == part.workflow_id, col(KeptExecution.version) == part.version)
            for part in parts
        )
    )


@dataclass(frozen=True)
class People:
    """Those who were sent anything: how many, and how many of them converted; `due` of a window that is over."""

    mailed: int
    converted: int
    due: int
    due_converted: int


def arms(
    session: Session,
    parts: Collection[PilotPart],
    definitions: Collection[WorkflowDefinition],
    goal_statuses: Collection[str],
) -> tuple[ArmFigures, ...]:
    """What became of the mails of these workflows' versions to real people, by step and variant.

    Args:
        session: where to read.
        parts: the workflows and their versions.
        definitions: of these versions; mails of steps that they do not have are left out.
        goal_statuses: a lead in one of these has converted.
    """
    steps = {(one.workflow_id, step.id): step for one in definitions for step in one.steps
             if isinstance(step, SendEmail)}  # fmt: skip
    left = exists().where(
        col(TrackingEvent.send_id) == col(EmailSend.send_id), col(TrackingEvent.kind) == "unsubscribe"
    )
    bounced = col(EmailSend.delivery_status) == "bounced"
    # A mailbox that is gone may be told at once: the mail was handed over, and bounced.
    sent = (col(EmailSend.state) == "sent") | bounced
    counts = {
        "sent": sent,
        "delivered": (col(EmailSend.state) == "sent") & col(EmailSend.delivered_at).is_not(None),
        "opened": col(EmailSend.opened_at).is_not(None),
        "clicked": col(EmailSend.clicked_at).is_not(None),
        "converted": sent & col(LeadRow.status).in_(goal_statuses),
        "unsubscribed": left,
        "complained": col(EmailSend.delivery_status) == "complained",
        "bounced": bounced,
    }
    columns: list[Any] = [func.sum(case((condition, 1), else_=0)) for condition in counts.values()]
    place = (col(EmailSend.workflow_id), col(EmailSend.step), col(EmailSend.variant))
    statement: Any = (
        select(*place, *columns)
        .outerjoin(LeadRow, col(LeadRow.lead_id) == col(EmailSend.lead_id))
        .where(_mail_of(parts), sent | left)
        .group_by(*place)
        .order_by(*place)
    )
    found = []
    for workflow_id, step, variant, *figures in session.exec(statement):
        known = steps.get((workflow_id, step))
        if known is not None:
            named = dict(zip(counts, (int(figure or 0) for figure in figures), strict=True))
            found.append(
                ArmFigures(workflow_id=workflow_id, step=step, content_ref=known.content_ref, variant=variant, **named)
            )
    return tuple(found)


def people(
    session: Session, parts: Collection[PilotPart], goal_statuses: Collection[str], due_before: datetime
) -> People:
    """Those who were sent mail by these versions; `due` are those whose first mail went out before a moment."""
    first = (
        select(EmailSend.lead_id, func.min(EmailSend.sent_at).label("first"))
        .where(_mail_of(parts), col(EmailSend.state) == "sent")
        .group_by(col(EmailSend.lead_id))
        .subquery()
    )
    converted = case((col(LeadRow.status).in_(goal_statuses), 1), else_=0)
    due = case((first.c.first <= due_before, 1), else_=0)
    statement: Any = select(
        func.count(), func.sum(converted), func.sum(due), func.sum(converted * due)
    ).select_from(first.outerjoin(LeadRow, col(LeadRow.lead_id) == first.c.lead_id))  # fmt: skip
    return People(*(int(figure or 0) for figure in session.exec(statement).one()))


def _mail_of(parts: Collection[PilotPart]) -> ColumnElement[bool]:
    """Mail to the real people of these versions; a test's and another version's is left out."""
    inside = (
        select(Enrolment.enrolment_no)
        .join(WorkflowVersion, col(WorkflowVersion.version_no) == col(Enrolment.version_no))
        .where(_versions(parts))
    )
    return col(EmailSend.enrolment_no).in_(inside) & col(EmailSend.is_test).is_(False)


def close_firings(session: Session, trigger_nos: Collection[int], why: str, now: datetime) -> int:
    """End the open firings of schedules, because whom they would enrol is enrolled otherwise; how many there were."""
    statement = update(TriggerFiring).where(
        col(TriggerFiring.trigger_no).in_(trigger_nos), col(TriggerFiring.finished_at).is_(None)
    )
    return change(session, statement.values(finished_at=now, outcome=why))


def save_feedback(session: Session, feedback: PilotFeedback) -> None:
    """Keep what a reader said, in place of what they said before."""
    upsert(session, PilotFeedback, [feedback.model_dump()], ["pilot_id", "lead_id"])


def feedback_of(session: Session, pilot_id: str) -> Sequence[PilotFeedback]:
    """What readers of a pilot said, newest first."""
    statement = select(PilotFeedback).where(PilotFeedback.pilot_id == pilot_id)
    return session.exec(statement.order_by(col(PilotFeedback.at).desc(), col(PilotFeedback.lead_id))).all()


def feedback_summary(session: Session, pilot_id: str) -> tuple[int, int, int]:
    """How many answered, how many of them gave a score, and the sum of the scores."""
    row = PilotFeedback
    statement = select(func.count(), func.count(col(row.score)), func.sum(row.score)).where(row.pilot_id == pilot_id)
    answers, scored, total = session.exec(statement).one()
    return answers, scored, int(total or 0)


def mailed_sends(session: Session, parts: Collection[PilotPart]) -> list[tuple[str, str]]:
    """The newest mail of everybody who was sent one by these workflows' versions: address and send id, by address."""
    statement = (
        select(LeadRow.email, EmailSend.send_id)
        .join(EmailSend, col(EmailSend.lead_id) == col(LeadRow.lead_id))
        .where(_mail_of(parts), col(EmailSend.state) == "sent")
        .order_by(col(LeadRow.email), col(EmailSend.sent_at), col(EmailSend.send_id))
    )
    return sorted(dict(session.exec(statement).all()).items())


def parts_of(row: CampaignPilot) -> tuple[PilotPart, ...]:
    """The workflows of a pilot."""
    return tuple(PilotPart.model_validate(part) for part in row.parts)
