"""The two Temporal workflows. They know ids and counts only, so they are deterministic and their history is small."""

import asyncio
import itertools
from dataclasses import dataclass, field, replace
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError

WORK_SHARD = "work_shard"
TAKE_STEP = "take_step"
DECIDE = "decide"

AGAIN = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(seconds=30))
"""An activity that broke is done again: what it had done stands in rows and is not done twice."""
HEARTBEAT_SECONDS = 30.0
"""After this silence Temporal takes an activity's worker for dead."""
SHIFT = timedelta(hours=1)
"""The longest that one activity may take."""
ROUNDS = 500
"""Rounds after which a workflow continues as new, with a fresh history."""
STEP_REFUSED = "refused"
"""Type of the error of a step that would end the same way however often it is tried."""


@dataclass(frozen=True)
class Shard:
    """Part of a venture's due rows: as many as one activity claims.

    Attributes:
        number: tells activities of one round apart; rows are shared out by their claims.
    """

    venture_id: str
    number: int


@dataclass(frozen=True)
class Automation:
    """What a venture's automation is told.

    Attributes:
        shards: activities that work beside each other.
        linger_seconds: how long to stay when nothing is due; whoever sees something due later starts it again.
        heartbeat_seconds: after this silence an activity's worker is taken for dead.
        moved: steps written so far, over all that it continued as.
    """

    venture_id: str
    shards: int = 1
    linger_seconds: float = 60.0
    heartbeat_seconds: float = HEARTBEAT_SECONDS
    moved: int = 0


@workflow.defn(name="gtm-automation")
class AutomationWorkflow:
    """Hands shards of one venture's due rows to activities until nothing is due; returns the steps written."""

    def __init__(self) -> None:
        self._nudged = False

    @workflow.signal
    def nudge(self) -> None:
        """Something is due."""
        self._nudged = True

    @workflow.run
    async def run(self, order: Automation) -> int:
        """Work in rounds; continue as new when the history has grown long."""
        moved = order.moved
        for rounds in itertools.count(1):
            self._nudged = False
            shifts = [self._shift(order, number) for number in range(order.shards)]
            done = sum(await asyncio.gather(*shifts))
            moved += done
            if not done and not await self._told(order.linger_seconds):
                return moved
            if rounds >= ROUNDS or workflow.info().is_continue_as_new_suggested():
                workflow.continue_as_new(replace(order, moved=moved))
        return moved

    async def _shift(self, order: Automation, number: int) -> int:
        return int(
            await workflow.execute_activity(
                WORK_SHARD,
                Shard(order.venture_id, number),
                result_type=int,
                start_to_close_timeout=SHIFT,
                heartbeat_timeout=timedelta(seconds=order.heartbeat_seconds),
                retry_policy=AGAIN,
            )
        )

    async def _told(self, seconds: float) -> bool:
        try:
            await workflow.wait_condition(lambda: self._nudged, timeout=timedelta(seconds=seconds))
        except TimeoutError:
            return False
        return True


@dataclass(frozen=True)
class Answer:
    """A person's decision at a checkpoint; the arguments of `crews.approvals.decide`."""

    ref: str
    role: str
    by: str
    approve: bool
    comment: str = ""
    steps: list[str] = field(default_factory=list)
    sha: str | None = None


@dataclass(frozen=True)
class Stand:
    """Where a run stands after one step.

    Attributes:
        status: `going`, or an outcome's status.
    """

    status: str
    detail: str = ""
    checkpoint: str = ""
    handoff: str = ""


@dataclass(frozen=True)
class CrewRun:
    """Which run to drive, and how often to look whether a person has decided elsewhere."""

    run_id: str
    look_seconds: float = 60.0


@workflow.defn(name="gtm-crew-run")
class CrewRunWorkflow:
    """A crew run: each step an activity, each approval a signal; returns where the run stands at its end."""

    def __init__(self) -> None:
        self._answers: list[Answer] = []
        self._nudged = False
        self._stand = Stand("going")
        self._refusals: list[str] = []

    @workflow.signal
    def answer(self, answer: Answer) -> None:
        """A decision; it is refused as `gtm approve` would refuse it."""
        self._answers.append(answer)

    @workflow.signal
    def nudge(self) -> None:
        """A decision was written elsewhere."""
        self._nudged = True

    @workflow.query
    def stand(self) -> Stand:
        """Where the run stands."""
        return self._stand

    @workflow.query
    def refusals(self) -> list[str]:
        """Why answers were refused, in order."""
        return self._refusals

    @workflow.run
    async def run(self, order: CrewRun) -> Stand:
        """Take steps until the run ends; wait for people in between."""
        for rounds in itertools.count(1):
            self._nudged = False
            self._stand = await self._step(order.run_id)
            if self._stand.status == "waiting_approval":
                await self._wait(order)
            elif self._stand.status != "going":
                return self._stand
            long = rounds >= ROUNDS or workflow.info().is_continue_as_new_suggested()
            if long and not self._answers:
                workflow.continue_as_new(order)
        return self._stand

    async def _wait(self, order: CrewRun) -> None:
        try:
            await workflow.wait_condition(
                lambda: bool(self._answers) or self._nudged, timeout=timedelta(seconds=order.look_seconds)
            )
        except TimeoutError:
            return
        while self._answers:
            refusal = await workflow.execute_activity(
                DECIDE,
                self._answers.pop(0),
                result_type=str,
                start_to_close_timeout=timedelta(minutes=1),
                retry_policy=AGAIN,
            )
            if refusal:
                self._refusals.append(refusal)

    async def _step(self, run_id: str) -> Stand:
        try:
            stand: Stand = await workflow.execute_activity(
                TAKE_STEP,
                run_id,
                result_type=Stand,
                start_to_close_timeout=SHIFT,
                heartbeat_timeout=timedelta(seconds=HEARTBEAT_SECONDS),
                retry_policy=AGAIN,
            )
            return stand
        except ActivityError as error:
            if isinstance(error.cause, ApplicationError) and error.cause.type == STEP_REFUSED:
                return Stand("failed", error.cause.message)
            raise
