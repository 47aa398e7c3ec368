"""`gtm vault`: credentials go in, encrypted, and only their references come out."""

import sys
from typing import Annotated

import typer

from app.cli import output
from app.cli.door import door_of
from app.cli.ventures import Json
from gtm.domain.errors import InvalidInput

app = typer.Typer(no_args_is_help=True, help="Credentials of marketing channels, encrypted at rest.")
LONGEST = 16_384


@app.command()
def put(
    context: typer.Context,
    ref: Annotated[str, typer.Argument(metavar="REF", help="vault://VENTURE/CHANNEL/NAME, as the channel plan says.")],
) -> None:
    """Store a credential under its reference; it is read from the terminal without echo, or from standard input."""
    from app import bootstrap

    door = door_of(context)
    store, keeper = door.database, bootstrap.open_vault(door.settings)
    value = _secret()
    with store.write() as session:
        keeper.put(session, ref, value, door.clock.now())
    output.say(f"Stored, encrypted: {ref}")


@app.command(name="list")
def list_references(
    context: typer.Context,
    venture_id: Annotated[str, typer.Argument(metavar="VENTURE", help="A venture's id.")],
    as_json: Json = False,
) -> None:
    """The references of a venture that hold a credential; values are never shown."""
    from gtm.store.vault import references

    with door_of(context).database.read() as session:
        found = sorted(references(session, venture_id))
    if as_json:
        output.emit({"venture_id": venture_id, "references": found})
    else:
        output.say("\n".join(found) or f"No credential of {venture_id} is stored.")


def _secret() -> str:
    if sys.stdin.isatty():
        value = str(typer.prompt("Credential", hide_input=True))
    else:
        value = sys.stdin.read(LONGEST + 1).rstrip("\r\n")
    if len(value) > LONGEST:
        raise InvalidInput(
            "the credential is too long", field="standard input", allowed=f"at most {LONGEST} characters"
        )
    return value
