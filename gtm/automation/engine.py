"""The worker: claims a batch of what is due, does it outside the transaction, and writes each move once.

Stateless: any number of workers may run against one store. On SQLite one process at a time writes; on PostgreSQL
claims skip each other's rows.
"""

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from gtm.automation.actions.base import ActionContext, Done
from gtm.automation.actions.lanes import Lanes
from gtm.automation.actions.registry import ACTIONS, run_actions
from gtm.automation.holding import Hold, Stopwatch
from gtm.automation.interpreter import step
from gtm.automation.ports import Services
from gtm.automation.walking import CHAIN, Claim, Pins, due_again, moves_at_once, read, remember, wakes_at, walked
from gtm.automation.writing import Broken, Result, Writer, is_poison, told
from gtm.domain.base import Model
from gtm.domain.clock import Clock
from gtm.domain.enrolment import Due, EnrolmentState, Failed, Outcome, Perform, Record, SetAside
from gtm.domain.errors import VersionUnreadable
from gtm.domain.workflow import Exit, Goal
from gtm.store.database import Database
from gtm.store.models.base import new_id
from gtm.store.repositories import claims
from gtm.store.repositories.claims import Move, Scope
from gtm.store.repositories.enrolment_sql import Claimed

_LOG = logging.getLogger(__name__)

GROUP = 50
"""Actions whose reservations and results are written together."""
AHEAD = 25
"""How many of a group may be under way when the next one is reserved; a crash leaves no more than both unknown."""
GATHER_SECONDS = 0.02
"""How long to rest after a look that found few."""
SLOW = timedelta(seconds=1)
"""After so long, what a group has done is written before the rest of it is."""
UNREAD = timedelta(minutes=1)
"""How long a version that cannot be read is passed over before it is tried again."""


class Tick(Model):
    """What one look at the store did: leases given back, enrolments claimed, enrolments moved.

    Attributes:
        due: how many of the moved are due again at this very moment.
        next_due: when the first of the moved is due again; None where none of them waits.
        started: how many of the moved changed their lead, which may have entered another workflow by it.
    """

    expired: int
    claimed: int
    moved: int
    due: int = 0
    next_due: datetime | None = None
    started: int = 0


@dataclass(frozen=True)
class Look:
    """What a look at the store found: leases given back, what was moved at once, and what is held."""

    expired: int
    moves: tuple[Move, ...]
    held: Sequence[Claimed]


