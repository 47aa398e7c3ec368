"""Queries on tests of variants: what was sent of each version, and the texts that won."""

from datetime import datetime
from typing import Any

from sqlalchemy import case
from sqlmodel import Session, col, func, select

from gtm.domain.base import sha256_of
from gtm.domain.winners import Metric, VersionCount, Winner
from gtm.store.models.automation import EmailSend
from gtm.store.models.pilots import VariantWinner
from gtm.store.repositories.statements import upsert

_KEYS = ["venture_id", "campaign_type", "segment_id", "step", "variable", "sha256"]


def counts(session: Session, workflow_id: str, step: str, metric: Metric, since: datetime) -> tuple[VersionCount, ...]:
    """How often each version of a mail was delivered to real people since a moment, and to how many it did what counts.

    Args:
        session: where to read.
        workflow_id: the workflow that sends it.
        step: the workflow's step.
        metric: what counts; machines are left out.
        since: when the present copy was written; what was sent before was other copy.
    """
    did = col(EmailSend.opened_at if metric == "opened" else EmailSend.clicked_at).is_not(None)
    delivered = col(EmailSend.delivered_at).is_not(None)
    figures: list[Any] = [func.count(), func.sum(case((did, 1), else_=0))]
    statement: Any = (
        select(col(EmailSend.variant), *figures)
        .where(
            EmailSend.workflow_id == workflow_id,
            EmailSend.step == step,
            col(EmailSend.is_test).is_(False),
            col(EmailSend.sent_at) >= since,
            col(EmailSend.state) == "sent",
            delivered,
            col(EmailSend.variant).in_(tuple("ABCDE")),
        )
        .group_by(col(EmailSend.variant))
        .order_by(col(EmailSend.variant))
    )
    return tuple(
        VersionCount(label=label, delivered=int(count), did=int(some or 0))
        for label, count, some in session.exec(statement)
    )


def remember(session: Session, venture_id: str, winner: Winner) -> None:
    """Keep a text that won; one that won before is kept with its newest figures."""
    plain = winner.model_dump(exclude={"claims"})
    row = {
        **plain,
        "venture_id": venture_id,
        "sha256": sha256_of(winner.text),
        "claims": [claim.model_dump(mode="json") for claim in winner.claims],
    }
    upsert(session, VariantWinner, [row], _KEYS)


def of_venture(session: Session, venture_id: str, before: datetime | None = None) -> tuple[Winner, ...]:
    """The newest winner of each element of a venture's campaigns, decided before a moment."""
    statement = select(VariantWinner).where(VariantWinner.venture_id == venture_id)
    if before is not None:
        statement = statement.where(col(VariantWinner.decided_at) < before)
    newest: dict[tuple[str, str, int, str], VariantWinner] = {}
    for row in session.exec(statement.order_by(col(VariantWinner.decided_at), col(VariantWinner.winner_id))):
        newest[row.campaign_type, row.segment_id, row.step, row.variable] = row
    return tuple(_winner(newest[key]) for key in sorted(newest))


def _winner(row: VariantWinner) -> Winner:
    return Winner.model_validate({name: getattr(row, name) for name in Winner.model_fields})
