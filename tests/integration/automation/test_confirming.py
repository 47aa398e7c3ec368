"""Double opt-in on both databases: asked by one mail, confirmed by its link once, erased where nobody confirms."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from gtm.automation.asking import Asked
from gtm.automation.choosing import leave
from gtm.automation.confirming import asking, confirm
from gtm.automation.erasing import erase_person
from gtm.automation.maintenance.confirmations import forget_unconfirmed, send_confirmations
from gtm.automation.maintenance.outbox import drain_outbox
from gtm.automation.ports import Services
from gtm.automation.registering import FormTaken, take_form
from gtm.automation.tracking import SignedTracking
from gtm.automation.triggers.bulk import enrol_all
from gtm.automation.triggers.conditional import change_lead
from gtm.automation.triggers.database_insert import insert_lead
from gtm.automation.triggers.enrol import Fired
from gtm.automation.triggers.manual import start_manually
from gtm.connectors.base import OutgoingEmail
from gtm.domain.conditions import Predicate
from gtm.domain.delivery import DeliveryPolicy, FrequencyCap
from gtm.domain.enrolment import Lead, NewLead
from gtm.domain.errors import OutcomeUnknown
from gtm.domain.preferences import Preference
from gtm.domain.sessions import REGISTERED
from gtm.domain.workflow import TriggerDefinition
from gtm.store.models.automation import EmailSend, LeadRow, Suppression
from gtm.store.models.consent_requests import ConsentRequest
from gtm.store.models.enrolments import Enrolment
from gtm.store.models.logs import AuditEntry
from gtm.store.models.preferences import EmailPreference
from gtm.store.models.ventures import Venture
from gtm.store.repositories import leads, preferences
from tests.integration.automation.surroundings import KilledHere, Scripted, Stage, drip, signup
from tests.integration.automation.test_guards import venture

WORDS = "acme may email me about the product and its offers."
TRACKING = SignedTracking("https://go.acme.test", b"0123456789abcdef")
LINK = re.compile(r"https://go\.acme\.test/t/y/(\S+)")
DAYS = timedelta(days=7)


@pytest.fixture(autouse=True)
def acme(stage: Stage) -> None:
    """A venture whose drip waits for leads of its website."""
    venture(stage)
    stage.configure(drip(), signup())


def form(stage: Stage, email: str = "ada@example.test", **other: Any) -> FormTaken:
    """A form with its box ticked."""
    now = stage.clock.now()
    own = {"consent_text": WORDS, "consent_at": now.isoformat()} | other.pop("attributes", {})
    person = NewLead(
        venture_id="acme", email=email, lead_source="website", consent="granted", attributes=own,
        is_test=other.pop("is_test", False),
    )  # fmt: skip
    values = {"purpose": "product", "wording": WORDS, "source": "/p/acme/c/s/a", "lead_source": "website"} | other
    confirms = Asked.model_validate(values | {"expires_at": now + DAYS})
    with stage.database.write() as session:
        return take_form(
            session, person, purpose=confirms.purpose, registers_for=confirms.registers_for, confirms=confirms, now=now
        )


def services(stage: Stage, mailer: Any = None, **other: Any) -> Services:
    return replace(stage.services(mailer), tracking=TRACKING, **other)


def mail(stage: Stage, **how: Any) -> int:
    """Have due mails sent; how many were."""
    return send_confirmations(stage.database, services(stage, **how), stage.clock.now()).done


def links(stage: Stage) -> list[str]:
    """The tokens of the links that arrived."""
    return [
        LINK.findall(str(one.message.get_content()))[0]
        for one in stage.sink.received
        if one.message["Subject"] == "Please confirm: mail from acme"
    ]


def press(stage: Stage, token: str) -> tuple[Fired, ...] | None:
    send_id = TRACKING.confirming(token, stage.clock.now())
    with stage.database.write() as session:
        return confirm(session, send_id, stage.clock.now()) if send_id is not None else None


def lead(stage: Stage) -> LeadRow:
    (row,) = stage.rows(LeadRow)
    assert isinstance(row, LeadRow)
    return row


def test_a_form_asks_by_one_mail_and_confirming_records_and_enrols(stage: Stage) -> None:
    taken = form(stage)
    assert (taken.created, taken.asked, taken.fired) == (True, True, ())
    assert (lead(stage).consent, lead(stage).attributes) == ("pending", {})
    assert stage.rows(Enrolment) == stage.rows(EmailPreference) == []
    assert mail(stage) == 1 and mail(stage) == 0
    (received,) = stage.sink.received
    text = str(received.message.get_content())
    assert received.recipient == "ada@example.test" and "12 January 2026, 09:00 UTC" in text
    assert WORDS in " ".join(text.split()) and received.message["List-Unsubscribe"] is None
    (send,) = stage.rows(EmailSend)
    assert (send.state, send.purpose, send.message_id) == ("sent", "transactional", received.message_id)

    asked_at = stage.clock.now()
    confirmed_at = stage.advance(hours=3)
    fired = press(stage, links(stage)[0])
    assert fired is not None and [one.skipped for one in fired] == [""]
    row = lead(stage)
    assert row.consent == "granted"
    assert row.attributes == {"consent_text": WORDS, "consent_at": confirmed_at.isoformat()}
    assert [one.lead_no for one in stage.rows(Enrolment)] == [row.lead_no]
    agreed = {one.purpose: one.allowed for one in stage.rows(EmailPreference)}
    assert agreed == {"product": True, "newsletter": False, "events": False}
    (entry,) = stage.rows(AuditEntry)
    assert (entry.action, entry.actor, entry.subject) == ("lead.consent_confirmed", "recipient", row.lead_id)
    assert entry.data == {
        "purpose": "product",
        "wording": WORDS,
        "source": "/p/acme/c/s/a",
        "asked_at": asked_at.isoformat(),
        "confirmed_at": confirmed_at.isoformat(),
        "mail": send.send_id,
    }
    assert stage.rows(ConsentRequest) == []


def test_who_is_pending_enters_by_no_trigger_at_all(stage: Stage) -> None:
    taken = form(stage)
    manual = TriggerDefinition(trigger_id="by-hand", type="manual", workflow_id="acme-drip")
    vip = (Predicate(field="status", value="vip"),)
    crossing = TriggerDefinition(trigger_id="vip", type="conditional", workflow_id="acme-drip", conditions=vip)
    stage.configure(drip(), signup(), manual, crossing)
    now = stage.clock.now()
    with stage.database.write() as session:
        assert start_manually(session, "by-hand", taken.lead_id, now).skipped == "the consent is not confirmed yet"
        (fired,) = change_lead(session, taken.lead_id, {"status": "vip"}, now)
    assert fired.skipped == "the consent is not confirmed yet"
    assert enrol_all(stage.database, "acme-drip-signup", now).enrolled == 0
    assert drain_outbox(stage.database, now).done == 0
    assert stage.rows(Enrolment) == []
    mail(stage)
    press(stage, links(stage)[0])
    assert enrol_all(stage.database, "acme-drip-signup", now).enrolled == 0
    assert len(stage.rows(Enrolment)) == 1


def test_a_link_works_once_and_until_its_moment(stage: Stage) -> None:
    form(stage)
    mail(stage)
    (token,) = links(stage)
    flipped = token[:-1] + ("A" if token[-1] != "A" else "B")
    name, until, signature = token.split(".")
    for wrong in (flipped, f"{name}.{int(until) + 1}.{signature}", f"send-1.{until}.{signature}", "", "x" * 300):
        assert TRACKING.confirming(wrong, stage.clock.now()) is None
    leaving = TRACKING.unsubscribe_url(name).rpartition("/")[2]
    assert TRACKING.confirming(leaving, stage.clock.now()) is None
    stage.clock.advance(DAYS - timedelta(seconds=1))
    with stage.database.read() as session:
        assert asking(session, name, stage.clock.now()) == ("acme", WORDS)
    assert press(stage, token) is not None
    assert press(stage, token) is None
    assert len(stage.rows(Enrolment)) == len(stage.rows(AuditEntry)) == 1


def test_an_expired_link_confirms_nothing(stage: Stage) -> None:
    form(stage)
    mail(stage)
    (token,) = links(stage)
    stage.clock.advance(DAYS)
    assert press(stage, token) is None
    with stage.database.write() as session:
        # Nor where the token says otherwise than the row.
        assert confirm(session, token.split(".")[0], stage.clock.now()) is None
    assert lead(stage).consent == "pending" and stage.rows(Enrolment) == []


def test_asking_twice_within_a_day_is_one_mail_and_another_purpose_another(stage: Stage) -> None:
    form(stage, registers_for="acme-one")
    stage.advance(hours=1)
    form(stage, registers_for="acme-two")
    assert mail(stage) == 1
    stage.clock.advance(timedelta(hours=23) - timedelta(seconds=1))
    form(stage)
    assert mail(stage) == 0
    form(stage, purpose="newsletter", wording="acme may email me about the newsletter and new articles.")
    assert mail(stage) == 1
    stage.advance(seconds=1)
    form(stage)
    assert mail(stage) == 1 and len(stage.sink.received) == 3
    first, newsletter, second = links(stage)
    assert press(stage, first) is not None
    assert lead(stage).attributes[REGISTERED] == "acme-one,acme-two"
    # Both links asked the same; the newsletter is still to be agreed to.
    assert press(stage, second) is None
    agreed = {one.purpose: one.allowed for one in stage.rows(EmailPreference)}
    assert agreed == {"product": True, "newsletter": False, "events": False}
    assert press(stage, newsletter) is not None
    assert {one.purpose: one.allowed for one in stage.rows(EmailPreference)}["newsletter"]
    assert len(stage.rows(Enrolment)) == 1


def test_of_two_buttons_pressed_and_two_forms_sent_at_once_one_counts(stage: Stage) -> None:
    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(lambda _: form(stage), range(4)))
    assert [one.created for one in taken].count(True) == 1 and len({one.lead_id for one in taken}) == 1
    assert mail(stage) == 1
    (token,) = links(stage)
    with ThreadPoolExecutor(4) as pool:
        pressed = list(pool.map(lambda _: press(stage, token), range(4)))
    assert pressed.count(None) == 3
    assert len(stage.rows(Enrolment)) == len(stage.rows(AuditEntry)) == 1


def test_who_does_not_confirm_is_erased_and_may_come_again(stage: Stage) -> None:
    form(stage, attributes={"message": "hello"})
    mail(stage)
    stage.clock.advance(DAYS - timedelta(seconds=1))
    assert forget_unconfirmed(stage.database, stage.clock.now()).done == 0
    stage.advance(seconds=1)
    done = forget_unconfirmed(stage.database, stage.clock.now())
    assert done.figures == {"requests": 1, "leads": 1}
    for model in (LeadRow, ConsentRequest, EmailSend, Suppression):
        assert stage.rows(model) == []
    (entry,) = stage.rows(AuditEntry)
    assert (entry.action, entry.actor) == ("lead.erased", "upkeep:unconfirmed")
    assert "ada@" not in str(entry.data)
    assert form(stage).created and mail(stage) == 1


def test_who_asked_again_later_keeps_until_the_last_link(stage: Stage) -> None:
    form(stage)
    stage.advance(days=3)
    form(stage)
    stage.advance(days=4)
    assert forget_unconfirmed(stage.database, stage.clock.now()).figures == {"requests": 1, "leads": 0}
    stage.advance(days=3)
    assert forget_unconfirmed(stage.database, stage.clock.now()).figures == {"requests": 1, "leads": 1}
    assert stage.rows(LeadRow) == []


@pytest.mark.parametrize("how", ["listed", "erased"])
def test_a_suppressed_address_gets_no_mail_and_stays_suppressed(stage: Stage, how: str) -> None:
    if how == "listed":
        stage.suppress("ada@example.test")
    else:
        known = stage_lead(stage)
        with stage.database.write() as session:
            erase_person(session, known, "ada", stage.clock.now())
    form(stage)
    assert mail(stage) == 0 and len(stage.sink.received) == 0
    (send,) = stage.rows(EmailSend)
    assert (send.state, send.delivery_status) == ("failed", "refused") and "suppression list" in send.refusal_reason
    with stage.database.write() as session:
        assert confirm(session, send.send_id, stage.clock.now()) is None
    stage.clock.advance(DAYS)
    assert forget_unconfirmed(stage.database, stage.clock.now()).figures == {"requests": 1, "leads": 1}
    with stage.database.read() as session:
        assert leads.suppressed(session, "acme", ["ada@example.test"])


def stage_lead(stage: Stage) -> Lead:
    with stage.database.write() as session:
        return insert_lead(session, NewLead(venture_id="acme", email="ada@example.test"), stage.clock.now()).lead


def test_a_stranger_changes_nothing_of_who_is_known_until_the_mailbox_confirms(stage: Stage) -> None:
    known = stage_lead(stage)
    before = lead(stage).model_dump()
    taken = form(stage)
    assert (taken.created, taken.asked, taken.fired) == (False, True, ())
    assert lead(stage).model_dump() == before and known.consent == "unknown"
    stage.clock.advance(DAYS)
    assert forget_unconfirmed(stage.database, stage.clock.now()).figures == {"requests": 1, "leads": 0}
    assert lead(stage).model_dump() == before
    form(stage)
    mail(stage)
    assert press(stage, links(stage)[-1]) is not None
    assert lead(stage).consent == "granted"


@pytest.mark.parametrize("consent", ["granted", "legitimate_interest", "withdrawn"])
def test_who_has_agreed_or_left_before_is_not_asked(stage: Stage, consent: str) -> None:
    stage.lead(email="ada@example.test", consent=consent)
    taken = form(stage)
    assert not taken.asked and [one.skipped for one in taken.fired] == ["duplicate"]
    assert mail(stage) == 0 and lead(stage).consent == consent


def test_test_data_is_not_asked(stage: Stage) -> None:
    assert not form(stage, is_test=True).asked
    assert mail(stage) == 0


def test_who_leaves_before_confirming_stays_gone(stage: Stage) -> None:
    taken = form(stage)
    mail(stage)
    with stage.database.write() as session:
        leave(session, taken.lead_id, stage.clock.now())
    assert press(stage, links(stage)[0]) is None
    assert lead(stage).consent == "withdrawn" and stage.rows(Enrolment) == []


def test_a_wish_about_how_often_outlives_the_confirmation(stage: Stage) -> None:
    taken = form(stage)
    with stage.database.write() as session:
        wish = Preference(allowed=False, every_days=7)
        preferences.save(session, "acme", taken.lead_id, {"product": wish}, stage.clock.now())
    mail(stage)
    press(stage, links(stage)[0])
    (product,) = [one for one in stage.rows(EmailPreference) if one.purpose == "product"]
    assert (product.allowed, product.every_days) == (True, 7)


def test_no_cap_or_quiet_hour_holds_the_mail_back_but_a_pause_and_the_days_limit_do(stage: Stage) -> None:
    policy = DeliveryPolicy(cap=FrequencyCap(per_day=1, per_week=1), daily=1)
    with stage.database.write() as session:
        row = session.get(Venture, "acme")
        assert row is not None
        row.paused_at, row.paused_reason = stage.clock.now(), "by hand"
    form(stage)
    form(stage, "eve@example.test")
    assert mail(stage, delivery=policy) == 0 and stage.rows(EmailSend) == []
    with stage.database.write() as session:
        row = session.get(Venture, "acme")
        assert row is not None
        row.paused_at = None
    stage.advance(minutes=1)
    assert mail(stage, delivery=policy) == 1
    stage.advance(hours=14)
    assert mail(stage, delivery=policy) == 0
    stage.advance(hours=1)
    assert mail(stage, delivery=policy) == 1


def test_a_refusal_for_now_is_tried_again_and_a_dead_mailbox_is_not(stage: Stage) -> None:
    stage.sink.answer("ada@example.test", 451, times=2)
    stage.sink.answer("eve@example.test", 550)
    form(stage)
    form(stage, "eve@example.test")
    assert mail(stage) == 0 and mail(stage) == 0
    assert [stage.sink.attempts(f"{name}@example.test") for name in ("ada", "eve")] == [1, 1]
    stage.advance(minutes=1)
    assert mail(stage) == 0
    stage.advance(minutes=2)
    assert mail(stage) == 1
    assert [stage.sink.attempts(f"{name}@example.test") for name in ("ada", "eve")] == [3, 1]
    assert {one.email: one.reason for one in stage.rows(Suppression)} == {"eve@example.test": "bounced"}


def test_a_mail_of_a_lost_worker_is_unknown_and_not_sent_again(stage: Stage) -> None:
    def die(_email: OutgoingEmail) -> None:
        raise KilledHere

    form(stage)
    with pytest.raises(KilledHere):
        mail(stage, mailer=Scripted(stage.mailer, die))
    stage.advance(minutes=10)
    assert mail(stage) == 0 and mail(stage) == 0 and len(stage.sink.received) == 0
    (send,) = stage.rows(EmailSend)
    assert (send.state, send.refusal_reason) == ("unknown", "the worker that reserved it was lost")


def test_a_mail_whose_fate_is_not_known_is_not_sent_again(stage: Stage) -> None:
    def break_off(_email: OutgoingEmail) -> None:
        raise OutcomeUnknown("the connection broke")

    form(stage)
    assert mail(stage, mailer=Scripted(stage.mailer, break_off)) == 0
    stage.advance(hours=2)
    assert mail(stage) == 0
    assert [send.state for send in stage.rows(EmailSend)] == ["unknown"]


def test_without_a_public_address_mails_wait_and_somebody_is_told(stage: Stage) -> None:
    form(stage)
    report = send_confirmations(stage.database, stage.services(), stage.clock.now())
    assert report.done == 0 and "GTM_PUBLIC_URL" in report.warning
    assert mail(stage) == 1


def test_that_somebody_is_pending_is_said_by_no_file_and_no_form() -> None:
    assert Lead(lead_id="lead-1", venture_id="acme", email="ada@example.test", consent="pending").consent == "pending"
    with pytest.raises(ValueError, match="no consent that is told"):
        NewLead(venture_id="acme", email="ada@example.test", consent="pending")
