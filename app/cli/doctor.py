"""`gtm doctor`: what is configured, what is missing, how to fix it."""

from typing import TYPE_CHECKING, Annotated

import typer

from app.cli import output
from app.cli.ventures import Json
from gtm.domain.names import agreed, counted

if TYPE_CHECKING:
    from app.health import Check

SIGNS = {"ok": ("✓", "green"), "optional": ("–", "yellow"), "missing": ("✗", "bold red")}


def doctor(
    online: Annotated[
        bool, typer.Option("--online", help="Also ask the model's server whether it takes the key.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Tell what is configured and what is missing; exit code 1 when something essential is missing."""
    from app import bootstrap
    from app.health import examine

    settings, faults = bootstrap.survey_settings()
    checks = list(examine(settings, online=online, faults=faults))
    missing = [check for check in checks if check.state == "missing"]
    if as_json:
        output.emit({"ok": not missing, "checks": [check.as_dict() for check in checks]})
    else:
        _tell(checks)
        output.say()
        output.say(
            f"{counted(len(missing), 'essential part')} {agreed(len(missing), 'is', 'are')} missing."
            if missing
            else "Ready. Next: gtm run examples/ventures/fleet.yaml"
        )
    raise typer.Exit(1 if missing else 0)


def _tell(checks: "list[Check]") -> None:
    from rich.table import Table
    from rich.text import Text

    rows = Table.grid(padding=(0, 2, 0, 0))
    rows.add_column()
    rows.add_column(no_wrap=True)
    rows.add_column(overflow="fold")
    for check in checks:
        sign, style = SIGNS[check.state]
        told = Text(check.detail)
        if check.state != "ok" and check.fix:
            told.append(f"\n{check.fix}", "cyan")
        rows.add_row(Text(sign, style=style), Text(check.name, style="bold"), told)
    output.console().print(rows)
