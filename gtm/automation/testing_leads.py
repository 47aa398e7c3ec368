"""The people of a workflow test: who they are, how they behave, and how the trigger is made to fire for them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import ValidationError
from sqlmodel import Session

from gtm.automation.triggers.conditional import change_lead
from gtm.automation.triggers.database_insert import insert_lead
from gtm.automation.triggers.enrol import Fired, TestMode, fire
from gtm.automation.triggers.manual import receive_webhook, start_manually
from gtm.domain.base import drawn
from gtm.domain.conditions import Predicate, Scalar, email_number_of, satisfying
from gtm.domain.enrolment import Lead, NewLead
from gtm.domain.workflow import Condition, TriggerDefinition, WorkflowDefinition
from gtm.store.repositories import leads

_PEOPLE = (
    ("Ada", "Lindqvist", "America/New_York", "US"),
    ("Ben", "Okafor", "America/Los_Angeles", "US"),
    ("Chloé", "Martin", "Europe/Berlin", "DE"),
    ("Deniz", "Yılmaz", "Europe/London", "GB"),
    ("Emeka", "Nwosu", "Asia/Kolkata", "IN"),
    ("Fumiko", "Sato", "Asia/Tokyo", "JP"),
)
Habit = Callable[[int], bool]
_HABITS: tuple[tuple[str, Habit, Habit], ...] = (
    ("opens every email, clicks none", lambda _number: True, lambda _number: False),
    ("opens no email", lambda _number: False, lambda _number: False),
    ("opens odd emails only, clicks none", lambda number: number % 2 == 1, lambda _number: False),
    ("opens and clicks every email", lambda _number: True, lambda _number: True),
    ("opens even emails only, and clicks them", lambda number: number % 2 == 0, lambda number: number % 2 == 0),
)


@dataclass(frozen=True)
class TestPerson:
    """A test lead with a habit; `failing` is the one whose mailbox answers 451 to everything, and at the steps of
    `fails_at` what is done for them is refused for good. Splits draw by `lead_id`,
    which goes by `run`, the test's name."""

    __test__ = False

    lead: NewLead
    lead_id: str
    habit: str
    opens: Habit
    clicks: Habit
    failing: bool = False
    fails_at: frozenset[str] = frozenset()
    run: str = ""

    @property
    def stored(self) -> Lead:
        """The lead as it is stored."""
        return self.lead.as_lead(self.lead_id)

    @property
    def email(self) -> str:
        """Their address, at a domain of the workflow's own below the reserved `.test`."""
        return self.lead.email


def address_pattern(workflow_id: str) -> str:
    """LIKE pattern of all test leads' addresses of a workflow."""
    return f"%@{workflow_id}.test"


def drawn_lead_id(run: str, email: str, draw: int = 0) -> str:
    """The id of a test lead, the same whenever a test is done again, so that splits draw alike.

    Args:
        run: names the test; executions of another one are kept, and whoever is in them has been there.
        email: theirs.
        draw: how many ids of theirs were tried before, for certain arms of splits.
    """
    return f"lead-{drawn(f'{run}|{email}|{draw}'):016x}"


def test_people(
    definition: WorkflowDefinition, trigger: TriggerDefinition, count: int, run: str = ""
) -> tuple[TestPerson, ...]:
    """`count` people in different zones, segments and habits, then one whose mail fails.

    Args:
        definition: the workflow; its content names the segments.
        trigger: its conditions are met by everybody.
        count: how many, without the one whose mail fails.
        run: names the test.
    """
    segments = sorted({ref.split("/")[1] for ref in definition.content_refs}) or [""]
    people = []
    for number in range(count + 1):
        first, last, zone, country = _PEOPLE[number % len(_PEOPLE)]
        failing = number == count
        habit, opens, clicks = _HABITS[1] if failing else _HABITS[number % len(_HABITS)]
        values: dict[str, object] = {
            "venture_id": definition.venture_id,
            "email": f"{'failing' if failing else 'lead'}{number + 1}@{definition.workflow_id}.test",
            "first_name": first,
            "last_name": last,
            "company": f"Test Company {number + 1}",
            "role": "Head of IT",
            "segment_id": segments[number % len(segments)],
            "lead_source": "test",
            "time_zone": zone,
            "country": country,
            "consent": "granted",
            "is_test": True,
            "attributes": {},
        }
        # Every other person meets the workflow's own conditions on the lead, so that both branches are walked.
        own = [s.when for s in definition.steps if isinstance(s, Condition) and number % 2 == 1]
        lead = NewLead.model_validate(_meeting(values, [*own, *trigger.conditions]))
        told = "never gets any email" if failing else habit
        people.append(TestPerson(lead, drawn_lead_id(run, lead.email), told, opens, clicks, failing, run=run))
    return tuple(people)


def _meeting(values: dict[str, object], conditions: Sequence[Predicate]) -> dict[str, object]:
    attributes: dict[str, Scalar | None] = {}
    for predicate in conditions:
        value = satisfying(predicate)
        if email_number_of(predicate.field) is not None:
            continue
        if predicate.field.startswith("attributes."):
            attributes[predicate.field.partition(".")[2]] = value
        elif predicate.field != "email" and value is not None:
            # A value that no lead can have meets nothing; the person keeps an ordinary one.
            fitting = [one for one in (value, str(value)) if fits(values, predicate.field, one)]
            values |= {predicate.field: fitting[0]} if fitting else {}
    return {**values, "attributes": attributes}


def fits(values: Mapping[str, object], field: str, value: Scalar) -> bool:
    """Whether a lead of these values may have that value in a column."""
    try:
        NewLead.model_validate({**values, "attributes": {}, field: value})
    except ValidationError:
        return False
    return True


def start(session: Session, trigger: TriggerDefinition, person: Lead, now: datetime, mode: TestMode) -> Fired:
    """Make the trigger fire for one person in the way its type fires in life.

    Args:
        session: the transaction.
        trigger: the trigger.
        person: under the id that they get where their address is new.
        now: the aware moment.
        mode: the test's.

    Returns:
        What the trigger did.
    """
    match trigger.type:
        case "database_insert":
            return insert_lead(session, person, now, test=mode, lead_id=person.lead_id).fired[0]
        case "webhook":
            return receive_webhook(session, trigger.trigger_id, person, now, test=mode, lead_id=person.lead_id)
        case "conditional" | "segment_entered":
            return _crossing(session, trigger, person, now, mode)
        case "manual":
            lead, _ = leads.add_lead(session, person, now)
            return start_manually(session, trigger.trigger_id, lead.lead_id, now, test=mode)
        case "schedule":
            lead, created = leads.add_lead(session, person, now)
            return fire(session, trigger, lead, now, duplicate=not created, test=mode, occasion=now.isoformat())


def _crossing(session: Session, trigger: TriggerDefinition, person: Lead, now: datetime, mode: TestMode) -> Fired:
    """Insert the person as they were before the conditions held, then change what makes them hold."""
    plain = NewLead(venture_id=person.venture_id, email=person.email, is_test=True)
    fields = [p.field for p in trigger.conditions]
    before = person.model_copy(
        update={name: getattr(plain, name) for name in (f.partition(".")[0] for f in fields) if name != "email"}
    )
    lead, created = leads.add_lead(session, before, now)
    changes = {p.field: value for p in trigger.conditions if (value := satisfying(p)) is not None}
    fired = change_lead(session, lead.lead_id, changes, now, test=mode)
    if fired:
        return fired[0]
    missed = "no crossing" if created else "duplicate"
    return Fired(trigger_id=trigger.trigger_id, workflow_id=trigger.workflow_id, skipped=missed)
