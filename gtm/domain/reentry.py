"""Whether a lead that was in a workflow may enter it again: a policy as data, and the decision as a pure function."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from gtm.domain.base import Model

ENTRY_LENGTH = 120
"""Characters the store keeps of an entry's key."""

ReentryPolicy = Literal["never", "after_exit", "after_days", "by_event_key"]


class Reentry(Model):
    """When a lead may enter a workflow another time; a lead is never in it twice at once, but by event key.

    Attributes:
        policy: `never`; `after_exit` of the entry before; `after_days` from the start of the entry before, once that
            has ended; `by_event_key`, once for each event, such as an order, however many run side by side.
        days: for `after_days`.
    """

    policy: ReentryPolicy = "never"
    days: Annotated[int, Field(ge=1, le=3650)] | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if (self.policy == "after_days") != (self.days is not None):
            raise ValueError("days belong to the policy after_days, and to no other")
        return self


@dataclass(frozen=True)
class PastEntry:
    """One time a lead entered: under which key, when, and whether it is still in."""

    entry: str
    entered_at: datetime
    ended: bool


@dataclass(frozen=True)
class EntryDecision:
    """The key under which the lead may enter, or why not.

    The store refuses a key that is used, so of several who decide the same at once one gets in.
    """

    entry: str = ""
    refused: str = ""


def decide_entry(rule: Reentry, past: Sequence[PastEntry], now: datetime, event_key: str = "") -> EntryDecision:
    """Whether a lead may enter now, and under which key.

    Args:
        rule: the workflow's policy.
        past: every entry of the lead into the workflow, of any version, kept executions included.
        now: the aware moment.
        event_key: what tells the event that fired from every other; for `by_event_key`.
    """
    if rule.policy == "by_event_key":
        return _by_event(past, event_key)
    if not past:
        return EntryDecision()
    if rule.policy == "never":
        return EntryDecision(refused="entered before; re-entry: never")
    if not all(one.ended for one in past):
        return EntryDecision(refused="still in the workflow")
    latest = max(one.entered_at for one in past)
    if rule.days is not None and now < latest + timedelta(days=rule.days):
        return EntryDecision(refused=f"entered within the last {rule.days} days")
    return EntryDecision(entry=_next_number({one.entry for one in past}))


def _by_event(past: Sequence[PastEntry], event_key: str) -> EntryDecision:
    if not event_key:
        return EntryDecision(refused="the event has no key; re-entry: by event key")
    entry = f"event:{event_key}"
    if len(entry) > ENTRY_LENGTH:
        entry = f"event:{hashlib.sha256(event_key.encode()).hexdigest()}"
    if any(one.entry == entry for one in past):
        return EntryDecision(refused="entered before for this event")
    return EntryDecision(entry=entry)


def _next_number(used: set[str]) -> str:
    number = len(used) + 1
    while str(number) in used:
        number += 1
    return str(number)
