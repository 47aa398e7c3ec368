"""An engine's surroundings as fixtures."""

from collections.abc import Iterator

import pytest

from gtm.automation.fake import RecordingHttp
from gtm.connectors.smtp.fake import SmtpSink
from gtm.domain.clock import VirtualClock
from gtm.store.database import Database
from tests.integration.automation.surroundings import Stage, smtp


@pytest.fixture
def stage(database: Database, clock: VirtualClock) -> Iterator[Stage]:
    """An engine's surroundings, once on each database."""
    with SmtpSink(clock) as sink:
        mailer = smtp(sink)
        yield Stage(database, clock, sink, mailer, RecordingHttp())
        mailer.close()


@pytest.fixture
def sqlite_stage(sqlite_database: Database, clock: VirtualClock) -> Iterator[Stage]:
    """The same on SQLite alone."""
    with SmtpSink(clock) as sink:
        mailer = smtp(sink)
        yield Stage(sqlite_database, clock, sink, mailer, RecordingHttp())
        mailer.close()
