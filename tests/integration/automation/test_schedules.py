"""Schedules: every firing once, none lost, by the policy for what was missed."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session

from gtm.automation.triggers import schedule
from gtm.automation.triggers.bulk import Window
from gtm.automation.triggers.schedule import carry_out, note_firings, run_schedules
from gtm.domain.conditions import Predicate
from gtm.domain.workflow import CronSchedule, TriggerDefinition
from gtm.store.models.enrolments import Enrolment
from gtm.store.models.running import TriggerFiring
from gtm.store.repositories import automation
from tests.integration.automation.surroundings import KilledHere, Stage, drip


def every(cron: str, zone: str = "UTC", **values: Any) -> TriggerDefinition:
    missed = values.pop("missed", "once")
    return TriggerDefinition.model_validate(
        {
            "trigger_id": "often",
            "type": "schedule",
            "workflow_id": "acme-drip",
            "rate_limit": None,
            "schedule": CronSchedule(cron=cron, zone=zone, missed=missed),
            **values,
        }
    )


def moments(stage: Stage) -> list[datetime]:
    return sorted(row.due for row in stage.rows(TriggerFiring))


def test_a_schedule_fires_once_a_week_for_everybody(stage: Stage) -> None:
    weekly = every(
        "0 9 * * tue",
        "America/New_York",
        conditions=(Predicate(field="status", value="new"),),
        rate_limit="99 per hour",
    )
    stage.configure(drip(), weekly)
    for number in range(3):
        stage.lead(number, status="new" if number else "customer")
    entered = [run_schedules(stage.database, stage.advance(hours=6)).enrolled for _ in range(60)]
    assert sum(entered) == 4 and sorted(set(entered)) == [0, 2]
    assert [moment.isoformat() for moment in moments(stage)] == [
        "2026-01-06T14:00:00+00:00",
        "2026-01-13T14:00:00+00:00",
    ]
    assert {row.outcome for row in stage.rows(TriggerFiring)} == {"done"}


def test_scheduled_events_lost_by_overlapping_runs_mautic_2004(stage: Stage) -> None:
    """Two runs at once: each firing is noted once, nobody is left out, nobody enters twice for one firing."""
    stage.configure(drip(), every("0 * * * *", missed="all"))
    for number in range(9):
        stage.lead(number)
    for hour in range(1, 5):
        now = stage.advance(hours=1)
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda now: run_schedules(stage.database, now, window=2), [now] * 4))
        assert len(stage.rows(TriggerFiring)) == hour
        # A run that found a window in another's hands has left it to that one, which goes through to the end.
        assert len(stage.rows(Enrolment)) == 9 * hour
    entries = [(row.lead_no, row.entry) for row in stage.rows(Enrolment)]
    assert len(set(entries)) == len(entries)


@pytest.mark.parametrize(("missed", "firings"), [("skip", 0), ("once", 1), ("all", 5)])
def test_what_was_missed_is_by_policy(stage: Stage, missed: str, firings: int) -> None:
    stage.configure(drip(), every("0 * * * *", missed=missed))
    stage.lead(1)
    note_firings(stage.database, stage.clock.now())
    run_schedules(stage.database, stage.advance(hours=5, minutes=30))
    assert len(moments(stage)) == firings
    assert len(stage.rows(Enrolment)) == firings
    # In time again: each policy fires.
    run_schedules(stage.database, stage.advance(minutes=31))
    assert len(moments(stage)) == firings + 1


def test_a_hundred_and_more_missed_firings_are_all_noted_and_one_stands_for_many(stage: Stage) -> None:
    stage.configure(drip(), every("* * * * *", missed="all"), every("* * * * *", trigger_id="once"))
    now = stage.advance(minutes=250)
    assert [note_firings(stage.database, now) for _ in range(4)] == [100, 100, 51, 0]


def test_what_comes_due_while_people_pause_it_is_passed_over(stage: Stage) -> None:
    stage.configure(drip(), every("0 * * * *", missed="all"))
    stage.lead(1)
    with stage.database.write() as session:
        automation.pause_active(session, "acme", "rollback")
    assert run_schedules(stage.database, stage.advance(hours=3)).noted == 0
    with stage.database.write() as session:
        automation.activate_workflow(session, "acme-drip", stage.clock.now())
    assert run_schedules(stage.database, stage.advance(minutes=30)).noted == 0
    assert run_schedules(stage.database, stage.advance(hours=1)).enrolled == 1


def test_a_firing_that_was_cut_off_goes_on_where_it_was(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.configure(drip(), every("0 * * * *"))
    for number in range(6):
        stage.lead(number)
    now = stage.advance(hours=1)
    note_firings(stage.database, now)
    whole, calls = schedule.enrol_window, []

    def dies_in_the_second(session: Session, *arguments: Any, **options: Any) -> Window:
        calls.append(1)
        done = whole(session, *arguments, **options)
        if len(calls) == 2:
            raise KilledHere
        return done

    monkeypatch.setattr(schedule, "enrol_window", dies_in_the_second)
    with pytest.raises(KilledHere):
        carry_out(stage.database, now, window=2)
    assert len(stage.rows(Enrolment)) == 2
    stage.lead(7)  # came after the firing, and is not its business
    assert carry_out(stage.database, stage.advance(minutes=1), window=2) == (1, 4)
    assert len(stage.rows(Enrolment)) == 6


def test_a_firing_waits_out_a_pause(stage: Stage) -> None:
    stage.configure(drip(), every("0 * * * *"))
    stage.lead(1)
    now = stage.advance(hours=1)
    note_firings(stage.database, now)
    with stage.database.write() as session:
        automation.pause_active(session, "acme", "rollback")
    assert carry_out(stage.database, now) == (0, 0)
    with stage.database.write() as session:
        automation.activate_workflow(session, "acme-drip", now)
    assert carry_out(stage.database, now) == (1, 1)


def test_a_clock_that_is_set_back_fires_nothing_again(stage: Stage) -> None:
    stage.configure(drip(), every("*/10 * * * *", missed="all"))
    stage.lead(1)
    now = stage.advance(hours=2)
    first = run_schedules(stage.database, now)
    assert first.noted == 12
    again = [
        run_schedules(stage.database, now - timedelta(hours=1) + timedelta(minutes=m)).noted for m in range(0, 60, 7)
    ]
    assert sum(again) == 0
    assert run_schedules(stage.database, now + timedelta(minutes=10)).noted == 1
