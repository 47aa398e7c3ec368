"""`gtm workflow`: what runs, who is where in it, and what an operator may do about it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli import output, workflows_limit, workflows_save, workflows_start, workflows_test
from app.cli.door import door_of
from app.cli.ventures import By, Json
from gtm.domain.names import agreed, counted

if TYPE_CHECKING:
    from gtm.automation.resolving import Resolution
    from gtm.domain.enrolment import EnrolmentState

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Operate the workflows that a run has made.")

WorkflowId = Annotated[str, typer.Argument(metavar="ID", help="A workflow's id; gtm workflow list VENTURE tells them.")]
Execution = Annotated[str, typer.Argument(metavar="EXECUTION", help="exec-NUMBER, as `dead` and `trace` tell it.")]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; kept in the audit log.")]
VentureOption = Annotated[
    str | None, typer.Option("--venture", metavar="VENTURE", help="Whose lead it is; needed with an address.")
]

MOST_VERSIONS = 1_000_000


@app.command("list")
def list_workflows(
    context: typer.Context,
    venture_id: Annotated[str, typer.Argument(metavar="VENTURE", help="A venture's id.")],
    as_json: Json = False,
) -> None:
    """List a venture's workflows with their counts."""
    from gtm.automation.monitoring import monitor
    from gtm.store.repositories import ventures

    door = door_of(context)
    with door.database.read() as session:
        ventures.require(session, venture_id)
    found = monitor(door.database, venture_id)
    if as_json:
        output.emit(list(found))
    elif not found:
        output.say(f"{venture_id} has no workflow yet. Next: gtm run {venture_id}")
    else:
        from app.cli.workflows_render import health_table

        output.console().print(health_table(found))


@app.command("show")
def show(context: typer.Context, workflow_id: WorkflowId, as_json: Json = False) -> None:
    """Show a workflow: its triggers, and how many wait, passed, failed or were put off at each step."""
    from gtm.automation.monitoring import monitor
    from gtm.automation.tracing import step_table
    from gtm.store.repositories import automation

    door = door_of(context)
    with door.database.read() as session:
        row = automation.get_workflow(session, workflow_id)
        steps = step_table(session, workflow_id)
        triggers = [t for t in automation.list_triggers(session, row.venture_id) if t.workflow_id == workflow_id]
    health = next(one for one in monitor(door.database, row.venture_id) if one.workflow_id == workflow_id)
    if as_json:
        told = [{**automation.trigger_of(t).model_dump(mode="json"), "enabled": t.enabled} for t in triggers]
        paused = {"paused_at": row.paused_at, "paused_reason": row.paused_reason}
        output.emit(
            {"workflow": health, **paused, "triggers": told, "definition": row.definition, "steps": list(steps)}
        )
        return
    from app.cli.workflows_render import workflow_view

    enabled = [(automation.trigger_of(t), t.enabled) for t in triggers]
    output.console().print(workflow_view(health, row.paused_reason or "", enabled, steps))


@app.command("diagram")
def diagram(
    context: typer.Context,
    workflow_id: WorkflowId,
    svg: Annotated[Path | None, typer.Option("--svg", metavar="FILE", help="Write a picture instead.")] = None,
    as_json: Json = False,
) -> None:
    """Print a workflow as Mermaid, or write it as SVG."""
    from gtm.automation import diagram as drawing
    from gtm.store.repositories import automation

    with door_of(context).database.read() as session:
        row = automation.get_workflow(session, workflow_id)
        definition = automation.get_definition(session, workflow_id, row.version)
    if svg is not None:
        _write(svg, drawing.svg(definition))
        output.result({"workflow_id": workflow_id, "svg": str(svg)}, str(svg), as_json=as_json)
    else:
        text = drawing.mermaid(definition)
        output.result({"workflow_id": workflow_id, "mermaid": text}, text.rstrip("\n"), as_json=as_json)


@app.command("activate")
def activate(context: typer.Context, workflow_id: WorkflowId, by: By = None, as_json: Json = False) -> None:
    """Let a tested workflow run, and enable its triggers; refused where a connector of its steps is not configured."""
    from app import endpoints
    from gtm.automation import operations

    door = door_of(context)
    reach = endpoints.reach(door.settings)
    with door.database.write() as session:
        operations.activate(session, workflow_id, door.person(by), door.clock.now(), reach)
    _told(workflow_id, "active", f"{workflow_id} is active; its triggers are enabled.", as_json)


