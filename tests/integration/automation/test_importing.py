"""Importing people: everybody once, bad rows apart, workflows started with them, nothing by half."""

import csv
import io
import stat
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from gtm.automation.erasing import erase_person
from gtm.automation.importing import BATCH_WITH_TRIGGERS, Imported, Importer, ImportOptions
from gtm.domain.errors import InvalidInput
from gtm.store.models.automation import LeadRow
from gtm.store.models.enrolments import Enrolment
from gtm.store.models.running import LeadOutbox
from gtm.store.repositories import leads
from tests.integration.automation.surroundings import Stage, drip, signup


def bring(stage: Stage, data: str | bytes, folder: Path, **options: Any) -> Imported:
    raw = io.BytesIO(data.encode() if isinstance(data, str) else data)
    importer = Importer(stage.database, stage.clock, "acme", ImportOptions(**options), folder / "rejects.csv")
    return importer.run(raw)


def people(count: int, start: int = 0) -> str:
    return "email,first_name\n" + "".join(f"p{n}@example.test,Ada\n" for n in range(start, start + count))


def rejects(folder: Path) -> list[list[str]]:
    with (folder / "rejects.csv").open(newline="") as file:
        return list(csv.reader(file))


def test_everybody_is_imported_once_and_started_with_their_row(stage: Stage, tmp_path: Path) -> None:
    stage.configure(drip(), signup())
    count = BATCH_WITH_TRIGGERS + 20
    first = bring(stage, people(count), tmp_path, lead_source="website", consent="granted")
    assert (first.rows, first.new, first.known, first.started) == (count, count, 0, count)
    again = bring(stage, people(count + 5), tmp_path, lead_source="website", consent="granted")
    assert (again.new, again.known, again.started) == (5, count, 5)
    assert len(stage.rows(Enrolment)) == count + 5
    assert stage.rows(LeadOutbox) == []
    assert {(row.consent, row.lead_source) for row in stage.rows(LeadRow)} == {("granted", "website")}
    assert not (tmp_path / "rejects.csv").exists()


