"""Writing what a group came to, so that one row that cannot be written takes no other along."""

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError

from gtm.automation.actions.base import Done
from gtm.automation.holding import Hold
from gtm.domain.clock import Clock
from gtm.domain.enrolment import Deferred, Failed, Left, Outcome
from gtm.domain.errors import StoreError, shorten
from gtm.store.database import Database
from gtm.store.repositories import claims, email_sends, setting_aside
from gtm.store.repositories.claims import Move
from gtm.store.repositories.email_sends import Settlement
from gtm.store.repositories.enrolment_sql import Claimed
from gtm.store.repositories.enrolments import context_of
from gtm.store.repositories.setting_aside import Aside
from gtm.store.trouble import STORE_TROUBLE, trouble_of

_LOG = logging.getLogger(__name__)

AGAIN_SECONDS = 0.5
"""How long to wait before a store in trouble is tried again."""


@dataclass(frozen=True)
class Result:
    """What one claimed enrolment came to, with what its action left to be noted, where it was one.

    Attributes:
        repeatable: whether doing it once more would come to the same.
        starts: whether it may have brought its lead into another workflow.
    """

    move: Move
    done: Done | None = None
    repeatable: bool = True
    starts: bool = False


@dataclass(frozen=True)
class Broken:
    """A claimed row that cannot even be read as an enrolment of its workflow."""

    row: Claimed
    workflow_no: int
    why: str


def is_poison(error: Exception) -> bool:
    """Whether it is the row that is at fault, and not the store: without it, the others can be done."""
    if isinstance(error, DBAPIError):
        return isinstance(error, DataError | IntegrityError)
    return not isinstance(error, StoreError)


def told(error: Exception) -> str:
    """The error as the log tells it."""
    cause = getattr(error, "orig", None) or error
    return f"{type(cause).__name__}: {shorten(str(cause), 300)}"


class Writer:
    """Writes moves under a claim.

    Args:
        database: the store.
        clock: tells the moment of moves.
        hold: the claim.
        stop: a worker that is told to end waits for no database.
    """

    def __init__(self, database: Database, clock: Clock, hold: Hold, stop: threading.Event) -> None:
        self._database = database
        self._clock = clock
        self._hold = hold
        self._owner = hold.owner
        self._stop = stop

    def write(self, results: Sequence[Result]) -> set[int]:
        """Write a group in one transaction, or where one of it cannot be written, each in its own.

        What was done is known here alone: while the claim can stand, a store in trouble is waited for.

        Returns:
            Numbers of the enrolments that were moved; the others are set aside, or somebody else's now.

        Raises:
            OperationalError, InterfaceError: the store was in trouble for longer than the claim holds.
        """
        while True:
            try:
                return self._write(results)
            except STORE_TROUBLE as error:
                if self._hold.is_over or self._stop.is_set():
                    raise
                _LOG.warning("%d results wait to be written: %s", len(results), trouble_of(error))
            self._stop.wait(AGAIN_SECONDS)

    def _write(self, results: Sequence[Result]) -> set[int]:
        try:
            written = self._together(results)
        except Exception as error:
            if not is_poison(error):
                raise
            if len(results) > 1:
                return {number for one in results for number in self._write([one])}
            self._aside(results[0], error)
            return set()
        if len(written) < len(results):
            _LOG.warning("%d claims were lost; their moves are dropped", len(results) - len(written))
        return written

    def break_off(self, broken: Broken) -> None:
        """Set a row aside that cannot be read."""
        row = broken.row
        _LOG.error("enrolment %d is set aside: %s", row.enrolment_no, broken.why)
        context = row.context if isinstance(row.context, dict) else {}
        with self._database.write() as session:
            setting_aside.set_aside(
                session,
                Aside(
                    enrolment_no=row.enrolment_no,
                    workflow_no=broken.workflow_no,
                    step=row.step,
                    seq=row.seq,
                    attempt=row.attempt,
                    context=context,
                    outcome="manual",
                    detail=broken.why,
                ),
                self._owner,
                self._clock.now(),
            )

    def _together(self, results: Sequence[Result]) -> set[int]:
        durable = self._hold.real and not all(one.repeatable for one in results)
        with self._hold.writing(durable=durable) as session:
            # Enrolments before sends, as whoever renews reservations locks them.
            moves = {one.move.before.enrolment_no: one.move for one in results}
            written = claims.write_moves(session, moves, self._owner, self._clock.now())
            notes = [one.done.note for one in results if one.done is not None and one.done.note is not None]
            email_sends.settle(session, (note for note in notes if isinstance(note, Settlement)))
            for note in notes:
                if not isinstance(note, Settlement):
                    note(session)
        return written

    def _aside(self, result: Result, error: Exception) -> None:
        move, why = result.move, f"it could not be written: {told(error)}"
        _LOG.error("%s is set aside: %s", move.before.execution_id, why, exc_info=error)
        self._note_alone(result, why)
        aside = Aside(
            enrolment_no=move.before.enrolment_no,
            workflow_no=move.pinned.workflow_no,
            step=move.pinned.positions[move.before.step],
            seq=move.before.seq,
            attempt=move.before.attempt,
            context=context_of(move.before) or {},
            outcome="manual" if result.done is None or _did_nothing(result.done.outcome) else "unknown",
            detail=why,
        )
        with self._database.write() as session:
            setting_aside.set_aside(session, aside, self._owner, self._clock.now())

    def _note_alone(self, result: Result, why: str) -> None:
        """What is known of the effect is kept, though the move is not; where that fails too, its fate is unknown."""
        if result.done is None or result.done.note is None:
            return
        try:
            with self._database.write(durable=self._hold.real) as session:
                result.done.note(session)
        except Exception as error:
            if not is_poison(error):
                raise
            with self._database.write() as session:
                email_sends.doubt(session, result.move.before.enrolment_no, self._owner, why, self._clock.now())


def _did_nothing(outcome: Outcome) -> bool:
    return isinstance(outcome, Deferred | Left) or (isinstance(outcome, Failed) and outcome.failure != "unknown")
