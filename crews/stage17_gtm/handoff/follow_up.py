"""Action items, derived from what the run found: who, what, by when."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from crews.stage17_gtm.handoff import words
from crews.stage17_gtm.handoff.context import Context
from crews.stage17_gtm.handoff.known_issues import JOIN, UNDECIDED, Issue
from gtm.domain.schedule import SchedulePlan
from gtm.playbook.schedule_dates import reminder_days


@dataclass(frozen=True)
class ActionItem:
    """Something somebody does. `because` is what it was derived from."""

    owner: str
    what: str
    by: date
    because: str

    @property
    def when(self) -> str:
        """The day it is due, for a person."""
        return f"by {words.day(self.by)}"


def action_items(context: Context, issues: tuple[Issue, ...]) -> tuple[ActionItem, ...]:
    """The action items, the earliest first."""
    start = _before(context, _start(context))
    items = [
        _pick_up(context),
        *_answers(issues, start),
        *_session_address(context, issues),
        *_connections(context, issues),
        *_gaps(context, issues, start),
        *_assumptions(issues, start),
        *_first_look(context),
    ]
    return tuple(sorted(items, key=lambda item: item.by))


def _start(context: Context) -> date:
    plan = context.dossier.schedule
    return plan.starts if plan else context.now.date() + timedelta(days=7)


def _before(context: Context, on: date) -> date:
    """The last working day before `on`; today where that has passed."""
    earlier = on - timedelta(days=1)
    while earlier.weekday() >= 5:
        earlier -= timedelta(days=1)
    return max(earlier, context.now.date())


def _pick_up(context: Context) -> ActionItem:
    return ActionItem(
        f"Stage {context.stage.handoff_to} sales",
        "Read sales-briefing.md, verify the package (sha256sum --check SHA256SUMS), import calendar.ics",
        _before(context, _start(context)),
        "handoff checklist",
    )


def _answers(issues: tuple[Issue, ...], start: date) -> Iterator[ActionItem]:
    because = {"overruled": "approved against its review"}
    verbs = {"overruled": "Look again at", "contradiction": "Settle", "missing": "Supply", "risk": "Decide on"}
    for issue in issues:
        if issue.kind in verbs:
            what = (
                f"{verbs[issue.kind]} {issue.title}: {words.sentence(issue.detail)} {words.sentence(issue.ask)}".strip()
            )
            yield ActionItem("LEAD", what, start, because.get(issue.kind, issue.kind))
    risks = [issue for issue in issues if issue.kind == "review"]
    if risks:
        what = f"Answer {words.count(len(risks), 'risk')} that the reviews name (all under known issues)"
        yield ActionItem("LEAD", what, start, "risks in the reviews")


def _session_address(context: Context, issues: tuple[Issue, ...]) -> Iterator[ActionItem]:
    """Where a session takes place must be known before the first reminder of it goes out."""
    plan = context.dossier.schedule
    issue = next((one for one in issues if one.subject == JOIN), None)
    campaigns = context.dossier.templates.campaigns if context.dossier.templates else ()
    days = [held.on for c in campaigns if plan is not None and (held := plan.session_of(c.campaign_id)) is not None]
    if issue is not None and days:
        due = _before(context, min(days) - timedelta(days=max(reminder_days())))
        yield ActionItem("EXEC", f"{issue.title}: {issue.detail}", due, "assumption in the reminders")


def _connections(context: Context, issues: tuple[Issue, ...]) -> Iterator[ActionItem]:
    plan = context.dossier.channels
    for issue in issues:
        choice = plan.choice(issue.subject) if plan and issue.kind == "not connected" else None
        if choice is None:
            continue
        name = words.label(choice.channel)
        due = _before(context, _first_use(context.dossier.schedule, choice.channel) or _start(context))
        if choice.credential_ref:
            what = f"Connect {name}: fill {choice.credential_ref} and switch its connector on, or run it by hand"
        else:
            what = f"Arrange who runs {name}: {issue.detail}"
        yield ActionItem("EXEC", what, due, "platform not connected")


def _first_use(plan: SchedulePlan | None, channel: str) -> date | None:
    if plan is None:
        return None
    days = [flight.starts for flight in plan.flights if flight.channel == channel]
    days += [entry.on for entry in plan.calendar if entry.channel == channel]
    days += [slot.on for slot in plan.emails] if channel == "email" else []
    return min(days, default=None)


def _gaps(context: Context, issues: tuple[Issue, ...], start: date) -> Iterator[ActionItem]:
    for issue in issues:
        owner = _owner(context, issue.subject)
        if issue.kind == "stand-in":
            yield ActionItem(owner, f"Read {issue.subject} again: the house's draft stands in", start, "stand-in")
        elif issue.kind == "gap" and issue.title == UNDECIDED:
            what = f"Decide the open checklist lines: {issue.detail}"
            yield ActionItem("LEAD", what, start, "completeness report")
        elif issue.kind == "gap":
            todo = f" To do: {words.sentence(issue.ask)}" if issue.ask else ""
            because = "a checklist line that is not met" if issue.title.startswith("Not met") else "a noted gap"
            yield ActionItem(owner, f"{issue.title}. {words.sentence(issue.detail)}{todo}", start, because)


def _owner(context: Context, check: str) -> str:
    if check.startswith(("entry.", "exits.final", "exits.strategy")):
        return "LEAD"
    for substage in context.stage.substages:
        for lines in (substage.exit_criteria, *(step.checklist for step in substage.steps)):
            if any(line.check == check for line in lines):
                return substage.owner
        if any(check == f"step {step.id}" for step in substage.steps):
            return substage.owner
    return "EXEC"


def _assumptions(issues: tuple[Issue, ...], start: date) -> Iterator[ActionItem]:
    """What the plan rests on is confirmed before it starts; afterwards money has gone out on it."""
    fields = [issue.title for issue in issues if issue.kind == "assumption"]
    if fields:
        shown = words.listed(fields[:4]) if len(fields) <= 4 else ", ".join(fields[:4]) + f" and {len(fields) - 4} more"
        yield ActionItem(
            "LEAD",
            f"Confirm or replace {words.count(len(fields), 'assumed statement')}: {shown} (all under known issues)",
            start,
            "assumptions in the brief",
        )


def _first_look(context: Context) -> Iterator[ActionItem]:
    plan, budget = context.dossier.schedule, context.dossier.budget
    if plan is None or budget is None or not budget.triggers:
        return
    first = min(budget.triggers, key=lambda trigger: trigger.window_days)
    rules = words.listed([trigger.told for trigger in budget.triggers])
    yield ActionItem(
        "PLAN",
        f"First look at the reallocation rules ({rules}) once {first.window_days} days of figures stand",
        plan.starts + timedelta(days=first.window_days),
        "reallocation triggers",
    )
