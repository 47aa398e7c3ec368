"""`gtm lead`: people come in, one by one or by the million, are looked at, and leave without a trace but one."""

from typing import TYPE_CHECKING, Annotated

import typer

from app.cli import leads_import, output
from app.cli.door import door_of
from app.cli.ventures import By, Json

if TYPE_CHECKING:
    from gtm.domain.enrolment import NewLead

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="People a venture may write to.")

Lead = Annotated[str, typer.Argument(metavar="LEAD", help="A lead's id, or their address with --venture.")]
VentureOption = Annotated[
    str | None, typer.Option("--venture", metavar="VENTURE", help="Whose lead it is; needed with an address.")
]


@app.command("add")
def add(
    context: typer.Context,
    venture_id: Annotated[str, typer.Argument(metavar="VENTURE", help="A venture's id.")],
    email: Annotated[str, typer.Option("--email", help="Their address.")],
    first_name: Annotated[str, typer.Option("--first-name")] = "",
    last_name: Annotated[str, typer.Option("--last-name")] = "",
    company: Annotated[str, typer.Option("--company")] = "",
    role: Annotated[str, typer.Option("--role")] = "",
    segment: Annotated[str, typer.Option("--segment", help="One of the venture's segments.")] = "",
    source: Annotated[str, typer.Option("--source", help="Where they come from; triggers look at it.")] = "manual",
    country: Annotated[str, typer.Option("--country", help="Two letters.")] = "",
    time_zone: Annotated[str, typer.Option("--time-zone", help="IANA zone.")] = "UTC",
    consent: Annotated[
        str, typer.Option("--consent", help="granted, legitimate_interest, withdrawn or unknown.")
    ] = "unknown",
    score: Annotated[int, typer.Option("--score")] = 0,
    attribute: Annotated[
        list[str] | None,
        typer.Option("--attribute", metavar="NAME=VALUE", help="A field of your own; may be repeated."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Store a person, and start the workflows whose triggers fire for them."""
    from gtm.automation.triggers.database_insert import insert_lead
    from gtm.store.repositories import leads, ventures

    door = door_of(context)
    values = {
        "venture_id": venture_id, "email": email, "first_name": first_name, "last_name": last_name, "company": company,
        "role": role, "segment_id": segment, "lead_source": source, "country": country, "time_zone": time_zone,
        "consent": consent, "score": score, "attributes": _attributes(attribute or []),
    }  # fmt: skip
    with door.database.write() as session:
        ventures.require(session, venture_id)
        if segment:
            leads_import.check_segment(session, venture_id, segment)
        inserted = insert_lead(session, _person(values), door.clock.now())
        stopped = leads.suppressed(session, venture_id, [inserted.lead.email])
    lead = inserted.lead
    if as_json:
        output.emit(
            {
                "lead_id": lead.lead_id,
                "created": inserted.created,
                "suppressed": stopped.get(lead.email, ""),
                "executions": inserted.executions,
                "triggers": list(inserted.fired),
            }
        )
        return
    what = "is stored as" if inserted.created else "was there before as"
    output.say(f"{lead.email} {what} {lead.lead_id}.")
    for fired in inserted.fired:
        output.say(f"  {fired.workflow_id}: {fired.execution_id or 'not started, ' + fired.skipped}")
    if stopped:
        output.say(f"  gets no mail: on the suppression list ({stopped[lead.email]})")
    output.say(f"Next: gtm workflow trace {lead.lead_id}")


app.command("import")(leads_import.import_file)


@app.command("timeline")
def timeline(context: typer.Context, lead: Lead, venture_id: VentureOption = None, as_json: Json = False) -> None:
    """Tell everything that happened to a person, in order."""
    from gtm.automation import tracing
    from gtm.store.repositories import leads

    with door_of(context).database.read() as session:
        person = leads.of_reference(session, lead, venture_id)
        events = tracing.timeline(session, person)
    if as_json:
        output.emit({"lead_id": person.lead_id, "email": person.email, "events": list(events)})
        return
    from app.cli.workflows_render import timeline_table

    output.say(f"{person.email} ({person.lead_id})")
    output.console().print(timeline_table(events))


@app.command("export")
def export(context: typer.Context, lead: Lead, venture_id: VentureOption = None, as_json: Json = False) -> None:
    """Print everything that is stored of a person, as JSON (GDPR, articles 15 and 20)."""
    import json

    from gtm.automation.erasing import export_person
    from gtm.store.repositories import leads

    door = door_of(context)
    with door.database.read() as session:
        person = leads.of_reference(session, lead, venture_id)
        told = export_person(session, person, door.clock.now())
    # JSON either way, as that is what the person is given; --json puts it on one line.
    output.say(json.dumps(told, indent=None if as_json else 2, ensure_ascii=False))


@app.command("erase")
def erase(
    context: typer.Context,
    lead: Lead,
    venture_id: VentureOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do it; it cannot be undone.")] = False,
    by: By = None,
    as_json: Json = False,
) -> None:
    """Remove a person and what was written to them; their address stays suppressed, as a salted hash (article 17)."""
    from gtm.automation.erasing import erase_person
    from gtm.domain.errors import Conflict
    from gtm.store.repositories import leads

    door = door_of(context)
    with door.database.read() as session:
        person = leads.of_reference(session, lead, venture_id)
    if not yes and not (output.can_ask() and not as_json and typer.confirm(f"Erase {person.email} for good?")):
        raise Conflict(
            "an erasure cannot be undone",
            field="--yes",
            hint=f"gtm lead export {person.lead_id} first, if they asked for their data; then erase with --yes",
        )
    with door.database.write() as session:
        done = erase_person(session, person, door.person(by), door.clock.now())
    if as_json:
        output.emit(done)
        return
    output.say(f"{done.lead_id} is erased; the address stays suppressed ({done.suppressed}), as a salted hash.")
    for table, count in done.removed.items():
        output.say(f"  {table:<20} {count}")


def _attributes(given: list[str]) -> dict[str, str]:
    from gtm.domain.conditions import ATTRIBUTE
    from gtm.domain.errors import InvalidInput

    found = {}
    for pair in given:
        name, sign, value = pair.partition("=")
        if not sign or not ATTRIBUTE.match(f"attributes.{name}"):
            raise InvalidInput(
                "that is no attribute", field="--attribute", value=pair, allowed="name=value, lower case"
            )
        found[name] = value
    return found


def _person(values: dict[str, object]) -> "NewLead":
    from pydantic import ValidationError

    from gtm.domain.enrolment import NewLead
    from gtm.domain.errors import InvalidInput
    from gtm.domain.faults import plainly

    try:
        return NewLead.model_validate(values)
    except ValidationError as error:
        faults = plainly(error)
        raise InvalidInput(f"this is no lead: {faults[0]}", findings=faults if len(faults) > 1 else ()) from None
