"""What a visitor posts with a page's form: read, checked field by field, and made a lead."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from pydantic import TypeAdapter, ValidationError

from gtm.automation.campaign_page import FIELDS, CampaignPages
from gtm.domain.campaign import ContentPiece
from gtm.domain.enrolment import EmailAddress, NewLead
from gtm.domain.lead_fields import ATTRIBUTE_LENGTH, MESSAGE, TEXT_LENGTH, Short, storable

UTM = ("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term", "utm_id")
CLICK_IDS = ("gclid", "gbraid", "wbraid", "fbclid", "msclkid", "li_fat_id", "twclid", "ttclid")
"""By these Google, Meta, Microsoft, LinkedIn, X and TikTok know their clicks again."""
CARRIED = (*UTM, *CLICK_IDS)
"""Parameters of a visitor's link that go through the form to the lead."""
TRAP = "homepage"
"""A field that nobody sees: whoever fills it is a program."""
TEST = "test"
"""The parameter that makes what is posted test data, which no trigger of the house's takes."""
SOURCE = "landing_page"
"""The `lead_source` of a landing page's leads, which the triggers of step 3.2 ask for."""

_EMAIL: TypeAdapter[str] = TypeAdapter(EmailAddress)
_SHORT: TypeAdapter[str] = TypeAdapter(Short)
_NAMES = {"first_name": "First name", "company": "Company", MESSAGE: "Message"}


@dataclass(frozen=True)
class Posted:
    """A form as it was posted.

    Attributes:
        typed: what the visitor typed, trimmed; `consent` is there when the box was ticked.
        carried: parameters of their link.
        faults: what is wrong, a sentence a field; empty when it can be taken.
        trapped: a program filled it in.
        test: it is test data.
    """

    typed: Mapping[str, str]
    carried: Mapping[str, str] = field(default_factory=dict)
    faults: Mapping[str, str] = field(default_factory=dict)
    trapped: bool = False
    test: bool = False


def carried_of(fields: Mapping[str, str]) -> dict[str, str]:
    """The parameters among these that go along with a form: those known by name, short, and about nobody.

    One that is too long, or holds control characters or a person's address, is left out: it would be no use in a
    report, and a lead is worth more than its link.
    """
    found: dict[str, str] = {}
    for name in CARRIED:
        value = fields.get(name, "").strip()
        if value and _storable(value) and "@" not in value:
            found[name] = value
    if fields.get(TEST):
        found[TEST] = "1"
    return found


def _storable(value: str) -> bool:
    try:
        _SHORT.validate_python(value)
    except ValidationError:
        return False
    return True


def read_form(fields: Mapping[str, str]) -> Posted:
    """A posted form; faults are told, never raised, as the visitor gets the form again with what they typed."""
    typed = {name: fields.get(name, "").strip() for name in FIELDS}
    if fields.get("consent"):
        typed["consent"] = "yes"
    carried = carried_of(fields)
    faults = {name: why for name in FIELDS if (why := _fault(name, typed[name]))}
    return Posted(typed, carried, faults, trapped=bool(fields.get(TRAP)), test=TEST in carried)


def _fault(name: str, value: str) -> str:
    if name == "email":
        if not value:
            return "Email: enter your address."
        try:
            _EMAIL.validate_python(value)
        except ValidationError:
            return "Email: this is no email address; it has a form like name@company.com."
        return ""
    if name == MESSAGE:
        return _message_fault(value)
    if len(value) > TEXT_LENGTH:
        return f"{_NAMES[name]}: enter at most {TEXT_LENGTH} characters."
    return "" if _storable(value) else f"{_NAMES[name]}: leave out line breaks and control characters."


def _message_fault(value: str) -> str:
    line = on_one_line(value)
    if len(line) > ATTRIBUTE_LENGTH:
        return f"{_NAMES[MESSAGE]}: enter at most {ATTRIBUTE_LENGTH} characters."
    try:
        storable(line)
    except ValueError:
        return f"{_NAMES[MESSAGE]}: leave out control characters."
    return ""


def on_one_line(text: str) -> str:
    """A message as it is stored: whoever writes several lines may, and an attribute is one."""
    return " ".join(text.split())


def person_of(posted: Posted, pages: CampaignPages, piece: ContentPiece, label: str, now: datetime) -> NewLead:
    """The lead that a form without faults stands for.

    Args:
        posted: the form.
        pages: the venture's pages.
        piece: the page it was on.
        label: the variant that was shown.
        now: the aware moment.
    """
    campaign = pages.campaign(piece)
    agreed = "consent" in posted.typed
    own = {name: value for name, value in posted.carried.items() if name != TEST}
    own["page"] = f"{piece.campaign_id}/{piece.segment_id}/{label}"
    if message := on_one_line(posted.typed[MESSAGE]):
        own |= {MESSAGE: message, f"{MESSAGE}_at": now.isoformat()}
    if agreed:
        own |= {"consent_text": pages.consent_text(piece), "consent_at": now.isoformat()}
    return NewLead.model_validate(
        {
            "venture_id": pages.brief.id,
            **{name: posted.typed[name] for name in FIELDS if name != MESSAGE},
            "segment_id": piece.segment_id,
            "lead_source": f"{campaign.kind.utm}_page" if campaign.kind.session else SOURCE,
            "time_zone": next(iter(pages.brief.geography.time_zones), "UTC"),
            "consent": "granted" if agreed else "unknown",
            "is_test": posted.test,
            "attributes": own,
        }
    )
