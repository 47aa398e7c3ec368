"""What a person is shown of a run; `PARTS` names everything that `gtm show` can show."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType

from app.cli.panels import automation, brief, campaigns, overview, pieces, strategy
from app.cli.panels.parts import beside, framed, plain
from app.cli.panels.review import review_panel
from gtm.domain.dossier import ApprovalRecord, Dossier
from gtm.domain.spec import StageSpec

if TYPE_CHECKING:
    from crews.content_review import ContentShown


@dataclass(frozen=True)
class Part:
    """Something that can be shown.

    Attributes:
        fields: the dossier's fields that it needs; it can be shown once one of them stands.
        draw: makes the picture.
        below: what needs the whole width at a checkpoint, below the review and the rest.
    """

    fields: tuple[str, ...]
    draw: Callable[[Dossier, StageSpec, bool], RenderableType]
    below: Callable[[Dossier, StageSpec, bool], RenderableType] | None = None


def _strategy(d: Dossier, _stage: StageSpec, full: bool) -> RenderableType:
    return strategy.strategy_parts(d.brief, d.strategy, d.channels, d.budget, full=full)


def _content(d: Dossier, _stage: StageSpec, _full: bool) -> RenderableType:
    templates = campaigns.campaign_parts(d, "templates")
    return Group(templates, campaigns.voice_part(d, d.voice)) if d.voice else templates


def _copy(d: Dossier, _stage: StageSpec, full: bool) -> RenderableType:
    return campaigns.campaign_parts(d, "content", full=full)


def _campaigns(d: Dossier, _stage: StageSpec, full: bool) -> RenderableType:
    if full:
        return campaigns.campaign_parts(d, "templates", "content", "schedule", full=True)
    return campaigns.campaign_parts(d, "templates", "schedule")


def _automation(d: Dossier, _stage: StageSpec, full: bool) -> RenderableType:
    return automation.automation_parts(d, "tests", full=full)


def _workflows(d: Dossier, _stage: StageSpec, full: bool) -> RenderableType:
    return automation.automation_parts(d, "workflows", full=full)


def _flows(d: Dossier, _stage: StageSpec, full: bool) -> RenderableType:
    return automation.automation_parts(d, "workflows", "triggers", full=full)


def _final(d: Dossier, stage: StageSpec, full: bool) -> RenderableType:
    return Group(
        overview.gates_part(d, stage, full=True),
        overview.approvals_part(d),
        *((_everything(d, stage),) if full else ()),
    )


def _everything(d: Dossier, stage: StageSpec) -> RenderableType:
    return Group(*(draw(d, stage, True) for draw in (_strategy, _campaigns, _flows, _automation)))


PARTS: Mapping[str, Part] = {
    "strategy": Part(("strategy", "channels", "budget"), _strategy),
    "content": Part(("templates", "content", "voice"), _content, _copy),
    "campaigns": Part(("templates", "content", "schedule"), _campaigns),
    "automation": Part(("workflows", "triggers", "tests"), _automation, _flows),
    "final": Part(("verdicts", "approvals"), _final),
    "brief": Part(("brief",), lambda d, _s, _f: brief.brief_panel(d.brief, d.findings)),
    "channels": Part(
        ("channels",), lambda d, _s, _f: strategy.strategy_parts(d.brief, None, d.channels, None, full=True)
    ),
    "budget": Part(("budget",), lambda d, _s, _f: strategy.strategy_parts(d.brief, None, None, d.budget)),
    "templates": Part(("templates",), lambda d, _s, f: campaigns.campaign_parts(d, "templates", full=f)),
    "schedule": Part(("schedule",), lambda d, _s, f: campaigns.campaign_parts(d, "schedule", full=f)),
    "workflows": Part(("workflows",), _workflows),
    "triggers": Part(("triggers",), lambda d, _s, f: automation.automation_parts(d, "triggers", full=f)),
    "tests": Part(("tests",), lambda d, _s, _f: automation.automation_parts(d, "tests", full=True)),
    "gates": Part(("verdicts",), lambda d, s, _f: overview.gates_part(d, s, full=True)),
    "approvals": Part(("approvals",), lambda d, _s, _f: overview.approvals_part(d)),
}
"""Checkpoints first (a checkpoint shows what it covers), then single artifacts."""


def checkpoint_panel(
    dossier: Dossier, record: ApprovalRecord, stage: StageSpec, *, width: int, full: bool = False
) -> RenderableType:
    """The review beside what it reviews; `width` is the terminal's, in columns."""
    checkpoint = next(c for c in stage.checkpoints if c.id == record.checkpoint)
    part = PARTS[record.checkpoint]
    title = f"{dossier.brief.name} · {checkpoint.name}"
    shown = beside(
        review_panel(record), framed(title, Group(*_asked(dossier, record), part.draw(dossier, stage, full))), width
    )
    return Group(shown, framed(title, part.below(dossier, stage, full))) if part.below else shown


def content_panel(shown: "ContentShown", stage: StageSpec, *, width: int, full: bool = False) -> RenderableType:
    """The review beside templates and voice, and the copy below them, piece by piece."""
    dossier, record = shown.dossier, shown.record
    title = f"{dossier.brief.name} · Campaign content"
    part = PARTS["content"].draw(dossier, stage, full)
    below = framed(title, pieces.pieces_part(shown, full=full))
    if record is None:
        return Group(part, below)
    return Group(beside(review_panel(record), framed(title, Group(*_asked(dossier, record), part)), width), below)


def _asked(dossier: Dossier, record: ApprovalRecord) -> list[RenderableType]:
    """What earlier rounds of the checkpoint asked for, so that it can be compared with what came."""
    earlier = [
        a for a in dossier.approvals if a.checkpoint == record.checkpoint and a.round < record.round and a.comment
    ]
    return [
        *(plain(f"Round {a.round} was rejected: {a.comment}", "yellow") for a in earlier),
        *([""] if earlier else []),
    ]
