"""Queries on ventures and on what the earlier stages hand over."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, select

from gtm.domain.base import id_key, sha256_of
from gtm.domain.brief import Segment, VentureBrief
from gtm.domain.errors import NotFound
from gtm.domain.verdict import Finding
from gtm.store.models.ventures import CustomerSegment, MarketStrategyRow, Venture, VentureFinding
from gtm.store.repositories.statements import change, insert_all, remove, upsert


def save_brief(session: Session, brief: VentureBrief, findings: Sequence[Finding], now: datetime) -> Venture:
    """Store a brief with its strategy, segments and findings, in place of what was known of the venture before.

    Args:
        brief: the whole brief; an empty value proposition becomes NULL, as the SOP's entry query expects.
        findings: contradictions and gaps found in it, for LEAD.
        now: the aware moment.
    """
    body = brief.model_dump(mode="json")
    sha256 = sha256_of(brief)
    known = session.get(Venture, brief.id)
    row = {
        "venture_id": brief.id,
        "name": brief.name,
        "segment_type": brief.segment_type,
        "brief": body,
        "brief_sha256": sha256,
        "created_at": known.created_at if known else now,
        "updated_at": now,
    }
    upsert(session, Venture, [row], ["venture_id"])
    for model in (MarketStrategyRow, CustomerSegment, VentureFinding):
        remove(session, model, col(model.venture_id) == brief.id)
    insert_all(session, MarketStrategyRow, [_strategy_row(brief)])
    insert_all(session, CustomerSegment, [_segment_row(brief.id, segment) for segment in brief.ranked_segments])
    insert_all(
        session,
        VentureFinding,
        [
            {
                "venture_id": brief.id,
                "position": position,
                **finding.model_dump(),
                "brief_sha256": sha256,
                "created_at": now,
            }
            for position, finding in enumerate(findings, start=1)
        ],
    )
    return require(session, brief.id)


def get(session: Session, venture_id: str) -> Venture | None:
    """The venture, if it is known."""
    return session.get(Venture, venture_id)


def sender_name(session: Session, venture_id: str) -> str:
    """What a venture's readers know it by."""
    venture = get(session, venture_id)
    return venture.name if venture is not None else "this sender"


def require(session: Session, venture_id: str) -> Venture:
    """The venture.

    Raises:
        NotFound: there is no such venture.
    """
    venture = get(session, venture_id)
    if venture is None:
        raise NotFound(
            f"there is no venture {venture_id!r}",
            field="venture_id",
            value=venture_id,
            hint="gtm venture list shows them; gtm venture load FILE adds one",
        )
    return venture


def get_brief(session: Session, venture_id: str) -> VentureBrief | None:
    """The venture's brief as it was loaded last, if there is one."""
    venture = get(session, venture_id)
    return VentureBrief.model_validate(venture.brief) if venture else None


def twin(session: Session, venture_id: str) -> str | None:
    """The id of another venture that is the same once both are reduced to `id_key`."""
    others = session.exec(select(Venture.venture_id).where(col(Venture.venture_id) != venture_id))
    key = id_key(venture_id)
    return next((other for other in others if id_key(other) == key), None)


def list_ventures(session: Session) -> list[Venture]:
    """Every venture, by id."""
    return list(session.exec(select(Venture).order_by(col(Venture.venture_id))))


def findings(session: Session, venture_id: str) -> tuple[Finding, ...]:
    """What was found in the venture's brief, in the order it was found."""
    rows = session.exec(
        select(VentureFinding).where(VentureFinding.venture_id == venture_id).order_by(col(VentureFinding.position))
    )
    return tuple(
        Finding.model_validate({name: getattr(row, name) for name in ("code", "kind", "field", "detail", "ask")})
        for row in rows
    )


def segments(session: Session, venture_id: str) -> list[CustomerSegment]:
    """The venture's segments, first priority first."""
    rows = select(CustomerSegment).where(CustomerSegment.venture_id == venture_id)
    return list(session.exec(rows.order_by(col(CustomerSegment.priority_rank), col(CustomerSegment.segment_id))))


def market_strategy(session: Session, venture_id: str) -> MarketStrategyRow | None:
    """The venture's market strategy."""
    return session.exec(select(MarketStrategyRow).where(MarketStrategyRow.venture_id == venture_id)).first()


def set_paused(session: Session, venture_id: str, reason: str, now: datetime) -> bool:
    """Pause the venture; False when it is paused already, whose moment and reason then stay.

    Raises:
        NotFound: there is no such venture.
    """
    require(session, venture_id)
    statement = update(Venture).where(col(Venture.venture_id) == venture_id, col(Venture.paused_at).is_(None))
    return change(session, statement.values(paused_at=now, paused_reason=reason, updated_at=now)) == 1


def clear_paused(session: Session, venture_id: str, now: datetime) -> bool:
    """Let the venture go on; False when it was not paused.

    Raises:
        NotFound: there is no such venture.
    """
    require(session, venture_id)
    statement = update(Venture).where(col(Venture.venture_id) == venture_id, col(Venture.paused_at).is_not(None))
    return change(session, statement.values(paused_at=None, paused_reason=None, updated_at=now)) == 1


def _strategy_row(brief: VentureBrief) -> dict[str, Any]:
    strategy, pricing = brief.market_strategy, brief.pricing
    return {
        "strategy_id": f"{brief.id}-market-strategy",
        "venture_id": brief.id,
        "strategy_status": strategy.status,
        "last_updated": strategy.last_updated,
        "document": strategy.document,
        "value_proposition": strategy.value_proposition.strip() or None,
        "positioning": strategy.positioning.strip() or None,
        "differentiators": list(strategy.differentiators),
        "competitors": list(strategy.competitors),
        "objectives": [objective.model_dump(mode="json") for objective in strategy.objectives],
        "pricing_status": pricing.status,
        "pricing_model": pricing.model,
        "pricing": pricing.model_dump(mode="json"),
    }


def _segment_row(venture_id: str, segment: Segment) -> dict[str, Any]:
    return {
        "venture_id": venture_id,
        "segment_id": segment.id,
        "segment_name": segment.name,
        "priority_rank": segment.priority,
        "status": segment.status,
        "audience": segment.audience,
        "value_proposition": segment.value_proposition.strip() or None,
        "characteristics": segment.characteristics.model_dump(mode="json"),
        "channel_preferences": list(segment.channels),
    }
