"""Signed webhooks: taken once, refused with one clear reason, and never by half."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from gtm.automation.confirming import confirm
from gtm.automation.maintenance.retention import clear_ended
from gtm.automation.triggers.webhook import Received, receive, receive_many
from gtm.domain.enrolment import Lead
from gtm.domain.errors import Conflict, GtmError, InvalidInput, NotFound, Replayed, SignatureRefused, UsageError
from gtm.domain.sessions import is_registered
from gtm.domain.webhook import Signed, secret_ref, sign
from gtm.domain.webhook_lead import schema
from gtm.domain.workflow import TriggerDefinition
from gtm.store.models.automation import AutomationWorkflow, LeadRow
from gtm.store.models.consent_requests import ConsentRequest
from gtm.store.models.enrolments import Enrolment
from gtm.store.models.running import WebhookReplay
from gtm.store.repositories import leads
from gtm.store.vault import Vault, new_key
from tests.integration.automation.surroundings import Stage, drip

SECRET = "a secret of the sender's"
FORM = TriggerDefinition(trigger_id="form", type="webhook", workflow_id="acme-drip")


@pytest.fixture
def vault(stage: Stage) -> Vault:
    """A vault in which the form's secret is, and the form's workflow active."""
    stage.configure(drip(), FORM)
    vault = Vault(new_key())
    with stage.database.write() as session:
        vault.put(session, secret_ref("acme", "form"), SECRET, stage.clock.now())
    return vault


def post(stage: Stage, vault: Vault, body: object, *, trigger: str = "form", **other: str) -> Received:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    timestamp = other.get("timestamp", str(int(stage.clock.now().timestamp())))
    signature = other.get("signature", sign(other.get("secret", SECRET), timestamp, raw))
    request = Signed(trigger_id=trigger, timestamp=timestamp, signature=signature, body=raw)
    return receive(stage.database, vault, request, stage.clock.now())


def nothing(stage: Stage) -> bool:
    return not stage.rows(LeadRow) and not stage.rows(Enrolment) and not stage.rows(WebhookReplay)


def test_a_signed_lead_enters_once(stage: Stage, vault: Vault) -> None:
    person = {"email": " Ada@Example.test", "first_name": "Ada", "attributes": {"plan": "pro", "seats": 3}}
    first = post(stage, vault, person)
    assert first.created and first.fired.enrolment_no
    (lead,) = stage.rows(LeadRow)
    assert (lead.email, lead.venture_id, lead.lead_id) == ("ada@example.test", "acme", first.lead_id)
    with pytest.raises(Replayed):
        post(stage, vault, person)
    stage.advance(seconds=1)
    again = post(stage, vault, person)
    assert not again.created and again.fired.skipped == "duplicate" and again.lead_id == first.lead_id
    assert len(stage.rows(Enrolment)) == 1


def test_a_known_persons_registration_is_stored_and_nothing_else_of_theirs(stage: Stage, vault: Vault) -> None:
    post(stage, vault, {"email": "ada@example.test", "first_name": "Ada"})
    for campaign in ("acme-webinar", "acme-event", "acme-event"):
        stage.advance(seconds=1)
        post(stage, vault, {"email": "ada@example.test", "first_name": "X", "attributes": {"registered_for": campaign}})
    (lead,) = stage.rows(LeadRow)
    assert lead.attributes == {"registered_for": "acme-webinar,acme-event"} and lead.first_name == "Ada"
    facts = {"attributes.registered_for": lead.attributes["registered_for"]}
    assert is_registered("acme-webinar").holds(facts) and not is_registered("acme-launch").holds(facts)


def late(stage: Stage, **by: int) -> str:
    return str(int((stage.clock.now() + timedelta(**by)).timestamp()))


def test_what_is_not_signed_right_is_refused_before_it_is_read(stage: Stage, vault: Vault) -> None:
    person = {"email": "ada@example.test"}
    wrong: list[dict[str, str]] = [
        {"secret": "another"},
        {"signature": ""},
        {"signature": "sha256=" + "0" * 64},
        {"signature": "sha256=ü"},
        {"timestamp": ""},
        {"timestamp": "soon"},
        {"timestamp": "1" * 13},
        {"timestamp": late(stage, seconds=-301)},
        {"timestamp": late(stage, seconds=301)},
    ]
    for one in wrong:
        with pytest.raises(SignatureRefused):
            post(stage, vault, person, **one)
        with pytest.raises(SignatureRefused):
            post(stage, vault, b"no json", **one)
    assert nothing(stage)
    assert post(stage, vault, person, timestamp=late(stage, seconds=-299)).created


def test_a_signature_is_of_its_body_and_timestamp_alone(stage: Stage, vault: Vault) -> None:
    timestamp = late(stage)
    signature = sign(SECRET, timestamp, b'{"email":"ada@example.test"}')
    with pytest.raises(SignatureRefused):
        post(stage, vault, b'{"email":"eve@example.test"}', timestamp=timestamp, signature=signature)
    with pytest.raises(SignatureRefused):
        post(stage, vault, b'{"email":"ada@example.test"}', timestamp=late(stage, seconds=1), signature=signature)


@pytest.mark.parametrize(
    ("body", "error", "named"),
    [
        (b"no json", UsageError, ""),
        (b"\xff\xfe", UsageError, ""),
        (b'{"email": "ada@example.test", "score": NaN}', UsageError, ""),
        (b"[" * 60_000, UsageError, ""),
        (b'{"email": "ada@example.test", "score": ' + b"9" * 5000 + b"}", UsageError, ""),
        (b'{"email": "ada@example.test", "email": "eve@example.test"}', UsageError, ""),
        (b"[]", InvalidInput, ""),
        ({}, InvalidInput, "email"),
        ({"email": "nobody"}, InvalidInput, "email"),
        ({"email": "ada@example.test\r\nBcc: all@example.test"}, InvalidInput, "email"),
        ({"email": "ada@example.test", "venture_id": "other"}, InvalidInput, "venture_id"),
        ({"email": "ada@example.test", "is_test": True}, InvalidInput, "is_test"),
        ({"email": "ada@example.test", "company": "a\u0000b"}, InvalidInput, "company"),
        ({"email": "ada@example.test", "company": "\ud800"}, InvalidInput, "company"),
        ({"email": "ada@example.test", "score": 10**12}, InvalidInput, "score"),
        ({"email": "ada@example.test", "time_zone": "Mars/Olympus"}, InvalidInput, "time_zone"),
        ({"email": "ada@example.test", "attributes": {"a": {}}}, InvalidInput, "attributes"),
    ],
)
def test_a_signed_body_that_is_no_lead_is_refused_whole(
    stage: Stage, vault: Vault, body: Any, error: type[GtmError], named: str
) -> None:
    with pytest.raises(error) as caught:
        post(stage, vault, body)
    assert named in caught.value.field
    assert nothing(stage), "and its signature may come again, corrected or not"


def test_webhooks_that_are_not_there_or_not_ready(stage: Stage, vault: Vault) -> None:
    manual = TriggerDefinition(trigger_id="by-hand", type="manual", workflow_id="acme-drip")
    bare = TriggerDefinition(trigger_id="bare", type="webhook", workflow_id="acme-drip")
    stage.configure(drip(), manual, bare)
    person = {"email": "ada@example.test"}
    for name in ("nobody", "by-hand"):
        with pytest.raises(NotFound):
            post(stage, vault, person, trigger=name)
    with pytest.raises(Conflict, match="no secret"):
        post(stage, vault, person, trigger="bare")
    changed = FORM.model_copy(update={"rate_limit": "2 per lead"})
    stage.configure(drip(), changed, active=False)
    with pytest.raises(Conflict, match="not enabled"):
        post(stage, vault, person)
    assert nothing(stage)


def test_of_eight_times_the_same_request_at_once_one_is_taken(stage: Stage, vault: Vault) -> None:
    def send(_number: int) -> str:
        try:
            return "taken" if post(stage, vault, {"email": "ada@example.test"}).created else "known"
        except Replayed:
            return "replayed"

    with ThreadPoolExecutor(8) as pool:
        told = sorted(pool.map(send, range(8)))
    assert told == ["replayed"] * 7 + ["taken"]
    assert len(stage.rows(Enrolment)) == 1


def test_signatures_are_forgotten_when_their_time_has_passed(stage: Stage, vault: Vault) -> None:
    post(stage, vault, {"email": "ada@example.test"})
    clear_ended(stage.database, stage.advance(minutes=9))
    assert len(stage.rows(WebhookReplay)) == 1
    clear_ended(stage.database, stage.advance(minutes=2))
    assert stage.rows(WebhookReplay) == []


def test_the_schema_names_the_fields_and_no_others() -> None:
    told = schema()
    assert told["required"] == ["email"] and told["additionalProperties"] is False
    assert not {"venture_id", "is_test", "lead_id"} & set(told["properties"])


def signed(stage: Stage, email: str, *, secret: str = SECRET, trigger: str = "form", **fields: Any) -> Signed:
    body = json.dumps({"email": email, **fields}).encode()
    timestamp = str(int(stage.clock.now().timestamp()))
    return Signed(trigger_id=trigger, timestamp=timestamp, signature=sign(secret, timestamp, body), body=body)


def test_each_of_many_at_once_has_the_answer_it_would_have_alone(stage: Stage, vault: Vault) -> None:
    known = stage.lead(9, lead_source="import").lead.lead_id
    first = signed(stage, "ada@example.test")
    requests = [
        first,
        signed(stage, "eve@example.test", secret="another"),
        first,
        signed(stage, "Ada@example.test", company="Acme"),
        signed(stage, "nobody"),
        signed(stage, "bo@example.test", trigger="nowhere"),
        signed(stage, "lead9@example.test"),
        signed(stage, "cy@example.test"),
    ]
    told = receive_many(stage.database, vault, requests, stage.clock.now())
    ada, _, _, again, _, _, ninth, cy = told
    kinds = [SignatureRefused, Replayed, InvalidInput, NotFound]
    assert [type(one) for one in told if isinstance(one, Exception)] == kinds
    assert isinstance(ada, Received) and ada.created and ada.fired.enrolment_no
    assert isinstance(again, Received) and not again.created and again.fired.skipped == "duplicate"
    assert again.lead_id == ada.lead_id
    assert isinstance(ninth, Received) and ninth.lead_id == known and ninth.fired.skipped == "duplicate"
    assert isinstance(cy, Received) and cy.created and cy.fired.enrolment_no not in (0, ada.fired.enrolment_no)
    assert len(stage.rows(Enrolment)) == 2 and len(stage.rows(LeadRow)) == 3
    (workflow,) = stage.rows(AutomationWorkflow)
    assert workflow.execution_count == 2


@pytest.mark.parametrize(
    ("rate", "taken"), [("1 per lead", 4), ("2 per lead", 4), ("3 per hour", 3), (None, 4)], ids=str
)
def test_a_limit_holds_for_many_at_once(stage: Stage, vault: Vault, rate: str | None, taken: int) -> None:
    stage.configure(drip(), FORM.model_copy(update={"rate_limit": rate}))
    requests = [signed(stage, f"lead{number}@example.test") for number in range(4)]
    told = receive_many(stage.database, vault, requests, stage.clock.now())
    assert [bool(isinstance(one, Received) and one.fired.enrolment_no) for one in told] == [True] * taken + [False] * (
        4 - taken
    )
    assert len(stage.rows(LeadRow)) == 4


def test_where_one_breaks_the_others_are_taken(stage: Stage, vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    def stored(session: Session, people: list[Lead], now: datetime) -> dict[str, int]:
        if any(one.email == "bad@example.test" for one in people):
            raise OperationalError("INSERT", {}, Exception("full"))
        return add_many(session, people, now)

    add_many = leads.add_many
    monkeypatch.setattr(leads, "add_many", stored)
    requests = [signed(stage, f"{name}@example.test") for name in ("ada", "bad", "cy")]
    ada, bad, cy = receive_many(stage.database, vault, requests, stage.clock.now())
    assert isinstance(ada, Received) and isinstance(cy, Received) and isinstance(bad, OperationalError)
    assert sorted(row.email for row in stage.rows(LeadRow)) == ["ada@example.test", "cy@example.test"]


def test_a_webhook_may_ask_for_a_confirmation_and_its_workflow_starts_with_it(stage: Stage, vault: Vault) -> None:
    first = post(stage, vault, {"email": "ada@example.test", "consent": "pending"})
    again = post(stage, vault, {"email": "ada@example.test", "consent": "pending", "score": 1})
    assert first.created and not again.created
    assert first.fired.skipped == again.fired.skipped == "the consent is not confirmed yet"
    (request,) = stage.rows(ConsentRequest)
    asked = (request.purpose, request.source, request.trigger_id, request.expires_at - stage.clock.now())
    assert asked == ("product", "webhook form", "form", timedelta(days=7))
    assert "may email me about the product and its offers" in request.wording
    assert stage.rows(LeadRow)[0].consent == "pending" and stage.rows(Enrolment) == []
    with stage.database.write() as session:
        fired = confirm(session, request.send_id, stage.clock.now())
    assert fired is not None and [one.trigger_id for one in fired if one.enrolment_no] == ["form"]
    assert stage.rows(LeadRow)[0].consent == "granted" and len(stage.rows(Enrolment)) == 1


def test_a_webhook_that_asks_for_a_confirmation_of_who_has_agreed_takes_them_as_ever(
    stage: Stage, vault: Vault
) -> None:
    post(stage, vault, {"email": "ada@example.test", "consent": "granted"})
    again = post(stage, vault, {"email": "ada@example.test", "consent": "pending"})
    assert again.fired.skipped == "duplicate" and stage.rows(ConsentRequest) == []


def test_one_link_starts_what_every_request_of_its_purpose_waits_to_start(stage: Stage, vault: Vault) -> None:
    other = TriggerDefinition(trigger_id="other", type="webhook", workflow_id="other-drip")
    stage.configure(drip("other-drip"), other)
    with stage.database.write() as session:
        vault.put(session, secret_ref("acme", "other"), SECRET, stage.clock.now())
    post(stage, vault, {"email": "ada@example.test", "consent": "pending"})
    stage.advance(days=1)
    post(stage, vault, {"email": "ada@example.test", "consent": "pending"}, trigger="other")
    first, second = sorted(stage.rows(ConsentRequest), key=lambda one: one.asked_at)
    with stage.database.write() as session:
        fired = confirm(session, first.send_id, stage.clock.now())
    assert fired is not None and {one.trigger_id for one in fired if one.enrolment_no} == {"form", "other"}
    with stage.database.write() as session:
        assert confirm(session, second.send_id, stage.clock.now()) is None
