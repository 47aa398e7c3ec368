"""Known issues: contradictions, assumptions named as such, platforms that are not connected, gaps."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from crews.stage17_gtm.handoff import words
from crews.stage17_gtm.handoff.completeness import Section
from crews.stage17_gtm.handoff.configuration import is_connected
from crews.stage17_gtm.handoff.context import Context
from crews.stage17_gtm.handoff.evidence import TestTable
from gtm.domain.dossier import overruled
from gtm.domain.drafting import stood_in
from gtm.domain.money import usd

Kind = Literal[
    "overruled", "contradiction", "missing", "risk", "review", "not connected", "gap", "stand-in", "assumption"
]
ORDER: tuple[Kind, ...] = (
    "overruled",
    "contradiction",
    "missing",
    "risk",
    "review",
    "not connected",
    "gap",
    "stand-in",
    "assumption",
)
_AMOUNT = re.compile(r"^[0-9]+\.[0-9]{2}(?![0-9.])")
UNDECIDED = "Lines that nothing decides"


@dataclass(frozen=True)
class Issue:
    """Something the next stage must know.

    Attributes:
        subject: the field, channel, step or check it is about.
        ask: the question to be answered, where the finding asks one.
    """

    kind: Kind
    title: str
    subject: str
    detail: str
    ask: str = ""


def known_issues(context: Context, sections: tuple[Section, ...], tables: tuple[TestTable, ...]) -> tuple[Issue, ...]:
    """All issues, the gravest kind first, each once."""
    stated = [*_findings(context), *_assumptions(context)]
    found = [
        *_overruled(context),
        *stated,
        *_review_risks(context, stated),
        *_channels(context),
        *_addresses(context),
        *_lines(sections),
        *_notes(context, sections),
        *_tests(tables),
        *_stand_ins(context),
    ]
    unique: dict[tuple[str, str, str], Issue] = {}
    for issue in found:
        unique.setdefault((issue.kind, issue.subject, issue.detail), issue)
    return tuple(sorted(unique.values(), key=lambda issue: ORDER.index(issue.kind)))


def _overruled(context: Context) -> Iterator[Issue]:
    """What was approved although its review advises against it: the reader must not learn it from a footnote."""
    names: dict[str, str] = {checkpoint.id: checkpoint.name for checkpoint in context.stage.checkpoints}
    for record, review in overruled(context.dossier.approvals):
        yield Issue("overruled", names.get(record.checkpoint, record.checkpoint), record.checkpoint, review.reason)


def _findings(context: Context) -> Iterator[Issue]:
    verdicts = [finding for verdict in context.dossier.verdicts for finding in verdict.findings]
    for finding in (*context.dossier.findings, *verdicts):
        if finding.kind != "assumption":
            title = _title(context, finding.field) or words.label(finding.kind)
            yield Issue(finding.kind, title, finding.field, finding.detail, finding.ask)


def _title(context: Context, path: str) -> str:
    """A field of the brief in words, a segment by its name."""
    head, _, rest = path.partition(".")
    found = next((s for s in context.brief.segments if rest.partition(".")[0] == s.id), None)
    if head == "segments" and found:
        return " › ".join(
            (found.name, *(words.field(part).lower() for part in rest.split(".")[1:] if part != "characteristics"))
        )
    return words.field(path)


def _review_risks(context: Context, known: list[Issue]) -> Iterator[Issue]:
    """Risks of the last review of each checkpoint, as far as nothing else here says them already."""
    last = {record.checkpoint: record for record in context.dossier.approvals if record.review}
    names: dict[str, str] = {checkpoint.id: checkpoint.name for checkpoint in context.stage.checkpoints}
    said = {issue.detail for issue in known}
    for record in last.values():
        for risk in record.review.risks if record.review else ():
            repeated = any(detail in risk for detail in said) or "not connected" in risk or "not applicable" in risk
            if not repeated:
                said.add(risk)
                yield Issue("review", names.get(record.checkpoint, record.checkpoint), record.checkpoint, risk)


def _channels(context: Context) -> Iterator[Issue]:
    plan = context.dossier.channels
    for choice in plan.channels if plan else ():
        if not is_connected(choice):
            yield Issue("not connected", words.label(choice.channel), choice.channel, _said(choice.integration))


POSTAL, JOIN = "postal_address", "join_url"


def _addresses(context: Context) -> Iterator[Issue]:
    """What mails cannot go out without, and what they should not go out without."""
    campaigns = context.dossier.templates.campaigns if context.dossier.templates else ()
    if context.brief.postal_address is None and any(c.kind.mailed for c in campaigns):
        yield Issue(
            "missing",
            "Postal address",
            POSTAL,
            "Mail law demands the sender's postal address in marketing mail, and the brief has none: `gtm worker` "
            "holds every such mail back until it has one (mail to a local sink and to test leads goes out).",
            "What is it? Add postal_address to the brief and load it.",
        )
    offer = context.brief.session_offer
    held = [c for c in campaigns if c.kind.session]
    if offer is not None and held and not offer.join_url:
        yield Issue(
            "assumption",
            f"Where {offer.name} takes place",
            JOIN,
            f"No address of the session is on file: its reminders lead to the page where people register, and promise "
            f"no link to join. Add join_url to the offer {offer.id}.",
        )


def _said(integration: str) -> str:
    text = integration.removeprefix("not connected: ")
    return text[:1].upper() + text[1:]


def _lines(sections: tuple[Section, ...]) -> Iterator[Issue]:
    lines = [line for section in sections for line in section.lines]
    for line in lines:
        if line.state in ("failed", "noted"):
            title = "Not met" if line.state == "failed" else "Noted"
            yield Issue("gap", f"{title}: {line.sop}", line.check, line.detail, line.fix)
    undecided = [line.sop for line in lines if line.state == "open"]
    if undecided:
        yield Issue("gap", UNDECIDED, "completeness", "; ".join(undecided))


def _notes(context: Context, sections: tuple[Section, ...]) -> Iterator[Issue]:
    """Checks beyond the checklists that do not hold, as they stand now."""
    listed = {line.check for section in sections for line in section.lines}
    checks = {check.name: check for verdict in context.dossier.verdicts for check in verdict.checks}
    for name, check in checks.items():
        if not check.passed and name not in listed:
            standing = "Noted" if check.severity == "note" else "Not met"
            yield Issue("gap", f"{standing}: {check.sop}", name, context.named(check.detail), check.fix)


def _tests(tables: tuple[TestTable, ...]) -> Iterator[Issue]:
    for table in tables:
        for row in table.rows:
            where = f"{table.workflow_id}: {row.case.test_case}"
            if row.case.status == "failed":
                yield Issue("gap", "Failed test", where, row.case.observed)
            for path in row.missing:
                yield Issue("gap", "Missing evidence", where, f"{path} is named by the test report and was not found.")


def _stand_ins(context: Context) -> Iterator[Issue]:
    for spec in context.stage.steps:
        record = context.dossier.step(spec.id)
        if record and stood_in(record.generated_by):
            yield Issue(
                "stand-in",
                "The house's draft stands in",
                f"step {spec.id}",
                f"{spec.name}: the model gave no usable answer, so the playbook's draft stands in its place.",
            )


def _assumptions(context: Context) -> Iterator[Issue]:
    """Every assumed statement once: of the brief first, then what the findings and the strategy add."""
    stated = dict(context.brief.assumptions())
    for finding in context.dossier.findings:
        if finding.kind == "assumption":
            stated.setdefault(finding.field, finding.detail)
    strategy = context.dossier.strategy
    for text in strategy.assumptions if strategy else ():
        field, _, said = text.partition(": ")
        if said and " " not in field:
            stated.setdefault(field, said)
        else:
            stated.setdefault("strategy", text)
    for field, text in stated.items():
        yield Issue(
            "assumption", _title(context, field), field, _AMOUNT.sub(lambda m: usd(Decimal(m.group())), text, count=1)
        )
