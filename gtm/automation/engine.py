"""The worker: claims a batch of what is due, does it outside the transaction, and writes each move once.

Stateless: any number of workers may run against one store. On SQLite one process at a time writes; on PostgreSQL
claims skip each other's rows.
"""

import logging
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from gtm.automation.actions.base import ActionContext, Done
from gtm.automation.actions.registry import run_actions
from gtm.automation.facts import gather_facts
from gtm.automation.interpreter import step
from gtm.automation.ports import Services
from gtm.domain.base import Model
from gtm.domain.clock import Clock
from gtm.domain.conditions import Scalar
from gtm.domain.enrolment import Due, EnrolmentState, Lead, Perform, Record
from gtm.domain.workflow import ActionStep, Condition
from gtm.store.database import Database
from gtm.store.models.base import new_id
from gtm.store.models.enrolments import Enrolment
from gtm.store.repositories import email_sends, enrolments, leads
from gtm.store.repositories.enrolments import Move, Pinned, Scope

_LOG = logging.getLogger(__name__)

GROUP = 25
"""Actions whose reservations and results are written together; a crash leaves no more than these unknown."""
CHAIN = 100
"""Steps without an effect that one lead takes at a time."""


class Tick(Model):
    """What one look at the store did: leases given back, enrolments claimed, enrolments moved.

    Attributes:
        due: how many of the moved are due again at this very moment.
    """

    expired: int
    claimed: int
    moved: int
    due: int = 0


