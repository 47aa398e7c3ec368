"""The house's draft of workflows (SOP step 3.1): one workflow a segment, to be read as a diagram.

A drip is the SOP's example: mail 1, a wait, then mail 2a to those who opened it and 2b to those who did not. No lead
gets the same content twice, and whoever follows the link of the second mail or of the last leaves by the goal.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from itertools import pairwise

from gtm.domain.base import id_key, identifier
from gtm.domain.brief import Segment, VentureBrief
from gtm.domain.campaign import Campaign, CampaignTemplate, TemplateSet, TemplateStep
from gtm.domain.channels import ChannelPlan
from gtm.domain.conditions import Predicate
from gtm.domain.schedule import SchedulePlan
from gtm.domain.sessions import is_registered
from gtm.domain.spec import Policies
from gtm.domain.workflow import (
    Condition,
    ErrorPolicy,
    Exit,
    Goal,
    Notify,
    Priority,
    Reentry,
    SendEmail,
    Step,
    UntilDate,
    UpdateLead,
    Wait,
    WorkflowDefinition,
    parse_rate_limit,
)
from gtm.playbook.directives import Directives
from gtm.playbook.feasible import cta_refusal
from gtm.playbook.triggers import trigger_ids

SALES = "sales"
"""Whom a crossing of the lead score is told; the log keeps it until an address is configured."""

_PROOF = "proof"


def draft_workflows(
    brief: VentureBrief,
    templates: TemplateSet,
    plan: ChannelPlan,
    policies: Policies,
    directives: Directives,
    schedule: SchedulePlan | None = None,
) -> tuple[WorkflowDefinition, ...]:
    """The workflows: a drip and a webinar funnel for each segment, and a note to sales where leads are scored.

    Args:
        brief: the venture's facts; `lead_scoring` brings the note to sales.
        templates: campaigns and the delays of their steps; content is named `campaign/segment/step`.
        plan: the channels; a campaign on the primary one goes first when there is a queue.
        policies: the default delay, and the seconds between tries of `retry_3x`.
        directives: what a rejection asked for: the delay between mails; a call to action that the brief offers names
            the goal.
        schedule: the dates of step 2.3, which fix the mails of a session; without it the template's delays hold.
    """
    found: list[WorkflowDefinition] = []
    for campaign, template, segment in _mailed(brief, templates, plan):
        build = _session if campaign.kind.session else _drip if campaign.kind.start == "signup" else _line
        steps = build(_Sequence(brief, campaign, template, segment, policies, directives, schedule))
        workflow_id = identifier(campaign.campaign_id, segment.id)
        found.append(
            WorkflowDefinition(
                workflow_id=workflow_id,
                venture_id=brief.id,
                name=f"{campaign.name} for {segment.name}",
                campaign_id=campaign.campaign_id,
                priority=_priority(campaign, plan),
                triggers=tuple(trigger_ids(workflow_id, campaign)),
                entry=steps[0].id,
                reentry=_reentry(campaign, directives),
                steps=tuple(steps),
            )
        )
    return (*found, *_to_sales(brief, templates, policies))


def _mailed(
    brief: VentureBrief, templates: TemplateSet, plan: ChannelPlan
) -> Iterator[tuple[Campaign, CampaignTemplate, Segment]]:
    """What workflows carry: mails, and articles that a mail points to where the venture has the channel."""
    segments = {s.id: s for s in brief.ranked_segments}
    for campaign in templates.campaigns:
        template = templates.template(campaign.template_id)
        promoted = template is not None and any(_is_mail(s) for s in template.steps) and plan.choice("email")
        if template is None or not (campaign.kind.mailed or promoted):
            continue
        for segment_id in campaign.segments:
            if segment_id in segments:
                yield campaign, template, segments[segment_id]


def _reentry(campaign: Campaign, directives: Directives) -> Reentry | None:
    """Never into a session's workflow: two triggers lead there, and a limit of several a lead would let both do so.

    Of any other limit the store's own key holds it, which takes a whole list of invited people in at once.
    """
    limit = parse_rate_limit(directives.rate_limit) if directives.rate_limit else None
    several = limit is not None and limit.per == "lead" and limit.count > 1
    return Reentry(policy="never") if campaign.kind.session and several else None


def _is_mail(step: TemplateStep) -> bool:
    return {"subject", "body"} <= {slot.name for slot in step.slots}


def _priority(campaign: Campaign, plan: ChannelPlan) -> Priority:
    return "high" if plan.primary.channel in campaign.channels else "normal"


class _Sequence:
    """One template for one segment, as the builder of its steps sees it."""

    def __init__(
        self,
        brief: VentureBrief,
        campaign: Campaign,
        template: CampaignTemplate,
        segment: Segment,
        policies: Policies,
        directives: Directives,
        schedule: SchedulePlan | None,
    ) -> None:
        self.campaign, self.segment, self.policies = campaign, segment, policies
        self.schedule = schedule
        self.session = schedule.session_of(campaign.campaign_id) if schedule else None
        self.steps = sorted((s for s in template.steps if _is_mail(s)), key=lambda s: s.step)
        # A session fixes the days of its mails; a sequence's waits are free.
        self.asked_hours = None if campaign.kind.session else directives.delay_hours
        asked = directives.cta if not cta_refusal(brief, directives.cta) else None
        self.goal = identifier((asked or segment.cta or campaign.cta).replace("_", "-"), "clicked")

    def mail(
        self, name: str, step: TemplateStep, onward: str, *, email: int, not_after: UntilDate | None = None
    ) -> SendEmail:
        """The mail of a template step, as number `email` of the way that a lead goes."""
        return SendEmail(
            id=name,
            content_ref=f"{self.campaign.campaign_id}/{self.segment.id}/{step.step}",
            email=email,
            on_success=onward,
            on_failure="exit_undelivered",
            error=retry(self.policies),
            not_after=not_after,
        )

    def begins(self) -> UntilDate | None:
        """When the session begins, on its own clock; None where no session is in the calendar."""
        held = self.session
        return UntilDate(at=datetime.combine(held.on, held.at), zone=held.zone) if held else None

    def planned(self, step: TemplateStep) -> datetime | None:
        """When the schedule has a mail go out, on the recipient's clock."""
        slot = self.schedule and self.schedule.slot_of(self.campaign.campaign_id, self.segment.id, step.step)
        return datetime.combine(slot.on, slot.at) if slot else None

    def wait(self, name: str, before: TemplateStep, onward: str) -> Wait:
        """The delay asked for, else the one the template sets before a step, else the house's default."""
        hours = self.asked_hours or before.delay_hours or int(self.policies.delay_hours.default or 48)
        return Wait(id=name, hours=hours, next=onward)

    def endings(self) -> list[Step]:
        """Goal and exits, with the note on the lead that the goal was reached."""
        return [
            UpdateLead(
                id="mark_engaged",
                field="status",
                value="engaged",
                on_success="goal",
                on_failure="exit_unmarked",
                error=retry(self.policies),
            ),
            Goal(id="goal", name=self.goal),
            Exit(id="exit_end", reason=f"the sequence for {self.segment.name} ended without a click"),
            Exit(id="exit_undelivered", outcome="failed", reason="a mail was refused, or could not be sent in 4 tries"),
            Exit(id="exit_unmarked", outcome="failed", reason="the lead clicked, but its status could not be written"),
        ]


