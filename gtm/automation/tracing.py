"""Where people stand and how they came there: counts a step, one person's way, everything that happened to them."""

from collections import Counter
from datetime import datetime

from sqlmodel import Session, col, select

from gtm.automation.messages import messages
from gtm.domain.base import Model
from gtm.domain.enrolment import EnrolmentState, Lead
from gtm.domain.workflow import Step, WorkflowDefinition
from gtm.domain.workflow_graph import step_label
from gtm.store.models.automation import EmailSend
from gtm.store.models.enrolments import Enrolment
from gtm.store.repositories import automation, email_sends, enrolments, leads, step_counts, versions
from gtm.store.repositories.enrolments import LogLine

_SET_BACK = ("retry", "failed", "refused", "unknown", "manual", "deferred", "cancelled", "retried")


class StepCount(Model):
    """A step with the people who are at it now, and how often it was passed, put off or went wrong.

    Attributes:
        passed: times a lead left the step on its ordinary way.
        failed: times it failed for good, was refused, or its fate was unknown.
    """

    version: int
    step: str
    type: str
    does: str
    waiting: int = 0
    running: int = 0
    manual: int = 0
    ended: int = 0
    passed: int = 0
    failed: int = 0
    deferred: int = 0
    retried: int = 0


class TraceLine(Model):
    """One step that was taken: when, what it came to, at which try, and why."""

    at: datetime
    step: str
    does: str
    outcome: str
    attempt: int
    reason: str = ""


class Trace(Model):
    """One person's way through one workflow.

    Attributes:
        next_step: where they stand; empty when they have left.
        next_at: when that is due; None when nothing but a person or a worker moves it.
        then: the ways on from there.
        held: why it does not move, or was put off; empty when nothing holds it.
        do: what an operator may do about it.
    """

    execution_id: str
    workflow_id: str
    version: int
    status: str
    entered_at: datetime
    lines: tuple[TraceLine, ...]
    next_step: str = ""
    next_does: str = ""
    next_at: datetime | None = None
    then: tuple[str, ...] = ()
    held: str = ""
    do: str = ""


class Happening(Model):
    """One thing that happened to a person."""

    at: datetime
    what: str
    where: str = ""
    detail: str = ""


def step_table(session: Session, workflow_id: str) -> tuple[StepCount, ...]:
    """Counts of every step of a workflow, the newest version first; older versions only where people were in them.

    Raises:
        NotFound: there is no such workflow.
    """
    row = automation.get_workflow(session, workflow_id)
    standing = step_counts.standing(session, workflow_id)
    passed = step_counts.outcomes(session, workflow_id)
    table: list[StepCount] = []
    for version in sorted({row.version, *standing, *passed}, reverse=True):
        definition = automation.get_definition(session, workflow_id, version)
        for position, step in enumerate(definition.steps):
            here = standing.get(version, {}).get(position, Counter())
            came = passed.get(version, {}).get(position, Counter())
            table.append(_count(version, step, here, came))
    return tuple(table)


def _count(version: int, step: Step, here: Counter[str], came: Counter[str]) -> StepCount:
    return StepCount(
        version=version,
        step=step.id,
        type=step.type,
        does=_does(step),
        waiting=here["waiting"],
        running=here["running"],
        manual=here["manual"],
        ended=here["finished"] + here["failed"],
        passed=sum(count for outcome, count in came.items() if outcome not in _SET_BACK),
        failed=came["failed"] + came["refused"] + came["unknown"] + came["manual"],
        deferred=came["deferred"],
        retried=came["retry"] + came["retried"],
    )


def versions_in_use(session: Session, workflow_id: str) -> tuple[int, ...]:
    """The versions of a workflow in which real people are, oldest first.

    Raises:
        NotFound: there is no such workflow.
    """
    automation.get_workflow(session, workflow_id)
    found = step_counts.standing(session, workflow_id)
    alive = ("waiting", "running", "manual", "paused")
    return tuple(
        sorted(v for v, steps in found.items() if any(here[word] for here in steps.values() for word in alive))
    )


def trace(session: Session, lead: Lead) -> tuple[Trace, ...]:
    """A person's ways through workflows, in the order in which they entered them."""
    number = leads.lead_number(session, lead.lead_id)
    rows = session.exec(
        select(Enrolment).where(col(Enrolment.lead_no) == number).order_by(col(Enrolment.enrolment_no))
    ).all()
    return tuple(_trace(session, row) for row in rows)


