"""`gtm pending`, `gtm approve`, `gtm reject`: the decisions of people. None of them imports CrewAI."""

from typing import TYPE_CHECKING, Annotated

import typer

from app.cli import output
from app.cli.door import Door, door_of
from app.cli.ventures import By, Json
from gtm.domain.vocabulary import PILOT_CHECKPOINT

if TYPE_CHECKING:
    from crews.approvals import PendingApproval
    from gtm.domain.dossier import ApprovalRecord

Ref = Annotated[str, typer.Argument(metavar="REF", help="A run's, venture's or approval's id.")]
As = Annotated[str, typer.Option("--as", metavar="ROLE", help="The role in which you answer: LEAD, PLAN or EXEC.")]


def pending(
    context: typer.Context,
    venture_id: Annotated[str | None, typer.Argument(metavar="[VENTURE]", help="Only this venture.")] = None,
    as_json: Json = False,
) -> None:
    """List what waits for a person, oldest first."""
    from crews.approvals import pending as waiting
    from gtm.store.repositories import ventures

    door = door_of(context)
    if venture_id:
        with door.database.read() as session:
            ventures.require(session, venture_id)
    rows = waiting(door.database, venture_id)
    if as_json:
        output.emit([_as_row(row) for row in rows])
        return
    if not rows:
        output.say("Nothing waits for a person.")
    for row in rows:
        output.say(
            f"{row.venture_id}: {row.record.checkpoint} waits for {row.record.role}, round {row.record.round}, "
            f"since {output.day_and_time(row.waiting_since)}"
        )
        if row.record.review:
            output.say(f"  the review recommends to {row.record.review.recommendation}: {row.record.review.reason}")
        piloted = row.record.checkpoint == PILOT_CHECKPOINT
        shown = f"pilot status {row.venture_id}" if piloted else f"show {row.run_id} {row.record.checkpoint}"
        output.say(f"  look:    gtm {shown}")
        answered = row.record.approval_id if piloted else row.run_id
        output.say(f"  answer:  gtm approve {answered} --as {row.record.role}")


def _as_row(row: "PendingApproval") -> dict[str, object]:
    review = row.record.review
    return {
        "approval_id": row.record.approval_id,
        "run_id": row.run_id,
        "venture_id": row.venture_id,
        "checkpoint": row.record.checkpoint,
        "role": row.record.role,
        "round": row.record.round,
        "sha256": row.record.artifact_sha256,
        "since": output.stamp(row.waiting_since),
        "recommendation": review.recommendation if review else None,
    }


def approve(
    context: typer.Context,
    ref: Ref,
    role: As,
    by: By = None,
    sha: Annotated[
        str | None, typer.Option("--sha", metavar="SHA", help="SHA-256 of what you saw; refused when it has changed.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Approve what waits at a checkpoint, and the run goes on with `gtm resume`; or a pilot, and everybody else is
    enrolled."""
    door = door_of(context)
    record = decide(door, ref, role, by, approve=True, shown=sha)
    _tell(door, record, as_json)


def reject(
    context: typer.Context,
    ref: Ref,
    role: As,
    comment: Annotated[str, typer.Option("--comment", metavar="TEXT", help="What must change; the crew is shown it.")],
    step: Annotated[
        list[str] | None,
        typer.Option("--step", metavar="STEP", help="Only this step is made anew, such as 1.3; may be repeated."),
    ] = None,
    by: By = None,
    as_json: Json = False,
) -> None:
    """Reject what waits at a checkpoint: the crew revises it with your comment when the run goes on. A pilot that is
    rejected stops its campaign."""
    door = door_of(context)
    record = decide(door, ref, role, by, approve=False, comment=comment, steps=tuple(step or ()))
    _tell(door, record, as_json)


def decide(
    door: Door,
    ref: str,
    role: str,
    by: str | None,
    *,
    approve: bool,
    comment: str = "",
    steps: tuple[str, ...] = (),
    shown: str | None = None,
    via: str = "cli",
) -> "ApprovalRecord":
    """Write one decision.

    Raises:
        InvalidInput: there is no such role, or what `crews.approvals.decide` refuses.
    """
    from crews.approvals import decide as write

    return write(
        door.database,
        door.clock,
        door.configuration.stage,
        ref=ref,
        role=known_role(role),
        by=door.person(by),
        approve=approve,
        comment=comment,
        steps=steps,
        via=via,
        shown_sha256=shown,
        policies=door.configuration.policies,
    )


def known_role(role: str) -> str:
    """The role as the SOP writes it.

    Raises:
        InvalidInput: there is no such role.
    """
    from typing import get_args

    from gtm.domain.errors import InvalidInput
    from gtm.domain.vocabulary import Role

    name = role.strip().upper()
    if name not in get_args(Role):
        raise InvalidInput("there is no such role", field="--as", value=role, allowed=", ".join(get_args(Role)))
    return name


def _tell(door: Door, record: "ApprovalRecord", as_json: bool) -> None:
    if record.checkpoint == PILOT_CHECKPOINT:
        from app.cli.pilot import decided

        decided(door, record, as_json=as_json)
        return
    run_id = door.run_id(record.approval_id)
    driven = _driven_on_a_cluster(door, run_id)
    if as_json:
        output.emit({**record.model_dump(mode="json", exclude={"review"}), "run_id": run_id})
        return
    output.say(
        f"{record.checkpoint} is {record.status} as {record.role} by {record.decided_by.removeprefix('person:')}."
    )
    output.say("The run goes on by itself, on Temporal." if driven else f"Next: gtm resume {run_id}")


def _driven_on_a_cluster(door: Door, run_id: str) -> bool:
    """Whether a workflow drives this run; it is told that a decision was written, and looks by itself otherwise."""
    if door.settings.temporal_address is None:
        return False
    from app import bootstrap

    cluster = bootstrap.cluster(door.settings)
    from app.temporal.engine import tell_crew_run

    return tell_crew_run(cluster, run_id)
