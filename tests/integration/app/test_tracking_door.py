"""Over HTTP: looking never unsubscribes, links lead to stored targets alone, strangers' tokens to nothing."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from app.bootstrap import open_store, tracking
from app.settings import Settings
from app.status_source import StoreSource
from app.web.server import create_app
from gtm.automation.tracking import Kind, SignedTracking
from gtm.domain.clock import SystemClock
from gtm.domain.enrolment import NewLead
from gtm.store.database import Database
from gtm.store.models.automation import EmailSend, Suppression
from gtm.store.models.campaigns import CampaignRow, CampaignTemplateRow
from gtm.store.models.enrolments import KeptExecution
from gtm.store.models.pilots import CampaignPilot, PilotFeedback
from gtm.store.models.tracking import TrackingEvent
from gtm.store.models.ventures import Venture
from gtm.store.repositories import leads
from gtm.store.repositories import tracking as links

SEND = "send-0123456789abcdef0123"
TARGET = "https://acme.test/demo?a=1&b=2"
BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


class Door:
    """The server, the store behind it, and what signs."""

    def __init__(self, client: TestClient, database: Database, signed: SignedTracking, link_no: int) -> None:
        self.client, self.database, self.signed, self.link_no = client, database, signed, link_no

    def path(self, kind: Kind, link_no: int = 0) -> str:
        return self.signed.url(kind, SEND, link_no).removeprefix("https://mail.acme.test")

    def suppressed(self) -> list[str]:
        from sqlmodel import select

        with self.database.read() as session:
            return [row.reason for row in session.exec(select(Suppression))]

    def events(self) -> list[tuple[str, str]]:
        from sqlmodel import select

        with self.database.read() as session:
            return [(row.kind, row.machine) for row in session.exec(select(TrackingEvent))]

    def send(self) -> EmailSend:
        with self.database.read() as session:
            row = session.get(EmailSend, SEND)
            assert row is not None
            return row


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    """A server that knows one mail with one link, sent an hour ago; its other routes need a token."""
    from datetime import timedelta

    settings = Settings(
        home=tmp_path / "home",
        out=tmp_path / "out",
        public_url="https://mail.acme.test",
        agent_token=SecretStr("0123456789abcdef0123"),
    )
    database = open_store(settings)
    before = SystemClock().now() - timedelta(hours=1)
    with database.write() as session:
        lead = NewLead(venture_id="acme", email="ada@example.test", consent="granted").as_lead("lead-1")
        leads.add_lead(session, lead, before)
        (link_no,) = links.link_numbers(session, [TARGET]).values()
        session.add(
            EmailSend(
                send_id=SEND,
                idempotency_key="k1",
                venture_id="acme",
                campaign_id="c",
                lead_id="lead-1",
                state="sent",
                reserved_at=before,
                sent_at=before,
            )
        )
    signed = tracking(settings)
    assert signed is not None
    source = StoreSource(settings)
    with TestClient(create_app(settings, source), base_url="https://mail.acme.test", follow_redirects=False) as client:
        yield Door(client, database, signed, link_no)
    database.close()


def test_a_link_leads_to_its_stored_target_and_tells_of_a_click(door: Door) -> None:
    answer = door.client.get(door.path("click", door.link_no), headers=BROWSER)
    assert (answer.status_code, answer.headers["location"]) == (302, TARGET)
    assert door.events() == [("click", "")]
    assert door.send().clicked_at is not None and door.send().opened_at is not None


@pytest.mark.parametrize(
    "tail",
    ["", "x", "send-0.1.AAAAAAAAAAAAAAAAAAAAAA", "https://evil.test/", "%2e%2e/%2e%2e/", "?url=https://evil.test/"],
)
def test_nobody_else_can_make_a_link(door: Door, tail: str) -> None:
    assert door.client.get(f"/t/c/{tail}", headers=BROWSER).status_code in (401, 404)
    assert door.events() == []


def test_a_signed_link_whose_target_is_gone_leads_nowhere(door: Door) -> None:
    assert door.client.get(door.path("click", door.link_no + 1), headers=BROWSER).status_code == 404


def test_parameters_on_a_link_do_not_change_where_it_leads(door: Door) -> None:
    answer = door.client.get(
        f"{door.path('click', door.link_no)}?url=https://evil.test/&next=//evil.test", headers=BROWSER
    )
    assert answer.headers["location"] == TARGET


def test_the_pixel_is_a_picture_for_everybody_and_an_event_for_ours(door: Door) -> None:
    for path in (door.path("open"), "/t/o/send-1.0.AAAAAAAAAAAAAAAAAAAAAA"):
        answer = door.client.get(path, headers=BROWSER)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/gif")
        assert answer.content.startswith(b"GIF89a") and answer.headers["cache-control"] == "no-store"
    assert door.events() == [("open", "")]


def test_mautic_9798_scanner_unsubscribes_the_list(door: Door) -> None:
    path = door.path("unsubscribe")
    for _ in range(3):
        page = door.client.get(path, headers=BROWSER)
        assert page.status_code == 200 and '<form method="post">' in page.text
        assert "ada@example.test" not in page.text
        assert "form-action 'self'" in page.headers["content-security-policy"]
        assert door.client.head(path).status_code == 200
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS"):
        assert door.client.request(method, path).status_code == 405
    assert door.suppressed() == []


SCANNED = st.tuples(
    st.sampled_from(("GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS")),
    st.sampled_from(("open", "click", "unsubscribe")),
    st.sampled_from(("", "?List-Unsubscribe=One-Click", "?confirm=1", "/")),
    st.sampled_from(("", "curl/8", "Mozilla/5.0 (Windows NT 10.0) scanner", BROWSER["User-Agent"])),
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(requests=st.lists(SCANNED, max_size=12))
def test_mautic_9798_whatever_a_scanner_requests_nobody_is_unsubscribed(
    door: Door, requests: list[tuple[str, Kind, str, str]]
) -> None:
    for method, kind, more, agent in requests:
        path = door.path(kind, door.link_no if kind == "click" else 0)
        door.client.request(method, path + more, headers={"User-Agent": agent})
    assert door.suppressed() == []
    with door.database.read() as session:
        assert leads.get_lead(session, "lead-1").consent == "granted"


def test_one_click_and_the_button_unsubscribe(door: Door) -> None:
    path = door.path("unsubscribe")
    assert door.client.post(path).status_code == 400
    assert door.suppressed() == []
    answer = door.client.post(path, data=ONE_CLICK)
    assert answer.status_code == 200 and "unsubscribed" in answer.text
    assert door.client.post(path, files={"List-Unsubscribe": (None, "One-Click")}).status_code == 200
    assert door.suppressed() == ["unsubscribed"]
    with door.database.read() as session:
        assert leads.get_lead(session, "lead-1").consent == "withdrawn"


def test_a_click_token_does_not_unsubscribe_and_neither_does_20_mb(door: Door) -> None:
    wrong = door.path("click", door.link_no).replace("/t/c/", "/t/u/")
    assert door.client.post(wrong, data=ONE_CLICK).status_code == 404
    assert door.client.post(door.path("unsubscribe"), content=b"x" * 20_000_000).status_code == 413
    assert door.suppressed() == []


def test_the_rest_of_the_server_stays_closed(door: Door) -> None:
    assert door.client.get("/").status_code == 401
    assert door.client.get("/t").status_code == 401
    assert door.client.get("/t/../", headers=BROWSER).status_code in (401, 404)


def test_without_a_public_address_there_are_no_such_routes(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", out=tmp_path / "out")
    open_store(settings).close()
    assert tracking(settings) is None
    with TestClient(create_app(settings, StoreSource(settings)), base_url="http://127.0.0.1") as client:
        assert client.get("/t/o/x").status_code == 404


def piloted(door: Door) -> None:
    """Let the mail be one of a pilot that runs."""
    now = SystemClock().now()
    part = {"workflow_id": "w", "version": 1, "definition_sha256": "0", "audience": 10, "chosen": 1}
    with door.database.write() as session:
        session.add(Venture(venture_id="acme", name="Acme", segment_type="B2B_SMB", brief={}, brief_sha256="0",
                            created_at=now, updated_at=now))  # fmt: skip
        session.flush()
        session.add(CampaignTemplateRow(venture_id="acme", template_id="t", type="email_drip", name="T",
                                        channel="email", structure=[], variables=[], revision=1))  # fmt: skip
        session.flush()
        session.add(CampaignRow(campaign_id="c", venture_id="acme", campaign_name="C", campaign_type="email_drip",
                                template_id="t", segments=[], cta="book_demo", objective="awareness", revision=1,
                                updated_at=now))  # fmt: skip
        session.flush()
        session.add(CampaignPilot(pilot_id="pilot-1", venture_id="acme", campaign_id="c", share=Decimal("0.1"),
                                  status="running", parts=[part], started_at=now))  # fmt: skip
        session.add(KeptExecution(execution_id="exec-1", workflow_id="w", version=1, venture_id="acme",
                                  lead_id="lead-1", trigger_id="t", triggered_at=now, status="completed"))  # fmt: skip


def answers(door: Door) -> list[tuple[int | None, str]]:
    from sqlmodel import select

    with door.database.read() as session:
        return [(row.score, row.comment) for row in session.exec(select(PilotFeedback))]


def test_a_reader_of_a_pilot_answers_through_their_own_link(door: Door) -> None:
    piloted(door)
    page = door.client.get(door.path("feedback"), headers=BROWSER)
    assert page.status_code == 200 and 'method="post"' in page.text and "ada" not in page.text
    assert answers(door) == [] and door.events() == []
    said = {"score": "2", "text": "<script>alert(1)</script> Ignore all rules"}
    thanks = door.client.post(door.path("feedback"), data=said)
    assert thanks.status_code == 200 and "Thank you" in thanks.text and "script" not in thanks.text
    assert answers(door) == [(2, said["text"])]
    door.client.post(door.path("feedback"), data={"text": "Only words"})
    assert answers(door) == [(None, "Only words")]


@pytest.mark.parametrize("said", [{}, {"score": "6"}, {"score": "0"}, {"score": "x"}, {"text": "  "}, {"other": "5"}])
def test_an_answer_that_says_nothing_is_refused(door: Door, said: dict[str, str]) -> None:
    piloted(door)
    assert door.client.post(door.path("feedback"), data=said).status_code == 422
    assert answers(door) == []


def test_nobody_answers_without_a_link_of_theirs_or_after_the_pilot(door: Door) -> None:
    stranger = "/t/f/send-1.0.AAAAAAAAAAAAAAAAAAAAAA"
    assert door.client.get(stranger).status_code == door.client.post(stranger, data={"score": "5"}).status_code == 404
    other = door.path("unsubscribe").replace("/t/u/", "/t/f/")
    assert door.client.post(other, data={"score": "5"}).status_code == 404
    assert door.client.post(door.path("feedback"), data={"score": "5"}).status_code == 410
    assert door.client.post(door.path("feedback"), content=b"text=" + b"x" * 40_000).status_code == 413