def retry(policies: Policies) -> ErrorPolicy:
    """The house's error strategy: three further tries, at the seconds the policies give."""
    delays = next(s.delays_seconds for s in policies.error_strategies if s.name == "retry_3x")
    return ErrorPolicy(strategy="retry_3x", delays_seconds=delays)


def _drip(sequence: _Sequence) -> list[Step]:
    """Mail 1, wait, opened? The rest of the sequence for those who did, proof and invitation for those who did not."""
    first, *rest = sequence.steps
    if not rest:
        return [sequence.mail("send_email_1", first, "exit_end", email=1), *sequence.endings()[2:4]]
    last, middle, number = rest[-1], rest[:-1], len(sequence.steps)
    final = f"send_email_{number}"
    steps: list[Step] = [sequence.mail("send_email_1", first, "wait_1", email=1)]
    if middle:
        steps += [
            sequence.wait("wait_1", middle[0], "opened_1"),
            _asks("opened_1", "email_1_opened", "send_email_2a", "send_email_2b"),
            *_opened_way(sequence, middle),
            *_unopened_way(sequence, middle, last),
        ]
    else:
        steps.append(sequence.wait("wait_1", last, final))
    steps.append(sequence.mail(final, last, f"wait_{number}", email=number))
    return [*steps, *_clicked(sequence, number, last), *sequence.endings()]


