"""Documents that were read as briefs, and what a person made of the proposal."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Column, Index
from sqlmodel import Field, SQLModel

from gtm.store.models.base import Json, UtcDateTime, one_of

IMPORT_STATUSES = ("proposed", "confirmed", "refused")


class BriefImport(SQLModel, table=True):
    """A brief proposed from a document; `venture_id` is set once the venture exists, `name` is what the document says.

    Nothing of it is a venture's before a person confirms it.
    """

    __tablename__ = "brief_imports"
    __table_args__ = (
        one_of("brief_imports", "status", IMPORT_STATUSES),
        CheckConstraint("status = 'proposed' OR decided_by IS NOT NULL", name="ck_brief_imports_decided"),
        Index("ix_brief_imports_status", "status", "created_at"),
        Index("ix_brief_imports_source", "source_sha256"),
    )

    import_id: str = Field(primary_key=True)
    venture_id: str | None = Field(default=None, foreign_key="ventures.venture_id", index=True)
    name: str
    source_name: str
    source_sha256: str = Field(max_length=64)
    proposal: dict[str, Any] = Field(sa_column=Column(Json, nullable=False))
    status: str = "proposed"
    created_at: datetime = Field(sa_type=UtcDateTime)
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    decided_by: str | None = None
