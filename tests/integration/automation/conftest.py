"""An engine's surroundings, and the SOP's tests of a workflow, as fixtures."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from gtm.automation.fake import FakeEmailSource, RecordingHttp
from gtm.automation.testing import run_sop_tests
from gtm.connectors.smtp.fake import SmtpSink
from gtm.domain.clock import VirtualClock
from gtm.domain.workflow import TriggerDefinition, WorkflowDefinition
from gtm.domain.workflow_report import WorkflowTestReport
from gtm.store.database import Database
from tests.integration.automation.surroundings import Examine, Stage, drip, signup, smtp

TUESDAY = datetime(2026, 1, 6, 15, 0, tzinfo=UTC)


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


@pytest.fixture
def examine() -> Examine:
    """The SOP's tests of step 3.3 for a workflow that is stored: the very code that `gtm workflow test` runs.

    Takes the stage, the folder for evidence, definition and trigger as they were stored, and any further argument of
    `run_sop_tests` by name.
    """

    def run(
        stage: Stage,
        folder: Path,
        definition: WorkflowDefinition | None = None,
        trigger: TriggerDefinition | None = None,
        **options: Any,
    ) -> WorkflowTestReport:
        arguments: dict[str, Any] = {
            "database": stage.database,
            "definition": definition or drip(),
            "trigger": trigger or signup(),
            "email_source": FakeEmailSource(),
            "start": TUESDAY,
            "evidence_dir": folder,
            "run_id": "run-1",
            "revision": 1,
        }
        return run_sop_tests(**(arguments | options))

    return run
