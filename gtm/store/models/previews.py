"""Pictures of copy as a browser draws it."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from gtm.store.models.base import UtcDateTime


class PreviewFile(SQLModel, table=True):
    """One picture of one HTML text, by its hash; `path` is relative to the folder of previews, `sha256` the file's."""

    __tablename__ = "preview_files"
    __table_args__ = (CheckConstraint("width >= 1", name="ck_preview_files_width"),)

    html_sha256: str = Field(primary_key=True, max_length=64)
    width: int = Field(primary_key=True)
    sha256: str = Field(max_length=64)
    path: str
    made_at: datetime = Field(sa_type=UtcDateTime)
