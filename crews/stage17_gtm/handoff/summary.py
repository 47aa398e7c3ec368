"""The executive summary: what stage 18 receives, in a paragraph and a row of figures, with its weak points."""

from dataclasses import dataclass

from crews.stage17_gtm.handoff import words
from crews.stage17_gtm.handoff.completeness import Section
from crews.stage17_gtm.handoff.context import Context
from crews.stage17_gtm.handoff.evidence import TestTable
from crews.stage17_gtm.handoff.known_issues import Issue
from gtm.domain.budget import BudgetPlan
from gtm.domain.drafting import models_asked, stood_in_for
from gtm.domain.names import agreed


@dataclass(frozen=True)
class Tile:
    """One figure: what it counts, the figure, and what qualifies it."""

    name: str
    figure: str
    note: str


@dataclass(frozen=True)
class Summary:
    """The paragraphs, the tiles, and the sentence that says how ready it is."""

    lead: str
    paragraphs: tuple[str, ...]
    tiles: tuple[Tile, ...]


def summary(
    context: Context, sections: tuple[Section, ...], tables: tuple[TestTable, ...], issues: tuple[Issue, ...]
) -> Summary:
    """The executive summary of a run."""
    return Summary(
        lead=_lead(context),
        paragraphs=tuple(
            p
            for p in (
                _plan(context),
                _drafting(context),
                _standing(sections, tables),
                *_overruled(issues),
                _reservations(issues),
            )
            if p
        ),
        tiles=_tiles(context, sections, tables),
    )


def _lead(context: Context) -> str:
    dossier, brief = context.dossier, context.brief
    names = [segment.name for segment in brief.ranked_segments]
    text = f"{brief.name} goes to market with {words.listed(names)}" if names else f"{brief.name} goes to market"
    if dossier.channels:
        text += _leading(dossier.channels.primary.channel, dossier.budget)
    if dossier.budget:
        text += f", on {words.money_short(dossier.budget.total)} a month"
    if dossier.schedule:
        text += f" from {words.day(dossier.schedule.starts)}"
    return text + "."


def _leading(primary: str, budget: BudgetPlan | None) -> str:
    """What leads; where another channel gets more money, that it does."""
    richest = max(budget.lines, key=lambda line: line.amount, default=None) if budget else None
    line = budget.line(primary) if budget else None
    if richest is None or richest.channel == primary or (line and line.amount == richest.amount):
        return f", led by {words.label(primary)}"
    most = words.label(richest.channel)
    return f", with {words.label(primary)} as its primary channel and the largest budget on {most}"


def _plan(context: Context) -> str:
    dossier = context.dossier
    if not dossier.templates or not dossier.content:
        return "No campaign content stands in this run."
    campaigns = [words.label(c.type).lower() for c in dossier.templates.campaigns]
    kinds = words.listed(list(dict.fromkeys(campaigns)))
    pieces, segments = len(dossier.content.pieces), len({p.segment_id for p in dossier.content.pieces})
    text = (
        f"{words.count(len(campaigns), 'campaign')} ({kinds}) with {words.count(pieces, 'piece')} of content for "
        f"{words.count(segments, 'segment')}"
    )
    workflows = len(dossier.workflows.workflows) if dossier.workflows else 0
    return text + (f", sent by {words.count(workflows, 'automated workflow')}." if workflows else ".")


def _drafting(context: Context) -> str:
    """Which model was asked, what came of it, and what the playbook stood in for; nothing where none was asked."""
    models, usage = models_asked(context.dossier), context.dossier.usage
    if not models:
        return ""
    calls = f"{words.count(usage.tried, 'call')} to it {'was' if usage.tried == 1 else 'were'} tried"
    told = f"{words.listed(models)} was asked to draft this: {calls}, {usage.answered:,} answered"
    stood = stood_in_for(context.dossier, reviews=True)
    return told + (f"; the playbook stood in for {stood}." if stood else ".")


