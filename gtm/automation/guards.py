"""What may still stop an email at the moment it is sent; looked at in this order, inside the reservation.

Whoever leaves between enrolment and dispatch gets nothing more, so these are never decided at enrolment. A pause comes
first, in the reservation itself (`actions.base.stopped`). Each guard looks at a whole group with a query at most, and
only at those whom the guards before it let pass.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from gtm.automation.guards_limits import admit, capped
from gtm.automation.guards_preferences import chosen
from gtm.automation.guards_values import Candidate, Desk, Verdict
from gtm.domain.delivery import next_allowed
from gtm.domain.workflow import Goal
from gtm.store.repositories import deliveries, leads

Guard = Callable[[Desk, Sequence[Candidate]], Mapping[str, Verdict]]
"""Looks at a group and says of each that must not get mail now why, by the send's key."""


NO_POSTAL_ADDRESS = "no postal address is on file, which mail law demands: add postal_address to the brief and load it"
ADDRESS_AGAIN = timedelta(days=1)
"""How long a mail without a postal address waits before it is looked at again."""


def _suppressed(desk: Desk, asked: Sequence[Candidate]) -> dict[str, Verdict]:
    found: dict[str, Verdict] = {}
    for venture_id in {one.lead.venture_id for one in asked}:
        mine = [one for one in asked if one.lead.venture_id == venture_id]
        reasons = leads.suppressed(desk.session, venture_id, [one.lead.email for one in mine])
        found |= {
            one.key: Verdict("skip", f"on the suppression list ({reasons[one.lead.email]})")
            for one in mine
            if one.lead.email in reasons
        }
    return found


def _consent(desk: Desk, asked: Sequence[Candidate]) -> dict[str, Verdict]:
    """Marketing needs a ground that the policy names; what a person asked for needs none."""
    found: dict[str, Verdict] = {}
    for one in asked:
        if one.purpose == "transactional" or one.lead.consent in desk.policy.consents:
            continue
        word = one.lead.consent if one.lead.consent == "withdrawn" else f"for marketing is {one.lead.consent}"
        found[one.key] = Verdict("skip", f"consent {word}")
    return found


def _address(desk: Desk, asked: Sequence[Candidate]) -> dict[str, Verdict]:
    """Marketing mail to real people names its sender's postal address; what lacks it waits until somebody adds one."""
    if not desk.policy.needs_address:
        return {}
    lacking = [one for one in asked if one.purpose == "marketing" and not one.addressed and not one.state.is_test]
    return {one.key: Verdict("defer", NO_POSTAL_ADDRESS, desk.now + ADDRESS_AGAIN) for one in lacking}


def _goal(desk: Desk, asked: Sequence[Candidate]) -> dict[str, Verdict]:
    """Who has reached what the workflow is for leaves it: by another entry, or by what became of the lead."""
    aiming = {one.key: _goal_of(one) for one in asked}
    found = {
        one.key: Verdict(
            "exit", f"the goal {aiming[one.key]} is met: the lead is {one.lead.status}", goal=aiming[one.key]
        )
        for one in asked
        if aiming[one.key] and one.lead.status in desk.policy.goal_statuses
    }
    # The first entry as well: a later one may have got there before it.
    again = {one.state.enrolment_no: one.key for one in asked if aiming[one.key] and one.key not in found}
    reached = deliveries.goals_since_entry(desk.session, list(again)) if again else {}
    return {
        again[number]: Verdict("exit", f"the goal {goal} was met meanwhile", goal=goal)
        for number, goal in reached.items()
    } | found


def _goal_of(one: Candidate) -> str:
    if one.purpose == "transactional":
        return ""
    return next((step.name for step in one.definition.steps if isinstance(step, Goal)), "")


def _holdout(desk: Desk, asked: Sequence[Candidate]) -> dict[str, Verdict]:
    percent = desk.policy.holdout_percent
    return {
        one.key: Verdict("exit", f"in the venture's holdout of {percent} %")
        for one in asked
        if one.purpose == "marketing" and percent and desk.policy.held_out(one.lead.venture_id, one.lead.lead_id)
    }


def _hours(desk: Desk, asked: Sequence[Candidate]) -> dict[str, Verdict]:
    found: dict[str, Verdict] = {}
    for one in asked:
        if one.purpose == "transactional":
            continue
        window = desk.policy.windows.get(one.audience) if one.audience is not None else None
        at = next_allowed(desk.now, one.lead.time_zone, window, desk.policy.quiet, desk.policy.closed(one.lead.country))
        if at > desk.now:
            found[one.key] = Verdict("defer", f"outside the send window in {_place(one)}", at)
    return found


def _place(one: Candidate) -> str:
    """Whose clock and calendar the window is judged by."""
    return f"{one.lead.time_zone} ({one.lead.country})" if one.lead.country else one.lead.time_zone


GUARDS: tuple[Guard, ...] = (_suppressed, _consent, chosen, _address, _goal, _holdout, capped, _hours)
"""In the order in which they are asked; warm-up and daily budget come last, as they count whom they let pass."""


def verdicts(desk: Desk, candidates: Sequence[Candidate]) -> dict[str, Verdict]:
    """Who must not get mail now, by the send's key, each by the first guard that says no; who may is not named.

    Whoever may is counted against the day's limits, in the same transaction.

    Args:
        desk: what the guards judge by.
        candidates: the group; test leads are judged by everything but the day's limits.
    """
    found: dict[str, Verdict] = {}
    for guard in GUARDS:
        left = [one for one in candidates if one.key not in found]
        if not left:
            return found
        found |= guard(desk, left)
    return found | admit(desk, [one for one in candidates if one.key not in found])


__all__ = ["GUARDS", "Candidate", "Desk", "Guard", "Verdict", "verdicts"]
