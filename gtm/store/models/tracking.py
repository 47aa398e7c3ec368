"""Targets that links in mails may lead to, and everything that was opened or clicked, as it came in."""

from datetime import datetime

from sqlalchemy import Column, Index
from sqlmodel import Field, SQLModel

from gtm.store.models.base import one_of
from gtm.store.models.enrolments import Instant


class TrackedLink(SQLModel, table=True):
    """An address that a mail links to; a redirect leads to one of these or nowhere."""

    __tablename__ = "tracked_links"
    # A number that was cleared is never given again: links in mails go by it.
    __table_args__ = ({"sqlite_autoincrement": True},)

    link_no: int | None = Field(default=None, primary_key=True)
    digest: str = Field(max_length=64, unique=True)
    target: str = Field(max_length=2000)


class TrackingEvent(SQLModel, table=True):
    """One request for a pixel, a link or the unsubscribe page; `machine` says why it was no person, empty if it was."""

    __tablename__ = "tracking_events"
    __table_args__ = (
        one_of("tracking_events", "kind", ("open", "click", "unsubscribe")),
        Index("ix_tracking_events_send", "send_id", "at"),
        {"sqlite_autoincrement": True},
    )

    event_no: int | None = Field(default=None, primary_key=True)
    send_id: str = Field(max_length=63)
    kind: str = Field(max_length=20)
    link_no: int | None = None
    at: datetime = Field(sa_column=Column(Instant, nullable=False))
    user_agent: str = Field(default="", max_length=300)
    machine: str = Field(default="", max_length=120)
