"""`gtm pilot`, as a person and as a machine call it: from the hold to everybody else's enrolment."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from gtm.automation.engine import Worker
from gtm.automation.fake import FakeEmailSource
from gtm.automation.ports import Services
from gtm.connectors.smtp.fake import SmtpSink
from gtm.domain.brief import VentureBrief
from gtm.domain.clock import SystemClock
from gtm.store.database import Database
from gtm.store.models.automation import LeadRow
from gtm.store.models.campaigns import CampaignContentRow, CampaignRow, CampaignTemplateRow
from gtm.store.models.runs import Run
from gtm.store.repositories import automation
from tests.integration.app.conftest import Done, Gtm
from tests.integration.automation.surroundings import drip, signup, smtp

DRIP, CAMPAIGN = "fleet-drip", "fleet-email-drip"


@pytest.fixture
def campaign(store: Database, fleet: VentureBrief) -> str:
    """A campaign of Fleet's whose drip is active, and 40 people who wait."""
    now = SystemClock().now()
    with store.write() as session:
        session.add(Run(run_id="run-1", venture_id=fleet.id, stage=17, status="completed", provider="playbook",
                        brief_sha256="0", created_at=now, updated_at=now))  # fmt: skip
        session.add(CampaignTemplateRow(venture_id=fleet.id, template_id="t", type="email_drip", name="T",
                                        channel="email", structure=[], variables=[], revision=1))  # fmt: skip
        session.flush()
        session.add(CampaignRow(campaign_id=CAMPAIGN, venture_id=fleet.id, campaign_name="C",
                                campaign_type="email_drip", template_id="t", segments=["it"], cta="book_demo",
                                objective="awareness",
                                status="configured", run_id="run-1", revision=1, updated_at=now))  # fmt: skip
        automation.save_workflow(session, drip(DRIP, fleet.id), run_id="run-1", revision=1, now=now)
        automation.save_trigger(session, signup(DRIP), venture_id=fleet.id, run_id="run-1", revision=1, now=now)
        automation.activate_workflow(session, DRIP, now)
        session.add_all(
            LeadRow(lead_id=f"lead-{n:02}", venture_id=fleet.id, email=f"p{n}@example.test", first_name="Ada",
                    lead_source="website", consent="granted", attributes={}, created_at=now)
            for n in range(40)
        )  # fmt: skip
    return CAMPAIGN


def told(done: Done) -> Any:
    assert done.code == 0, done.err
    return json.loads(done.out)


def work(store: Database) -> int:
    """Send what is due; how many mails went out."""
    clock = SystemClock()
    with SmtpSink(clock) as sink:
        mailer = smtp(sink)
        Worker(store, clock, Services(FakeEmailSource(), mailer)).run_until_idle()
        mailer.close()
        return len(sink.received)


