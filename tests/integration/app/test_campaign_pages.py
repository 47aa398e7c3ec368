"""Campaigns' pages over HTTP: what visitors see, what a form makes, and every way in which one can be wrong."""

from collections.abc import Callable, Iterator
from datetime import date
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

import pytest
from fastapi.testclient import TestClient
from httpx import Response
from pydantic import SecretStr

from app.bootstrap import open_store
from app.settings import Settings
from app.status_source import StoreSource
from app.web import campaign_pages
from app.web.server import create_app
from gtm.automation.messages import messages
from gtm.automation.tracing import timeline
from gtm.automation.triggers.database_insert import insert_lead
from gtm.domain.campaign import CampaignContent, ContentElement, Variant
from gtm.domain.enrolment import NewLead
from gtm.domain.lead_fields import Attribute
from gtm.domain.sessions import REGISTERED
from gtm.store.models.automation import LeadRow
from gtm.store.models.enrolments import Enrolment
from gtm.store.models.preferences import EmailPreference
from gtm.store.repositories import leads
from tests.integration.app.published import publish
from tests.integration.app.site import ADA, FORM, LINK, PAGE, SESSION, Page, Site, sound
from tests.unit.automation.test_campaign_email import venture


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        home=tmp_path / "home",
        out=tmp_path / "out",
        public_url="https://go.fleet.test",
        agent_token=SecretStr("0123456789abcdef0123"),
    )


@pytest.fixture
def empty(settings: Settings) -> Iterator[Site]:
    """A server without any venture, whose other routes need a token."""
    database = open_store(settings)
    with TestClient(create_app(settings, StoreSource(settings)), base_url="https://go.fleet.test") as client:
        yield Site(client, database)
    database.close()


@pytest.fixture
def site(empty: Site) -> Site:
    """The same with Fleet's campaigns, whose copy is approved."""
    publish(empty.database)
    return empty


def test_a_visitor_sees_hero_features_call_to_action_and_form_without_a_token(site: Site) -> None:
    answer = site.get(f"{PAGE}/a")
    page = sound(answer)
    _, content = venture("fleet")
    piece = next(p for p in content.pieces if (p.campaign_id, p.segment_id) == tuple(PAGE.split("/")[3:]))
    shown = unescape(answer.text)
    for name, text in piece.composed("A").items():
        assert text in shown, name
    assert answer.status_code == 200
    assert [f["action"] for f in page.all("form")] == [f"{PAGE}/a"]
    assert [link["href"] for link in page.all("link")] == [f"https://go.fleet.test{PAGE}"]
    assert site.client.head(PAGE).status_code == 200
    assert site.rows(LeadRow) == []


def test_the_link_of_a_variant_or_the_address_decides_and_else_a_visitor_keeps_theirs(site: Site) -> None:
    def shown(path: str = PAGE, agent: str = "x", **query: str) -> str:
        page = site.client.get(path, params=query, headers={"User-Agent": agent})
        return str(Page(page.text).all("form")[0]["action"])[-1]

    assert [shown(f"{PAGE}/{label}") for label in "ab"] == ["a", "b"]
    assert [shown(utm_content=f"fleet-landing-page-it-platform-1-{label}") for label in "ab"] == ["a", "b"]
    agents = [f"browser {number}" for number in range(40)]
    drawn = [shown(agent=agent) for agent in agents]
    assert drawn == [shown(agent=agent) for agent in agents]
    assert 8 < drawn.count("a") < 32
    assert site.get(f"{PAGE}/c").status_code == site.get(f"{PAGE}/A").status_code == 404


def test_parameters_of_the_link_stand_in_hidden_fields_and_what_is_no_use_does_not(site: Site) -> None:
    odd = {"utm_term": "x" * 201, "utm_content": "ann@ann.test", "evil": "1", "fbclid": '"><script>alert(1)</script>'}
    page = sound(site.get(f"{PAGE}/a", **LINK, **odd))
    assert page.hidden() == {**LINK, "fbclid": odd["fbclid"]}


def test_a_form_makes_one_lead_with_its_parameters_and_consent_and_the_trigger_enrols_it(site: Site) -> None:
    fields = {**ADA, **LINK}
    answer = site.post(fields, f"{PAGE}/b")
    assert answer.status_code == 200 and "Thank you" in answer.text
    sound(answer)
    assert site.post(fields, f"{PAGE}/b").status_code == 200
    (lead,) = site.rows(LeadRow)
    assert (lead.email, lead.first_name, lead.company) == ("ada@example.test", "Ada", "Lovelace & Sons")
    assert (lead.lead_source, lead.segment_id, lead.consent) == ("landing_page", "it-platform", "granted")
    own = dict(lead.attributes)
    assert own.pop("consent_at") and "the product and its offers" in own.pop("consent_text")
    assert own == {**LINK, "page": "fleet-landing-page/it-platform/B"}
    (enrolment,) = site.rows(Enrolment)
    with site.database.read() as session:
        (trigger,) = session.connection().exec_driver_sql("SELECT trigger_id, workflow_id FROM workflow_executions")
    assert enrolment.lead_no == lead.lead_no
    assert trigger == ("fleet-email-drip-it-platform-form", "fleet-email-drip-it-platform")
    agreed = {row.purpose: row.allowed for row in site.rows(EmailPreference)}
    assert agreed == {"product": True, "newsletter": False, "events": False}


