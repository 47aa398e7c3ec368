"""Everything the report shows, gathered once; the template only lays it out."""

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from crews.stage17_gtm.handoff import words
from crews.stage17_gtm.handoff.agent_api import endpoint
from crews.stage17_gtm.handoff.charts import channel_bars, pacing_chart, tier_parts
from crews.stage17_gtm.handoff.completeness import Section
from crews.stage17_gtm.handoff.configuration import action_words, is_connected
from crews.stage17_gtm.handoff.context import Context
from crews.stage17_gtm.handoff.decisions import decisions, resources, revisions
from crews.stage17_gtm.handoff.diagrams import inline_svg
from crews.stage17_gtm.handoff.evidence import TestTable
from crews.stage17_gtm.handoff.follow_up import ActionItem
from crews.stage17_gtm.handoff.known_issues import ORDER, Issue
from crews.stage17_gtm.handoff.manifest import entries
from crews.stage17_gtm.handoff.month import KINDS, weeks
from crews.stage17_gtm.handoff.pictures import told
from crews.stage17_gtm.handoff.previews import campaign_previews
from crews.stage17_gtm.handoff.rendering import html
from crews.stage17_gtm.handoff.summary import summary
from crews.stage17_gtm.handoff.utm import utm_examples
from crews.stage17_gtm.handoff.winners import remembered
from gtm.domain.drafting import drafted_by
from gtm.domain.spec import StepSpec
from gtm.domain.workflow_words import diagram_labels, step_lines, trigger_words

REPORT = "report.html"


@dataclass(frozen=True)
class Parts:
    """What was worked out before the report is drawn."""

    sections: tuple[Section, ...]
    tables: tuple[TestTable, ...]
    issues: tuple[Issue, ...]
    actions: tuple[ActionItem, ...]


def report_file(context: Context, parts: Parts, files: dict[str, bytes]) -> dict[str, bytes]:
    """report.html over the files of the package so far."""
    return {REPORT: html("report.html", **_values(context, parts, files)).encode()}


def _values(context: Context, parts: Parts, files: dict[str, bytes]) -> dict[str, Any]:
    dossier, brief = context.dossier, context.brief
    return {
        "now": context.now,
        "dossier": dossier,
        "brief": brief,
        "stage": context.stage,
        "strategy": dossier.strategy,
        "channels": dossier.channels,
        "budget": dossier.budget,
        "schedule": dossier.schedule,
        "summary": summary(context, parts.sections, parts.tables, parts.issues),
        "segments": _segments(context),
        "utm": utm_examples(context),
        "is_connected": is_connected,
        "tiers": tier_parts(dossier.budget) if dossier.budget else (),
        "bars": channel_bars(dossier.budget) if dossier.budget else (),
        "pacing": pacing_chart(dossier.schedule, dossier.budget) if dossier.schedule and dossier.budget else None,
        "action_words": action_words,
        **_calendar(context),
        "campaigns": campaign_previews(context),
        "winners": remembered(context),
        "pictures_told": told(context),
        "workflows": _workflows(context),
        "tables": parts.tables,
        "sections": parts.sections,
        "groups": _groups(files),
        "decisions": decisions(context),
        "revisions": revisions(context),
        "issues": [(kind, [i for i in parts.issues if i.kind == kind]) for kind in ORDER],
        "resources": resources(context),
        "actions": parts.actions,
        "provider": drafted_by(dossier),
        "names": {c.campaign_id: c.name for c in (dossier.templates.campaigns if dossier.templates else ())},
        "agent_url": endpoint(context.agent_url),
        "dashboard_url": context.dashboard_url,
        "source": {step.id: words.source(dossier.step(step.id)) for step in context.stage.steps},
        "steps": {step.id: _step_name(step) for step in context.stage.steps},
    }


def _calendar(context: Context) -> dict[str, Any]:
    shown = weeks(context, context.dossier.schedule) if context.dossier.schedule else ()
    present = {chip.kind for week in shown for day in week.days for chip in day.chips}
    return {"weeks": shown, "kinds": [(kind, name) for kind, name in KINDS if kind in present]}


def _step_name(step: StepSpec) -> str:
    return f"{step.id} {step.name}"


def _segments(context: Context) -> list[dict[str, Any]]:
    strategy = context.dossier.strategy
    told = {s.segment_id: s.value_proposition for s in strategy.target_segments} if strategy else {}
    return [
        {"segment": s, "told": told.get(s.id, s.value_proposition), "target": s.id in told}
        for s in context.brief.ranked_segments
    ]


def _workflows(context: Context) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for workflow in context.dossier.workflows.workflows if context.dossier.workflows else ():
        drawing: Markup = inline_svg(workflow, diagram_labels(context.called, workflow))
        found.append(
            {
                "workflow": workflow,
                "svg": drawing,
                "opened": workflow.campaign_id not in [row["workflow"].campaign_id for row in found],
                "triggers": [trigger_words(context.called, t) for t in context.triggers_of(workflow.workflow_id)],
                "campaign": context.campaign_name(workflow.campaign_id),
                "steps": step_lines(context.called, workflow),
                "folder": f"workflows/{workflow.workflow_id}",
            }
        )
    return found


def _groups(files: dict[str, bytes]) -> list[tuple[str, list[dict[str, Any]], int]]:
    """The package by folder: (folder, its files, bytes); files at the top stand under an empty name."""
    folders: dict[str, list[dict[str, Any]]] = {}
    for entry in entries(files):
        folder, _, _ = entry["path"].rpartition("/")
        top = folder.split("/")[0]
        folders.setdefault(top, []).append(entry)
    return [(folder, rows, sum(row["bytes"] for row in rows)) for folder, rows in sorted(folders.items())]
