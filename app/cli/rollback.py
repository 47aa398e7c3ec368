"""`gtm rollback`: the SOP's five steps by hand, and LEAD's decision on what comes next."""

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli import output
from app.cli.decisions import known_role
from app.cli.door import Door, door_of
from app.cli.ventures import By, Json
from gtm.domain.errors import InvalidInput
from gtm.domain.money import usd
from gtm.domain.names import agreed

if TYPE_CHECKING:
    from crews.rollback import RollbackRecord

BUDGET = "monthly_budget_stopped"
DECISIONS = ("fix_and_retry", "recurse")
STAGES = (5, 11, 15)


def rollback(
    context: typer.Context,
    venture_id: Annotated[str, typer.Argument(metavar="VENTURE", help="A venture's id.")],
    reason: Annotated[str | None, typer.Option("--reason", metavar="TEXT", help="Why; kept with the rollback.")] = None,
    decision: Annotated[
        str | None,
        typer.Option("--decide", metavar="DECISION", help="Decide an open rollback: fix_and_retry or recurse."),
    ] = None,
    to: Annotated[int | None, typer.Option("--to", metavar="STAGE", help="With recurse: stage 5, 11 or 15.")] = None,
    role: Annotated[str | None, typer.Option("--as", metavar="ROLE", help="With --decide: LEAD.")] = None,
    by: By = None,
    as_json: Json = False,
) -> None:
    """Stop a venture: pause its workflows, sends and spend and ask LEAD; or, with --decide, write LEAD's decision."""
    door = door_of(context)
    if (reason is None) == (decision is None):
        raise InvalidInput(
            "a rollback is either opened or decided",
            field="--reason or --decide",
            allowed="--reason TEXT, or --decide fix_and_retry|recurse [--to 5|11|15] with --as LEAD",
        )
    if reason is not None:
        record = _open(door, venture_id, reason, by)
    else:
        record = _decide(door, venture_id, str(decision), to, role, by)
    if as_json:
        output.emit({**vars(record)})
    elif record.decision:
        _tell_decided(record)
    else:
        _tell_opened(record)


def _open(door: Door, venture_id: str, reason: str, by: str | None) -> "RollbackRecord":
    from crews.rollback import roll_back

    stage = door.configuration.stage
    return roll_back(door.database, door.clock, stage, venture_id=venture_id, reason=reason, by=door.person(by))


def _decide(
    door: Door, venture_id: str, decision: str, to: int | None, role: str | None, by: str | None
) -> "RollbackRecord":
    from crews.rollback import decide_rollback

    if decision not in DECISIONS:
        raise InvalidInput("there is no such decision", field="--decide", value=decision, allowed=", ".join(DECISIONS))
    if role is None:
        raise InvalidInput("a decision names the role", field="--as", allowed="LEAD")
    return decide_rollback(
        door.database,
        door.clock,
        venture_id=venture_id,
        decision="recurse" if decision == "recurse" else "fix_and_retry",
        target_stage=to,
        by=door.person(by),
        role=known_role(role),
    )


def _tell_opened(record: "RollbackRecord") -> None:
    output.say(f"{record.venture_id} is rolled back ({record.rollback_id}): {record.reason}")
    output.say(f"  1. workflows paused        {record.workflows_paused}")
    waiting = record.facts.get("waiting_enrolments", 0)
    stay = f"{waiting} {agreed(waiting if isinstance(waiting, int) else 0, 'lead keeps its', 'leads keep their')} place"
    stopped = _plain(BUDGET, record.facts.get(BUDGET, "0"))
    output.say(f"  2. sends and spend stopped {stopped} a month, {stay}")
    output.say("  3. reason documented       in stage_rollbacks")
    output.say("  4. escalated to LEAD       with these facts:")
    for name, value in record.facts.items():
        output.say(f"       {name.replace('_', ' ')}: {_plain(name, value)}")
    output.say(f"  5. LEAD decides            {record.question}")
    output.say(f"Next: gtm rollback {record.venture_id} --decide fix_and_retry --as LEAD")
    output.say(f"  or: gtm rollback {record.venture_id} --decide recurse --to 11 --as LEAD")


def _plain(name: str, value: object) -> str:
    if name == BUDGET:
        return usd(Decimal(str(value)))
    if isinstance(value, dict):
        return ", ".join(f"{name} {count}" for name, count in value.items()) or "none"
    return str(value).replace("_", " ")


def _tell_decided(record: "RollbackRecord") -> None:
    if record.decision == "recurse":
        output.say(f"{record.venture_id} goes back to stage {record.target_stage}; its workflows stay paused.")
        output.say("When that stage has new results: gtm venture load FILE, then gtm run VENTURE")
        return
    output.say(f"{record.venture_id} may be run again; its workflows stay paused until the next run makes them anew.")
    output.say(f"Next: mend the cause, then gtm run {record.venture_id}")
