"""The tables, one file an aggregate. Importing this package registers every table with SQLModel's metadata."""

from gtm.store.models import automation, campaigns, enrolments, executions, gtm, logs, runs, stages, ventures

__all__ = ["automation", "campaigns", "enrolments", "executions", "gtm", "logs", "runs", "stages", "ventures"]
