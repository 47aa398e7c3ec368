"""Driving a workflow test: real engine, real SMTP over a socket, time that moves from event to event."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from gtm.automation.engine import Worker
from gtm.automation.testing_leads import TestPerson, start
from gtm.automation.triggers.database_insert import insert_lead
from gtm.automation.triggers.enrol import Fired, TestMode, fire
from gtm.connectors.smtp.fake import SmtpSink
from gtm.domain.clock import VirtualClock
from gtm.domain.enrolment import EnrolmentState
from gtm.domain.workflow import TriggerDefinition, WorkflowDefinition
from gtm.store.database import Database
from gtm.store.models.automation import EmailSend
from gtm.store.models.executions import WorkflowExecution
from gtm.store.repositories import automation_stats, claims, email_sends, enrolments, leads
from gtm.store.repositories.claims import Scope
from gtm.store.repositories.enrolments import LogLine

OPENED_AFTER = timedelta(hours=1)
HORIZON = timedelta(days=400)
MAX_EVENTS = 5_000


@dataclass
class Journey:
    """What became of one test lead."""

    person: TestPerson
    fired: Fired
    start_ms: float
    execution: WorkflowExecution | None = None
    state: EnrolmentState | None = None
    log: Sequence[LogLine] = ()
    sends: Sequence[EmailSend] = ()
    opened: dict[int, datetime] = field(default_factory=dict)

    @property
    def ended(self) -> bool:
        """Whether the lead has left the workflow, or waits for a person."""
        return self.state is not None and self.state.status in ("finished", "failed", "manual")


@dataclass(frozen=True)
class FilterTrial:
    """A lead that the trigger's filters had to keep out: why it was, and the executions that were there after.

    Attributes:
        may_return: whether workflow and trigger let a lead in again, so that nothing has to keep it out.
    """

    what: str
    email: str
    reason: str
    executions: int
    allowed: int
    may_return: bool = False

    @property
    def told(self) -> str:
        """What became of it."""
        if self.reason:
            return f"kept out ({self.reason})"
        return "enrolled again, as may be" if self.may_return else "enrolled (no reason)"

    @property
    def held(self) -> bool:
        """Whether it was kept out, or let in as it may be."""
        if self.may_return and not self.reason:
            return self.executions == self.allowed + 1
        wanted = self.reason == "test data" if self.allowed == 0 else bool(self.reason)
        return wanted and self.executions <= self.allowed


@dataclass(frozen=True)
class TestRun:
    """Everything that was seen."""

    __test__ = False

    definition: WorkflowDefinition
    trigger: TriggerDefinition
    journeys: tuple[Journey, ...]
    filters: tuple[FilterTrial, ...]
    sink: SmtpSink
    started_at: datetime
    ended_at: datetime
    working_ms: float
    slowest_ms: float


class TestDriver:
    """Runs one workflow's test leads through the engine.

    Args:
        database: the store.
        definition: the stored version under test.
        trigger: its trigger.
        worker: a worker scoped to this workflow's test enrolments, on the same clock.
        sink: takes the mail, on the same clock.
        clock: stands at the start of the test.
    """

    __test__ = False

    def __init__(
        self,
        database: Database,
        definition: WorkflowDefinition,
        trigger: TriggerDefinition,
        worker: Worker,
        sink: SmtpSink,
        clock: VirtualClock,
    ) -> None:
        self._database = database
        self._definition = definition
        self._trigger = trigger
        self._worker = worker
        self._sink = sink
        self._clock = clock
        self._mode = TestMode(workflow_id=definition.workflow_id, trigger_id=trigger.trigger_id)
        self._rounds: list[float] = []

    def run(self, people: Sequence[TestPerson]) -> TestRun:
        """Everybody in, time forward until nothing is due, then look at what is stored."""
        began = self._clock.now()
        for person in people:
            if person.failing:
                self._sink.answer(person.email, 451)
        journeys = self._enter(people)
        flagged = self._try_flagged(people[0])
        duplicate = self._try_duplicate(people[0])
        self._let_time_pass(journeys)
        for journey in journeys:
            self._look(journey)
        return TestRun(
            definition=self._definition,
            trigger=self._trigger,
            journeys=tuple(journeys),
            filters=(flagged, duplicate),
            sink=self._sink,
            started_at=began,
            ended_at=self._clock.now(),
            working_ms=sum(self._rounds) * 1000,
            slowest_ms=max(self._rounds, default=0.0) * 1000,
        )

    def _enter(self, people: Sequence[TestPerson]) -> list[Journey]:
        """Everybody at once, so that the slowest start is told for the fullest moment."""
        with self._database.write() as session:
            fired = [start(session, self._trigger, one.stored, self._clock.now(), self._mode) for one in people]
        committed = time.perf_counter()
        self._work()
        took = (time.perf_counter() - committed) * 1000
        return [Journey(person, one, took) for person, one in zip(people, fired, strict=True)]

    def _try_flagged(self, like: TestPerson) -> FilterTrial:
        """A lead flagged test comes the ordinary way, and the trigger itself is asked why it stays out."""
        email = f"flagged@{self._definition.workflow_id}.test"
        person = like.lead.model_copy(update={"email": email})
        with self._database.write() as session:
            inserted = insert_lead(session, person, self._clock.now())
            asked = fire(session, self._trigger, inserted.lead, self._clock.now())
        self._work()
        return FilterTrial("lead flagged test", email, asked.skipped, self._entries(email), allowed=0)

    def _try_duplicate(self, like: TestPerson) -> FilterTrial:
        """The first test lead signs up once more."""
        with self._database.write() as session:
            again = start(session, self._trigger, like.stored, self._clock.now(), self._mode)
        self._work()
        may_return = self._definition.lets_return(self._trigger)
        return FilterTrial("same address again", like.email, again.skipped, self._entries(like.email), 1, may_return)

    def _entries(self, email: str) -> int:
        with self._database.read() as session:
            lead = leads.find_by_email(session, self._definition.venture_id, email, is_test=True)
            if lead is None:
                return 0
            return enrolments.count_entries(session, self._definition.workflow_id, lead.lead_id)

    def _let_time_pass(self, journeys: Sequence[Journey]) -> None:
        scope = Scope(test_workflow_id=self._definition.workflow_id)
        limit = self._clock.now() + HORIZON
        for _ in range(MAX_EVENTS):
            opens = self._coming_opens(journeys)
            with self._database.read() as session:
                due = claims.next_due(session, scope)
            moments = [moment for moment in (due, *(at for at, _, _ in opens)) if moment is not None]
            if not moments or min(moments) > limit:
                return
            now = self._clock.advance_to(min(moments))
            for at, journey, send in opens:
                if at <= now:
                    self._open(journey, send, at)
            self._work()

    def _coming_opens(self, journeys: Sequence[Journey]) -> list[tuple[datetime, Journey, EmailSend]]:
        """Emails that were sent to people who will open them, with the moment at which they do."""
        by_number = {journey.fired.enrolment_no: journey for journey in journeys}
        with self._database.read() as session:
            sends = email_sends.unopened(session, by_number)
        return [
            (send.sent_at + OPENED_AFTER, journey, send)
            for send in sends
            if (journey := by_number[send.enrolment_no]).person.opens(send.email_number)
            and send.email_number not in journey.opened
            and send.sent_at
        ]

    def _open(self, journey: Journey, send: EmailSend, at: datetime) -> None:
        with self._database.write() as session:
            email_sends.record_open(session, send.message_id or "", at)
            if journey.person.clicks(send.email_number):
                email_sends.record_click(session, send.message_id or "", at)
        journey.opened[send.email_number] = at

    def _work(self) -> None:
        before = time.perf_counter()
        self._worker.run_until_idle(limit=1_000)
        self._rounds.append(time.perf_counter() - before)

    def _look(self, journey: Journey) -> None:
        with self._database.read() as session:
            number = journey.fired.enrolment_no
            if not number:
                return
            journey.execution = automation_stats.get_execution(session, journey.fired.execution_id)
            journey.state = enrolments.get_state(session, number)
            journey.log = enrolments.log_of(session, number)
            journey.sends = email_sends.sends_of(session, [number]).get(number, [])
