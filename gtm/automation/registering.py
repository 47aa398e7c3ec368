"""Registrations for sessions: an attribute of the lead, which the reminders of a session ask for."""

from datetime import datetime

from sqlmodel import Session

from gtm.automation.triggers.conditional import change_lead
from gtm.domain.sessions import REGISTERED
from gtm.store.repositories import leads


def register(session: Session, lead_id: str, campaign_ids: str, now: datetime) -> None:
    """Store that a lead is registered for the sessions of campaigns; twice is as good as once.

    Args:
        session: the transaction.
        lead_id: the lead.
        campaign_ids: a campaign's id, or several with a comma between them.
        now: the aware moment.

    Raises:
        NotFound: there is no such lead.
        InvalidInput: the registrations of the lead are too long together.
    """
    lead = leads.get_lead(session, lead_id, lock=True)
    before = _ids(str(lead.attributes.get(REGISTERED) or ""))
    after = list(dict.fromkeys([*before, *_ids(campaign_ids)]))
    if after != before:
        change_lead(session, lead_id, {f"attributes.{REGISTERED}": ",".join(after)}, now)


def _ids(text: str) -> list[str]:
    return [one.strip() for one in text.split(",") if one.strip()]
