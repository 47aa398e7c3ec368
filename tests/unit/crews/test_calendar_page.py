"""calendar.html: every day of the plan once, closed days named, everything escaped, linked from the report."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from crews.stage17_gtm.handoff import HandoffResult
from tests.unit.crews import dossiers
from tests.unit.crews.test_handoff import write
from tests.unit.crews.test_handoff_report import EVIL, Page


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> HandoffResult:
    return write(tmp_path_factory.mktemp("calendar"))


def page_of(result: HandoffResult) -> str:
    return (result.folder / "calendar.html").read_text()


def test_every_day_of_the_plan_is_shown_once_with_what_happens_on_it(result: HandoffResult) -> None:
    plan, text = dossiers.dossier().schedule, page_of(result)
    assert plan is not None
    Page(text).close()
    shown = re.findall(r'<td(?: class="closed")?><time datetime="([\d-]+)"', text)
    days = [plan.starts + timedelta(days=n) for n in range((plan.ends - plan.starts).days + 1)]
    assert shown == [f"{d}" for d in days]
    assert all(entry.title in text for entry in plan.calendar if "&" not in entry.title and "'" not in entry.title)
    assert text.count('class="k-flight"') >= len(plan.flights)


def test_it_prints_on_landscape_pages_and_needs_nothing_from_elsewhere(result: HandoffResult) -> None:
    text = page_of(result)
    assert "size: A4 landscape" in text and "tbody { break-inside: avoid; }" in text
    assert "http" not in re.sub(r"<time[^>]*>", "", text) and "<script" not in text
    report = (result.folder / "report.html").read_text()
    assert 'href="calendar.html"' in report
    for link in re.findall(r'href="([^"#]+)', text):
        assert (result.folder / link).is_file(), link


def test_a_title_from_a_venture_stays_text(tmp_path: Path) -> None:
    dossier = dossiers.dossier()
    assert dossier.schedule is not None
    first = dossier.schedule.calendar[0].model_copy(update={"title": EVIL})
    schedule = dossier.schedule.model_copy(update={"calendar": (first, *dossier.schedule.calendar[1:])})
    text = page_of(write(tmp_path, dossier.model_copy(update={"schedule": schedule})))
    assert EVIL not in text and "&lt;script&gt;" in text


def test_without_a_schedule_there_is_no_page(tmp_path: Path) -> None:
    assert not (
        write(tmp_path, dossiers.dossier().model_copy(update={"schedule": None})).folder / "calendar.html"
    ).exists()
