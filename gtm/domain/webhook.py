"""Signed webhooks: what such a request must be before its person is taken. Pure: nothing is read or kept here.

The sender signs the request's timestamp, a dot, and its body, with HMAC-SHA256 under a secret that the vault holds as
`vault://VENTURE/webhook/TRIGGER`; it sends both in headers. A timestamp that is more than five minutes off is
refused, and so is a signature that has come before: together no recorded request can be sent again.
"""

import hashlib
import hmac
import json
import re
from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import Field, ValidationError

from gtm.domain.base import Model
from gtm.domain.conditions import Scalar
from gtm.domain.enrolment import Consent, EmailAddress
from gtm.domain.errors import InvalidInput, SignatureRefused, UsageError
from gtm.domain.lead_fields import ATTRIBUTES, Country, Finite, Score, Short, WholeNumber
from gtm.domain.workflow import Zone

TIMESTAMP_HEADER = "X-GTM-Timestamp"
SIGNATURE_HEADER = "X-GTM-Signature"
MAX_BODY = 64 * 1024
"""Bytes a webhook's body may have."""
WINDOW = timedelta(minutes=5)
"""How far a request's timestamp may be off."""

_DIGITS = re.compile(r"^[0-9]{1,12}$")
_SIGNATURE = re.compile(r"^sha256=([0-9a-f]{64})$")


Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,40}$")]
Own = bool | WholeNumber | Finite | Short


class Signed(Model):
    """A request as it came to a trigger's address; nothing about it is checked yet.

    Attributes:
        trigger_id: the trigger that the address names.
        timestamp: the header.
        signature: the header.
        body: at most `MAX_BODY` bytes.
    """

    trigger_id: str
    timestamp: str
    signature: str
    body: bytes


class WebhookLead(Model):
    """The fields of a lead that a webhook may bring; whose lead it is says the trigger.

    Attributes:
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


def secret_ref(venture_id: str, trigger_id: str) -> str:
    """Where the vault keeps a trigger's secret."""
    return f"vault://{venture_id}/webhook/{trigger_id}"


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """The signature header of a request, as its sender computes it."""
    digest = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return f"sha256={digest}"


def verify(secret: str, timestamp: str, signature: str, body: bytes, now: datetime) -> str:
    """Check a request's timestamp and signature; the signature's digits, which no second request may bring.

    Args:
        secret: the trigger's.
        timestamp: the header: whole seconds since 1970.
        signature: the header: `sha256=` and 64 hex digits.
        body: as it came.
        now: the aware moment.

    Raises:
        SignatureRefused: a header is missing or malformed, the signature is another, or the timestamp too far off.
    """
    if not _DIGITS.match(timestamp):
        raise SignatureRefused(
            "the request has no usable timestamp", field=TIMESTAMP_HEADER, allowed="whole seconds since 1970"
        )
    match = _SIGNATURE.match(signature)
    # The comparison takes the same time for every wrong signature, also for one of another form.
    same = hmac.compare_digest(sign(secret, timestamp, body).encode(), signature.encode(errors="replace"))
    if match is None or not same:
        raise SignatureRefused(
            "the signature does not fit timestamp and body", field=SIGNATURE_HEADER, allowed="sha256=64 hex digits"
        )
    off = abs(int(timestamp) - now.timestamp())
    if off > WINDOW.total_seconds():
        raise SignatureRefused(
            f"the timestamp is {off:.0f} s off", field=TIMESTAMP_HEADER, allowed=f"at most {WINDOW.seconds} s"
        )
    return match.group(1)


def parse(body: bytes) -> WebhookLead:
    """Read a body.

    Raises:
        UsageError: it is not JSON.
        InvalidInput: it is no object, or a field does not fit; names every fault.
    """
    try:
        value = json.loads(body, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise UsageError("the body is not JSON", allowed="a JSON object with the fields of a lead") from error
    if not isinstance(value, dict):
        raise InvalidInput("the body is no JSON object", allowed="an object with the fields of a lead")
    try:
        return WebhookLead.model_validate(value)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False)
        raise InvalidInput(
            "the lead does not fit its schema",
            field=".".join(str(part) for part in faults[0]["loc"]),
            findings=[f"{'.'.join(str(part) for part in one['loc'])}: {one['msg']}" for one in faults],
        ) from error


def schema() -> dict[str, Any]:
    """The JSON Schema of a body."""
    return WebhookLead.model_json_schema()


def _no_constant(name: str) -> Scalar:
    raise ValueError(f"{name} is no JSON")