def test_a_pilot_from_the_first_command_to_the_launch(
    here: Gtm, campaign: str, store: Database, tmp_path: Path
) -> None:
    held = told(here("pilot", "hold", "fleet", "--share", "5%", "--json"))
    assert held["status"] == "planned" and "gtm pilot start" in here("pilot", "status", "fleet").out
    started = here("pilot", "start", "fleet", "--share", "8%")
    assert started.code == 0 and "3 of 40 people are in the pilot" in started.out
    assert "Too few for figures to count" in started.out
    assert here("pilot", "start", "fleet").code == 1
    assert work(store) == 3
    mailed = told(here("pilot", "status", "fleet", "--json"))[0]["results"]["mailed"]
    assert mailed == 3

    links = tmp_path / "links.csv"
    public = {"GTM_PUBLIC_URL": "https://mail.acme.test"}
    assert told(here("pilot", "feedback", "fleet", "--links", str(links), "--json", **public))["links"] == 3
    with links.open(newline="") as opened:
        people = [row["email"] for row in csv.DictReader(opened)]
    assert here("pilot", "feedback", "fleet", "--links", str(links)).code == 2
    assert here("pilot", "feedback", "fleet", "--lead", people[0], "--score", "4", "--text", "Good.").code == 0
    answers = tmp_path / "answers.csv"
    answers.write_text(f"lead,score,text\n{people[1]},2,[b]no[/b]\nnobody,1,\n")
    done = here("pilot", "feedback", "fleet", "--csv", str(answers))
    assert "1 answer is kept" in done.out and "line 3: " in done.out
    shown = here("pilot", "status", "fleet").out
    assert "2 answers, mean score 3.00 of 5" in shown and "[b]no[/b]" in shown and "3 of 40" in shown

    closed = told(here("pilot", "close", "fleet", "--json"))
    (waiting,) = told(here("pending", "fleet", "--json"))
    assert waiting["approval_id"] == closed["approval_id"] and waiting["sha256"] == closed["sha256"]
    assert "gtm pilot status fleet" in here("pending", "fleet").out
    assert here("approve", closed["approval_id"], "--as", "EXEC").code == 1
    assert here("approve", closed["approval_id"], "--as", "LEAD", "--sha", "f" * 16).code == 1
    launched = told(here("approve", closed["approval_id"], "--as", "LEAD", "--sha", closed["sha256"][:16], "--json"))
    assert launched["status"] == "approved" and launched["launched"]["enrolled"] == 37
    assert work(store) == 37
    assert here("approve", closed["approval_id"], "--as", "LEAD").code == 1
    status = here("pilot", "status", "fleet").out
    assert "launched by ada" in status and "3 of 40" in status


def test_a_no_go_and_what_is_refused(here: Gtm, campaign: str) -> None:
    assert "has no pilot" in here("pilot", "status", "fleet").out
    assert here("pilot", "close", "fleet").code == 2
    for share in ("20%", "0.2", "x", "nan", "4.9"):
        assert here("pilot", "start", "fleet", "--share", share).code == 2, share
    assert here("pilot", "start", "nobody").code == 2
    assert here("pilot", "start", "fleet", "--share", "0.1").code == 0
    assert here("pilot", "feedback", "fleet", "--score", "3").code == 2
    assert here("pilot", "feedback", "fleet", "--lead", "nobody", "--score", "3").code == 2
    asked = told(here("pilot", "close", "fleet", "--json"))["approval_id"]
    rejected = here("reject", asked, "--as", "LEAD", "--comment", "Too loud.")
    assert rejected.code == 0 and "workflows of its campaign are paused" in rejected.out
    assert "stopped by ada" in here("pilot", "status", "fleet").out


def test_a_hold_is_taken_back(here: Gtm, campaign: str) -> None:
    assert here("pilot", "hold", "fleet").code == 0
    assert told(here("pilot", "close", "fleet", "--json"))["status"] == "stopped"
    assert told(here("pending", "--json")) == []


def test_a_test_without_a_winner_says_what_is_missing(here: Gtm, campaign: str, store: Database) -> None:
    assert "tests nothing" in here("pilot", "tests", "fleet").out
    now = SystemClock().now()
    with store.write() as session:
        definition = drip(DRIP, "fleet")
        first = definition.steps[0].model_copy(update={"content_ref": f"{campaign}/it/1"})
        changed = definition.model_copy(update={"steps": (first, *definition.steps[1:])})
        automation.save_workflow(session, changed, run_id="run-1", revision=2, now=now)
        session.add_all(
            CampaignContentRow(
                content_id=label, campaign_id=campaign, piece_id="drip/it/1-problem", template_id="t", segment_id="it",
                step=1, variable="email_subject", variant=label, text=text, cta="book_demo", cta_url="", claims=[],
                generated_by="playbook", prompt_version="1", tested="email_subject", revision=1, created_at=now,
            )
            for label, text in (("A", "One [b]list[/b]"), ("B", "What is on it?"))
        )  # fmt: skip
    shown = here("pilot", "tests", "fleet", "--keep").out
    assert "no winner yet" in shown and "One [b]list[/b]" in shown
    found = told(here("pilot", "tests", "fleet", "--campaign", campaign, "--json"))
    assert found["remembered"] == [] and found["tests"][0]["judged"]["missing"][0] == "A has 0 of 50 delivered"
    assert here("pilot", "tests", "nobody").code == 2
