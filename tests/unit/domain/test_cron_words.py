"""A cron expression as a person says it."""

import pytest

from gtm.domain.called import Called
from gtm.domain.cron_words import cron_words
from gtm.domain.errors import InvalidInput
from gtm.domain.workflow import CronSchedule, TriggerDefinition
from gtm.domain.workflow_words import trigger_words
from tests.unit.crews import dossiers


@pytest.mark.parametrize(
    ("cron", "words"),
    [
        ("0 9 * * mon", "every Monday at 09:00"),
        ("30 7 * * 1-5", "every day from Monday to Friday at 07:30"),
        ("0 9 * * 0,6", "every Saturday and Sunday at 09:00"),
        ("0 9 * * 7", "every Sunday at 09:00"),
        ("0 9,17 * * tue,thu", "every Tuesday and Thursday at 09:00 and 17:00"),
        ("0 10 * * *", "every day at 10:00"),
        ("0 10 3 2 *", "every 3 February at 10:00"),
        ("0 10 1,15 * *", "on the 1st and 15th of every month at 10:00"),
        ("0 10 2,3,22 jan,jul *", "every 2, 3 and 22 January and July at 10:00"),
        ("0 10 13 * fri", "on the 13th of every month and every Friday at 10:00"),
        ("0 10 */10 * fri", "every Friday that is the 1st, 11th, 21st or 31st of a month at 10:00"),
        ("0 10 * dec *", "every day in December at 10:00"),
        ("0 10 * dec mon", "every Monday in December at 10:00"),
        ("* * * * *", "every minute of every day"),
        ("*/15 * * * *", "every 15 minutes of every day"),
        ("0 * * * mon", "every Monday at minute 0 of every hour"),
        ("0 */2 * * *", "every day at minute 0 of hours 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20 and 22"),
        ("5,35 9-17 * * 1-5", "every day from Monday to Friday at minutes 5 and 35 of hours 9 to 17"),
    ],
)
def test_it_is_said_in_words(cron: str, words: str) -> None:
    assert cron_words(cron) == words


def test_what_is_no_cron_is_refused() -> None:
    with pytest.raises(InvalidInput, match="five fields"):
        cron_words("every monday")


def test_a_schedule_is_told_in_words_with_its_zone_and_the_expression_beside() -> None:
    trigger = TriggerDefinition(
        trigger_id="weekly", type="schedule", workflow_id="news", rate_limit="1 per week",
        schedule=CronSchedule(cron="0 9 * * mon", zone="America/New_York"),
    )  # fmt: skip
    told = trigger_words(Called(dossiers.dossier()), trigger)
    assert told.startswith("Every Monday at 09:00, America/New_York (0 9 * * mon); at most 1 per week")


def test_a_schedule_that_cannot_be_read_is_shown_as_it_is() -> None:
    trigger = TriggerDefinition(
        trigger_id="odd", type="schedule", workflow_id="news", schedule=CronSchedule(cron="at noon", zone="UTC")
    )
    assert trigger_words(Called(dossiers.dossier()), trigger).startswith("The schedule at noon in UTC")
