"""A venture that has been through the stage, and leads that are due for one mail of its campaign.

A real worker renders stored content, so what it sends must have been made by a run. The leads are not worth a run each:
they are written at once.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from benchmarks.conditions import EXAMPLES, ROOT
from gtm.automation.triggers.bulk import enrol_all
from gtm.domain.delivery import Purpose
from gtm.domain.holidays import ClosedIn
from gtm.domain.workflow import Exit, Goal, SendEmail, TriggerDefinition, WorkflowDefinition
from gtm.store.database import Database
from gtm.store.models.deliveries import DeliveryCount
from gtm.store.repositories import automation

VENTURE = "fleet"
WORKFLOW, TRIGGER = "fleet-bench-mail", "fleet-bench-mail-start"
DOMAIN = "bench.test"
SENDER = f"team@{DOMAIN}"
UNSUBSCRIBE = f"https://{DOMAIN}/unsubscribe"
COUNTRIES = ("US", "DE", "JP", "BR", "IN", "KE")
WARM_DAYS = 90
"""For so long the sender's domain has sent: what a new one may send a day is looked at, and is no limit any more."""

_LEADS = (
    "INSERT INTO leads (lead_id, venture_id, email, first_name, last_name, company, role, segment_id, lead_source,"
    " status, score, time_zone, country, consent, is_test, created_at, attributes, own_writes)"
    " VALUES (:id, :venture, :email, 'Ada', 'Lovelace', 'Acme', '', '', 'import', 'new', 0, 'UTC', :country, 'granted',"
    " :no, :now, '{}', 0)"
)


def run_stage(env: Mapping[str, str]) -> None:
    """Take the venture through the stage, as a person would: `gtm run … --approve-as all`.

    Raises:
        RuntimeError: the run did not end well.
    """
    brief = str(EXAMPLES / f"{VENTURE}.yaml")
    command = [sys.executable, "-m", "app", "run", brief, "--approve-as", "all", "--json"]
    done = subprocess.run(command, cwd=ROOT, env=dict(env), capture_output=True, text=True, check=False)
    if done.returncode or json.loads(done.stdout.splitlines()[-1]).get("status") != "completed":
        raise RuntimeError(f"the venture's run did not end well: {done.stdout[-500:]} {done.stderr[-500:]}")


def enrol(database: Database, leads: int, purpose: Purpose) -> None:
    """So many leads, all due now for the first mail of the venture's campaign.

    Args:
        database: a store in which the venture has been through the stage.
        leads: how many.
        purpose: of the mail; a marketing mail goes out in the hours of its audience alone.

    Raises:
        RuntimeError: not everybody is enrolled.
    """
    now = datetime.now(UTC)
    with database.write() as session:
        house = automation.list_workflows(session, VENTURE)[0]
        own = _one_mail(house.definition, purpose)
        # Of the venture's own run: a campaign's words are those of the run that its newest workflow belongs to.
        automation.save_workflow(session, own, run_id=house.run_id, revision=house.revision, now=now)
        trigger = TriggerDefinition(trigger_id=TRIGGER, type="manual", workflow_id=WORKFLOW)
        automation.save_trigger(session, trigger, venture_id=VENTURE, run_id=house.run_id, revision=1, now=now)
        automation.activate_workflow(session, WORKFLOW, now)
        session.add(DeliveryCount(scope=f"domain:{DOMAIN}", day=(now - timedelta(days=WARM_DAYS)).date(), sent=1))
        moment = now.replace(tzinfo=None).isoformat(" ") if database.is_sqlite else now
        values = {"venture": VENTURE, "country": working_country(now), "no": False, "now": moment}
        rows = [values | {"id": f"lead-{n}", "email": f"lead{n}@example.test"} for n in range(leads)]
        session.connection().execute(text(_LEADS), rows)
    if (done := enrol_all(database, TRIGGER, now).enrolled) != leads:
        raise RuntimeError(f"{done} of {leads} leads are enrolled")


def working_country(now: datetime) -> str:
    """A country in which today is no public holiday: on one, marketing mail waits."""
    return next(country for country in COUNTRIES if now.date() not in ClosedIn(country))


def _one_mail(house: Mapping[str, object], purpose: Purpose) -> WorkflowDefinition:
    """The first mail of one of the venture's own workflows, and no more; whoever has it has reached the goal."""
    own = WorkflowDefinition.model_validate(house)
    mail = next(step for step in own.steps if isinstance(step, SendEmail))
    return WorkflowDefinition(
        workflow_id=WORKFLOW,
        venture_id=VENTURE,
        name="One mail",
        campaign_id=own.campaign_id,
        triggers=(TRIGGER,),
        entry="mail",
        steps=(
            SendEmail(id="mail", content_ref=mail.content_ref, purpose=purpose, on_success="won", on_failure="lost"),
            Goal(id="won", name="written-to"),
            Exit(id="lost", outcome="failed", reason="not sent"),
        ),
    )


def mail_environment(port: int) -> dict[str, str]:
    """The variables that have `gtm worker` hand its mail to a server on the loopback interface."""
    return {
        "GTM_MAIL_URL": f"smtp+plain://127.0.0.1:{port}",
        "GTM_MAIL_FROM": SENDER,
        "GTM_MAIL_UNSUBSCRIBE_URL": UNSUBSCRIBE,
    }
