"""Every engine as a fixture: rows on SQLite, rows on PostgreSQL, and a real Temporal server over either."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest

from gtm.automation.engine import Worker
from gtm.automation.fake import RecordingHttp
from gtm.automation.ports import Services
from gtm.connectors.base import EmailConnector
from gtm.connectors.smtp.fake import SmtpSink
from gtm.domain.clock import VirtualClock
from gtm.domain.delivery import NO_LIMITS, DeliveryPolicy
from gtm.store.database import Database
from tests.conformance.temporal_server import TemporalServer
from tests.integration.automation.surroundings import Stage, smtp


@dataclass
class Floor:
    """A stage whose due rows are moved by the engine under test.

    Attributes:
        server: Temporal's, when it is the engine.
        delivery: what limits mail.
    """

    stage: Stage
    server: TemporalServer | None
    delivery: DeliveryPolicy = NO_LIMITS

    def work(self, mailer: EmailConnector | None = None) -> int:
        """Everything that is due now; how many steps were written."""
        if self.server is None:
            return self.by_rows(mailer)
        return self.server.engine(self.stage, self._services(mailer)).run_until_idle()

    def by_rows(self, mailer: EmailConnector | None = None) -> int:
        """The same by the engine that needs nothing else."""
        services = self._services(mailer)
        return Worker(self.stage.database, self.stage.clock, services, name="rows").run_until_idle()

    def _services(self, mailer: EmailConnector | None) -> Services:
        return replace(self.stage.services(mailer), delivery=self.delivery)


@pytest.fixture(scope="session")
def temporal_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TemporalServer]:
    """A Temporal server of its own on the loopback interface, with its state in memory."""
    with TemporalServer(tmp_path_factory.mktemp("temporal") / "server.log") as server:
        yield server


def engines(*slow: str) -> list[Any]:
    """Every engine on every store, as a fixture's parameters; those of these names run in the slow suite alone."""
    pairs = [("rows", "sqlite"), ("rows", "postgres"), ("temporal", "sqlite"), ("temporal", "postgres")]
    return [
        pytest.param(
            (engine, kind),
            marks=[pytest.mark.postgres] * (kind == "postgres") + [pytest.mark.slow] * (f"{engine}-{kind}" in slow),
        )
        for engine, kind in pairs
    ]


@contextmanager
def made(request: pytest.FixtureRequest, clock: VirtualClock) -> Iterator[Floor]:
    """A store, a mail server and an engine."""
    engine, kind = request.param
    server = request.getfixturevalue("temporal_server") if engine == "temporal" else None
    database = Database(request.getfixturevalue(f"{kind}_store"), clock)
    with SmtpSink(clock) as sink:
        mailer = smtp(sink)
        yield Floor(Stage(database, clock, sink, mailer, RecordingHttp()), server)
        mailer.close()
    database.close()


@pytest.fixture(params=engines("temporal-postgres"), ids="-".join)
def floor(request: pytest.FixtureRequest, clock: VirtualClock) -> Iterator[Floor]:
    """A store, a mail server and an engine; Temporal over PostgreSQL in the slow suite alone."""
    with made(request, clock) as one:
        yield one


@pytest.fixture(params=engines("temporal-sqlite", "temporal-postgres"), ids="-".join)
def wide_floor(request: pytest.FixtureRequest, clock: VirtualClock) -> Iterator[Floor]:
    """The same, Temporal in the slow suite alone on either store."""
    with made(request, clock) as one:
        yield one
