"""`gtm schedule`: the plan's money over the days that are left."""

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli import output
from app.cli.door import door_of
from app.cli.ventures import By, Json
from gtm.domain.names import agreed, counted

if TYPE_CHECKING:
    from gtm.automation.repacing import Repaced, Wanted

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Pace a venture's ad flights.")


@app.callback()
def _group() -> None:
    """Keeps `repace` a command of its own while there is no other."""


@app.command("repace")
def repace(
    context: typer.Context,
    venture_id: Annotated[str, typer.Argument(metavar="VENTURE", help="A venture's id.")],
    budget: Annotated[
        list[str] | None,
        typer.Option("--budget", metavar="CHANNEL=USD", help="Another amount for a whole flight; needs --as LEAD."),
    ] = None,
    pause: Annotated[list[str] | None, typer.Option("--pause", metavar="CHANNEL", help="Spend nothing on it.")] = None,
    resume: Annotated[list[str] | None, typer.Option("--resume", metavar="CHANNEL", help="Let it go on.")] = None,
    close: Annotated[list[str] | None, typer.Option("--close", metavar="DAY", help="Spend nothing that day.")] = None,
    role: Annotated[str, typer.Option("--as", metavar="ROLE", help="The role in which you change an amount.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do it; without it you are shown what would happen.")] = False,
    by: By = None,
    as_json: Json = False,
) -> None:
    """Spread what is left of each ad flight over the days that are left, and show it before and after; a worker does so
    every day by itself."""
    from gtm.automation.repacing import preview, repace_venture
    from gtm.domain.errors import Forbidden

    door = door_of(context)
    wanted = _wanted(budget or [], pause or [], resume or [], close or [])
    if wanted.amounts and role.strip().upper() != "LEAD":
        raise Forbidden(
            "an amount is changed by LEAD", field="--as", value=role, allowed="LEAD", hint="--as LEAD, if you are"
        )
    numbers = door.configuration.policies.pacing
    with door.database.read() as session:
        shown = preview(session, venture_id, numbers, door.clock.now(), wanted)
    if yes:
        with door.database.write() as session:
            repace_venture(session, venture_id, numbers, door.person(by), door.clock.now(), wanted)
    if as_json:
        output.emit({"venture_id": venture_id, "changed": yes, "flights": list(shown)})
        return
    _tell(venture_id, shown, yes=yes)


def _wanted(budget: list[str], pause: list[str], resume: list[str], close: list[str]) -> "Wanted":
    """The options as one wish.

    Raises:
        InvalidInput: an amount or a day cannot be read, or a channel is to be paused and resumed.
    """
    from gtm.automation.repacing import Wanted
    from gtm.domain.errors import InvalidInput

    both = sorted(set(pause) & set(resume))
    if both:
        raise InvalidInput("a flight is paused or resumed", field="--pause, --resume", value=both[0])
    amounts = {}
    for pair in budget:
        channel, sign, text = pair.partition("=")
        try:
            amount = Decimal(text.strip().replace(",", ""))
        except InvalidOperation:
            amount = Decimal("NaN")
        if not sign or not amount.is_finite() or amount >= 10**9:
            raise InvalidInput("that is no budget", field="--budget", value=pair, allowed="such as linkedin=4000")
        amounts[channel.strip()] = amount
    days = []
    for text in close:
        try:
            days.append(date.fromisoformat(text))
        except ValueError:
            raise InvalidInput("that is no day", field="--close", value=text, allowed="such as 2026-12-24") from None
    return Wanted(amounts=amounts, pause=pause, resume=resume, close=days)


def _tell(venture_id: str, shown: tuple["Repaced", ...], *, yes: bool) -> None:
    from app.cli.panels.parts import plain, table
    from gtm.domain.money import usd

    if not shown:
        output.say(f"{venture_id} has no ad flights.")
        return
    lines = table("channel", "amount", "spent", "a day before", "a day after", "days left", "no day", right=range(1, 7))
    for one in shown:
        state = f"{one.after.channel}{' (paused)' if one.paused else ''}"
        left = [day for day in one.after.days if day.on >= one.today]
        lines.add_row(
            plain(state), usd(one.after.amount), usd(one.spent), _range(one, before=True), _range(one, before=False),
            str(len(left)), usd(one.without_day) if one.without_day else "-",
        )  # fmt: skip
    output.console().print(lines)
    changed = sum(one.changed for one in shown)
    if not changed:
        output.say("Nothing changes.")
    elif yes:
        output.say(f"{counted(changed, 'flight')} {agreed(changed, 'is', 'are')} paced anew.")
    else:
        output.say(f"Nothing is changed. Next: gtm schedule repace {venture_id} --yes, with the same options")


def _range(one: "Repaced", *, before: bool) -> str:
    from gtm.domain.money import usd

    flight = one.before if before else one.after
    amounts = [day.amount for day in flight.days if day.on >= one.today]
    if not amounts:
        return "over"
    least, most = min(amounts), max(amounts)
    return usd(least) if least == most else f"{usd(least)} to {usd(most)}"
