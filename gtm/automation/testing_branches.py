"""Test leads for every branch of a workflow, and how much of it they have walked.

For each way that nobody walks yet, the shortest path to it is looked for, and a person is made up who takes it: whose
fields meet or miss the conditions, who opens or does not, whose email is refused at just that step. What is told as
covered is not this plan but what the engine's own log says afterwards.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from gtm.automation.testing_failures import can_fail
from gtm.automation.testing_leads import TestPerson, drawn_lead_id, fits
from gtm.automation.testing_run import TestRun
from gtm.domain.conditions import EMAIL_FACT, Predicate, Scalar, satisfying
from gtm.domain.enrolment import NewLead
from gtm.domain.workflow import (
    ActionStep,
    Condition,
    SendEmail,
    Split,
    Step,
    TriggerDefinition,
    WorkflowDefinition,
)
from gtm.domain.workflow_report import Coverage

Branch = tuple[str, str]
"""A step and the label of a way out of it."""

Demand = tuple[Predicate, bool]
"""A condition, and whether it is to hold."""

MOST_PEOPLE = 60
"""People made up for branches at most; a workflow with more ways is told as covered in part."""
MOST_DRAWS = 20_000
"""Ids tried for a person whom splits are to draw certain arms for: enough for two arms of 1 % in a row."""
_PATHS = 400
_LONGEST_WALK = 500
_UNFINISHED = ("retry", "deferred", "retried", "unknown", "manual", "cancelled")
_OTHERS: Mapping[str, tuple[Scalar, ...]] = {
    "country": ("", "US", "DE", "JP"),
    "time_zone": ("UTC", "Europe/Berlin", "Asia/Tokyo"),
    "consent": ("granted", "legitimate_interest", "unknown"),
    "status": ("new", "contacted"),
}


def branch_people(
    definition: WorkflowDefinition, trigger: TriggerDefinition, people: Sequence[TestPerson]
) -> tuple[TestPerson, ...]:
    """People for the branches that `people` are not expected to walk; empty when they walk all there are.

    Args:
        definition: the workflow.
        trigger: its conditions are met by everybody.
        people: who is there already; the first is the model of those made up.
    """
    expected = {branch for person in people for branch in predicted(definition, person)}
    made: list[TestPerson] = []
    for branch in branches(definition):
        if branch in expected or len(made) >= MOST_PEOPLE:
            continue
        person = _person_for(definition, trigger, people[0], branch, f"branch{len(people) + len(made) + 1}")
        if person is not None:
            made.append(person)
            expected |= predicted(definition, person)
    return tuple(made)


def with_failing_mail(
    definition: WorkflowDefinition, trigger: TriggerDefinition, people: Sequence[TestPerson]
) -> tuple[TestPerson, ...]:
    """The same people, but the one whose mail fails is on a way that comes to a mail, where there is one.

    Args:
        definition: the workflow.
        trigger: its conditions are met by everybody.
        people: the last of them is the one whose mail fails.
    """
    *others, failing = people
    mails = [step.id for step in definition.steps if isinstance(step, SendEmail)]
    if {step for step, _ in predicted(definition, failing)} & set(mails):
        return tuple(people)
    name = failing.email.partition("@")[0]
    for mail in mails:
        found = _person_for(definition, trigger, people[0], (mail, "success"), name)
        if found is not None:
            return (*others, replace(found, habit=failing.habit, failing=True))
    return tuple(people)


def branches(definition: WorkflowDefinition) -> tuple[Branch, ...]:
    """Every way from step to step, in step order."""
    return tuple((step.id, label) for step in definition.steps for label, target in step.targets if target is not None)


def predicted(definition: WorkflowDefinition, person: TestPerson) -> set[Branch]:
    """The ways a person is expected to walk."""
    walked: set[Branch] = set()
    facts: dict[str, Scalar | None] = dict(person.stored.facts())
    step = definition.step(definition.entry)
    for _ in range(_LONGEST_WALK):
        if step is None:
            break
        label = _expected(definition, step, person, facts)
        target = dict(step.targets).get(label)
        if target is None:
            break
        walked.add((step.id, label))
        step = definition.step(target)
    return walked


def _expected(definition: WorkflowDefinition, step: Step, person: TestPerson, facts: dict[str, Scalar | None]) -> str:
    if isinstance(step, Condition):
        return "true" if step.when.holds(facts) else "false"
    if isinstance(step, Split):
        return step.arm_of(definition.workflow_id, person.lead_id).name
    if not isinstance(step, ActionStep):
        return next((label for label, target in step.targets if target is not None), "")
    fails = step.id in person.fails_at or (person.failing and isinstance(step, SendEmail))
    if isinstance(step, SendEmail):
        number = step.email_number
        opens = not fails and person.opens(number)
        facts[f"email_{number}_sent"] = facts[f"email_{number}_delivered"] = not fails
        facts[f"email_{number}_failed"] = fails
        facts[f"email_{number}_opened"] = opens
        facts[f"email_{number}_clicked"] = opens and person.clicks(number)
    return failure_label(step) if fails else "success"


def failure_label(step: ActionStep) -> str:
    """By which way a lead leaves an action that has failed for good."""
    return "fallback" if step.error.strategy == "fallback" and step.error.fallback_step else "failure"


def _person_for(
    definition: WorkflowDefinition, trigger: TriggerDefinition, like: TestPerson, branch: Branch, name: str
) -> TestPerson | None:
    for path in _paths(definition, branch):
        person = _walker(definition, trigger, like, path, name)
        if person is not None and branch in predicted(definition, person):
            return person
    return None


def _paths(definition: WorkflowDefinition, goal: Branch) -> Iterator[tuple[Branch, ...]]:
    """Paths from the entry that end with a way, shortest first; none passes a step twice."""
    known = {step.id: step for step in definition.steps}
    waiting: deque[tuple[str, tuple[Branch, ...]]] = deque([(definition.entry, ())])
    for _ in range(_PATHS):
        if not waiting:
            return
        here, path = waiting.popleft()
        if here == goal[0]:
            yield (*path, goal)
            continue
        passed = {step for step, _ in path} | {here}
        for label, target in known[here].targets if here in known else ():
            if target is not None and target not in passed:
                waiting.append((target, (*path, (here, label))))


def _walker(
    definition: WorkflowDefinition,
    trigger: TriggerDefinition,
    like: TestPerson,
    path: Iterable[Branch],
    name: str,
) -> TestPerson | None:
    """Somebody who takes a path, or None when nobody can."""
    demands: list[Demand] = [(predicate, True) for predicate in trigger.conditions]
    fails: set[str] = set()
    arms: list[tuple[Split, str]] = []
    for step_id, label in path:
        step = definition.step(step_id)
        if isinstance(step, Condition):
            demands.append((step.when, label == "true"))
        elif isinstance(step, Split):
            arms.append((step, label))
        elif isinstance(step, ActionStep) and label != "success":
            if not can_fail(step):
                return None
            fails.add(step_id)
    did = _did(demands)
    lead = _lead(like.lead, demands, f"{name}@{definition.workflow_id}.test")
    lead_id = _drawn_id(definition.workflow_id, like.run, lead.email, arms) if lead is not None else None
    if did is None or lead is None or lead_id is None:
        return None
    opens = frozenset(n for (n, what), wanted in did.items() if wanted and what in ("opened", "clicked"))
    clicks = frozenset(n for (n, what), wanted in did.items() if wanted and what == "clicked")
    told = [f"opens {sorted(opens)}" if opens else "opens nothing"]
    told += [f"clicks {sorted(clicks)}"] if clicks else []
    told += [f"refused for good at {', '.join(sorted(fails))}"] if fails else []
    habit = "; ".join(told)
    fails_at = frozenset(fails)
    return TestPerson(lead, lead_id, habit, opens.__contains__, clicks.__contains__, fails_at=fails_at, run=like.run)


def _drawn_id(workflow_id: str, run: str, email: str, arms: Sequence[tuple[Split, str]]) -> str | None:
    """An id that the splits on a path draw the path's arms for; None where none was found."""
    for draw in range(MOST_DRAWS):
        lead_id = drawn_lead_id(run, email, draw)
        if all(split.arm_of(workflow_id, lead_id).name == arm for split, arm in arms):
            return lead_id
    return None