@app.command("pause")
def pause(
    context: typer.Context, workflow_id: WorkflowId, reason: Reason, by: By = None, as_json: Json = False
) -> None:
    """Stop one workflow; everybody keeps their place, and no mail follows. A venture is stopped by gtm rollback."""
    from gtm.automation import operations
    from gtm.automation.pausing import drain
    from gtm.store.repositories import dead_letters

    door = door_of(context)
    with door.database.write() as session:
        row = operations.pause(session, workflow_id, _said(reason), door.person(by), door.clock.now())
        venture_id = row.venture_id
        held = sum(dead_letters.in_flight(session, workflow_id).values())
    sending = drain(door.database, venture_id, workflow_id=workflow_id)
    text = f"{workflow_id} is paused; {held} people keep their place. Next: gtm workflow resume {workflow_id}"
    if sending:
        text += f"\n{sending} mails were on their way and have not settled: gtm workflow show {workflow_id}"
    _told(workflow_id, "paused", text, as_json, in_flight=held, unsettled=sending)


@app.command("resume")
def resume(context: typer.Context, workflow_id: WorkflowId, by: By = None, as_json: Json = False) -> None:
    """Let a paused workflow go on where everybody stands."""
    from gtm.automation import operations

    door = door_of(context)
    with door.database.write() as session:
        operations.resume(session, workflow_id, door.person(by), door.clock.now())
    _told(workflow_id, "active", f"{workflow_id} goes on.", as_json)


@app.command("cancel")
def cancel(
    context: typer.Context,
    workflow_id: WorkflowId,
    reason: Reason,
    yes: Annotated[bool, typer.Option("--yes", help="Do it; without it you are told what would happen.")] = False,
    by: By = None,
    as_json: Json = False,
) -> None:
    """End everybody who is in flight in a workflow, and pause it; this cannot be undone."""
    from gtm.automation import operations
    from gtm.domain.errors import Conflict
    from gtm.store.repositories import automation, dead_letters

    door = door_of(context)
    with door.database.read() as session:
        automation.get_workflow(session, workflow_id)
        flying = dead_letters.in_flight(session, workflow_id)
    told = ", ".join(f"{count} {status}" for status, count in flying.items()) or "nobody is in flight"
    if not yes and not (output.can_ask() and not as_json and typer.confirm(f"End {told} in {workflow_id}?")):
        raise Conflict(
            f"cancelling {workflow_id} ends people for good: {told}",
            field="--yes",
            hint=f"gtm workflow cancel {workflow_id} --reason TEXT --yes; pause keeps everybody's place",
        )
    done = operations.cancel(door.database, door.clock, workflow_id, _said(reason), door.person(by))
    with door.database.read() as session:
        status = automation.get_workflow(session, workflow_id).status
    stands = "a draft" if status == "draft" else status
    text = f"{workflow_id} is {stands} and {done.ended} people have left it; each stands in the log as cancelled."
    _told(workflow_id, status, text, as_json, ended=done.ended)


@app.command("migrate")
def migrate(
    context: typer.Context,
    workflow_id: WorkflowId,
    to: Annotated[
        int,
        typer.Option("--to", metavar="VERSION", min=1, max=MOST_VERSIONS, help="The version that people are moved to."),
    ],
    from_version: Annotated[
        int | None,
        typer.Option(
            "--from",
            metavar="VERSION",
            min=1,
            max=MOST_VERSIONS,
            help="Whose people; by default all other versions.",
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do it; without it you are shown what would happen.")] = False,
    by: By = None,
    as_json: Json = False,
) -> None:
    """Show what moving people to another version would do, and with --yes do it; nobody is ever moved by themselves."""
    from gtm.automation import migrating, operations
    from gtm.automation.tracing import versions_in_use
    from gtm.store.repositories import automation

    door = door_of(context)
    with door.database.read() as session:
        automation.get_definition(session, workflow_id, to)
        chosen = [from_version] if from_version else [n for n in versions_in_use(session, workflow_id) if n != to]
        plans = [migrating.preview(session, workflow_id, version, to) for version in chosen]
    done = [operations.migrate(door.database, door.clock, plan, door.person(by)) for plan in plans] if yes else []
    if as_json:
        shown = [{**plan.model_dump(mode="json"), "movable": plan.movable, "staying": plan.staying} for plan in plans]
        output.emit({"workflow_id": workflow_id, "to_version": to, "plans": shown, "moved": done if yes else None})
        return
    if not plans:
        output.say(f"Nobody is in another version of {workflow_id} than {to}.")
        return
    from app.cli.workflows_render import plan_view

    for plan in plans:
        output.console().print(plan_view(plan))
    for plan, result in zip(plans, done, strict=False):
        stay = f", {result.in_doubt} {agreed(result.in_doubt, 'stays', 'stay')} in doubt" if result.in_doubt else ""
        moved = f"{counted(result.moved, 'person', 'people')} {agreed(result.moved, 'is', 'are')} moved"
        output.say(f"{moved} from version {plan.from_version} to version {to}{stay}.")
    if not yes:
        output.say(f"Nothing is changed. Next: gtm workflow migrate {workflow_id} --to {to} --yes")


@app.command("dead")
def dead(
    context: typer.Context,
    workflow_id: WorkflowId,
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="How many at most.")] = 100,
    as_json: Json = False,
) -> None:
    """List dead letters: who failed in a workflow or waits for a person, with the last error."""
    from gtm.automation.operations import list_dead_letters

    with door_of(context).database.read() as session:
        found = list_dead_letters(session, workflow_id, limit=limit)
    if as_json:
        output.emit(list(found))
    elif not found:
        output.say(f"{workflow_id} has no dead letters.")
    else:
        from app.cli.workflows_render import dead_table

        output.console().print(dead_table(found))