def test_without_the_tick_nothing_is_agreed_to(site: Site) -> None:
    answer = site.post({"email": "ada@example.test"})
    assert "did not tick the box" in answer.text
    (lead,) = site.rows(LeadRow)
    assert (lead.consent, site.rows(EmailPreference)) == ("unknown", [])


def test_a_stranger_changes_nothing_of_somebody_who_is_known(site: Site) -> None:
    site.post({**ADA, **LINK})
    before = site.rows(LeadRow)[0].model_dump()
    answer = site.post({"email": "ada@example.test", "first_name": "Mallory", "utm_source": "evil"}, f"{PAGE}/a")
    assert answer.status_code == 200
    assert [row.model_dump() for row in site.rows(LeadRow)] == [before]
    assert len(site.rows(Enrolment)) == 1


def test_a_message_is_kept_as_text_and_told_in_the_timeline(site: Site) -> None:
    asked = "Does it run on <b>Linux</b>?\r\n\r\nWe have {{ 7*7 }} hosts. " + "é" * 900
    kept = " ".join(asked.split())
    assert site.post({**ADA, "message": asked}).status_code == 200
    (row,) = site.rows(LeadRow)
    assert row.attributes["message"] == kept
    with site.database.read() as session:
        told = timeline(session, leads.get_lead(session, row.lead_id))
    assert [one.detail for one in told if one.what == "message"] == [kept]


def test_messages_of_somebody_who_is_known_stand_beside_each_other_up_to_a_limit(site: Site) -> None:
    for text in ("first", "first", "second", "third", "fourth", "fifth"):
        assert site.post({**ADA, "message": text}).status_code == 200
    answer = site.post({**ADA, "message": "sixth"})
    assert answer.status_code == 422 and "write to us instead" in answer.text
    (row,) = site.rows(LeadRow)
    with site.database.read() as session:
        told = messages(leads.get_lead(session, row.lead_id))
    assert [text for _, text in told] == ["first", "second", "third", "fourth", "fifth"]
    assert site.post(ADA).status_code == 200


def test_an_attribute_of_that_name_from_elsewhere_is_no_message(site: Site) -> None:
    odd: list[dict[str, Attribute]] = [
        {"message": "no moment"}, {"message": "no zone", "message_at": "2026-01-01T00:00:00"},
        {"message": "no date", "message_at": "soon"}, {"message": 7, "message_at": "2026-01-01T00:00:00+00:00"},
    ]  # fmt: skip
    for number, attributes in enumerate(odd):
        person = NewLead(venture_id="fleet", email=f"a{number}@a.test", attributes=attributes)
        assert messages(person.as_lead("lead-1")) == []


def test_test_data_is_stored_as_such_and_enrols_nobody(site: Site) -> None:
    page = site.get(f"{PAGE}/a", test="1")
    assert Page(page.text).hidden() == {"test": "1"}
    answer = site.post({**ADA, "test": "1"})
    assert "test data" in answer.text
    (lead,) = site.rows(LeadRow)
    assert (lead.is_test, "test" in lead.attributes, site.rows(Enrolment)) == (True, False, [])


def test_a_program_that_fills_the_trap_is_thanked_and_nothing_is_kept(site: Site) -> None:
    page = Page(site.get(PAGE).text)
    (trap,) = [i for i in page.all("input") if i.get("name") == "homepage"]
    assert trap["tabindex"] == "-1"
    assert "Thank you" in site.post({**ADA, "homepage": "https://spam.test"}).text
    assert site.rows(LeadRow) == []


