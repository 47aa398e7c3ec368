"""Double opt-in over HTTP, on both databases: form, mail into a real server, page, button, and every dead link."""

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from app import bootstrap
from app.bootstrap import open_store, tracking
from app.mailing import sending
from app.settings import Settings
from app.status_source import StoreSource
from app.upkeep import tasks_of
from app.web.server import create_app
from gtm.automation.maintenance.runner import Upkeep
from gtm.domain.brief import VentureBrief
from gtm.policies.accessibility import accessibility_faults
from gtm.store.models.automation import EmailSend, LeadRow
from gtm.store.models.consent_requests import ConsentRequest
from gtm.store.models.enrolments import Enrolment
from gtm.store.models.logs import AuditEntry
from gtm.store.models.preferences import EmailPreference
from gtm.store.repositories import ventures
from tests.integration.app.published import publish
from tests.integration.app.site import ADA, FORM, LINK, SESSION, Site, sound
from tests.unit.automation.test_campaign_email import venture

YES = {"confirm": "yes"}
VOID = "This link does not work"


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    return Settings(
        home=tmp_path / "home",
        out=tmp_path / "out",
        database_url=database_url,
        public_url="https://go.fleet.test",
        agent_token=SecretStr("0123456789abcdef0123"),
    )


@pytest.fixture
def site(settings: Settings) -> Iterator[Site]:
    """Fleet's pages, whose brief asks for double opt-in."""
    database = open_store(settings)
    publish(database, brief=venture("fleet")[0].brief.model_copy(update={"consent": "double"}))
    with TestClient(create_app(settings, StoreSource(settings)), base_url="https://go.fleet.test") as client:
        yield Site(client, database)
    database.close()


def mailed(site: Site, settings: Settings) -> list[str]:
    """What a worker's upkeep sends into its sink: the path of each link, newest last."""
    configuration = bootstrap.read_configuration()
    with sending(settings, configuration, site.database, sink=True) as services:
        tasks = [one for one in tasks_of(settings, configuration.policies, services) if one.name == "confirmations"]
        reports = Upkeep(site.database, site.database.clock, "w", tasks).run_due()
        assert not reports["confirmations"].warning
    found = []
    for path in sorted((settings.home / "mail").rglob("*.eml")):
        text = path.read_text(encoding="utf-8").replace("=\n", "").replace("=3D", "=")
        found += [urlsplit(url).path for url in re.findall(r"https://go\.fleet\.test/t/y/\S+", text)]
    return found


def test_form_mail_page_button(site: Site, settings: Settings) -> None:
    answer = site.post({**ADA, **LINK})
    assert answer.status_code == 200 and "One step is left" in answer.text and "7 days" in answer.text
    sound(answer)
    (lead,) = site.rows(LeadRow)
    assert (lead.consent, lead.attributes.get("consent_text")) == ("pending", None)
    assert site.rows(Enrolment) == site.rows(EmailPreference) == []
    (path,) = mailed(site, settings)
    (send,) = site.rows(EmailSend)
    assert (send.state, send.lead_id, send.purpose) == ("sent", lead.lead_id, "transactional")

    for _ in range(3):
        page = site.get(path)
        assert page.status_code == 200 and accessibility_faults(page.text) == ()
        assert "about the product and its offers" in unescape(page.text)
        assert "ada@example.test" not in page.text and lead.lead_id not in page.text
        assert site.client.head(path).status_code == 200
    assert site.get(path, confirm="yes").status_code == 200
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS"):
        assert site.client.request(method, path).status_code == 405
    assert site.client.post(path, data={"confirm": "no"}).status_code == 422
    assert site.client.post(path, json=YES).status_code == 415
    assert site.client.post(path, content=b"confirm=" + b"x" * 20_000, headers=FORM).status_code == 413
    assert site.rows(LeadRow)[0].consent == "pending" and site.rows(Enrolment) == []

    done = site.client.post(path, data=YES)
    assert done.status_code == 200 and "Your consent is confirmed" in done.text
    (lead,) = site.rows(LeadRow)
    assert lead.consent == "granted" and lead.attributes["consent_at"] and lead.attributes["utm_source"] == "linkedin"
    (enrolment,) = site.rows(Enrolment)
    with site.database.read() as session:
        (trigger,) = session.connection().exec_driver_sql("SELECT trigger_id FROM workflow_executions")
    assert enrolment.lead_no == lead.lead_no and trigger == ("fleet-email-drip-it-platform-form",)
    (entry,) = [one for one in site.rows(AuditEntry) if one.action == "lead.consent_confirmed"]
    assert entry.data["source"] == "/p/fleet/fleet-landing-page/it-platform/a" and "testclient" not in str(entry.data)
    for replay in (site.get(path), site.client.post(path, data=YES)):
        assert replay.status_code == 404 and VOID in replay.text and accessibility_faults(replay.text) == ()
    assert len(site.rows(Enrolment)) == 1
    # Nothing more is asked of somebody who has agreed, and whoever types the address again learns nothing.
    assert site.post({**ADA, **LINK}).text == answer.text
    assert site.rows(ConsentRequest) == []


