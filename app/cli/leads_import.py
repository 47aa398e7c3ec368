"""`gtm lead import`: a CSV of people, streamed."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli import output
from app.cli.door import door_of
from app.cli.ventures import Json
from gtm.domain.names import agreed, counted

if TYPE_CHECKING:
    from sqlmodel import Session

    from gtm.automation.importing import Imported, ImportOptions, Progress
    from gtm.domain.enrolment import Consent

EVERY = 100_000
"""Rows after which a line of progress goes to a file or a pipe."""


def import_file(
    context: typer.Context,
    venture_id: Annotated[str, typer.Argument(metavar="VENTURE", help="A venture's id.")],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A CSV with a header.")],
    mapping: Annotated[
        list[str] | None,
        typer.Option(
            "--map", metavar="COLUMN=FIELD", help="A column (its name or number) is a field; may be repeated."
        ),
    ] = None,
    consent: Annotated[str, typer.Option("--consent", help="Of people whose row does not say.")] = "unknown",
    segment: Annotated[str, typer.Option("--segment", help="Of people whose row does not say.")] = "",
    source: Annotated[str, typer.Option("--source", help="Of people whose row does not say.")] = "import",
    encoding: Annotated[
        str | None, typer.Option("--encoding", help="latin-1, cp1252, …; UTF-8 and marked UTF-16 need none.")
    ] = None,
    rejects: Annotated[
        Path | None, typer.Option("--rejects", metavar="FILE", help="Rejected rows; default FILE.rejects.csv.")
    ] = None,
    no_triggers: Annotated[bool, typer.Option("--no-triggers", help="Only store; start no workflow.")] = False,
    as_json: Json = False,
) -> None:
    """Import people from a CSV; run again, it imports nobody twice. Rejected rows go to a file, with the reason."""
    from gtm.automation.importing import Importer, ImportOptions
    from gtm.domain.errors import InvalidInput, NotFound
    from gtm.store.repositories import ventures

    door = door_of(context)
    rejected = rejects or file.with_name(f"{file.stem}.rejects.csv")
    if rejected.absolute() == file.absolute():
        raise InvalidInput("the rejects would overwrite the file", field="--rejects", value=str(rejected))
    with door.database.read() as session:
        ventures.require(session, venture_id)
        options = ImportOptions(
            mapping=_mapping(mapping or []),
            encoding=encoding,
            consent=_consent(consent),
            segment_id=check_segment(session, venture_id, segment) if segment else "",
            lead_source=source,
            segments=_segments(session, venture_id),
            triggers=not no_triggers,
        )
    try:
        raw = file.open("rb")
    except FileNotFoundError:
        raise NotFound(f"there is no file {file}", field="FILE", value=str(file)) from None
    except OSError as error:
        raise InvalidInput(f"{file} cannot be read: {error.strerror}", field="FILE", value=str(file)) from error
    with raw:
        importer = Importer(door.database, door.clock, venture_id, options, rejected)
        done = importer.run(raw, _progress(file.stat().st_size))
    _tell(done, options, rejected, as_json=as_json)


def check_segment(session: "Session", venture_id: str, segment: str) -> str:
    """The segment, if the venture has it.

    Raises:
        InvalidInput: it has not.
    """
    from gtm.domain.errors import InvalidInput

    known = _segments(session, venture_id)
    if segment not in known:
        raise InvalidInput("there is no such segment", field="--segment", value=segment, allowed=", ".join(known))
    return segment


def _segments(session: "Session", venture_id: str) -> tuple[str, ...]:
    """The segments of the brief, and those that workflows move people into."""
    from gtm.domain.workflow import AddToSegment, WorkflowDefinition
    from gtm.store.repositories import automation, ventures

    brief = ventures.get_brief(session, venture_id)
    found = [segment.id for segment in brief.segments] if brief else []
    for row in automation.list_workflows(session, venture_id):
        steps = WorkflowDefinition.model_validate(row.definition).steps
        found += [step.segment_id for step in steps if isinstance(step, AddToSegment)]
    return tuple(dict.fromkeys(found))


def _mapping(given: list[str]) -> dict[str, str]:
    from gtm.domain.errors import InvalidInput

    found = {}
    for pair in given:
        column, sign, field = pair.rpartition("=")
        if not sign or not column:
            raise InvalidInput("that is no mapping", field="--map", value=pair, allowed="COLUMN=FIELD")
        found[column] = field.strip()
    return found


def _consent(text: str) -> "Consent":
    from gtm.domain.enrolment import GIVEN
    from gtm.domain.errors import InvalidInput

    for one in GIVEN:
        if one == text:
            return one
    raise InvalidInput("there is no such consent", field="--consent", value=text, allowed=", ".join(GIVEN))


def _progress(size: int) -> "Progress":
    """Tells how far an import is: one line that changes on a terminal, a line now and then otherwise."""
    import sys

    live = sys.stderr.isatty()
    last = 0

    def tell(so_far: "Imported") -> None:
        nonlocal last
        share = min(100, so_far.bytes_read * 100 // size) if size else 100
        text = f"{so_far.rows:,} rows, {share} %: {so_far.new:,} new, {so_far.rejected:,} rejected"
        if live:
            sys.stderr.write(f"\r{text}\x1b[K" + ("\n" if share == 100 else ""))
            sys.stderr.flush()
        elif so_far.rows // EVERY > last:
            last = so_far.rows // EVERY
            output.remark(text)

    return tell


def _tell(done: "Imported", options: "ImportOptions", rejected: Path, *, as_json: bool) -> None:
    if as_json:
        told = done.model_dump(mode="json")
        output.emit({**told, "rejects": str(rejected) if done.rejected else None})
        return
    new = f"{counted(done.new, 'person', 'people')} {agreed(done.new, 'is', 'are')} new"
    known = f"{done.known:,} {agreed(done.known, 'was known and stays as it is', 'were known and stay as they are')}"
    output.say(f"{counted(done.rows, 'row')}: {new}, {known}.")
    if options.triggers:
        output.say(f"  {counted(done.started, 'execution')} {agreed(done.started, 'was', 'were')} started.")
    if done.erased:
        erased = agreed(done.erased, "was erased on request and is", "were erased on request and are")
        output.say(f"  {done.erased:,} {erased} not stored again.")
    if done.rejected:
        rows = f"{counted(done.rejected, 'row')} {agreed(done.rejected, 'was', 'were')} rejected"
        output.say(f"  {rows}; {rejected} tells why.")
    if done.ignored:
        output.say(f"  Columns not imported: {', '.join(done.ignored)}; --map 'COLUMN=attributes.NAME' takes one in.")
