"""Queries on what people want to be written to about."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from gtm.domain.campaign_kinds import KINDS
from gtm.domain.preferences import Preference
from gtm.domain.vocabulary import ConsentPurpose
from gtm.store.models.automation import EmailSend
from gtm.store.models.campaigns import CampaignRow
from gtm.store.models.preferences import EmailPreference
from gtm.store.repositories.among import among
from gtm.store.repositories.statements import upsert


def of_lead(session: Session, lead_id: str) -> dict[str, Preference]:
    """A lead's answers, by purpose; a purpose that they were never asked about is left out."""
    return of_leads(session, [lead_id]).get(lead_id, {})


_ANSWERS = columns(
    col(EmailPreference.lead_id),
    col(EmailPreference.purpose),
    col(EmailPreference.allowed),
    col(EmailPreference.every_days),
).where(among(col(EmailPreference.lead_id), "lead_ids"))
"""Put together once, as it is asked for each group of mails."""


def of_leads(session: Session, lead_ids: Collection[str]) -> dict[str, dict[str, Preference]]:
    """The answers of leads, by lead and purpose; leads without any are left out."""
    found: dict[str, dict[str, Preference]] = {}
    rows = session.connection().execute(_ANSWERS, {"lead_ids": lead_ids})
    for lead_id, purpose, allowed, every_days in rows:
        found.setdefault(lead_id, {})[purpose] = Preference(allowed=allowed, every_days=every_days)
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
