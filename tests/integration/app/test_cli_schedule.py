"""`gtm schedule repace`: before and after are shown, and only --yes changes anything."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest

from gtm.domain.brief import VentureBrief
from gtm.domain.clock import SystemClock
from gtm.playbook.schedule_flights import daily
from gtm.store.database import Database
from gtm.store.models.campaigns import CampaignRow, CampaignSchedule, CampaignTemplateRow
from gtm.store.models.gtm import MarketingChannel
from gtm.store.repositories import flights
from tests.integration.app.conftest import Gtm


@pytest.fixture
def flown(store: Database, fleet: VentureBrief) -> str:
    """A flight of ten days and 100 dollars on LinkedIn, of which five days are over."""
    now = SystemClock().now()
    first = now.date() - timedelta(days=5)
    days = [day.model_dump(mode="json") for day in daily(Decimal(100), first, 10)]
    with store.write() as session:
        session.add(CampaignTemplateRow(venture_id=fleet.id, template_id="t", type="social_ads", name="T",
                                        channel="linkedin", structure=[], variables=[], revision=1))  # fmt: skip
        session.flush()
        session.add(CampaignRow(campaign_id="ads", venture_id=fleet.id, campaign_name="C", campaign_type="social_ads",
                                template_id="t", segments=[], cta="book_demo", objective="awareness", revision=1,
                                updated_at=now))  # fmt: skip
        session.add(MarketingChannel(venture_id=fleet.id, channel="linkedin", role="primary", tier="proven",
                                     utm_source="s", utm_medium="m", parameters=[], integration="none",
                                     budget=Decimal(100), revision=1, updated_at=now))  # fmt: skip
        session.flush()
        session.add(CampaignSchedule(schedule_id="fleet:ad_flight:0001", venture_id=fleet.id, campaign_id="ads",
                                     kind="ad_flight", starts=first, ends=first + timedelta(days=9), zone="UTC",
                                     rule={"channel": "linkedin", "dayparts": [], "days": days}, budget=Decimal(100),
                                     revision=1))  # fmt: skip
    return fleet.id


def planned(store: Database) -> Decimal:
    with store.read() as session:
        (stored,) = flights.of_venture(session, "fleet")
    return stored.flight.planned


def test_a_change_is_shown_and_made_only_with_yes(here: Gtm, flown: str, store: Database) -> None:
    assert "Nothing changes." in here("schedule", "repace", flown).out
    shown = here("schedule", "repace", flown, "--budget", "linkedin=80", "--as", "lead")
    assert shown.code == 0 and "Nothing is changed. Next: gtm schedule repace fleet --yes" in shown.out
    assert "$10.00" in shown.out and "$6.00" in shown.out and planned(store) == 100
    done = here("schedule", "repace", flown, "--budget", "linkedin=80", "--as", "LEAD", "--yes", "--json")
    told = json.loads(done.out)
    assert told["changed"] is True and told["flights"][0]["after"]["amount"] == "80.00" and planned(store) == 80
    assert "(paused)" in here("schedule", "repace", flown, "--pause", "linkedin", "--yes").out
    assert "1 flight is paced anew" in here("schedule", "repace", flown, "--resume", "linkedin", "--yes").out


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--budget", "linkedin=80"], 1),
        (["--budget", "linkedin=80", "--as", "PLAN"], 1),
        (["--budget", "linkedin=100.01", "--as", "LEAD"], 1),
        (["--budget", "linkedin=49.99", "--as", "LEAD"], 2),
        (["--budget", "linkedin", "--as", "LEAD"], 2),
        (["--budget", "linkedin=nan", "--as", "LEAD"], 2),
        (["--budget", "linkedin=-1", "--as", "LEAD"], 2),
        (["--pause", "events"], 2),
        (["--pause", "linkedin", "--resume", "linkedin"], 2),
        (["--close", "tomorrow"], 2),
    ],
)
def test_what_cannot_be_is_refused(here: Gtm, flown: str, store: Database, options: list[str], code: int) -> None:
    assert here("schedule", "repace", flown, *options, "--yes").code == code
    assert planned(store) == 100


@pytest.mark.parametrize(("shift", "words"), [(30, "lies outside of every ad flight"), (-2, "is over")])
def test_a_day_that_cannot_be_closed_is_told_with_the_dates_of_the_flights(
    here: Gtm, flown: str, shift: int, words: str
) -> None:
    today = SystemClock().now().date()
    told = here("schedule", "repace", flown, "--close", str(today + timedelta(days=shift)))
    assert told.code == 2 and words in told.err
    assert f"linkedin {today - timedelta(days=5)} to {today + timedelta(days=4)}" in " ".join(told.err.split())


def test_a_venture_without_flights(here: Gtm, fleet: VentureBrief) -> None:
    assert "has no ad flights" in here("schedule", "repace", fleet.id).out
    assert here("schedule", "repace", "nobody").code == 2
