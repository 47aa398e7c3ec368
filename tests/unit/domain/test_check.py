"""Faults tell their place; a report says whether a piece is stopped, and survives as JSON."""

from decimal import Decimal

from gtm.domain.base import canonical_json
from gtm.domain.check import ContentReport, CopyFault, PieceReport

SHA = "0" * 64
FAULT = CopyFault(check="content.links", piece="a/b/1-c", why="it leads nowhere", repair="take the tracked link")


def warned(fault: CopyFault = FAULT) -> CopyFault:
    return CopyFault(check=fault.check, piece=fault.piece, why=fault.why, repair=fault.repair, severity="warn")


def test_a_fault_blocks_unless_it_says_otherwise() -> None:
    assert (FAULT.severity, FAULT.score) == ("block", None)
    assert PieceReport(piece_id="a/b/1-c", sha256=SHA, faults=(warned(), FAULT)).blocked
    assert not PieceReport(piece_id="a/b/1-c", sha256=SHA, faults=(warned(),)).blocked


def test_a_report_comes_back_from_json_as_it_was() -> None:
    scored = CopyFault(
        check="content.readability", piece="a/b/1-c", why="grade 15", repair="cut", score=Decimal("15.2")
    )
    one = PieceReport(
        piece_id="a/b/1-c", sha256=SHA, scores={"content.readability": Decimal("0.4")}, faults=(scored, warned())
    )
    report = ContentReport(pieces=(one,))
    assert ContentReport.model_validate_json(canonical_json(report)) == report
    assert report.piece("a/b/1-c") == one and report.piece("a/b/2-c") is None
