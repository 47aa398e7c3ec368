"""`gtm workflow` and `gtm lead`, as a person and as a machine call them."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from gtm.automation.engine import Worker
from gtm.automation.fake import FakeEmailSource
from gtm.automation.ports import Services
from gtm.automation.triggers.database_insert import insert_lead
from gtm.connectors.smtp.fake import SmtpSink
from gtm.domain.brief import VentureBrief
from gtm.domain.clock import SystemClock
from gtm.domain.enrolment import NewLead
from gtm.domain.errors import OutcomeUnknown
from gtm.store.database import Database
from gtm.store.repositories import automation, logs
from tests.integration.app.conftest import Gtm
from tests.integration.automation.surroundings import Scripted, drip, signup, smtp

DRIP = "fleet-drip"


@pytest.fixture
def workflow(store: Database, fleet: VentureBrief) -> str:
    """A drip of Fleet's, active."""
    definition, trigger = drip(DRIP, fleet.id), signup(DRIP)
    now = SystemClock().now()
    with store.write() as session:
        automation.save_workflow(session, definition, run_id="run-1", revision=1, now=now)
        automation.save_trigger(session, trigger, venture_id=fleet.id, run_id="run-1", revision=1, now=now)
        automation.activate_workflow(session, DRIP, now)
    return DRIP


def send(store: Database, email: str, *, breaks: bool = False) -> None:
    """Let somebody in and work until nothing is due."""
    clock = SystemClock()
    with store.write() as session:
        lead = {"venture_id": "fleet", "email": email, "first_name": "Ada", "lead_source": "website"}
        insert_lead(session, NewLead.model_validate(lead), clock.now())

    def broken(_email: Any) -> None:
        raise OutcomeUnknown("the connection broke after DATA")

    with SmtpSink(clock) as sink:
        mailer = Scripted(smtp(sink), before=broken if breaks else None)
        Worker(store, clock, Services(FakeEmailSource(), mailer)).run_until_idle()
        mailer.close()


def told(gtm: Gtm, *arguments: str) -> Any:
    done = gtm(*arguments, "--json")
    assert done.code == 0, done.err
    return json.loads(done.out)


def test_a_workflow_is_listed_shown_drawn_paused_and_resumed(
    gtm: Gtm, workflow: str, store: Database, tmp_path: Path
) -> None:
    send(store, "ada@example.test")
    (row,) = told(gtm, "workflow", "list", "fleet")
    assert (row["workflow_id"], row["waiting"], row["emails_sent"]) == (DRIP, 1, 1)
    shown = gtm("workflow", "show", DRIP)
    assert shown.code == 0 and "wait_1" in shown.out and "─" not in shown.out
    steps = {one["step"]: one for one in told(gtm, "workflow", "show", DRIP)["steps"]}
    assert steps["wait_1"]["waiting"] == 1 and steps["send_email_1"]["passed"] == 1
    assert gtm("workflow", "diagram", DRIP).out.startswith("flowchart TD")
    picture = tmp_path / "drip.svg"
    assert gtm("workflow", "diagram", DRIP, "--svg", str(picture)).code == 0
    assert picture.read_text().startswith("<svg ")
    assert told(gtm, "workflow", "pause", DRIP, "--reason", "a typo")["in_flight"] == 1
    assert gtm("workflow", "pause", DRIP, "--reason", "a typo").code == 1
    trace = gtm("workflow", "trace", "ada@example.test", "--venture", "fleet")
    assert "paused since" in trace.out and f"gtm workflow resume {DRIP}" in trace.out
    assert told(gtm, "workflow", "resume", DRIP)["status"] == "active"


def test_a_cancellation_asks_first(gtm: Gtm, workflow: str, store: Database) -> None:
    send(store, "ada@example.test")
    refused = gtm("workflow", "cancel", DRIP, "--reason", "wrong list", "--json")
    assert refused.code == 1 and "1 waiting" in refused.problem["detail"]
    assert told(gtm, "workflow", "cancel", DRIP, "--reason", "wrong list", "--yes")["ended"] == 1
    assert gtm("workflow", "cancel", DRIP, "--reason", "  ", "--yes").code == 2


