"""`gtm workflow test`: the SOP's tests of step 3.3 for one workflow, by hand."""

from typing import TYPE_CHECKING, Annotated

import typer

from app.cli import output
from app.cli.door import door_of
from app.cli.ventures import Json

if TYPE_CHECKING:
    from sqlmodel import Session

    from gtm.automation.ports import EmailSource
    from gtm.domain.workflow import TriggerDefinition, WorkflowDefinition
    from gtm.store.models.automation import AutomationWorkflow


def test(
    context: typer.Context,
    workflow_id: Annotated[str, typer.Argument(metavar="ID", help="A workflow's id.")],
    leads: Annotated[
        int, typer.Option("--leads", min=5, max=50, help="Test leads, before those that are made up for branches.")
    ] = 5,
    as_json: Json = False,
) -> None:
    """Test a workflow on a virtual clock: 5 leads or more, one for every branch, injected failures; exit code 1 when a
    case fails. No mail leaves this machine, and the test data is removed."""
    from app import bootstrap
    from gtm.automation.testing import run_sop_tests
    from gtm.store.models.base import new_id
    from gtm.store.repositories import automation

    door = door_of(context)
    with door.database.read() as session:
        row = automation.get_workflow(session, workflow_id)
        definition = automation.get_definition(session, workflow_id, row.version)
        trigger = _trigger(session, row)
        source = _emails(session, row, definition, door.configuration.mail_layout)
    run_id = new_id("test")
    root = door.settings.home.absolute() / "evidence" / run_id
    report = run_sop_tests(
        database=door.database,
        definition=definition,
        trigger=trigger,
        email_source=source,
        start=door.clock.now(),
        evidence_dir=root,
        run_id=run_id,
        revision=1,
        lead_count=leads,
        every_branch=True,
        spam_judge=bootstrap.spam_judge(door.settings),
    )
    folder = str(root / report.evidence_dir)
    if as_json:
        output.emit({**report.model_dump(mode="json"), "passed": report.passed, "evidence_dir": folder})
    else:
        from app.cli.workflows_render import report_view

        output.console().print(report_view(report, folder))
    raise typer.Exit(0 if report.passed else 1)


def _trigger(session: "Session", row: "AutomationWorkflow") -> "TriggerDefinition":
    """The workflow's trigger; one that fires on new leads where there are several.

    Raises:
        Conflict: it has none.
    """
    from gtm.domain.errors import Conflict
    from gtm.store.repositories import automation

    found = [t for t in automation.list_triggers(session, row.venture_id) if t.workflow_id == row.workflow_id]
    if not found:
        raise Conflict("the workflow has no trigger", field="ID", value=row.workflow_id)
    first = next((one for one in found if one.type == "database_insert"), found[0])
    return automation.trigger_of(first)


def _emails(
    session: "Session", row: "AutomationWorkflow", definition: "WorkflowDefinition", layout: str
) -> "EmailSource":
    """The content of the run that made the workflow; a workflow without mails needs none.

    Raises:
        Conflict: its campaign is no run's, or that run has no content.
    """
    from crews.stage17_gtm.tester import session_facts
    from gtm.automation.campaign_email import CampaignEmails
    from gtm.automation.fake import FakeEmailSource
    from gtm.domain.errors import Conflict
    from gtm.store.dossier import load_dossier

    if not definition.content_refs:
        return FakeEmailSource({})
    if not row.run_id:
        raise Conflict(
            "the workflow's campaign has no content, so that its mails cannot be written",
            field="campaign_id",
            value=row.campaign_id,
            hint="name a campaign that a run has made, and save the workflow again",
        )
    dossier = load_dossier(session, row.run_id)
    if dossier.templates is None or dossier.content is None:
        raise Conflict("the run that made the workflow has no content", hint=f"gtm resume {row.run_id}")
    return CampaignEmails(dossier.brief, dossier.templates, dossier.content, layout, session_facts(dossier))
