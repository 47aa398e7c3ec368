"""What may still stop an email at the moment it is sent; looked at in this order, inside the reservation.

Whoever leaves between enrolment and dispatch gets nothing more, so these are never decided at enrolment.
"""

from collections.abc import Callable, Collection

from sqlmodel import Session

from gtm.domain.enrolment import Lead
from gtm.store.repositories import leads

Guard = Callable[[Session, Collection[Lead]], dict[str, str]]
"""Looks at a batch of leads and says of each that must not get mail why, by lead_id."""


def _suppressed(session: Session, people: Collection[Lead]) -> dict[str, str]:
    found: dict[str, str] = {}
    for venture_id in {lead.venture_id for lead in people}:
        mine = [lead for lead in people if lead.venture_id == venture_id]
        reasons = leads.suppressed(session, venture_id, [lead.email for lead in mine])
        found |= {
            lead.lead_id: f"on the suppression list ({reasons[lead.email]})" for lead in mine if lead.email in reasons
        }
    return found


def _consent(_session: Session, people: Collection[Lead]) -> dict[str, str]:
    return {lead.lead_id: "consent withdrawn" for lead in people if lead.consent == "withdrawn"}


GUARDS: tuple[Guard, ...] = (_suppressed, _consent)


def refusals(session: Session, people: Collection[Lead]) -> dict[str, str]:
    """Why leads must not get mail now, each by the first guard that says no; who may is not named."""
    found: dict[str, str] = {}
    for guard in GUARDS:
        found = guard(session, people) | found
    return found
