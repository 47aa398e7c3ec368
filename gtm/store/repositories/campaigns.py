"""Queries on what substage 17.2 stores: templates, campaigns, copy, schedules."""

from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, tuple_, update
from sqlmodel import Session, col, func, select

from gtm.domain.campaign import Campaign, CampaignContent, CampaignTemplate, ContentElement, ContentPiece, Variant
from gtm.domain.dossier import VoiceReport
from gtm.domain.errors import Conflict
from gtm.domain.schedule import SchedulePlan
from gtm.store.models.campaigns import (
    CampaignChannel,
    CampaignContentRow,
    CampaignPerformance,
    CampaignRow,
    CampaignSchedule,
    CampaignTemplateRow,
)
from gtm.store.repositories.schedules import budget_shares, schedule_rows
from gtm.store.repositories.statements import change, insert_all, remove, upsert


def save_template(
    session: Session,
    venture_id: str,
    campaign: Campaign,
    template: CampaignTemplate,
    *,
    run_id: str,
    revision: int,
    now: datetime,
) -> None:
    """Store one campaign and its template as drafts (SOP step 2.1).

    What an earlier run or revision left of this venture goes, except a campaign that has performance data: that one is
    kept, paused.

    Raises:
        Conflict: another venture has a campaign of this id.
    """
    owner = session.exec(select(CampaignRow.venture_id).where(CampaignRow.campaign_id == campaign.campaign_id)).first()
    if owner not in (None, venture_id):
        raise Conflict(
            f"campaign {campaign.campaign_id} belongs to {owner}", field="campaign_id", value=campaign.campaign_id
        )
    _retire(session, venture_id, campaign.campaign_id, run_id, revision)
    origin = {"run_id": run_id, "revision": revision}
    upsert(session, CampaignTemplateRow, [_template_row(venture_id, template) | origin], ["venture_id", "template_id"])
    row = _campaign_row(venture_id, campaign) | origin | {"updated_at": now}
    upsert(session, CampaignRow, [row], ["campaign_id"])
    remove(session, CampaignChannel, col(CampaignChannel.campaign_id) == campaign.campaign_id)
    count = len(campaign.channels)
    insert_all(
        session,
        CampaignChannel,
        [{"campaign_id": campaign.campaign_id, "channel": c, "channel_count": count} for c in campaign.channels],
    )


def save_content(session: Session, content: CampaignContent, *, run_id: str, revision: int, now: datetime) -> None:
    """Store every variant of every piece as a draft, in place of the campaigns' earlier copy (SOP step 2.2)."""
    ids = sorted({piece.campaign_id for piece in content.pieces})
    remove(session, CampaignContentRow, col(CampaignContentRow.campaign_id).in_(ids))
    change(session, update(CampaignRow).where(col(CampaignRow.campaign_id).in_(ids)).values(status="draft"))
    origin = {"run_id": run_id, "revision": revision, "created_at": now}
    rows = [
        _content_row(piece, element, variant) | origin
        for piece in content.pieces
        for element in piece.elements
        for variant in element.variants
    ]
    insert_all(session, CampaignContentRow, rows)


def save_voice_scores(session: Session, run_id: str, revision: int, report: VoiceReport) -> None:
    """Note each piece's brand voice score beside its copy."""
    for score in report.scores:
        statement = update(CampaignContentRow).where(
            col(CampaignContentRow.run_id) == run_id,
            col(CampaignContentRow.revision) == revision,
            col(CampaignContentRow.piece_id) == score.piece_id,
        )
        change(session, statement.values(brand_voice_score=score.score))


def save_schedule(session: Session, plan: SchedulePlan, *, run_id: str, revision: int, now: datetime) -> None:
    """Store the launch dates, e-mail slots, ad flights and calendar of a plan (SOP step 2.3).

    Each campaign also gets its dates and its share of the channels' month budgets: a channel's dollars go to the
    campaigns on it by the amounts of their ad flights, in equal parts where it has none.
    """
    of_venture = col(CampaignSchedule.venture_id) == plan.venture_id
    remove(session, CampaignSchedule, of_venture)
    origin = {"run_id": run_id, "revision": revision}
    insert_all(session, CampaignSchedule, [row | origin for row in schedule_rows(plan)])
    for dates in plan.campaigns:
        statement = update(CampaignRow).where(col(CampaignRow.campaign_id) == dates.campaign_id)
        change(session, statement.values(launches=dates.launches, ends=dates.ends, updated_at=now))
    _share_budgets(session, plan, run_id)


