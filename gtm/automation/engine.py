"""The worker: claims a batch of what is due, does it outside the transaction, and writes each move once.

Stateless: any number of workers may run against one store. On SQLite one process at a time writes; on PostgreSQL
claims skip each other's rows.
"""

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from gtm.automation.actions.base import ActionContext, Done
from gtm.automation.actions.registry import ACTIONS, run_actions
from gtm.automation.facts import gather_facts
from gtm.automation.holding import Hold, Stopwatch
from gtm.automation.interpreter import step
from gtm.automation.ports import Services
from gtm.automation.writing import Broken, Result, Writer, is_poison, told
from gtm.domain.base import Model
from gtm.domain.clock import Clock
from gtm.domain.conditions import Scalar
from gtm.domain.enrolment import Due, EnrolmentState, Failed, Lead, Outcome, Perform, Record, SetAside
from gtm.domain.workflow import ActionStep, Exit, Goal
from gtm.store.database import Database
from gtm.store.models.automation import EmailSend
from gtm.store.models.base import new_id
from gtm.store.repositories import claims, email_sends, enrolments, leads, versions
from gtm.store.repositories.claims import Move, Scope
from gtm.store.repositories.enrolment_sql import Claimed
from gtm.store.repositories.versions import Pinned

_LOG = logging.getLogger(__name__)

GROUP = 50
"""Actions whose reservations and results are written together; a crash leaves no more than these unknown."""
GATHER_SECONDS = 0.02
"""How long to rest after a look that found few."""
SLOW = timedelta(seconds=1)
"""After so long, what a group has done is written before the rest of it is."""
CHAIN = 100
"""Steps without an effect that one lead takes at a time."""


class Tick(Model):
    """What one look at the store did: leases given back, enrolments claimed, enrolments moved.

    Attributes:
        due: how many of the moved are due again at this very moment.
        started: how many of the moved changed their lead, which may have entered another workflow by it.
    """

    expired: int
    claimed: int
    moved: int
    due: int = 0
    started: int = 0


@dataclass(frozen=True)
class Claim:
    """One claimed enrolment with what moving it takes; `fault` says why it cannot be moved."""

    pinned: Pinned
    state: EnrolmentState
    lead: Lead | None
    facts: dict[str, Scalar | None]
    fault: str = ""


