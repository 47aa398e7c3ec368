"""Which version an enrolment was pinned to before it was moved to another one, so that its log keeps its names."""

from sqlalchemy import Column
from sqlmodel import Field, SQLModel

from gtm.store.models.base import Counting


class VersionChange(SQLModel, table=True):
    """One move of an enrolment between versions: its log up to and with `seq` speaks of `version_no`'s steps."""

    __tablename__ = "version_changes"
    __table_args__ = ({"sqlite_with_rowid": False},)

    enrolment_no: int = Field(primary_key=True)
    seq: int = Field(sa_column=Column(Counting, primary_key=True))
    version_no: int
