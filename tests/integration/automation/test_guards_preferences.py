"""What people chose on their preference page is heeded at dispatch, on both databases."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError

from gtm.domain.delivery import DeliveryPolicy
from gtm.domain.preferences import Preference
from gtm.domain.vocabulary import CampaignType, ConsentPurpose
from gtm.store.models.automation import EmailSend
from gtm.store.models.campaigns import CampaignRow, CampaignTemplateRow
from gtm.store.models.preferences import EmailPreference
from gtm.store.models.ventures import Venture
from gtm.store.repositories import preferences
from tests.integration.automation.surroundings import Stage, signup
from tests.integration.automation.test_guards import mails, venture, worker

OPEN = DeliveryPolicy()


def campaign(stage: Stage, kind: CampaignType) -> None:
    """The campaign that the workflows of these tests belong to."""
    with stage.database.write() as session:
        if session.get(Venture, "acme") is None:
            session.add(
                Venture(
                    venture_id="acme", name="acme", segment_type="B2B_SMB", brief={}, brief_sha256="0" * 64,
                    created_at=stage.clock.now(), updated_at=stage.clock.now(),
                )
            )  # fmt: skip
            session.flush()
        template = CampaignTemplateRow(
            venture_id="acme", template_id="t", type=kind, name="t", channel="email", structure=[], variables=[],
            revision=1,
        )  # fmt: skip
        session.add(template)
        session.flush()
        session.add(
            CampaignRow(
                campaign_id=mails().campaign_id, venture_id="acme", campaign_name="c", campaign_type=kind,
                template_id="t", segments=[], cta="book_demo", objective="o", revision=1, updated_at=stage.clock.now(),
            )
        )  # fmt: skip


def choose(stage: Stage, lead_id: str, purpose: ConsentPurpose, **answer: Any) -> None:
    with stage.database.write() as session:
        preferences.save(session, "acme", lead_id, {purpose: Preference(**answer)}, stage.clock.now())


def reasons(stage: Stage) -> list[str]:
    return [send.refusal_reason for send in stage.rows(EmailSend) if send.state == "failed"]


@pytest.mark.parametrize(
    ("kind", "purpose"),
    [("email_drip", "product"), ("email_newsletter", "newsletter"), ("webinar_funnel", "events")],
)
def test_a_purpose_that_was_declined_sends_nothing_and_the_others_still_do(
    stage: Stage, kind: CampaignType, purpose: ConsentPurpose
) -> None:
    campaign(stage, kind)
    stage.configure(mails(1), signup())
    declined, other, silent = stage.lead(1), stage.lead(2), stage.lead(3)
    for one in ("product", "newsletter", "events"):
        choose(stage, declined.lead.lead_id, one, allowed=one != purpose)
        choose(stage, other.lead.lead_id, one, allowed=one == purpose)
    worker(stage, OPEN).run_until_idle()
    assert stage.outcomes(declined) == [("mail_1", "refused"), ("gave_up", "exited")]
    assert stage.outcomes(other) == stage.outcomes(silent) == [("mail_1", "done"), ("done", "exited")]
    assert [why[:32] for why in reasons(stage)] == ["the recipient chose no mail abou"]


def test_mail_of_a_campaign_that_is_not_stored_counts_as_mail_about_the_product(stage: Stage) -> None:
    venture(stage)
    stage.configure(mails(1), signup())
    lead = stage.lead(1)
    choose(stage, lead.lead.lead_id, "product", allowed=False)
    worker(stage, OPEN).run_until_idle()
    assert stage.outcomes(lead)[0] == ("mail_1", "refused")


def test_what_a_person_asked_for_comes_whatever_they_chose(stage: Stage) -> None:
    campaign(stage, "email_drip")
    stage.configure(mails(1, purpose="transactional"), signup())
    lead = stage.lead(1)
    choose(stage, lead.lead.lead_id, "product", allowed=False)
    worker(stage, OPEN).run_until_idle()
    assert stage.outcomes(lead)[0] == ("mail_1", "done")


def test_a_week_between_two_mails_is_waited_for_and_not_a_moment_longer(stage: Stage) -> None:
    campaign(stage, "email_drip")
    stage.configure(mails(2), signup())
    lead, quick = stage.lead(1), stage.lead(2)
    choose(stage, lead.lead.lead_id, "product", allowed=True, every_days=7)
    choose(stage, quick.lead.lead_id, "product", allowed=True)
    worker(stage, OPEN).run_until_idle()
    sent = stage.clock.now()
    stage.advance(hours=1)
    worker(stage, OPEN).run_until_idle()
    assert stage.outcomes(lead)[-1] == ("mail_2", "deferred")
    assert stage.outcomes(quick)[-1] == ("done", "exited")
    stage.clock.advance(sent + timedelta(days=7) - stage.clock.now() - timedelta(seconds=1))
    worker(stage, OPEN).run_until_idle()
    assert len(stage.sink.received_by(lead.lead.email)) == 1
    stage.advance(seconds=1)
    worker(stage, OPEN).run_until_idle()
    assert len(stage.sink.received_by(lead.lead.email)) == 2


def test_two_mails_of_one_purpose_in_one_group_count_as_well(stage: Stage) -> None:
    campaign(stage, "email_drip")
    first = mails(1)
    second = mails(1).model_copy(update={"workflow_id": "second", "triggers": ("second-signup",)})
    stage.configure(first, signup())
    stage.configure(second, signup("second"))
    lead = stage.lead(1)
    choose(stage, lead.lead.lead_id, "product", allowed=True, every_days=30)
    worker(stage, OPEN).run_until_idle()
    assert len(stage.sink.received_by(lead.lead.email)) == 1


def test_people_without_choices_cost_one_query(stage: Stage) -> None:
    campaign(stage, "email_drip")
    stage.configure(mails(1), signup())
    for number in range(5):
        stage.lead(number)
    seen: list[str] = []
    event.listen(stage.database.engine, "before_cursor_execute", lambda *a: seen.append(str(a[2])))
    worker(stage, OPEN).run_until_idle()
    assert len([one for one in seen if "FROM email_preferences" in one]) == 1
    assert not [one for one in seen if "FROM campaigns" in one]
    assert len(stage.sink.received) == 5


def test_a_frequency_of_no_days_is_refused_by_the_store(stage: Stage) -> None:
    row = EmailPreference(
        venture_id="acme", lead_id="l", purpose="product", allowed=True, every_days=0, at=stage.clock.now()
    )
    with pytest.raises(IntegrityError), stage.database.write() as session:
        session.add(row)
