"""Versions that won in what was really sent are remembered, and offered with their figures; others are not."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlmodel import select

from gtm.automation.pilots import winning
from gtm.store.models.automation import EmailSend
from gtm.store.models.base import new_id
from gtm.store.models.campaigns import CampaignContentRow
from gtm.store.models.pilots import VariantWinner
from gtm.store.repositories import winners
from tests.integration.automation.piloted import CAMPAIGN, DRIP, begin, close, crowd, policies, venture
from tests.integration.automation.surroundings import Stage, drip, signup

SUBJECTS = {"A": "Every laptop in one list", "B": "What is on your laptops?"}
SPARE = {"email_body": {"A": "Body A", "B": "Body B"}}


def written(stage: Stage, texts: dict[str, dict[str, str]], tested: str | None) -> None:
    """The copy of the drip's first mail, to segment `it`."""
    claim = {"text": SUBJECTS["A"], "fact_id": "one-list"}
    with stage.database.write() as session:
        session.add_all(
            CampaignContentRow(
                content_id=f"{variable}:{label}", campaign_id=CAMPAIGN, piece_id="drip/it/1-problem", template_id="t",
                segment_id="it", step=1, variable=variable, variant=label, text=text, cta="book_demo", cta_url="",
                status="approved", claims=[claim], generated_by="playbook", prompt_version="1", tested=tested,
                framework="PAS", run_id="run-1", revision=1, created_at=stage.clock.now(),
            )
            for variable, versions in texts.items()
            for label, text in versions.items()
        )  # fmt: skip


def sent(stage: Stage, label: str, delivered: int, did: int, **values: Any) -> None:
    """So many mails of a version, of which some were opened, as if sent now."""
    now = stage.clock.now()
    with stage.database.write() as session:
        session.add_all(
            EmailSend(
                **{
"send_id": new_id("send"), "idempotency_key": new_id("k"), "venture_id": "acme",
                    "campaign_id": CAMPAIGN, "workflow_id": DRIP, "step": "send_email_1", "lead_id": f"l-{label}-{n}",
                    "state": "sent", "reserved_at": now, "sent_at": now, "delivered_at": now, "variant": label,
                    "opened_at": now if n < did else None, **values,
                }
            )
            for n in range(delivered)
        )  # fmt: skip


@pytest.fixture
def mailed(stage: Stage) -> Stage:
    """A campaign of one mail whose subject is under test."""
    with stage.database.write() as session:
        venture(session, stage, CAMPAIGN)
    definition = drip()
    first = definition.steps[0].model_copy(update={"content_ref": f"{CAMPAIGN}/it/1"})
    stage.configure(definition.model_copy(update={"steps": (first, *definition.steps[1:])}), signup())
    return stage


def remember(stage: Stage) -> int:
    with stage.database.write() as session:
        return len(winning.remember(session, "acme", policies().pilot, stage.clock.now()))


def test_a_subject_that_won_is_remembered_with_its_figures(mailed: Stage) -> None:
    written(mailed, {"email_subject": SUBJECTS}, "email_subject")
    sent(mailed, "A", 200, 60)
    sent(mailed, "B", 200, 40)
    assert remember(mailed) == 1
    (row,) = mailed.rows(VariantWinner)
    assert (row.text, row.metric, row.sample, row.framework, row.campaign_type) == (
        SUBJECTS["A"], "opened", 200, "PAS", "email_drip",
    )  # fmt: skip
    assert (row.rate, row.other_rate, row.p_value) == (Decimal("0.3"), Decimal("0.2"), Decimal("0.0209"))
    with mailed.database.read() as session:
        (winner,) = winners.of_venture(session, "acme")
        assert winner.figures == "opened by 30.0 % of 200 delivered, the other by 20.0 %, p = 0.0209"
        assert [claim.fact_id for claim in winner.claims] == ["one-list"]
        assert winners.of_venture(session, "acme", mailed.clock.now()) == ()
        assert winners.of_venture(session, "other") == ()
    # Once more it is the same winner, with newer figures.
    mailed.advance(days=1)
    assert remember(mailed) == 1 and len(mailed.rows(VariantWinner)) == 1


def test_what_was_sent_of_other_copy_of_tests_or_to_nobody_does_not_count(mailed: Stage) -> None:
    sent(mailed, "A", 300, 290)
    mailed.advance(hours=1)
    written(mailed, {"email_subject": SUBJECTS}, "email_subject")
    mailed.advance(hours=1)
    sent(mailed, "A", 60, 59, is_test=True)
    sent(mailed, "A", 60, 60, step="send_email_2a")
    sent(mailed, "B", 60, 6)
    with mailed.database.write() as session:
        for send in session.exec(select(EmailSend).where(EmailSend.variant == "B").limit(15)):
            send.delivered_at = None
            session.add(send)
    with mailed.database.read() as session:
        (test,) = winning.look(session, "acme", policies().pilot)
    assert [(one.label, one.delivered) for one in test.versions] == [("A", 0), ("B", 45)]
    assert test.judged.missing == ("A has 0 of 50 delivered", "B has 45 of 50 delivered")
    assert remember(mailed) == 0 and mailed.rows(VariantWinner) == []


def test_a_button_under_test_goes_by_clicks_and_alone(mailed: Stage) -> None:
    texts = {"cta_text": {"A": "Ask for a demo", "B": "Pick a time"}, "email_subject": dict.fromkeys("AB", "Same")}
    written(mailed, texts, "cta_text")
    sent(mailed, "A", 100, 90)
    sent(mailed, "B", 100, 10, clicked_at=mailed.clock.now())
    with mailed.database.write() as session:
        for send in session.exec(select(EmailSend).where(EmailSend.variant == "B").limit(50)):
            send.clicked_at = None
            session.add(send)
        for send in session.exec(select(EmailSend).where(EmailSend.variant == "A").limit(10)):
            send.clicked_at = mailed.clock.now() + timedelta(minutes=1)
            session.add(send)
    assert remember(mailed) == 1
    (row,) = mailed.rows(VariantWinner)
    assert (row.variable, row.text, row.metric, row.rate) == ("cta_text", "Pick a time", "clicked", Decimal("0.5"))


def test_copy_without_an_element_under_test_tells_of_its_subject_alone(mailed: Stage) -> None:
    written(mailed, {"email_subject": SUBJECTS, **SPARE}, None)
    sent(mailed, "A", 100, 20)
    sent(mailed, "B", 100, 60)
    assert remember(mailed) == 1
    (row,) = mailed.rows(VariantWinner)
    assert (row.variable, row.text, row.claims) == ("email_subject", SUBJECTS["B"], [])


def test_closing_a_pilot_remembers_what_won(mailed: Stage) -> None:
    written(mailed, {"email_subject": SUBJECTS}, "email_subject")
    crowd(mailed, 40)
    begin(mailed)
    sent(mailed, "A", 60, 40)
    sent(mailed, "B", 60, 10)
    close(mailed)
    assert [row.text for row in mailed.rows(VariantWinner)] == [SUBJECTS["A"]]
