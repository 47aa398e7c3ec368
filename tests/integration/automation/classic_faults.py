"""A venture of its own for every example of a property, and what may befall it: the stage of `test_classic_faults.py`.

Everything is drawn before it happens, also what befalls a worker in the middle of a batch, so an example that fails
fails again.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import count
from typing import Any

from hypothesis import strategies as st
from sqlalchemy import delete
from sqlmodel import col, select

from gtm.automation.migrating import migrate_all, preview
from gtm.automation.pausing import pause_venture
from gtm.automation.reconciling import reconcile
from gtm.automation.triggers.conditional import change_lead
from gtm.automation.triggers.database_insert import LeadInserted
from gtm.domain.enrolment import Lead
from gtm.domain.errors import OutcomeUnknown, PermanentFailure, TransientFailure
from gtm.domain.workflow import TriggerDefinition, WorkflowDefinition
from gtm.store.models.automation import AutomationWorkflow, EmailSend, WorkflowTrigger
from gtm.store.models.enrolments import FAILED, FINISHED, MANUAL, Enrolment, StepLog
from gtm.store.repositories import automation
from gtm.store.repositories.claims import Scope
from tests.integration.automation.surroundings import KilledHere, Scripted, Stage

FATES = ("451", "550", "a bug", "connection lost after DATA", "killed before", "killed after")
"""What may become of the next try to write to somebody."""
PASSING = tuple(fate for fate in FATES if fate != "550")
IN_BATCH = ("", "", "another worker", "pause")
"""What may happen right before a send in the middle of a batch."""
MINUTES = (1, 6, 60, 24 * 60, 49 * 60)
ROUNDS = 30
"""Looks after which everything must have ended."""

_numbers = count(1)

Event = tuple[str, Any]


def events(**more: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Event]]:
    """Schedules of what happens: work that is disturbed, time that passes, pauses, doubts, and more by name."""
    kinds: dict[str, st.SearchStrategy[Any]] = {
        "work": st.lists(st.sampled_from(IN_BATCH), max_size=6),
        "time": st.sampled_from(MINUTES),
        "pause": st.none(),
        "resume": st.none(),
        "reconcile": st.none(),
        **more,
    }
    # Work more often than anything else, or little would be under way when something happens.
    names = [*kinds, "work", "work", "time"]
    event = st.sampled_from(names).flatmap(lambda name: st.tuples(st.just(name), kinds[name]))
    return st.lists(event, min_size=2, max_size=14)


def fates(*names: str) -> st.SearchStrategy[tuple[int, str]]:
    """Somebody, and what becomes of the next try to write to them."""
    return st.tuples(st.integers(0, 7), st.sampled_from(names))


def bad_luck(*names: str) -> st.SearchStrategy[list[tuple[int, str]]]:
    """What becomes of the first tries: of somebody's at least."""
    return st.lists(fates(*names), min_size=1, max_size=6)