class Worker:
    """Executes workflows.

    Args:
        database: the store.
        clock: tells the moment of sends and moves.
        services: what actions work with.
        name: shows in `enrolments.owner`.
        scope: real leads by default; the test harness names its workflow.
        lease: how long a claim holds, at most LONGEST_LEASE; a worker that does not report in it is taken for dead.
        batch: enrolments claimed at once.
        stop: heeded between two groups of mails, and between two other actions: what was not begun is given back.
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
        stop: threading.Event | None = None,
    ) -> None:
        if lease > claims.LONGEST_LEASE:
            raise ValueError(f"a claim of {lease} would be taken for one of before the clock was set back")
        self._database = database
        self._clock = clock
        self._services = services
        self._name = name
        self._scope = scope or Scope()
        self._lease = lease
        self._batch = batch
        self._pinned: dict[int, Pinned] = {}
        self._stop = stop or threading.Event()

    def tick(self, now: datetime | None = None) -> Tick:
        """Give dead workers' claims back, claim what is due by `now` (the clock's by default), and move each once."""
        since = Stopwatch(self._clock)
        now = now or since.moment
        owner = new_id(self._name[:40])
        with self._database.write() as session:
            expired = claims.expire_leases(session, self._scope, now)
            rows = claims.claim_due(session, self._scope, owner=owner, now=now, lease=self._lease, limit=self._batch)
        real = self._scope.test_workflow_id is None
        hold = Hold(self._database, self._clock, owner, self._lease, since, real=real)
        writer = Writer(self._database, self._clock, hold, self._stop)
        claimed, broken = self._read(rows)
        for one in broken:
            writer.break_off(one)
        moved = due = started = 0
        for results in self._worked(claimed, hold):
            written = writer.write(results)
            moves = [one.move for one in results if one.move.before.enrolment_no in written]
            moved += sum(move.after.seq > move.before.seq for move in moves)
            due += sum(_due_again(move.after, now) for move in moves)
            started += sum(one.starts for one in results)
        return Tick(expired=expired, claimed=len(rows), moved=moved, due=due, started=started)

    def run_until_idle(self, limit: int = 100_000) -> int:
        """Tick until nothing more is due at the clock's present moment; the number of enrolments moved.

        Args:
            limit: ticks at most, so that a workflow that loops cannot hold the caller.
        """
        moved = 0
        for _ in range(limit):
            tick = self.tick()
            moved += tick.moved
            if tick.claimed < self._batch and not tick.due and not tick.started:
                break
        return moved

    def run(
        self,
        stop: threading.Event,
        poll_seconds: float = 1.0,
        *,
        idle: Callable[[float], object] | None = None,
        told: Callable[[Tick], object] | None = None,
    ) -> None:
        """Work until told to stop, looking again after `poll_seconds` when nothing is due.

        A stop is heeded between two groups of mails, and between two other actions; what was claimed and not begun is
        given back at once.

        Args:
            stop: set by whoever ends it.
            poll_seconds: how long to rest when nothing is due.
            idle: rests at most that long in its own way, such as until something is committed.
            told: is handed what each look did.
        """
        self._stop = stop
        rest = idle or stop.wait
        while not stop.is_set():
            tick = self.tick()
            if told is not None:
                told(tick)
            if not tick.claimed:
                rest(poll_seconds)
            elif tick.claimed < GROUP and not tick.due:
                # A look costs as much for one as for many: leads that come one after another are moved together.
                stop.wait(min(GATHER_SECONDS, poll_seconds))

    def _worked(self, claimed: Sequence[Claim], hold: Hold) -> Iterator[list[Result]]:
        """The moves of a batch: those without effect at once, then actions in groups, each done when it is told."""
        actions: list[Claim] = []
        waits: list[Claim] = []
        for claim in claimed:
            acts = isinstance(claim.pinned.definition.step(claim.state.step), ActionStep) and not claim.fault
            (actions if acts else waits).append(claim)
        if waits:
            yield [self._walked(claim) for claim in waits]
        for group in _groups(actions):
            if not self._stop.is_set():
                hold.keep()
                yield from self._done(group, hold)
        if actions and self._stop.is_set():
            with self._database.write() as session:
                claims.release(session, hold.owner)

    def _walked(self, claim: Claim) -> Result:
        """Take the steps without effect that are due now; one that breaks is set aside at the step it came to."""
        state, records = claim.state, list[Record]()
        try:
            for reached, lines in self._walk(claim):
                state = reached
                records += lines
        except Exception as error:  # noqa: BLE001 (whatever is wrong with one lead, the others go on)
            _LOG.exception("a step of %s broke", claim.state.execution_id)
            state, effects = step(claim.pinned.definition, state, SetAside(detail=told(error)), self._clock.now())
            records += [effect for effect in effects if isinstance(effect, Record)]
        return Result(Move(claim.pinned, claim.state, state, tuple(records)))

    def _walk(self, claim: Claim) -> Iterator[tuple[EnrolmentState, list[Record]]]:
        """Each step without effect that is due now, up to the next action or wait."""
        state, definition = claim.state, claim.pinned.definition
        for _ in range(CHAIN):
            now = self._clock.now()
            event = SetAside(detail=claim.fault) if claim.fault else Due(facts=claim.facts)
            state, effects = step(definition, state, event, now)
            yield state, [effect for effect in effects if isinstance(effect, Record)]
            if not _due_again(state, now) or isinstance(definition.step(state.step), ActionStep):
                return

    def _done(self, group: Sequence[Claim], hold: Hold) -> Iterator[list[Result]]:
        """Do a group's actions; what is done is told by the second, so that a slow one loses nothing to a crash."""
        results: list[Result] = []
        told_at = Stopwatch(self._clock)
        try:
            for result in self._acted(group, hold):
                results.append(result)
                if told_at.passed() >= SLOW:
                    yield results
                    results, told_at = [], Stopwatch(self._clock)
                if self._stop.is_set() and not ACTIONS[_type(group[0])].together:
                    break
        except Exception:
            if results:
                yield results
            raise
        if results:
            yield results

    def _acted(self, group: Sequence[Claim], hold: Hold) -> Iterator[Result]:
        """Each action's result once it is done. A group that breaks before its first is done one by one."""
        begun = False
        try:
            performed = [self._perform(claim, hold) for claim in group]
            outcomes = run_actions([(perform.action, context) for _, perform, context in performed])
            for claim, (running, _, _), done in zip(group, performed, outcomes, strict=True):
                begun = True
                yield self._answered(claim, running, done)
        except Exception as error:
            if begun or not is_poison(error):
                raise
            if len(group) == 1:
                _LOG.exception("a step of %s broke", group[0].state.execution_id)
                yield self._set_aside(group[0], error)
                return
            for claim in group:
                yield from self._acted([claim], hold)

    def _answered(self, claim: Claim, running: EnrolmentState, done: Done) -> Result:
        """The move that an action's outcome asks for; one that cannot be told leaves the effect unknown."""
        try:
            move = self._moved_on(claim, running, done.outcome)
        except Exception as error:  # noqa: BLE001 (as above)
            _LOG.exception("what follows in %s broke", claim.state.execution_id)
            move = self._moved_on(claim, running, Failed(failure="unknown", detail=told(error)))
        action = ACTIONS[_type(claim)]
        return Result(move, done, repeatable=action.repeatable, starts=action.starts)

    def _moved_on(self, claim: Claim, running: EnrolmentState, outcome: Outcome) -> Move:
        """Where an action's outcome leads, and through goals and exits that follow at once: they need no look more."""
        definition = claim.pinned.definition
        state, effects = step(definition, running, outcome, self._clock.now())
        records = [effect for effect in effects if isinstance(effect, Record)]
        for _ in range(CHAIN):
            now = self._clock.now()
            if not (_due_again(state, now) and isinstance(definition.step(state.step), Exit | Goal)):
                break
            state, effects = step(definition, state, Due(), now)
            records += [effect for effect in effects if isinstance(effect, Record)]
        return Move(claim.pinned, claim.state, state, tuple(records))

    def _set_aside(self, claim: Claim, error: Exception) -> Result:
        after, effects = step(claim.pinned.definition, claim.state, SetAside(detail=told(error)), self._clock.now())
        records = tuple(effect for effect in effects if isinstance(effect, Record))
        return Result(Move(claim.pinned, claim.state, after, records))

    def _perform(self, claim: Claim, hold: Hold) -> tuple[EnrolmentState, Perform, ActionContext]:
        definition = claim.pinned.definition
        running, (perform,) = step(definition, claim.state, Due(), self._clock.now())
        if not isinstance(perform, Perform) or claim.lead is None:
            raise TypeError(f"step {claim.state.step} asks for no action")
        context = ActionContext(
            database=self._database,
            clock=self._clock,
            services=self._services,
            definition=definition,
            state=claim.state,
            lead=claim.lead,
            key=perform.key,
            hold=hold,
        )
        return running, perform, context

    def _read(self, rows: Sequence[Claimed]) -> tuple[list[Claim], list[Broken]]:
        """What moving these rows takes, in a few queries for all of them; nothing for those who only wait on."""
        if not rows:
            return [], []
        with self._database.read() as session:
            for version_no in {row.version_no for row in rows} - self._pinned.keys():
                self._pinned[version_no] = versions.pinned_version(session, version_no)
            wanted = {row.lead_no for row in rows if self._acts(row) or self._pinned[row.version_no].asks}
            people = leads.by_number(session, wanted) if wanted else {}
            asking = [row.enrolment_no for row in rows if self._may_ask(row)]
            sends = email_sends.sends_of(session, asking) if asking else {}
        claimed: list[Claim] = []
        broken: list[Broken] = []
        for row in rows:
            if row.lead_no in wanted and row.lead_no not in people:
                # Who was erased since the claim is gone with the enrolment.
                continue
            try:
                claimed.append(self._claim(row, people.get(row.lead_no), sends.get(row.enrolment_no, ())))
            except Exception as error:  # noqa: BLE001 (as above)
                broken.append(Broken(row, self._pinned[row.version_no].workflow_no, told(error)))
        return claimed, broken

    def _claim(self, row: Claimed, lead: Lead | str | None, sends: Sequence[EmailSend]) -> Claim:
        pinned = self._pinned[row.version_no]
        if not isinstance(lead, Lead):
            return Claim(pinned, enrolments.state_of(row, pinned), None, {}, fault=lead or "")
        state = enrolments.state_of(row, pinned, lead.lead_id, lead.time_zone)
        facts = gather_facts(pinned.definition, lead, sends) if self._may_ask(row) else {}
        return Claim(pinned, state, lead, facts)

    def _acts(self, row: Claimed) -> bool:
        steps = self._pinned[row.version_no].definition.steps
        return row.step < len(steps) and isinstance(steps[row.step], ActionStep)

    def _may_ask(self, row: Claimed) -> bool:
        """Whether the row may come to a condition before its next action."""
        return self._pinned[row.version_no].asks and not self._acts(row)


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
