"""The worker: claims what is due, does it outside the transaction, and writes each move once.

Stateless: any number of workers may run against one store. On SQLite one process at a time writes; on PostgreSQL
claims skip each other's rows.
"""

import logging
import threading
from datetime import datetime, timedelta

from gtm.automation.actions.base import ActionContext
from gtm.automation.actions.registry import run_action
from gtm.automation.facts import gather_facts
from gtm.automation.interpreter import step
from gtm.automation.ports import Services
from gtm.domain.base import Model
from gtm.domain.clock import Clock
from gtm.domain.enrolment import Due, Effect, EnrolmentState, Failed, Finish, Lead, Outcome, Perform, Record
from gtm.domain.errors import GtmError, OutcomeUnknown, TransientFailure
from gtm.domain.workflow import Condition, WorkflowDefinition
from gtm.store.database import Database
from gtm.store.models.base import new_id
from gtm.store.repositories import automation, enrolments, leads
from gtm.store.repositories.enrolments import Scope

_LOG = logging.getLogger(__name__)


class Tick(Model):
    """What one look at the store did: leases given back, enrolments claimed, moves written.

    Attributes:
        due: how many of the moved are due again at this very moment.
    """

    expired: int
    claimed: int
    moved: int
    due: int = 0


class Worker:
    """Executes workflows.

    Args:
        database: the store.
        clock: tells the moment of sends and moves.
        services: what actions work with.
        name: shows in `enrolments.owner`.
        scope: real leads by default; the test harness names its workflow.
        lease: how long a claim holds; a worker that does not report in it is taken for dead.
        batch: enrolments claimed at once.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        services: Services,
        *,
        name: str = "worker",
        scope: Scope | None = None,
        lease: timedelta = timedelta(seconds=120),
        batch: int = 20,
    ) -> None:
        self._database = database
        self._clock = clock
        self._services = services
        self._name = name
        self._scope = scope or Scope()
        self._lease = lease
        self._batch = batch
        self._definitions: dict[tuple[str, int], WorkflowDefinition] = {}

    def tick(self, now: datetime | None = None) -> Tick:
        """Give dead workers' claims back, claim what is due by `now` (the clock's by default), and move each once."""
        now = now or self._clock.now()
        owner = new_id(self._name[:40])
        with self._database.write() as session:
            expired = enrolments.expire_leases(session, self._scope, now)
            claimed = enrolments.claim_due(
                session, self._scope, owner=owner, now=now, lease=self._lease, limit=self._batch
            )
            for state in claimed:
                if state.seq == 0 and state.attempt == 0:
                    enrolments.mark_started(session, state.execution_id, now)
        moved = due = 0
        for state in claimed:
            if self._clock.now() >= now + self._lease:
                # The rest of the batch lapses: its owner is late, and somebody else may have it by now.
                break
            after = self._move(state, owner)
            moved += after is not None and after.seq > state.seq
            due += after is not None and after.status == "waiting" and after.due_at is not None and after.due_at <= now
        return Tick(expired=expired, claimed=len(claimed), moved=moved, due=due)

    def run_until_idle(self, limit: int = 100_000) -> int:
        """Tick until nothing more is due at the clock's present moment; the number of moves.

        Args:
            limit: ticks at most, so that a workflow that loops cannot hold the caller.
        """
        moved = 0
        for _ in range(limit):
            tick = self.tick()
            moved += tick.moved
            if tick.claimed < self._batch and not tick.due:
                break
        return moved

    def run(self, stop: threading.Event, poll_seconds: float = 1.0) -> None:
        """Work until told to stop, looking again after `poll_seconds` when nothing is due."""
        while not stop.is_set():
            if not self.tick().claimed:
                stop.wait(poll_seconds)

    def _move(self, state: EnrolmentState, owner: str) -> EnrolmentState | None:
        """The state after the move; None when the claim was lost."""
        definition, lead, event = self._read(state)
        after, effects = step(definition, state, event, self._clock.now())
        for effect in effects:
            if isinstance(effect, Perform):
                context = ActionContext(
                    database=self._database,
                    clock=self._clock,
                    services=self._services,
                    definition=definition,
                    state=state,
                    lead=lead,
                    key=effect.key,
                    owner=owner,
                )
                after, effects = step(definition, after, _outcome(effect, context), self._clock.now())
                break
        return self._write(state, after, effects, owner)

    def _read(self, state: EnrolmentState) -> tuple[WorkflowDefinition, Lead, Due]:
        key = (state.workflow_id, state.version)
        with self._database.read() as session:
            if key not in self._definitions:
                self._definitions[key] = automation.get_definition(session, *key)
            definition = self._definitions[key]
            lead = leads.get_lead(session, state.lead_id)
            condition = isinstance(definition.step(state.step), Condition)
            facts = gather_facts(session, definition, state, lead) if condition else {}
        return definition, lead, Due(facts=facts)

    def _write(
        self, before: EnrolmentState, after: EnrolmentState, effects: tuple[Effect, ...], owner: str
    ) -> EnrolmentState | None:
        now = self._clock.now()
        with self._database.write() as session:
            if not enrolments.write_transition(session, before, after, owner):
                _LOG.warning("claim of %s was lost; its move is dropped", before.enrolment_id)
                return None
            for effect in effects:
                if isinstance(effect, Record):
                    enrolments.append_log(session, after, effect, now)
                elif isinstance(effect, Finish):
                    enrolments.finish_execution(session, before.execution_id, effect, now)
        return after


def _outcome(effect: Perform, context: ActionContext) -> Outcome:
    try:
        return run_action(effect.action, context)
    except TransientFailure as error:
        return Failed(failure="transient", detail=error.detail)
    except OutcomeUnknown as error:
        return Failed(failure="unknown", detail=error.detail)
    except GtmError as error:
        return Failed(failure="permanent", detail=f"{error.title}: {error.detail}")
    except Exception as error:  # noqa: BLE001 - one broken row must not stop the others; it goes to a person
        _LOG.exception("step %s of %s broke", effect.action.id, context.state.enrolment_id)
        return Failed(failure="unknown", detail=f"unexpected {type(error).__name__}: {error}")