class Play(Scripted):
    """One example, and the mailer of its workers.

    Args:
        stage: a store and a mail server, shared with the examples before.
        definition: the workflow, without its names.
        triggers: its triggers, without their names.
        batch: enrolments a worker claims at a time.
    """

    def __init__(
        self, stage: Stage, definition: WorkflowDefinition, *triggers: TriggerDefinition, batch: int = 3
    ) -> None:
        super().__init__(stage.mailer)
        self.stage, self.batch = stage, batch
        self.number = next(_numbers)
        self.venture, self.workflow = f"v{self.number}", f"v{self.number}-drip"
        self.people: list[LeadInserted] = []
        self.fates: dict[str, str] = {}
        self.coming: list[str] = []
        self.paused = False
        self.sent_while_paused = 0
        self.version = 0
        self.publish(definition, *triggers)

    def publish(self, definition: WorkflowDefinition, *triggers: TriggerDefinition) -> None:
        """Save it under this example's names, and activate it, which ends a pause."""
        self.paused = False
        names = [f"{self.workflow}-{n}" for n in range(max(1, len(triggers)))]
        own = {"workflow_id": self.workflow, "venture_id": self.venture, "triggers": tuple(names)}
        starts = [
            trigger.model_copy(update={"trigger_id": name, "workflow_id": self.workflow})
            for name, trigger in zip(names, triggers, strict=False)
        ]
        self.stage.configure(definition.model_copy(update=own), *starts)
        with self.stage.database.read() as session:
            self.version = automation.get_workflow(session, self.workflow).version

    def enter(self, **values: Any) -> LeadInserted:
        """Somebody new."""
        address = f"p{self.number}-{len(self.people)}@example.test"
        self.people.append(self.stage.lead(venture_id=self.venture, email=address, **values))
        return self.people[-1]

    def comes_again(self, who: int) -> LeadInserted:
        """Somebody who is there already is put in once more."""
        return self.stage.lead(venture_id=self.venture, email=self.someone(who).email)

    def crosses(self, who: int) -> None:
        """Somebody's score falls and passes every bar once more."""
        for score in (0, 90):
            with self.stage.database.write() as session:
                change_lead(session, self.someone(who).lead_id, {"score": score}, self.stage.clock.now())

    def someone(self, who: int) -> Lead:
        return self.people[who % len(self.people)].lead

    def curse(self, one: tuple[int, str]) -> None:
        """Give somebody's next try its fate."""
        self.fates[self.someone(one[0]).email] = one[1]

    def happen(self, schedule: Sequence[Event], then: Callable[[], None], **more: Callable[[Any], object]) -> None:
        """Let a schedule happen, and look at everything after each event."""
        ways: dict[str, Callable[[Any], object]] = {
            "work": self.work,
            "time": lambda minutes: self.stage.advance(minutes=minutes),
            "pause": lambda _: self.pause(),
            "resume": lambda _: self.resume(),
            "reconcile": lambda _: self.reconcile(),
            "fate": self.curse,
            **more,
        }
        for name, value in schedule:
            ways[name](value)
            then()

    def work(self, befalls: Sequence[str] = ()) -> None:
        """One worker does what is due; this befalls it, send by send."""
        self.coming = list(befalls)
        with suppress(KilledHere):
            self._worker().run_until_idle(limit=50)
        self.coming = []

    def _worker(self) -> Any:
        return self.stage.worker(mailer=self, batch=self.batch, scope=Scope(venture_id=self.venture))

    def send(self, email: Any) -> str:
        self.sent_while_paused += self.paused
        befalls = self.coming.pop(0) if self.coming else ""
        if befalls == "pause":
            self.pause()
        elif befalls == "another worker":
            with suppress(KilledHere):
                self._worker().run_until_idle(limit=50)
        fate = self.fates.pop(email.to, "")
        if fate == "killed before":
            raise KilledHere
        if fate == "451":
            raise TransientFailure("451 try again later")
        if fate == "550":
            raise PermanentFailure("550 no")
        if fate == "a bug":
            raise ZeroDivisionError("a bug")
        answer = super().send(email)
        if fate == "killed after":
            raise KilledHere
        if fate == "connection lost after DATA":
            raise OutcomeUnknown("the connection broke while the message was handed over")
        return answer

    def was_accepted(self, message_id: str) -> bool | None:
        return self.stage.sink.was_accepted(message_id)

    def pause(self) -> None:
        self.paused = True
        with self.stage.database.write() as session:
            pause_venture(session, self.venture, "somebody pressed pause", self.stage.clock.now())

    def resume(self) -> None:
        self.paused = False
        with self.stage.database.write() as session:
            automation.activate_workflow(session, self.workflow, self.stage.clock.now())

    def forget_triggers(self) -> None:
        """Those of an example that is over shall not be looked at in all that follow."""
        with self.stage.database.write() as session:
            session.connection().execute(
                delete(WorkflowTrigger).where(col(WorkflowTrigger.workflow_id) == self.workflow)
            )

    def reconcile(self) -> None:
        reconcile(self.stage.database, self, self.stage.clock.now())

    def migrate(self, to_version: int | None = None) -> None:
        """Everybody of older versions who may be moved is moved to the newest."""
        target = to_version or self.version
        for version in range(1, target):
            with self.stage.database.read() as session:
                plan = preview(session, self.workflow, version, target)
            migrate_all(self.stage.database, self.stage.clock, plan, who="olivia")

    def settle(self, then: Callable[[], None]) -> None:
        """Work until everybody's way has ended; whoever's next try has a fate still meets it."""
        for _ in range(ROUNDS):
            self.resume()
            self.work()
            then()
            if all(row.status in (FINISHED, FAILED) for row in self.enrolments()):
                return
            in_doubt = any(row.status == MANUAL for row in self.enrolments())
            self.stage.advance(minutes=6 if in_doubt else 13 * 60)
            self.reconcile()
        raise AssertionError(f"not everybody's way has ended: {Counter(row.status for row in self.enrolments())}")

    def enrolments(self) -> list[Enrolment]:
        mine = select(AutomationWorkflow.workflow_no).where(AutomationWorkflow.workflow_id == self.workflow)
        query = select(Enrolment).where(col(Enrolment.workflow_no).in_(mine)).order_by(col(Enrolment.enrolment_no))
        with self.stage.database.read() as session:
            return list(session.exec(query))

    def log(self, enrolment: Enrolment) -> list[StepLog]:
        query = select(StepLog).where(StepLog.enrolment_no == enrolment.enrolment_no).order_by(col(StepLog.seq))
        with self.stage.database.read() as session:
            return list(session.exec(query))

    def sends(self) -> list[EmailSend]:
        with self.stage.database.read() as session:
            return list(session.exec(select(EmailSend).where(EmailSend.workflow_id == self.workflow)))

    def subjects(self, lead: Lead) -> list[str]:
        """What somebody got, by the names of the contents."""
        received = self.stage.sink.received_by(lead.email)
        return [str(mail.message["Subject"]).split(" ")[0] for mail in received]

    def nothing_twice(self) -> None:
        """Nobody has a mail twice, no Message-ID stands on two mails, and nothing was begun after a pause."""
        assert self.sent_while_paused == 0
        for one in self.people:
            got = self.subjects(one.lead)
            assert len(got) == len(set(got)), f"{one.lead.email} got {got}"
            ids = [mail.message_id for mail in self.stage.sink.received_by(one.lead.email)]
            assert len(ids) == len(set(ids))

    def each_transition_once(self) -> None:
        """No gap and no double in anybody's log."""
        for enrolment in self.enrolments():
            assert [line.seq for line in self.log(enrolment)] == list(range(enrolment.seq))
