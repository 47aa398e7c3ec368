"""The guards that count: mails a person, mails of a sender domain that is warmed up, mails of a venture a day."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from gtm.automation.guards_values import Candidate, Desk, Verdict
from gtm.domain.delivery import FrequencyCap, days_ahead, next_day
from gtm.store.repositories import deliveries, email_sends
from gtm.store.repositories.deliveries import Count

DAY, WEEK = timedelta(days=1), timedelta(days=7)
_PLANNED_DAYS = 60
"""For how many days ahead the limits of a warm-up are looked up when a turn is given out."""


def capped(desk: Desk, asked: Sequence[Candidate]) -> dict[str, Verdict]:
    """Marketing mail beyond the cap waits until the person may have the next one; two in one group count as well."""
    cap = desk.policy.cap
    marketing = [one for one in asked if one.purpose == "marketing"]
    if cap is None or not marketing:
        return {}
    people = sorted({one.lead.lead_id for one in marketing})
    deliveries.lock_people(desk.session, people)
    sent = defaultdict(list, email_sends.marketing_since(desk.session, people, desk.now - WEEK))
    found: dict[str, Verdict] = {}
    for one in marketing:
        before = sent[one.lead.lead_id]
        verdict = _over(cap, before, desk)
        if verdict is None:
            before.insert(0, desk.now)
        else:
            found[one.key] = verdict
    return found


def _over(cap: FrequencyCap, before: Sequence[datetime], desk: Desk) -> Verdict | None:
    for limit, span, word in ((cap.per_week, WEEK, "7 days"), (cap.per_day, DAY, "24 hours")):
        within = [at for at in before if at > desk.now - span]
        if len(within) >= limit:
            # The latest first: once the one at this place is out of the span, one less than the limit is left in it.
            until = max(within[limit - 1] + span, desk.now + timedelta(seconds=1))
            return Verdict("defer", f"frequency cap: {len(within)} of {limit} in {word}", until)
    return None


def admit(desk: Desk, asked: Sequence[Candidate]) -> dict[str, Verdict]:
    """Warm-up of the sender domain, then the venture's day: who is over waits their turn, the others are counted.

    A mail that is tried again on the day it was counted keeps its place.
    """
    policy = desk.policy
    real = [one for one in asked if not one.state.is_test and not one.counted]
    if not real or (not policy.warm_up and policy.daily is None):
        return {}
    domain = f"domain:{desk.domain}"
    ventures = {one.key: f"venture:{one.lead.venture_id}" for one in real}
    today = desk.now.astimezone(UTC).date()
    rows = deliveries.counts(desk.session, {domain, *ventures.values()}, today)
    warm = _warm_up(desk, domain, today)
    sent: Counter[str] = Counter()
    deferred: Counter[str] = Counter()
    found: dict[str, Verdict] = {}
    for one in real:
        for scope, limits, word in (
            (domain, warm, f"warm-up of {desk.domain}"),
            (ventures[one.key], (policy.daily,), "daily budget of the venture"),
        ):
            if limits[0] is not None and rows[scope].sent + sent[scope] >= limits[0]:
                found[one.key] = _later(desk, rows[scope], limits, deferred, word)
                break
        else:
            sent.update((domain, ventures[one.key]))
    deliveries.add_counts(desk.session, today, {scope: (sent[scope], deferred[scope]) for scope in rows})
    return found


def _warm_up(desk: Desk, domain: str, today: date) -> tuple[int | None, ...]:
    """What the domain may send today, tomorrow, and so on, by its age."""
    if not desk.policy.warm_up:
        return (None,)
    first: Mapping[str, date] = deliveries.first_days(desk.session, [domain])
    age = (today - first.get(domain, today)).days
    return tuple(desk.policy.warm_up_limit(age + ahead) for ahead in range(_PLANNED_DAYS))


def _later(desk: Desk, row: Count, limits: Sequence[int | None], deferred: Counter[str], word: str) -> Verdict:
    """The day on which those who wait before are through: nobody is woken only to be put off again."""
    waiting = row.deferred + deferred[row.scope]
    deferred[row.scope] += 1
    days = days_ahead(tuple(limits[1:]) or tuple(limits), waiting)
    return Verdict("defer", f"{word}: {limits[0]} a day", next_day(desk.now, days))
