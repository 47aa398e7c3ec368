"""How many leads of a venture may be moved a minute, where somebody has set that: a token bucket, a row each."""

from datetime import datetime

from sqlalchemy import BigInteger, Column
from sqlmodel import Field, SQLModel

from gtm.store.models.base import UtcDateTime


class VentureRate(SQLModel, table=True):
    """A venture without a row has no limit. What the bucket holds is kept in whole parts, so nothing is rounded.

    Attributes:
        per_minute: how many leads a worker may take up in a minute; as many may be saved up.
        credit: what may be taken up at `counted_at`, in parts of `gtm.domain.rates.MOVE`.
    """

    __tablename__ = "venture_rates"

    venture_id: str = Field(primary_key=True, max_length=63)
    per_minute: int
    credit: int = Field(sa_column=Column(BigInteger, nullable=False))
    counted_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