BAD: dict[str, tuple[dict[str, str], str]] = {
    "no address": ({}, "Email: enter your address."),
    "blank address": ({"email": "   "}, "Email: enter your address."),
    "no domain": ({"email": "ada"}, "Email: this is no email address"),
    "two addresses": ({"email": "a@a.test,b@b.test"}, "Email: this is no email address"),
    "header injection": ({"email": "a@a.test\r\nBcc: b@b.test"}, "Email: this is no email address"),
    "a long name": ({"email": "a@a.test", "first_name": "x" * 201}, "First name: enter at most 200"),
    "a turned name": ({"email": "a@a.test", "first_name": "abc\u202edef"}, "First name: leave out"),
    "a company over two lines": ({"email": "a@a.test", "company": "a\nb"}, "Company: leave out"),
    "a long message": ({"email": "a@a.test", "message": "x" * 1001}, "Message: enter at most 1000"),
    "a turned message": ({"email": "a@a.test", "message": "abc\u202edef"}, "Message: leave out"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_form_that_is_wrong_comes_back_with_what_was_typed_and_what_is_wrong(site: Site, name: str) -> None:
    fields, fault = BAD[name]
    answer = site.post({"company": "Kept & kept", **LINK, **fields})
    page = sound(answer)
    assert answer.status_code == 422 and fault in unescape(answer.text)
    assert page.hidden() == LINK
    (marked,) = [i for i in (*page.all("input"), *page.all("textarea")) if i.get("aria-invalid")]
    assert marked["id"] == fault.partition(":")[0].lower().replace(" ", "_")
    assert marked["aria-describedby"] == f"{marked['id']}-fault"
    assert site.rows(LeadRow) == []


Post = Callable[[Site], Response]
WHOLE: dict[str, tuple[Post, int, str]] = {
    "20 MB": (lambda s: s.client.post(f"{PAGE}/a", content=b"email=" + b"x" * 20_000_000, headers=FORM), 413, "32768"),
    "JSON": (lambda s: s.client.post(f"{PAGE}/a", json={"email": "a@a.test"}), 415, "urlencoded"),
    "no UTF-8": (lambda s: s.client.post(f"{PAGE}/a", content=b"email=%ff%fe", headers=FORM), 400, "UTF-8"),
    "bytes": (lambda s: s.client.post(f"{PAGE}/a", content=b"\xff\xfe", headers=FORM), 400, "UTF-8"),
    "ten thousand fields": (
        lambda s: s.client.post(f"{PAGE}/a", content=urlencode([("email", "a@a.test")] * 10_000), headers=FORM),
        *(413, "32768"),
    ),
    "a hundred fields": (lambda s: s.client.post(f"{PAGE}/a", content="a=1&" * 100, headers=FORM), 400, "60 fields"),
    "another variant": (lambda s: s.post(ADA, f"{PAGE}/e"), 404, "no page"),
    "another segment": (lambda s: s.post(ADA, "/p/fleet/fleet-landing-page/nobody/a"), 404, "no page"),
    "another venture": (lambda s: s.post(ADA, "/p/life/fleet-landing-page/it-platform/a"), 404, "no page"),
    "a campaign of mails": (lambda s: s.post(ADA, "/p/fleet/fleet-email-drip/it-platform/a"), 404, "no page"),
}


@pytest.mark.parametrize("name", WHOLE)
def test_what_is_no_form_of_ours_is_refused_on_a_page(site: Site, name: str) -> None:
    post, status, told = WHOLE[name]
    answer = post(site)
    sound(answer)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert told in answer.text and site.rows(LeadRow) == []


def test_whoever_posts_too_often_is_asked_to_wait(site: Site) -> None:
    answers = [site.post({"email": f"a{n}@a.test"}) for n in range(campaign_pages.POSTS_A_MINUTE + 3)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert len(refused) == 3 and 0 < int(refused[0].headers["retry-after"]) <= 60
    sound(refused[0])
    assert len(site.rows(LeadRow)) == campaign_pages.POSTS_A_MINUTE
    assert site.get(PAGE).status_code == 200


@pytest.mark.parametrize("status", ["draft", "content_ready", "paused"])
def test_a_page_is_open_only_while_its_campaign_is(empty: Site, status: str) -> None:
    publish(empty.database, status=status)
    assert empty.get(PAGE).status_code == 404
    assert empty.post(ADA).status_code == 404
    assert empty.rows(LeadRow) == []


def test_whoever_registers_is_told_the_day_and_no_link_that_nobody_set_and_the_reminders_know_it(site: Site) -> None:
    page = site.get(f"{SESSION}/a")
    sound(page)
    answer = site.post({**ADA, **LINK}, f"{SESSION}/a")
    assert "You are registered." in answer.text and "Your link to it" not in answer.text
    (lead,) = site.rows(LeadRow)
    assert (lead.lead_source, lead.attributes[REGISTERED]) == ("webinar_page", "fleet-webinar-funnel")
    agreed = {row.purpose: row.allowed for row in site.rows(EmailPreference)}
    assert agreed == {"product": False, "newsletter": False, "events": True}
    site.post({"email": "ada@example.test"}, f"{SESSION}/b")
    assert site.rows(LeadRow)[0].attributes[REGISTERED] == "fleet-webinar-funnel"


FUNNEL = "fleet-webinar-funnel-it-platform"


def _started(site: Site) -> list[tuple[str, str]]:
    with site.database.read() as session:
        asked = "SELECT trigger_id, workflow_id FROM workflow_executions ORDER BY execution_id"
        return [(str(one), str(other)) for one, other in session.connection().exec_driver_sql(asked)]


def test_a_stranger_who_registers_waits_for_the_reminders_once(site: Site) -> None:
    for label in "aab":
        assert site.post(ADA, f"{SESSION}/{label}").status_code == 200
    assert _started(site) == [(f"{FUNNEL}-registered", FUNNEL)]


def test_an_invited_lead_who_registers_stays_where_it_is(site: Site) -> None:
    person = NewLead(
        venture_id="fleet", email="ada@example.test", segment_id="it-platform", lead_source="webinar_list",
        consent="granted",
    )  # fmt: skip
    with site.database.write() as session:
        insert_lead(session, person, site.database.clock.now())
    assert _started(site) == [(f"{FUNNEL}-invited", FUNNEL)]
    site.post(ADA, f"{SESSION}/a")
    assert site.rows(LeadRow)[0].attributes[REGISTERED] == "fleet-webinar-funnel"
    assert _started(site) == [(f"{FUNNEL}-invited", FUNNEL)]


def test_a_known_lead_who_was_not_invited_is_reminded_as_well_and_test_data_is_not(site: Site) -> None:
    site.post(ADA)
    site.post(ADA, f"{SESSION}/a")
    site.post({**ADA, "email": "test@example.test", "test": "1"}, f"{SESSION}/a")
    assert [workflow for _, workflow in _started(site)] == ["fleet-email-drip-it-platform", FUNNEL]


def test_nobody_registers_for_what_has_begun(empty: Site) -> None:
    publish(empty.database, starts=date(2024, 1, 1))
    for answer in (empty.get(SESSION), empty.post(ADA, f"{SESSION}/a")):
        assert answer.status_code == 410 and "closed" in answer.text
        sound(answer)
    assert empty.rows(LeadRow) == []


def _with(content: CampaignContent, **texts: str) -> CampaignContent:
    """Copy in which these elements of every piece hold other texts."""

    def changed(element: ContentElement) -> ContentElement:
        if element.variable not in texts:
            return element
        variants = tuple(Variant(label=v.label, text=texts[element.variable]) for v in element.variants)
        return element.model_copy(update={"variants": variants})

    pieces = (p.model_copy(update={"elements": tuple(map(changed, p.elements))}) for p in content.pieces)
    return content.model_copy(update={"pieces": tuple(pieces)})


@pytest.mark.parametrize(
    ("name", "hero", "runs"),
    [
        ("🚀🔥", "Ship <script>alert(1)</script> & more", "ltr"),
        ("أسطول", "إدارة الأجهزة لفرق تقنية المعلومات", "rtl"),
        ('"><script>alert(2)</script>', '"><img src=x onerror=alert(3)>', "ltr"),
        ("{{ 7*7 }}", "{% for x in y %}{{ self.__class__ }}", "ltr"),
    ],
)
def test_what_people_write_is_text_whatever_it_is(empty: Site, name: str, hero: str, runs: str) -> None:
    drafts, content = venture("fleet")
    brief = drafts.brief.model_copy(update={"name": name})
    publish(
        empty.database,
        brief=brief,
        content=_with(content, hero=hero, subhead=hero, page_headline=hero, page_intro=hero),
    )
    for answer in (empty.get(f"{PAGE}/a"), empty.get(f"{SESSION}/a"), empty.post(ADA)):
        page = sound(answer)
        assert name in unescape(answer.text)
        assert page.all("html")[0].get("dir") in (runs, None)
    assert hero in unescape(empty.get(f"{PAGE}/a").text)


def test_the_rest_of_the_server_stays_closed(site: Site) -> None:
    assert site.client.get("/").status_code == site.client.get("/p").status_code == 401
    assert site.client.put(f"{PAGE}/a").status_code == 405


def test_after_the_form_a_landing_page_leads_on_to_its_offer_and_a_registration_to_the_site(site: Site) -> None:
    def onward(path: str) -> str:
        (link,) = [a["href"] for a in Page(site.post(ADA, path).text).all("a") if "fleetdm.com" in str(a["href"])]
        return str(link)

    offer = onward(f"{PAGE}/b")
    assert offer.startswith("https://fleetdm.com/") and "utm_content=fleet-landing-page-it-platform-1-b" in offer
    assert "utm_" not in onward(f"{SESSION}/a")