def _did(demands: Sequence[Demand]) -> dict[tuple[int, str], bool] | None:
    """What somebody is to do with emails; None when two demands contradict each other."""
    found: dict[tuple[int, str], bool] = {}
    for predicate, wanted in demands:
        match = EMAIL_FACT.match(predicate.field)
        if match is None:
            continue
        key = (int(match.group(1)), match.group(2))
        value = wanted == predicate.holds({predicate.field: True})
        if found.setdefault(key, value) != value:
            return None
    return found


def _lead(like: NewLead, demands: Sequence[Demand], email: str) -> NewLead | None:
    values: dict[str, object] = {**like.model_dump(), "email": email}
    own: dict[str, Scalar] = {}
    fields = dict.fromkeys(p.field for p, _ in demands if EMAIL_FACT.match(p.field) is None and p.field != "email")
    for field in fields:
        mine = [(p, wanted) for p, wanted in demands if p.field == field]
        value = _value(like, field, mine)
        if value is None:
            return None
        if field.startswith("attributes."):
            own[field.partition(".")[2]] = value
        else:
            values[field] = value
    return NewLead.model_validate({**values, "attributes": own})


def _value(like: NewLead, field: str, demands: Sequence[Demand]) -> Scalar | None:
    """A value of a field that meets every demand and that a lead may have."""
    candidates: list[Scalar] = []
    for predicate, _ in demands:
        candidates += [v for v in (satisfying(predicate), predicate.value, *predicate.values) if v is not None]
        if isinstance(predicate.value, str) or predicate.values:
            candidates += [f"not-{predicate.value or predicate.values[0]}"]
        elif isinstance(predicate.value, bool):
            candidates += [not predicate.value]
        elif predicate.value is not None:
            near = int(predicate.value)
            candidates += [str(predicate.value), near - 1, near, near + 1, f"not-{predicate.value}"]
    candidates += _OTHERS.get(field, ("", 0) if field != "score" else (0, 100))
    for value in candidates:
        facts = {field: None if value == "" else value}
        meets = all(predicate.holds(facts) == wanted for predicate, wanted in demands)
        if meets and (field.startswith("attributes.") or fits(like.model_dump(), field, value)):
            return value
    return None


