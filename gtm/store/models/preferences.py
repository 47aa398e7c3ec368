"""What people want to be written to about."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from gtm.store.models.base import UtcDateTime


class EmailPreference(SQLModel, table=True):
    """A lead's answer for one purpose of mail; without a row the purpose is allowed as far as the guards allow it.

    `every_days` is how many days the lead wants between two mails of the purpose; NULL for no wish.
    """

    __tablename__ = "email_preferences"
    __table_args__ = (
        Index("ix_email_preferences_lead", "lead_id"),
        CheckConstraint("every_days >= 1", name="ck_email_preferences_every_days"),
    )

    venture_id: str = Field(primary_key=True, max_length=63)
    lead_id: str = Field(primary_key=True, max_length=63)
    purpose: str = Field(primary_key=True, max_length=40)
    allowed: bool
    every_days: int | None = None
    at: datetime = Field(sa_type=UtcDateTime)
