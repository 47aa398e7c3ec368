"""Flights are paced anew by what changed: a day over, spend that is known, a pause, an amount, a day; each once."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlmodel import select

from gtm.automation.maintenance.flights import keep_flights
from gtm.automation.repacing import Repaced, Wanted, preview, repace_venture
from gtm.domain.errors import Conflict, InvalidInput, NotFound
from gtm.domain.schedule import AdFlight
from gtm.playbook.schedule_flights import daily
from gtm.store.models.campaigns import CampaignPerformance, CampaignRow, CampaignSchedule
from gtm.store.models.gtm import MarketingChannel
from gtm.store.models.logs import AuditEntry
from gtm.store.repositories import flights
from tests.integration.automation.piloted import policies, venture
from tests.integration.automation.surroundings import Stage

FIRST, DAYS = date(2026, 1, 5), 10
ADS = "acme-social-ads"


@pytest.fixture
def flown(stage: Stage) -> Stage:
    """Two channels of one campaign, 100 and 50 dollars over ten days from today on."""
    with stage.database.write() as session:
        venture(session, stage, ADS)
        for number, (channel, amount) in enumerate((("linkedin", "100.00"), ("google_ads", "50.00"))):
            session.add(
                MarketingChannel(
                    venture_id="acme", channel=channel, role="primary", tier="proven", utm_source="s", utm_medium="m",
                    parameters=[], integration="none", budget=Decimal(amount), revision=1,
                    updated_at=stage.clock.now(),
                )
            )  # fmt: skip
            days = [day.model_dump(mode="json") for day in daily(Decimal(amount), FIRST, DAYS)]
            session.add(
                CampaignSchedule(
                    schedule_id=f"acme:ad_flight:{number}", venture_id="acme", campaign_id=ADS, kind="ad_flight",
                    starts=FIRST, ends=FIRST + timedelta(days=DAYS - 1), zone="America/New_York", revision=1,
                    rule={"channel": channel, "dayparts": [], "days": days}, budget=Decimal(amount),
                )
            )  # fmt: skip
    stage.advance(hours=6)
    return stage


def pace(stage: Stage, **wanted: Any) -> tuple[Repaced, ...]:
    with stage.database.write() as session:
        return repace_venture(session, "acme", policies().pacing, "ada", stage.clock.now(), Wanted(**wanted))


def spend(stage: Stage, on: date, amount: str) -> None:
    with stage.database.write() as session:
        session.merge(
            CampaignPerformance(
                campaign_id=ADS, date=on, impressions=1, clicks=0, conversions=0, spend=Decimal(amount),
                revenue=Decimal(0), time_spent=Decimal(0),
            )
        )  # fmt: skip


def stored(stage: Stage) -> dict[str, AdFlight]:
    with stage.database.read() as session:
        return {one.flight.channel: one.flight for one in flights.of_venture(session, "acme")}


def amounts(flight: AdFlight) -> list[str]:
    return [str(day.amount) for day in flight.days]


def keep(stage: Stage) -> Any:
    return keep_flights(stage.database, policies().pacing, stage.clock.now())


def test_on_plan_nothing_changes_however_often_it_is_looked_at(flown: Stage) -> None:
    before = stored(flown)
    for _ in range(12):
        assert keep(flown).done == 0
        flown.advance(hours=24)
    assert stored(flown) == before and flown.rows(AuditEntry) == []


def test_what_was_spent_moves_the_rest_once_it_is_known(flown: Stage) -> None:
    flown.advance(days=1)
    spend(flown, FIRST, "6.00")
    # Two dollars of three were LinkedIn's for that day: it spent 4 of 10, the other 2 of 5.
    assert keep(flown).done == 2
    assert amounts(stored(flown)["linkedin"]) == ["4.00", *["10.67"] * 6, *["10.66"] * 3]
    assert amounts(stored(flown)["google_ads"])[:2] == ["2.00", "5.34"]
    assert keep(flown).done == 0
    spend(flown, FIRST, "30.00")
    assert keep(flown).done == 2
    assert amounts(stored(flown)["linkedin"])[:2] == ["20.00", "8.89"]
    audited = [row for row in flown.rows(AuditEntry) if row.action == "flight.repaced"]
    assert len(audited) == 4 and audited[-1].actor == "upkeep:flights"
    for flight in stored(flown).values():
        assert flight.planned == flight.amount


def test_a_pause_holds_until_it_is_resumed_also_where_no_worker_ran(flown: Stage) -> None:
    flown.advance(days=2)
    (paused,) = pace(flown, pause=["linkedin"])
    assert paused.paused and amounts(stored(flown)["linkedin"]) == ["10.00"] * 2 + ["0.00"] + ["11.43"] * 3 + [
        "11.43", "11.43", "11.43", "11.42",
    ]  # fmt: skip
    flown.advance(days=3)
    (resumed,) = pace(flown, resume=["linkedin"])
    assert not resumed.paused
    assert amounts(stored(flown)["linkedin"]) == ["10.00"] * 2 + ["0.00"] * 3 + ["16.00"] * 5
    assert stored(flown)["google_ads"].planned == 50 and amounts(stored(flown)["google_ads"]) == ["5.00"] * 10


def test_a_campaign_that_a_rollback_paused_spends_nothing_today(flown: Stage) -> None:
    with flown.database.write() as session:
        row = session.exec(select(CampaignRow)).one()
        row.status = "paused"
        session.add(row)
    assert keep(flown).done == 2
    assert {amounts(flight)[0] for flight in stored(flown).values()} == {"0.00"}


def test_money_without_a_day_is_told(flown: Stage) -> None:
    pace(flown, close=[FIRST + timedelta(days=n) for n in range(7)])
    flight = stored(flown)["linkedin"]
    assert amounts(flight) == ["0.00"] * 7 + ["20.00"] * 3
    with flown.database.read() as session:
        shown = preview(session, "acme", policies().pacing, flown.clock.now())
    assert [(one.after.channel, one.without_day) for one in shown] == [("linkedin", 40), ("google_ads", 20)]
    flown.advance(days=8)
    # A day that spent less leaves more than the last two can take.
    spend(flown, FIRST + timedelta(days=7), "3.00")
    warning = keep(flown).warning
    assert "$58.00 of linkedin of acme find no day" in warning and "$29.00 of google_ads" in warning


def test_an_amount_is_moved_between_channels_and_never_beyond_the_budget(flown: Stage) -> None:
    flown.advance(days=1)
    done = pace(flown, amounts={"linkedin": Decimal("82.00"), "google_ads": Decimal("68.00")})
    assert len(done) == 2 and {f.planned for f in stored(flown).values()} == {Decimal(82), Decimal(68)}
    assert amounts(stored(flown)["linkedin"])[:2] == ["10.00", "8.00"]
    with pytest.raises(Conflict, match=r"come to \$150.01, and the budget plan gave their channels \$150.00"):
        pace(flown, amounts={"linkedin": Decimal("82.01")})
    with pytest.raises(InvalidInput, match=r"\$10.00 is spent on linkedin already"):
        pace(flown, amounts={"linkedin": Decimal("9.99")})
    with pytest.raises(InvalidInput, match="no amount"):
        pace(flown, amounts={"linkedin": Decimal("10.001")})
    with pytest.raises(NotFound, match="no ad flight on events"):
        pace(flown, pause=["events"])
    assert {f.planned for f in stored(flown).values()} == {Decimal(82), Decimal(68)}


def test_a_preview_changes_nothing_and_the_day_is_the_flights_own(flown: Stage) -> None:
    before = stored(flown)
    # Two in the morning, UTC: in New York it is still the first day.
    flown.advance(hours=11)
    with flown.database.read() as session:
        shown = preview(session, "acme", policies().pacing, flown.clock.now(), Wanted(pause=["linkedin"]))
    assert [one.today for one in shown] == [FIRST, FIRST] and [one.changed for one in shown] == [True, False]
    assert stored(flown) == before
    with flown.database.read() as session, pytest.raises(NotFound):
        preview(session, "nobody", policies().pacing, flown.clock.now())
