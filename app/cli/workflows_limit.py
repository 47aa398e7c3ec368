"""`gtm workflow limit`: how many leads of a venture workers take up a minute."""

from typing import Annotated

import typer

from app.cli import output
from app.cli.door import door_of
from app.cli.ventures import By, Json
from gtm.domain.rates import MOST_PER_MINUTE


def limit(
    context: typer.Context,
    venture_id: Annotated[str, typer.Argument(metavar="VENTURE", help="A venture's id.")],
    per_minute: Annotated[
        int | None,
        typer.Option("--per-minute", metavar="N", min=1, max=MOST_PER_MINUTE, help="Leads a minute at most."),
    ] = None,
    unlimited: Annotated[bool, typer.Option("--unlimited", help="Take the limit away.")] = False,
    by: By = None,
    as_json: Json = False,
) -> None:
    """Show or set how many leads of a venture workers take up a minute, over all its workflows; by default any number.
    As many as are allowed in a minute may be saved up while nothing is due."""
    from gtm.automation import operations
    from gtm.domain.errors import InvalidInput
    from gtm.store.repositories import rates, ventures

    if unlimited and per_minute is not None:
        raise InvalidInput("a limit and none cannot both be", field="--unlimited", allowed="one of them")
    door = door_of(context)
    if unlimited or per_minute is not None:
        with door.database.write() as session:
            ventures.require(session, venture_id)
            operations.limit(session, venture_id, per_minute, door.person(by), door.clock.now())
    with door.database.read() as session:
        ventures.require(session, venture_id)
        now = rates.rate_of(session, venture_id)
    said = "without limit" if now is None else f"at most {now} leads a minute"
    output.result({"venture_id": venture_id, "per_minute": now}, f"{venture_id}: {said}.", as_json=as_json)