class Going:
    """A group whose actions have begun, or are begun one after the other as their results are taken.

    Args:
        results: of each, in order, once it is done.
        left: how many are to come.
        together: whether they have begun, so that each must be gone through.
        clock: tells how long ago anything was told.
    """

    def __init__(self, results: Iterator[Result], left: int, together: bool, clock: Clock) -> None:
        self.left = left
        self.together = together
        self.untold: list[Result] = []
        self.told_at = Stopwatch(clock)
        self._results = results
        self._clock = clock

    def take(self) -> None:
        """Wait for the next result."""
        self.untold.append(next(self._results))
        self.left -= 1

    def all_untold(self) -> list[Result]:
        """The results that nobody was told yet."""
        told, self.untold, self.told_at = self.untold, [], Stopwatch(self._clock)
        return told


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
        self._pins: Pins = {}
        self._unread: dict[int, Stopwatch] = {}
        self._stop = stop or threading.Event()

    def tick(self, now: datetime | None = None) -> Tick:
        """Give dead workers' claims back, claim what is due by `now` (the clock's by default), and move each once."""
        since = Stopwatch(self._clock)
        now = now or since.moment
        owner = new_id(self._name[:40])
        look = self._look(owner, now)
        real = self._scope.test_workflow_id is None
        hold = Hold(self._database, self._clock, owner, self._lease, since, real=real)
        writer = Writer(self._database, self._clock, hold, self._stop)
        claimed, broken = self._read(look.held)
        for one in broken:
            writer.break_off(one)
        moved = list(look.moves)
        started = 0
        with self._database.looks() as looks, Lanes(looks, self._services.mailer.connections) as lanes:
            for results in self._worked(claimed, hold, lanes):
                written = writer.write(results)
                moved += [one.move for one in results if one.move.before.enrolment_no in written]
                started += sum(one.starts for one in results)
        return Tick(
            expired=look.expired,
            claimed=len(look.moves) + len(look.held),
            moved=sum(move.after.seq > move.before.seq for move in moved),
            due=sum(due_again(move.after, now) for move in moved),
            next_due=min((at for move in moved if (at := wakes_at(move.after)) is not None), default=None),
            started=started,
        )

    def _look(self, owner: str, now: datetime) -> Look:
        """Move whoever needs no effect at once; where one of them spoils that, claim them all, to find out which.

        A version that cannot be read is passed over with everybody in it; each look that meets one starts afresh.
        """
        at_once = True
        while True:
            try:
                return self._find(owner, now, at_once=at_once)
            except VersionUnreadable as error:
                _LOG.error("its people wait: %s", error.detail)
                self._unread[error.version_no] = Stopwatch(self._clock)
            except Exception as error:
                if not at_once or not is_poison(error):
                    raise
                _LOG.warning("a batch cannot be moved at once: %s", told(error))
                at_once = False

    def _find(self, owner: str, now: datetime, *, at_once: bool) -> Look:
        self._unread = {number: since for number, since in self._unread.items() if since.passed() < UNREAD}
        with self._database.write() as session:
            expired = claims.expire_leases(session, self._scope, now)
            rows = claims.look(session, self._scope, now=now, limit=self._batch, without=self._unread)
            remember(session, rows, self._pins)
            moves: dict[int, Move] = {}
            if at_once:
                at = self._clock.now()
                moves = moves_at_once(session, rows, self._pins, at)
                if moves:
                    claims.write_moves(session, moves, None, at)
            held = [row for row in rows if row.enrolment_no not in moves]
            claims.hold(session, held, owner=owner, now=now, lease=self._lease)
        return Look(expired, tuple(moves.values()), held)

    def run_until_idle(self, limit: int = 100_000) -> int:
        """Tick until nothing more is due at the clock's present moment; the number of enrolments moved.

        Args:
            limit: ticks at most, so that a workflow that loops cannot hold the caller.
        """
        moved = 0
        for _ in range(limit):
            tick = self.tick()
            moved += tick.moved
            # Time goes on while a step is done: what follows it at once is due later than when the look began.
            follows = tick.next_due is not None and tick.next_due <= self._clock.now()
            if tick.claimed < self._batch and not follows and not tick.started:
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

    def _worked(self, claimed: Sequence[Claim], hold: Hold, lanes: Lanes) -> Iterator[list[Result]]:
        """The moves of a batch: those without effect at once, then actions in groups, each done when it is told.

        The next group of mails is begun while the last mails of the one before it are handed over.
        """
        actions: list[Claim] = []
        waits: list[Claim] = []
        for claim in claimed:
            (actions if claim.acts else waits).append(claim)
        if waits:
            yield [Result(walked(claim, self._clock.now())) for claim in waits]
        going: Going | None = None
        for group in _groups(actions):
            if going is not None:
                yield from self._told(going, leave=AHEAD)
            if self._stop.is_set():
                break
            hold.keep()
            begun = Going(self._begun(group, hold, lanes), len(group), ACTIONS[_type(group[0])].together, self._clock)
            if going is not None:
                yield from self._told(going)
            going = begun
        if going is not None:
            yield from self._told(going)
        if actions and self._stop.is_set():
            with self._database.write() as session:
                claims.release(session, hold.owner)

    def _told(self, going: Going, leave: int = 0) -> Iterator[list[Result]]:
        """What a group came to, until so many are left; by the second, so that a slow one loses little to a crash."""
        try:
            while going.left > leave:
                going.take()
                if going.told_at.passed() >= SLOW:
                    yield going.all_untold()
                if self._stop.is_set() and not going.together:
                    going.left = 0
        except Exception:
            if going.untold:
                yield going.all_untold()
            raise
        if going.untold and not going.left:
            yield going.all_untold()

    def _begun(self, group: Sequence[Claim], hold: Hold, lanes: Lanes) -> Iterator[Result]:
        """Begin a group's actions; each one's result comes once it is done.

        A group that breaks before its first is done one by one.
        """
        try:
            performed = [self._perform(claim, hold, lanes) for claim in group]
            outcomes = run_actions([(perform.action, context) for _, perform, context in performed])
        except Exception as error:  # noqa: BLE001 (it is raised again, or told of one of them)
            return self._apart(group, error, hold, lanes)
        return self._acted(group, [running for running, _, _ in performed], outcomes, hold, lanes)

    def _acted(
        self,
        group: Sequence[Claim],
        running: Sequence[EnrolmentState],
        outcomes: Iterable[Done],
        hold: Hold,
        lanes: Lanes,
    ) -> Iterator[Result]:
        begun = False
        try:
            for claim, state, done in zip(group, running, outcomes, strict=True):
                begun = True
                yield self._answered(claim, state, done)
        except Exception as error:
            if begun:
                raise
            yield from self._apart(group, error, hold, lanes)

    def _apart(self, group: Sequence[Claim], error: Exception, hold: Hold, lanes: Lanes) -> Iterator[Result]:
        """Each of a broken group by itself, and where it is one alone, set aside; trouble of the store is nobody's."""
        if not is_poison(error):
            raise error
        if len(group) == 1:
            _LOG.error("a step of %s broke", group[0].state.execution_id, exc_info=error)
            yield self._set_aside(group[0], error)
            return
        for claim in group:
            yield from self._begun([claim], hold, lanes)

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
            if not (due_again(state, now) and isinstance(definition.step(state.step), Exit | Goal)):
                break
            state, effects = step(definition, state, Due(), now)
            records += [effect for effect in effects if isinstance(effect, Record)]
        return Move(claim.pinned, claim.state, state, tuple(records))

    def _set_aside(self, claim: Claim, error: Exception) -> Result:
        after, effects = step(claim.pinned.definition, claim.state, SetAside(detail=told(error)), self._clock.now())
        records = tuple(effect for effect in effects if isinstance(effect, Record))
        return Result(Move(claim.pinned, claim.state, after, records))

    def _perform(self, claim: Claim, hold: Hold, lanes: Lanes) -> tuple[EnrolmentState, Perform, ActionContext]:
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
            lanes=lanes,
        )
        return running, perform, context

    def _read(self, rows: Sequence[Claimed]) -> tuple[list[Claim], list[Broken]]:
        if not rows:
            return [], []
        with self._database.read() as session:
            return read(session, rows, self._pins)


def _groups(claims: Sequence[Claim]) -> Iterator[list[Claim]]:
    """Actions of one type at a time, in the order they were claimed, at most GROUP together."""
    for _, same in groupby(claims, key=lambda claim: _type(claim)):
        group = list(same)
        for start in range(0, len(group), GROUP):
            yield group[start : start + GROUP]


def _type(claim: Claim) -> str:
    present = claim.pinned.definition.step(claim.state.step)
    return present.type if present is not None else ""
