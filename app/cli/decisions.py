"""`gtm pending`, `gtm approve`, `gtm reject`: the decisions of people. None of them imports CrewAI."""

from typing import TYPE_CHECKING, Annotated

import typer

from app.cli import output
from app.cli.door import Door, door_of
from app.cli.ventures import By, Json
from gtm.domain.errors import InvalidInput
from gtm.domain.names import agreed, counted
from gtm.domain.vocabulary import PILOT_CHECKPOINT

if TYPE_CHECKING:
    from crews.approvals import PendingApproval
    from crews.piece_approvals import PiecesDecided
    from gtm.domain.dossier import ApprovalRecord

Ref = Annotated[str, typer.Argument(metavar="REF", help="A run's, venture's or approval's id.")]
As = Annotated[str, typer.Option("--as", metavar="ROLE", help="The role in which you answer: LEAD, PLAN or EXEC.")]

Pieces = Annotated[
    list[str] | None,
    typer.Option("--piece", metavar="ID", help="Only this piece of the copy; may be repeated."),
]
Rest = Annotated[bool, typer.Option("--rest", help="Every piece of the copy that nobody has decided yet.")]


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
    rows = waiting(door.database, venture_id, door.configuration.stage)
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
        for line in answers(row):
            output.say(f"  answer:  {line}")
        if row.pieces_open:
            output.say(
                f"  pieces:  {row.pieces_open} of {row.pieces} are open; as a page: gtm content review {row.run_id}"
            )


def answers(row: "PendingApproval", *, sha: bool = False) -> list[str]:
    """The commands that answer what waits, as it stands: copy of which a piece is rejected or fails is not approved as
    a whole.

    Args:
        sha: whether the approval names what was shown.
    """
    ref, role = row.run_id, row.record.role
    if row.record.checkpoint == PILOT_CHECKPOINT:
        ref = row.record.approval_id
    rejecting = f"gtm reject {ref} --as {role}"
    failing = [piece for piece in row.failing if piece not in row.rejected]
    if failing:
        count = f"{counted(len(failing), 'piece')} {agreed(len(failing), 'fails its', 'fail their')} checks"
        return [
            f"gtm content edit {ref} {failing[0]} --file FILE ({count})",
            f"{rejecting} --piece {failing[0]} --comment TEXT",
        ]
    if row.rejected:
        count = f"{counted(len(row.rejected), 'piece')} {agreed(len(row.rejected), 'is', 'are')} rejected"
        return [
            f"gtm approve {ref} --as {role} --rest ({count}; made anew once the other {row.pieces_open} are decided)",
            f"{rejecting} --piece ID --comment TEXT",
        ]
    named = f" --sha {row.record.artifact_sha256[:16]}" if sha else ""
    return [f"gtm approve {ref} --as {role}{named}", f"{rejecting} --comment TEXT"]


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
        "pieces": row.pieces,
        "pieces_open": row.pieces_open,
        "pieces_rejected": row.rejected,
        "pieces_failing": row.failing,
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
    piece: Pieces = None,
    rest: Rest = False,
    as_json: Json = False,
) -> None:
    """Approve what waits at a checkpoint, copy also piece by piece, and the run goes on with `gtm resume`; or a pilot,
    and everybody else is enrolled."""
    door = door_of(context)
    if piece or rest:
        _tell_pieces(
            door, decide_pieces(door, ref, role, by, approve=True, pieces=piece, rest=rest, shown=sha), as_json
        )
        return
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
    piece: Pieces = None,
    by: By = None,
    as_json: Json = False,
) -> None:
    """Reject what waits at a checkpoint, or pieces of its copy: the crew revises it with your comment when the run goes
    on. A pilot that is rejected stops its campaign."""
    door = door_of(context)
    if piece:
        if step:
            raise InvalidInput("a piece or a step is rejected, not both", field="--step", hint="leave one out")
        _tell_pieces(door, decide_pieces(door, ref, role, by, approve=False, pieces=piece, comment=comment), as_json)
        return
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


def decide_pieces(
    door: Door,
    ref: str,
    role: str,
    by: str | None,
    *,
    approve: bool,
    pieces: list[str] | None,
    rest: bool = False,
    comment: str = "",
    shown: str | None = None,
) -> "PiecesDecided":
    """Write decisions on pieces of copy.

    Raises:
        InvalidInput: there is no such role, or what `crews.piece_approvals.decide_pieces` refuses.
    """
    from crews.piece_approvals import decide_pieces as write

    return write(
        door.database,
        door.clock,
        door.configuration.stage,
        ref=ref,
        role=known_role(role),
        by=door.person(by),
        approve=approve,
        pieces=tuple(pieces or ()),
        rest=rest,
        comment=comment,
        shown_sha256=shown,
    )


def _tell_pieces(door: Door, decided: "PiecesDecided", as_json: bool) -> None:
    """Say what was written, and what is left; the run is told once nothing is."""
    driven = not decided.open and _driven_on_a_cluster(door, decided.run_id)
    if as_json:
        record = decided.record.model_dump(mode="json", exclude={"review"})
        output.emit({**record, "run_id": decided.run_id, "pieces": decided.decisions, "open": decided.open})
        return
    for one in decided.decisions:
        output.say(f"{one.piece_id} is {one.decision} by {one.decided_by.removeprefix('person:')}.")
    if decided.open:
        output.say(f"{len(decided.open)} of the copy's pieces are open, first {decided.open[0]}.")
        rejected = any(one.decision == "rejected" for one in decided.decisions)
        then = f"; then gtm approve {decided.run_id} --as {decided.record.role} --rest" if rejected else ""
        output.say(f"Next: gtm show {decided.run_id} content{then}")
        return
    output.say(f"Every piece is decided: {decided.record.checkpoint} is {decided.record.status}.")
    output.say("The run goes on by itself, on Temporal." if driven else f"Next: gtm resume {decided.run_id}")


def known_role(role: str) -> str:
    """The role as the SOP writes it.

    Raises:
        InvalidInput: there is no such role.
    """
    from typing import get_args

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