def _standing(sections: tuple[Section, ...], tables: tuple[TestTable, ...]) -> str:
    met, asked, spared = _met(sections)
    text = f"{met} of {asked} lines of the SOP's checklists are met"
    lines = [line for section in sections for line in section.lines]
    failed = sum(line.state == "failed" for line in lines)
    open_ = sum(line.state in ("open", "noted") for line in lines)
    if failed or open_:
        text += f" ({failed} not met, {open_} open or noted)"
    text += f"; {spared} more {agreed(spared, 'does', 'do')} not apply to this venture" if spared else ""
    if not tables:
        return text + "; no workflow was tested."
    passed, asked_of, failed_cases, noted = _cases(tables)
    text += f"; {passed} of the {words.count(asked_of, 'SOP test case')} that apply to the workflows passed"
    text += f", {failed_cases} failed" if failed_cases else ", none failed"
    return text + (f"; of {noted} a part was not measured." if noted else ".")


def _cases(tables: tuple[TestTable, ...]) -> tuple[int, int, int, int]:
    """The SOP's test cases over all workflows: those passed, those that apply, those failed, those noted."""
    states = [row.case.state for table in tables for row in table.sop]
    apply = len(states) - states.count("not_applicable")
    return states.count("passed"), apply, states.count("failed"), states.count("noted")


def _overruled(issues: tuple[Issue, ...]) -> tuple[str, ...]:
    return tuple(
        f"Approved against the advice of its review: {issue.title}. {words.sentence(issue.detail)}"
        for issue in issues
        if issue.kind == "overruled"
    )


def _reservations(issues: tuple[Issue, ...]) -> str:
    counted = {kind: sum(i.kind == kind for i in issues) for kind in ("contradiction", "not connected", "assumption")}
    parts = []
    if counted["contradiction"]:
        parts.append(f"{words.count(counted['contradiction'], 'contradiction')} in the brief is unsettled")
        if counted["contradiction"] > 1:
            parts[-1] = parts[-1].replace(" is ", " are ")
    if counted["not connected"]:
        many = counted["not connected"] > 1
        parts.append(f"{words.count(counted['not connected'], 'channel')} {'are' if many else 'is'} not connected")
    if counted["assumption"]:
        many = counted["assumption"] > 1
        parts.append(f"{words.count(counted['assumption'], 'figure or statement', 'figures and statements')} "
                     f"{'are' if many else 'is'} assumed")  # fmt: skip
    return f"Before it starts: {words.listed(parts)}." if parts else ""


def _met(sections: tuple[Section, ...]) -> tuple[int, int, int]:
    """Checklist lines that are met, those that apply, and those that do not."""
    states = [line.state for section in sections for line in section.lines]
    spared = states.count("not applicable")
    return states.count("met"), len(states) - spared, spared


def _tests_note(tables: tuple[TestTable, ...]) -> str:
    _, apply, failed, noted = _cases(tables)
    apart = sum(len(table.sop) for table in tables) - apply
    told = (f"{failed} failed" if failed else "", f"{noted} noted" if noted else "",
            f"{apart} more {agreed(apart, 'does', 'do')} not apply" if apart else "")  # fmt: skip
    return "; ".join(("passed, over all workflows", *filter(None, told)))


def _tiles(context: Context, sections: tuple[Section, ...], tables: tuple[TestTable, ...]) -> tuple[Tile, ...]:
    dossier = context.dossier
    met, asked, spared = _met(sections)
    budget, schedule = dossier.budget, dossier.schedule
    pieces = dossier.content.pieces if dossier.content else ()
    variants = sum(max((len(e.variants) for e in p.elements), default=0) for p in pieces)
    passed, cases, _, _ = _cases(tables)
    span = (schedule.ends - schedule.starts).days + 1 if schedule else 0
    return (
        Tile("Budget a month", words.money_short(budget.total) if budget else "undefined",
             f"{budget.split.proven.normalize():f}/{budget.split.growth.normalize():f}/"
             f"{budget.split.experimental.normalize():f} split" if budget else "not allocated"),
        Tile("Plan", f"{span} days" if span else "undefined",
             f"{words.short_day(schedule.starts)} – {words.short_day(schedule.ends)}" if schedule else "not set"),
        Tile("Content", str(len(dossier.content.pieces) if dossier.content else 0), f"pieces, {variants} variants"),
        Tile("SOP test cases", f"{passed}/{cases}", _tests_note(tables) if cases else "none was run"),
        Tile("Checklist", f"{met}/{asked}",
             "lines of the SOP met" + (f"; {spared} {agreed(spared, 'does', 'do')} not apply" if spared else "")),
    )  # fmt: skip
