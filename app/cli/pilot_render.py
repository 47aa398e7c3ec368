"""Pilots on a terminal: figures by mail and variant, feedback; plain when piped."""

from collections.abc import Sequence

from rich.console import Group, RenderableType

from app.cli import output
from app.cli.panels.parts import plain, section, table
from gtm.automation.pilots.winning import VariantTest
from gtm.domain.errors import shorten
from gtm.domain.pilot import ArmFigures, PilotResults, as_percent
from gtm.domain.winners import Winner
from gtm.store.models.pilots import CampaignPilot, PilotFeedback

SHOWN = 20
"""Answers that are shown."""
_RATES = ("opened", "clicked", "converted", "unsubscribed", "complained")


def pilot_view(
    row: CampaignPilot, results: PilotResults | None, breaks: Sequence[str], said: Sequence[tuple[str, PilotFeedback]]
) -> RenderableType:
    """One pilot.

    Args:
        row: the pilot.
        results: its figures; those of a decided one are what was decided on.
        breaks: rules that its figures break now.
        said: addresses and what they said, newest first.
    """
    lines = [plain(f"status      {_state(row)}"), plain(f"share       {as_percent(row.share)}")]
    if results is not None:
        lines.append(plain(f"people      {results.enrolled} of {results.audience}, {results.mailed} were mailed"))
        score = f", mean score {results.mean_score} of 5" if results.mean_score is not None else ""
        lines.append(plain(f"feedback    {results.answers} answers{score}"))
        if results.errors:
            lines.append(plain(f"errors      {results.errors} in a row"))
    lines += [plain(f"breaks      {reason}", "red") for reason in breaks]
    if row.results_sha256:
        lines.append(plain(f"sha256      {row.results_sha256}"))
    parts: list[RenderableType] = [section(f"Pilot of {row.campaign_id} ({row.pilot_id})", *lines)]
    if results is not None and results.arms:
        parts.append(_arms(results))
    if said:
        parts.append(_feedback(said))
    return Group(*parts)


def tests_view(tests: Sequence[VariantTest], won: Sequence[Winner]) -> RenderableType:
    """Every test as it stands, then what is remembered for the next run."""
    lines = table("test", "version", "delivered", "did", "what it says", right=[2, 3])
    for test in tests:
        where = f"{test.campaign_id} {test.segment_id} {test.step}: {test.variable}, by {test.metric}"
        for place, one in enumerate(test.versions):
            did = f"{one.did} ({as_percent(one.rate)})"
            said = _judged(test) if place == 0 else ""
            text = f"{one.label} {shorten(test.texts[one.label], 60)}"
            lines.add_row(plain("" if place else where), plain(text), str(one.delivered), did, plain(said))
    parts: list[RenderableType] = [lines] if tests else []
    if won:
        parts.append(section("Remembered for the next run", *(plain(f"{_place(one)}: {one.figures}") for one in won)))
    return Group(*parts)


def _judged(test: VariantTest) -> str:
    if test.judged.winner is not None:
        return f"{test.judged.winner} wins, p = {test.judged.p_value}"
    return f"no winner yet: {'; '.join(test.judged.missing)}"


def _place(winner: Winner) -> str:
    return f"{winner.campaign_type}, {winner.segment_id}, step {winner.step}, {winner.variable} {winner.text!r}"


def _state(row: CampaignPilot) -> str:
    since = row.ended_at or row.started_at
    when = f", since {output.day_and_time(since)}" if since is not None else ""
    why = f": {row.stopped_for}" if row.stopped_for else ""
    by = f" by {row.decided_by.removeprefix('person:')}" if row.decided_by else ""
    return f"{row.status}{by}{when}{why}"


def _arms(results: PilotResults) -> RenderableType:
    lines = table("mail", "variant", "sent", "delivered", *_RATES, "bounced", right=range(2, 10))
    for arm in results.arms:
        lines.add_row(plain(f"{arm.workflow_id} {arm.step}"), plain(arm.variant or "-"), *_figures(arm))
    totals = [f"{results.total(what)} ({as_percent(results.rate(what))})" for what in _RATES]
    bounced = f"{results.total('bounced')} ({as_percent(results.rate('bounced'))})"
    lines.add_row("all", "", str(results.total("sent")), str(results.total("delivered")), *totals, bounced)
    return lines


def _figures(arm: ArmFigures) -> list[str]:
    rated = [f"{getattr(arm, what)} ({as_percent(arm.rate(what))})" for what in (*_RATES, "bounced")]
    return [str(arm.sent), str(arm.delivered), *rated]


def _feedback(said: Sequence[tuple[str, PilotFeedback]]) -> RenderableType:
    lines = table("who", "score", "what they said", right=[1])
    for email, one in said[:SHOWN]:
        lines.add_row(plain(email), "-" if one.score is None else str(one.score), plain(one.comment))
    return lines
