"""A role's review, and the facts of its approval."""

from rich.console import Group, RenderableType
from rich.text import Text

from app.cli.panels.parts import framed, heading, plain
from gtm.domain.dossier import ApprovalRecord
from gtm.domain.references import grounds_told
from gtm.domain.review import Review


def review_panel(record: ApprovalRecord) -> RenderableType:
    """What the approving role checked, the risks it sees, and what it recommends."""
    title = f"{record.role}'s review · round {record.round}"
    if record.review is None:
        return framed(title, plain("There is no review yet."), "magenta")
    style = "green" if record.review.recommendation == "approve" else "red"
    return framed(title, Group(*_lines(record.review, style), _standing(record)), "magenta")


def _lines(review: Review, style: str) -> list[RenderableType]:
    lines: list[RenderableType] = [
        Text.assemble("Recommends to ", (review.recommendation, f"bold {style}"), ": ", review.reason),
        Text(""),
        heading("Checked"),
    ]
    for item in review.checked:
        ground = grounds_told(item.rests_on)
        rests = f" (rests on {ground})" if ground else ""
        lines.append(Text.assemble((f"{item.subject}: ", "bold"), item.finding, (rests, "dim")))
    lines += [Text(""), heading("Risks")]
    lines += [Text(f"• {risk}") for risk in review.risks] or [plain("none named")]
    lines += [Text(""), plain(f"written by {review.generated_by}", "dim")]
    return lines


def _standing(record: ApprovalRecord) -> Text:
    text = Text(f"\nbound to SHA-256 {record.artifact_sha256[:16]}…", style="dim")
    if record.decided_at:
        by = record.decided_by.removeprefix("person:")
        text.append(f"\n{record.status} by {by} via {record.decided_via}", style="bold")
        if record.comment:
            text.append(f": {record.comment}")
    return text
