"""What a signed webhook's body may bring: the fields of one lead. Pure: nothing is read or kept here."""

import json
from typing import Annotated, Any

from pydantic import Field, ValidationError

from gtm.domain.base import Model
from gtm.domain.conditions import Scalar
from gtm.domain.enrolment import Consent, EmailAddress
from gtm.domain.errors import InvalidInput, UsageError
from gtm.domain.faults import plainly
from gtm.domain.lead_fields import ATTRIBUTES, Country, Finite, Score, Short, WholeNumber
from gtm.domain.workflow import Zone

Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,40}$")]
Own = bool | WholeNumber | Finite | Short


class WebhookLead(Model):
    """The fields of a lead that a webhook may bring; whose lead it is says the trigger.

    Attributes:
        consent: `pending` has the person asked by mail to confirm it; any other counts as the sender says.
        event_key: what tells the event from every other, such as an order's number. A workflow that leads enter again
            by event key is entered once for each; where it is left out, every request is an event of its own.
    """

    email: EmailAddress
    first_name: Short = ""
    last_name: Short = ""
    company: Short = ""
    role: Short = ""
    segment_id: Annotated[str, Field(pattern=r"^([a-z0-9][a-z0-9-]{0,62})?$")] = ""
    lead_source: Short = "webhook"
    status: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_ -]{0,39}$")] = "new"
    score: Score = 0
    time_zone: Zone = "UTC"
    country: Country = ""
    consent: Consent = "unknown"
    attributes: Annotated[dict[Key, Own], Field(default_factory=dict, max_length=ATTRIBUTES)]
    event_key: Annotated[Short, Field(min_length=1)] | None = None


def parse(body: bytes) -> WebhookLead:
    """Read a body.

    Raises:
        UsageError: it is not JSON, or a key stands in it twice: what others read of it might be another person.
        InvalidInput: it is no object, or a field does not fit; names every fault.
    """
    try:
        value = json.loads(body, parse_constant=_no_constant, object_pairs_hook=_each_once)
    except (ValueError, RecursionError) as error:
        raise UsageError("the body is not JSON", allowed="a JSON object with the fields of a lead") from error
    if not isinstance(value, dict):
        raise InvalidInput("the body is no JSON object", allowed="an object with the fields of a lead")
    try:
        return WebhookLead.model_validate(value)
    except ValidationError as error:
        faults = plainly(error)
        raise InvalidInput(
            "the lead does not fit its schema", field=faults[0].partition(":")[0], findings=faults
        ) from error


def schema() -> dict[str, Any]:
    """The JSON Schema of a body."""
    return WebhookLead.model_json_schema()


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands there twice")
    return found


def _no_constant(name: str) -> Scalar:
    raise ValueError(f"{name} is no JSON")
