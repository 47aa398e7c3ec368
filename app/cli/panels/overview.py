"""A run as a whole: gates, steps, approvals, use of models."""

from rich.console import Group, RenderableType

from app.cli.panels.parts import framed, mark, plain, section, table
from app.cli.progress import seconds, spent
from gtm.domain.called import judged
from gtm.domain.dossier import Dossier, overruled
from gtm.domain.drafting import drafted_by
from gtm.domain.names import agreed, counted
from gtm.domain.spec import StageSpec


def overview_panel(dossier: Dossier, stage: StageSpec, state: str, package: str = "") -> RenderableType:
    """The run at a glance.

    Args:
        dossier: everything that is known of the run.
        stage: its steps and gates.
        state: where the run stands, in words.
        package: a line on where the handoff package lies; empty before the run is handed over.
    """
    took = ""
    if dossier.finished_at:
        took = f", took {seconds((dossier.finished_at - dossier.started_at).total_seconds())}"
    head = f"{state}, begun {dossier.started_at.astimezone():%a %d %b %Y %H:%M}{took}"
    title = f"{dossier.brief.name} · {dossier.run_id}"
    lines: list[RenderableType] = [
        plain(head, "bold"),
        plain(spent(dossier.usage)),
        plain(f"drafting: {drafted_by(dossier)}"),
        *([plain(f"package:  {package}")] if package else []),
        *(
            plain(f"approved against its review: {record.checkpoint}: {review.reason}", "yellow")
            for record, review in overruled(dossier.approvals)
        ),
        "",
    ]
    return framed(title, Group(*lines, steps_part(dossier, stage), gates_part(dossier, stage), approvals_part(dossier)))


def steps_part(dossier: Dossier, stage: StageSpec) -> RenderableType:
    """The nine steps with revision and maker."""
    rows = table("Step", "Agent", "State", "Revision", "Made by", right=[3])
    for step in stage.steps:
        record = dossier.step(step.id)
        state = record.status if record else "not begun"
        style = "green" if state == "done" else "dim" if state == "not begun" else "yellow"
        rows.add_row(
            plain(f"{step.id} {step.name}"),
            step.agent,
            plain(state, style),
            str(record.revision) if record else "",
            plain(record.generated_by if record else ""),
        )
    return section("Steps", rows)


def gates_part(dossier: Dossier, stage: StageSpec, *, full: bool = False) -> RenderableType:
    """Gates with the lines that do not hold, or with all of them."""
    rows = table("", "Check", "Found")
    for verdict in dossier.verdicts:
        held = sum(check.passed for check in verdict.checks)
        told = f"{held} of {counted(len(verdict.checks), 'line')} {agreed(len(verdict.checks), 'holds', 'hold')}"
        rows.add_row(mark(verdict.passed), plain(judged(stage, verdict), "bold"), told)
        for check in verdict.checks if full else verdict.failures:
            rows.add_row("", plain(check.sop), plain(check.detail + (f" Fix: {check.fix}" if check.fix else "")))
    return section("Gates", rows if dossier.verdicts else plain("none judged yet", "dim"))


def approvals_part(dossier: Dossier) -> RenderableType:
    """Every round of every checkpoint."""
    rows = table("Checkpoint", "Role", "Round", "State", "By", "Via", "Comment", right=[2])
    for record in dossier.approvals:
        style = {"approved": "green", "rejected": "red", "pending": "bold yellow"}.get(record.status, "dim")
        rows.add_row(
            record.checkpoint,
            record.role,
            str(record.round),
            plain(record.status, style),
            plain(record.decided_by.removeprefix("person:")),
            plain(record.decided_via),
            plain(record.comment),
        )
    return section("Approvals", rows if dossier.approvals else plain("none asked for yet", "dim"))
