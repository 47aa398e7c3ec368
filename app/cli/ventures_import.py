"""`gtm venture import`: a strategy document proposes a brief; a person confirms it."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli import output
from app.cli.door import Door, door_of

if TYPE_CHECKING:
    from agents.usage import UsageLedger
    from crews.document_intake import Read
    from gtm.domain.brief_proposal import BriefProposal, Contradiction, DocumentFinding
    from gtm.domain.document import Document, Span

QUIET = (
    ".id", ".kind", ".short", ".priority", ".audience", ".assumed", ".in_their_words", ".assumed_path", ".claimable",
    ".note",
)  # fmt: skip
"""Values that ride along with another, and are not shown a line each."""

SHOWN = 40
"""Findings that a person is shown; JSON and the report hold all."""


def import_document(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A strategy document: Markdown, DOCX, PDF or HTML.")],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="BRIEF.yaml", help="Write the brief here, and a report beside it.")
    ] = None,
    confirm: Annotated[bool, typer.Option("--confirm", help="Load it as it is proposed, without asking.")] = False,
    no_model: Annotated[bool, typer.Option("--no-model", help="Read by the document's own form alone.")] = False,
    by: Annotated[
        str | None, typer.Option("--by", metavar="NAME", help="Who acts; default GTM_PERSON or your user name.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for machines.")] = False,
) -> None:
    """Propose a brief from a strategy document, with the place of every value; nothing is stored before you confirm."""
    from crews.document_intake import propose

    door = door_of(context)
    document = _read(file, door.configuration.policies.intake.max_bytes)
    targets = _targets(out)
    ledger, read, readers = _reader(door, use_model=not no_model)
    proposal = propose(document, read, readers, door.configuration.policies)
    if not as_json:
        _show(document, proposal)
    if targets is not None:
        _write(targets, proposal)
    loaded = _confirmed(door, proposal, by, confirm=confirm, ask=not as_json)
    if as_json:
        tokens = ledger.totals.tokens if ledger is not None else 0
        written = [str(path) for path in targets] if targets else []
        told = proposal.model_dump(mode="json")
        output.emit({**told, "complete": proposal.complete, "written": written, "venture_id": loaded, "tokens": tokens})
    else:
        _next(door, proposal, out, loaded)


def _read(file: Path, limit_bytes: int) -> "Document":
    from app import bootstrap
    from gtm.connectors.documents.schemas import DocumentSettings
    from gtm.connectors.documents.service import DocumentReader

    reader = DocumentReader(DocumentSettings(limit_bytes=limit_bytes))
    return reader.read(bootstrap.read_input(file, limit_bytes, what="a document"), file.name)


def _reader(door: Door, *, use_model: bool) -> "tuple[UsageLedger | None, Read, tuple[str, ...]]":
    """Who reads: the playbook alone, or a live model after it."""
    from app import bootstrap
    from gtm.playbook.intake.reading import read_document

    if not use_model or door.settings.provider == "playbook":
        return None, read_document, ("playbook",)
    from agents.brief_reader import PROMPT, ReaderModel, read_with_model
    from agents.budget import RunBudget
    from agents.usage import UsageLedger

    settings = bootstrap.model_settings(door.settings)
    ledger = UsageLedger(settings.prices)
    budget = RunBudget(door.settings.token_budget, door.settings.money_budget, prices=settings.prices)
    model = ReaderModel(settings, ledger, door.configuration.prompts[PROMPT], budget)
    return ledger, lambda document: read_with_model(document, model), ("playbook", settings.model)


def _targets(out: Path | None) -> tuple[Path, Path] | None:
    """Where the brief and its report go; what is there already is a person's work, and stays.

    Raises:
        InvalidInput: one of them exists, or their folder does not.
    """
    from gtm.domain.errors import InvalidInput

    if out is None:
        return None
    targets = (out, out.with_name(f"{out.stem}.report.json"))
    for target in targets:
        if target.exists():
            raise InvalidInput(
                f"{target} exists and is not overwritten", field="--out", value=str(target),
                allowed="a name that is free", hint="move it away, or choose another name",
            )  # fmt: skip
    if not out.parent.is_dir():
        raise InvalidInput(
            f"there is no folder {out.parent}", field="--out", value=str(out), allowed="a folder that exists",
            hint=f"mkdir -p {out.parent}",
        )  # fmt: skip
    return targets


def _write(targets: tuple[Path, Path], proposal: "BriefProposal") -> None:
    from gtm.domain.brief_yaml import brief_yaml

    texts = (brief_yaml(proposal), proposal.model_dump_json(indent=2) + "\n")
    for target, text in zip(targets, texts, strict=True):
        _whole(target, text)


def _whole(target: Path, text: str) -> None:
    """Write a file whole or not at all.

    Raises:
        InvalidInput: it cannot be written there.
    """
    import tempfile

    from gtm.domain.errors import InvalidInput

    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        with os.fdopen(handle, "w", encoding="utf-8") as made:
            made.write(text)
        Path(name).chmod(0o644)
        Path(name).replace(target)
    except OSError as error:
        raise InvalidInput(
            f"{target} cannot be written: {error.strerror}", field="--out", value=str(target),
            allowed="a folder that can be written", hint="choose another folder",
        ) from error  # fmt: skip


def _confirmed(door: Door, proposal: "BriefProposal", by: str | None, *, confirm: bool, ask: bool) -> str | None:
    """The id of the venture that was loaded, if a person said so."""
    from crews import document_intake

    if not confirm and not (ask and proposal.complete and output.can_ask() and _asked(door, proposal)):
        return None
    policies, actor = door.configuration.policies, f"person:{door.person(by)}"
    if not proposal.complete:
        # Refused before the store is opened.
        document_intake.refuse_unfinished(proposal)
    brief, _ = document_intake.confirm(door.database, door.clock, policies, proposal, actor)
    return brief.id


def _asked(door: Door, proposal: "BriefProposal") -> bool:
    from gtm.store.repositories import ventures

    venture_id = str(proposal.value("id"))
    with door.database.read() as session:
        known = ventures.get(session, venture_id) is not None
    what = f"Replace the brief of {venture_id}" if known else f"Load it as {venture_id}"
    return typer.confirm(f"{what}?", default=False)


def _show(document: "Document", proposal: "BriefProposal") -> None:
    size = f"{len(document.text):,} characters"
    output.say(f"{document.name} ({document.kind}, {size}), read by {' and '.join(proposal.by)}.")
    output.say()
    output.say(f"Proposed: {len(proposal.facts)} values, each with its place.")
    for line in _values(proposal):
        output.say_wrapped(line)
    _list("Contradictions", [_contradiction(one) for one in proposal.contradictions])
    needed = [f"{one.field}: {one.ask}" for one in proposal.missing if one.required]
    asked = [f"{one.field}: {one.ask}" for one in proposal.missing if not one.required]
    _list("Missing: the brief cannot be loaded without", needed)
    _list("Missing: an entry gate of the run will ask for", asked)
    _list("To look at", [_finding(one) for one in proposal.findings])


def _values(proposal: "BriefProposal") -> Iterator[str]:
    """One line for each value that a person would look up, one for each list; ids and kinds ride along."""
    from gtm.domain.brief_yaml import cited, comment

    marks = {".assumed": "assumed", ".claimable": "not to be claimed"}
    marked = {
        f.field.removesuffix(end): told for f in proposal.facts for end, told in marks.items() if f.field.endswith(end)
    }
    listed: dict[str, list[str]] = {}
    for fact in proposal.facts:
        if fact.field.endswith("]"):
            listed.setdefault(fact.field.rpartition("[")[0], []).append(str(fact.value))
    for fact in proposal.facts:
        field, value = fact.field, str(fact.value)
        if field.endswith("]"):
            field = field.rpartition("[")[0]
            value = ", ".join(listed.pop(field, ()))
        if value and not field.endswith(QUIET):
            told = marked.get(field.rpartition(".")[0])
            mark = f" ({told})" if told else ""
            yield f"{field} = {comment(value, 90)}{mark}  [{cited(fact.span, 50)}]"


def _list(title: str, lines: list[str]) -> None:
    if not lines:
        return
    output.say()
    output.say(f"{title}:")
    for line in lines[:SHOWN]:
        output.say_wrapped(f"- {line}")
    if len(lines) > SHOWN:
        output.say(f"  and {len(lines) - SHOWN} more; --json tells all")


def _contradiction(one: "Contradiction") -> str:
    return f"{one.detail} {one.ask}".strip() + _places(*one.spans)


def _finding(one: "DocumentFinding") -> str:
    return f"{one.code.replace('_', ' ')}: {one.detail}" + (_places(one.span) if one.span else "")


def _places(*spans: "Span") -> str:
    from gtm.domain.brief_yaml import cited

    return f" [{'; '.join(cited(span) for span in spans)}]" if spans else ""


def _next(door: Door, proposal: "BriefProposal", out: Path | None, loaded: str | None) -> None:
    from app.cli.ventures import tell_next

    output.say()
    if loaded is not None:
        output.say(f"{proposal.value('name')} is loaded as {loaded}.")
        tell_next(door, loaded)
        return
    if out is not None:
        output.say(f"Written: {out}, and {out.stem}.report.json with every place. Nothing is stored.")
        output.say(f"Next: {'look at' if proposal.complete else 'complete'} {out}, then gtm venture load {out}")
        return
    output.say("Nothing is written and nothing is stored.")
    how = (
        "--confirm loads it; --out brief.yaml writes it"
        if proposal.complete
        else "--out brief.yaml writes it to be completed"
    )
    output.say(f"Next: {how}")
