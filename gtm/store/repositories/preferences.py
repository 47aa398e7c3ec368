"""Queries on what people want to be written to about."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlmodel import Session, col, select

from gtm.domain.campaign_kinds import KINDS
from gtm.domain.preferences import Preference
from gtm.domain.vocabulary import ConsentPurpose
from gtm.store.models.automation import EmailSend
from gtm.store.models.campaigns import CampaignRow
from gtm.store.models.preferences import EmailPreference
from gtm.store.repositories.statements import upsert


def of_lead(session: Session, lead_id: str) -> dict[str, Preference]:
    """A lead's answers, by purpose; a purpose that they were never asked about is left out."""
    return of_leads(session, [lead_id]).get(lead_id, {})


def of_leads(session: Session, lead_ids: Collection[str]) -> dict[str, dict[str, Preference]]:
    """The answers of leads, by lead and purpose; leads without any are left out."""
    found: dict[str, dict[str, Preference]] = {}
    for row in session.exec(select(EmailPreference).where(col(EmailPreference.lead_id).in_(lead_ids))):
        answer = Preference(allowed=row.allowed, every_days=row.every_days)
        found.setdefault(row.lead_id, {})[row.purpose] = answer
    return found


def save(
    session: Session, venture_id: str, lead_id: str, answers: Mapping[ConsentPurpose, Preference], now: datetime
) -> None:
    """Store answers of a lead, in place of earlier ones to the same purposes."""
    rows = [
        {"venture_id": venture_id, "lead_id": lead_id, "purpose": purpose, "at": now, **answer.model_dump()}
        for purpose, answer in answers.items()
    ]
    upsert(session, EmailPreference, rows, ["venture_id", "lead_id", "purpose"])


def purposes(session: Session, campaign_ids: Collection[str]) -> dict[str, ConsentPurpose]:
    """What the mails of campaigns are about, by campaign; campaigns that are not stored are left out."""
    statement = select(CampaignRow.campaign_id, CampaignRow.campaign_type)
    found = session.exec(statement.where(col(CampaignRow.campaign_id).in_(campaign_ids)))
    kinds = {str(kind): known for kind, known in KINDS.items()}
    return {campaign_id: kinds[campaign_type].purpose for campaign_id, campaign_type in found}


def sent_since(
    session: Session, lead_ids: Collection[str], since: datetime
) -> dict[tuple[str, ConsentPurpose | None], datetime]:
    """When each of these people last got marketing mail, by lead and purpose; sends that may have gone out count."""
    statement = (
        select(EmailSend.lead_id, EmailSend.campaign_id, EmailSend.reserved_at)
        .where(
            col(EmailSend.lead_id).in_(lead_ids),
            col(EmailSend.reserved_at) > since,
            col(EmailSend.state).in_(("reserved", "sent", "unknown")),
            col(EmailSend.purpose) == "marketing",
        )
        .order_by(col(EmailSend.reserved_at))
    )
    rows = session.exec(statement).all()
    of = purposes(session, {campaign_id for _, campaign_id, _ in rows})
    return {(lead_id, of.get(campaign_id)): at for lead_id, campaign_id, at in rows}