def test_a_dead_letter_is_found_not_repeated_blindly_and_resolved(gtm: Gtm, workflow: str, store: Database) -> None:
    send(store, "ada@example.test", breaks=True)
    (letter,) = told(gtm, "workflow", "dead", DRIP)
    execution = letter["execution_id"]
    assert "gtm workflow resolve" in gtm("workflow", "dead", DRIP).out
    refused = gtm("workflow", "retry", execution, "--json")
    assert refused.code == 1 and "--did-not-happen" in refused.problem["hint"]
    assert gtm("workflow", "resolve", execution).code == 2
    assert told(gtm, "workflow", "resolve", execution, "--did-not-happen")["status"] == "waiting"
    assert gtm("workflow", "retry", "nonsense").code == 2


def test_nobody_is_migrated_when_nobody_is_elsewhere(gtm: Gtm, workflow: str) -> None:
    done = gtm("workflow", "migrate", DRIP, "--to", "1")
    assert done.code == 0 and "Nobody is in another version" in done.out
    assert gtm("workflow", "migrate", DRIP, "--to", "2", "--from", "1").code == 2


@pytest.mark.parametrize("way", [("--to", "9"), ("--to", "1", "--from", "0"), ("--to", "-1"), ("--to", "9" * 20)])
def test_nobody_is_migrated_to_or_from_a_version_that_does_not_exist(
    gtm: Gtm, workflow: str, way: tuple[str, ...]
) -> None:
    done = gtm("workflow", "migrate", DRIP, *way, "--json")
    assert done.code == 2 and done.problem["status"] < 500


def test_a_draft_that_is_cancelled_stays_a_draft_and_is_called_one(gtm: Gtm, workflow: str, store: Database) -> None:
    with store.write() as session:
        automation.save_workflow(
            session, drip("fleet-new", "fleet"), run_id="run-1", revision=1, now=SystemClock().now()
        )
    assert told(gtm, "workflow", "cancel", "fleet-new", "--reason", "wrong", "--yes")["status"] == "draft"
    assert "is a draft" in gtm("workflow", "cancel", "fleet-new", "--reason", "wrong", "--yes").out
    assert told(gtm, "workflow", "cancel", DRIP, "--reason", "wrong", "--yes")["status"] == "paused"


def test_who_names_no_workflow_is_told_where_their_names_are(gtm: Gtm, workflow: str) -> None:
    assert gtm("workflow", "show", "nope", "--json").problem["hint"] == "gtm workflow list VENTURE tells their ids"


def test_people_are_moved_to_another_version_after_a_preview(gtm: Gtm, workflow: str, store: Database) -> None:
    send(store, "ada@example.test")
    with store.write() as session:
        changed = drip(DRIP, "fleet").model_copy(update={"name": "Better drip"})
        automation.save_workflow(session, changed, run_id="run-2", revision=1, now=SystemClock().now())
        automation.activate_workflow(session, DRIP, SystemClock().now())
    preview = gtm("workflow", "migrate", DRIP, "--to", "2")
    assert preview.code == 0 and "1 would be moved, 0 would stay" in preview.out and "--yes" in preview.out
    assert told(gtm, "workflow", "migrate", DRIP, "--to", "2")["moved"] is None
    assert "1 person is moved" in gtm("workflow", "migrate", DRIP, "--to", "2", "--yes").out
    (way,) = told(gtm, "workflow", "trace", "ada@example.test", "--venture", "fleet")["workflows"]
    assert way["version"] == 2
    with store.read() as session:
        (entry,) = [row for row in logs.audit_entries(session, "fleet") if row.action == "workflow.migrated"]
    assert entry.actor == "person:ada" and entry.data == {"from_version": 1, "to_version": 2, "moved": 1}


def test_a_workflow_whose_run_has_no_content_is_not_tested(gtm: Gtm, workflow: str) -> None:
    assert gtm("workflow", "test", DRIP).code == 2
    assert gtm("workflow", "test", DRIP, "--leads", "4").code == 2