def test_a_wrong_and_an_expired_link_get_one_page(site: Site, settings: Settings) -> None:
    site.post(ADA)
    signed = tracking(settings)
    (request,) = site.rows(ConsentRequest)
    assert signed is not None
    now = site.database.clock.now()
    good = signed.confirm_url(request.send_id, request.expires_at).rpartition("/")[2]
    wrong = [
        signed.confirm_url(request.send_id, now - timedelta(seconds=1)).rpartition("/")[2],
        signed.confirm_url("send-0123456789abcdef0123", request.expires_at).rpartition("/")[2],
        signed.unsubscribe_url(request.send_id).rpartition("/")[2],
        good[:-1] + ("A" if good[-1] != "A" else "B"),
        "x",
        "é.é",
    ]
    told = set()
    for token in wrong:
        for answer in (site.get(f"/t/y/{token}"), site.client.post(f"/t/y/{token}", data=YES)):
            assert answer.status_code == 404
            told.add(answer.text)
    assert len(told) == 1 and VOID in told.pop()
    assert site.rows(LeadRow)[0].consent == "pending"
    assert site.get(f"/t/y/{good}").status_code == 200


def test_a_session_is_registered_for_once_it_is_confirmed(site: Site, settings: Settings) -> None:
    answer = site.post(ADA, f"{SESSION}/a")
    assert "One step is left" in answer.text and "You are registered" not in answer.text
    (lead,) = site.rows(LeadRow)
    assert "registered" not in str(lead.attributes)
    (path,) = mailed(site, settings)
    assert "remind me of this" in unescape(site.get(path).text)
    assert site.client.post(path, data=YES).status_code == 200
    assert "fleet-webinar-funnel" in str(site.rows(LeadRow)[0].attributes)
    with site.database.read() as session:
        found = session.connection().exec_driver_sql("SELECT trigger_id FROM workflow_executions").scalars().all()
    assert "fleet-webinar-funnel-it-platform-registered" in found


def test_without_the_tick_and_with_test_data_nobody_is_asked(site: Site) -> None:
    assert "did not tick the box" in site.post({"email": "bob@example.test"}).text
    assert "test data" in site.post({**ADA, "test": "1"}).text
    assert site.rows(ConsentRequest) == []
    assert {row.email: row.consent for row in site.rows(LeadRow)} == {
        "bob@example.test": "unknown",
        "ada@example.test": "granted",
    }
    assert len(site.rows(Enrolment)) == 1


@pytest.mark.parametrize(("loaded", "consent"), [("double", "pending"), ("single", "granted")])
def test_the_brief_that_was_loaded_last_decides_for_pages_that_are_open(
    settings: Settings, loaded: str, consent: str
) -> None:
    database = open_store(settings)
    before = "single" if loaded == "double" else "double"
    drafts = publish(database, brief=venture("fleet")[0].brief.model_copy(update={"consent": before}))
    with database.write() as session:
        present = drafts.brief.model_copy(update={"consent": loaded})
        ventures.save_brief(session, present, (), database.clock.now())
    with TestClient(create_app(settings, StoreSource(settings)), base_url="https://go.fleet.test") as client:
        Site(client, database).post(ADA)
    assert [row.consent for row in Site(client, database).rows(LeadRow)] == [consent]
    database.close()


def test_a_brief_is_loaded_with_either_word_and_hashes_as_before_without_it() -> None:
    brief = venture("fleet")[0].brief
    body = brief.model_dump(mode="json")
    assert brief.consent == "single" and "consent" not in body
    double = VentureBrief.model_validate(body | {"consent": "double"})
    assert double.model_dump(mode="json") == body | {"consent": "double"}
    with pytest.raises(ValueError, match="single"):
        VentureBrief.model_validate(body | {"consent": "triple"})