def _line(sequence: _Sequence) -> list[Step]:
    """One mail after the other; a launch ends for those who follow a link, an issue comes to everybody."""
    ends_early = sequence.campaign.kind.start == "launch"
    number = len(sequence.steps)
    steps: list[Step] = []
    for index, (step, following) in enumerate(pairwise(sequence.steps), start=1):
        after = f"clicked_{index}" if ends_early else f"send_email_{index + 1}"
        steps += [
            sequence.mail(f"send_email_{index}", step, f"wait_{index}", email=index),
            sequence.wait(f"wait_{index}", following, after),
        ]
        if ends_early:
            steps.append(_asks(after, f"email_{index}_clicked", "mark_engaged", f"send_email_{index + 1}"))
    last = sequence.steps[-1]
    steps.append(sequence.mail(f"send_email_{number}", last, f"wait_{number}", email=number))
    return [*steps, *_clicked(sequence, number, last), *sequence.endings()]


def _unopened_way(sequence: _Sequence, middle: Sequence[TemplateStep], last: TemplateStep) -> list[Step]:
    """Mail 2b, another angle (the proof), and then the last mail; of three mails it is the last one itself."""
    if len(middle) == 1:
        number = len(sequence.steps)
        return [sequence.mail("send_email_2b", last, f"wait_{number}", email=number)]
    other = next((s for s in middle[1:] if s.name == _PROOF), middle[-1])
    return [
        sequence.mail("send_email_2b", other, "wait_2b", email=2),
        sequence.wait("wait_2b", last, "clicked_2b"),
        _asks("clicked_2b", "email_2_clicked", "mark_engaged", f"send_email_{len(sequence.steps)}"),
    ]


def _opened_way(sequence: _Sequence, middle: Sequence[TemplateStep]) -> list[Step]:
    """Mail 2a, whether its link was followed, and every mail between it and the last, each after its wait."""
    followed = [*middle[1:], sequence.steps[-1]]
    steps: list[Step] = [
        sequence.mail("send_email_2a", middle[0], "wait_2a", email=2),
        sequence.wait("wait_2a", followed[0], "clicked_2a"),
        _asks("clicked_2a", "email_2_clicked", "mark_engaged", "send_email_3"),
    ]
    for number, (step, following) in enumerate(pairwise(followed), start=3):
        steps += [
            sequence.mail(f"send_email_{number}", step, f"wait_{number}", email=number),
            sequence.wait(f"wait_{number}", following, f"send_email_{number + 1}"),
        ]
    return steps


def _clicked(sequence: _Sequence, number: int, last: TemplateStep, wait: str = "") -> list[Step]:
    return [
        sequence.wait(wait or f"wait_{number}", last, f"clicked_{number}"),
        _asks(f"clicked_{number}", f"email_{number}_clicked", "mark_engaged", "exit_end"),
    ]


def _asks(name: str, field: str, if_true: str, if_false: str) -> Condition:
    return Condition(id=name, when=Predicate(field=field, value=True), if_true=if_true, if_false=if_false)


TO_REGISTER = 24
"""Hours between an invitation and the first look at whether its reader has registered."""


