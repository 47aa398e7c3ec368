"""What is opened, clicked, bounced and complained about, from the wire to the columns that conditions read."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlmodel import select

from gtm.automation.engine import Worker
from gtm.automation.feedback import Applied, apply_message
from gtm.automation.ports import RenderedEmail
from gtm.automation.tracking import Kind, Mark, SignedTracking
from gtm.automation.tracking_events import MAX_EVENTS, record, unsubscribe
from gtm.domain.enrolment import Lead
from gtm.store.models.automation import EmailSend, LeadRow, Suppression
from gtm.store.models.tracking import TrackedLink, TrackingEvent
from tests.integration.automation.surroundings import Stage, drip, signup
from tests.unit.connectors.test_bounces import ARF, DSN

TRACKING = SignedTracking("https://mail.acme.test", b"0123456789abcdef")
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


class Linked:
    """Mails with three links, one of them personal."""

    def email_for(self, content_ref: str, lead: Lead, assignment_key: str) -> RenderedEmail:
        leave = f"https://acme.test/u/{lead.lead_id}"
        links = ("https://acme.test/a", "https://acme.test/b", leave)
        html = "<body>" + "".join(f'<a href="{link}">x</a>' for link in links) + "</body>"
        return RenderedEmail(subject="s", text=f"t {leave}", html=html, unsubscribe_url=leave)


def sent(stage: Stage, count: int = 1) -> list[EmailSend]:
    """So many mails that went out with links in them."""
    stage.configure(drip(), signup())
    for number in range(count):
        stage.lead(number)
    services = replace(stage.services(), email_source=Linked(), tracking=TRACKING)
    Worker(stage.database, stage.clock, services, name="w").run_until_idle()
    return [send for send in stage.rows(EmailSend) if send.state == "sent"]


def seen(stage: Stage, send: EmailSend, kind: Kind, link: int = 0, agent: str = FIREFOX, method: str = "GET") -> str:
    """Let something come in; what it was judged."""
    with stage.database.write() as session:
        event = record(session, kind, Mark(send.send_id, link), method=method, user_agent=agent, now=stage.clock.now())
    return event.machine if event is not None else "dropped"


def now_on(stage: Stage, send: EmailSend) -> tuple[Any, Any]:
    with stage.database.read() as session:
        row = session.exec(select(EmailSend).where(EmailSend.send_id == send.send_id)).one()
        return row.opened_at, row.clicked_at


def test_links_on_the_wire_are_signed_and_their_targets_are_stored_once(stage: Stage) -> None:
    sends = sent(stage, 3)
    assert sorted(row.target for row in stage.rows(TrackedLink)) == ["https://acme.test/a", "https://acme.test/b"]
    numbers = {row.target: row.link_no for row in stage.rows(TrackedLink)}
    for send in sends:
        (mail,) = [m for m in stage.sink.received if m.message_id == send.message_id]
        body = mail.message.get_body(("html",))
        assert body is not None
        html = body.get_content()
        found = re.findall(r'href="([^"]+)"', html)
        assert found == [
            TRACKING.url("click", send.send_id, numbers["https://acme.test/a"]),
            TRACKING.url("click", send.send_id, numbers["https://acme.test/b"]),
            TRACKING.unsubscribe_url(send.send_id),
        ]
        assert mail.message["List-Unsubscribe"] == f"<{TRACKING.unsubscribe_url(send.send_id)}>"
        assert mail.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_the_first_thing_a_person_did_is_what_counts(stage: Stage) -> None:
    (send,) = sent(stage)
    assert seen(stage, send, "open") == "too soon after delivery"
    stage.advance(hours=1)
    assert seen(stage, send, "open", agent="Mozilla/5.0") == "a mail privacy proxy"
    assert now_on(stage, send) == (None, None)
    first = stage.advance(hours=1)
    assert seen(stage, send, "open") == ""
    stage.advance(hours=1)
    assert seen(stage, send, "open") == ""
    clicked = stage.advance(hours=1)
    assert seen(stage, send, "click", 1) == ""
    assert now_on(stage, send) == (first, clicked)
    assert [event.kind for event in stage.rows(TrackingEvent)] == ["open"] * 4 + ["click"]


def test_a_click_is_an_opening_even_when_pictures_are_off(stage: Stage) -> None:
    (send,) = sent(stage)
    at = stage.advance(hours=1)
    seen(stage, send, "click", 1)
    assert now_on(stage, send) == (at, at)


def test_a_scanners_burst_is_taken_back_and_a_person_later_counts(stage: Stage) -> None:
    (send,) = sent(stage)
    stage.advance(minutes=1)
    for link in (1, 2):
        seen(stage, send, "click", link)
        stage.clock.advance(timedelta(milliseconds=300))
    assert now_on(stage, send) == (None, None)
    assert {event.machine for event in stage.rows(TrackingEvent)} == {"several links in no time"}
    at = stage.advance(hours=2)
    seen(stage, send, "click", 1)
    assert now_on(stage, send) == (at, at)


def test_events_of_one_mail_fill_no_table_and_those_of_none_leave_no_trace(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    (send,) = sent(stage)
    stage.advance(hours=1)
    with stage.database.write() as session:
        for _ in range(MAX_EVENTS + 5):
            record(session, "open", Mark(send.send_id, 0), method="GET", user_agent="x" * 900, now=stage.clock.now())
    assert len(stage.rows(TrackingEvent)) == MAX_EVENTS
    assert {len(event.user_agent) for event in stage.rows(TrackingEvent)} == {300}
    with stage.database.write() as session:
        assert not unsubscribe(session, Mark("send-0", 0), user_agent="", now=stage.clock.now())
    assert stage.rows(Suppression) == []


def test_unsubscribing_suppresses_withdraws_and_ends_the_way(stage: Stage) -> None:
    (send,) = sent(stage)
    for _ in range(2):
        with stage.database.write() as session:
            assert unsubscribe(session, Mark(send.send_id, 0), user_agent=FIREFOX, now=stage.clock.now())
    assert [(row.email, row.reason) for row in stage.rows(Suppression)] == [("lead0@example.test", "unsubscribed")]
    assert [row.consent for row in stage.rows(LeadRow)] == ["withdrawn"]
    stage.advance(hours=48)
    stage.worker().run_until_idle()
    assert len(stage.sink.received) == 1


def report(stage: Stage, template: bytes, send: EmailSend, **values: bytes) -> Applied:
    raw = template % {name.encode(): value for name, value in values.items()}
    raw = raw.replace(b"<0123456789@acme.test>", str(send.message_id).encode())
    raw = raw.replace(b"Ada@Example.test", b"Lead0@Example.test").replace(b"ada@example.test", b"lead0@example.test")
    with stage.database.write() as session:
        return apply_message(session, raw, stage.clock.now())


def test_a_dead_mailbox_is_suppressed_and_a_policy_refusal_is_not(stage: Stage) -> None:
    (send,) = sent(stage)
    assert report(stage, DSN, send, action=b"delayed", status=b"4.4.1") == Applied(delayed=1)
    assert stage.rows(EmailSend)[0].delivery_status == "accepted"
    assert report(stage, DSN, send, action=b"failed", status=b"5.7.1") == Applied(refused=1)
    assert stage.rows(Suppression) == [] and stage.rows(EmailSend)[0].delivery_status == "bounced"
    assert report(stage, DSN, send, action=b"failed", status=b"5.1.1") == Applied(mailboxes=1)
    assert [row.reason for row in stage.rows(Suppression)] == ["bounced"]
    assert stage.rows(EmailSend)[0].delivered_at is None
    assert [row.consent for row in stage.rows(LeadRow)] == ["unknown"]


def test_a_complaint_is_suppressed_and_withdraws_consent(stage: Stage) -> None:
    (send,) = sent(stage)
    assert report(stage, ARF, send, kind=b"not-spam") == Applied()
    assert report(stage, ARF, send, kind=b"abuse") == Applied(complaints=1)
    assert [row.reason for row in stage.rows(Suppression)] == ["complained"]
    assert [row.consent for row in stage.rows(LeadRow)] == ["withdrawn"]
    assert stage.rows(EmailSend)[0].delivery_status == "complained"


def test_a_report_that_names_no_mail_of_ours_or_somebody_else_changes_nothing(stage: Stage) -> None:
    (send,) = sent(stage)
    with stage.database.write() as session:
        assert (
            apply_message(session, DSN % {b"action": b"failed", b"status": b"5.1.1"}, stage.clock.now()).unmatched == 1
        )
        forged = (ARF % {b"kind": b"abuse"}).replace(b"<0123456789@acme.test>", str(send.message_id).encode())
        assert apply_message(session, forged, stage.clock.now()).unmatched == 1
    assert stage.rows(Suppression) == []


def test_a_dead_mailbox_at_the_wire_is_suppressed_at_once(stage: Stage) -> None:
    stage.configure(drip(), signup())
    lead = stage.lead(1)
    stage.sink.answer(lead.lead.email, 550)
    stage.worker().run_until_idle()
    assert [(row.email, row.reason) for row in stage.rows(Suppression)] == [(lead.lead.email, "bounced")]
    assert [(s.state, s.delivery_status) for s in stage.rows(EmailSend)] == [("failed", "bounced")]
