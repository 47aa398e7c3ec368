"""The root of `gtm`: the commands, and the one handler of their errors.

Exit codes: 0 done, or waiting for a person; 1 failed or blocked; 2 the words were off; 130 interrupted.
"""

from typing import Any

import typer
from typer.core import TyperGroup

from app import INTERRUPTED
from app.cli import (
    content,
    decisions,
    doctor,
    leads,
    mail,
    output,
    pilot,
    previewing,
    rollback,
    running,
    schedule,
    serving,
    showing,
    status,
    vault,
    ventures,
    workflows,
    working,
)
from app.cli.door import Door
from gtm.domain.errors import GtmError, StoreError, UsageError


class Commands(TyperGroup):
    """A group whose deliberate errors become one clear message and the error's exit code."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Note whether a machine reads, before anything can fail."""
        ctx.obj = Door(as_json="--json" in args)
        return super().parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """Run the command; render its error."""
        door: Door = ctx.obj
        try:
            return super().invoke(ctx)
        except GtmError as error:
            if _debug(door):
                raise
            output.report(error, as_json=door.as_json)
            raise typer.Exit(error.exit_code) from None
        except _USAGE_ERROR as error:
            if not door.as_json:
                raise
            output.report(UsageError(error.format_message(), hint="gtm --help"), as_json=True)
            raise typer.Exit(2) from None
        except (KeyboardInterrupt, typer.Abort):
            output.remark("Interrupted.")
            raise typer.Exit(INTERRUPTED) from None
        except (typer.Exit, typer.TyperException, BrokenPipeError):
            raise
        except Exception as error:
            if _debug(door):
                raise
            output.report(_unforeseen(error), as_json=door.as_json)
            raise typer.Exit(1) from None


def _unforeseen(error: Exception) -> GtmError:
    """What nobody raised on purpose, told without its traceback; a failing database is told as such."""
    if type(error).__module__.startswith("sqlalchemy."):
        cause = " ".join(str(getattr(error, "orig", None) or error).split())
        return StoreError(f"the database refused: {cause}", hint="gtm doctor; GTM_DEBUG=1 shows where it happened")
    first, _, more = str(error).strip().partition("\n")
    told = f"{type(error).__name__}: {first}{' …' if more else ''}".strip(": ")
    return GtmError(f"unforeseen: {told}", hint="GTM_DEBUG=1 shows where it happened; nothing half-done is kept")


_USAGE_ERROR: type[Any] = typer.BadParameter.__mro__[1]


def _debug(door: Door) -> bool:
    try:
        return door.settings.debug
    except GtmError:
        return False


app = typer.Typer(
    name="gtm",
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    help="Takes a venture through stage 17, go-to-market: a crew proposes, a deterministic core checks, you approve.",
    epilog="Exit codes: 0 done or waiting for you, 1 failed or blocked, 2 usage, 130 interrupted.",
)


@app.callback()
def _root() -> None:
    """Options that hold for every command would stand here."""


app.add_typer(ventures.app, name="venture")
app.command("run")(running.run)
app.command("resume")(running.resume)
app.command("status")(status.status)
app.command("pending")(decisions.pending)
app.command("approve")(decisions.approve)
app.command("reject")(decisions.reject)
app.add_typer(content.app, name="content")
app.command("runs")(status.runs)
app.command("show")(showing.show)
app.command("handoff")(showing.handoff)
app.command("preview")(previewing.preview)
app.command("rollback")(rollback.rollback)
app.add_typer(workflows.app, name="workflow")
app.add_typer(pilot.app, name="pilot")
app.add_typer(schedule.app, name="schedule")
app.add_typer(leads.app, name="lead")
app.add_typer(mail.app, name="mail")
app.add_typer(vault.app, name="vault")
app.command("serve")(serving.serve)
app.command("worker")(working.worker)
app.command("doctor")(doctor.doctor)
