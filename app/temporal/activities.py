"""What the two workflows have done for them: a shard of due rows, a step of a run, a person's decision."""

import contextvars
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from temporalio import activity
from temporalio.exceptions import ApplicationError

from app.temporal.workflows import DECIDE, HEARTBEAT_SECONDS, STEP_REFUSED, TAKE_STEP, WORK_SHARD, Answer, Shard, Stand
from crews.approvals import decide
from crews.runner import take_step
from crews.services import Services as CrewServices
from gtm.automation.engine import Tick, Worker
from gtm.automation.ports import Services
from gtm.domain.clock import Clock
from gtm.domain.errors import GtmError, LeaseHeld, StoreError
from gtm.store.database import Database
from gtm.store.repositories.claims import Scope

BEATS = 4
"""How often an activity under way tells that it lives before it would be taken for dead."""


class AutomationActivities:
    """Works on due rows, as `gtm worker` does.

    Args:
        stop: set when this process ends; what is claimed and not begun is then given back.
        told: is handed what each look at the store did.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        services: Services,
        *,
        name: str,
        lease: timedelta,
        stop: threading.Event,
        told: Callable[[Tick], object],
    ) -> None:
        self._database = database
        self._clock = clock
        self._services = services
        self._name = name
        self._lease = lease
        self._stop = stop
        self._told = told

    @activity.defn(name=WORK_SHARD)
    def work_shard(self, shard: Shard) -> int:
        """Claim and move batches of a venture's due rows until nothing is due; how many steps were written."""
        worker = Worker(
            self._database,
            self._clock,
            self._services,
            name=self._name,
            scope=Scope(venture_id=shard.venture_id),
            lease=self._lease,
            stop=self._stop,
        )
        moved = 0
        with _heartbeat():
            while not self._stop.is_set():
                tick = worker.tick()
                self._told(tick)
                moved += tick.moved
                if not tick.claimed:
                    break
        return moved


class CrewActivities:
    """Takes steps of runs and writes decisions, as `gtm run` and `gtm approve` do.

    Args:
        services: the application's parts.
    """

    def __init__(self, services: CrewServices) -> None:
        self._services = services

    @activity.defn(name=TAKE_STEP)
    def take_step(self, run_id: str) -> Stand:
        """Do what comes next in a run.

        Raises:
            ApplicationError: it would end the same way however often it is tried.
        """
        try:
            with _heartbeat():
                outcome = take_step(self._services, run_id, activity.info().workflow_id or "")
        except (LeaseHeld, StoreError):
            raise
        except GtmError as error:
            raise ApplicationError(error.detail, type=STEP_REFUSED, non_retryable=True) from error
        if outcome is None:
            return Stand("going")
        return Stand(outcome.status, outcome.detail, outcome.checkpoint, outcome.handoff)

    @activity.defn(name=DECIDE)
    def decide(self, answer: Answer) -> str:
        """Write a person's decision; why it was refused, or nothing."""
        services = self._services
        try:
            decide(
                services.database,
                services.clock,
                services.stage,
                ref=answer.ref,
                role=answer.role,
                by=answer.by,
                approve=answer.approve,
                comment=answer.comment,
                steps=tuple(answer.steps),
                via="temporal",
                shown_sha256=answer.sha,
            )
        except StoreError:
            raise
        except GtmError as error:
            return error.detail
        return ""


@contextmanager
def _heartbeat() -> Iterator[None]:
    """Tell Temporal that the activity of this thread lives, from a thread beside it, until the block ends."""
    done = threading.Event()
    silence = activity.info().heartbeat_timeout or timedelta(seconds=HEARTBEAT_SECONDS)
    context = contextvars.copy_context()

    def beat() -> None:
        activity.heartbeat()
        while not done.wait(silence.total_seconds() / BEATS):
            activity.heartbeat()

    beating = threading.Thread(target=context.run, args=(beat,), name="temporal-heartbeat", daemon=True)
    beating.start()
    try:
        yield
    finally:
        done.set()
        beating.join()