@dataclass(frozen=True)
class Claim:
    """One claimed enrolment with what moving it takes."""

    pinned: Pinned
    state: EnrolmentState
    lead: Lead
    facts: dict[str, Scalar | None]


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
        batch: int = 500,
    ) -> None:
        self._database = database
        self._clock = clock
        self._services = services
        self._name = name
        self._scope = scope or Scope()
        self._lease = lease
        self._batch = batch
        self._pinned: dict[int, Pinned] = {}
        self._stop = threading.Event()

    def tick(self, now: datetime | None = None) -> Tick:
        """Give dead workers' claims back, claim what is due by `now` (the clock's by default), and move each once."""
        now = now or self._clock.now()
        owner = new_id(self._name[:40])
        with self._database.write() as session:
            expired = enrolments.expire_leases(session, self._scope, now)
            rows = enrolments.claim_due(
                session, self._scope, owner=owner, now=now, lease=self._lease, limit=self._batch
            )
        moved = due = 0
        for moves, notes in self._worked(self._read(rows), owner, now + self._lease):
            written = self._write(moves, notes, owner)
            moved += sum(one.before.enrolment_no in written and one.after.seq > one.before.seq for one in moves)
            due += sum(_due_again(one.after, now) for one in moves if one.before.enrolment_no in written)
        return Tick(expired=expired, claimed=len(rows), moved=moved, due=due)

    def run_until_idle(self, limit: int = 100_000) -> int:
        """Tick until nothing more is due at the clock's present moment; the number of enrolments moved.

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
        """Work until told to stop, looking again after `poll_seconds` when nothing is due.

        A stop is heeded between two groups of a batch; what was claimed and not begun is given back at once.
        """
        self._stop = stop
        while not stop.is_set():
            if not self.tick().claimed:
                stop.wait(poll_seconds)

    def _worked(self, claims: Sequence[Claim], owner: str, until: datetime) -> Iterator[tuple[list[Move], list[Done]]]:
        """The moves of a batch: those without effect at once, then actions in groups, each done when it is told."""
        actions = [claim for claim in claims if isinstance(claim.pinned.definition.step(claim.state.step), ActionStep)]
        waits = [claim for claim in claims if claim not in actions] if len(actions) < len(claims) else []
        if waits:
            yield [self._walked(claim) for claim in waits], []
        for group in _groups(actions):
            now = self._clock.now()
            if now >= until:
                # The rest of the batch lapses: its owner is late, and somebody else may have it by now.
                return
            if self._stop.is_set():
                with self._database.write() as session:
                    enrolments.release(session, owner)
                return
            if until - now < self._lease / 2:
                until = now + self._lease
                with self._database.write() as session:
                    enrolments.extend_lease(session, owner, until)
            yield self._done(group, owner)

    def _walked(self, claim: Claim) -> Move:
        """Take the steps without effect that are due now, up to the next action or wait."""
        state, records = claim.state, list[Record]()
        definition = claim.pinned.definition
        for _ in range(CHAIN):
            now = self._clock.now()
            state, effects = step(definition, state, Due(facts=claim.facts), now)
            records += [effect for effect in effects if isinstance(effect, Record)]
            if not _due_again(state, now) or isinstance(definition.step(state.step), ActionStep):
                break
        return Move(claim.pinned, claim.state, state, tuple(records))

    def _done(self, group: Sequence[Claim], owner: str) -> tuple[list[Move], list[Done]]:
        performed = [self._perform(claim, owner) for claim in group]
        moves, results = [], run_actions([(perform.action, context) for _, perform, context in performed])
        for claim, (running, _, _), done in zip(group, performed, results, strict=True):
            after, effects = step(claim.pinned.definition, running, done.outcome, self._clock.now())
            records = tuple(effect for effect in effects if isinstance(effect, Record))
            moves.append(Move(claim.pinned, claim.state, after, records))
        return moves, results

    def _perform(self, claim: Claim, owner: str) -> tuple[EnrolmentState, Perform, ActionContext]:
        definition = claim.pinned.definition
        running, (perform,) = step(definition, claim.state, Due(), self._clock.now())
        if not isinstance(perform, Perform):
            raise TypeError(f"step {claim.state.step} asks for no action")
        context = ActionContext(
            database=self._database,
            clock=self._clock,
            services=self._services,
            definition=definition,
            state=claim.state,
            lead=claim.lead,
            key=perform.key,
            owner=owner,
        )
        return running, perform, context

    def _read(self, rows: Sequence[Enrolment]) -> list[Claim]:
        """What moving these rows takes, in a few queries for all of them."""
        if not rows:
            return []
        with self._database.read() as session:
            for version_no in {row.version_no for row in rows} - self._pinned.keys():
                self._pinned[version_no] = enrolments.pinned_version(session, version_no)
            people = leads.by_number(session, {row.lead_no for row in rows})
            asking = [int(row.enrolment_no or 0) for row in rows if self._may_ask(row)]
            sends = email_sends.sends_of(session, asking) if asking else {}
        claims = []
        for row in rows:
            pinned, lead = self._pinned[row.version_no], people[row.lead_no]
            state = enrolments.state_of(row, pinned, lead.lead_id, lead.time_zone)
            asked = state.enrolment_no in sends or self._may_ask(row)
            facts = gather_facts(pinned.definition, lead, sends.get(state.enrolment_no, ())) if asked else {}
            claims.append(Claim(pinned, state, lead, facts))
        return claims

    def _may_ask(self, row: Enrolment) -> bool:
        """Whether the row may come to a condition before its next action."""
        steps = self._pinned[row.version_no].definition.steps
        if isinstance(steps[row.step], ActionStep):
            return False
        return any(isinstance(one, Condition) for one in steps)

    def _write(self, moves: Sequence[Move], notes: Sequence[Done], owner: str) -> set[int]:
        with self._database.write() as session:
            for done in notes:
                if done.note is not None:
                    done.note(session)
            written = enrolments.write_moves(session, moves, owner, self._clock.now())
        if len(written) < len(moves):
            _LOG.warning("%d claims were lost; their moves are dropped", len(moves) - len(written))
        return written


def _groups(claims: Sequence[Claim]) -> Iterator[list[Claim]]:
    """Actions of one type at a time, in the order they were claimed, at most GROUP together."""
    for _, same in groupby(claims, key=lambda claim: _type(claim)):
        group = list(same)
        for start in range(0, len(group), GROUP):
            yield group[start : start + GROUP]


def _type(claim: Claim) -> str:
    present = claim.pinned.definition.step(claim.state.step)
    return present.type if present is not None else ""


def _due_again(state: EnrolmentState, now: datetime) -> bool:
    return state.status == "waiting" and state.due_at is not None and state.due_at <= now
