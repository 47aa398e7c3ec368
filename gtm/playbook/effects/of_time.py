"""Effects of a comment on times: first day, delays, rate limits, days and hours of sending."""

from collections.abc import Iterator
from datetime import timedelta

from gtm.domain.names import WEEKDAYS, counted, day
from gtm.domain.review import ReviewFacts
from gtm.domain.schedule import EmailSlot
from gtm.domain.vocabulary import Checkpoint
from gtm.domain.workflow import Wait
from gtm.playbook.directives import Directives
from gtm.playbook.effects.found import Effect, absent, placed
from gtm.playbook.send_hours import narrowed


def time_effects(checkpoint: Checkpoint, facts: ReviewFacts, asked: Directives) -> Iterator[Effect]:
    """What the newest comment asked of times, against templates, schedule, workflows and triggers."""
    if asked.starts is not None:
        yield placed(_starts(facts, asked), checkpoint, facts, "2.3")
    if asked.delay_hours is not None:
        told = f"{asked.delay_hours} hours between the mails"
        yield placed(_delay(checkpoint, facts, told, asked), checkpoint, facts, "2.1", "2.3", "3.1")
    if asked.rate_limit is not None:
        told = f"triggers limited to {asked.rate_asked or asked.rate_limit}"
        yield placed(_rate(facts, told, asked), checkpoint, facts, "3.2")
    if asked.send_days or asked.avoid_days or asked.send_from:
        yield placed(_hours(facts, _hours_told(asked), asked), checkpoint, facts, "2.3")


def _starts(facts: ReviewFacts, asked: Directives) -> Effect:
    told, plan = f"a start on {day(asked.starts)}" if asked.starts else "", facts.schedule
    if plan is None or asked.starts is None:
        return absent(told, "schedule")
    done = asked.starts <= plan.starts < asked.starts + timedelta(days=7)
    early = (
        "; an earlier day is not possible, a plan begins on the Monday after today"
        if plan.starts > asked.starts
        else ""
    )
    return Effect(
        told,
        done,
        f"the plan starts on {day(plan.starts)}{'' if done else early}",
        ("schedule.starts",),
        possible=not early,
    )


def _delay(checkpoint: Checkpoint, facts: ReviewFacts, told: str, asked: Directives) -> Effect:
    if checkpoint == "automation" or (checkpoint == "final" and facts.workflows):
        return _workflow_delay(facts, told, asked)
    if facts.templates is None:
        return absent(told, "template")
    steps = [s for t in facts.templates.templates if t.type == "email_drip" for s in t.steps[1:]]
    found = sorted({step.delay_hours for step in steps})
    done = found == [asked.delay_hours]
    return Effect(told, done, f"the sequence waits {_listed(found)} hours before its later mails", ("templates",))


def _workflow_delay(facts: ReviewFacts, told: str, asked: Directives) -> Effect:
    free = (
        {c.campaign_id for c in facts.templates.campaigns if c.kind.mailed and not c.kind.session}
        if facts.templates
        else set()
    )
    flows = [w for w in facts.workflows if w.campaign_id in free and w.content_refs]
    if not flows:
        return absent(told, "workflow of a sequence")
    found = sorted({s.hours for w in flows for s in w.steps if isinstance(s, Wait)})
    planned = sorted({s.delay_hours for t in facts.templates.templates if t.kind.mailed and not t.kind.session
                      for s in t.steps[1:]}) if facts.templates else []  # fmt: skip
    apart = (
        f"; templates and calendar keep {_listed(planned)} hours, reject steps 2.1 and 2.3 at the final checkpoint to "
        "move them too"
        if planned != found
        else ""
    )
    names = f"{counted(len(flows), 'workflow')} of sequences wait {_listed(found)} hours"
    return Effect(told, found == [asked.delay_hours], names + apart, tuple(w.workflow_id for w in flows))


def _rate(facts: ReviewFacts, told: str, asked: Directives) -> Effect:
    if not facts.triggers:
        return absent(told, "trigger")
    limits = sorted({t.rate_limit or "no limit" for t in facts.triggers})
    stricter = (
        "; once for each lead for ever is stricter than what was asked, which a trigger cannot express"
        if asked.rate_asked and asked.rate_asked != asked.rate_limit
        else ""
    )
    found = f"{counted(len(facts.triggers), 'trigger')} start at most {' or '.join(limits)}{stricter}"
    return Effect(told, limits == [asked.rate_limit], found, tuple(t.trigger_id for t in facts.triggers))


def _hours_told(asked: Directives) -> str:
    parts = []
    if asked.send_days:
        parts.append("mail on " + ", ".join(WEEKDAYS[d] for d in asked.send_days))
    if asked.avoid_days:
        parts.append("no mail on " + ", ".join(WEEKDAYS[d] for d in asked.avoid_days))
    if asked.send_from:
        until = f" to {asked.send_until:%H:%M}" if asked.send_until else ""
        parts.append(f"mail from {asked.send_from:%H:%M}{until}")
    return "; ".join(parts)


def _hours(facts: ReviewFacts, told: str, asked: Directives) -> Effect:
    plan = facts.schedule
    if plan is None or not plan.emails:
        return absent(told, "planned mail")
    funnels = {c.campaign_id for c in facts.templates.campaigns if c.kind.session} if facts.templates else set()
    free = [slot for slot in plan.emails if slot.campaign_id not in funnels]
    off = [slot for slot in free if not _as_asked(slot, asked)]
    _, refused = narrowed(plan.window, asked)
    days = ", ".join(WEEKDAYS[d] for d in sorted({slot.on.weekday() for slot in free}))
    found = f"{len(free) - len(off)} of {counted(len(free), 'mail')} of the sequences lie there, they go out on {days}"
    found += "; a session's mails keep to its day" if funnels else ""
    why = f"; not possible: {'; '.join(refused)}" if refused else ""
    return Effect(told, not off and not refused, found + why, ("schedule.emails",), possible=not refused)


def _as_asked(slot: EmailSlot, asked: Directives) -> bool:
    on = slot.on.weekday()
    in_days = (not asked.send_days or on in asked.send_days) and on not in asked.avoid_days
    late = asked.send_until is not None and slot.at >= asked.send_until
    return in_days and not (asked.send_from is not None and (slot.at < asked.send_from or late))


def _listed(hours: list[int]) -> str:
    return ", ".join(str(h) for h in hours) or "no"
