"""What is left of a person who was erased: that their address gets no mail, and nothing from which to read it."""

from datetime import datetime

from sqlalchemy import Column
from sqlmodel import Field, SQLModel

from gtm.store.models.base import UtcDateTime


class ErasureSalt(SQLModel, table=True):
    """A venture's own salt, made with its first erasure, so that hashes of two ventures cannot be compared."""

    __tablename__ = "erasure_salts"

    venture_id: str = Field(primary_key=True, max_length=63)
    salt: str = Field(max_length=64)


class ErasedAddress(SQLModel, table=True):
    """An address that was erased, as HMAC-SHA256 under the venture's salt; it stays suppressed."""

    __tablename__ = "erased_addresses"

    venture_id: str = Field(primary_key=True, max_length=63)
    address_hash: str = Field(primary_key=True, max_length=64)
    reason: str = Field(max_length=40)
    erased_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