def _trace(session: Session, row: Enrolment) -> Trace:
    state = enrolments.get_state(session, int(row.enrolment_no or 0))
    if state is None:
        raise LookupError("an enrolment that was just read is gone")
    definition = versions.pinned_version(session, row.version_no).definition
    log = enrolments.log_of(session, state.enrolment_no)
    told = Trace(
        execution_id=state.execution_id,
        workflow_id=state.workflow_id,
        version=state.version,
        status=state.status,
        entered_at=row.entered_at,
        lines=tuple(_line(definition, line) for line in log),
    )
    present = definition.step(state.step)
    if state.status in ("finished", "failed") or present is None:
        return told
    held, do = _held(session, state, log, row)
    return told.model_copy(
        update={
            "next_step": present.id,
            "next_does": _does(present),
            "next_at": state.due_at if state.status == "waiting" else None,
            "then": tuple(f"{label} → {target}" for label, target in present.targets if target),
            "held": held,
            "do": do,
        }
    )


def _line(definition: WorkflowDefinition, line: LogLine) -> TraceLine:
    step = definition.step(line.step)
    does = _does(step) if step is not None else ""
    return TraceLine(
        at=line.at, step=line.step, does=does, outcome=line.outcome, attempt=line.attempt + 1, reason=line.detail
    )


def _held(session: Session, state: EnrolmentState, log: list[LogLine], row: Enrolment) -> tuple[str, str]:
    """Why somebody who is in a workflow does not move, and what may be done about it."""
    if state.status == "manual":
        why = state.context.last_error or (log[-1].detail if log else "")
        known = bool(log) and log[-1].outcome == "manual"
        todo = (
            f"gtm workflow retry {state.execution_id}"
            if known
            else f"gtm workflow resolve {state.execution_id} --happened or --did-not-happen"
        )
        return f"waits for a person: {why}", todo
    if state.status == "running":
        return f"a worker is at it (claim {row.owner})", ""
    workflow = automation.get_workflow(session, state.workflow_id)
    if workflow.status == "paused":
        since = f" since {workflow.paused_at:%Y-%m-%d %H:%M} UTC" if workflow.paused_at else ""
        return f"the workflow is paused{since}: {workflow.paused_reason}", f"gtm workflow resume {state.workflow_id}"
    if workflow.status != "active":
        return f"the workflow is {workflow.status}", f"gtm workflow activate {state.workflow_id}"
    if log and log[-1].outcome == "deferred":
        return f"put off: {log[-1].detail}", ""
    if log and log[-1].outcome == "retry":
        return f"try {state.attempt + 1} comes after a failure: {log[-1].detail}", ""
    return "", ""


def timeline(session: Session, lead: Lead) -> tuple[Happening, ...]:
    """Everything that happened to a person, in order."""
    found = [Happening(at=leads.created_at(session, lead.lead_id), what="lead stored", detail=lead.lead_source)]
    found += [Happening(at=at, what="message", detail=text) for at, text in messages(lead)]
    ways = trace(session, lead)
    for way in ways:
        found.append(Happening(at=way.entered_at, what="entered", where=way.workflow_id, detail=way.execution_id))
        found += [
            Happening(at=line.at, what=line.outcome, where=f"{way.workflow_id}/{line.step}", detail=line.reason)
            for line in way.lines
        ]
    numbers = [int(way.execution_id.partition("-")[2]) for way in ways]
    for sends in email_sends.sends_of(session, numbers).values():
        for send in sends:
            found += _mail(send)
    if reason := leads.suppressed(session, lead.venture_id, [lead.email]).get(lead.email):
        since = leads.suppressed_since(session, lead.venture_id, lead.email)
        if since is not None:
            found.append(Happening(at=since, what="suppressed", detail=reason))
    return tuple(sorted(found, key=lambda one: one.at))


def _mail(send: EmailSend) -> list[Happening]:
    where = f"{send.workflow_id}/{send.step}"
    moments = {
        "email reserved": send.reserved_at,
        "email sent": send.sent_at,
        "email opened": send.opened_at,
        "email clicked": send.clicked_at,
    }
    return [
        Happening(at=at, what=what, where=where, detail=send.subject if what == "email sent" else send.refusal_reason)
        for what, at in moments.items()
        if at is not None and (what != "email reserved" or send.sent_at is None)
    ]


def _does(step: Step) -> str:
    first, second = step_label(step)
    return f"{first}: {second}" if second else first
