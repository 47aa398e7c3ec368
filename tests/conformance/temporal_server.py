"""A real Temporal server for tests, with engines on it that do not work for each other."""

import itertools
import os
from typing import Any

from app.temporal.engine import Cluster, TemporalEngine
from benchmarks import temporal_server
from gtm.automation.ports import Services
from tests.integration.automation.surroundings import Stage

_queues = itertools.count(1)


class TemporalServer(temporal_server.TemporalServer):
    """The server, from its start to its end; a context manager."""

    def cluster(self) -> Cluster:
        """A task queue of its own on this server."""
        return Cluster(address=self.address, queue=f"gtm-{os.getpid()}-{next(_queues)}")

    def engine(self, stage: Stage, services: Services, **options: Any) -> TemporalEngine:
        """The engine on a stage."""
        return TemporalEngine(stage.database, stage.clock, services, self.cluster(), **options)