def test_a_lead_is_added_told_of_exported_and_erased(gtm: Gtm, workflow: str) -> None:
    added = told(gtm, "lead", "add", "fleet", "--email", "Ada@Example.test", "--source", "website")
    assert added["created"] and added["executions"] == ["exec-1"]
    again = gtm("lead", "add", "fleet", "--email", "ada@example.test", "--source", "website")
    assert "was there before" in again.out and "duplicate" in again.out
    events = told(gtm, "lead", "timeline", added["lead_id"])["events"]
    assert [event["what"] for event in events] == ["lead stored", "entered"]
    exported = json.loads(gtm("lead", "export", "ada@example.test", "--venture", "fleet").out)
    assert exported["stored"]["leads"][0]["email"] == "ada@example.test"
    assert gtm("lead", "erase", added["lead_id"]).code == 1
    assert told(gtm, "lead", "erase", added["lead_id"], "--yes")["removed"] == {"leads": 1, "enrolments": 1}
    assert gtm("lead", "timeline", added["lead_id"]).code == 2
    assert told(gtm, "lead", "add", "fleet", "--email", "ada@example.test")["suppressed"] == "erased"


@pytest.mark.parametrize(
    "arguments",
    [
        ["lead", "add", "fleet", "--email", "a@b.test\r\nBcc: c@d.test"],
        ["lead", "add", "fleet", "--email", "a@b.test", "--segment", "nowhere"],
        ["lead", "add", "fleet", "--email", "a@b.test", "--attribute", "__class__=x"],
        ["lead", "add", "nobody", "--email", "a@b.test"],
        ["lead", "timeline", "a@b.test"],
        ["lead", "import", "fleet", "no-such-file.csv"],
        ["lead", "import", "fleet", "README.md", "--consent", "maybe"],
        ["lead", "import", "fleet", "README.md", "--consent", "pending"],
        ["lead", "add", "fleet", "--email", "ada@example.test", "--consent", "pending"],
        ["lead", "import", "fleet", "README.md", "--map", "nonsense"],
        ["lead", "import", "fleet", "README.md", "--rejects", "README.md"],
        ["workflow", "list", "nobody"],
        ["workflow", "show", "nothing"],
    ],
)
def test_words_that_are_off_are_one_clear_error(gtm: Gtm, fleet: VentureBrief, arguments: list[str]) -> None:
    done = gtm(*arguments, "--json")
    assert done.code == 2, done.out
    assert done.problem["detail"] and "Traceback" not in done.err


def test_a_file_is_imported_with_its_rejects(gtm: Gtm, workflow: str, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    rows = [f"p{n}@example.test,Ada,1" if n % 10 else f"broken {n},=1+1,1" for n in range(50)]
    file.write_text("\ufeffE-Mail,First name,Phone\n" + "\n".join(rows) + "\n")
    done = gtm("lead", "import", "fleet", str(file), "--source", "website", "--consent", "granted")
    assert done.code == 0, done.err
    assert "50 rows: 45 people are new" in done.out and "45 executions were started" in done.out
    assert "5 rows were rejected" in done.out and "Columns not imported: Phone" in done.out
    with (tmp_path / "people.rejects.csv").open(newline="") as rejected:
        lines = list(csv.reader(rejected))
    assert [line[0] for line in lines[1:]] == ["2", "12", "22", "32", "42"]
    assert all("no email address" in line[1] and line[3] == "'=1+1" for line in lines[1:])
    again = told(gtm, "lead", "import", "fleet", str(file), "--map", "Phone=attributes.phone", "--no-triggers")
    assert (again["new"], again["known"], again["rejected"], again["ignored"]) == (0, 45, 5, [])


def test_a_ventures_limit_a_minute_is_shown_set_and_taken_away(gtm: Gtm, workflow: str, store: Database) -> None:
    assert told(gtm, "workflow", "limit", "fleet") == {"venture_id": "fleet", "per_minute": None}
    assert gtm("workflow", "limit", "fleet", "--per-minute", "60").out == "fleet: at most 60 leads a minute.\n"
    assert told(gtm, "workflow", "limit", "fleet")["per_minute"] == 60
    assert told(gtm, "workflow", "limit", "fleet", "--unlimited")["per_minute"] is None
    for wrong in (("--per-minute", "0"), ("--per-minute", "5", "--unlimited")):
        assert gtm("workflow", "limit", "fleet", *wrong).code == 2
    assert gtm("workflow", "limit", "nobody").code == 2
    with store.read() as session:
        audited = [entry for entry in logs.audit_entries(session, "fleet") if entry.action == "venture.limited"]
    assert [entry.data for entry in audited] == [{"per_minute": 60}, {"per_minute": None}]