def coverage(run: TestRun) -> Coverage:
    """How much of the workflow the engine's log says was walked."""
    definition = run.definition
    every_branch = branches(definition)
    steps: set[str] = set()
    walked: set[Branch] = set()
    for journey in run.journeys:
        log = list(journey.log)
        steps |= {line.step for line in log}
        for line, following in zip(log, [*log[1:], None], strict=True):
            step = definition.step(line.step)
            target = following.step if following is not None else journey.state.step if journey.state else ""
            if step is not None and line.outcome not in _UNFINISHED:
                walked.add((step.id, _taken(step, line.outcome, target)))
    missed = [f"step {step.id}" for step in definition.steps if step.id not in steps]
    missed += [f"{step} → {label}" for step, label in every_branch if (step, label) not in walked]
    return Coverage(
        steps=len(definition.steps),
        steps_covered=sum(step.id in steps for step in definition.steps),
        branches=len(every_branch),
        branches_covered=sum(branch in walked for branch in every_branch),
        uncovered=tuple(missed),
    )


def _taken(step: Step, outcome: str, target: str) -> str:
    labels = [label for label, _ in step.targets]
    if outcome in labels:
        return outcome
    if isinstance(step, ActionStep):
        return "success" if outcome == "done" else failure_label(step) if outcome == "failed" else "failure"
    return next((label for label, where in step.targets if where == target), "")
