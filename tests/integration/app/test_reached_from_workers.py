"""What a worker of this application really reaches: an endpoint that is named, a run that is asked for, its Maildir."""

import json
import mailbox
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from app import bootstrap
from app.mailing import StoredEmails, sending
from app.settings import Settings
from app.upkeep import tasks_of
from gtm.automation.engine import Worker
from gtm.automation.ports import Services
from gtm.automation.triggers.database_insert import insert_lead
from gtm.domain.brief import VentureBrief
from gtm.domain.clock import SystemClock
from gtm.domain.enrolment import NewLead
from gtm.domain.errors import NotFound
from gtm.domain.workflow import Exit, HttpRequest, StartRun, WorkflowDefinition
from gtm.store.database import Database
from gtm.store.models.enrolments import StepLog
from gtm.store.models.runs import Run
from gtm.store.repositories import automation
from tests.integration.app.conftest import Gtm
from tests.integration.app.test_worker import rows
from tests.integration.automation.surroundings import signup

ENDS = (Exit(id="done"), Exit(id="lost", outcome="failed"))
Heard = list[tuple[str, dict[str, str], Any]]


@pytest.fixture
def crm() -> Iterator[tuple[int, Heard]]:
    """An HTTP server on the loopback interface: its port, and what it heard."""
    heard: Heard = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.append((self.path, dict(self.headers), json.loads(body)))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port, heard
    server.shutdown()
    server.server_close()


def go(settings: Settings, store: Database, definition: WorkflowDefinition) -> list[tuple[str, str, str]]:
    """One lead's way, with everything that `gtm worker --sink` works with; step, outcome and detail of each line."""
    clock = SystemClock()
    with store.write() as session:
        now = clock.now()
        automation.save_workflow(session, definition, run_id="", revision=1, now=now)
        trigger = signup(definition.workflow_id)
        automation.save_trigger(session, trigger, venture_id="fleet", run_id="", revision=1, now=now)
        automation.activate_workflow(session, definition.workflow_id, now)
        person = NewLead(venture_id="fleet", email="ada@example.test", lead_source="website")
        insert_lead(session, person, now)
    with sending(settings, bootstrap.read_configuration(), store, sink=True) as services:
        worker = Worker(store, clock, services)
        while worker.run_until_idle():
            pass
    lines = sorted(rows(store, StepLog), key=lambda line: line.seq)
    return [(definition.steps[line.step].id, line.outcome, line.detail) for line in lines]


def flow(*steps: Any) -> WorkflowDefinition:
    return WorkflowDefinition(
        workflow_id="w",
        venture_id="fleet",
        name="W",
        campaign_id="c",
        triggers=("w-signup",),
        entry=steps[0].id,
        steps=(*steps, *ENDS),
    )


def test_a_request_reaches_a_private_endpoint_that_is_named_with_its_token_out_of_the_vault(
    settings: Settings, store: Database, fleet: VentureBrief, crm: tuple[int, Heard], tmp_path: Path
) -> None:
    port, heard = crm
    with store.write() as session:
        bootstrap.open_vault(settings).put(session, "vault://fleet/http/crm", "s3cret-token", SystemClock().now())
    path = tmp_path / "endpoints.yaml"
    entry = {"name": "crm", "url": f"http://127.0.0.1:{port}/leads", "token": "vault://fleet/http/crm"}
    path.write_text(yaml.safe_dump({"endpoints": [entry], "private_hosts": ["127.0.0.1"]}))
    told = go(
        settings.model_copy(update={"http_endpoints": path}),
        store,
        flow(HttpRequest(id="call", connector="crm", on_success="done", on_failure="lost")),
    )
    assert [line[:2] for line in told] == [("call", "done"), ("done", "exited")]
    ((where, headers, body),) = heard
    assert (where, headers["Authorization"], len(headers["Idempotency-Key"])) == ("/leads", "Bearer s3cret-token", 40)
    assert (body["venture_id"], body["step"]) == ("fleet", "call") and "ada@example.test" not in json.dumps(body)


def test_an_endpoint_inside_that_is_not_named_as_such_is_never_called(
    settings: Settings, store: Database, fleet: VentureBrief, crm: tuple[int, Heard], tmp_path: Path
) -> None:
    port, heard = crm
    path = tmp_path / "endpoints.yaml"
    path.write_text(yaml.safe_dump({"endpoints": [{"name": "crm", "url": f"http://127.0.0.1:{port}/"}]}))
    told = go(
        settings.model_copy(update={"http_endpoints": path}),
        store,
        flow(HttpRequest(id="call", connector="crm", on_success="done", on_failure="lost")),
    )
    assert told[0][1] == "failed" and "may not call" in told[0][2] and heard == []


