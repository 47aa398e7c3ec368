"""One claimed stretch of a run: asks what comes next and does it, until something must be waited for."""

import threading
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

from crews.checkpoints import Checkpoints
from crews.events import EventKind, Listener, RunEvent
from crews.finish import complete, hand_over
from crews.gates import GateKeeper
from crews.outcome import Outcome
from crews.plan import (
    CheckGate,
    Complete,
    HandOver,
    LeaveSubstage,
    RequestApproval,
    WaitForApproval,
    Work,
    next_action,
)
from crews.services import Services
from crews.state import load_state
from crews.work import Workbench
from gtm.domain.dossier import UsageTotals
from gtm.domain.errors import GtmError, NeedsPerson
from gtm.store.repositories import logs, runs, stages


@dataclass(frozen=True)
class Stretch:
    """What every part of a drive knows.

    Attributes:
        owner: who holds the run's lease.
    """

    services: Services
    run_id: str
    venture_id: str
    owner: str
    listener: Listener

    def tell(self, kind: EventKind, subject: str, title: str, *, agent: str = "", detail: str = "") -> None:
        """Tell the listener one line of progress with the run's usage so far."""
        with self.services.database.read() as session:
            usage = logs.usage_totals(session, self.run_id)
        self.listener(RunEvent(kind, self.services.clock.now(), subject, title, agent, detail, UsageTotals(**usage)))


_COMPUTING = threading.Lock()
"""Held by the run whose step is being done, when no model is waited for.

Such a step only computes. Two at a time in one process would share one interpreter and spend a fifth of their time on
handing it to and fro; in turns, many runs take as long as they would take one after another.
"""


class Drive:
    """Takes a run from where the store says it stands to its next stop.

    Args:
        services: the application's parts.
        run_id: the run, whose lease `owner` holds.
        venture_id: its venture.
        owner: the lease's holder.
        listener: told of progress.
    """

    def __init__(self, services: Services, run_id: str, venture_id: str, owner: str, listener: Listener) -> None:
        self._stretch = Stretch(services, run_id, venture_id, owner, listener)
        self._gates = GateKeeper(self._stretch)
        self._checkpoints = Checkpoints(self._stretch)
        self._workbench = Workbench(self._stretch)

    def to_next_stop(self) -> Outcome:
        """Do one action after the other until one of them ends the stretch."""
        with self._turn():
            self._checkpoints.void_changed()
        while True:
            with self._turn():
                outcome = self._next()
            if outcome is not None:
                return outcome

    def one_step(self) -> Outcome | None:
        """Do one action; None when there is more to do."""
        with self._turn():
            self._checkpoints.void_changed()
            return self._next()

    def _turn(self) -> AbstractContextManager[object]:
        return nullcontext() if self._stretch.services.models.live else _COMPUTING

    def _next(self) -> Outcome | None:
        services, run_id = self._stretch.services, self._stretch.run_id
        with services.database.write() as session:
            stages.refuse_when_paused(session, self._stretch.venture_id)
            runs.fence(session, run_id, self._stretch.owner, services.clock.now())
            run = runs.require(session, run_id)
        if run.status == "rolled_back":
            return self._rolled_back(run.detail or "")
        self._checkpoints.apply_decisions()
        with services.database.read() as session:
            state = load_state(session, services.stage, run_id)
        return self._do(next_action(services.stage, state))

    def _do(self, action: object) -> Outcome | None:
        match action:
            case CheckGate(gate, kind):
                return self._gates.judge(gate, kind)
            case LeaveSubstage(substage):
                return self._gates.leave(substage)
            case Work():
                return self._work(action)
            case RequestApproval(checkpoint):
                return self._checkpoints.request(checkpoint)
            case WaitForApproval(checkpoint):
                return self._checkpoints.wait(checkpoint)
            case Complete():
                complete(self._stretch)
                return None
            case HandOver():
                return hand_over(self._stretch)
            case _:
                return self._finished()

    def _work(self, action: Work) -> Outcome | None:
        try:
            return self._workbench.work(action)
        except NeedsPerson as error:
            return self._checkpoints.escalate(error)

    def _rolled_back(self, reason: str) -> Outcome:
        """A run that was rolled back is over; LEAD's decision lets a new one begin."""
        venture_id = self._stretch.venture_id
        detail = f"this run was rolled back: {reason}. Mend the cause, then begin a new one: gtm run {venture_id}"
        return Outcome(run_id=self._stretch.run_id, venture_id=venture_id, status="rolled_back", detail=detail)

    def note_failure(self, error: GtmError) -> None:
        """Write down why the stretch ended, unless somebody else drives the run now."""
        services = self._stretch.services
        with services.database.write() as session:
            runs.note_failure(session, self._stretch.run_id, self._stretch.owner, error.detail)
        self._stretch.tell("failed", error.code, error.title, detail=error.detail)

    def close(self) -> None:
        """Give connections back."""
        self._workbench.close()

    def _finished(self) -> Outcome:
        with self._stretch.services.database.read() as session:
            handoff = stages.handoff_of(session, self._stretch.run_id)
        return Outcome(
            run_id=self._stretch.run_id,
            venture_id=self._stretch.venture_id,
            status="completed",
            detail="stage 17 is completed and handed over",
            handoff=handoff.path if handoff else "",
        )
