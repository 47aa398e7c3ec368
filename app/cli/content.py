"""`gtm content`: the text of a piece of copy, to be read, edited by hand and put back."""

from pathlib import Path
from typing import Annotated

import typer

from app.cli import output
from app.cli.door import door_of
from app.cli.ventures import By, Json
from gtm.domain.errors import Conflict, InvalidInput

LIMIT = 200_000
"""Bytes of a file with the texts of a piece."""

app = typer.Typer(no_args_is_help=True, help="The text of single pieces of copy, to be edited by hand.")

Ref = Annotated[str, typer.Argument(metavar="REF", help="A run's, venture's or approval's id.")]
Piece = Annotated[str, typer.Argument(metavar="PIECE", help="The piece, as gtm show REF content names it.")]


@app.command("text")
def text(context: typer.Context, ref: Ref, piece: Piece, as_json: Json = False) -> None:
    """Print a piece's texts as YAML: change them, and put them back with `gtm content edit`."""
    door = door_of(context)
    from crews.editing import piece_of, texts_of

    found = piece_of(door.dossier(door.run_id(ref)), piece)
    if as_json:
        output.emit(found)
        return
    import yaml

    output.say(f"# {found.piece_id}, written by {found.generated_by}")
    output.say(yaml.safe_dump(texts_of(found), allow_unicode=True, sort_keys=False, width=100).rstrip())


@app.command("edit")
def edit(
    context: typer.Context,
    ref: Ref,
    piece: Piece,
    file: Annotated[Path, typer.Option("--file", metavar="FILE", help="YAML: element, variant, text.")],
    by: By = None,
    as_json: Json = False,
) -> None:
    """Put your own texts into a piece that waits for approval; they are checked, and somebody else approves them."""
    door = door_of(context)
    texts, claims = read_texts(file)
    from crews.editing import edit_piece

    edited = edit_piece(door.services, ref=ref, piece_id=piece, texts=texts, claims=claims, by=door.person(by))
    if as_json:
        output.emit({"run_id": edited.run_id, "revision": edited.revision, "piece": edited.piece,
                     "not_checked": [one.sentence() for one in edited.not_checked]})  # fmt: skip
        return
    output.say(f"{edited.piece.piece_id} is written by {edited.piece.generated_by.removeprefix('person:')} now.")
    for told in [one.sentence() for one in edited.warnings] + [one.sentence() for one in edited.not_checked]:
        output.say(f"  note: {told}")
    output.say(f"Next: gtm resume {edited.run_id}")


@app.command("review")
def review(
    context: typer.Context,
    ref: Ref,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Where the page goes.")] = None,
    as_json: Json = False,
) -> None:
    """Write the copy as a page: variants side by side with findings, scores, decisions and pictures."""
    door = door_of(context)
    from app.web.reviewing import review_page
    from crews.content_review import content_shown

    shown = content_shown(door.services, door.run_id(ref))
    if not shown.pieces:
        raise Conflict(f"run {shown.dossier.run_id} has no copy yet", hint=f"gtm show {shown.dossier.run_id}")
    path = out or door.services.state_dir / "reviews" / f"{shown.dossier.run_id}.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(review_page(shown), encoding="utf-8")
    output.result({"file": str(path), "pieces": len(shown.pieces)}, str(path), as_json=as_json)


def read_texts(path: Path) -> tuple[dict[str, dict[str, str]], list[tuple[str, str]] | None]:
    """The texts in a file, and the claims where it names any.

    A key `claims` holds a list of `{text, fact_id}`; every other key is an element with its variants, or with one text
    where only variant A is meant.

    Raises:
        InvalidInput: the file cannot be read or has another form.
    """
    from gtm.domain.yaml_reading import YamlFault, read_yaml

    try:
        body = read_yaml(path.read_bytes(), limit_bytes=LIMIT)
    except OSError as error:
        raise InvalidInput(f"the file cannot be read: {error.strerror}", field="--file", value=str(path)) from error
    except YamlFault as error:
        raise InvalidInput(error.faults[0], field="--file", value=str(path), findings=error.faults[1:]) from error
    if not isinstance(body, dict):
        raise InvalidInput("the file is no mapping", field="--file", value=str(path), allowed="element, variant, text")
    claims = [_claim(one) for one in body.pop("claims")] if isinstance(body.get("claims"), list) else None
    return {str(name): _variants(str(name), value) for name, value in body.items()}, claims


def _variants(name: str, value: object) -> dict[str, str]:
    if isinstance(value, str):
        return {"A": value}
    if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
        raise InvalidInput(
            "an element has variants with texts", field=name, value=value, allowed="A: text, and B: text below it"
        )
    return {str(label): text for label, text in value.items()}


def _claim(one: object) -> tuple[str, str]:
    if not isinstance(one, dict) or not {"text", "fact_id"} <= one.keys():
        raise InvalidInput("a claim has a text and a fact", field="claims", value=one, allowed="{text: …, fact_id: …}")
    return str(one["text"]), str(one["fact_id"])