def test_others_rows_among_the_new_ones_change_nothing(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.configure(drip(), signup())
    monkeypatch.setattr(leads, "count_between", lambda *_: 0)
    done = bring(stage, people(20), tmp_path, lead_source="website")
    assert (done.new, done.started, len(stage.rows(Enrolment))) == (20, 20, 20)


def test_only_people_whom_a_trigger_wants_are_started(stage: Stage, tmp_path: Path) -> None:
    entered = signup().model_copy(update={"trigger_id": "acme-drip-segment", "type": "segment_entered"})
    entered = entered.model_copy(update={"conditions": (), "workflow_id": "acme-other"})
    stage.configure(drip(), signup())
    stage.configure(drip("acme-other"), entered)
    data = "email,source,segment\na@example.test,website,\nb@example.test,fair,\nc@example.test,fair,it\n"
    assert bring(stage, data, tmp_path).started == 2
    numbers = {row.email: row.lead_no for row in stage.rows(LeadRow)}
    entries = {(row.workflow_no, row.lead_no) for row in stage.rows(Enrolment)}
    assert {lead for _, lead in entries} == {numbers["a@example.test"], numbers["c@example.test"]}


def test_without_triggers_people_are_only_stored(stage: Stage, tmp_path: Path) -> None:
    stage.configure(drip(), signup())
    done = bring(stage, people(10), tmp_path, lead_source="website", triggers=False)
    assert (done.new, done.started) == (10, 0)
    assert stage.rows(Enrolment) == []


def test_bad_rows_stand_in_the_rejects_file_with_number_and_reason(sqlite_stage: Stage, tmp_path: Path) -> None:
    data = (
        "Email,First Name,country,score,segment\n"
        "good@example.test,Ada,de,5,it\n"
        "no address,Ben,,,\n"
        '"a@example.test\nBcc: x@y.test",Cy,,,\n'
        "d@example.test,=HYPERLINK(1),,,\n"
        "e@example.test,Eve,Germany,,\n"
        "f@example.test,Fay,,many,\n"
        "g@example.test,Gus,,,nowhere\n"
        ",Hal,,,\n"
        "GOOD@example.test ,Ada again,,,\n"
    )
    done = bring(sqlite_stage, data, tmp_path, segments=("it",))
    assert (done.rows, done.new, done.known, done.rejected) == (9, 2, 1, 6)
    lines = rejects(tmp_path)
    assert lines[0] == ["rejected row", "reason", "Email", "First Name", "country", "score", "segment"]
    assert [line[0] for line in lines[1:]] == ["3", "4", "6", "7", "8", "9"]
    reasons = " | ".join(line[1] for line in lines[1:])
    for told in ("no email address", "control characters", "country", "score", "no segment 'nowhere'", "email: empty"):
        assert told in reasons
    assert stat.S_IMODE((tmp_path / "rejects.csv").stat().st_mode) == 0o600
    stored = {row.email: row for row in sqlite_stage.rows(LeadRow)}
    assert stored["d@example.test"].first_name == "=HYPERLINK(1)" and stored["good@example.test"].country == "DE"


def test_the_rejects_file_holds_no_formula_and_may_be_imported_again(sqlite_stage: Stage, tmp_path: Path) -> None:
    bring(sqlite_stage, "email,company,score\nbad,=cmd|' /C calc'!A0,x\na@example.test,+Plus Inc,-5\n", tmp_path)
    (_, line) = rejects(tmp_path)
    assert line[3].startswith("'=")
    mended = (tmp_path / "rejects.csv").read_text().replace("bad,", "b@example.test,").replace(",x", ",1")
    assert bring(sqlite_stage, mended, tmp_path).new == 1
    found = {row.email: row.company for row in sqlite_stage.rows(LeadRow)}
    assert found == {"a@example.test": "+Plus Inc", "b@example.test": "=cmd|' /C calc'!A0"}


def test_a_header_that_cannot_be_used_stores_nobody(sqlite_stage: Stage, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput):
        bring(sqlite_stage, "name,name\nAda,x\n", tmp_path)
    assert sqlite_stage.rows(LeadRow) == []


def test_who_was_erased_is_not_stored_again(stage: Stage, tmp_path: Path) -> None:
    bring(stage, people(3), tmp_path)
    with stage.database.write() as session:
        person = leads.of_reference(session, "p1@example.test", "acme")
        erase_person(session, person, "ada", stage.clock.now())
    done = bring(stage, people(4), tmp_path)
    assert (done.new, done.known, done.erased) == (1, 2, 1)


def test_an_import_that_broke_off_is_finished_by_running_it_again(sqlite_stage: Stage, tmp_path: Path) -> None:
    sqlite_stage.configure(drip(), signup())
    count = 3 * BATCH_WITH_TRIGGERS
    raw = io.BytesIO(people(count).encode())
    importer = Importer(
        sqlite_stage.database, sqlite_stage.clock, "acme", ImportOptions(lead_source="website"), tmp_path / "r.csv"
    )

    def interrupt(so_far: Imported) -> None:
        if so_far.new > BATCH_WITH_TRIGGERS:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        importer.run(raw, interrupt)
    done = bring(sqlite_stage, people(count), tmp_path, lead_source="website")
    assert (done.new, done.known) == (BATCH_WITH_TRIGGERS, 2 * BATCH_WITH_TRIGGERS)
    assert len(sqlite_stage.rows(LeadRow)) == len(sqlite_stage.rows(Enrolment)) == count


def test_memory_does_not_grow_with_the_file(sqlite_stage: Stage, tmp_path: Path) -> None:
    def peak(count: int, start: int) -> int:
        path = tmp_path / f"{count}.csv"
        path.write_text(people(count, start))
        tracemalloc.start()
        options = ImportOptions(triggers=False)
        importer = Importer(sqlite_stage.database, sqlite_stage.clock, "acme", options, tmp_path / "r.csv")
        with path.open("rb") as raw:
            importer.run(raw)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    small = peak(5_000, 0)
    assert peak(20_000, 10_000) < 1.5 * small


def test_a_value_that_no_column_takes_costs_its_row_alone(stage: Stage, tmp_path: Path) -> None:
    data = (
        "email,score,status,segment\n"
        "a@example.test,1,new,\n"
        "b@example.test,3000000000,new,\n"
        "c@example.test,99999999999999999999,new,\n"
        f"d@example.test,1,{'s' * 60},\n"
        f"e@example.test,1,new,{'g' * 100}\n"
        "f@example.test,2,MQL,it\n"
    )
    done = bring(stage, data, tmp_path)
    assert (done.rows, done.new, done.rejected) == (6, 2, 4)
    assert [(row[0], row[1].partition(":")[0]) for row in rejects(tmp_path)[1:]] == [
        ("3", "score"),
        ("4", "score"),
        ("5", "status"),
        ("6", "segment_id"),
    ]


def test_stray_quotes_cost_their_own_lines_and_nobody_is_lost_without_a_word(
    sqlite_stage: Stage, tmp_path: Path
) -> None:
    good = "".join(f"good{n}@example.test,Co\n" for n in range(10))
    data = f'email,company\nbad1@example.test,5" disks\n{good}bad2@example.test,"3 disks\nlast@example.test,Z\n'
    done = bring(sqlite_stage, data, tmp_path)
    assert (done.rows, done.new, done.rejected) == (13, 12, 1)
    assert rejects(tmp_path)[1][2:] == ['bad2@example.test,"3 disks']
    assert {row.company for row in sqlite_stage.rows(LeadRow)} == {"Co", "Z", '5" disks'}


def test_a_utf16_file_that_was_cut_off_is_imported_up_to_there(sqlite_stage: Stage, tmp_path: Path) -> None:
    done = bring(sqlite_stage, people(3).encode("utf-16")[:-1], tmp_path)
    assert (done.rows, done.new, done.rejected) == (3, 2, 1)
