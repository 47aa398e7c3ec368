"""A role's review, and the facts of its approval."""

from rich.console import Group, RenderableType
from rich.text import Text

from app.cli.panels.parts import framed, heading, plain
from gtm.domain.dossier import ApprovalRecord
from gtm.domain.review import Review

RESTS_SHOWN = 3
"""How many of the facts behind a finding are named."""


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
        lines.append(Text.assemble((f"{item.subject}: ", "bold"), item.finding, (_rests(item.rests_on), "dim")))
    lines += [Text(""), heading("Risks")]
    lines += [Text(f"• {risk}") for risk in review.risks] or [plain("none named")]
    lines += [Text(""), plain(f"written by {review.generated_by}", "dim")]
    return lines


def _rests(names: tuple[str, ...]) -> str:
    """What a finding rests on, the first few by name."""
    if not names:
        return ""
    more = f" and {len(names) - RESTS_SHOWN} more" if len(names) > RESTS_SHOWN else ""
    return f" (rests on {', '.join(names[:RESTS_SHOWN])}{more})"


def _standing(record: ApprovalRecord) -> Text:
    text = Text(f"\nbound to SHA-256 {record.artifact_sha256[:16]}…", style="dim")
    if record.decided_at:
        by = record.decided_by.removeprefix("person:")
        text.append(f"\n{record.status} by {by} via {record.decided_via}", style="bold")
        if record.comment:
            text.append(f": {record.comment}")
    return text
