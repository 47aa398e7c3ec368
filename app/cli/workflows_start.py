"""`gtm workflow start`: people enter a workflow because somebody says so."""

from typing import TYPE_CHECKING, Annotated

import typer

from app.cli import output
from app.cli.door import Door, door_of
from app.cli.ventures import By, Json
from gtm.domain.names import agreed, counted

if TYPE_CHECKING:
    from gtm.automation.starting import Startable
    from gtm.automation.triggers.bulk import BulkReport


def start(
    context: typer.Context,
    workflow_id: Annotated[str, typer.Argument(metavar="ID", help="A workflow's id.")],
    people: Annotated[
        list[str] | None, typer.Argument(metavar="LEAD...", help="Leads of the venture, by id or address.")
    ] = None,
    segment: Annotated[str | None, typer.Option("--segment", metavar="SEGMENT", help="Everybody of a segment.")] = None,
    everybody: Annotated[bool, typer.Option("--all", help="Everybody whom the venture has now.")] = False,
    trigger_id: Annotated[
        str | None, typer.Option("--trigger", metavar="TRIGGER", help="Which manual trigger, where there are several.")
    ] = None,
    by: By = None,
    as_json: Json = False,
) -> None:
    """Start an active workflow by its manual trigger: for people who are named, a segment, or everybody. Filters,
    conditions and limits of the trigger hold; who is not started is told with the reason."""
    from gtm.automation.starting import startable
    from gtm.domain.errors import InvalidInput

    if bool(people) + (segment is not None) + everybody != 1:
        raise InvalidInput("say whom", field="LEAD, --segment or --all", allowed="one of the three")
    door = door_of(context)
    with door.database.read() as session:
        what = startable(session, workflow_id, trigger_id)
        if segment is not None:
            from app.cli.leads_import import check_segment

            check_segment(session, what.venture_id, segment)
    if people:
        _named(door, what, people, door.person(by), as_json=as_json)
    else:
        _many(door, what, segment, door.person(by), as_json=as_json)


def _named(door: Door, what: "Startable", people: list[str], who: str, *, as_json: bool) -> None:
    from gtm.automation.starting import start_people

    with door.database.write() as session:
        fired = start_people(session, what, people, who, door.clock)
    started = sum(1 for _, one in fired if one.enrolment_no)
    if as_json:
        told = [
            {
                "lead_id": lead.lead_id,
                "email": lead.email,
                "execution_id": one.execution_id or None,
                "skipped": one.skipped or None,
            }
            for lead, one in fired
        ]
        output.emit({"workflow_id": what.workflow_id, "started": started, "leads": told})
        return
    for lead, one in fired:
        output.say(f"{lead.email}: {one.execution_id or 'not started, ' + one.skipped}")


def _many(door: Door, what: "Startable", segment: str | None, who: str, *, as_json: bool) -> None:
    from gtm.automation.starting import start_many
    from gtm.domain.errors import Conflict

    def told(so_far: "BulkReport") -> None:
        if not so_far.done:
            output.remark(f"{so_far.enrolled:,} {agreed(so_far.enrolled, 'is', 'are')} started so far")

    done = start_many(door.database, what, who, door.clock, segment_id=segment, told=told)
    people = counted(done.enrolled, "person", "people")
    if done.stopped:
        raise Conflict(
            f"{done.stopped}; {people} {agreed(done.enrolled, 'was', 'were')} started before",
            field="ID",
            value=what.workflow_id,
            hint="the same command goes on once that is mended",
        )
    whom = f" of {segment}" if segment is not None else ""
    output.result(
        {"workflow_id": what.workflow_id, "started": done.enrolled, "segment": segment},
        f"{people}{whom} {agreed(done.enrolled, 'is', 'are')} started in {what.workflow_id}; who was in it before, "
        "or does not meet its trigger's conditions, was left out.",
        as_json=as_json,
    )
