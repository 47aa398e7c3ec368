"""A worker process on a Temporal cluster: serves both workflows, and starts a venture's automation when it has work."""

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.service import RPCError
from temporalio.worker import Worker as TemporalWorker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from app.temporal.activities import AutomationActivities, CrewActivities
from app.temporal.workflows import HEARTBEAT_SECONDS, Answer, Automation, AutomationWorkflow, CrewRun, CrewRunWorkflow
from crews.services import Services as CrewServices
from gtm.automation.engine import Tick
from gtm.automation.ports import Services
from gtm.domain.base import Model
from gtm.domain.clock import Clock
from gtm.domain.errors import Unavailable
from gtm.store.database import Database
from gtm.store.repositories import claims

_LOG = logging.getLogger(__name__)

SLOTS = 8
"""Activities that one process works on beside each other."""
GRACE = timedelta(seconds=30)
"""How long activities may take to end when the process is told to."""


class Cluster(Model):
    """Where Temporal is.

    Attributes:
        address: host and port of its frontend.
        namespace: which must exist.
        queue: the task queue that workers and starters share.
    """

    address: str
    namespace: str = "default"
    queue: str = "gtm"

    async def connect(self) -> Client:
        """A client.

        Raises:
            Unavailable: nobody answers there, or the namespace does not exist.
        """
        try:
            client = await Client.connect(self.address, namespace=self.namespace)
            await client.service_client.check_health()
        except (RuntimeError, RPCError) as error:
            raise Unavailable(
                f"Temporal cannot be reached at {self.address}: {' '.join(str(error).split())[:200]}",
                field="GTM_TEMPORAL_ADDRESS",
                value=self.address,
                allowed="HOST:PORT of a Temporal frontend",
                hint="start the server, or work without it: gtm worker",
            ) from error
        return client


