"""A lead's fields have the same bounds whichever door they come through: what no column takes never reaches one."""

from typing import Any

import pytest
from pydantic import ValidationError

from gtm.domain import webhook_lead
from gtm.domain.enrolment import Lead, NewLead
from gtm.domain.errors import InvalidInput

PERSON = {"venture_id": "acme", "email": "ada@example.test"}
TOO_MUCH: list[dict[str, Any]] = [
    {"score": 99_999_999_999_999_999_999},
    {"score": 3_000_000_000},
    {"score": -1_000_001},
    {"status": "s" * 41},
    {"status": ""},
    {"segment_id": "g" * 64},
    {"first_name": "n" * 201},
    {"lead_source": "n" * 201},
    {"company": "a\u2028b"},
    {"role": "a\u0085Bcc: x"},
    {"last_name": "a\x7fb"},
    {"first_name": "\u202eevil"},
    {"attributes": {"x": float("inf")}},
    {"attributes": {"x": float("nan")}},
    {"attributes": {"x": 10**4000}},
    {"attributes": {"x": "y" * 1001}},
    {"attributes": {f"a{n}": 1 for n in range(51)}},
]


@pytest.mark.parametrize("values", TOO_MUCH, ids=lambda values: str(values)[:40])
def test_what_no_column_takes_is_refused(values: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        NewLead.model_validate(PERSON | values)


def test_what_fits_is_taken_as_it_is() -> None:
    values = {
        "score": -7,
        "status": "MQL",
        "company": "Zoë\u00a0& Co.",
        "attributes": {"a": 1.5, "b": True, "c": "x" * 1000},
    }
    found = NewLead.model_validate(PERSON | values)
    assert (found.score, found.status, found.company, found.attributes) == tuple(values.values())


def test_a_row_that_others_wrote_may_be_longer_but_never_more_than_its_column_takes() -> None:
    stored = PERSON | {"lead_id": "lead-1", "role": "r" * 500}
    assert Lead.model_validate(stored).role == "r" * 500
    for off in ({"status": "s" * 41}, {"score": 2**31}, {"segment_id": "g" * 64}):
        with pytest.raises(ValidationError):
            Lead.model_validate(stored | off)


@pytest.mark.parametrize(
    "body",
    [
        b'{"email":"a@b.co","attributes":{"x":1e999}}',
        b'{"email":"a@b.co","attributes":{"x":-1e999}}',
        b'{"email":"a@b.co","attributes":{"x":' + b"9" * 4000 + b"}}",
        b'{"email":"a@b.co","first_name":"\\u2028evil"}',
        b'{"email":"a@b.co","first_name":"x\\u0085Bcc: y"}',
        b'{"email":"a@b.co","attributes":{"x":"\\u2029"}}',
    ],
)
def test_a_webhook_brings_no_infinity_and_no_hidden_line_break(body: bytes) -> None:
    with pytest.raises(InvalidInput):
        webhook_lead.parse(body)
