"""Pictures of copy as a browser draws it."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from gtm.store.models.base import UtcDateTime


class PreviewFile(SQLModel, table=True):
    """One picture; `path` is relative to the folder that previews are kept in, `sha256` is the file's."""

    __tablename__ = "preview_files"
    __table_args__ = (CheckConstraint("width >= 1", name="ck_preview_files_width"),)

    run_id: str = Field(primary_key=True, foreign_key="runs.run_id")
    key: str = Field(primary_key=True, max_length=200)
    kind: str = Field(primary_key=True, max_length=20)
    width: int = Field(primary_key=True)
    sha256: str = Field(max_length=64)
    path: str
    made_at: datetime = Field(sa_type=UtcDateTime)