class TemporalEngine:
    """Has due rows moved by workflows on a cluster; an engine for `app.worker.WorkerProcess`.

    Args:
        database: the store.
        clock: tells what is due.
        services: what actions work with.
        cluster: where Temporal is.
        crew: the application's parts, to take steps of crew runs as well; None leaves those to other processes.
        name: shows in `enrolments.owner`.
        lease: how long a claim holds.
        shards: activities that work on one venture beside each other; by default 1 on SQLite, else 2.
        linger_seconds: how long a venture's workflow stays when nothing is due.
        heartbeat_seconds: after this silence Temporal has an activity done by another process.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        services: Services,
        cluster: Cluster,
        *,
        crew: CrewServices | None = None,
        name: str = "temporal",
        lease: timedelta = timedelta(seconds=120),
        shards: int | None = None,
        linger_seconds: float = 60.0,
        heartbeat_seconds: float = HEARTBEAT_SECONDS,
    ) -> None:
        self._database = database
        self._clock = clock
        self._services = services
        self._cluster = cluster
        self._crew = crew
        self._name = name
        self._lease = lease
        self._shards = shards or (1 if database.is_sqlite else 2)
        self._linger = linger_seconds
        self._heartbeat = heartbeat_seconds

    def run(
        self,
        stop: threading.Event,
        poll_seconds: float = 1.0,
        *,
        idle: Callable[[float], object] | None = None,
        told: Callable[[Tick], object] | None = None,
    ) -> None:
        """Serve the workflows until told to stop; `gtm.automation.engine.Worker.run` tells the arguments."""
        asyncio.run(self._serve_until(stop, poll_seconds, idle or stop.wait, told or _nobody))

    def run_until_idle(self) -> int:
        """Have ventures' workflows work until nothing is due; how many steps were written."""
        return asyncio.run(self._drain())

    async def _serve_until(
        self,
        stop: threading.Event,
        poll_seconds: float,
        idle: Callable[[float], object],
        told: Callable[[Tick], object],
    ) -> None:
        async with self._serving(stop, told) as client:
            while not stop.is_set():
                try:
                    for venture_id in await asyncio.to_thread(self._due):
                        await self._wake(client, venture_id)
                except RPCError as error:
                    _LOG.warning("Temporal cannot be reached, trying again: %s", error)
                await asyncio.to_thread(idle, poll_seconds)

    async def _drain(self) -> int:
        moved = 0
        async with self._serving(threading.Event(), _nobody) as client:
            while True:
                handles = [await self._wake(client, venture, linger=0.0) for venture in self._due()]
                done = sum([int(await handle.result()) for handle in handles])
                if not done:
                    return moved
                moved += done

    @asynccontextmanager
    async def _serving(self, stop: threading.Event, told: Callable[[Tick], object]) -> AsyncIterator[Client]:
        """A client, with a worker beside it for as long as the block lasts."""
        client = await self._cluster.connect()
        automation = AutomationActivities(
            self._database, self._clock, self._services, name=self._name, lease=self._lease, stop=stop, told=told
        )
        done: list[Callable[..., Any]] = [automation.work_shard]
        workflows: Sequence[type] = [AutomationWorkflow]
        if self._crew is not None:
            crew = CrewActivities(self._crew)
            done += [crew.take_step, crew.decide]
            workflows = [*workflows, CrewRunWorkflow]
        with ThreadPoolExecutor(SLOTS, thread_name_prefix="temporal-activity") as pool:
            worker = TemporalWorker(
                client,
                task_queue=self._cluster.queue,
                workflows=workflows,
                activities=done,
                activity_executor=pool,
                max_concurrent_activities=SLOTS,
                workflow_runner=SandboxedWorkflowRunner(
                    # Importing the package reads where it lies; the workflows themselves import nothing of it.
                    restrictions=SandboxRestrictions.default.with_passthrough_modules("app")
                ),
                graceful_shutdown_timeout=GRACE,
            )
            async with worker:
                yield client

    def _due(self) -> list[str]:
        with self._database.read() as session:
            return claims.ventures_due(session, self._clock.now())

    async def _wake(self, client: Client, venture_id: str, linger: float | None = None) -> Any:
        """Start a venture's workflow, or tell the one that runs."""
        order = Automation(venture_id, self._shards, self._linger if linger is None else linger, self._heartbeat)
        return await client.start_workflow(
            AutomationWorkflow.run,
            order,
            id=f"gtm-automation-{venture_id}",
            task_queue=self._cluster.queue,
            start_signal="nudge",
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        )


def _nobody(_: Tick) -> None:
    """Nobody listens."""


def start_crew_run(cluster: Cluster, run_id: str) -> str:
    """Have a crew run driven on the cluster, or go on with it; the workflow's id.

    Raises:
        Unavailable: Temporal cannot be reached.
    """

    async def start() -> str:
        client = await cluster.connect()
        handle = await client.start_workflow(
            CrewRunWorkflow.run,
            CrewRun(run_id),
            id=crew_workflow(run_id),
            task_queue=cluster.queue,
            start_signal="nudge",
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        )
        return handle.id

    return asyncio.run(start())


def answer_crew_run(cluster: Cluster, run_id: str, answer: Answer) -> None:
    """Send a person's decision to a run that is driven on the cluster.

    Raises:
        Unavailable: Temporal cannot be reached.
    """

    async def send() -> None:
        client = await cluster.connect()
        await client.get_workflow_handle(crew_workflow(run_id)).signal(CrewRunWorkflow.answer, answer)

    asyncio.run(send())


def tell_crew_run(cluster: Cluster, run_id: str) -> bool:
    """Tell a run's workflow that a decision was written; False when none runs or nobody can be reached."""

    async def tell() -> bool:
        try:
            client = await cluster.connect()
            await client.get_workflow_handle(crew_workflow(run_id)).signal(CrewRunWorkflow.nudge)
        except (RPCError, Unavailable) as error:
            _LOG.info("no workflow was told of the decision on %s: %s", run_id, error)
            return False
        return True

    return asyncio.run(tell())


def crew_workflow(run_id: str) -> str:
    """The id of the workflow that drives a run."""
    return f"gtm-{run_id}"
