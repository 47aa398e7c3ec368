"""The tables, one file an aggregate. Importing this package registers every table with SQLModel's metadata."""

from gtm.store.models import (
    automation,
    campaigns,
    deliveries,
    enrolments,
    erasures,
    executions,
    gtm,
    logs,
    running,
    runs,
    stages,
    tracking,
    ventures,
    version_changes,
)

__all__ = [
    "automation",
    "campaigns",
    "deliveries",
    "enrolments",
    "erasures",
    "executions",
    "gtm",
    "logs",
    "running",
    "runs",
    "stages",
    "tracking",
    "ventures",
    "version_changes",
]