def approve_content(session: Session, run_id: str, *, now: datetime) -> int:
    """Mark the run's drafts approved and their campaigns `content_ready` (SOP step 2.2.5); how many drafts."""
    drafts = update(CampaignContentRow).where(
        col(CampaignContentRow.run_id) == run_id, col(CampaignContentRow.status) == "draft"
    )
    approved = change(session, drafts.values(status="approved"))
    with_content = select(CampaignContentRow.campaign_id).where(
        CampaignContentRow.run_id == run_id, CampaignContentRow.status == "approved"
    )
    ready = update(CampaignRow).where(
        col(CampaignRow.run_id) == run_id,
        col(CampaignRow.status) == "draft",
        col(CampaignRow.campaign_id).in_(with_content),
    )
    change(session, ready.values(status="content_ready", updated_at=now))
    return approved


def set_configured(session: Session, run_id: str, *, now: datetime) -> int:
    """Mark the run's campaigns `configured` that have approved content, a schedule, a budget and a channel.

    SOP exit gate 2. A campaign that lacks one of them stays as it is. How many are configured by this.
    """
    has_content = select(CampaignContentRow.campaign_id).where(CampaignContentRow.status == "approved")
    has_schedule = select(CampaignSchedule.campaign_id).where(col(CampaignSchedule.campaign_id).is_not(None))
    statement = update(CampaignRow).where(
        col(CampaignRow.run_id) == run_id,
        col(CampaignRow.status).in_(("draft", "content_ready")),
        col(CampaignRow.budget).is_not(None),
        col(CampaignRow.launches).is_not(None),
        col(CampaignRow.campaign_id).in_(has_content),
        col(CampaignRow.campaign_id).in_(has_schedule),
        col(CampaignRow.campaign_id).in_(select(CampaignChannel.campaign_id)),
    )
    return change(session, statement.values(status="configured", updated_at=now))


def exit_rows(session: Session, run_id: str) -> list[dict[str, Any]]:
    """The run's campaigns with what is stored beside each: what exit gate 2 looks at.

    Each has campaign_id, status, content_pieces, schedules, budget (dollars a month) and channels (how many).
    """
    campaigns = session.exec(
        select(CampaignRow).where(CampaignRow.run_id == run_id).order_by(col(CampaignRow.campaign_id))
    ).all()
    pieces = select(CampaignContentRow.campaign_id, func.count(col(CampaignContentRow.piece_id).distinct())).where(
        CampaignContentRow.run_id == run_id, CampaignContentRow.status == "approved"
    )
    schedules = select(CampaignSchedule.campaign_id, func.count()).where(CampaignSchedule.run_id == run_id)
    channels = select(CampaignChannel.campaign_id, func.count())
    content = dict(session.exec(pieces.group_by(CampaignContentRow.campaign_id)).all())
    planned = dict(session.exec(schedules.group_by(col(CampaignSchedule.campaign_id))).all())
    linked = dict(session.exec(channels.group_by(CampaignChannel.campaign_id)).all())
    return [
        {
            "campaign_id": row.campaign_id,
            "status": row.status,
            "content_pieces": content.get(row.campaign_id, 0),
            "schedules": planned.get(row.campaign_id, 0),
            "budget": row.budget or 0,
            "channels": linked.get(row.campaign_id, 0),
        }
        for row in campaigns
    ]


def find(session: Session, venture_id: str, campaign_id: str) -> CampaignRow | None:
    """A venture's campaign, if it has one of that id."""
    query = select(CampaignRow).where(CampaignRow.campaign_id == campaign_id)
    return session.exec(query.where(CampaignRow.venture_id == venture_id)).first()


def list_campaigns(session: Session, venture_id: str) -> list[CampaignRow]:
    """A venture's campaigns, by id."""
    query = select(CampaignRow).where(CampaignRow.venture_id == venture_id)
    return list(session.exec(query.order_by(col(CampaignRow.campaign_id))))


def list_content(session: Session, campaign_id: str) -> list[CampaignContentRow]:
    """A campaign's copy in reading order."""
    query = select(CampaignContentRow).where(CampaignContentRow.campaign_id == campaign_id)
    row = CampaignContentRow
    return list(session.exec(query.order_by(col(row.step), col(row.segment_id), col(row.variable), col(row.variant))))


def list_schedules(session: Session, venture_id: str) -> list[CampaignSchedule]:
    """A venture's schedules by first day."""
    query = select(CampaignSchedule).where(CampaignSchedule.venture_id == venture_id)
    return list(session.exec(query.order_by(col(CampaignSchedule.starts), col(CampaignSchedule.schedule_id))))


