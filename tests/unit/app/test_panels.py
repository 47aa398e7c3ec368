"""What `gtm show` draws: names where a person reads, and nothing that is told elsewhere and shown nowhere."""

import io
from decimal import Decimal

import pytest
from rich.console import Console, RenderableType

from app.cli.panels import PARTS
from app.cli.panels.brief import brief_panel
from app.cli.panels.overview import overview_panel
from app.cli.panels.parts import unshown
from app.cli.panels.pieces import piece_panel
from crews.content_review import PieceShown
from gtm.domain.called import judged
from gtm.domain.check import CopyCheck, PieceReport
from gtm.domain.review import Review
from gtm.domain.verdict import Check, Finding, Verdict
from gtm.policies.entry import assumptions
from tests.unit.crews import dossiers


def drawn(content: RenderableType, width: int = 200) -> str:
    """The text of a panel, as it comes out of a pipe."""
    console = Console(file=io.StringIO(), width=width, force_terminal=False)
    console.print(content)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def shown(part: str, *, full: bool = False, width: int = 200) -> str:
    """One part of the hand-made run, with what stands below it."""
    made, dossier = PARTS[part], dossiers.dossier()
    text = drawn(made.draw(dossier, dossiers.stage(), full), width)
    return text + (drawn(made.below(dossier, dossiers.stage(), full), width) if made.below else "")


def test_a_brief_is_shown_with_what_it_assumes() -> None:
    brief = dossiers.brief()
    stated = tuple(assumptions(brief))
    contradiction = Finding(code="x", kind="contradiction", field="name", detail="Two names.")
    text = drawn(brief_panel(brief, (contradiction, *stated)))
    assert f"Findings ({len(stated) + 1})" in text
    assert text.index("Two names.") < text.index("assumption")
    assert f"Findings ({len(stated)})" in drawn(brief_panel(brief, ()))


@pytest.mark.parametrize("part", ["templates", "campaigns", "schedule", "automation", "triggers", "tests"])
def test_names_stand_where_a_person_reads(part: str) -> None:
    dossier, text = dossiers.dossier(), " ".join(shown(part, full=True).split())
    assert dossier.templates is not None and dossier.workflows is not None
    named = dossier.workflows.workflows if part in ("automation", "triggers", "tests") else dossier.templates.campaigns
    assert any(one.name in text for one in named)
    for word in ("google_ads", "content_marketing", "database_insert", "book_demo", "email_subject"):
        assert word not in text, word


def test_a_workflow_is_drawn_by_place_and_keeps_its_id_for_the_commands() -> None:
    dossier, text = dossiers.dossier(), shown("workflows", full=True)
    assert dossier.workflows is not None
    for flow in dossier.workflows.workflows:
        assert f"{flow.name}  {flow.workflow_id} v{flow.version}" in text
        assert not any(f"→ {step.id}" in text for step in flow.steps)
    assert "success → 2" in text


def test_a_gate_is_called_by_its_name() -> None:
    assert "Entry gate: Market Strategy Defined" in shown("gates")

    def name(check: str) -> str:
        one = Check(name=check, sop="Line", passed=True, detail="yes")
        return judged(dossiers.stage(), Verdict(policy="its.policy", checks=(one,)))

    assert name("strategy.json_validates") == "Step 1.1: Encode GTM Strategy"
    assert name("exits.final.approved") == "Final approval"
    assert name("house.other") == "its.policy"


def test_what_was_approved_against_its_review_stands_at_the_head() -> None:
    base = dossiers.dossier()
    record = base.approvals[0]
    assert isinstance(record.review, Review)
    against = record.review.model_copy(update={"recommendation": "reject", "reason": "A customer costs too much."})
    rows = (record.model_copy(update={"review": against}), *base.approvals[1:])
    told = f"approved against its review: {record.checkpoint}: A customer costs too much."
    assert told in drawn(overview_panel(dossiers.dossier(approvals=rows), dossiers.stage(), "completed"))
    assert "against its review" not in drawn(overview_panel(base, dossiers.stage(), "completed"))


@pytest.mark.parametrize(("amount", "told"), [(1, "1 entry is not shown"), (2, "2 entries are not shown")])
def test_what_is_left_out_is_counted_in_grammar(amount: int, told: str) -> None:
    assert unshown(amount, "entry", "entries").startswith(told)


def test_a_piece_names_its_lowest_score_and_the_check_that_measured_it() -> None:
    content = dossiers.dossier().content
    assert content is not None
    piece = content.pieces[0]
    scores: dict[CopyCheck, Decimal] = {
        "content.cta": Decimal("0.9"), "content.readability": Decimal("0.61"), "content.brand_voice": Decimal("0.88"),
    }  # fmt: skip
    report = PieceReport(piece_id=piece.piece_id, sha256="0" * 64, scores=scores)
    one = PieceShown(piece, "Ads", "IT", "ad", report, None, (), ())
    assert "lowest score 0.61 by content.readability" in drawn(piece_panel(one))
