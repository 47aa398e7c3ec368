"""What was sent on a day, by sender domain and by venture: the counters behind warm-up and daily budget."""

from datetime import date

from sqlmodel import Field, SQLModel

Day = date


class DeliveryCount(SQLModel, table=True):
    """Mails reserved on a day (UTC) of `domain:acme.com` or `venture:acme`, and how many were put off to later days."""

    __tablename__ = "delivery_counts"

    scope: str = Field(primary_key=True, max_length=270)
    day: Day = Field(primary_key=True)
    sent: int = 0
    deferred: int = 0