@app.command("retry")
def retry(context: typer.Context, execution: Execution, by: By = None, as_json: Json = False) -> None:
    """Do the step that failed once more; refused where it may have happened."""
    from gtm.automation import operations

    door = door_of(context)
    with door.database.write() as session:
        after = operations.retry(session, execution, door.person(by), door.clock.now())
    _moved(after, execution, as_json, f"{execution} is back at {after.step} and due now; a worker takes it up.")


@app.command("resolve")
def resolve(
    context: typer.Context,
    execution: Execution,
    happened: Annotated[
        bool | None,
        typer.Option("--happened/--did-not-happen", help="What you found out, at the provider for instance."),
    ] = None,
    by: By = None,
    as_json: Json = False,
) -> None:
    """Tell whether an effect whose fate is unknown happened; the lead goes on by the success or the failure path."""
    from gtm.automation import operations
    from gtm.domain.errors import InvalidInput

    if happened is None:
        raise InvalidInput(
            "say what you found out",
            field="--happened or --did-not-happen",
            allowed="one of them; look at the provider",
        )
    door = door_of(context)
    with door.database.write() as session:
        found: Resolution = "happened" if happened else "did_not_happen"
        after = operations.resolve(session, execution, found, door.person(by), door.clock.now())
    _moved(after, execution, as_json, f"{execution} goes on: {after.status} at {after.step}.")


@app.command("trace")
def trace(
    context: typer.Context,
    lead: Annotated[str, typer.Argument(metavar="LEAD", help="A lead's id, or their address with --venture.")],
    venture_id: VentureOption = None,
    as_json: Json = False,
) -> None:
    """Show a person's way through workflows: every step, why it was put off, what comes next and when."""
    from gtm.automation import tracing
    from gtm.store.repositories import leads

    with door_of(context).database.read() as session:
        person = leads.of_reference(session, lead, venture_id)
        ways = tracing.trace(session, person)
    if as_json:
        output.emit({"lead_id": person.lead_id, "email": person.email, "workflows": list(ways)})
    elif not ways:
        output.say(f"{person.email} has not entered any workflow.")
    else:
        from app.cli.workflows_render import trace_view

        output.console().print(trace_view(person.email, ways))


app.command("limit")(workflows_limit.limit)
app.command("test")(workflows_test.test)
app.command("check")(workflows_save.check)
app.command("save")(workflows_save.save)
app.command("start")(workflows_start.start)


def _said(reason: str) -> str:
    from gtm.domain.errors import InvalidInput

    said = " ".join(reason.split())
    if not said or len(said) > 500:
        raise InvalidInput("a reason is a sentence", field="--reason", value=reason, allowed="1 to 500 characters")
    return said


def _write(path: Path, text: str) -> None:
    from gtm.domain.errors import InvalidInput

    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InvalidInput(
            f"{path} cannot be written: {error.strerror}", field="--svg", value=str(path), allowed="a file to write"
        ) from error


def _told(workflow_id: str, status: str, text: str, as_json: bool, **more: object) -> None:
    output.result({"workflow_id": workflow_id, "status": status, **more}, text, as_json=as_json)


def _moved(after: "EnrolmentState", execution: str, as_json: bool, text: str) -> None:
    told = {"execution_id": execution, "step": after.step, "status": after.status, "due_at": after.due_at}
    output.result(told, text, as_json=as_json)
