"""Asking a person at a checkpoint: the review beside the artifact, then approve, reject, or leave it waiting."""

import typer

from app.cli import output
from app.cli.decisions import decide
from app.cli.door import Door
from gtm.domain.dossier import ApprovalRecord, Dossier
from gtm.domain.errors import GateFailed, InvalidInput

QUESTION = "[a]pprove, [r]eject, [s]how everything, [l]eave it waiting"
ANSWERS = ("approve", "reject", "show", "leave")
ALLOWED = "a or approve, r or reject, s or show, l or leave"


def answer_of(text: str) -> str:
    """The answer that was typed: one of `ANSWERS`, or an empty text for anything else; a question never approves."""
    word = text.strip().lower()
    return next((answer for answer in ANSWERS if word in (answer, answer[0])), "")


def ask(door: Door, dossier: Dossier, record: ApprovalRecord, by: str | None) -> bool:
    """Show what is to be decided and take the answer.

    Returns:
        Whether it is decided; False leaves it waiting.

    Raises:
        AlreadyDecided: somebody else was faster.
        ArtifactChanged: what stands now is not what was shown.
    """
    from app.cli.panels import checkpoint_panel

    console = output.console()
    stage = door.configuration.stage
    console.print()
    console.print(checkpoint_panel(dossier, record, stage, width=console.width))
    while True:
        answer = answer_of(typer.prompt(f"{record.role}: {QUESTION}", default="", show_default=False))
        if answer == "approve" and _approved(door, record, by):
            return True
        if answer == "reject" and _rejected(door, record, by):
            return True
        if answer == "show":
            console.print(checkpoint_panel(dossier, record, stage, width=console.width, full=True))
        if answer == "leave":
            return False
        if not answer:
            output.say(f"That is no answer, and nothing is decided. Allowed: {ALLOWED}.")


def _approved(door: Door, record: ApprovalRecord, by: str | None) -> bool:
    """Approve it; what does not pass its checks, or was rejected in part, goes back to the question."""
    try:
        decide(door, record.approval_id, record.role, by, approve=True, shown=record.artifact_sha256)
    except GateFailed as error:
        output.report(error, as_json=False)
        return False
    output.say(f"Approved as {record.role} by {door.person(by)}.")
    return True


def _rejected(door: Door, record: ApprovalRecord, by: str | None) -> bool:
    """Take the comment and the steps; an empty comment goes back to the question."""
    checkpoint = next(c for c in door.configuration.stage.checkpoints if c.id == record.checkpoint)
    comment = typer.prompt("What must change? (empty: go back)", default="", show_default=False).strip()
    if not comment:
        return False
    covers = ", ".join(checkpoint.covers)
    named = typer.prompt(f"Which steps are made anew? ({covers}; empty: all)", default="", show_default=False)
    steps = tuple(part.strip() for part in named.replace(",", " ").split())
    try:
        decide(
            door,
            record.approval_id,
            record.role,
            by,
            approve=False,
            comment=comment,
            steps=steps,
            shown=record.artifact_sha256,
        )
    except InvalidInput as error:
        output.report(error, as_json=False)
        return False
    output.say("Rejected; the crew revises it with your comment.")
    return True
