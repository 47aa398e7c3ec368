"""The preference page over HTTP: looking changes nothing, choosing does, and workers heed what was chosen."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr
from sqlmodel import SQLModel, select

from app import bootstrap
from app.bootstrap import open_store, tracking
from app.mailing import sending
from app.settings import Settings
from app.status_source import StoreSource
from app.web.server import create_app
from gtm.automation.erasing import erase_person
from gtm.automation.tracking import SignedTracking
from gtm.domain.enrolment import Lead, NewLead
from gtm.policies.accessibility import accessibility_faults
from gtm.store.database import Database
from gtm.store.models.automation import LeadRow, Suppression
from gtm.store.models.logs import AuditEntry
from gtm.store.models.preferences import EmailPreference
from gtm.store.repositories import leads
from tests.integration.app.published import publish

ADA = NewLead(venture_id="fleet", email="ada@example.test", consent="granted", segment_id="it-platform")
CHOICES = {"product": "7", "newsletter": "no", "events": "all"}


class Door:
    """The server, the store behind it, and a lead with the address of her page."""

    def __init__(self, client: TestClient, database: Database, signed: SignedTracking, lead: Lead) -> None:
        self.client, self.database, self.signed, self.lead = client, database, signed, lead
        self.path = signed.preferences_url(lead).removeprefix("https://mail.fleet.test")

    def rows(self, model: type[SQLModel]) -> list[Any]:
        with self.database.read() as session:
            return list(session.exec(select(model)))

    def chosen(self) -> dict[str, tuple[bool, int | None]]:
        return {row.purpose: (row.allowed, row.every_days) for row in self.rows(EmailPreference)}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        home=tmp_path / "home",
        out=tmp_path / "out",
        public_url="https://mail.fleet.test",
        agent_token=SecretStr("0123456789abcdef0123"),
    )


@pytest.fixture
def door(settings: Settings) -> Iterator[Door]:
    database = open_store(settings)
    lead = ADA.as_lead("lead-1")
    with database.write() as session:
        leads.add_lead(session, lead, database.clock.now() - timedelta(hours=1))
    signed = tracking(settings)
    assert signed is not None
    app = create_app(settings, StoreSource(settings))
    with TestClient(app, base_url="https://mail.fleet.test", follow_redirects=False) as client:
        yield Door(client, database, signed, lead)
    database.close()


def test_looking_shows_what_they_get_and_changes_nothing(door: Door) -> None:
    before = door.rows(LeadRow)[0].model_dump()
    for _ in range(3):
        page = door.client.get(door.path)
        assert page.status_code == 200 and page.text.count("<select") == 3
        assert page.text.count('value="all" selected') == 3
        assert accessibility_faults(page.text) == ()
        assert "ada@example.test" not in page.text and "lead-1" not in page.text
        assert door.client.head(door.path).status_code == 200
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS"):
        assert door.client.request(method, door.path).status_code == 405
    door.client.get(door.path, params=CHOICES | {"unsubscribe": "all"})
    assert (door.chosen(), door.rows(Suppression), door.rows(AuditEntry)) == ({}, [], [])
    assert door.rows(LeadRow)[0].model_dump() == before


def test_choices_are_stored_shown_and_told_in_the_audit_log(door: Door) -> None:
    answer = door.client.post(door.path, data=CHOICES)
    assert answer.status_code == 200 and "Your choices are stored." in answer.text
    assert door.chosen() == {"product": (True, 7), "newsletter": (False, None), "events": (True, None)}
    page = door.client.get(door.path).text
    assert [page.count(f'value="{word}" selected') for word in ("7", "no", "all")] == [1, 1, 1]
    door.client.post(door.path, data={"events": "30"})
    assert door.chosen() == {"product": (True, 7), "newsletter": (False, None), "events": (True, 30)}
    entries = door.rows(AuditEntry)
    assert [(entry.action, entry.subject) for entry in entries] == [("lead.preferences", "lead-1")] * 2


def test_a_yes_of_somebody_who_was_never_asked_is_consent_and_a_no_is_none(door: Door) -> None:
    for said, consent in (("no", "unknown"), ("all", "granted")):
        with door.database.write() as session:
            leads.save_lead(session, door.lead.model_copy(update={"consent": "unknown"}))
        if said == "no":
            assert door.client.get(door.path).text.count('value="no" selected') == 3
        door.client.post(door.path, data={"newsletter": said})
        assert door.rows(LeadRow)[0].consent == consent
    assert door.chosen() == {"product": (False, None), "newsletter": (True, None), "events": (False, None)}


def test_whoever_leaves_altogether_gets_nothing_and_does_not_come_back_by_the_link(door: Door) -> None:
    answer = door.client.post(door.path, data={"unsubscribe": "all"})
    assert answer.status_code == 200 and "You get no mail" in answer.text
    assert [row.reason for row in door.rows(Suppression)] == ["unsubscribed"]
    assert door.rows(LeadRow)[0].consent == "withdrawn"
    again = door.client.post(door.path, data=CHOICES)
    assert again.status_code == 200 and "You get no mail" in again.text
    assert (door.chosen(), door.rows(LeadRow)[0].consent) == ({}, "withdrawn")


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"product": "often"}, "no such answer"),
        ({"product": ""}, "no such answer"),
        ({"spam": "all"}, "no such field"),
        ({"product": "all", "events": "<script>"}, "no such answer"),
        ({}, "nothing was chosen"),
    ],
)
def test_what_the_page_does_not_offer_changes_nothing(door: Door, fields: dict[str, str], told: str) -> None:
    answer = door.client.post(door.path, data=fields, headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert answer.status_code == 422 and told in answer.text and "<script>" not in answer.text
    assert door.chosen() == {}


def test_too_much_and_no_form_are_refused(door: Door) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert door.client.post(door.path, content=b"a=" + b"x" * 20_000_000, headers=form).status_code == 413
    assert door.client.post(door.path, json=CHOICES).status_code == 415
    assert door.client.post(door.path, content=b"product=%ff", headers=form).status_code == 400
    assert door.chosen() == {}


@pytest.mark.parametrize(
    "token",
    ["", "x", "bGVhZC0x", "bGVhZC0x.AAAAAAAAAAAAAAAAAAAAAA", "..", "%2e%2e", "send-1.0.AAAAAAAAAAAAAAAAAAAAAA", "é.é"],
)
def test_nobody_else_can_make_a_token(door: Door, token: str) -> None:
    assert door.client.get(f"/t/p/{token}").status_code in (401, 404)
    assert door.client.post(f"/t/p/{token}", data=CHOICES).status_code in (401, 404)
    other = door.signed.preferences_url(door.lead.model_copy(update={"lead_id": "lead-2"}))
    stolen = other.rpartition("/")[2].partition(".")[0] + "." + door.path.rpartition(".")[2]
    assert door.client.post(f"/t/p/{stolen}", data=CHOICES).status_code == 404
    leaving = door.signed.unsubscribe_url("send-1").rpartition("/")[2]
    assert door.client.post(f"/t/p/{leaving}", data=CHOICES).status_code == 404
    assert door.chosen() == {}


def test_an_erased_lead_leaves_no_choices_and_a_dead_link(door: Door) -> None:
    door.client.post(door.path, data=CHOICES)
    with door.database.write() as session:
        assert erase_person(session, door.lead, "ada", door.database.clock.now()).removed["email_preferences"] == 3
    assert door.chosen() == {}
    assert door.client.get(door.path).status_code == door.client.post(door.path, data=CHOICES).status_code == 404


def test_every_mail_of_a_worker_links_to_the_page_and_the_link_is_not_counted(door: Door, settings: Settings) -> None:
    drafts = publish(door.database)
    url = door.signed.preferences_url(door.lead)
    with sending(settings, bootstrap.read_configuration(), door.database, sink=True) as services:
        assert services.tracking is not None
        refs = {ref for workflow in drafts.workflows for ref in workflow.content_refs}
        for ref in sorted(refs):
            mail = services.email_source.email_for(ref, door.lead, "key")
            with door.database.write() as session:
                numbers = services.tracking.numbers(session, [(mail, door.lead)])
            tracked = services.tracking.tracked(mail, door.lead, "send-1", numbers)
            assert url in tracked.text and f'href="{url}"' in (tracked.html or "")
            assert url not in numbers
    assert len(refs) > 10


def test_without_a_public_address_there_is_no_page(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", out=tmp_path / "out")
    open_store(settings).close()
    with TestClient(create_app(settings, StoreSource(settings)), base_url="http://127.0.0.1") as client:
        assert client.get("/t/p/x").status_code == 404
