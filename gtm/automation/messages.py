"""What people write to a venture with a page's form: attributes of the lead, each with its moment.

It is a stranger's text: shown to people who may look at the lead, and never put into copy.
"""

from datetime import datetime

from sqlmodel import Session

from gtm.automation.triggers.conditional import change_lead
from gtm.domain.conditions import Scalar
from gtm.domain.enrolment import Lead
from gtm.domain.errors import InvalidInput
from gtm.domain.lead_fields import MESSAGE
from gtm.store.repositories import leads

MOST = 5
"""Messages of one lead that are kept; further ones are refused, so that a program cannot fill the store."""
_NAMES = (MESSAGE, *(f"{MESSAGE}_{number}" for number in range(2, MOST + 1)))


def add_message(session: Session, lead_id: str, text: str, now: datetime) -> None:
    """Keep a message beside those that a known lead has; what is sent twice is kept once, and no message is none.

    Args:
        session: the transaction.
        lead_id: the lead.
        text: one line of at most `ATTRIBUTE_LENGTH` characters.
        now: the aware moment.

    Raises:
        NotFound: there is no such lead.
        InvalidInput: it has `MOST` messages.
    """
    lead = leads.get_lead(session, lead_id, lock=True)
    if not text or text in [lead.attributes.get(name) for name in _NAMES]:
        return
    free = next((name for name in _NAMES if name not in lead.attributes), None)
    if free is None:
        raise InvalidInput(f"{MOST} messages from this address were stored already, and no more are kept")
    change_lead(session, lead_id, {f"attributes.{free}": text, f"attributes.{free}_at": now.isoformat()}, now)


def messages(lead: Lead) -> list[tuple[datetime, str]]:
    """What a lead wrote, as (aware moment, text), in order.

    Attributes of these names that came by another door, without a moment, are no messages of a form.
    """
    found = []
    for name in _NAMES:
        text, at = lead.attributes.get(name), _moment(lead.attributes.get(f"{name}_at"))
        if isinstance(text, str) and at is not None:
            found.append((at, text))
    return sorted(found)


def _moment(value: Scalar | None) -> datetime | None:
    try:
        at = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return at if at.tzinfo is not None else None
