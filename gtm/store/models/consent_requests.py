"""People who were asked by mail to confirm a consent, until they do or their link expires."""

from datetime import datetime

from sqlalchemy import Column, Index
from sqlmodel import Field, SQLModel

from gtm.store.models.base import UtcDateTime


class ConsentRequest(SQLModel, table=True):
    """One consent that waits for its confirmation; gone once it is confirmed, expired, or erased with its lead.

    `send_id` names its mail in `email_sends`, and its link. `mail_at` is when that mail is due; NULL once nothing is
    left to be tried. The rest is what confirming records (`wording`, `source`) and starts: the workflows of a form
    (`lead_source`), a session (`registers_for`), the webhook that brought the person (`trigger_id`, `event`).
    """

    __tablename__ = "consent_requests"
    __table_args__ = (
        Index("ix_consent_requests_lead", "lead_id"),
        Index("ix_consent_requests_mail_at", "mail_at"),
        Index("ix_consent_requests_expires_at", "expires_at"),
    )

    send_id: str = Field(primary_key=True, max_length=63)
    venture_id: str = Field(max_length=63)
    lead_id: str = Field(max_length=63)
    purpose: str = Field(max_length=40)
    wording: str
    source: str
    lead_source: str = ""
    registers_for: str = ""
    trigger_id: str = Field(default="", max_length=63)
    event: str = ""
    asked_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    expires_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    mail_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
