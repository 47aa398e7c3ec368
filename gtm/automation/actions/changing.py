"""Writing fields of the leads of a group in one transaction: what update_lead and add_to_segment share."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from gtm.automation.actions.base import ActionContext, Done, one_by_one, stop_reason, stopped
from gtm.automation.triggers.conditional import change_lead, change_many, changed
from gtm.domain.conditions import Scalar
from gtm.domain.enrolment import Deferred, Lead, Outcome, Succeeded
from gtm.domain.errors import GtmError, InvalidInput, NotFound
from gtm.store.repositories import claims, deliveries, leads
from gtm.store.repositories.deliveries import GONE

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Change:
    """New values by column of the lead, or by `attributes.NAME`, and what the log says of them."""

    values: Mapping[str, Scalar]
    detail: str


Item = tuple[Change, ActionContext]


def change_all(items: Sequence[Item]) -> Iterable[Done]:
    """Write the changes of a group together; doing one twice changes nothing.

    Where their transaction cannot be committed, or one of them does not fit, each is done by itself.

    Args:
        items: what to write, and the context of each; all of one worker's claim.
    """
    if len(items) > 1:
        try:
            with items[0][1].database.write() as session:
                return [Done(outcome) for outcome in _together(session, items)]
        except (GtmError, SQLAlchemyError, ValidationError) as error:
            _LOG.info("a group of changes could not be written together, each is done by itself: %s", error)
    return one_by_one(_change)(items)


def _change(change: Change, context: ActionContext) -> Outcome:
    with context.database.write() as session:
        if reason := stop_reason(context, session):
            return Deferred(detail=reason)
        change_lead(session, context.lead.lead_id, change.values, context.clock.now())
    return Succeeded(detail=change.detail)


def _together(session: Session, items: Sequence[Item]) -> list[Outcome]:
    contexts = [context for _, context in items]
    reasons = _stop_reasons(session, contexts)
    present = leads.lock_many(session, {context.lead.lead_id for context in contexts})
    pairs: dict[str, list[tuple[Lead, Lead]]] = {}
    outcomes: list[Outcome] = []
    for change, context in items:
        if reason := reasons.get(context.state.enrolment_no):
            outcomes.append(Deferred(detail=reason))
            continue
        before = _sound(present, context)
        after = present[before.lead_id] = changed(before, change.values)
        if after != before:
            pairs.setdefault(after.venture_id, []).append((before, after))
        outcomes.append(Succeeded(detail=change.detail))
    for of_one_venture in pairs.values():
        change_many(session, of_one_venture, contexts[0].clock.now())
    return outcomes


def _stop_reasons(session: Session, contexts: Sequence[ActionContext]) -> dict[int, str]:
    """Why something of the group must not be written now, by the enrolment's number; see `stop_reason`."""
    numbers = [context.state.enrolment_no for context in contexts]
    held = claims.still_held(session, numbers, contexts[0].owner)
    standings = deliveries.standings(session, {context.state.workflow_id for context in contexts})
    reasons = {
        number: stopped(standings.get(context.state.workflow_id, GONE), context.state)
        for number, context in zip(numbers, contexts, strict=True)
    }
    return reasons | dict.fromkeys(set(numbers) - held, "the claim is lost")


def _sound(present: Mapping[str, Lead | str], context: ActionContext) -> Lead:
    lead = present.get(context.lead.lead_id)
    if lead is None:
        raise NotFound("there is no such lead", field="lead_id", value=context.lead.lead_id)
    if isinstance(lead, str):
        raise InvalidInput(lead, field="lead_id", value=context.lead.lead_id)
    return lead
