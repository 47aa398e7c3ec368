"""What may still stop an email at the moment it is sent; looked at in this order, inside the reservation.

Whoever leaves between enrolment and dispatch gets nothing more, so these are never decided at enrolment.
"""

from collections.abc import Callable

from sqlmodel import Session

from gtm.domain.enrolment import Lead
from gtm.store.repositories import leads

Guard = Callable[[Session, Lead], str | None]


def _suppressed(session: Session, lead: Lead) -> str | None:
    reason = leads.suppressed(session, lead.venture_id, lead.email)
    return f"on the suppression list ({reason})" if reason else None


def _consent(_session: Session, lead: Lead) -> str | None:
    return "consent withdrawn" if lead.consent == "withdrawn" else None


GUARDS: tuple[Guard, ...] = (_suppressed, _consent)


def refusal(session: Session, lead: Lead) -> str | None:
    """Why the lead must not get mail now, by the first guard that says no; None when they may."""
    return next((why for why in (guard(session, lead) for guard in GUARDS) if why), None)