def set_paused(session: Session, venture_id: str, *, now: datetime) -> int:
    """Pause a venture's configured and active campaigns: their spend stops (SOP rollback step 2). How many."""
    statement = update(CampaignRow).where(
        col(CampaignRow.venture_id) == venture_id, col(CampaignRow.status).in_(("configured", "active"))
    )
    return change(session, statement.values(status="paused", updated_at=now))


def _retire(session: Session, venture_id: str, keep: str, run_id: str, revision: int) -> None:
    stale = and_(
        col(CampaignRow.venture_id) == venture_id,
        col(CampaignRow.campaign_id) != keep,
        or_(col(CampaignRow.run_id).is_distinct_from(run_id), col(CampaignRow.revision) != revision),
    )
    measured = col(CampaignRow.campaign_id).in_(select(CampaignPerformance.campaign_id))
    change(session, update(CampaignRow).where(stale, measured).values(status="paused"))
    remove(session, CampaignRow, stale, ~measured)
    in_use = select(CampaignRow.venture_id, CampaignRow.template_id).where(CampaignRow.venture_id == venture_id)
    template = CampaignTemplateRow
    remove(
        session,
        template,
        col(template.venture_id) == venture_id,
        or_(col(template.run_id).is_distinct_from(run_id), col(template.revision) != revision),
        tuple_(col(template.venture_id), col(template.template_id)).not_in(in_use),
    )


def _share_budgets(session: Session, plan: SchedulePlan, run_id: str) -> None:
    links = session.exec(
        select(CampaignChannel)
        .join(CampaignRow, col(CampaignRow.campaign_id) == col(CampaignChannel.campaign_id))
        .where(CampaignRow.venture_id == plan.venture_id, CampaignRow.run_id == run_id)
        .order_by(col(CampaignChannel.channel), col(CampaignChannel.campaign_id))
    ).all()
    shares = budget_shares(session, plan, [(link.channel, link.campaign_id) for link in links])
    for link in links:
        link.budget = shares.get((link.channel, link.campaign_id))
        session.add(link)
    for campaign_id in {link.campaign_id for link in links}:
        amounts = [amount for (_, of), amount in shares.items() if of == campaign_id]
        statement = update(CampaignRow).where(col(CampaignRow.campaign_id) == campaign_id)
        change(session, statement.values(budget=sum(amounts) if amounts else None))
    session.flush()


def _template_row(venture_id: str, template: CampaignTemplate) -> dict[str, Any]:
    return {
        "venture_id": venture_id,
        "template_id": template.template_id,
        "type": template.type,
        "name": template.name,
        "channel": template.channel,
        "structure": [step.model_dump(mode="json") for step in template.steps],
        "variables": [variable.model_dump(mode="json") for variable in template.variables],
    }


def _campaign_row(venture_id: str, campaign: Campaign) -> dict[str, Any]:
    return {
        "campaign_id": campaign.campaign_id,
        "venture_id": venture_id,
        "campaign_name": campaign.name,
        "campaign_type": campaign.type,
        "template_id": campaign.template_id,
        "segments": list(campaign.segments),
        "cta": campaign.cta,
        "objective": campaign.objective,
        "status": "draft",
    }


def _content_row(piece: ContentPiece, element: ContentElement, variant: Variant) -> dict[str, Any]:
    return {
        "content_id": f"{piece.campaign_id}:{piece.piece_id}:{element.variable}:{variant.label}",
        "campaign_id": piece.campaign_id,
        "piece_id": piece.piece_id,
        "template_id": piece.template_id,
        "segment_id": piece.segment_id,
        "step": piece.step,
        "variable": element.variable,
        "variant": variant.label,
        "text": variant.text,
        "cta": piece.cta,
        "cta_url": piece.cta_url,
        "status": "draft",
        "brand_voice_score": piece.brand_voice_score,
        "claims": [claim.model_dump(mode="json") for claim in piece.claims],
        "generated_by": piece.generated_by,
        "prompt_version": piece.prompt_version,
        "framework": piece.framework or None,
        "tested": piece.tested,
        **_making(piece),
    }


def _making(piece: ContentPiece) -> dict[str, Any]:
    made = piece.made
    return {
        "model": made.model if made else None,
        "tokens": made.prompt_tokens + made.completion_tokens if made else None,
        "seed": made.seed if made else None,
        "prompt_tokens": made.prompt_tokens if made else None,
        "completion_tokens": made.completion_tokens if made else None,
        "cost": made.cost if made else None,
    }