def test_a_run_that_is_asked_for_is_opened_once(settings: Settings, store: Database, fleet: VentureBrief) -> None:
    first = StartRun(id="ask", reason="no leads", on_success="again", on_failure="lost")
    told = go(settings, store, flow(first, first.model_copy(update={"id": "again", "on_success": "done"})))
    assert [line[1] for line in told] == ["done", "done", "exited"]
    (run,) = rows(store, Run)
    assert run.venture_id == "fleet" and run.run_id in told[0][2] and f"{run.run_id} is open already" in told[1][2]
    with sending(settings, bootstrap.read_configuration(), store, sink=True) as services:
        assert services.runs is not None
        ask = {"venture_id": "fleet", "reason": "x"}
        assert services.runs.ask_for_run(**ask, key="k1") == services.runs.ask_for_run(**ask, key="k1")
        with pytest.raises(NotFound):
            services.runs.ask_for_run(venture_id="nobody", reason="x", key="k2")
    assert len(rows(store, Run)) == 1


def test_a_wish_is_met_by_the_run_it_opened_however_often_it_is_told(
    settings: Settings, store: Database, fleet: VentureBrief
) -> None:
    from crews.asked_runs import AskedRuns

    runs = AskedRuns(lambda: bootstrap.build(settings, bootstrap.read_configuration(), store))
    first = runs.ask_for_run(venture_id="fleet", reason="x", key="k1")
    with store.write() as session:
        for row in rows(store, Run):
            session.merge(row).status = "completed"
    second = runs.ask_for_run(venture_id="fleet", reason="x", key="k1")
    assert first.split()[0] == second.split()[0] and len(rows(store, Run)) == 1


def test_a_worker_looks_after_its_mail_server_and_its_maildir(settings: Settings, store: Database) -> None:
    plain = Services(StoredEmails(store, SystemClock(), ""), object())
    policies = bootstrap.read_configuration().policies
    names = {task.name for task in tasks_of(settings, policies, plain)}
    assert names >= {"reconciler", "retention", "message_retention", "pilots"} and "mail_feedback" not in names
    told = settings.model_copy(update={"feedback_maildir": Path("Maildir")})
    assert "mail_feedback" in {task.name for task in tasks_of(told, policies, plain, 3)}


def test_feedback_is_taken_from_a_file_from_standard_input_and_from_a_maildir(
    here: Gtm, store: Database, tmp_path: Path
) -> None:
    from tests.unit.connectors.test_bounces import DSN

    raw = DSN % {b"action": b"failed", b"status": b"5.1.1"}
    (tmp_path / "a.eml").write_bytes(raw)
    told = json.loads(here("mail", "feedback", str(tmp_path / "a.eml"), "--json").out)
    assert (told["messages"], told["reports"], told["unmatched"]) == (1, 1, 1)
    assert "1 message, 0 reports among them" in here("mail", "feedback", "-", stdin=b"Subject: away\n\nhi").out
    box = mailbox.Maildir(str(tmp_path / "Maildir"))
    box.add(raw)
    assert json.loads(here("mail", "feedback", str(tmp_path / "Maildir"), "--json").out)["reports"] == 1
    assert json.loads(here("mail", "feedback", str(tmp_path / "Maildir"), "--json").out)["messages"] == 0
    missing = here("mail", "feedback", str(tmp_path / "none"))
    assert missing.code == 2 and "there is no" in missing.err


def test_what_is_remembered_of_campaigns_is_bounded(store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    from app import remembering

    monkeypatch.setattr(remembering, "REMEMBERED", 3)
    words = StoredEmails(store, SystemClock(), "")
    read: list[str] = []

    class Emails:
        def email_for(self, *_: Any) -> str:
            return "words"

    monkeypatch.setattr(words, "_read", lambda _venture, campaign: read.append(campaign) or Emails())
    person = NewLead(venture_id="fleet", email="a@b.test").as_lead("lead-1")
    for campaign in ("a", "b", "c", "a", "d", "a", "b"):
        words.email_for(f"{campaign}/s/1", person, "k")
    assert read == ["a", "b", "c", "d", "b"] and len(words._known) == 3