def _session(sequence: _Sequence) -> list[Step]:
    """Invitation for those who are not registered yet, then each mail on its day for those who are by then; nothing
    that comes too late."""
    first, *rest = sequence.steps
    begins = sequence.begins()
    if not rest:
        return [
            _registered(sequence, 1, "exit_end", "send_invitation"),
            sequence.mail("send_invitation", first, "exit_end", email=1, not_after=begins),
            *sequence.endings()[2:4],
        ]
    steps: list[Step] = [
        # Whoever has registered by themselves is not invited any more, but reminded like everybody else.
        _registered(sequence, 1, "wait_2", "send_invitation"),
        sequence.mail("send_invitation", first, "wait_1", email=1, not_after=begins),
        Wait(id="wait_1", hours=TO_REGISTER, next="wait_2"),
    ]
    for number, step in enumerate(rest, start=2):
        last = number == len(sequence.steps)
        name = f"send_{step.name.replace('-', '_')}"[:40]
        steps += [
            _day(sequence, number, step),
            _registered(sequence, number, name, "exit_end" if last else f"wait_{number + 1}"),
            sequence.mail(name, step, f"wait_{number + 1}", email=number, not_after=_day_over(sequence, step)),
        ]
    return [
        *steps,
        *_clicked(sequence, len(sequence.steps), rest[-1], f"wait_{len(sequence.steps) + 1}"),
        *sequence.endings(),
    ]


def _registered(sequence: _Sequence, number: int, if_true: str, if_false: str) -> Condition:
    """Whether the lead is registered when mail `number` would go out."""
    when = is_registered(sequence.campaign.campaign_id)
    return Condition(id=f"registered_{number}", when=when, if_true=if_true, if_false=if_false)


def _day(sequence: _Sequence, number: int, step: TemplateStep) -> Wait:
    """The wait for a mail's day."""
    planned = sequence.planned(step)
    if planned is None:
        return sequence.wait(f"wait_{number}", step, f"registered_{number}")
    return Wait(id=f"wait_{number}", until=UntilDate(at=planned), next=f"registered_{number}")


def _day_over(sequence: _Sequence, step: TemplateStep) -> UntilDate | None:
    """The end of the day of a mail that comes before the session; what comes after it is never too late."""
    planned, held = sequence.planned(step), sequence.session
    if planned is None or held is None or planned.date() >= held.on:
        return None
    return UntilDate(at=datetime.combine(planned.date() + timedelta(days=1), time(0)))


def _to_sales(brief: VentureBrief, templates: TemplateSet, policies: Policies) -> Iterator[WorkflowDefinition]:
    scoring = brief.lead_scoring
    nurtures = (c for c in templates.campaigns if c.kind.mailed and not c.kind.session)
    home = next(nurtures, next(iter(templates.campaigns), None))
    if scoring is None or home is None:
        return
    workflow_id = identifier(id_key(brief.id), "notify-sales")
    error = retry(policies)
    yield WorkflowDefinition(
        workflow_id=workflow_id,
        venture_id=brief.id,
        name=f"{brief.name}: tell sales of a lead that scores {scoring.cut} or more of {scoring.maximum}",
        campaign_id=home.campaign_id,
        priority="high",
        triggers=(identifier(workflow_id, "score"),),
        entry="tell_sales",
        steps=(
            Notify(
                id="tell_sales",
                channel="log",
                to=SALES,
                message=f"{_plain(brief.name)}: {{{{ email }}}} scores {{{{ score }}}} of {scoring.maximum}; "
                f"the cut is {scoring.cut}.",
                on_success="mark_qualified",
                on_failure="exit_untold",
                error=error,
            ),
            UpdateLead(
                id="mark_qualified",
                field="status",
                value="qualified",
                on_success="goal",
                on_failure="exit_unmarked",
                error=error,
            ),
            Goal(id="goal", name="handed-to-sales"),
            Exit(id="exit_untold", outcome="failed", reason="sales could not be told"),
            Exit(
                id="exit_unmarked",
                outcome="failed",
                reason="sales was told, but the lead's status could not be written",
            ),
        ),
    )


def _plain(name: str) -> str:
    # The message is a template: a name with braces must not become part of its language.
    return name.replace("{", "(").replace("}", ")")
